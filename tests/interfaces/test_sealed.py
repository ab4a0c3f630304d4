"""Sensitive fields are shown to the county office and to those who recorded them, to all others that they are there."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from domain.kinds import KINDS
from domain.people import Role
from interfaces.sealed import MASK, sensitive_fields
from tests.interfaces.conftest import DAY, Caller

SECRETS = ("王大妈", "13900000000", "张大爷")


def carried(**details: Any) -> dict[str, Any]:
    """A message carried up, as it is sent."""
    told = {"spoken_by": SECRETS[0], "contact": SECRETS[1], "topic": "修路", **details}
    return {
        "details": {"kind": "carried_up", **told},
        "title": "群众盼修路",
        "on": DAY,
        "organiser": "south",
        "authors": [{"person": "li", "role": "first"}],
    }


def pages(caller: Caller, key: str, position: int) -> list[Any]:
    """Every page that shows the message."""
    return [
        caller.get(path, after=position).json()
        for path in (
            f"/matters/{key}",
            f"/matters/{key}/history",
            "/people/li/facts",
            "/people/li/history",
        )
    ]


@pytest.fixture
def message(caller: Callable[..., Caller]) -> tuple[str, int]:
    """A message that the studio's clerk recorded and amended: its id, and the position to read it at."""
    clerk = caller("clerk", Role.CLERK, "south")
    key = clerk.send("/matters", carried()).json()["id"]
    amended = {"body": carried(spoken_by=SECRETS[2]), "reason": "更正"}
    told = clerk.send(f"/matters/{key}/amendments", amended, if_match='"1"')
    return key, told.json()["position"]


@pytest.mark.parametrize(
    ("person", "role", "unit", "opened"),
    [
        ("secretary", Role.OFFICE, "county", True),
        ("clerk", Role.CLERK, "south", True),
        ("zhao", Role.HEAD, "south", True),
        ("chen", Role.HEAD, "medicine", False),
        ("li", Role.MEMBER, None, False),
        ("someone", Role.AUDITOR, None, False),
        ("program", Role.CONSUMER, None, False),
    ],
)
def test_who_spoke_is_shown_to_the_office_and_to_those_who_recorded_it(
    caller: Callable[..., Caller],
    message: tuple[str, int],
    person: str,
    role: Role,
    unit: str | None,
    opened: bool,
) -> None:
    deed, history, facts, member = pages(caller(person, role, unit), *message)
    for page in (history, facts, member):
        assert ("13900000000" in json.dumps(page)) == opened
        assert (MASK in json.dumps(page, ensure_ascii=False)) != opened
    whole = json.dumps([deed, history, facts, member], ensure_ascii=False)
    assert [secret in whole for secret in SECRETS] == [opened] * 3
    assert deed["body"]["details"]["topic"] == "修路"
    assert deed["body"]["details"]["spoken_by"] == (SECRETS[2] if opened else MASK)
    (spoken_by,) = history["rows"][0]["differences"]
    assert (spoken_by["old"], spoken_by["new"]) == (
        (SECRETS[0], SECRETS[2]) if opened else (MASK, MASK)
    )


def test_what_is_empty_is_shown_as_empty(caller: Callable[..., Caller]) -> None:
    clerk = caller("clerk", Role.CLERK, "south")
    told = clerk.send("/matters", carried(contact="", spoken_by="")).json()
    shown = caller("someone", Role.AUDITOR).get(f"/matters/{told['id']}", after=told["position"])
    assert shown.json()["body"]["details"]["spoken_by"] == ""


def test_the_mask_is_not_stored_over_what_it_hides(office: Caller) -> None:
    refused = office.send("/matters", carried(contact=MASK))
    assert (refused.status_code, refused.json()["reason"]) == (403, "sealed")
    assert refused.json()["errors"][0]["pointer"] == "/details/contact"
    parties = {"kind": "mediated_dispute", "parties": ["甲", MASK]}
    batch = [{"command": "record_matter", "body": {**carried(), "details": parties}}]
    (verdict,) = office.send("/commands", batch).json()["verdicts"]
    assert verdict["problem"]["errors"][0]["pointer"] == "/body/details/parties"


def test_the_sensitive_fields_are_those_that_the_catalogue_marks() -> None:
    assert {kind: names for kind, d in KINDS.items() if (names := sensitive_fields(d))} == {
        "carried_up": ("spoken_by", "contact"),
        "mediated_dispute": ("parties", "agreement"),
    }
