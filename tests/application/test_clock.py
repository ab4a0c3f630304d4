"""The time of the product: that of the world, and for a while that of a rehearsal, which goes on and stands still at its end."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest

from application import clock
from application.clock import now, rehearsed, rehearsing

EVENING = datetime(2025, 12, 31, 21, 20, tzinfo=timezone(timedelta(hours=8)))
MIDNIGHT = EVENING.replace(hour=23, minute=59)


class Worlds:
    """The seconds of the world as a test says them."""

    def __init__(self) -> None:
        self.seconds = 1_000.0

    def __call__(self) -> float:
        return self.seconds


@pytest.fixture
def worlds(monkeypatch: pytest.MonkeyPatch) -> Worlds:
    """The world's seconds, which pass when told to."""
    made = Worlds()
    monkeypatch.setattr(clock, "monotonic", made)
    return made


def test_it_is_the_time_of_the_world() -> None:
    before = datetime.now(UTC)
    assert before <= now() <= datetime.now(UTC)
    assert rehearsed() is None


def test_a_rehearsal_begins_when_told_and_goes_on_as_fast_as_ever(worlds: Worlds) -> None:
    with rehearsing(EVENING, MIDNIGHT):
        assert now() == EVENING
        assert now().tzinfo is UTC
        worlds.seconds += 90
        assert now() == EVENING + timedelta(seconds=90)


def test_it_stands_still_at_its_end(worlds: Worlds) -> None:
    with rehearsing(EVENING, MIDNIGHT):
        worlds.seconds += 30 * 86_400
        assert now() == MIDNIGHT == rehearsed()


def test_afterwards_it_is_the_time_of_the_world_again_whatever_went_wrong() -> None:
    with pytest.raises(LookupError), rehearsing(EVENING, MIDNIGHT):
        raise LookupError
    assert rehearsed() is None
    assert now() > MIDNIGHT


def test_there_is_one_time_at_a_time() -> None:
    with rehearsing(EVENING, MIDNIGHT):
        with pytest.raises(RuntimeError), rehearsing(EVENING, EVENING):
            pass
        assert rehearsed() == MIDNIGHT
    with pytest.raises(ValueError, match="2025"), rehearsing(MIDNIGHT, EVENING):
        pass
