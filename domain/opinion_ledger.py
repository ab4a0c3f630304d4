"""The month's ledger of opinions (民情信息月台账) of a township: of which month a report that there was nothing speaks, and how a month stands."""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import Any

from domain.kinds.county import DidOtherMatter
from domain.kinds.units import Document, SubmittedDocument
from domain.words import Choice

FEEDBACK = "monthly_feedback"
"""The code of a county's own matter that stands for a month's zero report."""
_MONTH = re.compile(
    r"(?<!\d)(?<!\d[-—–~至到、,,和及/.])"
    r"(?:(?P<year>\d{4})(?:[年./-]|(?=\d\d(?!\d))))?(?P<month>1[0-2]|0?[1-9])(?:月|$)"
)
"""A month, with its year or without, in words without spaces; not the end of a stretch of several."""


class Month(Choice):
    """How a township's month stands."""

    KEPT = "kept", "有登记", "has reports"
    ZERO = "zero", "零报告", "reported that there was nothing"
    MISSING = "missing", "缺零报告", "nothing and no zero report"
    RUNNING = "running", "本月未完", "not over yet"
    NONE = "none", "未设立", "not set up then"


def empty_month(details: Any, on: date) -> date | None:
    """The first day of the month of which something says that there was nothing; none where it says no such thing.

    A document says its month in words (3月, 2025年3月, 2025-03, 202503); where it says none, or several, it is of the month before it was due, else before it
    came. No month is known before the first year that there is.
    """
    match details:
        case DidOtherMatter(code=code) if code == FEEDBACK:
            return on.replace(day=1)
        case SubmittedDocument(document=Document.OPINION_LEDGER, zero_report=True) as ledger:
            due = ledger.due or on
            found = list(_MONTH.finditer("".join(ledger.covers.split())))
            said = found[0] if len(found) == 1 else None
            if said is None:
                year, month = (due.year, due.month - 1) if due.month > 1 else (due.year - 1, 12)
            else:
                month = int(said["month"])
                # December's comes in January.
                year = int(said["year"]) if said["year"] else due.year - (month > due.month)
            return date(year, month, 1) if year else None
        case _:
            return None


def _first(day: date) -> date:
    return day.replace(day=1)


def month_of(
    first: date, *, received: int, zero: bool, since: date, until: date | None, today: date
) -> Month:
    """How a month stands, of a township that was there from a day until another."""
    last = last_of(first)
    if since > last or (until is not None and until < first):
        return Month.NONE
    if received:
        return Month.KEPT
    if zero:
        return Month.ZERO
    return Month.RUNNING if last >= today else Month.MISSING


def last_of(first: date) -> date:
    """The last day of a month."""
    return _first(first + timedelta(days=32)) - timedelta(days=1)
