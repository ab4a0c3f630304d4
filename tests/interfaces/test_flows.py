"""How matters flow over HTTP: funnels, parts, the matters behind a figure page by page, boards, adoption by parts, the month's ledgers as JSON and as a sheet."""

from __future__ import annotations

import csv
import io
import json
from typing import Any

import pytest

from domain.access import Action
from domain.people import Role
from interfaces.api.door import needs
from interfaces.api.flows import router
from projections.opinion_ledgers import MOST_WHERE
from tests.interfaces.conftest import Answer, Caller, Service
from tests.interfaces.test_api_meetings import LOOP, problem


def done(answer: Answer) -> dict[str, Any]:
    """The receipt of what was carried out."""
    assert answer.is_success, answer.text
    told: dict[str, Any] = answer.json()
    return told


def message(name: str, on: str, **more: Any) -> dict[str, Any]:
    """A message as it is sent."""
    return {
        "command": "record_matter",
        "matter": name,
        "body": {
            "details": {"kind": "carried_up", "topic": "饮水"},
            "title": f"群众反映{name}",
            "on": on,
            "organiser": "south",
            "authors": [{"person": "li"}],
            **more,
        },
    }


def opinion(name: str, on: str, sent_to: list[str] | None = None) -> dict[str, Any]:
    """An opinion report as it is sent."""
    details = {
        "kind": "reported_opinion",
        "sent_to": sent_to or ["县委办"],
        "direct_channel": True,
    }
    return message(name, on, details=details, authors=[{"person": "li", "role": "first"}])


@pytest.fixture
def office(sqlite_service: Service) -> Caller:
    """Three messages on a loop, of which one is closed; two opinions of March, one edited; a consultation with three suggestions."""
    office = sqlite_service.ledger()
    loop = {"version": "1", "text": LOOP, "since": "2023-01-01"}
    done(office.send("/documents/loop/messages/versions", loop))
    topic = {
        "command": "record_matter",
        "matter": "c",
        "body": {
            "details": {"kind": "consultation", "tier": "2"},
            "title": "协商养老服务",
            "on": "2025-03-01",
            "organiser": "county",
            "authors": [{"unit": "medicine", "role": "first"}],
        },
    }
    commands = [
        *(message(name, "2025-03-03") for name in "abd"),
        opinion("o1", "2025-03-03"),
        opinion("o2", "2025-03-31"),
        topic,
        *(
            {"command": "make_suggestion", "matter": "c", "text": f"建议{n}", "on": "2025-03-10"}
            for n in (1, 2, 3)
        ),
    ]
    sent = json.dumps(commands, ensure_ascii=False).encode()
    verdicts = done(office.send("/commands", sent))["verdicts"]
    assert [each for each in verdicts if "problem" in each] == []
    for stage, on, more in (
        ("assigned", "2025-03-10", {"holder": {"name": "县水利局"}}),
        ("handled", "2025-03-20", {}),
        ("answered", "2025-03-21", {}),
        ("closed", "2025-03-22", {}),
    ):
        done(office.send("/matters/a/moves", {"stage": stage, "on": on, **more}))
    late = {"stage": "assigned", "on": "2025-03-20", "holder": {"unit": "south"}}
    done(office.send("/matters/b/moves", late))
    edited = {"stage": "edited", "on": "2025-03-05"}
    done(office.send("/matters/o1/outcomes", edited))
    answer = {"number": 1, "answer": "adopted", "on": "2025-03-20", "answered_by": "县民政局"}
    done(office.send("/matters/c/suggestion-answers", answer))
    return office


def test_a_funnel_counts_stages_days_and_what_was_in_time(office: Caller) -> None:
    found = office.get("/flows/funnel", loop="messages").json()
    figures = found["figures"]
    assert (figures["entered"], figures["open"], figures["closed"]) == (3, 2, 1)
    assert figures["took"] == {"number": 1, "median": 19, "p90": 19, "longest": 19}
    stages = {each["stage"]: each for each in found["stages"]}
    assert [each["stage"] for each in found["stages"]][:3] == ["received", "assigned", "handled"]
    assert stages["assigned"]["reached"] == 2
    assert (stages["assigned"]["in_time"], stages["assigned"]["with_day"]) == (1, 2)
    assert found["ends"] == [
        {
            "standing": "closed",
            "stage": "closed",
            "obstacle": None,
            "in_vain": False,
            "number": 1,
        }
    ]
    april = office.get("/flows/funnel", kind="carried_up", since="2025-04-01").json()
    assert april["figures"]["entered"] == 0


def test_parts_are_asked_for_by_what_takes_them_apart(office: Caller) -> None:
    found = office.get("/flows/parts", loop="messages", by="holder").json()
    told = [(each["key"], each["name"]["zh"], each["figures"]["entered"]) for each in found["rows"]]
    assert told == [("unit/south", "城南工作室", 1), ("县水利局", "县水利局", 1), ("", "未定", 1)]
    for key, matters in (("unit/south", ["b"]), ("县水利局", ["a"]), ("-", ["d"])):
        rows = office.get("/flows/matters", loop="messages", holder=key).json()["rows"]
        assert [each["matter"] for each in rows] == matters


