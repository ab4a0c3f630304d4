"""The API's reads: pages, time travel, reading one's own writes, and a description that holds."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from domain.kinds import KINDS
from tests.interfaces.conftest import Caller, Service, proposal, visit


def test_pages_follow_each_other_by_an_opaque_cursor(office: Caller) -> None:
    position = 0
    for day in range(1, 8):
        position = office.send("/occasions", visit(on=f"2025-03-0{day}")).json()["position"]
    seen: list[str] = []
    answer = office.get("/deeds", limit=3, after=position)
    while True:
        seen += [row["on"] for row in answer.json()["rows"]]
        if answer.json()["next"] is None:
            break
        link = re.fullmatch(r'<(.+)>; rel="next"', answer.headers["link"])
        assert link is not None
        assert "after=" not in link[1]
        answer = office.client.get(link[1], headers={"Authorization": f"Bearer {office.token}"})
    assert seen == [f"2025-03-0{day}" for day in range(7, 0, -1)]
    assert "link" not in answer.headers


def test_a_read_waits_for_a_position_and_says_when_it_is_not_there(
    office: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    answer = office.get("/people", after=1_000_000)
    assert (answer.status_code, answer.json()["reason"]) == (422, "not_yet")

    async def never(*_: object) -> bool:
        """A reader that is far behind."""
        return False

    monkeypatch.setattr("projections.reader.Reader.arrived", never)
    answer = office.get("/people", after=1)
    assert (answer.status_code, answer.json()["reason"]) == (503, "busy")
    assert answer.headers["retry-after"] == "1"


def test_the_past_is_read_as_it_was_known(office: Caller) -> None:
    before = office.send("/occasions", visit()).json()["position"]
    renamed = {"profile": {"name": "李明明"}, "reason": "更名"}
    after = office.send("/people/li/amendments", renamed, if_match="*").json()["position"]
    now = office.get("/people/li", after=after)
    then = office.get("/people/li", as_of=str(before))
    assert now.json()["person"]["profile"]["name"] == "李明明"
    assert then.json()["person"]["profile"]["name"] == "李明"
    assert now.headers["etag"] == '"2"'
    assert "etag" not in then.headers
    assert then.headers["lvzhi-position"] == str(before)
    days = {"first": "2025-01-01", "last": "2026-12-31"}
    units = [
        office.get("/units/south/dual-management", as_of=str(position), **days)
        for position in (before - 1, before)
    ]
    assert [each.json()["records"] for each in units] == [0, 1]
    assert office.get("/people/li", as_of="2000-01-01").status_code == 404
    assert office.get("/people/li", as_of="2000-01-01T00:00:00+08:00").status_code == 404


def test_what_is_shown_can_be_sent_back(office: Caller) -> None:
    told = office.send("/occasions", visit()).json()
    shown = office.get(f"/occasions/{told['id']}", after=told["position"])
    body = {**shown.json()["body"], "title": "改名"}
    amended = office.send(
        f"/occasions/{told['id']}/amendments",
        {"body": body, "reason": "更正"},
        if_match=shown.headers["etag"],
    )
    assert amended.status_code == 200


def test_every_page_of_a_ledger_answers(office: Caller) -> None:
    occasion = office.send("/occasions", visit()).json()
    matter = office.send("/matters", proposal()).json()
    for path in [
        "/summary",
        "/people",
        "/people/li",
        "/people/li/facts",
        "/people/li/dual-management",
        "/people/li/scorecards",
        "/people/li/checklists",
        "/people/li/history",
        "/units",
        "/units/south",
        "/units/south/facts",
        "/units/south/waiting",
        "/units/south/waiting/count",
        "/units/south/dual-management",
        "/units/south/checklists",
        "/units/south/scorecards",
        "/units/south/history",
        "/deeds",
        f"/occasions/{occasion['id']}",
        f"/occasions/{occasion['id']}/history",
        f"/matters/{matter['id']}",
        f"/matters/{matter['id']}/history",
        "/documents",
    ]:
        answer = office.get(path, after=matter["position"])
        assert (path, answer.status_code) == (path, 200), answer.text
        assert answer.headers["lvzhi-position"] == str(matter["position"])


def test_a_history_tells_who_did_what(office: Caller) -> None:
    told = office.send("/occasions", visit()).json()
    (row,) = office.get(f"/occasions/{told['id']}/history", after=told["position"]).json()["rows"]
    assert (row["name"], row["by"], row["via"]) == ("visited_village", "secretary", "api")
    assert row["event"]["body"]["details"]["kind"] == "visited_village"


def test_the_catalogue_tells_all_kinds(sqlite_service: Service) -> None:
    told = sqlite_service.client.get("/api/v1/kinds").json()
    assert [each["kind"] for each in told] == list(KINDS)
    one = sqlite_service.client.get("/api/v1/kinds/granted_wish").json()
    assert one["fields"][0]["choices"][0]["zh"] == "留守儿童"
    assert one["schema"]["properties"]["kind"]["const"] == "granted_wish"


def test_the_service_is_well(sqlite_service: Service) -> None:
    assert sqlite_service.client.get("/livez").json() == {"status": "ok"}
    assert sqlite_service.client.get("/readyz").json() == {"status": "ok"}


@pytest.fixture(scope="module")
def description(sqlite_service: Service) -> dict[str, Any]:
    """The OpenAPI document."""
    told: dict[str, Any] = sqlite_service.client.get("/api/v1/openapi.json").json()
    return told


def test_the_description_is_openapi_3_1(description: dict[str, Any]) -> None:
    text = json.dumps(description)
    assert description["openapi"].startswith("3.1")
    refs = set(re.findall(r'"#/components/schemas/([^"]+)"', text))
    assert refs <= set(description["components"]["schemas"])
    assert "HTTPValidationError" not in text


def test_every_operation_has_a_name_and_only_problems_for_errors(
    description: dict[str, Any],
) -> None:
    names: list[str] = []
    for path, operations in description["paths"].items():
        for method, operation in operations.items():
            names.append(operation["operationId"])
            declared = {p["name"] for p in operation.get("parameters", ()) if p["in"] == "path"}
            assert declared == set(re.findall(r"\{(\w+)\}", path)), path
            if path.endswith("/undoing"):
                # Its ids follow from the batch: sent again it changes nothing more.
                assert not [p for p in operation["parameters"] if p["in"] == "header"]
                assert operation["requestBody"]["content"]["application/json"]["schema"]
            elif method == "post" and "/imports/" in path:
                # The file itself is the command: sent again it writes nothing.
                assert "text/csv" in operation["requestBody"]["content"]
            elif path.endswith("/files"):
                # Sent again it is the same file.
                assert "image/jpeg" in operation["requestBody"]["content"]
            elif path.endswith("/whatif"):
                # It writes nothing.
                assert not [p for p in operation["parameters"] if p["in"] == "header"]
            elif path.endswith("/seal/cosignatures"):
                # Sent again it changes nothing.
                assert list(operation["requestBody"]["content"]) == ["text/plain"]
            elif operation["tags"] == ["account"]:
                # Nothing of accounts is a command of a ledger.
                assert not [p for p in operation.get("parameters", ()) if p["in"] == "header"]
            elif method in ("post", "put"):
                headers = {p["name"] for p in operation["parameters"] if p["in"] == "header"}
                assert "Idempotency-Key" in headers
                assert operation["requestBody"]["content"]["application/json"]["schema"]
            for status, response in operation["responses"].items():
                wanted = {"application/json"} if status[0] == "2" else {"application/problem+json"}
                if "/seal/" in path and status == "200":
                    wanted |= {"text/plain", "application/octet-stream"}
                if path.endswith("/sheet") and status == "200":
                    wanted = {"text/csv"}
                if "/evidence/" in path and status == "200":
                    assert {"image/jpeg", "application/pdf"} < set(response["content"])
                    continue
                if status in {"204", "303"}:
                    assert "content" not in response
                    continue
                assert len(response["content"]) == 1, (path, status)
                assert wanted.issuperset(response["content"]), (path, status)
    assert len(names) == len(set(names))


def test_schemas_hold_and_take_what_the_api_takes(description: dict[str, Any]) -> None:
    # It takes a second to read, and every worker collects this module.
    from jsonschema import Draft202012Validator  # type: ignore[import-untyped]

    for schema in description["components"]["schemas"].values():
        Draft202012Validator.check_schema(schema)

    def takes(name: str, sent: dict[str, Any]) -> bool:
        wanted = {"$ref": f"#/components/schemas/{name}", "components": description["components"]}
        return bool(Draft202012Validator(wanted).is_valid(sent))

    assert takes("Draft", {"text": "rubric: x", "years": [2024, 2025]})
    assert not takes("Draft", {"text": "rubric: x", "years": []})
    assert not takes("Draft", {"text": "rubric: x", "years": [2024], "limit": 1_001})
    assert not takes("Draft", {"text": "rubric: x", "years": [2024], "yeers": [2024]})
    assert takes("OccasionBody", visit())
    assert takes("MatterBody", proposal())
    assert not takes("OccasionBody", visit(titel="x"))
    assert not takes("OccasionBody", visit(details={"kind": "proposed"}))
    assert not takes("MatterBody", visit())


def test_kinds_are_told_apart_by_their_tag(description: dict[str, Any]) -> None:
    details = description["components"]["schemas"]["OccasionBody"]["properties"]["details"]
    assert details["discriminator"]["propertyName"] == "kind"
    assert len(details["oneOf"]) == len(details["discriminator"]["mapping"])
    for ref in details["discriminator"]["mapping"].values():
        schema = description["components"]["schemas"][Path(ref).name]
        assert "kind" in schema["required"]
