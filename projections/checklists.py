"""Checklists: how far each member has come with each list, and the grids of units."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection

from domain.checklist import Checklist, Grid, Progress
from domain.fact import SubjectId
from domain.people import PersonId, UnitId
from domain.rubric import Period
from projections.documents import Shelf
from projections.paging import Key, Page


@dataclass(frozen=True, slots=True, kw_only=True)
class MemberList:
    """A member's progress with the list that asks for it; `position` is the last entry that bears on it."""

    progress: Progress
    checklist: Checklist
    position: int


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitList:
    """A unit's grid with the list that asks for it; `position` is the last entry that bears on it."""

    grid: Grid
    checklist: Checklist
    position: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ProgressLine:
    """A member's progress as a list shows it: `done` of `of`, and the state of each slot in order."""

    member: SubjectId
    name: str
    number: str
    checklist: str
    version: str
    period: Period
    done: int
    of: int
    slots: tuple[str, ...]
    position: int


def of_member(
    connection: Connection,
    ledger: str,
    shelf: Shelf,
    person: PersonId,
    *,
    period: Period,
    today: date,
    code: str | None = None,
    position: int | None = None,
) -> list[MemberList]:
    """A member's progress under every member list in force in the period, or one; as of a position or now."""
    raise NotImplementedError


def of_unit(
    connection: Connection,
    ledger: str,
    shelf: Shelf,
    unit: UnitId,
    *,
    period: Period,
    today: date,
    code: str | None = None,
    position: int | None = None,
) -> list[UnitList]:
    """A unit's grid under every unit list in force in the period, or one; as of a position or now."""
    raise NotImplementedError


def progress_lines(
    connection: Connection,
    ledger: str,
    shelf: Shelf,
    *,
    period: Period,
    today: date,
    code: str,
    after: Key | None = None,
    limit: int = 50,
) -> Page[ProgressLine]:
    """All members' progress with one list for a calendar year, by name."""
    raise NotImplementedError
