"""The words of documents: figures, days, closed lists by code or by Chinese, and what is said of a wrong one."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from fractions import Fraction
from types import UnionType
from typing import Annotated, Any, TypeVar, Union, get_args, get_origin

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    PlainValidator,
    ValidationError,
)
from pydantic.fields import FieldInfo
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
from domain.nearest import listed, proposal, quoted
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


def wrong(zh: str, en: str) -> PydanticCustomError:
    """What a reader of a value raises; both are shown as they stand."""
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
        if not isinstance(value, str | int):
            raise wrong("应为一个词,不能是几个", "has to be one word, not several")
        said = str(value)
        # A Chinese keyboard writes brackets in full width; our words have them in half.
        found = known.get(said) or known.get(half_width(said))
        if found is None:
            zh, en = proposal(value, listed(choices))
            raise wrong(f"不认识{quoted(value)}{zh}", f"{quoted(value)} is not known{en}")
        return found

    return read


_HALF_WIDTH = {wide: wide - 0xFEE0 for wide in range(0xFF01, 0xFF5F)} | {0x2212: "-"}


def half_width(value: object) -> str:
    """A number as text, its digits and signs as ASCII writes them: `20%` of `２０％`."""
    return str(value).translate(_HALF_WIDTH)


_FIGURE = re.compile(r"-?[0-9]{1,9}(\.[0-9]{1,6})?(/[1-9][0-9]{0,5})?")


def figure(value: Any) -> Fraction:
    """Points, exactly: `15`, `7.5` or `100/3`."""
    found = _fraction(value)
    if found is None:
        raise wrong(
            f"{quoted(value)}不是分值,请写 15、7.5 或 100/3",
            f"{quoted(value)} is not a figure; write 15, 7.5 or 100/3",
        )
    return found


def _fraction(value: Any) -> Fraction | None:
    text = half_width(value)
    if isinstance(value, bool) or not _FIGURE.fullmatch(text) or ("." in text and "/" in text):
        return None
    return Fraction(text)


_PART = re.compile(r"[0-9]{1,6}(\.[0-9]{1,6})?%")


def part(value: Any) -> Fraction:
    """A part of something: `20%`, `0.2` or `1/5`."""
    text = half_width(value)
    found = Fraction(text[:-1]) / 100 if _PART.fullmatch(text) else _fraction(value)
    if found is None:
        raise wrong(
            f"{quoted(value)}不是数或比例,请写 20%、0.2 或 1/5",
            f"{quoted(value)} is neither a number nor a part; write 20%, 0.2 or 1/5",
        )
    return found


def month_day(value: Any) -> str:
    """A day of the year: `12-31`."""
    try:
        return date.fromisoformat(f"2024-{value}").isoformat()[5:]
    except ValueError:
        raise wrong(
            f"{quoted(value)}不是日期,请写 12-31",
            f"{quoted(value)} is not a day of the year; write 12-31",
        ) from None


_LIKE_A_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


def _day(value: Any) -> date:
    try:
        return date.fromisoformat(value)
    except (TypeError, ValueError):
        zh, en = f"{quoted(value)}不是日期", f"{quoted(value)} is not a day"
        if _LIKE_A_DAY.fullmatch(str(value)):
            zh, en = f"日历上没有{quoted(value)}这一天", f"no calendar has the day {quoted(value)}"
        raise wrong(f"{zh},请写 2024-01-31", f"{en}; write 2024-01-31") from None


def _text(value: Any) -> str:
    if isinstance(value, bool) or not isinstance(value, str | int) or value == "":
        raise wrong("应为文字", "has to be text")
    return str(value)


def kind_word(value: Any) -> str:
    """A kind by its name or by its Chinese; what the catalogue does not have is left to the check against it."""
    by_zh = {kind.about.zh: name for name, kind in KINDS.items()}
    said = str(value)
    return by_zh.get(said) or by_zh.get(half_width(said), said)


def unknown_kind(value: object) -> tuple[str, str]:
    """What is said of a kind that the catalogue does not have, in two languages."""
    zh, en = proposal(value, {name: kind.about.zh for name, kind in KINDS.items()})
    return (
        f"类型目录中没有{quoted(value)}{zh}",
        f"{quoted(value)} is not a kind of the catalogue{en}",
    )


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
        flaws = [source.flaw(path, *_said(one, path, model)) for path, one in _errors(error, ())]
        flaws.sort(key=lambda f: f.line)
        raise Unreadable(tuple(flaws[:MOST_FLAWS])) from None


_Path = tuple[str | int, ...]


def _errors(error: ValidationError, at: _Path) -> Iterator[tuple[_Path, ErrorDetails]]:
    """All that is wrong, each with its path; a reader of a part may have found several things in it."""
    for one in error.errors(include_url=False):
        path, within = (*at, *one["loc"]), one.get("ctx", {}).get("error")
        if isinstance(within, ValidationError):
            yield from _errors(within, path)
        else:
            yield path, one


_TYPES: Mapping[str, tuple[str, str]] = {
    "int_type": ("应为整数,用半角数字,如 2", "has to be a whole number in ASCII digits, such as 2"),
    "bool_type": ("应为 true 或 false", "has to be true or false"),
    "dict_type": ("应为“名称: 值”", "has to be a mapping of names to values"),
    "list_type": ("应为列表(每项以 - 开头)", "has to be a list (each entry after a dash)"),
}


def _said(error: ErrorDetails, path: _Path, model: type[BaseModel]) -> tuple[str, str]:
    """What is wrong, in two languages."""
    name = quoted(path[-1]) if path else ""
    match error["type"]:
        case "document":
            context = error.get("ctx", {})
            return str(context["zh"]), str(context["en"])
        case "missing":
            return f"缺少{name}", f"{name} is missing"
        case "extra_forbidden" if error["input"] is None:
            return (
                f"没有{name}这个字段(若是句中的逗号,请给整句加引号)",
                f"there is no field {name} here (if a comma cut a sentence in two, quote it)",
            )
        case "extra_forbidden":
            zh, en = proposal(path[-1], dict.fromkeys(_fields(_at(model, path[:-1])), ""))
            return f"没有{name}这个字段{zh}", f"there is no field {name} here{en}"
        case "model_type":
            wanted = _example(_at(model, path))
            return f"应为“名称: 值”,如 {wanted}", f"has to name its fields, such as {wanted}"
        case other:
            return _TYPES.get(other, ("不符合要求", error["msg"]))


def _at(hint: Any, path: _Path) -> Any:
    """What a model wants at a path: a model, or a type."""
    for part in path:
        inner = _fields(hint)
        hint = (
            inner[str(part)].annotation if str(part) in inner else (get_args(hint) or (None,))[-1]
        )
        hint = _bare(hint)
    return hint


def _bare(hint: Any) -> Any:
    """A type without its marks, and without that it may be left out."""
    while get_origin(hint) in {Annotated, Union, UnionType}:
        hint = get_args(hint)[0]
    return hint


def _fields(hint: Any) -> dict[str, FieldInfo]:
    """The fields of a model as documents name them; a type has none."""
    if not (isinstance(hint, type) and issubclass(hint, BaseModel)):
        return {}
    return {field.alias or name: field for name, field in hint.model_fields.items()}


_EXAMPLES: Mapping[Any, str] = {int: "4", Fraction: "30", bool: "true", date: "2024-01-31"}


def _example(hint: Any) -> str:
    """The fields that a part needs, or those it may have, each with something plain."""
    fields = _fields(hint)
    needed = {name: field for name, field in fields.items() if field.is_required()} or fields
    said = [
        f"{name}: {_EXAMPLES.get(_bare(field.annotation), '…')}" for name, field in needed.items()
    ]
    return f"{{{', '.join(said)}}}"
