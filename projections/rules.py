"""The register of rule documents: which rule governs on a day, as known now or at a position."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection

from domain import rule as rules
from domain.people import UnitId
from domain.rule import Governed, Rule
from projections import documents
from projections.documents import Shelf


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleLine:
    """A rule document in the register: whether it is in force on the day, and what it governs that nobody has published yet."""

    rule: Rule
    in_force: bool
    unpublished: tuple[Governed, ...]


def rules_on(
    connection: Connection,
    ledger: str,
    shelf: Shelf,
    day: date,
    *,
    unit: UnitId | None = None,
    governs: Governed | None = None,
    every: bool = False,
    position: int | None = None,
) -> list[RuleLine]:
    """The rules in force on that day, those that began last first; of one document, the one that governs it.

    `unit` asks how things stand in that unit, where rules may be on trial; `every` lists also what is over or yet to begin.
    """
    papers = documents.states(connection, ledger, shelf, position=position)
    published = {(paper.sort, paper.code) for paper in papers}
    known = rules.register(papers, shelf.rule)
    standing = rules.in_force_on(known, day, unit)
    if every:
        found = [r for r in known if governs is None or governs in r.document.governs]
    elif governs is None:
        found = standing
    else:
        one = rules.governing(known, governs.sort, governs.code, day, unit)
        found = [] if one is None else [one]
    return [
        RuleLine(
            rule=rule,
            in_force=rule in standing,
            unpublished=tuple(
                g for g in rule.document.governs if (g.sort, g.code) not in published
            ),
        )
        for rule in found
    ]
