"""Accounts of the ledger's people, as the office sees to them: made, given a secret, closed and opened; each step is noted with who took it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from types import MappingProxyType

from fastapi import APIRouter, Response
from starlette.concurrency import run_in_threadpool

from application.clock import now
from domain.access import Action
from domain.granted import only_taken
from domain.people import PersonId, Reason, Refused
from domain.words import Label
from interfaces.access.accounts import InLedger
from interfaces.access.journal import Entry
from interfaces.access.opening import Access
from interfaces.api.account import GRAVE
from interfaces.api.door import Door, needs
from interfaces.refusals import status_of
from interfaces.web import choosing, fields
from interfaces.web.asked import Filters, with_parameters
from interfaces.web.fields import Form, Input, Widget
from interfaces.web.refusing import NotShown, PageRoute
from interfaces.web.rendering import render, see
from interfaces.web.visiting import Sending, Sent, Visiting, Visitor
from projections import roster

MOST_SHOWN = 50
NEWEST_NOTES = 20
_SEES_TO = needs(Action.SEE_TO_ACCOUNTS)

HANDS_OVER = frozenset({"reopen", "drop-factor"})
"""Steps by which somebody could come into an account that he should not."""

_NEW = (
    Input(name="person", label=Label("人员", "person"), widget=Widget.PERSON, required=True),
    Input(name="name", label=Label("登录名", "login name"), widget=Widget.TEXT, required=True),
)


@dataclass(frozen=True, slots=True)
class Step:
    """What can be done to an account."""

    zh: str
    en: str
    take: Callable[[Access, str, str, str], object]


_STEPS: Mapping[str, Step] = MappingProxyType(
    {
        "close": Step(
            "停用",
            "Disable",
            lambda access, ledger, account, by: access.entrusted.close(ledger, account, by=by),
        ),
        "reopen": Step(
            "启用",
            "Enable",
            lambda access, ledger, account, by: access.entrusted.reopen(ledger, account, by=by),
        ),
        "sign-out": Step(
            "退出全部登录",
            "Sign out everywhere",
            lambda access, ledger, account, by: access.entrusted.end_sessions(
                ledger, account, by=by
            ),
        ),
        "drop-factor": Step(
            "解除动态验证码",
            "Remove the second factor",
            lambda access, ledger, account, by: access.entrusted.drop_factor(
                ledger, account, by=by
            ),
        ),
    }
)


@dataclass(frozen=True, slots=True)
class Row:
    """An account on the list, with whose it is."""

    held: InLedger
    person: str


@dataclass(frozen=True, slots=True)
class Note:
    """What happened to an account, and by whom."""

    entry: Entry
    at: datetime
    by: str


def router() -> APIRouter:
    """The pages."""
    made = APIRouter(
        route_class=PageRoute, include_in_schema=False, prefix="/ledgers/{ledger}/admin/accounts"
    )

    @made.get("", operation_id="page_accounts", openapi_extra=_SEES_TO)
    def accounts(visitor: Visiting, text: str = "", after: str = "") -> Response:
        """The accounts of the ledger's people, by login name; those of people of a name where one is given."""
        return _list(visitor, Filters(visitor).text(text), after[:100])

    @made.get("/new", operation_id="page_new_account", openapi_extra=_SEES_TO)
    def new_account(visitor: Visiting, person: str = "") -> Response:
        """The form on which an account is made."""
        _must_be_shown(visitor, None)
        with visitor.asking.look() as look:
            told = (look.connection, look.ledger, person, visitor.asking.today)
            said = choosing.typed(*told) if person else ""
        inputs = tuple(
            each.with_values(said) if each.name == "person" and said else each for each in _NEW
        )
        return render(visitor, "account_new.html", form=Form(inputs), other=None)

    @made.post("/new", operation_id="send_new_account", openapi_extra=_SEES_TO)
    async def make(sending: Sending) -> Response:
        """Make an account for somebody of the roster."""
        return await run_in_threadpool(_make, *sending)

    @made.get("/{id}", operation_id="page_account_of", openapi_extra=_SEES_TO)
    def account(visitor: Visiting, id: str, done: str = "") -> Response:
        """An account, what can be done to it, and what happened to it."""
        return _page(visitor, id, done=done)

    @made.post("/{id}/secret", operation_id="send_account_secret", openapi_extra=_SEES_TO)
    async def secret(sending: Sending, id: str) -> Response:
        """Give a secret by which its owner sets another password."""
        return await run_in_threadpool(_new_secret, *sending, id)

    for path, step in _STEPS.items():
        _add_step(made, path, step)
    return made


def _add_step(made: APIRouter, path: str, step: Step) -> None:
    async def taken(sending: Sending, id: str) -> Response:
        """One step that closes or opens an account, or signs it out."""
        return await run_in_threadpool(_take, *sending, id, path, step)

    made.add_api_route(
        f"/{{id}}/{path}",
        taken,
        methods=["POST"],
        operation_id=f"send_account_{path.replace('-', '_')}",
        openapi_extra=_SEES_TO,
    )


def _access(visitor: Visitor) -> Access:
    door: Door = visitor.request.app.state.door
    return door.installation.access


def _must_be_shown(visitor: Visitor, sent: Sent | None) -> None:
    """Have whoever takes such a step show again who he is, unless he did a moment ago."""
    access = _access(visitor)
    session = access.sessions.of(visitor.session_id)
    if sent is not None and not access.sessions.shown_within(session, GRAVE):
        raise NotShown(sent)
    access.sessions.refuse_unless_shown(session, GRAVE)


