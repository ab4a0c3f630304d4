"""What every route does first and last: who asks of which ledger, the body, and a problem where something is refused."""

from __future__ import annotations

import re
from asyncio import timeout
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from time import monotonic
from typing import Any
from urllib.parse import quote

import msgspec
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from application.clock import now
from application.handle import Done
from application.sizes import too_large
from domain.access import TOLD_WHY, Action, Asker, must
from domain.people import Actor, PersonId, Reason, Refused, Role, UnitId, Via, Warned
from domain.speaking import ACTING_FOR
from domain.words import CODE, Label, is_code
from interfaces.access.cookies import Cookie, name_of
from interfaces.access.cross_site import refuse_cross_site
from interfaces.access.machines import KEY_PREFIX, TOKEN_PREFIX
from interfaces.access.opening import Access
from interfaces.access.sessions import Session
from interfaces.bodies import LARGEST_BODY
from interfaces.forms import given
from interfaces.identity import Grant, Tokens
from interfaces.wiring import Desk, Installation

LONGEST_COMMAND_ID = 200
PATIENCE = 30.0
"""Seconds that a body may take, however small it is."""
SLOWEST = 64 * 1024
"""Bytes in a second at which the largest body that a route takes has to come."""
AT_ONCE = 1.0
"""Seconds within which a body is there at once: of whoever takes longer, session and token are looked at again."""
ACTING_AS, ACTING_IN = "Lvzhi-Role", "Lvzhi-Unit"
"""The headers that say in which role, and for which unit, somebody acts who signed in or another system that has a key."""
_VERSION = re.compile(r'(?:W/)?"(\d{1,12})"')
_encode = msgspec.json.Encoder().encode
_COMMAND_ID = Label(
    f"1 至 {LONGEST_COMMAND_ID} 个 ASCII 字符", f"1 to {LONGEST_COMMAND_ID} ASCII characters"
)
_ETAG = Label('ETag 中的版本,如 "3"', 'a version as the ETag has it, such as "3"')

COLLECTIONS: Mapping[str, str] = {
    "occasion": "occasions",
    "matter": "matters",
    "pairing": "pairings",
    "finding": "findings",
    "member": "people",
    "unit": "units",
    "rubric": "documents/rubric",
    "checklist": "documents/checklist",
    "policy": "documents/policy",
    "rule": "documents/rule",
    "terms": "documents/terms",
    "calendar": "documents/calendar",
    "loop": "documents/loop",
    "figures": "documents/figures",
    "meeting": "meetings",
    "posting": "postings",
    "invitation": "invitations",
    "support": "supports",
    "dispute": "disputes",
    "erasure": "erasures",
    "grant": "grants",
}
"""Where the streams of each root stand in the API."""


class Remark(msgspec.Struct, frozen=True, kw_only=True):
    """Something worth a look that did not stop a command; `href` is the record that it may repeat."""

    reason: str
    detail: str
    detail_en: str
    pointer: str
    deed: str
    href: str


class Receipt(msgspec.Struct, frozen=True, kw_only=True):
    """A command was carried out: what to read, at which version, and the position to wait for with `?after=`."""

    stream: str
    id: str
    href: str
    version: int
    position: int
    entries: int
    again: bool
    warnings: tuple[Remark, ...] = ()


