"""Fixtures for all: a PostgreSQL that is always there, fresh ledgers, and each kind of log."""

from __future__ import annotations

import gc
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from urllib.parse import urlsplit
from uuid import uuid4

import psycopg
import pytest
from hypothesis import settings
from psycopg import sql

from application.log import Log
from application.memory_log import MemoryLog
from application.postgres_log import LogPool, PostgresLog
from application.postgres_log import create_ledger as create_postgres_ledger
from application.sqlite_log import SqliteLog
from application.sqlite_log import create_ledger as create_sqlite_ledger
from bench.postgres import embedded_postgres
from interfaces.settings import tune_process

settings.register_profile("lvzhi", deadline=None, max_examples=40)
# `--hypothesis-profile=thorough`: every property is tried on many more examples, before anything lands.
settings.register_profile("thorough", deadline=None, max_examples=200)
settings.load_profile("lvzhi")

SERVER = "LVZHI_TEST_POSTGRES_URL"
"""The environment's name for a server of yours, whose user may create databases."""
MEMORY = Path("/dev/shm")  # noqa: S108  # where Linux has files in memory; nothing is shared there
"""Where files of tests lie where there is so much room: whatever is flushed is flushed by the same calls, and no disk is waited for."""
ROOM = 4 << 30


def pytest_configure(config: pytest.Config) -> None:
    """Set the interpreter up as the product does; start one server for all workers of pytest-xdist, which inherit this environment."""
    tune_process()
    stack = ExitStack()
    config.add_cleanup(stack.close)
    if "TMPDIR" not in os.environ and _has_room():
        _in_memory(stack)
    if config.getoption("numprocesses", None) and SERVER not in os.environ:
        os.environ[SERVER] = stack.enter_context(embedded_postgres())
        stack.callback(os.environ.pop, SERVER)


def _has_room() -> bool:
    return os.access(MEMORY, os.W_OK) and shutil.disk_usage(MEMORY).free >= ROOM


def _in_memory(stack: ExitStack) -> None:
    """Have temporary folders, those of workers and of the server among them, lie in memory until the end; sweeps away what a session that was killed left there."""
    for left in MEMORY.glob("lvzhi-tests-*"):
        if not Path("/proc", left.name.split("-")[2]).exists():
            shutil.rmtree(left, ignore_errors=True)
    folder = tempfile.mkdtemp(prefix=f"lvzhi-tests-{os.getpid()}-", dir=MEMORY)
    stack.callback(shutil.rmtree, folder, ignore_errors=True)
    # The server runs as somebody else, who has to come through.
    Path(folder).chmod(0o711)
    tempfile.tempdir = os.environ["TMPDIR"] = folder
    stack.callback(os.environ.pop, "TMPDIR")


def pytest_collection_finish(session: pytest.Session) -> None:
    """What was imported and collected is there to the end: no search for garbage looks at it again."""
    gc.collect()
    gc.freeze()


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """The URL of an empty database, as its owner; it is dropped at the end of the session."""
    with ExitStack() as stack:
        server = os.environ.get(SERVER) or stack.enter_context(embedded_postgres())
        database = f"lvzhi_test_{uuid4().hex}"
        owner = stack.enter_context(psycopg.connect(server, autocommit=True))
        owner.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(database)))
        stack.callback(
            owner.execute,
            sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(database)),
        )
        yield urlsplit(server)._replace(path=f"/{database}").geturl()


@pytest.fixture(scope="session")
def postgres_pool(postgres_url: str) -> Iterator[LogPool]:
    """Connections that all logs of the session share."""
    with LogPool(postgres_url, size=16) as pool:
        yield pool


@pytest.fixture
def fresh_code() -> str:
    """The code of a ledger that nobody else uses."""
    return f"t{uuid4().hex[:12]}"


@pytest.fixture
def memory_log(fresh_code: str) -> MemoryLog:
    """An empty log in memory."""
    return MemoryLog(fresh_code)


@pytest.fixture
def sqlite_log(tmp_path: Path, fresh_code: str) -> Iterator[SqliteLog]:
    """An empty log in a file."""
    create_sqlite_ledger(tmp_path, fresh_code)
    log = SqliteLog(tmp_path, fresh_code)
    yield log
    log.close()


@pytest.fixture
def postgres_log(
    postgres_url: str, postgres_pool: LogPool, fresh_code: str
) -> Iterator[PostgresLog]:
    """An empty log in a schema of its own."""
    create_postgres_ledger(postgres_url, fresh_code)
    log = PostgresLog(postgres_pool, fresh_code)
    yield log
    log.close()


@pytest.fixture(params=["memory", "sqlite", "postgres"])
def any_log(request: pytest.FixtureRequest) -> Log:
    """An empty log of each kind."""
    log: Log = request.getfixturevalue(f"{request.param}_log")
    return log
