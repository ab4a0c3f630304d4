"""Months on the wall (晾晒): units side by side, a unit's own month with the form to report it, and what the office does with the report."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode

from fastapi import APIRouter, Response
from starlette.concurrency import run_in_threadpool

from domain import posting as months
from domain.access import Action
from domain.checklist import Checklist
from domain.people import Reason, Refused, UnitId
from domain.period import Period
from domain.posting import ItemSaid, PostingStep, speaks_for
from domain.unit import Unit
from domain.words import Label
from interfaces.api import posted
from interfaces.api.asking import Look
from interfaces.api.door import needs
from interfaces.refusals import status_of
from interfaces.web import fields, turning
from interfaces.web.asked import Filters, Narrowing, next_page, with_parameters
from interfaces.web.deed import collection_of
from interfaces.web.fields import Input, Trouble, Widget
from interfaces.web.refusing import PageRoute
from interfaces.web.rendering import render, see
from interfaces.web.turning import Turning
from interfaces.web.visiting import Sending, Sent, VisitingNow, Visitor, whole
from projections import documents, postings, roster
from projections.postings import PostingPage, Wall

MOST_SHOWN = 40
REPORT = "report"
DID: Mapping[str, Label] = {
    "report": Label("已自报,待政协机关核对", "It is reported; the office will check it"),
    "check": Label("已核对", "It is checked"),
    "send-back": Label("已退回补正", "It is sent back"),
    "post": Label("已晾晒", "It is posted"),
}
_LABELS: Mapping[str, Label] = {
    "remark": Label("核对意见(可不填)", "remark (may be left out)"),
    "reason": turning.REASON,
    "note": Label("其他说明(可不填)", "anything else (may be left out)"),
}
_CORRECTED = Label("更正理由(已晾晒的须写明)", "why it is corrected")


def router() -> APIRouter:
    """The wall, a unit's month, and its forms."""
    made = APIRouter(route_class=PageRoute, include_in_schema=False, prefix="/ledgers/{ledger}")

    @made.get("/wall", operation_id="page_wall", openapi_extra=needs(Action.SEE_RECORD))
    def wall(visitor: VisitingNow, month: str = "", list: str = "", cursor: str = "") -> Response:
        """What units posted of a month, side by side; who is late or missing stands there too."""
        return _wall(Narrowing(visitor, month=month, list=list), cursor)

    @made.get(
        "/units/{id}/month",
        operation_id="page_month_of_unit",
        openapi_extra=needs(Action.SEE_UNIT_FILE),
    )
    def of_unit(
        visitor: VisitingNow, id: str, month: str = "", list: str = "", did: str = ""
    ) -> Response:
        """A unit's month: what the facts say, what it reported, what became of it."""
        return _month(visitor, UnitId(id), month, list, did=did)

    for path, action in (
        (REPORT, Action.REPORT_MONTH),
        ("check", Action.POST_MONTH),
        ("send-back", Action.POST_MONTH),
        ("post", Action.POST_MONTH),
    ):
        _add(made, path, action)
    return made


def usual_month(visitor: Visitor, look: Look) -> Period:
    """The last month of which anything was reported, or else the one that is over."""
    newest = postings.newest_month(look.connection, look.ledger)
    if newest is not None:
        return postings.month_of(newest)
    return postings.month_of(visitor.desk.today()).before


def lists_on(visitor: Visitor, look: Look, day: date) -> list[Checklist]:
    """The lists on which units report each month, on a day."""
    papers = documents.states(look.connection, look.ledger, visitor.desk.shelf)
    return postings.posted_lists(papers, visitor.desk.shelf, day)


def chosen_list(narrowing: Narrowing, lists: Sequence[Checklist]) -> Checklist | None:
    """The list that is asked for, the first where none is said; none where there is none, or where what is asked is wrong, which then stands beside its field."""
    codes = [each.code for each in lists]
    code = narrowing.read("list", lambda said: narrowing.filters.one_of(said, codes, "list"))
    if narrowing.wrong:
        return None
    return next((each for each in lists if code in {None, each.code}), None)


