"""Paying acts: the lines of each clause by its measure, under its own limits."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from fractions import Fraction
from typing import Any

from domain.drafts import Draft, cut_by, hold
from domain.fact import Fact
from domain.period import Period
from domain.readied import (
    Amount,
    Ready,
    Rule,
    from_the_top,
    points_for,
    takes_in_all,
    tier_price,
    times_of,
)
from domain.rubric import (
    Apart,
    Assessed,
    Distinct,
    Each,
    FromMembers,
    Full,
    Mean,
    Once,
    PartYear,
    Per,
    Quantity,
    Rate,
    Steps,
    Summed,
    Take,
    Tiers,
    Whose,
)
from domain.scorecard import Cut, GateResult, Scorecard
from domain.selection import (
    RANK,
    Why,
    plain,
)
from domain.served import Served, served_by
from domain.sight import Candidate, Sight, is_open, share_of


def drafts_of(
    sight: Sight,
    ready: Ready,
    spoiled: set[int],
    gates: Mapping[str, GateResult],
    served: Served,
    part_year: PartYear | None,
    period: Period,
    members: Sequence[Scorecard],
    whom: Assessed,
    day: date,
) -> tuple[list[list[Draft]], set[int]]:
    """The lines of each clause under its own limits, and which facts have one."""
    taken: dict[str, set[int]] = {}
    drafts: list[list[Draft]] = []
    paid: set[int] = set()
    for rule in ready.rules:
        clause, candidates = rule.clause, sight.candidates[rule.seat]
        own: list[Draft] = []
        if isinstance(clause.measure, FromMembers):
            if is_open(rule, whom, day):
                own = _from_members(rule, clause.measure, members, ready, period)
        elif candidates or rule.short:
            candidates.sort()
            gone: list[Candidate] = []
            if clause.beyond:
                paid_before = set().union(*(taken.get(code, ()) for code in clause.beyond))
                gone = [c for c in candidates if sight.base.get(c[5], c[5]) in paid_before]
                candidates = [
                    c for c in candidates if sight.base.get(c[5], c[5]) not in paid_before
                ]
            if clause.whose is Whose.UNIT:
                candidates = _best_of_each(candidates, sight, _ONE_DEED, clause.code, Why.SHARED)
            if clause.distinct is not None and (clause.distinct.whole or clause.every is None):
                candidates = _best_of_each(candidates, sight, clause.distinct, clause.code)
            missed = sight.missed.get(rule.seat, {})
            if clause.every is None:
                own = _of_part(rule, candidates, missed, gone, sight, ready, served)
                own += _missing(rule, own, ready, part_year, period, whom, day)
            else:
                for part in period.parts(clause.every):
                    inside = [c for c in candidates if part.holds(max(c[0], period.first))]
                    if clause.distinct is not None and not clause.distinct.whole:
                        inside = _best_of_each(inside, sight, clause.distinct, clause.code)
                    there = {i: n for i, n in missed.items() if part.holds(sight.facts[i].on)}
                    before = [c for c in gone if part.holds(max(c[0], period.first))]
                    of_part = _of_part(rule, inside, there, before, sight, ready, served)
                    own += of_part
                    own += _missing(rule, of_part, ready, part_year, part, whom, day)
        if rule.seat in spoiled:
            for draft in own:
                cut_by(draft, draft.net, Cut.SPOILED, clause.code)
        for code in clause.gates:
            if not gates[code].met:
                for draft in own:
                    cut_by(draft, draft.net, Cut.GATE, code)
        places = {sight.base.get(d.place, d.place) for d in own if d.fact is not None}
        taken[clause.code] = places
        paid |= places
        drafts.append(own)
    return drafts, paid


def _of_part(
    rule: Rule,
    candidates: list[Candidate],
    missed: Mapping[int, int],
    gone: Sequence[Candidate],
    sight: Sight,
    ready: Ready,
    served: Served,
) -> list[Draft]:
    """The lines of a clause for a period, or for the part of it that it is worked out for."""
    clause, measure, nearest = rule.clause, rule.clause.measure, sight.nearest
    if isinstance(measure, Once) and candidates:
        best = min(candidates, key=_favour)
        _note(nearest, (c for c in candidates if c is not best), Why.COUNTED_ONCE, clause.code)
        candidates = [best]
    first = measure.from_nth if isinstance(measure, Each) else 1
    if first > 1:
        candidates = sorted(candidates, key=_skipped)
        _note(nearest, candidates[: first - 1], Why.BEFORE_NTH, clause.code)
    own: list[Draft] = []
    block, code, facts = rule.block.code, clause.code, sight.facts
    counted = () if isinstance(measure, Steps) else gone
    for nth, candidate in enumerate(candidates, start=1):
        if nth >= first:
            on, minus, _, _, _, i, worth = candidate
            cuts = [(Cut.SHARE, -minus - worth, code)] if -minus != worth else []
            at = nth + bisect_left(counted, candidate) if counted else nth
            own.append(Draft(facts[i], on, block, code, at, worth, -minus, cuts, place=i))
    match measure:
        case Steps(steps=steps):
            _price_anew(own, [step_price(steps, d.nth, ready) for d in own])
        case Rate():
            _price_anew(own, _by_attendance(measure, own, missed, ready))
        case Mean():
            _price_anew(own, [times_of(d.worth, Fraction(1, len(own))) for d in own])
        case Summed(price=price):
            _price_anew(own, _by_sum(price, own, ready))
        case Full(points=points, acts=acts) if served.acts(acts) != acts:
            each = points / max(served.acts(acts), 1)
            _price_anew(own, [times_of(ready.scale, each) for _ in own])
        case _:
            pass
    if rule.limited:
        _limit(rule, own, served)
    if ready.caps_first and rule.shares:
        for draft in own:
            if draft.fact is not None:
                shared = times_of(draft.net, share_of(rule, draft.fact))
                cut_by(draft, draft.net - shared, Cut.SHARE, code)
    return own


def _missing(
    rule: Rule,
    there: Sequence[Draft],
    ready: Ready,
    part_year: PartYear | None,
    part: Period,
    whom: Assessed,
    day: date,
) -> list[Draft]:
    """The line for the acts that are missing when a part of the period is over, of those who served in it and whom the clause is for."""
    asked = rule.short
    if asked is None or day < part.last:
        return []
    if not is_open(rule, whom, whom.last_day(part)):
        return []
    served = served_by(whom, part_year, part)
    missing = served.acts(asked.acts) - len(there) if served.months else 0
    if missing <= 0:
        return []
    own = [
        Draft(
            None,
            part.last,
            rule.block.code,
            rule.clause.code,
            missing,
            worth := times_of(ready.whole(asked.points), Fraction(missing)),
            worth,
            [],
        )
    ]
    if rule.cap is not None:
        hold(own, -rule.cap, rule.cap, (Cut.CAP, Cut.CAP), rule.clause.code)
    return own


def _price_anew(own: list[Draft], worths: Sequence[Amount]) -> None:
    """Give lines a worth that the whole of them decides; what their share takes of it stays the same part."""
    for draft, worth in zip(own, worths, strict=True):
        kept = Fraction(draft.net) / Fraction(draft.worth) if draft.worth else Fraction(1)
        draft.worth = worth
        draft.net = worth if kept == 1 else times_of(worth, kept)
        if draft.cuts:
            cut, _, by = draft.cuts[0]
            draft.cuts[0] = (cut, draft.net - worth, by)


def step_price(steps: Sequence[tuple[int, Fraction]], nth: int, ready: Ready) -> int:
    """The price of the nth act."""
    return next((ready.whole(p) for first, p in reversed(steps) if nth >= first), 0)


def _by_attendance(
    measure: Rate, own: Sequence[Draft], missed: Mapping[int, int], ready: Ready
) -> list[Amount]:
    """What each occasion attended is worth: its part of the points for the rate that all of them come to."""
    halves, weights = measure.per is Per.HALF_DAY, dict(measure.weights)
    attended: list[Amount] = []
    for draft in own:
        fact = draft.fact
        if fact is None:
            continue
        days = fact.half_days if fact.attendance.took_part else fact.of_half_days
        weight = weights.get(fact.attendance)
        attended.append((days if halves else 1) * (1 if weight is None else weight))
    expected = sum(d.fact.of_half_days if halves and d.fact is not None else 1 for d in own) + sum(
        (halves_missed if halves else 1)
        for i, halves_missed in missed.items()
        if i not in {d.place for d in own}
    )
    there = sum(attended)
    if not there or not expected:
        return [0 for _ in own]
    if measure.tiers:
        rate = Fraction(there) / expected
        reached = [p for least, p in sorted(measure.tiers) if rate >= least]
        points = times_of(ready.scale, reached[-1]) if reached else 0
        return [times_of(points, Fraction(n) / there) for n in attended]
    points = ready.whole(measure.points)
    return [times_of(points, Fraction(n) / expected) for n in attended]


def _by_sum(price: Quantity | Tiers, own: Sequence[Draft], ready: Ready) -> list[Amount]:
    """What each act is worth: its part of the points for what all of them come to; equal parts where they come to nothing."""
    sign = -1 if takes_in_all(price) else 1
    numbers = [sign * Fraction(d.worth) for d in own]
    total = sum(numbers, Fraction(0))
    match price:
        case Quantity():
            points = points_for(price, total, ready)
        case Tiers():
            points = tier_price(total, from_the_top(price, ready))
    parts = [n / total for n in numbers] if total else [Fraction(1, len(own)) for _ in own]
    return [times_of(points, part) for part in parts]


def _from_members(
    rule: Rule, measure: FromMembers, members: Sequence[Scorecard], ready: Ready, period: Period
) -> list[Draft]:
    """What a unit has from the cards of its members, a line for each of them that counts."""
    taken = sorted(
        (
            (_taken(card, measure.of), card.member)
            for card in members
            if not measure.rubric or card.rubric in {"", measure.rubric}
        ),
        key=lambda each: (-each[0], each[1]),
    )
    if measure.best is not None:
        taken = taken[: measure.best]
    own: list[Draft] = []
    for nth, (points, member) in enumerate(taken, start=1):
        match measure.take:
            case Take.SHARE:
                reached = measure.reach is None or points >= measure.reach
                part = measure.times / len(taken) if reached else Fraction(0)
            case Take.MEAN:
                part = points * measure.times / len(taken)
            case Take.SUM:
                part = points * measure.times
        worth = times_of(ready.scale, part)
        own.append(
            Draft(
                None, period.last, rule.block.code, rule.clause.code, nth, worth, worth, [], member
            )
        )
    if rule.cap is not None:
        hold(own, -rule.cap, rule.cap, (Cut.CAP, Cut.CAP), rule.clause.code)
    return own


def _taken(card: Scorecard, block: str) -> Fraction:
    """The total of a card, or of one of its blocks."""
    if not block:
        return Fraction(card.total)
    return next((Fraction(b.points) for b in card.blocks if b.block == block), Fraction(0))


def _favour(
    candidate: Candidate,
) -> tuple[Amount, Amount, date, tuple[tuple[int, Amount], ...], str]:
    """Best price first, then what would earn least elsewhere, then the earliest."""
    on, minus, elsewhere, signature, deed, _, _ = candidate
    return minus, elsewhere, on, signature, deed


def _skipped(
    candidate: Candidate,
) -> tuple[date, Amount, Amount, tuple[tuple[int, Amount], ...], str]:
    """By day; of one day the act that loses least by being passed over comes first."""
    on, minus, elsewhere, signature, deed, _, _ = candidate
    return on, -minus, -elsewhere, signature, deed


def _best_of_each(
    candidates: list[Candidate],
    sight: Sight,
    distinct: Distinct,
    code: str,
    why: Why = Why.SAME_WORK,
) -> list[Candidate]:
    """One act of each work, village ..., the best; what says none stands for itself."""
    seen: set[object] = set()
    kept: list[Candidate] = []
    for candidate in sorted(candidates, key=_favour):
        key = told_apart(distinct, sight.facts[candidate[5]])
        if key in seen:
            _note(sight.nearest, (candidate,), why, code)
            continue
        seen.add(key)
        kept.append(candidate)
    return sorted(kept)


_ONE_DEED = Distinct(by=Apart.DEED)
"""What several of a member's units did together counts once for him."""


