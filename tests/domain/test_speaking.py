"""In whose name a command may be given: of all commands, for every role, whether the member is of the unit or not."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.access import Action, ever
from domain.course import Move
from domain.deed import Confirm
from domain.handling import HandOver, MoveMatter
from domain.kinds import Stage
from domain.kinds.advice import Proposed, Satisfaction
from domain.kinds.meetings import Attended, Meeting
from domain.loop import Holder, Loop, LoopStage, Mover, Need
from domain.matter import AmendMatter, Author, Matter, RecordMatter
from domain.meeting import AskLeave, PlanMeeting
from domain.member import Bond, Membership
from domain.occasion import Occasion, RecordOccasion
from domain.people import Actor, PersonId, Reason, Refused, Role, UnitId
from domain.speaking import ACTING_FOR, TYPES_IN
from domain.streams import ACTIONS, Command
from domain.unit import Side
from tests import commands
from tests.county import (
    CHEN,
    CLERK,
    CONVENOR,
    COUNTY,
    ECONOMY,
    LI,
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
    himself,
    visit,
)
from tests.refusal import refusal

SAID = [*commands.SAID, *commands.NOT_TWICE]
"""A command of every sort."""
OF_LI = {ECONOMY, SOUTH}
"""The units that Li is bound to."""
UNITS = [ECONOMY, SOUTH, NORTH, MEDICINE, COUNTY, None]


@pytest.fixture(scope="module")
def county() -> Told:
    """Where all of them were said."""
    told = commands.county()
    for actor, command, _ in SAID:
        commands.say(told, actor, command)
    return told


@given(
    role=st.sampled_from(list(Role)),
    unit=st.sampled_from(UNITS),
    command=st.sampled_from([command for _, command, _ in SAID]),
)
def test_every_command_asks_alike_whether_somebody_may_speak_for_the_member(
    county: Told, role: Role, unit: UnitId | None, command: Command
) -> None:
    """Given any command in Li's name, then it is looked at where the office, or a clerk or head of his unit, gives what he may say himself; else it is refused at the header."""
    typist = Actor(person=PersonId("typist"), role=role, unit=unit, acting_for=LI)
    at_header: Refused | None = None
    try:
        county.decide(typist, command)
    except Refused as refused:
        at_header = refused if refused.field == ACTING_FOR else None

    may_himself = ever(Role.MEMBER, ACTIONS[type(command)])
    if role not in TYPES_IN or not may_himself:
        assert at_header is None or at_header.reason is Reason.NOT_ALLOWED
        # Who reads alone is refused before it is looked at.
        assert at_header is not None or role in {Role.AUDITOR, Role.CONSUMER}
    elif role is Role.OFFICE or unit in OF_LI:
        assert at_header is None or at_header.reason in _OF_THE_COMMAND
    else:
        assert at_header is not None
        assert (at_header.reason, at_header.about) == (Reason.NOT_YOURS_TO_SPEAK_FOR, LI)


_OF_THE_COMMAND = {Reason.NOT_ALLOWED, Reason.HANDLED_BY_YOURS}
"""What a command itself has against it, once it is his to type in."""


def test_the_sentence_names_the_header_and_says_who_may() -> None:
    with pytest.raises(Refused) as refused:
        Told().say(
            replace(NORTH_CLERK, acting_for=LI), RecordOccasion(occasion="v", body=visit(LI))
        )

    assert refused.value.zh.startswith("Lvzhi-Acting-For li:不是本单位的委员,不能代其登记;请由")
    assert refused.value.en.startswith("Lvzhi-Acting-For li: is not bound to your unit")


def test_whom_he_is_bound_to_is_asked_of_today() -> None:
    """Given a member who moved to another studio, then its clerk types in for him and that of the old one does not, whatever day he speaks of."""
    told = Told()
    li = told.roster.people[LI]
    moved_on = date(2025, 6, 20)
    bonds = tuple(
        replace(m, until=moved_on - timedelta(days=1)) if m.bond is Bond.STUDIO else m
        for m in li.memberships
    )
    now = Membership(bond=Bond.STUDIO, unit=NORTH, since=moved_on)
    people = {**told.roster.people, LI: replace(li, memberships=(*bonds, now))}
    told.roster = replace(told.roster, people=people)
    record = RecordOccasion(occasion="v", body=visit(LI, on=date(2025, 6, 10), organiser=NORTH))

    old = replace(CLERK, acting_for=LI)
    assert refusal(told, old, record) == (Reason.NOT_YOURS_TO_SPEAK_FOR, ACTING_FOR)
    assert told.say(replace(NORTH_CLERK, acting_for=LI), record)


