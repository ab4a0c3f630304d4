"""The year's boards: the plan with its figures, topics by source, tasks by owner, and the file of a work. What is done to them are acts of matters."""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass, replace
from datetime import date
from typing import Annotated, TypeAlias

from fastapi import APIRouter, Query

from domain.access import Action
from domain.fact import TopicSource
from domain.kinds.works import PlannedWork
from domain.people import Reason, Refused, UnitId
from interfaces import sealed
from interfaces.api.asking import AskedNow, Cursor, Limit, Text, Year
from interfaces.api.door import needs
from interfaces.api.views import Listing
from interfaces.api.writes import LEDGER
from projections import deeds, works
from projections.works import (
    Held,
    MonthFigure,
    OwnerLine,
    PartLine,
    PlanLine,
    QuarterLine,
    QuotaLine,
    SourceLine,
    TaskLine,
    TaskState,
    TopicLine,
    TopicState,
)

Owner: TypeAlias = Annotated[
    UnitId | None, Query(max_length=100, description="责任单位 / unit whose it is")
]


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanView:
    """A year's plan in figures: by quarter, by tier against its quota, and a month's figures beside those of the year that it is a part of.

    `by_documents` says that loops state the quotas of consultation; where none does they are those of the names of the tiers, 1+2+6+X.
    """

    year: int
    month: int
    quarters: tuple[QuarterLine, ...]
    tiers: tuple[QuotaLine, ...]
    by_documents: bool
    figures: tuple[MonthFigure, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkFileView:
    """The file of a work, or what was held for an item of the plan: how many records, the problems found and suggestions made in all of them, and a page of them."""

    number: int
    problems: int
    suggestions: int
    parts: Listing[PartLine]


def router() -> APIRouter:
    """The routes."""
    made = APIRouter(prefix=LEDGER)

    @made.get(
        "/plan",
        operation_id="list_plan",
        openapi_extra=needs(Action.SEE_RECORD),
        summary="年度计划",
        tags=["year"],
    )
    def list_plan(
        asked: AskedNow,
        year: Year = None,
        held: Annotated[Held | None, Query(description="进度 / how it stands")] = None,
        quarter: Annotated[int | None, Query(ge=0, le=4, description="季度 / quarter")] = None,
        item: Annotated[PlannedWork | None, Query(description="项目类别 / kind of item")] = None,
        owner: Owner = None,
        cursor: Cursor = None,
        limit: Limit = 50,
    ) -> Listing[PlanLine]:
        """The items of a year's plan in order of their time: owner, five steps, whether each was held, and what was held for it."""
        with asked.look() as look:
            look.must_be_units(owner=owner)
            page = works.plan(
                look.connection,
                look.ledger,
                year=year or asked.today.year,
                today=asked.today,
                held=held,
                quarter=quarter,
                item=item,
                owner=owner,
                after=asked.after(cursor),
                limit=limit,
            )
        return asked.listing(page)

    @made.get(
        "/plan/figures",
        operation_id="count_plan",
        openapi_extra=needs(Action.SEE_RECORD),
        summary="年度计划统计",
        tags=["year"],
    )
    def count_plan(
        asked: AskedNow,
        year: Year = None,
        month: Annotated[
            int, Query(ge=1, le=12, description="与全年并列的月份 / month beside the year")
        ] = 6,
    ) -> PlanView:
        """Planned, held and late by quarter; each tier against its quota; a month beside its year, which it is a part of."""
        chosen = year or asked.today.year
        first = date(chosen, month, 1)
        last = date(chosen, month, monthrange(chosen, month)[1])
        with asked.look() as look:
            told = (look.connection, look.ledger)
            found = works.plan_figures(*told, asked.desk.shelf, year=chosen, today=asked.today)
            figures = works.month_figures(*told, first=first, last=last)
        return PlanView(
            year=chosen,
            month=month,
            quarters=found.quarters,
            tiers=found.tiers,
            by_documents=found.by_documents,
            figures=figures,
        )

    @made.get(
        "/topics",
        operation_id="list_topics",
        openapi_extra=needs(Action.SEE_RECORD),
        summary="议题库",
        tags=["year"],
    )
    def list_topics(
        asked: AskedNow,
        year: Year = None,
        source: Annotated[TopicSource | None, Query(description="选题来源 / source")] = None,
        state: Annotated[
            TopicState | None, Query(description="筛选结果 / what was decided")
        ] = None,
        cursor: Cursor = None,
        limit: Limit = 50,
    ) -> Listing[TopicLine]:
        """The topics raised in a year from the five sources: what was decided, why, and what each became."""
        with asked.look() as look:
            page = works.topics(
                look.connection,
                look.ledger,
                year=year or asked.today.year,
                source=source,
                state=state,
                after=asked.after(cursor),
                limit=limit,
            )
            rows = sealed.lines_for(asked.asker, look.connection, look.ledger, page.rows)
        return asked.listing(replace(page, rows=rows))

    @made.get(
        "/topics/counts",
        operation_id="count_topics",
        openapi_extra=needs(Action.SEE_RECORD),
        summary="议题统计",
        tags=["year"],
    )
    def count_topics(asked: AskedNow, year: Year = None) -> tuple[SourceLine, ...]:
        """The topics of a year, source by source: open, adopted, declined, merged."""
        with asked.look() as look:
            return works.topic_counts(look.connection, look.ledger, year=year or asked.today.year)

    @made.get(
        "/tasks",
        operation_id="list_tasks",
        openapi_extra=needs(Action.SEE_RECORD),
        summary="责任清单",
        tags=["year"],
    )
    def list_tasks(
        asked: AskedNow,
        state: Annotated[TaskState | None, Query(description="进度 / how far it is")] = None,
        overdue: Annotated[bool, Query(description="已逾期 / overdue")] = False,
        year: Annotated[int | None, Query(ge=1949, le=2200, description="列入年度 / year")] = None,
        owner: Owner = None,
        person: Annotated[Text | None, Query(description="责任人 / person responsible")] = None,
        cursor: Cursor = None,
        limit: Limit = 50,
    ) -> Listing[TaskLine]:
        """The responsibility list, what is due first first: owner, person, day with its reasons, and what was noted last."""
        with asked.look() as look:
            look.must_be_units(owner=owner)
            page = works.tasks(
                look.connection,
                look.ledger,
                asked.desk.shelf,
                today=asked.today,
                state=state,
                overdue=overdue,
                year=year,
                owner=owner,
                person=person,
                after=asked.after(cursor),
                limit=limit,
            )
            rows = sealed.lines_for(asked.asker, look.connection, look.ledger, page.rows)
        return asked.listing(replace(page, rows=rows))

    @made.get(
        "/tasks/counts",
        operation_id="count_tasks",
        openapi_extra=needs(Action.SEE_RECORD),
        summary="责任清单统计",
        tags=["year"],
    )
    def count_tasks(
        asked: AskedNow,
        year: Annotated[int | None, Query(ge=1949, le=2200, description="列入年度 / year")] = None,
    ) -> tuple[OwnerLine, ...]:
        """Tasks by owner and person in charge, at most 200 of them."""
        with asked.look() as look:
            return works.task_counts(look.connection, look.ledger, today=asked.today, year=year)

    @made.get(
        "/matters/{id}/file",
        operation_id="get_work_file",
        openapi_extra=needs(Action.SEE_RECORD),
        summary="项目档案",
        tags=["year"],
    )
    def get_work_file(
        asked: AskedNow, id: str, cursor: Cursor = None, limit: Limit = 50
    ) -> WorkFileView:
        """What belongs to a work, the latest first: sessions, visits and reports, with the problems found and suggestions made in all of them."""
        with asked.look() as look:
            told = (look.connection, look.ledger)
            found = deeds.matter_state(*told, id)
            if found is None:
                raise Refused(Reason.NO_SUCH_DEED, "id", id)
            file = works.work_file(*told, id, found[0].body, after=asked.after(cursor), limit=limit)
        return WorkFileView(
            number=file.number,
            problems=file.problems,
            suggestions=file.suggestions,
            parts=asked.listing(file.parts),
        )

    return made
