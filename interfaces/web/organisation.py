"""How the committee is organised, on pages: who reported in where, villages without a member, guests from higher committees, who makes up the committees, whom no pairing reaches, three levels of responsibility."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from fastapi import APIRouter, Response

from domain.access import Action
from domain.member import Invitation
from domain.people import PersonId
from domain.unit import UnitKind
from domain.words import Label
from interfaces.api.door import needs
from interfaces.api.organisation import Days, kinds_of, parts_shown
from interfaces.web.asked import Narrowing, next_page
from interfaces.web.refusing import PageRoute
from interfaces.web.rendering import render
from interfaces.web.visiting import Visiting, VisitingNow
from projections import composition, guests, reporting_in, responsibility, roster, unlinked
from projections.composition import EXPECTED
from projections.guests import Guests, Part
from projections.paging import Key, Page
from projections.reporting_in import ReportedIn, VillageLine
from projections.unlinked import WANTED, Sought

MOST_SHOWN = 50
MOST_COMMITTEES = 20
TOWNSHIPS, VILLAGES, WITHOUT, GUESTS = "", "villages", "without", "guests"
WHICH: Mapping[str, Label] = {
    TOWNSHIPS: Label("镇街", "townships"),
    VILLAGES: Label("村(社区)", "villages"),
    WITHOUT: Label("没有委员的村(社区)", "villages without a member"),
    GUESTS: Label("应邀的上级委员", "guests from higher committees"),
}
"""The parts of the page of reporting in."""


def router() -> APIRouter:
    """The pages."""
    made = APIRouter(route_class=PageRoute, include_in_schema=False, prefix="/ledgers/{ledger}")

    @made.get("/report-in", operation_id="page_report_in", openapi_extra=needs(Action.SEE_ROSTER))
    def report_in(
        visitor: Visiting,
        which: str = "",
        day: str = "",
        before: str = "",
        township: str = "",
        step: str = "",
        cursor: str = "",
    ) -> Response:
        """Townships with steps and members on two days; villages with their members; guests."""
        return _report_in(
            Narrowing(visitor, which=which, day=day, before=before, township=township, step=step),
            cursor,
        )

    @made.get(
        "/composition", operation_id="page_composition", openapi_extra=needs(Action.SEE_ROSTER)
    )
    def composed(
        visitor: Visiting, kind: str = "", vacant: str = "", day: str = "", cursor: str = ""
    ) -> Response:
        """Committees and liaison committees with leaders, members, others, vacancies."""
        return _composition(Narrowing(visitor, kind=kind, vacant=vacant, day=day), cursor)

    @made.get("/unlinked", operation_id="page_unlinked", openapi_extra=needs(Action.SEE_UNIT_FILE))
    def without(visitor: VisitingNow, of: str = "", cursor: str = "") -> Response:
        """Units and members whom no leader or office keeps touch with, and leaders and offices who keep touch with nobody."""
        return _unlinked(Narrowing(visitor, of=of), cursor)

    @made.get(
        "/responsibility",
        operation_id="page_responsibility",
        openapi_extra=needs(Action.SEE_ROSTER),
    )
    def tree(visitor: Visiting, day: str = "", cursor: str = "") -> Response:
        """Committees with the units that each links, and who answers for each."""
        return _responsibility(Narrowing(visitor, day=day), cursor)

    return made


def _unlinked(narrowing: Narrowing, cursor: str) -> Response:
    visitor = narrowing.visitor
    said = narrowing.read("of", lambda each: narrowing.filters.choice(each, Sought, "of"))
    sought = said or Sought.TOWNSHIP
    with visitor.asking.look() as look:
        found = unlinked.unlinked(
            look.connection,
            look.ledger,
            sought,
            day=narrowing.today,
            only=visitor.asking.units_open(look, Action.SEE_UNIT_FILE),
            after=visitor.asking.after(cursor or None),
            limit=MOST_SHOWN,
        )
    return render(
        visitor,
        "unlinked.html",
        status=narrowing.status,
        narrowing=narrowing,
        found=found,
        sorts=list(Sought),
        sought=sought,
        wanted=WANTED[sought],
        next=next_page(visitor, found.page.after),
    )


def _responsibility(narrowing: Narrowing, cursor: str) -> Response:
    visitor = narrowing.visitor
    day = narrowing.day("day") or narrowing.today
    with visitor.asking.look() as look:
        found = responsibility.tree(
            look.connection,
            look.ledger,
            day=day,
            position=look.position,
            after=visitor.asking.after(cursor or None),
            limit=MOST_COMMITTEES,
        )
    return render(
        visitor,
        "responsibility.html",
        status=narrowing.status,
        narrowing=narrowing,
        found=found,
        day=day,
        next=next_page(visitor, found.page.after),
    )


def _composition(narrowing: Narrowing, cursor: str) -> Response:
    visitor, asked = narrowing.visitor, narrowing.filters
    kind = narrowing.read("kind", lambda each: asked.among(each, list(EXPECTED), "kind"))
    vacant = asked.one_of(narrowing.said["vacant"], {"1"}, "vacant") is not None
    day = narrowing.day("day") or narrowing.today
    with visitor.asking.look() as look:
        found = composition.composition(
            look.connection,
            look.ledger,
            day=day,
            kinds=kinds_of(kind),
            vacant=vacant,
            position=look.position,
            after=visitor.asking.after(cursor or None),
            limit=MOST_SHOWN,
        )
    return render(
        visitor,
        "composition.html",
        status=narrowing.status,
        narrowing=narrowing,
        found=found,
        kinds=list(EXPECTED),
        kind=kind,
        vacant=vacant,
        day=day,
        next=next_page(visitor, found.page.after),
    )


def days_on(narrowing: Narrowing) -> Days:
    """The two days that a page is narrowed to; what is wrong with one stands beside its field."""
    day = narrowing.day("day") or narrowing.today
    before = narrowing.day("before") or date(day.year, 1, 1)
    narrowing.in_order(before, day, "before")
    return Days(before=min(before, day), day=day)


def _report_in(narrowing: Narrowing, cursor: str) -> Response:
    visitor, asked, said = narrowing.visitor, narrowing.filters, narrowing.said
    which = asked.one_of(said["which"], WHICH, "which") or TOWNSHIPS
    days = days_on(narrowing)
    found: ReportedIn | Guests | None = None
    page: Page[VillageLine] = Page(rows=())
    parts: dict[PersonId, Part | None] = {}
    after: Key | None = None
    with visitor.asking.look() as look:
        told = (look.connection, look.ledger)
        units = roster.all_units(*told, look.position)
        township = narrowing.read("township", lambda each: asked.unit(each, units))
        step = narrowing.read("step", lambda each: asked.choice(each, Invitation, "step"))
        key = visitor.asking.after(cursor or None)
        if not narrowing.wrong and which == GUESTS:
            found = invited = guests.guests(
                *told,
                first=days.before,
                last=days.day,
                step=step,
                position=look.position,
                after=key,
                limit=MOST_SHOWN,
            )
            parts = parts_shown(visitor.asking, look, invited.page.rows, days)
            after = invited.page.after
        elif not narrowing.wrong and which != TOWNSHIPS:
            page = reporting_in.villages(
                *told,
                visitor.desk.shelf,
                day=days.day,
                township=township,
                without=which == WITHOUT,
                position=look.position,
                after=key,
                limit=MOST_SHOWN,
            )
            after = page.after
        elif not narrowing.wrong:
            found = reported = reporting_in.reported_in(
                *told,
                visitor.desk.shelf,
                day=days.day,
                before=days.before,
                position=look.position,
                after=key,
                limit=MOST_SHOWN,
            )
            after = reported.page.after
    places = [u for u in units.values() if u.profile.kind is UnitKind.TOWNSHIP]
    return render(
        visitor,
        "report_in.html",
        status=narrowing.status,
        narrowing=narrowing,
        which=WHICH,
        chosen=which,
        days=days,
        found=found,
        page=page,
        parts=parts,
        townships=sorted(places, key=lambda unit: unit.profile.name),
        township=township,
        steps=list(Invitation),
        step=said["step"],
        next=next_page(visitor, after),
    )
