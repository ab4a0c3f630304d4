"""Scores over HTTP: of units, grades of all, what moved, what a draft would do, and what a publication did."""

from __future__ import annotations

from collections.abc import Callable
from importlib.resources import files
from typing import Any

import pytest

from domain.people import Role
from interfaces import whatif
from interfaces.bodies import LARGEST_BODY
from tests.interfaces.conftest import Answer, Caller, Service
from tests.interfaces.test_api_refusals import problem

REHEARSAL = (files("packs") / "rehearsal" / "rubric.yaml").read_text("utf-8")

DRAFT = """\
rubric: rehearsal
version: 2
zh: 办法草案
en: draft
since: 2025-01-01
blocks:
  - block: base
    zh: 基础分
    en: base
    clauses:
      - clause: meetings
        zh: 会议
        en: meetings
        counts: 参加会议
        each: 30
gates:
  - {gate: twice, zh: 会议两次, en: two meetings, counts: 参加会议, at_least: 2, grades: [优秀]}
grading:
  grades:
    - {grade: 优秀, en: excellent, at_least: 30}
    - {grade: 称职, en: competent, at_least: 10}
    - {grade: 不称职, en: not competent}
ladder:
  - {step: 约谈, en: a talk}
triggers:
  - {trigger: talk, zh: 连续两年不称职, en: twice not competent, when: {grades: 不称职}, years: 2, then: 约谈}
"""
UNITS = """\
rubric: units
version: 1
zh: 工作室考核办法
en: measure for studios
since: 2025-01-01
subject: 单位
of_kinds: 委员工作室
blocks:
  - block: base
    zh: 基础分
    en: base
    clauses:
      - {clause: members, zh: 委员得分, en: members' scores, members: {take: 合计, times: 1}}
"""


def publish(office: Caller, text: str, code: str, version: str, since: str = "2025-01-01") -> int:
    sent = {"version": version, "text": text, "since": since}
    answer = office.send(f"/documents/rubric/{code}/versions", sent)
    assert answer.status_code == 200, answer.text
    position: int = answer.json()["position"]
    return position


def meeting(*people: str, on: str = "2025-01-10") -> dict[str, Any]:
    """A plenary session as it is sent."""
    return {
        "details": {"kind": "attended", "meeting": "plenary_session"},
        "title": "全会",
        "on": on,
        "organiser": "county",
        "participants": [{"person": person} for person in people],
    }


def met(office: Caller, *people: str, on: str = "2025-01-10") -> int:
    answer = office.send("/occasions", meeting(*people, on=on))
    assert answer.status_code == 201, answer.text
    position: int = answer.json()["position"]
    return position


def told(answer: Answer) -> Any:
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_a_unit_s_card_says_from_whom_it_has_points(office: Caller) -> None:
    publish(office, DRAFT, "rehearsal", "2")
    publish(office, UNITS, "units", "1")
    before = met(office, "chen")
    after = met(office, "chen", "li", on="2025-03-05")

    (card,) = told(office.get("/units/south/scorecards", year=2025, after=after))
    assert (card["member"], card["rubric"], card["total"]) == ("unit/south", "units", "90")
    assert {line["zh"].partition(",")[0] for line in card["lines"]} == {
        "取所属委员陈静的得分",
        "取所属委员李明的得分",
        "取所属委员赵敏的得分",
    }
    (then,) = told(office.get("/units/south/scorecards", year=2025, as_of=str(before)))
    assert (then["total"], then["position"]) == ("30", before)
    assert told(office.get("/units/south/scorecards", year=2024)) == []
    assert told(office.get("/units/south/scorecards", year=2025, rubric="rehearsal")) == []
    assert told(office.get("/units/medicine/scorecards", year=2025)) == []


