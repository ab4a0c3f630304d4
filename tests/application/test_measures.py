"""What measures say beyond the primitives of published ones, in words, each with what it has to come to by hand."""

from __future__ import annotations

from datetime import date
from textwrap import dedent

import pytest

from application.packs import load_rubric, published
from domain.document import Sort
from domain.explain import line, why_not
from domain.kinds import KINDS
from domain.kinds.about import Shape
from domain.rubric import Rubric, Topic
from domain.rubric_text import text
from domain.scorecard import Cut, Doing
from domain.selection import Why
from domain.silences import silences
from tests.measures import (
    account,
    accounts,
    blocks,
    cuts,
    document,
    grades,
    lines,
    measures,
    paid,
    printed,
    refused,
    total,
    why,
)

GIFTS = """\
- {clause: gifts, zh: 捐资, en: gifts, counts: {kinds: 捐资捐物、提供资源, where: {resource: 资金}}, sum: PRICE}
"""


def gifts(price: str) -> str:
    """A document that prices what was given in a year."""
    return measures(GIFTS.replace("PRICE", price))


def given(*amounts: str) -> str:
    """Gifts of these amounts, a month apart, called by their number."""
    return "".join(
        f"- {{kind: 捐资捐物、提供资源, on: 2024-0{n}-01, deed: 第{n}笔, details: {{resource: 资金, amount: {amount}}}}}\n"
        for n, amount in enumerate(amounts, start=1)
    )


# Sums


def test_a_tier_is_reached_by_what_all_acts_come_to() -> None:
    rules = gifts("{of: amount, tiers: {1000: 2, 10000: 5}}")

    assert total(account(rules, given("900"))) == "0"
    assert paid(account(rules, given("900", "300"))) == {"第1笔": "3/2", "第2笔": "1/2"}
    assert total(account(rules, given("4000", "6000"))) == "5"


def test_whole_steps_of_a_sum_count_and_no_more_than_the_most() -> None:
    rules = gifts("{of: amount, points: 1, every: 5000, whole: true, at_most: 3}")

    assert total(account(rules, given("3000", "3000"))) == "1"
    assert total(account(rules, given("30000"))) == "3"


def test_what_a_sum_could_still_bring_is_what_its_best_tier_leaves() -> None:
    found = account(gifts("{of: amount, tiers: {1000: 2, 10000: 5}}"), given("1000"))

    (reach,) = found.card.reachable
    assert (reach.next_act, reach.left) == ("", "3")


def test_a_sum_goes_by_a_number_and_pays_no_number_of_acts() -> None:
    assert [path for _, path in refused(gifts("5"))] == ["/blocks/0/clauses/0/sum"]
    with_times = gifts("{of: amount, points: 1}").replace("sum:", "times: 2, sum:")
    assert [path for _, path in refused(with_times)] == ["/blocks/0/clauses/0/times"]


def test_a_sum_is_printed_as_one() -> None:
    said = printed(gifts("{of: amount, points: 1, every: 5000, whole: true, at_most: 3}"))

    assert "各次的数额合计起来" in said
    assert "合计最多3分" in said


# All but some


def test_all_kinds_of_occasions_but_some_are_meant() -> None:
    rules = measures(
        "- {clause: other, zh: 其他活动, en: others, counts: {kinds: 一切活动, except: [参加会议, 参加学习培训]}, each: 1}\n"
    )
    found = account(
        rules,
        """\
        - {kind: 走访村(社区), on: 2024-01-01, deed: 走访}
        - {kind: 参加会议, on: 2024-01-02, deed: 会议}
        - {kind: 提交提案, on: 2024-01-03, deed: 提案}
        """,
    )

    assert paid(found) == {"走访": "1"}
    assert why(found) == {"会议": Why.NOT_PRICED, "提案": Why.NOT_PRICED}
    (clause,) = [c for _, c in load_rubric(rules).clauses]
    occasions = {k for k, kind in KINDS.items() if kind.about.shape is Shape.OCCASION}
    assert set(clause.counts[0].kinds) == occasions - {"attended", "studied"}
    assert "除参加会议、参加学习培训以外的一切活动" in printed(rules)
    assert "every kind of occasion but" in "".join(p.said.en for p in text(load_rubric(rules)))


def test_a_field_can_be_asked_to_say_something_else() -> None:
    rules = measures(
        "- {clause: own, zh: 非集体提案, en: own, counts: {kinds: 提交提案, where: {form: {not: 界别集体}}}, each: 3}\n"
    )
    found = account(
        rules,
        """\
        - {kind: 提交提案, on: 2024-01-01, deed: 个人, details: {form: 个人}}
        - {kind: 提交提案, on: 2024-01-02, deed: 未填}
        - {kind: 提交提案, on: 2024-01-03, deed: 集体, details: {form: 界别集体}}
        """,
    )

    assert paid(found) == {"个人": "3", "未填": "3"}
    assert why(found) == {"集体": Why.CONDITIONS}
    assert "提案形式不为界别集体" in printed(rules)
    assert refused(rules.replace("not: 界别集体", "not: 随便"))


# Months


