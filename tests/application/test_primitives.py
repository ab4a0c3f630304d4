"""Each primitive that published rubrics use, as a small invented rule in words, with what it has to come to by hand."""

from __future__ import annotations

import sys
from datetime import date
from itertools import pairwise
from textwrap import dedent, indent

from application.documents.rubric_cases import Result
from application.packs import load_policy, load_rubric
from domain.attestation import Counts
from domain.comparison import shifts
from domain.document import Document, Published, Sort
from domain.fact import RecordClass
from domain.grading import Because
from domain.people import UnitId
from domain.period import Period
from domain.rubric import Practice
from domain.scorecard import Cut
from domain.selection import Why
from projections.documents import governing
from tests.measures import (
    account,
    accounts,
    because,
    blocks,
    cuts,
    document,
    fired,
    grades,
    is_refused_at,
    laid_down,
    line_of,
    lines,
    marked,
    marks,
    measures,
    near,
    paid,
    passes,
    printed,
    refused,
    total,
    unit,
    why,
)

PRIMITIVES = (
    "accumulate_from_zero",
    "base_block_plus_bonus_block",
    "start_full_then_deduct",
    "uncapped_total",
    "role_specific_base_or_item",
    "category_cap",
    "item_cap_points_or_count",
    "bonus_block_cap",
    "floor_at_zero",
    "composite_dimensions",
    "fractional_points",
    "per_event_points",
    "per_half_day",
    "full_or_partial_attendance",
    "scaled_by_attendance_rate",
    "threshold_for_full_marks",
    "counted_once",
    "marginal_price_from_nth",
    "alternative_triggers",
    "evidence_required",
    "public_service_items",
    "engagement_points",
    "discretionary_figure",
    "repeat_allowed",
    "attendance_state_table",
    "mandatory_flag",
    "attendance_fraction_threshold",
    "sit_in_vs_member_attendance",
    "role_per_attendance",
    "exempt_reasons",
    "leave_procedure",
    "notice_deadline",
    "authorship_role_table",
    "equal_share",
    "half_to_first",
    "cosigner_zero",
    "credit_limited_to_first_n",
    "full_to_every_author",
    "best_of_forms",
    "stage_increments",
    "revalue_and_reverse",
    "late_outcome",
    "adoption_level_tiers",
    "instruction_level_tiers",
    "highest_only",
    "combination_price",
    "cross_category_no_double",
    "award_level_tiers",
    "speech_form_tiers",
    "grade_bands",
    "single_pass_mark",
    "gating_minimums",
    "quota_percent",
    "top_n",
    "bottom_n_or_percent",
    "veto",
    "body_decides_grade",
    "separate_leaderboards",
    "excluded_from_award",
    "unit_specific_scales",
    "several_bodies_grade",
    "public_or_peer_evaluation",
    "self_assessment",
    "consecutive_years",
    "count_in_term_not_consecutive",
    "term_counter",
    "counter_within_year",
    "sanction_ladder",
    "reconsideration",
    "rule_versions_and_trials",
    "cycle_other_than_year",
    "organiser_records",
    "member_confirms_or_fills",
    "staged_lock",
    "correction_with_review",
    "quarterly_declaration",
    "cutoff_and_schedule",
    "notify_bodies_and_publish",
    "published_list",
    "two_way_assessment",
    "collective_subject",
    "collective_from_members",
    "dual_management",
    "member_of_several_committees",
)

# Arithmetic frame


def test_accumulate_from_zero() -> None:
    """从0累加: nothing is nothing, every act adds, and last year does not carry over."""
    rules = measures(
        """\
        - {clause: meetings, zh: 会议, en: meetings, counts: 参加会议, each: 3}
        - {clause: proposals, zh: 提案, en: proposals, counts: 提交提案, each: 10}
        """
    )
    some = account(
        rules,
        """\
        - {kind: 参加会议, on: 2024-03-01}
        - {kind: 参加会议, on: 2024-06-01}
        - {kind: 提交提案, on: 2024-01-10}
        - {kind: 提交提案, on: 2023-12-31, deed: 去年}
        """,
    )

    assert (total(account(rules)), lines(account(rules))) == ("0", {})
    assert (total(some), lines(some)) == ("16", {"meetings": ["3", "3"], "proposals": ["10"]})
    assert (cuts(some), why(some)) == ([], {"去年": Why.OTHER_PERIOD})


TWO_BLOCKS = """\
- block: base
  zh: 基础分
  en: base
  cap: 60
  clauses:
    - {clause: meetings, zh: 会议, en: meetings, counts: 参加会议, each: 5}
- block: bonus
  zh: 奖励分
  en: bonus
  clauses:
    - {clause: excellent, zh: 优秀提案, en: excellent proposal, counts: {kinds: 提交提案, reached: {all: 评为优秀}}, each: 8}
"""


def test_base_block_plus_bonus_block() -> None:
    """基础分+加分: what is over the cap of the base does not flow into the bonus."""
    found = account(
        document(TWO_BLOCKS),
        """\
        - {kind: 参加会议, on: 2024-03-05, deed: 会, acts: 13}
        - {kind: 提交提案, on: 2024-01-11, reached: 评为优秀}
        """,
    )

    assert total(found) == "68"
    assert blocks(found) == {"base": "60", "bonus": "8"}
    assert [(cut, amount, by) for _, cut, amount, by in cuts(found)] == [
        (Cut.BLOCK_CAP, "-5", "base")
    ]


DEDUCTS = """\
- {clause: absent, zh: 缺席, en: absent, counts: {kinds: 参加会议, states: 缺席}, each: -2}
- {clause: late, zh: 迟到, en: late, counts: {kinds: 参加会议, states: 迟到}, each: -0.5}
"""


def test_start_full_then_deduct() -> None:
    """满分扣减: the block starts at 20, absence and lateness take from it, leave does not."""
    rules = measures(DEDUCTS, block="starts: 20\nfloor: 0\n")
    found = account(
        rules,
        """\
        - {kind: 参加会议, on: 2024-02-01, state: 缺席, acts: 2}
        - {kind: 参加会议, on: 2024-03-01, state: 迟到}
        - {kind: 参加会议, on: 2024-04-01, state: 请假, deed: 请假}
        - {kind: 参加会议, on: 2024-05-01, deed: 到会}
        """,
    )

    assert (total(account(rules)), lines(account(rules))) == ("20", {"": ["20"]})
    assert total(found) == "15.5"
    assert lines(found) == {"": ["20"], "absent": ["-2", "-2"], "late": ["-0.5"]}
    assert why(found) == {"请假": Why.STATE, "到会": Why.STATE}


def test_uncapped_total() -> None:
    """上不封顶: two hundred acts are paid like the first, and what could still be had is open."""
    rules = measures("- {clause: visits, zh: 走访, en: visits, counts: 走访村(社区), each: 7.5}\n")
    found = account(
        rules,
        """\
        - {kind: 走访村(社区), on: 2024-03-01, acts: 100}
        - {kind: 走访村(社区), on: 2024-09-01, acts: 100}
        """,
    )

    assert (total(found), cuts(found)) == ("1500", [])
    assert [(r.clause, r.next_act, r.left) for r in found.card.reachable] == [("visits", "7.5", "")]


def test_role_specific_base_or_item() -> None:
    """按职务不同基础分、分项: the base goes by the last day, an item by the day of the act."""
    rules = measures(
        """\
        - {clause: led, zh: 常委调研, en: surveys, counts: 参加调研, who: 常务委员, each: 5}
        - {clause: party, zh: 党员学习, en: studies, counts: 参加学习培训, who: {party: true}, each: 1}
        """,
        block="starts: [{points: 20, who: 常务委员}, {points: 15, who: 召集人}, 10]\n",
    )
    facts = """\
        - {kind: 参加调研, on: 2024-06-30, deed: 上任前}
        - {kind: 参加调研, on: 2024-07-01, deed: 上任日}
        - {kind: 参加学习培训, on: 2024-05-01, deed: 学习}
        """
    promoted = account(rules, facts, who="roles: [{role: 常务委员, since: 2024-07-01}]\n")
    both = account(rules, facts, who="roles: 常务委员\noffices: 召集人\nparty: true\n")

    assert total(promoted) == "25"
    assert lines(promoted) == {"": ["20"], "led": ["5"]}
    assert why(promoted) == {"上任前": Why.NOT_ELIGIBLE, "学习": Why.NOT_ELIGIBLE}
    assert total(account(rules, facts)) == "10"
    assert total(account(rules, who="offices: 召集人\n")) == "15"
    assert total(both) == "31"
    assert lines(both) == {"": ["20"], "led": ["5", "5"], "party": ["1"]}


def test_category_cap() -> None:
    """分项封顶: a sum that meets the cap exactly is whole, of one above it the latest act loses."""
    rules = measures(
        """\
        - {clause: visits, zh: 走访, en: visits, counts: 走访村(社区), each: 8}
        - {clause: lectures, zh: 宣讲, en: lectures, counts: 宣讲授课, each: 6}
        """,
        block="cap: 30\n",
    )
    visits = "- {kind: 走访村(社区), on: 2024-03-01, acts: 3}\n"
    exact = account(rules, visits + "- {kind: 宣讲授课, on: 2024-02-01}\n")
    over = account(rules, visits + "- {kind: 走访村(社区), on: 2024-09-01, deed: 末次}\n")

    assert (total(exact), cuts(exact)) == ("30", [])
    assert (total(over), lines(over)) == ("30", {"visits": ["8", "8", "8", "6"]})
    assert cuts(over) == [("末次", Cut.BLOCK_CAP, "-2", "base")]


def test_item_cap_points_or_count() -> None:
    """单项封顶、次数上限: the first acts by day are paid, the others keep a line that says why not; what is taken has a cap too."""
    rules = measures(
        """\
        - {clause: visits, zh: 走访, en: visits, counts: 走访村(社区), each: 5, cap: 20}
        - {clause: lectures, zh: 宣讲, en: lectures, counts: 宣讲授课, each: 4, times: 3}
        - {clause: absent, zh: 缺席, en: absent, counts: {kinds: 参加会议, states: 缺席}, each: -2, cap: 5}
        """
    )
    exact = account(
        rules,
        "- {kind: 走访村(社区), on: 2024-03-01, acts: 4}\n- {kind: 宣讲授课, on: 2024-03-01, acts: 3}\n",
    )
    over = account(
        rules,
        """\
        - {kind: 走访村(社区), on: 2024-09-01, deed: 第五次}
        - {kind: 走访村(社区), on: 2024-03-01, acts: 4}
        - {kind: 宣讲授课, on: 2024-09-01, deed: 第四次}
        - {kind: 宣讲授课, on: 2024-03-01, acts: 3}
        - {kind: 参加会议, on: 2024-01-05, state: 缺席}
        - {kind: 参加会议, on: 2024-02-05, state: 缺席}
        - {kind: 参加会议, on: 2024-03-05, state: 缺席, deed: 三缺}
        """,
    )

    assert (total(exact), cuts(exact)) == ("32", [])
    assert total(over) == "27"
    assert lines(over) == {
        "visits": ["5", "5", "5", "5", "0"],
        "lectures": ["4", "4", "4", "0"],
        "absent": ["-2", "-2", "-1"],
    }
    assert cuts(over) == [
        ("第五次", Cut.CAP, "-5", "visits"),
        ("第四次", Cut.TIMES, "-4", "lectures"),
        ("三缺", Cut.CAP, "1", "absent"),
    ]


def test_bonus_block_cap() -> None:
    """加分总封顶: the items' own caps come first, then that of all bonus together."""
    found = account(
        document(
            """\
            - block: base
              zh: 基础分
              en: base
              clauses:
                - {clause: meetings, zh: 会议, en: meetings, counts: 参加会议, each: 5}
            - block: bonus
              zh: 加分
              en: bonus
              cap: 20
              clauses:
                - {clause: opinions, zh: 社情民意, en: opinions, counts: 报送社情民意信息, each: 5, cap: 10}
                - {clause: awards, zh: 表彰, en: awards, counts: 受到表彰, each: 8, cap: 15}
            """
        ),
        """\
        - {kind: 参加会议, on: 2024-12-01}
        - {kind: 报送社情民意信息, on: 2024-01-05}
        - {kind: 报送社情民意信息, on: 2024-02-05}
        - {kind: 报送社情民意信息, on: 2024-03-05, deed: 信息三}
        - {kind: 受到表彰, on: 2024-04-05}
        - {kind: 受到表彰, on: 2024-05-05, deed: 表彰二}
        """,
    )

    assert (total(found), blocks(found)) == ("25", {"base": "5", "bonus": "20"})
    assert lines(found) == {"meetings": ["5"], "opinions": ["5", "5", "0"], "awards": ["8", "2"]}
    assert cuts(found) == [
        ("信息三", Cut.CAP, "-5", "opinions"),
        ("表彰二", Cut.CAP, "-1", "awards"),
        ("表彰二", Cut.BLOCK_CAP, "-5", "bonus"),
    ]


def test_floor_at_zero() -> None:
    """扣完为止: the last deduction stops at the floor, whichever is stated; without one it goes below."""
    absent = "- {clause: absent, zh: 缺席, en: absent, counts: {kinds: 参加会议, states: 缺席}, each: -4}\n"
    three = """\
        - {kind: 参加会议, on: 2024-01-05, state: 缺席}
        - {kind: 参加会议, on: 2024-02-05, state: 缺席}
        - {kind: 参加会议, on: 2024-03-05, state: 缺席, deed: 三缺}
        """
    stopped = account(measures(absent, block="starts: 10\nfloor: 0\n"), three)

    assert total(stopped) == "0"
    assert lines(stopped) == {"": ["10"], "absent": ["-4", "-4", "-2"]}
    assert cuts(stopped) == [("三缺", Cut.BLOCK_FLOOR, "2", "base")]
    assert total(account(measures(absent, block="starts: 10\nfloor: 5\n"), three)) == "5"
    assert total(account(measures(absent, block="starts: 12\nfloor: 0\n"), three)) == "0"
    assert cuts(account(measures(absent, block="starts: 12\nfloor: 0\n"), three)) == []
    assert total(account(measures(absent, block="starts: 10\n"), three)) == "-2"
    whole = account(measures(absent, "floor: 0\n"), three)
    assert (total(whole), {cut for _, cut, _, _ in cuts(whole)}) == ("0", {Cut.TOTAL_FLOOR})
    group = "groups:\n  - {group: g, zh: 扣分, en: deductions, of: [absent], floor: -6}\n"
    assert cuts(account(measures(absent, group), three)) == [
        ("2", Cut.SHARED_FLOOR, "2", "g"),
        ("三缺", Cut.SHARED_FLOOR, "4", "g"),
    ]


