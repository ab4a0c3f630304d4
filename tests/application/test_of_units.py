"""Rubrics in rules that count what is on record of members' units: read from YAML, with worked cases and facts files."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from textwrap import dedent

import pytest

from application.documents.rubric_cases import Result, results
from application.documents.source import Unreadable
from application.packs import check, load_facts, load_rubric
from domain.kinds import Stage
from domain.rubric import Clause, Each, Once, Whose
from domain.scorecard import Points
from domain.selection import Passed, Selects, Where
from domain.unit import UnitKind

RULES = """\
rubric: r
version: 1
zh: 办法
en: rubric
since: 2024-01-01
blocks:
  - block: b
    zh: 分
    en: block
    clauses:
      - clause: studio
        zh: 工作室达标
        en: the studio met a standard
        whose: 所属单位
        of_kinds: [委员工作室, 界别]
        counts: 达到标准
        each: 2
      - clause: accepted
        zh: 通过验收
        en: accepted
        whose: unit
        counts: {kinds: 接受督查、验收, where: {check: 验收}, reached: {all: 验收通过}}
        once: 4
      - clause: criticised
        zh: 通报批评
        en: criticised
        whose: 所属单位
        counts: {kinds: 受到处理, where: {sanction: 通报批评}}
        each: -1/3
"""

CASES = """\
cases:
  - case: 三月在城南工作室
    year: 2024
    member:
      units:
        - {unit: 城南, bond: 镇街委员工作室, since: 2024-03-01, until: 2024-03-31}
        - {unit: 农业组, bond: 编组}
    of_units:
      - unit: 城南
        kind: 委员工作室
        facts:
          - {kind: 达到标准, on: 2024-03-05}
          - {kind: 达到标准, on: 2024-04-05, deed: 四月}
          - {kind: 接受督查、验收, on: 2024-03-06, details: {check: 验收}, reached: 验收通过, deed: 共同验收}
          - {kind: 受到处理, on: 2024-03-07, details: {sanction: 通报批评}}
          - {kind: 参加调研, on: 2024-03-08, deed: 调研}
      - unit: 农业组
        kind: 镇街委员活动组
        facts:
          - {kind: 达到标准, on: 2024-03-05, deed: 活动组}
          - {kind: 接受督查、验收, on: 2024-03-06, details: {check: 验收}, reached: 验收通过, deed: 共同验收}
      - unit: 城北
        kind: 委员工作室
        facts:
          - {kind: 达到标准, on: 2024-03-05, deed: 别处}
    facts:
      - {kind: 达到标准, on: 2024-03-05, deed: 本人}
    expect:
      total: 17/3
      lines: {studio: 2, accepted: 4, criticised: -1/3}
      why_not: {四月: not_in_unit, 活动组: unit_kind, 本人: not_priced, 共同验收: shared, 别处: %s}