def test_a_gate_asks_for_acts_in_so_many_months() -> None:
    rules = measures(
        "- {clause: days, zh: 接待, en: receptions, counts: 委员接待日, each: 1, gates: [months]}\n",
        "gates: [{gate: months, zh: 三个月, en: three months, counts: 委员接待日, distinct: 月份, at_least: 3}]\n",
    )
    twice = "- {kind: 委员接待日, on: 2024-01-01}\n- {kind: 委员接待日, on: 2024-01-20}\n"

    crowded = account(rules, twice + "- {kind: 委员接待日, on: 2024-02-20}\n")
    spread = account(
        rules,
        twice + "- {kind: 委员接待日, on: 2024-02-20}\n- {kind: 委员接待日, on: 2024-03-20}\n",
    )

    assert (total(crowded), crowded.card.gates[0].missing) == ("0", "1")
    assert total(spread) == "4"


PARTS = """\
- block: base
  zh: 基础分
  en: base
  clauses:
    - {clause: meetings, zh: 会议, en: meetings, counts: 参加会议, each: 6}
- block: bonus
  zh: 附加分
  en: bonus
  clauses:
    - {clause: honours, zh: 表彰, en: honours, counts: 受到表彰, each: 5}
"""
HALF_A_YEAR = """\
- {kind: 参加会议, on: 2024-08-01}
- {kind: 受到表彰, on: 2024-09-01}
"""


def test_only_some_blocks_are_scaled_to_the_months_served() -> None:
    scaled = document(PARTS, "part_year: {total: 按在任月数折算, of: [base]}\n")
    found = account(scaled, HALF_A_YEAR, who="since: 2024-07-01")

    assert found.card.months == 6
    assert total(found) == "17"
    assert (blocks(found), cuts(found)) == (
        {"base": "12", "bonus": "5"},
        [("", Cut.PART_YEAR, "6", "6/12")],
    )
    assert "“基础分”按在任月数折算成全期,折算后不超出其上限和下限" in printed(scaled)
    assert [path for _, path in refused(scaled.replace("[base]", "[bases]"))] == ["/part_year/of/0"]
    assert [path for _, path in refused(scaled.replace("total: 按在任月数折算, ", ""))] == [
        "/part_year/of"
    ]


@pytest.mark.parametrize(("cap", "total_"), [("12", "17"), ("10", "15"), ("5", "10")])
def test_a_block_is_scaled_within_its_own_ceiling(cap: str, total_: str) -> None:
    """满分10分: the six points of half a year become ten and not twelve; the bonus is not scaled."""
    capped = PARTS.replace("  en: base\n", f"  en: base\n  cap: {cap}\n")
    scaled = document(capped, "part_year: {total: 按在任月数折算, of: [base]}\n")

    assert total(account(scaled, HALF_A_YEAR, who="since: 2024-07-01")) == total_


def test_a_gate_on_a_block_sees_it_scaled() -> None:
    """基础分折算后达到10分方计附加分."""
    gated = PARTS.replace("  en: bonus\n", "  en: bonus\n  gates: [g]\n")
    rules = document(
        gated,
        "part_year: {total: 按在任月数折算, of: [base]}\n"
        "gates: [{gate: g, zh: 达到10分, en: ten reached, points: base, at_least: 10}]\n",
    )

    assert total(account(rules, HALF_A_YEAR, who="since: 2024-07-01")) == "17"
    assert total(account(rules, HALF_A_YEAR)) == "6"


LATE = """\
  - block: b
    zh: 计分
    en: points
    clauses:
      - clause: filed
        zh: 立案
        en: filed
        counts: {kinds: 提交提案, reached: {all: 立案}}
        each: 10
"""


def test_a_late_outcome_can_be_carried_over() -> None:
    carried = document(LATE, "late: {within_days: 31, carry_over: true}\n")

    assert "周期结束后31天以内有的结果仍计,再晚的,多得的部分计入结果当期" in printed(carried)
    for on, came in (("2024-01-31", "0"), ("2024-02-01", "10")):
        fact = f"- {{kind: 提交提案, on: 2023-11-01, reached: {{stage: 立案, on: {on}}}}}\n"
        assert total(account(carried, fact)) == came
    assert [path for _, path in refused(carried.replace("within_days: 31, ", ""))] == [
        "/late/carry_over"
    ]


@pytest.mark.parametrize(
    ("since", "months"), [("2024-07-17", 6), ("2024-07-18", 5), ("2024-07-31", 5)]
)
def test_a_month_of_too_few_days_is_not_served(since: str, months: int) -> None:
    rules = document(PARTS, "part_year: {total: 按在任月数折算, least_days: 15}\n")

    assert account(rules, HALF_A_YEAR, who=f"since: {since}").card.months == months


def test_days_of_exemption_are_not_served() -> None:
    rules = document(PARTS, "part_year: {total: 按在任月数折算, least_days: 20}\n")
    away = account(rules, HALF_A_YEAR, who="exempt: {since: 2024-03-05, until: 2024-03-31}")
    kept = rules.replace("least_days: 20", "least_days: 20, exempt_serves: true")

    assert away.card.months == 11
    assert (
        account(kept, HALF_A_YEAR, who="exempt: {since: 2024-03-05, until: 2024-03-31}").card.months
        == 12
    )


def test_part_of_a_year_is_for_those_who_joined_alone_where_it_says_so() -> None:
    rules = document(PARTS, "part_year: {total: 按在任月数折算, who: {added: true}}\n")

    joined = account(rules, HALF_A_YEAR, who="since: 2024-07-01\nadded: true")
    left = account(rules, "- {kind: 参加会议, on: 2024-03-01}\n", who="until: 2024-06-30")

    assert total(joined) == "22"
    assert total(left) == "6"


