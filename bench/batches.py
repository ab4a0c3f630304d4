"""Batch import of validated commands, against the fastest way in which the database takes the same rows."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import closing
from time import perf_counter

from application.handle import Done
from bench.append import same_bytes
from bench.county import Occurrences, found
from bench.places import Place
from bench.rounds import Extent, Figure, figure, in_turns, undisturbed

PER_TRANSACTION = 500


def run(extent: Extent, places: Sequence[Place]) -> Iterator[Figure]:
    """Events a second in transactions of 500, and against one transaction for all."""
    for place in places:
        yield from _compare(extent, place)


def _compare(extent: Extent, place: Place) -> Iterator[Figure]:
    occurrences = Occurrences(seed=7)
    count = max(2, int(8_000 * extent.seconds))
    with (
        closing(place.new_log()) as log,
        place.in_bulk() as insert,
    ):
        writer = found(log)

        def imported() -> float:
            requests = occurrences.requests(count)
            before = log.head()
            with undisturbed():
                began = perf_counter()
                lists = (
                    requests[start : start + PER_TRANSACTION]
                    for start in range(0, count, PER_TRANSACTION)
                )
                verdicts = [verdict for each in writer.write_each(lists) for verdict in each]
                taken = perf_counter() - began
            done = [verdict for verdict in verdicts if isinstance(verdict, Done)]
            if len(done) != count or log.head() != before + count:
                raise RuntimeError(f"{len(done)} of {count} done, head {log.head()} after {before}")
            return count / taken

        def bulk(per_transaction: int) -> float:
            rows = same_bytes(log, occurrences, count)
            with undisturbed():
                return count / insert(rows, per_transaction)

        measured = in_turns(
            {
                "imported": imported,
                "alike": lambda: bulk(PER_TRANSACTION),
                "at once": lambda: bulk(count),
            },
            extent.rounds,
        )
    name = f"import {place.name} {PER_TRANSACTION} a transaction"
    yield figure(name, "events/s", measured["imported"], measured["alike"])
    yield figure(
        f"{name}, against one transaction", "events/s", measured["imported"], measured["at once"]
    )
