"""Where ledgers lie, and what the same database does with the same bytes when nothing is checked: the baselines."""

from __future__ import annotations

import sqlite3
import tempfile
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, ExitStack, closing, contextmanager
from itertools import count
from pathlib import Path
from threading import Lock
from time import perf_counter
from typing import Any, Protocol, TypeAlias
from urllib.parse import urlsplit
from uuid import uuid4

import psycopg
from psycopg import sql

from application.log import Log, NewRow
from application.postgres_log import LogPool, PostgresLog
from application.postgres_log import create_ledger as create_in_postgres
from application.sqlite_log import SqliteLog
from application.sqlite_log import create_ledger as create_in_sqlite
from projections.store import TABLES, PostgresStore, SqliteStore, Store, create_tables

Insert: TypeAlias = Callable[[Sequence[NewRow]], float]
"""Stores these rows and returns the seconds that it took."""
InsertMany: TypeAlias = Callable[[Sequence[NewRow], int], float]
"""The same, with so many rows in each transaction."""
Copy: TypeAlias = Callable[[], float]
"""Stores the final rows of a read model in empty tables like its own, and returns the seconds that it took."""

LIKE_EVENTS = """
CREATE TABLE bare (
    position {key},
    stream text {collate} NOT NULL,
    version bigint NOT NULL,
    name text {collate} NOT NULL,
    body {bytes} NOT NULL,
    UNIQUE (stream, version)
)
"""
COLUMNS = "bare (stream, version, name, body)"


class Place(Protocol):
    """A database that holds ledgers."""

    name: str

    def new_log(self) -> Log:
        """An empty ledger's log."""

    def apart(self) -> AbstractContextManager[Place]:
        """Another of the kind, which holds no ledgers yet."""

    def prepare_reading(self) -> None:
        """Make what read models need before there are any."""

    def tidied(self) -> None:
        """Let the database put away rows of read models that were deleted."""

    def new_store(self, ledger: str) -> Store:
        """Where the read model of a ledger lies."""

    def where(self) -> dict[str, str | None]:
        """What another process needs to find it: `folder` and `database`."""

    def one_by_one(self, clients: int) -> AbstractContextManager[Insert]:
        """Inserts rows into a table like that of events, each in its own transaction, with as many threads as clients."""

    def in_bulk(self) -> AbstractContextManager[InsertMany]:
        """Puts rows into a table like that of events in the fastest way there is."""

    def copied_rows(self, ledger: str) -> AbstractContextManager[tuple[Copy, int]]:
        """Copies the rows that the read model of a ledger has now, in one transaction; and how many there are."""

    def round_trips(self) -> AbstractContextManager[Callable[[], float]]:
        """Runs an empty transaction and returns the seconds that it took."""


