"""What a county counts besides: one kind of its own making for each shape, with its own code, label and fields."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, ClassVar

from domain.kinds.about import About, Stage, matter, occasion
from domain.words import Label, Open


@dataclass(frozen=True, slots=True, kw_only=True)
class _OfCounty:
    """What the county calls it, and what it records of it."""

    code: Annotated[Open[str], Label("县自定代码", "county's code")]
    called: Annotated[Open[str], Label("县自定名称", "county's name for it")]
    values: Annotated[tuple[tuple[str, str], ...], Label("自定字段", "county's own fields")] = ()

    def __post_init__(self) -> None:
        if len({name for name, _ in self.values}) < len(self.values):
            raise ValueError("values")


@dataclass(frozen=True, slots=True, kw_only=True)
class DidOther(_OfCounty):
    """Took part in something else that the county counts."""

    about: ClassVar[About] = occasion("其他履职(县自定活动)", "took part in something else")


@dataclass(frozen=True, slots=True, kw_only=True)
class DidOtherMatter(_OfCounty):
    """Did another piece of work that the county counts; it may reach any stage."""

    about: ClassVar[About] = matter("其他履职(县自定事项)", "did something else", *Stage)
