"""Counts of what a ledger holds, and the gaps in its roster."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, Connection, FromClause, Select, func, select

from domain.document import Sort
from domain.people import UnitId
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Attention:
    """What of a ledger asks for somebody's attention today; each figure is found by an index, however long the ledger is."""

    members: int
    waiting: int
    returned: int
    without_sector: int
    without_studio: int


def attention(connection: Connection, ledger: str, *, today: date) -> Attention:
    """How many members there are, how many of them lack a side, how many lines wait, how many records are being checked."""
    lines = fact_versions.c

    def awaited(*sides: ColumnElement[bool]) -> int:
        asked = select(func.count()).where(lines.ledger == ledger, *sides)
        return connection.execute(asked).scalar_one()

    # A line of which both sides are awaited is one line.
    sector, studio = (due >= today for due in DUE.values())
    returned = (deed_rows.c.ledger == ledger) & deed_rows.c.in_question
    return Attention(
        members=_number(connection, _members(ledger, today).distinct().subquery()),
        waiting=awaited(sector) + awaited(studio) - awaited(sector, studio),
        returned=connection.execute(
            select(func.count()).select_from(deed_rows).where(returned)
        ).scalar_one(),
        without_sector=_lacking(connection, ledger, today, Side.SECTOR),
        without_studio=_lacking(connection, ledger, today, Side.STUDIO),
    )


def returned_to(connection: Connection, ledger: str, recorder: UnitId) -> int:
    """How many records that a unit made are returned for checking, by the index of those that are."""
    rows = deed_rows.c
    asked = (rows.ledger == ledger) & rows.in_question & (rows.recorder == recorder)
    return connection.execute(select(func.count()).select_from(deed_rows).where(asked)).scalar_one()


# Another name for the table: `bound` looks into it once more for each subject.
_TERMS = bonds.alias("terms")


def _members(ledger: str, today: date) -> Select[tuple[str]]:
    return select(_TERMS.c.subject).where(
        _TERMS.c.ledger == ledger,
        _TERMS.c.bond == TERM,
        known(_TERMS, None),
        _TERMS.c.since <= today,
        _TERMS.c.until >= today,
    )


def _lacking(connection: Connection, ledger: str, today: date, side: Side) -> int:
    """How many members have no bond of this side."""
    bond = BOND_OF_SIDE[side].value
    lacking = _members(ledger, today).where(
        ~bound(_TERMS.c.subject, ledger, today, None, bond=bond)
    )
    return _number(connection, lacking.distinct().subquery())


def _number(connection: Connection, of: FromClause) -> int:
    return connection.execute(select(func.count()).select_from(of)).scalar_one()


def counts(connection: Connection, ledger: str, *, today: date) -> Counts:
    """What the ledger holds today."""

    def number(table: FromClause, *where: ColumnElement[bool]) -> int:
        asked = select(func.count()).select_from(table).where(table.c.ledger == ledger, *where)
        return connection.execute(asked).scalar_one()

    papers, asks = document_versions, attention(connection, ledger, today=today)
    return Counts(
        position=position_now(connection, ledger),
        committee=connection.execute(
            select(opened.c.committee).where(opened.c.ledger == ledger)
        ).scalar_one_or_none()
        or "",
        members=asks.members,
        units=number(unit_versions, known(unit_versions, None)),
        deeds=number(deed_rows, deed_rows.c.gone == ""),
        facts=number(fact_versions, known(fact_versions, None)),
        waiting=asks.waiting,
        returned=asks.returned,
        rubrics=number(papers, known(papers, None), papers.c.sort == Sort.RUBRIC.value),
        checklists=number(papers, known(papers, None), papers.c.sort == Sort.CHECKLIST.value),
        without_sector=asks.without_sector,
        without_studio=asks.without_studio,
    )
