"""What the office keeps beside the duties of members: the think tank's experts and what is asked of them, the work log of a unit, trainings and what was filed since, budgets and venues of units."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Annotated, TypeAlias

from fastapi import APIRouter, Query

from application.handed_out import csv_of
from domain.access import Action
from domain.kinds.meetings import Study
from domain.people import Reason, Refused, UnitId
from domain.supported import Booking, Expense, Support
from domain.unit import Office
from interfaces.api import logged
from interfaces.api.asking import AskedNow, Asking, Cursor, Limit, Look, Year, all_lines
from interfaces.api.door import needs
from interfaces.api.expertise import asked_of, output_of
from interfaces.api.joint import days_of
from interfaces.api.studios import Month
from interfaces.api.views import Listing, Sheet
from interfaces.api.writes import LEDGER
from interfaces.asked import must_be_in_order
from interfaces.flowing import NOBODY
from projections import appointed, experts, support, training, work_log
from projections.appointed import Output, WriterLine
from projections.experts import Asked, ExpertLine, FieldLine, RequestLine
from projections.support import ItemLine, Sums, SupportLine
from projections.training import ProposalLine, TrainingLine
from projections.work_log import ErrandLine, LogLine

Field: TypeAlias = Annotated[
    str | None,
    Query(max_length=60, description="专业领域,- 为未填 / field of expertise, - for none said"),
]
First: TypeAlias = Annotated[date | None, Query(description="从哪天起 / from this day on")]
Last: TypeAlias = Annotated[date | None, Query(description="到哪天止 / up to this day")]


@dataclass(frozen=True, slots=True, kw_only=True)
class ExpertView:
    """An expert, and what was asked of him where his file is open to whoever asks."""

    expert: ExpertLine
    asked: Asked | None


@dataclass(frozen=True, slots=True, kw_only=True)
class WriterView:
    """Somebody appointed to write, and what he submitted where his file is open to whoever asks."""

    writer: WriterLine
    output: Output | None


@dataclass(frozen=True, slots=True, kw_only=True)
class LogView:
    """A page of a month's log, and the figures of the year; `next` is the cursor to go on from."""

    rows: tuple[LogLine, ...]
    sums: tuple[ErrandLine, ...]
    next: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SupportView:
    """A page of units with their figures of a year, and those of all together; `next` is the cursor to go on from."""

    year: int
    rows: tuple[SupportLine, ...]
    together: Sums
    units: int
    next: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitSupportView:
    """A unit's budget of a year, all together and item by item."""

    unit: UnitId
    year: int
    sums: Sums
    items: tuple[ItemLine, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class DirectoryView:
    """A page of experts, and the figures of at most 200 fields, of more where `more_fields`; `next` is the cursor to go on from."""

    rows: tuple[ExpertView, ...]
    fields: tuple[FieldLine, ...]
    more_fields: bool
    total: int
    next: str | None


def router() -> APIRouter:
    """The routes."""
    made = APIRouter(prefix=LEDGER, tags=["office"])

    @made.get(
        "/experts",
        operation_id="get_experts",
        openapi_extra=needs(Action.SEE_ROSTER),
        summary="智库专家名录",
    )
    def get_experts(
        asked: AskedNow,
        field: Field = None,
        first: First = None,
        last: Last = None,
        cursor: Cursor = None,
        limit: Limit = 50,
    ) -> DirectoryView:
        """The think tank's experts in office, by name, of a field or of all; requests of these days by field, and of each whose file is open."""
        must_be_in_order(first, last, "last")
        with asked.look() as look:
            found = experts.directory(
                look.connection,
                look.ledger,
                day=asked.today,
                first=first,
                last=last,
                field=field_of(field),
                after=asked.after(cursor),
                limit=limit,
            )
            figures = asked_of(asked, look, found.page.rows, first, last)
        listed = asked.listing(found.page)
        return DirectoryView(
            rows=tuple(
                ExpertView(expert=each, asked=figures.get(each.person)) for each in listed.rows
            ),
            fields=found.fields,
            more_fields=found.more_fields,
            total=found.total,
            next=listed.next,
        )

    @made.get(
        "/experts/requests",
        operation_id="list_expert_requests",
        openapi_extra=needs(Action.SEE_RECORD),
        summary="未答复的智库咨询",
    )
    def list_expert_requests(
        asked: AskedNow, field: Field = None, cursor: Cursor = None, limit: Limit = 50
    ) -> Listing[RequestLine]:
        """Requests to the think tank that are not answered, those that wait longest first, with the days."""
        with asked.look() as look:
            page = experts.waiting(
                look.connection,
                look.ledger,
                today=asked.today,
                field=field_of(field),
                after=asked.after(cursor),
                limit=limit,
            )
        return asked.listing(page)

    @made.get(
        "/correspondents",
        operation_id="list_correspondents",
        openapi_extra=needs(Action.SEE_ROSTER),
        summary="信息员、特邀撰稿人",
    )
    def list_correspondents(
        asked: AskedNow,
        office: Annotated[Office | None, Query(description="聘为 / appointed as")] = None,
        first: First = None,
        last: Last = None,
        cursor: Cursor = None,
        limit: Limit = 50,
    ) -> Listing[WriterView]:
        """Opinion and mailbox correspondents and invited writers in office, by name; of each whose file is open, what he submitted in these days, and what was taken up or printed of it."""
        must_be_in_order(first, last, "last")
        with asked.look() as look:
            page, _ = appointed.writers(
                look.connection,
                look.ledger,
                day=asked.today,
                office=office,
                after=asked.after(cursor),
                limit=limit,
            )
            figures = output_of(asked, look, page.rows, first, last)
        listed = asked.listing(page)
        return Listing(
            rows=tuple(
                WriterView(writer=each, output=figures.get(each.person)) for each in listed.rows
            ),
            next=listed.next,
        )

    @made.get(
        "/units/{id}/work-log",
        operation_id="get_work_log",
        openapi_extra=needs(Action.SEE_UNIT_FILE),
        summary="工作日志",
    )
    def get_work_log(
        asked: AskedNow, id: str, month: Month, cursor: Cursor = None, limit: Limit = 50
    ) -> LogView:
        """A month of a unit's work log, day by day, and how many of each sort it handled in each month of that year."""
        with asked.look() as look:
            unit = logged_unit(asked, look, id)
            page = logged.entries(
                asked,
                look,
                unit,
                logged.month_of(month),
                after=asked.after(cursor),
                limit=limit,
            )
            sums = work_log.sums(look.connection, look.ledger, unit, year=month.year)
        listed = asked.listing(page)
        return LogView(rows=listed.rows, sums=sums, next=listed.next)

    @made.get(
        "/units/{id}/work-log/sheet",
        operation_id="get_work_log_sheet",
        openapi_extra=needs(Action.SEE_UNIT_FILE),
        summary="工作日志(表格)",
        response_class=Sheet,
    )
    def get_work_log_sheet(asked: AskedNow, id: str, month: Month) -> Sheet:
        """The month as a CSV file; at most 2,000 entries."""
        return log_sheet(asked, id, month)

    @made.get(
        "/trainings",
        operation_id="list_trainings",
        openapi_extra=needs(Action.SEE_RECORD),
        summary="培训与立案率",
    )
    def list_trainings(
        asked: AskedNow,
        study: Annotated[Study | None, Query(description="学习类型 / sort of training")] = None,
        first: First = None,
        last: Last = None,
        cursor: Cursor = None,
        limit: Annotated[int, Query(ge=1, le=50)] = 20,
    ) -> Listing[TrainingLine]:
        """Trainings, the newest first, with how many took part and what was filed of proposals with and without an author who did, in the 365 days before and after; of this year where no days are said."""
        begin, end = days_of(asked, first, last)
        with asked.look() as look:
            page = training.trainings(
                look.connection,
                look.ledger,
                today=asked.today,
                first=begin,
                last=end,
                study=study,
                after=asked.after(cursor),
                limit=limit,
            )
        return asked.listing(page)

    @made.get(
        "/trainings/{id}/proposals",
        operation_id="list_training_proposals",
        openapi_extra=needs(Action.SEE_RECORD),
        summary="培训前后的提案",
    )
    def list_training_proposals(
        asked: AskedNow,
        id: str,
        trained: Annotated[bool, Query(description="有作者参训 / an author took part")],
        before: Annotated[bool, Query(description="培训前一年 / in the year before")],
        filed: Annotated[bool | None, Query(description="是否立案 / whether filed")] = None,
        cursor: Cursor = None,
        limit: Limit = 50,
    ) -> Listing[ProposalLine]:
        """The proposals behind a figure of a training."""
        with asked.look() as look:
            told = (look.connection, look.ledger, f"occasion/{id}")
            if training.training(*told) is None:
                raise Refused(Reason.NO_SUCH_DEED, "id", id[:80])
            page = training.proposals(
                *told,
                trained=trained,
                before=before,
                filed=filed,
                after=asked.after(cursor),
                limit=limit,
            )
        return asked.listing(page)

    @made.get(
        "/support",
        operation_id="list_support",
        openapi_extra=needs(Action.SEE_UNIT_FILE),
        summary="经费和场地",
    )
    def list_support(
        asked: AskedNow, year: Year = None, cursor: Cursor = None, limit: Limit = 50
    ) -> SupportView:
        """Each unit's budget of a year, what was spent and is left, and how many bookings of venues stand; and of all that are shown together."""
        chosen = asked.year(year).first.year
        with asked.look() as look:
            found = support.of_year(
                look.connection,
                look.ledger,
                year=chosen,
                only=asked.units_open(look, Action.SEE_UNIT_FILE),
                after=asked.after(cursor),
                limit=limit,
            )
        listed = asked.listing(found.page)
        return SupportView(
            year=chosen,
            rows=listed.rows,
            together=found.together,
            units=found.units,
            next=listed.next,
        )

    @made.get(
        "/supports/{id}",
        operation_id="get_support",
        openapi_extra=needs(Action.SEE_UNIT_FILE),
        summary="单位经费和场地(按编号)",
    )
    def get_support(asked: AskedNow, id: str) -> UnitSupportView:
        """A unit's budget of a year, item by item; the id is YEAR.UNIT."""
        year, _, unit = id.partition(".")
        with asked.look() as look:
            return unit_support(asked, look, unit, int(year) if year.isdecimal() else 0, "id")

    @made.get(
        "/units/{id}/support",
        operation_id="get_support_of_unit",
        openapi_extra=needs(Action.SEE_UNIT_FILE),
        summary="单位经费和场地",
    )
    def get_support_of_unit(asked: AskedNow, id: str, year: Year = None) -> UnitSupportView:
        """A unit's budget of a year, item by item, with what was spent and is left."""
        with asked.look() as look:
            return unit_support(asked, look, id, asked.year(year).first.year, "id")

    @made.get(
        "/units/{id}/expenses",
        operation_id="list_expenses",
        openapi_extra=needs(Action.SEE_UNIT_FILE),
        summary="单位支出",
    )
    def list_expenses(
        asked: AskedNow,
        id: str,
        year: Year = None,
        item: Annotated[
            str | None, Query(max_length=60, description="预算项目 / item of the budget")
        ] = None,
        cursor: Cursor = None,
        limit: Limit = 50,
    ) -> Listing[Expense]:
        """What a unit spent in a year, of an item or of all, the newest day first; what was taken back says why."""
        with asked.look() as look:
            state, _ = state_of(asked, look, id, asked.year(year).first.year, "id")
        return asked.listing(
            support.expenses(state, item=item, after=asked.after(cursor), limit=limit)
        )

    @made.get(
        "/units/{id}/bookings",
        operation_id="list_bookings",
        openapi_extra=needs(Action.SEE_UNIT_FILE),
        summary="单位场地预订",
    )
    def list_bookings(
        asked: AskedNow, id: str, year: Year = None, cursor: Cursor = None, limit: Limit = 50
    ) -> Listing[Booking]:
        """The venues that a unit booked in a year, the newest day first; what was cancelled says why."""
        with asked.look() as look:
            state, _ = state_of(asked, look, id, asked.year(year).first.year, "id")
        return asked.listing(support.bookings(state, after=asked.after(cursor), limit=limit))

    return made


def state_of(asked: Asking, look: Look, unit: str, year: int, field: str) -> tuple[Support, int]:
    """A unit's budget and bookings of a year and their version; refuses those of units that are not open to whoever asks, and what there is not."""
    asked.must_see_unit(look, unit, Action.SEE_UNIT_FILE)
    found = support.of_unit(look.connection, look.ledger, UnitId(unit), year)
    if found is None:
        raise Refused(Reason.NO_SUCH_SUPPORT, field, f"{unit[:80]} {year}")
    return found


def unit_support(asked: Asking, look: Look, unit: str, year: int, field: str) -> UnitSupportView:
    """A unit's budget of a year, item by item."""
    state, version = state_of(asked, look, unit, year, field)
    asked.tag(version)
    return UnitSupportView(
        unit=state.unit,
        year=state.year,
        sums=support.sums_of(state),
        items=support.items(state),
    )


def logged_unit(asked: Asking, look: Look, id: str) -> UnitId:
    """A unit whose log is open to whoever asks; refuses any other, and one that there is not."""
    unit = UnitId(id)
    look.must_be_units(id=unit)
    asked.must_see_unit(look, id, Action.SEE_UNIT_FILE)
    return unit


def log_sheet(asked: Asking, id: str, month: date) -> Sheet:
    """A month of a unit's log as a CSV file."""
    with asked.look() as look:
        unit = logged_unit(asked, look, id)
        period = logged.month_of(month)
        lines = all_lines(
            lambda after, limit: logged.entries(
                asked, look, unit, period, after=after, limit=limit
            ),
            "month",
        )
    return asked.sheet(f"work-log-{month:%Y-%m}", csv_of(logged.sheet(lines)))


def field_of(said: str | None) -> str | None:
    """The field that is asked for: none for all, empty for those of which none is said."""
    return "" if said == NOBODY else said or None
