"""The queue of a unit: lines of dual management that it answers for today, for itself or standing in."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection

from domain.fact import SubjectId
from domain.people import PersonId, UnitId
from domain.unit import Side
from projections.deeds import DeedSummary
from projections.paging import Key, Page


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitingLine:
    """A line and the side that is awaited; `home` is the unit of the day, `until` the last day of the window, none without end."""

    subject: SubjectId
    name: str
    side: Side
    home: UnitId | None
    until: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitingDeed:
    """A record with those of its lines that this unit answers for."""

    deed: DeedSummary
    lines: tuple[WaitingLine, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitingCount:
    """How many lines of how many records wait for a unit."""

    lines: int
    deeds: int


def waiting(
    connection: Connection,
    ledger: str,
    unit: UnitId,
    *,
    today: date,
    person: PersonId | None = None,
    after: Key | None = None,
    limit: int = 50,
) -> Page[WaitingDeed]:
    """What this unit answers for today, oldest first; `person` leaves out the lines of the one who looks."""
    raise NotImplementedError


def waiting_count(
    connection: Connection, ledger: str, unit: UnitId, *, today: date
) -> WaitingCount:
    """How much waits for a unit."""
    raise NotImplementedError
