"""Decisions in memory, and what a ledger of a million entries costs to open: seconds, and bytes of the book."""

from __future__ import annotations

import gc
import os
import sqlite3
import tempfile
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import closing
from datetime import UTC, datetime, time, timedelta
from multiprocessing import get_context
from pathlib import Path
from time import perf_counter
from typing import TypeAlias

from application import codec
from application.handle import Writer
from application.log import NewRow
from application.memory_log import MemoryLog
from application.sqlite_log import SqliteLog, create_ledger, ledger_file
from bench.county import OFFICE, TODAY, Occurrences, found, noon
from bench.places import Place
from bench.rounds import Extent, Figure, alone, figure, in_turns, undisturbed
from domain.access import Action, Relation, may
from domain.entry import sealed_in
from domain.fact import RecordClass
from domain.occasion import OccasionHappened, stream_of
from domain.people import Role

AT_ONCE = 64
"""Requests that are decided together, as with 64 clients."""
YEARS = 10
"""Over how many years the entries of the large ledger were recorded; decisions look back over at most two."""
LARGE = "large"

Measured: TypeAlias = Callable[[Path], tuple[float, float]]
"""Seconds that something took with the ledger of a folder, and bytes by which the process grew."""
Apart: TypeAlias = Callable[[Measured, Path], tuple[float, float]]


def run(extent: Extent, places: Sequence[Place]) -> Iterator[Figure]:
    """Decisions a second against encoding alone; opening a large ledger against reading its bytes."""
    yield _decisions(extent)
    yield _permissions(extent)
    if any(place.name == "sqlite" for place in places):
        with tempfile.TemporaryDirectory(prefix="lvzhi-bench-") as folder:
            enter_large(Path(folder), extent.large)
            yield from _cold_starts(extent, Path(folder))


def _permissions(extent: Extent) -> Figure:
    """Asking who may do what, in every place of the table, against as many look-ups in a dictionary."""
    places = [(role, action, by) for role in Role for action in Action for by in Relation]
    plain = dict.fromkeys(places, True)
    times = max(1, int(100 * extent.seconds))

    def asked() -> float:
        with undisturbed():
            began = perf_counter()
            for _ in range(times):
                for role, action, by in places:
                    may(role, action, by)
            return (perf_counter() - began) / (times * len(places)) * 1e6

    def looked_up() -> float:
        with undisturbed():
            began = perf_counter()
            for _ in range(times):
                for place in places:
                    plain[place]
            return (perf_counter() - began) / (times * len(places)) * 1e6

    measured = in_turns({"asked": asked, "looked up": looked_up}, extent.rounds)
    return figure("decide who may", "µs", measured["asked"], measured["looked up"])


def _decisions(extent: Extent) -> Figure:
    """Deciding, folding and encoding in memory against only the bytes of the same events."""
    occurrences = Occurrences()
    count = max(AT_ONCE, int(8_000 * extent.seconds))
    log = MemoryLog("decisions")
    writer = found(log)

    def decided() -> float:
        requests = occurrences.requests(count)
        before = log.head()
        with undisturbed():
            began = perf_counter()
            for start in range(0, count, AT_ONCE):
                writer.write(requests[start : start + AT_ONCE])
            taken = perf_counter() - began
        if log.head() != before + count:
            raise RuntimeError(f"{log.head() - before} entries of {count} requests")
        return count / taken

    def encoded() -> float:
        entries = codec.decode_all(log.since(max(0, log.head() - count), count))
        with undisturbed():
            began = perf_counter()
            for entry in entries:
                codec.encode(entry.event, entry.envelope)
            return len(entries) / (perf_counter() - began)

    measured = in_turns({"decided": decided, "encoded": encoded}, extent.rounds)
    return figure("decide in memory", "events/s", measured["decided"], measured["encoded"])


def _cold_starts(extent: Extent, folder: Path) -> Iterator[Figure]:
    rounds = 1 + extent.rounds // 3
    apart: Apart = _in_fresh_process if extent.fresh_processes else _here
    memory: list[float] = []

    def opened() -> float:
        taken, grown = apart(_open_book, folder)
        memory.append(grown)
        return taken

    def read() -> float:
        return apart(_read_bytes, folder)[0]

    measured = in_turns({"opened": opened, "read": read}, rounds, thrown_away=0)
    name = f"cold start sqlite {extent.large} events"
    yield figure(name, "s", measured["opened"], measured["read"])
    yield alone(f"book sqlite {extent.large} events", "bytes", memory)


def enter_large(folder: Path, events: int) -> None:
    """A ledger of that many occasions, recorded evenly over ten years; entered in bulk, past all checks."""
    first = datetime.combine(TODAY, time(4), UTC) - timedelta(days=365 * YEARS)
    create_ledger(folder, LARGE)
    with closing(SqliteLog(folder, LARGE)) as log:
        found(log, clock=lambda: first)
        head = log.head()
    occurrences = Occurrences()
    with closing(sqlite3.connect(ledger_file(folder, LARGE), isolation_level=None)) as connection:
        connection.execute("PRAGMA synchronous = OFF")
        connection.execute("BEGIN")
        for nth in range(events):
            at = first + timedelta(days=365 * YEARS) * (nth / events)
            row = _row(occurrences, at)
            connection.execute("INSERT INTO events VALUES (?, ?, ?, ?, ?)", (head + 1 + nth, *row))
        connection.execute("UPDATE heads SET head = head + ?", (events,))
        connection.execute("COMMIT")


def _row(occurrences: Occurrences, at: datetime) -> NewRow:
    """The row of an occasion that was recorded at that instant."""
    occasion = occurrences.id()
    body = occurrences.occasion(by=at.date())
    envelope = sealed_in(
        OFFICE, at=at, day=at.date(), on=body.on, command=occurrences.id(), cause=""
    )
    event = OccasionHappened(occasion=occasion, body=body, record=RecordClass.TOWNSHIP)
    return NewRow(stream_of(occasion), 1, codec.name_of(event), codec.encode(event, envelope))


def _open_book(folder: Path) -> tuple[float, float]:
    """Seconds to open the book, and the bytes by which this process has grown."""
    with closing(SqliteLog(folder, LARGE)) as log:
        log.at([1])
        gc.collect()
        before = _resident()
        writer = Writer(log, clock=noon)
        began = perf_counter()
        writer.opened()
        taken = perf_counter() - began
        gc.collect()
        return taken, _resident() - before


def _read_bytes(folder: Path) -> tuple[float, float]:
    """Seconds to read the bytes of all entries and nothing else."""
    with closing(sqlite3.connect(ledger_file(folder, LARGE))) as connection:
        before = _resident()
        began = perf_counter()
        for _ in connection.execute("SELECT state FROM events ORDER BY rowid"):
            pass
        return perf_counter() - began, _resident() - before


def _in_fresh_process(what: Measured, folder: Path) -> tuple[float, float]:
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as fresh:
        return fresh.submit(what, folder).result()


def _here(what: Measured, folder: Path) -> tuple[float, float]:
    return what(folder)


def _resident() -> int:
    """Bytes of memory that this process holds."""
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE")
