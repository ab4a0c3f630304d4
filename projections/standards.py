"""Standards that units are to meet: which items each has evidence for, which it lacks, and which inspection accepted it on what day."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Connection

from domain.checklist import Cell, CellState, Checklist, Slot
from domain.document import Document, Sort
from domain.fact import Fact, SubjectId
from domain.kinds import Subject, kind_of
from domain.kinds.about import Stage
from domain.kinds.findings import MetStandard
from domain.kinds.units import Check
from domain.people import UnitId
from domain.period import Period
from domain.unit import Unit
from domain.words import Choice
from projections import checklists, documents, facts, roster
from projections.checklists import UnitList
from projections.documents import Shelf
from projections.paging import Key, Page, checked_limit, page_of
from projections.registers import INSPECTED, passed_on

MET = kind_of(MetStandard)


class Meets(Choice):
    """How a unit stands to one item of a standard."""

    LACKS = "lacks", "欠缺"
    HAS = "has", "有佐证", "has evidence"
    ACCEPTED = "accepted", "已验收"


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One item of a standard."""

    number: int
    zh: str
    en: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemCell:
    """How a unit stands to an item: the findings with evidence, and the day of the acceptance check that it passed with it."""

    number: int
    meets: Meets
    found_on: date | None
    evidence: int
    findings: tuple[str, ...]
    accepted_on: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Inspection:
    """An inspection or acceptance check of a unit: what was found, and the days on which it was notified, mended and passed."""

    stream: str
    title: str
    on: date
    check: Check
    by: str
    standard: str
    findings: int
    mended: int
    notified_on: date | None
    mended_on: date | None
    passed_on: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitStandards:
    """A unit's items, and the inspections of it by this standard or by none that is named."""

    unit: UnitId
    name: str
    cells: tuple[ItemCell, ...]
    met: int
    accepted_on: date | None
    inspections: tuple[Inspection, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Matrix:
    """Units and items of one list, with its code and version."""

    code: str
    version: str
    zh: str
    en: str
    items: tuple[Item, ...]
    page: Page[UnitStandards]


def is_standard(checklist: Checklist) -> bool:
    """Whether a list is of standards: all that fills it is found by whoever inspects."""
    kinds = {kind for slot in checklist.slots for each in slot.counts for kind in each.kinds}
    return checklist.subject is Subject.UNIT and kinds == {MET} and not _looks_around(checklist)


def _looks_around(checklist: Checklist) -> bool:
    return any(slot.looks_around for slot in checklist.slots)


def lists_in_force(papers: Sequence[Document], shelf: Shelf, day: date) -> list[Checklist]:
    """The standards in force on a day, by code."""
    found = [
        checklist
        for paper in papers
        if paper.sort is Sort.CHECKLIST
        and (version := paper.in_force(day)) is not None
        and is_standard(checklist := shelf.checklist(version))
    ]
    return sorted(found, key=lambda each: each.code)


def matrix(
    connection: Connection,
    ledger: str,
    shelf: Shelf,
    code: str,
    *,
    period: Period,
    today: date,
    only: Collection[UnitId] | None = None,
    position: int | None = None,
    after: Key | None = None,
    limit: int = 50,
) -> Matrix | None:
    """How the units that a list asks stand to each of its items by the end of a period, or today; none where there is no such list.

    `only` narrows it to some units.
    """
    checked_limit(limit)
    day = min(today, period.last)
    papers = documents.states(connection, ledger, shelf, position=position)
    asked = next((each for each in lists_in_force(papers, shelf, day) if each.code == code), None)
    if asked is None:
        return None
    units = [
        unit
        for unit in roster.all_units(connection, ledger, position).values()
        if asked.asks(unit) and unit.open_on(day) and (only is None or unit.unit in only)
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
        wanted=lambda each: each.code == code,
        position=position,
    )
    subjects = [SubjectId(f"unit/{unit.unit}") for unit in page.rows]
    told = facts.facts_of_kinds(connection, ledger, subjects, [MET, INSPECTED], position=position)
    rows = tuple(
        _row(unit, each, told[SubjectId(f"unit/{unit.unit}")], day)
        for unit in page.rows
        for each in lists[unit.unit]
    )
    items = tuple(Item(number=s.number, zh=s.zh, en=s.en) for s in asked.slots)
    return Matrix(
        code=asked.code,
        version=asked.version,
        zh=asked.zh,
        en=asked.en,
        items=items,
        page=Page(rows=rows, after=page.after),
    )


def _key(unit: Unit) -> tuple[str, str]:
    return (unit.profile.name, unit.unit)


def _row(unit: Unit, found: UnitList, told: Sequence[Fact[Any]], day: date) -> UnitStandards:
    checks = [fact for fact in told if fact.kind == INSPECTED and fact.on <= day]
    by_deed = {fact.deed: fact for fact in told if fact.kind == MET}
    names = {name for slot in found.checklist.slots for name in _standards(slot)}
    accepted = max(
        (on for name in names if (on := passed_on(checks, name, until=day)) is not None),
        default=None,
    )
    cells = tuple(_cell(row.number, row.cells, by_deed, accepted) for row in found.grid.rows)
    return UnitStandards(
        unit=unit.unit,
        name=unit.profile.name,
        cells=cells,
        met=sum(cell.meets is not Meets.LACKS for cell in cells),
        accepted_on=accepted,
        inspections=tuple(
            _inspection(fact) for fact in checks if fact.details.standard in {"", *names}
        ),
    )


def _standards(slot: Slot) -> list[str]:
    """The names of the standard that fills a slot."""
    return [
        value
        for each in slot.counts
        for where in each.where
        if where.name == "standard"
        for value in where.values
    ]


def _cell(
    number: int,
    cells: Sequence[Cell],
    by_deed: Mapping[str, Fact[Any]],
    accepted: date | None,
) -> ItemCell:
    """The item as its last cell has it; what was found after the check that was passed is not accepted by it."""
    met = [c for c in cells if c.state in {CellState.DONE, CellState.DONE_LATE}]
    findings = [by_deed[deed] for c in met[-1:] for deed in c.deeds if deed in by_deed]
    found_on = min((fact.on for fact in findings), default=None)
    if found_on is None:
        meets = Meets.LACKS
    else:
        meets = Meets.ACCEPTED if accepted is not None and found_on <= accepted else Meets.HAS
    return ItemCell(
        number=number,
        meets=meets,
        found_on=found_on,
        evidence=sum(fact.evidence for fact in findings),
        findings=tuple(fact.deed for fact in findings),
        accepted_on=accepted if meets is Meets.ACCEPTED else None,
    )


def _inspection(fact: Fact[Any]) -> Inspection:
    reached = {each.stage: each.on for each in fact.reached}
    said = fact.details
    return Inspection(
        stream=fact.deed,
        title=fact.title,
        on=fact.on,
        check=said.check,
        by=said.inspected_by,
        standard=said.standard,
        findings=said.findings,
        mended=said.findings_mended,
        notified_on=reached.get(Stage.NOTIFIED),
        mended_on=reached.get(Stage.MENDED),
        passed_on=reached.get(Stage.PASSED),
    )
