"""Where rows lie: a SQLite file for one ledger, or tables that all ledgers of a PostgreSQL database share."""

from __future__ import annotations

import sqlite3
import zlib
from collections.abc import Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass
from enum import Enum, auto
from functools import cache
from itertools import chain
from operator import itemgetter
from pathlib import Path
from time import monotonic, sleep
from typing import Any, Protocol

import psycopg
from psycopg import sql
from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Connection,
    Dialect,
    Engine,
    Integer,
    LargeBinary,
    Table,
    Text,
    create_engine,
    event,
    make_url,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.schema import CreateIndex, CreateTable
from sqlalchemy.types import TypeDecorator
from sqlalchemy.util import LRUCache

from domain.people import Reason, Refused
from projections import (
    as_of,
    batches,
    campaigns,
    checklists,
    courses,
    deeds,
    disputes,
    documents,
    evidence,
    facts,
    flows,
    history,
    inspections,
    instructions,
    invitations,
    links,
    meetings,
    pairings,
    postings,
    roster,
    scorecards,
    suggestions,
    support,
    turnouts,
    works,
)
from projections.columns import METADATA, OPEN, SCHEMA, Key, Row, Versioned

LAYOUT = 33
"""Raised when rows are made in another way: read models of an older layout are made anew."""

FEW = 400
"""Rows up to which one INSERT on PostgreSQL is faster than a COPY."""
FETCHED = 5_000
"""Rows that are fetched at a time from PostgreSQL to be compared."""
PATIENCE = 30.0
"""Seconds that a writer waits for another reader of the same SQLite file."""
MOST_STATEMENTS = 2_000
"""Queries that are kept as SQL, the ones used last."""


TABLES = (
    *(as_of.positions, as_of.entries, as_of.quarantine),
    *(roster.opened, roster.person_versions, roster.bonds, roster.unit_versions),
    *(documents.document_versions, deeds.deed_rows, deeds.record_versions),
    *(facts.fact_versions, disputes.dispute_versions),
    *(links.link_rows, history.touched, evidence.named_files, batches.batch_entries),
    *(meetings.meeting_rows, meetings.meeting_day_versions, turnouts.turnout_rows),
    *(courses.course_versions, courses.due_rows, courses.kept_terms),
    *(suggestions.suggestion_rows, suggestions.suggestion_versions),
    *(flows.flow_rows, flows.stage_rows),
    *(inspections.inspection_rows, inspections.problem_rows, instructions.instruction_rows),
    *(pairings.pairing_rows, pairings.visit_rows),
    *(works.work_rows, works.part_rows),
    *(campaigns.named_rows, campaigns.team_rows),
    *(postings.posting_rows, invitations.quarter_rows, support.support_rows),
    *(scorecards.scorecard_rows, checklists.progress_rows),
)
"""All tables of a read model that are made from the log."""
ALL_TABLES = (*TABLES, as_of.purged)
"""These, and what they were made without: no rebuild takes that away."""


class Scrubbed(Enum):
    """What a database was made to forget: all; all but what is still being read, so that it is to be done again; or what only the owner of its tables can have it forget."""

    ALL = auto()
    LATER = auto()
    BY_OWNER = auto()


class Writing(Protocol):
    """One transaction that writes. Nothing of it is seen before it ends."""

    connection: Connection

    def insert(self, table: Table, rows: Sequence[Row]) -> None:
        """Add rows that are not there."""

    def end(self, versioned: Versioned, ended: Sequence[Row]) -> None:
        """End standing versions: for each the position and the key."""

    def delete(self, table: Table, columns: Sequence[str], keys: Sequence[Key]) -> None:
        """Take away the rows whose first columns named have these values."""

    def replace(self, table: Table, ledger: str, rows: Sequence[Row]) -> None:
        """Make these all the rows that a ledger has in a table; what is there already stays as it is."""

    def clear(self, ledger: str) -> None:
        """Take away all rows of a ledger."""

    def together(self) -> AbstractContextManager[object]:
        """Send the few changes made within in one go."""


class Store(Protocol):
    """A place for rows: many look, one writes at a time."""

    def reading(self) -> AbstractContextManager[Connection]:
        """A connection for the queries of one page, which all see one position."""

    def writing(self) -> AbstractContextManager[Writing]:
        """A transaction, committed at the end unless an exception leaves it."""

    def survey(self) -> None:
        """Have the database look how many rows there are of what, after many came at once: how it looks for some goes by that."""

    def scrub(self) -> Scrubbed:
        """Have the database forget what rows were before: space that is given back is overwritten or used again."""

    def close(self) -> None:
        """Give back connections and files."""


