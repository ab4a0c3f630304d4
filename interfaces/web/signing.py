"""Signing in and out, choosing a ledger and a capacity, and how pages look."""

from __future__ import annotations

import json
from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response
from starlette.concurrency import run_in_threadpool

from domain.access import Action
from domain.people import Reason, Refused
from interfaces.access.cookies import Cookie, drop_cookie, set_cookie
from interfaces.access.cross_site import masked
from interfaces.access.opening import Access
from interfaces.access.sessions import form_token
from interfaces.access.signing_in import Attempt
from interfaces.api import account
from interfaces.api.door import (
    Door,
    Gate,
    body_of,
    cookie_of,
    is_https,
    needs,
    session_of,
)
from interfaces.bodies import LARGEST_BODY
from interfaces.web.refusing import PageRoute, local, sign_in_page
from interfaces.web.rendering import render_bare, see
from interfaces.web.visiting import (
    WHO,
    Look,
    Sent,
    Theme,
    Type,
    form_of,
    look_of,
    must_be_from_here,
    told_of,
)
from interfaces.web.words import Language

FOR_A_YEAR = 365 * 86_400
ASKS_CODE = frozenset({Reason.CODE_NEEDED, Reason.WRONG_CODE})


async def strangers(request: Request) -> Sent:
    """The form of somebody who is not signed in, sent by a page of ours."""
    must_be_from_here(request, None, Sent())
    return await form_of(request, await body_of(request, 2 * LARGEST_BODY))


async def own(request: Request) -> Sent:
    """The form of somebody who is signed in, sent by a page of his session, whatever the ledger."""
    sent = await form_of(request, await body_of(request, LARGEST_BODY))
    must_be_from_here(request, cookie_of(request, Cookie.SESSION), sent)
    return sent


Strange = Annotated[Sent, Depends(strangers)]
Own = Annotated[Sent, Depends(own)]


def kept_in(text: str) -> tuple[str, list[tuple[str, str]]] | None:
    """Where something goes that was typed before, and what it was; nothing where that is no page of ours."""
    try:
        found = json.loads(text)
        address = local(str(found["to"]))
        pairs = [(str(name), str(value)) for name, value in found["pairs"]]
    except (ValueError, KeyError, TypeError, RecursionError):
        return None
    return (address, pairs) if address != "/" else None


def router() -> APIRouter:
    """The routes of signing in, and of how pages look."""
    made = APIRouter(route_class=PageRoute, include_in_schema=False)
    open_to_all, own_account = needs(Action.SIGN_IN), needs(Action.OWN_ACCOUNT)

    @made.get("/", operation_id="page_start", openapi_extra=open_to_all)
    def start(request: Request) -> Response:
        """To the home of the only ledger that somebody is in, or the choice between several."""
        door: Door = request.app.state.door
        session_id, session = session_of(request, door.installation.access)
        links = door.installation.access.accounts.links_of(session.account)
        desks = [desk for link in links for desk in door.installation.opened(link.ledger)]
        if len(desks) == 1:
            return see(f"/ledgers/{desks[0].code}/")
        return render_bare(
            request, "ledgers.html", desks=desks, token=masked(form_token(session_id))
        )

    @made.get("/sign-in", operation_id="page_sign_in", openapi_extra=open_to_all)
    def sign_in(request: Request, next: str = "/") -> Response:
        """The page on which somebody signs in."""
        return sign_in_page(request, next=next)

    @made.post("/sign-in", operation_id="send_sign_in", openapi_extra=open_to_all)
    async def send_sign_in(request: Request, sent: Strange) -> Response:
        """Sign in, and go on to where he wanted to be."""
        gate: Gate = request.app.state.signing
        with gate.passed():
            return await run_in_threadpool(_sign_in, request, sent)

    @made.post("/sign-out", operation_id="send_sign_out", openapi_extra=own_account)
    def sign_out(request: Request, _: Own) -> Response:
        """End this session."""
        door: Door = request.app.state.door
        session_id, _session = session_of(request, door.installation.access)
        door.installation.access.sessions.sign_out(session_id)
        made = see("/sign-in")
        made.headers.append("Set-Cookie", drop_cookie(Cookie.SESSION, https=is_https(request)))
        made.headers.append("Set-Cookie", drop_cookie(Cookie.CAPACITY, https=is_https(request)))
        return made

    @made.get("/preferences", operation_id="page_preferences", openapi_extra=open_to_all)
    def preferences(request: Request, next: str = "/") -> Response:
        """How pages should look."""
        return render_bare(
            request,
            "preferences.html",
            languages=list(Language),
            themes=list(Theme),
            types=list(Type),
            next=local(next),
        )

    @made.post("/preferences", operation_id="send_preferences", openapi_extra=open_to_all)
    def send_preferences(request: Request, sent: Strange) -> Response:
        """Have pages look so from now on, in this browser."""
        before = look_of(request)
        try:
            look = Look(
                Language.of(sent.one("language", before.language.value)),
                Theme.of(sent.one("theme", before.theme.value)),
                Type.of(sent.one("type", before.type.value)),
            )
        except KeyError as error:
            raise Refused(Reason.MALFORMED, str(error)) from error
        made = see(local(sent.one("next", "/")))
        kept = set_cookie(Cookie.LOOK, look.told, https=is_https(request), seconds=FOR_A_YEAR)
        made.headers.append("Set-Cookie", kept)
        return made

    return made


