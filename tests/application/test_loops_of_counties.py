"""Each shipped loop is gone round to its end; the years' calendars; deeds, wishes, orders, disputes, manuscripts; a township's five ones from what was done anyway."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from importlib.resources import files
from typing import Any

import pytest

from application import packs
from application.documents.source import Unreadable
from domain import checklist as checklists
from domain.calendar import WorkingDays
from domain.checklist import CellState, Grid
from domain.course import Course, Move, Standing, clocks, not_told
from domain.document import Sort
from domain.fact import Attendance, SubjectId
from domain.handling import MoveMatter
from domain.kinds import KINDS, Stage, Subject
from domain.kinds.advice import (
    AnsweredInquiry,
    AnsweredLetter,
    Obstacle,
    Proposed,
    ReplyClass,
    ReportedOpinion,
    Satisfaction,
    SuggestedCppccWork,
    Way,
)
from domain.kinds.county import DidOther
from domain.kinds.culture import ContributedHistory
from domain.kinds.deliberation import (
    Consultation,
    Consulted,
    Inspected,
    IssuedRecommendation,
    Researched,
    Tier,
    WroteReport,
)
from domain.kinds.help import (
    DeliveredLivelihoodDeed,
    GrantedWish,
    MediatedDispute,
    ServedOrder,
    SolvedDifficulty,
    Whose,
    Wisher,
)
from domain.kinds.meetings import Attended, Meeting
from domain.kinds.works import Oversight, PlannedWork, Survey, Task
from domain.loop import Holder, Loop, LoopStage, Mover, Need, meetings_asked_for
from domain.matter import AmendMatter, Author, Matter, RecordMatter
from domain.meeting import CloseMeeting, PlanMeeting
from domain.occasion import Occasion
from domain.people import Actor, PersonId, Reason, UnitId
from domain.period import Period
from domain.unit import UnitKind
from domain.words import Level
from tests.county import (
    CLERK,
    COUNTY,
    LI,
    LINKING,
    LINKING_HEAD,
    OFFICE,
    SOUTH,
    WANG,
    Told,
    himself,
    roster,
    unit,
)
from tests.refusal import refusal

PACKS = files("packs")
WATER = Holder(name="县水利局")


def text_of(file: str) -> str:
    return PACKS.joinpath(file).read_text("utf-8")


SHIPPED = sorted(
    f"{folder.name}/{each.name}"
    for folder in PACKS.iterdir()
    if folder.is_dir()
    for each in folder.iterdir()
    if each.name.endswith(".yaml")
)
LOOPS = {
    file: packs.load_loop(text_of(file))
    for file in SHIPPED
    if packs.sort_of(text_of(file)) is Sort.LOOP
}


def told(*loops: str, today: date) -> Told:
    """The small county with these loops and the calendars that there are."""
    years = [packs.load_calendar(text_of(f"calendars/cn-{y}.yaml")) for y in (2024, 2025, 2026)]
    return Told(today=today, loops=[LOOPS[each] for each in loops], calendars=years)


def record(
    t: Told, actor: Actor, details: Any, title: str, *authors: Author, of: UnitId = SOUTH
) -> Matter[Any]:
    body: Matter[Any] = Matter(
        details=details, title=title, on=t.today, organiser=of, authors=authors
    )
    t.say(actor, RecordMatter(matter=title, body=body))
    return body


def move(t: Told, actor: Actor, matter: str, stage: str, **said: Any) -> None:
    t.say(actor, MoveMatter(matter=matter, move=Move(stage=stage, on=t.today, **said)))


def refused(t: Told, actor: Actor, matter: str, stage: str, **said: Any) -> Reason:
    moved = MoveMatter(matter=matter, move=Move(stage=stage, on=t.today, **said))
    return refusal(t, actor, moved)[0]


def course(t: Told, matter: str) -> Course:
    found = t.deed(f"matter/{matter}").course
    assert found is not None
    return found


def due(t: Told, matter: str) -> dict[str, date | None]:
    """What is due of a matter, by stage."""
    of = course(t, matter)
    known = t.known()
    its = t.loop(of.loop, of.version)
    assert its is not None
    found = clocks(its, of, days=known.working_days(), meetings=known.meeting_days())
    return {each.stage: each.due.day for each in found}


def reached(t: Told, matter: str, subject: str) -> list[Stage]:
    return [r.stage for r in t.facts(f"matter/{matter}")[subject].reached]


# All that ship


def test_a_task_is_due_on_the_day_that_it_names_and_is_tracked_again_and_again() -> None:
    t = told("three-norms/tasks.yaml", today=date(2025, 3, 3))
    owner = Author(unit=LINKING)
    task = record(t, OFFICE, Task(due=date(2025, 6, 30)), "停车规划", owner, of=COUNTY)
    record(t, OFFICE, Task(), "公交线路", owner, of=COUNTY)
    assert due(t, "停车规划") == {"done": date(2025, 6, 30)}
    assert due(t, "公交线路") == {"done": date(2025, 6, 3)}
    assert refused(t, LINKING_HEAD, "停车规划", "track") is Reason.MISSING
    t.today = date(2025, 4, 1)
    move(t, LINKING_HEAD, "停车规划", "track", note="已排入规划")
    t.today = date(2025, 5, 1)
    move(t, LINKING_HEAD, "停车规划", "track", note="已选址")
    notes = [each.move.note for each in course(t, "停车规划").steps if each.move]
    assert notes == ["已排入规划", "已选址"]

    later = replace(task, details=Task(due=date(2025, 9, 30)))
    t.say(OFFICE, AmendMatter(matter="停车规划", body=later, reason="顺延"))
    assert due(t, "停车规划") == {"done": date(2025, 9, 30)}
    assert refused(t, LINKING_HEAD, "公交线路", "dropped", note="x") is Reason.STAGE_SKIPPED
    move(t, LINKING_HEAD, "停车规划", "done", note="建成12处")
    assert course(t, "停车规划").standing is Standing.CLOSED
    assert reached(t, "停车规划", "unit/linking")[-1] is Stage.DONE


def test_what_a_stage_asks_is_told_beside_it() -> None:
    asked = [each.asks.zh for each in LOOPS["haiyan/oversight.yaml"].stages if each.asks]
    assert asked == ["选题中心化", "调研精准化", "协商多样化", "意见成果化", "跟踪全程化"]


def test_no_two_loops_have_one_code() -> None:
    codes = [each.code for each in LOOPS.values()]
    assert len(set(codes)) == len(codes)


@pytest.mark.parametrize("file", LOOPS)
def test_a_county_that_starts_fresh_may_publish_it(file: str) -> None:
    """A rule by meeting says what holds as long as no such meeting is planned."""
    assert not list(meetings_asked_for(LOOPS[file]))


@pytest.mark.parametrize("file", LOOPS)
def test_who_reads_a_loop_is_told_what_we_put_where_the_account_is_silent(file: str) -> None:
    its, asked = LOOPS[file], packs.questions(text_of(file)).silences
    assert any(stage.due for stage in its.stages)
    assert asked, "no account gives a day for each stage"
    assert all(each.reading_zh and each.reading_en for each in asked)


NEEDED: dict[str, dict[str, Any]] = {
    "carried_up": {"topic": "饮水"},
    "granted_wish": {"wisher": Wisher.ELDERLY},
    "solved_difficulty": {"whose": Whose.ENTERPRISE},
    "plan_item": {"item": PlannedWork.CONSULTATION, "year": 2025},
}
"""What has to be said of a matter of these kinds."""
CHOICES: dict[str, Any] = {"tier": Tier, "form": Consultation}
SAID: dict[Need, Any] = {
    Need.HOLDER: WATER,
    Need.DOCUMENT: "协发〔2025〕1号",
    Need.NOTE: "说明",
    Need.LEVEL: Level.COUNTY,
    Need.RANK: "县委主要领导",
    Need.BY: "王主席",
    Need.WAY: Way.BY_DOCUMENT,
    Need.OBSTACLE: Obstacle.BEYOND_REMIT,
    Need.REPLY_CLASS: ReplyClass.A,
    Need.SATISFACTION: Satisfaction.SATISFIED,
    Need.INTO: "matter/other",
}


def a_matter(its: Loop) -> Matter[Any]:
    """One that goes round a loop."""
    kind = KINDS[its.kinds[0]]
    chosen = {name: CHOICES[name].of(values[0]) for name, values in its.where}
    details = kind(**{**NEEDED.get(its.kinds[0], {}), **chosen})
    by_member = Subject.MEMBER in kind.about.subjects and not kind.about.by_units
    author = Author(person=LI) if by_member else Author(unit=LINKING)
    return Matter(
        details=details, title="事项", on=date(2025, 9, 1), organiser=COUNTY, authors=(author,)
    )


def way(its: Loop, start: str, ends: set[str]) -> list[str]:
    """The stages on a shortest way from a stage to one of others."""
    ways = [[start]]
    for each in ways:
        if each[-1] in ends:
            return each[1:]
        ways += [[*each, code] for code in its.then(each[-1]) if code not in each]
    raise AssertionError(f"{its.code}: no way from {start} to {ends}")


def go(t: Told, its: Loop, stage: LoopStage) -> None:
    """Reach a stage, with all that it asks to be reached before."""
    for code in stage.after:
        before = its.stage(code)
        assert before is not None
        if code not in course(t, "m").done:
            go(t, its, before)
    actor = OFFICE if Mover.OFFICE in stage.movers else himself(LI)
    said = {need.value: SAID[need] for need in (*stage.needs, Need.LEVEL)}
    move(t, actor, "m", stage.code, **said)


ALL_STAGES = [(file, stage.code) for file, its in LOOPS.items() for stage in its.stages]


@pytest.mark.parametrize(("file", "code"), ALL_STAGES)
def test_each_stage_is_reached_by_somebody_and_leads_to_an_end(file: str, code: str) -> None:
    its = LOOPS[file]
    t = told(file, today=date(2025, 9, 2))
    t.say(OFFICE, RecordMatter(matter="m", body=a_matter(its)))
    t.say(OFFICE, RecordMatter(matter="other", body=a_matter(its)))
    assert course(t, "m").loop == its.code

    stage = its.stage(code)
    assert stage is not None
    on_way = (
        way(its, its.first.code, {code} if not stage.beside else set(stage.after[:1]))
        if code != its.first.code
        else []
    )
    ends = {s.code for s in its.stages if s.ends}
    for each in on_way:
        found = its.stage(each)
        assert found is not None
        go(t, its, found)
    if stage.beside and code not in course(t, "m").done:
        go(t, its, stage)
    for each in way(its, course(t, "m").at, ends):
        found = its.stage(each)
        assert found is not None
        go(t, its, found)

    assert course(t, "m").standing is Standing.CLOSED
    assert code in course(t, "m").done
    assert not due(t, "m")


# Calendars


@pytest.mark.parametrize(
    ("year", "worked", "off"),
    [
        (2024, 366 - 104 - 11, [1, 8, 3, 5, 1, 3, 7]),
        (2025, 365 - 104 - 13, [1, 8, 3, 5, 3, 8]),
        (2026, 365 - 104 - 13, [3, 9, 3, 5, 3, 3, 7]),
    ],
)
def test_a_year_has_as_many_working_days_as_the_law_leaves(
    year: int, worked: int, off: list[int]
) -> None:
    """Days off are taken from weekends, not added: 104 days of weekends and 11 holidays of the law, 13 from 2025 on."""
    found = packs.load_calendar(text_of(f"calendars/cn-{year}.yaml"))
    days = WorkingDays.of([found])
    assert [(h.last - h.first).days + 1 for h in found.holidays] == off
    assert days.between(date(year - 1, 12, 31), date(year, 12, 31)) == worked


@pytest.mark.parametrize(
    ("day", "worked"),
    [
        (date(2024, 2, 9), True),
        (date(2024, 2, 18), True),
        (date(2024, 9, 16), False),
        (date(2026, 1, 2), False),
        (date(2026, 1, 4), True),
        (date(2026, 2, 23), False),
        (date(2026, 9, 20), True),
        (date(2026, 10, 8), True),
    ],
)
def test_a_day_is_worked_as_the_notice_says(day: date, worked: bool) -> None:
    """New Year's Eve of 2024 was left to each employer: it is a working day of the notice."""
    days = WorkingDays.of([packs.load_calendar(text_of(f"calendars/cn-{day.year}.yaml"))])
    assert days.is_working(day) is worked


