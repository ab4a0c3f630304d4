"""How matters flow, on pages: funnels with the time that each stage took, by parts, the matters behind each figure; what people ask for as boards."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from fastapi import APIRouter, Response

from domain import flow
from domain.access import Action
from domain.course import Standing
from domain.fact import RecordClass
from domain.kinds import KINDS
from domain.kinds.about import Stage
from domain.kinds.advice import Obstacle
from domain.loop import Loop
from domain.people import Refused, UnitId
from domain.unit import Unit, UnitKind
from domain.words import Label
from interfaces import flowing
from interfaces.api.asking import Look
from interfaces.api.door import needs
from interfaces.flowing import NOBODY
from interfaces.web.asked import Narrowing, next_page, with_parameters
from interfaces.web.dues import loops_of
from interfaces.web.fields import troubles
from interfaces.web.refusing import PageRoute
from interfaces.web.rendering import render
from interfaces.web.visiting import VisitingNow
from projections import flows, roster
from projections.flows import Among, By, FlowLine, Which, channel_called
from projections.paging import Page

MOST_SHOWN = 50
MOST_ON_A_BOARD = 12
"""Matters of each column that a board shows; a link leads to all."""
_OF_WHOM = ("kind", "loop", "since", "until", "unit", "township", "holder", "channel", "record")
_WHICH = ("stage", "not_reached", "standing", "in_vain", "ended_by", "obstacle", "in_time")
_PART: Mapping[By, str] = {By.ORGANISER: "unit"}
"""The filter that asks for a part, where it is not called as the parts are."""
_YES: Mapping[str, bool] = {"yes": True, "no": False}


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a board: what it is called, which matters it holds, the first of them, and where all are."""

    said: Label
    number: int
    page: Page[FlowLine]
    address: str


def router() -> APIRouter:
    """The pages."""
    made = APIRouter(route_class=PageRoute, include_in_schema=False, prefix="/ledgers/{ledger}")

    @made.get("/flows", operation_id="page_flows", openapi_extra=needs(Action.SEE_RECORD))
    def funnel(
        visitor: VisitingNow,
        kind: str = "",
        loop: str = "",
        since: str = "",
        until: str = "",
        unit: str = "",
        township: str = "",
        holder: str = "",
        channel: str = "",
        record: str = "",
        by: str = "",
    ) -> Response:
        """How far the matters of a kind or a loop have come that came in on these days, and how long it took; taken apart."""
        said = {"kind": kind, "loop": loop, "since": since, "until": until, "unit": unit}
        said |= {"township": township, "holder": holder, "channel": channel, "record": record}
        return _funnel(Narrowing(visitor, **said, by=by))

    @made.get(
        "/flows/matters", operation_id="page_flow_matters", openapi_extra=needs(Action.SEE_RECORD)
    )
    def behind(
        visitor: VisitingNow,
        kind: str = "",
        loop: str = "",
        since: str = "",
        until: str = "",
        unit: str = "",
        township: str = "",
        holder: str = "",
        channel: str = "",
        record: str = "",
        stage: str = "",
        not_reached: str = "",
        standing: str = "",
        in_vain: str = "",
        ended_by: str = "",
        obstacle: str = "",
        in_time: str = "",
        ended_since: str = "",
        cursor: str = "",
    ) -> Response:
        """The matters behind a figure."""
        said = {"kind": kind, "loop": loop, "since": since, "until": until, "unit": unit}
        said |= {"township": township, "holder": holder, "channel": channel, "record": record}
        said |= {"stage": stage, "not_reached": not_reached, "standing": standing}
        said |= {"in_vain": in_vain, "ended_by": ended_by, "obstacle": obstacle}
        narrowing = Narrowing(visitor, **said, in_time=in_time, ended_since=ended_since)
        return _behind(narrowing, cursor)

    @made.get("/boards", operation_id="page_boards", openapi_extra=needs(Action.SEE_RECORD))
    def boards(
        visitor: VisitingNow,
        kind: str = "",
        since: str = "",
        until: str = "",
        unit: str = "",
        township: str = "",
    ) -> Response:
        """What people ask for: of all kinds the figures, of one the matters that wait, are taken, and were done of late."""
        said = {"kind": kind, "since": since, "until": until, "unit": unit}
        return _boards(Narrowing(visitor, **said, township=township))

    return made


