"""Scoring: facts under a rubric become explained lines that add up, and a reason for every fact without one."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from fractions import Fraction
from functools import lru_cache
from math import lcm
from typing import Any, NewType

from domain.attestation import DEFAULT, Policy
from domain.fact import Fact, Spoke, SubjectId
from domain.kinds.about import Stage
from domain.member import Person
from domain.period import Period
from domain.rubric import (
    Axis,
    Block,
    Clause,
    Each,
    Full,
    Once,
    Per,
    Price,
    Rubric,
    Table,
    Who,
    points_text,
)
from domain.selection import RANK, WHYS, Test, Why, byline, plain, tests_of
from domain.sifting import is_upgraded, sift
from domain.values import value
from domain.words import Choice

Points = NewType("Points", str)
"""Exact text of points, `67.5` or `161/3`; `Fraction(points)` reads it back."""

ZERO = Points("0")


class Cut(Choice):
    """What made a line earn (or take) less than its worth."""

    SHARE = "share", "署名分摊", "share of the byline"
    SPOILED = "spoiled", "有不符合要求的情形,整项不得分", "something else spoils the whole clause"
    TIMES = "times", "次数封顶", "cap on the number of acts"
    CAP = "cap", "单项封顶", "cap of the clause"
    SHARED_CAP = "shared_cap", "合并封顶", "cap shared by several clauses"
    BLOCK_CAP = "block_cap", "分项封顶", "cap of the block"
    BLOCK_FLOOR = "block_floor", "扣完为止", "floor of the block"
    TOTAL_CAP = "total_cap", "总分封顶", "cap of the total"
    TOTAL_FLOOR = "total_floor", "总分不低于下限", "floor of the total"
    FULL_MARK = "full_mark", "已得满分", "the full mark has been earned"
    TOO_FEW = "too_few", "次数不足", "too few acts for the full mark"


@value(frozen=True, slots=True, kw_only=True)
class Adjustment:
    """What something took from a line or gave back to it; `by` is the clause, shared cap or block that says so, empty for the rubric."""

    cut: Cut
    amount: Points
    by: str = ""


@value(frozen=True, slots=True, kw_only=True)
class Line:
    """What one fact earned (or took) under one clause: its worth, what was done to it, and what is left.

    `nth` says which act of the clause it was, those counted that another clause has taken. A line without a deed or clause is what a block starts with.
    A line stays when limits cut it to nothing.
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


@value(frozen=True, slots=True, kw_only=True)
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
    """What a clause could still bring: `next_act` for one more act at its best price, `left` in all; empty where it is open."""

    block: str
    clause: str
    next_act: Points
    left: Points