# Help given


def test_a_deed_is_done_by_its_author_and_confirmed_by_another() -> None:
    t = told("three-norms/deeds.yaml", today=date(2025, 4, 1))
    record(t, CLERK, DeliveredLivelihoodDeed(), "修桥", Author(person=LI))
    assert due(t, "修桥") == {"done": date(2025, 12, 31)}

    t.today = date(2025, 9, 10)
    move(t, himself(LI), "修桥", "done")
    assert due(t, "修桥") == {"confirmed": date(2025, 9, 25)}
    assert refused(t, himself(LI), "修桥", "confirmed") is Reason.OWN_MATTER

    move(t, CLERK, "修桥", "confirmed")
    assert course(t, "修桥").standing is Standing.CLOSED
    assert reached(t, "修桥", "member/li") == [Stage.PLANNED, Stage.DONE, Stage.CONFIRMED_DONE]


def test_a_proposal_goes_through_five_links_and_is_put_to_use_or_closed_without() -> None:
    """提出、办理、督办、服务、转化: supervision is beside the way, and what is not put to use is closed once its author was served."""
    t = told("three-norms/proposals.yaml", today=date(2025, 3, 3))
    for title in ("停车", "绿道"):
        record(t, OFFICE, Proposed(), title, Author(person=LI), of=COUNTY)
        assert due(t, title) == {"filed": date(2025, 3, 31)}
        move(t, LINKING_HEAD, title, "filed")
        assert refused(t, OFFICE, title, "supervised") is Reason.STAGE_SKIPPED
        move(t, OFFICE, title, "assigned", holder=WATER)
        move(t, OFFICE, title, "handled", reply_class=ReplyClass.A)
        assert due(t, title) == {"served": date(2025, 3, 17)}
    move(t, LINKING_HEAD, "停车", "supervised")
    assert refused(t, OFFICE, "停车", "put_to_use", note="x") is Reason.STAGE_SKIPPED
    for title in ("停车", "绿道"):
        move(t, LINKING_HEAD, title, "served")
        assert due(t, title) == {"put_to_use": date(2025, 9, 3)}

    assert refused(t, OFFICE, "停车", "put_to_use") is Reason.MISSING, "it is said where"
    move(t, OFFICE, "停车", "put_to_use", note="写入停车专项规划")
    assert not due(t, "停车")
    for title in ("停车", "绿道"):
        move(t, OFFICE, title, "closed")
        assert course(t, title).standing is Standing.CLOSED
    assert reached(t, "停车", "member/li")[-2:] == [Stage.PUT_TO_USE, Stage.CLOSED]
    assert Stage.PUT_TO_USE not in reached(t, "绿道", "member/li")


