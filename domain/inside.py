"""What of a matter that is not public is for who may see inside: every text of it, and of whatever was said of it since, but those that are marked open.

One rule for all values in which words of a matter can stand: its body and details, its events, its state, its facts, and the lines that
lists show of it. A text is closed unless its field is marked `Open` (`domain.words`); numbers, days, choices, ids of units and people are
no texts. A field that somebody adds is closed until he marks it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, fields, is_dataclass, replace
from typing import Any, TypeVar, get_args, get_origin, get_type_hints

from domain.once import MadeOnce
from domain.personal import leaves, marks_in
from domain.words import Choice, Given, Label, Shown

V = TypeVar("V")

Seal = Callable[[str], str]
"""Says what stands in place of a text."""
_Change = Callable[[str, str], str]
"""The same, of where it lies and the text."""


@dataclass(frozen=True, slots=True)
class _Field:
    """A field that is not marked open; `text` says that a string in it is a text, and no id."""

    name: str
    text: bool


def closed_fields(cls: type[Any]) -> frozenset[str]:
    """The fields of a class in which something is closed, be it the field itself or a field of what stands in it."""
    return _closed[cls]


def text_fields(cls: type[Any]) -> dict[str, bool]:
    """The fields of a class that hold texts of their own, each with whether it is marked open."""
    hints, marked = get_type_hints(cls), get_type_hints(cls, include_extras=True)
    return {
        each.name: _is_open(marked[each.name]) for each in fields(cls) if _is_text(hints[each.name])
    }


def sealed(value: V, seal: Seal) -> V:
    """The value with every closed text sealed; of several texts in one field one is told. The very same where none is."""
    return _changed(value, lambda _, said: seal(said), "", text=True)  # type: ignore[no-any-return]  # as it came


def texts(value: Any) -> Iterator[tuple[str, str]]:
    """Every closed text of a value: where it lies, as a JSON pointer, and the text; of a label both languages, at the label."""
    found: list[tuple[str, str]] = []

    def note(at: str, said: str) -> str:
        found.append((at, said))
        return said

    _changed(value, note, "", text=True)
    return iter(found)


def _changed(value: Any, change: _Change, at: str, *, text: bool) -> Any:
    """The value with every closed text changed; `text` says that a string at this place is a text."""
    match value:
        case str():
            closed = text and value and not isinstance(value, Choice)
            return change(at, value) if closed else value
        case tuple() | frozenset() | list():
            return _changed_several(value, change, at, text=text)
        case Mapping():
            told = {
                key: _changed(each, change, f"{at}/{key}", text=text) for key, each in value.items()
            }
            same = all(each is value[key] for key, each in told.items())
            return value if same else told
        case Given():
            return Given(change(at, value.zh), change(at, value.en))
        case _ if is_dataclass(value) and not isinstance(value, Label | type):
            new = {}
            for each in _plans[type(value)]:
                old = getattr(value, each.name)
                said = _changed(old, change, f"{at}/{each.name}", text=each.text)
                if said is not old:
                    new[each.name] = said
            return replace(value, **new) if new else value
        case _:
            return value


def _changed_several(value: Any, change: _Change, at: str, *, text: bool) -> Any:
    """Several values; where they are texts, or pairs with texts, not even how many they are is told."""

    def one(each: Any, at: str) -> Any:
        if isinstance(each, tuple):
            return tuple(
                _changed(part, change, f"{at}/{i}", text=text) for i, part in enumerate(each)
            )
        return _changed(each, change, at, text=text)

    told = [one(each, f"{at}/{i}") for i, each in enumerate(value)]
    if told == list(value):
        return value
    return type(value)(told if is_dataclass(told[0]) else told[:1])


def _planned(cls: type[Any]) -> tuple[_Field, ...]:
    """The fields of a class that are not marked open and may hold a text, be it of their own or in what stands in them."""
    hints, marked = get_type_hints(cls), get_type_hints(cls, include_extras=True)
    return tuple(
        _Field(each.name, _is_text(hints[each.name]))
        for each in fields(cls)
        if not _is_open(marked[each.name]) and any(map(_may_hold, _held(hints[each.name])))
    )


def _closed_in(cls: type[Any]) -> frozenset[str]:
    return frozenset(each.name for each in _plans[cls] if each.text or _within(cls, each.name))


_plans, _closed = MadeOnce(_planned), MadeOnce(_closed_in)


def _is_open(hint: Any) -> bool:
    return any(isinstance(mark, Shown) for mark in marks_in(hint))


def _is_text(hint: Any) -> bool:
    """Whether a string in a field of this type is a text: an id of a unit or a person, and a choice, is none; where nothing is said of what it is, it is one."""
    return any(leaf in {str, Any} for leaf in _held(hint))


def _may_hold(leaf: Any) -> bool:
    """Whether a value of this type may be a text or have one in it."""
    return leaf in {str, Any} or isinstance(leaf, TypeVar) or is_dataclass(leaf)


def _held(hint: Any) -> Iterator[Any]:
    """The types that a type is made of; what a table is kept by is an id."""
    return leaves(get_args(hint)[1] if get_origin(hint) is Mapping else hint)


def _within(cls: type[Any], name: str) -> bool:
    """Whether something is closed in what stands in a field."""
    return any(
        isinstance(leaf, type) and is_dataclass(leaf) and leaf is not Label and closed_fields(leaf)
        for leaf in _held(get_type_hints(cls)[name])
    )