def test_a_clerk_who_is_a_member_himself_speaks_for_himself_wherever_he_is_bound() -> None:
    own = Actor(person=LI, role=Role.CLERK, unit=NORTH, acting_for=LI)

    assert Told().say(own, RecordOccasion(occasion="v", body=visit(LI, organiser=NORTH)))


def test_nobody_is_absent_in_anothers_name_but_by_his_own_unit_or_who_organises() -> None:
    """Given a meeting of the committee, when the head of another sector asks leave for a member, then he is refused; the member's own convenor asks it."""
    told = Told()
    body = Occasion(
        details=Attended(meeting=Meeting.STANDING_COMMITTEE),
        title="常委会会议",
        on=TODAY + timedelta(days=9),
        organiser=COUNTY,
        expected=(ZHAO, CHEN),
    )
    told.say(OFFICE, PlanMeeting(meeting="k", body=body))
    ask = AskLeave(meeting="k", person=CHEN, leave="出差")

    assert refusal(told, CONVENOR, ask)[0] is Reason.NOT_YOURS_TO_RECORD
    unbound = replace(CONVENOR, acting_for=CHEN)
    assert refusal(told, unbound, ask) == (Reason.NOT_YOURS_TO_SPEAK_FOR, ACTING_FOR)
    assert told.say(replace(CONVENOR, acting_for=ZHAO), replace(ask, person=ZHAO))
    other = replace(CONVENOR, acting_for=ZHAO)
    assert refusal(told, other, ask) == (Reason.NOT_ALLOWED, "")


def test_nobody_answers_for_a_line_in_a_members_name() -> None:
    told = Told()
    told.say(CLERK, RecordOccasion(occasion="v", body=visit(LI, CHEN)))
    head = replace(STUDIO_HEAD, acting_for=LI)

    confirm = Confirm(deed="occasion/v", side=Side.STUDIO, people=(CHEN,))
    assert refusal(told, head, confirm) == (Reason.NOT_ALLOWED, ACTING_FOR)


# What an author thinks of the reply

STAGES = (
    LoopStage(code="raised", zh="提出", en="raised"),
    LoopStage(
        code="assigned",
        zh="交办",
        en="assigned",
        reaches=Stage.ASSIGNED,
        movers=(Mover.OFFICE,),
        needs=(Need.HOLDER,),
    ),
    LoopStage(
        code="evaluated",
        zh="评价",
        en="evaluated",
        reaches=Stage.EVALUATED,
        movers=(Mover.AUTHOR,),
        needs=(Need.SATISFACTION,),
        beside=True,
    ),
    LoopStage(code="done", zh="办结", en="done", after=("evaluated",), ends=True),
)
LOOP = Loop(
    code="p",
    version="1",
    zh="提案",
    en="proposals",
    since=date(2025, 1, 1),
    kinds=("proposed",),
    stages=STAGES,
)
PROPOSAL: Matter[Proposed] = Matter(
    details=Proposed(),
    title="关于修路的提案",
    on=date(2025, 6, 2),
    organiser=COUNTY,
    authors=(Author(person=LI),),
)


def evaluation(said: Satisfaction = Satisfaction.SATISFIED) -> MoveMatter:
    return MoveMatter(matter="m", move=Move(stage="evaluated", on=TODAY, satisfaction=said))


def proposed(holder: UnitId | None, *co_holders: UnitId) -> Told:
    """A proposal of Li that these units have in hand."""
    told = Told(loops=[LOOP])
    told.say(OFFICE, RecordMatter(matter="m", body=PROPOSAL))
    if holder is not None:
        others = tuple(Holder(unit=each) for each in co_holders)
        move = Move(stage="assigned", on=TODAY, holder=Holder(unit=holder), co_holders=others)
        told.say(OFFICE, MoveMatter(matter="m", move=move))
    return told


