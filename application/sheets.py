"""Read what people send: workbooks and CSV files with title rows, blanks, totals and notes; hand rows back with a result."""

from __future__ import annotations

import csv
import hashlib
import io
import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import TypeAlias

from application.apart import ReadSheet, read_apart
from application.columns import KEY_COLUMNS, is_column, key_of
from application.handed_out import workbook
from application.packed import MOST_CELLS, MOST_COLUMNS, MOST_ROWS, refuse_unfit
from domain.characters import composed, is_forbidden
from domain.people import Reason, Refused

Cell: TypeAlias = str | int | float | bool | date | None
"""What a cell holds: text is tidied, whole numbers are int, an Excel date is a date without its time."""
Cells: TypeAlias = tuple[Cell, ...]

LARGEST_FILE = 10 * 1024 * 1024
"""Bytes that a file may have."""
HEADER_WITHIN = 40
"""Rows from the top within which a header is looked for."""

RESULT = "结果"
OLD_OR_LOCKED = b"\xd0\xcf\x11\xe0"
"""How a workbook of before 2007 begins, and one of today that has a password."""


@dataclass(frozen=True, slots=True)
class Row:
    """One row under the header: `number` is its number as Excel shows it."""

    number: int
    cells: Cells


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """One sheet as read. `grid` holds every row from row 1 on, `rows` those that hold records.

    `digest` is the SHA-256 of the file, `tab` the sheet's own name (empty for CSV), `others` the further sheets with a
    header, `passed_over` the rows that are totals, notes or section titles, `year` the year that the title or the file name says.
    """

    name: str
    tab: str
    digest: str
    encoding: str
    columns: tuple[str, ...]
    header_row: int
    rows: tuple[Row, ...]
    grid: tuple[Cells, ...]
    title: str = ""
    year: int | None = None
    others: tuple[str, ...] = ()
    passed_over: tuple[tuple[int, str], ...] = ()


def read_sheet(name: str, content: bytes, tab: str = "") -> Sheet:
    """Read the sheet `tab` of a file, or its first visible sheet with a header.

    Raises `Refused` (NOT_A_WORKBOOK, NO_SUCH_SHEET, BROKEN_CSV, BAD_ENCODING, NO_HEADER, TOO_LARGE, TOO_MANY); nothing
    else whatever the bytes are.
    """
    if len(content) > LARGEST_FILE:
        raise Refused(Reason.TOO_LARGE, about=f"{name} > {LARGEST_FILE // 1024 // 1024} MiB")
    digest = hashlib.sha256(content).hexdigest()
    if content.startswith(b"PK\x03\x04"):
        refuse_unfit(name, content)
        grids, encoding = _workbook(name, content, tab), "xlsx"
    elif content.startswith(OLD_OR_LOCKED):
        raise Refused(Reason.NOT_A_WORKBOOK, about=f"{name}({_how_to_save(name)})")
    elif _says_workbook(name):
        raise Refused(Reason.NOT_A_WORKBOOK, about=name)
    else:
        text, encoding = _decoded(name, content)
        grids = [("", _csv_grid(name, text))]
    found = [(found_tab, grid, header) for found_tab, grid in grids if (header := _header(grid))]
    if not found:
        raise Refused(Reason.NO_HEADER, about=f"{name} {tab}".strip())
    chosen, grid, header = found[0]
    _refuse_bad_words(name, chosen, grid[: header.row])
    records, passed_over = _records(grid, header)
    above = [_text(cell) for cells in grid[: header.row - 1] for cell in cells if cell is not None]
    return Sheet(
        name=name,
        tab=chosen,
        digest=digest,
        encoding=encoding,
        columns=header.names,
        header_row=header.row,
        rows=tuple(records),
        grid=tuple(grid),
        title=next((text for text in above if len(text) > 3), ""),
        year=_year_in((*above, chosen, name)),
        others=tuple(other for other, _, _ in found[1:]),
        passed_over=tuple(passed_over),
    )


# Text

_INVISIBLE = dict.fromkeys(map(ord, "\u200b\u200c\u200d\u2060\ufeff\u00ad"))
_FULL_WIDTH = {
    **{0xFF10 + i: 0x30 + i for i in range(10)},
    **{0xFF21 + i: 0x41 + i for i in range(26)},
    **{0xFF41 + i: 0x61 + i for i in range(26)},
    **dict.fromkeys(map(ord, "\u3000\u00a0\u2007\u202f\r\n\t\v\f\u2028\u2029"), 0x20),
}
_TIDY = {**_INVISIBLE, **_FULL_WIDTH}
_UNTIDY = re.compile(
    "[\u200b-\u200d\u2060\ufeff\u00ad\u3000\u00a0\u2007\u202f\r\n\t\v\f\u2028\u2029"
    "\uff10-\uff19\uff21-\uff3a\uff41-\uff5a]"
)


def tidy(text: str) -> str:
    """Text in Unicode's composed form with ordinary digits, letters and spaces; punctuation stays as it was typed."""
    return composed(text.translate(_TIDY) if _UNTIDY.search(text) else text).strip()


