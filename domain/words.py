"""Words that people see: a label beside each field, and closed lists of choices that carry their Chinese and English."""

from __future__ import annotations

import re
from dataclasses import dataclass
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


@dataclass(frozen=True, slots=True)
class Label:
    """How a field is named on forms, in import columns and in documents."""

    zh: str
    en: str


CODE = Label(
    "字母或数字开头,只含 A-Z a-z 0-9 . _ ~ -,不超过 100 字",
    "letters, digits and . _ ~ -, beginning with a letter or digit, at most 100",
)
"""What an id or the code of a document looks like: it stands in names of streams and in addresses."""
_CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._~-]{0,99}")


def is_code(text: str) -> bool:
    """Whether it looks like that."""
    return _CODE.fullmatch(text) is not None


@dataclass(frozen=True, slots=True)
class Private:
    """Marks a field that tells of a person, and the class of protection it needs (P2 personal, P3 sensitive)."""

    protection: str = "P2"


Personal = Annotated[T, Private()]
Sensitive = Annotated[T, Private("P3")]


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
