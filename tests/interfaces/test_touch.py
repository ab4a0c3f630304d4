"""Pairings and what is lacking over HTTP, on pages and on the command line: masked and noted as records are, and of the unit alone that is one's own."""

from __future__ import annotations

import json
from typing import Any

import pytest

from domain.people import Role
from interfaces.refusals import Exit
from interfaces.sealed import MASK
from tests.interfaces.conftest import Caller, Service, visit
from tests.interfaces.test_api_refusals import problem
from tests.interfaces.test_cli import Run, county, run
from tests.web.conftest import Reading, reading

__all__ = ["county", "reading", "run"]

HOUSE: dict[str, Any] = {
    "details": {
        "kind": "paired_with",
        "relation": "assistance",
        "counterpart": "household",
        "counterpart_name": "王大妈家",
    },
    "since": "2025-01-10",
    "organiser": "south",
    "person": "li",
}


@pytest.fixture
def kept(office: Caller) -> Caller:
    """Li is paired with a household and visited it once in 2025."""
    assert office.send("/pairings/house", HOUSE, method="PUT").status_code == 201
    served = visit(pairing="house", participants=[{"person": "li"}])
    assert office.send("/occasions/v", served, method="PUT").status_code == 201
    return office


def test_pairings_are_listed_with_their_visits_and_counted(kept: Caller) -> None:
    (line,) = kept.get("/pairings?year=2025").json()["rows"]
    assert (line["pairing"], line["subject_name"], line["visits"]) == ("house", "李明", 1)
    assert (line["counterpart_name"], line["last_visit"]) == ("王大妈家", "2025-03-05")
    assert kept.get("/pairings?year=2024").json()["rows"][0]["visits"] == 0
    assert kept.get("/pairings?person=zhao").json()["rows"] == []
    (count,) = kept.get("/relations?year=2025").json()
    assert count == {"relation": "assistance", "in_force": 1, "subjects": 1, "visited": 1}
    problem(kept.get("/pairings?unit=nowhere"), 404, "no_such_unit")


def test_who_is_named_in_a_pairing_is_for_those_inside(
    kept: Caller, sqlite_service: Service
) -> None:
    zhao = sqlite_service.caller(kept.ledger, "zhao", Role.MEMBER)
    (line,) = zhao.get("/pairings").json()["rows"]
    assert line["counterpart_name"] == line["details"]["counterpart_name"] == MASK
    clerk = sqlite_service.caller(kept.ledger, "bian", Role.CLERK, "economy")
    assert clerk.get("/pairings").json()["rows"][0]["counterpart_name"] == "王大妈家"


def test_what_is_lacking_is_told_of_ones_own_unit_or_of_all(
    kept: Caller, sqlite_service: Service
) -> None:
    def names(caller: Caller, asked: str) -> set[str]:
        return {each["name"] for each in caller.get(f"/lacking?{asked}").json()["rows"]}

    assert names(kept, "kind=visited_village&since=2025-01-01") == {"赵敏", "陈静"}
    assert names(kept, "relation=assistance") == {"赵敏", "陈静"}
    clerk = sqlite_service.caller(kept.ledger, "cai", Role.CLERK, "medicine")
    assert names(clerk, "kind=studied&unit=medicine") == {"李明", "陈静"}
    problem(clerk.get("/lacking?kind=studied"), 422, "missing")
    problem(clerk.get("/lacking?kind=studied&unit=economy"), 403, "not_allowed")
    problem(kept.get("/lacking"), 422, "missing")
    problem(kept.get("/lacking?kind=none"), 422, "wrong_tag")
    problem(kept.get("/lacking?kind=studied&relation=village"), 422, "missing")
    for day in ("0001-01-01", "9999-12-31"):
        early = kept.get(f"/lacking?kind=studied&since={day}")
        problem(early, 422, "malformed", parameter="since")
    member = sqlite_service.caller(kept.ledger, "zhao", Role.MEMBER)
    problem(member.get("/lacking?kind=studied&unit=south"), 403, "not_allowed")


@pytest.fixture
def studying(office: Caller) -> Caller:
    """Li had the rotation training in the year before; Zhao studied otherwise since."""
    for name, on, who, study in (
        ("s1", "2024-06-03", "li", "term_rotation"),
        ("s2", "2025-02-03", "zhao", "all_members"),
    ):
        said = visit(
            details={"kind": "studied", "study": study},
            title=f"学习{name}",
            on=on,
            organiser="county",
            participants=[{"person": who}],
        )
        answer = office.send(f"/occasions/{name}", said, method="PUT")
        assert answer.status_code == 201, answer.text
    return office


