"""Totals and progress with lists in the order of the roster: sector by sector, then by number; of everybody, or of one unit."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Any

from sqlalchemy import Connection, and_, func, literal, select, tuple_

from domain.fact import SubjectId
from domain.people import PersonId, UnitId
from domain.period import Period
from domain.scorecard import Points
from domain.unit import Side
from projections import roster
from projections.checklists import ProgressLine, progress_lines_of
from projections.documents import Shelf
from projections.paging import MOST, Key, Page, checked_limit, page_of
from projections.roster import NO_SECTOR, TERM, bonds, known, person_versions, unit_versions
from projections.scorecards import CardLine, card_lines_of


@dataclass(frozen=True, slots=True, kw_only=True)
class SheetLine:
    """A total with the sector under which it stands; the sector is empty where there is none."""

    card: CardLine
    sector: str


def sheet(
    connection: Connection,
    ledger: str,
    shelf: Shelf,
    *,
    period: Period,
    today: date,
    rubric: str,
    unit: UnitId | None = None,
    least: int | None = None,
    below: int | None = None,
    position: int | None = None,
    after: Key | None = None,
    limit: int = 50,
) -> Page[SheetLine]:
    """Members' totals under one rubric for a calendar year, by sector, then number; of those bound to a unit where one is named.

    `least` and `below` leave the totals from one figure to short of another.

    Sectors and units are those of the last day of the year, or of today in a year that goes on.
    """
    checked_limit(limit)
    day = max(period.first, min(today, period.last))
    # Of a stretch there may be few among many: as many are looked at in one go as may be.
    at_once = limit if least is below is None else MOST
    lines: list[tuple[Key, SheetLine]] = []
    while len(lines) <= limit:
        some = _members(connection, ledger, period, day, unit, position, after, at_once + 1)
        cards = card_lines_of(
            connection,
            ledger,
            shelf,
            [PersonId(row.person) for row in some],
            period=period,
            today=today,
            rubric=rubric,
            position=position,
        )
        for row in some:
            subject = SubjectId(f"member/{row.person}")
            sector = "" if row.sector == NO_SECTOR else row.sector
            if subject in cards and _within(cards[subject].total, least, below):
                lines.append((_key(row), SheetLine(card=cards[subject], sector=sector)))
        if len(some) <= at_once:
            break
        after = _key(some[-1])
    page = page_of(lines, limit, lambda each: each[0])
    return Page(rows=tuple(line for _, line in page.rows), after=page.after)


@dataclass(frozen=True, slots=True, kw_only=True)
class ProgressOfSheet:
    """Progress with a list, with the sector under which it stands; the sector is empty where there is none."""

    progress: ProgressLine
    sector: str


def progress(
    connection: Connection,
    ledger: str,
    shelf: Shelf,
    *,
    period: Period,
    today: date,
    code: str,
    unit: UnitId | None = None,
    position: int | None = None,
    after: Key | None = None,
    limit: int = 50,
) -> Page[ProgressOfSheet]:
    """Members' progress with one list, by sector, then number; of those bound to a unit where one is named."""
    checked_limit(limit)
    day = max(period.first, min(today, period.last))
    lines: list[tuple[Key, ProgressOfSheet]] = []
    while len(lines) <= limit:
        some = _members(connection, ledger, period, day, unit, position, after, limit + 1)
        found = progress_lines_of(
            connection,
            ledger,
            shelf,
            [PersonId(row.person) for row in some],
            period=period,
            today=today,
            code=code,
            position=position,
        )
        for row in some:
            subject = SubjectId(f"member/{row.person}")
            sector = "" if row.sector == NO_SECTOR else row.sector
            if subject in found:
                lines.append((_key(row), ProgressOfSheet(progress=found[subject], sector=sector)))
        if len(some) <= limit:
            break
        after = _key(some[-1])
    page = page_of(lines, limit, lambda each: each[0])
    return Page(rows=tuple(line for _, line in page.rows), after=page.after)


def _within(total: Points, least: int | None, below: int | None) -> bool:
    points = Fraction(total)
    return (least is None or points >= least) and (below is None or points < below)


def _key(row: Any) -> Key:
    return (row.sector, len(row.number), row.number, row.person)


def _members(
    connection: Connection,
    ledger: str,
    period: Period,
    day: date,
    unit: UnitId | None,
    position: int | None,
    after: Key | None,
    limit: int,
) -> Sequence[Any]:
    """Those who were members in a period, with their sectors on a day, in the order of the roster."""
    people, terms = person_versions.c, bonds.alias("terms")
    subject = "member/" + people.person
    homes = select(
        people.person,
        people.number,
        roster.home(subject, ledger, literal(day, bonds.c.since.type), Side.SECTOR, position).label(
            "unit"
        ),
    ).where(
        people.ledger == ledger,
        known(person_versions, position),
        select(terms.c.nth)
        .where(
            terms.c.ledger == ledger,
            terms.c.subject == subject,
            terms.c.bond == TERM,
            known(terms, position),
            terms.c.since <= period.last,
            terms.c.until >= period.first,
        )
        .exists(),
    )
    if unit is not None:
        homes = homes.where(roster.bound(subject, ledger, day, position, unit=unit))
    found, units = homes.subquery("found"), unit_versions.c
    sector = func.coalesce(units.name, NO_SECTOR)
    length = func.length(found.c.number)
    asked = (
        select(found.c.person, found.c.number, sector.label("sector"))
        .outerjoin(
            unit_versions,
            and_(
                units.ledger == ledger,
                units.unit == found.c.unit,
                known(unit_versions, position),
            ),
        )
        .order_by(sector, length, found.c.number, found.c.person)
        .limit(limit)
    )
    if after is not None:
        asked = asked.where(tuple_(sector, length, found.c.number, found.c.person) > tuple_(*after))
    return connection.execute(asked).all()
