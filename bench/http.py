"""Recording over HTTP, one worker, against an endpoint that checks the same request and stores nothing."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from http import HTTPStatus
from time import perf_counter, process_time, sleep
from typing import Any

import msgspec
import uvloop

from bench.county import CALLER, COUNTY, Occurrences, found
from bench.places import Place
from bench.rounds import Extent, Figure, alone, check_gapless, figure, percentile_99
from domain.kinds import kind_of
from domain.people import Role
from interfaces.identity import Tokens

KEY = b"a key for benchmarks, of no use to anybody else"
PATIENCE = 60.0
"""Seconds that the server may take to start, to end, and to read what was stored."""


@dataclass(frozen=True, slots=True)
class Server:
    """A server of one ledger: the port that it listens on, and a token for it."""

    port: int
    ledger: str
    token: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Load:
    """What came of a load: requests a second, seconds of each, the client's share of a processor, positions given."""

    rate: float
    latencies: list[float]
    client: float
    positions: list[int]


def run(extent: Extent, places: Sequence[Place]) -> Iterator[Figure]:
    """Requests a second with the reader paused, and with the reader running."""
    for place in places:
        for reading in extent.readers:
            with place.apart() as empty:
                yield from _compare(extent, empty, reading)


def _compare(extent: Extent, place: Place, reading: bool) -> Iterator[Figure]:
    place.prepare_reading()
    occurrences = Occurrences(seed=11)
    with closing(place.new_log()) as log:
        found(log)
        stored: list[Load] = []
        checked: list[Load] = []
        with _served(place, log.ledger, reading) as server:
            count = 3 * extent.connections
            for turn in range(extent.rounds + 2):
                before = log.head()
                load = _drive(server, "occasions", _bodies(occurrences, count), extent.connections)
                check_gapless(load.positions, before)
                if reading:
                    _await_reader(server, log.head())
                bare = _drive(server, "checked", _bodies(occurrences, count), extent.connections)
                # The first round tells how many requests a round needs, the second warms up.
                if turn == 0:
                    count = extent.connections + max(1, int(load.rate * extent.seconds))
                if turn > 1:
                    stored.append(load)
                    checked.append(bare)
    name = f"http {place.name} {extent.connections} connections, reader "
    name += "running" if reading else "paused"
    yield figure(name, "req/s", [each.rate for each in stored], [each.rate for each in checked])
    yield alone(f"{name}, p99", "ms", [1e3 * percentile_99(each.latencies) for each in stored])
    yield alone(f"{name}, client's share of a processor", "", [each.client for each in checked])


def _bodies(occurrences: Occurrences, count: int) -> list[tuple[str, bytes]]:
    """Command ids, and occasions as clients send them."""
    bodies: list[tuple[str, bytes]] = []
    for _ in range(count):
        occasion = occurrences.occasion()
        told = msgspec.to_builtins(occasion)
        told["details"]["kind"] = kind_of(type(occasion.details))
        bodies.append((occurrences.id(), msgspec.json.encode(told)))
    return bodies


@contextmanager
def _served(place: Place, ledger: str, reading: bool) -> Iterator[Server]:
    """A server in a process of its own, which ends with this context."""
    where = json.dumps(
        {**place.where(), "key": KEY.decode(), "reading": reading, "seal_every": None}
    )
    process = subprocess.Popen(
        [sys.executable, "-m", "bench.http_server", where], stdout=subprocess.PIPE, text=True
    )
    try:
        if process.stdout is None:
            raise RuntimeError("no pipe to the server")
        port = int(process.stdout.readline())
        token = Tokens(KEY).mint(CALLER, Role.OFFICE, COUNTY, ledger, days=1)
        yield Server(port, ledger, token)
    finally:
        process.terminate()
        try:
            process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        if process.stdout is not None:
            process.stdout.close()


