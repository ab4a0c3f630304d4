"""Reading what people send: every mess that a county's sheets hold, and no bytes that break the reader."""

from __future__ import annotations

import io
import zipfile
from datetime import date
from pathlib import Path

import pytest
import xlsxwriter  # type: ignore[import-untyped]  # ships no types
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook

from application import sheets
from application.cells import Days, days_of, names_in, sign_of, without_remark
from application.sample_sheets import PlainRow, write_records
from application.sheets import has_bad_characters, read_sheet, result_sheet
from domain.fact import Attendance
from domain.people import Reason, Refused
from tests.application.sheet_makers import Value, csv_text, xlsx

HEADER: list[Value] = ["姓名", "日期", "类型", "名称"]
LINE: list[Value] = ["张伟", date(2026, 3, 5), "走访村(社区)", "走访"]


def refused(name: str, content: bytes, tab: str = "") -> Refused:
    with pytest.raises(Refused) as caught:
        read_sheet(name, content, tab)
    return caught.value


# Where things stand


def test_rows_keep_their_excel_numbers_under_titles_blanks_and_totals() -> None:
    sheet = read_sheet(
        "三月.xlsx",
        xlsx(
            [
                ["填报单位:城关镇"],
                [],
                HEADER,
                LINE,
                [],
                ["李四", *LINE[1:]],
                ["合计", "2人次"],
                ["备注:以上属实"],
            ],
            title="2026年3月委员履职登记表",
        ),
    )
    assert sheet.header_row == 4
    assert [row.number for row in sheet.rows] == [5, 7]
    assert sheet.passed_over == ((8, "合计"), (9, "备注:以上属实"))
    assert (sheet.title, sheet.year) == ("2026年3月委员履职登记表", 2026)


def test_rows_and_columns_left_free_at_the_top_and_left_count() -> None:
    sheet = read_sheet("a.xlsx", xlsx([[], [], [None, *HEADER], [None, *LINE]]))
    assert (sheet.header_row, sheet.rows[0].number) == (3, 4)
    assert sheet.columns[1] == "姓名"


def test_a_csv_row_is_a_row_of_excel_even_with_line_breaks_in_cells() -> None:
    text = '说明\r\n\r\n姓名,日期,名称\r\n张伟,2026-3-5,"走访\n两天"\r\n\r\n李四,2026-3-6,走访\r\n'
    sheet = read_sheet("a.csv", text.encode("gb18030"))
    assert (sheet.encoding, sheet.header_row) == ("gb18030", 3)
    assert [row.number for row in sheet.rows] == [4, 6]
    assert sheet.rows[0].cells[2] == "走访 两天"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gbk", "gb18030", "utf-16"])
def test_the_encoding_of_a_csv_is_found(encoding: str) -> None:
    sheet = read_sheet(
        "a.csv", csv_text([HEADER, ["张伟", "2026-3-5", "提案", "题"]]).encode(encoding)
    )
    assert list(sheet.columns) == HEADER
    assert sheet.rows[0].cells == ("张伟", "2026-3-5", "提案", "题")


def test_tabs_and_semicolons_part_a_csv_too() -> None:
    for separator in "\t;":
        text = (
            separator.join(map(str, HEADER))
            + "\n"
            + separator.join(["张伟", "2026-3-5", "提案", "甲,乙"])
        )
        assert read_sheet("a.csv", text.encode()).rows[0].cells[3] == "甲,乙"


def test_a_section_title_and_a_repeated_header_are_no_records() -> None:
    sheet = read_sheet("a.xlsx", xlsx([HEADER, ["一、教育界"], LINE, HEADER, LINE, ["小 计", 2]]))
    assert [row.number for row in sheet.rows] == [3, 5]


def test_preprinted_serial_numbers_alone_are_no_records() -> None:
    sheet = read_sheet("a.xlsx", xlsx([["序号", *HEADER], [1, *LINE], [2], [3]]))
    assert [row.number for row in sheet.rows] == [2]


