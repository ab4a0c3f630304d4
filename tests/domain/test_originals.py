"""The county's originals: who may say what only its papers show, and what that makes of a record."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from domain.attestation import DEFAULT, SideState, attested
from domain.deed import Confirm, Withdraw
from domain.fact import Authorship, Fact, Reached, RecordClass
from domain.handling import COUNTYS_STAGES, OF_A_LEVEL
from domain.kinds import Stage
from domain.kinds.advice import CarriedUp, Proposed, ReportedOpinion
from domain.kinds.deliberation import IssuedRecommendation
from domain.kinds.people import HostedDelegation
from domain.kinds.units import WasInspected
from domain.matter import (
    AmendMatter,
    Author,
    Matter,
    RecordMatter,
    ReportOutcome,
    RetractOutcome,
)
from domain.occasion import RecordOccasion
from domain.people import Actor, PersonId, Reason, Role
from domain.unit import Side
from domain.words import Level
from tests.county import (
    AFFAIRS,
    CLERK,
    COUNTY,
    ECONOMY,
    LI,
    LINKING,
    MEDICINE,
    OFFICE,
    SOUTH,
    STUDIO_HEAD,
    TODAY,
    ZHAO,
    Told,
    himself,
    visit,
)
from tests.refusal import refusal

MATTER = "matter/m"
DAY = date(2025, 6, 1)
LINKING_CLERK = Actor(person=PersonId("proposals"), role=Role.CLERK, unit=LINKING)
OTHER_OFFICER = replace(OFFICE, person=PersonId("deputy"))


def proposal(*authors: Author, **said: Any) -> Matter[Any]:
    return Matter(
        **{
            "details": Proposed(),
            "title": "修渠",
            "on": DAY,
            "organiser": COUNTY,
            "authors": authors or (Author(person=LI, role=Authorship.FIRST),),
            **said,
        }
    )


def recorded(actor: Actor, *authors: Author, **said: Any) -> Told:
    told = Told()
    told.say(actor, RecordMatter(matter="m", body=proposal(*authors, **said)))
    return told


def report(stage: Stage, level: Level | None = None) -> ReportOutcome:
    if level is None and stage in OF_A_LEVEL:
        level = Level.COUNTY
    return ReportOutcome(matter="m", outcome=Reached(stage=stage, on=TODAY, level=level))


def counts(fact: Fact[Any]) -> bool:
    return attested(fact, DEFAULT, TODAY).counts


# What the papers show, counts


@pytest.mark.parametrize("stage", [s for s in Proposed.about.stages if s in COUNTYS_STAGES])
def test_what_a_member_typed_in_counts_once_the_county_holds_its_original(stage: Stage) -> None:
    told = recorded(himself(LI), Author(person=LI), Author(person=ZHAO))
    assert not counts(told.facts(MATTER)["member/li"])

    told.say(OFFICE, report(stage))

    for fact in told.facts(MATTER).values():
        said = attested(fact, DEFAULT, TODAY)
        assert (fact.record, said.counts) == (RecordClass.SELF, True)
        assert (said.sector, said.studio) == (SideState.NOT_ASKED, SideState.NOT_ASKED)


def test_a_late_proposal_counts_once_the_proposal_committee_files_it() -> None:
    told = recorded(LINKING_CLERK, organiser=LINKING, on=TODAY - timedelta(days=60))
    assert not counts(told.facts(MATTER)["member/li"])

    told.say(LINKING_CLERK, report(Stage.FILED))

    assert counts(told.facts(MATTER)["member/li"])


def test_other_stages_vouch_for_nothing() -> None:
    told = recorded(himself(LI))

    told.say(OFFICE, report(Stage.ASSIGNED))

    assert told.facts(MATTER)["member/li"].county is None


def test_only_when_the_last_of_them_is_taken_back_it_waits_again() -> None:
    told = recorded(himself(LI))
    told.say(OFFICE, report(Stage.FILED))
    told.say(OFFICE, report(Stage.INSTRUCTED))

    told.say(OFFICE, RetractOutcome(matter="m", stage=Stage.FILED, reason="误"))
    assert counts(told.facts(MATTER)["member/li"])

    retract = RetractOutcome(matter="m", stage=Stage.INSTRUCTED, level=Level.COUNTY, reason="误")
    told.say(OFFICE, retract)
    fact = told.facts(MATTER)["member/li"]
    assert (counts(fact), fact.county) == (False, None)


def test_what_the_office_confirmed_by_itself_stays_confirmed() -> None:
    told = recorded(himself(LI))
    told.say(OFFICE, Confirm(deed=MATTER, side=Side.COUNTY))
    told.say(OFFICE, report(Stage.FILED))

    told.say(OFFICE, RetractOutcome(matter="m", stage=Stage.FILED, reason="误"))

    assert counts(told.facts(MATTER)["member/li"])


def test_an_author_added_after_the_filing_waits_like_any_new_line() -> None:
    told = recorded(himself(LI))
    told.say(OFFICE, report(Stage.FILED))
    body = proposal(Author(person=LI, role=Authorship.FIRST), Author(person=ZHAO))

    told.say(OFFICE, AmendMatter(matter="m", body=body, reason="补"))

    facts = told.facts(MATTER)
    assert (counts(facts["member/li"]), counts(facts["member/zhao"])) == (True, False)


# Who may say so


@pytest.mark.parametrize("stage", [s for s in Stage if s in COUNTYS_STAGES])
def test_a_township_clerk_reports_nothing_that_only_the_countys_papers_show(stage: Stage) -> None:
    of_unit = stage in WasInspected.about.stages
    authors = (Author(unit=SOUTH, role=Authorship.FIRST),) if of_unit else ()
    told = recorded(CLERK, *authors, organiser=SOUTH, details=a_kind_with(stage))

    for actor in (CLERK, STUDIO_HEAD):
        assert refusal(told, actor, report(stage)) == (
            Reason.NOT_YOURS_TO_RECORD,
            "/outcome/stage",
        )


def a_kind_with(stage: Stage) -> Proposed | ReportedOpinion | WasInspected:
    found: tuple[Proposed | ReportedOpinion | WasInspected, ...] = (
        Proposed(),
        ReportedOpinion(),
        WasInspected(),
    )
    return next(kind for kind in found if stage in kind.about.stages)


def test_a_unit_says_that_it_mended_what_was_found_and_the_county_that_it_passed() -> None:
    itself = Author(unit=SOUTH, role=Authorship.FIRST)
    told = recorded(CLERK, itself, organiser=SOUTH, details=WasInspected(findings=1))

    told.say(OFFICE, report(Stage.NOTIFIED))
    told.say(CLERK, report(Stage.MENDED))
    told.say(OFFICE, report(Stage.PASSED))

    (fact,) = told.facts(MATTER).values()
    assert [each.stage for each in fact.reached] == [Stage.NOTIFIED, Stage.MENDED, Stage.PASSED]


@pytest.mark.parametrize(
    "actor",
    [
        OFFICE,
        LINKING_CLERK,
        Actor(person=PersonId("affairs"), role=Role.CLERK, unit=AFFAIRS),
        Actor(person=PersonId("linking-head"), role=Role.HEAD, unit=LINKING),
    ],
)
def test_those_who_hold_the_papers_report_and_take_back(actor: Actor) -> None:
    told = recorded(CLERK, organiser=SOUTH)

    told.say(actor, report(Stage.FILED))
    retract = RetractOutcome(matter="m", stage=Stage.FILED, reason="误")
    assert refusal(told, CLERK, retract) == (Reason.NOT_YOURS_TO_RECORD, "/stage")
    told.say(actor, retract)

    assert told.deed(MATTER).reached == ()


def test_a_township_clerk_reports_what_became_of_a_message() -> None:
    told = recorded(CLERK, organiser=SOUTH, details=CarriedUp())

    for stage in (Stage.RECEIVED, Stage.VERIFIED, Stage.ASSIGNED, Stage.HANDLED, Stage.ANSWERED):
        told.say(CLERK, report(stage))

    assert refusal(told, CLERK, report(Stage.INSTRUCTED)) == (
        Reason.NOT_YOURS_TO_RECORD,
        "/outcome/stage",
    )


@pytest.mark.parametrize("stage", [s for s in Stage if s in OF_A_LEVEL])
def test_what_is_taken_up_forwarded_or_instructed_is_so_at_a_level(stage: Stage) -> None:
    told = recorded(OFFICE, details=ReportedOpinion())

    bare = ReportOutcome(matter="m", outcome=Reached(stage=stage, on=TODAY))
    assert refusal(told, OFFICE, bare) == (Reason.MISSING, "/outcome/level")
    told.say(OFFICE, report(stage, Level.CITY))


# What units do


def test_a_units_share_has_behind_it_what_somebody_has_confirmed() -> None:
    told = Told()
    body = visit(LI, ZHAO, on=TODAY - timedelta(days=60))
    told.say(CLERK, RecordOccasion(occasion="v", body=body))
    assert not counts(told.facts("occasion/v")["unit/south"])

    told.say(OFFICE, Confirm(deed="occasion/v", side=Side.COUNTY, people=(ZHAO,)))

    facts = told.facts("occasion/v")
    assert counts(facts["unit/south"])
    assert (counts(facts["member/li"]), counts(facts["member/zhao"])) == (False, True)


def test_a_unit_among_the_authors_counts_once_a_members_declaration_is_vouched_for() -> None:
    told = recorded(himself(LI), Author(person=LI), Author(unit=ECONOMY), organiser=SOUTH)
    assert not counts(told.facts(MATTER)["unit/economy"])

    told.say(STUDIO_HEAD, Confirm(deed=MATTER, side=Side.STUDIO))

    assert counts(told.facts(MATTER)["unit/economy"])


def late_collective() -> Told:
    return recorded(
        LINKING_CLERK,
        Author(unit=ECONOMY),
        Author(unit=MEDICINE),
        details=IssuedRecommendation(),
        organiser=LINKING,
        on=TODAY - timedelta(days=60),
    )


def test_the_office_decides_on_what_units_did_without_a_member() -> None:
    told = late_collective()
    assert not any(counts(fact) for fact in told.facts(MATTER).values())
    decide = Confirm(deed=MATTER, side=Side.COUNTY)
    assert refusal(told, CLERK, decide) == (Reason.NOT_YOURS_TO_CONFIRM, "/people")

    (confirmed,) = told.say(OFFICE, decide)
    assert confirmed.people == ()  # type: ignore[union-attr]
    assert told.say(OTHER_OFFICER, decide) == []

    assert all(counts(fact) for fact in told.facts(MATTER).values())


def test_an_original_stands_behind_what_units_did_without_a_member() -> None:
    told = late_collective()

    told.say(LINKING_CLERK, report(Stage.ADOPTED))

    assert all(counts(fact) for fact in told.facts(MATTER).values())


def test_a_late_reception_without_a_member_can_be_decided_too() -> None:
    told = Told()
    body = visit(details=HostedDelegation(delegation="邻县政协"), on=TODAY - timedelta(days=60))
    told.say(CLERK, RecordOccasion(occasion="v", body=body))
    assert not counts(told.facts("occasion/v")["unit/south"])

    told.say(OFFICE, Confirm(deed="occasion/v", side=Side.COUNTY))

    assert counts(told.facts("occasion/v")["unit/south"])
    told.say(OFFICE, Withdraw(deed="occasion/v", reason="误"))


def test_a_recommendation_has_a_unit_among_its_authors() -> None:
    alone = RecordMatter(matter="m", body=proposal(details=IssuedRecommendation()))
    assert refusal(Told(), OFFICE, alone) == (Reason.MISSING, "/body/authors")

    recorded(OFFICE, Author(unit=ECONOMY), Author(person=LI), details=IssuedRecommendation())