def among(table: Table) -> list[str]:
    """The names of a table's columns."""
    return [column.name for column in table.columns]


def _apart(
    table: Table, found: Iterable[Row], rows: Sequence[Row]
) -> tuple[list[Key], Sequence[Row]]:
    """The keys of the rows found that are not among these, and those of these that were not found."""
    there = iter(found)
    first = next(there, None)
    if first is None:
        return [], rows
    place = {column.name: n for n, column in enumerate(table.columns)}
    key = itemgetter(*(place[column.name] for column in table.primary_key))
    wanted = set(rows)
    gone: list[Key] = []
    for row in chain([first], there):
        if row in wanted:
            wanted.remove(row)
        else:
            gone.append(key(row))
    return gone, rows if len(wanted) == len(rows) else [row for row in rows if row in wanted]


def _key_of(table: Table) -> list[str]:
    return [column.name for column in table.primary_key]


# SQLite


@cache
def _insert(table: Table) -> str:
    return f"INSERT INTO {table.name} VALUES ({', '.join('?' * len(table.columns))})"


@cache
def _end(versioned: Versioned) -> str:
    names = [f'"{name}"' for name in among(versioned.table)]
    cleared = names[versioned.key + 2 :][: versioned.cleared]
    sets = ", ".join(["to_position = ?", *(f"{name} = NULL" for name in cleared)])
    where = " AND ".join(f"{name} = ?" for name in names[: versioned.key])
    return f"UPDATE {versioned.table.name} SET {sets} WHERE {where} AND to_position = {OPEN}"


class SqliteWriting:
    """A transaction on a SQLite file."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        driver: Any = connection.connection.driver_connection
        self._driver: sqlite3.Connection = driver

    def insert(self, table: Table, rows: Sequence[Row]) -> None:
        """Add rows that are not there."""
        if rows:
            self._driver.executemany(_insert(table), rows)

    def end(self, versioned: Versioned, ended: Sequence[Row]) -> None:
        """End standing versions."""
        if ended:
            self._driver.executemany(_end(versioned), ended)

    def delete(self, table: Table, columns: Sequence[str], keys: Sequence[Key]) -> None:
        """Take away the rows with these keys."""
        if keys:
            where = " AND ".join(f'"{column}" = ?' for column in columns)
            self._driver.executemany(f"DELETE FROM {table.name} WHERE {where}", keys)

    def replace(self, table: Table, ledger: str, rows: Sequence[Row]) -> None:  # noqa: ARG002  # as below
        """Make these all the rows of a table; what is there already stays as it is."""
        found = self._driver.execute(f"SELECT * FROM {table.name}")
        gone, new = _apart(table, found, rows)
        self.delete(table, _key_of(table), gone)
        self.insert(table, new)

    def clear(self, ledger: str) -> None:  # noqa: ARG002  # the file is of one ledger
        """Take away all rows."""
        for table in TABLES:
            self._driver.execute(f"DELETE FROM {table.name}")

    def together(self) -> AbstractContextManager[object]:
        """Nothing to spare: there are no round trips."""
        return nullcontext()


class SqliteStore:
    """The read model of one ledger in `read/CODE.sqlite`; it is made when it is not there, and may be deleted while nothing runs."""

    def __init__(self, folder: Path, ledger: str) -> None:
        self.ledger = ledger
        self.file = folder / "read" / f"{ledger}.sqlite"
        self.file.parent.mkdir(parents=True, exist_ok=True)
        self._engine = create_engine(
            f"sqlite+pysqlite:///{self.file}",
            connect_args={"check_same_thread": False, "timeout": PATIENCE},
            execution_options={
                "schema_translate_map": {SCHEMA: None},
                "compiled_cache": _compiled,
            },
            pool_size=8,
            max_overflow=24,
            # Each connection holds pages of the file: the one used last has those that are wanted again.
            pool_use_lifo=True,
            hide_parameters=True,
        )
        self._engine.dialect = _dialect()
        event.listen(self._engine, "connect", _opened)
        event.listen(self._engine, "begin", _begin)
        self._writing = self._engine.execution_options(begin="BEGIN IMMEDIATE")
        self._make()

    def _make(self) -> None:
        layout = _layout(SQLITE) & 0x7FFFFFFF
        with self._writing.begin() as connection:
            raw: Any = connection.connection.driver_connection
            if _one(raw, "PRAGMA user_version") != layout:
                if _one(raw, "SELECT count(*) FROM sqlite_master"):
                    METADATA.drop_all(connection)
                _make_tables(connection, raw, layout)
                raw.execute(f"PRAGMA user_version = {layout}")

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A connection for queries, which all see one position."""
        with self._engine.connect() as connection:
            yield connection

    @contextmanager
    def writing(self) -> Iterator[SqliteWriting]:
        """A transaction."""
        with self._writing.begin() as connection:
            yield SqliteWriting(connection)

    def survey(self) -> None:
        """Nothing: how it looks is settled by the keys that a query names."""

    def scrub(self) -> Scrubbed:
        """Write the file anew, and empty its journal; waits for those who are still reading, so long as a writer does."""
        with self._engine.connect() as connection:
            raw: Any = connection.connection.driver_connection
            try:
                raw.execute("VACUUM")
                ((busy, _, _),) = raw.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
            except sqlite3.OperationalError as error:
                if "locked" not in str(error):
                    raise
                return Scrubbed.LATER
        return Scrubbed.LATER if busy else Scrubbed.ALL

    def close(self) -> None:
        """Close the file."""
        self._engine.dispose()