def test_a_header_of_two_rows_is_read_as_one() -> None:
    sheet = read_sheet(
        "a.xlsx",
        xlsx(
            [["姓名", "日期", "出勤", None], [None, None, "签到", "请假类别"], ["张伟", None, "√"]]
        ),
    )
    assert sheet.columns == ("姓名", "日期", "签到", "请假类别")
    assert [row.number for row in sheet.rows] == [3]


def test_a_block_merged_downwards_fills_its_rows() -> None:
    out = io.BytesIO()
    with xlsxwriter.Workbook(out) as book:
        page = book.add_worksheet()
        page.write_row(0, 0, ["界别", "姓名", "签到"])
        page.merge_range(1, 0, 3, 0, "教育界")
        for row, name in enumerate(["张伟", "李四", "王五"], start=1):
            page.write_row(row, 1, [name, "√"])
    rows = read_sheet("a.xlsx", out.getvalue()).rows
    assert [row.cells[0] for row in rows] == ["教育界"] * 3


def test_the_first_sheet_with_a_header_is_read_and_others_are_named() -> None:
    out = io.BytesIO()
    with xlsxwriter.Workbook(out) as book:
        book.add_worksheet("说明").write(0, 0, "请按要求填写")
        for tab in ("三月", "四月"):
            page = book.add_worksheet(tab)
            page.write_row(0, 0, HEADER)
            page.write_row(1, 0, ["张伟", tab])
    sheet = read_sheet("a.xlsx", out.getvalue())
    assert (sheet.tab, sheet.others) == ("三月", ("四月",))
    assert read_sheet("a.xlsx", out.getvalue(), tab="四月").rows[0].cells[1] == "四月"


# Cells


def test_cells_are_tidied() -> None:
    sheet = read_sheet(
        "a.xlsx",
        xlsx(
            [
                HEADER,
                [
                    "张\u3000伟\u00a0",
                    46086,
                    "\u200b提案\ufeff",
                    "\uff12\uff10\uff12\uff16 \uff21,好",
                ],
            ]
        ),
    )
    assert sheet.rows[0].cells == ("张 伟", 46086, "提案", "2026 A,好")
    assert isinstance(sheet.rows[0].cells[1], int)


def test_an_excel_date_is_a_date() -> None:
    assert read_sheet("a.xlsx", xlsx([HEADER, LINE])).rows[0].cells[1] == date(2026, 3, 5)


@pytest.mark.parametrize("bad", ["张\u202e伟", "张\x07伟", "张\u200f伟"])
def test_control_and_bidirectional_characters_are_seen(bad: str) -> None:
    sheet = read_sheet("a.csv", csv_text([HEADER, [bad, "2026-3-5"]]).encode())
    assert has_bad_characters(sheet.rows[0].cells[0])


DAY = date(2026, 3, 5)


@pytest.mark.parametrize(
    ("cell", "days"),
    [
        (DAY, Days(DAY)),
        (46086, Days(DAY)),
        (46086.6, Days(DAY)),
        (20260305, Days(DAY)),
        ("20260305", Days(DAY)),
        ("2026.3.5", Days(DAY)),
        ("2026-03-05", Days(DAY)),
        ("2026/3/5", Days(DAY)),
        ("26.3.5", Days(DAY)),
        ("2026年3月5日", Days(DAY)),
        ("2026 年 3 月 5 日 上午", Days(DAY)),
        ("2026-3-5 14:30", Days(DAY)),
        ("2026年3月5日(星期四)", Days(DAY)),
        ("\uff12\uff10\uff12\uff16\uff0e3\uff0e5", Days(DAY)),
        ("3月5日", Days(DAY, None, True)),
        ("3.5", Days(DAY, None, True)),
        ("3月5日-6日", Days(DAY, date(2026, 3, 6), True)),
        ("2026.3.5-3.7", Days(DAY, date(2026, 3, 7))),
        ("2026年3月5日至7日", Days(DAY, date(2026, 3, 7))),
        ("2026-03-05~2026-03-08", Days(DAY, date(2026, 3, 8))),
    ],
)
def test_days_are_read_as_people_write_them(cell: sheets.Cell, days: Days) -> None:
    assert days_of(cell, 2026) == days


