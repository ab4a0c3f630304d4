"""Words that people see: a label beside each field, and closed lists of choices that carry their Chinese and English."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Annotated, Self, TypeVar

T = TypeVar("T")


class Choice(StrEnum):
    """A closed list of choices: what is stored, what a Chinese reader sees, what an English reader sees."""

    zh: str
    en: str

    def __new__(cls, value: str, zh: str, en: str = "") -> Self:
        """A choice by its stored value, Chinese and English; English follows from the stored value where it is left out."""
        member = str.__new__(cls, value)
        member._value_ = value
        member.zh = zh
        member.en = en or value.replace("_", " ")
        return member

    @classmethod
    def of(cls, value: str) -> Self:
        """The choice that is stored as this value; KeyError where there is none."""
        return cls._value2member_map_[value]  # type: ignore[return-value]  # typed as Enum there


def day_zh(day: date) -> str:
    """A day as Chinese texts have it."""
    return f"{day.year}年{day.month}月{day.day}日"


@dataclass(frozen=True, slots=True)
class Label:
    """How a field is named on forms, in import columns and in documents."""

    zh: str
    en: str


@dataclass(frozen=True, slots=True)
class Given(Label):
    """Words that tell a reason that somebody gave: where his matter is not public they are for who may see inside, as no other label is."""


CODE = Label(
    "字母或数字开头,只含 A-Z a-z 0-9 . _ ~ -,不超过 100 字",
    "letters, digits and . _ ~ -, beginning with a letter or digit, at most 100",
)
"""What an id or the code of a document looks like: it stands in names of streams and in addresses."""
_CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._~-]{0,99}")


def is_code(text: str) -> bool:
    """Whether it looks like that."""
    return _CODE.fullmatch(text) is not None


class Protection(Choice):
    """How well a field has to be kept, from what a committee publishes itself to what harms somebody when it is known."""

    P1 = "P1", "内部", "internal: known in the committee, published by its rule"
    P2 = "P2", "个人信息", "personal: seen by those who need it"
    P3 = "P3", "敏感个人信息", "sensitive: seen by those who handle the matter"


class Purpose(Choice):
    """What a field that tells of a person is kept for."""

    ROSTER = "roster", "维护委员名册、按人记录履职", "to keep the roster and record deeds by person"
    REACHING = "reaching", "与委员联系", "to reach a member"
    EXEMPTION = "exemption", "判断当期是否免除履职要求", "to decide whether duties are asked of him"
    HANDLING = (
        "handling",
        "办理群众反映的事项并答复",
        "to handle what somebody raised, and tell him",
    )
    FINDING = "finding", "说明认定的理由", "to give reasons for what was found"
    CORRECTION = "correction", "说明名册更正的理由", "to give reasons for a change of the roster"
    QUERY = "query", "核对本人的履职记录并答复", "to check what is recorded of him, and tell him"


@dataclass(frozen=True, slots=True)
class Private:
    """Marks a field that tells of a person: how well it has to be kept, and what it is kept for.

    It tells of whom the record is about where it is `of_subject` (the member that something was found of, or whose query it is); otherwise it is kept
    with the record that it stands in, be it of the roster or of what a citizen said.
    """

    protection: Protection = Protection.P2
    purpose: Purpose = Purpose.HANDLING
    of_subject: bool = False


@dataclass(frozen=True, slots=True)
class Shown:
    """Marks a text of a matter, or of what was said of it, that everybody sees whatever its sensitivity: what it is called, its numbers, an id, the name of a unit or department, a rank. Any other text of what is not public is for who may see inside (`domain.inside`)."""


Open = Annotated[T, Shown()]
Personal = Annotated[T, Private()]
Sensitive = Annotated[T, Private(Protection.P3)]
OnRoster = Annotated[T, Private(Protection.P1, Purpose.ROSTER)]
Contact = Annotated[T, Private(Protection.P2, Purpose.REACHING)]
GuestName = Annotated[T, Private(Protection.P2, Purpose.ROSTER)]
WhyExempt = Annotated[T, Private(Protection.P3, Purpose.EXEMPTION)]
WhyFound = Annotated[T, Private(Protection.P2, Purpose.FINDING, of_subject=True)]
WhyChanged = Annotated[T, Private(Protection.P2, Purpose.CORRECTION)]
Queried = Annotated[T, Private(Protection.P2, Purpose.QUERY, of_subject=True)]


class Level(Choice):
    """The administrative level at which something happened or was taken up; order is from low to high."""

    VILLAGE = "village", "村(社区)"
    TOWNSHIP = "township", "乡镇(街道)"
    COUNTY = "county", "县"
    CITY = "city", "市"
    PROVINCE = "province", "省"
    NATION = "nation", "全国"

    @property
    def height(self) -> int:
        """0 for a village, 5 for the nation: levels compare by this number."""
        return list(Level).index(self)
