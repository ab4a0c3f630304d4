"""Units on pages: the list, what is open to everybody, what only to those who may see a unit's file, and whom nothing was heard of."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date

import pytest

from domain.kinds.people import Service as Kind
from domain.kinds.people import Volunteered
from domain.occasion import Occasion, Participant, RecordOccasion
from domain.people import Role, UnitId
from domain.unit import OpenUnit, UnitKind, UnitProfile
from tests.interfaces.conftest import SINCE, Caller, Service, visit
from tests.web.committee import LEDGER, RUBRIC, UNITS, Pages, committee
from tests.web.conftest import Reading
from tests.web.rounds import CLERK, LI, Rounds


@pytest.fixture(scope="module")
def units(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """The county, served."""
    with committee(tmp_path_factory.mktemp("data")) as service:
        yield service


@pytest.fixture
def pages(units: Service) -> Pages:
    """The office's browser."""
    return Pages(units.client, "office")


def _rows(page: str) -> list[str]:
    return re.findall(r'<td class="first"><a [^>]*>([^<]+)</a>', page)


def test_units_are_listed_by_kind_and_side(pages: Pages) -> None:
    assert len(_rows(pages.see("/units").text)) == 5
    assert set(_rows(pages.see("/units", kind="sector").text)) == {"医药卫生界", "经济界"}
    assert "城南工作室" in _rows(pages.see("/units", side="studio").text)
    assert _rows(pages.see("/units", side="county").text) == ["海晏县政协"]
    nothing = pages.see("/units", text="没有这个名字")
    assert "换一个类型" in nothing.text
    assert pages.see("/units", kind="castle").status_code == 422


def test_a_unit_shows_who_answers_its_card_and_its_record(pages: Pages) -> None:
    page = pages.see("/units/south", year=2025)
    assert page.status_code == 200
    assert "负责人:" in page.text
    assert "赵敏" in page.text
    assert "工作室考核办法" in page.text
    assert re.search(r'<span class="points">60</span>', page.text)
    assert "取所属委员李明的得分" in page.text
    assert "双重管理情况" in page.text


def test_what_a_unit_has_from_members_stands_by_their_names_and_what_a_limit_took_is_folded(
    reading: Reading, office: Caller, sqlite_service: Service
) -> None:
    today = sqlite_service.installation.desk(office.ledger).today()
    held = UNITS + (
        "      - {clause: held, zh: 组织走访, en: visits held, counts: {kinds: 走访村(社区), parts: 组织(承办)}, each: 1, cap: 1}\n"
    )
    for code, text in (("duties", RUBRIC), ("studios", held)):
        version = {"version": "1", "text": text, "since": SINCE}
        answer = office.send(f"/documents/rubric/{code}/versions", version)
        assert answer.is_success, answer.text
    for nth, people in enumerate((("chen", "li"), ("chen",))):
        body = visit(
            on=today.isoformat(),
            title=f"走访{nth}",
            participants=[{"person": each} for each in people],
        )
        assert office.send("/occasions", body).status_code == 201
    page = reading("secretary", Role.OFFICE, "county").read(f"/units/south?year={today.year}")
    assert re.findall(r"取所属委员(..)的得分", page) == ["李明", "赵敏", "陈静"]
    assert "另有 1 项已到上限,不再加分" in page


def test_a_station_adds_up_what_was_done_there(
    reading: Reading, office: Caller, sqlite_service: Service
) -> None:
    told = Rounds(sqlite_service.installation.desk(office.ledger))
    profile = UnitProfile(kind=UnitKind.EXEMPLARY_POST, name="名医委员示范岗")
    told.tell(OpenUnit(unit=UnitId("post"), profile=profile, since=date(2020, 1, 1)))
    reader = reading("secretary", Role.OFFICE, "county")
    page = reader.read(f"/units/post?year={told.today.year}")
    assert "本年没有记录写明在这里服务" in page
    clinic = Volunteered(service=Kind.FREE_CLINIC, station=UnitId("post"), consultations=7)
    body = Occasion(
        details=clinic,
        title="义诊",
        on=told.today,
        organiser=UnitId("south"),
        participants=(Participant(person=LI),),
        reached_people=30,
    )
    told.tell(RecordOccasion(occasion="clinic", body=body), CLERK)
    panel = reader.read(f"/units/post?year={told.today.year}").partition('id="station"')[2]
    assert re.search(r'服务人次 <b class="num">30</b>,\s*解答咨询次数 <b class="num">7</b>', panel)
    assert "参加公益志愿活动" in panel
    assert re.search(r'医疗义诊 <b class="num">1</b> 次 <b class="num">30</b> 人次', panel)
    assert 'id="station"' not in reader.read("/units/south"), "a studio is no station"


