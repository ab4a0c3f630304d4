"""The command line of what the office keeps beside the duties of members: experts and what is asked of them, instructions and what followed."""

from __future__ import annotations

import argparse
from typing import Any

from application.handed_out import Value
from domain.kinds import KINDS
from domain.kinds.meetings import Meeting as MeetingKind
from domain.kinds.meetings import Study
from domain.people import Reason, Refused
from domain.period import Period
from domain.supported import Booking, Expense
from domain.unit import Office
from domain.words import Level
from interfaces import flowing
from interfaces.api import logged
from interfaces.api.office import ExpertView, WriterView, field_of
from interfaces.called import unit_of
from interfaces.cli_loops import choice_of
from interfaces.cli_shown import all_pages, listed, looking
from interfaces.cli_studios import month_said
from interfaces.wiring import Installation
from projections import appointed, experts, instructions, support, training, turnouts, work_log
from projections.appointed import Output, WriterLine
from projections.experts import ExpertLine, RequestLine
from projections.instructions import Instruction
from projections.paging import MOST
from projections.support import ItemLine, SupportLine
from projections.training import Filing, TrainingLine
from projections.turnouts import TurnoutLine
from projections.work_log import ErrandLine, LogLine


def list_experts(installation: Installation, options: argparse.Namespace) -> None:
    """Experts by name with what was asked of each, or the requests that wait."""
    desk = installation.only()
    field = field_of(options.field)
    period = None if options.year is None else Period.year(options.year)
    days: dict[str, Any] = {} if period is None else {"first": period.first, "last": period.last}
    with looking(desk, None) as (connection, _, today):
        told = (connection, desk.code)
        if options.waiting:
            waiting = all_pages(
                lambda after: experts.waiting(
                    *told, today=today, field=field, after=after, limit=MOST
                )
            )
            listed(options, list[RequestLine], waiting, _OF_REQUESTS, _request)
            return
        lines: list[ExpertLine] = all_pages(
            lambda after: (
                experts.directory(
                    *told, day=today, **days, field=field, after=after, limit=MOST
                ).page
            )
        )
        asked = experts.asked_of(*told, sorted({each.person for each in lines}), **days)
    views = [ExpertView(expert=each, asked=asked[each.person]) for each in lines]
    listed(options, list[ExpertView], views, _OF_EXPERTS, _expert)


def list_correspondents(installation: Installation, options: argparse.Namespace) -> None:
    """Those appointed to write, by name, with what each submitted and what was taken up or printed."""
    desk = installation.only()
    office = choice_of(Office, options.office, "--office")
    with looking(desk, None) as (connection, _, today):
        told = (connection, desk.code)
        period = Period.year(options.year or today.year)
        lines: list[WriterLine] = all_pages(
            lambda after: appointed.writers(
                *told, day=today, office=office, after=after, limit=MOST
            )[0]
        )
        people = sorted({each.person for each in lines})
        output = appointed.output_of(*told, people, first=period.first, last=period.last)
    views = [WriterView(writer=each, output=output[each.person]) for each in lines]
    listed(options, list[WriterView], views, _OF_WRITERS, _writer)


_OF_WRITERS = (
    *("姓名", "聘为", "单位", "聘任", "止", "证书"),
    *("报送信息", "采用", "批示", "文史稿件", "刊印"),
)


def _writer(view: WriterView) -> tuple[Value, ...]:
    who, made = view.writer, view.output or Output()
    figures = (made.opinions, made.taken_up, made.instructed, made.articles, made.printed)
    said = (who.name, who.office.zh, who.unit_name, who.since, who.until, who.certificate)
    return (*said, *figures)


_OF_EXPERTS = ("姓名", "领域", "单位", "聘任", "止", "证书", "咨询", "已答复", "采用", "咨询论证")
_OF_REQUESTS = ("咨询", "领域", "专家", "提出日期", "交办日期", "等待天数")


