"""The work log of a unit (工作日志): the service matters that it handled, day by day, and how many of each sort in each month."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, Connection, and_, func, select, tuple_

from domain.deed import Deed
from domain.kinds import kind_of
from domain.kinds.units import Errand, HandledServiceMatter
from domain.people import PersonId, UnitId
from domain.period import Period, Span
from domain.words import Open
from projections import bodies
from projections.deeds import deed_rows, stands_for_itself
from projections.flows import number_where
from projections.paging import Key, Page, checked_limit, page_of

HANDLED = kind_of(HandledServiceMatter)


@dataclass(frozen=True, slots=True, kw_only=True)
class LogLine:
    """An entry of the log: what was handled for whom, how long it took in minutes (0 where nobody said), what came of it; and who recorded it."""

    stream: Open[str]
    on: date
    title: Open[str]
    details: HandledServiceMatter
    outcome: str
    recorded_by: PersonId
    recorder: UnitId | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ErrandLine:
    """How many matters of a sort a unit handled in each month of a year."""

    errand: Errand
    months: tuple[int, ...]

    @property
    def total(self) -> int:
        """Those of the year."""
        return sum(self.months)


def _within(ledger: str, unit: UnitId, first: date, last: date) -> list[ColumnElement[bool]]:
    rows = deed_rows.c
    return [
        rows.ledger == ledger,
        rows.organiser == unit,
        rows.kind == HANDLED,
        rows.on >= first,
        rows.on <= last,
        rows.gone == "",
        stands_for_itself(ledger, rows.stream, rows.same_as),
    ]


def entries(
    connection: Connection,
    ledger: str,
    unit: UnitId,
    *,
    first: date,
    last: date,
    after: Key | None = None,
    limit: int = 50,
) -> Page[LogLine]:
    """What a unit handled on days from one to another, in their order; of two records of one matter the one that stands for both."""
    checked_limit(limit)
    rows = deed_rows.c
    asked = select(
        *(rows.stream, rows.on, rows.title, rows.position, rows.recorded_by, rows.recorder),
        *(rows.kind, rows.body),
    ).where(*_within(ledger, unit, first, last))
    if after is not None:
        asked = asked.where(tuple_(rows.on, rows.position) > tuple_(*after))
    asked = asked.order_by(rows.on, rows.position).limit(limit + 1)
    page = page_of(
        connection.execute(asked).all(), limit, lambda row: (row.on.toordinal(), row.position)
    )
    lines = []
    for row in page.rows:
        state = bodies.deed(row.kind, row.body)
        if not isinstance(state, Deed):
            raise TypeError(row.stream)
        lines.append(
            LogLine(
                stream=row.stream,
                on=row.on,
                title=row.title,
                details=state.body.details,
                outcome=state.body.effect,
                recorded_by=row.recorded_by,
                recorder=row.recorder or None,
            )
        )
    return Page(rows=tuple(lines), after=page.after)


def sums(connection: Connection, ledger: str, unit: UnitId, *, year: int) -> tuple[ErrandLine, ...]:
    """How many matters of each sort a unit handled in each month of a year; sorts of which there was none are left out."""
    rows = deed_rows.c
    months = [Period.around(Span.MONTH, date(year, number, 1)) for number in range(1, 13)]
    asked = (
        select(
            rows.sort,
            *(number_where(and_(rows.on >= m.first, rows.on <= m.last)) for m in months),
        )
        .where(*_within(ledger, unit, months[0].first, months[-1].last))
        .group_by(rows.sort)
    )
    found = {sort: tuple(map(int, numbers)) for sort, *numbers in connection.execute(asked)}
    return tuple(
        ErrandLine(errand=each, months=found[each.value]) for each in Errand if each.value in found
    )


def newest_day(connection: Connection, ledger: str, unit: UnitId) -> date | None:
    """The day of the newest entry of a unit's log; none where there is none."""
    rows = deed_rows.c
    within = _within(ledger, unit, date.min, date.max)
    asked = select(func.max(rows.on, type_=rows.on.type)).where(*within)
    found: date | None = connection.execute(asked).scalar_one()
    return found