def test_a_veto_sets_a_grade_before_a_short_time_takes_it_where_it_says_so() -> None:
    grading = """\
    grading:
      grades:
        - {grade: 称职, en: competent, at_least: 5}
        - {grade: 不称职, en: not competent}
      vetoes: [{veto: v, zh: 违纪, en: discipline, counts: 受到处理, grade: 不称职}]
    """
    facts = """\
    year: 2024
    members:
      - {member: 甲, since: 2024-11-01, facts: [{kind: 受到处理, on: 2024-12-01, details: {sanction: 诫勉, by: 县纪委}}]}
      - {member: 乙, since: 2024-11-01, facts: [{kind: 参加会议, on: 2024-12-01}]}
    """
    first = document(PARTS, "part_year: {least_months: 6, vetoes_first: true}\n" + _flush(grading))
    after = first.replace(", vetoes_first: true", "")

    assert grades(accounts(first, facts)) == {"甲": "不称职", "乙": ""}
    assert grades(accounts(after, facts)) == {"甲": "", "乙": ""}
    assert "但有不论得分直接评定的情形的,照评" in printed(first)


def test_who_is_vetoed_after_a_short_time_takes_nobodys_place() -> None:
    rules = document(
        PARTS,
        "part_year: {least_months: 6, vetoes_first: true}\n"
        + _flush(
            """\
    grading:
      grades:
        - {grade: 优秀, en: excellent, at_least: 12, places: {share: 50%, way: 舍去}}
        - {grade: 称职, en: competent, at_least: 1}
        - {grade: 不称职, en: not competent, last: 1}
      vetoes: [{veto: v, zh: 违纪, en: discipline, counts: 受到处理, grade: 不称职}]
    """
        ),
    )
    facts = """\
    year: 2024
    members:
      - {member: 甲, facts: [{kind: 参加会议, on: 2024-03-01, acts: 3}]}
      - {member: 乙, facts: [{kind: 参加会议, on: 2024-03-01, acts: 2}]}
      - {member: 丙, facts: [{kind: 参加会议, on: 2024-03-01}]}
    """
    short = "  - {member: 丁, since: 2024-11-01, facts: [{kind: 受到处理, on: 2024-12-01, details: {sanction: 诫勉}}]}\n"
    without = grades(accounts(rules, dedent(facts)))
    with_him = grades(accounts(rules, dedent(facts) + short))

    assert without == {"甲": "优秀", "乙": "称职", "丙": "不称职"}
    assert with_him == without | {"丁": "不称职"}


def _flush(text: str) -> str:
    return "\n".join(line[4:] for line in text.splitlines()) + "\n"


# Numbers and reasons


def test_what_another_clause_took_counts_in_the_number_only_if_it_came_before() -> None:
    rules = measures(
        """\
        - {clause: raised, zh: 发动的, en: raised, counts: {kinds: 捐资捐物、提供资源, where: {raised_from_others: true}}, each: 1}
        - {clause: own, zh: 本人的, en: own, counts: 捐资捐物、提供资源, beyond: raised, each: 2}
        - {clause: stepped, zh: 分档, en: stepped, counts: 捐资捐物、提供资源, beyond: raised, steps: {1: 10, 2: 5}}
        """
    )
    found = account(
        rules,
        """\
        - {kind: 捐资捐物、提供资源, on: 2024-10-01, details: {raised_from_others: false}}
        - {kind: 捐资捐物、提供资源, on: 2024-11-01, details: {raised_from_others: true}}
        - {kind: 捐资捐物、提供资源, on: 2024-12-01, details: {raised_from_others: false}}
        """,
    )

    assert lines(found) == {"raised": ["1"], "own": ["2", "2"], "stepped": ["10", "5"]}
    numbers = [(line.clause, line.nth) for line in found.card.lines]
    assert numbers == [("raised", 1), ("own", 1), ("own", 3), ("stepped", 1), ("stepped", 2)]


def test_attendance_that_is_read_as_another_state_says_so() -> None:
    rules = measures(
        "- {clause: training, zh: 培训, en: training, counts: 参加学习培训, each: 2}\n",
        "attendance: [{counts: {kinds: 参加学习培训, attended: {below: 1/2}}, reads: 缺席}]\n",
    )
    found = account(
        rules,
        """\
        - {kind: 参加学习培训, on: 2024-01-01, deed: 半截, half_days: 1, of_half_days: 3}
        - {kind: 参加学习培训, on: 2024-02-01, deed: 缺席, state: 缺席}
        """,
    )

    assert why(found) == {"半截": Why.READ, "缺席": Why.STATE}


def test_who_signs_alone_is_told_the_stage_and_not_that_he_is_a_co_author() -> None:
    rules = measures(
        """\
        - {clause: own, zh: 第一提案人, en: first, counts: {kinds: 提交提案, bylines: [独立署名, 联名第一人], reached: {all: 立案}}, each: 10}
        - {clause: joint, zh: 联名人, en: joint, counts: {kinds: 提交提案, bylines: 联名其他人, reached: {all: 立案}}, each: 4}
        """
    )
    found = account(
        rules,
        """\
        - {kind: 提交提案, on: 2024-01-01, deed: 独立}
        - {kind: 提交提案, on: 2024-01-02, deed: 联名, authors: 3, place: 2}
        """,
    )

    assert why(found) == {"独立": Why.STAGE, "联名": Why.CO_AUTHOR}
    ((_, clause),) = [(w.deed, w.clause) for w in found.card.why_not if w.deed == "独立"]
    assert clause == "own"


