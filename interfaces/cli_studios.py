"""The command line of what is built up with units: the register, standards, inspections, documents, coverage, months, quarters, handover."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

from application.handed_out import Value
from domain.checklist import CellState, Checklist
from domain.evidence import LONGEST_NAME, Evidence
from domain.inspection import ReportMending
from domain.kinds import KINDS, Shape
from domain.people import Reason, Refused
from domain.period import Period, Span
from domain.problem import Mending
from domain.unit import Platform, StudioKind, UnitKind
from domain.words import Choice
from interfaces.asked import must_be_in_order
from interfaces.called import unit_of
from interfaces.cli_loops import choice_of
from interfaces.cli_shown import all_pages, csv_table, deed_of, looking, printed_json, table
from interfaces.cli_written import actor_of, carry_out
from interfaces.ids import minted_id
from interfaces.moments import day_said, of_our_time
from interfaces.wiring import Desk, Installation
from projections import (
    coverage,
    documents,
    handovers,
    inspections,
    invitations,
    owed,
    postings,
    registers,
    roster,
    standards,
    stations,
)
from projections.coverage import Coverage, Gap
from projections.handovers import Handover
from projections.inspections import Asked, Bulletin, InspectionLine, ProblemLine, Which
from projections.invitations import QuarterPage
from projections.owed import OwedLine, UnitOwed
from projections.paging import MOST
from projections.postings import PostingPage, WallLine
from projections.registers import RegisterLine
from projections.standards import UnitStandards
from projections.stations import StationProfile


def register(installation: Installation, options: argparse.Namespace) -> None:
    """The register: each unit of a kind, and how many there are of each type."""
    desk = installation.only()
    kind = choice_of(UnitKind, options.kind, "--kind") or UnitKind.STUDIO
    studio_kind = choice_of(StudioKind, options.type, "--type")
    platform = choice_of(Platform, options.platform, "--platform")
    with looking(desk, options.as_of) as (connection, position, today):
        asked: dict[str, Any] = {
            "day": today,
            "kind": kind,
            "studio_kind": studio_kind,
            "platform": platform,
            "position": position,
        }
        lines = all_pages(
            lambda after: (
                registers.register(connection, desk.code, after=after, limit=MOST, **asked).page
            )
        )
        counts = registers.register(connection, desk.code, limit=1, **asked)
    if options.json:
        printed_json(list[RegisterLine], lines)
        return
    header = ("名称", "类型", "组建方式", "镇街", "界别", "负责人", "入驻委员", "状态", "设立日期", "验收日期", "线上页面")  # fmt: skip
    rows = [
        (
            each.name,
            _zh(each.studio_kind or each.kind),
            _zh(each.platform),
            each.township_name,
            each.sector_name,
            "、".join(each.heads),
            each.members,
            each.life.zh,
            each.since,
            each.accepted_on,
            each.online,
        )
        for each in lines
    ]
    if options.csv:
        csv_table(header, rows)
        return
    table(header, [["" if cell is None else cell for cell in row] for row in rows])
    types = ",".join(f"{_zh(t.studio_kind) or '未注明类型'} {t.number}" for t in counts.types)
    print(f"合计 {counts.total}:{types}")
    ways = ",".join(f"{_zh(p.platform) or '未注明'} {p.number}" for p in counts.platforms)
    print(f"组建方式:{ways}")


def show_standards(installation: Installation, options: argparse.Namespace) -> None:
    """Each unit with the items of a standard that it has, lacks or was accepted with."""
    desk = installation.only()
    with looking(desk, options.as_of) as (connection, position, today):
        period = Period.year(options.year or today.year)
        papers = documents.states(connection, desk.code, desk.shelf, position=position)
        day = min(today, period.last)
        lists = standards.lists_in_force(papers, desk.shelf, day)
        chosen = _chosen(lists, options.list, "--list")
        items = chosen.slots

        def page(after: Any) -> Any:
            found = standards.matrix(
                connection,
                desk.code,
                desk.shelf,
                chosen.code,
                period=period,
                today=today,
                position=position,
                after=after,
                limit=MOST,
            )
            if found is None:
                raise Refused(Reason.NO_SUCH_CHECKLIST, "--list", chosen.code)
            return found.page

        lines: list[UnitStandards] = all_pages(page)
    if options.json:
        printed_json(list[UnitStandards], lines)
        return
    header = ["单位", *(item.zh for item in items), "达到", "验收日期"]
    table(
        header,
        [
            [
                line.name,
                *(cell.meets.zh for cell in line.cells),
                f"{line.met}/{len(items)}",
                line.accepted_on or "",
            ]
            for line in lines
        ],
    )


def show_owed(installation: Installation, options: argparse.Namespace) -> None:
    """The documents that are missing or came late, unit by unit; with --all the others too."""
    desk = installation.only()
    with looking(desk, options.as_of) as (connection, position, today):
        lines = all_pages(
            lambda after: owed.owed(
                connection,
                desk.code,
                desk.shelf,
                period=Period.year(options.year or today.year),
                today=today,
                position=position,
                after=after,
                limit=MOST,
            )
        )
    if options.json:
        printed_json(list[UnitOwed], lines)
        return
    wanted = {CellState.MISSED, CellState.DONE_LATE} if not options.all else set(CellState)
    table(
        ["单位", "材料", "所属时段", "应报", "报送", "情况"],
        [
            (
                unit.name,
                line.zh,
                line.period.zh,
                line.due,
                line.came_on or "",
                _how_it_stands(line),
            )
            for unit in lines
            for line in unit.lines
            if line.state in wanted
        ],
    )


def _how_it_stands(line: OwedLine) -> str:
    if line.lacking:
        return f"{len(line.lacking)} 次活动没有:{'、'.join(line.lacking)}"
    return f"迟报 {line.days_late} 天" if line.days_late else line.state.zh


def show_coverage(installation: Installation, options: argparse.Namespace) -> None:
    """How many townships, sectors, members and villages are covered, and which are not."""
    desk = installation.only()
    with looking(desk, None) as (connection, _, today):
        found = coverage.coverage(
            connection,
            desk.code,
            desk.shelf,
            period=Period.year(options.year or today.year),
            today=today,
        )
    if options.json:
        printed_json(Coverage, found)
        return
    for each in found.lists:
        for target in each.targets:
            _covered(f"{each.zh}·{target.zh}", target.done, target.of, target.gaps)
    has = found.townships - found.townships_without
    _covered("乡镇(街道)有委员", has, found.townships, found.without_members)
    for placed in found.placed:
        _covered(f"{placed.kind.zh}有{placed.has.zh}", placed.done, placed.of, placed.gaps)
    _covered("走访过的村(社区)", found.visited, found.villages, found.unvisited)


def show_station(installation: Installation, options: argparse.Namespace) -> None:
    """What a station, post or point did in a year: whose it is, services by kind, records by kind with their sums, what came of it."""
    desk = installation.only()
    unit = unit_of(desk.writer.opened().roster, options.unit, "UNIT")
    with looking(desk, None) as (connection, _, today):
        period = Period.year(options.year or today.year)
        found = stations.profile(connection, desk.code, unit, period=period, today=today)
    if found is None:
        raise Refused(Reason.NO_SUCH_UNIT, "UNIT", options.unit[:80])
    if options.json:
        printed_json(StationProfile, found)
        return
    told = found.totals
    print(f"{found.name}({found.kind.zh})负责人:{'、'.join(found.owners) or '未定'}")
    print(f"记录 {told.records},委员 {told.members} 人 {told.times} 人次,培训 {told.trainings} 场")
    services = [(each.service.zh, each.times, each.reached) for each in told.services]
    table(["服务类型", "次", "人次"], services)
    kinds = [
        (
            *(KINDS[each.kind].about.zh, each.records, each.members, each.times),
            ",".join(f"{label.zh} {number}" for _, label, number in each.sums),
        )
        for each in told.kinds
    ]
    table(["履职类型", "记录", "委员", "参加人次", "数额合计"], kinds)
    came = [(KINDS[each.kind].about.zh, each.matters, each.closed) for each in told.came_of]
    table(["由此带出的事项", "件", "办结"], came)


def _covered(zh: str, done: int, of: int, gaps: Sequence[Gap]) -> None:
    print(f"{zh}:{done}/{of}")
    if gaps:
        print(f"  缺:{'、'.join(gap.name for gap in gaps)}")


def show_wall(installation: Installation, options: argparse.Namespace) -> None:
    """What units posted of a month, side by side; who is late or missing."""
    desk = installation.only()
    month = month_said(options.month)
    with looking(desk, None) as (connection, _, today):
        chosen = _posted(desk, connection, month, options.list)
        lines = all_pages(
            lambda after: (
                postings.wall(
                    connection,
                    desk.code,
                    desk.shelf,
                    chosen,
                    month,
                    today=today,
                    after=after,
                    limit=MOST,
                ).page
            )
        )
    if options.json:
        printed_json(list[WallLine], lines)
        return
    table(
        ["单位", *(slot.zh for slot in chosen.monthly), "完成", "自报", "环节"],
        [
            [
                line.name,
                *(
                    ["" for _ in chosen.monthly]
                    if line.figures is None
                    else [f"{item.count}/{item.need}" for item in line.figures.items]
                ),
                "" if line.figures is None else f"{line.figures.done}/{line.figures.of}",
                line.in_time.zh,
                "未自报" if line.step is None else line.step.zh,
            ]
            for line in lines
        ],
    )


def show_month(installation: Installation, options: argparse.Namespace) -> None:
    """A unit's month: the figures of now and each version of its report."""
    desk = installation.only()
    month = month_said(options.month)
    unit = unit_of(desk.writer.opened().roster, options.unit, "UNIT")
    with looking(desk, None) as (connection, _, today):
        found = postings.posting(
            connection,
            desk.code,
            desk.shelf,
            roster.some_units(connection, desk.code, (unit,))[unit],
            _posted(desk, connection, month, options.list),
            month,
            today=today,
        )
    if options.json:
        printed_json(PostingPage, found)
        return
    step = "未自报" if found.state is None else found.state.step.zh
    print(f"{found.unit.profile.name} {month.zh}:{step}({found.in_time.zh},截止 {found.due})")
    for item in found.now.items:
        print(f"  {item.number}. {item.zh} {item.count}/{item.need}")
    reports = () if found.state is None else found.state.reports
    for number, (report, figures) in enumerate(zip(reports, found.figures, strict=True), start=1):
        posted = f",晾晒 {report.posted_on}" if report.posted_on else ""
        print(f"  第{number}次自报 {report.reported_on} {figures.done}/{figures.of}{posted}")
        for said in report.items:
            print(f"    {said.number}. {said.words}")