def _opened(connection: sqlite3.Connection, _: object) -> None:
    # Transactions begin where we say, not where the driver guesses.
    connection.isolation_level = None
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = NORMAL")
    connection.execute("PRAGMA journal_size_limit = 16777216")
    connection.execute("PRAGMA cache_size = -16384")


_compiled: LRUCache[Any, Any] = LRUCache(MOST_STATEMENTS)
"""Queries as SQL: all files are asked the same, and to put a large one into words takes longer than to carry it out."""


@cache
def _dialect() -> Dialect:
    """How queries of every file are put into words: what is compiled for one dialect is found again by that one alone."""
    engine = create_engine("sqlite+pysqlite://")
    with engine.connect():
        # The first connection tells it what this SQLite can do.
        pass
    engine.dispose()
    return engine.dialect


_statements: dict[int, tuple[str, ...]] = {}
"""By which tables of a layout are made in a file, once they were made in one."""


def _one(raw: sqlite3.Connection, statement: str) -> int:
    ((found,),) = raw.execute(statement)
    return int(found)


def _make_tables(connection: Connection, raw: sqlite3.Connection, layout: int) -> None:
    """Make all tables in a file that has none; many ledgers are opened by one process, and words of one layout are found once."""
    known = _statements.get(layout)
    if known is not None:
        for statement in known:
            raw.execute(statement)
        return
    METADATA.create_all(connection)
    told = raw.execute("SELECT sql FROM sqlite_master WHERE sql IS NOT NULL ORDER BY rowid")
    _statements[layout] = tuple(statement for (statement,) in told)


def _begin(connection: Connection) -> None:
    connection.exec_driver_sql(connection.get_execution_options().get("begin", "BEGIN"))


SQLITE: Dialect = sqlite.dialect()
POSTGRES: Dialect = postgresql.dialect()  # type: ignore[no-untyped-call]


@cache
def _layout(dialect: Dialect) -> int:
    """A number that changes with the tables and with how rows are made; one process has one."""
    told = str(LAYOUT)
    for table in ALL_TABLES:
        told += str(CreateTable(table).compile(dialect=dialect))
        told += "".join(
            sorted(str(CreateIndex(index).compile(dialect=dialect)) for index in table.indexes)
        )
    return zlib.crc32(told.encode())


# PostgreSQL

_TYPES = {Integer: "int4", BigInteger: "int8", Text: "text", LargeBinary: "bytea", Boolean: "bool"}


def _type_of(column: Column[Any]) -> str:
    kind: Any = column.type
    if isinstance(kind, TypeDecorator):
        kind = kind.impl_instance
    return _TYPES[type(kind)]


@cache
def _types(table: Table) -> tuple[str, ...]:
    return tuple(_type_of(column) for column in table.columns)


def _arrays(types: Sequence[str]) -> str:
    return ", ".join(f"%b::{name}[]" for name in types)


@cache
def _copy(table: Table) -> bytes:
    return f"COPY {SCHEMA}.{table.name} FROM STDIN (FORMAT BINARY)".encode()


@cache
def _insert_few(table: Table) -> bytes:
    return (
        f"INSERT INTO {SCHEMA}.{table.name} SELECT * FROM unnest({_arrays(_types(table))})".encode()
    )


