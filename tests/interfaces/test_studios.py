"""Studios over HTTP: who may report, post, invite and see what; refusals name the field; what was said is read back."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from importlib.resources import files
from typing import Any

import pytest

from domain.people import Role
from domain.period import Period, Span
from projections.postings import month_of
from tests.interfaces.conftest import DAY, SINCE, Caller, Service, visit
from tests.interfaces.test_api_meetings import problem
from tests.interfaces.test_api_writes import reason

MONTHS = """\
checklist: months
version: 1
zh: 月度清单
en: monthly list
since: 2020-01-01
subject: 单位
of_kinds: 委员工作室
slots:
  - {slot: 1, zh: 走访, en: visits, every: 月, counts: 走访村(社区)}
posting: {within_days: 5, invites: 1}
"""


PERSONS = """\
checklist: persons
version: 1
zh: 每人一件
en: one of each
since: 2020-01-01
subject: 单位
of_kinds: 委员工作室
slots:
  - {slot: 1, zh: 办实事, en: deeds, counts: 走访村(社区), each_person: true}
"""


def publish(office: Caller, text: str) -> None:
    code = text.split("checklist: ")[1].split("\n", maxsplit=1)[0]
    said = {"version": "1", "text": text, "since": "2020-01-01"}
    answer = office.send(f"/documents/checklist/{code}/versions", said)
    assert answer.status_code == 200, answer.text


@pytest.fixture
def month(sqlite_service: Service, office: Caller) -> Period:
    """The month that is over, and in it one visit; the list is published."""
    today = sqlite_service.installation.desk(office.ledger).today()
    found = month_of(date.fromordinal(month_of(today).first.toordinal() - 1))
    publish(office, MONTHS)
    assert office.send("/occasions", visit(on=found.last.isoformat())).status_code == 201
    return found


@pytest.fixture
def clerk(caller: Callable[..., Caller]) -> Caller:
    return caller("zhao", Role.CLERK, "south")


def reported(over: Period, words: str = "走访了桃源村", **more: Any) -> dict[str, Any]:
    return {
        "month": over.first.isoformat(),
        "checklist": "months",
        "items": [{"number": 1, "words": words}],
        **more,
    }


def posted(office: Caller, clerk: Caller, month: Period) -> None:
    assert clerk.send("/units/south/month-reports", reported(month)).status_code == 200
    for act in ("month-checks", "month-postings"):
        said = {"month": month.first.isoformat()}
        assert office.send(f"/units/south/{act}", said).status_code == 200


def test_a_month_is_reported_by_the_unit_and_posted_by_the_office(
    sqlite_service: Service, office: Caller, clerk: Caller, month: Period
) -> None:
    asked = {"month": month.first.isoformat()}
    before = clerk.get("/units/south/month", **asked).json()
    assert (before["step"], before["now"]["done"], before["versions"]) == (None, 1, [])
    assert reason(clerk.send("/units/south/month-postings", asked)) == (403, "not_allowed")
    posted(office, clerk, month)
    (line,) = office.get("/wall", **asked).json()["rows"]
    assert (line["name"], line["step"], line["figures"]["done"], line["corrected"]) == (
        *("城南工作室", "posted", 1),
        False,
    )
    day = sqlite_service.installation.desk(office.ledger).today().isoformat()
    said = {"note": "", "reason": "", "reported_on": day, "posted_on": day}
    assert (line["report"], line["figures"]["items"][0]["words"]) == (said, "走访了桃源村")
    after = clerk.get("/units/south/month", **asked)
    assert after.headers["ETag"] == '"3"'
    assert [v["figures"]["done"] for v in after.json()["versions"]] == [1]


def test_a_receipt_leads_to_what_it_is_of(
    office: Caller, clerk: Caller, caller: Callable[..., Caller], month: Period
) -> None:
    other = caller("chen", Role.CLERK, "medicine")
    of_south = f"/postings/{month.first:%Y-%m}.south"
    before = other.get(of_south)
    made = clerk.send("/units/south/month-reports", reported(month)).json()
    found = clerk.get(made["href"].removeprefix(clerk.url("")))
    assert (found.json()["step"], len(found.json()["reports"])) == ("reported", 1)
    after = other.get(of_south)
    assert reason(before) == reason(after) == (404, "no_such_posting")
    assert office.get("/postings/2020-01.south").status_code == 404
    assert office.get("/invitations/2020-01.months").status_code == 404


def test_a_report_sent_twice_is_one(clerk: Caller, office: Caller, month: Period) -> None:
    first, again = (
        clerk.send("/units/south/month-reports", reported(month), key="the-same-report")
        for _ in range(2)
    )
    assert first.json()["position"] == again.json()["position"]
    found = clerk.get("/units/south/month", month=month.first.isoformat()).json()
    assert len(found["versions"]) == 1


@pytest.mark.parametrize(
    ("more", "status", "why", "at"),
    [
        ({"month": "2024-05-02"}, 422, "malformed", "/month"),
        ({"month": "2999-05-01"}, 422, "in_future", "/month"),
        ({"checklist": "none"}, 422, "no_such_checklist", "/checklist"),
        ({"items": [{"number": 7, "words": "x"}]}, 422, "malformed", "/items/0/number"),
    ],
)
def test_a_refusal_names_the_field(
    clerk: Caller, month: Period, more: dict[str, Any], status: int, why: str, at: str
) -> None:
    answer = clerk.send("/units/south/month-reports", reported(month, **more))
    assert problem(answer) == (status, why, at)


def test_nobody_reports_for_another_unit_or_reads_what_is_not_posted(
    office: Caller, caller: Callable[..., Caller], month: Period
) -> None:
    other = caller("chen", Role.CLERK, "medicine")
    answer = other.send("/units/south/month-reports", reported(month))
    assert reason(answer) == (403, "not_allowed")
    assert other.get("/units/south/month", month=month.first.isoformat()).status_code == 403
    assert other.get("/units/south/handover").status_code == 403
    member = caller("li", Role.MEMBER)
    assert member.get("/units/south/month", month=month.first.isoformat()).status_code == 403
    assert member.get("/wall", month=month.first.isoformat()).status_code == 200


def test_what_was_sent_back_is_known_to_the_unit_and_the_office_alone(
    office: Caller, clerk: Caller, caller: Callable[..., Caller], month: Period
) -> None:
    asked = {"month": month.first.isoformat()}
    member, panel = caller("li", Role.MEMBER), caller("panel", Role.APPRAISAL)
    other = caller("chen", Role.CLERK, "medicine")
    key = f"/postings/{month.first:%Y-%m}.south"

    def wall(asking: Caller) -> tuple[str | None, str | None, str]:
        (line,) = asking.get("/wall", **asked).json()["rows"]
        return line["step"], line["reported_on"] and "told", line["in_time"]

    assert "ETag" not in panel.get("/units/south/month", **asked).headers
    assert clerk.send("/units/south/month-reports", reported(month)).status_code == 200
    assert "ETag" not in panel.get("/units/south/month", **asked).headers
    assert clerk.get("/units/south/month", **asked).headers["ETag"] == '"1"'
    sent_back = {**asked, "reason": "漏报了走访"}
    assert office.send("/units/south/month-returns", sent_back).status_code == 200
    in_time = wall(office)[2]
    for inside in (office, clerk):
        assert wall(inside) == ("sent_back", "told", in_time)
    for outside in (member, panel, other):
        assert wall(outside) == (None, None, in_time)
    found = panel.get("/units/south/month", **asked).json()
    assert (found["step"], found["versions"], found["now"]["items"][0]["words"]) == (None, [], "")
    assert panel.get(key).status_code == 404
    assert (left(clerk, month), left(panel, month)) == ([("sent_back", "漏报了走访")], [(None, "")])

    again = reported(month, note="补登")
    assert clerk.send("/units/south/month-reports", again).status_code == 200
    checked = {**asked, "remark": "已电话核实"}
    assert office.send("/units/south/month-checks", checked).status_code == 200
    assert office.send("/units/south/month-postings", asked).status_code == 200
    late = reported(month, reason="再补", words="两次")
    assert clerk.send("/units/south/month-reports", late).status_code == 200
    assert office.send("/units/south/month-returns", sent_back).status_code == 200
    assert (wall(clerk)[0], wall(member)[0]) == ("sent_back", "posted")
    assert (left(clerk, month), left(panel, month)) == ([("sent_back", "漏报了走访")], [])
    for answer in (panel.get("/units/south/month", **asked), panel.get(key)):
        for secret in ("sent_back", "两次", "漏报", "电话", "zhao"):
            assert secret not in answer.text.replace('"sent_back":""', "")
    assert [v["report"]["note"] for v in found_of(panel, asked)] == ["补登"]
    assert len(found_of(clerk, asked)) == 3

    def told(asking: Caller) -> list[bool]:
        text = asking.get("/units/south/history").text
        return ["退回补正" in text, "晾晒发布" in text]

    assert told(clerk) == told(office) == told(caller("a", Role.AUDITOR)) == [True, True]
    assert told(panel) == [False, True]


def left(asking: Caller, month: Period) -> list[tuple[str | None, str]]:
    """How far that month is in the unit's pack, where it is among those that are not posted."""
    found = asking.get("/units/south/handover", year=month.first.year).json()["months"]
    first = month.first.isoformat()
    return [(m["step"], m["sent_back"]) for m in found if m["month"]["first"] == first]


