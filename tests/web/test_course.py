"""A matter on its way on its page: its stages, its turns, why what is due changed, and forms for what each may do next."""

from __future__ import annotations

import re
from html import unescape
from typing import Any

import pytest

from domain.course import Standing
from domain.deed import Deed
from domain.document import Publish, Sort
from domain.fact import Followed, Reached
from domain.handling import ExtendDeadline, MigrateCourse, PauseCourse
from domain.kinds import Stage
from domain.kinds.advice import ReportedOpinion, Way
from domain.loop import Holder
from domain.matter import Author, Matter, RecordMatter, ReportOutcome
from domain.meeting import MoveMeeting
from domain.people import Role, UnitId
from domain.words import Level
from projections import deeds
from tests.interfaces.conftest import Caller, Service
from tests.web.conftest import Reader, Reading
from tests.web.rounds import LI, MESSAGES, SINCE, TITLE, Rounds, days

M1, P1 = "/matters/m1", "/matters/p1"


@pytest.fixture
def county(office: Caller, sqlite_service: Service) -> Rounds:
    """A message that has just come in, and a proposal that is due at a meeting."""
    told = Rounds(sqlite_service.installation.desk(office.ledger))
    told.plan("sc12", 40)
    told.publish_loops()
    told.message("m1", 3)
    told.proposal("p1", 5)
    return told


@pytest.fixture
def office_at(reading: Reading, county: Rounds) -> Reader:
    return reading("secretary", Role.OFFICE, "county")


def forms(page: str) -> list[str]:
    """What may be done, by the words of each form."""
    course = page.partition('id="course"')[2].partition("</section>")[0]
    found = re.findall(
        r'<summary>([^<]+)</summary><div class="inside">\s*(?:<p[^>]*>[^<]*</p>)?\s*<form', course
    )
    return [unescape(each) for each in found]


def state(county: Rounds, matter: str) -> Deed[Any]:
    with county.desk.store.reading() as connection:
        found = deeds.states(connection, county.desk.code, [f"matter/{matter}"])
    deed = found[f"matter/{matter}"]
    assert isinstance(deed, Deed)
    return deed


def turn(reader: Reader, page: str, path: str, act: str, *pairs: tuple[str, str]) -> str:
    """Send a form of the page; the page that follows."""
    answer = reader.send(f"{page}/{path}", ("act", act), *pairs, page=page)
    assert answer.status_code == 200, answer.text[:3_000]
    return answer.text


def test_the_stages_stand_in_a_line_with_days_and_the_next_with_its_due_day_and_why(
    county: Rounds, office_at: Reader
) -> None:
    page = office_at.read(M1)
    way = page.partition('<ol class="way"')[2].partition("</ol>")[0]
    names = re.findall(r'<span class="name">([^<]+)</span>', way)
    assert names == ["收到", "核实", "交办", "正在处理", "已落实处理", "暂无法处理", "办结"]
    assert 'aria-current="step"' in way
    assert "规则:自提交起 5 天内" in way
    assert "还有 2 天" in page


def test_each_sees_the_forms_of_what_he_may_do(county: Rounds, reading: Reading) -> None:
    assert forms(reading("secretary", Role.OFFICE, "county").read(M1)) == [
        "核实",
        "回复本人",
        "延长期限",
        "暂停计时",
        "移交其他单位办理",
    ]
    assert "核实" in forms(reading("wang", Role.CLERK, "south").read(M1))
    assert forms(reading("chen", Role.HEAD, "medicine").read(M1)) == ["回复本人"], "in Li's name"
    assert forms(reading("zhao", Role.HEAD, "economy").read(M1)) == []
    assert forms(reading("li", Role.MEMBER).read(M1)) == ["回复本人"]
    assert forms(reading("zhao", Role.MEMBER).read(M1)) == []
    assert forms(reading("panel", Role.APPRAISAL).read(M1)) == []


