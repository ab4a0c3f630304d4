"""What is due: matters on their way round loops that are not closed, with who has each in hand, by when, and why on that day."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from itertools import groupby
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Response

from domain import flow
from domain.access import Action
from domain.course import Standing
from domain.document import Sort
from domain.kinds import KINDS
from domain.loop import Loop
from domain.people import Reason, Refused, Role, UnitId
from domain.unit import Unit
from domain.words import Label
from interfaces import flowing
from interfaces.api.asking import Look
from interfaces.api.door import needs
from interfaces.api.loops import counts_of, sheet_of
from interfaces.api.views import Sheet
from interfaces.asked import LONGEST_REPEATED
from interfaces.flowing import NOBODY, problems_beside
from interfaces.sealed import lines_for
from interfaces.web.asked import Narrowing, next_page, with_parameters
from interfaces.web.meetings import found
from interfaces.web.refusing import PageRoute
from interfaces.web.rendering import render
from interfaces.web.visiting import Visiting, Visitor
from projections import courses, documents, inspections, roster
from projections.courses import Counts, DueLine, Timeliness, Whose
from projections.flows import holder_called
from projections.inspections import ProblemLine
from projections.meetings import MeetingLine
from projections.paging import MOST, Page

MOST_SHOWN = 30
PROBLEMS_SHOWN = 10
"""Problems of inspections that stand beside the matters; all are on a page of their own."""


@dataclass(frozen=True, slots=True)
class Which:
    """A part of the board: what it asks for, and what its chip says."""

    zh: str
    en: str
    asked: dict[str, Any]


ALL = ""
WHICH: Mapping[str, Which] = {
    "overdue": Which("逾期", "overdue", {"how": Timeliness.OVERDUE}),
    "soon": Which("即将到期", "due soon", {"how": Timeliness.SOON}),
    "not_told": Which("已办未告知", "handled, not told", {"not_told": True}),
    "resting": Which("暂缓", "resting", {"standing": Standing.RESTING}),
    "no_day": Which(
        "暂无期限", "no day yet", {"how": Timeliness.NO_DAY, "standing": Standing.OPEN}
    ),
    ALL: Which("全部", "all", {}),
}
"""The parts of the board, in the order of their chips."""


MINE = frozenset({"1"})
"""What asks for one's own matters."""


@dataclass(frozen=True, slots=True)
class Chip:
    """A part of a board with how many are in it, where that is known."""

    said: Which
    number: int | None
    address: str
    here: bool


@dataclass(frozen=True, slots=True)
class Figures:
    """What is due of a unit, or of all: `asked` is what the board is asked for to show it."""

    counts: Counts
    zh: str
    en: str
    asked: str


def _narrowed(
    visitor: Visiting,
    which: str = "",
    loop: str = "",
    stage: str = "",
    kind: str = "",
    unit: str = "",
    holder: str = "",
    meeting: str = "",
    mine: str = "",
) -> Narrowing:
    """What the board, its print and its sheet are narrowed by, as the address says it."""
    said = {"which": which, "loop": loop, "stage": stage, "kind": kind}
    said |= {"unit": unit, "holder": holder, "meeting": meeting, "mine": mine}
    return Narrowing(visitor, **said)


Narrowed = Annotated[Narrowing, Depends(_narrowed)]


def router() -> APIRouter:
    """The board."""
    made = APIRouter(route_class=PageRoute, include_in_schema=False, prefix="/ledgers/{ledger}")

    @made.get("/dues", operation_id="page_dues", openapi_extra=needs(Action.SEE_RECORD))
    def dues(narrowed: Narrowed, cursor: str = "") -> Response:
        """Matters that are not closed, what is due first first; narrowed by what stands in the address."""
        return _board(narrowed, cursor)

    @made.get(
        "/dues/print", operation_id="page_dues_to_print", openapi_extra=needs(Action.SEE_RECORD)
    )
    def to_print(narrowed: Narrowed, cursor: str = "") -> Response:
        """The same to be printed and handed out: together for each who has some in hand."""
        return _to_print(narrowed, cursor)

    @made.get(
        "/dues/sheet",
        operation_id="page_due_sheet",
        openapi_extra=needs(Action.SEE_RECORD),
        response_class=Sheet,
    )
    def sheet(narrowed: Narrowed) -> Response:
        """The same as a CSV file, whole."""
        return _sheet(narrowed)

    return made


@dataclass(frozen=True, slots=True)
class BoardAsked:
    """What an address asks for: of the whole, and of the part that is looked at; and what that is called."""

    whose: Whose
    which: Which
    loops: list[Loop]
    units: Mapping[UnitId, Unit]
    shown: dict[str, str]
    meeting: MeetingLine | None


