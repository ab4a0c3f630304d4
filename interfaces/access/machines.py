"""Other systems: keys that they show with each request, and clients that fetch a token of some minutes. Somebody of the roster answers for each."""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime

from sqlalchemy import ColumnElement, Row, Table, delete, insert, select, update

from domain.access import Action
from domain.people import PersonId, Reason, Refused
from domain.words import Label, is_code
from interfaces.access.journal import Journal, What
from interfaces.access.remembered import Remembered
from interfaces.access.secret import Clock, digest, same
from interfaces.access.store import Store
from interfaces.access.tables import api_keys, client_tokens, clients

KEY_PREFIX = "lvzhi_k1_"
TOKEN_PREFIX = "lvzhi_t1_"  # noqa: S105  # names the format of tokens
"""Name the formats, so that what leaked is recognised and a later format can stand beside it."""
LONGEST_DAYS = 400
TOKEN_LASTS = 600
"""Seconds."""
LONGEST_LABEL = 100
_DAYS = Label(f"1 至 {LONGEST_DAYS} 天", f"1 to {LONGEST_DAYS} days")
_LABEL = Label(f"1 至 {LONGEST_LABEL} 字", f"1 to {LONGEST_LABEL} characters")
_SCOPE = Label("至少一项操作", "at least one action")


@dataclass(frozen=True, slots=True, kw_only=True)
class Machine:
    """Another system at the door: what it may do at most, where, until when, and who answers for it."""

    id: str
    ledger: str
    person: PersonId
    actions: frozenset[Action]
    ends_at: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed(Machine):
    """A key or a client as it stands on the list; `used_on` is the last day of its use."""

    label: str
    made_at: float
    revoked_at: float | None
    used_on: str | None


@dataclass(frozen=True, slots=True)
class Made:
    """A new key or client, and the secret that is shown this once."""

    listed: Listed
    secret: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Token:
    """What a client was given for some minutes."""

    token: str = field(repr=False)
    seconds: int
    actions: frozenset[Action]


class _Holders:
    """What keys and clients have in common: how they are made, listed, found and revoked."""

    def __init__(
        self,
        store: Store,
        journal: Journal,
        clock: Clock,
        table: Table,
        told: tuple[What, What],
    ) -> None:
        self.store = store
        self.journal = journal
        self.clock = clock
        self._table = table
        self._made, self._revoked = told

    def make(
        self,
        label: str,
        ledger: str,
        person: PersonId,
        actions: Iterable[Action],
        days: float,
        by: str | None,
    ) -> Made:
        scope = frozenset(actions)
        if not 0 < days <= LONGEST_DAYS:
            raise Refused(Reason.MALFORMED, "/days", str(days)[:40], wanted=_DAYS)
        if not 0 < len(label) <= LONGEST_LABEL:
            raise Refused(Reason.MALFORMED, "/label", wanted=_LABEL)
        if not scope:
            raise Refused(Reason.MISSING, "/actions", wanted=_SCOPE)
        name, secret, now = secrets.token_hex(8), secrets.token_hex(32), self.clock()
        row = {"label": label, "ledger": ledger, "person": person, "actions": _as_text(scope)}
        ends = {"made_at": now, "ends_at": now + days * 86_400}
        put = insert(self._table).values(id=name, digest=digest(secret, of=name), **row, **ends)
        with self.store.writing() as connection:
            made = connection.execute(put.returning(self._table)).one()
            self.journal.note(connection, self._made, by=by, detail=name)
        return Made(_listed(made), secret)

    def all(self, ledger: str | None) -> tuple[Listed, ...]:
        asked = select(self._table).order_by(self._table.c.made_at.desc(), self._table.c.id)
        if ledger is not None:
            asked = asked.where(self._table.c.ledger == ledger)
        with self.store.reading() as connection:
            return tuple(_listed(row) for row in connection.execute(asked))

    def revoke(self, name: str, by: str | None) -> None:
        standing = (self._table.c.id == name) & self._table.c.revoked_at.is_(None)
        change = update(self._table).where(standing).values(revoked_at=self.clock())
        with self.store.writing() as connection:
            if connection.execute(change).rowcount != 1:
                raise Refused(Reason.NO_SUCH_KEY, about=name[:40])
            connection.execute(delete(client_tokens).where(client_tokens.c.client == name))
            self.journal.note(connection, self._revoked, by=by, detail=name)

    def shown(self, name: str, secret: str) -> Listed | None:
        """Whose secret this is, where it stands; its use is noted once a day."""
        if not is_code(name):
            return None
        with self.store.reading() as connection:
            row = connection.execute(select(self._table).where(self._table.c.id == name)).first()
        fits = same(digest(secret, of=name), "" if row is None else row.digest)
        if row is None or not fits or row.revoked_at is not None or row.ends_at <= self.clock():
            return None
        self._used(row)
        return _listed(row)

    def _used(self, row: Row[tuple[object, ...]]) -> None:
        today = datetime.fromtimestamp(self.clock(), UTC).date().isoformat()
        if row.used_on == today:
            return
        with self.store.writing() as connection:
            mine: ColumnElement[bool] = self._table.c.id == row.id
            connection.execute(update(self._table).where(mine).values(used_on=today))


