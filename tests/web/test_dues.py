"""The board of what is due: what is overdue first, each with its reasons, narrowed by chips and filters; and the card on the home."""

from __future__ import annotations

import re
from html import unescape

import pytest

from domain.handling import HandOver
from domain.kinds.advice import Obstacle
from domain.loop import Holder
from domain.meeting import MoveMeeting
from domain.people import Role
from interfaces.web.dues import MOST_SHOWN
from tests.interfaces.conftest import Caller, Service
from tests.web.conftest import Reading
from tests.web.rounds import Rounds, days


@pytest.fixture
def county(office: Caller, sqlite_service: Service) -> Rounds:
    """Four matters: overdue, handled and not told, resting, and due at a meeting."""
    told = Rounds(sqlite_service.installation.desk(office.ledger))
    told.plan("sc12", 40)
    told.publish_loops()
    told.message("late", 30, "群众盼修路")
    told.message("handled", 40, "群众盼通车")
    told.move("handled", "verified", 39)
    told.move("handled", "in_hand", 38)
    told.move("handled", "handled", 2)
    told.message("rests", 20, "群众盼装灯")
    told.move("rests", "verified", 19)
    told.move("rests", "cannot", 18, obstacle=Obstacle.POLICY)
    told.proposal("p1", 5)
    told.move("p1", "filed", 4)
    return told


def titles(page: str) -> list[str]:
    return re.findall(r'<a class="grow title" href="[^"]+">([^<]+)</a>', page)


def numbers(page: str) -> dict[str, int]:
    chips = re.findall(r'<a class="btn btn-sm [^"]+" href="[^"]+"[^>]*>(\S+) (\d+)</a>', page)
    return {said: int(number) for said, number in chips}


def test_what_is_due_first_stands_first_with_its_stage_its_day_and_why(
    reading: Reading, county: Rounds
) -> None:
    page = reading("secretary", Role.OFFICE, "county").read("/dues")
    assert titles(page) == ["群众盼修路", "群众盼装灯", "群众盼通车", "关于改善乡村医疗的提案"]
    assert numbers(page) == {
        "逾期": 2,
        "即将到期": 1,
        "已办未告知": 2,
        "暂缓": 1,
        "暂无期限": 0,
        "全部": 4,
    }
    assert "已逾期 25 天" in page
    assert "还有 40 天" in page
    assert "会议:十届十二次常委会会议(常委会会议," in page
    assert "下一步:核实" in page


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("which=overdue", ["群众盼修路", "群众盼装灯"]),
        ("which=soon", ["群众盼通车"]),
        ("which=not_told", ["群众盼装灯", "群众盼通车"]),
        ("which=resting", ["群众盼装灯"]),
        ("which=no_day", []),
        ("loop=proposals", ["关于改善乡村医疗的提案"]),
        ("stage=filed", ["关于改善乡村医疗的提案"]),
        ("kind=carried_up&which=overdue", ["群众盼修路", "群众盼装灯"]),
        ("unit=城南工作室&which=overdue", ["群众盼修路", "群众盼装灯"]),
        ("unit=county", ["关于改善乡村医疗的提案"]),
        ("holder=south", []),
        ("meeting=sc12", ["关于改善乡村医疗的提案"]),
        ("meeting=sc12&kind=carried_up", []),
    ],
)
def test_chips_and_filters_narrow_it(
    reading: Reading, county: Rounds, asked: str, found: list[str]
) -> None:
    page = reading("secretary", Role.OFFICE, "county").read(f"/dues?{asked}")
    assert titles(page) == found
    if not found:
        assert "没有符合条件的事项" in page


def test_the_figures_count_what_the_filters_ask_for(reading: Reading, county: Rounds) -> None:
    page = reading("secretary", Role.OFFICE, "county").read("/dues?kind=proposed&stage=filed")
    assert numbers(page)["全部"] == 1
    assert numbers(page)["逾期"] == 0


