"""How somebody signs in."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from domain.access import Action
from domain.people import PersonId, Reason, Refused
from interfaces.access import passwords, tables
from interfaces.access.accounts import Account, Purpose
from interfaces.access.identities import Identity
from interfaces.access.journal import What
from interfaces.access.opening import Access, Terms, opened, seal_keys
from interfaces.access.secret import add_key
from interfaces.access.sessions import Way
from interfaces.access.signing_in import Attempt, SignedIn
from interfaces.access.throttle import TooSoon
from tests.interfaces.access.conftest import Clock, at_once
from tests.interfaces.access.test_accounts import refusal
from tests.interfaces.access.test_second_factor import Telephone
from tests.interfaces.conftest import QUICK

PASSWORD, OTHER = "走访-tao-yuan-42", "界别-jie-bie-7"
HOME, ELSEWHERE = "10.0.0.1", "203.0.113.9"
AT_CITY = Identity("https://id.city.example", "subject-1")


@dataclass(frozen=True)
class House:
    """All of it, with one account that has a password."""

    access: Access
    clock: Clock
    li: Account

    def tries(self, name: str = "li", password: str = PASSWORD, **more: Any) -> SignedIn:
        attempt = Attempt(**{"name": name, "password": password, "address": HOME, **more})
        return self.access.signing_in.by_password(attempt)

    def with_telephone(self) -> Telephone:
        """A telephone whose code is in force."""
        telephone = Telephone(self.access.factor.ask(self.li.id).secret, self.clock)
        self.access.factor.confirm(self.li.id, telephone.code())
        self.clock.passes(minutes=5)
        return telephone

    def told(self) -> list[tuple[What, str | None]]:
        """What the journal says, the newest first."""
        return [(each.what, each.detail) for each in self.access.journal.page().entries]


@pytest.fixture(params=["sqlite", "postgres"])
def house(request: pytest.FixtureRequest, tmp_path: Path, clock: Clock) -> Iterator[House]:
    """A house in each kind of store."""
    url = None
    if request.param == "postgres":
        request.getfixturevalue("postgres_store")
        url = request.getfixturevalue("postgres_url")
    access = opened(tmp_path, url, clock=clock)
    access.accounts._passwords._hasher = QUICK
    li = access.accounts.make("li")
    access.accounts.set_password(li.id, PASSWORD)
    yield House(access, clock, li)
    access.close()


def test_name_and_password_begin_a_session(house: House) -> None:
    signed_in = house.tries(" LI ", agent="Fire\0fox")
    session = house.access.sessions.of(signed_in.opened.id)

    assert (session.account, session.way, session.address, session.agent) == (
        house.li.id,
        Way.PASSWORD,
        HOME,
        "Firefox",
    )
    assert house.told()[0] == (What.SIGNED_IN, Way.PASSWORD.value)


def test_each_sign_in_begins_another_session(house: House) -> None:
    one, other = house.tries().opened, house.tries().opened

    assert one.id != other.id and one.session.handle != other.session.handle


def test_a_wrong_name_a_wrong_password_and_a_disabled_account_are_refused_alike(
    house: House,
) -> None:
    zhao = house.access.accounts.make("zhao").id
    house.access.accounts.set_password(zhao, PASSWORD)
    house.access.accounts.disable(zhao)
    house.access.accounts.make("chen")
    attempts = [("li", OTHER), ("nobody", PASSWORD), ("zhao", PASSWORD), ("chen", ""), ("\ud800", ""), ("\0", "\0")]  # fmt: skip
    refused = []
    for name, password in attempts:
        with pytest.raises(Refused) as found:
            house.tries(name, password)
        refused.append(str(found.value))

    assert len(set(refused)) == 1
    assert {what for what, _ in house.told()[:6]} == {What.SIGN_IN_FAILED}


def test_what_was_typed_that_is_no_name_is_told_by_a_pseudonym(house: House) -> None:
    for _ in range(2):
        refusal(lambda: house.tries("canary-name"))
        house.clock.passes(minutes=1)
    details = [detail for what, detail in house.told() if what is What.SIGN_IN_FAILED]

    assert len(set(details)) == 1 and "canary" not in str(details)


def test_guesses_wait_longer_each_time_and_the_journal_tells(house: House) -> None:
    waited = 0
    for _ in range(6):
        assert refusal(lambda: house.tries(password=OTHER)) is Reason.WRONG_SIGN_IN
        with pytest.raises(TooSoon) as refused:
            house.tries(address=ELSEWHERE)
        waited = refused.value.seconds
        house.clock.passes(seconds=waited)

    assert waited == 32
    assert (What.DELAYED, "32 s") in house.told()
    house.tries()
    assert refusal(lambda: house.tries(password=OTHER)) is Reason.WRONG_SIGN_IN


def test_of_eight_guesses_at_once_one_is_looked_at(house: House) -> None:
    done, refused = at_once(lambda: house.tries(password=OTHER))

    assert done == []
    assert sorted(each.reason.value for each in refused) == ["too_soon"] * 7 + ["wrong_sign_in"]


def test_a_stranger_does_not_lock_out_a_device_that_is_known(house: House) -> None:
    device = house.tries().device
    for _ in range(12):
        refusal(lambda: house.tries(password=OTHER))
        house.clock.passes(minutes=14)
    refusal(lambda: house.tries(password=OTHER))

    assert refusal(house.tries) is Reason.TOO_SOON
    assert house.tries(device=device).opened.session.account == house.li.id
    assert refusal(lambda: house.tries("nobody", device=device)) is Reason.WRONG_SIGN_IN


def test_a_known_device_that_guesses_waits_as_well(house: House) -> None:
    device = house.tries().device
    refusal(lambda: house.tries(password=OTHER, device=device))

    assert refusal(lambda: house.tries(device=device)) is Reason.TOO_SOON


def test_a_second_factor_is_wanted_where_there_is_one(house: House) -> None:
    telephone = house.with_telephone()

    assert refusal(house.tries) is Reason.CODE_NEEDED
    assert refusal(lambda: house.tries(password=OTHER, code=telephone.code())) is Reason.WRONG_SIGN_IN  # fmt: skip
    house.clock.passes(seconds=1)
    signed_in = house.tries(code=telephone.code())
    assert signed_in.opened.session.way is Way.CODE
    assert refusal(lambda: house.tries(code=telephone.code())) is Reason.WRONG_CODE


def test_codes_are_not_guessed_either(house: House) -> None:
    house.with_telephone()
    for delay in (1, 2, 4):
        assert refusal(lambda: house.tries(code="000000")) is Reason.WRONG_CODE
        with pytest.raises(TooSoon) as refused:
            house.tries(code="000000")
        assert refused.value.seconds == delay
        house.clock.passes(seconds=delay)
    assert house.told()[0] == (What.SIGN_IN_FAILED, "code")


def test_a_recovery_code_lets_in_once(house: House) -> None:
    house.with_telephone()
    code = house.access.factor.renew_codes(house.li.id)[0]

    assert house.tries(code=code).opened.session.way is Way.RECOVERY
    assert refusal(lambda: house.tries(code=code)) is Reason.WRONG_CODE


def test_that_the_keys_are_gone_is_no_wrong_code(house: House, tmp_path: Path) -> None:
    telephone = house.with_telephone()
    with house.access.store.writing() as connection:
        connection.execute(tables.accounts.update().values(factor_key="gone"))
    for _ in range(2):
        assert refusal(lambda: house.tries(code=telephone.code())) is Reason.WRONG_KEY_FILE


def test_a_full_gate_counts_for_nobody(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    gate = passwords.OF_THE_PROCESS
    with monkeypatch.context() as patched:
        patched.setattr(gate, "_free", 0)
        patched.setattr(gate, "_places", 0)
        for _ in range(3):
            assert refusal(lambda: house.tries(password=OTHER)) is Reason.BUSY
    house.tries()


def test_a_password_is_kept_anew_when_more_is_asked_of_it(
    house: House, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    more = opened(tmp_path / "more", terms=Terms(passes=3), clock=house.clock)
    li = more.accounts.make("li")
    kept = passwords.Passwords().kept(PASSWORD, "li")
    with more.store.writing() as connection:
        connection.execute(tables.accounts.update().values(password=kept))
    attempt = Attempt(name="li", password=PASSWORD, address=HOME)

    def full(*_: object) -> None:
        raise Refused(Reason.BUSY)

    with monkeypatch.context() as patched:
        patched.setattr(passwords.Passwords, "renewed", full)
        more.signing_in.by_password(attempt)
    assert more.accounts.kept(li.id).kept == kept
    more.signing_in.by_password(attempt)

    assert "t=3" in str(more.accounts.kept(li.id).kept)
    more.signing_in.by_password(attempt)
    more.close()


@pytest.mark.parametrize("act", ["disable", "set_password"])
def test_whoever_changes_while_he_signs_in_does_not_get_in(
    house: House, act: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    accounts = house.access.accounts
    changes: dict[str, Callable[[], None]] = {
        "disable": lambda: accounts.disable(house.li.id),
        "set_password": lambda: accounts.set_password(house.li.id, OTHER),
    }
    looked = passwords.Passwords.fits

    def fits(self: passwords.Passwords, kept: str | None, password: str) -> bool:
        found = looked(self, kept, password)
        changes[act]()
        return found

    with monkeypatch.context() as patched:
        patched.setattr(passwords.Passwords, "fits", fits)
        assert refusal(house.tries) is Reason.WRONG_SIGN_IN
    assert house.access.sessions.of_account(house.li.id) == ()


def test_a_step_up_is_by_the_password(house: House) -> None:
    first = house.tries().opened
    house.clock.passes(minutes=20)
    signing_in = house.access.signing_in

    assert refusal(lambda: signing_in.step_up(first.id)) is Reason.WRONG_SIGN_IN
    assert refusal(lambda: signing_in.step_up(first.id, password=PASSWORD)) is Reason.TOO_SOON
    house.clock.passes(seconds=1)
    second = signing_in.step_up(first.id, password=PASSWORD)
    assert house.access.sessions.shown_within(second.session, 5)
    assert refusal(lambda: signing_in.step_up(first.id, password=PASSWORD)) is Reason.NOT_SIGNED_IN
    assert house.told()[0][0] is What.STEPPED_UP


def test_a_step_up_is_by_a_code_where_there_is_a_second_factor(house: House) -> None:
    opened_first = house.tries().opened
    telephone = house.with_telephone()
    signing_in = house.access.signing_in

    assert refusal(lambda: signing_in.step_up(opened_first.id, password=PASSWORD)) is Reason.CODE_NEEDED  # fmt: skip
    second = signing_in.step_up(opened_first.id, code=telephone.code())
    assert second.session.way is Way.CODE


def test_a_stranger_does_not_lock_out_a_step_up(house: House) -> None:
    first = house.tries().opened
    for _ in range(8):
        refusal(lambda: house.tries(password=OTHER))

    house.access.signing_in.step_up(first.id, password=PASSWORD)


def test_only_an_identity_that_was_linked_signs_in(house: House) -> None:
    def signs_in(**more: Any) -> SignedIn:
        return house.access.signing_in.by_identity(AT_CITY, address=HOME, **more)

    assert refusal(signs_in) is Reason.NOT_LINKED
    assert refusal(lambda: signs_in(ticket="wrong")) is Reason.LINK_SPENT
    ticket = house.access.accounts.ticket(house.li.id, Purpose.IDENTITY)
    assert signs_in(ticket=ticket).opened.session.way is Way.OUTSIDE
    assert signs_in().opened.session.account == house.li.id
    assert house.access.identities.all(house.li.id) == (AT_CITY,)
    second = house.access.accounts.ticket(house.li.id, Purpose.IDENTITY)
    assert refusal(lambda: signs_in(ticket=second)) is Reason.ALREADY_DONE
    house.access.accounts.disable(house.li.id)
    assert refusal(signs_in) is Reason.NOT_LINKED


def test_an_identity_is_of_one_account(house: House) -> None:
    zhao = house.access.accounts.make("zhao").id
    identities = house.access.identities
    identities.link(house.li.id, AT_CITY, by="office")
    ticket = house.access.accounts.ticket(zhao, Purpose.IDENTITY)

    assert refusal(lambda: identities.link_by_ticket(ticket, AT_CITY)) is Reason.ALREADY_DONE
    house.access.accounts.holder(ticket, Purpose.IDENTITY)
    assert refusal(lambda: identities.unlink(zhao, AT_CITY)) is Reason.NOT_LINKED
    identities.unlink(house.li.id, AT_CITY, by="office")
    assert refusal(lambda: identities.account_of(AT_CITY)) is Reason.NOT_LINKED
    assert identities.link_by_ticket(ticket, AT_CITY) == zhao


def test_of_eight_who_use_an_invitation_at_once_one_is_linked(house: House) -> None:
    ticket = house.access.accounts.ticket(house.li.id, Purpose.IDENTITY)
    numbers = iter(range(8))

    def link() -> str:
        identity = Identity(AT_CITY.issuer, str(next(numbers)))
        return house.access.identities.link_by_ticket(ticket, identity)

    done, refused = at_once(link)
    assert len(done) == 1 and {each.reason for each in refused} == {Reason.LINK_SPENT}


def test_no_secret_is_in_the_store_a_log_a_refusal_or_what_prints(
    house: House, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    access, said = house.access, []
    telephone = house.with_telephone()
    asked = access.factor.ask(house.li.id)
    codes = access.factor.renew_codes(house.li.id)
    ticket = access.accounts.ticket(house.li.id, Purpose.PASSWORD)
    key = access.keys.make("x", "haiyan", PersonId("li"), {Action.SEE_ROSTER}, days=1)
    client = access.clients.make("x", "haiyan", PersonId("li"), {Action.SEE_ROSTER}, days=1)
    token = access.clients.token(client.listed.id, client.secret)
    attempt = Attempt(name="li", password=PASSWORD, code=telephone.code(), address=HOME)
    signed_in = access.signing_in.by_password(attempt)
    for act in (
        lambda: house.tries("canary", "canary-password", code="canary-code"),
        lambda: access.accounts.reset_password("canary-ticket", PASSWORD),
        lambda: access.keys.of("lvzhi_k1_canary_canary"),
        lambda: access.sessions.of("canary-session"),
    ):
        with pytest.raises(Refused) as refused:
            act()
        said.append(f"{refused.value} {refused.value!r}")
    with access.store.reading() as connection:
        for table in tables.METADATA.sorted_tables:
            said.append(str(connection.execute(select(table)).all()))
    said += [repr(each) for each in (asked, key, client, token, attempt, signed_in, access)]
    said.append(caplog.text)
    told = "\n".join(said)

    secrets = [PASSWORD, asked.secret, ticket, signed_in.opened.id, signed_in.device, token.token]
    secrets += [key.secret, key.secret.rpartition("_")[2], client.secret, "canary", *codes]
    secrets += [each.replace("-", "") for each in codes]
    assert [each for each in secrets if each in told] == []


def test_what_ended_is_taken_away(house: House) -> None:
    house.with_telephone()
    refusal(lambda: house.tries(password=OTHER))
    access = house.access
    access.accounts.ticket(house.li.id, Purpose.PASSWORD)
    client = access.clients.make("x", "haiyan", PersonId("li"), {Action.SEE_ROSTER}, days=1)
    access.clients.token(client.listed.id, client.secret)
    house.clock.passes(hours=24 * 401)

    assert access.purge() >= 5
    assert access.purge() == 0
    assert house.told() == []


def test_keys_are_rotated_between_two_starts(tmp_path: Path, clock: Clock) -> None:
    first = opened(tmp_path, clock=clock)
    li = first.accounts.make("li")
    telephone = Telephone(first.factor.ask(li.id).secret, clock)
    first.factor.confirm(li.id, telephone.code())
    first.close()
    add_key(seal_keys(tmp_path))
    second = opened(tmp_path, clock=clock)
    clock.passes(minutes=5)

    assert second.factor.rotate() == 1
    assert second.factor.check(li.id, telephone.code()) is Way.CODE
    second.close()
