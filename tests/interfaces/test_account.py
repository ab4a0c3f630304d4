"""Accounts over HTTP: somebody signs in and acts as what is granted to him, other systems within what they were given, and nobody else's page in his name."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from time import time
from typing import Any
from urllib.parse import urlencode

import httpx2
import pyotp
import pytest
from fastapi.testclient import TestClient

from domain.access import Action
from domain.people import PersonId, Role
from interfaces.access.accounts import Purpose
from interfaces.access.identities import Identity
from interfaces.access.oidc import Begun
from interfaces.access.opening import Access
from interfaces.app import create_app
from interfaces.refusals import Exit
from interfaces.settings import read
from interfaces.wiring import Installation
from tests.interfaces.access.test_oidc import CLIENT, SECRET, Fake, serving
from tests.interfaces.conftest import COUNTY, Service, granted, hash_quickly, visit
from tests.interfaces.test_api_refusals import problem
from tests.interfaces.test_cli import Run, county, run

__all__ = ["county", "run"]

PASSWORD = "correct horse battery 履职"  # noqa: S105 -- of nobody
LEDGER = "signed"


class Browser:
    """Somebody's browser: it keeps cookies, and sends the token of its session with what changes something."""

    def __init__(self, client: TestClient) -> None:
        self.client = client
        self.client.cookies.clear()
        self.form = ""
        self.acting: dict[str, str] = {}

    def ask(self, method: str, path: str, body: Any = None, **more: str) -> httpx2.Response:
        """Ask; `more` are further headers."""
        headers = {name.replace("_", "-"): value for name, value in more.items()}
        if self.form:
            headers.setdefault("X-Lvzhi-Form", self.form)
        headers |= self.acting
        content = None if body is None else json.dumps(body, ensure_ascii=False).encode()
        answer: httpx2.Response = self.client.request(
            method, f"/api/v1{path}", content=content, headers=headers, follow_redirects=False
        )
        return answer

    def sign_in(
        self, name: str = "liming", password: str = PASSWORD, **more: str
    ) -> httpx2.Response:
        """Sign in; what goes with a form is kept."""
        answer = self.ask("POST", "/session", {"name": name, "password": password, **more})
        if answer.status_code == 200:
            self.form = answer.json()["form_token"]
        return answer


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """A service with a county, and an account for li."""
    settings = read({"LVZHI_SEAL_EVERY": "off"}, data=str(tmp_path_factory.mktemp("data")))
    with closing(Installation(settings)) as installation:
        hash_quickly(installation)
        installation.create(LEDGER, "海晏县政协")
        with TestClient(create_app(installation), raise_server_exceptions=False) as client:
            service = Service(installation, client)
            office = service.caller(LEDGER, "secretary", Role.OFFICE, "county")
            assert office.send("/commands", COUNTY).status_code == 200
            account = installation.access.accounts.make("LiMing")
            installation.access.accounts.link(account.id, LEDGER, PersonId("li"))
            yield service


@pytest.fixture
def access(served: Service) -> Access:
    access = served.installation.access
    account = access.accounts.named("liming")
    access.accounts.set_password(account.id, PASSWORD)
    access.factor.remove(account.id)
    with access.store.writing() as connection:
        connection.exec_driver_sql("DELETE FROM throttle")
    return access


@pytest.fixture
def browser(served: Service, access: Access) -> Browser:
    return Browser(served.client)


# Signing in


def test_somebody_signs_in_and_sees_who_he_is(browser: Browser, served: Service) -> None:
    granted(served.installation, LEDGER, "li", Role.CLERK, "south")

    answer = browser.sign_in()

    assert answer.status_code == 200, answer.text
    (person,) = answer.json()["persons"]
    assert (person["ledger"], person["person"]) == (LEDGER, "li")
    assert {"role": "clerk", "unit": "south"} in person["roles"]
    cookie = answer.headers.get_list("set-cookie")[0]
    assert cookie.startswith("lvzhi-session=") and "HttpOnly" in cookie and "SameSite=Lax" in cookie
    assert answer.headers["cache-control"] == "no-store"
    assert PASSWORD not in answer.text
    assert browser.ask("GET", "/session").json()["name"] == "liming"
    assert browser.ask("GET", "/ledgers").json()[0]["code"] == LEDGER