def show_quarter(installation: Installation, options: argparse.Namespace) -> None:
    """How units compare in a quarter, who is invited, what was promised and whether it was done."""
    desk = installation.only()
    month = month_said(options.month)
    quarter = Period.around(Span.QUARTER, month.first)
    with looking(desk, None) as (connection, _, today):
        chosen = _posted(desk, connection, postings.month_of(quarter.last), options.list)
        if chosen.posting is None or not chosen.posting.invites:
            raise Refused(Reason.UNITS_NOT_COMPARED, "--list", chosen.zh)
        found = invitations.quarter_page(
            connection, desk.code, desk.shelf, chosen, quarter, today=today
        )
    if options.json:
        printed_json(QuarterPage, found)
        return
    table(
        ["单位", "位次", "完成", "其中逾期"],
        [(u.name, u.place or "", f"{u.done}/{u.of}", u.late) for u in found.compared],
    )
    for line in found.guests:
        print(f"{line.guest.end.zh}:{line.name},{line.guest.reason}")
        for promise in line.guest.promises:
            due = invitations.due_of(promise, today)
            print(f"  承诺{promise.number}:{promise.text}(期限 {promise.due},{due.zh})")


def show_handover(installation: Installation, options: argparse.Namespace) -> None:
    """All that somebody who takes over a unit has to know."""
    desk = installation.only()
    unit = unit_of(desk.writer.opened().roster, options.unit, "UNIT")
    with looking(desk, None) as (connection, _, today):
        found = handovers.handover(
            connection, desk.code, desk.shelf, unit, today=today, year=options.year or today.year
        )
    if found is None:
        raise Refused(Reason.NO_SUCH_UNIT, "UNIT", options.unit[:80])
    if options.json:
        printed_json(Handover, found)
        return
    rows = _of_pack(found)
    if options.csv:
        csv_table(("部分", "内容", "时段或环节", "日期", "情况"), rows)
        return
    print(
        f"{found.unit.profile.name} 交接清单 {found.day}:负责人 {'、'.join(found.heads) or '空缺'}"
    )
    table(["部分", "内容", "时段或环节", "日期", "情况"], [["" if c is None else c for c in r] for r in rows])  # fmt: skip
    if found.more:
        print(f"以下部分还有未列出的:{'、'.join(_PARTS[each] for each in found.more)}")