@dataclass(frozen=True, slots=True)
class Door:
    """Lets requests in. One for an application."""

    installation: Installation
    tokens: Tokens

    async def who(self, request: Request) -> Grant:
        """Who asks, and as what: by a signed token, a key or token of another system, or a session; raises `Refused` without a good one."""
        token = _bearer(request)
        if token is None and cookie_of(request, Cookie.SESSION) is None:
            raise Refused(Reason.NOT_SIGNED_IN, "Authorization")
        if token is None or token.startswith((KEY_PREFIX, TOKEN_PREFIX)):
            # These are looked up, which may take a moment.
            return await run_in_threadpool(self.looked_up, request, token)
        return self.tokens.grant(token)

    def looked_up(self, request: Request, token: str | None) -> Grant:
        """As `who`, for what lies in the store of accounts."""
        if token is None:
            return self._of_session(request)
        if not token.startswith((KEY_PREFIX, TOKEN_PREFIX)):
            return self.tokens.grant(token)
        access = self.installation.access
        is_key = token.startswith(KEY_PREFIX)
        found = (access.keys if is_key else access.clients).of(token)
        actor = _acting_as(request, found.person, Role.CONSUMER, Via.API)
        if actor.role is Role.MEMBER:
            # Nobody grants that role, and so nobody could take it back.
            raise Refused(Reason.NOT_GRANTED, ACTING_AS, actor.role.zh)
        return Grant(
            actor=actor,
            ledger=found.ledger,
            expires=int(found.ends_at),
            actions=found.actions,
        )

    def _of_session(self, request: Request) -> Grant:
        ledger = str(request.path_params.get("ledger", ""))
        access = self.installation.access
        session_id, session = session_of(request, access)
        refuse_other_sites(request, session_id)
        person = next(
            (
                each.person
                for each in access.accounts.links_of(session.account)
                if each.ledger == ledger
            ),
            None,
        )
        if person is None:
            raise Refused(Reason.NOT_ALLOWED, about=ledger[:40])
        actor = _acting_as(request, person, Role.MEMBER, Via.WEB)
        return Grant(actor=actor, ledger=ledger, expires=int(session.began_at))

    def ledgers_of(self, request: Request) -> list[str]:
        """The codes of the ledgers in which whoever asks is somebody."""
        token = _bearer(request)
        if token is None:
            access = self.installation.access
            _, session = session_of(request, access)
            return [each.ledger for each in access.accounts.links_of(session.account)]
        grant = self.looked_up(request, token)
        codes = [code for code in self.installation.ledgers() if grant.opens(code)]
        return [
            desk.code
            for code in codes
            for desk in self.installation.opened(code)
            if desk.grants.lets(grant.actor, now(), desk.today())
        ]

    async def enter(self, request: Request) -> tuple[Desk, Asker]:
        """The ledger that is asked, and who asks with a token for it, in a role that he is granted there and to which the route is open at all."""
        grant = await self.who(request)
        return await self.let_in(request, grant)

    async def let_in(self, request: Request, grant: Grant) -> tuple[Desk, Asker]:
        """As `enter`, for somebody of whom it is known who he is and as what he asks."""
        ledger = request.path_params["ledger"]
        action = action_of(request.scope["route"])
        asker = Asker(grant.actor, grant.actions)
        asker.must_be_given(action)
        if action not in TOLD_WHY:
            must(grant.actor.role, action)
        if not grant.opens(ledger):
            raise Refused(Reason.NOT_ALLOWED, about=ledger[:40])
        desk = self.installation.opened_already(ledger)
        if desk is None:
            # It reads the ledger, and keys, and perhaps makes its rows anew.
            desk = await run_in_threadpool(self.installation.desk, ledger)
        must_be_let(desk, asker)
        return desk, asker

    async def body(
        self, request: Request, desk: Desk, asker: Asker, largest: int = LARGEST_BODY
    ) -> bytes:
        """The body that one who was let in sends. He may be let in no more by when it is there, and is asked again."""
        began = monotonic()
        sent = await body_of(request, largest)
        if monotonic() - began > AT_ONCE:
            await self.enter(request)
        else:
            must_be_let(desk, asker)
        return sent


def must_be_let(desk: Desk, asker: Asker) -> None:
    """Refuse whoever is not granted the role in which he asks, as of this moment."""
    if not desk.grants.lets(asker.actor, now(), desk.today()):
        raise Refused(Reason.NOT_GRANTED, about=asker.actor.role.zh)


