"""The command line of who keeps touch with whom, and of members whom something is still lacking of."""

from __future__ import annotations

import argparse

from domain.kinds import KINDS
from domain.kinds.people import Relation
from domain.people import Reason, Refused
from domain.period import Period
from interfaces.api.touching import detail_said, usual_since
from interfaces.called import unit_of
from interfaces.cli_loops import choice_of
from interfaces.cli_shown import all_pages, looking, printed_json, table
from interfaces.moments import of_our_time
from interfaces.wiring import Installation
from projections import pairings, silent
from projections.paging import MOST
from projections.pairings import PairingLine
from projections.silent import SilentLine


def list_pairings(installation: Installation, options: argparse.Namespace) -> None:
    """Pairings in force with the visits of a year that served them."""
    desk = installation.only()
    known = desk.writer.opened().roster
    unit = None if options.of is None else unit_of(known, options.of, "--of")
    relation = choice_of(Relation, options.relation, "--relation")
    with looking(desk, None) as (connection, _, today):
        period = Period.year(options.year or today.year)
        lines = all_pages(
            lambda after: pairings.pairings(
                connection,
                desk.code,
                day=today,
                first=period.first,
                last=period.last,
                relation=relation,
                unit=unit,
                unvisited=options.unvisited,
                ended=options.ended,
                after=after,
                limit=MOST,
            )
        )
    if options.json:
        printed_json(list[PairingLine], lines)
        return
    header = ("类型", "联系人", "对象", "起始", "当年走访", "最近走访")
    table(
        header,
        [
            (
                *(each.details.relation, each.subject_name),
                *(each.counterpart_name or each.counterpart.zh, each.since),
                *(each.visits, each.last_visit or "–"),
            )
            for each in lines
        ],
    )


def list_lacking(installation: Installation, options: argparse.Namespace) -> None:
    """Members of whom no record of a kind says that they took part, or who keep touch with nobody in a way."""
    desk = installation.only()
    known = desk.writer.opened().roster
    unit = None if options.of is None else unit_of(known, options.of, "--of")
    relation = choice_of(Relation, options.relation, "--relation")
    if (options.kind is None) == (relation is None):
        raise Refused(Reason.MISSING, "KIND")
    kind = None if options.kind is None else _kind(options.kind)
    detail = detail_said(kind, options.detail, "--detail")
    if options.since is not None:
        of_our_time(options.since, "--since")
    with looking(desk, None) as (connection, _, today):
        told = (connection, desk.code)
        since = options.since or usual_since(*told, today, detail)
        lines = all_pages(
            lambda after: (
                pairings.unpaired(
                    *told, day=today, relation=relation, unit=unit, after=after, limit=MOST
                )
                if kind is None
                else silent.silent(
                    *told,
                    since=since,
                    until=today,
                    unit=unit,
                    kinds=(kind,),
                    detail=detail,
                    after=after,
                    limit=MOST,
                )
            )
        )
    if options.json:
        printed_json(list[SilentLine], lines)
        return
    table(("姓名", "编号", "上一次"), [(e.name, e.number, e.last or "–") for e in lines])


def _kind(said: str) -> str:
    """A kind by its name in code or its Chinese."""
    for name, kind in KINDS.items():
        if said in (name, kind.about.zh):
            return name
    raise Refused(Reason.WRONG_TAG, "KIND", said[:80])
