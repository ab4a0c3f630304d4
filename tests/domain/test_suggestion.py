"""Suggestions one by one: seventeen made, sixteen adopted and carried out, one declined with its reason."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from domain.kinds.advice import Proposed
from domain.kinds.deliberation import IssuedRecommendation
from domain.matter import AmendMatter, Author, Matter, RecordMatter, Sensitivity
from domain.people import PersonId, Reason, UnitId
from domain.suggested import Answer, Tally, tally
from domain.suggestion import (
    AnswerSuggestion,
    CarryOutSuggestion,
    MakeSuggestion,
    WithdrawSuggestion,
)
from tests.county import CLERK, COUNTY, LI, LINKING, OFFICE, TODAY, ZHAO, Told, himself
from tests.refusal import refusal

HELD = date(2025, 6, 10)
LAW = "县司法局"
CONSULTATION: Matter[Any] = Matter(
    details=IssuedRecommendation(),
    title="推进县镇两级行政执法统筹",
    on=HELD,
    organiser=COUNTY,
    authors=(Author(unit=LINKING),),
)


@pytest.fixture
def told() -> Told:
    """A recommendation of a special committee."""
    told = Told()
    told.say(OFFICE, RecordMatter(matter="m", body=CONSULTATION))
    return told


def make(text: str = "统一指挥", **said: Any) -> MakeSuggestion:
    return MakeSuggestion(**{"matter": "m", "text": text, "on": HELD, **said})


def answer(number: int, given: Answer = Answer.ADOPTED, **said: Any) -> AnswerSuggestion:
    told = {"on": TODAY, "answered_by": LAW, **said}
    return AnswerSuggestion(matter="m", number=number, answer=given, **told)


def test_seventeen_were_made_sixteen_adopted_and_carried_out_and_one_declined(told: Told) -> None:
    for number in range(1, 18):
        told.say(OFFICE, make(f"建议{number}", by=(LI,)))
    for number in range(1, 17):
        told.say(OFFICE, answer(number))
        told.say(OFFICE, CarryOutSuggestion(matter="m", number=number, on=TODAY))
    told.say(OFFICE, answer(17, Answer.DECLINED, reason="超出县级权限"))

    found = told.deed("matter/m").suggestions
    assert tally(found) == Tally(made=17, adopted=16, declined=1, carried_out=16)
    assert tally(found).open == 0
    assert (found[16].answer, found[16].reason) == (Answer.DECLINED, "超出县级权限")
    assert found[0].by == (LI,)


def test_what_is_not_adopted_or_only_in_part_has_a_reason(told: Told) -> None:
    told.say(OFFICE, make())
    for given in (Answer.PARTLY, Answer.DECLINED):
        assert refusal(told, OFFICE, answer(1, given)) == (Reason.REASON_MISSING, "/reason")
    assert refusal(told, OFFICE, answer(1, answered_by="")) == (Reason.MISSING, "/answered_by")
    told.say(OFFICE, answer(1, Answer.PARTLY, reason="分两年办"))
    assert tally(told.deed("matter/m").suggestions).partly == 1


def test_nothing_is_written_of_the_suggestions_of_what_stays_on_paper(told: Told) -> None:
    told.say(OFFICE, make())
    told.say(OFFICE, answer(1))
    paper = replace(CONSULTATION, sensitivity=Sensitivity.PAPER_ONLY, on_paper="密〔2025〕1号")
    told.say(OFFICE, AmendMatter(matter="m", body=paper, reason="改为不录正文"))

    assert refusal(told, OFFICE, make("信息互通")) == (Reason.STAYS_ON_PAPER, "/text")
    done = CarryOutSuggestion(matter="m", number=1, on=TODAY, outcome="已建平台")
    assert refusal(told, OFFICE, done) == (Reason.STAYS_ON_PAPER, "/outcome")
    assert len(told.say(OFFICE, replace(done, outcome=""))) == 1
    assert told.say(OFFICE, make()) == []


def test_only_what_is_adopted_is_carried_out(told: Told) -> None:
    told.say(OFFICE, make())
    done = CarryOutSuggestion(matter="m", number=1, on=TODAY)
    assert refusal(told, OFFICE, done) == (Reason.NOT_AT_THIS_STEP, "/number")
    told.say(OFFICE, answer(1))
    told.say(OFFICE, done)
    assert told.say(OFFICE, done) == []

    told.say(OFFICE, answer(1, Answer.DECLINED, reason="政策调整"))
    assert told.deed("matter/m").suggestions[0].carried_out_on is None


def test_an_answer_said_twice_is_one_and_a_new_one_takes_its_place(told: Told) -> None:
    told.say(OFFICE, make())
    assert told.say(OFFICE, make()) == []
    assert told.say(OFFICE, answer(1))
    assert told.say(OFFICE, answer(1)) == []
    assert told.say(OFFICE, answer(1, Answer.PARTLY, reason="先试点"))
    assert told.deed("matter/m").suggestions[0].answer is Answer.PARTLY


def test_a_suggestion_entered_in_error_is_taken_back_and_its_number_not_given_again(
    told: Told,
) -> None:
    told.say(OFFICE, make("误"))
    told.say(OFFICE, WithdrawSuggestion(matter="m", number=1, reason="重复"))
    told.say(OFFICE, make("正"))

    found = told.deed("matter/m").suggestions
    assert [(s.number, s.text, s.withdrawn) for s in found] == [(1, "误", "重复"), (2, "正", "")]
    assert tally(found) == Tally(made=1)
    assert refusal(told, OFFICE, answer(1)) == (Reason.WITHDRAWN, "/number")
    assert refusal(told, OFFICE, answer(3)) == (Reason.NO_SUCH_SUGGESTION, "/number")
    silent = WithdrawSuggestion(matter="m", number=2, reason=" ")
    assert refusal(told, OFFICE, silent) == (Reason.REASON_MISSING, "/reason")


def test_days_people_and_units_are_checked(told: Told) -> None:
    tomorrow = TODAY + timedelta(days=1)
    for wrong, refused in (
        (make(" "), (Reason.MISSING, "/text")),
        (make("长" * 2001), (Reason.TOO_LARGE, "/text")),
        (make(on=tomorrow), (Reason.IN_FUTURE, "/on")),
        (make(on=HELD - timedelta(days=1)), (Reason.TOO_EARLY, "/on")),
        (make(by=(LI, PersonId("nobody"))), (Reason.NO_SUCH_PERSON, "/by/1")),
        (make(by=(LI, LI)), (Reason.SAME_TWICE, "/by/1")),
        (make(unit=UnitId("nowhere")), (Reason.NO_SUCH_UNIT, "/unit")),
    ):
        assert refusal(told, OFFICE, wrong) == refused
    told.say(OFFICE, make())
    before = answer(1, on=HELD - timedelta(days=1))
    assert refusal(told, OFFICE, before) == (Reason.TOO_EARLY, "/on")


def test_who_has_no_charge_of_it_enters_none(told: Told) -> None:
    assert refusal(told, CLERK, make()) == (Reason.NOT_YOURS_TO_MOVE, "/matter")
    assert refusal(told, himself(ZHAO), make()) == (Reason.NOT_YOURS_TO_MOVE, "/matter")


def test_a_proposal_has_no_suggestions_to_be_answered_one_by_one(told: Told) -> None:
    proposal = replace(CONSULTATION, details=Proposed(), title="提案")
    told.say(OFFICE, RecordMatter(matter="p", body=proposal))
    assert refusal(told, OFFICE, replace(make(), matter="p")) == (
        Reason.STAGE_NOT_OF_KIND,
        "/matter",
    )
