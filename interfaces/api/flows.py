"""How matters flow: funnels with the time that they took, by parts, the matters behind each figure; boards of what people ask for; the month's ledgers of townships."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any, TypeAlias

from fastapi import APIRouter, Query

from domain import flow
from domain.access import Action
from domain.course import Standing
from domain.fact import RecordClass
from domain.kinds.about import Stage
from domain.kinds.advice import Obstacle
from domain.people import UnitId
from interfaces import flowing, sealed
from interfaces.api.asking import AskedNow, Asking, Cursor, Limit, Look, Year
from interfaces.api.door import needs
from interfaces.api.loops import Code, HeldBy, OfUnit, Since, Until
from interfaces.api.views import Listing, Sheet
from interfaces.api.writes import LEDGER
from projections import flows, opinion_ledgers, roster
from projections.flows import Among, Asked, By, FlowLine, Funnel, Parts, Which
from projections.opinion_ledgers import MonthLine, Sums

Township: TypeAlias = Annotated[
    UnitId | None, Query(max_length=100, description="镇街 / township that it came in through")
]
Channel: TypeAlias = Annotated[
    str | None, Query(max_length=60, description="渠道(方式)代码 / code of the channel or way")
]
Record: TypeAlias = Annotated[
    RecordClass | None, Query(description="谁登记 / through whom it was recorded")
]
Month: TypeAlias = Annotated[int | None, Query(ge=1, le=12, description="月份 / month")]


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerView:
    """The month's ledgers of a year: every month of every township that keeps one, and all together."""

    year: int
    months: tuple[MonthLine, ...]
    together: Sums


