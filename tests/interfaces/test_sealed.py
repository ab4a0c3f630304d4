"""Sensitive fields are shown to the county office and to those who recorded them, to all others that they are there."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from domain.access import Action
from domain.kinds import KINDS
from domain.kinds.fields import fields_of
from domain.people import Role
from interfaces.sealed import KEPT, MASK, Sight
from tests.interfaces.conftest import DAY, SINCE, Caller, Service, visit

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
    assert verdict["problem"]["errors"][0]["pointer"] == "/body/details/parties/1"


def test_the_mask_is_not_stored_over_the_words_of_a_matter_either(office: Caller) -> None:
    refused = office.send("/matters", {**carried(topic=MASK), "sensitivity": "internal"})
    assert (refused.status_code, refused.json()["reason"]) == (403, "sealed")
    assert refused.json()["errors"][0]["pointer"] == "/details/topic"
    proof = {"evidence": [{"name": f"现场{MASK}", "number": "1"}]}
    refused = office.send("/matters", {**carried(), **proof})
    assert refused.json()["errors"][0]["pointer"] == "/evidence/0/name"


HOUSEHOLD, WHY = "王大妈家", "发言两次迟到"


@pytest.fixture
def household(caller: Callable[..., Caller]) -> int:
    """A visit to a household, recorded by the studio's clerk, and a finding of li; the position to read them at."""
    body = visit(details={"kind": "visited_household", "names": [HOUSEHOLD]})
    assert (
        caller("clerk", Role.CLERK, "south").send("/occasions/v1", body, method="PUT").status_code
        == 201
    )
    found = {
        "details": {"kind": "was_marked", "code": "public", "wording": WHY},
        "on": DAY,
        "body": "主席会议",
        "reason": WHY,
        "person": "li",
        "figure": "3",
    }
    sent = caller("panel", Role.APPRAISAL).send("/findings/f1", found, method="PUT")
    assert sent.status_code == 201, sent.text
    position: int = sent.json()["position"]
    return position


@pytest.mark.parametrize(
    ("person", "role", "unit", "names", "why"),
    [
        ("secretary", Role.OFFICE, "county", True, True),
        ("clerk", Role.CLERK, "south", True, True),
        ("bian", Role.CLERK, "north", True, True),
        ("sun", Role.HEAD, "medicine", True, True),
        ("panel", Role.APPRAISAL, None, True, True),
        ("someone", Role.AUDITOR, None, True, True),
        ("li", Role.MEMBER, None, True, True),
        ("chen", Role.MEMBER, None, True, False),
        ("zhao", Role.MEMBER, None, False, False),
        ("program", Role.CONSUMER, None, False, False),
    ],
)
def test_who_was_visited_and_why_something_was_found_is_shown_to_those_who_need_it(
    caller: Callable[..., Caller],
    household: int,
    person: str,
    role: Role,
    unit: str | None,
    names: bool,
    why: bool,
) -> None:
    who = caller(person, role, unit)
    for path in ("/occasions/v1", "/occasions/v1/history"):
        answer = who.get(path, after=household)
        assert (HOUSEHOLD in answer.text, MASK in answer.text) == (names, not names), path
    for path in ("/findings/f1", "/findings/f1/history"):
        answer = who.get(path, after=household)
        assert (WHY in answer.text, MASK in answer.text) == (why, not why), path
    listed = who.get("/deeds", after=household)
    assert "主席会议" in listed.text and WHY not in listed.text


def test_what_somebody_else_recorded_of_citizens_is_noted_when_it_is_shown(
    caller: Callable[..., Caller], household: int, sqlite_service: Service
) -> None:
    readings = sqlite_service.installation.desk(caller("a", Role.AUDITOR).ledger).readings
    for person, role, unit in (
        ("clerk", Role.CLERK, "south"),
        ("li", Role.MEMBER, None),
        ("zhao", Role.MEMBER, None),
        ("someone", Role.AUDITOR, None),
    ):
        caller(person, role, unit).get("/occasions/v1", after=household)
    seen = readings.of("occasion/v1", datetime.now(UTC).date(), 10)
    assert [(each.envelope.by, each.noted.action) for each in seen] == [
        ("someone", Action.SEE_PRIVATE)
    ]


def test_a_unit_is_told_that_something_of_a_member_was_corrected_and_not_why(
    office: Caller, caller: Callable[..., Caller]
) -> None:
    ill = {"since": "2025-03-01", "until": "2025-04-01", "reason": "化疗"}
    assert office.send("/people/li/exemptions", ill, if_match="*").status_code == 200
    bond = {"bond": "studio", "unit": "south", "since": SINCE}
    wrong = {"memberships": [bond], "exemptions": [ill]}
    right = {
        "memberships": [{**bond, "since": "2022-01-01"}],
        "exemptions": [{**ill, "until": "2025-05-01"}],
    }
    asked = {"wrong": wrong, "right": right, "reason": "家属来电"}
    sent = office.send("/people/li/corrections", asked, if_match="*")
    assert sent.status_code == 200, sent.text
    for who in (office, caller("clerk", Role.CLERK, "south"), caller("c", Role.CONSUMER)):
        told = who.get("/units/south/history", after=sent.json()["position"])
        assert "member.corrected" in told.text
        assert "化疗" not in told.text and "家属来电" not in told.text
    his = caller("li", Role.MEMBER).get("/people/li/history")
    assert "化疗" in his.text and "家属来电" in his.text


@pytest.mark.parametrize("kind", KINDS)
def test_nothing_that_a_kind_marks_is_left_where_it_is_hidden(kind: str) -> None:
    """Whatever is marked later is hidden too, with no line of code here."""
    details = object.__new__(KINDS[kind])
    for each in fields_of(KINDS[kind]):
        said: Any = each.default
        if each.protection:
            said = ("甲", "") if each.many else "甲"
        object.__setattr__(details, each.name, said)
    shown = Sight(KEPT, others=True).of(details)
    for each in fields_of(KINDS[kind]):
        said = getattr(details, each.name)
        if each.protection:
            said = (MASK, MASK) if each.many else MASK
        assert getattr(shown, each.name) == said
