"""What every route does first and last: who asks of which ledger, the body, and a problem where something is refused."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import quote

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from application.handle import Done, now
from domain.access import TOLD_WHY, Action, Relation, may, must
from domain.people import Actor, PersonId, Reason, Refused, Warned
from domain.words import CODE, Label, is_code
from interfaces.bodies import LARGEST_BODY
from interfaces.forms import given
from interfaces.identity import Grant, Tokens
from interfaces.wiring import Desk, Installation

LONGEST_COMMAND_ID = 200
ACTING_FOR = "Lvzhi-Acting-For"
"""The header that names the member for whom a clerk types in his declaration."""
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

    def grant(self, request: Request) -> Grant:
        """What the bearer's token lets him be; raises `Refused` without a good one."""
        said = request.headers.get("authorization")
        if said is None or said[:7].lower() != "bearer ":
            raise Refused(Reason.NOT_SIGNED_IN, "Authorization")
        return self.tokens.grant(said[7:].strip())

    def enter(self, request: Request) -> tuple[Desk, Actor]:
        """The ledger that is asked, and who asks with a token for it, in a role that he is granted there and to which the route is open at all."""
        ledger = request.path_params["ledger"]
        grant = self.grant(request)
        action = action_of(request.scope["route"])
        if action not in TOLD_WHY:
            must(grant.actor.role, action)
        if not grant.opens(ledger):
            raise Refused(Reason.NOT_ALLOWED, about=ledger[:40])
        desk = self.installation.desk(ledger)
        if not desk.grants.lets(grant.actor, now(), desk.today()):
            raise Refused(Reason.NOT_GRANTED, about=grant.actor.role.zh)
        return desk, grant.actor


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


def must_see(actor: Actor, action: Action, relation: Relation, field: str = "") -> None:
    """Refuse what is not open to him as he stands to it."""
    if not may(actor.role, action, relation):
        raise Refused(Reason.NOT_ALLOWED, field, action.zh)


class Gate:
    """Lets in so many at a time; a further one is asked to come again. One event loop asks it."""

    def __init__(self, most: int) -> None:
        self.most = most
        self.inside = 0

    @contextmanager
    def passed(self) -> Iterator[None]:
        """Inside for as long as this lasts; refuses where it is full."""
        if self.inside >= self.most:
            raise Refused(Reason.BUSY)
        self.inside += 1
        try:
            yield
        finally:
            self.inside -= 1


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
    """The body as it came; refuses what is too large before reading it whole."""
    said = request.headers.get("content-length", "")
    if said.isdigit() and int(said) > largest:
        raise Refused(Reason.TOO_LARGE, about=f"{said} > {largest}")
    parts: list[bytes] = []
    size = 0
    async for part in request.stream():
        size += len(part)
        if size > largest:
            raise Refused(Reason.TOO_LARGE, about=f"> {largest}")
        parts.append(part)
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
