"""Meetings and loops over HTTP: each step by who may take it, refusals that name the field, what is due read back, and codes that are told once."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import date, timedelta
from importlib.resources import files
from typing import Any

import pytest

from domain.access import Action
from domain.people import PersonId, Role
from interfaces.api.codes import LENGTH, LETTERS
from interfaces.sealed import MASK
from tests.interfaces.conftest import Answer, Caller, Service
from tests.interfaces.test_api_writes import reason

LOOP = """loop: messages
version: 1
zh: 委员带话
en: messages
since: 2023-01-01
kinds: 委员带话·带上来
source: 测试
stages:
  - {stage: received, zh: 收到, en: received, reaches: 收到}
  - {stage: assigned, zh: 交办, en: assigned, reaches: 交办, movers: office, needs: 承办单位, due: {days: 10, since: submitted}}
  - {stage: handled, zh: 办理, en: handled, reaches: 办理, movers: [office, holder], due: {meeting: [常委会会议], otherwise: {days: 30}}}
  - {stage: answered, zh: 回复, en: the person was told, reaches: 回复本人, movers: [office, organiser, author], after: received, beside: true}
  - {stage: closed, zh: 办结, en: closed, reaches: 办结, movers: [office, organiser], after: [handled, answered], ends: true}
telling: {after: handled, by: answered}
giving_back: {within: {working_days: 5}, out_of: assigned, to: received}
"""


def problem(answer: Answer) -> tuple[int, str, str]:
    """The status, the reason and where it points."""
    found = answer.json()["errors"][0]
    return (*reason(answer), found.get("pointer", found.get("header", found.get("parameter", ""))))


def plan(on: date, **more: Any) -> dict[str, Any]:
    """A meeting as it is sent."""
    body: dict[str, Any] = {
        "details": {"kind": "attended", "meeting": "standing_committee_meeting"},
        "title": "第十五次常委会会议",
        "on": on.isoformat(),
        "organiser": "county",
        "expected": ["li", "zhao"],
        **more,
    }
    return {"body": body}


@pytest.fixture
def today(sqlite_service: Service, office: Caller) -> date:
    """The ledger's day."""
    return sqlite_service.installation.desk(office.ledger).today()


@pytest.fixture
def meeting(office: Caller, today: date) -> str:
    """A meeting of today that was called and is open for check-in."""
    planned = office.send("/meetings", plan(today))
    assert planned.status_code == 201, planned.text
    key = str(planned.json()["id"])
    for step in ("calls", "openings"):
        assert office.send(f"/meetings/{key}/{step}", {}).status_code == 200
    return key


@pytest.fixture
def member(caller: Callable[..., Caller]) -> Caller:
    """A member whom the meeting expects."""
    return caller("li", Role.MEMBER)


# Meetings


def test_a_meeting_from_its_plan_to_its_record(office: Caller, today: date) -> None:
    later = today + timedelta(days=20)
    told = office.send("/meetings", plan(later)).json()
    key = told["id"]
    assert (told["stream"], told["href"]) == (f"meeting/{key}", office.url(f"/meetings/{key}"))
    moved = {"on": today.isoformat(), "reason": "与县委全会冲突"}
    assert office.send(f"/meetings/{key}/moves", moved).status_code == 200
    assert office.send(f"/meetings/{key}/calls", {"notice": "3号"}).status_code == 200
    assert office.send(f"/meetings/{key}/leaves", {"person": "zhao", "leave": "病假"}).is_success
    decision = {"person": "zhao", "granted": True, "by": "秘书长"}
    assert office.send(f"/meetings/{key}/leave-decisions", decision).status_code == 200
    assert office.send(f"/meetings/{key}/openings", {}).status_code == 200
    assert office.send(f"/meetings/{key}/check-ins", {"person": "li"}).status_code == 200
    shown = office.get(f"/meetings/{key}")
    assert shown.json()["summary"]["was"] == later.isoformat()
    assert [each["reason"] for each in shown.json()["moves"]] == ["与县委全会冲突"]
    closed = office.send(f"/meetings/{key}/closings", {}, if_match=shown.headers["etag"])
    assert closed.status_code == 200
    after = office.get(f"/meetings/{key}")
    assert after.json()["occasion"] == f"occasion/{key}"
    assert after.headers["etag"] == closed.headers["etag"]
    record = office.get(f"/occasions/{key}").json()
    there = {each["person"]: each["attendance"] for each in record["body"]["participants"]}
    assert there == {"li": "present", "zhao": "leave"}