def test_a_matter_is_moved_on_by_a_form_that_asks_what_the_stage_needs(
    county: Rounds, office_at: Reader
) -> None:
    day = county.today.isoformat()
    turn(office_at, M1, "move", "move-1", ("stage", "verified"), ("move-1.on", day))
    page = office_at.read(M1)
    assert 'name="move-2.holder"' in page
    assert 'name="move-2.way"' in page
    assert 'name="move-2.rank"' not in page
    page = turn(
        office_at,
        M1,
        "move",
        "move-2",
        ("stage", "assigned"),
        ("move-2.on", day),
        ("move-2.holder", "水利局"),
        ("move-2.co_holders", "医药卫生界\n交通局"),
        ("move-2.way", "by_telephone"),
        ("move-2.note", "请尽快"),
    )
    assert "已办理,进入下一环节" in page
    course = state(county, "m1").course
    assert course is not None
    assert (course.at, course.holder) == ("assigned", Holder(name="水利局"))
    assert course.co_holders == (Holder(unit=UnitId("medicine")), Holder(name="交通局"))
    for said in ("承办单位:", "水利局", "医药卫生界、交通局", "电话交办", "请尽快"):
        assert said in page


def test_what_is_missing_is_said_at_its_field_and_nothing_typed_is_lost(
    county: Rounds, office_at: Reader
) -> None:
    county.move("m1", "verified", 1)
    said = (
        ("act", "move-2"),
        ("stage", "assigned"),
        ("move-2.on", county.today.isoformat()),
        ("move-2.holder", ""),
        ("move-2.note", "已电话联系"),
        ("move-2.way", "by_document"),
    )
    answer = office_at.send(f"{M1}/move", *said, page=M1)
    assert answer.status_code == 422
    assert 'id="f-move-2-holder-wrong"' in answer.text
    assert 'href="#f-move-2-holder"' in answer.text
    assert "已电话联系</textarea>" in answer.text
    late = (county.today + days(3)).isoformat()
    answer = office_at.send(f"{M1}/move", *said[:2], ("move-2.on", late), *said[4:], page=M1)
    assert answer.status_code == 422
    assert 'id="f-move-2-on-wrong"' in answer.text
    assert state(county, "m1").course.at == "verified"  # type: ignore[union-attr]


def test_a_form_that_is_sent_twice_is_one_turn(county: Rounds, office_at: Reader) -> None:
    page = office_at.read(M1)
    told = [(name, office_at.hidden(page, name)) for name in ("form", "id")]
    day = county.today.isoformat()
    pairs = [*told, ("act", "move-1"), ("stage", "verified"), ("move-1.on", day)]
    for _ in range(2):
        assert office_at.post(f"{M1}/move", pairs).status_code == 200
    assert len(state(county, "m1").course.steps) == 2  # type: ignore[union-attr]


def test_who_raised_it_is_told_in_one_tap(county: Rounds, reading: Reading) -> None:
    county.move("m1", "verified", 2)
    county.move("m1", "in_hand", 2)
    county.move("m1", "handled", 1)
    clerk = reading("wang", Role.CLERK, "south")
    page = clerk.read(M1)
    assert "办理结果还没有告知反映的人" in page
    assert ">已回复本人</button>" in page
    page = turn(
        clerk, M1, "move", "told", ("stage", "answered"), ("told.on", county.today.isoformat())
    )
    assert "还没有告知反映的人" not in page
    course = state(county, "m1").course
    assert course is not None
    assert course.done["answered"] == county.today
    assert course.at == "handled"