@value(frozen=True, slots=True, kw_only=True)
class Scorecard:
    """A member's account of a period under one version of a rubric.

    The lines add up to the total. `changes_on` is the first day on which time alone changes the card.
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


# A rubric made ready: selection by kind, all figures as whole numbers over one denominator


@dataclass(slots=True, kw_only=True)
class _Rule:
    """A clause made ready; `seat` is its place in the document, `best` its highest price."""

    seat: int
    block: Block
    clause: Clause
    worth: Callable[[Fact[Any]], int]
    best: int
    no_worth: int
    shares: Mapping[str, tuple[int, int]]
    cap: int | None
    full: int
    once: bool


@dataclass(slots=True, kw_only=True)
class _Part:
    """A block made ready; `shared` has for each shared cap its code, the seats of its clauses and its points."""

    block: Block
    seats: tuple[int, ...]
    starts: tuple[tuple[Who, int], ...]
    shared: tuple[tuple[str, tuple[int, ...], int], ...]
    floor: int | None
    cap: int | None


@dataclass(slots=True, kw_only=True)
class _Ready:
    """A rubric made ready for scoring: by kind the clauses that a fact can fill, and those that it can spoil."""

    scale: int
    rules: tuple[_Rule, ...]
    parts: tuple[_Part, ...]
    floor: int | None
    cap: int | None
    by_kind: Mapping[str, tuple[tuple[_Rule, tuple[Test, ...]], ...]]
    spoilers: Mapping[str, tuple[tuple[_Rule, tuple[Test, ...]], ...]]
    texts: dict[int, Points]

    def text(self, scaled: int) -> Points:
        """Points as exact text."""
        found = self.texts.get(scaled)
        if found is None:
            found = Points(points_text(Fraction(scaled, self.scale)))
            if len(self.texts) < 4096:
                self.texts[scaled] = found
        return found

    def whole(self, points: Fraction) -> int:
        """Points as a whole number over the common denominator."""
        return points.numerator * (self.scale // points.denominator)

    def bound(self, points: Fraction | None) -> int | None:
        """A limit the same way, where there is one."""
        return None if points is None else self.whole(points)


@lru_cache(maxsize=512)
def _ready(rubric: Rubric) -> _Ready:
    """A rubric made ready, once for each version of it."""
    ready = _Ready(
        scale=_scale(rubric),
        rules=(),
        parts=(),
        floor=None,
        cap=None,
        by_kind={},
        spoilers={},
        texts={},
    )
    ready.floor, ready.cap = ready.bound(rubric.floor), ready.bound(rubric.cap)
    rules: list[_Rule] = []
    by_kind: dict[str, list[tuple[_Rule, tuple[Test, ...]]]] = {}
    spoilers: dict[str, list[tuple[_Rule, tuple[Test, ...]]]] = {}
    for block, clause in rubric.clauses:
        rule = _rule(len(rules), block, clause, ready)
        rules.append(rule)
        for selects in clause.counts:
            tests = tuple(tests_of(selects))
            for kind in selects.kinds:
                by_kind.setdefault(kind, []).append((rule, tests))
        for selects in clause.spoiled_by:
            # No reason is asked for: the narrowest question comes first, which nearly all facts fail.
            tests = tuple(tests_of(selects))[::-1]
            for kind in selects.kinds:
                spoilers.setdefault(kind, []).append((rule, tests))
    ready.rules = tuple(rules)
    seats = {rule.clause.code: rule.seat for rule in rules}
    ready.parts = tuple(
        _Part(
            block=block,
            seats=tuple(seats[c.code] for c in block.clauses),
            starts=tuple((start.who, ready.whole(start.points)) for start in block.starts),
            shared=tuple(
                (shared.code, tuple(seats[c] for c in shared.clauses), ready.whole(shared.points))
                for shared in block.shared
            ),
            floor=ready.bound(block.floor),
            cap=ready.bound(block.cap),
        )
        for block in rubric.blocks
    )
    ready.by_kind = {kind: tuple(found) for kind, found in by_kind.items()}
    ready.spoilers = {kind: tuple(found) for kind, found in spoilers.items()}
    return ready


def _scale(rubric: Rubric) -> int:
    prices = [p for b in rubric.blocks for p in (b.cap, b.floor, *(s.points for s in b.starts))]
    prices += [s.points for b in rubric.blocks for s in b.shared]
    prices += [rubric.cap, rubric.floor]
    shares = [Fraction(1)]
    for _, clause in rubric.clauses:
        prices += [clause.cap, *_prices(clause)]
        shares += [share for _, share in clause.shares]
    below = lcm(*(p.denominator for p in prices if p is not None))
    return below * lcm(*(s.denominator for s in shares))


def _prices(clause: Clause) -> list[Fraction]:
    match clause.measure:
        case Full(points=points, acts=acts):
            return [points / acts]
        case Each(price=price) | Once(price=price):
            return [p for _, p in price.prices] if isinstance(price, Table) else [price]


def _rule(seat: int, block: Block, clause: Clause, ready: _Ready) -> _Rule:
    measure = clause.measure
    price: Price = measure.points / measure.acts if isinstance(measure, Full) else measure.price
    worth = _worth(price, clause, ready)
    if isinstance(measure, Each) and measure.per is Per.HALF_DAY:
        worth = _by_half_day(worth)
    shares = {str(b.value): (s.numerator, s.denominator) for b, s in clause.shares}
    best = max(ready.whole(p) for p in _prices(clause)) if _prices(clause) else 0
    if clause.shares:
        best = max(best * above // below for above, below in shares.values())
    return _Rule(
        seat=seat,
        block=block,
        clause=clause,
        worth=worth,
        best=best,
        no_worth=RANK[_NO_WORTH.get(price.by, Why.CONDITIONS)]
        if isinstance(price, Table)
        else RANK[Why.CONDITIONS],
        shares=shares,
        cap=None if clause.cap is None else ready.whole(clause.cap),
        full=measure.acts if isinstance(measure, Full) else 0,
        once=isinstance(measure, Once),
    )


def _by_half_day(worth: Callable[[Fact[Any]], int]) -> Callable[[Fact[Any]], int]:
    return lambda fact: worth(fact) * fact.half_days


_NO_WORTH = {Axis.STATE: Why.STATE, Axis.BYLINE: Why.CO_AUTHOR, Axis.OUTCOME: Why.STAGE}


def _worth(price: Price, clause: Clause, ready: _Ready) -> Callable[[Fact[Any]], int]:
    """What one fact is worth by the price alone."""
    if not isinstance(price, Table):
        flat = ready.whole(price)
        return lambda _: flat
    rows = {row: ready.whole(p) for row, p in price.prices}
    detail = price.detail
    match price.by:
        case Axis.LEVEL:
            return lambda fact: rows.get(fact.level, 0)
        case Axis.STATE:
            return lambda fact: rows.get(fact.attendance, 0)
        case Axis.SPOKE:
            return lambda fact: rows.get(fact.spoke, 0)
        case Axis.PART:
            return lambda fact: rows.get(fact.part, 0)
        case Axis.BYLINE:
            return lambda fact: rows.get(byline(fact), 0)
        case Axis.DETAIL:
            return lambda fact: rows.get(plain(getattr(fact.details, detail, None)), 0)
        case Axis.OUTCOME:
            asked = {p.stage for s in clause.counts for p in (*s.passed_any, *s.passed_all)}
            return lambda fact: _outcome(fact, asked, rows)


def _outcome(fact: Fact[Any], asked: set[Stage], rows: Mapping[str, int]) -> int:
    """The price of the highest level, among those listed, at which one of the stages was reached."""
    listed = [r.level for r in fact.reached if r.stage in asked and r.level in rows]
    heights = [level for level in listed if level is not None]
    return rows[max(heights, key=lambda level: level.height)] if heights else 0


# Scoring


@dataclass(slots=True)
class _Draft:
    """A line in the making: all amounts are whole numbers over the common denominator."""

    fact: Fact[Any] | None
    on: date
    block: str
    clause: str
    nth: int
    worth: int
    net: int
    cuts: list[tuple[Cut, int, str]]


# day, favour, what it would earn elsewhere, all that it could earn, deed; then the fact's place and its worth
_Candidate = tuple[date, int, int, tuple[tuple[int, int], ...], str, int, int]


def score(
    facts: Iterable[Fact[Any]],
    rubric: Rubric,
    member: Person,
    period: Period,
    today: date,
    policy: Policy = DEFAULT,
) -> Scorecard:
    """A member's scorecard. Acts are taken by day, then in his favour, so the order of entry never matters."""
    ready = _ready(rubric)
    sifted = sift(facts, period, today, policy)
    subject = SubjectId(f"member/{member.person}")
    why_not = [_why_not(fact, why) for fact, why in sifted.left_out]
    looked_at = (*sifted.counted, *sifted.behind)
    upgraded = sifted.upgraded
    ticked = [i for i, f in enumerate(looked_at) if is_upgraded(f, upgraded)] if upgraded else []
    if ticked:
        told = list(looked_at)
        for i in ticked:
            told[i] = replace(told[i], spoke=Spoke.NO)
        looked_at = tuple(told)
    candidates, nearest = _candidates(looked_at, len(sifted.counted), ready, member)
    spoiled = _spoiled(sifted.counted, ready, member)
    drafts, paid = _drafts(candidates, nearest, ready, looked_at, spoiled)
    everything: list[_Draft] = []
    rooms: dict[str, int | None] = {}
    for part in ready.parts:
        own = _start(part, member, period, today)
        for seat in part.seats:
            own += drafts[seat]
        _hold(own, part.floor, part.cap, _BLOCK, part.block.code)
        rooms[part.block.code] = _room(own, part.cap)
        everything += own
    _hold(everything, ready.floor, ready.cap, _TOTAL, "")
    sums = {block.code: 0 for block in rubric.blocks}
    for draft in everything:
        sums[draft.block] += draft.net
    for i, fact in enumerate(looked_at):
        if i not in paid:
            rank, clause = nearest[i]
            if rank <= RANK[Why.CONDITIONS] and i in ticked:
                rank, clause = RANK[Why.SAME_SPEECH], ""
            why_not.append(_why_not(fact, WHYS[rank], clause))
    why_not.sort(key=lambda w: (w.on, w.deed))
    text = ready.text
    return Scorecard(
        member=subject,
        rubric=rubric.code,
        version=rubric.version,
        period=period,
        total=text(sum(sums.values())),
        blocks=tuple([BlockTotal(block=code, points=text(own)) for code, own in sums.items()]),
        lines=tuple([_line(draft, subject, text) for draft in everything]),
        why_not=tuple(why_not),
        reachable=_reachable(
            ready,
            drafts,
            spoiled,
            rooms,
            _room(everything, ready.cap),
            member,
            min(today, period.last),
        ),
        changes_on=sifted.changes_on,
    )