def test_a_meeting_is_moved_to_another_place_and_an_opened_one_is_planned_again(
    office: Caller, meeting: str, today: date
) -> None:
    moves = f"/meetings/{meeting}/moves"
    hall = {"on": today.isoformat(), "reason": "人多", "place": "县会展中心"}
    assert office.send(moves, hall).json()["entries"] == 1
    assert office.send(moves, hall).json()["entries"] == 0
    shown = office.get(f"/meetings/{meeting}").json()
    assert (shown["summary"]["place"], shown["summary"]["step"]) == ("县会展中心", "open")
    assert [each["place"] for each in shown["moves"]] == ["县会展中心"]
    office.send(f"/meetings/{meeting}/check-ins", {"person": "li"})
    later = {"on": (today + timedelta(days=7)).isoformat(), "reason": "大雪"}
    assert office.send(moves, later).status_code == 200
    summary = office.get(f"/meetings/{meeting}").json()["summary"]
    assert (summary["step"], summary["checked_in"]) == ("planned", 0)
    by_hand = office.send(f"/meetings/{meeting}/check-ins", {"person": "li"})
    assert reason(by_hand) == (409, "not_at_this_step")
    rows = office.get(f"/meetings/{meeting}/history").json()["rows"]
    assert "meeting.checked_in" in {row["name"] for row in rows}


def test_plans_and_closings_name_the_version_seen(office: Caller, meeting: str) -> None:
    sent = office.get(f"/meetings/{meeting}")
    amended = {
        **plan(date.fromisoformat(sent.json()["summary"]["on"]), place="三楼"),
        "reason": "场地",
    }
    path = f"/meetings/{meeting}/amendments"
    assert problem(office.send(path, amended)) == (428, "version_missing", "If-Match")
    assert reason(office.send(path, amended, if_match='"1"')) == (412, "changed_meanwhile")
    assert office.send(path, amended, if_match=sent.headers["etag"]).status_code == 200
    closings = f"/meetings/{meeting}/closings"
    assert reason(office.send(closings, {})) == (428, "version_missing")
    assert reason(office.send(closings, {}, if_match=sent.headers["etag"]))[0] == 412
    now = office.get(f"/meetings/{meeting}").headers["etag"]
    closed = office.send(closings, {"others": "present"}, if_match=now)
    assert closed.status_code == 200
    assert reason(office.send(f"/meetings/{meeting}/calls", {})) == (409, "meeting_closed")
    opened = office.send(f"/meetings/{meeting}/reopenings", {"reason": "漏登"})
    assert opened.status_code == 200
    again = {"others": "absent"}
    assert office.send(closings, again, if_match=opened.headers["etag"]).status_code == 200


def test_a_record_loses_nothing_when_its_meeting_is_closed_again(
    office: Caller, meeting: str
) -> None:
    now = office.get(f"/meetings/{meeting}").headers["etag"]
    said = {
        "others": "present",
        "guests": ["赵明(县农业局)"],
        "result": "通过三项决定",
        "reached_people": 40,
        "evidence": [{"name": "纪要", "number": "12号"}],
    }
    closings = f"/meetings/{meeting}/closings"
    assert office.send(closings, said, if_match=now).status_code == 200
    record = office.get(f"/occasions/{meeting}")
    body = {**record.json()["body"], "place": "县会展中心"}
    path = f"/occasions/{meeting}/amendments"
    amended = office.send(path, {"body": body, "reason": "x"}, if_match=record.headers["etag"])
    assert amended.status_code == 200, amended.text
    opened = office.send(f"/meetings/{meeting}/reopenings", {"reason": "漏登"})
    before = office.get(f"/occasions/{meeting}").json()["body"]
    assert office.send(closings, {}, if_match=opened.headers["etag"]).status_code == 200
    after = office.get(f"/occasions/{meeting}").json()["body"]
    assert after == before
    assert (after["place"], after["result"]) == ("县会展中心", "通过三项决定")


def test_a_retry_of_a_closing_is_answered_again(office: Caller, meeting: str) -> None:
    now = office.get(f"/meetings/{meeting}").headers["etag"]
    said = {"others": "present"}
    first = office.send(f"/meetings/{meeting}/closings", said, key="close", if_match=now)
    again = office.send(f"/meetings/{meeting}/closings", said, key="close", if_match=now)
    assert again.headers["idempotent-replayed"] == "true"
    assert again.json()["position"] == first.json()["position"]


