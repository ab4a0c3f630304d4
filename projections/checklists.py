"""Checklists: how far each member has come with each list, and the grids of units."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    Connection,
    Integer,
    LargeBinary,
    Select,
    Table,
    select,
    tuple_,
)

from domain.attestation import Policy
from domain.checklist import Checklist, Grid, Progress, Slot, grid, officers, progress
from domain.document import Document, Sort
from domain.fact import Fact, SubjectId
from domain.kinds import kind_of
from domain.kinds.about import Subject
from domain.kinds.findings import MetStandard
from domain.kinds.units import SubmittedDocument
from domain.member import Person
from domain.people import PersonId, UnitId
from domain.period import Period, Span
from domain.unit import Unit
from projections import bodies, deeds, documents, facts, roster
from projections.around import units_in
from projections.as_of import position_now
from projections.columns import METADATA, Day, Row, Word, ledger_column
from projections.documents import Paper, Policies, Shelf, governing
from projections.paging import MOST, Key, Page, checked_limit, page_of
from projections.scorecards import member_in, next_change, valid_until

progress_rows = Table(
    "checklists",
    METADATA,
    ledger_column(),
    Column("subject", Word, primary_key=True),
    Column("first", Day, primary_key=True),
    Column("code", Word, primary_key=True),
    Column("span", Word, primary_key=True),
    Column("begins", Day, primary_key=True),
    Column("ends", Day, nullable=False),
    Column("version", Word, nullable=False),
    Column("done", Integer, nullable=False),
    Column("of", Integer, nullable=False),
    Column("slots", Word, nullable=False),
    Column("position", BigInteger, nullable=False),
    Column("valid_until", Day, nullable=False),
    Column("body", LargeBinary, nullable=False),
)
"""Members' progress with the lists of calendar years, from the first day of each year, and of the parts of years where a list is drawn up for those; `slots` are the states in order.

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


def lists_by_period(
    found: Sequence[Document], shelf: Shelf, person: Person, period: Period
) -> list[tuple[Checklist, Period]]:
    """The lists that ask something of this member in a period, by code, each with the parts of the period that it is drawn up for."""
    spans = {
        checklist.period
        for document in found
        if document.sort is Sort.CHECKLIST
        for version in document.versions
        if (checklist := shelf.checklist(version)).subject is Subject.MEMBER
    }
    asked = [
        (checklist, part)
        for span in Span
        if span in spans
        for part in _parts(period, span)
        for checklist in lists_of(found, shelf, person, part)
        if checklist.period is span
    ]
    return sorted(asked, key=lambda each: (each[0].code, each[1].first))


