"""Rule documents as documents write them."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BeforeValidator, PlainValidator

from application.documents.source import Source, refuse
from application.documents.words import Codes, Day, Doc, Text, several, wrong
from domain import rule as rules
from domain.nearest import quoted
from domain.rule import GOVERNED, Governed, RuleDocument


def _governed(value: Any) -> Governed:
    """Reads `rubric/CODE`; the sort may be written in Chinese."""
    found = rules.governed(value) if isinstance(value, str) else None
    if found is None:
        raise wrong(
            f"{quoted(value)}应写作 类别/代码,类别可选:{'、'.join(f'{s.zh}({s.value})' for s in GOVERNED)}",
            f"{quoted(value)} has to be SORT/CODE, with one of: {', '.join(s.value for s in GOVERNED)}",
        )
    return found


GovernedWord = Annotated[Governed, PlainValidator(_governed)]


class _AdoptedDoc(Doc):
    by: Text
    on: Day


class RuleDoc(Doc):
    rule: Text
    version: Text
    number: Text
    zh: Text
    en: Text
    adopted: _AdoptedDoc
    since: Day
    until: Day | None = None
    trial: bool = False
    replaces: Codes = []
    governs: Annotated[list[GovernedWord], BeforeValidator(several)] = []
    address: Text | None = None
    source: Text | None = None


def rule_of(doc: RuleDoc, source: Source, *, checked: bool = True) -> RuleDocument:
    """A rule document, without contradictions unless it is not to be `checked`; raises `Unreadable`."""
    rule = RuleDocument(
        code=doc.rule,
        version=doc.version,
        number=doc.number,
        zh=doc.zh,
        en=doc.en,
        adopted_by=doc.adopted.by,
        adopted_on=doc.adopted.on,
        since=doc.since,
        until=doc.until,
        trial=doc.trial,
        replaces=tuple(doc.replaces),
        governs=tuple(doc.governs),
        address=doc.address or "",
        source=doc.source or "",
    )
    refuse([], list(rules.problems(rule)) if checked else [], source)
    return rule
