"""How soon somebody may try again after failures: later each time, never not at all, counted before anything is looked at."""

from __future__ import annotations

import re
from dataclasses import dataclass
from ipaddress import IPv6Address, ip_address
from itertools import count
from math import ceil

from sqlalchemy import Connection, Row, case, delete, select, update
from sqlalchemy.dialects import postgresql, sqlite

from domain.people import Reason, Refused
from interfaces.access.secret import Clock, Marks
from interfaces.access.store import Store
from interfaces.access.tables import throttle

LONGEST = 15 * 60.0
"""Seconds that somebody waits at most."""
FORGOTTEN = 24 * 3600.0
"""Seconds after which failures do not count any more."""
OF_AN_ADDRESS = 20
"""Failures that an address has free: a whole office may share it."""
MOST = 100_000
"""Rows that are kept; the oldest go first."""
_PURGED_EVERY = 256
_WITH_PORT = re.compile(r"\[([0-9A-Fa-f:.]+)\](?::\d+)?|([0-9.]+):\d+", re.ASCII)


@dataclass(unsafe_hash=True)
class TooSoon(Refused):
    """An attempt that was not looked at; the next one is after so many seconds."""

    seconds: int = 1


def too_soon(seconds: float) -> TooSoon:
    """The refusal of an attempt that comes so many seconds too early."""
    whole = max(1, ceil(seconds))
    return TooSoon(Reason.TOO_SOON, about=f"{whole} s", seconds=whole)


@dataclass(frozen=True, slots=True)
class Counted:
    """What failures are counted of. What is shared is not cleared by one who succeeds."""

    key: str
    free: int = 0
    shared: bool = False


def of_name(marks: Marks, name: str) -> Counted:
    """Attempts at a login name by anybody, whether there is such an account or not."""
    return Counted(f"name {marks.pseudonym(name, 'throttle')}")


def of_address(address: str) -> Counted:
    """Attempts from an address, whatever port a proxy wrote behind it; of the long ones, from the network that one customer has."""
    with_port = _WITH_PORT.fullmatch(address)
    try:
        found = ip_address(address if with_port is None else with_port[1] or with_port[2])
    except ValueError:
        return Counted("address unknown", OF_AN_ADDRESS, shared=True)
    if isinstance(found, IPv6Address):
        found = found.ipv4_mapped or IPv6Address(int(found) >> 64 << 64)
    return Counted(f"address {found}", OF_AN_ADDRESS, shared=True)


@dataclass(frozen=True, slots=True)
class Admitted:
    """An attempt that may be looked at, counted as failed until somebody says otherwise; `delay` is how long the next one waits."""

    rows: tuple[tuple[Counted, float, float], ...]
    delay: float


class Throttle:
    """Counts in the store, so that of several attempts at one moment one is looked at, in whatever process."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock
        self._admitted = count(1)

    def admit(self, *counted: Counted) -> Admitted:
        """Count an attempt as failed and let it be looked at; refuses one that comes too soon, and counts it for nobody."""
        if next(self._admitted) % _PURGED_EVERY == 0:
            self.purge()
        now = self._clock()
        with self._store.writing() as connection:
            # In one order, so that two attempts never wait for each other.
            ordered = sorted(counted, key=lambda each: each.key)
            rows = [(each, _locked(connection, each.key, now)) for each in ordered]
            wait = max(row.free_at for _, row in rows) - now
            if wait > 0:
                raise too_soon(wait)
            done = tuple(self._count(connection, each, row, now) for each, row in rows)
        return Admitted(done, max(after for _, _, after in done) - now)

    def _count(
        self, connection: Connection, each: Counted, row: Row[tuple[int, float, float]], now: float
    ) -> tuple[Counted, float, float]:
        failures = 1 + (0 if now - row.last_at >= FORGOTTEN else row.failures)
        after = now + _delay(failures - each.free)
        change = update(throttle).where(throttle.c.key == each.key)
        connection.execute(change.values(failures=failures, last_at=now, free_at=after))
        return each, row.free_at, after

    def succeeded(self, admitted: Admitted) -> None:
        """It was no failure: whoever it was starts anew; what is shared gets back this one attempt."""
        with self._store.writing() as connection:
            for each, before, after in admitted.rows:
                if each.shared:
                    _give_back(connection, each, before, after)
                else:
                    connection.execute(delete(throttle).where(throttle.c.key == each.key))

    def not_looked_at(self, admitted: Admitted) -> None:
        """It was not looked at after all: as if it had not been."""
        with self._store.writing() as connection:
            for each, before, after in admitted.rows:
                _give_back(connection, each, before, after)

    def purge(self) -> int:
        """Take away rows that count for nothing any more, and the oldest where there are too many; how many they were."""
        age = throttle.c.last_at
        with self._store.writing() as connection:
            old = delete(throttle).where(age <= self._clock() - FORGOTTEN)
            gone = connection.execute(old).rowcount
            beyond = select(age).order_by(age.desc()).offset(MOST).limit(1).scalar_subquery()
            return gone + connection.execute(delete(throttle).where(age <= beyond)).rowcount


def _delay(failures: int) -> float:
    """1, 2, 4 seconds and so on."""
    return 0.0 if failures <= 0 else min(LONGEST, 2.0 ** min(failures - 1, 20))


def _locked(connection: Connection, key: str, now: float) -> Row[tuple[int, float, float]]:
    """The row of this key, made where there is none; nobody else changes it before the transaction ends."""
    dialect = sqlite if connection.dialect.name == "sqlite" else postgresql
    put = dialect.insert(throttle).values(key=key, failures=0, last_at=now, free_at=0.0)
    put = put.on_conflict_do_update(index_elements=["key"], set_={"key": key})
    columns = (throttle.c.failures, throttle.c.last_at, throttle.c.free_at)
    return connection.execute(put.returning(*columns)).one()


def _give_back(connection: Connection, each: Counted, before: float, after: float) -> None:
    failures, free_at = throttle.c.failures, throttle.c.free_at
    change = update(throttle).where(throttle.c.key == each.key, failures > 0)
    # What somebody else's failure set stands.
    freed = case((free_at == after, before), else_=free_at)
    connection.execute(change.values(failures=failures - 1, free_at=freed))
