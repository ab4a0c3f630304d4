"""Which units record how much, month by month, as a table whose cells are the darker the more there is: the number stands in each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from fastapi import APIRouter, Response

from domain.access import Action
from domain.people import UnitId
from domain.period import Period, Span
from domain.unit import Unit, UnitKind
from interfaces.api.door import needs
from interfaces.web.asked import Narrowing
from interfaces.web.refusing import PageRoute
from interfaces.web.rendering import render
from interfaces.web.visiting import Visiting
from projections import heat, roster
from projections.heat import Months

DARKEST = 4
"""How many shades there are."""


@dataclass(frozen=True, slots=True)
class HeatCell:
    """A month of a unit: how many, how dark, from which day to which."""

    number: int
    shade: str
    first: date
    last: date


@dataclass(frozen=True, slots=True)
class HeatRow:
    """A unit's months and their sum."""

    unit: UnitId
    name: str
    cells: tuple[HeatCell, ...]
    total: int


def router() -> APIRouter:
    """The page of the heat map."""
    made = APIRouter(route_class=PageRoute, include_in_schema=False, prefix="/ledgers/{ledger}")

    @made.get("/heat", operation_id="page_heat", openapi_extra=needs(Action.SEE_TOTALS))
    def show(visitor: Visiting, year: str = "", kind: str = "studio") -> Response:
        """Units of a kind and the months of a year; who recorded nothing stands there too."""
        narrowing = Narrowing(visitor, year=year)
        visitor, when = narrowing.visitor, narrowing.year()
        which = narrowing.filters.choice(kind, UnitKind, "kind")
        period = Period.year(when)
        with visitor.asking.look() as look:
            units = roster.all_units(look.connection, look.ledger, look.position)
            found = heat.recorded(look.connection, look.ledger, period, position=look.position)
        shown = [
            unit
            for unit in units.values()
            if unit.profile.kind is which
            and unit.since <= period.last
            and (unit.until is None or period.first <= unit.until)
        ]
        rows = rows_of(shown, found, period)
        return render(
            visitor,
            "heat.html",
            status=narrowing.status,
            narrowing=narrowing,
            rows=rows,
            parts=list(period.parts(Span.MONTH)),
            sums=[sum(column) for column in zip(*(_numbers(row) for row in rows), strict=True)],
            kinds=[k for k in UnitKind if any(u.profile.kind is k for u in units.values())],
            kind=which,
            year=when,
            as_of=visitor.asking.as_of or "",
        )

    return made


def rows_of(units: Sequence[Unit], found: heat.Recorded, period: Period) -> list[HeatRow]:
    """The rows of these units by name, shaded by the largest number among them."""
    parts = list(period.parts(Span.MONTH))
    nothing: Months = (0,) * len(parts)
    of = {unit.unit: found.by_unit.get(unit.unit, nothing) for unit in units}
    most = max((number for months in of.values() for number in months), default=0)
    return [
        HeatRow(
            unit=unit.unit,
            name=unit.profile.name,
            cells=tuple(
                HeatCell(number, _shade(number, most), part.first, part.last)
                for number, part in zip(of[unit.unit], parts, strict=True)
            ),
            total=sum(of[unit.unit]),
        )
        for unit in sorted(units, key=lambda u: (u.profile.name, u.unit))
    ]


def _shade(number: int, most: int) -> str:
    return f"h{-(-DARKEST * number // most)}" if number else ""


def _numbers(row: HeatRow) -> list[int]:
    return [cell.number for cell in row.cells]