def test_it_is_given_back_handed_over_paused_resumed_extended_and_reopened(
    county: Rounds, office_at: Reader
) -> None:
    day = county.today.isoformat()
    holder = Holder(name="水利局")
    county.move("m1", "verified", 2)
    county.move("m1", "assigned", 0, holder=holder, way=Way.BY_DOCUMENT)
    assert "退回至“核实”,最晚" in office_at.read(M1)
    reason = ("hand-over.reason", "职责不符")
    page = turn(office_at, M1, "hand-over", "hand-over", ("hand-over.holder", "交通局"), ("hand-over.on", day), reason)  # fmt: skip
    assert "移交承办" in page
    assert "职责不符" in page
    page = turn(office_at, M1, "give-back", "give-back", ("give-back.on", day), ("give-back.reason", "交办不当"))  # fmt: skip
    assert "退回至核实" in page
    assert state(county, "m1").course.at == "verified"  # type: ignore[union-attr]
    pause = (("pause.on", day), ("pause.reason", "等待设计"), ("pause.consented_by", "王主任"))
    page = turn(office_at, M1, "pause", "pause", *pause)
    assert "暂停计时" in page
    assert "恢复计时" in forms(page)
    turn(office_at, M1, "resume", "resume", ("resume.on", day))
    until = (county.today + days(60)).isoformat()
    page = turn(office_at, M1, "extend", "extend", ("extend.stage", "handled"), ("extend.until", until), ("extend.reason", "工程量大"), ("extend.consented_by", "王主任"))  # fmt: skip
    assert f"已落实处理延期至{until}" in page
    county.move("m1", "in_hand", 0)
    page = turn(office_at, M1, "reopen", "reopen", ("reopen.stage", "verified"), ("reopen.on", day), ("reopen.reason", "情况有变"))  # fmt: skip
    assert "退回至核实重新办理" in page
    course = state(county, "m1").course
    assert course is not None
    assert (course.at, course.standing) == ("verified", Standing.OPEN)


@pytest.mark.parametrize(
    ("path", "said", "wrong"),
    [
        ("pause", (("pause.on", "today"), ("pause.consented_by", "王主任")), "pause-reason"),
        ("pause", (("pause.on", "today"), ("pause.reason", "等待设计")), "pause-consented_by"),
        ("extend", (("extend.stage", "verified"), ("extend.until", "today"), ("extend.reason", "x"), ("extend.consented_by", "y")), "extend-until"),
        ("hand-over", (("hand-over.on", "today"), ("hand-over.reason", "x")), "hand-over-holder"),
    ],
)  # fmt: skip
def test_a_refusal_stands_at_its_field(
    county: Rounds, office_at: Reader, path: str, said: tuple[tuple[str, str], ...], wrong: str
) -> None:
    pairs = [(k, county.today.isoformat() if v == "today" else v) for k, v in said]
    answer = office_at.send(f"{M1}/{path}", ("act", path), *pairs, page=M1)
    assert answer.status_code == 422
    assert f'id="f-{wrong}-wrong"' in answer.text


def test_what_he_may_not_do_is_refused_though_he_sends_it(county: Rounds, reading: Reading) -> None:
    zhao = reading("zhao", Role.MEMBER)
    said = (("act", "move-1"), ("stage", "verified"), ("move-1.on", county.today.isoformat()))
    other = "/record/visited_village"
    answer = zhao.send(f"{M1}/move", *said, page=other)
    assert answer.status_code == 403
    assert "当前身份不能办理此环节" in answer.text
    chen = reading("chen", Role.HEAD, "medicine")
    assert chen.send(f"{M1}/move", *said, page=other).status_code == 403
    answer = reading("li", Role.MEMBER).send(f"{M1}/move", *said, page=M1)
    assert answer.status_code == 403
    assert "是您本人提出的事项,这一步不由作者办理" in answer.text
    assert "不能确认本人的记录" not in answer.text
    assert state(county, "m1").course.at == "received"  # type: ignore[union-attr]


def test_a_meeting_that_is_moved_moves_the_day_and_both_are_explained(
    county: Rounds, office_at: Reader
) -> None:
    was, now = county.today + days(40), county.today + days(54)
    county.tell(MoveMeeting(meeting="sc12", on=now, reason="与市政协会议冲突"))
    page = office_at.read(P1)
    assert f"会议安排变动:{TITLE}" in page
    before, _, after = page.partition("<b>变动前</b>")[2].partition("<b>变动后</b>")
    assert f"期限:{was}" in before
    assert f"期限:{now}" in after.partition("</details>")[0]


