"""Whatever a body may hold is said in the description of the API, with an end to it: no field beside, no list without a limit."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest

from interfaces import bodies
from interfaces.api.writes import ACTS
from tests.interfaces.conftest import Service

Schema = dict[str, Any]


@pytest.fixture(scope="module")
def described(sqlite_service: Service) -> Schema:
    """The description of the API."""
    found: Schema = sqlite_service.client.get("/api/v1/openapi.json").json()
    return found


def taken(described: Schema) -> Iterator[tuple[str, Schema]]:
    """Every operation that takes JSON, with the schema of its body."""
    for operations in described["paths"].values():
        for operation in operations.values():
            content = operation.get("requestBody", {}).get("content", {})
            if "application/json" in content:
                yield operation["operationId"], content["application/json"]["schema"]


def reached(described: Schema, schema: Any, seen: set[str]) -> Iterator[Schema]:
    """Every schema that a body can come to."""
    if isinstance(schema, list):
        for each in schema:
            yield from reached(described, each, seen)
    if not isinstance(schema, dict):
        return
    name = schema.get("$ref", "").rpartition("/")[2]
    if name and name not in seen:
        seen.add(name)
        yield from reached(described, described["components"]["schemas"][name], seen)
    yield schema
    for key, each in schema.items():
        if key == "properties":
            yield from reached(described, list(each.values()), seen)
        elif key != "discriminator":
            yield from reached(described, each, seen)


def test_every_object_that_is_sent_says_all_of_its_fields(described: Schema) -> None:
    operations = dict(taken(described))
    assert len(operations) > 50
    met = 0
    for operation, schema in operations.items():
        for each in reached(described, schema, set()):
            if each.get("type") == "object" or "properties" in each:
                assert each.get("additionalProperties") is False, (operation, each.get("title"))
                met += 1
    assert met > 300


def test_every_list_that_is_sent_has_an_end(described: Schema) -> None:
    met = 0
    for operation, schema in taken(described):
        for each in reached(described, schema, set()):
            if each.get("type") == "array":
                assert 0 < each["maxItems"] <= bodies.MOST_LISTED, (operation, each.get("title"))
                met += 1
    assert met > 50


def test_every_parameter_that_is_a_list_has_an_end(described: Schema) -> None:
    for operations in described["paths"].values():
        for operation in operations.values():
            for each in operation.get("parameters", []):
                if each["schema"].get("type") == "array":
                    assert each["schema"]["maxItems"] > 0, each["name"]


def test_what_is_no_json_is_a_file_of_an_import_or_a_signed_note(described: Schema) -> None:
    """There is no body that goes round what is checked of JSON, but for files of imports and of evidence, lines of witnesses, and the form by which a client fetches a token."""
    others = {
        operation["operationId"]
        for operations in described["paths"].values()
        for operation in operations.values()
        if "application/json" not in operation.get("requestBody", {}).get("content", {"application/json": 0})
    }  # fmt: skip
    assert others == {
        "import_records",
        "import_roster",
        "add_cosignatures",
        "fetch_token",
        "keep_file",
    }


def test_only_a_post_or_a_put_writes() -> None:
    """What a browser asks by itself, for a picture or a link, changes nothing."""
    assert {act.method for act in ACTS} == {"POST", "PUT"}


def test_no_secret_stands_in_an_address(described: Schema) -> None:
    """Addresses end up in the logs of proxies and in histories; tokens come in a header."""
    for operations in described["paths"].values():
        for operation in operations.values():
            for each in operation.get("parameters", []):
                if each["in"] != "header":
                    assert not re.search("token|key|password|secret|invitation|link", each["name"])
    assert described["components"]["securitySchemes"] == {
        "token": {"type": "http", "scheme": "bearer"},
        "session": {"type": "apiKey", "in": "cookie", "name": "__Host-lvzhi"},
    }
