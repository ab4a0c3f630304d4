"""Who keeps touch with whom: pairings with the visits that served them, and members who have none of a kind."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import (
    Column,
    Connection,
    Index,
    Table,
    and_,
    case,
    exists,
    func,
    or_,
    select,
    tuple_,
)

from domain.fact import Fact, SubjectId
from domain.kinds.people import Counterpart, PairedWith, Relation
from domain.pairing import Bound
from domain.people import PersonId, UnitId
from projections import deeds, roster
from projections.columns import METADATA, Day, Row, Word, last_day, ledger_column
from projections.facts import is_done
from projections.paging import Key, Page, checked_limit, page_of
from projections.silent import SilentLine, members_on

pairing_rows = Table(
    "pairings",
    METADATA,
    ledger_column(),
    Column("pairing", Word, primary_key=True),
    Column("relation", Word, nullable=False),
    Column("subject", Word, nullable=False),
    Column("organiser", Word, nullable=False),
    Column("with_unit", Word, nullable=False),
    Column("with_person", Word, nullable=False),
    Column("since", Day, nullable=False),
    Column("until", Day, nullable=False),
    Index("pairings_by_day", "ledger", "since", "pairing"),
    Index("pairings_of_subject", "ledger", "subject", "relation"),
    Index("pairings_with_unit", "ledger", "with_unit", "relation"),
    Index("pairings_with_person", "ledger", "with_person", "relation"),
)
"""Every pairing as it stands; `until` is its last day, the end of time while it is in force."""

visit_rows = Table(
    "visits",
    METADATA,
    ledger_column(),
    Column("deed", Word, primary_key=True),
    Column("subject", Word, primary_key=True),
    Column("same_as", Word, nullable=False),
    Column("on", Day, nullable=False),
    Column("pairing", Word, nullable=False),
    Column("village", Word, nullable=False),
    Index("visits_of_subject", "ledger", "subject", "on"),
)
"""Who went where, as records stand: occasions that name a pairing or a village, with each who took part or organised them.