def show_work_log(installation: Installation, options: argparse.Namespace) -> None:
    """A month of a unit's work log, or how many of each sort it handled in each month of that year."""
    desk = installation.only()
    month = month_said(options.month)
    unit = unit_of(desk.writer.opened().roster, options.unit, "UNIT")
    with looking(desk, None) as (connection, _, _):
        told = (connection, desk.code, unit)
        if options.sums:
            sums = work_log.sums(*told, year=month.first.year)
            header = ("事项类别", *(f"{number}月" for number in range(1, 13)), "合计")
            listed(options, list[ErrandLine], sums, header, _errand)
            return
        lines = all_pages(
            lambda after: work_log.entries(
                *told, first=month.first, last=month.last, after=after, limit=MOST
            )
        )
    listed(options, list[LogLine], lines, logged.HEADER, logged.cells)


def _errand(line: ErrandLine) -> tuple[Value, ...]:
    return (line.errand.zh, *line.months, line.total)


def show_support(installation: Installation, options: argparse.Namespace) -> None:
    """Each unit's budget and bookings of a year; or one unit's, item by item, expense by expense, booking by booking."""
    desk = installation.only()
    with looking(desk, None) as (connection, _, today):
        year = options.year or today.year
        told = (connection, desk.code)
        if options.unit is None:
            lines = all_pages(
                lambda after: support.of_year(*told, year=year, after=after, limit=MOST).page
            )
            listed(options, list[SupportLine], lines, _OF_SUPPORT, _support)
            return
        unit = unit_of(desk.writer.opened().roster, options.unit, "UNIT")
        found = support.of_unit(*told, unit, year)
    if found is None:
        raise Refused(Reason.NO_SUCH_SUPPORT, "UNIT", f"{options.unit[:80]} {year}")
    state, _ = found
    if options.bookings:
        booked = all_pages(lambda after: support.bookings(state, after=after, limit=MOST))
        listed(options, list[Booking], booked, _OF_BOOKINGS, _booking)
    elif options.expenses:
        spent = all_pages(lambda after: support.expenses(state, after=after, limit=MOST))
        listed(options, list[Expense], spent, _OF_EXPENSES, _expense)
    else:
        listed(options, list[ItemLine], support.items(state), _OF_ITEMS, _item)


_OF_SUPPORT = ("单位", "预算(元)", "已用(元)", "剩余(元)", "场地预订")
_OF_ITEMS = ("项目", "预算(元)", "已用(元)", "剩余(元)")
_OF_EXPENSES = ("序号", "日期", "项目", "金额(元)", "用途", "撤销理由")
_OF_BOOKINGS = ("序号", "日期", "时段", "场地", "用途", "取消理由")


def _support(line: SupportLine) -> tuple[Value, ...]:
    sums = line.sums
    return (line.name, sums.budgeted, sums.used, sums.left, sums.booked)


def _item(line: ItemLine) -> tuple[Value, ...]:
    return (line.item, line.budgeted, line.used, line.left)


def _expense(each: Expense) -> tuple[Value, ...]:
    said = (each.purpose, each.taken_back)
    return (each.number, each.on, each.item, each.amount, *said)


def _booking(each: Booking) -> tuple[Value, ...]:
    return (each.number, each.on, each.half.zh, each.venue, each.purpose, each.cancelled)


def list_trainings(installation: Installation, options: argparse.Namespace) -> None:
    """Trainings of a year with what was filed of proposals before and after."""
    desk = installation.only()
    study = choice_of(Study, options.study, "--study")
    with looking(desk, None) as (connection, _, today):
        period = Period.year(options.year or today.year)
        lines = all_pages(
            lambda after: training.trainings(
                connection,
                desk.code,
                today=today,
                first=period.first,
                last=period.last,
                study=study,
                after=after,
                limit=20,
            )
        )
    listed(options, list[TrainingLine], lines, _OF_TRAININGS, _training)


_GROUPS = ("前一年", "后一年")
_OF_TRAININGS = (
    *("日期", "培训", "类型", "参加人数", "参训委员", "未参训委员"),
    *(
        f"{who}{when}{what}"
        for who in ("参训", "未参训")
        for when in _GROUPS
        for what in ("提交", "立案", "立案率")
    ),
    "后一年已过天数",
)


