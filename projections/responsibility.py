"""Three levels of responsibility (专委会牵头抓、学习组联动抓、责任人具体抓): each special committee, the units that it links, and who answers for each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection

from domain.people import PersonId, UnitId
from domain.unit import Unit, UnitKind
from projections import roster
from projections.paging import Key, Page, checked_limit, page_of

MOST_NAMED = 200
"""Units under one committee that are named, and units under none; how many there are is told however many they are."""
LINKED = frozenset({UnitKind.STUDY_GROUP, UnitKind.SECTOR, UnitKind.SECTOR_GROUP, UnitKind.STUDIO})
"""The kinds of units that a committee drives by linking them, or that stand under one that it links."""
_FIRST = frozenset({UnitKind.STUDY_GROUP, UnitKind.SECTOR})
"""Those of them that a committee is to link itself."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Responsible:
    """Who answers for a unit."""

    person: PersonId
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Driven:
    """A unit with who answers for it on the day, nobody where nobody does; `under` is the unit that it stands under, where that is not the committee."""

    unit: UnitId
    name: str
    kind: UnitKind
    under: UnitId | None
    under_name: str
    responsible: tuple[Responsible, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Branch:
    """A special committee, who answers for it, the units that it drives, and for how many of them nobody answers."""

    unit: UnitId
    name: str
    responsible: tuple[Responsible, ...]
    driven: tuple[Driven, ...]
    number: int
    unanswered: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Tree:
    """A page of committees by name; study groups and sectors that no committee links; and of all how many units nobody answers for."""

    page: Page[Branch]
    loose: tuple[Driven, ...]
    loose_number: int
    unanswered: int


def tree(
    connection: Connection,
    ledger: str,
    *,
    day: date,
    position: int | None = None,
    after: Key | None = None,
    limit: int = 50,
) -> Tree:
    """The committees of a day with the units that name them as linking or as above them, and the units under those."""
    checked_limit(limit)
    units = roster.all_units(connection, ledger, position)
    there = sorted(
        (unit for unit in units.values() if unit.open_on(day)),
        key=lambda unit: (unit.profile.name, unit.unit),
    )
    committees = [u for u in there if u.profile.kind is UnitKind.SPECIAL_COMMITTEE]
    driven = {each.unit: _under(each, there) for each in committees}
    linked = {unit.unit for some in driven.values() for unit, _ in some}
    loose = [u for u in there if u.profile.kind in _FIRST and u.unit not in linked]
    rest = [u for u in committees if after is None or _key(u) > tuple(after)]
    page = page_of(rest[: limit + 1], limit, _key)
    shown = {
        **{each.unit: each for each in page.rows},
        **{u.unit: u for c in page.rows for u, _ in driven[c.unit][:MOST_NAMED]},
        **{u.unit: u for u in loose[:MOST_NAMED]},
    }
    names = roster.names(
        connection,
        ledger,
        people={person for unit in shown.values() for person in unit.answering_on(day)},
    )

    def responsible(unit: Unit) -> tuple[Responsible, ...]:
        return tuple(
            Responsible(person=each, name=names.get(f"member/{each}", ""))
            for each in dict.fromkeys(unit.answering_on(day))
        )

    def line(unit: Unit, under: UnitId | None) -> Driven:
        return Driven(
            unit=unit.unit,
            name=unit.profile.name,
            kind=unit.profile.kind,
            under=under,
            under_name=roster.called(units, under),
            responsible=responsible(unit),
        )

    def branch(committee: Unit) -> Branch:
        own = driven[committee.unit]
        return Branch(
            unit=committee.unit,
            name=committee.profile.name,
            responsible=responsible(committee),
            driven=tuple(line(unit, under) for unit, under in own[:MOST_NAMED]),
            number=len(own),
            unanswered=sum(not unit.answering_on(day) for unit, _ in own),
        )

    everybody = {u.unit: u for u in (*committees, *loose)}
    everybody |= {unit.unit: unit for some in driven.values() for unit, _ in some}
    return Tree(
        page=Page(rows=tuple(map(branch, page.rows)), after=page.after),
        loose=tuple(line(unit, None) for unit in loose[:MOST_NAMED]),
        loose_number=len(loose),
        unanswered=sum(not unit.answering_on(day) for unit in everybody.values()),
    )


def _key(unit: Unit) -> tuple[str, str]:
    return (unit.profile.name, unit.unit)


def _under(committee: Unit, there: Sequence[Unit]) -> list[tuple[Unit, UnitId | None]]:
    """The units that a committee links, each followed by those under it with the unit that they stand under."""
    found: dict[UnitId, tuple[Unit, UnitId | None]] = {}
    for unit in _linked(committee, there):
        found.setdefault(unit.unit, (unit, None))
    whole: Mapping[UnitId, tuple[Unit, UnitId | None]] = dict(found)
    ordered: list[tuple[Unit, UnitId | None]] = []
    for unit, _ in whole.values():
        ordered.append((unit, None))
        for below in _linked(unit, there):
            if below.unit not in found:
                found[below.unit] = (below, unit.unit)
                ordered.append((below, unit.unit))
    return ordered


def _linked(above: Unit, there: Sequence[Unit]) -> list[Unit]:
    return [
        unit
        for unit in there
        if unit.profile.kind in LINKED
        and above.unit in {unit.profile.linked_by, unit.profile.parent}
    ]