def test_a_tick_that_must_not_be_is_printed_as_its_opposite() -> None:
    rules = measures(
        "- {clause: own, zh: 本人捐, en: own, counts: {kinds: 捐资捐物、提供资源, where: {raised_from_others: {not: true}}}, each: 1}\n"
    )

    assert "爱心募捐:否" in printed(rules)


# What sums take, and limits of what is scaled


MARKS = "- {clause: c, zh: 扣分, en: taken, counts: 现场定分, sum: {of: figure, points: -1}MORE}\n"


def test_a_sum_that_takes_spares_who_is_exempt() -> None:
    found = account(
        measures(MARKS.replace("MORE", "")),
        """\
        - {kind: 现场定分, on: 2024-02-01, deed: 免, figure: 5}
        - {kind: 现场定分, on: 2024-06-01, deed: 扣, figure: 3}
        """,
        who="exempt: {since: 2024-01-15, until: 2024-02-15}",
    )

    assert (total(found), why(found)) == ("-3", {"免": Why.EXEMPT})


def test_of_several_that_a_sum_could_take_the_one_in_his_favour_counts() -> None:
    found = account(
        measures(MARKS.replace("MORE", ", distinct: 月份")),
        """\
        - {kind: 现场定分, on: 2024-02-01, figure: 5}
        - {kind: 现场定分, on: 2024-02-09, figure: 1}
        """,
    )

    assert total(found) == "-1"


def test_a_sum_goes_by_what_is_left_of_figures_above_and_below_nought() -> None:
    rules = measures(MARKS.replace("points: -1", "points: 2").replace("MORE", ""))
    found = account(
        rules,
        """\
        - {kind: 现场定分, on: 2024-02-01, deed: 加, figure: 5}
        - {kind: 现场定分, on: 2024-03-01, deed: 减, figure: -2}
        """,
    )

    assert (total(found), paid(found)) == ("6", {"加": "10", "减": "-4"})


def test_the_tiers_of_a_sum_all_give_or_all_take() -> None:
    assert [p for _, p in refused(gifts("{of: amount, tiers: {1: 2, 9: -1}}"))] == [
        "/blocks/0/clauses/0/sum/tiers"
    ]


def test_what_is_scaled_stays_within_the_floor_of_the_total() -> None:
    rules = document(
        """\
        - block: base
          zh: 基础分
          en: base
          starts: 10
          clauses: [{clause: m, zh: 会议, en: meetings, counts: 参加会议, each: 1}]
        - block: minus
          zh: 扣分
          en: minus
          clauses: [{clause: d, zh: 处理, en: sanctions, counts: 受到处理, each: -8}]
        """,
        "floor: 0\npart_year: {total: 按在任月数折算, of: [minus]}\n",
    )
    found = account(
        rules,
        "- {kind: 受到处理, on: 2024-08-01, details: {sanction: 告诫}}\n",
        who="since: 2024-07-01",
    )

    assert total(found) == "0"


# Selections


@pytest.mark.parametrize("said", ["[]", "{}", "{says: 全体会议, not: 全体会议}"])
def test_a_field_has_to_be_asked_for_something(said: str) -> None:
    rules = f"- {{clause: c, zh: 会, en: m, counts: {{kinds: 参加会议, where: {{meeting: {said}}}}}, each: 1}}\n"

    assert [path for _, path in refused(measures(rules))] == [
        "/blocks/0/clauses/0/counts/where/meeting"
    ]


def test_a_published_field_without_words_means_nothing_as_it_did() -> None:
    rules = measures(
        "- {clause: c, zh: 会, en: m, counts: {kinds: 参加会议, where: {meeting: []}}, each: 1}\n"
    )
    rubric = published(Sort.RUBRIC, rules)
    assert isinstance(rubric, Rubric)

    assert total(account(rubric, "- {kind: 参加会议, on: 2024-02-01}\n")) == "0"


def test_one_selection_may_ask_for_absence_of_the_kinds_that_have_it() -> None:
    rules = measures(
        "- {clause: c, zh: 缺席、否决, en: absent, counts: {kinds: [参加会议, 一票否决情形], states: 缺席}, each: -1}\n"
    )

    assert total(account(rules, "- {kind: 参加会议, on: 2024-02-01, state: 缺席}\n")) == "-1"


# Words


def test_attendance_that_is_read_as_it_is_says_nothing_of_reading() -> None:
    rules = measures(
        "- {clause: c, zh: 会, en: m, counts: 参加会议, each: 1}\n",
        "attendance: [{counts: {kinds: 参加会议, states: [缺席, 未准假]}, reads: 缺席}]\n",
    )
    found = account(
        rules,
        """\
        - {kind: 参加会议, on: 2024-02-01, deed: 缺席, state: 缺席}
        - {kind: 参加会议, on: 2024-02-02, deed: 未准假, state: 未准假}
        """,
    )

    assert why(found) == {"缺席": Why.STATE, "未准假": Why.READ}


