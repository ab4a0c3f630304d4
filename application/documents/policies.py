"""Rules of dual management as documents write them."""

from __future__ import annotations

from pydantic_core import PydanticCustomError

from application.documents.selections import SilenceDoc
from application.documents.source import Flaw, Source, refuse
from application.documents.words import CountsWord, Day, Doc, Text, kind_word, unknown_kind, word
from domain.attestation import Counts, Policy
from domain.fact import (
    RecordClass,
)
from domain.kinds import KINDS


class PolicyDoc(Doc):
    policy: Text
    version: Text
    zh: Text
    en: Text
    since: Day
    source: Text | None = None
    by_class: dict[str, CountsWord] = {}
    by_kind: dict[str, CountsWord] = {}
    late: CountsWord = Counts.WHEN_CONFIRMED
    window_days: int = 15
    late_days: int = 30
    answer_within: int = 15
    closing: Day | None = None
    silences: list[SilenceDoc] = []


def policy_of(doc: PolicyDoc, source: Source) -> Policy:
    """A rule of dual management; raises `Unreadable`."""
    flaws: list[Flaw] = []
    by_class: dict[RecordClass, Counts] = dict(Policy().by_class)
    for name, counts in doc.by_class.items():
        try:
            by_class[word(RecordClass)(name)] = counts
        except PydanticCustomError as error:
            context = error.context or {}
            flaws.append(source.flaw(("by_class", name), context["zh"], context["en"]))
    by_kind = {kind_word(name): counts for name, counts in doc.by_kind.items()}
    for name in doc.by_kind:
        if kind_word(name) not in KINDS:
            flaws.append(source.flaw(("by_kind", name), *unknown_kind(name)))
    for name in ("window_days", "late_days", "answer_within"):
        days = getattr(doc, name)
        if days < 0:
            flaws.append(source.flaw((name,), "不能是负数", "cannot be negative"))
    refuse(flaws, [], source)
    return Policy(
        by_class=by_class,
        by_kind=by_kind,
        late=doc.late,
        window_days=doc.window_days,
        late_days=doc.late_days,
        answer_within=doc.answer_within,
        closing=doc.closing,
    )
