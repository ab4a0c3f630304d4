"""Queries on records over HTTP and on the command line: raised by the member, seen by those whom it concerns, answered with what it changed."""

from __future__ import annotations

import json
from datetime import date, timedelta
from importlib.resources import files
from typing import Any

import pytest

from application.vault import ERASED
from domain.access import Action
from domain.people import Role
from interfaces.refusals import Exit
from tests.interfaces.conftest import Answer, Caller, Service, visit
from tests.interfaces.test_api_refusals import problem
from tests.interfaces.test_cli import Run, county, run
from tests.interfaces.test_scopes import key_of

__all__ = ["county", "run"]

RUBRIC = (files("packs") / "rehearsal" / "rubric.yaml").read_text("utf-8")
SAID, WHY = "金丝雀村,不是桃源村", "签到表写的是金丝雀村"
WRONG: dict[str, Any] = {
    "person": "li",
    "sort": "wrong",
    "deed": "occasion/o",
    "field": "地点",
    "should_be": SAID,
}


def carried_out(answer: Answer, status: int = 200) -> dict[str, Any]:
    """The receipt."""
    assert answer.status_code == status, answer.text
    told: dict[str, Any] = answer.json()
    return told


@pytest.fixture
def office(sqlite_service: Service) -> Caller:
    """A ledger with a rubric, in which the clerk of the studio recorded a visit by Li and Chen, and one by Li."""
    office = sqlite_service.ledger()
    clerk = sqlite_service.caller(office.ledger, "clerk", Role.CLERK, "south")
    published = {"version": "1", "text": RUBRIC, "since": "2025-01-01"}
    carried_out(office.send("/documents/rubric/rehearsal/versions", published))
    carried_out(clerk.send("/occasions/o", visit(), method="PUT"), 201)
    again = visit(title="走访", on="2025-03-06", participants=[{"person": "li"}])
    carried_out(clerk.send("/occasions/p", again, method="PUT"), 201)
    return office


def li(service: Service, office: Caller) -> Caller:
    return service.caller(office.ledger, "li", Role.MEMBER)


def panel(service: Service, office: Caller) -> Caller:
    return service.caller(office.ledger, "panel", Role.APPRAISAL)


def raised(caller: Caller, name: str = "d", **more: str) -> int:
    told = carried_out(caller.send(f"/disputes/{name}", WRONG, method="PUT", **more), 201)
    position: int = told["position"]
    return position