def _training(line: TrainingLine) -> tuple[Value, ...]:
    filings = [each for g in (line.trained, line.others) for each in (g.before, g.after)]
    return (
        *(line.on, line.title, line.study.zh, line.took_part),
        *(line.trained.members, line.others.members),
        *(cell for each in filings for cell in _filing(each)),
        line.days_after,
    )


def _filing(each: Filing) -> tuple[Value, ...]:
    rate = "–" if each.percent is None else f"{each.percent}%"
    return (each.submitted, each.filed, f"{rate}(件数少)" if each.small else rate)


def _expert(view: ExpertView) -> tuple[Value, ...]:
    who, asked = view.expert, view.asked
    figures: tuple[Value, ...] = ()
    if asked is not None:
        figures = (asked.requests, asked.answered, asked.used, asked.projects)
    fields = "、".join(who.expertise)
    return (who.name, fields, who.unit_name, who.since, who.until, who.certificate, *figures)


def _request(line: RequestLine) -> tuple[Value, ...]:
    return (
        *(line.title, line.field, "、".join(line.experts)),
        *(line.on, line.assigned_on, line.days),
    )


def list_turnouts(installation: Installation, options: argparse.Namespace) -> None:
    """How many came to each meeting of a year, the newest first."""
    desk = installation.only()
    known = desk.writer.opened().roster
    kind = choice_of(MeetingKind, options.kind, "--kind")
    organiser = None if options.of is None else unit_of(known, options.of, "--of")
    with looking(desk, None) as (connection, _, today):
        period = Period.year(options.year or today.year)
        asked = turnouts.Asked(period.first, period.last, kind, organiser)
        lines = all_pages(
            lambda after: turnouts.turnouts(connection, desk.code, asked, after=after, limit=MOST)
        )
    listed(options, list[TurnoutLine], lines, _OF_TURNOUTS, _turnout)


_OF_TURNOUTS = (
    *("日期", "会议", "类型", "组织单位", "应到", "实到", "到会率%"),
    *("免于参加", "未登记", "列席等", "列席等到会", "内部编号"),
)


def _turnout(line: TurnoutLine) -> tuple[Value, ...]:
    of = line.count
    return (
        *(line.on, line.title, line.kind.zh, line.organiser_name, of.expected, of.present),
        *(line.rate, of.excused, of.unrecorded, of.invited, of.others, line.stream),
    )


def list_instructions(installation: Installation, options: argparse.Namespace) -> None:
    """Instructions by rank, level and number, the newest first, and what followed from each; those alone from which nothing did."""
    desk = installation.only()
    period = None if options.year is None else Period.year(options.year)
    known = desk.writer.opened().roster
    asked = instructions.Asked(
        since=None if period is None else period.first,
        until=None if period is None else period.last,
        kind=None if options.kind is None else flowing.kind_of_words(options.kind),
        unit=None if options.of is None else unit_of(known, options.of, "--of"),
        level=choice_of(Level, options.level, "--level"),
        rank=options.rank,
        nothing=options.nothing,
    )
    with looking(desk, None) as (connection, _, _):
        lines = all_pages(
            lambda after: instructions.instructions(
                connection, desk.code, desk.shelf, asked, after=after, limit=MOST
            )
        )
    listed(options, list[Instruction], lines, _OF_INSTRUCTIONS, _instruction)


_OF_INSTRUCTIONS = (
    *("批示日期", "层级", "领导职务", "文号", "事项", "类别", "登记单位", "登记情况", "下一环节"),
    *("环节日期", "促成的记录", "内部编号"),
)


def _instruction(line: Instruction) -> tuple[Value, ...]:
    about = KINDS[line.kind].about
    return (
        *(line.on, "" if line.level is None else line.level.zh, line.rank, line.document),
        *(line.title, about.zh, line.organiser_name),
        "尚无下文" if line.nothing else "" if line.followed is None else line.followed.zh,
        *("" if line.stage is None else line.stage.zh, line.stage_on),
        *("、".join(each.title for each in line.led_to), f"matter/{line.matter}"),
    )
