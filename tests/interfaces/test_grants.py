"""Every request leans on the grants of the ledger: what is taken back ends at once, in this process and in others."""

from __future__ import annotations

import logging
from collections.abc import Callable
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from time import monotonic, sleep
from uuid import uuid4

import pytest
from fastapi.testclient import TestClient

from domain.people import PersonId, Role
from interfaces import wiring
from interfaces.app import create_app
from interfaces.granting import let_in
from interfaces.settings import read
from interfaces.wiring import Installation
from tests.interfaces.conftest import Caller, Service, visit
from tests.interfaces.test_api_refusals import problem
from tests.interfaces.test_cli import Run, county, run

__all__ = ["county", "run"]

CLERK = {
    "person": "zhao",
    "role": "clerk",
    "unit": "south",
    "since": "2025-01-01",
    "reason": "新任",
}


def bearer(service: Service, office: Caller, person: str, role: Role, unit: str | None) -> Caller:
    """Somebody with a token that says what he wants to be; nothing is granted by it."""
    token = service.installation.tokens.mint(person, role, unit, office.ledger, days=1)
    return Caller(service.client, office.ledger, token)


@pytest.fixture(params=["sqlite", "postgres"])
def service(request: pytest.FixtureRequest) -> Service:
    found: Service = request.getfixturevalue(f"{request.param}_service")
    return found


def test_a_token_alone_opens_nothing(service: Service) -> None:
    office = service.ledger()
    clerk = bearer(service, office, "zhao", Role.CLERK, "south")

    problem(clerk.get("/people"), 403, "not_granted")
    problem(clerk.send("/occasions", visit()), 403, "not_granted")
    problem(clerk.send("/commands", []), 403, "not_granted")
    problem(clerk.send("/imports/roster", b"x"), 403, "not_allowed")
    listed = service.client.get("/api/v1/ledgers", headers=clerk._headers({})).json()
    assert office.ledger not in {each["code"] for each in listed}

    assert office.send("/grants/g1", CLERK, method="PUT").status_code == 201
    assert clerk.get("/people").status_code == 200
    assert clerk.send("/occasions", visit()).status_code == 201
    for role, unit in ((Role.HEAD, "south"), (Role.CLERK, "medicine"), (Role.OFFICE, None)):
        problem(bearer(service, office, "zhao", role, unit).get("/people"), 403, "not_granted")

    assert office.send("/grants/g1/revocation", {"reason": "调离"}).status_code == 200
    problem(clerk.get("/people"), 403, "not_granted")
    problem(clerk.send("/occasions", visit(on="2025-03-06")), 403, "not_granted")


def test_a_grant_that_has_not_begun_or_is_over_opens_nothing(
    office: Caller, sqlite_service: Service
) -> None:
    today = sqlite_service.installation.desk(office.ledger).today()
    for since, until in (
        (today + timedelta(days=1), None),
        (today - timedelta(days=9), today - timedelta(days=1)),
    ):
        asked = {**CLERK, "since": since.isoformat(), "until": until and until.isoformat()}
        assert office.send("/grants", asked).status_code == 201
    clerk = bearer(sqlite_service, office, "zhao", Role.CLERK, "south")
    problem(clerk.get("/people"), 403, "not_granted")


def test_another_process_sees_it_within_a_moment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(wiring, "GRANTS_EVERY", 0.05)
    settings = read({"LVZHI_SEAL_EVERY": "off"}, data=str(tmp_path))
    with closing(Installation(settings)) as here, closing(Installation(settings)) as there:
        desk = here.create("two", "某县政协")
        let_in(desk, PersonId("a"), Role.AUDITOR, None, days=1, reason="审计")
        with TestClient(create_app(there)) as client:
            caller = Caller(
                client, "two", there.tokens.mint("a", Role.AUDITOR, None, "two", days=1)
            )
            assert caller.get("/people").status_code == 200
            office = Caller(client, "two", "")
            (grant,) = desk.grants.of(PersonId("a"))
            run_revoke(here, grant.grant)
            started = monotonic()
            while caller.get("/people").status_code == 200 and monotonic() - started < 10:
                sleep(0.02)
            problem(caller.get("/people"), 403, "not_granted")
            assert office.get("/people").status_code == 401


