"""The API's writes: what is recorded, what a retry does, versions, batches, and who may write."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable
from importlib.resources import files
from typing import Any
from uuid import uuid4

import pytest

from domain.people import Role
from interfaces.api.writes import ACTS
from tests.interfaces.conftest import Answer, Caller, Service, proposal, visit


def reason(answer: Answer) -> tuple[int, str]:
    """The status and the reason of a problem."""
    assert answer.headers["content-type"] == "application/problem+json"
    return answer.status_code, answer.json()["reason"]


def test_a_record_says_where_it_stands_and_which_position_to_wait_for(office: Caller) -> None:
    answer = office.send("/occasions", visit())
    told = answer.json()
    assert answer.status_code == 201
    assert answer.headers["location"] == told["href"]
    assert answer.headers["etag"] == '"1"'
    assert answer.headers["lvzhi-position"] == str(told["position"])
    shown = office.client.get(
        told["href"],
        params={"after": told["position"]},
        headers={"Authorization": f"Bearer {office.token}"},
    )
    assert shown.status_code == 200
    assert shown.json()["body"]["details"] == {
        "kind": "visited_village",
        "purpose": "走访困难户",
        "problems_raised": 0,
    }
    assert shown.headers["etag"] == '"1"'


@pytest.mark.parametrize("path", ["/occasions", "/matters"])
def test_a_retry_is_answered_again_and_records_nothing(office: Caller, path: str) -> None:
    body = visit() if path == "/occasions" else proposal()
    first = office.send(path, body, key="a-key")
    again = office.send(path, body, key="a-key")
    assert (first.status_code, again.status_code) == (201, 201)
    assert "idempotent-replayed" not in first.headers
    assert again.headers["idempotent-replayed"] == "true"
    assert again.json()["stream"] == first.json()["stream"]
    assert again.json()["position"] == first.json()["position"]
    other = office.send(path, {**body, "title": "另一件事"}, key="a-key")
    assert reason(other) == (422, "command_id_reused")
    assert other.json()["errors"][0]["header"] == "Idempotency-Key"


def test_many_retries_at_once_record_one(office: Caller, sqlite_service: Service) -> None:
    desk = sqlite_service.installation.desk(office.ledger)
    before = desk.head()
    bodies = [{**command, "command_id": "same"} for command in [_record(visit())] * 20]
    verdicts = office.send("/commands", bodies).json()["verdicts"]
    assert {verdict["receipt"]["position"] for verdict in verdicts} == {before + 1}
    assert desk.head() == before + 1


def test_a_client_may_bring_the_id(office: Caller) -> None:
    key = str(uuid4())
    assert office.send(f"/occasions/{key}", visit(), method="PUT").json()["id"] == key
    second = office.send(f"/occasions/{key}", visit(title="又一次"), method="PUT")
    assert reason(second) == (409, "already_recorded")
    assert reason(office.send("/occasions/a%2Fb", visit(), method="PUT"))[0] in (404, 422)


def test_a_likely_duplicate_is_a_warning_with_a_link(office: Caller) -> None:
    first = office.send("/occasions", visit()).json()
    second = office.send("/occasions", visit()).json()
    (warning,) = second["warnings"]
    assert warning["reason"] == "likely_duplicate"
    assert warning["href"] == first["href"]
    assert warning["pointer"] == "/participants/0/person"


@pytest.mark.parametrize("collection", ["occasions", "matters"])
def test_amendments_and_withdrawals_name_the_version_seen(office: Caller, collection: str) -> None:
    body = visit() if collection == "occasions" else proposal()
    key = office.send(f"/{collection}", body).json()["id"]
    amended = {"body": {**body, "title": "改过的题目"}, "reason": "题目有误"}
    path = f"/{collection}/{key}/amendments"
    assert reason(office.send(path, amended)) == (428, "version_missing")
    assert reason(office.send(path, amended, if_match='"7"')) == (412, "changed_meanwhile")
    assert reason(office.send(path, amended, if_match="seven")) == (422, "malformed")
    done = office.send(path, amended, if_match='"1"')
    assert (done.status_code, done.headers["etag"]) == (200, '"2"')
    withdrawal = f"/{collection}/{key}/withdrawals"
    assert reason(office.send(withdrawal, {"reason": "重复"}, if_match='"1"')) == (
        412,
        "changed_meanwhile",
    )
    assert office.send(withdrawal, {"reason": "重复"}, if_match='"2"').status_code == 200
    assert reason(office.send(withdrawal, {"reason": "重复"}, if_match='"3"')) == (409, "withdrawn")


def test_the_two_sides_answer(office: Caller, caller: Callable[..., Caller]) -> None:
    clerk = caller("clerk", Role.CLERK, "south")
    convenor = caller("chen", Role.HEAD, "medicine")
    key = clerk.send("/occasions", visit(participants=[{"person": "li"}])).json()["id"]
    returned = convenor.send(
        f"/occasions/{key}/returns", {"side": "sector", "people": ["li"], "reason": "日期不对"}
    )
    assert returned.status_code == 200
    own = clerk.send(f"/occasions/{key}/confirmations", {"side": "studio"})
    assert reason(own) == (403, "own_recording")
    upholding = {"side": "sector", "people": ["li"], "reason": "已核实"}
    by_the_recorder = clerk.send(f"/occasions/{key}/upholdings", upholding)
    assert reason(by_the_recorder) == (403, "own_recording")
    assert office.send(f"/occasions/{key}/upholdings", upholding).status_code == 200


def test_records_are_linked_and_superseded(office: Caller) -> None:
    first, second, third = (office.send("/occasions", visit()).json() for _ in range(3))
    linked = office.send(f"/occasions/{second['id']}/links", {"same_as": first["stream"]})
    assert linked.status_code == 200
    parted = office.send(f"/occasions/{second['id']}/unlinkings", {"reason": "并非同一次"})
    assert parted.status_code == 200
    replaced = office.send(
        f"/occasions/{third['id']}/supersessions", {"by": first["stream"], "reason": "重复"}
    )
    assert replaced.status_code == 200
    nowhere = office.send(
        f"/occasions/{second['id']}/links", {"same_as": "occasion/none", "reason": ""}
    )
    assert reason(nowhere) == (422, "no_such_deed")
    assert nowhere.json()["errors"][0]["pointer"] == "/same_as"


def test_an_item_of_a_checklist_is_assigned(office: Caller) -> None:
    key = office.send("/occasions", visit()).json()["id"]
    told = {"person": "li", "item": "ten-ones/3", "reason": "计入走访一项"}
    assert office.send(f"/occasions/{key}/item-assignments", told).status_code == 200
    other = office.send(f"/occasions/{key}/item-assignments", {**told, "person": "zhao"})
    assert reason(other) == (422, "not_a_participant")


def test_a_matter_reaches_stages_and_leaves_them(office: Caller) -> None:
    key = office.send("/matters", proposal()).json()["id"]
    filed = {"stage": "filed", "on": "2025-03-10"}
    assert office.send(f"/matters/{key}/outcomes", filed).headers["etag"] == '"2"'
    assert office.send(f"/matters/{key}/outcomes", filed).json()["entries"] == 0
    signed = office.send(f"/matters/{key}/outcomes", {**filed, "stage": "signed"})
    assert reason(signed) == (422, "stage_not_of_kind")
    assert signed.json()["errors"][0]["pointer"] == "/stage"
    taken_back = office.send(f"/matters/{key}/retractions", {"stage": "filed", "reason": "误登"})
    assert taken_back.headers["etag"] == '"3"'


def test_pairings_and_findings(office: Caller) -> None:
    body = {
        "details": {"kind": "paired_with", "relation": "village", "counterpart": "village"},
        "since": "2025-01-01",
        "organiser": "south",
        "person": "li",
        "with_unit": "village",
    }
    pairing = office.send("/pairings", body).json()
    ended = office.send(f"/pairings/{pairing['id']}/endings", {"until": "2025-06-30"})
    assert ended.status_code == 200
    finding = office.send(
        "/findings",
        {
            "details": {"kind": "was_marked", "code": "public"},
            "on": "2025-03-01",
            "body": "主席会议",
            "reason": "民主测评",
            "person": "li",
            "figure": "8.5",
        },
    )
    assert finding.status_code == 201
    revoked = office.send(f"/findings/{finding.json()['id']}/revocations", {"reason": "复核"})
    assert revoked.headers["etag"] == '"2"'


def test_the_roster_is_kept(office: Caller) -> None:
    person = office.send(
        "/people",
        {"profile": {"name": "钱进"}, "term": {"number": 10, "since": "2024-01-01"}},
    ).json()["id"]
    on = f"/people/{person}"
    steps: list[tuple[str, dict[str, Any]]] = [
        ("memberships", {"bond": "sector", "unit": "economy", "since": "2024-01-01"}),
        ("departures", {"bond": "sector", "unit": "economy", "until": "2024-12-31"}),
        ("roles", {"role": "standing_member", "since": "2024-02-01"}),
        ("role-endings", {"role": "standing_member", "until": "2024-12-31"}),
        ("exemptions", {"since": "2024-03-01", "until": "2024-04-01", "reason": "病假"}),
        ("placements", {"township": "south", "step": "reported", "on": "2024-02-02"}),
        ("dismissals", {"on": "2025-01-01", "how": "resigned"}),
        ("readmissions", {"number": 10, "since": "2025-02-01"}),
    ]
    for step, body in steps:
        answer = office.send(f"{on}/{step}", body)
        assert (step, answer.status_code) == (step, 200), answer.text
    amendment = {"profile": {"name": "钱进步"}, "reason": "更名"}
    assert reason(office.send(f"{on}/amendments", amendment)) == (428, "version_missing")
    assert office.send(f"{on}/amendments", amendment, if_match='"9"').status_code == 200
    guest = office.send("/people", {"profile": {"name": "省委员", "standing": "guest"}}).json()[
        "id"
    ]
    invited = office.send(f"/people/{guest}/invitations", {"step": "invited", "on": "2025-01-01"})
    assert invited.status_code == 200
    assert reason(office.send("/people/nobody/roles", steps[2][1])) == (404, "no_such_person")


def test_units_are_kept(office: Caller) -> None:
    unit = office.send(
        "/units", {"profile": {"kind": "studio", "name": "城北工作室"}, "since": "2024-01-01"}
    ).json()["id"]
    on = f"/units/{unit}"
    head = {"person": "li", "office": "head", "since": "2024-01-01"}
    assert office.send(f"{on}/appointments", head).status_code == 200
    gone = {"person": "li", "office": "head", "until": "2024-12-31"}
    assert office.send(f"{on}/relievings", gone).status_code == 200
    assert office.send(f"{on}/life", {"life": "listed", "on": "2024-06-01"}).status_code == 200
    renamed = {"profile": {"kind": "studio", "name": "北城工作室"}, "reason": "更名"}
    assert office.send(f"{on}/amendments", renamed, if_match='"4"').status_code == 200


def test_a_document_that_does_not_hold_is_not_published(office: Caller) -> None:
    wrong = {"version": "1", "text": "rubric: points\nblocks: 3\n", "since": "2025-01-01"}
    answer = office.send("/documents/rubric/points/versions", wrong)
    assert reason(answer) == (422, "rubric_invalid")
    assert len(answer.json()["errors"]) > 1
    unknown = office.send("/documents/poem/points/versions", wrong)
    assert reason(unknown) == (404, "no_such_page")
    none = office.send("/documents/rubric/points/repeals", {"until": "2025-01-01", "reason": "x"})
    assert none.json()["reason"] == "no_such_rubric"


PACK = files("packs") / "rehearsal"


def test_a_published_rubric_scores_and_explains(office: Caller) -> None:
    rubric = {
        "version": "1",
        "text": (PACK / "rubric.yaml").read_text("utf-8"),
        "since": "2015-01-01",
    }
    wrong = office.send("/documents/rubric/another/versions", rubric)
    assert reason(wrong) == (422, "rubric_invalid")
    assert "another ≠ rehearsal" in wrong.json()["detail"]
    differing = {**rubric, "text": rubric["text"].replace("total: 90", "total: 91", 1)}
    differs = office.send("/documents/rubric/rehearsal/versions", differing)
    assert reason(differs) == (422, "rubric_invalid")
    assert {each["reason"] for each in differs.json()["errors"][1:]} == {"cases_differ"}
    assert office.send("/documents/rubric/rehearsal/versions", rubric).status_code == 200
    never = office.get("/scorecards/rehearsal", as_of="1")
    assert reason(never) == (404, "no_such_rubric")
    policy = {
        "version": "1",
        "text": (PACK / "policy.yaml").read_text("utf-8"),
        "since": "2024-01-01",
    }
    assert office.send("/documents/policy/rehearsal/versions", policy).status_code == 200
    mixed = office.send("/documents/checklist/rehearsal/versions", policy)
    assert reason(mixed) == (422, "rubric_invalid")
    plenary = visit(
        details={"kind": "attended", "meeting": "plenary_session"}, organiser="county", title="全会"
    )
    position = office.send("/occasions", plenary).json()["position"]
    (card,) = office.get("/people/li/scorecards", year=2025, after=position).json()
    paid = [line for line in card["lines"] if line["of"]["points"] == "35"]
    assert len(paid) == 1
    assert "全会" in paid[0]["zh"]
    assert "plenary" in paid[0]["en"]
    listed = office.get("/scorecards/rehearsal", year=2025).json()["rows"]
    assert {row["name"]: row["total"] for row in listed}["李明"] == card["total"]
    (document,) = office.get("/documents", sort="rubric").json()
    assert document["in_force"]["version"] == "1"
    repeal = {"until": "2025-12-31", "reason": "换届"}
    assert office.send("/documents/rubric/rehearsal/repeals", repeal).status_code == 200


def test_a_strict_service_wants_a_word_on_likely_duplicates(
    office: Caller, sqlite_service: Service
) -> None:
    sqlite_service.installation.desk(office.ledger).strict = True
    first = office.send("/occasions", visit()).json()
    refused = office.send("/occasions", visit())
    assert reason(refused) == (409, "likely_duplicate")
    assert first["stream"] in refused.json()["detail"]
    assert office.send("/occasions?differs=true", visit()).status_code == 201
    assert office.send("/occasions?differs=false", visit()).status_code == 409


def test_a_busy_service_says_when_to_try_again(
    office: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("application.group_commit.MOST_WAITING", 0)
    answer = office.send("/occasions", visit())
    assert reason(answer) == (503, "busy")
    assert answer.headers["retry-after"] == "1"


def test_a_storage_fault_is_told_as_one(
    office: Caller, sqlite_service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise sqlite3.OperationalError("disk full at /secret/place")

    writer = sqlite_service.installation.desk(office.ledger).writer
    with monkeypatch.context() as patched:
        patched.setattr(writer.log, "append", broken)
        answer = office.send("/occasions", visit(), key="again")
    assert reason(answer) == (503, "unavailable")
    assert "secret" not in answer.text
    assert office.send("/occasions", visit(), key="again").status_code == 201


def _record(body: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"command": "record_occasion", "body": body, **more}


def test_a_batch_gives_each_command_a_verdict(office: Caller) -> None:
    batch = [
        _record(visit(), occasion="first"),
        _record(visit(on="2099-01-01")),
        _record(visit(titel="x")),
        {"command": "fly_away"},
        {"command": "withdraw", "deed": "occasion/first", "reason": "误登"},
        {"command": "withdraw", "deed": "occasion/first", "reason": "误登", "if_match": 1},
        _record(visit(), occasion="a/b"),
        "no command",
    ]
    answer = office.send("/commands", batch, key="batch")
    verdicts = answer.json()["verdicts"]
    found = [v["problem"]["reason"] if "problem" in v else "done" for v in verdicts]
    assert found == [
        "done",
        "in_future",
        "unknown_field",
        "unknown_command",
        "version_missing",
        "done",
        "malformed",
        "malformed",
    ]
    assert verdicts[1]["problem"]["errors"][0]["pointer"] == "/body/on"
    assert verdicts[2]["problem"]["errors"][0]["pointer"] == "/body/titel"
    assert answer.json()["position"] == verdicts[5]["receipt"]["position"]
    again = office.send("/commands", batch, key="batch").json()["verdicts"]
    assert again[0]["receipt"]["again"] is True
    assert again[0]["receipt"]["position"] == verdicts[0]["receipt"]["position"]


def test_a_batch_is_bounded(office: Caller) -> None:
    assert reason(office.send("/commands", [{}] * 501)) == (422, "too_many")
    assert reason(office.send("/commands", {"command": "admit"})) == (422, "malformed")


@pytest.mark.parametrize("role", [Role.AUDITOR, Role.CONSUMER])
def test_some_only_read(caller: Callable[..., Caller], role: Role) -> None:
    reader = caller("somebody", role)
    assert reason(reader.send("/occasions", visit())) == (403, "not_allowed")
    assert reader.get("/people").status_code == 200


def test_every_act_is_reached_and_refuses_what_is_empty(office: Caller) -> None:
    for act in ACTS:
        path = act.path.format(id="none", sort="rubric", code="none")
        answer = office.send(path, b"[", method=act.method, if_match="*")
        assert (act.path, *reason(answer)) == (act.path, 422, "malformed")


def test_concurrent_writes_all_stand(office: Caller, sqlite_service: Service) -> None:
    desk = sqlite_service.installation.desk(office.ledger)
    before = desk.head()

    def one(day: int) -> dict[str, Any]:
        return _record(visit(on=f"2025-03-{day:02}"))

    answer = office.send("/commands", [one(day) for day in range(1, 29)])
    positions = [v["receipt"]["position"] for v in answer.json()["verdicts"]]
    assert positions == list(range(before + 1, before + 29))


def test_postgres_serves_the_same(postgres_service: Service) -> None:
    office = postgres_service.ledger()
    first = office.send("/occasions", visit(), key="k")
    again = office.send("/occasions", visit(), key="k")
    assert (first.status_code, again.headers["idempotent-replayed"]) == (201, "true")
    told = first.json()
    shown = office.get(f"/occasions/{told['id']}", after=told["position"])
    assert shown.json()["summary"]["title"] == "走访桃源村"
    listed = office.get("/people", limit=2)
    assert [row["name"] for row in listed.json()["rows"]] == ["李明", "李明"]
    ledgers = office.client.get(
        "/api/v1/ledgers", headers={"Authorization": f"Bearer {office.token}"}
    )
    assert [each["code"] for each in ledgers.json()] == [office.ledger]
    assert json.loads(office.client.get("/readyz").text) == {"status": "ok"}


def test_a_clerk_types_in_what_a_member_declares(
    office: Caller, caller: Callable[..., Caller]
) -> None:
    clerk = caller("clerk", Role.CLERK, "south")
    body = visit(participants=[{"person": "li"}])

    told = clerk.send("/occasions", body, Lvzhi_Acting_For="li").json()
    (entry,) = clerk.get(f"/occasions/{told['id']}/history", after=told["position"]).json()["rows"]
    assert (entry["by"], entry["acting_for"]) == ("clerk", "li")

    shown = office.get(f"/occasions/{told['id']}", after=told["position"]).json()
    assert (shown["summary"]["record"], shown["summary"]["recorded_by"]) == ("self", "clerk")
    refused = clerk.send("/occasions", visit(), Lvzhi_Acting_For="li")
    assert reason(refused) == (403, "not_yours_to_record")
    assert reason(clerk.send("/occasions", body, Lvzhi_Acting_For="nobody"))[1] == "no_such_person"
    assert reason(clerk.send("/occasions", body, Lvzhi_Acting_For="a b"))[1] == "malformed"
    batch = clerk.send("/commands", [_record(body)], Lvzhi_Acting_For="chen").json()
    assert batch["verdicts"][0]["problem"]["reason"] == "not_yours_to_record"


LONG = "".join(uuid4().hex for _ in range(300))


def test_a_long_text_in_place_of_a_hash_stops_no_reader(postgres_service: Service) -> None:
    office = postgres_service.ledger()
    said = {"evidence": [{"name": "照片", "sha256": LONG, "number": ""}]}
    made = office.send("/matters", proposal(**said))
    assert made.status_code == 201, made.text
    assert office.get("/deeds", after=made.json()["position"]).status_code == 200
    body = office.get(f"/matters/{made.json()['id']}").json()["body"]
    assert {name: body[name] for name in said} == said


def test_a_long_text_in_place_of_a_record_is_refused_and_not_said_back_whole(
    postgres_service: Service,
) -> None:
    made = postgres_service.ledger().send("/matters", proposal(answers=LONG))
    assert reason(made) == (422, "no_such_deed")
    assert len(made.text) < 1_000
