"""The work log of a unit as every door shows it, and as a sheet."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date

from application.handed_out import Value
from domain.people import UnitId
from domain.period import Period, Span
from interfaces.api.asking import Asking, Look
from interfaces.sealed import inside_for, sight
from projections import work_log
from projections.paging import Key, Page
from projections.work_log import LogLine

HEADER = (
    "日期 / day",
    "事项 / matter",
    "事项类别 / sort",
    "服务对象 / for whom",
    "来办方式 / came by",
    "经办人 / handled by",
    "用时(分钟) / minutes",
    "办理结果 / outcome",
)
"""The header of the sheet, in both languages."""


def month_of(day: date) -> Period:
    """The month of a day."""
    return Period.around(Span.MONTH, day)


def entries(
    asked: Asking, look: Look, unit: UnitId, month: Period, *, after: Key | None, limit: int
) -> Page[LogLine]:
    """A month of a unit's log as whoever asks may see it: for whom is not for everybody, and noted."""
    page = work_log.entries(
        look.connection,
        look.ledger,
        unit,
        first=month.first,
        last=month.last,
        after=after,
        limit=limit,
    )
    lines = []
    told = (look.connection, look.ledger)
    for line in inside_for(asked.asker, *told, page.rows, lambda each: each.stream):
        seen = sight(asked.asker, line.recorded_by, line.recorder, {f"unit/{unit}"})
        action = seen.noted(line.details)
        if action is not None:
            look.shows(action, line.stream)
        lines.append(replace(line, details=seen.of(line.details)))
    return replace(page, rows=tuple(lines))


def cells(line: LogLine) -> tuple[Value, ...]:
    """An entry as a row of a sheet."""
    said = line.details
    channel = "" if said.channel is None else said.channel.zh
    minutes = said.minutes or None
    return (
        *(line.on, line.title, said.errand.zh, said.served, channel),
        *(said.handled_by, minutes, line.outcome),
    )


def sheet(lines: Iterable[LogLine]) -> list[tuple[Value, ...]]:
    """A log as the rows of a sheet, the header first."""
    return [HEADER, *map(cells, lines)]