def run_revoke(installation: Installation, grant: str) -> None:
    from application.handle import Request
    from domain.grant import RevokeAccess
    from interfaces.granting import OPERATOR

    command = RevokeAccess(grant=grant, reason="收回")
    installation.desk("two").one(Request(command=command, actor=OPERATOR, command_id=uuid4().hex))


def test_an_emergency_is_told_loudly_and_listed_first(
    office: Caller,
    sqlite_service: Service,
    caller: Callable[..., Caller],
    caplog: pytest.LogCaptureFixture,
) -> None:
    standby = {
        "person": "li",
        "role": "office",
        "since": "2025-01-01",
        "standby": True,
        "reason": "值班",
    }
    assert office.send("/grants/s", standby, method="PUT").status_code == 201
    as_office = bearer(sqlite_service, office, "li", Role.OFFICE, None)
    problem(as_office.get("/grants"), 403, "not_granted")
    himself = bearer(sqlite_service, office, "li", Role.MEMBER, None)

    with caplog.at_level(logging.WARNING, "lvzhi"):
        taken = himself.send("/grants/s/emergencies", {"hours": 2, "reason": "服务器故障,须更正"})

    assert taken.status_code == 201, taken.text
    assert "emergency access was taken" in caplog.text
    assert office.send("/grants", CLERK).status_code == 201
    found = as_office.get("/grants", limit=2).json()
    assert [each["emergency"] for each in found] == [True, False]
    assert found[0]["reason"] == "服务器故障,须更正"
    assert {each["person"] for each in himself.get("/grants").json()} == {"li"}
    everybody = caller("a", Role.AUDITOR).get("/grants", standing="true").json()
    assert {"zhao", "li", "secretary"} <= {each["person"] for each in everybody}
    assert [e["grant"] for e in office.get("/grants", person="zhao", role="clerk").json()]
    desk = sqlite_service.installation.desk(office.ledger)
    assert desk.roles_of(PersonId("li")) == [(Role.OFFICE, None)]
    after = {"after": taken.headers["Lvzhi-Position"]}
    told = office.get("/people/li/history", **after).json()["rows"]
    assert told[0]["name"] == "access.taken" and "应急" in told[0]["zh"]
    assert office.send("/grants/s/revocation", {"reason": "不再值班"}).status_code == 200
    assert desk.roles_of(PersonId("li")) == []
    problem(as_office.get("/grants"), 403, "not_granted")
    assert office.get("/grants", person="li", standing="true").json() == []


def test_it_costs_little(office: Caller, sqlite_service: Service) -> None:
    """Nothing is read for a request: what is known is in memory."""
    desk = sqlite_service.installation.desk(office.ledger)
    grants = desk.grants
    assert grants.of(PersonId("secretary"))
    grants._log = None  # type: ignore[assignment]  # nobody may ask it
    try:
        assert office.get("/people").status_code == 200
    finally:
        grants._log = desk.log


def test_the_command_line_grants_lists_and_takes_back(county: Run) -> None:
    code, output, errors = county(
        *("grant", "li", "--as", "clerk", "--in", "城南工作室", "--reason", "新任", "--id", "g9")
    )
    assert code == 0, errors
    code, output, _ = county("grants", "--standing")
    assert code == 0 and "g9" in output and "有效" in output
    assert county("revoke", "g9", "--reason", "调离")[0] == 0
    assert "已收回" in county("grants")[1]
    assert county("grants", "--json", "--of", "li")[1].count('"grant": "g9"') == 1
    refused = county("grant", "zhao", "--as", "clerk", "--reason", "x")
    assert refused[0] != 0 and "/unit" in refused[2]
