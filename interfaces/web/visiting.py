"""Who looks at a page: by his session, in which of his capacities, in which language and look."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field, replace
from time import monotonic
from typing import Annotated, Any, TypeAlias, TypeVar
from urllib.parse import parse_qsl
from zoneinfo import ZoneInfo

from fastapi import Depends, Request, Response
from python_multipart.exceptions import MultipartParseError
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData, Headers, UploadFile
from starlette.formparsers import MultiPartException, MultiPartParser

from application.handle import Done
from application.handle import Request as Asked
from domain.access import Action, Asker, ever
from domain.member import Standing
from domain.people import Actor, PersonId, Reason, Refused, Role, UnitId, Via
from domain.terms import Terms
from domain.words import Choice
from interfaces import bodies
from interfaces.access.accounts import Account
from interfaces.access.cookies import Cookie
from interfaces.access.cross_site import masked, refuse_cross_site
from interfaces.access.sessions import form_token
from interfaces.api.asking import LONGEST_WAIT, Asking
from interfaces.api.door import (
    AT_ONCE,
    Door,
    Gate,
    action_of,
    body_of,
    cookie_of,
    is_https,
    session_of,
)
from interfaces.bodies import LARGEST_BODY
from interfaces.identity import Grant
from interfaces.ids import minted_id
from interfaces.web.words import Language, Words
from interfaces.wiring import Desk
from projections import documents, roster

TOKEN = "form"  # noqa: S105  # the name of a field
"""The field that says that a form is of a page of this session."""
WHO = "who"
"""The field that says for whom a form was made: what somebody typed is not sent in the name of who signs in after him."""
COMMAND_ID = "id"
"""The field that makes sending a form twice the same as sending it once."""
LOST_FILE = "lost_file"
"""The field that names a file which was sent when a session had ended: it is asked for again."""
ACTING = "as"
"""The parameter that says in which capacity somebody acts."""
_ID = re.compile(r"[A-Za-z0-9._~-]{8,100}")
"""Ids that forms are made with; they stand in addresses as they are."""
MOST_DIGITS = 18
MOST_FIELDS = 5_000
MOST_FILES = 8


class Theme(Choice):
    """Light or dark."""

    AUTO = "auto", "随系统", "as the system"
    LIGHT = "light", "浅色", "light"
    DARK = "dark", "深色", "dark"


class Type(Choice):
    """How large the letters are."""

    USUAL = "usual", "标准字号", "usual type"
    LARGE = "large", "大字号", "large type"


@dataclass(frozen=True, slots=True)
class Look:
    """How somebody wants pages to look."""

    language: Language = Language.ZH
    theme: Theme = Theme.AUTO
    type: Type = Type.USUAL

    @property
    def told(self) -> str:
        """The same as a cookie keeps it."""
        return f"{self.language.value}.{self.theme.value}.{self.type.value}"


def look_of(request: Request) -> Look:
    """How whoever asks wants pages to look; what a cookie says that there is not is passed over."""
    said = (cookie_of(request, Cookie.LOOK) or "").split(".")
    try:
        language, theme, type_ = said
        return Look(Language.of(language), Theme.of(theme), Type.of(type_))
    except (KeyError, ValueError):
        return Look()


@dataclass(frozen=True, slots=True)
class Capacity:
    """A role in which somebody may act, and for which unit."""

    role: Role
    unit: UnitId | None = None
    unit_name: str = ""

    @property
    def told(self) -> str:
        """The same in an address."""
        return self.role.value if self.unit is None else f"{self.role.value}.{self.unit}"


_FIRST = {
    role: i
    for i, role in enumerate(
        (
            Role.CLERK,
            Role.HEAD,
            Role.OFFICE,
            Role.APPRAISAL,
            Role.AUDITOR,
            Role.MEMBER,
            Role.CONSUMER,
        )
    )
}


@dataclass(frozen=True, slots=True)
class Visitor:
    """Who looks at a page of a ledger, and as what."""

    request: Request
    asking: Asking
    account: Account
    session_id: str = field(repr=False)
    name: str
    capacity: Capacity
    capacities: tuple[Capacity, ...]
    look: Look
    words: Words

    @property
    def desk(self) -> Desk:
        """The ledger."""
        return self.asking.desk

    @property
    def ledger(self) -> str:
        """The code of the ledger."""
        return self.asking.desk.code

    @property
    def asker(self) -> Asker:
        """Who asks."""
        return self.asking.asker

    @property
    def actor(self) -> Actor:
        """Who acts."""
        return self.asking.asker.actor

    @property
    def told(self) -> str:
        """Who he is, in which ledger, as forms and what a browser keeps say it."""
        return told_of(self.ledger, self.actor.person)

    @property
    def form_token(self) -> str:
        """What his forms carry."""
        return masked(form_token(self.session_id))

    def may_ever(self, action: str) -> bool:
        """Whether he may do this to anything, as what he acts now."""
        return ever(self.actor.role, Action.of(action))

    def address(self, path: str = "") -> str:
        """A page of this ledger."""
        return f"/ledgers/{self.ledger}{path}"

    async def submit(
        self,
        command: Any,
        command_id: str,
        *,
        seen: int | None = None,
        acting_for: PersonId | None = None,
    ) -> Done:
        """Carry out a command and wait until what follows from it can be read; `acting_for` is the member for whom it is typed in."""
        done = await self.desk.submit(
            Asked(
                command=command,
                actor=replace(self.actor, acting_for=acting_for),
                command_id=command_id,
                seen=seen,
                strict=False,
            )
        )
        await self.desk.reader.arrived(done.position, LONGEST_WAIT)
        return done


def told_of(ledger: str, person: str) -> str:
    """Who somebody is in a ledger, in a word."""
    return f"{ledger}/{person}"


def whole(said: str) -> int | None:
    """A whole number that a form or an address says; nothing where it is none, or has more digits than anything here."""
    return int(said) if said.isdecimal() and len(said) <= MOST_DIGITS else None


@dataclass(frozen=True, slots=True)
class SentFile:
    """A file of a form, under the name that it had."""

    name: str
    content: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Sent:
    """What a form sent: its fields, in order, and its files."""

    pairs: tuple[tuple[str, str], ...] = ()
    files: Mapping[str, Sequence[SentFile]] = field(default_factory=dict)

    def one(self, name: str, otherwise: str = "") -> str:
        """A field, without space around it; the first where it is given several times."""
        return next((value.strip() for key, value in self.pairs if key == name), otherwise)

    def all(self, name: str) -> list[str]:
        """All values of a field that are not empty."""
        return [value.strip() for key, value in self.pairs if key == name and value.strip()]

    def has(self, name: str) -> bool:
        """Whether a field was sent at all."""
        return any(key == name for key, _ in self.pairs)

    @property
    def command_id(self) -> str:
        """The id that the form was made with, or a fresh one."""
        said = self.one(COMMAND_ID)
        return said if _ID.fullmatch(said) else minted_id()


class Expired(Refused):
    """A session ended while somebody was typing; `sent` is what he typed."""

    def __init__(self, sent: Sent) -> None:
        super().__init__(Reason.NOT_SIGNED_IN, "Authorization")
        self.sent = sent


F = TypeVar("F", bound=Callable[..., Any])


def takes(largest: int) -> Callable[[F], F]:
    """Says of a route that a form for it may have so many bytes, for the files in it."""

    def told(endpoint: F) -> F:
        endpoint.__dict__["largest_form"] = largest
        return endpoint

    return told


async def visiting(request: Request, response: Response) -> Visitor:
    """Let in whoever looks at a page."""
    return await _let_in(request, response)


async def visiting_now(request: Request, response: Response) -> Visitor:
    """Let in whoever looks at a page that cannot look back: a moment in its address, as a link from a page of the past brings it, is not taken for one."""
    return await _let_in(request, response, looks_back=False)


async def sending(request: Request, response: Response) -> tuple[Visitor, Sent]:
    """Let in whoever sends a form: in his session, from a page of it, and read what he sent."""
    must_be_from_here(request, None, Sent())
    largest = getattr(request.scope["route"].endpoint, "largest_form", LARGEST_BODY)
    try:
        visitor = await _let_in(request, response)
    except Refused as refused:
        if refused.reason is not Reason.NOT_SIGNED_IN:
            raise
        # His session ended while he was typing.
        raise Expired(await _typed_by_a_stranger(request, largest, refused)) from refused
    began = monotonic()
    with _in_turn(request, visitor):
        sent = await form_of(request, await body_of(request, largest))
    must_be_from_here(request, visitor.session_id, sent)
    if sent.one(WHO, visitor.told) != visitor.told:
        raise Refused(Reason.CROSS_SITE, WHO)
    if monotonic() - began > AT_ONCE:
        visitor = await _let_in(request, response)
    return visitor, sent


async def _typed_by_a_stranger(request: Request, largest: int, refused: Refused) -> Sent:
    """What somebody sent whose session had ended. A script keeps what it sends: a large form is not read for it."""
    length = request.headers.get("content-length", "")
    if length.isdigit() and int(length) <= LARGEST_BODY:
        return await form_of(request, await body_of(request, LARGEST_BODY))
    if is_script(request):
        raise refused
    gate: Gate = request.app.state.coming
    with gate.passed():
        sent = await form_of(request, await body_of(request, largest))
    if sum(len(value) for _, value in sent.pairs) > LARGEST_BODY:
        raise Refused(Reason.TOO_LARGE, about=f"> {LARGEST_BODY}")
    return sent


def is_script(request: Request) -> bool:
    """Whether a script of ours asks, which tells by itself what is wrong."""
    return request.headers.get("accept", "").startswith("application/json")


def _in_turn(request: Request, visitor: Visitor) -> AbstractContextManager[None]:
    """Lets so many send large forms at a time: they are held in memory."""
    length = request.headers.get("content-length", "")
    if length.isdigit() and int(length) <= LARGEST_BODY:
        return nullcontext()
    gate: Gate = request.app.state.coming
    return gate.passed(f"{visitor.ledger}/{visitor.actor.person}")


Visiting: TypeAlias = Annotated[Visitor, Depends(visiting)]
VisitingNow: TypeAlias = Annotated[Visitor, Depends(visiting_now)]
Sending: TypeAlias = Annotated[tuple[Visitor, Sent], Depends(sending)]


def must_be_from_here(request: Request, session_id: str | None, sent: Sent) -> None:
    """Refuse a form that is of no page of this session, or where nobody is signed in, of no page of ours."""
    refuse_cross_site(
        request.method,
        request.headers,
        origin=f"{request.url.scheme}://{request.headers.get('host', '')}",
        session_id=session_id,
        sent=sent.one(TOKEN) or None,
    )


async def form_of(request: Request, body: bytes) -> Sent:
    """The fields and files of a form; refuses characters that no text may hold."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    try:
        if kind == "multipart/form-data":
            sent = await _multipart(request.headers, body)
        elif len(body) > LARGEST_BODY:
            # Nobody else waits while a long one is read.
            sent = await run_in_threadpool(_pairs_in, body)
        else:
            sent = _pairs_in(body)
    except (MultiPartException, MultipartParseError, ValueError, KeyError) as error:
        raise Refused(Reason.MALFORMED, "Content-Type") from error
    return await run_in_threadpool(_checked, sent) if len(body) > LARGEST_BODY else _checked(sent)


