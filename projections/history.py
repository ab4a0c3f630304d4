"""What happened to a member, a unit, a record or a document: entries, what they changed, and a sentence on each."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import BigInteger, Column, Connection, Table

from domain import deed, member, pairing, unit
from domain.entry import Entry
from domain.explain import Said
from projections.columns import METADATA, Row, Word, ledger_column
from projections.paging import Key, Page

touched = Table(
    "history",
    METADATA,
    ledger_column(),
    Column("subject", Word, primary_key=True),
    Column("position", BigInteger, primary_key=True, autoincrement=False),
    sqlite_with_rowid=False,
)
"""Which entries touch which stream."""


def touched_rows(ledger: str, entry: Entry[Any], subjects: set[str]) -> list[Row]:
    """The rows of the streams that an entry touches: its own, the subjects of the facts that it changes, and those it names."""
    position = entry.position
    return [
        (ledger, subject, position)
        for subject in sorted({entry.stream, *subjects, *named(entry.event)})
    ]


def named(event: Any) -> Iterator[str]:
    """The streams that an event names beside its own and those of its facts."""
    match event:
        case deed.Superseded(by=other) | deed.LinkedSame(same_as=other):
            yield other
        case deed.Returned(people=people) | deed.Confirmed(people=people):
            yield from (f"member/{each}" for each in people)
        case pairing.Paired(body=body):
            if body.with_unit is not None:
                yield f"unit/{body.with_unit}"
            if body.with_person is not None:
                yield f"member/{body.with_person}"
        case member.Admitted(memberships=memberships):
            yield from (f"unit/{each.unit}" for each in memberships)
        case member.Joined(membership=membership):
            yield f"unit/{membership.unit}"
        case member.Left(unit=one):
            yield f"unit/{one}"
        case member.Placed(placement=placement):
            yield f"unit/{placement.township}"
        case unit.Appointed(appointment=appointment):
            yield f"member/{appointment.person}"
        case unit.Relieved(person=person):
            yield f"member/{person}"
        case _:
            return


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
