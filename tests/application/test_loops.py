"""The counties' loops at work: Haiyan's closed-loop list, carried messages in four ways, Linshu's month, the three-norms county's five ones."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from importlib.resources import files
from typing import Any

import pytest

from application import packs
from application.documents.source import Unreadable
from domain.course import Course, Move, Standing, clocks, not_told
from domain.deadline import Due, why
from domain.fact import Attendance
from domain.handling import MoveMatter
from domain.kinds import Stage
from domain.kinds.advice import (
    CarriedDown,
    CarriedUp,
    DeliveredSpeech,
    Message,
    Obstacle,
    Proposed,
    ReplyClass,
    ReportedOpinion,
    Satisfaction,
    Way,
)
from domain.kinds.deliberation import Consultation as Form
from domain.kinds.deliberation import Tier
from domain.kinds.meetings import Attended, Meeting
from domain.kinds.works import Consultation, Oversight
from domain.loop import Holder, Loop, Quota, problems
from domain.matter import Author, Matter, RecordMatter
from domain.meeting import CancelMeeting, CloseMeeting, MoveMeeting, PlanMeeting
from domain.occasion import Occasion
from domain.people import Actor, PersonId, Reason, Role, UnitId
from domain.suggested import Answer, Tally, tally
from domain.suggestion import AnswerSuggestion, CarryOutSuggestion, MakeSuggestion
from domain.words import Level
from tests.county import CLERK, COUNTY, LI, LINKING, OFFICE, SOUTH, WANG, ZHAO, Told, himself
from tests.refusal import refusal

LAW = Holder(name="县司法局")
COMMITTEE = Actor(person=PersonId("proposals"), role=Role.CLERK, unit=LINKING)


def loop(file: str) -> Loop:
    return packs.load_loop(files("packs").joinpath(file).read_text("utf-8"))


ALL = [
    f"{folder.name}/{each.name}"
    for folder in files("packs").iterdir()
    if folder.is_dir()
    for each in folder.iterdir()
    if each.name.endswith(".yaml") and "\nloop: " in f"\n{each.read_text('utf-8')}"
]


def told(*loops: str, today: date) -> Told:
    found = [loop(each) for each in loops]
    calendar = packs.load_calendar(
        files("packs").joinpath("calendars/cn-2025.yaml").read_text("utf-8")
    )
    return Told(today=today, loops=found, calendars=[calendar])


def matter(details: Any, title: str, on: date, *authors: Author, organiser: UnitId = COUNTY) -> Any:
    return Matter(
        details=details,
        title=title,
        on=on,
        organiser=organiser,
        authors=authors or (Author(unit=LINKING),),
    )


def move(t: Told, actor: Actor, stage: str, **said: Any) -> list[Any]:
    said = {"on": t.today, **said}
    return t.say(actor, MoveMatter(matter="m", move=Move(stage=stage, **said)))


def refused(t: Told, actor: Actor, stage: str, **said: Any) -> Reason:
    said = {"on": t.today, **said}
    return refusal(t, actor, MoveMatter(matter="m", move=Move(stage=stage, **said)))[0]


def course(t: Told) -> Course:
    found = t.deed("matter/m").course
    assert found is not None
    return found


def due(t: Told) -> dict[str, Due]:
    """What is due of the matter, by stage."""
    of = course(t)
    known = t.known()
    its = t.loop(of.loop, of.version)
    assert its is not None
    found = clocks(its, of, days=known.working_days(), meetings=known.meeting_days())
    return {each.stage: each.due for each in found}


def explained(t: Told, stage: str) -> list[str]:
    of = course(t)
    its = t.loop(of.loop, of.version)
    assert its is not None
    found = its.stage(stage)
    assert found is not None
    return [line.zh for line in why(due(t)[stage], its.called(its.counted_from(found)[-1]))]


def plan(t: Told, meeting: str, kind: Meeting, title: str, on: date) -> None:
    body: Occasion[Any] = Occasion(
        details=Attended(meeting=kind), title=title, on=on, organiser=COUNTY, expected=(WANG, LI)
    )
    t.say(OFFICE, PlanMeeting(meeting=meeting, body=body))


@pytest.mark.parametrize("file", ALL)
def test_a_loop_of_a_county_says_where_it_is_from_and_how_we_read_what_it_leaves_open(
    file: str,
) -> None:
    text = files("packs").joinpath(file).read_text("utf-8")
    assert not list(problems(packs.load_loop(text)))
    asked = packs.questions(text).silences
    assert asked
    assert all(each.reading_zh and each.reading_en for each in asked)


def test_the_counties_have_these_loops() -> None:
    assert len(ALL) >= 16
    assert {"haiyan/consultation-standing.yaml", "messages/carried-up.yaml"} <= set(ALL)


# Quotas of a year


QUOTAS = """\
loop: consultations
version: 1
zh: 协商
en: consultations
since: 2024-01-01
kinds: 协商议题
quotas: {a_year: 4}
stages:
  - {stage: topic, zh: 选题, en: topic chosen}
  - {stage: done, zh: 办结, en: done, ends: true}
