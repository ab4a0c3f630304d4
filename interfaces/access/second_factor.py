"""The second factor: codes by time (RFC 6238), each once, and recovery codes for when the telephone is gone."""

from __future__ import annotations

import base64
import secrets
from dataclasses import dataclass, field
from typing import Any

import pyotp
from sqlalchemy import Column, Connection, Row, delete, insert, select, update

from domain.people import Reason, Refused
from interfaces.access.journal import Journal, What
from interfaces.access.secret import Clock, Keyring, digest, same
from interfaces.access.sessions import Way
from interfaces.access.spending import spends
from interfaces.access.store import Store
from interfaces.access.tables import accounts, recovery_codes

STEP = 30
"""Seconds that a code is shown."""
BESIDE = (0, -1, 1)
"""Steps whose codes are taken: clocks of telephones differ."""
CODES = 10
_LETTERS = 16
"""Of a recovery code: 80 bits."""
_NAME = "lvzhi 履职"


@dataclass(frozen=True, slots=True)
class Asked:
    """What a telephone is given: a secret, and the same as an address for a QR code."""

    secret: str = field(repr=False)
    address: str = field(repr=False)


class SecondFactor:
    """Sets, checks and removes second factors; their secrets are sealed, each bound to its account."""

    def __init__(self, store: Store, keys: Keyring, journal: Journal, clock: Clock) -> None:
        self._store = store
        self._keys = keys
        self._journal = journal
        self._clock = clock

    def ask(self, account: str) -> Asked:
        """A new secret, which is in force once a code of it was given; the one before is in force until then."""
        secret = pyotp.random_base32()
        key, sealed = self._keys.seal(secret.encode(), account)
        change = update(accounts).where(accounts.c.id == account)
        change = change.values(factor_asked=sealed, factor_asked_key=key)
        with self._store.writing() as connection:
            name = connection.execute(change.returning(accounts.c.name)).scalar_one_or_none()
            if name is None:
                raise Refused(Reason.NO_SUCH_ACCOUNT, about=account[:80])
        return Asked(secret, pyotp.TOTP(secret).provisioning_uri(name=name, issuer_name=_NAME))

    def confirm(self, account: str, code: str) -> tuple[str, ...]:
        """Put the secret into force by one code of it; answers the recovery codes, which are shown this once."""
        fresh = tuple(_recovery_code() for _ in range(CODES))
        with self._store.writing() as connection:
            columns = (accounts.c.factor_asked, accounts.c.factor_asked_key)
            row = _locked(connection, account, *columns)
            if row is None or row.factor_asked is None:
                raise Refused(Reason.ALREADY_DONE)
            key, sealed = row.factor_asked_key, row.factor_asked
            if not self._spends(connection, account, key, sealed, code):
                raise Refused(Reason.WRONG_CODE, "/code")
            change = update(accounts).where(accounts.c.id == account)
            put = {"factor": sealed, "factor_key": key, "factor_at": self._clock()}
            connection.execute(change.values(factor_asked=None, factor_asked_key=None, **put))
            self._replace_codes(connection, account, fresh)
            self._journal.note(connection, What.FACTOR_SET, account)
        return fresh

    def check(self, account: str, code: str) -> Way:
        """Which factor this code is of, by the clock or for recovery; it is spent by this. Refuses any other."""
        code = code.replace(" ", "").replace("-", "").lower()
        with self._store.writing() as connection:
            row = _locked(connection, account, accounts.c.factor, accounts.c.factor_key)
            if row is None or row.factor is None:
                raise Refused(Reason.WRONG_CODE, "/code")
            if self._spends(connection, account, row.factor_key, row.factor, code):
                return Way.CODE
            mine = recovery_codes.c.account == account
            gone = delete(recovery_codes).where(
                mine, recovery_codes.c.digest == digest(code, of=account)
            )
            if connection.execute(gone).rowcount != 1:
                raise Refused(Reason.WRONG_CODE, "/code")
            self._journal.note(connection, What.RECOVERY_USED, account)
        return Way.RECOVERY

    def _spends(
        self, connection: Connection, account: str, key: str, sealed: bytes, code: str
    ) -> bool:
        secret = self._keys.open(key, sealed, account).decode()
        totp, mine = pyotp.TOTP(secret), digest(secret, of=account)
        now = int(self._clock()) // STEP
        fitting = [now + each for each in BESIDE if same(totp.generate_otp(now + each), code)]
        until = self._clock() + STEP * (len(BESIDE) + 1)
        return any(spends(connection, f"code {mine} {each}", until) for each in fitting)

    def left(self, account: str) -> int:
        """How many recovery codes are left."""
        with self._store.reading() as connection:
            asked = select(recovery_codes).where(recovery_codes.c.account == account)
            return len(connection.execute(asked).all())

    def renew_codes(self, account: str) -> tuple[str, ...]:
        """New recovery codes, shown this once; those before are void."""
        fresh = tuple(_recovery_code() for _ in range(CODES))
        with self._store.writing() as connection:
            row = _locked(connection, account, accounts.c.factor)
            if row is None or row.factor is None:
                raise Refused(Reason.NO_SUCH_ACCOUNT, about=account[:80])
            self._replace_codes(connection, account, fresh)
            self._journal.note(connection, What.FACTOR_SET, account, detail="recovery_codes")
        return fresh

    def _replace_codes(self, connection: Connection, account: str, fresh: tuple[str, ...]) -> None:
        connection.execute(delete(recovery_codes).where(recovery_codes.c.account == account))
        rows = [
            {"account": account, "digest": digest(each.replace("-", ""), of=account)}
            for each in fresh
        ]
        connection.execute(insert(recovery_codes), rows)

    def remove(self, account: str, *, by: str | None = None) -> None:
        """No second factor any more, nor recovery codes."""
        nothing = dict.fromkeys(("factor", "factor_key", "factor_at"))
        nothing |= dict.fromkeys(("factor_asked", "factor_asked_key"))
        with self._store.writing() as connection:
            change = update(accounts).where(accounts.c.id == account).values(**nothing)
            if connection.execute(change).rowcount != 1:
                raise Refused(Reason.NO_SUCH_ACCOUNT, about=account[:80])
            connection.execute(delete(recovery_codes).where(recovery_codes.c.account == account))
            self._journal.note(connection, What.FACTOR_REMOVED, account, by=by)

    def rotate(self) -> int:
        """Seal under the newest key what older ones sealed; how many secrets it were. The older keys may go after it."""
        return self._resealed("factor") + self._resealed("factor_asked")

    def _resealed(self, column: str) -> int:
        sealed, key = accounts.c[column], accounts.c[f"{column}_key"]
        done = 0
        with self._store.writing() as connection:
            old = select(accounts.c.id, sealed.label("sealed"), key.label("key"))
            rows = connection.execute(old.where(key != self._keys.newest).with_for_update()).all()
            for row in rows:
                content = self._keys.open(row.key, row.sealed, row.id)
                name, again = self._keys.seal(content, row.id)
                change = update(accounts).where(accounts.c.id == row.id)
                connection.execute(change.values({column: again, f"{column}_key": name}))
                done += 1
        return done


def _locked(connection: Connection, account: str, *columns: Column[Any]) -> Row[Any] | None:
    """What the account holds, which nobody changes before the transaction ends."""
    asked = select(*columns).where(accounts.c.id == account).with_for_update()
    return connection.execute(asked).one_or_none()


def _recovery_code() -> str:
    text = base64.b32encode(secrets.token_bytes(10)).decode().lower()
    return "-".join(text[each : each + 4] for each in range(0, _LETTERS, 4))