def test_grades_of_all_come_by_name_with_what_bears_on_each(office: Caller) -> None:
    publish(office, DRAFT, "rehearsal", "2")
    met(office, "chen")
    met(office, "li")
    after = met(office, "li", on="2025-03-05")

    first = told(office.get("/scorecards/rehearsal/grades", year=2025, limit=2, after=after))
    last = told(
        office.get("/scorecards/rehearsal/grades", year=2025, limit=2, cursor=first["next"])
    )
    rows = {row["name"]: row for row in (*first["rows"], *last["rows"])}
    assert list(rows) == ["李明", "赵敏", "陈静"] and last["next"] is None
    assert {
        name: (row["member"], row["total"], row["by_score"], row["grade"], row["place"])
        for name, row in rows.items()
    } == {
        "李明": ("member/li", "60", "优秀", "优秀", None),
        "赵敏": ("member/zhao", "0", "不称职", "不称职", None),
        "陈静": ("member/chen", "30", "优秀", "称职", None),
    }
    kept = rows["陈静"]
    assert [(each["of"]["because"], each["zh"], each["en"]) for each in kept["reasons"]] == [
        (
            "gate",
            "优秀:未达到该等次的最低要求(会议两次)。",
            "excellent: a gate of that grade is not met (two meetings).",
        )
    ]
    (gate,) = kept["gates"]
    assert (gate["of"]["missing"], "还差1次" in gate["zh"]) == ("1", True)
    assert rows["李明"]["gates"] == []
    (near,) = rows["赵敏"]["near"]
    assert near["zh"] == "“连续两年不称职”:1/2,再有一个考核期即触发。"
    then = told(office.get("/scorecards/rehearsal/grades", year=2025, as_of=str(after - 2)))
    assert {row["name"]: row["total"] for row in then["rows"]} == {
        "李明": "0",
        "赵敏": "0",
        "陈静": "30",
    }


def test_units_are_graded_in_the_same_way(office: Caller) -> None:
    publish(office, DRAFT, "rehearsal", "2")
    publish(office, UNITS, "units", "1")
    after = met(office, "chen")

    (row,) = told(office.get("/scorecards/units/grades", year=2025, after=after))["rows"]
    assert (row["member"], row["name"], row["total"]) == ("unit/south", "城南工作室", "30")
    assert (row["grade"], row["reasons"], row["near"]) == ("", [], [])


def test_what_moved_between_two_moments_is_told_with_its_causes(office: Caller) -> None:
    publish(office, REHEARSAL, "rehearsal", "1", since="2015-01-01")
    before = met(office, "chen")
    recorded = met(office, "li", on="2025-03-05")
    last = publish(office, DRAFT, "rehearsal", "2")

    def moved(**said: Any) -> list[dict[str, Any]]:
        rows: list[dict[str, Any]] = []
        cursor: dict[str, str] = {}
        while True:
            page = told(
                office.get(
                    "/scorecards/rehearsal/differences",
                    **{"year": 2025, "limit": 1, "after": last, **said, **cursor},
                )
            )
            assert len(page["rows"]) <= 1
            rows += page["rows"]
            if page["next"] is None:
                return rows
            cursor = {"cursor": page["next"]}

    (li,) = moved(since=str(before), until=str(recorded))
    assert (li["name"], li["before"], li["after"]) == ("李明", "0", "35")
    (cause,) = li["causes"]
    assert (cause["of"]["because"], cause["of"]["change"]) == ("recorded", "35")
    assert (cause["zh"], cause["en"]) == ("新登记", "was recorded")
    assert cause["of"]["deed"].startswith("occasion/") and cause["of"]["kind"] == "attended"
    ruled = moved(since=str(recorded))
    assert [(each["name"], each["version_before"], each["version_after"]) for each in ruled] == [
        ("李明", "1", "2"),
        ("陈静", "1", "2"),
    ]
    assert moved(since=str(last)) == moved(since=str(before), until=str(before)) == []
    assert len(moved(since="2000-01-01")) == 3