def test_a_clerk_of_another_township_says_nothing_in_an_authors_name() -> None:
    told = proposed(NORTH)
    told.say(himself(LI), evaluation())

    wrong = evaluation(Satisfaction.NOT_SATISFIED)
    unbound = replace(NORTH_CLERK, acting_for=LI)
    assert refusal(told, unbound, wrong) == (Reason.NOT_YOURS_TO_SPEAK_FOR, ACTING_FOR)
    satisfaction = dict(told.deed("matter/m").body.details.satisfaction)
    assert satisfaction == {"member/li": Satisfaction.SATISFIED}


@pytest.mark.parametrize("how", ["holds", "with others", "held", "held with others"])
def test_a_unit_that_has_or_had_a_matter_does_not_rate_its_own_reply(how: str) -> None:
    """Given a proposal that Li's own studio handles or handled, then its clerk and head do not say how satisfied he is; his sector, the office and he himself do."""
    told = proposed(NORTH, SOUTH) if how == "with others" else proposed(SOUTH)
    if how == "held":
        away = HandOver(matter="m", on=TODAY, holder=Holder(unit=NORTH), reason="属该镇")
        told.say(OFFICE, away)
    if how == "held with others":
        told = proposed(NORTH)
        south = (Holder(unit=SOUTH),)
        north = Holder(unit=NORTH)
        for others in (south, ()):
            over = HandOver(matter="m", on=TODAY, holder=north, co_holders=others, reason="会办")
            told.say(OFFICE, over)

    for own in (CLERK, STUDIO_HEAD):
        at = refusal(told, replace(own, acting_for=LI), evaluation())
        assert at == (Reason.HANDLED_BY_YOURS, ACTING_FOR)
    convenor = Actor(person=WANG, role=Role.HEAD, unit=ECONOMY, acting_for=LI)
    for actor in (convenor, replace(OFFICE, acting_for=LI), himself(LI)):
        kept = dict(told.states)
        assert told.say(actor, evaluation())
        told.states.update(kept)
    himself_there = Actor(person=LI, role=Role.CLERK, unit=SOUTH, acting_for=LI)
    assert told.say(himself_there, evaluation())


@pytest.mark.parametrize("unit", [COUNTY, None])
def test_the_office_does_not_either_of_what_it_handled_itself(unit: UnitId | None) -> None:
    told = proposed(COUNTY)

    at = refusal(told, replace(OFFICE, unit=unit, acting_for=LI), evaluation())
    assert at == (Reason.HANDLED_BY_YOURS, ACTING_FOR)
    assert proposed(SOUTH).say(replace(OFFICE, unit=unit, acting_for=LI), evaluation())
    assert told.say(replace(CLERK, acting_for=LI), evaluation())


def test_before_anybody_has_it_in_hand_his_studio_says_what_he_says() -> None:
    assert proposed(None).say(replace(CLERK, acting_for=LI), evaluation())


def test_members_may_never_do_what_nobody_does_in_their_name() -> None:
    """So that a command of tomorrow is in one of the two."""
    theirs = {action for action in ACTIONS.values() if ever(Role.MEMBER, action)}
    assert theirs == {
        Action.RECORD,
        Action.HANDLE,
        Action.TAKE_PART,
        Action.DISPUTE,
        Action.TAKE_ACCESS,
    }


def test_nobody_amends_what_an_author_said_around_the_loop() -> None:
    """Given what Li said of the reply, when the record is amended to say otherwise, then it is refused; what it says else is amended."""
    told = proposed(NORTH)
    told.say(himself(LI), evaluation(Satisfaction.NOT_SATISFIED))
    body = told.deed("matter/m").body
    for said in ((), (("member/li", Satisfaction.SATISFIED),)):
        other = replace(body, details=replace(body.details, satisfaction=said))
        amend = AmendMatter(matter="m", body=other, reason="更正")
        at = refusal(told, OFFICE, amend)
        assert at == (Reason.GOES_ROUND_A_LOOP, "/body/details/satisfaction")

    titled = replace(body, title="关于修桥的提案")
    told.say(OFFICE, AmendMatter(matter="m", body=titled, reason="更正题目"))
    assert told.deed("matter/m").body == titled