def test_a_query_goes_its_way(sqlite_service: Service, office: Caller) -> None:
    member, appraisal = li(sqlite_service, office), panel(sqlite_service, office)
    deputy = sqlite_service.caller(office.ledger, "deputy", Role.OFFICE, "county")
    carried_out(deputy.send("/occasions/q", visit(organiser="county"), method="PUT"), 201)
    wrong = {**WRONG, "deed": "occasion/q"}
    told = carried_out(member.send("/disputes", wrong), 201)
    at, href = told["position"], told["href"].partition(office.ledger)[2]
    assert href == f"/disputes/{told['id']}"

    today = sqlite_service.installation.desk(office.ledger).today()
    seen = member.get(href, after=at)
    assert seen.headers["etag"] == '"1"'
    shown = seen.json()
    assert shown["claim"] == {
        **wrong, "same_as": "", "kind": "", "what": "", "on": None, "organiser": None,
        "organised_by": "", "note": "",
    }  # fmt: skip
    line = shown["summary"]
    assert line == {
        "dispute": told["id"], "number": f"{today.year}-1", "sort": "wrong", "member": "li",
        "name": "李明", "deed": "occasion/q", "same_as": "", "step": "open",
        "raised_on": today.isoformat(), "due": (today + timedelta(days=15)).isoformat(),
        "overdue": False, "decided_on": None, "outcome": None, "decider": None,
        "raised_at": at, "decided_at": None, "version": 1,
    }  # fmt: skip
    assert shown["apart"] == ["li", "deputy"]

    amended = visit(organiser="county", participants=[{"person": "chen"}])
    carried_out(office.send("/occasions/q/amendments", {"body": amended, "reason": "核对"}, if_match="*"))  # fmt: skip
    answer = {"outcome": "accepted", "reason": WHY, "deeds": ["occasion/q"]}
    decided = carried_out(office.send(f"{href}/decision", answer))["position"]
    shown = member.get(href, after=decided).json()
    assert shown["decision"] == {**answer, "by": "secretary", "role": "office", "on": today.isoformat(), "position": decided}  # fmt: skip
    (effect,) = shown["effect"]
    card = member.get("/people/li/scorecards", year=2025, as_of=at - 1).json()[0]
    now = member.get("/people/li/scorecards", year=2025, as_of=decided).json()[0]
    assert card["total"] != now["total"]
    assert (effect["rubric"], effect["version"]) == ("rehearsal", "1")
    assert (effect["before"], effect["after"]) == (card["total"], now["total"])

    asked = carried_out(member.send(f"{href}/review", {"reason": "还少了时间"}))["position"]
    reviewed = {"outcome": "not_accepted", "reason": "无据可查"}
    problem(office.send(f"{href}/review-decision", reviewed), 403, "needs_another")
    at = carried_out(appraisal.send(f"{href}/review-decision", reviewed))["position"]
    shown = member.get(href, after=at).json()
    assert (shown["summary"]["step"], shown["summary"]["outcome"]) == ("review_decided", "not_accepted")  # fmt: skip
    assert (shown["summary"]["decider"], shown["review_for"]) == ("appraisal", "还少了时间")
    # As it was known before the review was decided.
    before = member.get(href, as_of=asked).json()
    assert (before["summary"]["step"], before["review"]) == ("review_asked", None)
    past = member.get(f"{href}/history").json()["rows"]
    assert [each["name"] for each in past] == [
        "dispute.review_decided", "dispute.review_asked", "dispute.decided", "dispute.raised",
    ]  # fmt: skip
    assert past[-1]["zh"].startswith(
        f"李明提出核对申请{today.year}-1(错):“走访桃源村”的地点应为{SAID}"
    )
    assert past[2]["zh"] == f"李明的核对申请{today.year}-1:采纳,理由:{WHY};更正或补登“走访桃源村”。"


def test_a_query_may_be_withdrawn_and_is_then_in_no_list_of_what_is_open(
    sqlite_service: Service, office: Caller
) -> None:
    member = li(sqlite_service, office)
    at = raised(member)
    assert [each["dispute"] for each in office.get("/disputes", open=True, after=at).json()["rows"]] == ["d"]  # fmt: skip
    again = carried_out(member.send("/disputes/d/withdrawal", {"reason": "看错了"}))
    listed = office.get("/disputes", open=True, after=again["position"]).json()["rows"]
    assert listed == []
    assert office.get("/disputes/d").json()["withdrawn_for"] == "看错了"
    problem(office.send("/disputes/d/decision", {"outcome": "partly", "reason": "x"}), 409, "not_at_this_step")  # fmt: skip


@pytest.mark.parametrize(
    ("path", "body", "status", "reason", "pointer"),
    [
        ("/disputes", {**WRONG, "deed": "occasion/none"}, 422, "no_such_deed", "/deed"),
        ("/disputes", {**WRONG, "field": ""}, 422, "missing", "/field"),
        ("/disputes", {**WRONG, "same_as": "occasion/p"}, 422, "unknown_field", "/same_as"),
        ("/disputes", {**WRONG, "mood": "bad"}, 422, "unknown_field", "/mood"),
        ("/disputes", {**WRONG, "sort": "odd"}, 422, "malformed", "/sort"),
        ("/disputes", {"sort": "wrong"}, 422, "missing", "/person"),
        ("/disputes/none/withdrawal", {"reason": "x"}, 404, "no_such_dispute", ""),
        ("/disputes/none/withdrawal", {}, 422, "missing", "/reason"),
    ],
)
def test_what_is_wrong_with_a_query_is_named(
    sqlite_service: Service,
    office: Caller,
    path: str,
    body: Any,
    status: int,
    reason: str,
    pointer: str,
) -> None:
    place = {"pointer": pointer} if pointer else {}
    problem(li(sqlite_service, office).send(path, body), status, reason, **place)


