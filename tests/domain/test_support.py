"""Budgets and venues: what an item is given, what was spent of it, which half day a venue is booked for; what was wrong is taken back with a reason."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from domain.people import Reason, UnitId
from domain.support import (
    LONGEST_NAME,
    LONGEST_TEXT,
    MOST_LINES,
    BookingCancelled,
    BookVenue,
    BudgetLineSet,
    CancelBooking,
    ExpenseRecorded,
    ExpenseTakenBack,
    RecordExpense,
    SetBudgetLine,
    TakeBackExpense,
    VenueBooked,
)
from domain.supported import Booking, BudgetLine, Expense, HalfDay, Support
from tests.county import CLERK, ECONOMY, NORTH, OFFICE, SOUTH, STUDIO_HEAD, TODAY, Told
from tests.refusal import refusal

OF: dict[str, Any] = {"unit": ECONOMY, "year": 2025}
DAY = date(2025, 6, 10)
SET = SetBudgetLine(**OF, item="活动经费", amount=Decimal(5000))
SPEND = RecordExpense(**OF, item="活动经费", amount=Decimal("1200.5"), on=DAY, purpose="调研租车")
BOOK = BookVenue(**OF, venue="三楼会议室", on=DAY, half=HalfDay.MORNING, purpose="界别会议")


def state(told: Told, unit: UnitId = ECONOMY) -> Support:
    found: Support = told.states[f"support/2025.{unit}"]
    return found


def test_a_line_is_set_spent_of_and_what_is_left_is_exact() -> None:
    told = Told()
    assert told.say(OFFICE, SET) == [
        BudgetLineSet(**OF, line=BudgetLine(item="活动经费", amount=Decimal("5000.00")), reason="")
    ]
    assert told.say(OFFICE, SPEND) == [
        ExpenseRecorded(
            **OF,
            expense=Expense(
                number=1, item="活动经费", amount=Decimal("1200.50"), on=DAY, purpose="调研租车"
            ),
        )
    ]
    told.say(OFFICE, replace(SPEND, amount=Decimal("0.01")))
    now = state(told)
    assert (now.budgeted, now.used(), now.left) == (
        Decimal("5000.00"),
        Decimal("1200.51"),
        Decimal("3799.49"),
    )


def test_another_amount_needs_a_reason_and_the_same_is_nothing_new() -> None:
    told = Told()
    told.say(OFFICE, SET)
    assert told.say(OFFICE, replace(SET, amount=Decimal("5000.0"))) == []
    more = replace(SET, amount=Decimal(6000))
    assert refusal(told, OFFICE, more) == (Reason.REASON_MISSING, "/reason")
    told.say(OFFICE, replace(more, reason="追加"))
    assert state(told).lines == (BudgetLine(item="活动经费", amount=Decimal("6000.00")),)


def test_nothing_given_has_no_sign() -> None:
    told = Told()
    told.say(OFFICE, replace(SET, amount=Decimal("-0")))
    (line,) = state(told).lines
    assert str(line.amount) == "0.00"
    assert told.say(OFFICE, replace(SET, amount=Decimal(0))) == []


def test_an_expense_is_taken_back_with_a_reason_once() -> None:
    told = Told()
    told.say(OFFICE, SET)
    told.say(OFFICE, SPEND)
    back = TakeBackExpense(**OF, number=1, reason="重复登记")
    assert refusal(told, OFFICE, replace(back, reason=" ")) == (Reason.REASON_MISSING, "/reason")
    assert told.say(OFFICE, back) == [ExpenseTakenBack(**OF, number=1, reason="重复登记")]
    assert (state(told).used(), state(told).expenses[0].taken_back) == (Decimal(0), "重复登记")
    assert refusal(told, OFFICE, back) == (Reason.NO_SUCH_EXPENSE, "/number")
    told.say(OFFICE, SPEND)
    assert [each.number for each in state(told).expenses] == [1, 2]


def test_more_may_be_spent_than_was_given_and_it_shows() -> None:
    told = Told()
    told.say(OFFICE, SET)
    told.say(OFFICE, replace(SPEND, amount=Decimal(5000)))
    told.say(OFFICE, replace(SPEND, amount=Decimal("0.5")))
    assert state(told).left == Decimal("-0.50")


def test_a_venue_is_booked_for_a_half_day_once_whoever_books_it() -> None:
    told = Told()
    assert told.say(OFFICE, BOOK) == [
        VenueBooked(
            **OF,
            booking=Booking(
                number=1,
                venue="三楼会议室",
                on=DAY,
                half=HalfDay.MORNING,
                purpose="界别会议",
            ),
        )
    ]
    assert told.say(OFFICE, BOOK) == []
    other = replace(BOOK, unit=SOUTH, venue=" 三楼 会议室")
    assert refusal(told, OFFICE, other) == (Reason.VENUE_TAKEN, "/venue")
    assert refusal(told, OFFICE, replace(BOOK, purpose="另一场")) == (
        Reason.VENUE_TAKEN,
        "/venue",
    )
    told.say(OFFICE, replace(other, half=HalfDay.AFTERNOON))
    told.say(OFFICE, replace(other, venue="一楼大厅"))
    assert len(state(told, SOUTH).booked) == 2


def test_a_booking_that_was_cancelled_frees_the_venue() -> None:
    told = Told()
    told.say(OFFICE, BOOK)
    cancel = CancelBooking(**OF, number=1, reason="改期")
    assert refusal(told, OFFICE, replace(cancel, reason="")) == (
        Reason.REASON_MISSING,
        "/reason",
    )
    assert told.say(OFFICE, cancel) == [BookingCancelled(**OF, number=1, reason="改期")]
    assert refusal(told, OFFICE, cancel) == (Reason.NO_SUCH_BOOKING, "/number")
    told.say(OFFICE, replace(BOOK, unit=NORTH))
    assert state(told).booked == ()


def test_a_venue_may_be_booked_ahead_within_its_year() -> None:
    told = Told()
    told.say(OFFICE, replace(BOOK, on=date(2025, 12, 31)))
    assert state(told).booked[0].on > TODAY


@pytest.mark.parametrize("actor", [CLERK, STUDIO_HEAD])
@pytest.mark.parametrize("command", [SET, SPEND, BOOK])
def test_the_office_alone_keeps_them(actor: Any, command: Any) -> None:
    assert refusal(Told(), actor, command) == (Reason.NOT_ALLOWED, "")


@pytest.mark.parametrize(
    ("command", "said", "reason", "field"),
    [
        (SET, {"item": " "}, Reason.MISSING, "/item"),
        (SET, {"item": "长" * (LONGEST_NAME + 1)}, Reason.TOO_LARGE, "/item"),
        (SET, {"amount": Decimal("0.001")}, Reason.MALFORMED, "/amount"),
        (SET, {"amount": Decimal(-1)}, Reason.MALFORMED, "/amount"),
        (SET, {"amount": Decimal("NaN")}, Reason.MALFORMED, "/amount"),
        (SET, {"amount": Decimal("Infinity")}, Reason.MALFORMED, "/amount"),
        (SET, {"amount": Decimal(10) ** 9}, Reason.MALFORMED, "/amount"),
        (SET, {"year": 1948}, Reason.MALFORMED, "/year"),
        (SET, {"unit": UnitId("nowhere")}, Reason.NO_SUCH_UNIT, "/unit"),
        (SET, {"reason": "长" * (LONGEST_TEXT + 1)}, Reason.TOO_LARGE, "/reason"),
        (SPEND, {"item": "培训费"}, Reason.NO_SUCH_BUDGET_LINE, "/item"),
        (SPEND, {"amount": Decimal(0)}, Reason.MISSING, "/amount"),
        (SPEND, {"on": date(2024, 12, 31)}, Reason.NOT_IN_YEAR, "/on"),
        (SPEND, {"on": date(2025, 7, 1)}, Reason.IN_FUTURE, "/on"),
        (SPEND, {"purpose": ""}, Reason.MISSING, "/purpose"),
        (BOOK, {"venue": ""}, Reason.MISSING, "/venue"),
        (BOOK, {"on": date(2026, 1, 1)}, Reason.NOT_IN_YEAR, "/on"),
        (BOOK, {"purpose": " "}, Reason.MISSING, "/purpose"),
    ],
)
def test_what_does_not_hold_is_refused_where_it_is_wrong(
    command: Any, said: dict[str, Any], reason: Reason, field: str
) -> None:
    told = Told()
    told.say(OFFICE, replace(SET, item="活动经费"))
    assert refusal(told, OFFICE, replace(command, **said)) == (reason, field)


def test_a_budget_has_so_many_lines_at_the_most() -> None:
    told = Told()
    for n in range(MOST_LINES):
        told.say(OFFICE, replace(SET, item=f"项目{n}"))
    assert refusal(told, OFFICE, SET) == (Reason.TOO_MANY, "/item")