def _bearer(request: Request) -> str | None:
    """The token that was sent, none where there is none; refuses another way to say who one is."""
    said = request.headers.get("authorization")
    if said is None:
        return None
    if said[:7].lower() != "bearer ":
        raise Refused(Reason.NOT_SIGNED_IN, "Authorization")
    return said[7:].strip()


def _acting_as(request: Request, person: PersonId, usual: Role, via: Via) -> Actor:
    """In which role and for which unit he says that he acts; whether he may is for the grants to say."""
    said, unit = request.headers.get(ACTING_AS), request.headers.get(ACTING_IN)
    try:
        role = usual if said is None else Role.of(said.strip())
    except KeyError as error:
        raise Refused(Reason.MALFORMED, ACTING_AS, given(said or "")) from error
    where = None if unit is None else UnitId(checked_id(unit.strip(), ACTING_IN))
    return Actor(person=person, role=role, unit=where, via=via)


def is_https(request: Request) -> bool:
    """Whether nobody on the way can listen, as the server or a proxy that is believed says."""
    return request.url.scheme == "https"


def cookie_of(request: Request, cookie: Cookie) -> str | None:
    """What a cookie of ours says."""
    return request.cookies.get(name_of(cookie, https=is_https(request)))


def session_of(request: Request, access: Access) -> tuple[str, Session]:
    """The session that the cookie opens, and its id; raises `Refused` without one that stands."""
    session_id = cookie_of(request, Cookie.SESSION)
    if session_id is None or len(session_id) > LONGEST_COMMAND_ID:
        raise Refused(Reason.NOT_SIGNED_IN, "Authorization")
    return session_id, access.sessions.of(session_id)


def refuse_other_sites(request: Request, session_id: str | None = None) -> None:
    """Refuse what a page of another site has a browser send, in the name of whoever that session is of where there is one."""
    origin = f"{request.url.scheme}://{request.headers.get('host', '')}"
    refuse_cross_site(request.method, request.headers, origin=origin, session_id=session_id)


NEEDS = "x-action"
"""Under which name the description of the API says what a route takes."""


def needs(action: Action) -> dict[str, Any]:
    """What a route says of itself: the action of the table that it takes."""
    return {NEEDS: action.value}


def action_of(route: Any) -> Action:
    """The action that a route takes; one that says none is open to nobody."""
    said = (getattr(route, "openapi_extra", None) or {}).get(NEEDS)
    if said is None:
        raise Refused(Reason.NOT_ALLOWED, about=str(getattr(route, "path", ""))[:80])
    return Action.of(said)


class Gate:
    """Lets in so many at a time, and of one caller so many; a further one is asked to come again. One event loop asks it."""

    def __init__(self, most: int, each: int | None = None) -> None:
        self.most = most
        self.each = most if each is None else each
        self.inside: Counter[str] = Counter()

    @contextmanager
    def passed(self, whose: str = "") -> Iterator[None]:
        """Inside for as long as this lasts; refuses where it is full."""
        if self.inside.total() >= self.most or self.inside[whose] >= self.each:
            raise Refused(Reason.BUSY)
        self.inside[whose] += 1
        try:
            yield
        finally:
            self.inside[whose] -= 1
            if not self.inside[whose]:
                del self.inside[whose]


def acting(request: Request, actor: Actor) -> Actor:
    """Who asks, and for which member if he types in what that member declares."""
    said = request.headers.get(ACTING_FOR)
    if said is None:
        return actor
    return replace(actor, acting_for=PersonId(checked_id(said.strip(), ACTING_FOR)))


def no_parameters(
    request: Request,
    known: frozenset[str] = frozenset(),
    lists: frozenset[str] = frozenset(),
) -> None:
    """Refuse query parameters that the route does not know, and those that are given twice and are no lists."""
    if request.scope["query_string"]:
        unknown = [name for name in request.query_params if name not in known]
        if unknown:
            first, *others = (Refused(Reason.UNKNOWN_PARAMETER, name[:80]) for name in unknown)
            raise Refused(first.reason, first.field, "", tuple(others))
        if len(request.query_params.multi_items()) > len(request.query_params):
            names = Counter(name for name, _ in request.query_params.multi_items())
            for name, times in names.items():
                if times > 1 and name not in lists:
                    raise Refused(Reason.GIVEN_TWICE, name)