def _pairs_in(body: bytes) -> Sent:
    text = body.decode("ascii")
    pairs = parse_qsl(text, keep_blank_values=True, max_num_fields=MOST_FIELDS, errors="strict")
    return Sent(tuple(pairs))


async def _multipart(headers: Headers, body: bytes) -> Sent:
    async def whole() -> Any:
        yield body

    parser = MultiPartParser(
        headers,
        whole(),
        max_files=MOST_FILES,
        max_fields=MOST_FIELDS,
        max_part_size=LARGEST_BODY,
    )
    # What was sent stays in memory: nothing of it is written to a disk by the way.
    parser.spool_max_size = len(body) + 1
    found: FormData = await parser.parse()
    pairs: list[tuple[str, str]] = []
    files: dict[str, list[SentFile]] = {}
    try:
        for name, value in found.multi_items():
            if not isinstance(value, UploadFile):
                pairs.append((name, value))
            elif value.filename:
                file = SentFile(value.filename, await value.read())
                files.setdefault(name, []).append(file)
    finally:
        await found.close()
    return Sent(tuple(pairs), files)


def _checked(sent: Sent) -> Sent:
    """The same with texts in the composed form and lines as forms should have them."""
    pairs = tuple(
        (
            bodies.check_text(name, "form"),
            bodies.check_text(value.replace("\r\n", "\n").replace("\r", "\n"), name),
        )
        for name, value in sent.pairs
    )
    return Sent(pairs, sent.files)


