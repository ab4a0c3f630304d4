"""Carry out commands: gather, decide, append; many in one transaction, with a verdict each."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from queue import Empty, SimpleQueue
from typing import NamedTuple
from zoneinfo import ZoneInfo

from application import codec
from application.book import Book
from application.log import (
    LARGEST_BODY,
    AlreadySpent,
    Log,
    NewRow,
    Overtaken,
    Spent,
    StreamTaken,
    TooLarge,
)
from domain import document, matter, occasion, streams
from domain.deed import Known
from domain.entry import Entry, sealed_in
from domain.people import Actor, Reason, Refused, Via, Warned
from domain.streams import Command

Clock = Callable[[], datetime]
Inspect = Callable[[document.Publish], None]

MOST_AT_ONCE = 512
"""Commands that share one transaction at the most."""
MOST_WAITING = 20_000
"""Commands that may wait for their turn; past that a caller is told that the service is busy."""
ATTEMPTS = 30
LOSSES_BEFORE_LOCKING = 2
FAILURES = 2
"""How often a batch is tried again after the storage failed under it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """A command with its id, who asks, and the version of the stream that he has seen, where he says so."""

    command: Command
    actor: Actor
    command_id: str
    cause: str = ""
    seen: int | None = None
    strict: bool = False


class Done(NamedTuple):
    """A command was carried out: the stream, its version, and the last position to wait for.

    `entries` is how many entries it appended: none where it was so already. `again` says that this is the answer of an
    earlier request with the same command id.
    """

    stream: str
    version: int
    position: int
    entries: int
    again: bool = False
    warnings: tuple[Warned, ...] = ()


Verdict = Done | Refused


def now() -> datetime:
    """The instant, in UTC."""
    return datetime.now(UTC)


def nothing_to_inspect(_: document.Publish) -> None:
    """Accept any document."""


class Writer:
    """The write side of one ledger in this process. Safe to call from several threads; batches take turns."""

    def __init__(
        self,
        log: Log,
        *,
        clock: Clock = now,
        zone: str = "Asia/Shanghai",
        inspect: Inspect = nothing_to_inspect,
    ) -> None:
        self.log = log
        self._clock = clock
        self.zone = ZoneInfo(zone)
        self.inspect = inspect
        self._lock = threading.Lock()
        self._last_at = datetime.min.replace(tzinfo=UTC)
        self._book: Book | None = None

    def write(self, requests: Sequence[Request]) -> list[Verdict]:
        """Decide on all requests in order and append what follows, in one transaction; a refused one fails alone."""
        with self._lock:
            return _Batch(self, requests).carry_out()

    def one(self, request: Request) -> Done:
        """Carry out one request; raises `Refused`."""
        (verdict,) = self.write([request])
        if isinstance(verdict, Refused):
            raise verdict
        return verdict

    def opened(self) -> Book:
        """The book, read from the log on first use."""
        if self._book is None:
            book = Book(self.log)
            book.open(self._clock().astimezone(self.zone).date())
            self._book = book
        return self._book

    def close_book(self) -> None:
        """Read the book anew on next use: what is in memory may not be what is stored."""
        self._book = None

    def instant(self) -> datetime:
        """Now, but never before what was recorded last, be it by another process with another clock."""
        book = self._book
        self._last_at = max(
            self._clock(), self._last_at if book is None else max(self._last_at, book.last_at)
        )
        return self._last_at


@dataclass(slots=True)
class _Decided:
    index: int
    rows: list[NewRow]
    spent: Spent
    done: Done