def router() -> APIRouter:
    """The routes."""
    made = APIRouter(prefix=LEDGER, tags=["flows"])

    @made.get(
        "/flows/funnel",
        operation_id="get_funnel",
        openapi_extra=needs(Action.SEE_RECORD),
        summary="办理统计",
    )
    def get_funnel(
        asked: AskedNow,
        kind: Code = None,
        loop: Code = None,
        since: Since = None,
        until: Until = None,
        unit: OfUnit = None,
        township: Township = None,
        holder: HeldBy = None,
        channel: Channel = None,
        record: Record = None,
    ) -> Funnel:
        """How many matters of a kind or a loop came in on these days, how far they have come by now, how they ended, and how many days it took."""
        said = _said(kind, loop, since, until, unit, township, holder, channel, record)
        with asked.look() as look:
            told = _among(asked, look, said)
            return flows.funnel(look.connection, look.ledger, asked.desk.shelf, told)

    @made.get(
        "/flows/parts",
        operation_id="get_funnel_parts",
        openapi_extra=needs(Action.SEE_RECORD),
        summary="办理统计(分类)",
    )
    def get_parts(
        asked: AskedNow,
        by: Annotated[By, Query(description="按什么分 / what they are taken apart by")],
        kind: Code = None,
        loop: Code = None,
        since: Since = None,
        until: Until = None,
        unit: OfUnit = None,
        township: Township = None,
        holder: HeldBy = None,
        channel: Channel = None,
        record: Record = None,
    ) -> Parts:
        """The same by unit, township, holder, channel or recorder, at most 300 parts; in the order of the roster, never by how they did."""
        said = _said(kind, loop, since, until, unit, township, holder, channel, record)
        with asked.look() as look:
            units = roster.all_units(look.connection, look.ledger)
            told = flowing.among(look.connection, look.ledger, asked.desk.shelf, units, **said)
            return flows.parts(look.connection, look.ledger, told, by, units)

    @made.get(
        "/flows/matters",
        operation_id="list_flow_matters",
        openapi_extra=needs(Action.SEE_RECORD),
        summary="办理统计明细",
    )
    def list_matters(
        asked: AskedNow,
        kind: Code = None,
        loop: Code = None,
        since: Since = None,
        until: Until = None,
        unit: OfUnit = None,
        township: Township = None,
        holder: HeldBy = None,
        channel: Channel = None,
        record: Record = None,
        stage: Annotated[
            str, Query(max_length=100, description="已到环节 / a stage that was reached")
        ] = "",
        not_reached: Annotated[
            str, Query(max_length=100, description="未到环节 / a stage that was not reached")
        ] = "",
        standing: Annotated[Standing | None, Query(description="办理状态 / standing")] = None,
        in_vain: Annotated[
            bool | None, Query(description="未办成而结束 / ended without effect")
        ] = None,
        ended_by: Annotated[Stage | None, Query(description="以何结束 / by which stage")] = None,
        obstacle: Annotated[
            Obstacle | None, Query(description="暂无法处理原因 / why it cannot be handled")
        ] = None,
        in_time: Annotated[
            bool | None, Query(description="按期与否 / by its day, or after it")
        ] = None,
        ended_since: Annotated[
            date | None, Query(description="从哪天起办结 / closed from this day on")
        ] = None,
        cursor: Cursor = None,
        limit: Limit = 50,
    ) -> Listing[FlowLine]:
        """The matters behind a figure, in order of their days."""
        said = _said(kind, loop, since, until, unit, township, holder, channel, record)
        which = Which(
            stage=stage,
            not_reached=not_reached,
            standing=standing,
            in_vain=in_vain,
            ended_by=ended_by,
            obstacle=obstacle,
            in_time=in_time,
            ended_since=ended_since,
        )
        with asked.look() as look:
            told = _among(asked, look, said)
            flowing.must_be_stages(
                *(look.connection, look.ledger, asked.desk.shelf, told),
                stage=stage,
                not_reached=not_reached,
            )
            page = flows.matters(
                look.connection,
                look.ledger,
                told,
                which,
                after=asked.after(cursor),
                limit=limit,
            )
        return asked.listing(page)

    @made.get(
        "/flows/boards",
        operation_id="list_boards",
        openapi_extra=needs(Action.SEE_RECORD),
        summary="群众诉求看板",
    )
    def list_boards(
        asked: AskedNow,
        kind: Code = None,
        since: Since = None,
        until: Until = None,
        unit: OfUnit = None,
        township: Township = None,
    ) -> list[Asked]:
        """What people ask for, kind by kind: how many wait, are taken, were done at all and in the last 30 days, and how long it took."""
        kinds = list(flow.TAKEN) if kind is None else [flowing.taken_kind(kind)]
        with asked.look() as look:
            units = roster.all_units(look.connection, look.ledger)
            told = (look.connection, look.ledger)
            return [
                flows.asked_for(
                    *told,
                    flowing.among(
                        *told,
                        asked.desk.shelf,
                        units,
                        kind=each,
                        since=since,
                        until=until,
                        unit=unit,
                        township=township,
                    ),
                    today=asked.today,
                )
                for each in kinds
            ]

    @made.get(
        "/opinion-ledgers",
        operation_id="get_opinion_ledgers",
        openapi_extra=needs(Action.SEE_RECORD),
        summary="民情信息月台账",
    )
    def get_ledgers(
        asked: AskedNow, year: Year = None, month: Month = None, unit: OfUnit = None
    ) -> LedgerView:
        """The month's ledgers of the townships: what came in in each month, what has become of it by now, and months without a word."""
        with asked.look() as look:
            lines = _ledgers(asked, look, year, month, unit)
        return LedgerView(
            year=year or asked.today.year,
            months=tuple(lines),
            together=opinion_ledgers.sums(lines),
        )

    @made.get(
        "/opinion-ledgers/sheet",
        operation_id="get_opinion_ledger_sheet",
        openapi_extra=needs(Action.SEE_RECORD),
        summary="民情信息月台账(表格)",
        response_class=Sheet,
    )
    def get_sheet(
        asked: AskedNow, year: Year = None, month: Month = None, unit: OfUnit = None
    ) -> Sheet:
        """The same as a CSV file."""
        with asked.look() as look:
            lines = _ledgers(asked, look, year, month, unit)
        name = f"opinion-ledger-{year or asked.today.year}"
        return asked.sheet(name, flowing.ledger_sheet(lines))

    return made


def _said(
    kind: str | None,
    loop: str | None,
    since: date | None,
    until: date | None,
    unit: UnitId | None,
    township: UnitId | None,
    holder: str | None,
    channel: str | None,
    record: RecordClass | None,
) -> dict[str, Any]:
    """What says which matters are meant, by name."""
    return {
        "kind": kind,
        "loop": loop,
        "since": since,
        "until": until,
        "unit": unit,
        "township": township,
        "holder": holder,
        "channel": channel,
        "record": record,
    }


def _among(asked: Asking, look: Look, said: dict[str, Any]) -> Among:
    units = roster.all_units(look.connection, look.ledger)
    return flowing.among(look.connection, look.ledger, asked.desk.shelf, units, **said)


def _ledgers(
    asked: Asking, look: Look, year: int | None, month: int | None, unit: UnitId | None
) -> list[MonthLine]:
    look.must_be_units(unit=unit)
    return opinion_ledgers.ledger_of_year(
        look.connection,
        look.ledger,
        year or asked.today.year,
        today=asked.today,
        unit=unit,
        month=month,
        inside=sealed.sees_inside(asked.asker),
    )
