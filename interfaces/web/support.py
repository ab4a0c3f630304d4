"""Budgets and venues of units (经费、场地) on pages: a year of all, and of one its items, expenses and bookings with the office's forms."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal, InvalidOperation
from functools import partial
from typing import Any

from fastapi import APIRouter, Response
from starlette.concurrency import run_in_threadpool

from domain import support as money
from domain.access import Action
from domain.people import Reason, Refused, UnitId
from domain.supported import Booking, Expense, HalfDay, Support
from domain.words import Label
from interfaces import forms
from interfaces.api.door import checked_id, needs
from interfaces.refusals import status_of
from interfaces.web import turning
from interfaces.web.asked import Filters, Narrowing, next_page
from interfaces.web.fields import Input, Widget, troubles
from interfaces.web.refusing import PageRoute
from interfaces.web.rendering import render, see
from interfaces.web.turning import Option, Turning
from interfaces.web.visiting import Sending, Sent, VisitingNow, Visitor, whole
from projections import roster, support
from projections.paging import Page

MOST_SHOWN = 50
SPENT, BOOKED = "spent", "booked"
DID: Mapping[str, Label] = {
    "set": Label("预算已登记", "The budget line is set"),
    "spend": Label("支出已登记", "The expense is recorded"),
    "take-back": Label("支出已撤销", "The expense is taken back"),
    "book": Label("场地已预订", "The venue is booked"),
    "cancel": Label("预订已取消", "The booking is cancelled"),
}
_LABELS: Mapping[str, Label] = {
    "item": Label("预算项目", "item"),
    "amount": Label("金额(元)", "amount in yuan"),
    "on": turning.DAY,
    "purpose": Label("用途", "purpose"),
    "venue": Label("场地", "venue"),
    "half": Label("时段", "half day"),
    "number": Label("序号", "number"),
    "reason": turning.REASON,
}
_WHY_SET = Label("理由(改动已有项目须写明)", "reason (where an item is changed)")


def router() -> APIRouter:
    """The pages and their forms."""
    made = APIRouter(route_class=PageRoute, include_in_schema=False, prefix="/ledgers/{ledger}")

    @made.get("/support", operation_id="page_support", openapi_extra=needs(Action.SEE_UNIT_FILE))
    def show(visitor: VisitingNow, year: str = "", cursor: str = "") -> Response:
        """Each unit that is open to whoever looks, with what it was given, spent and has left."""
        return _all(Narrowing(visitor, year=year, unit=""), cursor)

    @made.get(
        "/support/unit", operation_id="page_find_support", openapi_extra=needs(Action.SEE_UNIT_FILE)
    )
    def find(visitor: VisitingNow, unit: str = "", year: str = "") -> Response:
        """The page of a unit that is named, whether or not anything is recorded of it yet."""
        narrowing = Narrowing(visitor, year=year, unit=unit)
        chosen = narrowing.year()
        with visitor.asking.look() as look:
            units = roster.all_units(look.connection, look.ledger)
        found = narrowing.read("unit", lambda said: narrowing.filters.unit(said, units))
        if found is None and not narrowing.wrong:
            narrowing.wrong["unit"] = troubles(Refused(Reason.MISSING, "unit"), ())
        if narrowing.wrong:
            return _all(narrowing, "")
        return see(visitor.address(f"/units/{found}/support?year={chosen}"))

    @made.get(
        "/units/{id}/support",
        operation_id="page_support_of_unit",
        openapi_extra=needs(Action.SEE_UNIT_FILE),
    )
    def of_unit(
        visitor: VisitingNow,
        id: str,
        year: str = "",
        which: str = "",
        item: str = "",
        did: str = "",
        cursor: str = "",
    ) -> Response:
        """A unit's year: its items, and what was spent or booked, the newest first."""
        narrowing = Narrowing(visitor, year=year, which=which, item=item)
        return _of_unit(narrowing, id, did=did, cursor=cursor)

    for path in DID:
        _add(made, path)
    return made


