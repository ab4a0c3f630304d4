"""The fields of a form, as the catalogue has them: which there are, what stands in them, what is wrong with each."""

from __future__ import annotations

import types
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import MISSING, dataclass, field, fields, replace
from datetime import date
from decimal import Decimal
from functools import cache
from typing import Any, Protocol, Union, get_args, get_origin, get_type_hints

from domain import finding, inside, matter, occasion, pairing
from domain.kinds import KINDS, Shape, kind_of
from domain.kinds.fields import fields_of
from domain.people import PersonId, Reason, Refused, UnitId
from domain.personal import private_fields
from domain.words import Choice, Label, Protection
from interfaces.web.photos import KEPT_PHOTO, Photo, photos_told
from interfaces.web.visiting import Sent, whole
from interfaces.web.words import Said

BODIES: Mapping[Shape, tuple[type[Any], Mapping[str, Label]]] = {
    Shape.OCCASION: (occasion.Occasion, occasion.LABELS),
    Shape.MATTER: (matter.Matter, matter.LABELS),
    Shape.PAIRING: (pairing.Pairing, pairing.LABELS),
    Shape.FINDING: (finding.Finding, finding.LABELS),
}
"""What is said of a record of each shape, and what its fields are called."""
DETAILS = "details"
ELSEWHERE = frozenset({DETAILS, "participants", "expected", "authors", "evidence"})
"""Fields of bodies that forms ask for otherwise than by one input."""
LONG = frozenset(
    {"text", "result", "effect", "service_given", "purpose", "reason", "duty", "opinion"}
)
"""Texts that may take several lines."""
RECORDS = frozenset({"answers", "converted_from", "merged_into"})
"""Texts that name another record by its stream."""


class Widget(Choice):
    """How a value is put in."""

    TEXT = "text", "单行文本"
    LONG = "long", "多行文本"
    LINES = "lines", "每行一个", "one a line"
    NUMBER = "number", "整数"
    AMOUNT = "amount", "数额"
    DAY = "day", "日期"
    TICK = "tick", "勾选"
    ONE = "one", "单选"
    MANY = "many", "多选"
    UNIT = "unit", "单位"
    UNITS = "units", "若干单位"
    PERSON = "person", "人员"
    RECORD = "record", "记录"
    FILES = "files", "文件"


