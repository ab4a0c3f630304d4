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
_D, _GAP = "[0-9０-９]", "[ \\u3000-]?"
_NO_DIGIT_BEFORE, _NO_DIGIT_AFTER = f"(?<!{_D})", f"(?!{_D})"
_PHONE = re.compile(
    rf"{_NO_DIGIT_BEFORE}((?:(?:\+|＋|00)?86{_GAP})?[1１][3-9３-９]{_D}){_GAP}{_D}{{4}}{_GAP}({_D}{{4}}){_NO_DIGIT_AFTER}"
)
"""A mobile number, with or without the code of the country and gaps."""
_LANDLINE = re.compile(
    rf"{_NO_DIGIT_BEFORE}([(（]?[0０][1-9１-９]{_D}{{1,2}}[)）]?{_GAP}){_D}{{3,4}}{_GAP}({_D}{{4}}){_NO_DIGIT_AFTER}"
)
"""A number of a house or an office, with the code of its area."""
_LONG = tuple(
    re.compile(rf"{_NO_DIGIT_BEFORE}({_D}{{3}}){said}(?![0-9０-９A-Za-z])")
    for said in (
        rf"{_D}{{10,14}}({_D}{{2}}|{_D}[XxＸｘ])",
        rf"{_D}{{3}}[ -]{_D}{{8}}[ -]{_D}{{2}}({_D}[0-9０-９XxＸｘ])",
        rf"{_D}(?:[ -]{_D}{{4}}){{2,3}}[ -]{_D}{{1,2}}({_D}{{2}})",
    )
)
"""A number of 15 to 19 digits: of an identity card, old or new, or of a bank card; with gaps as people write them."""
_LONGEST_NAME = 4
"""Characters of a Chinese name at the most; of a longer one nobody can tell the family name by its length."""


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
    """A name as the rule says: whole, the family name with 某 for each further character, or nothing.

    The family name never stands for the whole: of a name of one character nothing is shown, of a longer or a foreign one its
    first character.
    """
    match how:
        case NameShown.WHOLE:
            return name
        case NameShown.SURNAME:
            if not name:
                return ""
            if len(name) == 1:
                return "某"
            if len(name) > _LONGEST_NAME or not name.isalpha() or name.isascii():
                return f"{name[:1]}某某"
            family = name[:2] if name[:2] in _COMPOUND and len(name) > 2 else name[:1]
            return family + "某" * (len(name) - len(family))
        case NameShown.HIDDEN:
            return ""


def without_numbers(text: str) -> str:
    """A text with the middle of telephone numbers hidden (138****1234), and of identity and card numbers all but the first three and last two.

    Written with gaps, with the code of the country or in wide digits they are found too. Days, years, numbers of documents and
    amounts are shorter, and stay.
    """
    for each in _LONG:
        text = each.sub(lambda found: found[1] + HIDDEN * 12 + found[2], text)
    for each in (_PHONE, _LANDLINE):
        text = each.sub(lambda found: found[1] + HIDDEN * 4 + found[2], text)
    return text


def without_small_groups(figures: Mapping[K, int]) -> Mapping[K, int | None]:
    """Figures by group, with nothing for a group of fewer than `SMALLEST_GROUP`, nor for the next larger ones where a total would give it away.

    Whoever knows the total knows what the hidden groups come to: they are two at least, and so many people at least together. A
    group of nobody is told. Where all groups together are fewer, the total is not to be told either.
    """
    by_size = sorted((number, n, group) for n, (group, number) in enumerate(figures.items()))
    hidden: set[K] = set()
    together = 0
    for number, _, group in by_size:
        enough = len(hidden) >= 2 and together >= SMALLEST_GROUP
        if number and (number < SMALLEST_GROUP or (hidden and not enough)):
            hidden.add(group)
            together += number
    return MappingProxyType(
        {group: None if group in hidden else number for group, number in figures.items()}
    )


NEVER_PUBLIC = frozenset(
    name for name, mark in private_fields(Profile).items() if mark.protection is not Protection.P1
)
"""Fields of the roster that no notice says, whatever the rule."""
