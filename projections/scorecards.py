"""Scorecards: each member under each rubric in force, explained line by line; derived, never ranked."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection

from domain.fact import SubjectId
from domain.people import PersonId
from domain.rubric import Period, Rubric
from domain.scoring import Points, Scorecard
from projections.documents import Shelf
from projections.paging import Key, Page


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """A scorecard with the rubric that explains it; `position` is the last entry that bears on it."""

    scorecard: Scorecard
    rubric: Rubric
    position: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CardLine:
    """A scorecard as a list shows it, by name; `position` is the last entry that bears on it."""

    member: SubjectId
    name: str
    number: str
    rubric: str
    version: str
    period: Period
    total: Points
    position: int


def cards(
    connection: Connection,
    ledger: str,
    shelf: Shelf,
    person: PersonId,
    *,
    period: Period,
    today: date,
    rubric: str | None = None,
    position: int | None = None,
) -> list[Card]:
    """A member's scorecards for a period under every rubric in force in it, or one; as of a position or now."""
    raise NotImplementedError


def card_lines(
    connection: Connection,
    ledger: str,
    shelf: Shelf,
    *,
    period: Period,
    today: date,
    rubric: str,
    after: Key | None = None,
    limit: int = 50,
) -> Page[CardLine]:
    """All members' totals under one rubric for a calendar year, by name, never by points."""
    raise NotImplementedError
