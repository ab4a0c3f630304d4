"""Scores over HTTP."""

from __future__ import annotations

from importlib.resources import files
from typing import Any

from tests.interfaces.conftest import Answer, Caller

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