def _candidates(
    looked_at: Sequence[Fact[Any]], counted: int, ready: _Ready, member: Person
) -> tuple[list[list[_Candidate]], list[tuple[int, str]]]:
    """For each clause the facts that it prices, in order; for each fact the clause that came nearest so far, and why it did not."""
    by_rule: list[list[_Candidate]] = [[] for _ in ready.rules]
    nearest: list[tuple[int, str]] = []
    nothing: tuple[tuple[_Rule, tuple[Test, ...]], ...] = ()
    not_priced, same_deed = RANK[Why.NOT_PRICED], RANK[Why.SAME_DEED]
    for i, fact in enumerate(looked_at):
        behind = i >= counted
        rank, near = same_deed if behind else not_priced, ""
        found: list[tuple[int, int, int]] = []
        for rule, tests in ready.by_kind.get(fact.kind, nothing):
            if behind and not rule.clause.linked:
                continue
            for failed, test in tests:
                if not test(fact):
                    if failed > rank:
                        rank, near = failed, rule.clause.code
                    break
            else:
                priced = _priced(rule, fact, member)
                if isinstance(priced, int):
                    if priced > rank:
                        rank, near = priced, rule.clause.code
                elif not found or found[-1][0] != rule.seat:
                    found.append((rule.seat, *priced))
        nearest.append((same_deed, "") if behind else (rank, near))
        if found:
            total = sum(net for _, net, _ in found)
            signature = tuple([(seat, net) for seat, net, _ in found])
            for seat, net, worth in found:
                by_rule[seat].append((fact.on, -net, total - net, signature, fact.deed, i, worth))
    for candidates in by_rule:
        candidates.sort()
    return by_rule, nearest


