"""A committee's own words as documents write them."""

from __future__ import annotations

from pydantic_core import PydanticCustomError

from application.documents.source import Flaw, Source, refuse
from application.documents.words import Day, Doc, Text, word
from domain.nearest import quoted
from domain.terms import LONGEST, Term, Terms, alike


class TermsDoc(Doc):
    terms: Text
    version: Text
    zh: Text
    en: Text
    since: Day
    until: Day | None = None
    source: Text | None = None
    words: dict[str, Text]


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
    if not doc.words:
        flaws.append(source.flaw(("words",), "没有写任何用语", "holds no word"))
    terms = Terms(
        code=doc.terms,
        version=doc.version,
        zh=doc.zh,
        en=doc.en,
        since=doc.since,
        until=doc.until,
        words=tuple(words.items()),
    )
    if checked and not flaws:
        for each in alike(terms):
            one, other, read = quoted(each.one.zh), quoted(each.other.zh), quoted(each.read)
            zh = f"这样{one}和{other}都叫{read},无法区分,请换一个词"
            en = f"by this {one} and {other} would both be called {read}; take another word"
            flaws.append(source.flaw(("words", written[each.term]), zh, en))
    refuse(flaws, [], source)
    return terms
