"""Queries on records: who may ask what of which record, who decides, and how often."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.attestation import Policy
from domain.deed import Confirm, LinkSame, Return, Supersede, Uphold, Withdraw
from domain.dispute import (
    LONGEST_TEXT,
    AskReview,
    DecideDispute,
    DecideReview,
    DisputeDecided,
    DisputeRaised,
    DisputeWithdrawn,
    RaiseDispute,
    ReviewAsked,
    ReviewDecided,
    WithdrawDispute,
)
from domain.disputed import Claim, Dispute, DisputeOutcome, DisputeSort, DisputeStep
from domain.erasure import Basis, RequestErasure
from domain.matter import Author, RecordMatter
from domain.member import Dismiss, Exit
from domain.occasion import AmendOccasion, RecordOccasion
from domain.people import Actor, PersonId, Reason, Role, UnitId
from domain.speaking import ACTING_FOR
from domain.unit import Side
from tests.commands import PROPOSAL
from tests.county import (
    APPRAISER,
    AUDITOR,
    CHEN,
    CLERK,
    CONVENOR,
    LI,
    NORTH_CLERK,
    OFFICE,
    SOUTH,
    STUDIO_HEAD,
    TODAY,
    WANG,
    ZHAO,
    Told,
    himself,
    visit,
)
from tests.refusal import refusal

VISIT, OTHER = "occasion/v", "occasion/w"
WRONG = Claim(person=LI, sort=DisputeSort.WRONG, deed=VISIT, field="日期", should_be="6月9日")
DUPLICATE = Claim(person=LI, sort=DisputeSort.DUPLICATE, deed=VISIT, same_as=OTHER)
MISSING = Claim(
    person=LI,
    sort=DisputeSort.MISSING,
    what="帮扶讲座",
    on=date(2025, 6, 1),
    organised_by="韩村",
)
FOR_LI = replace(CLERK, acting_for=LI)
DEPUTY = replace(OFFICE, person=PersonId("deputy"))
RAISED = RaiseDispute(dispute="d", claim=WRONG)
DECIDED = DecideDispute(dispute="d", outcome=DisputeOutcome.NOT_ACCEPTED, reason="签到为10日")
ASKED = AskReview(dispute="d", reason="签到表有误")
REVIEWED = DecideReview(dispute="d", outcome=DisputeOutcome.PARTLY, reason="照片为9日")


@pytest.fixture
def told() -> Told:
    """Two visits of Li's, recorded by the clerk of his studio."""
    told = Told()
    told.say(CLERK, RecordOccasion(occasion="v", body=visit(LI, WANG)))
    told.say(CLERK, RecordOccasion(occasion="w", body=visit(LI, title="走访")))
    return told


def dispute(told: Told, name: str = "d") -> Dispute:
    found = told.states[f"dispute/{name}"]
    assert isinstance(found, Dispute)
    return found


# The way of a query


def test_a_member_asks_and_somebody_else_answers_with_a_reason(told: Told) -> None:
    assert told.say(himself(LI), RAISED) == [
        DisputeRaised(
            dispute="d",
            claim=WRONG,
            year=2025,
            nth=1,
            due=TODAY + timedelta(days=15),
            apart=(CLERK.person,),
        )
    ]
    told.say(CLERK, AmendOccasion(occasion="v", body=visit(LI, WANG, key=True), reason="更正"))
    answer = replace(DECIDED, outcome=DisputeOutcome.ACCEPTED, deeds=(VISIT,))
    assert told.say(OFFICE, answer) == [
        DisputeDecided(
            dispute="d",
            person=LI,
            outcome=DisputeOutcome.ACCEPTED,
            reason="签到为10日",
            deeds=(VISIT,),
        )
    ]
    found = dispute(told)
    assert (found.step, found.number, found.is_open) == (DisputeStep.DECIDED, "2025-1", False)
    assert found.stands is found.ruling
    assert told.say(OFFICE, answer) == []
    assert refusal(told, DEPUTY, answer) == (Reason.NOT_AT_THIS_STEP, "/dispute")