class _Batch:
    """One batch on its way: decided on the book as it is, taken back and decided again if overtaken."""

    def __init__(self, writer: Writer, requests: Sequence[Request]) -> None:
        self.writer = writer
        self.requests = requests
        self.told: dict[int, codec.Told] = {}
        self.verdicts: dict[int, Verdict] = {}
        self.losses = 0
        self.failures = 0

    def carry_out(self) -> list[Verdict]:
        book = self.writer.opened()
        for _ in range(ATTEMPTS):
            todo = [i for i in range(len(self.requests)) if i not in self.verdicts]
            if not todo:
                return [self.verdicts[i] for i in range(len(self.requests))]
            book = self._round(book, todo)
        for i in range(len(self.requests)):
            self.verdicts.setdefault(i, Refused(Reason.BUSY))
        return [self.verdicts[i] for i in range(len(self.requests))]

    def _round(self, book: Book, todo: list[int]) -> Book:
        """Decide on what is left and append it; afterwards what is stored has a verdict."""
        decided: list[_Decided] = []
        refused: dict[int, Refused] = {}
        rows: list[NewRow] = []

        def decide() -> tuple[int, list[NewRow], list[Spent]]:
            decided.extend(self._decide(book, todo, refused))
            rows.extend(row for d in decided for row in d.rows)
            return book.head, rows, [d.spent for d in decided]

        def decide_newly() -> tuple[int, list[NewRow], list[Spent]]:
            book.catch_up()
            return decide()

        book.begin()
        try:
            if self.losses >= LOSSES_BEFORE_LOCKING:
                self.writer.log.append_alone(decide_newly)
            else:
                append = decide()
                if decided:
                    self.writer.log.append(*append)
                elif self.writer.log.head() != book.head:
                    # A refusal, too, is given on the newest head.
                    raise Overtaken(self.writer.log.ledger)
        except Overtaken:
            self.losses += 1
            book.take_back()
            book.catch_up()
            return book
        except AlreadySpent:
            book.take_back()
            self._look_up(todo)
            return book
        except StreamTaken:
            book.take_back()
            book.load(row.stream for row in rows)
            return book
        except TooLarge:
            book.take_back()
            self._refuse_too_large(decided)
            return book
        except Exception:
            # The reply was lost, perhaps after the commit. Whether it was stored is asked, never assumed.
            self.failures += 1
            self.writer.close_book()
            if self.failures > FAILURES:
                raise
            self._look_up([d.index for d in decided])
            return self.writer.opened()
        book.settle(book.head + len(rows))
        for d in decided:
            self.verdicts[d.index] = d.done
        self.verdicts |= refused
        return book

    def _decide(self, book: Book, todo: list[int], refused: dict[int, Refused]) -> list[_Decided]:
        """Decide in order; the second of two requests with one command id waits for the next round.

        What is refused is put into `refused`: it is final once what it was decided on proves to be the newest head.
        A refused request whose command id was spent before gets that answer at once.
        """
        self._gather(book, todo)
        at = self.writer.instant()
        today = at.astimezone(self.writer.zone).date()
        known = book.known(today, strict=False)
        head = book.head
        decided: list[_Decided] = []
        ids: set[str] = set()
        for i in todo:
            request = self.requests[i]
            if request.command_id in ids:
                continue
            ids.add(request.command_id)
            try:
                one = self._one(i, request, book, known, head, at)
            except Refused as why:
                refused[i] = why
                continue
            head += len(one.rows)
            decided.append(one)
        if refused:
            found = self.writer.log.look_up([self.requests[i].command_id for i in refused])
            for i in todo:
                spent = found.get(self.requests[i].command_id)
                if spent is not None:
                    refused.pop(i, None)
                    self.verdicts[i] = self._answer_again(i, spent)
        return decided

    def _gather(self, book: Book, todo: list[int]) -> None:
        """Load the streams of the batch in one go; a record under a fresh id is taken to be new."""
        wanted: list[str] = []
        for i in todo:
            command = self.requests[i].command
            try:
                stream = streams.stream_of(command)
            except Refused:
                continue
            if isinstance(command, occasion.RecordOccasion | matter.RecordMatter):
                book.assume_new(stream)
            else:
                wanted.append(stream)
        book.load(wanted)

    def _one(
        self, index: int, request: Request, book: Book, known: Known, head: int, at: datetime
    ) -> _Decided:
        command = request.command
        stream = streams.stream_of(command)
        state, version = book.state(stream), book.version(stream)
        if request.seen is not None and request.seen != version:
            raise Refused(Reason.CHANGED_MEANWHILE, "If-Match", f"{request.seen} ≠ {version}")
        if isinstance(command, document.Publish):
            self.writer.inspect(command)
        if request.strict:
            known = replace(known, strict=True)
        warned = tuple(streams.warnings(command, known))
        events = streams.decide(state, command, request.actor, known)
        told = self._told(index)
        rows: list[NewRow] = []
        for event in events:
            version += 1
            head += 1
            envelope = sealed_in(
                request.actor,
                at=at,
                day=known.today,
                on=streams.day_of(event),
                command=request.command_id,
                cause=request.cause,
            )
            rows.append(
                NewRow(stream, version, codec.name_of(event), codec.encode(event, envelope, told))
            )
            book.apply(
                Entry(position=head, stream=stream, version=version, event=event, envelope=envelope)
            )
        done = Done(
            stream=stream, version=version, position=head, entries=len(rows), warnings=warned
        )
        first, last = (head - len(rows) + 1, head) if rows else (0, 0)
        return _Decided(index, rows, Spent(request.command_id, told.digest, first, last), done)

    def _told(self, index: int) -> codec.Told:
        told = self.told.get(index)
        if told is None:
            told = self.told[index] = codec.Told(self.requests[index].command)
        return told

    def _look_up(self, indexes: list[int]) -> None:
        """Answer those of the requests whose command id has been spent."""
        found = self.writer.log.look_up([self.requests[i].command_id for i in indexes])
        for i in indexes:
            spent = found.get(self.requests[i].command_id)
            if spent is not None:
                self.verdicts[i] = self._answer_again(i, spent)

    def _answer_again(self, index: int, spent: Spent) -> Verdict:
        """The first result again, or a refusal where the id was spent on something else."""
        request = self.requests[index]
        if spent.digest != self._told(index).digest:
            return Refused(Reason.COMMAND_ID_REUSED, "Idempotency-Key", request.command_id)
        if not request.actor.writes:
            return Refused(Reason.NOT_ALLOWED)
        if not spent.last:
            stream, book = streams.stream_of(request.command), self.writer.opened()
            return Done(
                stream=stream,
                version=book.version(stream),
                position=book.head,
                entries=0,
                again=True,
            )
        rows = self.writer.log.at([spent.last])
        told = codec.envelope_of(rows[0])
        # The same file may be imported by two people; any other answer is for who asked first.
        if request.actor.person != told.by and request.actor.via is not Via.IMPORT:
            return Refused(Reason.COMMAND_ID_REUSED, "Idempotency-Key", request.command_id)
        return Done(
            stream=rows[0].stream,
            version=rows[0].version,
            position=spent.last,
            entries=spent.last - spent.first + 1,
            again=True,
        )

    def _refuse_too_large(self, decided: list[_Decided]) -> None:
        for d in decided:
            if any(len(row.body) > LARGEST_BODY for row in d.rows):
                self.verdicts[d.index] = Refused(Reason.TOO_LARGE, "/body")


