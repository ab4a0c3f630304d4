"""One's own account, for everybody: sessions, password, second factor; and setting a password with a secret that was handed over."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from types import MappingProxyType

import segno
from fastapi import APIRouter, Request, Response
from markupsafe import Markup
from starlette.concurrency import run_in_threadpool

from domain.access import Action
from domain.people import Reason, Refused
from interfaces.access.cookies import Cookie, drop_cookie, set_cookie
from interfaces.access.cross_site import masked
from interfaces.access.opening import Access
from interfaces.access.second_factor import Asked
from interfaces.access.sessions import Session, form_token
from interfaces.api.account import GRAVE, SignedInHere, grave, signed_in
from interfaces.api.door import Door, Gate, checked_id, is_https, needs
from interfaces.refusals import status_of
from interfaces.web.refusing import NotShown, PageRoute, again_page, local
from interfaces.web.rendering import render_bare, see
from interfaces.web.signing import Own, Strange, kept_in, next_of, with_token
from interfaces.web.visiting import Sent
from interfaces.wiring import Desk

_OWN = needs(Action.OWN_ACCOUNT)
_OPEN = needs(Action.SIGN_IN)
LONGEST_ADDRESS = 500
"""Characters of an address that a picture is drawn of."""

DONE: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "ended": ("已结束所选的登录", "the session was ended"),
        "others": ("已结束其他全部登录", "all other sessions were ended"),
        "factor-off": ("已停用动态验证码", "the second factor is off"),
        "shown": (
            "已验证身份,五分钟内可以办理",
            "you showed who you are; go on within five minutes",
        ),
    }
)
"""What the page says was done."""


@dataclass(frozen=True, slots=True)
class ShownSession:
    """A session as its owner sees it; `mine` is the one that he looks with."""

    session: Session
    began: datetime
    seen: datetime
    mine: bool


def router() -> APIRouter:
    """The pages."""
    made = APIRouter(route_class=PageRoute, include_in_schema=False)

    @made.get("/account", operation_id="page_account", openapi_extra=_OWN)
    def account(request: Request, done: str = "") -> Response:
        """What there is to see to: sessions, password, second factor."""
        return _page(request, done=done)

    @made.post("/account/sessions/end", operation_id="send_end_session", openapi_extra=_OWN)
    def end_session(request: Request, sent: Own) -> Response:
        """End one of his sessions."""
        access = _access(request)
        who = signed_in(request, access)
        try:
            access.sessions.revoke(who.account.id, checked_id(sent.one("handle"), "handle"))
        except Refused as refused:
            if refused.reason is not Reason.NO_SUCH_KEY:
                raise
            # It ended by itself, or by the same form sent before.
        return see("/account?done=ended")

    @made.post("/account/sessions/end-others", operation_id="send_end_others", openapi_extra=_OWN)
    def end_others(request: Request, _: Own) -> Response:
        """End all of his sessions but this one."""
        access = _access(request)
        access.sessions.revoke_others(signed_in(request, access).id)
        return see("/account?done=others")

    @made.get("/account/again", operation_id="page_again", openapi_extra=_OWN)
    def again(request: Request, next: str = "/account") -> Response:
        """The page on which he shows again who he is."""
        return again_page(request, next=next)

    @made.post("/account/again", operation_id="send_again", openapi_extra=_OWN)
    async def send_again(request: Request, sent: Own) -> Response:
        """Show again who one is, and go on."""
        with _signing(request).passed():
            return await run_in_threadpool(_shown_again, request, sent)

    _add_password(made)
    _add_factor(made)
    return made


def _add_password(made: APIRouter) -> None:
    @made.get("/account/password", operation_id="page_password", openapi_extra=_OWN)
    def password(request: Request) -> Response:
        """The form on which he sets another password."""
        return _password_page(request, grave(request, _access(request)))

    @made.post("/account/password", operation_id="send_password", openapi_extra=_OWN)
    async def send_password(request: Request, sent: Own) -> Response:
        """Another password; all sessions end, this one too."""
        with _signing(request).passed():
            return await run_in_threadpool(_set_password, request, sent)

    @made.get("/new-password", operation_id="page_new_password", openapi_extra=_OPEN)
    def new_password(request: Request) -> Response:
        """The form on which somebody sets a password with a secret that was handed over to him."""
        return render_bare(request, "new_password.html", secret="", refused=None, wrong="")

    @made.post("/new-password", operation_id="send_new_password", openapi_extra=_OPEN)
    async def send_new_password(request: Request, sent: Strange) -> Response:
        """Set a password with a secret; it is good once."""
        with _signing(request).passed():
            return await run_in_threadpool(_reset_password, request, sent)


def _add_factor(made: APIRouter) -> None:
    @made.post("/account/factor", operation_id="send_factor", openapi_extra=_OWN)
    def ask_factor(request: Request, sent: Own) -> Response:
        """What a telephone is given; it is in force once a code of it was sent back."""
        access = _access(request)
        who = _shown(request, access, sent)
        return _factor_page(request, who, access.factor.ask(who.account.id))

    @made.post("/account/factor/confirm", operation_id="send_factor_code", openapi_extra=_OWN)
    def confirm_factor(request: Request, sent: Own) -> Response:
        """Put the second factor into force; shows the recovery codes."""
        access = _access(request)
        who = _shown(request, access, sent)
        try:
            codes = access.factor.confirm(who.account.id, sent.one("code").replace(" ", ""))
        except Refused as refused:
            if refused.reason is Reason.ALREADY_DONE:
                # The same form again: it is in force, and its codes were shown.
                return see("/account")
            given = Asked(sent.one("secret")[:64], sent.one("address")[:LONGEST_ADDRESS])
            return _factor_page(request, who, given, refused)
        return _codes_page(request, who, codes)

    @made.post("/account/factor/remove", operation_id="send_factor_off", openapi_extra=_OWN)
    def remove_factor(request: Request, sent: Own) -> Response:
        """No second factor any more."""
        access = _access(request)
        access.factor.remove(_shown(request, access, sent).account.id)
        return see("/account?done=factor-off")

    @made.post("/account/recovery-codes", operation_id="send_recovery_codes", openapi_extra=_OWN)
    def recovery_codes(request: Request, sent: Own) -> Response:
        """New recovery codes; those before are void."""
        access = _access(request)
        who = _shown(request, access, sent)
        return _codes_page(request, who, access.factor.renew_codes(who.account.id))


def _access(request: Request) -> Access:
    door: Door = request.app.state.door
    return door.installation.access


def _signing(request: Request) -> Gate:
    gate: Gate = request.app.state.signing
    return gate


def _token(who: SignedInHere) -> str:
    return masked(form_token(who.id))


def _shown(request: Request, access: Access, sent: Sent) -> SignedInHere:
    """Somebody who showed who he is a moment ago; else he does, and what he sent goes on."""
    who = signed_in(request, access)
    if not access.sessions.shown_within(who.session, GRAVE):
        raise NotShown(sent)
    return who


def _page(request: Request, *, done: str = "") -> Response:
    access = _access(request)
    who = signed_in(request, access)
    sessions = [
        ShownSession(
            each,
            datetime.fromtimestamp(each.began_at, UTC),
            datetime.fromtimestamp(each.seen_at, UTC),
            each.handle == who.session.handle,
        )
        for each in access.sessions.of_account(who.account.id)
    ]
    return render_bare(
        request,
        "account.html",
        token=_token(who),
        account=who.account,
        way=who.session.way,
        sessions=sessions,
        codes_left=access.factor.left(who.account.id) if who.account.has_factor else 0,
        shown_shortly=access.sessions.shown_within(who.session, GRAVE),
        desks=_desks(request, who),
        done=DONE.get(done),
    )


def _desks(request: Request, who: SignedInHere) -> list[Desk]:
    """The ledgers in which he is somebody."""
    door: Door = request.app.state.door
    links = door.installation.access.accounts.links_of(who.account.id)
    return [desk for link in links for desk in door.installation.opened(link.ledger)]


def _shown_again(request: Request, sent: Sent) -> Response:
    access = _access(request)
    who = signed_in(request, access)
    to, kept = sent.one("next", "/account"), sent.one("kept")
    password = next_of(sent, "password")[:1_000] if sent.has("password") else None
    code = sent.one("code").replace(" ", "")[:64] or None
    try:
        opened = access.signing_in.step_up(who.id, password=password, code=code)
    except Refused as refused:
        return again_page(request, next=to, kept=kept, refused=refused)
    found = kept_in(kept) if kept else None
    if found is None:
        made = see(local(to))
    else:
        pairs = with_token(found[1], opened.form_token)
        made = render_bare(request, "kept.html", to=found[0], pairs=pairs, size=len(kept))
    made.headers.append(
        "Set-Cookie", set_cookie(Cookie.SESSION, opened.id, https=is_https(request))
    )
    return made


# Passwords


def _chosen(sent: Sent) -> str:
    """The password that was typed twice, just as it was typed."""
    if not sent.has("password") or not next_of(sent, "password"):
        raise Refused(Reason.MISSING, "/password")
    password = next_of(sent, "password")
    if not sent.has("again") or next_of(sent, "again") != password:
        raise Refused(Reason.MALFORMED, "/again")
    return password[:1_000]


def _password_page(request: Request, who: SignedInHere, refused: Refused | None = None) -> Response:
    return render_bare(
        request,
        "password.html",
        status=200 if refused is None else status_of(refused),
        token=_token(who),
        account=who.account,
        refused=refused,
        wrong="" if refused is None else _field_of(refused),
    )


def _set_password(request: Request, sent: Sent) -> Response:
    access = _access(request)
    who = grave(request, access)
    try:
        access.accounts.set_password(who.account.id, _chosen(sent))
    except Refused as refused:
        return _password_page(request, who, refused)
    made = render_bare(request, "password_set.html")
    made.headers.append("Set-Cookie", drop_cookie(Cookie.SESSION, https=is_https(request)))
    return made


def _reset_password(request: Request, sent: Sent) -> Response:
    secret = sent.one("secret")[:256]
    try:
        if not secret:
            raise Refused(Reason.MISSING, "/secret")
        _access(request).accounts.reset_password(secret, _chosen(sent))
    except Refused as refused:
        return render_bare(
            request,
            "new_password.html",
            status=status_of(refused),
            secret=secret,
            refused=refused,
            wrong=_field_of(refused),
        )
    return render_bare(request, "password_set.html")


def _field_of(refused: Refused) -> str:
    """The input that a refusal is about; a secret that is spent is the secret's."""
    if refused.reason is Reason.LINK_SPENT:
        return "secret"
    return refused.field.strip("/") or "password"


# The second factor


def _factor_page(
    request: Request, who: SignedInHere, asked: Asked, refused: Refused | None = None
) -> Response:
    picture = (
        segno.make(asked.address, error="m") if asked.address.startswith("otpauth://") else None
    )
    return render_bare(
        request,
        "factor.html",
        status=200 if refused is None else status_of(refused),
        token=_token(who),
        secret=asked.secret,
        address=asked.address,
        picture=""
        if picture is None
        # Drawn here, of an address made here.
        else Markup(picture.svg_inline(scale=5, border=4, dark="#000", light="#fff")),  # noqa: S704
        refused=refused,
    )


def _codes_page(request: Request, who: SignedInHere, codes: tuple[str, ...]) -> Response:
    return render_bare(request, "recovery_codes.html", token=_token(who), codes=codes)
