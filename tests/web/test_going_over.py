"""Open matters of older versions of a loop: which can go over to the newer one and why others cannot, moved over in one form or by one command, each by itself."""

from __future__ import annotations

import re

import pytest

from domain.document import Publish, Sort
from domain.people import Role
from tests.interfaces.conftest import Caller, Service
from tests.interfaces.test_api_refusals import problem
from tests.web.conftest import Reader, Reading
from tests.web.rounds import SINCE, Rounds
from tests.web.test_course import state

LOOP = """\
loop: taken
version: 1
zh: 提案
en: proposals
since: 2020-01-01
kinds: 提交提案
stages:
  - {stage: raised, zh: 提交, en: raised}
  - {stage: filed, zh: 立案, en: put on file, reaches: 立案, movers: office, due: {days: 20}}
  - {stage: looked, zh: 初审, en: looked at, movers: office}
  - {stage: replied, zh: 答复, en: replied to, reaches: 答复, movers: office, due: {days: 60, since: submitted}}
  - {stage: closed, zh: 办结, en: closed, reaches: 办结, movers: office, ends: true}
"""
SECOND = (
    LOOP.replace("version: 1", "version: 2")
    .replace("  - {stage: looked, zh: 初审, en: looked at, movers: office}\n", "")
    .replace("days: 60", "days: 90")
)
VERSIONS = "/dues/versions?loop=taken"


@pytest.fixture
def county(office: Caller, sqlite_service: Service) -> Rounds:
    """Two proposals on file and one looked at by the first version, and one of the second, which knows no such stage."""
    told = Rounds(sqlite_service.installation.desk(office.ledger))
    publish(told, "1", LOOP)
    for matter in ("p1", "p2", "p3"):
        told.proposal(matter, 9)
        told.move(matter, "filed", 5)
    told.move("p3", "looked", 4)
    publish(told, "2", SECOND)
    told.proposal("p4", 3)
    return told


def publish(county: Rounds, version: str, text: str) -> None:
    county.tell(Publish(sort=Sort.LOOP, code="taken", version=version, text=text, since=SINCE))


@pytest.fixture
def secretary(reading: Reading, county: Rounds) -> Reader:
    return reading("secretary", Role.OFFICE, "county")


def versions(county: Rounds) -> dict[str, str]:
    found = {}
    for matter in ("p1", "p2", "p3", "p4"):
        course = state(county, matter).course
        assert course is not None
        found[matter] = course.version
    return found


def ticked(page: str) -> dict[str, bool]:
    """The matters that can be ticked, and whether they are."""
    found = re.findall(r'name="p" value="([^"]+)"( checked)?', page)
    return {matter: bool(checked) for matter, checked in found}


def sent(*pairs: tuple[str, str], reason: str = "新办法施行") -> list[tuple[str, str]]:
    return [("loop", "taken"), ("to", "2"), ("over.reason", reason), *pairs]


def test_the_office_sees_which_can_go_over_which_not_and_what_is_due_then(
    secretary: Reader, county: Rounds
) -> None:
    assert "/dues/versions" in secretary.read("/dues")
    past = secretary.read(f"/dues?as_of={county.today.isoformat()}")
    assert "/dues/versions" not in past, "a board of the past moves nothing"
    overview = secretary.read("/dues/versions")
    assert "1 → 2 · 3 件" in overview
    assert ticked(overview) == {}

    page = secretary.read(VERSIONS)
    assert ticked(page) == {"p1": True, "p2": True}
    assert "2版没有“初审”这一环节" in page
    first = page.partition('id="t-p1"')[2].partition("</li>")[0]
    assert re.search(r"期限:答复 .* → 答复 ", first), first
    assert 'id="t-p4"' not in page, "it goes by the newer one already"


def test_what_is_ticked_goes_over_each_by_itself_and_sent_again_changes_nothing(
    secretary: Reader, county: Rounds
) -> None:
    pairs = sent(("p", "p1"), ("p", "p3"))
    answer = secretary.send("/dues/versions", *pairs, page=VERSIONS)
    assert answer.status_code == 422
    assert "已改按新版 1 件" in answer.text
    there = answer.text.partition('id="t-p3"')[2].partition("</li>")[0]
    assert 'class="wrong"' in there
    assert versions(county) == {"p1": "2", "p2": "1", "p3": "1", "p4": "2"}
    assert ticked(answer.text) == {"p2": False}

    head = county.desk.head()
    again = secretary.send("/dues/versions", *sent(("p", "p1")), page=VERSIONS)
    assert "已改按新版 1 件" in again.text
    assert county.desk.head() == head
    assert "改按流程的2版办理(原按1版),仍在立案" in secretary.read("/matters/p1")


