"""Gates: what is counted in the facts of a period, and whether it is enough."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from fractions import Fraction
from typing import Any

from domain.drafts import Draft
from domain.fact import Attendance, Fact
from domain.paying import told_apart
from domain.period import Period
from domain.readied import Ready
from domain.rubric import (
    Acts,
    Assessed,
    AttendanceOf,
    Per,
    PointsOf,
)
from domain.scorecard import ZERO, Counted, GateResult, points_of
from domain.served import Served
from domain.sight import ATTENDANCE


def tallied_in(
    counted: Sequence[Fact[Any]],
    ready: Ready,
    whom: Assessed,
    period: Period,
    today: date,
    served: Served,
) -> tuple[dict[str, GateResult], tuple[Counted, ...]]:
    """The gates that facts alone decide, and what vetoes and triggers count."""
    # By its place in the facts, so that one that several selections mean counts once; for a rate with whether he attended.
    found: list[dict[int, bool]] = [{} for _ in ready.tallies]
    if ready.tallies:
        for i, fact in enumerate(counted):
            for tally, tests in ready.tally_tests.get(fact.kind, ()):
                for failed, test in tests:
                    if not test(fact):
                        if tally.rate and failed in ATTENDANCE and not whom.exempt_on(fact.on):
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
    code: str, asks: Acts, facts: Sequence[Fact[Any]], period: Period, served: Served
) -> GateResult:
    """A gate on numbers of acts; of several parts of the period the one that is furthest from meeting it is told."""
    parts = (period,) if asks.every is None else period.parts(asks.every)
    results = []
    for part in parts:
        inside = [f for f in facts if asks.every is None or part.has(f)]
        if asks.distinct is not None:
            acts = len({told_apart(asks.distinct, f) for f in inside})
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


def gate_result(
    code: str,
    gates: dict[str, GateResult],
    ready: Ready,
    codes: Mapping[str, list[Draft]],
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
