"""The benchmarks still run; how fast anything is, is no test."""

from __future__ import annotations

import pytest

from bench.__main__ import main, told
from bench.rounds import Figure, check_gapless, figure, in_turns


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
