"""The command line of what led to what, of the stories of matters, members and units, and of joint activities."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from dataclasses import dataclass

from domain.fact import SubjectId
from domain.people import Reason, Refused
from domain.period import Period
from interfaces.called import person_of, unit_of
from interfaces.cli_shown import all_pages, deed_of, looking, printed_json, table
from interfaces.wiring import Installation
from projections import joint, links, stories
from projections.joint import Figures, JointLine
from projections.links import Led, Link, Relation
from projections.paging import MOST, Page
from projections.stories import Story, StoryStep


def show_links(installation: Installation, options: argparse.Namespace) -> None:
    """The links of a record both ways, or without one all that led to something."""
    desk = installation.only()
    if options.deed is None:
        with looking(desk, None) as (connection, _, _today):
            led = all_pages(lambda after: links.led(connection, desk.code, after=after, limit=MOST))
        if options.json:
            printed_json(list[Led], led)
            return
        rows = [(e.on, e.earlier_title, e.later_title, e.note, e.earlier, e.later) for e in led]
        table(["日期", "何事", "促成", "说明", "前一条编号", "后一条编号"], rows)
        return
    stream = deed_of(desk, options.deed, "DEED")
    with looking(desk, None) as (connection, _, _today):
        found = all_pages(
            lambda after: links.links(connection, desk.code, stream, after=after, limit=MOST)
        )
    if options.json:
        printed_json(list[Link], found)
        return
    lines = [
        (e.called.zh, e.other.on, e.other.title, e.on, e.note, e.other.gone, e.other.stream)
        for e in found
    ]
    table(["关系", "日期", "记录", "促成日期", "说明", "撤回", "内部编号"], lines)


def story(installation: Installation, options: argparse.Namespace) -> None:
    """The story of a record, of a member or of a unit, in order of days."""
    desk = installation.only()
    known = desk.writer.opened().roster
    subject: SubjectId | None = None
    if options.member is not None:
        subject = SubjectId(f"member/{person_of(known, options.member, '--member')}")
    elif options.unit is not None:
        subject = SubjectId(f"unit/{unit_of(known, options.unit, '--unit')}")
    stream = "" if subject is not None else deed_of(desk, options.deed, "DEED")
    with looking(desk, None) as (connection, _, today):
        if subject is None:
            one = stories.story(connection, desk.code, desk.shelf, stream)
            if one is None:
                raise Refused(Reason.NO_SUCH_DEED, "DEED", options.deed[:80])
            page = Page(rows=(one,))
        else:
            year = Period.year(options.year or today.year)
            page = stories.stories(
                connection,
                desk.code,
                desk.shelf,
                subject,
                first=year.first,
                last=year.last,
                limit=options.limit,
            )
    if options.json:
        printed_json(tuple[Story, ...], page.rows)
        return
    for text in (line for each in page.rows for line in _told(each)):
        print(text)
    if page.after is not None:
        print(f"只列最近 {options.limit} 条履职的来龙去脉,其余见 --limit / more with --limit")


@dataclass(frozen=True, slots=True, kw_only=True)
class JointYear:
    """The figures of a year, and its joint activities."""

    figures: Figures
    activities: list[JointLine]


def joint_activities(installation: Installation, options: argparse.Namespace) -> None:
    """The figures of a year by form, unit and level, and its joint activities one by one."""
    desk = installation.only()
    with looking(desk, None) as (connection, _, today):
        year = Period.year(options.year or today.year)
        days = {"first": year.first, "last": year.last}
        told = joint.figures(connection, desk.code, **days)
        found = all_pages(
            lambda after: joint.joint(connection, desk.code, **days, after=after, limit=MOST)
        )
    if options.json:
        printed_json(JointYear, JointYear(figures=told, activities=found))
        return
    modes = ",".join(f"{mode.zh} {n}" for mode, n in told.by_mode.items())
    levels = ",".join(f"{level.zh} {n}" for level, n in told.by_level.items() if n)
    print(f"活动 {told.total} 次({modes};微活动 {told.micro};待确认的也在内)")
    print(f"记入各级(不相加):{levels}")
    table(["单位", "单独", "联合"], [(line.name, line.alone, line.joint) for line in told.units])
    rows = [
        (
            each.record.on,
            each.record.title,
            "、".join(each.hosts),
            "、".join(level.zh for level in each.levels),
            "、".join(mark.zh for mark in each.four_links),
            each.record.stream,
        )
        for each in found
    ]
    table(["日期", "联合的活动和课题", "组织单位", "层级", "四联", "内部编号"], rows)


def _told(story: Story) -> Iterator[str]:
    titles = {each.stream: each.title for each in story.deeds}
    yield "——"
    for step in story.steps:
        yield _step(step)
    for arrow in story.arrows:
        if arrow.relation is not Relation.OF_WORK:
            note = f"({arrow.note})" if arrow.note else ""
            earlier, later = titles[arrow.earlier], titles[arrow.later]
            yield f"  {earlier} → {later}:{arrow.relation.zh}{note}"
    for each in story.deeds:
        if each.effect:
            yield f"  成效:{each.title}:{each.effect}"
    if story.cut:
        yield "  (过长,未全列 / cut short)"


def _step(step: StoryStep) -> str:
    number = f"第{step.number}条" if step.number else ""
    level = "" if step.level is None else step.level.zh
    more = " ".join(filter(None, [level, step.rank, step.document, step.who or step.by, step.text]))
    return f"{step.on} {step.title} · {number}{step.said.zh} {more}".rstrip()
