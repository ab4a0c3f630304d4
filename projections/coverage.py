"""Coverage: how many townships, sectors, members and villages have what a list asks for them, and which have not; which villages nobody visited."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection, select

from domain.checklist import CellState, Checklist
from domain.people import PersonId, UnitId
from domain.period import Period
from domain.unit import Unit, UnitKind
from projections import as_of, checklists, reporting_in, roster
from projections.checklists import UnitList
from projections.columns import NOTHING
from projections.deeds import deed_rows
from projections.documents import Shelf

MOST_NAMED = 300
"""Gaps of one target that are named; how many there are is told however many they are."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Gap:
    """Somebody or some unit that lacks what is asked for."""

    subject: str
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """One thing asked for each of so many: how many have it, and who has not, by name."""

    number: int
    zh: str
    en: str
    done: int
    of: int
    gaps: tuple[Gap, ...]

    @property
    def lacking(self) -> int:
        """How many have it not."""
        return self.of - self.done


@dataclass(frozen=True, slots=True, kw_only=True)
class Covered:
    """The targets of one list."""

    code: str
    version: str
    zh: str
    en: str
    targets: tuple[Target, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Placed:
    """Of the units of a kind, how many have another placed in them, and which have none."""

    kind: UnitKind
    has: UnitKind
    done: int
    of: int
    gaps: tuple[Gap, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Coverage:
    """What the county's lists of coverage come to, and the gaps that the roster and the visits show whatever lists there are.

    `without_members` names townships that no member belongs or reported in to, `townships_without` is how many there are.
    """

    lists: tuple[Covered, ...]
    placed: tuple[Placed, ...]
    townships: int
    townships_without: int
    without_members: tuple[Gap, ...]
    villages: int
    visited: int
    unvisited: tuple[Gap, ...]


def _covers(checklist: Checklist) -> bool:
    return any(slot.looks_around for slot in checklist.slots)


PLACED = (
    (UnitKind.TOWNSHIP, UnitKind.STUDIO),
    (UnitKind.SECTOR, UnitKind.STUDIO),
    (UnitKind.VILLAGE, UnitKind.DELIBERATION_HALL),
)
"""What is looked for in whom: a studio in each township and sector, a hall or room in each village."""


def coverage(
    connection: Connection, ledger: str, shelf: Shelf, *, period: Period, today: date
) -> Coverage:
    """Who is covered and who is not by the end of a year, or today."""
    units = roster.all_units(connection, ledger)
    day = min(today, period.last)
    open_units = sorted(
        (unit for unit in units.values() if unit.open_on(day)),
        key=lambda unit: (unit.profile.name, unit.unit),
    )
    lists = checklists.of_units(
        connection, ledger, shelf, open_units, period=period, today=today, wanted=_covers
    )
    found = [each for unit in open_units for each in lists[unit.unit]]
    whose = {
        cell.whose
        for each in found
        for row in each.grid.rows
        for cell in row.cells
        if cell.whose is not None and cell.state in _LACKING
    }
    names = roster.names(
        connection,
        ledger,
        people={PersonId(each[7:]) for each in whose if each.startswith("member/")},
        units={UnitId(each[5:]) for each in whose if each.startswith("unit/")},
    )
    townships = [unit for unit in open_units if unit.profile.kind is UnitKind.TOWNSHIP]
    membered = reporting_in.with_members(connection, ledger, shelf, day=day)
    empty = [unit for unit in townships if unit.unit not in membered]
    villages = [unit for unit in open_units if unit.profile.kind is UnitKind.VILLAGE]
    seen = shelf.answer(
        ("visited", ledger, period, as_of.position_now(connection, ledger)),
        lambda: visited(connection, ledger, period),
    )
    missed = [unit for unit in villages if unit.unit not in seen]
    return Coverage(
        lists=tuple(_covered(each, names) for each in found),
        placed=tuple(
            placed
            for kind, has in PLACED
            if (placed := _placed(open_units, kind, has)).of
            and any(unit.profile.kind is has for unit in open_units)
        ),
        townships=len(townships),
        townships_without=len(empty),
        without_members=tuple(map(_gap, empty[:MOST_NAMED])),
        villages=len(villages),
        visited=len(villages) - len(missed),
        unvisited=tuple(map(_gap, missed[:MOST_NAMED])),
    )


_LACKING = frozenset({CellState.OPEN, CellState.MISSED})


def _covered(found: UnitList, names: dict[str, str]) -> Covered:
    said = {slot.number: slot for slot in found.checklist.slots}
    return Covered(
        code=found.checklist.code,
        version=found.checklist.version,
        zh=found.checklist.zh,
        en=found.checklist.en,
        targets=tuple(
            Target(
                number=row.number,
                zh=said[row.number].zh,
                en=said[row.number].en,
                done=row.done,
                of=row.of,
                gaps=tuple(
                    Gap(subject=cell.whose, name=names.get(cell.whose, ""))
                    for cell in row.cells
                    if cell.whose is not None and cell.state in _LACKING
                )[:MOST_NAMED],
            )
            for row in found.grid.rows
            if said[row.number].looks_around
        ),
    )


def _placed(units: Sequence[Unit], kind: UnitKind, has: UnitKind) -> Placed:
    there = {
        where
        for unit in units
        if unit.profile.kind is has
        for where in (unit.profile.parent, unit.profile.township)
        if where is not None
    }
    asked = [unit for unit in units if unit.profile.kind is kind]
    gaps = [unit for unit in asked if unit.unit not in there]
    return Placed(
        kind=kind,
        has=has,
        done=len(asked) - len(gaps),
        of=len(asked),
        gaps=tuple(map(_gap, gaps[:MOST_NAMED])),
    )


def _gap(unit: Unit) -> Gap:
    return Gap(subject=f"unit/{unit.unit}", name=unit.profile.name)


def visited(connection: Connection, ledger: str, period: Period) -> frozenset[UnitId]:
    """The villages that somebody visited in a period."""
    rows = deed_rows.c
    asked = (
        select(rows.visited)
        .distinct()
        .where(
            rows.ledger == ledger,
            rows.visited != NOTHING,
            rows.on >= period.first,
            rows.on <= period.last,
        )
    )
    return frozenset(UnitId(village) for (village,) in connection.execute(asked))
