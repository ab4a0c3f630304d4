"""Budgets and venues of units as they are read: by name a page at a time, exact to the fen, what was taken back left out, live as rebuilt."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import Connection

from domain.entry import Entry
from domain.people import UnitId
from domain.support import (
    BookVenue,
    BudgetLineSet,
    CancelBooking,
    RecordExpense,
    SetBudgetLine,
    TakeBackExpense,
    evolve,
)
from domain.supported import BudgetLine, HalfDay
from projections import history, support
from projections.store import Store
from projections.support import ItemLine, Sums
from tests.golden.samples import ENVELOPE
from tests.projections.county import ECONOMY, MEDICINE, OFFICE, County, rows_of

DAY = date(2025, 6, 10)
OF: dict[str, Any] = {"unit": ECONOMY, "year": 2025}
SPEND = RecordExpense(**OF, item="活动", amount=Decimal("0.10"), on=DAY, purpose="复印")
BOOK = BookVenue(**OF, venue="会议室", on=DAY, half=HalfDay.MORNING, purpose="座谈")


@pytest.fixture
def county() -> County:
    """The economy has two items, three expenses, one of which is taken back, and two bookings, one cancelled; medicine has overspent."""
    county = County().found()
    county.say(
        OFFICE,
        SetBudgetLine(**OF, item="活动", amount=Decimal(100)),
        SetBudgetLine(**OF, item="培训", amount=Decimal("50.5")),
        SPEND,
        replace(SPEND, amount=Decimal("0.20"), on=date(2025, 6, 12)),
        replace(SPEND, item="培训", amount=Decimal(40)),
        TakeBackExpense(**OF, number=3, reason="误登"),
        BOOK,
        replace(BOOK, half=HalfDay.EVENING),
        CancelBooking(**OF, number=1, reason="改期"),
        SetBudgetLine(unit=MEDICINE, year=2025, item="活动", amount=Decimal(1)),
        replace(SPEND, unit=MEDICINE, amount=Decimal("1.01")),
        SetBudgetLine(unit=MEDICINE, year=2024, item="活动", amount=Decimal(9)),
    )
    return county


def looked(county: County, store: Store, ask: Callable[[Connection, str], Any]) -> Any:
    county.reader(store).catch_up()
    with store.reading() as connection:
        return ask(connection, county.log.ledger)


def sums(budgeted: str, used: str, left: str, booked: int) -> Sums:
    return Sums(budgeted=Decimal(budgeted), used=Decimal(used), left=Decimal(left), booked=booked)


def year(county: County, store: Store, **more: Any) -> Any:
    return looked(county, store, lambda c, of: support.of_year(c, of, year=2025, **more))


def test_units_stand_by_name_with_what_is_left_to_the_fen(county: County, store: Store) -> None:
    found = year(county, store)
    assert [(line.unit, line.sums) for line in found.page.rows] == [
        (ECONOMY, sums("150.50", "0.30", "150.20", 1)),
        (MEDICINE, sums("1.00", "1.01", "-0.01", 0)),
    ]
    assert (found.units, found.together) == (2, sums("151.50", "1.31", "150.19", 1))


def test_a_year_is_read_a_page_at_a_time_and_only_what_is_open(
    county: County, store: Store
) -> None:
    first = year(county, store, limit=1)
    assert [line.unit for line in first.page.rows] == [ECONOMY]
    rest = year(county, store, limit=1, after=first.page.after)
    assert ([line.unit for line in rest.page.rows], rest.page.after) == ([MEDICINE], None)
    own = year(county, store, only={MEDICINE})
    assert ([line.unit for line in own.page.rows], own.together.left) == (
        [MEDICINE],
        Decimal("-0.01"),
    )
    nobody = year(county, store, only=set[UnitId]())
    assert (nobody.units, nobody.together) == (0, sums("0", "0", "0", 0))


def test_items_expenses_and_bookings_of_a_unit(county: County, store: Store) -> None:
    state, version = looked(county, store, lambda c, of: support.of_unit(c, of, ECONOMY, 2025))
    assert version == 9
    assert support.items(state) == (
        ItemLine(
            item="活动",
            budgeted=Decimal("100.00"),
            used=Decimal("0.30"),
            left=Decimal("99.70"),
        ),
        ItemLine(item="培训", budgeted=Decimal("50.50"), used=Decimal(0), left=Decimal("50.50")),
    )
    assert [e.number for e in support.expenses(state).rows] == [2, 3, 1]
    assert [e.taken_back for e in support.expenses(state, item="培训").rows] == ["误登"]
    first = support.expenses(state, limit=2)
    assert [e.number for e in support.expenses(state, after=first.after).rows] == [1]
    assert [(b.number, b.cancelled) for b in support.bookings(state).rows] == [
        (2, ""),
        (1, "改期"),
    ]
    assert looked(county, store, lambda c, of: support.of_unit(c, of, ECONOMY, 2024)) is None


def test_what_became_of_it_stands_in_the_history_of_the_unit(county: County, store: Store) -> None:
    told = looked(
        county,
        store,
        lambda c, of: [
            each.said.zh
            for each in history.history(c, of, f"unit/{ECONOMY}", county.at, limit=20).rows
            if each.entry.stream.startswith("support/")
        ],
    )
    assert len(told) == 9
    assert "撤销" in told[3] and "误登" in told[3]
    assert "50.50元" in told[7]


def test_a_fold_takes_whatever_amount_was_stored() -> None:
    """No decision lets it in, and no row breaks by it."""
    for amount in (Decimal("NaN"), Decimal("Infinity"), Decimal(10) ** 30):
        event = BudgetLineSet(**OF, line=BudgetLine(item="x", amount=amount), reason="")
        entry = Entry(
            position=1,
            stream="support/2025.economy",
            version=1,
            event=event,
            envelope=ENVELOPE,
        )
        state = evolve(None, entry)
        assert state is not None
        row = support.support_row("small", 1, state)
        assert abs(row[4]) < 2**63


@pytest.mark.parametrize("at_a_time", [1, 2, 7])
def test_what_was_read_live_is_what_a_rebuild_makes(
    county: County, store: Store, at_a_time: int
) -> None:
    reader = county.reader(store, at_a_time=at_a_time)
    reader.catch_up()
    live = rows_of(store, county.log.ledger)
    assert len(live["supports"]) == 3
    reader.rebuild()
    assert rows_of(store, county.log.ledger) == live
