"""The command line of special tasks and named campaigns: which there were, what one came to, who took part, what each did."""

from __future__ import annotations

import argparse

from application.handed_out import Value
from domain.kinds import KINDS
from domain.people import Reason, Refused
from domain.period import Period
from interfaces.api.campaigns import HEADER, cells, days
from interfaces.called import person_of
from interfaces.cli_loops import choice_of
from interfaces.cli_shown import all_pages, listed, looking, printed_json, table
from interfaces.wiring import Desk, Installation
from projections import campaigns
from projections.campaigns import (
    Campaign,
    CampaignFigures,
    CampaignLine,
    RecordLine,
    ReportLine,
    TeamLine,
    Which,
)
from projections.paging import MOST


def show(installation: Installation, options: argparse.Namespace) -> None:
    """Special tasks or campaigns with their totals; of one that is named its call and totals, its team, its records, or what each did."""
    desk = installation.only()
    if options.member is not None and (options.team or options.records):
        raise Refused(Reason.UNKNOWN_PARAMETER, "--member", "--report")
    if options.name is None:
        if options.team or options.records or options.report or options.member is not None:
            raise Refused(Reason.MISSING, "NAME")
        _list(desk, options)
        return
    member = None
    if options.member is not None:
        member = person_of(desk.writer.opened().roster, options.member, "--member")
    with looking(desk, None) as (connection, _, today):
        which = _which(options, Period.year(today.year))
        told = (connection, desk.code, which)
        lists = options.team or options.report or options.records or member is not None
        found = campaigns.line(*told) if lists else campaigns.figures(*told)
        if found is None:
            raise Refused(Reason.NO_SUCH_CAMPAIGN, "NAME", options.name[:80])
        if isinstance(found, CampaignFigures):
            _figures(options, found)
        elif options.team:
            team = all_pages(lambda after: campaigns.team(*told, after=after, limit=MOST))
            listed(options, list[TeamLine], team, _OF_TEAM, _team)
        elif options.report or member is not None:
            reports = all_pages(
                lambda after: campaigns.reports(*told, person=member, after=after, limit=MOST)
            )
            listed(options, list[ReportLine], reports, HEADER, cells)
        else:
            records = all_pages(lambda after: campaigns.records(*told, after=after, limit=MOST))
            listed(options, list[RecordLine], records, _OF_RECORDS, _record)


def _which(options: argparse.Namespace, year: Period) -> Which:
    """What is asked for; of this year where neither a year nor days are said."""
    if options.year is not None:
        year = Period.year(options.year)
    first, last = options.since or year.first, options.until or year.last
    if last < first:
        raise Refused(Reason.WRONG_ORDER, "--until", f"{last} < {first}")
    sort = choice_of(Campaign, options.sort, "--sort") or Campaign.TASK
    return Which(campaign=sort, first=first, last=last, name=options.name)


def _list(desk: Desk, options: argparse.Namespace) -> None:
    with looking(desk, None) as (connection, _, today):
        which = _which(options, Period.year(today.year))
        lines = all_pages(
            lambda after: campaigns.campaigns(connection, desk.code, which, after=after, limit=MOST)
        )
    listed(options, list[CampaignLine], lines, _OF_CAMPAIGNS, _campaign)


_OF_CAMPAIGNS = (
    *("名称", "召集日期", "起", "止", "记录", "参加人数", "参加人次"),
    *("合计天数", "服务人次"),
)
_OF_TEAM = ("姓名", "次数", "天数", "起", "止", "提供资源", "承担工作")
_OF_RECORDS = ("日期", "记录", "类型", "参加人数", "服务人次", "内部编号")
_OF_KINDS = ("履职类型", "记录", "人数", "人次", "服务人次")


def _campaign(line: CampaignLine) -> tuple[Value, ...]:
    return (
        *(line.name, line.called_on, line.first, line.last),
        *(line.records, line.people, line.times, days(line.half_days), line.reached),
    )


def _team(line: TeamLine) -> tuple[Value, ...]:
    duties = "、".join(line.duties)
    times = (line.records, days(line.half_days), line.first, line.last, line.gave)
    return (line.name, *times, duties)


def _record(line: RecordLine) -> tuple[Value, ...]:
    kind = KINDS[line.kind].about.zh
    return (line.on, line.title, kind, line.people, line.reached, line.stream)


def _figures(options: argparse.Namespace, figures: CampaignFigures) -> None:
    if options.json:
        printed_json(CampaignFigures, figures)
        return
    rows = [
        (KINDS[each.kind].about.zh, each.records, each.people, each.times, each.reached)
        for each in figures.kinds
    ]
    if options.csv:
        listed(options, list, rows, _OF_KINDS, lambda row: row)
        return
    for call in figures.calls:
        who = "、".join([*call.units, *([call.called_by] if call.called_by else [])])
        print(f"召集:{call.on} {who} {call.asked_for}".rstrip())
        steps = (("到岗", call.deployed_on), ("完成", call.done_on), ("不再实施", call.dropped_on))
        print("".join(f"{name} {day} " for name, day in steps if day).strip())
    table(_OF_CAMPAIGNS, [["" if c is None else c for c in _campaign(figures.line)]])
    table(_OF_KINDS, rows)
    for state, n in figures.deployments:
        print(f"{state.zh} {n}")
    for service in figures.services:
        print(f"{service.service.zh} {service.times} 次 {service.reached} 人次")
    for given in figures.resources:
        print(f"{given.resource.zh} {given.amount} {given.unit} ({given.records})")