def _drive(
    server: Server, collection: str, bodies: Sequence[tuple[str, bytes]], connections: int
) -> Load:
    """Send all requests over so many kept connections, each waiting for its answer."""
    requests = [_post(server, collection, key, body) for key, body in bodies]
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        return runner.run(_send_all(server.port, requests, connections))


def _post(server: Server, collection: str, command_id: str, body: bytes) -> bytes:
    head = (
        f"POST /api/v1/ledgers/{server.ledger}/{collection} HTTP/1.1\r\nHost: localhost\r\n"
        f"Authorization: Bearer {server.token}\r\nContent-Type: application/json\r\n"
        f"Idempotency-Key: {command_id}\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


def _get(server: Server, path: str) -> bytes:
    return f"GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode()


class Connection(asyncio.Protocol):
    """Sends its requests one after the other; knows just as much HTTP as it takes."""

    def __init__(self, requests: Sequence[bytes]) -> None:
        self.warm: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.ended: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.answers: list[bytes] = []
        self.latencies: list[float] = []
        self._left = iter(requests)
        self._got = b""
        self._began = 0.0
        self._transport: Any = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Connected; nothing is sent before `begin`."""
        self._transport = transport

    def begin(self) -> None:
        """Send the next request, or close after the last."""
        request = next(self._left, None)
        if request is None:
            self._transport.close()
            self.ended.set_result(None)
            return
        self._began = perf_counter()
        self._transport.write(request)

    def data_received(self, data: bytes) -> None:
        """Take in a part of an answer; a whole one sets off the next request."""
        self._got += data
        head, found, body = self._got.partition(b"\r\n\r\n")
        if not found:
            return
        start = head.lower().index(b"content-length:") + 15
        if len(body) >= int(head[start:].partition(b"\r")[0]):
            if self.warm.done():
                self.latencies.append(perf_counter() - self._began)
            if int(head[9:12]) >= HTTPStatus.BAD_REQUEST:
                self._fail(RuntimeError(self._got.decode()))
                self._transport.close()
                return
            self.answers.append(body)
            self._got = b""
            if self.warm.done():
                self.begin()
            else:
                self.warm.set_result(None)

    def connection_lost(self, exc: Exception | None) -> None:
        """Say so when it ends before its time."""
        self._fail(exc or ConnectionResetError())

    def _fail(self, why: Exception) -> None:
        for each in (self.warm, self.ended):
            if not each.done():
                each.set_exception(why)
                return


class _Told(msgspec.Struct):
    position: int


async def _send_all(port: int, requests: Sequence[bytes], connections: int) -> Load:
    loop = asyncio.get_running_loop()
    opened: list[Connection] = []
    for nth in range(min(connections, len(requests))):
        share = requests[nth::connections]
        _, connection = await loop.create_connection(
            lambda share=share: Connection(share),  # type: ignore[misc]
            "127.0.0.1",
            port,
        )
        opened.append(connection)
    # The first request of a connection, which the server has to accept, is not measured.
    for connection in opened:
        connection.begin()
    await asyncio.gather(*(connection.warm for connection in opened))
    began, used = perf_counter(), process_time()
    for connection in opened:
        connection.begin()
    await asyncio.gather(*(connection.ended for connection in opened))
    taken, used = perf_counter() - began, process_time() - used
    positions = msgspec.json.Decoder(_Told).decode
    return Load(
        rate=(len(requests) - len(opened)) / taken,
        latencies=[each for connection in opened for each in connection.latencies],
        client=used / taken,
        positions=[positions(each).position for c in opened for each in c.answers],
    )


def _await_reader(server: Server, head: int) -> None:
    """Wait until the reader has read all that was stored."""
    until = perf_counter() + PATIENCE
    while perf_counter() < until:
        with asyncio.Runner() as runner:
            load = runner.run(_send_all(server.port, [_get(server, f"/read/{server.ledger}")], 1))
        if load.positions[0] >= head:
            return
        sleep(0.05)
    raise TimeoutError(f"the reader is not at {head}")
