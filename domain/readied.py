"""A rubric made ready for scoring: selections by kind, prices as functions, all figures as whole numbers over one denominator."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from math import lcm
from typing import Any

from domain.fact import Attendance, Fact
from domain.kinds.about import Stage
from domain.rubric import (
    Acts,
    AttendanceOf,
    Axis,
    Block,
    Clause,
    Each,
    FromMembers,
    Full,
    Gate,
    Group,
    Mean,
    Once,
    Order,
    Per,
    Price,
    Quantity,
    Rate,
    Rubric,
    Share,
    Short,
    Steps,
    Summed,
    Table,
    Tiers,
    Timing,
    Who,
    points_text,
)
from domain.scorecard import Adjustment, Cut, Points
from domain.selection import (
    RANK,
    Byline,
    Selects,
    Test,
    Why,
    amount,
    byline,
    conditions_of,
    in_its_unit,
    names_unit,
    plain,
)
from domain.words import Level

Amount = int | Fraction
"""Points over the common denominator of a rubric; a fraction where a division left no whole number."""


@dataclass(slots=True, kw_only=True)
class Rule:
    """A clause made ready.

    `seat` is its place in the document, `best` its highest price (none where it goes by a number), `flat` what every fact earns that it means, 0 where there is more to ask.
    """

    seat: int
    block: Block
    clause: Clause
    worth: Callable[[Fact[Any]], Amount]
    best: int | None
    no_worth: int
    shares: Mapping[str, Share]
    cap: int | None
    flat: int
    for_all: bool
    rate: Rate | None
    full: int
    mean_of: str
    short: Short | None
    limited: bool


Seen = tuple["Rule", int, str, int, tuple[Test, ...], tuple[Test, ...]]
"""A rule with its seat, code and flat price (0 where it has none), and one of its selections as tests, for any fact and for the plain ones."""


Staged = tuple["Rule", tuple[tuple[Test, ...], ...]]
"""A rule with its selections of a kind, as tests for any fact."""


@dataclass(slots=True, kw_only=True)
class Part:
    """A block made ready; no weight where it counts once."""

    block: Block
    seats: tuple[int, ...]
    starts: tuple[tuple[Who, int], ...]
    floor: int | None
    cap: int | None
    weight: Fraction | None


@dataclass(slots=True, kw_only=True)
class Together:
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
class Ready:
    """A rubric made ready for scoring, and whether it counts what is on record of a member's units: by kind the clauses that a fact can fill, those that it can spoil, and what counts it."""

    scale: int
    rules: tuple[Rule, ...]
    parts: tuple[Part, ...]
    inner: tuple[Together, ...]
    outer: tuple[Together, ...]
    floor: int | None
    cap: int | None
    by_kind: Mapping[str, tuple[Seen, ...]]
    by_outcome: Mapping[str, tuple[Seen, ...]]
    by_late: Mapping[str, tuple[Staged, ...]]
    spoilers: Mapping[str, tuple[tuple[Rule, tuple[Test, ...]], ...]]
    tallies: tuple[_Tally, ...]
    tally_tests: Mapping[str, tuple[tuple[_Tally, tuple[Test, ...]], ...]]
    readings: Mapping[str, tuple[tuple[Attendance, tuple[Test, ...]], ...]]
    gates: Mapping[str, Gate]
    caps_first: bool
    of_units: bool
    texts: dict[Amount, Points]
    said: dict[tuple[tuple[Cut, Amount, str], ...], tuple[Adjustment, ...]]

    def adjustments(self, cuts: Sequence[tuple[Cut, Amount, str]]) -> tuple[Adjustment, ...]:
        """What was done to a line, as it is told; the same is done to many lines."""
        key = tuple(cuts)
        found = self.said.get(key)
        if found is None:
            found = tuple(
                [Adjustment(cut=cut, amount=self.text(amount), by=by) for cut, amount, by in cuts]
            )
            if len(self.said) < 4096:
                self.said[key] = found
        return found

    def text(self, scaled: Amount) -> Points:
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


def times_of(net: Amount, factor: Fraction) -> Amount:
    """A product, as a whole number where it is one."""
    product = net * factor.numerator
    return (
        product // factor.denominator
        if product % factor.denominator == 0
        else Fraction(product, factor.denominator)
    )


