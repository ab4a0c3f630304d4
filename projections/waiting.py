"""The queue of a unit: lines of dual management that it answers for today, for itself or standing in."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Subquery,
    and_,
    func,
    literal,
    not_,
    or_,
    select,
    tuple_,
    union_all,
)

from domain.fact import SubjectId
from domain.people import PersonId, UnitId
from domain.roster import Roster
from domain.unit import Side, Unit
from projections import roster
from projections.deeds import DeedSummary, answers_for, summaries
from projections.facts import DUE, fact_versions
from projections.paging import Key, Page, checked_limit, page_of


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitingLine:
    """A line and the side that is awaited; `home` is the unit of the day, `until` the last day of the window, none without end."""

    subject: SubjectId
    name: str
    side: Side
    home: UnitId | None
    until: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitingDeed:
    """A record with those of its lines that this unit answers for."""

    deed: DeedSummary
    lines: tuple[WaitingLine, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitingCount:
    """How many lines of how many records wait for a unit."""

    lines: int
    deeds: int


def waiting(
    connection: Connection,
    ledger: str,
    unit: UnitId,
    *,
    today: date,
    person: PersonId | None = None,
    after: Key | None = None,
    limit: int = 50,
) -> Page[WaitingDeed]:
    """What this unit answers for today, oldest first; `person` leaves out the lines of the one who looks."""
    checked_limit(limit)
    lines = _awaited(ledger, today).c
    falls_here = _falls_to(unit, roster.all_units(connection, ledger), today, lines)
    if person is not None:
        falls_here = and_(falls_here, lines.subject != f"member/{person}")
    asked = (
        select(lines.on, lines.deed)
        .where(falls_here)
        .distinct()
        .order_by(lines.on, lines.deed)
        .limit(limit + 1)
    )
    if after is not None:
        asked = asked.where(tuple_(lines.on, lines.deed) > tuple_(*after))
    page = page_of(
        [(on.toordinal(), deed) for on, deed in connection.execute(asked)], limit, lambda key: key
    )
    if not page.rows:
        return Page(rows=())
    streams = [deed for _, deed in page.rows]
    found: dict[str, list[WaitingLine]] = {deed: [] for deed in streams}
    rows = connection.execute(
        select(lines.deed, lines.subject, lines.side, lines.home, lines.due)
        .where(falls_here, lines.deed.in_(streams))
        .order_by(lines.deed, lines.subject, lines.side)
    ).all()
    names = roster.names(connection, ledger, people={PersonId(row.subject[7:]) for row in rows})
    for row in rows:
        found[row.deed].append(
            WaitingLine(
                subject=row.subject,
                name=names.get(row.subject, ""),
                side=Side.of(row.side),
                home=row.home,
                until=None if row.due == date.max else row.due,
            )
        )
    known = summaries(connection, ledger, streams)
    return Page(
        rows=tuple(
            WaitingDeed(deed=known[stream], lines=tuple(found[stream])) for stream in streams
        ),
        after=page.after,
    )


def waiting_count(
    connection: Connection, ledger: str, unit: UnitId, *, today: date
) -> WaitingCount:
    """How much waits for a unit."""
    lines = _awaited(ledger, today).c
    falls_here = _falls_to(unit, roster.all_units(connection, ledger), today, lines)
    row = connection.execute(
        select(func.count().label("lines"), func.count(lines.deed.distinct()).label("deeds")).where(
            falls_here
        )
    ).one()
    return WaitingCount(lines=row.lines, deeds=row.deeds)


def _awaited(ledger: str, today: date) -> Subquery:
    """All lines of which a side is awaited, with that side and the unit that was the member's on the day."""
    rows = fact_versions.c
    return union_all(
        *(
            select(
                *(rows.deed, rows.subject, rows.on, due.label("due")),
                literal(side.value).label("side"),
                roster.home(rows.subject, ledger, rows.on, side).label("home"),
            ).where(rows.ledger == ledger, due >= today)
            for side, due in DUE.items()
        )
    ).subquery("awaited")


def _falls_to(
    unit: UnitId, units: dict[UnitId, Unit], today: date, lines: Any
) -> ColumnElement[bool]:
    """Whether a line is this unit's to answer for: by its home, unless the only head is the member himself."""
    known = Roster(units=units)
    homes: list[UnitId] = []
    own_lines: list[ColumnElement[bool]] = []
    brought: list[ColumnElement[bool]] = []
    for home in units:
        answering, heads = known.answering(home, today)
        if answering == unit:
            homes.append(home)
        if len(set(heads)) == 1:
            elsewhere, _ = answers_for(known, home, heads[0], today)
            own = and_(lines.home == home, lines.subject == f"member/{heads[0]}")
            if answering == unit != elsewhere:
                own_lines.append(own)
            elif elsewhere == unit != answering:
                brought.append(own)
    falls = lines.home.in_(homes)
    if known.answering(None, today)[0] == unit:
        falls = or_(falls, lines.home.is_(None))
    if own_lines:
        falls = and_(falls, not_(and_(lines.home.is_not(None), or_(*own_lines))))
    return or_(falls, *brought)
