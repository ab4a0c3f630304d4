"""Meetings on pages: planned, called, moved, leave, check-in by code and by hand, the attendance in one go, reopened, reconciled."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta
from html import unescape
from typing import Any

import pytest

from domain.deed import Deed, Withdraw
from domain.document import Publish, Sort
from domain.evidence import Evidence
from domain.fact import Attendance, Capacity, Spoke
from domain.kinds.meetings import Attended
from domain.kinds.meetings import Meeting as Kind
from domain.meeting import (
    AmendMeeting,
    AskLeave,
    CloseMeeting,
    InvitedPerson,
    MeetingStep,
    MoveMeeting,
    OpenMeeting,
    PlanMeeting,
    ReopenMeeting,
)
from domain.meeting import Meeting as State
from domain.member import Exempt, Exemption
from domain.occasion import AmendOccasion, Occasion, Participant
from domain.people import PersonId, Role, UnitId
from projections import deeds, meetings
from tests.interfaces.conftest import Caller, Service
from tests.web.conftest import Reader, Reading
from tests.web.rounds import CHEN, LI, SINCE, TITLE, ZHAO, Rounds, days

SC = "/meetings/sc12"


@pytest.fixture
def county(office: Caller, sqlite_service: Service) -> Rounds:
    """A ledger without meetings."""
    return Rounds(sqlite_service.installation.desk(office.ledger))


@pytest.fixture
def office_at(reading: Reading, county: Rounds) -> Reader:
    return reading("secretary", Role.OFFICE, "county")


def state(county: Rounds, name: str = "sc12") -> State[Any]:
    with county.desk.store.reading() as connection:
        page = meetings.meeting(connection, county.desk.code, name)
    assert page is not None
    return page.state


def record(county: Rounds, name: str = "sc12") -> Occasion[Any]:
    with county.desk.store.reading() as connection:
        found = deeds.states(connection, county.desk.code, [f"occasion/{name}"])
    deed = found[f"occasion/{name}"]
    assert isinstance(deed, Deed)
    body: Occasion[Any] = deed.body
    return body


def recorded(county: Rounds, name: str = "sc12") -> dict[PersonId, Participant]:
    return {each.person: each for each in record(county, name).participants}


def sent(reader: Reader, path: str, *pairs: tuple[str, str], page: str = SC) -> str:
    """Send a form; the page that follows."""
    answer = reader.send(path, *pairs, page=page)
    assert answer.status_code == 200, answer.text[:3_000]
    return answer.text


def titles(page: str) -> list[str]:
    return re.findall(r'<a class="grow title" href="[^"]+">([^<]+)</a>', page)


# The list


def test_those_ahead_stand_first_and_what_is_to_be_recorded_is_said_to_who_sees_to_it(
    county: Rounds, office_at: Reader, reading: Reading
) -> None:
    county.plan("late", -3, title="上周的会")
    county.plan("later", 30, title="下月的会")
    county.plan("soon", 2, title="后天的会")
    page = office_at.read("/meetings")
    assert titles(page) == ["上周的会", "后天的会", "下月的会"]
    assert "会已开过,待登记出席" in page
    assert titles(office_at.read("/meetings?when=unrecorded")) == ["上周的会"]
    assert titles(reading("li", Role.MEMBER).read("/meetings")) == ["后天的会", "下月的会"]
    assert titles(reading("wang", Role.CLERK, "south").read("/meetings")) == [
        "后天的会",
        "下月的会",
    ]
    year = county.today.year
    assert "上周的会" in office_at.read(f"/meetings?when=year&year={(county.today - days(3)).year}")
    assert titles(office_at.read(f"/meetings?when=year&year={year + 5}")) == []


@pytest.mark.parametrize(
    ("asked", "number"),
    [
        ("kind=standing_committee_meeting", 1),
        ("kind=forum", 0),
        ("step=planned", 1),
        ("step=closed", 0),
        ("organiser=海晏县政协", 1),
        ("organiser=south", 0),
    ],
)
def test_filters_narrow_the_list(
    county: Rounds, office_at: Reader, asked: str, number: int
) -> None:
    county.plan("sc12", 5)
    assert len(titles(office_at.read(f"/meetings?{asked}"))) == number


# Planning


def test_a_meeting_is_planned_with_groups_and_names(county: Rounds, office_at: Reader) -> None:
    form = office_at.read("/meetings/new")
    assert re.findall(r'<span class="name">(医药卫生界|全体委员)</span><span class="where">(\d+)', form) == [
        ("全体委员", "3"),
        ("医药卫生界", "2"),
    ]  # fmt: skip
    day = (county.today + days(20)).isoformat()
    page = sent(
        office_at,
        "/meetings/new",
        ("kind", "attended"),
        ("on", day),
        ("title", "十届十三次常委会会议"),
        ("details.meeting", "standing_committee_meeting"),
        ("number", "第十三次"),
        ("g", "unit/medicine"),
        ("others", "赵敏"),
        page="/meetings/new",
    )
    assert "会议已列入计划" in page
    assert "第十三次" in page
    assert titles(office_at.read("/meetings")) == ["十届十三次常委会会议"]
    (name,) = re.findall(r'/meetings/([0-9a-f-]{36})"', office_at.read("/meetings"))
    assert set(state(county, name).expected) == {LI, CHEN, ZHAO}
    assert state(county, name).body.organiser == "county"


def test_what_is_wrong_with_a_plan_is_said_at_its_field(county: Rounds, office_at: Reader) -> None:
    answer = office_at.send(
        "/meetings/new",
        ("kind", "attended"),
        ("title", "没有日期的会"),
        ("others", "没有这人"),
        ("g", "all"),
        page="/meetings/new",
    )
    assert answer.status_code == 422
    page = answer.text
    assert 'id="f-on-wrong"' in page
    assert 'id="f-details-meeting-wrong"' in page
    assert "名册中没有此人,请核对姓名或先登记" in page
    assert 'value="没有日期的会"' in page
    assert re.search(r'value="all" checked', page)


def test_a_clerk_plans_for_his_unit_and_no_other(county: Rounds, reading: Reading) -> None:
    clerk = reading("wang", Role.CLERK, "south")
    said = (
        ("kind", "attended"),
        ("on", (county.today + days(3)).isoformat()),
        ("title", "室组例会"),
        ("details.meeting", "township_group_meeting"),
    )
    assert "室组例会" in sent(clerk, "/meetings/new", *said, page="/meetings/new")
    answer = clerk.send("/meetings/new", *said, ("organiser", "医药卫生界"), page="/meetings/new")
    assert answer.status_code == 403
    assert clerk.get("/meetings/new?kind=proposed").status_code == 404
    assert reading("li", Role.MEMBER).get("/meetings/new").status_code == 403


def test_a_plan_is_corrected_with_a_reason_and_its_day_is_moved_by_itself(
    county: Rounds, office_at: Reader
) -> None:
    county.plan("sc12", 20)
    form = office_at.read(f"{SC}/amend")
    assert 'name="on"' not in form
    version = office_at.hidden(form, "version")
    said = (("version", version), ("title", "十届十二次常委会会议(扩大)"), ("p", "li"))
    answer = office_at.send(f"{SC}/amend", *said, page=f"{SC}/amend")
    assert answer.status_code == 422
    assert "(扩大)" in answer.text
    page = sent(office_at, f"{SC}/amend", *said, ("reason", "扩大范围"), page=f"{SC}/amend")
    assert "会议计划已更正" in page
    assert state(county).body.title.endswith("(扩大)")
    assert state(county).expected == (LI,)
    assert state(county).body.on == county.today + days(20)
    answer = office_at.send(
        f"{SC}/amend", *said, ("title", "又改"), ("reason", "再改"), page=f"{SC}/amend"
    )
    assert answer.status_code == 412
    assert "别人刚改过" in answer.text


def test_who_sits_in_for_a_sector_is_planned_listed_and_recorded_as_such(
    county: Rounds, office_at: Reader, reading: Reading
) -> None:
    day = county.today.isoformat()
    said = (
        *(("kind", "attended"), ("on", day), ("title", "十届十三次常委会会议")),
        *(("details.meeting", "standing_committee_meeting"), ("others", "赵敏")),
    )
    sits = (("sits", "陈静 没有这人"), ("sits_for", "on"))
    answer = office_at.send("/meetings/new", *said, *sits, page="/meetings/new")
    assert answer.status_code == 422
    assert 'value="陈静 没有这人"' in answer.text
    page = sent(office_at, "/meetings/new", *said, ("sits", "陈静"), sits[1], page="/meetings/new")
    assert "应到 1 人 · 列席等 1 人" in page
    assert "列席(代表医药卫生界)" in page
    (name,) = set(re.findall(r'/meetings/([0-9a-f-]{36})/attendance"', page))
    path = f"/meetings/{name}"
    (chen,) = state(county, name).invited
    assert (chen.person, chen.capacity, chen.in_name_of) == (CHEN, Capacity.SITS_IN, "medicine")
    assert "陈静" in office_at.read(f"{path}/sheet")
    assert "我参加这次会议" in reading("chen", Role.MEMBER).read(path)
    form = office_at.read(f"{path}/attendance")
    row = form.partition('id="row-chen"')[2].partition("</li>")[0]
    assert '<option value="sits_in" selected>' in row
    rows = (("version", office_at.hidden(form, "version")), ("p", "zhao"), ("p", "chen"))
    spoke = (("spoke.chen", "orally"), ("capacity.chen", "sits_in"))
    page = sent(office_at, f"{path}/attendance", *rows, *spoke, page=f"{path}/attendance")
    assert "应到 1 人 · 实到 1 · 到会率 100.0% · 列席等 1 人,到会 1" in page
    line = recorded(county, name)[CHEN]
    assert (line.in_name_of, line.spoke) == ("medicine", Spoke.ORALLY)


def test_a_plan_whose_list_is_unticked_expects_nobody(county: Rounds, office_at: Reader) -> None:
    county.plan("sc12", 20)
    form = office_at.read(f"{SC}/amend")
    said = (
        ("version", office_at.hidden(form, "version")),
        *(("title", TITLE), ("reason", "改为自愿参加")),
    )
    sent(office_at, f"{SC}/amend", *said, page=f"{SC}/amend")
    assert state(county).expected == ()


# Before it is held


def test_it_is_called_moved_with_a_reason_and_cancelled(county: Rounds, office_at: Reader) -> None:
    county.plan("sc12", 20)
    page = sent(office_at, f"{SC}/call", ("act", "call"), ("call.notice", "海政协〔2026〕12号"))
    assert "已发通知" in page
    assert "海政协〔2026〕12号" in page
    was, on = county.today + days(20), county.today + days(27)
    answer = office_at.send(f"{SC}/move", ("act", "move"), ("move.on", on.isoformat()), page=SC)
    assert answer.status_code == 422
    assert 'id="f-move-reason-wrong"' in answer.text
    page = sent(
        office_at,
        f"{SC}/move",
        ("act", "move"),
        ("move.on", on.isoformat()),
        ("move.reason", "与市里会议冲突"),
    )
    assert "与市里会议冲突" in page
    assert f"{was.year}年{was.month}月{was.day}日 → {on.year}年{on.month}月{on.day}日" in page
    assert "原定" in office_at.read("/meetings")
    page = sent(office_at, f"{SC}/cancel", ("act", "cancel"), ("cancel.reason", "改为书面"))
    assert "会议已取消" in page
    assert "改为书面" in page
    assert state(county).step is MeetingStep.CANCELLED


def test_a_session_is_moved_with_its_sittings_or_without_them(
    county: Rounds, office_at: Reader
) -> None:
    last = county.today + days(12)
    county.plan("plenary", 10, title="十届五次全体会议", until=last, half_days=6)
    body = Occasion(
        details=Attended(meeting=Kind.GROUP_DISCUSSION),
        title="第一次小组讨论",
        on=county.today + days(11),
        organiser=UnitId("county"),
    )
    county.tell(PlanMeeting(meeting="sitting", body=body, part_of="plenary"))
    path = "/meetings/plenary"
    assert "分次会议(1 次)随之顺延相同天数" in office_at.read(path)

    def moved(ahead: int, *more: tuple[str, str]) -> str:
        on = ("move.on", (county.today + days(ahead)).isoformat())
        said = (("act", "move"), on, ("move.reason", "与县委全会冲突"), *more)
        return sent(office_at, f"{path}/move", *said, page=path)

    assert "会议已改期" in moved(15)
    assert state(county, "plenary").body.until == county.today + days(17)
    assert state(county, "sitting").body.on == county.today + days(11)
    moved(20, ("move.sittings", "on"))
    assert state(county, "sitting").body.on == county.today + days(16)
    page = moved(20, ("move.place", "县会展中心"))
    assert "会议地点已更改" in page
    assert "地点改为县会展中心" in page
    assert "没有改动" in moved(20, ("move.place", "县会展中心"))


def plenary(county: Rounds, *sittings: int) -> str:
    """A session in ten days with sittings, each in so many; the path of its page."""
    county.plan("plenary", 10, until=county.today + days(12), half_days=6)
    for nth, ahead in enumerate(sittings):
        body = Occasion(
            details=Attended(meeting=Kind.GROUP_DISCUSSION),
            title=f"第{nth}次小组讨论",
            on=county.today + days(ahead),
            organiser=UnitId("county"),
        )
        county.tell(PlanMeeting(meeting=f"sitting{nth}", body=body, part_of="plenary"))
    return "/meetings/plenary"


def moving(county: Rounds, page: str, ahead: int) -> tuple[tuple[str, str], ...]:
    """The form that moves a session with its sittings, as it stands on a page."""
    return (
        *(("move.were", were) for were in re.findall(r'name="move.were" value="([^"]+)"', page)),
        ("act", "move"),
        ("move.on", (county.today + days(ahead)).isoformat()),
        ("move.reason", "与县委全会冲突"),
        ("move.sittings", "on"),
    )


def test_sittings_are_moved_along_when_a_form_is_sent_again_after_a_break(
    county: Rounds, office_at: Reader
) -> None:
    path = plenary(county, 11, 12)
    form = moving(county, office_at.read(path), 15)
    # As after a break: the session and one of its sittings are moved already.
    for name, ahead in (("plenary", 15), ("sitting0", 16)):
        on = county.today + days(ahead)
        county.tell(MoveMeeting(meeting=name, on=on, reason="与县委全会冲突"))
    for _ in range(2):
        assert "会议已改期" in sent(office_at, f"{path}/move", *form, page=path)
        assert state(county, "plenary").body.on == county.today + days(15)
        assert state(county, "sitting0").body.on == county.today + days(16)
        assert state(county, "sitting1").body.on == county.today + days(17)


def test_a_form_that_was_refused_still_says_for_which_days_they_were_shown(
    county: Rounds, office_at: Reader
) -> None:
    path = plenary(county, 11)
    form = moving(county, office_at.read(path), 15)
    on = county.today + days(15)
    county.tell(MoveMeeting(meeting="plenary", on=on, reason="与县委全会冲突"))
    unsaid = [pair for pair in form if pair[0] != "move.reason"]
    answer = office_at.send(f"{path}/move", *unsaid, page=path)
    assert answer.status_code == 422
    again = moving(county, answer.text, 15)
    assert set(again) == set(form)
    sent(office_at, f"{path}/move", *again, page=path)
    assert state(county, "sitting0").body.on == county.today + days(16)


def test_nothing_is_moved_where_a_sitting_would_come_to_lie_out_of_our_time(
    county: Rounds, office_at: Reader
) -> None:
    path = plenary(county, 11, 30)
    form = dict(moving(county, office_at.read(path), 15))
    for on in ("2100-12-20", "9999-12-31", "0001-01-01"):
        late = form | {"move.on": on}
        answer = office_at.send(f"{path}/move", *late.items(), page=path)
        assert answer.status_code == 422
        assert 'id="f-move-on-wrong"' in answer.text
        assert state(county, "plenary").body.on == county.today + days(10)
        assert state(county, "sitting0").body.on == county.today + days(11)
    odd = form | {"move.were": "x plenary", "move.on": "2100-12-20"}
    assert office_at.send(f"{path}/move", *odd.items(), page=path).status_code == 422


def test_an_opened_meeting_says_what_becomes_of_check_ins_before_it_is_moved(
    county: Rounds, office_at: Reader
) -> None:
    county.plan("sc12", 0)
    county.tell(OpenMeeting(meeting="sc12"))
    sent(office_at, f"{SC}/hand", ("person", "li"))
    assert "现有签到不再计算" in office_at.read(SC)
    on = (county.today + days(7)).isoformat()
    said = (("act", "move"), ("move.on", on), ("move.reason", "大雪"))
    page = sent(office_at, f"{SC}/move", *said)
    assert "已列入计划" in page
    assert "已签到" not in page
    assert state(county).checked_in == {}


def test_a_member_asks_for_leave_and_the_office_decides(
    county: Rounds, reading: Reading, office_at: Reader
) -> None:
    county.plan("sc12", 5)
    li = reading("li", Role.MEMBER)
    assert "我参加这次会议" in li.read(SC)
    page = sent(li, f"{SC}/leave", ("act", "leave"), ("person", "li"), ("leave.leave", "因公出差"))
    assert "已请假:因公出差" in page
    page = office_at.read(SC)
    assert "待批请假" in page
    answer = office_at.send(
        f"{SC}/decide-leave", ("act", "decide-li"), ("person", "li"), ("granted", "yes"), page=SC
    )
    assert answer.status_code == 422
    assert 'id="f-decide-li-by-wrong"' in answer.text
    said = (("act", "decide-li"), ("person", "li"), ("granted", "yes"), ("decide-li.by", "王主任"))
    assert "请假已办理" in sent(office_at, f"{SC}/decide-leave", *said)
    assert "已准假" in li.read(SC)
    assert state(county).leaves[LI].granted is True


def test_leave_is_told_to_who_organises_and_to_himself_alone(
    county: Rounds, reading: Reading, office_at: Reader
) -> None:
    county.plan("sc12", 5)
    county.tell(AskLeave(meeting="sc12", person=LI, leave="因病住院"))
    assert "因病住院" in office_at.read(SC)
    assert "因病住院" in reading("li", Role.MEMBER).read(SC)
    for person, role, unit in (
        ("chen", Role.MEMBER, None),
        ("wang", Role.CLERK, "south"),
        ("chen", Role.HEAD, "medicine"),
        ("panel", Role.APPRAISAL, None),
    ):
        reader = reading(person, role, unit)
        assert "因病住院" not in reader.read(f"{SC}?as={role.value}{'.' + unit if unit else ''}")
        assert reader.get(f"{SC}/reconcile").status_code == 403


def test_the_clerk_enters_leave_that_somebody_asks_for(county: Rounds, office_at: Reader) -> None:
    county.plan("sc12", 5)
    said = (("act", "ask-leave"), ("ask-leave.person", "chen"), ("ask-leave.leave", "因事"))
    sent(office_at, f"{SC}/leave", *said)
    assert state(county).leaves[CHEN].leave == "因事"


# Checking in


def test_a_code_is_shown_once_with_its_picture_and_lets_a_member_check_in_by_one_tap(
    county: Rounds, office_at: Reader, reading: Reading
) -> None:
    county.plan("sc12", 0)
    assert "开始签到" in office_at.read(SC)
    sent(office_at, f"{SC}/open", ("act", "open"))
    page = sent(office_at, f"{SC}/code", ("minutes", "5"), page=f"{SC}/code")
    (code,) = re.findall(r'id="code">([A-Z2-9]{10})<', page)
    assert "<svg" in page
    assert code not in office_at.read(f"{SC}/code")
    li = reading("li", Role.MEMBER)
    scanned = li.read(f"{SC}/check-in?code={code}")
    assert f'name="code" value="{code}"' in scanned
    page = sent(li, f"{SC}/check-in", ("code", code), page=f"{SC}/check-in?code={code}")
    assert "您已签到" in page
    assert state(county).checked_in[LI].by_code
    again = li.post(
        f"{SC}/check-in",
        [("form", li.hidden(page, "form")), ("id", "another-id-1"), ("code", code)],
    )
    assert again.status_code == 409
    assert "您已签到" in again.text


def test_a_code_that_is_wrong_is_refused_at_its_field_and_can_be_typed(
    county: Rounds, reading: Reading
) -> None:
    county.plan("sc12", 0)
    li = reading("li", Role.MEMBER)
    assert "签到还没有开始" in li.read(f"{SC}/check-in")
    county.tell(OpenMeeting(meeting="sc12"))
    answer = li.send(f"{SC}/check-in", ("code", "AAAAAAAAAA"), page=f"{SC}/check-in")
    assert answer.status_code == 403
    assert 'id="f-code-wrong"' in answer.text
    assert "签到码不对" in answer.text
    assert li.send(f"{SC}/check-in", ("code", ""), page=f"{SC}/check-in").status_code == 422
    assert li.post(f"{SC}/code", [("form", li.hidden(li.read(SC), "form"))]).status_code == 403


def test_who_is_not_signed_in_comes_back_to_the_code(
    county: Rounds, sqlite_service: Service
) -> None:
    county.plan("sc12", 0)
    client = sqlite_service.client
    client.cookies.clear()
    path = f"/ledgers/{county.desk.code}{SC}/check-in?code=ABC"
    answer = client.get(path, follow_redirects=False)
    assert answer.status_code == 303
    assert "check-in%3Fcode%3DABC" in answer.headers["location"]


def test_a_code_is_good_for_some_minutes_at_most(county: Rounds, office_at: Reader) -> None:
    county.plan("sc12", 0)
    county.tell(OpenMeeting(meeting="sc12"))
    answer = office_at.send(f"{SC}/code", ("minutes", "500"), page=f"{SC}/code")
    assert answer.status_code == 422
    assert "没有启用签到码" in answer.text


def test_the_clerk_checks_in_by_hand_one_tap_a_person(county: Rounds, office_at: Reader) -> None:
    county.plan("sc12", 0)
    county.tell(OpenMeeting(meeting="sc12"))
    page = office_at.read(SC)
    told = [(name, office_at.hidden(page, name)) for name in ("form", "id")]
    for person in ("li", "chen", "li"):
        assert office_at.post(f"{SC}/hand", [*told, ("person", person)]).status_code == 200
    assert sorted(state(county).checked_in) == ["chen", "li"]
    sent(office_at, f"{SC}/hand", ("others", "赵敏"))
    assert ZHAO in state(county).checked_in
    answer = office_at.send(f"{SC}/hand", ("others", "没有这人"), page=SC)
    assert answer.status_code == 422
    assert "名册中没有此人,请核对姓名或先登记" in answer.text


# Its attendance


def test_the_attendance_is_entered_in_one_go_and_becomes_a_record(
    county: Rounds, office_at: Reader
) -> None:
    county.plan("sc12", -1, expected=(LI, CHEN, ZHAO))
    form = office_at.read(f"{SC}/attendance")
    assert form.count('<option value="present" selected>') == 3
    page = sent(
        office_at,
        f"{SC}/attendance",
        ("version", office_at.hidden(form, "version")),
        ("p", "li"),
        ("p", "chen"),
        ("p", "zhao"),
        ("attendance.li", "present"),
        ("spoke.li", "orally"),
        ("capacity.li", "attends"),
        ("attendance.chen", "absent"),
        ("attendance.zhao", "not_recorded"),
        page=f"{SC}/attendance",
    )
    assert "出席情况已登记" in page
    assert "/occasions/sc12" in page
    found = recorded(county)
    assert (found[LI].attendance, found[LI].spoke) == (Attendance.PRESENT, Spoke.ORALLY)
    assert found[CHEN].attendance is Attendance.ABSENT
    assert ZHAO not in found
    assert TITLE in office_at.read("/occasions/sc12")


def test_who_checked_in_and_who_has_leave_is_filled_in_and_others_sit_in(
    county: Rounds, office_at: Reader
) -> None:
    county.plan("sc12", 0)
    county.tell(AskLeave(meeting="sc12", person=CHEN, leave="因公"))
    said = (
        ("act", "decide-chen"),
        ("person", "chen"),
        ("granted", "yes"),
        ("decide-chen.by", "王主任"),
    )
    sent(office_at, f"{SC}/decide-leave", *said)
    form = office_at.read(f"{SC}/attendance")
    chen = form.partition('id="row-chen"')[2].partition("</li>")[0]
    assert '<option value="leave" selected>' in chen
    sent(
        office_at,
        f"{SC}/attendance",
        ("version", office_at.hidden(form, "version")),
        ("p", "li"),
        ("p", "chen"),
        ("attendance.chen", "leave"),
        ("others", "赵敏"),
        page=f"{SC}/attendance",
    )
    found = recorded(county)
    assert (found[CHEN].leave, found[CHEN].granted_by) == ("因公", "王主任")
    assert found[ZHAO].capacity is Capacity.SITS_IN


def test_who_is_exempt_is_marked_and_filled_in_and_the_page_has_the_rate(
    county: Rounds, office_at: Reader
) -> None:
    exemption = Exemption(since=county.today - days(30), until=None, reason="病休")
    county.tell(Exempt(person=CHEN, exemption=exemption))
    form = office_at.read("/meetings/new")
    assert ",其中免于履职 1" in form.partition("全体委员")[2].partition("</li>")[0]
    county.plan("sc12", 0, expected=(LI, CHEN, ZHAO))
    for path in (SC, f"{SC}/sheet"):
        assert "应到 2 人(另免于参加 1)" in office_at.read(path)
    assert office_at.read(f"{SC}/sheet").count("免于履职") == 1
    assert "免于履职" in office_at.read(f"{SC}/amend").partition('id="p-chen"')[2].partition("</li>")[0]  # fmt: skip
    form = office_at.read(f"{SC}/attendance")
    chen = form.partition('id="row-chen"')[2].partition("</li>")[0]
    assert "免于履职" in chen
    assert '<option value="not_required" selected>' in chen
    rows = (
        ("version", office_at.hidden(form, "version")),
        *(("p", person) for person in ("li", "chen", "zhao")),
        ("attendance.chen", "not_required"),
        ("attendance.zhao", "absent"),
    )
    page = sent(office_at, f"{SC}/attendance", *rows, page=f"{SC}/attendance")
    came = "应到 2 人(另免于参加 1) · 实到 1 · 到会率 50.0%"
    assert came in page
    assert came in office_at.read(f"{SC}/sheet")


def test_who_is_exempt_and_on_the_record_alone_is_excused_on_the_sheet_too(
    county: Rounds, office_at: Reader
) -> None:
    exemption = Exemption(since=county.today - days(30), until=None, reason="病休")
    county.tell(Exempt(person=CHEN, exemption=exemption))
    county.plan("sc12", 0, expected=(LI, ZHAO))
    form = office_at.read(f"{SC}/attendance")
    rows = (
        ("version", office_at.hidden(form, "version")),
        *(("p", person) for person in ("li", "chen", "zhao")),
        ("attendance.chen", "absent"),
        ("attendance.zhao", "absent"),
    )
    came = "应到 2 人(另免于参加 1) · 实到 1 · 到会率 50.0%"
    assert came in sent(office_at, f"{SC}/attendance", *rows, page=f"{SC}/attendance")
    assert came in office_at.read(f"{SC}/sheet")


def test_leave_that_is_not_decided_presets_nothing_and_has_to_be_said(
    county: Rounds, office_at: Reader
) -> None:
    county.plan("sc12", 0)
    county.tell(AskLeave(meeting="sc12", person=CHEN, leave="因公"))
    form = office_at.read(f"{SC}/attendance")
    chen = form.partition('id="row-chen"')[2].partition("</li>")[0]
    assert "请假待批:因公" in chen
    assert 'value="present" selected' not in chen
    rows = (("version", office_at.hidden(form, "version")), ("p", "chen"), ("p", "li"))
    left = (("attendance.chen", ""), ("attendance.li", "late"))
    answer = office_at.send(f"{SC}/attendance", *rows, *left, page=f"{SC}/attendance")
    assert answer.status_code == 409
    chen, li = (
        answer.text.partition(f'id="row-{each}"')[2].partition("</li>")[0]
        for each in ("chen", "li")
    )
    assert "已申请请假但还没有批" in chen
    assert 'class="wrong' not in li
    assert '<option value="late" selected>' in li
    said = (*rows, ("attendance.chen", "leave"), ("granted_by.chen", "王主任"))
    sent(office_at, f"{SC}/attendance", *said, page=f"{SC}/attendance")
    line = recorded(county)[CHEN]
    assert (line.attendance, line.leave, line.granted_by) == (
        Attendance.LEAVE,
        "因公",
        "王主任",
    )


def test_half_days_and_the_leave_that_somebody_had_are_entered_with_the_attendance(
    county: Rounds, office_at: Reader
) -> None:
    county.plan("sc12", -1, expected=(LI, CHEN, ZHAO), half_days=4)
    form = office_at.read(f"{SC}/attendance")
    rows = (
        ("version", office_at.hidden(form, "version")),
        *(("p", person) for person in ("li", "chen", "zhao")),
        *(("attendance.chen", "leave"), ("leave.chen", "因病"), ("granted_by.chen", "周秘书长")),
        ("leave.zhao", "没有用到"),
    )
    answer = office_at.send(
        f"{SC}/attendance", *rows, ("half_days.li", "五"), page=f"{SC}/attendance"
    )
    assert answer.status_code == 422
    li = answer.text.partition('id="row-li"')[2].partition("</li>")[0]
    assert 'value="五"' in li
    assert 'class="wrong w-100"' in li
    sent(office_at, f"{SC}/attendance", *rows, ("half_days.li", "3"), page=f"{SC}/attendance")
    found = recorded(county)
    assert (found[LI].half_days, found[ZHAO].half_days) == (3, None)
    assert (found[CHEN].leave, found[CHEN].granted_by) == ("因病", "周秘书长")
    assert found[ZHAO].leave == ""


def test_what_is_seldom_said_is_asked_where_it_is_wanted_and_nothing_typed_is_lost(
    county: Rounds, office_at: Reader
) -> None:
    county.plan("sc12", 0, expected=(LI, CHEN, ZHAO), half_days=4)
    form = office_at.read(f"{SC}/attendance")
    assert 'name="attendance.li"' in form
    for name in ("capacity", "part", "leave", "granted_by", "half_days"):
        assert f'name="{name}.li"' not in form
    rows = (
        ("version", office_at.hidden(form, "version")),
        *(("p", person) for person in ("li", "chen", "zhao")),
        *(("attendance.li", "late"), ("attendance.chen", "leave"), ("attendance.zhao", "present")),
        ("spoke.zhao", "orally"),
    )
    page = sent(office_at, f"{SC}/attendance", *rows, ("more", "li"), page=f"{SC}/attendance")
    assert state(county).step is MeetingStep.PLANNED
    assert "还没有登记" in page
    for person in ("li", "chen"):
        assert f'name="half_days.{person}"' in page
    assert 'name="half_days.zhao"' not in page
    li = page.partition('id="row-li"')[2].partition("</li>")[0]
    assert '<option value="late" selected>' in li
    more = (("half_days.li", "2"), ("leave.chen", "因公"), ("capacity.li", "attends"))
    sent(office_at, f"{SC}/attendance", *rows, *more, page=f"{SC}/attendance")
    found = recorded(county)
    assert (found[LI].half_days, found[CHEN].leave) == (2, "因公")
    assert found[ZHAO].spoke is Spoke.ORALLY


def test_a_name_that_nobody_has_is_said_and_nothing_chosen_is_lost(
    county: Rounds, office_at: Reader
) -> None:
    county.plan("sc12", -1)
    form = office_at.read(f"{SC}/attendance")
    version = ("version", office_at.hidden(form, "version"))
    rows = (("p", "li"), ("p", "chen"), ("attendance.chen", "late"))
    answer = office_at.send(
        f"{SC}/attendance", version, *rows, ("others", "没有这人"), page=f"{SC}/attendance"
    )
    assert answer.status_code == 422
    assert "名册中没有此人,请核对姓名或先登记" in answer.text
    chen = answer.text.partition('id="row-chen"')[2].partition("</li>")[0]
    assert '<option value="late" selected>' in chen
    answer = office_at.send(
        f"{SC}/attendance", version, *rows, ("half_days", "0"), page=f"{SC}/attendance"
    )
    assert answer.status_code == 422
    assert "half_days-wrong" in answer.text
    answer = office_at.send(
        f"{SC}/attendance", ("version", "1"), *rows, ("capacity.li", "higher_member"),
        page=f"{SC}/attendance",
    )  # fmt: skip
    assert answer.status_code in {412, 422}


def test_what_is_wrong_stands_at_whom_it_is_about_where_nothing_is_recorded_of_others(
    county: Rounds, office_at: Reader
) -> None:
    county.plan("sc12", 0, expected=(LI, CHEN, ZHAO))
    version = ("version", office_at.hidden(office_at.read(f"{SC}/attendance"), "version"))
    said = (
        *(("p", person) for person in ("li", "chen", "zhao")),
        *(("attendance.li", "not_recorded"), ("attendance.chen", "late")),
        ("attendance.zhao", "present"),
    )

    def wrong(*more: tuple[str, str]) -> list[str]:
        answer = office_at.send(f"{SC}/attendance", version, *said, *more, page=f"{SC}/attendance")
        assert answer.status_code == 422
        assert 'href="#row-' in answer.text
        return re.findall(r'href="#row-(\w+)"', answer.text)

    # Refused by the record, which has no line of Li, and while it is read, where all are counted.
    assert wrong(("half_days.chen", "99")) == ["chen"]
    assert wrong(("half_days.zhao", "99")) == ["zhao"]
    assert wrong(("half_days.chen", "x")) == ["chen"]


def test_a_list_that_somebody_overtook_is_shown_again(county: Rounds, office_at: Reader) -> None:
    county.plan("sc12", 0)
    form = office_at.read(f"{SC}/attendance")
    county.tell(OpenMeeting(meeting="sc12"))
    said = (("version", office_at.hidden(form, "version")), ("p", "li"), ("attendance.li", "late"))
    answer = office_at.send(f"{SC}/attendance", *said, page=f"{SC}/attendance")
    assert answer.status_code == 412
    assert "别人刚改过" in answer.text
    version = office_at.hidden(answer.text, "version")
    said = (("version", version), *said[1:])
    sent(office_at, f"{SC}/attendance", *said, page=f"{SC}/attendance")
    assert recorded(county)[LI].attendance is Attendance.LATE


def test_what_the_second_clerk_typed_stands_beside_what_the_first_recorded(
    county: Rounds, office_at: Reader
) -> None:
    county.plan("sc12", 0, expected=(LI, CHEN, ZHAO))
    form = office_at.read(f"{SC}/attendance")
    first = (Participant(person=CHEN, attendance=Attendance.ABSENT), Participant(person=ZHAO))
    county.tell(
        CloseMeeting(meeting="sc12", participants=first, others=Attendance.PRESENT, result="一项")
    )
    rows = (
        *(("p", person) for person in ("li", "chen", "zhao")),
        *(("attendance.li", "present"), ("attendance.chen", "leave"), ("leave.chen", "因公")),
        *(("attendance.zhao", "present"), ("spoke.zhao", "orally"), ("result", "两项")),
    )
    version = ("version", office_at.hidden(form, "version"))
    answer = office_at.send(f"{SC}/attendance", version, *rows, page=SC)
    assert answer.status_code == 412
    page = answer.text
    assert "没有丢失" in page
    assert re.findall(r'<li id="row-(\w+)"', page) == ["chen", "zhao", "li"]
    chen, zhao, li = (
        page.partition(f'id="row-{each}"')[2].partition("</li>")[0]
        for each in ("chen", "zhao", "li")
    )
    assert "现为:缺席" in chen
    assert '<option value="leave" selected>' in chen
    assert 'value="因公"' in chen
    assert "现为:到会、未发言" in zhao
    assert "现为" not in li
    assert "现在的成果:一项" in page
    version = ("version", office_at.hidden(page, "version"))
    answer = office_at.send(f"{SC}/attendance", version, *rows, ("reason", ""), page=SC)
    assert answer.status_code == 422
    assert "重新打开的理由" in answer.text
    assert 'value="因公"' in answer.text
    county.tell(ReopenMeeting(meeting="sc12", reason="又有人改"))
    county.tell(CloseMeeting(meeting="sc12"))
    told = (*rows, ("reason", "以签到表为准"))
    answer = office_at.send(f"{SC}/attendance", version, *told, page=SC)
    assert answer.status_code == 412
    version = ("version", office_at.hidden(answer.text, "version"))
    assert "出席情况已登记" in sent(office_at, f"{SC}/attendance", version, *told)
    found = recorded(county)
    assert (found[CHEN].attendance, found[CHEN].leave) == (Attendance.LEAVE, "因公")
    assert found[ZHAO].spoke is Spoke.ORALLY
    assert record(county).result == "两项"


def test_it_is_reopened_with_a_reason_changed_and_reconciled(
    county: Rounds, office_at: Reader
) -> None:
    county.plan("sc12", 0)
    county.tell(OpenMeeting(meeting="sc12"))
    sent(office_at, f"{SC}/hand", ("person", "li"))
    told = (Participant(person=LI, attendance=Attendance.ABSENT),)
    county.tell(CloseMeeting(meeting="sc12", participants=told, others=Attendance.PRESENT))
    page = office_at.read(f"{SC}/reconcile")
    assert "已签到,但登记为未到会" in page
    assert "登记为到会,但没有签到" in page
    assert "已经登记" in office_at.read(f"{SC}/attendance")
    answer = office_at.send(f"{SC}/reopen", ("act", "reopen"), page=SC)
    assert answer.status_code == 422
    assert 'id="f-reopen-reason-wrong"' in answer.text
    sent(office_at, f"{SC}/reopen", ("act", "reopen"), ("reopen.reason", "漏登"))
    form = office_at.read(f"{SC}/attendance")
    li = form.partition('id="row-li"')[2].partition("</li>")[0]
    assert '<option value="absent" selected>' in li
    said = (("p", "li"), ("attendance.li", "present"), ("p", "chen"), ("attendance.chen", "absent"))
    version = ("version", office_at.hidden(form, "version"))
    sent(office_at, f"{SC}/attendance", version, *said, page=f"{SC}/attendance")
    assert recorded(county)[LI].attendance is Attendance.PRESENT
    assert "不一致" in office_at.read(f"{SC}/reconcile")
    assert "已签到,但登记为未到会" not in office_at.read(f"{SC}/reconcile")


def test_who_is_listed_anew_is_filled_in_and_recorded_as_he_is_listed(
    county: Rounds, office_at: Reader
) -> None:
    county.plan("sc12", 0)
    county.tell(CloseMeeting(meeting="sc12", others=Attendance.PRESENT))
    county.tell(ReopenMeeting(meeting="sc12", reason="列席误列应到"))
    plan = replace(state(county).body, expected=(LI,))
    south = InvitedPerson(person=CHEN, in_name_of=UnitId("south"))
    county.tell(AmendMeeting(meeting="sc12", body=plan, reason="误列", invited=(south,)))
    form = office_at.read(f"{SC}/attendance")
    chen = form.partition('id="row-chen"')[2].partition("</li>")[0]
    assert '<option value="sits_in" selected>' in chen
    rows = (
        *(("p", person) for person in ("li", "chen")),
        *(("attendance.li", "present"), ("attendance.chen", "late"), ("capacity.chen", "sits_in")),
    )
    version = ("version", office_at.hidden(form, "version"))
    sent(office_at, f"{SC}/attendance", version, *rows, page=f"{SC}/attendance")
    line = recorded(county)[CHEN]
    assert (line.capacity, line.in_name_of) == (Capacity.SITS_IN, "south")


def test_a_meeting_whose_record_was_withdrawn_can_be_cancelled_and_nothing_else(
    county: Rounds, office_at: Reader
) -> None:
    county.plan("sc12", 0)
    county.tell(CloseMeeting(meeting="sc12", others=Attendance.PRESENT))
    assert f'{SC}/cancel"' not in office_at.read(SC)
    county.tell(Withdraw(deed="occasion/sc12", reason="会议没有开"))
    page = office_at.read(SC)
    assert "请取消该会议" in page
    offered = {each for each in ("reopen", "move", "open", "attendance") if f'{SC}/{each}"' in page}
    assert not offered
    form = office_at.read(f"{SC}/attendance")
    assert "请取消该会议" in form
    assert 'name="attendance.li"' not in form
    said = (("version", "1"), ("p", "li"), ("attendance.li", "late"), ("reason", "漏登"))
    answer = office_at.send(f"{SC}/attendance", *said, page=SC)
    assert answer.status_code in {409, 412}
    assert "请取消该会议" in answer.text
    assert "会议已取消" in sent(
        office_at, f"{SC}/cancel", ("act", "cancel"), ("cancel.reason", "未举行")
    )
    assert state(county).step is MeetingStep.CANCELLED
    assert "请取消该会议" not in office_at.read(SC)


def test_a_reopened_meeting_is_filled_in_as_its_record_says_and_loses_nothing_of_it(
    county: Rounds, office_at: Reader
) -> None:
    county.plan("sc12", 0)
    told = CloseMeeting(
        meeting="sc12",
        participants=(Participant(person=LI, spoke=Spoke.ORALLY),),
        guests=("赵明(县农业局)",),
        result="通过三项决定",
        reached_people=40,
        evidence=(Evidence(name="纪要", number="12号"),),
    )
    county.tell(told)
    right = replace(record(county), place="县会展中心")
    county.tell(AmendOccasion(occasion="sc12", body=right, reason="地点有误"))
    county.tell(ReopenMeeting(meeting="sc12", reason="漏登"))
    form = office_at.read(f"{SC}/attendance")
    assert "通过三项决定" in form
    assert "赵明(县农业局)" in form
    chen = form.partition('id="row-chen"')[2].partition("</li>")[0]
    assert '<option value="not_recorded" selected>' in chen
    before = record(county)
    rows = (
        ("version", office_at.hidden(form, "version")),
        *(("p", "li"), ("attendance.li", "present"), ("spoke.li", "orally")),
        *(("p", "chen"), ("attendance.chen", "not_recorded")),
    )
    kept = (("result", "通过三项决定"), ("guests", "赵明(县农业局)"))
    sent(office_at, f"{SC}/attendance", *rows, *kept, page=f"{SC}/attendance")
    assert record(county) == before
    county.tell(ReopenMeeting(meeting="sc12", reason="再核对"))
    form = office_at.read(f"{SC}/attendance")
    version = ("version", office_at.hidden(form, "version"))
    emptied = (("result", ""), ("guests", ""), ("p", "li"), ("attendance.li", "not_recorded"))
    sent(office_at, f"{SC}/attendance", version, *emptied, page=f"{SC}/attendance")
    now = record(county)
    assert (now.result, now.guests, now.participants) == ("", (), ())
    assert (now.reached_people, now.place) == (40, "县会展中心")


def test_a_sheet_is_printed_with_a_column_to_sign(county: Rounds, office_at: Reader) -> None:
    county.plan("sc12", 5)
    page = office_at.read(f"{SC}/sheet")
    assert "李明" in page
    assert "医药卫生界" in page
    assert "签名" in page
    assert "应到 2 人" in page


def test_who_does_not_organise_it_is_offered_nothing_and_refused(
    county: Rounds, reading: Reading
) -> None:
    county.plan("sc12", 0)
    clerk = reading("wang", Role.CLERK, "south")
    page = clerk.read(SC)
    assert "组织会议" not in page
    assert "李明" in page
    for path in ("attendance", "code", "amend", "reconcile"):
        assert clerk.get(f"{SC}/{path}").status_code == 403
    form = "/record/visited_village"
    answer = clerk.send(f"{SC}/cancel", ("act", "cancel"), ("cancel.reason", "x"), page=form)
    assert answer.status_code == 403
    assert state(county).step is MeetingStep.PLANNED
    assert clerk.get("/meetings/none").status_code == 404


QUORUM = """\
terms: ours
version: 1
zh: 会议规则
en: rules of meetings
since: 2020-01-01
quorum: {常委会会议: 过半数}
"""


def test_the_report_says_how_many_came_and_whether_they_were_enough_where_that_is_given(
    county: Rounds, office_at: Reader, reading: Reading
) -> None:
    county.plan("sc12", 0)
    absent = (Participant(person=CHEN, attendance=Attendance.ABSENT),)
    county.tell(CloseMeeting(meeting="sc12", participants=absent, others=Attendance.PRESENT))
    page = office_at.read("/turnouts")
    came = "应到 2 人 · 实到 1 · 到会率 50.0%"
    assert came in page
    assert "会人数要求" not in page + office_at.read(SC)
    county.tell(Publish(sort=Sort.TERMS, code="ours", version="1", text=QUORUM, since=SINCE))
    for path in ("/turnouts", SC, f"{SC}/sheet"):
        assert "未达到会人数要求" in office_at.read(path)
    county.tell(ReopenMeeting(meeting="sc12", reason="漏登"))
    county.tell(CloseMeeting(meeting="sc12", participants=(Participant(person=CHEN),)))
    assert "已达到会人数要求" in office_at.read(SC)
    member = reading("li", Role.MEMBER).read("/turnouts?kind=standing_committee_meeting")
    assert "100.0%" in member
    assert "陈静" not in member
    assert "没有写明应到人员的会议" in office_at.read("/turnouts?kind=forum")
    assert office_at.get("/turnouts?kind=x").status_code == 422


# The member's home


def test_a_members_home_has_his_next_meeting(county: Rounds, reading: Reading) -> None:
    county.plan("other", 1, title="不请他的会", expected=(CHEN,))
    county.plan("sc12", 0)
    county.tell(MoveMeeting(meeting="sc12", on=county.today, reason="x", place="一楼"))
    li = reading("li", Role.MEMBER)
    page = li.read("/")
    assert "下次会议" in page
    assert TITLE in page
    assert "不请他的会" not in page
    assert f"{SC}#own" in page
    assert f"{SC}/check-in" not in page
    county.tell(OpenMeeting(meeting="sc12"))
    assert f"{SC}/check-in" in li.read("/")
    assert "下次会议" not in reading("zhao", Role.MEMBER).read("/")


LIST = """\
checklist: ones
version: 1
zh: 年度清单
en: the year's list
since: 2020-01-01
subject: 委员
period: 自然年度
slots:
  - slot: 1
    zh: 参加一次常委会会议
    en: attend a Standing Committee meeting
    counts: {kinds: 参加会议, where: {meeting: 常委会会议}}
  - slot: 2
    zh: 参加一次座谈会
    en: attend a forum
    counts: {kinds: 参加会议, where: {meeting: 座谈会}}
