"""Carry out commands: gather, decide, append; many in one transaction, with a verdict each."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import NamedTuple
from zoneinfo import ZoneInfo

from application import codec
from application.book import Book, NotHere, Page
from application.clock import Clock, now
from application.log import (
    LARGEST_BODY,
    AlreadySpent,
    Answer,
    Log,
    NewRow,
    Overtaken,
    Spent,
    StoredRow,
    StreamTaken,
    TooLarge,
)
from application.vault import UNSEALED, Place, Vault
from domain import document, matter, occasion, personal, streams
from domain.deed import Known
from domain.entry import Entry, sealed_in
from domain.people import Actor, Reason, Refused, Via, Warned
from domain.streams import Command

Inspect = Callable[[document.Publish], None]

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
Outcome = Done | Exception
"""A verdict, or what went wrong in deciding on that one request."""


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
        vault: Vault = UNSEALED,
    ) -> None:
        self.log = log
        self.vault = vault
        self._clock = clock
        self.zone = ZoneInfo(zone)
        self.inspect = inspect
        self.turn = threading.RLock()
        self.under_way: Batch | None = None
        self._last_at = datetime.min.replace(tzinfo=UTC)
        self._book: Book | None = None

    def write(self, requests: Sequence[Request]) -> list[Verdict]:
        """Decide on all requests in order and append what follows, in one transaction; a refused one fails alone."""
        batch = Batch(self)
        batch.carry_out(requests)
        return batch.verdicts()

    def write_each(self, lists: Iterable[Sequence[Request]]) -> Iterator[list[Verdict]]:
        """As `write` for each of the lists, in order; a list is decided while the one before is being stored."""
        before: Batch | None = None
        for requests in lists:
            batch = Batch(self)
            batch.add(requests)
            if before is not None:
                before.land()
            batch.send()
            if before is not None:
                yield before.verdicts()
            before = batch
        if before is not None:
            before.land()
            yield before.verdicts()

    def one(self, request: Request) -> Done:
        """Carry out one request; raises `Refused`."""
        (verdict,) = self.write([request])
        if isinstance(verdict, Refused):
            raise verdict
        return verdict

    @property
    def has_book(self) -> bool:
        """Whether the book has been read."""
        return self._book is not None

    def opened(self) -> Book:
        """The book, read from the log on first use."""
        if self._book is None:
            book = Book(self.log, self.vault)
            book.open(self._clock().astimezone(self.zone).date())
            self._book = book
        return self._book

    def forget(self) -> None:
        """As `close_book`, once nothing is under way."""
        with self.turn:
            if self.under_way is not None:
                self.under_way.land()
            self.close_book()

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


class Batch:
    """Requests that share one transaction: added and decided, sent to the log, landed with a verdict each.

    It is decided on a page of the book, on top of the page of the batch that is under way. When a page is taken back,
    because what it was decided on was not stored so, its requests are decided anew.
    """

    def __init__(self, writer: Writer) -> None:
        self._writer = writer
        self._requests: list[Request] = []
        self._told: dict[int, codec.Told] = {}
        self._verdicts: dict[int, Outcome] = {}
        self._page: Page | None = None
        self._decided: list[_Decided] = []
        self._refused: dict[int, Exception] = {}
        self._ids: set[str] = set()
        self._answer: Answer | None = None
        self._fault: Exception | None = None
        self._losses = self._failures = 0
        self._has_landed = False
        self.when_landed: Callable[[], None] = lambda: None

    def __len__(self) -> int:
        return len(self._requests)

    def fileno(self) -> int:
        """What to wait on once it is sent: readable when it may be landed without waiting. -1 where it may be at once."""
        answer = self._answer
        return -1 if answer is None else answer.fileno()

    def try_add(self, requests: Sequence[Request]) -> bool:
        """As `add`, where nothing has to be waited for; whether it did."""
        writer = self._writer
        if any(isinstance(each.command, document.Publish) for each in requests):
            return False
        if not writer.turn.acquire(blocking=False):
            return False
        try:
            if not writer.has_book or (self._requests and not self._stands()):
                return False
            book, first = writer.opened(), len(self._requests)
            book.may_read = False
            try:
                self.add(requests)
            except NotHere:
                if self._page is not None:
                    book.take_back(self._page)
                for i in range(first, len(self._requests)):
                    self._told.pop(i, None)
                del self._requests[first:]
                return False
            finally:
                book.may_read = True
            return True
        finally:
            writer.turn.release()

    def try_send(self) -> bool:
        """As `send`, where nothing has to be waited for; whether it did."""
        writer = self._writer
        if not writer.turn.acquire(blocking=False):
            return False
        try:
            page = self._page
            if writer.under_way is not None or page is None or not self._stands():
                return False
            if self._fault is not None or not self._decided:
                return False
            spent = [d.spent for d in self._decided]
            try:
                self._answer = writer.log.try_send(page.before, self._rows(), spent)
            except Exception as fault:
                self._fault = fault
            if self._answer is None and self._fault is None:
                return False
            writer.under_way = self
            return True
        finally:
            writer.turn.release()

    def try_land(self) -> bool:
        """As `land`, where nothing has to be waited for; whether it did."""
        writer = self._writer
        if self._has_landed:
            # By an import that may have its turn for long.
            return True
        if not writer.turn.acquire(blocking=False):
            return False
        try:
            if writer.under_way is not self:
                return True
            if self._answer is None or not self._answer.is_there():
                return False
            self._take_answer()
            decided_all = len(self._decided) == len(self._requests)
            if self._fault is not None or not decided_all or not self._stands():
                return False
            try:
                self._settled()
            except Exception:  # landing it aside sorts it out
                return False
            writer.under_way = None
            return True
        finally:
            writer.turn.release()

    def add(self, requests: Sequence[Request]) -> None:
        """Decide on more requests; not once it is sent."""
        with self._writer.turn:
            first = len(self._requests)
            self._requests.extend(requests)
            if self._stands():
                self._decide(range(first, len(self._requests)))
            else:
                self._begin()

    def send(self) -> None:
        """Have it stored, once what is under way has landed."""
        with self._writer.turn:
            if self._writer.under_way is not None:
                self._writer.under_way.land()
            if not self._stands():
                self._begin()
            self._writer.under_way = self
            self._send()

    def land(self) -> None:
        """Wait until it is stored and take in what became of it: each request has its verdict, or the storage failed."""
        with self._writer.turn:
            if self._writer.under_way is self:
                self._writer.under_way = None
                self._take_answer()
                self._settle()
                self._finish()
                self._has_landed = True
                self.when_landed()

    def give_up(self) -> None:
        """Nobody waits for it any more: what was not sent is taken off the book; what was sent lands with the next."""
        with self._writer.turn:
            page = self._page
            if self._writer.under_way is not self and page is not None and self._stands():
                self._writer.opened().take_back(page)

    def carry_out(self, requests: Sequence[Request]) -> None:
        """All of that at once; what is under way is landed first."""
        with self._writer.turn:
            if self._writer.under_way is not None:
                self._writer.under_way.land()
            self._requests.extend(requests)
            self._finish()

    def outcomes(self) -> list[Outcome]:
        """What became of each request, in order; raises the trouble of a storage that failed again and again."""
        if self._fault is not None:
            raise self._fault
        return [self._verdicts[i] for i in range(len(self._requests))]

    def verdicts(self) -> list[Verdict]:
        """A verdict on each request, in order; raises what went wrong with the storage, or with one of them."""
        found: list[Verdict] = []
        for outcome in self.outcomes():
            if isinstance(outcome, Exception) and not isinstance(outcome, Refused):
                raise outcome
            found.append(outcome)
        return found

    def _finish(self) -> None:
        """Decide anew and store, alone, as long as a request has no verdict."""
        for _ in range(ATTEMPTS):
            if self._fault is not None or len(self._verdicts) == len(self._requests):
                return
            if self._writer.has_book:
                self._writer.opened().take_back()
            if self._losses < LOSSES_BEFORE_LOCKING:
                self._begin()
                self._send()
                self._take_answer()
            else:
                self._store_alone()
            self._settle()
        for i in range(len(self._requests)):
            self._verdicts.setdefault(i, Refused(Reason.BUSY))

    def _stands(self) -> bool:
        """Whether what was decided is still on the book."""
        page = self._page
        return page is not None and self._writer.has_book and self._writer.opened().has(page)

    def _begin(self) -> None:
        """Decide on all that has no verdict, on a new page."""
        self._page = None
        self._decided, self._refused, self._ids = [], {}, set()
        try:
            self._page = self._writer.opened().begin()
        except Exception as fault:
            self._fault = fault
            return
        self._decide([i for i in range(len(self._requests)) if i not in self._verdicts])

    def _send(self) -> None:
        """Send what was decided to the log."""
        log, page = self._writer.log, self._page
        try:
            if self._fault is None and page is not None:
                if self._decided:
                    spent = [d.spent for d in self._decided]
                    self._answer = log.send(page.before, self._rows(), spent)
                elif log.head() != page.before:
                    # A refusal, too, is given on the newest head.
                    raise Overtaken(log.ledger)
        except Exception as fault:
            self._fault = fault

    def _take_answer(self) -> None:
        answer, self._answer = self._answer, None
        try:
            if answer is not None:
                answer.take()
        except Exception as fault:
            self._fault = fault

    def _store_alone(self) -> None:
        """Decide and append while nobody else can move the head."""

        def decide() -> tuple[int, list[NewRow], list[Spent]]:
            self._writer.opened().catch_up()
            self._begin()
            if self._fault is not None:
                raise self._fault
            return self._writer.opened().head, self._rows(), [d.spent for d in self._decided]

        try:
            self._writer.log.append_alone(decide)
        except Exception as fault:
            self._fault = fault

    def _rows(self) -> list[NewRow]:
        return [row for d in self._decided for row in d.rows]

    def _settle(self) -> None:
        """Take in what became of what was decided; afterwards what is stored has a verdict."""
        fault, self._fault = self._fault, None
        try:
            if fault is None:
                self._settled()
            else:
                self._missed(fault)
        except Exception as trouble:
            # The reply was lost, perhaps after the commit. Whether it was stored is asked, never assumed.
            self._failures += 1
            self._writer.close_book()
            if self._failures > FAILURES:
                self._fault = trouble

    def _settled(self) -> None:
        book = self._writer.opened()
        if self._stands() and self._page is not None:
            book.settle(self._page)
        else:
            book.take_back()
            book.catch_up()
        for d in self._decided:
            self._verdicts[d.index] = d.done
        if self._refused:
            self._look_up(list(self._refused))
            for i, why in self._refused.items():
                self._verdicts.setdefault(i, why)

    def _missed(self, fault: Exception) -> None:
        """Prepare for another round: nothing of this one is stored, or it cannot be known."""
        book = self._writer.opened()
        book.take_back()
        match fault:
            case Overtaken():
                self._losses += 1
                book.catch_up()
            case AlreadySpent():
                self._look_up([i for i in range(len(self._requests)) if i not in self._verdicts])
            case StreamTaken():
                book.load(row.stream for row in self._rows())
            case TooLarge():
                self._refuse_too_large()
            case _:
                self._writer.close_book()
                self._look_up([d.index for d in self._decided])
                raise fault

    def _decide(self, todo: Sequence[int]) -> None:
        """Decide in order; the second of two requests with one command id waits for the next round.

        What is refused is put aside: it is final once what it was decided on proves to be the newest head.
        """
        book = self._writer.opened()
        try:
            self._gather(book, todo)
            at = self._writer.instant()
            today = at.astimezone(self._writer.zone).date()
            known = book.known(today, strict=False, now=at)
            strict = replace(known, strict=True)
            for i in todo:
                request = self._requests[i]
                if request.command_id in self._ids:
                    continue
                self._ids.add(request.command_id)
                try:
                    self._decided.append(
                        self._one(i, request, book, strict if request.strict else known, at)
                    )
                except Refused as why:
                    self._refused[i] = why
                except NotHere:
                    raise
                except Exception as fault:
                    if self._failures < FAILURES:
                        raise
                    # Not the storage, then: the others need not go without.
                    self._refused[i] = fault
        except NotHere:
            raise
        except Exception as fault:
            self._fault = fault

    def _gather(self, book: Book, todo: Sequence[int]) -> None:
        """Load the streams in one go; a record under a fresh id is taken to be new."""
        new: list[str] = []
        wanted: list[str] = []
        told_of: set[str] = set()
        for i in todo:
            command = self._requests[i].command
            try:
                stream = streams.stream_of(command)
            except Refused:
                continue
            told = personal.texts(command, streams.kept_with(command), subject=book.about(stream))
            told_of.update(whose for whose, _, _ in told)
            if isinstance(command, occasion.RecordOccasion | matter.RecordMatter):
                new.append(stream)
            else:
                wanted.append(stream)
            other = streams.elsewhere(command)
            if other is not None:
                wanted.append(other)
        vault = self._writer.vault
        if told_of and not vault.has(told_of):
            if not book.may_read:
                raise NotHere(*told_of)
            vault.prepare(told_of)
        if wanted:
            book.load(wanted)
        for stream in new:
            book.assume_new(stream)

    def _one(
        self, index: int, request: Request, book: Book, known: Known, at: datetime
    ) -> _Decided:
        command, actor = request.command, request.actor
        stream = streams.stream_of(command)
        state, version = book.look(stream)
        if request.seen is not None and request.seen != version:
            raise Refused(Reason.CHANGED_MEANWHILE, "If-Match", f"{request.seen} ≠ {version}")
        if isinstance(command, document.Publish):
            self._writer.inspect(command)
        warned = tuple(streams.warnings(command, known))
        events = streams.decide(state, command, actor, known)
        told, vault = self._told_of(index), self._writer.vault
        head = book.newest
        rows: list[NewRow] = []
        versions = {stream: version}
        for event in events:
            home = streams.home_of(event, stream)
            if home not in versions:
                versions[home] = book.version(home)
            versions[home] += 1
            version = versions[home]
            envelope = sealed_in(
                actor,
                at=at,
                day=known.today,
                on=streams.day_of(event),
                command=request.command_id,
                cause=request.cause,
            )
            sealed = vault.sealed(event, Place(home, version))
            rows.append(
                NewRow(home, version, codec.name_of(event), codec.encode(sealed, envelope, told))
            )
            book.apply(
                Entry(
                    position=head + len(rows),
                    stream=home,
                    version=version,
                    event=event,
                    envelope=envelope,
                )
            )
        last = head + len(rows)
        done = Done(
            stream=stream,
            version=versions[stream],
            position=last,
            entries=len(rows),
            warnings=warned,
        )
        spent = (head + 1, last) if rows else (0, 0)
        return _Decided(index, rows, Spent(request.command_id, told.digest, *spent), done)

    def _told_of(self, index: int, subject: str = "") -> codec.Told:
        """What a request asks for, in bytes; `subject` is whom its stream is about, where the book does not know it yet."""
        told = self._told.get(index)
        if told is None:
            command = self._requests[index].command
            stream = streams.stream_of(command)
            subject = subject or self._writer.opened().about(stream)
            # Whoever reads the digest must not be able to guess at what tells of a person.
            masked = self._writer.vault.masked(command, streams.kept_with(command), subject)
            told = self._told[index] = codec.Told(masked)
        return told

    def _look_up(self, indexes: Sequence[int]) -> None:
        """Ask which of these command ids have been spent, and answer all requests that have one of them."""
        found = self._writer.log.look_up([self._requests[i].command_id for i in indexes])
        if found:
            # So that what is answered is what is stored, not what has been decided on top of it.
            self._writer.opened().take_back()
        for i, request in enumerate(self._requests) if found else ():
            spent = found.get(request.command_id)
            if spent is not None and i not in self._verdicts:
                self._verdicts[i] = self._answer_again(i, spent)

    def _answer_again(self, index: int, spent: Spent) -> Verdict:
        """The first result again, or a refusal where the id was spent on something else."""
        request = self._requests[index]
        rows = self._writer.log.at([spent.last]) if spent.last else []
        try:
            # What was stored says itself whom it is about, also where another process stored it.
            told = self._told_of(index, _subject_of(rows))
        except Refused as refused:
            return refused
        if spent.digest != told.digest:
            return Refused(Reason.COMMAND_ID_REUSED, "Idempotency-Key", request.command_id)
        if not request.actor.writes:
            return Refused(Reason.NOT_ALLOWED)
        if not spent.last:
            stream, book = streams.stream_of(request.command), self._writer.opened()
            return Done(
                stream=stream,
                version=book.version(stream),
                position=book.head,
                entries=0,
                again=True,
            )
        first = codec.envelope_of(rows[0])
        # The same file may be imported by two people; any other answer is for who asked first.
        if request.actor.person != first.by and request.actor.via is not Via.IMPORT:
            return Refused(Reason.COMMAND_ID_REUSED, "Idempotency-Key", request.command_id)
        return Done(
            stream=rows[0].stream,
            version=rows[0].version,
            position=spent.last,
            entries=spent.last - spent.first + 1,
            again=True,
        )

    def _refuse_too_large(self) -> None:
        for d in self._decided:
            if any(len(row.body) > LARGEST_BODY for row in d.rows):
                self._verdicts[d.index] = Refused(Reason.TOO_LARGE, "/body")


def _subject_of(rows: Sequence[StoredRow]) -> str:
    """Whom a stored entry of a query is about, nothing for any other."""
    for row in rows:
        if row.stream.startswith(streams.Root.DISPUTE.prefix):
            return str(codec.decode(row).event.subject)
    return ""