def _parts(period: Period, span: Span) -> list[Period]:
    """The parts of a period that a list is drawn up for; the period itself where it is no longer than they would be."""
    parts = [p for p in period.parts(span) if period.first <= p.first and p.last <= period.last]
    return parts or [period]


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
    lasts: Mapping[Paper, int],
) -> list[Row]:
    """The rows of a member's year; `position` is the last entry that bears on them, but for those of documents in `lasts`."""
    period = Period.year(year)
    subject = SubjectId(f"member/{person.person}")
    rows: list[Row] = []
    for checklist, part in lists_by_period(papers, shelf, person, period):
        policy = policies.over(part, today)
        rule_changes = policies.change_in(part, today)
        come = progress(found, checklist, subject, part, today, policy)
        until = valid_until(come.changes_on, next_change(person, today), rule_changes)
        states = " ".join(slot.state.value for slot in come.slots)
        last = lasts.get((Sort.CHECKLIST, checklist.code), position)
        rows.append(
            (
                *(ledger, subject, period.first.toordinal(), checklist.code, part.span.value),
                *(part.first.toordinal(), part.last.toordinal(), checklist.version),
                *(come.done, come.of, states, last, until.toordinal(), bodies.encode(come)),
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
    """A member's progress under every member list in force in the period, or one, and in each part of it that a list is drawn up for; as of a position or now."""
    page = roster.person(connection, ledger, person, day=today, position=position)
    if page is None:
        return []
    papers = documents.states(connection, ledger, shelf, position=position)
    asked = [
        (each, part)
        for each, part in lists_by_period(papers, shelf, page.person, period)
        if code is None or each.code == code
    ]
    if not asked:
        return []
    subject = SubjectId(f"member/{person}")
    if position is None and period.span is Span.YEAR:
        stored = _stored(connection, ledger, subject, period, today)
        if all((each.code, part) in stored for each, part in asked):
            return [
                MemberList(progress=come, checklist=each, position=at)
                for each, part in asked
                for come, at in (stored[each.code, part],)
            ]
    found = facts.facts_of(
        connection, ledger, subject, first=period.first, last=period.last, position=position
    )
    at = position_now(connection, ledger) if position is None else position
    return [
        MemberList(
            progress=progress(
                found, each, subject, part, today, _policy(papers, shelf, part, today)
            ),
            checklist=each,
            position=at,
        )
        for each, part in asked
    ]


def _policy(papers: Iterable[Document], shelf: Shelf, period: Period, today: date) -> Policy:
    """The rule of dual management that a period is drawn up under."""
    return documents.policy_of(papers, shelf, min(today, period.last))


def _stored(
    connection: Connection, ledger: str, subject: SubjectId, period: Period, today: date
) -> dict[tuple[str, Period], tuple[Progress, int]]:
    rows = progress_rows.c
    found = connection.execute(
        select(rows.code, rows.position, rows.body).where(
            rows.ledger == ledger,
            rows.subject == subject,
            rows.first == period.first,
            rows.valid_until >= today,
        )
    )
    stored = [(row.code, bodies.progress(row.body), row.position) for row in found]
    return {(code, come.period): (come, position) for code, come, position in stored}


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
    asking = roster.some_units(connection, ledger, (unit,), position=position).get(unit)
    if asking is None:
        return []
    return of_units(
        connection,
        ledger,
        shelf,
        [asking],
        period=period,
        today=today,
        wanted=lambda checklist: code is None or checklist.code == code,
        position=position,
    )[unit]


def of_units(
    connection: Connection,
    ledger: str,
    shelf: Shelf,
    asking: Sequence[Unit],
    *,
    period: Period,
    today: date,
    wanted: Callable[[Checklist], bool],
    position: int | None = None,
) -> dict[UnitId, list[UnitList]]:
    """The grids of some units under the lists that are wanted: as many queries for many units as for one."""
    papers = documents.states(connection, ledger, shelf, position=position)
    asked = {
        unit.unit: [each for each in governing_lists(papers, shelf, unit, period) if wanted(each)]
        for unit in asking
    }
    found: dict[UnitId, list[UnitList]] = {unit.unit: [] for unit in asking}
    asking = [unit for unit in asking if asked[unit.unit]]
    asked = {unit.unit: asked[unit.unit] for unit in asking}
    slots = [slot for lists in asked.values() for each in lists for slot in each.slots]
    if not slots:
        return found
    who: dict[UnitId, list[SubjectId]] = {}
    if any(slot.each_person for slot in slots):
        bonds = roster.bonds_in(
            connection, ledger, list(asked), period.first, period.last, position
        )
        who = {
            unit.unit: sorted(
                {bond.subject for bond in bonds[unit.unit]} | {*officers(unit, period)}
            )
            for unit in asking
        }
    units: list[Unit] = []
    members: list[Person] = []
    if any(slot.looks_around for slot in slots):
        known = roster.roster(connection, ledger, position)
        units = sorted(known.units.values(), key=lambda u: (u.profile.name, u.unit))
        if any(slot.bound for slot in slots):
            members = sorted(known.people.values(), key=lambda p: (p.profile.name, p.person))
    kinds = {kind for slot in slots for kind in slot.each_of if slot.counts}
    others = [SubjectId(f"unit/{u.unit}") for u in units if u.profile.kind in kinds]
    own = [SubjectId(f"unit/{unit}") for unit in asked]
    acts = {kind for slot in slots for selects in slot.before for kind in selects.kinds}
    counted = _kinds(slots) | acts
    besides = any(each.besides for lists in asked.values() for each in lists)
    by_subject = facts.facts_of_many(
        connection,
        ledger,
        sorted({*own, *others, *(each for some in who.values() for each in some)}),
        first=period.first,
        last=period.last,
        position=position,
        kinds=counted if counted <= _ALONE and not besides else None,
    )
    handed_in = _kinds(slot for slot in slots if slot.asks_documents)
    if before := handed_in | _kinds(slot for slot in slots if slot.lasting):
        _add(by_subject, _earlier(connection, ledger, [*own, *others], before, period, position))
    if handed_in:
        _add(by_subject, _later(connection, ledger, own, handed_in, period, position))
    came: dict[UnitId | None, list[Fact[Any]]] = {}
    if through := _kinds(slot for slot in slots if slot.through):
        for fact in _come_through(connection, ledger, list(asked), through, period, position):
            came.setdefault(fact.organiser, []).append(fact)
    at = position_now(connection, ledger) if position is None else position
    policy = _policy(papers, shelf, period, today)
    for unit in asking:
        subjects = {SubjectId(f"unit/{unit.unit}"), *who.get(unit.unit, ()), *others}
        mine = [fact for each in sorted(subjects) for fact in by_subject[each]]
        there = {(fact.deed, fact.subject) for fact in mine}
        mine += [f for f in came.get(unit.unit, ()) if (f.deed, f.subject) not in there]
        people = who.get(unit.unit, ())
        found[unit.unit] = [
            UnitList(
                grid=grid(mine, each, unit, period, today, policy, people, units, members),
                checklist=each,
                position=at,
            )
            for each in asked[unit.unit]
        ]
    return found


_ALONE = frozenset({kind_of(MetStandard), kind_of(SubmittedDocument)})
"""Kinds of which no other record says the same: lists of them alone are drawn up without the rest."""


def _add(by_subject: dict[SubjectId, list[Fact[Any]]], more: Iterable[Fact[Any]]) -> None:
    for fact in more:
        by_subject[fact.subject].append(fact)


def _kinds(slots: Iterable[Slot]) -> set[str]:
    """The kinds that fill these slots."""
    return {kind for slot in slots for selects in slot.counts for kind in selects.kinds}


def _earlier(
    connection: Connection,
    ledger: str,
    subjects: Sequence[SubjectId],
    kinds: Collection[str],
    period: Period,
    position: int | None,
) -> list[Fact[Any]]:
    """What of these kinds was found of some units before a period."""
    rows = facts.fact_versions.c
    asked = select(rows.kind, rows.body).where(
        rows.ledger == ledger,
        rows.subject.in_(subjects),
        facts.of_kinds(kinds),
        roster.known(facts.fact_versions, position),
        # Said of the day too, which the index of few kinds goes by.
        rows.on < period.first,
        rows.until < period.first,
    )
    return [bodies.fact(kind, body) for kind, body in connection.execute(asked)]


def _later(
    connection: Connection,
    ledger: str,
    subjects: Sequence[SubjectId],
    kinds: Collection[str],
    period: Period,
    position: int | None,
) -> list[Fact[Any]]:
    """What of these kinds came from some units after a period: documents of it may come late."""
    rows = facts.fact_versions.c
    asked = select(rows.kind, rows.body).where(
        rows.ledger == ledger,
        rows.subject.in_(subjects),
        facts.of_kinds(kinds),
        roster.known(facts.fact_versions, position),
        rows.on > period.last,
    )
    return [bodies.fact(kind, body) for kind, body in connection.execute(asked)]


def _come_through(
    connection: Connection,
    ledger: str,
    units: Collection[UnitId],
    kinds: Collection[str],
    period: Period,
    position: int | None,
) -> list[Fact[Any]]:
    """What of these kinds came in through some units within a period, by whomever it is."""
    rows = facts.fact_versions.c
    asked = select(rows.kind, rows.body).where(
        rows.ledger == ledger,
        rows.deed.in_(deeds.organised_by(ledger, units, kinds, period.last, position)),
        rows.kind.in_(kinds),
        roster.known(facts.fact_versions, position),
        rows.on <= period.last,
        rows.until >= period.first,
    )
    found = [bodies.fact(kind, body) for kind, body in connection.execute(asked)]
    return [fact for fact in found if fact.organiser in units]


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
    """All members' progress with one list, by name, in the part of a period that it is drawn up for today, or else on the last day; as of a position or now."""
    checked_limit(limit)
    day = max(period.first, min(today, period.last))
    if position is not None:
        then = _lines_then(connection, ledger, shelf, day, today, code, position, after, limit)
        return page_of(then, limit, _key)
    people = roster.person_versions.c
    asked = _stored_lines(ledger, code, day).order_by(people.name, people.person).limit(limit + 1)
    if after is not None:
        asked = asked.where(tuple_(people.name, people.person) > tuple_(*after))
    lines = [
        _of_row(connection, ledger, shelf, row, code, today)
        for row in connection.execute(asked).all()
    ]
    return page_of(lines, limit, _key)


def all_lines(
    connection: Connection,
    ledger: str,
    shelf: Shelf,
    *,
    period: Period,
    today: date,
    code: str,
    position: int | None = None,
) -> list[ProgressLine]:
    """Everybody's progress with one list, as `progress_lines` tells it page by page, in no order: for sums over all of them; as of a position or now."""
    day = max(period.first, min(today, period.last))
    if position is not None:
        return [
            line
            for people in roster.by_name(
                connection, ledger, position=position, after=None, size=MOST
            )
            for line in _lines_of(connection, ledger, shelf, people, day, today, code, position)
        ]
    rows = connection.execute(_stored_lines(ledger, code, day)).all()
    stale = [row.person for row in rows if row.valid_until < today]
    afresh: dict[SubjectId, ProgressLine] = {}
    if stale:
        people = list(roster.persons(connection, ledger, stale).values())
        now = position_now(connection, ledger)
        lines = _lines_of(connection, ledger, shelf, people, day, today, code, now)
        afresh = {line.member: line for line in lines}
    return [afresh[row.subject] if row.subject in afresh else _line_of(row, code) for row in rows]


def progress_lines_of(
    connection: Connection,
    ledger: str,
    shelf: Shelf,
    who: Sequence[PersonId],
    *,
    period: Period,
    today: date,
    code: str,
    position: int | None = None,
) -> dict[SubjectId, ProgressLine]:
    """The progress of some members with one list; of whom it asks nothing is left out."""
    day = max(period.first, min(today, period.last))
    if position is not None:
        people = list(roster.persons(connection, ledger, who, position=position).values())
        then = _lines_of(connection, ledger, shelf, people, day, today, code, position)
        return {line.member: line for line in then}
    asked = _stored_lines(ledger, code, day).where(
        progress_rows.c.subject.in_([f"member/{each}" for each in who])
    )
    lines = [
        _of_row(connection, ledger, shelf, row, code, today) for row in connection.execute(asked)
    ]
    return {line.member: line for line in lines}


def _stored_lines(ledger: str, code: str, day: date) -> Select[Any]:
    """The rows of everybody's progress with a list on a day, with the names of those they are about."""
    rows, people = progress_rows.c, roster.person_versions.c
    return (
        select(
            *(rows.subject, people.person, people.name, people.number, rows.version),
            *(rows.span, rows.begins, rows.ends),
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
            rows.first == date(day.year, 1, 1),
            rows.begins <= day,
            rows.ends >= day,
        )
    )


def _of_row(
    connection: Connection, ledger: str, shelf: Shelf, row: Any, code: str, today: date
) -> ProgressLine:
    """The line of a row, worked out afresh where time has overtaken it."""
    line = _line_of(row, code)
    return _afresh(connection, ledger, shelf, line, today) if row.valid_until < today else line


def _line_of(row: Any, code: str) -> ProgressLine:
    return ProgressLine(
        member=row.subject,
        name=row.name,
        number=row.number,
        checklist=code,
        version=row.version,
        period=Period(span=Span.of(row.span), first=row.begins, last=row.ends),
        done=row.done,
        of=row.of,
        slots=tuple(row.slots.split()),
        position=row.position,
    )


def _key(line: ProgressLine) -> Key:
    return (line.name, line.member.removeprefix("member/"))


def _lines_then(
    connection: Connection,
    ledger: str,
    shelf: Shelf,
    day: date,
    today: date,
    code: str,
    position: int,
    after: Key | None,
    limit: int,
) -> list[ProgressLine]:
    """The lines of a page and one more, worked out anew from what was known at a position."""
    lines: list[ProgressLine] = []
    for people in roster.by_name(
        connection, ledger, position=position, after=after, size=limit + 1
    ):
        lines += _lines_of(connection, ledger, shelf, people, day, today, code, position)
        if len(lines) > limit:
            break
    return lines


def _lines_of(
    connection: Connection,
    ledger: str,
    shelf: Shelf,
    people: Sequence[Person],
    day: date,
    today: date,
    code: str,
    position: int,
) -> list[ProgressLine]:
    """The lines of these people, worked out anew from what was known at a position."""
    papers = documents.states(connection, ledger, shelf, position=position)
    year = Period.year(day.year)
    asked = [
        (SubjectId(f"member/{person.person}"), person, each, part)
        for person in people
        for each, part in lists_by_period(papers, shelf, person, year)
        if each.code == code and part.holds(day)
    ]
    found = facts.facts_of_many(
        connection,
        ledger,
        [subject for subject, *_ in asked],
        first=year.first,
        last=year.last,
        position=position,
    )
    lines: list[ProgressLine] = []
    for subject, person, each, part in asked:
        policy = _policy(papers, shelf, part, today)
        come = progress(found[subject], each, subject, part, today, policy)
        lines.append(
            ProgressLine(
                member=subject,
                name=person.profile.name,
                number=person.profile.number,
                checklist=code,
                version=come.version,
                period=part,
                done=come.done,
                of=come.of,
                slots=tuple(slot.state.value for slot in come.slots),
                position=position,
            )
        )
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
