"""Pages of figures: published like any document, each figure with its days, its sentence and its records, without scripts."""

from __future__ import annotations

import re
from datetime import date
from html import unescape

import pytest

from application.handle import Request
from domain.document import Publish, Sort
from domain.kinds.people import VisitedVillage
from domain.occasion import Occasion, Participant, RecordOccasion
from domain.people import PersonId, Role, UnitId
from interfaces.web.figures import MOST_SHOWN
from tests.interfaces.conftest import Caller, Service
from tests.interfaces.test_figures import SESSIONS, TEXT
from tests.web.conftest import Reading
from tests.web.rounds import CLERK, LI, Rounds


@pytest.fixture
def county(office: Caller, sqlite_service: Service) -> Rounds:
    """The page, and two visits of this year."""
    told = Rounds(sqlite_service.installation.desk(office.ledger))
    told.tell(
        Publish(sort=Sort.FIGURES, code="duties", version="1", text=TEXT, since=date(2020, 1, 1))
    )
    for name in ("a", "b"):
        visited(told, name)
    return told


def visited(told: Rounds, name: str) -> None:
    body = Occasion(
        details=VisitedVillage(),
        title=f"走访{name}村",
        on=told.today,
        organiser=UnitId("south"),
        participants=(Participant(person=LI),),
    )
    told.tell(RecordOccasion(occasion=name, body=body), CLERK)


def sentences(page: str) -> list[str]:
    return [unescape(each) for each in re.findall(r'<p class="copy mb-1">([^<]+)</p>', page)]


def titles(page: str) -> list[str]:
    return re.findall(r'<td class="first"><a href="[^"]+">([^<]+)</a></td>', page)


def test_the_pages_are_listed_under_the_countys_names(reading: Reading, county: Rounds) -> None:
    page = reading("secretary", Role.OFFICE, "county").read("/figures")
    assert re.search(r'/figures/duties">履职数据</a>', page)
    assert "4 项数据" in page


def test_where_none_is_published_it_says_what_to_do(reading: Reading) -> None:
    assert "还没有发布数据页" in reading("secretary", Role.OFFICE, "county").read("/figures")


def test_each_figure_states_its_days_and_can_be_copied(reading: Reading, county: Rounds) -> None:
    year = county.today.year
    page = reading("secretary", Role.OFFICE, "county").read("/figures/duties")
    told = sentences(page)
    assert told[0] == f"{year}年度走访2次;上年同期为0次。"
    assert told[2].startswith(f"{year}年6月六月走访")
    assert "已含在走访2次之内" in told[2]
    assert "数到哪一天?" in page
    assert re.search(r"上年同期\([^)]+\)0", page)
    assert "数什么:走访村(社区)" in page
    assert "来源:虚构" in page


def test_suggestions_and_what_is_due_stand_beside_the_figures_and_are_copied_with_them(
    reading: Reading, county: Rounds
) -> None:
    year = county.today.year
    page = unescape(reading("secretary", Role.OFFICE, "county").read("/figures/duties"))
    assert f"/adoption?since={year}-01-01&until={year}-12-31" in page
    whole = page.partition("整页文字")[2]
    assert f"{year}年度走访2次" in whole
    assert f"{year}年度意见建议:提出0条" in whole
    assert "闭环事项:在办0件,逾期0件" in whole
    assert f"{page.count('按现在所知')}" == "2"


def test_what_stands_beside_figures_follows_the_day_and_leads_to_the_board_of_that_day(
    reading: Reading, county: Rounds
) -> None:
    county.publish_loops()
    county.message("m", 30)
    then = county.desk.head()
    county.move("m", "verified", 2)
    county.message("n", 30)
    reader, today = reading("secretary", Role.OFFICE, "county"), county.today
    assert "闭环事项:在办2件,逾期1件" in reader.read("/figures/duties")
    page = unescape(reader.read(f"/figures/duties?as_of={then}"))
    assert "(按当时所知),闭环事项:在办1件,逾期1件" in page
    assert f"按{today.year}年{today.month}月{today.day}日所知" in page
    assert f"/dues?as_of={then}" in page
    assert "逐项查看(按现在所知)" in page, "suggestions one by one are known of now alone"
    assert "在办1件" not in unescape(reader.read("/figures/duties"))
    past = unescape(reader.read(f"/figures/duties?period={today.year - 1}"))
    assert f"截至{today.year - 1}年12月31日(当时台账尚无记录),闭环事项:在办0件" in past
    assert f"/dues?as_of={today.year - 1}-12-31" in past


def test_a_part_of_the_year_is_chosen(reading: Reading, county: Rounds) -> None:
    reader = reading("secretary", Role.OFFICE, "county")
    page = reader.read("/figures/duties?period=2025-Q2")
    assert sentences(page)[0] == "2025年第2季度走访0次;上年同期为0次。"
    wrong = reader.get("/figures/duties?period=2025-13")
    assert (wrong.status_code, "2025-Q2" in wrong.text) == (422, True)