@pytest.mark.parametrize(
    ("pairs", "said"),
    [
        (sent(("p", "p1"), reason=" "), 'id="f-over-reason-wrong"'),
        (sent(), "没有选择事项"),
    ],
)
def test_without_a_reason_or_a_choice_nothing_goes_over_and_the_form_says_so(
    secretary: Reader, county: Rounds, pairs: list[tuple[str, str]], said: str
) -> None:
    answer = secretary.send("/dues/versions", *pairs, page=VERSIONS)
    assert answer.status_code == 422
    assert said in answer.text
    assert set(versions(county).values()) == {"1", "2"}
    assert versions(county)["p1"] == "1"


def test_whoever_wrote_one_and_works_in_the_office_leaves_it_to_another(
    reading: Reading, county: Rounds
) -> None:
    own = reading("li", Role.OFFICE, "county")
    page = own.read(VERSIONS)
    assert ticked(page) == {}
    assert "本人提出的事项" in page
    own.send("/dues/versions", *sent(("p", "p1")), page="/record/carried_up")
    assert versions(county)["p1"] == "1"


def test_it_is_the_offices_page_alone(reading: Reading, county: Rounds) -> None:
    clerk = reading("wang", Role.CLERK, "south")
    assert "/dues/versions" not in clerk.read("/dues")
    assert clerk.get(VERSIONS).status_code == 403
    assert (
        clerk.send("/dues/versions", *sent(("p", "p1")), page="/record/carried_up").status_code
        == 403
    )
    assert versions(county)["p1"] == "1"


def test_a_loop_or_version_that_there_is_not_is_named(secretary: Reader) -> None:
    assert secretary.get("/dues/versions?loop=none").status_code == 404
    assert secretary.get(f"{VERSIONS}&to=9").status_code == 404


def test_once_all_went_over_the_page_says_that_there_are_none(
    secretary: Reader, county: Rounds
) -> None:
    county.move("p3", "replied", 3)
    pairs = [("p", each) for each in ("p1", "p2", "p3")]
    page = secretary.send("/dues/versions", *sent(*pairs), page=VERSIONS).text
    assert "已改按新版 3 件" in page
    assert set(versions(county).values()) == {"2"}
    assert "没有仍按旧版办理的在办事项" in page


def test_the_same_is_listed_over_http_a_page_at_a_time(office: Caller, county: Rounds) -> None:
    (behind,) = office.get("/dues/versions").json()
    assert (behind["loop"], behind["version"], behind["newest"]) == ("taken", "1", "2")
    assert behind["number"] == 3

    page = office.get("/dues/versions/taken", limit=2).json()
    rest = office.get("/dues/versions/taken", limit=2, cursor=page["next"]).json()
    assert rest["next"] is None
    found = {each["line"]["matter"]: each for each in (*page["rows"], *rest["rows"])}
    assert list(found) == ["p1", "p2", "p3"]
    assert found["p1"]["refused"] is None
    assert (found["p1"]["version"], found["p1"]["to"], found["p1"]["closes"]) == ("1", "2", False)
    assert found["p1"]["due_then"] > found["p1"]["line"]["due"]
    assert found["p3"]["due_then"] is None
    assert "has no stage" in found["p3"]["refused"]["en"]
    problem(office.get("/dues/versions/none"), 404, "no_such_loop")
    problem(office.get("/dues/versions/taken", to="9"), 404, "no_such_loop", parameter="to")


@pytest.mark.parametrize(
    ("person", "role", "unit", "said"),
    [
        ("li", Role.OFFICE, "county", ["wrote it yourself"] * 3),
        ("li", Role.MEMBER, None, ["wrote it yourself"] * 3),
        ("wang", Role.CLERK, "south", ["the office", "the office", "has no stage"]),
        ("program", Role.CONSUMER, None, ["the office", "the office", "has no stage"]),
    ],
)
def test_whoever_may_not_let_one_go_over_reads_over_http_why(
    sqlite_service: Service,
    office: Caller,
    county: Rounds,
    person: str,
    role: Role,
    unit: str | None,
    said: list[str],
) -> None:
    asks = sqlite_service.caller(office.ledger, person, role, unit)
    rows = asks.get("/dues/versions/taken").json()["rows"]
    assert [each["line"]["matter"] for each in rows] == ["p1", "p2", "p3"]
    for each, why in zip(rows, said, strict=True):
        assert each["refused"] is not None, each
        assert why in each["refused"]["en"]
    assert rows[0]["due_then"] > rows[0]["line"]["due"], "what would be due is told all the same"
