"""Documents that govern, as the office publishes and repeals them: the text is read, its worked cases are worked out, what is wrong is named by line."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from fastapi import APIRouter, Response
from starlette.concurrency import run_in_threadpool

from application import packs
from application.documents.source import LARGEST, Flaw, Unreadable, decoded, parsed
from domain import document
from domain.access import Action
from domain.attestation import Policy
from domain.document import Sort
from domain.people import Reason, Refused
from interfaces.api.door import checked_id, needs
from interfaces.bodies import LARGEST_BODY
from interfaces.refusals import status_of
from interfaces.web import acts, choosing, fields
from interfaces.web.acts import Act, ShownAct
from interfaces.web.asked import Filters
from interfaces.web.fields import Form, Input, Trouble, Widget
from interfaces.web.flaws import shown
from interfaces.web.lists import named
from interfaces.web.refusing import PageRoute
from interfaces.web.rendering import render, see
from interfaces.web.visiting import Sending, Sent, Visiting, Visitor
from projections import documents
from projections.documents import DocumentLine

LARGEST_FORM = 3 * LARGEST + LARGEST_BODY
"""Bytes of a form with the text of a document: letters that are no ASCII take three times as many."""

REPEAL = Act(path="repeal", command=document.Repeal, zh="废止", en="Repeal", told="sort")
_INPUTS = (
    Input(name="version", label=acts.label_of("version"), widget=Widget.TEXT),
    Input(name="since", label=acts.label_of("since"), widget=Widget.DAY),
    Input(name="until", label=acts.label_of("until"), widget=Widget.DAY),
    Input(name="trial_in", label=acts.label_of("trial_in"), widget=Widget.UNIT),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """What a text says that it is, how many of its worked cases came out, or all that is wrong with it."""

    sort: Sort | None = None
    code: str = ""
    zh: str = ""
    en: str = ""
    version: str = ""
    cases: int = 0
    since: date | None = None
    until: date | None = None
    flaws: tuple[Flaw, ...] = ()


@dataclass(frozen=True, slots=True)
class Paper:
    """A document on the list."""

    line: DocumentLine
    zh: str
    en: str


def checked(text: str) -> Checked:
    """A text read and its worked cases worked out."""
    try:
        sort = packs.sort_of(text)
        found = packs.load(sort, text)
        cases = packs.check(text)
    except Unreadable as error:
        return Checked(flaws=error.flaws)
    # A rule of dual management keeps of itself what it rules alone; its head stands in the text.
    head = parsed(text).values
    return Checked(
        sort=sort,
        code=str(head[sort.value]),
        zh=str(head.get("zh", sort.zh)),
        en=str(head.get("en", sort.en)),
        version=str(head.get("version", "")),
        cases=len(cases),
        since=_day_in(head.get("since")),
        until=None if isinstance(found, Policy) else found.until,
        flaws=tuple(flaw for case in cases for flaw in case.differs),
    )


def _day_in(said: object) -> date | None:
    try:
        return date.fromisoformat(str(said))
    except ValueError:
        return None


def router() -> APIRouter:
    """The pages."""
    made = APIRouter(
        route_class=PageRoute, include_in_schema=False, prefix="/ledgers/{ledger}/admin/documents"
    )
    publishes = needs(Action.PUBLISH)

    @made.get("", operation_id="page_documents", openapi_extra=needs(Action.SEE_DOCUMENT))
    def list_documents(visitor: Visiting, done: str = "") -> Response:
        """All documents by sort, with what is in force."""
        with visitor.asking.look() as look:
            found = documents.documents(look.connection, look.ledger, day=visitor.asking.today)
        papers = [
            Paper(each, *named(visitor, each.document, each.in_force)[:2])
            for each in found
            if each.document.versions
        ]
        return render(visitor, "documents.html", papers=papers, sorts=list(Sort), done=done)

    @made.get("/new", operation_id="page_publish", openapi_extra=publishes)
    def new_document(visitor: Visiting) -> Response:
        """The form on which a version is published."""
        return _page(visitor, Form(_INPUTS), "")

    async def publish(sending: Sending) -> Response:
        """Check a text, and publish it where that is asked and nothing is wrong."""
        visitor, sent = sending
        inputs = fields.sent_in(_INPUTS, sent)
        text = ""
        try:
            text = _text_of(sent)
            found = await run_in_threadpool(checked, text)
            if found.flaws or sent.one("do") != "publish":
                form = Form(inputs, command_id=sent.command_id)
                return await run_in_threadpool(_page, visitor, form, text, found)
            command = await run_in_threadpool(_command, visitor, inputs, text, found)
            await visitor.submit(command, sent.command_id)
        except Unreadable as error:
            form = Form(inputs, command_id=sent.command_id)
            return await run_in_threadpool(_page, visitor, form, text, Checked(flaws=error.flaws))
        except Refused as refused:
            troubles = fields.troubles(refused, inputs)
            form = Form(fields.with_troubles(inputs, troubles), troubles, sent.command_id)
            return await run_in_threadpool(
                _page, visitor, form, text, None, status_of(refused), _of_text(troubles)
            )
        return see(visitor.address("/admin/documents?done=published"))

    publish.largest_form = LARGEST_FORM  # type: ignore[attr-defined]  # asked for by `sending`
    made.add_api_route(
        "/new", publish, methods=["POST"], operation_id="send_publish", openapi_extra=publishes
    )

    @made.get("/{sort}/{code}/repeal", operation_id="page_repeal", openapi_extra=publishes)
    def repeal(visitor: Visiting, sort: str, code: str) -> Response:
        """The form on which a document is repealed."""
        which = Filters(visitor).choice(sort, Sort, "sort")
        return _repeal_page(visitor, which, code, ShownAct(act=REPEAL, inputs=_ending(visitor)))

    @made.post("/{sort}/{code}/repeal", operation_id="send_repeal", openapi_extra=publishes)
    async def send_repeal(sending: Sending, sort: str, code: str) -> Response:
        """Repeal a document; the day is its last."""
        visitor, sent = sending
        which = Filters(visitor).choice(sort, Sort, "sort")
        try:
            command = await run_in_threadpool(_ended, visitor, sent, which, code)
            await visitor.submit(command, sent.command_id)
        except Refused as refused:
            shown = acts.refused_act(REPEAL, _ending(visitor), sent, refused)
            told = (visitor, which, code, shown, status_of(refused))
            return await run_in_threadpool(_repeal_page, *told)
        return see(visitor.address("/admin/documents?done=repealed"))

    return made


def _text_of(sent: Sent) -> str:
    """The text that was pasted, or that of the file where one was sent."""
    file = next(iter(sent.files.get("file", ())), None)
    if file is None:
        text = next((value for name, value in sent.pairs if name == "text"), "")
        if not text.strip():
            raise Refused(Reason.MISSING, "/text")
        return text
    if len(file.content) > LARGEST:
        raise Refused(Reason.TOO_LARGE, "/text", f"> {LARGEST}")
    return decoded(file.content)


def _command(
    visitor: Visitor, inputs: Sequence[Input], text: str, found: Checked
) -> document.Publish:
    said = {each.name: each.value for each in inputs}
    asked = Filters(visitor)
    version = said["version"] or found.version
    since = asked.day(said["since"], "/since") or found.since
    until = asked.day(said["until"], "/until") or found.until
    missing = [
        Refused(Reason.MISSING, f"/{name}")
        for name, value in (("version", version), ("since", since))
        if not value
    ]
    if missing or found.sort is None or since is None:
        first, *others = missing
        raise replace(first, others=tuple(others))
    trial_in = None
    if said["trial_in"]:
        with visitor.asking.look() as look:
            units = choosing.units(look.connection, look.ledger)
        trial_in = units.called(said["trial_in"], "/trial_in")
    return document.Publish(
        sort=found.sort,
        code=found.code,
        version=version,
        text=text,
        since=since,
        until=until,
        trial_in=trial_in,
    )


def _of_text(troubles: Sequence[Trouble]) -> tuple[Trouble, ...]:
    """Those that are wrong with the text itself."""
    return tuple(each for each in troubles if each.field in {"text", "sort", "code"})


def _page(
    visitor: Visitor,
    form: Form,
    text: str,
    found: Checked | None = None,
    status: int = 200,
    wrong: Sequence[Trouble] = (),
) -> Response:
    with visitor.asking.look() as look:
        units = choosing.units(look.connection, look.ledger)
    return render(
        visitor,
        "publish.html",
        status=422 if found is not None and found.flaws else status,
        form=form,
        text=text,
        found=found,
        flaws=() if found is None else shown(found.flaws, text),
        wrong=wrong,
        units=units,
    )


def _ending(visitor: Visitor) -> tuple[Input, ...]:
    today = visitor.desk.today().isoformat()
    return tuple(
        each.with_values(today) if each.name == "until" else each for each in acts.inputs_of(REPEAL)
    )


def _ended(visitor: Visitor, sent: Sent, sort: Sort, code: str) -> object:
    with visitor.asking.look() as look:
        units = choosing.units(look.connection, look.ledger)
        told = (look.connection, look.ledger, visitor.desk.today(), units)
        fixed = {"sort": sort, "code": checked_id(code, "code")}
        return acts.read(REPEAL, _ending(visitor), sent, *told, fixed)


def _repeal_page(
    visitor: Visitor, sort: Sort, code: str, shown: ShownAct, status: int = 200
) -> Response:
    with visitor.asking.look() as look:
        day = visitor.asking.today
        line = documents.document(look.connection, look.ledger, sort, code, day=day)
        units = choosing.units(look.connection, look.ledger)
    if line is None or not line.document.versions:
        raise Refused(Reason.NO_SUCH_PAGE, "code", code[:40])
    t = visitor.words
    zh, en, _ = named(visitor, line.document, line.in_force)
    return render(
        visitor,
        "act.html",
        status=status,
        shown=shown,
        units=units,
        name=t(zh, en),
        action=visitor.address(f"/admin/documents/{sort.value}/{code}/repeal"),
        crumbs=[
            ("/admin/documents", t("规则文件", "Documents")),
            (f"/documents/{sort.value}/{code}", t(zh, en)),
            ("", t(REPEAL.zh, REPEAL.en)),
        ],
    )
