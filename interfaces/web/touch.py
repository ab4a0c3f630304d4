"""Who keeps touch with whom and when he was there last, and the members whom something is still lacking of."""

from __future__ import annotations

from collections.abc import Mapping

from fastapi import APIRouter, Response

from domain.access import Action
from domain.kinds import KINDS, Shape, Subject
from domain.kinds.people import Relation
from domain.people import Role, UnitId
from domain.period import Period
from domain.words import Label
from interfaces.api.door import needs
from interfaces.api.touching import detail_said, details_of, kept, lacking, usual_since
from interfaces.web.asked import Narrowing, next_page
from interfaces.web.refusing import PageRoute
from interfaces.web.rendering import render
from interfaces.web.visiting import VisitingNow
from projections import pairings, roster
from projections.paging import Page
from projections.pairings import PairingLine, RelationCount
from projections.silent import SilentLine

MOST_SHOWN = 50
IN_FORCE, UNVISITED, ENDED = "", "unvisited", "ended"
WHICH: Mapping[str, Label] = {
    IN_FORCE: Label("在期", "in force"),
    UNVISITED: Label("本年未走访", "not visited this year"),
    ENDED: Label("已结束", "ended"),
}
"""Which pairings are listed."""
OF_MEMBERS = {
    name: kind
    for name, kind in KINDS.items()
    if Subject.MEMBER in kind.about.subjects and kind.about.shape is not Shape.PAIRING
}
"""What a member may do, so that it may be lacking."""


def router() -> APIRouter:
    """The pages."""
    made = APIRouter(route_class=PageRoute, include_in_schema=False, prefix="/ledgers/{ledger}")

    @made.get("/pairings", operation_id="page_pairings", openapi_extra=needs(Action.SEE_RECORD))
    def list_pairings(
        visitor: VisitingNow,
        which: str = "",
        relation: str = "",
        unit: str = "",
        year: str = "",
        cursor: str = "",
    ) -> Response:
        """Pairings by their first days, with the visits of a year."""
        return _pairings(
            Narrowing(visitor, which=which, relation=relation, unit=unit, year=year), cursor
        )

    @made.get("/lacking", operation_id="page_lacking", openapi_extra=needs(Action.SEE_UNIT_FILE))
    def list_lacking(
        visitor: VisitingNow,
        kind: str = "",
        relation: str = "",
        detail: str = "",
        unit: str = "",
        since: str = "",
        cursor: str = "",
    ) -> Response:
        """Members, by name, who have not yet taken part in something, or keep touch with nobody."""
        said = {"kind": kind, "relation": relation, "detail": detail}
        return _lacking(Narrowing(visitor, **said, unit=unit, since=since), cursor)

    return made


def _pairings(narrowing: Narrowing, cursor: str) -> Response:
    visitor, asked, said = narrowing.visitor, narrowing.filters, narrowing.said
    which = asked.one_of(said["which"], WHICH, "which") or IN_FORCE
    relation = asked.choice(said["relation"], Relation, "relation") if said["relation"] else None
    year = narrowing.year()
    period = Period.year(year)
    page: Page[PairingLine] = Page(rows=())
    figures: list[RelationCount] = []
    with visitor.asking.look() as look:
        units = roster.all_units(look.connection, look.ledger)
        unit = narrowing.read("unit", lambda each: asked.unit(each, units))
        if not narrowing.wrong:
            page = kept(
                visitor.asking,
                look,
                period,
                relation=relation,
                unit=unit,
                unvisited=which == UNVISITED,
                ended=which == ENDED,
                after=visitor.asking.after(cursor or None),
                limit=MOST_SHOWN,
            )
            figures = pairings.counts(
                look.connection,
                look.ledger,
                day=visitor.asking.today,
                first=period.first,
                last=period.last,
                unit=unit,
            )
    shown = {} if unit is None else {"unit": units[unit].profile.name}
    return render(
        visitor,
        "pairings.html",
        status=narrowing.status,
        narrowing=narrowing,
        page=page,
        figures=figures,
        which=WHICH,
        chosen=which,
        relations=list(Relation),
        asked=said | shown,
        year=year,
        years=narrowing.years(year),
        units=units,
        may_record=visitor.may_ever("record") and visitor.actor.role is not Role.MEMBER,
        may_see_lacking=visitor.may_ever(Action.SEE_UNIT_FILE.value),
        next=next_page(visitor, page.after),
    )


def _lacking(narrowing: Narrowing, cursor: str) -> Response:
    visitor, asked, said = narrowing.visitor, narrowing.filters, narrowing.said
    kind = asked.one_of(said["kind"], OF_MEMBERS, "kind")
    relation = asked.choice(said["relation"], Relation, "relation") if said["relation"] else None
    detail = (
        None
        if kind is None
        else narrowing.read("detail", lambda each: detail_said(kind, each, "detail"))
    )
    sees_all = visitor.asking.asker.always(Action.SEE_UNIT_FILE)
    page: Page[SilentLine] = Page(rows=())
    with visitor.asking.look() as look:
        units = roster.all_units(look.connection, look.ledger)
        unit: UnitId | None = narrowing.read("unit", lambda each: asked.unit(each, units))
        if unit is None and not sees_all:
            unit = visitor.capacity.unit
        since = narrowing.day("since")
        is_asked = (kind is None) is not (relation is None)
        if is_asked and not narrowing.wrong:
            after = visitor.asking.after(cursor or None)
            page = lacking(
                *(visitor.asking, look, kind, relation, since, unit),
                detail=detail,
                after=after,
                limit=MOST_SHOWN,
            )
        usual = usual_since(look.connection, look.ledger, visitor.asking.today, detail)
    shown = {} if unit is None else {"unit": units[unit].profile.name}
    return render(
        visitor,
        "lacking.html",
        status=narrowing.status,
        narrowing=narrowing,
        page=page,
        is_asked=is_asked,
        kinds=OF_MEMBERS,
        relations=list(Relation),
        asked=said | shown,
        details=[] if kind is None else details_of(kind),
        since=since or usual,
        units=units,
        sees_all=sees_all,
        next=next_page(visitor, page.after),
    )
