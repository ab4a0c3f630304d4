"""What a page says, in the language of whoever looks, with the county's own words for what it calls otherwise."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from types import MappingProxyType
from typing import Protocol
from zoneinfo import ZoneInfo

from domain.words import Choice


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


NOT_RENAMED: Mapping[str, str] = MappingProxyType({})
_WEEKDAYS = "一二三四五六日"


@dataclass(frozen=True, slots=True)
class Words:
    """Says things in one language; `renamed` are the county's words instead of ours."""

    language: Language = Language.ZH
    zone: ZoneInfo = field(default_factory=lambda: ZoneInfo("Asia/Shanghai"))
    renamed: Mapping[str, str] = field(default_factory=lambda: NOT_RENAMED)

    def __call__(self, zh: str, en: str) -> str:
        """One of two wordings of the same."""
        return self._called(zh) if self.language is Language.ZH else en

    def said(self, value: Said) -> str:
        """What carries both wordings itself."""
        return self(value.zh, value.en)

    def day(self, day: date | None) -> str:
        """A day as people write it."""
        if day is None:
            return "–"
        if self.language is Language.EN:
            return day.isoformat()
        return f"{day.year}年{day.month}月{day.day}日"

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

    def instant(self, at: datetime) -> str:
        """An instant by the ledger's clock, to the minute."""
        return at.astimezone(self.zone).strftime("%Y-%m-%d %H:%M")

    def _called(self, zh: str) -> str:
        for ours, theirs in self.renamed.items():
            zh = zh.replace(ours, theirs)
        return zh
