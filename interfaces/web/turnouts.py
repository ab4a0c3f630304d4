"""How many came to the meetings of a year: by kind, by who organised them, and one by one."""

from __future__ import annotations

from fastapi import APIRouter, Response

from domain.access import Action
from domain.kinds.meetings import Meeting as MeetingKind
from domain.period import Period
from interfaces.api.door import needs
from interfaces.web.asked import Narrowing, next_page
from interfaces.web.refusing import PageRoute
from interfaces.web.rendering import render
from interfaces.web.visiting import VisitingNow
from projections import meetings, roster, turnouts
from projections.turnouts import Asked

MOST_SHOWN = 50


def router() -> APIRouter:
    """The page."""
    made = APIRouter(route_class=PageRoute, include_in_schema=False, prefix="/ledgers/{ledger}")

    @made.get("/turnouts", operation_id="page_turnouts", openapi_extra=needs(Action.SEE_RECORD))
    def show(
        visitor: VisitingNow, year: str = "", kind: str = "", organiser: str = "", cursor: str = ""
    ) -> Response:
        """The meetings of a year that say who was expected."""
        narrowing = Narrowing(visitor, year=year, kind=kind, organiser=organiser)
        chosen = narrowing.year()
        period = Period.year(chosen)
        one = narrowing.read(
            "kind", lambda said: narrowing.filters.choice(said, MeetingKind, "kind")
        )
        with visitor.asking.look() as look:
            told = (look.connection, look.ledger)
            known = roster.all_units(*told)
            unit = narrowing.read("organiser", lambda each: narrowing.filters.unit(each, known))
            asked = Asked(period.first, period.last, one, unit)
            totals, page = turnouts.report(
                *told, asked, after=visitor.asking.after(cursor or None), limit=MOST_SHOWN
            )
            planned = meetings.states(*told, [row.stream[9:] for row in page.rows])
        return render(
            visitor,
            "turnouts.html",
            status=narrowing.status,
            narrowing=narrowing,
            year=chosen,
            kind=one,
            organiser="" if unit is None else known[unit].profile.name,
            kinds=list(MeetingKind),
            units=known,
            totals=totals,
            kind_of=MeetingKind.of,
            page=page,
            planned=planned,
            next=next_page(visitor, page.after),
        )

    return made
