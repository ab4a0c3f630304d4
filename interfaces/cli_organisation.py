"""The command line of how the committee is organised: reporting in, guests from higher committees, who makes up the committees, whom no pairing reaches, three levels of responsibility."""

from __future__ import annotations

import argparse
from dataclasses import replace

from application.handed_out import Value
from domain.member import ReportIn
from domain.unit import Office, UnitKind
from interfaces.api.organisation import GuestView, days_of, kinds_of
from interfaces.called import unit_of
from interfaces.cli_loops import choice_of
from interfaces.cli_shown import all_pages, listed, looking, printed_json, table
from interfaces.wiring import Installation
from projections import as_of, composition, guests, reporting_in, responsibility, unlinked
from projections.composition import CompositionLine
from projections.paging import MOST, Key, Page
from projections.reporting_in import PlaceLine, ReportedIn, VillageLine
from projections.responsibility import Branch, Driven, Tree
from projections.unlinked import Sought, UnlinkedLine

_OF_TOWNSHIPS = (
    *("镇街", "此前委员", "委员", "增减"),
    *(step.zh for step in ReportIn),
    *("村(社区)", "有委员的村(社区)"),
)
_OF_VILLAGES = ("镇街", "村(社区)", "委员人数", "委员")
_OF_GUESTS = ("姓名", "级别", "所在政协", "邀请进展", "日期", "受邀单位", "参加次数", "最近参加")

_LEADERS = tuple(office for office in Office if office.answers)
_OF_COMPOSITION = (
    *("单位", "类型", "镇街", *(office.zh for office in _LEADERS)),
    *("组成人员", "其中委员", "非委员", "党委批准", "空缺"),
)

_OF_TREE = ("牵头专委会", "联动单位", "类型", "所属", "责任人")


def show_report_in(installation: Installation, options: argparse.Namespace) -> None:
    """Townships with steps and members on two days; or villages with their members."""
    desk = installation.only()
    with looking(desk, options.as_of) as (connection, position, today):
        told = (connection, desk.code, desk.shelf)
        days = days_of(today, options.day, options.before)
        if options.villages or options.without:
            known = as_of.roster(connection, desk.code, position)
            township = None if options.of is None else unit_of(known, options.of, "--of")
            villages = all_pages(
                lambda after: reporting_in.villages(
                    *told,
                    day=days.day,
                    township=township,
                    without=options.without,
                    position=position,
                    after=after,
                    limit=MOST,
                )
            )
            listed(options, list[VillageLine], villages, _OF_VILLAGES, _village)
            return
        whole: list[ReportedIn] = []

        def page(after: Key | None) -> Page[PlaceLine]:
            whole.append(
                reporting_in.reported_in(
                    *told,
                    day=days.day,
                    before=days.before,
                    position=position,
                    after=after,
                    limit=MOST,
                )
            )
            return whole[-1].page

        lines: list[PlaceLine] = all_pages(page)
    listed(options, list[PlaceLine], lines, _OF_TOWNSHIPS, _place)
    if not options.json and not options.csv:
        of = whole[0]
        ties = ",".join(
            f"{'未注明' if b.basis is None else b.basis.zh} {b.members}" for b in of.bases
        )
        table(
            ("合计", "人数"),
            [
                (days.before, of.before),
                (days.day, of.now),
                ("没有下沉的委员", of.nowhere),
                ("依据", ties),
                ("有委员的村(社区)", f"{of.covered}/{of.villages}"),
            ],
        )


def list_guests(installation: Installation, options: argparse.Namespace) -> None:
    """Guests with the newest step of inviting each and what each took part in."""
    desk = installation.only()
    with looking(desk, options.as_of) as (connection, position, today):
        told = (connection, desk.code)
        days = days_of(today, options.day, options.before)
        lines = all_pages(
            lambda after: (
                guests.guests(
                    *told,
                    first=days.before,
                    last=days.day,
                    position=position,
                    after=after,
                    limit=MOST,
                ).page
            )
        )
        who = [each.person for each in lines]
        parts = guests.parts_of(*told, who, first=days.before, last=days.day, position=position)
    views = [GuestView(guest=each, part=parts.get(each.person)) for each in lines]
    listed(options, list[GuestView], views, _OF_GUESTS, _guest)


