"""People and units: who belongs where on a day, who heads what, and who has no side to answer for him."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ColumnElement,
    Connection,
    FromClause,
    Index,
    Integer,
    LargeBinary,
    ScalarSelect,
    Select,
    Table,
    and_,
    exists,
    func,
    literal,
    or_,
    select,
    tuple_,
)

from domain.fact import SubjectId
from domain.member import Bond, Exemption, MemberRole, Person, Standing
from domain.people import PersonId, UnitId
from domain.period import Period
from domain.roster import BOND_OF_SIDE, Roster
from domain.streams import LedgerOpened
from domain.unit import Side, Unit, UnitKind
from projections import bodies
from projections.columns import (
    METADATA,
    OPEN,
    Day,
    Row,
    Versioned,
    Word,
    last_day,
    ledger_column,
)
from projections.paging import Key, Page, checked_limit, page_of

opened = Table(
    "opened",
    METADATA,
    ledger_column(),
    Column("position", BigInteger, primary_key=True, autoincrement=False),
    Column("committee", Word, nullable=False),
    Column("zone", Word, nullable=False),
)
"""The ledger's own beginning: whose it is, and in which time zone its days are counted."""

person_versions = Table(
    "people",
    METADATA,
    ledger_column(),
    Column("person", Word, primary_key=True),
    Column("from_position", BigInteger, primary_key=True, autoincrement=False),
    Column("to_position", BigInteger, nullable=False),
    Column("name", Word, nullable=False),
    Column("number", Word, nullable=False),
    Column("standing", Word, nullable=False),
    Column("version", BigInteger, nullable=False),
    Column("body", LargeBinary, nullable=False),
    Index("people_by_name", "ledger", "name", "person"),
)
"""Every version of every person."""

unit_versions = Table(
    "units",
    METADATA,
    ledger_column(),
    Column("unit", Word, primary_key=True),
    Column("from_position", BigInteger, primary_key=True, autoincrement=False),
    Column("to_position", BigInteger, nullable=False),
    Column("name", Word, nullable=False),
    Column("kind", Word, nullable=False),
    Column("parent", Word, nullable=False),
    Column("version", BigInteger, nullable=False),
    Column("body", LargeBinary, nullable=False),
    Index("units_by_name", "ledger", "name", "unit"),
)
"""Every version of every unit."""

bonds = Table(
    "bonds",
    METADATA,
    ledger_column(),
    Column("subject", Word, primary_key=True),
    Column("nth", Integer, primary_key=True, autoincrement=False),
    Column("from_position", BigInteger, primary_key=True, autoincrement=False),
    Column("to_position", BigInteger, nullable=False),
    Column("bond", Word, nullable=False),
    Column("unit", Word, nullable=False),
    Column("since", Day, nullable=False),
    Column("until", Day, nullable=False),
    Column("first", Boolean, nullable=False),
    Index("bonds_of_unit", "ledger", "unit", "bond"),
)
"""Every version of every dated bond of a person, in the order of his state: to units, to terms of the committee, to roles.

`first` marks a primary bond. A bond without an end lasts until the last day there is.
"""

PEOPLE = Versioned(person_versions, key=2)
UNITS = Versioned(unit_versions, key=2)
BONDS = Versioned(bonds, key=3)

TERM = "term"
_TERMS, _ROLES = 10_000, 20_000


# Rows


def opened_row(ledger: str, position: int, event: LedgerOpened) -> Row:
    """The row of the ledger's beginning."""
    return (ledger, position, event.committee, event.zone)


def person_row(ledger: str, position: int, version: int, person: Person) -> Row:
    """A version of a person."""
    said = person.profile
    return (
        *(ledger, person.person, position, OPEN, said.name, said.number, said.standing.value),
        *(version, bodies.encode(person)),
    )


def unit_row(ledger: str, position: int, version: int, unit: Unit) -> Row:
    """A version of a unit."""
    said = unit.profile
    return (
        *(ledger, unit.unit, position, OPEN, said.name, said.kind.value, said.parent or ""),
        *(version, bodies.encode(unit)),
    )