def test_days_for_late_outcomes_are_printed_with_what_they_bear_on() -> None:
    filed = "- {clause: p, zh: 立案, en: filed, counts: {kinds: 提交提案, reached: {all: 立案}}, each: 1}\n"
    by_act, by_outcome = (
        printed(measures(filed, f"late: {{timing: {timing}, within_days: 31}}\n"))
        for timing in ("履职当期", "结果当期")
    )

    assert "计入履职当期;周期结束后31天以内" in by_act
    assert "计入结果当期;计入履职当期的,周期结束后31天以内" in by_outcome


def test_acts_are_numbered_in_each_part_with_those_that_another_clause_took_before() -> None:
    rules = measures(
        """\
        - {clause: raised, zh: 发动的, en: raised, counts: {kinds: 捐资捐物、提供资源, where: {raised_from_others: true}}, each: 1}
        - {clause: own, zh: 本人的, en: own, counts: 捐资捐物、提供资源, beyond: raised, each: 2, every: 季度}
        """
    )
    found = account(
        rules,
        """\
        - {kind: 捐资捐物、提供资源, on: 2024-01-01, details: {raised_from_others: true}}
        - {kind: 捐资捐物、提供资源, on: 2024-02-01, details: {raised_from_others: false}}
        - {kind: 捐资捐物、提供资源, on: 2024-04-01, details: {raised_from_others: false}}
        """,
    )

    assert [(line.clause, line.nth) for line in found.card.lines] == [
        ("raised", 1),
        ("own", 2),
        ("own", 1),
    ]


# Every so many acts, days of the year, half days that were missed


LATE_TWICE = """\
- clause: late
  zh: 迟到
  en: late
  counts: {kinds: 参加会议, states: 迟到}
  sum: {of: acts, points: -3, every: 2, whole: true}
"""


@pytest.mark.parametrize(("times", "total_"), [(1, "0"), (2, "-3"), (3, "-3"), (4, "-6")])
def test_something_can_be_taken_for_every_so_many_acts(times: int, total_: str) -> None:
    """每满两次迟到扣3分, however many half days each of them has."""
    rules = measures(LATE_TWICE)
    fact = f"- {{kind: 参加会议, on: 2024-03-05, state: 迟到, half_days: 2, acts: {times}}}\n"

    found = account(rules, fact)

    assert (total(found), found.card.reachable) == (total_, ())
    assert "合计每满2次扣3分(不满的部分不计)" in printed(rules)


def test_only_what_was_handed_in_by_a_day_of_the_year_counts() -> None:
    rules = measures(
        "- {clause: report, zh: 述职, en: report, each: 5,"
        " counts: {kinds: 年度述职, days: {until: 12-20}}}\n"
    )
    found = account(
        rules,
        "- {kind: 年度述职, on: 2024-12-20, deed: 按时}\n"
        "- {kind: 年度述职, on: 2024-12-21, deed: 逾期}\n",
    )

    assert (paid(found), why(found)) == ({"按时": "5"}, {"逾期": Why.DAY})
    assert "日期在1月1日至12月20日" in printed(rules)
    assert refused(rules.replace("{until: 12-20}", "{from: 12-21, until: 12-20}"))[0][1] == (
        "/blocks/0/clauses/0/counts/days/until"
    )
    assert refused(rules.replace("12-20", "12-32"))[0][1].endswith("/days/until")


def test_half_days_that_were_missed_have_a_price() -> None:
    """全会四个半天,缺一个半天扣1分: attended in part or not at all."""
    rules = measures(
        "- {clause: missed, zh: 缺席半天, en: missed, each: -1, per: 每缺半天,"
        " counts: {kinds: 参加会议, states: [到会, 缺席]}}\n"
    )
    facts = """\
    - {kind: 参加会议, on: 2024-01-10, deed: 全程, half_days: 4, of_half_days: 4}
    - {kind: 参加会议, on: 2024-02-10, deed: 缺一个, half_days: 3, of_half_days: 4}
    - {kind: 参加会议, on: 2024-03-10, deed: 没来, state: 缺席, of_half_days: 2}
    """
    found = account(rules, dedent(facts))

    assert paid(found) == {"缺一个": "-1", "没来": "-2"}
    assert list(why(found)) == ["全程"]
    assert refused(rules.replace("参加会议", "提交提案"))
    rate = measures(
        "- {clause: r, zh: 率, en: r, counts: 参加会议, rate: {points: 5, per: 每缺半天}}\n"
    )
    assert refused(rate)[0][1] == "/blocks/0/clauses/0/rate/per"


# What came too late


def test_a_line_says_that_more_came_of_its_act_too_late() -> None:
    """Adopted by the county in time and by the province in March: the member sees why the province brings nothing."""
    rules = measures(
        "- {clause: taken_up, zh: 采用, en: taken up, counts: {kinds: 报送社情民意信息, reached: {any: 采用}},"
        " each: {by: 采用(批示)层级, prices: {省: 8, 县: 3}}}\n"
        "- {clause: handed_in, zh: 报送, en: handed in, counts: 报送社情民意信息, each: 1}\n",
        "late: {within_days: 31}\n",
    )
    found = account(
        rules,
        "- {kind: 报送社情民意信息, on: 2024-11-01, reached:"
        " [{stage: 采用, level: 县}, {stage: 采用, level: 省, on: 2025-03-01}]}\n",
    )

    assert total(found) == "4"
    assert [(cut, given) for _, cut, given, _ in cuts(found)] == [(Cut.TOO_LATE, "0")]
    rule = load_rubric(rules)
    assert line(found.card.lines[0], rule).zh == (
        "11月1日报送社情民意信息,按“采用”计+3分,其后还有结果在截止之后才有,本期不计(采用),实计+3分。"
    )