async def _let_in(request: Request, response: Response, *, looks_back: bool = True) -> Visitor:
    door: Door = request.app.state.door
    account, session_id, person = await run_in_threadpool(_signed_in, door, request)
    ledger = request.path_params["ledger"]
    desk = door.installation.opened_already(ledger)
    if desk is None:
        desk = await run_in_threadpool(door.installation.desk, ledger)
    name, capacities, terms = await run_in_threadpool(_known_of, desk, person)
    action = action_of(request.scope["route"])
    capacity = _chosen(request, capacities, action)
    actor = Actor(person=person, role=capacity.role, unit=capacity.unit, via=Via.WEB)
    desk, asker = await door.let_in(request, Grant(actor=actor, ledger=ledger, expires=0))
    as_of = request.query_params.get("as_of") or None if looks_back else None
    look = look_of(request)
    response.headers["Cache-Control"] = "no-store"
    return Visitor(
        request=request,
        asking=Asking(desk, asker, as_of, request, response),
        account=account,
        session_id=session_id,
        name=name,
        capacity=capacity,
        capacities=capacities,
        look=look,
        words=Words(look.language, ZoneInfo(desk.opened.zone), terms),
    )


def _signed_in(door: Door, request: Request) -> tuple[Account, str, PersonId]:
    access = door.installation.access
    session_id, session = session_of(request, access)
    account = access.accounts.of(session.account)
    ledger = request.path_params["ledger"]
    for link in access.accounts.links_of(account.id):
        if link.ledger == ledger:
            return account, session_id, PersonId(link.person)
    raise Refused(Reason.NOT_ALLOWED, about=ledger[:40])