def test_who_made_a_proposal_that_is_merged_is_told_into_which_before_it_is_closed() -> None:
    t = told("three-norms/proposals.yaml", today=date(2025, 3, 3))
    for title in ("停车", "车位"):
        record(t, OFFICE, Proposed(), title, Author(person=LI), of=COUNTY)

    assert refused(t, OFFICE, "车位", "merged") is Reason.MISSING
    move(t, OFFICE, "车位", "merged", into="matter/停车")

    assert not_told(LOOPS["three-norms/proposals.yaml"], course(t, "车位"))
    assert due(t, "车位") == {"served": date(2025, 3, 17)}
    move(t, OFFICE, "车位", "served")
    assert not not_told(LOOPS["three-norms/proposals.yaml"], course(t, "车位"))
    move(t, OFFICE, "车位", "closed")
    assert course(t, "车位").standing is Standing.CLOSED


def test_a_wish_is_posted_by_a_unit_and_stands_with_the_claimant_once_it_is_claimed() -> None:
    t = told("five-front-lines/wishes.yaml", today=date(2025, 5, 6))
    wish = GrantedWish(wisher=Wisher.LEFT_BEHIND_CHILD)
    posted = record(t, CLERK, wish, "书包", Author(unit=SOUTH))
    assert due(t, "书包")["claimed"] == date(2025, 5, 21)

    t.today = date(2025, 5, 8)
    claimed = replace(posted, authors=(Author(person=LI),))
    t.say(CLERK, AmendMatter(matter="书包", body=claimed, reason="李委员认领"))
    move(t, himself(LI), "书包", "claimed")
    assert due(t, "书包") == {"fulfilled": date(2025, 6, 7)}
    move(t, CLERK, "书包", "fulfilled")

    assert course(t, "书包").standing is Standing.CLOSED
    assert set(t.facts("matter/书包")) == {"member/li"}
    assert Stage.FULFILLED in reached(t, "书包", "member/li")


