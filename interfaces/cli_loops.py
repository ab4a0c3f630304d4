"""The command line of meetings and loops: what is due, meetings, a matter's way, and any command of the ledger told as JSON."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator
from functools import partial
from typing import Any, TypeVar

from domain.kinds.meetings import Meeting as MeetingKind
from domain.meeting import MeetingStep
from domain.people import Reason, Refused
from domain.turnout import turnout_of
from domain.words import Choice, Label
from interfaces import bodies, flowing
from interfaces.asked import must_be_meeting
from interfaces.called import unit_of
from interfaces.cli_shown import all_pages, deed_of, looking, printed_json, table
from interfaces.cli_written import actor_of, carry_out
from interfaces.ids import id_for, minted_id
from interfaces.wiring import Installation
from projections import courses, deeds, meetings, roster
from projections.courses import CoursePage, DueChange, DueLine, Timeliness
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
    """Each matter that is not closed: its stage, who has it in hand, and the day by which it is due, explained."""
    desk = installation.only()
    known = desk.writer.opened().roster
    unit = None if options.of is None else unit_of(known, options.of, "--of")
    holder = None if options.holder is None else flowing.held_by(options.holder, known.units)
    with looking(desk, None) as (connection, _, today):
        must_be_meeting(connection, desk.code, options.meeting, "--meeting")
        lines = all_pages(
            lambda after: courses.open_matters(
                connection,
                desk.code,
                desk.shelf,
                today=today,
                how=choice_of(Timeliness, options.how, "--how"),
                not_told=options.not_told,
                by_holder=options.csv,
                loop=options.loop,
                unit=unit,
                holder=holder,
                meeting=options.meeting,
                after=after,
                limit=MOST,
            )
        )
    if options.json:
        printed_json(list[DueLine], lines)
        return
    if options.csv:
        sys.stdout.buffer.write(flowing.due_sheet(lines))
        return
    for line in lines:
        for text in _due(line):
            print(text)


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
            people = roster.persons(connection, desk.code, page.state.listed)
            record = deeds.record_of(connection, desk.code, page.state)
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
    exempt = frozenset(who for who, each in people.items() if each.exempt_on(line.on))
    count = turnout_of(state, record, exempt)
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
    actor = actor_of(options, desk.writer.opened().roster)
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
