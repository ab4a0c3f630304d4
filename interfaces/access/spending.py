"""What may be used once: noted in the store as it is used, so that of two who use it at once one does."""

from __future__ import annotations

from sqlalchemy import Connection, delete

from interfaces.access.secret import Clock
from interfaces.access.store import Store, add
from interfaces.access.tables import spent


def spends(connection: Connection, what: str, until: float) -> bool:
    """Whether this was not used before; it is remembered until then."""
    return add(connection, spent, what=what, until=until)


def purge(store: Store, clock: Clock) -> int:
    """Forget what ended by itself by now; how much it was."""
    with store.writing() as connection:
        return connection.execute(delete(spent).where(spent.c.until <= clock())).rowcount
