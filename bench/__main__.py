"""Runs benchmarks by name and prints their figures, as a table or one JSON object a line."""

from __future__ import annotations

import argparse
import json
import signal
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, replace
from pathlib import Path

from bench import append, batches, decide, due, http, lag, pages, reading, scoring, sealing
from bench.places import InPostgres, InSqlite, Place
from bench.postgres import embedded_postgres
from bench.retold import LARGE
from bench.rounds import QUICK, Extent, Figure
from interfaces.settings import tune_process

Benchmark = Callable[[Extent, Sequence[Place]], Iterator[Figure]]

BENCHMARKS: Mapping[str, Benchmark] = {
    "append": append.run,
    "decide": decide.run,
    "import": batches.run,
    "rebuild": reading.rebuild,
    "catchup": reading.catch_up,
    "lag": lag.run,
    "http": http.run,
    "score": scoring.run,
    "pages": pages.run,
    "due": due.run,
    "seal": sealing.run,
}
"""What can be run, in the order of `all`."""

PLACES = ("postgres", "sqlite")


@contextmanager
def opened(names: Sequence[str]) -> Iterator[list[Place]]:
    """Fresh databases of these kinds; they are gone afterwards."""
    with ExitStack() as stack:
        places: list[Place] = []
        for name in names:
            if name == "postgres":
                postgres = InPostgres(stack.enter_context(embedded_postgres()))
                stack.enter_context(postgres.pool)
                places.append(postgres)
            else:
                folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="lvzhi-bench-"))
                places.append(InSqlite(Path(folder)))
        yield places


def main(arguments: Sequence[str] | None = None) -> None:
    """Run what the command line names."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("name", choices=[*BENCHMARKS, "all"])
    parser.add_argument("--json", action="store_true", help="one JSON object a line")
    parser.add_argument("--quick", action="store_true", help="fewer and shorter rounds")
    parser.add_argument(
        "--large", action="store_true", help="pages: of a ledger of a million entries (ten minutes)"
    )
    parser.add_argument("--seconds", type=float, help="how long a round of one case takes")
    parser.add_argument("--rounds", type=int, help="how many rounds count")
    parser.add_argument("--in", dest="places", choices=PLACES, help="only in this database")
    asked = parser.parse_args(arguments)
    tune_process()
    extent = QUICK if asked.quick else Extent()
    if asked.large:
        extent = replace(extent, retold=LARGE)
    if asked.seconds is not None:
        extent = replace(extent, seconds=asked.seconds)
    if asked.rounds is not None:
        extent = replace(extent, rounds=asked.rounds)
    names = list(BENCHMARKS) if asked.name == "all" else [asked.name]
    with opened([asked.places] if asked.places else PLACES) as places:
        for name in names:
            for one in BENCHMARKS[name](extent, places):
                print(told(one, asked.json), flush=True)


def told(one: Figure, as_json: bool) -> str:
    """One figure as a line."""
    if as_json:
        return json.dumps(asdict(one), ensure_ascii=False)
    line = f"{one.name:<44} {one.value:>12,.6g} {one.unit:<9}"
    if one.baseline is None or one.ratio is None:
        return line
    return (
        f"{line} baseline {one.baseline:>12,.6g}  ratio {one.ratio:.2f} "
        f"({one.least:.2f} to {one.most:.2f}, {one.rounds} rounds)"
    )


if __name__ == "__main__":
    # So that the servers that were started end also when this is ended from outside.
    signal.signal(signal.SIGTERM, lambda number, _: sys.exit(128 + number))
    main(sys.argv[1:])
