"""Units and what is known of them: who answers, who belongs, their lists and points, both sides of dual management, whom nothing was heard of."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from fastapi import APIRouter, Response

from domain import explain
from domain.access import Action
from domain.attestation import SideState
from domain.checklist import Cell, CellState
from domain.explain import Said
from domain.kinds import KINDS
from domain.people import PersonId, Reason, Refused, UnitId
from domain.period import Period, Span
from domain.scorecard import Line
from domain.unit import Side, UnitKind
from domain.words import Label
from interfaces.api.asking import Look
from interfaces.api.door import needs
from interfaces.sealed import happenings_for
from interfaces.web.asked import Narrowing, next_page
from interfaces.web.deed import collection_of
from interfaces.web.refusing import PageRoute
from interfaces.web.rendering import render
from interfaces.web.visiting import Visiting, Visitor
from projections import (
    checklists,
    deeds,
    documents,
    dual,
    history,
    roster,
    silent,
    stations,
    unit_cards,
    waiting,
)
from projections.checklists import UnitList
from projections.dual import AnsweredLine
from projections.paging import MOST, Key, page_of
from projections.roster import UnitPage
from projections.scorecards import Card, names_in

MOST_SHOWN = 50
MOST_HAPPENINGS = 30
STRETCHES = ("30", "60", "90", "180")
"""For how many days nothing may have been heard of a member."""
USUAL_STRETCH = "90"
EVERY = "all"
LINES: Mapping[str, frozenset[SideState]] = {
    EVERY: frozenset(SideState) - {SideState.NOT_ASKED},
    "awaited": frozenset({SideState.AWAITED}),
    "confirmed": frozenset({SideState.CONFIRMED}),
    "silent": frozenset({SideState.NOT_OBJECTED}),
    "returned": frozenset({SideState.RETURNED, SideState.CORRECTED, SideState.UPHELD}),
}
"""The lines of a unit's side that its figures count."""
WORDS: Mapping[str, Label | SideState] = {
    EVERY: Label("全部", "all"),
    "awaited": SideState.AWAITED,
    "confirmed": SideState.CONFIRMED,
    "silent": SideState.NOT_OBJECTED,
    "returned": Label("退回过", "returned at some time"),
}


@dataclass(frozen=True, slots=True)
class ShownCell:
    """A cell of a unit's list: how it stands, of whom it is asked, and the record that fills it."""

    cell: Cell
    label: Said
    address: str


@dataclass(frozen=True, slots=True)
class ShownRow:
    """An item of a unit's list."""

    number: int
    said: Said
    done: int
    of: int
    cells: tuple[ShownCell, ...]


@dataclass(frozen=True, slots=True)
class ShownGrid:
    """Items of a unit's list that are asked in the same stretches of time, or of the same people: one table."""

    labels: tuple[Said, ...]
    rows: tuple[ShownRow, ...]


@dataclass(frozen=True, slots=True)
class ShownUnitList:
    """A unit's list as tables."""

    found: UnitList
    grids: tuple[ShownGrid, ...]


@dataclass(frozen=True, slots=True)
class ShownUnitLine:
    """A line of a unit's card with its sentence and its record."""

    line: Line
    said: Said
    address: str


@dataclass(frozen=True, slots=True)
class ShownUnitBlock:
    """A block of a unit's card: what it came to, and its lines; `folded` are those that a limit left without points."""

    said: Said
    points: str
    lines: tuple[ShownUnitLine, ...]
    folded: tuple[ShownUnitLine, ...]


@dataclass(frozen=True, slots=True)
class ShownUnitCard:
    """A unit's card, block by block."""

    card: Card
    blocks: tuple[ShownUnitBlock, ...]


