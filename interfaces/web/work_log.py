"""The work log of a unit on a page to print: a month day by day, and how many of each sort in each month of the year."""

from __future__ import annotations

from datetime import date

from fastapi import APIRouter, Response

from domain.access import Action
from domain.people import Reason, Refused, UnitId
from domain.unit import Unit, UnitKind
from interfaces.api import logged
from interfaces.api.asking import Look
from interfaces.api.door import needs
from interfaces.api.office import log_sheet, logged_unit
from interfaces.api.views import Sheet
from interfaces.web.asked import Filters, Narrowing, next_page
from interfaces.web.deed import collection_of
from interfaces.web.refusing import PageRoute
from interfaces.web.rendering import render
from interfaces.web.visiting import VisitingNow, Visitor
from projections import roster, work_log
from projections.paging import Page
from projections.work_log import ErrandLine, LogLine

MOST_SHOWN = 100


def router() -> APIRouter:
    """The page and its sheet."""
    made = APIRouter(route_class=PageRoute, include_in_schema=False, prefix="/ledgers/{ledger}")

    @made.get("/work-log", operation_id="page_work_log", openapi_extra=needs(Action.SEE_UNIT_FILE))
    def show(visitor: VisitingNow, unit: str = "", month: str = "", cursor: str = "") -> Response:
        """A month of a unit's log; where none is named that of one's own unit, or of the liaison centre."""
        return _show(Narrowing(visitor, unit=unit, month=month), cursor)

    @made.get(
        "/work-log/sheet",
        operation_id="page_work_log_sheet",
        openapi_extra=needs(Action.SEE_UNIT_FILE),
        response_class=Sheet,
    )
    def sheet(visitor: VisitingNow, unit: str = "", month: str = "") -> Response:
        """The month as a CSV file."""
        first = Filters(visitor).month(month)
        if not unit or first is None:
            raise Refused(Reason.MISSING, "month" if unit else "unit")
        return log_sheet(visitor.asking, unit, first)

    return made


def _show(narrowing: Narrowing, cursor: str) -> Response:
    visitor = narrowing.visitor
    page: Page[LogLine] = Page(rows=())
    sums: tuple[ErrandLine, ...] = ()
    with visitor.asking.look() as look:
        units = roster.all_units(look.connection, look.ledger)
        asked = narrowing.read("unit", lambda said: narrowing.filters.unit(said, units))
        month = narrowing.read("month", narrowing.filters.month)
        unit = asked or (None if "unit" in narrowing.wrong else _usual_unit(visitor, units))
        if unit is not None:
            logged_unit(visitor.asking, look, unit)
            month = month or _usual_month(visitor, look, unit)
            if not narrowing.wrong:
                page = logged.entries(
                    visitor.asking,
                    look,
                    unit,
                    logged.month_of(month),
                    after=visitor.asking.after(cursor or None),
                    limit=MOST_SHOWN,
                )
                sums = work_log.sums(look.connection, look.ledger, unit, year=month.year)
    return render(
        visitor,
        "work_log.html",
        status=narrowing.status,
        narrowing=narrowing,
        unit=unit,
        units=units,
        month=month or visitor.asking.today.replace(day=1),
        page=page,
        sums=sums,
        months=[sum(line.months[place] for line in sums) for place in range(12)],
        kind=work_log.HANDLED,
        period=logged.month_of,
        where=collection_of,
        next=next_page(visitor, page.after),
    )


def _usual_unit(visitor: Visitor, units: dict[UnitId, Unit]) -> UnitId | None:
    """One's own unit; of who sees all the liaison centre, where there is one."""
    own = visitor.capacity.unit
    if own is not None and not visitor.asker.always(Action.SEE_UNIT_FILE):
        return own
    day = visitor.asking.today
    centres = [
        unit
        for unit in units.values()
        if unit.profile.kind is UnitKind.LIAISON_CENTRE and unit.open_on(day)
    ]
    found = min(centres, key=lambda unit: (unit.profile.name, unit.unit), default=None)
    return own if found is None else found.unit


def _usual_month(visitor: Visitor, look: Look, unit: UnitId) -> date:
    """The month of the newest entry, or this one."""
    newest = work_log.newest_day(look.connection, look.ledger, unit)
    return (newest or visitor.asking.today).replace(day=1)
