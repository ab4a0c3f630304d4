"""Logs in PostgreSQL, one schema a ledger: for a city or a province that serves many committees."""

from __future__ import annotations

import os
import select
from collections.abc import Mapping, Sequence
from hashlib import blake2b
from struct import Struct, pack
from threading import BoundedSemaphore, Lock
from typing import Any, NamedTuple, NoReturn, cast

import psycopg
from eventsourcing.persistence import ApplicationRecorder, StoredEvent, Subscription
from eventsourcing.postgres import PostgresApplicationRecorder, PostgresDatastore
from psycopg import sql
from psycopg.pq import DiagnosticField, ExecStatus, TransactionStatus
from psycopg.pq.abc import PGconn, PGresult
from psycopg.rows import DictRow, dict_row, tuple_row
from psycopg_pool import ConnectionPool, PoolTimeout

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

# The names of the columns are the library's, whose recorder reads this table.
SHARED_LAYOUT = """
CREATE SCHEMA IF NOT EXISTS lvzhi;
CREATE TABLE IF NOT EXISTS lvzhi.heads (
    ledger text COLLATE "C" PRIMARY KEY,
    head bigint NOT NULL
) WITH (fillfactor = 50);
"""
LAYOUT = """
CREATE SCHEMA IF NOT EXISTS {schema};
CREATE TABLE IF NOT EXISTS {schema}.events (
    notification_id bigint PRIMARY KEY,
    originator_id text COLLATE "C" NOT NULL,
    originator_version bigint NOT NULL,
    topic text COLLATE "C" NOT NULL,
    state bytea NOT NULL,
    UNIQUE (originator_id, originator_version)
);
CREATE TABLE IF NOT EXISTS {schema}.commands (
    command text COLLATE "C" PRIMARY KEY,
    digest bytea NOT NULL,
    first bigint NOT NULL,
    last bigint NOT NULL
);
CREATE TABLE IF NOT EXISTS {schema}.files (
    sha256 text COLLATE "C" PRIMARY KEY,
    kept_at timestamptz NOT NULL,
    content bytea NOT NULL
);
ALTER TABLE {schema}.files ALTER COLUMN content SET STORAGE EXTERNAL;
CREATE OR REPLACE FUNCTION {schema}.refuse_change() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN RAISE EXCEPTION '%.% is append-only', TG_TABLE_SCHEMA, TG_TABLE_NAME; END $$;
CREATE OR REPLACE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {schema}.events
    FOR EACH STATEMENT EXECUTE FUNCTION {schema}.refuse_change();
CREATE OR REPLACE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {schema}.commands
    FOR EACH STATEMENT EXECUTE FUNCTION {schema}.refuse_change();
"""
GRANTS = """
GRANT USAGE ON SCHEMA lvzhi, {schema} TO {role};
GRANT SELECT, UPDATE ON lvzhi.heads TO {role};
GRANT SELECT, INSERT ON {schema}.events, {schema}.commands TO {role};
GRANT SELECT, INSERT, DELETE ON {schema}.files TO {role};
"""