def test_moments_in_the_wrong_order_are_refused(office: Caller) -> None:
    last = publish(office, DRAFT, "rehearsal", "2")
    path = "/scorecards/rehearsal/differences"
    office.get(path, since="1", after=last)

    problem(office.get(path), 422, "missing", parameter="since")
    wrong = office.get(path, since=str(last), until="1")
    problem(wrong, 422, "wrong_order", parameter="until")
    days = office.get(path, since="2025-03-02", until="2025-03-01")
    problem(days, 422, "wrong_order", parameter="until")
    problem(office.get(path, since="yesterday"), 422, "malformed", parameter="since")
    problem(office.get(path, since="1", until="1000000"), 422, "not_yet", parameter="until")
    problem(office.get(path, since="2025-01-01T00:00:00"), 422, "malformed", parameter="since")
    problem(office.get(path, since="1", as_of="1"), 400, "unknown_parameter", parameter="as_of")
    problem(office.get(path, since="1", until="1"), 404, "no_such_rubric", parameter="rubric")


# Drafts


def tried(office: Caller, text: str = DRAFT, **said: Any) -> Answer:
    """A draft as it is sent, without a command id."""
    return office.send("/whatif", {"text": text, "years": [2025], **said}, key="")


def test_a_draft_is_tried_and_nothing_of_it_stays(office: Caller) -> None:
    publish(office, REHEARSAL, "rehearsal", "1", since="2023-01-01")
    after = met(office, "chen", "li")
    office.get("/people", after=after)

    found = told(tried(office, years=[2025, 2022, 2025]))
    then, spread = found["spreads"]
    assert (then["period"]["first"], then["without_before"], then["moved"]) == ("2022-01-01", 3, 0)
    assert (spread["members"], spread["without_before"], spread["moved"]) == (3, 0, 2)
    assert (spread["mean_before"], spread["mean_after"]) == ("70/3", "20")
    assert spread["grades_before"] == [{"code": "", "members": 3}]
    assert {each["code"]: each["members"] for each in spread["grades_after"]} == {
        "称职": 2,
        "不称职": 1,
    }
    assert found["without_before"] == 3
    assert found["clauses"] == [
        {"code": "meetings", "members": 2},
        {"code": "plenary", "members": 2},
    ]
    assert found["movers_in_all"] == 2
    assert [(m["name"], m["before"], m["after"], m["change"]) for m in found["movers"]] == [
        ("李明", "35", "30", "-5"),
        ("陈静", "35", "30", "-5"),
    ]
    assert [shift["clause"] for shift in found["movers"][0]["shifts"]] == ["plenary", "meetings"]
    some = told(tried(office, limit=1))
    assert (len(some["movers"]), some["movers_in_all"]) == (1, 2)
    (card,) = told(office.get("/people/li/scorecards", year=2025))
    assert card["version"] == "1"


def test_a_draft_that_does_not_hold_is_told_by_line_as_in_publishing(office: Caller) -> None:
    broken = DRAFT.replace("each: 30", "each: 30\n        capp: 1\n        tims: 2")
    sent = {"version": "2", "text": broken, "since": "2025-01-01"}
    published = problem(
        office.send("/documents/rubric/rehearsal/versions", sent), 422, "rubric_invalid"
    )
    refused = problem(tried(office, broken), 422, "rubric_invalid")
    assert refused == published
    assert [each["pointer"] for each in refused["errors"][1:]] == [
        "/blocks/0/clauses/0/capp",
        "/blocks/0/clauses/0/tims",
    ]
    assert "(16)" in refused["errors"][1]["detail"]


def test_what_is_wrong_with_the_question_is_named(untouched: Caller) -> None:
    problem(tried(untouched), 422, "no_such_rubric", pointer="/against")
    problem(tried(untouched, against="none"), 422, "no_such_rubric", pointer="/against")
    problem(tried(untouched, UNITS), 422, "malformed", pointer="/text")
    problem(tried(untouched, years=[]), 422, "malformed", pointer="/years")
    problem(tried(untouched, years=[1800]), 422, "malformed", pointer="/years/0")
    problem(tried(untouched, years=list(range(2000, 2021))), 422, "malformed", pointer="/years")
    problem(tried(untouched, limit=1_001), 422, "malformed", pointer="/limit")
    problem(tried(untouched, limmit=1), 422, "unknown_field", pointer="/limmit")
    problem(tried(untouched, "x" * LARGEST_BODY), 413, "too_large")
    problem(untouched.send("/whatif", {"years": [2025]}), 422, "missing", pointer="/text")
    problem(untouched.send("/whatif?years=2025", {}), 400, "unknown_parameter", parameter="years")
    nobody = Caller(untouched.client, untouched.ledger, "")
    problem(tried(nobody), 401, "not_signed_in")


