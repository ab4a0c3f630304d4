"""What is built up with units: the register, standards, documents that are owed, coverage; months on the wall, quarters, handover."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Annotated, TypeAlias

from fastapi import APIRouter, Query
from pydantic import AfterValidator

from domain.access import Action
from domain.checklist import Checklist
from domain.document import Sort
from domain.invitation import Quarter
from domain.people import Reason, Refused, UnitId
from domain.period import Period, Span
from domain.posting import MonthPosting, MonthReport, PostingStep
from domain.unit import Life, Platform, StudioKind, Unit, UnitKind
from interfaces.api import posted
from interfaces.api.asking import Asked, AskedNow, Asking, Cursor, Limit, Look, Year
from interfaces.api.door import needs
from interfaces.api.handing_over import pack_of
from interfaces.api.views import Listing
from interfaces.api.writes import LEDGER
from projections import (
    coverage,
    documents,
    invitations,
    owed,
    postings,
    registers,
    roster,
    standards,
    stations,
)
from projections.coverage import Coverage
from projections.handovers import Handover
from projections.invitations import ComparedUnit, GuestLine
from projections.owed import UnitOwed
from projections.postings import Figures, InTime, WallLine
from projections.registers import PlatformCount, RegisterLine, TypeCount
from projections.standards import Item, UnitStandards
from projections.stations import StationProfile

EARLIEST, LATEST = date(1949, 1, 1), date(2200, 12, 31)


def _within(day: date) -> date:
    """A day of our time."""
    if not EARLIEST <= day <= LATEST:
        raise ValueError(day.isoformat())
    return day


Month: TypeAlias = Annotated[
    date, Query(description="当月任一天 / any day of the month"), AfterValidator(_within)
]
FirstDay: TypeAlias = Annotated[
    date, Query(description="季度内任一天 / any day of the quarter"), AfterValidator(_within)
]
ListCode: TypeAlias = Annotated[
    str | None, Query(max_length=100, description="清单代码 / code of the list")
]
Of: TypeAlias = Annotated[UnitId | None, Query(max_length=100)]


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisterView:
    """A page of the register, and how many there are of each type and platform; `next` is the cursor to go on from."""

    rows: tuple[RegisterLine, ...]
    types: tuple[TypeCount, ...]
    platforms: tuple[PlatformCount, ...]
    total: int
    next: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class StandardsView:
    """A page of units and the items of a standard; `next` is the cursor to go on from."""

    code: str
    version: str
    zh: str
    en: str
    items: tuple[Item, ...]
    rows: tuple[UnitStandards, ...]
    next: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class WallView:
    """A month's wall: how many units posted, are late, are missing; `next` is the cursor to go on from."""

    code: str
    zh: str
    en: str
    month: Period
    due: date
    units: int
    posted: int
    late: int
    missing: int
    rows: tuple[WallLine, ...]
    next: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class MonthVersion:
    """One version of a report with its figures."""

    report: MonthReport
    figures: Figures


