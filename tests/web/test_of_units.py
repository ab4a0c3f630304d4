"""What is on record of a unit, on the pages of its members and on its own: who has what of it, and as a member of which unit."""

from __future__ import annotations

import re
from typing import Any

import pytest

from domain.access import Action
from domain.people import Role
from interfaces.web import deed
from tests.interfaces.conftest import DAY, Caller, Service
from tests.projections.county import OF_UNITS
from tests.web.conftest import Reading

YEAR = int(DAY[:4])
LEAVES = {"bond": "studio", "unit": "south", "until": f"{YEAR}-02-28"}


@pytest.fixture
def standard(office: Caller) -> Caller:
    """The studio in the south met a standard; Chen had left it by then, Li and Zhao had not."""
    text = OF_UNITS % ("1", "period: 自然年度")
    said = {"version": "1", "text": text, "since": "2024-01-01"}
    assert office.send("/documents/rubric/of-units/versions", said).status_code == 200
    assert office.send("/people/chen/departures", LEAVES).status_code < 300
    body: dict[str, Any] = {
        "details": {"kind": "met_standard", "standard": "五个有", "item": "有场所"},
        "on": DAY,
        "body": "办公室",
        "reason": "查看",
        "unit": "south",
    }
    assert office.send("/findings/f1", body, method="PUT").status_code == 201
    return office


def credited(page: str) -> list[str]:
    """Who has something of a record by his unit, as its page tells."""
    _, _, after = page.partition('id="members"')
    return re.findall(r'/people/([a-z-]+)"', after.partition("</section>")[0])


def test_the_page_of_a_record_tells_what_it_gives_members_of_the_unit(
    reading: Reading, standard: Caller
) -> None:
    """To those whose files are open to whoever looks."""
    page = reading("secretary", Role.OFFICE, "county").read("/findings/f1")
    assert "所属委员由此得分" in page
    assert sorted(credited(page)) == ["li", "zhao"]
    assert page.count("计 2 分") == 2
    assert credited(reading("li", Role.MEMBER).read("/findings/f1")) == ["li"]


def test_whose_points_a_record_shows_is_noted(
    reading: Reading,
    standard: Caller,
    sqlite_service: Service,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Of those alone whom the page tells of."""
    desk = sqlite_service.installation.desk(standard.ledger)

    def noted(person: str) -> list[tuple[str, Action, str]]:
        found = desk.readings.of(f"member/{person}", desk.today(), 10)
        return [(e.envelope.by, e.noted.action, e.noted.through) for e in found]

    assert credited(reading("li", Role.MEMBER).read("/findings/f1")) == ["li"]
    assert noted("li") == noted("zhao") == []
    secretary = reading("secretary", Role.OFFICE, "county")
    monkeypatch.setattr(deed, "MOST_BY_UNITS", 1)
    page = secretary.read("/findings/f1")
    assert credited(page) == ["li"]
    assert "另有 1 名委员" in page
    seen = [("secretary", Action.SEE_FILE, "page_finding")]
    assert (noted("li"), noted("zhao")) == (seen, [])
    monkeypatch.undo()
    assert "另有" not in secretary.read("/findings/f1")
    assert noted("zhao") == seen
    assert noted("chen") == []


def test_a_members_page_says_as_a_member_of_which_unit_he_has_it(
    reading: Reading, standard: Caller
) -> None:
    """And why he has not."""
    office = reading("secretary", Role.OFFICE, "county")
    said = "3月5日作为城南工作室成员,该单位达到标准,按“工作室建设”计+2分。"
    assert said in office.read(f"/people/li?year={YEAR}")
    page = office.read(f"/people/chen?year={YEAR}")
    assert said not in page
    assert "3月5日城南工作室达到标准未计分:当日不在该单位" in page


def test_the_api_says_so_too(standard: Caller) -> None:
    (card,) = standard.get("/people/li/scorecards", year=YEAR, rubric="of-units").json()
    (line,) = card["lines"]
    assert line["of"]["subject"] == "unit/south"
    assert line["en"].startswith("5 March, as a member of 城南工作室, which met a standard:")


def test_a_record_of_no_rubric_gives_nobody_anything(
    reading: Reading, office: Caller, sqlite_service: Service
) -> None:
    body = {
        "details": {"kind": "met_standard", "standard": "五个有", "item": "有场所"},
        "on": DAY,
        "body": "办公室",
        "reason": "查看",
        "unit": "south",
    }
    assert office.send("/findings/f1", body, method="PUT").status_code == 201
    page = reading("secretary", Role.OFFICE, "county").read("/findings/f1")
    assert "所属委员由此得分" not in page
