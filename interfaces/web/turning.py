"""Small forms that stand on the page of what they are about: each asks what one turn needs, and says at its field what is wrong."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from domain.matter import Matter
from domain.on_paper import Neutral
from domain.people import Refused
from domain.words import Label
from interfaces.web import fields
from interfaces.web.fields import Input, Offered, Trouble, Widget
from interfaces.web.visiting import Sent, whole
from interfaces.web.words import Said

DAY, REASON = Label("日期", "day"), Label("理由", "reason")
ACT = "act"
"""The field that says which form of a page it is."""
LONGEST_KEY = 120
"""Characters of a key: it may hold the id of whom the form is about."""


@dataclass(frozen=True, slots=True)
class Option:
    """One of what there is to choose from just now."""

    value: str
    zh: str
    en: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Turning:
    """A form for one turn: `key` tells it from the others of the page, `hidden` is what it sends besides; `at_once` asks nothing.

    With `elsewhere` it has a page of its own, under that of what it is about.
    """

    key: str
    path: str
    said: Said
    inputs: tuple[Input, ...]
    hidden: tuple[tuple[str, str], ...] = ()
    hint: Label | None = None
    at_once: bool = False
    is_open: bool = False
    elsewhere: bool = False

    @property
    def takes_files(self) -> bool:
        """Whether pictures and papers may be sent with it."""
        return any(each.widget is Widget.FILES for each in self.inputs)


def key_of(sent: Sent, usual: str) -> str:
    """Which form of the page was sent."""
    return sent.one(ACT, usual)[:LONGEST_KEY]


def as_sent(
    forms: Sequence[Turning], key: str, sent: Sent, found: Sequence[Trouble]
) -> tuple[Turning, ...]:
    """The forms with the one of that key as it was sent, and what is wrong beside each of its inputs."""
    return tuple(
        replace(
            each,
            inputs=fields.with_troubles(fields.sent_in(each.inputs, sent), found),
            is_open=True,
        )
        if each.key == key
        else each
        for each in forms
    )


def troubles(
    refused: Refused, key: str, labels: Mapping[str, Label], *, within: str = ""
) -> tuple[Trouble, ...]:
    """What is wrong with a form, beside the inputs that `labels` names; `within` is a part of the command that they belong to."""
    found = []
    for each in (refused, *refused.others):
        (trouble,) = fields.troubles(replace(each, others=()), ())
        parts = (part for part in each.field.split("/") if part and part != within)
        name = next(parts, "")
        if name in labels:
            place = f"{key}.{name}"
            anchor = "f-" + place.replace(".", "-")
            trouble = replace(trouble, field=place, label=labels[name], anchor=anchor)
        else:
            # It is about the turn as a whole.
            trouble = replace(trouble, field="", label=None, anchor="")
        found.append(trouble)
    return tuple(found)


def placed(refused: Refused, within: str, names: Sequence[Mapping[str, str]]) -> Refused:
    """A refusal that names one of several by its place, such as `/promises/0/due`, as of the inputs that they were read from.

    `names` has for each of them, in their order, which input says what of it.
    """

    def of(each: Refused) -> Refused:
        root, _, rest = each.field.strip("/").partition("/")
        place, _, part = rest.partition("/")
        at = whole(place)
        if root != within or at is None or at >= len(names) or part not in names[at]:
            return each
        return replace(each, field="/" + names[at][part])

    return replace(of(refused), others=tuple(map(of, refused.others)))


def day(name: str, value: date | None, label: Label = DAY, *, required: bool = True) -> Input:
    """A day."""
    values = () if value is None else (value.isoformat(),)
    return Input(name=name, label=label, widget=Widget.DAY, required=required, values=values)


def text(name: str, label: Label, *, widget: Widget = Widget.TEXT, required: bool = True) -> Input:
    """A text."""
    return Input(name=name, label=label, widget=widget, required=required)


def tick(name: str, label: Label) -> Input:
    """Something that may be ticked."""
    return Input(name=name, label=label, widget=Widget.TICK)


ON_PAPER = tuple(Option(each.zh, each.zh, each.en) for each in Neutral)
"""What there is to choose from where something has to be said of a matter that stays on paper."""
_LISTED = frozenset({"text"})
"""What is suggested or found, which is not listed of it at all."""
_REASONS = frozenset({"reason", "consented_by"})


def on_paper(forms: Iterable[Turning], body: Matter[Any]) -> tuple[Turning, ...]:
    """The forms of a matter; of one that stays on paper they ask for no words: what has to be said is chosen from a list, all else is left out."""
    if not body.stays_on_paper:
        return tuple(forms)
    return tuple(
        replace(each, inputs=tuple(_without_words(each.inputs)))
        for each in forms
        if not any(_asks(one) in _LISTED for one in each.inputs)
    )


def _without_words(inputs: Iterable[Input]) -> Iterator[Input]:
    for each in inputs:
        if _asks(each) not in WORDS:
            yield each
        elif each.required or _asks(each) in _REASONS:
            yield replace(one(each.name, each.label, ON_PAPER), required=each.required)


WORDS = frozenset({"note", "by", "reason", "consented_by", "outcome", "account", "text"})
"""Parts of commands about matters that are closed texts: what `domain.inside` closes in their events."""


def _asks(each: Input) -> str:
    """Which part of its command an input asks for."""
    return each.name.rpartition(".")[2]


def unit(name: str, label: Label) -> Input:
    """A unit, or a department by its name."""
    return Input(name=name, label=label, widget=Widget.UNIT, required=True)


def units(name: str, label: Label) -> Input:
    """Some of them, one a line."""
    return Input(name=name, label=label, widget=Widget.UNITS)


def one(name: str, label: Label, choices: Sequence[Offered], *, required: bool = True) -> Input:
    """One of some; where there is one alone and one has to be chosen, it is."""
    values = (choices[0].value,) if required and len(choices) == 1 else ()
    return Input(
        name=name,
        label=label,
        widget=Widget.ONE,
        required=required,
        choices=tuple(choices),
        values=values,
    )