def test_the_member_may_ask_once_for_a_review_which_another_decides(told: Told) -> None:
    told.say(himself(LI), RAISED)
    assert refusal(told, himself(LI), ASKED) == (Reason.NOT_AT_THIS_STEP, "/dispute")
    told.say(OFFICE, DECIDED)
    told.today += timedelta(days=3)
    due = told.today + timedelta(days=15)

    assert told.say(himself(LI), ASKED) == [
        ReviewAsked(dispute="d", person=LI, reason="签到表有误", due=due)
    ]
    assert (dispute(told).due, dispute(told).is_open) == (due, True)
    assert told.say(himself(LI), ASKED) == []
    assert refusal(told, OFFICE, REVIEWED) == (Reason.NEEDS_ANOTHER, "")
    assert refusal(told, DEPUTY, DECIDED) == (Reason.NOT_AT_THIS_STEP, "/dispute")
    assert told.say(APPRAISER, REVIEWED) == [
        ReviewDecided(
            dispute="d", person=LI, outcome=DisputeOutcome.PARTLY, reason="照片为9日", deeds=()
        )
    ]
    found = dispute(told)
    assert found.step is DisputeStep.REVIEW_DECIDED
    assert found.stands is found.review
    assert told.say(APPRAISER, REVIEWED) == []
    assert refusal(told, himself(LI), ASKED) == (Reason.NOT_AT_THIS_STEP, "/dispute")


def test_a_query_is_taken_back_before_it_is_answered(told: Told) -> None:
    told.say(himself(LI), RAISED)
    withdrawn = WithdrawDispute(dispute="d", reason="看错了")

    assert told.say(FOR_LI, withdrawn) == [
        DisputeWithdrawn(dispute="d", person=LI, reason="看错了")
    ]
    assert told.say(himself(LI), withdrawn) == []
    assert refusal(told, OFFICE, DECIDED) == (Reason.NOT_AT_THIS_STEP, "/dispute")

    told.say(himself(LI), RaiseDispute(dispute="e", claim=WRONG))
    told.say(OFFICE, replace(DECIDED, dispute="e"))
    assert refusal(told, himself(LI), replace(withdrawn, dispute="e")) == (
        Reason.NOT_AT_THIS_STEP,
        "/dispute",
    )


@pytest.mark.parametrize(
    "command",
    [
        WithdrawDispute(dispute="d", reason=" "),
        replace(DECIDED, reason=""),
        replace(ASKED, reason=""),
        replace(REVIEWED, reason="\n"),
    ],
)
def test_every_word_on_a_query_needs_a_reason(told: Told, command: Any) -> None:
    told.say(himself(LI), RAISED)
    decides = isinstance(command, DecideDispute | DecideReview)
    assert refusal(told, OFFICE if decides else himself(LI), command) == (
        Reason.REASON_MISSING,
        "/reason",
    )
    long = replace(command, reason="字" * (LONGEST_TEXT + 1))
    assert refusal(told, OFFICE if decides else himself(LI), long) == (Reason.TOO_LARGE, "/reason")


@pytest.mark.parametrize(
    "command", [WithdrawDispute(dispute="x", reason="误"), replace(DECIDED, dispute="x")]
)
def test_a_query_that_is_not_there_is_not_found(told: Told, command: Any) -> None:
    assert refusal(told, OFFICE, command) == (Reason.NO_SUCH_DISPUTE, "/dispute")


def test_an_id_is_used_once(told: Told) -> None:
    told.say(himself(LI), RAISED)
    again = replace(RAISED, claim=MISSING)
    assert refusal(told, himself(LI), again) == (Reason.ALREADY_RECORDED, "/dispute")


def test_numbers_have_no_gaps_and_begin_anew_each_year(told: Told) -> None:
    claims = [WRONG, DUPLICATE, MISSING, replace(MISSING, what="调研")]
    for n, claim in enumerate(claims):
        told.say(himself(LI), RaiseDispute(dispute=f"d{n}", claim=claim))
        if n == 0:
            told.say(himself(LI), WithdrawDispute(dispute="d0", reason="误"))
        if n == 2:
            told.today = date(2026, 1, 4)

    assert [dispute(told, f"d{n}").number for n in range(4)] == [
        "2025-1",
        "2025-2",
        "2025-3",
        "2026-1",
    ]


def test_the_rule_of_dual_management_says_how_long_an_answer_may_take(told: Told) -> None:
    told.policy = Policy(answer_within=7)
    told.say(himself(LI), RAISED)
    assert dispute(told).due == TODAY + timedelta(days=7)


# Who asks


@pytest.mark.parametrize("actor", [himself(LI), FOR_LI, replace(OFFICE, acting_for=LI)])
def test_the_member_asks_or_somebody_types_it_in_for_him(told: Told, actor: Actor) -> None:
    told.say(actor, RAISED)
    assert (dispute(told).person, dispute(told).raised_by) == (LI, actor.person)


