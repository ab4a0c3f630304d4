"""What the office keeps over HTTP: experts and what is asked of them, a unit's work log, trainings and what was filed since, budgets and venues."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest

from domain.people import Role
from tests.interfaces.conftest import DAY, SINCE, Caller
from tests.interfaces.test_api_meetings import problem

_DAY = date.fromisoformat(DAY)
BEFORE, AFTER = (_DAY - timedelta(days=20)).isoformat(), (_DAY + timedelta(days=20)).isoformat()


@pytest.fixture
def tank(office: Caller) -> Caller:
    """A think tank of Li, for law and farming, and of somebody who is no member; two requests, one of which waits."""
    commands: list[dict[str, Any]] = [
        {"command": "open_unit", "unit": "tank", "profile": {"kind": "think_tank", "name": "政协智库"}, "since": SINCE},
        _expert("li", expertise=["法律", "农业"], certificate="聘1"),
        _expert("other-li", expertise=["工程"]),
        _request("q1", "法律", "li"),
        _request("q2", "工程", "other-li"),
        *({"command": "report_outcome", "matter": "q1", "outcome": {"stage": stage, "on": DAY}} for stage in ("answered", "adopted")),
    ]  # fmt: skip
    verdicts = office.send("/commands", commands).json()["verdicts"]
    assert [each for each in verdicts if "problem" in each] == []
    return office


def _expert(person: str, **more: Any) -> dict[str, Any]:
    held = {"person": person, "office": "expert", "since": SINCE, **more}
    return {"command": "appoint", "unit": "tank", "appointment": held}


def _request(name: str, field: str, person: str) -> dict[str, Any]:
    body = {
        "details": {"kind": "answered_inquiry", "expertise": field, "asked_by": "县农业局"},
        "title": f"{field}咨询",
        "on": DAY,
        "organiser": "county",
        "authors": [{"person": person, "role": "first"}],
    }
    return {"command": "record_matter", "matter": name, "body": body}


def test_experts_stand_by_field_with_what_was_asked(tank: Caller) -> None:
    found = tank.get("/experts").json()
    assert [(e["expert"]["person"], e["expert"]["member"], e["asked"]["requests"], e["asked"]["used"]) for e in found["rows"]] == [
        ("li", True, 1, 1),
        ("other-li", False, 1, 0),
    ]  # fmt: skip
    assert [(f["field"], f["experts"], f["requests"], f["open"]) for f in found["fields"]] == [
        ("农业", 1, 0, 0),
        ("工程", 1, 1, 1),
        ("法律", 1, 1, 0),
    ]
    narrowed = tank.get("/experts", field="法律").json()
    assert ([e["expert"]["certificate"] for e in narrowed["rows"]], narrowed["total"]) == (
        ["聘1"],
        1,
    )
    page = tank.get("/experts", limit=1).json()
    assert [
        e["expert"]["person"] for e in tank.get("/experts", cursor=page["next"]).json()["rows"]
    ] == ["other-li"]


def test_what_was_asked_of_another_is_not_for_every_member(
    tank: Caller, caller: Callable[..., Caller]
) -> None:
    found = caller("li", Role.MEMBER).get("/experts").json()
    assert [e["asked"] is not None for e in found["rows"]] == [True, False]
    clerk = caller("zhao", Role.CLERK, "south").get("/experts").json()
    assert [e["asked"] is not None for e in clerk["rows"]] == [True, False]


@pytest.fixture
def correspondents(tank: Caller) -> Caller:
    """Li and somebody who is no member are correspondents; what the latter sent in was taken up."""
    held = [
        {**_expert(person), "appointment": {"person": person, "office": "correspondent", "since": SINCE}}
        for person in ("li", "other-li")
    ]  # fmt: skip
    sent = _request("o1", "", "other-li")
    sent["body"] |= {"details": {"kind": "reported_opinion"}, "title": "停车难"}
    taken = {"stage": "taken_up", "on": DAY, "level": "city"}
    commands = [*held, sent, {"command": "report_outcome", "matter": "o1", "outcome": taken}]
    verdicts = tank.send("/commands", commands).json()["verdicts"]
    assert [each for each in verdicts if "problem" in each] == []
    return tank


def test_correspondents_stand_with_what_they_submitted_where_their_file_is_open(
    correspondents: Caller, caller: Callable[..., Caller]
) -> None:
    rows = correspondents.get("/correspondents", office="correspondent").json()["rows"]
    assert [
        (r["writer"]["person"], r["output"]["opinions"], r["output"]["taken_up"]) for r in rows
    ] == [("li", 0, 0), ("other-li", 1, 1)]
    own = caller("li", Role.MEMBER).get("/correspondents").json()["rows"]
    assert [r["output"] is not None for r in own] == [True, False]
    page = correspondents.get("/correspondents", limit=1).json()
    rest = correspondents.get("/correspondents", limit=1, cursor=page["next"]).json()
    assert [r["writer"]["person"] for r in rest["rows"]] == ["other-li"]
    assert correspondents.get("/correspondents", office="guard").status_code == 422


def test_requests_that_wait_stand_without_who_asked(
    tank: Caller, caller: Callable[..., Caller]
) -> None:
    answer = caller("zhao", Role.MEMBER).get("/experts/requests")
    (line,) = answer.json()["rows"]
    assert (line["matter"], line["field"], line["experts"], line["assigned_on"]) == (
        *("q2", "工程", ["李明"]),
        None,
    )
    assert "县农业局" not in answer.text
    assert tank.get("/experts/requests", field="-").json()["rows"] == []


def test_figures_of_requests_are_taken_apart_by_field(tank: Caller) -> None:
    parts = tank.get("/flows/parts", kind="answered_inquiry", by="channel").json()["rows"]
    assert [(p["key"], p["name"]["zh"], p["figures"]["closed"]) for p in parts] == [
        ("工程", "工程", 0),
        ("法律", "法律", 1),
    ]


def test_a_refusal_names_the_field(tank: Caller) -> None:
    answer = tank.get("/experts", first="2025-02-01", last="2025-01-01")
    assert problem(answer) == (422, "wrong_order", "last")
    asked = {"person": "li", "office": "expert", "since": SINCE, "expertise": [""]}
    answer = tank.send("/units/tank/appointments", asked, if_match="*")
    assert problem(answer) == (422, "missing", "/expertise/0")


def handled(name: str, on: str = DAY, **more: Any) -> dict[str, Any]:
    """A service matter of the studio as it is sent."""
    return {
        "command": "record_matter",
        "matter": name,
        "body": {
            "details": {"kind": "handled_service_matter", "errand": "advice", "served": "王大妈", "minutes": 20},
            "title": f"解答{name}",
            "on": on,
            "organiser": "south",
            "authors": [{"unit": "south", "role": "first"}],
            "effect": "=当日办结",
            **more,
        },
    }  # fmt: skip


@pytest.fixture
def log(office: Caller) -> Caller:
    """A log of the studio's of two in a month."""
    verdicts = office.send("/commands", [handled("w1"), handled("w2")]).json()["verdicts"]
    assert [each for each in verdicts if "problem" in each] == []
    return office