def test_composite_dimensions() -> None:
    """多维度合成: three rulers of 100 each weigh 30%, 30% and 40%; each is capped before it is weighed."""
    rules = document(
        "".join(
            f"""\
- block: {code}
  zh: {zh}评分
  en: marks of {code}
  cap: 100
  weight: {weight}
  clauses:
    - {{clause: {code}_mark, zh: {zh}评分, en: mark, counts: {{kinds: 评定分数, where: {{code: {zh}}}}}, each: {{of: figure, points: 1}}}}
"""
            for code, zh, weight in (
                ("members", "委员", "30%"),
                ("sector", "界别", "0.3"),
                ("committee", "专委会", "2/5"),
            )
        )
    )

    def given(members: int, sector: int, committee: int) -> Result:
        return account(
            rules,
            "".join(
                f"- {{kind: 评定分数, on: 2024-12-01, deed: {zh}, details: {{code: {zh}}}, figure: {mark}}}\n"
                for zh, mark in (("委员", members), ("界别", sector), ("专委会", committee))
            ),
        )

    assert total(given(90, 80, 70)) == "79"
    assert blocks(given(90, 80, 70)) == {"members": "27", "sector": "24", "committee": "28"}
    assert blocks(given(120, 80, 70)) == {"members": "30", "sector": "24", "committee": "28"}
    assert cuts(given(120, 80, 70))[:2] == [
        ("委员", Cut.BLOCK_CAP, "-20", "members"),
        ("委员", Cut.WEIGHT, "-70", "members"),
    ]


def test_fractional_points() -> None:
    """小数分值: halves and thirds are exact; what is rounded, which way and where, the rubric says."""
    three = "- {kind: 走访村(社区), on: 2024-03-01, acts: 3}\n"

    def visits(price: str, rounding: str = "") -> str:
        clause = (
            f"- {{clause: visits, zh: 走访, en: visits, counts: 走访村(社区), each: {price}}}\n"
        )
        return measures(clause, f"rounding: {rounding}\n" if rounding else "")

    assert total(account(visits("1.5"), three)) == "4.5"
    assert total(account(visits("1/3"), three)) == "1"
    assert total(account(visits("100/9"), three)) == "100/3"
    one = "- {kind: 走访村(社区), on: 2024-03-01}\n"
    ways = {"四舍五入": "4.5", "四舍六入五成双": "4", "舍去": "4", "进一": "4.5"}
    for way, points in ways.items():
        found = account(visits("4.25", f"{{to: 0.5, way: {way}}}"), one)
        assert total(found) == points
        assert lines(found)["visits"] == ["4.25"]
    rounded = account(visits("1/3", "{to: 0.1, at: 每一笔}"), three)
    assert (total(rounded), lines(rounded)) == ("0.9", {"visits": ["0.3", "0.3", "0.3"]})
    assert cuts(rounded)[0] == ("1", Cut.ROUNDED, "-1/30", "")
    two = """\
        - {block: a, zh: 一, en: a, clauses: [{clause: visits, zh: 走访, en: visits, counts: 走访村(社区), each: 1.5}]}
        - {block: b, zh: 二, en: b, clauses: [{clause: lectures, zh: 宣讲, en: lectures, counts: 宣讲授课, each: 1.5}]}
        """
    both = one + "- {kind: 宣讲授课, on: 2024-03-01}\n"
    assert total(account(document(two, "rounding: {to: 1, at: 每一部分}\n"), both)) == "4"
    assert total(account(document(two, "rounding: {to: 1, at: 总分}\n"), both)) == "3"


# Counting an act


def test_per_event_points() -> None:
    """每次计分: every inspection brings 2, two of one day are two, and one that he missed is none."""
    found = account(
        measures("- {clause: inspections, zh: 视察, en: inspections, counts: 参加视察, each: 2}\n"),
        """\
        - {kind: 参加视察, on: 2024-04-01}
        - {kind: 参加视察, on: 2024-04-01}
        - {kind: 参加视察, on: 2024-10-01, level: 省}
        - {kind: 参加视察, on: 2024-11-01, state: 缺席, deed: 缺}
        """,
    )

    assert (total(found), lines(found)) == ("6", {"inspections": ["2", "2", "2"]})
    assert why(found) == {"缺": Why.STATE}


def test_per_half_day() -> None:
    """每半天计分: a plenary of six half days pays those attended."""
    rules = measures(
        "- {clause: plenary, zh: 全会, en: plenary, counts: {kinds: 参加会议, where: {meeting: 全体会议}}, each: 0.5, per: 每半天}\n"
    )
    whole = "- {kind: 参加会议, on: 2024-01-10, details: {meeting: 全体会议}, half_days: 6}\n"
    part = "- {kind: 参加会议, on: 2024-01-10, details: {meeting: 全体会议}, half_days: 5, of_half_days: 6}\n"
    other = "- {kind: 参加会议, on: 2024-01-10, details: {meeting: 座谈会}, deed: 座谈}\n"

    assert total(account(rules, whole)) == "3"
    assert total(account(rules, part + other)) == "2.5"
    assert why(account(rules, part + other)) == {"座谈": Why.CONDITIONS}


def test_full_or_partial_attendance() -> None:
    """全程、未全程: 5 for the whole session, 2 for part of it, in one table or in two clauses."""
    table = measures(
        "- {clause: c, zh: 学习, en: study, counts: 参加学习培训, each: {by: 是否全程, prices: {true: 5, false: 2}}}\n"
    )
    apart = measures(
        """\
        - {clause: c, zh: 全程, en: whole, counts: {kinds: 参加学习培训, whole: true}, each: 5}
        - {clause: d, zh: 未全程, en: part, counts: {kinds: 参加学习培训, whole: false}, each: 2}
        """
    )
    facts = """\
        - {kind: 参加学习培训, on: 2024-04-01, deed: 全程, half_days: 4}
        - {kind: 参加学习培训, on: 2024-05-01, deed: 未全程, half_days: 3, of_half_days: 4}
        - {kind: 参加学习培训, on: 2024-06-01, deed: 缺, state: 缺席, half_days: 0, of_half_days: 4}
        """

    for rules in (table, apart):
        found = account(rules, facts)
        assert (total(found), paid(found)) == ("7", {"全程": "5", "未全程": "2"})
        assert why(found) == {"缺": Why.STATE}


def test_scaled_by_attendance_rate() -> None:
    """分值×出勤率: attended over expected; what was not asked of him, or is not on record, is in neither."""

    def at(how: str) -> str:
        return measures(f"- {{clause: c, zh: 会议, en: meetings, counts: 参加会议, rate: {how}}}\n")

    def met(**states: int) -> str:
        return "".join(
            f"- {{kind: 参加会议, on: 2024-04-01, deed: {s}, state: {s}, acts: {n}}}\n"
            for s, n in states.items()
        )

    four_of_five = account(at("20"), met(到会=4, 缺席=1))
    assert (total(four_of_five), lines(four_of_five)) == ("16", {"c": ["4", "4", "4", "4"]})
    assert total(account(at("20"), met(到会=2, 迟到=1, 请假=1))) == "15"
    assert total(account(at("20"), met(到会=4, 缺席=1, 免于参加=3, 未登记=2))) == "16"
    assert total(account(at("20"), met(到会=2, 缺席=1))) == "40/3"
    assert total(account(at("20"), met(缺席=2))) == "0"
    assert total(account(at("20"))) == "0"
    halves = """\
        - {kind: 参加会议, on: 2024-04-01, half_days: 4}
        - {kind: 参加会议, on: 2024-05-01, half_days: 2, of_half_days: 3}
        - {kind: 参加会议, on: 2024-06-01, state: 缺席, half_days: 0, of_half_days: 1}
        """
    assert total(account(at("{points: 20, per: 每半天}"), halves)) == "15"
    tiers = at("{tiers: {60%: 10, 90%: 20}}")
    assert total(account(tiers, met(到会=9, 缺席=1))) == "20"
    assert total(account(tiers, met(到会=8, 缺席=1))) == "10"
    assert total(account(tiers, met(到会=3, 缺席=2))) == "10"
    assert total(account(tiers, met(到会=1, 缺席=1))) == "0"
    excused = account(
        at("20"),
        met(到会=1, 缺席=1) + "- {kind: 参加会议, on: 2024-08-15, state: 缺席}\n",
        who="exempt: {since: 2024-08-01, until: 2024-08-31}\n",
    )
    assert total(excused) == "10"


def test_scaled_by_attendance_rate_in_tiers_from_the_best_down() -> None:
    """分值×出勤率: the tiers may stand in the order of docs/rubrics.md, the best first."""
    rules = measures(
        "- {clause: c, zh: 会议, en: meetings, counts: 参加会议, rate: {tiers: {90%: 20, 60%: 10}}}\n"
    )

    assert total(account(rules, "- {kind: 参加会议, on: 2024-04-01, acts: 3}\n")) == "20"


def test_threshold_for_full_marks() -> None:
    """满N次得满分: four surveys earn 30, fewer a quarter each, or nothing where it says so; a fifth adds nothing."""
    parts = measures(
        "- {clause: c, zh: 调研, en: surveys, counts: 参加调研, full: {points: 30, acts: 4}}\n"
    )
    all_or_nothing = parts.replace("acts: 4", "acts: 4, partial: false")

    def surveys(n: int) -> str:
        return f"- {{kind: 参加调研, on: 2024-04-01, deed: 调研, acts: {n}}}\n"

    assert [total(account(parts, surveys(n))) for n in (1, 3, 4, 5)] == ["7.5", "22.5", "30", "30"]
    assert [total(account(all_or_nothing, surveys(n))) for n in (3, 4, 5)] == ["0", "30", "30"]
    assert cuts(account(parts, surveys(5))) == [("调研-5", Cut.FULL_MARK, "-7.5", "c")]
    assert {cut for _, cut, _, _ in cuts(account(all_or_nothing, surveys(3)))} == {Cut.TOO_FEW}


def test_counted_once() -> None:
    """只计一次: one proposal or several bring 10, and the others say so."""
    rules = measures("- {clause: c, zh: 提案, en: proposals, counts: 提交提案, once: 10}\n")
    found = account(
        rules,
        """\
        - {kind: 提交提案, on: 2024-01-10, deed: 一}
        - {kind: 提交提案, on: 2024-01-11, deed: 二}
        - {kind: 提交提案, on: 2024-01-12, deed: 三}
        """,
    )

    assert total(account(rules)) == "0"
    assert total(account(rules, "- {kind: 提交提案, on: 2024-01-10}\n")) == "10"
    assert (total(found), paid(found)) == ("10", {"一": "10"})
    assert why(found) == {"二": Why.COUNTED_ONCE, "三": Why.COUNTED_ONCE}


def test_marginal_price_from_nth() -> None:
    """从第2件起: the first filed proposal 20, each other 5; in steps, as two clauses, or paying from the nth only."""
    filed = "counts: {kinds: 提交提案, reached: {all: 立案}}"
    steps = measures(f"- {{clause: c, zh: 立案, en: filed, {filed}, steps: {{1: 20, 2: 5}}}}\n")
    apart = measures(
        f"""\
        - {{clause: c, zh: 首件, en: the first, {filed}, once: 20}}
        - {{clause: d, zh: 其余, en: the others, {filed}, each: 5, beyond: [c]}}
        """
    )
    three = measures(
        f"- {{clause: c, zh: 立案, en: filed, {filed}, steps: {{1: 10, 2: 5, 4: 2}}}}\n"
    )
    only = measures(f"- {{clause: c, zh: 立案, en: filed, {filed}, each: 5, from_nth: 2}}\n")

    def proposals(n: int) -> str:
        return f"- {{kind: 提交提案, on: 2024-01-10, deed: 案, acts: {n}, reached: 立案}}\n"

    assert [total(account(steps, proposals(n))) for n in (1, 2, 4)] == ["20", "25", "35"]
    assert [total(account(apart, proposals(n))) for n in (1, 2, 4)] == ["20", "25", "35"]
    assert [total(account(three, proposals(n))) for n in (3, 4, 5)] == ["20", "22", "24"]
    assert [total(account(only, proposals(n))) for n in (1, 2, 4)] == ["0", "5", "15"]
    assert why(account(only, proposals(2))) == {"案": Why.BEFORE_NTH}
    unfiled = account(steps, "- {kind: 提交提案, on: 2024-01-09, deed: 未立案}\n" + proposals(1))
    assert (total(unfiled), why(unfiled)) == ("20", {"未立案": Why.STAGE})


def test_alternative_triggers() -> None:
    """或 条件: an opinion report or a history article fills the same slot; a fact that both selections mean is counted once."""
    slot = measures(
        "- {clause: c, zh: 社情民意或文史, en: either, counts: [报送社情民意信息, 撰写(提供)文史资料], once: 20}\n"
    )
    opinion = "- {kind: 报送社情民意信息, on: 2024-02-01, deed: 信息}\n"
    history = "- {kind: 撰写(提供)文史资料, on: 2024-03-01, deed: 文史}\n"

    assert total(account(slot, opinion)) == "20"
    assert total(account(slot, history)) == "20"
    assert total(account(slot, opinion + history)) == "20"
    assert why(account(slot, opinion + history)) == {"文史": Why.COUNTED_ONCE}
    overlapping = measures(
        "- {clause: c, zh: 会议, en: meetings, counts: [{kinds: 参加会议, where: {meeting: 全体会议}}, {kinds: 参加会议, mandatory: true}], each: 5}\n"
    )
    met = "- {kind: 参加会议, on: 2024-01-10, details: {meeting: 全体会议}, mandatory: true}\n"
    assert total(account(overlapping, met)) == "5"


def test_evidence_required() -> None:
    """凭正式文稿、基层认定: without a piece of evidence, or the township behind it, nothing counts."""
    found = account(
        measures(
            """\
            - {clause: deeds, zh: 公益, en: deeds, counts: {kinds: 参加公益志愿活动, evidence: 2}, each: 3}
            - {clause: visits, zh: 走访, en: visits, counts: {kinds: 走访农户(联户), attested: 镇街}, each: 2}
            - {clause: works, zh: 履职, en: works, counts: {kinds: 办民生实事, attested: [镇街, 界别]}, each: 1}
            """
        ),
        """\
        - {kind: 参加公益志愿活动, on: 2024-02-01, deed: 两份, evidence: 2}
        - {kind: 参加公益志愿活动, on: 2024-02-02, deed: 一份, evidence: 1}
        - {kind: 走访农户(联户), on: 2024-02-03, deed: 已认定, attested: 镇街}
        - {kind: 走访农户(联户), on: 2024-02-04, deed: 未认定}
        - {kind: 走访农户(联户), on: 2024-02-05, deed: 界别认定, attested: 界别}
        - {kind: 办民生实事, on: 2024-02-06, deed: 都认定, attested: [界别, 镇街]}
        - {kind: 办民生实事, on: 2024-02-07, deed: 只一方, attested: 界别}
        """,
    )

    assert (total(found), paid(found)) == ("6", {"两份": "3", "已认定": "2", "都认定": "1"})
    assert why(found) == dict.fromkeys(("一份", "未认定", "界别认定", "只一方"), Why.NO_EVIDENCE)


