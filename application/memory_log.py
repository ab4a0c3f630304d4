"""A log that lives as long as the process: for tests, trials and worked examples."""

from __future__ import annotations

from collections.abc import Sequence
from threading import RLock

from eventsourcing.persistence import IntegrityError, StoredEvent
from eventsourcing.popo import POPOApplicationRecorder

from application.log import (
    AlreadySpent,
    Answer,
    AtOnce,
    Decide,
    NewRow,
    Overtaken,
    Spent,
    StoredRow,
    StreamTaken,
    checked_code,
    refuse_too_large,
)


class MemoryLog(POPOApplicationRecorder):
    """A `Log` in lists and dictionaries; as a recorder its `insert_events` appends unconditionally."""

    def __init__(self, ledger: str = "memory") -> None:
        super().__init__()
        self.ledger = checked_code(ledger)
        self._spent: dict[str, Spent] = {}
        self._turn = RLock()

    def head(self) -> int:
        """The position of the newest entry, 0 when there is none."""
        return len(self._stored_events)

    def append(self, expected_head: int, rows: Sequence[NewRow], spent: Sequence[Spent]) -> None:
        """Store rows and spend the command ids, all or nothing; see `Log.append`."""
        refuse_too_large(self.ledger, rows)
        events = [StoredEvent(*row) for row in rows]
        with self._turn, self._database_lock:
            if self.head() != expected_head:
                raise Overtaken(self.ledger)
            new = {each.command: each for each in spent}
            if len(new) < len(spent) or not self._spent.keys().isdisjoint(new):
                raise AlreadySpent(self.ledger)
            try:
                self._assert_uniqueness(events)
            except IntegrityError as error:
                raise StreamTaken(self.ledger) from error
            self._update_table(events)
            self._spent |= new
        self._notify_listeners()

    def send(self, expected_head: int, rows: Sequence[NewRow], spent: Sequence[Spent]) -> Answer:
        """As `append`; the answer is there at once."""
        return AtOnce(lambda: self.append(expected_head, rows, spent))

    def try_send(
        self, expected_head: int, rows: Sequence[NewRow], spent: Sequence[Spent]
    ) -> Answer | None:
        """As `send`."""
        return self.send(expected_head, rows, spent)

    def append_alone(self, decide: Decide) -> None:
        """As `append`, with the head held while `decide` says what to store."""
        with self._turn:
            self.append(*decide())

    def look_up(self, commands: Sequence[str]) -> dict[str, Spent]:
        """Those of the command ids that have been spent."""
        with self._database_lock:
            return {each: self._spent[each] for each in commands if each in self._spent}

    def since(self, position: int, limit: int) -> list[StoredRow]:
        """At most `limit` entries after `position`, in order."""
        return self.at(range(position + 1, min(position + limit, self.head()) + 1))

    def stream(self, stream: str) -> list[StoredRow]:
        """All entries of one stream, in order."""
        with self._database_lock:
            # Not by subscript: the index is a defaultdict, and reading must not add to it.
            by_version = self._stored_events_index.get(stream, {})
            return [self._row(by_version[version] + 1) for version in sorted(by_version)]

    def streams(self, streams: Sequence[str]) -> dict[str, list[StoredRow]]:
        """All entries of some streams, in order; a stream without entries is an empty list."""
        return {stream: self.stream(stream) for stream in streams}

    def streams_like(
        self, prefix: str, up_to: int, after: int = 0, newest: int | None = None
    ) -> list[StoredRow]:
        """Entries after `after` and at or before `up_to` of all streams whose name starts with `prefix`, or the newest of them."""
        found = [
            row for row in self.since(after, max(0, up_to - after)) if row.stream.startswith(prefix)
        ]
        return found if newest is None else found[max(0, len(found) - newest) :]

    def at(self, positions: Sequence[int]) -> list[StoredRow]:
        """The entries at these positions, in order of position."""
        with self._database_lock:
            head = self.head()
            return [self._row(each) for each in sorted(set(positions)) if 0 < each <= head]

    def try_prefer(self) -> bool:
        """True: nobody else can reach this log."""
        return True

    def close(self) -> None:
        """Nothing to give back."""

    def _row(self, position: int) -> StoredRow:
        event = self._stored_events[position - 1]
        return StoredRow(
            position,
            str(event.originator_id),
            event.originator_version,
            event.topic,
            event.state,
        )