def test_one_is_typed_in_for_the_member_by_a_header(
    sqlite_service: Service, office: Caller
) -> None:
    clerk = sqlite_service.caller(office.ledger, "clerk", Role.CLERK, "south")
    elsewhere = sqlite_service.caller(office.ledger, "other-clerk", Role.CLERK, "economy")
    problem(clerk.send("/disputes", WRONG), 403, "not_allowed")
    refused = elsewhere.send("/disputes", WRONG, lvzhi_acting_for="li")
    problem(refused, 403, "not_yours_to_speak_for", header="Lvzhi-Acting-For")
    at = raised(clerk, lvzhi_acting_for="li")
    assert office.get("/disputes/d", after=at).json()["raised_by"] == "clerk"
    problem(clerk.send("/disputes/d/decision", {"outcome": "accepted", "reason": "x"}), 403, "not_allowed")  # fmt: skip
    sent = {"command": "raise_dispute", "dispute": "e", "claim": {**WRONG, "person": "chen"}}
    (verdict,) = office.send("/commands", [sent], lvzhi_acting_for="chen").json()["verdicts"]
    assert verdict["receipt"]["stream"] == "dispute/e"


@pytest.mark.parametrize(
    ("person", "role", "unit", "sees", "listed"),
    [
        ("li", Role.MEMBER, None, True, ["d"]),
        ("chen", Role.MEMBER, None, False, []),
        ("clerk", Role.CLERK, "south", True, ["d"]),
        ("zhao", Role.HEAD, "south", True, ["d"]),
        ("zhao", Role.HEAD, "economy", False, []),
        ("panel", Role.APPRAISAL, None, True, ["d"]),
        ("auditor", Role.AUDITOR, None, True, ["d"]),
        ("portal", Role.CONSUMER, None, False, None),
        ("nobody", Role.CLERK, None, False, None),
    ],
)
def test_each_sees_what_concerns_him(
    sqlite_service: Service,
    office: Caller,
    person: str,
    role: Role,
    unit: str | None,
    sees: bool,
    listed: list[str] | None,
) -> None:
    """Who may not see a query finds it in no list and in no history, neither of the member nor of the record."""
    at = raised(li(sqlite_service, office))
    who = sqlite_service.caller(office.ledger, person, role, unit)
    for path in ("/disputes/d", "/disputes/d/history", "/people/li/disputes", "/disputes?member=li"):  # fmt: skip
        answer = who.get(f"{path}{'&' if '?' in path else '?'}after={at}")
        assert (answer.status_code == 200) is sees, (path, answer.text)
        assert sees or answer.json()["reason"] == "not_allowed"
    found = who.get("/disputes", after=at)
    if listed is None:
        problem(found, 403, "not_allowed")
    else:
        assert [each["dispute"] for each in found.json()["rows"]] == listed
    for path in ("/occasions/o/history", "/people/li/history"):
        past = who.get(path)
        assert past.status_code in {200, 403}
        assert (SAID in past.text) is (sees and past.status_code == 200)
        assert ("dispute/d" in past.text) is (sees and past.status_code == 200)


def test_a_history_of_nothing_but_what_is_hidden_is_empty_and_not_missing(
    sqlite_service: Service, office: Caller
) -> None:
    at = raised(li(sqlite_service, office))
    chen = sqlite_service.caller(office.ledger, "chen", Role.MEMBER)
    newest = chen.get("/occasions/o/history", limit=1, after=at).json()
    assert (newest["rows"], bool(newest["next"])) == ([], True)
    older = chen.get("/occasions/o/history", cursor=newest["next"]).json()
    assert len(older["rows"]) == 1


def test_that_somebody_else_was_shown_a_query_is_noted(
    sqlite_service: Service, office: Caller
) -> None:
    member = li(sqlite_service, office)
    at = raised(member)
    member.get("/disputes/d", after=at)
    panel(sqlite_service, office).get("/disputes/d")
    office.get("/occasions/o/history")
    noted = [(n["by"], n["action"], n["through"]) for n in member.get("/people/li/readings").json()]
    assert noted == [
        ("secretary", "see_dispute", "list_history_of_occasion"),
        ("panel", "see_dispute", "get_dispute"),
    ]