def _known_of(desk: Desk, person: PersonId) -> tuple[str, tuple[Capacity, ...], Terms]:
    """What somebody is called, as what he may act now in the order in which it is offered, and how his committee calls things today."""
    roles = desk.roles_of(person)
    units = [unit for _, unit in roles if unit is not None]
    with desk.store.reading() as connection:
        found = roster.person(connection, desk.code, person, day=desk.today())
        names = roster.names(connection, desk.code, units=units)
        terms = documents.terms(connection, desk.code, desk.shelf, desk.today())
    if found is not None and found.person.profile.standing is Standing.MEMBER:
        roles.append((Role.MEMBER, None))
    if not roles:
        roles.append((Role.MEMBER, None))
    made = [Capacity(role, unit, names.get(f"unit/{unit}", unit or "")) for role, unit in roles]
    made.sort(key=lambda each: _FIRST[each.role])
    return (person if found is None else found.person.profile.name), tuple(made), terms


def _chosen(request: Request, held: Sequence[Capacity], action: Action) -> Capacity:
    """As what he asks: what the address says, else what he chose before, else the first in which this is open to him."""
    said = request.query_params.get(ACTING)
    if said is not None:
        for each in held:
            if each.told == said:
                return each
        raise Refused(Reason.NOT_GRANTED, about=said[:40])
    chosen = cookie_of(request, Cookie.CAPACITY)
    usual = next((each for each in held if each.told == chosen), held[0])
    if ever(usual.role, action):
        return usual
    return next((each for each in held if ever(each.role, action)), usual)


def is_on_https(request: Request) -> bool:
    """Whether nobody on the way can listen."""
    return is_https(request)
