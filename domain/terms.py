"""A committee's own words: what it calls, on pages, what we call otherwise. Names of its units and people are no words of ours."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from functools import lru_cache
from types import MappingProxyType

from domain.kinds.meetings import Meeting as MeetingKind
from domain.member import Bond
from domain.turnout import Turnout
from domain.unit import Office, Side, UnitKind
from domain.words import Choice, Level


class Term(Choice):
    """What a committee may call otherwise: its own level, its two sides and who stands for them."""

    COUNTY = "county", "县", "county, as the committee's own level"
    COUNTY_PARTY = "county_party", "县委", "county Party committee"
    SECTOR = "sector", "界别"
    CONVENOR = "convenor", "召集人"
    TOWNSHIP_SIDE = "township_side", "镇街", "township side"
    STUDIO = "studio", "工作室", "member studio"
    TOWNSHIP_STUDIO = "township_studio", "镇街委员工作室", "township studio"
    MEMBERS_HOME = "members_home", "委员之家", "members' home"


LONGEST = 20
"""Characters that a committee's word for something may have."""

_ALSO: Mapping[Term, tuple[str, ...]] = MappingProxyType(
    {Term.STUDIO: ("委员工作室",), Term.TOWNSHIP_STUDIO: ("镇街工作室",)}
)
"""What we call some of it as well."""

_OF_A_SECTOR = "界别工作室"
"""A studio of a sector is on the other side: it is not called as those of townships are."""

CHOSEN_FROM: tuple[type[Choice], ...] = (Level, Side, UnitKind, Bond, Office)
"""Lists that people choose from in which our words stand: no two choices of one may read alike."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Quorum:
    """How many of those expected have to come to a kind of meeting (法定人数): a part of them, or `more` than that; `said` is how the committee writes it."""

    meeting: MeetingKind
    of: Fraction
    more: bool
    said: str

    def met(self, count: Turnout) -> bool:
        """Whether so many came, of all who are expected, those of whom nothing is on record among them."""
        needed = self.of * count.expected
        return count.present > needed if self.more else count.present >= needed


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """What a version of a committee's words says of itself, its word for each of ours that it calls otherwise, and how many have to come to its meetings."""

    code: str = ""
    version: str = ""
    zh: str = ""
    en: str = ""
    since: date = date.min
    until: date | None = None
    words: tuple[tuple[Term, str], ...] = ()
    quorums: tuple[Quorum, ...] = ()

    def quorum(self, kind: MeetingKind | None) -> Quorum | None:
        """How many have to come to a kind of meeting; none where it is not said."""
        return next((each for each in self.quorums if each.meeting is kind), None)

    def said(self, zh: str) -> str:
        """A text of ours in the committee's words: the longest word first, and each place once."""
        if not self.words:
            return zh
        ours, theirs = _read(self.words)
        return ours.sub(lambda found: theirs[found[0]], zh)


OURS = Terms()
"""Our own words: nothing is called otherwise."""


@lru_cache(maxsize=64)
def _read(words: tuple[tuple[Term, str], ...]) -> tuple[re.Pattern[str], Mapping[str, str]]:
    """What is looked for in a text, the longest first, and what is said in its place."""
    theirs = {_OF_A_SECTOR: f"{dict(words).get(Term.SECTOR, Term.SECTOR.zh)}{Term.STUDIO.zh}"}
    for term, said in words:
        theirs.update(dict.fromkeys(_spelt(term), said))
    longest_first = sorted(theirs, key=len, reverse=True)
    return re.compile("|".join(map(re.escape, longest_first))), theirs


def _spelt(term: Term) -> tuple[str, ...]:
    """All that we call it."""
    return (term.zh, *_ALSO.get(term, ()))


@dataclass(frozen=True, slots=True)
class Alike:
    """Two choices of one list that would be read as the same, by the word for a term."""

    term: Term
    one: Choice
    other: Choice
    read: str


def alike(terms: Terms) -> Iterator[Alike]:
    """The choices that nobody could tell apart in these words."""
    for choices in CHOSEN_FROM:
        found: dict[str, Choice] = {}
        for choice in choices:
            read = terms.said(choice.zh)
            one = found.setdefault(read, choice)
            if one is not choice:
                yield Alike(_last_in(terms, one.zh + choice.zh), one, choice, read)


def _last_in(terms: Terms, zh: str) -> Term:
    """The last of the terms that are called otherwise which stands in a text."""
    return next(
        term for term, _ in reversed(terms.words) if any(ours in zh for ours in _spelt(term))
    )