def has_bad_characters(cell: Cell) -> bool:
    """Whether a cell holds control or bidirectional characters."""
    return isinstance(cell, str) and is_forbidden(cell)


def _refuse_bad_words(name: str, tab: str, top: Sequence[Cells]) -> None:
    """Refuse such characters in what names the rest: the sheet's name, its titles, its header. Those of a row are told with the row."""
    if is_forbidden(tab):
        raise Refused(Reason.BAD_CHARACTERS, "tab", name)
    for number, cells in enumerate(top, start=1):
        for place, cell in enumerate(cells, start=1):
            if has_bad_characters(cell):
                about = f"{name}(第{number}行第{place}列 row {number}, column {place})"
                raise Refused(Reason.BAD_CHARACTERS, about=about)


def _text(cell: Cell) -> str:
    return "" if cell is None else cell if isinstance(cell, str) else str(cell)


def _cell(raw: object) -> Cell:
    """A cell as read, tidied: `None` where there is nothing."""
    match raw:
        case str():
            return tidy(raw) or None
        case bool() | int() | None:
            return raw
        case float():
            return int(raw) if raw.is_integer() else raw
        case date():
            return raw
        case _:
            return str(raw)


# Workbooks


def _says_workbook(name: str) -> bool:
    return name.lower().endswith((".xlsx", ".xlsm", ".xls", ".xlsb", ".et", ".ods"))


def _how_to_save(name: str) -> str:
    """What to do about a workbook that cannot be read as it is."""
    if name.lower().endswith((".xlsx", ".xlsm")):
        return "去掉密码后另存为 .xlsx / remove the password, save as .xlsx"
    return "文件 → 另存为 → .xlsx / File → Save As → .xlsx"


def _workbook(name: str, content: bytes, tab: str) -> list[tuple[str, list[Cells]]]:
    """The sheets of a workbook from row 1 on, the visible first, with the wanted one alone if one is named."""
    return [(each.tab, _grid(each)) for each in read_apart(name, content, tab)]


def _grid(read: ReadSheet) -> list[Cells]:
    rows = [[_cell(raw) if raw != "" else None for raw in cells] for cells in read.rows]
    for top, left, bottom, right in read.merged:
        _spread(rows, top, left, min(bottom, len(rows) - 1), right)
    return [tuple(cells) for cells in rows]


def _spread(rows: list[list[Cell]], top: int, left: int, bottom: int, right: int) -> None:
    """Repeat what stands in a merged block down its first column; a block across several columns is a title."""
    if left != right or top >= len(rows) or left >= len(rows[top]):
        return
    value = rows[top][left]
    for cells in rows[top + 1 : bottom + 1]:
        if cells[left] is None:
            cells[left] = value


# CSV


def _decoded(name: str, content: bytes) -> tuple[str, str]:
    """The text of a CSV file and its encoding: a mark at its start decides, then UTF-8, then GB18030."""
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        tried = ["utf-16"]
    elif content.startswith(b"\xef\xbb\xbf"):
        tried = ["utf-8-sig"]
    else:
        tried = ["utf-8", "gb18030"]
    for encoding in tried:
        try:
            return content.decode(encoding), encoding
        except UnicodeDecodeError as wrong:
            bad_at = content.count(b"\n", 0, wrong.start) + 1
    raise Refused(Reason.BAD_ENCODING, about=f"{name}(第{bad_at}行 row {bad_at})")


def _csv_grid(name: str, text: str) -> list[Cells]:
    start = text[:20_000]
    separator = max(",\t;", key=lambda each: (start.count(each), each == ","))
    rows: list[Cells] = []
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    cells = 0
    while True:
        try:
            raw = next(reader)
        except StopIteration:
            return rows
        except csv.Error as broken:
            at = len(rows) + 1
            raise Refused(Reason.BROKEN_CSV, about=f"{name}(第{at}行 row {at})") from broken
        if len(raw) > MOST_COLUMNS:
            at = len(rows) + 1
            raise Refused(
                Reason.TOO_MANY, about=f"第{at}行 row {at}: {len(raw)} > {MOST_COLUMNS} 列"
            )
        cells += len(raw)
        if len(rows) >= MOST_ROWS or cells > MOST_CELLS:
            raise Refused(Reason.TOO_MANY, about=f"{name}: > {MOST_ROWS} 行")
        rows.append(tuple(_cell(each) for each in raw))


# Header, records and what is neither


@dataclass(frozen=True, slots=True)
class _Header:
    row: int
    """Its number; with a header of two rows, the lower one."""
    names: tuple[str, ...]


def _header(grid: Sequence[Cells]) -> _Header | None:
    """The row with the most columns that have a known name, two at least; one will do if nothing else stands there."""
    best, most = 0, 0
    for number, cells in enumerate(grid[:HEADER_WITHIN], start=1):
        texts = [c for c in cells if isinstance(c, str)]
        known = len({key_of(c) for c in texts if is_column(c)})
        enough = known >= 2 or (known == 1 and len(texts) == 1 and key_of(texts[0]) in KEY_COLUMNS)
        if enough and known > most:
            best, most = number, known
    if not best:
        return None
    upper = grid[best - 1]
    lower = grid[best] if best < len(grid) else ()
    if _is_second_header(upper, lower):
        width = max(len(upper), len(lower))
        pairs = zip(_padded(upper, width), _padded(lower, width), strict=True)
        return _Header(best + 1, tuple(_text(low if low is not None else up) for up, low in pairs))
    return _Header(best, tuple(_text(cell) for cell in upper))