def asked_in(narrowing: Narrowing, look: Look) -> BoardAsked:
    """What is asked for; what cannot be meant stands beside its field."""
    visitor, filters, said = narrowing.visitor, narrowing.filters, narrowing.said
    known = roster.all_units(look.connection, look.ledger, look.position)
    unit = narrowing.read("unit", lambda each: filters.unit(each, known))
    holder = narrowing.read("holder", lambda each: flowing.held_by(each, known))
    meeting = narrowing.read("meeting", lambda each: found(look, each).line)
    shown = {} if unit is None else {"unit": known[unit].profile.name}
    if holder is not None:
        shown["holder"] = holder_called(holder, known) or NOBODY
    return BoardAsked(
        whose={
            "loop": said["loop"] or None,
            "stage": said["stage"] or None,
            "kind": filters.one_of(said["kind"], KINDS, "kind"),
            "unit": unit,
            "holder": holder,
            "meeting": None if meeting is None else meeting.meeting,
            # Everybody may ask for his own alone.
            "author": visitor.actor.person if filters.one_of(said["mine"], MINE, "mine") else None,
        },
        which=WHICH[filters.one_of(said["which"], WHICH, "which") or ALL],
        loops=loops_of(visitor, look),
        units=known,
        shown=said | shown,
        meeting=meeting,
    )


def board_lines(
    narrowing: Narrowing, look: Look, asked: BoardAsked, cursor: str, **how: Any
) -> Page[DueLine]:
    """A page of the matters that are asked for; none where something is wrong with that."""
    visitor = narrowing.visitor
    if narrowing.wrong:
        return Page(rows=())
    page = courses.open_matters(
        look.connection,
        look.ledger,
        visitor.desk.shelf,
        today=narrowing.today,
        position=look.position,
        after=visitor.asking.after(cursor or None),
        **asked.which.asked,
        **asked.whose,
        **how,
    )
    rows = lines_for(visitor.asker, look.connection, look.ledger, page.rows)
    return replace(page, rows=rows)


def _problems(narrowing: Narrowing, look: Look, asked: BoardAsked) -> Page[ProblemLine]:
    """The first problems of inspections that have a day, beside the matters that are asked for."""
    visitor = narrowing.visitor
    if narrowing.wrong or not visitor.may_ever(Action.SEE_UNIT_FILE):
        return Page(rows=())
    told, how = (look.connection, look.ledger), asked.which.asked
    only = visitor.asking.inspections_open(look)
    beside = problems_beside(visitor.desk.today(), only, **how, **asked.whose)
    if beside is None:
        return Page(rows=())
    page = inspections.to_mend(*told, beside, how=how.get("how"), dated=True, limit=PROBLEMS_SHOWN)
    return replace(page, rows=lines_for(visitor.asker, *told, page.rows))


def _board(narrowing: Narrowing, cursor: str) -> Response:
    visitor, said = narrowing.visitor, narrowing.said
    with visitor.asking.look() as look:
        asked = asked_in(narrowing, look)
        counts = counts_of(look, visitor.desk.shelf, narrowing.today, asked.whose)
        page = board_lines(narrowing, look, asked, cursor, limit=MOST_SHOWN)
        in_hand = _holders(look, visitor)
        problems = (
            Page(rows=())
            if cursor or look.position is not None
            else _problems(narrowing, look, asked)
        )
    loops = asked.loops
    return render(
        visitor,
        "dues.html",
        status=narrowing.status,
        narrowing=narrowing,
        page=page,
        problems=problems,
        all_problems=narrowing.to(
            "/inspections/problems",
            which="overdue" if said["which"] == "overdue" else "",
            unit=said["holder"],
            held=said["unit"],
        ),
        chips=_chips(visitor, counts, said["which"]),
        asked=asked.shown,
        meeting=asked.meeting,
        loops=sorted({loop.code: loop for loop in loops}.values(), key=lambda each: each.code),
        stages=_stages(loops, said["loop"]),
        kinds={name: KINDS[name] for loop in loops for name in loop.kinds if name in KINDS},
        every=KINDS,
        units=asked.units,
        holders=[holder_called(each, asked.units) for each in in_hand],
        boards=flow.TAKEN,
        together=narrowing.to("/dues/together", **(said | {"which": "", "mine": ""})),
        to_print=narrowing.to("/dues/print", **said),
        behind=visitor.actor.role is Role.OFFICE,
        without_meeting=with_parameters(visitor, meeting=""),
        of_all=with_parameters(visitor, mine=""),
        next=next_page(visitor, page.after),
    )


def _holders(look: Look, visitor: Visitor) -> tuple[str, ...]:
    """Who has something in hand, to choose from."""
    told = (look.connection, look.ledger)
    if look.position is None:
        return courses.holders(*told)
    return courses.holders_then(*told, visitor.desk.shelf, position=look.position)


@dataclass(frozen=True, slots=True)
class Sharing:
    """Matters that one has in hand: `key` is who, as `courses.held_by` says."""

    key: str
    name: str
    lines: tuple[DueLine, ...]