def test_another_system_sees_queries_where_it_was_given_them(
    sqlite_service: Service, office: Caller
) -> None:
    at = raised(li(sqlite_service, office))
    files_only = key_of(sqlite_service, office.ledger, Action.SEE_FILE, Action.EXPORT_PERSON)
    problem(files_only.get("/disputes/d", after=at), 403, "not_allowed")
    assert SAID not in files_only.get("/people/li/history").text
    assert SAID not in files_only.get("/people/li/export").text
    given = key_of(sqlite_service, office.ledger, Action.SEE_DISPUTE)
    shown = given.get("/disputes/d").json()
    # What it was not given is not told beside it.
    assert (shown["claim"]["should_be"], shown["effect"]) == (SAID, [])
    both = key_of(sqlite_service, office.ledger, Action.SEE_DISPUTE, Action.SEE_FILE)
    assert len(both.get("/disputes/d").json()["effect"]) == 1


def test_lists_are_paged_and_narrowed(sqlite_service: Service, office: Caller) -> None:
    member = li(sqlite_service, office)
    raised(member)
    twice = {"person": "li", "sort": "duplicate", "deed": "occasion/p", "same_as": "occasion/o"}
    carried_out(member.send("/disputes/e", twice, method="PUT"), 201)
    gone = {"person": "li", "sort": "missing", "what": "讲座", "on": "2025-03-01", "organised_by": "镇里"}  # fmt: skip
    at = carried_out(member.send("/disputes/f", gone, method="PUT"), 201)["position"]

    def found(**asked: Any) -> list[str]:
        names: list[str] = []
        answer = office.get("/disputes", after=at, limit=1, **asked).json()
        while True:
            names += [each["dispute"] for each in answer["rows"]]
            if answer["next"] is None:
                return names
            answer = office.get("/disputes", limit=1, cursor=answer["next"], **asked).json()

    assert found() == ["f", "e", "d"]
    assert found(open=True) == ["d", "e", "f"]
    assert found(overdue=True) == []
    assert found(member="li", open=True) == ["d", "e", "f"]
    assert found(member="chen") == []
    assert found(deed="occasion/o") == ["e", "d"]
    assert found(as_of=str(at - 1)) == ["e", "d"]
    problem(office.get("/disputes", member="nobody"), 404, "no_such_person")
    problem(office.get("/people/nobody/disputes"), 404, "no_such_person")
    problem(office.get("/disputes/none"), 404, "no_such_dispute")
    problem(office.get("/disputes/none/history"), 404, "no_such_dispute")
    assert [each["dispute"] for each in member.get("/people/li/disputes").json()["rows"]] == ["f", "e", "d"]  # fmt: skip


# What tells of a person


def test_what_a_member_queries_lies_sealed_and_goes_with_him(
    sqlite_service: Service, office: Caller
) -> None:
    """In the log, in the digests by which a retry is known, and in the rows."""
    member = li(sqlite_service, office)
    raised(member)
    decision = {"outcome": "not_accepted", "reason": WHY}
    first = carried_out(office.send("/disputes/d/decision", decision, key="decided"))
    again = carried_out(office.send("/disputes/d/decision", decision, key="decided"))
    assert (again["position"], again["again"]) == (first["position"], True)
    asked = carried_out(member.send("/disputes/d/review", {"reason": SAID}))["position"]
    desk = sqlite_service.installation.desk(office.ledger)
    stored = b"".join(row.body for row in desk.log.stream("dispute/d"))
    for text in (SAID, WHY):
        assert text.encode() not in stored
    assert not desk.vault.has(["dispute/d"])
    desk.vault.fetch(["dispute/d"])
    assert not desk.vault.has(["dispute/d"])

    gone = {"on": (date.today() - timedelta(days=1)).isoformat(), "how": "resigned"}  # noqa: DTZ011
    carried_out(office.send("/people/li/dismissals", gone, after=str(asked)))
    erase = {"subject": "member/li", "basis": "family", "reason": "申请"}
    problem(office.send("/erasures/x", erase, method="PUT"), 409, "open_dispute")
    at = carried_out(
        panel(sqlite_service, office).send(
            "/disputes/d/review-decision", {"outcome": "partly", "reason": WHY}
        )
    )["position"]
    assert SAID in office.get("/disputes/d", after=at).text
    desk.vault.erased.add("2026-01-01", ["member/li"])
    desk.apply_erasures()
    shown = office.get("/disputes/d").json()
    assert shown["claim"]["should_be"] == shown["decision"]["reason"] == ERASED
    for path in ("/disputes/d", "/disputes/d/history", "/occasions/o/history", "/disputes"):
        text = office.get(path).text
        assert SAID not in text and WHY not in text, path
    problem(office.send("/disputes/d/decision", decision, key="decided"), 409, "erased")


