"""Pages of accounts: the office sees to those of its ledger, everybody to his own."""

from __future__ import annotations

import re
from collections.abc import Iterator
from time import time

import pyotp
import pytest
from sqlalchemy import update

from domain.people import PersonId
from interfaces.access.accounts import Purpose
from interfaces.access.journal import What
from interfaces.access.opening import Access
from interfaces.access.tables import sessions
from tests.interfaces.conftest import Service
from tests.web.test_administration import (
    LEDGER,
    PASSWORD,
    Visitor,
    access,
    administered,
    auditor,
    li,
    office,
)

__all__ = ["access", "administered", "auditor", "li", "office"]

WEAK = "password1"
NEW = "an entirely other horse"
SECRET = re.compile(r'id="secret"[^>]*>([^<]+)<')


@pytest.fixture(autouse=True)
def unhurried(access: Access) -> Iterator[None]:
    """Nobody waits for the failures of another test."""
    yield
    with access.store.writing() as connection:
        connection.exec_driver_sql("DELETE FROM throttle")


def long_ago(access: Access) -> None:
    """Everybody showed who he is ten minutes ago."""
    with access.store.writing() as connection:
        connection.execute(update(sessions).values(shown_at=time() - 600))
    access.sessions.forget()


def made(office: Visitor, person: str, name: str) -> tuple[str, str]:
    """An account for somebody: its id and its secret."""
    answer = office.post("/admin/accounts/new", person=person, name=name)
    assert answer.status_code == 200, answer.text
    secret, account = (
        SECRET.search(answer.text),
        re.search(r"accounts/([0-9a-f-]{36})", answer.text),
    )
    assert secret and account
    return account[1], secret[1]


def noted(access: Access, account: str, what: What) -> list[str | None]:
    """By whom something was done to an account."""
    return [each.by for each in access.journal.page(account=account).entries if each.what is what]


# The office


def test_an_account_is_made_and_its_secret_sets_a_password_once(
    office: Visitor, administered: Service, access: Access
) -> None:
    account, secret = made(office, "zhao", "zhaomin")
    assert "口令待使用" in office.page("/admin/accounts")
    secretary = access.accounts.named("secretary").id
    assert noted(access, account, What.ACCOUNT_MADE) == [secretary]
    assert noted(access, account, What.LINK_SENT) == [secretary]
    page = office.page(f"/admin/accounts/{account}")
    assert secret not in page
    assert "口令待使用" in page and "可以登录" not in page and "未设密码" not in page

    answer = office.post("/new-password", form="", secret=secret, password=NEW, again=NEW)
    assert answer.status_code == 200 and "密码已设置" in answer.text
    again = office.post("/new-password", form="", secret=secret, password=NEW, again=NEW)
    assert again.status_code != 200 and 'id="secret-wrong"' in again.text
    access.accounts.disable(account)


def test_the_form_of_an_account_names_whom_it_is_for_and_shows_no_id(office: Visitor) -> None:
    text = office.page("/admin/accounts/new?person=zhao")
    assert 'value="赵敏"' in text and 'value="zhao"' not in text
    assert 'value="赵敏"' in office.page("/grants/new?person=zhao")


def test_a_form_sent_twice_makes_one_account_and_shows_one_secret(
    office: Visitor, access: Access
) -> None:
    account, secret = made(office, "chen", "chenjing")
    again = office.post("/admin/accounts/new", person="chen", name="chenjing")
    assert again.status_code == 303
    assert again.headers["location"].endswith(f"/admin/accounts/{account}?done=again")
    first = office.post(f"/admin/accounts/{account}/secret", id="one-form-of-secrets")
    second = office.post(f"/admin/accounts/{account}/secret", id="one-form-of-secrets")
    assert first.status_code == 200 and second.status_code == 303
    found = SECRET.search(first.text)
    assert found and found[1] != secret
    assert access.accounts.holder(found[1], Purpose.PASSWORD).id == account


def test_what_is_wrong_with_a_new_account_stands_beside_its_field(
    office: Visitor, access: Access
) -> None:
    answer = office.post("/admin/accounts/new")
    assert answer.status_code == 422
    assert 'id="f-person-wrong"' in answer.text and 'id="f-name-wrong"' in answer.text
    answer = office.post("/admin/accounts/new", person="无此人", name="wucirwn")
    assert 'id="f-person-wrong"' in answer.text and 'value="无此人"' in answer.text
    answer = office.post("/admin/accounts/new", person="other-li", name="secretary")
    assert answer.status_code == 409 and 'id="f-name-wrong"' in answer.text
    answer = office.post("/admin/accounts/new", person="li", name="li-once-more")
    assert answer.status_code == 409 and "此人已有账号 li" in answer.text
    account = access.accounts.named("li").id
    assert f'/admin/accounts/{account}">' in answer.text and "已经如此" not in answer.text


@pytest.mark.parametrize("who", ["watcher", "li"])
def test_nobody_but_the_office_sees_accounts(administered: Service, who: str) -> None:
    visitor = Visitor(administered.client, who)
    assert visitor.get("/admin/accounts").status_code == 403
    assert visitor.post("/admin/accounts/new", person="zhao", name="x1").status_code == 403


