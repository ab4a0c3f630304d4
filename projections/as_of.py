"""Time travel: from an instant or a day to a position, and the roster as it was known there."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import Connection

from domain.roster import Roster


def position_now(connection: Connection, ledger: str) -> int:
    """The position up to which this ledger has been read; 0 before the first batch."""
    raise NotImplementedError


def position_at(connection: Connection, ledger: str, instant: datetime) -> int:
    """The last position recorded at or before an instant (with a zone); 0 where there is none."""
    raise NotImplementedError


def position_on(connection: Connection, ledger: str, day: date) -> int:
    """The last position recorded on or before a local day."""
    raise NotImplementedError


def roster(connection: Connection, ledger: str, position: int | None = None) -> Roster:
    """The whole roster as known at a position, or now."""
    raise NotImplementedError