def _wall(narrowing: Narrowing, cursor: str) -> Response:
    visitor, asking = narrowing.visitor, narrowing.visitor.asking
    first = narrowing.read("month", narrowing.filters.month)
    with asking.look() as look:
        month = usual_month(visitor, look) if first is None else postings.month_of(first)
        lists = lists_on(visitor, look, month.last)
        chosen = chosen_list(narrowing, lists)
        found: Wall | None = None
        if chosen is not None:
            after = asking.after(cursor or None)
            found = posted.wall_of(asking, look, chosen, month, after=after, limit=MOST_SHOWN)
        open_to = asking.units_open(look, Action.SEE_UNIT_FILE)
    return render(
        visitor,
        "wall.html",
        status=narrowing.status,
        narrowing=narrowing,
        found=found,
        lists=lists,
        chosen=chosen,
        month=month,
        before=with_parameters(visitor, month=f"{month.before.first:%Y-%m}"),
        later=with_parameters(visitor, month=f"{month.last + timedelta(days=1):%Y-%m}"),
        address_of=collection_of,
        open_to=open_to,
        next=next_page(visitor, None if found is None else found.page.after),
    )


def _month(
    visitor: Visitor,
    id: UnitId,
    month: str,
    code: str,
    *,
    did: str = "",
    key: str = "",
    sent: Sent | None = None,
    refused: Refused | None = None,
    status: int = 200,
) -> Response:
    narrowing = Narrowing(visitor, month=month, list=code)
    asking, today = narrowing.visitor.asking, visitor.desk.today()
    first = narrowing.read("month", narrowing.filters.month)
    with asking.look() as look:
        asking.must_see_unit(look, id, Action.SEE_UNIT_FILE)
        unit = roster.some_units(look.connection, look.ledger, (id,)).get(id)
        if unit is None:
            raise Refused(Reason.NO_SUCH_UNIT, "id", id[:40])
        when = usual_month(visitor, look) if first is None else postings.month_of(first)
        lists = [each for each in lists_on(visitor, look, when.last) if each.asks(unit)]
        chosen = chosen_list(narrowing, lists)
        found = None
        names: dict[str, str] = {}
        if chosen is not None:
            found = posted.page_of(asking, look, unit, chosen, when)
            reports = () if found.state is None else found.state.reports
            names = roster.names(
                look.connection, look.ledger, people={each.reported_by for each in reports}
            )
    sent = sent or Sent()
    report = () if found is None else _report_inputs(found)
    wrong = _troubles(refused, key, sent, report)
    if key == REPORT:
        report = fields.with_troubles(fields.sent_in(report, sent), wrong)
    forms = () if found is None else turning.as_sent(_forms(visitor, found), key, sent, wrong)
    return render(
        visitor,
        "month.html",
        status=max(status, narrowing.status),
        narrowing=narrowing,
        lists=lists,
        unit=unit,
        found=found,
        month=when,
        before=f"{when.before.first:%Y-%m}",
        later=f"{when.last + timedelta(days=1):%Y-%m}",
        forms=forms,
        may_report=found is not None and _may_report(visitor, unit, when, today),
        report=report,
        wrong=wrong,
        did=DID.get(did),
        names=names,
        address_of=collection_of,
        today=today,
    )


def _may_report(visitor: Visitor, unit: Unit, month: Period, today: date) -> bool:
    may = visitor.may_ever("report_month") and speaks_for(visitor.actor, unit, today)
    return may and month.first <= today


def _report_inputs(found: PostingPage) -> tuple[Input, ...]:
    """What a unit may say of its month, with what it said last: words of each item, a note, and a reason where something is posted."""
    state = found.state
    inputs: list[Input] = []
    for item in found.now.items:
        number = f" {item.count}/{item.need}" if item.need else ""
        label = Label(
            f"{item.number}. {item.zh}{number}", f"{item.number}. {item.en or item.zh}{number}"
        )
        words = turning.text(f"words.{item.number}", label, widget=Widget.LONG, required=False)
        inputs.append(words.with_values(*filter(None, [item.words])))
    note = turning.text("note", _LABELS["note"], widget=Widget.LONG, required=False)
    said = "" if state is None else state.newest.note
    inputs.append(note.with_values(*filter(None, [said])))
    if state is not None and state.posted is not None:
        inputs.append(turning.text("reason", _CORRECTED))
    return tuple(inputs)


