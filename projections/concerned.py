"""Whose cards follow from what was said of a unit that they are in: nobody's, where no rubric counts it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date
from typing import Protocol

from domain.document import Document, Sort
from domain.fact import SubjectId
from domain.people import UnitId
from domain.rubric import Rubric
from projections.documents import Paper, Shelf
from projections.fold import Stale
from projections.roster import BondIn


class Bonds(Protocol):
    """Where it is asked who was bound to units."""

    def bonds(
        self, units: Collection[UnitId], first: date, last: date
    ) -> Mapping[UnitId, Sequence[BondIn]]:
        """Whoever was bound to one of these units at any time between two days."""


OfUnits = Mapping[tuple[SubjectId, int], Mapping[Paper, int]]
"""By member and year the rubrics that count something new of his units, each with the last entry that says it."""


def counting(shelf: Shelf, document: Document, year: int) -> list[Rubric]:
    """The versions of a rubric that count what is on record of members' units and may govern some of a calendar year."""
    if document.sort is not Sort.RUBRIC:
        return []
    begun = (shelf.rubric(v) for v in document.versions if v.since.year <= year)
    return [rubric for rubric in begun if rubric.counted_of_units]


def concerned(
    stale: Stale, papers: Iterable[Document], shelf: Shelf, source: Bonds, today: date
) -> OfUnits:
    """Whose cards, under which rubrics, follow from what was said of units; nobody's where no rubric counts it.

    It goes by documents and bonds as they stand: whatever changes these makes the same cards anew by a later entry, so that entries read one by one, in any batches or all at once come to the same.
    """
    found: dict[tuple[SubjectId, int], dict[Paper, int]] = {}
    if not (stale.units or stale.kinds):
        return found
    years = {year for _, year, _ in stale.units}
    for document in papers:
        paper = (document.sort, document.code)
        begins = min((v.since.year for v in document.versions), default=today.year)
        for year in sorted(years | ({*range(begins, today.year + 1)} if stale.kinds else set())):
            rubrics = counting(shelf, document, year)
            if not rubrics:
                continue
            units = _units_of(stale, rubrics, year)
            back = any(rubric.looks_back for rubric in rubrics)
            first = date.min if back else date(year, 1, 1)
            bound = source.bonds(units, first, date(year, 12, 31)) if units else {}
            for unit, bonds in bound.items():
                for bond in bonds:
                    of = found.setdefault((bond.subject, year), {})
                    of[paper] = max(of.get(paper, 0), units[unit])
    return found


def _units_of(stale: Stale, rubrics: Iterable[Rubric], year: int) -> dict[UnitId, int]:
    """The units of which something was said that one of these rubrics goes by in a year, each with the last entry that said it."""
    counted = frozenset[str]().union(*(rubric.counted_of_units for rubric in rubrics))
    last: dict[UnitId, int] = {}
    for (subject, of, kind), position in stale.units.items():
        if of == year and kind in counted:
            unit = UnitId(subject.removeprefix("unit/"))
            last[unit] = max(last.get(unit, 0), position)
    if any(rubric.names_kinds for rubric in rubrics):
        for unit, position in stale.kinds.items():
            last[unit] = max(last.get(unit, 0), position)
    return last
