"""Budget and venues of a unit and a year (经费、场地): the office sets budget lines, records what was spent, books venues; what was wrong is taken back with a reason."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from decimal import Decimal

from domain.access import Action, must
from domain.deed import Known
from domain.entry import Entry
from domain.people import Actor, Reason, Refused, UnitId
from domain.supported import Booking, BudgetLine, Expense, HalfDay, Support, key_of, same_venue
from domain.unit import on_roster
from domain.values import value
from domain.words import Label

LONGEST_NAME, LONGEST_TEXT = 60, 500
"""Characters of an item or a venue, of a purpose or a reason, at the most."""
MOST_LINES, MOST_OF_YEAR = 60, 1_000
"""Items of a budget; expenses, and bookings, of a unit in a year at the most."""
MOST_YUAN = Decimal(1_000_000_000)
"""What no amount reaches."""
FIRST_YEAR, LAST_YEAR = 1949, 2200
YUAN = Label(
    "元,最多两位小数,小于十亿", "yuan with two decimals at the most, below a thousand million"
)

# Commands


@value(frozen=True, slots=True, kw_only=True)
class SetBudgetLine:
    """Say how much an item of a unit's budget is given in a year; said again with another amount it needs a reason."""

    unit: UnitId
    year: int
    item: str
    amount: Decimal
    reason: str = ""


@value(frozen=True, slots=True, kw_only=True)
class RecordExpense:
    """Record what was spent of an item, on which day and for what."""

    unit: UnitId
    year: int
    item: str
    amount: Decimal
    on: date
    purpose: str


@value(frozen=True, slots=True, kw_only=True)
class TakeBackExpense:
    """Say that an expense was entered wrongly, and why; the right one is recorded anew."""

    unit: UnitId
    year: int
    number: int
    reason: str


@value(frozen=True, slots=True, kw_only=True)
class BookVenue:
    """Book a venue for a half day, for a unit and a purpose."""

    unit: UnitId
    year: int
    venue: str
    on: date
    half: HalfDay
    purpose: str


@value(frozen=True, slots=True, kw_only=True)
class CancelBooking:
    """Cancel a booking, and say why."""

    unit: UnitId
    year: int
    number: int
    reason: str


SupportCommand = SetBudgetLine | RecordExpense | TakeBackExpense | BookVenue | CancelBooking

# Events


@value(frozen=True, slots=True, kw_only=True)
class BudgetLineSet:
    """An item of a budget was given an amount; `reason` is why it was changed, empty where it is new."""

    unit: UnitId
    year: int
    line: BudgetLine
    reason: str


@value(frozen=True, slots=True, kw_only=True)
class ExpenseRecorded:
    """Something was spent of an item."""

    unit: UnitId
    year: int
    expense: Expense


@value(frozen=True, slots=True, kw_only=True)
class ExpenseTakenBack:
    """An expense had been entered wrongly and stands no more."""

    unit: UnitId
    year: int
    number: int
    reason: str


@value(frozen=True, slots=True, kw_only=True)
class VenueBooked:
    """A venue was booked for a half day."""

    unit: UnitId
    year: int
    booking: Booking


@value(frozen=True, slots=True, kw_only=True)
class BookingCancelled:
    """A booking was cancelled."""

    unit: UnitId
    year: int
    number: int
    reason: str


SupportEvent = BudgetLineSet | ExpenseRecorded | ExpenseTakenBack | VenueBooked | BookingCancelled


def stream_of(unit: UnitId, year: int) -> str:
    """The stream of a unit's budget and bookings of a year."""
    return f"support/{key_of(unit, year)}"


def decide(
    state: Support | None, command: SupportCommand, actor: Actor, known: Known
) -> list[SupportEvent]:
    """What follows from a command about a unit's budget and venues; the office keeps them.

    More may be spent than an item was given: what was spent was spent, and is shown. One venue is booked for one half day once,
    whoever books it.
    """
    must(actor.role, Action.KEEP_SUPPORT)
    if not FIRST_YEAR <= command.year <= LAST_YEAR:
        raise Refused(Reason.MALFORMED, "/year", str(command.year)[:20])
    on_roster(known.roster.units, command.unit, "/unit")
    now = state or Support(unit=command.unit, year=command.year)
    match command:
        case SetBudgetLine():
            return _set(now, command)
        case RecordExpense():
            return _spend(now, command, known)
        case TakeBackExpense(number=number, reason=reason):
            standing = [each for each in now.expenses if not each.taken_back]
            if not any(each.number == number for each in standing):
                raise Refused(Reason.NO_SUCH_EXPENSE, "/number", str(number)[:20])
            said = _said(reason, "/reason", Reason.REASON_MISSING)
            return [
                ExpenseTakenBack(unit=command.unit, year=command.year, number=number, reason=said)
            ]
        case BookVenue():
            return _book(now, command, known)
        case CancelBooking(number=number, reason=reason):
            if not any(each.number == number for each in now.booked):
                raise Refused(Reason.NO_SUCH_BOOKING, "/number", str(number)[:20])
            said = _said(reason, "/reason", Reason.REASON_MISSING)
            return [
                BookingCancelled(unit=command.unit, year=command.year, number=number, reason=said)
            ]


