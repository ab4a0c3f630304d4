"""What became of suggestions, on pages: how many were adopted and carried out, by tier, kind, unit and year, work by work, and one by one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from fastapi import APIRouter, Response

from domain.access import Action
from domain.kinds import KINDS
from domain.kinds.deliberation import Tier
from domain.people import UnitId
from domain.suggested import Answer, Tally
from domain.unit import Unit
from interfaces.api.door import needs
from interfaces.sealed import lines_for
from interfaces.web.asked import Narrowing, next_page, with_parameters
from interfaces.web.refusing import PageRoute
from interfaces.web.rendering import render
from interfaces.web.visiting import VisitingNow
from projections import roster, suggestions
from projections.paging import Page
from projections.suggestions import Adoption, AdoptionPart, Apart, SuggestionLine

MOST_SHOWN = 50
SUGGESTING = tuple(name for name, kind in KINDS.items() if kind.about.suggests)
"""The kinds of which suggestions are answered one by one."""
WHICH: Mapping[str, dict[str, Any]] = {
    "": {},
    **{each.value: {"answer": each} for each in Answer},
    "unanswered": {"unanswered": True},
    "carried_out": {"carried_out": True},
}
"""Which suggestions a list can be narrowed to, by how they stand."""
_PART: Mapping[Apart, str] = {Apart.UNIT: "unit"}


def router() -> APIRouter:
    """The pages."""
    made = APIRouter(route_class=PageRoute, include_in_schema=False, prefix="/ledgers/{ledger}")

    @made.get("/adoption", operation_id="page_adoption", openapi_extra=needs(Action.SEE_RECORD))
    def adoption(
        visitor: VisitingNow,
        since: str = "",
        until: str = "",
        unit: str = "",
        kind: str = "",
        tier: str = "",
        by: str = "",
        cursor: str = "",
    ) -> Response:
        """How many suggestions were made, adopted and carried out; taken apart, and work by work."""
        said = {"since": since, "until": until, "unit": unit, "kind": kind, "tier": tier}
        return _adoption(Narrowing(visitor, **said, by=by), cursor)

    @made.get(
        "/suggestions", operation_id="page_suggestions", openapi_extra=needs(Action.SEE_RECORD)
    )
    def one_by_one(
        visitor: VisitingNow,
        since: str = "",
        until: str = "",
        unit: str = "",
        kind: str = "",
        tier: str = "",
        which: str = "",
        cursor: str = "",
    ) -> Response:
        """Suggestions one by one, with what was answered to each."""
        said = {"since": since, "until": until, "unit": unit, "kind": kind, "tier": tier}
        return _one_by_one(Narrowing(visitor, **said, which=which), cursor)

    return made


def _of(narrowing: Narrowing, units: Mapping[UnitId, Unit]) -> dict[str, Any]:
    """Which suggestions the address asks for."""
    filters = narrowing.filters
    since, until = narrowing.day("since"), narrowing.day("until")
    narrowing.in_order(since, until, "until")
    return {
        "since": since,
        "until": until,
        "unit": narrowing.read("unit", lambda each: filters.unit(each, units)),
        "kind": narrowing.read("kind", lambda each: filters.one_of(each, SUGGESTING, "kind")),
        "tier": narrowing.read("tier", lambda each: filters.choice(each, Tier, "tier")),
    }


def _named(
    narrowing: Narrowing, of: Mapping[str, Any], units: Mapping[UnitId, Unit]
) -> dict[str, str]:
    """What the fields of the form hold: a unit by its name."""
    unit = of["unit"]
    return narrowing.said | ({} if unit is None else {"unit": units[unit].profile.name})


def _adoption(narrowing: Narrowing, cursor: str) -> Response:
    visitor = narrowing.visitor
    apart = narrowing.read("by", lambda each: narrowing.filters.choice(each, Apart, "by"))
    apart = apart or Apart.TIER
    total = Tally()
    page: Page[Adoption] = Page(rows=())
    parts: tuple[AdoptionPart, ...] = ()
    with visitor.asking.look() as look:
        units = roster.all_units(look.connection, look.ledger)
        of = _of(narrowing, units)
        if not narrowing.wrong:
            told = (look.connection, look.ledger)
            after = visitor.asking.after(cursor or None)
            total, page = suggestions.adoption(*told, **of, after=after, limit=MOST_SHOWN)
            parts = suggestions.adoption_by(*told, apart, **of)
    asked = {name: narrowing.said[name] for name in ("since", "until", "unit", "kind", "tier")}

    def one_by_one(which: str = "", key: str | None = None) -> str:
        """The address of the suggestions behind a figure, of a part where one is named."""
        narrowed = asked | {"which": which}
        if key is not None and apart is Apart.YEAR:
            narrowed |= {"since": f"{key}-01-01", "until": f"{key}-12-31"}
        elif key is not None:
            narrowed[_PART.get(apart, apart.value)] = key
        return narrowing.to("/suggestions", **narrowed)

    return render(
        visitor,
        "adoption.html",
        status=narrowing.status,
        narrowing=narrowing,
        asked=_named(narrowing, of, units),
        total=total,
        parts=parts,
        apart=apart,
        switches=[(each, with_parameters(visitor, by=each.value)) for each in Apart],
        page=page,
        one_by_one=one_by_one,
        kinds={name: KINDS[name] for name in SUGGESTING},
        tiers=list(Tier),
        units=units,
        next=next_page(visitor, page.after),
    )


def _one_by_one(narrowing: Narrowing, cursor: str) -> Response:
    visitor = narrowing.visitor
    narrowing.read("which", lambda each: narrowing.filters.one_of(each, WHICH, "which"))
    page: Page[SuggestionLine] = Page(rows=())
    with visitor.asking.look() as look:
        units = roster.all_units(look.connection, look.ledger)
        of = _of(narrowing, units)
        if not narrowing.wrong:
            page = suggestions.suggestions(
                look.connection,
                look.ledger,
                **of,
                **WHICH[narrowing.said["which"]],
                after=visitor.asking.after(cursor or None),
                limit=MOST_SHOWN,
            )
            told = (look.connection, look.ledger)
            page = replace(page, rows=lines_for(visitor.asker, *told, page.rows))
    return render(
        visitor,
        "suggestions.html",
        status=narrowing.status,
        narrowing=narrowing,
        asked=_named(narrowing, of, units),
        page=page,
        answers=list(Answer),
        tabs={name: with_parameters(visitor, which=name) for name in WHICH},
        kinds={name: KINDS[name] for name in SUGGESTING},
        tiers=list(Tier),
        units=units,
        next=next_page(visitor, page.after),
    )
