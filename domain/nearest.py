"""What somebody may have meant by a word that is not known, and how a closed list is told in each language."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from functools import lru_cache

from domain.words import Choice

_MOST = 3
"""Words that are proposed at most."""
_LISTED = 20
"""Words up to which the whole list is told beside what is proposed."""
_ALONE = 80
"""Words up to which it is told where nothing can be proposed."""
_SEARCHED = 500
"""Words among which the nearest is looked for; there are more in no list of ours, but in a file of somebody's."""
_QUOTED = 40
"""Characters of somebody's own words that are repeated to him at most."""
_LIKE = 0.6
"""How much alike two words are, at least, for one to be proposed for the other."""


def quoted(said: object) -> str:
    """Somebody's own words, in quotation marks; long ones are cut."""
    text = str(said)
    return f"“{text[:_QUOTED]}…”" if len(text) > _QUOTED else f"“{text}”"


def listed(choices: Iterable[Choice]) -> dict[str, str]:
    """A closed list by code, with the Chinese of each."""
    return {str(choice.value): choice.zh for choice in choices}


def nearest(said: str, known: Mapping[str, str]) -> list[str]:
    """The codes that a word is nearest to, of codes with their Chinese: those that hold it or are held by it, then those that are spelt much like it."""
    key = said.strip().casefold()[:_QUOTED]
    words = _words(tuple(known.items()))
    held = [word for word in words if _holds(key, word) or _holds(word, key)]
    held.sort(key=lambda word: abs(words[word][1] - len(key)))
    like = get_close_matches(key, words, n=_MOST, cutoff=_LIKE)
    return list(dict.fromkeys(words[word][0] for word in (*held, *like)))[:_MOST]


@lru_cache(maxsize=64)
def _words(known: tuple[tuple[str, str], ...]) -> Mapping[str, tuple[str, int]]:
    """The words that stand for each code: itself, its Chinese, what stands in its brackets; and how long it is in full."""
    words: dict[str, tuple[str, int]] = {}
    for code, zh in known:
        words.setdefault(code.casefold(), (code, len(code)))
        for part in filter(None, (zh, *re.split(r"[()、·]", zh))):
            words.setdefault(part.casefold(), (code, len(zh)))
    return words


def _holds(whole: str, word: str) -> bool:
    """Whether a word stands in another; a few Latin letters say nothing."""
    return word in whole and (len(word) > 2 or not word.isascii())


def proposal(said: object, known: Mapping[str, str]) -> tuple[str, str]:
    """What he may have meant and what there is, in two languages; Chinese words with their codes, and codes alone."""
    near = nearest(str(said), known) if len(known) <= _SEARCHED else []
    zh = en = ""
    if near:
        zh = f",是否为:{_named(near, known)}?"
        en = f"; did you mean {' or '.join(map(_told, near))}?"
    if len(known) <= (_LISTED if near else _ALONE):
        zh += f"{'' if near else ','}可选:{_named(known, known) or '无'}"
        en += f"{' One' if near else '; one'} of: {', '.join(map(_told, known)) or 'none'}"
    return zh, en


def _named(codes: Iterable[str], known: Mapping[str, str]) -> str:
    return "、".join(
        f"{known[code]}({code})" if known[code] not in {"", code} else code for code in codes
    )


def _told(code: str) -> str:
    """A code in an English sentence; one that is a Chinese word stands in quotation marks."""
    return code if code.isascii() else quoted(code)
