"""How many came to meetings: a deed on two records is counted once, by the record that stands; exemptions are read once; nothing is drawn anew of what cannot have changed."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import event

from domain.deed import Confirm, LinkSame, UnlinkSame, Withdraw
from domain.fact import Attendance
from domain.kinds.meetings import Attended, Meeting
from domain.member import Exempt, Exemption
from domain.occasion import AmendOccasion, Occasion, Participant
from domain.turnout import Turnout
from domain.unit import Side
from projections import suggestions, turnouts
from projections.store import SqliteStore, Store
from projections.turnouts import Asked
from tests.projections.county import (
    CHEN,
    CONVENOR,
    COUNTY,
    ECONOMY,
    LI,
    OFFICE,
    SUN,
    WANG,
    ZHAO,
    County,
    rows_of,
)

YEAR = Asked(date(2025, 1, 1), date(2025, 12, 31))
FIRST, SECOND = "occasion/first", "occasion/second"


def forum(*expected: Any, absent: Any = (), **said: Any) -> Occasion[Attended]:
    """A forum that expected these, of whom all were there but those who were absent."""
    body: dict[str, Any] = {
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
        assert turnouts.report(connection, "small", asked) == (
            turnouts.totals(connection, "small", asked),
            page,
        )
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


def test_a_page_reads_once_who_is_exempt_and_not_what_it_does_not_add_up(
    county: County, sqlite_store: SqliteStore
) -> None:
    county.visited(OFFICE, "first", forum(WANG, LI, ZHAO, absent=(LI, ZHAO)))
    county.visited(OFFICE, "second", forum(CHEN, SUN, absent=(SUN,), on=date(2025, 5, 20)))
    free = Exemption(since=date(2025, 6, 1), until=None, reason="病休")
    county.say(OFFICE, *(Exempt(person=who, exemption=free) for who in (LI, SUN)))
    county.reader(sqlite_store).catch_up()
    asked: list[str] = []

    def heard(*args: Any) -> None:
        asked.append(args[2])

    with sqlite_store.reading() as connection:
        event.listen(connection, "before_cursor_execute", heard)
        totals, page = turnouts.report(connection, "small", YEAR)
        event.remove(connection, "before_cursor_execute", heard)
    assert [(row.count.expected, row.count.excused, row.rate) for row in page.rows] == [
        (2, 1, Decimal("50.0")),
        (2, 0, Decimal("50.0")),
    ]
    assert (totals.total.count.expected, totals.total.count.excused) == (4, 1)
    assert sum("people" in each.partition("FROM")[2] for each in asked) == 1
    added_up, _ = (each for each in asked if "turnouts" in each)
    columns = added_up.partition("FROM")[0]
    assert not [name for name in ("title", "stream", "position") if name in columns]


def test_what_the_sides_say_of_a_line_draws_no_row_anew(
    twice: County, sqlite_store: SqliteStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    twice.reader(sqlite_store).catch_up()
    drawn: list[str] = []
    rows, versions = turnouts.rows_of, suggestions.versions_of

    def rows_heard(ledger: str, state: object) -> Any:
        drawn.append("turnouts")
        return rows(ledger, state)

    def versions_heard(state: object) -> Any:
        drawn.append("suggestions")
        return versions(state)

    monkeypatch.setattr(turnouts, "rows_of", rows_heard)
    monkeypatch.setattr(suggestions, "versions_of", versions_heard)
    twice.say(CONVENOR, Confirm(deed=FIRST, side=Side.SECTOR))
    assert told(twice, sqlite_store) == [(SECOND, 3), (FIRST, 2)]
    assert drawn == []
    better = forum(WANG, LI, absent=(LI,))
    twice.say(OFFICE, AmendOccasion(occasion="first", body=better, reason="李敏未到会"))
    assert told(twice, sqlite_store) == [(SECOND, 3), (FIRST, 1)]
    assert drawn == ["turnouts", "turnouts"]