def found_of(asking: Caller, asked: dict[str, str]) -> list[dict[str, Any]]:
    """The versions of a unit's month."""
    found: list[dict[str, Any]] = asking.get("/units/south/month", **asked).json()["versions"]
    return found


def test_a_correction_after_posting_needs_a_reason(
    office: Caller, clerk: Caller, month: Period
) -> None:
    posted(office, clerk, month)
    answer = clerk.send("/units/south/month-reports", reported(month, "改"))
    assert problem(answer) == (422, "reason_missing", "/reason")
    again = reported(month, "改", reason="补登")
    assert clerk.send("/units/south/month-reports", again).status_code == 200


def quarter_before(month: Period) -> Period:
    quarter = Period.around(Span.QUARTER, month.first)
    return Period.around(Span.QUARTER, date.fromordinal(quarter.first.toordinal() - 1))


def promised(office: Caller, month: Period) -> dict[str, str]:
    """The unit is invited for the quarter before and promises something; the quarter and the day of both."""
    quarter = quarter_before(month)
    on = date.fromordinal(quarter.last.toordinal() + 1).isoformat()
    told = {"quarter": quarter.first.isoformat(), "on": on}
    inviting = {**told, "invited": [{"unit": "south", "end": "last", "reason": "走访少"}]}
    assert office.send("/lists/months/invitations", inviting).status_code == 200
    speaking = {
        **told,
        "unit": "south",
        "text": "表态",
        "promises": [{"text": "每月走访", "due": on}],
    }
    assert office.send("/lists/months/statements", speaking).status_code == 200
    return told