def test_evidence_required_of_the_side_that_recorded_it_itself() -> None:
    """基层认定: who recorded a visit stands behind it; nobody has to say so again."""
    rules = measures(
        "- {clause: c, zh: 走访, en: visits, counts: {kinds: 走访农户(联户), attested: 镇街}, each: 2}\n"
    )

    assert (
        total(account(rules, "- {kind: 走访农户(联户), on: 2024-02-03, record: 镇街登记}\n")) == "2"
    )


def test_public_service_items() -> None:
    """公益、帮扶、走访: villages once each, households by number, pairings while they last."""
    found = account(
        measures(
            """\
            - {clause: villages, zh: 走访村, en: villages, counts: 走访村(社区), each: 2, distinct: village}
            - {clause: firms, zh: 走访企业, en: firms, counts: {kinds: 走访服务企业(项目), where: {business: 企业}}, each: 3}
            - {clause: homes, zh: 走访农户, en: households, counts: 走访农户(联户), each: {of: households, points: 1, every: 2, whole: true, at_most: 4}}
            - {clause: gifts, zh: 捐赠, en: gifts, counts: 捐资捐物、提供资源, each: {of: amount, tiers: {1000: 2, 10000: 5}}}
            - {clause: pairs, zh: 结对, en: pairings, counts: 结对联系, once: 5}
            """
        ),
        """\
        - {kind: 走访村(社区), on: 2024-02-01, village: 东村, deed: 东村}
        - {kind: 走访村(社区), on: 2024-03-01, village: 东村, deed: 又东村}
        - {kind: 走访村(社区), on: 2024-04-01, village: 西村, deed: 西村}
        - {kind: 走访服务企业(项目), on: 2024-02-01, details: {business: 企业}, deed: 企业}
        - {kind: 走访服务企业(项目), on: 2024-02-01, details: {business: 项目}, deed: 项目}
        - {kind: 走访农户(联户), on: 2024-02-01, details: {households: 5}, deed: 五户}
        - {kind: 走访农户(联户), on: 2024-03-01, details: {households: 20}, deed: 二十户}
        - {kind: 捐资捐物、提供资源, on: 2024-03-01, details: {amount: 999}, deed: 少}
        - {kind: 捐资捐物、提供资源, on: 2024-03-02, details: {amount: 1000}, deed: 够}
        - {kind: 捐资捐物、提供资源, on: 2024-03-03, details: {amount: 20000}, deed: 多}
        - {kind: 结对联系, on: 2022-05-01, deed: 在结对}
        - {kind: 结对联系, on: 2022-05-01, until: 2023-12-31, deed: 已结束}
        """,
    )

    assert total(found) == "25"
    assert lines(found) == {
        "villages": ["2", "2"],
        "firms": ["3"],
        "homes": ["2", "4"],
        "gifts": ["2", "5"],
        "pairs": ["5"],
    }
    assert why(found) == {
        "已结束": Why.OTHER_PERIOD,
        "项目": Why.CONDITIONS,
        "少": Why.NO_QUANTITY,
        "又东村": Why.SAME_WORK,
    }


def test_engagement_points() -> None:
    """登录等平台积分: log-ins can be priced, as a kind of the county's own or as a figure that is carried over."""
    logins = measures(
        "- {clause: c, zh: 登录, en: log-ins, counts: {kinds: 其他履职(县自定活动), where: {code: 登录}}, each: 0.1, cap: 5}\n"
    )
    traded = measures(
        "- {clause: c, zh: 积分兑换, en: traded in, counts: {kinds: 评定分数, where: {code: 平台积分}}, each: {of: figure, points: 1, every: 100, whole: true, at_most: 5}}\n"
    )

    def days(n: int) -> str:
        return f"- {{kind: 其他履职(县自定活动), on: 2024-02-01, details: {{code: 登录}}, acts: {n}}}\n"

    def points(n: int) -> str:
        return f"- {{kind: 评定分数, on: 2024-12-01, details: {{code: 平台积分}}, figure: {n}}}\n"

    assert [total(account(logins, days(n))) for n in (30, 50, 60)] == ["3", "5", "5"]
    assert [total(account(traded, points(n))) for n in (99, 250, 900)] == ["0", "2", "5"]


def test_discretionary_figure() -> None:
    """现场定分: the figure itself is the points, within what one act may bring; without a figure there is nothing to go by."""
    found = account(
        measures(
            "- {clause: c, zh: 提供资源, en: resources, counts: {kinds: 现场定分, where: {code: 资源}}, each: {of: figure, points: 1, at_most: 10}}\n"
        ),
        """\
        - {kind: 现场定分, on: 2024-02-01, details: {code: 资源}, figure: 7.5, deed: 七点五}
        - {kind: 现场定分, on: 2024-03-01, details: {code: 资源}, figure: 12, deed: 十二}
        - {kind: 现场定分, on: 2024-04-01, details: {code: 资源}, deed: 未定}
        - {kind: 现场定分, on: 2024-05-01, details: {code: 其他}, figure: 3, deed: 别项}
        """,
    )

    assert (total(found), paid(found)) == ("17.5", {"七点五": "15/2", "十二": "10"})
    assert why(found) == {"未定": Why.NO_QUANTITY, "别项": Why.CONDITIONS}


def test_repeat_allowed() -> None:
    """可重复计分: one work is paid in two categories, at each level, and a second record of it where the clause says so."""
    rules = measures(
        """\
        - {clause: taken_up, zh: 采用, en: taken up, counts: {kinds: 报送社情民意信息, reached: {any: 采用}}, each: {by: 采用(批示)层级, prices: {省: 8, 市: 4}, adds: true}}
        - {clause: written, zh: 报送, en: written, counts: 报送社情民意信息, each: 1}
        - {clause: proposed, zh: 提案, en: proposed, counts: 提交提案, each: 5, linked: true}
        """
    )
    facts = """\
        - {kind: 报送社情民意信息, on: 2024-02-01, deed: 信息, reached: [{stage: 采用, level: 市}, {stage: 采用, level: 省}]}
        - {kind: 提交提案, on: 2024-03-01, deed: 提案, same_as: 信息}
        """
    found = account(rules, facts)
    once = account(rules.replace(", linked: true", ""), facts)

    assert lines(found) == {"taken_up": ["12"], "written": ["1"], "proposed": ["5"]}
    assert (total(found), why(found)) == ("18", {})
    assert (total(once), why(once)) == ("13", {"提案": Why.SAME_DEED})


# Attendance


def test_attendance_state_table() -> None:
    """出勤状态表: a price for each state; granted leave costs nothing, refused leave and absence take points."""
    found = account(
        measures(
            "- {clause: c, zh: 出勤, en: attendance, counts: 参加会议, each: {by: 出勤状态, prices: {到会: 5, 线上: 4, 迟到: 3, 早退: 2, 请假: 0, 未准假: -2, 缺席: -4}}}\n"
        ),
        "".join(
            f"- {{kind: 参加会议, on: 2024-0{n}-01, deed: {s}, state: {s}}}\n"
            for n, s in enumerate(
                ("到会", "线上", "迟到", "早退", "请假", "未准假", "缺席", "免于参加", "未登记"),
                start=1,
            )
        ),
    )

    assert total(found) == "8"
    assert lines(found) == {"c": ["5", "4", "3", "2", "-2", "-4"]}
    assert why(found) == dict.fromkeys(("请假", "免于参加", "未登记"), Why.STATE)


def test_mandatory_flag() -> None:
    """必须参加: leave costs a point only where attendance was mandatory, and being there is worth more."""
    found = account(
        measures(
            """\
            - {clause: there, zh: 参加, en: there, counts: 参加会议, each: {by: 是否必须参加, prices: {true: 5, false: 3}}}
            - {clause: leave, zh: 请假, en: leave, counts: {kinds: 参加会议, states: 请假, mandatory: true}, each: -1}
            """
        ),
        """\
        - {kind: 参加会议, on: 2024-01-01, mandatory: true}
        - {kind: 参加会议, on: 2024-02-01}
        - {kind: 参加会议, on: 2024-03-01, mandatory: true, state: 请假, deed: 必须}
        - {kind: 参加会议, on: 2024-04-01, state: 请假, deed: 自愿}
        """,
    )

    assert (total(found), lines(found)) == ("7", {"there": ["5", "3"], "leave": ["-1"]})
    assert list(why(found)) == ["自愿"]


def test_attendance_fraction_threshold() -> None:
    """不足规定比例视为缺席: exactly half of a session is attendance, less is absence."""
    rules = measures(
        """\
        - {clause: there, zh: 参加, en: there, counts: 参加会议, each: 5}
        - {clause: absent, zh: 缺席, en: absent, counts: {kinds: 参加会议, states: 缺席}, each: -2}
        """,
        """\
        attendance:
          - {counts: {kinds: 参加会议, attended: {below: 1/2}}, reads: 缺席}
        """,
    )
    found = account(
        rules,
        """\
        - {kind: 参加会议, on: 2024-01-01, deed: 一半, half_days: 2, of_half_days: 4}
        - {kind: 参加会议, on: 2024-02-01, deed: 不足, half_days: 1, of_half_days: 4}
        - {kind: 参加会议, on: 2024-03-01, deed: 缺, state: 缺席, half_days: 0, of_half_days: 4}
        """,
    )

    assert (total(found), paid(found)) == ("1", {"一半": "5", "不足": "-2", "缺": "-2"})
    selected = measures(
        "- {clause: c, zh: 参加, en: there, counts: {kinds: 参加会议, attended: {from: 2/3}}, each: 5}\n"
    )
    two, three = (
        f"- {{kind: 参加会议, on: 2024-01-01, deed: 会, half_days: 2, of_half_days: {n}}}\n"
        for n in (3, 4)
    )
    assert (total(account(selected, two)), total(account(selected, three))) == ("5", "0")
    assert why(account(selected, three)) == {"会": Why.PARTLY}


def test_sit_in_vs_member_attendance() -> None:
    """出席、列席: 4 as a member, 2 sitting in; who came as one of the people is not scored."""
    met = """\
        - {kind: 参加会议, on: 2024-01-01, deed: 出席}
        - {kind: 参加会议, on: 2024-02-01, deed: 列席, capacity: 列席}
        - {kind: 参加会议, on: 2024-03-01, deed: 群众, capacity: 群众代表}
        """
    table = account(
        measures(
            "- {clause: c, zh: 会议, en: meetings, counts: 参加会议, each: {by: 参加身份, prices: {出席: 4, 列席: 2}}}\n"
        ),
        met,
    )
    only = account(
        measures(
            "- {clause: c, zh: 列席, en: sat in, counts: {kinds: 参加会议, capacities: 列席}, each: 2}\n"
        ),
        met,
    )

    assert (total(table), paid(table)) == ("6", {"出席": "4", "列席": "2"})
    assert why(table) == {"群众": Why.GUEST}
    assert (total(only), paid(only)) == ("2", {"列席": "2"})
    assert why(only) == {"出席": Why.CAPACITY, "群众": Why.GUEST}


def test_role_per_attendance() -> None:
    """按次角色: lecturer at one session and a listener at the next, each at the price of that day's role."""
    found = account(
        measures(
            """\
            - {clause: c, zh: 读书, en: reading, counts: 读书分享, each: {by: 活动中的角色, prices: {主讲(分享): 6, 执笔: 4, 参加: 1}}}
            - {clause: d, zh: 主持, en: presided, counts: {kinds: 参加协商, parts: [主持, 带队]}, each: 3}
            """
        ),
        """\
        - {kind: 读书分享, on: 2024-01-01, part: 主讲(分享)}
        - {kind: 读书分享, on: 2024-02-01, part: 执笔}
        - {kind: 读书分享, on: 2024-03-01}
        - {kind: 读书分享, on: 2024-04-01, part: 协助, deed: 协助}
        - {kind: 参加协商, on: 2024-05-01, part: 主持}
        - {kind: 参加协商, on: 2024-06-01, deed: 只参加}
        """,
    )

    assert (total(found), lines(found)) == ("14", {"c": ["6", "4", "1"], "d": ["3"]})
    assert why(found) == {"协助": Why.NOT_LISTED, "只参加": Why.CONDITIONS}


def test_exempt_reasons() -> None:
    """不计缺席的事由: leave for duty or illness is no absence, but only if it was asked for; the rate leaves it out."""
    rules = measures(
        """\
        - {clause: leave, zh: 请假, en: leave, counts: {kinds: 参加会议, states: 请假}, each: -1}
        - {clause: absent, zh: 缺席, en: absent, counts: {kinds: 参加会议, states: 缺席}, each: -2}
        - {clause: rate, zh: 出勤率, en: rate, counts: 参加会议, rate: 10}
        """,
        """\
        attendance:
          - {counts: {kinds: 参加会议, states: 请假, leaves: [公务, 病假]}, reads: 免于参加}
        """,
    )
    found = account(
        rules,
        """\
        - {kind: 参加会议, on: 2024-01-01, deed: 公务, state: 请假, leave: 公务}
        - {kind: 参加会议, on: 2024-02-01, deed: 事假, state: 请假, leave: 事假}
        - {kind: 参加会议, on: 2024-03-01, deed: 未请假, state: 缺席, leave: 病假}
        - {kind: 参加会议, on: 2024-04-01, acts: 2}
        """,
    )

    assert (total(found), lines(found)) == (
        "2",
        {"leave": ["-1"], "absent": ["-2"], "rate": ["2.5", "2.5"]},
    )
    assert why(found) == {"公务": Why.READ}


def test_leave_procedure() -> None:
    """请假程序: who grants which leave, and how long before, is kept and printed; refused leave has a price of its own."""
    rules = laid_down(
        "practice: 请假程序, zh: 全会请假由主席批准, en: leave from the plenary, by: 主席, days: 2",
        "practice: leave, zh: 专委会会议请假由主任批准, en: leave from a committee, by: 专委会主任",
    )
    said = printed(rules)

    assert [p.practice for p in load_rubric(rules).process] == [Practice.LEAVE, Practice.LEAVE]
    assert "请假程序:全会请假由主席批准" in said and "由主席负责" in said and "提前2天" in said
    assert "请假程序:专委会会议请假由主任批准" in said and "由专委会主任负责" in said
    is_refused_at(rules, "practice: 请假程序", "practice: 请假规矩", "/process/0/practice")
    is_refused_at(rules, "days: 2", "days: 两天", "/process/0/days")
    refusing = measures(
        "- {clause: c, zh: 未准假, en: refused, counts: {kinds: 参加会议, states: 未准假}, each: -2}\n"
    )
    assert total(account(refusing, "- {kind: 参加会议, on: 2024-01-01, state: 未准假}\n")) == "-2"


def test_notice_deadline() -> None:
    """提前通知: seven days before a plenary, three before other meetings."""
    rules = laid_down(
        "practice: 提前通知, zh: 全体会议, en: plenaries, by: 办公室, days: 7",
        "practice: 提前通知, zh: 其他会议, en: other meetings, days: 3",
    )
    said = printed(rules)

    assert [p.days for p in load_rubric(rules).process] == [7, 3]
    assert "提前通知:全体会议" in said and "由办公室负责" in said and "提前7天" in said
    assert "提前通知:其他会议;提前3天" in said
    is_refused_at(rules, "days: 7", "day: 7", "/process/0/day")