def test_a_line_says_which_other_clause_an_outcome_came_too_late_for() -> None:
    """On file in time, rated excellent in February: told on the line that he has, once."""
    rules = measures(
        "- {clause: filed, zh: 立案, en: filed, counts: {kinds: 提交提案, reached: {all: 立案}}, each: 5}\n"
        "- {clause: excellent, zh: 优秀, en: excellent, counts: {kinds: 提交提案, reached: {all: 评为优秀}}, once: 8}\n",
        "late: {within_days: 31}\n",
    )
    late = (
        "- {kind: 提交提案, on: 2024-11-01, reached: [立案, {stage: 评为优秀, on: %s}], acts: 2}\n"
    )

    found = account(rules, late % "2025-02-10")
    assert [(cut, by) for _, cut, _, by in cuts(found)] == [(Cut.TOO_LATE, "excellent")] * 2
    assert cuts(account(rules, late % "2025-01-10")) == []


# What is settled by the text


def test_nothing_is_asked_about_what_the_document_settles() -> None:
    rules = measures(
        "- {clause: rate, zh: 出勤率, en: rate, counts: 参加会议, rate: 10}\n",
        "settled: 年中增补或离任\n",
    )
    asked = {s.topic for s in silences(load_rubric(rules))}

    assert Topic.MID_YEAR not in asked
    assert Topic.LEAVE in asked
    assert Topic.LEAVE not in {
        s.topic
        for s in silences(load_rubric(rules.replace("年中增补或离任", "[年中增补或离任, leave]")))
    }


def test_brackets_may_be_of_full_width() -> None:
    """As a Chinese keyboard writes them."""
    rules = measures(
        "- {clause: visits, zh: 走访, en: visits, counts: {kinds: 走访村（社区）, levels: 乡镇（街道）}, each: 2}\n"
    )

    assert (
        total(account(rules, "- {kind: 走访村（社区）, on: 2024-03-05, level: 乡镇（街道）}\n"))
        == "2"
    )


# What is missing


SHORT = (
    "- {clause: visits, zh: 走访, en: visits, counts: 走访村(社区), short: {acts: 3, points: -2}}\n"
)
VISIT = "- {kind: 走访村(社区), on: 2024-03-05, deed: 走访}\n"


def test_what_is_missing_takes_points_when_the_period_is_over() -> None:
    """应走访3次,每少一次扣2分: a visit earns nothing, and is not missing."""
    found = account(measures(SHORT), VISIT)

    assert (total(found), lines(found)) == ("-4", {"visits": ["0", "-4"]})
    assert "应有3次,到期每少一次扣2分" in printed(measures(SHORT))
    missing = found.card.lines[-1]
    assert (missing.deed, missing.nth, missing.on.isoformat()) == ("", 2, "2024-12-31")
    assert line(missing, load_rubric(measures(SHORT))).zh == "按“走访”少2次(件),计-4分。"
    assert [(a.doing, a.acts) for a in found.card.accounts] == [(Doing.DONE, 1)]
    assert total(account(measures(SHORT), VISIT.replace("deed: 走访", "acts: 3"))) == "0"


def test_nothing_is_missing_before_the_period_is_over() -> None:
    """Until 30 December the card shows no lack; it says on which day that changes."""
    for today, total_, changes in (
        ("2024-12-30", "0", date(2024, 12, 31)),
        ("2024-12-31", "-6", None),
    ):
        found = account(measures(SHORT), today=today)
        assert (total(found), found.card.changes_on) == (total_, changes)


def test_what_is_missing_is_asked_of_each_quarter_in_which_he_served() -> None:
    rules = measures(SHORT.replace("acts: 3", "acts: 1").replace("}}", "}, every: 季度, cap: 3}"))

    assert total(account(rules, VISIT)) == "-6"
    assert total(account(rules, "", who="since: 2024-08-01")) == "-4"
    assert total(account(rules, "", who="exempt: {since: 2024-01-01, until: 2024-09-30}")) == "-2"


def test_a_quarter_that_was_served_in_full_asks_for_all_of_it() -> None:
    """Joined on 1 October: three visits in the fourth quarter, whatever part of the year that is."""
    rules = measures(
        SHORT.replace("}}", "}, every: 季度}"),
        "part_year: {acts: 按在任月数折算}\n",
    )

    assert total(account(rules, "", who="since: 2024-10-01")) == "-6"


def test_one_day_of_exemption_forgives_nothing_but_its_own_days() -> None:
    who = "exempt: {since: 2024-12-31, until: 2025-01-05}"

    assert total(account(measures(SHORT), "", who=who)) == "-6"


def test_a_lack_is_his_whom_the_clause_was_for_when_he_left() -> None:
    rules = measures(SHORT.replace("counts:", "who: 常务委员, counts:"))
    left = "until: 2024-06-30\nroles: [{role: 常务委员, until: 2024-06-30}]"

    assert total(account(rules, "", who=left)) == "-6"
    assert total(account(rules, "", who="roles: [{role: 常务委员, until: 2024-06-30}]")) == "0"


