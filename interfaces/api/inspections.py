"""Inspections of units, the problems that they found, and the bulletin of some days. Notifying, mending and checking off are acts."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Annotated, Any, TypeAlias

from fastapi import APIRouter, Query

from domain.access import Action
from domain.kinds.units import Check
from domain.people import UnitId
from domain.problem import ProblemState
from interfaces import sealed
from interfaces.api.asking import AskedNow, Asking, Cursor, Limit, Look
from interfaces.api.door import needs
from interfaces.api.loops import Since, Until
from interfaces.api.views import Listing
from interfaces.api.writes import LEDGER
from interfaces.asked import must_be_in_order
from interfaces.moments import of_our_time
from projections import inspections
from projections.courses import Timeliness
from projections.inspections import (
    Asked,
    Bulletin,
    InspectionLine,
    ProblemLine,
    Totals,
    Which,
)
from projections.paging import Page

OfUnit: TypeAlias = Annotated[
    UnitId | None, Query(max_length=100, description="受检单位 / unit that was inspected")
]
By: TypeAlias = Annotated[
    str,
    Query(max_length=100, description="督查单位名称中的文字 / text in the name of who inspected"),
]
HeldBy: TypeAlias = Annotated[
    UnitId | None, Query(max_length=100, description="组织督查的单位 / unit that held it")
]
OfCheck: TypeAlias = Annotated[
    Check | None, Query(description="督查或验收 / inspection or acceptance")
]


def asked_for(
    asking: Asking,
    look: Look,
    *,
    since: date | None = None,
    until: date | None = None,
    unit: UnitId | None = None,
    by: str = "",
    check: Check | None = None,
) -> Asked:
    """Which inspections are meant, of those that are open to the one who asks."""
    return Asked(
        today=asking.today,
        since=since,
        until=until,
        unit=unit,
        by=by.strip(),
        check=check,
        only=asking.inspections_open(look),
    )


def _meant(asking: Asking, look: Look, since: date | None, until: date | None, **by: Any) -> Asked:
    """The same as it is asked for at this door; `Refused` where a day is not of our time, the last comes before the first, or the unit is none."""
    for day, field in ((since, "since"), (until, "until")):
        if day is not None:
            of_our_time(day, field)
    must_be_in_order(since, until, "until")
    look.must_be_units(unit=by.get("unit"))
    return asked_for(asking, look, since=since, until=until, **by)


def _listed(
    asking: Asking,
    list_them: Callable[..., Page[ProblemLine]],
    unit: UnitId | None,
    held: UnitId | None,
    cursor: str | None,
    limit: int,
    **narrowed: Any,
) -> Listing[ProblemLine]:
    """A page of what waits of problems, as the one who asks may see them."""
    with asking.look() as look:
        look.must_be_units(unit=unit, held=held)
        told = (look.connection, look.ledger)
        asked = Asked(today=asking.today, unit=unit, held=held, only=asking.inspections_open(look))
        after = asking.after(cursor)
        page = list_them(*told, asked, after=after, limit=limit, **narrowed)
        rows = sealed.lines_for(asking.asker, *told, page.rows)
    return asking.listing(replace(page, rows=rows))


def router() -> APIRouter:
    """The routes."""
    made = APIRouter(prefix=LEDGER)

    @made.get(
        "/inspections",
        operation_id="list_inspections",
        openapi_extra=needs(Action.SEE_UNIT_FILE),
        summary="督查、验收",
        tags=["inspections"],
    )
    def list_inspections(
        asked: AskedNow,
        since: Since = None,
        until: Until = None,
        unit: OfUnit = None,
        by: By = "",
        check: OfCheck = None,
        which: Annotated[Which | None, Query(description="整改情况 / what became of it")] = None,
        cursor: Cursor = None,
        limit: Limit = 50,
    ) -> Listing[InspectionLine]:
        """Inspections and acceptance checks unit by unit, the latest first: problems found, mended and overdue."""
        with asked.look() as look:
            page = inspections.inspections(
                look.connection,
                look.ledger,
                _meant(asked, look, since, until, unit=unit, by=by, check=check),
                which=which,
                after=asked.after(cursor),
                limit=limit,
            )
        return asked.listing(page)

    @made.get(
        "/inspections/totals",
        operation_id="count_inspections",
        openapi_extra=needs(Action.SEE_UNIT_FILE),
        summary="督查整改合计",
        tags=["inspections"],
    )
    def count_inspections(
        asked: AskedNow,
        since: Since = None,
        until: Until = None,
        unit: OfUnit = None,
        by: By = "",
        check: OfCheck = None,
    ) -> Totals:
        """All of them together."""
        with asked.look() as look:
            meant = _meant(asked, look, since, until, unit=unit, by=by, check=check)
            return inspections.totals(look.connection, look.ledger, meant)

    @made.get(
        "/inspections/problems",
        operation_id="list_inspection_problems",
        openapi_extra=needs(Action.SEE_UNIT_FILE),
        summary="督查发现的问题",
        tags=["inspections"],
    )
    def list_inspection_problems(
        asked: AskedNow,
        since: Since = None,
        until: Until = None,
        unit: OfUnit = None,
        by: By = "",
        state: Annotated[ProblemState | None, Query(description="进度 / how far it is")] = None,
        overdue: Annotated[bool, Query(description="只看逾期 / overdue ones alone")] = False,
        cursor: Cursor = None,
        limit: Limit = 50,
    ) -> Listing[ProblemLine]:
        """Problems one by one of the inspections of these days, in order of the day on which they were notified."""
        with asked.look() as look:
            page = inspections.problems(
                look.connection,
                look.ledger,
                _meant(asked, look, since, until, unit=unit, by=by),
                state=state,
                overdue=overdue,
                after=asked.after(cursor),
                limit=limit,
            )
            told = (look.connection, look.ledger)
            rows = sealed.lines_for(asked.asker, *told, page.rows)
        return asked.listing(replace(page, rows=rows))

    @made.get(
        "/dues/problems",
        operation_id="list_due_problems",
        openapi_extra=needs(Action.SEE_UNIT_FILE),
        summary="待整改问题",
        tags=["dues"],
    )
    def list_due_problems(
        asked: AskedNow,
        unit: OfUnit = None,
        held: HeldBy = None,
        how: Annotated[Timeliness | None, Query(description="时限 / how it stands")] = None,
        dated: Annotated[bool, Query(description="只看有期限的 / with a day alone")] = False,
        cursor: Cursor = None,
        limit: Limit = 50,
    ) -> Listing[ProblemLine]:
        """Problems that wait for the units inspected, what is due first first; those without a day last."""
        return _listed(asked, inspections.to_mend, unit, held, cursor, limit, how=how, dated=dated)

    @made.get(
        "/inspections/to-check",
        operation_id="list_problems_to_check",
        openapi_extra=needs(Action.SEE_UNIT_FILE),
        summary="待销号问题",
        tags=["inspections"],
    )
    def list_problems_to_check(
        asked: AskedNow,
        unit: OfUnit = None,
        held: HeldBy = None,
        cursor: Cursor = None,
        limit: Limit = 50,
    ) -> Listing[ProblemLine]:
        """Problems that are said to be mended and wait for whoever inspected, what was said first first."""
        return _listed(asked, inspections.to_check, unit, held, cursor, limit)

    @made.get(
        "/inspections/bulletin",
        operation_id="get_bulletin",
        openapi_extra=needs(Action.SEE_UNIT_FILE),
        summary="督查通报",
        tags=["inspections"],
    )
    def get_bulletin(
        asked: AskedNow,
        since: Annotated[date, Query(description="从哪天起 / from this day on")],
        until: Annotated[date, Query(description="到哪天止 / up to this day")],
        unit: OfUnit = None,
        by: By = "",
    ) -> Bulletin:
        """The bulletin of the inspections of these days: units, problems found, mended and overdue, checks passed, commendations and sanctions. Each list holds the first 200."""
        with asked.look() as look:
            meant = _meant(asked, look, since, until, unit=unit, by=by)
            return bulletin_for(asked, look, meant)

    return made


def bulletin_for(asked: Asking, look: Look, meant: Asked) -> Bulletin:
    """A bulletin as whoever asks may see it."""
    told = (look.connection, look.ledger)
    found = inspections.bulletin(*told, asked.desk.shelf, meant)
    overdue = sealed.lines_for(asked.asker, *told, found.overdue)
    commended = sealed.inside_for(asked.asker, *told, found.commended, lambda each: each.deed)
    return replace(found, overdue=overdue, commended=commended)