def test_the_matters_behind_a_figure_come_page_by_page(office: Caller) -> None:
    first = office.get("/flows/matters", kind="carried_up", stage="received", limit=2).json()
    asked = {"kind": "carried_up", "stage": "received", "limit": 2, "cursor": first["next"]}
    second = office.get("/flows/matters", **asked).json()
    found = [*first["rows"], *second["rows"]]
    assert [each["matter"] for each in found] == ["a", "b", "d"]
    assert (found[0]["stage_on"], found[0]["stage_days"]) == ("2025-03-03", 0)
    assert second["next"] is None
    late = office.get("/flows/matters", loop="messages", stage="assigned", in_time=False).json()
    assert [each["matter"] for each in late["rows"]] == ["b"]


@pytest.mark.parametrize(
    ("path", "asked", "status", "why", "where"),
    [
        ("/flows/funnel", {}, 422, "missing", "kind"),
        ("/flows/funnel", {"kind": "visited_village"}, 422, "unknown_kind", "kind"),
        ("/flows/funnel", {"kind": "nonsense"}, 422, "unknown_kind", "kind"),
        ("/flows/matters", {"kind": "zzz", "channel": "a"}, 422, "unknown_kind", "kind"),
        ("/flows/funnel", {"loop": "none"}, 404, "no_such_loop", "loop"),
        (
            "/flows/funnel",
            {"kind": "proposed", "since": "2025-02-01", "until": "2025-01-01"},
            422,
            "wrong_order",
            "until",
        ),
        ("/flows/matters", {"kind": "proposed", "unit": "none"}, 404, "no_such_unit", "unit"),
        ("/flows/matters", {"kind": "proposed", "stage": "x"}, 422, "stage_not_of_kind", "stage"),
        (
            "/flows/matters",
            {"loop": "messages", "not_reached": "filed"},
            422,
            "no_such_stage",
            "not_reached",
        ),
        ("/flows/parts", {"kind": "proposed"}, 422, "missing", "by"),
        ("/flows/boards", {"kind": "proposed"}, 422, "unknown_kind", "kind"),
        ("/opinion-ledgers", {"unit": "none"}, 404, "no_such_unit", "unit"),
        ("/opinion-ledgers", {"month": 13}, 422, "malformed", "month"),
    ],
)
def test_what_cannot_be_meant_is_said_at_its_parameter(
    office: Caller, path: str, asked: dict[str, Any], status: int, why: str, where: str
) -> None:
    assert problem(office.get(path, **asked)) == (status, why, where)


def test_the_board_tells_what_waits_and_what_is_taken(office: Caller) -> None:
    (found,) = office.get("/flows/boards", kind="carried_up").json()
    assert (found["waiting"], found["taken"], found["done"]) == (1, 1, 1)
    assert found["to_take"] == {"number": 2, "median": 7, "p90": 17, "longest": 17}
    every = office.get("/flows/boards").json()
    assert "granted_wish" in {each["kind"] for each in every}


def test_adoption_is_counted_apart_by_tier_and_year(office: Caller) -> None:
    by_tier = office.get("/suggestions/adoption", by="tier").json()
    tally = {"made": 3, "adopted": 1, "partly": 0, "declined": 0, "carried_out": 0}
    assert by_tier["total"] == tally
    assert [(e["key"], e["name"]["zh"]) for e in by_tier["parts"]] == [
        ("2", "专题议政性常委会会议")
    ]
    by_year = office.get("/suggestions/adoption", by="year").json()["parts"]
    assert [(each["key"], each["tally"]) for each in by_year] == [("2025", tally)]
    assert office.get("/suggestions", tier="6").json()["rows"] == []
    assert len(office.get("/suggestions", tier="2", unanswered=True).json()["rows"]) == 2
    assert office.get("/suggestions", carried_out=True).json()["rows"] == []


def test_a_sheet_says_how_many_were_sent_to_places_that_it_does_not_name(office: Caller) -> None:
    commands = [
        opinion(f"p{nth}", "2025-02-10", sent_to=[f"单位{nth:02}"]) for nth in range(MOST_WHERE + 2)
    ]
    sent = json.dumps(commands, ensure_ascii=False).encode()
    assert all("problem" not in v for v in done(office.send("/commands", sent))["verdicts"])
    sheet = office.get("/opinion-ledgers/sheet", year=2025).content.decode("utf-8-sig")
    (line,) = [each for each in csv.DictReader(io.StringIO(sheet)) if "单位00" in each["转送去向"]]
    assert line["转送去向"].endswith(f"单位{MOST_WHERE - 1} 1;其余 2")


def test_the_months_ledgers_are_json_or_a_sheet(office: Caller) -> None:
    told = office.get("/opinion-ledgers", year=2025, month=3).json()
    (march,) = told["months"]
    assert (march["unit_name"], march["received"], march["direct"], march["edited"]) == (
        *("城南工作室", 2),
        *(2, 1),
    )
    assert told["together"]["received"] == 2
    sheet = office.get("/opinion-ledgers/sheet", year=2025)
    assert sheet.headers["content-type"] == "text/csv; charset=utf-8"
    header, *lines = csv.reader(io.StringIO(sheet.content.decode("utf-8-sig")))
    assert header[:4] == ["单位", "月份", "登记情况", "收集"]
    assert len(lines) == 12
    assert lines[2][:8] == ["城南工作室", "2025-03", "有登记", "2", "2", "1", "0", "县委办 2"]
    assert lines[3][2] == "缺零报告"


def test_every_route_is_open_to_whoever_sees_records(
    sqlite_service: Service, office: Caller
) -> None:
    for route in router().routes:
        extra = getattr(route, "openapi_extra", None)
        assert extra == needs(Action.SEE_RECORD)
    member = sqlite_service.caller(office.ledger, "li", Role.MEMBER)
    assert member.get("/flows/funnel", kind="carried_up").status_code == 200