_NOT_ELIGIBLE, _CO_AUTHOR, _EXEMPT = (
    RANK[Why.NOT_ELIGIBLE],
    RANK[Why.CO_AUTHOR],
    RANK[Why.EXEMPT],
)


def _priced(rule: _Rule, fact: Fact[Any], member: Person) -> tuple[int, int] | int:
    """What a fact earns after its share, and its worth before; or the rank of the reason why it earns nothing."""
    who = rule.clause.who
    if (who.holds or who.lacks) and not who.has(member, fact.on):
        return _NOT_ELIGIBLE
    worth = rule.worth(fact)
    if worth == 0:
        return rule.no_worth
    net = worth
    if rule.shares:
        above, below = rule.shares.get(byline(fact), (0, 1))
        net = worth * above // below
        if net == 0:
            return _CO_AUTHOR
    if net < 0 and member.exemptions and member.exempt_on(fact.on):
        return _EXEMPT
    return net, worth


def _spoiled(counted: Iterable[Fact[Any]], ready: _Ready, member: Person) -> set[int]:
    """The seats of the clauses that something which counts brings to nothing.

    Nothing does on a day on which the clause is not for him, or while he is exempt from duties.
    """
    spoiled: set[int] = set()
    for fact in counted:
        for rule, tests in ready.spoilers.get(fact.kind, ()):
            for _, test in tests:
                if not test(fact):
                    break
            else:
                if rule.clause.who.has(member, fact.on) and not member.exempt_on(fact.on):
                    spoiled.add(rule.seat)
    return spoiled