def _set(now: Support, command: SetBudgetLine) -> list[SupportEvent]:
    item = _named(command.item, "/item")
    amount = _yuan(command.amount)
    _short(command.reason, "/reason", LONGEST_TEXT)
    before = now.line(item)
    if before is not None and before.amount == amount:
        return []
    if before is None and len(now.lines) >= MOST_LINES:
        raise Refused(Reason.TOO_MANY, "/item", f"> {MOST_LINES}")
    if before is not None and not command.reason.strip():
        raise Refused(Reason.REASON_MISSING, "/reason", item)
    line = BudgetLine(item=item, amount=amount)
    reason = command.reason.strip()
    return [BudgetLineSet(unit=now.unit, year=now.year, line=line, reason=reason)]


def _spend(now: Support, command: RecordExpense, known: Known) -> list[SupportEvent]:
    item = _named(command.item, "/item")
    if now.line(item) is None:
        raise Refused(Reason.NO_SUCH_BUDGET_LINE, "/item", item)
    amount = _yuan(command.amount)
    if not amount:
        raise Refused(Reason.MISSING, "/amount")
    _on(command.on, now, known)
    if command.on > known.today:
        raise Refused(Reason.IN_FUTURE, "/on", command.on.isoformat())
    if len(now.expenses) >= MOST_OF_YEAR:
        raise Refused(Reason.TOO_MANY, "/on", f"> {MOST_OF_YEAR}")
    expense = Expense(
        number=len(now.expenses) + 1,
        item=item,
        amount=amount,
        on=command.on,
        purpose=_said(command.purpose, "/purpose"),
    )
    return [ExpenseRecorded(unit=now.unit, year=now.year, expense=expense)]


def _book(now: Support, command: BookVenue, known: Known) -> list[SupportEvent]:
    venue = _named(command.venue, "/venue")
    _on(command.on, now, known)
    purpose = _said(command.purpose, "/purpose")
    others = (each for each in known.supports(now.year) if each.unit != now.unit)
    for support, booking in _taken((now, *others), venue, command.on, command.half):
        if support.unit == now.unit and booking.purpose == purpose:
            return []
        unit = known.roster.units.get(support.unit)
        who = support.unit if unit is None else unit.profile.name
        about = f"{booking.venue} {booking.on.isoformat()} {booking.half.zh}({who})"
        raise Refused(Reason.VENUE_TAKEN, "/venue", about)
    if len(now.bookings) >= MOST_OF_YEAR:
        raise Refused(Reason.TOO_MANY, "/on", f"> {MOST_OF_YEAR}")
    booking = Booking(
        number=len(now.bookings) + 1,
        venue=venue,
        on=command.on,
        half=command.half,
        purpose=purpose,
    )
    return [VenueBooked(unit=now.unit, year=now.year, booking=booking)]


def _taken(
    supports: Iterable[Support], venue: str, on: date, half: HalfDay
) -> Iterable[tuple[Support, Booking]]:
    """The bookings of a venue for a half day, with whose they are."""
    return (
        (support, booking)
        for support in supports
        for booking in support.booked
        if booking.on == on and booking.half is half and same_venue(booking.venue, venue)
    )


def _on(day: date, now: Support, known: Known) -> None:
    """The day lies in the year, and the unit was there on it."""
    if day.year != now.year:
        raise Refused(Reason.NOT_IN_YEAR, "/on", f"{day.isoformat()} ({now.year})")
    on_roster(known.roster.units, now.unit, "/unit", day)


def _yuan(amount: Decimal) -> Decimal:
    """An exact amount of yuan with two decimals, without a sign: there is no -0."""
    if not amount.is_finite() or not 0 <= amount < MOST_YUAN:
        raise Refused(Reason.MALFORMED, "/amount", str(amount)[:40], wanted=YUAN)
    exact = abs(amount.quantize(Decimal("0.01")))
    if exact != amount:
        raise Refused(Reason.MALFORMED, "/amount", str(amount)[:40], wanted=YUAN)
    return exact


def _named(text: str, field: str) -> str:
    said = " ".join(text.split())
    if not said:
        raise Refused(Reason.MISSING, field)
    _short(said, field, LONGEST_NAME)
    return said


def _said(text: str, field: str, lacking: Reason = Reason.MISSING) -> str:
    said = text.strip()
    if not said:
        raise Refused(lacking, field)
    _short(said, field, LONGEST_TEXT)
    return said


def _short(text: str, field: str, most: int) -> None:
    if len(text) > most:
        raise Refused(Reason.TOO_LARGE, field, f"{len(text)} > {most}")


def evolve(state: Support | None, entry: Entry[SupportEvent]) -> Support | None:
    """A unit's budget and bookings after one more entry; the first sets a line or books a venue."""
    event = entry.event
    if state is None and not isinstance(event, BudgetLineSet | VenueBooked):
        return None
    now = state or Support(unit=event.unit, year=event.year)
    match event:
        case BudgetLineSet(line=line):
            if now.line(line.item) is None:
                return replace(now, lines=(*now.lines, line))
            return replace(
                now, lines=tuple(line if each.item == line.item else each for each in now.lines)
            )
        case ExpenseRecorded(expense=expense):
            return replace(now, expenses=(*now.expenses, expense))
        case ExpenseTakenBack(number=number, reason=reason):
            return replace(
                now,
                expenses=tuple(
                    replace(each, taken_back=reason) if each.number == number else each
                    for each in now.expenses
                ),
            )
        case VenueBooked(booking=booking):
            return replace(now, bookings=(*now.bookings, booking))
        case BookingCancelled(number=number, reason=reason):
            return replace(
                now,
                bookings=tuple(
                    replace(each, cancelled=reason) if each.number == number else each
                    for each in now.bookings
                ),
            )
