"""What a workbook may be: looked at part by part, and counted, before any parser sees it. Nothing that it states is believed."""

from __future__ import annotations

import io
import re
import struct
import zipfile
import zlib
from collections import Counter
from collections.abc import Iterator, Sequence

from domain.people import Reason, Refused

MOST_ROWS = 50_000
MOST_COLUMNS = 200
MOST_CELLS = 1_000_000
"""Cells of all sheets of a workbook together, those between its outermost ones included."""
MOST_PARTS = 2_000
"""Parts that a workbook may be packed of."""
LARGEST_UNPACKED = 200 * 1024 * 1024
"""Bytes that all parts may have together once unpacked."""
STEEPEST = 100
"""How many times its packed size a part may unpack to, from `STEEP_FROM` bytes on. Sheets of one value come to 17."""
STEEP_FROM = 1024 * 1024
LARGEST_TAG = 1024 * 1024
_AT_ONCE = 1024 * 1024

_ENTRY = b"PK\x01\x02"
_BOOK = "xl/workbook.xml"
_UNWANTED: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"vbaproject|/macrosheets/|/dialogsheets/|/activex/"), "宏 macros"),
    (re.compile(r"/externallinks/|/querytables/|/connections\.xml|/customdata/"), "外部链接 links"),
    (re.compile(r"/embeddings/|/webextensions/|/model/"), "嵌入文件 embedded files"),
    (re.compile(r"\.(zip|xlsx|xlsm|xlsb|xls|docx?|pptx?|exe|dll|js|vbs|jar|7z|rar|gz)$"), "嵌入文件 embedded files"),
    (re.compile(r"^(xl/)?workbook\.bin$|^content\.xml$|^mimetype$"), "另一种格式 another format"),
)  # fmt: skip
"""Parts that no list needs, by their names in small letters, and what they are."""
_ARCHIVES = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0", b"Rar!", b"7z\xbc\xaf", b"\x1f\x8b", b"MZ")
"""How archives, old office files and programs begin."""
_DECLARES = re.compile(rb"<!(?!--|\[CDATA\[)")
"""What begins a document type or an entity, which no workbook has."""
_LONGEST_MARK = len(b"<![CDATA[")
_SHEET_DATA = b"sheetData"
"""The element without which no part is a sheet, whatever the part is called."""


def refuse_unfit(name: str, content: bytes) -> None:
    """Refuse what is no workbook, or one that unpacks to too much, or holds what no list needs.

    A parser reserves memory for the rectangle between the outermost cells, so that their addresses are looked at here.
    """
    try:
        # Before anything is made of them: a directory of 10 MiB has two hundred thousand entries.
        if content.count(_ENTRY) > MOST_PARTS:
            raise Refused(Reason.TOO_MANY, about=f"{name}: > {MOST_PARTS}")
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            parts = packed.infolist()
        _refuse_unwanted(name, parts)
        if sum(part.file_size for part in parts) > LARGEST_UNPACKED:
            raise Refused(Reason.TOO_LARGE, about=name)
        left, cells = LARGEST_UNPACKED, 0
        for part in parts:
            seen = _Part(name, part)
            for piece in _unpacked(content, part):
                seen.read(piece, left)
            seen.ends()
            left -= seen.size
            cells += seen.cells
        if cells > MOST_CELLS:
            raise Refused(Reason.TOO_MANY, about=f"{name}: {cells} > {MOST_CELLS}")
    except Refused:
        raise
    except Exception as broken:  # whatever is wrong with the bytes, it is no workbook
        raise Refused(Reason.NOT_A_WORKBOOK, about=name) from broken


def _refuse_unwanted(name: str, parts: Sequence[zipfile.ZipInfo]) -> None:
    named = Counter(part.filename for part in parts)
    if _BOOK not in named:
        raise Refused(Reason.NOT_A_WORKBOOK, about=name)
    # Of two parts of one name, one reader takes the first and the other the last.
    if len(named) < len(parts):
        raise zipfile.BadZipFile("twice")
    for part in parts:
        if part.file_size > LARGEST_UNPACKED:
            raise Refused(Reason.TOO_LARGE, about=name)
        for pattern, words in _UNWANTED:
            if pattern.search(part.filename.lower()):
                raise _unwanted(name, part, words)


def _unwanted(name: str, part: zipfile.ZipInfo, words: str) -> Refused:
    shown = "".join(each if each.isprintable() else "?" for each in part.filename[:60])
    return Refused(Reason.UNSAFE_WORKBOOK, about=f"{name}({words}: {shown})")


class _Part:
    """One part as it is unpacked: how large it is, what it begins with, what it declares, how far its cells reach."""

    def __init__(self, name: str, part: zipfile.ZipInfo) -> None:
        self.size = 0
        self._name, self._part = name, part
        self._is_text = part.filename.lower().endswith((".xml", ".rels", ".vml"))
        self._before = b""
        self._extent: _Extent | None = None

    @property
    def cells(self) -> int:
        """The cells of the rectangle that its outermost ones span."""
        return 0 if self._extent is None else self._extent.wide * self._extent.tall

    def read(self, piece: bytes, left: int) -> None:
        """Look at the next piece; `left` is what the whole workbook may still unpack to."""
        if not self.size:
            self._refuse_strange(piece)
        self.size += len(piece)
        steep = self.size > STEEP_FROM and self.size > STEEPEST * self._part.compress_size
        if steep or self.size > left:
            raise Refused(Reason.TOO_LARGE, about=self._name)
        if not self._is_text:
            return
        window = self._before + piece
        for found in _DECLARES.finditer(window):
            # What begins at the very end is looked at again with the next piece.
            if found.start() <= len(window) - _LONGEST_MARK:
                raise self._declares()
        if self._extent is None and _SHEET_DATA in window:
            self._extent = _Extent()
        if self._extent is not None:
            self._extent.read(piece)
        self._before = window[-_LONGEST_MARK:]

    def ends(self) -> None:
        """All of it has been read."""
        if _DECLARES.search(self._before):
            raise self._declares()
        if self._extent is not None:
            self._extent.refuse_too_many(self._name)

    def _refuse_strange(self, piece: bytes) -> None:
        if piece.startswith(_ARCHIVES):
            raise _unwanted(self._name, self._part, "嵌入文件 embedded files")
        # In two bytes a letter nothing that is looked for here would be found.
        if self._is_text and b"\0" in piece[:64]:
            raise zipfile.BadZipFile("encoding")
        if not self._is_text and piece.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<"):
            self._is_text = True

    def _declares(self) -> Refused:
        return _unwanted(self._name, self._part, "XML 实体 entities")


