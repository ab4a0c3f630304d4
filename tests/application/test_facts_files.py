"""Facts files in rules: whose facts they are, since when he is a member, in which term, and what is refused."""

from __future__ import annotations

from textwrap import dedent

import pytest

from application.documents.rubric_cases import Result, results
from application.documents.source import Unreadable
from application.packs import load_facts, load_rubric
from domain.grading import Because

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
