"""Pages of figures as documents write them: in our words or in Chinese, with all that is wrong named by line."""

from __future__ import annotations

from importlib.resources import files

import pytest

from application import packs
from application.documents.source import Unreadable
from domain.figures import Axis, Compare, Figure, OfRoster, Sums
from domain.member import Bond
from domain.selection import Selects
from domain.unit import Life, UnitKind

SHIPPED = sorted(
    f"{folder.name}/{each.name}"
    for folder in files("packs").iterdir()
    if folder.is_dir()
    for each in folder.iterdir()
    if each.name.endswith("figures.yaml")
)
HEAD = """\
figures: visits
version: 1
zh: 走访数据
en: visits
since: 2024-01-01
page:
"""


def figure(line: str) -> Figure:
    return packs.load_figures(f"{HEAD}  - {line}\n").figures[0]


def flaws(line: str) -> list[str]:
    with pytest.raises(Unreadable) as caught:
        figure(line)
    return [f"{flaw.line} {flaw.path} {flaw.zh}" for flaw in caught.value.flaws]


@pytest.mark.parametrize("file", SHIPPED)
def test_every_page_that_is_shipped_holds_and_says_what_it_leaves_open(file: str) -> None:
    text = files("packs").joinpath(file).read_text("utf-8")
    page = packs.load_figures(text)
    assert page.silences
    assert page.source
    assert packs.questions(text).silences == page.silences
    assert packs.check(text) == []
    assert packs.load_pack([text]).figures == {page.code: page}


def test_the_counties_pages_are_all_there() -> None:
    codes = {
        packs.load_figures(files("packs").joinpath(file).read_text("utf-8")).zh for file in SHIPPED
    }
    assert codes == {
        "委员带话",
        "“三个规范”",
        "委员五个一线",
        "界别“四个一”",
        "界别工作",
        "委员工作室",
        "履职“三张清单”",
        "文史资料",
    }


def test_a_figure_is_written_in_chinese_or_in_code() -> None:
    said = figure(
        "{figure: f, zh: 走访, en: visits, counts: 走访村(社区), sums: 人次, by: 界别,"
        " only: {履职形式: 联合}, compare: 上年同期}"
    )
    coded = figure(
        "{figure: f, zh: 走访, en: visits, counts: visited_village, sums: person_times, by: sector,"
        " only: {mode: joint}, compare: last_year}"
    )
    assert said == coded
    assert said == Figure(
        code="f",
        zh="走访",
        en="visits",
        counts=(Selects(kinds=("visited_village",)),),
        sums=Sums.PERSON_TIMES.value,
        by=Axis.SECTOR.value,
        only=(("mode", frozenset({"joint"})),),
        compare=Compare.LAST_YEAR,
    )


def test_a_figure_of_the_roster_names_members_in_one_word() -> None:
    assert figure("{figure: m, zh: 委员, en: members, roster: 委员}").roster == OfRoster()
    studios = figure(
        "{figure: s, zh: 工作室, en: studios, by: place, roster: {units: 委员工作室, lives: 示范}}"
    )
    assert studios.roster == OfRoster(
        units=frozenset({UnitKind.STUDIO}), lives=frozenset({Life.EXEMPLARY})
    )
    assert studios.by == "place"
    bound = figure("{figure: b, zh: 编组, en: bound, by: 编组, roster: {bound: 编组}}")
    assert (bound.roster, bound.by) == (OfRoster(bound=Bond.GROUP), "group")


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("{figure: f, zh: 走访, en: v, counts: 走访村}", "7 /page/0/counts"),
        ("{figure: f, zh: 走访, en: v}", "7 /page/0"),
        ("{figure: f, zh: 走访, en: v, counts: 走访村(社区), by: 颜色}", "7 /page/0/by"),
        ("{figure: f, zh: 走访, en: v, counts: 走访村(社区), compare: 昨天}", "7 /page/0/compare"),
        ("{figure: f, zh: 走访, en: v, counts: 走访村(社区), sum: 人次}", "没有“sum”这个字段"),
    ],
)
def test_what_is_wrong_is_named_by_line(line: str, said: str) -> None:
    (flaw,) = flaws(line)
    assert said in flaw


def test_what_was_published_is_read_again_whatever_is_checked_since() -> None:
    text = f"{HEAD}  - {{figure: f, zh: 走访, en: v, counts: 走访村(社区), by: 颜色}}\n"
    page = packs.published(packs.sort_of(text), text)
    assert getattr(page, "code", "") == "visits"
