"""The roster as a whole: who is what on which day, and who answers for whom."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from domain.deed import Confirm
from domain.member import Bond, Join, Membership
from domain.occasion import RecordOccasion
from domain.people import PersonId, Reason, UnitId
from domain.roster import Roster
from domain.unit import Side, Unit, UnitKind, UnitProfile
from tests.county import (
    AFFAIRS,
    BEGAN,
    CLERK,
    CONVENOR,
    COUNTY,
    ECONOMY,
    GUEST,
    LATER,
    LI,
    LINKING,
    LINKING_HEAD,
    MEDICINE,
    NORTH,
    OFFICE,
    SOUTH,
    TODAY,
    WANG,
    Told,
    roster,
    unit,
    visit,
)
from tests.refusal import refusal

CLOSED = UnitId("closed")


def with_unit(of: Roster, **changed: object) -> Roster:
    """The roster with the economy sector changed."""
    economy = replace(of.units[ECONOMY], **changed)  # type: ignore[arg-type]
    return replace(of, units={**of.units, ECONOMY: economy})


@pytest.mark.parametrize(
    ("who", "day", "is_member"),
    [
        (LI, BEGAN - timedelta(days=1), False),
        (LI, BEGAN, True),
        (LATER, date(2025, 6, 14), False),
        (LATER, date(2025, 6, 15), True),
        (GUEST, TODAY, False),
        (PersonId("nobody"), TODAY, False),
    ],
)
def test_membership_is_asked_of_a_day(who: PersonId, day: date, *, is_member: bool) -> None:
    assert roster().member_on(who, day) is is_member


def test_home_is_the_unit_of_that_day_on_that_side() -> None:
    told = Told()
    moved = Membership(bond=Bond.SECTOR, unit=MEDICINE, since=date(2025, 6, 21))
    told.states["member/li"] = told.roster.people[LI]
    told.say(OFFICE, Join(person=LI, membership=moved))
    later = replace(told.roster, people={LI: told.states["member/li"]})

    assert later.home(LI, Side.SECTOR, date(2025, 6, 20)) == ECONOMY
    assert later.home(LI, Side.SECTOR, date(2025, 6, 21)) == MEDICINE
    assert later.home(LI, Side.STUDIO, date(2025, 6, 21)) == SOUTH
    assert later.home(LI, Side.STUDIO, BEGAN - timedelta(days=1)) is None
    assert later.home(PersonId("nobody"), Side.SECTOR, TODAY) is None


def test_a_unit_answers_for_itself_then_linking_committee_parent_member_affairs_the_committee() -> (
    None
):
    county = with_unit(
        roster(),
        profile=replace(roster().units[ECONOMY].profile, parent=SOUTH),
    )

    def stand_ins(unit: UnitId | None) -> list[UnitId]:
        return list(county.stand_ins(unit))

    assert stand_ins(ECONOMY) == [ECONOMY, LINKING, SOUTH, AFFAIRS, COUNTY]
    assert stand_ins(NORTH) == [NORTH, AFFAIRS, COUNTY]
    assert stand_ins(AFFAIRS) == [AFFAIRS, COUNTY]
    assert stand_ins(COUNTY) == [COUNTY, AFFAIRS]
    assert stand_ins(None) == [AFFAIRS, COUNTY]
    assert stand_ins(UnitId("nowhere")) == [AFFAIRS, COUNTY]


def test_units_that_are_not_on_the_roster_stand_in_for_nobody() -> None:
    profile = replace(roster().units[ECONOMY].profile, linked_by=UnitId("gone"), parent=ECONOMY)

    county = with_unit(roster(), profile=profile)

    assert list(county.stand_ins(ECONOMY)) == [ECONOMY, AFFAIRS, COUNTY]


def test_without_a_member_affairs_committee_the_liaison_centre_stands_in_then_the_committee() -> (
    None
):
    centre = unit(UnitId("centre"), UnitKind.LIAISON_CENTRE, PersonId("centre-head"))
    units = {u: each for u, each in roster().units.items() if u != AFFAIRS}

    assert Roster(units={**units, centre.unit: centre}).answering(CLOSED, TODAY) == (
        centre.unit,
        (PersonId("centre-head"),),
    )
    assert Roster(units=units).answering(CLOSED, TODAY) == (
        COUNTY,
        (PersonId("secretary"),),
    )


def test_the_heads_of_a_unit_answer_until_its_last_day() -> None:
    county = with_unit(roster(), until=TODAY)

    assert county.answering(ECONOMY, TODAY) == (ECONOMY, (WANG,))
    assert county.answering(ECONOMY, TODAY + timedelta(days=1)) == (
        LINKING,
        (PersonId("linking-head"),),
    )


def test_who_headed_a_closed_unit_confirms_no_more() -> None:
    told = Told()
    told.say(CLERK, RecordOccasion(occasion="v", body=visit(LI)))
    told.roster = with_unit(told.roster, until=TODAY - timedelta(days=1))
    confirm = Confirm(deed="occasion/v", side=Side.SECTOR)

    assert refusal(told, CONVENOR, confirm) == (Reason.NOT_YOURS_TO_CONFIRM, "/people/0")
    assert len(told.say(LINKING_HEAD, confirm)) == 1


def test_nobody_answers_for_his_own_lines() -> None:
    assert roster().answering(ECONOMY, TODAY, other_than=WANG)[0] == LINKING
    assert roster().answering(ECONOMY, TODAY, other_than=LI)[0] == ECONOMY


def test_who_answers_is_asked_of_today() -> None:
    assert roster().answering(ECONOMY, TODAY) == (ECONOMY, (WANG,))
    assert roster().answering(ECONOMY, BEGAN - timedelta(days=1)) == (ECONOMY, ())
    assert roster(convenor=None).answering(ECONOMY, TODAY) == (
        LINKING,
        (PersonId("linking-head"),),
    )
    assert roster().answering(None, TODAY) == (AFFAIRS, (PersonId("affairs-head"),))


def test_where_nobody_answers_the_queue_lies_with_the_last_who_stand_in() -> None:
    alone = Unit(unit=SOUTH, profile=UnitProfile(kind=UnitKind.STUDIO, name="南街"), since=BEGAN)
    committee = unit(COUNTY, UnitKind.COMMITTEE)

    assert Roster(units={SOUTH: alone}).answering(SOUTH, TODAY) == (SOUTH, ())
    assert Roster(units={SOUTH: alone, COUNTY: committee}).answering(SOUTH, TODAY) == (COUNTY, ())
    assert Roster().answering(None, TODAY) == ("", ())


def test_a_queue_lies_with_one_unit_only() -> None:
    county = roster(convenor=None)

    queues = [county.answered_by(each, TODAY) for each in county.units]

    assert sorted(u for queue in queues for u in queue) == sorted(county.units)
    assert county.answered_by(LINKING, TODAY) == {LINKING, ECONOMY}
    assert county.answered_by(ECONOMY, TODAY) == frozenset()
