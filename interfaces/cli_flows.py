"""The command line of how matters flow: funnels, what people ask for, what became of suggestions, the month's ledgers of townships."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from pathlib import Path

from domain import flow
from domain.flow import Spread
from domain.kinds import KINDS
from domain.suggested import Tally
from interfaces import flowing
from interfaces.api.flows import LedgerView
from interfaces.api.loops import AdoptionView
from interfaces.called import unit_of
from interfaces.cli_loops import choice_of
from interfaces.cli_shown import looking, printed_json, table
from interfaces.wiring import Installation
from projections import flows, opinion_ledgers, roster, suggestions
from projections.flows import Asked, By, Figures, Funnel, Parts
from projections.suggestions import AdoptionPart, Apart


def funnel(installation: Installation, options: argparse.Namespace) -> None:
    """How many matters came in, how far they have come, how they ended, how long it took; or the same by parts."""
    desk = installation.only()
    by = choice_of(By, options.by, "--by")
    kind = None if options.kind is None else flowing.kind_of_words(options.kind)
    known = desk.writer.opened().roster
    with looking(desk, None) as (connection, _, _today):
        units = roster.all_units(connection, desk.code)
        among = flowing.among(
            connection,
            desk.code,
            desk.shelf,
            units,
            kind=kind,
            loop=options.loop,
            since=options.since,
            until=options.until,
            unit=None if options.of is None else unit_of(known, options.of, "--of"),
            holder=options.holder,
        )
        if by is not None:
            parts = flows.parts(connection, desk.code, among, by, units)
        else:
            whole = flows.funnel(connection, desk.code, desk.shelf, among)
    if options.json:
        printed_json(*((Funnel, whole) if by is None else (Parts, parts)))
    elif by is None:
        for line in _funnel(whole):
            print(line)
    else:
        header = [by.zh, "进入", "办理中", "暂缓", "办结", "未办成", "中位天数", "按期环节"]
        table(header, [(each.name.zh, *_cells(each.figures)) for each in parts.rows])


def _cells(figures: Figures) -> tuple[object, ...]:
    return (
        *(figures.entered, figures.open, figures.resting, figures.closed, figures.in_vain),
        "–" if figures.took is None else figures.took.median,
        f"{figures.in_time}/{figures.with_day}" if figures.with_day else "–",
    )


def _funnel(found: Funnel) -> Iterator[str]:
    figures = found.figures
    yield (
        f"进入 {figures.entered},办理中 {figures.open},暂缓 {figures.resting},"
        f"办结 {figures.closed},未办成 {figures.in_vain} / came in, open, resting, closed, in vain"
    )
    if figures.took is not None:
        yield f"办结用时 {_spread(figures.took)}"
    if figures.with_day:
        yield f"有期限的环节 {figures.with_day},按期 {figures.in_time} / stages with a day, in time"
    for stage in found.stages:
        took = "" if stage.took is None else f" {_spread(stage.took)}"
        kept = f" 按期 {stage.in_time}/{stage.with_day}" if stage.with_day else ""
        yield f"  {stage.name.zh} {stage.reached}{took}{kept}"
    for end in found.ends:
        by = "" if end.stage is None else end.stage.zh
        why = "" if end.obstacle is None else f"({end.obstacle.zh})"
        yield f"  {end.standing.zh}:{by}{why} {end.number}"


def _spread(took: Spread) -> str:
    return f"中位 {took.median} 天,九成不超过 {took.p90} 天,最长 {took.longest} 天"


def board(installation: Installation, options: argparse.Namespace) -> None:
    """What people ask for, kind by kind: waiting, taken, done at all and of late, days to take and to do."""
    desk = installation.only()
    asked = None if options.kind is None else flowing.kind_of_words(options.kind)
    kinds = list(flow.TAKEN) if asked is None else [flowing.taken_kind(asked)]
    known = desk.writer.opened().roster
    unit = None if options.of is None else unit_of(known, options.of, "--of")
    with looking(desk, None) as (connection, _, today):
        units = roster.all_units(connection, desk.code)
        told = (connection, desk.code)
        found = [
            flows.asked_for(
                *told,
                flowing.among(
                    *(*told, desk.shelf, units),
                    kind=each,
                    since=options.since,
                    until=options.until,
                    unit=unit,
                ),
                today=today,
            )
            for each in kinds
        ]
    if options.json:
        printed_json(list[Asked], found)
        return
    rows = [
        (
            *(KINDS[each.kind].about.zh, each.waiting, each.taken, each.resting, each.done),
            *(each.done_lately, each.in_vain),
            *("–" if took is None else took.median for took in (each.to_take, each.to_do)),
        )
        for each in found
    ]
    header = ["类型", "待认领", "已认领", "暂缓", "办结", "近30天办结", "未办成", "认领中位天数", "办结中位天数"]  # fmt: skip
    table(header, rows)


def adoption(installation: Installation, options: argparse.Namespace) -> None:
    """What became of suggestions: together, matter by matter, or apart by tier, kind, unit or year."""
    desk = installation.only()
    by = choice_of(Apart, options.by, "--by")
    known = desk.writer.opened().roster
    unit = None if options.of is None else unit_of(known, options.of, "--of")
    with looking(desk, None) as (connection, _, _today):
        told = (connection, desk.code)
        total, page = suggestions.adoption(
            *told, since=options.since, until=options.until, unit=unit
        )
        parts: tuple[AdoptionPart, ...] = ()
        if by is not None:
            parts = suggestions.adoption_by(
                *told, by, since=options.since, until=options.until, unit=unit
            )
    if options.json:
        printed_json(AdoptionView, AdoptionView(total=total, parts=parts, matters=page.rows))
        return
    rows = [(each.title, each.tally) for each in page.rows]
    if by is not None:
        rows = [(each.name.zh, each.tally) for each in parts]
    header = ["", "提出", "采纳", "部分采纳", "不采纳", "未答复", "已落实"]
    table(header, [(name, *_tally(each)) for name, each in [*rows, ("合计", total)]])


def _tally(tally: Tally) -> tuple[int, ...]:
    return (
        *(tally.made, tally.adopted, tally.partly, tally.declined),
        *(tally.open, tally.carried_out),
    )


def opinion_ledger(installation: Installation, options: argparse.Namespace) -> None:
    """The month's ledgers of the townships of a year: on the screen, as JSON, or as a CSV file."""
    desk = installation.only()
    known = desk.writer.opened().roster
    unit = None if options.of is None else unit_of(known, options.of, "--of")
    with looking(desk, None) as (connection, _, today):
        year = options.year or today.year
        lines = opinion_ledgers.ledger_of_year(
            connection, desk.code, year, today=today, unit=unit, month=options.month
        )
    if options.csv == "-":
        sys.stdout.buffer.write(flowing.ledger_sheet(lines))
    elif options.csv:
        Path(options.csv).write_bytes(flowing.ledger_sheet(lines))
    elif options.json:
        together = opinion_ledgers.sums(lines)
        printed_json(LedgerView, LedgerView(year=year, months=tuple(lines), together=together))
    else:
        rows = [
            (
                *(each.unit_name, f"{each.month:%Y-%m}", each.state, each.received, each.direct),
                *(each.edited, each.forwarded, each.taken_up, each.instructed, each.handled),
                each.fed_back,
            )
            for each in lines
        ]
        header = ["单位", "月份", "登记情况", "收集", "直通车", "采编", "转送", "采用", "批示", "办理", "反馈"]  # fmt: skip
        table(header, rows)