# Which matters


@dataclass(frozen=True, slots=True)
class _Asked:
    """What an address asks for: which matters, none where something is wrong with it, and how it is written again."""

    among: Among | None
    said: dict[str, str]
    units: Mapping[UnitId, Unit]
    loops: Mapping[str, Loop]

    @property
    def townships(self) -> list[Unit]:
        """The townships to choose from."""
        found = [u for u in self.units.values() if u.profile.kind is UnitKind.TOWNSHIP]
        return sorted(found, key=lambda each: each.profile.name)


def _asked(narrowing: Narrowing, look: Look, *, usual: bool = False, kind: str = "") -> _Asked:
    """The matters that the address asks for, or those of another kind.

    As `usual` those of the year where no days are said, and of the first kind that there is where none is.
    """
    visitor, said = narrowing.visitor, dict(narrowing.said)
    del said["as_of"]
    told = (look.connection, look.ledger)
    units = roster.all_units(*told)
    loops = {loop.code: loop for loop in loops_of(visitor, look)}
    since, until = narrowing.day("since"), narrowing.day("until")
    if usual and not (said["since"] or said["until"]):
        year = narrowing.filters.year("")
        since, until = date(year, 1, 1), date(year, 12, 31)
        said |= {"since": since.isoformat(), "until": until.isoformat()}
    found: dict[str, Any] = {}
    for name in ("unit", "township"):
        if said.get(name) == NOBODY:
            found[name] = UnitId(NOBODY)
            continue
        found[name] = narrowing.read(name, lambda each: narrowing.filters.unit(each, units))
        said[name] = found[name] or ""
    record = narrowing.read(
        "record", lambda each: narrowing.filters.choice(each, RecordClass, "record")
    )
    found |= {name: said.get(name) or None for name in ("kind", "loop", "holder", "channel")}
    if kind:
        found["kind"] = kind
    elif usual and not (found["kind"] or found["loop"]):
        there = flows.kinds_in(*told, since=since, until=until)
        found["kind"] = said["kind"] = next(iter(there), "proposed")
    among = None
    if not narrowing.wrong:
        try:
            among = flowing.among(
                *(*told, visitor.desk.shelf, units),
                since=since,
                until=until,
                record=record,
                **found,
            )
        except Refused as refused:
            narrowing.wrong[refused.field] = troubles(refused, ())
    return _Asked(among, said, units, loops)


def _shown(asked: _Asked) -> dict[str, str]:
    """What the fields of the form hold: names, not ids."""
    names = {
        name: asked.units[UnitId(asked.said[name])].profile.name
        for name in ("unit", "township")
        if asked.said.get(name) in asked.units
    }
    if holder := asked.said.get("holder"):
        names["holder"] = flows.holder_called(holder, asked.units)
    return asked.said | names


def _narrowed(asked: _Asked) -> list[tuple[Label, str]]:
    """What a figure was narrowed to that the form has no field for, each with its filter."""
    found: list[tuple[Label, str]] = []
    if code := asked.said.get("channel"):
        kind = asked.said.get("kind") or None
        found.append((channel_called(kind, "" if code == NOBODY else code), "channel"))
    if asked.among is not None and asked.among.record is not None:
        found.append((Label(asked.among.record.zh, asked.among.record.en), "record"))
    if asked.said.get("holder") == NOBODY:
        found.append((Label("未定承办单位", "in nobody's hand yet"), "holder"))
    return found


# The funnel


