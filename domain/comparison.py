"""Two scorecards side by side: what moved, under which clause, because of which record or rule."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from functools import lru_cache
from typing import Any

from domain.fact import Fact
from domain.member import Person
from domain.people import UnitId
from domain.scorecard import (
    Line,
    Points,
    Scorecard,
    points_of,
)
from domain.sifting import was_in_its_unit
from domain.unit import UnitKind
from domain.values import value
from domain.words import Choice


@value(frozen=True, slots=True, kw_only=True)
class Shift:
    """What a clause came to before and after; `clause` is empty for what a block starts with and what is done to its sum or to the total."""

    block: str
    clause: str
    before: Points
    after: Points
    change: Points


class Because(Choice):
    """Why a record's points are others than before."""

    RECORDED = "recorded", "新登记", "was recorded"
    WITHDRAWN = "withdrawn", "撤回或不再计入", "was withdrawn or no longer counts"
    CHANGED = (
        "changed",
        "更正、办理结果或确认有变化",
        "was amended, confirmed, or something came of it",
    )
    UNITS = (
        "units",
        "所属单位或其类型有变动",
        "his units, or what kind of unit they are, changed",
    )
    RULE = "rule", "办法变化", "the rule changed"
    KNOCK_ON = "knock_on", "因封顶、件数等受其他记录影响", "other records moved it through a limit"


@value(frozen=True, slots=True, kw_only=True)
class Cause:
    """A record whose points moved, and why; a cause without a deed is what a block starts with, or what is done to a sum."""

    deed: str
    kind: str
    because: Because
    before: Points
    after: Points
    change: Points


@value(frozen=True, slots=True, kw_only=True)
class Account:
    """A card, with whose it is, what was on record of him and of his units, and of which kind these were, where its rule goes by that."""

    card: Scorecard
    person: Person
    facts: Sequence[Fact[Any]]
    kinds: Mapping[UnitId, UnitKind]


def shifts(before: Scorecard | None, after: Scorecard | None) -> list[Shift]:
    """By clause what moved between two cards, the largest change first."""
    was, now = _by_clause(before), _by_clause(after)
    found = [
        (was.get(key, Fraction(0)), now.get(key, Fraction(0)), *key)
        for key in dict.fromkeys((*was, *now))
    ]
    moved = [each for each in found if each[0] != each[1]]
    moved.sort(key=lambda each: (-abs(each[1] - each[0]), each[2], each[3]))
    return [
        Shift(
            block=block,
            clause=clause,
            before=points_of(old),
            after=points_of(new),
            change=points_of(new - old),
        )
        for old, new, block, clause in moved
    ]


def _by_clause(card: Scorecard | None) -> dict[tuple[str, str], Fraction]:
    sums: dict[tuple[str, str], int | Fraction] = {}
    for line in () if card is None else card.lines:
        key = (line.block, line.clause)
        sums[key] = sums.get(key, 0) + _exact(line.points)
    return {key: Fraction(points) for key, points in sums.items()}


@lru_cache(maxsize=4096)
def _exact(points: Points) -> int | Fraction:
    """Points as a number, the quickest that is exact: there are few different ones."""
    exact = Fraction(points)
    return exact.numerator if exact.denominator == 1 else exact


def causes(before: Account | None, after: Account | None) -> list[Cause]:
    """By record what moved between two cards of one member and period, and why, the largest change first.

    A record of a unit has to be among the facts of both wherever it stood, whether or not he was in the unit then. One that says the same as before was moved by a change of his units or of their kind,
    by another version of the rubric, or else by other records through a limit.
    """
    was, now = _by_deed(before), _by_deed(after)
    old, new = _facts(before), _facts(after)
    found: list[tuple[Fraction, Fraction, str]] = []
    for deed in dict.fromkeys((*was, *now)):
        points = (_sum(was.get(deed, ())), _sum(now.get(deed, ())))
        if points[0] != points[1]:
            found.append((*points, deed))
    found.sort(key=lambda each: (-abs(each[1] - each[0]), each[2]))
    return [
        Cause(
            deed=deed,
            kind=next((line.kind for line in (*now.get(deed, ()), *was.get(deed, ()))), ""),
            because=_because(deed, old.get(deed, []), new.get(deed, []), before, after),
            before=points_of(first),
            after=points_of(last),
            change=points_of(last - first),
        )
        for first, last, deed in found
    ]


def _by_deed(of: Account | None) -> dict[str, list[Line]]:
    found: dict[str, list[Line]] = {}
    for line in () if of is None else of.card.lines:
        found.setdefault(line.deed, []).append(line)
    return found


def _facts(of: Account | None) -> Mapping[str, list[Fact[Any]]]:
    by_deed: dict[str, list[Fact[Any]]] = {}
    for fact in () if of is None else of.facts:
        by_deed.setdefault(fact.deed, []).append(fact)
    return by_deed


def _sum(lines: Sequence[Line]) -> Fraction:
    return Fraction(sum(_exact(line.points) for line in lines))


def _because(
    deed: str,
    old: Sequence[Fact[Any]],
    new: Sequence[Fact[Any]],
    before: Account | None,
    after: Account | None,
) -> Because:
    if deed and not old:
        return Because.RECORDED
    if deed and not new:
        return Because.WITHDRAWN
    if old != new:
        return Because.CHANGED
    if before is None or after is None:
        return Because.RULE
    if any(_moved_with_its_unit(fact, before, after) for fact in old):
        return Because.UNITS
    was, now = before.card, after.card
    same_rule = (was.rubric, was.version) == (now.rubric, now.version)
    return Because.KNOCK_ON if same_rule else Because.RULE


def _moved_with_its_unit(fact: Fact[Any], before: Account, after: Account) -> bool:
    """Whether a fact of a unit is another to him because he was in the unit then as one has it and not as the other has it, or because the unit is of another kind."""
    if was_in_its_unit(fact, before.person) != was_in_its_unit(fact, after.person):
        return True
    unit = UnitId(fact.subject.removeprefix("unit/"))
    was, now = before.kinds.get(unit), after.kinds.get(unit)
    return was is not None and now is not None and was is not now
