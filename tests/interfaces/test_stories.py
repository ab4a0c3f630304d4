"""What led to what and what was joint, over HTTP and on the command line: said, undone, read both ways, told as a story, counted once."""

from __future__ import annotations

import json
from typing import Any

import pytest

from interfaces.refusals import Exit
from tests.interfaces.conftest import Answer, Caller, Service, proposal, visit
from tests.interfaces.test_api_refusals import problem
from tests.interfaces.test_cli import Run, county, run

__all__ = ["county", "run"]


@pytest.fixture
def office(sqlite_service: Service) -> Caller:
    """A ledger with a visit, a topic that came of it, and a proposal."""
    office = sqlite_service.ledger()
    topic = proposal(
        details={"kind": "raised_topic"}, title="道路议题", answers="occasion/v", on="2025-03-10"
    )
    done(office.send("/occasions/v", visit(), method="PUT"), 201)
    done(office.send("/matters/t", topic, method="PUT"), 201)
    done(office.send("/matters/p", proposal(on="2025-04-01"), method="PUT"), 201)
    return office


def done(answer: Answer, status: int = 200) -> dict[str, Any]:
    assert answer.status_code == status, answer.text
    told: dict[str, Any] = answer.json()
    return told


LED = {"source": "matter/t", "on": "2025-04-01", "note": "议题写成提案"}


def rows(office: Caller, path: str, **asked: Any) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = done(office.get(path, **asked))["rows"]
    return found


def test_what_led_to_what_is_said_once_read_both_ways_and_undone(office: Caller) -> None:
    at = done(office.send("/matters/p/origins", LED, key="once-1"))["position"]
    assert done(office.send("/matters/p/origins", LED, key="once-1"))["position"] == at

    (before,) = rows(office, "/matters/p/links", after=at)
    assert (before["relation"], before["way"], before["on"], before["note"]) == (
        "led_to",
        "before",
        "2025-04-01",
        "议题写成提案",
    )
    assert before["called"] == {"zh": "由何促成", "en": "What led to it"}
    assert [(r["way"], r["other"]["stream"]) for r in rows(office, "/matters/t/links")] == [
        ("before", "occasion/v"),
        ("after", "matter/p"),
    ]
    assert [r["relation"] for r in rows(office, "/occasions/v/links")] == ["answers"]
    assert [(r["earlier"], r["later"]) for r in rows(office, "/links")] == [
        ("matter/t", "matter/p")
    ]

    undone = {"source": "matter/t", "reason": "并无关系"}
    at = done(office.send("/matters/p/origin-removals", undone))["position"]
    assert rows(office, "/matters/p/links", after=at) == []


@pytest.mark.parametrize(
    ("path", "said", "reason", "pointer"),
    [
        ("/matters/p", {**LED, "source": "matter/none"}, "no_such_deed", "/source"),
        ("/matters/p", {**LED, "source": "matter/p"}, "same_record", "/source"),
        ("/matters/p", {**LED, "on": "2099-01-01"}, "in_future", "/on"),
        ("/matters/p", {"source": "matter/t"}, "missing", "/on"),
        ("/occasions/v", {**LED, "on": "2025-03-10"}, "in_a_circle", "/source"),
    ],
)
def test_what_cannot_have_led_to_it_is_refused_with_the_field(
    office: Caller, path: str, said: dict[str, Any], reason: str, pointer: str
) -> None:
    problem(office.send(f"{path}/origins", said), 422, reason, pointer=pointer)


def test_sent_together_a_matter_may_answer_what_is_recorded_with_it_and_nothing_else(
    office: Caller,
) -> None:
    said = [
        {"command": "record_occasion", "occasion": "v2", "body": visit(on="2025-03-06")},
        *(
            {
                "command": "record_matter",
                "matter": matter,
                "body": proposal(title=matter, on="2025-03-07", answers=answered),
            }
            for matter, answered in (("p2", "occasion/v2"), ("p3", "occasion/v3"))
        ),
    ]
    verdicts = office.send("/commands", said).json()["verdicts"]

    refused = [v["problem"]["reason"] if v.get("problem") else "" for v in verdicts]
    assert refused == ["", "", "no_such_deed"]


def test_a_story_tells_what_came_before_and_after_in_order_of_days(office: Caller) -> None:
    at = done(office.send("/matters/p/origins", LED))["position"]

    for path in ("/occasions/v/story", "/matters/t/story", "/matters/p/story"):
        told = done(office.get(path, after=at))
        assert [each["stream"] for each in told["deeds"]] == ["occasion/v", "matter/t", "matter/p"]
        days = [each["on"] for each in told["steps"]]
        assert days == sorted(days)
        assert not told["cut"]
    problem(office.get("/matters/none/story"), 404, "no_such_deed")
    problem(office.get("/matters/none/links"), 404, "no_such_deed")


