"""Bodies that come slowly: who may act no more when one is there does not act, and nobody waits for who sends it."""

from __future__ import annotations

import json
import logging
from uuid import uuid4

import pytest
from starlette.concurrency import run_in_threadpool

from domain.people import Role
from interfaces.api import door
from tests.interfaces.conftest import Caller, Service, visit
from tests.interfaces.slowly import GONE, Between, Part, ask_slowly, never
from tests.interfaces.test_account import LEDGER, PASSWORD, Browser, access, browser, served
from tests.interfaces.test_grants import CLERK, bearer
from tests.pictures import PDF

__all__ = ["access", "browser", "served"]

Sent = tuple[int, str]


def slowly(caller: Caller, method: str, path: str, *parts: Part, **more: str) -> Sent:
    """Status and reason of what is sent in parts."""
    headers = {"Authorization": f"Bearer {caller.token}", "Idempotency-Key": uuid4().hex, **more}
    status, body = ask_slowly(caller.client, method, caller.url(path), headers, parts)
    return status, json.loads(body).get("reason", "")


GRANT = json.dumps(CLERK | {"person": "li"}).encode()
BODIES = [
    ("POST", "/occasions", json.dumps(visit()).encode()),
    ("POST", "/grants", GRANT),
    ("POST", "/commands", json.dumps([{"command": "record_occasion", "body": visit()}]).encode()),
    ("POST", "/imports/records?name=a.csv", "姓名,签到\n陈静,√\n".encode()),
    ("POST", "/files", PDF),
    ("POST", "/whatif", b'{"text": "x", "years": [2025]}'),
    ("POST", "/seal/cosignatures", b"x"),
]


@pytest.mark.parametrize(("method", "path", "body"), BODIES)
def test_who_may_no_more_when_his_body_is_there_does_not_act(
    sqlite_service: Service, method: str, path: str, body: bytes
) -> None:
    office = sqlite_service.ledger()
    asked = {"person": "li", "role": "office", "unit": "county", "since": "2025-01-01"}
    assert office.send("/grants/g2", asked | {"reason": "x"}, method="PUT").status_code == 201
    second = bearer(sqlite_service, office, "li", Role.OFFICE, "county")
    head = sqlite_service.installation.desk(office.ledger).head()

    async def revoked() -> None:
        await run_in_threadpool(office.send, "/grants/g2/revocation", {"reason": "离任"})

    assert slowly(second, method, path, body[:5], revoked, body[5:]) == (403, "not_granted")
    assert sqlite_service.installation.desk(office.ledger).head() == head + 1


def test_who_was_signed_out_while_he_sent_does_not_act(
    browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(door, "AT_ONCE", 0.0)
    browser.sign_in()
    path = f"/api/v1/ledgers/{LEDGER}/occasions"
    cookie = "; ".join(f"{name}={value}" for name, value in browser.client.cookies.items())
    headers = {"Cookie": cookie, "X-Lvzhi-Form": browser.form, "Idempotency-Key": uuid4().hex}

    async def signed_out() -> None:
        await run_in_threadpool(browser.ask, "DELETE", "/session")

    status, body = ask_slowly(browser.client, "POST", path, headers, [b"{", signed_out, b"}"])
    assert (status, json.loads(body)["reason"]) == (401, "not_signed_in")


def test_what_does_not_come_in_time_is_refused(
    sqlite_service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(door, "PATIENCE", 0.05)
    monkeypatch.setattr(door, "SLOWEST", 1 << 40)
    office = sqlite_service.ledger()

    assert slowly(office, "POST", "/occasions", b"{", never) == (408, "too_slow")


def test_who_goes_away_is_no_fault_of_ours(
    sqlite_service: Service, caplog: pytest.LogCaptureFixture
) -> None:
    office = sqlite_service.ledger()
    headers = {"Authorization": f"Bearer {office.token}", "Idempotency-Key": uuid4().hex}

    status, body = ask_slowly(
        office.client, "POST", office.url("/occasions"), headers, [b"{", GONE]
    )

    assert (status, body) == (400, b"")
    assert [each for each in caplog.records if each.levelno >= logging.WARNING] == []


def test_who_is_still_sending_holds_up_nobody(browser: Browser, served: Service) -> None:
    state = served.client.app.state  # type: ignore[attr-defined]  # a FastAPI
    office = served.caller(LEDGER, "secretary", Role.OFFICE, "county")
    sign_in = json.dumps({"name": "liming", "password": PASSWORD}).encode()
    csv = "姓名,签到\n陈静,√\n".encode()
    inside: list[int] = []

    def seen(gate: door.Gate) -> Between:
        async def look() -> None:
            inside.append(gate.inside.total())

        return look

    bearer_of = {"Authorization": f"Bearer {office.token}"}
    asked: list[tuple[str, dict[str, str], list[Part]]] = [
        ("/api/v1/session", {}, [sign_in[:5], seen(state.signing), sign_in[5:]]),
        ("/api/v1/password-resets", {}, [b"{", seen(state.signing), b"}"]),
        ("/api/v1/provider", {}, [b"{", seen(state.at_provider), b"}"]),
        ("/api/v1/tokens", {}, [b"x", seen(state.signing), b"=y"]),
        (office.url("/imports/records?name=a.csv"), bearer_of, [csv[:5], seen(state.gate), csv[5:]]),
    ]  # fmt: skip
    for path, headers, parts in asked:
        assert ask_slowly(served.client, "POST", path, headers, parts)[0] < 500
    assert inside == [0] * len(asked)
    assert not any(gate.inside for gate in (state.signing, state.at_provider, state.gate))


def test_who_is_not_signed_in_takes_no_turn_from_who_signs_in(
    browser: Browser, served: Service
) -> None:
    """A wrong session is told before the turn: otherwise strangers would fill all turns at no cost."""
    gate = served.client.app.state.signing  # type: ignore[attr-defined]  # a FastAPI
    before, gate.most = gate.most, 0
    try:
        answer = browser.ask("PUT", "/account/password", {"password": "x"}, Cookie="x=y")
    finally:
        gate.most = before
    assert answer.json()["reason"] == "not_signed_in"
