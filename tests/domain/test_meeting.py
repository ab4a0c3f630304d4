"""A meeting from its plan to its attendance: called, moved, leave, check-in by code and by hand, closed once, reopened."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from itertools import combinations
from typing import Any

import pytest

from domain.deadline import AtMeeting
from domain.deed import Withdraw
from domain.document import Publish, Sort
from domain.evidence import Evidence
from domain.fact import Attendance, Capacity, Spoke
from domain.kinds.meetings import Attended, MetLeader
from domain.kinds.meetings import Meeting as MeetingKind
from domain.loop import Loop, LoopStage
from domain.meeting import (
    AmendMeeting,
    AskLeave,
    CallMeeting,
    CancelMeeting,
    CheckIn,
    CloseMeeting,
    DecideLeave,
    InvitedPerson,
    IssueCode,
    Meeting,
    MeetingClosed,
    MeetingStep,
    MoveMeeting,
    OpenMeeting,
    PeopleExpected,
    PeopleInvited,
    PlanMeeting,
    ReopenMeeting,
    digest_of,
)
from domain.member import Exemption
from domain.occasion import (
    MOST_NAMED,
    AmendOccasion,
    Occasion,
    OccasionAmended,
    OccasionHappened,
    Participant,
)
from domain.people import PersonId, Reason, Refused, UnitId
from domain.turnout import Away, Turnout, away, turnout, turnout_of
from domain.words import Level
from tests.county import (
    APPRAISER,
    CHEN,
    CLERK,
    COUNTY,
    ECONOMY,
    GUEST,
    LATER,
    LI,
    MEDICINE,
    OFFICE,
    TODAY,
    WANG,
    ZHAO,
    Told,
    himself,
    person,
)
from tests.refusal import refusal

DAY = TODAY + timedelta(days=10)
NOW = datetime(2025, 7, 10, 1, 0, tzinfo=UTC)
CODE = "7QXK2M9PTA"


def body(**said: Any) -> Occasion[Any]:
    return Occasion(
        **{
            "details": Attended(meeting=MeetingKind.STANDING_COMMITTEE),
            "title": "九届十二次常委会会议",
            "on": DAY,
            "organiser": COUNTY,
            "mandatory": True,
            "expected": (WANG, LI, ZHAO, CHEN),
            **said,
        }
    )


@pytest.fixture
def told() -> Told:
    """A Standing Committee meeting of four, planned for in ten days."""
    told = Told()
    told.say(OFFICE, PlanMeeting(meeting="m", body=body(), number="第12次"))
    return told


def meeting(told: Told) -> Meeting[Any]:
    found = told.states["meeting/m"]
    assert isinstance(found, Meeting)
    return found


def opened(told: Told) -> None:
    told.today, told.now = DAY, NOW
    told.say(OFFICE, CallMeeting(meeting="m", notice="政协办〔2025〕12号"))
    told.say(OFFICE, OpenMeeting(meeting="m"))


def attendance(told: Told) -> dict[str, Attendance]:
    return {s: f.attendance for s, f in told.facts("occasion/m").items() if s[:6] == "member"}


# Planning


def test_what_is_planned_lies_ahead_and_nobody_has_attended_it_yet(told: Told) -> None:
    assert meeting(told).step is MeetingStep.PLANNED
    assert meeting(told).expected == (WANG, LI, ZHAO, CHEN)
    assert not told.every_fact()


def test_who_organises_plans(told: Told) -> None:
    sector = PlanMeeting(meeting="n", body=body(organiser=ECONOMY))
    assert refusal(told, CLERK, sector) == (Reason.NOT_YOURS_TO_RECORD, "/meeting")
    assert refusal(told, himself(LI), sector)[0] is Reason.NOT_ALLOWED
    again = PlanMeeting(meeting="m", body=body())
    assert refusal(told, OFFICE, again) == (Reason.ALREADY_RECORDED, "/meeting")
    there = PlanMeeting(meeting="n", body=body(participants=(Participant(person=LI),)))
    assert refusal(told, OFFICE, there) == (Reason.UNKNOWN_FIELD, "/body/participants")
    leader = MetLeader(leader="主席", matters_raised="住房")
    personal = PlanMeeting(meeting="n", body=body(details=leader))
    assert refusal(told, OFFICE, personal) == (
        Reason.UNKNOWN_FIELD,
        "/body/details/matters_raised",
    )
    of_none = PlanMeeting(meeting="n", body=body(), part_of="session")
    assert refusal(told, OFFICE, of_none) == (Reason.NO_SUCH_MEETING, "/part_of")
    stranger = PlanMeeting(meeting="n", body=body(expected=(PersonId("nobody"),)))
    assert refusal(told, OFFICE, stranger) == (Reason.NO_SUCH_PERSON, "/body/expected/0")


def test_sittings_belong_to_a_session(told: Told) -> None:
    told.say(
        OFFICE,
        PlanMeeting(
            meeting="group",
            body=body(details=Attended(meeting=MeetingKind.GROUP_DISCUSSION), title="分组讨论"),
            part_of="m",
        ),
    )
    assert told.states["meeting/group"].part_of == "m"


def test_a_moved_meeting_keeps_its_former_days(told: Told) -> None:
    later = DAY + timedelta(days=14)
    told.say(OFFICE, MoveMeeting(meeting="m", on=later, reason="与县委全会冲突"))

    assert meeting(told).body.on == later
    assert [(m.was, m.on, m.reason) for m in meeting(told).moves] == [
        (DAY, later, "与县委全会冲突")
    ]
    at = meeting(told).moves[0].position
    assert [meeting(told).day_at(p) for p in (0, at - 1, at)] == [None, DAY, later]
    assert told.say(OFFICE, MoveMeeting(meeting="m", on=later, reason="再说一遍")) == []
    for_nothing = MoveMeeting(meeting="m", on=DAY, reason=" ")
    assert refusal(told, OFFICE, for_nothing) == (Reason.REASON_MISSING, "/reason")
    backwards = MoveMeeting(meeting="m", on=DAY, until=TODAY, reason="改期")
    assert refusal(told, OFFICE, backwards) == (Reason.WRONG_ORDER, "/until")


def test_a_meeting_that_is_moved_lasts_as_many_days_as_before_unless_it_is_said(
    told: Told,
) -> None:
    last = DAY + timedelta(days=2)
    plan = body(until=last, half_days=6, title="九届四次全体会议")
    told.say(OFFICE, PlanMeeting(meeting="n", body=plan))
    later = DAY + timedelta(days=7)
    told.say(OFFICE, MoveMeeting(meeting="n", on=later, reason="与县委全会冲突"))
    moved = told.states["meeting/n"].body
    assert (moved.on, moved.until, moved.half_days) == (later, later + timedelta(days=2), 6)
    assert told.say(OFFICE, MoveMeeting(meeting="n", on=later, reason="再说一遍")) == []
    told.say(OFFICE, MoveMeeting(meeting="n", on=later, until=later, reason="改为一天"))
    assert told.states["meeting/n"].body.until == later


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"on": date.max}, "/on"),
        ({"on": date.min}, "/on"),
        ({"on": date(2101, 1, 1)}, "/on"),
        ({"on": DAY, "until": date.max}, "/until"),
        # With its three days it would end in the next century.
        ({"on": date(2100, 12, 30)}, "/on"),
    ],
)
def test_a_meeting_is_not_moved_out_of_our_time(
    told: Told, said: dict[str, Any], field: str
) -> None:
    plan = body(until=DAY + timedelta(days=2), half_days=6, title="九届四次全体会议")
    told.say(OFFICE, PlanMeeting(meeting="n", body=plan))
    move = MoveMeeting(**{"meeting": "n", "reason": "误", **said})
    assert refusal(told, OFFICE, move) == (Reason.MALFORMED, field)


def test_a_meeting_is_not_planned_out_of_our_time(told: Told) -> None:
    far = PlanMeeting(meeting="n", body=body(on=date.max))
    assert refusal(told, OFFICE, far) == (Reason.MALFORMED, "/body/on")
    long = PlanMeeting(meeting="n", body=body(until=date.max))
    assert refusal(told, OFFICE, long) == (Reason.MALFORMED, "/body/until")


def test_a_new_place_on_the_same_day_is_a_move(told: Told) -> None:
    hall = MoveMeeting(meeting="m", on=DAY, place="县会展中心", reason="人多")
    told.say(OFFICE, hall)
    assert meeting(told).body.place == "县会展中心"
    assert [(m.was, m.on, m.place) for m in meeting(told).moves] == [(DAY, DAY, "县会展中心")]
    assert told.say(OFFICE, hall) == []
    opened(told)
    told.say(OFFICE, replace(hall, place="二楼会议室"))
    assert meeting(told).step is MeetingStep.OPEN


def test_what_was_held_is_not_moved_ahead(told: Told) -> None:
    opened(told)
    told.say(OFFICE, CloseMeeting(meeting="m", others=Attendance.PRESENT))
    told.say(OFFICE, ReopenMeeting(meeting="m", reason="误登记"))
    ahead = MoveMeeting(meeting="m", on=DAY + timedelta(days=7), reason="改期")
    assert refusal(told, OFFICE, ahead) == (Reason.IN_FUTURE, "/on")


@pytest.mark.parametrize("again", [False, True], ids=["closed", "reopened"])
def test_a_meeting_whose_record_is_gone_is_cancelled_and_nothing_else(
    told: Told, again: bool
) -> None:
    opened(told)
    told.say(OFFICE, CloseMeeting(meeting="m", others=Attendance.PRESENT))
    reopen = ReopenMeeting(meeting="m", reason="误登记")
    cancel = CancelMeeting(meeting="m", reason="会议没有开")
    assert refusal(told, OFFICE, cancel) == (Reason.MEETING_CLOSED, "/meeting")
    if again:
        told.say(OFFICE, reopen)
    told.say(OFFICE, Withdraw(deed="occasion/m", reason="会议没有开"))
    plan = replace(meeting(told).body, place="二楼会议室")
    for command in (
        reopen,
        MoveMeeting(meeting="m", on=DAY + timedelta(days=7), reason="改期"),
        MoveMeeting(meeting="m", on=DAY - timedelta(days=1), reason="记错日期"),
        AmendMeeting(meeting="m", body=plan, reason="定场地"),
        CallMeeting(meeting="m", notice="2"),
        OpenMeeting(meeting="m"),
        CheckIn(meeting="m", person=ZHAO),
        CloseMeeting(meeting="m", others=Attendance.PRESENT),
    ):
        assert refusal(told, OFFICE, command) == (Reason.MEETING_TAKEN_BACK, "/meeting"), command
    told.say(OFFICE, cancel)
    assert meeting(told).step is MeetingStep.CANCELLED
    assert refusal(told, OFFICE, reopen) == (Reason.NOT_AT_THIS_STEP, "/meeting")
    told.say(OFFICE, PlanMeeting(meeting="n", body=body(), number="第12次"))


def test_an_opened_meeting_whose_day_was_written_down_wrongly_stays_open(told: Told) -> None:
    opened(told)
    told.say(OFFICE, CheckIn(meeting="m", person=ZHAO))
    was = DAY - timedelta(days=1)
    told.say(OFFICE, MoveMeeting(meeting="m", on=was, reason="记错日期"))
    assert (meeting(told).step, meeting(told).body.on) == (MeetingStep.OPEN, was)
    assert set(meeting(told).checked_in) == {ZHAO}


def test_an_opened_meeting_that_is_moved_to_a_day_ahead_is_planned_again(told: Told) -> None:
    opened(told)
    told.say(OFFICE, CheckIn(meeting="m", person=ZHAO))
    issue = IssueCode(meeting="m", digest=digest_of("m", CODE), until=NOW + timedelta(minutes=10))
    told.say(OFFICE, issue)
    later = DAY + timedelta(days=7)
    told.say(OFFICE, MoveMeeting(meeting="m", on=later, reason="大雪"))
    assert meeting(told).step is MeetingStep.PLANNED
    assert (meeting(told).checked_in, meeting(told).code) == ({}, None)
    by_code = CheckIn(meeting="m", person=LI, code=CODE)
    assert refusal(told, himself(LI), by_code) == (Reason.NOT_AT_THIS_STEP, "/meeting")
    by_hand = CheckIn(meeting="m", person=LI)
    assert refusal(told, OFFICE, by_hand) == (Reason.NOT_AT_THIS_STEP, "/meeting")
    assert refusal(told, OFFICE, OpenMeeting(meeting="m")) == (Reason.IN_FUTURE, "/meeting")
    told.today = later
    told.say(OFFICE, OpenMeeting(meeting="m"))
    told.say(OFFICE, CheckIn(meeting="m", person=LI))
    told.say(OFFICE, CloseMeeting(meeting="m", others=Attendance.ABSENT))
    assert attendance(told)["member/zhao"] is Attendance.ABSENT
    assert attendance(told)["member/li"] is Attendance.PRESENT


def test_an_amendment_says_what_it_will_be_but_does_not_move_it(told: Told) -> None:
    hall = body(place="二楼会议室", expected=())
    told.say(OFFICE, AmendMeeting(meeting="m", body=hall, reason="定场地", number="第12次"))
    assert meeting(told).body.place == "二楼会议室"
    assert len(meeting(told).expected) == 4
    moved = AmendMeeting(meeting="m", body=replace(hall, on=TODAY), reason="改期")
    assert refusal(told, OFFICE, moved) == (Reason.MOVE_IT, "/body/on")


def test_a_long_list_is_called_in_several_entries() -> None:
    told = Told()
    many = {PersonId(f"p{i}"): person(PersonId(f"p{i}"), ECONOMY, COUNTY) for i in range(200)}
    told.roster = replace(told.roster, people={**told.roster.people, **many})
    events = told.say(OFFICE, PlanMeeting(meeting="m", body=body(expected=tuple(many))))

    listed = [e for e in events if isinstance(e, PeopleExpected)]
    assert [(len(e.people), e.anew) for e in listed] == [(MOST_NAMED, True), (50, False)]
    assert meeting(told).expected == tuple(many)
    told.say(OFFICE, CallMeeting(meeting="m", expected=(LI,)))
    assert meeting(told).expected == (LI,)


def test_nobody_is_called_to_a_meeting_that_expects_nobody(told: Told) -> None:
    told.say(OFFICE, PlanMeeting(meeting="n", body=body(expected=(), title="空")))
    assert refusal(told, OFFICE, CallMeeting(meeting="n")) == (Reason.MISSING, "/expected")
    later = CallMeeting(meeting="n", expected=(LATER, GUEST))
    assert refusal(told, OFFICE, later) == (Reason.NOT_A_MEMBER_THEN, "/expected/1")


def test_a_cancelled_meeting_is_no_day_to_go_by(told: Told) -> None:
    assert [d.on for d in told.known().meeting_days()] == [DAY]
    told.say(OFFICE, CancelMeeting(meeting="m", reason="并入下次"))
    assert told.known().meeting_days() == ()
    assert told.say(OFFICE, CancelMeeting(meeting="m", reason="并入下次")) == []
    assert refusal(told, OFFICE, OpenMeeting(meeting="m")) == (
        Reason.NOT_AT_THIS_STEP,
        "/meeting",
    )


def test_a_list_of_expected_can_be_emptied(told: Told) -> None:
    nobody = body(expected=())
    emptied = AmendMeeting(
        meeting="m", body=nobody, reason="改为自愿参加", number="第12次", expects_nobody=True
    )
    events = told.say(OFFICE, emptied)
    assert events[1:] == [PeopleExpected(meeting="m", people=(), anew=True)]
    assert meeting(told).expected == ()
    assert told.say(OFFICE, emptied) == []
    both = replace(emptied, body=body(expected=(LI,)))
    assert refusal(told, OFFICE, both) == (Reason.MALFORMED, "/expects_nobody")


# Sitting in


def sits_in(told: Told, *invited: InvitedPerson) -> None:
    """Of the meeting three are expected, and these sit in or are guests."""
    plan = body(expected=(WANG, LI, ZHAO))
    said = AmendMeeting(meeting="m", body=plan, reason="列席", number="第12次", invited=invited)
    told.say(OFFICE, said)


def test_who_sits_in_by_sector_is_planned_comes_and_speaks_in_its_name(told: Told) -> None:
    chen = InvitedPerson(person=CHEN, in_name_of=MEDICINE)
    sits_in(told, chen, InvitedPerson(person=GUEST, capacity=Capacity.HIGHER_MEMBER))
    assert meeting(told).invited[0] == chen
    kept = AmendMeeting(meeting="m", body=body(place="三楼"), reason="地点", number="第12次")
    assert refusal(told, OFFICE, kept) == (Reason.SAME_TWICE, "/invited/0/person")
    opened(told)
    assert turnout_of(meeting(told), None, ()) == Turnout(expected=3, unrecorded=3, invited=2)
    told.say(OFFICE, CheckIn(meeting="m", person=CHEN))
    told.say(OFFICE, CloseMeeting(meeting="m", others=Attendance.PRESENT))
    facts = told.facts("occasion/m")
    assert facts["member/chen"].capacity is Capacity.SITS_IN
    assert facts["member/chen"].in_name_of == MEDICINE
    assert not facts["member/chen"].expected
    guest = next(p for p in told.deed("occasion/m").body.participants if p.person == GUEST)
    assert (guest.capacity, guest.attendance) == (Capacity.HIGHER_MEMBER, Attendance.PRESENT)
    count = turnout_of(meeting(told), told.deed("occasion/m"), ())
    assert count == Turnout(expected=3, present=3, invited=2, others=2)
    assert count.percent == Decimal("100.0")


def test_who_sits_in_asks_for_leave_and_is_absent_as_such(told: Told) -> None:
    chen = InvitedPerson(person=CHEN, in_name_of=MEDICINE)
    sits_in(told, chen, InvitedPerson(person=LATER))
    told.say(himself(CHEN), AskLeave(meeting="m", person=CHEN, leave="公假"))
    opened(told)
    closing = CloseMeeting(meeting="m", others=Attendance.ABSENT)
    assert refusal(told, OFFICE, closing) == (Reason.LEAVE_UNDECIDED, "/participants")
    told.say(OFFICE, DecideLeave(meeting="m", person=CHEN, granted=True, by="主席"))
    told.say(OFFICE, closing)
    lines = {p.person: p for p in told.deed("occasion/m").body.participants}
    assert lines[CHEN] == Participant(
        person=CHEN,
        capacity=Capacity.SITS_IN,
        in_name_of=MEDICINE,
        attendance=Attendance.LEAVE,
        leave="公假",
        granted_by="主席",
    )
    assert (lines[LATER].capacity, lines[LATER].attendance) == (
        Capacity.SITS_IN,
        Attendance.ABSENT,
    )
    count = turnout_of(meeting(told), told.deed("occasion/m"), ())
    assert count == Turnout(expected=3, invited=2)


def test_who_cannot_sit_in_is_said_at_his_place(told: Told) -> None:
    def refused(*invited: InvitedPerson) -> tuple[Reason, str]:
        plan = body(expected=(WANG, LI), title="另一次会议")
        return refusal(told, OFFICE, PlanMeeting(meeting="n", body=plan, invited=invited))

    zhao = InvitedPerson(person=ZHAO)
    assert refused(zhao, InvitedPerson(person=LI)) == (Reason.SAME_TWICE, "/invited/1/person")
    assert refused(zhao, zhao) == (Reason.SAME_TWICE, "/invited/1/person")
    member = InvitedPerson(person=ZHAO, capacity=Capacity.ATTENDS)
    assert refused(member) == (Reason.MALFORMED, "/invited/0/capacity")
    higher = InvitedPerson(person=ZHAO, capacity=Capacity.HIGHER_MEMBER)
    assert refused(higher) == (Reason.MALFORMED, "/invited/0/capacity")
    nobody = InvitedPerson(person=PersonId("nobody"))
    assert refused(nobody) == (Reason.NO_SUCH_PERSON, "/invited/0/person")
    of_none = InvitedPerson(person=ZHAO, in_name_of=UnitId("none"))
    assert refused(of_none) == (Reason.NO_SUCH_UNIT, "/invited/0/in_name_of")


def test_a_meeting_at_which_all_sit_in_is_called_and_its_list_is_emptied(told: Told) -> None:
    chen = InvitedPerson(person=CHEN)
    told.say(
        OFFICE,
        PlanMeeting(meeting="n", body=body(expected=(), title="旁听"), invited=(chen,)),
    )
    told.say(OFFICE, CallMeeting(meeting="n"))
    none = AmendMeeting(meeting="n", body=body(expected=(), title="旁听"), reason="x", invited=())
    assert told.say(OFFICE, none)[1:] == [PeopleInvited(meeting="n", people=(), anew=True)]
    assert told.states["meeting/n"].invited == ()


# Leave


def test_leave_is_asked_by_the_member_and_decided_at_a_level_by_somebody_else(told: Told) -> None:
    ask = AskLeave(meeting="m", person=LI, leave="公假")
    told.say(himself(LI), ask)
    assert told.say(himself(LI), ask) == []
    assert refusal(told, himself(ZHAO), ask)[0] is Reason.NOT_ALLOWED
    not_asked = AskLeave(meeting="m", person=LATER, leave="公假")
    assert refusal(told, himself(LATER), not_asked) == (Reason.NOT_EXPECTED, "/person")

    decide = DecideLeave(meeting="m", person=LI, granted=True, by="主席", level=Level.COUNTY)
    assert refusal(told, himself(LI), decide)[0] is Reason.NOT_ALLOWED
    of_himself = replace(OFFICE, person=LI)
    assert refusal(told, of_himself, decide) == (Reason.NEEDS_ANOTHER, "/person")
    told.say(OFFICE, decide)
    nothing_asked = DecideLeave(meeting="m", person=ZHAO, granted=False, by="主席")
    assert refusal(told, OFFICE, nothing_asked) == (Reason.NO_LEAVE_ASKED, "/person")
    told.say(OFFICE, AskLeave(meeting="m", person=ZHAO, leave="事假"))
    told.say(OFFICE, DecideLeave(meeting="m", person=ZHAO, granted=False, by="秘书长"))

    opened(told)
    told.say(OFFICE, CloseMeeting(meeting="m", others=Attendance.PRESENT))
    assert attendance(told) == {
        "member/li": Attendance.LEAVE,
        "member/zhao": Attendance.LEAVE_REFUSED,
        "member/wang": Attendance.PRESENT,
        "member/chen": Attendance.PRESENT,
    }
    line = next(p for p in told.deed("occasion/m").body.participants if p.person == LI)
    assert (line.leave, line.granted_by) == ("公假", "主席")


def test_a_meeting_is_not_closed_over_leave_that_nobody_decided(told: Told) -> None:
    told.say(himself(LI), AskLeave(meeting="m", person=LI, leave="公假"))
    told.say(himself(CHEN), AskLeave(meeting="m", person=CHEN, leave="病假"))
    opened(told)
    for others in (Attendance.ABSENT, Attendance.PRESENT, None):
        with pytest.raises(Refused) as caught:
            told.say(OFFICE, CloseMeeting(meeting="m", others=others))
        every = (caught.value, *caught.value.others)
        assert [(each.reason, each.about) for each in every] == [
            (Reason.LEAVE_UNDECIDED, LI),
            (Reason.LEAVE_UNDECIDED, CHEN),
        ]
    told.say(OFFICE, CheckIn(meeting="m", person=CHEN))
    absent = Participant(person=LI, attendance=Attendance.LEAVE, leave="公假", granted_by="主席")
    said = CloseMeeting(meeting="m", participants=(absent,), others=Attendance.ABSENT)
    told.say(OFFICE, said)
    assert attendance(told) == {
        "member/li": Attendance.LEAVE,
        "member/chen": Attendance.PRESENT,
        "member/wang": Attendance.ABSENT,
        "member/zhao": Attendance.ABSENT,
    }


# Exempt from duties


def exempted(told: Told, who: PersonId, since: date, until: date | None = None) -> None:
    """No duties are asked of somebody for some days."""
    people = dict(told.roster.people)
    exemption = Exemption(since=since, until=until, reason="病休")
    people[who] = replace(people[who], exemptions=(exemption,))
    told.roster = replace(told.roster, people=people)


def test_of_who_is_exempt_nothing_was_required_and_who_comes_nevertheless_was_there(
    told: Told,
) -> None:
    exempted(told, LI, DAY)
    exempted(told, CHEN, TODAY)
    exempted(told, WANG, TODAY, DAY - timedelta(days=1))
    told.say(himself(LI), AskLeave(meeting="m", person=LI, leave="病假"))
    free = frozenset({LI, CHEN})
    assert turnout_of(meeting(told), None, free) == Turnout(expected=2, excused=2, unrecorded=2)
    opened(told)
    told.say(OFFICE, CheckIn(meeting="m", person=CHEN))
    told.say(OFFICE, CheckIn(meeting="m", person=LATER))
    came = turnout_of(meeting(told), None, free)
    assert (came.expected, came.excused, came.present) == (3, 1, 1)
    told.say(OFFICE, CloseMeeting(meeting="m", others=Attendance.ABSENT))
    assert attendance(told) == {
        "member/li": Attendance.NOT_REQUIRED,
        "member/chen": Attendance.PRESENT,
        "member/wang": Attendance.ABSENT,
        "member/zhao": Attendance.ABSENT,
        "member/later": Attendance.PRESENT,
    }
    count = turnout_of(meeting(told), told.deed("occasion/m"), free)
    assert count == Turnout(expected=3, excused=1, present=1, invited=1, others=1)
    assert count.percent == Decimal("33.3")


def test_who_is_exempt_is_not_missed_even_where_he_is_recorded_as_absent() -> None:
    lines = (
        Participant(person=LI, attendance=Attendance.ABSENT),
        Participant(person=ZHAO, attendance=Attendance.LATE),
        Participant(person=CHEN, attendance=Attendance.LEAVE),
    )
    said = body(participants=lines)
    assert turnout(said, {LI}) == Turnout(expected=3, excused=1, present=1, unrecorded=1)
    assert turnout(said, {LI}).percent == Decimal("50.0")
    assert turnout(said, ()).percent == Decimal("33.3")
    assert turnout(body(participants=()), ()).percent is None


def test_of_whom_is_away_exemption_takes_out_who_is_not_excused_by_his_record() -> None:
    lines = (
        Participant(person=WANG, attendance=Attendance.NOT_RECORDED),
        Participant(person=LI, attendance=Attendance.ABSENT),
        Participant(person=CHEN, attendance=Attendance.NOT_REQUIRED),
        Participant(person=GUEST, attendance=Attendance.ABSENT, capacity=Capacity.SITS_IN),
    )
    said = body(participants=lines)
    gone = away(said)
    assert gone == Away(missed=(LI,), unsaid=(WANG, ZHAO))
    everybody = (WANG, LI, CHEN, ZHAO, GUEST)
    for number in range(len(everybody) + 1):
        for exempt in combinations(everybody, number):
            assert turnout(said, ()).without(gone, exempt) == turnout(said, exempt)
    assert turnout(said, everybody) == Turnout(excused=4, invited=1)


# Check-in


def test_members_check_in_by_the_code_that_is_shown_the_clerk_by_hand(told: Told) -> None:
    opened(told)
    told.say(
        OFFICE,
        IssueCode(meeting="m", digest=digest_of("m", CODE), until=NOW + timedelta(minutes=10)),
    )
    told.say(himself(LI), CheckIn(meeting="m", person=LI, code=CODE.lower()))
    told.say(OFFICE, CheckIn(meeting="m", person=ZHAO))
    assert told.say(OFFICE, CheckIn(meeting="m", person=ZHAO)) == []

    assert {who: c.by_code for who, c in meeting(told).checked_in.items()} == {
        LI: True,
        ZHAO: False,
    }
    told.say(OFFICE, CloseMeeting(meeting="m"))
    assert attendance(told) == {
        "member/li": Attendance.PRESENT,
        "member/zhao": Attendance.PRESENT,
        "member/wang": Attendance.NOT_RECORDED,
        "member/chen": Attendance.NOT_RECORDED,
    }


def test_a_code_is_good_for_its_meeting_its_minutes_and_once_for_each(told: Told) -> None:
    told.say(OFFICE, PlanMeeting(meeting="n", body=body(title="另一次会议")))
    check_in = CheckIn(meeting="m", person=LI, code=CODE)
    assert refusal(told, himself(LI), check_in) == (Reason.NOT_AT_THIS_STEP, "/meeting")
    opened(told)
    assert refusal(told, himself(LI), check_in) == (Reason.CODE_UNKNOWN, "/code")
    issue = IssueCode(meeting="m", digest=digest_of("m", CODE), until=NOW + timedelta(minutes=5))
    told.say(OFFICE, issue)
    told.say(OFFICE, OpenMeeting(meeting="n"))
    told.say(OFFICE, replace(issue, meeting="n"))

    elsewhere = CheckIn(meeting="n", person=LI, code=CODE)
    assert refusal(told, himself(LI), elsewhere) == (Reason.CODE_UNKNOWN, "/code")
    for_another = CheckIn(meeting="m", person=ZHAO, code=CODE)
    assert refusal(told, himself(LI), for_another) == (Reason.NOT_ALLOWED, "/person")
    told.say(himself(LI), check_in)
    assert refusal(told, himself(LI), check_in) == (Reason.CODE_SPENT, "/code")

    told.now = NOW + timedelta(minutes=6)
    late = CheckIn(meeting="m", person=ZHAO, code=CODE)
    assert refusal(told, himself(ZHAO), late) == (Reason.CODE_EXPIRED, "/code")
    fresh = IssueCode(meeting="m", digest=digest_of("m", "B"), until=NOW + timedelta(minutes=15))
    told.say(OFFICE, fresh)
    assert refusal(told, himself(ZHAO), late) == (Reason.CODE_UNKNOWN, "/code")
    told.say(OFFICE, CheckIn(meeting="m", person=ZHAO))
    assert set(meeting(told).checked_in) == {LI, ZHAO}


def test_a_code_lasts_for_minutes(told: Told) -> None:
    opened(told)
    for until in (NOW, NOW + timedelta(minutes=31), NOW.replace(tzinfo=None)):
        issue = IssueCode(meeting="m", digest=digest_of("m", CODE), until=until)
        assert refusal(told, OFFICE, issue) == (Reason.MALFORMED, "/until")
    short = IssueCode(meeting="m", digest="abc", until=NOW + timedelta(minutes=5))
    assert refusal(told, OFFICE, short) == (Reason.MALFORMED, "/digest")


def test_who_sits_in_checks_in_as_such(told: Told) -> None:
    opened(told)
    told.say(OFFICE, CheckIn(meeting="m", person=LATER))
    told.say(OFFICE, CloseMeeting(meeting="m"))

    assert told.facts("occasion/m")["member/later"].capacity is Capacity.SITS_IN
    nobody = CheckIn(meeting="m", person=PersonId("nobody"))
    assert refusal(told, OFFICE, nobody) == (Reason.MEETING_CLOSED, "/meeting")


# Closing


def test_one_act_records_who_was_there(told: Told) -> None:
    opened(told)
    events = told.say(
        OFFICE,
        CloseMeeting(
            meeting="m",
            participants=(
                Participant(person=LI, attendance=Attendance.LATE, spoke=Spoke.ORALLY),
                Participant(person=ZHAO, attendance=Attendance.ABSENT),
                Participant(person=LATER, capacity=Capacity.SITS_IN),
            ),
            others=Attendance.PRESENT,
            guests=("赵明(县农业局)",),
            result="通过三项决定",
        ),
    )

    assert [type(e) for e in events] == [OccasionHappened, MeetingClosed]
    assert attendance(told) == {
        "member/li": Attendance.LATE,
        "member/zhao": Attendance.ABSENT,
        "member/later": Attendance.PRESENT,
        "member/wang": Attendance.PRESENT,
        "member/chen": Attendance.PRESENT,
    }
    assert told.facts("occasion/m")["member/li"].spoke is Spoke.ORALLY
    assert told.facts("occasion/m")["member/zhao"].expected
    assert not told.facts("occasion/m")["member/later"].expected
    assert told.deed("occasion/m").body.result == "通过三项决定"


def test_of_two_clerks_who_close_it_the_second_is_told(told: Told) -> None:
    opened(told)
    told.say(OFFICE, CloseMeeting(meeting="m", others=Attendance.PRESENT))
    other = replace(OFFICE, person=PersonId("deputy"))
    second = CloseMeeting(meeting="m", others=Attendance.ABSENT)

    assert refusal(told, other, second) == (Reason.MEETING_CLOSED, "/meeting")
    assert set(attendance(told).values()) == {Attendance.PRESENT}


def test_a_reopened_meeting_is_closed_again_with_what_was_wrong_put_right(told: Told) -> None:
    opened(told)
    told.say(OFFICE, CloseMeeting(meeting="m", others=Attendance.PRESENT))
    for_nothing = ReopenMeeting(meeting="m", reason="")
    assert refusal(told, OFFICE, for_nothing) == (Reason.REASON_MISSING, "/reason")
    told.say(OFFICE, ReopenMeeting(meeting="m", reason="签到表核对有误"))
    cancel = CancelMeeting(meeting="m", reason="误")
    assert refusal(told, OFFICE, cancel) == (Reason.NOT_AT_THIS_STEP, "/meeting")
    events = told.say(
        OFFICE,
        CloseMeeting(
            meeting="m",
            participants=(Participant(person=CHEN, attendance=Attendance.ABSENT),),
            others=Attendance.PRESENT,
        ),
    )

    assert isinstance(events[0], OccasionAmended)
    assert events[0].reason == "签到表核对有误"
    assert attendance(told)["member/chen"] is Attendance.ABSENT
    assert meeting(told).step is MeetingStep.CLOSED


def recorded(told: Told) -> Occasion[Any]:
    """What the record of the meeting says."""
    found: Occasion[Any] = told.deed("occasion/m").body
    return found


def held(told: Told) -> None:
    """It was held and closed with all that is said of it, its record was put right, and it is open again."""
    opened(told)
    told.say(
        OFFICE,
        CloseMeeting(
            meeting="m",
            participants=(Participant(person=LI, spoke=Spoke.ORALLY, in_name_of=ECONOMY),),
            others=Attendance.ABSENT,
            guests=("赵明(县农业局)",),
            result="通过三项决定",
            reached_people=40,
            evidence=(Evidence(name="纪要", number="12号"),),
        ),
    )
    right = replace(recorded(told), place="县会展中心")
    told.say(OFFICE, AmendOccasion(occasion="m", body=right, reason="地点有误"))
    told.say(OFFICE, ReopenMeeting(meeting="m", reason="漏登"))


def test_what_the_record_says_by_then_is_kept_when_it_is_closed_again(told: Told) -> None:
    held(told)
    before = recorded(told)
    told.say(OFFICE, CloseMeeting(meeting="m", others=Attendance.PRESENT))
    assert recorded(told) == before
    assert (before.place, before.result, before.reached_people) == (
        "县会展中心",
        "通过三项决定",
        40,
    )
    assert before.evidence
    assert before.guests
    assert recorded(told).participants[0].spoke is Spoke.ORALLY


def test_what_is_said_in_closing_again_takes_its_place_even_where_it_is_nothing(
    told: Told,
) -> None:
    held(told)
    unsaid = Participant(person=CHEN, attendance=Attendance.NOT_RECORDED)
    nothing = CloseMeeting(
        meeting="m", participants=(unsaid,), guests=(), result="", reached_people=0, evidence=()
    )
    told.say(OFFICE, nothing)
    now = recorded(told)
    assert (now.guests, now.result, now.reached_people, now.evidence) == ((), "", 0, ())
    assert now.place == "县会展中心"
    assert attendance(told)["member/chen"] is Attendance.NOT_RECORDED
    assert attendance(told)["member/zhao"] is Attendance.ABSENT


def test_what_was_heard_after_it_was_closed_is_the_later_word(told: Told) -> None:
    held(told)
    told.say(OFFICE, CheckIn(meeting="m", person=ZHAO))
    told.say(OFFICE, AskLeave(meeting="m", person=WANG, leave="公假"))
    told.say(OFFICE, DecideLeave(meeting="m", person=WANG, granted=True, by="主席"))
    council = Attended(meeting=MeetingKind.CHAIRPERSONS_COUNCIL)
    expected = (WANG, LI, ZHAO)
    plan = replace(meeting(told).body, half_days=2, expected=expected, details=council)
    told.say(OFFICE, AmendMeeting(meeting="m", body=plan, reason="半天数有误", number="第12次"))
    told.say(OFFICE, CloseMeeting(meeting="m"))
    now = recorded(told)
    assert (now.half_days, now.place, now.result) == (2, "县会展中心", "通过三项决定")
    assert now.details.meeting is MeetingKind.CHAIRPERSONS_COUNCIL
    assert now.expected == (WANG, LI, ZHAO)
    # Chen, who was absent, is expected no longer: nothing is missing of him.
    assert attendance(told) == {
        "member/li": Attendance.PRESENT,
        "member/zhao": Attendance.PRESENT,
        "member/wang": Attendance.LEAVE,
    }
    told.say(OFFICE, ReopenMeeting(meeting="m", reason="再核对"))
    told.say(OFFICE, AmendOccasion(occasion="m", body=replace(now, half_days=3), reason="x"))
    told.say(OFFICE, CloseMeeting(meeting="m"))
    assert recorded(told).half_days == 3


def test_who_is_listed_anew_after_it_was_closed_is_counted_as_he_is_listed(told: Told) -> None:
    held(told)
    was = replace(meeting(told).body, expected=(WANG, LI, ZHAO, CHEN))
    plan = AmendMeeting(
        meeting="m",
        body=replace(was, expected=(WANG, LI, ZHAO)),
        reason="列席误列应到",
        number="第12次",
        invited=(InvitedPerson(person=CHEN, in_name_of=MEDICINE),),
    )
    told.say(OFFICE, plan)
    told.say(OFFICE, CloseMeeting(meeting="m"))

    def line(who: PersonId) -> Participant:
        return next(each for each in recorded(told).participants if each.person == who)

    def counted() -> tuple[int, int]:
        found = turnout_of(meeting(told), told.deed("occasion/m"), ())
        return found.expected, found.invited

    assert (line(CHEN).capacity, line(CHEN).in_name_of) == (Capacity.SITS_IN, MEDICINE)
    assert line(CHEN).attendance is Attendance.ABSENT
    # What the record alone says of who stays expected is kept.
    assert line(LI).in_name_of == ECONOMY
    assert counted() == (3, 1)
    told.say(OFFICE, ReopenMeeting(meeting="m", reason="再核对"))
    told.say(OFFICE, CheckIn(meeting="m", person=CHEN))
    told.say(OFFICE, replace(plan, body=was, invited=()))
    told.say(OFFICE, CloseMeeting(meeting="m"))
    assert (line(CHEN).capacity, line(CHEN).in_name_of) == (Capacity.ATTENDS, None)
    assert line(CHEN).attendance is Attendance.PRESENT
    assert counted() == (4, 0)


def test_a_meeting_is_not_closed_before_its_day(told: Told) -> None:
    early = CloseMeeting(meeting="m", others=Attendance.PRESENT)
    assert refusal(told, OFFICE, early) == (Reason.IN_FUTURE, "/body/on")
    assert refusal(told, OFFICE, OpenMeeting(meeting="m")) == (Reason.IN_FUTURE, "/meeting")


def test_an_appraiser_and_a_member_have_no_hand_in_it(told: Told) -> None:
    for actor in (APPRAISER, himself(LI)):
        assert refusal(told, actor, OpenMeeting(meeting="m"))[0] is Reason.NOT_ALLOWED
    assert refusal(told, CLERK, OpenMeeting(meeting="m")) == (
        Reason.NOT_YOURS_TO_RECORD,
        "/meeting",
    )
    assert refusal(told, OFFICE, OpenMeeting(meeting="x")) == (Reason.NO_SUCH_MEETING, "/meeting")


# Loops that go by meetings

BY_MEETING = Loop(
    code="t2",
    version="1",
    zh="常委会协商",
    en="thematic consultation",
    since=date(2025, 1, 1),
    kinds=("issued_recommendation",),
    stages=(
        LoopStage(code="raised", zh="提出", en="raised"),
        LoopStage(
            code="fed_back",
            zh="反馈",
            en="fed back",
            due=AtMeeting(kinds=(MeetingKind.STANDING_COMMITTEE,)),
            ends=True,
        ),
    ),
)


def test_a_loop_by_a_meeting_that_never_meets_is_not_published() -> None:
    told = Told(read_loop=lambda _: BY_MEETING)
    publish = Publish(sort=Sort.LOOP, code="t2", version="1", text="loop: t2", since=DAY)
    assert refusal(told, OFFICE, publish) == (Reason.NEVER_MEETS, "/stages/1/due/meeting")
    told.say(OFFICE, PlanMeeting(meeting="m", body=body()))
    assert told.say(OFFICE, publish)
