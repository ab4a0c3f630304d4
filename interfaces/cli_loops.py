"""The command line of meetings and loops: what is due, meetings, a matter's way, and any command of the ledger told as JSON."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import chain
from typing import Any, TypeVar

from application.handle import Request
from domain.handling import MigrateCourse
from domain.kinds.meetings import Meeting as MeetingKind
from domain.meeting import MeetingStep
from domain.people import Actor, Reason, Refused
from domain.words import Choice, Label
from interfaces import bodies, flowing
from interfaces.asked import must_be_meeting
from interfaces.called import unit_of
from interfaces.cli_shown import all_pages, deed_of, looking, printed_json, table
from interfaces.cli_written import actor_of, carry_out, in_name_of
from interfaces.ids import id_for, minted_id
from interfaces.refusals import Exit
from interfaces.wiring import Desk, Installation
from projections import courses, going_over, inspections, meetings, turnouts
from projections.courses import CoursePage, DueChange, DueLine, Timeliness, Whose
from projections.going_over import GoingOver
from projections.inspections import ProblemLine
from projections.meetings import MeetingLine
from projections.paging import MOST

C = TypeVar("C", bound=Choice)


def choice_of(choices: type[C], said: str | None, field: str) -> C | None:
    """A word of a closed list, by its value or its Chinese."""
    if said is None:
        return None
    for each in choices:
        if said in (each.value, each.zh):
            return each
    wanted = Label("、".join(c.zh for c in choices), ", ".join(c.value for c in choices))
    raise Refused(Reason.MALFORMED, field, said[:40], wanted=wanted)


def due(installation: Installation, options: argparse.Namespace) -> None:
    """Each matter that is not closed: its stage, who has it in hand, and the day by which it is due, explained, as known now or then; and, of now, the problems of inspections that have a day."""
    desk = installation.only()
    known = desk.writer.opened().roster
    unit = None if options.of is None else unit_of(known, options.of, "--of")
    holder = None if options.holder is None else flowing.held_by(options.holder, known.units)
    how = choice_of(Timeliness, options.how, "--how")
    if options.problems and options.as_of is not None:
        # How problems stood then is not kept.
        raise Refused(Reason.UNKNOWN_PARAMETER, "--as-of", "--problems")
    whose: Whose = {
        "loop": options.loop,
        "unit": unit,
        "holder": holder,
        "meeting": options.meeting,
    }
    lines: list[DueLine] = []
    with looking(desk, options.as_of) as (connection, position, today):
        must_be_meeting(connection, desk.code, options.meeting, "--meeting")
        if not options.problems:
            lines = all_pages(
                lambda after: courses.open_matters(
                    connection,
                    desk.code,
                    desk.shelf,
                    today=today,
                    position=position,
                    how=how,
                    not_told=options.not_told,
                    by_holder=options.csv,
                    after=after,
                    limit=MOST,
                    **whose,
                )
            )
        narrowed = {"how": how, "not_told": options.not_told}
        beside = flowing.problems_beside(today, None, **narrowed, **whose)
        told = options.problems or not (options.csv or options.json)
        problems = (
            all_pages(
                lambda after: inspections.to_mend(
                    connection, desk.code, beside, how=how, dated=True, after=after, limit=MOST
                )
            )
            if told and beside is not None and position is None
            else []
        )
    if options.json and options.problems:
        printed_json(list[ProblemLine], problems)
    elif options.json:
        printed_json(list[DueLine], lines)
    elif options.csv:
        sys.stdout.buffer.write(flowing.due_sheet(lines))
    else:
        for text in (*chain.from_iterable(map(_due, lines)), *map(_problem_due, problems)):
            print(text)


def _problem_due(line: ProblemLine) -> str:
    late = ",逾期 / overdue" if line.overdue else ""
    return (
        f"{line.mend_by}  督查问题({line.state.zh}{late}){line.unit_name}:{line.text}"
        f"  matter/{line.matter} {line.number}"
    )


def _due(line: DueLine) -> Iterator[str]:
    day = "暂无期限 / no day yet" if line.due is None else f"{line.due}({line.timeliness.zh})"
    stage = f" {line.due_stage_name.zh}" if line.due_stage else ""
    yield f"{day}{stage}  {line.title}  matter/{line.matter}"
    held = f",{line.holder_name}" if line.holder_name else ""
    told = ",已办未告知 / handled, not told" if line.not_told else ""
    yield f"  {line.loop_name.zh}·{line.stage_name.zh}({line.since}起),{line.organiser_name}{held}{told}"
    for why in line.why:
        yield f"  {why.zh}"
    at = line.for_meeting
    if at is not None and at.stage != line.due_stage:
        yield f"  {at.title}({at.on})前:{at.stage_name.zh}"


def course(installation: Installation, options: argparse.Namespace) -> None:
    """One matter's way: its stages, its turns, and how what is due has changed."""
    desk = installation.only()
    stream = deed_of(desk, options.matter, "MATTER")
    with looking(desk, None) as (connection, _, today):
        page = courses.course(
            connection, desk.code, desk.shelf, stream.partition("/")[2], today=today
        )
    if page is None:
        raise Refused(Reason.NOT_IN_A_LOOP, "MATTER", options.matter[:80])
    if options.json:
        printed_json(CoursePage, page)
        return
    for text in (*_due(page.line), *_stages(page)):
        print(text)
    for change in page.changes:
        for text in _change(change):
            print(text)