def test_members_of_whom_nothing_was_heard_stand_with_their_last_day(pages: Pages) -> None:
    page = pages.see("/units/medicine", year=2025, days=180).text
    quiet = page.partition('id="quiet"')[2].partition("</section>")[0]
    assert re.findall(r">([^<>]+)</a>", quiet) == ["李明", "陈静"]
    assert "2025年6月10日" in quiet
    assert "2025年3月5日" in quiet
    economy = pages.see("/units/economy", year=2025).text
    assert "两年内没有" in economy
    assert pages.see("/units/medicine", days="17").status_code == 422


def test_members_of_whom_nothing_was_heard_since_a_day(pages: Pages) -> None:
    def quiet(since: str) -> list[str]:
        page = pages.see("/units/medicine", year=2025, since=since).text
        part = page.partition('id="quiet"')[2].partition("</section>")[0]
        return re.findall(r">([^<>]+)</a>", part)

    assert quiet("2025-06-11") == ["李明", "陈静"]
    assert quiet("2025-06-10") == ["陈静"]
    assert quiet("2025-03-05") == []
    late = pages.see("/units/medicine", year=2025, since="2026-03-01")
    assert late.status_code == 422
    assert 'value="2026-03-01"' in late.text


def test_how_members_perform_tells_what_each_side_recorded(units: Service) -> None:
    page = Pages(units.client, "head").see("/units/medicine", year=2025).text
    part = page.partition('id="analysis"')[2].partition("</section>")[0]
    (alone,) = re.findall(r"只有镇街登记的.*?</p>", part)
    assert "陈静" in re.findall(r">([^<>]+)</a>", alone)
    (neither,) = re.findall(r"两侧都没有登记的.*?</p>", part)
    assert "没有" in neither
    assert 'id="analysis"' not in Pages(units.client, "head").see("/units/economy").text


def test_a_file_is_for_the_unit_itself_and_those_who_see_all(units: Service) -> None:
    head = Pages(units.client, "head")
    assert "双重管理情况" in head.see("/units/medicine", year=2025).text
    other = head.see("/units/economy", year=2025)
    assert other.status_code == 200
    assert "双重管理情况" not in other.text
    assert "单位档案只向本单位" in other.text
    assert head.see("/units/economy/history").status_code == 403
    assert "设立" in head.see("/units/medicine/history").text
    member = Pages(units.client, "member").see("/units/south", year=2025)
    assert "双重管理情况" not in member.text


def test_a_unit_that_is_not_there(pages: Pages) -> None:
    assert pages.see("/units/nowhere").status_code == 404


def test_who_let_a_member_go_sees_no_more_of_him(units: Service) -> None:
    def quiet(name: str) -> list[str]:
        page = Pages(units.client, name).see("/units/medicine", year=2025, days=180).text
        part = page.partition('id="quiet"')[2].partition("</section>")[0]
        return re.findall(r">([^<>]+)</a>", part)

    assert quiet("head") == ["李明", "陈静"]
    secretary = units.caller(LEDGER, "secretary", Role.OFFICE, "county")
    version = secretary.get("/people/li").headers["ETag"]
    left = {"bond": "sector", "unit": "medicine", "until": "2025-12-31"}
    answer = secretary.send("/people/li/departures", left, If_Match=version)
    assert answer.status_code < 300, answer.text
    assert quiet("head") == ["陈静"]
    assert quiet("office") == ["李明", "陈静"]
