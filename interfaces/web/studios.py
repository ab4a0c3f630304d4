"""What is built up with units: the register of studios, standards and acceptance, documents that are owed, who is not covered."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace

from fastapi import APIRouter, Response

from domain.access import Action
from domain.checklist import CellState
from domain.people import Reason, Refused, UnitId
from domain.period import Period
from domain.unit import Life, Platform, StudioKind, Unit, UnitKind
from domain.words import Label
from interfaces.api.door import needs
from interfaces.web.asked import Narrowing, next_page
from interfaces.web.deed import collection_of
from interfaces.web.refusing import PageRoute
from interfaces.web.rendering import render
from interfaces.web.visiting import Visiting, VisitingNow
from projections import coverage, deeds, documents, owed, registers, roster, standards
from projections.owed import OwedLine, UnitOwed
from projections.standards import Meets

MOST_SHOWN = 40
REGISTERED = (
    UnitKind.STUDIO,
    UnitKind.MEMBERS_HOME,
    UnitKind.LIAISON_ROOM,
    UnitKind.LIAISON_COMMITTEE,
    UnitKind.SECTOR_GROUP,
    UnitKind.TOWNSHIP_GROUP,
    UnitKind.SERVICE_STATION,
    UnitKind.VOLUNTEER_STATION,
    UnitKind.EXEMPLARY_POST,
    UnitKind.SERVICE_POINT,
    UnitKind.DELIBERATION_HALL,
)
"""Kinds of units of which there is a register."""
SIGNS: Mapping[Meets, tuple[str, str]] = {
    Meets.LACKS: ("缺", ""),
    Meets.HAS: ("有", "half"),
    Meets.ACCEPTED: ("验", "yes"),
}
"""What stands in a cell of the matrix, and its colour: the sign alone tells it."""


@dataclass(frozen=True, slots=True)
class Part:
    """A part of the page of documents: what its chip says, and which documents are in it."""

    zh: str
    en: str
    states: frozenset[CellState]

    def of(self, row: UnitOwed) -> UnitOwed | None:
        """What of a unit's documents is in it; none where nothing is."""
        lines = tuple(line for line in row.lines if line.state in self.states)
        return replace(row, lines=lines) if lines else None


PARTS: Mapping[str, Part] = {
    "missing": Part("缺报", "missing", frozenset({CellState.MISSED})),
    "late": Part("迟报", "late", frozenset({CellState.DONE_LATE})),
    "open": Part("未到期", "not due yet", frozenset({CellState.OPEN})),
    "": Part("全部", "all", frozenset(CellState)),
}


def router() -> APIRouter:
    """The pages."""
    made = APIRouter(route_class=PageRoute, include_in_schema=False, prefix="/ledgers/{ledger}")

    @made.get("/register", operation_id="page_register", openapi_extra=needs(Action.SEE_ROSTER))
    def register(
        visitor: Visiting,
        kind: str = "studio",
        type: str = "",
        platform: str = "",
        life: str = "",
        township: str = "",
        sector: str = "",
        cursor: str = "",
    ) -> Response:
        """The register: studios by type, or homes and stations of another kind."""
        return _register(
            Narrowing(
                visitor,
                kind=kind,
                type=type,
                platform=platform,
                life=life,
                township=township,
                sector=sector,
            ),
            cursor,
        )

    @made.get(
        "/standards", operation_id="page_standards", openapi_extra=needs(Action.SEE_UNIT_FILE)
    )
    def matrix(visitor: Visiting, list: str = "", year: str = "", cursor: str = "") -> Response:
        """Units and the items of a standard: what has evidence, what lacks it, what was accepted."""
        return _standards(Narrowing(visitor, list=list, year=year), cursor)

    @made.get(
        "/documents-owed", operation_id="page_owed", openapi_extra=needs(Action.SEE_UNIT_FILE)
    )
    def documents_owed(
        visitor: Visiting, which: str = "missing", year: str = "", cursor: str = ""
    ) -> Response:
        """Plans, reports and summaries that units owe: missing, late, not due yet."""
        return _owed(Narrowing(visitor, which=which, year=year), cursor)

    @made.get("/coverage", operation_id="page_coverage", openapi_extra=needs(Action.SEE_TOTALS))
    def covered(visitor: VisitingNow, year: str = "") -> Response:
        """Which townships, sectors, members and villages are not covered."""
        narrowing = Narrowing(visitor, year=year)
        when = narrowing.year()
        with narrowing.visitor.asking.look() as look:
            found = coverage.coverage(
                look.connection,
                look.ledger,
                visitor.desk.shelf,
                period=Period.year(when),
                today=visitor.desk.today(),
            )
        return render(
            visitor,
            "coverage.html",
            status=narrowing.status,
            narrowing=narrowing,
            found=found,
            year=when,
        )

    return made