@pytest.mark.parametrize(
    "actor",
    [
        himself(WANG),
        CLERK,
        OFFICE,
        replace(CLERK, acting_for=WANG),
        replace(STUDIO_HEAD, acting_for=LI),
        APPRAISER,
        AUDITOR,
        Actor(person=LI, role=Role.CONSUMER),
    ],
    ids=lambda each: f"{each.role.value} {each.person} {each.acting_for}",
)
def test_nobody_else_asks(told: Told, actor: Actor) -> None:
    """Neither another member, nor a clerk or the office of their own, nor a head."""
    assert refusal(told, actor, RAISED)[0] is Reason.NOT_ALLOWED
    told.say(himself(LI), RAISED)
    assert refusal(told, actor, WithdrawDispute(dispute="d", reason="误"))[0] is Reason.NOT_ALLOWED
    told.say(DEPUTY, DECIDED)
    assert refusal(told, actor, ASKED)[0] is Reason.NOT_ALLOWED


def test_a_clerk_of_a_unit_that_he_is_not_bound_to_asks_nothing_for_him(told: Told) -> None:
    elsewhere = replace(NORTH_CLERK, acting_for=LI)
    assert refusal(told, elsewhere, RAISED) == (Reason.NOT_YOURS_TO_SPEAK_FOR, ACTING_FOR)


def test_who_asks_stands_on_the_roster(told: Told) -> None:
    nobody = replace(WRONG, person=PersonId("nobody"))
    asked = RaiseDispute(dispute="d", claim=nobody)
    assert refusal(told, himself(PersonId("nobody")), asked) == (
        Reason.NO_SUCH_PERSON,
        "/claim/person",
    )


# Of what


@pytest.mark.parametrize(
    ("claim", "reason", "field"),
    [
        (replace(WRONG, deed=""), Reason.MISSING, "deed"),
        (replace(WRONG, field=" "), Reason.MISSING, "field"),
        (replace(WRONG, should_be=""), Reason.MISSING, "should_be"),
        (replace(WRONG, deed="occasion/none"), Reason.NO_SUCH_DEED, "deed"),
        (replace(WRONG, deed="member/li"), Reason.NO_SUCH_DEED, "deed"),
        (replace(WRONG, same_as=OTHER), Reason.UNKNOWN_FIELD, "same_as"),
        (replace(WRONG, on=TODAY), Reason.UNKNOWN_FIELD, "on"),
        (replace(WRONG, note="字" * (LONGEST_TEXT + 1)), Reason.TOO_LARGE, "note"),
        (replace(DUPLICATE, same_as=""), Reason.MISSING, "same_as"),
        (replace(DUPLICATE, same_as=VISIT), Reason.SAME_RECORD, "same_as"),
        (replace(DUPLICATE, same_as="matter/none"), Reason.NO_SUCH_DEED, "same_as"),
        (replace(DUPLICATE, field="日期"), Reason.UNKNOWN_FIELD, "field"),
        (replace(MISSING, deed=VISIT), Reason.UNKNOWN_FIELD, "deed"),
        (replace(MISSING, what=" "), Reason.MISSING, "what"),
        (replace(MISSING, kind="flew"), Reason.UNKNOWN_KIND, "kind"),
        (replace(MISSING, on=None), Reason.MISSING, "on"),
        (replace(MISSING, on=TODAY + timedelta(days=1)), Reason.IN_FUTURE, "on"),
        (replace(MISSING, on=date(2020, 1, 1)), Reason.NOT_A_MEMBER_THEN, "on"),
        (replace(MISSING, organised_by=""), Reason.MISSING, "organiser"),
        (replace(MISSING, organiser=UnitId("nowhere")), Reason.NO_SUCH_UNIT, "organiser"),
        (replace(MISSING, organiser=UnitId("closed")), Reason.UNIT_CLOSED, "organiser"),
    ],
)  # fmt: skip
def test_a_query_says_what_belongs_to_its_sort(
    told: Told, claim: Claim, reason: Reason, field: str
) -> None:
    asked = RaiseDispute(dispute="d", claim=claim)
    assert refusal(told, himself(LI), asked) == (reason, f"/claim/{field}")


def test_what_is_missing_is_told_by_its_kind_or_in_words(told: Told) -> None:
    by_kind = replace(MISSING, what="", kind="visited_village", organiser=SOUTH, organised_by="")
    told.say(himself(LI), RaiseDispute(dispute="d", claim=by_kind))
    told.say(himself(LI), RaiseDispute(dispute="e", claim=MISSING))
    assert (dispute(told).apart, dispute(told, "e").apart) == ((), ())


