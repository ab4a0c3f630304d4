"""The sentences that say why a grade is what it is, and how a trigger stands."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from domain import explain
from domain.explain import Said
from domain.grading import Because, GradeReason, TriggerResult
from domain.period import Span
from domain.rubric import (
    Acts,
    Block,
    Board,
    Body,
    Gate,
    Grade,
    Grading,
    Rubric,
    Step,
    Trigger,
    Veto,
)
from domain.selection import Selects

MEETINGS = (Selects(kinds=("attended",)),)
GRADED = Rubric(
    code="r",
    version="1",
    zh="办法",
    en="rubric",
    since=date(2020, 1, 1),
    blocks=(Block(code="b", zh="基础分", en="base", clauses=()),),
    gates=(
        Gate(code="g", zh="会议一次", en="one meeting", asks=Acts(counts=MEETINGS, at_least=1)),
    ),
    grading=Grading(
        grades=(Grade(code="good", zh="称职", en="competent"),),
        vetoes=(Veto(code="v", zh="缺席全会", en="absent", counts=MEETINGS, grade="good"),),
        boards=(Board(code="list", zh="界别名单", en="list of a sector"),),
        decided_by=Body(code="chairs", zh="主席会议", en="chairpersons' meeting"),
    ),
    ladder=(Step(code="talk", zh="提醒谈话", en="reminder talk"),),
    triggers=(
        Trigger(
            code="low",
            zh="两年不称职",
            en="low twice",
            then=("talk",),
            grades=frozenset({"good"}),
            years=2,
        ),
        Trigger(
            code="absent", zh="缺席两次", en="absent twice", then=("talk",), counts=MEETINGS, acts=2
        ),
        Trigger(
            code="few",
            zh="届内不足",
            en="too few",
            then=("talk",),
            counts=MEETINGS,
            fewer_than=2,
            within=Span.TERM,
        ),
    ),
)


@pytest.mark.parametrize(
    ("because", "grade", "by", "zh", "en"),
    [
        (Because.BAND, "good", "", "称职:按得分。", "competent: by the total."),
        (
            Because.GATE,
            "good",
            "g",
            "称职:未达到该等次的最低要求(会议一次)。",
            "competent: a gate of that grade is not met (one meeting).",
        ),
        (
            Because.VETO,
            "good",
            "v",
            "称职:否决情形(缺席全会)。",
            "competent: a veto (absent).",
        ),
        (
            Because.PLACES,
            "good",
            "list/medicine",
            "称职:名额已满(界别名单)。",
            "competent: the places are taken (list of a sector).",
        ),
        (
            Because.DECIDED,
            "good",
            "chairs",
            "称职:审定机构决定(主席会议)。",
            "competent: as the deciding body says (chairpersons' meeting).",
        ),
        (
            Because.NO_SUCH_GRADE,
            "fine",
            "others",
            "fine:所评等次不在本办法之列,未计入(others)。",
            "fine: a grade that the rubric does not have was passed over (others).",
        ),
        (Because.NOT_ASSESSED, "", "", "不参加考核。", "is not assessed."),
    ],
)
def test_what_bears_on_a_grade(because: Because, grade: str, by: str, zh: str, en: str) -> None:
    of = GradeReason(because=because, grade=grade, by=by)

    assert explain.grade_reason(of, GRADED) == Said(zh, en)


@pytest.mark.parametrize(
    ("said", "zh", "en"),
    [
        ({"fired": True, "step": "talk"}, ",提醒谈话。", ", reminder talk."),
        (
            {"fired": True, "step": "leave", "provisional": True},
            ",leave,待审定后确定。",
            ", leave, once the grade is decided.",
        ),
        (
            {"near": True},
            ",再有一个考核期即触发。",
            ", one more such period would fire it.",
        ),
        ({}, "。", "."),
    ],
)
def test_how_a_trigger_stands(said: dict[str, Any], zh: str, en: str) -> None:
    plain = {"fired": False, "step": "", "near": False}
    of = TriggerResult(trigger="low", got=1, needed=2, **{**plain, **said})

    assert explain.trigger(of, GRADED) == Said(f"“两年不称职”:1/2{zh}", f"“low twice”: 1 of 2{en}")


@pytest.mark.parametrize(
    ("code", "zh", "en"),
    [
        (
            "absent",
            "“缺席两次”:1/2,再有一次即触发。",
            "“absent twice”: 1 of 2, one more would fire it.",
        ),
        (
            "few",
            "“届内不足”:1/2,届满仍不足即触发。",
            "“too few”: 1 of 2, too few when the term is over would fire it.",
        ),
    ],
)
def test_what_would_fire_a_trigger_that_is_near(code: str, zh: str, en: str) -> None:
    of = TriggerResult(trigger=code, fired=False, step="", got=1, needed=2, near=True)

    assert explain.trigger(of, GRADED) == Said(zh, en)


def test_without_grades_a_reason_is_told_by_its_codes() -> None:
    of = GradeReason(because=Because.OPINIONS, grade="good", by="chairs")

    assert explain.grade_reason(of, replace(GRADED, grading=None)) == Said(
        "good:按各评定主体意见。", "good: as several bodies together say."
    )
