"""Sessions of people at browsers: opaque, kept as a digest, ended by silence, by age, or at once by whoever revokes them."""

from __future__ import annotations

import hmac
import secrets
from dataclasses import dataclass, field

from sqlalchemy import ColumnElement, Connection, RowMapping, delete, insert, select, update

from domain.characters import FORBIDDEN
from domain.people import Reason, Refused
from domain.words import Choice
from interfaces.access.journal import Journal, What
from interfaces.access.remembered import Remembered
from interfaces.access.secret import Clock, digest, drawn
from interfaces.access.store import Store
from interfaces.access.tables import accounts, sessions

IDLE = 30 * 60.0
ABSOLUTE = 8 * 3600.0
TOUCHED_EVERY = 60.0
"""Seconds between two writes that a session is still in use."""
LONGEST_AGENT = 200


class Way(Choice):
    """How somebody showed who he is."""

    PASSWORD = "password", "密码"
    CODE = "code", "密码和动态验证码", "password and code"
    RECOVERY = "recovery", "密码和恢复码", "password and recovery code"
    OUTSIDE = "outside", "统一身份认证", "identity provider"


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """A session as it stands; `handle` names it on lists and opens nothing. `shown_at` is when he last showed who he is."""

    handle: str
    account: str
    way: Way
    address: str
    agent: str
    began_at: float
    seen_at: float
    shown_at: float


@dataclass(frozen=True, slots=True)
class Opened:
    """A session and the id that opens it, which is told to the browser and to nobody else."""

    session: Session
    id: str = field(repr=False)

    @property
    def form_token(self) -> str:
        """What the session's own pages send with whatever changes something."""
        return form_token(self.id)


def form_token(session_id: str) -> str:
    """What pages of this session send with whatever changes something: it follows from the id and does not tell it."""
    return hmac.digest(session_id.encode("utf-8", "replace"), b"lvzhi form", "sha256").hex()


