"""Who somebody is, over HTTP: signing in and out, sessions, passwords, second factors, tokens of other systems, identity providers.

What blocks is done in threads: these routes are no coroutines. Nothing here says what somebody may do; that is the ledger's.
"""

from __future__ import annotations

import base64
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import cache
from typing import Annotated, Any, TypeAlias, TypeVar
from urllib.parse import parse_qs

from fastapi import APIRouter, Depends, Request, Response
from pydantic import Field, TypeAdapter, ValidationError
from starlette.responses import RedirectResponse

from domain.access import Action
from domain.people import Reason, Refused
from interfaces import bodies
from interfaces.access.accounts import Account, Purpose
from interfaces.access.cookies import Cookie, drop_cookie, set_cookie
from interfaces.access.oidc import Begun, OpenId
from interfaces.access.opening import Access
from interfaces.access.sessions import Opened, Session, form_token
from interfaces.access.signing_in import Attempt, SignedIn
from interfaces.api.door import (
    Door,
    Gate,
    body_of,
    checked_id,
    cookie_of,
    is_https,
    json_response,
    needs,
    no_parameters,
    refuse_other_sites,
    session_of,
)
from interfaces.wiring import Installation

T = TypeVar("T")

TAG = "account"
GRAVE = 5.0
"""Minutes within which somebody must have shown who he is, for steps that could take an account away."""
LONGEST_TEXT = 256
MOST_AT_ONCE = 16
"""Who may show at one time who they are, of all threads that a process answers in."""
MOST_AT_PROVIDER = 4
"""Who may be on the way to or from the identity provider at one time: it may keep them waiting."""
LARGEST = 16 * 1024
"""Bytes that a body of these routes may have."""
HOME = "/"
"""Where a browser goes once it is back from a provider."""

Text: TypeAlias = Annotated[str, Field(min_length=1, max_length=LONGEST_TEXT)]
Secret: TypeAlias = Annotated[str, Field(min_length=1, max_length=1_000)]


# Bodies


