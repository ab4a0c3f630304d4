"""Which days are worked: weekends, public holidays, and weekend days that are worked in exchange, as the State publishes them year by year; and when a county's plenary sessions begin."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cached_property

from domain.people import Reason, Refused
from domain.selection import Problem
from domain.words import Label

EARLIEST, LATEST = 1949, 2100
"""The years of which there may be a calendar, and to which days belong that are planned."""
_SATURDAY = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Holiday:
    """Days off in a row, with their name."""

    zh: str
    en: str
    first: date
    last: date

    def days(self) -> Iterator[date]:
        """Each of its days."""
        for nth in range((self.last - self.first).days + 1):
            yield self.first + timedelta(days=nth)


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """A plenary session, with its name and its first day."""

    zh: str
    en: str
    first: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Calendar:
    """What a version of a year's calendar says; `workdays` are weekend days that are worked (调休上班), `sessions` the committee's own plenary sessions."""

    code: str
    version: str
    zh: str
    en: str
    since: date
    year: int
    until: date | None = None
    holidays: tuple[Holiday, ...] = ()
    workdays: tuple[date, ...] = ()
    sessions: tuple[Session, ...] = ()
    source: str = ""

    @property
    def tells_workdays(self) -> bool:
        """Whether it says which days are worked: one that holds sessions alone does not."""
        return bool(self.holidays or self.workdays or not self.sessions)


@dataclass(frozen=True, slots=True, kw_only=True)
class Crossed:
    """What of the calendar lies between two days: holidays, weekend days that are worked, years without a calendar."""

    holidays: tuple[Holiday, ...] = ()
    workdays: tuple[date, ...] = ()
    unknown_years: tuple[int, ...] = ()


@dataclass(frozen=True)
class WorkingDays:
    """The days that are worked, by the calendars that there are; in a year without one, only weekends rest."""

    calendars: tuple[Calendar, ...] = field(default=())

    @classmethod
    def of(cls, calendars: Iterable[Calendar]) -> WorkingDays:
        """By these calendars; of two of one year, the one that begins later. One that holds sessions alone says nothing of these days."""
        by_year: dict[int, Calendar] = {}
        for each in calendars:
            if not each.tells_workdays:
                continue
            before = by_year.get(each.year)
            if before is None or (each.since, each.code) >= (before.since, before.code):
                by_year[each.year] = each
        return cls(tuple(by_year[year] for year in sorted(by_year)))

    @cached_property
    def _years(self) -> frozenset[int]:
        return frozenset(each.year for each in self.calendars)

    @cached_property
    def _off(self) -> frozenset[date]:
        return frozenset(d for each in self.calendars for h in each.holidays for d in h.days())

    @cached_property
    def _worked(self) -> frozenset[date]:
        return frozenset(d for each in self.calendars for d in each.workdays)

    def covers(self, year: int) -> bool:
        """Whether there is a calendar of that year."""
        return year in self._years

    def is_working(self, day: date) -> bool:
        """Whether that day is worked."""
        if day in self._off:
            return False
        return day.weekday() < _SATURDAY or day in self._worked

    def after(self, start: date, number: int) -> date:
        """The day so many working days after the start, which does not count itself; the start where it is none."""
        day = start
        while number > 0:
            day += timedelta(days=1)
            number -= self.is_working(day)
        return day

    def between(self, start: date, end: date) -> int:
        """The number of working days after the start, up to and with the end."""
        days = (start + timedelta(days=n) for n in range(1, (end - start).days + 1))
        return sum(map(self.is_working, days))

    def crossed(self, start: date, end: date) -> Crossed:
        """What lies after the start, up to and with the end."""
        return Crossed(
            holidays=tuple(
                h for c in self.calendars for h in c.holidays if start < h.last and h.first <= end
            ),
            workdays=tuple(d for c in self.calendars for d in c.workdays if start < d <= end),
            unknown_years=tuple(y for y in range(start.year, end.year + 1) if not self.covers(y)),
        )


def check_day(day: date, field: str) -> None:
    """Refuse a day that is not of our time at `field`."""
    if not EARLIEST <= day.year <= LATEST:
        wanted = Label(
            f"{EARLIEST} 至 {LATEST} 年间的日期", f"a day of the years {EARLIEST} to {LATEST}"
        )
        raise Refused(Reason.MALFORMED, field, day.isoformat(), wanted=wanted)


def shifted(day: date, by: timedelta, field: str) -> date:
    """The day so much later or earlier; refused at `field` where that is not of our time."""
    try:
        found = day + by
    except OverflowError:
        found = date.max
    check_day(found, field)
    return found


def problems(calendar: Calendar) -> Iterator[Problem]:
    """What of a calendar contradicts itself."""
    if not EARLIEST <= calendar.year <= LATEST:
        yield Problem(
            path="/year",
            zh=f"应在 {EARLIEST} 至 {LATEST} 之间",
            en=f"has to be from {EARLIEST} to {LATEST}",
        )
    taken: set[date] = set()
    for i, holiday in enumerate(calendar.holidays):
        path = f"/holidays/{i}"
        if holiday.last < holiday.first:
            yield Problem(path=path, zh="结束日期早于开始日期", en="ends before it starts")
            continue
        if (holiday.last - holiday.first).days > _LONGEST:
            yield Problem(path=path, zh="长于一个月", en="is longer than a month")
            continue
        if calendar.year not in {holiday.first.year, holiday.last.year}:
            yield Problem(
                path=path, zh=f"不在{calendar.year}年", en=f"is not in the year {calendar.year}"
            )
        days = set(holiday.days())
        if days & taken:
            yield Problem(
                path=path, zh="与前面的节假日重叠", en="overlaps with a holiday before it"
            )
        taken |= days
    for i, day in enumerate(calendar.workdays):
        path = f"/workdays/{i}"
        if day in taken:
            yield Problem(path=path, zh="这一天在节假日之中", en="is one of the holidays")
        elif day.weekday() < _SATURDAY:
            yield Problem(
                path=path,
                zh="这一天本不是周末,无须写明上班",
                en="is no weekend day: it is worked anyway",
            )
        elif day in calendar.workdays[:i]:
            yield Problem(path=path, zh="重复写明", en="is given twice")
    for i, session in enumerate(calendar.sessions):
        path = f"/sessions/{i}"
        if session.first.year != calendar.year:
            yield Problem(
                path=path, zh=f"不在{calendar.year}年", en=f"is not in the year {calendar.year}"
            )
        elif i and session.first <= calendar.sessions[i - 1].first:
            yield Problem(
                path=path,
                zh="各次全会的首日应从早到晚,不得重复",
                en="first days of sessions go from early to late, each once",
            )


_LONGEST = 31