def _must_last(visitor: Visitor) -> None:
    """Refuse to hand over an account to who took his role in an emergency: it would outlast the hours that he has it."""
    desk, actor = visitor.desk, visitor.actor
    if only_taken(desk.grants.of(actor.person), actor, now(), desk.today()):
        raise Refused(Reason.NOT_ALLOWED, about="应急授权 emergency")


def _list(visitor: Visitor, text: str, after: str) -> Response:
    access = _access(visitor)
    with visitor.asking.look() as look:
        persons = None
        if text:
            told = (look.connection, look.ledger, text, visitor.asking.today)
            persons = [row.person for row in choosing.looked_for(*told)]
        found = access.accounts.in_ledger(
            look.ledger, persons=persons, after=after, most=MOST_SHOWN + 1
        )
        shown = found[:MOST_SHOWN]
        people = {each.person for each in shown}
        names = roster.names(look.connection, look.ledger, people=people)
    rows = [Row(each, names.get(f"member/{each.person}", "–")) for each in shown]
    last = shown[-1].account.name if len(found) > MOST_SHOWN else ""
    return render(
        visitor,
        "accounts.html",
        rows=rows,
        text=text,
        next=with_parameters(visitor, after=last) if last else "",
    )


def _make(visitor: Visitor, sent: Sent) -> Response:
    _must_be_shown(visitor, sent)
    inputs = fields.sent_in(_NEW, sent)
    missing = [Refused(Reason.MISSING, f"/{each.name}") for each in inputs if not each.value]
    try:
        if missing:
            first, *others = missing
            raise Refused(first.reason, first.field, "", tuple(others))
        _must_last(visitor)
        with visitor.asking.look() as look:
            told = (look.connection, look.ledger, inputs[0].value, visitor.asking.today)
            person = choosing.one_called(*told, "/person")
        account, secret = _access(visitor).entrusted.make(
            visitor.ledger, person.person, sent.one("name"), by=visitor.account.id
        )
    except Refused as refused:
        found, other = fields.troubles(refused, inputs), None
        if refused.reason is Reason.ALREADY_DONE and refused.field == "/person":
            other = _account_of(visitor, PersonId(refused.about))
        if other is not None:
            name = other.account.name
            said = Label(f"此人已有账号 {name}", f"has the account {name} already")
            found = tuple(replace(each, said=said, about="") for each in found)
        form = Form(fields.with_troubles(inputs, found), found, sent.command_id)
        return render(
            visitor, "account_new.html", status=status_of(refused), form=form, other=other
        )
    if not secret:
        return see(visitor.address(f"/admin/accounts/{account.id}?done=again"))
    return _secret_page(visitor, account.id, account.name, person.name, secret)


def _account_of(visitor: Visitor, person: PersonId) -> InLedger | None:
    """The account that somebody has in the ledger."""
    held = _access(visitor).accounts.in_ledger(visitor.ledger, persons=[person], most=1)
    return held[0] if held else None


def _new_secret(visitor: Visitor, sent: Sent, id: str) -> Response:
    _must_be_shown(visitor, sent)
    access = _access(visitor)
    try:
        _must_last(visitor)
        held = access.entrusted.of(visitor.ledger, id)
        secret = access.entrusted.new_secret(
            visitor.ledger, id, sent.command_id, by=visitor.account.id
        )
    except Refused as refused:
        return _page(visitor, id, refused=refused)
    if not secret:
        return see(visitor.address(f"/admin/accounts/{id}?done=again"))
    name = _name_of(visitor, held.person)
    return _secret_page(visitor, id, held.account.name, name, secret)


def _secret_page(visitor: Visitor, id: str, login: str, person: str, secret: str) -> Response:
    return render(visitor, "account_secret.html", id=id, login=login, person=person, secret=secret)


def _take(visitor: Visitor, sent: Sent, id: str, path: str, step: Step) -> Response:
    _must_be_shown(visitor, sent)
    try:
        if path in HANDS_OVER:
            _must_last(visitor)
        left = step.take(_access(visitor), visitor.ledger, id, visitor.account.id)
    except Refused as refused:
        return _page(visitor, id, refused=refused)
    if path == "close" and left is False:
        # It opens other ledgers still, and is no account of this one any more.
        return see(visitor.address("/admin/accounts"))
    return see(visitor.address(f"/admin/accounts/{id}?done={path}"))


def _name_of(visitor: Visitor, person: PersonId) -> str:
    with visitor.asking.look() as look:
        names = roster.names(look.connection, look.ledger, people=[person])
    return names.get(f"member/{person}", "–")


def _page(visitor: Visitor, id: str, *, done: str = "", refused: Refused | None = None) -> Response:
    access = _access(visitor)
    held = access.entrusted.of(visitor.ledger, id)
    journal = access.journal.page(account=id, most=NEWEST_NOTES).entries
    by = {each.by for each in journal if each.by}
    doers = {
        account: one.person
        for account in by
        for one in access.accounts.in_ledger(visitor.ledger, account=account)
    }
    with visitor.asking.look() as look:
        people = {held.person, *doers.values()}
        names = roster.names(look.connection, look.ledger, people=people)
    notes = [
        Note(
            each,
            datetime.fromtimestamp(each.at, UTC),
            names.get(f"member/{doers[each.by]}", "") if each.by in doers else "",
        )
        for each in journal
    ]
    return render(
        visitor,
        "account_of.html",
        status=200 if refused is None else status_of(refused),
        held=held,
        person=names.get(f"member/{held.person}", "–"),
        notes=notes,
        sessions=len(access.sessions.of_account(id)),
        own=id == visitor.account.id,
        done=_STEPS.get(done),
        again=done == "again",
        refused=fields.troubles(refused, ()) if refused is not None else (),
        made_at=datetime.fromtimestamp(held.account.made_at, UTC),
    )
