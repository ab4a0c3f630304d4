"""What pages carry along: style sheets and scripts, each at an address that changes with its content, so that it is fetched once."""

from __future__ import annotations

import gzip
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from importlib.resources import files
from types import MappingProxyType

from fastapi import APIRouter, Request, Response

from domain.access import Action
from domain.people import Reason, Refused
from interfaces.api.door import needs

TYPES: Mapping[str, str] = MappingProxyType(
    {
        "css": "text/css; charset=utf-8",
        "js": "text/javascript; charset=utf-8",
        "svg": "image/svg+xml",
    }
)
SHIPPED = (
    "vendor/bootstrap.min.css",
    "lvzhi.css",
    "vendor/htmx.min.js",
    "look.js",
    "lvzhi.js",
    "outbox.js",
    "favicon.svg",
)
"""Every file that a page may ask for."""
FOR_EVER = "public, max-age=31536000, immutable"


@dataclass(frozen=True, slots=True)
class Asset:
    """One file, as it is and compressed."""

    name: str
    content: bytes
    compressed: bytes
    tag: str

    @property
    def media_type(self) -> str:
        """What it is."""
        return TYPES[self.name.rpartition(".")[2]]


@cache
def shipped() -> Mapping[str, Asset]:
    """Every file that a page may ask for, by name."""
    folder = files("interfaces.web") / "static"
    found = {}
    for name in SHIPPED:
        content = folder.joinpath(name).read_bytes()
        found[name] = Asset(
            name, content, gzip.compress(content, 9, mtime=0), sha256(content).hexdigest()[:16]
        )
    return MappingProxyType(found)


def address_of(name: str) -> str:
    """Where a page asks for a file."""
    return f"/static/{shipped()[name].tag}/{name}"


def router() -> APIRouter:
    """The route of these files."""
    made = APIRouter(include_in_schema=False)

    @made.get(
        "/static/{tag}/{name:path}",
        operation_id="get_asset",
        openapi_extra=needs(Action.LOOK_UP),
        response_class=Response,
    )
    def get_asset(request: Request, tag: str, name: str) -> Response:
        """A style sheet or a script."""
        asset = shipped().get(name)
        if asset is None or asset.tag != tag:
            raise Refused(Reason.NO_SUCH_PAGE, about=name[:80])
        headers = {"Cache-Control": FOR_EVER, "Vary": "Accept-Encoding"}
        if "gzip" in request.headers.get("accept-encoding", ""):
            headers["Content-Encoding"] = "gzip"
            return Response(asset.compressed, 200, headers, asset.media_type)
        return Response(asset.content, 200, headers, asset.media_type)

    return made
