"""Requests whose bodies come in parts, with something that happens between two of them."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from fastapi.testclient import TestClient

Between = Callable[[], Awaitable[object]]
Part = bytes | Between
GONE = b"\0gone"
"""A part that says that whoever sends has gone away."""


async def never() -> None:
    """What never comes."""
    await asyncio.Event().wait()


def ask_slowly(
    client: TestClient,
    method: str,
    path: str,
    headers: dict[str, str],
    parts: Sequence[Part],
) -> tuple[int, bytes]:
    """The status and body of the answer to a request that is sent in these parts."""
    left = list(parts)
    status, body = 0, b""

    async def receive() -> dict[str, Any]:
        while left and callable(left[0]):
            between = left.pop(0)
            assert callable(between)
            await between()
        part = left.pop(0)
        if part == GONE:
            return {"type": "http.disconnect"}
        return {"type": "http.request", "body": part, "more_body": bool(left)}

    async def send(message: Any) -> None:
        nonlocal status, body
        if message["type"] == "http.response.start":
            status = message["status"]
        else:
            body += message.get("body", b"")

    path, _, query = path.partition("?")
    told = {"host": "testserver", "transfer-encoding": "chunked", **headers}
    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": method,
        "scheme": "http",
        "path": path,
        "raw_path": path.encode(),
        "query_string": query.encode(),
        "root_path": "",
        "headers": [(name.lower().encode(), value.encode()) for name, value in told.items()],
        "client": ("192.0.2.1", 1),
        "server": ("testserver", 80),
        "state": {},
    }

    async def go() -> None:
        await client.app(scope, receive, send)

    assert client.portal is not None
    client.portal.call(go)
    return status, body
