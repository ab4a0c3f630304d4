"""Units of the roster: how they are opened, described, listed and closed, and who holds office in them when."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from domain.member import Admit, Profile, Standing
from domain.people import Actor, PersonId, Reason, UnitId
from domain.unit import (
    LONGEST_DOCUMENT,
    LONGEST_FIELD,
    MOST_FIELDS,
    Appoint,
    Appointed,
    Appointment,
    AppointmentsCorrected,
    CorrectAppointments,
    DescribeUnit,
    Life,
    MoveUnitOn,
    Office,
    OpenUnit,
    Relieve,
    Relieved,
    Side,
    StudioKind,
    Unit,
    UnitCommand,
    UnitDescribed,
    UnitKind,
    UnitMovedOn,
    UnitOpened,
    UnitProfile,
)
from tests.county import AUDITOR, CLERK, CONVENOR, COUNTY, OFFICE, Told, himself
from tests.refusal import refusal

EAST = UnitId("east")
ZHOU = PersonId("zhou")
PROFILE = UnitProfile(kind=UnitKind.STUDIO, name="东街工作室")
SINCE = date(2022, 1, 1)
OPEN = OpenUnit(unit=EAST, profile=PROFILE, since=SINCE)


def opened(*commands: UnitCommand) -> Told:
    """A ledger in which Zhou is on the staff, the east studio was opened, and what was said of it since."""
    told = Told()
    staff = Profile(name="周", standing=Standing.STAFF)
    for command in (Admit(person=ZHOU, profile=staff), OPEN, *commands):
        told.say(OFFICE, command)
    return told


def east(told: Told) -> Unit:
    found = told.states["unit/east"]
    assert isinstance(found, Unit)
    return found


def test_a_unit_is_opened() -> None:
    told = Told()

    assert told.say(OFFICE, replace(OPEN, life=Life.PLANNED)) == [
        UnitOpened(unit=EAST, profile=PROFILE, since=SINCE, life=Life.PLANNED)
    ]

    assert east(told) == Unit(unit=EAST, profile=PROFILE, since=SINCE, life=Life.PLANNED)
    assert told.every_fact() == []
    assert refusal(told, OFFICE, OPEN) == (Reason.ALREADY_RECORDED, "/unit")


def test_a_unit_has_a_name() -> None:
    nameless = replace(PROFILE, name=" ")

    assert refusal(Told(), OFFICE, replace(OPEN, profile=nameless)) == (
        Reason.MISSING,
        "/profile/name",
    )
    assert refusal(opened(), OFFICE, DescribeUnit(unit=EAST, profile=nameless, reason="更名")) == (
        Reason.MISSING,
        "/profile/name",
    )


@pytest.mark.parametrize("actor", [CLERK, CONVENOR, himself(ZHOU), AUDITOR])
def test_only_the_office_keeps_the_roster(actor: Actor) -> None:
    assert refusal(Told(), actor, OPEN) == (Reason.NOT_ALLOWED, "")


@pytest.mark.parametrize(
    "command",
    [
        DescribeUnit(unit=EAST, profile=PROFILE, reason="更名"),
        MoveUnitOn(unit=EAST, life=Life.LISTED, on=SINCE),
        Appoint(unit=EAST, appointment=Appointment(person=ZHOU, office=Office.HEAD, since=SINCE)),
        Relieve(unit=EAST, person=ZHOU, office=Office.HEAD, until=SINCE),
    ],
    ids=lambda c: type(c).__name__,
)
def test_nothing_is_said_of_a_unit_that_is_not_there(command: UnitCommand) -> None:
    assert refusal(Told(), OFFICE, command) == (Reason.NO_SUCH_UNIT, "/unit")


def test_what_is_said_of_a_unit_is_replaced_with_a_reason() -> None:
    told = opened()
    new = replace(PROFILE, name="东街委员工作室", place="东街1号")
    describe = DescribeUnit(unit=EAST, profile=new, reason="更名")

    assert told.say(OFFICE, describe) == [UnitDescribed(unit=EAST, profile=new, reason="更名")]

    assert east(told).profile == new
    assert told.say(OFFICE, describe) == []
    assert refusal(told, OFFICE, replace(describe, reason=" ")) == (
        Reason.REASON_MISSING,
        "/reason",
    )


def test_a_unit_moves_on_is_closed_and_opened_again() -> None:
    told = opened()

    for life in (Life.LISTED, Life.EXEMPLARY):
        move = MoveUnitOn(unit=EAST, life=life, on=date(2023, 1, 1), reason="验收")
        assert told.say(OFFICE, move) == [
            UnitMovedOn(unit=EAST, life=life, on=date(2023, 1, 1), reason="验收")
        ]
        assert told.say(OFFICE, move) == []
        assert (east(told).life, east(told).until) == (life, None)

    told.say(OFFICE, MoveUnitOn(unit=EAST, life=Life.CLOSED, on=date(2023, 12, 31)))
    assert [
        east(told).open_on(day)
        for day in (date(2021, 12, 31), SINCE, date(2023, 12, 31), date(2024, 1, 1))
    ] == [False, True, True, False]

    told.say(OFFICE, MoveUnitOn(unit=EAST, life=Life.OPEN, on=date(2024, 6, 1)))
    assert east(told).open_on(date(2024, 6, 1))


def test_a_unit_does_not_move_on_before_it_was_opened() -> None:
    assert refusal(
        opened(), OFFICE, MoveUnitOn(unit=EAST, life=Life.LISTED, on=date(2021, 12, 31))
    ) == (Reason.WRONG_ORDER, "/on")
    assert len(opened().say(OFFICE, MoveUnitOn(unit=EAST, life=Life.LISTED, on=SINCE))) == 1


def test_an_office_is_held_from_day_to_day() -> None:
    told = opened()
    held = Appointment(person=ZHOU, office=Office.HEAD, since=SINCE, certificate="聘书1")
    appoint = Appoint(unit=EAST, appointment=held)
    relieve = Relieve(
        unit=EAST, person=ZHOU, office=Office.HEAD, until=date(2022, 12, 31), reason="轮换"
    )

    assert told.say(OFFICE, appoint) == [Appointed(unit=EAST, appointment=held)]
    assert told.say(OFFICE, appoint) == []
    assert told.say(OFFICE, relieve) == [
        Relieved(
            unit=EAST,
            person=ZHOU,
            office=Office.HEAD,
            until=date(2022, 12, 31),
            reason="轮换",
        )
    ]
    assert told.say(OFFICE, relieve) == []

    assert [
        east(told).answering_on(day)
        for day in (date(2021, 12, 31), SINCE, date(2022, 12, 31), date(2023, 1, 1))
    ] == [(), (ZHOU,), (ZHOU,), ()]
    assert refusal(told, OFFICE, replace(relieve, until=date(2023, 1, 1))) == (
        Reason.NO_SUCH_PERSON,
        "/person",
    )
    assert refusal(told, OFFICE, replace(relieve, office=Office.DEPUTY)) == (
        Reason.NO_SUCH_PERSON,
        "/person",
    )


@pytest.mark.parametrize("office", list(Office))
def test_only_some_offices_answer_for_the_unit(office: Office) -> None:
    told = opened(
        Appoint(unit=EAST, appointment=Appointment(person=ZHOU, office=office, since=SINCE))
    )

    answering = {Office.HEAD, Office.DEPUTY, Office.CONVENOR, Office.GROUP_LEADER}
    assert east(told).answering_on(SINCE) == ((ZHOU,) if office in answering else ())


def test_an_appointment_that_does_not_hold_is_refused_where_it_is_wrong() -> None:
    told = opened(MoveUnitOn(unit=EAST, life=Life.CLOSED, on=date(2023, 12, 31)))
    held = Appointment(person=ZHOU, office=Office.HEAD, since=SINCE, until=date(2021, 1, 1))

    def said(appointment: Appointment) -> tuple[Reason, str]:
        return refusal(told, OFFICE, Appoint(unit=EAST, appointment=appointment))

    assert said(held) == (Reason.WRONG_ORDER, "/appointment/until")
    for since in (date(2021, 12, 31), date(2024, 1, 1)):
        assert said(replace(held, since=since, until=None)) == (
            Reason.UNIT_CLOSED,
            "/appointment/since",
        )


def test_who_holds_an_office_need_not_be_a_member_but_is_on_the_roster() -> None:
    told = opened()
    nobody = Appointment(person=PersonId("zhuo"), office=Office.HEAD, since=SINCE)

    assert refusal(told, OFFICE, Appoint(unit=EAST, appointment=nobody)) == (
        Reason.NO_SUCH_PERSON,
        "/appointment/person",
    )
    assert not told.roster.people[ZHOU].member_on(SINCE)
    assert len(told.say(OFFICE, Appoint(unit=EAST, appointment=replace(nobody, person=ZHOU)))) == 1


def test_an_expert_is_appointed_for_fields_of_expertise() -> None:
    told = opened()
    held = Appointment(person=ZHOU, office=Office.EXPERT, since=SINCE, expertise=("农业", "法律"))

    assert told.say(OFFICE, Appoint(unit=EAST, appointment=held)) == [
        Appointed(unit=EAST, appointment=held)
    ]
    for fields, reason, field in (
        (("农业", " "), Reason.MISSING, "/appointment/expertise/1"),
        (("农" * (LONGEST_FIELD + 1),), Reason.TOO_LARGE, "/appointment/expertise/0"),
        (("农业", "农业"), Reason.SAME_TWICE, "/appointment/expertise/1"),
        (("农业", " - "), Reason.MALFORMED, "/appointment/expertise/1"),
        (tuple(map(str, range(MOST_FIELDS + 1))), Reason.TOO_MANY, "/appointment/expertise"),
    ):
        appoint = Appoint(unit=EAST, appointment=replace(held, expertise=fields))
        assert refusal(told, OFFICE, appoint) == (reason, field)


def test_an_appointment_names_when_the_party_committee_approved_it_and_by_which_document() -> None:
    told = opened()
    held = Appointment(
        person=ZHOU,
        office=Office.DEPUTY,
        since=SINCE,
        approved_on=date(2023, 12, 20),
        approval_document="委〔2023〕88号",
    )

    for changed, reason, field in (
        (replace(held, approved_on=None), Reason.MISSING, "/appointment/approved_on"),
        (
            replace(held, approval_document="文" * (LONGEST_DOCUMENT + 1)),
            Reason.TOO_LARGE,
            "/appointment/approval_document",
        ),
    ):
        assert refusal(told, OFFICE, Appoint(unit=EAST, appointment=changed)) == (reason, field)
    assert told.say(OFFICE, Appoint(unit=EAST, appointment=held)) == [
        Appointed(unit=EAST, appointment=held)
    ]


def test_an_appointment_entered_wrongly_is_corrected_or_taken_back() -> None:
    held = Appointment(person=ZHOU, office=Office.HEAD, since=SINCE)
    right = replace(held, since=date(2023, 1, 1), certificate="聘书1")
    told = opened(Appoint(unit=EAST, appointment=held))
    correct = CorrectAppointments(unit=EAST, wrong=(held,), right=(right,), reason="年份误登")

    for changed, reason, field in (
        ({"reason": ""}, Reason.REASON_MISSING, "/reason"),
        ({"wrong": ()}, Reason.MISSING, "/wrong"),
        ({"wrong": (replace(held, office=Office.DEPUTY),)}, Reason.NO_SUCH_INTERVAL, "/wrong/0"),
        (
            {"right": (replace(right, person=PersonId("zhuo")),)},
            Reason.NO_SUCH_PERSON,
            "/right/0/person",
        ),
        (
            {"right": (replace(right, since=date(2021, 1, 1)),)},
            Reason.UNIT_CLOSED,
            "/right/0/since",
        ),
    ):
        said: dict[str, Any] = changed
        assert refusal(told, OFFICE, replace(correct, **said)) == (reason, field)

    assert told.say(OFFICE, correct) == [
        AppointmentsCorrected(unit=EAST, wrong=(held,), right=(right,), reason="年份误登")
    ]
    assert told.say(OFFICE, correct) == []
    assert [east(told).answering_on(day) for day in (SINCE, date(2023, 1, 1))] == [(), (ZHOU,)]

    told.say(OFFICE, replace(correct, wrong=(right,), right=()))
    assert east(told).appointments == ()


@pytest.mark.parametrize("place", ["parent", "township", "linked_by"])
def test_a_unit_is_placed_under_units_that_are_there(place: str) -> None:
    def under(unit: UnitId) -> UnitProfile:
        said: dict[str, Any] = {place: unit}
        return replace(PROFILE, **said)

    wrong, right = under(UnitId("nowhere")), under(COUNTY)

    assert refusal(Told(), OFFICE, replace(OPEN, profile=wrong)) == (
        Reason.NO_SUCH_UNIT,
        f"/profile/{place}",
    )
    assert refusal(opened(), OFFICE, DescribeUnit(unit=EAST, profile=wrong, reason="归口")) == (
        Reason.NO_SUCH_UNIT,
        f"/profile/{place}",
    )
    assert len(Told().say(OFFICE, replace(OPEN, profile=right))) == 1


def test_every_kind_of_unit_stands_on_a_side() -> None:
    sides = {kind: kind.side for kind in UnitKind}

    assert {kind for kind, side in sides.items() if side is Side.SECTOR} == {
        UnitKind.SECTOR,
        UnitKind.SECTOR_GROUP,
        UnitKind.COMPOSITE_GROUP,
        UnitKind.ORGANISATION,
        UnitKind.SPECIAL_COMMITTEE,
        UnitKind.STUDY_GROUP,
        UnitKind.BRANCH,
        UnitKind.THINK_TANK,
    }
    assert {kind for kind, side in sides.items() if side is Side.COUNTY} == {
        UnitKind.COMMITTEE,
        UnitKind.OFFICE,
        UnitKind.LIAISON_CENTRE,
        UnitKind.DEPARTMENT,
        UnitKind.OTHER,
    }
    assert east(opened()).side is Side.STUDIO


@pytest.mark.parametrize(
    ("studio_kind", "side"),
    [
        (StudioKind.SECTORAL, Side.SECTOR),
        (StudioKind.REGIONAL, Side.STUDIO),
        (StudioKind.INDIVIDUAL, Side.STUDIO),
        (StudioKind.OTHER, Side.STUDIO),
        (None, Side.STUDIO),
    ],
)
def test_a_studio_stands_on_the_side_of_its_type(
    studio_kind: StudioKind | None, side: Side
) -> None:
    new = replace(PROFILE, studio_kind=studio_kind)
    told = opened(
        *([] if new == PROFILE else [DescribeUnit(unit=EAST, profile=new, reason="定型")])
    )

    assert east(told).side is side


def test_only_a_studio_has_a_type() -> None:
    home = replace(PROFILE, kind=UnitKind.MEMBERS_HOME, studio_kind=StudioKind.SECTORAL)

    assert Unit(unit=EAST, profile=home, since=SINCE).side is Side.STUDIO
