"""Tables that leave the house: no cell is a formula or a link, whatever it holds and whatever program opens it.

Names, titles and remarks come from outside. A spreadsheet program takes a cell that begins with an equals sign for a formula, which
may fetch an address or start a program; so nothing of ours is written but by this module.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from pathlib import Path
from typing import Any, TypeAlias

import xlsxwriter  # type: ignore[import-untyped]  # ships no types

Value: TypeAlias = str | int | float | Decimal | bool | date | None

LONGEST = 32_767
"""Characters that a cell of a workbook can hold."""
_BEGINS = tuple("=+-@\t\r\n" + "\uff1d\uff0b\uff0d\uff20")
"""What a formula begins with, in either width, and what a program skips before it looks."""


@dataclass(frozen=True, slots=True)
class Written:
    """A sheet that is being written."""

    page: Any
    day: Any
    bold: Any

    def put(self, row: int, column: int, value: Value, *, bold: bool = False) -> None:
        """One cell, row and column from 0: a text is a text, a number a number, a day a day."""
        form = self.bold if bold else None
        match value:
            case None:
                return
            case bool():
                self.page.write_string(row, column, str(value), form)
            case int() | float() | Decimal():
                self.page.write_number(row, column, value, form)
            case date():
                self.page.write_datetime(row, column, datetime.combine(value, time()), self.day)
            case _:
                self.page.write_string(row, column, value[:LONGEST], form)

    def put_all(self, row: int, values: Iterable[Value], *, bold: bool = False) -> None:
        """A row of cells from the first column on."""
        for column, value in enumerate(values):
            self.put(row, column, value, bold=bold)

    def title(self, text: str, columns: int) -> None:
        """A title over so many columns of the first row."""
        self.put(0, 0, text, bold=True)
        if columns > 1:
            self.page.merge_range(0, 0, 0, columns - 1, "", self.bold)
            self.put(0, 0, text, bold=True)


@contextmanager
def workbook(to: Path | io.BytesIO, tab: str) -> Iterator[Written]:
    """A workbook of one sheet, written when this ends."""
    options = {
        "in_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
    }
    with xlsxwriter.Workbook(to if isinstance(to, io.BytesIO) else str(to), options) as book:
        page = book.add_worksheet(tab)
        day = book.add_format({"num_format": "yyyy-mm-dd"})
        yield Written(page, day, book.add_format({"bold": True, "align": "center"}))


def csv_of(rows: Iterable[Sequence[Value]]) -> bytes:
    """Rows as a CSV file (RFC 4180) that Excel and WPS open as UTF-8.

    CSV has no way to say that a cell is text: one that begins as a formula does gets an apostrophe before it. Numbers and days of ours
    stay as they are.
    """
    out = io.StringIO(newline="")
    csv.writer(out).writerows([_harmless(cell) for cell in cells] for cells in rows)
    return out.getvalue().encode("utf-8-sig")


def _harmless(value: Value) -> str:
    match value:
        case None:
            return ""
        case str():
            return f"'{value}" if value.startswith(_BEGINS) else value
        case date():
            return value.isoformat()
        case _:
            return str(value)
