"""The outermost door of the application: what no request may be, and what every answer carries, errors included."""

from __future__ import annotations

from collections.abc import Iterable
from urllib.parse import quote_plus, unquote_to_bytes

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from domain.characters import composed, is_forbidden
from domain.people import Reason, Refused
from interfaces.api.errors import answer, method_not_taken

MOST_HEADERS = 64
"""Headers that a request may have."""
LARGEST_HEADERS = 16 * 1024
"""Bytes that names and values of all headers may have together."""
LONGEST_ADDRESS = 192 * 1024
"""Bytes of path and query: an import may choose something about many of its rows."""
NEVER_TAKEN = frozenset({"TRACE", "CONNECT"})
"""Methods that no address takes: the one would hand back what a browser hides, the other make a proxy of us."""
HOST = "Host"
OF_THIS_MACHINE = frozenset({"127.0.0.1", "localhost", "::1"})
"""Names by which a machine asks itself, as health checks do."""

CONTENT_SECURITY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
_DENIED = (
    "accelerometer",
    "autoplay",
    "camera",
    "clipboard-read",
    "display-capture",
    "encrypted-media",
    "fullscreen",
    "gamepad",
    "geolocation",
    "gyroscope",
    "hid",
    "idle-detection",
    "local-fonts",
    "magnetometer",
    "microphone",
    "midi",
    "payment",
    "picture-in-picture",
    "publickey-credentials-get",
    "screen-wake-lock",
    "serial",
    "storage-access",
    "usb",
    "window-management",
    "xr-spatial-tracking",
)
CARRIED: tuple[tuple[bytes, bytes], ...] = (
    (b"content-security-policy", CONTENT_SECURITY.encode()),
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"permissions-policy", ", ".join(f"{each}=()" for each in _DENIED).encode()),
)
"""What every answer carries."""
NOT_STORED = (b"cache-control", b"no-store")
"""What an answer carries whose route says nothing of storing it."""
ONLY_HTTPS: tuple[tuple[bytes, bytes], ...] = (
    (b"strict-transport-security", b"max-age=31536000; includeSubDomains"),
    (b"cross-origin-opener-policy", b"same-origin"),
)
"""What an answer over https carries besides; a browser ignores it over http, and a closed network may have no other."""


class Guard:
    """Goes before the whole application, so that nothing is answered without it.

    `hosts` are the names under which the service may be asked; none means any. Whether a request came by https is what
    the server says, which knows the proxies that it may believe.
    """

    def __init__(self, app: ASGIApp, hosts: Iterable[str] = ()) -> None:
        self._app = app
        self._hosts = frozenset(each.lower() for each in hosts)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let a request in, or refuse it, and add to what is answered."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        more = (*CARRIED, *ONLY_HTTPS) if scope["scheme"] == "https" else CARRIED

        async def sending(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = [*message.get("headers", ()), *more]
                if not any(name.lower() == NOT_STORED[0] for name, _ in headers):
                    headers.append(NOT_STORED)
                message["headers"] = headers
            await send(message)

        try:
            self._let_in(scope)
        except Refused as refused:
            parameters = frozenset() if refused.field == HOST else frozenset({refused.field})
            await answer(refused, parameters)(scope, receive, sending)
            return
        if scope["method"] in NEVER_TAKEN:
            await method_not_taken(scope["method"])(scope, receive, sending)
            return
        await self._app(scope, receive, sending)

    def _let_in(self, scope: Scope) -> None:
        headers = scope["headers"]
        if (
            len(headers) > MOST_HEADERS
            or sum(len(name) + len(value) for name, value in headers) > LARGEST_HEADERS
        ):
            about = f"> {MOST_HEADERS}, > {LARGEST_HEADERS // 1024} KiB"
            raise Refused(Reason.HEADERS_TOO_LARGE, about=about)
        path, query = scope.get("raw_path") or b"", scope["query_string"]
        if len(path) + len(query) > LONGEST_ADDRESS:
            about = f"> {LONGEST_ADDRESS // 1024} KiB"
            raise Refused(Reason.HEADERS_TOO_LARGE, about=about)
        if self._hosts:
            self._refuse_strange_host(scope)
        if b"%" in path:
            scope["path"] = _text(unquote_to_bytes(path), "")
        if b"%" in query or not query.isascii():
            scope["query_string"] = _composed_query(query)

    def _refuse_strange_host(self, scope: Scope) -> None:
        named = [value for name, value in scope["headers"] if name == b"host"]
        host = _name_of(named[0]) if len(named) == 1 else ""
        if host in self._hosts:
            return
        client = scope.get("client")
        if host in OF_THIS_MACHINE and client and client[0] in OF_THIS_MACHINE:
            return
        raise Refused(Reason.UNKNOWN_HOST, HOST)


def _name_of(host: bytes) -> str:
    """The name in a `Host`, without port, brackets and the dot of the root."""
    text = host.decode("latin-1").strip().lower()
    if text.startswith("["):
        return text[1:].partition("]")[0]
    return text.partition(":")[0].rstrip(".")


def _composed_query(query: bytes) -> bytes:
    """The query with names and values in the composed form; refuses what is no UTF-8, and characters that no text may hold."""
    pairs: list[str] = []
    for part in query.split(b"&"):
        name, between, value = part.partition(b"=")
        told = _text(_unquoted(name), "")
        said = _text(_unquoted(value), told)
        pairs.append(f"{quote_plus(told)}{between.decode()}{quote_plus(said)}")
    return "&".join(pairs).encode()


def _unquoted(part: bytes) -> bytes:
    return unquote_to_bytes(part.replace(b"+", b" "))


def _text(raw: bytes, name: str) -> str:
    """What was sent, as text; `name` is the parameter that it is the value of."""
    try:
        text = raw.decode()
    except UnicodeDecodeError as error:
        raise Refused(Reason.BAD_ENCODING, name[:80], f"byte {error.start}") from error
    if is_forbidden(text):
        raise Refused(Reason.BAD_CHARACTERS, name[:80])
    return composed(text)