def test_an_account_is_closed_and_opened_and_signed_out(
    administered: Service, access: Access, office: Visitor
) -> None:
    secretary, li = access.accounts.named("secretary").id, access.accounts.named("li").id
    Visitor(administered.client, "li")
    office = Visitor(administered.client, "secretary")

    answer = office.post(f"/admin/accounts/{li}/sign-out")
    assert answer.status_code == 303 and not access.sessions.of_account(li)
    assert noted(access, li, What.SESSIONS_REVOKED)[0] == secretary
    answer = office.post(f"/admin/accounts/{li}/close")
    assert answer.status_code == 303 and access.accounts.of(li).disabled
    assert noted(access, li, What.ACCOUNT_DISABLED) == [secretary]
    assert "已停用" in office.page(f"/admin/accounts/{li}?done=close")
    office.post(f"/admin/accounts/{li}/reopen")
    assert not access.accounts.of(li).disabled
    assert "周文" in office.page(f"/admin/accounts/{li}")


def test_a_lost_factor_is_dropped_by_somebody_else(office: Visitor, access: Access) -> None:
    li = access.accounts.named("li").id
    asked = access.factor.ask(li)
    access.factor.confirm(li, pyotp.TOTP(asked.secret).now())
    answer = office.post(f"/admin/accounts/{li}/drop-factor")
    assert answer.status_code == 303 and not access.accounts.of(li).has_factor
    assert noted(access, li, What.FACTOR_REMOVED)[0] == access.accounts.named("secretary").id


@pytest.mark.parametrize("step", ["secret", "close", "sign-out", "drop-factor"])
def test_nobody_does_it_to_himself(office: Visitor, access: Access, step: str) -> None:
    own = access.accounts.named("secretary").id
    answer = office.post(f"/admin/accounts/{own}/{step}")
    assert answer.status_code == 403 and "须由另一人办理" in answer.text
    assert not access.accounts.of(own).disabled
    assert "这是您本人的账号" in office.page(f"/admin/accounts/{own}")


def test_an_account_that_opens_other_ledgers_too_is_not_taken_over(
    office: Visitor, access: Access
) -> None:
    shared = access.accounts.make("shared")
    access.accounts.link(shared.id, LEDGER, PersonId("other-li"))
    access.accounts.link(shared.id, "neighbour", PersonId("somebody"))
    for step in ("secret", "drop-factor", "reopen"):
        answer = office.post(f"/admin/accounts/{shared.id}/{step}")
        assert answer.status_code == 403 and "也用于其他台账" in answer.text, step
    assert noted(access, shared.id, What.LINK_SENT) == []

    answer = office.post(f"/admin/accounts/{shared.id}/close")
    assert answer.status_code == 303
    assert not access.accounts.of(shared.id).disabled
    assert [each.ledger for each in access.accounts.links_of(shared.id)] == ["neighbour"]
    assert noted(access, shared.id, What.UNLINKED) == [access.accounts.named("secretary").id]
    assert office.get(f"/admin/accounts/{shared.id}").status_code == 404


def test_an_account_of_another_ledger_is_none_here(office: Visitor, access: Access) -> None:
    other = access.accounts.make_for("neighbour", "neighbour", PersonId("another"))
    assert office.get(f"/admin/accounts/{other.id}").status_code == 404
    assert office.post(f"/admin/accounts/{other.id}/secret").status_code == 404
    assert "neighbour" not in office.page("/admin/accounts")


def test_a_step_that_touches_accounts_asks_again_who_it_is_and_goes_on(
    office: Visitor, access: Access
) -> None:
    li = access.accounts.named("li").id
    form = office.form
    long_ago(access)
    assert "/account/again?next=" in office.get("/admin/accounts/new").headers["location"]

    answer = office.post(f"/admin/accounts/{li}/secret", form=form)
    assert answer.status_code == 200 and "再次验证身份" in answer.text
    kept = re.search(r'name="kept" value="([^"]+)"', answer.text)
    assert kept
    told = kept[1].replace("&#34;", '"')
    wrong = office.post("/account/again", form=form, kept=told, password=PASSWORD[:-1])
    assert "再次验证身份" in wrong.text and 'id="errors"' in wrong.text
    with access.store.writing() as connection:
        connection.exec_driver_sql("DELETE FROM throttle")
    shown = office.post("/account/again", form=form, kept=told, password=PASSWORD)
    assert shown.status_code == 200, shown.text
    fields = dict(re.findall(r'type="hidden" name="([^"]+)" value="([^"]*)"', shown.text))
    answer = office.post(f"/admin/accounts/{li}/secret", **fields)
    assert answer.status_code == 200 and SECRET.search(answer.text)


