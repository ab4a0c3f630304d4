"""Somebody at a browser without scripts, over the service and the small county of the tests of interfaces."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from html import unescape
from uuid import uuid4

import httpx2
import pytest
from fastapi.testclient import TestClient

from domain.people import PersonId, Refused, Role
from tests.interfaces.conftest import (
    Caller,
    Service,
    granted,
    office,
    own_database,
    postgres_service,
    put_away,
    sqlite_service,
)

__all__ = ["office", "own_database", "postgres_service", "put_away", "sqlite_service"]

PASSWORD = "a long enough sentence"  # noqa: S105  # of accounts that end with the test
FIELD = re.compile(r"<(?:input|textarea)\b[^>]*>")


def attribute(tag: str, name: str) -> str | None:
    """What an attribute of a tag says."""
    found = re.search(rf'\b{name}="([^"]*)"', tag)
    return None if found is None else unescape(found[1])


@dataclass
class Reader:
    """Somebody signed in at a browser that runs no scripts."""

    client: TestClient
    ledger: str
    person: str
    role: Role
    unit: str | None
    name: str
    cookies: dict[str, str] = field(default_factory=dict)

    def url(self, path: str) -> str:
        """A page of the ledger."""
        return f"/ledgers/{self.ledger}{path}"

    def get(self, path: str, **headers: str) -> httpx2.Response:
        """Read a page, and go where it sends."""
        return self._asked("GET", self.url(path), headers=headers)

    def read(self, path: str) -> str:
        """The text of a page that there is."""
        answer = self.get(path)
        assert answer.status_code == 200, answer.text[:2_000]
        return answer.text

    def hidden(self, text: str, name: str) -> str:
        """The value of a hidden field of a page."""
        for tag in FIELD.findall(text):
            if attribute(tag, "name") == name:
                return attribute(tag, "value") or ""
        raise AssertionError(f"no field {name}")

    def send(
        self,
        path: str,
        *pairs: tuple[str, str],
        page: str | None = None,
        files: Sequence[tuple[str, tuple[str, bytes, str]]] = (),
        follow: bool = True,
        **headers: str,
    ) -> httpx2.Response:
        """Send a form: what the page at the same path carries, and these fields."""
        text = self.read(page or path)
        carried = [(name, self.hidden(text, name)) for name in ("form", "id")]
        told = [*(each for each in carried if each[0] not in dict(pairs)), *pairs]
        return self.post(path, told, files=files, follow=follow, **headers)

    def post(
        self,
        path: str,
        pairs: Sequence[tuple[str, str]],
        *,
        files: Sequence[tuple[str, tuple[str, bytes, str]]] = (),
        follow: bool = True,
        **headers: str,
    ) -> httpx2.Response:
        """Send these fields and no others."""
        address = self.url(path)
        joined = "&" if "?" in address else "?"
        told = f"{self.role.value}.{self.unit}" if self.unit else self.role.value
        address = f"{address}{joined}as={told}"
        if files:
            fields: dict[str, list[str]] = {}
            for name, value in pairs:
                fields.setdefault(name, []).append(value)
            return self._asked(
                "POST", address, data=fields, files=list(files), headers=headers, follow=follow
            )
        body = httpx2.QueryParams(list(pairs))
        headers = {"content-type": "application/x-www-form-urlencoded", **headers}
        return self._asked(
            "POST", address, content=str(body).encode(), headers=headers, follow=follow
        )

    def _asked(
        self, method: str, address: str, *, follow: bool = True, **more: object
    ) -> httpx2.Response:
        self.client.cookies.clear()
        for name, value in self.cookies.items():
            self.client.cookies.set(name, value)
        answer: httpx2.Response = self.client.request(
            method,
            address,
            follow_redirects=follow,
            **more,  # type: ignore[arg-type]  # what the client takes
        )
        self.cookies = dict(self.client.cookies.items())
        self.client.cookies.clear()
        return answer


Reading = Callable[..., Reader]


@pytest.fixture
def reading(sqlite_service: Service, office: Caller) -> Iterator[Reading]:
    """Somebody of the office's ledger at a browser: `reading("zhao", Role.CLERK, "south")`."""
    accounts = sqlite_service.installation.access.accounts

    def made(person: str, role: Role, unit: str | None = None, *, fresh: bool = False) -> Reader:
        if role is not Role.MEMBER:
            granted(sqlite_service.installation, office.ledger, person, role, unit)
        try:
            account = accounts.of_person(office.ledger, PersonId(person))
        except Refused:
            account = accounts.make(f"{person}-{uuid4().hex[:8]}")
            accounts.link(account.id, office.ledger, PersonId(person))
            accounts.set_password(account.id, PASSWORD)
        name = account.name
        found = Reader(sqlite_service.client, office.ledger, person, role, unit, name)
        if not fresh:
            sign_in(found)
        return found

    yield made
    sqlite_service.client.cookies.clear()


def sign_in(reader: Reader, next: str = "/") -> httpx2.Response:
    """Sign in on the page of signing in."""
    reader.client.cookies.clear()
    for name, value in reader.cookies.items():
        reader.client.cookies.set(name, value)
    answer: httpx2.Response = reader.client.post(
        "/sign-in",
        data={"name": reader.name, "password": PASSWORD, "next": next},
        follow_redirects=False,
    )
    reader.cookies = dict(reader.client.cookies.items())
    reader.client.cookies.clear()
    return answer