def test_he_acts_as_what_is_granted_to_him_and_as_nothing_else(
    browser: Browser, served: Service
) -> None:
    granted(served.installation, LEDGER, "li", Role.CLERK, "south")
    browser.sign_in()
    people = f"/ledgers/{LEDGER}/people"

    assert browser.ask("GET", people).status_code == 200
    assert browser.ask("GET", f"{people}/li/facts").status_code == 200
    problem(browser.ask("GET", f"{people}/zhao/facts"), 403, "not_allowed")
    occasions = f"/ledgers/{LEDGER}/occasions"
    browser.acting = {"Lvzhi-Role": "clerk", "Lvzhi-Unit": "south"}
    sent = browser.ask("POST", occasions, visit(), Idempotency_Key="v1")
    assert sent.status_code == 201, sent.text
    at = sent.json()["position"]
    shown = browser.ask("GET", f"{occasions}/{sent.json()['id']}/history?after={at}")
    told = shown.json()["rows"][0]
    assert (told["by"], told["role"], told["unit"], told["via"]) == ("li", "clerk", "south", "web")
    browser.acting = {"Lvzhi-Role": "office"}
    problem(browser.ask("GET", people), 403, "not_granted")
    browser.acting = {"Lvzhi-Unit": "south"}
    problem(browser.ask("GET", people), 403, "not_granted")
    browser.acting = {"Lvzhi-Role": "king"}
    problem(browser.ask("GET", people), 422, "malformed")
    browser.acting = {}
    problem(browser.ask("GET", "/ledgers/another/people"), 403, "not_allowed")


def test_a_wrong_password_and_a_wrong_name_are_told_alike_and_come_later_each_time(
    browser: Browser,
) -> None:
    wrong = problem(browser.sign_in("liming", "wrong horse"), 401, "wrong_sign_in")
    soon = browser.sign_in()
    problem(soon, 429, "too_soon")
    assert int(soon.headers["retry-after"]) >= 1
    other = problem(browser.sign_in("nobody-here"), 401, "wrong_sign_in")
    assert wrong["detail"] == other["detail"]
    problem(browser.ask("GET", "/session"), 401, "not_signed_in")


@pytest.mark.parametrize(
    ("body", "status", "reason"),
    [
        ({"name": "liming"}, 422, "missing"),
        ({"name": "liming", "password": PASSWORD, "admin": True}, 422, "unknown_field"),
        ({"name": 1, "password": PASSWORD}, 422, "malformed"),
        ({"name": "liming", "password": {"of": PASSWORD}}, 422, "malformed"),
        ({"name": "liming", "password": [PASSWORD]}, 422, "malformed"),
        ({"name": "liming", "password": "x", "code": [PASSWORD]}, 422, "malformed"),
        (PASSWORD, 422, "malformed"),
        ({"name": "x" * 300, "password": PASSWORD}, 422, "malformed"),
    ],
)
def test_what_is_no_sign_in(browser: Browser, body: Any, status: int, reason: str) -> None:
    answer = browser.ask("POST", "/session", body)

    problem(answer, status, reason)
    assert PASSWORD not in answer.text


def test_a_flood_of_sign_ins_leaves_threads_for_others(browser: Browser, served: Service) -> None:
    gate = served.client.app.state.signing  # type: ignore[attr-defined]  # a FastAPI
    before, gate.most = gate.most, 0
    try:
        problem(browser.sign_in(), 503, "busy")
        problem(
            browser.ask("POST", "/password-resets", {"link": "x", "password": "y"}), 503, "busy"
        )
        assert served.client.get("/livez").status_code == 200
    finally:
        gate.most = before
    assert browser.sign_in().status_code == 200


def test_who_signs_out_or_is_disabled_is_out_at_once(browser: Browser, access: Access) -> None:
    browser.sign_in()
    assert browser.ask("DELETE", "/session").status_code == 204
    problem(browser.ask("GET", "/session"), 401, "not_signed_in")
    browser.form = ""
    browser.sign_in()
    account = access.accounts.named("liming")
    access.accounts.disable(account.id)
    problem(browser.ask("GET", f"/ledgers/{LEDGER}/people"), 401, "not_signed_in")
    access.accounts.enable(account.id)


def test_who_signs_in_again_in_the_same_browser_has_one_session(browser: Browser) -> None:
    browser.sign_in()
    browser.sign_in()
    (session,) = browser.ask("GET", "/sessions").json()
    assert session["mine"]


def test_he_ends_his_other_sessions(served: Service, browser: Browser) -> None:
    browser.sign_in()
    other = Browser(TestClient(served.client.app))
    other.sign_in()
    lines = browser.ask("GET", "/sessions").json()
    assert sorted(each["mine"] for each in lines) == [False, True]
    (handle,) = [each["handle"] for each in lines if not each["mine"]]
    assert browser.ask("DELETE", f"/sessions/{handle}").status_code == 204
    problem(other.ask("GET", "/session"), 401, "not_signed_in")
    other.form = ""
    other.sign_in()
    assert browser.ask("DELETE", "/sessions").json() == {"ended": 1}
    problem(other.ask("GET", "/session"), 401, "not_signed_in")
    assert browser.ask("GET", "/session").status_code == 200


