"""A committee's own words as documents write them."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

from pydantic_core import PydanticCustomError

from application.documents.source import Flaw, Source, refuse
from application.documents.words import Day, Doc, Text, part, word
from domain.kinds.meetings import Meeting as MeetingKind
from domain.nearest import quoted
from domain.terms import LONGEST, Quorum, Term, Terms, alike


class TermsDoc(Doc):
    terms: Text
    version: Text
    zh: Text
    en: Text
    since: Day
    until: Day | None = None
    source: Text | None = None
    words: dict[str, Text] = {}
    quorum: dict[str, Text] = {}


_QUORUMS: Mapping[str, tuple[Fraction, bool]] = {
    "过半数": (Fraction(1, 2), True),
    "more than half": (Fraction(1, 2), True),
    "半数": (Fraction(1, 2), False),
    "三分之二": (Fraction(2, 3), False),
    "三分之二以上": (Fraction(2, 3), False),
    "two thirds": (Fraction(2, 3), False),
}
"""How many have to come, in words, and whether it has to be more than that; a part is written as well."""


def _quorums(doc: TermsDoc, source: Source) -> tuple[list[Quorum], list[Flaw]]:
    """How many have to come to each kind of meeting, and what is wrong with that."""
    found: dict[MeetingKind, Quorum] = {}
    flaws: list[Flaw] = []
    for name, said in doc.quorum.items():
        place = ("quorum", name)
        try:
            kind = word(MeetingKind)(name)
            known = _QUORUMS.get(said.strip())
            of, more = (part(said), False) if known is None else known
        except PydanticCustomError as error:
            context = error.context or {}
            flaws.append(source.flaw(place, context["zh"], context["en"]))
            continue
        if not 0 < of <= 1:
            zh, en = "应大于0、不大于1", "has to be more than 0 and not more than 1"
            flaws.append(source.flaw(place, zh, en))
        if kind in found:
            zh, en = (
                "同一类会议只能写一次",
                "names a kind of meeting that is named before; say it once",
            )
            flaws.append(source.flaw(place, zh, en))
        found[kind] = Quorum(meeting=kind, of=of, more=more, said=said.strip())
    return list(found.values()), flaws


def terms_of(doc: TermsDoc, source: Source, *, checked: bool = True) -> Terms:
    """A committee's own words, none of which makes two things read alike unless it is not to be `checked`; raises `Unreadable`."""
    flaws: list[Flaw] = []
    written: dict[Term, str] = {}
    words: dict[Term, str] = {}
    for name, said in doc.words.items():
        try:
            term = word(Term)(name)
        except PydanticCustomError as error:
            context = error.context or {}
            flaws.append(source.flaw(("words", name), context["zh"], context["en"]))
            continue
        if term in written:
            before = quoted(written[term])
            zh, en = (
                f"与{before}是同一个词,只能写一次",
                f"is the same word as {before}; say it once",
            )
            flaws.append(source.flaw(("words", name), zh, en))
        if (
            not said.strip()
            or said != said.strip()
            or not said.isprintable()
            or len(said) > LONGEST
        ):
            zh = f"应为1至{LONGEST}个字,不换行,前后不留空格"
            en = f"has to be of 1 to {LONGEST} characters, in one line, without space around it"
            flaws.append(source.flaw(("words", name), zh, en))
        written[term], words[term] = name, said
    quorums, wrong = _quorums(doc, source)
    flaws += wrong
    if not doc.words and not doc.quorum:
        flaws.append(source.flaw(("words",), "没有写任何用语", "holds no word"))
    terms = Terms(
        code=doc.terms,
        version=doc.version,
        zh=doc.zh,
        en=doc.en,
        since=doc.since,
        until=doc.until,
        words=tuple(words.items()),
        quorums=tuple(quorums),
    )
    if checked and not flaws:
        for each in alike(terms):
            one, other, read = quoted(each.one.zh), quoted(each.other.zh), quoted(each.read)
            zh = f"这样{one}和{other}都叫{read},无法区分,请换一个词"
            en = f"by this {one} and {other} would both be called {read}; take another word"
            flaws.append(source.flaw(("words", written[each.term]), zh, en))
    refuse(flaws, [], source)
    return terms
