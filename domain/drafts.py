"""Lines in the making, and the limits that groups, blocks and rounding set to them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from operator import attrgetter
from typing import Any

from domain.fact import Fact, SubjectId
from domain.period import Period
from domain.readied import Amount, Ready, Together
from domain.rubric import (
    Rounding,
    Way,
    Within,
)
from domain.scorecard import Cut


@dataclass(slots=True)
class Draft:
    """A line in the making: all amounts are over the common denominator."""

    fact: Fact[Any] | None
    on: date
    block: str
    clause: str
    nth: int
    worth: Amount
    net: Amount
    cuts: list[tuple[Cut, Amount, str]]
    subject: SubjectId | None = None
    place: int = -1


def bind(together: Together, codes: Mapping[str, list[Draft]]) -> None:
    """What the clauses, blocks or groups of a group have in common."""
    group = together.group
    entries = [[d for code in entry for d in codes[code]] for entry in together.entries]
    if group.within is Within.PERIOD:
        _bind_one(together, entries)
        return
    apart: dict[str, list[list[Draft]]] = {}
    for place, drafts in enumerate(entries):
        for draft in drafts:
            key = _key(draft, group.within)
            if key:
                apart.setdefault(key, [[] for _ in entries])[place].append(draft)
    for _, each in sorted(apart.items()):
        _bind_one(together, each)


def _key(draft: Draft, within: Within) -> str:
    """The deed or the work of a line, by the record that others of the same deed point to; nothing where it has none."""
    fact = draft.fact
    if fact is None:
        return ""
    return (within is Within.WORK and fact.work) or fact.same_as or fact.deed


def _bind_one(together: Together, entries: Sequence[Sequence[Draft]]) -> None:
    group = together.group
    if group.best is not None:
        there = [e for e in entries if e]
        sums = [sum([d.net for d in entry]) for entry in there]
        kept = set(sorted(range(len(there)), key=lambda i: (-sums[i], i))[: group.best])
        for i, entry in enumerate(there):
            if i not in kept:
                for draft in entry:
                    cut_by(draft, draft.net, Cut.BEST_OF, group.code)
    drafts = [d for entry in entries for d in entry]
    hold(drafts, together.floor, together.cap, (Cut.SHARED_FLOOR, Cut.SHARED_CAP), group.code)


def hold(
    drafts: list[Draft], low: Amount | None, high: Amount | None, cuts: tuple[Cut, Cut], by: str
) -> None:
    """Keep a sum within bounds: what is too much goes from the last acts, what was taken too much comes back to the last deductions."""
    if low is None and high is None:
        return
    total = sum([d.net for d in drafts])
    if high is not None and total > high:
        over = total - high
        for draft in _last_first(drafts):
            amount = min(over, draft.net)
            if amount > 0:
                cut_by(draft, amount, cuts[1], by)
                over -= amount
    elif low is not None and total < low:
        under = low - total
        for draft in _last_first(drafts):
            amount = min(under, -draft.net)
            if amount > 0:
                cut_by(draft, -amount, cuts[0], by)
                under -= amount


def _last_first(drafts: list[Draft]) -> list[Draft]:
    found = sorted(drafts, key=_ON)
    found.reverse()
    return found


_ON = attrgetter("on")


def cut_by(draft: Draft, amount: Amount, cut: Cut, by: str) -> None:
    """Take so much from a line (a negative amount gives), and note what did it."""
    if amount:
        draft.net -= amount
        draft.cuts.append((cut, -amount, by))


def room_under(drafts: list[Draft], cap: Amount | None) -> Amount | None:
    """How much more these lines can come to; none where there is no cap."""
    return None if cap is None else cap - sum([d.net for d in drafts])


def round_line(draft: Draft, rounding: Rounding, ready: Ready) -> None:
    """Round a line."""
    cut_by(draft, draft.net - _nearest(draft.net, rounding, ready), Cut.ROUNDED, "")


def _nearest(net: Amount, rounding: Rounding, ready: Ready) -> Amount:
    """A figure on the steps that figures are rounded to; `up` and `down` are away from zero and towards it."""
    step = rounding.to * ready.scale
    size = abs(Fraction(net)) / step
    steps, over = divmod(size.numerator, size.denominator)
    if over:
        half = Fraction(over, size.denominator)
        match rounding.way:
            case Way.UP:
                steps += 1
            case Way.DOWN:
                pass
            case Way.HALF_UP:
                steps += half >= Fraction(1, 2)
            case Way.HALF_EVEN:
                steps += half > Fraction(1, 2) or (half == Fraction(1, 2) and steps % 2 == 1)
    found = steps * step if net >= 0 else -steps * step
    return found.numerator if found.denominator == 1 else found


def rounded_sum(
    drafts: Sequence[Draft], rounding: Rounding, ready: Ready, period: Period, block: str
) -> list[Draft]:
    """The line by which a sum is rounded, where it has to be."""
    net = sum([d.net for d in drafts])
    off = _nearest(net, rounding, ready) - net
    if not off:
        return []
    return [Draft(None, period.last, block, "", 0, 0, off, [(Cut.ROUNDED, off, "")])]