class Keys:
    """API keys: shown with each request."""

    def __init__(self, store: Store, journal: Journal, clock: Clock) -> None:
        told = (What.KEY_MADE, What.KEY_REVOKED)
        self._holders = _Holders(store, journal, clock, api_keys, told)
        self._clock = clock
        self._remembered: Remembered[Listed] = Remembered(clock)

    def make(
        self,
        label: str,
        ledger: str,
        person: PersonId,
        actions: Iterable[Action],
        *,
        days: float,
        by: str | None = None,
    ) -> Made:
        """A new key for these actions on a ledger; its secret is the whole key, and is shown this once."""
        made = self._holders.make(label, ledger, person, actions, days, by)
        return Made(made.listed, f"{KEY_PREFIX}{made.listed.id}_{made.secret}")

    def of(self, key: str) -> Machine:
        """Whose key this is; refuses one that is wrong, ended or revoked."""
        name, _, secret = key.removeprefix(KEY_PREFIX).partition("_")
        found = None
        if key.startswith(KEY_PREFIX):
            found = self._remembered.get(digest(key), lambda: self._holders.shown(name, secret))
        return _standing(found, self._clock)

    def all(self, ledger: str | None = None) -> tuple[Listed, ...]:
        """Keys, the newest first, of one ledger or of all."""
        return self._holders.all(ledger)

    def revoke(self, name: str, *, by: str | None = None) -> None:
        """From now on it opens nothing; another process learns of it within two seconds."""
        self._holders.revoke(name, by)
        self._remembered.clear()


class Clients:
    """Clients: they show a secret to fetch a token, and the token with each request."""

    def __init__(self, store: Store, journal: Journal, clock: Clock) -> None:
        told = (What.CLIENT_MADE, What.CLIENT_REVOKED)
        self._holders = _Holders(store, journal, clock, clients, told)
        self._store = store
        self._journal = journal
        self._clock = clock
        self._remembered: Remembered[Machine] = Remembered(clock)

    def make(
        self,
        label: str,
        ledger: str,
        person: PersonId,
        actions: Iterable[Action],
        *,
        days: float,
        by: str | None = None,
    ) -> Made:
        """A new client for these actions on a ledger; its secret is shown this once."""
        return self._holders.make(label, ledger, person, actions, days, by)

    def token(
        self, client: str, secret: str, actions: Iterable[Action] | None = None, address: str = ""
    ) -> Token:
        """A token of ten minutes for all or some of the client's actions; refuses any other."""
        found = self._holders.shown(client, secret)
        if found is None:
            raise Refused(Reason.NOT_SIGNED_IN)
        scope = found.actions if actions is None else frozenset(actions)
        beyond = sorted(scope - found.actions)
        if beyond or not scope:
            raise Refused(Reason.NOT_ALLOWED, about=" ".join(beyond))
        token = f"{TOKEN_PREFIX}{secrets.token_hex(32)}"
        ends_at = min(self._clock() + TOKEN_LASTS, found.ends_at)
        row = {"client": client, "actions": _as_text(scope), "ends_at": ends_at}
        with self._store.writing() as connection:
            connection.execute(insert(client_tokens).values(digest=digest(token), **row))
            self._journal.note(connection, What.CLIENT_TOKEN, address=address, detail=client)
        return Token(token, int(ends_at - self._clock()), scope)

    def of(self, token: str) -> Machine:
        """Whose token this is; refuses one that is wrong or ended, and that of a client that was revoked."""
        found = None
        if token.startswith(TOKEN_PREFIX):
            key = digest(token)
            found = self._remembered.get(key, lambda: self._found(key))
        return _standing(found, self._clock)

    def _found(self, key: str) -> Machine | None:
        told = (client_tokens.c.actions, client_tokens.c.ends_at)
        asked = select(clients.c.id, clients.c.ledger, clients.c.person, *told)
        asked = asked.join(client_tokens, client_tokens.c.client == clients.c.id)
        asked = asked.where(client_tokens.c.digest == key, clients.c.revoked_at.is_(None))
        with self._store.reading() as connection:
            row = connection.execute(asked).mappings().one_or_none()
        return None if row is None else Machine(**{**row, "actions": _as_actions(row["actions"])})

    def all(self, ledger: str | None = None) -> tuple[Listed, ...]:
        """Clients, the newest first, of one ledger or of all."""
        return self._holders.all(ledger)

    def revoke(self, client: str, *, by: str | None = None) -> None:
        """From now on it and its tokens open nothing; another process learns of it within two seconds."""
        self._holders.revoke(client, by)
        self._remembered.clear()

    def purge(self) -> int:
        """Take away tokens that ended; how many they were."""
        old = client_tokens.c.ends_at <= self._clock()
        with self._store.writing() as connection:
            return connection.execute(delete(client_tokens).where(old)).rowcount


def _standing(found: Machine | None, clock: Clock) -> Machine:
    if found is None or found.ends_at <= clock():
        raise Refused(Reason.NOT_SIGNED_IN)
    return found


def _as_text(actions: frozenset[Action]) -> str:
    return " ".join(sorted(actions))


def _as_actions(text: str) -> frozenset[Action]:
    """The actions of a row; one that there is no more is none."""
    return frozenset(each for each in Action if each.value in text.split())


def _listed(row: Row[tuple[object, ...]]) -> Listed:
    return Listed(
        id=row.id,
        ledger=row.ledger,
        person=row.person,
        actions=_as_actions(row.actions),
        ends_at=row.ends_at,
        label=row.label,
        made_at=row.made_at,
        revoked_at=row.revoked_at,
        used_on=row.used_on,
    )
