"""The benchmarks still run; how fast anything is, is no test."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from bench.__main__ import BENCHMARKS, told
from bench.places import InPostgres, InSqlite, Place
from bench.rounds import TINY

KEYS = {"name", "value", "unit", "baseline", "ratio", "rounds", "least", "most"}
ON_SQLITE_ONLY = {"decide", "catchup", "lag", "http"}
"""Benchmarks whose way with PostgreSQL is that of `append` and `rebuild`: it is tried there."""


@pytest.fixture
def places(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[list[Place]]:
    """Each place that this benchmark is to be tried in."""
    on_sqlite: list[Place] = [InSqlite(tmp_path)]
    if request.node.callspec.params["name"] in ON_SQLITE_ONLY:
        yield on_sqlite
        return
    postgres = InPostgres(request.getfixturevalue("postgres_url"))
    with closing(postgres.pool):
        yield [*on_sqlite, postgres]


@pytest.mark.parametrize("name", BENCHMARKS)
def test_a_benchmark_prints_figures(name: str, places: list[Place]) -> None:
    lines = [json.loads(told(each, as_json=True)) for each in BENCHMARKS[name](TINY, places)]

    assert lines
    for line in lines:
        assert line.keys() == KEYS
        assert line["name"].startswith(name) or name in ("decide", "import")
        assert line["value"] >= 0
    assert any(line["ratio"] for line in lines)
