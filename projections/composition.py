"""Who makes up the committees and liaison committees: head, deputies and members, those who are no members of the CPPCC among them, and offices that nobody holds."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from types import MappingProxyType

from sqlalchemy import Connection

from domain.people import PersonId, UnitId
from domain.unit import Office, Unit, UnitKind
from projections import roster
from projections.paging import Key, Page, checked_limit, page_of

EXPECTED: Mapping[UnitKind, tuple[Office, ...]] = MappingProxyType(
    {
        UnitKind.SPECIAL_COMMITTEE: (Office.HEAD, Office.DEPUTY),
        UnitKind.LIAISON_COMMITTEE: (Office.HEAD, Office.DEPUTY),
        UnitKind.OFFICE: (Office.HEAD,),
        UnitKind.LIAISON_ROOM: (Office.HEAD,),
        UnitKind.STUDIO: (Office.HEAD,),
        UnitKind.SECTOR: (Office.CONVENOR,),
        UnitKind.SECTOR_GROUP: (Office.CONVENOR,),
        UnitKind.COMPOSITE_GROUP: (Office.CONVENOR,),
    }
)
"""The offices that a unit of a kind has, so that they can be vacant."""
COMMITTEES = (UnitKind.SPECIAL_COMMITTEE, UnitKind.LIAISON_COMMITTEE)
"""The kinds of which the table is drawn up where none is named."""
_BELONG = frozenset(
    {Office.HEAD, Office.DEPUTY, Office.CONVENOR, Office.GROUP_LEADER, Office.COMMITTEE_MEMBER}
)
"""Offices whose holders belong to the unit; who only works for it does not."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Holder:
    """Who holds an office since when, whether he is a member of the CPPCC, and what approved it; no day where none is on record."""

    person: PersonId
    name: str
    office: Office
    member: bool
    since: date
    approved_on: date | None
    approval_document: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Vacancy:
    """An office that nobody holds: since the day after the last holder's last, none where nobody ever held it."""

    office: Office
    since: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class CompositionLine:
    """A unit: those who lead it, how many belong to it, of them members of the CPPCC and others, each once, and its vacancies.

    `unapproved` are those who lead it of whom no approval is on record.
    """

    unit: UnitId
    name: str
    kind: UnitKind
    township_name: str
    leaders: tuple[Holder, ...]
    people: int
    members: int
    others: int
    unapproved: int
    vacancies: tuple[Vacancy, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class OfficeCount:
    """An office in all of these units: how many hold it, how many of them are members of the CPPCC, in how many units it is vacant."""

    office: Office
    holders: int
    members: int
    vacant: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Composition:
    """A page of the table, and the figures of all units together: people, members and others each once."""

    page: Page[CompositionLine]
    units: int
    people: int
    members: int
    others: int
    unapproved: int
    offices: tuple[OfficeCount, ...]


def composition(
    connection: Connection,
    ledger: str,
    *,
    day: date,
    kinds: Collection[UnitKind] = COMMITTEES,
    vacant: bool = False,
    position: int | None = None,
    after: Key | None = None,
    limit: int = 50,
) -> Composition:
    """The units of these kinds on a day, by kind and name, or only those with a vacancy; the figures are of all of them."""
    checked_limit(limit)
    units = roster.all_units(connection, ledger, position)
    fit = [u for u in units.values() if u.profile.kind in kinds and u.open_on(day)]
    belong = _belonging(connection, ledger, fit, day, position)
    everybody = {person for people in belong.values() for person in people}
    members = roster.members_among(connection, ledger, everybody, day=day, position=position)
    lines = [_line(unit, units, belong[unit.unit], members, day) for unit in fit]
    lines.sort(key=_key)
    shown = [each for each in lines if each.vacancies or not vacant]
    rest = [each for each in shown if after is None or _key(each) > tuple(after)]
    page = page_of(rest[: limit + 1], limit, _key)
    names = roster.names(
        connection,
        ledger,
        people={held.person for each in page.rows for held in each.leaders},
    )
    return Composition(
        page=Page(rows=tuple(_named(each, names) for each in page.rows), after=page.after),
        units=len(lines),
        people=len(everybody),
        members=len(members),
        others=len(everybody - members),
        unapproved=sum(each.unapproved for each in lines),
        offices=_offices(lines),
    )


def _key(line: CompositionLine) -> tuple[int, str, str]:
    return (list(EXPECTED).index(line.kind), line.name, line.unit)


def _belonging(
    connection: Connection,
    ledger: str,
    units: Collection[Unit],
    day: date,
    position: int | None,
) -> dict[UnitId, set[PersonId]]:
    """Who belongs to each unit on a day: by an office of it, or as a member who is bound to it."""
    bound = roster.bonds_in(connection, ledger, [u.unit for u in units], day, day, position)
    subjects = {each.subject for some in bound.values() for each in some}
    people = [PersonId(each.removeprefix("member/")) for each in subjects]
    # A membership that ended leaves its bonds as they were.
    members = roster.members_among(connection, ledger, people, day=day, position=position)
    return {
        unit.unit: {a.person for a in unit.appointments if a.office in _BELONG and a.on(day)}
        | ({PersonId(each.subject.removeprefix("member/")) for each in bound[unit.unit]} & members)
        for unit in units
    }


def _line(
    unit: Unit,
    units: Mapping[UnitId, Unit],
    people: set[PersonId],
    members: set[PersonId],
    day: date,
) -> CompositionLine:
    held = [a for a in unit.appointments if a.on(day)]
    leaders = tuple(
        Holder(
            person=a.person,
            name="",
            office=a.office,
            member=a.person in members,
            since=a.since,
            approved_on=a.approved_on,
            approval_document=a.approval_document,
        )
        for office in Office
        for a in held
        if a.office is office and office.answers
    )
    township = roster.township_of(unit, units)
    return CompositionLine(
        unit=unit.unit,
        name=unit.profile.name,
        kind=unit.profile.kind,
        township_name=roster.called(units, township),
        leaders=leaders,
        people=len(people),
        members=len(people & members),
        others=len(people - members),
        unapproved=sum(each.approved_on is None for each in leaders),
        vacancies=tuple(
            Vacancy(office=office, since=_vacant_since(unit, office, day))
            for office in EXPECTED[unit.profile.kind]
            if not any(a.office is office for a in held)
        ),
    )


def _vacant_since(unit: Unit, office: Office, day: date) -> date | None:
    ended = [
        a.until
        for a in unit.appointments
        if a.office is office and a.until is not None and a.until < day
    ]
    return max(ended) + timedelta(days=1) if ended else None


def _named(line: CompositionLine, names: Mapping[str, str]) -> CompositionLine:
    leaders = (replace(each, name=names.get(f"member/{each.person}", "")) for each in line.leaders)
    return replace(line, leaders=tuple(leaders))


def _offices(lines: Collection[CompositionLine]) -> tuple[OfficeCount, ...]:
    held = Counter(each.office for line in lines for each in line.leaders)
    members = Counter(each.office for line in lines for each in line.leaders if each.member)
    vacant = Counter(each.office for line in lines for each in line.vacancies)
    return tuple(
        OfficeCount(
            office=office, holders=held[office], members=members[office], vacant=vacant[office]
        )
        for office in Office
        if held[office] or vacant[office]
    )