def test_who_took_his_role_in_an_emergency_hands_over_no_account(
    administered: Service, access: Access, office: Visitor
) -> None:
    answer = office.post(
        "/grants/new",
        person="other-li",
        role="office",
        since="2025-01-01",
        standby="on",
        reason="备用",
    )
    assert answer.status_code == 303, answer.text
    standby = answer.headers["location"].partition("?")[0].rpartition("/")[2]
    deputy = access.accounts.make_for("deputy", LEDGER, PersonId("other-li"))
    access.accounts.set_password(deputy.id, PASSWORD)
    him = Visitor(administered.client, "deputy")
    him.post(f"/grants/{standby}/emergency", hours="2", reason="机关无人在岗")
    li = access.accounts.named("li").id
    assert him.get("/admin/accounts").status_code == 200
    for path in (f"{li}/secret", f"{li}/reopen", f"{li}/drop-factor"):
        answer = him.post(f"/admin/accounts/{path}")
        assert answer.status_code == 403, path
    answer = him.post("/admin/accounts/new", person="chen", name="another-one")
    assert answer.status_code == 403 and access.accounts.known("another-one") is None
    assert him.post(f"/admin/accounts/{li}/sign-out").status_code == 303
    access.accounts.unlink(deputy.id, LEDGER)


# One's own


@pytest.mark.parametrize(
    "path", ["", "/admin", "/grants", "/account", "/account/password", "/account/again"]
)
def test_signing_out_stands_on_every_page(office: Visitor, path: str) -> None:
    assert 'action="/sign-out"' in office.page(path)


@pytest.mark.parametrize(
    "path", ["/sign-in", "/new-password", "/account/password", "/account/again"]
)
def test_passwords_are_masked_and_left_to_password_managers(office: Visitor, path: str) -> None:
    if path == "/sign-in":
        office.client.cookies.clear()
    asked = re.findall(r"<input[^>]* name=\"(?:password|again)\"[^>]*>", office.page(path))
    assert asked
    for each in asked:
        assert 'type="password"' in each
        assert re.search(r'autocomplete="(current|new)-password"', each)
        assert "onpaste" not in each and "maxlength" not in each


def test_somebody_ends_his_other_sessions(administered: Service, access: Access) -> None:
    account = access.accounts.named("li").id
    access.sessions.revoke_all(account)
    Visitor(administered.client, "li")
    Visitor(administered.client, "li")
    li = Visitor(administered.client, "li")
    text = li.page("/account")
    assert text.count('action="/account/sessions/end"') == 2
    handle = re.search(r'name="handle" value="([^"]+)"', text)
    assert handle
    for _ in range(2):
        assert li.post("/account/sessions/end", handle=handle[1]).status_code == 303
    assert len(access.sessions.of_account(account)) == 2
    li.post("/account/sessions/end-others")
    assert len(access.sessions.of_account(account)) == 1
    assert li.get("/account").status_code == 200


def test_a_changed_password_ends_all_sessions(li: Visitor, access: Access) -> None:
    account = access.accounts.named("li").id
    answer = li.post("/account/password", password=NEW, again=NEW + "x")
    assert answer.status_code == 422 and 'id="again-wrong"' in answer.text
    answer = li.post("/account/password", password=WEAK, again=WEAK)
    assert answer.status_code == 422 and 'id="password-wrong"' in answer.text
    answer = li.post("/account/password", password=NEW, again=NEW)
    assert answer.status_code == 200 and not access.sessions.of_account(account)
    assert NEW not in answer.text
    access.accounts.set_password(account, PASSWORD)


def test_a_second_factor_is_set_by_a_picture_and_a_code_and_removed(
    li: Visitor, access: Access
) -> None:
    text = li.post("/account/factor").text
    secret = SECRET.search(text)
    assert secret and "<svg" in text and "otpauth://totp/" in text
    fields = {"secret": secret[1], "address": "otpauth://totp/x?secret=" + secret[1]}
    wrong = li.post("/account/factor/confirm", code="000000", **fields)
    assert wrong.status_code != 200 and 'id="code-wrong"' in wrong.text and "<svg" in wrong.text
    answer = li.post("/account/factor/confirm", code=pyotp.TOTP(secret[1]).now(), **fields)
    assert answer.text.count("<code>") == 10
    assert "剩余恢复码" in li.page("/account")
    assert li.post("/account/recovery-codes").text.count("<code>") == 10
    assert li.post("/account/factor/remove").status_code == 303
    assert not access.accounts.named("li").has_factor


@pytest.mark.parametrize(
    "path",
    ["/account/password", "/account/factor", "/account/factor/remove", "/account/recovery-codes"],
)
def test_grave_steps_ask_again_who_it_is(li: Visitor, access: Access, path: str) -> None:
    form = li.form
    long_ago(access)
    answer = li.post(path, form=form, password=NEW, again=NEW)
    if path == "/account/password":
        # A password is kept in no page.
        assert answer.headers["location"] == "/account/again?next=/account/password"
    else:
        assert "再次验证身份" in answer.text and 'name="kept"' in answer.text


def test_who_is_not_signed_in_has_no_account_page(li: Visitor) -> None:
    li.client.cookies.clear()
    assert li.get("/account").headers["location"].startswith("/sign-in")
    assert li.get("/new-password").status_code == 200


def test_a_page_of_another_site_changes_nothing(li: Visitor, access: Access) -> None:
    answer = li.post("/account/sessions/end-others", form="not-of-this-session")
    assert answer.status_code == 403