@lru_cache(maxsize=512)
def made_ready(rubric: Rubric) -> Ready:
    """A rubric made ready, once for each version of it."""
    ready = Ready(
        scale=_scale(rubric),
        rules=(),
        parts=(),
        inner=(),
        outer=(),
        floor=None,
        cap=None,
        by_kind={},
        by_outcome={},
        by_late={},
        spoilers={},
        tallies=(),
        tally_tests={},
        readings={},
        gates={g.code: g for g in rubric.gates},
        caps_first=rubric.order is Order.CAPS_FIRST,
        of_units=bool(rubric.counted_of_units),
        texts={},
        said={},
    )
    ready.floor, ready.cap = ready.bound(rubric.floor), ready.bound(rubric.cap)
    rules: list[Rule] = []
    by_kind: dict[str, list[Seen]] = {}
    by_outcome: dict[str, list[Seen]] = {}
    by_late: dict[str, list[Staged]] = {}
    spoilers: dict[str, list[tuple[Rule, tuple[Test, ...]]]] = {}
    for block, clause in rubric.clauses:
        rule = _rule(len(rules), block, clause, ready)
        rules.append(rule)
        staged = clause.staged_kinds
        by_its_outcome = rubric.timing(clause) is Timing.OUTCOME
        for selects in clause.counts:
            seen = (
                rule,
                rule.seat,
                clause.code,
                rule.flat,
                (*conditions_of(selects), *_priced_in(clause, selects)),
                (*conditions_of(selects, of_plain=True), *_priced_in(clause, selects)),
            )
            for kind in selects.kinds:
                late = kind in staged
                (by_outcome if late and by_its_outcome else by_kind).setdefault(kind, []).append(
                    seen
                )
        for kind in staged if rubric.carries_over and not by_its_outcome else ():
            tests_of = [s for s in clause.counts if kind in s.kinds]
            by_late.setdefault(kind, []).append(
                (
                    rule,
                    tuple((*conditions_of(s), *_priced_in(clause, s)) for s in tests_of),
                )
            )
        for selects in clause.spoiled_by:
            # No reason is asked for: the narrowest question comes first, which nearly all facts fail.
            tests = tuple(conditions_of(selects))[::-1]
            for kind in selects.kinds:
                spoilers.setdefault(kind, []).append((rule, tests))
    ready.rules = tuple(rules)
    seats = {rule.clause.code: rule.seat for rule in rules}
    ready.parts = tuple(
        Part(
            block=block,
            seats=tuple(seats[c.code] for c in block.clauses),
            starts=tuple((start.who, ready.whole(start.points)) for start in block.starts),
            floor=ready.bound(block.floor),
            cap=ready.bound(block.cap),
            weight=None if block.weight == 1 else block.weight,
        )
        for block in rubric.blocks
    )
    ready.inner, ready.outer = _together(rubric, ready)
    ready.by_kind = {kind: tuple(found) for kind, found in by_kind.items()}
    ready.by_outcome = {kind: tuple(found) for kind, found in by_outcome.items()}
    ready.by_late = {kind: tuple(found) for kind, found in by_late.items()}
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


def _priced_in(clause: Clause, selects: Selects) -> tuple[Test, ...]:
    """That the number by which a clause prices is told in the unit that it means."""
    price = getattr(clause.measure, "price", None)
    if not isinstance(price, Quantity | Tiers) or names_unit(selects):
        return ()
    in_unit = in_its_unit(price.of)
    return () if in_unit is None else ((RANK[Why.NO_QUANTITY], in_unit),)


