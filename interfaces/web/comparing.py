"""Quarters (季度首尾受邀): how units came with their list, whom the office invites and why, what they said and promised, and whether it was done."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any
from urllib.parse import urlencode

from fastapi import APIRouter, Response
from starlette.concurrency import run_in_threadpool

from domain import invitation
from domain.access import Action
from domain.checklist import Checklist
from domain.invitation import End, Invited, Kept, Pledge
from domain.people import PersonId, Reason, Refused, UnitId
from domain.period import Period, Span
from domain.words import Label
from interfaces.api.asking import Look
from interfaces.api.door import needs
from interfaces.refusals import status_of
from interfaces.web import choosing, fields, turning
from interfaces.web.asked import FIRST_YEAR, LAST_YEAR, Filters, Narrowing
from interfaces.web.fields import Input, Trouble, Widget
from interfaces.web.refusing import PageRoute
from interfaces.web.rendering import render, see
from interfaces.web.turning import Option, Turning
from interfaces.web.visiting import Sending, Sent, VisitingNow, Visitor, whole
from interfaces.web.walls import chosen_list, lists_on, usual_month
from interfaces.web.words import Words
from projections import invitations
from projections.invitations import GuestLine, QuarterPage

PLEDGES = 3
"""Promises that one form asks for; sent again it adds others."""
_QUARTER = re.compile(r"([0-9]{4})-Q([1-4])")
DID: Mapping[str, Label] = {
    "invite": Label("受邀名单已确定", "It is decided who is invited"),
    "state": Label("发言已登记", "The statement is recorded"),
    "settle": Label("兑现情况已登记", "It is said whether the promise was kept"),
}
_LABELS: Mapping[str, Label] = {
    "on": turning.DAY,
    "speaker": Label("发言人(可不填)", "who spoke (may be left out)"),
    "text": Label("发言要点", "what was said"),
    "kept": Label("是否兑现", "whether it was kept"),
    "outcome": Label("结果(未兑现的须写明原因)", "what came of it (why, where it was not kept)"),
    **{
        name: label
        for n in range(1, PLEDGES + 1)
        for name, label in (
            (f"pledge{n}", Label(f"承诺{n}(可不填)", f"promise {n} (may be left out)")),
            (f"due{n}", Label(f"承诺{n}完成期限", f"promise {n} is due by")),
        )
    },
}
_DECIDED, _INVITED = Label("确定日期", "decided on"), Label("邀请", "invite")
_END, _REASON = "end", "reason"
INVITE = "invite"


def router() -> APIRouter:
    """The page of a quarter and its forms."""
    made = APIRouter(route_class=PageRoute, include_in_schema=False, prefix="/ledgers/{ledger}")

    @made.get("/compared", operation_id="page_compared", openapi_extra=needs(Action.SEE_COMPARED))
    def compared(
        visitor: VisitingNow, quarter: str = "", list: str = "", did: str = ""
    ) -> Response:
        """How units compare in a quarter, who is invited to speak, what they promised."""
        return _page(visitor, quarter, list, did=did)

    for path in (INVITE, "state", "settle"):
        _add(made, path)
    return made


def quarter_of(said: str, field: str = "quarter") -> Period | None:
    """A quarter such as 2025-Q1."""
    if not said:
        return None
    found = Period.coded(said) if _QUARTER.fullmatch(said) else None
    if found is None or not FIRST_YEAR <= found.first.year <= LAST_YEAR:
        raise Refused(Reason.MALFORMED, field, said[:40], wanted=Label("2025-Q1", "2025-Q1"))
    return found


def _page(
    visitor: Visitor,
    quarter: str,
    code: str,
    *,
    did: str = "",
    key: str = "",
    sent: Sent | None = None,
    refused: Refused | None = None,
    status: int = 200,
) -> Response:
    narrowing = Narrowing(visitor, quarter=quarter, list=code)
    when = narrowing.read("quarter", quarter_of)
    found: QuarterPage | None = None
    with visitor.asking.look() as look:
        if when is None:
            when = last_over(usual_month(visitor, look).first, visitor.desk.today())
        lists = _ranked(visitor, look, when.last)
        chosen = chosen_list(narrowing, lists)
        if chosen is not None:
            found = invitations.quarter_page(
                look.connection,
                look.ledger,
                visitor.desk.shelf,
                chosen,
                when,
                today=visitor.desk.today(),
            )
    may = visitor.may_ever("invite_units")
    today, sent = visitor.desk.today(), sent or Sent()
    inviting = () if found is None else _inviting(found, visitor.words, today)
    wrong = _troubles(refused, key, sent, inviting)
    if key == INVITE:
        inviting = fields.with_troubles(fields.sent_in(inviting, sent), wrong)
    forms = {} if found is None or not may else _forms(found, key, sent, wrong)
    return render(
        visitor,
        "compared.html",
        status=max(status, narrowing.status),
        narrowing=narrowing,
        found=found,
        lists=lists,
        quarter=when,
        told=when.code,
        may=may,
        decides=may and invitation.is_over(when, today),
        forms=forms,
        inviting={each.name: each for each in inviting},
        wrong=wrong,
        ends=list(End),
        due_of=invitations.due_of,
        did=DID.get(did),
        today=today,
    )


def last_over(day: date, today: date) -> Period:
    """The quarter of a day; the one before while it lasts."""
    quarter = Period.around(Span.QUARTER, day)
    return quarter if invitation.is_over(quarter, today) else quarter.before


def _ranked(visitor: Visitor, look: Look, day: date) -> list[Checklist]:
    """The lists by which units are compared; a county that compares none has none."""
    return [
        each
        for each in lists_on(visitor, look, day)
        if each.posting is not None and each.posting.invites
    ]


def suggested(found: QuarterPage) -> dict[UnitId, tuple[End, Label]]:
    """Whom the figures suggest: so many of those that come first and of those that come last, nobody twice, with a reason in figures."""
    posting = found.checklist.posting
    most = 0 if posting is None else posting.invites
    placed = [each for each in found.compared if each.place is not None]
    first = placed[:most]
    last = placed[most:][-most:] if most else []
    return {
        each.unit: (
            end,
            Label(
                f"完成 {each.done}/{each.of}({each.percent}%),第 {each.place} 位",
                f"{each.done} of {each.of} ({each.percent}%), place {each.place}",
            ),
        )
        for end, some in ((End.FIRST, first), (End.LAST, last))
        for each in some
    }


def _inviting(found: QuarterPage, t: Words, today: date) -> tuple[Input, ...]:
    """What says who is invited and why: as was decided, or else as the figures suggest, in the language of whoever decides."""
    state, tips = found.state, suggested(found)
    inputs = [turning.day("on", today if state is None else state.on, _DECIDED)]
    for each in found.compared:
        end = why = ""
        if state is not None:
            guest = state.guest(each.unit)
            end, why = ("", "") if guest is None else (guest.end.value, guest.reason)
        elif each.unit in tips:
            tip, reason = tips[each.unit]
            end, why = tip.value, t.as_is(reason.zh, reason.en)
        for name, widget, label, said in (
            (_END, Widget.ONE, _INVITED, end),
            (_REASON, Widget.TEXT, turning.REASON, why),
        ):
            inputs.append(
                Input(
                    name=f"{name}.{each.unit}",
                    label=Label(f"{each.name} {label.zh}", f"{each.name}: {label.en}"),
                    widget=widget,
                    values=(said,) if said else (),
                )
            )
    return tuple(inputs)


def _troubles(
    refused: Refused | None, key: str, sent: Sent, inviting: Sequence[Input]
) -> tuple[Trouble, ...]:
    """What is wrong with an act, beside the input that it is about where there is one."""
    if refused is None:
        return ()
    if key == INVITE:
        ends = [(f"{_END}.{unit}", f"{_REASON}.{unit}") for unit, _ in _ends(sent)]
        said = [{"unit": end, "end": end, "reason": why} for end, why in ends]
        return fields.troubles(turning.placed(refused, "invited", said), inviting)
    pledges = [{"text": f"pledge{n}", "due": f"due{n}"} for n in _pledged(sent, key)]
    return turning.troubles(turning.placed(refused, "promises", pledges), key, _LABELS)


def _forms(
    found: QuarterPage, key: str, sent: Sent, wrong: Sequence[Trouble]
) -> dict[UnitId, tuple[Turning, ...]]:
    """What the office may record of each invited unit."""
    return {
        each.guest.unit: turning.as_sent(_of_guest(found, each), key, sent, wrong)
        for each in found.guests
    }


def _of_guest(found: QuarterPage, line: GuestLine) -> tuple[Turning, ...]:
    guest = line.guest
    hidden = (
        ("quarter", found.quarter.code),
        ("list", found.checklist.code),
        ("unit", guest.unit),
    )
    key = f"state-{guest.unit}"
    inputs: list[Input] = [
        turning.day(f"{key}.on", None if guest.said is None else guest.said.on),
        Input(
            name=f"{key}.speaker", label=_LABELS["speaker"], widget=Widget.PERSON, required=False
        ),
        turning.text(f"{key}.text", _LABELS["text"], widget=Widget.LONG),
    ]
    for number in range(1, PLEDGES + 1):
        pledge, due = f"pledge{number}", f"due{number}"
        inputs.append(turning.text(f"{key}.{pledge}", _LABELS[pledge], required=False))
        inputs.append(turning.day(f"{key}.{due}", None, _LABELS[due], required=False))
    said = Label("登记发言和承诺", "record what it said and promised")
    forms = [Turning(key=key, path="state", said=said, inputs=tuple(inputs), hidden=hidden)]
    for promise in guest.promises:
        if promise.kept is not None:
            continue
        key = f"settle-{guest.unit}-{promise.number}"
        kept = turning.one(
            f"{key}.kept", _LABELS["kept"], [Option(k.value, k.zh, k.en) for k in Kept]
        )
        outcome = turning.text(f"{key}.outcome", _LABELS["outcome"], required=False)
        forms.append(
            Turning(
                key=key,
                path="settle",
                said=Label(
                    f"登记第{promise.number}项承诺兑现情况",
                    f"say whether promise {promise.number} was kept",
                ),
                inputs=(kept, turning.day(f"{key}.on", None), outcome),
                hidden=(*hidden, ("number", str(promise.number))),
            )
        )
    return tuple(forms)


def _add(made: APIRouter, path: str) -> None:
    async def act(sending: Sending) -> Response:
        """One act on a quarter's invitations."""
        visitor, sent = sending
        key = path if path == INVITE else turning.key_of(sent, path)
        quarter, code = sent.one("quarter"), sent.one("list")
        try:
            command = await run_in_threadpool(_command, visitor, sent, path, key)
            await visitor.submit(command, sent.command_id)
        except Refused as refused:
            return await run_in_threadpool(
                _page,
                visitor,
                quarter if _QUARTER.fullmatch(quarter) else "",
                code,
                key=key,
                sent=sent,
                refused=refused,
                status=status_of(refused),
            )
        asked = urlencode({"quarter": quarter, "list": code, "did": path})
        return see(visitor.address(f"/compared?{asked}"))

    made.add_api_route(
        f"/compared/{path}",
        act,
        methods=["POST"],
        operation_id=f"send_{path}_compared",
        openapi_extra=needs(Action.INVITE_UNITS),
    )


