"""Dual management: what the two sides may say, who stands in for whom, and what counts meanwhile."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from domain import attestation
from domain.attestation import Counts, Policy, SideState, attested
from domain.deed import Confirm, LinkSame, Return, UnlinkSame, Uphold
from domain.fact import Fact, Mark, Part, RecordClass
from domain.member import Bond, Membership
from domain.occasion import AmendOccasion, Participant, RecordOccasion
from domain.people import Actor, PersonId, Reason, Refused, Role, UnitId
from domain.speaking import ACTING_FOR
from domain.unit import Appointment, Office, Side
from tests.county import (
    CHEN,
    CLERK,
    CONVENOR,
    COUNTY,
    ECONOMY,
    GUEST,
    LI,
    LINKING,
    LINKING_HEAD,
    MEDICINE,
    NORTH,
    NORTH_CLERK,
    OFFICE,
    SOUTH,
    STUDIO_HEAD,
    TODAY,
    WANG,
    ZHAO,
    Told,
    as_guest,
    himself,
    roster,
    visit,
)
from tests.refusal import refusal

VISIT = "occasion/v"


def recorded(*people: PersonId | Participant, actor: Actor = CLERK, **said: Any) -> Told:
    told = Told()
    told.say(actor, RecordOccasion(occasion="v", body=visit(*people, **said)))
    return told


def counts(fact: Fact[Any], today: date = TODAY, policy: Policy = attestation.DEFAULT) -> bool:
    return attested(fact, policy, today).counts


# The five that read like the field


def test_the_studios_visit_counts_the_same_evening() -> None:
    told = recorded(LI, CHEN)

    fact = told.facts(VISIT)["member/li"]

    assert fact.record is RecordClass.TOWNSHIP
    assert counts(fact)
    assert attested(fact, attestation.DEFAULT, TODAY).studio is SideState.RECORDED
    assert attested(fact, attestation.DEFAULT, TODAY).sector is SideState.AWAITED


def test_the_sector_returns_it_it_stays_with_a_mark_the_studio_corrects_and_all_three_show() -> (
    None
):
    told = recorded(LI, ZHAO)

    told.say(CONVENOR, Return(deed=VISIT, side=Side.SECTOR, people=(ZHAO,), reason="不是赵委员"))
    returned = told.facts(VISIT)["member/zhao"]
    assert counts(returned)
    assert attested(returned, attestation.DEFAULT, TODAY).in_question

    told.say(CLERK, AmendOccasion(occasion="v", body=visit(LI, CHEN), reason="照片中是陈委员"))

    assert set(told.facts(VISIT)) == {"member/li", "member/chen", "unit/south"}
    assert [type(e.event).__name__ for e in told.entries] == [
        "OccasionHappened",
        "Returned",
        "OccasionAmended",
    ]
    assert told.entries[1].event.reason == "不是赵委员"


def test_a_convenor_leaves_and_the_queue_is_with_the_linking_committee_next_morning() -> None:
    told = recorded(LI)
    economy = told.roster.units[ECONOMY]
    left = replace(
        economy,
        appointments=(
            Appointment(
                person=WANG,
                office=Office.CONVENOR,
                since=economy.since,
                until=TODAY,
            ),
        ),
    )
    told.roster = replace(told.roster, units={**told.roster.units, ECONOMY: left})
    assert told.roster.answering(ECONOMY, TODAY) == (ECONOMY, (WANG,))

    told.today = TODAY + timedelta(days=1)

    assert told.roster.answering(ECONOMY, told.today)[0] == LINKING
    assert ECONOMY in told.roster.answered_by(LINKING, told.today)
    with pytest.raises(Refused) as refused:
        told.say(CONVENOR, Confirm(deed=VISIT, side=Side.SECTOR))
    assert refused.value.reason is Reason.NOT_YOURS_TO_CONFIRM
    (confirmed,) = told.say(LINKING_HEAD, Confirm(deed=VISIT, side=Side.SECTOR))
    assert confirmed.unit == LINKING  # type: ignore[union-attr]


def test_a_member_declares_a_donation_and_it_counts_after_the_studio_vouches() -> None:
    told = recorded(LI, actor=himself(LI))
    declared = told.facts(VISIT)["member/li"]
    assert declared.record is RecordClass.SELF
    assert not counts(declared, TODAY + timedelta(days=365))

    told.say(STUDIO_HEAD, Confirm(deed=VISIT, side=Side.STUDIO))

    assert counts(told.facts(VISIT)["member/li"])


def test_two_records_of_one_clinic_give_one_credit_and_name_both_recorders() -> None:
    told = recorded(LI, title="义诊")
    sector_clerk = Actor(person=PersonId("liaison"), role=Role.CLERK, unit=ECONOMY)
    body = visit(LI, organiser=ECONOMY, title="界别义诊")
    told.say(sector_clerk, RecordOccasion(occasion="w", body=body))

    told.say(CLERK, LinkSame(deed="occasion/w", same_as=VISIT))

    first, second = told.facts(VISIT)["member/li"], told.facts("occasion/w")["member/li"]
    assert (first.same_as, second.same_as) == ("", VISIT)
    assert (first.recorded_by, second.recorded_by) == ("clerk", "liaison")

    told.say(OFFICE, UnlinkSame(deed="occasion/w", reason="是两次义诊"))
    assert told.facts("occasion/w")["member/li"].same_as == ""


def two_records(*, here: PersonId = LI, there: PersonId = LI) -> Told:
    """A visit that the south studio recorded, and another of the economy sector."""
    told = recorded(here)
    sector_clerk = Actor(person=PersonId("liaison"), role=Role.CLERK, unit=ECONOMY)
    told.say(sector_clerk, RecordOccasion(occasion="w", body=visit(there, organiser=ECONOMY)))
    return told


LINK = LinkSame(deed="occasion/w", same_as=VISIT)


@pytest.mark.parametrize(
    ("unit", "may"),
    [
        (SOUTH, True),  # it recorded one
        (ECONOMY, True),  # and the other
        (NORTH, False),
        (MEDICINE, False),
    ],
)
@pytest.mark.parametrize("role", [Role.CLERK, Role.HEAD])
def test_a_unit_links_what_it_has_to_do_with(role: Role, unit: UnitId, *, may: bool) -> None:
    actor = Actor(person=PersonId("somebody"), role=role, unit=unit)
    told = two_records()

    if may:
        told.say(actor, LINK)
        told.say(actor, UnlinkSame(deed="occasion/w", reason="两次"))
    else:
        assert refusal(told, actor, LINK) == (Reason.NOT_ALLOWED, "")


def test_the_unit_of_somebody_who_is_in_both_may_link_them() -> None:
    told = recorded(ZHAO)
    told.say(OFFICE, RecordOccasion(occasion="w", body=visit(ZHAO, organiser=COUNTY)))

    told.say(NORTH_CLERK, LINK)


def test_records_without_anybody_in_common_are_not_of_one_deed() -> None:
    assert refusal(two_records(there=CHEN), OFFICE, LINK) == (Reason.NOBODY_SHARED, "/same_as")


def test_a_declaration_is_linked_to_the_organisers_record_never_the_other_way() -> None:
    told = recorded(LI, actor=himself(LI))
    told.say(CLERK, RecordOccasion(occasion="w", body=visit(LI)))

    assert refusal(told, CLERK, LINK) == (Reason.LINK_THE_OTHER, "/same_as")
    told.say(CLERK, LinkSame(deed=VISIT, same_as="occasion/w"))


# Who may say what


def test_a_convenor_answers_for_all_his_members_in_one_act_but_not_for_himself() -> None:
    told = recorded(WANG, LI, ZHAO, CHEN)

    (confirmed,) = told.say(CONVENOR, Confirm(deed=VISIT, side=Side.SECTOR))

    assert confirmed.people == (LI, ZHAO)  # type: ignore[union-attr]
    assert told.facts(VISIT)["member/wang"].sector is None


def test_a_convenor_confirms_as_convenor_not_as_member() -> None:
    told = recorded(LI)

    with pytest.raises(Refused) as refused:
        told.say(himself(WANG), Confirm(deed=VISIT, side=Side.SECTOR))

    assert refused.value.reason is Reason.NOT_A_HEAD


def test_a_line_that_an_amendment_adds_late_waits_for_the_other_side() -> None:
    told = recorded(LI)
    told.today = TODAY + timedelta(days=100)

    told.say(CLERK, AmendOccasion(occasion="v", body=visit(LI, ZHAO), reason="补录"))

    facts = told.facts(VISIT)
    assert counts(facts["member/li"], told.today)
    assert not counts(facts["member/zhao"], told.today)


def test_a_declaration_raises_no_units_figures_until_somebody_vouches() -> None:
    told = recorded(LI, actor=himself(LI))
    assert not counts(told.facts(VISIT)["unit/south"])

    told.say(STUDIO_HEAD, Confirm(deed=VISIT, side=Side.STUDIO))

    assert counts(told.facts(VISIT)["unit/south"])


def test_naming_his_own_line_is_refused() -> None:
    told = recorded(WANG, LI)

    with pytest.raises(Refused) as refused:
        told.say(CONVENOR, Confirm(deed=VISIT, side=Side.SECTOR, people=(LI, WANG)))

    assert (refused.value.reason, refused.value.field) == (Reason.OWN_LINE, "/people/1")


def test_his_own_line_goes_to_the_second_convenor() -> None:
    told = recorded(WANG)
    economy = told.roster.units[ECONOMY]
    second = Appointment(person=ZHAO, office=Office.CONVENOR, since=economy.since)
    both = replace(economy, appointments=(*economy.appointments, second))
    told.roster = replace(told.roster, units={**told.roster.units, ECONOMY: both})

    with pytest.raises(Refused) as refused:
        told.say(LINKING_HEAD, Confirm(deed=VISIT, side=Side.SECTOR))
    assert refused.value.reason is Reason.NOT_YOURS_TO_CONFIRM
    told.say(
        Actor(person=ZHAO, role=Role.HEAD, unit=ECONOMY), Confirm(deed=VISIT, side=Side.SECTOR)
    )

    assert told.facts(VISIT)["member/wang"].sector is not None


def test_without_a_second_convenor_his_own_line_goes_to_the_linking_committee() -> None:
    told = recorded(WANG)

    told.say(LINKING_HEAD, Confirm(deed=VISIT, side=Side.SECTOR))

    stamp = told.facts(VISIT)["member/wang"].sector
    assert stamp is not None
    assert (stamp.mark, stamp.by, stamp.unit) == (Mark.CONFIRMED, LINKING_HEAD.person, LINKING)


def test_nobody_confirms_what_he_recorded_himself() -> None:
    told = Told()
    told.say(CONVENOR, RecordOccasion(occasion="v", body=visit(LI, organiser=ECONOMY)))

    with pytest.raises(Refused) as refused:
        told.say(CONVENOR, Confirm(deed=VISIT, side=Side.SECTOR))

    assert refused.value.reason is Reason.OWN_RECORDING


@pytest.mark.parametrize(
    ("actor", "side", "reason"),
    [
        # the convenor does not head the studio
        (CONVENOR, Side.STUDIO, Reason.NOT_YOURS_TO_CONFIRM),
        # nor the studio's head the sector
        (STUDIO_HEAD, Side.SECTOR, Reason.NOT_YOURS_TO_CONFIRM),
        # a clerk heads nothing, nor does a member of another sector
        (NORTH_CLERK, Side.STUDIO, Reason.NOT_A_HEAD),
        (himself(CHEN), Side.SECTOR, Reason.NOT_A_HEAD),
    ],
)
def test_a_side_is_answered_for_by_its_own_head(actor: Actor, side: Side, reason: Reason) -> None:
    told = recorded(LI)

    with pytest.raises(Refused) as refused:
        told.say(actor, Confirm(deed=VISIT, side=side))

    assert refused.value.reason is reason


def test_confirming_twice_changes_nothing() -> None:
    told = recorded(LI)
    told.say(CONVENOR, Confirm(deed=VISIT, side=Side.SECTOR))

    assert told.say(CONVENOR, Confirm(deed=VISIT, side=Side.SECTOR)) == []


def test_someone_who_was_not_there_cannot_be_confirmed() -> None:
    told = recorded(LI)

    with pytest.raises(Refused) as refused:
        told.say(CONVENOR, Confirm(deed=VISIT, side=Side.SECTOR, people=(ZHAO,)))

    assert refused.value.reason is Reason.NOT_A_PARTICIPANT


def test_a_return_needs_a_reason() -> None:
    told = recorded(LI)

    with pytest.raises(Refused) as refused:
        told.say(CONVENOR, Return(deed=VISIT, side=Side.SECTOR, people=(LI,), reason=" "))

    assert (refused.value.reason, refused.value.field) == (Reason.REASON_MISSING, "/reason")


def test_a_returned_line_that_is_upheld_stands() -> None:
    told = recorded(LI)
    told.say(CONVENOR, Return(deed=VISIT, side=Side.SECTOR, people=(LI,), reason="日期不对"))

    told.say(STUDIO_HEAD, Uphold(deed=VISIT, side=Side.SECTOR, people=(LI,), reason="签到表为证"))

    said = attested(told.facts(VISIT)["member/li"], attestation.DEFAULT, TODAY)
    assert (said.sector, said.in_question) == (SideState.UPHELD, False)


def test_nobody_upholds_what_he_recorded_or_wrote_himself() -> None:
    told = recorded(LI)
    told.say(CONVENOR, Return(deed=VISIT, side=Side.SECTOR, people=(LI,), reason="日期不对"))
    uphold = Uphold(deed=VISIT, side=Side.SECTOR, people=(LI,), reason="签到表为证")
    assert refusal(told, CLERK, uphold) == (Reason.OWN_RECORDING, "/people/0")
    other = replace(CLERK, person=PersonId("other-clerk"))
    told.say(other, AmendOccasion(occasion="v", body=visit(as_leader(LI), CHEN), reason="补"))
    told.say(CONVENOR, Return(deed=VISIT, side=Side.SECTOR, people=(LI,), reason="未带队"))

    assert refusal(told, other, uphold) == (Reason.OWN_RECORDING, "/people/0")
    told.say(STUDIO_HEAD, uphold)


def test_the_office_may_uphold_what_it_recorded() -> None:
    told = recorded(LI, actor=OFFICE)
    told.say(CONVENOR, Return(deed=VISIT, side=Side.SECTOR, people=(LI,), reason="日期不对"))

    told.say(OFFICE, Uphold(deed=VISIT, side=Side.SECTOR, people=(LI,), reason="签到表为证"))


def test_nobody_upholds_his_own_line() -> None:
    told = recorded(LI, actor=himself(LI))
    told.say(CONVENOR, Return(deed=VISIT, side=Side.SECTOR, people=(LI,), reason="未到"))
    uphold = Uphold(deed=VISIT, side=Side.SECTOR, people=(LI,), reason="到了")
    his_clerk = replace(CLERK, acting_for=LI)
    as_head = Actor(person=LI, role=Role.HEAD, unit=SOUTH)

    for actor in (himself(LI), as_head):
        assert refusal(told, actor, uphold) == (Reason.OWN_LINE, "/people/0")
    assert refusal(told, his_clerk, uphold) == (Reason.NOT_ALLOWED, ACTING_FOR)
    told.say(CLERK, uphold)


def test_only_lines_of_the_record_are_upheld() -> None:
    told = recorded(LI, CHEN)
    told.say(CONVENOR, Return(deed=VISIT, side=Side.SECTOR, people=(LI,), reason="未到"))

    for people, reason in (((ZHAO,), Reason.NOT_A_PARTICIPANT), ((CHEN,), Reason.ALREADY_DONE)):
        uphold = Uphold(deed=VISIT, side=Side.SECTOR, people=people, reason="到了")
        assert refusal(told, STUDIO_HEAD, uphold) == (reason, "/people/0")


def test_a_co_organiser_who_recorded_may_correct_and_answer() -> None:
    told = recorded(LI, organiser=COUNTY, co_organisers=(SOUTH,))
    told.say(CONVENOR, Return(deed=VISIT, side=Side.SECTOR, people=(LI,), reason="未到"))

    told.say(STUDIO_HEAD, Uphold(deed=VISIT, side=Side.SECTOR, people=(LI,), reason="到了"))

    body = visit(LI, organiser=COUNTY, co_organisers=(SOUTH,), title="走访")
    told.say(CLERK, AmendOccasion(occasion="v", body=body, reason="更名"))


def as_leader(who: PersonId) -> Participant:
    return Participant(person=who, part=Part.LEADS)


def test_a_correction_answers_the_return_and_keeps_other_words() -> None:
    told = recorded(LI, ZHAO)
    told.say(CONVENOR, Confirm(deed=VISIT, side=Side.SECTOR, people=(ZHAO,)))
    told.say(CONVENOR, Return(deed=VISIT, side=Side.SECTOR, people=(LI,), reason="日期不对"))

    told.say(
        CLERK,
        AmendOccasion(occasion="v", body=visit(LI, ZHAO, on=date(2025, 6, 9)), reason="更正日期"),
    )

    facts = told.facts(VISIT)
    assert facts["member/li"].sector is not None
    assert facts["member/li"].sector.mark is Mark.CORRECTED
    assert facts["member/zhao"].sector is not None
    assert facts["member/zhao"].sector.mark is Mark.CONFIRMED


def test_deeds_stay_with_the_unit_of_the_day_after_a_transfer() -> None:
    told = recorded(LI)
    moved = replace(
        told.roster.people[LI],
        memberships=(
            Membership(
                bond=Bond.SECTOR, unit=ECONOMY, since=date(2021, 12, 1), until=date(2025, 6, 20)
            ),
            Membership(bond=Bond.SECTOR, unit=MEDICINE, since=date(2025, 6, 21)),
        ),
    )
    told.roster = replace(told.roster, people={**told.roster.people, LI: moved})

    told.say(CONVENOR, Confirm(deed=VISIT, side=Side.SECTOR))

    assert told.facts(VISIT)["member/li"].sector is not None


# What counts


def test_guests_are_listed_and_never_scored() -> None:
    told = recorded(LI, as_guest(GUEST))

    fact = told.facts(VISIT)["member/guest"]

    assert fact.record is RecordClass.GUEST
    assert not counts(fact)


def test_the_countys_own_records_wait_for_nobody() -> None:
    told = recorded(LI, actor=OFFICE, organiser=COUNTY)

    said = attested(told.facts(VISIT)["member/li"], attestation.DEFAULT, TODAY)

    assert (said.counts, said.sector, said.studio) == (
        True,
        SideState.NOT_ASKED,
        SideState.NOT_ASKED,
    )


def test_a_late_record_counts_when_the_other_side_confirms() -> None:
    told = recorded(LI, on=TODAY - timedelta(days=31))
    assert not counts(told.facts(VISIT)["member/li"])

    told.say(CONVENOR, Confirm(deed=VISIT, side=Side.SECTOR))

    assert counts(told.facts(VISIT)["member/li"])


def test_the_office_can_decide_on_a_late_record() -> None:
    told = recorded(LI, on=TODAY - timedelta(days=31))

    told.say(OFFICE, Confirm(deed=VISIT, side=Side.COUNTY))

    assert counts(told.facts(VISIT)["member/li"])


def test_lateness_counts_from_the_last_day() -> None:
    first, last = TODAY - timedelta(days=40), TODAY - timedelta(days=5)

    assert counts(recorded(LI, on=first, until=last).facts(VISIT)["member/li"])


def test_thirty_days_are_not_late() -> None:
    assert counts(recorded(LI, on=TODAY - timedelta(days=30)).facts(VISIT)["member/li"])


@pytest.mark.parametrize(("days", "shown"), [(15, SideState.AWAITED), (16, SideState.NOT_OBJECTED)])
def test_silence_shows_as_not_objected_after_the_window_and_is_never_confirmed(
    days: int, shown: SideState
) -> None:
    fact = recorded(LI).facts(VISIT)["member/li"]

    said = attested(fact, attestation.DEFAULT, TODAY + timedelta(days=days))

    assert said.sector is shown
    assert fact.sector is None


def test_the_day_is_named_on_which_silence_matures() -> None:
    fact = recorded(LI).facts(VISIT)["member/li"]

    said = attested(fact, attestation.DEFAULT, TODAY)

    assert said.changes_on == TODAY + timedelta(days=16)


def test_silence_never_matures_inside_the_closing_weeks() -> None:
    policy = Policy(closing=TODAY + timedelta(days=10))
    fact = recorded(LI).facts(VISIT)["member/li"]

    said = attested(fact, policy, TODAY + timedelta(days=60))

    assert said.sector is SideState.AWAITED


@pytest.mark.parametrize(
    ("rule", "sides", "expected"),
    [
        (Counts.AT_ONCE, (), True),
        (Counts.UNLESS_OBJECTED, (), False),
        (Counts.UNLESS_OBJECTED, (CONVENOR,), True),
        (Counts.WHEN_CONFIRMED, (), False),
        (Counts.WHEN_CONFIRMED, (CONVENOR,), True),
        (Counts.WHEN_BOTH, (), False),
        (Counts.WHEN_BOTH, (CONVENOR,), True),
        (Counts.NEVER, (CONVENOR,), False),
    ],
)
def test_a_pack_may_tighten_what_counts_per_kind(
    rule: Counts, sides: tuple[Actor, ...], *, expected: bool
) -> None:
    told = recorded(LI)
    for actor in sides:
        told.say(actor, Confirm(deed=VISIT, side=Side.SECTOR))

    policy = Policy(by_kind={"visited_village": rule})

    assert counts(told.facts(VISIT)["member/li"], policy=policy) is expected


def test_unless_objected_counts_once_the_window_is_over() -> None:
    policy = Policy(by_kind={"visited_village": Counts.UNLESS_OBJECTED})
    fact = recorded(LI).facts(VISIT)["member/li"]

    assert not counts(fact, TODAY + timedelta(days=15), policy)
    assert counts(fact, TODAY + timedelta(days=16), policy)


def test_another_township_may_record_a_deed_and_the_studio_side_is_stamped() -> None:
    told = recorded(LI, actor=NORTH_CLERK, organiser=NORTH)

    stamp = told.facts(VISIT)["member/li"].studio

    assert stamp is not None
    assert stamp.unit == NORTH


def test_a_unit_without_any_head_falls_to_member_affairs() -> None:
    county = roster(convenor=None)
    nobody = replace(county.units[LINKING], appointments=())
    county = replace(county, units={**county.units, LINKING: nobody})

    assert county.answering(ECONOMY, TODAY)[0] == "affairs"
    assert {ECONOMY, LINKING} <= county.answered_by(county.answering(ECONOMY, TODAY)[0], TODAY)
    assert SOUTH not in county.answered_by(LINKING, TODAY)


def test_who_amends_his_own_declaration_has_to_be_vouched_for_anew() -> None:
    told = recorded(LI, actor=himself(LI))
    told.say(STUDIO_HEAD, Confirm(deed=VISIT, side=Side.STUDIO))

    body = visit(LI, key=True)
    told.say(himself(LI), AmendOccasion(occasion="v", body=body, reason="补充"))
    assert not counts(told.facts(VISIT)["member/li"])

    told.say(STUDIO_HEAD, Confirm(deed=VISIT, side=Side.STUDIO))
    assert counts(told.facts(VISIT)["member/li"])


def test_what_the_office_corrects_in_a_declaration_leaves_it_vouched_for() -> None:
    told = recorded(LI, actor=himself(LI))
    told.say(STUDIO_HEAD, Confirm(deed=VISIT, side=Side.STUDIO))

    told.say(OFFICE, AmendOccasion(occasion="v", body=visit(LI, key=True), reason="更正"))

    assert counts(told.facts(VISIT)["member/li"])