@pytest.mark.parametrize(
    "cell", ["2026.2.30", "三月", "2026.3", 3.5, "5/3/2026", 17, "", "2026.3.5甲", True, "1026-3-5"]
)
def test_what_is_no_day_is_refused(cell: sheets.Cell) -> None:
    with pytest.raises(Refused) as caught:
        days_of(cell, 2026)
    assert caught.value.reason is Reason.MALFORMED


@pytest.mark.parametrize(
    ("text", "attendance", "leave"),
    [
        ("√", Attendance.PRESENT, ""),
        ("到会", Attendance.PRESENT, ""),
        ("1", Attendance.PRESENT, ""),
        ("×", Attendance.ABSENT, ""),
        ("未到", Attendance.ABSENT, ""),
        ("请假", Attendance.LEAVE, ""),
        ("事假", Attendance.LEAVE, "事假"),
        ("请假(出差)", Attendance.LEAVE, "出差"),
        ("病假", Attendance.LEAVE, "病假"),
        ("迟到", Attendance.LATE, ""),
        ("早退", Attendance.LEFT_EARLY, ""),
        ("线上", Attendance.REMOTE, ""),
        ("未准假", Attendance.LEAVE_REFUSED, ""),
        ("", None, ""),
    ],
)
def test_sign_in_cells(text: str, attendance: Attendance | None, leave: str) -> None:
    assert (sign_of(text).attendance, sign_of(text).leave) == (attendance, leave)


def test_names_in_one_cell() -> None:
    assert names_in("张 伟、李四,王五\uff1b赵六") == ["张 伟", "李四", "王五", "赵六"]
    assert without_remark("张伟\uff08教育界\uff09") == ("张伟", "教育界")
    assert without_remark("张伟") == ("张伟", "")


# What is refused


def test_a_sheet_that_is_not_there_is_refused_with_those_there_are() -> None:
    found = refused("a.xlsx", xlsx([HEADER, LINE], tab="三月"), "无")
    assert found.zh == "tab 「无」(三月):没有这个工作表,请从括号中所列的工作表中选择"


@pytest.mark.parametrize(("name", "what"), [("a.xls", "另存为"), ("a.xlsx", "密码")])
def test_an_old_or_locked_workbook_is_refused_with_what_to_do(name: str, what: str) -> None:
    found = refused(name, sheets.OLD_OR_LOCKED + b"\0" * 600)
    assert found.reason is Reason.NOT_A_WORKBOOK
    assert what in found.about


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("a.xlsx", b"no workbook", Reason.NOT_A_WORKBOOK),
        ("a.xlsx", b"PK\x03\x04 broken", Reason.NOT_A_WORKBOOK),
        ("a.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, Reason.NOT_A_WORKBOOK),
        ("a.csv", b"\xff\x81\xff", Reason.BAD_ENCODING),
        ("a.csv", b"", Reason.NO_HEADER),
        ("a.csv", "甲,乙\n1,2\n".encode(), Reason.NO_HEADER),
        ("a.csv", b"x" * (sheets.LARGEST_FILE + 1), Reason.TOO_LARGE),
        ("a.csv", ("姓名,日期\n" + "张伟,1\n" * 50_001).encode(), Reason.TOO_MANY),
        ("a.csv", ("姓名,日期" + "," * 200 + "\n").encode(), Reason.TOO_MANY),
    ],
    ids=lambda value: str(value)[:20] if not isinstance(value, bytes) else "",
)
def test_files_that_are_refused(name: str, content: bytes, reason: Reason) -> None:
    assert refused(name, content).reason is reason