# Who gets the points

JOINT = """\
year: 2024
members: [{member: 甲}, {member: 乙}, {member: 丙}]
facts:
  - {member: [%s], kind: 提交提案, on: 2024-01-11, deed: 案}
"""


def signed(rules: str, *names: str) -> dict[str, Result]:
    """What those come to who sign a proposal, in the order of their names."""
    found = accounts(rules, JOINT % ", ".join(names))
    return {name: found[name] for name in names}


def totals(of: dict[str, Result]) -> list[str]:
    """The totals in order."""
    return [total(each) for each in of.values()]


def proposals(how: str) -> str:
    """A document with one clause that pays proposals."""
    return measures(f"- {{clause: c, zh: 提案, en: proposals, counts: 提交提案, {how}}}\n")


def test_authorship_role_table() -> None:
    """第一提案人、联名、执笔、参与: a price for each way of signing; one that is not listed earns nothing."""
    rules = proposals(
        "each: {by: 署名方式, prices: {独立署名: 20, 联名第一人: 18, 联名其他人: 15}}"
    )

    assert totals(signed(rules, "甲")) == ["20"]
    assert totals(signed(rules, "甲", "乙", "丙")) == ["18", "15", "15"]
    reports = account(
        measures(
            "- {clause: c, zh: 报告, en: reports, counts: 撰写调研(视察、监督)报告, each: {by: 署名方式, prices: {执笔人: 8, 参与人: 3}}}\n"
        ),
        """\
        - {kind: 撰写调研(视察、监督)报告, on: 2024-03-01, byline: 执笔人}
        - {kind: 撰写调研(视察、监督)报告, on: 2024-04-01, byline: 参与人}
        - {kind: 撰写调研(视察、监督)报告, on: 2024-05-01, byline: 联名其他人, deed: 未列}
        """,
    )
    assert (total(reports), lines(reports)) == ("11", {"c": ["8", "3"]})
    assert why(reports) == {"未列": Why.CO_AUTHOR}


def test_equal_share() -> None:
    """均摊: the points are divided equally among all authors, or as the register says."""
    equal = proposals("each: 10, shares: {联名第一人: 均摊, 联名其他人: 均摊}")
    recorded = proposals("each: 10, shares: {联名第一人: 按登记份额, 联名其他人: 按登记份额}")
    three = signed(equal, "甲", "乙", "丙")

    assert totals(signed(equal, "甲")) == ["10"]
    assert totals(signed(equal, "甲", "乙")) == ["5", "5"]
    assert totals(three) == ["10/3", "10/3", "10/3"]
    assert cuts(three["乙"]) == [("案", Cut.SHARE, "-20/3", "c")]
    own = "- {kind: 提交提案, on: 2024-01-11, place: 2, authors: 4, share: 10%}\n"
    assert total(account(recorded, own)) == "1"
    assert total(account(recorded, own.replace(", share: 10%", ""))) == "2.5"


def test_equal_share_of_what_the_others_have_besides_the_first() -> None:
    """余下均摊: the first has 10 of his own, the others divide another 10 among themselves."""
    rules = measures(
        """\
        - {clause: first, zh: 第一提案人, en: first, counts: {kinds: 提交提案, bylines: [独立署名, 联名第一人]}, each: 10}
        - {clause: others, zh: 联名人, en: others, counts: {kinds: 提交提案, bylines: 联名其他人}, each: 10, shares: {联名其他人: 余下均摊}}
        """
    )

    assert totals(signed(rules, "甲")) == ["10"]
    assert totals(signed(rules, "甲", "乙")) == ["10", "10"]
    assert totals(signed(rules, "甲", "乙", "丙")) == ["10", "5", "5"]


def test_half_to_first() -> None:
    """第一提案人折半: half to the first, the rest divided among the others; alone he has the whole."""
    rules = proposals("each: 10, shares: {联名第一人: 1/2, 联名其他人: 余下均摊}")
    two_thirds = proposals("each: 9, shares: {联名第一人: 2/3, 联名其他人: 余下均摊}")
    three = signed(rules, "甲", "乙", "丙")

    assert totals(signed(rules, "甲")) == ["10"]
    assert totals(signed(rules, "甲", "乙")) == ["5", "5"]
    assert totals(three) == ["5", "2.5", "2.5"]
    assert cuts(three["甲"]) == [("案", Cut.SHARE, "-5", "c")]
    assert cuts(three["丙"]) == [("案", Cut.SHARE, "-7.5", "c")]
    assert totals(signed(two_thirds, "甲", "乙", "丙")) == ["6", "1.5", "1.5"]


def test_half_to_first_before_or_after_the_cap() -> None:
    """先分摊后封顶、先封顶后分摊: two joint proposals of 10 under a cap of 15 make 10 or 7.5 for the first."""
    first = proposals("each: 10, cap: 15, shares: {联名第一人: 1/2, 联名其他人: 余下均摊}")
    two = "- {kind: 提交提案, on: 2024-01-11, place: 1, authors: 2, acts: 2}\n"

    assert total(account(first, two)) == "10"
    assert total(account(first + "order: 先分摊后封顶\n", two)) == "10"
    assert total(account(first + "order: 先封顶后分摊\n", two)) == "7.5"


def test_cosigner_zero() -> None:
    """其他人不得分: only who signs first or alone is paid; the others are told why."""
    shares = proposals("each: 10, shares: {联名第一人: 1}")
    chosen = measures(
        "- {clause: c, zh: 提案, en: proposals, counts: {kinds: 提交提案, bylines: [独立署名, 联名第一人]}, each: 10}\n"
    )

    for rules in (shares, chosen):
        three = signed(rules, "甲", "乙", "丙")
        assert totals(signed(rules, "甲")) == ["10"]
        assert totals(three) == ["10", "0", "0"]
        assert [why(three[name]) for name in three] == [
            {},
            {"案": Why.CO_AUTHOR},
            {"案": Why.CO_AUTHOR},
        ]


def test_credit_limited_to_first_n() -> None:
    """只计前n名: the first two names are paid, the third is not; of a collective proposal the first five."""
    rules = measures(
        """\
        - {clause: c, zh: 提案, en: proposals, counts: {kinds: 提交提案, first_names: 2}, each: 10}
        - {clause: d, zh: 界别发言, en: collective speeches, counts: {kinds: 大会发言, first_names: 5}, each: 4}
        """
    )
    three = signed(rules, "甲", "乙", "丙")

    assert totals(three) == ["10", "10", "0"]
    assert why(three["丙"]) == {"案": Why.CO_AUTHOR}
    assert totals(signed(rules, "丙", "乙", "甲")) == ["10", "10", "0"]
    fifth, sixth = (
        f"- {{kind: 大会发言, on: 2024-01-11, place: {n}, authors: 8}}\n" for n in (5, 6)
    )
    assert (total(account(rules, fifth)), total(account(rules, sixth))) == ("4", "0")


def test_full_to_every_author() -> None:
    """每位作者全额: with one name or three, each has the whole."""
    rules = proposals("each: 10")
    three = signed(rules, "甲", "乙", "丙")

    assert totals(signed(rules, "甲")) == ["10"]
    assert totals(three) == ["10", "10", "10"]
    assert cuts(three["丙"]) == []


def test_best_of_forms() -> None:
    """个人与联名取高: of the own and the joint form only the better counts, whichever came first."""
    once = proposals("once: {by: 署名方式, prices: {独立署名: 15, 联名第一人: 10, 联名其他人: 5}}")
    own = "- {kind: 提交提案, on: 2024-03-01, deed: 个人}\n"
    joint = "- {kind: 提交提案, on: 2024-01-11, place: 1, authors: 3, deed: 联名}\n"
    found = account(once, joint + own)

    assert (total(found), paid(found)) == ("15", {"个人": "15"})
    assert why(found) == {"联名": Why.COUNTED_ONCE}
    assert total(account(once, joint)) == "10"
    group = measures(
        """\
        - {clause: own, zh: 个人, en: own, counts: {kinds: 提交提案, bylines: 独立署名}, each: 6}
        - {clause: joint, zh: 联名, en: joint, counts: {kinds: 提交提案, bylines: [联名第一人, 联名其他人]}, each: 4}
        """,
        "groups:\n  - {group: forms, zh: 取高, en: the better, of: [own, joint], best: 1}\n",
    )
    better = account(group, own + joint)
    others = joint.replace(", deed: 联名", "")
    equal = account(group, own + own.replace("个人", "个人二") + others * 3)
    assert (total(better), lines(better)) == ("6", {"own": ["6"], "joint": ["0"]})
    assert cuts(better) == [("联名", Cut.BEST_OF, "-4", "forms")]
    assert lines(equal) == {"own": ["6", "6"], "joint": ["0", "0", "0"]}
    assert total(account(group, own + others * 2)) == "8"


# Outcome of one work


def test_stage_increments() -> None:
    """提交→立案→重点→优秀 叠加: each stage that a proposal passes adds its own."""
    found = account(
        measures(
            """\
            - {clause: handed_in, zh: 提交, en: handed in, counts: 提交提案, each: 2}
            - {clause: stages, zh: 办理, en: stages, counts: 提交提案, each: {by: 办理环节, prices: {立案: 3, 列为重点: 5, 评为优秀: 8}, adds: true}}
            """
        ),
        """\
        - {kind: 提交提案, on: 2024-01-10, deed: 提交}
        - {kind: 提交提案, on: 2024-01-11, deed: 立案, reached: 立案}
        - {kind: 提交提案, on: 2024-01-12, deed: 优秀, reached: [立案, 列为重点, 评为优秀]}
        """,
    )

    assert (total(found), paid(found)) == ("25", {"提交": "2", "立案": "5", "优秀": "18"})
    assert lines(found) == {"handed_in": ["2", "2", "2"], "stages": ["3", "16"]}


def test_revalue_and_reverse() -> None:
    """状态变化补差、撤销冲回: what a work is worth follows its state, up and down, never on top of what it was before."""
    rules = measures(
        "- {clause: c, zh: 提案, en: proposals, counts: {kinds: 提交提案, reached: {none: 不予立案}}, each: {by: 办理环节, prices: {立案: 5, 列为重点: 12, 评为优秀: 20}}}\n"
    )

    def stood(reached: str) -> Result:
        return account(
            rules, f"- {{kind: 提交提案, on: 2024-01-10, deed: 案, reached: [{reached}]}}\n"
        )

    states = ("", "立案", "立案, 列为重点", "立案, 列为重点, 评为优秀", "立案")
    stages = [stood(reached) for reached in states]
    assert [total(each) for each in stages] == ["0", "5", "12", "20", "5"]
    differences = [
        shift.change for was, now in pairwise(stages) for shift in shifts(was.card, now.card)
    ]
    assert differences == ["5", "7", "8", "-15"]
    assert (total(stood("立案, 不予立案")), why(stood("立案, 不予立案"))) == (
        "0",
        {"案": Why.STAGE},
    )
    assert (total(account(rules)), why(account(rules))) == ("0", {})


def test_late_outcome() -> None:
    """迟到的采用结果: it belongs to the year of the act or of the outcome, as the rubric says, up to a last day."""
    filed = "- {clause: c, zh: 立案, en: filed, counts: {kinds: 提交提案, reached: {all: 立案}}, each: 5%s}\n"

    def late(on: str) -> str:
        return (
            f"- {{kind: 提交提案, on: 2023-11-20, deed: 案, reached: {{stage: 立案, on: {on}}}}}\n"
        )

    by_act = measures(filed % "", "late: {timing: 履职当期}\n")
    by_outcome = measures(filed % "", "late: {timing: 结果当期}\n")
    within = measures(filed % "", "late: {timing: 履职当期, within_days: 31}\n")
    own = measures(filed % ", timing: 结果当期", "late: {timing: 履职当期}\n")

    for rules, of_2023, of_2024 in (
        (measures(filed % ""), "5", "0"),
        (by_act, "5", "0"),
        (by_outcome, "0", "5"),
        (own, "0", "5"),
    ):
        assert total(account(rules, late("2024-03-15"), year="2023")) == of_2023
        assert total(account(rules, late("2024-03-15"), year="2024")) == of_2024
    counted = account(by_outcome, late("2024-03-15"))
    assert [line.on for line in counted.card.lines] == [date(2024, 3, 15)]
    assert why(account(by_act, late("2024-03-15"))) == {"案": Why.OTHER_PERIOD}
    assert total(account(within, late("2024-01-31"), year="2023")) == "5"
    too_late = account(within, late("2024-02-01"), year="2023")
    assert (total(too_late), why(too_late)) == ("0", {"案": Why.LATE_OUTCOME})


TAKEN_UP = measures(
    "- {clause: c, zh: 采用, en: taken up, counts: {kinds: 报送社情民意信息, reached: {any: 采用}}, each: {by: 采用(批示)层级, prices: {全国: 15, 省: 8, 市: 4}}}\n"
)


def test_adoption_level_tiers() -> None:
    """采用层级: of several levels of one report the highest that is listed; one that is not listed brings nothing."""
    found = account(
        TAKEN_UP,
        """\
        - {kind: 报送社情民意信息, on: 2024-01-01, deed: 市, reached: {stage: 采用, level: 市}}
        - {kind: 报送社情民意信息, on: 2024-02-01, deed: 省市, reached: [{stage: 采用, level: 市}, {stage: 采用, level: 省}]}
        - {kind: 报送社情民意信息, on: 2024-03-01, deed: 县, reached: {stage: 采用, level: 县}}
        - {kind: 报送社情民意信息, on: 2024-04-01, deed: 未采用, reached: {stage: 未采用, level: 全国}}
        """,
    )

    assert (total(found), paid(found)) == ("12", {"市": "4", "省市": "8"})
    assert why(found) == {"县": Why.NOT_LISTED, "未采用": Why.STAGE}
    above = measures(
        "- {clause: c, zh: 省以上采用, en: taken up, counts: {kinds: 报送社情民意信息, reached: {any: [{stage: 采用, levels: {at_least: 省}}]}}, each: 8}\n"
    )
    for level, points in (("市", "0"), ("省", "8"), ("全国", "8")):
        one = f"- {{kind: 报送社情民意信息, on: 2024-01-01, reached: {{stage: 采用, level: {level}}}}}\n"
        assert total(account(above, one)) == points