def _to_print(narrowing: Narrowing, cursor: str) -> Response:
    visitor, said = narrowing.visitor, narrowing.said
    with visitor.asking.look() as look:
        asked = asked_in(narrowing, look)
        page = board_lines(narrowing, look, asked, cursor, by_holder=True, limit=MOST)
    return render(
        visitor,
        "dues_print.html",
        status=narrowing.status,
        narrowing=narrowing,
        page=page,
        asked=asked,
        told=told_of(asked),
        every=KINDS,
        holders=[
            Sharing(key, holder_called(key, asked.units), tuple(lines))
            for key, lines in groupby(page.rows, lambda line: courses.held_by(line.holder))
        ],
        only=lambda key: narrowing.to("/dues/print", **(said | {"holder": key or NOBODY})),
        sheet=narrowing.to("/dues/sheet", **said),
        back=narrowing.to("/dues", **said),
        next=next_page(visitor, page.after),
    )


def _sheet(narrowing: Narrowing) -> Response:
    visitor = narrowing.visitor
    with visitor.asking.look() as look:
        asked = asked_in(narrowing, look)
        for name in narrowing.wrong:
            raise Refused(Reason.MALFORMED, name, narrowing.said[name][:LONGEST_REPEATED])
        lines = courses.all_open_matters(
            look.connection,
            look.ledger,
            visitor.desk.shelf,
            today=narrowing.today,
            position=look.position,
            **asked.which.asked,
            **asked.whose,
        )
        return sheet_of(visitor.asking, look, lines)


def told_of(asked: BoardAsked) -> list[Label]:
    """What the matters were narrowed to, in words."""
    loop = next((e for e in reversed(asked.loops) if e.code == asked.whose["loop"]), None)
    told = [] if loop is None else [Label(loop.zh, loop.en)]
    if asked.whose["author"] is not None:
        told.append(Label("本人提出的", "one’s own"))
    if asked.whose["stage"]:
        told += [_stages(asked.loops, asked.shown["loop"]).get(asked.whose["stage"], Label("", ""))]
    if asked.whose["kind"]:
        about = KINDS[asked.whose["kind"]].about
        told.append(Label(about.zh, about.en))
    if asked.shown["which"]:
        told.append(Label(asked.which.zh, asked.which.en))
    for name, zh, en in (("unit", "登记单位", "came in through"), ("holder", "承办", "in hand of")):
        if called := asked.shown[name]:
            told.append(Label(f"{zh}:{called}", f"{en}: {called}"))
    return told


def loops_of(visitor: Visitor, look: Look) -> list[Loop]:
    """All versions of all loops, the newest of each last."""
    told = (look.connection, look.ledger, visitor.desk.shelf)
    papers = documents.states(*told, position=look.position)
    return [
        visitor.desk.shelf.loop(version)
        for paper in papers
        if paper.sort is Sort.LOOP
        for version in paper.versions
    ]


def _chips(visitor: Visitor, counts: Counts, here: str) -> list[Chip]:
    numbers = {
        "overdue": counts.overdue,
        "soon": counts.soon,
        "not_told": counts.not_told,
        "resting": counts.resting,
        "no_day": counts.no_day,
        ALL: counts.open + counts.resting,
    }
    return [
        Chip(each, numbers[name], with_parameters(visitor, which=name), name == here)
        for name, each in WHICH.items()
    ]


def _stages(loops: Iterable[Loop], code: str) -> dict[str, Label]:
    """The stages to choose from: of the loop that is asked for, or of all."""
    return {
        stage.code: stage.label
        for loop in loops
        if code in {"", loop.code}
        for stage in loop.stages
        if not stage.ends and not stage.beside
    }


def figures_of(visitor: Visitor, look: Look) -> tuple[Figures, ...]:
    """What is due, for the home of whoever sees to it: of his unit, or for the office of all."""
    role, unit = visitor.actor.role, visitor.capacity.unit
    if role is Role.OFFICE:
        found = [_figures(visitor, look, "全部事项", "all matters", "")]
    elif role in {Role.CLERK, Role.HEAD} and unit is not None:
        found = [
            _figures(visitor, look, "本单位登记", "that came in through this unit", "unit", unit),
            _figures(visitor, look, "本单位承办", "that this unit has in hand", "holder", unit),
        ]
    else:
        found = []
    return tuple(each for each in found if each.counts.open or each.counts.resting)


def _figures(
    visitor: Visitor, look: Look, zh: str, en: str, name: str, unit: UnitId | None = None
) -> Figures:
    by: Whose = {}
    if unit is not None:
        by = {"holder": f"unit/{unit}"} if name == "holder" else {"unit": unit}
    counts = courses.counts(look.connection, look.ledger, today=visitor.desk.today(), **by)
    return Figures(counts, zh, en, f"&{name}={unit}" if by else "")