def test_a_record_is_queried_by_those_who_are_in_it(told: Told) -> None:
    """Also by who was expected and of whom nothing is said, and by the author of a matter."""
    of_zhao = RaiseDispute(dispute="d", claim=replace(WRONG, person=ZHAO))
    assert refusal(told, himself(ZHAO), of_zhao) == (Reason.NOT_A_PARTICIPANT, "/claim/deed")
    only_one = RaiseDispute(dispute="d", claim=replace(DUPLICATE, person=WANG))
    assert refusal(told, himself(WANG), only_one) == (Reason.NOT_A_PARTICIPANT, "/claim/same_as")

    told.say(CLERK, RecordOccasion(occasion="x", body=visit(CHEN, expected=(ZHAO, CHEN))))
    told.say(himself(ZHAO), replace(of_zhao, claim=replace(of_zhao.claim, deed="occasion/x")))
    told.say(OFFICE, RecordMatter(matter="p", body=replace(PROPOSAL, authors=(Author(person=CHEN),))))  # fmt: skip
    of_chen = replace(WRONG, person=CHEN, deed="matter/p")
    told.say(himself(CHEN), RaiseDispute(dispute="e", claim=of_chen))


def test_what_does_not_stand_any_more_is_not_queried(told: Told) -> None:
    told.say(CLERK, Withdraw(deed=OTHER, reason="误"))
    told.say(CLERK, RecordOccasion(occasion="x", body=visit(LI)))
    told.say(CLERK, Supersede(deed=VISIT, by="occasion/x", reason="补全"))
    assert refusal(told, himself(LI), RAISED) == (Reason.SUPERSEDED, "/claim/deed")
    gone = RaiseDispute(dispute="d", claim=replace(DUPLICATE, deed="occasion/x"))
    assert refusal(told, himself(LI), gone) == (Reason.WITHDRAWN, "/claim/same_as")


@pytest.mark.parametrize(("one", "other"), [(VISIT, OTHER), (OTHER, VISIT)])
def test_two_records_that_count_as_one_already_are_not_queried(
    told: Told, one: str, other: str
) -> None:
    told.say(CLERK, LinkSame(deed=one, same_as=other))
    asked = RaiseDispute(dispute="d", claim=DUPLICATE)
    assert refusal(told, himself(LI), asked) == (Reason.ALREADY_DONE, "/claim/same_as")


def test_one_thing_is_asked_once_at_a_time(told: Told) -> None:
    told.say(himself(LI), RAISED)
    again = RaiseDispute(dispute="e", claim=replace(WRONG, field="地点"))
    assert refusal(told, himself(LI), again) == (Reason.ALREADY_DONE, "/claim/deed")
    told.say(himself(WANG), RaiseDispute(dispute="w", claim=replace(WRONG, person=WANG)))
    told.say(himself(LI), RaiseDispute(dispute="two", claim=DUPLICATE))
    round_again = replace(DUPLICATE, deed=OTHER, same_as=VISIT)
    assert refusal(told, himself(LI), RaiseDispute(dispute="r", claim=round_again)) == (
        Reason.ALREADY_DONE,
        "/claim/deed",
    )
    told.say(himself(LI), RaiseDispute(dispute="m", claim=MISSING))
    repeated = RaiseDispute(dispute="n", claim=replace(MISSING, note="有照片"))
    assert refusal(told, himself(LI), repeated) == (Reason.ALREADY_DONE, "/claim/sort")

    told.say(OFFICE, DECIDED)
    told.say(himself(LI), again)


# Who decides


def test_the_office_and_the_appraisal_committee_decide(told: Told) -> None:
    told.say(himself(LI), RAISED)
    for actor in (CLERK, STUDIO_HEAD, himself(ZHAO), AUDITOR, himself(LI)):
        assert refusal(told, actor, DECIDED) == (Reason.NOT_ALLOWED, "")
    in_a_name = replace(OFFICE, acting_for=ZHAO)
    assert refusal(told, in_a_name, DECIDED) == (Reason.NOT_ALLOWED, ACTING_FOR)
    told.say(APPRAISER, DECIDED)
    assert dispute(told).ruling is not None


def in_office(person: PersonId) -> Actor:
    """Somebody who acts as the office."""
    return replace(OFFICE, person=person)


def test_nobody_decides_on_his_own_query_or_on_what_he_had_a_hand_in(told: Told) -> None:
    """Neither the member, nor who typed it in, nor who recorded, amended, confirmed, returned or upheld the record."""
    amender = in_office(PersonId("amender"))
    upholder = in_office(PersonId("upholder"))
    told.say(amender, AmendOccasion(occasion="v", body=visit(LI, WANG, key=True), reason="更正"))
    told.say(CONVENOR, Return(deed=VISIT, side=Side.SECTOR, people=(LI,), reason="日期"))
    told.say(upholder, Uphold(deed=VISIT, side=Side.SECTOR, people=(LI,), reason="属实"))
    told.say(replace(in_office(PersonId("typist")), acting_for=LI), RAISED)

    assert dispute(told).apart == (CLERK.person, amender.person, CONVENOR.person, upholder.person)
    for person in (LI, PersonId("typist"), *dispute(told).apart):
        assert refusal(told, in_office(person), DECIDED) == (Reason.NEEDS_ANOTHER, "")
    told.say(OFFICE, DECIDED)


