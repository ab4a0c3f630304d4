"""Serving the application until it is stopped."""

from __future__ import annotations

import errno
import logging
import socket
from collections.abc import Sequence
from contextlib import suppress

import uvicorn
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from domain.people import Reason, Refused
from interfaces import logs
from interfaces.api.guard import LARGEST_HEADERS, LONGEST_ADDRESS
from interfaces.app import create_app
from interfaces.production import refuse_unsafe
from interfaces.web.offered import Offered
from interfaces.wiring import Installation

_log = logging.getLogger("uvicorn.error")
"""Where uvicorn tells of its start and end."""
LARGEST_UNREAD = LONGEST_ADDRESS + LARGEST_HEADERS + 512 * 1024
"""Bytes of a request that are no body, such as its headers, with what one reading of the socket brings along."""


def serve(
    installation: Installation, host: str, port: int, offered: Sequence[Offered] = ()
) -> None:
    """Serve an installation, a rehearsal with sign-ins that it offers; refuses a port that something else listens on, and in production what is unsafe."""
    refuse_unsafe(installation.settings, host)
    logs.install()
    with _listening(host, port) as listener:
        shown = f"[{host}]" if ":" in host else host
        address = f"http://{shown}:{listener.getsockname()[1]}"
        _log.info("服务地址 %s / serving at %s (Ctrl-C)", address, address)
        # Ctrl-C is how it is stopped; what was under way has been answered by then.
        with suppress(KeyboardInterrupt):
            uvicorn.Server(config(installation, host, port, offered)).run(sockets=[listener])


def config(
    installation: Installation, host: str, port: int, offered: Sequence[Offered] = ()
) -> uvicorn.Config:
    """How uvicorn serves it: without saying what it is, and believing only the proxies of the settings."""
    proxies = installation.settings.proxies
    return uvicorn.Config(
        create_app(installation, offered),
        host=host,
        port=port,
        http=Bounded,
        ws="none",
        access_log=False,
        log_config=None,
        server_header=False,
        proxy_headers=bool(proxies),
        forwarded_allow_ips=list(proxies),
    )


class Bounded(HttpToolsProtocol):
    """Ends a connection that sends more before a body, between its parts or after it than any request of ours needs.

    The guard of the application says politely what is too much, but sees a request only once all of its headers are
    there; the parser holds whatever comes until then.
    """

    _beside_body = 0

    def on_message_begin(self) -> None:
        """A request begins."""
        self._beside_body = 0
        super().on_message_begin()

    def on_body(self, body: bytes) -> None:
        """A part of its body has come."""
        self._beside_body -= len(body)
        super().on_body(body)

    def data_received(self, data: bytes) -> None:
        """Something has come; bodies are bounded by the routes that read them."""
        super().data_received(data)
        self._beside_body += len(data)
        if self._beside_body > LARGEST_UNREAD and not self.transport.is_closing():
            self.send_400_response("Too much beside the body.")


def _listening(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((host, port))
        # Only now does a second one that asks for the same address learn of it.
        listener.listen(2048)
    except OSError as error:
        listener.close()
        if error.errno != errno.EADDRINUSE:
            raise
        raise Refused(Reason.PORT_TAKEN, "--port", f"{host}:{port}") from error
    return listener