def _unpacked(content: bytes, part: zipfile.ZipInfo) -> Iterator[bytes]:
    """The bytes of one part, a mebibyte at a time at most."""
    header = content[part.header_offset : part.header_offset + 30]
    name_length, extra_length = struct.unpack("<HH", header[26:30])
    start = part.header_offset + 30 + name_length + extra_length
    packed = content[start : start + part.compress_size]
    if part.flag_bits & 1:
        raise zipfile.BadZipFile("encrypted")
    if part.compress_type == zipfile.ZIP_STORED:
        yield packed
        return
    if part.compress_type != zipfile.ZIP_DEFLATED:
        raise zipfile.BadZipFile("compression")
    unpack = zlib.decompressobj(-15)
    while packed and not unpack.eof:
        yield unpack.decompress(packed, _AT_ONCE)
        packed = unpack.unconsumed_tail
    yield unpack.flush()


_OPENS = re.compile(rb"<(?:[^\s<>/:!?]+:)?(?:c|row)(?=[\s/>])")
_TAG = re.compile(
    rb"<(?:[^\s<>/:!?]+:)?(c|row)((?:\s+[^\s=<>\"'/]+\s*=\s*(?:\"[^\"<]*\"|'[^'<]*'))*)\s*(/?)>"
)
_PLAIN_CELL = re.compile(rb'<c r="([A-Z]{1,3})(\d{1,7})"(?: s="\d+")?(?: t="\w+")?(/?)>')
_PLAIN_ROW = re.compile(rb'<row r="(\d+)"(?: [\w:.]+="[\w:. ]*")*/?>')
_PLACE = re.compile(rb"\sr\s*=\s*[\"']([^\"']*)[\"']")
_ADDRESS = re.compile(rb"\$?([A-Za-z]{1,3})\$?(\d{1,7})")


class _Extent:
    """The right-most column and the lowest row among the cells of a sheet that hold something."""

    def __init__(self) -> None:
        self.wide, self.tall = 0, 0
        self._row, self._column = 0, 0
        self._rest = b""

    def read(self, piece: bytes) -> None:
        """Look at one more piece; a tag that is not whole yet waits for the next one."""
        seen = self._rest + piece
        cut = seen.rfind(b"<")
        if cut < 0:
            self._rest = b""
            return
        if len(seen) - cut > LARGEST_TAG:
            raise zipfile.BadZipFile("tag")
        seen, self._rest = seen[:cut], seen[cut:]
        opened = len(_OPENS.findall(seen))
        plain = _PLAIN_CELL.findall(seen)
        rows = _PLAIN_ROW.findall(seen)
        if len(plain) + len(rows) == opened:
            self._take_plain(plain, rows)
            return
        tags = _TAG.findall(seen)
        if len(tags) != opened:
            raise zipfile.BadZipFile("tag")
        for tag, attributes, closed in tags:
            place = _PLACE.search(attributes)
            if tag == b"row":
                self._row = self._row + 1 if place is None else int(place[1])
                self._column = 0
                continue
            if place is None:
                self._column += 1
            else:
                self._column, self._row = _address(place[1])
            if not closed:
                self.wide = max(self.wide, self._column)
                self.tall = max(self.tall, self._row)

    def _take_plain(self, cells: list[tuple[bytes, bytes, bytes]], rows: list[bytes]) -> None:
        """The usual spelling, in which each cell has its address: much faster than one by one."""
        for letters in {letters for letters, _, closed in cells if not closed}:
            self.wide = max(self.wide, _column(letters))
        self.tall = max([self.tall, *(int(row) for _, row, closed in cells if not closed)])
        if rows:
            self._row, self._column = int(rows[-1]), 0
        if cells:
            self._column, self._row = _column(cells[-1][0]), max(self._row, int(cells[-1][1]))

    def refuse_too_many(self, name: str) -> None:
        """Refuse more than an import reads."""
        if self.wide > MOST_COLUMNS:
            raise Refused(Reason.TOO_MANY, about=f"{name}: {self.wide} > {MOST_COLUMNS} 列")
        if self.tall > MOST_ROWS or self.wide * self.tall > MOST_CELLS:
            raise Refused(Reason.TOO_MANY, about=f"{name}: {self.tall} × {self.wide}")


def _address(text: bytes) -> tuple[int, int]:
    """Column and row of a cell's address, both from 1."""
    found = _ADDRESS.fullmatch(text)
    if found is None:
        raise zipfile.BadZipFile("address")
    return _column(found[1].upper()), int(found[2])


def _column(letters: bytes) -> int:
    column = 0
    for letter in letters:
        column = column * 26 + letter - 64
    return column
