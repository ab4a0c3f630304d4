"""How the committee is organised over HTTP: reporting in on two days, villages without a member, guests."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from domain.people import Role
from tests.interfaces.conftest import DAY, SINCE, Caller, visit
from tests.interfaces.test_api_meetings import problem

BEFORE, AFTER = "2025-01-01", "2025-12-31"


@pytest.fixture
def placed(office: Caller) -> Caller:
    """A township with two villages where Li reported in, and a guest who accepted and took part once."""

    def unit(name: str, kind: str, said: str, **more: Any) -> dict[str, Any]:
        profile = {"kind": kind, "name": said, **more}
        return {"command": "open_unit", "unit": name, "profile": profile, "since": SINCE}

    def step(taken: str, on: str) -> dict[str, Any]:
        placement = {
            "township": "town", "step": taken, "on": on, "basis": "residence", "room": "han",
        }  # fmt: skip
        return {"command": "place", "person": "li", "placement": placement}

    commands = [
        unit("town", "township", "东关镇"),
        unit("han", "village", "韩村", parent="town"),
        unit("lu", "village", "卢村", parent="town"),
        step("chose", DAY),
        step("reported", DAY),
        {
            "command": "admit",
            "person": "guest",
            "profile": {
                "name": "郑省委",
                "standing": "guest",
                "home_level": "province",
                "higher_committees": ["省政协"],
            },
        },
        *(
            {"command": "invite", "person": "guest", "step": taken, "on": DAY, "to": "south"}
            for taken in ("invited", "accepted")
        ),
        {
            "command": "record_occasion",
            "occasion": "v1",
            "body": visit(participants=[{"person": "guest", "capacity": "higher_member"}]),
        },
    ]
    verdicts = office.send("/commands", commands).json()["verdicts"]
    assert [each for each in verdicts if "problem" in each] == []
    return office


def test_townships_stand_with_members_on_two_days(placed: Caller) -> None:
    found = placed.get("/report-in", before=BEFORE, day=AFTER).json()
    lines = {each["unit"]: each for each in found["rows"]}
    town = lines["town"]
    assert (town["before"], town["now"], town["change"]) == (0, 1, 1)
    assert (town["villages"], town["covered"]) == (2, 1)
    taken = {each["step"]: (each["newest"], each["taken"]) for each in town["steps"]}
    assert (taken["chose"], taken["reported"]) == ((0, 1), (1, 1))
    assert lines["south"]["now"] == 3
    assert {(e["basis"], e["members"]) for e in found["bases"]} == {("residence", 1), (None, 3)}
    page = placed.get("/report-in", limit=1).json()
    rest = placed.get("/report-in", limit=1, cursor=page["next"]).json()
    assert {each["rows"][0]["unit"] for each in (page, rest)} == {"town", "south"}


def test_villages_without_a_member_are_listed(placed: Caller) -> None:
    rows = placed.get("/report-in/villages", township="town").json()["rows"]
    assert [(e["village"], [m["person"] for m in e["members"]]) for e in rows] == [
        ("lu", []),
        ("han", ["li"]),
    ]
    lacking = placed.get("/report-in/villages", without="true", township="town").json()["rows"]
    assert [each["village"] for each in lacking] == ["lu"]
    assert placed.get("/report-in/villages", township="nowhere").status_code == 404


def test_days_out_of_order_are_refused(placed: Caller) -> None:
    for path in ("/report-in", "/guests"):
        answer = placed.get(path, day=BEFORE, before=AFTER)
        assert problem(answer)[1:] == ("wrong_order", "day")


def test_what_a_guest_took_part_in_stands_where_his_file_is_open(
    placed: Caller, caller: Callable[..., Caller]
) -> None:
    found = placed.get("/guests", before=BEFORE, day=AFTER).json()
    (line,) = found["rows"]
    assert (line["guest"]["step"], line["guest"]["to_name"]) == ("accepted", "城南工作室")
    assert line["part"] == {"number": 1, "last": DAY}
    assert (found["invited"], found["accepted"], found["took_part"]) == (1, 1, 1)
    member = caller("zhao", Role.MEMBER).get("/guests", before=BEFORE, day=AFTER).json()
    assert (member["rows"][0]["part"], member["took_part"]) == (None, 1)
    assert placed.get("/guests", step="declined", day=AFTER).json()["rows"] == []


@pytest.fixture
def liaison(office: Caller) -> Caller:
    """A liaison committee whose head, no member, the Party committee approved, without a deputy."""
    profile = {"kind": "liaison_committee", "name": "东关联络委"}
    held = {
        "person": "other-li",
        "office": "head",
        "since": SINCE,
        "approved_on": "2021-11-20",
        "approval_document": "海委〔2021〕9号",
    }
    member = {"person": "zhao", "office": "committee_member", "since": SINCE}
    commands = [
        {"command": "open_unit", "unit": "liaison", "profile": profile, "since": SINCE},
        *({"command": "appoint", "unit": "liaison", "appointment": each} for each in (held, member)),
    ]  # fmt: skip
    verdicts = office.send("/commands", commands).json()["verdicts"]
    assert [each for each in verdicts if "problem" in each] == []
    return office


def test_the_composition_of_committees_tells_approvals_and_vacancies(liaison: Caller) -> None:
    found = liaison.get("/composition", vacant="true").json()
    (line,) = found["rows"]
    (head,) = line["leaders"]
    assert (head["person"], head["member"], head["approved_on"], head["approval_document"]) == (
        *("other-li", False),
        *("2021-11-20", "海委〔2021〕9号"),
    )
    assert (line["people"], line["members"], line["others"]) == (2, 1, 1)
    assert line["vacancies"] == [{"office": "deputy", "since": None}]
    assert liaison.get("/composition", kind="studio").json()["rows"][0]["unit"] == "south"
    answer = liaison.get("/composition", kind="village")
    assert problem(answer)[1:] == ("unit_not_of_kind", "kind")


def test_a_document_without_its_day_is_refused(liaison: Caller) -> None:
    held = {"person": "li", "office": "deputy", "since": SINCE, "approval_document": "9号"}
    answer = liaison.send("/units/liaison/appointments", held)
    assert problem(answer)[1:] == ("missing", "/approved_on")


@pytest.fixture
def linked(office: Caller) -> Caller:
    """A committee that links a study group with a leader and economy; Zhao, its chairman, keeps touch with the studio in the south."""

    def unit(name: str, kind: str, said: str, **more: Any) -> dict[str, Any]:
        profile = {"kind": kind, "name": said, **more}
        return {"command": "open_unit", "unit": name, "profile": profile, "since": SINCE}

    details = {
        "kind": "paired_with",
        "relation": "leader_and_township",
        "counterpart": "studio",
    }
    body = {
        "details": details, "since": SINCE, "organiser": "county",
        "person": "zhao", "with_unit": "south",
    }  # fmt: skip
    lead = {"person": "li", "office": "group_leader", "since": SINCE}
    commands = [
        unit("affairs", "special_committee", "经济委"),
        unit("north", "studio", "城北工作室"),
        unit("first", "study_group", "第一学习组", linked_by="affairs"),
        unit("second", "study_group", "第二学习组", parent="affairs"),
        {"command": "appoint", "unit": "first", "appointment": lead},
        {"command": "pair", "pairing": "p1", "body": body},
    ]
    verdicts = office.send("/commands", commands).json()["verdicts"]
    assert [each for each in verdicts if "problem" in each] == []
    return office


def test_whom_no_pairing_reaches_is_listed_and_to_a_unit_its_own(
    linked: Caller, caller: Callable[..., Caller]
) -> None:
    found = linked.get("/unlinked", of="studio").json()
    assert found == {
        "rows": [{"subject": "unit/north", "name": "城北工作室"}],
        "lacking": 1,
        "of": 2,
        "next": None,
    }
    clerk = caller("clerk", Role.CLERK, "south")
    own = clerk.get("/unlinked", of="studio").json()
    assert (own["rows"], own["of"]) == ([], 1)
    assert caller("li", Role.MEMBER).get("/unlinked").status_code == 403
    page = linked.get("/unlinked", of="member", limit=2).json()
    rest = linked.get("/unlinked", of="member", limit=2, cursor=page["next"]).json()
    assert {e["subject"] for e in (*page["rows"], *rest["rows"])} == {
        *("member/li", "member/zhao", "member/chen")
    }


def test_three_levels_of_responsibility_name_who_answers(linked: Caller) -> None:
    found = linked.get("/responsibility").json()
    (branch,) = found["rows"]
    assert branch["unit"] == "affairs"
    assert {e["unit"]: [p["name"] for p in e["responsible"]] for e in branch["driven"]} == {
        "first": ["李明"],
        "second": [],
    }
    assert {each["unit"] for each in found["loose"]} == {"medicine", "economy"}
    assert linked.get("/responsibility", day="2020-01-01").json()["rows"] == []
