"""What a day and `as of` mean at each door: a position, an instant or a local day."""

from __future__ import annotations

import re
from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from application.clock import now
from domain.people import Reason, Refused
from domain.period import Period, Span
from domain.words import Label
from interfaces.forms import DAY, given
from interfaces.wiring import Desk
from projections import as_of

_DAY = re.compile(r"\d{4}-\d\d-\d\d")
_YEARS = range(1949, 2201)
_SHAPES = Label(
    "位置、日期或时刻,如 12、2026-03-31、2026-03-31T08:00:00+08:00",
    "a position, a day or an instant, such as 12, 2026-03-31, 2026-03-31T08:00:00+08:00",
)
_OF_OUR_TIME = Label(
    f"{_YEARS[0]} 至 {_YEARS[-1]} 年之间", f"of the years {_YEARS[0]} to {_YEARS[-1]}"
)
_DAYS = re.compile(r"(\d{4}-\d\d-\d\d)\.\.(\d{4}-\d\d-\d\d)")
_LONGEST = 10
"""Years that days from one to another may lie in at the most: a term with its eve and its end."""
_PERIODS = Label(
    "年、半年、季度、月或起止日期,如 2025、2025-H1、2025-Q2、2025-06、2022-01-10..2025-12-31",
    "a year, half, quarter, month or days from one to another, such as 2025, 2025-H1, 2025-Q2, 2025-06, 2022-01-10..2025-12-31",
)
_IN_ORDER = Label(
    f"起日不晚于止日,前后不超过{_LONGEST}年",
    f"a first day not after the last, within {_LONGEST} years",
)
_ZONED = Label("带时区的时刻,如 …+08:00 或 …Z", "an instant with its zone, such as …+08:00 or …Z")


def day_said(said: str, field: str) -> date:
    """A day as YYYY-MM-DD."""
    try:
        return date.fromisoformat(said)
    except ValueError as error:
        raise Refused(Reason.MALFORMED, field, given(said), wanted=DAY) from error


def of_our_time(day: date, field: str) -> date:
    """The same day; refuses one so early or late that no other can be reckoned from it."""
    if day.year not in _YEARS:
        raise Refused(Reason.MALFORMED, field, day.isoformat(), wanted=_OF_OUR_TIME)
    return day


def period_said(said: str, field: str) -> Period:
    """A calendar year, half, quarter or month, or days from one to another, as since a term began: 2025, 2025-H1, 2025-Q2, 2025-06, 2022-01-10..2025-12-31."""
    days = _DAYS.fullmatch(said)
    if days is not None:
        first, last = (of_our_time(day_said(each, field), field) for each in days.groups())
        if not first <= last or last.year - first.year > _LONGEST:
            raise Refused(Reason.MALFORMED, field, given(said), wanted=_IN_ORDER)
        return Period(span=Span.TERM, first=first, last=last)
    found = Period.coded(said)
    if found is None or found.first.year not in _YEARS:
        raise Refused(Reason.MALFORMED, field, given(said), wanted=_PERIODS)
    return found


def position_of(
    connection: Connection, desk: Desk, said: str, field: str, zone: ZoneInfo | None = None
) -> int:
    """The position that is meant; refuses what lies ahead of the ledger, and an instant without a zone where none is told."""
    newest = as_of.position_now(connection, desk.code)
    if said.isascii() and said.isdigit() and len(said) < len("9223372036854775807"):
        if int(said) > newest:
            raise Refused(Reason.NOT_YET, field, f"{said} > {newest}")
        return int(said)
    try:
        day = date.fromisoformat(said) if _DAY.fullmatch(said) else None
        # A plus sign that was not escaped in an address arrives as a space.
        instant = datetime.fromisoformat(said.replace(" ", "+"))
    except ValueError as error:
        raise Refused(Reason.MALFORMED, field, given(said), wanted=_SHAPES) from error
    if instant.year not in _YEARS:
        raise Refused(Reason.MALFORMED, field, given(said), wanted=_OF_OUR_TIME)
    if day is not None:
        if day > desk.today():
            raise Refused(Reason.NOT_YET, field, said)
        return as_of.position_on(connection, desk.code, day)
    if instant.tzinfo is None:
        if zone is None:
            raise Refused(Reason.MALFORMED, field, given(said), wanted=_ZONED)
        instant = instant.replace(tzinfo=zone)
    if instant > now():
        raise Refused(Reason.NOT_YET, field, given(said))
    return as_of.position_at(connection, desk.code, instant)


def day_of(
    connection: Connection, desk: Desk, said: str, field: str, zone: ZoneInfo | None = None
) -> date:
    """The local day that is meant: what time alone changes, such as a side's silence, is told as of that day."""
    position = position_of(connection, desk, said, field, zone)
    if _DAY.fullmatch(said):
        return date.fromisoformat(said)
    return as_of.day_at(connection, desk.code, position)


def positions_between(
    connection: Connection,
    desk: Desk,
    since: str,
    until: str | None,
    fields: tuple[str, str],
    zone: ZoneInfo | None = None,
) -> tuple[int, int | None, date]:
    """Two moments as positions, with the local day of the later, which is now where it is not said; refuses them in the wrong order."""
    earlier, later = fields
    first = position_of(connection, desk, since, earlier, zone)
    if until is None:
        return first, None, desk.today()
    last = position_of(connection, desk, until, later, zone)
    are_days = _DAY.fullmatch(since) and _DAY.fullmatch(until)
    if first > last or (are_days and since > until):
        raise Refused(Reason.WRONG_ORDER, later, given(until))
    return first, last, day_of(connection, desk, until, later, zone)
