"""Experts over HTTP: who they are is open to all, what was asked of one only where his file is."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from domain.people import Role
from tests.interfaces.conftest import DAY, SINCE, Caller
from tests.interfaces.test_api_meetings import problem


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
