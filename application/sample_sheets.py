"""Write sheets as counties keep them: tidy, or with all that an import has to put up with."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import TypeAlias

from application.handed_out import Value, workbook
from domain.words import day_zh

PlainRow: TypeAlias = Mapping[str, Value]
"""One row by the headings of its columns."""

_FULL_WIDTH = {ord("0") + i: 0xFF10 + i for i in range(10)}


def write_roster(path: Path, rows: Sequence[PlainRow], *, title: str = "政协委员名册") -> None:
    """A roster under a merged title row, with a serial number and dates as Excel keeps them."""
    _write(path, "名册", title, rows, messy=False)


def write_records(
    path: Path, rows: Sequence[PlainRow], *, title: str = "委员履职登记表", messy: bool = True
) -> None:
    """A list of records, tidy or messy.

    The mess: days in several forms, names with spaces, full-width digits, blank rows, a total and a note. It depends on the place of a row alone, so that two runs write the same cells.
    """
    _write(path, "登记表", title, rows, messy=messy)


def _write(path: Path, tab: str, title: str, rows: Sequence[PlainRow], *, messy: bool) -> None:
    headings = ["序号", *dict.fromkeys(heading for row in rows for heading in row)]
    with workbook(path, tab) as written:
        written.title(title, len(headings))
        top = 1
        if messy:
            written.put(1, 0, "填报单位:")
            top = 3
        written.put_all(top, headings, bold=True)
        line = top
        for place, row in enumerate(rows):
            line += 2 if messy and place % 40 == 39 else 1
            written.put(line, 0, place + 1)
            for column, heading in enumerate(headings[1:], start=1):
                value = row.get(heading)
                written.put(line, column, _messy(heading, value, place) if messy else value)
        if messy:
            written.put_all(line + 1, ["合计", f"{len(rows)}人次"])
            written.put(line + 2, 0, "备注:以上由各单位填报。")
        written.page.set_column(1, len(headings), 14)


def _messy(heading: str, value: Value, place: int) -> Value:
    match value:
        case date():
            forms = (
                value,
                f"{value.year}.{value.month}.{value.day}",
                day_zh(value),
                f"{value.year}/{value.month}/{value.day}",
                value.isoformat().translate(_FULL_WIDTH),
            )
            return forms[place % len(forms)]
        case str() if heading == "姓名" and len(value) == 2 and place % 3 == 0:
            return f"{value[0]} {value[1]}"
        case str() if place % 7 == 0:
            return f" {value}\u00a0"
        case int() if not isinstance(value, bool) and place % 5 == 0:
            return str(value).translate(_FULL_WIDTH)
        case _:
            return value
