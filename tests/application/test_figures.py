"""Pages of figures as documents write them: in our words or in Chinese, with all that is wrong named by line."""

from __future__ import annotations

from importlib.resources import files
from typing import Any

import pytest

from application import packs
from application.documents.source import Unreadable
from domain.fact import Fact, SubjectId
from domain.figures import Also, Around, Axis, Compare, Figure, OfRoster, Sums, count, pool
from domain.kinds import Stage
from domain.kinds.culture import Publication
from domain.kinds.deliberation import Consultation, Consulted
from domain.kinds.help import Dispute, MediatedDispute
from domain.kinds.works import Case, Concern, PrintedVolume
from domain.member import Bond
from domain.people import UnitId
from domain.period import Period
from domain.selection import Selects
from domain.unit import Life, UnitKind
from tests.facts import TODAY, YEAR, at, fact, proposal

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


@pytest.mark.parametrize(
    ("said", "axis"),
    [
        ("月份", Axis.MONTH),
        ("季度", Axis.QUARTER),
        ("半年", Axis.HALF),
        ("年份", Axis.CALENDAR_YEAR),
    ],
)
def test_a_figure_is_split_by_parts_of_years_in_our_words(said: str, axis: Axis) -> None:
    assert (
        figure(f"{{figure: f, zh: 走访, en: visits, by: {said}, counts: 走访村(社区)}}").by == axis
    )


def test_a_word_that_no_part_has_is_said_with_those_that_there_are() -> None:
    (flaw,) = flaws("{figure: f, zh: 走访, en: f, only: {季度: 第5季度}, counts: 走访村(社区)}")
    assert flaw.startswith("7 /page/0/only/quarter 没有“第5季度”这个选项")
    assert "第1季度(Q1)" in flaw
    kept = figure("{figure: f, zh: 走访, en: f, only: {季度: 第1季度}, counts: 走访村(社区)}")
    assert kept.only == (("quarter", frozenset({"Q1"})),)


CALENDAR = """\
calendar: sessions
version: 1
zh: 全会日期
en: plenary sessions
since: 2026-01-01
year: 2026
"""


def test_a_calendar_may_hold_sessions_alone_but_not_nothing() -> None:
    one = "sessions:\n  - {zh: 五次会议, en: fifth session, from: 2026-01-14}\n"
    found = packs.load_calendar(CALENDAR + one)
    assert [(each.zh, each.first.isoformat()) for each in found.sessions] == [
        ("五次会议", "2026-01-14")
    ]
    assert packs.load_calendar(CALENDAR + "holidays: []\n").tells_workdays
    for text, path in (
        (CALENDAR, "/holidays"),
        (CALENDAR + one.replace("2026-01", "2025-01"), "/sessions/0"),
        (CALENDAR + one.replace("from:", "on:"), "/sessions/0/from"),
    ):
        with pytest.raises(Unreadable) as caught:
            packs.load_calendar(text)
        assert path in [flaw.path for flaw in caught.value.flaws]


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


NOBODY = Around(people={}, units={})
SOUTH = SubjectId("unit/south")


def counted(file: str, *facts: Fact[Any]) -> dict[str, object]:
    """What the figures of a shipped page that look at facts come to: those that come to something, with their parts."""
    page = packs.load_figures(files("packs").joinpath(file).read_text("utf-8"))
    there = pool(facts, Period.year(YEAR), TODAY)
    found = {f.code: count(f, there, NOBODY) for f in page.figures if f.roster is None}
    return {
        code: told.number if not told.parts else {p.label.zh: p.number for p in told.parts}
        for code, told in found.items()
        if told.number
    }