def _register(narrowing: Narrowing, cursor: str) -> Response:
    visitor, asked, said = narrowing.visitor, narrowing.filters, narrowing.said
    day = visitor.asking.today
    with visitor.asking.look() as look:
        units = roster.all_units(look.connection, look.ledger, look.position)
        found = registers.register(
            look.connection,
            look.ledger,
            day=day,
            kind=narrowing.read("kind", lambda each: asked.choice(each, UnitKind, "kind"))
            or UnitKind.STUDIO,
            studio_kind=narrowing.read("type", lambda e: asked.choice(e, StudioKind, "type")),
            platform=narrowing.read("platform", lambda e: asked.choice(e, Platform, "platform")),
            life=narrowing.read("life", lambda each: asked.choice(each, Life, "life")),
            township=narrowing.read("township", _one_of(units, "township")),
            sector=narrowing.read("sector", _one_of(units, "sector")),
            position=look.position,
            after=visitor.asking.after(cursor or None),
            limit=MOST_SHOWN,
        )
    there = {unit.profile.kind for unit in units.values()}
    return render(
        visitor,
        "register.html",
        status=narrowing.status,
        narrowing=narrowing,
        found=found,
        day=day,
        asked=said,
        kinds=[kind for kind in REGISTERED if kind in there or kind.value == said["kind"]],
        types=[*StudioKind],
        platforms=[*Platform],
        lives=[*Life],
        townships=_of_kind(units.values(), UnitKind.TOWNSHIP),
        sectors=_of_kind(units.values(), UnitKind.SECTOR),
        next=next_page(visitor, found.page.after),
    )


def _one_of(units: Mapping[UnitId, Unit], field: str) -> Callable[[str], UnitId]:
    """Reads the id of a unit."""

    def read(said: str) -> UnitId:
        if UnitId(said) not in units:
            raise Refused(Reason.NO_SUCH_UNIT, field, said[:40])
        return UnitId(said)

    return read


def _of_kind(units: Iterable[Unit], kind: UnitKind) -> list[Unit]:
    return sorted((u for u in units if u.profile.kind is kind), key=lambda u: u.profile.name)


def _standards(narrowing: Narrowing, cursor: str) -> Response:
    visitor, asking = narrowing.visitor, narrowing.visitor.asking
    when = narrowing.year()
    period = Period.year(when)
    with asking.look() as look:
        papers = documents.states(
            look.connection, look.ledger, visitor.desk.shelf, position=look.position
        )
        day = min(asking.today, period.last)
        lists = standards.lists_in_force(papers, visitor.desk.shelf, day)
        codes = [each.code for each in lists]
        code = narrowing.read("list", lambda s: narrowing.filters.one_of(s, codes, "list"))
        code = code or next(iter(codes), None)
        found = None
        if code is not None:
            found = standards.matrix(
                look.connection,
                look.ledger,
                visitor.desk.shelf,
                code,
                period=period,
                today=asking.today,
                only=asking.units_open(look, Action.SEE_UNIT_FILE),
                position=look.position,
                after=asking.after(cursor or None),
                limit=MOST_SHOWN,
            )
    return render(
        visitor,
        "standards.html",
        status=narrowing.status,
        narrowing=narrowing,
        found=found,
        lists=lists,
        code=code,
        year=when,
        signs=SIGNS,
        address_of=collection_of,
        next=next_page(visitor, None if found is None else found.page.after),
    )


MOST_NAMED = 5
"""Activities without the document that each needs that are named in a line."""


def _owed(narrowing: Narrowing, cursor: str) -> Response:
    visitor, asking = narrowing.visitor, narrowing.visitor.asking
    which = narrowing.read("which", lambda s: narrowing.filters.one_of(s, PARTS, "which")) or ""
    when = narrowing.year()
    with asking.look() as look:
        page = owed.owed(
            look.connection,
            look.ledger,
            visitor.desk.shelf,
            period=Period.year(when),
            today=asking.today,
            only=asking.units_open(look, Action.SEE_UNIT_FILE),
            position=look.position,
            after=asking.after(cursor or None),
            limit=MOST_SHOWN,
        )
        rows = [shown for row in page.rows if (shown := PARTS[which].of(row)) is not None]
        titles = deeds.titles(
            look.connection,
            look.ledger,
            (deed for row in rows for line in row.lines for deed in line.lacking[:MOST_NAMED]),
        )
    return render(
        visitor,
        "owed.html",
        status=narrowing.status,
        narrowing=narrowing,
        page=page,
        rows=rows,
        parts=PARTS,
        which=which,
        numbers=_numbers(page.rows),
        titles=titles,
        most_named=MOST_NAMED,
        year=when,
        said=_said,
        address_of=collection_of,
        next=next_page(visitor, page.after),
    )


def _numbers(rows: Iterable[UnitOwed]) -> dict[str, int]:
    lines = [line for row in rows for line in row.lines]
    return {name: sum(line.state in part.states for line in lines) for name, part in PARTS.items()}


def _said(line: OwedLine) -> Label:
    """How a document stands, in words."""
    if line.state is CellState.DONE_LATE:
        late = line.days_late
        return Label(f"迟报 {late} 天", f"{late} days late") if late else Label("迟报", "late")
    if line.lacking:
        return Label(f"{len(line.lacking)} 次活动没有", f"{len(line.lacking)} activities without")
    if line.state is CellState.MISSED:
        return Label("缺报", "missing")
    return Label("按时", "in time") if line.state is CellState.DONE else Label("未到期", "open")
