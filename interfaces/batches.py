"""Batches of imports as all doors show them: who may see which, what one holds, and what taking it back does."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Connection

from application import codec, undoing
from application.undoing import Fate, Line, Touched, Undo
from domain.access import Action, Asker, Relation
from domain.deed import LinkedSame
from domain.entry import Entry
from domain.people import Actor, PersonId, Reason, Refused
from interfaces.wiring import Desk
from projections import batches, deeds, roster
from projections.batches import Batch, BatchEntry


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchPage:
    """A batch with the entries that it wrote and those that took something back, and the titles of the records named."""

    batch: Batch
    entries: tuple[BatchEntry, ...]
    titles: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class TouchedView:
    """What somebody did to a record since; `by` is his id, `name` his name."""

    how: undoing.Touch
    by: PersonId
    name: str
    on: date
    position: int


@dataclass(frozen=True, slots=True, kw_only=True)
class UndoLineView:
    """What becomes of a record; `people` are the names of those taken out, `reason` why the ledger keeps it where nobody has touched it."""

    stream: str
    title: str
    on: date
    fate: Fate
    people: tuple[str, ...]
    touched: tuple[TouchedView, ...]
    reason: Reason | None
    link_undone: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class UndoView:
    """What an undo would do, or did, in its buckets: reversed, kept because somebody touched it since, only linked, gone before.

    `written`, `again` and `refused` count commands; `position` is what to wait for.
    """

    committed: bool
    batch: str
    reversed: tuple[UndoLineView, ...]
    kept: tuple[UndoLineView, ...]
    linked: tuple[UndoLineView, ...]
    gone: tuple[UndoLineView, ...]
    written: int
    again: int
    refused: int
    position: int


def relation_to(asker: Asker, batch: Batch) -> Relation:
    """How somebody stands to a batch: he brought it, or his unit did."""
    actor = asker.actor
    if actor.person in {batch.by, batch.again_by}:
        return Relation.OWN
    if actor.unit is not None and batch.unit == actor.unit:
        return Relation.UNIT
    return Relation.OTHER


def found(connection: Connection, ledger: str, asker: Asker, name: str) -> Batch:
    """A batch that somebody may see; raises `Refused`."""
    batch = batches.batch(connection, ledger, name)
    if batch is None:
        raise Refused(Reason.NO_SUCH_BATCH, "batch", name[:40])
    asker.must(Action.SEE_IMPORTS, relation_to(asker, batch), "batch")
    return batch


def page_of(connection: Connection, ledger: str, batch: Batch) -> BatchPage:
    """All that came with a batch and with its undo."""
    entries = tuple(batches.entries_of(connection, ledger, batch.batch))
    titles: dict[str, str] = {}
    streams = sorted({each.stream for each in entries})
    for start in range(0, len(streams), deeds.AT_ONCE):
        titles |= deeds.titles(connection, ledger, streams[start : start + deeds.AT_ONCE])
    return BatchPage(batch=batch, entries=entries, titles=titles)


def planned(desk: Desk, actor: Actor, name: str, reason: str) -> Undo:
    """What taking a batch back would do now; what can be read must have come as far as what was written."""
    with desk.store.reading() as connection:
        entries = batches.entries_of(connection, desk.code, name)
        streams = list(dict.fromkeys(each.stream for each in entries if not each.undoes))
        linked = deeds.linked_to(connection, desk.code, streams)
    of_streams = _entries(desk, [*streams, *linked])
    # A record that one of these is linked to is told of, too.
    others = {deed for deed in _linked_by(of_streams) if deed not in of_streams}
    of_streams |= _entries(desk, sorted(others))
    return undoing.plan_undo(
        name,
        of_streams,
        known=desk.known(),
        actor=actor,
        ledger=desk.code,
        reason=reason,
    )


def _entries(desk: Desk, streams: Sequence[str]) -> dict[str, list[Entry[Any]]]:
    read = desk.log.streams(streams) if streams else {}
    return {stream: codec.decode_all(rows, desk.vault) for stream, rows in read.items() if rows}


def _linked_by(of_streams: Mapping[str, Sequence[Entry[Any]]]) -> set[str]:
    return {
        entry.event.same_as
        for entries in of_streams.values()
        for entry in entries
        if isinstance(entry.event, LinkedSame)
    }


def view_of(undo: Undo, names: Mapping[str, str], *, committed: bool) -> UndoView:
    """An undo as all doors tell it."""

    def told(fate: Fate) -> tuple[UndoLineView, ...]:
        return tuple(_line(each, names) for each in undo.of(fate))

    return UndoView(
        committed=committed,
        batch=undo.batch,
        reversed=told(Fate.REVERSED),
        kept=told(Fate.KEPT),
        linked=told(Fate.LINKED),
        gone=told(Fate.GONE),
        written=undo.written,
        again=undo.again,
        refused=undo.refused,
        position=undo.position,
    )


def names_in(desk: Desk, undo: Undo) -> dict[str, str]:
    """The names of all whom an undo tells of."""
    people = {touched.by for line in undo.lines for touched in line.touched}
    people |= {person for line in undo.lines for person in line.people}
    with desk.store.reading() as connection:
        return roster.names(connection, desk.code, people=people)


def _line(line: Line, names: Mapping[str, str]) -> UndoLineView:
    return UndoLineView(
        stream=line.stream,
        title=line.title,
        on=line.on,
        fate=line.fate,
        people=tuple(names.get(f"member/{each}", each) for each in line.people),
        touched=tuple(_touched(each, names) for each in line.touched),
        reason=None if line.refused is None else line.refused.reason,
        link_undone=line.link_undone,
    )


def _touched(touched: Touched, names: Mapping[str, str]) -> TouchedView:
    return TouchedView(
        how=touched.how,
        by=touched.by,
        name=names.get(f"member/{touched.by}", touched.by),
        on=touched.on,
        position=touched.position,
    )