def _command(visitor: Visitor, sent: Sent, path: str, key: str) -> Any:
    quarter = quarter_of(sent.one("quarter"), "/quarter")
    if quarter is None:
        raise Refused(Reason.MISSING, "/quarter")
    of: dict[str, Any] = {"quarter": quarter.first, "checklist": sent.one("list")}
    if path == INVITE:
        return invitation.InviteUnits(
            **of, on=_day(visitor, sent.one("on"), "on"), invited=_invited(visitor, sent)
        )
    on = _day(visitor, sent.one(f"{key}.on"), "on")
    unit = UnitId(sent.one("unit"))
    if path == "settle":
        return invitation.SettlePromise(
            **of,
            unit=unit,
            number=whole(sent.one("number")) or 0,
            kept=Filters(visitor).choice(sent.one(f"{key}.kept"), Kept, "/kept"),
            on=on,
            outcome=sent.one(f"{key}.outcome"),
        )
    return invitation.RecordStatement(
        **of,
        unit=unit,
        on=on,
        text=sent.one(f"{key}.text"),
        speaker=_speaker(visitor, sent.one(f"{key}.speaker")),
        promises=tuple(
            Pledge(
                text=sent.one(f"{key}.pledge{number}"),
                due=_day(visitor, sent.one(f"{key}.due{number}"), f"due{number}"),
            )
            for number in _pledged(sent, key)
        ),
    )


