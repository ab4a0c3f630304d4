"""Many tasks in front of one writer: what waits together shares one transaction and one fsync."""

from __future__ import annotations

import asyncio
import selectors
import socket
import threading
from collections.abc import Callable, Sequence
from queue import Empty, SimpleQueue

from application.handle import Batch, Done, Request, Verdict, Writer
from domain.people import Reason, Refused

MOST_AT_ONCE = 512
"""Commands that share one transaction at the most."""
MOST_WAITING = 20_000
"""Commands that may wait for their turn; past that a caller is told that the service is busy."""
FEW = 8
"""Commands that are not worth being parted in two batches."""

_Asked = tuple[Request, "asyncio.Future[Verdict]"]


class GroupCommit:
    """Takes requests from tasks and decides on them, in a thread of its own, while the batch before is being stored."""

    def __init__(self, writer: Writer) -> None:
        self._writer = writer
        self._waiting: SimpleQueue[_Asked | None] = SimpleQueue()
        self._bell = Bell()
        self._thread = threading.Thread(target=self._run, name="ledger-writer", daemon=True)
        self._closing = False
        self._thread.start()

    async def submit(self, request: Request) -> Done:
        """Carry out one request together with its neighbours; raises `Refused` for this one alone."""
        if self._closing or self._waiting.qsize() >= MOST_WAITING:
            raise Refused(Reason.BUSY)
        future: asyncio.Future[Verdict] = asyncio.get_running_loop().create_future()
        self._waiting.put((request, future))
        self._bell.ring()
        verdict = await future
        if isinstance(verdict, Refused):
            raise verdict
        return verdict

    def close(self) -> None:
        """Wait for what is under way; what comes later is refused."""
        self._closing = True
        self._waiting.put(None)
        self._bell.ring()
        self._thread.join()
        self._bell.close()

    def _run(self) -> None:
        sent: _Group | None = None
        while not self._closing or sent is not None or self._waiting.qsize():
            ahead = _Group(self._writer)
            ahead.add(self._take(idle=sent is None))
            while sent is not None and self._keeps_waiting(sent, ahead):
                if not self._waiting.qsize():
                    self._bell.wait(sent.batch.fileno(), self._waiting.qsize)
                ahead.add(self._take(idle=False))
            landed, sent = sent, None
            if landed is not None:
                landed.batch.land()
            if ahead:
                ahead.batch.send()
                sent = ahead
            if landed is not None:
                landed.tell()

    def _keeps_waiting(self, sent: _Group, ahead: _Group) -> bool:
        """Whether there is time to decide on more. Who was alone is likely to come back alone, once he has his answer."""
        return len(sent) > 1 and len(ahead) < MOST_AT_ONCE and not sent.batch.is_stored()

    def _take(self, *, idle: bool) -> list[_Asked]:
        """What waits by now; something, where there is nothing else to do.

        Of many, half are left at first, to be decided while the first half is being stored.
        """
        taken: list[_Asked] = []
        try:
            while not taken or not idle or len(taken) <= max(FEW, self._waiting.qsize()):
                asked = self._waiting.get(block=idle and not taken)
                if asked is not None:
                    taken.append(asked)
                elif idle:
                    break
        except Empty:
            pass
        return taken


class Bell:
    """Wakes a thread that waits for a socket."""

    def __init__(self) -> None:
        self._listening = False
        self._ear, self._mouth = socket.socketpair()
        self._mouth.setblocking(False)
        self._heard = selectors.DefaultSelector()
        self._heard.register(self._ear, selectors.EVENT_READ)

    def ring(self) -> None:
        """Wake whoever waits; costs next to nothing where nobody does."""
        if self._listening:
            self._listening = False
            self._mouth.send(b"!")

    def wait(self, fileno: int, already: Callable[[], object]) -> None:
        """Wait until that file can be read or the bell is rung; not at all where there is something already."""
        if fileno < 0:
            return
        self._listening = True
        if not already():
            self._heard.register(fileno, selectors.EVENT_READ)
            try:
                if any(key.fileobj is self._ear for key, _ in self._heard.select()):
                    self._ear.recv(4096)
            finally:
                self._heard.unregister(fileno)
        self._listening = False

    def close(self) -> None:
        """Give back the sockets."""
        self._heard.close()
        self._ear.close()
        self._mouth.close()


class _Group:
    """A batch and those who wait for it."""

    def __init__(self, writer: Writer) -> None:
        self.batch = Batch(writer)
        self.asked: list[_Asked] = []

    def __len__(self) -> int:
        return len(self.asked)

    def add(self, asked: list[_Asked]) -> None:
        """Decide on more requests."""
        if asked:
            self.asked.extend(asked)
            self.batch.add([request for request, _ in asked])

    def tell(self) -> None:
        """Give all futures of one loop their results in one go."""
        loop = self.asked[0][1].get_loop()
        verdicts: Sequence[Verdict | Exception]
        try:
            verdicts = self.batch.verdicts()
        except Exception as failed:  # handed to those who wait
            verdicts = [failed] * len(self.asked)
        try:
            loop.call_soon_threadsafe(_settle, self.asked, verdicts)
        except RuntimeError:
            # The loop has been closed: nobody waits any more.
            return


def _settle(asked: list[_Asked], verdicts: Sequence[Verdict | Exception]) -> None:
    for (_, future), verdict in zip(asked, verdicts, strict=True):
        if future.done():
            continue
        if isinstance(verdict, Exception) and not isinstance(verdict, Refused):
            future.set_exception(verdict)
        else:
            future.set_result(verdict)