def test_who_studied_otherwise_lacks_the_rotation_training_since_the_term_began(
    studying: Caller,
) -> None:
    def names(asked: str) -> set[str]:
        rows = studying.get(f"/lacking?kind=studied&{asked}").json()["rows"]
        return {each["name"] for each in rows}

    since = "since=2025-01-01"
    assert "赵敏" not in names(since) and "李明" in names(since)
    rotation = "detail=study:term_rotation"
    assert {"李明", "赵敏"} <= names(f"{rotation}&{since}")
    assert "李明" not in names(rotation) and "赵敏" in names(rotation), "since the term began"
    assert names(f"detail=study:all_members&{since}") == names(since)
    for asked in ("detail=study:none", "detail=none:term_rotation", "detail=x"):
        answer = studying.get(f"/lacking?kind=studied&{asked}&{since}")
        problem(answer, 422, "malformed", parameter="detail")
    problem(studying.get(f"/lacking?relation=village&{rotation}"), 422, "missing")


def test_the_page_asks_for_one_choice_of_a_kind(studying: Caller, reading: Reading) -> None:
    secretary = reading("secretary", Role.OFFICE, "county")
    assert 'id="detail"' not in secretary.read("/lacking")
    page = secretary.read("/lacking?kind=studied")
    assert '<option value="study:term_rotation">' in page
    found = secretary.read("/lacking?kind=studied&detail=study:term_rotation")
    assert '<option value="study:term_rotation" selected>' in found
    listed = found.partition('class="rows"')[2]
    assert "赵敏" in listed and "李明" not in listed
    assert secretary.get("/lacking?kind=studied&detail=study:x").status_code == 422


def test_pages_show_pairings_and_whom_they_are_lacking_of(kept: Caller, reading: Reading) -> None:
    secretary = reading("secretary", Role.OFFICE, "county")
    page = secretary.read("/pairings?year=2025")
    assert "王大妈家" in page
    assert "结对帮扶" in page
    assert "最近" in page
    assert "未走访" in secretary.read("/pairings?year=2024")
    assert "没有符合条件的结对" in secretary.read("/pairings?which=ended")
    assert "没有符合条件的结对" in secretary.read("/pairings?year=2025&which=unvisited")
    assert secretary.get("/pairings?unit=没有这个").status_code == 422
    lacking = secretary.read("/lacking?relation=assistance")
    assert "赵敏" in lacking
    assert "李明" not in lacking.partition('class="rows"')[2]
    assert "只选一项" in secretary.read("/lacking")
    assert "只选一项" in secretary.read("/lacking?kind=studied&relation=village")
    early = secretary.get("/lacking?kind=studied&since=0001-01-01")
    assert early.status_code == 422
    assert "1949 至 2200 年之间" in early.text
    clerk = reading("clerk", Role.CLERK, "south")
    own = clerk.read("/lacking?kind=studied")
    assert "赵敏" in own
    assert clerk.get("/lacking?kind=studied&unit=economy").status_code == 403


def test_the_command_line_lists_both(county: Run) -> None:
    told = json.dumps({"pairing": "house", "body": HOUSE}, ensure_ascii=False)
    code, _, errors = county("tell", "pair", told)
    assert code == 0, errors
    (line,) = json.loads(county("pairings", "--year", "2025", "--json")[1])
    assert line["counterpart_name"] == "王大妈家"
    assert "结对帮扶\t李明\t王大妈家\t2025-01-10\t0\t–" in county("pairings")[1]
    assert county("pairings", "--ended")[1] == ""
    assert "李明" not in county("lacking", "--relation", "结对帮扶")[1]
    assert "李明" in county("lacking", "参加学习培训", "--since", "2025-01-01")[1]
    found = json.loads(county("lacking", "studied", "--of", "城南工作室", "--json")[1])
    assert "李明" in {each["name"] for each in found}
    for said in ("届内轮训", "学习类型:届内轮训", "study:term_rotation"):
        assert "李明" in county("lacking", "参加学习培训", "--detail", said)[1]
    assert county("lacking", "studied", "--detail", "没有")[0] == Exit.INVALID
    assert county("lacking", "studied", "--since", "0001-01-01")[0] == Exit.INVALID
    assert county("lacking")[0] == Exit.INVALID
    assert county("lacking", "none")[0] == Exit.INVALID
