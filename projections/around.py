"""What bears on members' cards beside their own facts: the offices that they hold in units, and what is on record of the units that they are in."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from sqlalchemy import Connection

from domain.fact import Fact, SubjectId
from domain.member import Person
from domain.people import PersonId, UnitId
from domain.period import Period
from domain.rubric import OfficeHeld, Rubric
from domain.unit import Unit, UnitKind
from projections import facts, roster

Offices = Mapping[PersonId, tuple[OfficeHeld, ...]]
"""The offices that people hold in units."""

FactsOf = Mapping[str, Sequence[Fact[Any]]]
"""Facts by their subjects."""


@dataclass(frozen=True, slots=True)
class Around:
    """The offices held in units, of which kind each unit is, and what is on record of units; each only where a rubric asks for it."""

    offices: Offices = field(default_factory=dict)
    kinds: Mapping[UnitId, UnitKind] = field(default_factory=dict)
    facts: FactsOf = field(default_factory=dict)

    def of_units(self, person: Person, rubric: Rubric, period: Period) -> list[Fact[Any]]:
        """What a rubric may count of the units that somebody was in at any time of a period, or before it where outcomes look back: never of those that he was in only later."""
        kinds = rubric.counted_of_units
        if not kinds:
            return []
        back = rubric.looks_back
        units = units_until(person, period.last) if back else units_in(person, period)
        return [
            fact
            for unit in dict.fromkeys(units)
            for fact in self.facts.get(f"unit/{unit}", ())
            if fact.kind in kinds
        ]


def units_until(person: Person, last: date) -> list[UnitId]:
    """The units that he was bound to at any time up to a day."""
    return [m.unit for m in person.memberships if m.since <= last]


def units_in(person: Person, period: Period) -> list[UnitId]:
    """The units that he was bound to at any time of a period."""
    return [
        m.unit
        for m in person.memberships
        if m.since <= period.last and (m.until is None or period.first <= m.until)
    ]


def among(units: Collection[Unit]) -> Around:
    """Who holds which office in these units, and of which kind they are."""
    held: dict[PersonId, tuple[OfficeHeld, ...]] = {}
    for unit in units:
        for a in unit.appointments:
            one = OfficeHeld(office=a.office, of=unit.profile.kind, since=a.since, until=a.until)
            held[a.person] = (*held.get(a.person, ()), one)
    return Around(held, {unit.unit: unit.profile.kind for unit in units})


def around(
    connection: Connection, ledger: str, rubrics: Iterable[Rubric], position: int | None = None
) -> Around:
    """Offices and kinds of units, where one of these rubrics depends on them; as known at a position or now."""
    if not any(rubric.names_offices or rubric.names_kinds for rubric in rubrics):
        return Around()
    return among(roster.all_units(connection, ledger, position).values())


def with_facts(
    connection: Connection,
    ledger: str,
    known: Around,
    rubrics: Iterable[Rubric],
    people: Iterable[Person],
    *,
    first: date,
    last: date,
    position: int | None = None,
    read: facts.FactsRead | None = None,
) -> Around:
    """The same with what is on record of the units of these people within days, of the kinds that these rubrics count of units; one query, none where they count nothing."""
    kinds = frozenset[str]().union(*(rubric.counted_of_units for rubric in rubrics))
    units = {m.unit for person in people for m in person.memberships} if kinds else set()
    if not units:
        return known
    found = facts.facts_of_many(
        connection,
        ledger,
        sorted(SubjectId(f"unit/{unit}") for unit in units),
        first=first,
        last=last,
        position=position,
        kinds=kinds,
        read=read,
    )
    return replace(known, facts={subject: of for subject, of in found.items() if of})
