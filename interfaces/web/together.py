"""Several matters of one loop that stand at one stage, moved on in one form: as at a meeting that hands all proposals over to who handles them."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from fastapi import APIRouter, Response
from starlette.concurrency import run_in_threadpool

from domain import handling
from domain.access import Action
from domain.course import LABELS, Course
from domain.deed import Deed
from domain.kinds import KINDS
from domain.loop import LoopStage
from domain.people import Reason, Refused
from domain.words import Label
from interfaces import bodies
from interfaces.api.asking import Look
from interfaces.api.door import checked_id, needs
from interfaces.ids import minted_id
from interfaces.refusals import status_of
from interfaces.web import choosing, course, dues, fields, in_name_of, turning
from interfaces.web.asked import Narrowing
from interfaces.web.choosing import Units
from interfaces.web.course import MOVE
from interfaces.web.fields import Input, Trouble
from interfaces.web.in_name_of import Authors
from interfaces.web.refusing import PageRoute
from interfaces.web.rendering import render, see
from interfaces.web.visiting import Sending, Sent, VisitingNow, Visitor, whole
from projections import courses, deeds
from projections.courses import DueLine

MOST_SHOWN = 100
"""Matters on one form; the rest follows once these are moved."""
SHARED = ("on", "document", "by")
"""What is said once of all: the day, the number of the document, who did it."""
_LABELS = {**LABELS, in_name_of.FOR: in_name_of.LABEL}
_ASKED = ("loop", "stage", "kind", "unit", "holder", "meeting")
"""Which matters the address asks for; what else narrows the board asks nothing here."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A matter on the form: what has to be said of it alone, whether it is to be moved, and what is wrong."""

    line: DueLine
    inputs: tuple[Input, ...]
    hint: Label | None = None
    chosen: bool = False
    wrong: tuple[Trouble, ...] = ()

    @property
    def beside(self) -> list[Trouble]:
        """What is wrong with none of its inputs."""
        names = {each.name for each in self.inputs}
        return [each for each in self.wrong if each.field not in names]


def router() -> APIRouter:
    """The form, and what it sends."""
    made = APIRouter(route_class=PageRoute, include_in_schema=False, prefix="/ledgers/{ledger}")

    @made.get("/dues/together", operation_id="page_together", openapi_extra=needs(Action.HANDLE))
    def together(
        visitor: VisitingNow,
        loop: str = "",
        stage: str = "",
        kind: str = "",
        unit: str = "",
        holder: str = "",
        meeting: str = "",
        to: str = "",
        did: str = "",
    ) -> Response:
        """The matters that stand at a stage, with what has to be said to move them on."""
        said = {"loop": loop, "stage": stage, "kind": kind, "unit": unit, "holder": holder}
        narrowing = _narrowing(visitor, said | {"meeting": meeting, "to": to})
        return _form(narrowing, done=whole(did) or 0)

    @made.post("/dues/together", operation_id="send_together", openapi_extra=needs(Action.HANDLE))
    async def send_together(sending: Sending) -> Response:
        """Move each that is ticked, by a command of its own; where some are refused they stay, each with what is wrong."""
        visitor, sent = sending
        refused: dict[str, Refused] = {}
        done = 0
        units = await run_in_threadpool(_units, visitor)
        for matter in list(dict.fromkeys(sent.all("p")))[:MOST_SHOWN]:
            try:
                command = _command(sent, checked_id(matter, "/p"), units)
                if command is not None:
                    # Each is an act of its own, and sent again the same.
                    acting_for = in_name_of.sent_for(sent, _key(matter))
                    command_id = f"{sent.command_id}.{matter}"
                    await visitor.submit(command, command_id, acting_for=acting_for)
                    done += 1
            except Refused as each:
                refused[matter] = each
        narrowing = _narrowing(visitor, {name: sent.one(name) for name in (*_ASKED, "to")})
        if refused or not done:
            return await run_in_threadpool(_form, narrowing, sent, refused, done=done)
        return see(narrowing.to("/dues/together", **narrowing.said, did=done))

    return made


def _narrowing(visitor: Visitor, said: Mapping[str, str]) -> Narrowing:
    return Narrowing(visitor, which="", mine="", **said)


def _units(visitor: Visitor) -> Units:
    with visitor.desk.store.reading() as connection:
        return choosing.units(connection, visitor.ledger)


def _key(matter: str) -> str:
    """What the inputs of a matter begin with."""
    return f"m-{matter}"


