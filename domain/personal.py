"""Which parts of a value tell of a person, found from the marks of its fields wherever they lie in it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, fields, is_dataclass, replace
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Annotated, Any, TypeAlias, TypeVar, get_args, get_origin, get_type_hints

from domain.once import MadeOnce
from domain.words import Choice, Private, Protection

V = TypeVar("V")

_ALL = frozenset(Protection)

_NEVER: tuple[type, ...] = (str, int, bool, date, Decimal, Fraction, type(None), Choice)
"""Types that are nothing but themselves."""

Change: TypeAlias = Callable[[str, str, str], str]
"""Says what stands in place of a text: whom it tells of, where it lies, the text itself."""


@dataclass(frozen=True, slots=True)
class _Plan:
    """What to look at in a value of one class: fields that tell of a person, with their marks; fields with values that may have such."""

    marked: tuple[tuple[str, Private], ...]
    within: tuple[str, ...]


def private_fields(cls: type[Any]) -> dict[str, Private]:
    """The marks of a class, by field; the strictest where a field has several."""
    found = {}
    for name, hint in get_type_hints(cls, include_extras=True).items():
        marks = [mark for mark in marks_in(hint) if isinstance(mark, Private)]
        if marks:
            found[name] = max(marks, key=lambda mark: mark.protection)
    return found


def texts(
    value: Any, record: str, only: Collection[Protection] = _ALL, *, subject: str = ""
) -> Iterator[tuple[str, str, str]]:
    """Each text of a value that tells of a person: with whom it is kept (a stream: the record's own, or its subject's), where it lies, the text.

    `subject` is whom the record is about, where the value does not say so itself.
    """
    found: list[tuple[str, str, str]] = []

    def note(*told: str) -> str:
        found.append(told)  # type: ignore[arg-type]  # three texts
        return told[2]

    changed(value, record, note, only=only, subject=subject)
    return iter(found)


def changed(
    value: V,
    record: str,
    change: Change,
    *,
    only: Collection[Protection] = _ALL,
    subject: str = "",
    place: str = "",
) -> V:
    """The value with every text that tells of a person changed, or only those that have to be kept so well; the very same where none is."""
    plan = _plans[type(value)]
    if not (plan.marked or plan.within):
        return value
    subject = getattr(value, "subject", subject)
    new: dict[str, Any] = {}
    for name, mark in plan.marked:
        old = getattr(value, name)
        if old and mark.protection in only:
            whose = subject if mark.of_subject and subject else record
            said = _changed_text(old, whose, change, place + name)
            if said != old:
                new[name] = said
    for name in plan.within:
        old = getattr(value, name)
        inner = _changed_within(old, record, change, only, subject, place + name)
        if inner is not old:
            new[name] = inner
    return replace(value, **new) if new else value  # type: ignore[type-var]  # a dataclass, or there were no marks


def _changed_text(old: Any, whose: str, change: Change, place: str) -> Any:
    if isinstance(old, tuple):
        return tuple(change(whose, f"{place}.{i}", each) for i, each in enumerate(old))
    return change(whose, place, old)


def _changed_within(
    old: Any, record: str, change: Change, only: Collection[Protection], subject: str, place: str
) -> Any:
    if isinstance(old, tuple):
        new = tuple(
            _changed_within(each, record, change, only, subject, f"{place}.{i}")
            for i, each in enumerate(old)
        )
        same = all(one is other for one, other in zip(new, old, strict=True))
        return old if same else new
    return changed(old, record, change, only=only, subject=subject, place=f"{place}.")


def _plan(cls: type[Any]) -> _Plan:
    if not is_dataclass(cls):
        return _Plan((), ())
    hints = get_type_hints(cls)
    marked = private_fields(cls)
    for name in marked:
        if not all(leaf in {str, type(None), Ellipsis} for leaf in leaves(hints[name])):
            raise TypeError(f"{cls.__name__}.{name}: only texts can be kept as personal")
    within = tuple(
        each.name
        for each in fields(cls)
        if each.name not in marked and any(_may_hold(leaf) for leaf in leaves(hints[each.name]))
    )
    return _Plan(tuple(marked.items()), within)


_plans = MadeOnce(_plan)


def _may_hold(leaf: Any) -> bool:
    """Whether a value of this type may have a field that tells of a person."""
    if leaf is Ellipsis or hasattr(leaf, "__supertype__"):
        return False
    origin = get_origin(leaf) or leaf
    if is_dataclass(origin):
        plan = _plans[origin]  # type: ignore[index]  # a class
        return bool(plan.marked or plan.within)
    return not (isinstance(origin, type) and issubclass(origin, _NEVER))


def marks_in(hint: Any) -> Iterator[object]:
    """All that is annotated on a type and on the types within it."""
    if get_origin(hint) is Annotated:
        yield from hint.__metadata__
        yield from marks_in(hint.__origin__)
    else:
        for inner in get_args(hint):
            yield from marks_in(inner)


def leaves(hint: Any) -> Iterator[Any]:
    """The types that a type is made of; a class with parameters is itself."""
    origin = get_origin(hint)
    if origin is not None and is_dataclass(origin):
        yield origin
        return
    inner = get_args(hint)
    if not inner:
        yield hint
    for each in inner:
        yield from leaves(each)