def test_what_a_lack_can_still_be_made_good_by_knows_what_was_forgiven() -> None:
    def still(rules: str) -> list[tuple[str, str]]:
        return [(r.next_act, r.left) for r in account(rules, "").card.reachable]

    assert still(measures(SHORT)) == [("2", "6")]
    assert still(measures(SHORT.replace("}}", "}, cap: 5}"))) == [("1", "5")]
    assert still(measures(SHORT, block="  floor: 0\n")) == []


def test_a_visit_that_does_not_count_is_no_deduction_escaped() -> None:
    """It says what the clause asks for, and not that nothing was taken."""
    rules = measures(
        SHORT.replace("counts: 走访村(社区)", "counts: {kinds: 走访村(社区), levels: 市}")
    )
    (left_out,) = account(rules, VISIT).card.why_not

    assert (
        why_not(left_out, load_rubric(rules)).zh
        == "3月5日走访村(社区)未计分:不符合条目的条件(“走访”)。"
    )


@pytest.mark.parametrize(
    ("who", "total_"),
    [
        ("since: 2024-07-01", "-4"),
        ("since: 2024-12-01", "-2"),
        ("exempt: {since: 2024-01-01, until: 2024-12-31}", "0"),
        ("until: 2024-03-31", "-2"),
    ],
)
def test_less_is_asked_of_who_served_in_part(who: str, total_: str) -> None:
    rules = measures(SHORT, "part_year: {acts: 按在任月数折算}\n")

    assert total(account(rules, "", who=who)) == total_


def test_a_lack_takes_and_cannot_be_shared() -> None:
    for wrong, path in (
        ("short: {acts: 3, points: 2}", "short/points"),
        ("short: {acts: 0, points: -2}", "short/acts"),
        ("short: -2, times: 1", "times"),
    ):
        rules = measures(SHORT.replace("short: {acts: 3, points: -2}", wrong))
        assert refused(rules)[0][1] == f"/blocks/0/clauses/0/{path}"
    assert total(account(measures(SHORT.replace("{acts: 3, points: -2}", "-5")), "")) == "-5"


# The best of several, and leave as half an attendance


def test_the_dearest_of_several_can_be_paid() -> None:
    """取最高两项: the two best, whichever came first; the others keep their lines and say why."""
    rules = measures(
        "- {clause: honours, zh: 表彰, en: honours, counts: 受到表彰, times: 2, best: true,"
        " each: {by: detail, detail: commended_level, prices: {省: 6, 县: 2}}}\n"
    )
    facts = "".join(
        f"- {{kind: 受到表彰, on: 2024-0{n}-01, deed: 第{n}项, details: {{commended_level: {level}}}}}\n"
        for n, level in enumerate("县县省", start=1)
    )
    found = account(rules, facts)

    assert (total(found), paid(found)) == ("8", {"第1项": "2", "第2项": "0", "第3项": "6"})
    assert [(cut, given) for _, cut, given, _ in cuts(found)] == [(Cut.BEST_OF, "-2")]
    assert [(r.next_act, r.left) for r in found.card.reachable] == [("4", "4")]
    assert "只计得分最高的2次" in printed(rules)
    assert total(account(rules.replace(", best: true", ""), facts)) == "4"
    assert refused(rules.replace("times: 2, ", ""))[0][1] == "/blocks/0/clauses/0/best"
    assert refused(rules.replace("县: 2", "县: -2"))[0][1] == "/blocks/0/clauses/0/best"


WEIGHED = "- {clause: r, zh: 出勤, en: rate, counts: 参加会议, rate: {points: 12, weights: {请假: 1/2}}}\n"


def test_leave_can_count_as_half_an_attendance() -> None:
    """到会2次、请假1次、缺席1次: two and a half of four."""
    facts = """\
    - {kind: 参加会议, on: 2024-01-10, acts: 2}
    - {kind: 参加会议, on: 2024-03-10, state: 请假}
    - {kind: 参加会议, on: 2024-04-10, state: 缺席}
    """
    rules = measures(WEIGHED)
    found = account(rules, dedent(facts))

    assert (total(found), lines(found)) == ("7.5", {"r": ["3", "3", "1.5"]})
    assert [(a.acts, a.expected) for a in found.card.accounts] == [(2, 4)]
    assert "12分乘以出勤率(按次数,请假按50%计)" in printed(rules)
    assert [s.topic for s in silences(load_rubric(rules)) if s.topic is Topic.LEAVE] == [
        Topic.LEAVE
    ]
    exempt = account(rules, dedent(facts), who="exempt: {since: 2024-03-01, until: 2024-03-31}")
    assert total(exempt) == "8"
    halves = rules.replace("points: 12", "points: 12, per: 每半天")
    assert (
        total(account(halves, "- {kind: 参加会议, on: 2024-03-10, state: 请假, of_half_days: 4}\n"))
        == "6"
    )


def test_a_weight_lies_between_nought_and_one_and_is_of_a_state_that_counts() -> None:
    for wrong in (
        WEIGHED.replace("1/2", "0"),
        WEIGHED.replace("1/2", "3/2"),
        WEIGHED.replace("counts: 参加会议", "counts: {kinds: 参加会议, states: 到会}"),
    ):
        assert refused(measures(wrong))[0][1] == "/blocks/0/clauses/0/rate/weights/leave"
    for unexpected in ("免于参加", "未登记"):
        assert refused(measures(WEIGHED.replace("请假", unexpected)))


