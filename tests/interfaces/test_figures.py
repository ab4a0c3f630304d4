"""Pages of figures over HTTP and on the command line: for a year and a month, as of a moment, opened line by line; refused in two languages."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from domain.people import Role
from domain.period import Period, Span
from interfaces.moments import period_said
from tests.interfaces.conftest import Answer, Caller, Service
from tests.interfaces.test_api_refusals import problem
from tests.interfaces.test_cli import Run, county, run

__all__ = ["county", "run"]

TEXT = """\
figures: duties
version: 1
zh: 履职数据
en: figures
since: 2020-01-01
source: 虚构
page:
  - {figure: visits, zh: 走访, en: visits, compare: 上年同期, counts: 走访村(社区)}
  - {figure: by-member, zh: 各委员走访, en: by member, part_of: visits, sums: 人次, by: 委员, counts: 走访村(社区)}
  - {figure: june, zh: 六月走访, en: June, month: 6, part_of: visits, counts: 走访村(社区)}
  - {figure: studios, zh: 工作室, en: studios, roster: {units: 委员工作室}}
also: [意见建议采纳落实, 待办逾期]
silences:
  - {about: 适用范围, zh: 数到哪一天?, en: until when?, reading: {zh: 当天, en: that day}}
"""


WRONG_DAYS = ("2025-02-01..2025-01-01", "2025-02-30..2025-03-01", "2014-01-01..2025-01-01")


def visit(on: date, title: str) -> dict[str, Any]:
    return {
        "details": {"kind": "visited_village"},
        "title": title,
        "on": on.isoformat(),
        "organiser": "south",
        "participants": [{"person": "li"}],
    }


@pytest.fixture
def office(sqlite_service: Service) -> Caller:
    """A ledger with a page of figures and two visits of this year."""
    office = sqlite_service.ledger()
    version = {"version": "1", "text": TEXT, "since": "2020-01-01"}
    told = office.send("/documents/figures/duties/versions", version)
    assert told.status_code == 200, told.text
    clerk = sqlite_service.caller(office.ledger, "clerk", Role.CLERK, "south")
    today = sqlite_service.installation.desk(office.ledger).today()
    for name in ("v1", "v2"):
        told = clerk.send(f"/occasions/{name}", visit(today, f"走访{name}"), method="PUT")
        assert told.status_code == 201, told.text
    return office


def figures(answer: Answer) -> dict[str, Any]:
    assert answer.status_code == 200, answer.text
    return {each["figure"]: each for each in answer.json()["figures"]}


def test_the_pages_are_listed_and_one_is_drawn_up(office: Caller) -> None:
    assert office.get("/figures").json() == [
        {"code": "duties", "version": "1", "zh": "履职数据", "en": "figures", "figures": 4}
    ]
    answer = office.get("/figures/duties")
    page = answer.json()
    assert (page["page"], page["name"]["zh"], page["days"]["name"]["zh"]) == (
        "duties",
        "履职数据",
        f"{page['days']['code']}年度",
    )
    assert page["silences"][0]["reading_zh"] == "当天"
    told = figures(answer)
    visits = told["visits"]
    assert (visits["number"], visits["measure"], visits["counts"]["zh"]) == (
        2,
        "次",
        "走访村(社区)",
    )
    assert visits["sentence"]["zh"] == f"{page['days']['code']}年度走访2次;上年同期为0次。"
    assert (visits["compared"]["zh"], visits["before"], visits["before_on"]) == (
        "上年同期",
        0,
        None,
    )
    assert visits["before_days"]["first"] == f"{int(page['days']['code']) - 1}-01-01"
    assert told["june"]["days"]["code"].endswith("-06")
    assert (told["june"]["part_of"], told["june"]["whole"]) == ("visits", 2)
    assert told["studios"]["number"] == len(office.get("/figures/duties/studios").json()["rows"])
    assert told["studios"]["on"].startswith(page["days"]["code"])
    (member,) = told["by-member"]["parts"]
    assert (member["key"], member["number"]) == ("member/li", 2)


def test_a_figure_opens_its_records_page_by_page(office: Caller) -> None:
    first = office.get("/figures/duties/visits", limit=1).json()
    assert first["rows"][0]["title"] == "走访v2"
    again = office.get("/figures/duties/visits", limit=1, cursor=first["next"]).json()
    assert [row["key"] for row in again["rows"]] == ["occasion/v1"]
    assert again["next"] is None
    studios = office.get("/figures/duties/studios").json()["rows"]
    assert [row["key"].partition("/")[0] for row in studios] == ["unit"] * len(studios)
    part = office.get("/figures/duties/by-member", part="member/li").json()["rows"]
    assert len(part) == 2


def test_what_each_member_has_is_open_to_who_sees_all_totals(
    sqlite_service: Service, office: Caller
) -> None:
    member = sqlite_service.caller(office.ledger, "chen", Role.MEMBER)
    own = sqlite_service.caller(office.ledger, "li", Role.MEMBER)
    for caller in (member, own):
        told = figures(caller.get("/figures/duties"))
        assert (told["by-member"]["number"], told["by-member"]["parts"]) == (2, [])
        assert "其中" not in told["by-member"]["sentence"]["zh"]
    problem(member.get("/figures/duties/by-member", part="member/li"), 403, "not_allowed")
    assert len(own.get("/figures/duties/by-member", part="member/li").json()["rows"]) == 2


def test_it_is_told_as_it_was_known_then(office: Caller) -> None:
    position = int(office.get("/figures/duties").headers["Lvzhi-Position"])
    told = figures(office.get("/figures/duties", as_of=str(position - 1)))
    assert told["visits"]["number"] == 1
    lines = office.get("/figures/duties/visits", as_of=str(position - 1)).json()["rows"]
    assert [row["key"] for row in lines] == ["occasion/v1"]


def test_what_stands_beside_figures_says_as_of_when_it_is_known(
    sqlite_service: Service, office: Caller
) -> None:
    year = sqlite_service.installation.desk(office.ledger).today()
    answer = office.get("/figures/duties")
    adopted, due = answer.json()["beside"]
    assert (adopted["also"], due["also"]) == ("suggestions", "due")
    assert [(each["name"]["zh"], each["number"]) for each in due["numbers"]] == [
        *(("在办", 0), ("逾期", 0), ("暂缓", 0), ("已办未告知", 0))
    ]
    assert [(each["on"], each["known"]["zh"]) for each in (adopted, due)] == [
        (None, "按现在所知")
    ] * 2
    assert adopted["sentence"]["zh"].startswith(f"{year.year}年度意见建议:提出0条,采纳0条")

    told = f"按{year.year}年{year.month}月{year.day}日所知"
    adopted, due = office.get("/figures/duties", period="2025-Q1").json()["beside"]
    assert (adopted["on"], adopted["known"]["en"]) == (None, "as known now")
    assert adopted["sentence"]["zh"].startswith(f"2025年第1季度({told})意见建议:提出0条")
    assert (due["on"], due["known"]["en"]) == ("2025-03-31", "nothing was on record by then")
    assert due["sentence"]["zh"].startswith("截至2025年3月31日(当时台账尚无记录),闭环事项:在办0件")

    position = int(answer.headers["Lvzhi-Position"])
    adopted, due = office.get("/figures/duties", as_of=str(position)).json()["beside"]
    assert {(each["on"], each["known"]["zh"]) for each in (adopted, due)} == {
        (year.isoformat(), told)
    }
    assert "(按当时所知),闭环事项" in due["sentence"]["zh"]


def test_what_there_is_not_is_refused(office: Caller) -> None:
    problem(office.get("/figures/none"), 404, "no_such_figures")
    problem(office.get("/figures/duties/none"), 404, "no_such_figure")
    for said in ("2025-13", "25", "2025-Q5", "2025-H3", "1900", "june", *WRONG_DAYS):
        problem(office.get("/figures/duties", period=said), 422, "malformed")
    problem(office.get("/figures/duties", colour="red"), 400, "unknown_parameter")
    problem(office.get("/figures/duties/visits", limit=0), 422, "malformed")
    problem(office.get("/figures/duties/june", period="2025-05"), 404, "no_such_figure")
    history = office.get("/documents/figures/duties/history")
    assert history.json()["rows"]
    problem(office.get("/documents/figures/none/history"), 404, "no_such_figures")


SESSIONS = """\
calendar: sessions
version: 1
zh: 全会日期
en: plenary sessions
since: 2020-01-01
year: {day.year}
sessions:
  - {{zh: 五次会议, en: fifth session, from: {day}}}
