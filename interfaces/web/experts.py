"""Those who are appointed, on pages: experts by field with what is asked of them and the requests that wait; correspondents and writers with what came of their works."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Response

from domain.access import Action
from domain.kinds import KINDS
from domain.period import Period
from domain.unit import Office
from interfaces.api.door import needs
from interfaces.api.expertise import asked_of, output_of
from interfaces.api.office import field_of
from interfaces.flowing import NOBODY
from interfaces.web.asked import Narrowing, next_page
from interfaces.web.refusing import PageRoute
from interfaces.web.rendering import render
from interfaces.web.visiting import VisitingNow
from projections import appointed, experts

MOST_SHOWN = 30
MOST_WAITING = 10
"""Requests that wait which the page of experts shows; another page has all."""


def router() -> APIRouter:
    """The pages."""
    made = APIRouter(route_class=PageRoute, include_in_schema=False, prefix="/ledgers/{ledger}")

    @made.get("/experts", operation_id="page_experts", openapi_extra=needs(Action.SEE_ROSTER))
    def page_experts(
        visitor: VisitingNow, field: str = "", year: str = "", cursor: str = ""
    ) -> Response:
        """Experts by name, of a field or of all; what was asked in a year, and what waits."""
        narrowing = Narrowing(visitor, field=field, year=year)
        chosen = narrowing.year()
        period = Period.year(chosen)
        within: dict[str, Any] = {"first": period.first, "last": period.last}
        wanted = field_of(narrowing.filters.text(field))
        with visitor.asking.look() as look:
            told = (look.connection, look.ledger)
            found = experts.directory(
                *told,
                day=visitor.asking.today,
                **within,
                field=wanted,
                after=visitor.asking.after(cursor or None),
                limit=MOST_SHOWN,
            )
            figures = asked_of(visitor.asking, look, found.page.rows, **within)
            waiting = experts.waiting(
                *told, today=visitor.asking.today, field=wanted, limit=MOST_WAITING
            )
        return render(
            visitor,
            "experts.html",
            status=narrowing.status,
            narrowing=narrowing,
            year=chosen,
            within=within,
            field=narrowing.filters.text(field),
            found=found,
            figures=figures,
            waiting=waiting,
            nobody=NOBODY,
            next=next_page(visitor, found.page.after),
        )

    @made.get(
        "/experts/requests", operation_id="page_requests", openapi_extra=needs(Action.SEE_RECORD)
    )
    def page_requests(visitor: VisitingNow, field: str = "", cursor: str = "") -> Response:
        """All requests that wait, the longest first."""
        narrowing = Narrowing(visitor, field=field)
        said = narrowing.filters.text(field)
        with visitor.asking.look() as look:
            page = experts.waiting(
                look.connection,
                look.ledger,
                today=visitor.asking.today,
                field=field_of(said),
                after=visitor.asking.after(cursor or None),
                limit=MOST_SHOWN,
            )
        return render(
            visitor,
            "requests.html",
            field=said,
            nobody=NOBODY,
            page=page,
            next=next_page(visitor, page.after),
        )

    @made.get(
        "/correspondents",
        operation_id="page_correspondents",
        openapi_extra=needs(Action.SEE_ROSTER),
    )
    def page_correspondents(
        visitor: VisitingNow, office: str = "", year: str = "", cursor: str = ""
    ) -> Response:
        """Correspondents and invited writers by name, what each submitted in a year, and the notice of what was taken up or printed."""
        narrowing = Narrowing(visitor, office=office, year=year)
        chosen = narrowing.year()
        period = Period.year(chosen)
        within: dict[str, Any] = {"first": period.first, "last": period.last}
        asked = narrowing.filters.one_of(office, {e.value for e in appointed.OFFICES}, "office")
        with visitor.asking.look() as look:
            told = (look.connection, look.ledger)
            page, total = appointed.writers(
                *told,
                day=visitor.asking.today,
                office=None if asked is None else Office.of(asked),
                after=visitor.asking.after(cursor or None),
                limit=MOST_SHOWN,
            )
            figures = output_of(visitor.asking, look, page.rows, **within)
            noticed, is_cut = appointed.notice(*told, sorted(figures), **within)
        return render(
            visitor,
            "correspondents.html",
            status=narrowing.status,
            narrowing=narrowing,
            year=chosen,
            within=within,
            office=asked,
            offices=appointed.OFFICES,
            page=page,
            total=total,
            figures=figures,
            noticed=noticed,
            is_cut=is_cut,
            names={each.person: each.name for each in page.rows},
            kinds=KINDS,
            next=next_page(visitor, page.after),
        )

    return made