def _sign_in(request: Request, sent: Sent) -> Response:
    door: Door = request.app.state.door
    access = door.installation.access
    name, kept, whence = sent.one("name"), sent.one("kept"), sent.one("next", "/")
    code = sent.one("code").replace(" ", "") or None
    missing = [each for each in ("name", "password") if not sent.one(each)]
    if missing:
        refused = Refused(Reason.MISSING, f"/{missing[0]}")
        return sign_in_page(request, next=whence, name=name, kept=kept, refused=refused)
    # A password is taken as it was typed, spaces too.
    password = next_of(sent, "password")
    attempt = Attempt(
        name=name[:256],
        password=password[:1_000],
        code=code,
        device=cookie_of(request, Cookie.DEVICE),
        address=account.address_of(request),
        agent=account.agent_of(request),
    )
    try:
        found = access.signing_in.by_password(attempt)
    except Refused as refused:
        return sign_in_page(
            request,
            next=whence,
            name=name,
            kept=kept,
            refused=refused,
            ask_code=refused.reason in ASKS_CODE,
        )
    account.end_before(request, access)
    again = kept_in(kept) if kept else None
    if again is not None and not _typed_by(access, found.opened.session.account, again[1]):
        # Somebody else signs in on the page that was left open.
        again = None
    made: Response
    if again is None:
        made = see(local(whence))
    else:
        token = form_token(found.opened.id)
        made = render_bare(
            request, "kept.html", to=again[0], pairs=with_token(again[1], token), size=len(kept)
        )
    for each in account.cookies_of(request, found):
        made.headers.append("Set-Cookie", each)
    return made


def _typed_by(access: Access, account: str, pairs: list[tuple[str, str]]) -> bool:
    """Whether what was typed is of a form that was made for whoever has this account."""
    whose = [value for name, value in pairs if name == WHO]
    his = {told_of(link.ledger, link.person) for link in access.accounts.links_of(account)}
    return his.issuperset(whose)


def next_of(sent: Sent, name: str) -> str:
    """A field just as it was sent."""
    return next(value for key, value in sent.pairs if key == name)


def with_token(pairs: list[tuple[str, str]], token: str) -> list[tuple[str, str]]:
    """What was typed, sent by a page of the session that is now."""
    return [("form", token), *((name, value) for name, value in pairs if name != "form")]
