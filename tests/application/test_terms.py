"""A committee's own words in YAML: what they say, and one message with its line for each thing that is wrong."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from application.documents.source import Unreadable
from application.packs import (
    Questions,
    cases,
    check,
    load,
    load_pack,
    load_terms,
    published,
    questions,
    sort_of,
)
from domain.document import Sort
from domain.kinds.meetings import Meeting
from domain.terms import Term, Terms
from domain.turnout import Turnout

SHIPPED = (Path(__file__).parents[2] / "packs" / "terms" / "district.yaml").read_text("utf-8")

TEXT = """\
terms: district
version: 1
zh: 区政协用语
en: words of a district
since: 2024-01-01
until: 2026-12-31
words:
  县: 区
  studio: 联络委
"""


def broken(old: str, new: str) -> str:
    assert old in TEXT
    return TEXT.replace(old, new, 1)


def test_words_are_named_by_ours_or_by_code() -> None:
    assert sort_of(TEXT) is Sort.TERMS
    assert load_terms(TEXT) == Terms(
        code="district",
        version="1",
        zh="区政协用语",
        en="words of a district",
        since=date(2024, 1, 1),
        until=date(2026, 12, 31),
        words=((Term.COUNTY, "区"), (Term.STUDIO, "联络委")),
    )
    assert load(Sort.TERMS, TEXT) == published(Sort.TERMS, TEXT)


def test_how_many_have_to_come_is_said_by_kind_of_meeting() -> None:
    text = broken("words:\n  县: 区\n  studio: 联络委\n", "")
    terms = load_terms(f"{text}quorum:\n  常委会会议: 过半数\n  全体会议: 2/3\n")
    more_than_half = terms.quorum(Meeting.STANDING_COMMITTEE)
    two_thirds = terms.quorum(Meeting.PLENARY_SESSION)
    assert terms.quorum(Meeting.FORUM) is None
    assert terms.quorum(None) is None
    assert more_than_half is not None
    assert two_thirds is not None
    met = [
        [each.met(Turnout(expected=6, present=there, unrecorded=1)) for there in (3, 4)]
        for each in (more_than_half, two_thirds)
    ]
    assert met == [[False, True], [False, True]]
    assert more_than_half.met(Turnout(expected=5, present=3))
    assert two_thirds.said == "2/3"


def test_they_have_no_cases_and_leave_nothing_open() -> None:
    assert (cases(TEXT), check(TEXT), questions(TEXT)) == ([], [], Questions())


def test_the_words_of_a_district_come_with_the_packs() -> None:
    pack = load_pack([SHIPPED])

    assert pack.terms["district"].said("县政协、镇街委员工作室") == "区政协、街道联络委"


@pytest.mark.parametrize(
    ("text", "line", "path", "word"),
    [
        (broken("since: 2024-01-01\n", ""), 1, "/since", "缺少"),
        (broken("words:\n  县: 区\n  studio: 联络委\n", ""), 1, "/words", "没有写任何"),
        (f"{TEXT}quorum:\n  村民会议: 2/3\n", 11, "/quorum/村民会议", "不认识“村民会议”"),
        (f"{TEXT}quorum:\n  常委会会议: 多数\n", 11, "/quorum/常委会会议", "不是数或比例"),
        (f"{TEXT}quorum:\n  常委会会议: 4/3\n", 11, "/quorum/常委会会议", "不大于1"),
        (broken("words:\n  县: 区\n  studio: 联络委\n", "words: {}\n"), 7, "/words", "没有写任何"),
        (broken("words:\n  县: 区\n  studio: 联络委\n", "words: 区\n"), 7, "/words", "名称"),
        (broken("县: 区", "乡: 街道"), 8, "/words/乡", "不认识“乡”"),
        (broken("县: 区", "委员工作室: 室组"), 8, "/words/委员工作室", "工作室(studio)"),
        (broken("县: 区", "工作室: 室组"), 9, "/words/studio", "与“工作室”是同一个词"),
        (broken("县: 区", "studio: 室组"), 9, "/words/studio", "重复出现"),
        (broken("县: 区", "县:"), 8, "/words/县", "没有写值"),
        (broken("县: 区", "县: ''"), 8, "/words/县", "应为文字"),
        (broken("县: 区", "县: [区]"), 8, "/words/县", "应为文字"),
        (broken("县: 区", "县: true"), 8, "/words/县", "应为文字"),
        (broken("县: 区", "县: ' 区'"), 8, "/words/县", "前后不留空格"),
        (broken("县: 区", f"县: {'区' * 21}"), 8, "/words/县", "1至20个字"),
        (broken("县: 区", '县: "区\\n市"'), 8, "/words/县", "不换行"),
        (broken("县: 区", "县: 市"), 8, "/words/县", "“县”和“市”都叫“市”"),
        (broken("联络委", "委员之家"), 9, "/words/studio", "“委员工作室”和“委员之家”"),
        (broken("en:", "english:"), 4, "/english", "没有“english”"),
    ],
)
def test_each_mistake_is_said_with_its_line(text: str, line: int, path: str, word: str) -> None:
    with pytest.raises(Unreadable) as caught:
        load_terms(text)

    found = [f for f in caught.value.flaws if f.path == path]
    assert [f.line for f in found] == [line], caught.value
    assert word in found[0].zh
    assert found[0].en


def test_the_longest_word_has_twenty_characters() -> None:
    assert load_terms(broken("县: 区", f"县: {'区' * 20}")).said("县") == "区" * 20


def test_words_that_were_published_are_not_judged_again() -> None:
    alike = broken("县: 区", "县: 市")

    assert published(Sort.TERMS, alike) == load_terms(TEXT).__class__(
        code="district",
        version="1",
        zh="区政协用语",
        en="words of a district",
        since=date(2024, 1, 1),
        until=date(2026, 12, 31),
        words=((Term.COUNTY, "市"), (Term.STUDIO, "联络委")),
    )
