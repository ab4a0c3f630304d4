"""The catalogue of what members and units do. A new kind is one frozen dataclass in one of the families; nothing else."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from types import MappingProxyType, ModuleType
from typing import Any, ClassVar, Protocol

from domain.kinds import (
    advice,
    county,
    culture,
    deliberation,
    findings,
    help,
    meetings,
    people,
    units,
    works,
)
from domain.kinds.about import About, Shape, Stage, Subject

__all__ = ["FAMILIES", "KINDS", "About", "Details", "Shape", "Stage", "Subject", "kind_of"]


class Details(Protocol):
    """What every kind of the catalogue is: a frozen dataclass that tells about itself."""

    __dataclass_fields__: ClassVar[dict[str, Any]]
    about: ClassVar[About]


FAMILIES: tuple[ModuleType, ...] = (
    meetings,
    deliberation,
    works,
    people,
    advice,
    help,
    culture,
    units,
    county,
    findings,
)


def kind_of(kind: type[Details]) -> str:
    """The stored name of a kind: its class name in snake case: a deed in the past tense, a work a noun."""
    return _snake_case(kind.__name__)


@cache
def _snake_case(name: str) -> str:
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name).lower()


def catalogue(families: tuple[ModuleType, ...]) -> Mapping[str, type[Details]]:
    """The kinds defined in these modules by stored name, in order of definition."""
    return MappingProxyType(
        {
            kind_of(found): found
            for family in families
            for found in vars(family).values()
            if isinstance(found, type)
            and found.__module__ == family.__name__
            and isinstance(getattr(found, "about", None), About)
        }
    )


KINDS: Mapping[str, type[Details]] = catalogue(FAMILIES)