def test_instruction_level_tiers() -> None:
    """领导批示层级: by the rank of the leader or by the level, of several the best."""
    reports = """\
        - {kind: 报送社情民意信息, on: 2024-01-01, deed: 县, reached: {stage: 批示, level: 县, rank: 县委主要领导}}
        - {kind: 报送社情民意信息, on: 2024-02-01, deed: 两级, reached: [{stage: 批示, level: 县, rank: 县委主要领导}, {stage: 批示, level: 省, rank: 省委主要领导}]}
        - {kind: 报送社情民意信息, on: 2024-03-01, deed: 别人, reached: {stage: 批示, level: 县, rank: 县直部门领导}}
        """
    counts = "counts: {kinds: 报送社情民意信息, reached: {any: 批示}}"
    by_rank = account(
        measures(
            f"- {{clause: c, zh: 批示, en: instructed, {counts}, each: {{by: 批示领导, prices: {{省委主要领导: 20, 县委主要领导: 6}}}}}}\n"
        ),
        reports,
    )
    by_level = account(
        measures(
            f"- {{clause: c, zh: 批示, en: instructed, {counts}, each: {{by: 采用(批示)层级, prices: {{省: 10, 县: 3}}}}}}\n"
        ),
        reports,
    )
    chosen = account(
        measures(
            "- {clause: c, zh: 批示, en: instructed, counts: {kinds: 报送社情民意信息, reached: {any: [{stage: 批示, ranks: [省委主要领导]}]}}, each: 9}\n"
        ),
        reports,
    )

    assert (total(by_rank), paid(by_rank)) == ("26", {"县": "6", "两级": "20"})
    assert why(by_rank) == {"别人": Why.NOT_LISTED}
    assert (total(by_level), paid(by_level)) == ("16", {"县": "3", "两级": "10", "别人": "3"})
    assert (total(chosen), paid(chosen)) == ("9", {"两级": "9"})


def test_highest_only() -> None:
    """就高不重复: of several distinctions of one proposal only the highest, each proposal by itself."""
    clauses = """\
        - {clause: filed, zh: 立案, en: filed, counts: {kinds: 提交提案, reached: {all: 立案}}, each: 3}
        - {clause: key, zh: 重点, en: key, counts: {kinds: 提交提案, reached: {all: 列为重点}}, each: 5}
        - {clause: excellent, zh: 优秀, en: excellent, counts: {kinds: 提交提案, reached: {all: 评为优秀}}, each: 8}
        """
    group = (
        "groups:\n  - {group: g, zh: 就高, en: highest, of: [filed, key, excellent], best: 1%s}\n"
    )
    facts = """\
        - {kind: 提交提案, on: 2024-01-10, deed: 一, reached: [立案, 列为重点]}
        - {kind: 提交提案, on: 2024-01-11, deed: 二, reached: [立案, 列为重点, 评为优秀]}
        - {kind: 提交提案, on: 2024-01-12, deed: 三, reached: 立案}
        """
    found = account(measures(clauses, group % ", within: 每一履职"), facts)

    assert (total(found), paid(found)) == ("16", {"一": "5", "二": "8", "三": "3"})
    assert {(deed, amount) for deed, cut, amount, _ in cuts(found) if cut is Cut.BEST_OF} == {
        ("一", "-3"),
        ("二", "-3"),
        ("二", "-5"),
    }
    assert total(account(measures(clauses), facts)) == "27"
    assert total(account(measures(clauses, group % ""), facts)) == "10"


def test_combination_price() -> None:
    """组合定价: key and excellent together 25, either alone 10."""
    found = account(
        measures(
            """\
            - {clause: both, zh: 重点且优秀, en: both, counts: {kinds: 提交提案, reached: {all: [列为重点, 评为优秀]}}, each: 25}
            - {clause: key, zh: 重点, en: key, counts: {kinds: 提交提案, reached: {all: 列为重点}}, each: 10, beyond: both}
            - {clause: excellent, zh: 优秀, en: excellent, counts: {kinds: 提交提案, reached: {all: 评为优秀}}, each: 10, beyond: both}
            """
        ),
        """\
        - {kind: 提交提案, on: 2024-01-10, deed: 两样, reached: [立案, 列为重点, 评为优秀]}
        - {kind: 提交提案, on: 2024-01-11, deed: 重点, reached: 列为重点}
        - {kind: 提交提案, on: 2024-01-12, deed: 优秀, reached: 评为优秀}
        """,
    )

    assert (total(found), paid(found)) == ("45", {"两样": "25", "重点": "10", "优秀": "10"})


def test_cross_category_no_double() -> None:
    """提案转社情民意不重复计分: the record that stands is paid, or the report alone where the rubric wants that."""
    first = measures(
        """\
        - {clause: proposals, zh: 提案, en: proposals, counts: 提交提案, each: 10}
        - {clause: opinions, zh: 社情民意, en: opinions, counts: 报送社情民意信息, each: 4}
        """
    )
    linked = """\
        - {kind: 提交提案, on: 2024-01-10, deed: 提案, reached: 转社情民意信息}
        - {kind: 报送社情民意信息, on: 2024-02-10, deed: 信息, same_as: 提案}
        - {kind: 报送社情民意信息, on: 2024-03-10, deed: 另一篇}
        """
    found = account(first, linked)

    assert (total(found), paid(found)) == ("14", {"提案": "10", "另一篇": "4"})
    assert why(found) == {"信息": Why.SAME_DEED}
    as_report = first.replace(
        "counts: 提交提案", "counts: {kinds: 提交提案, reached: {none: 转社情民意信息}}"
    )
    apart = account(as_report, linked.replace(", same_as: 提案", ""))
    assert (total(apart), paid(apart)) == ("8", {"信息": "4", "另一篇": "4"})
    assert why(apart) == {"提案": Why.CONVERTED}


def test_award_level_tiers() -> None:
    """表彰层级: 10, 8, 6 and 4 by level; of one honour at two levels only the higher where it says so."""
    rules = measures(
        "- {clause: c, zh: 表彰, en: awards, counts: {kinds: 受到表彰, where: {ground: 政协工作}}, each: {by: detail, detail: commended_level, prices: {全国: 10, 省: 8, 市: 6, 县: 4}}%s}\n"
    )
    facts = """\
        - {kind: 受到表彰, on: 2024-01-01, deed: 省, details: {commended_level: 省, honour: 优秀委员, ground: 政协工作}}
        - {kind: 受到表彰, on: 2024-02-01, deed: 县, details: {commended_level: 县, honour: 优秀委员, ground: 政协工作}}
        - {kind: 受到表彰, on: 2024-03-01, deed: 市, details: {commended_level: 市, honour: 好提案, ground: 政协工作}}
        - {kind: 受到表彰, on: 2024-04-01, deed: 镇, details: {commended_level: 乡镇(街道), ground: 政协工作}}
        - {kind: 受到表彰, on: 2024-05-01, deed: 本职, details: {commended_level: 全国, ground: 本职工作}}
        """
    added = account(rules % "", facts)
    highest = account(rules % ", distinct: {detail: honour}", facts)

    assert (total(added), paid(added)) == ("18", {"省": "8", "县": "4", "市": "6"})
    assert why(added) == {"镇": Why.NOT_LISTED, "本职": Why.CONDITIONS}
    assert (total(highest), why(highest)["县"]) == ("14", Why.SAME_WORK)


def test_speech_form_tiers() -> None:
    """上台、书面发言: by the form of a speech that was handed in, or by how he spoke at a meeting."""
    speeches = account(
        measures(
            "- {clause: c, zh: 大会发言, en: speeches, counts: 大会发言, each: {by: detail, detail: delivery, prices: {口头发言: 10, 书面发言: 5, 联组发言: 3}}}\n"
        ),
        """\
        - {kind: 大会发言, on: 2024-01-10, details: {delivery: 口头发言}}
        - {kind: 大会发言, on: 2024-01-10, details: {delivery: 书面发言}}
        - {kind: 大会发言, on: 2024-01-11, details: {delivery: 联组发言}}
        """,
    )
    meetings = account(
        measures(
            "- {clause: c, zh: 会议发言, en: spoke, counts: 参加会议, each: {by: 发言形式, prices: {口头发言: 4, 书面发言: 2}}}\n"
        ),
        """\
        - {kind: 参加会议, on: 2024-03-01, spoke: 口头发言}
        - {kind: 参加会议, on: 2024-04-01, spoke: 书面发言}
        - {kind: 参加会议, on: 2024-05-01, deed: 未发言}
        """,
    )

    assert (total(speeches), lines(speeches)) == ("18", {"c": ["10", "5", "3"]})
    assert (total(meetings), lines(meetings)) == ("6", {"c": ["4", "2"]})
    assert why(meetings) == {"未发言": Why.NOT_LISTED}


# From points to a grade


def test_grade_bands() -> None:
    """考核等次: a total at the lower end of a band is in it, one just below is not; bands leave no gap."""
    rules = marked(
        """\
        grading:
          grades:
            - {grade: 优秀, en: excellent, at_least: 85}
            - {grade: 称职, en: competent, at_least: 60, below: 85}
            - {grade: 不称职, en: not competent, below: 60}
        """
    )
    found = accounts(rules, marks("甲 85", "乙 84.9", "丙 60", "丁 59.9", "戊 120"))

    assert grades(found) == {
        "甲": "优秀",
        "乙": "称职",
        "丙": "称职",
        "丁": "不称职",
        "戊": "优秀",
    }
    assert because(found["丙"]) == [(Because.BAND, "称职")]
    is_refused_at(rules, "below: 85", "below: 80", "/grading/grades/1/below")
    overlapping = rules.replace("at_least: 60, below", "at_least: 90, below")
    assert (line_of(rules, "at_least: 60"), "/grading/grades/1/at_least") in refused(overlapping)


def test_single_pass_mark() -> None:
    """合格线: 60 passes, a hair less does not."""
    rules = marked(
        """\
        grading:
          grades:
            - {grade: 合格, en: passed, at_least: 60}
            - {grade: 不合格, en: not passed}
        """
    )

    assert grades(accounts(rules, marks("甲 60", "乙 59.999999"))) == {"甲": "合格", "乙": "不合格"}


def test_gating_minimums() -> None:
    """几个一: without a proposal, two villages and a meeting each half-year there is no 优秀, whatever the score."""
    rules = marked(
        """\
        gates:
          - {gate: proposal, zh: 一件提案, en: a proposal, counts: 提交提案, at_least: 1, grades: 优秀}
          - {gate: villages, zh: 走访两个村, en: two villages, counts: 走访村(社区), distinct: 村(社区), at_least: 2, grades: 优秀}
          - {gate: halves, zh: 每半年一次会议, en: each half-year, counts: 参加会议, every: 半年, at_least: 1}
          - {gate: absences, zh: 缺席不超过一次, en: one absence at most, counts: {kinds: 参加会议, states: 缺席}, at_most: 1, grades: 优秀}
          - {gate: rate, zh: 出勤率, en: rate, attendance: 参加会议, at_least: 60%, grades: 优秀}
        grading:
          grades:
            - {grade: 优秀, en: excellent, at_least: 85, gates: [halves]}
            - {grade: 称职, en: competent}
        """
    )
    mark = "- {kind: 评定分数, on: 2024-12-01, figure: 95}\n"
    most = (
        mark
        + """\
- {kind: 提交提案, on: 2024-01-10}
- {kind: 走访村(社区), on: 2024-02-01, village: 东村}
- {kind: 走访村(社区), on: 2024-03-01, village: 东村}
- {kind: 参加会议, on: 2024-06-30}
- {kind: 参加会议, on: 2024-05-30, state: 缺席}
"""
    )
    short = account(rules, most)
    met = account(
        rules,
        most
        + "- {kind: 走访村(社区), on: 2024-12-31, village: 西村}\n- {kind: 参加会议, on: 2024-07-01}\n",
    )
    gates = {g.gate: (g.met, g.got, g.asked, g.missing) for g in short.card.gates}

    assert (met.graded.grade, met.graded.by_score) == ("优秀", "优秀")
    assert (short.graded.grade, short.graded.by_score) == ("称职", "优秀")
    assert gates == {
        "proposal": (True, "1", "1", "0"),
        "villages": (False, "1", "2", "1"),
        "halves": (False, "0", "1", "1"),
        "absences": (True, "1", "1", "0"),
        "rate": (False, "0.5", "0.6", "0.1"),
    }
    assert {r.by for r in short.graded.reasons if r.because is Because.GATE} == {
        "villages",
        "halves",
        "rate",
    }
    none = account(rules, mark)
    assert [g.gate for g in none.card.gates if not g.met] == ["proposal", "villages", "halves"]


def test_gating_minimums_of_a_block() -> None:
    """附加分须基础分达到10分方可计: exactly 10 is enough."""
    rules = document(
        TWO_BLOCKS.replace("  en: bonus\n", "  en: bonus\n  gates: [reached]\n"),
        "gates:\n  - {gate: reached, zh: 基础分达到10, en: base of 10, points: base, at_least: 10}\n",
    )
    excellent = "- {kind: 提交提案, on: 2024-01-11, reached: 评为优秀, deed: 案}\n"
    one = account(rules, excellent + "- {kind: 参加会议, on: 2024-03-05}\n")

    assert (total(one), cuts(one)) == ("5", [("案", Cut.GATE, "-8", "reached")])
    two = account(rules, excellent + "- {kind: 参加会议, on: 2024-03-05, acts: 2}\n")
    assert total(two) == "18"


def shared(places: str, more: str = "") -> str:
    """A document in which so many can be 优秀 of those with 60 or more."""
    return (
        marked(
            f"""\
        grading:
          grades:
            - {{grade: 优秀, en: excellent, at_least: 60, places: {places}}}
            - {{grade: 称职, en: competent}}
        """
        )
        + more
    )


def test_quota_percent() -> None:
    """比例名额: a fifth of seven is 1.4, which is 1 or 2 as the rounding says; those over it go on to the next grade."""
    seven = marks("甲 90", "乙 85", "丙 80", "丁 75", "戊 70", "己 65", "庚 50")
    expected = {"舍去": "甲", "四舍五入": "甲", "四舍六入五成双": "甲", "进一": "甲乙"}

    for way, chosen in expected.items():
        found = accounts(shared(f"{{share: 20%, way: {way}}}"), seven)
        assert "".join(n for n, g in grades(found).items() if g == "优秀") == chosen
    eight = seven + "  - {member: 辛}\n"
    two = accounts(shared("{share: 20%, way: 四舍五入}"), eight)
    assert "".join(n for n, g in grades(two).items() if g == "优秀") == "甲乙"
    assert because(two["丙"]) == [(Because.PLACES, "优秀")]
    few = accounts(shared("{share: 50%, way: 进一}"), marks("甲 90", "乙 50", "丙 40", "丁 30"))
    assert grades(few) == {"甲": "优秀", "乙": "称职", "丙": "称职", "丁": "称职"}


