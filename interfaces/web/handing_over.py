"""A unit's handover pack (交接清单) as a page to print, when its head changes."""

from __future__ import annotations

from fastapi import APIRouter, Response

from domain.access import Action
from domain.kinds import KINDS
from domain.people import Reason, Refused, UnitId
from interfaces.api.door import needs
from interfaces.api.handing_over import pack_of, tells_promises
from interfaces.web.asked import Narrowing
from interfaces.web.deed import collection_of
from interfaces.web.refusing import PageRoute
from interfaces.web.rendering import render
from interfaces.web.visiting import VisitingNow


def router() -> APIRouter:
    """The page."""
    made = APIRouter(route_class=PageRoute, include_in_schema=False, prefix="/ledgers/{ledger}")

    @made.get(
        "/units/{id}/handover",
        operation_id="page_handover",
        openapi_extra=needs(Action.SEE_UNIT_FILE),
    )
    def handover(visitor: VisitingNow, id: str, year: str = "") -> Response:
        """What a unit has in hand today, for whoever takes it over."""
        narrowing = Narrowing(visitor, year=year)
        when = narrowing.year()
        with visitor.asking.look() as look:
            found = pack_of(visitor.asking, look, UnitId(id), when)
        if found is None:
            raise Refused(Reason.NO_SUCH_UNIT, "id", id[:40])
        return render(
            visitor,
            "handover.html",
            status=narrowing.status,
            narrowing=narrowing,
            found=found,
            year=when,
            tells_promises=tells_promises(visitor.asking),
            kinds=KINDS,
            address_of=collection_of,
        )

    return made
