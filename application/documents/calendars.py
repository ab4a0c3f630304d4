"""Calendars of holidays and plenary sessions as documents write them."""

from __future__ import annotations

from typing import Annotated

from pydantic import BeforeValidator, Field

from application.documents.source import Flaw, Source, refuse
from application.documents.words import Day, Doc, Text, several
from domain import calendar as calendars
from domain.calendar import Calendar, Holiday, Session


class _HolidayDoc(Doc):
    zh: Text
    en: Text
    first: Day = Field(alias="from")
    last: Day | None = Field(default=None, alias="to")


class _SessionDoc(Doc):
    zh: Text
    en: Text
    first: Day = Field(alias="from")


class CalendarDoc(Doc):
    calendar: Text
    version: Text
    zh: Text
    en: Text
    since: Day
    until: Day | None = None
    year: int
    holidays: list[_HolidayDoc] = []
    workdays: Annotated[list[Day], BeforeValidator(several)] = []
    sessions: list[_SessionDoc] = []
    source: Text | None = None


def calendar_of(doc: CalendarDoc, source: Source, *, checked: bool = True) -> Calendar:
    """A year's calendar, without contradictions unless it is not to be `checked`; raises `Unreadable`."""
    found = Calendar(
        code=doc.calendar,
        version=doc.version,
        zh=doc.zh,
        en=doc.en,
        since=doc.since,
        until=doc.until,
        year=doc.year,
        holidays=tuple(
            Holiday(zh=h.zh, en=h.en, first=h.first, last=h.first if h.last is None else h.last)
            for h in doc.holidays
        ),
        workdays=tuple(doc.workdays),
        sessions=tuple(Session(zh=s.zh, en=s.en, first=s.first) for s in doc.sessions),
        source=doc.source or "",
    )
    flaws: list[Flaw] = []
    if "holidays" not in doc.model_fields_set and not doc.sessions:
        zh, en = "写明 holidays(放假)或 sessions(全会)", "has to say holidays or sessions"
        flaws.append(source.flaw(("holidays",), zh, en))
    refuse(flaws, list(calendars.problems(found)) if checked else [], source)
    return found