# Both inserts take their rows from `moved` and so store nothing when the head was elsewhere. Whoever
# updates the head waits here for whoever did it before: positions are in order of commit.
APPEND = """
WITH moved AS (
    UPDATE lvzhi.heads SET head = head + $3 WHERE ledger = $1 AND head = $2 RETURNING 1
), stored AS (
    INSERT INTO {schema}.events
        (notification_id, originator_id, originator_version, topic, state)
    SELECT $2 + nth, stream, version, name, body
    FROM moved, unnest($4::text[], $5::bigint[], $6::text[], $7::bytea[])
        WITH ORDINALITY AS entry (stream, version, name, body, nth)
), spent AS (
    INSERT INTO {schema}.commands (command, digest, first, last)
    SELECT command, digest, first, last
    FROM moved, unnest($8::text[], $9::bytea[], $10::bigint[], $11::bigint[])
        AS spent (command, digest, first, last)
)
SELECT 1 FROM moved
"""
# Most clients are alone: one entry of one command costs less without arrays.
APPEND_ONE = """
WITH moved AS (
    UPDATE lvzhi.heads SET head = head + 1 WHERE ledger = $1 AND head = $2 RETURNING 1
), stored AS (
    INSERT INTO {schema}.events
        (notification_id, originator_id, originator_version, topic, state)
    SELECT $2 + 1, $3, $4, $5, $6 FROM moved
), spent AS (
    INSERT INTO {schema}.commands (command, digest, first, last)
    SELECT $7, $8, $9, $10 FROM moved
)
SELECT 1 FROM moved
"""
APPEND_ANYWHERE = """
WITH moved AS (
    UPDATE lvzhi.heads SET head = head + %s WHERE ledger = %s RETURNING head - %s AS before
)
INSERT INTO {schema}.events (notification_id, originator_id, originator_version, topic, state)
SELECT before + nth, stream, version, name, body
FROM moved, unnest(%s::text[], %s::bigint[], %s::text[], %s::bytea[])
    WITH ORDINALITY AS entry (stream, version, name, body, nth)
RETURNING notification_id
"""
COLUMNS = "SELECT notification_id, originator_id, originator_version, topic, state FROM"
# The sums keep the planner from walking the whole log in order of position.
LIKE = (
    "WHERE originator_id >= %s AND originator_id < %s AND notification_id + 0 <= %s "
    "AND notification_id + 0 > %s ORDER BY notification_id + 0"
)
NEWEST_LIKE = f"{LIKE} DESC LIMIT %s"

DURABLE_SETTINGS = ("fsync", "full_page_writes", "synchronous_commit")
"""Settings of the server that may not be off."""

TEXT, BIGINT, BYTEA = 25, 20, 17
TEXTS, BIGINTS, BYTEAS = 1009, 1016, 1001
"""What PostgreSQL calls these types and their arrays on the wire."""

APPEND_TYPES = (
    *(TEXT, BIGINT, BIGINT),
    *(TEXTS, BIGINTS, TEXTS, BYTEAS),
    *(TEXTS, BYTEAS, BIGINTS, BIGINTS),
)
APPEND_ONE_TYPES = (TEXT, BIGINT, TEXT, BIGINT, TEXT, BYTEA, TEXT, BYTEA, BIGINT, BIGINT)

ALREADY_THERE, NOT_PREPARED = b"23505", b"26000"
"""Codes of the server's refusals: a key that exists, a statement that is gone."""

APPENDS_BEFORE_PREPARING = 2
"""Appends to a ledger that a connection runs unprepared: a walk over thousands of ledgers leaves no plans behind."""
LONGEST_WAIT = 15
"""Seconds that a session waits for another's lock before it gives up."""
LONGEST_IDLE = 60
"""Seconds that a session may do nothing within a transaction, for whose locks others wait."""
AT_ONE_GO = 100_000
"""Bytes of bodies that a socket takes without waiting for the server to read."""
NO_TIME = 0.001
"""Seconds that a connection is waited for by whoever must not wait."""
PREPARED_APPENDS = 200
"""Appends that a connection keeps prepared, two a ledger; each costs the server some 50 kB a connection."""


class Statement(NamedTuple):
    """A statement, the name under which a connection prepares it, and the types of its parameters, which go in binary."""

    name: bytes
    text: bytes
    types: tuple[int, ...]

    @property
    def formats(self) -> tuple[int, ...]:
        """One a parameter."""
        return (1,) * len(self.types)


_NO_ITEMS = Struct("!iiI").pack
_ARRAY = Struct("!iiIii").pack
_LENGTH = Struct("!i").pack
_BIGINT = Struct("!q").pack


def _schema(code: str) -> str:
    return f"lvzhi_{checked_code(code)}"


def create_ledger(url: str, code: str, service_role: str | None = None) -> None:
    """Make an empty ledger as the owner of the database; one that is there already stays as it is.

    A service role may then append to it and read it, and cannot change what is stored. When only the
    ledger's schema was restored from a backup, its head is found in it.
    """
    schema = _schema(code)
    with psycopg.connect(url) as connection:
        # Schemas that two owners create at once collide, `IF NOT EXISTS` or not.
        connection.execute("SELECT pg_advisory_xact_lock(%s)", (_lock_key("create a ledger"),))
        connection.execute(SHARED_LAYOUT)
        connection.execute(LAYOUT.format(schema=schema).encode())
        connection.execute(
            sql.SQL(
                "INSERT INTO lvzhi.heads SELECT {}, coalesce(max(notification_id), 0) FROM {} "
                "ON CONFLICT DO NOTHING"
            ).format(code, sql.Identifier(schema, "events"))
        )
        if service_role is not None:
            connection.execute(
                sql.SQL(GRANTS).format(
                    schema=sql.Identifier(schema), role=sql.Identifier(service_role)
                )
            )