`same_as` is the record of the same deed that this one is linked to.
"""


def pairing_row(ledger: str, state: Bound) -> Row:
    """The row of a pairing."""
    body = state.body
    return (
        *(ledger, state.stream.partition("/")[2], body.details.relation.value, body.subject),
        *(body.organiser, body.with_unit or "", body.with_person or ""),
        *(body.since.toordinal(), last_day(state.until)),
    )


def visits_of(ledger: str, stream: str, found: Iterable[Fact[Any]]) -> list[Row]:
    """The rows of an occasion that was a visit: one for each who took part, and for each unit that held it; none for any other record."""
    rows = {
        fact.subject: (
            *(ledger, stream, fact.subject, fact.same_as, fact.on.toordinal()),
            *(fact.pairing, fact.village or ""),
        )
        for fact in found
        if (fact.pairing or fact.village) and is_done(fact)
    }
    return list(rows.values())


# Queries


@dataclass(frozen=True, slots=True, kw_only=True)
class PairingLine:
    """A pairing as a list shows it, with how many visits served it within the days that were asked for, and the last of them.

    `subject` keeps touch, `counterpart_name` is whom or what with, from the roster or as `details` name it; `recorded_by` and `recorder` say who wrote it down.
    """

    pairing: str
    subject: SubjectId
    subject_name: str
    details: PairedWith
    counterpart: Counterpart
    counterpart_name: str
    organiser: UnitId
    organiser_name: str
    since: date
    until: date | None
    visits: int
    last_visit: date | None
    recorded_by: PersonId
    recorder: UnitId | None


@dataclass(frozen=True, slots=True, kw_only=True)
class RelationCount:
    """Pairings of a kind that are in force: how many, by how many members and units, and how many a visit served within some days."""

    relation: Relation
    in_force: int
    subjects: int
    visited: int


def pairings(
    connection: Connection,
    ledger: str,
    *,
    day: date,
    first: date,
    last: date,
    relation: Relation | None = None,
    subject: SubjectId | None = None,
    unit: UnitId | None = None,
    unvisited: bool = False,
    ended: bool = False,
    after: Key | None = None,
    limit: int = 50,
) -> Page[PairingLine]:
    """Pairings in force on a day, or that had ended by then, in order of their first days, each with its visits from `first` to `last`.

    `unit` is who wrote them down; `unvisited` finds those that no visit served in these days. A visit serves the pairing that it names; where it names
    none, the one with the village that it went to.
    """
    checked_limit(limit)
    rows = pairing_rows.c
    asked = select(pairing_rows).where(
        *_asked(ledger, day, relation, subject, unit, ended=ended),
        *([~_served(first, last)] if unvisited else []),
    )
    if after is not None:
        asked = asked.where(tuple_(rows.since, rows.pairing) > tuple_(*after))
    found = connection.execute(asked.order_by(rows.since, rows.pairing).limit(limit + 1)).all()
    states: dict[str, Any] = dict(
        deeds.states(connection, ledger, [f"pairing/{row.pairing}" for row in found])
    )
    visits = _visits(connection, ledger, [row.pairing for row in found], first, last)
    people = {PersonId(row.subject[7:]) for row in found if row.subject.startswith("member/")}
    units = {UnitId(row.subject[5:]) for row in found if row.subject.startswith("unit/")}
    names = roster.names(
        connection,
        ledger,
        people=people | {PersonId(row.with_person) for row in found if row.with_person},
        units=units
        | {UnitId(each) for row in found for each in (row.organiser, row.with_unit) if each},
    )
    lines = []
    for row in found:
        state: Bound = states[f"pairing/{row.pairing}"]
        number, newest = visits.get(row.pairing, (0, None))
        details = state.body.details
        other = f"unit/{row.with_unit}" if row.with_unit else f"member/{row.with_person}"
        lines.append(
            PairingLine(
                pairing=row.pairing,
                subject=SubjectId(row.subject),
                subject_name=names.get(row.subject, row.subject),
                details=details,
                counterpart=details.counterpart,
                counterpart_name=names.get(other) or details.counterpart_name,
                organiser=UnitId(row.organiser),
                organiser_name=names.get(f"unit/{row.organiser}", row.organiser),
                since=row.since,
                until=state.until,
                visits=number,
                last_visit=newest,
                recorded_by=state.recorded.by,
                recorder=state.recorded.unit,
            )
        )
    return page_of(lines, limit, lambda each: (each.since.toordinal(), each.pairing))


def counts(
    connection: Connection,
    ledger: str,
    *,
    day: date,
    first: date,
    last: date,
    unit: UnitId | None = None,
) -> list[RelationCount]:
    """What is in force on a day, by kind of pairing, and how much of it a visit served from `first` to `last`."""
    rows = pairing_rows.c
    asked = (
        select(
            rows.relation,
            func.count(),
            func.count(rows.subject.distinct()),
            func.sum(case((_served(first, last), 1), else_=0)),
        )
        .where(*_asked(ledger, day, None, None, unit))
        .group_by(rows.relation)
    )
    found = {row[0]: row for row in connection.execute(asked)}
    return [
        RelationCount(
            relation=each,
            in_force=int(found[each.value][1]),
            subjects=int(found[each.value][2]),
            visited=int(found[each.value][3]),
        )
        for each in Relation
        if each.value in found
    ]


def unpaired(
    connection: Connection,
    ledger: str,
    *,
    day: date,
    relation: Relation | None = None,
    unit: UnitId | None = None,
    after: Key | None = None,
    limit: int = 50,
) -> Page[SilentLine]:
    """Members on a day, by name, who keep touch with nobody in this way; `last` is the last day of a pairing of theirs that has ended."""
    checked_limit(limit)
    lines: list[SilentLine] = []
    while len(lines) <= limit:
        some = members_on(connection, ledger, day, unit, None, after, limit + 1)
        until = _last_paired(connection, ledger, [each for each, *_ in some], relation)
        lines += [
            SilentLine(member=subject, name=name, number=number, last=until.get(subject))
            for subject, name, number in some
            if (ends := until.get(subject)) is None or ends < day
        ]
        if len(some) <= limit:
            break
        after = (some[-1][1], some[-1][0].removeprefix("member/"))
    return page_of(lines, limit, lambda each: (each.name, each.member.removeprefix("member/")))


def _last_paired(
    connection: Connection, ledger: str, subjects: Sequence[SubjectId], relation: Relation | None
) -> dict[SubjectId, date]:
    rows = pairing_rows.c
    asked = (
        select(rows.subject, func.max(rows.until, type_=rows.until.type))
        .where(rows.ledger == ledger, rows.subject.in_(subjects))
        .group_by(rows.subject)
    )
    if relation is not None:
        asked = asked.where(rows.relation == relation.value)
    return {SubjectId(subject): day for subject, day in connection.execute(asked)}


def _asked(
    ledger: str,
    day: date,
    relation: Relation | None,
    subject: SubjectId | None,
    unit: UnitId | None,
    *,
    ended: bool = False,
) -> list[Any]:
    rows = pairing_rows.c
    found: list[Any] = [rows.ledger == ledger]
    found += [rows.until < day] if ended else [rows.since <= day, rows.until >= day]
    if relation is not None:
        found.append(rows.relation == relation.value)
    if subject is not None:
        found.append(rows.subject == subject)
    if unit is not None:
        found.append(rows.organiser == unit)
    return found


def _serves(first: date, last: date) -> Any:
    """Where a visit served a pairing: it was while that was in force, and names it or went to its village."""
    rows, visits = pairing_rows.c, visit_rows.c
    return and_(
        visits.ledger == rows.ledger,
        visits.subject == rows.subject,
        visits.on.between(first, last),
        visits.on.between(rows.since, rows.until),
        or_(
            visits.pairing == rows.pairing,
            and_(visits.pairing == "", visits.village != "", visits.village == rows.with_unit),
        ),
    )


def _served(first: date, last: date) -> Any:
    return exists().where(_serves(first, last))


def _visits(
    connection: Connection, ledger: str, some: Sequence[str], first: date, last: date
) -> dict[str, tuple[int, date | None]]:
    """How many visits served each of these, and the last of them; a visit of several records is one, of each who is named on any of them."""
    rows, visits = pairing_rows.c, visit_rows.c
    # Whichever of its records stand, they are known by the one that they name.
    visit = case((visits.same_as == "", visits.deed), else_=visits.same_as)
    asked = (
        select(
            rows.pairing, func.count(visit.distinct()), func.max(visits.on, type_=visits.on.type)
        )
        .join(visit_rows, _serves(first, last))
        .where(rows.ledger == ledger, rows.pairing.in_(some))
        .group_by(rows.pairing)
    )
    return {name: (int(number), newest) for name, number, newest in connection.execute(asked)}
