"""The fields of a kind as data: what forms, import columns, commands, documents and schemas are derived from."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import MISSING, dataclass, fields
from functools import cache
from typing import TYPE_CHECKING, Any, get_args, get_origin, get_type_hints

from domain.personal import marks_in
from domain.words import Choice, Label, Private

if TYPE_CHECKING:
    from domain.kinds import Details


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldAbout:
    """One field of a kind.

    `type` is the Python type without marks, `default` is None for a field that is required, `choices` are empty unless
    the field holds items of a closed list, `protection` is empty unless it tells of a person.
    """

    name: str
    label: Label
    type: Any
    required: bool
    default: Any = None
    choices: tuple[Choice, ...] = ()
    protection: str = ""

    @property
    def many(self) -> bool:
        """Whether the field holds several values."""
        return get_origin(self.type) is tuple


def fields_of(kind: type[Details]) -> tuple[FieldAbout, ...]:
    """The fields of a kind in order of definition; a field without a label is an error of the kind."""
    return _fields_of(kind)


@cache
def _fields_of(kind: type[Details]) -> tuple[FieldAbout, ...]:
    marked = get_type_hints(kind, include_extras=True)
    plain = get_type_hints(kind)
    found = []
    for each in fields(kind):
        marks = tuple(marks_in(marked[each.name]))
        labels = [mark for mark in marks if isinstance(mark, Label)]
        if len(labels) != 1:
            raise TypeError(f"{kind.__name__}.{each.name} needs one label")
        found.append(
            FieldAbout(
                name=each.name,
                label=labels[0],
                type=plain[each.name],
                required=each.default is MISSING,
                default=None if each.default is MISSING else each.default,
                choices=tuple(
                    choice
                    for leaf in _leaves(plain[each.name])
                    if isinstance(leaf, type) and issubclass(leaf, Choice)
                    for choice in leaf
                ),
                protection=max(
                    (mark.protection for mark in marks if isinstance(mark, Private)), default=""
                ),
            )
        )
    return tuple(found)


def _leaves(hint: Any) -> Iterator[object]:
    """The plain types that a type is made of."""
    inner = get_args(hint)
    if not inner:
        yield hint
    for each in inner:
        yield from _leaves(each)