def test_halls_solve_problems_and_settle_disputes_once_it_is_carried_out() -> None:
    """Agreed on is not yet solved, and what members mediated stands by itself."""

    def case(deed: str, concern: Concern, *reached: Stage) -> Fact[Any]:
        return fact(
            Case(concern=concern),
            deed=f"matter/{deed}",
            subject=SOUTH,
            reached=tuple(map(at, reached)),
        )

    old = MediatedDispute(dispute=Dispute.OLD_PETITION)
    assert counted(
        "linshu/figures.yaml",
        case("lamps", Concern.PROBLEM, Stage.AGREED, Stage.IMPLEMENTED),
        case("ditch", Concern.PROBLEM, Stage.AGREED),
        case("wall", Concern.DISPUTE, Stage.CLOSED),
        case("rent", Concern.OLD_PETITION, Stage.IMPLEMENTED, Stage.CLOSED),
        case("well", Concern.OLD_PETITION, Stage.NOT_AGREED),
        fact(old, deed="matter/pay", reached=(at(Stage.SETTLED),)),
        fact(old, deed="matter/road", reached=(at(Stage.NOT_SETTLED),)),
    ) == {
        "problems": 1,
        "disputes": {"矛盾纠纷": 1, "信访积案": 1},
        "mediated": {"信访积案": 1},
    }


def test_villages_deliberate_and_who_is_online_is_counted() -> None:
    def session(deed: str, village: str | None, people: int, comments: int) -> Fact[Any]:
        online = Consulted(
            form=Consultation.GRASSROOTS, online_participants=people, online_comments=comments
        )
        where = None if village is None else UnitId(village)
        return fact(online, deed=f"occasion/{deed}", subject=SOUTH, village=where)

    told = counted(
        "five-front-lines/figures.yaml",
        session("a", "ford", 40, 6),
        session("b", "ford", 0, 0),
        session("c", "mill", 25, 3),
        session("d", None, 10, 1),
    )
    page = packs.load_figures(
        files("packs").joinpath("five-front-lines/figures.yaml").read_text("utf-8")
    )
    by_village = page.figure("by-village")
    assert by_village is not None
    sessions = [session(deed, village, 0, 0) for deed, village in (("a", "ford"), ("b", "ford"))]
    (ford,) = count(by_village, pool(sessions, Period.year(YEAR), TODAY), NOBODY).parts
    assert (ford.key, ford.number) == ("unit/ford", 2)
    assert (told["villages-deliberating"], told["online"], told["comments"]) == (2, 75, 10)


def test_copies_are_those_of_what_is_printed() -> None:
    def volume(deed: str, sort: Publication, run: int, *reached: Stage) -> Fact[Any]:
        about = PrintedVolume(publication=sort, print_run=run)
        stages = tuple(map(at, reached))
        return fact(about, deed=f"matter/{deed}", subject=SOUTH, reached=stages)

    told = counted(
        "history/figures.yaml",
        volume("a", Publication.ISSUE, 800, Stage.PRINTED),
        volume("b", Publication.ISSUE, 700, Stage.PRINTED, Stage.ARCHIVED),
        volume("c", Publication.VOLUME, 1500, Stage.PRINTED),
        volume("d", Publication.VOLUME, 9000, Stage.COPY_EDITED),
    )
    assert told == {"books": {"期刊": 2, "专辑": 1}, "print-run": {"期刊": 1500, "专辑": 1500}}


def test_a_proposal_is_put_to_use_of_those_that_were_put_on_file() -> None:
    told = counted(
        "three-norms/figures.yaml",
        proposal("03-01", Stage.FILED, Stage.PUT_TO_USE),
        proposal("03-02", Stage.FILED),
        proposal("03-03", Stage.PUT_TO_USE),
    )
    assert (told["filed"], told["put-to-use"]) == (2, 1)


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


def test_a_page_names_what_else_it_tells() -> None:
    line = "  - {figure: v, zh: 走访, en: visits, counts: 走访村(社区)}\n"
    said = packs.load_figures(f"{HEAD}{line}also: [清单进度, due, 清单进度]\n")
    assert said.also == (Also.LISTS, Also.DUE)
    assert packs.load_figures(f"{HEAD}{line}").also == ()
    with pytest.raises(Unreadable) as caught:
        packs.load_figures(f"{HEAD}{line}also: 排名\n")
    assert [flaw.path for flaw in caught.value.flaws] == ["/also"]


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