@dataclass(frozen=True, slots=True, kw_only=True)
class SignIn:
    """Name and password, and a code where the account has a second factor: of the telephone, or a recovery code."""

    name: Text
    password: Secret = field(repr=False)
    code: Annotated[str | None, Field(max_length=64)] = field(default=None, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownAgain:
    """What shows again who somebody is: a code where he has a second factor, else the password."""

    password: Annotated[str | None, Field(max_length=1_000)] = field(default=None, repr=False)
    code: Annotated[str | None, Field(max_length=64)] = field(default=None, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class NewPassword:
    """Another password."""

    password: Secret = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class ResetPassword:
    """A password, by the secret of a link that was handed over."""

    link: Text = field(repr=False)
    password: Secret = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Invitation:
    """The secret of an invitation that was handed over."""

    invitation: Text = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Code:
    """A code of the telephone."""

    code: Annotated[str, Field(min_length=6, max_length=64)] = field(repr=False)


# Answers


@dataclass(frozen=True, slots=True, kw_only=True)
class RoleView:
    """A role that somebody may act in now, and for which unit."""

    role: str
    unit: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonView:
    """Who he is in a ledger, and the roles that are granted to him there besides his own."""

    ledger: str
    person: str
    roles: list[RoleView]


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionView:
    """Who is signed in. `form_token` goes with whatever changes something, in the header `X-Lvzhi-Form`."""

    name: str
    form_token: str
    way: str
    has_factor: bool
    began_at: datetime
    shown_at: datetime
    persons: list[PersonView]


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionLine:
    """One of his sessions; `handle` names it and opens nothing, `mine` marks the one that asks."""

    handle: str
    way: str
    address: str
    agent: str
    began_at: datetime
    seen_at: datetime
    mine: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class FactorAsked:
    """What a telephone is given, shown this once; the same as an address for a QR code."""

    secret: str
    address: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RecoveryCodes:
    """Each is good once, where the telephone is gone; shown this once."""

    codes: list[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """How many sessions were ended."""

    ended: int


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenView:
    """A token of another system, as OAuth 2.0 has it."""

    access_token: str = field(repr=False)
    token_type: str
    expires_in: int
    scope: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ProviderView:
    """Where the browser goes next."""

    address: str


BODIES: Mapping[str, type[Any]] = {
    "sign_in": SignIn,
    "show_again": ShownAgain,
    "set_password": NewPassword,
    "reset_password": ResetPassword,
    "confirm_factor": Code,
    "go_to_provider_invited": Invitation,
}
"""What each operation takes."""


@cache
def body_adapter(operation: str) -> TypeAdapter[Any]:
    """Reads the body of an operation."""
    return TypeAdapter(BODIES[operation])


def _told(request: Request, text: str, kind: type[T]) -> T:
    try:
        operation = str(request.scope["route"].operation_id)
        found = body_adapter(operation).validate_json(text, strict=True, extra="forbid")
    except ValidationError as error:
        # What was sent is secret, in whatever place it was put: it is named and not repeated.
        raise _untold(bodies.refused_by(error)) from None
    if not isinstance(found, kind):
        raise TypeError(kind)
    return found


def _untold(refused: Refused) -> Refused:
    others = tuple(replace(each, about="") for each in refused.others)
    return replace(refused, about="", others=others)


async def text_sent(request: Request) -> str:
    """The body of somebody who is signed in, sent by a page of his session."""
    await nothing_sent(request)
    return bodies.text_of(await body_of(request, LARGEST))


async def nothing_sent(request: Request) -> None:
    """A request of somebody who is signed in, sent by a page of his session."""
    no_parameters(request)
    refuse_other_sites(request, cookie_of(request, Cookie.SESSION))


async def strangers_text(request: Request) -> str:
    """The body of somebody who is not signed in yet, whatever cookie he still has of before."""
    no_parameters(request)
    refuse_other_sites(request)
    return bodies.text_of(await body_of(request, LARGEST))


Sent: TypeAlias = Annotated[str, Depends(text_sent)]
Bare: TypeAlias = Annotated[None, Depends(nothing_sent)]


@dataclass(frozen=True, slots=True)
class SignedInHere:
    """Whoever asks by a session: its id, and what is known of it and of his account."""

    id: str
    session: Session
    account: Account


def signed_in(request: Request, access: Access) -> SignedInHere:
    """Whoever asks by a session that stands."""
    found, session = session_of(request, access)
    return SignedInHere(found, session, access.accounts.of(session.account))


# Turns: so many at a time show who they are, so that however many try, the others still have threads to be answered in. Nobody
# takes a turn while he is still sending.


async def strangers_turn(
    request: Request, sent: Annotated[str, Depends(strangers_text)]
) -> AsyncIterator[str]:
    """The body of somebody who is not signed in yet, whose turn it is."""
    with _signing(request).passed():
        yield sent


def _at(request: Request) -> Installation:
    door: Door = request.app.state.door
    return door.installation


def shown_by(request: Request, _: Sent) -> SignedInHere:
    """Whoever sent something by his session."""
    return signed_in(request, _at(request).access)


async def own_turn(
    request: Request, sent: Sent, who: Annotated[SignedInHere, Depends(shown_by)]
) -> AsyncIterator[tuple[SignedInHere, str]]:
    """The body of somebody who is signed in, whose turn it is to show again who he is."""
    with _signing(request).passed():
        yield who, sent


async def invited(
    request: Request, sent: Annotated[str, Depends(strangers_text)]
) -> AsyncIterator[str]:
    """What somebody sends who was invited, whose turn it is to ask the identity provider."""
    gate: Gate = request.app.state.at_provider
    with gate.passed():
        yield sent


async def turn_at_provider(request: Request) -> AsyncIterator[None]:
    """Let in so many at a time to ask the identity provider, which may keep them waiting."""
    gate: Gate = request.app.state.at_provider
    with gate.passed():
        yield


def _signing(request: Request) -> Gate:
    gate: Gate = request.app.state.signing
    return gate


Strange: TypeAlias = Annotated[str, Depends(strangers_turn, scope="function")]
Again: TypeAlias = Annotated[tuple[SignedInHere, str], Depends(own_turn, scope="function")]


def grave(request: Request, access: Access) -> SignedInHere:
    """Somebody who showed who he is so shortly ago that it is him."""
    who = signed_in(request, access)
    access.sessions.refuse_unless_shown(who.session, GRAVE)
    return who


def end_before(request: Request, access: Access) -> None:
    """End the session in whose place another has begun in the same browser."""
    before = cookie_of(request, Cookie.SESSION)
    if before is not None and len(before) <= LONGEST_TEXT:
        access.sessions.sign_out(before)


def address_of(request: Request) -> str:
    """From where somebody asks."""
    return "" if request.client is None else request.client.host


def agent_of(request: Request) -> str:
    """By which browser somebody asks."""
    return request.headers.get("user-agent", "")


def persons_of(installation: Installation, account: str) -> list[PersonView]:
    """Who an account is in each ledger that is there, and what he may act as now."""
    found = []
    for link in installation.access.accounts.links_of(account):
        for desk in installation.opened(link.ledger):
            roles = [
                RoleView(role=role.value, unit=unit) for role, unit in desk.roles_of(link.person)
            ]
            found.append(PersonView(ledger=link.ledger, person=link.person, roles=roles))
    return found


def _view(installation: Installation, account: Account, session: Session, token: str) -> Any:
    return SessionView(
        name=account.name,
        form_token=token,
        way=session.way.value,
        has_factor=account.has_factor,
        began_at=_instant(session.began_at),
        shown_at=_instant(session.shown_at),
        persons=persons_of(installation, account.id),
    )


def _instant(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)


def _answer(view: Any, *cookies: str) -> Response:
    response = json_response(view, headers={"Cache-Control": "no-store"})
    for each in cookies:
        response.headers.append("Set-Cookie", each)
    return response


def _session_cookie(request: Request, opened: Opened) -> str:
    return set_cookie(Cookie.SESSION, opened.id, https=is_https(request))


def cookies_of(request: Request, signed_in: SignedIn) -> tuple[str, str]:
    """The session ends with the browser; the mark of the device is kept for the next sign-in."""
    seconds = 180 * 86_400
    device = set_cookie(Cookie.DEVICE, signed_in.device, https=is_https(request), seconds=seconds)
    return _session_cookie(request, signed_in.opened), device


def router() -> APIRouter:
    """The routes of accounts."""
    made = APIRouter(prefix="/api/v1", tags=[TAG])
    open_to_all, own = needs(Action.SIGN_IN), needs(Action.OWN_ACCOUNT)

    # Signing in and out

    @made.post(
        "/session",
        operation_id="sign_in",
        openapi_extra=open_to_all,
        summary="登录",
        response_model=SessionView,
    )
    def sign_in(request: Request, sent: Strange) -> Response:
        """Sign in; the session is a cookie."""
        asked = _told(request, sent, SignIn)
        access = _at(request).access
        attempt = Attempt(
            name=asked.name,
            password=asked.password,
            code=asked.code,
            device=cookie_of(request, Cookie.DEVICE),
            address=address_of(request),
            agent=agent_of(request),
        )
        found = access.signing_in.by_password(attempt)
        session = found.opened.session
        account = access.accounts.of(session.account)
        view = _view(_at(request), account, session, found.opened.form_token)
        end_before(request, access)
        return _answer(view, *cookies_of(request, found))

    @made.get(
        "/session",
        operation_id="get_session",
        openapi_extra=own,
        summary="当前登录者",
        response_model=SessionView,
    )
    def get_session(request: Request, _: Bare) -> Response:
        """Who is signed in, who he is in each ledger, and what he may act as there."""
        who = signed_in(request, _at(request).access)
        return _answer(_view(_at(request), who.account, who.session, form_token(who.id)))

    @made.delete(
        "/session",
        operation_id="sign_out",
        openapi_extra=own,
        summary="退出登录",
        status_code=204,
    )
    def sign_out(request: Request, _: Bare) -> Response:
        """End this session."""
        who = signed_in(request, _at(request).access)
        _at(request).access.sessions.sign_out(who.id)
        gone = drop_cookie(Cookie.SESSION, https=is_https(request))
        return Response(status_code=204, headers={"Set-Cookie": gone})

    @made.post(
        "/session/shown",
        operation_id="show_again",
        openapi_extra=own,
        summary="再次验证身份",
        response_model=SessionView,
    )
    def show_again(request: Request, sent: Again) -> Response:
        """Show again who one is, before a grave step; the session goes on under a new id."""
        access = _at(request).access
        who, asked = sent[0], _told(request, sent[1], ShownAgain)
        opened = access.signing_in.step_up(who.id, password=asked.password, code=asked.code)
        view = _view(_at(request), who.account, opened.session, opened.form_token)
        return _answer(view, _session_cookie(request, opened))

    @made.get(
        "/sessions",
        operation_id="list_sessions",
        openapi_extra=own,
        summary="本人的登录会话",
        response_model=list[SessionLine],
    )
    def list_sessions(request: Request, _: Bare) -> Response:
        """His sessions, the latest in use first."""
        access = _at(request).access
        who = signed_in(request, access)
        found = [
            SessionLine(
                handle=each.handle,
                way=each.way.value,
                address=each.address,
                agent=each.agent,
                began_at=_instant(each.began_at),
                seen_at=_instant(each.seen_at),
                mine=each.handle == who.session.handle,
            )
            for each in access.sessions.of_account(who.account.id)
        ]
        return _answer(found)

    @made.delete(
        "/sessions/{handle}",
        operation_id="end_session",
        openapi_extra=own,
        summary="结束一个会话",
        status_code=204,
    )
    def end_session(request: Request, handle: str, _: Bare) -> Response:
        """End one of his sessions."""
        access = _at(request).access
        who = signed_in(request, access)
        access.sessions.revoke(who.account.id, checked_id(handle, "handle"))
        return Response(status_code=204)

    @made.delete(
        "/sessions",
        operation_id="end_other_sessions",
        openapi_extra=own,
        summary="结束其他全部会话",
        response_model=Ended,
    )
    def end_other_sessions(request: Request, _: Bare) -> Response:
        """End all of his sessions but this one."""
        access = _at(request).access
        who = signed_in(request, access)
        return _answer(Ended(ended=access.sessions.revoke_others(who.id)))

    # Password and second factor

    @made.put(
        "/account/password",
        operation_id="set_password",
        openapi_extra=own,
        summary="更改密码",
        status_code=204,
    )
    def set_password(request: Request, sent: Again) -> Response:
        """Another password; all sessions end, this one too."""
        access = _at(request).access
        who, asked = grave(request, access), _told(request, sent[1], NewPassword)
        access.accounts.set_password(who.account.id, asked.password)
        gone = drop_cookie(Cookie.SESSION, https=is_https(request))
        return Response(status_code=204, headers={"Set-Cookie": gone})

    @made.post(
        "/password-resets",
        operation_id="reset_password",
        openapi_extra=open_to_all,
        summary="凭一次性链接设置密码",
        status_code=204,
    )
    def reset_password(request: Request, sent: Strange) -> Response:
        """Set a password by a link that was handed over; it is good once."""
        asked = _told(request, sent, ResetPassword)
        _at(request).access.accounts.reset_password(asked.link, asked.password)
        return Response(status_code=204)

    @made.post(
        "/account/factor",
        operation_id="ask_factor",
        openapi_extra=own,
        summary="启用动态验证码:领取密钥",
        response_model=FactorAsked,
    )
    def ask_factor(request: Request, _: Bare) -> Response:
        """What a telephone is given; it is in force once a code of it was sent back."""
        access = _at(request).access
        asked = access.factor.ask(grave(request, access).account.id)
        return _answer(FactorAsked(secret=asked.secret, address=asked.address))

    @made.post(
        "/account/factor/confirmation",
        operation_id="confirm_factor",
        openapi_extra=own,
        summary="启用动态验证码:回填一次验证码",
        response_model=RecoveryCodes,
    )
    def confirm_factor(request: Request, sent: Sent) -> Response:
        """Put the second factor into force; answers the recovery codes."""
        access = _at(request).access
        who, asked = grave(request, access), _told(request, sent, Code)
        return _answer(RecoveryCodes(codes=list(access.factor.confirm(who.account.id, asked.code))))

    @made.delete(
        "/account/factor",
        operation_id="remove_factor",
        openapi_extra=own,
        summary="停用动态验证码",
        status_code=204,
    )
    def remove_factor(request: Request, _: Bare) -> Response:
        """No second factor any more."""
        access = _at(request).access
        access.factor.remove(grave(request, access).account.id)
        return Response(status_code=204)

    @made.post(
        "/account/recovery-codes",
        operation_id="renew_recovery_codes",
        openapi_extra=own,
        summary="重新生成恢复码",
        response_model=RecoveryCodes,
    )
    def renew_recovery_codes(request: Request, _: Bare) -> Response:
        """New recovery codes; those before are void."""
        access = _at(request).access
        who = grave(request, access)
        return _answer(RecoveryCodes(codes=list(access.factor.renew_codes(who.account.id))))

    # Other systems

    @made.post(
        "/tokens",
        operation_id="fetch_token",
        openapi_extra=open_to_all,
        summary="接口客户端领取令牌",
        response_model=TokenView,
    )
    def fetch_token(
        request: Request, sent: Annotated[str, Depends(_clients_turn, scope="function")]
    ) -> Response:
        """A token of ten minutes for a client (OAuth 2.0 client credentials): id and secret by HTTP Basic, `grant_type` and `scope` as a form."""
        client, secret = _basic(request)
        scope = _scope(sent)
        token = _at(request).access.clients.token(client, secret, scope, address_of(request))
        return _answer(
            TokenView(
                access_token=token.token,
                token_type="Bearer",  # noqa: S106  # a kind of token
                expires_in=token.seconds,
                scope=" ".join(sorted(token.actions)),
            )
        )

    _add_provider(made)
    return made


async def _clients_turn(request: Request) -> AsyncIterator[str]:
    """The form of another system, whose turn it is."""
    no_parameters(request)
    sent = bodies.text_of(await body_of(request, LARGEST))
    with _signing(request).passed():
        yield sent


def _basic(request: Request) -> tuple[str, str]:
    said = request.headers.get("authorization", "")
    kind, _, rest = said.partition(" ")
    try:
        client, found, secret = base64.b64decode(rest, validate=True).decode("ascii").partition(":")
    except ValueError as error:
        # No base64, or no ASCII in it or around it.
        raise Refused(Reason.NOT_SIGNED_IN, "Authorization") from error
    if kind.lower() != "basic" or not found:
        raise Refused(Reason.NOT_SIGNED_IN, "Authorization")
    return client, secret


def _scope(text: str) -> list[Action] | None:
    """The actions that a form asks for; none where it leaves it to what the client has."""
    try:
        said = parse_qs(text, max_num_fields=8)
    except ValueError as error:
        raise Refused(Reason.TOO_MANY) from error
    unknown = said.keys() - {"grant_type", "scope"}
    if unknown:
        raise Refused(Reason.UNKNOWN_FIELD, f"/{min(unknown)[:40]}")
    if said.get("grant_type") != ["client_credentials"]:
        raise Refused(Reason.MALFORMED, "/grant_type")
    if "scope" not in said:
        return None
    try:
        return [Action.of(each) for each in " ".join(said["scope"]).split()]
    except KeyError as error:
        raise Refused(Reason.MALFORMED, "/scope") from error


def _add_provider(made: APIRouter) -> None:
    """The way to the identity provider and back."""
    in_turn = [Depends(turn_at_provider, scope="function")]

    def provider(request: Request) -> OpenId:
        found = _at(request).provider
        if found is None:
            raise Refused(Reason.NO_SUCH_PAGE)
        return found

    def kept(request: Request, begun: Begun) -> str:
        return set_cookie(
            Cookie.PROVIDER, begun.cookie, https=is_https(request), seconds=begun.seconds
        )

    @made.get(
        "/provider",
        operation_id="go_to_provider",
        dependencies=in_turn,
        openapi_extra=needs(Action.SIGN_IN),
        summary="经统一身份认证登录",
        status_code=303,
        response_class=RedirectResponse,
    )
    def go_to_provider(request: Request) -> Response:
        """Send the browser to the identity provider."""
        no_parameters(request)
        begun = provider(request).begin()
        response = RedirectResponse(begun.address, 303)
        response.headers.append("Set-Cookie", kept(request, begun))
        return response

    @made.post(
        "/provider",
        operation_id="go_to_provider_invited",
        openapi_extra=needs(Action.SIGN_IN),
        summary="凭一次性口令关联统一身份认证",
        response_model=ProviderView,
    )
    def go_to_provider_invited(
        request: Request, sent: Annotated[str, Depends(invited, scope="function")]
    ) -> Response:
        """Where a browser goes so that the identity with which it comes back is linked to the account of an invitation.

        Only a page of this service may ask for it: whoever follows a link of somebody else is linked to nobody.
        """
        asked = _told(request, sent, Invitation)
        # One that is not good is refused before he goes anywhere.
        _at(request).access.accounts.holder(asked.invitation, Purpose.IDENTITY)
        begun = provider(request).begin(asked.invitation)
        return _answer(ProviderView(address=begun.address), kept(request, begun))

    @made.get(
        "/provider/back",
        operation_id="come_back_from_provider",
        dependencies=in_turn,
        openapi_extra=needs(Action.SIGN_IN),
        summary="统一身份认证返回",
        status_code=303,
        response_class=RedirectResponse,
    )
    def come_back(request: Request) -> Response:
        """Let in whoever the provider answers for, where he is linked to an account."""
        returned = provider(request).finish(
            cookie_of(request, Cookie.PROVIDER), dict(request.query_params)
        )
        found = _at(request).access.signing_in.by_identity(
            returned.identity,
            address=address_of(request),
            agent=agent_of(request),
            ticket=returned.carried or None,
        )
        end_before(request, _at(request).access)
        response = RedirectResponse(HOME, 303)
        for each in (
            *cookies_of(request, found),
            drop_cookie(Cookie.PROVIDER, https=is_https(request)),
        ):
            response.headers.append("Set-Cookie", each)
        return response
