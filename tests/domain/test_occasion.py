"""Occasions: who may record what of whom, how attendance is told, what is refused, and the facts that follow."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from domain.deed import (
    AssignItem,
    Deed,
    ItemAssigned,
    LinkSame,
    Return,
    Stamps,
    Supersede,
    Superseded,
    UnlinkSame,
    Uphold,
    Withdraw,
    Withdrawn,
)
from domain.evidence import Evidence
from domain.fact import (
    Attendance,
    Capacity,
    Fact,
    Held,
    Mark,
    Mode,
    Part,
    RecordClass,
    Spoke,
    Stamp,
    SubjectId,
)
from domain.joint import form_of
from domain.kinds import Details
from domain.kinds.advice import Proposed
from domain.kinds.meetings import Attended, Meeting, MetLeader
from domain.kinds.people import VisitedVillage
from domain.member import Person, Profile, Term
from domain.occasion import (
    MOST_NAMED,
    AmendOccasion,
    Occasion,
    OccasionAmended,
    OccasionHappened,
    Participant,
    ParticipantsListed,
    RecordOccasion,
    stream_of,
    warnings,
)
from domain.pairing import Pair
from domain.people import Actor, PersonId, Reason, Role, UnitId, Warned
from domain.streams import day_of
from domain.streams import warnings as all_warnings
from domain.unit import Side, Unit, UnitKind, UnitProfile
from domain.words import Level
from tests.commands import PAIRING
from tests.county import (
    AUDITOR,
    BEGAN,
    CHEN,
    CLERK,
    CONVENOR,
    COUNTY,
    ECONOMY,
    GUEST,
    LATER,
    LI,
    NORTH,
    NORTH_CLERK,
    OFFICE,
    SOUTH,
    STUDIO_HEAD,
    TODAY,
    WANG,
    ZHAO,
    Told,
    absent,
    as_guest,
    himself,
    visit,
)
from tests.refusal import refusal

VISIT = "occasion/v"
DAY = date(2025, 6, 10)
CLOSED = UnitId("closed")
APPRAISAL = Actor(person=PersonId("appraiser"), role=Role.APPRAISAL, unit=COUNTY)


def recorded(*people: PersonId | Participant, actor: Actor = CLERK, **said: Any) -> Told:
    told = Told()
    told.say(actor, record(visit(*people, **said)))
    return told


def record(body: Occasion[Any], occasion: str = "v", **said: Any) -> RecordOccasion:
    return RecordOccasion(occasion=occasion, body=body, **said)


def amend(body: Occasion[Any], reason: str = "更正") -> AmendOccasion:
    return AmendOccasion(occasion="v", body=body, reason=reason)


def refused_body(body: Occasion[Any], actor: Actor = CLERK) -> tuple[Reason, str]:
    """Why a body is refused: when it is recorded and just so when it is said anew."""
    when_recorded = refusal(Told(), actor, record(body))
    told = recorded(LI, actor=OFFICE)
    if actor.role is not Role.MEMBER:
        assert refusal(told, actor, amend(body)) == when_recorded
    return when_recorded


# Recording


def test_what_is_recorded_is_stored_as_it_was_said() -> None:
    body = visit(LI, absent(CHEN), place="韩村")
    told = Told()

    events = told.say(CLERK, record(body))

    assert events == [OccasionHappened(occasion="v", body=body, record=RecordClass.TOWNSHIP)]
    assert told.deed(VISIT).body == body
    assert (told.deed(VISIT).version, told.deed(VISIT).position) == (1, 1)
    assert day_of(events[0]) == DAY


@pytest.mark.parametrize(
    ("said", "form"),
    [
        ({}, Mode.GROUP),
        ({"mode": Mode.INDIVIDUAL}, Mode.INDIVIDUAL),
        ({"mode": Mode.JOINT}, Mode.JOINT),
        ({"mode": Mode.INDIVIDUAL, "co_organisers": (NORTH,)}, Mode.JOINT),
    ],
)
def test_what_several_units_hold_is_joint_whatever_it_says(
    said: dict[str, Any], form: Mode
) -> None:
    told = Told()
    told.say(CLERK, record(visit(Participant(person=LI), **said)))
    assert {fact.mode for fact in told.facts(VISIT).values()} == {form}


def test_a_participants_fact_tells_all_that_was_said_of_him() -> None:
    body = visit(
        Participant(
            person=LI,
            capacity=Capacity.SITS_IN,
            part=Part.LEADS,
            attendance=Attendance.LEFT_EARLY,
            spoke=Spoke.ORALLY,
            half_days=1,
        ),
        details=VisitedVillage(problems_raised=2),
        until=date(2025, 6, 11),
        half_days=4,
        level=Level.CITY,
        mandatory=True,
        key=True,
        micro=True,
        mode=Mode.JOINT,
        held=Held.BOTH,
        activity="三走进",
        reached_people=40,
        work="w1",
        evidence=(Evidence(name="照片"), Evidence(name="签到表", number="12")),
        expected=(LI,),
    )
    told = Told()
    told.say(CLERK, record(body))

    assert told.facts(VISIT)["member/li"] == Fact(
        deed=VISIT,
        subject=SubjectId("member/li"),
        kind="visited_village",
        on=DAY,
        until=date(2025, 6, 11),
        details=VisitedVillage(problems_raised=2),
        title="走访韩村",
        position=1,
        recorded_on=TODAY,
        recorded_by=CLERK.person,
        recorder=SOUTH,
        record=RecordClass.TOWNSHIP,
        organiser=SOUTH,
        capacity=Capacity.SITS_IN,
        part=Part.LEADS,
        attendance=Attendance.LEFT_EARLY,
        spoke=Spoke.ORALLY,
        half_days=1,
        of_half_days=4,
        level=Level.CITY,
        mandatory=True,
        key=True,
        micro=True,
        mode=Mode.JOINT,
        held=Held.BOTH,
        activity="三走进",
        reached_people=40,
        expected=True,
        work="w1",
        evidence=2,
        studio=Stamp(mark=Mark.RECORDED, by=CLERK.person, unit=SOUTH, on=TODAY, position=1),
    )


def test_the_units_that_held_it_have_a_fact_each() -> None:
    facts = recorded(
        LI, co_organisers=(NORTH,), half_days=2, level=Level.TOWNSHIP, village=NORTH
    ).facts(VISIT)

    assert list(facts) == ["member/li", "unit/south", "unit/north"]
    assert facts["unit/south"] == Fact(
        deed=VISIT,
        subject=SubjectId("unit/south"),
        kind="visited_village",
        on=DAY,
        details=VisitedVillage(),
        title="走访韩村",
        position=1,
        recorded_on=TODAY,
        recorded_by=CLERK.person,
        recorder=SOUTH,
        record=RecordClass.TOWNSHIP,
        organiser=SOUTH,
        part=Part.HOSTS,
        half_days=2,
        of_half_days=2,
        level=Level.TOWNSHIP,
        mode=Mode.JOINT,
        held=Held.ON_SITE,
        village=NORTH,
        studio=facts["member/li"].studio,
    )
    assert facts["unit/north"] == replace(facts["unit/south"], subject=SubjectId("unit/north"))


def test_a_kind_of_members_alone_gives_units_no_fact() -> None:
    told = recorded(LI, actor=OFFICE, details=MetLeader(leader="主席"), organiser=COUNTY)

    assert list(told.facts(VISIT)) == ["member/li"]


@pytest.mark.parametrize("state", list(Attendance))
def test_every_attendance_state_is_told_as_it_is(state: Attendance) -> None:
    line = Participant(person=LI, attendance=state, leave="病假", granted_by="主席")

    fact = recorded(line, expected=(LI,)).facts(VISIT)["member/li"]

    assert (fact.attendance, fact.leave, fact.expected) == (state, "病假", True)


def test_only_those_in_the_hall_or_on_the_line_took_part() -> None:
    assert {state for state in Attendance if state.took_part} == {
        Attendance.PRESENT,
        Attendance.REMOTE,
        Attendance.LATE,
        Attendance.LEFT_EARLY,
    }


def test_expected_and_not_mentioned_is_neither_present_nor_absent() -> None:
    facts = recorded(LI, expected=(LI, ZHAO, CHEN), half_days=2).facts(VISIT)

    assert list(facts) == ["member/li", "member/zhao", "member/chen", "unit/south"]
    assert facts["member/zhao"] == replace(
        facts["unit/south"],
        subject=SubjectId("member/zhao"),
        part=Part.TAKES_PART,
        attendance=Attendance.NOT_RECORDED,
        half_days=0,
        expected=True,
    )
    assert (facts["member/li"].expected, facts["member/li"].attendance) == (
        True,
        Attendance.PRESENT,
    )


def test_what_is_the_same_of_all_units_and_of_whom_nothing_is_said_is_worked_out_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    told = recorded(LI, expected=(LI, ZHAO, CHEN), co_organisers=(NORTH,))
    asked: list[str] = []

    def form(body: Occasion[Any]) -> Mode:
        asked.append("form")
        return form_of(body)

    def of_units(deed: Deed[Any], people: Iterable[PersonId]) -> Stamps:
        asked.append("stamps")
        return stamps_of(deed, people)

    stamps_of = Deed.of_units
    monkeypatch.setattr("domain.occasion.form_of", form)
    monkeypatch.setattr(Deed, "of_units", of_units)
    assert len(told.facts(VISIT)) == 5
    assert asked == ["form", "stamps"]


def test_half_days_are_those_of_the_occasion_unless_said() -> None:
    some = Participant(person=CHEN, half_days=0)

    facts = recorded(LI, some, half_days=3).facts(VISIT)

    assert (facts["member/li"].half_days, facts["member/chen"].half_days) == (3, 0)
    assert facts["member/chen"].of_half_days == 3


@pytest.mark.parametrize(
    ("actor", "organiser", "record_class", "stamps"),
    [
        (OFFICE, COUNTY, RecordClass.COUNTY, (None, None)),
        (OFFICE, SOUTH, RecordClass.TOWNSHIP, (None, None)),
        (CLERK, SOUTH, RecordClass.TOWNSHIP, (None, Mark.RECORDED)),
        (STUDIO_HEAD, SOUTH, RecordClass.TOWNSHIP, (None, Mark.RECORDED)),
        (CONVENOR, ECONOMY, RecordClass.SECTOR, (Mark.RECORDED, None)),
        (himself(LI), ECONOMY, RecordClass.SELF, (None, None)),
    ],
)
def test_the_class_follows_the_organiser_and_the_recorder_stamps_only_his_own_side(
    actor: Actor,
    organiser: UnitId,
    record_class: RecordClass,
    stamps: tuple[Mark | None, Mark | None],
) -> None:
    fact = recorded(LI, actor=actor, organiser=organiser).facts(VISIT)["member/li"]

    sides = (fact.sector and fact.sector.mark, fact.studio and fact.studio.mark)
    assert (fact.record, sides) == (record_class, stamps)


# Long lists


def crowded(names: int) -> tuple[Told, tuple[PersonId, ...]]:
    """A ledger with so many members more."""
    told = Told()
    many = tuple(PersonId(f"m{i:04}") for i in range(names))
    people = {
        who: Person(person=who, profile=Profile(name=who), terms=(Term(number=10, since=BEGAN),))
        for who in many
    }
    told.roster = replace(told.roster, people={**told.roster.people, **people})
    return told, many


@pytest.mark.parametrize(
    ("named", "entries"),
    [(MOST_NAMED, 1), (MOST_NAMED + 1, 2), (2 * MOST_NAMED, 2), (2 * MOST_NAMED + 1, 3)],
)
def test_a_long_list_takes_several_entries_and_gives_the_same_facts(
    named: int, entries: int
) -> None:
    told, many = crowded(named)
    body = visit(*many, expected=many)

    events = told.say(CLERK, record(body))

    assert len(events) == entries
    assert told.deed(VISIT).body == body
    facts = told.facts(VISIT)
    assert list(facts) == [f"member/{who}" for who in many] + ["unit/south"]
    assert all(f.expected and f.studio for s, f in facts.items() if s != "unit/south")


def test_more_expected_than_named_takes_several_entries_too() -> None:
    told, many = crowded(MOST_NAMED + 2)

    first, rest = told.say(CLERK, record(visit(LI, expected=many)))

    assert isinstance(first, OccasionHappened)
    assert rest == ParticipantsListed(
        occasion="v", expected=many[MOST_NAMED:], kind="visited_village", on=date(2025, 6, 10)
    )
    assert told.facts(VISIT)[f"member/{many[-1]}"].attendance is Attendance.NOT_RECORDED


def test_a_long_list_said_anew_keeps_what_the_sides_have_said() -> None:
    told, many = crowded(MOST_NAMED + 1)
    told.say(CLERK, record(visit(LI, *many)))
    told.say(CONVENOR, Return(deed=VISIT, side=Side.SECTOR, people=(LI,), reason="未到"))
    last = many[-1]

    events = told.say(CLERK, amend(visit(*many, LI, title="走访李村")))

    assert [type(e) for e in events] == [OccasionAmended, ParticipantsListed]
    facts = told.facts(VISIT)
    assert facts["member/li"].sector is not None
    assert facts["member/li"].sector.mark is Mark.CORRECTED
    assert facts[f"member/{last}"].studio is not None


# What is refused


def test_an_id_is_recorded_under_only_once() -> None:
    told = recorded(LI)

    assert refusal(told, CLERK, record(visit(CHEN))) == (Reason.ALREADY_RECORDED, "/occasion")


@pytest.mark.parametrize(
    ("body", "reason", "field"),
    [
        (visit(LI, details=Proposed()), Reason.WRONG_TAG, "/body/details/kind"),
        (visit(LI, title="  "), Reason.MISSING, "/body/title"),
        (visit(LI, on=TODAY + timedelta(days=1)), Reason.IN_FUTURE, "/body/on"),
        (visit(LI, until=DAY - timedelta(days=1)), Reason.WRONG_ORDER, "/body/until"),
        (visit(LI, half_days=0), Reason.MALFORMED, "/body/half_days"),
        (visit(LI, reached_people=-1), Reason.MALFORMED, "/body/reached_people"),
        (visit(LI, half_days=10**12), Reason.MALFORMED, "/body/half_days"),
        (visit(LI, reached_people=10**12), Reason.MALFORMED, "/body/reached_people"),
        (
            visit(LI, details=VisitedVillage(problems_raised=10**12)),
            Reason.MALFORMED,
            "/body/details/problems_raised",
        ),
        (visit(LI, organiser=UnitId("nowhere")), Reason.NO_SUCH_UNIT, "/body/organiser"),
        (visit(LI, organiser=CLOSED), Reason.UNIT_CLOSED, "/body/organiser"),
        (
            visit(LI, co_organisers=(NORTH, UnitId("nowhere"))),
            Reason.NO_SUCH_UNIT,
            "/body/co_organisers/1",
        ),
        (visit(LI, co_organisers=(CLOSED,)), Reason.UNIT_CLOSED, "/body/co_organisers/0"),
        (visit(LI, co_organisers=(SOUTH,)), Reason.SAME_TWICE, "/body/co_organisers/0"),
        (visit(LI, co_organisers=(NORTH, NORTH)), Reason.SAME_TWICE, "/body/co_organisers/1"),
        (visit(LI, village=UnitId("nowhere")), Reason.NO_SUCH_UNIT, "/body/village"),
        (visit(LI, village=CLOSED), Reason.UNIT_CLOSED, "/body/village"),
        (visit(LI, CHEN, LI), Reason.SAME_TWICE, "/body/participants/2/person"),
        (
            visit(LI, PersonId("nobody")),
            Reason.NO_SUCH_PERSON,
            "/body/participants/1/person",
        ),
        (visit(LATER), Reason.NOT_A_MEMBER_THEN, "/body/participants/0/person"),
        (visit(GUEST), Reason.NOT_A_MEMBER_THEN, "/body/participants/0/person"),
        (
            visit(Participant(person=LI, half_days=2)),
            Reason.MALFORMED,
            "/body/participants/0/half_days",
        ),
        (
            visit(Participant(person=LI, half_days=-1)),
            Reason.MALFORMED,
            "/body/participants/0/half_days",
        ),
        (visit(LI, expected=(LI, LATER)), Reason.NOT_A_MEMBER_THEN, "/body/expected/1"),
        (visit(LI, expected=(PersonId("nobody"),)), Reason.NO_SUCH_PERSON, "/body/expected/0"),
        (visit(LI, expected=(ZHAO, ZHAO)), Reason.SAME_TWICE, "/body/expected/1"),
        (visit(LI, guests=(" ",)), Reason.MISSING, "/body/guests/0"),
        (visit(LI, guests=("何大年", "何大年")), Reason.SAME_TWICE, "/body/guests/1"),
    ],
)
def test_a_body_that_does_not_hold_is_refused_where_it_is_wrong(
    body: Occasion[Any], reason: Reason, field: str
) -> None:
    assert refused_body(body) == (reason, field)


def test_today_and_the_first_day_of_a_membership_are_soon_enough() -> None:
    told = recorded(LATER, on=TODAY)

    assert "member/later" in told.facts(VISIT)
    assert "member/later" in recorded(LATER, on=date(2025, 6, 15)).facts(VISIT)


def test_a_unit_is_named_until_its_last_day() -> None:
    told = recorded(LI, actor=OFFICE, on=date(2024, 12, 31), organiser=CLOSED)

    assert "unit/closed" in told.facts(VISIT)


def test_who_is_no_member_may_be_there_in_another_capacity() -> None:
    facts = recorded(as_guest(GUEST), Participant(person=LATER, capacity=Capacity.SITS_IN))

    assert facts.facts(VISIT)["member/guest"].record is RecordClass.GUEST
    assert facts.facts(VISIT)["member/later"].record is RecordClass.TOWNSHIP


@pytest.mark.parametrize("capacity", [c for c in Capacity if c is not Capacity.HIGHER_MEMBER])
def test_who_is_only_a_guest_is_there_as_a_member_of_elsewhere(capacity: Capacity) -> None:
    body = visit(LI, Participant(person=GUEST, capacity=capacity))

    reason, field = refused_body(body)

    if capacity is Capacity.ATTENDS:
        assert (reason, field) == (Reason.NOT_A_MEMBER_THEN, "/body/participants/1/person")
    else:
        assert (reason, field) == (Reason.MALFORMED, "/body/participants/1/capacity")


def test_guests_by_name_alone_change_no_fact() -> None:
    with_guest = recorded(LI, guests=("何大年(市政协)",))

    assert with_guest.facts(VISIT) == recorded(LI).facts(VISIT)


def test_a_member_is_not_there_as_a_member_of_elsewhere() -> None:
    assert refused_body(visit(as_guest(LI))) == (
        Reason.MALFORMED,
        "/body/participants/0/capacity",
    )


def test_everybody_may_be_there_in_the_name_of_a_unit_of_his_own() -> None:
    body = visit(Participant(person=LI, in_name_of=ECONOMY), CHEN)
    told = Told()
    told.say(CLERK, record(body))

    facts = told.facts(VISIT)
    assert (facts["member/li"].in_name_of, facts["member/chen"].in_name_of) == (ECONOMY, None)
    assert refused_body(visit(LI, Participant(person=CHEN, in_name_of=UnitId("nowhere")))) == (
        Reason.NO_SUCH_UNIT,
        "/body/participants/1/in_name_of",
    )


def test_a_visit_serves_a_pairing_that_there_is() -> None:
    told = Told()
    told.say(CLERK, Pair(pairing="a", body=PAIRING))

    told.say(CLERK, record(visit(LI, pairing="a")))

    assert told.facts(VISIT)["member/li"].pairing == "a"
    assert refused_body(visit(LI, pairing="nonsense")) == (
        Reason.NO_SUCH_PAIRING,
        "/body/pairing",
    )


@pytest.mark.parametrize(
    ("state", "half_days"),
    [(each, 4 if each.took_part else 0) for each in Attendance],
)
def test_who_was_not_there_attended_no_half_day(state: Attendance, half_days: int) -> None:
    told = recorded(Participant(person=LI, attendance=state), half_days=4)

    assert told.facts(VISIT)["member/li"].half_days == half_days


# Whoever organises, records


@pytest.mark.parametrize(
    ("actor", "reason", "field"),
    [
        (NORTH_CLERK, Reason.NOT_YOURS_TO_RECORD, "/body/organiser"),
        (CONVENOR, Reason.NOT_YOURS_TO_RECORD, "/body/organiser"),
        (replace(CLERK, unit=None), Reason.NOT_YOURS_TO_RECORD, "/body/organiser"),
        (APPRAISAL, Reason.NOT_ALLOWED, ""),
        (AUDITOR, Reason.NOT_ALLOWED, ""),
        (replace(AUDITOR, role=Role.CONSUMER), Reason.NOT_ALLOWED, ""),
    ],
)
def test_others_than_the_organiser_do_not_record(actor: Actor, reason: Reason, field: str) -> None:
    assert refusal(Told(), actor, record(visit(LI))) == (reason, field)


def test_a_co_organiser_records() -> None:
    told = recorded(LI, actor=NORTH_CLERK, co_organisers=(NORTH,))

    assert told.facts(VISIT)["unit/north"].recorder == NORTH


def test_the_parent_of_the_organiser_records() -> None:
    told = Told()
    room = UnitId("room")
    profile = UnitProfile(kind=UnitKind.LIAISON_ROOM, name="韩村联络室", parent=SOUTH)
    told.roster = replace(
        told.roster,
        units={**told.roster.units, room: Unit(unit=room, profile=profile, since=BEGAN)},
    )

    told.say(CLERK, record(visit(LI, organiser=room)))

    assert told.facts(VISIT)["unit/room"].recorder == SOUTH
    assert refusal(told, NORTH_CLERK, record(visit(LI, organiser=room), "w")) == (
        Reason.NOT_YOURS_TO_RECORD,
        "/body/organiser",
    )


@pytest.mark.parametrize("people", [(CHEN,), (LI, CHEN), ()])
def test_a_member_declares_only_for_himself(people: tuple[PersonId, ...]) -> None:
    assert refused_body(visit(*people), himself(LI)) == (
        Reason.NOT_YOURS_TO_RECORD,
        "/body/participants",
    )


def test_a_member_expects_nobody_but_himself() -> None:
    """What he declares never becomes an absence of somebody else."""
    told = recorded(LI, actor=himself(LI), expected=(LI,))

    assert list(told.facts(VISIT)) == ["member/li", "unit/south"]
    assert refused_body(visit(LI, expected=(LI, CHEN)), himself(LI)) == (
        Reason.NOT_YOURS_TO_RECORD,
        "/body/expected",
    )


# Saying it anew


def test_what_is_said_anew_replaces_the_whole() -> None:
    told = recorded(LI, place="韩村")
    new = visit(CHEN, title="走访李村")

    assert told.say(CLERK, amend(new, "地点有误")) == [
        OccasionAmended(occasion="v", body=new, reason="地点有误", removed=(LI,))
    ]
    assert told.deed(VISIT).body == new
    assert (told.deed(VISIT).version, told.deed(VISIT).position) == (2, 1)
    assert list(told.facts(VISIT)) == ["member/chen", "unit/south"]
    stamp = told.facts(VISIT)["member/chen"].studio
    assert stamp == Stamp(mark=Mark.RECORDED, by=CLERK.person, unit=SOUTH, on=TODAY, position=2)


def test_saying_the_same_anew_changes_nothing() -> None:
    assert recorded(LI).say(CLERK, amend(visit(LI))) == []


def test_who_may_say_it_anew() -> None:
    told = recorded(LI)

    assert refusal(told, NORTH_CLERK, amend(visit(CHEN))) == (Reason.NOT_YOURS_TO_RECORD, "")
    assert refusal(told, himself(LI), amend(visit(LI, title="他"))) == (Reason.NOT_ALLOWED, "")
    assert refusal(told, CLERK, amend(visit(CHEN), " ")) == (Reason.REASON_MISSING, "/reason")
    assert refusal(Told(), CLERK, amend(visit(LI))) == (Reason.NO_SUCH_DEED, "/occasion")
    assert told.say(OFFICE, amend(visit(CHEN)))


def test_a_member_says_anew_what_he_declared_and_nobody_elses() -> None:
    told = recorded(LI, actor=himself(LI))

    assert refusal(told, himself(CHEN), amend(visit(CHEN))) == (Reason.NOT_ALLOWED, "")
    assert refusal(told, himself(LI), amend(visit(CHEN))) == (
        Reason.NOT_YOURS_TO_RECORD,
        "/body/participants",
    )
    assert told.say(himself(LI), amend(visit(LI, title="走访李村")))
    assert told.facts(VISIT)["member/li"].record is RecordClass.SELF


# Taking back


def test_what_is_withdrawn_yields_no_facts_and_stays_in_the_ledger() -> None:
    told = recorded(LI)

    assert told.say(CLERK, Withdraw(deed=VISIT, reason="重复")) == [
        Withdrawn(deed=VISIT, reason="重复")
    ]

    assert told.facts(VISIT) == {}
    assert (told.deed(VISIT).gone, told.deed(VISIT).body) == ("重复", visit(LI))


def test_what_is_withdrawn_cannot_be_changed_any_more() -> None:
    told = recorded(LI)
    told.say(CLERK, Withdraw(deed=VISIT, reason="重复"))

    assert refusal(told, CLERK, Withdraw(deed=VISIT, reason="重复")) == (Reason.WITHDRAWN, "/deed")
    assert refusal(told, CLERK, amend(visit(CHEN))) == (Reason.WITHDRAWN, "")
    assert refusal(told, CLERK, record(visit(LI))) == (Reason.ALREADY_RECORDED, "/occasion")


def test_withdrawing_needs_a_reason_a_record_and_the_right() -> None:
    told = recorded(LI)

    assert refusal(told, CLERK, Withdraw(deed=VISIT, reason="")) == (
        Reason.REASON_MISSING,
        "/reason",
    )
    assert refusal(told, NORTH_CLERK, Withdraw(deed=VISIT, reason="误")) == (
        Reason.NOT_YOURS_TO_RECORD,
        "",
    )
    for unknown in ("occasion/none", "member/li"):
        assert refusal(told, CLERK, Withdraw(deed=unknown, reason="误")) == (
            Reason.NO_SUCH_DEED,
            "/deed",
        )


def test_a_record_gives_way_to_another_that_stands() -> None:
    told = recorded(LI)
    told.say(CLERK, record(visit(LI, CHEN), "w"))

    assert told.say(CLERK, Supersede(deed=VISIT, by="occasion/w", reason="已补全")) == [
        Superseded(deed=VISIT, by="occasion/w", reason="已补全")
    ]

    assert told.facts(VISIT) == {}
    assert told.deed(VISIT).superseded_by == "occasion/w"
    assert set(told.facts("occasion/w")) == {"member/li", "member/chen", "unit/south"}
    assert refusal(told, CLERK, Withdraw(deed=VISIT, reason="误")) == (Reason.SUPERSEDED, "/deed")


def test_a_record_does_not_give_way_to_itself_to_nothing_or_to_what_is_gone() -> None:
    told = recorded(LI)
    told.say(CLERK, record(visit(LI), "gone"))
    told.say(CLERK, Withdraw(deed="occasion/gone", reason="误"))

    def said(by: str) -> tuple[Reason, str]:
        return refusal(told, CLERK, Supersede(deed=VISIT, by=by, reason="重复"))

    assert said(VISIT) == (Reason.SAME_RECORD, "/by")
    assert said("occasion/none") == (Reason.NO_SUCH_DEED, "/by")
    assert said("occasion/gone") == (Reason.WITHDRAWN, "/by")
    assert refusal(told, CLERK, Supersede(deed=VISIT, by="occasion/w", reason="")) == (
        Reason.REASON_MISSING,
        "/reason",
    )


# Likely duplicates


def twice(*people: PersonId, strict: bool = False, **said: Any) -> Told:
    told = recorded(*people, **said)
    told.strict = strict
    return told


def test_one_person_one_day_one_kind_twice_is_worth_a_look() -> None:
    told = twice(ZHAO, LI)
    again = record(visit(CHEN, LI, ZHAO, title="另一次"), "w")
    warned = [
        Warned(
            reason=Reason.LIKELY_DUPLICATE,
            field="/body/participants/1/person",
            deed=VISIT,
        )
    ]

    assert warnings(again, told.known()) == warned
    assert all_warnings(again, told.known()) == warned
    assert len(told.say(CLERK, again)) == 1


@pytest.mark.parametrize(
    "other",
    [
        visit(CHEN),
        visit(LI, on=date(2025, 6, 11)),
        visit(LI, details=Attended(meeting=Meeting.FORUM)),
    ],
)
def test_another_person_day_or_kind_is_nothing_like_it(other: Occasion[Any]) -> None:
    assert warnings(record(other, "w"), twice(LI).known()) == []


def test_strictly_a_likely_duplicate_is_refused_until_the_recorder_has_looked() -> None:
    told = twice(LI, strict=True)

    assert refusal(told, CLERK, record(visit(LI), "w")) == (
        Reason.LIKELY_DUPLICATE,
        "/body/participants/0/person",
    )
    assert len(told.say(CLERK, record(visit(LI), "w", differs=True))) == 1


def test_what_was_said_anew_is_found_as_well() -> None:
    told = recorded(LI)
    told.say(CLERK, amend(visit(CHEN)))

    assert [w.deed for w in warnings(record(visit(CHEN), "w"), told.known())] == [VISIT]


def test_what_was_withdrawn_may_be_recorded_anew() -> None:
    told = twice(LI, strict=True)
    told.say(CLERK, Withdraw(deed=VISIT, reason="误"))

    assert len(told.say(CLERK, record(visit(LI), "w"))) == 1


# What else is said of lines


def test_a_link_is_to_another_record_that_stands() -> None:
    told = recorded(LI)
    told.say(CLERK, record(visit(LI), "w"))
    told.say(CLERK, record(visit(LI), "x"))

    def said(same_as: str, deed: str = VISIT) -> tuple[Reason, str]:
        return refusal(told, CLERK, LinkSame(deed=deed, same_as=same_as))

    assert said(VISIT) == (Reason.SAME_RECORD, "/same_as")
    assert said("occasion/none") == (Reason.NO_SUCH_DEED, "/same_as")
    told.say(CLERK, LinkSame(deed="occasion/w", same_as="occasion/x"))
    assert said("occasion/w") == (Reason.ALREADY_DONE, "/same_as")
    assert told.say(CLERK, LinkSame(deed="occasion/w", same_as="occasion/x")) == []
    told.say(CLERK, Withdraw(deed="occasion/x", reason="误"))
    assert said("occasion/x") == (Reason.WITHDRAWN, "/same_as")


def test_only_those_who_recorded_one_of_the_two_or_heads_or_the_office_link() -> None:
    told = recorded(LI)
    told.say(CLERK, record(visit(LI), "w"))
    link = LinkSame(deed=VISIT, same_as="occasion/w")

    assert refusal(told, NORTH_CLERK, link) == (Reason.NOT_ALLOWED, "")
    assert refusal(told, himself(LI), link) == (Reason.NOT_ALLOWED, "")
    assert len(told.say(CONVENOR, link)) == 1


def test_unlinking_what_is_not_linked_changes_nothing() -> None:
    told = recorded(LI)

    assert told.say(OFFICE, UnlinkSame(deed=VISIT, reason="两次")) == []
    assert refusal(told, OFFICE, UnlinkSame(deed=VISIT, reason="")) == (
        Reason.REASON_MISSING,
        "/reason",
    )
    assert refusal(told, NORTH_CLERK, UnlinkSame(deed=VISIT, reason="两次")) == (
        Reason.NOT_ALLOWED,
        "",
    )


def test_a_line_fills_another_item_of_the_checklist() -> None:
    told = recorded(LI, CHEN)
    assign = AssignItem(deed=VISIT, person=LI, item="service", reason="属公益服务")

    assert told.say(CLERK, assign) == [
        ItemAssigned(deed=VISIT, person=LI, item="service", reason="属公益服务")
    ]

    assert told.facts(VISIT)["member/li"].item == "service"
    assert told.facts(VISIT)["member/chen"].item == ""
    assert told.say(CLERK, assign) == []
    assert refusal(told, CLERK, replace(assign, person=ZHAO)) == (
        Reason.NOT_A_PARTICIPANT,
        "/person",
    )
    assert refusal(told, CLERK, replace(assign, reason="")) == (Reason.REASON_MISSING, "/reason")
    assert refusal(told, NORTH_CLERK, assign) == (Reason.NOT_YOURS_TO_RECORD, "")


def test_returns_and_upholdings_name_their_lines() -> None:
    told = recorded(LI)

    assert refusal(
        told, CONVENOR, Return(deed=VISIT, side=Side.SECTOR, people=(), reason="误")
    ) == (Reason.MISSING, "/people")
    assert refusal(told, CLERK, Uphold(deed=VISIT, side=Side.SECTOR, people=(), reason="属实")) == (
        Reason.MISSING,
        "/people",
    )
    assert refusal(
        told, STUDIO_HEAD, Uphold(deed=VISIT, side=Side.SECTOR, people=(LI,), reason="属实")
    ) == (Reason.ALREADY_DONE, "/people/0")
    returned = Return(deed=VISIT, side=Side.SECTOR, people=(LI,), reason="未到")
    assert len(told.say(CONVENOR, returned)) == 1
    assert told.say(CONVENOR, returned) == []


def test_kinds_have_the_details_of_their_own() -> None:
    details: list[Details] = [VisitedVillage(), Attended(meeting=Meeting.FORUM)]

    kinds = {recorded(LI, details=d).facts(VISIT)["member/li"].kind for d in details}

    assert kinds == {"visited_village", "attended"}
    assert stream_of("v") == VISIT


def test_nobody_stands_in_a_record_for_whom_he_was_not_expected_to_be() -> None:
    facts = recorded(LI, WANG, expected=(WANG,)).facts(VISIT)

    assert (facts["member/li"].expected, facts["member/wang"].expected) == (False, True)


def test_whom_an_amendment_adds_at_the_end_of_a_long_list_is_as_late_as_it() -> None:
    told, many = crowded(MOST_NAMED + 1)
    told.say(CLERK, record(visit(*many)))
    told.today = TODAY + timedelta(days=60)

    told.say(CLERK, amend(visit(*many, LI)))

    facts = told.facts(VISIT)
    assert facts["member/li"].recorded_on == told.today
    assert {facts[f"member/{p}"].recorded_on for p in many} == {TODAY}


def test_a_title_fits_into_a_list() -> None:
    long = RecordOccasion(occasion="v", body=visit(LI, title="长" * 301))

    assert refusal(Told(), CLERK, long) == (Reason.TOO_LARGE, "/body/title")
    assert Told().say(CLERK, replace(long, body=visit(LI, title="长" * 300))) != []