def test_only_who_drafts_appraises_or_audits_may_try_a_draft(
    caller: Callable[..., Caller],
) -> None:
    for role in (Role.MEMBER, Role.CONSUMER, Role.CLERK, Role.HEAD):
        problem(tried(caller("li", role, "south")), 403, "not_allowed")
    for role in (Role.APPRAISAL, Role.AUDITOR):
        problem(tried(caller("li", role)), 422, "no_such_rubric")


def test_one_draft_is_tried_at_a_time(sqlite_service: Service, untouched: Caller) -> None:
    gate = sqlite_service.client.app.state.trying  # type: ignore[attr-defined]  # ours is a FastAPI
    with gate.passed():
        answer = tried(untouched)
    problem(answer, 503, "busy")
    assert answer.headers["retry-after"] == "1"
    problem(tried(untouched), 422, "no_such_rubric")
    assert not gate.inside


def test_what_takes_long_is_worked_out_in_another_process(
    office: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish(office, REHEARSAL, "rehearsal", "1", since="2023-01-01")
    office.get("/people", after=met(office, "chen", "li"))
    here = told(tried(office))
    monkeypatch.setattr(whatif, "FEW", 0)

    def unused(*_: object) -> None:
        raise AssertionError("worked out here")

    monkeypatch.setattr(whatif, "_tried", unused)
    assert told(tried(office)) == here


def test_a_draft_is_tried_on_postgresql_too(postgres_service: Service) -> None:
    office = postgres_service.ledger()
    publish(office, REHEARSAL, "rehearsal", "1", since="2023-01-01")
    office.get("/people", after=met(office, "chen"))
    assert told(tried(office))["movers_in_all"] == 1


# Publications


def test_a_publication_tells_whom_it_affected(office: Caller) -> None:
    publish(office, REHEARSAL, "rehearsal", "1", since="2023-01-01")
    met(office, "chen")
    met(office, "li", on="2025-03-05")
    at = publish(office, DRAFT, "rehearsal", "2")
    path = "/documents/rubric/rehearsal/effects"

    found = told(office.get(path, year=2025, limit=1, after=at))
    assert (found["rubric"], found["version"], found["position"]) == ("rehearsal", "2", at)
    effect = next(each for each in found["years"] if each["year"] == 2025)
    assert (effect["moved"], effect["up"], effect["down"], effect["change"]) == (2, 0, 2, "-10")
    assert [(c["name"], c["before"], c["after"]) for c in effect["largest"]] == [
        ("李明", "35", "30"),
        ("陈静", "35", "30"),
    ]
    onward = told(office.get(path, year=2025, limit=1, cursor=found["movers"]["next"]))["movers"]
    rows = [*found["movers"]["rows"], *onward["rows"]]
    assert ([row["name"] for row in rows], onward["next"]) == (["李明", "陈静"], None)
    assert {cause["of"]["because"] for row in rows for cause in row["causes"]} == {"rule"}
    first = told(office.get(path, version="1", year=2025))
    assert {each["year"]: each["begun"] for each in first["years"]}[2025] == 3
    assert first["movers"] == {"rows": [], "next": None}

    problem(office.get(path, version="9"), 404, "no_such_rubric", parameter="version")
    problem(office.get(path, year=1), 422, "malformed", parameter="year")
    problem(office.get(path, as_of="1"), 400, "unknown_parameter", parameter="as_of")
    nothing = office.get("/documents/rubric/none/effects")
    problem(nothing, 404, "no_such_rubric", parameter="code")