@pytest.mark.parametrize(
    ("file", "details"),
    [
        ("five-front-lines/letters.yaml", AnsweredLetter()),
        ("five-front-lines/inquiries.yaml", AnsweredInquiry()),
    ],
)
def test_what_is_asked_bears_the_name_of_a_unit_until_somebody_is_to_answer(
    file: str, details: Any
) -> None:
    t = told(file, today=date(2025, 5, 6))
    posted = record(t, CLERK, details, "咨询养老政策", Author(unit=SOUTH))
    assert due(t, "咨询养老政策") == {"assigned": date(2025, 5, 11)}
    assert set(t.facts("matter/咨询养老政策")) == {f"unit/{SOUTH}"}

    t.today = date(2025, 5, 8)
    given = replace(posted, authors=(Author(person=LI),))
    t.say(CLERK, AmendMatter(matter="咨询养老政策", body=given, reason="交李委员"))
    move(t, CLERK, "咨询养老政策", "assigned")
    move(t, himself(LI), "咨询养老政策", "answered")

    assert set(t.facts("matter/咨询养老政策")) == {"member/li"}
    assert reached(t, "咨询养老政策", "member/li") == [
        Stage.RECEIVED,
        Stage.ASSIGNED,
        Stage.ANSWERED,
    ]


def test_what_cannot_be_solved_now_rests_with_its_reason_and_is_coordinated_anew() -> None:
    t = told("five-front-lines/difficulties.yaml", today=date(2025, 9, 25))
    difficulty = SolvedDifficulty(whose=Whose.ENTERPRISE)
    record(t, CLERK, difficulty, "用水", Author(person=LI))
    assert due(t, "用水")["coordinated"] == date(2025, 10, 15), (
        "eight days are off and two weekend days worked"
    )

    move(t, CLERK, "用水", "coordinated", holder=WATER)
    assert refused(t, CLERK, "用水", "cannot") is Reason.MISSING
    move(t, CLERK, "用水", "cannot", obstacle=Obstacle.POLICY)
    assert course(t, "用水").standing is Standing.RESTING
    assert not due(t, "用水")

    t.today = date(2026, 1, 8)
    move(t, CLERK, "用水", "coordinated", holder=WATER)
    move(t, CLERK, "用水", "solved")
    assert course(t, "用水").standing is Standing.CLOSED