def test_that_it_went_over_to_another_version_stands_in_the_timeline_with_both(
    county: Rounds, office_at: Reader
) -> None:
    county.move("m1", "verified", 1)
    newer(county, "2")
    county.tell(MigrateCourse(matter="m1", version="2", reason="新办法施行"))

    page = office_at.read(M1)
    assert "改按流程的2版办理(原按1版),仍在核实" in page
    assert "新办法施行" in page
    happened = page.partition("办理经过")[2].partition("</section>")[0]
    titles = re.findall(r'<span class="grow title">([^<]+)</span>', happened)
    assert titles == ["进入流程:收到", "核实", "改按流程的2版办理(原按1版),仍在核实"]


def test_pauses_and_extensions_stand_in_the_timeline(county: Rounds, office_at: Reader) -> None:
    county.tell(PauseCourse(matter="m1", on=county.today, reason="等待", consented_by="王主任"))
    page = office_at.read(M1)
    assert "期限:暂停中" in page
    assert "王主任" in page
    until = county.today + days(90)
    county.tell(
        ExtendDeadline(
            matter="p1", stage="reported", until=until, reason="会期", consented_by="李主任"
        )
    )
    assert f"反馈延期至{until}" in office_at.read(P1)


def test_a_matter_from_before_the_loop_is_let_in(
    office: Caller, sqlite_service: Service, reading: Reading
) -> None:
    told = Rounds(sqlite_service.installation.desk(office.ledger))
    told.message("m1", 3)
    reader = reading("secretary", Role.OFFICE, "county")
    assert 'id="course"' not in reader.read(M1)
    told.publish_loops()
    assert forms(reader.read(M1)) == ["进入闭环流程"]
    page = turn(reader, M1, "begin", "begin", ("begin.loop", "messages"))
    assert "已进入流程" in page
    assert state(told, "m1").course.at == "received"  # type: ignore[union-attr]


def test_the_page_is_said_in_english_too(county: Rounds, office_at: Reader) -> None:
    office_at.cookies["lvzhi-look"] = "en.auto.usual"
    page = office_at.read(M1)
    assert "How far it has come" in page
    assert "rule: 5 days from: submission" in page


def test_what_followed_from_an_instruction_is_said_on_the_form_that_moves_it(
    county: Rounds, reading: Reading
) -> None:
    outcome = Reached(
        stage=Stage.INSTRUCTED, on=county.today - days(1), level=Level.COUNTY, rank="县长"
    )
    office = reading("secretary", Role.OFFICE, "county")
    assert ".followed" not in office.read("/matters/p1")
    county.tell(ReportOutcome(matter="p1", outcome=outcome))
    assert ".followed" not in reading("zhao", Role.CLERK, "south").read("/matters/p1")
    office = reading("secretary", Role.OFFICE, "county")
    page = office.read("/matters/p1")
    key, stage = re.findall(
        r'name="act" value="(move-\d+)"><input type="hidden" name="stage" value="(\w+)"', page
    )[0]
    assert f'name="{key}.followed"' in page
    today = (f"{key}.on", county.today.isoformat())
    said = (("act", key), ("stage", stage), today, (f"{key}.followed", "task_force"))
    answer = office.send("/matters/p1/move", *said, page="/matters/p1")
    assert answer.status_code == 200
    assert "成立专班" in answer.text
    assert [e.followed for e in state(county, "p1").reached if e.rank] == [Followed.TASK_FORCE]
    assert ".followed" not in office.read("/matters/p1")


def newer(county: Rounds, version: str, *changes: tuple[str, str]) -> None:
    """Publish another version of the loop of messages."""
    text = MESSAGES.replace("2025-07-01", SINCE.isoformat())
    for was, now in (("version: 1", f"version: {version}"), *changes):
        assert was in text, was
        text = text.replace(was, now)
    county.tell(Publish(sort=Sort.LOOP, code="messages", version=version, text=text, since=SINCE))


MIGRATED = "改按流程的另一版办理"


