"""Hostile and mistyped files on the command line: never a traceback, always a line, each half of a message in its own language."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from interfaces.cli import main

RUBRIC = """\
rubric: r
version: 1
zh: 办法
en: rubric
since: 2024-01-01
cap: 100
blocks:
  - block: b
    zh: 分
    en: block
    cap: 60
    clauses:
      - clause: visits
        zh: 走访
        en: visits
        counts: 走访村(社区)
        each: 7.5
      - clause: gifts
        zh: 捐资
        en: gifts
        counts: 捐资捐物、提供资源
        each: {of: amount, points: 1, every: 1000}
      - clause: proposals
        zh: 提案
        en: proposals
        counts: {kinds: 提交提案, reached: {all: 立案}}
        each: {by: 采用(批示)层级, prices: {县: 1, 市: 2}}
groups:
  - {group: g, zh: 合计, en: together, of: [visits, gifts], cap: 50}
gates:
  - {gate: base, zh: 基础分, en: base, points: b, at_least: 10, grades: [优秀]}
grading:
  grades:
    - {grade: 优秀, en: excellent, at_least: 80}
    - {grade: 称职, en: competent, at_least: 60}
    - {grade: 不称职, en: not competent}
ladder: [{step: 谈话, en: talk}]
triggers:
  - {trigger: low, zh: 不称职, en: low, when: {grades: 不称职}, then: 谈话}
cases:
  - case: 一次
    year: 2024
    facts: [{kind: 走访村(社区), on: 2024-03-05}]
    expect: {total: 7.5}
"""
FACTS = """\
year: 2024
today: 2024-12-31
members:
  - member: 甲
    name: 张三
    roles: 常务委员
    earlier: [{year: 2023, grade: 称职}]
    facts:
      - {kind: 走访村(社区), on: 2024-03-05, deed: 走访}
      - {kind: 受到处理, on: 2024-05-05, details: {sanction: 告诫}}
      - {kind: 受到表彰, on: 2024-06-01, details: {commended_by: 县委, honour: 先进}}
      - {kind: 捐资捐物、提供资源, on: 2024-07-01, details: {resource: 资金, amount: 5000}}
  - member: 乙
facts:
  - {member: [甲, 乙], kind: 提交提案, on: 2024-01-11, reached: 立案}
