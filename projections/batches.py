"""Batches: which file brought what into the ledger, by whom and when, and what of it was taken back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Connection,
    Table,
    and_,
    case,
    func,
    or_,
    select,
)

from domain.batch import BatchAct, of_batch
from domain.entry import Entry
from domain.people import PersonId, UnitId
from domain.words import Choice
from projections.columns import METADATA, Instant, Row, Word, ledger_column, micros
from projections.deeds import titles
from projections.paging import Key, Page, checked_limit, page_of

batch_entries = Table(
    "batch_entries",
    METADATA,
    ledger_column(),
    Column("batch", Word, primary_key=True),
    Column("position", BigInteger, primary_key=True, autoincrement=False),
    Column("act", Word, nullable=False),
    Column("undoes", Boolean, nullable=False),
    Column("stream", Word, nullable=False),
    Column("by", Word, nullable=False),
    Column("unit", Word, nullable=False),
    Column("at", Instant, nullable=False),
    sqlite_with_rowid=False,
)
"""Each entry that came with a batch, or with its undo."""


class BatchState(Choice):
    """How a batch stands."""

    STANDS = "stands", "已登记", "stands"
    PARTLY_UNDONE = "partly_undone", "已部分撤销", "partly undone"
    UNDONE = "undone", "已撤销", "undone"


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """A batch as lists show it.

    `title` is that of its first record. `records`, `additions`, `outcomes`, `links` and `roster` count what it wrote,
    `reversed` what an undo took back. `first` and `last` are positions of what it wrote; `undone_by` and `undone_at` are
    of its latest undo. A file that was imported anew since then stands again: `again_by` and `again_at` say who did it and when.
    """

    batch: str
    title: str
    by: PersonId
    unit: UnitId | None
    at: datetime
    first: int
    last: int
    records: int
    additions: int
    outcomes: int
    links: int
    roster: int
    reversed: int
    undone_by: PersonId | None
    undone_at: datetime | None
    state: BatchState
    again_by: PersonId | None = None
    again_at: datetime | None = None

    @property
    def left(self) -> int:
        """How much of what it wrote has not been taken back."""
        return self.records + self.additions + self.outcomes - self.reversed


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchEntry:
    """One entry of a batch or of its undo."""

    position: int
    act: BatchAct
    undoes: bool
    stream: str
    by: PersonId
    unit: UnitId | None
    at: datetime


# Rows


def batch_rows(ledger: str, entry: Entry[Any]) -> list[Row]:
    """The row of an entry that belongs to a batch."""
    found = of_batch(entry)
    if found is None:
        return []
    envelope = entry.envelope
    return [
        (
            ledger,
            found.batch,
            entry.position,
            found.act.value,
            found.undoes,
            entry.stream,
            envelope.by,
            envelope.unit or "",
            micros(envelope.at),
        )
    ]


# Queries

_ROWS = batch_entries.c


def batches(
    connection: Connection,
    ledger: str,
    *,
    by: PersonId | None = None,
    unit: UnitId | None = None,
    everybodys: bool = True,
    after: Key | None = None,
    limit: int = 50,
) -> Page[Batch]:
    """Batches, the newest first: everybody's, or those that somebody or his unit brought."""
    checked_limit(limit)
    asked = _summed(ledger)
    if not everybodys:
        mine = select(_ROWS.batch).where(
            _ROWS.ledger == ledger,
            ~_ROWS.undoes,
            or_(_ROWS.by == (by or ""), and_(_ROWS.unit != "", _ROWS.unit == (unit or ""))),
        )
        asked = asked.where(_ROWS.batch.in_(mine))
    first = func.min(_ROWS.position)
    if after is not None:
        asked = asked.having(first < after[0])
    found = connection.execute(asked.order_by(first.desc()).limit(limit + 1)).all()
    page = page_of(found, limit, lambda row: (row.first,))
    return Page(rows=tuple(_batches(connection, ledger, page.rows)), after=page.after)


def batch(connection: Connection, ledger: str, name: str) -> Batch | None:
    """One batch; none where nothing came by it."""
    found = connection.execute(_summed(ledger).where(_ROWS.batch == name)).all()
    return next(iter(_batches(connection, ledger, found)), None)


def entries_of(connection: Connection, ledger: str, name: str) -> list[BatchEntry]:
    """All that came with a batch and with its undo, in order."""
    found = connection.execute(
        select(batch_entries)
        .where(_ROWS.ledger == ledger, _ROWS.batch == name)
        .order_by(_ROWS.position)
    )
    return [
        BatchEntry(
            position=row.position,
            act=BatchAct.of(row.act),
            undoes=row.undoes,
            stream=row.stream,
            by=PersonId(row.by),
            unit=UnitId(row.unit) if row.unit else None,
            at=row.at,
        )
        for row in found
    ]


def _count(act: BatchAct) -> Any:
    return func.sum(case((_ROWS.act == act.value, 1), else_=0)).label(act.value)


def _summed(ledger: str) -> Any:
    return (
        select(
            _ROWS.batch,
            func.min(_ROWS.position).label("first"),
            func.max(case((_ROWS.undoes, 0), else_=_ROWS.position)).label("last"),
            func.max(case((_ROWS.undoes, _ROWS.position), else_=0)).label("undone"),
            *(_count(act) for act in BatchAct),
        )
        .where(_ROWS.ledger == ledger)
        .group_by(_ROWS.batch)
    )


def _batches(connection: Connection, ledger: str, found: Sequence[Any]) -> list[Batch]:
    positions = {row.first for row in found} | {row.undone for row in found if row.undone}
    positions |= {row.last for row in found if row.undone}
    told = {
        row.position: row
        for row in connection.execute(
            select(batch_entries).where(
                _ROWS.ledger == ledger,
                _ROWS.batch.in_([row.batch for row in found]),
                _ROWS.position.in_(positions),
            )
        )
    }
    called = titles(connection, ledger, {told[row.first].stream for row in found})
    made: list[Batch] = []
    for row in found:
        first = told[row.first]
        undone = told.get(row.undone)
        back = row.withdrawn + row.removed + row.retracted
        state = BatchState.STANDS
        again = told[row.last] if 0 < row.undone < row.last else None
        if again is None and (back or row.unlinked):
            whole = (
                row.withdrawn >= row.recorded
                and row.removed >= row.added
                and row.retracted >= row.outcome
            )
            state = BatchState.UNDONE if whole else BatchState.PARTLY_UNDONE
        made.append(
            Batch(
                batch=row.batch,
                title=called.get(first.stream, ""),
                by=PersonId(first.by),
                unit=UnitId(first.unit) if first.unit else None,
                at=first.at,
                first=row.first,
                last=row.last,
                records=row.recorded,
                additions=row.added,
                outcomes=row.outcome,
                links=row.linked,
                roster=row.roster,
                reversed=back,
                undone_by=None if undone is None else PersonId(undone.by),
                undone_at=None if undone is None else undone.at,
                state=state,
                again_by=None if again is None else PersonId(again.by),
                again_at=None if again is None else again.at,
            )
        )
    return made
