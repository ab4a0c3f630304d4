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
from projections.deeds import DeedSummary, deed_rows, summaries
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


@dataclass(frozen=True, slots=True)
class Queue:
    """Which lines fall to a unit: those of some homes, less those of their only heads, and such lines of other homes.

    `homeless` says that the lines of members without a home fall to it too.
    """

    homes: tuple[UnitId, ...]
    own_lines: tuple[tuple[UnitId, PersonId], ...]
    brought: tuple[tuple[UnitId, PersonId], ...]
    homeless: bool

    def holds(self, home: UnitId, person: PersonId) -> bool:
        """Whether a member's line of that home falls to the unit."""
        if home in self.homes:
            return (home, person) not in self.own_lines
        return (home, person) in self.brought


def waiting(
    connection: Connection,
    ledger: str,
    unit: UnitId,
    *,
    today: date,
    person: PersonId | None = None,
    queue: Queue | None = None,
    after: Key | None = None,
    limit: int = 50,
) -> Page[WaitingDeed]:
    """What this unit answers for today, oldest first; `person` leaves out the lines of the one who looks."""
    checked_limit(limit)
    queue = queue or queue_of(connection, ledger, unit, today=today)
    lines = _awaited(ledger, today, queue).c
    falls_here = _falls_here(queue, lines)
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
    connection: Connection,
    ledger: str,
    unit: UnitId,
    *,
    today: date,
    queue: Queue | None = None,
    until: date | None = None,
) -> WaitingCount:
    """How much waits for a unit; `until` counts what was recorded on that day or before."""
    queue = queue or queue_of(connection, ledger, unit, today=today)
    lines = _awaited(ledger, today, queue).c
    falls_here = _falls_here(queue, lines)
    asked = select(
        func.count().label("lines"), func.count(lines.deed.distinct()).label("deeds")
    ).where(falls_here)
    if until is not None:
        rows = deed_rows.c
        there = and_(rows.ledger == ledger, rows.stream == lines.deed, rows.recorded_on <= until)
        asked = asked.where(select(rows.stream).where(there).exists())
    row = connection.execute(asked).one()
    return WaitingCount(lines=row.lines, deeds=row.deeds)


def queue_of(connection: Connection, ledger: str, unit: UnitId, *, today: date) -> Queue:
    """Whose lines a unit answers for: who asks for a page and a count of it looks for it once."""
    return queue_among(roster.all_units(connection, ledger), unit, today)


def queue_among(units: dict[UnitId, Unit], unit: UnitId, today: date) -> Queue:
    """Whose lines this one of all units answers for: by their home, unless the only head is the member himself."""
    known = Roster(units=units)
    last = known.at_last()
    homes: list[UnitId] = []
    own_lines: list[tuple[UnitId, PersonId]] = []
    brought: list[tuple[UnitId, PersonId]] = []
    for home in units:
        answering, heads = known.answering(home, today, at_last=last)
        if answering == unit:
            homes.append(home)
        if len(set(heads)) == 1:
            elsewhere, _ = known.answering(home, today, other_than=heads[0], at_last=last)
            if answering == unit != elsewhere:
                own_lines.append((home, heads[0]))
            elif elsewhere == unit != answering:
                brought.append((home, heads[0]))
    return Queue(
        homes=tuple(homes),
        own_lines=tuple(own_lines),
        brought=tuple(brought),
        homeless=known.answering(None, today, at_last=last)[0] == unit,
    )


def _awaited(ledger: str, today: date, queue: Queue) -> Subquery:
    """Lines of which a side is awaited, with that side and the unit that was the member's on the day; all that may fall here."""
    rows, bonds = fact_versions.c, roster.bonds.c
    homes = [*queue.homes, *(home for home, _ in queue.brought)]
    theirs = select(bonds.subject).where(
        bonds.ledger == ledger, bonds.unit.in_(homes), roster.known(roster.bonds, None)
    )
    asked = (
        select(
            *(rows.deed, rows.subject, rows.on, due.label("due")),
            literal(side.value).label("side"),
            roster.home(rows.subject, ledger, rows.on, side).label("home"),
        ).where(rows.ledger == ledger, due >= today)
        for side, due in DUE.items()
    )
    if not queue.homeless:
        asked = (each.where(rows.subject.in_(theirs)) for each in asked)
    return union_all(*asked).subquery("awaited")


def _falls_here(queue: Queue, lines: Any) -> ColumnElement[bool]:
    """Whether a line is one of the queue's."""

    def is_of(home: UnitId, person: PersonId) -> ColumnElement[bool]:
        return and_(lines.home == home, lines.subject == f"member/{person}")

    falls = lines.home.in_(queue.homes)
    if queue.own_lines:
        falls = and_(falls, not_(or_(*(is_of(*own) for own in queue.own_lines))))
    if queue.homeless:
        falls = or_(falls, lines.home.is_(None))
    return or_(falls, *(is_of(*one) for one in queue.brought))
