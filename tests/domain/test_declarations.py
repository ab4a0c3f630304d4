"""Who records for which side, and what a member declares, himself or through a clerk."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from domain import attestation
from domain.attestation import attested
from domain.deed import Confirm, Withdraw
from domain.fact import RecordClass
from domain.kinds.help import ContributedResources, Resource
from domain.matter import Author, Matter, RecordMatter
from domain.occasion import AmendOccasion, RecordOccasion
from domain.people import Actor, PersonId, Reason, Role
from domain.speaking import ACTING_FOR
from domain.unit import Side
from tests.county import (
    CHEN,
    CLERK,
    COUNTY,
    ECONOMY,
    LI,
    OFFICE,
    SOUTH,
    STUDIO_HEAD,
    TODAY,
    WANG,
    Told,
    himself,
    visit,
)
from tests.refusal import refusal

VISIT = "occasion/v"
FOR_LI = replace(CLERK, acting_for=LI)


def counts(told: Told, stream: str = VISIT, subject: str = "member/li") -> bool:
    return attested(told.facts(stream)[subject], attestation.DEFAULT, TODAY).counts


def declared(actor: Actor = FOR_LI) -> Told:
    told = Told()
    told.say(actor, RecordOccasion(occasion="v", body=visit(LI)))
    return told


def donation(*authors: PersonId) -> Matter[Any]:
    return Matter(
        details=ContributedResources(resource=Resource.GOODS),
        title="捐书",
        on=date(2025, 6, 10),
        organiser=SOUTH,
        authors=tuple(Author(person=each) for each in authors),
    )


# For which side


def test_the_clerk_of_a_co_organiser_records_for_his_own_side() -> None:
    told = Told()
    body = visit(LI, organiser=COUNTY, co_organisers=(SOUTH,), on=date(2025, 1, 1))

    told.say(CLERK, RecordOccasion(occasion="v", body=body))

    fact = told.facts(VISIT)["member/li"]
    assert (fact.record, fact.organiser) == (RecordClass.TOWNSHIP, COUNTY)
    assert fact.studio is not None
    assert not counts(told)  # late, and not the county's own


@pytest.mark.parametrize(
    ("organiser", "record"),
    [
        (COUNTY, RecordClass.COUNTY),
        (SOUTH, RecordClass.TOWNSHIP),
        (ECONOMY, RecordClass.SECTOR),
    ],
)
def test_what_the_office_records_is_of_the_side_that_organised_it(
    organiser: Any, record: RecordClass
) -> None:
    told = Told()

    told.say(OFFICE, RecordOccasion(occasion="v", body=visit(LI, organiser=organiser)))

    assert told.facts(VISIT)["member/li"].record is record


# Declared by the member, or by a clerk for him


@pytest.mark.parametrize("actor", [himself(LI), FOR_LI, replace(OFFICE, acting_for=LI)])
def test_a_declaration_waits_until_one_side_vouches_whoever_typed_it_in(actor: Actor) -> None:
    told = declared(actor)

    fact = told.facts(VISIT)["member/li"]
    assert (fact.record, fact.studio, fact.sector) == (RecordClass.SELF, None, None)
    assert not counts(told)

    told.say(STUDIO_HEAD, Confirm(deed=VISIT, side=Side.STUDIO))
    assert counts(told)


def test_a_clerk_for_a_member_records_that_member_alone() -> None:
    told = Told()
    for people in ((LI, CHEN), (CHEN,), ()):
        record = RecordOccasion(occasion="v", body=visit(*people))
        assert refusal(told, FOR_LI, record) == (
            Reason.NOT_YOURS_TO_RECORD,
            "/body/participants",
        )
    for authors in ((LI, CHEN), (CHEN,)):
        matter = RecordMatter(matter="m", body=donation(*authors))
        assert refusal(told, FOR_LI, matter) == (Reason.NOT_YOURS_TO_RECORD, "/body/authors")

    told.say(FOR_LI, RecordMatter(matter="m", body=donation(LI)))
    assert told.facts("matter/m")["member/li"].record is RecordClass.SELF


def test_a_member_declares_for_nobody_else() -> None:
    actor = replace(himself(WANG), acting_for=LI)

    assert refusal(Told(), actor, RecordOccasion(occasion="v", body=visit(LI))) == (
        Reason.NOT_ALLOWED,
        ACTING_FOR,
    )


def test_a_member_may_amend_and_withdraw_what_a_clerk_typed_in_for_him() -> None:
    told = declared()

    told.say(himself(LI), AmendOccasion(occasion="v", body=visit(LI, title="走访"), reason="更正"))
    assert refusal(told, himself(WANG), Withdraw(deed=VISIT, reason="误")) == (
        Reason.NOT_ALLOWED,
        "",
    )
    told.say(himself(LI), Withdraw(deed=VISIT, reason="误"))

    assert told.facts(VISIT) == {}


def test_a_clerk_for_a_member_may_change_only_what_that_member_declared() -> None:
    told = Told()
    told.say(CLERK, RecordOccasion(occasion="v", body=visit(LI)))

    assert refusal(told, FOR_LI, Withdraw(deed=VISIT, reason="误"))[0] is Reason.NOT_ALLOWED


def test_what_a_clerk_amends_for_the_member_has_to_be_vouched_for_anew() -> None:
    told = declared()
    told.say(STUDIO_HEAD, Confirm(deed=VISIT, side=Side.STUDIO))

    told.say(FOR_LI, AmendOccasion(occasion="v", body=visit(LI, key=True), reason="本人补充"))

    assert not counts(told)


def test_nobody_confirms_for_the_member_for_whom_he_acts() -> None:
    told = declared(himself(LI))
    head = Actor(person=STUDIO_HEAD.person, role=Role.HEAD, unit=SOUTH, acting_for=LI)

    confirm = Confirm(deed=VISIT, side=Side.STUDIO)
    assert refusal(told, head, confirm) == (Reason.NOT_ALLOWED, ACTING_FOR)
