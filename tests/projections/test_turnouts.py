"""How many came to meetings: a deed on two records is counted once, by the record that stands."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from domain.deed import LinkSame, UnlinkSame, Withdraw
from domain.fact import Attendance
from domain.kinds.meetings import Attended, Meeting
from domain.occasion import Occasion, Participant
from domain.turnout import Turnout
from projections import turnouts
from projections.store import Store
from projections.turnouts import Asked
from tests.projections.county import (
    COUNTY,
    ECONOMY,
    LI,
    OFFICE,
    WANG,
    ZHAO,
    County,
    rows_of,
)

YEAR = Asked(date(2025, 1, 1), date(2025, 12, 31))
FIRST, SECOND = "occasion/first", "occasion/second"


def forum(*expected: Any, absent: Any = (), **said: Any) -> Occasion[Attended]:
    """A forum that expected these, of whom all were there but those who were absent."""
    body = {
        "details": Attended(meeting=Meeting.FORUM),
        "title": "座谈会",
        "on": date(2025, 6, 20),
        "organiser": COUNTY,
        "expected": expected,
        "participants": tuple(
            Participant(
                person=who, attendance=Attendance.ABSENT if who in absent else Attendance.PRESENT
            )
            for who in expected
        ),
    }
    return Occasion(**(body | said))


def told(county: County, store: Store, asked: Asked = YEAR) -> list[tuple[str, int]]:
    """The meetings one by one with how many came; as many and as much as the totals say."""
    county.reader(store).catch_up()
    with store.reading() as connection:
        page = turnouts.turnouts(connection, "small", asked)
        total = turnouts.totals(connection, "small", asked).total
    assert total.meetings == len(page.rows)
    assert total.count == sum((row.count for row in page.rows), Turnout())
    return [(row.stream, row.count.present) for row in page.rows]


@pytest.fixture
def twice(county: County) -> County:
    """One forum that the office recorded, and the sector too, with one more."""
    county.visited(OFFICE, "first", forum(WANG, LI))
    county.visited(OFFICE, "second", forum(WANG, LI, ZHAO, organiser=ECONOMY))
    return county


def test_of_two_records_of_one_meeting_one_is_counted(twice: County, store: Store) -> None:
    assert told(twice, store) == [(SECOND, 3), (FIRST, 2)]
    twice.say(OFFICE, LinkSame(deed=SECOND, same_as=FIRST, reason="同一次会议"))
    assert told(twice, store) == [(FIRST, 2)]
    assert told(twice, store, replace(YEAR, organiser=ECONOMY)) == []
    twice.say(OFFICE, UnlinkSame(deed=SECOND, reason="两次会议"))
    assert told(twice, store) == [(SECOND, 3), (FIRST, 2)]


def test_a_meeting_comes_back_once_the_record_that_stood_for_it_is_withdrawn(
    twice: County, store: Store
) -> None:
    twice.say(OFFICE, LinkSame(deed=SECOND, same_as=FIRST, reason="同一次会议"))
    assert told(twice, store) == [(FIRST, 2)]
    twice.say(OFFICE, Withdraw(deed=FIRST, reason="登记重复"))
    assert told(twice, store) == [(SECOND, 3)]
    live = rows_of(store, "small")
    twice.reader(store).rebuild()
    assert rows_of(store, "small") == live