def test_broken_quoting_names_the_row_in_which_it_begins() -> None:
    found = refused("a.csv", '姓名,日期\n张伟,1\n"李四,2\n王五,3\n'.encode())
    assert (found.reason, found.about) == (Reason.BROKEN_CSV, "a.csv(第3行 row 3)")


def test_bad_encoding_names_the_row() -> None:
    found = refused("a.csv", "姓名,日期\n张伟,".encode("gbk") + b"\xff\xff\n")
    assert (found.reason, found.about) == (Reason.BAD_ENCODING, "a.csv(第2行 row 2)")


def packed(parts: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return out.getvalue()


def test_a_zip_bomb_is_refused_before_it_is_read() -> None:
    steep = packed({"xl/workbook.xml": b"", "xl/worksheets/sheet1.xml": b" " * (30 << 20)})
    assert refused("a.xlsx", steep).reason is Reason.TOO_LARGE


def test_a_stated_size_is_not_believed() -> None:
    content = bytearray(
        packed({"xl/workbook.xml": b"", "xl/worksheets/sheet1.xml": b" " * (30 << 20)})
    )
    size = (30 << 20).to_bytes(4, "little")
    while (at := content.find(size)) >= 0:
        content[at : at + 4] = (100).to_bytes(4, "little")
    assert refused("a.xlsx", bytes(content)).reason is Reason.TOO_LARGE


def test_two_far_cells_do_not_make_the_parser_reserve_the_rectangle_between() -> None:
    out = io.BytesIO()
    with xlsxwriter.Workbook(out) as book:
        page = book.add_worksheet()
        page.write(0, 0, "姓名")
        page.write(1_048_575, 16_383, "日期")
    assert refused("a.xlsx", out.getvalue()).reason is Reason.TOO_MANY


def test_formats_far_below_the_last_row_do_no_harm() -> None:
    out = io.BytesIO()
    with xlsxwriter.Workbook(out) as book:
        page = book.add_worksheet()
        page.write_row(0, 0, HEADER)
        page.write_row(1, 0, ["张伟", "2026-3-5"])
        page.write_blank(900_000, 3, None, book.add_format({"bold": True}))
    assert len(read_sheet("a.xlsx", out.getvalue()).rows) == 1


# Whatever the bytes

WORKBOOK = xlsx([HEADER, LINE, ["合计", 1]], title="标题")


def reads_or_refuses(name: str, content: bytes) -> None:
    try:
        sheet = read_sheet(name, content)
    except Refused:
        return
    assert all(sheet.header_row < row.number <= len(sheet.grid) for row in sheet.rows)


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(["a.xlsx", "a.csv", "a"]), st.binary(max_size=300))
@example("a.csv", b"\xef\xbb\xbf\xff")
@example("a.csv", b"\xff\xfe\x00")
def test_no_bytes_break_the_reader(name: str, content: bytes) -> None:
    reads_or_refuses(name, content)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.tuples(st.integers(0, len(WORKBOOK) - 1), st.integers(0, 255)), max_size=8))
def test_no_damage_to_a_workbook_breaks_the_reader(damage: list[tuple[int, int]]) -> None:
    content = bytearray(WORKBOOK)
    for place, byte in damage:
        content[place] = byte
    reads_or_refuses("a.xlsx", bytes(content))


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=200), st.sampled_from(["utf-8", "gb18030"]))
def test_no_text_after_a_header_breaks_the_reader(text: str, encoding: str) -> None:
    reads_or_refuses("a.csv", ("姓名,日期\n" + text).encode(encoding, "replace"))


CLEAN = st.text(st.characters(min_codepoint=0x4E00, max_codepoint=0x9FA5), min_size=2, max_size=6)


