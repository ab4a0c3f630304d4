"""The board of what is due: what is overdue first, each with its reasons, narrowed by chips and filters; and the card on the home."""

from __future__ import annotations

import re

import pytest

from domain.kinds.advice import Obstacle
from domain.people import Role
from tests.interfaces.conftest import Caller, Service
from tests.web.conftest import Reading
from tests.web.rounds import Rounds


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


def test_a_unit_that_there_is_not_is_said_beside_its_field(
    reading: Reading, county: Rounds
) -> None:
    answer = reading("secretary", Role.OFFICE, "county").get("/dues?unit=不存在")
    assert answer.status_code == 422
    assert "没有这个单位" in answer.text
    assert reading("secretary", Role.OFFICE, "county").get("/dues?which=x").status_code == 422


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
