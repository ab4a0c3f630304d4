"""People of the roster: admission, dated bonds, roles, exemptions, reporting in, guests, exit and return."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from domain.member import (
    BOUND_TO,
    Admit,
    Admitted,
    Bond,
    CorrectIntervals,
    Describe,
    Described,
    Dismiss,
    Dismissed,
    EndExemption,
    EndRole,
    Exempt,
    Exempted,
    Exemption,
    ExemptionEnded,
    Exit,
    GiveRole,
    Intervals,
    IntervalsCorrected,
    Invitation,
    Invite,
    Invited,
    Join,
    Joined,
    Leave,
    Left,
    MemberClass,
    MemberCommand,
    MemberRole,
    Membership,
    Person,
    Place,
    Placed,
    Placement,
    Profile,
    Readmit,
    Readmitted,
    ReportIn,
    RoleEnded,
    RoleGiven,
    RoleHeld,
    Standing,
    Term,
    Tie,
)
from domain.people import OF_THE_SYSTEM, Actor, PersonId, Reason, UnitId
from domain.unit import OpenUnit, Side, StudioKind, UnitKind, UnitProfile
from tests.county import (
    AUDITOR,
    BEGAN,
    CLERK,
    CONVENOR,
    ECONOMY,
    LINKING,
    MEDICINE,
    NORTH,
    OFFICE,
    SOUTH,
    Told,
    himself,
)
from tests.refusal import refusal

SUN = PersonId("sun")
PROFILE = Profile(name="孙委员")
TERM = Term(number=10, since=BEGAN)
IN_ECONOMY = Membership(bond=Bond.SECTOR, unit=ECONOMY, since=BEGAN)
IN_SOUTH = Membership(bond=Bond.STUDIO, unit=SOUTH, since=BEGAN, basis=Tie.RESIDENCE)
ADMIT = Admit(person=SUN, profile=PROFILE, term=TERM, memberships=(IN_ECONOMY, IN_SOUTH))


def roster_of(*commands: MemberCommand) -> Told:
    """A ledger in which Sun was admitted, and what was said of him since."""
    told = Told()
    for command in (ADMIT, *commands):
        told.say(OFFICE, command)
    return told


def sun(told: Told) -> Person:
    found = told.states["member/sun"]
    assert isinstance(found, Person)
    return found


# Admission


def test_a_member_is_admitted_with_his_term_and_bonds() -> None:
    told = Told()
    held = (RoleHeld(role=MemberRole.STANDING_MEMBER, since=BEGAN),)

    assert told.say(OFFICE, replace(ADMIT, roles=held)) == [
        Admitted(
            person=SUN,
            profile=PROFILE,
            term=TERM,
            memberships=(IN_ECONOMY, IN_SOUTH),
            roles=held,
        )
    ]

    assert sun(told) == Person(
        person=SUN,
        profile=PROFILE,
        terms=(TERM,),
        memberships=(IN_ECONOMY, IN_SOUTH),
        roles=held,
    )
    assert told.every_fact() == []


@pytest.mark.parametrize("standing", [Standing.GUEST, Standing.STAFF, Standing.OTHER])
def test_who_is_no_member_needs_no_term(standing: Standing) -> None:
    told = Told()
    told.say(OFFICE, Admit(person=SUN, profile=replace(PROFILE, standing=standing)))

    assert not sun(told).member_on(BEGAN)


@pytest.mark.parametrize(
    ("changed", "reason", "field"),
    [
        ({"profile": Profile(name=" ")}, Reason.MISSING, "/profile/name"),
        ({"term": None}, Reason.MISSING, "/term"),
        (
            {"term": Term(number=10, since=BEGAN, until=date(2020, 1, 1))},
            Reason.WRONG_ORDER,
            "/term/until",
        ),
        (
            {"memberships": (IN_SOUTH, replace(IN_ECONOMY, until=date(2020, 1, 1)))},
            Reason.WRONG_ORDER,
            "/memberships/1/until",
        ),
        (
            {
                "roles": (
                    RoleHeld(role=MemberRole.CHAIRPERSON, since=BEGAN, until=date(2020, 1, 1)),
                )
            },
            Reason.WRONG_ORDER,
            "/roles/0/until",
        ),
    ],
)
def test_an_admission_that_does_not_hold_is_refused_where_it_is_wrong(
    changed: dict[str, Any], reason: Reason, field: str
) -> None:
    assert refusal(Told(), OFFICE, replace(ADMIT, **changed)) == (reason, field)


def test_nobody_is_admitted_twice() -> None:
    assert refusal(roster_of(), OFFICE, ADMIT) == (Reason.ALREADY_RECORDED, "/person")


@pytest.mark.parametrize("person", sorted(OF_THE_SYSTEM))
def test_nobody_is_admitted_by_a_number_of_the_system_itself(person: str) -> None:
    asked = replace(ADMIT, person=PersonId(person))
    assert refusal(Told(), OFFICE, asked) == (Reason.RESERVED, "/person")


@pytest.mark.parametrize("actor", [CLERK, CONVENOR, himself(SUN), AUDITOR])
def test_only_the_office_keeps_the_roster(actor: Actor) -> None:
    assert refusal(Told(), actor, ADMIT) == (Reason.NOT_ALLOWED, "")
    assert refusal(roster_of(), actor, Join(person=SUN, membership=IN_SOUTH)) == (
        Reason.NOT_ALLOWED,
        "",
    )


EVERY_OTHER: list[MemberCommand] = [
    Describe(person=SUN, profile=PROFILE, reason="更正"),
    Join(person=SUN, membership=IN_SOUTH),
    Leave(person=SUN, bond=Bond.STUDIO, unit=SOUTH, until=BEGAN),
    GiveRole(person=SUN, held=RoleHeld(role=MemberRole.CHAIRPERSON, since=BEGAN)),
    EndRole(person=SUN, role=MemberRole.CHAIRPERSON, until=BEGAN),
    Exempt(person=SUN, exemption=Exemption(since=BEGAN, until=None, reason="病")),
    EndExemption(person=SUN, until=BEGAN),
    CorrectIntervals(person=SUN, wrong=Intervals(terms=(TERM,)), reason="误登"),
    Place(person=SUN, placement=Placement(township=NORTH, step=ReportIn.CHOSE, on=BEGAN)),
    Invite(person=SUN, step=Invitation.INVITED, on=BEGAN),
    Dismiss(person=SUN, on=BEGAN, how=Exit.RESIGNED),
    Readmit(person=SUN, term=TERM),
]


@pytest.mark.parametrize("command", EVERY_OTHER, ids=lambda c: type(c).__name__)
def test_nothing_is_said_of_who_is_not_on_the_roster(command: MemberCommand) -> None:
    assert refusal(Told(), OFFICE, command) == (Reason.NO_SUCH_PERSON, "/person")


# What is said of him


def test_what_is_said_of_a_person_is_replaced_with_a_reason() -> None:
    told = roster_of()
    new = replace(PROFILE, member_class=MemberClass.VILLAGE, employer="韩村")
    describe = Describe(person=SUN, profile=new, reason="调动")

    assert told.say(OFFICE, describe) == [Described(person=SUN, profile=new, reason="调动")]

    assert sun(told).profile == new
    assert told.say(OFFICE, describe) == []
    assert refusal(told, OFFICE, replace(describe, reason=" ")) == (
        Reason.REASON_MISSING,
        "/reason",
    )
    assert refusal(told, OFFICE, replace(describe, profile=Profile(name=""))) == (
        Reason.MISSING,
        "/profile/name",
    )


# Bonds


def test_joining_another_unit_ends_the_previous_primary_bond_the_day_before() -> None:
    told = roster_of()
    new = Membership(bond=Bond.SECTOR, unit=MEDICINE, since=date(2024, 3, 1))

    assert told.say(OFFICE, Join(person=SUN, membership=new)) == [
        Joined(person=SUN, membership=new)
    ]

    assert sun(told).memberships == (
        replace(IN_ECONOMY, until=date(2024, 2, 29)),
        IN_SOUTH,
        new,
    )
    assert [
        sun(told).bound_to(Bond.SECTOR, day)
        for day in (date(2021, 11, 30), BEGAN, date(2024, 2, 29), date(2024, 3, 1))
    ] == [None, ECONOMY, ECONOMY, MEDICINE]
    assert told.say(OFFICE, Join(person=SUN, membership=new)) == []


def test_a_second_bond_that_is_not_primary_ends_nothing_and_answers_for_nothing() -> None:
    told = roster_of()
    guest = Membership(bond=Bond.SECTOR, unit=MEDICINE, since=date(2024, 3, 1), primary=False)
    told.say(OFFICE, Join(person=SUN, membership=guest))

    assert sun(told).bound_to(Bond.SECTOR, date(2024, 3, 1)) == ECONOMY


def test_a_bond_of_another_kind_ends_nothing() -> None:
    told = roster_of()
    told.say(
        OFFICE,
        Join(person=SUN, membership=Membership(bond=Bond.COMMITTEE, unit=LINKING, since=BEGAN)),
    )

    assert sun(told).memberships[:2] == (IN_ECONOMY, IN_SOUTH)


def test_a_bond_ends_on_its_last_day() -> None:
    told = roster_of()
    leave = Leave(person=SUN, bond=Bond.STUDIO, unit=SOUTH, until=date(2024, 6, 30), reason="迁居")

    assert told.say(OFFICE, leave) == [
        Left(person=SUN, bond=Bond.STUDIO, unit=SOUTH, until=date(2024, 6, 30), reason="迁居")
    ]

    assert sun(told).bound_to(Bond.STUDIO, date(2024, 6, 30)) == SOUTH
    assert sun(told).bound_to(Bond.STUDIO, date(2024, 7, 1)) is None
    assert sun(told).bound_to(Bond.SECTOR, date(2024, 7, 1)) == ECONOMY
    assert told.say(OFFICE, leave) == []
    assert refusal(told, OFFICE, replace(leave, until=date(2024, 7, 1))) == (
        Reason.NO_SUCH_UNIT,
        "/unit",
    )
    assert refusal(told, OFFICE, replace(leave, unit=NORTH)) == (Reason.NO_SUCH_UNIT, "/unit")


def test_a_bond_does_not_end_before_it_starts() -> None:
    wrong = Membership(bond=Bond.STUDIO, unit=NORTH, since=BEGAN, until=date(2021, 1, 1))

    assert refusal(roster_of(), OFFICE, Join(person=SUN, membership=wrong)) == (
        Reason.WRONG_ORDER,
        "/membership/until",
    )


NOWHERE, CLOSED = UnitId("nowhere"), UnitId("closed")
WRONG_UNITS = [
    (replace(IN_ECONOMY, unit=NOWHERE), Reason.NO_SUCH_UNIT),
    (replace(IN_ECONOMY, since=date(2021, 11, 30)), Reason.UNIT_CLOSED),
    (replace(IN_SOUTH, unit=CLOSED, since=date(2025, 1, 1)), Reason.UNIT_CLOSED),
    (replace(IN_ECONOMY, unit=SOUTH), Reason.UNIT_NOT_OF_KIND),
    (replace(IN_SOUTH, unit=ECONOMY), Reason.UNIT_NOT_OF_KIND),
    (replace(IN_SOUTH, unit=LINKING, bond=Bond.GROUP), Reason.UNIT_NOT_OF_KIND),
]


@pytest.mark.parametrize(("bond", "reason"), WRONG_UNITS)
def test_a_bond_is_to_a_unit_that_was_there_and_is_of_its_kind(
    bond: Membership, reason: Reason
) -> None:
    assert refusal(roster_of(), OFFICE, Join(person=SUN, membership=bond)) == (
        reason,
        "/membership/unit",
    )
    assert refusal(Told(), OFFICE, replace(ADMIT, memberships=(IN_SOUTH, bond))) == (
        reason,
        "/memberships/1/unit",
    )


def test_every_bond_is_to_some_kind_of_unit() -> None:
    assert set(BOUND_TO) == set(Bond)
    assert all(kind.side is Side.SECTOR for kind in BOUND_TO[Bond.SECTOR])
    assert all(kind.side is Side.STUDIO for kind in BOUND_TO[Bond.STUDIO])


@pytest.mark.parametrize(
    "kind", [UnitKind.LIAISON_COMMITTEE, UnitKind.TOWNSHIP_GROUP, UnitKind.TOWNSHIP]
)
def test_which_unit_is_the_township_s_side_is_the_committee_s_choice(kind: UnitKind) -> None:
    told = roster_of()
    there = UnitProfile(kind=kind, name="东街")
    told.say(OFFICE, OpenUnit(unit=UnitId("east"), profile=there, since=BEGAN))

    moved = replace(IN_SOUTH, unit=UnitId("east"), since=date(2024, 1, 1))
    told.say(OFFICE, Join(person=SUN, membership=moved))

    assert sun(told).bound_to(Bond.STUDIO, date(2024, 1, 1)) == "east"


def test_a_sector_s_studio_is_nobody_s_primary_studio() -> None:
    told = roster_of()
    doctors = UnitProfile(kind=UnitKind.STUDIO, name="名医", studio_kind=StudioKind.SECTORAL)
    told.say(OFFICE, OpenUnit(unit=UnitId("doctors"), profile=doctors, since=BEGAN))
    bond = replace(IN_SOUTH, unit=UnitId("doctors"))

    assert refusal(told, OFFICE, Join(person=SUN, membership=bond)) == (
        Reason.UNIT_NOT_OF_KIND,
        "/membership/unit",
    )
    told.say(OFFICE, Join(person=SUN, membership=replace(bond, primary=False)))
    assert sun(told).bound_to(Bond.STUDIO, BEGAN) == SOUTH


# Roles and exemptions


def test_a_role_is_held_from_day_to_day() -> None:
    told = roster_of()
    held = RoleHeld(role=MemberRole.VICE_CHAIRPERSON, since=date(2023, 1, 1))
    give = GiveRole(person=SUN, held=held)
    end = EndRole(person=SUN, role=held.role, until=date(2023, 12, 31))

    assert told.say(OFFICE, give) == [RoleGiven(person=SUN, held=held)]
    assert told.say(OFFICE, give) == []
    assert told.say(OFFICE, end) == [
        RoleEnded(person=SUN, role=held.role, until=date(2023, 12, 31))
    ]
    assert told.say(OFFICE, end) == []

    assert [
        sun(told).holds(MemberRole.VICE_CHAIRPERSON, day)
        for day in (date(2022, 12, 31), date(2023, 1, 1), date(2023, 12, 31), date(2024, 1, 1))
    ] == [False, True, True, False]
    assert not sun(told).holds(MemberRole.CHAIRPERSON, date(2023, 6, 1))


def test_a_role_that_he_does_not_hold_cannot_end_and_none_ends_before_it_starts() -> None:
    told = roster_of()
    held = RoleHeld(role=MemberRole.CHAIRPERSON, since=date(2023, 1, 1), until=date(2022, 1, 1))

    assert refusal(told, OFFICE, EndRole(person=SUN, role=MemberRole.CHAIRPERSON, until=BEGAN)) == (
        Reason.NOT_A_PARTICIPANT,
        "/role",
    )
    assert refusal(told, OFFICE, GiveRole(person=SUN, held=held)) == (
        Reason.WRONG_ORDER,
        "/held/until",
    )


def test_duties_are_not_asked_of_him_for_a_time() -> None:
    told = roster_of()
    leave = Exemption(since=date(2024, 3, 1), until=date(2024, 8, 31), reason="产假")
    exempt = Exempt(person=SUN, exemption=leave)

    assert told.say(OFFICE, exempt) == [Exempted(person=SUN, exemption=leave)]
    assert told.say(OFFICE, exempt) == []

    assert [
        sun(told).exempt_on(day)
        for day in (date(2024, 2, 29), date(2024, 3, 1), date(2024, 8, 31), date(2024, 9, 1))
    ] == [False, True, True, False]
    assert refusal(told, OFFICE, Exempt(person=SUN, exemption=replace(leave, reason=" "))) == (
        Reason.REASON_MISSING,
        "/exemption/reason",
    )
    assert refusal(
        told, OFFICE, Exempt(person=SUN, exemption=replace(leave, until=date(2024, 1, 1)))
    ) == (Reason.WRONG_ORDER, "/exemption/until")


def test_what_frees_him_of_duties_without_end_ends_when_he_is_back() -> None:
    leave = Exemption(since=date(2024, 3, 1), until=None, reason="住院")
    told = roster_of(Exempt(person=SUN, exemption=leave))
    end = EndExemption(person=SUN, until=date(2024, 8, 31), reason="康复")

    assert told.say(OFFICE, end) == [
        ExemptionEnded(person=SUN, until=date(2024, 8, 31), reason="康复")
    ]

    assert sun(told).exemptions == (replace(leave, until=date(2024, 8, 31)),)
    assert [sun(told).exempt_on(date(2024, 8, 31)), sun(told).exempt_on(date(2024, 9, 1))] == [
        True,
        False,
    ]
    assert told.say(OFFICE, end) == []
    assert refusal(told, OFFICE, replace(end, until=date(2024, 9, 1))) == (
        Reason.NO_SUCH_INTERVAL,
        "/until",
    )


# Corrections

CHAIR = RoleHeld(role=MemberRole.CHAIRPERSON, since=BEGAN)
AWAY = Exemption(since=date(2024, 3, 1), until=None, reason="住院")
REPORTED = Placement(township=NORTH, step=ReportIn.REPORTED, on=date(2024, 1, 1))
HAS = Intervals(
    terms=(TERM,),
    memberships=(IN_ECONOMY, IN_SOUTH),
    roles=(CHAIR,),
    exemptions=(AWAY,),
    placements=(REPORTED,),
)
LATER = date(2022, 6, 1)


def has_all() -> Told:
    """Sun with something of each sort."""
    return roster_of(
        GiveRole(person=SUN, held=CHAIR),
        Exempt(person=SUN, exemption=AWAY),
        Place(person=SUN, placement=REPORTED),
    )


def intervals(of: Person) -> Intervals:
    return Intervals(
        terms=of.terms,
        memberships=of.memberships,
        roles=of.roles,
        exemptions=of.exemptions,
        placements=of.placements,
    )


@pytest.mark.parametrize(
    ("wrong", "right", "becomes"),
    [
        (
            Intervals(memberships=(IN_ECONOMY,)),
            Intervals(memberships=(replace(IN_ECONOMY, since=LATER),)),
            replace(HAS, memberships=(replace(IN_ECONOMY, since=LATER), IN_SOUTH)),
        ),
        (
            Intervals(terms=(TERM,)),
            Intervals(terms=(replace(TERM, since=LATER),)),
            replace(HAS, terms=(replace(TERM, since=LATER),)),
        ),
        (
            Intervals(roles=(CHAIR,), exemptions=(AWAY,)),
            Intervals(roles=(replace(CHAIR, since=LATER),)),
            replace(HAS, roles=(replace(CHAIR, since=LATER),), exemptions=()),
        ),
        (
            Intervals(placements=(REPORTED,)),
            Intervals(placements=(replace(REPORTED, on=LATER), replace(REPORTED, township=SOUTH))),
            replace(
                HAS, placements=(replace(REPORTED, on=LATER), replace(REPORTED, township=SOUTH))
            ),
        ),
    ],
    ids=["bond", "term", "role and exemption", "placement"],
)
def test_what_was_entered_wrongly_is_corrected_with_a_reason(
    wrong: Intervals, right: Intervals, becomes: Intervals
) -> None:
    told = has_all()
    correct = CorrectIntervals(person=SUN, wrong=wrong, right=right, reason="误登")

    assert told.say(OFFICE, correct) == [
        IntervalsCorrected(person=SUN, wrong=wrong, right=right, reason="误登")
    ]

    assert intervals(sun(told)) == becomes
    assert told.say(OFFICE, correct) == []


def test_a_bond_entered_with_a_wrong_first_day_gives_back_what_it_ended() -> None:
    moved = Membership(bond=Bond.SECTOR, unit=MEDICINE, since=date(2022, 3, 1))
    told = roster_of(Join(person=SUN, membership=moved))
    ended = replace(IN_ECONOMY, until=date(2022, 2, 28))
    assert sun(told).memberships == (ended, IN_SOUTH, moved)

    told.say(
        OFFICE,
        CorrectIntervals(
            person=SUN,
            wrong=Intervals(memberships=(ended, moved)),
            right=Intervals(
                memberships=(
                    replace(IN_ECONOMY, until=date(2024, 2, 29)),
                    replace(moved, since=date(2024, 3, 1)),
                )
            ),
            reason="年份误登",
        ),
    )

    assert [
        sun(told).bound_to(Bond.SECTOR, day)
        for day in (date(2022, 3, 1), date(2024, 2, 29), date(2024, 3, 1))
    ] == [ECONOMY, ECONOMY, MEDICINE]


@pytest.mark.parametrize(
    ("changed", "reason", "field"),
    [
        ({"reason": " "}, Reason.REASON_MISSING, "/reason"),
        ({"wrong": Intervals()}, Reason.MISSING, "/wrong"),
        (
            {"wrong": Intervals(roles=(replace(CHAIR, since=LATER),)), "right": Intervals()},
            Reason.NO_SUCH_INTERVAL,
            "/wrong/roles/0",
        ),
        ({"right": Intervals(exemptions=(AWAY,))}, Reason.MISSING, "/wrong/exemptions"),
        (
            {"right": Intervals(roles=(replace(CHAIR, until=date(2020, 1, 1)),))},
            Reason.WRONG_ORDER,
            "/right/roles/0/until",
        ),
        (
            {
                "wrong": Intervals(memberships=(IN_ECONOMY,)),
                "right": Intervals(memberships=(replace(IN_ECONOMY, unit=SOUTH),)),
            },
            Reason.UNIT_NOT_OF_KIND,
            "/right/memberships/0/unit",
        ),
        (
            {
                "wrong": Intervals(exemptions=(AWAY,)),
                "right": Intervals(exemptions=(replace(AWAY, reason=""),)),
            },
            Reason.REASON_MISSING,
            "/right/exemptions/0/reason",
        ),
        (
            {
                "wrong": Intervals(placements=(REPORTED,)),
                "right": Intervals(placements=(replace(REPORTED, township=NOWHERE),)),
            },
            Reason.NO_SUCH_UNIT,
            "/right/placements/0/township",
        ),
        (
            {
                "wrong": Intervals(terms=(TERM,)),
                "right": Intervals(terms=(replace(TERM, until=date(2020, 1, 1)),)),
            },
            Reason.WRONG_ORDER,
            "/right/terms/0/until",
        ),
        ({"wrong": Intervals(terms=(TERM,)), "right": Intervals()}, Reason.MISSING, "/right/terms"),
    ],
)
def test_a_correction_that_does_not_hold_is_refused_where_it_is_wrong(
    changed: dict[str, Any], reason: Reason, field: str
) -> None:
    correct = CorrectIntervals(
        person=SUN,
        wrong=Intervals(roles=(CHAIR,)),
        right=Intervals(roles=(replace(CHAIR, since=LATER),)),
        reason="误登",
    )

    assert refusal(has_all(), OFFICE, replace(correct, **changed)) == (reason, field)


# Reporting in, and guests


def test_reporting_in_to_a_township_goes_step_by_step() -> None:
    told = roster_of()
    steps = tuple(
        Placement(township=NORTH, step=step, on=date(2024, 1, 1 + i), basis=Tie.WORKPLACE)
        for i, step in enumerate(ReportIn)
    )

    for placement in steps:
        assert told.say(OFFICE, Place(person=SUN, placement=placement)) == [
            Placed(person=SUN, placement=placement)
        ]

    assert sun(told).placements == steps
    assert told.say(OFFICE, Place(person=SUN, placement=steps[0])) == []


@pytest.mark.parametrize(
    ("changed", "reason", "field"),
    [
        ({"township": NOWHERE}, Reason.NO_SUCH_UNIT, "/placement/township"),
        ({"township": ECONOMY}, Reason.UNIT_NOT_OF_KIND, "/placement/township"),
        ({"on": date(2021, 1, 1)}, Reason.UNIT_CLOSED, "/placement/township"),
        ({"room": NOWHERE}, Reason.NO_SUCH_UNIT, "/placement/room"),
        ({"room": SOUTH}, Reason.UNIT_NOT_OF_KIND, "/placement/room"),
    ],
)
def test_nobody_reports_in_to_what_is_not_there(
    changed: dict[str, Any], reason: Reason, field: str
) -> None:
    placement = replace(Placement(township=NORTH, step=ReportIn.CHOSE, on=BEGAN), **changed)

    assert refusal(roster_of(), OFFICE, Place(person=SUN, placement=placement)) == (reason, field)


def test_a_guest_is_invited_and_answers() -> None:
    told = Told()
    guest = replace(PROFILE, standing=Standing.GUEST)
    told.say(OFFICE, Admit(person=SUN, profile=guest))

    for step in (Invitation.INVITED, Invitation.DECLINED, Invitation.INVITED, Invitation.ACCEPTED):
        invite = Invite(person=SUN, step=step, on=BEGAN, to=SOUTH)
        assert told.say(OFFICE, invite) == [Invited(person=SUN, step=step, on=BEGAN, to=SOUTH)]
        assert sun(told).invitation is step


def test_a_guest_is_invited_to_a_unit_that_is_there() -> None:
    told = Told()
    told.say(OFFICE, Admit(person=SUN, profile=replace(PROFILE, standing=Standing.GUEST)))
    invite = Invite(person=SUN, step=Invitation.INVITED, on=BEGAN)

    for to, reason in ((NOWHERE, Reason.NO_SUCH_UNIT), (CLOSED, Reason.UNIT_CLOSED)):
        late = replace(invite, to=to, on=date(2025, 1, 1))
        assert refusal(told, OFFICE, late) == (reason, "/to")
    assert len(told.say(OFFICE, invite)) == 1


def test_members_are_not_invited() -> None:
    assert refusal(roster_of(), OFFICE, Invite(person=SUN, step=Invitation.INVITED, on=BEGAN)) == (
        Reason.SUBJECT_NOT_OF_KIND,
        "/person",
    )


# Exit and return


@pytest.mark.parametrize("how", list(Exit))
def test_a_membership_ends_on_its_last_day(how: Exit) -> None:
    told = roster_of()
    dismiss = Dismiss(person=SUN, on=date(2024, 5, 31), how=how, reason="会议决定")

    assert told.say(OFFICE, dismiss) == [
        Dismissed(person=SUN, on=date(2024, 5, 31), how=how, reason="会议决定")
    ]

    assert sun(told).terms == (replace(TERM, until=date(2024, 5, 31), exit=how),)
    assert sun(told).member_on(date(2024, 5, 31))
    assert not sun(told).member_on(date(2024, 6, 1))
    assert told.say(OFFICE, dismiss) == []
    assert refusal(told, OFFICE, replace(dismiss, on=date(2024, 6, 1))) == (
        Reason.NOT_A_MEMBER_THEN,
        "/on",
    )


def test_who_left_may_return_for_another_term() -> None:
    told = roster_of(Dismiss(person=SUN, on=date(2024, 5, 31), how=Exit.ADJUSTED))
    again = Term(number=11, since=date(2025, 1, 1), added=True)

    assert told.say(OFFICE, Readmit(person=SUN, term=again)) == [Readmitted(person=SUN, term=again)]

    assert [
        sun(told).member_on(day)
        for day in (date(2024, 5, 31), date(2024, 12, 31), date(2025, 1, 1))
    ] == [True, False, True]


def test_a_return_needs_an_absence_and_an_order_of_days() -> None:
    told = roster_of()
    wrong = Term(number=11, since=date(2027, 1, 1), until=date(2026, 1, 1))

    assert refusal(told, OFFICE, Readmit(person=SUN, term=TERM)) == (
        Reason.ALREADY_DONE,
        "/term/since",
    )
    assert refusal(told, OFFICE, Readmit(person=SUN, term=wrong)) == (
        Reason.WRONG_ORDER,
        "/term/until",
    )