def _funnel(narrowing: Narrowing) -> Response:
    visitor = narrowing.visitor
    by = narrowing.read("by", lambda each: narrowing.filters.choice(each, By, "by")) or By.ORGANISER
    with visitor.asking.look() as look:
        asked = _asked(narrowing, look, usual=True)
        told = (look.connection, look.ledger)
        found = parts = None
        if asked.among is not None:
            found = flows.funnel(*told, visitor.desk.shelf, asked.among)
            parts = flows.parts(*told, asked.among, by, asked.units)

    def behind(**which: Any) -> str:
        """The address of the matters behind a figure."""
        of_whom = {name: asked.said.get(name, "") for name in _OF_WHOM}
        return narrowing.to("/flows/matters", **(of_whom | which))

    def part(key: str) -> dict[str, str]:
        """What asks for a part."""
        return {_PART.get(by, by.value): key or NOBODY}

    return render(
        visitor,
        "flows.html",
        status=narrowing.status,
        narrowing=narrowing,
        asked=_shown(asked),
        narrowed=_narrowed(asked),
        loops=asked.loops,
        units=asked.units,
        townships=asked.townships,
        kinds={name: KINDS[name] for name in flows.matter_kinds()},
        found=found,
        parts=parts,
        by=by,
        switches=[(each, with_parameters(visitor, by=each.value)) for each in By],
        behind=behind,
        part=part,
        channel=flow.channel_of(asked.said["kind"]) if asked.said["kind"] in KINDS else None,
        without=lambda name: with_parameters(visitor, **{name: ""}),
    )


def _behind(narrowing: Narrowing, cursor: str) -> Response:
    visitor, read, filters = narrowing.visitor, narrowing.read, narrowing.filters

    def yes(name: str) -> bool | None:
        said = read(name, lambda each: filters.one_of(each, _YES, name))
        return None if said is None else _YES[said]

    which = Which(
        stage=narrowing.said["stage"],
        not_reached=narrowing.said["not_reached"],
        standing=read("standing", lambda each: filters.choice(each, Standing, "standing")),
        in_vain=yes("in_vain"),
        ended_by=read("ended_by", lambda each: filters.choice(each, Stage, "ended_by")),
        obstacle=read("obstacle", lambda each: filters.choice(each, Obstacle, "obstacle")),
        in_time=yes("in_time"),
        ended_since=narrowing.day("ended_since"),
    )
    page: Page[FlowLine] = Page(rows=())
    with visitor.asking.look() as look:
        asked = _asked(narrowing, look)
        told = (look.connection, look.ledger)
        if asked.among is not None:
            try:
                flowing.must_be_stages(
                    *(*told, visitor.desk.shelf, asked.among),
                    stage=which.stage,
                    not_reached=which.not_reached,
                )
            except Refused as refused:
                narrowing.wrong[refused.field] = troubles(refused, ())
        if asked.among is not None and not narrowing.wrong:
            page = flows.matters(
                *told,
                asked.among,
                which,
                units=asked.units,
                after=visitor.asking.after(cursor or None),
                limit=MOST_SHOWN,
            )
    back = {name: asked.said.get(name, "") for name in _OF_WHOM}
    return render(
        visitor,
        "flow_matters.html",
        status=narrowing.status,
        narrowing=narrowing,
        asked=_shown(asked),
        page=page,
        what=_what(asked, which),
        kinds=KINDS,
        stage=_stage_called(asked, which.stage),
        back=narrowing.to("/flows", **back),
        next=next_page(visitor, page.after),
    )


def _stage_called(asked: _Asked, code: str) -> Label:
    """What a stage is called, of the loop or of the kind."""
    loop = asked.loops.get(asked.said.get("loop", ""))
    if not code or loop is not None:
        return Label("", "") if loop is None else loop.called(code)
    try:
        stage = Stage.of(code)
    except KeyError:
        return Label(code, code)
    return Label(stage.zh, stage.en)