@pytest.mark.parametrize(
    ("end", "stage"), [("settled", Stage.SETTLED), ("not_settled", Stage.NOT_SETTLED)]
)
def test_a_dispute_is_settled_or_it_is_said_where_it_went(end: str, stage: Stage) -> None:
    t = told("five-front-lines/mediation.yaml", today=date(2025, 6, 2))
    record(t, CLERK, MediatedDispute(), "宅基地", Author(person=LI))
    move(t, himself(LI), "宅基地", "mediated")
    if end == "not_settled":
        assert refused(t, CLERK, "宅基地", end) is Reason.MISSING
    move(t, CLERK, "宅基地", end, note="转司法途径")
    assert reached(t, "宅基地", "member/li")[-1] is stage
    assert course(t, "宅基地").standing is Standing.CLOSED


def test_who_served_an_order_does_not_enter_how_it_was_evaluated() -> None:
    t = told("linshu/orders.yaml", today=date(2025, 6, 2))
    record(t, CLERK, ServedOrder(wanted="上门义诊"), "义诊", Author(person=LI))
    t.today += timedelta(days=2)
    move(t, himself(LI), "义诊", "taken")
    move(t, himself(LI), "义诊", "served")
    own = refused(t, himself(LI), "义诊", "evaluated", satisfaction=Satisfaction.SATISFIED)
    assert own is Reason.OWN_MATTER

    move(t, CLERK, "义诊", "evaluated", satisfaction=Satisfaction.MOSTLY_SATISFIED)
    details = t.deed("matter/义诊").body.details
    assert details.satisfaction is Satisfaction.MOSTLY_SATISFIED


def test_a_manuscript_is_printed_and_archived_or_archived_unused() -> None:
    t = told("history/manuscripts.yaml", today=date(2025, 3, 3))
    for title in ("老街旧事", "渡口"):
        record(t, OFFICE, ContributedHistory(), title, Author(person=LI), of=LINKING)
        move(t, himself(LI), title, "submitted_to")
        assert due(t, title)["reviewed"] == date(2025, 4, 3)
        assert refused(t, himself(LI), title, "reviewed") is Reason.OWN_MATTER
        move(t, LINKING_HEAD, title, "reviewed")
    move(t, LINKING_HEAD, "渡口", "archived")
    for stage in ("copy_edited", "printed"):
        move(t, LINKING_HEAD, "老街旧事", stage)
    assert due(t, "老街旧事")["archived"] == date(2025, 4, 3)
    move(t, LINKING_HEAD, "老街旧事", "archived")

    assert Stage.PRINTED in reached(t, "老街旧事", "member/li")
    assert reached(t, "渡口", "member/li")[-2:] == [Stage.REVIEWED, Stage.ARCHIVED]


# Surveys, formal recommendations, reports, and suggestions on the committee's own work


def test_a_survey_is_tracked_as_often_as_there_is_something_and_ends_with_its_use() -> None:
    t = told("five-front-lines/surveys.yaml", today=date(2025, 3, 3))
    record(t, OFFICE, Survey(), "蔬菜产业", Author(unit=LINKING), of=LINKING)
    assert due(t, "蔬菜产业") == {"scheme": date(2025, 3, 31)}
    move(t, LINKING_HEAD, "蔬菜产业", "scheme")
    assert due(t, "蔬菜产业") == {"survey": date(2025, 6, 3)}
    t.today = date(2025, 5, 20)
    move(t, LINKING_HEAD, "蔬菜产业", "survey")
    move(t, LINKING_HEAD, "蔬菜产业", "report")
    assert refused(t, LINKING_HEAD, "蔬菜产业", "forwarded") is Reason.NOT_YOURS_TO_MOVE
    t.today = date(2025, 6, 4)
    move(t, OFFICE, "蔬菜产业", "forwarded", level=Level.COUNTY)
    assert due(t, "蔬菜产业") == {"assigned": date(2025, 7, 2)}, "twenty working days"
    assert refused(t, OFFICE, "蔬菜产业", "instructed", level=Level.COUNTY) is Reason.MISSING
    move(t, OFFICE, "蔬菜产业", "instructed", level=Level.COUNTY, rank="县委主要领导")
    move(t, OFFICE, "蔬菜产业", "assigned", holder=Holder(name="县农业农村局"))
    move(t, OFFICE, "蔬菜产业", "supervised")
    assert due(t, "蔬菜产业") == {"used": date(2025, 12, 4)}
    for day, note in ((date(2025, 8, 1), "成立专班"), (date(2025, 10, 9), "补贴办法征求意见")):
        t.today = day
        move(t, LINKING_HEAD, "蔬菜产业", "track", note=note)
    assert due(t, "蔬菜产业") == {"used": date(2025, 12, 4)}, "notes move no day"
    move(t, LINKING_HEAD, "蔬菜产业", "used", note="印发补贴办法")
    assert course(t, "蔬菜产业").standing is Standing.CLOSED
    assert reached(t, "蔬菜产业", "unit/linking") == [
        Stage.TOPIC_CHOSEN,
        Stage.SURVEYED,
        Stage.REPORTED,
        Stage.FORWARDED,
        Stage.INSTRUCTED,
        Stage.ASSIGNED,
        Stage.SUPERVISED,
        Stage.TRACKED,
        Stage.TRACKED,
        Stage.PUT_TO_USE,
    ]