def _stages(page: CoursePage) -> Iterator[str]:
    for stage in page.stages:
        mark = "→" if stage.here else "✓" if stage.done_on else " "
        day = stage.done_on or (f"期限 {stage.due}" if stage.due else "")
        yield f"  {mark} {stage.name.zh}({stage.code}) {day}".rstrip()


def _change(change: DueChange) -> Iterator[str]:
    by = f",因会议“{change.meeting_title}”" if change.meeting else ""
    yield f"  位置 {change.position}:{change.stage.zh} {change.before or '无'} → {change.after or '无'}{by}"


@dataclass(frozen=True, slots=True, kw_only=True)
class WentOver:
    """What became of an open matter of an older version: `over` that it went over (or could, where nothing was to be changed), else `refused` why not."""

    matter: str
    title: str
    was: str
    to: str
    over: bool
    refused: Label | None


def migrate(installation: Installation, options: argparse.Namespace) -> int:
    """Let all open matters of older versions of a loop go on by a newer one, each by a command of its own; where one cannot it says why, and keeps none of the others back."""
    desk = installation.only()
    actor = actor_of(options, desk.writer.opened().roster)
    base = options.command_id or minted_id()
    if not (options.reason.strip() or options.dry_run):
        raise Refused(Reason.REASON_MISSING, "--reason")
    with looking(desk, None) as (connection, _, today):
        told = (connection, desk.code)
        versions = going_over.versions_of(*told, desk.shelf, options.loop, options.to, today=today)
        found = all_pages(
            lambda after: going_over.going_over(
                *told, versions, actor, today=today, after=after, limit=MOST
            )
        )
    ended = []
    for each in found:
        refused = each.refused
        if refused is None and not options.dry_run:
            refused = _go_over(desk, each, options.reason, actor, f"{base}.{each.line.matter}")
        ended.append(
            WentOver(
                matter=each.line.matter,
                title=each.line.title,
                was=each.version,
                to=each.to,
                over=refused is None,
                refused=refused,
            )
        )
    if options.json:
        printed_json(list[WentOver], ended)
    else:
        for text in _went_over(ended, dry=options.dry_run):
            print(text)
    return Exit.CONFLICT if any(each.refused is not None for each in ended) else 0


def _go_over(
    desk: Desk, each: GoingOver, reason: str, actor: Actor, command_id: str
) -> Label | None:
    """Why one could not, none where it went over."""
    command = MigrateCourse(matter=each.line.matter, version=each.to, reason=reason)
    try:
        desk.one(Request(command=command, actor=actor, command_id=command_id, strict=desk.strict))
    except Refused as refused:
        return Label(refused.zh, refused.en)
    return None


