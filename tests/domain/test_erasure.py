"""Erasing a person: who asks, who agrees, when it may be done, and of whom not."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.erasure import (
    WAITING_DAYS,
    ApproveErasure,
    Basis,
    CancelErasure,
    CarryOutErasure,
    Erasure,
    ErasureApproved,
    ErasureCarriedOut,
    ErasureCommand,
    RequestErasure,
    Step,
)
from domain.member import Dismiss, Exit
from domain.people import Actor, PersonId, Reason, Refused
from tests.county import COUNTY, LI, OFFICE, TODAY, ZHAO, Told
from tests.refusal import refusal

DEPUTY = replace(OFFICE, person=PersonId("deputy"))
THIRD = replace(OFFICE, person=PersonId("third"))
ASKED = RequestErasure(
    erasure="e", subject=f"member/{LI}", basis=Basis.RETENTION_OVER, reason="保存期满"
)
APPROVED, DONE = ApproveErasure(erasure="e"), CarryOutErasure(erasure="e")
CANCELLED = CancelErasure(erasure="e", reason="撤回")


def without_li() -> Told:
    """Li has left the committee."""
    told = Told()
    told.states[f"member/{LI}"] = told.roster.people[LI]
    told.say(OFFICE, Dismiss(person=LI, on=TODAY - timedelta(days=1), how=Exit.RESIGNED))
    return told


@pytest.fixture
def told() -> Told:
    return without_li()


def test_it_is_asked_for_approved_and_carried_out(told: Told) -> None:
    told.say(OFFICE, ASKED)

    assert told.say(DEPUTY, APPROVED) == [
        ErasureApproved(erasure="e", subject="member/li", due=TODAY + timedelta(days=WAITING_DAYS))
    ]
    told.today += timedelta(days=WAITING_DAYS)
    assert told.say(OFFICE, DONE) == [ErasureCarriedOut(erasure="e", subject="member/li")]
    assert told.say(OFFICE, DONE) == []
    assert told.states["erasure/e"] == Erasure(
        erasure="e",
        subject="member/li",
        basis=Basis.RETENTION_OVER,
        reason="保存期满",
        step=Step.CARRIED_OUT,
        requested_by=OFFICE.person,
        requested_on=TODAY,
        approved_by=DEPUTY.person,
        due=TODAY + timedelta(days=WAITING_DAYS),
        ended_by=OFFICE.person,
        ended_on=told.today,
    )


def test_who_asked_does_not_approve_nor_does_whom_it_is_about(told: Told) -> None:
    told.say(OFFICE, ASKED)

    assert refusal(told, OFFICE, APPROVED)[0] is Reason.NEEDS_ANOTHER
    himself = replace(OFFICE, person=LI)
    assert refusal(told, himself, APPROVED)[0] is Reason.NEEDS_ANOTHER
    told.say(DEPUTY, APPROVED)
    assert told.say(DEPUTY, APPROVED) == []
    assert refusal(told, THIRD, APPROVED)[0] is Reason.NOT_AT_THIS_STEP
    told.today += timedelta(days=WAITING_DAYS)
    assert refusal(told, himself, DONE)[0] is Reason.NEEDS_ANOTHER


@given(days=st.integers(0, 30))
def test_it_waits_for_its_day(days: int) -> None:
    told = without_li()
    told.say(OFFICE, ASKED)
    told.say(DEPUTY, APPROVED)
    told.today += timedelta(days=days)

    if days < WAITING_DAYS:
        assert refusal(told, OFFICE, DONE)[0] is Reason.STILL_WAITING
    else:
        assert len(told.say(OFFICE, DONE)) == 1


def test_a_member_is_not_erased_not_even_one_who_came_back(told: Told) -> None:
    other = replace(ASKED, erasure="o", subject=f"member/{ZHAO}")
    assert refusal(told, OFFICE, other) == (Reason.STILL_A_MEMBER, "/subject")

    told.say(OFFICE, ASKED)
    told.say(DEPUTY, APPROVED)
    told.today += timedelta(days=WAITING_DAYS)
    person = told.roster.people[LI]
    back = replace(
        person, terms=(*person.terms, replace(person.terms[0], since=told.today, until=None))
    )
    told.roster = replace(told.roster, people={**told.roster.people, LI: back})
    assert refusal(told, OFFICE, DONE) == (Reason.STILL_A_MEMBER, "/subject")


def test_it_may_be_let_be_until_it_is_done(told: Told) -> None:
    told.say(OFFICE, ASKED)
    assert refusal(told, OFFICE, replace(CANCELLED, reason=" "))[0] is Reason.REASON_MISSING
    told.say(DEPUTY, APPROVED)
    assert len(told.say(THIRD, CANCELLED)) == 1
    assert told.say(THIRD, CANCELLED) == []
    told.today += timedelta(days=WAITING_DAYS)
    for actor, command in ((OFFICE, DONE), (DEPUTY, APPROVED)):
        assert refusal(told, actor, command)[0] is Reason.NOT_AT_THIS_STEP


@pytest.mark.parametrize("command", [APPROVED, CANCELLED, DONE])
def test_there_must_be_one(told: Told, command: ErasureCommand) -> None:
    assert refusal(told, OFFICE, command) == (Reason.NO_SUCH_ERASURE, "/erasure")


def test_a_reason_is_needed_and_nobody_acts_for_another(told: Told) -> None:
    assert refusal(told, OFFICE, replace(ASKED, reason=""))[0] is Reason.REASON_MISSING
    for_another = Actor(person=OFFICE.person, role=OFFICE.role, unit=COUNTY, acting_for=ZHAO)
    assert refusal(told, for_another, ASKED)[0] is Reason.NOT_ALLOWED
    told.say(OFFICE, ASKED)
    assert refusal(told, OFFICE, ASKED)[0] is Reason.ALREADY_RECORDED


@pytest.mark.parametrize(
    "subject", ["", "li", "unit/south", "finding/f", "ledger/ledger", "erasure/e"]
)
def test_only_people_and_records_are_erased(told: Told, subject: str) -> None:
    with pytest.raises(Refused) as refused:
        told.say(OFFICE, replace(ASKED, subject=subject))
    assert (refused.value.reason, refused.value.field) == (Reason.MALFORMED, "/subject")
    assert told.today == date(2025, 6, 30)
