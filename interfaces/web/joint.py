"""Joint activities on a page: by form, credited to each unit that held them and to each level, and one by one."""

from __future__ import annotations

from fastapi import APIRouter, Response

from domain.access import Action
from domain.kinds import KINDS
from domain.period import Period
from interfaces.api.door import needs
from interfaces.web.asked import Narrowing, next_page
from interfaces.web.deed import collection_of
from interfaces.web.refusing import PageRoute
from interfaces.web.rendering import render
from interfaces.web.visiting import VisitingNow
from projections import joint

MOST_SHOWN = 30


def router() -> APIRouter:
    """The page."""
    made = APIRouter(route_class=PageRoute, include_in_schema=False, prefix="/ledgers/{ledger}")

    @made.get("/joint", operation_id="page_joint", openapi_extra=needs(Action.SEE_RECORD))
    def page_joint(visitor: VisitingNow, year: str = "", cursor: str = "") -> Response:
        """The figures of a year, and its joint activities, the newest first."""
        narrowing = Narrowing(visitor, year=year)
        chosen = narrowing.year()
        period = Period.year(chosen)
        with visitor.asking.look() as look:
            told = (look.connection, look.ledger)
            figures = joint.figures(*told, first=period.first, last=period.last)
            page = joint.joint(
                *told,
                first=period.first,
                last=period.last,
                after=visitor.asking.after(cursor or None),
                limit=MOST_SHOWN,
            )
        return render(
            visitor,
            "joint.html",
            status=narrowing.status,
            narrowing=narrowing,
            year=chosen,
            figures=figures,
            page=page,
            kinds=KINDS,
            where=collection_of,
            next=next_page(visitor, page.after),
        )

    return made
