"""Checklists as documents write them."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import (
    BeforeValidator,
    Field,
    PlainValidator,
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
    BondWord,
    ClassWord,
    Day,
    Doc,
    Kind,
    LevelWord,
    MonthDay,
    SlotWord,
    SpanWord,
    SubjectWord,
    Text,
    UnitKindWord,
    several,
    word,
)
from domain import checklist as checklists
from domain.checklist import Beside, CellState, Checklist, Posting, Slot
from domain.fact import RecordClass
from domain.kinds import KINDS, Subject
from domain.period import Span
from domain.unit import StudioKind
from domain.words import Level


class _SlotDoc(Doc):
    slot: int
    zh: Text
    en: Text
    counts: Counted = []
    need: int = 1
    linked_by: Counted = []
    every: SpanWord | None = None
    each_person: bool = False
    each_of: Annotated[list[UnitKindWord], BeforeValidator(several)] = []
    has: Annotated[list[UnitKindWord], BeforeValidator(several)] = []
    bound: BondWord | None = None
    party: bool = False
    through: bool = False
    lasting: bool = False
    grace_days: int = 0
    by: MonthDay | None = None
    before: Counted = []
    reading: RemarkDoc | None = None


class _BesideDoc(Doc):
    zh: Text
    en: Text
    counts: Counted


StudioTypeWord = Annotated[StudioKind, PlainValidator(word(StudioKind))]
CellWord = Annotated[CellState, PlainValidator(word(CellState))]


class _RowDoc(Doc):
    """What a row of a unit's grid comes to; `cells` are named by their place, from 1."""

    done: int
    of: int
    cells: dict[str, CellWord] = {}


class _ProgressDoc(Doc):
    """What a case comes to: `done` and `left` in all, then whatever else it says.

    `slots` are the states of a member's slots, `rows` the rows of a unit's grid. `next` names the planned occasion that fits a
    slot next, nothing (`null`) where none does.
    """

    done: int
    left: int
    slots: dict[str, SlotWord] = {}
    rows: dict[str, _RowDoc] = {}
    besides: dict[str, int] = {}
    next: dict[str, Text | None] = {}


class ListUnitDoc(Doc):
    """The unit whose grid a case draws up: since when it has been there, and the people of whom each is asked something."""

    kind: UnitKindWord
    type: StudioTypeWord | None = None
    since: Day
    until: Day | None = None
    people: Annotated[list[Text], BeforeValidator(several)] = []


class AroundDoc(Doc):
    """Another unit of a case: what it is called, its kind, and in which unit it is placed."""

    unit: Text
    kind: UnitKindWord
    in_: Annotated[Text | None, Field(alias="in")] = None


class MemberAroundDoc(Doc):
    """A member of a case: what he is called, to what he is bound, and whether he is a Party member."""

    member: Text
    party: bool = False
    bound: Annotated[list[BondWord], BeforeValidator(several)] = []


class ListFactDoc(FactDoc):
    """A fact of a case; in a unit's grid it is the unit's own unless it is a `person`'s or another unit's (`of`), and may have come in `through` the unit."""

    person: Text | None = None
    of: Text | None = None
    through: bool = False


class PlannedDoc(Doc):
    """An occasion that is planned, as far as it is known beforehand; one that is not named is called by its number, from 1."""

    kind: Kind
    on: Day
    deed: Text | None = None
    details: dict[str, Any] = {}
    record: ClassWord = RecordClass.COUNTY
    level: LevelWord = Level.COUNTY
    mandatory: bool = False
    key: bool = False
    work: Text | None = None
    pairing: Text | None = None


class ListCaseDoc(Doc):
    """A worked case of a list: for the `year`, or the `part` of it (from 1) that the list is drawn up for; of a `unit`, its grid of the year."""

    case: Text
    en: Text | None = None
    year: int
    part: int = 1
    today: Day | None = None
    unit: ListUnitDoc | None = None
    units: list[AroundDoc] = []
    members: list[MemberAroundDoc] = []
    facts: list[ListFactDoc] = []
    planned: list[PlannedDoc] = []
    expect: _ProgressDoc


class _PostingDoc(Doc):
    within_days: int = 5
    invites: int = 0


class ChecklistDoc(Doc):
    checklist: Text
    version: Text
    zh: Text
    en: Text
    since: Day
    until: Day | None = None
    subject: SubjectWord = Subject.MEMBER
    of_kinds: Annotated[list[UnitKindWord], BeforeValidator(several)] = []
    of_types: Annotated[list[StudioTypeWord], BeforeValidator(several)] = []
    period: SpanWord = Span.YEAR
    source: Text | None = None
    sample: bool = False
    slots: list[_SlotDoc]
    besides: list[_BesideDoc] = []
    silences: list[SilenceDoc] = []
    posting: _PostingDoc | None = None
    cases: list[ListCaseDoc] = []


def _day_of_year(said: str) -> tuple[int, int]:
    month, day = map(int, said.split("-"))
    return month, day


def checklist_of(doc: ChecklistDoc, source: Source, *, checked: bool = True) -> Checklist:
    """A checklist, fit for use with the catalogue unless it is not to be `checked`; raises `Unreadable`."""
    checklist = Checklist(
        code=doc.checklist,
        version=doc.version,
        zh=doc.zh,
        en=doc.en,
        since=doc.since,
        until=doc.until,
        subject=doc.subject,
        of_kinds=frozenset(doc.of_kinds),
        of_types=frozenset(doc.of_types),
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
                each_of=frozenset(s.each_of),
                has=frozenset(s.has),
                bound=s.bound,
                party=s.party,
                through=s.through,
                lasting=s.lasting,
                grace_days=s.grace_days,
                by=None if s.by is None else _day_of_year(s.by),
                before=tuple(map(selects_of, s.before)),
                reading=None if s.reading is None else remark_of(s.reading),
            )
            for s in doc.slots
        ),
        besides=tuple(
            Beside(zh=b.zh, en=b.en, counts=tuple(map(selects_of, b.counts))) for b in doc.besides
        ),
        silences=tuple(map(silence_of, doc.silences)),
        posting=None
        if doc.posting is None
        else Posting(within_days=doc.posting.within_days, invites=doc.posting.invites),
    )
    refuse([], checklists.problems(checklist, KINDS) if checked else [], source)
    return checklist
