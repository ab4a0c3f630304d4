"""The words of documents: figures, days, closed lists by code or by Chinese, and what is said of a wrong one."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date
from fractions import Fraction
from typing import Annotated, Any, TypeVar

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    PlainValidator,
    ValidationError,
)
from pydantic_core import ErrorDetails, PydanticCustomError

from application.documents.source import MOST_FLAWS, Source, Unreadable
from domain.attestation import Counts
from domain.checklist import SlotState
from domain.fact import (
    Attendance,
    Capacity,
    Part,
    RecordClass,
    Spoke,
)
from domain.kinds import KINDS, Stage, Subject
from domain.member import Bond, MemberClass, MemberRole
from domain.period import Span
from domain.rubric import (
    Apart,
    Asked,
    Axis,
    Combine,
    Order,
    Per,
    Practice,
    RoundedAt,
    Run,
    Take,
    Ties,
    Timing,
    Topic,
    Way,
    Whose,
    Within,
)
from domain.selection import Byline, Why
from domain.unit import Office, Side, UnitKind
from domain.words import Choice, Level

C = TypeVar("C", bound=Choice)
M = TypeVar("M", bound=BaseModel)


def _wrong(zh: str, en: str) -> PydanticCustomError:
    return PydanticCustomError("document", "{zh} / {en}", {"zh": zh, "en": en})


_FORMER: Mapping[type[Choice], Mapping[str, str]] = {
    RecordClass: {"县政协登记": "county"},
    SlotState: {"待县里填写": "blank"},
}
"""Words that choices had once: what was published in them can be read for ever."""


def word(choices: type[C]) -> Callable[[Any], C]:
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


def figure(value: Any) -> Fraction:
    """Points, exactly: `15`, `7.5` or `100/3`."""
    text = str(value)
    if isinstance(value, bool) or not _FIGURE.fullmatch(text) or ("." in text and "/" in text):
        raise _wrong(
            f"“{value}”不是分值,请写 15、7.5 或 100/3",
            f"“{value}” is not a figure; write 15, 7.5 or 100/3",
        )
    return Fraction(text)


_PART = re.compile(r"[0-9]{1,6}(\.[0-9]{1,6})?%")


def part(value: Any) -> Fraction:
    """A part of something: `20%`, `0.2` or `1/5`."""
    text = str(value)
    if isinstance(value, str) and _PART.fullmatch(text):
        return Fraction(text[:-1]) / 100
    return figure(value)


def month_day(value: Any) -> str:
    """A day of the year: `12-31`."""
    try:
        return date.fromisoformat(f"2024-{value}").isoformat()[5:]
    except ValueError:
        raise _wrong(
            f"“{value}”不是日期,请写 12-31", f"“{value}” is not a day of the year; write 12-31"
        ) from None


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


def kind_word(value: Any) -> str:
    """A kind by its name or by its Chinese; what the catalogue does not have is left to the check against it."""
    by_zh = {kind.about.zh: name for name, kind in KINDS.items()}
    return by_zh.get(str(value), str(value))


def several(value: Any) -> Any:
    """One value or a list, as a list."""
    return value if isinstance(value, list) else [value]


def _tick_or_text(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return _text(value)


Figure = Annotated[Fraction, PlainValidator(figure)]
PartOf = Annotated[Fraction, PlainValidator(part)]
MonthDay = Annotated[str, PlainValidator(month_day)]
Day = Annotated[date, PlainValidator(_day)]
Text = Annotated[str, PlainValidator(_text)]
Kind = Annotated[str, PlainValidator(kind_word)]
Said = Annotated[str, PlainValidator(_tick_or_text)]
Kinds = Annotated[list[Kind], BeforeValidator(several)]
Codes = Annotated[list[Text], BeforeValidator(several)]
CapacityWord = Annotated[Capacity, PlainValidator(word(Capacity))]
StateWord = Annotated[Attendance, PlainValidator(word(Attendance))]
PartWord = Annotated[Part, PlainValidator(word(Part))]
SpokeWord = Annotated[Spoke, PlainValidator(word(Spoke))]
LevelWord = Annotated[Level, PlainValidator(word(Level))]
BylineWord = Annotated[Byline, PlainValidator(word(Byline))]
StageWord = Annotated[Stage, PlainValidator(word(Stage))]
RoleWord = Annotated[MemberRole, PlainValidator(word(MemberRole))]
AxisWord = Annotated[Axis, PlainValidator(word(Axis))]
PerWord = Annotated[Per, PlainValidator(word(Per))]
SpanWord = Annotated[Span, PlainValidator(word(Span))]
SubjectWord = Annotated[Subject, PlainValidator(word(Subject))]
UnitKindWord = Annotated[UnitKind, PlainValidator(word(UnitKind))]
TopicWord = Annotated[Topic, PlainValidator(word(Topic))]
CountsWord = Annotated[Counts, PlainValidator(word(Counts))]
ClassWord = Annotated[RecordClass, PlainValidator(word(RecordClass))]
WhyWord = Annotated[Why, PlainValidator(word(Why))]
SideWord = Annotated[Side, PlainValidator(word(Side))]
OfficeWord = Annotated[Office, PlainValidator(word(Office))]
ClassOfMember = Annotated[MemberClass, PlainValidator(word(MemberClass))]
BondWord = Annotated[Bond, PlainValidator(word(Bond))]
ApartWord = Annotated[Apart, PlainValidator(word(Apart))]
TimingWord = Annotated[Timing, PlainValidator(word(Timing))]
WhoseWord = Annotated[Whose, PlainValidator(word(Whose))]
WithinWord = Annotated[Within, PlainValidator(word(Within))]
TakeWord = Annotated[Take, PlainValidator(word(Take))]
WayWord = Annotated[Way, PlainValidator(word(Way))]
RoundedAtWord = Annotated[RoundedAt, PlainValidator(word(RoundedAt))]
OrderWord = Annotated[Order, PlainValidator(word(Order))]
AskedWord = Annotated[Asked, PlainValidator(word(Asked))]
TiesWord = Annotated[Ties, PlainValidator(word(Ties))]
CombineWord = Annotated[Combine, PlainValidator(word(Combine))]
RunWord = Annotated[Run, PlainValidator(word(Run))]
PracticeWord = Annotated[Practice, PlainValidator(word(Practice))]
SlotWord = Annotated[SlotState, PlainValidator(word(SlotState))]


class Doc(BaseModel):
    """Part of a document; what it does not know is an error."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


def named(name: str) -> BeforeValidator:
    """Lets a part be written as one word where nothing else is said of it."""
    return BeforeValidator(lambda value: value if isinstance(value, dict) else {name: value})


def validated(model: type[M], source: Source) -> M:
    """A document by its model; raises `Unreadable` with every flaw."""
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
