"""Facts files in rules: whose facts they are, since when he is a member, in which term, and what is refused."""

from __future__ import annotations

from textwrap import dedent

import pytest

from application.documents.rubric_cases import Result, results
from application.documents.source import Unreadable
from application.packs import load_facts, load_rubric
from domain.grading import Because
from tests.measures import measures

RULES = """\
rubric: r
version: 1
zh: 办法
en: rubric
since: 2010-01-01
blocks:
  - block: b
    zh: 分
    en: block
    clauses:
      - clause: surveys
        zh: 调研
        en: surveys
        counts: 参加调研
        each: 2
        every: 季度
        times: 2
        distinct: {by: 课题%s}
grading:
  grades:
    - {grade: 称职, en: competent, at_least: 4}
    - {grade: 不称职, en: not competent}
  decided_by: {body: 主席会议, en: "Chairperson's Council"}
ladder: [{step: 谈话, en: talk}, {step: 劝辞, en: persuaded to resign}]
triggers:
  - {trigger: few, zh: 届内提案不足一件, en: no proposal in a term, when: {counts: 提交提案, fewer_than: 1, within: 届}, then: 劝辞}
  - {trigger: none, zh: 连续两年无提案, en: two years without, when: {counts: 提交提案, fewer_than: 1}, years: 2, then: 劝辞}
  - {trigger: low, zh: 届内两次不称职, en: twice in a term, when: {grades: 不称职}, years: 2, run: 届内累计, then: 劝辞}
"""


def scored(facts: str, distinct: str = "") -> Result:
    """The only member of a facts file."""
    rubric = load_rubric(RULES % distinct)
    appraised, period, today, term = load_facts(dedent(facts), rubric)
    (found,) = results(appraised, rubric, period, today, term)
    return found


def fired(found: Result) -> set[str]:
    return {t.trigger for t in found.graded.triggers if t.fired}


SURVEYS = """\
    year: 2024
    members:
      - member: A
        facts:
          - {kind: 参加调研, on: 2024-01-10, work: 甲}
          - {kind: 参加调研, on: 2024-01-20, work: 乙}
          - {kind: 参加调研, on: 2024-05-10, work: 甲}
          - {kind: 提交提案, on: 2024-06-01}
"""


def test_one_work_counts_once_in_each_quarter_or_in_the_whole_period() -> None:
    """同一课题只计一次: by the quarter, or all year, as the document says."""
    assert scored(SURVEYS).card.total == "6"
    assert scored(SURVEYS, ", whole: true").card.total == "4"


def test_proposals_of_earlier_years_count_for_a_member_of_whom_nothing_says_since_when() -> None:
    """He was one before all that is told of him: a proposal of last year is no year without."""
    found = scored(
        """\
        year: 2024
        members:
          - {member: A, facts: [{kind: 提交提案, on: 2023-06-02}]}
        """
    )

    assert fired(found) == set()


def test_an_earlier_result_hides_nothing_that_its_facts_tell() -> None:
    """Total and grade are given, the proposals of that year are counted from the facts."""
    found = scored(
        """\
        year: 2024
        members:
          - member: A
            earlier: [{year: 2023, total: 10, grade: 称职}]
            facts: [{kind: 提交提案, on: 2023-06-02}]
        """
    )

    assert fired(found) == set()


@pytest.mark.parametrize(
    ("term", "until", "led"),
    [
        ("", "2024-06-30", set()),
        ("", "2024-12-31", {"few"}),
        ("term: {first: 2022-01-01, last: 2024-12-31}", "2024-12-31", {"few"}),
        ("term: {first: 2022-01-01, last: 2026-12-31}", "2024-06-30", set()),
    ],
)
def test_a_term_is_over_with_the_committee_not_with_a_member(
    term: str, until: str, led: set[str]
) -> None:
    """Too few in a term is said when it ends, not of somebody who left."""
    found = scored(f"year: 2024\n{term}\nmembers: [{{member: A, until: {until}}}]\n")

    assert fired(found) & {"few"} == led


@pytest.mark.parametrize(
    ("term", "led"), [("", {"low"}), ("term: {first: 2022-01-01, last: 2026-12-31}", set())]
)
def test_grades_of_another_term_do_not_count(term: str, led: set[str]) -> None:
    """Where no term is told it begins with his membership, which is as old as what is told of him."""
    found = scored(
        f"year: 2024\n{term}\nmembers: [{{member: A, earlier: [{{year: 2016, grade: 不称职}}]}}]\n"
    )

    assert fired(found) & {"low"} == led


