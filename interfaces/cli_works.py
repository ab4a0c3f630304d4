"""The command line of the year's boards: the plan with its figures, topics by source, the responsibility list."""

from __future__ import annotations

import argparse
from collections.abc import Iterator

from domain.fact import TopicSource
from domain.kinds.works import PlannedWork
from domain.words import Choice
from interfaces.called import unit_of
from interfaces.cli_loops import choice_of
from interfaces.cli_shown import all_pages, looking, printed_json, table
from interfaces.wiring import Installation
from projections import works
from projections.paging import MOST
from projections.works import Held, PlanLine, TaskLine, TaskState, TopicLine, TopicState


def plan(installation: Installation, options: argparse.Namespace) -> None:
    """A year's plan: tiers against their quotas, then each item with its time, owner, steps and what was held for it."""
    desk = installation.only()
    owner = None
    if options.owner is not None:
        owner = unit_of(desk.writer.opened().roster, options.owner, "--owner")
    with looking(desk, None) as (connection, _, today):
        year = options.year or today.year
        told = (connection, desk.code)
        lines = all_pages(
            lambda after: works.plan(
                *told,
                year=year,
                today=today,
                held=choice_of(Held, options.how, "--how"),
                quarter=options.quarter,
                item=choice_of(PlannedWork, options.item, "--item"),
                owner=owner,
                after=after,
                limit=MOST,
            )
        )
        figures = works.plan_figures(*told, desk.shelf, year=year, today=today)
    if options.json:
        printed_json(list[PlanLine], lines)
        return
    rows = [
        (
            each.name.zh,
            ("不限" if each.stated else "未写明") if each.quota is None else str(each.quota),
            "–" if each.planned is None else str(each.planned),
            str(each.held),
            "–" if each.left is None else str(each.left),
        )
        for each in figures.tiers
    ]
    table(["层次", "额度", "计划", "已举行", "还差"], rows)
    for line in lines:
        for text in _planned(line):
            print(text)


def _planned(line: PlanLine) -> Iterator[str]:
    when = "未定时间" if line.planned_for is None else line.planned_for.zh
    steps = "、".join(step.stage.zh for step in line.steps if step.on is not None)
    yield f"{when}({line.held.zh})  {line.item.zh}  {line.title}  matter/{line.matter}"
    person = f",{line.person}" if line.person else ""
    yield f"  {line.owner_name}{person};五步:{steps or '未开始'}"
    for part in line.parts.latest:
        yield f"  {part.on} {part.title}  {part.stream}"


def topics(installation: Installation, options: argparse.Namespace) -> None:
    """The topics raised in a year: how many from each source, then each with what was decided and what it became."""
    desk = installation.only()
    with looking(desk, None) as (connection, _, today):
        year = options.year or today.year
        told = (connection, desk.code)
        lines = all_pages(
            lambda after: works.topics(
                *told,
                year=year,
                source=choice_of(TopicSource, options.source, "--source"),
                state=choice_of(TopicState, options.state, "--state"),
                after=after,
                limit=MOST,
            )
        )
        counts = works.topic_counts(*told, year=year)
    if options.json:
        printed_json(list[TopicLine], lines)
        return
    rows = [
        (
            _zh(each.source),
            *map(str, (each.all, each.open, each.adopted, each.declined, each.merged)),
        )
        for each in counts
    ]
    table(["来源", "合计", "待筛选", "采用", "不采用", "合并"], rows)
    for line in lines:
        print(f"{line.on} {_zh(line.source)}({line.state.zh})  {line.title}  matter/{line.matter}")
        into = f";并入 {line.merged_title}" if line.merged_title else ""
        print(f"  {line.owner_name}{f';{line.why}' if line.why else ''}{into}")
        for part in line.became.latest:
            print(f"  → {part.title}  {part.stream}")


def _zh(said: Choice | None) -> str:
    return "未注明" if said is None else said.zh


def tasks(installation: Installation, options: argparse.Namespace) -> None:
    """The responsibility list, what is due first first, each with its day explained and what was noted last."""
    desk = installation.only()
    owner = None
    if options.owner is not None:
        owner = unit_of(desk.writer.opened().roster, options.owner, "--owner")
    with looking(desk, None) as (connection, _, today):
        lines = all_pages(
            lambda after: works.tasks(
                connection,
                desk.code,
                desk.shelf,
                today=today,
                state=choice_of(TaskState, options.state, "--state"),
                overdue=options.overdue,
                year=options.year,
                owner=owner,
                person=options.person,
                after=after,
                limit=MOST,
            )
        )
    if options.json:
        printed_json(list[TaskLine], lines)
        return
    for line in lines:
        for text in _owed(line):
            print(text)


def _owed(line: TaskLine) -> Iterator[str]:
    day = "暂无期限" if line.due is None else str(line.due)
    stands = line.timeliness.zh if line.state is TaskState.OPEN else line.state.zh
    yield f"{day}({stands})  {line.title}  matter/{line.matter}"
    person = f",{line.person}" if line.person else ""
    source = f";来自 {line.source_title}" if line.source_title else ""
    yield f"  {line.owner_name}{person}{source}"
    if line.note:
        yield f"  {line.noted_on} {line.note}"
    for each in line.why:
        yield f"  {each.zh}"