_PARTS = {
    "in_hand": "承办的未办结事项",
    "came_in": "登记的未办结事项",
    "waiting": "待确认",
    "returned": "退回核实",
    "unfinished": "清单未完成",
    "meetings": "已排定的会议",
    "leaves": "请假待批",
    "pairings": "结对联系",
}


def _of_pack(found: Handover) -> list[tuple[Value, ...]]:
    rows: list[tuple[Value, ...]] = []
    for held in found.offices:
        said = held.appointment
        rows.append(("任职", held.name, said.office.zh, said.since, str(said.until or "现任")))
    for name, lines in (("in_hand", found.in_hand), ("came_in", found.came_in)):
        rows += [
            (_PARTS[name], each.title, each.stage_name.zh, each.due, each.timeliness.zh)
            for each in lines
        ]
    rows += [
        (_PARTS["waiting"], w.deed.title, "", w.deed.on, f"{len(w.lines)} 人次")
        for w in found.waiting
    ]
    rows += [(_PARTS["returned"], r.title, r.name, r.on, "核实中") for r in found.returned]
    rows += [
        (
            _PARTS["unfinished"],
            f"{c.list_zh} {c.number}. {c.zh}",
            f"{c.period.zh}{c.whose}",
            c.period.last,
            c.state.zh,
        )
        for c in found.unfinished
    ]
    rows += [("应报未报的材料", d.zh, d.period.zh, d.due, d.state.zh) for d in found.documents]
    rows += [
        ("未晾晒的月份", m.month.zh, m.list_zh, m.due, "未自报" if m.step is None else m.step.zh)
        for m in found.months
    ]
    rows += [
        ("未兑现的承诺", p.promise.text, p.quarter.zh, p.promise.due, p.due.zh)
        for p in found.promises
    ]
    rows += [(_PARTS["meetings"], m.title, "", m.on, m.step.zh) for m in found.meetings]
    rows += [(_PARTS["leaves"], e.title, e.name, e.on, f"{e.asked_on} 请假") for e in found.leaves]
    rows += [
        (
            _PARTS["pairings"],
            f"{p.subject_name}·{p.counterpart_name}",
            p.details.relation.zh,
            p.since,
            f"{p.visits} 次走访",
        )
        for p in found.pairings
    ]
    return rows


