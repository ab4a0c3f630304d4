"""Files that mean harm, or were damaged on the way, sent to the import: python -m tests.hostile [--count N] [--seed N].

A workbook is mutated again and again from one seed, sent to a service as anybody would send it, and must be previewed or
refused by a problem of the closed list: never a 5xx, never longer than `LONGEST` seconds, never more memory than
`application.apart` allows. What fails is written down with its number, by which `mutant(seed, number)` makes it once more.
"""

from __future__ import annotations

import argparse
import io
import random
import re
import sys
import tempfile
import zipfile
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from time import perf_counter
from uuid import uuid4

import xlsxwriter  # type: ignore[import-untyped]  # ships no types
from fastapi.testclient import TestClient

from domain.people import Reason, Role
from interfaces.app import create_app
from interfaces.settings import read
from interfaces.wiring import Installation
from tests.interfaces.conftest import COUNTY, granted

LONGEST = 30.0
"""Seconds that an answer may take."""
SHEET, STRINGS = "xl/worksheets/sheet1.xml", "xl/sharedStrings.xml"
BOOK, RELATIONS, TYPES = "xl/workbook.xml", "xl/_rels/workbook.xml.rels", "[Content_Types].xml"

Parts = dict[str, bytes]
Send = Callable[[str, bytes], tuple[int, str]]
"""Sends a file of this name; the status and the reason of the answer, empty where there is none."""


def workbook(rows: int = 12) -> bytes:
    """A list of records such as is sent every day, with days, numbers, merged cells and a second sheet."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        page = book.add_worksheet("三月")
        day = book.add_format({"num_format": "yyyy-mm-dd"})
        page.merge_range(0, 0, 0, 4, "2025年3月委员履职登记表")
        page.write_row(1, 0, ["姓名", "日期", "类型", "名称", "半天数"])
        for row in range(2, rows + 2):
            page.write_string(row, 0, ("陈静", "赵敏", "李明")[row % 3])
            page.write_datetime(row, 1, date(2025, 3, 1 + row % 28), day)
            page.write_string(row, 2, "走访村(社区)")
            page.write_string(row, 3, f"走访{row}")
            page.write_number(row, 4, row % 3)
        book.add_worksheet("说明").write(0, 0, "=1+1")
    return out.getvalue()


def parts_of(content: bytes) -> Parts:
    """The parts of a workbook, by name."""
    with zipfile.ZipFile(io.BytesIO(content)) as packed:
        return {name: packed.read(name) for name in packed.namelist()}


def packed(parts: Mapping[str, bytes], how: int = zipfile.ZIP_DEFLATED) -> bytes:
    """A workbook of these parts."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", how) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return out.getvalue()


def changed(part: str, old: bytes, new: bytes) -> bytes:
    """A workbook with something in a part replaced."""
    parts = parts_of(workbook())
    if old not in parts[part]:
        raise ValueError(old)
    return packed({**parts, part: parts[part].replace(old, new, 1)})


def with_parts(**more: bytes) -> bytes:
    """A workbook with further parts; two underscores stand for a stroke, one for a dot."""
    named = {name.replace("__", "/").replace("_", "."): each for name, each in more.items()}
    return packed({**parts_of(workbook()), **named})


def rows_of(cell: bytes, count: int) -> bytes:
    """So many rows of one cell, as they stand in a sheet."""
    return b"".join(
        b'<row r="%d"><c r="A%d"%s</row>' % (number, number, cell) for number in range(90, 90 + count)
    )  # fmt: skip


def stated(content: bytes, size: int, lie: int) -> bytes:
    """The file with a size that it states replaced by another one, wherever it stands."""
    return content.replace(size.to_bytes(4, "little"), lie.to_bytes(4, "little"))


# Files that mean harm

Harm = tuple[str, bytes, frozenset[str]]
"""A name, the bytes, and the reasons that are right; `""` where it may be taken, for it does no harm."""


