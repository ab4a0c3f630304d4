"""The board of inspections (督查整改台账), and the bulletin of some days (督查通报) to print."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from fastapi import APIRouter, Response

from domain.access import Action
from domain.kinds.units import Check
from domain.people import UnitId
from domain.unit import Unit
from domain.words import Label
from interfaces.api.asking import Look
from interfaces.api.door import needs
from interfaces.api.inspections import asked_for, bulletin_for
from interfaces.sealed import lines_for
from interfaces.web.asked import Narrowing, next_page, with_parameters
from interfaces.web.deed import collection_of
from interfaces.web.refusing import PageRoute
from interfaces.web.rendering import render
from interfaces.web.visiting import VisitingNow
from projections import inspections, roster
from projections.courses import Timeliness
from projections.inspections import Asked, InspectionLine, ProblemLine, Totals, Waiting, Which
from projections.paging import Key, Page

MOST_SHOWN = 50


def router() -> APIRouter:
    """The pages."""
    made = APIRouter(route_class=PageRoute, include_in_schema=False, prefix="/ledgers/{ledger}")

    @made.get(
        "/inspections",
        operation_id="page_inspections",
        openapi_extra=needs(Action.SEE_UNIT_FILE),
    )
    def board(
        visitor: VisitingNow,
        since: str = "",
        until: str = "",
        unit: str = "",
        by: str = "",
        check: str = "",
        which: str = "",
        cursor: str = "",
    ) -> Response:
        """Inspections unit by unit: problems found, mended and overdue."""
        said = {"since": since, "until": until, "unit": unit, "by": by, "check": check}
        return _board(Narrowing(visitor, **said, which=which), cursor)

    @made.get(
        "/inspections/problems",
        operation_id="page_inspection_problems",
        openapi_extra=needs(Action.SEE_UNIT_FILE),
    )
    def problems(
        visitor: VisitingNow,
        which: str = "",
        unit: str = "",
        held: str = "",
        cursor: str = "",
    ) -> Response:
        """Problems one by one that wait for their units, or to be checked off."""
        return _problems(Narrowing(visitor, which=which, unit=unit, held=held), cursor)

    @made.get(
        "/inspections/bulletin",
        operation_id="page_bulletin",
        openapi_extra=needs(Action.SEE_UNIT_FILE),
    )
    def bulletin(
        visitor: VisitingNow, since: str = "", until: str = "", unit: str = "", by: str = ""
    ) -> Response:
        """The bulletin of some days, this month where none are said, to print."""
        return _bulletin(Narrowing(visitor, since=since, until=until, unit=unit, by=by))

    return made


def _days(narrowing: Narrowing) -> tuple[date | None, date | None]:
    since, until = narrowing.day("since"), narrowing.day("until")
    narrowing.in_order(since, until, "until")
    return since, until


def _asked(
    narrowing: Narrowing,
    look: Look,
    units: Mapping[UnitId, Unit],
    since: date | None,
    until: date | None,
) -> Asked:
    """Which inspections the address asks for, of those that are open to whoever looks."""
    filters = narrowing.filters
    return asked_for(
        narrowing.visitor.asking,
        look,
        since=since,
        until=until,
        unit=narrowing.read("unit", lambda each: filters.unit(each, units)),
        by=narrowing.read("by", filters.text) or "",
        check=narrowing.read("check", lambda each: filters.choice(each, Check, "check")),
    )


def _named(narrowing: Narrowing, asked: Asked, units: Mapping[UnitId, Unit]) -> dict[str, str]:
    """What the fields of the form hold: a unit by its name."""
    unit = asked.unit
    return narrowing.said | ({} if unit is None else {"unit": units[unit].profile.name})


def _board(narrowing: Narrowing, cursor: str) -> Response:
    visitor = narrowing.visitor
    which = narrowing.read("which", lambda each: narrowing.filters.choice(each, Which, "which"))
    page: Page[InspectionLine] = Page(rows=())
    total = Totals()
    with visitor.asking.look() as look:
        units = roster.all_units(look.connection, look.ledger)
        asked = _asked(narrowing, look, units, *_days(narrowing))
        if not narrowing.wrong:
            told = (look.connection, look.ledger, asked)
            after = visitor.asking.after(cursor or None)
            total = inspections.totals(*told)
            page = inspections.inspections(*told, which=which, after=after, limit=MOST_SHOWN)
    tabs = [(each, with_parameters(visitor, which=each.value)) for each in Which]
    return render(
        visitor,
        "inspections.html",
        status=narrowing.status,
        narrowing=narrowing,
        asked=_named(narrowing, asked, units),
        page=page,
        total=total,
        which=which,
        every=with_parameters(visitor, which=""),
        tabs=tabs,
        checks=list(Check),
        units=units,
        next=next_page(visitor, page.after),
    )


TO_MEND, OVERDUE, TO_CHECK = "to_mend", "overdue", "to_check"
PARTS: Mapping[str, Label] = {
    TO_MEND: Label("待整改", "to be mended"),
    OVERDUE: Label("逾期未整改", "overdue"),
    TO_CHECK: Label("待销号", "to be checked"),
}
"""What a list of problems may be narrowed to, in the order of its chips."""


def listed(
    look: Look, asked: Asked, which: str, *, after: Key | None = None, limit: int
) -> Page[ProblemLine]:
    """A page of the problems that wait, in the order in which they are due or were said to be mended."""
    told = (look.connection, look.ledger, asked)
    if which == TO_CHECK:
        return inspections.to_check(*told, after=after, limit=limit)
    how = Timeliness.OVERDUE if which == OVERDUE else None
    return inspections.to_mend(*told, how=how, after=after, limit=limit)


def _problems(narrowing: Narrowing, cursor: str) -> Response:
    visitor, filters = narrowing.visitor, narrowing.filters
    which = narrowing.read("which", lambda each: filters.one_of(each, PARTS, "which")) or TO_MEND
    page: Page[ProblemLine] = Page(rows=())
    numbers = Waiting()
    with visitor.asking.look() as look:
        units = roster.all_units(look.connection, look.ledger)
        unit, held = (
            narrowing.read(name, lambda each: filters.unit(each, units))
            for name in ("unit", "held")
        )
        asked = Asked(
            today=visitor.desk.today(),
            unit=unit,
            held=held,
            only=visitor.asking.inspections_open(look),
        )
        if not narrowing.wrong:
            numbers = inspections.waiting(look.connection, look.ledger, asked)
            after = visitor.asking.after(cursor or None)
            page = listed(look, asked, which, after=after, limit=MOST_SHOWN)
            page = replace(
                page,
                rows=lines_for(visitor.asker, look.connection, look.ledger, page.rows),
            )
    named = {} if unit is None else {"unit": units[unit].profile.name}
    named |= {} if held is None else {"held": units[held].profile.name}
    counted = dict(zip(PARTS, (numbers.to_mend, numbers.overdue, numbers.to_check), strict=True))
    return render(
        visitor,
        "problems.html",
        status=narrowing.status,
        narrowing=narrowing,
        asked=narrowing.said | named,
        page=page,
        which=which,
        tabs=[
            (key, each, counted[key], with_parameters(visitor, which=key))
            for key, each in PARTS.items()
        ],
        units=units,
        next=next_page(visitor, page.after),
    )


def _bulletin(narrowing: Narrowing) -> Response:
    visitor = narrowing.visitor
    since, until = _days(narrowing)
    today = visitor.desk.today()
    until = until or today
    since = since or until.replace(day=1)
    narrowing.in_order(since, until, "until")
    found = None
    with visitor.asking.look() as look:
        units = roster.all_units(look.connection, look.ledger)
        asked = _asked(narrowing, look, units, since, until)
        if not narrowing.wrong:
            found = bulletin_for(visitor.asking, look, asked)

    def behind(which: str = "", unit: str = "") -> str:
        """The address of the inspections behind a figure, of one unit where it is named."""
        of: dict[str, Any] = {"unit": unit or (asked.unit or ""), "by": asked.by, "which": which}
        return narrowing.to("/inspections", since=since, until=until, **of)

    return render(
        visitor,
        "bulletin.html",
        status=narrowing.status,
        narrowing=narrowing,
        asked=_named(narrowing, asked, units) | {"since": str(since), "until": str(until)},
        found=found,
        behind=behind,
        address_of=collection_of,
        units=units,
    )
