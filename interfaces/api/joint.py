"""Joint activities over HTTP: the figures of some days, and the joint ones one by one."""

from __future__ import annotations

from datetime import date

from fastapi import APIRouter

from domain.access import Action
from domain.people import Reason, Refused
from domain.period import Period
from interfaces.api.asking import AskedNow, Asking, Cursor, Limit
from interfaces.api.door import needs
from interfaces.api.views import Listing
from interfaces.api.writes import LEDGER
from interfaces.asked import must_be_in_order
from projections import joint
from projections.joint import Figures, JointLine

MOST_YEARS = 5
"""Years at the most of which activities are counted at once: a term."""


def router() -> APIRouter:
    """The routes."""
    made = APIRouter(prefix=LEDGER)

    @made.get(
        "/joint-activities",
        operation_id="list_joint_activities",
        openapi_extra=needs(Action.SEE_RECORD),
        summary="联合履职",
        tags=["joint activities"],
    )
    def list_joint_activities(
        asked: AskedNow,
        first: date | None = None,
        last: date | None = None,
        cursor: Cursor = None,
        limit: Limit = 50,
    ) -> Listing[JointLine]:
        """Activities of several units or levels, and works that levels share, the newest first; of this year where no days are said."""
        begin, end = days_of(asked, first, last)
        with asked.look() as look:
            page = joint.joint(
                look.connection,
                look.ledger,
                first=begin,
                last=end,
                after=asked.after(cursor),
                limit=limit,
            )
        return asked.listing(page)

    @made.get(
        "/joint-activities/figures",
        operation_id="count_joint_activities",
        openapi_extra=needs(Action.SEE_RECORD),
        summary="履职形式统计",
        tags=["joint activities"],
    )
    def count_joint_activities(
        asked: AskedNow, first: date | None = None, last: date | None = None
    ) -> Figures:
        """How many activities units held, each counted once; by form, by how they were held, and as credited to each level and each unit."""
        begin, end = days_of(asked, first, last)
        with asked.look() as look:
            return joint.figures(look.connection, look.ledger, first=begin, last=end)

    return made


def days_of(
    asked: Asking, first: date | None, last: date | None, *, named: str = "last"
) -> tuple[date, date]:
    """The days asked for; those of this year where nothing is said, and of the year of the one that is said. `Refused` at the field `named`, that of the last day."""
    year = Period.year((last or first or asked.today).year)
    begin, end = first or year.first, last or year.last
    must_be_in_order(begin, end, named)
    if end.year - begin.year > MOST_YEARS:
        raise Refused(Reason.TOO_LARGE, named, f"> {MOST_YEARS}")
    return begin, end
