"""What `as of` means at each door: a position, an instant or a local day."""

from __future__ import annotations

import re
from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from domain.people import Reason, Refused
from projections import as_of

_DAY = re.compile(r"\d{4}-\d\d-\d\d")
_YEARS = range(1949, 2201)
_SHAPES = "12, 2026-03-31, 2026-03-31T08:00:00+08:00"


def position_of(
    connection: Connection, ledger: str, said: str, field: str, zone: ZoneInfo | None = None
) -> int:
    """The position that is meant, never past what can be read; an instant without a zone is in `zone`, refused where none."""
    if said.isascii() and said.isdigit() and len(said) < len("9223372036854775807"):
        return min(int(said), as_of.position_now(connection, ledger))
    try:
        day = date.fromisoformat(said) if _DAY.fullmatch(said) else None
        # A plus sign that was not escaped in an address arrives as a space.
        instant = datetime.fromisoformat(said.replace(" ", "+"))
    except ValueError as error:
        raise Refused(Reason.MALFORMED, field, _SHAPES) from error
    if instant.year not in _YEARS:
        raise Refused(Reason.MALFORMED, field, f"{_YEARS[0]}–{_YEARS[-1]}")
    if day is not None:
        return as_of.position_on(connection, ledger, day)
    if instant.tzinfo is None:
        if zone is None:
            raise Refused(Reason.MALFORMED, field, "+08:00, Z")
        instant = instant.replace(tzinfo=zone)
    return as_of.position_at(connection, ledger, instant)


def day_of(
    connection: Connection, ledger: str, said: str, field: str, zone: ZoneInfo | None = None
) -> date:
    """The local day that is meant: what time alone changes, such as a side's silence, is told as of that day."""
    if _DAY.fullmatch(said):
        return date.fromisoformat(said)
    position = position_of(connection, ledger, said, field, zone)
    return as_of.day_at(connection, ledger, position)