def ledgers(url: str) -> list[str]:
    """The codes of the ledgers that a database holds."""
    with psycopg.connect(url, autocommit=True) as connection:
        try:
            found = connection.execute("SELECT ledger FROM lvzhi.heads ORDER BY ledger")
        except psycopg.errors.UndefinedTable:
            return []
        return [ledger for (ledger,) in found]


def heads(pool: LogPool) -> dict[str, int]:
    """How far each ledger of a database goes."""
    with pool.connection() as connection, connection.cursor(row_factory=tuple_row) as cursor:
        try:
            cursor.execute("SELECT ledger, head FROM lvzhi.heads")
        except psycopg.errors.UndefinedTable:
            return {}
        return {ledger: int(head) for ledger, head in cursor}


def refuse_unsafe(settings: Mapping[str, str]) -> None:
    """Raise `Unsafe` for a setting of the server or the environment that loses acknowledged facts."""
    for setting in DURABLE_SETTINGS:
        if settings.get(setting) == "off":
            raise Unsafe(setting, "off")
    # With its database functions on, the library lets readers miss entries.
    functions = settings.get("POSTGRES_ENABLE_DB_FUNCTIONS", "")
    if functions.strip().lower() not in ("", "0", "n", "no", "f", "false", "off"):
        raise Unsafe("POSTGRES_ENABLE_DB_FUNCTIONS", functions)


class LogConnection(psycopg.Connection[DictRow]):
    """A connection that knows which appends it has prepared, by name, and how often it has run the others."""

    def __init__(self, pgconn: PGconn, row_factory: Any = dict_row) -> None:
        super().__init__(pgconn, row_factory=row_factory)
        self.appended: dict[bytes, int] = {}
        self.prepared: set[bytes] = set()


def _has_ended(connection: LogConnection) -> bool:
    """Whether the server has ended an idle session; takes no round trip when it has not."""
    try:
        waiting = select.poll()
        waiting.register(connection.fileno(), select.POLLIN)
        if waiting.poll(0):
            connection.execute("")
    except psycopg.OperationalError:
        return True
    return False


def _limit_waiting(connection: psycopg.Connection[Any]) -> None:
    """Wait for others so long and no longer, nor keep them waiting; what was stored is then looked up."""
    connection.execute(
        f"SET lock_timeout = '{LONGEST_WAIT}s'; "
        f"SET idle_in_transaction_session_timeout = '{LONGEST_IDLE}s'"
    )


