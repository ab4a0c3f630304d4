"""Where rows lie: a SQLite file for one ledger, or tables that all ledgers of a PostgreSQL database share."""

from __future__ import annotations

from contextlib import AbstractContextManager
from pathlib import Path
from typing import Protocol

from sqlalchemy import Connection


class Store(Protocol):
    """A place for rows: many look, one writes at a time."""

    def reading(self) -> AbstractContextManager[Connection]:
        """A connection for the queries of one page, which all see one position."""

    def close(self) -> None:
        """Give back connections and files."""


class SqliteStore:
    """The read model of one ledger in `read/CODE.sqlite`; it is made when it is not there, and may be deleted at any time."""

    def __init__(self, folder: Path, ledger: str) -> None:
        raise NotImplementedError


class PostgresStore:
    """The read models of all ledgers of one database, in the schema `lvzhi`."""

    def __init__(self, url: str, *, size: int = 8) -> None:
        raise NotImplementedError


def create_tables(url: str, service_role: str | None = None) -> None:
    """Make the tables in PostgreSQL as the owner of the database; a service role may then read and write them."""
    raise NotImplementedError