"""


def test_a_page_is_drawn_up_since_the_last_session_and_says_by_whose_word(
    sqlite_service: Service, office: Caller
) -> None:
    refused = problem(office.get("/figures/duties", period="session"), 422, "malformed")
    assert "sessions" in refused["detail"]
    today = sqlite_service.installation.desk(office.ledger).today()
    version = {"version": "1", "text": SESSIONS.format(day=today), "since": "2020-01-01"}
    told = office.send("/documents/calendar/sessions/versions", version)
    assert told.status_code == 200, told.text
    page = office.get("/figures/duties", period="session").json()
    assert (page["days"]["first"], page["days"]["last"]) == (today.isoformat(),) * 2
    session = next(each for each in page["begun"] if each["since"] == "session")
    assert (session["days"], session["why"]["zh"]) == (
        page["days"],
        f"全会首日{today},据日历文件(sessions)“五次会议”",
    )
    assert len(office.get("/figures/duties/visits", period="本次全会以来").json()["rows"]) == 2
    term = office.get("/figures/duties", period="term").json()
    assert term["days"]["code"].endswith(f"..{today}")
    position = int(told.headers["Lvzhi-Position"]) - 1
    for period in ("session", "term"):
        # Before anything was on record there is nothing to begin with, and no fault either.
        assert office.get("/figures/duties", period=period, as_of="0").status_code in {404, 422}
    answer = office.get("/figures/duties", period="session", as_of=str(position))
    problem(answer, 422, "malformed")


@pytest.mark.parametrize(
    ("said", "period"),
    [
        ("2025", Period.year(2025)),
        ("2025-H2", Period.around(Span.HALF, date(2025, 7, 1))),
        ("2025-Q1", Period.around(Span.QUARTER, date(2025, 1, 1))),
        ("2025-Q4", Period.around(Span.QUARTER, date(2025, 10, 1))),
        ("2025-06", Period.around(Span.MONTH, date(2025, 6, 1))),
        (
            "2022-01-10..2025-12-31",
            Period(span=Span.TERM, first=date(2022, 1, 10), last=date(2025, 12, 31)),
        ),
    ],
)
def test_a_period_is_said_at_every_door_the_same(said: str, period: Period) -> None:
    assert period_said(said, "period") == period
    assert period.code == said


def test_the_command_line_shows_publishes_and_opens_figures(county: Run, tmp_path: Path) -> None:
    file = tmp_path / "figures.yaml"
    file.write_text(TEXT, "utf-8")
    assert county("rubric", "publish", str(file))[0] == 0
    code, out, _ = county("figures")
    assert (code, out.split("\t")[:2]) == (0, ["duties", "履职数据"])
    code, out, _ = county("figures", "duties", "--period", "2025-06")
    assert code == 0
    assert "2025年6月走访0次;上年同期为0次。  [visits]" in out
    assert "我们的读法:当天" in out
    assert "所知)意见建议:提出0条" in out
    assert "按现在所知 / as known now" in out
    assert "当时台账尚无记录 / nothing was on record by then" in out
    assert out.count("[due]") == 1
    code, out, _ = county("figures", "duties", "--period", "2022-01-10..2025-12-31")
    assert code == 0
    assert "2022-01-10至2025-12-31走访0次。  [visits]" in out, "no year before to compare with"
    assert "[june]" not in out, "a month of which of the years?"
    page = json.loads(county("figures", "duties", "--period", "2025", "--json")[1])
    assert [each["figure"] for each in page["figures"]] == [
        "visits",
        "by-member",
        "june",
        "studios",
    ]
    assert len(json.loads(county("figures", "--json")[1])) == 1
    code, out, _ = county("figures", "duties", "studios")
    assert (code, "unit/south" in out) == (0, True)
    assert json.loads(county("figures", "duties", "visits", "--json")[1]) == []
    code, out, _ = county("figures", "duties", "--period", "本届以来")
    assert (code, "  本届以来:据名册:第" in out) == (0, True)
    code, _, errors = county("figures", "duties", "--period", "session")
    assert (code != 0, "--period" in errors, "sessions" in errors) == (True, True, True)
    code, _, errors = county("figures", "duties", "--period", "2025-13")
    assert (code != 0, "--period" in errors) == (True, True)
    assert "没有这个数据页" in county("figures", "none")[2]