@cache
def _end_many(versioned: Versioned) -> bytes:
    names = [f'"{name}"' for name in among(versioned.table)]
    key = names[: versioned.key]
    types = ("int8", *_types(versioned.table)[: versioned.key])
    cleared = names[versioned.key + 2 :][: versioned.cleared]
    sets = ", ".join(["to_position = ended.at", *(f"{name} = NULL" for name in cleared)])
    where = " AND ".join(f"was.{name} = ended.{name}" for name in key)
    return (
        f"UPDATE {SCHEMA}.{versioned.table.name} AS was SET {sets} "
        f"FROM unnest({_arrays(types)}) AS ended (at, {', '.join(key)}) "
        f"WHERE {where} AND was.to_position = {OPEN}"
    ).encode()


@cache
def _delete_many(table: Table, columns: tuple[str, ...]) -> bytes:
    types = [_type_of(table.columns[name]) for name in columns]
    names = [f'"{name}"' for name in columns]
    where = " AND ".join(f"was.{name} = gone.{name}" for name in names)
    return (
        f"DELETE FROM {SCHEMA}.{table.name} AS was "
        f"USING unnest({_arrays(types)}) AS gone ({', '.join(names)}) WHERE {where}"
    ).encode()


class PostgresWriting:
    """A transaction on the shared tables."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        driver: Any = connection.connection.driver_connection
        self._driver: psycopg.Connection[Any] = driver

    def insert(self, table: Table, rows: Sequence[Row]) -> None:
        """Add rows that are not there."""
        if not rows:
            return
        with self._driver.cursor() as cursor:
            if len(rows) <= FEW or self._driver.pgconn.pipeline_status:
                cursor.execute(_insert_few(table), [list(c) for c in zip(*rows, strict=True)])
                return
            with cursor.copy(_copy(table)) as copy:
                copy.set_types(_types(table))
                write = copy.write_row
                for row in rows:
                    write(row)

    def end(self, versioned: Versioned, ended: Sequence[Row]) -> None:
        """End standing versions."""
        self._with_keys(_end_many(versioned), ended)

    def delete(self, table: Table, columns: Sequence[str], keys: Sequence[Key]) -> None:
        """Take away the rows with these keys."""
        self._with_keys(_delete_many(table, tuple(columns)), keys)

    def replace(self, table: Table, ledger: str, rows: Sequence[Row]) -> None:
        """Make these all the rows that a ledger has in a table; what is there already stays as it is."""
        statement = f"SELECT * FROM {SCHEMA}.{table.name} WHERE ledger = %s".encode()
        with self._driver.cursor(name="found") as cursor:
            cursor.itersize = FETCHED
            gone, new = _apart(table, cursor.execute(statement, (ledger,), binary=True), rows)
        self.delete(table, _key_of(table), gone)
        self.insert(table, new)

    def clear(self, ledger: str) -> None:
        """Take away all rows of a ledger."""
        with self._driver.cursor() as cursor:
            for table in TABLES:
                statement = f"DELETE FROM {SCHEMA}.{table.name} WHERE ledger = %s"
                cursor.execute(statement.encode(), (ledger,))

    def together(self) -> AbstractContextManager[object]:
        """Send the few changes made within in one go."""
        return self._driver.pipeline()

    def _with_keys(self, statement: bytes, keys: Sequence[Key]) -> None:
        if keys:
            with self._driver.cursor() as cursor:
                cursor.execute(statement, [list(c) for c in zip(*keys, strict=True)])


@dataclass(unsafe_hash=True)
class OtherLayout(Refused):
    """The database holds read models of another layout, or none: run `create_tables` as its owner."""


class PostgresStore:
    """The read models of all ledgers of one database, in the schema `lvzhi`; raises `OtherLayout` where they were never made."""

    def __init__(self, url: str, *, size: int = 8) -> None:
        self._engine = _engine(url, size)
        event.listen(self._engine, "connect", _connected)
        self._snapshots = self._engine.execution_options(isolation_level="REPEATABLE READ")
        with self._engine.connect() as connection:
            found = connection.exec_driver_sql(
                "SELECT to_regclass('lvzhi.read_layout') IS NOT NULL"
            ).scalar_one()
            layout = (
                found
                and connection.exec_driver_sql(
                    "SELECT layout FROM lvzhi.read_layout"
                ).scalar_one_or_none()
            )
        if not found or layout != _layout(POSTGRES):
            self._engine.dispose()
            raise OtherLayout(Reason.NOT_PREPARED)

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A connection for queries, which all see one position."""
        with self._snapshots.connect() as connection:
            yield connection

    @contextmanager
    def writing(self) -> Iterator[PostgresWriting]:
        """A transaction."""
        with self._engine.begin() as connection:
            yield PostgresWriting(connection)

    def survey(self) -> None:
        """Have the planner count anew, which it does by itself only some minute later; a table that is being looked after already is passed over.

        Only the owner of the tables can; for anybody else it does nothing.
        """
        with self._engine.connect() as connection:
            alone = connection.execution_options(isolation_level="AUTOCOMMIT")
            if alone.exec_driver_sql(_OWNS_ALL).scalar_one():
                for table in METADATA.sorted_tables:
                    alone.exec_driver_sql(f'ANALYZE (SKIP_LOCKED) "{SCHEMA}"."{table.name}"')

    def scrub(self) -> Scrubbed:
        """Vacuum the tables, and have the planner count anew, once nobody looks at what they were; what a page or a journal file still holds goes when it is used again. Only their owner can."""
        with self._engine.connect() as connection:
            alone = connection.execution_options(isolation_level="AUTOCOMMIT")
            if not alone.exec_driver_sql(_OWNS_ALL).scalar_one():
                return Scrubbed.BY_OWNER
            began = alone.exec_driver_sql("SELECT clock_timestamp()").scalar_one()
            until = monotonic() + PATIENCE
            while alone.exec_driver_sql(_LOOKING, (began,)).scalar_one():
                if monotonic() > until:
                    return Scrubbed.LATER
                sleep(LOOK_AGAIN)
            for table in METADATA.sorted_tables:
                alone.exec_driver_sql(f'VACUUM (ANALYZE) "{SCHEMA}"."{table.name}"')
        return Scrubbed.ALL

    def close(self) -> None:
        """Close all connections."""
        self._engine.dispose()