@dataclass(frozen=True, slots=True, kw_only=True)
class MonthView:
    """A unit's month: the figures of now, and all versions of its report, the newest last."""

    unit: UnitId
    checklist: str
    month: Period
    due: date
    in_time: InTime
    step: PostingStep | None
    now: Figures
    versions: tuple[MonthVersion, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class QuarterView:
    """A quarter on a list: how units compare, who is invited."""

    checklist: str
    quarter: Period
    compared: tuple[ComparedUnit, ...]
    decided_on: date | None
    guests: tuple[GuestLine, ...]


def router() -> APIRouter:
    """The routes."""
    made = APIRouter(prefix=LEDGER)

    @made.get(
        "/register",
        operation_id="get_register",
        openapi_extra=needs(Action.SEE_ROSTER),
        summary="工作室登记册",
        tags=["studios"],
    )
    def get_register(
        asked: Asked,
        kind: Annotated[UnitKind, Query(description="单位类型 / kind")] = UnitKind.STUDIO,
        type: Annotated[StudioKind | None, Query(description="工作室类型 / type")] = None,
        platform: Annotated[
            Platform | None, Query(description="组建方式 / how it came by its members")
        ] = None,
        life: Annotated[Life | None, Query(description="状态 / stage of its life")] = None,
        township: Of = None,
        sector: Of = None,
        cursor: Cursor = None,
        limit: Limit = 50,
    ) -> RegisterView:
        """Studios, homes or stations with head, members and acceptance, and how many there are of each type and platform."""
        with asked.look() as look:
            look.must_be_units(township=township, sector=sector)
            found = registers.register(
                look.connection,
                look.ledger,
                day=asked.today,
                kind=kind,
                studio_kind=type,
                platform=platform,
                life=life,
                township=township,
                sector=sector,
                position=look.position,
                after=asked.after(cursor),
                limit=limit,
            )
        listed = asked.listing(found.page)
        return RegisterView(
            rows=listed.rows,
            types=found.types,
            platforms=found.platforms,
            total=found.total,
            next=listed.next,
        )

    @made.get(
        "/standards/{code}",
        operation_id="get_standards",
        openapi_extra=needs(Action.SEE_UNIT_FILE),
        summary="达标验收",
        tags=["studios"],
    )
    def get_standards(
        asked: Asked, code: str, year: Year = None, cursor: Cursor = None, limit: Limit = 50
    ) -> StandardsView:
        """Units and items of a standard: what has evidence, what is lacking, what was accepted on what day."""
        with asked.look() as look:
            look.must_be_published(Sort.CHECKLIST, code, "code")
            found = standards.matrix(
                look.connection,
                look.ledger,
                asked.desk.shelf,
                code,
                period=asked.year(year),
                today=asked.today,
                only=asked.units_open(look, Action.SEE_UNIT_FILE),
                position=look.position,
                after=asked.after(cursor),
                limit=limit,
            )
        if found is None:
            raise Refused(Reason.NO_SUCH_CHECKLIST, "code", code[:80])
        listed = asked.listing(found.page)
        return StandardsView(
            code=found.code,
            version=found.version,
            zh=found.zh,
            en=found.en,
            items=found.items,
            rows=listed.rows,
            next=listed.next,
        )

    @made.get(
        "/documents-owed",
        operation_id="list_documents_owed",
        openapi_extra=needs(Action.SEE_UNIT_FILE),
        summary="材料报送情况",
        tags=["studios"],
    )
    def list_documents_owed(
        asked: Asked, year: Year = None, cursor: Cursor = None, limit: Limit = 50
    ) -> Listing[UnitOwed]:
        """Documents that units owe in a year: in time, late, missing and not due yet."""
        with asked.look() as look:
            page = owed.owed(
                look.connection,
                look.ledger,
                asked.desk.shelf,
                period=asked.year(year),
                today=asked.today,
                only=asked.units_open(look, Action.SEE_UNIT_FILE),
                position=look.position,
                after=asked.after(cursor),
                limit=limit,
            )
        return asked.listing(page)

    @made.get(
        "/coverage",
        operation_id="get_coverage",
        openapi_extra=needs(Action.SEE_TOTALS),
        summary="覆盖情况",
        tags=["studios"],
    )
    def get_coverage(asked: AskedNow, year: Year = None) -> Coverage:
        """How many townships, sectors, members and villages are covered, and which are not."""
        with asked.look() as look:
            return coverage.coverage(
                look.connection,
                look.ledger,
                asked.desk.shelf,
                period=asked.year(year),
                today=asked.today,
            )

    @made.get(
        "/wall",
        operation_id="get_wall",
        openapi_extra=needs(Action.SEE_RECORD),
        summary="月度晒单",
        tags=["studios"],
    )
    def get_wall(
        asked: AskedNow,
        month: Month,
        list: ListCode = None,
        cursor: Cursor = None,
        limit: Limit = 50,
    ) -> WallView:
        """What units posted of a month, side by side, by the facts as known when each reported; who is late or missing."""
        with asked.look() as look:
            chosen = _posted_list(asked, look, list, month, "list")
            found = posted.wall_of(
                *(asked, look, chosen, postings.month_of(month)),
                after=asked.after(cursor),
                limit=limit,
            )
        listed = asked.listing(found.page)
        return WallView(
            code=found.code,
            zh=found.zh,
            en=found.en,
            month=found.month,
            due=found.due,
            units=found.units,
            posted=found.posted,
            late=found.late,
            missing=found.missing,
            rows=listed.rows,
            next=listed.next,
        )

    @made.get(
        "/units/{id}/month",
        operation_id="get_month_of_unit",
        openapi_extra=needs(Action.SEE_UNIT_FILE),
        summary="单位月度晾晒",
        tags=["studios"],
    )
    def get_month_of_unit(
        asked: AskedNow, id: str, month: Month, list: ListCode = None
    ) -> MonthView:
        """A unit's month: the figures by the facts of now, and each version of its report with those of its time; for others than the unit and the office each that was posted."""
        with asked.look() as look:
            asked.must_see_unit(look, id, Action.SEE_UNIT_FILE)
            unit = roster.some_units(look.connection, look.ledger, (UnitId(id),)).get(UnitId(id))
            if unit is None:
                raise Refused(Reason.NO_SUCH_UNIT, "id", id[:80])
            chosen = _posted_list(asked, look, list, month, "list", unit)
            found = posted.page_of(asked, look, unit, chosen, postings.month_of(month))
            inside = posted.is_inside(asked, look, unit.unit)
        if inside:
            # How often it was reported is not told by the way to who sees only what is posted.
            asked.tag(found.version)
        reports = () if found.state is None else found.state.reports
        return MonthView(
            unit=unit.unit,
            checklist=chosen.code,
            month=found.month,
            due=found.due,
            in_time=found.in_time,
            step=None if found.state is None else found.state.step,
            now=found.now,
            versions=tuple(
                MonthVersion(report=report, figures=figures)
                for report, figures in zip(reports, found.figures, strict=True)
            ),
        )

    @made.get(
        "/postings/{id}",
        operation_id="get_posting",
        openapi_extra=needs(Action.SEE_UNIT_FILE),
        summary="月度晾晒(按编号)",
        tags=["studios"],
    )
    def get_posting(asked: AskedNow, id: str) -> MonthPosting:
        """A unit's month as it stands, with all versions of its report in words; for others than the unit and the office those that were posted."""
        with asked.look() as look:
            known = postings.states(look.connection, look.ledger, (id,)).get(f"posting/{id}")
            # To whom the unit's file is not open it is as if there were none: whether it reported is not told.
            is_open = known is not None and asked.may_see_unit(
                look, known.unit, Action.SEE_UNIT_FILE
            )
            found = posted.state_of(asked, look, known) if known and is_open else None
        if found is None:
            raise Refused(Reason.NO_SUCH_POSTING, "id", id[:80])
        return found

    @made.get(
        "/invitations/{id}",
        operation_id="get_invitation",
        openapi_extra=needs(Action.SEE_COMPARED),
        summary="季度受邀名单(按编号)",
        tags=["studios"],
    )
    def get_invitation(asked: AskedNow, id: str) -> Quarter:
        """Who is invited for a quarter on a list, with what each said and promised."""
        with asked.look() as look:
            found = invitations.states(look.connection, look.ledger, (id,)).get(f"invitation/{id}")
        if found is None:
            raise Refused(Reason.NO_SUCH_PAGE, "id", id[:80])
        return found

    @made.get(
        "/lists/{code}/quarter",
        operation_id="get_quarter",
        openapi_extra=needs(Action.SEE_COMPARED),
        summary="季度首尾受邀",
        tags=["studios"],
    )
    def get_quarter(asked: AskedNow, code: str, first: FirstDay) -> QuarterView:
        """How units compare in a quarter, who is invited and why, what each said and promised."""
        quarter = Period.around(Span.QUARTER, first)
        with asked.look() as look:
            chosen = _posted_list(asked, look, code, quarter.last, "code")
            if chosen.posting is None or not chosen.posting.invites:
                raise Refused(Reason.UNITS_NOT_COMPARED, "code", chosen.zh)
            found = invitations.quarter_page(
                look.connection,
                look.ledger,
                asked.desk.shelf,
                chosen,
                quarter,
                today=asked.today,
            )
        asked.tag(found.version)
        return QuarterView(
            checklist=chosen.code,
            quarter=quarter,
            compared=found.compared,
            decided_on=None if found.state is None else found.state.on,
            guests=found.guests,
        )

    @made.get(
        "/units/{id}/services",
        operation_id="get_station_profile",
        openapi_extra=needs(Action.SEE_RECORD),
        summary="服务站、示范岗、服务点汇总",
        tags=["studios"],
    )
    def get_station_profile(asked: AskedNow, id: str, year: Year = None) -> StationProfile:
        """What a station, post or point did in a year: whose it is, records by kind with the sums of their numbers, services in times and people, and what came of it."""
        with asked.look() as look:
            found = stations.profile(
                look.connection,
                look.ledger,
                UnitId(id),
                period=asked.year(year),
                today=asked.today,
            )
        if found is None:
            raise Refused(Reason.NO_SUCH_UNIT, "id", id[:80])
        return found

    @made.get(
        "/units/{id}/handover",
        operation_id="get_handover",
        openapi_extra=needs(Action.SEE_UNIT_FILE),
        summary="单位交接清单",
        tags=["studios"],
    )
    def get_handover(asked: AskedNow, id: str, year: Year = None) -> Handover:
        """All that somebody who takes over a unit has to know: what is open, waits, is owed and was promised."""
        with asked.look() as look:
            found = pack_of(asked, look, UnitId(id), asked.year(year).first.year)
        if found is None:
            raise Refused(Reason.NO_SUCH_UNIT, "id", id[:80])
        return found

    return made


def _posted_list(
    asked: Asking,
    look: Look,
    code: str | None,
    day: date,
    field: str,
    unit: Unit | None = None,
) -> Checklist:
    """The list in force on a day on which units report each month: of that code, or the first that asks; where there is none, `field` named it."""
    papers = documents.states(look.connection, look.ledger, asked.desk.shelf)
    month = postings.month_of(day)
    found = [
        each
        for each in postings.posted_lists(papers, asked.desk.shelf, month.last)
        if code in {None, each.code} and (unit is None or each.asks(unit))
    ]
    if not found:
        raise Refused(Reason.NO_SUCH_CHECKLIST, field, (code or "")[:80])
    return found[0]
