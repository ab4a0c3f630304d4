"""Runs cases in turns and tells how each did as a ratio to its baseline, because a machine's speed is not ours."""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import pairwise
from statistics import median, quantiles
from typing import TypeAlias

Case: TypeAlias = Callable[[], float]
"""Runs once and returns what it measured, in the unit of its figure."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Extent:
    """How much is run: `seconds` that a round of one case should take, `rounds` of all cases, `events` in a ledger.

    `days` is how many days of the rehearsal county are entered (none: all), `times` how many times over its people stand in the
    roster when a draft is tried. `matters` are open while what is due is asked. `large` is the number of events in the ledger that is opened cold, in `fresh_processes`; `readers` whether the reader
    runs beside the API. `retold` is how many times over the rehearsal county's year is told in the ledger whose pages are made.
    """

    seconds: float = 2.0
    rounds: int = 7
    events: int = 20_000
    large: int = 1_000_000
    clients: tuple[int, ...] = (1, 16, 64)
    connections: int = 128
    readers: tuple[bool, ...] = (False, True)
    fresh_processes: bool = True
    days: int | None = None
    times: int = 12
    retold: int = 1
    matters: int = 1_000


QUICK = Extent(seconds=0.5, rounds=3, events=2_000, large=20_000, times=2, matters=200)
TINY = Extent(
    seconds=0.02,
    rounds=1,
    events=60,
    large=300,
    clients=(2,),
    connections=2,
    readers=(True,),
    fresh_processes=False,
    days=30,
    times=2,
    matters=6,
)
"""Too little to mean anything: it shows that the benchmarks run."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """One result. `ratio` is the median over the rounds of value to baseline of the same round, `least` and `most` its range.

    A figure that has no baseline has no ratio.
    """

    name: str
    value: float
    unit: str
    baseline: float | None = None
    ratio: float | None = None
    rounds: int = 1
    least: float | None = None
    most: float | None = None


def in_turns(
    cases: Mapping[str, Case], rounds: int, *, thrown_away: int = 1
) -> dict[str, list[float]]:
    """What each case measured in each round; the order turns from round to round, and the first is thrown away."""
    names = list(cases)
    measured: dict[str, list[float]] = {name: [] for name in names}
    for turn in range(thrown_away + rounds):
        start = turn % len(names)
        for name in names[start:] + names[:start]:
            value = cases[name]()
            if turn >= thrown_away:
                measured[name].append(value)
    return measured


def figure(name: str, unit: str, values: Sequence[float], baseline: Sequence[float]) -> Figure:
    """The figure of a case and its baseline, measured in the same rounds."""
    ratios = [value / against for value, against in zip(values, baseline, strict=True)]
    return Figure(
        name=name,
        value=median(values),
        unit=unit,
        baseline=median(baseline),
        ratio=median(ratios),
        rounds=len(ratios),
        least=min(ratios),
        most=max(ratios),
    )


def alone(name: str, unit: str, values: Sequence[float]) -> Figure:
    """A figure that is not held against anything."""
    return Figure(name=name, value=median(values), unit=unit, rounds=len(values))


def percentile_99(values: Sequence[float]) -> float:
    """The value that one in a hundred exceeds."""
    return quantiles(values, n=100, method="inclusive")[98] if len(values) > 1 else values[0]


@contextmanager
def undisturbed() -> Iterator[None]:
    """Keeps what the benchmark itself holds in memory away from the garbage collector, which stays on."""
    gc.collect()
    gc.freeze()
    try:
        yield
    finally:
        gc.unfreeze()


def check_gapless(positions: Sequence[int], after: int) -> None:
    """Raise `RuntimeError` unless these are the positions after that one, each once."""
    if sorted(positions) != list(range(after + 1, after + 1 + len(positions))):
        jumps = [pair for pair in pairwise(sorted(positions)) if pair[1] - pair[0] != 1]
        raise RuntimeError(f"positions after {after} are not gapless: {jumps[:5]}")