def _form(
    narrowing: Narrowing,
    sent: Sent | None = None,
    refused: Mapping[str, Refused] | None = None,
    *,
    done: int = 0,
) -> Response:
    """The form; where some were refused as it was sent, with what is wrong beside each."""
    visitor, said, wrong = narrowing.visitor, narrowing.said, refused or {}
    for name in ("loop", "stage"):
        if not said[name]:
            raise Refused(Reason.MISSING, name)
    with visitor.asking.look() as look:
        asked = dues.asked_in(narrowing, look)
        page = dues.board_lines(narrowing, look, asked, "", limit=MOST_SHOWN)
        possible = _possible(visitor, look, page.rows)
    stages = {code: way.stage for found in possible.values() for code, way in found.items()}
    only = next(iter(stages)) if len(stages) == 1 else ""
    to = said["to"] if said["to"] in stages else only
    rows = [
        _row(line, possible[line.matter][to], visitor, sent, wrong.get(line.matter))
        for line in page.rows
        if to in possible[line.matter]
    ]
    first = next(iter(wrong.values()), None)
    nothing = sent is not None and not wrong
    status = 422 if nothing else narrowing.status
    return render(
        visitor,
        "together.html",
        status=status if first is None else status_of(first),
        narrowing=narrowing,
        told=dues.told_of(asked),
        stages=[
            (each, narrowing.to("/dues/together", **(said | {"to": code})))
            for code, each in stages.items()
        ],
        to=stages.get(to),
        rows=rows,
        left_out=len(page.rows) - len(rows) if to else 0,
        more=page.after is not None,
        shared=_shared(stages.get(to), visitor, sent),
        hidden=[(name, said[name]) for name in _ASKED] + [("to", to)],
        units=Units(asked.units),
        every=KINDS,
        wrong=[
            replace(
                each, label=Label(row.line.title, row.line.title), anchor=f"t-{row.line.matter}"
            )
            for row in rows
            for each in row.wrong
        ],
        nothing=nothing,
        done=done,
        back=narrowing.to("/dues", **{name: said[name] for name in _ASKED}),
        command_id=minted_id(),
    )


@dataclass(frozen=True, slots=True)
class _Way:
    """A stage that a matter may go to, and that he may move it to: himself, or in whose name; and whether it may be said there what `followed` from an instruction."""

    stage: LoopStage
    authors: Authors
    deed: Deed[Any]
    course: Course
    followed: bool

    def inputs(self, key: str, today: date) -> tuple[Input, ...]:
        """What is asked of this matter alone; a note that is not needed is left out."""
        excused = self.authors.is_excused(self.deed, self.course, self.stage)
        asked = _asked(
            key, self.stage, today, shared=False, followed=self.followed, excused=excused
        )
        return (*self.authors.input(key, self.deed, self.course, self.stage), *asked)


def _possible(visitor: Visitor, look: Look, found: Sequence[DueLine]) -> dict[str, dict[str, _Way]]:
    """Where each matter may go now, and he may move it to."""
    told = (look.connection, look.ledger)
    states = deeds.states(*told, [f"matter/{each.matter}" for each in found])
    time = courses.timing(*told, visitor.desk.shelf)
    units = choosing.units(*told).all
    there = [each for each in states.values() if isinstance(each, Deed)]
    authors = in_name_of.authors_of(visitor, look, there, units)
    made: dict[str, dict[str, _Way]] = {}
    for each in found:
        made[each.matter] = {}
        deed: Any = states.get(f"matter/{each.matter}")
        way = deed.course if isinstance(deed, Deed) else None
        loop = None if way is None else time.loops.get((way.loop, way.version))
        if way is None or loop is None:
            continue
        made[each.matter] = {
            stage.code: _Way(
                stage, authors, deed, way, course.says_followed(deed, stage, visitor, units)
            )
            for stage in loop.stages
            if courses.may_come(loop, way, stage)
            and (authors.may_move(deed, way, stage) or authors.names(deed, way, stage))
        }
    return made


def _asked(
    key: str,
    stage: LoopStage,
    today: date,
    *,
    shared: bool,
    followed: bool = False,
    excused: bool = False,
) -> tuple[Input, ...]:
    """What a stage asks once of all, or of each; a note that it does not need is left out."""
    asked = course.move_inputs(key, stage, today, followed=followed, excused=excused)
    return tuple(
        each
        for each in asked
        if (each.name.rpartition(".")[2] in SHARED) is shared
        and (each.required or excused or not each.name.endswith(".note"))
    )


def _shared(stage: LoopStage | None, visitor: Visitor, sent: Sent | None) -> tuple[Input, ...]:
    if stage is None:
        return ()
    inputs = _asked("all", stage, visitor.desk.today(), shared=True)
    return inputs if sent is None else fields.sent_in(inputs, sent)


def _row(
    line: DueLine, way: _Way, visitor: Visitor, sent: Sent | None, refused: Refused | None
) -> Row:
    key = _key(line.matter)
    inputs = way.inputs(key, visitor.desk.today())
    hint = way.authors.hint(way.deed, way.course, way.stage)
    if sent is None:
        return Row(line=line, inputs=inputs, hint=hint)
    found: tuple[Trouble, ...] = ()
    if refused is not None:
        told = in_name_of.at_field(refused)
        found = turning.troubles(told, key, _LABELS, within=MOVE)
    return Row(
        line=line,
        inputs=fields.with_troubles(fields.sent_in(inputs, sent), found),
        hint=hint,
        chosen=_is_chosen(sent, line.matter),
        wrong=found,
    )


def _is_chosen(sent: Sent, matter: str) -> bool:
    """Whether a matter is to be moved: it is ticked, or somebody is named who is to have it."""
    return sent.has(f"do.{matter}") or bool(sent.one(f"{_key(matter)}.holder"))


def _command(sent: Sent, matter: str, units: Units) -> Any:
    """The move of a matter as the form says; none where it is not to be moved."""
    if not _is_chosen(sent, matter):
        return None
    said = course.said_in(MOVE, _key(matter), sent, units)
    said["move"] |= {"stage": sent.one("to")}
    said["move"] |= {name: value for name in SHARED if (value := sent.one(f"all.{name}"))}
    text = json.dumps(said, ensure_ascii=False)
    fixed = frozenset({"matter"})
    return bodies.command_of(handling.MoveMatter, text, {"matter": matter}, fixed)
