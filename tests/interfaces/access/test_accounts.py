"""Accounts of people."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.people import PersonId, Reason, Refused
from interfaces.access.accounts import Account, Accounts, Link, Purpose, folded
from interfaces.access.journal import Journal, What
from interfaces.access.passwords import Passwords
from interfaces.access.sessions import Sessions, Way
from interfaces.access.store import Store
from tests.interfaces.access.conftest import Clock, at_once

FIRST, SECOND = "走访-tao-yuan-42", "界别-jie-bie-7"


def refusal(act: Callable[[], object]) -> Reason:
    """Why this is refused."""
    with pytest.raises(Refused) as refused:
        act()
    return refused.value.reason


def test_a_name_is_the_same_in_any_form_of_its_letters(accounts: Accounts) -> None:
    made = accounts.make("  Zhāo.Mǐn ", by="office")
    typed = unicodedata.normalize("NFD", "ZHĀO.mǐn")

    assert made == Account(
        id=made.id,
        name="zhāo.mǐn",
        made_at=Clock().now,
        disabled=False,
        has_password=False,
        has_factor=False,
    )
    assert accounts.named(typed) == accounts.of(made.id) == made
    assert refusal(lambda: accounts.make(typed)) is Reason.NAME_TAKEN
    assert refusal(lambda: accounts.named("nobody")) is Reason.NO_SUCH_ACCOUNT


@given(st.text())
def test_a_folded_name_is_folded(name: str) -> None:
    assert folded(folded(name)) == folded(name)


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("", Reason.MALFORMED),
        ("x", Reason.MALFORMED),
        ("li ming", Reason.MALFORMED),
        ("x" * 65, Reason.MALFORMED),
        ("li\u202eming", Reason.BAD_CHARACTERS),
    ],
)
def test_what_is_no_name_is_refused(accounts: Accounts, name: str, reason: Reason) -> None:
    assert refusal(lambda: accounts.make(name)) is reason


def test_an_account_is_renamed_unless_the_name_is_taken(accounts: Accounts) -> None:
    li, zhao = accounts.make("li"), accounts.make("zhao")
    accounts.rename(li.id, "LiMing")

    assert accounts.named("liming").id == li.id and accounts.known("li") is None
    assert refusal(lambda: accounts.rename(li.id, zhao.name)) is Reason.NAME_TAKEN
    assert refusal(lambda: accounts.rename("nobody", "x.y")) is Reason.NO_SUCH_ACCOUNT


def test_accounts_are_listed_by_name(accounts: Accounts) -> None:
    for each in ("zhao", "chen", "li"):
        accounts.make(each)

    assert [each.name for each in accounts.all(most=2)] == ["chen", "li"]
    assert [each.name for each in accounts.all(after="li")] == ["zhao"]


def test_a_person_of_a_ledger_signs_in_by_one_account(accounts: Accounts) -> None:
    li, zhao = accounts.make("li"), accounts.make("zhao")
    accounts.link(li.id, "haiyan", PersonId("li"))
    accounts.link(li.id, "city", PersonId("li-of-the-city"))

    assert accounts.links_of(li.id) == (Link("city", PersonId("li-of-the-city")), Link("haiyan", PersonId("li")))  # fmt: skip
    assert accounts.of_person("haiyan", PersonId("li")).id == li.id
    for account, person in ((zhao.id, "li"), (li.id, "other-li")):
        assert (
            refusal(lambda a=account, p=person: accounts.link(a, "haiyan", p))  # type: ignore[misc]  # of texts
            is Reason.ALREADY_DONE
        )
    accounts.unlink(li.id, "haiyan")
    accounts.link(zhao.id, "haiyan", PersonId("li"))
    assert refusal(lambda: accounts.unlink(li.id, "haiyan")) is Reason.NO_SUCH_PERSON
    assert refusal(lambda: accounts.of_person("city", PersonId("x"))) is Reason.NO_SUCH_ACCOUNT


def test_a_disabled_account_has_no_sessions_and_no_links(
    accounts: Accounts, sessions: Sessions, store: Store, journal: Journal
) -> None:
    li = accounts.make("li")
    ticket = accounts.ticket(li.id, Purpose.PASSWORD)
    with store.writing() as connection:
        opened = sessions.begin(connection, li.id, Way.PASSWORD)
    sessions.of(opened.id)
    accounts.disable(li.id, by="office")

    assert accounts.of(li.id).disabled
    assert refusal(lambda: sessions.of(opened.id)) is Reason.NOT_SIGNED_IN
    assert refusal(lambda: accounts.reset_password(ticket, FIRST)) is Reason.LINK_SPENT
    assert refusal(lambda: accounts.ticket(li.id, Purpose.PASSWORD)) is Reason.NO_SUCH_ACCOUNT
    accounts.enable(li.id, by="office")
    assert not accounts.of(li.id).disabled
    assert [(each.what, each.by) for each in journal.page(account=li.id).entries] == [
        (What.ACCOUNT_ENABLED, "office"),
        (What.SESSIONS_REVOKED, None),
        (What.ACCOUNT_DISABLED, "office"),
        (What.LINK_SENT, None),
        (What.ACCOUNT_MADE, None),
    ]


def test_a_new_password_ends_all_sessions(
    accounts: Accounts, sessions: Sessions, store: Store, passwords: Passwords
) -> None:
    li = accounts.make("li")
    accounts.set_password(li.id, FIRST)
    with store.writing() as connection:
        opened = sessions.begin(connection, li.id, Way.PASSWORD)
    sessions.of(opened.id)
    accounts.set_password(li.id, SECOND)
    kept = accounts.kept(li.id).kept

    assert refusal(lambda: sessions.of(opened.id)) is Reason.NOT_SIGNED_IN
    assert passwords.fits(kept, SECOND) and not passwords.fits(kept, FIRST)
    assert str(kept) not in repr(accounts.known("li"))


def test_a_link_sets_a_password_once(accounts: Accounts, passwords: Passwords) -> None:
    li = accounts.make("li")
    ticket = accounts.ticket(li.id, Purpose.PASSWORD)

    assert accounts.holder(ticket, Purpose.PASSWORD) == li
    assert refusal(lambda: accounts.reset_password(ticket, "password1")) is Reason.WEAK_PASSWORD
    assert accounts.reset_password(ticket, FIRST).id == li.id
    assert passwords.fits(accounts.kept(li.id).kept, FIRST)
    assert refusal(lambda: accounts.reset_password(ticket, SECOND)) is Reason.LINK_SPENT


def test_of_eight_who_use_a_link_at_once_one_does(accounts: Accounts) -> None:
    ticket = accounts.ticket(accounts.make("li").id, Purpose.PASSWORD)
    done, refused = at_once(lambda: accounts.reset_password(ticket, FIRST))

    assert len(done) == 1
    assert {each.reason for each in refused} == {Reason.LINK_SPENT} and len(refused) == 7


def test_a_link_is_void_after_72_hours_after_a_later_one_and_for_anything_else(
    accounts: Accounts, clock: Clock
) -> None:
    li = accounts.make("li").id
    first = accounts.ticket(li, Purpose.PASSWORD)
    second = accounts.ticket(li, Purpose.PASSWORD)

    assert refusal(lambda: accounts.holder(first, Purpose.PASSWORD)) is Reason.LINK_SPENT
    assert refusal(lambda: accounts.holder(second, Purpose.IDENTITY)) is Reason.LINK_SPENT
    clock.passes(hours=71.9)
    accounts.holder(second, Purpose.PASSWORD)
    clock.passes(hours=0.1)
    assert refusal(lambda: accounts.holder(second, Purpose.PASSWORD)) is Reason.LINK_SPENT
    assert accounts.purge() == 1


def test_a_password_set_meanwhile_is_not_renewed_away(accounts: Accounts) -> None:
    li = accounts.make("li").id
    accounts.set_password(li, FIRST)
    old = str(accounts.kept(li).kept)
    accounts.set_password(li, SECOND)
    new = accounts.kept(li).kept
    accounts.renew(li, old, "renewed")

    assert accounts.kept(li).kept == new
