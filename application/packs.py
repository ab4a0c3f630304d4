"""A county's documents: YAML text becomes rubrics, checklists and policies, or a list of all that is wrong with it, by line."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Annotated, Any, TypeVar

import yaml
from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    PlainValidator,
    TypeAdapter,
    ValidationError,
)
from pydantic_core import ErrorDetails, PydanticCustomError

from domain import checklist as checklists
from domain import rubric as rubrics
from domain import scoring
from domain.attestation import Counts, Policy
from domain.checklist import Beside, Checklist, Slot, SlotState
from domain.document import Sort
from domain.fact import (
    Attendance,
    Authorship,
    Capacity,
    Fact,
    Part,
    Reached,
    RecordClass,
    Spoke,
    SubjectId,
)
from domain.kinds import KINDS, Details, Shape, Stage, Subject
from domain.kinds.fields import FieldAbout, fields_of
from domain.member import Exemption, MemberRole, Person, Profile, RoleHeld, Term
from domain.people import PersonId, Reason, Refused, UnitId
from domain.rubric import (
    AS_MEMBER,
    EVERYONE,
    ROWS,
    TOOK_PART,
    Axis,
    Block,
    Byline,
    Clause,
    Each,
    Full,
    Gap,
    Once,
    Passed,
    Per,
    Period,
    Price,
    Problem,
    Remark,
    Rubric,
    Selects,
    SharedCap,
    Silence,
    Span,
    Start,
    Table,
    Topic,
    Where,
    Who,
)
from domain.scoring import Why
from domain.unit import UnitKind
from domain.words import Choice, Level

LARGEST = 512 * 1024
"""Bytes that a document may have."""
MOST_ACTS = 100
"""Acts that one line of a worked case may stand for."""
MOST_VALUES = 20_000
"""Values that a document may hold."""
MOST_FLAWS = 100
"""Flaws that are listed at most; whoever has so many begins with the first."""
DEEPEST = 24
"""Levels that a document may nest."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Flaw:
    """One thing that is wrong with a document: the line (from 1), the path within it, and what is wrong."""

    line: int
    path: str
    zh: str
    en: str

    def __str__(self) -> str:
        return f"第 {self.line} 行 {self.path}:{self.zh} / line {self.line} {self.path}: {self.en}"


