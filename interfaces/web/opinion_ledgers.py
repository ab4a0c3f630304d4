"""The month's ledgers of opinions of the townships, on a page to print: a year at a glance, a month of all of them, or the months of one."""

from __future__ import annotations

from datetime import date

from fastapi import APIRouter, Response

from domain.access import Action
from domain.opinion_ledger import Month, last_of
from domain.people import Reason, Refused, UnitId
from interfaces import forms
from interfaces.api.door import needs
from interfaces.flowing import levels_said, where_said
from interfaces.sealed import sees_inside
from interfaces.web.asked import Narrowing
from interfaces.web.refusing import PageRoute
from interfaces.web.rendering import render
from interfaces.web.visiting import VisitingNow, whole
from projections import opinion_ledgers, roster
from projections.opinion_ledgers import MonthLine


def router() -> APIRouter:
    """The page."""
    made = APIRouter(route_class=PageRoute, include_in_schema=False, prefix="/ledgers/{ledger}")

    @made.get(
        "/opinion-ledgers",
        operation_id="page_opinion_ledgers",
        openapi_extra=needs(Action.SEE_RECORD),
    )
    def show(visitor: VisitingNow, year: str = "", month: str = "", unit: str = "") -> Response:
        """The ledgers of a year, of a month, or of one township."""
        return _show(Narrowing(visitor, year=year, month=month, unit=unit))

    return made


def _month(said: str) -> int:
    month = whole(said)
    if month is None or not 1 <= month <= 12:
        raise Refused(Reason.MALFORMED, "month", forms.given(said))
    return month


def _show(narrowing: Narrowing) -> Response:
    visitor = narrowing.visitor
    year = narrowing.year()
    month = narrowing.read("month", _month)
    with visitor.asking.look() as look:
        units = roster.all_units(look.connection, look.ledger)
        unit = narrowing.read("unit", lambda each: narrowing.filters.unit(each, units))
        lines: list[MonthLine] = []
        if not narrowing.wrong:
            lines = opinion_ledgers.ledger_of_year(
                look.connection,
                look.ledger,
                year,
                today=visitor.desk.today(),
                units=units,
                unit=unit,
                month=month,
                inside=sees_inside(visitor.asker),
            )
    rows: dict[UnitId, list[MonthLine]] = {}
    for each in lines:
        rows.setdefault(each.unit, []).append(each)
    keepers = opinion_ledgers.keepers(units)

    def behind(each: MonthLine, **which: str) -> str:
        """The address of the opinions behind a figure of a month."""
        place = "township" if each.unit in townships else "unit"
        return narrowing.to(
            "/flows/matters",
            kind=opinion_ledgers.KIND,
            since=each.month.isoformat(),
            until=last_of(each.month).isoformat(),
            **{place: each.unit},
            **which,
        )

    townships = {each.unit for each in keepers if each.profile.kind.value == "township"}
    return render(
        visitor,
        "opinion_ledgers.html",
        status=narrowing.status,
        narrowing=narrowing,
        year=year,
        month=month,
        unit=unit,
        lines=lines,
        rows=rows,
        months=[date(year, number, 1) for number in range(1, 13)],
        together=opinion_ledgers.sums(lines),
        keepers=keepers,
        states=Month,
        behind=behind,
        where=where_said,
        levels=levels_said,
    )