def _drafts(
    by_rule: list[list[_Candidate]],
    nearest: list[tuple[int, str]],
    ready: _Ready,
    looked_at: Sequence[Fact[Any]],
    spoiled: set[int],
) -> tuple[list[list[_Draft]], set[int]]:
    """The lines of each clause under its own limits and those it shares, and which facts have one."""
    taken: dict[str, set[int]] = {}
    drafts: list[list[_Draft]] = []
    paid: set[int] = set()
    for rule, candidates in zip(ready.rules, by_rule, strict=True):
        clause = rule.clause
        own: list[_Draft] = []
        drafts.append(own)
        if not candidates:
            continue
        elsewhere = 0
        if clause.beyond:
            gone = set().union(*(taken.get(code, ()) for code in clause.beyond))
            rest = [c for c in candidates if c[5] not in gone]
            elsewhere, candidates = len(candidates) - len(rest), rest
        if clause.by_work:
            candidates = _best_of_each_work(candidates, looked_at, nearest, clause.code)
        if rule.once and candidates:
            best = min(candidates, key=_favour)
            _note(nearest, (c for c in candidates if c is not best), Why.COUNTED_ONCE, clause.code)
            candidates = [best]
        first = clause.measure.from_nth if isinstance(clause.measure, Each) else 1
        if first > 1:
            candidates = sorted(candidates, key=_skipped)
        _note(nearest, candidates[: first - 1], Why.BEFORE_NTH, clause.code)
        for nth, candidate in enumerate(candidates, start=1):
            if nth >= first:
                own.append(_draft(rule, elsewhere + nth, candidate, looked_at))
        if rule.seat in spoiled:
            for draft in own:
                _cut(draft, draft.net, Cut.SPOILED, clause.code)
        _limit(rule, own)
        seats = {c[5] for c in candidates[first - 1 :]}
        taken[clause.code] = seats
        paid |= seats
    for part in ready.parts:
        for code, seats_of, cap in part.shared:
            together = [draft for seat in seats_of for draft in drafts[seat]]
            _hold(together, -cap, cap, (Cut.SHARED_CAP, Cut.SHARED_CAP), code)
    return drafts, paid


def _favour(candidate: _Candidate) -> tuple[int, int, date, tuple[tuple[int, int], ...], str]:
    """Best price first, then what would earn least elsewhere, then the earliest."""
    on, minus, elsewhere, signature, deed, _, _ = candidate
    return minus, elsewhere, on, signature, deed


def _skipped(
    candidate: _Candidate,
) -> tuple[date, int, int, tuple[tuple[int, int], ...], str]:
    """By day; of one day the act that loses least by being passed over comes first."""
    on, minus, elsewhere, signature, deed, _, _ = candidate
    return on, -minus, -elsewhere, signature, deed


def _best_of_each_work(
    candidates: list[_Candidate],
    looked_at: Sequence[Fact[Any]],
    nearest: list[tuple[int, str]],
    code: str,
) -> list[_Candidate]:
    """One act of each work, the best; what belongs to no work stands for itself."""
    best: dict[str, _Candidate] = {}
    kept: list[_Candidate] = []
    for candidate in sorted(candidates, key=_favour):
        work = looked_at[candidate[5]].work
        if work and work in best:
            _note(nearest, (candidate,), Why.SAME_WORK, code)
            continue
        best[work] = candidate
        kept.append(candidate)
    return sorted(kept)


def _note(
    nearest: list[tuple[int, str]], passed_over: Iterable[_Candidate], why: Why, code: str
) -> None:
    rank = RANK[why]
    for candidate in passed_over:
        if rank > nearest[candidate[5]][0]:
            nearest[candidate[5]] = (rank, code)


def _draft(rule: _Rule, nth: int, candidate: _Candidate, looked_at: Sequence[Fact[Any]]) -> _Draft:
    on, minus, _, _, _, i, worth = candidate
    code = rule.clause.code
    cuts = [(Cut.SHARE, -minus - worth, code)] if -minus != worth else []
    return _Draft(looked_at[i], on, rule.block.code, code, nth, worth, -minus, cuts)


def _limit(rule: _Rule, own: list[_Draft]) -> None:
    """The limits that a clause sets itself."""
    code = rule.clause.code
    if rule.full:
        partial = isinstance(rule.clause.measure, Full) and rule.clause.measure.partial
        if len(own) < rule.full and not partial:
            for draft in own:
                _cut(draft, draft.net, Cut.TOO_FEW, code)
        for draft in own[rule.full :]:
            _cut(draft, draft.net, Cut.FULL_MARK, code)
    if rule.clause.times is not None:
        for draft in own[rule.clause.times :]:
            _cut(draft, draft.net, Cut.TIMES, code)
    if rule.cap is not None:
        _hold(own, -rule.cap, rule.cap, (Cut.CAP, Cut.CAP), code)


