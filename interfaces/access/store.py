"""Where accounts lie: a SQLite file of their own, or a schema of a PostgreSQL database. Transactions are short and block."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from psycopg import sql
from sqlalchemy import Connection, Engine, Table, create_engine, event, insert, make_url, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as NoneFree

from domain.people import Reason, Refused
from interfaces.access.tables import LAYOUT, METADATA, SCHEMA, layout

FILE = "access.sqlite"
PATIENCE = 10.0
"""Seconds that a transaction waits for another one, or for a free connection."""


class Store:
    """One place for all that is known of accounts; made when it is not there."""

    def __init__(self, engine: Engine, schema: str | None) -> None:
        engine = engine.execution_options(schema_translate_map={SCHEMA: schema})
        self._reading = engine
        self._writing = engine.execution_options(begin="BEGIN IMMEDIATE")
        self._schema = schema
        try:
            self._make()
        except BaseException:
            self.close()
            raise

    def _make(self) -> None:
        if self._schema is not None and self._is_made():
            # The service need not own the tables, nor be let make any.
            return
        with self.writing() as connection:
            if self._schema is not None:
                run = connection.exec_driver_sql
                run("SELECT pg_advisory_xact_lock(hashtext('lvzhi/make access'))")
                run(f'CREATE SCHEMA IF NOT EXISTS "{self._schema}"')
            METADATA.create_all(connection)
            found = connection.execute(select(layout.c.number)).scalar_one_or_none()
            if found is None:
                connection.execute(insert(layout).values(number=LAYOUT))
            else:
                _refuse_newer(found)

    def _is_made(self) -> bool:
        """Whether all tables are there, in this layout."""
        with self.reading() as connection:
            there = connection.exec_driver_sql(f"SELECT to_regclass('{self._schema}.layout')")
            if there.scalar_one() is None:
                return False
            found = connection.execute(select(layout.c.number)).scalar_one_or_none()
        if found is not None:
            _refuse_newer(found)
        return found == LAYOUT

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A connection for queries, which all see one state of a SQLite file."""
        with _told(), self._reading.connect() as connection:
            yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """A transaction, committed at the end unless an exception leaves it."""
        with _told(), self._writing.begin() as connection:
            yield connection

    def close(self) -> None:
        """Give back connections and files."""
        self._reading.dispose()


@contextmanager
def _told() -> Iterator[None]:
    try:
        yield
    except (InterfaceError, OperationalError, NoneFree) as error:
        raise Refused(Reason.UNAVAILABLE, "access") from error


def _refuse_newer(found: int) -> None:
    if found > LAYOUT:
        raise Refused(Reason.NEWER_LAYOUT, "access", f"{found} > {LAYOUT}")


def make_in_database(url: str, service_role: str) -> None:
    """Make the store as the owner of the database, and let a role read and write it."""
    with closing(in_database(url)) as store, store.writing() as connection:
        driver: Any = connection.connection.driver_connection
        grants = (
            "GRANT USAGE ON SCHEMA {schema} TO {role};"
            "GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA {schema} TO {role};"
            "GRANT USAGE ON ALL SEQUENCES IN SCHEMA {schema} TO {role}"
        )
        named = {"schema": sql.Identifier(SCHEMA), "role": sql.Identifier(service_role)}
        driver.execute(sql.SQL(grants).format(**named))


def add(connection: Connection, table: Table, **row: Any) -> bool:
    """Whether the row was added; it is not where one with such a key is there already."""
    dialect = sqlite if connection.dialect.name == "sqlite" else postgresql
    put = dialect.insert(table).values(**row).on_conflict_do_nothing()
    return connection.execute(put.returning(*table.primary_key)).first() is not None


def in_folder(data: Path) -> Store:
    """The store in `access/access.sqlite` of a data folder; only its owner may read it."""
    file = data / "access" / FILE
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    # SQLite gives its log beside the file the mode of the file.
    os.close(os.open(file, os.O_RDWR | os.O_CREAT, 0o600))
    engine = create_engine(
        f"sqlite+pysqlite:///{file}",
        connect_args={"check_same_thread": False, "timeout": PATIENCE},
        pool_size=8,
        max_overflow=24,
        pool_timeout=PATIENCE,
        hide_parameters=True,
    )
    event.listen(engine, "connect", _opened)
    event.listen(engine, "begin", _begin)
    return Store(engine, None)


def _opened(connection: sqlite3.Connection, _: object) -> None:
    # Transactions begin where we say, not where the driver guesses. What was answered for is on the disk.
    connection.isolation_level = None
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute("PRAGMA secure_delete = ON")


def _begin(connection: Connection) -> None:
    connection.exec_driver_sql(connection.get_execution_options().get("begin", "BEGIN"))


def in_database(url: str) -> Store:
    """The store in the schema `lvzhi_access` of a PostgreSQL database."""
    engine = create_engine(
        make_url(url).set(drivername="postgresql+psycopg"),
        pool_size=4,
        max_overflow=12,
        pool_timeout=PATIENCE,
        pool_pre_ping=True,
        # What rows hold is nobody's business who reads a log of errors.
        hide_parameters=True,
    )
    return Store(engine, SCHEMA)
