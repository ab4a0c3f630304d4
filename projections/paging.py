"""Pages of rows with a key to go on from: nothing is skipped or shown twice while rows are added."""

from __future__ import annotations

import base64
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

import msgspec

T = TypeVar("T")
Key = tuple[int | str, ...]

MOST = 200
"""Rows that one page may have."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Page(Generic[T]):
    """Some rows in their order; `after` is the key to go on from, none on the last page."""

    rows: tuple[T, ...]
    after: Key | None = None


def page_of(rows: Sequence[T], limit: int, key: Callable[[T], Key]) -> Page[T]:
    """A page of at most `limit` rows, from a query that asked for one more."""
    if len(rows) <= limit:
        return Page(rows=tuple(rows))
    return Page(rows=tuple(rows[:limit]), after=key(rows[limit - 1]))


def checked_limit(limit: int) -> int:
    """The limit, if a page may have so many rows; `ValueError` otherwise."""
    if not 1 <= limit <= MOST:
        raise ValueError(f"a page has 1 to {MOST} rows, not {limit}")
    return limit


def cursor_of(key: Key) -> str:
    """A key as text that is safe in a URL."""
    return base64.urlsafe_b64encode(msgspec.json.encode(key)).decode().rstrip("=")


def key_of(cursor: str) -> Key:
    """The key that `cursor_of` wrote; `ValueError` for anything else."""
    try:
        return _keys.decode(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    except (msgspec.MsgspecError, UnicodeError) as error:
        raise ValueError(f"not a cursor: {cursor!r}") from error


_keys = msgspec.json.Decoder(tuple[int | str, ...])