def test_what_follows_from_a_grade_that_is_not_decided_yet_is_provisional() -> None:
    """A step that goes by the grade says so until the body has decided."""
    member = "{member: A, earlier: [{year: 2023, grade: 不称职}], facts: [%s]}"
    decided = "{kind: 评定等次, on: 2024-12-31, details: {by: 主席会议, grade: 不称职}}"

    def low(facts: str) -> list[tuple[bool, bool]]:
        found = scored(f"year: 2024\nmembers: [{member % facts}]\n")
        return [(t.fired, t.provisional) for t in found.graded.triggers if t.trigger == "low"]

    assert low("") == [(True, True)]
    assert low(decided) == [(True, False)]


def test_a_grade_that_the_rubric_does_not_have_is_passed_over_and_told() -> None:
    """It still waits for the body."""
    found = scored(
        """\
        year: 2024
        members:
          - member: A
            facts:
              - {kind: 评定等次, on: 2024-12-31, details: {by: 主席会议, grade: 良好}}
        """
    )

    assert (found.graded.grade, found.graded.waits_for) == ("不称职", "主席会议")
    assert [r.because for r in found.graded.reasons] == [Because.NO_SUCH_GRADE, Because.BAND]


def test_a_unit_of_another_kind_is_refused() -> None:
    """The rubric says which kinds of unit it appraises."""
    text = RULES % ""
    rubric = load_rubric(
        text[: text.index("grading:")] + "subject: 单位\nof_kinds: 镇街委员活动组\n"
    )

    with pytest.raises(Unreadable) as raised:
        load_facts("year: 2024\nunits: [{unit: 甲, kind: 委员工作室}]\n", rubric)

    assert [(f.line, f.path) for f in raised.value.flaws] == [(2, "/units/0/kind")]


FILE = """\
year: 2024
members:
  - member: 甲
    name: 张三
    roles: {role: 常务委员, since: 2024-01-01}
    earlier: [{year: 2023, grade: 称职, counted: {few: 1}}]
    facts:
      - {kind: 参加调研, on: 2024-03-05, deed: 调研, details: {levels: 县}}
      - {kind: 提交提案, on: 2024-04-01, same_as: 联名}
      - {kind: 受到处理, on: 2024-05-05, details: {sanction: 告诫}}
      - {kind: 捐资捐物、提供资源, on: 2024-06-01, details: {resource: 资金, amount: ５０００}}
  - member: 乙
facts:
  - {member: [甲, 乙], kind: 提交提案, on: 2024-01-11, deed: 联名}
"""
GIFTS = """\
      - clause: gifts
        zh: 捐资
        en: gifts
        counts: 捐资捐物、提供资源
        each: {of: amount, points: 1, every: 1000}
"""


def amiss(facts: str, rules: str = RULES % "") -> list[tuple[int, str, str]]:
    """The lines, paths and Chinese of what is wrong with a facts file."""
    rubric = load_rubric(rules)
    with pytest.raises(Unreadable) as raised:
        load_facts(facts, rubric)
    return [(f.line, f.path, f.zh) for f in raised.value.flaws]


def test_a_file_of_two_members_is_taken() -> None:
    appraised = load_facts(FILE, load_rubric(RULES % ""))[0]

    assert [[f.deed for f in each.facts] for each in appraised] == [
        ["调研", "2", "3", "4", "联名"],
        ["联名"],
    ]


