"""Logs in SQLite files, one file a ledger: the default of an office that runs the product by itself."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from threading import Condition, Lock
from typing import Any
from urllib.parse import quote

from eventsourcing.persistence import ConnectionPoolClosedError, StoredEvent
from eventsourcing.sqlite import (
    SQLiteApplicationRecorder,
    SQLiteConnection,
    SQLiteConnectionPool,
    SQLiteCursor,
    SQLiteDatastore,
)

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
    Unsafe,
    checked_code,
    refuse_too_large,
)

PATIENCE = 15.0
"""Seconds that a writer waits for another process to finish writing."""

PRAGMAS = (
    "PRAGMA synchronous = FULL",
    # A log is written in small commits: fold it back every 4 MB, and give back what an import took.
    "PRAGMA wal_autocheckpoint = 1000",
    "PRAGMA journal_size_limit = 16777216",
)

# The names of the columns and of `rowid` are the library's, whose recorder reads this table. The
# guards of INSERT are there because REPLACE deletes rows without firing a trigger of DELETE.
LAYOUT = """
CREATE TABLE IF NOT EXISTS events (
    rowid INTEGER PRIMARY KEY,
    originator_id TEXT NOT NULL,
    originator_version INTEGER NOT NULL,
    topic TEXT NOT NULL,
    state BLOB NOT NULL,
    UNIQUE (originator_id, originator_version)
);
CREATE TABLE IF NOT EXISTS commands (
    command TEXT PRIMARY KEY,
    digest BLOB NOT NULL,
    first INTEGER NOT NULL,
    last INTEGER NOT NULL
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS heads (ledger TEXT PRIMARY KEY, head INTEGER NOT NULL) WITHOUT ROWID;
CREATE TRIGGER IF NOT EXISTS events_not_updated BEFORE UPDATE ON events
    BEGIN SELECT raise(ABORT, 'events are append-only'); END;
CREATE TRIGGER IF NOT EXISTS events_not_deleted BEFORE DELETE ON events
    BEGIN SELECT raise(ABORT, 'events are append-only'); END;
CREATE TRIGGER IF NOT EXISTS events_not_replaced BEFORE INSERT ON events
    WHEN EXISTS (SELECT 1 FROM events WHERE rowid = NEW.rowid)
    OR EXISTS (
        SELECT 1 FROM events
        WHERE originator_id = NEW.originator_id AND originator_version = NEW.originator_version
    )
    BEGIN SELECT raise(ABORT, 'events are append-only'); END;
CREATE TRIGGER IF NOT EXISTS commands_not_updated BEFORE UPDATE ON commands
    BEGIN SELECT raise(ABORT, 'commands are append-only'); END;
CREATE TRIGGER IF NOT EXISTS commands_not_deleted BEFORE DELETE ON commands
    BEGIN SELECT raise(ABORT, 'commands are append-only'); END;
CREATE TRIGGER IF NOT EXISTS commands_not_replaced BEFORE INSERT ON commands
    WHEN EXISTS (SELECT 1 FROM commands WHERE command = NEW.command)
    BEGIN SELECT raise(ABORT, 'commands are append-only'); END;
"""

COLUMNS = "SELECT rowid, originator_id, originator_version, topic, state FROM events"
# The plus signs keep the planner from walking the whole log in order of position.
LIKE = (
    "WHERE originator_id >= ? AND originator_id < ? AND +rowid <= ? AND +rowid > ? ORDER BY +rowid"
)
NEWEST_LIKE = f"{LIKE} DESC LIMIT ?"


def ledger_file(folder: Path, code: str) -> Path:
    """Where a data folder keeps this ledger."""
    return folder / "ledgers" / f"{checked_code(code)}.sqlite"


def create_ledger(folder: Path, code: str) -> None:
    """Make an empty ledger in a data folder; one that is there already stays as it is."""
    file = ledger_file(folder, code)
    file.parent.mkdir(parents=True, exist_ok=True)
    with closing(sqlite3.connect(file, timeout=PATIENCE, isolation_level=None)) as connection:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.executescript(f"BEGIN IMMEDIATE; {LAYOUT}")
        if connection.execute("SELECT 1 FROM heads").fetchone() is None:
            connection.execute(
                "INSERT INTO heads SELECT ?, coalesce(max(rowid), 0) FROM events", (code,)
            )
        connection.execute("COMMIT")


def ledgers(folder: Path) -> list[str]:
    """The codes of the ledgers that a data folder holds."""
    return sorted(file.stem for file in (folder / "ledgers").glob("*.sqlite"))


def heads(folder: Path) -> dict[str, int]:
    """How far each ledger of a data folder goes; one whose file cannot be read is left out."""
    found = {}
    for code in ledgers(folder):
        file = quote(str(ledger_file(folder, code).absolute()))
        with (
            suppress(sqlite3.Error),
            closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True)) as it,
        ):
            found[code] = int(it.execute("SELECT head FROM heads").fetchone()[0])
    return found


def _connect(file: Path) -> sqlite3.Connection:
    """A connection to a ledger that exists; raises `Unsafe` unless every commit reaches the disk."""
    connection = sqlite3.connect(
        f"file:{quote(str(file.absolute()))}?mode=rw",
        uri=True,
        timeout=PATIENCE,
        isolation_level=None,
        check_same_thread=False,
        cached_statements=64,
    )
    try:
        for pragma in PRAGMAS:
            connection.execute(pragma)
        (synchronous,) = connection.execute("PRAGMA synchronous").fetchone()
        if synchronous < 2:
            raise Unsafe("synchronous", str(synchronous))
        (journal,) = connection.execute("PRAGMA journal_mode").fetchone()
        if journal not in ("wal", "delete"):
            raise Unsafe("journal_mode", journal)
    except BaseException:
        connection.close()
        raise
    connection.row_factory = sqlite3.Row
    return connection


class _Readers(SQLiteConnectionPool):
    """The library's pool with our connections in it."""

    def __init__(self, file: Path) -> None:
        super().__init__(db_name=str(file), pool_size=8, max_overflow=56, pool_timeout=30.0)
        self.file = file

    def _create_connection(self) -> SQLiteConnection:
        return SQLiteConnection(_connect(self.file), None)


class _LogFile(SQLiteDatastore):
    """One connection for writing, taken in turns, beside a pool for reading.

    The library's own pool lets a writer that waits for its turn stop the readers behind it.
    """

    pool: _Readers

    def __init__(self, file: Path) -> None:
        # Not the parent's, which opens a pool of connections that may do without a flush.
        self.single_row_tracking = True
        self.originator_id_type = "text"
        self.writer = SQLiteConnection(_connect(file), None)
        self.turn = Lock()
        self.reading = Condition()
        self.readers = 0
        self.closed = False
        self.pool = _Readers(file)

    @contextmanager
    def get_connection(self, *, commit: bool) -> Iterator[SQLiteConnection]:
        if commit:
            with self.turn:
                yield self.writer
            return
        with self.reading:
            if self.closed:
                raise ConnectionPoolClosedError
            self.readers += 1
        try:
            with super().get_connection(commit=False) as connection:
                yield connection
        finally:
            with self.reading:
                self.readers -= 1
                self.reading.notify_all()

    def select(self, statement: str, *parameters: object) -> list[tuple[Any, ...]]:
        """The rows of one query, as plain tuples."""
        with self.get_connection(commit=False) as connection:
            cursor = connection.cursor().sqlite_cursor
            cursor.row_factory = None
            with closing(cursor):
                return cursor.execute(statement, parameters).fetchall()

    def close(self) -> None:
        """Wait for those who read or write, and close; whoever comes later is refused.

        The library's pool closes what is in use, too: the thread that executes a statement there then
        kills the process.
        """
        with self.reading:
            self.closed = True
            self.reading.wait_for(lambda: not self.readers)
        self.pool.close()
        with self.turn:
            self.writer.close()

    def __del__(self) -> None:
        # The collector must not wait, and nobody writes to what nobody holds. The pool sees to itself.
        # Absent when opening was refused.
        if hasattr(self, "writer"):
            self.writer.close()


class SqliteLog(SQLiteApplicationRecorder):
    """A `Log` in one file; as a recorder its `insert_events` appends unconditionally."""

    datastore: _LogFile

    def __init__(self, folder: Path, code: str) -> None:
        file = ledger_file(folder, code)
        if not file.is_file():
            raise LookupError(f"no ledger {code} in {folder}")
        super().__init__(_LogFile(file), "events")
        self.ledger = code
        if not self.datastore.select("SELECT 1 FROM heads WHERE ledger = ?", code):
            self.close()
            raise LookupError(f"{file} is not the ledger {code}")

    def construct_create_table_statements(self) -> list[str]:
        """None: `create_ledger` makes the tables, once."""
        return []

    def head(self) -> int:
        """The position of the newest entry, 0 when there is none."""
        ((head,),) = self.datastore.select("SELECT head FROM heads WHERE ledger = ?", self.ledger)
        return int(head)

    def append(self, expected_head: int, rows: Sequence[NewRow], spent: Sequence[Spent]) -> None:
        """Store rows and spend the command ids, all or nothing; see `Log.append`."""
        refuse_too_large(self.ledger, rows)
        self.append_alone(lambda: (expected_head, rows, spent))

    def send(self, expected_head: int, rows: Sequence[NewRow], spent: Sequence[Spent]) -> Answer:
        """As `append`; the answer is there at once."""
        return AtOnce(lambda: self.append(expected_head, rows, spent))

    def try_send(
        self, expected_head: int, rows: Sequence[NewRow], spent: Sequence[Spent]
    ) -> Answer | None:
        """None: a file is flushed by whoever writes to it."""

    def append_alone(self, decide: Decide) -> None:
        """As `append`, with the file's write lock held while `decide` says what to store."""
        with (
            self.datastore.get_connection(commit=True) as writer,
            closing(writer.cursor().sqlite_cursor) as cursor,
        ):
            cursor.execute("BEGIN IMMEDIATE")
            try:
                expected_head, rows, spent = decide()
                refuse_too_large(self.ledger, rows)
                self._append(cursor, expected_head, rows, spent)
                cursor.execute("COMMIT")
            except BaseException:
                # Does nothing when a failed COMMIT has rolled back already.
                writer.rollback()
                raise

    def _append(
        self,
        cursor: sqlite3.Cursor,
        expected_head: int,
        rows: Sequence[NewRow],
        spent: Sequence[Spent],
    ) -> None:
        cursor.execute(
            "UPDATE heads SET head = head + ? WHERE ledger = ? AND head = ?",
            (len(rows), self.ledger, expected_head),
        )
        if cursor.rowcount == 0:
            raise Overtaken(self.ledger)
        try:
            cursor.executemany("INSERT INTO commands VALUES (?, ?, ?, ?)", spent)
        except sqlite3.IntegrityError as error:
            raise AlreadySpent(self.ledger) from error
        try:
            cursor.executemany(
                "INSERT INTO events VALUES (?, ?, ?, ?, ?)",
                [(position, *row) for position, row in enumerate(rows, expected_head + 1)],
            )
        except sqlite3.IntegrityError as error:
            raise StreamTaken(self.ledger) from error

    def look_up(self, commands: Sequence[str]) -> dict[str, Spent]:
        """Those of the command ids that have been spent."""
        found = self.datastore.select(
            "SELECT command, digest, first, last FROM commands "
            "WHERE command IN (SELECT value FROM json_each(?))",
            json.dumps(list(commands)),
        )
        return {row[0]: Spent._make(row) for row in found}

    def since(self, position: int, limit: int) -> list[StoredRow]:
        """At most `limit` entries after `position`, in order."""
        return self._rows("WHERE rowid > ? ORDER BY rowid LIMIT ?", position, limit)

    def stream(self, stream: str) -> list[StoredRow]:
        """All entries of one stream, in order."""
        return self._rows("WHERE originator_id = ? ORDER BY originator_version", stream)

    def streams(self, streams: Sequence[str]) -> dict[str, list[StoredRow]]:
        """All entries of some streams, in order; a stream without entries is an empty list."""
        found: dict[str, list[StoredRow]] = {stream: [] for stream in streams}
        for row in self._rows(
            "WHERE originator_id IN (SELECT value FROM json_each(?)) "
            "ORDER BY originator_id, originator_version",
            json.dumps(list(found)),
        ):
            found[row.stream].append(row)
        return found

    def streams_like(
        self, prefix: str, up_to: int, after: int = 0, newest: int | None = None
    ) -> list[StoredRow]:
        """Entries after `after` and at or before `up_to` of all streams whose name starts with `prefix`, or the newest of them."""
        told = (prefix, prefix + "\U0010ffff", up_to, after)
        if newest is None:
            return self._rows(LIKE, *told)
        return self._rows(NEWEST_LIKE, *told, newest)[::-1]

    def at(self, positions: Sequence[int]) -> list[StoredRow]:
        """The entries at these positions, in order of position."""
        return self._rows(
            "WHERE rowid IN (SELECT value FROM json_each(?)) ORDER BY rowid",
            json.dumps(list(positions)),
        )

    def try_prefer(self) -> bool:
        """True: who writes to a file waits for his turn, and nobody is slower than others."""
        return True

    def close(self) -> None:
        """Wait for those who read or write, and close the file; a second time does nothing."""
        self.datastore.close()

    def _rows(self, clauses: str, *parameters: object) -> list[StoredRow]:
        found = self.datastore.select(f"{COLUMNS} {clauses}", *parameters)
        return [StoredRow._make(row) for row in found]

    def _insert_events(
        self, c: SQLiteCursor, stored_events: Sequence[StoredEvent], **_: Any
    ) -> Sequence[int]:
        """Append after whatever the head is; the library's way in."""
        c.execute(
            "UPDATE heads SET head = head + ? WHERE ledger = ? RETURNING head",
            (len(stored_events), self.ledger),
        )
        (head,) = c.fetchone()
        positions = range(head - len(stored_events) + 1, head + 1)
        c.executemany(
            "INSERT INTO events VALUES (?, ?, ?, ?, ?)",
            [
                (position, str(each.originator_id), each.originator_version, each.topic, each.state)
                for position, each in zip(positions, stored_events, strict=True)
            ],
        )
        return list(positions)