class InPostgres:
    """Ledgers in a PostgreSQL server."""

    name = "postgres"

    def __init__(self, url: str) -> None:
        self.url = url
        self.pool = LogPool(url, size=8)

    def new_log(self) -> PostgresLog:
        """An empty ledger's log."""
        code = f"bench_{uuid4().hex[:12]}"
        create_in_postgres(self.url, code)
        return PostgresLog(self.pool, code)

    @contextmanager
    def apart(self) -> Iterator[InPostgres]:
        """A database of its own in the same server."""
        code = f"lvzhi_bench_{uuid4().hex[:12]}"
        name = sql.Identifier(code)
        with psycopg.connect(self.url, autocommit=True) as connection:
            connection.execute(sql.SQL("CREATE DATABASE {}").format(name))
            place = InPostgres(urlsplit(self.url)._replace(path=f"/{code}").geturl())
            try:
                yield place
            finally:
                place.pool.close()
                connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(name))

    def prepare_reading(self) -> None:
        """Make the tables that all ledgers share."""
        create_tables(self.url)

    def tidied(self) -> None:
        """Vacuum the tables of read models."""
        names = ", ".join(f"lvzhi.{table.name}" for table in TABLES)
        with psycopg.connect(self.url, autocommit=True) as connection:
            connection.execute(f"VACUUM {names}".encode())

    def new_store(self, ledger: str) -> PostgresStore:
        """The tables, which hold the rows of this ledger among others."""
        return PostgresStore(self.url)

    def where(self) -> dict[str, str | None]:
        """The server."""
        return {"folder": tempfile.gettempdir(), "database": self.url}

    @contextmanager
    def one_by_one(self, clients: int) -> Iterator[Insert]:
        """Prepared INSERTs that commit by themselves, a connection and a thread for each client."""
        statement = f"INSERT INTO {COLUMNS} VALUES (%s, %s, %s, %b)"
        with self._bare_table(), ExitStack() as stack:
            threads = stack.enter_context(ThreadPoolExecutor(clients))
            connections = [
                stack.enter_context(psycopg.connect(self.url, autocommit=True))
                for _ in range(clients)
            ]

            def client(connection: psycopg.Connection, rows: Sequence[NewRow]) -> None:
                with connection.cursor() as cursor:
                    for row in rows:
                        cursor.execute(statement, row, prepare=True)

            def insert(rows: Sequence[NewRow]) -> float:
                shares = [rows[n::clients] for n in range(clients)]
                began = perf_counter()
                list(threads.map(client, connections, shares))
                return perf_counter() - began

            yield insert

    @contextmanager
    def in_bulk(self) -> Iterator[InsertMany]:
        """Binary COPY, with positions."""
        statement = "COPY bare (position, stream, version, name, body) FROM STDIN (FORMAT BINARY)"
        with self._bare_table(), psycopg.connect(self.url) as connection:
            positions = count(1)

            def insert(rows: Sequence[NewRow], per_transaction: int) -> float:
                began = perf_counter()
                with connection.cursor() as cursor:
                    for start in range(0, len(rows), per_transaction):
                        with cursor.copy(statement) as copy:
                            copy.set_types(["int8", "text", "int8", "text", "bytea"])
                            for row in rows[start : start + per_transaction]:
                                copy.write_row((next(positions), *row))
                        connection.commit()
                return perf_counter() - began

            yield insert

    @contextmanager
    def copied_rows(self, ledger: str) -> Iterator[tuple[Copy, int]]:
        """Binary COPY into tables with the same columns, keys and indexes."""
        with psycopg.connect(self.url, autocommit=True) as connection, ExitStack() as stack:
            contents: list[tuple[str, list[int], list[tuple[Any, ...]]]] = []
            for table in TABLES:
                bare, like = f"lvzhi.bare_{table.name}", f"lvzhi.{table.name}"
                found = connection.execute(
                    f"SELECT * FROM {like} WHERE ledger = %s".encode(), (ledger,), binary=True
                )
                types = [column.type_code for column in found.description or ()]
                contents.append((bare, types, found.fetchall()))
                connection.execute(f"CREATE TABLE {bare} (LIKE {like} INCLUDING ALL)".encode())
                stack.callback(connection.execute, f"DROP TABLE {bare}".encode())

            def copy() -> float:
                for bare, _, _ in contents:
                    connection.execute(f"TRUNCATE {bare}".encode())
                began = perf_counter()
                with connection.transaction(), connection.cursor() as cursor:
                    for bare, types, rows in contents:
                        with cursor.copy(f"COPY {bare} FROM STDIN (FORMAT BINARY)".encode()) as to:
                            to.set_types(types)
                            for row in rows:
                                to.write_row(row)
                return perf_counter() - began

            yield copy, sum(len(rows) for _, _, rows in contents)

    @contextmanager
    def round_trips(self) -> Iterator[Callable[[], float]]:
        """BEGIN and COMMIT in one connection."""
        with psycopg.connect(self.url, autocommit=True) as connection:

            def round_trip() -> float:
                began = perf_counter()
                with connection.transaction():
                    pass
                return perf_counter() - began

            yield round_trip

    @contextmanager
    def _bare_table(self) -> Iterator[None]:
        key = "bigint GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY"
        with psycopg.connect(self.url, autocommit=True) as connection:
            connection.execute(
                LIKE_EVENTS.format(key=key, collate='COLLATE "C"', bytes="bytea").encode()
            )
            try:
                yield
            finally:
                connection.execute("DROP TABLE bare")