def bonds_of(person: Person | None) -> dict[int, Row]:
    """The bonds of a person by their place: bond, unit, since, until, whether it is primary."""
    if person is None:
        return {}
    found: dict[int, Row] = {}
    for nth, m in enumerate(person.memberships):
        found[nth] = (m.bond.value, m.unit, m.since.toordinal(), last_day(m.until), m.primary)
    for nth, term in enumerate(person.terms, start=_TERMS):
        found[nth] = (
            *(TERM, str(term.number)),
            *(term.since.toordinal(), last_day(term.until), True),
        )
    for nth, held in enumerate(person.roles, start=_ROLES):
        found[nth] = (
            *(held.role.value, ""),
            *(held.since.toordinal(), last_day(held.until), True),
        )
    return found


# Queries


@dataclass(frozen=True, slots=True, kw_only=True)
class RosterLine:
    """A person as the roster shows him on a day; `version` is the ETag of his stream."""

    person: PersonId
    name: str
    number: str
    standing: Standing
    member: bool
    exempt: bool
    sector: UnitId | None
    studio: UnitId | None
    committees: tuple[UnitId, ...]
    roles: tuple[MemberRole, ...]
    version: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonPage:
    """Everything said of a person; `position` is where it was last changed, `version` the ETag of his stream."""

    person: Person
    line: RosterLine
    version: int
    position: int


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitLine:
    """A unit as a list shows it."""

    unit: UnitId
    name: str
    kind: UnitKind
    side: Side
    open: bool
    version: int


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitPage:
    """Everything said of a unit; `heads` answer for it on the day, else `answering` does, in whose name its queue lies.

    `members` are those bound to it who are members of the committee on the day.
    """

    unit: Unit
    line: UnitLine
    heads: tuple[PersonId, ...]
    answering: UnitId
    answering_people: tuple[PersonId, ...]
    members: int
    version: int
    position: int


def known(table: FromClause, position: int | None) -> ColumnElement[bool]:
    """The versions that stood at a position, or stand now."""
    if position is None:
        return table.c.to_position == OPEN
    return and_(table.c.from_position <= position, position < table.c.to_position)


def bound(
    subject: ColumnElement[str],
    ledger: str,
    day: date | ColumnElement[date],
    position: int | None,
    *,
    bond: str | None = None,
    unit: UnitId | None = None,
) -> ColumnElement[bool]:
    """Whether a subject has such a bond on a day; any bond to a unit, but only the primary one of a kind."""
    held = select(bonds.c.nth).where(
        bonds.c.ledger == ledger,
        bonds.c.subject == subject,
        known(bonds, position),
        bonds.c.since <= day,
        bonds.c.until >= day,
    )
    if bond is not None:
        held = held.where(bonds.c.bond == bond, bonds.c.first)
    if unit is not None:
        held = held.where(bonds.c.unit == unit)
    return exists(held)


@dataclass(frozen=True, slots=True)
class HowMany:
    """How many people and units a roster names, and how many are members on a day."""

    people: int
    members: int
    units: int


def how_many(connection: Connection, ledger: str, day: date) -> HowMany:
    """How many there are on the roster as it stands now."""
    in_term = bound("member/" + person_versions.c.person, ledger, day, None, bond=TERM)
    people = and_(person_versions.c.ledger == ledger, known(person_versions, None))
    units = and_(unit_versions.c.ledger == ledger, known(unit_versions, None))

    def counted(table: FromClause, *which: ColumnElement[bool]) -> int:
        asked = select(func.count()).select_from(table).where(*which)
        return int(connection.execute(asked).scalar_one())

    return HowMany(
        counted(person_versions, people),
        counted(person_versions, people, in_term),
        counted(unit_versions, units),
    )


def is_bound(
    connection: Connection,
    ledger: str,
    person: PersonId,
    unit: UnitId,
    *,
    day: date,
    position: int | None = None,
) -> bool:
    """Whether somebody has any bond to a unit on a day."""
    subject = literal(f"member/{person}")
    return bool(
        connection.execute(select(bound(subject, ledger, day, position, unit=unit))).scalar()
    )


def bound_among(
    connection: Connection,
    ledger: str,
    people: Collection[PersonId],
    unit: UnitId,
    *,
    day: date,
    position: int | None = None,
) -> set[PersonId]:
    """Those of these people who have any bond to a unit on a day."""
    held = bonds.c
    found = connection.execute(
        select(held.subject)
        .distinct()
        .where(
            held.ledger == ledger,
            held.unit == unit,
            held.subject.in_([f"member/{person}" for person in people]),
            known(bonds, position),
            held.since <= day,
            held.until >= day,
        )
    )
    return {PersonId(subject.removeprefix("member/")) for (subject,) in found}


