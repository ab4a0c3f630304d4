"""What a unit has to work with in a year (经费、场地) as it stands: budget lines, what was spent of them, venues that are booked for half days. Money is in yuan."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from domain.people import UnitId
from domain.values import value
from domain.words import Choice


class HalfDay(Choice):
    """Which part of a day a venue is booked for."""

    MORNING = "morning", "上午"
    AFTERNOON = "afternoon", "下午"
    EVENING = "evening", "晚上"


@value(frozen=True, slots=True, kw_only=True)
class BudgetLine:
    """An item of a budget and how much it was given."""

    item: str
    amount: Decimal


@value(frozen=True, slots=True, kw_only=True)
class Expense:
    """What was spent of an item, with its number of the year. `taken_back` says why it does not stand; empty where it does."""

    number: int
    item: str
    amount: Decimal
    on: date
    purpose: str
    taken_back: str = ""


@value(frozen=True, slots=True, kw_only=True)
class Booking:
    """A venue booked for a half day, with its number of the year. `cancelled` says why it does not stand; empty where it does."""

    number: int
    venue: str
    on: date
    half: HalfDay
    purpose: str
    cancelled: str = ""


@value(frozen=True, slots=True, kw_only=True)
class Support:
    """A unit's budget and bookings of a year."""

    unit: UnitId
    year: int
    lines: tuple[BudgetLine, ...] = ()
    expenses: tuple[Expense, ...] = ()
    bookings: tuple[Booking, ...] = ()

    def line(self, item: str) -> BudgetLine | None:
        """That item, where it has a budget."""
        return next((each for each in self.lines if each.item == item), None)

    def used(self, item: str | None = None) -> Decimal:
        """What was spent of an item, or of all."""
        return sum(
            (
                each.amount
                for each in self.expenses
                if not each.taken_back and item in {None, each.item}
            ),
            Decimal(0),
        )

    @property
    def budgeted(self) -> Decimal:
        """What all items were given."""
        return sum((each.amount for each in self.lines), Decimal(0))

    @property
    def left(self) -> Decimal:
        """What is left of all items; below zero where more was spent."""
        return self.budgeted - self.used()

    @property
    def booked(self) -> tuple[Booking, ...]:
        """The bookings that stand."""
        return tuple(each for each in self.bookings if not each.cancelled)

    @property
    def name(self) -> str:
        """Its key."""
        return key_of(self.unit, self.year)


def key_of(unit: UnitId, year: int) -> str:
    """The key of a unit's budget and bookings of a year."""
    return f"{year}.{unit}"


def same_venue(one: str, other: str) -> bool:
    """Whether two names are of one venue: spaces and case tell none apart."""
    return "".join(one.split()).casefold() == "".join(other.split()).casefold()