def test_top_n() -> None:
    """前N名: two places, and two equal totals at the cut: all in, none in, or for the body to say; a tie-break avoids that."""
    four = marks("甲 90", "乙 80", "丙 80", "丁 70")

    def at_cut(ties: str) -> dict[str, Result]:
        rules = shared("2", f"  ties: {ties}\n  decided_by: {{body: 主席会议, en: the council}}\n")
        return accounts(rules, four)

    def best(found: dict[str, Result]) -> str:
        return "".join(name for name, grade in grades(found).items() if grade == "优秀")

    assert best(at_cut("同分都入选")) == "甲乙丙"
    assert best(at_cut("同分都不入选")) == "甲"
    assert because(at_cut("同分都不入选")["乙"]) == [(Because.TIE, "优秀")]
    body = at_cut("由审定机构决定")
    assert [name for name, each in body.items() if each.graded.tied] == ["乙", "丙"]
    assert {each.graded.waits_for for each in body.values()} == {"主席会议"}
    assert (body["甲"].graded.grade, body["丁"].graded.grade) == ("优秀", "称职")
    assert best(accounts(shared("3", "  ties: 同分都不入选\n"), four)) == "甲乙丙"
    assert best(accounts(shared("2"), marks("甲 90", "乙 80", "丙 79.5"))) == "甲乙"
    broken = document(
        """\
        - block: base
          zh: 基础分
          en: base
          clauses: [{clause: mark, zh: 评分, en: mark, counts: 评定分数, each: {of: figure, points: 1}}]
        - block: bonus
          zh: 加分
          en: bonus
          clauses: [{clause: visits, zh: 走访, en: visits, counts: 走访村(社区), each: 1}]
        """,
        """\
        grading:
          grades:
            - {grade: 优秀, en: excellent, places: 2}
            - {grade: 称职, en: competent}
          ties: 同分都不入选
          tie_breaks: [bonus]
        """,
    )
    facts = marks("甲 90", "乙 80", "丙 79") + (
        "facts:\n  - {member: 丙, kind: 走访村(社区), on: 2024-03-01}\n"
    )
    assert best(accounts(broken, facts)) == "甲丙"


def test_bottom_n_or_percent() -> None:
    """末位: the last one, or the last tenth, gets the grade whatever the score, unless his is worse already."""

    def last(how: str, more: str = "") -> str:
        return (
            marked(
                f"""\
            grading:
              grades:
                - {{grade: 优秀, en: excellent, at_least: 80}}
                - {{grade: 称职, en: competent, at_least: 60}}
                - {{grade: 基本称职, en: barely competent, at_least: 50, last: {how}}}
                - {{grade: 不称职, en: not competent}}
            """
            )
            + more
        )

    plain = accounts(last("1"), marks("甲 90", "乙 75", "丙 65"))
    assert grades(plain) == {"甲": "优秀", "乙": "称职", "丙": "基本称职"}
    assert (plain["丙"].graded.by_score, because(plain["丙"])) == (
        "称职",
        [(Because.LAST, "基本称职")],
    )
    assert grades(accounts(last("1"), marks("甲 90", "乙 40"))) == {"甲": "优秀", "乙": "不称职"}
    ten = marks(*(f"{name} {90 - i}" for i, name in enumerate("甲乙丙丁戊己庚辛壬癸")))
    tenth = accounts(last("{share: 10%, way: 进一}"), ten)
    assert [name for name, grade in grades(tenth).items() if grade == "基本称职"] == ["癸"]
    fifth = accounts(last("15%"), ten)
    assert [name for name, grade in grades(fifth).items() if grade == "基本称职"] == ["癸"]
    tie = marks("甲 90", "乙 65", "丙 65")
    for ties, expected in (("同分都入选", ["乙", "丙"]), ("同分都不入选", [])):
        found = accounts(last("1", f"  ties: {ties}\n"), tie)
        assert [name for name, grade in grades(found).items() if grade == "基本称职"] == expected
    body = accounts(last("1", "  ties: 由审定机构决定\n"), tie)
    assert [name for name, each in body.items() if each.graded.tied] == ["乙", "丙"]


def test_veto() -> None:
    """一票否决: a listed fact of the period sets the grade whatever the score; of several the worst."""
    rules = marked(
        """\
        grading:
          grades:
            - {grade: 优秀, en: excellent, at_least: 85}
            - {grade: 称职, en: competent, at_least: 60}
            - {grade: 基本称职, en: barely competent, at_least: 50}
            - {grade: 不称职, en: not competent}
          vetoes:
            - {veto: discipline, zh: 违纪, en: discipline, counts: [一票否决情形, {kinds: 受到处理, where: {sanction: 党纪处分}}], grade: 不称职}
            - {veto: absent, zh: 两次缺席全会, en: absent twice, counts: {kinds: 参加会议, where: {meeting: 全体会议}, states: 缺席}, acts: 2, grade: 基本称职}
        """
    )
    mark = "- {kind: 评定分数, on: 2024-12-01, figure: 95}\n"
    punished = "- {kind: 受到处理, on: 2024-06-01, details: {sanction: 党纪处分}}\n"
    absent = (
        "- {kind: 参加会议, on: 2024-01-10, details: {meeting: 全体会议}, state: 缺席, acts: %d}\n"
    )
    found = account(rules, mark + punished)

    assert (total(found), found.graded.grade, found.graded.by_score) == ("95", "不称职", "优秀")
    assert because(found) == [(Because.VETO, "不称职")]
    assert (
        account(rules, mark + "- {kind: 一票否决情形, on: 2024-06-01}\n").graded.grade == "不称职"
    )
    assert account(rules, mark + punished.replace("2024", "2023")).graded.grade == "优秀"
    assert account(rules, mark + punished.replace("党纪处分", "告诫")).graded.grade == "优秀"
    assert account(rules, mark + absent % 1).graded.grade == "优秀"
    assert account(rules, mark + absent % 2).graded.grade == "基本称职"
    assert account(rules, mark + absent % 2 + punished).graded.grade == "不称职"
    low = mark.replace("95", "40")
    assert account(rules, low + absent % 2).graded.by_score == "不称职"


def test_veto_never_lifts_a_worse_grade() -> None:
    """一票否决: who has the lowest grade by his score is not raised by a milder veto."""
    rules = marked(
        """\
        grading:
          grades:
            - {grade: 优秀, en: excellent, at_least: 85}
            - {grade: 基本称职, en: barely competent, at_least: 50}
            - {grade: 不称职, en: not competent}
          vetoes:
            - {veto: v, zh: 告诫, en: admonished, counts: 受到处理, grade: 基本称职}
        """
    )
    found = account(
        rules,
        "- {kind: 评定分数, on: 2024-12-01, figure: 40}\n- {kind: 受到处理, on: 2024-06-01, details: {sanction: 告诫}}\n",
    )

    assert found.graded.grade == "不称职"


def test_body_decides_grade() -> None:
    """主席会议审定: the grade waits for the council; what it says stands, and its meeting is on record."""
    rules = marked(
        """\
        grading:
          grades:
            - {grade: 优秀, en: excellent, at_least: 85}
            - {grade: 称职, en: competent}
          decided_by: {body: 主席会议, en: the council}
        """
    )
    mark = "- {kind: 评定分数, on: 2024-12-01, figure: 95}\n"
    decided = "- {kind: 评定等次, on: 2024-12-20, deed: 审定, details: {by: 主席会议, grade: 称职, wording: 第36次主席会议}}\n"
    before, after = account(rules, mark), account(rules, mark + decided)

    assert (before.graded.grade, before.graded.waits_for) == ("优秀", "主席会议")
    assert (after.graded.grade, after.graded.waits_for) == ("称职", "")
    assert (after.graded.by_score, because(after)) == ("优秀", [(Because.DECIDED, "称职")])
    assert [(o.by, o.grade, o.deed, o.wording) for o in after.graded.opinions] == [
        ("主席会议", "称职", "审定", "第36次主席会议")
    ]
    other = account(rules, mark + decided.replace("by: 主席会议", "by: 界别"))
    assert (other.graded.grade, other.graded.waits_for) == ("优秀", "主席会议")
    later = decided.replace("称职", "优秀").replace("-20", "-25").replace("审定", "再次审定")
    again = account(rules, mark + decided + later)
    assert again.graded.grade == "优秀"


def test_separate_leaderboards() -> None:
    """分类排名: one place among the standing members and one in each committee, each on a list of its own."""
    rules = shared(
        "1",
        """\
  boards:
    - {board: standing, zh: 常委, en: standing members, who: 常务委员}
    - {board: by_committee, zh: 各专委会, en: each committee, by: 专委会}
  ranking: {zh: 机关内部, en: the office, at_least: 2}
""",
    )
    found = accounts(
        rules,
        marks(
            "甲 95 roles: 常务委员, units: 提案委",
            "乙 90 roles: 常务委员, units: 经济委",
            "丙 85 units: 提案委",
            "丁 80 units: 提案委",
            "戊 70 units: 经济委",
        ),
    )

    assert grades(found) == {
        "甲": "优秀",
        "乙": "称职",
        "丙": "优秀",
        "丁": "称职",
        "戊": "优秀",
    }
    assert [each.graded.board for each in found.values()] == [
        "standing",
        "standing",
        "by_committee/提案委",
        "by_committee/提案委",
        "by_committee/经济委",
    ]
    assert [each.graded.place for each in found.values()] == [1, 2, 1, 2, None]


def test_excluded_from_award() -> None:
    """不参评人员: the chairperson is not assessed and takes up no place and no share (40% of four is one place, of five it would be two); a vice-chairperson is only kept from 优秀."""
    rules = marked(
        """\
        grading:
          not_assessed: 主席
          grades:
            - {grade: 优秀, en: excellent, at_least: 60, who: {lacks: 副主席}, places: {share: 40%, way: 舍去}}
            - {grade: 称职, en: competent}
        """
    )
    found = accounts(
        rules, marks("甲 99 roles: 主席", "乙 95 roles: 副主席", "丙 90", "丁 80", "戊 70")
    )

    assert grades(found) == {"甲": "", "乙": "称职", "丙": "优秀", "丁": "称职", "戊": "称职"}
    assert because(found["甲"]) == [(Because.NOT_ASSESSED, "")]
    assert (because(found["乙"]), total(found["甲"])) == ([(Because.NOT_ELIGIBLE, "优秀")], "99")


def test_unit_specific_scales() -> None:
    """各专委会自定标准: each committee's own document governs in it alone, and nobody is compared across."""
    general, own = proposals("each: 4"), proposals("each: 10").replace("version: 1", "version: 1a")
    published = Document(
        sort=Sort.RUBRIC,
        code="invented",
        versions=tuple(
            Published(
                sort=Sort.RUBRIC,
                code="invented",
                version=load_rubric(text).version,
                text=text,
                since=date(2024, 1, 1),
                trial_in=where,
            )
            for text, where in ((general, UnitId("经济委")), (own, UnitId("提案委")))
        ),
    )
    one = "- {kind: 提交提案, on: 2024-01-10}\n"

    def of_members_in(*where: str) -> str:
        found = governing(published, Period.year(2024), map(UnitId, where))
        return "" if found is None else total(account(found.text, one))

    assert (of_members_in("提案委", "城关"), of_members_in("经济委")) == ("10", "4")
    assert (of_members_in(), of_members_in("文史委")) == ("", "")
    boards = "  boards: [{board: own, zh: 各专委会, en: each committee, by: 专委会}]\n"
    apart = accounts(
        shared("1", boards),
        marks("甲 90 units: 提案委", "乙 85 units: 提案委", "丙 61 units: 经济委"),
    )
    assert grades(apart) == {"甲": "优秀", "乙": "称职", "丙": "优秀"}


def test_several_bodies_grade() -> None:
    """专委会、界别、小组分别评等: the lowest, the highest, that of most, or for reference; never past a gate or a veto."""

    def combined(how: str) -> str:
        return marked(
            f"""\
            gates:
              - {{gate: proposal, zh: 一件提案, en: a proposal, counts: 提交提案, at_least: 1, grades: 优秀}}
            grading:
              grades:
                - {{grade: 优秀, en: excellent, at_least: 85}}
                - {{grade: 称职, en: competent, at_least: 60}}
                - {{grade: 不称职, en: not competent}}
              vetoes: [{{veto: v, zh: 违纪, en: discipline, counts: 一票否决情形, grade: 不称职}}]
              opinions: [{{body: 专委会, en: committee}}, {{body: 界别, en: sector}}, {{body: 小组, en: group}}]
              combine: {how}
            """
        )

    def said(*of: str, more: str = "- {kind: 提交提案, on: 2024-01-10}\n") -> str:
        return (
            "- {kind: 评定分数, on: 2024-12-01, figure: 70}\n"
            + more
            + "".join(
                f"- {{kind: 评定等次, on: 2024-12-10, details: {{by: {body}, grade: {grade}}}}}\n"
                for body, grade in zip(("专委会", "界别", "小组"), of, strict=False)
            )
        )

    three = said("优秀", "优秀", "不称职")
    assert account(combined("取低"), three).graded.grade == "不称职"
    assert account(combined("取高"), three).graded.grade == "优秀"
    assert account(combined("取多数"), three).graded.grade == "优秀"
    assert account(combined("仅供参考"), three).graded.grade == "称职"
    assert len(account(combined("仅供参考"), three).graded.opinions) == 3
    assert account(combined("取多数"), said("优秀", "不称职")).graded.grade == "不称职"
    assert because(account(combined("取高"), three)) == [(Because.OPINIONS, "优秀")]
    assert account(combined("取高"), said("优秀", more="")).graded.grade == "称职"
    vetoed = said("优秀", "优秀", "优秀") + "- {kind: 一票否决情形, on: 2024-06-01}\n"
    assert account(combined("取高"), vetoed).graded.grade == "不称职"
    stranger = "- {kind: 评定等次, on: 2024-12-10, details: {by: 邻县, grade: 优秀}}\n"
    assert account(combined("取高"), said() + stranger).graded.grade == "称职"


def test_public_or_peer_evaluation() -> None:
    """群众评议、民主测评: the mean of all marks is a tenth of the total, the peers' grades have prices."""
    rules = measures(
        """\
        - {clause: public, zh: 群众评议, en: the public, counts: {kinds: 评定分数, where: {code: 群众评议}}, mean: {of: figure, points: 1/10}}
        - {clause: peers, zh: 民主测评, en: peers, counts: {kinds: 评定分数, where: {code: 民主测评}}, mean: {of: figure, tiers: {60: 5, 90: 10}}}
        """
    )

    def given(*of: tuple[str, str]) -> str:
        return "".join(
            f"- {{kind: 评定分数, on: 2024-12-01, details: {{code: {code}}}, figure: {mark}}}\n"
            for code, mark in of
        )

    assert total(account(rules)) == "0"
    one = account(rules, given(("群众评议", "80"), ("群众评议", "90"), ("群众评议", "94")))
    assert (total(one), lines(one)) == ("8.8", {"public": ["47/15", "3", "8/3"]})
    two = account(rules, given(("民主测评", "95"), ("民主测评", "90"), ("民主测评", "89.5")))
    assert total(two) == "25/3"


def test_public_or_peer_evaluation_with_a_mark_of_nothing() -> None:
    """民主测评: a mark that earns nothing still counts in the mean: 10 and 0 make 5, not 10."""
    rules = measures(
        "- {clause: c, zh: 民主测评, en: peers, counts: 评定分数, mean: {of: figure, tiers: {60: 5, 90: 10}}}\n"
    )
    found = account(
        rules,
        "- {kind: 评定分数, on: 2024-12-01, figure: 95}\n- {kind: 评定分数, on: 2024-12-01, figure: 30}\n",
    )

    assert total(found) == "5"
    zero = account(
        rules.replace("tiers: {60: 5, 90: 10}", "points: 1/10"),
        "- {kind: 评定分数, on: 2024-12-01, figure: 90}\n- {kind: 评定分数, on: 2024-12-01, figure: 0}\n",
    )
    assert total(zero) == "4.5"


