"""What a public notice (公示) may say of a person: fields by an allow-list, names by the committee's rule, numbers with their middle hidden."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import TypeVar

from domain.member import Profile
from domain.personal import private_fields
from domain.words import Choice, Protection

K = TypeVar("K")

HIDDEN = "*"
SMALLEST_GROUP = 5
"""People whom a figure has to stand for: of fewer, who they are can be guessed."""
_COMPOUND = frozenset(
    {
        "欧阳",
        "司马",
        "上官",
        "诸葛",
        "东方",
        "皇甫",
        "尉迟",
        "公孙",
        "慕容",
        "令狐",
        "司徒",
        "夏侯",
        "端木",
        "百里",
        "呼延",
        "南宫",
        "独孤",
        "长孙",
        "宇文",
        "轩辕",
    }
)
"""Family names of two characters."""
_PHONE = re.compile(r"(?<![0-9])(1[3-9][0-9])[0-9]{4}([0-9]{4})(?![0-9])")
_IDENTITY = re.compile(r"(?<![0-9])([1-9][0-9]{2})[0-9]{12}[0-9]([0-9][0-9Xx])(?![0-9A-Za-z])")


class NameShown(Choice):
    """How a committee shows names in what it makes public."""

    WHOLE = "whole", "全名", "the whole name"
    SURNAME = "surname", "只显示姓,如“张某某”", "the family name only, as in 张某某"
    HIDDEN = "hidden", "不显示姓名,只显示编号", "no name, the number only"


@dataclass(frozen=True, slots=True, kw_only=True)
class PublicPerson:
    """What a notice says of a person; nothing else of the roster may stand in it."""

    name: str
    employer: str
    position: str
    number: str


def for_notice(profile: Profile, names: NameShown, *, employer: bool = True) -> PublicPerson:
    """A person as a notice shows him: of what is internal what the committee's rule lets it say, of what is better kept nothing."""
    return PublicPerson(
        name=name_shown(profile.name, names),
        employer=without_numbers(profile.employer) if employer else "",
        position=without_numbers(profile.position) if employer else "",
        number=profile.number,
    )


def name_shown(name: str, how: NameShown) -> str:
    """A name as the rule says: whole, the family name with 某 for each further character, or nothing."""
    match how:
        case NameShown.WHOLE:
            return name
        case NameShown.SURNAME:
            family = name[:2] if name[:2] in _COMPOUND and len(name) > 2 else name[:1]
            return family + "某" * (len(name) - len(family))
        case NameShown.HIDDEN:
            return ""


def without_numbers(text: str) -> str:
    """A text with the middle of mobile numbers hidden (138****1234), and of identity numbers all but the first three and last two."""
    text = _IDENTITY.sub(lambda found: found[1] + HIDDEN * 13 + found[2], text)
    return _PHONE.sub(lambda found: found[1] + HIDDEN * 4 + found[2], text)


def without_small_groups(figures: Mapping[K, int]) -> Mapping[K, int | None]:
    """Figures by group, with nothing for a group of fewer than `SMALLEST_GROUP`, nor for the next one where a total would give it away."""
    small = [group for group, number in figures.items() if 0 < number < SMALLEST_GROUP]
    hidden = set(small)
    if len(small) == 1:
        others = [group for group, number in figures.items() if number >= SMALLEST_GROUP]
        if others:
            hidden.add(min(others, key=lambda group: figures[group]))
    return MappingProxyType(
        {group: None if group in hidden else number for group, number in figures.items()}
    )


NEVER_PUBLIC = frozenset(
    name for name, mark in private_fields(Profile).items() if mark.protection is not Protection.P1
)
"""Fields of the roster that no notice says, whatever the rule."""