def harmful() -> dict[str, Harm]:
    """Every file that means harm, by what it tries."""
    entity = b'<?xml version="1.0"?><!DOCTYPE sst [%s]>'
    head = b'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
    laughs = b"".join(
        b'<!ENTITY l%d "%s">' % (n, b"&l%d;" % (n - 1) * 10 if n else b"ha") for n in range(9)
    )
    blanks = b" " * (30 << 20)
    whole = workbook()
    unsafe, large, many = (
        frozenset({each}) for each in ("unsafe_workbook", "too_large", "too_many")
    )
    broken = frozenset({"not_a_workbook"})
    nothing = frozenset({"no_header"})
    text = random.Random(1).randbytes(15_000).hex().encode()
    far = changed(
        SHEET, b"</sheetData>", b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData>'
    )
    bomb = packed({**parts_of(whole), "xl/media/blank.dat": blanks})
    shared = changed(STRINGS, b"</sst>", b"<si><t>" + text * 4 + b"</t></si></sst>")
    last = parts_of(shared)[STRINGS].count(b"<si>") - 1
    shared = packed({
        **parts_of(shared),
        SHEET: parts_of(shared)[SHEET].replace(
            b"</sheetData>", rows_of(b' t="s"><v>%d</v></c>' % last, 30_000) + b"</sheetData>"
        ),
    })  # fmt: skip
    hidden = parts_of(far)
    hidden["xl/worksheets/page.xml"] = hidden.pop(SHEET)
    hidden = {name: each.replace(b"sheet1.xml", b"page.xml") for name, each in hidden.items()}
    twice = io.BytesIO(whole)
    with zipfile.ZipFile(twice, "a") as archive:
        archive.filelist.append(archive.getinfo(SHEET))
        archive._didModify = True  # type: ignore[attr-defined]
    return {
        "a bomb": ("a.xlsx", bomb, large),
        "a bomb that states another size": ("a.xlsx", stated(bomb, len(blanks), 100), large),
        "a bomb in a sheet": ("a.xlsx", changed(SHEET, b"<sheetData>", b"<sheetData>" + blanks), large | broken,
        ),
        "a bomb of many parts": (
            "a.xlsx",
            packed({**parts_of(whole), **{f"xl/media/{n}.dat": text * 40 for n in range(200)}}),
            large,
        ),
        "a size that no part has": ("a.xlsx", stated(whole, len(parts_of(whole)[SHEET]), 0xFFFF_FFF0), large),
        "one text in many cells": ("a.xlsx", shared, large),
        "thousands of parts": (
            "a.xlsx",
            packed({**parts_of(whole), **{f"xl/media/{n}.png": b"" for n in range(2_001)}}),
            many,
        ),
        "a far cell": ("a.xlsx", far, many),
        "a far cell in a part of another name": ("a.xlsx", packed(hidden), many),
        "a sheet that says that it is huge": (
            "a.xlsx",
            changed(SHEET, b'<dimension ref="A1:E14"/>', b'<dimension ref="A1:XFD1048576"/>'),
            frozenset({""}),
        ),
        "more rows than are read": (
            "a.xlsx",
            changed(SHEET, b"</sheetData>", rows_of(b"><v>1</v></c>", 50_000) + b"</sheetData>"),
            many,
        ),
        "an entity of a file": (
            "a.xlsx",
            changed(STRINGS, head, entity % b'<!ENTITY x SYSTEM "file:///etc/passwd">'),
            unsafe,
        ),
        "an entity of the network": (
            "a.xlsx",
            changed(BOOK, head, entity % b'<!ENTITY % x SYSTEM "ftp://127.0.0.1/x"> %x;'),
            unsafe,
        ),
        "a billion laughs": ("a.xlsx", changed(STRINGS, head, entity % laughs), unsafe),
        "an entity across two pieces": (
            "a.xlsx",
            changed(SHEET, b"<sheetData>", text[: (1 << 20) - 5] * 36 + b"<!DOCTYPE x><sheetData>"),
            unsafe,
        ),
        "a document type in small letters": ("a.xlsx", changed(TYPES, head, b"<!doctype x>"), unsafe),
        "text in two bytes a letter": (
            "a.xlsx",
            packed({**parts_of(whole), STRINGS: parts_of(whole)[STRINGS].decode().encode("utf-16")}),
            broken,
        ),
        "a macro": ("a.xlsm", with_parts(xl__vbaProject_bin=b"\xd0\xcf\x11\xe0"), unsafe),
        "a macro of old": ("a.xlsx", with_parts(xl__macrosheets__sheet1_xml=b"<x/>"), unsafe),
        "a link to another file": ("a.xlsx", with_parts(xl__externalLinks__externalLink1_xml=b"<x/>"), unsafe),
        "a connection": ("a.xlsx", with_parts(xl__connections_xml=b"<x/>"), unsafe),
        "a file in it": ("a.xlsx", with_parts(xl__embeddings__oleObject1_bin=b"x"), unsafe),
        "a workbook in it": ("a.xlsx", with_parts(xl__media__image1_png=whole), unsafe),
        "a program in it": ("a.xlsx", with_parts(docProps__x_dat=b"MZ\x90\x00"), unsafe),
        "a part twice": ("a.xlsx", twice.getvalue(), broken),
        "a part that leads out": (
            "a.xlsx",
            packed({**parts_of(whole), "../../../../etc/passwd": b"x", "/etc/shadow": b"x"}),
            frozenset({""}),
        ),
        "a workbook of another format": ("a.xlsx", with_parts(xl__workbook_bin=b"x"), unsafe),
        "a workbook that is locked": ("a.xlsx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(4_096), broken),
        "an empty archive": ("a.xlsx", packed({}), broken),
        "a document": ("a.xlsx", packed({"word/document.xml": b"<x/>", TYPES: b"<x/>"}), broken),
        "a picture": ("a.xlsx", b"\x89PNG\r\n\x1a\n" + bytes(500), broken),
        "a page": ("a.csv", b"<html><table><tr><td>1</td></tr></table></html>", nothing),
        "half of a workbook": ("a.xlsx", whole[: len(whole) // 2], broken),
        "a workbook without its end": ("a.xlsx", whole[:-30], broken),
        "nothing": ("a.xlsx", b"", broken | nothing),
        "another compression": ("a.xlsx", packed(parts_of(whole), zipfile.ZIP_LZMA), broken),
        "relations that lead nowhere": ("a.xlsx", changed(RELATIONS, b"sheet1.xml", b"none.xml"), broken),
        "relations that lead in a ring": ("a.xlsx", changed(RELATIONS, b"worksheets/sheet1.xml", b"workbook.xml"), broken | nothing),
        "a text that is not there": (
            "a.xlsx",
            changed(SHEET, b't="s"><v>0</v>', b't="s"><v>99999999</v>'),
            broken | {""},
        ),
        "a number that is none": ("a.xlsx", changed(SHEET, b't="s"><v>0</v>', b"><v>1e999</v>"), broken | {""}),
        "an element that never ends": (
            "a.xlsx",
            changed(SHEET, b"<sheetData>", b"<a>" * 200_000 + b"<sheetData>"),
            broken | nothing | {""},
        ),
        "an attribute without end": (
            "a.xlsx",
            changed(SHEET, b"<sheetData>", b'<sheetData><row r="' + b"1" * 2_000_000 + b'">'),
            broken | large,
        ),
        "a formula": (
            "a.xlsx",
            changed(SHEET, b't="s"><v>0</v>', b"><f>" + b"(" * 5_000 + b"</f><v>1</v>"),
            broken | {""},
        ),
        "quotes without end": ("a.csv", "姓名,日期\n".encode() + b'"' * 99_999, frozenset({"broken_csv", ""})),
        "a CSV of one line": ("a.csv", "姓名,日期,".encode() + b"x," * 1_000_000, many),
        "a CSV of empty lines": ("a.csv", "姓名,日期\n".encode() + b"\n" * 9_000_000, many),
        "a CSV of nothing but quotes": ("a.csv", "姓名,日期\n".encode() + b'""""' * 2_000_000, frozenset({"", "broken_csv", "no_header", "too_large"})),
    }  # fmt: skip


# Files that were damaged

_VALUES = (
    b"0",
    b"-1",
    b"4294967295",
    b"99999999999999999999",
    b"1e308",
    b"NaN",
    b"",
    b"&#0;",
    b"&x;",
    b"\xff",
)
_INSERTED = (
    b"<",
    b">",
    b'"',
    b"&",
    b"<!--",
    b"]]>",
    b"<c",
    b"</row>",
    b"<row>",
    b"\x00",
    "\u202e".encode(),
    b"<![CDATA[",
)


def mutant(seed: int, number: int) -> bytes:
    """One damaged workbook; the same seed and number always make the same."""
    chance = random.Random(f"{seed}/{number}")
    whole = workbook()
    if chance.random() < 0.25:
        return _damaged(whole, chance)
    parts = parts_of(whole)
    for _ in range(chance.randint(1, 3)):
        name = chance.choice([SHEET, SHEET, STRINGS, BOOK, RELATIONS, *parts])
        parts[name] = _mutated(parts[name], chance)
    if chance.random() < 0.1:
        parts.pop(chance.choice(list(parts)))
    if chance.random() < 0.1:
        one, other = chance.sample(list(parts), 2)
        parts[one], parts[other] = parts[other], parts[one]
    return packed(parts, chance.choice((zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)))


def _damaged(content: bytes, chance: random.Random) -> bytes:
    """The archive itself with bytes changed, lost, repeated, or with its end cut off."""
    raw = bytearray(content)
    for _ in range(chance.randint(1, 12)):
        raw[chance.randrange(len(raw))] = chance.randrange(256)
    if chance.random() < 0.3:
        del raw[chance.randrange(len(raw)) :]
    if chance.random() < 0.3 and raw:
        at = chance.randrange(len(raw))
        raw[at:at] = raw[at : at + chance.randrange(2_000)]
    return bytes(raw)


def _mutated(content: bytes, chance: random.Random) -> bytes:
    """A part with a value, a name, a tag or some bytes of it changed."""
    spans = [found.span() for found in re.finditer(rb'(?<=")[^"]*(?=")|(?<=>)[^<>]+(?=<)', content)]
    at = chance.randrange(len(content) + 1)
    match chance.randrange(7):
        case 0 if spans:
            start, end = chance.choice(spans)
            return content[:start] + chance.choice(_VALUES) + content[end:]
        case 1:
            return content[:at] + chance.choice(_INSERTED) + content[at:]
        case 2:
            return content[:at] + content[at + chance.randrange(1, 60) :]
        case 3:
            piece = content[at : at + chance.randrange(1, 200)]
            return content[:at] + piece * chance.choice((2, 10, 3_000)) + content[at:]
        case 4 if spans:
            (start, end), (first, last) = chance.choice(spans), chance.choice(spans)
            return content[:start] + content[first:last] + content[end:]
        case 5:
            return content[:at]
        case _:
            raw = bytearray(content)
            for _ in range(min(len(raw), chance.randint(1, 6))):
                raw[chance.randrange(len(raw))] = chance.randrange(256)
            return bytes(raw)


# A campaign


@dataclass
class Outcome:
    """What a campaign came to: answers by reason (`taken` where there was none), the slowest, and what failed."""

    answers: Counter[str] = field(default_factory=Counter)
    slowest: float = 0.0
    failed: list[str] = field(default_factory=list)


def campaign(send: Send, count: int, seed: int) -> Outcome:
    """Send so many damaged workbooks."""
    outcome = Outcome()
    known = {each.value for each in Reason}
    for number in range(count):
        content = mutant(seed, number)
        began = perf_counter()
        status, reason = send("a.xlsx", content)
        took = perf_counter() - began
        outcome.slowest = max(outcome.slowest, took)
        outcome.answers[reason or "taken"] += 1
        is_answer = status == 200 if not reason else 400 <= status < 500 and reason in known
        if not is_answer or took > LONGEST:
            outcome.failed.append(f"{seed}/{number}: {status} {reason} in {took:.1f} s")
    return outcome


def sender(client: TestClient, ledger: str, token: str) -> Send:
    """Sends files to the import of records of this ledger, as a preview."""

    def send(name: str, content: bytes) -> tuple[int, str]:
        answer = client.post(
            f"/api/v1/ledgers/{ledger}/imports/records",
            params={"name": name, "kind": "走访村", "organiser": "county"},
            content=content,
            headers={"Authorization": f"Bearer {token}"},
        )
        told = answer.json()
        return answer.status_code, told.get("reason", "")

    return send


def main() -> int:
    """Run a campaign from the command line, against a service of its own."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--count", type=int, default=10_000)
    asked.add_argument("--seed", type=int, default=1)
    told = asked.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        installation = Installation(read({}, data=folder))
        code = f"t{uuid4().hex[:12]}"
        installation.create(code, "海晏县政协")
        granted(installation, code, "secretary", Role.OFFICE, "county")
        token = installation.tokens.mint("secretary", Role.OFFICE, "county", code, days=1)
        app = create_app(installation)
        with TestClient(app, raise_server_exceptions=False) as client:
            client.post(
                f"/api/v1/ledgers/{code}/commands",
                json=COUNTY,
                headers={"Authorization": f"Bearer {token}", "Idempotency-Key": "county"},
            ).raise_for_status()
            outcome = campaign(sender(client, code, token), told.count, told.seed)
    for reason, times in outcome.answers.most_common():
        print(f"{times:7} {reason}")
    print(f"{told.count} mutants of seed {told.seed}, the slowest answer {outcome.slowest:.2f} s")
    for each in outcome.failed:
        print(each, file=sys.stderr)
    most = _most_memory()
    print(f"most memory of a reading process, or of this one when it began it: {most} MiB")
    return 1 if outcome.failed else 0


def _most_memory() -> int:
    """MiB that the largest child of this process had."""
    if sys.platform == "win32":
        return 0
    import resource

    return resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024


if __name__ == "__main__":
    sys.exit(main())