def members_among(
    connection: Connection,
    ledger: str,
    people: Collection[PersonId],
    *,
    day: date,
    position: int | None = None,
) -> set[PersonId]:
    """Those of these people who are members of the committee on a day."""
    held = bonds.c
    found = connection.execute(
        select(held.subject)
        .distinct()
        .where(
            held.ledger == ledger,
            held.subject.in_([f"member/{person}" for person in people]),
            held.bond == TERM,
            known(bonds, position),
            held.since <= day,
            held.until >= day,
        )
    )
    return {PersonId(subject.removeprefix("member/")) for (subject,) in found}


@dataclass(frozen=True, slots=True)
class BondIn:
    """Somebody's bond to a unit, from day to day; the last day there is where nothing ends it."""

    subject: SubjectId
    since: date
    until: date

    def touches(self, period: Period) -> bool:
        """Whether it was in force at any time of a period."""
        return self.since <= period.last and period.first <= self.until


_KINDS_OF_BOND = frozenset(bond.value for bond in Bond)


def bond_in(row: Row) -> tuple[UnitId, BondIn | None]:
    """A row of bonds: to which unit, and whose it is from when to when; none where it is to a term or a role."""
    _, subject, _, _, _, bond, unit, since, until, _ = row
    if bond not in _KINDS_OF_BOND:
        return UnitId(unit), None
    days = date.fromordinal(since), date.fromordinal(until)
    return UnitId(unit), BondIn(SubjectId(subject), *days)


def bonds_in(
    connection: Connection,
    ledger: str,
    units: Iterable[UnitId],
    first: date,
    last: date,
    position: int | None,
) -> dict[UnitId, list[BondIn]]:
    """Whoever was bound to one of these units at any time between two days, by any bond, by unit."""
    rows = bonds.c
    found: dict[UnitId, list[BondIn]] = {unit: [] for unit in units}
    asked = select(rows.unit, rows.subject, rows.since, rows.until).where(
        rows.ledger == ledger,
        rows.unit.in_(found),
        known(bonds, position),
        rows.bond.in_(_KINDS_OF_BOND),
        rows.since <= last,
        rows.until >= first,
    )
    for unit, subject, since, until in connection.execute(asked.order_by(rows.subject, rows.nth)):
        found[unit].append(BondIn(SubjectId(subject), since, until))
    return found


def first_term(connection: Connection, ledger: str, position: int | None) -> date | None:
    """The day on which the first of all terms began; nobody was a member before."""
    rows = bonds.c
    asked = select(func.min(rows.since)).where(
        rows.ledger == ledger, known(bonds, position), rows.bond == TERM
    )
    found: date | None = connection.execute(asked).scalar_one()
    return found


def home(
    subject: ColumnElement[str],
    ledger: str,
    day: ColumnElement[date],
    side: Side,
    position: int | None = None,
) -> ScalarSelect[str]:
    """The unit that answers for a subject on a side, as of a day: by the bond that began last."""
    return (
        select(bonds.c.unit)
        .where(
            bonds.c.ledger == ledger,
            bonds.c.subject == subject,
            known(bonds, position),
            bonds.c.bond == BOND_OF_SIDE[side].value,
            bonds.c.first,
            bonds.c.since <= day,
            bonds.c.until >= day,
        )
        .order_by(bonds.c.since.desc(), bonds.c.nth.desc())
        .limit(1)
        .scalar_subquery()
    )


