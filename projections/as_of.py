"""Time travel: from an instant or a day to a position, and the roster as it was known there."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import (
    BigInteger,
    Column,
    Connection,
    Index,
    Table,
    bindparam,
    select,
)

from domain.entry import Entry
from domain.roster import Roster
from projections import roster as rosters
from projections.columns import METADATA, NOTHING, Day, Instant, Row, Word, ledger_column, micros
from projections.entry_kinds import kind_of_entry

positions = Table(
    "positions",
    METADATA,
    ledger_column(),
    Column("position", BigInteger, nullable=False),
    Column("derived_on", Day, nullable=False),
    Column("rebuilt", BigInteger, nullable=False),
)
"""How far each ledger has been read, the day that its derived rows were made for, and how often all rows were made anew."""

entries = Table(
    "entries",
    METADATA,
    ledger_column(),
    Column("position", BigInteger, primary_key=True, autoincrement=False),
    Column("at", Instant, nullable=False),
    Column("by", Word, nullable=False),
    Column("kind", Word, nullable=False),
    Column("cause", Word, nullable=False),
    Index("entries_at", "ledger", "at", "position"),
    Index("entries_by", "ledger", "by", "position"),
    Index("entries_of_kind", "ledger", "kind", "position"),
)
"""When each entry was recorded and by whom, what sort it is of, and with which batch it came, if with one."""
Index(
    "entries_of_cause",
    entries.c.ledger,
    entries.c.cause,
    entries.c.position,
    sqlite_where=entries.c.cause != NOTHING,
    postgresql_where=entries.c.cause != NOTHING,
)

purged = Table(
    "purged",
    METADATA,
    ledger_column(),
    Column("subject", Word, primary_key=True),
)
"""Those whose keys were gone when the rows were last made."""

quarantine = Table(
    "quarantine",
    METADATA,
    ledger_column(),
    Column("position", BigInteger, primary_key=True, autoincrement=False),
    Column("stream", Word, nullable=False),
    Column("name", Word, nullable=False),
    Column("error", Word, nullable=False),
)
"""Entries that could not be folded and were set aside."""


def entry_row(ledger: str, entry: Entry[Any]) -> Row:
    """The row of an entry."""
    told = entry.envelope
    kind = kind_of_entry(entry).value
    return (ledger, entry.position, micros(told.at), told.by, kind, told.cause)


def position_now(connection: Connection, ledger: str) -> int:
    """The position up to which this ledger has been read; 0 before the first batch."""
    return connection.execute(_POSITION, {"ledger": ledger}).scalar_one_or_none() or 0


_POSITION = select(positions.c.position).where(positions.c.ledger == bindparam("ledger"))


def position_at(connection: Connection, ledger: str, instant: datetime) -> int:
    """The last position recorded at or before an instant (with a zone); 0 where there is none."""
    newest = (
        select(entries.c.position)
        .where(entries.c.ledger == ledger, entries.c.at <= instant)
        .order_by(entries.c.at.desc(), entries.c.position.desc())
        .limit(1)
    )
    return connection.execute(newest).scalar_one_or_none() or 0


def position_on(connection: Connection, ledger: str, day: date) -> int:
    """The last position recorded on or before a local day."""
    zone = _zone(connection, ledger)
    return position_at(connection, ledger, datetime.combine(day, time.max, zone))


def day_at(connection: Connection, ledger: str, position: int) -> date:
    """The local day on which the newest entry up to a position was recorded; the first day of time where there is none."""
    at = connection.execute(
        select(entries.c.at)
        .where(entries.c.ledger == ledger, entries.c.position <= position)
        .order_by(entries.c.position.desc())
        .limit(1)
    ).scalar_one_or_none()
    return date.min if at is None else at.astimezone(_zone(connection, ledger)).date()


def _zone(connection: Connection, ledger: str) -> ZoneInfo:
    found = connection.execute(
        select(rosters.opened.c.zone).where(rosters.opened.c.ledger == ledger)
    ).scalar_one_or_none()
    return ZoneInfo(found or "Asia/Shanghai")


def roster(connection: Connection, ledger: str, position: int | None = None) -> Roster:
    """The whole roster as known at a position, or now."""
    return rosters.roster(connection, ledger, position)


def quarantined(connection: Connection, ledger: str) -> list[tuple[int, str, str, str]]:
    """The entries that were set aside: position, stream, name and error."""
    found = connection.execute(
        select(quarantine.c.position, quarantine.c.stream, quarantine.c.name, quarantine.c.error)
        .where(quarantine.c.ledger == ledger)
        .order_by(quarantine.c.position)
    )
    return [(row.position, row.stream, row.name, row.error) for row in found]
