"""Find the people and units that a sheet names, among namesakes and misspellings."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from difflib import get_close_matches

from application.cells import name_key, without_remark
from application.columns import key_of
from domain.member import Bond, Person
from domain.people import PersonId, Reason, Refused, UnitId
from domain.roster import Roster
from domain.unit import Unit

MOST_PADDED = 4
"""Words that one name may be typed in: 欧 阳 晓 明."""
_WORD = re.compile(r"[^\s(]+(?:\s*\([^)]*\)?)?|\([^)]*\)?")


def _bare(word: str) -> str:
    return without_remark(word)[0]


@dataclass(unsafe_hash=True)
class NotFound(Exception):
    """A name that does not lead to one person: why, what is known, and who may be meant."""

    reason: Reason
    about: str
    people: tuple[PersonId, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Hints:
    """What a row says besides the name, to tell namesakes apart."""

    sector: str = ""
    employer: str = ""
    phone: str = ""


class People:
    """The roster by name. Answers as of a day."""

    def __init__(self, roster: Roster) -> None:
        self.units = dict(roster.units)
        self._by_name: dict[str, list[Person]] = {}
        for person in list(roster.people.values()):
            self._by_name.setdefault(name_key(person.profile.name), []).append(person)

    def named(self, name: str) -> list[Person]:
        """All who bear that name."""
        return self._by_name.get(name_key(name), [])

    def parted(self, text: str) -> list[str]:
        """The names in words with spaces between them, as the roster has them.

        张 伟 is one, 张伟 李四 are two, 张建国 李 娜 are two: what the roster bears out goes before a single character, which
        belongs to what follows it. A remark in brackets stays with its name.
        """
        words = _WORD.findall(text)
        names: list[str] = []
        while words:
            taken = self._known_words(words) or self._padded(words)
            names.append("".join(words[:taken]))
            words = words[taken:]
        return names

    def _known_words(self, words: Sequence[str]) -> int:
        """How many of the first words are a name of the roster; 0 where there is none."""
        most = min(len(words), MOST_PADDED)
        return next((n for n in range(most, 0, -1) if self.named(_bare("".join(words[:n])))), 0)

    def _padded(self, words: Sequence[str]) -> int:
        """How many words an unknown name takes: a single character goes on up to a longer word, or to a name that is known."""
        taken = 1
        while len(_bare(words[taken - 1])) == 1 and taken < min(len(words), MOST_PADDED):
            if self._known_words(words[taken:]):
                break
            taken += 1
        return taken

    def find(self, name: str, hints: Hints, day: date) -> Person:
        """The one who is meant; raises `NotFound`. Among namesakes hints decide, then who was a member on the day."""
        namesakes = self.named(name)
        if not namesakes:
            raise NotFound(Reason.NO_SUCH_PERSON, self._suggested(name), self._alike(name))
        if len(namesakes) == 1:
            return namesakes[0]
        hinted = [p for p in namesakes if self.agrees(p, hints, day)]
        for left in (hinted, [p for p in hinted or namesakes if p.member_on(day)]):
            if len(left) == 1:
                return left[0]
        told = "、".join(self.described(p, day) for p in namesakes)
        raise NotFound(Reason.AMBIGUOUS_NAME, f"{name}({told})", tuple(p.person for p in namesakes))

    def meant(self, text: str) -> tuple[PersonId, ...]:
        """All who may be meant by the names in words that do not lead to one person by themselves: namesakes, or who is called alike."""
        found: list[PersonId] = []
        for name in self.parted(text):
            namesakes = self.named(name) or self.named(without_remark(name)[0])
            if len(namesakes) > 1:
                found += [each.person for each in namesakes]
            elif not namesakes:
                found += self._alike(name)
        return tuple(dict.fromkeys(found))

    def agrees(self, person: Person, hints: Hints, day: date) -> bool:
        """Whether nothing that a row says speaks against this person."""
        sector = self.sector_of(person, day)
        if hints.sector and sector and not _alike(hints.sector, sector):
            return False
        if hints.phone and person.profile.phone and hints.phone != person.profile.phone:
            return False
        employer = person.profile.employer
        return not (hints.employer and employer and not _alike(hints.employer, employer))

    def sector_of(self, person: Person, day: date) -> str:
        """The name of his sector on that day."""
        unit = self.units.get(person.bound_to(Bond.SECTOR, day) or UnitId(""))
        return "" if unit is None else unit.profile.name

    def described(self, person: Person, day: date) -> str:
        """A person so that he can be told from his namesakes."""
        marks = [self.sector_of(person, day), person.profile.employer, person.profile.number]
        return " ".join([person.profile.name, *(mark for mark in marks if mark)])

    def _alike(self, name: str) -> tuple[PersonId, ...]:
        close = get_close_matches(name_key(name), self._by_name, n=3, cutoff=0.6)
        return tuple(p.person for each in close for p in self._by_name[each])

    def _suggested(self, name: str) -> str:
        names = get_close_matches(name_key(name), self._by_name, n=3, cutoff=0.6)
        return f"{name}(是否为 {'、'.join(names)})" if names else name


def _alike(one: str, other: str) -> bool:
    one, other = key_of(one), key_of(other)
    return one in other or other in one or one.removesuffix("界") == other.removesuffix("界")


class Units:
    """Units by name or short name."""

    def __init__(self, roster: Roster) -> None:
        self._by_name: dict[str, list[Unit]] = {}
        for unit in list(roster.units.values()):
            for name in {key_of(unit.profile.name), key_of(unit.profile.short)} - {""}:
                self._by_name.setdefault(name, []).append(unit)

    def find(self, name: str, day: date | None = None) -> tuple[UnitId, str]:
        """The unit that is meant and, where it was not named exactly, its name; raises NO_SUCH_UNIT or AMBIGUOUS_NAME."""
        key = key_of(name)
        found = self._by_name.get(key, [])
        exact = bool(found)
        if not found and len(key) > 2:
            within = {
                unit.unit: unit
                for known, units in self._by_name.items()
                if len(known) > 2 and (known.endswith(key) or key.endswith(known))
                for unit in units
            }
            found = list(within.values())
        if day is not None and len(found) > 1:
            found = [unit for unit in found if unit.open_on(day)] or found
        if not found:
            close = get_close_matches(key, self._by_name, n=2, cutoff=0.6)
            about = f"{name}(是否为 {'、'.join(close)})" if close else name
            raise Refused(Reason.NO_SUCH_UNIT, about=about)
        if len(found) > 1:
            raise Refused(
                Reason.AMBIGUOUS_NAME, about="、".join(unit.profile.name for unit in found)
            )
        return found[0].unit, "" if exact else found[0].profile.name