class LogPool(ConnectionPool[LogConnection]):
    """Connections to one server, shared by the logs of all its ledgers; closed by who opened it.

    A connection that breaks is replaced, also one that broke while it lay idle.
    """

    def __init__(self, url: str, size: int = 8) -> None:
        self.url = url
        self._standing: psycopg.Connection[Any] | None = None
        self._standing_lock = Lock()
        self.alone = BoundedSemaphore(max(1, size // 2))
        """Held by who keeps a connection while he needs another."""
        super().__init__(
            url,
            connection_class=LogConnection,
            kwargs={"autocommit": True, "row_factory": dict_row},
            min_size=1,
            max_size=size,
            timeout=10,
            open=True,
            name="lvzhi",
            configure=_limit_waiting,
        )

    def getconn(self, timeout: float | None = None) -> LogConnection:
        """A connection whose session has not ended as far as is known here."""
        # The pool's own hook for this waits for seconds between one dead connection and the next.
        while _has_ended(connection := super().getconn(timeout)):
            connection.close()
            self.putconn(connection)
        return connection

    def standing(self) -> psycopg.Connection[Any]:
        """The connection that holds this process's advisory locks; another one when it was lost."""
        with self._standing_lock:
            if self._standing is not None:
                try:
                    self._standing.execute("")
                except psycopg.OperationalError:
                    self._standing.close()
                else:
                    return self._standing
            self._standing = psycopg.connect(self.url, autocommit=True)
            return self._standing

    def close(self, timeout: float = 5) -> None:
        """Close all connections; the advisory locks go with theirs."""
        super().close(timeout)
        with self._standing_lock:
            if self._standing is not None:
                self._standing.close()


class _LogSchema(PostgresDatastore):
    """A ledger's schema on a pool that belongs to somebody else."""

    def __init__(self, pool: LogPool, schema: str) -> None:
        # Not the parent's, which opens a pool for every recorder.
        self.pool = cast("Any", pool)
        self.schema = schema
        self.originator_id_type = "text"
        self.enable_db_functions = False
        self.single_row_tracking = True
        self.lock_timeout = 0
        self.pool_open_timeout = None
        self.db_type_names = set()
        self.psycopg_type_adapters = {}
        self.psycopg_python_types = {}

    def register_type_adapters(self) -> None:
        """No composite types: they tie a pool to one schema."""

    def close(self) -> None:
        """Leave the pool open."""


class PostgresLog(PostgresApplicationRecorder):
    """A `Log` in one schema; as a recorder its `insert_events` appends unconditionally."""

    def __init__(self, pool_or_url: LogPool | str, code: str) -> None:
        self.ledger = code
        self.schema = _schema(code)
        self._preferred_on: psycopg.Connection[Any] | None = None
        refuse_unsafe(os.environ)
        self.pool = LogPool(pool_or_url) if isinstance(pool_or_url, str) else pool_or_url
        self._owns_pool = self.pool is not pool_or_url
        try:
            self._open()
            super().__init__(_LogSchema(self.pool, self.schema), events_table_name="events")
        except BaseException:
            self.close()
            raise
        # `create_ledger` makes the tables, once; the library's statements would add a sequence.
        self.sql_create_statements = []
        self._append = Statement(
            f"append to {code}".encode(),
            APPEND.format(schema=self.schema).encode(),
            APPEND_TYPES,
        )
        self._append_one = Statement(
            f"append to {code} one".encode(),
            APPEND_ONE.format(schema=self.schema).encode(),
            APPEND_ONE_TYPES,
        )
        self._append_anywhere = APPEND_ANYWHERE.format(schema=self.schema).encode()

    def head(self) -> int:
        """The position of the newest entry, 0 when there is none."""
        ((head,),) = self._select("SELECT head FROM lvzhi.heads WHERE ledger = %s", self.ledger)
        return int(head)

    def append(self, expected_head: int, rows: Sequence[NewRow], spent: Sequence[Spent]) -> None:
        """Store rows and spend the command ids, all or nothing; see `Log.append`."""
        refuse_too_large(self.ledger, rows)
        with self.pool.connection() as connection:
            self._append_on(connection, expected_head, rows, spent)

    def send(self, expected_head: int, rows: Sequence[NewRow], spent: Sequence[Spent]) -> Answer:
        """As `append`, without waiting for the server once the statement is prepared."""
        refuse_too_large(self.ledger, rows)
        connection = self.pool.getconn()
        try:
            append, parameters = self._said(expected_head, rows, spent)
            if self._is_prepared(connection, append):
                return _Sent(self, connection, append, parameters)
            answer = AtOnce(lambda: self.accept_unprepared(connection, append, parameters))
        except BaseException:
            self.pool.putconn(connection)
            raise
        self.pool.putconn(connection)
        return answer

    def try_send(
        self, expected_head: int, rows: Sequence[NewRow], spent: Sequence[Spent]
    ) -> Answer | None:
        """As `send`, where a connection is free that has the statement prepared and takes all of it at once."""
        refuse_too_large(self.ledger, rows)
        if sum(len(row.body) for row in rows) > AT_ONE_GO:
            return None
        try:
            connection = self.pool.getconn(NO_TIME)
        except PoolTimeout:
            return None
        try:
            append, parameters = self._said(expected_head, rows, spent)
            if self._has_prepared(connection, append):
                return _Sent(self, connection, append, parameters)
        except BaseException:
            self.pool.putconn(connection)
            raise
        self.pool.putconn(connection)
        return None

    def append_alone(self, decide: Decide) -> None:
        """As `append`, with the head row locked while `decide` says what to store."""
        with self.pool.alone, self.pool.connection() as connection:
            try:
                with connection.transaction():
                    connection.execute(
                        "SELECT 1 FROM lvzhi.heads WHERE ledger = %s FOR UPDATE", (self.ledger,)
                    )
                    expected_head, rows, spent = decide()
                    refuse_too_large(self.ledger, rows)
                    self._append_on(connection, expected_head, rows, spent)
            except BaseException:
                # After a rollback psycopg deallocates everything, ours too.
                connection.prepared.clear()
                raise

    def look_up(self, commands: Sequence[str]) -> dict[str, Spent]:
        """Those of the command ids that have been spent."""
        found = self._select(
            f"SELECT command, digest, first, last FROM {self.schema}.commands "
            "WHERE command = ANY(%s::text[])",
            list(commands),
        )
        return {row[0]: Spent._make(row) for row in found}

    def since(self, position: int, limit: int) -> list[StoredRow]:
        """At most `limit` entries after `position`, in order."""
        return self._rows(
            "WHERE notification_id > %s ORDER BY notification_id LIMIT %s", position, limit
        )

    def stream(self, stream: str) -> list[StoredRow]:
        """All entries of one stream, in order."""
        return self._rows("WHERE originator_id = %s ORDER BY originator_version", stream)

    def streams(self, streams: Sequence[str]) -> dict[str, list[StoredRow]]:
        """All entries of some streams, in order; a stream without entries is an empty list."""
        found: dict[str, list[StoredRow]] = {stream: [] for stream in streams}
        for row in self._rows(
            "WHERE originator_id = ANY(%s::text[]) ORDER BY originator_id, originator_version",
            list(found),
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
            "WHERE notification_id = ANY(%s::bigint[]) ORDER BY notification_id", list(positions)
        )

    def try_prefer(self) -> bool:
        """Whether this process is the preferred writer, becoming it if nobody is.

        It stays so until the log is closed or the connection that holds the advisory lock is lost.
        """
        standing = self.pool.standing()
        if self._preferred_on is not standing:
            key = _lock_key(f"prefer {self.ledger}")
            found = standing.execute("SELECT pg_try_advisory_lock(%s)", (key,)).fetchone()
            self._preferred_on = standing if found is not None and found[0] else None
        return self._preferred_on is not None

    def close(self) -> None:
        """Give up being preferred, and close the pool if it was opened for this log only."""
        if self._preferred_on is not None and not self._preferred_on.closed:
            key = _lock_key(f"prefer {self.ledger}")
            self._preferred_on.execute("SELECT pg_advisory_unlock(%s)", (key,))
        self._preferred_on = None
        if self._owns_pool:
            self.pool.close()

    def insert_events(self, stored_events: Sequence[StoredEvent], **_: Any) -> Sequence[int] | None:
        """Append after whatever the head is; the library's way in."""
        count = len(stored_events)
        columns = (
            [str(each.originator_id) for each in stored_events],
            [each.originator_version for each in stored_events],
            [each.topic for each in stored_events],
            [each.state for each in stored_events],
        )
        with self.datastore.get_connection() as connection:
            found = connection.execute(
                self._append_anywhere, (count, self.ledger, count, *columns), binary=True
            )
            return [row["notification_id"] for row in found]

    def subscribe(
        self, gt: int | None = None, topics: Sequence[str] = ()
    ) -> Subscription[ApplicationRecorder]:
        """Not here: an append notifies nobody, as that would serialise the commits of the server."""
        raise NotImplementedError("poll since() instead")

    def _append_on(
        self,
        connection: LogConnection,
        expected_head: int,
        rows: Sequence[NewRow],
        spent: Sequence[Spent],
    ) -> None:
        """Run the one statement, without psycopg's cursor: its way with arrays costs more than the insert."""
        append, parameters = self._said(expected_head, rows, spent)
        if self._is_prepared(connection, append):
            run = connection.pgconn.exec_prepared
            result = run(append.name, parameters, append.formats, 1)
            self.accept(connection, append, parameters, result)
        else:
            self.accept_unprepared(connection, append, parameters)

    def _said(
        self, expected_head: int, rows: Sequence[NewRow], spent: Sequence[Spent]
    ) -> tuple[Statement, list[bytes]]:
        """The statement that stores this, and its parameters."""
        ledger, before = self.ledger.encode(), _BIGINT(expected_head)
        if len(rows) == len(spent) == 1:
            ((stream, version, name, body),), ((command, digest, first, last),) = rows, spent
            entry = (stream.encode(), _BIGINT(version), name.encode(), body)
            told = (command.encode(), digest, _BIGINT(first), _BIGINT(last))
            return self._append_one, [ledger, before, *entry, *told]
        streams, versions, names, bodies = zip(*rows, strict=True) if rows else ((),) * 4
        commands, digests, firsts, lasts = zip(*spent, strict=True) if spent else ((),) * 4
        return self._append, [
            ledger,
            before,
            _BIGINT(len(rows)),
            _texts(streams),
            _bigints(versions),
            _texts(names),
            _byteas(bodies),
            _texts(commands),
            _byteas(digests),
            _bigints(firsts),
            _bigints(lasts),
        ]

    def accept(
        self,
        connection: LogConnection,
        append: Statement,
        parameters: Sequence[bytes],
        result: PGresult,
    ) -> None:
        """Take the result of a prepared append; raises what it deserves."""
        if _is_to_ask_again(result):
            # The server has let go of it. Nothing has run yet.
            connection.prepared.clear()
            self.accept_unprepared(connection, append, parameters)
        elif result.status != ExecStatus.TUPLES_OK:
            self._refuse(connection, result)
        elif result.ntuples == 0:
            raise Overtaken(self.ledger)

    def accept_unprepared(
        self, connection: LogConnection, append: Statement, parameters: Sequence[bytes]
    ) -> None:
        """Append without a prepared statement; raises what it deserves."""
        run = connection.pgconn.exec_params
        result = run(append.text, parameters, append.types, append.formats, 1)
        if result.status != ExecStatus.TUPLES_OK:
            self._refuse(connection, result)
        if result.ntuples == 0:
            raise Overtaken(self.ledger)

    def _is_prepared(self, connection: LogConnection, append: Statement) -> bool:
        """Whether this connection has the append prepared, which it does from the third one on.

        Not in a transaction: one that has met a statement that is gone could not run the unprepared one instead.
        """
        if connection.pgconn.transaction_status != TransactionStatus.IDLE:
            return False
        name = append.name
        if name not in connection.prepared and len(connection.prepared) < PREPARED_APPENDS:
            connection.appended[name] = connection.appended.get(name, 0) + 1
            if connection.appended[name] > APPENDS_BEFORE_PREPARING:
                result = connection.pgconn.prepare(*append)
                if result.status == ExecStatus.COMMAND_OK:
                    connection.prepared.add(name)
        return name in connection.prepared

    def _has_prepared(self, connection: LogConnection, append: Statement) -> bool:
        idle = connection.pgconn.transaction_status == TransactionStatus.IDLE
        return idle and append.name in connection.prepared

    def _refuse(self, connection: LogConnection, result: PGresult) -> NoReturn:
        """Raise what a failed append deserves."""
        said = result.get_error_message()
        if result.error_field(DiagnosticField.SQLSTATE) == ALREADY_THERE:
            if result.error_field(DiagnosticField.TABLE_NAME) == b"commands":
                raise AlreadySpent(self.ledger)
            raise StreamTaken(self.ledger)
        if connection.closed:
            raise psycopg.OperationalError(said)
        raise psycopg.errors.error_from_result(result)

    def _open(self) -> None:
        """Raise `Unsafe` when facts may be or have been lost, `LookupError` when there is no such ledger."""
        try:
            found = self._select(
                "SELECT array(SELECT current_setting(name) FROM unnest(%s::text[]) AS name), head, "
                f"(SELECT coalesce(max(notification_id), 0) FROM {self.schema}.events) "
                "FROM lvzhi.heads WHERE ledger = %s",
                *(list(DURABLE_SETTINGS), self.ledger),
            )
        except psycopg.errors.UndefinedTable:
            found = []
        if not found:
            raise LookupError(f"no ledger {self.ledger} in this database")
        ((values, head, last),) = found
        refuse_unsafe(dict(zip(DURABLE_SETTINGS, values, strict=True)))
        if head != last:
            # Restored from different moments: appending would leave a gap, or never succeed.
            raise Unsafe(f"lvzhi.heads.{self.ledger}", f"{head}, and the last entry is {last}")

    def _select(self, statement: str, *parameters: object) -> list[tuple[Any, ...]]:
        with (
            self.pool.connection() as connection,
            connection.cursor(binary=True, row_factory=tuple_row) as cursor,
        ):
            return cursor.execute(statement.encode(), parameters).fetchall()

    def _rows(self, clauses: str, *parameters: object) -> list[StoredRow]:
        found = self._select(f"{COLUMNS} {self.schema}.events {clauses}", *parameters)
        return [StoredRow._make(row) for row in found]


class _Sent:
    """The answer to an append that the server is carrying out; keeps the connection until it is taken."""

    def __init__(
        self,
        log: PostgresLog,
        connection: LogConnection,
        append: Statement,
        parameters: Sequence[bytes],
    ) -> None:
        self._log = log
        self._connection = connection
        self._append = append
        self._parameters = parameters
        self._got: PGresult | None = None
        pgconn = connection.pgconn
        pgconn.send_query_prepared(append.name, parameters, append.formats, 1)
        while pgconn.flush():
            if _ready(pgconn.socket, select.POLLIN | select.POLLOUT) & select.POLLIN:
                pgconn.consume_input()

    def fileno(self) -> int:
        """The connection's socket."""
        return self._connection.pgconn.socket

    def is_there(self) -> bool:
        """Whether `take` need not wait: the server has answered and will not be asked again, or the line was cut."""
        pgconn = self._connection.pgconn
        try:
            pgconn.consume_input()
        except psycopg.OperationalError:
            return True
        if self._got is None and not pgconn.is_busy():
            self._got = pgconn.get_result()
        return self._got is not None and not _is_to_ask_again(self._got)

    def take(self) -> None:
        """Wait for the server; raises what `append` raises. The connection goes back to the pool."""
        try:
            self._log.accept(self._connection, self._append, self._parameters, self._result())
        finally:
            self._log.pool.putconn(self._connection)

    def _result(self) -> PGresult:
        result = self._got or self._next()
        if result is None:
            raise psycopg.OperationalError("the server has said nothing")
        while self._next() is not None:
            continue
        return result

    def _next(self) -> PGresult | None:
        pgconn = self._connection.pgconn
        # libpq waits by itself otherwise, and every thread of the process with it.
        while pgconn.is_busy():
            _ready(pgconn.socket, select.POLLIN)
            pgconn.consume_input()
        return pgconn.get_result()


def _is_to_ask_again(result: PGresult) -> bool:
    """Whether the server no longer knew the statement, which is then sent whole."""
    return result.error_field(DiagnosticField.SQLSTATE) == NOT_PREPARED


def _ready(socket: int, events: int) -> int:
    """Wait until something can be read or written; what it is."""
    waiting = select.poll()
    waiting.register(socket, events)
    ((_, found),) = waiting.poll()
    return found


def _array(kind: int, items: Sequence[bytes]) -> bytes:
    """The binary form of a PostgreSQL array."""
    if not items:
        return _NO_ITEMS(0, 0, kind)
    framed = [b""] * (2 * len(items) + 1)
    framed[0] = _ARRAY(1, 0, kind, len(items), 1)
    framed[1::2] = [_LENGTH(len(each)) for each in items]
    framed[2::2] = items
    return b"".join(framed)


def _texts(texts: Sequence[str]) -> bytes:
    return _array(TEXT, [each.encode() for each in texts])


def _byteas(byteas: Sequence[bytes]) -> bytes:
    return _array(BYTEA, byteas)


def _bigints(numbers: Sequence[int]) -> bytes:
    if not numbers:
        return _NO_ITEMS(0, 0, BIGINT)
    framed = [8] * (2 * len(numbers))
    framed[1::2] = numbers
    return _ARRAY(1, 0, BIGINT, len(numbers), 1) + pack("!" + "iq" * len(numbers), *framed)


def _lock_key(name: str) -> int:
    """The number of an advisory lock, the same in every process."""
    digest = blake2b(f"lvzhi/{name}".encode(), digest_size=8).digest()
    return int.from_bytes(digest, signed=True)
