"""Documents that units owe: which came in time, which late, which are missing, by the lists that ask for them."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Connection

from domain.checklist import CellState, Checklist
from domain.document import Sort
from domain.fact import Fact, SubjectId
from domain.kinds import kind_of
from domain.kinds.units import SubmittedDocument
from domain.people import UnitId
from domain.period import Period
from domain.unit import Unit
from projections import checklists, documents, facts, roster
from projections.checklists import UnitList
from projections.documents import Shelf, governing
from projections.paging import Key, Page, checked_limit, page_of

HANDED_IN = kind_of(SubmittedDocument)


@dataclass(frozen=True, slots=True, kw_only=True)
class OwedLine:
    """A document of a stretch of time that a list asks for: by when, how it stands, which record says that it came and on what day.

    Of documents that each activity needs there is a line for each stretch of time; `lacking` are its activities that have none.
    """

    checklist: str
    number: int
    zh: str
    en: str
    period: Period
    due: date
    state: CellState
    came_on: date | None
    stream: str
    zero_report: bool
    lacking: tuple[str, ...] = ()

    @property
    def days_late(self) -> int:
        """How many days after it was due it came."""
        return 0 if self.came_on is None else max(0, (self.came_on - self.due).days)


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitOwed:
    """What a unit owes, in order of the days: how much of it came in time and late, is missing, and is not due yet."""

    unit: UnitId
    name: str
    lines: tuple[OwedLine, ...]
    in_time: int
    late: int
    missing: int
    open: int


def asks_documents(checklist: Checklist) -> bool:
    """Whether a list asks units for documents."""
    return any(slot.asks_documents for slot in checklist.slots)


def owed(
    connection: Connection,
    ledger: str,
    shelf: Shelf,
    *,
    period: Period,
    today: date,
    only: Collection[UnitId] | None = None,
    position: int | None = None,
    after: Key | None = None,
    limit: int = 50,
) -> Page[UnitOwed]:
    """What the units owe that some list asks for documents in a period, by name; `only` narrows it to some units."""
    checked_limit(limit)
    papers = documents.states(connection, ledger, shelf, position=position)
    asking = [
        shelf.checklist(version)
        for paper in papers
        if paper.sort is Sort.CHECKLIST
        for version in (governing(paper, period),)
        if version is not None and asks_documents(shelf.checklist(version))
    ]
    units = [
        unit
        for unit in roster.all_units(connection, ledger, position).values()
        if unit.since <= period.last
        and (unit.until is None or period.first <= unit.until)
        and (only is None or unit.unit in only)
        and any(each.asks(unit) for each in asking)
    ]
    units.sort(key=_key)
    rest = [unit for unit in units if after is None or _key(unit) > tuple(after)]
    page = page_of(rest[: limit + 1], limit, _key)
    lists = checklists.of_units(
        connection,
        ledger,
        shelf,
        page.rows,
        period=period,
        today=today,
        wanted=asks_documents,
        position=position,
    )
    by_deed = _handed_in(connection, ledger, lists, position)
    return Page(
        rows=tuple(_row(unit, lists[unit.unit], by_deed) for unit in page.rows),
        after=page.after,
    )


def _key(unit: Unit) -> tuple[str, str]:
    return (unit.profile.name, unit.unit)


def _handed_in(
    connection: Connection,
    ledger: str,
    lists: Mapping[UnitId, Collection[UnitList]],
    position: int | None,
) -> dict[str, Fact[Any]]:
    """The documents that fill cells of these lists, by deed, whenever they came."""
    deeds = {
        deed
        for own in lists.values()
        for each in own
        for slot, row in zip(each.checklist.slots, each.grid.rows, strict=True)
        if slot.asks_documents
        for cell in row.cells
        for deed in cell.deeds
    }
    subjects = [SubjectId(f"unit/{unit}") for unit in lists]
    return facts.facts_of_deeds(
        connection, ledger, deeds, *subjects, kind=HANDED_IN, position=position
    )


def _row(unit: Unit, lists: Collection[UnitList], by_deed: Mapping[str, Fact[Any]]) -> UnitOwed:
    lines = sorted(
        (line for each in lists for line in _lines(each, by_deed)),
        key=lambda line: (line.due, line.checklist, line.number),
    )
    states = [line.state for line in lines]
    return UnitOwed(
        unit=unit.unit,
        name=unit.profile.name,
        lines=tuple(lines),
        in_time=states.count(CellState.DONE),
        late=states.count(CellState.DONE_LATE),
        missing=states.count(CellState.MISSED),
        open=states.count(CellState.OPEN),
    )


def _lines(found: UnitList, by_deed: Mapping[str, Fact[Any]]) -> list[OwedLine]:
    slots = {slot.number: slot for slot in found.checklist.slots if slot.asks_documents}
    lines: list[OwedLine] = []
    for row in found.grid.rows:
        slot = slots.get(row.number)
        for cell in row.cells if slot is not None else ():
            if slot is None or cell.state in {CellState.NOT_APPLICABLE, CellState.BLANK}:
                continue
            first = next((by_deed[deed] for deed in cell.deeds if deed in by_deed), None)
            lines.append(
                OwedLine(
                    checklist=found.checklist.code,
                    number=slot.number,
                    zh=slot.zh,
                    en=slot.en,
                    period=cell.period,
                    due=slot.due(cell.period),
                    state=cell.state,
                    came_on=None if first is None else first.on,
                    stream="" if first is None else first.deed,
                    zero_report=first is not None and first.details.zero_report,
                    lacking=cell.lacking,
                )
            )
    return lines