def people(
    connection: Connection,
    ledger: str,
    *,
    day: date,
    position: int | None = None,
    standing: Standing | None = None,
    sector: UnitId | None = None,
    studio: UnitId | None = None,
    unit: UnitId | None = None,
    without: Bond | None = None,
    members_only: bool = False,
    text: str = "",
    by_sector: bool = False,
    after: Key | None = None,
    limit: int = 50,
) -> Page[RosterLine]:
    """The roster on a day, by name or `by_sector` and then number: of a sector, a studio or any unit; `without` finds members whom nothing binds to a unit in that way."""
    checked_limit(limit)
    subject = "member/" + person_versions.c.person
    asked = select(person_versions.c.body, person_versions.c.version).where(
        person_versions.c.ledger == ledger, known(person_versions, position)
    )
    if standing is not None:
        asked = asked.where(person_versions.c.standing == standing.value)
    for bond, one in ((Bond.SECTOR.value, sector), (Bond.STUDIO.value, studio), (None, unit)):
        if one is not None:
            asked = asked.where(bound(subject, ledger, day, position, bond=bond, unit=one))
    if members_only or without is not None:
        asked = asked.where(bound(subject, ledger, day, position, bond=TERM))
    if without is not None:
        asked = asked.where(~bound(subject, ledger, day, position, bond=without.value))
    if text:
        asked = asked.where(
            or_(
                person_versions.c.name.contains(text, autoescape=True),
                person_versions.c.number == text,
            )
        )
    order: list[Any] = [person_versions.c.name, person_versions.c.person]
    if by_sector:
        number = person_versions.c.number
        order = [
            _sector_name(subject, ledger, day, position),
            *(func.length(number), number, person_versions.c.person),
        ]
    asked = asked.add_columns(*(each.label(f"key_{n}") for n, each in enumerate(order)))
    if after is not None:
        asked = asked.where(tuple_(*order) > tuple_(*after))
    rows = connection.execute(asked.order_by(*order).limit(limit + 1)).all()
    page = page_of([tuple(row) for row in rows], limit, lambda row: row[2:])
    lines = [roster_line(bodies.person(body), version, day) for body, version, *_ in page.rows]
    return Page(rows=tuple(lines), after=page.after)


NO_SECTOR = "\uffff"
"""What stands for the name of the sector of those who have none: they come last."""


def _sector_name(
    subject: ColumnElement[str], ledger: str, day: date, position: int | None
) -> ColumnElement[str]:
    """What the sector is called that a person is bound to on a day."""
    units = unit_versions.c
    of = home(subject, ledger, literal(day, bonds.c.since.type), Side.SECTOR, position)
    # Two queries deep: it is said of whom, as it would otherwise be of anybody.
    of = of.correlate(person_versions)
    name = (
        select(units.name)
        .where(units.ledger == ledger, units.unit == of, known(unit_versions, position))
        .scalar_subquery()
        .correlate(person_versions)
    )
    return func.coalesce(name, NO_SECTOR)


def roster_line(person: Person, version: int, day: date) -> RosterLine:
    """A person as the roster shows him on a day."""
    return RosterLine(
        person=person.person,
        name=person.profile.name,
        number=person.profile.number,
        standing=person.profile.standing,
        member=person.member_on(day),
        exempt=person.exempt_on(day),
        sector=person.bound_to(Bond.SECTOR, day),
        studio=person.bound_to(Bond.STUDIO, day),
        committees=tuple(
            m.unit for m in person.memberships if m.bond is Bond.COMMITTEE and m.on(day)
        ),
        roles=tuple(held.role for held in person.roles if held.on(day)),
        version=version,
    )


def person(
    connection: Connection, ledger: str, person: PersonId, *, day: date, position: int | None = None
) -> PersonPage | None:
    """One person."""
    found = connection.execute(
        select(
            person_versions.c.body, person_versions.c.version, person_versions.c.from_position
        ).where(
            person_versions.c.ledger == ledger,
            person_versions.c.person == person,
            known(person_versions, position),
        )
    ).one_or_none()
    if found is None:
        return None
    state = bodies.person(found.body)
    return PersonPage(
        person=state,
        line=roster_line(state, found.version, day),
        version=found.version,
        position=found.from_position,
    )


def person_as_of_version(
    connection: Connection, ledger: str, person: PersonId, version: int
) -> Person | None:
    """What was said of a person at a version of his stream; nothing where no version of that number stood."""
    rows = person_versions.c
    asked = select(rows.body).where(
        rows.ledger == ledger, rows.person == person, rows.version == version
    )
    found = connection.execute(asked.order_by(rows.from_position.desc()).limit(1)).scalar()
    return None if found is None else bodies.person(found)


def persons(
    connection: Connection,
    ledger: str,
    who: Sequence[PersonId] | None = None,
    *,
    position: int | None = None,
) -> dict[PersonId, Person]:
    """These people, or all of them."""
    asked = select(person_versions.c.body).where(
        person_versions.c.ledger == ledger, known(person_versions, position)
    )
    if who is not None:
        asked = asked.where(person_versions.c.person.in_(who))
    states = (bodies.person(body) for (body,) in connection.execute(asked))
    return {state.person: state for state in states}