class Offered(Said, Protocol):
    """What can be chosen: its stored value and what it is called."""

    @property
    def value(self) -> str:
        """As a form sends it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Input:
    """One input of a form: `name` is how it is sent, `values` what stands in it, `wrong` what is wrong with that.

    `sensitive` tells of somebody who may be harmed by it, `private` of anybody; `words` are of a matter, and not entered where it stays on paper. `looked` is the text by which another record is looked for.
    """

    name: str
    label: Label
    widget: Widget
    required: bool = False
    choices: tuple[Offered, ...] = ()
    values: tuple[str, ...] = ()
    wrong: tuple[Said, ...] = ()
    sensitive: bool = False
    private: bool = False
    words: bool = False
    looked: str = ""

    @property
    def value(self) -> str:
        """What stands in it, where it holds one thing."""
        return self.values[0] if self.values else ""

    @property
    def kept(self) -> tuple[Photo, ...]:
        """The files that were sent with it already."""
        return photos_told(self.values)

    @property
    def anchor(self) -> str:
        """The id of the element."""
        return "f-" + self.name.replace(".", "-")

    def with_values(self, *values: str) -> Input:
        """The same with something else in it."""
        return replace(self, values=values)


@cache
def inputs_of(kind: str) -> tuple[Input, ...]:
    """The inputs of a kind: what is said of every record of its shape, then what is said of this kind alone."""
    details = KINDS[kind]
    body, labels = BODIES[details.about.shape]
    hints = get_type_hints(body)
    private = private_fields(body)
    of_matter = details.about.shape is Shape.MATTER
    words = inside.closed_fields(body) if of_matter else frozenset()
    own_words = inside.closed_fields(details) if of_matter else frozenset()
    found = []
    for each in fields(body):
        if each.name in ELSEWHERE:
            continue
        usual = each.default
        # What nobody calls otherwise is called what it is, and where.
        named = details.about.shape is Shape.OCCASION and each.name == "title"
        made = input_of(
            each.name,
            labels[each.name],
            hints[each.name],
            required=usual is MISSING and not named,
            usual=None if usual is MISSING else usual,
        )
        told = each.name in words
        found.append(replace(made, private=each.name in private, words=told))
    for about in fields_of(details):
        if is_of_pairs(about.type):
            continue
        made = input_of(
            f"{DETAILS}.{about.name}",
            about.label,
            about.type,
            required=about.required,
            usual=about.default,
        )
        found.append(
            replace(
                made,
                sensitive=about.protection == Protection.P3,
                private=bool(about.protection),
                words=about.name in own_words,
            )
        )
    return tuple(found)


def is_of_pairs(hint: Any) -> bool:
    """Whether a type has a choice for each of several, such as what each author says: they are said one by one, and no form of a record asks them."""
    if get_origin(hint) is not tuple or get_origin(inner := get_args(hint)[0]) is not tuple:
        return False
    said = get_args(inner)[-1]
    return isinstance(said, type) and issubclass(said, Choice)


def pairs_in(details: Any) -> dict[str, tuple[Label, tuple[tuple[str, Choice], ...]]]:
    """What a record has of such pairs, by field, with what it is called."""
    return {
        about.name: (about.label, getattr(details, about.name))
        for about in fields_of(type(details))
        if is_of_pairs(about.type)
    }


def input_of(name: str, label: Label, hint: Any, *, required: bool, usual: Any) -> Input:
    """One input for a value of a type; `usual` stands in it where nothing else does."""
    widget, choices = _widget(name.rpartition(".")[2], hint)
    return Input(
        name=name,
        label=label,
        widget=widget,
        required=required and widget is not Widget.TICK,
        choices=choices,
        values=shown(usual),
    )


def _widget(name: str, hint: Any) -> tuple[Widget, tuple[Choice, ...]]:
    if get_origin(hint) in (Union, types.UnionType):
        hint = next(each for each in get_args(hint) if each is not type(None))
    if get_origin(hint) is tuple:
        inner = get_args(hint)[0]
        if inner is UnitId:
            return Widget.UNITS, ()
        if isinstance(inner, type) and issubclass(inner, Choice):
            return Widget.MANY, tuple(inner)
        return Widget.LINES, ()
    if hint is UnitId:
        return Widget.UNIT, ()
    if hint is PersonId:
        return Widget.PERSON, ()
    if isinstance(hint, type) and issubclass(hint, Choice):
        return Widget.ONE, tuple(hint)
    if name in RECORDS:
        return Widget.RECORD, ()
    plain = {bool: Widget.TICK, int: Widget.NUMBER, Decimal: Widget.AMOUNT, date: Widget.DAY}
    return plain.get(hint, Widget.LONG if name in LONG else Widget.TEXT), ()


def shown(value: Any) -> tuple[str, ...]:
    """A value of a body as inputs hold it."""
    match value:
        case None | "" | False | ():
            return ()
        case True:
            return ("on",)
        case Choice():
            return (value.value,)
        case date():
            return (value.isoformat(),)
        case tuple():
            return tuple(text for each in value for text in shown(each))
        case _:
            return (str(value),)


def filled(inputs: Iterable[Input], body: Any) -> tuple[Input, ...]:
    """The inputs with what a record says."""
    made = []
    for each in inputs:
        name = each.name.removeprefix(f"{DETAILS}.")
        holder = body.details if each.name.startswith(f"{DETAILS}.") else body
        made.append(replace(each, values=shown(getattr(holder, name))))
    return tuple(made)


def sent_in(inputs: Iterable[Input], sent: Sent) -> tuple[Input, ...]:
    """The inputs with what was sent; one that was not on the form stays as it is."""
    made = []
    for each in inputs:
        if each.widget is Widget.FILES:
            made.append(each.with_values(*sent.all(KEPT_PHOTO)))
        elif each.widget is Widget.TICK:
            told = sent.has(each.name) or sent.has(f"{each.name}.asked")
            made.append(
                replace(each, values=("on",) if sent.one(each.name) else ()) if told else each
            )
        elif each.widget in (Widget.MANY, Widget.UNITS, Widget.LINES):
            if not sent.has(each.name):
                made.append(each)
                continue
            lines = [line.strip() for text in sent.all(each.name) for line in text.split("\n")]
            made.append(replace(each, values=tuple(line for line in lines if line)))
        else:
            made.append(
                each.with_values(*filter(None, [sent.one(each.name)]))
                if sent.has(each.name)
                else each
            )
    return tuple(made)


def sent_anew(sent: Sent, inputs: Iterable[Input]) -> Sent:
    """A form as it would have been sent with these inputs; what else it held stays."""
    anew = list(inputs)
    names = {name for each in anew for name in (each.name, f"{each.name}.asked")}
    pairs = [pair for pair in sent.pairs if pair[0] not in names]
    for each in anew:
        if each.widget is Widget.TICK:
            pairs.append((f"{each.name}.asked", "1"))
        elif not each.values or each.widget in (Widget.MANY, Widget.UNITS, Widget.LINES):
            pairs.append((each.name, ""))
        pairs += ((each.name, value) for value in each.values)
    return replace(sent, pairs=tuple(pairs))


def body_said(kind: str, inputs: Iterable[Input]) -> dict[str, Any]:
    """What the inputs say, as the JSON of a body has it; empty ones say nothing, and stand for what is usual."""
    body: dict[str, Any] = {}
    details: dict[str, Any] = {"kind": kind}
    for each in inputs:
        into, name = (
            (details, each.name.removeprefix(f"{DETAILS}."))
            if each.name.startswith(f"{DETAILS}.")
            else (body, each.name)
        )
        said = told(each)
        if said is not None:
            into[name] = said
    return {DETAILS: details, **body}


def told(each: Input) -> Any:
    """What an input says, as JSON has it; nothing where it is empty."""
    match each.widget:
        case Widget.TICK:
            return bool(each.values)
        case Widget.MANY | Widget.UNITS | Widget.LINES:
            return list(each.values) or None
        case Widget.NUMBER if each.value:
            # What is no number stays as it was typed, so that it can be said what is wrong with it.
            number = whole(each.value.removeprefix("-"))
            if number is None:
                return each.value
            return -number if each.value.startswith("-") else number
        case _:
            return each.value or None


def kind_in(body: Any) -> str:
    """The kind of a record."""
    return kind_of(type(body.details))


@dataclass(frozen=True, slots=True)
class Trouble:
    """Something that is wrong with what was sent: where, and what to do."""

    said: Said
    field: str = ""
    label: Said | None = None
    anchor: str = ""
    about: str = ""


CHANGED = Label(
    "别人刚改过,下面是现在的内容,请核对后再办",
    "has just been changed by somebody else; below is how it stands now: look at it, then act",
)


def troubles(refused: Refused, inputs: Sequence[Input]) -> tuple[Trouble, ...]:
    """A refusal as what stands beside the inputs that it is about."""
    named = {each.name: each for each in inputs}
    found = []
    every = (
        (refused, *refused.others) if refused.reason is not Reason.AMBIGUOUS_NAME else (refused,)
    )
    for each in every:
        name = each.field.strip("/").replace("/", ".")
        name = name if name in named else name_of(each.field)
        asked = named.get(name)
        wanted = each.wanted
        if each.reason is Reason.CHANGED_MEANWHILE:
            # Which version it is says nothing to whoever reads it: the page that he gets shows the newest.
            found.append(Trouble(CHANGED))
            continue
        reason = _UNFIT if each.reason is Reason.MALFORMED else each.reason
        said = Label(
            reason.zh + (f"(应为{wanted.zh})" if wanted else ""),
            reason.en + (f" (should be {wanted.en})" if wanted else ""),
        )
        found.append(
            Trouble(
                said,
                name,
                asked.label if asked else _SECTIONS.get(name.partition(".")[0]),
                asked.anchor if asked else _ANCHORS.get(name.partition(".")[0], ""),
                each.about if len(each.about) <= 80 else "",
            )
        )
    return tuple(found)


_UNFIT = Label("填写有误,请修改", "is not right; correct it")
"""What a page says of what cannot be read: it has no description of fields to look up."""
_SECTIONS: Mapping[str, Label] = {
    "participants": Label("参加人员", "participants"),
    "authors": Label("作者", "authors"),
    "evidence": Label("佐证", "evidence"),
    "reason": Label("理由", "reason"),
    "answers_return": Label("退回核实", "what was returned"),
}
_ANCHORS: Mapping[str, str] = {
    "participants": "people",
    "authors": "people",
    "evidence": "photo",
    "reason": "reason",
    "answers_return": "answers_return",
}


def section(name: str) -> Label:
    """What a part of a form is called that has more than one input."""
    return _SECTIONS[name]


def name_of(pointer: str) -> str:
    """The input that a pointer of a refusal means."""
    parts = [part for part in pointer.split("/") if part]
    if parts[:1] == ["body"]:
        parts = parts[1:]
    if not parts:
        return ""
    if parts[0] == DETAILS and len(parts) > 1:
        return f"{DETAILS}.{parts[1]}"
    if parts[0] in {"participants", "authors"} and len(parts) > 1:
        return f"{parts[0]}.{parts[1]}"
    return parts[0]


def with_troubles(inputs: Iterable[Input], found: Sequence[Trouble]) -> tuple[Input, ...]:
    """The inputs with what is wrong beside each."""
    return tuple(
        replace(each, wrong=tuple(trouble.said for trouble in found if trouble.field == each.name))
        for each in inputs
    )


@dataclass(frozen=True, slots=True)
class Form:
    """A form: its inputs, what else is wrong, and the id that makes sending it twice the same as once."""

    inputs: tuple[Input, ...]
    troubles: tuple[Trouble, ...] = ()
    command_id: str = ""
    by_name: Mapping[str, Input] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "by_name", {each.name: each for each in self.inputs})

    def __getitem__(self, name: str) -> Input:
        return self.by_name[name]
