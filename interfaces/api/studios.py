"""What is built up with units: the register, standards, documents that are owed, coverage."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, TypeAlias

from fastapi import APIRouter, Query

from domain.access import Action
from domain.document import Sort
from domain.people import Reason, Refused, UnitId
from domain.unit import Life, StudioKind, UnitKind
from interfaces.api.asking import Asked, AskedNow, Cursor, Limit, Year
from interfaces.api.door import needs
from interfaces.api.views import Listing
from interfaces.api.writes import LEDGER
from projections import coverage, owed, registers, standards
from projections.coverage import Coverage
from projections.owed import UnitOwed
from projections.registers import RegisterLine, TypeCount
from projections.standards import Item, UnitStandards

Of: TypeAlias = Annotated[UnitId | None, Query(max_length=100)]


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisterView:
    """A page of the register, and how many there are of each type; `next` is the cursor to go on from."""

    rows: tuple[RegisterLine, ...]
    types: tuple[TypeCount, ...]
    total: int
    next: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class StandardsView:
    """A page of units and the items of a standard; `next` is the cursor to go on from."""

    code: str
    version: str
    zh: str
    en: str
    items: tuple[Item, ...]
    rows: tuple[UnitStandards, ...]
    next: str | None


def router() -> APIRouter:
    """The routes."""
    made = APIRouter(prefix=LEDGER)

    @made.get(
        "/register",
        operation_id="get_register",
        openapi_extra=needs(Action.SEE_ROSTER),
        summary="工作室登记册",
        tags=["studios"],
    )
    def get_register(
        asked: Asked,
        kind: Annotated[UnitKind, Query(description="单位类型 / kind")] = UnitKind.STUDIO,
        type: Annotated[StudioKind | None, Query(description="工作室类型 / type")] = None,
        life: Annotated[Life | None, Query(description="状态 / stage of its life")] = None,
        township: Of = None,
        sector: Of = None,
        cursor: Cursor = None,
        limit: Limit = 50,
    ) -> RegisterView:
        """Studios, homes or stations with head, members and acceptance, and how many there are of each type."""
        with asked.look() as look:
            look.must_be_units(township=township, sector=sector)
            found = registers.register(
                look.connection,
                look.ledger,
                day=asked.today,
                kind=kind,
                studio_kind=type,
                life=life,
                township=township,
                sector=sector,
                position=look.position,
                after=asked.after(cursor),
                limit=limit,
            )
        listed = asked.listing(found.page)
        return RegisterView(
            rows=listed.rows, types=found.types, total=found.total, next=listed.next
        )

    @made.get(
        "/standards/{code}",
        operation_id="get_standards",
        openapi_extra=needs(Action.SEE_UNIT_FILE),
        summary="达标验收",
        tags=["studios"],
    )
    def get_standards(
        asked: Asked, code: str, year: Year = None, cursor: Cursor = None, limit: Limit = 50
    ) -> StandardsView:
        """Units and items of a standard: what has evidence, what is lacking, what was accepted on what day."""
        with asked.look() as look:
            look.must_be_published(Sort.CHECKLIST, code, "code")
            found = standards.matrix(
                look.connection,
                look.ledger,
                asked.desk.shelf,
                code,
                period=asked.year(year),
                today=asked.today,
                only=asked.units_open(look, Action.SEE_UNIT_FILE),
                position=look.position,
                after=asked.after(cursor),
                limit=limit,
            )
        if found is None:
            raise Refused(Reason.NO_SUCH_CHECKLIST, "code", code[:80])
        listed = asked.listing(found.page)
        return StandardsView(
            code=found.code,
            version=found.version,
            zh=found.zh,
            en=found.en,
            items=found.items,
            rows=listed.rows,
            next=listed.next,
        )

    @made.get(
        "/documents-owed",
        operation_id="list_documents_owed",
        openapi_extra=needs(Action.SEE_UNIT_FILE),
        summary="材料报送情况",
        tags=["studios"],
    )
    def list_documents_owed(
        asked: Asked, year: Year = None, cursor: Cursor = None, limit: Limit = 50
    ) -> Listing[UnitOwed]:
        """Documents that units owe in a year: in time, late, missing and not due yet."""
        with asked.look() as look:
            page = owed.owed(
                look.connection,
                look.ledger,
                asked.desk.shelf,
                period=asked.year(year),
                today=asked.today,
                only=asked.units_open(look, Action.SEE_UNIT_FILE),
                position=look.position,
                after=asked.after(cursor),
                limit=limit,
            )
        return asked.listing(page)

    @made.get(
        "/coverage",
        operation_id="get_coverage",
        openapi_extra=needs(Action.SEE_TOTALS),
        summary="覆盖情况",
        tags=["studios"],
    )
    def get_coverage(asked: AskedNow, year: Year = None) -> Coverage:
        """How many townships, sectors, members and villages are covered, and which are not."""
        with asked.look() as look:
            return coverage.coverage(
                look.connection,
                look.ledger,
                asked.desk.shelf,
                period=asked.year(year),
                today=asked.today,
            )

    return made
