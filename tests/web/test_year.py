"""Pages of the year: the plan with its quotas and a month beside the year, topics screened in one go, the responsibility list, a work's file."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from importlib.resources import files
from typing import Any

import pytest

from domain.document import Publish, Sort
from domain.fact import Reached, TopicSource
from domain.kinds import Stage
from domain.kinds.advice import RaisedTopic
from domain.kinds.culture import Publication
from domain.kinds.deliberation import JoinedOversight, Tier
from domain.kinds.deliberation import Oversight as OversightForm
from domain.kinds.works import (
    Consultation,
    Oversight,
    PlanItem,
    PlannedFor,
    PlannedWork,
    PrintedVolume,
    Task,
)
from domain.matter import Author, Matter, RecordMatter, ReportOutcome
from domain.occasion import Occasion, Participant, RecordOccasion
from domain.people import Role, UnitId
from tests.interfaces.conftest import Caller, Service
from tests.web.conftest import Reader, Reading
from tests.web.rounds import LI, Rounds, days

YEAR = 2025
OF_THE_YEAR = date(2025, 1, 8)


def published(told: Rounds, file: str, code: str) -> None:
    text = files("packs").joinpath(file).read_text("utf-8")
    told.tell(Publish(sort=Sort.LOOP, code=code, version="1", text=text, since=date(2021, 1, 1)))


def work(told: Rounds, name: str, title: str, details: Any, **said: Any) -> None:
    body: Matter[Any] = Matter(
        details=details,
        title=title,
        on=OF_THE_YEAR,
        organiser=UnitId("county"),
        authors=(Author(unit=UnitId("medicine")),),
    )
    told.tell(RecordMatter(matter=name, body=replace(body, **said)))


def topic(told: Rounds, name: str, title: str, source: TopicSource | None) -> None:
    work(told, name, title, RaisedTopic(), topic_source=source, authors=(Author(person=LI),))


@pytest.fixture
def county(office: Caller, sqlite_service: Service) -> Rounds:
    """A plan with one item held and one late, three topics, two tasks, a consultation and an oversight."""
    told = Rounds(sqlite_service.installation.desk(office.ledger))
    published(told, "three-norms/tasks.yaml", "three-norms-tasks")
    published(told, "linshu/topics.yaml", "linshu-topics")
    published(told, "haiyan/oversight.yaml", "haiyan-oversight")
    item = PlanItem(
        item=PlannedWork.CONSULTATION,
        year=YEAR,
        planned_for=PlannedFor.MAY,
        tier=Tier.CHAIRPERSONS_COUNCIL,
    )
    work(told, "p1", "养老服务协商", item)
    press = replace(item, item=PlannedWork.PRESS_CONFERENCE, planned_for=PlannedFor.THIRD_QUARTER)
    work(told, "p2", "新闻发布会", replace(press, tier=Tier.NONE, person_responsible="林主任"))
    for name, title, source in (
        ("t1", "停车难", TopicSource.PEOPLE),
        ("t2", "停车泊位", TopicSource.MEMBERS),
        ("t3", "旧改", None),
    ):
        topic(told, name, title, source)
    council = Consultation(tier=Tier.CHAIRPERSONS_COUNCIL)
    work(told, "c1", "养老服务", council, plan_item="p1", answers="matter/t3")
    discussed = Reached(stage=Stage.DISCUSSED, on=date(2025, 5, 20))
    told.tell(ReportOutcome(matter="c1", outcome=discussed))
    late, later = told.today - days(20), told.today + days(40)
    work(told, "k1", "增设床位", Task(due=late, person_responsible="林主任"), answers="matter/c1")
    work(told, "k2", "培训护理员", Task(due=later))
    work(told, "o1", "河道监督", Oversight(), work="river")
    visit = JoinedOversight(form=OversightForm.SPECIAL, problems_found=4, suggestions=2)
    occasion: Occasion[Any] = Occasion(
        details=visit,
        title="河道暗访",
        on=date(2025, 3, 3),
        organiser=UnitId("county"),
        work="river",
        participants=(Participant(person=LI),),
    )
    told.tell(RecordOccasion(occasion="v1", body=occasion))
    return told


@pytest.fixture
def secretary(reading: Reading, county: Rounds) -> Reader:
    return reading("secretary", Role.OFFICE, "county")


def titles(page: str) -> list[str]:
    return re.findall(r'<a class="grow title" href="[^"]+">([^<]+)</a>', page)


def cells(page: str, first: str) -> list[str]:
    """The cells of the row of a table that begins so, without its marks."""
    row = next(r for r in re.findall(r"<tr>.*?</tr>", page, re.DOTALL) if first in r)
    found = re.findall(r"<td[^>]*>(.*?)</td>", row, re.DOTALL)
    return [re.sub(r"<[^>]+>", "", each).strip() for each in found]


def test_the_plan_stands_by_quarters_with_tiers_against_quotas_and_a_month_beside_its_year(
    secretary: Reader,
) -> None:
    page = secretary.read(f"/plan?year={YEAR}")
    assert titles(page) == ["养老服务协商", "新闻发布会"]
    assert page.index("<h3>第二季度</h3>") < page.index("<h3>第三季度</h3>")
    assert cells(page, "主席会议专题协商") == ["主席会议专题协商", "6", "1", "1", "1/6", "5"]
    assert cells(page, "第三季度</td>") == ["第三季度", "1", "0", "1"]
    assert "养老服务</a>" in page, "what was held for it leads there"
    assert "林主任" in page
    assert "6月与全年" in page
    assert "5月与全年" in secretary.read(f"/plan?year={YEAR}&month=5")
    assert "没有符合条件的计划项目" in secretary.read("/plan?year=2020")


def test_quotas_are_those_that_the_loops_say_else_those_of_the_tiers_names(
    secretary: Reader, county: Rounds
) -> None:
    page = secretary.read(f"/plan?year={YEAR}")
    assert "按层次名称 1+2+6+X" in page
    assert cells(page, "民主监督闭环")[1:3] == ["不限", "0"]
    text = files("packs").joinpath("haiyan/consultation-council.yaml").read_text("utf-8")
    text = text.replace("a_year: 6", "a_year: 4").replace(
        "zh: 主席会议专题协商", "zh: 主席会议协商"
    )
    since = date(2021, 1, 1)
    code = "haiyan-consultation-6"
    county.tell(Publish(sort=Sort.LOOP, code=code, version="1", text=text, since=since))
    page = secretary.read(f"/plan?year={YEAR}")
    assert cells(page, "主席会议协商") == ["主席会议协商", "4", "1", "1", "1/4", "3"]
    assert "额度由已发布的流程写明" in page
    assert "专题议政性常委会会议</td>" not in page, "nothing is said and nothing there of it"


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("which=late", ["新闻发布会"]),
        ("which=held", ["养老服务协商"]),
        ("quarter=2", ["养老服务协商"]),
        ("item=press_conference", ["新闻发布会"]),
        ("owner=经济界", []),
    ],
)
def test_the_plan_is_narrowed(secretary: Reader, asked: str, found: list[str]) -> None:
    assert titles(secretary.read(f"/plan?year={YEAR}&{asked}")) == found


@pytest.mark.parametrize(
    "asked",
    [
        *("/plan?month=13", "/plan?quarter=5", "/plan?item=x", "/plan?owner=不存在"),
        *("/plan?which=x", "/topics?source=x", "/topics?state=x", "/topics?year=x"),
        *("/tasks?which=x", "/tasks?owner=不存在", "/tasks?year=x"),
    ],
)
def test_what_cannot_be_meant_is_said_and_nothing_breaks(secretary: Reader, asked: str) -> None:
    assert secretary.get(asked).status_code == 422


def test_topics_stand_by_source_and_say_what_they_became(secretary: Reader) -> None:
    page = secretary.read(f"/topics?year={YEAR}")
    assert cells(page, "群众荐题") == ["群众荐题", "1", "1", "0", "0", "0"]
    assert cells(page, "未注明来源")[1:3] == ["1", "1"]
    assert "一次筛选 3 个" in page
    assert "养老服务</a>" in page
    assert titles(secretary.read(f"/topics?year={YEAR}&source=people")) == ["停车难"]


def test_topics_are_screened_in_one_go_and_sent_twice_it_is_done_once(
    secretary: Reader, county: Rounds
) -> None:
    pairs = [
        ("year", str(YEAR)),
        ("on", "2025-02-10"),
        *(("p", each) for each in ("t1", "t2", "t3")),
        ("decision.t1", "adopted"),
        ("decision.t2", "merged"),
        ("into.t2", "t1"),
        ("decision.t3", "declined"),
        ("why.t3", "近两年已协商"),
    ]
    answer = secretary.send(
        "/topics/screening", *pairs, page=f"/topics/screening?year={YEAR}", follow=False
    )
    assert answer.status_code == 303
    page = secretary.read(f"/topics?year={YEAR}")
    assert cells(page, "群众荐题") == ["群众荐题", "1", "0", "1", "0", "0"]
    assert cells(page, "委员议题") == ["委员议题", "1", "0", "0", "0", "1"]
    assert "理由:近两年已协商" in page
    assert '并入:<a href="' in page
    before = county.desk.reader.position
    again = secretary.send("/topics/screening", *pairs, page="/record/raised_topic", follow=False)
    assert again.status_code == 303
    assert county.desk.reader.position == before


def test_what_is_wrong_with_one_topic_stands_beside_it_and_the_others_are_screened(
    secretary: Reader,
) -> None:
    answer = secretary.send(
        "/topics/screening",
        *(("year", str(YEAR)), ("on", "2025-02-10"), ("p", "t1"), ("p", "t2"), ("p", "t3")),
        *(("decision.t1", "adopted"), ("decision.t2", "declined"), ("decision.t3", "merged")),
        page=f"/topics/screening?year={YEAR}",
    )
    assert answer.status_code == 422
    assert "已筛选 1 个" in answer.text
    assert titles(answer.text) == ["停车泊位", "旧改"]
    assert answer.text.count('class="wrong"') == 2
    wrong = re.findall(r'is-wrong"><label for="(\w-\w+)"', answer.text)
    assert wrong == ["w-t2", "i-t3"], "what is wrong stands at its own input"
    early = secretary.send(
        "/topics/screening",
        *(("year", str(YEAR)), ("on", "2024-02-10"), ("p", "t2"), ("decision.t2", "adopted")),
        page=f"/topics/screening?year={YEAR}",
    )
    assert "停车泊位" in early.text
    assert early.status_code >= 400


def test_what_is_no_topic_is_not_screened(secretary: Reader, county: Rounds) -> None:
    before = county.desk.reader.position
    pairs = (("on", "2025-02-10"), ("decision.c1", "merged"), ("into.c1", "t1"), ("p", "c1"))
    answer = secretary.send("/topics/screening", *pairs, page="/record/raised_topic")
    assert answer.status_code == 422
    assert county.desk.reader.position == before


def test_who_has_no_part_in_handling_screens_nothing(reading: Reading, county: Rounds) -> None:
    member = reading("li", Role.MEMBER)
    assert "一次筛选" not in member.read(f"/topics?year={YEAR}")
    clerk = reading("wang", Role.CLERK, "south")
    answer = clerk.send(
        "/topics/screening",
        *(("year", str(YEAR)), ("on", "2025-02-10"), ("p", "t1"), ("decision.t1", "adopted")),
        page=f"/topics/screening?year={YEAR}",
    )
    assert answer.status_code == 403
    assert "停车难" in answer.text


def test_the_responsibility_list_has_what_is_overdue_first_and_explains_its_day(
    secretary: Reader, county: Rounds
) -> None:
    page = secretary.read("/tasks")
    assert page.index("增设床位") < page.index("培训护理员")
    assert "已逾期 20 天" in page
    assert "规则:事项自己写明的时限" in page
    assert "养老服务</a>" in page
    rows = re.findall(r"<tr>.*?</tr>", page, re.DOTALL)
    counted = [re.findall(r'<td class="num[^>]*>(\d+)</td>', row) for row in rows]
    assert [each for each in counted if each] == [["1", "0", "0", "0"], ["1", "1", "0", "0"]]
    county.move("k1", "track", 2, note="已落实场地")
    county.move("k1", "done", 1, note="新增床位60张")
    assert "增设床位" not in secretary.read("/tasks")
    assert "新增床位60张" in secretary.read("/tasks?which=done")
    assert "增设床位" in secretary.read("/tasks?which=all&owner=医药卫生界&person=林主任")


def test_a_works_page_has_its_file_its_requirements_and_what_to_record_next(
    secretary: Reader, county: Rounds
) -> None:
    county.move("o1", "survey", 30, note="走访6个村")
    page = secretary.read("/matters/o1")
    assert "发现问题 <b>4</b>" in page
    assert "河道暗访</a>" in page
    assert "<b>调研精准化</b> · 佐证:走访6个村" in page
    assert "<b>意见成果化</b> · <span" in page
    item = re.findall(r"养老服务协商|p1", secretary.read("/matters/c1"))
    assert item == ["养老服务协商"], "names are shown, never ids"
    form = secretary.read("/record/joined_oversight?of=matter/o1")
    assert 'value="river"' in form
    assert 'value="河道监督"' in form
    task = secretary.read("/record/task?of=matter/c1")
    assert 'value="matter/c1"' in task
    assert 'value="p1"' in secretary.read("/record/consulted?of=matter/p1")
    chosen = secretary.read("/record/survey?of=matter/t1")
    assert 'value="停车难"' in chosen
    assert '<option value="people" selected>' in chosen
    assert "matter/none" not in secretary.read("/record/task?of=matter/none")


def test_an_article_is_recorded_from_the_page_of_its_volume(
    secretary: Reader, county: Rounds
) -> None:
    body: Matter[Any] = Matter(
        details=PrintedVolume(publication=Publication.VOLUME, print_run=1500),
        title="老街旧事",
        on=date(YEAR, 3, 1),
        organiser=UnitId("county"),
        authors=(Author(unit=UnitId("county")),),
    )
    county.tell(RecordMatter(matter="v1", body=body))
    assert "/record/contributed_history?of=matter/v1" in secretary.read("/matters/v1")
    form = secretary.read("/record/contributed_history?of=matter/v1")
    assert 'value="v1"' in form
    assert 'value="老街旧事"' in form
    assert '<option value="volume" selected>' in form


def test_every_report_of_the_year_is_led_to(secretary: Reader) -> None:
    page = secretary.read("/reports")
    for path in ("/plan", "/topics", "/tasks"):
        assert f'href="/ledgers/{secretary.ledger}{path}"' in page