def test_the_office_lets_a_matter_go_on_by_a_newer_version_of_its_loop(
    county: Rounds, office_at: Reader, reading: Reading
) -> None:
    assert MIGRATED not in forms(office_at.read(M1)), "there is no other"
    newer(county, "2", ("due: {days: 5, since: submitted}", "due: {days: 9, since: submitted}"))
    newer(county, "3", ("received", "taken_in"))

    page = office_at.read(M1)
    assert MIGRATED in forms(page)
    assert 'value="2" selected' in page
    assert 'value="3"' not in page.partition('id="course"')[2], "it has no such stage"
    assert MIGRATED not in forms(reading("wang", Role.CLERK, "south").read(M1))

    bare = (("act", "migrate"), ("migrate.version", "2"), ("migrate.reason", ""))
    answer = office_at.send(f"{M1}/migrate", *bare, page=M1)
    assert answer.status_code == 422
    assert 'id="f-migrate-reason-wrong"' in answer.text
    said = (("migrate.version", "2"), ("migrate.reason", "新办法施行"))
    page = turn(office_at, M1, "migrate", "migrate", *said)
    assert "已改按另一版流程办理" in page
    assert "规则:自提交起 9 天内" in page
    course = state(county, "m1").course
    assert course is not None
    assert course.version == "2"
    nowhere = (("act", "migrate"), ("migrate.version", "3"), ("migrate.reason", "误"))
    answer = office_at.send(f"{M1}/migrate", *nowhere, page=M1)
    assert 'id="f-migrate-version-wrong"' in answer.text


RETRACTED = "撤销登记有误的办理结果"


def test_an_outcome_that_was_reported_by_mistake_is_taken_back_on_its_page(
    county: Rounds, office_at: Reader, reading: Reading
) -> None:
    """Given a proposal with two outcomes beside its loop and one in it, then those beside are taken back one by one with a reason, by who could report them."""
    key, instructed = Reached(stage=Stage.MADE_KEY, on=county.today), Stage.INSTRUCTED
    for outcome in (key, Reached(stage=instructed, on=county.today, level=Level.COUNTY)):
        county.tell(ReportOutcome(matter="p1", outcome=outcome))
    county.move("p1", "filed", 1)

    page = office_at.read(P1)
    assert RETRACTED in forms(page)
    (select,) = re.findall(r'<select[^>]* name="retract.stage".*?</select>', page, re.DOTALL)
    found = re.findall(r'<option value="([^"]+)">', select)
    assert found == ["made_key|", f"instructed|{Level.COUNTY.value}"]
    for actor in (("li", Role.MEMBER, None), ("wang", Role.CLERK, "south")):
        assert RETRACTED not in forms(reading(*actor).read(P1))

    bare = (("act", "retract"), ("retract.stage", found[1]), ("retract.reason", " "))
    answer = office_at.send(f"{P1}/retract", *bare, page=P1)
    assert 'id="f-retract-reason-wrong"' in answer.text
    said = (("retract.stage", found[1]), ("retract.reason", "登记有误"))
    assert "已撤销这项办理结果" in turn(office_at, P1, "retract", "retract", *said)
    assert [r.stage for r in state(county, "p1").reached] == [Stage.MADE_KEY, Stage.FILED]
    answer = office_at.send(
        f"{P1}/retract",
        *(("act", "retract"), ("retract.stage", "filed|"), ("retract.reason", "误")),
        page=P1,
    )
    assert answer.status_code == 409
    assert 'id="f-retract-stage-wrong"' in answer.text


def test_an_outcome_of_what_goes_round_no_loop_is_taken_back_too(
    county: Rounds, office_at: Reader
) -> None:
    body = Matter(
        details=ReportedOpinion(),
        title="关于停车难",
        on=county.today,
        organiser=UnitId("county"),
        authors=(Author(person=LI),),
    )
    county.tell(RecordMatter(matter="o1", body=body))
    assert RETRACTED not in forms(office_at.read("/matters/o1")), "there is none"
    handled = Reached(stage=Stage.HANDLED, on=county.today)
    county.tell(ReportOutcome(matter="o1", outcome=handled))
    said = (("retract.stage", "handled|"), ("retract.reason", "登记有误"))
    turn(office_at, "/matters/o1", "retract", "retract", *said)
    assert state(county, "o1").reached == ()