def _pledged(sent: Sent, key: str) -> list[int]:
    """Which of the promises of a form are filled in."""
    return [n for n in range(1, PLEDGES + 1) if sent.one(f"{key}.pledge{n}")]


def _ends(sent: Sent) -> list[tuple[UnitId, str]]:
    """The units that a form invites, each with its end as it was sent."""
    parts = ((name.partition("."), value.strip()) for name, value in sent.pairs)
    return [(UnitId(unit), end) for (root, _, unit), end in parts if root == _END and unit and end]


def _invited(visitor: Visitor, sent: Sent) -> tuple[Invited, ...]:
    return tuple(
        Invited(
            unit=unit,
            end=Filters(visitor).choice(end, End, f"/invited/{i}/end"),
            reason=sent.one(f"{_REASON}.{unit}"),
        )
        for i, (unit, end) in enumerate(_ends(sent))
    )


def _day(visitor: Visitor, said: str, field: str) -> date:
    found = Filters(visitor).day(said, f"/{field}")
    if found is None:
        raise Refused(Reason.MISSING, f"/{field}")
    return found


def _speaker(visitor: Visitor, said: str) -> PersonId | None:
    if not said:
        return None
    with visitor.desk.store.reading() as connection:
        day = visitor.desk.today()
        return choosing.one_called(connection, visitor.ledger, said, day, "/speaker").person
