"""Rule documents in YAML: what they say, and one message with its line for each thing that is wrong."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from application.documents.source import Unreadable
from application.packs import cases, check, load_pack, load_rule, questions, sort_of
from domain.document import Sort
from domain.rule import Governed, RuleDocument

PACK = Path(__file__).parents[2] / "packs" / "rehearsal"

TEXT = """\
rule: appraisal-measure
version: 2024
number: 某协发〔2024〕3号
zh: 某县政协委员履职考核办法
en: appraisal measures
adopted: {by: 九届三次常委会会议, on: 2024-01-20}
since: 2024-02-01
until: 2026-01-31
trial: true
replaces: [某协发〔2017〕5号]
governs: [rubric/rehearsal, 履职清单/ten-ones]
address: https://example.org/3
source: 县政协网站
"""


def broken(old: str, new: str) -> str:
    assert old in TEXT
    return TEXT.replace(old, new, 1)


def test_a_rule_document_says_what_it_is() -> None:
    assert sort_of(TEXT) is Sort.RULE
    assert load_rule(TEXT) == RuleDocument(
        code="appraisal-measure",
        version="2024",
        number="某协发〔2024〕3号",
        zh="某县政协委员履职考核办法",
        en="appraisal measures",
        adopted_by="九届三次常委会会议",
        adopted_on=date(2024, 1, 20),
        since=date(2024, 2, 1),
        until=date(2026, 1, 31),
        trial=True,
        replaces=("某协发〔2017〕5号",),
        governs=(Governed(Sort.RUBRIC, "rehearsal"), Governed(Sort.CHECKLIST, "ten-ones")),
        address="https://example.org/3",
        source="县政协网站",
    )


def test_one_number_or_one_document_needs_no_list() -> None:
    one = broken("[某协发〔2017〕5号]", "某协发〔2017〕5号").replace(
        "[rubric/rehearsal, 履职清单/ten-ones]", "policy/one"
    )

    assert load_rule(one).replaces == ("某协发〔2017〕5号",)
    assert load_rule(one).governs == (Governed(Sort.POLICY, "one"),)


@pytest.mark.parametrize(
    ("text", "line", "path", "word"),
    [
        (broken("number: 某协发〔2024〕3号\n", ""), 1, "/number", "缺少"),
        (broken("en: appraisal measures\n", ""), 1, "/en", "缺少"),
        (broken("number: 某协发〔2024〕3号", "number:"), 3, "/number", "没有写值"),
        (broken("on: 2024-01-20", "on: 2024年"), 6, "/adopted/on", "不是日期"),
        (broken(", on: 2024-01-20", ""), 6, "/adopted/on", "缺少"),
        (broken("{by: 九届三次常委会会议, on: 2024-01-20}", "2024-01-20"), 6, "/adopted", "名称"),
        (broken("since: 2024-02-01\n", ""), 1, "/since", "缺少"),
        (broken("until: 2026-01-31", "until: 2024-01-31"), 8, "/until", "早于"),
        (broken("trial: true", "trial: 试行"), 9, "/trial", "true"),
        (broken("〔2017〕5号]", "(2024)3号]"), 10, "/replaces/0", "自身"),
        (broken("5号]", "5号, 某协发 \uff082017\uff095号]"), 10, "/replaces/1", "重复"),
        (broken("rubric/rehearsal", "loop/rehearsal"), 11, "/governs/0", "考核办法(rubric)"),
        (broken("rubric/rehearsal", "rule/rehearsal"), 11, "/governs/0", "考核办法(rubric)"),
        (broken("rubric/rehearsal", "rehearsal"), 11, "/governs/0", "类别/代码"),
        (broken("rubric/rehearsal", "3"), 11, "/governs/0", "类别/代码"),
        (broken("履职清单/ten-ones", "rubric/rehearsal"), 11, "/governs/1", "重复"),
        (broken("address:", "where:"), 12, "/where", "没有“where”"),
    ],
)
def test_each_mistake_is_said_once_with_its_line(
    text: str, line: int, path: str, word: str
) -> None:
    with pytest.raises(Unreadable) as raised:
        load_rule(text)

    (flaw,) = raised.value.flaws
    assert (flaw.line, flaw.path) == (line, path)
    assert word in flaw.zh
    assert flaw.en != flaw.zh


def test_a_check_asks_whether_what_it_governs_is_published() -> None:
    """It may be published later, so that nothing is refused."""
    asked = questions(broken("until: 2026-01-31\n", ""))

    assert [silence.zh for silence in asked.silences] == ["试行到哪一天?"]
    assert [remark.en for remark in asked.unknown] == [
        "whether appraisal measure rehearsal has been published (it may be later)",
        "whether duty list ten-ones has been published (it may be later)",
    ]
    assert (check(TEXT), cases(TEXT)) == ([], [])
    with pytest.raises(Unreadable):
        check(broken("until: 2026-01-31", "until: 2024-01-31"))


def test_the_rehearsal_county_has_a_rule_that_governs_its_rubric() -> None:
    pack = load_pack((PACK / name).read_text("utf-8") for name in ("rule.yaml", "rubric.yaml"))

    (rule,) = pack.rules.values()
    (rubric,) = pack.rubrics.values()

    assert rule.governs == (Governed(Sort.RUBRIC, rubric.code),)
    assert (rule.zh, rule.since) == (rubric.zh, rubric.since)
