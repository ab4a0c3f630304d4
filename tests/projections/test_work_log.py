"""The work log of a unit: its entries in order a page at a time, each matter once, sums by sort and month."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from sqlalchemy import Connection

from domain.deed import LinkSame, Withdraw
from domain.kinds.units import Errand, HandledServiceMatter
from domain.matter import Author, Matter, RecordMatter
from domain.people import UnitId
from projections import deeds, work_log
from projections.store import Store
from tests.projections.county import NORTH, OFFICE, SOUTH, TODAY, County, rows_of

MAY: dict[str, Any] = {"first": date(2025, 5, 1), "last": date(2025, 5, 31)}


def handled(
    county: County, name: str, on: date, errand: Errand = Errand.ADVICE, unit: UnitId = SOUTH
) -> None:
    body = Matter(
        details=HandledServiceMatter(errand=errand, served="王委员", minutes=20),
        title=f"办理{name}",
        on=on,
        organiser=unit,
        authors=(Author(unit=unit),),
        effect="已答复",
    )
    county.say(OFFICE, RecordMatter(matter=name, body=body))


@pytest.fixture
def county() -> County:
    """A log of four in May, one of which is told twice, one in April, one that was withdrawn, and one of another unit."""
    county = County().found()
    handled(county, "b", date(2025, 5, 20), Errand.RECEPTION)
    handled(county, "a", date(2025, 5, 3))
    handled(county, "c", date(2025, 5, 20))
    handled(county, "twice", date(2025, 5, 20))
    handled(county, "april", date(2025, 4, 1))
    handled(county, "gone", date(2025, 5, 4))
    handled(county, "north", date(2025, 5, 4), unit=NORTH)
    county.say(
        OFFICE,
        LinkSame(deed="matter/twice", same_as="matter/c"),
        Withdraw(deed="matter/gone", reason="误登"),
    )
    return county


def looked(county: County, store: Store, ask: Callable[[Connection, str], Any]) -> Any:
    county.reader(store).catch_up()
    with store.reading() as connection:
        return ask(connection, county.log.ledger)


def test_entries_stand_in_their_order_a_page_at_a_time(county: County, store: Store) -> None:
    def page(**more: Any) -> Any:
        return looked(county, store, lambda c, of: work_log.entries(c, of, SOUTH, **MAY, **more))

    assert [(e.stream, e.details.errand, e.outcome) for e in page().rows] == [
        ("matter/a", Errand.ADVICE, "已答复"),
        ("matter/b", Errand.RECEPTION, "已答复"),
        ("matter/c", Errand.ADVICE, "已答复"),
    ]
    first = page(limit=2)
    assert [e.stream for e in page(limit=2, after=first.after).rows] == ["matter/c"]


def test_sums_are_of_each_sort_in_each_month(county: County, store: Store) -> None:
    found = looked(county, store, lambda c, of: work_log.sums(c, of, SOUTH, year=2025))
    assert [(line.errand, line.months[3:5], line.total) for line in found] == [
        (Errand.RECEPTION, (0, 1), 1),
        (Errand.ADVICE, (1, 2), 3),
    ]
    assert looked(county, store, lambda c, of: work_log.sums(c, of, SOUTH, year=2024)) == ()


def test_a_sum_opens_as_many_records(county: County, store: Store) -> None:
    def opened(connection: Connection, ledger: str) -> list[str]:
        page = deeds.deeds(
            connection,
            ledger,
            today=TODAY,
            kind=work_log.HANDLED,
            organiser=SOUTH,
            sort=Errand.ADVICE.value,
            once=True,
            **MAY,
        )
        return [each.stream for each in page.rows]

    assert looked(county, store, opened) == ["matter/c", "matter/a"]


def test_the_newest_day_is_that_of_the_last_entry(county: County, store: Store) -> None:
    def newest(unit: UnitId) -> Any:
        return looked(county, store, lambda c, of: work_log.newest_day(c, of, unit))

    assert newest(SOUTH) == date(2025, 5, 20)
    assert newest(UnitId("medicine")) is None


def test_what_was_read_live_is_what_a_rebuild_makes(county: County, store: Store) -> None:
    reader = county.reader(store, at_a_time=2)
    reader.catch_up()
    live = rows_of(store, county.log.ledger)
    reader.rebuild()
    assert rows_of(store, county.log.ledger) == live