@pytest.mark.parametrize(
    ("act", "body", "found"),
    [
        ("moves", {"on": "2026-01-01", "reason": " "}, (422, "reason_missing", "/reason")),
        ("moves", {"on": "2026-02-30", "reason": "x"}, (422, "malformed", "/on")),
        ("moves", {"on": "2026-01-01", "reason": "x", "day": 1}, (422, "unknown_field", "/day")),
        ("moves", {"reason": "x"}, (422, "missing", "/on")),
        ("leaves", {"person": "chen", "leave": "病假"}, (422, "not_expected", "/person")),
        ("leave-decisions", {"person": "li", "granted": True, "by": "x"}, (409, "no_leave_asked", "/person")),
        ("check-ins", {"person": "nobody"}, (422, "no_such_person", "/person")),
        ("codes", {"digest": "abc", "until": "2026-01-01T00:00:00Z"}, (422, "malformed", "/digest")),
        ("new-codes", {"minutes": 31}, (422, "malformed", "/minutes")),
        ("new-codes", {"minutes": "10"}, (422, "malformed", "/minutes")),
        ("new-codes", {"hours": 1}, (422, "unknown_field", "/hours")),
    ],
)  # fmt: skip
def test_what_is_wrong_with_a_step_is_told_where_it_is(
    office: Caller, meeting: str, act: str, body: dict[str, Any], found: tuple[int, str, str]
) -> None:
    assert problem(office.send(f"/meetings/{meeting}/{act}", body)) == found


@pytest.mark.parametrize("act", ["moves", "openings", "cancellations", "new-codes"])
def test_there_is_no_such_meeting(office: Caller, act: str) -> None:
    bodies = {"moves": {"on": "2026-01-01", "reason": "x"}, "cancellations": {"reason": "x"}}
    answer = office.send(f"/meetings/none/{act}", bodies.get(act, {}))
    assert answer.json()["reason"] == "no_such_meeting"


def test_an_unknown_meeting_is_not_read(office: Caller) -> None:
    assert reason(office.get("/meetings/none")) == (404, "no_such_meeting")
    assert reason(office.get("/matters/none/course"))[1] == "no_such_deed"


# Who takes part


def test_a_member_asks_leave_for_himself_alone(member: Caller, meeting: str) -> None:
    path = f"/meetings/{meeting}/leaves"
    assert member.send(path, {"person": "li", "leave": "事假"}).status_code == 200
    assert reason(member.send(path, {"person": "zhao", "leave": "事假"})) == (403, "not_allowed")
    grant = {"person": "li", "granted": True, "by": "本人"}
    assert reason(member.send(f"/meetings/{meeting}/leave-decisions", grant))[0] == 403
    for act in ("openings", "new-codes", "calls"):
        assert reason(member.send(f"/meetings/{meeting}/{act}", {})) == (403, "not_allowed")


def test_leave_is_shown_to_who_organises_and_to_himself(
    office: Caller, member: Caller, caller: Callable[..., Caller], meeting: str
) -> None:
    member.send(f"/meetings/{meeting}/leaves", {"person": "li", "leave": "住院"})

    def leave(who: Caller) -> Any:
        people = who.get(f"/meetings/{meeting}").json()["people"]
        return {each["person"]: each["leave"] and each["leave"]["leave"] for each in people}

    assert leave(office) == {"li": "住院", "zhao": None}
    assert leave(member) == {"li": "住院", "zhao": None}
    for role, unit in ((Role.MEMBER, None), (Role.AUDITOR, None), (Role.CONSUMER, None)):
        other = caller("zhao" if role is Role.MEMBER else "x", role, unit)
        assert leave(other) == {"li": None, "zhao": None}, role
        assert "住院" not in other.get(f"/meetings/{meeting}").text


def test_a_clerk_of_another_unit_neither_moves_a_meeting_nor_sees_who_has_leave(
    member: Caller, caller: Callable[..., Caller], meeting: str
) -> None:
    member.send(f"/meetings/{meeting}/leaves", {"person": "li", "leave": "住院"})
    clerk = caller("clerk", Role.CLERK, "south")
    moved = clerk.send(f"/meetings/{meeting}/moves", {"on": "2026-12-31", "reason": "x"})
    assert moved.status_code == 403
    assert "住院" not in clerk.get(f"/meetings/{meeting}").text


def test_the_history_of_a_meeting_tells_of_leave_to_who_organises_and_of_no_digest(
    office: Caller, member: Caller, caller: Callable[..., Caller], meeting: str
) -> None:
    member.send(f"/meetings/{meeting}/leaves", {"person": "li", "leave": "住院"})
    decision = {"person": "li", "granted": True, "by": "秘书长"}
    office.send(f"/meetings/{meeting}/leave-decisions", decision)
    office.send(f"/meetings/{meeting}/new-codes", {})
    names = {
        who.token: {row["name"] for row in who.get(f"/meetings/{meeting}/history").json()["rows"]}
        for who in (office, member)
    }
    for found in names.values():
        assert {"meeting.leave_asked", "meeting.leave_decided"} <= found
    digest = next(
        row["event"]["digest"]
        for row in office.get(f"/meetings/{meeting}/history").json()["rows"]
        if row["name"] == "meeting.code_issued"
    )
    assert digest == MASK
    others = [
        caller("zhao", Role.MEMBER),
        caller("clerk", Role.CLERK, "south"),
        caller("chen", Role.HEAD, "medicine"),
    ]
    for other in others:
        answer = other.get(f"/meetings/{meeting}/history")
        assert answer.status_code == 200
        assert "住院" not in answer.text
        assert "请假" not in answer.text
    assert "住院" in caller("chen", Role.HEAD, "medicine").get("/people/li/history").text


