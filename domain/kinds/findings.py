"""Findings: what an authorised person or body sets with a reason: marks, vetoes, figures."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, ClassVar

from domain.kinds.about import About, finding
from domain.words import Label


@dataclass(frozen=True, slots=True, kw_only=True)
class WasMarked:
    """A mark that a body gave for what no deed shows, such as a public or peer evaluation."""

    about: ClassVar[About] = finding("评定分数", "was given a mark")

    code: Annotated[str, Label("评定项目", "code of the mark")]
    wording: Annotated[str, Label("评语", "wording")] = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class WasVetoed:
    """A circumstance that overrides the score."""

    about: ClassVar[About] = finding("一票否决情形", "was vetoed")

    code: Annotated[str, Label("否决情形", "code of the veto")]
    wording: Annotated[str, Label("说明", "wording")] = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class WasGivenFigure:
    """A figure that an authorised person set for one deed, such as points fixed on the spot."""

    about: ClassVar[About] = finding("现场定分", "was given a figure")

    code: Annotated[str, Label("定分项目", "code of the figure")]
    deed: Annotated[str, Label("所属记录", "deed that it is for")] = ""