def exemptions(
    connection: Connection, ledger: str, who: Collection[PersonId]
) -> dict[PersonId, tuple[Exemption, ...]]:
    """When no duties are asked of those of these people who have any exemption."""
    if not who:
        return {}
    rows = person_versions.c
    asked = select(rows.person, rows.body).where(
        rows.ledger == ledger, known(person_versions, None), rows.person.in_(sorted(who))
    )
    found = {row.person: bodies.freed(row.body).exemptions for row in connection.execute(asked)}
    return {person: free for person, free in found.items() if free}


def by_name(
    connection: Connection, ledger: str, *, position: int | None, after: Key | None, size: int
) -> Iterator[list[Person]]:
    """Everybody as known at a position (by the name he had then) or now, some at a time."""
    rows = person_versions.c
    while True:
        asked = select(rows.name, rows.person, rows.body).where(
            rows.ledger == ledger, known(person_versions, position)
        )
        if after is not None:
            asked = asked.where(tuple_(rows.name, rows.person) > tuple_(*after))
        found = connection.execute(asked.order_by(rows.name, rows.person).limit(size)).all()
        yield [bodies.person(row.body) for row in found]
        if len(found) < size:
            return
        after = (found[-1].name, found[-1].person)


def keys_by_name(connection: Connection, ledger: str) -> list[Key]:
    """Name and id of everybody, in the order of lists."""
    rows = person_versions.c
    asked = select(rows.name, rows.person).where(
        rows.ledger == ledger, known(person_versions, None)
    )
    return [
        (name, person)
        for name, person in connection.execute(asked.order_by(rows.name, rows.person))
    ]


def units(
    connection: Connection,
    ledger: str,
    *,
    day: date,
    position: int | None = None,
    kind: UnitKind | None = None,
    side: Side | None = None,
    parent: UnitId | None = None,
    text: str = "",
    open_only: bool = False,
    after: Key | None = None,
    limit: int = 50,
) -> Page[UnitLine]:
    """Units by name."""
    checked_limit(limit)
    lines: list[UnitLine] = []
    key = after
    while len(lines) <= limit:
        asked = select(unit_versions.c.body, unit_versions.c.version).where(
            unit_versions.c.ledger == ledger, known(unit_versions, position)
        )
        if kind is not None:
            asked = asked.where(unit_versions.c.kind == kind.value)
        if parent is not None:
            asked = asked.where(unit_versions.c.parent == parent)
        if text:
            asked = asked.where(unit_versions.c.name.contains(text, autoescape=True))
        if key is not None:
            asked = asked.where(tuple_(unit_versions.c.name, unit_versions.c.unit) > tuple_(*key))
        asked = asked.order_by(unit_versions.c.name, unit_versions.c.unit).limit(limit + 1)
        found = [unit_line(bodies.unit(r.body), r.version, day) for r in connection.execute(asked)]
        lines += [
            line for line in found if (line.open or not open_only) and side in {None, line.side}
        ]
        if len(found) <= limit:
            break
        key = (found[-1].name, found[-1].unit)
    return page_of(lines, limit, lambda line: (line.name, line.unit))


def unit_line(unit: Unit, version: int, day: date) -> UnitLine:
    """A unit as a list shows it."""
    return UnitLine(
        unit=unit.unit,
        name=unit.profile.name,
        kind=unit.profile.kind,
        side=unit.side,
        open=unit.open_on(day),
        version=version,
    )


def unit(
    connection: Connection, ledger: str, unit: UnitId, *, day: date, position: int | None = None
) -> UnitPage | None:
    """One unit, with who answers for it on the day."""
    found = connection.execute(
        select(unit_versions.c.body, unit_versions.c.version, unit_versions.c.from_position).where(
            unit_versions.c.ledger == ledger,
            unit_versions.c.unit == unit,
            known(unit_versions, position),
        )
    ).one_or_none()
    if found is None:
        return None
    state = bodies.unit(found.body)
    answering, heads = Roster(units=all_units(connection, ledger, position)).answering(unit, day)
    return UnitPage(
        unit=state,
        line=unit_line(state, found.version, day),
        heads=state.answering_on(day),
        answering=answering,
        answering_people=heads,
        members=headcounts(connection, ledger, (unit,), day, position)[unit],
        version=found.version,
        position=found.from_position,
    )