def router() -> APIRouter:
    """The pages of units."""
    made = APIRouter(route_class=PageRoute, include_in_schema=False, prefix="/ledgers/{ledger}")

    @made.get("/units", operation_id="page_units", openapi_extra=needs(Action.SEE_ROSTER))
    def units(
        visitor: Visiting,
        text: str = "",
        kind: str = "",
        side: str = "",
        closed: str = "",
        cursor: str = "",
    ) -> Response:
        """The units on a day, by name."""
        narrowing = Narrowing(visitor)
        visitor, asked = narrowing.visitor, narrowing.filters
        with visitor.asking.look() as look:
            page = roster.units(
                look.connection,
                look.ledger,
                day=visitor.asking.today,
                position=look.position,
                kind=asked.choice(kind, UnitKind, "kind") if kind else None,
                side=asked.choice(side, Side, "side") if side else None,
                text=asked.text(text),
                open_only=closed != "1",
                after=visitor.asking.after(cursor or None),
                limit=MOST_SHOWN,
            )
        return render(
            visitor,
            "units.html",
            status=narrowing.status,
            narrowing=narrowing,
            page=page,
            kinds=list(UnitKind),
            sides=list(Side),
            asked={"text": text, "kind": kind, "side": side, "closed": closed},
            next=next_page(visitor, page.after),
        )

    @made.get("/units/{id}", operation_id="page_unit", openapi_extra=needs(Action.SEE_ROSTER))
    def unit(
        visitor: Visiting, id: str, year: str = "", days: str = "", since: str = ""
    ) -> Response:
        """A unit; its file where it is open to whoever looks."""
        narrowing = Narrowing(visitor, year=year, since=since)
        stretch = narrowing.filters.one_of(days, STRETCHES, "days") or USUAL_STRETCH
        return _page(narrowing, UnitId(id), stretch)

    @made.get(
        "/units/{id}/lines",
        operation_id="page_lines_of_unit",
        openapi_extra=needs(Action.SEE_UNIT_FILE),
    )
    def lines(
        visitor: Visiting, id: str, year: str = "", which: str = "", cursor: str = ""
    ) -> Response:
        """The lines of a year that the unit answers for on its side, by how they stand: what its figures are made of."""
        return _lines(Narrowing(visitor, year=year), UnitId(id), which, cursor)

    @made.get(
        "/units/{id}/history",
        operation_id="page_history_of_unit",
        openapi_extra=needs(Action.SEE_UNIT_FILE),
    )
    def unit_history(visitor: Visiting, id: str, cursor: str = "") -> Response:
        """All that happened to a unit, newest first."""
        return _history(visitor, UnitId(id), cursor)

    return made


def _found(visitor: Visitor, look: Look, id: UnitId) -> UnitPage:
    page = roster.unit(
        look.connection, look.ledger, id, day=visitor.asking.today, position=look.position
    )
    if page is None:
        raise Refused(Reason.NO_SUCH_UNIT, "id", id[:40])
    return page


def _page(narrowing: Narrowing, id: UnitId, stretch: str) -> Response:
    visitor, year = narrowing.visitor, narrowing.year()
    asking, period = visitor.asking, Period.year(year)
    # Who belongs to it is told as of the end of a year that is over.
    day = min(asking.today, period.last)
    since = narrowing.day("since")
    narrowing.in_order(since, day, "since")
    with asking.look() as look:
        found = _found(visitor, look, id)
        members = roster.people(
            look.connection,
            look.ledger,
            day=day,
            position=look.position,
            unit=id,
            members_only=True,
            limit=MOST,
        )
        file = asking.may_see_unit(look, id, Action.SEE_UNIT_FILE)
        told: dict[str, Any] = {}
        if file and not narrowing.wrong:
            since = since or day - timedelta(days=int(stretch) - 1)
            told = _file(visitor, look, found, period, day, since)
        station = None
        if look.position is None and found.unit.profile.kind in stations.STATIONS:
            station = stations.totals(look.connection, look.ledger, id, period=period)
        said = found.unit.profile
        beside = {each for each in (said.parent, said.township, said.linked_by) if each}
        names = roster.names(
            look.connection,
            look.ledger,
            people={a.person for a in found.unit.appointments} | set(found.answering_people),
            units=beside | {found.answering},
        )
    return render(
        visitor,
        "unit.html",
        status=narrowing.status,
        narrowing=narrowing,
        page=found,
        unit=found.unit,
        heads=[(each, names.get(f"member/{each}", "")) for each in found.answering_people],
        names=names,
        members=members,
        station=station,
        kinds=KINDS,
        day=day,
        file=file,
        year=year,
        days=stretch,
        stretches=STRETCHES,
        as_of=asking.as_of or "",
        sign=sign,
        signs=signs(),
        **(
            {
                "lists": (),
                "cards": (),
                "record": None,
                "waits": None,
                "alone": (),
                "quiet": None,
                "seen": (),
            }
            | told
        ),
    )


