"""Documents in rules: what ships passes its own cases; what is wrong is said once, in two languages, with its line."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import pytest

from application.documents.source import LARGEST, Unreadable, decoded
from application.packs import (
    cases,
    check,
    load,
    load_checklist,
    load_pack,
    load_policy,
    load_rubric,
    published,
    sort_of,
)
from domain.attestation import Counts, Policy
from domain.checklist import Checklist, progress
from domain.document import Sort
from domain.fact import RecordClass, SubjectId
from domain.kinds.meetings import Meeting
from domain.kinds.people import VisitedVillage
from domain.people import Reason
from domain.period import Period
from domain.rubric import Each
from tests.facts import TODAY, YEAR, fact, meeting

PACKS = Path(__file__).parents[2] / "packs"
SHIPPED = sorted(PACKS.rglob("*.yaml"))

PLAIN = """\
rubric: plain
version: 1
zh: 办法
en: rubric
since: 2024-01-01
blocks:
  - block: b
    zh: 分
    en: block
    clauses:
      - clause: visits
        zh: 走访
        en: visits
        counts: 走访村(社区)
        each: 7.5
cases:
  - case: 两次15分
    year: 2024
    facts:
      - {kind: visited_village, on: 2024-03-05, acts: 2}
    expect: {total: 15, lines: {visits: 15}}
"""

LIST = """\
checklist: list
version: 1
zh: 清单
en: list
since: 2024-01-01
slots:
  - {slot: 1, zh: 走访, en: visit, counts: visited_village}
