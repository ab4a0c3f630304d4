"""Words of documents in rules: figures in any width, and what is said of a wrong word in each language."""

from __future__ import annotations

from fractions import Fraction

import pytest

from application.documents.source import Flaw, Unreadable
from application.documents.words import figure, half_width, part
from application.packs import check, load_policy, load_rubric
from domain.rubric import Each
from tests.application.test_packs import broken


def flaw_of(text: str) -> Flaw:
    """The only thing that is wrong with a rubric or its cases."""
    with pytest.raises(Unreadable) as raised:
        check(text)
    (flaw,) = raised.value.flaws
    return flaw


def test_figures_may_stand_in_full_width() -> None:
    """As a Chinese keyboard writes them; a superscript is no digit."""
    assert part("２０％") == part("20%") == Fraction(1, 5)
    assert (figure("－７．５"), figure("１００／３")) == (Fraction(-15, 2), Fraction(100, 3))
    assert half_width("−２") == "-2"
    rubric = load_rubric(broken("each: 7.5", "each: ７．５"))
    assert rubric.blocks[0].clauses[0].measure == Each(price=Fraction(15, 2))
    assert "10²" in flaw_of(broken("each: 7.5", "each: 10²")).zh


def test_a_year_may_stand_in_full_width() -> None:
    assert check(broken("year: 2024", "year: ２０２４"))[0].passed


@pytest.mark.parametrize(
    ("old", "new", "zh", "en"),
    [
        (
            "each: 7.5",
            "full: 10",
            "应为“名称: 值”,如 {points: 30, acts: 4}",
            "has to name its fields, such as {points: 30, acts: 4}",
        ),
        (
            "blocks:",
            "late: 31\nblocks:",
            "应为“名称: 值”,如 {timing: …, within_days: 4, carry_over: true}",
            "has to name its fields, such as {timing: …, within_days: 4, carry_over: true}",
        ),
        (
            "year: 2024",
            "year: 二〇二四",
            "“二〇二四”不是年份,请写整数,如 2024,或写 {first: 2024-01-01, last: 2024-06-30}",
            "“二〇二四” is no year; write a whole number such as 2024, or {first: 2024-01-01, last: 2024-06-30}",
        ),
        (
            "blocks:",
            "part_year: {least_months: 六}\nblocks:",
            "应为整数,用半角数字,如 2",
            "has to be a whole number in ASCII digits, such as 2",
        ),
        (
            "    en: block\n",
            "    en: block\n    weight: 四成\n",
            "“四成”不是数或比例,请写 20%、0.2 或 1/5",
            "“四成” is neither a number nor a part; write 20%, 0.2 or 1/5",
        ),
        (
            "since: 2024-01-01",
            "since: 2024-02-30",
            "日历上没有“2024-02-30”这一天,请写 2024-01-31",
            "no calendar has the day “2024-02-30”; write 2024-01-31",
        ),
        (
            "    en: block\n",
            "    en: block\n    wieght: 1\n",
            "没有“wieght”这个字段,是否为:weight?可选:block、zh、en、starts、gates、clauses、shared、cap、floor、weight",
            "there is no field “wieght” here; did you mean weight? One of: block, zh, en, starts, gates, clauses, shared, cap, floor, weight",
        ),
        (
            "走访村(社区)",
            "{kinds: 提交提案, levels: {at_least: 月}}",
            "不认识“月”,可选:村(社区)(village)、乡镇(街道)(township)、县(county)、市(city)、省(province)、全国(nation)",
            "“月” is not known; one of: village, township, county, city, province, nation",
        ),
    ],
)
def test_what_is_wanted_is_said_in_each_language(old: str, new: str, zh: str, en: str) -> None:
    """Chinese words with their codes in the one, codes in the other."""
    flaw = flaw_of(broken(old, new))

    assert (flaw.zh, flaw.en) == (zh, en)


def test_a_policy_proposes_the_kind_that_was_meant() -> None:
    text = "policy: p\nversion: 1\nzh: 规则\nen: policy\nsince: 2024-01-01\nby_kind: {视察: 登记即计}\n"
    with pytest.raises(Unreadable) as raised:
        load_policy(text)

    (flaw,) = raised.value.flaws
    assert "是否为:参加视察(inspected)" in flaw.zh