def told_apart(distinct: Distinct, fact: Fact[Any]) -> object:
    """What a fact is told apart by; itself where it says none."""
    match distinct.by:
        case Apart.WORK:
            said: object = fact.work
        case Apart.DEED:
            said = fact.same_as or fact.deed
        case Apart.PERSON:
            said = fact.subject
        case Apart.VILLAGE:
            said = fact.village
        case Apart.PAIRING:
            said = fact.pairing
        case Apart.DAY:
            said = fact.on
        case Apart.MONTH:
            said = (fact.on.year, fact.on.month)
        case Apart.DETAIL:
            said = plain(getattr(fact.details, distinct.detail, None))
    return (distinct.by, said) if said else (fact.deed, fact.subject, fact.on)


def _note(
    nearest: list[tuple[int, str]], passed_over: Iterable[Candidate], why: Why, code: str
) -> None:
    rank = RANK[why]
    for candidate in passed_over:
        if rank > nearest[candidate[5]][0]:
            nearest[candidate[5]] = (rank, code)


def _limit(rule: Rule, own: list[Draft], served: Served) -> None:
    """The limits that a clause sets itself."""
    code = rule.clause.code
    if rule.full:
        full = max(served.acts(rule.full), 1)
        partial = isinstance(rule.clause.measure, Full) and rule.clause.measure.partial
        if len(own) < full and not partial:
            for draft in own:
                cut_by(draft, draft.net, Cut.TOO_FEW, code)
        for draft in own[full:]:
            cut_by(draft, draft.net, Cut.FULL_MARK, code)
    if rule.clause.times is not None:
        if rule.clause.best:
            dearest = sorted(own, key=lambda d: -d.net)
            for draft in dearest[rule.clause.times :]:
                cut_by(draft, draft.net, Cut.BEST_OF, code)
        else:
            for draft in own[rule.clause.times :]:
                cut_by(draft, draft.net, Cut.TIMES, code)
    if rule.cap is not None:
        hold(own, -rule.cap, rule.cap, (Cut.CAP, Cut.CAP), code)
