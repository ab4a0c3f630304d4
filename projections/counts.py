"""Counts of what a ledger holds, and the gaps in its roster."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection


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
    raise NotImplementedError
