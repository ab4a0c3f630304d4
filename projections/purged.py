"""Whose words this read model was made without: after an erasure it is made anew, and after an older one was put back it is made anew again."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from contextlib import suppress

from psycopg.errors import UniqueViolation
from sqlalchemy import Connection, select

from projections.as_of import purged
from projections.store import Scrubbed, Store


def purged_of(connection: Connection, ledger: str) -> frozenset[str]:
    """All of them."""
    return frozenset(
        connection.execute(select(purged.c.subject).where(purged.c.ledger == ledger)).scalars()
    )


def note_purged(store: Store, ledger: str, subjects: Iterable[str]) -> Scrubbed:
    """These are gone from the rows, and then from what the rows were before, as far as the database can be made to forget.

    Noted last: until then it is all done again.
    """
    scrubbed = store.scrub()
    if scrubbed is not Scrubbed.LATER:
        # Another process may have made them anew and noted it at the same time.
        with suppress(sqlite3.IntegrityError, UniqueViolation), store.writing() as writing:
            writing.insert(purged, [(ledger, subject) for subject in sorted(subjects)])
    return scrubbed