@pytest.mark.parametrize(
    ("old", "new", "line", "path", "zh"),
    [
        ("same_as: 联名", "same_as: 联明", 9, "/members/0/facts/1/same_as", "没有另一条叫“联明”"),
        ("same_as: 联名", "same_as: 2", 9, "/members/0/facts/1/same_as", "没有另一条叫“2”"),
        ("deed: 调研", "deed: 联名", 14, "/facts/0/deed", "已有一条叫“联名”"),
        ("deed: 调研", 'deed: "3"', 8, "/members/0/facts/0/deed", "已有一条叫“3”"),
        ("grade: 称职", "grade: 良好", 6, "/members/0/earlier/0/grade", "没有等次“良好”,可选:称职"),
        ("{few: 1}", "{fewer: 1}", 6, "/members/0/earlier/0/counted/fewer", "是否为:届内提案不足"),
        (", details: {sanction: 告诫}", "", 10, "/members/0/facts/2/details", "须写明处理方式"),
        ("sanction: 告诫", "by: 县纪委", 10, "/members/0/facts/2/details/sanction", "须写明"),
        ("sanction: 告诫", "sanction: 告戒", 10, "/members/0/facts/2/details/sanction", "告诫"),
        ("受到处理, on", "评定等次, on", 10, "/members/0/facts/2/details/by", "须写明评定主体(by)"),
        ("- member: 乙", "- {member: 乙, name: 张三}", 12, "/members/1/name", "名叫“张三”"),
        ("- member: 乙", "- member: 张三", 12, "/members/1/member", "名叫“张三”"),
        ("[甲, 乙]", "[甲, 丙]", 14, "/facts/0/member/1", "没有委员“丙”,可选:张三(甲)、乙"),
        ("[甲, 乙]", "[甲, 甲]", 14, "/facts/0/member/1", "委员“甲”写了两次"),
        ("member: [甲, 乙]", "unit: 组", 14, "/facts/0/unit", "没有单位“组”"),
        ("on: 2024-03-05", "on: 2024-02-30", 8, "/members/0/facts/0/on", "日历上没有"),
        (
            "since: 2024-01-01}",
            "since: 2024-02-01, until: 2024-01-31}",
            5,
            "/members/0/roles/until",
            "早于",
        ),
        (
            "year: 2023",
            "year: {first: 2023-12-31, last: 2023-01-01}",
            6,
            "/members/0/earlier/0/year/last",
            "早于",
        ),
        (
            "year: 2024",
            "year: {first: 2024-12-31, last: 2024-01-01}",
            1,
            "/year/last",
            "早于 first",
        ),
        ("levels: 县", "levels: 县级", 8, "/members/0/facts/0/details/levels", "是否为:县(county)"),
        ("levels: 县", "level: 县", 8, "/members/0/facts/0/details/level", "参与层级(levels)"),
        (
            "levels: 县",
            "linked: 联动",
            8,
            "/members/0/facts/0/details/linked",
            "应为 true 或 false",
        ),
        ("levels: 县", "suggestions: 1.5", 8, "/members/0/facts/0/details/suggestions", "应为整数"),
        ("levels: 县", "suggestions: 许多", 8, "/members/0/facts/0/details/suggestions", "应为数"),
        ("amount: ５０００", "amount: -1", 11, "/members/0/facts/3/details/amount", "不能是负数"),
        ("same_as: 联名}", "place: 0}", 9, "/members/0/facts/1/place", "至少为 1"),
        ("deed: 联名}", "share: 2}", 14, "/facts/0/share", "应在 0 与 100% 之间"),
        ("deed: 联名}", "reached: 采编}", 14, "/facts/0/reached", "没有“采编”这个环节"),
        ("deed: 调研", "evidence: -1", 8, "/members/0/facts/0/evidence", "不能是负数"),
        (
            "kind: 参加调研",
            "kind: 视察",
            8,
            "/members/0/facts/0/kind",
            "是否为:参加视察(inspected)",
        ),
    ],
)
def test_what_is_amiss_in_a_facts_file_is_told_at_its_place(
    old: str, new: str, line: int, path: str, zh: str
) -> None:
    """It is never left out of the score without a word."""
    assert old in FILE
    found = amiss(FILE.replace(old, new, 1))

    assert [(n, p) for n, p, said in found if zh in said] == [(line, path)]


def test_all_facts_that_are_wrong_are_told_at_once() -> None:
    """Of all members together."""
    wrong = FILE.replace("参加调研", "调研会").replace("sanction: 告诫", "sanction: 警告")

    assert [line for line, _, _ in amiss(wrong)] == [8, 10]


def test_units_are_told_apart_too() -> None:
    text = RULES % ""
    rules = text[: text.index("grading:")] + "subject: 单位\n"
    rules = rules.replace("clauses:\n", "clauses:\n" + GIFTS, 1)
    twice = (
        "year: 2024\nunits:\n  - {unit: 组, kind: 界别, members: 甲}\n  - {unit: 组, kind: 界别}\n"
    )

    assert amiss(twice, rules) == [
        (3, "/units/0/members", "没有委员“甲”,可选:无"),
        (4, "/units/1/unit", "单位“组”写了两次"),
    ]


