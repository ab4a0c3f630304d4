"""Makes small sheets for tests: workbooks and CSV files as bytes."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from datetime import date, datetime, time

import xlsxwriter  # type: ignore[import-untyped]  # ships no types

Value = str | int | float | bool | date | None


def xlsx(
    rows: Iterable[Sequence[Value]],
    *,
    title: str = "",
    tab: str = "表1",
) -> bytes:
    """A workbook with one sheet of these rows; a title is merged over the first row."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True, "strings_to_formulas": False}) as book:
        # The same rows are the same file, whenever they are written.
        book.set_properties({"created": datetime(2025, 1, 1)})  # noqa: DTZ001
        page = book.add_worksheet(tab)
        day = book.add_format({"num_format": "yyyy-mm-dd"})
        top = 0
        if title:
            page.merge_range(0, 0, 0, 5, title)
            top = 1
        for row, cells in enumerate(rows, start=top):
            for column, cell in enumerate(cells):
                if isinstance(cell, date):
                    page.write_datetime(row, column, datetime.combine(cell, time()), day)
                elif cell is not None:
                    page.write(row, column, cell)
    return out.getvalue()


def csv_text(rows: Iterable[Sequence[Value]]) -> str:
    """Rows as the text of a CSV file."""
    out = io.StringIO()
    csv.writer(out).writerows([["" if c is None else c for c in row] for row in rows])
    return out.getvalue()
