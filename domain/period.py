"""Periods: the days that an account is drawn up for, and the parts that they consist of."""

from __future__ import annotations

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Self

from domain.fact import Fact
from domain.kinds.about import Shape
from domain.words import Choice


class Span(Choice):
    """How long a period is."""

    YEAR = "year", "自然年度", "calendar year"
    SESSION_YEAR = "session_year", "会期年度(本次全会至下次全会)", "year from plenary to plenary"
    HALF = "half", "半年", "half-year"
    QUARTER = "quarter", "季度"
    MONTH = "month", "月"
    TWO_YEARS = "two_years", "两年"
    TERM = "term", "届", "term"

    @property
    def is_of_calendar(self) -> bool:
        """Whether the calendar alone bounds it."""
        return self in _MONTHS


_CODE = re.compile(r"([1-9]\d{3})(?:-(?:H([12])|Q([1-4])|(0[1-9]|1[0-2])))?", re.ASCII)
"""How a calendar year, half, quarter or month is written: 2025, 2025-H1, 2025-Q2, 2025-06."""
_MONTHS = {Span.TWO_YEARS: 24, Span.YEAR: 12, Span.HALF: 6, Span.QUARTER: 3, Span.MONTH: 1}


@dataclass(frozen=True, slots=True, kw_only=True)
class Period:
    """The days that an account is drawn up for, both ends included."""

    span: Span
    first: date
    last: date

    @classmethod
    def year(cls, year: int) -> Self:
        """A calendar year."""
        return cls(span=Span.YEAR, first=date(year, 1, 1), last=date(year, 12, 31))

    @classmethod
    def around(cls, span: Span, day: date, begins: int = 1) -> Self:
        """The calendar month, quarter, half, year or two years that a day lies in; two years are counted from the year `begins`.

        Raises ValueError for spans that no calendar bounds.
        """
        months = _MONTHS.get(span)
        if months is None:
            raise ValueError(span.value)
        counted = (day.year - begins) * 12 + day.month - 1
        first = counted - counted % months
        year, month = begins + first // 12, first % 12 + 1
        end = begins + (first + months - 1) // 12, (first + months - 1) % 12 + 1
        return cls(span=span, first=date(year, month, 1), last=date(*end, monthrange(*end)[1]))

    @classmethod
    def coded(cls, code: str) -> Self | None:
        """The calendar year, half, quarter or month that is written so: 2025, 2025-H1, 2025-Q2, 2025-06; none where none is."""
        found = _CODE.fullmatch(code)
        if found is None:
            return None
        year, half, quarter, month = found.groups()
        if half:
            return cls.around(Span.HALF, date(int(year), 6 * int(half), 1))
        if quarter:
            return cls.around(Span.QUARTER, date(int(year), 3 * int(quarter), 1))
        if month:
            return cls.around(Span.MONTH, date(int(year), int(month), 1))
        return cls.year(int(year))

    @property
    def code(self) -> str:
        """How it is written wherever it is asked for: as `coded` reads it, or by its first and last day, 2022-01-10..2025-12-31."""
        first = self.first
        match self.span:
            case Span.YEAR:
                return str(first.year)
            case Span.HALF:
                return f"{first.year}-H{1 if first.month == 1 else 2}"
            case Span.QUARTER:
                return f"{first.year}-Q{(first.month + 2) // 3}"
            case Span.MONTH:
                return f"{first:%Y-%m}"
            case Span.TWO_YEARS | Span.TERM | Span.SESSION_YEAR:
                return f"{first}..{self.last}"

    @property
    def only_year(self) -> int | None:
        """The calendar year that all of its days lie in; none where they lie in several."""
        return self.first.year if self.first.year == self.last.year else None

    @property
    def months(self) -> tuple[tuple[date, date], ...]:
        """The calendar months that it touches, first and last day of each."""
        found = []
        year, month = self.first.year, self.first.month
        while (year, month) <= (self.last.year, self.last.month):
            found.append((date(year, month, 1), date(year, month, monthrange(year, month)[1])))
            year, month = (year + 1, 1) if month == 12 else (year, month + 1)
        return tuple(found)

    @property
    def before(self) -> Period:
        """The one before it, of a span that the calendar bounds; raises ValueError for others."""
        return Period.around(self.span, self.first - timedelta(days=1), begins=self.first.year)

    @property
    def after(self) -> Period:
        """The one after it, of a span that the calendar bounds; raises ValueError for others."""
        return Period.around(self.span, self.last + timedelta(days=1), begins=self.first.year)

    def holds(self, day: date) -> bool:
        """Whether that day lies in it."""
        return self.first <= day <= self.last

    def has(self, fact: Fact[Any]) -> bool:
        """Whether a fact belongs to it: by its day, and a pairing by being in force at any time of it."""
        if fact.details.about.shape is Shape.PAIRING:
            return fact.on <= self.last and (fact.until is None or self.first <= fact.until)
        return self.first <= fact.on <= self.last

    def parts(self, span: Span) -> tuple[Period, ...]:
        """The calendar months, quarters, halves or years that it consists of; itself where it has no such parts."""
        months = _MONTHS.get(span)
        if months is None or months >= _MONTHS.get(self.span, months + 1):
            return (self,)
        found: list[Period] = []
        part = Period.around(span, self.first, begins=self.first.year)
        while part.first <= self.last:
            found.append(part)
            part = part.after
        return tuple(found)

    @property
    def zh(self) -> str:
        """How it is called in Chinese."""
        year = f"{self.first.year}年"
        match self.span:
            case Span.YEAR:
                return f"{year}度"
            case Span.HALF:
                return year + ("上半年" if self.first.month == 1 else "下半年")
            case Span.QUARTER:
                return f"{year}第{(self.first.month + 2) // 3}季度"
            case Span.MONTH:
                return f"{year}{self.first.month}月"
            case Span.TWO_YEARS:
                return f"{self.first.year}—{self.last.year}年"
            case Span.SESSION_YEAR | Span.TERM:
                return f"{self.first.isoformat()}至{self.last.isoformat()}"

    @property
    def en(self) -> str:
        """How it is called in English."""
        match self.span:
            case Span.YEAR:
                return str(self.first.year)
            case Span.HALF:
                return f"{self.first.year} H{1 if self.first.month == 1 else 2}"
            case Span.QUARTER:
                return f"{self.first.year} Q{(self.first.month + 2) // 3}"
            case Span.MONTH:
                return f"{self.first.year}-{self.first.month:02}"
            case Span.TWO_YEARS:
                return f"{self.first.year}-{self.last.year}"
            case Span.SESSION_YEAR | Span.TERM:
                return f"{self.first.isoformat()} to {self.last.isoformat()}"
