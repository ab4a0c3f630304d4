"""Quarters: how far units came with their list, who is invited, what each said and promised, and whether it was done."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date

from sqlalchemy import BigInteger, Column, Connection, Index, LargeBinary, Table, select

from domain.checklist import CellState, Checklist
from domain.invitation import Guest, Kept, Promise, Quarter, key_of
from domain.people import PersonId, UnitId
from domain.period import Period, Span
from domain.words import Choice
from projections import bodies, checklists, roster
from projections.columns import METADATA, Day, Row, Word, ledger_column
from projections.documents import Shelf
from projections.postings import asked_units

quarter_rows = Table(
    "invitations",
    METADATA,
    ledger_column(),
    Column("invitation", Word, primary_key=True),
    Column("quarter", Day, nullable=False),
    Column("checklist", Word, nullable=False),
    Column("version", BigInteger, nullable=False),
    Column("body", LargeBinary, nullable=False),
    Index("invitations_of_quarter", "ledger", "quarter"),
)
"""The invitations of each quarter as they stand."""

YEARS_OF_PROMISES = 3
"""How many years before the quarter of today are looked through for what a unit promised."""
MOST_COMPARED = 200
"""Units that are compared at the most."""


class Due(Choice):
    """How a promise stands."""

    OPEN = "open", "未到期", "not due yet"
    OVERDUE = "overdue", "已到期未登记", "overdue"
    DONE = "done", "已兑现", "kept"
    NOT_DONE = "not_done", "未兑现", "not kept"


@dataclass(frozen=True, slots=True, kw_only=True)
class ComparedUnit:
    """How far a unit came in a quarter with what is asked monthly and quarterly; equal rates share a place, who was asked nothing has none."""

    unit: UnitId
    name: str
    done: int
    late: int
    of: int
    place: int | None

    @property
    def percent(self) -> int:
        """The rate, rounded down."""
        return 100 * self.done // self.of if self.of else 0


@dataclass(frozen=True, slots=True, kw_only=True)
class GuestLine:
    """An invited unit by name, with what it said and promised."""

    guest: Guest
    name: str
    speaker_name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class QuarterPage:
    """A quarter on a list: how units compare, and who is invited; `version` is its ETag, 0 where nobody is."""

    checklist: Checklist
    quarter: Period
    compared: tuple[ComparedUnit, ...]
    state: Quarter | None
    version: int
    guests: tuple[GuestLine, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PromiseLine:
    """What a unit promised in a quarter, and how it stands."""

    quarter: Period
    checklist: str
    promise: Promise
    due: Due


# Rows


def quarter_row(ledger: str, version: int, state: Quarter) -> Row:
    """A quarter's invitations as they stand."""
    return (
        *(ledger, state.name, state.quarter.toordinal(), state.checklist),
        *(version, bodies.encode(state)),
    )


def states(connection: Connection, ledger: str, asked: Collection[str]) -> dict[str, Quarter]:
    """The states of these quarters, by stream."""
    rows = quarter_rows.c
    found = connection.execute(
        select(rows.invitation, rows.body).where(
            rows.ledger == ledger, rows.invitation.in_(list(asked))
        )
    )
    return {f"invitation/{name}": bodies.quarter(body) for name, body in found}


# Queries


def quarter_page(
    connection: Connection,
    ledger: str,
    shelf: Shelf,
    checklist: Checklist,
    quarter: Period,
    *,
    today: date,
) -> QuarterPage:
    """How the units of a list compare in a quarter by the facts of now, and who is invited to speak."""
    rows = quarter_rows.c
    found = connection.execute(
        select(rows.version, rows.body).where(
            rows.ledger == ledger,
            rows.invitation == key_of(quarter.first, checklist.code),
        )
    ).one_or_none()
    state = None if found is None else bodies.quarter(found.body)
    guests = () if state is None else state.guests
    names = roster.names(
        connection,
        ledger,
        people=_speakers(guests),
        units={guest.unit for guest in guests},
    )
    return QuarterPage(
        checklist=checklist,
        quarter=quarter,
        compared=compared(connection, ledger, shelf, checklist, quarter, today=today),
        state=state,
        version=0 if found is None else found.version,
        guests=tuple(
            GuestLine(
                guest=guest,
                name=names.get(f"unit/{guest.unit}", ""),
                speaker_name=""
                if guest.said is None
                else names.get(f"member/{guest.said.speaker}", ""),
            )
            for guest in guests
        ),
    )