def test_a_member_who_sits_in_is_no_guest() -> None:
    rules = measures(
        "- {clause: c, zh: 出席, en: c, counts: {kinds: 参加会议, capacities: 出席}, each: 1}\n"
    )
    found = account(
        rules,
        "- {kind: 参加会议, on: 2024-03-05, capacity: 列席, deed: 列席}\n"
        "- {kind: 参加会议, on: 2024-03-06, capacity: 专家, deed: 专家}\n",
    )

    assert why(found) == {"列席": Why.CAPACITY, "专家": Why.GUEST}


# What is carried over


CARRY = "late: {within_days: 31, carry_over: true}\n"


def in_both(clauses: str, *stages: str) -> tuple[str, str]:
    """What a key proposal of November 2023 brings in that year and in the next, by stages that it reached."""
    fact = f"- {{kind: 提交提案, on: 2023-11-01, key: true, reached: [{', '.join(stages)}]}}\n"
    rules = measures(clauses, CARRY)
    return total(account(rules, fact, year="2023")), total(account(rules, fact))


EXCELLENT = "{stage: 评为优秀, on: 2024-03-01}"


@pytest.mark.parametrize(
    ("clause", "stages", "brings"),
    [
        # A selection that asks for no outcome, beside one that does.
        (
            "counts: [{kinds: 提交提案, key: true}, {kinds: 提交提案, reached: {all: 立案}}], each: 5",
            ["立案", EXCELLENT],
            ("5", "0"),
        ),
        # A stage that bars it came in time.
        (
            "counts: {kinds: 提交提案, reached: {all: 立案, none: 转社情民意信息}}, each: 5",
            ["转社情民意信息", "{stage: 立案, on: 2024-03-01}"],
            ("0", "0"),
        ),
        # One of two stages came in time, the other later.
        (
            "counts: {kinds: 提交提案, reached: {all: [立案, 评为优秀]}}, each: 5",
            ["立案", EXCELLENT],
            ("0", "5"),
        ),
        # Either of two stages: it was paid already.
        (
            "counts: {kinds: 提交提案, reached: {any: [立案, 评为优秀]}}, each: 5",
            ["立案", EXCELLENT],
            ("5", "0"),
        ),
        # By the stage that pays best: what is more than before.
        (
            "counts: 提交提案, each: {by: 办理环节, prices: {立案: 5, 评为优秀: 8}}",
            ["立案", EXCELLENT],
            ("5", "3"),
        ),
        (
            "counts: 提交提案, each: {by: 办理环节, adds: true, prices: {立案: 5, 评为优秀: 8}}",
            ["立案", EXCELLENT],
            ("5", "8"),
        ),
    ],
)
def test_what_is_carried_over_is_what_the_later_outcome_adds(
    clause: str, stages: list[str], brings: tuple[str, str]
) -> None:
    assert in_both(f"- {{clause: c, zh: 提案, en: c, {clause}}}\n", *stages) == brings


def test_ranks_are_priced_where_the_stage_is_named() -> None:
    rules = measures(
        "- {clause: c, zh: 批示, en: c, counts: {kinds: 提交提案, reached: {any: 批示}},"
        " each: {by: 批示领导, prices: {县委主要领导: 5}}}\n"
    )

    assert printed(rules)
    assert refused(rules.replace("{kinds: 提交提案, reached: {any: 批示}}", "提交提案"))


def test_scaling_lifts_nothing_to_a_floor() -> None:
    """A floor holds deductions; who served half a year is not given what nobody else is given."""
    floored = PARTS.replace("  en: base\n", "  en: base\n  floor: 20\n")
    scaled = document(floored, "part_year: {total: 按在任月数折算, of: [base]}\n")

    assert total(account(scaled, HALF_A_YEAR, who="since: 2024-07-01")) == "17"


def test_a_later_outcome_is_told_once_and_only_where_it_brings_more() -> None:
    def told(counts: str, shares: str = "") -> list[str]:
        rules = measures(
            f"- {{clause: c, zh: 提案, en: c, counts: {counts}, each: 5{shares}}}\n"
            "- {clause: d, zh: 交, en: d, counts: 提交提案, each: 1}\n",
            "late: {within_days: 31}\n",
        )
        late = "- {kind: 提交提案, on: 2024-11-01, byline: 联名其他人, authors: 3, reached: [立案, {stage: 评为优秀, on: 2025-03-01}]}\n"
        return [by for _, cut, _, by in cuts(account(rules, late)) if cut is Cut.TOO_LATE]

    excellent, filed = (
        "{kinds: 提交提案, reached: {all: 评为优秀}}",
        "{kinds: 提交提案, reached: {all: 立案}}",
    )
    assert told(excellent) == ["c"]
    assert told(f"[{excellent}, {excellent}]") == ["c"]
    assert told(f"[{filed}, {excellent}]") == []
    assert told(excellent, ", shares: {独立署名: 1, 联名第一人: 1}") == []


def test_an_act_cannot_count_by_its_day_and_by_its_outcome_in_one_clause() -> None:
    both = (
        "- {clause: c, zh: 提案, en: c, each: 5, timing: 结果当期,"
        " counts: [{kinds: 提交提案, key: true}, {kinds: 提交提案, reached: {all: 立案}}]}\n"
    )

    assert refused(measures(both))[0][1] == "/blocks/0/clauses/0/counts"
    assert printed(measures(both.replace(", timing: 结果当期", "")))