def command_id_of(request: Request) -> str:
    """The command id that the caller minted."""
    said = request.headers.get("idempotency-key", "").strip().strip('"')
    if not said:
        raise Refused(Reason.COMMAND_ID_MISSING, "Idempotency-Key")
    if len(said) > LONGEST_COMMAND_ID or not (said.isascii() and said.isprintable()):
        raise Refused(Reason.MALFORMED, "Idempotency-Key", wanted=_COMMAND_ID)
    return said


def seen_version(request: Request, *, required: bool) -> int | None:
    """The version in `If-Match`; none for `*`, or where it may be left out and was."""
    said = request.headers.get("if-match", "").strip()
    if not said:
        if required:
            raise Refused(Reason.VERSION_MISSING, "If-Match")
        return None
    if said == "*":
        return None
    found = _VERSION.fullmatch(said)
    if found is None:
        raise Refused(Reason.MALFORMED, "If-Match", given(said), wanted=_ETAG)
    return int(found[1])


async def body_of(request: Request, largest: int = LARGEST_BODY) -> bytes:
    """The body as it came; refuses what is too large before reading it whole, and what is not there in time."""
    said = request.headers.get("content-length", "")
    if said.isdigit() and int(said) > largest:
        raise too_large(int(said), largest)
    parts: list[bytes] = []
    size = 0
    seconds = PATIENCE + largest / SLOWEST
    try:
        async with timeout(seconds):
            async for part in request.stream():
                size += len(part)
                if size > largest:
                    raise too_large(None, largest)
                parts.append(part)
    except TimeoutError as error:
        raise Refused(Reason.TOO_SLOW, about=f"{seconds:.0f} s") from error
    return parts[0] if len(parts) == 1 else b"".join(parts)


def checked_id(value: str, name: str) -> str:
    """An id fit for the name of a stream and for an address."""
    if not is_code(value):
        raise Refused(Reason.MALFORMED, name, given(value), wanted=CODE)
    return value


def href_of(ledger: str, stream: str) -> str:
    """Where a stream stands in the API."""
    root, _, key = stream.partition("/")
    return f"/api/v1/ledgers/{ledger}/{COLLECTIONS[root]}/{quote(key)}"


def receipt_of(ledger: str, done: Done, whole: str = "") -> Receipt:
    """What the caller gets for a command that was carried out."""
    return Receipt(
        stream=done.stream,
        id=done.stream.partition("/")[2],
        href=href_of(ledger, done.stream),
        version=done.version,
        position=done.position,
        entries=done.entries,
        again=done.again,
        warnings=tuple(_warning(ledger, each, whole) for each in done.warnings)
        if done.warnings
        else (),
    )


def _warning(ledger: str, warned: Warned, whole: str) -> Remark:
    return Remark(
        reason=warned.reason.value,
        detail=warned.reason.zh,
        detail_en=warned.reason.en,
        pointer=warned.field.removeprefix(f"/{whole}") if whole else warned.field,
        deed=warned.deed,
        href=href_of(ledger, warned.deed) if warned.deed else "",
    )


def receipt(ledger: str, done: Done, *, created: bool, whole: str = "") -> Response:
    """The answer to a command: the receipt, with its version as `ETag` and its position to wait for."""
    told = receipt_of(ledger, done, whole)
    headers = {"Lvzhi-Position": str(done.position), "ETag": f'"{done.version}"'}
    if created:
        headers["Location"] = told.href
    if done.again:
        headers["Idempotent-Replayed"] = "true"
    return json_response(told, 201 if created else 200, headers)


def json_response(body: Any, status: int = 200, headers: dict[str, str] | None = None) -> Response:
    """An answer in JSON."""
    return Response(_encode(body), status, headers, "application/json")