def _all(narrowing: Narrowing, cursor: str) -> Response:
    """A year of all units, with the form that opens one of them."""
    visitor, chosen = narrowing.visitor, narrowing.year()
    with visitor.asking.look() as look:
        found = support.of_year(
            look.connection,
            look.ledger,
            year=chosen,
            only=visitor.asking.units_open(look, Action.SEE_UNIT_FILE),
            after=visitor.asking.after(cursor or None),
            limit=MOST_SHOWN,
        )
        units = roster.all_units(look.connection, look.ledger)
    return render(
        visitor,
        "support.html",
        status=narrowing.status,
        narrowing=narrowing,
        year=chosen,
        found=found,
        units=units,
        may=visitor.may_ever(Action.KEEP_SUPPORT.value),
        next=next_page(visitor, found.page.after),
    )


def _of_unit(
    narrowing: Narrowing,
    id: str,
    *,
    did: str = "",
    cursor: str = "",
    key: str = "",
    sent: Sent | None = None,
    refused: Refused | None = None,
    status: int = 200,
) -> Response:
    visitor, said = narrowing.visitor, narrowing.said
    chosen = narrowing.year()
    filters = narrowing.filters
    which = narrowing.read("which", lambda one: filters.one_of(one, (SPENT, BOOKED), "which"))
    which = which or SPENT
    with visitor.asking.look() as look:
        unit = roster.some_units(look.connection, look.ledger, [UnitId(id)]).get(UnitId(id))
        if unit is None:
            raise Refused(Reason.NO_SUCH_UNIT, "id", id[:40])
        visitor.asking.must_see_unit(look, id, Action.SEE_UNIT_FILE)
        found = support.of_unit(look.connection, look.ledger, unit.unit, chosen)
    state = Support(unit=unit.unit, year=chosen) if found is None else found[0]
    after = visitor.asking.after(cursor or None)
    page: Page[Expense] | Page[Booking]
    if which == BOOKED:
        page = support.bookings(state, after=after, limit=MOST_SHOWN)
    else:
        item = filters.text(said["item"]) or None
        page = support.expenses(state, item=item, after=after, limit=MOST_SHOWN)
    made: tuple[Turning, ...] = ()
    if visitor.may_ever(Action.KEEP_SUPPORT.value):
        made = _forms(state, visitor.desk.today())
        if refused is not None:
            wrong = turning.troubles(refused, key, _LABELS)
            made = turning.as_sent(made, key, sent or Sent(), wrong)
    return render(
        visitor,
        "support_of.html",
        status=max(status, narrowing.status),
        narrowing=narrowing,
        unit=unit,
        year=chosen,
        sums=support.sums_of(state),
        items=support.items(state),
        which=which,
        item=said["item"],
        page=page,
        forms=made,
        refused=refused,
        did=DID.get(did),
        next=next_page(visitor, page.after),
    )


def _forms(state: Support, today: date) -> tuple[Turning, ...]:
    """What the office may record of a unit's year; what is taken back or cancelled is named by its number."""
    hidden = (("year", str(state.year)),)
    day = today if today.year == state.year else None

    def amount(key: str) -> Input:
        return Input(
            name=f"{key}.amount", label=_LABELS["amount"], widget=Widget.AMOUNT, required=True
        )

    def number(key: str) -> Input:
        return Input(
            name=f"{key}.number", label=_LABELS["number"], widget=Widget.NUMBER, required=True
        )

    made = [
        Turning(
            key="set",
            path="set",
            said=Label("登记、调整预算", "set a budget line"),
            inputs=(
                turning.text("set.item", _LABELS["item"]),
                amount("set"),
                turning.text("set.reason", _WHY_SET, required=False),
            ),
            hidden=hidden,
        )
    ]
    if state.lines:
        items = [Option(each.item, each.item, each.item) for each in state.lines]
        made.append(
            Turning(
                key="spend",
                path="spend",
                said=Label("登记支出", "record an expense"),
                inputs=(
                    turning.one("spend.item", _LABELS["item"], items),
                    amount("spend"),
                    turning.day("spend.on", day),
                    turning.text("spend.purpose", _LABELS["purpose"]),
                ),
                hidden=hidden,
            )
        )
    halves = [Option(each.value, each.zh, each.en) for each in HalfDay]
    made.append(
        Turning(
            key="book",
            path="book",
            said=Label("预订场地", "book a venue"),
            inputs=(
                turning.text("book.venue", _LABELS["venue"]),
                turning.day("book.on", day),
                turning.one("book.half", _LABELS["half"], halves),
                turning.text("book.purpose", _LABELS["purpose"]),
            ),
            hidden=hidden,
        )
    )
    for key, there, label in (
        ("take-back", state.expenses, Label("撤销支出(登记有误)", "take back an expense")),
        ("cancel", state.booked, Label("取消预订", "cancel a booking")),
    ):
        if there:
            made.append(
                Turning(
                    key=key,
                    path=key,
                    said=label,
                    inputs=(number(key), turning.text(f"{key}.reason", turning.REASON)),
                    hidden=hidden,
                )
            )
    return tuple(made)


