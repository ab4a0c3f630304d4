"""Signing in at an identity provider (OpenID Connect): there and back with a code, bound to the browser, and what is believed of the answer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import msgspec
from authlib.oauth2.rfc6749.parameters import prepare_grant_uri  # type: ignore[import-untyped]
from authlib.oauth2.rfc7636 import create_s256_code_challenge  # type: ignore[import-untyped]
from joserfc import jwt
from joserfc.errors import BadSignatureError, ExpiredTokenError, InvalidKeyIdError, JoseError
from joserfc.jwk import ECKey, GuestProtocol, OKPKey, RSAKey
from joserfc.jws import JWSRegistry

from domain.characters import is_forbidden
from interfaces.access.identities import Identity
from interfaces.access.provider import Asking, failed
from interfaces.access.secret import Clock, Marks, digest, drawn, same
from interfaces.access.spending import spends
from interfaces.access.store import Store

LASTS = 600
"""Seconds from the way out to the way back."""
LEEWAY = 60
"""Seconds by which the clock of a provider may differ."""
LONGEST = 255
"""Characters of a subject, as the standard has it."""
_PURPOSE = "provider"

_KEY_OF = {"RS256": "RSA", "ES256": "EC", "EdDSA": "OKP", "Ed25519": "OKP"}
"""The algorithms that are believed, all of keys that only the provider has, and the kind of key that each is of."""
_CURVES = {"EC": "P-256", "OKP": "Ed25519"}
_PUBLIC = ("kty", "crv", "x", "y", "n", "e", "kid")
_LEAST_MODULUS = 342
"""Letters of 2048 bits."""


@dataclass(frozen=True, slots=True)
class Begun:
    """Where the browser goes, and the cookie that it keeps until it is back."""

    address: str = field(repr=False)
    cookie: str = field(repr=False)
    seconds: int = LASTS


@dataclass(frozen=True, slots=True)
class Returned:
    """Who came back, and what was given him to carry (the secret of an invitation)."""

    identity: Identity
    carried: str = field(repr=False)


class _Way(msgspec.Struct, frozen=True):
    """What the cookie holds, sealed."""

    issuer: str
    state: str
    nonce: str
    verifier: str
    carried: str
    ends_at: float


class OpenId:
    """The way to one provider and back."""

    def __init__(self, asking: Asking, store: Store, marks: Marks, clock: Clock) -> None:
        self._asking = asking
        self._store = store
        self._marks = marks
        self._clock = clock

    def begin(self, carried: str = "") -> Begun:
        """Send a browser there."""
        provider = self._asking.provider
        address = self._asking.metadata().authorization_endpoint
        way = _Way(provider.issuer, drawn(), drawn(), drawn(), carried, self._clock() + LASTS)
        address = prepare_grant_uri(
            address,
            provider.client_id,
            "code",
            redirect_uri=provider.redirect_uri,
            scope=provider.scope,
            state=way.state,
            nonce=way.nonce,
            code_challenge=create_s256_code_challenge(way.verifier),
            code_challenge_method="S256",
        )
        hidden = self._marks.hidden(msgspec.json.encode(way).decode(), _PURPOSE)
        return Begun(address, hidden)

    def finish(self, cookie: str | None, parameters: Mapping[str, str]) -> Returned:
        """Who came back, by the parameters of the address that he came back to and the cookie that he kept; each way is gone once."""
        way = self._way(cookie)
        if not same(parameters.get("state", ""), way.state):
            raise failed("state")
        with self._store.writing() as connection:
            fresh = spends(connection, f"state {digest(way.state)}", way.ends_at)
        if not fresh:
            raise failed("state")
        if parameters.get("iss", way.issuer) != way.issuer:
            raise failed("issuer")
        code = parameters.get("code")
        if "error" in parameters or not code:
            raise failed("declined")
        claims = self._believed(self._asking.id_token(code, way.verifier), way)
        return Returned(Identity(way.issuer, claims["sub"]), way.carried)

    def _way(self, cookie: str | None) -> _Way:
        said = self._marks.shown(cookie or "", _PURPOSE)
        if said is None:
            raise failed("cookie")
        way = msgspec.json.decode(said, type=_Way)
        if way.ends_at <= self._clock():
            raise failed("late")
        if way.issuer != self._asking.provider.issuer:
            raise failed("issuer")
        return way

    def _believed(self, token: str, way: _Way) -> dict[str, Any]:
        client = self._asking.provider.client_id
        required = jwt.JWTClaimsRegistry(
            now=lambda: int(self._clock()),
            leeway=LEEWAY,
            iss={"essential": True, "value": way.issuer},
            sub={"essential": True},
            aud={"essential": True, "value": client},
            exp={"essential": True},
            iat={"essential": True},
        )
        try:
            claims = self._signed(token)
            required.validate(claims)
        except ExpiredTokenError:
            raise failed("expired") from None
        except (JoseError, ValueError, KeyError, TypeError, RecursionError):
            raise failed("token") from None
        if not isinstance(claims.get("nonce"), str) or not same(claims["nonce"], way.nonce):
            raise failed("nonce")
        # A token for several is for whoever asked for it.
        alone = claims["aud"] in (client, [client])
        if claims.get("azp", client if alone else None) != client:
            raise failed("audience")
        if not 0 < len(claims["sub"]) <= LONGEST or is_forbidden(claims["sub"]):
            raise failed("subject")
        return claims

    def _signed(self, token: str) -> dict[str, Any]:
        """What is signed by a key of the provider; it may have taken a new one since it was asked."""
        try:
            return _opened(token, self._asking.keys())
        except (BadSignatureError, InvalidKeyIdError):
            return _opened(token, self._asking.keys(anew=True))


def _opened(token: str, keys: tuple[dict[str, Any], ...]) -> dict[str, Any]:
    registry = JWSRegistry(algorithms=list(_KEY_OF), strict_check_header=False)

    def key(said: GuestProtocol) -> RSAKey | ECKey | OKPKey:
        header = said.headers()
        return _key(keys, header["alg"], header.get("kid"))

    return jwt.decode(token, key, algorithms=list(_KEY_OF), registry=registry).claims


def _key(
    keys: tuple[dict[str, Any], ...], algorithm: str, name: str | None
) -> RSAKey | ECKey | OKPKey:
    """The one key that this algorithm and name mean: never one of another kind, never one by chance."""
    kind = _KEY_OF.get(algorithm, "")
    fitting = [
        each for each in keys if _is_of(each, kind) and (name is None or each.get("kid") == name)
    ]
    if len(fitting) != 1:
        raise InvalidKeyIdError
    public = {each: fitting[0][each] for each in _PUBLIC if each in fitting[0]}
    match kind:
        case "RSA":
            return RSAKey.import_key(public)
        case "EC":
            return ECKey.import_key(public)
        case _:
            return OKPKey.import_key(public)


def _is_of(key: Mapping[str, Any], kind: str) -> bool:
    if key.get("kty") != kind or key.get("use", "sig") != "sig":
        return False
    if kind == "RSA":
        return len(str(key.get("n", ""))) >= _LEAST_MODULUS
    return key.get("crv") == _CURVES[kind]
