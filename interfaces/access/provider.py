"""What is asked of an identity provider, over the network: the only place of the product that asks somebody else than its database.

All that comes back is bounded in size and time, no redirect is followed, and nothing of it stands in a refusal.
"""

from __future__ import annotations

import ssl
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from ipaddress import ip_address
from pathlib import Path
from threading import Lock
from time import monotonic
from typing import Any, TypeVar
from urllib.parse import quote_plus, urlsplit

import httpx2
import msgspec
from authlib.oidc.discovery import get_well_known_url  # type: ignore[import-untyped]

from domain.people import Reason, Refused
from domain.words import Label
from interfaces.access.secret import Clock

LARGEST = 256 * 1024
"""Bytes of an answer."""
PATIENCE = 5.0
"""Seconds for each step of a request."""
WHOLE = 10.0
"""Seconds for a request, however slowly its answer drips."""
FAILED_FOR = 5.0
"""Seconds for which nobody asks again what just had no good answer."""
KEPT = 3600.0
"""Seconds for which what a provider says of itself, and its keys, are believed."""
_HTTPS = Label(
    "https:// 开头的地址(仅本机可用 http://),不含参数",
    "an address that begins with https:// (http:// on this machine alone), without parameters",
)

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Provider:
    """A provider that the operator named, and what it knows this service by. `ca_file` holds its certificate authority if it is no public one."""

    issuer: str
    client_id: str
    client_secret: str | None = field(default=None, repr=False)
    redirect_uri: str
    scope: str = "openid"
    ca_file: Path | None = None

    def __post_init__(self) -> None:
        """Refuse addresses that somebody on the way could listen to."""
        for name, address in (("issuer", self.issuer), ("redirect_uri", self.redirect_uri)):
            if not is_safe(address):
                raise Refused(Reason.MALFORMED, name, wanted=_HTTPS)


def is_safe(address: str) -> bool:
    """Whether nobody on the way can listen: it is https, or stays on this machine."""
    try:
        parts = urlsplit(address)
        host, _ = parts.hostname or "", parts.port
    except ValueError:
        return False
    if parts.query or parts.fragment or parts.username is not None or not host:
        return False
    return parts.scheme == "https" or (parts.scheme == "http" and _is_here(host))


def _is_here(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


class Metadata(msgspec.Struct, frozen=True):
    """What a provider says of itself."""

    issuer: str
    authorization_endpoint: str
    token_endpoint: str
    jwks_uri: str
    token_endpoint_auth_methods_supported: tuple[str, ...] = ("client_secret_basic",)


class _Keys(msgspec.Struct, frozen=True):
    keys: tuple[dict[str, Any], ...]


class _Tokens(msgspec.Struct, frozen=True):
    id_token: str


def failed(about: str) -> Refused:
    """The refusal of what did not hold; `about` is a word of ours."""
    return Refused(Reason.PROVIDER_FAILED, about=about)


class Asking:
    """Asks one provider."""

    def __init__(self, provider: Provider, clock: Clock) -> None:
        self.provider = provider
        self._clock = clock
        self._lock = Lock()
        self._failed: tuple[float, str] | None = None
        self._metadata: tuple[float, Metadata] | None = None
        self._keys: tuple[float, tuple[dict[str, Any], ...]] | None = None
        file = provider.ca_file
        trusted = True if file is None else ssl.create_default_context(cafile=str(file))
        self._client = httpx2.Client(
            timeout=PATIENCE,
            verify=trusted,
            follow_redirects=False,
            trust_env=False,
            headers={"Accept": "application/json", "Accept-Encoding": "identity"},
        )

    def close(self) -> None:
        """Give back connections."""
        self._client.close()

    def metadata(self) -> Metadata:
        """What it says of itself, at the address that follows from its name; it must say that name.

        One asks and the others wait for his answer; that there was none is remembered for a few seconds.
        """
        with self._lock:
            if self._metadata is None or self._metadata[0] <= self._clock():
                self._refuse_again()
                self._metadata = self._clock() + KEPT, self._remembering(self._discovered)
            return self._metadata[1]

    def _discovered(self) -> Metadata:
        address = get_well_known_url(self.provider.issuer, external=True)
        found = self._asked("discovery", Metadata, "GET", address)
        if found.issuer != self.provider.issuer:
            raise failed("issuer")
        named = (found.authorization_endpoint, found.token_endpoint, found.jwks_uri)
        if not all(is_safe(each) for each in named):
            raise failed("https")
        return found

    def _refuse_again(self) -> None:
        """Refuse as before while a failure is still fresh."""
        if self._failed is not None and self._clock() < self._failed[0]:
            raise failed(self._failed[1])

    def _remembering(self, ask: Callable[[], T]) -> T:
        try:
            found = ask()
        except Refused as refused:
            self._failed = self._clock() + FAILED_FOR, refused.about
            raise
        self._failed = None
        return found

    def keys(self, *, anew: bool = False) -> tuple[dict[str, Any], ...]:
        """The public keys that it signs with."""
        address = self.metadata().jwks_uri
        with self._lock:
            if anew or self._keys is None or self._keys[0] <= self._clock():
                self._refuse_again()
                found = self._remembering(lambda: self._asked("keys", _Keys, "GET", address))
                self._keys = self._clock() + KEPT, found.keys
            return self._keys[1]

    def id_token(self, code: str, verifier: str) -> str:
        """What it says of whoever came back with this code."""
        provider, metadata = self.provider, self.metadata()
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": provider.redirect_uri,
            "code_verifier": verifier,
        }
        authorised = None
        if provider.client_secret is None:
            form["client_id"] = provider.client_id
        elif "client_secret_basic" in metadata.token_endpoint_auth_methods_supported:
            named = (quote_plus(provider.client_id), quote_plus(provider.client_secret))
            authorised = httpx2.BasicAuth(*named)
        else:
            form |= {"client_id": provider.client_id, "client_secret": provider.client_secret}
        address = metadata.token_endpoint
        return self._asked("token", _Tokens, "POST", address, form, authorised).id_token

    def _asked(
        self,
        about: str,
        kind: type[T],
        method: str,
        address: str,
        form: Mapping[str, str] | None = None,
        authorised: httpx2.BasicAuth | None = None,
    ) -> T:
        until = monotonic() + WHOLE
        try:
            with self._client.stream(method, address, data=form, auth=authorised) as answer:
                if answer.status_code != 200 or "content-encoding" in answer.headers:
                    raise failed(about)
                body = bytearray()
                for part in answer.iter_raw():
                    body += part
                    if len(body) > LARGEST or monotonic() > until:
                        raise failed(about)
            return msgspec.json.decode(bytes(body), type=kind)
        except (
            httpx2.HTTPError,
            httpx2.InvalidURL,
            msgspec.DecodeError,
            ValueError,
            RecursionError,
        ):
            # What these say may hold what was sent.
            raise failed(about) from None