def test_a_page_is_drawn_up_since_the_term_began(reading: Reading, county: Rounds) -> None:
    reader = reading("secretary", Role.OFFICE, "county")
    page = unescape(reader.read("/figures/duties"))
    chosen = re.search(r'<option value="([^"]+)">本届以来', page)
    assert chosen is not None
    assert chosen[1].endswith(f"..{county.today}")
    told = unescape(reader.read(f"/figures/duties?period={chosen[1]}"))
    assert f'<option value="{chosen[1]}" selected>本届以来' in told
    first, _, last = chosen[1].partition("..")
    assert sentences(told)[0] == f"{first}至{last}走访2次。"
    other = reader.read(f"/figures/duties?period=2024-01-01..{last}")
    assert f'<option value="2024-01-01..{last}" selected>' in other
    lines = reader.read(f"/figures/duties/visits?period={chosen[1]}")
    assert titles(lines) == ["走访b村", "走访a村"]


def test_a_page_says_which_start_of_the_session_it_took_and_why(
    reading: Reading, county: Rounds
) -> None:
    reader, today = reading("secretary", Role.OFFICE, "county"), county.today
    assert "本次全会以来" not in reader.read("/figures/duties")
    wrong = reader.get("/figures/duties?period=session")
    assert (wrong.status_code, "日历文件 sessions" in wrong.text) == (422, True)
    text = SESSIONS.format(day=today)
    told = Publish(
        sort=Sort.CALENDAR, code="sessions", version="1", text=text, since=date(2020, 1, 1)
    )
    county.tell(told)
    page = unescape(reader.read("/figures/duties?period=session"))
    assert f'<option value="{today}..{today}" selected>本次全会以来' in page
    assert f"本次全会以来:全会首日{today},据日历文件(sessions)“五次会议”" in page
    assert "据日历文件" not in reader.read("/figures/duties")


def test_a_figure_opens_its_records(reading: Reading, county: Rounds) -> None:
    reader = reading("secretary", Role.OFFICE, "county")
    page = reader.read("/figures/duties/visits")
    assert titles(page) == ["走访b村", "走访a村"]
    assert "由 2 条记录构成" in page
    assert "/occasions/b" in page
    studios = reader.read("/figures/duties/studios")
    assert "/units/south" in studios
    part = reader.read("/figures/duties/by-member?part=member/li")
    assert "看全部" in part
    assert reader.get("/figures/duties/by-member?part=member/nobody").status_code == 404
    assert reader.get("/figures/duties/none").status_code == 404
    assert reader.get("/figures/none").status_code == 404


def test_many_records_go_on_to_a_next_page(reading: Reading, county: Rounds) -> None:
    for n in range(MOST_SHOWN):
        visited(county, f"n{n:02}")
    reader = reading("secretary", Role.OFFICE, "county")
    page = reader.read("/figures/duties/visits")
    assert len(titles(page)) == MOST_SHOWN
    more = re.search(r'rel="next" href="[^"]*?/figures/duties/visits\?([^"]+)"', page)
    assert more is not None
    assert len(titles(reader.read(f"/figures/duties/visits?{unescape(more[1])}"))) == 2


def test_what_each_member_has_is_not_shown_to_members(reading: Reading, county: Rounds) -> None:
    member = reading("chen", Role.MEMBER)
    page = member.read("/figures/duties")
    assert "part=member" not in page
    assert "part=member/li" in reading("secretary", Role.OFFICE, "county").read("/figures/duties")
    assert member.get("/figures/duties/by-member?part=member/li").status_code == 403


def test_it_is_told_as_it_was_known_on_a_day(reading: Reading, county: Rounds) -> None:
    reader = reading("secretary", Role.OFFICE, "county")
    page = reader.read(f"/figures/duties?as_of={county.today.isoformat()}")
    assert sentences(page)[0] == f"{county.today.year}年度走访2次;上年同期为0次。"
    wrong = reader.get("/figures/duties?as_of=2999-01-01")
    assert wrong.status_code == 422


def test_it_is_published_on_the_page_of_documents_with_its_flaws_by_line(
    reading: Reading, county: Rounds
) -> None:
    reader = reading("secretary", Role.OFFICE, "county")
    broken = TEXT.replace("counts: 走访村(社区)}", "counts: 走访村}", 1)
    answer = reader.send("/admin/documents/new", ("text", broken), ("do", "publish"))
    assert (answer.status_code, "第 8 行" in answer.text) == (422, True)
    text = TEXT.replace("version: 1", "version: 2").replace("zh: 走访,", "zh: 下村,")
    answer = reader.send("/admin/documents/new", ("text", text), ("do", "publish"))
    assert answer.status_code == 200
    assert county.desk.reader.wait_for(county.desk.head(), 10)
    assert "下村2次" in reader.read("/figures/duties")
    assert "履职数据" in reader.read("/documents/figures/duties")


def test_a_late_record_is_said_to_wait(reading: Reading, county: Rounds) -> None:
    body = Occasion(
        details=VisitedVillage(),
        title="走访旧村",
        on=date(county.today.year, 1, 1),
        organiser=UnitId("south"),
        participants=(Participant(person=PersonId("li")),),
    )
    command = RecordOccasion(occasion="late", body=body)
    done = county.desk.one(Request(command=command, actor=CLERK, command_id="late"))
    assert county.desk.reader.wait_for(done.position, 10)
    page = reading("secretary", Role.OFFICE, "county").read("/figures/duties")
    assert ("另有 1 件待确认,未计入" in page) is ((county.today - body.on).days > 30)
