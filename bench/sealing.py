"""Sealing what is there, sealing while others write, checking it all anew, and the proofs of a large tree."""

from __future__ import annotations

import asyncio
import tempfile
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from hashlib import sha256
from pathlib import Path
from random import Random
from time import perf_counter

from application.group_commit import GroupCommit
from application.log import Log, Spent
from application.seal.check import check_ledger
from application.seal.folder import Seals
from application.seal.nodes import Nodes
from application.seal.sealing import BATCH, Sealer
from application.seal.signing import FileSigner
from application.seal.verify import inclusion_holds
from bench.append import same_bytes, submit
from bench.county import Occurrences, found
from bench.places import Place
from bench.rounds import Extent, Figure, figure, in_turns, undisturbed

EVERY = 2.0
"""Seconds between two looks of a sealer that runs beside the writers, as the service's does."""
AT_A_TIME = 500
"""Entries that a transaction of the filling stores."""


def run(extent: Extent, places: Sequence[Place]) -> Iterator[Figure]:
    """Events a second sealed and checked, the write path beside a sealer, and microseconds of a proof."""
    for place in places:
        with closing(place.new_log()) as log:
            _fill(log, extent.events)
            yield from _sealed(extent, place, log)
        for clients in extent.clients:
            yield _beside(extent, place, clients)
    yield from _proofs(extent)


def _fill(log: Log, events: int) -> None:
    """A ledger of so many occasions."""
    writer, occurrences = found(log), Occurrences(seed=3)
    for verdict in writer.write(occurrences.requests(AT_A_TIME)):
        if isinstance(verdict, Exception):
            raise verdict
    while log.head() < events:
        rows = same_bytes(log, occurrences, AT_A_TIME)
        head = log.head()
        log.append(head, rows, [Spent(f"fill-{head}", b"", head + 1, head + len(rows))])


@contextmanager
def _sealer(log: Log) -> Iterator[Sealer]:
    """Who seals a ledger into a folder that is gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="lvzhi-bench-") as folder:
        seals = Seals(Path(folder) / "seals", log.ledger)
        yield Sealer(log, seals, FileSigner(Path(folder) / "keys", log.ledger))


def _sealed(extent: Extent, place: Place, log: Log) -> Iterator[Figure]:
    """Sealing from nothing, against reading the same entries and hashing their bytes once."""
    head = log.head()

    def sealed() -> float:
        with _sealer(log) as sealer, undisturbed():
            began = perf_counter()
            checkpoint = sealer.seal()
            taken = perf_counter() - began
        if checkpoint is None or checkpoint.size != head:
            raise RuntimeError("not all was sealed")
        return head / taken

    def checked() -> float:
        with _sealer(log) as sealer:
            sealer.seal()
            signer = sealer.signer
            if not isinstance(signer, FileSigner):
                raise TypeError
            with undisturbed():
                began = perf_counter()
                report = check_ledger(log, sealer.seals, signer)
                taken = perf_counter() - began
        if any(each.check != "command" for each in report.findings):
            raise RuntimeError(report.findings)
        return head / taken

    def read() -> float:
        position, last = 0, b""
        with undisturbed():
            began = perf_counter()
            while rows := log.since(position, BATCH):
                for row in rows:
                    last = sha256(row.body).digest()
                position = rows[-1].position
            taken = perf_counter() - began
        if position != head or not last:
            raise RuntimeError("not all was read")
        return head / taken

    measured = in_turns({"seal": sealed, "check": checked, "read": read}, extent.rounds)
    for name in ("seal", "check"):
        yield figure(f"seal: {name} {place.name}", "events/s", measured[name], measured["read"])


def _beside(extent: Extent, place: Place, clients: int) -> Figure:
    """Recording while a sealer follows in the same process, against recording without one."""
    occurrences = Occurrences(seed=clients)
    with closing(place.new_log()) as log, _sealer(log) as sealer:
        writer = found(log)

        def recorded(count: int) -> float:
            requests = occurrences.requests(count)
            with undisturbed():
                taken, done = asyncio.run(submit(GroupCommit(writer), requests, clients))
            return len(done) / taken

        size = 25 * clients
        for _ in range(2):
            size = max(clients, int(recorded(size) * extent.seconds))

        def beside() -> float:
            # What was recorded without it is no load of this round.
            sealer.seal()
            with _following(sealer):
                return recorded(size)

        measured = in_turns({"with": beside, "without": lambda: recorded(size)}, extent.rounds)
    name = f"seal: recording beside it {place.name} {clients} clients"
    return figure(name, "events/s", measured["with"], measured["without"])


@contextmanager
def _following(sealer: Sealer) -> Iterator[None]:
    """Seals every so often until the end."""
    end = threading.Event()

    def follow() -> None:
        while not end.wait(EVERY):
            sealer.seal()

    thread = threading.Thread(target=follow)
    thread.start()
    try:
        yield
    finally:
        end.set()
        thread.join()


def _proofs(extent: Extent) -> Iterator[Figure]:
    """A proof of a large tree and its check, against reading or hashing as many hashes as it has."""
    size, chance = extent.large, Random(1)
    leaves = [sha256(n.to_bytes(8, "big")).digest() for n in range(size)]
    times = max(20, int(1_000 * extent.seconds))
    with tempfile.TemporaryDirectory(prefix="lvzhi-bench-") as folder:
        nodes = Nodes(Path(folder))
        for first in range(0, size, BATCH):
            nodes.grow(first, leaves[first : first + BATCH])
        root = nodes.root(size)
        indexes = [chance.randrange(size) for _ in range(times)]
        proofs = [nodes.inclusion(index, size) for index in indexes]
        steps = len(proofs[0])

        def proved() -> None:
            for index in indexes:
                nodes.inclusion(index, size)

        def read() -> None:
            for index in indexes:
                for _ in range(steps):
                    nodes.node(0, index)

        def verified() -> None:
            for index, proof in zip(indexes, proofs, strict=True):
                if not inclusion_holds(index, size, leaves[index], proof, root):
                    raise RuntimeError(index)

        def hashed() -> None:
            for index in indexes:
                one = leaves[index]
                for _ in range(steps):
                    one = sha256(b"\1" + one + one).digest()

        cases = {"proof": proved, "read": read, "verify": verified, "hash": hashed}
        measured = in_turns(
            {name: _each(case, times) for name, case in cases.items()}, extent.rounds
        )
    for name, against in (("proof", "read"), ("verify", "hash")):
        yield figure(f"seal: {name} at {size:,}", "µs", measured[name], measured[against])


def _each(case: Callable[[], None], times: int) -> Callable[[], float]:
    """Microseconds of each of so many."""

    def one() -> float:
        with undisturbed():
            began = perf_counter()
            case()
            return (perf_counter() - began) / times * 1e6

    return one
