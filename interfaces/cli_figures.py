"""The command line of pages of figures: which there are, one for a period, what a figure is made of."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from functools import partial

from domain.access import Asker
from domain.kinds import KINDS
from domain.people import Actor, PersonId, Role
from domain.period import Period
from interfaces.api.figures import (
    FigureLineView,
    FigurePageView,
    FigureView,
    line_view,
    page_view,
    period_asked,
)
from interfaces.cli_shown import all_pages, looking, printed_json, table
from interfaces.wiring import Installation
from projections import figures, figures_beside
from projections.figures import PageLine
from projections.paging import MOST

_OFFICE = Asker(Actor(person=PersonId("office"), role=Role.OFFICE))
"""Whoever sits at the office's own computer sees what the office sees."""


def show(installation: Installation, options: argparse.Namespace) -> None:
    """The pages that there are; one of them for a period; or the records that one of its figures is made of."""
    desk = installation.only()
    with looking(desk, options.as_of) as (connection, position, today):
        told = (connection, desk.code, desk.shelf)
        begun = partial(figures.begun, *told, today=today, position=position)
        period = (
            Period.year(today.year)
            if options.period is None
            else period_asked(options.period, "--period", begun)
        )
        if options.code is None:
            found = figures.pages(*told, day=today, position=position)
            if options.json:
                printed_json(list[PageLine], found)
            else:
                rows = [(each.code, each.zh, each.version, each.figures) for each in found]
                table(["代码", "数据页", "版本", "项数"], rows)
            return
        if options.figure is None:
            drawn = figures.drawn_up(
                *told, options.code, period=period, today=today, position=position
            )
            besides = figures_beside.beside(
                *told, drawn.page, period=period, today=today, position=position
            )
            view = page_view(_OFFICE, drawn, besides, begun())
            if options.json:
                printed_json(FigurePageView, view)
            else:
                for text in _page(view):
                    print(text)
            return
        lines = all_pages(
            lambda after: (
                figures.made_of(
                    *told,
                    options.code,
                    options.figure,
                    period=period,
                    today=today,
                    part=options.part,
                    position=position,
                    after=after,
                    limit=MOST,
                ).lines
            )
        )
        views = list(map(line_view, lines))
        if options.json:
            printed_json(list[FigureLineView], views)
            return
        table(
            ["日期", "类型", "名称", "记录"],
            [
                (
                    each.on or "",
                    KINDS[each.kind].about.zh if each.kind else "",
                    each.title,
                    each.key,
                )
                for each in views
            ],
        )


def _page(view: FigurePageView) -> Iterator[str]:
    yield f"{view.name.zh}({view.days.name.zh})/ {view.name.en}, {view.days.name.en}"
    if view.about is not None:
        yield f"  {view.about.zh}"
    for begun in view.begun:
        if begun.days == view.days:
            yield f"  {begun.since.zh}:{begun.why.zh} / {begun.why.en}"
    for each in view.figures:
        yield from _figure(each)
    for beside in view.beside:
        yield f"{beside.sentence.zh}  [{beside.list or beside.also.value}]"
        yield f"  {beside.known.zh} / {beside.known.en}"
    for silence in view.silences:
        yield f"? {silence.zh} 我们的读法:{silence.reading_zh} / our reading: {silence.reading_en}"


def _figure(each: FigureView) -> Iterator[str]:
    yield f"{each.sentence.zh}  [{each.figure}]"
    if each.waiting:
        yield f"  另有 {each.waiting} 件待确认,未计入 / {each.waiting} more wait for confirmation"