def _is_second_header(upper: Cells, lower: Cells) -> bool:
    """Whether the row below the header goes on with it: known names only, each under a gap or a wider heading."""
    below = [(i, c) for i, c in enumerate(lower) if c is not None]
    repeated = {i for i, c in below if i < len(upper) and c == upper[i]}
    new = [c for i, c in below if i not in repeated]
    return bool(new) and all(isinstance(c, str) and is_column(c) for c in new)


def _padded(cells: Cells, width: int) -> Cells:
    return cells + (None,) * (width - len(cells))


_TOTAL = re.compile(r"^(合计|总计|小计|共计|累计|总数|平均)")
_NOTE = re.compile(
    r"^(注|备注|说明|填表|填报|制表|审核|审批|负责人|经办|联系人|统计人|统计时间|打印|第\d+页|共\d+)"
)
_SECTION = re.compile("^[(\uff08]?[一二三四五六七八九十]+(?:[)\uff09]|[、.\uff0e])")


def _records(grid: Sequence[Cells], header: _Header) -> tuple[list[Row], list[tuple[int, str]]]:
    """Rows that hold records, and rows that were passed over though they hold something."""
    keys = [i for i, name in enumerate(header.names) if key_of(name) in KEY_COLUMNS]
    serial = {i for i, name in enumerate(header.names) if key_of(name) in {"序号", "no", "no."}}
    rows: list[Row] = []
    passed_over: list[tuple[int, str]] = []
    for number, cells in enumerate(grid[header.row :], start=header.row + 1):
        filled = [i for i, cell in enumerate(cells) if cell is not None and i not in serial]
        if not filled:
            texts = [c for c in cells if isinstance(c, str)]
            if texts:
                passed_over.append((number, texts[0]))
            continue
        first = _text(next(cell for cell in cells if cell is not None))
        named = [_text(cells[i]) for i in keys if i < len(cells) and cells[i] is not None]
        if _is_aside(first.replace(" ", ""), named, len(filled), cells, header):
            passed_over.append((number, first))
        else:
            rows.append(Row(number, _padded(cells, len(header.names))[: len(header.names)]))
    return rows, passed_over


def _is_aside(first: str, named: Sequence[str], filled: int, cells: Cells, header: _Header) -> bool:
    """Whether a row is a total, a note, the title of a section, or the header once more."""
    if any(_TOTAL.match(text.replace(" ", "")) for text in (first, *named[:1])):
        return True
    if [_text(c) for c in cells if c is not None] == [n for n in header.names if n]:
        return True
    if filled <= 2 and (_NOTE.match(first) or _SECTION.match(first)):
        return True
    return not named and (filled == 1 or bool(_NOTE.match(first)))


def _year_in(texts: Iterable[str]) -> int | None:
    for text in texts:
        found = re.search(r"(?<!\d)(20\d\d)\s*[年.\-_/]", unicodedata.normalize("NFKC", text))
        found = found or re.search(r"(?<!\d)(20\d\d)(?!\d)", text)
        if found:
            return int(found[1])
    return None


# What a column is taken to be

NOT_READ = "-"
"""Said of a column that is not to be recorded."""


def with_headings(sheet: Sheet, headings: Mapping[int, str]) -> Sheet:
    """The sheet with other headings over some columns, counted from 1; refuses what no column is called, and a column that is not there."""
    columns = list(sheet.columns)
    for place, heading in headings.items():
        if not 1 <= place <= len(columns):
            raise Refused(Reason.MALFORMED, about=f"{place} (1–{len(columns)})")
        if heading != NOT_READ and not is_column(heading):
            raise Refused(Reason.MALFORMED, about=f"「{heading[:40]}」")
        columns[place - 1] = "" if heading == NOT_READ else heading
    return replace(sheet, columns=tuple(columns))


# Handing back


def result_sheet(sheet: Sheet, results: Mapping[int, str]) -> bytes:
    """The sheet as it was sent, with a column 结果 at its end, as xlsx; no cell of it is a formula."""
    out = io.BytesIO()
    with workbook(out, _tab_name(sheet.tab)) as written:
        last = max([len(sheet.columns), *(len(cells) for cells in sheet.grid)])
        for row, cells in enumerate(sheet.grid):
            written.put_all(row, cells)
        written.put(sheet.header_row - 1, last, RESULT)
        written.page.set_column(last, last, 48)
        for number, text in results.items():
            written.put(number - 1, last, text)
    return out.getvalue()


def _tab_name(tab: str) -> str:
    return re.sub(r"[\[\]:*?/\\]", " ", tab).strip("'")[:31] or "Sheet1"
