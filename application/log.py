"""What every log promises: gapless positions, compare-and-set on the head, command ids that are spent once."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import NamedTuple, Protocol, TypeAlias

LARGEST_BODY = 60_000
"""Bytes that the body of one entry may have."""


def checked_code(code: str) -> str:
    """The code of a ledger, fit for a file name and a schema name; anything else is a `ValueError`."""
    if not re.fullmatch("[a-z][a-z0-9_]{0,39}", code):
        raise ValueError(f"not a ledger code: {code!r}")
    return code


class NewRow(NamedTuple):
    """An entry about to be appended: `version` counts from 1 within its stream, `body` is what is stored and hashed."""

    stream: str
    version: int
    name: str
    body: bytes


class StoredRow(NamedTuple):
    """An entry as stored; `position` counts from 1 in the ledger, without gaps, in commit order."""

    position: int
    stream: str
    version: int
    name: str
    body: bytes


class Spent(NamedTuple):
    """A command id that has been spent: `first` and `last` are the positions it produced, 0 where it was so already.

    `digest` is of its payload.
    """

    command: str
    digest: bytes
    first: int
    last: int


@dataclass(unsafe_hash=True)
class Overtaken(Exception):
    """Somebody else moved the head since it was read: catch up and decide again. Nothing was stored."""

    ledger: str


@dataclass(unsafe_hash=True)
class AlreadySpent(Exception):
    """At least one command id of this append has been spent before: look it up. Nothing was stored."""

    ledger: str


@dataclass(unsafe_hash=True)
class StreamTaken(Exception):
    """A stream already has an entry of that version: read the stream and decide again. Nothing was stored."""

    ledger: str


@dataclass(unsafe_hash=True)
class TooLarge(Exception):
    """An entry has more bytes than `LARGEST_BODY`: split it into several. Nothing was stored."""

    ledger: str
    stream: str
    size: int


@dataclass(unsafe_hash=True)
class Unsafe(Exception):
    """The database is set up so that acknowledged facts could be lost; `setting` names what to change."""

    setting: str
    found: str


def refuse_too_large(ledger: str, rows: Sequence[NewRow]) -> None:
    """Raise `TooLarge` for the first of these entries that no log stores."""
    for row in rows:
        if len(row.body) > LARGEST_BODY:
            raise TooLarge(ledger, row.stream, len(row.body))


Decide: TypeAlias = Callable[[], tuple[int, Sequence[NewRow], Sequence[Spent]]]
"""Says what to append: the expected head, rows, and command ids to spend."""


class Answer(Protocol):
    """What a log says to an append that it was sent."""

    def fileno(self) -> int:
        """What to wait on: readable when it may be there. -1 where it is there from the beginning."""

    def is_there(self) -> bool:
        """Whether `take` need not wait."""

    def take(self) -> None:
        """Wait for it, once; raises what `append` raises."""


class AtOnce:
    """The answer of a log that stores while it is being asked."""

    def __init__(self, append: Callable[[], None]) -> None:
        self._error: Exception | None = None
        try:
            append()
        except Exception as error:  # raised when the answer is taken
            self._error = error

    def fileno(self) -> int:
        """-1: there is nothing to wait for."""
        return -1

    def is_there(self) -> bool:
        """True."""
        return True

    def take(self) -> None:
        """Raise what the append raised."""
        if self._error is not None:
            raise self._error


class Log(Protocol):
    """One append-only log, belonging to one committee. Safe to call from several threads."""

    ledger: str

    def head(self) -> int:
        """The position of the newest entry, 0 when there is none."""

    def append(self, expected_head: int, rows: Sequence[NewRow], spent: Sequence[Spent]) -> None:
        """Store rows at `expected_head + 1 ...` and spend the command ids, all or nothing, in one transaction.

        Raises `TooLarge`, `Overtaken`, `AlreadySpent` or `StreamTaken`; on any other error the outcome is unknown: look the commands up.
        """

    def send(self, expected_head: int, rows: Sequence[NewRow], spent: Sequence[Spent]) -> Answer:
        """As `append`, without waiting for the answer where the store can do without; raises nothing."""

    def try_send(
        self, expected_head: int, rows: Sequence[NewRow], spent: Sequence[Spent]
    ) -> Answer | None:
        """As `send`, where nobody need wait even for that; otherwise none, and nothing was sent."""

    def append_alone(self, decide: Decide) -> None:
        """As `append`, for a writer that lost the race: nobody else can move the head while `decide` says what to store."""

    def look_up(self, commands: Sequence[str]) -> dict[str, Spent]:
        """Those of the command ids that have been spent."""

    def since(self, position: int, limit: int) -> list[StoredRow]:
        """At most `limit` entries after `position`, in order."""

    def stream(self, stream: str) -> list[StoredRow]:
        """All entries of one stream, in order."""

    def streams(self, streams: Sequence[str]) -> dict[str, list[StoredRow]]:
        """All entries of some streams, in order; a stream without entries is an empty list."""

    def streams_like(
        self, prefix: str, up_to: int, after: int = 0, newest: int | None = None
    ) -> list[StoredRow]:
        """Entries after position `after` and at or before `up_to` of all streams whose name starts with `prefix`, in order of position; only the `newest` so many where that is said."""

    def at(self, positions: Sequence[int]) -> list[StoredRow]:
        """The entries at these positions, in order of position."""

    def try_prefer(self) -> bool:
        """Whether this process is the preferred writer, becoming it if nobody is; others stay correct, only slower."""

    def close(self) -> None:
        """Give back connections and files."""
