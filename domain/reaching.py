"""What could still be had: what each clause could bring within all limits."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from domain.drafts import Draft
from domain.paying import step_price
from domain.period import Period
from domain.readied import Amount, Ready, Rule, Together, takes_in_all, times_of
from domain.rubric import (
    Assessed,
    FromMembers,
    Full,
    Mean,
    Once,
    Rate,
    Short,
    Steps,
    Summed,
    Within,
)
from domain.scorecard import Cut, Points, Reach
from domain.served import Served
from domain.sight import is_open


@dataclass(slots=True)
class Stand:
    """The lines of a clause, and what they came to before their block was looked at."""

    own: list[Draft]
    earned: Amount


_Common = tuple[dict[str, Amount], dict[str, Amount]]
"""By clause: the room that its groups leave, and how far it lies behind what a group of which only the best count keeps."""


@dataclass(slots=True)
class Limits:
    """The room that blocks leave and how many times they count, by weight and months served; what groups of clauses, groups of blocks, and the total."""

    blocks: Mapping[str, Amount | None]
    factors: Mapping[str, Fraction]
    inner: _Common
    outer: _Common
    total: Amount | None


def reachable_in(
    ready: Ready,
    stands: Sequence[Stand],
    limits: Limits,
    spoiled: set[int],
    whom: Assessed,
    period: Period,
    day: date,
    served: Served,
) -> tuple[Reach, ...]:
    """What each clause could still bring within all limits, in the order of the document.

    Its own limits come first, then what it lies behind in its groups; the room of those, of the block and of the total is room for what is left then.
    """
    found: list[Reach] = []
    for rule, stand in zip(ready.rules, stands, strict=True):
        clause, weight = rule.clause, limits.factors.get(rule.block.code)
        if rule.seat in spoiled or not is_open(rule, whom, day):
            continue
        best, price = _next_act(rule, stand.own, ready, period, day, served)
        if price is not None and price <= 0:
            continue
        own = _own_limits(rule, stand, price, ready)
        left = min(own, default=None)
        for rooms, behind in (limits.inner, limits.outer):
            room = rooms.get(clause.code)
            if lost := behind.get(clause.code, 0):
                best = None if best is None else best - lost
                left = None if left is None else left - lost
            left = _least(left, room)
            if rooms is limits.inner[0]:
                left = _least(left, limits.blocks[rule.block.code])
                if weight is not None:
                    left = None if left is None else times_of(left, weight)
                    best = None if best is None else times_of(best, weight)
        left = _least(left, limits.total)
        if (left is not None and left <= 0) or (best is not None and best < 0):
            continue
        if best == 0 and not isinstance(clause.measure, Full):
            continue
        once = best if best is None or left is None else min(best, left)
        found.append(
            Reach(
                block=rule.block.code,
                clause=clause.code,
                next_act=Points("") if once is None else ready.text(once),
                left=Points("") if left is None else ready.text(left),
            )
        )
    return tuple(found)


def _least(left: Amount | None, room: Amount | None) -> Amount | None:
    """The smaller of two limits, where there are any."""
    if left is None or room is None:
        return left if room is None else room
    return min(left, room)


def _next_act(
    rule: Rule,
    own: Sequence[Draft],
    ready: Ready,
    period: Period,
    day: date,
    served: Served,
) -> tuple[Amount | None, Amount | None]:
    """What one more act brings at its best, and the most that an act can be paid; none where a number or a rate says so."""
    measure, every = rule.clause.measure, rule.clause.every
    if every is not None:
        part = next((p for p in period.parts(every) if p.holds(day)), period)
        own = [d for d in own if part.holds(max(d.on, period.first))]
    match measure:
        case FromMembers():
            return 0, 0
        case Short(points=points):
            # Where the lack is held against him already, an act takes its part of it away.
            # What limits have forgiven already does not come back.
            taken = [d for d in own if d.fact is None]
            forgiven = sum([_kept(d) - d.worth for d in taken])
            back = max(-ready.whole(points) - forgiven, 0) if taken else 0
            return back, back
        case Steps(steps=steps):
            price: Amount = step_price(steps, len(own) + 1, ready)
            return price, price
        case Full(points=points, acts=acts, partial=partial):
            asked = max(served.acts(acts), 1)
            if partial:
                price = times_of(ready.scale, points / asked)
                return price, price
            whole = ready.whole(points)
            return (whole if len(own) + 1 == asked else 0), whole
        case Summed(price=summed):
            return (0, 0) if takes_in_all(summed) else (None, rule.best)
        case _:
            best: Amount | None = rule.best
            times = rule.clause.times
            if rule.clause.best and best is not None and times is not None and len(own) >= times:
                # A dearer one takes the place of the cheapest that is paid.
                best -= sorted([d.worth for d in own], reverse=True)[times - 1]
            return best, rule.best


def _kept(draft: Draft) -> Amount:
    """What limits left of a line, before the weight of its block."""
    undone = sum([a for cut, a, _ in draft.cuts if cut in {Cut.WEIGHT, Cut.ROUNDED}])
    return draft.net - undone


def _own_limits(rule: Rule, stand: Stand, best: Amount | None, ready: Ready) -> list[Amount]:
    """What the clause itself leaves open; of one that is worked out for parts of the period only what is missing in them is told."""
    measure, earned = rule.clause.measure, stand.earned
    if isinstance(measure, Short):
        return [-sum([_kept(d) for d in stand.own])]
    if rule.clause.every is not None:
        return []
    limits: list[Amount] = []
    if rule.cap is not None:
        limits.append(rule.cap - earned)
    if isinstance(measure, Once | Mean | Summed) and best is not None:
        limits.append(best - earned)
    if isinstance(measure, Full):
        limits.append(ready.whole(measure.points) - earned)
    if isinstance(measure, Rate):
        whole = max((measure.points, *(p for _, p in measure.tiers)))
        limits.append(ready.whole(whole) - earned)
    if rule.clause.times is not None and best is not None:
        left = best * rule.clause.times - earned
        limits.append(left if rule.clause.best else best * (rule.clause.times - len(stand.own)))
    return limits


def left_in_common(
    groups: Sequence[Together], codes: Mapping[str, list[Draft]], ready: Ready
) -> _Common:
    """What these groups leave to their clauses."""
    rooms: dict[str, Amount] = {}
    behind: dict[str, Amount] = {}
    if not groups:
        return rooms, behind
    inside = {part.block.code: [c.code for c in part.block.clauses] for part in ready.parts}
    for together in groups:
        if together.group.within is not Within.PERIOD:
            continue
        entries = [
            [c for code in entry for c in inside.get(code, [code])] for entry in together.entries
        ]
        drafts = [[d for code in entry for d in codes[code]] for entry in together.entries]
        if together.cap is not None:
            room = together.cap - sum([d.net for own in drafts for d in own])
            for code in [c for entry in entries for c in entry]:
                rooms[code] = min(room, rooms.get(code, room))
        if together.group.best is not None:
            uncut = [
                sum(
                    d.net
                    - sum(
                        a
                        for cut, a, by in d.cuts
                        if cut is Cut.BEST_OF and by == together.group.code
                    )
                    for d in own
                )
                for own in drafts
            ]
            kept = sorted(range(len(uncut)), key=lambda i: (-uncut[i], i))[: together.group.best]
            least = uncut[kept[-1]] if len(kept) == together.group.best else 0
            for i, entry in enumerate(entries):
                if i not in kept:
                    for code in entry:
                        behind[code] = max(behind.get(code, 0), least - uncut[i])
    return rooms, behind
