"""Meetings and loops over HTTP and on the command line: planned, closed in one act, moved on, due with its reasons; refused in two languages."""

from __future__ import annotations

from datetime import date, timedelta
from importlib.resources import files
from typing import Any

import pytest

from domain.meeting import digest_of
from domain.people import Role
from tests.interfaces.conftest import Answer, Caller, Service
from tests.interfaces.test_api_refusals import problem
from tests.interfaces.test_cli import county, run

__all__ = ["county", "run"]


def text(file: str) -> str:
    return files("packs").joinpath(file).read_text("utf-8")


def carried_out(answer: Answer, status: int = 200) -> dict[str, Any]:
    """The receipt."""
    assert answer.status_code == status, answer.text
    told: dict[str, Any] = answer.json()
    return told


MEETING: dict[str, Any] = {
    "details": {"kind": "attended", "meeting": "standing_committee_meeting"},
    "title": "第15次常委会会议",
    "organiser": "county",
    "expected": ["li", "chen"],
}
MESSAGE: dict[str, Any] = {
    "details": {"kind": "carried_up", "topic": "饮水"},
    "title": "桃源村饮水困难",
    "organiser": "south",
    "authors": [{"person": "li"}],
}


@pytest.fixture
def office(sqlite_service: Service) -> Caller:
    """A ledger with the loop of carried messages."""
    office = sqlite_service.ledger()
    loop = {"version": "1", "text": text("messages/carried-up.yaml"), "since": "2023-01-01"}
    carried_out(office.send("/documents/loop/carried-messages/versions", loop))
    return office


def today(service: Service, office: Caller) -> date:
    return service.installation.desk(office.ledger).today()


def test_a_message_goes_its_way_and_the_board_says_what_is_due_and_why(
    sqlite_service: Service, office: Caller
) -> None:
    clerk = sqlite_service.caller(office.ledger, "clerk", Role.CLERK, "south")
    member = sqlite_service.caller(office.ledger, "li", Role.MEMBER)
    on = today(sqlite_service, office).isoformat()
    carried_out(clerk.send("/matters/m", {**MESSAGE, "on": on}, method="PUT"), 201)
    (line,) = clerk.get("/dues").json()["rows"]
    due = (date.fromisoformat(on) + timedelta(days=5)).isoformat()
    assert (line["matter"], line["stage"], line["due"], line["timeliness"]) == (
        *("m", "received", due),
        "soon",
    )
    assert line["why"][0]["zh"] == "规则:自提交起 5 天内"
    assert line["why"][-1]["en"] == f"due: {due}"

    told = problem(
        office.send("/matters/m/moves", {"stage": "handled", "on": on}), 409, "stage_skipped"
    )
    assert "核实(verified)" in told["detail"]
    problem(clerk.send("/matters/m/moves", {"stage": "verified", "on": on}), 422, "missing", pointer="/by")  # fmt: skip
    carried_out(clerk.send("/matters/m/moves", {"stage": "verified", "on": on, "by": "王"}))
    assigned = {"stage": "assigned", "on": on, "way": "by_telephone", "holder": {"name": "水利局"}}
    problem(clerk.send("/matters/m/moves", assigned), 403, "not_yours_to_move")
    carried_out(office.send("/matters/m/moves", assigned))
    carried_out(office.send("/matters/m/moves", {"stage": "handled", "on": on}))
    assert office.get("/dues/counts").json()["not_told"] == 1
    problem(office.send("/matters/m/moves", {"stage": "closed", "on": on}), 409, "stage_skipped")
    carried_out(member.send("/matters/m/moves", {"stage": "answered", "on": on}))
    closed = carried_out(clerk.send("/matters/m/moves", {"stage": "closed", "on": on}))["position"]

    assert office.get("/dues").json()["rows"] == []
    # As known before, it is on the board with its day of then.
    then = {"as_of": closed - 1}
    (line,) = office.get("/dues", **then).json()["rows"]
    assert (line["matter"], line["not_told"]) == ("m", False)
    assert office.get("/dues/counts", **then).json()["open"] == 1
    assert office.get("/dues/counts").json()["open"] == 0
    assert "桃源村饮水困难" in office.get("/dues/sheet", **then).text
    assert "桃源村饮水困难" not in office.get("/dues/sheet").text
    problem(office.get("/dues", as_of=closed + 100), 422, "not_yet", parameter="as_of")
    course = office.get("/matters/m/course").json()
    assert course["summary"]["standing"] == "closed"
    assert [step["stage"] for step in course["steps"]] == [
        *("received", "verified", "assigned", "handled", "answered", "closed"),
    ]
    past = office.get("/matters/m/history").json()["rows"]
    assert past[0]["zh"] == f"“桃源村饮水困难”办结({on})。"
    problem(office.get("/matters/none/course"), 404, "no_such_deed")
    problem(office.get("/dues", unit="nowhere"), 404, "no_such_unit")


