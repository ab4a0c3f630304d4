"""What tells of people is on no page that the table of actions does not open: every page, as everybody, over a county with a mark in each kept field."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest

from domain.people import Role
from interfaces.api.door import action_of
from tests.interfaces.conftest import Caller, Service, visit
from tests.interfaces.test_access import routes_of
from tests.web.conftest import Reader, Reading

SPOKE, NAMED, EXEMPT, PHONE, FOUND, QUERIED = (
    *("水渠王大爷", "户主钱老伯", "住院治疗中", "13900001234", "迟到早退多次", "日期应为三月九日"),
)
MARKS = (SPOKE, NAMED, EXEMPT, PHONE, FOUND, QUERIED)
AS: tuple[tuple[str, Role, str | None], ...] = (
    ("li", Role.MEMBER, None),
    ("zhao", Role.MEMBER, None),
    ("zhao", Role.CLERK, "south"),
    ("chen", Role.HEAD, "medicine"),
    ("zhao", Role.CLERK, "economy"),
    ("zhao", Role.HEAD, "economy"),
    ("other-li", Role.APPRAISAL, None),
    ("other-li", Role.AUDITOR, None),
)
OF_HIS = {("li", None), ("zhao", "south"), ("chen", "medicine")}
"""Who stands near li: he himself, and who acts in a unit to which he is bound."""


def may_see(mark: str, person: str, role: Role, unit: str | None) -> bool:
    """By the words of the table, said once more."""
    near = (person, unit) in OF_HIS
    looks_after_all = role in {Role.APPRAISAL, Role.AUDITOR}
    match mark:
        case "水渠王大爷":
            return unit == "south"
        case "户主钱老伯":
            return role is not Role.MEMBER or person == "li"
        case "13900001234":
            return near
        case "迟到早退多次":
            return role is not Role.MEMBER or person == "li"
        case _:
            return near or looks_after_all


@pytest.fixture
def marked(office: Caller, sqlite_service: Service) -> dict[str, str]:
    """A county with a mark in each field that has to be kept; what stands in addresses."""
    clerk = sqlite_service.caller(office.ledger, "clerk", Role.CLERK, "south")
    message = {
        "details": {"kind": "carried_up", "topic": "水渠", "spoken_by": SPOKE},
        "title": "水渠堵塞",
        "on": "2025-03-05",
        "organiser": "south",
        "authors": [{"person": "li", "role": "first"}],
    }
    matter = clerk.send("/matters", message).json()["id"]
    details = {"kind": "visited_household", "names": [NAMED]}
    household = clerk.send("/occasions", visit(details=details, title="走访农户"))
    exemption = {"reason": EXEMPT, "since": "2025-02-01", "until": "2025-02-20"}
    assert office.send("/people/li/exemptions", exemption).status_code == 200
    version = office.get("/people/li", after=office.get("/summary").json()["position"]).headers[
        "etag"
    ]
    told = {"profile": {"name": "李明", "phone": PHONE}, "reason": "补电话"}
    assert office.send("/people/li/amendments", told, If_Match=version).status_code == 200
    finding = office.send(
        "/findings",
        {
            "details": {"kind": "was_sanctioned", "sanction": "admonition", "by": "主席会议"},
            "on": "2025-03-06",
            "body": "主席会议",
            "reason": FOUND,
            "person": "li",
        },
    )
    assert finding.status_code == 201, finding.text
    li = sqlite_service.caller(office.ledger, "li", Role.MEMBER)
    query = li.send(
        "/disputes",
        {
            "person": "li",
            "sort": "wrong",
            "deed": f"occasion/{household.json()['id']}",
            "field": "日期",
            "should_be": QUERIED,
        },
    )
    assert query.status_code == 201, query.text
    office.get("/deeds", after=query.json()["position"])
    return {
        "matters": matter,
        "occasions": household.json()["id"],
        "findings": finding.json()["id"],
        "queries": query.json()["id"],
        "people": "li",
        "units": "south",
    }


def pages(service: Service, told: dict[str, str]) -> Iterator[str]:
    """Every page of a ledger that is read, with what stands in its address."""
    app: Any = service.client.app
    for route in routes_of(app):
        operation = route.operation_id or ""
        if "GET" not in (route.methods or ()) or not operation.startswith("page_"):
            continue
        path = route.path.partition("/ledgers/{ledger}")[2]
        names = re.findall(r"{(\w+)}", path)
        if not path or set(names) - {"id", "kind"}:
            continue
        root = path.split("/")[1]
        for key in told.values() if names == ["id"] and root == "admin" else [told.get(root, "li")]:
            yield path.replace("{id}", key).replace("{kind}", "visited_household")
    yield f"/record/visited_household?repeat=occasion/{told['occasions']}"
    yield f"/queries/new?sort=wrong&deed=occasion/{told['occasions']}&person=li"
    yield "/people?members=0&text=李"
    yield "/people/li?year=2025"
    yield "/people/li?year=2025&as_of=2025-12-31"
    yield "/people/li/handbook?year=2025"
    yield "/units/medicine"
    yield "/history?person=li"


def test_every_page_shows_what_the_table_opens_and_no_more(
    reading: Reading, sqlite_service: Service, marked: dict[str, str]
) -> None:
    paths = list(dict.fromkeys(pages(sqlite_service, marked)))
    assert len(paths) > 40
    seen: dict[tuple[str, str, Role, str | None], str] = {}
    wrong = []
    for person, role, unit in AS:
        reader: Reader = reading(person, role, unit)
        told = f"{role.value}.{unit}" if unit else role.value
        for path in paths:
            answer = reader.get(f"{path}{'&' if '?' in path else '?'}as={told}")
            assert answer.status_code < 500, path
            for mark in MARKS:
                if mark in answer.text:
                    seen[mark, person, role, unit] = path
                    if not may_see(mark, person, role, unit):
                        wrong.append((mark, person, role.value, unit, path))
    assert wrong == []
    # The sweep does see what is open: each mark is somewhere for somebody.
    assert {mark for mark, *_ in seen} >= set(MARKS) - {PHONE}


def test_every_route_says_what_it_takes_pages_and_forms_too(sqlite_service: Service) -> None:
    app: Any = sqlite_service.client.app
    found = routes_of(app)
    assert len(found) > 250
    for route in found:
        assert action_of(route), route.path


def test_nothing_of_a_ledger_is_open_to_whoever_is_not_signed_in(
    sqlite_service: Service, marked: dict[str, str], office: Caller
) -> None:
    client = sqlite_service.client
    client.cookies.clear()
    for path in pages(sqlite_service, marked):
        answer = client.get(f"/ledgers/{office.ledger}{path}", follow_redirects=False)
        assert answer.status_code == 303, path
        assert answer.headers["location"].startswith("/sign-in?next=")


def test_every_form_asks_for_the_token_of_the_session(
    reading: Reading, sqlite_service: Service, marked: dict[str, str]
) -> None:
    app: Any = sqlite_service.client.app
    reader = reading("secretary", Role.OFFICE, "county")
    asked = 0
    for route in routes_of(app):
        operation = route.operation_id or ""
        if "POST" not in (route.methods or ()) or not operation.startswith("send_"):
            continue
        path = re.sub(r"{\w+}", "li", route.path.replace("{ledger}", reader.ledger))
        if path in {"/sign-in", "/preferences", "/new-password"}:
            continue
        asked += 1
        reader.client.cookies.clear()
        for name, value in reader.cookies.items():
            reader.client.cookies.set(name, value)
        for headers in ({}, {"origin": "https://evil.example"}):
            answer = reader.client.post(path, data={"id": "x" * 12}, headers=headers)
            assert answer.status_code == 403, (path, answer.status_code)
    reader.client.cookies.clear()
    assert asked > 40