class InSqlite:
    """Ledgers in files of a folder."""

    name = "sqlite"

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def new_log(self) -> SqliteLog:
        """An empty ledger's log."""
        code = f"bench_{uuid4().hex[:12]}"
        create_in_sqlite(self.folder, code)
        return SqliteLog(self.folder, code)

    @contextmanager
    def apart(self) -> Iterator[InSqlite]:
        """A folder inside."""
        with tempfile.TemporaryDirectory(dir=self.folder) as folder:
            yield InSqlite(Path(folder))

    def prepare_reading(self) -> None:
        """Nothing: files are made when they are needed."""

    def tidied(self) -> None:
        """Nothing: pages that were freed are used again."""

    def new_store(self, ledger: str) -> SqliteStore:
        """A file of its own."""
        return SqliteStore(self.folder, ledger)

    def where(self) -> dict[str, str | None]:
        """The folder."""
        return {"folder": str(self.folder), "database": None}

    @contextmanager
    def one_by_one(self, clients: int) -> Iterator[Insert]:
        """INSERTs that commit by themselves on one connection that the threads use in turns."""
        statement = f"INSERT INTO {COLUMNS} VALUES (?, ?, ?, ?)"
        turn = Lock()
        with self._bare_table() as connection, ThreadPoolExecutor(clients) as threads:

            def client(rows: Sequence[NewRow]) -> None:
                for row in rows:
                    with turn:
                        connection.execute(statement, row)

            def insert(rows: Sequence[NewRow]) -> float:
                shares = [rows[n::clients] for n in range(clients)]
                began = perf_counter()
                list(threads.map(client, shares))
                return perf_counter() - began

            yield insert

    @contextmanager
    def in_bulk(self) -> Iterator[InsertMany]:
        """`executemany` of a prepared INSERT."""
        statement = f"INSERT INTO {COLUMNS} VALUES (?, ?, ?, ?)"
        with self._bare_table() as connection:

            def insert(rows: Sequence[NewRow], per_transaction: int) -> float:
                began = perf_counter()
                for start in range(0, len(rows), per_transaction):
                    connection.execute("BEGIN IMMEDIATE")
                    connection.executemany(statement, rows[start : start + per_transaction])
                    connection.execute("COMMIT")
                return perf_counter() - began

            yield insert

    @contextmanager
    def copied_rows(self, ledger: str) -> Iterator[tuple[Copy, int]]:
        """`executemany` into tables with the same columns, keys and indexes, of another file."""
        made: list[str] = []
        contents: dict[str, list[tuple[Any, ...]]] = {}
        file = self.folder / "read" / f"{ledger}.sqlite"
        with closing(sqlite3.connect(file)) as model:
            for name, statement in model.execute(
                "SELECT iif(type = 'table', name, NULL), sql FROM sqlite_master "
                "WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite_%' ORDER BY type = 'index'"
            ).fetchall():
                made.append(statement)
                if name is not None:
                    contents[name] = model.execute(f"SELECT * FROM {name}").fetchall()
        bare = self.folder / "copied.sqlite"

        def copy() -> float:
            bare.unlink(missing_ok=True)
            with closing(sqlite3.connect(bare, isolation_level=None)) as connection:
                connection.execute("PRAGMA journal_mode = WAL")
                for statement in made:
                    connection.execute(statement)
                began = perf_counter()
                connection.execute("BEGIN IMMEDIATE")
                for name, rows in contents.items():
                    if rows:
                        marks = ", ".join("?" * len(rows[0]))
                        connection.executemany(f"INSERT INTO {name} VALUES ({marks})", rows)
                connection.execute("COMMIT")
                return perf_counter() - began

        yield copy, sum(map(len, contents.values()))

    @contextmanager
    def round_trips(self) -> Iterator[Callable[[], float]]:
        """BEGIN IMMEDIATE and COMMIT in one connection."""
        with self._bare_table() as connection:

            def round_trip() -> float:
                began = perf_counter()
                connection.execute("BEGIN IMMEDIATE")
                connection.execute("COMMIT")
                return perf_counter() - began

            yield round_trip

    @contextmanager
    def _bare_table(self) -> Iterator[sqlite3.Connection]:
        file = self.folder / "bare.sqlite"
        with closing(
            sqlite3.connect(file, isolation_level=None, check_same_thread=False)
        ) as connection:
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute("PRAGMA synchronous = FULL")
            connection.execute("DROP TABLE IF EXISTS bare")
            connection.execute(
                LIKE_EVENTS.format(key="INTEGER PRIMARY KEY", collate="", bytes="blob")
            )
            yield connection