@pytest.mark.parametrize(
    ("file", "details"),
    [("five-front-lines/surveys.yaml", Survey()), ("haiyan/oversight.yaml", Oversight())],
)
def test_how_it_goes_is_noted_between_stages_again_and_again_and_moves_nothing(
    file: str, details: Any
) -> None:
    t = told(file, today=date(2025, 3, 3))
    record(t, OFFICE, details, "停车", Author(unit=LINKING), of=LINKING)
    before = (due(t, "停车"), course(t, "停车").at)
    assert refused(t, LINKING_HEAD, "停车", "progress") is Reason.MISSING
    for day, note in ((date(2025, 3, 10), "看了三个镇"), (date(2025, 3, 24), "发出问卷")):
        t.today = day
        move(t, LINKING_HEAD, "停车", "progress", note=note)
    assert (due(t, "停车"), course(t, "停车").at) == before
    notes = [each.move.note for each in course(t, "停车").steps if each.move]
    assert notes == ["看了三个镇", "发出问卷"]


def test_a_survey_that_was_not_put_to_use_ends_with_the_reason() -> None:
    t = told("five-front-lines/surveys.yaml", today=date(2025, 3, 3))
    record(t, OFFICE, Survey(), "集市", Author(unit=LINKING), of=LINKING)
    for stage in ("scheme", "survey", "report"):
        move(t, LINKING_HEAD, "集市", stage)
    move(t, OFFICE, "集市", "forwarded", level=Level.COUNTY)
    assert refused(t, LINKING_HEAD, "集市", "closed") is Reason.MISSING
    move(t, LINKING_HEAD, "集市", "closed", note="条件不具备")
    assert course(t, "集市").standing is Standing.CLOSED


def recommended(end: str) -> Told:
    """A formal recommendation that is replied to and adopted, or not."""
    t = told("three-norms/recommendations.yaml", today=date(2025, 3, 3))
    record(t, OFFICE, IssuedRecommendation(), "停车", Author(unit=LINKING), of=LINKING)
    assert due(t, "停车") == {"forwarded": date(2025, 3, 17)}
    assert refused(t, OFFICE, "停车", "forwarded", level=Level.COUNTY) is Reason.MISSING
    move(t, OFFICE, "停车", "forwarded", level=Level.COUNTY, document="协发〔2025〕3号")
    move(t, OFFICE, "停车", "assigned", holder=WATER)
    assert due(t, "停车") == {"replied": date(2025, 6, 3)}
    t.today = date(2025, 5, 6)
    move(t, OFFICE, "停车", "replied")
    move(t, OFFICE, "停车", end, note="见答复")
    return t


@pytest.mark.parametrize("end", ["adopted", "partly_adopted"])
def test_a_recommendation_that_is_adopted_is_implemented_and_fed_back(end: str) -> None:
    t = recommended(end)
    assert due(t, "停车") == {"fed_back": date(2025, 8, 6), "implemented": date(2025, 11, 6)}
    standing: Occasion[Any] = Occasion(
        details=Attended(meeting=Meeting.STANDING_COMMITTEE),
        title="常委会会议",
        on=date(2025, 6, 24),
        organiser=COUNTY,
        expected=(LI,),
    )
    t.say(OFFICE, PlanMeeting(meeting="standing", body=standing))
    assert due(t, "停车")["fed_back"] == date(2025, 6, 24)
    assert refused(t, OFFICE, "停车", "fed_back") is Reason.STAGE_SKIPPED
    move(t, OFFICE, "停车", "implemented", note="新增车位")
    move(t, OFFICE, "停车", "fed_back")
    assert course(t, "停车").standing is Standing.CLOSED


def test_nothing_is_to_be_implemented_of_a_recommendation_that_was_not_adopted() -> None:
    t = recommended("not_adopted")
    assert due(t, "停车") == {"fed_back": date(2025, 8, 6)}
    move(t, OFFICE, "停车", "fed_back")
    assert reached(t, "停车", "unit/linking")[-2:] == [Stage.NOT_ADOPTED, Stage.FED_BACK]


def test_a_report_is_put_to_use_or_kept_on_file_with_the_reason() -> None:
    t = told("three-norms/reports.yaml", today=date(2025, 3, 3))
    for title in ("春灌", "渡口"):
        record(t, CLERK, WroteReport(), title, Author(person=LI))
        assert due(t, title) == {"forwarded": date(2025, 3, 17)}
        move(t, OFFICE, title, "forwarded", level=Level.COUNTY)
        assert due(t, title) == {"adopted": date(2025, 6, 3), "used": date(2025, 12, 3)}
    move(t, OFFICE, "渡口", "not_adopted", note="已有规划")
    assert not due(t, "渡口")
    move(t, CLERK, "渡口", "kept", note="未采纳")
    move(t, OFFICE, "春灌", "adopted")
    assert due(t, "春灌") == {"used": date(2025, 12, 3)}
    move(t, CLERK, "春灌", "used", note="列入水利项目")
    assert reached(t, "春灌", "member/li")[-2:] == [Stage.ADOPTED, Stage.PUT_TO_USE]
    assert reached(t, "渡口", "member/li")[-1] is Stage.NOT_ADOPTED
    assert course(t, "渡口").standing is course(t, "春灌").standing is Standing.CLOSED