# Other sites


def test_what_another_site_sends_in_his_name_is_refused(browser: Browser) -> None:
    browser.sign_in()
    occasions = f"/ledgers/{LEDGER}/occasions"
    for more in (
        {"X_Lvzhi_Form": "0" * 64},
        {"Origin": "https://evil.example"},
        {"Sec_Fetch_Site": "cross-site"},
        {"Origin": "null"},
    ):
        answer = browser.ask("POST", occasions, visit(), Idempotency_Key="x", **more)
        problem(answer, 403, "cross_site")
    browser.form = ""
    problem(browser.ask("POST", occasions, visit(), Idempotency_Key="x"), 403, "cross_site")
    problem(browser.ask("DELETE", "/session"), 403, "cross_site")
    problem(
        browser.ask(
            "POST", "/session", {"name": "a", "password": "b"}, Origin="https://evil.example"
        ),
        403,
        "cross_site",
    )


def test_over_https_the_cookie_is_bound_to_the_host(served: Service, access: Access) -> None:
    client = TestClient(served.client.app, base_url="https://testserver")
    answer = Browser(client).sign_in()
    assert answer.status_code == 200
    cookies = answer.headers.get_list("set-cookie")
    assert all(each.startswith("__Host-") and "; Secure" in each for each in cookies)


# Password, second factor


def test_grave_steps_ask_again_who_he_is(
    browser: Browser, access: Access, monkeypatch: pytest.MonkeyPatch
) -> None:
    browser.sign_in()
    monkeypatch.setattr("interfaces.api.account.GRAVE", 0.0)
    for method, path, body in (
        ("PUT", "/account/password", {"password": "another horse battery"}),
        ("POST", "/account/factor", None),
        ("DELETE", "/account/factor", None),
        ("POST", "/account/recovery-codes", None),
    ):
        problem(browser.ask(method, path, body), 403, "show_again")
    monkeypatch.undo()
    before = browser.client.cookies["lvzhi-session"]
    shown = browser.ask("POST", "/session/shown", {"password": PASSWORD})
    assert shown.status_code == 200
    assert browser.client.cookies["lvzhi-session"] != before
    problem(browser.ask("PUT", "/account/password", {"password": "123456789"}), 403, "cross_site")
    browser.form = shown.json()["form_token"]
    weak = browser.ask("PUT", "/account/password", {"password": "123456789"})
    assert weak.status_code == 422 and weak.json()["reason"] == "weak_password"
    changed = browser.ask("PUT", "/account/password", {"password": "another horse battery"})
    assert changed.status_code == 204
    problem(browser.ask("GET", "/session"), 401, "not_signed_in")
    assert access.journal.page(most=1).entries


def test_a_second_factor_is_set_asked_and_replaced_by_a_recovery_code(
    browser: Browser, access: Access
) -> None:
    browser.sign_in()
    asked = browser.ask("POST", "/account/factor").json()
    codes = pyotp.TOTP(asked["secret"])
    problem(
        browser.ask("POST", "/account/factor/confirmation", {"code": "000000"}), 401, "wrong_code"
    )
    confirmed = browser.ask("POST", "/account/factor/confirmation", {"code": codes.now()})
    assert confirmed.status_code == 200, confirmed.text
    recovery = confirmed.json()["codes"]
    assert len(recovery) == 10
    browser.ask("DELETE", "/session")
    browser.form = ""

    problem(browser.sign_in(), 401, "code_needed")
    problem(browser.sign_in(code=codes.now()), 401, "wrong_code")
    with access.store.writing() as connection:
        connection.exec_driver_sql("DELETE FROM throttle")
    assert browser.sign_in(code=recovery[0]).json()["way"] == "recovery"
    assert browser.ask("DELETE", "/account/factor").status_code == 204


def test_a_link_that_was_handed_over_sets_a_password_once(browser: Browser, access: Access) -> None:
    link = access.accounts.ticket(access.accounts.named("liming").id, Purpose.PASSWORD)
    asked = {"link": link, "password": "a horse of another colour"}

    assert browser.ask("POST", "/password-resets", asked).status_code == 204
    problem(browser.ask("POST", "/password-resets", asked), 403, "link_spent")
    assert browser.sign_in(password=asked["password"]).status_code == 200


# Other systems


