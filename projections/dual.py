"""The record of dual management: of a member, both links and what each side has seen; of a unit, how it records and answers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from statistics import median_low
from typing import Any, NamedTuple

from sqlalchemy import (
    ColumnElement,
    Connection,
    Select,
    and_,
    case,
    func,
    select,
)

from domain.attestation import SideState, attested, side_state, unheard
from domain.fact import Attendance, Fact, RecordClass, SubjectId
from domain.kinds import Shape
from domain.member import Person
from domain.people import PersonId, UnitId
from domain.roster import BOND_OF_SIDE
from domain.unit import Side, Unit
from projections import bodies, roster
from projections.deeds import record_versions
from projections.documents import Policies
from projections.facts import DUE, SAID, fact_versions, facts_of, facts_of_deeds
from projections.roster import TERM, bonds, bound, known


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """A bond to one side, from and to."""

    side: Side
    unit: UnitId
    name: str
    since: date
    until: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """Two records of one deed and what they differ in."""

    deed: str
    same_as: str
    differences: tuple[PairDifference, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PairDifference:
    """A field in which two records of one deed differ: `on`, `part` or `half_days`; the organiser's record settles it."""

    field: str
    here: str
    there: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MemberRecord:
    """A member's dual-management record. `by_state` counts lines by side and state, `by_record` deeds by who recorded.

    `counting` are the deeds that count, two linked records as one.

    `only_township` and `only_sector` are kinds that one side alone has recorded; `missing` says since when a side is lacking.
    """

    person: PersonId
    links: tuple[Link, ...]
    deeds: int
    counting: int
    by_record: tuple[tuple[str, int], ...]
    by_state: tuple[tuple[Side, str, int], ...]
    pairs: tuple[Pair, ...]
    only_township: tuple[str, ...]
    only_sector: tuple[str, ...]
    missing: tuple[tuple[Side, date], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitRecord:
    """A unit's: records made, lines it answered for, days from deed to record, shares, and its members who lack the other side.

    `returned` counts what it has returned, answered or not; `being_checked` of them those that nobody has answered. A record is `late` if one of its lines is.
    `corrected` are the newest records, a few at most, that were corrected after it returned them, and that it has not confirmed since.
    """

    unit: UnitId
    records: int
    days_to_record_median: int | None
    days_to_record_most: int | None
    late: int
    lines: int
    returned: int
    being_checked: int
    corrected: tuple[str, ...]
    confirmed: int
    not_objected: int
    awaited: int
    one_side_only: tuple[SubjectId, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Answers:
    """How a unit answers: lines by how its side stands; `waiting` is in whose name how many stand in a queue now; `corrected` the newest records that were corrected as it asked."""

    states: Counter[SideState]
    waiting: Counter[SubjectId] = field(default_factory=Counter)
    corrected: tuple[str, ...] = ()


class AnsweredLine(NamedTuple):
    """A member's line as a unit answers for it: how its side stands; `waits` says that it stands in a queue now, its own or another's."""

    deed: str
    subject: SubjectId
    on: date
    state: SideState
    waits: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class SeenLine:
    """How many deeds of a member each class of record holds; `township` and `sector` are what the two sides recorded themselves."""

    member: SubjectId
    name: str
    township: int
    sector: int
    others: int


SIDES = (Side.SECTOR, Side.STUDIO)
MOST_CORRECTED = 10
"""Records that a unit is told of which were corrected as it asked."""
_ONCE_RETURNED = (SideState.RETURNED, SideState.CORRECTED, SideState.UPHELD)


def member(
    connection: Connection,
    ledger: str,
    person: PersonId,
    *,
    first: date,
    last: date,
    today: date,
    policies: Policies,
    position: int | None = None,
) -> MemberRecord | None:
    """The record of a member within days; none where there is no such person."""
    page = roster.person(connection, ledger, person, day=today, position=position)
    if page is None:
        return None
    subject = SubjectId(f"member/{person}")
    found = [
        fact
        for fact in facts_of(connection, ledger, subject, first=first, last=last, position=position)
        if is_deed(fact)
    ]
    # What counts is an account of these days, as his card is.
    account = policies.on(min(last, today))
    linked = sorted({fact.same_as for fact in found if fact.same_as})
    others = facts_of_deeds(connection, ledger, linked, subject, position=position)
    names = roster.names(connection, ledger, units={m.unit for m in page.person.memberships})
    kinds = {
        record: {fact.kind for fact in found if fact.record is record}
        for record in (RecordClass.TOWNSHIP, RecordClass.SECTOR)
    }
    states = Counter(
        (side, side_state(fact, side, policies.on(fact.on), today).value)
        for fact in found
        if _is_said(fact)
        for side in SIDES
    )
    return MemberRecord(
        person=person,
        links=_links(page.person, names),
        deeds=len({fact.deed for fact in found}),
        counting=len({f.same_as or f.deed for f in found if attested(f, account, today).counts}),
        by_record=tuple(sorted(Counter(fact.record.value for fact in found).items())),
        by_state=tuple(
            (side, state, n)
            for (side, state), n in sorted(states.items(), key=lambda c: (c[0][0], c[0][1]))
        ),
        pairs=tuple(
            Pair(
                deed=fact.deed,
                same_as=fact.same_as,
                differences=pair_differences(fact, others.get(fact.same_as)),
            )
            for fact in found
            if fact.same_as
        ),
        only_township=tuple(sorted(kinds[RecordClass.TOWNSHIP] - kinds[RecordClass.SECTOR])),
        only_sector=tuple(sorted(kinds[RecordClass.SECTOR] - kinds[RecordClass.TOWNSHIP])),
        missing=tuple(
            (side, since)
            for side in SIDES
            if (since := _missing_since(page.person, side, today)) is not None
        ),
    )


def is_deed(fact: Fact[Any]) -> bool:
    """Whether a fact is of something done: what is in force, or was found of somebody, is none."""
    return fact.details.about.shape in {Shape.OCCASION, Shape.MATTER}


def _links(person: Person, names: dict[str, str]) -> tuple[Link, ...]:
    return tuple(
        Link(
            side=side,
            unit=m.unit,
            name=names.get(f"unit/{m.unit}", ""),
            since=m.since,
            until=m.until,
        )
        for side in SIDES
        for m in person.memberships
        if m.bond is BOND_OF_SIDE[side] and m.primary
    )


def pair_differences(here: Fact[Any], there: Fact[Any] | None) -> tuple[PairDifference, ...]:
    """What two records say otherwise of one deed of somebody."""
    if there is None:
        return ()
    told = {
        "on": (here.on.isoformat(), there.on.isoformat()),
        "part": (here.part.value, there.part.value),
        "half_days": (str(here.half_days), str(there.half_days)),
    }
    return tuple(
        PairDifference(field=name, here=one, there=other)
        for name, (one, other) in told.items()
        if one != other
    )


def _missing_since(person: Person, side: Side, today: date) -> date | None:
    """Since when a member has had nobody on that side; none where he has, or is no member."""
    bond = BOND_OF_SIDE[side]
    if not person.member_on(today) or person.bound_to(bond, today) is not None:
        return None
    began = max(term.since for term in person.terms if term.on(today))
    ended = [
        m.until + timedelta(days=1)
        for m in person.memberships
        if m.bond is bond and m.primary and m.until is not None and m.until < today
    ]
    return max(began, *ended) if ended else began


def unit(
    connection: Connection,
    ledger: str,
    unit: Unit,
    *,
    first: date,
    last: date,
    today: date,
    policies: Policies,
    position: int | None = None,
    lines: Answers | None = None,
) -> UnitRecord:
    """The record of a unit within days: what it organised, and how it answers for the lines of those who were its members on the day, which whoever has counted them brings."""
    rows = record_versions.c
    organised = connection.execute(
        select(rows.on, rows.until, rows.recorded_on, rows.late_by).where(
            rows.ledger == ledger,
            rows.organiser == unit.unit,
            rows.on >= first,
            rows.on <= last,
            known(record_versions, position),
        )
    ).all()
    days = [(row.recorded_on - row.until).days for row in organised]
    late = [row.late_by > policies.on(row.on).late_days for row in organised]
    if lines is None:
        lines = answers(
            connection,
            ledger,
            unit,
            first=first,
            last=last,
            today=today,
            policies=policies,
            position=position,
        )
    states = lines.states
    return UnitRecord(
        unit=unit.unit,
        records=len(organised),
        days_to_record_median=median_low(days) if days else None,
        days_to_record_most=max(days, default=None),
        late=sum(late),
        lines=sum(states.values()) - states[SideState.NOT_ASKED],
        returned=sum(states[each] for each in _ONCE_RETURNED),
        being_checked=states[SideState.RETURNED],
        corrected=lines.corrected,
        confirmed=states[SideState.CONFIRMED],
        not_objected=states[SideState.NOT_OBJECTED],
        awaited=states[SideState.AWAITED],
        one_side_only=tuple(_one_side_only(connection, ledger, unit, today, position)),
    )


def corrected(
    connection: Connection, ledger: str, unit: Unit, *, first: date, last: date
) -> tuple[str, ...]:
    """The newest records of these days that were corrected after the unit returned them, without the rest of its record."""
    if unit.side not in SAID:
        return ()
    rows = fact_versions.c
    asked = _lines(ledger, unit, first, last, None, rows.deed)
    found = asked.where(SAID[unit.side] == SideState.CORRECTED.value)
    return _newest(deed for (deed,) in connection.execute(found))


def returned(
    connection: Connection, ledger: str, unit: Unit, *, first: date, last: date, limit: int
) -> list[AnsweredLine]:
    """The newest lines of these days that a unit returned and that are being checked, so many at the most."""
    if unit.side not in SAID:
        return []
    rows = fact_versions.c
    asked = _lines(ledger, unit, first, last, None, rows.deed, rows.subject, rows.on)
    found = asked.where(SAID[unit.side] == SideState.RETURNED.value).limit(limit)
    return [
        AnsweredLine(deed, subject, on, SideState.RETURNED, waits=False)
        for deed, subject, on in connection.execute(found)
    ]


def answers(
    connection: Connection,
    ledger: str,
    unit: Unit,
    *,
    first: date,
    last: date,
    today: date,
    policies: Policies,
    position: int | None = None,
) -> Answers:
    """How a unit answers for the lines, within days, of those who were bound to it on the day. Of now they are counted where they lie."""
    if position is not None:
        told = answered(
            connection,
            ledger,
            unit,
            first=first,
            last=last,
            today=today,
            policies=policies,
            position=position,
        )
        return Answers(
            states=Counter(line.state for line in told),
            corrected=_newest(line.deed for line in told if line.state is SideState.CORRECTED),
        )
    states: Counter[SideState] = Counter()
    waiting: Counter[SubjectId] = Counter()
    if unit.side not in SAID:
        return Answers(states=states)
    rows, said, due = fact_versions.c, SAID[unit.side], DUE[unit.side]
    # Only of those that wait it matters whose they are, and of those that were corrected which.
    whose = case((due >= today, rows.subject), else_=None).label("whose")
    which = case((said == SideState.CORRECTED.value, rows.deed), else_=None).label("which")
    day = func.max(rows.on, type_=rows.on.type).label("day")
    some = _lines(ledger, unit, first, last, None, said.label("said"), whose, which, day)
    corrected: dict[str, date] = {}
    counted = some.add_columns(func.count().label("number")).group_by(said, whose, which)
    for row in connection.execute(counted.order_by(None)):
        state = _STATES[row.said]
        if row.whose is not None:
            waiting[row.whose] += row.number
        elif state is SideState.AWAITED:
            state = SideState.NOT_OBJECTED
        if row.which is not None:
            corrected[row.which] = row.day
        states[state] += row.number
    newest = sorted(sorted(corrected), key=lambda deed: corrected[deed], reverse=True)
    return Answers(states=states, waiting=waiting, corrected=_newest(newest))


def _newest(deeds: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(deeds))[:MOST_CORRECTED]


_STATES = {each.value: each for each in SideState}


def answered(
    connection: Connection,
    ledger: str,
    unit: Unit,
    *,
    first: date,
    last: date,
    today: date,
    policies: Policies,
    position: int | None = None,
) -> list[AnsweredLine]:
    """The lines, within days, of those who were bound to a unit on the day, and how its side stands on each, newest first."""
    side = unit.side
    if side not in SAID:
        return []
    rows, said, due = fact_versions.c, SAID[side], DUE[side]
    shown = (rows.deed, rows.subject, rows.on, said.label("said"))
    if position is None:
        # Until when it is awaited is kept of what stands.
        standing = _lines(ledger, unit, first, last, None, *shown, due.label("due"))
        lines = []
        for row in connection.execute(standing).all():
            state = _STATES[row.said]
            if state is SideState.AWAITED:
                state = unheard(row.due, today)
            waits = row.due is not None and row.due >= today
            lines.append(AnsweredLine(row.deed, row.subject, row.on, state, waits))
        return lines
    silent = case((said == SideState.AWAITED.value, rows.body), else_=None)
    known_then = _lines(ledger, unit, first, last, position, *shown, silent.label("body"))
    lines = []
    for row in connection.execute(known_then).all():
        state = _STATES[row.said]
        if row.body is not None:
            state = side_state(bodies.said(row.body), side, policies.on(row.on), today)
        lines.append(AnsweredLine(row.deed, row.subject, row.on, state, waits=False))
    return lines


def _lines(
    ledger: str,
    unit: Unit,
    first: date,
    last: date,
    position: int | None,
    *shown: ColumnElement[Any],
) -> Select[Any]:
    """The lines, within days, of those who were bound to a unit on the day, of whom anything is said that its side may answer for; newest first."""
    rows = fact_versions.c
    return (
        select(*shown)
        .join(
            bonds,
            and_(bonds.c.ledger == rows.ledger, bonds.c.subject == rows.subject),
        )
        .where(
            bonds.c.ledger == ledger,
            bonds.c.unit == unit.unit,
            bonds.c.bond == BOND_OF_SIDE[unit.side].value,
            bonds.c.first,
            known(bonds, position),
            bonds.c.since <= rows.on,
            bonds.c.until >= rows.on,
            known(fact_versions, position),
            rows.on >= first,
            rows.on <= last,
            rows.until >= first,
            SAID[unit.side].is_not(None),
        )
        .order_by(rows.on.desc(), rows.deed, rows.subject)
    )


def seen(
    connection: Connection,
    ledger: str,
    unit: UnitId,
    *,
    side: Side,
    day: date,
    first: date,
    last: date,
    position: int | None = None,
) -> tuple[SeenLine, ...]:
    """What each side recorded within days of those who are the unit's members on a day, by name; who did nothing has zeros.

    Leave and absence are no deeds. What somebody took part in as a guest is among the others.
    """
    if side not in BOND_OF_SIDE:
        return ()
    subjects = _subjects(connection, _members(ledger, unit, side, day, position))
    names = roster.names(
        connection, ledger, people=[PersonId(each.removeprefix("member/")) for each in subjects]
    )
    facts = fact_versions.c
    found = connection.execute(
        select(facts.subject, facts.record, func.count(facts.deed.distinct()))
        .where(
            facts.ledger == ledger,
            facts.subject.in_(subjects),
            known(fact_versions, position),
            facts.on >= first,
            facts.on <= last,
            facts.until >= first,
            facts.done,
        )
        .group_by(facts.subject, facts.record)
    )
    times: dict[str, Counter[str]] = {}
    for subject, record, number in found:
        times.setdefault(subject, Counter())[record] += number
    lines = []
    for subject in subjects:
        some = times.get(subject, Counter())
        township, sector = some[RecordClass.TOWNSHIP.value], some[RecordClass.SECTOR.value]
        lines.append(
            SeenLine(
                member=subject,
                name=names.get(subject, ""),
                township=township,
                sector=sector,
                others=some.total() - township - sector,
            )
        )
    return tuple(sorted(lines, key=lambda each: (each.name, each.member)))


def _is_said(fact: Fact[Any]) -> bool:
    """Whether anything was said that a side may answer for: not of an expected member of whom nothing is."""
    return fact.attendance is not Attendance.NOT_RECORDED


def _one_side_only(
    connection: Connection,
    ledger: str,
    unit: Unit,
    today: date,
    position: int | None,
) -> Sequence[SubjectId]:
    """The unit's members on that day who have nobody on the other side."""
    if unit.side not in BOND_OF_SIDE:
        return ()
    other = BOND_OF_SIDE[Side.STUDIO if unit.side is Side.SECTOR else Side.SECTOR].value
    found = _members(ledger, unit.unit, unit.side, today, position)
    subject = found.selected_columns.subject
    return _subjects(connection, found.where(~bound(subject, ledger, today, position, bond=other)))


def _members(ledger: str, unit: UnitId, side: Side, day: date, position: int | None) -> Select[str]:
    """Who is a member on a day and bound to that unit on its side."""
    own = bonds.alias("own")
    return (
        select(own.c.subject)
        .distinct()
        .where(
            own.c.ledger == ledger,
            own.c.unit == unit,
            own.c.bond == BOND_OF_SIDE[side].value,
            own.c.first,
            known(own, position),
            own.c.since <= day,
            own.c.until >= day,
            bound(own.c.subject, ledger, day, position, bond=TERM),
        )
        .order_by(own.c.subject)
    )


def _subjects(connection: Connection, asked: Select[str]) -> list[SubjectId]:
    return [SubjectId(subject) for (subject,) in connection.execute(asked)]
