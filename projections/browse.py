"""All that happened in a ledger, newest first, narrowed down by what it is about, what it does, who did it, when, and what it came with."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import Connection, func, select

from domain.people import PersonId, UnitId
from projections.as_of import entries
from projections.columns import NOTHING
from projections.entry_kinds import EntryKind
from projections.history import EntriesAt, Happening, told_of, touched
from projections.paging import Key, Page, checked_limit, page_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Sought:
    """Which entries are looked for; what is none asks nothing.

    `person` and `unit` are what an entry touches, `by` is who made it. `since` and `until` are positions: after the one, up to the other.
    `without` are kinds that are left out.
    """

    person: PersonId | None = None
    unit: UnitId | None = None
    kind: EntryKind | None = None
    by: PersonId | None = None
    cause: str = ""
    since: int | None = None
    until: int | None = None
    without: Collection[EntryKind] = ()


def browse(
    connection: Connection,
    ledger: str,
    sought: Sought,
    entries_at: EntriesAt,
    *,
    position: int | None = None,
    after: Key | None = None,
    limit: int = 50,
) -> Page[Happening]:
    """A page of the entries that are looked for, as known at a position or now."""
    checked_limit(limit)
    rows = entries.c
    asked = select(rows.position).where(rows.ledger == ledger)
    for subject in (
        None if sought.person is None else f"member/{sought.person}",
        None if sought.unit is None else f"unit/{sought.unit}",
    ):
        if subject is not None:
            asked = asked.where(
                rows.position.in_(
                    select(touched.c.position).where(
                        touched.c.ledger == ledger, touched.c.subject == subject
                    )
                )
            )
    if sought.kind is not None:
        asked = asked.where(rows.kind == sought.kind.value)
    if sought.without:
        asked = asked.where(rows.kind.not_in([each.value for each in sought.without]))
    if sought.by is not None:
        asked = asked.where(rows.by == sought.by)
    if sought.cause:
        asked = asked.where(rows.cause == sought.cause, rows.cause != NOTHING)
    if sought.since is not None:
        asked = asked.where(rows.position > sought.since)
    ends = [each for each in (sought.until, position) if each is not None]
    if ends:
        asked = asked.where(rows.position <= min(ends))
    if after is not None:
        asked = asked.where(rows.position < after[0])
    asked = asked.order_by(rows.position.desc()).limit(limit + 1)
    page = page_of(list(connection.execute(asked).scalars()), limit, lambda each: (each,))
    return Page(rows=told_of(connection, ledger, page.rows, entries_at), after=page.after)


def together(connection: Connection, ledger: str, causes: Collection[str]) -> dict[str, int]:
    """How many entries came with each of these batches."""
    wanted = sorted({each for each in causes if each})
    if not wanted:
        return {}
    rows = entries.c
    asked = (
        select(rows.cause, func.count().label("number"))
        .where(rows.ledger == ledger, rows.cause.in_(wanted), rows.cause != NOTHING)
        .group_by(rows.cause)
    )
    return {row.cause: row.number for row in connection.execute(asked)}
