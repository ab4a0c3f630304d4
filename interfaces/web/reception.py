"""The sheet of a reception day (委员接待日) to print: who received, how many matters, and what came of each so far; rows to go on with by hand."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Response

from domain.access import Action
from domain.kinds import KINDS, kind_of
from domain.kinds.people import ReceivedPublic
from domain.occasion import Occasion
from domain.people import Reason, Refused
from interfaces.api.door import needs
from interfaces.sealed import deed_for, stories_for
from interfaces.web.deed import collection_of
from interfaces.web.refusing import PageRoute
from interfaces.web.rendering import render
from interfaces.web.visiting import Visiting
from projections import deeds, documents, roster, stories

BLANK_ROWS = 8


def router() -> APIRouter:
    """The page."""
    made = APIRouter(route_class=PageRoute, include_in_schema=False, prefix="/ledgers/{ledger}")

    @made.get(
        "/occasions/{id}/reception",
        operation_id="page_reception",
        openapi_extra=needs(Action.SEE_RECORD),
    )
    def reception(visitor: Visiting, id: str) -> Response:
        """The sheet of one reception day; nobody who was received is named on it."""
        stream = f"occasion/{id}"
        today = visitor.asking.today
        with visitor.asking.look() as look:
            told = (look.connection, look.ledger)
            day = deeds.day_of(*told, stream) or today
            policy = documents.policy(*told, visitor.desk.shelf, day)
            page = deeds.deed(*told, stream, today=today, policy=policy)
            if page is None or page.summary.gone or page.summary.kind != kind_of(ReceivedPublic):
                raise Refused(Reason.NO_SUCH_DEED, "id", id)
            page, action = deed_for(visitor.asker, *told, page)
            if action is not None:
                look.shows(action, stream)
            state: Any = page.state
            body: Occasion[ReceivedPublic] = state.body
            units = {unit for unit in (body.organiser, body.village) if unit is not None}
            names = roster.names(*told, units=units)
            found = stories.story(*told, visitor.desk.shelf, stream)
            story = None if found is None else stories_for(visitor.asker, *told, [found])[0]
        came = {each.stream for each in page.came_of if not each.gone}
        return render(
            visitor,
            "reception.html",
            body=body,
            here_is=f"/occasions/{id}",
            organiser=names.get(f"unit/{body.organiser}", body.organiser),
            village=names.get(f"unit/{body.village}", ""),
            people=[line.name for line in page.lines if line.subject.startswith("member/")],
            came=[] if story is None else [each for each in story.deeds if each.stream in came],
            blank=range(BLANK_ROWS),
            kinds=KINDS,
            where=collection_of,
        )

    return made