def test_before_it_goes_round_a_loop_what_was_said_on_paper_is_part_of_the_record() -> None:
    told = Told()
    told.say(OFFICE, RecordMatter(matter="m", body=PROPOSAL))
    said = (("member/li", Satisfaction.SATISFIED),)
    body = replace(PROPOSAL, details=replace(PROPOSAL.details, satisfaction=said))

    assert told.say(OFFICE, AmendMatter(matter="m", body=body, reason="补登评价"))


# Authors who are gone


def without(told: Told, *people: PersonId) -> Told:
    """The same after these have left the committee."""
    last, roster = TODAY - timedelta(days=1), told.roster
    there = {who: roster.people[who] for who in people}
    left = {
        who: replace(person, terms=tuple(replace(term, until=last) for term in person.terms))
        for who, person in there.items()
    }
    told.roster = replace(roster, people={**roster.people, **left})
    return told


def excused(note: str = "作者已离任,未能评价") -> MoveMatter:
    return MoveMatter(matter="m", move=Move(stage="evaluated", on=TODAY, note=note))


def test_where_its_author_has_left_the_office_goes_on_with_a_note_and_makes_nothing_up() -> None:
    told = without(proposed(NORTH), LI)

    assert refusal(told, OFFICE, excused(note=" ")) == (Reason.MISSING, "/move/note")
    assert refusal(told, OFFICE, evaluation()) == (Reason.MALFORMED, "/move/satisfaction")
    assert refusal(told, CLERK, excused()) == (Reason.NOT_YOURS_TO_MOVE, "/move/stage")
    told.say(OFFICE, excused())

    deed = told.deed("matter/m")
    assert deed.body.details.satisfaction == ()
    assert [r.note for r in deed.reached if r.stage is Stage.EVALUATED] == ["作者已离任,未能评价"]
    assert told.say(OFFICE, MoveMatter(matter="m", move=Move(stage="done", on=TODAY)))


def test_what_he_said_on_paper_before_is_still_typed_in_for_him() -> None:
    told = without(proposed(NORTH), LI)
    told.say(replace(OFFICE, acting_for=LI), evaluation(Satisfaction.NOT_SATISFIED))

    deed = told.deed("matter/m")
    assert dict(deed.body.details.satisfaction) == {"member/li": Satisfaction.NOT_SATISFIED}
    assert deed.course is not None
    step = deed.course.steps[-1]
    assert (step.by, step.acting_for) == (OFFICE.person, LI)


@pytest.mark.parametrize(
    "authors",
    [
        (Author(person=LI), Author(person=ZHAO)),
        (Author(person=LI), Author(unit=ECONOMY)),
    ],
)
def test_as_long_as_one_of_them_is_there_he_is_asked(authors: tuple[Author, ...]) -> None:
    told = Told(loops=[LOOP])
    told.say(OFFICE, RecordMatter(matter="m", body=replace(PROPOSAL, authors=authors)))
    without(told, LI)

    assert refusal(told, OFFICE, excused()) == (Reason.NOT_YOURS_TO_MOVE, "/move/stage")


def test_the_proposal_of_a_unit_that_has_closed_is_gone_on_with_too() -> None:
    told = Told(loops=[LOOP])
    body = replace(PROPOSAL, authors=(Author(unit=ECONOMY),))
    told.say(OFFICE, RecordMatter(matter="m", body=body))
    economy = told.roster.units[ECONOMY]
    closed = replace(economy, until=TODAY - timedelta(days=1))
    told.roster = replace(told.roster, units={**told.roster.units, ECONOMY: closed})

    assert told.say(OFFICE, excused())


def test_who_has_left_and_works_in_the_office_does_not_excuse_himself() -> None:
    told = without(proposed(NORTH), LI)
    own = replace(OFFICE, person=LI)

    assert refusal(told, own, excused())[0] is Reason.NOT_YOURS_TO_MOVE