def test_a_key_opens_what_it_was_given_and_what_its_person_may(
    served: Service, access: Access
) -> None:
    client, headers = served.client, {"Idempotency-Key": "k1"}
    client.cookies.clear()
    granted(served.installation, LEDGER, "zhao", Role.CLERK, "south")
    may = [Action.SEE_ROSTER, Action.SUBMIT]
    made = access.keys.make("报表", LEDGER, PersonId("zhao"), may, days=30)
    people = f"/api/v1/ledgers/{LEDGER}/people"

    def ask(path: str, **more: str) -> httpx2.Response:
        answer: httpx2.Response = client.get(
            path, headers={"Authorization": f"Bearer {made.secret}", **more}
        )
        return answer

    problem(ask(people), 403, "not_granted")
    as_clerk = {"Lvzhi-Role": "clerk", "Lvzhi-Unit": "south"}
    problem(ask(people, **{"Lvzhi-Role": "member"}), 403, "not_granted")
    assert ask(people, **as_clerk).status_code == 200
    problem(ask(f"/api/v1/ledgers/{LEDGER}/deeds", **as_clerk), 403, "not_allowed")
    command = {"command": "record_occasion", "body": visit(on="2025-03-07")}
    batch = client.post(
        f"/api/v1/ledgers/{LEDGER}/commands",
        json=[command],
        headers={"Authorization": f"Bearer {made.secret}", **headers, **as_clerk},
    )
    assert batch.json()["verdicts"][0]["problem"]["reason"] == "not_allowed"
    access.keys.revoke(made.listed.id)
    problem(ask(people, **as_clerk), 401, "not_signed_in")
    problem(ask("/api/v1/ledgers"), 401, "not_signed_in")


def test_a_client_fetches_a_token_of_ten_minutes(served: Service, access: Access) -> None:
    granted(served.installation, LEDGER, "api", Role.CONSUMER, None)
    may = [Action.SEE_ROSTER, Action.SEE_RECORD]
    made = access.clients.make("数据平台", LEDGER, PersonId("api"), may, days=30)
    client = served.client
    client.cookies.clear()

    def fetch(form: str, secret: str = made.secret) -> httpx2.Response:
        basic = base64.b64encode(f"{made.listed.id}:{secret}".encode()).decode()
        answer: httpx2.Response = client.post(
            "/api/v1/tokens", content=form, headers={"Authorization": f"Basic {basic}"}
        )
        return answer

    told = fetch("grant_type=client_credentials&scope=see_roster").json()
    assert (told["token_type"], told["scope"]) == ("Bearer", "see_roster")
    assert 590 <= told["expires_in"] <= 600
    bearer = {"Authorization": f"Bearer {told['access_token']}"}
    assert client.get(f"/api/v1/ledgers/{LEDGER}/people", headers=bearer).status_code == 200
    problem(client.get(f"/api/v1/ledgers/{LEDGER}/deeds", headers=bearer), 403, "not_allowed")
    problem(fetch("grant_type=client_credentials", "wrong"), 401, "not_signed_in")
    problem(fetch("grant_type=client_credentials&scope=publish"), 403, "not_allowed")
    problem(fetch("grant_type=client_credentials&scope=nothing"), 422, "malformed")
    problem(fetch("grant_type=password"), 422, "malformed")
    problem(fetch("&".join(f"a{n}=1" for n in range(20))), 422, "too_many")
    for said in (b"Basic \xe9\xe9", b"Basic x", b"Basic w6nDqQ==", b"Digest eDp5"):
        refused = client.post(
            "/api/v1/tokens",
            content="grant_type=client_credentials",
            headers={b"Authorization": said},
        )
        problem(refused, 401, "not_signed_in")
    problem(fetch("grant_type=client_credentials&x=1"), 422, "unknown_field")
    problem(
        client.post("/api/v1/tokens", content="grant_type=client_credentials"), 401, "not_signed_in"
    )


# An identity provider


