"""Every door asks the table: each route and each command of the command line says what it takes, and who may not is refused."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.routing import APIRoute
from fastapi.testclient import TestClient

from domain.access import Action, ever
from domain.people import Reason, Refused, Role
from interfaces import cli
from interfaces.api.door import NEEDS, action_of
from interfaces.app import create_app
from interfaces.settings import read
from interfaces.wiring import Installation
from tests.interfaces.conftest import Caller, Service, proposal, visit


def routes_of(app: FastAPI) -> list[APIRoute]:
    """The routes of an application."""
    return [route for route in app.routes if isinstance(route, APIRoute)]


def test_every_route_says_what_it_takes(sqlite_service: Service) -> None:
    described = sqlite_service.client.get("/api/v1/openapi.json").json()
    said = [each for path in described["paths"].values() for each in path.values()]
    assert len(said) > 90
    for operation in said:
        assert Action.of(operation[NEEDS]), operation["operationId"]


def test_a_route_that_says_nothing_is_open_to_nobody(tmp_path: Any) -> None:
    installation = Installation(read({"LVZHI_SEAL_EVERY": "off"}, data=str(tmp_path)))
    installation.create("open", "某县政协")
    app = create_app(installation)

    def forgotten() -> None:
        """A route whose author forgot."""

    app.add_api_route("/api/v1/ledgers/{ledger}/forgotten", forgotten)
    route = next(each for each in routes_of(app) if each.path.endswith("/forgotten"))
    with pytest.raises(Refused) as caught:
        action_of(route)
    assert caught.value.reason is Reason.NOT_ALLOWED
    installation.close()


def test_the_table_of_open_doors(sqlite_service: Service) -> None:
    """Nothing is open without a token but the catalogue, the reasons and the health of the service."""
    client = sqlite_service.client
    described = client.get("/api/v1/openapi.json").json()
    for path, operations in described["paths"].items():
        for method, operation in operations.items():
            address = path.replace("{ledger}", "x").replace("{sort}", "rubric")
            for name in ("handle", "id", "code", "rubric", "path", "kind", "reason", "sha256"):
                address = address.replace(f"{{{name}}}", "x")
            address = address.replace("{position}", "1").replace("{level}", "0")
            status = client.request(method, address).status_code
            if operation[NEEDS] == Action.SIGN_IN.value:
                # Who signs in says who he is in the request itself.
                assert status in {401, 404, 422, 502}, (method, path, status)
                continue
            is_open = operation[NEEDS] == Action.LOOK_UP.value
            assert (status == 401) is not is_open, (method, path, status)


def verbs(parser: argparse.ArgumentParser, named: str = "") -> Iterator[tuple[str, Any]]:
    """Each command of the command line with the action that it takes."""
    inner = [a for a in parser._actions if isinstance(a, argparse._SubParsersAction)]
    if not inner:
        yield named.strip(), parser.get_default("action")
    for each in inner:
        for name, more in each.choices.items():
            yield from verbs(more, f"{named} {name}")


def test_every_command_says_what_it_takes() -> None:
    found = dict(verbs(cli._parser()))
    assert len(found) > 40
    assert {name: action for name, action in found.items() if not isinstance(action, Action)} == {}


@pytest.mark.parametrize("role", Role)
def test_a_command_is_refused_to_a_role_that_may_not(
    role: Role, tmp_path: Any, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("LVZHI_DATA", str(tmp_path))
    cli.main(["ledger", "create", "x", "--name", "某县政协"])
    (tmp_path / "r.yaml").write_text("x", "utf-8")
    said = ["rubric", "publish", str(tmp_path / "r.yaml"), "--role", role.value]
    code = cli.main(said)
    told = capsys.readouterr().err
    allowed = ever(role, Action.PUBLISH)
    assert (code == 4) is not allowed
    assert ("当前身份无权" in told) is not allowed


READS: list[tuple[str, Action]] = [
    ("/summary", Action.SEE_ROSTER),
    ("/people", Action.SEE_ROSTER),
    ("/people/li", Action.SEE_ROSTER),
    ("/units/south", Action.SEE_ROSTER),
    ("/deeds", Action.SEE_RECORD),
    ("/occasions/o", Action.SEE_RECORD),
    ("/matters/m/history", Action.SEE_RECORD),
    ("/links", Action.SEE_RECORD),
    ("/joint-activities", Action.SEE_RECORD),
    ("/joint-activities/figures", Action.SEE_RECORD),
    ("/occasions/o/links", Action.SEE_RECORD),
    ("/matters/m/story", Action.SEE_RECORD),
    ("/people/li/story", Action.SEE_FILE),
    ("/units/south/story", Action.SEE_UNIT_FILE),
    ("/people/li/facts", Action.SEE_FILE),
    ("/people/li/scorecards", Action.SEE_FILE),
    ("/people/li/checklists", Action.SEE_FILE),
    ("/people/li/dual-management", Action.SEE_FILE),
    ("/people/li/history", Action.SEE_FILE),
    ("/units/south/facts", Action.SEE_UNIT_FILE),
    ("/units/south/scorecards", Action.SEE_UNIT_FILE),
    ("/units/south/checklists", Action.SEE_UNIT_FILE),
    ("/units/south/dual-management", Action.SEE_UNIT_FILE),
    ("/units/south/history", Action.SEE_UNIT_FILE),
    ("/units/south/waiting", Action.SEE_WAITING),
    ("/units/south/waiting/count", Action.SEE_WAITING),
    ("/scorecards/none", Action.SEE_TOTALS),
    ("/scorecards/none/grades", Action.SEE_TOTALS),
    ("/scorecards/none/differences?since=1", Action.SEE_TOTALS),
    ("/checklists/none", Action.SEE_TOTALS),
    ("/documents/rubric/none/effects", Action.SEE_TOTALS),
    ("/documents", Action.SEE_DOCUMENT),
    ("/rules", Action.SEE_DOCUMENT),
    ("/seal", Action.SEE_SEAL),
]
OF_UNITS = {Action.SEE_WAITING, Action.SEE_UNIT_FILE}
WHO: list[tuple[str, Role, str | None, set[Action]]] = [
    ("secretary", Role.OFFICE, "county", set()),
    ("panel", Role.APPRAISAL, None, set()),
    ("auditor", Role.AUDITOR, None, set()),
    ("portal", Role.CONSUMER, None, {Action.SEE_WAITING}),
    # Li and Chen are bound to the south studio and to medicine, Zhao to the studio, whose head she is, and to the economy.
    ("zhao", Role.HEAD, "south", {Action.SEE_TOTALS}),
    ("clerk", Role.CLERK, "south", {Action.SEE_TOTALS}),
    ("chen", Role.HEAD, "medicine", {Action.SEE_TOTALS, Action.SEE_WAITING, Action.SEE_UNIT_FILE}),
    ("zhao", Role.HEAD, "economy", {Action.SEE_TOTALS, Action.SEE_FILE}),
    ("nobody", Role.HEAD, "economy", {Action.SEE_TOTALS, Action.SEE_FILE, *OF_UNITS}),
    ("li", Role.MEMBER, None, {Action.SEE_TOTALS, *OF_UNITS}),
    ("zhao", Role.MEMBER, None, {Action.SEE_TOTALS, Action.SEE_FILE, *OF_UNITS}),
    ("stranger", Role.MEMBER, None, {Action.SEE_TOTALS, Action.SEE_FILE, *OF_UNITS}),
]
"""Who asks, in which role and unit, and which of the reads are closed to him."""


@pytest.fixture(scope="module")
def asked(sqlite_service: Service) -> Caller:
    """The office of a ledger with a visit and a proposal."""
    office = sqlite_service.ledger()
    assert office.send("/occasions/o", visit(), method="PUT").status_code == 201
    assert office.send("/matters/m", proposal(), method="PUT").status_code == 201
    return office


@pytest.mark.parametrize(("person", "role", "unit", "closed"), WHO)
def test_each_sees_what_the_table_says(
    sqlite_service: Service,
    asked: Caller,
    person: str,
    role: Role,
    unit: str | None,
    closed: set[Action],
) -> None:
    who = sqlite_service.caller(asked.ledger, person, role, unit)
    after = asked.get("/seal").json()["entries"]
    for path, action in READS:
        mark = "&" if "?" in path else "?"
        answer = who.get(path if path == "/seal" else f"{path}{mark}after={after}")
        is_closed = action in closed
        assert (answer.status_code == 403) is is_closed, (path, answer.text)
        if is_closed:
            assert answer.json()["reason"] == "not_allowed"


WRITES: list[tuple[str, str, Any, Action]] = [
    (
        "POST",
        "/units",
        {"profile": {"kind": "studio", "name": "x"}, "since": "2021-12-01"},
        Action.KEEP_ROSTER,
    ),
    ("POST", "/people/li/dismissals", {}, Action.KEEP_ROSTER),
    ("POST", "/documents/policy/plain/versions", {}, Action.PUBLISH),
    ("POST", "/findings", {}, Action.FIND),
    ("POST", "/matters/m/outcomes", {"stage": "filed", "on": "2025-03-06"}, Action.REPORT_OUTCOME),
    ("POST", "/occasions", {}, Action.RECORD),
    ("POST", "/commands", [], Action.SUBMIT),
    ("POST", "/imports/records", None, Action.IMPORT_RECORDS),
    ("POST", "/imports/roster", None, Action.IMPORT_ROSTER),
    ("POST", "/files", None, Action.RECORD),
    ("POST", "/whatif", {}, Action.TRY_DRAFT),
    ("POST", "/meetings/k/new-codes", {}, Action.MEET),
    ("POST", "/seal/cosignatures", None, Action.COSIGN),
]


@pytest.mark.parametrize(("method", "path", "body", "action"), WRITES)
@pytest.mark.parametrize("role", Role)
def test_who_may_never_write_it_is_refused_before_it_is_read(
    caller: Callable[..., Caller], role: Role, method: str, path: str, body: Any, action: Action
) -> None:
    answer = caller("zhao", role, "south").send(path, body, method=method)
    assert answer.status_code < 500
    if not ever(role, action):
        assert (answer.status_code, answer.json()["reason"]) == (403, "not_allowed")


def test_a_token_of_another_ledger_opens_nothing(sqlite_service: Service, asked: Caller) -> None:
    other = sqlite_service.ledger()
    stranger = Caller(asked.client, asked.ledger, other.token)
    for path, _ in READS:
        assert stranger.get(path).status_code == 403


def test_a_client_that_is_not_signed_in_is_told_so_whatever_it_asks(
    sqlite_service: Service,
) -> None:
    client: TestClient = sqlite_service.client
    assert client.get("/api/v1/ledgers/no_such_ledger/people").status_code == 401


@pytest.mark.parametrize(
    ("person", "role", "unit", "shown"),
    [
        ("secretary", Role.OFFICE, "county", True),
        ("clerk", Role.CLERK, "south", True),
        ("chen", Role.HEAD, "medicine", True),
        ("nobody", Role.HEAD, "economy", False),
        ("li", Role.MEMBER, None, True),
        ("zhao", Role.MEMBER, None, False),
        ("auditor", Role.AUDITOR, None, False),
        ("portal", Role.CONSUMER, None, False),
    ],
)
def test_how_to_reach_somebody_is_shown_to_those_who_need_it(
    sqlite_service: Service, asked: Caller, person: str, role: Role, unit: str | None, shown: bool
) -> None:
    profile = {"name": "李明", "phone": "13800000000"}
    told = asked.send(
        "/people/li/amendments",
        {"profile": profile, "reason": "登记电话"},
        if_match="*",
        key="phone",
    )
    assert told.status_code == 200, told.text
    who = sqlite_service.caller(asked.ledger, person, role, unit)
    answer = who.get("/people/li", after=told.json()["position"])
    assert answer.status_code == 200
    assert ("13800000000" in answer.text) is shown
    past = who.get("/people/li/history", after=told.json()["position"])
    assert past.status_code in {200, 403}
    assert "13800000000" not in past.text or shown
    assert ("〔保密〕" in answer.text) is not shown


def test_who_let_a_member_go_sees_no_more_of_him_whatever_day_he_asks_about(
    sqlite_service: Service,
) -> None:
    office = sqlite_service.ledger()
    profile = {"name": "李明", "phone": "13800000000"}
    office.send("/people/li/amendments", {"profile": profile, "reason": "登记电话"}, if_match="*")
    before = office.get("/seal").json()["entries"]
    clerk = sqlite_service.caller(office.ledger, "clerk", Role.CLERK, "south")
    assert clerk.get("/people/li/facts", after=before).status_code == 200
    left = {"bond": "studio", "unit": "south", "until": "2025-01-31"}
    told = office.send("/people/li/departures", left, if_match="*")
    assert told.status_code == 200, told.text
    position = told.json()["position"]
    for more in ({"after": position}, {"after": position, "as_of": before}):
        assert clerk.get("/people/li/facts", **more).status_code == 403
        assert "13800000000" not in clerk.get("/people/li", **more).text


def test_why_somebody_is_exempt_is_of_his_file(sqlite_service: Service, asked: Caller) -> None:
    exempt = {"since": "2025-03-01", "until": "2025-04-01", "reason": "住院"}
    told = asked.send("/people/li/exemptions", exempt, if_match="*", key="exempt")
    assert told.status_code == 200, told.text
    for role, person, shown in (
        (Role.OFFICE, "secretary", True),
        (Role.MEMBER, "li", True),
        (Role.MEMBER, "zhao", False),
    ):
        who = sqlite_service.caller(asked.ledger, person, role)
        answer = who.get("/people/li", after=told.json()["position"])
        assert ("住院" in answer.text) is shown
