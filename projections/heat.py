"""How much units record, month by month: how many records stand, by the unit that recorded them and the month of the deed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import Connection, case, func, select

from domain.people import UnitId
from domain.period import Period, Span
from projections.deeds import deed_rows, record_versions
from projections.roster import known

Months = tuple[int, ...]
"""How many of each month, from the first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Recorded:
    """How many records of a year each unit made; `alone` are those that no unit made: what members and the office said themselves."""

    by_unit: Mapping[UnitId, Months]
    alone: Months


def recorded(
    connection: Connection, ledger: str, period: Period, *, position: int | None = None
) -> Recorded:
    """How many records of a calendar year stand, by recorder and month, as known at a position or now; findings are none."""
    rows, deeds = record_versions.c, deed_rows.c
    parts = list(period.parts(Span.MONTH))
    month = case(*((rows.on <= part.last, number) for number, part in enumerate(parts)))
    asked = (
        select(deeds.recorder, month.label("month"), func.count())
        .join(deed_rows, (deeds.ledger == rows.ledger) & (deeds.stream == rows.stream))
        .where(
            rows.ledger == ledger,
            rows.on >= period.first,
            rows.on <= period.last,
            known(record_versions, position),
            ~rows.stream.startswith("finding/"),
        )
        .group_by(deeds.recorder, "month")
    )
    found: dict[str, list[int]] = {}
    for recorder, number, count in connection.execute(asked):
        found.setdefault(recorder, [0] * len(parts))[number] = count
    alone = tuple(found.pop("", [0] * len(parts)))
    return Recorded(
        by_unit={UnitId(unit): tuple(months) for unit, months in found.items()}, alone=alone
    )