def show_inspections(installation: Installation, options: argparse.Namespace) -> None:
    """Inspections unit by unit, the latest first; with --problems what they found, one by one."""
    desk = installation.only()
    which = choice_of(Which, options.which, "--which")
    which = Which.OVERDUE if options.overdue else which
    with looking(desk, None) as (connection, _, today):
        asked = _inspected(desk, options, today)
        told = (connection, desk.code, asked)
        if options.problems:
            problems = all_pages(
                lambda after: inspections.problems(
                    *told, overdue=options.overdue, after=after, limit=MOST
                )
            )
        else:
            lines = all_pages(
                lambda after: inspections.inspections(*told, which=which, after=after, limit=MOST)
            )
    if options.problems and options.json:
        printed_json(list[ProblemLine], problems)
    elif options.problems:
        header = ("单位", "督查", "序号", "问题", "通报", "限期", "进度", "情况", "佐证")
        table(header, [_problem(each) for each in problems])
    elif options.json:
        printed_json(list[InspectionLine], lines)
    else:
        table(
            ("单位", "日期", "类型", "督查单位", "督查", "发现", "整改", "逾期", "验收通过"),
            [
                (
                    *(each.unit_name, each.on, each.check.zh, each.by, each.title),
                    *(each.found, each.mended, each.overdue, each.passed_on or ""),
                )
                for each in lines
            ],
        )


def _problem(each: ProblemLine) -> tuple[object, ...]:
    state = f"{each.state.zh}(逾期)" if each.overdue else each.state.zh
    return (
        *(each.unit_name, each.title, each.number, each.text, each.notified_on),
        *(each.mend_by or "", state, each.account, len(each.evidence)),
    )


