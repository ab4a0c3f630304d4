"""Many tasks in front of one writer: what waits together shares one transaction and one fsync."""

from __future__ import annotations

import asyncio
import os
import threading
from collections.abc import Callable, Sequence
from queue import SimpleQueue

from application.handle import Batch, Done, Outcome, Request, Writer
from domain.people import Reason, Refused

MOST_AT_ONCE = 512
"""Commands that share one transaction at the most."""
MOST_HERE = 100
"""Commands that are decided between two turns of the event loop."""
MOST_WAITING = 20_000
"""Commands that may wait for their turn; past that a caller is told that the service is busy."""
FEW = 8
"""Commands that are not worth being parted in two batches."""

_Asked = tuple[Request, "asyncio.Future[Outcome]"]


class GroupCommit:
    """Takes requests from the tasks of one event loop, and decides on them while the batch before is being stored.

    What takes no waiting is done in the loop's own thread: handing over to another and back costs a lone client a sixth of
    his time, and many clients a third. The rest (reading, flushing a file, sorting out a failure) is done aside.
    """

    def __init__(self, writer: Writer) -> None:
        self._writer = writer
        self._waiting: list[_Asked] = []
        self._spell: asyncio.Task[None] | None = None
        self._ahead = _Group(writer)
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
        future: asyncio.Future[Outcome] = loop.create_future()
        if self._spell is None or self._spell.get_loop() is not loop:
            if self._spell is not None:
                # A loop that has ended took those who waited with it.
                self._waiting = []
                self._forsake()
            self._idle.clear()
            self._spell = loop.create_task(self._keep_busy(), name="group commit")
        self._waiting.append((request, future))
        self._ring()
        outcome = await future
        if isinstance(outcome, Exception):
            raise outcome
        return outcome

    def close(self) -> None:
        """Wait for what is under way, not in the loop's own thread; what comes later is refused."""
        self._closing = True
        while not self._idle.wait(0.2):
            if self._spell is None or self._spell.get_loop().is_closed():
                break
        self._aside.close()

    async def _keep_busy(self) -> None:
        """Decide, send and land as long as somebody waits."""
        try:
            while self._sent is not None or self._waiting:
                await self._decide(self._take())
                await self._decide_more()
                await self._move_on()
        except Exception as failed:  # handed to those who wait
            await self._clear_up(failed)
        finally:
            self._spell = None
            self._forsake()
            if self._waiting and not _is_cancelled():
                self._spell = asyncio.get_running_loop().create_task(self._keep_busy())
            else:
                self._refuse_waiting()
                self._idle.set()

    async def _move_on(self) -> None:
        """Land what was sent and send what was decided meanwhile."""
        landed, ahead = self._sent, self._ahead
        if landed is not None and not landed.batch.try_land():
            await self._aside.do(landed.batch.land)
        if ahead and ahead.batch.try_send():
            self._sent, self._ahead = ahead, _Group(self._writer)
        if landed is not None:
            # Once the next is on its way: the server works on it while everybody is told.
            landed.tell()
            if self._sent is landed:
                self._sent = None
        if ahead and self._sent is None:
            self._sent, self._ahead = ahead, _Group(self._writer)
            await self._aside.do(ahead.batch.send)

    async def _clear_up(self, failed: Exception) -> None:
        """What was sent may be stored all the same: that is found out. What was not, failed."""
        if self._sent is not None:
            await self._aside.do(self._sent.batch.land)
            self._sent.tell()
        self._ahead.fail(failed)

    def _forsake(self) -> None:
        """Give up what has not landed, if anything: whoever waits for it is to ask again, under the same command id."""
        for group in (self._ahead, self._sent):
            if group:
                group.batch.give_up()
                group.fail(Refused(Reason.BUSY))
        if self._ahead:
            self._ahead = _Group(self._writer)
        self._sent = self._bell = None
        self._answered = False

    def _refuse_waiting(self) -> None:
        waiting, self._waiting = self._waiting, []
        for _, future in waiting:
            if not future.done():
                future.set_exception(Refused(Reason.BUSY))

    async def _decide_more(self) -> None:
        """Go on deciding on what comes, until what was sent is stored."""
        if self._sent is None:
            return
        with _Listening(self._sent, self._hear):
            while not self._answered and len(self._ahead) < MOST_AT_ONCE:
                if self._waiting:
                    await asyncio.sleep(0)
                else:
                    self._bell = asyncio.get_running_loop().create_future()
                    await self._bell
                    self._bell = None
                await self._decide(self._take())
            self._answered = False

    async def _decide(self, asked: list[_Asked]) -> None:
        if asked:
            ahead = self._ahead
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


def _is_cancelled() -> bool:
    task = asyncio.current_task()
    return task is not None and task.cancelling() > 0


class _Group:
    """A batch and those who wait for it."""

    def __init__(self, writer: Writer) -> None:
        self.batch = Batch(writer)
        self.asked: list[_Asked] = []

    def __len__(self) -> int:
        return len(self.asked)

    def tell(self) -> None:
        """Give everybody his outcome."""
        try:
            outcomes: Sequence[Outcome] = self.batch.outcomes()
        except Exception as failed:  # handed to those who wait
            self.fail(failed)
            return
        for (_, future), outcome in zip(self.asked, outcomes, strict=True):
            if not future.done():
                future.set_result(outcome)

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
        try:
            # Of its own, since the connection may be used for another ledger before this one has heard of it.
            self._own = os.dup(there)
            self._loop.add_reader(self._own, self._hear, self._group)
        except OSError:
            # Too many files are open: it is waited for aside.
            self._hear(self._group)

    def _landed_by_another(self) -> None:
        self._loop.call_soon_threadsafe(self._hear, self._group)

    def __exit__(self, *_: object) -> None:
        self._group.batch.when_landed = lambda: None
        if self._own >= 0:
            self._loop.remove_reader(self._own)
            os.close(self._own)
            self._own = -1


class Aside:
    """A thread for what has to be waited for; it starts when it is first needed."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
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

        with self._lock:
            if self._thread is None:
                self._thread = threading.Thread(
                    target=_work, args=(self._given,), name="ledger-writer", daemon=True
                )
                self._thread.start()
            self._given.put(there)
        await done

    def close(self) -> None:
        """Wait for what it was given; what it is given later goes to another thread."""
        with self._lock:
            thread, self._thread = self._thread, None
            self._given.put(None)
            self._given = SimpleQueue()
        if thread is not None:
            thread.join()


def _work(given: SimpleQueue[Callable[[], None] | None]) -> None:
    while (work := given.get()) is not None:
        work()


def _say(done: asyncio.Future[None], failed: Exception | None) -> None:
    if done.done():
        return
    if failed is None:
        done.set_result(None)
    else:
        done.set_exception(failed)