def test_a_quarter_is_compared_invited_promised_and_settled(
    office: Caller, caller: Callable[..., Caller], month: Period
) -> None:
    told = promised(office, month)
    head = caller("zhao", Role.HEAD, "south")
    inviting = {**told, "invited": [{"unit": "south", "end": "last", "reason": "走访少"}]}
    refused = head.send("/lists/months/invitations", inviting)
    assert reason(refused) == (403, "not_allowed")
    settling = {**told, "unit": "south", "number": 1, "kept": "done"}
    assert office.send("/lists/months/promise-results", settling).status_code == 200
    asked = {"first": told["quarter"]}
    found = head.get("/lists/months/quarter", **asked).json()
    (guest,) = found["guests"]
    assert (guest["name"], guest["guest"]["promises"][0]["kept"]) == ("城南工作室", "done")
    assert [u["name"] for u in found["compared"]] == ["城南工作室"]
    for person, role, unit in (("li", Role.MEMBER, None), ("zhao", Role.CLERK, "south")):
        answer = caller(person, role, unit).get("/lists/months/quarter", **asked)
        assert answer.status_code == 403


def test_how_units_compare_is_in_no_history_of_who_may_not_see_it(
    office: Caller, caller: Callable[..., Caller], month: Period
) -> None:
    quarter = quarter_before(month)
    on = date.fromordinal(quarter.last.toordinal() + 1).isoformat()
    invited = [{"unit": "south", "end": "last", "reason": "走访少"}]
    said = {"quarter": quarter.first.isoformat(), "on": on, "invited": invited}
    assert office.send("/lists/months/invitations", said).status_code == 200

    def told(asking: Caller) -> str:
        answer = asking.get("/units/south/history")
        assert answer.status_code == 200
        return answer.text

    assert "受邀发言" in told(caller("zhao", Role.HEAD, "south"))
    assert "受邀发言" not in told(caller("zhao", Role.CLERK, "south"))
    assert "受邀发言" not in told(caller("panel", Role.APPRAISAL))


