"""Read models: rebuilt from a ledger and kept up with it, against a copy of the same final rows."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from datetime import date
from importlib.resources import files
from time import perf_counter

from application import codec, packs
from application.handle import Writer
from application.log import Log
from bench.county import BEGAN, TODAY, Occurrences, carry_out, found
from bench.places import Copy, Place
from bench.rounds import Extent, Figure, alone, figure, in_turns, undisturbed
from domain.document import Publish, Sort
from domain.entry import Entry
from interfaces.wiring import inspect
from projections.reader import Reader
from projections.store import Store

RUBRIC = "hefei-county-city"
AT_ONCE = 500
"""Commands in a transaction while a ledger is filled."""


def rebuild(extent: Extent, places: Sequence[Place]) -> Iterator[Figure]:
    """Events a second of a rebuild from nothing, and rows an event."""
    for place in places:
        place.prepare_reading()
        with closing(place.new_log()) as log, closing(place.new_store(log.ledger)) as store:
            fill(governed(log), Occurrences(seed=3), extent.events)
            reader = reader_of(log, store)
            reader.rebuild()
            events = log.head()
            with place.copied_rows(log.ledger) as (copy, rows):

                def rebuilt(
                    reader: Reader = reader,
                    events: int = events,
                    store: Store = store,
                    ledger: str = log.ledger,
                    tidy: Callable[[], None] = place.tidied,
                ) -> float:
                    with store.writing() as writing:
                        writing.clear(ledger)
                    tidy()
                    with undisturbed():
                        began = perf_counter()
                        reader.rebuild()
                        return events / (perf_counter() - began)

                def copied(copy: Copy = copy, events: int = events) -> float:
                    return events / copy()

                measured = in_turns({"rebuilt": rebuilt, "copied": copied}, extent.rounds)
            yield figure(
                f"rebuild {place.name}", "events/s", measured["rebuilt"], measured["copied"]
            )
            yield alone(f"rebuild {place.name}, rows", "rows/event", [rows / events])


def catch_up(extent: Extent, places: Sequence[Place]) -> Iterator[Figure]:
    """Events a second of a reader that finds thousands of new ones on a read model of as many as the ledger had."""
    for place in places:
        place.prepare_reading()
        with closing(place.new_log()) as log, closing(place.new_store(log.ledger)) as store:
            occurrences = Occurrences(seed=4)
            writer = governed(log)
            fill(writer, occurrences, extent.events)
            reader = reader_of(log, store)
            reader.catch_up()
            events = log.head()
            more = max(1, extent.events // 4)
            with place.copied_rows(log.ledger) as (copy, _):

                def caught_up(
                    writer: Writer = writer,
                    occurrences: Occurrences = occurrences,
                    reader: Reader = reader,
                    more: int = more,
                ) -> float:
                    fill(writer, occurrences, more)
                    with undisturbed():
                        began = perf_counter()
                        reached = reader.catch_up()
                        taken = perf_counter() - began
                    if reached != writer.log.head():
                        raise RuntimeError(f"the reader stands at {reached}")
                    return more / taken

                def copied(copy: Copy = copy, events: int = events) -> float:
                    return events / copy()

                measured = in_turns({"caught up": caught_up, "copied": copied}, extent.rounds)
            yield figure(
                f"catchup {place.name}", "events/s", measured["caught up"], measured["copied"]
            )


def governed(log: Log) -> Writer:
    """A writer on an empty log, after entering the roster and publishing a rubric."""
    writer = found(log, inspect=inspect)
    carry_out(writer, [published()])
    return writer


def published() -> Publish:
    """The publication of a rubric that scores what is recorded here."""
    text = files("packs").joinpath("rubrics", f"{RUBRIC}.yaml").read_text(encoding="utf-8")
    return Publish(sort=Sort.RUBRIC, code=RUBRIC, version="1", text=text, since=BEGAN)


def fill(writer: Writer, occurrences: Occurrences, count: int) -> None:
    """Record that many occasions."""
    for start in range(0, count, AT_ONCE):
        writer.write(occurrences.requests(min(AT_ONCE, count - start)))


def reader_of(log: Log, store: Store, today: Callable[[], date] = lambda: TODAY) -> Reader:
    """A reader of this log."""

    def since(position: int, limit: int) -> list[Entry[object]]:
        return codec.decode_all(log.since(position, limit))

    return Reader(store, log.ledger, since, today=today, read_document=packs.published)
