"""Identities at a provider elsewhere: one signs in only to the account that it was linked to beforehand."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import ColumnElement, Connection, delete, select

from domain.people import Reason, Refused
from interfaces.access.accounts import Accounts, Purpose
from interfaces.access.journal import Journal, What
from interfaces.access.secret import Clock
from interfaces.access.store import Store, add
from interfaces.access.tables import identities


@dataclass(frozen=True, slots=True)
class Identity:
    """Who a provider says that somebody is: its own name, and its name for him, which it gives nobody else."""

    issuer: str
    subject: str


class Identities:
    """Links identities to accounts, and finds the account of one. None is made by itself."""

    def __init__(self, store: Store, accounts: Accounts, journal: Journal, clock: Clock) -> None:
        self._store = store
        self._accounts = accounts
        self._journal = journal
        self._clock = clock

    def account_of(self, identity: Identity) -> str:
        """The account that it was linked to; refuses one that was not."""
        asked = select(identities.c.account).where(_is(identity))
        with self._store.reading() as connection:
            account = connection.execute(asked).scalar_one_or_none()
        if account is None:
            raise Refused(Reason.NOT_LINKED)
        return str(account)

    def link(self, account: str, identity: Identity, *, by: str | None = None) -> None:
        """Link it to an account; refuses one that is linked already."""
        self._accounts.of(account)
        with self._store.writing() as connection:
            self._link(connection, account, identity, by)

    def link_by_ticket(self, secret: str, identity: Identity) -> str:
        """Link it to the account whose invitation this is, which is spent by that; answers the account."""
        with self._store.writing() as connection:
            account = self._accounts.spend(connection, secret, Purpose.IDENTITY)
            self._link(connection, account, identity, None)
        return account

    def _link(
        self, connection: Connection, account: str, identity: Identity, by: str | None
    ) -> None:
        row = {"issuer": identity.issuer, "subject": identity.subject, "account": account}
        if not add(connection, identities, linked_at=self._clock(), **row):
            raise Refused(Reason.ALREADY_DONE)
        self._journal.note(connection, What.IDENTITY_LINKED, account, by=by, detail=identity.issuer)

    def unlink(self, account: str, identity: Identity, *, by: str | None = None) -> None:
        """It signs in no more; sessions that stand are revoked apart."""
        mine = (identities.c.account == account) & _is(identity)
        with self._store.writing() as connection:
            if connection.execute(delete(identities).where(mine)).rowcount != 1:
                raise Refused(Reason.NOT_LINKED)
            detail = identity.issuer
            self._journal.note(connection, What.IDENTITY_UNLINKED, account, by=by, detail=detail)

    def all(self, account: str) -> tuple[Identity, ...]:
        """The identities of an account."""
        asked = select(identities.c.issuer, identities.c.subject)
        asked = asked.where(identities.c.account == account).order_by(*identities.primary_key)
        with self._store.reading() as connection:
            return tuple(Identity(*row) for row in connection.execute(asked))


def _is(identity: Identity) -> ColumnElement[bool]:
    return (identities.c.issuer == identity.issuer) & (identities.c.subject == identity.subject)
