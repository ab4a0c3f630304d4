"""The benchmarks still run; how fast anything is, is no test."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from application import codec
from application.memory_log import MemoryLog
from bench.__main__ import BENCHMARKS, told
from bench.places import InPostgres, InSqlite, Place
from bench.retold import PEOPLES, retell
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