def test_who_is_exempt_is_not_asked_for_and_leave_that_is_asked_is_not_dropped(
    office: Caller, member: Caller, meeting: str, today: date
) -> None:
    exempt = {"since": today.isoformat(), "until": None, "reason": "病休"}
    assert office.send("/people/zhao/exemptions", exempt, if_match="*").status_code == 200
    before = office.get(f"/meetings/{meeting}").json()
    assert [(each["person"], each["exempt"]) for each in before["people"]] == [
        ("li", False),
        ("zhao", True),
    ]
    assert (before["turnout"]["expected"], before["turnout"]["excused"]) == (1, 1)
    assert before["rate"] is None
    member.send(f"/meetings/{meeting}/leaves", {"person": "li", "leave": "事假"})
    closings = f"/meetings/{meeting}/closings"
    said: dict[str, Any] = {"others": "absent"}
    now = office.get(f"/meetings/{meeting}").headers["etag"]
    refused = office.send(closings, said, if_match=now)
    assert problem(refused) == (409, "leave_undecided", "/participants")
    assert "li" in refused.text
    said = {**said, "participants": [{"person": "li"}]}
    assert office.send(closings, said, if_match=now).status_code == 200
    after = office.get(f"/meetings/{meeting}").json()
    assert after["turnout"] == {
        "expected": 1,
        "excused": 1,
        "present": 1,
        "unrecorded": 0,
        "invited": 0,
        "others": 0,
    }
    assert after["rate"] == "100.0"
    lines = office.get(f"/occasions/{meeting}").json()["body"]["participants"]
    assert {each["person"]: each["attendance"] for each in lines} == {
        "li": "present",
        "zhao": "not_required",
    }


def test_who_sits_in_is_planned_over_http_and_counted_apart(office: Caller, today: date) -> None:
    invited = [{"person": "chen", "capacity": "sits_in", "in_name_of": "medicine"}]
    told = office.send("/meetings", {**plan(today), "invited": invited})
    key = told.json()["id"]
    shown = office.get(f"/meetings/{key}")
    chen = next(each for each in shown.json()["people"] if each["person"] == "chen")
    assert (chen["expected"], chen["invited"]) == (False, invited[0])
    said = {"others": "present"}
    closed = office.send(f"/meetings/{key}/closings", said, if_match=shown.headers["etag"])
    assert closed.status_code == 200
    count = office.get(f"/meetings/{key}").json()["turnout"]
    assert (count["expected"], count["present"]) == (2, 2)
    assert (count["invited"], count["others"]) == (1, 1)
    again = {**plan(today, expected=["li", "chen"]), "reason": "x"}
    planned = office.send("/meetings", {**plan(today), "invited": invited}).json()["id"]
    etag = office.get(f"/meetings/{planned}").headers["etag"]
    refused = office.send(f"/meetings/{planned}/amendments", again, if_match=etag)
    assert problem(refused) == (422, "same_twice", "/invited/0/person")
    emptied = {**plan(today, expected=[]), "reason": "x", "expects_nobody": True, "invited": []}
    sent = office.send(f"/meetings/{planned}/amendments", emptied, if_match=etag)
    assert sent.status_code == 200, sent.text
    assert office.get(f"/meetings/{planned}").json()["people"] == []