def _what(asked: _Asked, which: Which) -> list[Label]:
    """Which matters these are, in words."""
    found: list[Label] = []
    if which.stage:
        name = _stage_called(asked, which.stage)
        found.append(Label(f"已到“{name.zh}”", f"have reached: {name.en}"))
    if which.not_reached:
        name = _stage_called(asked, which.not_reached)
        found.append(Label(f"未到“{name.zh}”", f"have not reached: {name.en}"))
    if which.in_vain:
        found.append(Label("未办成而结束", "ended without effect"))
    elif which.standing is not None:
        found.append(Label(which.standing.zh, which.standing.en))
    for each in (which.ended_by, which.obstacle):
        if each is not None:
            found.append(Label(each.zh, each.en))
    if which.in_time is not None:
        in_time = Label("按期到达", "reached by its day")
        found.append(in_time if which.in_time else Label("逾期到达", "reached after its day"))
    if which.ended_since is not None:
        found.append(Label(f"{which.ended_since} 以来办结", f"closed since {which.ended_since}"))
    said = asked.said
    shown = _shown(asked)
    for field in ("unit", "township", "holder"):
        if said.get(field):
            called = Label(shown[field], shown[field])
            found.append(Label("未定", "not said") if said[field] == NOBODY else called)
    return [*found, *(label for label, field in _narrowed(asked) if field != "holder")]


# Boards


def _boards(narrowing: Narrowing) -> Response:
    visitor = narrowing.visitor
    today = visitor.desk.today()
    chosen = narrowing.read("kind", flowing.taken_kind)
    with visitor.asking.look() as look:
        told = (look.connection, look.ledger)
        asked = _asked(narrowing, look, kind=chosen or next(iter(flow.TAKEN)))
        rows = []
        columns: list[Column] = []
        if asked.among is not None:
            for kind in flow.TAKEN if chosen is None else [chosen]:
                among = replace(asked.among, kind=kind)
                rows.append(flows.asked_for(*told, among, today=today))
            if chosen is not None:
                columns = _columns(look, narrowing, asked, rows[0], today)

    def behind(kind: str, **which: Any) -> str:
        """The address of the matters behind a figure."""
        of_whom = {name: asked.said.get(name, "") for name in _OF_WHOM}
        return narrowing.to("/flows/matters", **(of_whom | {"kind": kind} | which))

    return render(
        visitor,
        "boards.html",
        status=narrowing.status,
        narrowing=narrowing,
        asked=_shown(asked),
        rows=rows,
        columns=columns,
        chosen=chosen,
        kinds=KINDS,
        townships=asked.townships,
        units=asked.units,
        behind=behind,
        lately=flows.lately(today).isoformat(),
        tabs=[(kind, with_parameters(visitor, kind=kind)) for kind in ("", *flow.TAKEN)],
    )


def _columns(
    look: Look,
    narrowing: Narrowing,
    asked: _Asked,
    figures: flows.Asked,
    today: date,
) -> list[Column]:
    """The columns of a board of one kind: what waits, what is taken, what was done of late."""
    at = figures.taken_at
    lately = flows.lately(today)
    is_open = Standing.OPEN
    wanted = (
        (
            Label(f"待{at.zh}", f"not yet: {at.en}"),
            figures.waiting,
            Which(standing=is_open, not_reached=at.value),
            {"standing": is_open.value, "not_reached": at.value},
        ),
        (
            Label(f"已{at.zh},办理中", f"{at.en}, open"),
            figures.taken,
            Which(standing=is_open, stage=at.value),
            {"standing": is_open.value, "stage": at.value},
        ),
        (
            Label(f"近{flows.LATELY}天办结", f"done in the last {flows.LATELY} days"),
            figures.done_lately,
            Which(standing=Standing.CLOSED, in_vain=False, ended_since=lately),
            {"standing": "closed", "in_vain": "no", "ended_since": lately.isoformat()},
        ),
    )
    of_whom = {name: asked.said.get(name, "") for name in _OF_WHOM} | {"kind": figures.kind}
    found = []
    for said, number, which, pairs in wanted:
        page: Page[FlowLine] = Page(rows=())
        if asked.among is not None:
            page = flows.matters(
                look.connection,
                look.ledger,
                asked.among,
                which,
                units=asked.units,
                limit=MOST_ON_A_BOARD,
            )
        found.append(Column(said, number, page, narrowing.to("/flows/matters", **of_whom, **pairs)))
    return found
