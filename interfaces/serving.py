"""Serving the API until it is stopped."""

from __future__ import annotations

import errno
import logging
import socket
from contextlib import suppress

import uvicorn

from domain.people import Reason, Refused
from interfaces.api.app import create_app
from interfaces.wiring import Installation

_log = logging.getLogger("uvicorn.error")
"""Where uvicorn tells of its start and end."""


def serve(installation: Installation, host: str, port: int) -> None:
    """Serve an installation; refuses a port that something else listens on."""
    with _listening(host, port) as listener:
        config = uvicorn.Config(
            create_app(installation), host=host, port=port, access_log=False, server_header=False
        )
        shown = f"[{host}]" if ":" in host else host
        address = f"http://{shown}:{listener.getsockname()[1]}"
        _log.info("服务地址 %s / serving at %s (Ctrl-C)", address, address)
        # Ctrl-C is how it is stopped; what was under way has been answered by then.
        with suppress(KeyboardInterrupt):
            uvicorn.Server(config).run(sockets=[listener])


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
