"""What a page says, in the language of whoever looks, in the committee's own words for what it calls otherwise."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Protocol
from zoneinfo import ZoneInfo

from domain.kinds.about import About
from domain.terms import OURS, Terms
from domain.words import Choice, Label, day_zh


class Language(Choice):
    """The languages that pages speak."""

    ZH = "zh", "中文"
    EN = "en", "English", "English"

    @property
    def tag(self) -> str:
        """How HTML calls it."""
        return "zh-CN" if self is Language.ZH else "en"


class Said(Protocol):
    """What carries its words in both languages: a choice, a label, a sentence, a refusal."""

    @property
    def zh(self) -> str:
        """In Chinese."""

    @property
    def en(self) -> str:
        """In English."""


_OF_OURS = (Choice, Label, About)
"""What carries words of ours; what else carries both languages is of documents, or names people, units and what was typed."""
_WEEKDAYS = "一二三四五六日"


@dataclass(frozen=True, slots=True)
class Words:
    """Says things in one language; `terms` are the committee's words instead of ours, in Chinese."""

    language: Language = Language.ZH
    zone: ZoneInfo = field(default_factory=lambda: ZoneInfo("Asia/Shanghai"))
    terms: Terms = OURS

    def __call__(self, zh: str, en: str) -> str:
        """One of two wordings of the same, which are ours."""
        return self.terms.said(zh) if self.language is Language.ZH else en

    def as_is(self, zh: str, en: str) -> str:
        """One of two wordings that are not ours: of documents, or with names and what was typed in them."""
        return zh if self.language is Language.ZH else en

    def said(self, value: Said) -> str:
        """What carries both wordings itself; only a choice, a label or a kind of ours is called as the committee calls it."""
        told = self if isinstance(value, _OF_OURS) else self.as_is
        return told(value.zh, value.en)

    def day(self, day: date | None) -> str:
        """A day as people write it."""
        if day is None:
            return "–"
        if self.language is Language.EN:
            return day.isoformat()
        return day_zh(day)

    def short_day(self, day: date) -> str:
        """A day of a year that is known."""
        if self.language is Language.EN:
            return f"{day:%b} {day.day}"
        return f"{day.month}月{day.day}日"

    def near_day(self, day: date, today: date) -> str:
        """A day; its year only where it is not this one."""
        return self.short_day(day) if day.year == today.year else self.day(day)

    def weekday(self, day: date) -> str:
        """The day of the week."""
        return f"{day:%a}" if self.language is Language.EN else f"周{_WEEKDAYS[day.weekday()]}"

    def day_at(self, at: datetime) -> str:
        """The day of an instant, by the ledger's clock."""
        return self.day(at.astimezone(self.zone).date())

    def instant(self, at: datetime) -> str:
        """An instant by the ledger's clock, to the minute."""
        return at.astimezone(self.zone).strftime("%Y-%m-%d %H:%M")
