"""Scoring: facts under a rubric become explained lines that add up, and a reason for every fact without one."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from fractions import Fraction
from functools import lru_cache
from math import lcm
from operator import attrgetter
from typing import Any, NewType

from domain.attestation import DEFAULT, Policy
from domain.fact import Attendance, Capacity, Fact, Spoke, SubjectId
from domain.kinds.about import Stage
from domain.member import Person
from domain.period import Period, Span
from domain.rubric import (
    Acts,
    Apart,
    Asked,
    Assessed,
    AttendanceOf,
    Axis,
    Block,
    Clause,
    Distinct,
    Each,
    FromMembers,
    Full,
    Gate,
    Group,
    Mean,
    OfficeHeld,
    Once,
    Order,
    PartYear,
    Per,
    PointsOf,
    Price,
    Quantity,
    Rate,
    RoundedAt,
    Rounding,
    Rubric,
    Share,
    Split,
    Steps,
    Summed,
    Table,
    Take,
    Tiers,
    Timing,
    Way,
    Who,
    Whose,
    Within,
    points_text,
)
from domain.selection import (
    RANK,
    WHYS,
    Byline,
    Selects,
    Test,
    Why,
    amount,
    byline,
    conditions_of,
    plain,
)
from domain.sifting import Sifted, is_upgraded, sift
from domain.unit import Unit
from domain.values import value
from domain.words import Choice, Level

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


@value(frozen=True, slots=True)
class Adjustment:
    """What something took from a line or gave back to it; `by` is the clause, gate, group or block that says so, empty for the rubric."""

    cut: Cut
    amount: Points
    by: str = ""


@value(frozen=True, slots=True)
class Line:
    """What one fact earned (or took) under one clause: its worth, what was done to it, and what is left.

    `nth` says which act of the clause it was, by day; those before it that another clause has taken count, but where prices go by the number. A line without a deed is what a block starts with, what a unit has from a member (who is its subject), or what
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


# A rubric made ready: selection by kind, all figures as whole numbers over one denominator

_Amount = int | Fraction
"""Points over the common denominator of a rubric; a fraction where a division left no whole number."""


@dataclass(slots=True, kw_only=True)
class _Rule:
    """A clause made ready.

    `seat` is its place in the document, `best` its highest price (none where it goes by a number), `flat` what every fact earns that it means, 0 where there is more to ask.
    """

    seat: int
    block: Block
    clause: Clause
    worth: Callable[[Fact[Any]], _Amount]
    best: int | None
    no_worth: int
    shares: Mapping[str, Share]
    cap: int | None
    flat: int
    for_all: bool
    rate: Rate | None
    full: int
    mean_of: str


_Seen = tuple["_Rule", int, str, int, tuple[Test, ...], tuple[Test, ...]]
"""A rule with its seat, code and flat price (0 where it has none), and one of its selections as tests, for any fact and for the plain ones."""


@dataclass(slots=True, kw_only=True)
class _Part:
    """A block made ready."""

    block: Block
    seats: tuple[int, ...]
    starts: tuple[tuple[Who, int], ...]
    floor: int | None
    cap: int | None


@dataclass(slots=True, kw_only=True)
class _Together:
    """A group made ready: the clauses and blocks of each of its entries."""

    group: Group
    entries: tuple[tuple[str, ...], ...]
    floor: int | None
    cap: int | None


@dataclass(slots=True, kw_only=True)
class _Tally:
    """Something that is counted in the facts of the period: by gates, vetoes and triggers."""

    place: int
    code: str
    rate: bool