def test_whoever_suggested_something_of_the_committees_work_is_told_what_became_of_it() -> None:
    t = told("haiyan/work-suggestions.yaml", today=date(2025, 3, 3))
    for title in ("线上会议", "迁址"):
        record(t, OFFICE, SuggestedCppccWork(), title, Author(person=LI), of=COUNTY)
        assert due(t, title) == {"adopted": date(2025, 4, 3), "answered": date(2025, 5, 3)}
    assert refused(t, OFFICE, "迁址", "not_adopted") is Reason.MISSING
    move(t, OFFICE, "迁址", "not_adopted", note="没有场地")
    assert due(t, "迁址") == {"told_why": date(2025, 3, 10)}
    move(t, OFFICE, "迁址", "told_why")
    move(t, OFFICE, "线上会议", "adopted")
    move(t, OFFICE, "线上会议", "answered")
    assert due(t, "线上会议") == {"implemented": date(2025, 9, 3)}
    move(t, OFFICE, "线上会议", "implemented", note="已开通")
    assert reached(t, "迁址", "member/li") == [Stage.NOT_ADOPTED, Stage.ANSWERED]
    assert reached(t, "线上会议", "member/li")[-1] is Stage.IMPLEMENTED


# The three-norms county: a township's five ones, from its loops and meetings


def township() -> Told:
    """The small county, with a township liaison committee in the south."""
    t = told("three-norms/opinions.yaml", "three-norms/deeds.yaml", today=date(2025, 1, 6))
    south = unit(SOUTH, UnitKind.LIAISON_COMMITTEE, PersonId("south-head"))
    t.roster = replace(roster(), units={**roster().units, SOUTH: south})
    return t


def five_ones(t: Told, today: date) -> Grid:
    return checklists.grid(
        t.every_fact(),
        packs.load_checklist(text_of("three-norms/five-ones.yaml")),
        t.roster.units[SOUTH],
        Period.year(2025),
        today,
        people=[SubjectId("member/li"), SubjectId("member/wang")],
    )


def row(of: Grid, number: int) -> list[CellState]:
    found = next(r for r in of.rows if r.number == number)
    return [cell.state for cell in found.cells]


def held(t: Told, meeting: str, details: Any, on: date) -> None:
    """A meeting of the township that was planned and is closed on its day."""
    t.today = on - timedelta(days=7)
    body: Occasion[Any] = Occasion(
        details=details, title=meeting, on=on, organiser=SOUTH, expected=(LI, WANG)
    )
    t.say(CLERK, PlanMeeting(meeting=meeting, body=body))
    t.today = on
    t.say(CLERK, CloseMeeting(meeting=meeting, others=Attendance.PRESENT))


def information(t: Told, title: str, on: date) -> None:
    """What was collected on a day is entered in the ledger, edited and given to the township's government."""
    t.today = on
    record(t, CLERK, ReportedOpinion(), title, Author(person=LI))
    move(t, CLERK, title, "ledgered")
    move(t, CLERK, title, "edited")
    move(t, CLERK, title, "local", holder=Holder(name="镇政府"))


def fed_back(t: Told, title: str, on: date) -> None:
    t.today = on
    move(t, CLERK, title, "handled")
    move(t, CLERK, title, "fed_back")


def test_a_month_is_filled_once_its_information_is_in_the_ledger_and_fed_back() -> None:
    t = township()
    information(t, "集市停车", date(2025, 3, 3))
    assert row(five_ones(t, date(2025, 3, 28)), 1)[2] is CellState.OPEN, "in the ledger alone"

    fed_back(t, "集市停车", date(2025, 3, 28))
    assert row(five_ones(t, date(2025, 3, 28)), 1)[2] is CellState.DONE

    information(t, "路灯", date(2025, 4, 9))
    assert row(five_ones(t, date(2025, 5, 5)), 1)[3] is CellState.OPEN, "until the 5th"
    assert row(five_ones(t, date(2025, 5, 6)), 1)[3] is CellState.MISSED


def test_a_meeting_fills_its_cell_when_it_is_closed_not_when_it_is_planned() -> None:
    t = township()
    t.today = date(2025, 5, 6)
    plan: Occasion[Any] = Occasion(
        details=Inspected(), title="看水渠", on=date(2025, 5, 20), organiser=SOUTH, expected=(LI,)
    )
    t.say(CLERK, PlanMeeting(meeting="canal", body=plan))
    assert row(five_ones(t, date(2025, 5, 20)), 2)[1] is CellState.OPEN

    t.today = date(2025, 5, 20)
    t.say(CLERK, CloseMeeting(meeting="canal", others=Attendance.PRESENT))
    assert row(five_ones(t, date(2025, 5, 20)), 2)[1] is CellState.DONE


