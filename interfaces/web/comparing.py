"""Quarters (季度首尾受邀): how units came with their list, whom the office invites and why, what they said and promised, and whether it was done."""

from __future__ import annotations

import re
from collections.abc import Mapping
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
from interfaces.web import choosing, turning
from interfaces.web.asked import FIRST_YEAR, LAST_YEAR, Filters, Narrowing
from interfaces.web.fields import Input, Widget, troubles
from interfaces.web.refusing import PageRoute
from interfaces.web.rendering import render, see
from interfaces.web.turning import Option, Turning
from interfaces.web.visiting import Sending, Sent, Visiting, Visitor, whole
from interfaces.web.walls import lists_on, usual_month
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
}


def router() -> APIRouter:
    """The page of a quarter and its forms."""
    made = APIRouter(route_class=PageRoute, include_in_schema=False, prefix="/ledgers/{ledger}")

    @made.get("/compared", operation_id="page_compared", openapi_extra=needs(Action.SEE_COMPARED))
    def compared(visitor: Visiting, quarter: str = "", list: str = "", did: str = "") -> Response:
        """How units compare in a quarter, who is invited to speak, what they promised."""
        return _page(visitor, quarter, list, did=did)

    for path in ("invite", "state", "settle"):
        _add(made, path)
    return made


def quarter_of(said: str, field: str = "quarter") -> Period | None:
    """A quarter such as 2025-Q1."""
    if not said:
        return None
    found = _QUARTER.fullmatch(said)
    if found is None or not FIRST_YEAR <= int(found[1]) <= LAST_YEAR:
        raise Refused(Reason.MALFORMED, field, said[:40], wanted=Label("2025-Q1", "2025-Q1"))
    return Period.around(Span.QUARTER, date(int(found[1]), int(found[2]) * 3, 1))


def told_of(quarter: Period) -> str:
    """The same as an address says it."""
    return f"{quarter.first.year}-Q{(quarter.first.month + 2) // 3}"


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
            when = Period.around(Span.QUARTER, usual_month(visitor, look).first)
        lists = _ranked(visitor, look, when.last)
        chosen = next((each for each in lists if code in {"", each.code}), None)
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
    forms = {} if found is None or not may else _forms(found, key, sent, refused)
    return render(
        visitor,
        "compared.html",
        status=max(status, narrowing.status),
        narrowing=narrowing,
        found=found,
        lists=lists,
        quarter=when,
        told=told_of(when),
        may=may,
        forms=forms,
        typed=sent if key == "invite" else None,
        wrong=troubles(refused, ()) if refused is not None and key == "invite" else (),
        suggested={} if found is None else suggested(found),
        ends=list(End),
        due_of=invitations.due_of,
        did=DID.get(did),
        today=visitor.desk.today(),
    )


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


def _forms(
    found: QuarterPage, key: str, sent: Sent | None, refused: Refused | None
) -> dict[UnitId, tuple[Turning, ...]]:
    """What the office may record of each invited unit."""
    wrong = () if refused is None else turning.troubles(refused, key, _LABELS)
    return {
        each.guest.unit: turning.as_sent(_of_guest(found, each), key, sent or Sent(), wrong)
        for each in found.guests
    }


def _of_guest(found: QuarterPage, line: GuestLine) -> tuple[Turning, ...]:
    guest = line.guest
    hidden = (
        ("quarter", told_of(found.quarter)),
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
        pledge = Label(f"承诺{number}(可不填)", f"promise {number} (may be left out)")
        inputs.append(turning.text(f"{key}.pledge{number}", pledge, required=False))
        due = Label(f"承诺{number}完成期限", f"promise {number} is due by")
        inputs.append(turning.day(f"{key}.due{number}", None, due, required=False))
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
        key = path if path == "invite" else turning.key_of(sent, path)
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
    if path == "invite":
        return invitation.InviteUnits(
            **of, on=_day(visitor, sent.one("on"), "on"), invited=_invited(sent)
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
                due=_day(visitor, sent.one(f"{key}.due{number}"), "due"),
            )
            for number in range(1, PLEDGES + 1)
            if sent.one(f"{key}.pledge{number}")
        ),
    )


def _invited(sent: Sent) -> tuple[Invited, ...]:
    found: list[Invited] = []
    for name, value in sent.pairs:
        root, _, unit = name.partition(".")
        if root == "end" and unit and value:
            end = next((each for each in End if each.value == value), None)
            if end is None:
                raise Refused(Reason.MALFORMED, "/invited", value[:40])
            reason = sent.one(f"reason.{unit}")
            found.append(Invited(unit=UnitId(unit), end=end, reason=reason))
    return tuple(found)


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
