"""The year's boards over HTTP and on the command line: the plan with its quotas, topics by source, tasks by owner, the file of a work."""

from __future__ import annotations

import json
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from domain.people import Role
from interfaces.refusals import Exit
from tests.interfaces.conftest import Caller, Service
from tests.interfaces.test_api_refusals import problem
from tests.interfaces.test_cli import Run, county, run
from tests.interfaces.test_cli_loops import TODAY, told
from tests.interfaces.test_loops import carried_out, text

__all__ = ["county", "run"]

THIS_YEAR = TODAY.year
LATER = (TODAY + timedelta(days=40)).isoformat()
LAST_MONTH = (TODAY - timedelta(days=30)).isoformat()


def work(title: str, details: dict[str, Any], owner: str = "medicine", **said: Any) -> Any:
    on = said.pop("on", TODAY.isoformat())
    return {
        "details": details,
        "title": title,
        "on": on,
        "organiser": "county",
        "authors": [{"unit": owner}],
        **said,
    }


ITEM = {"kind": "plan_item", "item": "consultation", "year": THIS_YEAR, "tier": "2"}
BODIES: dict[str, Any] = {
    "p": work("民生协商", {**ITEM, "planned_for": "q4", "person_responsible": "林主任"}),
    "t": work("停车难", {"kind": "raised_topic"}, topic_source="people"),
    "c": work(
        "停车规划",
        {"kind": "consultation", "tier": "2"},
        converted_from="matter/t",
        plan_item="p",
        work="parking",
    ),
    "late": work(
        "增设车位",
        {"kind": "task", "due": LAST_MONTH, "person_responsible": "林主任"},
        answers="matter/c",
        on="2026-01-05",
    ),
    "later": work("错时共享", {"kind": "task", "due": LATER}, "economy"),
}
SESSION = {
    "details": {"kind": "consulted", "form": "thematic", "suggestions": 3},
    "title": "停车协商会",
    "on": TODAY.isoformat(),
    "organiser": "county",
    "work": "parking",
    "plan_item": "p",
    "participants": [{"person": "li"}],
}


@pytest.fixture
def office(sqlite_service: Service) -> Caller:
    """A ledger with a plan, a topic, what became of it, and tasks."""
    office = sqlite_service.ledger()
    loop = {"version": "1", "text": text("three-norms/tasks.yaml"), "since": "2021-01-01"}
    carried_out(office.send("/documents/loop/three-norms-tasks/versions", loop))
    for name, body in BODIES.items():
        carried_out(office.send(f"/matters/{name}", body, method="PUT"), 201)
    carried_out(office.send("/occasions/s", SESSION, method="PUT"), 201)
    return office


def test_the_plan_says_whose_each_item_is_what_was_held_for_it_and_tiers_against_quotas(
    office: Caller,
) -> None:
    (line,) = office.get("/plan").json()["rows"]
    assert (line["matter"], line["held"], line["person"]) == ("p", "held", "林主任")
    assert [part["stream"] for part in line["parts"]["latest"]] == ["matter/c", "occasion/s"]
    assert [step["stage"] for step in line["steps"]][-1] == "decided"
    assert office.get("/plan", year=2020).json()["rows"] == []
    assert office.get("/plan", held="late").json()["rows"] == []
    figures = office.get("/plan/figures", month=TODAY.month).json()
    tiers = {tier["tier"]: tier for tier in figures["tiers"]}
    assert (tiers["2"]["quota"], tiers["2"]["planned"], tiers["2"]["left"]) == (2, 1, 2)
    assert (tiers["X"]["quota"], tiers["X"]["stated"]) == (None, True)
    assert figures["by_documents"] is False
    held = {each["zh"]: (each["month"], each["year"]) for each in figures["figures"]}
    assert held["协商场次"] == (1, 1)
    problem(office.get("/plan", owner="nowhere"), 404, "no_such_unit")
    assert office.get("/plan/figures", month=13).status_code == 422


def test_topics_say_what_they_became(office: Caller) -> None:
    (line,) = office.get("/topics").json()["rows"]
    assert (line["matter"], line["source"], line["state"]) == ("t", "people", "raised")
    assert [part["title"] for part in line["became"]["latest"]] == ["停车规划"]
    counts = {each["source"]: each["open"] for each in office.get("/topics/counts").json()}
    assert counts["people"] == 1
    assert counts["members"] == 0
    assert office.get("/topics", state="adopted").json()["rows"] == []


