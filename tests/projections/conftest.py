"""Fixtures of the read side: a store of each kind, and a small county with some deeds."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from projections.store import PostgresStore, SqliteStore, Store, create_tables
from tests.projections.county import County


@pytest.fixture
def sqlite_store(tmp_path: Path) -> Iterator[SqliteStore]:
    """An empty file."""
    with closing(SqliteStore(tmp_path, "small")) as store:
        yield store


@pytest.fixture(scope="session")
def shared_postgres_store(postgres_url: str) -> Iterator[PostgresStore]:
    """The tables in a database of the session's own."""
    create_tables(postgres_url)
    with closing(PostgresStore(postgres_url)) as store:
        yield store


@pytest.fixture
def postgres_store(shared_postgres_store: PostgresStore) -> PostgresStore:
    """The tables, without rows."""
    with shared_postgres_store.writing() as writing:
        writing.clear("small")
    return shared_postgres_store


@pytest.fixture(params=["sqlite", "postgres"])
def store(request: pytest.FixtureRequest) -> Store:
    """A store of each kind."""
    found: Store = request.getfixturevalue(f"{request.param}_store")
    return found


@pytest.fixture
def county() -> County:
    """A county with its roster and no deeds."""
    return County().found()