"""

Swap = tuple[str, str]

RUBRICS: dict[str, Swap] = {
    "a typing error in a field": ("    cap: 60", "    capp: 60"),
    "a field that there is not": ("cap: 100", "colour: red"),
    "a word of another list": ("{县: 1, 市: 2}", "{县级: 1, 市: 2}"),
    "an unknown axis": ("by: 采用(批示)层级", "by: 采用级别"),
    "an unknown stage": ("{all: 立案}", "{all: 立項}"),
    "an unknown level": ("{all: 立案}", "{all: {stage: 立案, levels: 县级}}"),
    "a lowest level that is none": (
        "{all: 立案}",
        "{all: {stage: 立案, levels: {at_least: 月球}}}",
    ),
    "a stage of another kind": ("{all: 立案}", "{all: 采编}"),
    "an unknown kind": ("counts: 走访村(社区)", "counts: 受到表扬"),
    "a field that its kind has not": (
        "{kinds: 提交提案,",
        "{kinds: 提交提案, where: {froms: 联名},",
    ),
    "a word that its field has not": (
        "{kinds: 提交提案,",
        "{kinds: 提交提案, where: {form: 集体},",
    ),
    "bounds of what is no number": (
        "{kinds: 提交提案,",
        "{kinds: 提交提案, where: {form: {at_least: 1}},",
    ),
    "a cap below zero": ("    cap: 60", "    cap: -60"),
    "overlapping bands": ("at_least: 60}", "at_least: 90}"),
    "a gate that nobody can meet": ("at_least: 10,", "at_least: 1000,"),
    "a gate of a grade that is not": ("grades: [优秀]}", "grades: [优良]}"),
    "a group in a ring": ("of: [visits, gifts]", "of: [visits, g]"),
    "a group of nothing": ("of: [visits, gifts]", "of: [visit, gifts]"),
    "a step that is not on the ladder": ("then: 谈话", "then: 劝辞"),
    "a number that a kind has not": ("of: amount", "of: amounts"),
    "a figure in words": ("each: 7.5", "each: 七分半"),
    "not a number": ("each: 7.5", "each: .nan"),
    "no end of it": ("each: 7.5", "each: .inf"),
    "infinity by name": ("each: 7.5", "each: Infinity"),
    "an exponent": ("each: 7.5", "each: 1e400"),
    "a huge integer": ("each: 7.5", f"each: 1{'0' * 5000}"),
    "a huge number of acts": ("each: 7.5", f"full: {{points: 3, acts: 1{'0' * 5000}}}"),
    "a denominator of nought": ("each: 7.5", "each: 1/0"),
    "a denominator below nought": ("each: 7.5", "each: 1/-2"),
    "a share above all": (
        "each: {by: 采用(批示)层级, prices: {县: 1, 市: 2}}",
        "each: 1\n        shares: {联名其他人: 200%}",
    ),
    "a share in words": (
        "each: {by: 采用(批示)层级, prices: {县: 1, 市: 2}}",
        "each: 1\n        shares: {联名其他人: 百分之二十}",
    ),
    "a per cent of points": ("cap: 100", "cap: 100%"),
    "a map given as a figure": ("each: 7.5", "full: 10"),
    "a list given as a word": ("ladder: [{step: 谈话, en: talk}]", "ladder: 谈话"),
    "a tick in words": ("each: 7.5", "each: 7.5\n        linked: 是"),
    "a number in full-width digits": ("each: 7.5", "each: 7.5\n        times: ２"),
    "a month that is not": ("since: 2024-01-01", "since: 2024-13-01"),
    "a day with strokes": ("since: 2024-01-01", "since: 2024/1/5"),
    "a day of no calendar": ("since: 2024-01-01", "since: 2023-02-29"),
    "a day in Chinese": ("since: 2024-01-01", "since: 2024年1月1日"),
    "a year in Chinese": ("    year: 2024", "    year: 二〇二四"),
    "a field left out": ("    en: block\n", ""),
    "a code twice": ("clause: gifts", "clause: visits"),
    "a key twice": ("version: 1", "version: 1\nversion: 2"),
    "a colon without a space": ("zh: 办法", "zh:办法"),
    "a full-width colon": ("zh: 办法", "zh：办法"),
    "a colon left out": ("version: 1", "version 1"),
    "a colon too many": ("zh: 办法", "zh: 办法: 试行"),
    "a tab": ("    cap: 60", "\tcap: 60"),
    "an open brace": ("{step: 谈话, en: talk}]", "{step: 谈话, en: talk]"),
    "an open bracket": ("of: [visits, gifts]", "of: [visits, gifts"),
    "an open quotation mark": ("zh: 办法", 'zh: "办法'),
    "a bad indentation": ("    en: block", "   en: block"),
    "a value that begins with a sign": ("zh: 办法", "zh: @办法"),
    "an unknown escape": ("zh: 办法", 'zh: "\\办法"'),
    "an alias bomb": (
        "cap: 100",
        "a: &a [x, x]\nb: &b [*a, *a]\nc: &c [*b, *b]\nd: [*c, *c]",
    ),
    "an alias alone": ("cap: 100", "cap: *a"),
    "a tag": ("cap: 100", "cap: !!python/name:os.system 1"),
    "a second document": ("cap: 100", "---\ncap: 100"),
    "deep nesting": ("cap: 100", f"cap: {'[' * 100}"),
    "a control character": ("zh: 办法", "zh: 办\x07法"),
    "a character that turns the writing": ("zh: 办法", "zh: 办\u202e法"),
    "a control character by its number": ("zh: 办法", 'zh: "办\\x07法"'),
    "a turning character by its number": ("zh: 办法", 'zh: "办\\u202e法"'),
    "a value left out": ("cap: 100", "cap:"),
    "a code of folders": ("rubric: r", "rubric: ../r"),
    "a selection that nothing meets": (
        "{all: 立案}",
        "{all: 立案, none: 立案}",
    ),
    "a grade that a case alone has": ("total: 7.5", "total: 7.5, grade: 良好"),
    "a clause that a case alone has": ("total: 7.5", "total: 7.5, lines: {visit: 7.5}"),
    "an emoji for a code": ("grades: [优秀]}", "grades: [😀]}"),
    "a superscript for a row": ("{县: 1, 市: 2}", "{²: 1, 市: 2}"),
    "a stroke in a row": ("{县: 1, 市: 2}", "{县/市: 1, 市: 2}"),
    "a case of nothing": ("on: 2024-03-05", "on: 2024-03-05, details: {colour: red}"),
    "a case that comes out otherwise": (
        "total: 7.5",
        "total: 8, grade: 优秀, triggers: {low: 谈话}",
    ),
}
FILES: dict[str, bytes] = {
    "nothing": b"",
    "a line of nothing": b"\n\n",
    "a list": b"- rubric: r\n",
    "a word": "办法".encode(),
    "another document": b"other: 1\n",
    "binary": bytes(range(256)),
    "GBK": RUBRIC.encode("gbk"),
    "UTF-16": RUBRIC.encode("utf-16"),
    "too large": RUBRIC.encode() + b"# " + b"x" * 600_000,
    "too many values": b"a: [" + b"1," * 30_000 + b"1]",
    "BOM and CRLF with a flaw": ("\ufeff" + RUBRIC.replace("cap: 100", "caps: 100"))
    .replace("\n", "\r\n")
    .encode(),
}
MEMBERS: dict[str, Swap] = {
    "an unknown kind": ("kind: 受到表彰", "kind: 受到表扬"),
    "a short kind": ("kind: 走访村(社区)", "kind: 视察"),
    "a typing error in a detail": ("honour: 先进", "honor: 先进"),
    "a detail that is no choice": ("resource: 资金", "resource: 现金"),
    "an amount in words": ("amount: 5000", "amount: 五千"),
    "an amount that is not a number": ("amount: 5000", "amount: NaN"),
    "an amount without end": ("amount: 5000", "amount: 1e999999999"),
    "a huge amount": ("amount: 5000", f"amount: 1{'0' * 5000}"),
    "an amount below nought": ("amount: 5000", "amount: -5"),
    "an amount in another unit": ("amount: 5000", "amount: 5, amount_unit: 万元"),
    "a text that is a list": ("honour: 先进", "honour: [先进]"),
    "a sanction that is not told": (", details: {sanction: 告诫}", ""),
    "a sanction that is none": ("sanction: 告诫", "sanction: 警告"),
    "a deed that is not there": ("deed: 走访}", "deed: 走访, same_as: 走防}"),
    "a deed that is itself": ("deed: 走访}", "deed: 走访, same_as: 走访}"),
    "a deed twice": ("on: 2024-05-05", "on: 2024-05-05, deed: 走访"),
    "a deed twice with one at the end": ("reached: 立案}", "reached: 立案, deed: 走访}"),
    "a grade that is not": ("grade: 称职}", "grade: 称职的}"),
    "a trigger that is not": ("grade: 称职}", "counted: {lows: 1}}"),
    "a member twice": ("- member: 乙", "- member: 甲"),
    "a name twice": ("- member: 乙", "- member: 乙\n    name: 张三"),
    "a member who is not there": ("member: [甲, 乙]", "member: [甲, 丙]"),
    "a member who signs twice": ("member: [甲, 乙]", "member: [甲, 甲]"),
    "a day of no calendar": ("on: 2024-03-05", "on: 2024-02-30"),
    "a day long before": ("on: 2024-03-05", "on: 0000-01-01"),
    "a year in Chinese": ("year: 2024\n", "year: 二〇二四\n"),
    "a year with its end first": ("year: 2024\n", "year: {first: 2024-12-31, last: 2024-01-01}\n"),
    "a year far away": ("year: 2024\n", "year: 99999\n"),
    "an office that ends before it begins": (
        "roles: 常务委员",
        "roles: {role: 常务委员, since: 2024-05-01, until: 2024-04-01}",
    ),
    "an unknown role": ("roles: 常务委员", "roles: 常委"),
    "a stage of another kind": ("reached: 立案}", "reached: 采编}"),
    "acts without end": ("deed: 走访}", "deed: 走访, acts: 999999999999}"),
    "a share above all": ("reached: 立案}", "reached: 立案, share: 200%}"),
    "evidence below nought": ("deed: 走访}", "deed: 走访, evidence: -1}"),
}


def _told(said: str) -> list[tuple[int, str, str]]:
    """The messages in an output: line, Chinese half, English half."""
    found = re.findall(r"第 (\d+) 行 .*?:(.*) / line \1 .*?: (.*)", said)
    return [(int(line), zh, en) for line, zh, en in found]


def is_well_told(code: int, said: str) -> None:
    """It fails with messages, each with its line, each half in its own language but for what is quoted."""
    assert code != 0
    assert "Traceback" not in said
    told = _told(said)
    assert told
    for line, zh, en in told:
        assert line > 0
        plain = re.sub(r"“[^”]*”|[{(][^)}]*[)}]", "", zh)
        assert re.search(r"[\u4e00-\u9fff]", zh)
        assert not re.search(r"[A-Za-z]{2,}[ ,]+[A-Za-z]{2,}[ ,]+[A-Za-z]{2,}", plain), zh
        assert not re.search(r"[\u3000-\u9fff\uff00-\uffef]", re.sub("“[^”]*”", "", en)), en


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("LVZHI_DATA", str(tmp_path))


def swapped(text: str, swap: Swap) -> bytes:
    old, new = swap
    assert text.count(old) >= 1
    return text.replace(old, new, 1).encode()


@pytest.mark.usefixtures("run")
@pytest.mark.parametrize(
    "raw",
    [*(swapped(RUBRIC, swap) for swap in RUBRICS.values()), *FILES.values()],
    ids=[*RUBRICS, *FILES],
)
def test_a_rubric_that_is_wrong_says_so_in_two_languages(
    raw: bytes, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "rubric.yaml"
    file.write_bytes(raw)
    code = main(["rubric", "check", str(file)])
    told = capsys.readouterr()

    is_well_told(code, told.out + told.err)


@pytest.mark.usefixtures("run")
@pytest.mark.parametrize("swap", MEMBERS.values(), ids=list(MEMBERS))
def test_a_facts_file_that_is_wrong_says_so_in_two_languages(
    swap: Swap, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file, facts = tmp_path / "rubric.yaml", tmp_path / "facts.yaml"
    file.write_text(RUBRIC, "utf-8")
    facts.write_bytes(swapped(FACTS, swap))
    code = main(["rubric", "score", str(file), "--facts", str(facts)])
    told = capsys.readouterr()

    is_well_told(code, told.out + told.err)


@pytest.mark.usefixtures("run")
def test_what_is_right_is_taken(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Also with a byte order mark, and with the line ends of Windows."""
    file, facts = tmp_path / "rubric.yaml", tmp_path / "facts.yaml"
    file.write_bytes(("\ufeff" + RUBRIC).replace("\n", "\r\n").encode())
    facts.write_bytes(("\ufeff" + FACTS).replace("\n", "\r\n").encode())

    assert main(["rubric", "check", str(file)]) == 0
    assert main(["rubric", "score", str(file), "--facts", str(facts)]) == 0
    assert "甲:" in capsys.readouterr().out
