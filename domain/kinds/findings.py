"""Findings: what an authorised person or body sets with a reason: marks, vetoes, figures, sanctions, grades, standards met."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, ClassVar

from domain.kinds.about import About, finding
from domain.words import Choice, Label, WhyFound


class Sanction(Choice):
    """What somebody was sanctioned with."""

    CIRCULATED_CRITICISM = "circulated_criticism", "通报批评"
    ADMONITION = "admonition", "告诫"
    ADMONISHING_TALK = "admonishing_talk", "诫勉"
    PARTY_DISCIPLINE = "party_discipline", "党纪处分", "Party discipline"
    ADMINISTRATIVE_SANCTION = "administrative_sanction", "政务处分"
    CRIMINAL_PENALTY = "criminal_penalty", "刑事处罚"
    OTHER = "other", "其他"


@dataclass(frozen=True, slots=True, kw_only=True)
class WasMarked:
    """A mark that a body gave for what no deed shows, such as a public or peer evaluation."""

    about: ClassVar[About] = finding("评定分数", "was given a mark")

    code: Annotated[str, Label("评定项目", "code of the mark")]
    wording: Annotated[WhyFound[str], Label("评语", "wording")] = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class WasVetoed:
    """A circumstance that overrides the score."""

    about: ClassVar[About] = finding("一票否决情形", "was vetoed")

    code: Annotated[str, Label("否决情形", "code of the veto")]
    wording: Annotated[WhyFound[str], Label("说明", "wording")] = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class WasGivenFigure:
    """A figure that an authorised person set for one deed, such as points fixed on the spot."""

    about: ClassVar[About] = finding("现场定分", "was given a figure")

    code: Annotated[str, Label("定分项目", "code of the figure")]
    deed: Annotated[str, Label("所属记录", "deed that it is for")] = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class WasSanctioned:
    """Was sanctioned, by whomever; whether that vetoes anything is for the rubric to say."""

    about: ClassVar[About] = finding("受到处理", "was sanctioned", measure="次")

    sanction: Annotated[Sanction, Label("处理方式", "sanction")]
    by: Annotated[str, Label("处理机关", "imposed by")]
    wording: Annotated[WhyFound[str], Label("处理说明", "wording")] = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class WasGraded:
    """An opinion or a decision of one body on the grade; several bodies may each give theirs."""

    about: ClassVar[About] = finding("评定等次", "was graded", measure="次")

    by: Annotated[str, Label("评定主体", "code of the body")]
    grade: Annotated[str, Label("等次", "grade")]
    wording: Annotated[WhyFound[str], Label("评语", "wording")] = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class MetStandard:
    """Met one item of a standard, as a members' home that has a place of its own."""

    about: ClassVar[About] = finding("达到标准", "met a standard")

    standard: Annotated[str, Label("标准名称", "code of the standard")]
    item: Annotated[str, Label("标准条目", "item of the standard")]
    wording: Annotated[WhyFound[str], Label("达标说明", "wording")] = ""