def test_self_assessment() -> None:
    """自评、述职: the member's own mark is a tenth, a yearly report to the sector is worth 5, and how it is done is printed."""
    rules = measures(
        """\
        - {clause: own, zh: 自评, en: own mark, counts: {kinds: 评定分数, where: {code: 自评}}, once: {of: figure, points: 1/10, at_most: 10}}
        - {clause: report, zh: 述职, en: report, counts: {kinds: 年度述职, where: {to_whom: 界别}}, once: 5}
        """,
        """\
        process:
          - {practice: 自评述职, zh: 年底书面述职并自评, en: a written report and a mark of his own, by: 委员本人, on: 12-10}
        """,
    )
    found = account(
        rules,
        """\
        - {kind: 评定分数, on: 2024-12-01, details: {code: 自评}, figure: 95}
        - {kind: 年度述职, on: 2024-12-05, details: {to_whom: 界别}}
        - {kind: 年度述职, on: 2024-12-06, details: {to_whom: 镇街}, deed: 镇街}
        """,
    )

    assert (total(found), lines(found)) == ("14.5", {"own": ["9.5"], "report": ["5"]})
    assert why(found) == {"镇街": Why.CONDITIONS}
    assert "自评述职:年底书面述职并自评;由委员本人负责;12月10日以前" in printed(rules)
    is_refused_at(rules, "practice: 自评述职", "practice: 自我表扬", "/process/0/practice")


# Across years

STEPS = """\
ladder:
  - {step: 提醒谈话, en: reminder talk, by: 主席会议}
  - {step: 约谈, en: interview}
  - {step: 劝辞, en: persuaded to resign}
"""


def followed(triggers: str) -> str:
    """A document with these triggers, of which 60 or more is 称职."""
    return marked(
        "grading:\n  grades:\n    - {grade: 称职, en: competent, at_least: 60}\n"
        "    - {grade: 不称职, en: not competent}\n"
        + STEPS
        + "triggers:\n"
        + indent(dedent(triggers), "  ")
    )


def after(rules: str, now: str, *earlier: str, who: str = "since: 2017-01-01") -> Result:
    """A member with this mark now, after earlier years: `2023 38 不称职`."""
    rows = []
    for each in earlier:
        year, *more = each.split()
        said = "".join(f", {name}: {m}" for name, m in zip(("total", "grade"), more, strict=False))
        rows.append(f"  - {{year: {year}{said}}}\n")
    known = "earlier:\n" + "".join(rows) if rows else ""
    return account(
        rules, f"- {{kind: 评定分数, on: 2024-12-01, figure: {now}}}\n", who=f"{who}\n{known}"
    )


def test_consecutive_years() -> None:
    """连续两年低于40分: both years have to be known and next to each other; 40 is not below 40."""
    rules = followed(
        "- {trigger: twice, zh: 连续两年低于40分, en: under 40 twice running, when: {below: 40}, years: 2, then: 劝辞}\n"
    )

    assert fired(after(rules, "39", "2023 38")) == {"twice": "劝辞"}
    assert fired(after(rules, "39.9", "2023 39.9")) == {"twice": "劝辞"}
    for quiet in (
        after(rules, "40", "2023 38"),
        after(rules, "39", "2023 40"),
        after(rules, "39", "2022 38"),
        after(rules, "39", "2022 30", "2023 41"),
        after(rules, "50", "2022 30", "2023 30"),
        after(rules, "39"),
    ):
        assert fired(quiet) == {}
    assert near(after(rules, "39", "2023 41")) == ["twice"]
    assert near(after(rules, "40", "2023 38")) == []
    (told,) = after(rules, "39", "2022 41", "2023 38").graded.triggers
    assert (told.got, told.needed, told.periods) == (2, 2, (date(2023, 1, 1), date(2024, 1, 1)))


def test_count_in_term_not_consecutive() -> None:
    """届内三次不称职: they need not follow one another, but they have to lie in this term."""
    rules = followed(
        "- {trigger: thrice, zh: 届内三次不称职, en: three times in a term, when: {grades: 不称职}, years: 3, run: 届内累计, then: 劝辞}\n"
    )
    bad = ("2021 50 不称职", "2022 70 称职", "2023 50 不称职")

    assert fired(after(rules, "50", *bad)) == {"thrice": "劝辞"}
    assert fired(after(rules, "60", *bad)) == {}
    assert near(after(rules, "60", *bad)) == ["thrice"]
    assert fired(after(rules, "50", *bad, who="since: 2022-01-01")) == {}
    assert near(after(rules, "50", *bad, who="since: 2022-01-01")) == ["thrice"]
    assert near(after(rules, "50", *bad[:2], who="since: 2022-01-01")) == []


def test_term_counter() -> None:
    """届内累计: absences of all years of the term together; too few proposals once the term is over."""
    rules = followed(
        """\
        - {trigger: absent, zh: 届内两次缺席全会, en: absent twice, when: {counts: {kinds: 参加会议, where: {meeting: 全体会议}, states: 缺席}, acts: 2, within: 届}, then: 劝辞}
        - {trigger: few, zh: 届内提案不足三件, en: too few proposals, when: {counts: 提交提案, fewer_than: 3, within: 届}, then: 约谈}
        """
    )
    absent = "- {kind: 参加会议, on: %s-01-10, details: {meeting: 全体会议}, state: 缺席}\n"
    proposed = "- {kind: 提交提案, on: %s-01-10}\n"

    def term(*facts: str, ends: str = "2026-12-31", earlier: str = "") -> Result:
        who = f"since: 2022-01-01\nuntil: {ends}\n{earlier}"
        return account(rules, "".join(facts), who=who)

    enough = [proposed % year for year in (2022, 2023, 2024)]
    two = term(absent % 2022, absent % 2024, *enough)
    assert fired(two) == {"absent": "劝辞"}
    assert {t.trigger: (t.got, t.needed) for t in two.graded.triggers} == {
        "absent": (2, 2),
        "few": (3, 3),
    }
    one = term(absent % 2024, *enough)
    assert (fired(one), near(one)) == ({}, ["absent"])
    given = term(
        absent % 2024, *enough, earlier="earlier: [{year: 2023, counted: {absent: 1, few: 1}}]\n"
    )
    assert fired(given) == {"absent": "劝辞"}
    assert fired(term(absent % 2022, absent % 2023, *enough)) == {}
    assert fired(term(*enough[:2], ends="2024-12-31")) == {"few": "约谈"}
    assert fired(term(*enough, ends="2024-12-31")) == {}
    open_term = term(*enough[:2])
    assert (fired(open_term), near(open_term)) == ({}, ["few"])


def test_term_counter_from_the_facts_of_earlier_years() -> None:
    """届内累计: who is a member “before the period and all earlier ones” is so in the years that his facts tell of."""
    rules = followed(
        "- {trigger: absent, zh: 届内两次缺席, en: absent twice, when: {counts: {kinds: 参加会议, states: 缺席}, acts: 2, within: 届}, then: 劝辞}\n"
    )
    found = account(
        rules,
        "- {kind: 参加会议, on: 2023-01-10, state: 缺席}\n- {kind: 参加会议, on: 2024-01-10, state: 缺席}\n",
    )

    assert fired(found) == {"absent": "劝辞"}


def test_counter_within_year() -> None:
    """年内三次: the third absence of the year leads to a talk; last year's do not count."""
    rules = followed(
        "- {trigger: absent, zh: 年内三次缺席, en: absent three times, when: {counts: {kinds: 参加会议, states: 缺席}, acts: 3}, then: 提醒谈话}\n"
    )

    def absences(n: int, last_year: int = 0) -> Result:
        facts = f"- {{kind: 参加会议, on: 2024-05-10, state: 缺席, acts: {n}}}\n" if n else ""
        if last_year:
            facts += f"- {{kind: 参加会议, on: 2023-05-10, state: 缺席, acts: {last_year}}}\n"
        return account(rules, facts, who="since: 2022-01-01\n")

    assert fired(absences(3)) == {"absent": "提醒谈话"}
    assert fired(absences(4)) == {"absent": "提醒谈话"}
    assert fired(absences(2)) == {}
    assert fired(absences(2, last_year=3)) == {}
    assert fired(absences(3, last_year=2)) == {"absent": "提醒谈话"}


def test_counter_within_year_says_when_one_more_would_fire_it() -> None:
    """年内三次: after two absences one more would fire it, which is told; after one it is not near."""
    rules = followed(
        "- {trigger: absent, zh: 年内三次缺席, en: absent three times, when: {counts: {kinds: 参加会议, states: 缺席}, acts: 3}, then: 提醒谈话}\n"
    )
    absent = "- {kind: 参加会议, on: 2024-05-10, state: 缺席, acts: %d}\n"

    assert near(account(rules, absent % 1)) == []
    assert near(account(rules, absent % 2)) == ["absent"]
    assert near(account(rules, absent % 3)) == []


def test_sanction_ladder() -> None:
    """提醒→约谈→劝辞: the first time the first step, the second time in a term the second, from then on the last."""
    rules = followed(
        """\
        - {trigger: low, zh: 不称职, en: not competent, when: {grades: 不称职}, then: [提醒谈话, 约谈, 劝辞]}
        - {trigger: absent, zh: 缺席全会, en: absent, when: {counts: {kinds: 参加会议, states: 缺席}, acts: 1, within: 届}, then: [提醒谈话, 劝辞]}
        """
    )
    bad = [f"{year} 50 不称职" for year in (2020, 2021, 2023)]

    assert fired(after(rules, "50")) == {"low": "提醒谈话"}
    assert fired(after(rules, "50", "2023 70 称职")) == {"low": "提醒谈话"}
    assert fired(after(rules, "50", bad[1])) == {"low": "约谈"}
    assert fired(after(rules, "50", *bad[:2])) == {"low": "劝辞"}
    assert fired(after(rules, "50", *bad)) == {"low": "劝辞"}
    assert fired(after(rules, "50", *bad, who="since: 2023-01-01")) == {"low": "约谈"}
    assert fired(after(rules, "60", *bad)) == {}
    for acts, step in ((1, "提醒谈话"), (2, "劝辞"), (3, "劝辞")):
        absences = f"- {{kind: 参加会议, on: 2024-05-10, state: 缺席, acts: {acts}}}\n"
        mark = "- {kind: 评定分数, on: 2024-12-01, figure: 60}\n"
        assert fired(account(rules, mark + absences)) == {"absent": step}
    said = printed(rules)
    assert "提醒谈话;由主席会议执行" in said.replace(",", ";")
    assert "第1次“提醒谈话”" in said and "第2次“约谈”" in said and "第3次起“劝辞”" in said
    is_refused_at(rules, "[提醒谈话, 劝辞]", "[提醒谈话, 开除]", "/triggers/1/then/1")


def test_reconsideration() -> None:
    """复议申诉: to whom, and within how many days, is printed."""
    rules = laid_down(
        "practice: 复核申诉, zh: 委员有异议的可申请复核, en: a member may ask, by: 委员, to: 主席会议, days: 15"
    )

    assert load_rubric(rules).process[0].practice is Practice.RECONSIDERATION
    assert "复核申诉:委员有异议的可申请复核;由委员负责;送主席会议;15天以内" in printed(rules)
    is_refused_at(rules, "practice: 复核申诉", "practice: 上访", "/process/0/practice")


def test_rule_versions_and_trials() -> None:
    """修订、试点: each day has its version; a trial governs in its unit only, and only while it lasts."""
    old, tried, new = (
        proposals(f"each: {price}").replace("version: 1", f"version: {version}")
        for price, version in ((4, "2020"), (6, "2024-试行"), (10, "2026"))
    )
    where = UnitId("提案委")
    trial = "process:\n  - {practice: 试行, zh: 提案委试行两年, en: two years in one committee, by: 提案委}\n"
    document_ = Document(
        sort=Sort.RUBRIC,
        code="invented",
        versions=tuple(
            Published(
                sort=Sort.RUBRIC,
                code="invented",
                version=load_rubric(text).version,
                text=text,
                since=date(year, 1, 1),
                trial_in=in_unit,
                until=until,
            )
            for text, year, in_unit, until in (
                (old, 2020, None, None),
                (tried + trial, 2024, where, date(2025, 12, 31)),
                (new, 2027, None, None),
            )
        ),
    )
    one = "- {kind: 提交提案, on: %s-01-10}\n"

    def paid_in(year: int, unit_: UnitId | None = None) -> str:
        found = document_.in_force(date(year, 12, 31), unit_)
        assert found is not None
        return total(account(found.text, one % year, year=str(year)))

    assert [paid_in(year) for year in (2023, 2024, 2026, 2027)] == ["4", "4", "4", "10"]
    assert [paid_in(year, where) for year in (2023, 2024, 2025, 2026, 2027)] == [
        "4",
        "6",
        "6",
        "4",
        "10",
    ]
    assert paid_in(2024, UnitId("经济委")) == "4"
    assert document_.in_force(date(2019, 12, 31)) is None
    assert "试行:提案委试行两年" in printed(tried + trial)
    ends = load_rubric(old + "until: 2026-12-31\n")
    assert (ends.since, ends.until) == (date(2020, 1, 1), date(2026, 12, 31))
    assert refused(old + "until: 2019-12-31\n")[0][1] == "/until"


def test_cycle_other_than_year() -> None:
    """两年一表彰: two years, a half, or a session year; only what lies in the period counts."""
    facts = "".join(
        f"- {{kind: 提交提案, on: {day}}}\n"
        for day in (
            "2022-12-31",
            "2023-01-01",
            "2024-01-20",
            "2024-06-30",
            "2024-07-01",
            "2025-01-09",
        )
    )
    two = proposals("each: 10")
    periods = (
        ("两年", "{first: 2023-01-01, last: 2024-12-31}", "40"),
        ("半年", "{first: 2024-01-01, last: 2024-06-30}", "20"),
        ("季度", "{first: 2024-07-01, last: 2024-09-30}", "10"),
        ("届", "{first: 2022-01-01, last: 2026-12-31}", "60"),
        ("自然年度", "2024", "30"),
    )
    for span, days, points in periods:
        found = account(f"{two}period: {span}\n", facts, year=days, who="since: 2020-01-01\n")
        assert total(found) == points
    session = f"{two}period: session_year\nsessions: [2024-01-20, 2025-01-10]\n"
    found = account(session, facts, year="{first: 2024-01-20, last: 2025-01-09}")
    assert total(found) == "40"
    twice = measures(
        "- {clause: c, zh: 会议, en: meetings, counts: 参加会议, once: 5, every: 半年}\n"
    )
    met = "".join(f"- {{kind: 参加会议, on: 2024-0{m}-01}}\n" for m in (1, 3, 6))
    assert total(account(twice, met)) == "5"
    assert total(account(twice, met + "- {kind: 参加会议, on: 2024-07-01}\n")) == "10"
    passes(
        f"{two}period: 两年\n",
        """\
        - case: 两年两件
          year: {first: 2023-01-01, last: 2024-12-31}
          facts: [{kind: 提交提案, on: 2023-02-01}, {kind: 提交提案, on: 2024-12-31}]
          expect: {total: 20, lines: {c: 20}}
        """,
    )