def test_the_five_ones_of_a_township_fill_from_its_loops_and_meetings() -> None:
    """Given a year's information, surveys, deliberations, a collection and deeds, the grid says what is done and what is left."""
    t = township()
    record(t, CLERK, DeliveredLivelihoodDeed(), "修桥", Author(person=LI))
    record(t, CLERK, DeliveredLivelihoodDeed(), "路灯", Author(person=WANG))
    for month in (1, 2, 3, 5):
        information(t, f"{month}月民情", date(2025, month, 8))
        fed_back(t, f"{month}月民情", date(2025, month, 24))
    held(t, "春灌调研", Researched(), date(2025, 2, 18))
    held(t, "看水渠", Inspected(), date(2025, 5, 20))
    held(t, "与县里联合调研", Researched(linked=True), date(2025, 8, 12))
    held(t, "村口协商", Consulted(form=Consultation.GRASSROOTS), date(2025, 6, 10))
    collection = DidOther(code="proposal_collection", called="重点提案征集")
    held(t, "提案征集", collection, date(2025, 11, 18))
    move(t, himself(LI), "修桥", "done")

    found = five_ones(t, date(2026, 1, 31))
    done, missed = CellState.DONE, CellState.MISSED
    assert row(found, 1) == [done, done, done, missed, done, *[missed] * 7]
    assert row(found, 2) == [done, done, missed, missed]
    assert row(found, 3) == [done, missed]
    assert row(found, 4) == [done]
    assert row(found, 5) == [done, missed], "Wang's is planned, and not done"
    assert (found.done, found.of) == (4 + 2 + 1 + 1 + 1, 12 + 4 + 2 + 1 + 2)
    assert [each.acts for each in found.besides] == [1], "what was joint is beside the list"
    cells = {each.number: each.cells for each in found.rows}
    assert cells[1][2].deeds == ("matter/3月民情",), "each cell opens its facts"
    assert cells[2][1].deeds == ("occasion/看水渠",)


# What a document may not say


GOOD = """\
loop: x
version: 1
zh: 试
en: try
since: 2025-01-01
kinds: 委员带话·带上来
stages:
  - {stage: a, zh: 甲, en: a}
  - {stage: b, zh: 乙, en: b}
  - {stage: c, zh: 丙, en: c, ends: true}
"""


@pytest.mark.parametrize(
    ("said", "instead", "line", "zh", "en"),
    [
        ("kinds: 委员带话·带上来", "kinds: 参加调研", 6, "不是事项", "is no matter"),
        ("en: b}", "en: b, movers: 村民}", 9, "不认识“村民”", "is not known"),
        ("en: b}", "en: b, movers: []}", 9, "没有写谁可以办理", "names nobody"),
        ("en: b}", "en: b, due: {days: 3, months: 1}}", 9, "应写且只写一个", "has to say one of"),
        ("en: b}", "en: b, due: {since: a}}", 9, "应写且只写一个", "has to say one of"),
        ("en: b}", "en: b, due: {meeting: 董事会}}", 9, "不认识“董事会”", "is not known"),
        ("en: b}", "en: b, due: {days: 0}}", 9, "应为 1 至", "has to be from 1"),
        ("en: b}", "en: b, due: {days: 3, since: z}}", 9, "没有环节“z”", "no stage 'z'"),
        ("en: b}", "en: b, after: z}", 9, "没有环节“z”", "no stage 'z'"),
        ("en: b}", "en: b, beside: true, then: c}", 9, "并行环节", "beside the way"),
        ("stage: b", "stage: a", 9, "重复", "is taken"),
        ("en: a}", "en: a, then: c}", 9, "没有环节通向“乙”", "nothing leads to the stage 'b'"),
        (", ends: true", "", 7, "没有一个环节是终点", "no stage ends it"),
        ("en: b}", "en: b, then: a}", 10, "没有环节通向“丙”", "nothing leads to the stage 'c'"),
        ("stages:", "where: {height: big}\nstages:", 7, "没有这个字段", "is no field"),
        ("stages:", "telling: {after: b, by: z}\nstages:", 7, "没有环节“z”", "no stage 'z'"),
        (
            "stages:",
            "giving_back: {within: {day: 06-30}, out_of: b, to: a}\nstages:",
            7,
            "应为天数",
            "has to be a number of days",
        ),
    ],
)
def test_what_is_wrong_with_a_loop_is_told_by_line_in_two_languages(
    said: str, instead: str, line: int, zh: str, en: str
) -> None:
    assert said in GOOD
    packs.load_loop(GOOD)
    with pytest.raises(Unreadable) as unreadable:
        packs.load_loop(GOOD.replace(said, instead, 1))
    flaws = unreadable.value.flaws
    assert any(f.line == line and zh in f.zh and en in f.en for f in flaws), flaws