def test_how_many_came_is_added_up_by_kind_and_organiser_without_who_was_exempt(
    office: Caller, caller: Callable[..., Caller], meeting: str, today: date
) -> None:
    closed = {"others": "absent", "participants": [{"person": "li"}]}
    now = office.get(f"/meetings/{meeting}").headers["etag"]
    assert office.send(f"/meetings/{meeting}/closings", closed, if_match=now).is_success
    forum = {"kind": "attended", "meeting": "forum"}
    key = office.send("/meetings", plan(today, details=forum, expected=["chen"])).json()["id"]
    now = office.get(f"/meetings/{key}").headers["etag"]
    assert office.send(f"/meetings/{key}/closings", {"others": "present"}, if_match=now).is_success
    asked = {"since": today.isoformat(), "until": today.isoformat()}

    def told() -> list[tuple[int, int, int, str | None]]:
        rows = caller("zhao", Role.MEMBER).get("/turnouts", **asked).json()["rows"]
        return [
            (
                row["count"]["expected"],
                row["count"]["excused"],
                row["count"]["present"],
                row["rate"],
            )
            for row in rows
        ]

    assert told() == [(1, 0, 1, "100.0"), (2, 0, 1, "50.0")]
    exempt = {"since": today.isoformat(), "until": None, "reason": "病休"}
    assert office.send("/people/zhao/exemptions", exempt, if_match="*").is_success
    assert told() == [(1, 0, 1, "100.0"), (1, 1, 1, "100.0")]
    totals = office.get("/turnouts/totals", **asked).json()
    assert [(each["part"], each["meetings"]) for each in totals["kinds"]] == [
        ("standing_committee_meeting", 1),
        ("forum", 1),
    ]
    (county,) = totals["units"]
    assert (county["part"], county["count"]["expected"], county["rate"]) == ("county", 2, "100.0")
    assert "zhao" not in office.get("/turnouts", **asked).text
    first = office.get("/turnouts", **asked, limit=1).json()
    rest = office.get("/turnouts", **asked, limit=1, cursor=first["next"]).json()
    assert [row["kind"] for row in (*first["rows"], *rest["rows"])] == [
        "forum",
        "standing_committee_meeting",
    ]
    assert office.get("/turnouts", **asked, kind="plenary_session").json()["rows"] == []
    assert reason(office.get("/turnouts", organiser="none"))[0] == 404
    withdrawn = {"reason": "误"}
    version = office.get(f"/occasions/{key}").headers["etag"]
    path = f"/occasions/{key}/withdrawals"
    gone = office.send(path, withdrawn, if_match=version)
    assert gone.is_success, gone.text
    assert told() == [(1, 1, 1, "100.0")]


def test_who_is_exempt_and_on_the_record_alone_is_excused_wherever_it_is_told(
    office: Caller, meeting: str, today: date
) -> None:
    """Chen is on no plan, and stayed away: no duties are asked of her."""
    exempt = {"since": today.isoformat(), "until": None, "reason": "病休"}
    assert office.send("/people/chen/exemptions", exempt, if_match="*").is_success
    lines = [{"person": "li"}, {"person": "chen", "attendance": "absent"}]
    closed = {"others": "absent", "participants": lines}
    now = office.get(f"/meetings/{meeting}").headers["etag"]
    assert office.send(f"/meetings/{meeting}/closings", closed, if_match=now).is_success
    shown = office.get(f"/meetings/{meeting}").json()
    (row,) = office.get("/turnouts").json()["rows"]
    assert (shown["turnout"], shown["rate"]) == (row["count"], row["rate"])
    assert (row["count"]["expected"], row["count"]["excused"], row["rate"]) == (2, 1, "50.0")


# Codes


def test_a_code_is_told_once_and_lets_a_member_in(
    office: Caller, member: Caller, meeting: str
) -> None:
    made = office.send(f"/meetings/{meeting}/new-codes", {"minutes": 5}, key="c")
    told = made.json()
    assert made.status_code == 201
    assert made.headers["cache-control"] == "no-store"
    assert len(told["code"]) == LENGTH
    assert set(told["code"]) <= set(LETTERS)
    assert told["path"].endswith(f"/meetings/{meeting}/check-in?code={told['code']}")
    again = office.send(f"/meetings/{meeting}/new-codes", {"minutes": 5}, key="c")
    assert problem(again) == (422, "command_id_reused", "Idempotency-Key")
    wrong = {"person": "li", "code": "A" * LENGTH}
    assert problem(member.send(f"/meetings/{meeting}/check-ins", wrong))[1:] == (
        "code_unknown",
        "/code",
    )
    right = {"person": "li", "code": told["code"].lower()}
    assert member.send(f"/meetings/{meeting}/check-ins", right).status_code == 200
    (li, _) = office.get(f"/meetings/{meeting}").json()["people"]
    assert li["checked_in"]["by_code"] is True


def test_a_new_code_takes_the_place_of_the_one_before(
    office: Caller, member: Caller, meeting: str
) -> None:
    first, second = (
        office.send(f"/meetings/{meeting}/new-codes", {}).json()["code"] for _ in range(2)
    )
    assert first != second
    path = f"/meetings/{meeting}/check-ins"
    assert member.send(path, {"person": "li", "code": first}).json()["reason"] == "code_unknown"
    assert member.send(path, {"person": "li", "code": second}).status_code == 200


