"""Checked, idempotent, gapless appends by many clients, against a bare INSERT in a transaction of its own."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence
from contextlib import closing
from time import perf_counter

from application.group_commit import GroupCommit
from application.handle import Done, Request
from application.log import Log, NewRow
from bench.county import Occurrences, found
from bench.places import Place
from bench.rounds import Extent, Figure, check_gapless, figure, in_turns, undisturbed


def run(extent: Extent, places: Sequence[Place]) -> Iterator[Figure]:
    """Events a second for each number of clients."""
    for place in places:
        for clients in extent.clients:
            yield _compare(extent, place, clients)


def _compare(extent: Extent, place: Place, clients: int) -> Figure:
    occurrences = Occurrences(seed=clients)
    with closing(place.new_log()) as log, place.one_by_one(clients) as insert:
        writer = found(log)

        def checked(count: int) -> float:
            requests = occurrences.requests(count)
            before = log.head()
            with undisturbed():
                taken, done = asyncio.run(submit(GroupCommit(writer), requests, clients))
            check_gapless([each.position for each in done], before)
            if log.head() != before + count:
                raise RuntimeError(f"{log.head()} entries, not {before + count}")
            return count / taken

        def bare(count: int) -> float:
            rows = same_bytes(log, occurrences, count)
            with undisturbed():
                return count / insert(rows)

        # As many as take a round: guessed once more from a better guess.
        sizes = {checked: 25 * clients, bare: 25 * clients}
        for case in (*sizes, *sizes):
            sizes[case] = max(clients, int(case(sizes[case]) * min(1.0, extent.seconds)))
        measured = in_turns(
            {
                "checked": lambda: checked(int(sizes[checked] * max(1.0, extent.seconds))),
                "bare": lambda: bare(int(sizes[bare] * max(1.0, extent.seconds))),
            },
            extent.rounds,
        )
    return figure(
        f"append {place.name} {clients} clients", "events/s", measured["checked"], measured["bare"]
    )


def same_bytes(log: Log, occurrences: Occurrences, count: int) -> list[NewRow]:
    """Rows with the bodies that this ledger holds, in streams that nobody has had."""
    stored = log.since(max(0, log.head() - 1_000), 1_000)
    return [
        NewRow(f"occasion/{occurrences.id()}", 1, row.name, row.body)
        for row in (stored[n % len(stored)] for n in range(count))
    ]


async def submit(
    commit: GroupCommit, requests: list[Request], clients: int
) -> tuple[float, list[Done]]:
    """Each client submits one request after the other; the seconds until the last answer."""
    done: list[Done] = []

    async def client(share: list[Request]) -> None:
        for request in share:
            done.append(await commit.submit(request))

    began = perf_counter()
    await asyncio.gather(*(client(requests[n::clients]) for n in range(clients)))
    taken = perf_counter() - began
    commit.close()
    return taken, done
