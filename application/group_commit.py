"""Many tasks in front of one writer: what waits together shares one transaction and one fsync."""

from __future__ import annotations

import asyncio
import os
import threading
from collections.abc import Callable, Sequence
from queue import SimpleQueue

from application.handle import Batch, Done, Request, Verdict, Writer
from domain.people import Reason, Refused

MOST_AT_ONCE = 512
"""Commands that share one transaction at the most."""
MOST_HERE = 100
"""Commands that are decided between two turns of the event loop."""
MOST_WAITING = 20_000
"""Commands that may wait for their turn; past that a caller is told that the service is busy."""
FEW = 8
"""Commands that are not worth being parted in two batches."""

_Asked = tuple[Request, "asyncio.Future[Verdict]"]


class GroupCommit:
    """Takes requests from the tasks of one event loop, and decides on them while the batch before is being stored.

    What takes no waiting is done in the loop's own thread: handing over to another and back costs a lone client a sixth of
    his time, and many clients a third. The rest (reading, flushing a file, sorting out a failure) is done aside.
    """

    def __init__(self, writer: Writer) -> None:
        self._writer = writer
        self._waiting: list[_Asked] = []
        self._spell: asyncio.Task[None] | None = None
        self._sent: _Group | None = None
        self._answered = self._closing = False
        self._bell: asyncio.Future[None] | None = None
        self._aside = Aside()
        self._idle = threading.Event()
        self._idle.set()

    async def submit(self, request: Request) -> Done:
        """Carry out one request together with its neighbours; raises `Refused` for this one alone."""
        if self._closing or len(self._waiting) >= MOST_WAITING:
            raise Refused(Reason.BUSY)
        loop = asyncio.get_running_loop()
        future: asyncio.Future[Verdict] = loop.create_future()
        if self._spell is None or self._spell.get_loop() is not loop:
            # A loop that has ended took those who waited with it.
            self._waiting, self._sent, self._bell, self._answered = [], None, None, False
            self._idle.clear()
            self._spell = loop.create_task(self._keep_busy(), name="group commit")
        self._waiting.append((request, future))
        self._ring()
        verdict = await future
        if isinstance(verdict, Refused):
            raise verdict
        return verdict

    def close(self) -> None:
        """Wait for what is under way, not in the loop's own thread; what comes later is refused."""
        self._closing = True
        while not self._idle.wait(0.2):
            if self._spell is None or self._spell.get_loop().is_closed():
                break
        self._aside.close()

    async def _keep_busy(self) -> None:
        """Decide, send and land as long as somebody waits."""
        ahead = _Group(self._writer)
        try:
            while self._sent is not None or self._waiting:
                await self._decide(ahead, self._take())
                await self._decide_more(ahead)
                landed, self._sent = self._sent, None
                if landed is not None and not landed.batch.try_land():
                    await self._aside.do(landed.batch.land)
                if ahead:
                    if not ahead.batch.try_send():
                        await self._aside.do(ahead.batch.send)
                    self._sent, ahead = ahead, _Group(self._writer)
                if landed is not None:
                    landed.tell()
        except Exception as failed:  # handed to those who wait
            for each in (ahead, self._sent):
                if each is not None:
                    each.fail(failed)
            self._sent = None
        finally:
            self._spell = None
            self._idle.set()
            if self._waiting:
                self._idle.clear()
                self._spell = asyncio.get_running_loop().create_task(self._keep_busy())

    async def _decide_more(self, ahead: _Group) -> None:
        """Go on deciding on what comes, until what was sent is stored."""
        if self._sent is None:
            return
        with _Listening(self._sent, self._hear):
            while not self._answered and len(ahead) < MOST_AT_ONCE:
                if self._waiting:
                    await asyncio.sleep(0)
                else:
                    self._bell = asyncio.get_running_loop().create_future()
                    await self._bell
                    self._bell = None
                await self._decide(ahead, self._take())
            self._answered = False

    async def _decide(self, ahead: _Group, asked: list[_Asked]) -> None:
        if asked:
            requests = [request for request, _ in asked]
            ahead.asked.extend(asked)
            if not ahead.batch.try_add(requests):
                await self._aside.do(lambda: ahead.batch.add(requests))

    def _take(self) -> list[_Asked]:
        """Some of those who wait. Where nothing is being stored, half of many are left to be decided meanwhile."""
        room = MOST_HERE
        if self._sent is None:
            room = min(room, max(FEW, (len(self._waiting) + 1) // 2))
        taken, self._waiting = self._waiting[:room], self._waiting[room:]
        return taken

    def _hear(self, group: _Group) -> None:
        """What was sent may have been stored."""
        if group is self._sent:
            self._answered = True
            self._ring()

    def _ring(self) -> None:
        if self._bell is not None and not self._bell.done():
            self._bell.set_result(None)


class _Group:
    """A batch and those who wait for it."""

    def __init__(self, writer: Writer) -> None:
        self.batch = Batch(writer)
        self.asked: list[_Asked] = []

    def __len__(self) -> int:
        return len(self.asked)

    def tell(self) -> None:
        """Give everybody his verdict."""
        try:
            verdicts: Sequence[Verdict] = self.batch.verdicts()
        except Exception as failed:  # handed to those who wait
            self.fail(failed)
            return
        for (_, future), verdict in zip(self.asked, verdicts, strict=True):
            if not future.done():
                future.set_result(verdict)

    def fail(self, why: Exception) -> None:
        """Tell everybody that it went wrong."""
        for _, future in self.asked:
            if not future.done():
                future.set_exception(why)


class _Listening:
    """Tells when a batch that was sent may be landed: because the log answers, or because somebody else has landed it."""

    def __init__(self, group: _Group, hear: Callable[[_Group], None]) -> None:
        self._loop = asyncio.get_running_loop()
        self._group = group
        self._hear = hear
        self._own = -1

    def __enter__(self) -> None:
        self._group.batch.when_landed = self._landed_by_another
        there = self._group.batch.fileno()
        if there < 0:
            self._hear(self._group)
            return
        # Of its own, since the connection may be used for another ledger before this one has heard of it.
        self._own = os.dup(there)
        self._loop.add_reader(self._own, self._hear, self._group)

    def _landed_by_another(self) -> None:
        self._loop.call_soon_threadsafe(self._hear, self._group)

    def __exit__(self, *_: object) -> None:
        self._group.batch.when_landed = lambda: None
        if self._own >= 0:
            self._loop.remove_reader(self._own)
            os.close(self._own)


class Aside:
    """A thread for what has to be waited for; it starts when it is first needed."""

    def __init__(self) -> None:
        self._given: SimpleQueue[Callable[[], None] | None] = SimpleQueue()
        self._thread: threading.Thread | None = None

    async def do(self, work: Callable[[], None]) -> None:
        """Wait for this to be done there; raises what it raises."""
        loop = asyncio.get_running_loop()
        done: asyncio.Future[None] = loop.create_future()

        def there() -> None:
            failed: Exception | None = None
            try:
                work()
            except Exception as why:  # raised where it is waited for
                failed = why
            try:
                loop.call_soon_threadsafe(_say, done, failed)
            except RuntimeError:
                # The loop has been closed: nobody waits any more.
                return

        if self._thread is None:
            self._thread = threading.Thread(target=self._work, name="ledger-writer", daemon=True)
            self._thread.start()
        self._given.put(there)
        await done

    def close(self) -> None:
        """Wait for what it was given."""
        if self._thread is not None:
            self._given.put(None)
            self._thread.join()
            self._thread = None

    def _work(self) -> None:
        while (work := self._given.get()) is not None:
            work()


def _say(done: asyncio.Future[None], failed: Exception | None) -> None:
    if done.done():
        return
    if failed is None:
        done.set_result(None)
    else:
        done.set_exception(failed)