@pytest.mark.parametrize(
    ("counts", "unit", "right"),
    [
        ("捐资捐物、提供资源", "元", True),
        ("捐资捐物、提供资源", "万元", False),
        ("{kinds: 捐资捐物、提供资源, where: {amount_unit: 万元}}", "万元", True),
        ("{kinds: 捐资捐物、提供资源, where: {amount: {at_least: 1000}}}", "万元", False),
        ("{kinds: 捐资捐物、提供资源, where: {resource: 物资}}", "万元", True),
        ("提交提案", "万元", True),
    ],
)
def test_an_amount_that_is_priced_is_in_yuan(counts: str, unit: str, right: bool) -> None:
    """Five 万元 are not five yuan; a clause that asks for the unit knows what it prices."""
    clause = GIFTS.replace("捐资捐物、提供资源", counts)
    if "提案" in counts:
        clause = clause.replace("of: amount", "of: figure")
    rules = (RULES % "").replace("    clauses:\n", "    clauses:\n" + clause, 1)
    facts = FILE.replace("amount: ５０００", f"amount: 5, amount_unit: {unit}")
    if right:
        assert load_facts(facts, load_rubric(rules))
    else:
        ((line, path, zh),) = amiss(facts, rules)
        assert (line, path) == (11, "/members/0/facts/3/details/amount_unit")
        assert "万元" in zh


def test_a_finding_belongs_to_the_period_that_it_is_about() -> None:
    """A decision of January on last year's grade: `on` is a day of last year, `recorded_on` the day it was taken."""
    member = "year: 2024\nmembers: [{member: 甲, facts: [%s]}]\n"
    decided = "{kind: 评定等次, on: %s, details: {by: 主席会议, grade: 称职}}"

    assert scored(member % decided % "2025-01-20").graded.waits_for == "主席会议"
    of_last_year = scored(member % decided % "2024-12-31, recorded_on: 2025-01-20")
    assert (of_last_year.graded.grade, of_last_year.graded.waits_for) == ("称职", "")


@pytest.mark.parametrize(
    ("fact", "field"),
    [
        ("{kind: 现场定分, on: 2024-02-01, figure: 40/3}", "figure"),
        ("{kind: 现场定分, on: 2024-02-01, figure: 4, record: 委员自报}", "record"),
        ("{kind: 提交提案, on: 2024-02-01, share: 1/3, authors: 3}", "share"),
        ("{kind: 提交提案, on: 2024-02-01, place: 5, authors: 3}", "place"),
        ("{kind: 提交提案, on: 2024-02-01, state: 缺席}", "state"),
        (
            "{kind: 提交提案, on: 2024-02-01, reached: [{stage: 立案, on: 2024-01-31}]}",
            "reached/0/on",
        ),
        ("{kind: 参加会议, on: 2024-02-01, state: 缺席, half_days: 1}", "half_days"),
        ("{kind: 参加会议, on: 2024-07-01}", "on"),
    ],
)
def test_a_fact_that_cannot_be_is_refused(fact: str, field: str) -> None:
    written = f"year: 2024\ntoday: 2024-06-30\nmembers:\n  - {{member: 甲, facts: [{fact}]}}\n"

    with pytest.raises(Unreadable) as raised:
        load_facts(written, load_rubric(MEETINGS_ONLY))
    assert [flaw.path for flaw in raised.value.flaws] == [f"/members/0/facts/0/{field}"]


@pytest.mark.parametrize(
    ("rest", "path"),
    [
        ("members: []", "/members"),
        ("units: [{unit: 城关, kind: 镇街委员活动组}]", "/units"),
        ("members: [{member: 甲, earlier: [{year: 2024, total: 3}]}]", "/members/0/earlier/0/year"),
        (
            "members: [{member: 甲, earlier: [{year: 2023, total: 3}, {year: 2023, total: 4}]}]",
            "/members/0/earlier/1/year",
        ),
    ],
)
def test_a_file_that_tells_nothing_or_twice_is_refused(rest: str, path: str) -> None:
    with pytest.raises(Unreadable) as raised:
        load_facts(f"year: 2024\n{rest}\n", load_rubric(MEETINGS_ONLY))
    assert [flaw.path for flaw in raised.value.flaws] == [path]


MEETINGS_ONLY = measures("- {clause: m, zh: 会议, en: meetings, counts: 参加会议, each: 1}\n")