def _went_over(ended: Sequence[WentOver], *, dry: bool) -> Iterator[str]:
    for each in ended:
        mark = "✗" if each.refused is not None else "→" if dry else "✓"
        yield f"{mark} {each.title}  matter/{each.matter}  {each.was} → {each.to}"
        if each.refused is not None:
            yield f"  {each.refused.zh} / {each.refused.en}"
    over = sum(each.over for each in ended)
    yield (
        f"可改按新版 {over} 件,共 {len(ended)} 件 / {over} of {len(ended)} can go over"
        if dry
        else f"已改按新版 {over} 件,共 {len(ended)} 件 / {over} of {len(ended)} went over"
    )


def list_meetings(installation: Installation, options: argparse.Namespace) -> None:
    """Meetings in order of their days, planned ones too."""
    desk = installation.only()
    known = desk.writer.opened().roster
    kind = choice_of(MeetingKind, options.kind, "--kind")
    step = choice_of(MeetingStep, options.step, "--step")
    with looking(desk, None) as (connection, _, today):
        lines = all_pages(
            lambda after: meetings.meetings(
                connection,
                desk.code,
                since=options.since or (None if options.all else today),
                until=options.until,
                kinds=() if kind is None else (kind,),
                steps=() if step is None else (step,),
                organiser=None if options.of is None else unit_of(known, options.of, "--of"),
                after=after,
                limit=MOST,
            )
        )
    if options.json:
        printed_json(list[MeetingLine], lines)
        return
    rows = [
        (
            f"{each.on}{f'(原定{each.was})' if each.was else ''}",
            each.title,
            "" if each.meeting_kind is None else each.meeting_kind.zh,
            each.step.zh,
            each.organiser_name,
            each.expected,
            each.checked_in,
            each.meeting,
        )
        for each in lines
    ]
    table(["日期", "会议", "类型", "进度", "组织单位", "名单", "签到", "内部编号"], rows)


def show_meeting(installation: Installation, options: argparse.Namespace) -> None:
    """One meeting: its plan, the days for which it stood, whom it expects, who checked in."""
    desk = installation.only()
    with looking(desk, None) as (connection, _, today):
        page = meetings.meeting(connection, desk.code, options.meeting)
        due = courses.counts(connection, desk.code, today=today, meeting=options.meeting)
        if page is not None:
            record, count = turnouts.of_meeting(connection, desk.code, page.state)
    if page is None:
        raise Refused(Reason.NO_SUCH_MEETING, "MEETING", options.meeting[:80])
    if options.json:
        printed_json(Any, page.state)
        return
    line, state = page.line, page.state
    print(f"{line.on} {line.title}({line.step.zh}),{line.organiser_name} {line.place}".rstrip())
    for move in state.moves:
        where = f",地点{move.place}" if move.place else ""
        print(f"  {move.recorded_on} 由{move.was}改至{move.on}{where}:{move.reason}")
    asked = f"应到 {count.expected}(另免于参加 {count.excused}),列席等 {count.invited}"
    print(f"  {asked},签到 {line.checked_in},请假 {len(state.leaves)}")
    if record is not None:
        rate = "–" if count.percent is None else f"{count.percent}%"
        print(f"  实到 {count.present},到会率 {rate},未登记 {count.unrecorded}")
    if due.open:
        print(f"  以本次会议为期限的事项 {due.open} 件(lvzhi due --meeting {state.meeting})")
    if state.closed_before:
        print(f"  记录 occasion/{state.meeting}")


def tell(installation: Installation, options: argparse.Namespace) -> None:
    """Any command of the ledger, its fields as JSON: what the API takes, the command line takes too."""
    desk = installation.only()
    roster = desk.writer.opened().roster
    actor = in_name_of(actor_of(options, roster), options, roster)
    said = sys.stdin.read() if options.json == "-" else options.json
    try:
        fields = json.loads(bodies.text_of(said.encode()))
    except ValueError as error:
        raise Refused(Reason.MALFORMED, "JSON", str(error)) from error
    if not isinstance(fields, dict):
        raise Refused(Reason.MALFORMED, "JSON", said[:40])
    raw = json.dumps({**fields, "command": options.command_name}).encode()
    command, command_id, seen = bodies.tagged_command_of(
        raw, options.command_id or minted_id(), partial(id_for, desk.code)
    )
    carry_out(desk, command, actor, command_id, seen=seen)