def test_a_code_is_neither_stored_nor_logged_nor_read_back(
    office: Caller,
    member: Caller,
    meeting: str,
    sqlite_service: Service,
    caplog: pytest.LogCaptureFixture,
) -> None:
    with caplog.at_level(logging.DEBUG):
        code = office.send(f"/meetings/{meeting}/new-codes", {}).json()["code"]
        member.send(f"/meetings/{meeting}/check-ins", {"person": "li", "code": code})
    desk = sqlite_service.installation.desk(office.ledger)
    rows = desk.log.since(0, desk.head())
    assert [row for row in rows if code.encode() in row.body] == []
    settings = sqlite_service.installation.settings
    stored = [each for each in settings.data.rglob("*") if each.is_file()]
    assert [each.name for each in stored if code.encode() in each.read_bytes()] == []
    assert code not in "".join(
        f"{record.getMessage()}{record.__dict__}"
        for record in caplog.records
        if not record.name.startswith(("httpx", "httpcore"))
    )
    assert code not in office.get(f"/meetings/{meeting}").text
    assert "digest" not in office.get(f"/meetings/{meeting}").text


def test_a_code_is_made_while_people_check_in_alone(office: Caller, today: date) -> None:
    key = office.send("/meetings", plan(today)).json()["id"]
    assert reason(office.send(f"/meetings/{key}/new-codes", {})) == (409, "not_at_this_step")


# Matters in their loops


def message(topic: str, on: date) -> dict[str, Any]:
    """A message carried up, as it is sent."""
    return {
        "details": {"kind": "carried_up", "topic": topic},
        "title": f"群众反映{topic}",
        "on": on.isoformat(),
        "organiser": "south",
        "authors": [{"person": "li"}],
    }


@pytest.fixture
def matter(office: Caller, caller: Callable[..., Caller], today: date) -> str:
    """A message of today in a loop; li wrote it."""
    published = {"version": "1", "text": LOOP, "since": "2023-01-01"}
    assert office.send("/documents/loop/messages/versions", published).status_code == 200
    clerk = caller("clerk", Role.CLERK, "south")
    told = clerk.send("/matters", message("饮水", today))
    assert told.status_code == 201, told.text
    return str(told.json()["id"])


def moved(who: Caller, matter: str, stage: str, **more: Any) -> Answer:
    """What comes of moving it to a stage on the day on which it was recorded."""
    if "on" not in more:
        more["on"] = who.get(f"/matters/{matter}").json()["body"]["on"]
    return who.send(f"/matters/{matter}/moves", {"stage": stage, **more})


WATER = {"name": "县水利局"}


def test_a_matter_goes_round_its_loop_and_tells_what_is_due(
    office: Caller, matter: str, today: date
) -> None:
    first = office.get(f"/matters/{matter}/course")
    assert first.json()["summary"]["due"] == (today + timedelta(days=10)).isoformat()
    (line,) = office.get("/dues", loop="messages").json()["rows"]
    assert (line["matter"], line["stage"], line["due_stage"]) == (matter, "received", "assigned")
    assert line["why"][0]["zh"] == "规则:自提交起 10 天内"
    assert problem(moved(office, matter, "assigned"))[1:] == ("missing", "/holder")
    assert moved(office, matter, "assigned", holder=WATER).status_code == 200
    assert moved(office, matter, "handled").status_code == 200
    (told,) = office.get("/dues", not_told="true").json()["rows"]
    assert (told["matter"], told["holder_name"]) == (matter, "县水利局")
    assert office.get("/dues/counts").json()["not_told"] == 1
    assert problem(moved(office, matter, "closed"))[1:] == ("stage_skipped", "/stage")
    assert moved(office, matter, "answered").status_code == 200
    assert moved(office, matter, "closed").status_code == 200
    assert office.get("/dues").json()["rows"] == []
    page = office.get(f"/matters/{matter}/course")
    assert page.json()["summary"]["standing"] == "closed"
    assert page.headers["etag"] != first.headers["etag"]


def test_a_moved_meeting_moves_what_is_due_and_the_course_says_so(
    office: Caller, matter: str, today: date
) -> None:
    moved(office, matter, "assigned", holder=WATER)
    day, later = today + timedelta(days=7), today + timedelta(days=21)
    key = office.send("/meetings", plan(day)).json()["id"]
    (line,) = office.get("/dues").json()["rows"]
    assert line["due"] == day.isoformat()
    office.send(f"/meetings/{key}/moves", {"on": later.isoformat(), "reason": "与县委全会冲突"})
    (line,) = office.get("/dues").json()["rows"]
    assert line["due"] == later.isoformat()
    (at_it,) = office.get("/dues", meeting=key).json()["rows"]
    assert at_it["for_meeting"]["on"] == later.isoformat()
    assert office.get("/dues/counts", meeting=key).json()["open"] == 1
    assert reason(office.get("/dues", meeting="none")) == (404, "no_such_meeting")
    assert reason(office.get("/dues/counts", meeting="none")) == (404, "no_such_meeting")
    change = office.get(f"/matters/{matter}/course").json()["changes"][-1]
    assert (change["meeting"], change["before"], change["after"]) == (
        key,
        day.isoformat(),
        later.isoformat(),
    )
    assert change["why_before"] != change["why_after"]