# Process, subjects, publication


def test_organiser_records() -> None:
    """谁组织谁记录: printed, and a clause can ask whose record it is."""
    rules = laid_down(
        "practice: 谁组织谁记录, zh: 活动由组织方当日登记, en: the organiser records, by: 组织单位, days: 1"
    )

    assert "谁组织谁记录:活动由组织方当日登记;由组织单位负责;1天以内" in printed(rules)
    is_refused_at(rules, "practice: 谁组织谁记录", "practice: 谁都可记录", "/process/0/practice")
    own = account(
        measures(
            "- {clause: c, zh: 镇街活动, en: the township's, counts: {kinds: 走访村(社区), records: 镇街登记}, each: 2}\n"
        ),
        """\
        - {kind: 走访村(社区), on: 2024-02-01, deed: 镇街, record: 镇街登记}
        - {kind: 走访村(社区), on: 2024-02-02, deed: 界别, record: 界别(专委会)登记}
        - {kind: 走访村(社区), on: 2024-02-03, deed: 政协}
        """,
    )
    assert (total(own), paid(own)) == ("2", {"镇街": "2"})
    assert why(own) == {"界别": Why.CONDITIONS, "政协": Why.CONDITIONS}


def test_member_confirms_or_fills() -> None:
    """委员确认或填报: printed; what a member fills in himself counts once a side stands behind it."""
    rules = laid_down(
        "practice: 委员确认或填报, zh: 委员逐条确认, en: members confirm each line, by: 委员, days: 10"
    )

    assert "委员确认或填报:委员逐条确认;由委员负责;10天以内" in printed(rules)
    is_refused_at(rules, "practice: 委员确认或填报", "practice: 代签", "/process/0/practice")
    filled = account(
        measures("- {clause: c, zh: 走访, en: visits, counts: 走访村(社区), each: 2}\n"),
        """\
        - {kind: 走访村(社区), on: 2024-02-01, deed: 待, record: 委员自报}
        - {kind: 走访村(社区), on: 2024-02-02, deed: 已, record: 委员自报, attested: 镇街}
        """,
    )
    assert (total(filled), paid(filled), why(filled)) == ("2", {"已": "2"}, {"待": Why.NOT_YET})


def test_staged_lock() -> None:
    """逐项确认锁定: printed with its body, its day and how often."""
    rules = laid_down(
        "practice: 逐项确认锁定, zh: 每季核定后锁定, en: locked each quarter, by: 专委会, every: 季度"
    )
    said = printed(rules)

    assert load_rubric(rules).process[0].practice is Practice.STAGED_LOCK
    assert "逐项确认锁定:每季核定后锁定;由专委会负责" in said and "季度一次" in said
    is_refused_at(rules, "practice: 逐项确认锁定", "practice: 一锁了之", "/process/0/practice")
    is_refused_at(rules, "every: 季度", "every: 世纪", "/process/0/every")


def test_correction_with_review() -> None:
    """修改须审核: who reviews a change, printed."""
    rules = laid_down(
        "practice: 修改须审核, zh: 更改履职记录须经审核, en: changes are reviewed, by: 委员联络服务中心, to: [委员, 专委会]"
    )
    said = printed(rules)

    assert "修改须审核:更改履职记录须经审核" in said
    assert "由委员联络服务中心负责" in said and "送委员、专委会" in said
    is_refused_at(rules, "practice: 修改须审核", "practice: 随便改", "/process/0/practice")


def test_quarterly_declaration() -> None:
    """一季一填报: printed as once each quarter; a gate can ask for one in each."""
    rules = laid_down(
        "practice: 定期填报, zh: 一季一填报, en: a declaration each quarter, by: 委员, every: 季度"
    )
    said = printed(rules)

    assert "定期填报:一季一填报;由委员负责" in said and "季度一次" in said
    is_refused_at(rules, "every: 季度", "every: 旬", "/process/0/every")
    gated = marked(
        """\
        gates:
          - gate: quarterly
            zh: 每季填报
            en: each quarter
            counts: {kinds: 其他履职(县自定事项), where: {code: 季度填报}}
            at_least: 1
            every: 季度
        """
    )
    declared = "- {kind: 其他履职(县自定事项), on: 2024-%s, details: {code: 季度填报}}\n"
    three = "".join(declared % day for day in ("03-28", "06-28", "09-28"))
    assert [g.met for g in account(gated, three).card.gates] == [False]
    four = three + declared % "12-31"
    assert [g.met for g in account(gated, four).card.gates] == [True]


def test_cutoff_and_schedule() -> None:
    """截止日期: the day of the year is printed; one that is no day is refused."""
    rules = laid_down(
        "practice: 截止与进度, zh: 年度数据截止, en: cut-off, on: 12-20",
        "practice: cutoff, zh: 次年一月核定, en: settled in January, by: 主席会议, on: 01-31",
    )
    said = printed(rules)

    assert "截止与进度:年度数据截止;12月20日以前" in said
    assert "截止与进度:次年一月核定;由主席会议负责;1月31日以前" in said
    is_refused_at(rules, "on: 12-20", "on: 13-40", "/process/0/on")


def test_notify_bodies_and_publish() -> None:
    """通报、反馈单位: who is told is printed in full, and so is what is published."""
    rules = laid_down(
        "practice: 通报、反馈, zh: 结果通报, en: results are passed on, to: [组织部, 统战部, 推荐单位, 所在单位]",
        "practice: 公布, zh: 在全会上公布优秀名单, en: names are read out, by: 常委会",
    )
    said = printed(rules)

    assert "通报、反馈:结果通报;送组织部、统战部、推荐单位、所在单位" in said
    assert "公布:在全会上公布优秀名单;由常委会负责" in said
    is_refused_at(rules, "practice: 公布", "practice: 贴大字报", "/process/1/practice")


def test_published_list() -> None:
    """公布成绩单: places are shown on a list that is long enough; equal totals share a place."""
    rules = (
        marked(
            """\
        process:
          - {practice: 公布, zh: 分色公布全体委员成绩, en: a coloured table of all members, every: 半年}
        grading:
          grades:
            - {grade: 绿, en: green, at_least: 80}
            - {grade: 黄, en: yellow, at_least: 60}
            - {grade: 红, en: red}
          ranking: {zh: 全体委员, en: all members, at_least: 4}
        """
        )
        + ""
    )
    four = accounts(rules, marks("甲 90", "乙 70", "丙 70", "丁 50"))
    three = accounts(rules, marks("甲 90", "乙 70", "丙 70"))

    assert [(each.graded.grade, each.graded.place) for each in four.values()] == [
        ("绿", 1),
        ("黄", 2),
        ("黄", 2),
        ("红", 4),
    ]
    assert [each.graded.place for each in three.values()] == [None, None, None]
    assert "公布:分色公布全体委员成绩" in printed(rules)
    is_refused_at(rules, "practice: 公布", "practice: 保密", "/process/0/practice")


def test_two_way_assessment() -> None:
    """双向考核: members mark the office that serves them, on a scale of its own; the practice is printed."""
    rules = measures(
        "- {clause: c, zh: 委员评机关, en: members' marks, counts: {kinds: 评定分数, where: {code: 委员评机关}}, mean: {of: figure, points: 1}}\n",
        """\
        subject: 单位
        of_kinds: 机关委室
        process:
          - {practice: 双向考核, zh: 委员对机关委室打分, en: members mark the office, by: 全体委员, every: 自然年度}
        """,
    )
    found = unit(
        rules,
        "".join(
            f"- {{kind: 评定分数, on: 2024-12-01, details: {{code: 委员评机关}}, figure: {mark}}}\n"
            for mark in (80, 90, 97)
        ),
        kind="机关委室",
    )

    assert (total(found), len(found.card.lines)) == ("89", 3)
    assert "双向考核:委员对机关委室打分;由全体委员负责" in printed(rules)
    is_refused_at(rules, "practice: 双向考核", "practice: 单向考核", "/process/0/practice")


GROUPS = "subject: 单位\nof_kinds: 镇街委员活动组\n"


def test_collective_subject() -> None:
    """集体考核对象: a township group by its own acts, and by those of its members, a joint one once."""
    rules = measures(
        """\
        - {clause: own, zh: 组织活动, en: its own, counts: 参加协商, each: 10}
        - {clause: theirs, zh: 委员提案, en: theirs, whose: 所属委员, counts: 提交提案, each: 3}
        """,
        GROUPS,
    )
    found = accounts(
        rules,
        """\
        year: 2024
        members: [{member: 甲}, {member: 乙}]
        units:
          - unit: 城关组
            kind: 镇街委员活动组
            members: [甲, 乙]
            facts: [{kind: 参加协商, on: 2024-05-01}]
          - {unit: 空组, kind: 镇街委员活动组}
        facts:
          - {member: [甲, 乙], kind: 提交提案, on: 2024-01-11, deed: 联名}
          - {member: 乙, kind: 提交提案, on: 2024-01-12, deed: 乙案}
          - {member: 乙, kind: 参加协商, on: 2024-05-01, deed: 乙协商}
          - {unit: 城关组, kind: 参加协商, on: 2024-06-01}
        """,
    )

    assert list(found) == ["城关组", "空组"]
    assert lines(found["城关组"]) == {"own": ["10", "10"], "theirs": ["3", "3"]}
    assert (total(found["城关组"]), total(found["空组"])) == ("26", "0")
    assert {why(found["城关组"])[deed] for deed in ("乙协商",)} == {Why.NOT_PRICED}
    passes(
        rules,
        """\
        - case: 一次协商
          unit: {kind: 镇街委员活动组}
          year: 2024
          facts: [{kind: 参加协商, on: 2024-05-01}]
          expect: {total: 10, lines: {own: 10}}
        """,
    )


def test_collective_from_members() -> None:
    """集体得分取自委员: their mean, the sum of the best, a block of theirs, the share of those who reach a mark."""

    def taken(how: str) -> Result:
        return unit(
            measures(f"- {{clause: c, zh: 委员得分, en: members, members: {{{how}}}}}\n", GROUPS),
            rest="""\
            of_members:
              - {member: 甲, total: 90, blocks: {base: 50}}
              - {member: 乙, total: 60, blocks: {base: 40}}
              - {member: 丙, total: 59.5}
            """,
        )

    mean = taken("take: 平均分, times: 30%")
    assert total(mean) == "20.95"
    assert lines(mean) == {"c": ["9", "6", "5.95"]}
    assert total(taken("take: 合计, times: 1/10, best: 2")) == "15"
    assert total(taken("take: 平均分, of: base")) == "30"
    assert total(taken("take: 达标委员比例, reach: 60, times: 20")) == "40/3"
    assert total(taken("take: 达标委员比例, reach: 95, times: 20")) == "0"
    nobody = measures("- {clause: c, zh: 平均, en: mean, members: {take: 平均分}}\n", GROUPS)
    assert total(unit(nobody)) == "0"


def test_dual_management() -> None:
    """双重管理: both sides' records count at once; a member's own, and late ones, once a side confirms; the practice is printed."""
    rules = measures(
        "- {clause: c, zh: 走访, en: visits, counts: 走访村(社区), each: 2}\n",
        """\
        process:
          - {practice: 双重管理, zh: 界别与镇街共同管理, en: managed by both, by: 界别和镇街, to: [专委会, 镇街联络委]}
        """,
    )
    found = account(
        rules,
        """\
        - {kind: 走访村(社区), on: 2024-02-01, deed: 镇街, record: 镇街登记}
        - {kind: 走访村(社区), on: 2024-02-01, deed: 界别, record: 界别(专委会)登记}
        - {kind: 走访村(社区), on: 2024-02-01, deed: 自报, record: 委员自报}
        - {kind: 走访村(社区), on: 2024-02-01, deed: 已证, record: 委员自报, attested: 界别}
        - {kind: 走访村(社区), on: 2024-02-01, deed: 三十天, record: 镇街登记, recorded_on: 2024-03-02}
        - {kind: 走访村(社区), on: 2024-02-01, deed: 三十一天, record: 镇街登记, recorded_on: 2024-03-03}
        - {kind: 走访村(社区), on: 2024-02-01, deed: 迟而已证, record: 镇街登记, recorded_on: 2024-03-03, attested: 界别}
        - {kind: 走访村(社区), on: 2024-02-01, deed: 政协补登, recorded_on: 2024-06-03}
        """,
    )

    assert total(found) == "12"
    assert set(paid(found)) == {"镇街", "界别", "已证", "三十天", "迟而已证", "政协补登"}
    assert why(found) == {"自报": Why.NOT_YET, "三十一天": Why.NOT_YET}
    assert "双重管理:界别与镇街共同管理;由界别和镇街负责;送专委会、镇街联络委" in printed(rules)
    is_refused_at(rules, "practice: 双重管理", "practice: 无人管理", "/process/0/practice")
    policy = load_policy(
        "policy: p\nversion: 1\nzh: 规则\nen: rule\nsince: 2024-01-01\nby_class: {委员自报: 双方确认后计}\n"
    )
    assert policy.by_class[RecordClass.SELF] is Counts.WHEN_BOTH


def test_member_of_several_committees() -> None:
    """跨级委员: who also sits in a higher committee has an item of his own; what he does as its guest is never scored."""
    rules = measures(
        """\
        - {clause: higher, zh: 跨级委员回县履职, en: back in the county, counts: 参加会议, who: {higher: true}, each: 6}
        - {clause: other, zh: 其他委员会议, en: others, counts: 参加会议, who: {higher: false}, each: 5}
        """,
        """\
        process:
          - {practice: 跨级委员, zh: 市政协委员以市为主考核, en: the city assesses its members, by: 市政协, to: 县政协}
        """,
    )
    met = """\
        - {kind: 参加会议, on: 2024-02-01, deed: 会}
        - {kind: 参加会议, on: 2024-03-01, deed: 以客, record: 上级委员}
        - {kind: 参加会议, on: 2024-04-01, deed: 上级身份, capacity: 上级委员}
        """
    both, one = account(rules, met, who="higher: 市政协\n"), account(rules, met)

    assert (total(both), lines(both)) == ("6", {"higher": ["6"]})
    assert (total(one), lines(one)) == ("5", {"other": ["5"]})
    assert why(both) == {"以客": Why.GUEST, "上级身份": Why.GUEST}
    assert "跨级委员:市政协委员以市为主考核;由市政协负责;送县政协" in printed(rules)
    is_refused_at(rules, "practice: 跨级委员", "practice: 越级委员", "/process/0/practice")


def test_every_primitive_has_a_test() -> None:
    """84 primitives, each with a function that is called by its name."""
    here = vars(sys.modules[__name__])

    assert len(set(PRIMITIVES)) == len(PRIMITIVES) == 84
    assert [name for name in PRIMITIVES if not callable(here.get(f"test_{name}"))] == []
