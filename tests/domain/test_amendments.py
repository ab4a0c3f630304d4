"""What an amendment does to the lines of a record: to returns, to windows, to who may confirm, to who is taken out."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from domain import attestation, streams
from domain.attestation import SideState, attested
from domain.deed import AssignItem, Confirm, Return
from domain.evidence import Evidence
from domain.fact import Attendance, Authorship, Fact, Mark, Part, RecordClass
from domain.kinds.help import DeliveredLivelihoodDeed
from domain.matter import AmendMatter, Author, Matter, RecordMatter
from domain.occasion import MOST_NAMED, AmendOccasion, Participant, RecordOccasion
from domain.people import Actor, PersonId, Reason, Role
from domain.unit import Side
from tests.county import (
    CHEN,
    CLERK,
    CONVENOR,
    COUNTY,
    ECONOMY,
    LI,
    OFFICE,
    SOUTH,
    STUDIO_HEAD,
    TODAY,
    WANG,
    ZHAO,
    Told,
    himself,
    person,
    visit,
)
from tests.refusal import refusal

VISIT = "occasion/v"


def recorded(*people: PersonId | Participant, actor: Actor = CLERK, **said: Any) -> Told:
    told = Told()
    told.say(actor, RecordOccasion(occasion="v", body=visit(*people, **said)))
    return told


def amend(told: Told, body: Any, actor: Actor = CLERK) -> None:
    told.say(actor, AmendOccasion(occasion="v", body=body, reason="更正"))


def line(told: Told, who: PersonId = LI, stream: str = VISIT) -> Fact[Any]:
    return told.facts(stream)[f"member/{who}"]


def mark(told: Told, who: PersonId = LI) -> Mark | None:
    stamp = line(told, who).sector
    return None if stamp is None else stamp.mark


# Returns


def returned(*people: PersonId) -> Told:
    told = recorded(*people)
    told.say(CONVENOR, Return(deed=VISIT, side=Side.SECTOR, people=(LI,), reason="未到"))
    return told


@pytest.mark.parametrize(
    "body",
    [
        visit(LI, CHEN),  # somebody else is added
        visit(CHEN, LI),  # and in another order
        visit(LI, ZHAO, expected=(LI, ZHAO)),
    ],
)
def test_an_amendment_of_other_lines_does_not_answer_a_return(body: Any) -> None:
    told = returned(LI, ZHAO)

    amend(told, body)

    assert mark(told) is Mark.RETURNED


@pytest.mark.parametrize(
    "body",
    [
        visit(Participant(person=LI, attendance=Attendance.ABSENT), ZHAO),
        visit(LI, ZHAO, on=date(2025, 6, 9)),
        visit(LI, ZHAO, title="走访李村"),
        visit(LI, ZHAO, evidence=(Evidence(name="签到表.jpg"),)),
    ],
)
def test_an_amendment_of_the_line_or_of_the_record_answers_it(body: Any) -> None:
    told = returned(LI, ZHAO)

    amend(told, body)

    assert mark(told) is Mark.CORRECTED


def test_an_author_whose_place_changes_has_another_line() -> None:
    told = Told()
    body: Matter[Any] = Matter(
        details=DeliveredLivelihoodDeed(),
        title="修路",
        on=date(2025, 6, 10),
        organiser=SOUTH,
        authors=(Author(person=LI, role=Authorship.FIRST), Author(person=ZHAO)),
    )
    told.say(CLERK, RecordMatter(matter="m", body=body))
    people = (LI, ZHAO)
    told.say(CONVENOR, Return(deed="matter/m", side=Side.SECTOR, people=people, reason="次序"))

    authors = (*body.authors, Author(person=CHEN))
    told.say(CLERK, AmendMatter(matter="m", body=replace(body, authors=authors), reason="补"))
    facts = told.facts("matter/m")
    assert {facts[f"member/{p}"].sector.mark for p in people} == {Mark.RETURNED}  # type: ignore[union-attr]

    authors = (Author(person=ZHAO, role=Authorship.FIRST), Author(person=LI), authors[2])
    told.say(CLERK, AmendMatter(matter="m", body=replace(body, authors=authors), reason="换"))
    facts = told.facts("matter/m")
    assert {facts[f"member/{p}"].sector.mark for p in people} == {Mark.CORRECTED}  # type: ignore[union-attr]


# Who may confirm


def test_nobody_confirms_a_line_that_he_wrote_in_an_amendment() -> None:
    told = recorded(LI, actor=himself(LI))
    amend(told, visit(LI, WANG, CHEN), STUDIO_HEAD)

    for who in (WANG, CHEN):
        command = Confirm(deed=VISIT, side=Side.STUDIO, people=(who,))
        assert refusal(told, STUDIO_HEAD, command) == (Reason.OWN_RECORDING, "/people/0")
    (confirmed,) = told.say(STUDIO_HEAD, Confirm(deed=VISIT, side=Side.STUDIO))

    assert confirmed.people == (LI,)  # type: ignore[union-attr]


def test_who_wrote_all_lines_anew_confirms_none() -> None:
    told = recorded(LI, actor=himself(LI))
    amend(told, visit(Participant(person=LI, part=Part.LEADS)), STUDIO_HEAD)

    assert refusal(told, STUDIO_HEAD, Confirm(deed=VISIT, side=Side.STUDIO)) == (
        Reason.OWN_RECORDING,
        "/people/0",
    )
    told.say(CONVENOR, Confirm(deed=VISIT, side=Side.SECTOR))


def test_who_corrects_a_title_may_still_vouch() -> None:
    told = recorded(LI, actor=himself(LI))
    amend(told, visit(LI, title="走访李村"), STUDIO_HEAD)

    told.say(STUDIO_HEAD, Confirm(deed=VISIT, side=Side.STUDIO))

    assert line(told).studio is not None


# The window


def shown(told: Told, who: PersonId = LI) -> SideState:
    return attested(line(told, who), attestation.DEFAULT, told.today).sector


def test_a_day_moved_forward_opens_the_window_anew() -> None:
    told = recorded(LI, on=date(2025, 6, 1))
    told.today = TODAY + timedelta(days=16)
    assert shown(told) is SideState.NOT_OBJECTED

    amend(told, visit(LI, on=date(2025, 6, 29)))

    assert shown(told) is SideState.AWAITED
    assert line(told).recorded_on == TODAY
    told.today += timedelta(days=16)
    assert shown(told) is SideState.NOT_OBJECTED


def test_the_window_opens_anew_for_the_lines_that_changed_only() -> None:
    told = recorded(LI, ZHAO)
    told.today = TODAY + timedelta(days=16)

    amend(told, visit(LI, Participant(person=ZHAO, part=Part.LEADS), title="走访李村"))

    assert (shown(told, LI), shown(told, ZHAO)) == (SideState.NOT_OBJECTED, SideState.AWAITED)


def test_what_is_amended_late_is_not_late_for_that() -> None:
    told = recorded(LI)
    told.today = TODAY + timedelta(days=100)

    amend(told, visit(Participant(person=LI, part=Part.LEADS)))

    assert not attested(line(told), attestation.DEFAULT, told.today).late


# The organiser


def test_the_class_follows_the_organiser_that_the_office_corrects() -> None:
    told = recorded(LI, actor=OFFICE, organiser=COUNTY)

    amend(told, visit(LI, organiser=SOUTH), OFFICE)
    assert line(told).record is RecordClass.TOWNSHIP

    amend(told, visit(LI, organiser=ECONOMY), OFFICE)
    assert line(told).record is RecordClass.SECTOR


def test_a_declaration_stays_one_whatever_organiser_the_office_corrects() -> None:
    told = recorded(LI, actor=himself(LI))

    amend(told, visit(LI, organiser=COUNTY), OFFICE)

    assert line(told).record is RecordClass.SELF


# Taken out and put in again


def test_a_line_taken_out_and_put_in_again_is_a_new_line() -> None:
    told = recorded(LI, CHEN)
    told.say(CONVENOR, Confirm(deed=VISIT, side=Side.SECTOR))
    told.say(CLERK, AssignItem(deed=VISIT, person=LI, item="ten-ones/8", reason="归入"))
    amend(told, visit(CHEN))
    told.today += timedelta(days=60)

    amend(told, visit(CHEN, LI))

    fact = line(told)
    assert (fact.sector, fact.item, fact.recorded_on) == (None, "", told.today)
    assert fact.studio is not None
    assert fact.studio.on == told.today


def test_an_author_taken_out_and_put_in_again_is_new() -> None:
    told = Told()
    body: Matter[Any] = Matter(
        details=DeliveredLivelihoodDeed(),
        title="修路",
        on=date(2025, 6, 10),
        organiser=SOUTH,
        authors=(Author(person=CHEN, role=Authorship.FIRST), Author(person=LI)),
    )
    told.say(CLERK, RecordMatter(matter="m", body=body))
    told.say(CONVENOR, Confirm(deed="matter/m", side=Side.SECTOR))
    alone = replace(body, authors=body.authors[:1])
    told.say(CLERK, AmendMatter(matter="m", body=alone, reason="误"))
    told.today += timedelta(days=1)

    told.say(CLERK, AmendMatter(matter="m", body=body, reason="误"))

    fact = line(told, LI, "matter/m")
    assert (fact.sector, fact.recorded_on) == (None, told.today)


# Long lists

MANY = tuple(PersonId(f"p{i:03}") for i in range(MOST_NAMED + 40))


def crowd() -> Told:
    told = Told()
    more = {who: person(who, ECONOMY, SOUTH) for who in MANY}
    told.roster = replace(told.roster, people={**told.roster.people, **more})
    told.say(CLERK, RecordOccasion(occasion="v", body=visit(*MANY)))
    return told


def test_people_beyond_the_first_entry_can_be_seen_to_repeat() -> None:
    told = crowd()

    (warned,) = streams.warnings(
        RecordOccasion(occasion="w", body=visit(MANY[-1])),
        told.known(),
    )

    assert (warned.reason, warned.deed) == (Reason.LIKELY_DUPLICATE, VISIT)


def test_returns_beyond_the_first_entry_are_answered_like_the_others() -> None:
    told = crowd()
    three = (MANY[0], MANY[-2], MANY[-1])
    told.say(CONVENOR, Return(deed=VISIT, side=Side.SECTOR, people=three, reason="未到"))

    lines = [Participant(person=who) for who in MANY]
    lines[-1] = replace(lines[-1], part=Part.LEADS)
    told.today += timedelta(days=1)
    amend(told, visit(*lines))
    assert [mark(told, who) for who in three] == [Mark.RETURNED, Mark.RETURNED, Mark.CORRECTED]
    assert [line(told, who).said_on for who in three] == [None, None, told.today]
    head = Actor(person=CLERK.person, role=Role.HEAD, unit=SOUTH)
    assert told.deed(VISIT).said_by == {MANY[-1]: head.person}

    amend(told, visit(*lines, title="走访李村"))
    assert {mark(told, who) for who in three} == {Mark.CORRECTED}
    assert {line(told, who).recorded_on for who in MANY} == {TODAY}


def test_who_is_taken_out_beyond_the_first_entry_leaves_nothing_behind() -> None:
    told = crowd()
    told.say(CONVENOR, Confirm(deed=VISIT, side=Side.SECTOR))
    told.today += timedelta(days=1)

    amend(told, visit(*MANY[:-1]))
    amend(told, visit(*MANY))

    assert mark(told, MANY[-2]) is Mark.CONFIRMED
    assert (mark(told, MANY[-1]), line(told, MANY[-1]).recorded_on) == (None, told.today)
