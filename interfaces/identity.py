"""Who is at the door: signed bearer tokens that carry person, role, unit, ledger and an end."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from time import time

import msgspec

from application.durable import secret_in
from domain.access import Action
from domain.people import Actor, PersonId, Reason, Refused, Role, UnitId, Via

PREFIX = "lvzhi1"
"""Names the format, so that a leaked token is recognised and a later format can stand beside it."""
SHORTEST_KEY = 32
MOST_REMEMBERED = 10_000
LONGEST_TOKEN = 2_000


class Claims(msgspec.Struct, frozen=True, kw_only=True):
    """What a token says: `expires` in seconds since 1970; `ledger` is `*` where every ledger is meant."""

    person: str
    role: Role
    unit: str | None = None
    ledger: str
    expires: int


_claims = msgspec.json.Decoder(Claims).decode


@dataclass(frozen=True, slots=True, kw_only=True)
class Grant:
    """What a verified token lets its bearer be."""

    actor: Actor
    ledger: str
    expires: int
    actions: frozenset[Action] | None = None
    """What another system was given at most; none where it is not bounded so."""

    def opens(self, ledger: str) -> bool:
        """Whether it is for that ledger."""
        return self.ledger in (ledger, "*")


class Tokens:
    """Mints and verifies tokens under one key; what it has verified once costs a look-up the next time."""

    def __init__(self, key: bytes, *, clock: Callable[[], float] = time) -> None:
        if len(key) < SHORTEST_KEY:
            raise ValueError(f"a token key has at least {SHORTEST_KEY} bytes")
        self._key = hashlib.sha256(b"lvzhi token\0" + key).digest()
        self._clock = clock
        self._verified: dict[str, Grant] = {}

    def mint(self, person: str, role: Role, unit: str | None, ledger: str, *, days: float) -> str:
        """A token that is good for so many days."""
        claims = Claims(
            person=person,
            role=role,
            unit=unit or None,
            ledger=ledger,
            expires=int(self._clock() + days * 86_400),
        )
        payload = _text(msgspec.json.encode(claims))
        return f"{PREFIX}.{payload}.{_text(self._mac(payload))}"

    def grant(self, token: str) -> Grant:
        """What the token lets its bearer be; raises `Refused` for one that is forged, broken or past its end."""
        grant = self._verified.get(token)
        if grant is None:
            grant = self._verify(token)
            if len(self._verified) >= MOST_REMEMBERED:
                self._verified.clear()
            self._verified[token] = grant
        if grant.expires <= self._clock():
            self._verified.pop(token, None)
            raise Refused(Reason.NOT_SIGNED_IN, "Authorization", "令牌已过期 token expired")
        return grant

    def _verify(self, token: str) -> Grant:
        refused = Refused(Reason.NOT_SIGNED_IN, "Authorization")
        prefix, _, rest = token.partition(".")
        payload, _, mac = rest.partition(".")
        if prefix != PREFIX or len(token) > LONGEST_TOKEN or not token.isascii():
            raise refused
        if not hmac.compare_digest(_text(self._mac(payload)), mac):
            raise refused
        try:
            claims = _claims(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
        except (msgspec.DecodeError, binascii.Error) as error:
            raise refused from error
        return Grant(
            actor=Actor(
                person=PersonId(claims.person),
                role=claims.role,
                unit=None if claims.unit is None else UnitId(claims.unit),
                via=Via.API,
            ),
            ledger=claims.ledger,
            expires=claims.expires,
        )

    def sealed(self, text: str, purpose: str) -> str:
        """The text with a mark that only this key can make for this purpose."""
        return f"{text}.{self._seal(text, purpose)}"

    def unsealed(self, sealed: str, purpose: str) -> str:
        """The text that was sealed for this purpose; `ValueError` for anything else."""
        text, _, mark = sealed.rpartition(".")
        if not sealed.isascii() or not hmac.compare_digest(self._seal(text, purpose), mark):
            raise ValueError(purpose)
        return text

    def _seal(self, text: str, purpose: str) -> str:
        return _text(hmac.digest(self._key, f"{purpose}\0{text}".encode(), "sha256")[:12])

    def _mac(self, payload: str) -> bytes:
        return hmac.digest(self._key, f"{PREFIX}.{payload}".encode(), "sha256")


def key_in(file: Path) -> bytes:
    """The key kept in that file, made on first use; only its owner may read the file."""
    return secret_in(file, lambda: secrets.token_hex(32).encode())


def _text(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()
