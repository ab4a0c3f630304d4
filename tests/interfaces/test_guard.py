"""Every answer carries what browsers are told to heed; what no request may be is refused before anything is asked of it."""

from __future__ import annotations

import asyncio
import socket
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import pytest
import uvicorn
from fastapi.testclient import TestClient
from starlette.types import Message, Receive, Scope, Send

from interfaces import serving
from interfaces.api import guard
from interfaces.api.guard import CARRIED, Guard
from interfaces.app import create_app
from interfaces.settings import read
from interfaces.wiring import Installation
from tests.interfaces.conftest import Answer, Caller, Service
from tests.interfaces.test_api_refusals import problem


def carries_all(answer: Answer, *, cache: str = "no-store") -> None:
    """It has each header once."""
    for name, value in CARRIED:
        assert answer.headers.get_list(name.decode()) == [value.decode()]
    assert answer.headers.get_list("cache-control") == [cache]
    assert "server" not in answer.headers


# What is answered


def test_every_answer_carries_the_headers(
    untouched: Caller, sqlite_service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = untouched.client
    desk = sqlite_service.installation.desk(untouched.ledger)
    answers = {
        "a read": untouched.get("/people"),
        "a list of kinds": client.get("/api/v1/kinds"),
        "the description": client.get("/api/v1/openapi.json"),
        "alive": client.get("/livez"),
        "no address of ours": client.get("/nothing"),
        "no token": client.get(untouched.url("/people")),
        "a refused write": untouched.send("/occasions", {}),
        "a method not taken": client.delete(untouched.url("/people")),
        "a method never taken": client.request("TRACE", "/livez"),
        "a parameter that is wrong": untouched.get("/people", limit=0),
    }

    def broken() -> None:
        raise RuntimeError

    monkeypatch.setattr(desk, "today", broken)
    answers["our own fault"] = untouched.get("/people")
    assert {each.status_code for each in answers.values()} == {200, 401, 404, 405, 422, 500}
    for answer in answers.values():
        carries_all(answer)
        problems = "application/problem+json" if answer.status_code >= 400 else "application/json"
        assert answer.headers["content-type"] == problems


def test_no_page_of_elsewhere_may_read_an_answer_or_ask_for_leave(untouched: Caller) -> None:
    """There is no sharing across origins: a browser asks before it sends a token, and is told nothing that lets it."""
    client = untouched.client
    asked = {"Origin": "https://evil.example", "Access-Control-Request-Method": "POST"}
    for answer in (
        client.options(untouched.url("/occasions"), headers=asked),
        client.get("/api/v1/kinds", headers=asked),
    ):
        assert not [name for name in answer.headers if name.startswith("access-control-")]


def test_the_policy_lets_nothing_in_from_elsewhere_and_nothing_inline() -> None:
    said = dict(CARRIED)[b"content-security-policy"].decode()
    assert said == (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
        "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    )
    assert "unsafe" not in said
    denied = dict(CARRIED)[b"permissions-policy"].decode().split(", ")
    assert all(each.endswith("=()") for each in denied)


def started(scope: Mapping[str, object], headers: list[tuple[bytes, bytes]]) -> Message:
    """How the answer begins of an application that sets these headers, let through by a guard."""
    sent: list[Message] = []

    async def app(_: Scope, __: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": headers})

    async def receive() -> Message:
        raise AssertionError

    async def send(message: Message) -> None:
        sent.append(message)

    plain = {"type": "http", "method": "GET", "scheme": "http", "headers": [], "query_string": b""}
    asyncio.run(Guard(app)({**plain, "path": "/", "raw_path": b"/", **scope}, receive, send))
    return sent[0]


def answered(scope: Mapping[str, object], headers: list[tuple[bytes, bytes]]) -> dict[bytes, bytes]:
    """The headers of such an answer."""
    found: list[tuple[bytes, bytes]] = started(scope, headers)["headers"]
    assert len(dict(found)) == len(found)
    return dict(found)


def status_of(scope: Mapping[str, object]) -> int:
    """The status of such an answer."""
    status: int = started(scope, [])["status"]
    return status


def test_a_route_may_say_itself_how_long_an_answer_is_kept() -> None:
    told = answered({}, [(b"Cache-Control", b"max-age=60")])
    assert (told[b"Cache-Control"], b"cache-control" in told) == (b"max-age=60", False)


def test_https_is_asked_for_only_by_an_answer_over_https() -> None:
    assert b"strict-transport-security" not in answered({}, [])
    assert answered({"scheme": "https"}, [])[b"strict-transport-security"].startswith(b"max-age=")


# What no request may be


@pytest.mark.parametrize("method", sorted(guard.NEVER_TAKEN))
@pytest.mark.parametrize("path", ["/livez", "/nothing"])
def test_a_method_that_is_never_taken(untouched: Caller, method: str, path: str) -> None:
    answer = untouched.client.request(method, path)
    assert problem(answer, 405, "method_not_allowed")["detail_en"].startswith(method)
    assert method not in answer.headers["allow"]


def test_too_many_headers_too_long_ones_and_too_long_an_address_are_refused(
    untouched: Caller,
) -> None:
    many = {f"x-{i}": "1" for i in range(guard.MOST_HEADERS)}
    client = untouched.client
    problem(client.get("/livez", headers=many), 431, "headers_too_large")
    long = {"x-long": "x" * guard.LARGEST_HEADERS}
    problem(client.get("/livez", headers=long), 431, "headers_too_large")
    # Longer than a client of tests can ask.
    asked = {"raw_path": b"/livez", "query_string": b"x" * guard.LONGEST_ADDRESS}
    assert status_of(asked) == 431
    assert client.get("/livez", headers={"x-long": "x" * 10_000}).status_code == 200


@pytest.fixture
def named(tmp_path: Path) -> Iterator[TestClient]:
    """A service that goes by two names."""
    told = {"LVZHI_HOSTS": "lvzhi.haiyan.example, 10.1.2.3"}
    installation = Installation(read(told, data=str(tmp_path)))
    with TestClient(create_app(installation)) as client:
        yield client


@pytest.mark.parametrize(
    ("host", "status"),
    [
        ("lvzhi.haiyan.example", 200),
        ("LVZHI.Haiyan.Example:8443", 200),
        ("lvzhi.haiyan.example.", 200),
        ("10.1.2.3:8000", 200),
        ("evil.example", 400),
        ("lvzhi.haiyan.example.evil.example", 400),
        ("evil.example:lvzhi.haiyan.example", 400),
        ("localhost", 400),
        ("", 400),
    ],
)
def test_only_the_names_of_the_service_are_answered_to(
    named: TestClient, host: str, status: int
) -> None:
    answer = named.get("/livez", headers={"Host": host})
    assert answer.status_code == status
    if status == 400:
        problem(answer, 400, "unknown_host", header="Host")
        assert "evil" not in answer.text


def test_a_machine_may_ask_itself_under_its_own_name(tmp_path: Path) -> None:
    installation = Installation(read({"LVZHI_HOSTS": "lvzhi.example"}, data=str(tmp_path)))
    with TestClient(create_app(installation), client=("127.0.0.1", 5000)) as client:
        assert client.get("/livez", headers={"Host": "127.0.0.1:8000"}).status_code == 200
        assert client.get("/livez", headers={"Host": "[::1]:8000"}).status_code == 200
        assert client.get("/livez", headers={"Host": "evil.example"}).status_code == 400


def test_two_hosts_are_none(named: TestClient) -> None:
    twice = [("Host", "10.1.2.3"), ("Host", "10.1.2.3")]
    problem(named.get("/livez", headers=twice), 400, "unknown_host", header="Host")


def test_without_names_any_is_answered_to(untouched: Caller) -> None:
    assert untouched.client.get("/livez", headers={"Host": "any"}).status_code == 200


# A server as `serve` runs it


@contextmanager
def served(data: Path, **environment: str) -> Iterator[int]:
    """A server of an installation without ledgers, in a thread; gives its port."""
    listener = socket.create_server(("127.0.0.1", 0))
    port: int = listener.getsockname()[1]
    config = serving.config(Installation(read(environment, data=str(data))), "127.0.0.1", port)
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, args=([listener],))
    thread.start()
    try:
        # Whoever asks before it has started is answered once it has.
        yield port
    finally:
        server.should_exit = True
        thread.join()


def sent(port: int, request: bytes) -> bytes:
    """What a server answers to these bytes until it closes."""
    with socket.create_connection(("127.0.0.1", port), timeout=20) as connection:
        connection.settimeout(20)
        answer = b""
        try:
            connection.sendall(request)
            while piece := connection.recv(65_536):
                answer += piece
        except ConnectionError:
            pass  # cut before all was sent
        return answer


END = b"Host: localhost\r\nConnection: close\r\n\r\n"


def test_the_server_does_not_say_what_it_is_and_cuts_what_has_no_end(tmp_path: Path) -> None:
    with served(tmp_path) as port:
        plain = sent(port, b"GET /livez HTTP/1.1\r\n" + END)
        head = plain.partition(b"\r\n\r\n")[0].lower()
        assert plain.startswith(b"HTTP/1.1 200")
        assert b"\r\nserver:" not in head
        assert b"\r\ncontent-security-policy: default-src 'none'" in head
        assert b"strict-transport-security" not in head
        # Nobody is believed who says that he came by https, unless the settings name him.
        said = sent(port, b"GET /livez HTTP/1.1\r\nX-Forwarded-Proto: https\r\n" + END)
        assert b"strict-transport-security" not in said.lower()
        upgrade = b"GET /livez HTTP/1.1\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
        assert not sent(port, upgrade + b"Connection: Upgrade\r\n" + END).startswith(b"HTTP/1.1 1")
        for broken in (
            b"CONNECT evil.example:443 HTTP/1.1\r\n",
            b"GET \xff HTTP/1.1\r\n",
            b"G\x00ET / HTTP/1.1\r\n",
            b"GET / HTTP/1.1\r\nX: a\r\n\x00b: c\r\n",
            b"OPTIONS * HTTP/1.1\r\n",
        ):
            answer = sent(port, broken + END)
            assert answer.startswith(b"HTTP/1.1 4") or not answer
        length, chunked = b"Content-Length: 4\r\n", b"Transfer-Encoding: chunked\r\n"
        for two_lengths in (length + chunked, length + b"Content-Length: 5\r\n", chunked * 2):
            answer = sent(port, b"POST /livez HTTP/1.1\r\n" + two_lengths + END + b"0\r\n\r\n")
            # Where a body ends is never a matter of opinion: refused, or read by chunks alone.
            assert answer.count(b"HTTP/1.1") == 1
            assert answer.startswith(b"HTTP/1.1 4")
        endless = {
            "one header": b"GET / HTTP/1.1\r\nX-Long: " + b"x" * 4_000_000,
            "many headers": b"GET / HTTP/1.1\r\n" + b"X: y\r\n" * 700_000,
            "an address": b"GET /" + b"x" * 4_000_000,
            "a trailer": b"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n0\r\nX: "
            + b"x" * 4_000_000,
        }
        for request in endless.values():
            answer = sent(port, request)
            assert not answer or answer.split()[1] in {b"400", b"404", b"405"}
        assert sent(port, b"GET /livez HTTP/1.1\r\n" + END).startswith(b"HTTP/1.1 200")


def test_a_proxy_of_the_settings_is_believed(tmp_path: Path) -> None:
    with served(tmp_path, LVZHI_PROXIES="127.0.0.1") as port:
        said = sent(port, b"GET /livez HTTP/1.1\r\nX-Forwarded-Proto: https\r\n" + END)
        assert b"strict-transport-security: max-age=" in said.lower()
