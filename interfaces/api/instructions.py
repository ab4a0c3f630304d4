"""Instructions (批示) and what followed from each; never their text, nor who gave them but by rank. What followed is said where outcomes are reported."""

from __future__ import annotations

from typing import Annotated, TypeAlias

from fastapi import APIRouter, Query

from domain.access import Action
from domain.people import UnitId
from domain.words import Level
from interfaces.api.asking import AskedNow, Cursor, Limit
from interfaces.api.door import needs
from interfaces.api.loops import Since, Until
from interfaces.api.views import Listing
from interfaces.api.writes import LEDGER
from interfaces.asked import must_be_in_order
from projections import instructions
from projections.instructions import Asked, Instruction, Totals

OfKind: TypeAlias = Annotated[str | None, Query(max_length=60, description="类别 / kind")]
OfUnit: TypeAlias = Annotated[
    UnitId | None, Query(max_length=100, description="登记单位 / unit that it came in through")
]
OfLevel: TypeAlias = Annotated[Level | None, Query(description="层级 / level")]
OfRank: TypeAlias = Annotated[
    str | None, Query(max_length=60, description="领导职务 / the leader's rank")
]


def router() -> APIRouter:
    """The routes."""
    made = APIRouter(prefix=LEDGER, tags=["instructions"])

    @made.get(
        "/instructions",
        operation_id="list_instructions",
        openapi_extra=needs(Action.SEE_RECORD),
        summary="批示跟踪",
    )
    def list_instructions(
        asked: AskedNow,
        since: Since = None,
        until: Until = None,
        kind: OfKind = None,
        unit: OfUnit = None,
        level: OfLevel = None,
        rank: OfRank = None,
        nothing: Annotated[
            bool, Query(description="只看尚无下文的 / those alone of which nothing followed")
        ] = False,
        cursor: Cursor = None,
        limit: Limit = 50,
    ) -> Listing[Instruction]:
        """Instructions one by one, the newest first: rank, level, day, number, and what followed. The days are those of the instructions."""
        must_be_in_order(since, until, "until")
        with asked.look() as look:
            look.must_be_units(unit=unit)
            page = instructions.instructions(
                look.connection,
                look.ledger,
                asked.desk.shelf,
                Asked(since, until, kind, unit, level, rank, nothing=nothing),
                after=asked.after(cursor),
                limit=limit,
            )
        return asked.listing(page)

    @made.get(
        "/instructions/totals",
        operation_id="count_instructions",
        openapi_extra=needs(Action.SEE_RECORD),
        summary="批示合计",
    )
    def count_instructions(
        asked: AskedNow,
        since: Since = None,
        until: Until = None,
        kind: OfKind = None,
        unit: OfUnit = None,
        level: OfLevel = None,
        rank: OfRank = None,
    ) -> Totals:
        """How many there are, and of how many nothing is known to have followed."""
        must_be_in_order(since, until, "until")
        with asked.look() as look:
            look.must_be_units(unit=unit)
            meant = Asked(since, until, kind, unit, level, rank)
            return instructions.totals(look.connection, look.ledger, meant)

    return made