@dataclass(slots=True, kw_only=True)
class _Ready:
    """A rubric made ready for scoring: by kind the clauses that a fact can fill, those that it can spoil, and what counts it."""

    scale: int
    rules: tuple[_Rule, ...]
    parts: tuple[_Part, ...]
    inner: tuple[_Together, ...]
    outer: tuple[_Together, ...]
    floor: int | None
    cap: int | None
    by_kind: Mapping[str, tuple[_Seen, ...]]
    by_outcome: Mapping[str, tuple[_Seen, ...]]
    spoilers: Mapping[str, tuple[tuple[_Rule, tuple[Test, ...]], ...]]
    tallies: tuple[_Tally, ...]
    tally_tests: Mapping[str, tuple[tuple[_Tally, tuple[Test, ...]], ...]]
    readings: Mapping[str, tuple[tuple[Attendance, tuple[Test, ...]], ...]]
    gates: Mapping[str, Gate]
    caps_first: bool
    texts: dict[_Amount, Points]

    def text(self, scaled: _Amount) -> Points:
        """Points as exact text."""
        found = self.texts.get(scaled)
        if found is None:
            found = Points(points_text(Fraction(scaled) / self.scale))
            if len(self.texts) < 4096:
                self.texts[scaled] = found
        return found

    def whole(self, points: Fraction) -> int:
        """Points as a whole number over the common denominator."""
        return points.numerator * (self.scale // points.denominator)

    def bound(self, points: Fraction | None) -> int | None:
        """A limit the same way, where there is one."""
        return None if points is None else self.whole(points)


def _times(net: _Amount, factor: Fraction) -> _Amount:
    """A product, as a whole number where it is one."""
    product = net * factor.numerator
    return (
        product // factor.denominator
        if product % factor.denominator == 0
        else Fraction(product, factor.denominator)
    )


@lru_cache(maxsize=512)
def _ready(rubric: Rubric) -> _Ready:
    """A rubric made ready, once for each version of it."""
    ready = _Ready(
        scale=_scale(rubric),
        rules=(),
        parts=(),
        inner=(),
        outer=(),
        floor=None,
        cap=None,
        by_kind={},
        by_outcome={},
        spoilers={},
        tallies=(),
        tally_tests={},
        readings={},
        gates={g.code: g for g in rubric.gates},
        caps_first=rubric.order is Order.CAPS_FIRST,
        texts={},
    )
    ready.floor, ready.cap = ready.bound(rubric.floor), ready.bound(rubric.cap)
    rules: list[_Rule] = []
    by_kind: dict[str, list[_Seen]] = {}
    by_outcome: dict[str, list[_Seen]] = {}
    spoilers: dict[str, list[tuple[_Rule, tuple[Test, ...]]]] = {}
    for block, clause in rubric.clauses:
        rule = _rule(len(rules), block, clause, ready)
        rules.append(rule)
        late = rubric.timing(clause) is Timing.OUTCOME and clause.stages
        for selects in clause.counts:
            seen = (
                rule,
                rule.seat,
                clause.code,
                rule.flat,
                tuple(conditions_of(selects)),
                tuple(conditions_of(selects, of_plain=True)),
            )
            for kind in selects.kinds:
                (by_outcome if late else by_kind).setdefault(kind, []).append(seen)
        for selects in clause.spoiled_by:
            # No reason is asked for: the narrowest question comes first, which nearly all facts fail.
            tests = tuple(conditions_of(selects))[::-1]
            for kind in selects.kinds:
                spoilers.setdefault(kind, []).append((rule, tests))
    ready.rules = tuple(rules)
    seats = {rule.clause.code: rule.seat for rule in rules}
    ready.parts = tuple(
        _Part(
            block=block,
            seats=tuple(seats[c.code] for c in block.clauses),
            starts=tuple((start.who, ready.whole(start.points)) for start in block.starts),
            floor=ready.bound(block.floor),
            cap=ready.bound(block.cap),
        )
        for block in rubric.blocks
    )
    ready.inner, ready.outer = _together(rubric, ready)
    ready.by_kind = {kind: tuple(found) for kind, found in by_kind.items()}
    ready.by_outcome = {kind: tuple(found) for kind, found in by_outcome.items()}
    ready.spoilers = {kind: tuple(found) for kind, found in spoilers.items()}
    readings: dict[str, list[tuple[Attendance, tuple[Test, ...]]]] = {}
    for reading in rubric.attendance:
        for kind in reading.counts.kinds:
            readings.setdefault(kind, []).append(
                (reading.reads, tuple(conditions_of(reading.counts)))
            )
    ready.readings = {kind: tuple(found) for kind, found in readings.items()}
    _make_tallies(rubric, ready)
    return ready


def _together(rubric: Rubric, ready: _Ready) -> tuple[tuple[_Together, ...], tuple[_Together, ...]]:
    """The groups of clauses alone, and those with a block in them; a group comes after those that it holds."""
    blocks = {b.code for b in rubric.blocks}
    groups = {g.code: g for g in rubric.groups}
    done: dict[str, _Together] = {}

    def make(code: str) -> _Together:
        if code not in done:
            group = groups[code]
            entries = [
                tuple(c for entry in make(one).entries for c in entry) if one in groups else (one,)
                for one in group.of
            ]
            done[code] = _Together(
                group=group,
                entries=tuple(entries),
                floor=ready.bound(group.floor),
                cap=ready.bound(group.cap),
            )
        return done[code]

    for group in rubric.groups:
        make(group.code)
    outer = {
        code for code, t in done.items() if any(c in blocks for entry in t.entries for c in entry)
    }
    return (
        tuple(t for code, t in done.items() if code not in outer),
        tuple(t for code, t in done.items() if code in outer),
    )


def _make_tallies(rubric: Rubric, ready: _Ready) -> None:
    tallies: list[_Tally] = []
    by_kind: dict[str, list[tuple[_Tally, tuple[Test, ...]]]] = {}

    def add(code: str, counts: Iterable[Selects], *, rate: bool = False) -> None:
        tally = _Tally(place=len(tallies), code=code, rate=rate)
        tallies.append(tally)
        for selects in counts:
            tests = tuple(conditions_of(selects))
            for kind in selects.kinds:
                by_kind.setdefault(kind, []).append((tally, tests))

    for gate in rubric.gates:
        if isinstance(gate.asks, Acts):
            add(gate.code, gate.asks.counts)
        elif isinstance(gate.asks, AttendanceOf):
            add(gate.code, gate.asks.counts, rate=True)
    if rubric.grading is not None:
        for veto in rubric.grading.vetoes:
            add(veto.code, veto.counts)
    for trigger in rubric.triggers:
        if trigger.counts:
            add(trigger.code, trigger.counts)
    ready.tallies = tuple(tallies)
    ready.tally_tests = {kind: tuple(found) for kind, found in by_kind.items()}


def _scale(rubric: Rubric) -> int:
    prices = [p for b in rubric.blocks for p in (b.cap, b.floor, *(s.points for s in b.starts))]
    prices += [p for g in rubric.groups for p in (g.cap, g.floor)]
    prices += [rubric.cap, rubric.floor]
    shares = [Fraction(1)]
    for _, clause in rubric.clauses:
        prices += [clause.cap, *_prices(clause)]
        shares += [share for _, share in clause.shares if isinstance(share, Fraction)]
    below = lcm(*(p.denominator for p in prices if p is not None))
    return below * lcm(*(s.denominator for s in shares))


def _prices(clause: Clause) -> list[Fraction]:
    """All figures that acts of a clause can be worth; none where they go by a number."""
    match clause.measure:
        case Full(points=points, acts=acts):
            return [points / acts, points]
        case Steps(steps=steps):
            return [p for _, p in steps]
        case Rate(points=points, tiers=tiers):
            return [points, *(p for _, p in tiers)]
        case FromMembers():
            return []
        case Each(price=price) | Once(price=price) | Mean(price=price) | Summed(price=price):
            match price:
                case Table():
                    return [p for _, p in price.prices]
                case Tiers(tiers=tiers):
                    return [p for _, p in tiers]
                case Quantity(at_most=most):
                    return [price.points, *([] if most is None else [most])]
                case _:
                    return [price]


def _rule(seat: int, block: Block, clause: Clause, ready: _Ready) -> _Rule:
    measure = clause.measure
    price: Price
    match measure:
        case Full(points=points, acts=acts):
            price = points / acts
        case Steps(steps=steps):
            price = max((p for _, p in steps), key=abs)
        case Rate(points=points, tiers=tiers):
            price = max((points, *(p for _, p in tiers)), key=abs)
        case FromMembers():
            price = Fraction(0)
        case Each() | Once() | Mean() | Summed():
            price = measure.price
    worth = _worth(price, clause, ready)
    if isinstance(measure, Summed):
        worth = _as_much_as(measure.price.of)
    if isinstance(measure, Each) and measure.per is Per.HALF_DAY:
        worth = _by_half_day(worth)
    return _Rule(
        seat=seat,
        block=block,
        clause=clause,
        worth=worth,
        best=_best(clause, price, ready),
        no_worth=RANK[_NO_WORTH.get(price.by, Why.CONDITIONS)]
        if isinstance(price, Table)
        else RANK[Why.NO_QUANTITY if isinstance(price, Quantity | Tiers) else Why.CONDITIONS],
        shares={str(b.value): s for b, s in clause.shares},
        cap=None if clause.cap is None else ready.whole(clause.cap),
        flat=_flat(clause, price, ready),
        for_all=clause.who == Who(),
        rate=measure if isinstance(measure, Rate) else None,
        full=measure.acts if isinstance(measure, Full) else 0,
        mean_of=price.of
        if isinstance(measure, Mean) and isinstance(price, Quantity | Tiers)
        else "",
    )


def _flat(clause: Clause, price: Price, ready: _Ready) -> int:
    """What every fact earns that a clause means, whoever's it is; 0 where that depends on it, or something is taken."""
    by_half_day = isinstance(clause.measure, Each) and clause.measure.per is Per.HALF_DAY
    if not isinstance(price, Fraction) or by_half_day or clause.shares or clause.who != Who():
        return 0
    return max(ready.whole(price), 0)


def _best(clause: Clause, price: Price, ready: _Ready) -> int | None:
    """The most that one act can bring; none where a number says so."""
    match price:
        case Fraction():
            best = ready.whole(price)
        case Table(prices=rows, adds=adds):
            each = [ready.whole(p) for _, p in rows]
            best = sum(p for p in each if p > 0) if adds else max(each, default=0)
        case Tiers(tiers=tiers):
            best = max(ready.whole(p) for _, p in tiers)
        case Quantity(at_most=most):
            if most is None:
                return None
            best = ready.whole(most)
    if isinstance(clause.measure, Rate | FromMembers):
        return None
    if isinstance(clause.measure, Each) and clause.measure.per is Per.HALF_DAY:
        return None if best > 0 else best
    if clause.shares and not any(b is Byline.SOLE for b, _ in clause.shares):
        return best
    fixed = [s for _, s in clause.shares if isinstance(s, Fraction)]
    if clause.shares and len(fixed) == len(clause.shares):
        return max(best * s.numerator // s.denominator for s in fixed)
    return best


def _by_half_day(worth: Callable[[Fact[Any]], _Amount]) -> Callable[[Fact[Any]], _Amount]:
    return lambda fact: worth(fact) * fact.half_days


def _as_much_as(name: str) -> Callable[[Fact[Any]], _Amount]:
    """What an act adds to a sum, until all of it is priced."""
    return lambda fact: amount(fact, name) or 0


_NO_WORTH = {
    Axis.STATE: Why.STATE,
    Axis.BYLINE: Why.CO_AUTHOR,
    Axis.OUTCOME: Why.STAGE,
    Axis.STAGE: Why.STAGE,
    Axis.RANK: Why.STAGE,
    Axis.CAPACITY: Why.GUEST,
}


def _worth(price: Price, clause: Clause, ready: _Ready) -> Callable[[Fact[Any]], _Amount]:
    """What one fact is worth by the price alone."""
    match price:
        case Fraction():
            flat = ready.whole(price)
            return lambda _: flat
        case Quantity():
            return _by_quantity(price, ready)
        case Tiers(of=name):
            tiers = _from_the_top(price, ready)
            return lambda fact: _tier(amount(fact, name), tiers)
        case Table():
            return _by_row(price, clause, ready)


def _by_quantity(price: Quantity, ready: _Ready) -> Callable[[Fact[Any]], _Amount]:
    def worth(fact: Fact[Any]) -> _Amount:
        number = amount(fact, price.of)
        return 0 if number is None else _for_number(price, number, ready)

    return worth


def _for_number(price: Quantity, number: Fraction, ready: _Ready) -> _Amount:
    """The points for so much of a number."""
    steps = number / price.every
    if price.whole:
        steps = Fraction(steps.numerator // steps.denominator)
    found = _times(ready.whole(price.points), steps)
    return found if price.at_most is None else min(found, ready.whole(price.at_most))


def _from_the_top(price: Tiers, ready: _Ready) -> list[tuple[Fraction, int]]:
    return sorted(((least, ready.whole(p)) for least, p in price.tiers), reverse=True)


def _tier(number: Fraction | None, tiers: Sequence[tuple[Fraction, int]]) -> int:
    if number is not None:
        for least, points in tiers:
            if number >= least:
                return points
    return 0


def _by_row(table: Table, clause: Clause, ready: _Ready) -> Callable[[Fact[Any]], _Amount]:
    rows = {row: ready.whole(p) for row, p in table.prices}
    detail, adds = table.detail, table.adds
    match table.by:
        case Axis.LEVEL:
            return lambda fact: rows.get(fact.level, 0)
        case Axis.STATE:
            return lambda fact: rows.get(fact.attendance, 0)
        case Axis.CAPACITY:
            return lambda fact: rows.get(fact.capacity, 0)
        case Axis.SPOKE:
            return lambda fact: rows.get(fact.spoke, 0)
        case Axis.PART:
            return lambda fact: rows.get(fact.part, 0)
        case Axis.BYLINE:
            return lambda fact: rows.get(byline(fact), 0)
        case Axis.KIND:
            return lambda fact: rows.get(fact.kind, 0)
        case Axis.WHOLE:
            return lambda fact: rows.get(plain(fact.half_days >= fact.of_half_days), 0)
        case Axis.MANDATORY:
            return lambda fact: rows.get(plain(fact.mandatory), 0)
        case Axis.KEY:
            return lambda fact: rows.get(plain(fact.key), 0)
        case Axis.DETAIL:
            return lambda fact: rows.get(plain(getattr(fact.details, detail, None)), 0)
        case Axis.STAGE:
            return lambda fact: _of_rows({r.stage for r in fact.reached}, rows, adds=adds)
        case Axis.OUTCOME:
            asked = frozenset(stage for s in clause.counts for stage in s.stages)
            if adds:
                return lambda fact: _of_rows(
                    {r.level for r in fact.reached if r.stage in asked}, rows, adds=True
                )
            return lambda fact: _outcome(fact, asked, rows)
        case Axis.RANK:
            asked = frozenset(stage for s in clause.counts for stage in s.stages)
            return lambda fact: _of_rows(
                {r.rank for r in fact.reached if not asked or r.stage in asked}, rows, adds=adds
            )


def _of_rows(found: Iterable[str | None], rows: Mapping[str, int], *, adds: bool) -> int:
    """The best price among the rows of a fact, or all of them together."""
    prices = [rows[row] for row in found if row is not None and row in rows]
    if not prices:
        return 0
    return sum(prices) if adds else max(prices)


def _outcome(fact: Fact[Any], asked: frozenset[Stage], rows: Mapping[str, int]) -> int:
    """The price of the highest level, among those listed, at which one of the stages was reached."""
    best: Level | None = None
    for reached in fact.reached:
        level = reached.level
        if (
            level is not None
            and reached.stage in asked
            and level in rows
            and (best is None or level.height > best.height)
        ):
            best = level
    return 0 if best is None else rows[best]


# Scoring


@dataclass(slots=True)
class _Draft:
    """A line in the making: all amounts are over the common denominator."""

    fact: Fact[Any] | None
    on: date
    block: str
    clause: str
    nth: int
    worth: _Amount
    net: _Amount
    cuts: list[tuple[Cut, _Amount, str]]
    subject: SubjectId | None = None
    place: int = -1


# day, favour, what it would earn elsewhere, all that it could earn, deed; then the fact's place and its worth
_Candidate = tuple[date, _Amount, _Amount, tuple[tuple[int, _Amount], ...], str, int, _Amount]


@dataclass(slots=True)
class _Sight:
    """What looking at the facts found.

    For each clause its candidates; for each fact the clause that came nearest and why it did not. `base` has for each view of a fact by its outcome the place of that fact, its own for one of an earlier period.
    By the seat of a clause: the occasions that he missed with their half days, those of which nothing is on record, those that were not asked of him.
    """

    candidates: list[list[_Candidate]]
    facts: list[Fact[Any]]
    nearest: list[tuple[int, str]]
    base: dict[int, int]
    missed: dict[int, dict[int, int]]
    unrecorded: dict[int, set[int]]
    excused: dict[int, set[int]]


@dataclass(slots=True)
class _Served:
    """How many calendar months of the period somebody served, and the numbers of acts that are asked of him for them."""

    months: int
    of: int
    scales: bool

    def acts(self, asked: int) -> int:
        """How many of so many acts are asked of him, rounded up."""
        return -(-asked * self.months // self.of) if self.scales and self.of else asked


def score(
    facts: Iterable[Fact[Any]],
    rubric: Rubric,
    member: Person | Unit,
    period: Period,
    today: date,
    policy: Policy = DEFAULT,
    *,
    offices: tuple[OfficeHeld, ...] = (),
    members: Sequence[Scorecard] = (),
) -> Scorecard:
    """The scorecard of a member, or of a unit from its own facts and those of its members, whose cards may bear on it.

    Acts are taken by day, then in his favour, so the order of entry never matters. `offices` are those that he holds in units.
    """
    ready = _ready(rubric)
    if isinstance(member, Unit):
        whom, subject = Assessed(unit=member), SubjectId(f"unit/{member.unit}")
    else:
        whom = Assessed(person=member, offices=offices)
        subject = SubjectId(f"member/{member.person}")
    served, day = _served(whom, rubric.part_year, period), min(today, period.last)
    sifted = sift(facts, period, today, policy, member=whom.person, outcomes=bool(ready.by_outcome))
    facts_read, ticked, late, reread = _as_read(sifted, rubric, ready, period)
    counted, number = len(sifted.counted), len(facts_read)
    own = facts_read[:counted]
    sight = _Sight([[] for _ in ready.rules], facts_read, [], {}, {}, {}, {})
    _look(sight, ready, ready.by_kind, whom, subject, range(number), range(counted, number))
    if ready.by_outcome:
        _add_outcomes(sight, sifted.carried, period)
        views = range(number, len(sight.facts))
        _look(sight, ready, ready.by_outcome, whom, subject, views, range(counted, number))
    spoiled = _spoiled(own, ready, whom)
    gates, tallied = _tallied(own, ready, whom, period, today, served)
    drafts, paid = _drafts(sight, ready, spoiled, gates, served, period, members, whom, day)
    codes = {rule.clause.code: drafts[rule.seat] for rule in ready.rules}
    for together in ready.inner:
        _bind(together, codes)
    common = _in_common(ready.inner, codes, ready)
    earned = [sum([d.net for d in drafted]) for drafted in drafts]
    if rubric.rounding is not None and rubric.rounding.at is RoundedAt.LINE:
        for draft in [d for drafted in drafts for d in drafted]:
            _round(draft, rubric.rounding, ready)
    everything: list[_Draft] = []
    rooms: dict[str, _Amount | None] = {}
    for part in ready.parts:
        code, weight = part.block.code, part.block.weight
        of_block = _start(part, whom, period, today)
        for seat in part.seats:
            of_block += drafts[seat]
        for gate in part.block.gates:
            if not _gate(gate, gates, ready, codes, whom, period, today).met:
                for draft in of_block:
                    _cut(draft, draft.net, Cut.GATE, gate)
        _hold(of_block, part.floor, part.cap, _BLOCK, code)
        rooms[code] = _room(of_block, part.cap)
        if weight != 1:
            for draft in of_block:
                _cut(draft, draft.net - _times(draft.net, weight), Cut.WEIGHT, code)
        if rubric.rounding is not None and rubric.rounding.at is RoundedAt.BLOCK:
            of_block += _rounded(of_block, rubric.rounding, ready, period, code)
        codes[code] = of_block
        everything += of_block
    for together in ready.outer:
        _bind(together, codes)
    of_blocks = _in_common(ready.outer, codes, ready)
    _hold(everything, ready.floor, ready.cap, _TOTAL, "")
    room = _room(everything, ready.cap)
    everything += _of_the_total(everything, rubric, ready, period, served, whom)
    codes[""] = everything
    for gate in ready.gates:
        _gate(gate, gates, ready, codes, whom, period, today)
    text = ready.text
    return Scorecard(
        member=subject,
        rubric=rubric.code,
        version=rubric.version,
        period=period,
        total=text(sum([d.net for d in everything])),
        blocks=tuple(
            [
                BlockTotal(
                    block=part.block.code, points=text(sum([d.net for d in codes[part.block.code]]))
                )
                for part in ready.parts
            ]
        ),
        lines=tuple([_line(draft, subject, text) for draft in everything]),
        why_not=_why_nots(sifted, sight, paid, ticked, late, reread),
        reachable=_reachable(
            ready,
            [_Stand(o, n) for o, n in zip(drafts, earned, strict=True)],
            _Limits(rooms, common, of_blocks, room),
            spoiled,
            whom,
            period,
            day,
            served,
        ),
        changes_on=sifted.changes_on,
        accounts=_accounts(ready, drafts, sight, whom, period, day, served),
        gates=tuple([gates[code] for code in ready.gates]),
        counted=tallied,
        months=served.months,
    )


def _served(whom: Assessed, rule: PartYear | None, period: Period) -> _Served:
    """The months that somebody served: those of which he was a member on any day, less those of which he was exempt throughout."""
    of = 12 if period.span is Span.YEAR else len(period.months)
    person = whom.person
    if person is None or not person.terms:
        return _Served(of, of, False)
    if rule is not None and not rule.is_for(whom, period):
        rule = None
    exempt = () if rule is not None and rule.exempt_serves else person.exemptions
    if not exempt and any(
        t.since <= period.first and (t.until is None or period.last <= t.until)
        for t in person.terms
    ):
        return _Served(of, of, False)
    least = 1 if rule is None else rule.least_days
    months = 0
    for first, last in period.months:
        days = [first + timedelta(days=n) for n in range((last - first).days + 1)]
        served = sum(
            person.member_on(day) and not any(span.on(day) for span in exempt) for day in days
        )
        months += served >= min(least, len(days))
    return _Served(months, of, rule is not None and rule.acts is Asked.MONTHS)


def _as_read(
    sifted: Sifted, rubric: Rubric, ready: _Ready, period: Period
) -> tuple[list[Fact[Any]], frozenset[int], frozenset[int], frozenset[int]]:
    """The facts as the rubric reads them; the places of those whose speech is told by its text, of those with an outcome that came too late, and of those read as another state."""
    facts = [*sifted.counted, *sifted.behind]
    upgraded = sifted.upgraded
    ticked: list[int] = []
    if upgraded:
        ticked = [
            i for i, f in enumerate(facts) if f.spoke is not Spoke.NO and is_upgraded(f, upgraded)
        ]
    for i in ticked:
        facts[i] = replace(facts[i], spoke=Spoke.NO)
    reread: list[int] = []
    if ready.readings:
        read = [_read(fact, ready.readings.get(fact.kind, ())) for fact in facts]
        reread = [
            i
            for i, (one, as_read) in enumerate(zip(facts, read, strict=True))
            if one is not as_read
        ]
        facts = read
    late: list[int] = []
    if rubric.late is not None and rubric.late.within_days is not None:
        ends = period.last + timedelta(days=rubric.late.within_days)
        for i, fact in enumerate(facts):
            if any(r.on > ends for r in fact.reached):
                late.append(i)
                facts[i] = replace(fact, reached=tuple(r for r in fact.reached if r.on <= ends))
    return facts, frozenset(ticked), frozenset(late), frozenset(reread)


def _read(fact: Fact[Any], readings: Sequence[tuple[Attendance, tuple[Test, ...]]]) -> Fact[Any]:
    """A fact with its attendance as the first reading that fits it says."""
    for reads, tests in readings:
        if all(test(fact) for _, test in tests):
            return replace(fact, attendance=reads)
    return fact


def _add_outcomes(sight: _Sight, carried: Sequence[Fact[Any]], period: Period) -> None:
    """Facts as what came of them in the period shows them, on the day of the last of it; those of the period also where nothing has come yet."""
    own = len(sight.facts)
    for i, fact in enumerate([*sight.facts, *carried]):
        here = tuple(r for r in fact.reached if period.holds(r.on))
        sight.base[len(sight.facts)] = i if i < own else len(sight.facts)
        sight.facts.append(
            replace(fact, reached=here, on=max([r.on for r in here], default=fact.on))
        )


_NOT_PRICED, _SAME_DEED = RANK[Why.NOT_PRICED], RANK[Why.SAME_DEED]
_ATTENDANCE = (RANK[Why.STATE], RANK[Why.PARTLY])


def _look(
    sight: _Sight,
    ready: _Ready,
    by_kind: Mapping[str, tuple[_Seen, ...]],
    whom: Assessed,
    subject: SubjectId,
    places: range,
    hidden: range,
) -> None:
    """Find for each clause the facts that it prices; for each fact the clause that came nearest so far, and why it did not."""
    by_rule, nearest = sight.candidates, sight.nearest
    nothing: tuple[_Seen, ...] = ()
    collective, caps_first, base = whom.unit is not None, ready.caps_first, sight.base
    for i in places:
        fact = sight.facts[i]
        behind = base.get(i, i) in hidden
        rank, near = _SAME_DEED if behind else _NOT_PRICED, ""
        plain_one = fact.capacity is _ATTENDS and fact.attendance is _PRESENT
        found: list[tuple[int, _Amount, _Amount]] | None = None
        for rule, seat, code, flat, tests, plain_tests in by_kind.get(fact.kind, nothing):
            if behind and not rule.clause.linked:
                continue
            if collective and (fact.subject == subject) is not (rule.clause.whose is Whose.OWN):
                continue
            for failed, test in plain_tests if plain_one else tests:
                if not test(fact):
                    if failed in _ATTENDANCE:
                        _missed(sight, i, fact, rule, whom)
                    if failed > rank:
                        rank, near = failed, code
                    break
            else:
                if flat:
                    net: _Amount = flat
                    worth: _Amount = flat
                else:
                    priced = _priced(rule, fact, whom, caps_first=caps_first)
                    if isinstance(priced, int):
                        if priced > rank:
                            rank, near = priced, code
                        continue
                    net, worth = priced
                if found is None:
                    found = [(seat, net, worth)]
                elif found[-1][0] != seat:
                    found.append((seat, net, worth))
        nearest.append((_SAME_DEED, "") if behind else (rank, near))
        if found is not None:
            if len(found) == 1:
                ((seat, net, worth),) = found
                by_rule[seat].append((fact.on, -net, 0, (), fact.deed, i, worth))
                continue
            total = sum([net for _, net, _ in found])
            signature = tuple([(seat, net) for seat, net, _ in found])
            for seat, net, worth in found:
                by_rule[seat].append((fact.on, -net, total - net, signature, fact.deed, i, worth))


_ATTENDS, _PRESENT = Capacity.ATTENDS, Attendance.PRESENT


def _missed(sight: _Sight, i: int, fact: Fact[Any], rule: _Rule, whom: Assessed) -> None:
    """Note an occasion that a clause would have counted had he been there."""
    if not (rule.for_all or rule.clause.who.has(whom, fact.on)):
        return
    if fact.attendance is Attendance.NOT_RECORDED:
        sight.unrecorded.setdefault(rule.seat, set()).add(i)
    elif fact.attendance is Attendance.NOT_REQUIRED or whom.exempt_on(fact.on):
        sight.excused.setdefault(rule.seat, set()).add(i)
    else:
        sight.missed.setdefault(rule.seat, {})[i] = fact.of_half_days


_NOT_ELIGIBLE, _CO_AUTHOR, _EXEMPT = (
    RANK[Why.NOT_ELIGIBLE],
    RANK[Why.CO_AUTHOR],
    RANK[Why.EXEMPT],
)


def _priced(
    rule: _Rule, fact: Fact[Any], whom: Assessed, *, caps_first: bool
) -> tuple[_Amount, _Amount] | int:
    """What a fact earns after its share, and its worth before; or the rank of the reason why it earns nothing."""
    if not (rule.for_all or rule.clause.who.has(whom, fact.on)):
        return _NOT_ELIGIBLE
    net = worth = rule.worth(fact)
    if worth == 0:
        # A mark that earns nothing is a mark: it counts in the mean.
        marked = rule.mean_of and amount(fact, rule.mean_of) is not None
        return (worth, worth) if marked else rule.no_worth
    if rule.shares:
        share = _share(rule, fact)
        if share == 0:
            return _CO_AUTHOR
        if not caps_first:
            net = _times(worth, share)
    if net < 0 and whom.exempt_on(fact.on):
        return _EXEMPT
    return net, worth


_ALL = Fraction(1)


def _share(rule: _Rule, fact: Fact[Any]) -> Fraction:
    """The part of a price that a fact's byline gets; who signs alone shares with nobody unless the clause says so."""
    hand = byline(fact)
    share = rule.shares.get(hand)
    authors = max(fact.authors, 1)
    match share:
        case None:
            return _ALL if hand is Byline.SOLE else Fraction(0)
        case Split.EQUAL:
            return Fraction(1, authors)
        case Split.RECORDED:
            return Fraction(1, authors) if fact.share is None else Fraction(fact.share)
        case Split.REST:
            # One writer, one first author: what has a fixed part, or is paid by another clause, is not divided again.
            named = [rule.shares[b] for b in (Byline.FIRST, Byline.WRITER) if b in rule.shares]
            fixed = [each for each in named if isinstance(each, Fraction)]
            others = authors - len(fixed) - (Byline.FIRST not in rule.shares)
            return (1 - sum(fixed, Fraction(0))) / max(others, 1)
        case _:
            return share


def _spoiled(counted: Iterable[Fact[Any]], ready: _Ready, whom: Assessed) -> set[int]:
    """The seats of the clauses that something which counts brings to nothing.

    Nothing does on a day on which the clause is not for him, or while he is exempt from duties.
    """
    spoiled: set[int] = set()
    if not ready.spoilers:
        return spoiled
    for fact in counted:
        for rule, tests in ready.spoilers.get(fact.kind, ()):
            for _, test in tests:
                if not test(fact):
                    break
            else:
                if rule.clause.who.has(whom, fact.on) and not whom.exempt_on(fact.on):
                    spoiled.add(rule.seat)
    return spoiled


def _tallied(
    counted: Sequence[Fact[Any]],
    ready: _Ready,
    whom: Assessed,
    period: Period,
    today: date,
    served: _Served,
) -> tuple[dict[str, GateResult], tuple[Counted, ...]]:
    """The gates that facts alone decide, and what vetoes and triggers count."""
    # By its place in the facts, so that one that several selections mean counts once; for a rate with whether he attended.
    found: list[dict[int, bool]] = [{} for _ in ready.tallies]
    if ready.tallies:
        for i, fact in enumerate(counted):
            for tally, tests in ready.tally_tests.get(fact.kind, ()):
                for failed, test in tests:
                    if not test(fact):
                        if tally.rate and failed in _ATTENDANCE and not whom.exempt_on(fact.on):
                            found[tally.place].setdefault(i, False)
                        break
                else:
                    found[tally.place][i] = True
    gates: dict[str, GateResult] = {}
    tallied: list[Counted] = []
    day = min(today, period.last)
    for tally, meant in zip(ready.tallies, found, strict=True):
        gate = ready.gates.get(tally.code)
        facts = [counted[i] for i in meant]
        if gate is None:
            deeds = tuple(sorted({f.deed for f in facts}))
            tallied.append(Counted(code=tally.code, acts=len(facts), deeds=deeds))
        elif not gate.who.has(whom, day):
            gates[gate.code] = _not_for_him(gate.code)
        elif isinstance(gate.asks, AttendanceOf):
            pairs = [(counted[i], there) for i, there in meant.items()]
            gates[gate.code] = _by_rate(gate.code, gate.asks, pairs)
        elif isinstance(gate.asks, Acts):
            gates[gate.code] = _by_acts(gate.code, gate.asks, facts, period, served)
    return gates, tuple(tallied)


def _not_for_him(code: str) -> GateResult:
    return GateResult(gate=code, met=True, got=ZERO, asked=ZERO, missing=ZERO, for_him=False)


def _by_rate(code: str, asks: AttendanceOf, facts: Sequence[tuple[Fact[Any], bool]]) -> GateResult:
    """A gate on attendance: what is not on record, or was not required, is in neither figure."""
    attended = expected = 0
    halves = asks.per is Per.HALF_DAY
    for fact, there in facts:
        if fact.attendance in _NEITHER:
            continue
        expected += fact.of_half_days if halves else 1
        if there:
            attended += fact.half_days if halves else 1
    rate = Fraction(attended, expected) if expected else Fraction(1)
    return _result(code, rate, asks.at_least, most=False)


_NEITHER = frozenset({Attendance.NOT_RECORDED, Attendance.NOT_REQUIRED})


def _by_acts(
    code: str, asks: Acts, facts: Sequence[Fact[Any]], period: Period, served: _Served
) -> GateResult:
    """A gate on numbers of acts; of several parts of the period the one that is furthest from meeting it is told."""
    parts = (period,) if asks.every is None else period.parts(asks.every)
    results = []
    for part in parts:
        inside = [f for f in facts if asks.every is None or part.has(f)]
        if asks.distinct is not None:
            acts = len({_apart(asks.distinct, f) for f in inside})
        else:
            acts = len(inside)
        if asks.at_least is not None:
            least = served.acts(asks.at_least) if asks.every is None else asks.at_least
            results.append(_result(code, Fraction(acts), Fraction(least), most=False))
        if asks.at_most is not None:
            results.append(_result(code, Fraction(acts), Fraction(asks.at_most), most=True))
    return max(results, key=lambda r: Fraction(r.missing))


def _result(code: str, got: Fraction, asked: Fraction, *, most: bool) -> GateResult:
    missing = max(Fraction(0), got - asked if most else asked - got)
    return GateResult(
        gate=code,
        met=missing == 0,
        got=points_of(got),
        asked=points_of(asked),
        missing=points_of(missing),
        most=most,
    )


def _gate(
    code: str,
    gates: dict[str, GateResult],
    ready: _Ready,
    codes: Mapping[str, list[_Draft]],
    whom: Assessed,
    period: Period,
    today: date,
) -> GateResult:
    """A gate's result; one on points is worked out the first time that it is asked for."""
    if code not in gates:
        gate = ready.gates[code]
        asks = gate.asks
        if not isinstance(asks, PointsOf) or not gate.who.has(whom, min(today, period.last)):
            gates[code] = _not_for_him(code)
        else:
            leaves = next(
                (
                    [c for entry in t.entries for c in entry]
                    for t in (*ready.inner, *ready.outer)
                    if t.group.code == asks.of
                ),
                [asks.of],
            )
            got = Fraction(sum([d.net for leaf in leaves for d in codes[leaf]])) / ready.scale
            asked = [
                _result(code, got, bound, most=most)
                for bound, most in ((asks.at_least, False), (asks.at_most, True))
                if bound is not None
            ]
            gates[code] = max(asked, key=lambda r: Fraction(r.missing))
    return gates[code]


def _drafts(
    sight: _Sight,
    ready: _Ready,
    spoiled: set[int],
    gates: Mapping[str, GateResult],
    served: _Served,
    period: Period,
    members: Sequence[Scorecard],
    whom: Assessed,
    day: date,
) -> tuple[list[list[_Draft]], set[int]]:
    """The lines of each clause under its own limits, and which facts have one."""
    taken: dict[str, set[int]] = {}
    drafts: list[list[_Draft]] = []
    paid: set[int] = set()
    for rule in ready.rules:
        clause, candidates = rule.clause, sight.candidates[rule.seat]
        own: list[_Draft] = []
        if isinstance(clause.measure, FromMembers):
            if rule.for_all or clause.who.has(whom, day):
                own = _from_members(rule, clause.measure, members, ready, period)
        elif candidates:
            candidates.sort()
            gone: list[_Candidate] = []
            if clause.beyond:
                paid_before = set().union(*(taken.get(code, ()) for code in clause.beyond))
                gone = [c for c in candidates if sight.base.get(c[5], c[5]) in paid_before]
                candidates = [c for c in candidates if c not in gone]
            if clause.distinct is not None and (clause.distinct.whole or clause.every is None):
                candidates = _best_of_each(candidates, sight, clause.distinct, clause.code)
            missed = sight.missed.get(rule.seat, {})
            if clause.every is None:
                own = _of_part(rule, candidates, missed, gone, sight, ready, served)
            else:
                for part in period.parts(clause.every):
                    inside = [c for c in candidates if part.holds(max(c[0], period.first))]
                    if clause.distinct is not None and not clause.distinct.whole:
                        inside = _best_of_each(inside, sight, clause.distinct, clause.code)
                    there = {i: n for i, n in missed.items() if part.holds(sight.facts[i].on)}
                    own += _of_part(rule, inside, there, (), sight, ready, served)
        if rule.seat in spoiled:
            for draft in own:
                _cut(draft, draft.net, Cut.SPOILED, clause.code)
        for code in clause.gates:
            if not gates[code].met:
                for draft in own:
                    _cut(draft, draft.net, Cut.GATE, code)
        places = {sight.base.get(d.place, d.place) for d in own if d.fact is not None}
        taken[clause.code] = places
        paid |= places
        drafts.append(own)
    return drafts, paid


def _of_part(
    rule: _Rule,
    candidates: list[_Candidate],
    missed: Mapping[int, int],
    gone: Sequence[_Candidate],
    sight: _Sight,
    ready: _Ready,
    served: _Served,
) -> list[_Draft]:
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
    own: list[_Draft] = []
    block, code, facts = rule.block.code, clause.code, sight.facts
    counted = () if isinstance(measure, Steps) else gone
    for nth, candidate in enumerate(candidates, start=1):
        if nth >= first:
            on, minus, _, _, _, i, worth = candidate
            cuts = [(Cut.SHARE, -minus - worth, code)] if -minus != worth else []
            at = nth + bisect_left(counted, candidate) if counted else nth
            own.append(_Draft(facts[i], on, block, code, at, worth, -minus, cuts, place=i))
    match measure:
        case Steps(steps=steps):
            _price_anew(own, [_step(steps, d.nth, ready) for d in own])
        case Rate():
            _price_anew(own, _by_attendance(measure, own, missed, ready))
        case Mean():
            _price_anew(own, [_times(d.worth, Fraction(1, len(own))) for d in own])
        case Summed(price=price):
            _price_anew(own, _by_sum(price, own, ready))
        case Full(points=points, acts=acts) if served.acts(acts) != acts:
            each = points / max(served.acts(acts), 1)
            _price_anew(own, [_times(ready.scale, each) for _ in own])
        case _:
            pass
    _limit(rule, own, served)
    if ready.caps_first and rule.shares:
        for draft in own:
            if draft.fact is not None:
                shared = _times(draft.net, _share(rule, draft.fact))
                _cut(draft, draft.net - shared, Cut.SHARE, code)
    return own


def _price_anew(own: list[_Draft], worths: Sequence[_Amount]) -> None:
    """Give lines a worth that the whole of them decides; what their share takes of it stays the same part."""
    for draft, worth in zip(own, worths, strict=True):
        kept = Fraction(draft.net) / Fraction(draft.worth) if draft.worth else Fraction(1)
        draft.worth = worth
        draft.net = worth if kept == 1 else _times(worth, kept)
        if draft.cuts:
            cut, _, by = draft.cuts[0]
            draft.cuts[0] = (cut, draft.net - worth, by)


def _step(steps: Sequence[tuple[int, Fraction]], nth: int, ready: _Ready) -> int:
    """The price of the nth act."""
    return next((ready.whole(p) for first, p in reversed(steps) if nth >= first), 0)


def _by_attendance(
    measure: Rate, own: Sequence[_Draft], missed: Mapping[int, int], ready: _Ready
) -> list[_Amount]:
    """What each occasion attended is worth: its part of the points for the rate that all of them come to."""
    halves = measure.per is Per.HALF_DAY
    attended = [d.fact.half_days if halves and d.fact is not None else 1 for d in own]
    expected = sum(d.fact.of_half_days if halves and d.fact is not None else 1 for d in own) + sum(
        (halves_missed if halves else 1)
        for i, halves_missed in missed.items()
        if i not in {d.place for d in own}
    )
    there = sum(attended)
    if not there or not expected:
        return [0 for _ in own]
    if measure.tiers:
        rate = Fraction(there, expected)
        reached = [p for least, p in sorted(measure.tiers) if rate >= least]
        points = _times(ready.scale, reached[-1]) if reached else 0
        return [_times(points, Fraction(n, there)) for n in attended]
    points = ready.whole(measure.points)
    return [_times(points, Fraction(n, expected)) for n in attended]


def _by_sum(price: Quantity | Tiers, own: Sequence[_Draft], ready: _Ready) -> list[_Amount]:
    """What each act is worth: its part of the points for what all of them come to."""
    total = sum((Fraction(d.worth) for d in own), Fraction(0))
    match price:
        case Quantity():
            points = _for_number(price, total, ready)
        case Tiers():
            points = _tier(total, _from_the_top(price, ready))
    return [_times(points, Fraction(d.worth) / total) for d in own]


def _from_members(
    rule: _Rule, measure: FromMembers, members: Sequence[Scorecard], ready: _Ready, period: Period
) -> list[_Draft]:
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
    own: list[_Draft] = []
    for nth, (points, member) in enumerate(taken, start=1):
        match measure.take:
            case Take.SHARE:
                reached = measure.reach is None or points >= measure.reach
                part = measure.times / len(taken) if reached else Fraction(0)
            case Take.MEAN:
                part = points * measure.times / len(taken)
            case Take.SUM:
                part = points * measure.times
        worth = _times(ready.scale, part)
        own.append(
            _Draft(
                None, period.last, rule.block.code, rule.clause.code, nth, worth, worth, [], member
            )
        )
    if rule.cap is not None:
        _hold(own, -rule.cap, rule.cap, (Cut.CAP, Cut.CAP), rule.clause.code)
    return own


def _taken(card: Scorecard, block: str) -> Fraction:
    """The total of a card, or of one of its blocks."""
    if not block:
        return Fraction(card.total)
    return next((Fraction(b.points) for b in card.blocks if b.block == block), Fraction(0))


def _favour(
    candidate: _Candidate,
) -> tuple[_Amount, _Amount, date, tuple[tuple[int, _Amount], ...], str]:
    """Best price first, then what would earn least elsewhere, then the earliest."""
    on, minus, elsewhere, signature, deed, _, _ = candidate
    return minus, elsewhere, on, signature, deed


def _skipped(
    candidate: _Candidate,
) -> tuple[date, _Amount, _Amount, tuple[tuple[int, _Amount], ...], str]:
    """By day; of one day the act that loses least by being passed over comes first."""
    on, minus, elsewhere, signature, deed, _, _ = candidate
    return on, -minus, -elsewhere, signature, deed


def _best_of_each(
    candidates: list[_Candidate], sight: _Sight, distinct: Distinct, code: str
) -> list[_Candidate]:
    """One act of each work, village ..., the best; what says none stands for itself."""
    seen: set[object] = set()
    kept: list[_Candidate] = []
    for candidate in sorted(candidates, key=_favour):
        key = _apart(distinct, sight.facts[candidate[5]])
        if key in seen:
            _note(sight.nearest, (candidate,), Why.SAME_WORK, code)
            continue
        seen.add(key)
        kept.append(candidate)
    return sorted(kept)


def _apart(distinct: Distinct, fact: Fact[Any]) -> object:
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
    nearest: list[tuple[int, str]], passed_over: Iterable[_Candidate], why: Why, code: str
) -> None:
    rank = RANK[why]
    for candidate in passed_over:
        if rank > nearest[candidate[5]][0]:
            nearest[candidate[5]] = (rank, code)


def _limit(rule: _Rule, own: list[_Draft], served: _Served) -> None:
    """The limits that a clause sets itself."""
    code = rule.clause.code
    if rule.full:
        full = max(served.acts(rule.full), 1)
        partial = isinstance(rule.clause.measure, Full) and rule.clause.measure.partial
        if len(own) < full and not partial:
            for draft in own:
                _cut(draft, draft.net, Cut.TOO_FEW, code)
        for draft in own[full:]:
            _cut(draft, draft.net, Cut.FULL_MARK, code)
    if rule.clause.times is not None:
        for draft in own[rule.clause.times :]:
            _cut(draft, draft.net, Cut.TIMES, code)
    if rule.cap is not None:
        _hold(own, -rule.cap, rule.cap, (Cut.CAP, Cut.CAP), code)


def _bind(together: _Together, codes: Mapping[str, list[_Draft]]) -> None:
    """What the clauses, blocks or groups of a group have in common."""
    group = together.group
    entries = [[d for code in entry for d in codes[code]] for entry in together.entries]
    if group.within is Within.PERIOD:
        _bind_one(together, entries)
        return
    apart: dict[str, list[list[_Draft]]] = {}
    for place, drafts in enumerate(entries):
        for draft in drafts:
            key = _key(draft, group.within)
            if key:
                apart.setdefault(key, [[] for _ in entries])[place].append(draft)
    for _, each in sorted(apart.items()):
        _bind_one(together, each)


def _key(draft: _Draft, within: Within) -> str:
    """The deed or the work of a line, by the record that others of the same deed point to; nothing where it has none."""
    fact = draft.fact
    if fact is None:
        return ""
    return (within is Within.WORK and fact.work) or fact.same_as or fact.deed


def _bind_one(together: _Together, entries: Sequence[Sequence[_Draft]]) -> None:
    group = together.group
    if group.best is not None:
        there = [e for e in entries if e]
        sums = [sum([d.net for d in entry]) for entry in there]
        kept = set(sorted(range(len(there)), key=lambda i: (-sums[i], i))[: group.best])
        for i, entry in enumerate(there):
            if i not in kept:
                for draft in entry:
                    _cut(draft, draft.net, Cut.BEST_OF, group.code)
    drafts = [d for entry in entries for d in entry]
    _hold(drafts, together.floor, together.cap, (Cut.SHARED_FLOOR, Cut.SHARED_CAP), group.code)


_BLOCK = Cut.BLOCK_FLOOR, Cut.BLOCK_CAP
_TOTAL = Cut.TOTAL_FLOOR, Cut.TOTAL_CAP


def _hold(
    drafts: list[_Draft], low: _Amount | None, high: _Amount | None, cuts: tuple[Cut, Cut], by: str
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
    found = sorted(drafts, key=_ON)
    found.reverse()
    return found


_ON = attrgetter("on")


def _cut(draft: _Draft, amount: _Amount, cut: Cut, by: str) -> None:
    if amount:
        draft.net -= amount
        draft.cuts.append((cut, -amount, by))


def _room(drafts: list[_Draft], cap: _Amount | None) -> _Amount | None:
    return None if cap is None else cap - sum([d.net for d in drafts])


def _round(draft: _Draft, rounding: Rounding, ready: _Ready) -> None:
    """Round a line."""
    _cut(draft, draft.net - _nearest(draft.net, rounding, ready), Cut.ROUNDED, "")


def _nearest(net: _Amount, rounding: Rounding, ready: _Ready) -> _Amount:
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


def _rounded(
    drafts: Sequence[_Draft], rounding: Rounding, ready: _Ready, period: Period, block: str
) -> list[_Draft]:
    """The line by which a sum is rounded, where it has to be."""
    net = sum([d.net for d in drafts])
    off = _nearest(net, rounding, ready) - net
    if not off:
        return []
    return [_Draft(None, period.last, block, "", 0, 0, off, [(Cut.ROUNDED, off, "")])]


def _of_the_total(
    everything: Sequence[_Draft],
    rubric: Rubric,
    ready: _Ready,
    period: Period,
    served: _Served,
    whom: Assessed,
) -> list[_Draft]:
    """The lines by which the total is scaled to the months served, and rounded."""
    found: list[_Draft] = []
    rule = rubric.part_year
    scales = rule is not None and rule.total is Asked.MONTHS and rule.is_for(whom, period)
    if rule is not None and scales and 0 < served.months < served.of:
        net = sum([d.net for d in everything])
        scaled = sum([d.net for d in everything if not rule.of or d.block in rule.of])
        more = _times(scaled, Fraction(served.of, served.months)) - scaled
        if ready.cap is not None:
            more = min(more, ready.cap - net)
        if more:
            cuts = [(Cut.PART_YEAR, more, "")]
            found.append(_Draft(None, period.last, "", "", 0, 0, more, cuts))
    if rubric.rounding is not None and rubric.rounding.at is RoundedAt.TOTAL:
        found += _rounded([*everything, *found], rubric.rounding, ready, period, "")
    return found


def _start(part: _Part, whom: Assessed, period: Period, today: date) -> list[_Draft]:
    """What a block starts with, for the roles held on the last day that is known of the period."""
    for who, points in part.starts:
        if who.has(whom, min(today, period.last)):
            return [_Draft(None, period.first, part.block.code, "", 0, points, points, [])]
    return []


def _line(draft: _Draft, subject: SubjectId, text: Callable[[_Amount], Points]) -> Line:
    fact = draft.fact
    deed = kind = ""
    if fact is None:
        subject = draft.subject or subject
    else:
        deed, subject, kind = fact.deed, fact.subject, fact.kind
    worth = points = text(draft.worth)
    adjustments: tuple[Adjustment, ...] = ()
    if draft.cuts:
        points = text(draft.net)
        adjustments = tuple([Adjustment(cut, text(amount), by) for cut, amount, by in draft.cuts])
    on, block, clause, nth = draft.on, draft.block, draft.clause, draft.nth
    return Line(deed, subject, kind, on, block, clause, nth, worth, adjustments, points)


def _why_not(fact: Fact[Any], why: Why, clause: str = "") -> WhyNot:
    return WhyNot(fact.deed, fact.subject, fact.kind, fact.on, why, clause)


def _why_nots(
    sifted: Sifted,
    sight: _Sight,
    paid: set[int],
    ticked: frozenset[int],
    late: frozenset[int],
    reread: frozenset[int],
) -> tuple[WhyNot, ...]:
    """One reason for every fact without a line; what was carried over without effect lies in another period."""
    found = [_why_not(fact, why) for fact, why in sifted.left_out]
    nearest = sight.nearest
    own = len(sifted.counted) + len(sifted.behind)
    for view, i in sight.base.items():
        nearest[i] = max(nearest[i], nearest[view])
    unpaid = [i for i in range(own) if i not in paid]
    unpaid += [i for view, i in sight.base.items() if view == i and i not in paid]
    for i in unpaid:
        rank, clause = nearest[i]
        if i >= own and rank <= _NOT_PRICED:
            rank, clause = RANK[Why.OTHER_PERIOD], ""
        elif rank == RANK[Why.STAGE] and i in late:
            rank = RANK[Why.LATE_OUTCOME]
        elif rank == RANK[Why.STATE] and i in reread:
            rank = RANK[Why.READ]
        elif rank <= RANK[Why.CONDITIONS] and i in ticked:
            rank, clause = RANK[Why.SAME_SPEECH], ""
        found.append(_why_not(sight.facts[i], WHYS[rank], clause))
    found.sort(key=_by_day)
    return tuple(found)


_by_day = attrgetter("on", "deed")


def _accounts(
    ready: _Ready,
    drafts: Sequence[list[_Draft]],
    sight: _Sight,
    whom: Assessed,
    period: Period,
    day: date,
    served: _Served,
) -> tuple[Account, ...]:
    """How each clause stands, in the order of the document."""
    found: list[Account] = []
    for rule, own in zip(ready.rules, drafts, strict=True):
        seat, who = rule.seat, rule.clause.who
        unrecorded = len(sight.unrecorded.get(seat, ()))
        if own:
            doing = Doing.DONE
        elif not (rule.for_all or who.has(whom, day) or who.has(whom, period.first)):
            doing = Doing.NOT_ELIGIBLE
        elif not served.months:
            doing = Doing.EXEMPT
        else:
            doing = Doing.NOT_RECORDED if unrecorded else Doing.NOT_DONE
        placed = {d.place for d in own}
        missed = sum(i not in placed for i in sight.missed.get(seat, ()))
        found.append(
            Account(
                clause=rule.clause.code,
                doing=doing,
                acts=len(own),
                expected=len(own) + missed if rule.rate else 0,
                not_recorded=unrecorded,
                excused=len(sight.excused.get(seat, ())),
            )
        )
    return tuple(found)


@dataclass(slots=True)
class _Stand:
    """The lines of a clause, and what they came to before their block was looked at."""

    own: list[_Draft]
    earned: _Amount


_Common = tuple[dict[str, _Amount], dict[str, _Amount]]
"""By clause: the room that its groups leave, and how far it lies behind what a group of which only the best count keeps."""


@dataclass(slots=True)
class _Limits:
    """The room that blocks leave, groups of clauses, groups of blocks, and the total."""

    blocks: Mapping[str, _Amount | None]
    inner: _Common
    outer: _Common
    total: _Amount | None


def _reachable(
    ready: _Ready,
    stands: Sequence[_Stand],
    limits: _Limits,
    spoiled: set[int],
    whom: Assessed,
    period: Period,
    day: date,
    served: _Served,
) -> tuple[Reach, ...]:
    """What each clause could still bring within all limits, in the order of the document.

    Its own limits come first, then what it lies behind in its groups; the room of those, of the block and of the total is room for what is left then.
    """
    found: list[Reach] = []
    for rule, stand in zip(ready.rules, stands, strict=True):
        clause, weight = rule.clause, rule.block.weight
        if rule.seat in spoiled or not (rule.for_all or clause.who.has(whom, day)):
            continue
        best, price = _next_act(rule, stand.own, ready, period, day, served)
        if price is not None and price <= 0:
            continue
        own = _own_limits(rule, stand, price, ready) if clause.every is None else []
        left = min(own, default=None)
        for rooms, behind in (limits.inner, limits.outer):
            room = rooms.get(clause.code)
            if lost := behind.get(clause.code, 0):
                best = None if best is None else best - lost
                left = None if left is None else left - lost
            left = _least(left, room)
            if rooms is limits.inner[0]:
                left = _least(left, limits.blocks[rule.block.code])
                if weight != 1:
                    left = None if left is None else _times(left, weight)
                    best = None if best is None else _times(best, weight)
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


def _least(left: _Amount | None, room: _Amount | None) -> _Amount | None:
    """The smaller of two limits, where there are any."""
    if left is None or room is None:
        return left if room is None else room
    return min(left, room)


def _next_act(
    rule: _Rule,
    own: Sequence[_Draft],
    ready: _Ready,
    period: Period,
    day: date,
    served: _Served,
) -> tuple[_Amount | None, _Amount | None]:
    """What one more act brings at its best, and the most that an act can be paid; none where a number or a rate says so."""
    measure, every = rule.clause.measure, rule.clause.every
    if every is not None:
        part = next((p for p in period.parts(every) if p.holds(day)), period)
        own = [d for d in own if part.holds(max(d.on, period.first))]
    match measure:
        case FromMembers():
            return 0, 0
        case Steps(steps=steps):
            price: _Amount = _step(steps, len(own) + 1, ready)
            return price, price
        case Full(points=points, acts=acts, partial=partial):
            asked = max(served.acts(acts), 1)
            if partial:
                price = _times(ready.scale, points / asked)
                return price, price
            whole = ready.whole(points)
            return (whole if len(own) + 1 == asked else 0), whole
        case Summed():
            return None, rule.best
        case _:
            return rule.best, rule.best


def _own_limits(rule: _Rule, stand: _Stand, best: _Amount | None, ready: _Ready) -> list[_Amount]:
    """What the clause itself leaves open."""
    limits: list[_Amount] = []
    measure, earned = rule.clause.measure, stand.earned
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
        limits.append(best * (rule.clause.times - len(stand.own)))
    return limits


def _in_common(
    groups: Sequence[_Together], codes: Mapping[str, list[_Draft]], ready: _Ready
) -> _Common:
    """What these groups leave to their clauses."""
    rooms: dict[str, _Amount] = {}
    behind: dict[str, _Amount] = {}
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