def test_the_stories_of_a_member_and_a_unit_come_a_page_at_a_time(office: Caller) -> None:
    at = done(office.send("/matters/p/origins", LED))["position"]
    year = {"first": "2025-01-01", "last": "2025-12-31"}

    for path in ("/people/li/story", "/units/south/story"):
        (whole,) = rows(office, path, after=at, **year)
        assert len(whole["deeds"]) == 3
    page = done(office.get("/people/li/story", limit=1, **year))
    more = {"limit": 1, "cursor": page["next"], **year}
    assert done(office.get("/people/li/story", **more))["rows"] == [whole]
    assert rows(office, "/people/li/story", first="2024-01-01", last="2024-12-31") == []
    problem(office.get("/people/li/story", limit=21), 422, "malformed")
    problem(
        office.get("/people/li/story", first="2025-02-01", last="2025-01-01"), 422, "wrong_order"
    )
    problem(office.get("/people/nobody/story"), 404, "no_such_person")
    problem(office.get("/units/nowhere/story"), 404, "no_such_unit")


# Command line


@pytest.fixture
def linked(county: Run) -> Run:
    """The same county on the command line."""
    for command, fields in (
        ("record_occasion", {"occasion": "v", "body": visit()}),
        ("record_matter", {"matter": "p", "body": proposal(on="2025-04-01")}),
        ("link_led_to", {"deed": "matter/p", "source": "occasion/v", "on": "2025-04-01"}),
    ):
        code, _, errors = county("tell", command, json.dumps(fields, ensure_ascii=False))
        assert code == 0, errors
    return county


def test_links_and_stories_on_the_command_line(linked: Run) -> None:
    code, output, _ = linked("story", "matter/p")
    assert code == 0
    assert f"2025-04-01 {proposal()['title']} · 提交提案" in output
    assert f"  {visit()['title']} → {proposal()['title']}:促成" in output
    (told,) = json.loads(linked("story", "matter/p", "--json")[1])
    for asked in (("--member", "li"), ("--unit", "south")):
        assert json.loads(linked("story", *asked, "--year", "2025", "--json")[1]) == [told]
    assert (
        "其余见 --limit" in linked("story", "--member", "li", "--year", "2025", "--limit", "1")[1]
    )

    assert linked("links", "matter/p")[1].split("\t")[0] == "由何促成"
    (led,) = json.loads(linked("links", "--json")[1])
    assert (led["earlier"], led["later"]) == ("occasion/v", "matter/p")
    (link,) = json.loads(linked("links", "occasion/v", "--json")[1])
    assert (link["way"], link["other"]["stream"]) == ("after", "matter/p")


def test_what_cannot_be_told_is_refused_on_the_command_line(linked: Run) -> None:
    assert linked("story", "matter/none")[0] == Exit.NOT_FOUND
    assert linked("story", "--member", "nobody")[0] == Exit.NOT_FOUND
    undone = {"deed": "matter/p", "source": "occasion/v", "reason": ""}
    code, _, errors = linked("tell", "unlink_led_to", json.dumps(undone))
    assert (code, "reason" in errors) == (Exit.INVALID, True)


# Joint activities

TOUR = {
    "details": {"kind": "researched", "linked": True, "levels": ["city", "county"]},
    "title": "市县联合调研",
    "mode": "joint",
    "co_organisers": ["county"],
}


def test_a_joint_activity_counts_once_and_is_credited_to_each(office: Caller) -> None:
    at = done(office.send("/occasions", visit(**TOUR)), 201)["position"]
    year = {"first": "2025-01-01", "last": "2025-12-31"}

    told = done(office.get("/joint-activities/figures", after=at, **year))
    assert (told["total"], told["by_mode"]["joint"]) == (2, 1)
    assert (told["by_level"]["county"], told["by_level"]["city"]) == (2, 1)
    assert {(u["unit"], u["alone"], u["joint"]) for u in told["units"]} == {
        ("south", 1, 1),
        ("county", 0, 1),
    }
    (line,) = rows(office, "/joint-activities", **year)
    assert line["record"]["title"] == "市县联合调研"
    assert line["levels"] == ["county", "city"]
    backwards = {"first": "2025-02-01", "last": "2025-01-01"}
    problem(office.get("/joint-activities/figures", **backwards), 422, "wrong_order")
    long = {"first": "2015-01-01", "last": "2025-01-01"}
    problem(office.get("/joint-activities/figures", **long), 413, "too_large")


def test_joint_activities_on_the_command_line(linked: Run) -> None:
    body = {"occasion": "t", "body": visit(**TOUR)}
    assert linked("tell", "record_occasion", json.dumps(body, ensure_ascii=False))[0] == 0
    code, output, _ = linked("joint", "--year", "2025")
    assert code == 0
    assert output.startswith("活动 2 次(个人 0,团体 1,联合 1;微活动 0;待确认的也在内)\n")
    assert "记入各级(不相加):县 2,市 1" in output
    told = json.loads(linked("joint", "--year", "2025", "--json")[1])
    assert told["figures"]["by_mode"]["joint"] == len(told["activities"]) == 1