def _together(rubric: Rubric, ready: Ready) -> tuple[tuple[Together, ...], tuple[Together, ...]]:
    """The groups of clauses alone, and those with a block in them; a group comes after those that it holds."""
    blocks = {b.code for b in rubric.blocks}
    groups = {g.code: g for g in rubric.groups}
    done: dict[str, Together] = {}

    def make(code: str) -> Together:
        if code not in done:
            group = groups[code]
            entries = [
                tuple(c for entry in make(one).entries for c in entry) if one in groups else (one,)
                for one in group.of
            ]
            done[code] = Together(
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


def _make_tallies(rubric: Rubric, ready: Ready) -> None:
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
        case Short(points=points):
            return [points]
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


def _rule(seat: int, block: Block, clause: Clause, ready: Ready) -> Rule:
    measure = clause.measure
    price: Price
    match measure:
        case Full(points=points, acts=acts):
            price = points / acts
        case Steps(steps=steps):
            price = max((p for _, p in steps), key=abs)
        case Rate(points=points, tiers=tiers):
            price = max((points, *(p for _, p in tiers)), key=abs)
        case FromMembers() | Short():
            price = Fraction(0)
        case Each() | Once() | Mean() | Summed():
            price = measure.price
    worth = _worth(price, clause, ready)
    if isinstance(measure, Summed):
        worth = _as_much_as(measure.price.of, -1 if takes_in_all(measure.price) else 1)
    if isinstance(measure, Each) and measure.per is not Per.ACT:
        worth = _by_half_day(worth, missed=measure.per is Per.MISSED_HALF_DAY)
    return Rule(
        seat=seat,
        block=block,
        clause=clause,
        worth=worth,
        best=_best(clause, price, ready),
        no_worth=RANK[_NO_WORTH.get(price.by, Why.NOT_LISTED)]
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
        short=measure if isinstance(measure, Short) else None,
        limited=isinstance(measure, Full) or clause.times is not None or clause.cap is not None,
    )


def _flat(clause: Clause, price: Price, ready: Ready) -> int:
    """What every fact earns that a clause means, whoever's it is; 0 where that depends on it, or something is taken."""
    by_half_day = isinstance(clause.measure, Each) and clause.measure.per is not Per.ACT
    weighed = isinstance(clause.measure, Rate) and clause.measure.weights
    if not isinstance(price, Fraction) or by_half_day or weighed:
        return 0
    if clause.shares or clause.who != Who() or clause.of_kinds:
        return 0
    return max(ready.whole(price), 0)


def _best(clause: Clause, price: Price, ready: Ready) -> int | None:
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
    if isinstance(clause.measure, Each) and clause.measure.per is not Per.ACT:
        return None if best > 0 else best
    if clause.shares and not any(b is Byline.SOLE for b, _ in clause.shares):
        return best
    fixed = [s for _, s in clause.shares if isinstance(s, Fraction)]
    if clause.shares and len(fixed) == len(clause.shares):
        return max(best * s.numerator // s.denominator for s in fixed)
    return best


def _by_half_day(
    worth: Callable[[Fact[Any]], Amount], *, missed: bool
) -> Callable[[Fact[Any]], Amount]:
    if missed:
        return lambda fact: (
            worth(fact) * (fact.of_half_days - (fact.half_days if fact.attendance.took_part else 0))
        )
    return lambda fact: worth(fact) * fact.half_days


def _as_much_as(name: str, sign: int) -> Callable[[Fact[Any]], Amount]:
    """What an act adds to a sum, until all of it is priced; below nought where that takes points, as what is taken is."""
    return lambda fact: sign * (amount(fact, name) or 0)


def takes_in_all(price: Quantity | Tiers) -> bool:
    """Whether the price of a sum takes points."""
    return price.points < 0 if isinstance(price, Quantity) else any(p < 0 for _, p in price.tiers)


_NO_WORTH = {
    Axis.STATE: Why.STATE,
    Axis.BYLINE: Why.CO_AUTHOR,
    Axis.STAGE: Why.STAGE,
    Axis.CAPACITY: Why.CAPACITY,
}


def _worth(price: Price, clause: Clause, ready: Ready) -> Callable[[Fact[Any]], Amount]:
    """What one fact is worth by the price alone."""
    match price:
        case Fraction():
            flat = ready.whole(price)
            return lambda _: flat
        case Quantity():
            return _by_quantity(price, ready)
        case Tiers(of=name):
            tiers = from_the_top(price, ready)
            return lambda fact: tier_price(amount(fact, name), tiers)
        case Table():
            return _by_row(price, clause, ready)


def _by_quantity(price: Quantity, ready: Ready) -> Callable[[Fact[Any]], Amount]:
    def worth(fact: Fact[Any]) -> Amount:
        number = amount(fact, price.of)
        return 0 if number is None else points_for(price, number, ready)

    return worth


def points_for(price: Quantity, number: Fraction, ready: Ready) -> Amount:
    """The points for so much of a number."""
    steps = number / price.every
    if price.whole:
        steps = Fraction(steps.numerator // steps.denominator)
    found = times_of(ready.whole(price.points), steps)
    return found if price.at_most is None else min(found, ready.whole(price.at_most))


def from_the_top(price: Tiers, ready: Ready) -> list[tuple[Fraction, int]]:
    """The thresholds of a price with their points, the highest first."""
    return sorted(((least, ready.whole(p)) for least, p in price.tiers), reverse=True)


def tier_price(number: Fraction | None, tiers: Sequence[tuple[Fraction, int]]) -> int:
    """The points of the highest threshold that a number reaches."""
    if number is not None:
        for least, points in tiers:
            if number >= least:
                return points
    return 0


def _by_row(table: Table, clause: Clause, ready: Ready) -> Callable[[Fact[Any]], Amount]:
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
