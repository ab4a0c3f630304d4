"""Stores of both kinds, and a clock that moves only when it is told to."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from threading import Barrier
from typing import TypeVar

import pytest
from sqlalchemy import delete

from domain.people import Refused
from interfaces.access.accounts import Accounts
from interfaces.access.journal import Journal
from interfaces.access.passwords import Gate, Passwords
from interfaces.access.second_factor import SecondFactor
from interfaces.access.secret import Keyring
from interfaces.access.sessions import Sessions
from interfaces.access.store import Store, in_database, in_folder
from interfaces.access.tables import METADATA, layout
from tests.interfaces.conftest import QUICK

T = TypeVar("T")


@dataclass
class Clock:
    """What time it is said to be."""

    now: float = 1_700_000_000.0

    def __call__(self) -> float:
        return self.now

    def passes(self, *, seconds: float = 0, minutes: float = 0, hours: float = 0) -> None:
        """Let time pass."""
        self.now += seconds + 60 * minutes + 3600 * hours


@pytest.fixture
def clock() -> Clock:
    """A moment."""
    return Clock()


@pytest.fixture
def sqlite_store(tmp_path: Path) -> Iterator[Store]:
    """A fresh store in a file."""
    store = in_folder(tmp_path)
    yield store
    store.close()


@pytest.fixture
def postgres_store(postgres_url: str) -> Iterator[Store]:
    """An empty store in the schema that they all share: to make the tables takes longer than most tests."""
    store = in_database(postgres_url)
    with store.writing() as connection:
        for table in METADATA.sorted_tables:
            if table is not layout:
                connection.execute(delete(table))
    yield store
    store.close()


@pytest.fixture(params=["sqlite", "postgres"])
def store(request: pytest.FixtureRequest) -> Store:
    """A fresh store of each kind."""
    found: Store = request.getfixturevalue(f"{request.param}_store")
    return found


@pytest.fixture
def journal(store: Store, clock: Clock) -> Journal:
    """A journal in which nothing stands."""
    return Journal(store, clock)


@pytest.fixture
def sessions(store: Store, journal: Journal, clock: Clock) -> Sessions:
    """No sessions yet."""
    return Sessions(store, journal, clock)


@pytest.fixture(scope="session")
def passwords() -> Passwords:
    """Passwords that many threads may look at; those of tests of passwords cost what they have to."""
    made = Passwords(gate=Gate(4, 64, patience=60))
    made._hasher = QUICK
    return made


@pytest.fixture
def accounts(
    store: Store, passwords: Passwords, sessions: Sessions, journal: Journal, clock: Clock
) -> Accounts:
    """No accounts yet."""
    return Accounts(store, passwords, sessions, journal, clock)


@pytest.fixture
def factor(store: Store, journal: Journal, clock: Clock) -> SecondFactor:
    """Second factors of nobody yet."""
    return SecondFactor(store, Keyring({"k1": b"1" * 32}), journal, clock)


def at_once(act: Callable[[], T], times: int = 8) -> tuple[list[T], list[Refused]]:
    """What came of an act that as many threads did at one moment, and what was refused."""
    barrier = Barrier(times)

    def one() -> T | Refused:
        barrier.wait()
        try:
            return act()
        except Refused as refused:
            return refused

    with ThreadPoolExecutor(times) as pool:
        said = [each.result() for each in [pool.submit(one) for _ in range(times)]]
    return (
        [each for each in said if not isinstance(each, Refused)],
        [each for each in said if isinstance(each, Refused)],
    )
