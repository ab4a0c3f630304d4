"""How many came to meetings: one by one, and added up by kind and by who organised them. Members are counted, never named."""

from __future__ import annotations

from typing import Annotated, TypeAlias

from fastapi import APIRouter, Depends, Query

from domain.access import Action
from domain.kinds.meetings import Meeting as MeetingKind
from domain.people import UnitId
from interfaces.api.asking import AskedNow, Cursor, Limit
from interfaces.api.door import needs
from interfaces.api.joint import days_of
from interfaces.api.loops import Since, Until
from interfaces.api.views import Listing
from interfaces.api.writes import LEDGER
from projections import turnouts
from projections.turnouts import Asked, TurnoutLine, Turnouts

OfKind: TypeAlias = Annotated[MeetingKind | None, Query(description="会议类型 / kind")]
OfOrganiser: TypeAlias = Annotated[
    UnitId | None, Query(max_length=100, description="组织单位 / unit that organised it")
]


def meant_by(
    asked: AskedNow,
    since: Since = None,
    until: Until = None,
    kind: OfKind = None,
    organiser: OfOrganiser = None,
) -> Asked:
    """Which meetings are asked for; those of this year where no days are said."""
    begin, end = days_of(asked, since, until, named="until")
    return Asked(begin, end, kind, organiser)


Meant: TypeAlias = Annotated[Asked, Depends(meant_by)]


def router() -> APIRouter:
    """The routes."""
    made = APIRouter(prefix=LEDGER, tags=["meetings"])

    @made.get(
        "/turnouts",
        operation_id="list_turnouts",
        openapi_extra=needs(Action.SEE_RECORD),
        summary="会议到会情况",
    )
    def list_turnouts(
        asked: AskedNow, meant: Meant, cursor: Cursor = None, limit: Limit = 50
    ) -> Listing[TurnoutLine]:
        """How many came to each meeting, the newest first; of this year where no days are said. Who is exempt or not required and did not come is in `excused` alone."""
        with asked.look() as look:
            look.must_be_units(organiser=meant.organiser)
            page = turnouts.turnouts(
                look.connection, look.ledger, meant, after=asked.after(cursor), limit=limit
            )
        return asked.listing(page)

    @made.get(
        "/turnouts/totals",
        operation_id="count_turnouts",
        openapi_extra=needs(Action.SEE_RECORD),
        summary="会议到会合计",
    )
    def count_turnouts(asked: AskedNow, meant: Meant) -> Turnouts:
        """Meetings of some days added up, by kind and by who organised them; of this year where no days are said."""
        with asked.look() as look:
            look.must_be_units(organiser=meant.organiser)
            return turnouts.totals(look.connection, look.ledger, meant)

    return made
