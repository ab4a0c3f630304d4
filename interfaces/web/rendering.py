"""Making a page of a template and what it tells."""

from __future__ import annotations

import gzip
from functools import cache
from typing import Any
from urllib.parse import quote

from fastapi import Request, Response
from jinja2 import Environment, PackageLoader, StrictUndefined

from application import clock
from interfaces.ids import minted_id
from interfaces.web.assets import address_of
from interfaces.web.photos import UPLOADS
from interfaces.web.visiting import ACTING, COMMAND_ID, LOST_FILE, TOKEN, WHO, Visitor, look_of
from interfaces.web.words import Words

WORTH_COMPRESSING = 1_400
"""Bytes below which a page goes in one packet anyway."""
QUICKLY = 4
_IN_ADDRESSES = "/?&=#%:;+,!*'()@~$"
HTML = "text/html; charset=utf-8"


@cache
def _environment() -> Environment:
    made = Environment(
        loader=PackageLoader("interfaces.web"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
        cache_size=-1,
    )
    made.globals.update(
        asset=address_of,
        minted_id=minted_id,
        rehearsed=clock.rehearsed,
        TOKEN=TOKEN,
        COMMAND_ID=COMMAND_ID,
        WHO=WHO,
        ACTING=ACTING,
        LOST_FILE=LOST_FILE,
        UPLOADS=UPLOADS,
    )
    return made


def text_of(template: str, **told: Any) -> str:
    """What a template says."""
    return _environment().get_template(template).render(told)


def render(visitor: Visitor, template: str, *, status: int = 200, **told: Any) -> Response:
    """A page for whoever looks, with what the look has told so far in its headers."""
    text = text_of(
        template,
        v=visitor,
        t=visitor.words,
        look=visitor.look,
        here=visitor.request.url.path,
        **told,
    )
    headers = {
        name: value
        for name in ("lvzhi-position",)
        if (value := visitor.asking.response.headers.get(name)) is not None
    }
    return answer(visitor.request, text, status, headers)


def render_bare(request: Request, template: str, *, status: int = 200, **told: Any) -> Response:
    """A page for whoever is not signed in, or of no ledger."""
    look = look_of(request)
    words = Words(look.language)
    text = text_of(template, v=None, t=words, look=look, here=request.url.path, **told)
    return answer(request, text, status)


def answer(
    request: Request, text: str, status: int = 200, headers: dict[str, str] | None = None
) -> Response:
    """The text of a page, compressed where it is worth it."""
    content = text.encode()
    told = {"Cache-Control": "no-store", "Vary": "Accept-Encoding", **(headers or {})}
    accepted = request.headers.get("accept-encoding", "")
    if len(content) > WORTH_COMPRESSING and "gzip" in accepted:
        content = gzip.compress(content, QUICKLY, mtime=0)
        told["Content-Encoding"] = "gzip"
    return Response(content, status, told, HTML)


def see(address: str) -> Response:
    """Go on to another page, by reading it; what an address may not hold is written as it has it."""
    place = quote(address, safe=_IN_ADDRESSES)
    return Response(status_code=303, headers={"Location": place, "Cache-Control": "no-store"})