@dataclass(unsafe_hash=True)
class Unreadable(Exception):
    """A document that cannot be used, with all that is wrong with it."""

    flaws: tuple[Flaw, ...]

    def __str__(self) -> str:
        return "\n".join(map(str, self.flaws))

    def refusal(self, reason: Reason = Reason.MALFORMED) -> Refused:
        """The same as a refusal of the ledger; `reason` is why each flaw is one."""
        return Refused(
            Reason.RUBRIC_INVALID,
            others=tuple(
                Refused(reason, f.path, f"{f.zh} / {f.en} ({f.line})") for f in self.flaws
            ),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseResult:
    """How one worked case came out; it passed if nothing differs."""

    case: str
    line: int
    differs: tuple[Flaw, ...] = ()

    @property
    def passed(self) -> bool:
        """Whether everything came out as the document says."""
        return not self.differs


@dataclass(frozen=True, slots=True, kw_only=True)
class SlotReading:
    """How a slot of a list is read where nothing says so."""

    slot: int
    reading: Remark


@dataclass(frozen=True, slots=True, kw_only=True)
class Questions:
    """What a document asks of its author: what it leaves open with the reading assumed, what is not known of it, what it does not price."""

    silences: tuple[Silence, ...] = ()
    readings: tuple[SlotReading, ...] = ()
    unknown: tuple[Remark, ...] = ()
    blank: tuple[int, ...] = ()
    gaps: tuple[Gap, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Pack:
    """What a county ships: its rubrics, checklists and policies, by code."""

    rubrics: Mapping[str, Rubric] = field(default_factory=dict)
    checklists: Mapping[str, Checklist] = field(default_factory=dict)
    policies: Mapping[str, Policy] = field(default_factory=dict)


# Doors


def sort_of(text: str) -> Sort:
    """What a document governs: its first line names it, `rubric: CODE`, `checklist: CODE` or `policy: CODE`."""
    return _sort(_parsed(text))


def load_rubric(text: str) -> Rubric:
    """The rubric that a document holds, fit for use with the catalogue; otherwise `Unreadable`."""
    source = _parsed(text)
    return _rubric(_validated(_RubricDoc, source), source)


def load_checklist(text: str) -> Checklist:
    """The checklist that a document holds, fit for use with the catalogue; otherwise `Unreadable`."""
    source = _parsed(text)
    return _checklist(_validated(_ChecklistDoc, source), source)


def load_policy(text: str) -> Policy:
    """The policy of dual management that a document holds; otherwise `Unreadable`."""
    source = _parsed(text)
    return _policy(_validated(_PolicyDoc, source), source)


def load_pack(texts: Iterable[str]) -> Pack:
    """All documents of a county together."""
    found_rubrics: dict[str, Rubric] = {}
    found_checklists: dict[str, Checklist] = {}
    policies: dict[str, Policy] = {}
    for text in texts:
        source = _parsed(text)
        match _sort(source):
            case Sort.RUBRIC:
                rubric = _rubric(_validated(_RubricDoc, source), source)
                found_rubrics[rubric.code] = rubric
            case Sort.CHECKLIST:
                checklist = _checklist(_validated(_ChecklistDoc, source), source)
                found_checklists[checklist.code] = checklist
            case Sort.POLICY:
                doc = _validated(_PolicyDoc, source)
                policies[doc.policy] = _policy(doc, source)
    return Pack(rubrics=found_rubrics, checklists=found_checklists, policies=policies)


def cases(text: str) -> list[str]:
    """The names of the worked cases of a document."""
    source = _parsed(text)
    match _sort(source):
        case Sort.RUBRIC:
            return [c.case for c in _validated(_RubricDoc, source).cases]
        case Sort.CHECKLIST:
            return [c.case for c in _validated(_ChecklistDoc, source).cases]
        case Sort.POLICY:
            return []


def check(text: str) -> list[CaseResult]:
    """Every worked case of a document, worked out; `Unreadable` where it says what nothing carries out yet."""
    source = _parsed(text)
    match _sort(source):
        case Sort.RUBRIC:
            doc = _validated(_RubricDoc, source)
            rubric = _rubric(doc, source)
            _raise([], rubrics.not_built(rubric), source)
            return [_scored(case, i, rubric, source) for i, case in enumerate(doc.cases)]
        case Sort.CHECKLIST:
            listed = _validated(_ChecklistDoc, source)
            checklist = _checklist(listed, source)
            _raise([], checklists.not_built(checklist), source)
            return [_filled(case, i, checklist, source) for i, case in enumerate(listed.cases)]
        case Sort.POLICY:
            _policy(_validated(_PolicyDoc, source), source)
            return []


def questions(text: str) -> Questions:
    """What a document leaves open; shown whenever it is checked, so that nobody takes our reading for the author's."""
    source = _parsed(text)
    match _sort(source):
        case Sort.RUBRIC:
            rubric = _rubric(_validated(_RubricDoc, source), source)
            return Questions(
                silences=rubric.silences,
                unknown=rubric.unknown,
                gaps=tuple(rubrics.gaps(rubric, KINDS)),
            )
        case Sort.CHECKLIST:
            listed = _checklist(_validated(_ChecklistDoc, source), source)
            return Questions(
                silences=listed.silences,
                readings=tuple(
                    SlotReading(slot=s.number, reading=s.reading)
                    for s in listed.slots
                    if s.reading is not None
                ),
                blank=tuple(s.number for s in listed.slots if not s.counts),
            )
        case Sort.POLICY:
            doc = _validated(_PolicyDoc, source)
            return Questions(silences=tuple(map(_silence, doc.silences)))


# YAML to plain values, with the line of each


@dataclass(frozen=True, slots=True)
class _Source:
    """The plain values of a document, and the line of each path."""

    values: Any
    lines: Mapping[tuple[str | int, ...], int]

    def flaw(self, path: tuple[str | int, ...], zh: str, en: str) -> Flaw:
        """Something wrong at a path, or at the nearest place above it that the document has."""
        known = path
        while known and known not in self.lines:
            known = known[:-1]
        pointer = "".join(f"/{part}" for part in path)
        return Flaw(line=self.lines.get(known, 1), path=pointer or "/", zh=zh, en=en)


_QUOTED = {"'", '"', "|", ">"}
_NOTHING = {"", "~", "null"}
_TICKS = {"true": True, "false": False}
_WHOLE = re.compile(r"[-+]?(0|[1-9][0-9]{0,11})")


def _parsed(text: str) -> _Source:
    """A document as plain values. Numbers with a fraction, and days, stay text, so that nothing is rounded on the way."""
    if len(text.encode()) > LARGEST:
        raise _broken(1, "文件超过 512 KiB", "the document is larger than 512 KiB")
    try:
        _refuse_tricks(text)
        node = yaml.compose(text, Loader=yaml.CSafeLoader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        what = " ".join(filter(None, (error.context, error.problem)))
        line = _line(mark)
        raise _broken(line, f"YAML 格式有误({what})", f"not valid YAML: {what}") from None
    except yaml.YAMLError as error:
        what = str(error).splitlines()[0]
        raise _broken(1, f"YAML 格式有误({what})", f"not valid YAML: {what}") from None
    if not isinstance(node, yaml.MappingNode):
        raise _broken(1, "应以“名称: 值”开头", "has to be a mapping of names to values")
    lines: dict[tuple[str | int, ...], int] = {(): _line(node.start_mark)}
    flaws: list[Flaw] = []
    values = _plain(node, (), lines, flaws)
    if flaws:
        raise Unreadable(tuple(flaws[:MOST_FLAWS]))
    return _Source(values, lines)


def _line(mark: object) -> int:
    """The line of a mark, from 1."""
    return int(getattr(mark, "line", 0)) + 1


def _refuse_tricks(text: str) -> None:
    """Refuse what a document of ours never needs: references, tags, several documents, deep nesting."""
    depth = documents = values = 0
    for event in yaml.parse(text, Loader=yaml.CSafeLoader):
        line = _line(event.start_mark)
        values += isinstance(event, yaml.NodeEvent)
        if values > MOST_VALUES:
            raise _broken(line, "内容过多", "holds too many values")
        match event:
            case yaml.AliasEvent():
                raise _broken(line, "不允许引用(*)", "references (*) are not allowed")
            case yaml.NodeEvent(anchor=str()):
                raise _broken(line, "不允许锚点(&)", "anchors (&) are not allowed")
            case yaml.DocumentStartEvent():
                documents += 1
                if documents > 1:
                    raise _broken(line, "一个文件只能有一份文档", "holds more than one document")
            case yaml.ScalarEvent(tag=str()) | yaml.CollectionStartEvent(tag=str()):
                if event.tag != "!":
                    raise _broken(line, "不允许标签(!)", "tags (!) are not allowed")
            case _:
                pass
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
            if depth > DEEPEST:
                raise _broken(line, "嵌套过深", "is nested too deeply")
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1


def _plain(
    node: yaml.Node,
    path: tuple[str | int, ...],
    lines: dict[tuple[str | int, ...], int],
    flaws: list[Flaw],
) -> Any:
    lines.setdefault(path, _line(node.start_mark))
    if isinstance(node, yaml.MappingNode):
        found: dict[str, Any] = {}
        for key, value in node.value:
            line = _line(key.start_mark)
            if not isinstance(key, yaml.ScalarNode):
                flaws.append(_flaw(line, path, "名称应为文字", "a name has to be text"))
                continue
            name = str(key.value)
            if name in found:
                flaws.append(
                    _flaw(line, (*path, name), f"“{name}”重复出现", f"“{name}” appears twice")
                )
                continue
            lines[(*path, name)] = line
            found[name] = _plain(value, (*path, name), lines, flaws)
        return found
    if isinstance(node, yaml.SequenceNode):
        return [_plain(n, (*path, i), lines, flaws) for i, n in enumerate(node.value)]
    text = str(node.value)
    if not isinstance(node, yaml.ScalarNode) or node.style in _QUOTED:
        return text
    if text in _NOTHING:
        return None
    if text in _TICKS:
        return _TICKS[text]
    return int(text) if _WHOLE.fullmatch(text) else text


def _flaw(line: int, path: tuple[str | int, ...], zh: str, en: str) -> Flaw:
    return Flaw(line=line, path="".join(f"/{p}" for p in path) or "/", zh=zh, en=en)


def _broken(line: int, zh: str, en: str) -> Unreadable:
    return Unreadable((_flaw(line, (), zh, en),))


def _sort(source: _Source) -> Sort:
    for sort in Sort:
        if sort.value in source.values:
            return sort
    raise Unreadable(
        (
            source.flaw(
                (),
                "第一行应写明 rubric(考核办法)、checklist(履职清单)或 policy(双重管理规则)",
                "has to name a rubric, a checklist or a policy",
            ),
        )
    )


# The words of documents

C = TypeVar("C", bound=Choice)
M = TypeVar("M", bound=BaseModel)


def _wrong(zh: str, en: str) -> PydanticCustomError:
    return PydanticCustomError("document", "{zh} / {en}", {"zh": zh, "en": en})


_FORMER: Mapping[type[Choice], Mapping[str, str]] = {
    RecordClass: {"县政协登记": "county"},
    SlotState: {"待县里填写": "blank"},
}
"""Words that choices had once: what was published in them can be read for ever."""


def _word(choices: type[C]) -> Callable[[Any], C]:
    """Reads a word of a closed list, by its code or by its Chinese."""
    known = {str(c.value): c for c in choices} | {c.zh: c for c in choices}
    known |= {zh: choices.of(value) for zh, value in _FORMER.get(choices, {}).items()}

    def read(value: Any) -> C:
        found = known.get(str(value)) if isinstance(value, str | int) else None
        if found is None:
            options = [f"{c.value}({c.zh})" for c in choices]
            raise _wrong(
                f"不认识“{value}”,可选:{'、'.join(options)}",
                f"“{value}” is not one of: {', '.join(options)}",
            )
        return found

    return read


_FIGURE = re.compile(r"-?[0-9]{1,9}(\.[0-9]{1,6})?(/[1-9][0-9]{0,5})?")


def _figure(value: Any) -> Fraction:
    """Points, exactly: `15`, `7.5` or `100/3`."""
    text = str(value)
    if isinstance(value, bool) or not _FIGURE.fullmatch(text) or ("." in text and "/" in text):
        raise _wrong(
            f"“{value}”不是分值,请写 15、7.5 或 100/3",
            f"“{value}” is not a figure; write 15, 7.5 or 100/3",
        )
    return Fraction(text)


def _day(value: Any) -> date:
    try:
        return date.fromisoformat(value)
    except (TypeError, ValueError):
        raise _wrong(
            f"“{value}”不是日期,请写 2024-01-31", f"“{value}” is not a day; write 2024-01-31"
        ) from None


def _text(value: Any) -> str:
    if isinstance(value, bool) or not isinstance(value, str | int) or value == "":
        raise _wrong("应为文字", "has to be text")
    return str(value)


def _kind(value: Any) -> str:
    """A kind by its name or by its Chinese; what the catalogue does not have is left to the check against it."""
    by_zh = {kind.about.zh: name for name, kind in KINDS.items()}
    return by_zh.get(str(value), str(value))


def _several(value: Any) -> Any:
    return value if isinstance(value, list) else [value]


def _tick_or_text(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return _text(value)


Figure = Annotated[Fraction, PlainValidator(_figure)]
Day = Annotated[date, PlainValidator(_day)]
Text = Annotated[str, PlainValidator(_text)]
Kind = Annotated[str, PlainValidator(_kind)]
Said = Annotated[str, PlainValidator(_tick_or_text)]
Kinds = Annotated[list[Kind], BeforeValidator(_several)]
Codes = Annotated[list[Text], BeforeValidator(_several)]
CapacityWord = Annotated[Capacity, PlainValidator(_word(Capacity))]
StateWord = Annotated[Attendance, PlainValidator(_word(Attendance))]
PartWord = Annotated[Part, PlainValidator(_word(Part))]
SpokeWord = Annotated[Spoke, PlainValidator(_word(Spoke))]
LevelWord = Annotated[Level, PlainValidator(_word(Level))]
BylineWord = Annotated[Byline, PlainValidator(_word(Byline))]
StageWord = Annotated[Stage, PlainValidator(_word(Stage))]
RoleWord = Annotated[MemberRole, PlainValidator(_word(MemberRole))]
AxisWord = Annotated[Axis, PlainValidator(_word(Axis))]
PerWord = Annotated[Per, PlainValidator(_word(Per))]
SpanWord = Annotated[Span, PlainValidator(_word(Span))]
SubjectWord = Annotated[Subject, PlainValidator(_word(Subject))]
UnitKindWord = Annotated[UnitKind, PlainValidator(_word(UnitKind))]
TopicWord = Annotated[Topic, PlainValidator(_word(Topic))]
CountsWord = Annotated[Counts, PlainValidator(_word(Counts))]
ClassWord = Annotated[RecordClass, PlainValidator(_word(RecordClass))]
WhyWord = Annotated[Why, PlainValidator(_word(Why))]
SlotWord = Annotated[SlotState, PlainValidator(_word(SlotState))]


class _Doc(BaseModel):
    """Part of a document; what it does not know is an error."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class _RemarkDoc(_Doc):
    zh: Text
    en: Text


class _LevelsDoc(_Doc):
    at_least: LevelWord


def _levels(value: Any) -> Any:
    """Levels as a list; `at_least: city` means that level and all above it."""
    if isinstance(value, dict):
        lowest = _LevelsDoc.model_validate(value).at_least
        return [level.value for level in Level if level.height >= lowest.height]
    return _several(value)


Levels = Annotated[list[LevelWord], BeforeValidator(_levels)]


def _named(name: str) -> BeforeValidator:
    """Lets a part be written as one word where nothing else is said of it."""
    return BeforeValidator(lambda value: value if isinstance(value, dict) else {name: value})


class _PassedDoc(_Doc):
    stage: StageWord
    levels: Levels = []


PassedDoc = Annotated[_PassedDoc, _named("stage")]


class _ReachedDoc(_Doc):
    any: Annotated[list[PassedDoc], BeforeValidator(_several)] = []
    all: Annotated[list[PassedDoc], BeforeValidator(_several)] = []
    none: Annotated[list[PassedDoc], BeforeValidator(_several)] = []


class _SelectsDoc(_Doc):
    kinds: Kinds
    where: dict[str, Annotated[list[Said], BeforeValidator(_several)]] = {}
    capacities: Annotated[list[CapacityWord], BeforeValidator(_several)] | None = None
    states: Annotated[list[StateWord], BeforeValidator(_several)] | None = None
    parts: Annotated[list[PartWord], BeforeValidator(_several)] = []
    spoke: Annotated[list[SpokeWord], BeforeValidator(_several)] = []
    levels: Levels = []
    bylines: Annotated[list[BylineWord], BeforeValidator(_several)] = []
    records: Annotated[list[ClassWord], BeforeValidator(_several)] = []
    key: bool | None = None
    mandatory: bool | None = None
    whole: bool | None = None
    reached: _ReachedDoc = _ReachedDoc()
    evidence: int = 0


Counted = Annotated[list[Annotated[_SelectsDoc, _named("kinds")]], BeforeValidator(_several)]


class _WhoDoc(_Doc):
    holds: Annotated[list[RoleWord], BeforeValidator(_several)] = []
    lacks: Annotated[list[RoleWord], BeforeValidator(_several)] = []


WhoDoc = Annotated[
    _WhoDoc, BeforeValidator(lambda value: value if isinstance(value, dict) else {"holds": value})
]


class _PriceDoc(_Doc):
    points: Figure | None = None
    by: AxisWord | None = None
    detail: Text | None = None
    prices: dict[str, Figure] = {}


PriceDoc = Annotated[_PriceDoc, _named("points")]


class _FullDoc(_Doc):
    points: Figure
    acts: int
    partial: bool = True


class _ClauseDoc(_Doc):
    clause: Text
    zh: Text
    en: Text
    who: WhoDoc | None = None
    counts: Counted
    spoiled_by: Counted = []
    each: PriceDoc | None = None
    once: PriceDoc | None = None
    full: _FullDoc | None = None
    per: PerWord = Per.ACT
    from_nth: int = 1
    shares: dict[str, Figure] = {}
    cap: Figure | None = None
    times: int | None = None
    beyond: Codes = []
    by_work: bool = False
    linked: bool = False


class _SharedDoc(_Doc):
    shared: Text
    zh: Text
    en: Text
    clauses: Codes
    cap: Figure


class _StartDoc(_Doc):
    points: Figure
    who: WhoDoc | None = None


StartDoc = Annotated[_StartDoc, _named("points")]


class _BlockDoc(_Doc):
    block: Text
    zh: Text
    en: Text
    starts: Annotated[list[StartDoc], BeforeValidator(_several)] = []
    clauses: list[_ClauseDoc]
    shared: list[_SharedDoc] = []
    cap: Figure | None = None
    floor: Figure | None = None


class _SilenceDoc(_Doc):
    about: TopicWord
    zh: Text
    en: Text
    reading: _RemarkDoc
    clauses: Codes = []


class _ExemptDoc(_Doc):
    since: Day
    until: Day | None = None


class _MemberDoc(_Doc):
    roles: Annotated[list[RoleWord], BeforeValidator(_several)] = []
    exempt: Annotated[list[_ExemptDoc], BeforeValidator(_several)] = []


class _DoneDoc(_Doc):
    stage: StageWord
    on: Day | None = None
    level: LevelWord | None = None


class _FactDoc(_Doc):
    kind: Kind
    on: Day
    deed: Text | None = None
    acts: int = 1
    details: dict[str, Any] = {}
    until: Day | None = None
    recorded_on: Day | None = None
    record: ClassWord = RecordClass.COUNTY
    capacity: CapacityWord = Capacity.ATTENDS
    part: PartWord = Part.TAKES_PART
    state: StateWord = Attendance.PRESENT
    spoke: SpokeWord = Spoke.NO
    half_days: int = 1
    of_half_days: int | None = None
    level: LevelWord = Level.COUNTY
    mandatory: bool = False
    key: bool = False
    work: Text | None = None
    pairing: Text | None = None
    village: Text | None = None
    with_unit: Text | None = None
    byline: BylineWord | None = None
    reached: Annotated[list[Annotated[_DoneDoc, _named("stage")]], BeforeValidator(_several)] = []
    evidence: int = 0
    same_as: Text | None = None
    put_in: Text | None = None


class _ScoreDoc(_Doc):
    total: Figure
    lines: dict[str, Figure] = {}
    blocks: dict[str, Figure] = {}
    why_not: dict[str, WhyWord] = {}


class _RubricCaseDoc(_Doc):
    case: Text
    en: Text | None = None
    member: _MemberDoc = _MemberDoc()
    year: int
    today: Day | None = None
    facts: list[_FactDoc] = []
    expect: _ScoreDoc


class _RubricDoc(_Doc):
    rubric: Text
    version: Text
    zh: Text
    en: Text
    since: Day
    until: Day | None = None
    period: SpanWord = Span.YEAR
    source: Text | None = None
    blocks: list[_BlockDoc]
    cap: Figure | None = None
    floor: Figure | None = None
    silences: list[_SilenceDoc] = []
    unknown: list[_RemarkDoc] = []
    cases: list[_RubricCaseDoc] = []


class _SlotDoc(_Doc):
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
    reading: _RemarkDoc | None = None


class _BesideDoc(_Doc):
    zh: Text
    en: Text
    counts: Counted


class _ProgressDoc(_Doc):
    done: int
    left: int
    slots: dict[str, SlotWord] = {}


class _ListCaseDoc(_Doc):
    case: Text
    en: Text | None = None
    year: int
    today: Day | None = None
    facts: list[_FactDoc] = []
    expect: _ProgressDoc


class _ChecklistDoc(_Doc):
    checklist: Text
    version: Text
    zh: Text
    en: Text
    since: Day
    until: Day | None = None
    subject: SubjectWord = Subject.MEMBER
    of_kinds: Annotated[list[UnitKindWord], BeforeValidator(_several)] = []
    period: SpanWord = Span.YEAR
    source: Text | None = None
    sample: bool = False
    slots: list[_SlotDoc]
    besides: list[_BesideDoc] = []
    silences: list[_SilenceDoc] = []
    cases: list[_ListCaseDoc] = []


class _PolicyDoc(_Doc):
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
    closing: Day | None = None
    silences: list[_SilenceDoc] = []


def _validated(model: type[M], source: _Source) -> M:
    try:
        return model.model_validate(source.values)
    except ValidationError as error:
        flaws = [
            source.flaw(tuple(one["loc"]), *_said(one)) for one in error.errors(include_url=False)
        ]
        flaws.sort(key=lambda f: f.line)
        raise Unreadable(tuple(flaws[:MOST_FLAWS])) from None


def _said(error: ErrorDetails) -> tuple[str, str]:
    """What is wrong, in two languages."""
    name = str(error["loc"][-1]) if error["loc"] else ""
    match error["type"]:
        case "document":
            context = error.get("ctx", {})
            return str(context["zh"]), str(context["en"])
        case "missing":
            return f"缺少“{name}”", f"“{name}” is missing"
        case "extra_forbidden" if error["input"] is None:
            return (
                f"没有“{name}”这个字段(若是句中的逗号,请给整句加引号)",
                f"there is no field “{name}” here (if a comma cut a sentence in two, quote it)",
            )
        case "extra_forbidden":
            return f"没有“{name}”这个字段", f"there is no field “{name}” here"
        case "int_type" | "int_parsing":
            return "应为整数", "has to be a whole number"
        case "bool_type" | "bool_parsing":
            return "应为 true 或 false", "has to be true or false"
        case "dict_type" | "model_type":
            return "应为“名称: 值”", "has to be a mapping of names to values"
        case "list_type":
            return "应为列表(每项以 - 开头)", "has to be a list (each entry after a dash)"
        case other:
            return f"不符合要求({other})", error["msg"]


# Documents to the domain


def _rubric(doc: _RubricDoc, source: _Source) -> Rubric:
    flaws: list[Flaw] = []
    blocks = [_block(b, ("blocks", i), source, flaws) for i, b in enumerate(doc.blocks)]
    rubric = Rubric(
        code=doc.rubric,
        version=doc.version,
        zh=doc.zh,
        en=doc.en,
        since=doc.since,
        until=doc.until,
        period=doc.period,
        source=doc.source or "",
        blocks=tuple(blocks),
        cap=doc.cap,
        floor=doc.floor,
        silences=tuple(map(_silence, doc.silences)),
        unknown=tuple(map(_remark, doc.unknown)),
    )
    _raise(flaws, rubrics.problems(rubric, KINDS), source)
    return rubric


def _raise(flaws: list[Flaw], problems: list[Problem], source: _Source) -> None:
    """Every problem of a document at once, by line; none, and it is fit for use."""
    for problem in problems:
        path = tuple(int(p) if p.isdigit() else p for p in problem.path.split("/")[1:])
        flaws.append(source.flaw(path, problem.zh, problem.en))
    if flaws:
        listed = sorted(dict.fromkeys(flaws), key=lambda f: (f.line, f.path))
        raise Unreadable(tuple(listed[:MOST_FLAWS]))


def _block(doc: _BlockDoc, at: tuple[str | int, ...], source: _Source, flaws: list[Flaw]) -> Block:
    return Block(
        code=doc.block,
        zh=doc.zh,
        en=doc.en,
        starts=tuple(Start(points=s.points, who=_who(s.who)) for s in doc.starts),
        clauses=tuple(
            _clause(c, (*at, "clauses", i), source, flaws) for i, c in enumerate(doc.clauses)
        ),
        shared=tuple(
            SharedCap(code=s.shared, zh=s.zh, en=s.en, clauses=tuple(s.clauses), points=s.cap)
            for s in doc.shared
        ),
        cap=doc.cap,
        floor=doc.floor,
    )


def _clause(
    doc: _ClauseDoc, at: tuple[str | int, ...], source: _Source, flaws: list[Flaw]
) -> Clause:
    shares: list[tuple[Byline, Fraction]] = []
    for name, share in doc.shares.items():
        try:
            shares.append((_word(Byline)(name), share))
        except PydanticCustomError as error:
            context = error.context or {}
            flaws.append(source.flaw((*at, "shares", name), context["zh"], context["en"]))
    return Clause(
        code=doc.clause,
        zh=doc.zh,
        en=doc.en,
        who=_who(doc.who),
        counts=tuple(map(_selects, doc.counts)),
        spoiled_by=tuple(map(_selects, doc.spoiled_by)),
        measure=_measure(doc, at, source, flaws),
        shares=tuple(shares),
        cap=doc.cap,
        times=doc.times,
        beyond=tuple(doc.beyond),
        by_work=doc.by_work,
        linked=doc.linked,
    )


def _measure(
    doc: _ClauseDoc, at: tuple[str | int, ...], source: _Source, flaws: list[Flaw]
) -> rubrics.Measure:
    given = [name for name in ("each", "once", "full") if getattr(doc, name) is not None]
    if len(given) != 1:
        flaws.append(
            source.flaw(
                at,
                "each(每次)、once(一次)、full(满额)三者写且只写一个",
                "needs exactly one of each, once and full",
            )
        )
    if doc.each is None and (doc.per is not Per.ACT or doc.from_nth != 1):
        flaws.append(
            source.flaw(
                (*at, "per" if doc.per is not Per.ACT else "from_nth"),
                "只能与 each(每次)同用",
                "goes with each only",
            )
        )
    if doc.full is not None:
        if doc.full.acts < 1:
            flaws.append(source.flaw((*at, "full", "acts"), "至少 1 次", "is at least 1"))
            return Once(price=doc.full.points)
        return Full(points=doc.full.points, acts=doc.full.acts, partial=doc.full.partial)
    if doc.once is not None:
        return Once(price=_price(doc.once, (*at, "once"), source, flaws))
    price = doc.each or _PriceDoc(points=Fraction(0))
    return Each(
        price=_price(price, (*at, "each"), source, flaws), per=doc.per, from_nth=doc.from_nth
    )


def _price(doc: _PriceDoc, at: tuple[str | int, ...], source: _Source, flaws: list[Flaw]) -> Price:
    if (doc.points is None) == (doc.by is None):
        flaws.append(
            source.flaw(
                at,
                "写一个分值,或写 by(按什么)与 prices(分值表)",
                "needs a figure, or by and prices",
            )
        )
        return Fraction(0)
    if doc.points is not None:
        return doc.points
    axis = doc.by or Axis.LEVEL
    if not doc.prices or (axis is Axis.DETAIL) != (doc.detail is not None):
        flaws.append(
            source.flaw(
                at,
                "分值表 prices 不能为空;by: detail 时须写明字段 detail",
                "prices cannot be empty; by: detail goes with the field in detail",
            )
        )
    known = {} if axis is Axis.DETAIL else {c.zh: str(c.value) for c in ROWS[axis]}
    return Table(
        by=axis,
        prices=tuple((known.get(row, row), points) for row, points in doc.prices.items()),
        detail=doc.detail or "",
    )


def _who(doc: _WhoDoc | None) -> Who:
    if doc is None:
        return EVERYONE
    return Who(holds=frozenset(doc.holds), lacks=frozenset(doc.lacks))


def _selects(doc: _SelectsDoc) -> Selects:
    return Selects(
        kinds=tuple(doc.kinds),
        where=tuple(
            Where(name=name, values=frozenset(_stored(v, name, doc.kinds) for v in values))
            for name, values in doc.where.items()
        ),
        capacities=AS_MEMBER if doc.capacities is None else frozenset(doc.capacities),
        states=TOOK_PART if doc.states is None else frozenset(doc.states),
        parts=frozenset(doc.parts),
        spoke=frozenset(doc.spoke),
        levels=frozenset(doc.levels),
        bylines=frozenset(doc.bylines),
        records=frozenset(doc.records),
        key=doc.key,
        mandatory=doc.mandatory,
        whole=doc.whole,
        passed_any=tuple(map(_passed, doc.reached.any)),
        passed_all=tuple(map(_passed, doc.reached.all)),
        passed_none=tuple(map(_passed, doc.reached.none)),
        evidence=doc.evidence,
    )


def _stored(word: str, name: str, kinds: Iterable[str]) -> str:
    """The stored word of a detail that is written in Chinese."""
    for kind in kinds:
        for about in fields_of(KINDS[kind]) if kind in KINDS else ():
            if about.name == name:
                for choice in about.choices:
                    if choice.zh == word:
                        return str(choice.value)
    return word


def _passed(doc: _PassedDoc) -> Passed:
    return Passed(stage=doc.stage, levels=frozenset(doc.levels))


def _silence(doc: _SilenceDoc) -> Silence:
    return Silence(
        topic=doc.about,
        zh=doc.zh,
        en=doc.en,
        reading_zh=doc.reading.zh,
        reading_en=doc.reading.en,
        clauses=tuple(doc.clauses),
    )


def _remark(doc: _RemarkDoc) -> Remark:
    return Remark(zh=doc.zh, en=doc.en)


def _checklist(doc: _ChecklistDoc, source: _Source) -> Checklist:
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
                counts=tuple(map(_selects, s.counts)),
                need=s.need,
                linked_by=tuple(map(_selects, s.linked_by)),
                every=s.every,
                each_person=s.each_person,
                through=s.through,
                grace_days=s.grace_days,
                reading=None if s.reading is None else _remark(s.reading),
            )
            for s in doc.slots
        ),
        besides=tuple(
            Beside(zh=b.zh, en=b.en, counts=tuple(map(_selects, b.counts))) for b in doc.besides
        ),
        silences=tuple(map(_silence, doc.silences)),
    )
    _raise([], checklists.problems(checklist, KINDS), source)
    return checklist


def _policy(doc: _PolicyDoc, source: _Source) -> Policy:
    flaws: list[Flaw] = []
    by_class: dict[RecordClass, Counts] = dict(Policy().by_class)
    for name, counts in doc.by_class.items():
        try:
            by_class[_word(RecordClass)(name)] = counts
        except PydanticCustomError as error:
            context = error.context or {}
            flaws.append(source.flaw(("by_class", name), context["zh"], context["en"]))
    by_kind = {_kind(name): counts for name, counts in doc.by_kind.items()}
    for name in doc.by_kind:
        if _kind(name) not in KINDS:
            flaws.append(
                source.flaw(
                    ("by_kind", name),
                    f"类型目录中没有 {name}",
                    f"{name} is not a kind of the catalogue",
                )
            )
    for name, days in (("window_days", doc.window_days), ("late_days", doc.late_days)):
        if days < 0:
            flaws.append(source.flaw((name,), "不能是负数", "cannot be negative"))
    _raise(flaws, [], source)
    return Policy(
        by_class=by_class,
        by_kind=by_kind,
        late=doc.late,
        window_days=doc.window_days,
        late_days=doc.late_days,
        closing=doc.closing,
    )


# Worked cases

_EXAMPLE = PersonId("example")
_SUBJECT = SubjectId("member/example")


def _facts(docs: list[_FactDoc], at: tuple[str | int, ...], source: _Source) -> list[Fact[Any]]:
    """The facts of a case; one that is not named is called by its number, from 1."""
    found: list[Fact[Any]] = []
    flaws: list[Flaw] = []
    for i, doc in enumerate(docs):
        kind = KINDS.get(doc.kind)
        if kind is None:
            flaws.append(
                source.flaw(
                    (*at, i, "kind"),
                    f"类型目录中没有 {doc.kind}",
                    f"{doc.kind} is not a kind of the catalogue",
                )
            )
            continue
        try:
            details = _details(kind, doc.details)
        except (ValidationError, ValueError) as error:
            what = _first_error(error)
            flaws.append(
                source.flaw((*at, i, "details"), f"字段有误:{what}", f"wrong details: {what}")
            )
            continue
        if not 1 <= doc.acts <= MOST_ACTS:
            flaws.append(
                source.flaw(
                    (*at, i, "acts"),
                    f"应在 1 与 {MOST_ACTS} 之间",
                    f"lies between 1 and {MOST_ACTS}",
                )
            )
            continue
        name = doc.deed or str(i + 1)
        for n in range(doc.acts):
            found.append(_fact(doc, name if n == 0 else f"{name}-{n + 1}", details))
    _raise(flaws, [], source)
    return found


def _first_error(error: ValueError) -> str:
    if isinstance(error, ValidationError):
        one = error.errors(include_url=False)[0]
        return f"{'.'.join(map(str, one['loc']))}: {one['msg']}"
    return str(error)


def _fact(doc: _FactDoc, name: str, details: Details) -> Fact[Any]:
    matter = details.about.shape is Shape.MATTER
    hand = doc.byline or (Byline.SOLE if matter else None)
    alone = hand in {None, Byline.SOLE}
    return Fact(
        deed=name,
        subject=_SUBJECT,
        kind=doc.kind,
        on=doc.on,
        until=doc.until,
        details=details,
        recorded_on=doc.recorded_on or doc.on,
        recorded_by=_EXAMPLE,
        record=doc.record,
        capacity=doc.capacity,
        part=doc.part,
        attendance=doc.state,
        spoke=doc.spoke,
        half_days=doc.half_days,
        of_half_days=doc.half_days if doc.of_half_days is None else doc.of_half_days,
        level=doc.level,
        mandatory=doc.mandatory,
        key=doc.key,
        work=doc.work or "",
        pairing=doc.pairing or "",
        village=None if doc.village is None else UnitId(doc.village),
        with_unit=None if doc.with_unit is None else UnitId(doc.with_unit),
        authorship=None if hand is None else _HANDS[hand],
        place=0 if hand is None else 1 if hand in {Byline.SOLE, Byline.FIRST} else 2,
        authors=0 if hand is None else 1 if alone else 2,
        reached=tuple(
            Reached(stage=r.stage, on=r.on or doc.on, level=r.level) for r in doc.reached
        ),
        evidence=doc.evidence,
        same_as=doc.same_as or "",
        item=doc.put_in or "",
    )


_HANDS = {
    Byline.SOLE: Authorship.FIRST,
    Byline.FIRST: Authorship.FIRST,
    Byline.JOINT: Authorship.JOINT,
    Byline.WRITER: Authorship.WRITER,
    Byline.CONTRIBUTOR: Authorship.CONTRIBUTOR,
}


def _details(kind: type[Details], given: Mapping[str, Any]) -> Details:
    """The details of a case; what has to be given and was not is filled with something plain."""
    abouts = {about.name: about for about in fields_of(kind)}
    unknown = sorted(set(given) - set(abouts))
    if unknown:
        raise ValueError(unknown[0])
    values: dict[str, Any] = {
        name: _unfilled(about) for name, about in abouts.items() if about.required
    }
    for name, value in given.items():
        by_zh = {c.zh: c.value for c in abouts[name].choices}
        values[name] = by_zh.get(value, value) if isinstance(value, str) else value
    details: Details = TypeAdapter(kind).validate_python(values)
    return details


def _unfilled(about: FieldAbout) -> Any:
    if about.many:
        return ()
    if about.choices:
        return about.choices[-1]
    plain: dict[Any, Any] = {int: 0, bool: False, Decimal: Decimal(0), date: date(2000, 1, 1)}
    return plain.get(about.type, "示例")


def _scored(case: _RubricCaseDoc, place: int, rubric: Rubric, source: _Source) -> CaseResult:
    """One worked case under its rubric."""
    at: tuple[str | int, ...] = ("cases", place)
    since = date(case.year - 1, 1, 1)
    person = Person(
        person=_EXAMPLE,
        profile=Profile(name="示例"),
        terms=(Term(number=1, since=since),),
        roles=tuple(RoleHeld(role=role, since=since) for role in case.member.roles),
        exemptions=tuple(
            Exemption(since=e.since, until=e.until, reason="示例") for e in case.member.exempt
        ),
    )
    facts = _facts(case.facts, (*at, "facts"), source)
    period = Period.year(case.year)
    card = scoring.score(facts, rubric, person, period, case.today or period.last)
    differs: list[Flaw] = []

    def same(path: tuple[str | int, ...], expected: object, got: object) -> None:
        if expected != got:
            differs.append(
                source.flaw(
                    (*at, "expect", *path),
                    f"写的是 {_shown(expected)},算得 {_shown(got)}",
                    f"says {_shown(expected)}, comes to {_shown(got)}",
                )
            )

    same(("total",), case.expect.total, Fraction(card.total))
    by_clause: dict[str, Fraction] = {}
    for line in card.lines:
        by_clause[line.clause] = by_clause.get(line.clause, Fraction(0)) + Fraction(line.points)
    if case.expect.lines:
        for clause in dict.fromkeys((*case.expect.lines, *filter(None, by_clause))):
            same(("lines", clause), case.expect.lines.get(clause), by_clause.get(clause))
    blocks = {b.block: Fraction(b.points) for b in card.blocks}
    for block, points in case.expect.blocks.items():
        same(("blocks", block), points, blocks.get(block))
    reasons = {w.deed: w.why for w in card.why_not}
    for deed, why in case.expect.why_not.items():
        same(("why_not", deed), why, reasons.get(deed))
    return CaseResult(case=case.case, line=source.lines[at], differs=tuple(differs))


def _filled(case: _ListCaseDoc, place: int, checklist: Checklist, source: _Source) -> CaseResult:
    """One worked case under its checklist."""
    at: tuple[str | int, ...] = ("cases", place)
    facts = _facts(case.facts, (*at, "facts"), source)
    period = Period.year(case.year)
    found = checklists.progress(facts, checklist, _SUBJECT, period, case.today or period.last)
    states = {str(s.number): s.state for s in found.slots}
    expected: list[tuple[tuple[str | int, ...], object, object]] = [
        (("done",), case.expect.done, found.done),
        (("left",), case.expect.left, found.of - found.done),
        *((("slots", n), state, states.get(n)) for n, state in case.expect.slots.items()),
    ]
    differs = [
        source.flaw(
            (*at, "expect", *path),
            f"写的是 {_shown(said)},算得 {_shown(got)}",
            f"says {_shown(said)}, comes to {_shown(got)}",
        )
        for path, said, got in expected
        if said != got
    ]
    return CaseResult(case=case.case, line=source.lines[at], differs=tuple(differs))


def _shown(value: object) -> str:
    match value:
        case None:
            return "无(nothing)"
        case Fraction():
            return rubrics.points_text(value)
        case Choice():
            return f"{value.value}({value.zh})"
        case _:
            return str(value)
