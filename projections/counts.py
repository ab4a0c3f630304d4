"""Counts of what a ledger holds, and the gaps in its roster."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, Connection, FromClause, func, or_, select

from domain.document import Sort
from domain.roster import BOND_OF_SIDE
from domain.unit import Side
from projections.as_of import position_now
from projections.deeds import deed_rows
from projections.documents import document_versions
from projections.facts import DUE, fact_versions
from projections.roster import TERM, bonds, bound, known, opened, unit_versions


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """How much a ledger holds on a day; `without_sector` and `without_studio` count members who lack that side."""

    position: int
    committee: str
    members: int
    units: int
    deeds: int
    facts: int
    waiting: int
    returned: int
    rubrics: int
    checklists: int
    without_sector: int
    without_studio: int


def counts(connection: Connection, ledger: str, *, today: date) -> Counts:
    """What the ledger holds today."""

    def number(table: FromClause, *where: ColumnElement[bool]) -> int:
        asked = select(func.count()).select_from(table).where(table.c.ledger == ledger, *where)
        return connection.execute(asked).scalar_one()

    # Another name for the table: `bound` looks into it once more for each subject.
    terms = bonds.alias("terms")
    members = select(terms.c.subject).where(
        terms.c.ledger == ledger,
        terms.c.bond == TERM,
        known(terms, None),
        terms.c.since <= today,
        terms.c.until >= today,
    )

    def without(side: Side) -> int:
        bond = BOND_OF_SIDE[side].value
        lacking = members.where(~bound(terms.c.subject, ledger, today, None, bond=bond))
        return connection.execute(
            select(func.count()).select_from(lacking.distinct().subquery())
        ).scalar_one()

    papers = document_versions
    return Counts(
        position=position_now(connection, ledger),
        committee=connection.execute(
            select(opened.c.committee).where(opened.c.ledger == ledger)
        ).scalar_one_or_none()
        or "",
        members=connection.execute(
            select(func.count()).select_from(members.distinct().subquery())
        ).scalar_one(),
        units=number(unit_versions, known(unit_versions, None)),
        deeds=number(deed_rows, deed_rows.c.gone == ""),
        facts=number(fact_versions, known(fact_versions, None)),
        waiting=number(fact_versions, or_(*(due >= today for due in DUE.values()))),
        returned=number(deed_rows, deed_rows.c.returned > 0, deed_rows.c.gone == ""),
        rubrics=number(papers, known(papers, None), papers.c.sort == Sort.RUBRIC.value),
        checklists=number(papers, known(papers, None), papers.c.sort == Sort.CHECKLIST.value),
        without_sector=without(Side.SECTOR),
        without_studio=without(Side.STUDIO),
    )
