"""Pages of figures: the county's own names for what it reports, each figure with its days, its sentence and what it is made of."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from urllib.parse import urlencode

from fastapi import APIRouter, Response

from domain.access import Action
from domain.figures import Also
from domain.kinds import KINDS
from domain.people import Reason, Refused
from domain.period import Period, Span
from interfaces import sealed
from interfaces.api.door import needs
from interfaces.api.figures import (
    BesideView,
    FigureView,
    begun_by,
    figure_view,
    page_view,
    period_asked,
    told_beside,
)
from interfaces.web.asked import Narrowing, next_page
from interfaces.web.deed import collection_of
from interfaces.web.refusing import PageRoute
from interfaces.web.rendering import render
from interfaces.web.visiting import Visiting
from projections import figures, roster
from projections.paging import Page

MOST_SHOWN = 50
PARTS = (Span.HALF, Span.QUARTER, Span.MONTH)
"""The parts of a year for which a page can be drawn up."""


@dataclass(frozen=True, slots=True)
class Offered:
    """A period that can be chosen: how it is asked for, and what it is called."""

    code: str
    period: Period


def router() -> APIRouter:
    """The pages."""
    made = APIRouter(route_class=PageRoute, include_in_schema=False, prefix="/ledgers/{ledger}")
    sees = needs(Action.SEE_RECORD)

    @made.get("/figures", operation_id="page_figures", openapi_extra=sees)
    def all_pages(visitor: Visiting) -> Response:
        """The pages of figures in force."""
        with visitor.asking.look() as look:
            found = figures.pages(
                look.connection, look.ledger, visitor.desk.shelf, day=visitor.desk.today()
            )
        return render(visitor, "figures.html", pages=found)

    @made.get("/figures/{code}", operation_id="page_of_figures", openapi_extra=sees)
    def page(visitor: Visiting, code: str, period: str = "") -> Response:
        """A page for a year or a part of it, as known now or then."""
        narrowing = Narrowing(visitor, period=period)
        days = _days(narrowing)
        visitor = narrowing.visitor
        with visitor.asking.look() as look:
            drawn = figures.drawn_up(
                look.connection,
                look.ledger,
                visitor.desk.shelf,
                code,
                period=days,
                today=visitor.asking.today,
                position=look.position,
            )
            besides = told_beside(look, visitor.desk.shelf, drawn, visitor.asking.today)
            begun = begun_by(look, visitor.desk.shelf, visitor.asking.today)
        view = page_view(visitor.asker, drawn, besides, begun)
        return render(
            visitor,
            "figure_page.html",
            status=narrowing.status,
            narrowing=narrowing,
            page=view,
            names={each.figure: each.name for each in view.figures},
            days=days,
            asked=days.code,
            offered=_offered(narrowing, days),
            opens=lambda beside: _opens(beside, days, narrowing),
        )

    @made.get("/figures/{code}/{figure}", operation_id="page_figure", openapi_extra=sees)
    def lines(
        visitor: Visiting,
        code: str,
        figure: str,
        period: str = "",
        part: str = "",
        cursor: str = "",
    ) -> Response:
        """What a figure, or a part of it, is made of."""
        narrowing = Narrowing(visitor, period=period)
        days = _days(narrowing)
        visitor = narrowing.visitor
        whole = "part" not in visitor.request.query_params
        sealed.must_see_part(visitor.asker, part)
        with visitor.asking.look() as look:
            told = (look.connection, look.ledger, visitor.desk.shelf)
            found = figures.made_of(
                *told,
                code,
                figure,
                period=days,
                today=visitor.asking.today,
                part=None if whole else part,
                position=look.position,
                after=visitor.asking.after(cursor or None),
                limit=MOST_SHOWN,
            )
            rows = found.lines if not narrowing.wrong else Page(rows=())
            organisers = {line.organiser for line in rows.rows if line.organiser}
            names = roster.names(look.connection, look.ledger, units=organisers)
        view: FigureView = figure_view(visitor.asker, found.told)
        # Who may see a part was asked above: what each member has stands in no list of parts for others.
        chosen = next((p for p in found.told.parts if not whole and p.key == part), None)
        if not whole and chosen is None:
            raise Refused(Reason.NO_SUCH_FIGURE, "part", part[:40])
        return render(
            visitor,
            "figure_lines.html",
            status=narrowing.status,
            narrowing=narrowing,
            page=found.page,
            figure=view,
            chosen=chosen,
            number=found.number,
            rows=rows.rows,
            of_roster=found.told.figure.roster is not None,
            kinds=KINDS,
            names=names,
            where=_where,
            days=days,
            asked=days.code,
            next=next_page(visitor, rows.after),
        )

    return made


@dataclass(frozen=True, slots=True)
class Opens:
    """The page that tells more of what stands beside figures, and what is asked of whoever opens it; `now` says that it tells of now alone."""

    path: str
    action: Action
    now: bool


def _opens(beside: BesideView, days: Period, narrowing: Narrowing) -> Opens:
    """What opens from what stands beside figures, as of the same moment where it can."""
    # What is due at the end of a period that is over is told as of its last day.
    asked = narrowing.as_of if beside.on == narrowing.today else ""
    then = {"as_of": asked or str(beside.on)} if beside.on is not None else {}
    match beside.also:
        case Also.LISTS:
            query = urlencode({"code": beside.list, "year": days.first.year} | then)
            return Opens(f"/progress?{query}", Action.SEE_TOTALS, now=False)
        case Also.SUGGESTIONS:
            query = urlencode({"since": days.first, "until": days.last})
            return Opens(f"/adoption?{query}", Action.SEE_RECORD, now=bool(then))
        case Also.POSTINGS:
            month = min(days.last, narrowing.today)
            query = urlencode({"month": f"{month:%Y-%m}", "list": beside.list})
            return Opens(f"/wall?{query}", Action.SEE_RECORD, now=bool(then))
        case Also.DUE:
            query = f"?{urlencode(then)}" if then else ""
            return Opens(f"/dues{query}", Action.SEE_RECORD, now=False)


def _days(narrowing: Narrowing) -> Period:
    """The period that is asked for; the last year in which something was done where none is, or none that there is."""
    visitor = narrowing.visitor

    def begun() -> tuple[figures.Begun, ...]:
        with visitor.asking.look() as look:
            return begun_by(look, visitor.desk.shelf, narrowing.today)

    found = narrowing.read("period", lambda said: period_asked(said, "period", begun))
    return Period.year(narrowing.filters.year("")) if found is None else found


def _offered(narrowing: Narrowing, days: Period) -> tuple[list[int], list[Offered]]:
    """The years that can be chosen, and the parts of the one that is shown."""
    year = Period.year(days.first.year)
    parts = [
        Offered(part.code, part)
        for span in PARTS
        for part in year.parts(span)
        if part.first <= max(narrowing.today, date(year.first.year, 1, 1))
    ]
    return narrowing.years(days.first.year), parts


def _where(key: str) -> str:
    """Where the page of a record, a unit or somebody is."""
    root, _, name = key.partition("/")
    match root:
        case "member":
            return f"/people/{name}"
        case "unit":
            return f"/units/{name}"
        case _:
            return collection_of(key)