def test_the_file_of_a_member_holds_his_queries(sqlite_service: Service, office: Caller) -> None:
    member = li(sqlite_service, office)
    at = raised(member)
    told = member.get("/people/li/export", after=at).json()
    assert "dispute.raised" in [each["name"] for each in told["entries"]]
    assert "claim.should_be" in [each["field"] for each in told["register"]]


# The command line


def test_the_command_line_raises_lists_and_answers(county: Run) -> None:
    clerk = ("--by", "赵敏", "--role", "clerk", "--unit", "城南工作室")
    visited = (
        "record", "visited_village", "--title", "走访桃源村", "--on", "2025-03-05",
        "--organiser", "城南工作室", "--participants", "陈静", *clerk,
    )  # fmt: skip
    assert county(*visited, "--id", "visit-one")[0] == 0
    assert county(*visited, "--id", "visit-two")[0] == 0

    wrong = ("--sort", "wrong", "--deed", "occasion/visit-one", "--field", "地点", "--should-be", "李家村")  # fmt: skip
    done = county("dispute", "raise", "陈静", *wrong, "--id", "d", *clerk)
    assert done[0] == 0, done[2]
    himself = ("--by", "陈静", "--role", "member")
    twice = ("--sort", "duplicate", "--deed", "occasion/visit-one", "--same-as", "occasion/visit-two")  # fmt: skip
    assert county("dispute", "raise", "陈静", *twice, "--id", "e", *himself)[0] == 0
    missing = ("--sort", "missing", "--what", "讲座", "--on", "2025-03-01", "--organiser", "医药卫生界")  # fmt: skip
    assert county("dispute", "raise", "陈静", *missing, "--id", "f", *himself)[0] == 0
    assert county("dispute", "raise", "李明", *wrong)[0] != 0

    (line, *_) = json.loads(county("dispute", "list", "--json")[1])
    number, year = line["number"], line["number"].partition("-")[0]
    assert number == f"{year}-1"
    listed = [row.split("\t") for row in county("dispute", "list")[1].splitlines()]
    assert [(row[0], row[1], row[2], row[-1]) for row in listed] == [
        (f"{year}-1", "陈静", "错", "d"),
        (f"{year}-2", "陈静", "重", "e"),
        (f"{year}-3", "陈静", "漏", "f"),
    ]
    assert county("dispute", "list", "--overdue") == (0, "", "")
    assert county("dispute", "list", "--of", "li") == (0, "", "")

    answer = ("--outcome", "partly", "--reason", "照片可见", "--deed", "occasion/visit-one")
    refused = county("dispute", "decide", number, *answer, "--by", "赵敏")
    assert (refused[0], "须由另一人" in refused[2]) == (Exit.NOT_ALLOWED, True)
    assert county("dispute", "decide", number, *answer)[0] == 0
    assert county("dispute", "review", number, "--reason", "仍有误", *himself)[0] == 0
    again = ("dispute", "decide-review", number, "--outcome", "accepted", "--reason", "属实")
    assert county(*again)[0] == Exit.NOT_ALLOWED
    assert county(*again, "--by", "李明", "--role", "appraisal")[0] != 0  # two of that name
    assert county(*again, "--by", "li", "--role", "appraisal")[0] == 0
    assert county("dispute", "withdraw", "e", "--reason", "看错了", *himself)[0] == 0

    shown = county("dispute", "show", number)[1]
    for words in ("地点 应为 李家村", "部分采纳", "照片可见", "仍有误", "采纳(李明"):
        assert words in shown, words
    assert "讲座" in county("dispute", "show", "f")[1]
    assert "看错了" in county("dispute", "show", "e")[1]
    assert json.loads(county("dispute", "show", "d", "--json")[1])["step"] == "review_decided"
    assert len(json.loads(county("dispute", "list", "--all", "--json")[1])) == 3
    assert county("dispute", "show", "nothing")[0] == Exit.NOT_FOUND
    assert county("dispute", "show", "d", "--as-of", "1")[0] == Exit.NOT_FOUND
    past = county("history", "dispute/d")[1]
    assert "复核结果:采纳" in past