def test_a_meeting_is_planned_checked_in_and_closed_in_one_act(
    sqlite_service: Service, office: Caller
) -> None:
    member = sqlite_service.caller(office.ledger, "li", Role.MEMBER)
    desk = sqlite_service.installation.desk(office.ledger)
    on = desk.today()
    made = carried_out(office.send("/meetings", {"body": {**MEETING, "on": on.isoformat()}}), 201)
    href = made["href"].partition(office.ledger)[2]
    carried_out(office.send(f"{href}/calls", {"notice": "3号"}))
    carried_out(member.send(f"{href}/leaves", {"person": "li", "leave": "公假"}))
    problem(member.send(f"{href}/openings", {}), 403, "not_allowed")
    carried_out(office.send(f"{href}/openings", {}))
    meeting = href.rpartition("/")[2]
    until = (desk.writer.instant() + timedelta(minutes=5)).isoformat()
    issued = {"digest": digest_of(meeting, "ABCDE23456"), "until": until}
    carried_out(office.send(f"{href}/codes", issued))
    problem(member.send(f"{href}/check-ins", {"person": "li", "code": "WRONG"}), 403, "code_unknown")  # fmt: skip
    code = {"person": "li", "code": "abcde23456"}
    carried_out(member.send(f"{href}/check-ins", code))
    problem(member.send(f"{href}/check-ins", code), 409, "code_spent")
    seen = office.get(href)
    people = {p["person"]: p for p in seen.json()["people"]}
    assert people["li"]["checked_in"]["by_code"] is True
    assert people["li"]["leave"]["leave"] == "公假"
    outsider = sqlite_service.caller(office.ledger, "chen", Role.MEMBER).get(href).json()
    assert [p["leave"] for p in outsider["people"]] == [None, None]

    closing = {"others": "absent"}
    problem(office.send(f"{href}/closings", closing), 428, "version_missing")
    etag = seen.headers["etag"]
    carried_out(office.send(f"{href}/closings", closing, if_match=etag))
    second = office.send(f"{href}/closings", {"others": "present"}, if_match=etag)
    problem(second, 412, "changed_meanwhile")
    problem(office.send(f"{href}/closings", closing, if_match="*"), 409, "meeting_closed")
    record = office.get(f"/occasions/{meeting}").json()
    assert {p["person"]: p["attendance"] for p in record["body"]["participants"]} == {
        "li": "present",
        "chen": "absent",
    }
    (line,) = office.get("/meetings", step="closed").json()["rows"]
    assert (line["title"], line["expected"], line["checked_in"]) == ("第15次常委会会议", 2, 1)
    assert office.get(f"{href}/history").json()["rows"][0]["name"] == "meeting.closed"
    problem(office.get("/meetings/none"), 404, "no_such_meeting")


def test_a_loop_by_a_meeting_that_nobody_plans_is_refused(office: Caller) -> None:
    wrong = text("haiyan/consultation-standing.yaml").replace(", otherwise: {months: 3}", "")
    sent = {"version": "1", "text": wrong, "since": "2023-01-01"}
    told = problem(
        office.send("/documents/loop/haiyan-consultation-2/versions", sent), 409, "never_meets"
    )
    assert told["errors"][0]["pointer"] == "/stages/5/due/meeting"


def test_suggestions_are_answered_one_by_one(sqlite_service: Service, office: Caller) -> None:
    on = today(sqlite_service, office).isoformat()
    body = {
        "details": {"kind": "consultation", "tier": "2"},
        "title": "执法统筹",
        "on": on,
        "organiser": "county",
        "authors": [{"unit": "county"}],
    }
    carried_out(office.send("/matters/c", body, method="PUT"), 201)
    for n in range(2):
        carried_out(office.send("/matters/c/suggestions", {"text": f"建议{n}", "on": on}))
    answer = {"number": 1, "answer": "adopted", "on": on, "answered_by": "司法局"}
    carried_out(office.send("/matters/c/suggestion-answers", answer))
    declined = {**answer, "number": 2, "answer": "declined"}
    problem(office.send("/matters/c/suggestion-answers", declined), 422, "reason_missing")
    carried_out(office.send("/matters/c/suggestion-results", {"number": 1, "on": on}))
    total = office.get("/suggestions/adoption").json()["total"]
    assert (total["made"], total["adopted"], total["carried_out"]) == (2, 1, 1)
    (waiting,) = office.get("/suggestions", unanswered=True).json()["rows"]
    assert waiting["number"] == 2


def test_what_followed_from_an_instruction_is_said_in_the_move(
    sqlite_service: Service, office: Caller
) -> None:
    loop = {"version": "1", "text": text("haiyan/opinions.yaml"), "since": "2023-01-01"}
    carried_out(office.send("/documents/loop/haiyan-opinions/versions", loop))
    on = today(sqlite_service, office).isoformat()
    said = {"title": "停车难", "organiser": "county", "authors": [{"person": "li"}], "on": on}
    opinion = {**said, "details": {"kind": "reported_opinion"}}
    carried_out(office.send("/matters/o", opinion, method="PUT"), 201)
    move = {"stage": "edited", "on": on}
    told = problem(
        office.send("/matters/o/moves", {**move, "followed": "supervised"}),
        422,
        "no_such_outcome",
        pointer="/followed",
    )
    assert "批示跟踪" in told["detail"]
    carried_out(office.send("/matters/o/moves", move))
    carried_out(
        office.send("/matters/o/moves", {"stage": "forwarded", "on": on, "level": "county"})
    )
    given = {"stage": "instructed", "on": on, "level": "county", "rank": "县长"}
    carried_out(office.send("/matters/o/moves", given))
    then = {"stage": "handled", "on": on, "holder": {"name": "县住建局"}, "followed": "meeting"}
    done = carried_out(office.send("/matters/o/moves", then))
    (row,) = office.get("/instructions", after=done["position"]).json()["rows"]
    assert (row["rank"], row["followed"]) == ("县长", "meeting")