def mend(installation: Installation, options: argparse.Namespace) -> None:
    """Say what became of a problem of an inspection; files that bear it out are kept first, without what tells of place and device."""
    desk = installation.only()
    roster = desk.writer.opened().roster
    on = day_said(options.on, "--on") if options.on else desk.today()
    stream = deed_of(desk, options.matter, "MATTER")
    actor = actor_of(options, roster)
    command = ReportMending(
        matter=stream.removeprefix(f"{Shape.MATTER.value}/"),
        number=options.number,
        mending=Mending.CANNOT if options.cannot else Mending.MENDED,
        on=on,
        account=options.account,
        evidence=tuple(_kept(desk, Path(each)) for each in options.file),
    )
    carry_out(desk, command, actor, options.command_id or minted_id())


def _kept(desk: Desk, file: Path) -> Evidence:
    """A file of this machine, kept under its hash. Raises `OSError`."""
    try:
        kept = desk.files.put(file.read_bytes())
    except Refused as refused:
        raise replace(refused, field="--file", about=f"{file.name} {refused.about}".strip()) from (
            refused
        )
    return Evidence(name=file.name[-LONGEST_NAME:], sha256=kept.sha256)


def show_bulletin(installation: Installation, options: argparse.Namespace) -> None:
    """The bulletin of the inspections of some days: its sentence, then unit by unit, then what is overdue, what was passed, who was commended or sanctioned, and which of these lists go on."""
    desk = installation.only()
    with looking(desk, None) as (connection, _, today):
        found = inspections.bulletin(
            connection, desk.code, desk.shelf, _inspected(desk, options, today)
        )
    if options.json:
        printed_json(Bulletin, found)
        return
    print(found.sentence.zh)
    rows = [(u.name, u.inspections, u.found, u.mended, u.overdue) for u in found.units]
    table(("单位", "次数", "发现", "整改", "逾期"), rows)
    for name, cells in (
        ("overdue", [_problem(each) for each in found.overdue]),
        ("passed", [(e.unit_name, e.title, e.passed_on, e.by) for e in found.passed]),
        ("commended", [(e.name, e.said.zh, e.on, e.by) for e in found.commended]),
        ("sanctioned", [(e.name, e.said.zh, e.on, e.by) for e in found.sanctioned]),
    ):
        for row in cells:
            print("\t".join(str(cell) for cell in (_IN_BULLETIN[name], *row)))
    if found.more:
        more = (said for name, said in _IN_BULLETIN.items() if name in found.more)
        print(f"以下部分还有未列出的:{'、'.join(more)}")


_IN_BULLETIN = {
    "units": "单位",
    "overdue": "逾期",
    "passed": "验收通过",
    "commended": "表彰",
    "sanctioned": "通报处理",
}


def _inspected(desk: Desk, options: argparse.Namespace, today: date) -> Asked:
    known = desk.writer.opened().roster
    for day, option in ((options.since, "--since"), (options.until, "--until")):
        if day is not None:
            of_our_time(day, option)
    must_be_in_order(options.since, options.until, "--until")
    return Asked(
        today=today,
        since=options.since,
        until=options.until,
        unit=None if options.of is None else unit_of(known, options.of, "--of"),
        by=options.by,
    )


def _zh(choice: Choice | None) -> str:
    return "" if choice is None else choice.zh


def month_said(said: str) -> Period:
    """A month such as 2025-03."""
    try:
        first = date.fromisoformat(f"{said}-01")
    except ValueError as error:
        raise Refused(Reason.MALFORMED, "MONTH", said[:40]) from error
    if not 1949 <= first.year <= 2200:
        raise Refused(Reason.MALFORMED, "MONTH", said[:40])
    return postings.month_of(first)


def _posted(desk: Desk, connection: Any, month: Period, code: str | None) -> Checklist:
    """The list on which units report in that month."""
    papers = documents.states(connection, desk.code, desk.shelf)
    return _chosen(postings.posted_lists(papers, desk.shelf, month.last), code, "--list")


def _chosen(lists: Sequence[Checklist], code: str | None, field: str) -> Checklist:
    found = [each for each in lists if code in {None, each.code}]
    if not found:
        raise Refused(Reason.NO_SUCH_CHECKLIST, field, (code or "")[:80])
    if len(found) > 1:
        raise Refused(Reason.NAME_ONE, field, "、".join(each.code for each in found))
    return found[0]