def test_the_other_turns_of_a_matter(office: Caller, matter: str, today: date) -> None:
    moved(office, matter, "assigned", holder=WATER)
    on, until = today.isoformat(), (today + timedelta(days=60)).isoformat()
    extension = {"stage": "handled", "until": until, "reason": "论证", "consented_by": "主席"}
    steps: list[tuple[str, dict[str, Any]]] = [
        ("extensions", extension),
        ("pauses", {"on": on, "reason": "待批复", "consented_by": "主席"}),
        ("resumptions", {"on": on}),
        ("handovers", {"on": on, "holder": {"unit": "south"}, "reason": "职责"}),
        ("reopenings", {"stage": "received", "on": on, "reason": "重办"}),
        ("moves", {"stage": "assigned", "on": on, "holder": WATER}),
        ("givings-back", {"on": on, "reason": "不属本单位"}),
    ]
    for act, body in steps:
        answer = office.send(f"/matters/{matter}/{act}", body)
        assert answer.status_code == 200, (act, answer.text)
    page = office.get(f"/matters/{matter}/course").json()
    assert [each["reason"] for each in page["extensions"]["handled"]] == ["论证"]
    assert page["pauses"][0]["reason"] == "待批复"
    assert [step["turn"] for step in page["steps"]] == [
        "begun",
        "moved",
        "reopened",
        "moved",
        "given_back",
    ]


def test_an_author_says_that_he_was_told_and_no_other_member_does(
    member: Caller, caller: Callable[..., Caller], office: Caller, matter: str, today: date
) -> None:
    stranger = caller("zhao", Role.MEMBER)
    assert reason(moved(stranger, matter, "answered"))[0] == 403
    assert moved(member, matter, "answered").status_code == 200
    assert moved(member, matter, "assigned", holder=WATER).status_code == 403
    done = office.get(f"/matters/{matter}/course").json()["stages"]
    assert [each["done_on"] for each in done if each["code"] == "answered"] == [today.isoformat()]


# Lists


def test_what_a_department_has_in_hand_is_asked_for_by_its_name_and_sent_as_a_sheet(
    office: Caller, matter: str, today: date
) -> None:
    other = office.send("/matters", message("路灯", today)).json()["id"]
    moved(office, matter, "assigned", holder=WATER)

    def held_by(holder: str) -> list[str]:
        return [each["matter"] for each in office.get("/dues", holder=holder).json()["rows"]]

    assert held_by("县水利局") == [matter]
    assert held_by("-") == [other]
    assert held_by("south") == held_by("县教育局") == []
    assert office.get("/dues/counts", holder="县水利局").json()["open"] == 1
    answer = office.get("/dues/sheet", holder="县水利局")
    assert answer.headers["content-type"].startswith("text/csv")
    header, line = answer.content.decode("utf-8-sig").splitlines()
    assert header.startswith("承办单位,事项,类型,流程,当前环节")
    assert line.startswith("县水利局,")
    assert line.endswith(f"matter/{matter}")
    both = office.get("/dues/sheet").content.decode("utf-8-sig").splitlines()
    assert len(both) == 3
    assert reason(office.get("/dues/sheet", meeting="none")) == (404, "no_such_meeting")


def test_one_may_ask_for_what_is_his_own(office: Caller, member: Caller, matter: str) -> None:
    (line,) = member.get("/dues", mine="true").json()["rows"]
    assert (line["matter"], line["for_author"]) == (matter, None)
    assert office.get("/dues", mine="true").json()["rows"] == []
    assert problem(member.get("/dues", author="li"))[1:] == ("unknown_parameter", "author")


def test_the_board_is_read_in_pages_and_knows_its_parameters(
    office: Caller, matter: str, today: date
) -> None:
    others = {office.send("/matters", message(topic, today)).json()["id"] for topic in "路桥水电"}
    seen: list[str] = []
    more: dict[str, Any] = {"limit": 2}
    while more:
        page = office.get("/dues", **more).json()
        seen += [each["matter"] for each in page["rows"]]
        more = {"limit": 2, "cursor": page["next"]} if page.get("next") else {}
    assert sorted(seen) == sorted({matter, *others})
    assert problem(office.get("/dues", colour="red"))[1:] == ("unknown_parameter", "colour")
    assert problem(office.get("/dues", unit="none"))[2] == "unit"
    assert reason(office.get("/dues", how="late"))[1] == "malformed"
    assert reason(office.get("/dues", limit=0))[1] == "malformed"
    assert reason(office.get("/dues", cursor="x")) == (422, "malformed")
    assert reason(office.get("/meetings", limit=2, after=10**9))[1] == "not_yet"