def test_the_board_the_print_and_the_sheet_are_told_as_they_were(
    reading: Reading, county: Rounds
) -> None:
    then = county.desk.head()
    county.move("handled", "answered", 1)
    county.move("handled", "closed", 0)
    county.tell(MoveMeeting(meeting="sc12", on=county.today + days(60), reason="延期"))
    office = reading("secretary", Role.OFFICE, "county")
    now, past = office.read("/dues"), office.read(f"/dues?as_of={then}")
    assert (numbers(now)["全部"], numbers(past)["全部"]) == (3, 4)
    assert "群众盼通车" in titles(past) and "群众盼通车" not in titles(now)
    assert ("还有 60 天" in now, "还有 40 天" in past) == (True, True), "by the meeting of then"
    assert f"<b>{then}</b> 当时所知" in past
    filters = office.read(f"/dues?as_of={then}&loop=proposals&stage=filed")
    assert "/dues/together" in office.read("/dues?loop=proposals&stage=filed")
    assert "/dues/together" not in filters, "nobody acts in the past"
    assert f"/dues/print?loop=proposals&amp;stage=filed&amp;as_of={then}" in filters
    printed = office.read(f"/dues/print?as_of={then}")
    assert "群众盼通车" in printed and f"<b>{then}</b>" in printed
    sheet = office.get(f"/dues/sheet?as_of={then}")
    assert (sheet.status_code, "群众盼通车" in sheet.text) == (200, True)
    assert "群众盼通车" not in office.get("/dues/sheet").text
    assert titles(office.read(f"/dues?as_of={then}&which=not_told")) == ["群众盼装灯", "群众盼通车"]
    wrong = office.get("/dues?as_of=2199-01-01")
    assert (wrong.status_code, 'value="2199-01-01"' in wrong.text) == (422, True)
    before = office.read(f"/dues?as_of={county.today - days(400)}")
    assert "还没有发布闭环流程" in before


def test_a_past_board_goes_on_page_by_page(reading: Reading, county: Rounds) -> None:
    for n in range(MOST_SHOWN):
        county.message(f"m{n}", 1, f"群众反映{n:02}")
    then = county.desk.head()
    county.message("later", 1, "后来的")
    office = reading("secretary", Role.OFFICE, "county")
    page = office.read(f"/dues?as_of={then}")
    more = re.search(r'rel="next" href="[^"]*?/dues\?([^"]+)"', page)
    assert more is not None
    rest = office.read(f"/dues?{unescape(more[1])}")
    assert len(titles(page)) == MOST_SHOWN
    assert len({*titles(page), *titles(rest)}) == MOST_SHOWN + 4
    assert "后来的" not in titles(rest)


def test_a_unit_that_there_is_not_is_said_beside_its_field(
    reading: Reading, county: Rounds
) -> None:
    answer = reading("secretary", Role.OFFICE, "county").get("/dues?unit=不存在")
    assert answer.status_code == 422
    assert "没有这个单位" in answer.text
    assert reading("secretary", Role.OFFICE, "county").get("/dues?which=x").status_code == 422
    answer = reading("secretary", Role.OFFICE, "county").get("/dues?meeting=none")
    assert answer.status_code == 422
    assert "没有这次会议" in answer.text


def test_a_meeting_shows_what_is_due_before_it_and_its_form_how_many_days_move(
    reading: Reading, county: Rounds
) -> None:
    county.plan("sc13", 70)
    office = reading("secretary", Role.OFFICE, "county")
    page = office.read("/meetings/sc12")
    assert "本次会议前应办" in page
    assert titles(page) == ["关于改善乡村医疗的提案"]
    assert "现有 1 件事项以这次会议为期限,改期后随之改动。" in page
    later = office.read("/meetings/sc13")
    assert "本次会议前应办" not in later
    assert "现在没有事项以这次会议为期限。" in later
    board = office.read("/dues?meeting=sc12")
    assert "以这次会议为期限" in board
    assert 'name="meeting" value="sc12"' in board, "the filters keep it"


def test_what_is_due_is_printed_for_each_who_has_it_in_hand(
    reading: Reading, county: Rounds
) -> None:
    office = reading("secretary", Role.OFFICE, "county")
    page = office.read("/dues/print?meeting=sc12")
    assert "会前应办事项" in page
    assert "关于改善乡村医疗的提案" in page
    assert "群众盼修路" not in page
    assert '<td data-label="下一步">反馈</td>' in page
    whole = office.read("/dues/print?kind=carried_up&which=overdue")
    assert "群众盼修路" in whole
    assert "群众盼通车" not in whole
    assert "逾期 · " in whole
    assert "没有符合条件的事项" in office.read("/dues/print?which=no_day")


