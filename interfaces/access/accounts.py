"""Accounts of people: a login name, a password, and which person of which ledger somebody is. What he may do follows from the ledger."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass, field
from uuid import uuid4

from sqlalchemy import (
    ColumnElement,
    Connection,
    Row,
    Select,
    delete,
    exists,
    func,
    insert,
    select,
    update,
)
from sqlalchemy.exc import IntegrityError

from domain.characters import composed, is_forbidden
from domain.people import PersonId, Reason, Refused
from domain.words import Choice, Label
from interfaces.access.journal import Journal, What
from interfaces.access.passwords import Passwords
from interfaces.access.secret import Clock, digest, drawn
from interfaces.access.sessions import Sessions
from interfaces.access.store import Store, add
from interfaces.access.tables import accounts, links, tickets

TICKET_ENDS = 72 * 3600.0
_NAME = re.compile(r"\S{2,64}")
_WANTED = Label("2 至 64 个字符,不含空格", "2 to 64 characters without spaces")


class Purpose(Choice):
    """What a link that was sent out is good for, once."""

    PASSWORD = "password", "设置密码", "set a password"
    IDENTITY = "identity", "关联外部身份", "link an outside identity"


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """An account as it stands."""

    id: str
    name: str
    made_at: float
    disabled: bool
    has_password: bool
    has_factor: bool


@dataclass(frozen=True, slots=True)
class Known:
    """An account and what is kept of its password."""

    account: Account
    kept: str | None = field(repr=False)


@dataclass(frozen=True, slots=True)
class Link:
    """Which person of a ledger an account is."""

    ledger: str
    person: PersonId


@dataclass(frozen=True, slots=True)
class InLedger:
    """An account of a person of a ledger: whether it is somebody `elsewhere` too, and whether a secret is `awaited` that it was given."""

    account: Account
    person: PersonId
    elsewhere: bool
    awaited: bool


def folded(name: str) -> str:
    """A login name as it is kept: composed, and the same in capital and small letters."""
    return composed(composed(name).casefold())


def _checked(name: str) -> str:
    name = folded(name.strip())
    if is_forbidden(name):
        raise Refused(Reason.BAD_CHARACTERS, "/name")
    if not _NAME.fullmatch(name):
        raise Refused(Reason.MALFORMED, "/name", wanted=_WANTED)
    return name


class Accounts:
    """Makes, changes and finds accounts. `by` is the account of whoever does it where that is somebody else."""

    def __init__(
        self, store: Store, passwords: Passwords, sessions: Sessions, journal: Journal, clock: Clock
    ) -> None:
        self._store = store
        self._passwords = passwords
        self._sessions = sessions
        self._journal = journal
        self._clock = clock

    # Making and finding

    def make(self, name: str, *, by: str | None = None) -> Account:
        """A new account, which nobody can sign in to before it has a password or an outside identity."""
        name, account = _checked(name), str(uuid4())
        with self._store.writing() as connection:
            row = {"id": account, "name": name, "made_at": self._clock()}
            if not add(connection, accounts, **row):
                raise Refused(Reason.NAME_TAKEN, "/name", name)
            self._journal.note(connection, What.ACCOUNT_MADE, account, by=by)
        return self.of(account)

    def make_for(
        self, name: str, ledger: str, person: PersonId, *, by: str | None = None
    ) -> Account:
        """A new account of a person of a ledger, who has none there yet; both or nothing."""
        name, account = _checked(name), str(uuid4())
        with self._store.writing() as connection:
            row = {"id": account, "name": name, "made_at": self._clock()}
            if not add(connection, accounts, **row):
                raise Refused(Reason.NAME_TAKEN, "/name", name)
            if not add(connection, links, account=account, ledger=ledger, person=person):
                raise Refused(Reason.ALREADY_DONE, "/person", person)
            self._journal.note(connection, What.ACCOUNT_MADE, account, by=by)
            self._journal.note(connection, What.LINKED, account, by=by, detail=f"{ledger} {person}")
        return self.of(account)

    def of(self, account: str) -> Account:
        """The account of this id."""
        return self._one(select(accounts).where(accounts.c.id == account), account).account

    def named(self, name: str) -> Account:
        """The account of this login name."""
        known = self.known(name)
        if known is None:
            raise Refused(Reason.NO_SUCH_ACCOUNT, about=name[:80])
        return known.account

    def of_person(self, ledger: str, person: PersonId) -> Account:
        """The account by which a person of a ledger signs in."""
        asked = select(accounts).join(links, links.c.account == accounts.c.id)
        asked = asked.where(links.c.ledger == ledger, links.c.person == person)
        return self._one(asked, person).account

    def known(self, name: str) -> Known | None:
        """Account and kept password of a login name that somebody typed; none where there is no such account."""
        if is_forbidden(name):
            return None
        with self._store.reading() as connection:
            asked = select(accounts).where(accounts.c.name == folded(name))
            row = connection.execute(asked).one_or_none()
        return None if row is None else _known(row)

    def kept(self, account: str) -> Known:
        """Account and kept password of this id."""
        return self._one(select(accounts).where(accounts.c.id == account), account)

    def all(self, *, after: str = "", most: int = 100) -> tuple[Account, ...]:
        """Accounts by name; `after` is the last name of the page before."""
        asked = select(accounts).where(accounts.c.name > after).order_by(accounts.c.name)
        with self._store.reading() as connection:
            rows = connection.execute(asked.limit(max(1, min(most, 1000)))).all()
        return tuple(_known(row).account for row in rows)

    def _one(self, asked: Select[tuple[object, ...]], about: str) -> Known:
        with self._store.reading() as connection:
            row = connection.execute(asked).one_or_none()
        if row is None:
            raise Refused(Reason.NO_SUCH_ACCOUNT, about=about[:80])
        return _known(row)

    def in_ledger(
        self,
        ledger: str,
        *,
        account: str | None = None,
        persons: Collection[PersonId] | None = None,
        after: str = "",
        most: int = 50,
    ) -> tuple[InLedger, ...]:
        """The accounts of people of a ledger, by name: one of them, those of some people, or all after a name."""
        other = links.alias("other")
        elsewhere = exists(
            select(other.c.ledger).where(
                other.c.account == links.c.account, other.c.ledger != links.c.ledger
            )
        )
        good = exists(
            select(tickets.c.digest).where(
                tickets.c.account == links.c.account, tickets.c.ends_at > self._clock()
            )
        )
        asked = (
            select(
                accounts,
                links.c.person,
                elsewhere.label("elsewhere"),
                good.label("awaited"),
            )
            .join(links, links.c.account == accounts.c.id)
            .where(links.c.ledger == ledger, accounts.c.name > after)
            .order_by(accounts.c.name)
        )
        if account is not None:
            asked = asked.where(accounts.c.id == account)
        if persons is not None:
            asked = asked.where(links.c.person.in_(persons))
        with self._store.reading() as connection:
            rows = connection.execute(asked.limit(max(1, min(most, 1000)))).all()
        return tuple(
            InLedger(
                _known(row).account, PersonId(row.person), bool(row.elsewhere), bool(row.awaited)
            )
            for row in rows
        )

    def how_many_in(self, ledger: str) -> int:
        """How many accounts the people of a ledger have."""
        asked = select(func.count()).select_from(links).where(links.c.ledger == ledger)
        with self._store.reading() as connection:
            return int(connection.execute(asked).scalar_one())

    # Changing

    def rename(self, account: str, name: str, *, by: str | None = None) -> None:
        """Another login name; the old one is free then."""
        name = _checked(name)
        try:
            self._change(account, What.ACCOUNT_RENAMED, by, name=name)
        except IntegrityError:
            raise Refused(Reason.NAME_TAKEN, "/name", name) from None

    def disable(self, account: str, *, by: str | None = None) -> None:
        """Nobody signs in to it any more; its sessions end and its links are void."""
        with self._store.writing() as connection:
            self._changed(connection, account, disabled_at=self._clock())
            self._journal.note(connection, What.ACCOUNT_DISABLED, account, by=by)
            self._ended(connection, account)
        self._sessions.forget()

    def enable(self, account: str, *, by: str | None = None) -> None:
        """It may be signed in to again."""
        self._change(account, What.ACCOUNT_ENABLED, by, disabled_at=None)

    def _change(self, account: str, what: What, by: str | None, **values: object) -> None:
        with self._store.writing() as connection:
            self._changed(connection, account, **values)
            self._journal.note(connection, what, account, by=by)

    def _changed(self, connection: Connection, account: str, **values: object) -> None:
        change = update(accounts).where(accounts.c.id == account).values(**values)
        if connection.execute(change).rowcount != 1:
            raise Refused(Reason.NO_SUCH_ACCOUNT, about=account[:80])

    def _ended(self, connection: Connection, account: str) -> None:
        connection.execute(delete(tickets).where(tickets.c.account == account))
        self._sessions.end_all(connection, account)

    # Passwords

    def set_password(self, account: str, password: str, *, by: str | None = None) -> None:
        """Another password; all sessions of the account end, and all links that were sent out for it."""
        kept = self._passwords.kept(password, self.of(account).name)
        with self._store.writing() as connection:
            self._set(connection, account, kept, by)
        self._sessions.forget()

    def _set(self, connection: Connection, account: str, kept: str, by: str | None) -> None:
        self._changed(connection, account, password=kept, password_at=self._clock())
        self._journal.note(connection, What.PASSWORD_SET, account, by=by)
        self._ended(connection, account)

    def renew(self, account: str, kept: str, renewed: str) -> None:
        """Keep the same password in another form, unless another was set meanwhile."""
        same = (accounts.c.id == account) & (accounts.c.password == kept)
        with self._store.writing() as connection:
            connection.execute(update(accounts).where(same).values(password=renewed))

    def ticket(self, account: str, purpose: Purpose, *, by: str | None = None) -> str:
        """The secret of a link that is good once, for 72 hours; an earlier one for the same purpose is void."""
        secret = drawn()
        if self.of(account).disabled:
            raise Refused(Reason.NO_SUCH_ACCOUNT, about=account[:80])
        old = (tickets.c.account == account) & (tickets.c.purpose == purpose)
        with self._store.writing() as connection:
            mine = select(accounts.c.id).where(accounts.c.id == account)
            connection.execute(mine.with_for_update())
            connection.execute(delete(tickets).where(old))
            row = {"account": account, "purpose": purpose.value}
            ends_at = self._clock() + TICKET_ENDS
            connection.execute(
                insert(tickets).values(digest=digest(secret), ends_at=ends_at, **row)
            )
            self._journal.note(connection, What.LINK_SENT, account, by=by, detail=purpose)
        return secret

    def holder(self, secret: str, purpose: Purpose) -> Account:
        """Whose link this is, which stays as it is; refuses one that is not good."""
        with self._store.reading() as connection:
            asked = select(tickets.c.account).where(*self._good(secret, purpose))
            account = connection.execute(asked).scalar_one_or_none()
        if account is None:
            raise Refused(Reason.LINK_SPENT)
        return self.of(account)

    def spend(self, connection: Connection, secret: str, purpose: Purpose) -> str:
        """The account whose link this was: of several who use it at once, one does."""
        gone = delete(tickets).where(*self._good(secret, purpose)).returning(tickets.c.account)
        account = connection.execute(gone).scalar_one_or_none()
        if account is None:
            raise Refused(Reason.LINK_SPENT)
        return str(account)

    def _good(self, secret: str, purpose: Purpose) -> tuple[ColumnElement[bool], ...]:
        return (
            tickets.c.digest == digest(secret),
            tickets.c.purpose == purpose.value,
            tickets.c.ends_at > self._clock(),
        )

    def reset_password(self, secret: str, password: str) -> Account:
        """Set a password by a link that was sent out; a weak one leaves the link good."""
        account = self.holder(secret, Purpose.PASSWORD)
        kept = self._passwords.kept(password, account.name)
        with self._store.writing() as connection:
            self._set(connection, self.spend(connection, secret, Purpose.PASSWORD), kept, None)
        self._sessions.forget()
        return account

    # Persons

    def link(self, account: str, ledger: str, person: PersonId, *, by: str | None = None) -> None:
        """Say which person of a ledger an account is; neither may be linked there already."""
        self.of(account)
        with self._store.writing() as connection:
            if not add(connection, links, account=account, ledger=ledger, person=person):
                raise Refused(Reason.ALREADY_DONE, about=f"{ledger} {person}")
            self._journal.note(connection, What.LINKED, account, by=by, detail=f"{ledger} {person}")

    def unlink(self, account: str, ledger: str, *, by: str | None = None) -> None:
        """Say that an account is nobody in a ledger any more."""
        mine = (links.c.account == account) & (links.c.ledger == ledger)
        with self._store.writing() as connection:
            if connection.execute(delete(links).where(mine)).rowcount != 1:
                raise Refused(Reason.NO_SUCH_PERSON, about=ledger[:80])
            self._journal.note(connection, What.UNLINKED, account, by=by, detail=ledger)

    def links_of(self, account: str) -> tuple[Link, ...]:
        """Who an account is, in each ledger in which it is somebody."""
        asked = select(links).where(links.c.account == account).order_by(links.c.ledger)
        with self._store.reading() as connection:
            rows = connection.execute(asked).all()
        return tuple(Link(row.ledger, PersonId(row.person)) for row in rows)

    def purge(self) -> int:
        """Take away links that ended; how many they were."""
        old = tickets.c.ends_at <= self._clock()
        with self._store.writing() as connection:
            return connection.execute(delete(tickets).where(old)).rowcount


def _known(row: Row[tuple[object, ...]]) -> Known:
    account = Account(
        id=row.id,
        name=row.name,
        made_at=row.made_at,
        disabled=row.disabled_at is not None,
        has_password=row.password is not None,
        has_factor=row.factor is not None,
    )
    return Known(account, row.password)