_OWNS_ALL = f"""
SELECT bool_and(pg_has_role(current_user, relowner, 'USAGE')) FROM pg_class
WHERE relkind = 'r' AND relnamespace = '{SCHEMA}'::regnamespace
"""  # a name of ours


_LOOKING = """
SELECT EXISTS (
    SELECT FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid()
    AND backend_type = 'client backend' AND backend_xmin IS NOT NULL AND xact_start < %s
)
"""
"""Whether a transaction goes on that began before: what it sees cannot be vacuumed away."""
LOOK_AGAIN = 0.1
"""Seconds after which it is seen again whether somebody still looks."""


def clean_tables(url: str) -> Scrubbed:
    """Vacuum the tables as their owner."""
    store = PostgresStore(url, size=1)
    try:
        return store.scrub()
    finally:
        store.close()


def _connected(connection: Any, _: object) -> None:
    # Rows and position come and go together: after a crash of the server the last batches are read again.
    connection.execute("SET synchronous_commit = off")
    connection.commit()


def _engine(url: str, size: int) -> Engine:
    return create_engine(
        make_url(url).set(drivername="postgresql+psycopg"),
        pool_size=size,
        max_overflow=size,
        pool_pre_ping=False,
        pool_use_lifo=True,
        # What rows hold is nobody's business who reads a log of errors.
        hide_parameters=True,
    )


def create_tables(url: str, service_role: str | None = None) -> None:
    """Make the tables in PostgreSQL as the owner of the database; a service role may then read and write them.

    Tables of another layout are made anew, empty: readers fill them from the ledgers.
    """
    layout = _layout(POSTGRES)
    engine = _engine(url, 1)
    try:
        with engine.begin() as connection:
            run = connection.exec_driver_sql
            run("SELECT pg_advisory_xact_lock(hashtext('lvzhi/create read tables'))")
            run(f"CREATE SCHEMA IF NOT EXISTS {SCHEMA}")
            run(f"CREATE TABLE IF NOT EXISTS {SCHEMA}.read_layout (layout bigint NOT NULL)")
            found = run(f"SELECT layout FROM {SCHEMA}.read_layout").scalar_one_or_none()
            if found != layout:
                METADATA.drop_all(connection)
                METADATA.create_all(connection)
                run(f"DELETE FROM {SCHEMA}.read_layout")
                run(f"INSERT INTO {SCHEMA}.read_layout VALUES ({layout})")
            if service_role is not None:
                tables = [sql.Identifier(SCHEMA, t.name) for t in ALL_TABLES]
                driver: Any = connection.connection.driver_connection
                role = sql.Identifier(service_role)
                driver.execute(
                    sql.SQL(
                        "GRANT USAGE ON SCHEMA {schema} TO {role};"
                        "GRANT SELECT ON {layout} TO {role};"
                        "GRANT SELECT, INSERT, UPDATE, DELETE ON {tables} TO {role}"
                    ).format(
                        schema=sql.Identifier(SCHEMA),
                        layout=sql.Identifier(SCHEMA, "read_layout"),
                        tables=sql.SQL(", ").join(tables),
                        role=role,
                    )
                )
    finally:
        engine.dispose()