def test_who_confirms_a_record_afterwards_does_not_decide_on_it(told: Told) -> None:
    told.say(himself(LI), RaiseDispute(dispute="d", claim=DUPLICATE))
    told.say(in_office(PersonId("confirmer")), Confirm(deed=OTHER, side=Side.COUNTY))
    assert refusal(told, in_office(PersonId("confirmer")), DECIDED) == (Reason.NEEDS_ANOTHER, "")


def test_who_corrects_a_record_in_answer_may_say_so(told: Told) -> None:
    told.say(himself(LI), RAISED)
    told.say(OFFICE, AmendOccasion(occasion="v", body=visit(LI, title="走访"), reason="核对"))
    told.say(OFFICE, replace(DECIDED, deeds=(VISIT,)))
    assert dispute(told).step is DisputeStep.DECIDED


def test_who_typed_in_that_a_review_is_asked_for_does_not_decide_it(told: Told) -> None:
    told.say(himself(LI), RAISED)
    told.say(APPRAISER, DECIDED)
    told.say(replace(OFFICE, acting_for=LI), ASKED)
    assert refusal(told, OFFICE, REVIEWED) == (Reason.NEEDS_ANOTHER, "")
    told.say(DEPUTY, REVIEWED)


def test_what_was_corrected_in_answer_is_a_record_and_named_once(told: Told) -> None:
    told.say(himself(LI), RAISED)
    nothing = replace(DECIDED, deeds=(VISIT, "occasion/none"))
    assert refusal(told, OFFICE, nothing) == (Reason.NO_SUCH_DEED, "/deeds/1")
    twice = replace(DECIDED, deeds=(VISIT, VISIT))
    assert refusal(told, OFFICE, twice) == (Reason.GIVEN_TWICE, "/deeds/1")


def test_who_has_an_open_query_is_not_erased_before_it_is_answered(told: Told) -> None:
    told.states["member/li"] = told.roster.people[LI]
    told.say(OFFICE, Dismiss(person=LI, on=TODAY - timedelta(days=1), how=Exit.RESIGNED))
    told.say(himself(LI), RAISED)
    erased = RequestErasure(erasure="e", subject="member/li", basis=Basis.FAMILY, reason="申请")
    assert refusal(told, OFFICE, erased) == (Reason.OPEN_DISPUTE, "/subject")
    told.say(OFFICE, DECIDED)
    told.say(OFFICE, erased)


@given(st.lists(st.sampled_from(["raise", "withdraw", "decide", "ask", "review"]), max_size=12))
def test_a_query_never_skips_a_step(said: list[str]) -> None:
    """Whatever is tried in whatever order: the steps follow one another, and what is decided is never decided anew."""
    told = Told()
    told.say(CLERK, RecordOccasion(occasion="v", body=visit(LI)))
    commands: dict[str, tuple[Actor, Any]] = {
        "raise": (himself(LI), RAISED),
        "withdraw": (himself(LI), WithdrawDispute(dispute="d", reason="误")),
        "decide": (OFFICE, DECIDED),
        "ask": (himself(LI), ASKED),
        "review": (DEPUTY, REVIEWED),
    }
    follows = {
        None: {"raise": DisputeStep.OPEN},
        DisputeStep.OPEN: {"withdraw": DisputeStep.WITHDRAWN, "decide": DisputeStep.DECIDED},
        DisputeStep.DECIDED: {"ask": DisputeStep.REVIEW_ASKED, "decide": DisputeStep.DECIDED},
        DisputeStep.REVIEW_ASKED: {
            "ask": DisputeStep.REVIEW_ASKED,
            "withdraw": DisputeStep.WITHDRAWN,
            "review": DisputeStep.REVIEW_DECIDED,
        },
        DisputeStep.REVIEW_DECIDED: {"review": DisputeStep.REVIEW_DECIDED},
        DisputeStep.WITHDRAWN: {"withdraw": DisputeStep.WITHDRAWN},
    }
    step: DisputeStep | None = None
    for word in said:
        actor, command = commands[word]
        if word in follows[step]:
            told.say(actor, command)
            step = follows[step][word]
        else:
            refusal(told, actor, command)
        state = told.states.get("dispute/d")
        assert (None if state is None else state.step) is step
