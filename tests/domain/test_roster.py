"""The roster as a whole: who is what on which day, and who answers for whom."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from domain.member import Bond, Join, Membership
from domain.people import PersonId, UnitId
from domain.roster import Roster
from domain.unit import Side, Unit, UnitKind, UnitProfile
from tests.county import (
    AFFAIRS,
    BEGAN,
    COUNTY,
    ECONOMY,
    GUEST,
    LATER,
    LI,
    LINKING,
    MEDICINE,
    NORTH,
    OFFICE,
    SOUTH,
    TODAY,
    WANG,
    Told,
    roster,
)


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


def test_a_unit_answers_for_itself_then_the_linking_committee_the_parent_member_affairs() -> None:
    county = with_unit(
        roster(),
        profile=replace(roster().units[ECONOMY].profile, parent=COUNTY),
    )

    assert county.stand_ins(ECONOMY) == [ECONOMY, LINKING, COUNTY, AFFAIRS]
    assert county.stand_ins(NORTH) == [NORTH, AFFAIRS]
    assert county.stand_ins(AFFAIRS) == [AFFAIRS]
    assert county.stand_ins(None) == [AFFAIRS]
    assert county.stand_ins(UnitId("nowhere")) == [AFFAIRS]


def test_units_that_are_not_on_the_roster_stand_in_for_nobody() -> None:
    profile = replace(roster().units[ECONOMY].profile, linked_by=UnitId("gone"), parent=ECONOMY)

    assert with_unit(roster(), profile=profile).stand_ins(ECONOMY) == [ECONOMY, AFFAIRS]


def test_who_answers_is_asked_of_today() -> None:
    assert roster().answering(ECONOMY, TODAY) == (ECONOMY, (WANG,))
    assert roster().answering(ECONOMY, BEGAN - timedelta(days=1)) == (ECONOMY, ())
    assert roster(convenor=None).answering(ECONOMY, TODAY) == (
        LINKING,
        (PersonId("linking-head"),),
    )
    assert roster().answering(None, TODAY) == (AFFAIRS, (PersonId("affairs-head"),))


def test_where_nobody_answers_the_queue_is_named_after_the_unit_itself() -> None:
    alone = Unit(unit=SOUTH, profile=UnitProfile(kind=UnitKind.STUDIO, name="南街"), since=BEGAN)

    assert Roster(units={SOUTH: alone}).answering(SOUTH, TODAY) == (SOUTH, ())
    assert Roster().answering(None, TODAY) == ("", ())


def test_a_queue_lies_with_one_unit_only() -> None:
    county = roster(convenor=None)

    queues = [county.answered_by(unit, TODAY) for unit in county.units]

    assert sorted(u for queue in queues for u in queue) == sorted(county.units)
    assert county.answered_by(LINKING, TODAY) == {LINKING, ECONOMY}
    assert county.answered_by(ECONOMY, TODAY) == frozenset()