def test_a_unit_sees_its_own_log_and_the_office_all(
    log: Caller, caller: Callable[..., Caller]
) -> None:
    clerk = caller("clerk", Role.CLERK, "south")
    found = clerk.get("/units/south/work-log", month=DAY, limit=1).json()
    assert [e["title"] for e in found["rows"]] == ["解答w1"]
    assert found["sums"][0]["errand"] == "advice" and sum(found["sums"][0]["months"]) == 2
    rest = clerk.get("/units/south/work-log", month=DAY, cursor=found["next"]).json()
    assert [e["title"] for e in rest["rows"]] == ["解答w2"]
    other = caller("chen", Role.CLERK, "medicine")
    assert other.get("/units/south/work-log", month=DAY).status_code == 403
    assert caller("li", Role.MEMBER).get("/units/south/work-log", month=DAY).status_code == 403
    assert log.get("/units/nowhere/work-log", month=DAY).status_code == 404


def test_for_whom_it_was_is_not_for_another_system(
    log: Caller, caller: Callable[..., Caller]
) -> None:
    told = caller("machine", Role.CONSUMER).get("/units/south/work-log", month=DAY)
    assert told.json()["rows"][0]["details"]["served"] == "〔保密〕"
    assert "王大妈" in log.get("/units/south/work-log", month=DAY).text


