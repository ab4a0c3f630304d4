"""A carried message on its way: who may move it where, what each stage needs, what is due, how it is given back, paused, reopened."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from domain.course import Course, Move, Standing, Turn, clocks, not_told
from domain.deadline import SUBMITTED, AtMeeting, Count, Within
from domain.fact import Followed, Reached
from domain.handling import (
    BeginCourse,
    CourseBegun,
    CourseMoved,
    ExtendDeadline,
    GiveBack,
    HandOver,
    MigrateCourse,
    MoveMatter,
    PauseCourse,
    ReopenMatter,
    ResumeCourse,
)
from domain.kinds import Stage
from domain.kinds.advice import (
    CarriedUp,
    Obstacle,
    Proposed,
    ReplyClass,
    ReportedOpinion,
    Satisfaction,
    Way,
)
from domain.kinds.help import ServedOrder
from domain.kinds.meetings import Meeting
from domain.loop import GivingBack, Holder, Loop, LoopStage, Mover, Need, Telling, problems
from domain.matter import AmendMatter, Author, Matter, RecordMatter, ReportOutcome, RetractOutcome
from domain.people import Actor, PersonId, Reason, Refused, Role, UnitId
from domain.unit import Side, UnitKind
from domain.words import Level
from tests.county import (
    AUDITOR,
    CLERK,
    COUNTY,
    ECONOMY,
    LI,
    LINKING_HEAD,
    NORTH,
    NORTH_CLERK,
    OFFICE,
    SOUTH,
    TODAY,
    ZHAO,
    Told,
    himself,
)
from tests.refusal import refusal

SAID_ON = date(2025, 6, 2)
WATER = Holder(name="县水利局")
ROADS = Holder(name="县交通局")

LOOP = Loop(
    code="message",
    version="1",
    zh="委员带话",
    en="carried message",
    since=date(2025, 1, 1),
    kinds=("carried_up",),
    stages=(
        LoopStage(code="received", zh="收到", en="received", reaches=Stage.RECEIVED),
        LoopStage(
            code="verified",
            zh="核实",
            en="verified",
            reaches=Stage.VERIFIED,
            needs=(Need.BY,),
            due=Within(number=5, since=(SUBMITTED,)),
        ),
        LoopStage(
            code="assigned",
            zh="交办",
            en="assigned",
            reaches=Stage.ASSIGNED,
            movers=(Mover.OFFICE,),
            needs=(Need.WAY, Need.HOLDER),
        ),
        LoopStage(
            code="handled",
            zh="已落实处理",
            en="handled",
            reaches=Stage.HANDLED,
            movers=(Mover.OFFICE, Mover.HOLDER, UnitKind.SPECIAL_COMMITTEE),
            due=Within(number=20, count=Count.WORKING_DAYS),
            then=("closed",),
        ),
        LoopStage(
            code="cannot",
            zh="暂无法处理",
            en="cannot be handled for now",
            reaches=Stage.CANNOT_FOR_NOW,
            movers=(Mover.OFFICE, Mover.HOLDER),
            needs=(Need.OBSTACLE,),
            then=("assigned",),
            rests=True,
        ),
        LoopStage(
            code="answered",
            zh="回复本人",
            en="the person was told",
            reaches=Stage.ANSWERED,
            movers=(Mover.OFFICE, Mover.ORGANISER, Mover.AUTHOR),
            due=Within(number=5, since=("handled",)),
            after=("received",),
            beside=True,
        ),
        LoopStage(
            code="closed",
            zh="办结",
            en="closed",
            reaches=Stage.CLOSED,
            after=("handled", "answered"),
            ends=True,
        ),
    ),
    giving_back=GivingBack(
        within=Within(number=3, count=Count.WORKING_DAYS), out_of="assigned", to="verified"
    ),
    telling=Telling(after=("handled",), by="answered"),
)
LOOP = replace(
    LOOP,
    stages=tuple(
        replace(s, then=("handled", "cannot")) if s.code == "assigned" else s for s in LOOP.stages
    ),
)
MESSAGE: Matter[Any] = Matter(
    details=CarriedUp(topic="饮水"),
    title="韩村饮水困难",
    on=SAID_ON,
    organiser=SOUTH,
    authors=(Author(person=LI),),
)


@pytest.fixture
def told() -> Told:
    """A county in which a message was carried up today a fortnight ago."""
    told = Told(today=date(2025, 6, 3), loops=[LOOP])
    told.say(CLERK, RecordMatter(matter="m", body=MESSAGE))
    return told


def course(told: Told) -> Course:
    found = told.deed("matter/m").course
    assert found is not None
    return found


def move(told: Told, actor: Actor, stage: str, **said: Any) -> list[Any]:
    said = {"on": told.today, **said}
    return told.say(actor, MoveMatter(matter="m", move=Move(stage=stage, **said)))


def refused(told: Told, actor: Actor, stage: str, **said: Any) -> tuple[Reason, str]:
    said = {"on": told.today, **said}
    return refusal(told, actor, MoveMatter(matter="m", move=Move(stage=stage, **said)))


def assigned(told: Told) -> None:
    move(told, CLERK, "verified", by="王主席")
    move(told, OFFICE, "assigned", way=Way.BY_TELEPHONE, holder=WATER)


# Entering


def test_what_is_recorded_enters_the_loop_that_takes_it(told: Told) -> None:
    assert [type(e.event) for e in told.entries][-1] is CourseBegun
    assert course(told).at == "received"
    assert told.facts("matter/m")["member/li"].has(Stage.RECEIVED)


def test_a_matter_of_before_the_loop_is_let_in_by_hand() -> None:
    told = Told(loops=[])
    told.say(CLERK, RecordMatter(matter="m", body=MESSAGE))
    assert refused(told, CLERK, "verified", by="王") == (Reason.NOT_IN_A_LOOP, "/matter")
    told.loops.append(LOOP)
    told.say(CLERK, BeginCourse(matter="m", loop="message"))

    assert course(told).at == "received"
    assert course(told).begun_on == SAID_ON
    assert told.say(CLERK, BeginCourse(matter="m", loop="message")) == []


def test_a_loop_takes_its_own_kinds_alone() -> None:
    told = Told(loops=[LOOP])
    proposal = replace(MESSAGE, details=Proposed())
    told.say(CLERK, RecordMatter(matter="m", body=proposal))

    assert told.deed("matter/m").course is None
    wrong = BeginCourse(matter="m", loop="message")
    assert refusal(told, CLERK, wrong) == (Reason.LOOP_NOT_OF_KIND, "/loop")
    none = BeginCourse(matter="m", loop="other")
    assert refusal(told, CLERK, none) == (Reason.NO_SUCH_LOOP, "/loop")


# Moving


def test_a_message_goes_from_hand_to_hand_until_the_person_is_told(told: Told) -> None:
    """Given a message, when it is verified, rung through to the water bureau, handled and answered, then it can be closed."""
    assigned(told)
    assert course(told).holder == WATER
    assert told.deed("matter/m").body.details.way is Way.BY_TELEPHONE
    told.today += timedelta(days=10)
    move(told, OFFICE, "handled", note="已更换水泵")

    assert not_told(LOOP, course(told))
    assert refused(told, OFFICE, "closed") == (Reason.STAGE_SKIPPED, "/move/stage")

    move(told, himself(LI), "answered", by="李")
    assert not not_told(LOOP, course(told))
    move(told, OFFICE, "closed")

    assert course(told).standing is Standing.CLOSED
    assert course(told).closed_on == told.today
    fact = told.facts("matter/m")["member/li"]
    assert [r.stage for r in fact.reached] == [
        *(Stage.RECEIVED, Stage.VERIFIED, Stage.ASSIGNED),
        *(Stage.HANDLED, Stage.ANSWERED, Stage.CLOSED),
    ]


def test_it_is_not_closed_once_it_is_answered_but_not_handled(told: Told) -> None:
    assigned(told)
    move(told, CLERK, "answered")

    assert refused(told, OFFICE, "closed") == (Reason.STAGE_SKIPPED, "/move/stage")


def test_a_stage_cannot_be_skipped(told: Told) -> None:
    assert refused(told, OFFICE, "handled") == (Reason.STAGE_SKIPPED, "/move/stage")
    assert refused(told, OFFICE, "nowhere") == (Reason.NO_SUCH_STAGE, "/move/stage")


@pytest.mark.parametrize(
    ("actor", "reason"),
    [
        (NORTH_CLERK, Reason.NOT_YOURS_TO_MOVE),
        (himself(ZHAO), Reason.NOT_YOURS_TO_MOVE),
        (himself(LI), Reason.OWN_MATTER),
        (AUDITOR, Reason.NOT_ALLOWED),
        (replace(OFFICE, person=LI), Reason.OWN_MATTER),
    ],
)
def test_only_those_whom_the_stage_names_move_a_matter_to_it(
    told: Told, actor: Actor, reason: Reason
) -> None:
    assert refused(told, actor, "verified", by="王")[0] is reason


def test_an_author_is_told_who_moves_his_matter_and_nothing_of_confirming(told: Told) -> None:
    with pytest.raises(Refused) as refused:
        move(told, himself(LI), "verified", by="李")

    assert "是您本人提出的事项,这一步不由作者办理" in refused.value.zh
    assert "(应为 " in refused.value.zh
    assert "its author does not do this" in refused.value.en
    for words in (refused.value.zh, refused.value.en):
        assert not any(said in words for said in ("确认", "召集人", "convenor", "line"))


def test_the_unit_that_holds_a_matter_says_that_it_is_handled(told: Told) -> None:
    move(told, CLERK, "verified", by="王")
    move(told, OFFICE, "assigned", way=Way.BY_DOCUMENT, holder=Holder(unit=NORTH))

    assert refused(told, CLERK, "handled") == (Reason.NOT_YOURS_TO_MOVE, "/move/stage")
    assert move(told, NORTH_CLERK, "handled")


def test_a_kind_of_unit_may_be_named(told: Told) -> None:
    assigned(told)
    assert move(told, LINKING_HEAD, "handled")


def test_each_stage_needs_what_it_says(told: Told) -> None:
    assert refused(told, CLERK, "verified") == (Reason.MISSING, "/move/by")
    move(told, CLERK, "verified", by="王")
    assert refused(told, OFFICE, "assigned", holder=WATER) == (Reason.MISSING, "/move/way")
    way = Way.BY_TELEPHONE
    assert refused(told, OFFICE, "assigned", way=way) == (Reason.MISSING, "/move/holder")
    both = Holder(unit=NORTH, name="水利局")
    assert refused(told, OFFICE, "assigned", way=way, holder=both) == (
        Reason.MALFORMED,
        "/move/holder",
    )
    gone = Holder(unit=UnitId("closed"))
    assert refused(told, OFFICE, "assigned", way=way, holder=gone) == (
        Reason.UNIT_CLOSED,
        "/move/holder/unit",
    )
    twice = (WATER, ROADS)
    assert refused(told, OFFICE, "assigned", way=way, holder=WATER, co_holders=twice) == (
        Reason.SAME_TWICE,
        "/move/co_holders/0",
    )


def test_days_follow_one_another(told: Told) -> None:
    later = told.today + timedelta(days=1)
    assert refused(told, CLERK, "verified", by="王", on=later) == (Reason.IN_FUTURE, "/move/on")
    early = SAID_ON - timedelta(days=1)
    assert refused(told, CLERK, "verified", by="王", on=early) == (Reason.TOO_EARLY, "/move/on")


def test_a_move_said_twice_is_one(told: Told) -> None:
    assert move(told, CLERK, "verified", by="王")
    assert move(told, CLERK, "verified", by="王") == []


def test_what_cannot_be_handled_for_now_rests_and_comes_back_to_life(told: Told) -> None:
    assigned(told)
    move(told, OFFICE, "cannot", obstacle=Obstacle.POLICY)

    assert course(told).standing is Standing.RESTING
    assert clocks(LOOP, course(told), days=told.known().working_days(), meetings=()) == ()
    assert told.deed("matter/m").body.details.obstacle is Obstacle.POLICY

    told.today += timedelta(days=20)
    move(told, OFFICE, "assigned", way=Way.BY_DOCUMENT, holder=ROADS)
    assert course(told).standing is Standing.OPEN
    assert [h.holder for h in course(told).holders] == [WATER, ROADS]


def test_who_is_told_while_it_rests_does_not_wake_it(told: Told) -> None:
    assigned(told)
    move(told, OFFICE, "cannot", obstacle=Obstacle.POLICY)
    move(told, CLERK, "answered", note="已说明暂时不能办理")

    assert (course(told).at, course(told).standing) == ("cannot", Standing.RESTING)


TOLD_TWICE = replace(
    LOOP,
    version="2",
    stages=tuple(
        replace(s, due=Within(number=5, since=("handled", "cannot"))) if s.code == "answered" else s
        for s in LOOP.stages
    ),
    telling=Telling(after=("handled", "cannot"), by="answered"),
)
"""The same in which the person is told as well that it cannot be handled for now."""


def test_who_raised_it_is_told_that_it_cannot_be_handled_and_anew_once_it_was() -> None:
    """Given a message that cannot be handled for now, its person is to be told in five days while it rests; taken up again and handled, anew."""
    told = Told(today=date(2025, 6, 3), loops=[TOLD_TWICE])
    told.say(CLERK, RecordMatter(matter="m", body=MESSAGE))

    def waits() -> tuple[bool, dict[str, date | None]]:
        known = told.known()
        found = clocks(TOLD_TWICE, course(told), days=known.working_days(), meetings=())
        return not_told(TOLD_TWICE, course(told)), {c.stage: c.due.day for c in found}

    assigned(told)
    move(told, OFFICE, "cannot", obstacle=Obstacle.POLICY)
    assert waits() == (True, {"answered": date(2025, 6, 8)})
    told.today = date(2025, 6, 5)
    move(told, CLERK, "answered")
    assert waits() == (False, {})

    told.today = date(2025, 6, 10)
    move(told, OFFICE, "assigned", way=Way.BY_DOCUMENT, holder=ROADS)
    assert waits() == (False, {"handled": date(2025, 7, 8)})
    told.today = date(2025, 6, 20)
    move(told, OFFICE, "handled")
    assert waits() == (True, {"answered": date(2025, 6, 25)})
    assert refused(told, OFFICE, "closed") == (Reason.STAGE_SKIPPED, "/move/stage")
    move(told, CLERK, "answered")
    assert waits() == (False, {})
    assert move(told, OFFICE, "closed")


def test_of_what_is_taken_up_again_nobody_is_told_that_it_cannot_be_handled() -> None:
    told = Told(today=date(2025, 6, 3), loops=[TOLD_TWICE])
    told.say(CLERK, RecordMatter(matter="m", body=MESSAGE))
    assigned(told)
    move(told, OFFICE, "cannot", obstacle=Obstacle.POLICY)
    move(told, OFFICE, "assigned", way=Way.BY_DOCUMENT, holder=ROADS)

    assert not not_told(TOLD_TWICE, course(told))


def test_an_outcome_of_the_loop_is_not_reported_beside_it(told: Told) -> None:
    reached = ReportOutcome(matter="m", outcome=Reached(stage=Stage.HANDLED, on=told.today))
    assert refusal(told, OFFICE, reached) == (Reason.GOES_ROUND_A_LOOP, "/outcome/stage")
    retract = RetractOutcome(matter="m", stage=Stage.RECEIVED, reason="误")
    assert refusal(told, OFFICE, retract) == (Reason.GOES_ROUND_A_LOOP, "/stage")
    beside = ReportOutcome(matter="m", outcome=Reached(stage=Stage.DISCUSSED, on=told.today))
    assert told.say(OFFICE, beside)


# What is due


def due_days(told: Told) -> dict[str, date | None]:
    found = clocks(LOOP, course(told), days=told.known().working_days(), meetings=())
    return {each.stage: each.due.day for each in found}


def test_what_is_due_follows_the_way(told: Told) -> None:
    assert due_days(told) == {"verified": date(2025, 6, 7)}
    assigned(told)
    assert due_days(told) == {"handled": date(2025, 7, 1)}
    move(told, OFFICE, "handled")
    assert due_days(told) == {"answered": date(2025, 6, 8)}
    move(told, CLERK, "answered")
    assert due_days(told) == {}


def test_what_goes_back_on_its_way_is_due_once_more() -> None:
    back = replace(
        LOOP,
        stages=tuple(
            replace(s, then=("closed", "assigned")) if s.code == "handled" else s
            for s in LOOP.stages
        ),
    )
    told = Told(today=date(2025, 6, 3), loops=[back])
    told.say(CLERK, RecordMatter(matter="m", body=MESSAGE))
    assigned(told)
    move(told, OFFICE, "handled")
    move(told, CLERK, "answered")
    assert due_days(told) == {}

    told.today = date(2025, 6, 10)
    move(told, OFFICE, "assigned", way=Way.BY_DOCUMENT, holder=ROADS)
    assert due_days(told) == {"handled": date(2025, 7, 8)}

    told.today = date(2025, 6, 20)
    move(told, OFFICE, "handled")
    assert due_days(told) == {}


def test_a_deadline_is_extended_with_consent_and_never_shortened(told: Told) -> None:
    assigned(told)
    extend = ExtendDeadline(
        matter="m",
        stage="handled",
        until=date(2025, 7, 31),
        reason="需招标",
        consented_by="分管副县长",
    )
    told.say(OFFICE, extend)

    assert due_days(told) == {"handled": date(2025, 7, 31)}
    assert told.say(OFFICE, extend) == []
    shorter = replace(extend, until=date(2025, 7, 15), reason="快")
    assert refusal(told, OFFICE, shorter) == (Reason.NOT_LATER, "/until")
    nobody = replace(extend, until=date(2025, 8, 31), consented_by="")
    assert refusal(told, OFFICE, nobody) == (Reason.MISSING, "/consented_by")
    why = replace(extend, until=date(2025, 8, 31), reason=" ")
    assert refusal(told, OFFICE, why) == (Reason.REASON_MISSING, "/reason")
    other = replace(extend, stage="verified")
    assert refusal(told, OFFICE, other) == (Reason.NO_SUCH_STAGE, "/stage")


def test_while_a_matter_is_paused_it_does_not_move_and_nothing_is_due(told: Told) -> None:
    assigned(told)
    pause = PauseCourse(matter="m", on=told.today, reason="待省厅批复", consented_by="主席")
    told.say(OFFICE, pause)

    assert due_days(told) == {"handled": None}
    assert refused(told, OFFICE, "handled") == (Reason.TIME_STANDS_STILL, "/matter")
    assert refusal(told, OFFICE, pause) == (Reason.ALREADY_DONE, "/matter")
    assert move(told, CLERK, "answered", note="已告知正在等批复")

    told.today += timedelta(days=14)
    told.say(OFFICE, ResumeCourse(matter="m", on=told.today))
    assert due_days(told) == {"handled": date(2025, 7, 15)}
    again = ResumeCourse(matter="m", on=told.today)
    assert refusal(told, OFFICE, again) == (Reason.NOT_AT_THIS_STEP, "/matter")


# Giving back, handing over, reopening


def test_a_misassigned_matter_is_given_back_within_its_days(told: Told) -> None:
    assigned(told)
    told.today += timedelta(days=3)
    told.say(OFFICE, GiveBack(matter="m", on=told.today, reason="属交通局职责"))

    assert (course(told).at, course(told).holder) == ("verified", None)
    assert course(told).steps[-1].turn is Turn.GIVEN_BACK
    assert not told.facts("matter/m")["member/li"].has(Stage.ASSIGNED)
    move(told, OFFICE, "assigned", way=Way.BY_TELEPHONE, holder=ROADS)
    assert [h.holder for h in course(told).holders] == [WATER, None, ROADS]


def test_after_those_days_it_is_handed_over_instead(told: Told) -> None:
    assigned(told)
    told.today += timedelta(days=4)
    late = GiveBack(matter="m", on=told.today, reason="属交通局职责")
    assert refusal(told, OFFICE, late) == (Reason.TOO_LATE_TO_GIVE_BACK, "/on")

    told.say(OFFICE, HandOver(matter="m", on=told.today, holder=ROADS, reason="属交通局职责"))
    assert (course(told).at, course(told).holder) == ("assigned", ROADS)
    assert [(h.holder, h.reason) for h in course(told).holders] == [
        (WATER, ""),
        (ROADS, "属交通局职责"),
    ]


def test_a_closed_matter_is_reopened_with_a_reason(told: Told) -> None:
    assigned(told)
    move(told, OFFICE, "handled")
    move(told, CLERK, "answered")
    move(told, OFFICE, "closed")
    assert refused(told, OFFICE, "closed", note="再次")[0] is Reason.NOT_AT_THIS_STEP

    told.today += timedelta(days=30)
    back = ReopenMatter(matter="m", stage="assigned", on=told.today, reason="水又断了")
    told.say(OFFICE, back)

    assert (course(told).at, course(told).standing) == ("assigned", Standing.OPEN)
    assert course(told).closed_on is None
    assert set(course(told).done) == {"received", "verified", "assigned"}
    fact = told.facts("matter/m")["member/li"]
    assert not fact.has(Stage.HANDLED)
    assert not fact.has(Stage.CLOSED)
    assert due_days(told) == {"handled": date(2025, 7, 31)}
    assert len(course(told).steps) == 7, "nothing of the way is lost"
    beyond = replace(back, stage="answered")
    assert refusal(told, OFFICE, beyond) == (Reason.NO_SUCH_STAGE, "/stage")
    same = replace(back, reason="还是")
    assert refusal(told, OFFICE, same) == (Reason.ALREADY_DONE, "/stage")


# Versions of the loop


def test_an_open_matter_keeps_its_version_until_it_is_migrated(told: Told) -> None:
    quicker = replace(
        LOOP,
        version="2",
        stages=tuple(
            replace(s, due=Within(number=2, since=(SUBMITTED,))) if s.code == "verified" else s
            for s in LOOP.stages
        ),
    )
    told.loops.append(quicker)
    assert due_days(told) == {"verified": date(2025, 6, 7)}
    assert course(told).version == "1"

    told.say(OFFICE, MigrateCourse(matter="m", version="2", reason="新办法施行"))
    assert course(told).version == "2"
    clerks = MigrateCourse(matter="m", version="1", reason="回到旧版")
    assert refusal(told, CLERK, clerks) == (Reason.NOT_ALLOWED, "")
    none = MigrateCourse(matter="m", version="3", reason="没有")
    assert refusal(told, OFFICE, none) == (Reason.NO_SUCH_LOOP, "/version")
    told.loops.append(replace(LOOP, version="4", stages=LOOP.stages[1:]))
    elsewhere = MigrateCourse(matter="m", version="4", reason="没有收到环节")
    assert refusal(told, OFFICE, elsewhere) == (Reason.NO_SUCH_STAGE, "/version")


def test_what_a_new_version_asks_for_before_where_it_stands_is_not_waited_for(told: Told) -> None:
    """Given a matter that is handled, when a version has it checked before that, then the check is not due."""
    checked = LoopStage(code="checked", zh="复核", en="checked", due=Within(number=2))
    told.loops.append(
        replace(LOOP, version="2", stages=(*LOOP.stages[:3], checked, *LOOP.stages[3:]))
    )
    assigned(told)
    move(told, OFFICE, "handled")
    told.say(OFFICE, MigrateCourse(matter="m", version="2", reason="新办法施行"))

    found = clocks(told.loops[-1], course(told), days=told.known().working_days(), meetings=())
    assert [each.stage for each in found] == ["answered"]


def test_a_version_may_end_it_where_it_stands(told: Told) -> None:
    """Given a matter at a stage that ends it by the new version, when it goes on by that, then it is closed since that day."""
    assigned(told)
    shorter = tuple(
        replace(s, ends=s.code == "assigned", then=() if s.code == "assigned" else s.then)
        for s in LOOP.stages[:3]
    )
    told.loops.append(replace(LOOP, version="2", stages=shorter, giving_back=None, telling=None))
    told.today += timedelta(days=9)
    told.say(OFFICE, MigrateCourse(matter="m", version="2", reason="交办即办结"))

    assert (course(told).standing, course(told).closed_on) == (Standing.CLOSED, told.today)
    told.say(OFFICE, MigrateCourse(matter="m", version="1", reason="仍须办理"))
    assert (course(told).standing, course(told).closed_on) == (Standing.OPEN, None)


def test_nobody_hands_over_or_migrates_what_he_wrote_whoever_types_it_in(told: Told) -> None:
    told.loops.append(
        replace(
            LOOP,
            version="2",
            stages=tuple(replace(s, movers=(*s.movers, Mover.AUTHOR)) for s in LOOP.stages),
        )
    )
    own = replace(OFFICE, person=LI)
    migrate = MigrateCourse(matter="m", version="2", reason="新办法施行")
    assert refusal(told, own, migrate) == (Reason.OWN_MATTER, "/matter")
    told.say(OFFICE, migrate)
    assigned(told)
    over = HandOver(matter="m", on=told.today, holder=ROADS, reason="属交通局职责")
    for actor in (own, himself(LI), replace(CLERK, acting_for=LI)):
        assert refusal(told, actor, over) == (Reason.OWN_MATTER, "/matter")


# Proposals: what a move says of the record itself


def test_each_author_says_how_satisfied_he_is_and_the_class_may_change_later() -> None:
    stages = (
        LoopStage(code="raised", zh="提出", en="raised"),
        LoopStage(
            code="replied",
            zh="答复",
            en="replied",
            reaches=Stage.REPLIED,
            movers=(Mover.OFFICE,),
            needs=(Need.REPLY_CLASS,),
        ),
        LoopStage(
            code="evaluated",
            zh="评价",
            en="evaluated",
            reaches=Stage.EVALUATED,
            movers=(Mover.AUTHOR,),
            needs=(Need.SATISFACTION,),
            after=("replied",),
            beside=True,
        ),
        LoopStage(code="done", zh="办结", en="done", reaches=Stage.CLOSED, ends=True),
    )
    loop = replace(LOOP, code="p", kinds=("proposed",), stages=stages)
    loop = replace(loop, giving_back=None, telling=None)
    assert list(problems(loop)) == []
    told = Told(loops=[loop])
    proposal: Matter[Any] = replace(
        MESSAGE,
        details=Proposed(),
        organiser=COUNTY,
        authors=(Author(person=LI), Author(person=ZHAO)),
    )
    told.say(OFFICE, RecordMatter(matter="m", body=proposal))
    move(told, OFFICE, "replied", reply_class=ReplyClass.B)
    move(told, himself(LI), "evaluated", satisfaction=Satisfaction.SATISFIED)
    typed = replace(NORTH_CLERK, acting_for=ZHAO)
    move(told, typed, "evaluated", satisfaction=Satisfaction.NOT_SATISFIED)
    move(told, himself(LI), "evaluated", satisfaction=Satisfaction.MOSTLY_SATISFIED)
    assert refused(told, OFFICE, "evaluated", satisfaction=Satisfaction.SATISFIED) == (
        Reason.NOT_YOURS_TO_MOVE,
        "/move/stage",
    )
    told.say(OFFICE, ReopenMatter(matter="m", stage="raised", on=TODAY, reason="重新答复"))
    move(told, OFFICE, "replied", reply_class=ReplyClass.A)

    details = told.deed("matter/m").body.details
    assert details.reply_class is ReplyClass.A
    assert dict(details.satisfaction) == {
        "member/zhao": Satisfaction.NOT_SATISFIED,
        "member/li": Satisfaction.MOSTLY_SATISFIED,
    }


def test_a_unit_that_wrote_it_speaks_as_its_author_through_whoever_acts_for_it() -> None:
    """A proposal of a sector names no member: its clerk says how satisfied the sector is, and it can be closed."""
    stages = (
        LoopStage(code="raised", zh="提出", en="raised"),
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
    loop = replace(LOOP, kinds=("proposed",), stages=stages, giving_back=None, telling=None)
    told = Told(loops=[loop])
    told.say(
        OFFICE,
        RecordMatter(
            matter="m",
            body=replace(
                MESSAGE,
                details=Proposed(),
                organiser=COUNTY,
                authors=(Author(unit=ECONOMY), Author(person=ZHAO)),
            ),
        ),
    )
    sectors = Actor(person=PersonId("liaison"), role=Role.CLERK, unit=ECONOMY)
    said = {"satisfaction": Satisfaction.NOT_SATISFIED}
    for other in (OFFICE, CLERK, himself(LI), Actor(person=LI, role=Role.MEMBER, unit=ECONOMY)):
        assert refused(told, other, "evaluated", **said)[0] is Reason.NOT_YOURS_TO_MOVE

    move(told, sectors, "evaluated", **said)
    move(told, himself(ZHAO), "evaluated", satisfaction=Satisfaction.SATISFIED)
    move(told, OFFICE, "done")

    assert dict(told.deed("matter/m").body.details.satisfaction) == {
        f"unit/{ECONOMY}": Satisfaction.NOT_SATISFIED,
        "member/zhao": Satisfaction.SATISFIED,
    }


def test_a_county_original_in_a_loop_stands_behind_the_record_until_it_is_undone() -> None:
    stages = (
        LoopStage(code="raised", zh="提出", en="raised"),
        LoopStage(
            code="filed",
            zh="立案",
            en="filed",
            reaches=Stage.FILED,
            movers=(Mover.OFFICE, UnitKind.STUDIO),
            ends=True,
        ),
    )
    loop = replace(LOOP, kinds=("proposed",), stages=stages, giving_back=None, telling=None)
    told = Told(loops=[loop])
    said = replace(MESSAGE, details=Proposed())
    told.say(himself(LI), RecordMatter(matter="m", body=said))
    assert refused(told, CLERK, "filed") == (Reason.NOT_YOURS_TO_MOVE, "/move/stage")
    move(told, OFFICE, "filed")

    stamps = told.deed("matter/m").stamps[LI]
    assert stamps.of(Side.COUNTY) is not None
    told.say(OFFICE, ReopenMatter(matter="m", stage="raised", on=TODAY, reason="误立"))
    assert LI not in told.deed("matter/m").stamps


MERGING = Loop(
    code="opinions",
    version="1",
    zh="社情民意信息",
    en="opinion reports",
    since=date(2025, 1, 1),
    kinds=("reported_opinion",),
    stages=(
        LoopStage(code="sent_in", zh="报送", en="sent in", then=("edited", "merged")),
        LoopStage(code="edited", zh="采编", en="edited", reaches=Stage.EDITED, ends=True),
        LoopStage(
            code="merged",
            zh="并案",
            en="merged",
            reaches=Stage.MERGED,
            needs=(Need.INTO,),
            ends=True,
        ),
    ),
)


def test_what_is_merged_says_into_which_until_it_is_set_back() -> None:
    """Given two reports of one matter, when one is merged into the other, then it says so and is closed; set back, it says so no longer."""
    told = Told(loops=[MERGING])
    for name in ("m", "n"):
        body = replace(MESSAGE, details=ReportedOpinion())
        told.say(CLERK, RecordMatter(matter=name, body=body))

    assert refused(told, OFFICE, "merged") == (Reason.MISSING, "/move/into")
    for into, reason in {
        "matter/m": Reason.SAME_RECORD,
        "matter/none": Reason.NO_SUCH_DEED,
        "occasion/v": Reason.MALFORMED,
    }.items():
        assert refused(told, OFFICE, "merged", into=into) == (reason, "/move/into")
    assert refused(told, OFFICE, "edited", into="matter/n") == (Reason.MALFORMED, "/move/into")

    move(told, OFFICE, "merged", into="matter/n")
    assert told.deed("matter/m").body.merged_into == "matter/n"
    assert course(told).standing is Standing.CLOSED
    back = MoveMatter(matter="n", move=Move(stage="merged", on=told.today, into="matter/m"))
    assert refusal(told, OFFICE, back) == (Reason.IN_A_CIRCLE, "/move/into")
    other = told.deed("matter/n").body
    amended = AmendMatter(matter="n", body=replace(other, merged_into="matter/m"), reason="误")
    assert refusal(told, OFFICE, amended) == (Reason.IN_A_CIRCLE, "/body/merged_into")

    told.say(CLERK, ReopenMatter(matter="m", stage="sent_in", on=told.today, reason="不是一件事"))
    assert told.deed("matter/m").body.merged_into == ""
    assert not told.facts("matter/m")["member/li"].has(Stage.MERGED)


OPINIONS = replace(
    MERGING,
    stages=(
        LoopStage(code="sent_in", zh="报送", en="sent in", then=("edited",)),
        LoopStage(
            code="instructed",
            zh="领导批示",
            en="instructed",
            reaches=Stage.INSTRUCTED,
            movers=(Mover.OFFICE, Mover.ORGANISER),
            beside=True,
        ),
        LoopStage(code="edited", zh="采编", en="edited", then=("handled",)),
        LoopStage(
            code="handled",
            zh="办理",
            en="handled",
            movers=(Mover.OFFICE, Mover.ORGANISER),
            then=("closed",),
        ),
        LoopStage(code="closed", zh="办结", en="closed", ends=True),
    ),
)


def instructed(loop: Loop = OPINIONS) -> Told:
    """An opinion with two instructions, of 3 and 5 June; of the second it is not said what followed."""
    told = Told(today=date(2025, 6, 9), loops=[loop])
    body = replace(MESSAGE, details=ReportedOpinion())
    told.say(CLERK, RecordMatter(matter="m", body=body))
    move(told, OFFICE, "edited", on=SAID_ON)
    first = {"on": date(2025, 6, 3), "level": Level.COUNTY, "rank": "县长"}
    move(told, OFFICE, "instructed", **first, followed=Followed.MEETING)
    move(told, OFFICE, "instructed", on=date(2025, 6, 5), level=Level.COUNTY, rank="县委书记")
    return told


def followed(told: Told) -> list[tuple[str, Followed | None]]:
    reached = told.deed("matter/m").reached
    return [(r.rank, r.followed) for r in reached if r.stage is Stage.INSTRUCTED]


def test_what_followed_from_an_instruction_is_said_as_it_is_moved_on() -> None:
    """Given an instruction of which nothing is said, when the matter is moved on, then what followed is said of it, until the move is undone."""
    told = instructed()
    assert followed(told) == [("县长", Followed.MEETING), ("县委书记", None)]

    early = {"on": date(2025, 6, 4), "followed": Followed.DOCUMENT}
    assert refused(told, OFFICE, "handled", **early) == (Reason.NO_SUCH_OUTCOME, "/move/followed")
    move(told, OFFICE, "handled", followed=Followed.SUPERVISED)
    assert followed(told) == [("县长", Followed.MEETING), ("县委书记", Followed.SUPERVISED)]
    again = refused(told, OFFICE, "closed", followed=Followed.OTHER)
    assert again == (Reason.NO_SUCH_OUTCOME, "/move/followed")

    told.say(OFFICE, ReopenMatter(matter="m", stage="edited", on=told.today, reason="重办"))
    assert followed(told) == [("县长", Followed.MEETING), ("县委书记", None)]


def test_what_was_said_anew_since_stays_when_the_move_is_undone() -> None:
    told = instructed()
    move(told, OFFICE, "handled", followed=Followed.SUPERVISED)
    anew = Reached(
        stage=Stage.INSTRUCTED,
        on=date(2025, 6, 5),
        level=Level.COUNTY,
        rank="县委书记",
        followed=Followed.TASK_FORCE,
    )
    told.say(OFFICE, ReportOutcome(matter="m", outcome=anew))
    told.say(OFFICE, ReopenMatter(matter="m", stage="edited", on=told.today, reason="重办"))
    assert followed(told)[1] == ("县委书记", Followed.TASK_FORCE)


def test_what_followed_is_said_by_who_holds_the_papers() -> None:
    told = instructed()
    said = refused(told, CLERK, "handled", followed=Followed.MEETING)
    assert said == (Reason.NOT_YOURS_TO_RECORD, "/move/followed")
    move(told, CLERK, "handled")
    assert followed(told)[1] == ("县委书记", None)


# What is wrong with a loop


def test_what_contradicts_itself_in_a_loop_is_told() -> None:
    stages = (
        LoopStage(code="a", zh="甲", en="a", then=("b", "x")),
        LoopStage(code="b", zh="乙", en="b", reaches=Stage.FILED, then=("b",), after=("y",)),
        LoopStage(code="b", zh="丙", en="c", movers=(), due=Within(number=0, since=("z",))),
        LoopStage(code="e", zh="丁", en="e", beside=True, ends=True),
        LoopStage(code="f", zh="戊", en="f", ends=True),
    )
    wrong = replace(
        LOOP,
        kinds=("carried_up", "visited_village", "nothing"),
        where=(("topic", ("x",)), ("way", ("by_pigeon",)), ("colour", ("red",))),
        stages=stages,
    )

    assert [(p.path, p.en) for p in problems(wrong)] == [
        ("/where/topic", "has to be a field with choices"),
        ("/where/way", "no choice 'by_pigeon'"),
        ("/where/colour", "is no field of carried_up"),
        ("/kinds/1", "visited_village is no matter"),
        ("/kinds/2", "no kind 'nothing'"),
        ("/stages/0/then", "no stage 'x'"),
        ("/stages/1/after", "no stage 'y'"),
        ("/stages/1/reaches", "carried_up has no stage filed"),
        ("/stages/2/code", "code 'b' is taken"),
        ("/stages/2/movers", "names nobody who may move to it"),
        ("/stages/2/due/since", "no stage 'z'"),
        ("/stages/2/due", "has to be from 1 to 1000"),
        ("/stages/3", "a stage beside the way neither leads on nor ends it"),
        ("/stages/0", "nothing ends it from the stage 'a'"),
        ("/stages/1", "nothing ends it from the stage 'b'"),
        ("/stages/2", "nothing ends it from the stage 'b'"),
        ("/stages/4", "nothing leads to the stage 'f'"),
        ("/giving_back/out_of", "no stage 'assigned'"),
        ("/giving_back/to", "no stage 'verified'"),
        ("/telling/after", "no stage 'handled'"),
        ("/telling/by", "no stage 'answered'"),
    ]


def test_a_rule_by_a_meeting_names_one() -> None:
    nobody = replace(
        LOOP.stages[1], due=AtMeeting(kinds=(), otherwise=Within(number=3, since=("nowhere",)))
    )
    wrong = replace(LOOP, stages=(LOOP.stages[0], nobody, *LOOP.stages[2:]))

    assert [(p.path, p.en) for p in problems(wrong)] == [
        ("/stages/1/due/meeting", "names no kind of meeting"),
        ("/stages/1/due/otherwise/since", "no stage 'nowhere'"),
    ]
    fine = replace(LOOP.stages[1], due=AtMeeting(kinds=(Meeting.STANDING_COMMITTEE,)))
    assert not list(problems(replace(LOOP, stages=(LOOP.stages[0], fine, *LOOP.stages[2:]))))


def test_the_office_clerk_who_wrote_nothing_of_it_may_still_be_its_author() -> None:
    """Whoever is an author moves it only as such, in whatever role he acts."""
    told = Told(today=date(2025, 6, 3), loops=[LOOP])
    told.say(OFFICE, RecordMatter(matter="m", body=replace(MESSAGE, organiser=COUNTY)))
    author_in_office = Actor(person=LI, role=Role.OFFICE, unit=COUNTY)
    assert refused(told, author_in_office, "verified", by="李")[0] is Reason.OWN_MATTER
    other = Actor(person=PersonId("deputy"), role=Role.OFFICE, unit=COUNTY)
    assert isinstance(move(told, other, "verified", by="王")[0], CourseMoved)


@pytest.mark.parametrize("before", [None, Satisfaction.NOT_SATISFIED])
def test_how_the_people_evaluate_an_order_stands_in_its_record(
    before: Satisfaction | None,
) -> None:
    """An order has one evaluation, not one of each author as a proposal has; the newest stands."""
    loop = Loop(
        code="order",
        version="1",
        zh="群众点单",
        en="order",
        since=date(2025, 1, 1),
        kinds=("served_order",),
        stages=(
            LoopStage(code="served", zh="已服务", en="served", reaches=Stage.SERVED),
            LoopStage(
                code="evaluated", zh="评价", en="evaluated", reaches=Stage.EVALUATED, ends=True
            ),
        ),
    )
    told = Told(loops=[loop])
    order: Matter[Any] = Matter(
        details=ServedOrder(satisfaction=before),
        title="上门义诊",
        on=SAID_ON,
        organiser=SOUTH,
        authors=(Author(person=LI),),
    )
    told.say(CLERK, RecordMatter(matter="order", body=order))
    evaluated = Move(stage="evaluated", on=SAID_ON, satisfaction=Satisfaction.SATISFIED)
    told.say(CLERK, MoveMatter(matter="order", move=evaluated))

    assert told.deed("matter/order").body.details.satisfaction is Satisfaction.SATISFIED


def test_going_over_to_another_version_is_a_step_of_its_own_that_moves_nothing(told: Told) -> None:
    """Given a matter that is assigned, when it goes over, then the history says from which version to which and why; what was said at the stage, and saying it again, stay as they were."""
    assigned(told)
    told.loops.append(replace(LOOP, version="2"))
    before = told.deed("matter/m")
    told.say(OFFICE, MigrateCourse(matter="m", version="2", reason="新办法施行"))

    after = course(told)
    step = after.steps[-1]
    assert (step.turn, step.was, step.version) == (Turn.MIGRATED, "1", "2")
    assert (step.stage, step.reason, step.by) == ("assigned", "新办法施行", OFFICE.person)
    assert before.course is not None
    assert tuple(after.turns) == before.course.steps
    assert (after.at, after.done, after.holders) == (
        before.course.at,
        before.course.done,
        before.course.holders,
    )
    assert told.deed("matter/m").reached == before.reached
    said = before.course.steps[-1].move
    assert said is not None
    assert told.say(OFFICE, MoveMatter(matter="m", move=said)) == []


def test_what_came_before_it_went_over_is_still_undone_when_it_is_set_back(told: Told) -> None:
    assigned(told)
    told.loops.append(replace(LOOP, version="2"))
    told.say(OFFICE, MigrateCourse(matter="m", version="2", reason="新办法施行"))
    told.say(OFFICE, ReopenMatter(matter="m", stage="received", on=told.today, reason="重办"))

    assert [each.stage for each in told.deed("matter/m").reached] == [Stage.RECEIVED]
