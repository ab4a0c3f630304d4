"""The roster, the totals of all, the lists of all, and the documents behind them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import ceil, floor

from fastapi import APIRouter, Response

from domain import rubric_text
from domain.access import Action
from domain.checklist import Checklist
from domain.document import Document, Published, Sort
from domain.kinds import KINDS
from domain.member import Bond
from domain.people import Reason, Refused, UnitId
from domain.period import Period
from domain.rubric import Rubric
from domain.unit import Unit, UnitKind
from interfaces.api.asking import Look
from interfaces.api.door import needs
from interfaces.moments import positions_between
from interfaces.web.asked import Filters, Narrowing, next_page
from interfaces.web.deed import collection_of
from interfaces.web.refusing import PageRoute
from interfaces.web.rendering import render
from interfaces.web.visiting import Visiting, Visitor
from projections import checklists, comparisons, deeds, documents, roster, score_sheets, scorecards
from projections.checklists import ProgressLine
from projections.documents import DocumentLine
from projections.paging import Key
from projections.scorecards import CardLine

MOST_SHOWN = 50
MOST_COMPARED = 25
"""Members whose cards of two moments a page works out."""
ROSTER, BY_NAME = "roster", "name"
ORDERS = (ROSTER, BY_NAME)
"""The orders in which totals are listed: that of points is none of them."""
BANDS = 10
Stretch = tuple[int | None, int | None]
WHOLE: Stretch = (None, None)
"""All totals."""
FEWEST = 10
"""Totals below which it is not shown how they are spread."""


@dataclass(frozen=True, slots=True)
class Band:
    """How many totals lie in a stretch of points, from `least` to short of `below`."""

    least: int
    below: int
    number: int
    of: int

    @property
    def label(self) -> str:
        """The stretch."""
        return f"{self.least}–{self.below}"


LACKING: tuple[Bond, ...] = (
    *(Bond.SECTOR, Bond.STUDIO, Bond.COMMITTEE, Bond.BRANCH),
    *(Bond.GROUP, Bond.TOWNSHIP),
)
"""What a member may be looked for to lack on the roster."""


def router() -> APIRouter:
    """The pages of lists."""
    made = APIRouter(route_class=PageRoute, include_in_schema=False, prefix="/ledgers/{ledger}")

    @made.get("/people", operation_id="page_people", openapi_extra=needs(Action.SEE_ROSTER))
    def people(
        visitor: Visiting,
        text: str = "",
        unit: str = "",
        without: str = "",
        members: str = "1",
        order: str = "roster",
        cursor: str = "",
    ) -> Response:
        """The roster on a day, by sector and number, or by name."""
        narrowing = Narrowing(visitor)
        visitor, asked = narrowing.visitor, narrowing.filters
        by = asked.one_of(order, ORDERS, "order") or ROSTER
        with visitor.asking.look() as look:
            units = roster.all_units(look.connection, look.ledger, look.position)
            page = roster.people(
                look.connection,
                look.ledger,
                day=visitor.asking.today,
                position=look.position,
                unit=asked.unit(unit, units),
                without=asked.choice(without, Bond, "without") if without else None,
                members_only=members == "1",
                text=asked.text(text),
                by_sector=by == ROSTER,
                after=_after(visitor, by, cursor),
                limit=MOST_SHOWN,
            )
        return render(
            visitor,
            "people.html",
            status=narrowing.status,
            narrowing=narrowing,
            page=page,
            units={key: each.profile.name for key, each in units.items()},
            offered=sides_offered(units.values()),
            bonds=LACKING,
            asked={"text": text, "unit": unit, "without": without, "members": members},
            order=by,
            next=next_page(visitor, page.after),
        )

    @made.get("/scores", operation_id="page_scores", openapi_extra=needs(Action.SEE_TOTALS))
    def scores(
        visitor: Visiting,
        rubric: str = "",
        year: str = "",
        unit: str = "",
        order: str = "roster",
        least: str = "",
        below: str = "",
        cursor: str = "",
    ) -> Response:
        """Totals under a rubric, of all, of a unit or within a stretch of points: by sector and number, or by name; never by points."""
        narrowing = Narrowing(visitor, year=year)
        visitor, asked = narrowing.visitor, narrowing.filters
        when = narrowing.year()
        by = asked.one_of(order, ORDERS, "order") or ROSTER
        with visitor.asking.look() as look:
            units = roster.all_units(look.connection, look.ledger, look.position)
            of = asked.unit(unit, units)
            found = _rubrics(visitor, look)
            code = rubric or (found[0].code if found else "")
            rows: list[tuple[str, CardLine]] = []
            after: Key | None = None
            bands: tuple[Band, ...] = ()
            stretch = WHOLE
            shown: Rubric | None = None
            if code and not narrowing.wrong:
                shown = _rubric(visitor, look, code)
                period = Period.year(when)
                if look.position is None:
                    stretch = asked.number(least, "least"), asked.number(below, "below")
                by = by if of is None and stretch == WHOLE else ROSTER
                rows, after = _totals(visitor, look, code, period, of, stretch, by, cursor)
                if not cursor and look.position is None and of is None:
                    bands = _bands(visitor, look, code, period)
        return render(
            visitor,
            "scores.html",
            status=narrowing.status,
            narrowing=narrowing,
            rubrics=[(each.code, _named(visitor, each)) for each in found],
            code=code,
            rubric=shown,
            rows=rows,
            bands=bands,
            band="" if stretch == WHOLE else "–".join("" if p is None else str(p) for p in stretch),
            unit=of,
            unit_name=units[of].profile.name if of in units else "",
            order=by,
            offered=sides_offered(units.values()),
            year=when,
            as_of=visitor.asking.as_of or "",
            next=next_page(visitor, after),
        )

    @made.get("/progress", operation_id="page_progress", openapi_extra=needs(Action.SEE_TOTALS))
    def progress(
        visitor: Visiting,
        code: str = "",
        year: str = "",
        unit: str = "",
        order: str = "roster",
        cursor: str = "",
    ) -> Response:
        """Progress with a list, of all or of a unit: members and items, by sector and number, or by name."""
        narrowing = Narrowing(visitor, year=year)
        visitor, when = narrowing.visitor, narrowing.year()
        by = narrowing.filters.one_of(order, ORDERS, "order") or ROSTER
        with visitor.asking.look() as look:
            units = roster.all_units(look.connection, look.ledger, look.position)
            of = narrowing.filters.unit(unit, units)
            found = [
                each
                for each in _papers(visitor, look, Sort.CHECKLIST)
                if _named(visitor, each)[2] == "member"
            ]
            code = code or (found[0].code if found else "")
            checklist: Checklist | None = None
            rows: list[tuple[str, ProgressLine]] = []
            after: Key | None = None
            if code and not narrowing.wrong:
                published = _published(look, visitor, Sort.CHECKLIST, code)
                checklist = visitor.desk.shelf.checklist(published)
                by = ROSTER if of is not None else by
                rows, after = _progress(visitor, look, code, Period.year(when), of, by, cursor)
        return render(
            visitor,
            "progress.html",
            status=narrowing.status,
            narrowing=narrowing,
            lists=[(each.code, _named(visitor, each)) for each in found],
            code=code,
            checklist=checklist,
            rows=rows,
            unit=of,
            unit_name=units[of].profile.name if of in units else "",
            order=by,
            offered=sides_offered(units.values()),
            year=when,
            as_of=visitor.asking.as_of or "",
            next=next_page(visitor, after),
        )

    @made.get(
        "/differences", operation_id="page_differences", openapi_extra=needs(Action.SEE_TOTALS)
    )
    def differences(
        visitor: Visiting,
        rubric: str = "",
        since: str = "",
        until: str = "",
        year: str = "",
        cursor: str = "",
    ) -> Response:
        """Whose totals moved between two days, and because of which records."""
        narrowing = Narrowing(visitor, year=year, since=since, until=until)
        visitor, when = narrowing.visitor, narrowing.year()
        first, last = narrowing.day("since"), narrowing.day("until")
        for name, day in (("since", first), ("until", last)):
            narrowing.not_ahead(day, name)
        narrowing.in_order(first, last, "until")
        with visitor.asking.look() as look:
            found = _rubrics(visitor, look)
            code = rubric or (found[0].code if found else "")
            page = None
            titles: dict[str, str] = {}
            if code and first is not None and not narrowing.wrong:
                lower, upper, today = positions_between(
                    look.connection,
                    visitor.desk,
                    first.isoformat(),
                    None if last is None else last.isoformat(),
                    ("since", "until"),
                )
                page = comparisons.moved_between(
                    look.connection,
                    look.ledger,
                    visitor.desk.shelf,
                    rubric=code,
                    period=Period.year(when),
                    today=today,
                    first=lower,
                    last=upper,
                    after=visitor.asking.after(cursor or None),
                    limit=MOST_COMPARED,
                )
                named = {cause.deed for row in page.rows for cause in row.causes if cause.deed}
                titles = deeds.titles(look.connection, look.ledger, named)
        return render(
            visitor,
            "differences.html",
            status=narrowing.status,
            narrowing=narrowing,
            titles=titles,
            kinds=KINDS,
            where=collection_of,
            rubrics=[(each.code, _named(visitor, each)) for each in found],
            code=code,
            name_of_rubric=next(
                (_named(visitor, each)[:2] for each in found if each.code == code), (code, code)
            ),
            page=page,
            year=when,
            next=next_page(visitor, page.after) if page else "",
        )

    @made.get(
        "/documents/{sort}/{code}",
        operation_id="page_document",
        openapi_extra=needs(Action.SEE_DOCUMENT),
    )
    def document(visitor: Visiting, sort: str, code: str) -> Response:
        """A document in readable words, and the versions that it had."""
        which = Filters(visitor).choice(sort, Sort, "sort")
        with visitor.asking.look() as look:
            line = documents.document(
                look.connection,
                look.ledger,
                which,
                code,
                day=visitor.asking.today,
                position=look.position,
            )
        if line is None:
            raise Refused(Reason.NO_SUCH_PAGE, "code", code[:40])
        published = line.in_force or line.document.versions[-1]
        text: Sequence[rubric_text.Paragraph] = ()
        if which is Sort.RUBRIC:
            text = rubric_text.text(visitor.desk.shelf.rubric(published))
        return render(
            visitor,
            "document.html",
            line=line,
            published=published,
            name=_named(visitor, line),
            text=text,
            words=visitor.desk.shelf.terms(published).words if which is Sort.TERMS else (),
            versions=line.document.versions,
            as_of=visitor.asking.as_of or "",
        )

    return made


def _papers(visitor: Visitor, look: Look, sort: Sort) -> list[DocumentLine]:
    found = documents.documents(
        look.connection,
        look.ledger,
        day=visitor.asking.today,
        sort=sort,
        position=look.position,
    )
    return [each for each in found if each.document.versions]


def _rubrics(visitor: Visitor, look: Look) -> list[DocumentLine]:
    found = _papers(visitor, look, Sort.RUBRIC)
    return [each for each in found if _named(visitor, each)[2] == "member"]


def _named(visitor: Visitor, line: DocumentLine) -> tuple[str, str, str]:
    """What a document is called in both languages, and whom it is about."""
    return named(visitor, line.document, line.in_force)


def named(visitor: Visitor, document: Document, in_force: Published | None) -> tuple[str, str, str]:
    """What a document is called in both languages, and whom it is about."""
    published = in_force or document.versions[-1]
    shelf = visitor.desk.shelf
    match published.sort:
        case Sort.RUBRIC:
            found = shelf.rubric(published)
            return found.zh, found.en, found.subject.value
        case Sort.CHECKLIST:
            asked = shelf.checklist(published)
            return asked.zh, asked.en, asked.subject.value
        case Sort.RULE:
            rule = shelf.rule(published)
            return rule.zh, rule.en, ""
        case Sort.TERMS:
            terms = shelf.terms(published)
            return terms.zh, terms.en, ""
        case Sort.CALENDAR:
            calendar = shelf.calendar(published)
            return calendar.zh, calendar.en, ""
        case Sort.LOOP:
            loop = shelf.loop(published)
            return loop.zh, loop.en, ""
        case Sort.FIGURES:
            page = shelf.figures(published)
            return page.zh, page.en, ""
        case Sort.POLICY:
            return "双重管理规则", "rule of dual management", ""


def _published(look: Look, visitor: Visitor, sort: Sort, code: str) -> Published:
    line = documents.document(
        look.connection, look.ledger, sort, code, day=visitor.asking.today, position=look.position
    )
    if line is None or not line.document.versions:
        raise Refused(Reason.NO_SUCH_PAGE, "code", code[:40])
    return line.in_force or line.document.versions[-1]


def _rubric(visitor: Visitor, look: Look, code: str) -> Rubric:
    return visitor.desk.shelf.rubric(_published(look, visitor, Sort.RUBRIC, code))


def sides_offered(units: Iterable[Unit]) -> list[Unit]:
    """The sectors and studios that a filter offers, by name."""
    return sorted(
        (u for u in units if u.profile.kind in (UnitKind.SECTOR, UnitKind.STUDIO)),
        key=lambda u: (u.profile.kind.value, u.profile.name),
    )


def _totals(
    visitor: Visitor,
    look: Look,
    code: str,
    period: Period,
    unit: UnitId | None,
    stretch: Stretch,
    order: str,
    cursor: str,
) -> tuple[list[tuple[str, CardLine]], Key | None]:
    """A page of totals with the sectors under which they stand, and where the next goes on."""
    told = (look.connection, look.ledger, visitor.desk.shelf)
    today, after = visitor.asking.today, _after(visitor, order, cursor)
    if order == BY_NAME:
        page = scorecards.card_lines(
            *told,
            period=period,
            today=today,
            rubric=code,
            position=look.position,
            after=after,
            limit=MOST_SHOWN,
        )
        return [("", row) for row in page.rows], page.after
    lines = score_sheets.sheet(
        *told,
        period=period,
        today=today,
        rubric=code,
        unit=unit,
        least=stretch[0],
        below=stretch[1],
        position=look.position,
        after=after,
        limit=MOST_SHOWN,
    )
    return [(row.sector, row.card) for row in lines.rows], lines.after


def _progress(
    visitor: Visitor,
    look: Look,
    code: str,
    period: Period,
    unit: UnitId | None,
    order: str,
    cursor: str,
) -> tuple[list[tuple[str, ProgressLine]], Key | None]:
    """A page of progress with the sectors under which its members stand, and where the next goes on."""
    told = (look.connection, look.ledger, visitor.desk.shelf)
    today, after = visitor.asking.today, _after(visitor, order, cursor)
    if order == BY_NAME:
        page = checklists.progress_lines(
            *told,
            period=period,
            today=today,
            code=code,
            position=look.position,
            after=after,
            limit=MOST_SHOWN,
        )
        return [("", row) for row in page.rows], page.after
    lines = score_sheets.progress(
        *told,
        period=period,
        today=today,
        code=code,
        unit=unit,
        position=look.position,
        after=after,
        limit=MOST_SHOWN,
    )
    return [(row.sector, row.progress) for row in lines.rows], lines.after


def _after(visitor: Visitor, order: str, cursor: str) -> Key | None:
    """Where a page goes on; a cursor of the other order is refused."""
    after = visitor.asking.after(cursor or None)
    if after is not None and len(after) != (2 if order == BY_NAME else 4):
        raise Refused(Reason.MALFORMED, "cursor")
    return after


def _bands(visitor: Visitor, look: Look, code: str, period: Period) -> tuple[Band, ...]:
    """How totals are spread: stretches of one width. Nobody is named, and of few nothing is shown."""
    found = scorecards.totals(
        look.connection, look.ledger, period=period, today=visitor.asking.today, rubric=code
    )
    totals = [Fraction(total) for total in found]
    if len(totals) < FEWEST:
        return ()
    low, high = min(totals), max(totals)
    width = max(1, ceil((high - low) / BANDS))
    start = floor(low) // width * width
    times = Counter(floor(total - start) // width for total in totals)
    return tuple(
        Band(start + i * width, start + (i + 1) * width, times[i], max(times.values()))
        for i in range(max(times) + 1)
    )
