"""Who keeps touch with whom, and which members something is still lacking of: a pairing, a talk, a training."""

from __future__ import annotations

from datetime import date
from typing import Annotated, TypeAlias

from fastapi import APIRouter, Query

from domain.access import Action
from domain.fact import SubjectId
from domain.kinds import KINDS
from domain.kinds.people import Relation
from domain.people import PersonId, Reason, Refused, UnitId
from domain.period import Period
from interfaces.api.asking import AskedNow, Cursor, Limit
from interfaces.api.door import needs
from interfaces.api.touching import detail_said, kept, lacking
from interfaces.api.views import Listing
from interfaces.api.writes import LEDGER
from projections import pairings
from projections.pairings import PairingLine, RelationCount
from projections.silent import SilentLine

Kept: TypeAlias = Annotated[Relation | None, Query(description="结对类型 / kind of pairing")]
WrittenBy: TypeAlias = Annotated[
    UnitId | None, Query(max_length=100, description="登记单位 / unit that wrote it down")
]
Year: TypeAlias = Annotated[
    int | None, Query(ge=1949, le=2200, description="走访年度,不填为本年 / year of the visits")
]


def router() -> APIRouter:
    """The routes."""
    made = APIRouter(prefix=LEDGER)

    @made.get(
        "/pairings",
        operation_id="list_pairings",
        openapi_extra=needs(Action.SEE_RECORD),
        summary="结对联系",
        tags=["pairings"],
    )
    def list_pairings(
        asked: AskedNow,
        relation: Kept = None,
        person: Annotated[
            PersonId | None, Query(max_length=100, description="联系委员 / who keeps touch")
        ] = None,
        unit: WrittenBy = None,
        year: Year = None,
        unvisited: Annotated[
            bool, Query(description="只看当年没有走访的 / those that no visit of the year served")
        ] = False,
        ended: Annotated[bool, Query(description="已结束的 / those that have ended")] = False,
        cursor: Cursor = None,
        limit: Limit = 50,
    ) -> Listing[PairingLine]:
        """Pairings in force, in order of their first days, each with the visits of a year that served it and the last of them."""
        period = Period.year(year or asked.today.year)
        with asked.look() as look:
            look.must_be_units(unit=unit)
            page = kept(
                asked,
                look,
                period,
                relation=relation,
                subject=None if person is None else SubjectId(f"member/{person}"),
                unit=unit,
                unvisited=unvisited,
                ended=ended,
                after=asked.after(cursor),
                limit=limit,
            )
        return asked.listing(page)

    @made.get(
        "/relations",
        operation_id="count_pairings",
        openapi_extra=needs(Action.SEE_RECORD),
        summary="结对统计",
        tags=["pairings"],
    )
    def count_pairings(
        asked: AskedNow, unit: WrittenBy = None, year: Year = None
    ) -> list[RelationCount]:
        """Of each kind of pairing how many are in force, by how many members and units, and how many a visit of the year served."""
        period = Period.year(year or asked.today.year)
        with asked.look() as look:
            look.must_be_units(unit=unit)
            return pairings.counts(
                look.connection,
                look.ledger,
                day=asked.today,
                first=period.first,
                last=period.last,
                unit=unit,
            )

    @made.get(
        "/lacking",
        operation_id="list_lacking",
        openapi_extra=needs(Action.SEE_UNIT_FILE),
        summary="还没有的委员",
        tags=["pairings"],
    )
    def list_lacking(
        asked: AskedNow,
        kind: Annotated[
            str | None, Query(max_length=100, description="履职类型 / kind of record")
        ] = None,
        relation: Kept = None,
        detail: Annotated[
            str | None,
            Query(
                max_length=100,
                description="其中哪一种,如 study:term_rotation / which of them",
            ),
        ] = None,
        since: Annotated[
            date | None,
            Query(description="从哪天起,不填为年初,届内轮训为本届起 / from, the first of the year"),
        ] = None,
        unit: Annotated[
            UnitId | None, Query(max_length=100, description="所属单位 / unit they are bound to")
        ] = None,
        cursor: Cursor = None,
        limit: Limit = 50,
    ) -> Listing[SilentLine]:
        """Members, by name, of whom no record of this kind, or none that says this detail, tells that they took part since a day; or who keep touch with nobody in this way."""
        if (kind is None) == (relation is None):
            raise Refused(Reason.MISSING, "kind")
        if kind is not None and kind not in KINDS:
            raise Refused(Reason.WRONG_TAG, "kind", kind[:80])
        with asked.look() as look:
            look.must_be_units(unit=unit)
            page = lacking(
                *(asked, look, kind, relation, since, unit),
                detail=detail_said(kind, detail, "detail"),
                after=asked.after(cursor),
                limit=limit,
            )
        return asked.listing(page)

    return made