_Asked = tuple[Request, "asyncio.Future[Verdict]"]


class GroupCommit:
    """Many tasks in front of one writer: what waits together shares one transaction and one fsync.

    One thread of its own takes what is there; a pool's way of handing over costs a lone client a sixth of his time.
    """

    def __init__(self, writer: Writer) -> None:
        self._writer = writer
        self._waiting: SimpleQueue[_Asked | None] = SimpleQueue()
        self._thread = threading.Thread(target=self._run, name="ledger-writer", daemon=True)
        self._closed = self._closing = False
        self._thread.start()

    async def submit(self, request: Request) -> Done:
        """Carry out one request together with its neighbours; raises `Refused` for this one alone."""
        if self._closing or self._waiting.qsize() >= MOST_WAITING:
            raise Refused(Reason.BUSY)
        future: asyncio.Future[Verdict] = asyncio.get_running_loop().create_future()
        self._waiting.put((request, future))
        verdict = await future
        if isinstance(verdict, Refused):
            raise verdict
        return verdict

    def close(self) -> None:
        """Wait for what is under way; what comes later is refused."""
        self._closing = True
        self._waiting.put(None)
        self._thread.join()

    def _run(self) -> None:
        while batch := self._next():
            try:
                verdicts: Sequence[Verdict | Exception] = self._writer.write([r for r, _ in batch])
            except Exception as failed:  # handed to those who wait
                verdicts = [failed] * len(batch)
            _tell(batch, verdicts)

    def _next(self) -> list[_Asked]:
        """What waits by now, at least one; nothing once closed."""
        batch: list[_Asked] = []
        try:
            while len(batch) < MOST_AT_ONCE and not self._closed:
                asked = self._waiting.get(block=not batch)
                if asked is None:
                    self._closed = True
                else:
                    batch.append(asked)
        except Empty:
            pass
        return batch


def _tell(batch: list[_Asked], verdicts: Sequence[Verdict | Exception]) -> None:
    """Give all futures of one loop their results in one go."""
    loop = batch[0][1].get_loop()
    try:
        loop.call_soon_threadsafe(_settle, batch, verdicts)
    except RuntimeError:
        # The loop has been closed: nobody waits any more.
        return


def _settle(batch: list[_Asked], verdicts: Sequence[Verdict | Exception]) -> None:
    for (_, future), verdict in zip(batch, verdicts, strict=True):
        if future.done():
            continue
        if isinstance(verdict, Exception) and not isinstance(verdict, Refused):
            future.set_exception(verdict)
        else:
            future.set_result(verdict)