class Sessions:
    """Begins, finds and ends sessions."""

    def __init__(
        self,
        store: Store,
        journal: Journal,
        clock: Clock,
        *,
        idle: float = IDLE,
        absolute: float = ABSOLUTE,
    ) -> None:
        self._store = store
        self._journal = journal
        self._clock = clock
        self._idle = idle
        self._absolute = absolute
        self._remembered: Remembered[Session] = Remembered(clock)

    def begin(
        self, connection: Connection, account: str, way: Way, *, address: str = "", agent: str = ""
    ) -> Opened:
        """A new session under an id that nobody had before."""
        now = self._clock()
        session = Session(
            handle=secrets.token_hex(8),
            account=account,
            way=way,
            address=address,
            agent=FORBIDDEN.sub("", agent)[:LONGEST_AGENT],
            began_at=now,
            seen_at=now,
            shown_at=now,
        )
        opened = Opened(session, drawn())
        row = {name: getattr(session, name) for name in Session.__slots__}
        connection.execute(insert(sessions).values(digest=digest(opened.id), **row))
        return opened

    def of(self, session_id: str) -> Session:
        """The session that this id opens; refuses one that ended, and those of an account that is disabled."""
        key = digest(session_id)
        session = self._remembered.get(key, lambda: self._found(key))
        if session is None or not self._stands(session):
            raise Refused(Reason.NOT_SIGNED_IN)
        return session

    def _stands(self, session: Session) -> bool:
        now = self._clock()
        return now - session.seen_at < self._idle and now - session.began_at < self._absolute

    def _found(self, key: str) -> Session | None:
        columns = [sessions.c[name] for name in Session.__slots__]
        asked = (
            select(*columns)
            .join(accounts, accounts.c.id == sessions.c.account)
            .where(sessions.c.digest == key, accounts.c.disabled_at.is_(None))
        )
        with self._store.reading() as connection:
            row = connection.execute(asked).mappings().one_or_none()
        if row is None:
            return None
        session = _session(row)
        now = self._clock()
        if self._stands(session) and now - session.seen_at >= TOUCHED_EVERY:
            stale = (sessions.c.digest == key) & (sessions.c.seen_at <= now - TOUCHED_EVERY)
            with self._store.writing() as connection:
                connection.execute(update(sessions).where(stale).values(seen_at=now))
        return session

    def rotate(self, session_id: str, way: Way | None = None) -> Opened:
        """The same session under a new id, after he showed again who he is; the old id opens nothing any more."""
        session = self.of(session_id)
        fresh, now = drawn(), self._clock()
        changed = {"digest": digest(fresh), "seen_at": now, "shown_at": now}
        changed |= {} if way is None else {"way": way.value}
        mine = sessions.c.digest == digest(session_id)
        columns = [sessions.c[name] for name in Session.__slots__]
        with self._store.writing() as connection:
            moved = update(sessions).where(mine).values(**changed).returning(*columns)
            row = connection.execute(moved).mappings().one_or_none()
            if row is None:
                raise Refused(Reason.NOT_SIGNED_IN)
            self._journal.note(
                connection, What.STEPPED_UP, session.account, address=session.address
            )
        self.forget()
        return Opened(_session(row), fresh)

    def shown_within(self, session: Session, minutes: float) -> bool:
        """Whether he showed who he is so shortly ago, as grave steps want it."""
        return self._clock() - session.shown_at <= minutes * 60

    def refuse_unless_shown(self, session: Session, minutes: float) -> None:
        """Refuses a grave step of somebody who did not show who he is so shortly ago."""
        if not self.shown_within(session, minutes):
            raise Refused(Reason.SHOW_AGAIN)

    def of_account(self, account: str) -> tuple[Session, ...]:
        """The sessions of an account that stand, the latest in use first."""
        asked = select(*(sessions.c[name] for name in Session.__slots__))
        asked = asked.where(sessions.c.account == account)
        with self._store.reading() as connection:
            rows = connection.execute(asked.order_by(sessions.c.seen_at.desc())).mappings().all()
        return tuple(each for each in map(_session, rows) if self._stands(each))

    def sign_out(self, session_id: str) -> None:
        """End the session of this id, where there is one."""
        gone = delete(sessions).where(sessions.c.digest == digest(session_id))
        with self._store.writing() as connection:
            row = connection.execute(gone.returning(sessions.c.account)).one_or_none()
            if row is not None:
                self._journal.note(connection, What.SIGNED_OUT, row.account)
        self.forget()

    def revoke(self, account: str, handle: str) -> None:
        """End one session of an account."""
        with self._store.writing() as connection:
            if not self._ended(connection, account, sessions.c.handle == handle):
                raise Refused(Reason.NO_SUCH_KEY, about=handle[:40])
        self.forget()

    def revoke_others(self, session_id: str) -> int:
        """End all other sessions of whose session this is; how many they were."""
        session = self.of(session_id)
        with self._store.writing() as connection:
            others = sessions.c.handle != session.handle
            ended = self._ended(connection, session.account, others)
        self.forget()
        return ended

    def revoke_all(self, account: str, *, by: str | None = None) -> int:
        """End all sessions of an account; how many they were. `by` is the account of whoever does it where that is somebody else."""
        with self._store.writing() as connection:
            ended = self._ended(connection, account, sessions.c.account == account, by)
        self.forget()
        return ended

    def end_all(self, connection: Connection, account: str) -> int:
        """End all sessions of an account within a transaction; `forget` comes after it."""
        return self._ended(connection, account, sessions.c.account == account)

    def _ended(
        self,
        connection: Connection,
        account: str,
        which: ColumnElement[bool],
        by: str | None = None,
    ) -> int:
        gone = delete(sessions).where(sessions.c.account == account, which)
        ended = connection.execute(gone).rowcount
        if ended:
            self._journal.note(connection, What.SESSIONS_REVOKED, account, by=by, detail=str(ended))
        return ended

    def forget(self) -> None:
        """Remember no session: what was ended in this process opens nothing from now on."""
        self._remembered.clear()

    def purge(self) -> int:
        """Take away sessions that ended by themselves; how many they were."""
        now = self._clock()
        old = (sessions.c.seen_at <= now - self._idle) | (
            sessions.c.began_at <= now - self._absolute
        )
        with self._store.writing() as connection:
            return connection.execute(delete(sessions).where(old)).rowcount


def _session(row: RowMapping) -> Session:
    return Session(**{**row, "way": Way.of(row["way"])})
