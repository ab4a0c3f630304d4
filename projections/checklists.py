"""Checklists: how far each member has come with each list, and the grids of units."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    Connection,
    Integer,
    LargeBinary,
    Table,
    select,
    tuple_,
)

from domain.checklist import Checklist, Grid, Progress, grid, officers, progress
from domain.document import Document, Sort
from domain.fact import Fact, SubjectId
from domain.kinds.about import Subject
from domain.member import Bond, Person
from domain.people import PersonId, UnitId
from domain.period import Period, Span
from domain.unit import Unit
from projections import bodies, deeds, documents, facts, roster
from projections.as_of import position_now
from projections.columns import METADATA, Day, Row, Word, ledger_column
from projections.documents import Policies, Shelf, governing
from projections.paging import Key, Page, checked_limit, page_of
from projections.scorecards import member_in, next_change, units_in, valid_until

progress_rows = Table(
    "checklists",
    METADATA,
    ledger_column(),
    Column("subject", Word, primary_key=True),
    Column("first", Day, primary_key=True),
    Column("code", Word, primary_key=True),
    Column("version", Word, nullable=False),
    Column("done", Integer, nullable=False),
    Column("of", Integer, nullable=False),
    Column("slots", Word, nullable=False),
    Column("position", BigInteger, nullable=False),
    Column("valid_until", Day, nullable=False),
    Column("body", LargeBinary, nullable=False),
)
"""Members' progress with the lists of calendar years, from the first day of each year; `slots` are the states in order.

`position` is the last entry that bears on it, `valid_until` the last day on which it stands without another entry.
"""

# Rows


def governing_lists(
    found: Iterable[Document], shelf: Shelf, of: Person | Unit, period: Period
) -> list[Checklist]:
    """The lists that a member's or a unit's period is drawn up under, those on trial where he is bound among them."""
    units = [of.unit] if isinstance(of, Unit) else units_in(of, period)
    return [
        checklist
        for document in found
        if document.sort is Sort.CHECKLIST
        and (published := governing(document, period, units)) is not None
        and _asks(checklist := shelf.checklist(published), of)
    ]


def _asks(checklist: Checklist, of: Person | Unit) -> bool:
    return checklist.asks(of) if isinstance(of, Unit) else checklist.subject is Subject.MEMBER


def lists_of(
    found: Sequence[Document], shelf: Shelf, person: Person, period: Period
) -> list[Checklist]:
    """The lists that ask something of this member in a period."""
    if not member_in(person, period):
        return []
    return governing_lists(found, shelf, person, period)


def derive(
    ledger: str,
    person: Person,
    year: int,
    found: Sequence[Fact[Any]],
    papers: Sequence[Document],
    shelf: Shelf,
    today: date,
    policies: Policies,
    position: int,
) -> list[Row]:
    """The rows of a member's year."""
    period = Period.year(year)
    subject = SubjectId(f"member/{person.person}")
    policy = policies.over(period, today)
    rule_changes = policies.change_in(period, today)
    rows: list[Row] = []
    for checklist in lists_of(papers, shelf, person, period):
        come = progress(found, checklist, subject, period, today, policy)
        until = valid_until(come.changes_on, next_change(person, today), rule_changes)
        states = " ".join(slot.state.value for slot in come.slots)
        rows.append(
            (
                *(ledger, subject, period.first.toordinal(), checklist.code, checklist.version),
                *(come.done, come.of, states, position, until.toordinal(), bodies.encode(come)),
            )
        )
    return rows


# Queries


@dataclass(frozen=True, slots=True, kw_only=True)
class MemberList:
    """A member's progress with the list that asks for it; `position` is the last entry that bears on it."""

    progress: Progress
    checklist: Checklist
    position: int


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitList:
    """A unit's grid with the list that asks for it; `position` is the last entry that bears on it."""

    grid: Grid
    checklist: Checklist
    position: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ProgressLine:
    """A member's progress as a list shows it: `done` of `of`, and the state of each slot in order."""

    member: SubjectId
    name: str
    number: str
    checklist: str
    version: str
    period: Period
    done: int
    of: int
    slots: tuple[str, ...]
    position: int