"""


def test_a_loop_says_how_many_a_year_is_to_have_under_its_own_name_or_that_it_is_open() -> None:
    assert packs.load_loop(QUOTAS).quotas == (Quota(zh="协商", en="consultations", a_year=4),)
    for said in ("不限", "open"):
        (quota,) = packs.load_loop(QUOTAS.replace("a_year: 4", f"a_year: {said}")).quotas
        assert quota.a_year is None
    by_tier = '[{zh: 常委会, en: standing, where: {tier: "2"}, a_year: 2}, {a_year: 3}]'
    two = packs.load_loop(QUOTAS.replace("{a_year: 4}", by_tier)).quotas
    assert two == (
        Quota(zh="常委会", en="standing", a_year=2, where=(("tier", ("2",)),)),
        Quota(zh="协商", en="consultations", a_year=3),
    )


@pytest.mark.parametrize(
    ("ours", "theirs", "path"),
    [
        ("a_year: 4", "a_year: 0", "/quotas/a_year"),
        ("a_year: 4", "a_year: 1001", "/quotas/a_year"),
        ("a_year: 4", "a_year: 许多", "/quotas/a_year"),
        ("{a_year: 4}", "{zh: 常委会}", "/quotas/a_year"),
        ("{a_year: 4}", "{a_year: 4, where: {scheme: x}}", "/quotas/where/scheme"),
        ("{a_year: 4}", "{a_year: 4, where: {tier: '3'}}", "/quotas/where/tier"),
        ("{a_year: 4}", "{a_year: 4, where: {form: special}}", "/quotas/where/form"),
        ("{a_year: 4}", "[{a_year: 4}, {a_year: 0}]", "/quotas/1/a_year"),
        ("kinds: 协商议题", "kinds: 提交提案", "/quotas"),
        ("kinds: 协商议题", "kinds: 协商议题\nwhere: {feedback_in: writing}", "/quotas"),
    ],
)
def test_what_is_wrong_with_a_quota_is_said_at_its_place(ours: str, theirs: str, path: str) -> None:
    with pytest.raises(Unreadable) as caught:
        packs.load_loop(QUOTAS.replace(ours, theirs))
    assert path in [flaw.path for flaw in caught.value.flaws]


# Haiyan: plenary, Standing Committee, Chairperson's Council, and others


TIERS = [
    "haiyan/consultation-plenary.yaml",
    "haiyan/consultation-standing.yaml",
    "haiyan/consultation-council.yaml",
    "haiyan/consultation-other.yaml",
]


def consulted(tier: Tier, on: date) -> Told:
    """A topic of a tier that was surveyed, consulted on and assigned that day."""
    t = told(*TIERS, today=on)
    t.say(
        OFFICE, RecordMatter(matter="m", body=matter(Consultation(tier=tier), "行政执法统筹", on))
    )
    move(t, COMMITTEE, "survey")
    move(t, COMMITTEE, "consult")
    move(t, OFFICE, "assign", holder=LAW)
    return t


def test_what_a_thematic_standing_committee_suggests_is_answered_at_the_next_meeting() -> None:
    """Given suggestions of a thematic meeting on 22 April, they are due at the Standing Committee meeting of 8 July, of whatever kind."""
    t = consulted(Tier.STANDING_COMMITTEE, date(2025, 4, 22))
    assert explained(t, "feedback") == [
        "规则:协商后的下一次常委会会议或专题议政性常委会会议;未排定时为自协商起 3 个月内",
        "起算:协商(2025-04-22)",
        "尚未排定这样的会议,暂按自协商起 3 个月内",
        "期限:2025-07-22",
    ]

    plan(t, "s15", Meeting.STANDING_COMMITTEE, "第15次常委会会议", date(2025, 7, 8))
    before = explained(t, "feedback")
    assert before == [
        "规则:协商后的下一次常委会会议或专题议政性常委会会议;未排定时为自协商起 3 个月内",
        "起算:协商(2025-04-22)",
        "会议:第15次常委会会议(常委会会议,2025-07-08)",
        "期限:2025-07-08",
    ]

    t.say(OFFICE, MoveMeeting(meeting="s15", on=date(2025, 7, 22), reason="与县委全会冲突"))
    assert explained(t, "feedback") == [
        *before[:2],
        "会议:第15次常委会会议(常委会会议,2025-07-22)",
        "期限:2025-07-22",
    ]

    t.say(OFFICE, CancelMeeting(meeting="s15", reason="并入专题会"))
    plan(t, "s16", Meeting.THEMATIC_STANDING_COMMITTEE, "第16次常委会会议", date(2025, 9, 5))
    assert due(t)["feedback"].day == date(2025, 9, 5)


def test_the_plenary_is_answered_at_the_next_plenary_the_council_at_the_joint_meeting() -> None:
    t = consulted(Tier.PLENARY, date(2025, 1, 16))
    plan(t, "joint", Meeting.JOINT_MEETING, "联席会议", date(2026, 1, 23))
    plan(t, "pre", Meeting.PREPARATORY_MEETING, "预备会议", date(2026, 1, 13))
    assert due(t)["feedback"].day == date(2026, 1, 13)

    t = consulted(Tier.CHAIRPERSONS_COUNCIL, date(2025, 6, 17))
    assert due(t)["feedback"].day == date(2026, 1, 31)
    plan(t, "early", Meeting.JOINT_MEETING, "半年联席会议", date(2025, 7, 30))
    plan(t, "joint", Meeting.JOINT_MEETING, "联席会议", date(2026, 1, 23))
    assert due(t)["feedback"].day == date(2026, 1, 23), "the one early next year, not this July's"


def test_departments_answer_other_consultations_in_three_months_from_assignment() -> None:
    t = consulted(Tier.of("X"), date(2025, 3, 10))
    assert due(t)["feedback"].day == date(2025, 6, 10)


def test_of_seventeen_suggestions_sixteen_are_adopted_and_one_is_declined() -> None:
    t = consulted(Tier.STANDING_COMMITTEE, date(2025, 4, 22))
    t.today = date(2025, 7, 1)
    for number in range(1, 18):
        t.say(OFFICE, MakeSuggestion(matter="m", text=f"建议{number}", on=date(2025, 4, 22)))
        given = Answer.DECLINED if number == 17 else Answer.ADOPTED
        t.say(
            OFFICE,
            AnswerSuggestion(
                matter="m",
                number=number,
                answer=given,
                on=t.today,
                answered_by="县司法局",
                reason="超出县级权限" if number == 17 else "",
            ),
        )
        if given is Answer.ADOPTED:
            t.say(OFFICE, CarryOutSuggestion(matter="m", number=number, on=t.today))
    move(t, OFFICE, "carry_out", note="县、镇两级行政执法统筹指挥机制")
    move(t, OFFICE, "feedback")
    move(t, COMMITTEE, "track")

    assert tally(t.deed("matter/m").suggestions) == Tally(
        made=17, adopted=16, declined=1, carried_out=16
    )
    assert course(t).standing is Standing.CLOSED
    reached = [r.stage for r in t.facts("matter/m")["unit/linking"].reached]
    assert reached == [
        *(Stage.TOPIC_CHOSEN, Stage.SURVEYED, Stage.DISCUSSED, Stage.ASSIGNED),
        *(Stage.IMPLEMENTED, Stage.FED_BACK, Stage.TRACKED),
    ]


def test_oversight_goes_through_five_stages_and_consults_beside() -> None:
    t = told("haiyan/oversight.yaml", today=date(2025, 5, 12))
    t.say(OFFICE, RecordMatter(matter="m", body=matter(Oversight(), "河道治理", date(2025, 5, 12))))
    assert refused(t, COMMITTEE, "survey") is Reason.MISSING, "a requirement asks for evidence"
    move(t, COMMITTEE, "survey", note="走访6个村")
    assert refused(t, COMMITTEE, "dealt_with", holder=LAW) is Reason.STAGE_SKIPPED
    move(t, COMMITTEE, "consult", note="线上线下各一场")
    assert refused(t, COMMITTEE, "report") is Reason.MISSING
    move(t, COMMITTEE, "report", document="协监〔2025〕3号")
    assert due(t)["dealt_with"].day == date(2025, 8, 12)
    move(t, OFFICE, "dealt_with", holder=LAW)
    move(t, COMMITTEE, "track", note="回访3次")
    assert course(t).standing is Standing.CLOSED


def test_a_proposal_is_filed_assigned_supervised_beside_answered_and_evaluated() -> None:
    t = told("haiyan/proposals.yaml", today=date(2025, 3, 3))
    two = (Author(person=LI), Author(person=ZHAO))
    t.say(OFFICE, RecordMatter(matter="m", body=matter(Proposed(), "修路", date(2025, 3, 3), *two)))
    move(t, OFFICE, "filed")
    move(t, OFFICE, "key")
    move(t, OFFICE, "assigned", holder=LAW)
    assert due(t)["handled"].day == date(2025, 6, 3)
    move(t, OFFICE, "supervised", rank="县委主要领导")
    assert course(t).at == "assigned", "supervised handling runs beside, it is no gate"
    move(t, OFFICE, "handled", reply_class=ReplyClass.A)
    move(t, OFFICE, "fed_back")
    assert refused(t, OFFICE, "closed") is Reason.STAGE_SKIPPED
    move(t, himself(LI), "evaluated", satisfaction=Satisfaction.SATISFIED)
    move(t, OFFICE, "closed")
    assert course(t).standing is Standing.CLOSED


@pytest.mark.parametrize("way_out", ["not_filed", "merged", "converted"])
def test_there_are_three_ways_out_where_a_proposal_is_not_filed(way_out: str) -> None:
    t = told("haiyan/proposals.yaml", today=date(2025, 3, 3))
    mine = Author(person=LI)
    for name in ("m", "other"):
        body = matter(Proposed(), "修路", date(2025, 3, 3), mine)
        t.say(OFFICE, RecordMatter(matter=name, body=body))
    into = {"into": "matter/other"} if way_out == "merged" else {}
    move(t, OFFICE, way_out, note="不属县级事权", **into)
    assert course(t).standing is Standing.CLOSED


def test_a_speech_is_handled_like_a_proposal_once_a_leader_has_written_on_it() -> None:
    t = told("haiyan/speeches.yaml", today=date(2025, 1, 15))
    mine = Author(person=LI)
    t.say(
        OFFICE,
        RecordMatter(matter="m", body=matter(DeliveredSpeech(), "发言", date(2025, 1, 15), mine)),
    )
    move(t, OFFICE, "kept")
    assert course(t).standing is Standing.RESTING
    assert not due(t)

    t.today = date(2025, 2, 10)
    assert refused(t, OFFICE, "instructed", level=Level.COUNTY) is Reason.MISSING
    move(t, OFFICE, "instructed", rank="县政府主要领导", level=Level.COUNTY)
    move(t, OFFICE, "assigned", holder=LAW)
    plan(t, "pre", Meeting.PREPARATORY_MEETING, "预备会议", date(2026, 1, 13))
    assert due(t)["fed_back"].day == date(2026, 1, 13)


# Carried messages


def carried(today: date = date(2025, 6, 3)) -> Told:
    t = told("messages/carried-up.yaml", today=today)
    said = matter(CarriedUp(topic="饮水"), "韩村饮水", today, Author(person=LI), organiser=SOUTH)
    t.say(CLERK, RecordMatter(matter="m", body=said))
    move(t, CLERK, "verified", by="王主席带队核实")
    return t


@pytest.mark.parametrize("way", list(Way))
def test_a_message_is_closed_once_it_is_handled_and_the_person_told_in_whichever_way(
    way: Way,
) -> None:
    t = carried()
    move(t, OFFICE, "assigned", way=way, holder=Holder(name="县水利局"))
    t.today += timedelta(days=9)
    move(t, OFFICE, "handled")
    its = t.loop("carried-messages")
    assert its is not None
    assert not_told(its, course(t)), "it stands on the list of what is handled and not told"
    assert refused(t, OFFICE, "closed") is Reason.STAGE_SKIPPED

    move(t, himself(LI), "answered")
    assert not not_told(its, course(t))
    move(t, CLERK, "closed")
    assert course(t).standing is Standing.CLOSED
    assert t.deed("matter/m").body.details.way is way


def test_two_of_the_four_ways_have_names_and_two_are_for_the_county_to_name() -> None:
    its = loop("messages/carried-up.yaml")
    assert [its.way_called(way).zh for way in Way] == [
        "方式①(待县里填写)",
        "方式②(待县里填写)",
        "文件转办",
        "电话交办",
    ]


def test_who_took_a_message_answers_it_at_once_and_it_is_not_closed_by_that() -> None:
    t = carried()
    move(t, OFFICE, "assigned", way=Way.BY_TELEPHONE, holder=Holder(name="县水利局"))
    move(t, CLERK, "answered", note="已电话告知正在办理")
    assert refused(t, CLERK, "closed") is Reason.STAGE_SKIPPED


def test_what_cannot_be_handled_says_why_and_comes_back_to_life() -> None:
    t = carried()
    move(t, OFFICE, "assigned", way=Way.BY_DOCUMENT, holder=Holder(name="县水利局"))
    assert refused(t, OFFICE, "cannot") is Reason.MISSING
    move(t, OFFICE, "cannot", obstacle=Obstacle.BEYOND_REMIT)
    assert course(t).standing is Standing.RESTING
    t.today += timedelta(days=90)
    move(t, OFFICE, "assigned", way=Way.BY_DOCUMENT, holder=Holder(name="市水利局"))
    assert course(t).standing is Standing.OPEN


def test_a_reply_carried_down_names_the_message_that_it_answers() -> None:
    t = carried()
    down = replace(
        matter(
            CarriedDown(topic="饮水", message=Message.REPLY),
            "回复韩村",
            t.today,
            Author(person=LI),
            organiser=SOUTH,
        ),
        answers="matter/m",
    )
    t.say(CLERK, RecordMatter(matter="down", body=down))
    assert t.deed("matter/down").body.answers == "matter/m"
    assert t.deed("matter/down").course is None


# Linshu's June


def test_the_sectors_month_plans_holds_sends_in_tracks_and_feeds_back() -> None:
    t = told("linshu/month.yaml", today=date(2025, 3, 20))
    topic = matter(Consultation(form=Form.SECTOR_SPECIFIC), "界别协商", date(2025, 3, 20))
    t.say(OFFICE, RecordMatter(matter="m", body=topic))
    assert due(t)["held"].day == date(2025, 6, 30), "June is the month"
    t.today = date(2025, 6, 12)
    move(t, COMMITTEE, "held")
    assert due(t)["results"].day == date(2025, 6, 27)
    t.today = date(2025, 6, 20)
    move(t, OFFICE, "results", level=Level.COUNTY)
    assert due(t)["fed_back"].day == date(2025, 9, 20)
    move(t, OFFICE, "tracked", holder=LAW)
    move(t, OFFICE, "fed_back")
    assert course(t).standing is Standing.CLOSED


# The three-norms county's five ones


def test_the_months_information_is_ledgered_goes_by_the_direct_channel_and_is_fed_back() -> None:
    """How the cells of the grid fill from it and the rest stands in test_loops_of_counties.py."""
    t = told("three-norms/opinions.yaml", today=date(2025, 3, 3))
    said = matter(
        ReportedOpinion(direct_channel=True),
        "集市停车难",
        date(2025, 3, 3),
        Author(unit=SOUTH),
        Author(person=LI),
        organiser=SOUTH,
    )
    t.say(CLERK, RecordMatter(matter="m", body=said))
    move(t, CLERK, "ledgered")
    move(t, CLERK, "edited")
    assert refused(t, CLERK, "direct", level=Level.COUNTY) is Reason.NOT_YOURS_TO_MOVE
    move(t, OFFICE, "direct", level=Level.COUNTY)
    move(t, OFFICE, "instructed", rank="分管领导", level=Level.COUNTY)
    assert due(t)["handled"].day == date(2025, 5, 3)
    move(t, CLERK, "handled")
    assert due(t)["fed_back"].day == date(2025, 4, 3)
    t.today = date(2025, 3, 28)
    move(t, CLERK, "fed_back")

    assert course(t).standing is Standing.CLOSED
    fact = t.facts("matter/m")["unit/south"]
    assert fact.has(Stage.LEDGERED)
    assert fact.has(Stage.FED_BACK)


# What a document may not say


@pytest.mark.parametrize(
    ("wrong", "line", "zh"),
    [
        ("movers: 村民", 9, "不认识“村民”"),
        (
            "due: {days: 3, months: 1}",
            9,
            "days、working_days、months、day、meeting、named 应写且只写一个",
        ),
        ("due: {meeting: 董事会}", 9, "不认识“董事会”"),
        ("then: nowhere", 9, "没有环节“nowhere”"),
        ("reaches: 刊印", 9, "“委员带话·带上来”没有环节“刊印”"),
        ("due: {named: true}", 9, "“委员带话·带上来”没有写时限的字段"),
    ],
)
def test_what_is_wrong_with_a_loop_is_told_by_line(wrong: str, line: int, zh: str) -> None:
    text = f"""loop: x
version: 1
zh: 试
en: try
since: 2025-01-01
kinds: 委员带话·带上来
stages:
  - {{stage: a, zh: 甲, en: a}}
  - {{stage: b, zh: 乙, en: b, {wrong}}}
  - {{stage: c, zh: 丙, en: c, ends: true}}
"""
    with pytest.raises(Unreadable) as refused_by:
        packs.load_loop(text)
    flaws = refused_by.value.flaws
    assert any(flaw.line == line and zh in flaw.zh for flaw in flaws), flaws


def test_attendance_of_a_planned_meeting_is_a_fact_like_any_other() -> None:
    t = told(today=date(2025, 7, 8))
    plan(t, "s15", Meeting.STANDING_COMMITTEE, "第15次常委会会议", date(2025, 7, 8))
    t.say(OFFICE, CloseMeeting(meeting="s15", others=Attendance.PRESENT))
    assert t.facts("occasion/s15")["member/li"].attendance is Attendance.PRESENT
