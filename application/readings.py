"""Who looked at what tells of a person: a log of its own beside each ledger, sealed like it, written before the answer is given."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date, datetime
from threading import Lock
from uuid import uuid4
from zoneinfo import ZoneInfo

import msgspec

from application import codec
from application.clock import Clock, now
from application.log import Log, NewRow, Overtaken, StoredRow
from domain.access import Action
from domain.entry import Envelope, sealed_in
from domain.people import Actor

NAME = "reading.noted"
NAMES = frozenset({NAME})
"""Every stored name of these logs."""
ATTEMPTS = 30
MOST_AT_ONCE = 1_000
"""Readings that are stored in one transaction."""
PATIENCE = 20.0
"""Seconds that a reader waits for his reading to be noted, before he is refused the answer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadingNoted:
    """Somebody was shown what tells of somebody: `subject` is a stream of the ledger, `action` what he was let do, `through` the operation.

    Where he took a file of evidence away instead, `subject` is `file/SHA256`, and `reason` says why.
    """

    subject: str
    action: Action
    through: str
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Reading:
    """A reading as it was noted, and where in its log."""

    position: int
    envelope: Envelope
    noted: ReadingNoted


class _Stored(msgspec.Struct):
    envelope: Envelope
    event: ReadingNoted


_decode = msgspec.json.Decoder(_Stored).decode


_Waiting = tuple[Actor, ReadingNoted, "Future[None]"]


def _stream(subject: str, at: datetime) -> str:
    """A stream of its own for each reading, so that those of one subject and month lie together, and with no others."""
    return f"{subject}/{at:%Y-%m}/{uuid4().hex}"


class Readings:
    """The readings of one ledger. Safe for several threads; those who read at once share a transaction."""

    def __init__(
        self, open_log: Callable[[], Log], *, clock: Clock = now, zone: str = "Asia/Shanghai"
    ) -> None:
        self._open_log = open_log
        self._log: Log | None = None
        self._clock = clock
        self._zone = ZoneInfo(zone)
        self._lock = Lock()
        self._waiting: list[_Waiting] = []
        self._writer = ThreadPoolExecutor(1, thread_name_prefix="readings")

    @property
    def log(self) -> Log:
        """Where they lie; made when the first is noted or asked for."""
        with self._lock:
            if self._log is None:
                self._log = self._open_log()
            return self._log

    def note(self, actor: Actor, noted: Sequence[ReadingNoted]) -> None:
        """Note these readings; returns once they are on the disk. Raises what the storage raises: then nothing may be shown."""
        futures: list[Future[None]] = [Future() for _ in noted]
        with self._lock:
            self._waiting += [(actor, each, f) for each, f in zip(noted, futures, strict=True)]
        self._writer.submit(self._write)
        for future in futures:
            future.result(PATIENCE)

    def of(self, subject: str, month: date, limit: int, before: int | None = None) -> list[Reading]:
        """The readings of that subject in a month (of UTC), the newest first, at most so many; only those `before` a position where that is said."""
        log, prefix = self.log, f"{subject}/{month:%Y-%m}/"
        up_to = log.head() if before is None else before - 1
        rows = log.streams_like(prefix, up_to, newest=limit)
        return [_reading(row) for row in reversed(rows)]

    def close(self) -> None:
        """Wait for what is under way, and give back the log."""
        self._writer.shutdown()
        with self._lock:
            if self._log is not None:
                self._log.close()

    def _write(self) -> None:
        """Write all that waits; nothing does where it was written together with others."""
        while True:
            with self._lock:
                taken = self._waiting[:MOST_AT_ONCE]
                del self._waiting[:MOST_AT_ONCE]
            if not taken:
                return
            self._write_some(taken)

    def _write_some(self, taken: Sequence[_Waiting]) -> None:
        try:
            self._append(taken)
        except BaseException as error:
            for _, _, future in taken:
                future.set_exception(error)
        else:
            for _, _, future in taken:
                future.set_result(None)

    def _append(self, taken: Sequence[_Waiting]) -> None:
        log = self.log
        for left in reversed(range(ATTEMPTS)):
            head = log.head()
            # What is noted later is not of an earlier instant, whatever becomes of the clock.
            last = [codec.envelope_of(row).at for row in log.at([head])]
            told = self._clock()
            at = max([told, *last])
            try:
                log.append(head, [self._row(at, told, *each[:2]) for each in taken], [])
            except Overtaken:
                if not left:
                    raise
            else:
                return

    def _row(self, at: datetime, told: datetime, actor: Actor, noted: ReadingNoted) -> NewRow:
        """`told` is what the clock says: after one that was wrong once, readings still lie in their own month."""
        day = at.astimezone(self._zone).date()
        envelope = sealed_in(actor, at=at, day=day, on=None, command="", cause="")
        body = codec.encode(noted, envelope)
        return NewRow(_stream(noted.subject, told), 1, NAME, body)


def _reading(row: StoredRow) -> Reading:
    stored = _decode(row.body)
    return Reading(row.position, stored.envelope, stored.event)