def of_member(
    connection: Connection,
    ledger: str,
    shelf: Shelf,
    person: PersonId,
    *,
    period: Period,
    today: date,
    code: str | None = None,
    position: int | None = None,
) -> list[MemberList]:
    """A member's progress under every member list in force in the period, or one; as of a position or now."""
    page = roster.person(connection, ledger, person, day=today, position=position)
    if page is None:
        return []
    papers = documents.states(connection, ledger, shelf, position=position)
    asked = {
        each.code: each
        for each in lists_of(papers, shelf, page.person, period)
        if code is None or each.code == code
    }
    if not asked:
        return []
    subject = SubjectId(f"member/{person}")
    if position is None and period.span is Span.YEAR:
        stored = _stored(connection, ledger, subject, period, today)
        if asked.keys() <= stored.keys():
            return [
                MemberList(progress=come, checklist=asked[each], position=at)
                for each, (come, at) in sorted(stored.items())
                if each in asked
            ]
    policy = documents.policy_of(papers, shelf, min(today, period.last))
    found = facts.facts_of(
        connection, ledger, subject, first=period.first, last=period.last, position=position
    )
    at = position_now(connection, ledger) if position is None else position
    return [
        MemberList(
            progress=progress(found, each, subject, period, today, policy),
            checklist=each,
            position=at,
        )
        for _, each in sorted(asked.items())
    ]


def _stored(
    connection: Connection, ledger: str, subject: SubjectId, period: Period, today: date
) -> dict[str, tuple[Progress, int]]:
    rows = progress_rows.c
    found = connection.execute(
        select(rows.code, rows.position, rows.body).where(
            rows.ledger == ledger,
            rows.subject == subject,
            rows.first == period.first,
            rows.valid_until >= today,
        )
    )
    return {row.code: (bodies.progress(row.body), row.position) for row in found}


def of_unit(
    connection: Connection,
    ledger: str,
    shelf: Shelf,
    unit: UnitId,
    *,
    period: Period,
    today: date,
    code: str | None = None,
    position: int | None = None,
) -> list[UnitList]:
    """A unit's grid under every list for units of its kind in force in the period, or one; as of a position or now.

    Slots that are asked of each person are asked of those bound to the unit, or in an office of it, at any time of the period.
    """
    page = roster.unit(connection, ledger, unit, day=today, position=position)
    if page is None:
        return []
    papers = documents.states(connection, ledger, shelf, position=position)
    asked = [
        each
        for each in governing_lists(papers, shelf, page.unit, period)
        if code is None or each.code == code
    ]
    if not asked:
        return []
    who: list[SubjectId] = []
    if any(slot.each_person for each in asked for slot in each.slots):
        bound = _bound_in(connection, ledger, unit, period, position)
        who = sorted({*bound, *officers(page.unit, period)})
    policy = documents.policy_of(papers, shelf, min(today, period.last))
    by_subject = facts.facts_of_many(
        connection,
        ledger,
        (SubjectId(f"unit/{unit}"), *who),
        first=period.first,
        last=period.last,
        position=position,
    )
    found = [fact for own in by_subject.values() for fact in own]
    through = {
        kind
        for each in asked
        for slot in each.slots
        if slot.through
        for selects in slot.counts
        for kind in selects.kinds
    }
    if through:
        known = {(fact.deed, fact.subject) for fact in found}
        came = _come_through(connection, ledger, unit, through, period, position)
        found += [fact for fact in came if (fact.deed, fact.subject) not in known]
    at = position_now(connection, ledger) if position is None else position
    return [
        UnitList(
            grid=grid(found, each, page.unit, period, today, policy, who),
            checklist=each,
            position=at,
        )
        for each in asked
    ]


def _come_through(
    connection: Connection,
    ledger: str,
    unit: UnitId,
    kinds: Collection[str],
    period: Period,
    position: int | None,
) -> list[Fact[Any]]:
    """What of these kinds came in through a unit within a period, by whomever it is."""
    rows, records = facts.fact_versions.c, deeds.deed_rows.c
    asked = (
        select(rows.kind, rows.body)
        .join(
            deeds.deed_rows,
            (records.ledger == rows.ledger) & (records.stream == rows.deed),
        )
        .where(
            records.ledger == ledger,
            records.kind.in_(kinds),
            roster.known(facts.fact_versions, position),
            rows.on <= period.last,
            rows.until >= period.first,
        )
    )
    if position is None:
        asked = asked.where(records.organiser == unit)
    found = [bodies.fact(kind, body) for kind, body in connection.execute(asked)]
    return [fact for fact in found if fact.organiser == unit]