"""


def test_a_members_home_has_all_meetings_of_today_and_two_ahead(
    county: Rounds, reading: Reading
) -> None:
    for number, ahead in enumerate((0, 0, 0, 5, 9)):
        county.plan(f"k{number}", ahead)
    page = reading("li", Role.MEMBER).read("/")
    assert [f"/meetings/k{number}" in page for number in range(5)] == [True] * 3 + [False] * 2


def test_an_item_of_a_list_names_the_planned_meeting_at_which_it_could_be_filled(
    county: Rounds, reading: Reading
) -> None:
    county.tell(Publish(sort=Sort.CHECKLIST, code="ones", version="1", text=LIST, since=SINCE))
    county.plan("sc12", 0)
    page = reading("li", Role.MEMBER).read(f"/people/li?year={county.today.year}")
    first, second = page.partition('id="l-ones-1"')[2].split('id="l-ones-2"')
    assert "下一次机会:" in first
    assert TITLE in first
    assert "下一次机会:" not in second.partition("</li>")[0]
    last = county.today.year - 1
    assert "下一次机会:" not in reading("li", Role.MEMBER).read(f"/people/li?year={last}")


def test_a_sitting_leads_to_its_session_and_back(county: Rounds, office_at: Reader) -> None:
    county.plan("plenary", 10, title="十届五次全体会议")
    body = Occasion(
        details=Attended(meeting=Kind.GROUP_DISCUSSION),
        title="第一次小组讨论",
        on=county.today + timedelta(days=11),
        organiser=UnitId("county"),
    )
    county.tell(PlanMeeting(meeting="sitting", body=body, part_of="plenary"))
    assert "第一次小组讨论" in office_at.read("/meetings/plenary")
    assert "十届五次全体会议" in unescape(office_at.read("/meetings/sitting"))