def test_a_log_leaves_the_house_as_a_sheet_without_formulas(log: Caller) -> None:
    answer = log.get("/units/south/work-log/sheet", month=DAY)
    assert answer.headers["content-type"].startswith("text/csv")
    header, *rows = answer.content.decode("utf-8-sig").splitlines()
    assert header == (
        "日期 / day,事项 / matter,事项类别 / sort,服务对象 / for whom,来办方式 / came by,"
        "经办人 / handled by,用时(分钟) / minutes,办理结果 / outcome"
    )
    assert rows == [f"{DAY},解答{name},咨询解答,王大妈,,,20,'=当日办结" for name in ("w1", "w2")]


def trained(name: str, *people: str) -> dict[str, Any]:
    """A training in writing proposals as it is sent."""
    return {
        "command": "record_occasion",
        "occasion": name,
        "body": {
            "details": {"kind": "studied", "study": "proposal_writing"},
            "title": f"提案写作培训{name}",
            "on": DAY,
            "organiser": "county",
            "participants": [{"person": each} for each in people],
        },
    }


def proposed(name: str, on: str, person: str) -> dict[str, Any]:
    """A proposal of one member as it is sent."""
    body = {
        "details": {"kind": "proposed"},
        "title": f"提案{name}",
        "on": on,
        "organiser": "county",
        "authors": [{"person": person, "role": "first"}],
    }
    return {"command": "record_matter", "matter": name, "body": body}


@pytest.fixture
def training(office: Caller) -> Caller:
    """A training of Li, who then had a proposal filed; Zhao took no part and submitted two."""
    filed = {"stage": "filed", "on": AFTER}
    commands = [
        trained("t1", "li"),
        proposed("p1", AFTER, "li"),
        proposed("p2", BEFORE, "zhao"),
        proposed("p3", AFTER, "zhao"),
        {"command": "report_outcome", "matter": "p1", "outcome": filed},
    ]
    verdicts = office.send("/commands", commands).json()["verdicts"]
    assert [each for each in verdicts if "problem" in each] == []
    return office


def test_trainings_tell_numbers_and_no_names(
    training: Caller, caller: Callable[..., Caller]
) -> None:
    year = {"first": f"{DAY[:4]}-01-01", "last": f"{DAY[:4]}-12-31"}
    answer = caller("chen", Role.MEMBER).get("/trainings", study="proposal_writing", **year)
    (line,) = answer.json()["rows"]
    assert (line["took_part"], line["trained"]["members"], line["others"]["members"]) == (1, 1, 2)
    after = {"submitted": 1, "filed": 1, "undecided": 0, "percent": 100, "small": True}
    assert line["trained"]["after"] == after
    assert (line["others"]["before"]["submitted"], line["others"]["after"]["percent"]) == (1, 0)
    assert "李明" not in answer.text and "赵敏" not in answer.text
    assert training.get("/trainings", study="study_group", **year).json()["rows"] == []


def test_a_figure_of_a_training_opens_its_proposals(training: Caller) -> None:
    asked = {"trained": "false", "before": "false"}
    rows = training.get("/trainings/t1/proposals", **asked).json()["rows"]
    assert [(each["matter"], each["filed_on"]) for each in rows] == [("p3", None)]
    assert training.get("/trainings/t1/proposals", **asked, filed="true").json()["rows"] == []
    assert problem(training.get("/trainings/t2/proposals", **asked)) == (404, "no_such_deed", "id")
    assert training.get("/trainings/t1/proposals").status_code == 422
    wrong = training.get("/trainings", first="2025-02-01", last="2025-01-01")
    assert problem(wrong) == (422, "wrong_order", "last")