def _bound_in(
    connection: Connection, ledger: str, unit: UnitId, period: Period, position: int | None
) -> list[SubjectId]:
    rows = roster.bonds.c
    found = connection.execute(
        select(rows.subject)
        .distinct()
        .where(
            rows.ledger == ledger,
            rows.unit == unit,
            roster.known(roster.bonds, position),
            rows.bond.in_([bond.value for bond in Bond]),
            rows.since <= period.last,
            rows.until >= period.first,
        )
        .order_by(rows.subject)
    )
    return [SubjectId(subject) for (subject,) in found]


def progress_lines(
    connection: Connection,
    ledger: str,
    shelf: Shelf,
    *,
    period: Period,
    today: date,
    code: str,
    position: int | None = None,
    after: Key | None = None,
    limit: int = 50,
) -> Page[ProgressLine]:
    """All members' progress with one list for a calendar year, by name; as of a position or now."""
    checked_limit(limit)
    if position is not None:
        then = _lines_then(connection, ledger, shelf, period, today, code, position, after, limit)
        return page_of(then, limit, _key)
    rows, people = progress_rows.c, roster.person_versions.c
    asked = (
        select(
            *(rows.subject, people.person, people.name, people.number, rows.version),
            *(rows.done, rows.of, rows.slots, rows.position, rows.valid_until),
        )
        .join(
            progress_rows,
            (rows.ledger == people.ledger) & (rows.subject == "member/" + people.person),
        )
        .where(
            people.ledger == ledger,
            roster.known(roster.person_versions, None),
            rows.code == code,
            rows.first == period.first,
        )
        .order_by(people.name, people.person)
        .limit(limit + 1)
    )
    if after is not None:
        asked = asked.where(tuple_(people.name, people.person) > tuple_(*after))
    lines: list[ProgressLine] = []
    for row in connection.execute(asked).all():
        line = ProgressLine(
            member=row.subject,
            name=row.name,
            number=row.number,
            checklist=code,
            version=row.version,
            period=period,
            done=row.done,
            of=row.of,
            slots=tuple(row.slots.split()),
            position=row.position,
        )
        if row.valid_until < today:
            line = _afresh(connection, ledger, shelf, line, today)
        lines.append(line)
    return page_of(lines, limit, _key)


def _key(line: ProgressLine) -> Key:
    return (line.name, line.member.removeprefix("member/"))


def _lines_then(
    connection: Connection,
    ledger: str,
    shelf: Shelf,
    period: Period,
    today: date,
    code: str,
    position: int,
    after: Key | None,
    limit: int,
) -> list[ProgressLine]:
    """The lines of a page and one more, worked out anew from what was known at a position."""
    papers = documents.states(connection, ledger, shelf, position=position)
    policy = documents.policy_of(papers, shelf, min(today, period.last))
    lines: list[ProgressLine] = []
    for people in roster.by_name(
        connection, ledger, position=position, after=after, size=limit + 1
    ):
        asked = [
            (SubjectId(f"member/{person.person}"), person, each)
            for person in people
            for each in lists_of(papers, shelf, person, period)
            if each.code == code
        ]
        found = facts.facts_of_many(
            connection,
            ledger,
            [subject for subject, _, _ in asked],
            first=period.first,
            last=period.last,
            position=position,
        )
        for subject, person, each in asked:
            come = progress(found[subject], each, subject, period, today, policy)
            lines.append(
                ProgressLine(
                    member=subject,
                    name=person.profile.name,
                    number=person.profile.number,
                    checklist=code,
                    version=come.version,
                    period=period,
                    done=come.done,
                    of=come.of,
                    slots=tuple(slot.state.value for slot in come.slots),
                    position=position,
                )
            )
        if len(lines) > limit:
            break
    return lines


def _afresh(
    connection: Connection, ledger: str, shelf: Shelf, line: ProgressLine, today: date
) -> ProgressLine:
    """The line of a row that time has overtaken since it was made."""
    person = PersonId(line.member.removeprefix("member/"))
    for found in of_member(
        connection, ledger, shelf, person, period=line.period, today=today, code=line.checklist
    ):
        come = found.progress
        states = tuple(slot.state.value for slot in come.slots)
        return replace(line, version=come.version, done=come.done, of=come.of, slots=states)
    return line
