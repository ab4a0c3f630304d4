"""Sessions of people at browsers."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from sqlalchemy import event, insert, select, update

from domain.people import Reason, Refused
from interfaces.access.journal import Journal, What
from interfaces.access.remembered import MOST, STALE, Remembered
from interfaces.access.sessions import Opened, Sessions, Way, form_token
from interfaces.access.store import Store
from interfaces.access.tables import accounts, sessions
from tests.interfaces.access.conftest import Clock, at_once


@dataclass(frozen=True)
class House:
    """Sessions in a store in which there are two accounts."""

    store: Store
    clock: Clock
    sessions: Sessions
    journal: Journal

    def begins(self, account: str = "li", address: str = "10.0.0.1") -> Opened:
        with self.store.writing() as connection:
            return self.sessions.begin(connection, account, Way.PASSWORD, address=address)

    def opens(self, opened: Opened) -> bool:
        try:
            self.sessions.of(opened.id)
        except Refused as refused:
            return refused.reason is not Reason.NOT_SIGNED_IN
        return True

    def told(self) -> list[What]:
        return [each.what for each in self.journal.page().entries]


@pytest.fixture
def house(store: Store, clock: Clock) -> House:
    """A house with two accounts."""
    journal = Journal(store, clock)
    with store.writing() as connection:
        for each in ("li", "zhao"):
            connection.execute(insert(accounts).values(id=each, name=each, made_at=0))
    return House(store, clock, Sessions(store, journal, clock), journal)


def test_a_session_is_opened_by_its_id_alone(house: House) -> None:
    opened = house.begins()
    with house.store.reading() as connection:
        kept = str(connection.execute(select(sessions)).all())

    assert house.sessions.of(opened.id) == opened.session
    assert opened.id not in kept and opened.id not in repr(opened)
    for other in ("", opened.session.handle, opened.id[:-1], "\ud800"):
        with pytest.raises(Refused):
            house.sessions.of(other)


def test_a_session_ends_by_silence(house: House) -> None:
    opened = house.begins()
    for _ in range(3):
        house.clock.passes(minutes=29)
        assert house.opens(opened)
    house.clock.passes(minutes=30)

    assert not house.opens(opened)
    assert house.sessions.of_account("li") == ()


def test_a_session_ends_by_age(house: House) -> None:
    opened = house.begins()
    for _ in range(8 * 3 - 1):
        house.clock.passes(minutes=20)
        assert house.opens(opened)
    house.clock.passes(minutes=20)

    assert not house.opens(opened)


def test_a_look_writes_at_most_once_a_minute(house: House) -> None:
    opened = house.begins()
    written: list[str] = []

    def write(_connection: object, _cursor: object, statement: str, *_more: object) -> None:
        written.extend([statement] * statement.startswith("UPDATE"))

    event.listen(house.store._writing, "before_cursor_execute", write)
    for _ in range(60):
        house.clock.passes(seconds=5)
        house.sessions.of(opened.id)

    assert len(written) == 5


def test_a_rotated_session_goes_on_under_a_new_id_alone(house: House) -> None:
    opened = house.begins()
    house.clock.passes(minutes=20)
    rotated = house.sessions.rotate(opened.id, Way.CODE)

    assert not house.opens(opened) and house.opens(rotated)
    assert rotated.session.handle == opened.session.handle
    assert rotated.session.began_at == opened.session.began_at
    assert rotated.session.way is Way.CODE
    assert rotated.form_token != opened.form_token
    with pytest.raises(Refused):
        house.sessions.rotate(opened.id)


def test_of_eight_rotations_at_once_one_goes_on(house: House) -> None:
    opened = house.begins()
    done, refused = at_once(lambda: house.sessions.rotate(opened.id))

    assert len(done) == 1 and house.opens(done[0])
    assert {each.reason for each in refused} == {Reason.NOT_SIGNED_IN}


def test_a_grave_step_wants_that_he_showed_who_he_is_shortly_ago(house: House) -> None:
    opened = house.begins()
    house.clock.passes(minutes=11)
    session = house.sessions.of(opened.id)

    with pytest.raises(Refused) as refused:
        house.sessions.refuse_unless_shown(session, 10)
    assert refused.value.reason is Reason.SHOW_AGAIN
    house.sessions.refuse_unless_shown(house.sessions.rotate(opened.id).session, 10)


def test_one_session_is_revoked_at_once(house: House) -> None:
    one, other = house.begins(), house.begins()
    assert house.opens(one) and house.opens(other)
    house.sessions.revoke("li", one.session.handle)

    assert not house.opens(one) and house.opens(other)
    with pytest.raises(Refused) as refused:
        house.sessions.revoke("zhao", other.session.handle)
    assert refused.value.reason is Reason.NO_SUCH_KEY


def test_all_others_are_revoked_or_all(house: House) -> None:
    one, other, third, zhaos = (*(house.begins() for _ in range(3)), house.begins("zhao"))

    assert house.sessions.revoke_others(one.id) == 2
    assert [house.opens(each) for each in (one, other, third, zhaos)] == [True, False, False, True]
    assert house.sessions.revoke_all("li") == 1
    assert not house.opens(one) and house.opens(zhaos)


def test_sessions_are_listed_the_latest_in_use_first(house: House) -> None:
    one = house.begins(address="10.0.0.1")
    house.clock.passes(minutes=2)
    other = house.begins(address="10.0.0.2")
    house.clock.passes(minutes=2)
    house.sessions.of(one.id)

    listed = house.sessions.of_account("li")
    assert [each.handle for each in listed] == [one.session.handle, other.session.handle]


def test_who_signs_out_is_out(house: House) -> None:
    opened = house.begins()
    house.sessions.sign_out(opened.id)
    house.sessions.sign_out(opened.id)

    assert not house.opens(opened)
    assert house.told() == [What.SIGNED_OUT]


def test_sessions_of_a_disabled_account_open_nothing(house: House) -> None:
    opened = house.begins()
    with house.store.writing() as connection:
        connection.execute(update(accounts).values(disabled_at=1.0))

    assert not house.opens(opened)


def test_another_process_learns_of_a_revocation_within_two_seconds(house: House) -> None:
    other = Sessions(house.store, house.journal, house.clock)
    opened = house.begins()
    other.of(opened.id)
    house.sessions.revoke_all("li")
    house.clock.passes(seconds=STALE)

    with pytest.raises(Refused):
        other.of(opened.id)


def test_sessions_that_ended_are_taken_away(house: House) -> None:
    house.begins()
    house.clock.passes(minutes=29)
    opened = house.begins()
    house.clock.passes(minutes=2)

    assert house.sessions.purge() == 1
    assert house.opens(opened)


def test_a_form_token_does_not_tell_the_id(house: House) -> None:
    opened = house.begins()

    assert opened.form_token == form_token(opened.id)
    assert opened.id not in opened.form_token


def test_what_was_revoked_while_it_was_looked_up_is_not_remembered() -> None:
    remembered: Remembered[str] = Remembered(Clock())

    def looked_up_meanwhile() -> str:
        remembered.clear()
        return "revoked"

    assert remembered.get("a", looked_up_meanwhile) == "revoked"
    assert remembered.get("a", lambda: None) is None


def test_no_more_is_remembered_than_so_many() -> None:
    remembered: Remembered[str] = Remembered(Clock())
    for each in range(MOST + 1):
        remembered.get(str(each), lambda: "found")

    assert len(remembered._found) == 1