def test_somebody_signs_in_at_an_identity_provider(tmp_path: Path) -> None:
    file = tmp_path / "secret"
    file.write_text(SECRET)
    file.chmod(0o600)
    with serving(Fake(time)) as fake:
        told = {
            "LVZHI_SEAL_EVERY": "off",
            "LVZHI_OIDC_ISSUER": fake.issuer,
            "LVZHI_OIDC_CLIENT_ID": CLIENT,
            "LVZHI_OIDC_CLIENT_SECRET_FILE": str(file),
            "LVZHI_OIDC_REDIRECT": "http://127.0.0.1/api/v1/provider/back",
        }
        with closing(Installation(read(told, data=str(tmp_path)))) as installation:
            installation.create("county", "某县政协")
            accounts = installation.access.accounts
            account = accounts.make("zhao")
            accounts.link(account.id, "county", PersonId("zhao"))
            with TestClient(create_app(installation), raise_server_exceptions=False) as client:
                browser = Browser(client)
                invitation = accounts.ticket(account.id, Purpose.IDENTITY)
                problem(
                    browser.ask("GET", f"/provider?invitation={invitation}"),
                    400,
                    "unknown_parameter",
                )
                asked = {"invitation": invitation}
                problem(
                    browser.ask("POST", "/provider", asked, Origin="https://evil.example"),
                    403,
                    "cross_site",
                )
                problem(browser.ask("POST", "/provider", {"invitation": "x"}), 403, "link_spent")
                gone = browser.ask("POST", "/provider", asked)
                assert gone.status_code == 200, gone.text
                query = urlencode(fake.signs_in(Begun(gone.json()["address"], "")))
                home = browser.ask("GET", f"/provider/back?{query}")
                assert (home.status_code, home.headers["location"]) == (303, "/"), home.text
                assert browser.ask("GET", "/session").json()["way"] == "outside"
                problem(browser.ask("GET", f"/provider/back?{query}"), 502, "provider_failed")
                assert installation.access.identities.all(account.id) == (
                    Identity(fake.issuer, "subject-1"),
                )
                again = browser.ask("GET", "/provider")
                query = urlencode(fake.signs_in(Begun(again.headers["location"], "")))
                assert browser.ask("GET", f"/provider/back?{query}").status_code == 303
                (session,) = browser.ask("GET", "/sessions").json()
                assert session["mine"], "the session of before has ended"


def test_a_provider_that_keeps_people_waiting_keeps_no_others_waiting(
    browser: Browser, served: Service
) -> None:
    gate = served.client.app.state.at_provider  # type: ignore[attr-defined]  # a FastAPI
    before, gate.most = gate.most, 0
    try:
        problem(browser.ask("GET", "/provider"), 503, "busy")
        problem(browser.ask("GET", "/provider/back"), 503, "busy")
        problem(browser.ask("POST", "/provider", {"invitation": "x"}), 503, "busy")
        assert browser.sign_in().status_code == 200
    finally:
        gate.most = before


def test_where_no_provider_is_named_there_is_no_such_page(browser: Browser) -> None:
    problem(browser.ask("GET", "/provider"), 404, "no_such_page")
    problem(browser.ask("GET", "/provider/back"), 404, "no_such_page")


# The command line


def test_accounts_on_the_command_line(county: Run) -> None:
    code, output, errors = county("account", "add", "zhaomin", "--person", "zhao")
    assert code == 0, errors
    assert len(output.splitlines()[-1]) > 30
    assert "zhaomin" in county("account", "list")[1]
    assert county("account", "add", "zhaomin", "--person", "zhao")[0] != 0
    assert county("account", "disable", "zhaomin")[0] == 0
    assert json.loads(county("account", "list", "--json")[1])[0]["disabled"] is True
    assert county("account", "enable", "zhaomin")[0] == 0
    assert county("account", "sign-out", "zhaomin")[0] == 0
    assert county("account", "drop-factor", "zhaomin")[0] == 0
    assert county("account", "ticket", "zhaomin", "--identity")[0] == 0
    assert "account_made" in county("account", "journal", "--json", "--of", "zhaomin")[1]
    assert county("account", "rotate-keys")[0] == 0
    theirs = ("zhaomin", "subject-1", "--issuer", "https://id.example")
    assert county("account", "link-identity", *theirs[:2])[0] == Exit.INVALID
    assert county("account", "link-identity", *theirs)[0] == 0
    assert "subject-1  https://id.example" in county("account", "identities", "zhaomin")[1]
    assert county("account", "unlink-identity", *theirs)[0] == 0
    assert county("account", "identities", "zhaomin")[1] == ""
    assert county("account", "unlink-identity", *theirs)[0] != 0
    assert county("account", "rename", "zhaomin", "zm")[0] == 0
    assert "zhaomin" not in county("account", "list")[1]
    assert county("account", "rename", "zm", "zhaomin")[0] == 0
    assert county("account", "unlink", "zhaomin")[0] == 0
    assert county("account", "link", "zhaomin", "--person", "zhao")[0] == 0
    for kind in ("apikey", "client"):
        code, secret, told = county(kind, "make", "报表", "--person", "zhao", "--may", "see_roster")
        assert code == 0 and secret.strip()
        name = told.partition(":")[0]
        assert "see_roster" in county(kind, "list")[1]
        assert secret.strip() not in county(kind, "list", "--json")[1]
        assert county(kind, "revoke", name)[0] == 0
        assert "已撤销" in county(kind, "list")[1]