def unit_as_of_version(
    connection: Connection, ledger: str, unit: UnitId, version: int
) -> Unit | None:
    """What was said of a unit at a version of its stream; nothing where no version of that number stood."""
    rows = unit_versions.c
    asked = select(rows.body).where(
        rows.ledger == ledger, rows.unit == unit, rows.version == version
    )
    found = connection.execute(asked.order_by(rows.from_position.desc()).limit(1)).scalar()
    return None if found is None else bodies.unit(found)


def headcounts(
    connection: Connection,
    ledger: str,
    units: Collection[UnitId],
    day: date,
    position: int | None = None,
) -> dict[UnitId, int]:
    """How many members each of these units has on a day: those bound to it who are of the committee then.

    A membership that ends leaves its bonds as they were: they say where he belonged, not that he is there still.
    """
    bound_to, term = bonds.alias("bound_to"), bonds.alias("term")

    def in_force(held: FromClause) -> ColumnElement[bool]:
        return and_(
            *(held.c.ledger == ledger, known(held, position)),
            *(held.c.since <= day, held.c.until >= day),
        )

    of_the_committee = select(term.c.subject).where(in_force(term), term.c.bond == TERM)
    asked = (
        select(bound_to.c.unit, func.count(bound_to.c.subject.distinct()))
        .where(
            in_force(bound_to),
            bound_to.c.unit.in_(list(units)),
            bound_to.c.bond.in_(_KINDS_OF_BOND),
            bound_to.c.subject.in_(of_the_committee),
        )
        .group_by(bound_to.c.unit)
    )
    found = {UnitId(unit): int(number) for unit, number in connection.execute(asked)}
    return {unit: found.get(unit, 0) for unit in units}


def all_units(
    connection: Connection, ledger: str, position: int | None = None
) -> dict[UnitId, Unit]:
    """All units (a committee has some hundreds at the most)."""
    asked = select(unit_versions.c.body).where(
        unit_versions.c.ledger == ledger, known(unit_versions, position)
    )
    states = (bodies.unit(body) for (body,) in connection.execute(asked))
    return {state.unit: state for state in states}


def township_of(unit: Unit, units: Mapping[UnitId, Unit]) -> UnitId | None:
    """The township that a unit is placed in, by itself or by the unit that it is under; none where it is in none."""
    said = unit.profile
    parent = None if said.parent is None else units.get(said.parent)
    in_township = parent is not None and parent.profile.kind is UnitKind.TOWNSHIP
    return said.township or (said.parent if in_township else None)


def called(units: Mapping[UnitId, Unit], unit: UnitId | None) -> str:
    """What a unit is called; nothing where none is meant, or one that is not on the roster."""
    found = None if unit is None else units.get(unit)
    return "" if found is None else found.profile.name


def some_units(
    connection: Connection,
    ledger: str,
    which: Sequence[UnitId],
    *,
    position: int | None = None,
) -> dict[UnitId, Unit]:
    """These units."""
    asked = select(unit_versions.c.body).where(
        unit_versions.c.ledger == ledger,
        known(unit_versions, position),
        unit_versions.c.unit.in_(which),
    )
    states = (bodies.unit(body) for (body,) in connection.execute(asked))
    return {state.unit: state for state in states}


def roster(connection: Connection, ledger: str, position: int | None = None) -> Roster:
    """The whole roster as known at a position, or now."""
    return Roster(
        people=persons(connection, ledger, position=position),
        units=all_units(connection, ledger, position),
    )


def names(
    connection: Connection,
    ledger: str,
    *,
    people: Iterable[PersonId] = (),
    units: Iterable[UnitId] = (),
) -> dict[str, str]:
    """The present names of these people and units, by `member/ID` and `unit/ID`."""
    found: dict[str, str] = {}
    asked: list[tuple[str, Select[Any]]] = []
    if who := sorted(set(people)):
        asked.append(
            (
                "member",
                select(person_versions.c.person, person_versions.c.name).where(
                    person_versions.c.ledger == ledger,
                    known(person_versions, None),
                    person_versions.c.person.in_(who),
                ),
            )
        )
    if which := sorted(set(units)):
        asked.append(
            (
                "unit",
                select(unit_versions.c.unit, unit_versions.c.name).where(
                    unit_versions.c.ledger == ledger,
                    known(unit_versions, None),
                    unit_versions.c.unit.in_(which),
                ),
            )
        )
    for root, statement in asked:
        found |= {f"{root}/{key}": name for key, name in connection.execute(statement)}
    return found
