"""What is refused, as a page: with what to do, or with the way to sign in, and without losing what was typed."""

from __future__ import annotations

import json
from collections.abc import Callable, Coroutine
from typing import Any
from urllib.parse import quote

from fastapi import Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute
from starlette.concurrency import run_in_threadpool

from domain.people import Reason, Refused
from interfaces.access.cross_site import masked
from interfaces.access.sessions import form_token
from interfaces.access.throttle import TooSoon
from interfaces.api.account import signed_in
from interfaces.api.door import Door
from interfaces.refusals import status_of
from interfaces.web.offered import Offered
from interfaces.web.rendering import render_bare, see
from interfaces.web.visiting import LOST_FILE, Expired, Sent, is_script


class PageRoute(APIRoute):
    """A route whose refusals are pages too."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """The handler, with a page for what is refused."""
        handle = super().get_route_handler()

        async def handled(request: Request) -> Response:
            if is_script(request):
                return await handle(request)
            try:
                return await handle(request)
            except Expired as expired:
                return await run_in_threadpool(expired_page, request, expired.sent)
            except NotShown as not_shown:
                return await run_in_threadpool(again_page, request, sent=not_shown.sent)
            except Refused as refused:
                if refused.reason is Reason.SHOW_AGAIN:
                    return see(address_of_again(request))
                return await run_in_threadpool(page_of, request, refused)
            except RequestValidationError as error:
                parts = error.errors()[0]["loc"]
                malformed = Refused(Reason.MALFORMED, str(parts[-1]) if parts else "")
                return await run_in_threadpool(page_of, request, malformed)

        return handled


class NotShown(Refused):
    """Somebody has to show again who he is before a grave step; `sent` is what he typed, which goes on afterwards."""

    def __init__(self, sent: Sent) -> None:
        super().__init__(Reason.SHOW_AGAIN)
        self.sent = sent


def address_of_again(request: Request) -> str:
    """Where somebody shows again who he is, and comes back to the page that he is on."""
    here = request.url.path + (f"?{request.url.query}" if request.url.query else "")
    return "/account/again?next=" + quote(here, safe="/")


def again_page(
    request: Request,
    *,
    next: str = "/account",
    sent: Sent | None = None,
    kept: str = "",
    refused: Refused | None = None,
) -> Response:
    """The page on which somebody shows again who he is; what he had sent goes on after it."""
    door: Door = request.app.state.door
    who = signed_in(request, door.installation.access)
    if sent is not None:
        kept = _kept_of(request, sent)
    made = render_bare(
        request,
        "again.html",
        status=200 if refused is None else status_of(refused),
        token=masked(form_token(who.id)),
        next=local(next),
        kept=kept,
        refused=refused,
        has_factor=who.account.has_factor,
        has_password=who.account.has_password,
        offered=None if who.account.has_factor else _offered_as(request, who.account.name),
    )
    if isinstance(refused, TooSoon):
        made.headers["Retry-After"] = str(refused.seconds)
    return made


def _offered_as(request: Request, name: str) -> Offered | None:
    """The sign-in of that name that a rehearsal offers; a service of a real ledger offers none."""
    offered: tuple[Offered, ...] = request.app.state.offered
    return next((each for each in offered if each.name == name), None)


def page_of(request: Request, refused: Refused) -> Response:
    """What is refused, as a page; whoever is not signed in is asked to, and comes back."""
    if refused.reason is Reason.NOT_SIGNED_IN and request.method in {"GET", "HEAD"}:
        whence = request.url.path + (f"?{request.url.query}" if request.url.query else "")
        return see("/sign-in?next=" + quote(whence, safe="/"))
    status = status_of(refused)
    made = render_bare(
        request,
        "refused.html",
        status=status,
        refused=refused,
        status_code=status,
        lines=(refused, *refused.others),
    )
    if isinstance(refused, TooSoon):
        made.headers["Retry-After"] = str(refused.seconds)
    return made


def page_of_error(request: Request, status: int) -> Response:
    """A page that is not there, or that failed, for whoever reads pages."""
    reason = Reason.NO_SUCH_PAGE if status == 404 else Reason.UNAVAILABLE
    refused = Refused(reason)
    return render_bare(
        request,
        "refused.html",
        status=status,
        refused=refused,
        status_code=status,
        lines=(refused,),
    )


def local(address: str) -> str:
    """An address of ours to go on to; anything else is the start."""
    if (
        address.startswith("/")
        and not address.startswith(("//", "/\\", "/sign-"))
        and address.isprintable()
    ):
        return address
    return "/"


def sign_in_page(
    request: Request,
    *,
    next: str,
    name: str = "",
    kept: str = "",
    refused: Refused | None = None,
    ask_code: bool = False,
    status: int | None = None,
) -> Response:
    """The page on which somebody signs in; `kept` is what he had typed when his session ended."""
    door: Door = request.app.state.door
    if status is None:
        status = 200 if refused is None else status_of(refused)
    made = render_bare(
        request,
        "sign_in.html",
        status=status,
        next=local(next),
        name=name,
        kept=kept,
        refused=refused,
        ask_code=ask_code,
        provider=door.installation.settings.provider is not None,
        offered=request.app.state.offered,
    )
    if isinstance(refused, TooSoon):
        made.headers["Retry-After"] = str(refused.seconds)
    return made


def expired_page(request: Request, sent: Sent) -> Response:
    """What somebody sees whose session ended while he was typing: he signs in, and what he typed is still there."""
    return sign_in_page(request, next="/", kept=_kept_of(request, sent), status=401)


def _kept_of(request: Request, sent: Sent) -> str:
    address = request.url.path + (f"?{request.url.query}" if request.url.query else "")
    lost = [(LOST_FILE, file.name[-60:]) for files in sent.files.values() for file in files]
    return json.dumps({"to": address, "pairs": [*sent.pairs, *lost]}, ensure_ascii=False)