def test_meetings_are_read_in_pages_and_by_what_is_asked(office: Caller, today: date) -> None:
    days = [today + timedelta(days=n) for n in (3, 1, 2)]
    keys = [office.send("/meetings", plan(day, title=f"会议{day}")).json()["id"] for day in days]
    first = office.get("/meetings", limit=2)
    assert [each["meeting"] for each in first.json()["rows"]] == [keys[1], keys[2]]
    assert 'rel="next"' in first.headers["link"]
    rest = office.get("/meetings", limit=2, cursor=first.json()["next"]).json()
    assert [each["meeting"] for each in rest["rows"]] == [keys[0]]
    until = office.get("/meetings", until=days[1].isoformat()).json()["rows"]
    assert [each["meeting"] for each in until] == [keys[1]]
    assert office.get("/meetings", kind="plenary_session").json()["rows"] == []
    assert (
        len(
            office.get("/meetings", kind="standing_committee_meeting", step="planned").json()[
                "rows"
            ]
        )
        == 3
    )
    assert office.get("/meetings", organiser="south").json()["rows"] == []


# Keys of other systems


def test_a_key_meets_handles_and_reads_only_what_it_was_given(
    sqlite_service: Service, office: Caller, meeting: str, matter: str, today: date
) -> None:
    keys = sqlite_service.installation.access.keys
    acting = {"Lvzhi-Role": "office", "Lvzhi-Unit": "county"}

    def key(*given: Action) -> Caller:
        made = keys.make("会务", office.ledger, PersonId("secretary"), given, days=1)
        return Caller(office.client, office.ledger, made.secret, acting, office.reader)

    meets, handles, reads = key(Action.MEET), key(Action.HANDLE), key(Action.SEE_RECORD)
    asked = {"person": "li", "leave": "事假"}
    assert meets.send(f"/meetings/{meeting}/new-codes", {}).status_code == 201
    assert reason(meets.send(f"/meetings/{meeting}/leaves", asked)) == (403, "not_allowed")
    assert key(Action.TAKE_PART).send(f"/meetings/{meeting}/leaves", asked).status_code == 200
    assert reason(meets.get("/dues")) == (403, "not_allowed")
    assert reason(handles.send(f"/meetings/{meeting}/new-codes", {}))[0] == 403
    assert moved(handles, matter, "assigned", on=today.isoformat(), holder=WATER).status_code == 200
    assert reads.get("/dues").status_code == 200
    assert "事假" not in reads.get(f"/meetings/{meeting}").text
    assert reason(moved(reads, matter, "handled"))[0] == 403


def test_the_pack_of_carried_messages_is_published_over_http(office: Caller) -> None:
    text = files("packs").joinpath("messages/carried-up.yaml").read_text("utf-8")
    said = {"version": "1", "text": text, "since": "2023-01-01"}
    assert office.send("/documents/loop/carried-messages/versions", said).status_code == 200


def test_how_many_came_is_told_of_this_year_where_no_days_are_said(
    office: Caller, meeting: str, today: date
) -> None:
    now = office.get(f"/meetings/{meeting}").headers["etag"]
    closed = {"others": "present"}
    assert office.send(f"/meetings/{meeting}/closings", closed, if_match=now).is_success
    before = date(today.year - 1, 5, 8)
    record = plan(before, participants=[{"person": "li"}, {"person": "zhao"}])
    sent = office.send("/occasions", record["body"])
    assert sent.is_success, sent.text

    def told(**asked: str) -> tuple[list[str], int]:
        rows = office.get("/turnouts", **asked).json()["rows"]
        total = office.get("/turnouts/totals", **asked).json()["total"]
        return [row["on"] for row in rows], total["meetings"]

    assert told() == ([today.isoformat()], 1)
    assert told(since=before.isoformat()) == ([before.isoformat()], 1)
    assert told(until=before.isoformat()) == ([before.isoformat()], 1)
    both = {"since": before.isoformat(), "until": today.isoformat()}
    assert told(**both) == ([today.isoformat(), before.isoformat()], 2)
    for path in ("/turnouts", "/turnouts/totals"):
        backwards = {"since": both["until"], "until": both["since"]}
        assert problem(office.get(path, **backwards)) == (422, "wrong_order", "until")
        long = office.get(path, since="2000-01-01", until=both["until"])
        assert problem(long) == (413, "too_large", "until")
