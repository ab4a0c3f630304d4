"""Whatever table leaves the house: no cell of it is a formula or a link, and there is one place that writes tables."""

from __future__ import annotations

import ast
import csv
import io
import re
import zipfile
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook

from application import handed_out
from application.handed_out import csv_of, workbook
from application.sample_sheets import PlainRow, write_records, write_roster
from application.sheets import read_sheet, result_sheet
from tests.application.sheet_makers import csv_text

ROOT = Path(__file__).parent.parent.parent
PRODUCT = ("domain", "application", "projections", "interfaces", "packs")
WRITERS = {"xlsxwriter", "openpyxl", "odf", "xlwt", "pandas", "polars"}

FORMULAS = (
    "=1+1",
    "=cmd|'/c calc'!A1",
    '=HYPERLINK("https://evil.example","x")',
    "+1+1",
    "-1+1",
    "@SUM(A1)",
    "\t=1+1",
    "\r=1+1",
    "\n=1+1",
    "\uff1d1+1",
    "\uff0b1",
    "\uff0d1",
    "\uff20A1",
    "https://evil.example/",
    "mailto:a@evil.example",
    "internal:Sheet2!A1",
    "{=1+1}",
)


# One place


def modules() -> list[Path]:
    """Every module of the product."""
    return sorted(path for each in PRODUCT for path in (ROOT / each).rglob("*.py"))


def test_only_one_module_writes_tables() -> None:
    """A module that wants to hand out a table does it by `handed_out`, and is then looked at below."""
    found = set()
    for path in modules():
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            match node:
                case ast.Import(names=names) if WRITERS & {each.name for each in names}:
                    found.add(path.stem)
                case ast.ImportFrom(module=str(module)) if module.partition(".")[0] in WRITERS:
                    found.add(path.stem)
                case ast.Attribute(attr="writer" | "DictWriter", value=ast.Name(id="csv")):
                    found.add(path.stem)
                case ast.ImportFrom(module="csv"):
                    found.add(path.stem)
                case _:
                    continue
    assert found == {"handed_out"}


def test_every_module_that_hands_out_tables_is_looked_at_here() -> None:
    using = {
        path.stem
        for path in modules()
        if re.search(r"^from application.handed_out import", path.read_text("utf-8"), re.MULTILINE)
    }
    # Those of interfaces write CSV files by `csv_of` alone, which is tried below.
    by_commands = {"cli_shown", "cli_studios", "cli_office", "cli_organisation", "cli_campaigns"}
    of_interfaces = {"campaigns", "flowing", "logged", "office", *by_commands}
    assert using == {"sheets", "sample_sheets", *of_interfaces}


def test_money_stays_a_number_to_the_fen_in_a_sheet() -> None:
    rows: list[tuple[Decimal]] = [(Decimal("-0.10"),), (Decimal("1200.00"),)]
    assert csv_of(rows).decode("utf-8-sig").splitlines() == ["-0.10", "1200.00"]
    written = io.BytesIO()
    with workbook(written, "x") as sheet:
        sheet.put(0, 0, Decimal("-0.10"))
    with zipfile.ZipFile(written) as archive:
        assert "<v>-0.10</v>" in archive.read("xl/worksheets/sheet1.xml").decode()


# Every writer


def result() -> bytes:
    """A result workbook of a list full of formulas, with formulas for results."""
    rows = [["姓名", "日期", "名称"], *(["张伟", each, each] for each in FORMULAS)]
    sheet = read_sheet("a.csv", csv_text(rows).encode())
    return result_sheet(sheet, {2 + n: each for n, each in enumerate(FORMULAS)})


def sample(write: Callable[..., None], folder: Path) -> bytes:
    """A sample sheet full of formulas, its headings and title included."""
    rows: list[PlainRow] = [{"姓名": each, each: each} for each in FORMULAS]
    write(folder / "a.xlsx", rows, title="=1+1")
    return (folder / "a.xlsx").read_bytes()


@pytest.mark.parametrize("writer", ["result", "records", "roster"])
def test_no_workbook_of_ours_holds_a_formula_or_a_link(writer: str, tmp_path: Path) -> None:
    made = {"records": write_records, "roster": write_roster}
    content = result() if writer == "result" else sample(made[writer], tmp_path)
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    sheet = parts["xl/worksheets/sheet1.xml"]
    assert not re.search(rb"<f[ >/]|<hyperlink", sheet)
    assert not [name for name in parts if "rels" in name and "sheet" in name]
    for cell in re.findall(rb"<c [^>]*>", sheet):
        assert b't="s"' in cell or b"t=" not in cell
    shown = CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(0).to_python()
    texts = {cell.strip() for row in shown for cell in row if isinstance(cell, str)}
    assert {each.strip() for each in FORMULAS} <= texts


@given(st.text(max_size=30))
def test_a_text_in_a_workbook_is_that_text(text: str) -> None:
    out = io.BytesIO()
    with workbook(out, "a") as written:
        written.put(0, 0, text)
        written.put(1, 0, date(2025, 3, 5))
        written.put(2, 0, -1.5)
    with zipfile.ZipFile(out) as archive:
        sheet = archive.read("xl/worksheets/sheet1.xml")
    assert b"<f" not in sheet
    assert b't="s"' in sheet


# CSV


def read_csv(content: bytes) -> list[list[str]]:
    """A CSV file as a program reads it."""
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""), strict=True))


@pytest.mark.parametrize("text", [each for each in FORMULAS if each[0] not in "hmi{"])
def test_a_cell_that_begins_as_a_formula_does_gets_an_apostrophe(text: str) -> None:
    assert read_csv(csv_of([[text]])) == [[f"'{text}"]]


def test_a_csv_file_is_opened_as_utf_8_and_numbers_stay_numbers() -> None:
    content = csv_of(
        [["姓名", "分"], ["张,伟", -1.5], ['他说"好"\n', None], [date(2025, 3, 5), True]]
    )
    assert content.startswith(b"\xef\xbb\xbf")
    assert content.decode("utf-8-sig").endswith("\r\n2025-03-05,True\r\n")
    assert read_csv(content) == [
        ["姓名", "分"],
        ["张,伟", "-1.5"],
        ['他说"好"\n', ""],
        ["2025-03-05", "True"],
    ]


@given(st.lists(st.lists(st.text(max_size=12), min_size=2, max_size=4), max_size=5))
def test_no_text_begins_a_formula_and_none_is_lost(rows: list[list[str]]) -> None:
    try:
        content = csv_of(rows)
    except UnicodeEncodeError:
        # Half a character, which no door lets in.
        return
    read = read_csv(content)
    for cells, sent in zip(read, rows, strict=True):
        for cell, text in zip(cells, sent, strict=True):
            assert not cell.startswith(handed_out._BEGINS)
            assert cell.removeprefix("'") == text.removeprefix("'")
