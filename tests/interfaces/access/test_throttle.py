"""How soon somebody may try again."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import func, select

from domain.people import Reason, Refused
from interfaces.access import throttle as module
from interfaces.access.devices import DAYS, Devices
from interfaces.access.secret import Marks
from interfaces.access.store import Store
from interfaces.access.tables import throttle as table
from interfaces.access.throttle import Counted, Throttle, TooSoon, of_address, of_name
from tests.interfaces.access.conftest import Clock, at_once

MARKS = Marks(b"s" * 64)
LI = of_name(MARKS, "li")
OFFICE = of_address("10.0.0.1")


@pytest.fixture
def throttle(store: Store, clock: Clock) -> Throttle:
    """A throttle that counted nothing yet."""
    return Throttle(store, clock)


def waits(throttle: Throttle, *counted: Counted) -> int:
    """How many seconds an attempt comes too soon."""
    with pytest.raises(TooSoon) as refused:
        throttle.admit(*counted)
    assert refused.value.reason is Reason.TOO_SOON
    assert str(refused.value.seconds) in str(refused.value)
    return refused.value.seconds


def test_each_failure_doubles_the_delay_up_to_15_minutes(throttle: Throttle, clock: Clock) -> None:
    delays = []
    for _ in range(13):
        delays.append(throttle.admit(LI).delay)
        assert waits(throttle, LI) == delays[-1]
        clock.passes(seconds=delays[-1])

    assert delays == [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900, 900]


@given(st.integers(-5, 10**6))
def test_no_delay_is_for_ever_and_none_is_shorter_than_the_one_before(failures: int) -> None:
    assert 0 <= module._delay(failures) <= module._delay(failures + 1) <= module.LONGEST


def test_an_attempt_that_comes_too_soon_counts_for_nobody(throttle: Throttle, clock: Clock) -> None:
    throttle.admit(LI)
    for _ in range(30):
        waits(throttle, LI, OFFICE)
    clock.passes(seconds=1)

    assert throttle.admit(LI).delay == 2
    assert throttle.admit(OFFICE).delay == 0


def test_whoever_succeeds_starts_anew(throttle: Throttle, clock: Clock) -> None:
    for _ in range(5):
        admitted = throttle.admit(LI)
        clock.passes(seconds=admitted.delay)
    throttle.succeeded(throttle.admit(LI))

    assert throttle.admit(LI).delay == 1


def test_failures_are_forgotten_after_a_day(throttle: Throttle, clock: Clock) -> None:
    for _ in range(5):
        clock.passes(seconds=throttle.admit(LI).delay)
    clock.passes(hours=24)

    assert throttle.admit(LI).delay == 1


def test_an_office_that_shares_an_address_signs_in_at_nine(throttle: Throttle) -> None:
    for each in range(60):
        throttle.succeeded(throttle.admit(of_name(MARKS, str(each)), OFFICE))

    assert throttle.admit(OFFICE).delay == 0


def test_an_address_that_tries_many_names_waits_and_clears_nothing_by_a_success_of_its_own(
    throttle: Throttle, clock: Clock
) -> None:
    for each in range(20):
        throttle.admit(of_name(MARKS, str(each)), OFFICE)
    throttle.succeeded(throttle.admit(of_name(MARKS, "own"), OFFICE))

    assert throttle.admit(of_name(MARKS, "next"), OFFICE).delay == 1
    assert waits(throttle, of_name(MARKS, "another"), OFFICE) == 1


def test_an_attempt_that_was_not_looked_at_is_as_if_it_had_not_been(
    throttle: Throttle, clock: Clock
) -> None:
    clock.passes(seconds=throttle.admit(LI).delay)
    throttle.not_looked_at(throttle.admit(LI, OFFICE))

    assert throttle.admit(LI).delay == 2


def test_of_eight_guesses_at_once_one_is_looked_at(throttle: Throttle, clock: Clock) -> None:
    for _ in range(3):
        done, refused = at_once(lambda: throttle.admit(LI, OFFICE))
        assert len(done) == 1 and len(refused) == 7
        assert all(isinstance(each, TooSoon) for each in refused)
        clock.passes(minutes=15)


def test_attempts_that_count_alike_in_another_order_do_not_wait_for_each_other(
    throttle: Throttle,
) -> None:
    orders = [(OFFICE, Counted("a", 99)), (Counted("a", 99), OFFICE)] * 4
    done, refused = at_once(lambda: throttle.admit(*orders.pop()))

    assert (len(done), refused) == (8, [])


def test_rows_are_bounded(
    throttle: Throttle, store: Store, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "MOST", 5)
    monkeypatch.setattr(module, "_PURGED_EVERY", 4)
    for each in range(24):
        clock.passes(seconds=1)
        throttle.admit(Counted(str(each)))
    with store.reading() as connection:
        assert connection.execute(select(func.count()).select_from(table)).scalar_one() <= 9
    clock.passes(hours=24)
    throttle.purge()
    with store.reading() as connection:
        assert connection.execute(select(table)).all() == []


def test_what_was_typed_is_not_kept(throttle: Throttle, store: Store) -> None:
    throttle.admit(of_name(MARKS, "canary"))
    with store.reading() as connection:
        assert "canary" not in str(connection.execute(select(table)).all())


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("10.0.0.1", "::ffff:10.0.0.1", True),
        ("2001:db8::1", "2001:db8::ffff:1", True),
        ("2001:db8::1", "2001:db8:0:1::1", False),
        ("10.0.0.1", "10.0.0.2", False),
        ("10.0.0.1", "10.0.0.1:4711", True),
        ("10.0.0.1:1", "10.0.0.2:1", False),
        ("2001:db8::1", "[2001:db8::1]:4711", True),
    ],
)
def test_a_network_of_one_customer_counts_as_one(one: str, other: str, same: bool) -> None:
    assert (of_address(one) == of_address(other)) is same


@given(st.text())
def test_whatever_a_proxy_says_is_an_address(said: str) -> None:
    assert of_address(said).shared


def test_a_device_is_known_for_its_account_until_the_mark_ends(clock: Clock) -> None:
    devices = Devices(MARKS, clock)
    mark = devices.mark("li")

    assert devices.known(mark, "li") is not None
    assert devices.known(mark, "li") == devices.known(mark, "li") != devices.known(devices.mark("li"), "li")  # fmt: skip
    for other in (None, "", "x", mark[:-1], MARKS.hidden("li", "device")):
        assert devices.known(other, "li") is None
    assert devices.known(mark, "zhao") is None
    clock.passes(hours=24 * DAYS)
    assert devices.known(mark, "li") is None


def test_a_refusal_is_one_like_any_other() -> None:
    refused: Refused = module.too_soon(0.2)

    assert refused == TooSoon(Reason.TOO_SOON, about="1 s", seconds=1)
