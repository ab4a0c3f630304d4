"""Builds samples of what the domain is made of, from its own annotations."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from types import NoneType, UnionType
from typing import Any, TypeVar, Union, cast, get_args, get_origin

from hypothesis import reject
from hypothesis import strategies as st

from domain.kinds import Details
from domain.kinds.fields import fields_of
from domain.words import Choice

D = TypeVar("D", bound=Details)

PLAIN: dict[Any, st.SearchStrategy[Any]] = {
    NoneType: st.none(),
    bool: st.booleans(),
    int: st.integers(0, 1_000_000),
    str: st.text(max_size=20),
    date: st.dates(),
    Decimal: st.decimals(0, 1_000_000, places=2, allow_nan=False, allow_infinity=False),
}


def values_of(hint: Any) -> st.SearchStrategy[Any]:
    """Values of a field's type."""
    if hasattr(hint, "__supertype__"):
        return values_of(hint.__supertype__)
    if hint in PLAIN:
        return PLAIN[hint]
    if isinstance(hint, type) and issubclass(hint, Choice):
        return st.sampled_from(list(hint))
    inner = get_args(hint)
    if get_origin(hint) in (Union, UnionType):
        return st.one_of([values_of(each) for each in inner])
    if get_origin(hint) is tuple and inner[-1] is Ellipsis:
        return st.lists(values_of(inner[0]), max_size=3).map(tuple)
    if get_origin(hint) is tuple:
        return st.tuples(*(values_of(each) for each in inner))
    raise TypeError(f"no sample of {hint!r}")


def details_of(kind: type[D]) -> st.SearchStrategy[D]:
    """Samples of one kind; what the kind itself refuses is passed over."""
    make = cast("Callable[..., D]", kind)

    def built(values: dict[str, Any]) -> D:
        try:
            return make(**values)
        except ValueError:
            reject()

    fields = {field.name: values_of(field.type) for field in fields_of(kind)}
    return st.fixed_dictionaries(fields).map(built)
