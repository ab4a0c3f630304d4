"""Scorecards: what every fact earned under which clause, what limits did to it, and why a fact earned nothing."""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from typing import NewType

from domain.fact import SubjectId
from domain.period import Period
from domain.rubric import (
    points_text,
)
from domain.selection import (
    Why,
)
from domain.values import value
from domain.words import Choice

Points = NewType("Points", str)
"""Exact text of points, `67.5` or `161/3`; `Fraction(points)` reads it back."""


ZERO = Points("0")


def points_of(exact: Fraction) -> Points:
    """Points from an exact figure."""
    return Points(points_text(exact))


class Cut(Choice):
    """What made a line earn (or take) something else than its worth."""

    SHARE = "share", "署名分摊", "share of the byline"
    SPOILED = "spoiled", "有不符合要求的情形,整项不得分", "something else spoils the whole clause"
    GATE = "gate", "未达到前提要求,不得分", "what it presupposes is not met"
    TIMES = "times", "次数封顶", "cap on the number of acts"
    CAP = "cap", "单项封顶", "cap of the clause"
    BEST_OF = "best_of", "就高不重复", "only the best counts"
    SHARED_CAP = "shared_cap", "合并封顶", "cap shared by several clauses"
    SHARED_FLOOR = "shared_floor", "合计扣完为止", "floor shared by several clauses"
    BLOCK_CAP = "block_cap", "分项封顶", "cap of the block"
    BLOCK_FLOOR = "block_floor", "扣完为止", "floor of the block"
    WEIGHT = "weight", "按权重计入", "weight of the block"
    TOTAL_CAP = "total_cap", "总分封顶", "cap of the total"
    TOTAL_FLOOR = "total_floor", "总分不低于下限", "floor of the total"
    FULL_MARK = "full_mark", "已得满分", "the full mark has been earned"
    TOO_FEW = "too_few", "次数不足", "too few acts for the full mark"
    PART_YEAR = "part_year", "按在任月数折算", "scaled to the months served"
    ROUNDED = "rounded", "取舍", "rounded"
    TOO_LATE = (
        "too_late",
        "其后还有结果在截止之后才有,本期不计",
        "a later outcome came after the last day for this period and does not count in it",
    )


@value(frozen=True, slots=True)
class Adjustment:
    """What something took from a line or gave back to it; `by` is the clause, gate, group or block that says so, empty for the rubric.

    Where a sum is scaled `by` is the months served of those of the period: `6/12`.
    """

    cut: Cut
    amount: Points
    by: str = ""


@value(frozen=True, slots=True)
class Line:
    """What one fact earned (or took) under one clause: its worth, what was done to it, and what is left.

    `nth` says which act of the clause it was, by day; those before it that another clause has taken count, but where prices go by the number. A line without a deed is what a block starts with, what is taken for acts that are missing (`nth` of them), what a unit has from a member (who is its subject), or what
    rounding and scaling did to a block or, without a block, to the total. A line stays when limits cut it to nothing.
    """

    deed: str
    subject: SubjectId
    kind: str
    on: date
    block: str
    clause: str
    nth: int
    worth: Points
    adjustments: tuple[Adjustment, ...]
    points: Points

    @property
    def past_a_limit(self) -> bool:
        """Whether a limit leaves it without points: all that it pays was earned before."""
        return self.points == ZERO and any(each.cut in _LIMITS for each in self.adjustments)


_LIMITS = frozenset({Cut.FULL_MARK, Cut.TIMES, Cut.CAP, Cut.SHARED_CAP, Cut.BLOCK_CAP})


@value(frozen=True, slots=True)
class WhyNot:
    """Why a fact has no line; `clause` is the one that came nearest, if any did."""

    deed: str
    subject: SubjectId
    kind: str
    on: date
    why: Why
    clause: str = ""


@value(frozen=True, slots=True, kw_only=True)
class BlockTotal:
    """What the lines of a block add up to."""

    block: str
    points: Points


@value(frozen=True, slots=True, kw_only=True)
class Reach:
    """What a clause could still bring: `next_act` for one more act at its best price (empty where it goes by a number or a rate), `left` in all; empty where it is open."""

    block: str
    clause: str
    next_act: Points
    left: Points


class Doing(Choice):
    """How a clause stands with a member: three ways of having nothing are kept apart."""

    DONE = "done", "已有计分", "has lines"
    NOT_DONE = "not_done", "未做", "not done"
    NOT_RECORDED = "not_recorded", "未登记", "expected, and nothing is on record"
    NOT_ELIGIBLE = "not_eligible", "不适用", "not for him"
    EXEMPT = "exempt", "免于履职", "exempt from duties throughout"


@value(frozen=True, slots=True, kw_only=True)
class Account:
    """How one clause stands: `acts` have lines. Where attendance is counted he attended `acts` of `expected`; of `not_recorded` nothing is said, `excused` were not asked of him."""

    clause: str
    doing: Doing
    acts: int
    expected: int = 0
    not_recorded: int = 0
    excused: int = 0


@value(frozen=True, slots=True, kw_only=True)
class GateResult:
    """Whether a gate is met: what it asks (`at least` or, where `most`, at most), what there is, and how much is missing."""

    gate: str
    met: bool
    got: Points
    asked: Points
    missing: Points
    most: bool = False
    for_him: bool = True


@value(frozen=True, slots=True, kw_only=True)
class Counted:
    """How many acts of the period a veto or a trigger counts, and which."""

    code: str
    acts: int
    deeds: tuple[str, ...] = ()


@value(frozen=True, slots=True, kw_only=True)
class Scorecard:
    """A member's (or unit's) account of a period under one version of a rubric.

    The lines add up to the total. `months` is how many calendar months of the period he served, `counted` what vetoes and triggers count in it.
    `changes_on` is the first day on which time alone changes the card.
    """

    member: SubjectId
    rubric: str
    version: str
    period: Period
    total: Points
    blocks: tuple[BlockTotal, ...]
    lines: tuple[Line, ...]
    why_not: tuple[WhyNot, ...]
    reachable: tuple[Reach, ...]
    changes_on: date | None
    accounts: tuple[Account, ...] = ()
    gates: tuple[GateResult, ...] = ()
    counted: tuple[Counted, ...] = ()
    months: int = 12