def _file(
    visitor: Visitor, look: Look, found: UnitPage, period: Period, day: date, since: date
) -> dict[str, Any]:
    unit, today, shelf = found.unit.unit, visitor.asking.today, visitor.desk.shelf
    told = (look.connection, look.ledger, shelf, unit)
    lists = checklists.of_unit(*told, period=period, today=today, position=look.position)
    cards = unit_cards.cards_of_unit(*told, period=period, today=today, position=look.position)
    policies = documents.policies(look.connection, look.ledger, shelf, position=look.position)
    lines = dual.answers(
        look.connection,
        look.ledger,
        found.unit,
        first=period.first,
        last=period.last,
        today=today,
        policies=policies,
        position=look.position,
    )
    record = dual.unit(
        look.connection,
        look.ledger,
        found.unit,
        first=period.first,
        last=period.last,
        today=today,
        policies=policies,
        position=look.position,
        lines=lines,
    )
    seen = dual.seen(
        look.connection,
        look.ledger,
        unit,
        side=found.unit.side,
        day=day,
        first=period.first,
        last=day,
        position=look.position,
    )
    waits: tuple[int, int] | None = None
    if look.position is None:
        # Its own queue tells what it is to confirm: somebody else answers for the lines of its only head.
        queue = waiting.queue_of(look.connection, look.ledger, unit, today=today)
        here = sum(n for each, n in lines.waiting.items() if queue.holds(unit, person_of(each)))
        waits = here, lines.waiting.total() - here
    quiet = silent.silent(
        look.connection,
        look.ledger,
        since=since,
        until=day,
        unit=unit,
        position=look.position,
        limit=MOST_SHOWN,
    )
    asking = visitor.asking
    if not asking.asker.always(Action.SEE_FILE):
        # Who let a member go sees no more of him.
        subjects = [*(row.member for row in quiet.rows), *(row.member for row in seen)]
        listed = {each.removeprefix("member/") for each in subjects}
        still = asking.may_see_people(look, listed, Action.SEE_FILE)
        quiet = replace(
            quiet,
            rows=tuple(row for row in quiet.rows if row.member.removeprefix("member/") in still),
        )
        seen = tuple(row for row in seen if row.member.removeprefix("member/") in still)
    alone = record.one_side_only
    people = {PersonId(each.removeprefix("member/")) for each in alone}
    units: set[UnitId] = set()
    for cell in (c for each in lists for row in each.grid.rows for c in row.cells):
        if cell.whose is not None:
            root, _, key = cell.whose.partition("/")
            if root == "member":
                people.add(PersonId(key))
            else:
                units.add(UnitId(key))
    names = roster.names(look.connection, look.ledger, people=people, units=units)
    named = names_in(look.connection, look.ledger, cards)
    return {
        "lists": tuple(_list(visitor, each, names) for each in lists),
        "cards": tuple(_card(visitor, each, named) for each in cards),
        "record": record,
        "waits": waits,
        "alone": sorted(
            ((each, names.get(each, "")) for each in alone), key=lambda each: (each[1], each[0])
        ),
        "quiet": quiet,
        "seen": seen,
    }


def person_of(subject: str) -> PersonId:
    """The member whose stream that is."""
    return PersonId(subject.removeprefix("member/"))


def _lines(narrowing: Narrowing, id: UnitId, which: str, cursor: str) -> Response:
    visitor = narrowing.visitor
    asking, year = visitor.asking, narrowing.year()
    period = Period.year(year)
    wanted = LINES[narrowing.filters.one_of(which, LINES, "which") or EVERY]
    with asking.look() as look:
        asking.must_see_unit(look, id, Action.SEE_UNIT_FILE)
        found = _found(visitor, look, id)
        lines = dual.answered(
            look.connection,
            look.ledger,
            found.unit,
            first=period.first,
            last=period.last,
            today=asking.today,
            policies=documents.policies(
                look.connection, look.ledger, visitor.desk.shelf, position=look.position
            ),
            position=look.position,
        )
        after = asking.after(cursor or None)
        rest = [
            line
            for line in lines
            if line.state in wanted and (after is None or _line_key(line) > after)
        ]
        page = page_of(rest[: MOST_SHOWN + 1], MOST_SHOWN, _line_key)
        elsewhere: set[AnsweredLine] = set()
        if look.position is None:
            queue = waiting.queue_of(look.connection, look.ledger, id, today=asking.today)
            elsewhere = {
                line
                for line in page.rows
                if line.waits and not queue.holds(id, person_of(line.subject))
            }
        people = {person_of(line.subject) for line in page.rows}
        # Who let a member go sees no more of him.
        still = {PersonId(p) for p in asking.may_see_people(look, people, Action.SEE_FILE)}
        names = roster.names(look.connection, look.ledger, people=still)
        titles = deeds.titles(look.connection, look.ledger, {line.deed for line in page.rows})
    return render(
        visitor,
        "unit_lines.html",
        status=narrowing.status,
        narrowing=narrowing,
        unit=found.unit,
        rows=page.rows,
        elsewhere=elsewhere,
        titles=titles,
        names=names,
        counts=[
            (key, sum(line.state in states for line in lines)) for key, states in LINES.items()
        ],
        words=WORDS,
        which=which or EVERY,
        where=collection_of,
        year=year,
        next=next_page(visitor, page.after),
    )


def _line_key(line: AnsweredLine) -> Key:
    return (-line.on.toordinal(), line.deed, line.subject)