def show_composition(installation: Installation, options: argparse.Namespace) -> None:
    """Each unit with who leads it, how many belong to it, and its vacancies."""
    desk = installation.only()
    kinds = kinds_of(choice_of(UnitKind, options.kind, "--kind"))
    with looking(desk, options.as_of) as (connection, position, today):
        day = days_of(today, options.day, None).day
        lines = all_pages(
            lambda after: (
                composition.composition(
                    connection,
                    desk.code,
                    day=day,
                    kinds=kinds,
                    vacant=options.vacant,
                    position=position,
                    after=after,
                    limit=MOST,
                ).page
            )
        )
    listed(options, list[CompositionLine], lines, _OF_COMPOSITION, _composed)


def list_unlinked(installation: Installation, options: argparse.Namespace) -> None:
    """Units or members whom no pairing reaches, or who keep none."""
    desk = installation.only()
    sought = choice_of(Sought, options.of, "OF") or Sought.TOWNSHIP
    with looking(desk, None) as (connection, _, today):
        lines = all_pages(
            lambda after: (
                unlinked.unlinked(
                    connection, desk.code, sought, day=today, after=after, limit=MOST
                ).page
            )
        )
    listed(options, list[UnlinkedLine], lines, ("名称", "编号"), _unlinked)


def show_responsibility(installation: Installation, options: argparse.Namespace) -> None:
    """Committees, the units that each drives, and who answers for each."""
    desk = installation.only()
    with looking(desk, options.as_of) as (connection, position, today):
        day = days_of(today, options.day, None).day
        trees: list[Tree] = []

        def page(after: Key | None) -> Page[Branch]:
            trees.append(
                responsibility.tree(
                    connection, desk.code, day=day, position=position, after=after, limit=MOST
                )
            )
            return trees[-1].page

        branches = all_pages(page)
    if options.json:
        whole = replace(trees[0], page=Page(rows=tuple(branches)))
        printed_json(Tree, whole)
        return
    lines = [(branch, each) for branch in branches for each in (None, *branch.driven)]
    loose = [(None, each) for each in trees[0].loose]
    listed(options, list[object], [*lines, *loose], _OF_TREE, _driven)


def _unlinked(line: UnlinkedLine) -> tuple[Value, ...]:
    return (line.name, line.subject.partition("/")[2])


def _driven(line: tuple[Branch | None, Driven | None]) -> tuple[Value, ...]:
    branch, unit = line
    said = branch if unit is None else unit
    names = () if said is None else said.responsible
    return (
        "没有牵头专委会" if branch is None else branch.name,
        *(("", "", "") if unit is None else (unit.name, unit.kind.zh, unit.under_name)),
        "、".join(each.name for each in names) or "无",
    )


def _place(line: PlaceLine) -> tuple[Value, ...]:
    return (
        *(line.name, line.before, line.now, line.change),
        *(each.newest for each in line.steps),
        *(line.villages, line.covered),
    )


def _village(line: VillageLine) -> tuple[Value, ...]:
    names = "、".join(each.name for each in line.members)
    return (line.township_name, line.name, line.number, names)


def _guest(view: GuestView) -> tuple[Value, ...]:
    who, part = view.guest, view.part
    return (
        *(who.name, None if who.level is None else who.level.zh, "、".join(who.committees)),
        *(None if who.step is None else who.step.zh, who.on, who.to_name),
        *(0 if part is None else part.number, None if part is None else part.last),
    )


def _composed(line: CompositionLine) -> tuple[Value, ...]:
    def led(office: Office) -> str:
        return "、".join(each.name for each in line.leaders if each.office is office)

    approvals = "、".join(
        f"{each.name} {each.approved_on} {each.approval_document}".strip()
        for each in line.leaders
        if each.approved_on is not None
    )
    vacant = "、".join(
        each.office.zh if each.since is None else f"{each.office.zh}({each.since}起)"
        for each in line.vacancies
    )
    return (
        *(line.name, line.kind.zh, line.township_name),
        *(led(office) for office in _LEADERS),
        *(line.people, line.members, line.others, approvals, vacant),
    )
