"""Whose words this read model was made without: after an erasure it is made anew, and after an older one was put back it is made anew again."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress

from psycopg.errors import UniqueViolation
from sqlalchemy import Connection, select
from sqlalchemy.exc import IntegrityError

from projections.as_of import purged
from projections.store import Store


def purged_of(connection: Connection, ledger: str) -> frozenset[str]:
    """All of them."""
    return frozenset(
        connection.execute(select(purged.c.subject).where(purged.c.ledger == ledger)).scalars()
    )


def note_purged(store: Store, ledger: str, subjects: Iterable[str]) -> None:
    """These are gone from the rows; and from what the rows were before, as far as the database can be made to forget."""
    # Another process may have made them anew and noted it at the same time.
    with suppress(IntegrityError, UniqueViolation), store.writing() as writing:
        writing.insert(purged, [(ledger, subject) for subject in sorted(subjects)])
    store.scrub()