def _forms(visitor: Visitor, found: PostingPage) -> tuple[Turning, ...]:
    """What the office may do with a report."""
    if found.state is None or not found.is_newest or not visitor.may_ever("post_month"):
        return ()
    step = found.state.step
    hidden = (
        ("month", f"{found.month.first:%Y-%m}"),
        ("list", found.checklist.code),
    )
    forms: list[Turning] = []
    if step is PostingStep.REPORTED:
        remark = turning.text("check.remark", _LABELS["remark"], widget=Widget.LONG, required=False)
        said = Label("对照记录核对", "checked against the facts")
        forms.append(
            Turning(
                key="check", path="check", said=said, inputs=(remark,), hidden=hidden, is_open=True
            )
        )
    if step is PostingStep.CHECKED:
        said = Label("发布晾晒", "post it")
        forms.append(
            Turning(key="post", path="post", said=said, inputs=(), hidden=hidden, at_once=True)
        )
    if step in {PostingStep.REPORTED, PostingStep.CHECKED}:
        reason = turning.text("send-back.reason", _LABELS["reason"])
        said = Label("退回补正", "send it back")
        forms.append(
            Turning(key="send-back", path="send-back", said=said, inputs=(reason,), hidden=hidden)
        )
    return tuple(forms)


def _troubles(
    refused: Refused | None, key: str, sent: Sent, report: Sequence[Input]
) -> tuple[Trouble, ...]:
    if refused is None:
        return ()
    if key != REPORT:
        return turning.troubles(refused, key, _LABELS)
    names = (f"words.{each.number}" for each in _items(sent.pairs))
    of_items = [{"number": each, "words": each} for each in names]
    return fields.troubles(turning.placed(refused, "items", of_items), report)


def _add(made: APIRouter, path: str, action: Action) -> None:
    async def act(sending: Sending, id: str) -> Response:
        """One act on a unit's month."""
        visitor, sent = sending
        month, code = sent.one("month"), sent.one("list")
        try:
            await visitor.submit(_command(visitor, sent, path, UnitId(id)), sent.command_id)
        except Refused as refused:
            return await run_in_threadpool(
                _month,
                visitor,
                UnitId(id),
                month,
                code,
                key=path,
                sent=sent,
                refused=refused,
                status=status_of(refused),
            )
        asked = urlencode({"month": month, "list": code, "did": path})
        return see(visitor.address(f"/units/{id}/month?{asked}"))

    made.add_api_route(
        f"/units/{{id}}/month/{path}",
        act,
        methods=["POST"],
        operation_id=f"send_{path.replace('-', '_')}_month",
        openapi_extra=needs(action),
    )


def _command(visitor: Visitor, sent: Sent, path: str, unit: UnitId) -> Any:
    month = Filters(visitor).month(sent.one("month"))
    if month is None:
        raise Refused(Reason.MISSING, "/month")
    match path:
        case "check":
            return months.CheckMonth(unit=unit, month=month, remark=sent.one("check.remark"))
        case "send-back":
            return months.SendBackMonth(unit=unit, month=month, reason=sent.one("send-back.reason"))
        case "post":
            return months.PostMonth(unit=unit, month=month)
        case _:
            return months.ReportMonth(
                unit=unit,
                month=month,
                checklist=sent.one("list"),
                items=_items(sent.pairs),
                note=sent.one("note"),
                reason=sent.one("reason"),
            )


def _items(pairs: Sequence[tuple[str, str]]) -> tuple[ItemSaid, ...]:
    """What a form says of the items; a field that names no number is none of them."""
    found: list[ItemSaid] = []
    for name, value in pairs:
        root, _, said = name.partition(".")
        number = whole(said)
        if root == "words" and number is not None and value.strip():
            found.append(ItemSaid(number=number, words=value.strip()))
    return tuple(found)