_BLOCK = Cut.BLOCK_FLOOR, Cut.BLOCK_CAP
_TOTAL = Cut.TOTAL_FLOOR, Cut.TOTAL_CAP


def _hold(
    drafts: list[_Draft], low: int | None, high: int | None, cuts: tuple[Cut, Cut], by: str
) -> None:
    """Keep a sum within bounds: what is too much goes from the last acts, what was taken too much comes back to the last deductions."""
    if low is None and high is None:
        return
    total = sum(d.net for d in drafts)
    if high is not None and total > high:
        over = total - high
        for draft in _last_first(drafts):
            amount = min(over, draft.net)
            if amount > 0:
                _cut(draft, amount, cuts[1], by)
                over -= amount
    elif low is not None and total < low:
        under = low - total
        for draft in _last_first(drafts):
            amount = min(under, -draft.net)
            if amount > 0:
                _cut(draft, -amount, cuts[0], by)
                under -= amount


def _last_first(drafts: list[_Draft]) -> list[_Draft]:
    found = sorted(drafts, key=lambda d: d.on)
    found.reverse()
    return found


def _cut(draft: _Draft, amount: int, cut: Cut, by: str) -> None:
    if amount:
        draft.net -= amount
        draft.cuts.append((cut, -amount, by))


def _room(drafts: list[_Draft], cap: int | None) -> int | None:
    return None if cap is None else cap - sum(d.net for d in drafts)


def _start(part: _Part, member: Person, period: Period, today: date) -> list[_Draft]:
    """What a block starts with, for the roles held on the last day that is known of the period."""
    for who, points in part.starts:
        if who.has(member, min(today, period.last)):
            return [_Draft(None, period.first, part.block.code, "", 0, points, points, [])]
    return []


def _line(draft: _Draft, subject: SubjectId, text: Callable[[int], Points]) -> Line:
    fact = draft.fact
    return Line(
        deed="" if fact is None else fact.deed,
        subject=subject if fact is None else fact.subject,
        kind="" if fact is None else fact.kind,
        on=draft.on,
        block=draft.block,
        clause=draft.clause,
        nth=draft.nth,
        worth=text(draft.worth),
        adjustments=tuple(
            [Adjustment(cut=cut, amount=text(amount), by=by) for cut, amount, by in draft.cuts]
        )
        if draft.cuts
        else (),
        points=text(draft.net),
    )


def _why_not(fact: Fact[Any], why: Why, clause: str = "") -> WhyNot:
    return WhyNot(
        deed=fact.deed, subject=fact.subject, kind=fact.kind, on=fact.on, why=why, clause=clause
    )


def _reachable(
    ready: _Ready,
    drafts: list[list[_Draft]],
    spoiled: set[int],
    rooms: Mapping[str, int | None],
    total_room: int | None,
    member: Person,
    day: date,
) -> tuple[Reach, ...]:
    """What each clause could still bring within all limits, in the order of the document."""
    found: list[Reach] = []
    shared_room: dict[int, int] = {}
    for part in ready.parts:
        for _, seats, cap in part.shared:
            room = cap - sum(d.net for seat in seats for d in drafts[seat])
            for seat in seats:
                shared_room[seat] = min(room, shared_room.get(seat, room))
    for rule, own in zip(ready.rules, drafts, strict=True):
        clause = rule.clause
        if rule.best <= 0 or rule.seat in spoiled or not clause.who.has(member, day):
            continue
        earned = sum(d.net for d in own)
        limits = [rooms[rule.block.code], total_room, shared_room.get(rule.seat)]
        if rule.cap is not None:
            limits.append(rule.cap - earned)
        if rule.once:
            limits.append(rule.best - earned)
        if rule.full:
            limits.append(rule.best * rule.full - earned)
        if clause.times is not None:
            limits.append(rule.best * (clause.times - len(own)))
        bounds = [limit for limit in limits if limit is not None]
        left = min(bounds, default=None)
        if left is not None and left <= 0:
            continue
        found.append(
            Reach(
                block=rule.block.code,
                clause=clause.code,
                next_act=ready.text(rule.best if left is None else min(rule.best, left)),
                left=Points("") if left is None else ready.text(left),
            )
        )
    return tuple(found)