def test_units_that_a_county_does_not_compare_are_not_invited(
    office: Caller, month: Period
) -> None:
    plain = MONTHS.replace("checklist: months", "checklist: plain").replace(", invites: 1", "")
    publish(office, plain)
    answer = office.get("/lists/plain/quarter", first=month.first.isoformat())
    assert problem(answer)[:2] == (409, "units_not_compared")
    none = office.get("/lists/none/quarter", first="2025-01-01")
    assert problem(none) == (404, "no_such_checklist", "code")
    for path in ("/wall", "/units/south/month"):
        for asked in ({"list": "none"}, {"month": "2019-01-01"}):
            answer = office.get(path, **{"month": month.first.isoformat(), **asked})
            assert problem(answer) == (404, "no_such_checklist", "list")
    for path in ("/wall", "/units/south/month"):
        assert office.get(path, month="9999-12-31").status_code == 422
    assert office.get("/lists/plain/quarter", first="0001-01-01").status_code == 422


def test_the_register_standards_documents_and_coverage_are_read(
    office: Caller, caller: Callable[..., Caller]
) -> None:
    for file in ("shangluo/five-haves", "shangluo/five-covers", "rehearsal/studio-documents"):
        publish(office, files("packs").joinpath(f"{file}.yaml").read_text("utf-8"))
    register = caller("li", Role.MEMBER).get("/register").json()
    assert (register["total"], register["types"][0]["number"], register["next"]) == (1, 1, None)
    (line,) = register["rows"]
    assert (line["name"], line["heads"], line["members"]) == ("城南工作室", ["赵敏"], 3)
    standards = office.get("/standards/studio-five-haves").json()
    assert [c["meets"] for c in standards["rows"][0]["cells"]] == ["lacks"] * 5
    assert office.get("/standards/five-covers").status_code == 404
    assert office.get("/standards/none").status_code == 404
    owed = office.get("/documents-owed").json()["rows"]
    assert (owed[0]["name"], len(owed[0]["lines"])) == ("城南工作室", 8)
    covered = office.get("/coverage").json()
    assert [t["of"] for t in covered["lists"][0]["targets"]] == [0, 2, 3, 1, 0]
    assert [g["name"] for g in covered["unvisited"]] == ["桃源村"]


def test_a_clerk_reads_of_his_own_unit_alone(office: Caller, caller: Callable[..., Caller]) -> None:
    publish(office, files("packs").joinpath("shangluo/five-haves.yaml").read_text("utf-8"))
    other = caller("chen", Role.CLERK, "medicine")
    assert other.get("/standards/studio-five-haves").json()["rows"] == []
    own = caller("zhao", Role.CLERK, "south").get("/standards/studio-five-haves").json()
    assert [row["name"] for row in own["rows"]] == ["城南工作室"]
    assert caller("li", Role.MEMBER).get("/standards/studio-five-haves").status_code == 403
    assert caller("zhao", Role.CLERK, "south").get("/coverage").status_code == 403


