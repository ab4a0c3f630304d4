"""Special tasks and named campaigns over HTTP: which there are, what each came to, who took part, and what everybody did."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Annotated, TypeAlias, TypeVar

from fastapi import APIRouter, Depends, Query

from application.handed_out import Value, csv_of
from domain.access import Action
from domain.kinds import KINDS
from domain.people import PersonId, Reason, Refused
from interfaces.api.asking import AskedNow, Asking, Cursor, Limit, Look, all_lines
from interfaces.api.door import needs
from interfaces.api.joint import days_of
from interfaces.api.views import Listing, Sheet
from interfaces.api.writes import LEDGER
from interfaces.sealed import lines_for
from projections import campaigns
from projections.campaigns import (
    CallLine,
    Campaign,
    CampaignFigures,
    CampaignLine,
    RecordLine,
    ReportLine,
    SeenBy,
    TeamLine,
    Which,
)
from projections.paging import Key, Page

T = TypeVar("T")

HEADER = (
    "姓名 / name",
    "日期 / day",
    "记录 / record",
    "类别 / kind",
    "承担工作 / work done",
    "任务状态 / state",
    "天数 / days",
    "提供资源 / what was given",
    "数量 / amount",
    "单位 / unit",
)
"""The header of the sheet, in both languages."""

Sort: TypeAlias = Annotated[
    Campaign, Query(description="专项任务或主题活动 / special tasks or named campaigns")
]
Name: TypeAlias = Annotated[
    str,
    Query(
        min_length=1, max_length=300, description="任务或活动的名称 / name of the task or campaign"
    ),
]


Person: TypeAlias = Annotated[
    str | None, Query(max_length=100, description="哪位委员 / of which member")
]


def all_of(
    asked: AskedNow,
    campaign: Sort = Campaign.TASK,
    first: date | None = None,
    last: date | None = None,
) -> Which:
    """What is asked for; of this year where no days are said."""
    begin, end = days_of(asked, first, last)
    return Which(campaign=campaign, first=begin, last=end)


All: TypeAlias = Annotated[Which, Depends(all_of)]


def one_of(which: All, name: Name) -> Which:
    """One of these."""
    return named(which, name)


One: TypeAlias = Annotated[Which, Depends(one_of)]


@dataclass(frozen=True, slots=True, kw_only=True)
class TeamView:
    """Somebody who took part; `did` is none where his file is not open to whoever asks."""

    person: PersonId
    name: str
    did: TeamLine | None


def router() -> APIRouter:
    """The routes."""
    made = APIRouter(prefix=LEDGER, tags=["campaigns"])

    @made.get(
        "/campaigns",
        operation_id="list_campaigns",
        openapi_extra=needs(Action.SEE_RECORD),
        summary="专项任务和主题活动",
    )
    def list_campaigns(
        asked: AskedNow, which: All, cursor: Cursor = None, limit: Limit = 50
    ) -> Listing[CampaignLine]:
        """Special tasks, or named campaigns, of which something is on record on these days, the newest first, each with its totals; of this year where no days are said."""
        with asked.look() as look:
            page = campaigns.campaigns(
                look.connection, look.ledger, which, after=asked.after(cursor), limit=limit
            )
        return asked.listing(page)

    @made.get(
        "/campaigns/figures",
        operation_id="get_campaign",
        openapi_extra=needs(Action.SEE_RECORD),
        summary="一项专项任务或主题活动",
    )
    def get_campaign(
        asked: AskedNow,
        which: One,
    ) -> CampaignFigures:
        """What a task or a campaign came to: its calls, its totals, by kind, by state, by service, and what was given."""
        with asked.look() as look:
            return figures_of(asked, look, which)

    @made.get(
        "/campaigns/records",
        operation_id="list_campaign_records",
        openapi_extra=needs(Action.SEE_RECORD),
        summary="专项任务、主题活动的记录",
    )
    def list_campaign_records(
        asked: AskedNow,
        which: One,
        cursor: Cursor = None,
        limit: Limit = 50,
    ) -> Listing[RecordLine]:
        """The records of a task or a campaign, the newest first."""
        with asked.look() as look:
            page = campaigns.records(
                look.connection, look.ledger, which, after=asked.after(cursor), limit=limit
            )
        return asked.listing(page)

    @made.get(
        "/campaigns/team",
        operation_id="list_campaign_team",
        openapi_extra=needs(Action.SEE_RECORD),
        summary="专项任务、主题活动的参加人员",
    )
    def list_campaign_team(
        asked: AskedNow,
        which: One,
        cursor: Cursor = None,
        limit: Limit = 50,
    ) -> Listing[TeamView]:
        """Who took part, by name; how often and for how long of each whose file is open to whoever asks."""
        with asked.look() as look:
            page = team_of(asked, look, which, after=asked.after(cursor), limit=limit)
        return asked.listing(page)

    @made.get(
        "/campaigns/reports",
        operation_id="list_campaign_reports",
        openapi_extra=needs(Action.SEE_FILE),
        summary="委员任务报告",
    )
    def list_campaign_reports(
        asked: AskedNow,
        which: One,
        person: Person = None,
        cursor: Cursor = None,
        limit: Limit = 50,
    ) -> Listing[ReportLine]:
        """What one member, or each whose file is open to whoever asks, did and gave, day by day."""
        with asked.look() as look:
            page = reports_of(asked, look, which, person, after=asked.after(cursor), limit=limit)
        return asked.listing(page)

    @made.get(
        "/campaigns/reports/sheet",
        operation_id="get_campaign_reports_sheet",
        openapi_extra=needs(Action.SEE_FILE),
        summary="委员任务报告(表格)",
        response_class=Sheet,
    )
    def get_campaign_reports_sheet(
        asked: AskedNow,
        which: One,
        person: Person = None,
    ) -> Sheet:
        """The same as a CSV file; at most 2,000 lines."""
        return reports_sheet(asked, which, person)

    return made


def named(which: Which, name: str) -> Which:
    """One of these by its name; refuses one of white space alone."""
    if not campaigns.called_so(name):
        raise Refused(Reason.MISSING, "name")
    return replace(which, name=name)


def figures_of(asked: Asking, look: Look, which: Which) -> CampaignFigures:
    """What it came to, its calls as whoever asks may see them; refuses what there is not."""
    found = _there(campaigns.figures(look.connection, look.ledger, which), which)
    return replace(found, calls=_open_calls(asked, look, found.calls))


def line_of(look: Look, which: Which) -> CampaignLine:
    """Its totals; refuses what there is not."""
    return _there(campaigns.line(look.connection, look.ledger, which), which)


def calls_of(asked: Asking, look: Look, which: Which) -> tuple[CallLine, ...]:
    """Its calls as whoever asks may see them."""
    return _open_calls(asked, look, campaigns.calls(look.connection, look.ledger, which))


def _open_calls(asked: Asking, look: Look, calls: tuple[CallLine, ...]) -> tuple[CallLine, ...]:
    return lines_for(asked.asker, look.connection, look.ledger, calls)


def _there(found: T | None, which: Which) -> T:
    if found is None:
        raise Refused(Reason.NO_SUCH_CAMPAIGN, "name", (which.name or "")[:80])
    return found


def team_of(
    asked: Asking, look: Look, which: Which, *, after: Key | None, limit: int
) -> Page[TeamView]:
    """Who took part, as whoever asks may see it; that what somebody did is shown is noted."""
    page = campaigns.team(look.connection, look.ledger, which, after=after, limit=limit)
    shown = set(asked.files_shown(look, {each.person for each in page.rows}))
    return Page(
        rows=tuple(
            TeamView(person=each.person, name=each.name, did=each if each.person in shown else None)
            for each in page.rows
        ),
        after=page.after,
    )


def reports_of(
    asked: Asking,
    look: Look,
    which: Which,
    person: str | None,
    *,
    after: Key | None,
    limit: int,
) -> Page[ReportLine]:
    """What one did, or everybody whose file is open; refuses the file of one whose is not, and notes whose is shown."""
    one = None if person is None else PersonId(person)
    if one is not None and not asked.may_see_person(look, one, Action.SEE_FILE):
        raise Refused(Reason.NOT_ALLOWED, "person", Action.SEE_FILE.zh)
    seen_by = None
    if not asked.asker.always(Action.SEE_FILE):
        actor = asked.actor
        seen_by = SeenBy(person=actor.person, unit=actor.unit, day=asked.desk.today())
    page = campaigns.reports(
        *(look.connection, look.ledger, which),
        person=one,
        seen_by=seen_by,
        after=after,
        limit=limit,
    )
    shown = set(asked.files_shown(look, {each.person for each in page.rows}))
    return Page(rows=tuple(each for each in page.rows if each.person in shown), after=page.after)


def reports_sheet(asked: Asking, which: Which, person: str | None) -> Sheet:
    """What everybody whose file is open did as a CSV file; `Refused` where that is more than a sheet holds."""
    with asked.look() as look:
        line_of(look, which)
        lines = all_lines(
            lambda after, limit: reports_of(asked, look, which, person, after=after, limit=limit),
            "name",
        )
    return asked.sheet("campaign", csv_of([HEADER, *map(cells, lines)]))


def days(half_days: int) -> Decimal:
    """So many half days in days."""
    whole, half = divmod(half_days, 2)
    return Decimal(f"{whole}.5") if half else Decimal(whole)


def cells(line: ReportLine) -> tuple[Value, ...]:
    """A line as a row of a sheet."""
    gave = line.resource is not None
    return (
        *(line.name, line.on, line.title, KINDS[line.kind].about.zh, line.duty),
        "" if line.deployment is None else line.deployment.zh,
        None if gave else days(line.half_days),
        "" if line.resource is None else line.resource.zh,
        *(line.amount, line.unit),
    )
