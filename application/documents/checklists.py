"""Checklists as documents write them."""

from __future__ import annotations

from typing import Annotated

from pydantic import (
    BeforeValidator,
)

from application.documents.facts import FactDoc
from application.documents.selections import (
    Counted,
    RemarkDoc,
    SilenceDoc,
    remark_of,
    selects_of,
    silence_of,
)
from application.documents.source import Source, refuse
from application.documents.words import (
    Day,
    Doc,
    SlotWord,
    SpanWord,
    SubjectWord,
    Text,
    UnitKindWord,
    several,
)
from domain import checklist as checklists
from domain.checklist import Beside, Checklist, Slot
from domain.kinds import KINDS, Subject
from domain.period import Span


class _SlotDoc(Doc):
    slot: int
    zh: Text
    en: Text
    counts: Counted = []
    need: int = 1
    linked_by: Counted = []
    every: SpanWord | None = None
    each_person: bool = False
    through: bool = False
    grace_days: int = 0
    reading: RemarkDoc | None = None


class _BesideDoc(Doc):
    zh: Text
    en: Text
    counts: Counted


class _ProgressDoc(Doc):
    done: int
    left: int
    slots: dict[str, SlotWord] = {}


class ListCaseDoc(Doc):
    case: Text
    en: Text | None = None
    year: int
    today: Day | None = None
    facts: list[FactDoc] = []
    expect: _ProgressDoc


class ChecklistDoc(Doc):
    checklist: Text
    version: Text
    zh: Text
    en: Text
    since: Day
    until: Day | None = None
    subject: SubjectWord = Subject.MEMBER
    of_kinds: Annotated[list[UnitKindWord], BeforeValidator(several)] = []
    period: SpanWord = Span.YEAR
    source: Text | None = None
    sample: bool = False
    slots: list[_SlotDoc]
    besides: list[_BesideDoc] = []
    silences: list[SilenceDoc] = []
    cases: list[ListCaseDoc] = []


def checklist_of(doc: ChecklistDoc, source: Source) -> Checklist:
    """A checklist, fit for use with the catalogue; raises `Unreadable`."""
    checklist = Checklist(
        code=doc.checklist,
        version=doc.version,
        zh=doc.zh,
        en=doc.en,
        since=doc.since,
        until=doc.until,
        subject=doc.subject,
        of_kinds=frozenset(doc.of_kinds),
        period=doc.period,
        source=doc.source or "",
        sample=doc.sample,
        slots=tuple(
            Slot(
                number=s.slot,
                zh=s.zh,
                en=s.en,
                counts=tuple(map(selects_of, s.counts)),
                need=s.need,
                linked_by=tuple(map(selects_of, s.linked_by)),
                every=s.every,
                each_person=s.each_person,
                through=s.through,
                grace_days=s.grace_days,
                reading=None if s.reading is None else remark_of(s.reading),
            )
            for s in doc.slots
        ),
        besides=tuple(
            Beside(zh=b.zh, en=b.en, counts=tuple(map(selects_of, b.counts))) for b in doc.besides
        ),
        silences=tuple(map(silence_of, doc.silences)),
    )
    refuse([], checklists.problems(checklist, KINDS), source)
    return checklist