def _speakers(guests: Sequence[Guest]) -> set[PersonId]:
    said = [guest.said for guest in guests if guest.said is not None]
    return {each.speaker for each in said if each.speaker is not None}


def compared(
    connection: Connection,
    ledger: str,
    shelf: Shelf,
    checklist: Checklist,
    quarter: Period,
    *,
    today: date,
) -> tuple[ComparedUnit, ...]:
    """The units that a list asks in a quarter, who came furthest first, under the version that governs the quarter; cells that are not due yet are not asked for."""
    units = asked_units(roster.all_units(connection, ledger).values(), checklist, quarter)
    lists = checklists.of_units(
        connection,
        ledger,
        shelf,
        units[:MOST_COMPARED],
        period=quarter,
        today=today,
        wanted=lambda each: each.code == checklist.code,
    )
    lines: list[ComparedUnit] = []
    for unit in units[:MOST_COMPARED]:
        cells = [
            cell.state
            for each in lists[unit.unit]
            for slot, row in zip(each.checklist.slots, each.grid.rows, strict=True)
            if (slot.every or each.checklist.period) in _WITHIN
            for cell in row.cells
        ]
        late = cells.count(CellState.DONE_LATE)
        done = cells.count(CellState.DONE) + late
        lines.append(
            ComparedUnit(
                unit=unit.unit,
                name=unit.profile.name,
                done=done,
                late=late,
                of=done + cells.count(CellState.MISSED),
                place=None,
            )
        )
    return _placed(lines)


_WITHIN = frozenset({Span.MONTH, Span.QUARTER})


def _placed(lines: Sequence[ComparedUnit]) -> tuple[ComparedUnit, ...]:
    """By rate, the highest first; equal rates share a place."""
    asked = [line for line in lines if line.of]
    found: list[ComparedUnit] = []
    for line in sorted(asked, key=lambda each: (-each.done / each.of, each.name, each.unit)):
        before = found[-1] if found else None
        shared = before is not None and before.done * line.of == line.done * before.of
        place = before.place if shared and before is not None else len(found) + 1
        found.append(replace(line, place=place))
    return (*found, *(line for line in lines if not line.of))


def promises_of(
    connection: Connection, ledger: str, unit: UnitId, *, today: date, open_only: bool = False
) -> list[PromiseLine]:
    """What a unit promised in the last quarters on whatever list, the latest first."""
    rows = quarter_rows.c
    now = Period.around(Span.QUARTER, today).first
    asked = (
        select(rows.body)
        .where(
            rows.ledger == ledger,
            rows.quarter >= now.replace(year=now.year - YEARS_OF_PROMISES),
        )
        .order_by(rows.quarter.desc(), rows.invitation)
    )
    lines: list[PromiseLine] = []
    for (body,) in connection.execute(asked):
        state = bodies.quarter(body)
        guest = state.guest(unit)
        for promise in () if guest is None else guest.promises:
            due = due_of(promise, today)
            if not open_only or due in {Due.OPEN, Due.OVERDUE}:
                lines.append(
                    PromiseLine(
                        quarter=Period.around(Span.QUARTER, state.quarter),
                        checklist=state.checklist,
                        promise=promise,
                        due=due,
                    )
                )
    return lines


def due_of(promise: Promise, today: date) -> Due:
    """How a promise stands on a day."""
    if promise.kept is not None:
        return Due.DONE if promise.kept is Kept.DONE else Due.NOT_DONE
    return Due.OVERDUE if promise.due < today else Due.OPEN
