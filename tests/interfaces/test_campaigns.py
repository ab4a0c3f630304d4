"""Special tasks and campaigns over HTTP: found by name, told with totals, what somebody did only to whom his file is open."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from application.readings import ReadingNoted
from domain.access import Action
from domain.people import Role
from tests.interfaces.conftest import DAY, SINCE, Caller, Service
from tests.interfaces.test_api_meetings import problem

TASK = "防汛值守"
WITHIN = {"first": f"{DAY[:4]}-01-01", "last": f"{DAY[:4]}-12-31"}
RECIPIENT = "王大妈家"


@pytest.fixture
def task(office: Caller) -> Caller:
    """A task that the county called to: Li and Chen joined, Chen once more, Li gave money; Zhao, who is of the economy, served in a campaign."""
    work = {"work": "call"}
    commands: list[dict[str, Any]] = [
        matter("call", "special_task", TASK, {"called_by": "县防汛指挥部", "asked_for": "日夜值守"}, unit="county"),
        {"command": "report_outcome", "matter": "call", "outcome": {"stage": "deployed", "on": DAY}},
        joined("j1", "li", "chen", half_days=3, **work),
        joined("j2", "chen"),
        matter(
            "g1",
            "contributed_resources",
            "捐款",
            {"resource": "money", "amount": "200.50", "recipient": RECIPIENT},
            person="li",
            **work,
        ),
        {
            "command": "record_occasion",
            "occasion": "s1",
            "body": {
                "details": {"kind": "volunteered", "service": "free_clinic"},
                "title": "进村义诊",
                "on": DAY,
                "organiser": "south",
                "activity": "三走进一联系",
                "reached_people": 30,
                "participants": [{"person": "zhao"}],
            },
        },
        {"command": "open_unit", "unit": "north", "profile": {"kind": "studio", "name": "城北工作室"}, "since": SINCE},
    ]  # fmt: skip
    verdicts = office.send("/commands", commands).json()["verdicts"]
    assert [each for each in verdicts if "problem" in each] == []
    return office


def matter(
    name: str, kind: str, title: str, details: dict[str, Any], *, person: str = "", unit: str = "", **more: Any
) -> dict[str, Any]:  # fmt: skip
    """A matter as it is sent."""
    author = {"person": person} if person else {"unit": unit}
    body = {
        "details": {"kind": kind, **details},
        "title": title,
        "on": DAY,
        "organiser": "county",
        "authors": [{**author, "role": "first"}],
        **more,
    }
    return {"command": "record_matter", "matter": name, "body": body}


def joined(name: str, *people: str, **more: Any) -> dict[str, Any]:
    """A record of some who joined the task."""
    body = {
        "details": {"kind": "joined_special_task", "task": TASK, "duty": f"巡堤{name}"},
        "title": f"{TASK}{name}",
        "on": DAY,
        "organiser": "south",
        "participants": [{"person": each} for each in people],
        **more,
    }
    return {"command": "record_occasion", "occasion": name, "body": body}


def test_a_task_is_told_with_its_call_and_totals(task: Caller) -> None:
    (line,) = task.get("/campaigns", **WITHIN).json()["rows"]
    assert (line["name"], line["records"], line["people"], line["times"]) == (TASK, 3, 2, 4)
    assert (line["half_days"], line["called_on"]) == (7, DAY)
    found = task.get("/campaigns/figures", name=TASK, **WITHIN).json()
    (call,) = found["calls"]
    assert (call["called_by"], call["asked_for"], call["deployed_on"], call["done_on"]) == (
        "县防汛指挥部",
        "日夜值守",
        DAY,
        None,
    )
    assert [(e["resource"], e["amount"], e["unit"]) for e in found["resources"]] == [
        ("money", "200.5", "元")
    ]
    records = task.get("/campaigns/records", name=TASK, **WITHIN).json()["rows"]
    assert {each["stream"] for each in records} == {"occasion/j1", "occasion/j2", "matter/g1"}


def test_what_a_call_that_is_not_public_asked_for_is_told_to_who_may_see_inside(
    task: Caller, caller: Callable[..., Caller]
) -> None:
    secret = matter(
        "inner", "special_task", "值勤", {"called_by": "某指挥部", "asked_for": "不公开的要求"},
        unit="county", sensitivity="internal",
    )  # fmt: skip
    (verdict,) = task.send("/commands", [secret]).json()["verdicts"]
    assert "problem" not in verdict
    asked = {"name": "值勤", "campaign": "task", **WITHIN}
    assert "不公开的要求" in task.get("/campaigns/figures", **asked).text
    answer = caller("li", Role.MEMBER).get("/campaigns/figures", **asked)
    (call,) = answer.json()["calls"]
    assert (call["title"], call["on"]) == ("值勤", DAY)
    assert "不公开的要求" not in answer.text
    assert "某指挥部" not in answer.text


def test_a_campaign_is_told_by_service_in_times_and_people(task: Caller) -> None:
    asked: dict[str, Any] = {"campaign": "activity", **WITHIN}
    (line,) = task.get("/campaigns", **asked).json()["rows"]
    assert (line["name"], line["records"], line["reached"]) == ("三走进一联系", 1, 30)
    found = task.get("/campaigns/figures", name="三走进一联系", **asked).json()
    assert found["services"] == [{"service": "free_clinic", "times": 1, "reached": 30}]
    assert found["calls"] == []


def test_what_there_is_not_is_refused_by_its_field(task: Caller) -> None:
    for path in ("/campaigns/figures", "/campaigns/reports/sheet"):
        answer = task.get(path, name="抗旱", **WITHIN)
        assert problem(answer) == (404, "no_such_campaign", "name")
    assert problem(task.get("/campaigns/team", name=" ", **WITHIN)) == (422, "missing", "name")
    assert task.get("/campaigns/team", **WITHIN).status_code == 422
    assert task.get("/campaigns", first="2020-01-01", last="2019-01-01").status_code == 422


def test_who_took_part_is_told_to_all_and_what_each_did_to_whom_his_file_is_open(
    task: Caller, caller: Callable[..., Caller]
) -> None:
    asked: dict[str, Any] = {"name": TASK, **WITHIN}

    def team(who: Caller) -> dict[str, Any]:
        rows = who.get("/campaigns/team", **asked).json()["rows"]
        return {each["person"]: each["did"] for each in rows}

    full = team(task)
    assert (full["chen"]["records"], full["chen"]["half_days"]) == (2, 4)
    assert (full["li"]["records"], full["li"]["gave"]) == (1, 1)
    own = team(caller("li", Role.MEMBER))
    assert own["chen"] is None and own["li"] == full["li"]
    assert team(caller("zhao", Role.MEMBER)) == {"chen": None, "li": None}
    assert team(caller("clerk", Role.CLERK, "south")) == full
    assert team(caller("clerk", Role.CLERK, "north")) == {"chen": None, "li": None}


def test_a_report_is_of_whoever_may_be_looked_at_and_noted(
    task: Caller,
    caller: Callable[..., Caller],
    sqlite_service: Service,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked: dict[str, Any] = {"name": TASK, **WITHIN}

    def whose(who: Caller, **more: Any) -> list[tuple[str, str]]:
        rows = who.get("/campaigns/reports", **asked, **more).json()["rows"]
        return [(each["person"], each["duty"] or each["amount"]) for each in rows]

    everybody = [("li", "200.5"), ("li", "巡堤j1"), ("chen", "巡堤j1"), ("chen", "巡堤j2")]
    assert sorted(whose(task)) == sorted(everybody)
    assert sorted(whose(caller("li", Role.MEMBER), limit=1)) == [("li", "200.5")]
    assert whose(caller("zhao", Role.MEMBER)) == []
    assert whose(caller("clerk", Role.CLERK, "north")) == []
    refused = caller("zhao", Role.MEMBER).get("/campaigns/reports", person="li", **asked)
    assert problem(refused) == (403, "not_allowed", "person")
    noted: list[tuple[str, Action]] = []
    readings = sqlite_service.installation.desk(task.ledger).readings
    monkeypatch.setattr(
        type(readings),
        "note",
        lambda _, __, each: noted.extend((e.subject, e.action) for e in each if isinstance(e, ReadingNoted)),
    )  # fmt: skip
    assert len(whose(task, person="chen")) == 2
    assert noted == [("member/chen", Action.SEE_FILE)]


def test_the_sheet_has_the_same_lines_and_no_name_of_a_citizen(
    task: Caller, caller: Callable[..., Caller]
) -> None:
    answer = task.get("/campaigns/reports/sheet", name=TASK, **WITHIN)
    assert answer.headers["content-type"].startswith("text/csv")
    lines = answer.content.decode("utf-8-sig").splitlines()
    assert len(lines) == 5 and lines[0].startswith("姓名 / name")
    assert any("1.5" in each and "巡堤j1" in each for each in lines)
    assert any("200.5" in each for each in lines)
    assert RECIPIENT not in answer.text
    own = caller("li", Role.MEMBER).get("/campaigns/reports/sheet", name=TASK, **WITHIN)
    assert len(own.content.decode("utf-8-sig").splitlines()) == 3 and "陈静" not in own.text