def test_a_handover_pack_tells_what_is_open(clerk: Caller, month: Period) -> None:
    found = clerk.get("/units/south/handover").json()
    assert (found["heads"], found["members"]) == (["赵敏"], 3)
    assert [o["name"] for o in found["offices"]] == ["赵敏"]
    assert month.first.isoformat() in [m["month"]["first"] for m in found["months"]]
    assert clerk.get("/units/none/handover").status_code in {403, 404}


def test_a_pack_names_members_whose_file_is_open_and_that_is_noted(
    office: Caller, clerk: Caller, caller: Callable[..., Caller], month: Period
) -> None:
    publish(office, PERSONS)
    year = month.first.year - 1
    leaving = {"bond": "studio", "unit": "south", "until": f"{year}-06-30"}
    assert office.send("/people/li/departures", leaving).is_success

    def named(asking: Caller) -> set[tuple[str, str]]:
        cells = asking.get("/units/south/handover", year=year).json()["unfinished"]
        return {(c["subject"], c["whose"]) for c in cells if c["checklist"] == "persons"}

    still = {("member/zhao", "赵敏"), ("member/chen", "陈静")}
    assert named(clerk) == still
    assert named(office) == still | {("member/li", "李明")}
    for who, seen_by in (("chen", {"zhao", "secretary"}), ("li", {"secretary"})):
        asked = caller("a", Role.AUDITOR).get(f"/people/{who}/readings").json()
        assert {each["by"] for each in asked if each["through"] == "get_handover"} == seen_by


def test_a_pack_tells_promises_to_heads_and_the_office_alone(
    office: Caller, clerk: Caller, caller: Callable[..., Caller], month: Period
) -> None:
    promised(office, month)
    for asking, told in (
        (office, ["每月走访"]),
        (caller("zhao", Role.HEAD, "south"), ["每月走访"]),
        (clerk, []),
        (caller("panel", Role.APPRAISAL), []),
    ):
        found = asking.get("/units/south/handover").json()["promises"]
        assert [each["promise"]["text"] for each in found] == told


def test_a_post_tells_whose_it_is_and_what_was_done_there(
    office: Caller, caller: Callable[..., Caller]
) -> None:
    profile = {"kind": "exemplary_post", "name": "名医示范岗"}
    details = {"kind": "volunteered", "service": "free_clinic", "station": "post", "trained": 8, "appeals": 2}  # fmt: skip
    clinic = visit(details=details, reached_people=30)
    message = {
        "details": {"kind": "carried_up", "topic": "修路"},
        "title": "盼修路",
        "on": DAY,
        "organiser": "south",
        "authors": [{"person": "li", "role": "first"}],
        "answers": "occasion/clinic",
    }
    commands: list[dict[str, Any]] = [
        {"command": "open_unit", "unit": "post", "profile": profile, "since": SINCE},
        {"command": "appoint", "unit": "post", "appointment": {"person": "li", "office": "head", "since": SINCE}},
        {"command": "record_occasion", "occasion": "clinic", "body": clinic},
        {"command": "record_matter", "matter": "m", "body": message},
    ]  # fmt: skip
    verdicts = office.send("/commands", commands).json()["verdicts"]
    assert [each for each in verdicts if "problem" in each] == []
    member = caller("zhao", Role.MEMBER)
    found = member.get("/units/post/services", year=DAY[:4]).json()
    assert (found["name"], found["kind"], found["owners"]) == ("名医示范岗", "exemplary_post", ["李明"])  # fmt: skip
    totals = found["totals"]
    assert (totals["records"], totals["members"], totals["times"], totals["trainings"]) == (1, 2, 2, 1)  # fmt: skip
    assert totals["services"] == [{"service": "free_clinic", "times": 1, "reached": 30}]
    sums = {name: number for name, _, number in totals["kinds"][0]["sums"]}
    assert sums == {"reached_people": 30, "trained": 8, "appeals": 2}
    assert totals["came_of"] == [{"kind": "carried_up", "matters": 1, "closed": 0}]
    before = member.get("/units/post/services", year=2023).json()
    assert before["totals"]["records"] == 0
    assert member.get("/units/nowhere/services").status_code == 404