def spent(unit: str, amount: str = "80.50", **more: Any) -> dict[str, Any]:
    """An expense of a unit as it is sent."""
    said = {"unit": unit, "year": int(DAY[:4]), "item": "活动经费", "amount": amount}
    return {"command": "record_expense", **said, "on": DAY, "purpose": "打印材料", **more}


def budget(unit: str, amount: str = "2000") -> dict[str, Any]:
    """A budget line of a unit as it is sent."""
    said = {"unit": unit, "year": int(DAY[:4]), "item": "活动经费", "amount": amount}
    return {"command": "set_budget_line", **said}


def booked(unit: str, **more: Any) -> dict[str, Any]:
    """A booking of a unit as it is sent."""
    said = {"unit": unit, "year": int(DAY[:4]), "venue": "三楼会议室", "on": DAY}
    return {"command": "book_venue", **said, "half": "morning", "purpose": "座谈", **more}


@pytest.fixture
def support(office: Caller) -> Caller:
    """Two units with budgets; the studio has spent and booked."""
    commands = [budget("south"), budget("medicine", "0.3"), spent("south"), booked("south")]
    verdicts = office.send("/commands", commands).json()["verdicts"]
    assert [each for each in verdicts if "problem" in each] == []
    return office


def test_units_see_their_own_budget_and_the_office_all(
    support: Caller, caller: Callable[..., Caller]
) -> None:
    found = support.get("/support", year=DAY[:4]).json()
    assert [(e["unit"], e["sums"]["left"], e["sums"]["booked"]) for e in found["rows"]] == [
        ("medicine", "0.30", 0),
        ("south", "1919.50", 1),
    ]
    assert (found["units"], found["together"]["budgeted"]) == (2, "2000.30")
    clerk = caller("clerk", Role.CLERK, "south")
    own = clerk.get("/support", year=DAY[:4]).json()
    assert ([e["unit"] for e in own["rows"]], own["together"]["used"]) == (["south"], "80.50")
    assert clerk.get("/units/medicine/support", year=DAY[:4]).status_code == 403
    assert clerk.get(f"/supports/{DAY[:4]}.medicine").status_code == 403
    assert caller("li", Role.MEMBER).get("/support").status_code == 403
    page = support.get("/support", year=DAY[:4], limit=1).json()
    rest = support.get("/support", year=DAY[:4], cursor=page["next"]).json()
    assert [e["unit"] for e in rest["rows"]] == ["south"]


def test_a_units_year_is_read_item_by_item_and_one_by_one(support: Caller) -> None:
    answer = support.get("/units/south/support", year=DAY[:4])
    assert answer.headers["ETag"] == '"3"'
    assert answer.json()["items"] == [
        {"item": "活动经费", "budgeted": "2000.00", "used": "80.50", "left": "1919.50"}
    ]
    (expense,) = support.get("/units/south/expenses", year=DAY[:4]).json()["rows"]
    assert (expense["number"], expense["amount"], expense["taken_back"]) == (1, "80.50", "")
    asked = {"year": DAY[:4], "item": "培训"}
    assert support.get("/units/south/expenses", **asked).json()["rows"] == []
    (booking,) = support.get("/units/south/bookings", year=DAY[:4]).json()["rows"]
    assert (booking["venue"], booking["half"]) == ("三楼会议室", "morning")
    missing = support.get("/units/south/support", year=2000)
    assert problem(missing) == (404, "no_such_support", "id")


def test_the_office_alone_writes_and_a_receipt_leads_to_what_it_is_of(
    support: Caller, caller: Callable[..., Caller]
) -> None:
    said = {key: value for key, value in spent("south").items() if key not in ("command", "unit")}
    clerk = caller("clerk", Role.CLERK, "south")
    assert clerk.send("/units/south/expenses", said).status_code == 403
    made = support.send("/units/south/expenses", said).json()
    assert made["stream"] == f"support/{DAY[:4]}.south"
    read = support.get(made["href"].removeprefix(support.url(""))).json()
    assert read["sums"]["used"] == "161.00"
    back = {"year": int(DAY[:4]), "number": 2, "reason": "重复"}
    assert support.send("/units/south/expense-corrections", back).status_code == 200
    cancel = {"year": int(DAY[:4]), "number": 1, "reason": "改期"}
    assert support.send("/units/south/booking-cancellations", cancel).status_code == 200
    sums = support.get("/units/south/support", year=DAY[:4]).json()["sums"]
    assert (sums["used"], sums["booked"]) == ("80.50", 0)


