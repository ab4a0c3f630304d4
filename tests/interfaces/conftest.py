"""A service with fresh ledgers, each holding a county small enough to hold in the head."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

import httpx2
import psycopg
import pytest
from argon2 import PasswordHasher
from fastapi.testclient import TestClient
from psycopg import sql

from application import codec
from application.clock import now
from application.log import NewRow
from domain.entry import sealed_in
from domain.grant import AccessGranted
from domain.people import Actor, PersonId, Role, UnitId
from interfaces.app import create_app
from interfaces.granting import OPERATOR
from interfaces.settings import read
from interfaces.wiring import Installation
from projections.reader import Reader

Answer = httpx2.Response

SINCE = "2021-12-01"
DAY = "2025-03-05"


@dataclass
class Caller:
    """Somebody who asks one ledger over HTTP with a token of his; he looks on when what he sent can be read, so that no test depends on how soon that is."""

    client: TestClient
    ledger: str
    token: str
    headers: dict[str, str] = field(default_factory=dict)
    reader: Reader | None = None

    def url(self, path: str) -> str:
        """Where a path of this ledger is."""
        return f"/api/v1/ledgers/{self.ledger}{path}"

    def get(self, path: str, **parameters: Any) -> Answer:
        """Ask."""
        answer: Answer = self.client.get(
            self.url(path), params=parameters or None, headers=self._headers({})
        )
        return answer

    def send(
        self,
        path: str,
        body: Any = None,
        *,
        key: str | None = None,
        method: str = "POST",
        **more: str,
    ) -> Answer:
        """Send a command; `more` are further headers, with underscores for hyphens."""
        content = (
            body if isinstance(body, bytes) else json.dumps(body or {}, ensure_ascii=False).encode()
        )
        headers = {"Idempotency-Key": str(uuid4()) if key is None else key}
        headers |= {name.replace("_", "-"): value for name, value in more.items()}
        if not headers["Idempotency-Key"]:
            del headers["Idempotency-Key"]
        answer: Answer = self.client.request(
            method, self.url(path), content=content, headers=self._headers(headers)
        )
        if self.reader is not None and answer.is_success:
            # Of several commands the answer tells the position of the last.
            assert self.reader.wait_for(answer.json().get("position") or 0, 10)
        return answer

    def _headers(self, more: dict[str, str]) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}", **self.headers, **more}


def granted(
    installation: Installation, ledger: str, person: str, role: Role, unit: str | None
) -> None:
    """Have a grant stand in the ledger as if it had been given long ago, whatever else he holds: tests put one person into every role."""
    if ledger == "*":
        return
    desk = installation.desk(ledger)
    actor = Actor(person=PersonId(person), role=role, unit=None if unit is None else UnitId(unit))
    if desk.grants.lets(actor, now(), desk.today()):
        return
    event = AccessGranted(
        grant=uuid4().hex,
        person=actor.person,
        role=role,
        unit=actor.unit,
        since=date(2020, 1, 1),
        until=None,
        standby=False,
        reason="测试",
    )
    told = sealed_in(OPERATOR, at=now(), day=desk.today(), on=None, command="", cause="")
    row = NewRow(f"grant/{event.grant}", 1, "access.granted", codec.encode(event, told))
    desk.log.append(desk.head(), [row], [])
    desk.grants.look_again()


_made: list[tuple[Service, str]] = []
"""The ledgers that are open for tests, the newest last."""


@dataclass(frozen=True)
class Service:
    """A running service."""

    installation: Installation
    client: TestClient

    def caller(self, ledger: str, person: str, role: Role, unit: str | None = None) -> Caller:
        """Somebody with a token for a ledger."""
        granted(self.installation, ledger, person, role, unit)
        token = self.installation.tokens.mint(person, role, unit, ledger, days=1)
        reader = None if ledger == "*" else self.installation.desk(ledger).reader
        return Caller(self.client, ledger, token, reader=reader)

    def ledger(self) -> Caller:
        """The county office of a fresh ledger with its county in it."""
        code = f"t{uuid4().hex[:12]}"
        self.installation.create(code, "海晏县政协")
        _made.append((self, code))
        office = self.caller(code, "secretary", Role.OFFICE, "county")
        answer = office.send("/commands", COUNTY)
        assert [v for v in answer.json()["verdicts"] if "problem" in v] == []
        return office

    def put_away(self, ledger: str) -> None:
        """Close a ledger; whoever asks for it opens it again."""
        installation = self.installation
        with installation._lock:
            desk = installation._desks.pop(ledger, None)
        if desk is not None:
            desk.close()
            if installation.settings.database is None:
                desk.store.close()
                installation._stores.remove(desk.store)


def _unit(unit: str, kind: str, name: str, **more: Any) -> dict[str, Any]:
    return {
        "command": "open_unit",
        "unit": unit,
        "profile": {"kind": kind, "name": name, **more},
        "since": SINCE,
    }


def _head(unit: str, person: str) -> dict[str, Any]:
    appointment = {"person": person, "office": "head", "since": SINCE}
    return {"command": "appoint", "unit": unit, "appointment": appointment}


def _member(person: str, name: str, sector: str) -> dict[str, Any]:
    return {
        "command": "admit",
        "person": person,
        "profile": {"name": name},
        "term": {"number": 10, "since": SINCE},
        "memberships": [
            {"bond": "sector", "unit": sector, "since": SINCE},
            {"bond": "studio", "unit": "south", "since": SINCE},
        ],
    }


COUNTY: list[dict[str, Any]] = [
    _unit("county", "committee", "海晏县政协", member_affairs=True),
    _unit("medicine", "sector", "医药卫生界"),
    _unit("economy", "sector", "经济界"),
    _unit("south", "studio", "城南工作室"),
    _unit("village", "village", "桃源村"),
    _member("li", "李明", "medicine"),
    _member("zhao", "赵敏", "economy"),
    _member("chen", "陈静", "medicine"),
    {"command": "admit", "person": "other-li", "profile": {"name": "李明", "standing": "other"}},
    _head("medicine", "chen"),
    _head("south", "zhao"),
]


def visit(**more: Any) -> dict[str, Any]:
    """A visit to a village as it is sent."""
    return {
        "details": {"kind": "visited_village", "purpose": "走访困难户"},
        "title": "走访桃源村",
        "on": DAY,
        "organiser": "south",
        "participants": [{"person": "li"}, {"person": "chen", "part": "leads"}],
        **more,
    }


def proposal(**more: Any) -> dict[str, Any]:
    """A proposal as it is sent."""
    return {
        "details": {"kind": "proposed"},
        "title": "关于改善乡村医疗的提案",
        "on": DAY,
        "organiser": "county",
        "authors": [{"person": "li", "role": "first"}],
        **more,
    }


QUICK = PasswordHasher(1, 8, 1)
"""Hundreds sign in: how much a hash has to cost is tried in tests of passwords."""


def hash_quickly(installation: Installation) -> None:
    """Have the passwords of a service cost next to nothing."""
    installation.access.accounts._passwords._hasher = QUICK


@pytest.fixture(scope="session")
def sqlite_service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """A service on files."""
    yield from _serving(tmp_path_factory.mktemp("data"))


def _serving(data: Path, database: str | None = None) -> Iterator[Service]:
    # What seals in the background is tried where it is meant.
    quiet = {"LVZHI_SEAL_EVERY": "off"}
    installation = Installation(read(quiet, data=str(data), database=database))
    hash_quickly(installation)
    with TestClient(create_app(installation), raise_server_exceptions=False) as client:
        yield Service(installation, client)


@pytest.fixture(scope="session")
def own_database(postgres_url: str) -> Iterator[str]:
    """The URL of a database in which no other test has made ledgers: a service opens all that it finds."""
    name = f"lvzhi_own_{uuid4().hex}"
    with psycopg.connect(postgres_url, autocommit=True) as owner:
        owner.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        yield urlsplit(postgres_url)._replace(path=f"/{name}").geturl()
        owner.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


@pytest.fixture(scope="session")
def postgres_service(
    tmp_path_factory: pytest.TempPathFactory, own_database: str
) -> Iterator[Service]:
    """A service on PostgreSQL."""
    yield from _serving(tmp_path_factory.mktemp("data"), own_database)


@pytest.fixture(autouse=True)
def put_away() -> Iterator[None]:
    """Close the ledgers that a test alone had: a service looks at each that is open twice a second, and a worker makes a thousand."""
    had = len(_made)
    yield
    while len(_made) > had:
        service, code = _made.pop()
        service.put_away(code)


@pytest.fixture
def office(sqlite_service: Service) -> Caller:
    """The county office of a fresh ledger."""
    return sqlite_service.ledger()


@pytest.fixture(scope="session")
def untouched(sqlite_service: Service) -> Caller:
    """The county office of a ledger in which nobody records: what is refused leaves it as it is."""
    return sqlite_service.ledger()


@pytest.fixture
def caller(sqlite_service: Service, office: Caller) -> Callable[..., Caller]:
    """Others who ask the office's ledger."""

    def made(person: str, role: Role, unit: str | None = None) -> Caller:
        return sqlite_service.caller(office.ledger, person, role, unit)

    return made