"""


@pytest.mark.parametrize("path", SHIPPED, ids=lambda p: f"{p.parent.name}/{p.stem}")
def test_what_ships_can_be_used_and_passes_its_own_cases(path: Path) -> None:
    """Each worked case comes out as the document says."""
    text = path.read_text()
    load_pack([text])

    assert [(r.case, r.differs) for r in check(text) if not r.passed] == []


def test_every_shipped_rubric_has_worked_cases() -> None:
    """At least five each."""
    rubrics = [p.read_text() for p in SHIPPED if sort_of(p.read_text()) is Sort.RUBRIC]

    assert len(rubrics) == 10
    assert all(len(cases(text)) >= 5 for text in rubrics)


def test_the_example_member_has_three_of_ten() -> None:
    """十个一: a proposal, a survey under way, a book shared."""
    text = (PACKS / "haiyan" / "ten-ones.yaml").read_text()
    ten = load_checklist(text)

    assert len(ten.slots) == 10
    assert "完成3项,还差7项" in cases(text)[0]


def test_meetings_and_the_activities_of_the_room_and_group_are_two_lines() -> None:
    """A meeting of the group stands in the second line only, with what the township side organised."""
    ten = load_checklist((PACKS / "haiyan" / "ten-ones.yaml").read_text())
    facts = [
        meeting(Meeting.FORUM, "03-01"),
        meeting(Meeting.TOWNSHIP_GROUP, "03-02"),
        fact(VisitedVillage(), "03-03", record=RecordClass.TOWNSHIP),
        fact(VisitedVillage(), "03-04", record=RecordClass.SECTOR),
        *(meeting(each, "03-05", deed=each.value) for each in Meeting),
    ]
    shown = progress(facts, ten, SubjectId("member/m1"), Period.year(YEAR), TODAY)

    assert [beside.acts for beside in shown.besides] == [len(Meeting), 3]


def test_the_county_writes_its_own_ten_plus_one() -> None:
    """Eleven blank slots; the sample says that it is one."""
    blank = load_checklist((PACKS / "haiyan" / "ten-plus-one.yaml").read_text())
    sample = load_checklist((PACKS / "haiyan" / "ten-plus-one-sample.yaml").read_text())

    assert [s.counts for s in blank.slots] == [()] * 11
    assert sample.sample
    assert all("示例" in s.zh for s in sample.slots)


def test_a_pack_holds_documents_of_every_sort_by_code() -> None:
    """A folder of texts becomes rubrics, checklists and policies."""
    pack = load_pack(p.read_text() for p in SHIPPED)

    assert {"hefei-county-city", "yanbian-2022", "rehearsal"} < set(pack.rubrics)
    assert isinstance(pack.checklists["five-ones"], Checklist)
    assert pack.policies["rehearsal"].by_class == Policy().by_class


def test_words_may_be_written_in_chinese_or_as_codes() -> None:
    """Both give the same rubric."""
    assert load_rubric(PLAIN) == load_rubric(PLAIN.replace("走访村(社区)", "visited_village"))


def test_figures_are_exact() -> None:
    """7.5 is fifteen halves, 100/3 a third of a hundred; neither is rounded on the way."""
    third = load_rubric(PLAIN.replace("each: 7.5", "each: 100/3"))

    assert load_rubric(PLAIN).blocks[0].clauses[0].measure == Each(price=Fraction(15, 2))
    assert third.blocks[0].clauses[0].measure == Each(price=Fraction(100, 3))


def test_a_case_that_does_not_come_out_names_its_line() -> None:
    """Expected and found, both."""
    (result,) = check(PLAIN.replace("total: 15", "total: 16"))

    assert not result.passed
    assert [(f.line, f.path) for f in result.differs] == [(21, "/cases/0/expect/total")]
    assert "16" in result.differs[0].zh
    assert "15" in result.differs[0].en


def broken(old: str, new: str, text: str = PLAIN) -> str:
    assert old in text
    return text.replace(old, new, 1)


@pytest.mark.parametrize(
    ("text", "line", "path"),
    [
        (broken("each: 7.5", "each: 七分"), 15, "/blocks/0/clauses/0/each"),
        (broken("each: 7.5", "each: 1e9"), 15, "/blocks/0/clauses/0/each"),
        (broken("each: 7.5", "each: 1/0"), 15, "/blocks/0/clauses/0/each"),
        (broken("each: 7.5", "every: 7.5"), 15, "/blocks/0/clauses/0/every"),
        (broken("        each: 7.5\n", ""), 11, "/blocks/0/clauses/0"),
        (broken("each: 7.5", "each: 7.5\n        once: 1"), 11, "/blocks/0/clauses/0"),
        (broken("each: 7.5", "once: 7.5\n        from_nth: 2"), 16, "/blocks/0/clauses/0/from_nth"),
        (broken("each: 7.5", "each: {by: 层级}"), 15, "/blocks/0/clauses/0/each/by"),
        (broken("each: 7.5", "each: {by: level}"), 15, "/blocks/0/clauses/0/each"),
        (
            broken("each: 7.5", "each: {by: level, prices: {moon: 1}}"),
            15,
            "/blocks/0/clauses/0/each/prices/moon",
        ),
        (
            broken("each: 7.5", "each: 1\n        shares: {谁: 1}"),
            16,
            "/blocks/0/clauses/0/shares/谁",
        ),
        (broken("走访村(社区)", "飞行"), 14, "/blocks/0/clauses/0/counts"),
        (
            broken("走访村(社区)", "{kinds: 提交提案, reached: 采用}"),
            14,
            "/blocks/0/clauses/0/counts/reached",
        ),
        (
            broken("走访村(社区)", "{kinds: 提交提案, reached: {all: 采用}}"),
            14,
            "/blocks/0/clauses/0/counts/reached/all",
        ),
        (
            broken("走访村(社区)", "{kinds: 参加会议, where: {meeting: 茶会}}"),
            14,
            "/blocks/0/clauses/0/counts/where/meeting",
        ),
        (broken("since: 2024-01-01", "since: 2024-13-01"), 5, "/since"),
        (broken("since: 2024-01-01\n", ""), 1, "/since"),
        (broken("zh: 办法", "zh:"), 3, "/zh"),
        (broken("version: 1", "version: 1\nversion: 2"), 3, "/version"),
        (broken("blocks:", "period: 世纪\nblocks:"), 6, "/period"),
        (broken("year: 2024", "year: 今年"), 18, "/cases/0/year"),
        (broken("zh: 办法", "zh: 办法\nwhy: {a: 1, 还有逗号}"), 4, "/why/还有逗号"),
        (broken("    en: block\n", ""), 7, "/blocks/0/en"),
        (broken("blocks:", "rounding:\n  # 取舍\n  way: 舍去\nblocks:"), 8, "/rounding/to"),
        (broken("blocks:", "rounding: {}\nblocks:"), 6, "/rounding/to"),
        (
            broken("each: 7.5", "each: {by: level, prices: {²: 1}}"),
            15,
            "/blocks/0/clauses/0/each/prices/²",
        ),
        (
            broken("each: 7.5", "each: {by: level, prices: {县/市: 1}}"),
            15,
            "/blocks/0/clauses/0/each/prices/县/市",
        ),
        (broken("each: 7.5", "each: [1, 2]"), 15, "/blocks/0/clauses/0/each"),
    ],
)
def test_a_broken_document_says_what_is_wrong_and_where(text: str, line: int, path: str) -> None:
    """One message for one mistake, with the line and the place, in Chinese and English."""
    with pytest.raises(Unreadable) as raised:
        load_rubric(text)

    (flaw,) = raised.value.flaws
    assert (flaw.line, flaw.path) == (line, path)
    assert flaw.zh != flaw.en
    assert f"第 {line} 行" in str(flaw)


@pytest.mark.parametrize(
    ("text", "line", "word"),
    [
        ("", 1, "mapping"),
        ("- a\n- b\n", 1, "mapping"),
        ("a: [1, 2\nb: 3\n", 1, "YAML"),
        ("a: 1\n\tb: 2\n", 2, "YAML"),
        ("a: &x 1\nb: 2\n", 1, "anchors"),
        ("a: 1\nb: *x\n", 2, "references"),
        ("a: 1\nb: !!python/object:os.system x\n", 2, "tags"),
        ("a: 1\n---\nb: 2\n", 2, "more than one"),
        ("a: " + "[" * 10_000, 1, "deeply"),
        ("a: [" + "1," * 30_000 + "1]", 1, "too many"),
        ("a: \x07\n", 1, "YAML"),
        ("a: " + "x" * LARGEST, 1, "512 KiB"),
        ("other: 1\n", 1, "has to name one of"),
    ],
)
def test_what_is_no_document_of_ours_is_refused(text: str, line: int, word: str) -> None:
    """No references, no tags, no bombs; one message with its line."""
    with pytest.raises(Unreadable) as raised:
        sort_of(text)

    (flaw,) = raised.value.flaws
    assert flaw.line == line
    assert word in flaw.en


@pytest.mark.parametrize(
    ("text", "line", "zh"),
    [
        ("a: 1\nb 2\nc: 3\n", 2, "缺少冒号"),
        ("a: 1\nb：2\nc: 3\n", 2, "冒号用半角"),
        ("a:1\n", 1, "冒号后须有空格"),
        ("a: 1\nb: {c: 1\nd: 2\n", 2, "花括号没有配对"),
        ("a: 1\nb: [1, 2\nd: 2\n", 2, "方括号没有配对"),
        ("a: 1\nb: 'c\nd: 2\n", 2, "引号没有配对"),
        ("a: 1\nb: 'c\n---\nd: 2\n", 2, "引号没有配对"),
        ("a: b: c\n", 1, "冒号"),
        ("a: - b\n", 1, "短横"),
        ("a:\n\tb: 2\n", 2, "制表符"),
        ("a: b\n\tc: 2\n", 2, "制表符"),
        ("a: @b\n", 1, "“@”不能开头"),
        ("a:\n  b: 1\n c: 2\n", 3, "缩进"),
        ("a:\n  - b\n  c: 1\n", 3, "短横"),
        ("a: ]\n", 1, "括号"),
        ('a: "\\q"\n', 1, "反斜杠"),
        ("a: *\n", 1, "请加引号"),
        ("%a\nb: 1\n", 1, "请加引号"),
        ("a: !b!c d\n", 1, "标签"),
        ("a: 1\n...\nb: 2\n", 3, "一份文档"),
        ("a: 1\nb: >9x\n", 2, "请检查"),
        ("a: 1\nb: 办\x07\n", 2, "控制字符"),
        ("a: 1\nb: \ud800\n", 2, "控制字符"),
    ],
)
def test_a_fault_of_syntax_is_told_on_the_line_where_it_is(text: str, line: int, zh: str) -> None:
    """Where the key, the bracket or the quotation mark began, not where the parser gave up; in Chinese where it is Chinese."""
    with pytest.raises(Unreadable) as raised:
        sort_of(text)

    (flaw,) = raised.value.flaws
    assert flaw.line == line
    assert zh in flaw.zh
    assert flaw.zh.replace("YAML", "").isascii() is False
    assert "expected" not in flaw.zh


def test_a_byte_order_mark_is_no_fault() -> None:
    assert load_rubric(f"\ufeff{PLAIN}") == load_rubric(PLAIN)


@pytest.mark.parametrize("raw", [b"a: 1\nb: \xd5\xe3\n", b"a: 1\nb: \x00\n"])
def test_what_is_no_text_is_told_by_its_line(raw: bytes) -> None:
    """Another encoding, or no text at all."""
    with pytest.raises(Unreadable) as raised:
        decoded(raw)

    assert [f.line for f in raised.value.flaws] == [2]
    assert decoded(b"\xef\xbb\xbfa: 1\r\n") == "a: 1\r\n"


def test_all_that_is_wrong_is_said_at_once() -> None:
    """In the order of the lines."""
    text = broken("since: 2024-01-01", "since: 今天", broken("each: 7.5", "each: x"))

    with pytest.raises(Unreadable) as raised:
        load_rubric(text)

    assert [f.line for f in raised.value.flaws] == [5, 15]
    refusal = raised.value.refusal()
    assert refusal.reason is Reason.RUBRIC_INVALID
    assert [r.field for r in refusal.others] == ["/since", "/blocks/0/clauses/0/each"]


def test_a_fact_of_a_case_has_to_fit_its_kind() -> None:
    """Unknown kinds and fields of worked cases are mistakes as well."""
    for old, new in (
        ("kind: visited_village", "kind: flew"),
        ("acts: 2", "details: {colour: red}"),
        ("acts: 2", "details: {problems_raised: -1}"),
        ("acts: 2", "acts: 1000000"),
    ):
        with pytest.raises(Unreadable) as raised:
            check(broken(old, new))
        assert [f.line for f in raised.value.flaws] == [20]


def test_a_checklist_is_checked_against_the_catalogue() -> None:
    """A slot that counts something unknown is named by its line."""
    assert load_checklist(LIST).slots[0].need == 1
    with pytest.raises(Unreadable) as raised:
        load_checklist(broken("visited_village", "flew", LIST))
    assert [(f.line, f.path) for f in raised.value.flaws] == [(7, "/slots/0/counts")]


@pytest.mark.parametrize(
    ("text", "path"),
    [
        (broken("since", "period: 会期年度(本次全会至下次全会)\nsince"), "/period"),
        (broken("counts:", "every: 月, counts:", LIST), "/slots/0/every"),
        (broken("since", "period: 届\nsubject: 单位\nsince", LIST), "/period"),
        (
            broken("counts:", "every: 届, counts:", broken("since", "subject: 单位\nsince", LIST)),
            "/slots/0/every",
        ),
    ],
)
def test_a_document_by_a_period_that_is_not_built_yet_is_not_published(
    text: str, path: str
) -> None:
    """It is never read by calendar year without a word; what is in a ledger already still loads."""
    load_pack([text])

    with pytest.raises(Unreadable) as raised:
        check(text)

    assert [f.path for f in raised.value.flaws] == [path]


def test_a_unit_may_be_asked_by_the_month() -> None:
    assert check(broken("since", "period: 月\nsubject: 单位\nsince", LIST)) == []


def test_a_policy_says_what_counts_when() -> None:
    """By class of record, and tighter for a kind."""
    text = (PACKS / "rehearsal" / "policy.yaml").read_text()
    tight = load_policy(text + "by_kind: {走访村(社区): 双方确认后计}\n")

    assert tight.by_kind == {"visited_village": Counts.WHEN_BOTH}
    assert tight.by_class[RecordClass.SELF] is Counts.WHEN_CONFIRMED
    with pytest.raises(Unreadable) as raised:
        load_policy(text + "by_kind: {飞行: 登记即计}\n")
    assert "飞行" in raised.value.flaws[0].zh


@pytest.mark.parametrize(
    ("sort", "right", "wrong"),
    [
        (Sort.RUBRIC, "cap: 20", "cap: -20"),
        (Sort.RUBRIC, "cap: 20", "cap:"),
        (Sort.RUBRIC, "zh: 立案提案一件", "zh: 立案提案\u200e一件"),
        (Sort.CHECKLIST, "kinds: 参加会议", "kinds: 参加舞会"),
    ],
)
def test_what_was_published_is_not_judged_again(sort: Sort, right: str, wrong: str) -> None:
    path = "rehearsal/rubric.yaml" if sort is Sort.RUBRIC else "haiyan/ten-ones.yaml"
    text = (PACKS / path).read_text(encoding="utf-8")
    assert right in text
    broken = text.replace(right, wrong, 1)

    with pytest.raises(Unreadable):
        load(sort, broken)
    assert published(sort, broken) != load(sort, text)


def test_a_document_in_words_that_were_changed_since_reads_as_it_did() -> None:
    text = (PACKS / "rehearsal/policy.yaml").read_text("utf-8")
    once = text.replace("本级政协登记", "县政协登记")

    assert once != text
    assert load_policy(once) == load_policy(text)
