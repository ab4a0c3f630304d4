"""Reading one's own write: from the answer to a command until the read model shows it, against an empty transaction."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path
from statistics import median
from time import perf_counter
from uuid import uuid4

from bench.county import Occurrences, carry_out, roster
from bench.places import Place
from bench.reading import published
from bench.rounds import Extent, Figure, alone, figure, percentile_99
from interfaces.settings import Settings
from interfaces.wiring import Desk, Installation

PATIENCE = 10.0
"""Seconds to wait for one event."""


def run(extent: Extent, places: Sequence[Place]) -> Iterator[Figure]:
    """Milliseconds, median and 99th percentile, of events that touch four members with a rubric published."""
    for place in places:
        place.prepare_reading()
        where = place.where()
        settings = Settings(
            data=Path(where["folder"] or ""),
            database=where["database"],
            token_key_file=Path(where["folder"] or "") / "token.key",
            seals=Path(where["folder"] or "") / "seals",
            seal_keys=Path(where["folder"] or "") / "seal-keys",
            keys=Path(where["folder"] or "") / "keys",
            master_key_file=Path(where["folder"] or "") / "master.key",
            erased=Path(where["folder"] or "") / "erased",
            readings=Path(where["folder"] or "") / "readings",
            access=Path(where["folder"] or ""),
        )
        with closing(Installation(settings)) as installation, place.round_trips() as round_trip:
            desk = installation.create(f"lag{uuid4().hex[:8]}", "Bench County")
            # The first of the roster's commands opens the ledger, which the installation has done.
            _, *others = roster(desk.code)
            carry_out(desk.writer, [*others, published()])
            desk.keep_reading()
            if not desk.reader.wait_for(desk.head(), 10 * PATIENCE):
                raise TimeoutError(f"the reader of {place.name} does not get there")
            occurrences = Occurrences(seed=5)
            times = max(5, int(50 * extent.seconds))
            medians: list[float] = []
            trips: list[float] = []
            worst: list[float] = []
            for _ in range(extent.rounds):
                lags = asyncio.run(_lags(desk, occurrences, times))
                medians.append(1e3 * median(lags))
                worst.append(1e3 * percentile_99(lags))
                trips.append(1e3 * median(round_trip() for _ in range(times)))
        yield figure(f"lag {place.name}", "ms", medians, trips)
        yield alone(f"lag {place.name}, p99", "ms", worst)


async def _lags(desk: Desk, occurrences: Occurrences, times: int) -> list[float]:
    """Seconds from each answer until it can be read, one command after the other."""
    lags: list[float] = []
    for _ in range(times):
        done = await desk.submit(occurrences.request())
        began = perf_counter()
        if not await desk.reader.arrived(done.position, PATIENCE):
            raise TimeoutError(f"{done.position} cannot be read")
        lags.append(perf_counter() - began)
    return lags
