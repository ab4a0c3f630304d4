"""Special tasks and named campaigns on pages: which there were, who was called to what, who took part, what each did and gave; to print and as a sheet."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any, TypeAlias

from fastapi import APIRouter, Depends, Response

from domain.access import Action
from domain.kinds import KINDS
from domain.people import PersonId, Refused
from domain.period import Period
from interfaces.api.campaigns import (
    calls_of,
    days,
    figures_of,
    line_of,
    named,
    reports_of,
    reports_sheet,
    team_of,
)
from interfaces.api.door import needs
from interfaces.api.joint import days_of
from interfaces.api.views import Sheet
from interfaces.web.asked import Narrowing, next_page
from interfaces.web.deed import collection_of
from interfaces.web.fields import troubles
from interfaces.web.refusing import PageRoute
from interfaces.web.rendering import render
from interfaces.web.visiting import VisitingNow, Visitor
from projections import campaigns, roster
from projections.campaigns import Campaign, Which
from projections.paging import Key, Page

MOST_SHOWN = 50
MOST_REPORTED = 100


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a page is asked for: tasks or campaigns on which days, and which page of them."""

    narrowing: Narrowing
    which: Which
    after: Key | None

    @property
    def visitor(self) -> Visitor:
        """Who looks."""
        return self.narrowing.visitor

    def shown(self, template: str, page: Page[Any], **told: Any) -> Response:
        """The page."""
        which = self.which
        said = {
            "campaign": which.campaign.value,
            "first": which.first.isoformat(),
            "last": which.last.isoformat(),
        }
        return render(
            self.visitor,
            template,
            status=self.narrowing.status,
            narrowing=self.narrowing,
            which=which,
            said=said,
            is_task=which.campaign is Campaign.TASK,
            page=page,
            kinds=KINDS,
            days=days,
            where=collection_of,
            next=next_page(self.visitor, page.after),
            **told,
        )


def wanted(
    visitor: VisitingNow, campaign: str = "", first: str = "", last: str = "", cursor: str = ""
) -> Wanted:
    """What is asked for; of the last year in which something was done where no days are said."""
    narrowing = Narrowing(visitor, campaign=campaign, first=first, last=last)
    which = narrowing.read(
        "campaign", lambda said: narrowing.filters.choice(said, Campaign, "campaign")
    )
    begin, end = narrowing.day("first"), narrowing.day("last")
    narrowing.in_order(begin, end, "last")
    if begin is None and end is None:
        year = Period.year(narrowing.filters.year(""))
        begin, end = year.first, year.last
    if narrowing.wrong:
        begin = end = None
    try:
        begin, end = days_of(visitor.asking, begin, end)
    except Refused as refused:
        narrowing.wrong["last"] = troubles(refused, ())
        begin, end = days_of(visitor.asking, None, end)
    return Wanted(
        narrowing=narrowing,
        which=Which(campaign=which or Campaign.TASK, first=begin, last=end),
        after=visitor.asking.after(cursor or None),
    )


Asked: TypeAlias = Annotated[Wanted, Depends(wanted)]


def router() -> APIRouter:
    """The pages and their sheet."""
    made = APIRouter(route_class=PageRoute, include_in_schema=False, prefix="/ledgers/{ledger}")

    @made.get("/campaigns", operation_id="page_campaigns", openapi_extra=needs(Action.SEE_RECORD))
    def show(asked: Asked) -> Response:
        """Special tasks, or named campaigns, of some days, the newest first."""
        with asked.visitor.asking.look() as look:
            page = campaigns.campaigns(
                look.connection, look.ledger, asked.which, after=asked.after, limit=MOST_SHOWN
            )
        return asked.shown("campaigns.html", page, sorts=list(Campaign), call=campaigns.CALL)

    @made.get(
        "/campaigns/one", operation_id="page_campaign", openapi_extra=needs(Action.SEE_RECORD)
    )
    def one(asked: Asked, name: str = "") -> Response:
        """One task or campaign: its calls, its totals, who took part."""
        which = named(asked.which, name)
        asking = asked.visitor.asking
        with asking.look() as look:
            figures = figures_of(asking, look, which)
            page = team_of(asking, look, which, after=asked.after, limit=MOST_SHOWN)
        return asked.shown("campaign.html", page, figures=figures)

    @made.get(
        "/campaigns/records",
        operation_id="page_campaign_records",
        openapi_extra=needs(Action.SEE_RECORD),
    )
    def records(asked: Asked, name: str = "") -> Response:
        """The records of one task or campaign, the newest first."""
        which = named(asked.which, name)
        with asked.visitor.asking.look() as look:
            line = line_of(look, which)
            page = campaigns.records(
                look.connection, look.ledger, which, after=asked.after, limit=MOST_SHOWN
            )
        return asked.shown("campaign_records.html", page, line=line)

    @made.get(
        "/campaigns/report",
        operation_id="page_campaign_report",
        openapi_extra=needs(Action.SEE_FILE),
    )
    def report(asked: Asked, name: str = "", person: str = "") -> Response:
        """What one member, or each whose file is open, did and gave; to print."""
        which = named(asked.which, name)
        asking = asked.visitor.asking
        with asking.look() as look:
            line, calls = line_of(look, which), calls_of(asking, look, which)
            page = reports_of(
                asking, look, which, person or None, after=asked.after, limit=MOST_REPORTED
            )
            one = {PersonId(person)} if person else set()
            whose = roster.names(look.connection, look.ledger, people=one)
        return asked.shown(
            "campaign_report.html",
            page,
            line=line,
            calls=calls,
            person=person,
            whose=whose.get(f"member/{person}", ""),
        )

    @made.get(
        "/campaigns/report/sheet",
        operation_id="page_campaign_report_sheet",
        openapi_extra=needs(Action.SEE_FILE),
        response_class=Sheet,
    )
    def sheet(asked: Asked, name: str = "", person: str = "") -> Sheet:
        """The same as a CSV file."""
        return reports_sheet(asked.visitor.asking, named(asked.which, name), person or None)

    return made