"""


def test_the_example_of_the_page_on_rubrics_is_read() -> None:
    page = (Path(__file__).parents[2] / "docs" / "rubrics.md").read_text("utf-8")
    _, _, after = page.partition('<a id="of-his-units"></a>')
    example = after.partition("```yaml\n")[2].partition("```")[0]
    head = RULES.partition("      - clause")[0]

    assert [(c.code, c.whose) for c in clauses(head + example)] == [
        ("studio", Whose.UNIT),
        ("accepted", Whose.UNIT),
        ("criticised", Whose.UNIT),
    ]


def clauses(text: str) -> list[Clause]:
    return [clause for _, clause in load_rubric(text).clauses]


def test_what_is_written_is_what_is_read() -> None:
    """In words and in codes."""
    studio, accepted, criticised = clauses(RULES)

    assert studio == Clause(
        code="studio",
        zh="工作室达标",
        en="the studio met a standard",
        counts=(Selects(kinds=("met_standard",)),),
        measure=Each(price=Fraction(2)),
        whose=Whose.UNIT,
        of_kinds=frozenset({UnitKind.STUDIO, UnitKind.SECTOR}),
    )
    assert (accepted.whose, accepted.measure) == (Whose.UNIT, Once(price=Fraction(4)))
    assert accepted.counts[0] == Selects(
        kinds=("was_inspected",),
        where=(Where(name="check", values=frozenset({"acceptance"})),),
        passed_all=(Passed(stage=Stage.PASSED),),
    )
    assert (criticised.of_kinds, criticised.measure) == (frozenset(), Each(price=Fraction(-1, 3)))
    in_codes = RULES.replace("所属单位", "unit").replace("委员工作室, 界别", "studio, sector")
    assert clauses(in_codes) == [studio, accepted, criticised]


@pytest.mark.parametrize(
    ("old", "new", "path"),
    [
        ("of_kinds: [委员工作室, 界别]", "of_kinds: 工作间", "/blocks/0/clauses/0/of_kinds"),
        ("whose: 所属单位\n        of_kinds", "of_kinds", "/blocks/0/clauses/0/of_kinds"),
        ("whose: unit", "whose: 所属委员", "/blocks/0/clauses/1/whose"),
        ("since: 2024-01-01", "since: 2024-01-01\nsubject: 单位", "/blocks/0/clauses/0/whose"),
    ],
)
def test_what_is_wrong_is_told_at_its_place(old: str, new: str, path: str) -> None:
    with pytest.raises(Unreadable) as refused:
        load_rubric(RULES.replace(old, new))

    assert refused.value.flaws[0].path == path
    assert refused.value.flaws[0].zh


def told(text: str) -> list[tuple[str, str]]:
    return [(f.path, f.en) for result in check(text) for f in result.differs]


def test_a_worked_case_tells_what_is_on_record_of_units() -> None:
    """Of a unit that he is not in nothing is told to him."""
    assert told(RULES + CASES.replace(", 别处: %s", "")) == []
    ((path, _),) = told(RULES + CASES % "not_in_unit")
    assert path == "/cases/0/expect/why_not/别处"


def test_a_case_of_a_unit_has_no_units_beside_it() -> None:
    units = RULES.replace("since:", "subject: 单位\nsince:", 1).replace(
        "whose: 所属单位", "whose: 所属委员"
    )
    units = units.replace("        of_kinds: [委员工作室, 界别]\n", "").replace(
        "whose: unit", "whose: members"
    )
    case = """\
cases:
  - case: 单位
    year: 2024
    unit: {kind: 委员工作室}
    of_units: [{unit: 城南, kind: 委员工作室}]
    expect: {total: 0}
"""
    with pytest.raises(Unreadable) as refused:
        check(units + case)

    assert [f.path for f in refused.value.flaws] == ["/cases/0/of_units"]


FACTS = """\
    year: 2024
    members:
      - {member: A, units: {unit: 城南, bond: 镇街委员工作室}}
      - {member: B, units: [{unit: 城南, bond: 镇街委员工作室, until: 2024-03-31}, {unit: 城北, bond: 学习组}]}
      - {member: C}
    units:
      - unit: 城南
        kind: 委员工作室
        facts: [{kind: 达到标准, on: 2024-03-05}, {kind: 达到标准, on: 2024-04-05}]
      - unit: 城北
        kind: 委员工作室
        facts: [{kind: 达到标准, on: 2024-03-05}]
    facts:
      - {unit: 城北, kind: 受到处理, on: 2024-03-06, details: {sanction: 通报批评}}
"""


def test_a_facts_file_gives_members_what_is_on_record_of_their_units() -> None:
    rubric = load_rubric(RULES)
    appraised, period, today, term = load_facts(dedent(FACTS), rubric)
    found: list[Result] = results(appraised, rubric, period, today, term)

    totals = {each.card.member: each.card.total for each in found}
    assert totals == {
        "member/A": Points("4"),
        "member/B": Points("11/3"),
        "member/C": Points("0"),
    }
