"""The benchmarks still run; how fast anything is, is no test."""

from __future__ import annotations

from collections import Counter

import pytest

from application import codec
from application.memory_log import MemoryLog
from bench.__main__ import main, told
from bench.retold import PEOPLES, retell
from bench.rounds import Figure, check_gapless, figure, in_turns

KEYS = {"name", "value", "unit", "baseline", "ratio", "rounds", "least", "most"}
ON_SQLITE_ONLY = {"decide", "catchup", "lag", "http"}
"""Benchmarks whose way with PostgreSQL is that of `append` and `rebuild`: it is tried there."""


def test_the_county_told_again_has_other_people_and_other_years() -> None:
    log = MemoryLog("rehearsal")
    told = retell(log, 2 * PEOPLES)

    rows = log.since(0, told)
    years = Counter(codec.envelope_of(row).at.year for row in rows)
    admitted = [row for row in rows if row.name == "member.admitted"]
    assert [row.position for row in rows] == list(range(1, told + 1))
    assert set(years) == {2023, 2024, 2025}
    assert len(admitted) == PEOPLES * len(
        {
            codec.decode(row).event.profile.name + codec.decode(row).event.profile.number
            for row in admitted
        }
    )
    assert len({row.stream for row in admitted}) == len(admitted)
    instants = [codec.envelope_of(row).at for row in rows]
    assert instants == sorted(instants)


def test_a_ratio_is_the_median_of_the_ratios_of_each_round() -> None:
    found = figure("x", "events/s", values=[1.0, 8.0, 6.0], baseline=[2.0, 2.0, 3.0])

    assert (found.ratio, found.least, found.most) == (2.0, 0.5, 4.0)
    assert (found.value, found.baseline, found.rounds) == (6.0, 2.0, 3)


def test_cases_take_turns_and_the_first_round_does_not_count() -> None:
    order: list[str] = []

    def case(name: str) -> float:
        order.append(name)
        return float(len(order))

    measured = in_turns({"a": lambda: case("a"), "b": lambda: case("b")}, rounds=2)

    assert order == ["a", "b", "b", "a", "a", "b"]
    assert measured == {"a": [4.0, 5.0], "b": [3.0, 6.0]}


def test_a_gap_between_positions_is_not_let_pass() -> None:
    check_gapless([3, 2, 4], after=1)
    with pytest.raises(RuntimeError, match="gapless"):
        check_gapless([2, 4], after=1)


def test_a_figure_without_a_baseline_has_no_ratio_on_its_line() -> None:
    assert "ratio" not in told(Figure(name="x", value=1.0, unit="ms"), as_json=False)


def test_an_unknown_benchmark_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["nothing"])
    assert "invalid choice" in capsys.readouterr().err