def _add(made: APIRouter, path: str) -> None:
    async def act(sending: Sending, id: str) -> Response:
        """One act on a unit's year."""
        visitor, sent = sending
        unit = UnitId(checked_id(id, "id"))
        year = sent.one("year")
        try:
            command = await run_in_threadpool(_command, visitor, sent, path, unit)
            await visitor.submit(command, sent.command_id)
        except Refused as refused:
            narrowing = Narrowing(visitor, year=year, which="", item="")
            told = partial(_of_unit, key=path, sent=sent, refused=refused)
            return await run_in_threadpool(told, narrowing, id, status=status_of(refused))
        which = BOOKED if path in ("book", "cancel") else SPENT
        return see(visitor.address(f"/units/{unit}/support?year={year}&which={which}&did={path}"))

    made.add_api_route(
        f"/units/{{id}}/support/{path}",
        act,
        methods=["POST"],
        operation_id=f"send_{path.replace('-', '_')}_support",
        openapi_extra=needs(Action.KEEP_SUPPORT),
    )


def _command(visitor: Visitor, sent: Sent, path: str, unit: UnitId) -> Any:
    filters = Filters(visitor)
    year = whole(sent.one("year"))
    if year is None:
        raise Refused(Reason.MALFORMED, "/year", forms.given(sent.one("year")))
    of: dict[str, Any] = {"unit": unit, "year": year}

    def said(name: str) -> str:
        return sent.one(f"{path}.{name}")

    def on() -> date:
        found = filters.day(said("on"), "/on")
        if found is None:
            raise Refused(Reason.MISSING, "/on")
        return found

    match path:
        case "set":
            return money.SetBudgetLine(
                **of, item=said("item"), amount=_amount(said("amount")), reason=said("reason")
            )
        case "spend":
            return money.RecordExpense(
                **of,
                item=said("item"),
                amount=_amount(said("amount")),
                on=on(),
                purpose=said("purpose"),
            )
        case "book":
            return money.BookVenue(
                **of,
                venue=said("venue"),
                on=on(),
                half=filters.choice(said("half"), HalfDay, "/half"),
                purpose=said("purpose"),
            )
        case "take-back":
            return money.TakeBackExpense(
                **of, number=_number(said("number")), reason=said("reason")
            )
        case _:
            return money.CancelBooking(**of, number=_number(said("number")), reason=said("reason"))


def _number(said: str) -> int:
    if not said:
        raise Refused(Reason.MISSING, "/number")
    found = whole(said)
    if found is None:
        raise Refused(Reason.MALFORMED, "/number", forms.given(said))
    return found


def _amount(said: str) -> Decimal:
    if not said:
        raise Refused(Reason.MISSING, "/amount")
    try:
        return Decimal(said)
    except InvalidOperation as error:
        raise Refused(Reason.MALFORMED, "/amount", forms.given(said), wanted=money.YUAN) from error