def _list(visitor: Visitor, found: UnitList, names: Mapping[str, str]) -> ShownUnitList:
    words = {slot.number: Said(slot.zh, slot.en) for slot in found.checklist.slots}
    together: dict[tuple[Any, ...], list[ShownRow]] = {}
    for row in found.grid.rows:
        cells = tuple(
            ShownCell(
                cell,
                _label(cell, names),
                visitor.address(collection_of(cell.deeds[0])) if cell.deeds else "",
            )
            for cell in row.cells
        )
        shown = ShownRow(row.number, words[row.number], row.done, row.of, cells)
        together.setdefault(tuple((c.period, c.whose) for c in row.cells), []).append(shown)
    return ShownUnitList(
        found,
        tuple(
            ShownGrid(tuple(cell.label for cell in rows[0].cells), tuple(rows))
            for rows in together.values()
        ),
    )


def _label(cell: Cell, names: Mapping[str, str]) -> Said:
    """What a column says: of whom it is asked, else in which time."""
    if cell.whose is not None:
        name = names.get(cell.whose, "–")
        return Said(name, name)
    period = cell.period
    if period.span not in _PARTS:
        return Said(period.zh, period.en)
    year = str(period.first.year)
    return Said(period.zh.removeprefix(f"{year}年"), period.en.removeprefix(year)[1:])


_PARTS = frozenset({Span.MONTH, Span.QUARTER, Span.HALF})
"""Stretches of which the year need not be said: the page says it."""


def _card(visitor: Visitor, card: Card, names: Mapping[str, str]) -> ShownUnitCard:
    rubric, found = card.rubric, card.scorecard
    points = {each.block: each.points for each in found.blocks}
    lines: dict[str, list[ShownUnitLine]] = {}
    for line in sorted(found.lines, key=lambda each: _of_member(each, names)):
        said = explain.line(line, rubric, names.get(line.subject, ""))
        address = visitor.address(collection_of(line.deed)) if line.deed else ""
        lines.setdefault(line.block, []).append(ShownUnitLine(line, said, address))
    blocks = [
        _block(Said(b.zh, b.en), str(points.get(b.code, "0")), lines.pop(b.code, []))
        for b in rubric.blocks
    ]
    rest = [line for some in lines.values() for line in some]
    if rest:
        blocks.append(_block(Said("合计调整", "adjusting the total"), "", rest))
    return ShownUnitCard(card, tuple(blocks))


def _block(said: Said, points: str, lines: Sequence[ShownUnitLine]) -> ShownUnitBlock:
    return ShownUnitBlock(
        said=said,
        points=points,
        lines=tuple(each for each in lines if not each.line.past_a_limit),
        folded=tuple(each for each in lines if each.line.past_a_limit),
    )


def _of_member(line: Line, names: Mapping[str, str]) -> tuple[bool, str, str]:
    """Lines of the unit's own facts as they stand, then what it has from its members by their names: nobody is ranked."""
    if line.kind or not line.subject.startswith("member/"):
        return (False, "", "")
    return (True, names.get(line.subject, ""), line.subject)


def _history(visitor: Visitor, id: UnitId, cursor: str) -> Response:
    asking = visitor.asking
    with asking.look() as look:
        asking.must_see_unit(look, id, Action.SEE_UNIT_FILE)
        found = _found(visitor, look, id)
        page = history.history(
            look.connection,
            look.ledger,
            f"unit/{id}",
            visitor.desk.entries_at,
            position=look.position,
            after=asking.after(cursor or None),
            limit=MOST_HAPPENINGS,
        )
        rows, noted = happenings_for(
            visitor.asker,
            look.connection,
            look.ledger,
            page.rows,
            of=f"unit/{id}",
            today=visitor.desk.today(),
            contact=False,
        )
        look.shown.update(dict.fromkeys(noted.items()))
        people = {each.entry.envelope.by for each in rows}
        names = roster.names(look.connection, look.ledger, people=people)
    return render(
        visitor,
        "history.html",
        name=found.unit.profile.name,
        back=f"/units/{id}",
        rows=rows,
        names=names,
        where=collection_of,
        next=next_page(visitor, page.after),
    )


_SIGNS: Mapping[CellState, tuple[str, str]] = {
    CellState.DONE: ("✓", "yes"),
    CellState.DONE_LATE: ("✓迟", "half"),
    CellState.MISSED: ("未", ""),
    CellState.OPEN: ("·", ""),
    CellState.BLANK: ("?", ""),
    CellState.NOT_APPLICABLE: ("–", ""),
}


def sign(state: CellState) -> tuple[str, str]:
    """What stands in a cell, and the class that colours it: never colour alone."""
    return _SIGNS[state]


def signs() -> Iterable[tuple[CellState, str]]:
    """All signs, for the line below a table that says what they mean."""
    return [(state, text) for state, (text, _) in _SIGNS.items()]
