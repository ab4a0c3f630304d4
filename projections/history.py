"""What happened to a member, a unit, a record or a document: entries, what they changed, and a sentence on each."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection

from domain.entry import Entry
from domain.explain import Said
from projections.paging import Key, Page

EntriesAt = Callable[[Sequence[int]], list[Entry[Any]]]
"""Reads the entries at some positions from the log, in order of position."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """A field that an entry changed: a JSON pointer, its name in two languages, the old words and the new."""

    field: str
    zh: str
    en: str
    old: str
    new: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Happening:
    """An entry as a history shows it: what it said, what it changed, and a sentence in two languages."""

    entry: Entry[Any]
    said: Said
    differences: tuple[Difference, ...]


def history(
    connection: Connection,
    ledger: str,
    subject: str,
    entries_at: EntriesAt,
    *,
    position: int | None = None,
    after: Key | None = None,
    limit: int = 50,
) -> Page[Happening]:
    """Newest first: the entries that touch a stream (`member/ID`, `unit/ID`, `occasion/ID`, `rubric/CODE` ...)."""
    raise NotImplementedError