@pytest.mark.parametrize(
    ("path", "said", "status", "why", "at"),
    [
        ("bookings", booked("economy"), 409, "venue_taken", "/venue"),
        ("expenses", spent("economy"), 422, "no_such_budget_line", "/item"),
        ("budget-lines", {**budget("economy"), "amount": "1.005"}, 422, "malformed", "/amount"),
        ("bookings", booked("economy", on="2019-01-01"), 422, "not_in_year", "/on"),
        ("expense-corrections", {"year": 2025, "number": 9, "reason": "x"}, 422, "no_such_expense", "/number"),
        ("booking-cancellations", {"year": 2025, "number": 9, "reason": "x"}, 422, "no_such_booking", "/number"),
    ],
)  # fmt: skip
def test_a_refusal_of_a_budget_or_a_booking_names_the_field(
    support: Caller, path: str, said: dict[str, Any], status: int, why: str, at: str
) -> None:
    body = {key: value for key, value in said.items() if key not in ("command", "unit")}
    assert problem(support.send(f"/units/economy/{path}", body)) == (status, why, at)


def instructed(office: Caller, matter: str, on: str, **said: Any) -> None:
    outcome = {"stage": "instructed", "on": on, "level": "county", "rank": "县委书记", **said}
    answer = office.send(f"/matters/{matter}/outcomes", outcome)
    assert answer.status_code == 200, answer.text


@pytest.fixture
def instructions(office: Caller) -> Caller:
    """Two proposals with an instruction each; the one was supervised since."""
    commands = [proposed("p1", DAY, "li"), proposed("p2", DAY, "zhao")]
    verdicts = office.send("/commands", commands).json()["verdicts"]
    assert [each for each in verdicts if "problem" in each] == []
    for name in ("p1", "p2"):
        told = {"document": f"批{name}号", "by": "某领导", "note": "请速办此事"}
        instructed(office, name, DAY, **told)
    supervised = {"stage": "supervised", "on": AFTER}
    assert office.send("/matters/p1/outcomes", supervised).status_code == 200
    return office


def test_instructions_are_listed_by_rank_and_number_with_what_followed(
    instructions: Caller, caller: Callable[..., Caller]
) -> None:
    answer = instructions.get("/instructions", limit=1)
    first = answer.json()
    rest = instructions.get("/instructions", cursor=first["next"]).json()
    lines = [*first["rows"], *rest["rows"]]
    assert [(e["matter"], e["rank"], e["document"]) for e in lines] == [
        ("p2", "县委书记", "批p2号"),
        ("p1", "县委书记", "批p1号"),
    ]
    assert [e["stage"] and e["stage"]["zh"] for e in lines] == [None, "督办"]
    assert [e["nothing"] for e in lines] == [True, False]
    nothing = instructions.get("/instructions", nothing="true").json()["rows"]
    assert [e["matter"] for e in nothing] == ["p2"]
    assert instructions.get("/instructions/totals").json() == {"all": 2, "nothing": 1}
    for who in (instructions, caller("li", Role.MEMBER), caller("clerk", Role.CLERK, "south")):
        seen = who.get("/instructions").text
        assert "某领导" not in seen and "请速办此事" not in seen and "批p1号" in seen
    assert instructions.get("/instructions", unit="nowhere").status_code == 404
    wrong = instructions.get("/instructions", since="2025-02-01", until="2025-01-01")
    assert problem(wrong) == (422, "wrong_order", "until")


def test_what_followed_is_said_with_the_same_day_rank_and_number(instructions: Caller) -> None:
    instructed(instructions, "p2", DAY, document="批p2号", followed="task_force")
    assert instructions.get("/instructions/totals").json() == {"all": 2, "nothing": 0}
    (line,) = instructions.get("/instructions", nothing="false", limit=1).json()["rows"]
    assert line["followed"] == "task_force"