def test_tasks_are_due_on_their_own_days(sqlite_service: Service, office: Caller) -> None:
    late, later = office.get("/tasks").json()["rows"]
    assert (late["due"], late["timeliness"], late["source_title"]) == (
        LAST_MONTH,
        "overdue",
        "停车规划",
    )
    assert (later["due"], later["owner_name"]) == (LATER, "经济界")
    assert late["why"][2]["en"] == f"day named: {LAST_MONTH}"
    dues = {each["matter"]: each["due"] for each in office.get("/dues").json()["rows"]}
    assert dues["late"] == LAST_MONTH, "the board of what is due says the same"
    assert [t["matter"] for t in office.get("/tasks", overdue=True).json()["rows"]] == ["late"]
    assert [t["matter"] for t in office.get("/tasks", owner="economy").json()["rows"]] == ["later"]
    counts = office.get("/tasks/counts").json()
    assert sum(each["overdue"] for each in counts) == 1
    member = sqlite_service.caller(office.ledger, "li", Role.MEMBER)
    assert len(member.get("/tasks").json()["rows"]) == 2


def test_the_file_of_a_work_goes_on_by_pages(office: Caller) -> None:
    second = {**SESSION, "title": "回访", "on": (TODAY - timedelta(days=1)).isoformat()}
    carried_out(office.send("/occasions/s2", second, method="PUT"), 201)
    file = office.get("/matters/c/file", limit=1).json()
    assert (file["number"], file["suggestions"], file["problems"]) == (2, 6, 0)
    assert [part["stream"] for part in file["parts"]["rows"]] == ["occasion/s"]
    rest = office.get("/matters/c/file", limit=1, cursor=file["parts"]["next"]).json()
    assert [part["stream"] for part in rest["parts"]["rows"]] == ["occasion/s2"]
    problem(office.get("/matters/none/file"), 404, "no_such_deed")


@pytest.fixture
def told_county(county: Run, tmp_path: Path) -> Run:
    """The same, on the command line."""
    file = tmp_path / "loop.yaml"
    file.write_text(text("three-norms/tasks.yaml"), "utf-8")
    assert county("rubric", "publish", str(file))[0] == 0
    for name, body in BODIES.items():
        code, _, errors = told(county, "record_matter", matter=name, body=body)
        assert code == 0, errors
    code, _, errors = told(county, "record_occasion", occasion="s", body=SESSION)
    assert code == 0, errors
    return county


def test_the_plan_on_the_command_line(told_county: Run) -> None:
    code, output, _ = told_county("plan")
    assert code == 0
    assert "专题议政性常委会会议" in output
    assert "第四季度(已举行)  协商  民生协商  matter/p" in output
    assert "停车协商会  occasion/s" in output
    assert json.loads(told_county("plan", "--how", "已逾期", "--json")[1]) == []
    assert len(json.loads(told_county("plan", "--quarter", "4", "--json")[1])) == 1
    assert told_county("plan", "--how", "never")[0] == Exit.INVALID
    assert told_county("plan", "--owner", "没有的")[0] == Exit.NOT_FOUND


def test_topics_on_the_command_line(told_county: Run) -> None:
    code, output, _ = told_county("topics", "--source", "群众荐题")
    assert code == 0
    assert "群众荐题(待筛选)  停车难  matter/t" in output
    assert "→ 停车规划  matter/c" in output
    assert json.loads(told_county("topics", "--state", "采用", "--json")[1]) == []


def test_the_responsibility_list_on_the_command_line(told_county: Run) -> None:
    code, output, _ = told_county("tasks")
    assert code == 0
    assert output.splitlines()[0] == f"{LAST_MONTH}(已逾期)  增设车位  matter/late"
    assert "林主任;来自 停车规划" in output
    move = {"stage": "track", "on": TODAY.isoformat(), "note": "已选址"}
    assert told(told_county, "move_matter", matter="late", move=move)[0] == 0
    (line,) = json.loads(told_county("tasks", "--overdue", "--json")[1])
    assert (line["note"], date.fromisoformat(line["noted_on"])) == ("已选址", TODAY)
    assert json.loads(told_county("tasks", "--state", "不再实施", "--json")[1]) == []
    assert len(json.loads(told_county("tasks", "--person", "林主任", "--json")[1])) == 1
