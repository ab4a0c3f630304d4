"""What another system was not given is in no answer that it gets, whatever the route shows to whoever answers for it."""

from __future__ import annotations

from typing import Any

import pytest

from domain.access import Action
from domain.people import PersonId, Role
from tests.interfaces.conftest import Caller, Service
from tests.interfaces.test_sealed import SECRETS, carried

PHONE, WHY = "13800000000", "住院治疗"
ANSWERS = {
    "/people/li": Action.SEE_ROSTER,
    "/people/li/history": Action.SEE_FILE,
    "/people/li/facts": Action.SEE_FILE,
    "/units/south/history": Action.SEE_UNIT_FILE,
    "/matters/m1": Action.SEE_RECORD,
    "/matters/m1/history": Action.SEE_RECORD,
}
SECRET_OF = {
    Action.SEE_CONTACT: {PHONE},
    Action.SEE_FILE: {WHY},
    Action.SEE_SENSITIVE: {*SECRETS[:2]},
}
"""What is shown by which action alone, beside that of the route."""


@pytest.fixture(scope="module")
def told(sqlite_service: Service) -> tuple[Service, str, int]:
    """A ledger in which there is something of each sort to hide, and the position to read it at."""
    office = sqlite_service.ledger()
    profile = {"name": "李明", "phone": PHONE}
    sent = [
        office.send("/people/li/amendments", {"profile": profile, "reason": "x"}, if_match="*"),
        office.send("/people/li/exemptions", {"since": "2025-03-01", "until": "2025-04-01", "reason": WHY}, if_match="*"),
        office.send("/matters/m1", carried(), method="PUT"),
    ]  # fmt: skip
    assert [each.status_code for each in sent] == [200, 200, 201], [each.text for each in sent]
    return sqlite_service, office.ledger, sent[-1].json()["position"]


def key_of(service: Service, ledger: str, *given: Action) -> Caller:
    """A key of the county office for these actions."""
    service.caller(ledger, "secretary", Role.OFFICE, "county")
    keys = service.installation.access.keys
    made = keys.make("报表", ledger, PersonId("secretary"), given, days=1)
    acting = {"Lvzhi-Role": "office", "Lvzhi-Unit": "county"}
    return Caller(service.client, ledger, made.secret, acting)


def shown(caller: Caller, path: str, position: int) -> set[str]:
    """What of the secrets an answer holds."""
    answer = caller.get(path, after=position)
    assert answer.status_code == 200, answer.text
    return {each for each in (PHONE, WHY, *SECRETS[:2]) if each in answer.text}


@pytest.mark.parametrize("path", ANSWERS)
def test_an_answer_shows_what_was_given_and_no_more(
    told: tuple[Service, str, int], path: str
) -> None:
    service, ledger, position = told
    route = ANSWERS[path]
    whole = shown(key_of(service, ledger, *Action), path, position)
    found: set[str] = shown(key_of(service, ledger, route), path, position)
    assert found == whole & SECRET_OF.get(route, set())
    for action, secrets in SECRET_OF.items():
        given = {route, action}
        expected: set[Any] = whole & set().union(*(SECRET_OF.get(each, set()) for each in given))
        assert shown(key_of(service, ledger, *given), path, position) == expected, secrets


def test_a_file_of_somebody_shows_what_was_given_and_no_more(
    told: tuple[Service, str, int],
) -> None:
    service, ledger, position = told
    path = "/people/li/export"
    assert shown(key_of(service, ledger, Action.EXPORT_PERSON), path, position) == set()
    for action in (Action.SEE_CONTACT, Action.SEE_SENSITIVE):
        given = key_of(service, ledger, Action.EXPORT_PERSON, action)
        assert shown(given, path, position) == SECRET_OF[action]
    assert shown(key_of(service, ledger, *Action), path, position) == {PHONE, WHY, *SECRETS[:2]}


def test_there_is_something_to_hide_in_each(told: tuple[Service, str, int]) -> None:
    service, ledger, position = told
    everything = key_of(service, ledger, *Action)
    assert {path: shown(everything, path, position) for path in ANSWERS} == {
        "/people/li": {PHONE, WHY},
        "/people/li/history": {PHONE, WHY, *SECRETS[:2]},
        "/people/li/facts": {*SECRETS[:2]},
        "/units/south/history": set(),
        "/matters/m1": {*SECRETS[:2]},
        "/matters/m1/history": {*SECRETS[:2]},
    }