@settings(max_examples=25, deadline=None)
@given(
    st.lists(
        st.tuples(CLEAN, st.dates(date(2020, 1, 1), date(2030, 1, 1)), st.integers(0, 99)),
        min_size=1,
        max_size=12,
    )
)
def test_clean_rows_come_back_as_they_were_written(rows: list[tuple[str, date, int]]) -> None:
    header = ["姓名", "日期", "半天数"]
    kept = [row for row in rows if not row[0].startswith(("合计", "总计", "小计"))]
    sheet = read_sheet("a.xlsx", xlsx([header, *kept]))
    assert [row.cells for row in sheet.rows] == kept
    texts = [(name, day.isoformat(), str(count)) for name, day, count in kept]
    sheet = read_sheet("a.csv", csv_text([header, *texts]).encode("gb18030"))
    assert [row.cells for row in sheet.rows] == texts


# Handing back


def test_the_result_stands_beside_its_row_and_nothing_is_a_formula() -> None:
    sheet = read_sheet(
        "a.csv", csv_text([["说明"], HEADER, ["=1+1", "@SUM(A1)", "+1", "-1"]]).encode()
    )
    content = result_sheet(sheet, {3: "=cmd|'/c calc'!A1"})
    page = CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(0)
    rows = page.to_python(skip_empty_area=False)
    assert rows[1] == [*HEADER, "结果"]
    assert rows[2] == ["=1+1", "@SUM(A1)", "+1", "-1", "=cmd|'/c calc'!A1"]
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert b"<f>" not in archive.read("xl/worksheets/sheet1.xml")


def test_a_sample_sheet_is_messy_and_readable(tmp_path: Path) -> None:
    rows: list[PlainRow] = [
        {
            "姓名": "张伟",
            "日期": date(2026, 3, 1 + i % 28),
            "类型": "提案",
            "名称": f"题{i}",
            "半天数": 2,
        }
        for i in range(100)
    ]
    write_records(tmp_path / "a.xlsx", rows)
    sheet = read_sheet("a.xlsx", (tmp_path / "a.xlsx").read_bytes())
    assert len(sheet.rows) == 100
    assert sheet.rows[0].number == 5
    place = sheet.columns.index("日期")
    read = [days_of(row.cells[place], 2026).on for row in sheet.rows]
    assert read == [row["日期"] for row in rows]
    assert {type(row.cells[place]) for row in sheet.rows} == {str, date}


@pytest.mark.parametrize(
    "far",
    [
        b'<row r="1048576"><c><v>1</v></c></row>',
        b'<row><c x=">" r="XFD1048576"><v>1</v></c></row>',
        b"<row><c r = 'XFD1048576'><v>1</v></c></row>",
        b'<row><c r="&#88;FD1048576"><v>1</v></c></row>',
        b'<row><x:c r="A1048576"><v>1</v></x:c></row>',
        b"<row>" + b"<c><v>1</v></c>" * 300 + b"</row>",
    ],
)
def test_no_spelling_of_an_address_gets_past_the_limits(far: bytes) -> None:
    parts: dict[str, bytes] = {}
    with zipfile.ZipFile(io.BytesIO(WORKBOOK)) as archive:
        for part in archive.namelist():
            parts[part] = archive.read(part)
    sheet = parts["xl/worksheets/sheet1.xml"]
    parts["xl/worksheets/sheet1.xml"] = sheet.replace(b"</sheetData>", far + b"</sheetData>")
    assert refused("a.xlsx", packed(parts)).reason in {Reason.TOO_MANY, Reason.NOT_A_WORKBOOK}


def test_a_control_character_of_a_workbook_is_still_seen() -> None:
    sheet = read_sheet("a.xlsx", xlsx([["姓名", "名称"], ["张伟", "走\x01访"], ["李明", "走访\n"]]))
    assert [has_bad_characters(row.cells[1]) for row in sheet.rows] == [True, False]
    assert "\x01" not in str(sheet.rows[0].cells[1])