def test_everybody_may_look(reading: Reading, county: Rounds) -> None:
    for person, role, unit in (
        ("zhao", Role.HEAD, "south"),
        ("li", Role.MEMBER, None),
        ("panel", Role.APPRAISAL, None),
    ):
        assert len(titles(reading(person, role, unit).read("/dues"))) == 4


def test_the_home_of_the_clerk_has_the_figures_of_his_unit_and_leads_to_them(
    reading: Reading, county: Rounds
) -> None:
    clerk = reading("wang", Role.CLERK, "south")
    page = clerk.read("/")
    assert "本单位登记" in page
    (address,) = re.findall(r'href="/ledgers/[^/]+(/dues\?which=&amp;unit=south)"', page)
    assert len(titles(clerk.read(address.replace("&amp;", "&")))) == 3
    office = reading("secretary", Role.OFFICE, "county").read("/")
    assert "全部事项" in office
    assert "待办台账</a></h2>" not in reading("li", Role.MEMBER).read("/")


def test_a_department_outside_is_asked_for_by_its_name_and_gets_its_sheet(
    reading: Reading, county: Rounds
) -> None:
    given = HandOver(
        matter="p1", on=county.today, holder=Holder(name="县卫健局"), reason="职责所在"
    )
    county.tell(given)
    office = reading("secretary", Role.OFFICE, "county")
    board = office.read("/dues?holder=县卫健局")
    assert titles(board) == ["关于改善乡村医疗的提案"]
    assert '<option value="县卫健局">' in board
    assert len(titles(office.read("/dues?holder=-"))) == 3
    page = office.read("/dues/print")
    assert re.findall(r"<h2>([^<]+) <span", page) == ["未定承办单位", "县卫健局"]
    (only,) = re.findall(r'href="/ledgers/[^/]+(/dues/print\?holder=%E5[^"]+)"', page)
    alone = office.read(only)
    assert "关于改善乡村医疗的提案" in alone
    assert "群众盼修路" not in alone
    sheet = office.get("/dues/sheet?holder=县卫健局")
    assert sheet.headers["content-type"].startswith("text/csv")
    _, line = sheet.content.decode("utf-8-sig").splitlines()
    assert line.startswith("县卫健局,关于改善乡村医疗的提案,")
    assert office.get("/dues/sheet?meeting=none").status_code == 422


def test_a_member_sees_on_his_home_where_his_own_matters_stand_and_what_waits_for_him(
    reading: Reading, county: Rounds
) -> None:
    county.move("p1", "reported", 2, note="已吸纳")
    li = reading("li", Role.MEMBER)
    home = li.read("/").partition('id="mine"')[2].partition("</section>")[0]
    assert titles(home) == ["群众盼修路", "群众盼装灯", "群众盼通车", "关于改善乡村医疗的提案"]
    due = county.today + days(28)
    assert f"待您办理:评价 · 期限 {due.year}年{due.month}月{due.day}日" in home
    assert home.count("待您办理") == 1
    assert titles(li.read("/dues?mine=1&kind=proposed")) == ["关于改善乡村医疗的提案"]
    assert "您本人提出的事项" in li.read("/dues?mine=1")
    assert titles(reading("zhao", Role.HEAD, "south").read("/dues?mine=1")) == []
    assert 'id="mine"' not in reading("zhao", Role.MEMBER).read("/")
    assert li.get("/dues?mine=chen").status_code == 422
    county.move("p1", "closed", 1)
    assert "待您办理" not in li.read("/")


def test_without_a_loop_the_page_says_what_to_do(reading: Reading, office: Caller) -> None:
    assert "还没有发布闭环流程" in reading("secretary", Role.OFFICE, "county").read("/dues")


def test_it_goes_on_by_pages(reading: Reading, county: Rounds) -> None:
    for nth in range(31):
        county.message(f"m{nth}", 0, f"群众盼办事{nth}")
    office = reading("secretary", Role.OFFICE, "county")
    page = office.read("/dues?kind=carried_up")
    (next_page,) = re.findall(r'rel="next" href="/ledgers/[^/]+([^"]+)"', page)
    rest = office.read(next_page.replace("&amp;", "&"))
    both = titles(page) + titles(rest)
    assert len(both) == len(set(both)) == 34
