"""What a page is asked that no page of ours asks: it is refused, and nothing breaks, is written or is told."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import parse_qsl, quote

import pytest
from fastapi import Request

from domain.people import Role
from interfaces.api.door import Gate
from interfaces.bodies import LARGEST_BODY
from interfaces.web import visiting
from tests.interfaces.conftest import Caller, Service, visit
from tests.web.conftest import PASSWORD, Reader, Reading

MANY = "1" * 5_000
"""More digits than Python reads as a number."""
NESTED = "[" * 50_000


@pytest.mark.parametrize(
    "path",
    [
        f"/people/li?year={MANY}",
        f"/scores?year={MANY}",
        "/people/li?year=%C2%B2025",
        f"/admin/readings?person=li&before={MANY}",
        "/admin/readings?person=,",
        "/admin/readings?person=%20%E3%80%81",
        "/admin/readings?person=li&month=9999-12",
        "/admin/readings?person=li&month=0001-01",
        "/grants?person=,",
        "/admin/accounts?text=,",
        "/history?person=,",
        "/history?last=9999-12-31",
        "/history?first=0001-01-01&last=0001-01-01",
        "/history?cause=%27%22",
        "/people/li?as_of=0001-01-01",
        "/people/li?as_of=9999-12-31",
        f"/people/li?as_of={MANY}",
        "/units/south?as_of=0001-01-01",
        "/units/south?as_of=9999-12-31",
        "/units/south?since=0001-01-01",
        "/lacking?kind=studied&since=0001-01-01",
        "/flows/matters?kind=carried_up&ended_since=0001-01-01",
        "/stories?since=0001-01-01&until=9999-12-31",
        "/waiting?as_of=0001-01-01&as=office.county",
        "/?as_of=0001-01-01",
        "/deeds?as_of=0001-01-01&first=0001-01-01",
        "/queries?as_of=0001-01-01",
        "/differences?since=0001-01-01&until=9999-12-31",
        "/differences?since=9999-12-31",
        "/heat?as_of=0001-01-01",
        "/progress?as_of=0001-01-01",
        "/record/visited_village?repeat=nothing",
        "/record/visited_village?repeat=member/li",
        "/record/attended?repeat=matter/none",
        "/queries/new?deed=member/li&person=li",
        "/queries/new?deed=x&person=li",
        "/queries/none?recorded=occasion/%00",
        "/record?query=%27%22",
        "/record/visited_village?query=none",
        "/occasions/none/amend?query=%3Cb%3E",
        "/occasions/none?like=x",
        "/record/people?others=" + "a%20" * 1_000,
        f"/imports/{'0' * 16}?as_of=0001-01-01",
        "/dues?which=x",
        "/dues?cursor=x",
        "/dues?meeting=none",
        "/dues/together?loop=%27",
        "/dues/together?loop=x&stage=%22&to=%3Cb%3E&did=-1",
        "/dues/print?meeting=%00&which=x",
        "/dues?kind=x&loop=%27&stage=%22",
        "/dues?as_of=0001-01-01",
        f"/meetings?when=year&year={MANY}",
        "/meetings?when=x",
        "/meetings?kind=x",
        "/meetings?cursor=x",
        "/meetings/none",
        "/meetings/none/attendance",
        "/meetings/none/code",
        "/meetings/none/check-in?code=" + "A" * 5_000,
        "/meetings/new?kind=proposed",
        "/meetings/new?kind=%3Cb%3E",
    ],
)
def test_an_odd_address_breaks_nothing(reading: Reading, path: str) -> None:
    office = reading("secretary", Role.OFFICE, "county")
    answer = office.get(path)
    assert answer.status_code in {200, 400, 403, 404, 409, 412, 422}, answer.text[:500]


def fields_of(reader: Reader, page: str, *names: str) -> list[tuple[str, str]]:
    """The hidden fields of a page."""
    text = reader.read(page)
    return [(name, reader.hidden(text, name)) for name in ("form", *names)]


@pytest.mark.parametrize(
    ("path", "pairs"),
    [
        ("/queries/new", [("sort", "wrong"), ("deed", "x"), ("person", "li"), ("field", "日期")]),
        ("/queries/new", [("sort", "duplicate"), ("deed", "occasion/o"), ("same_as", "x"), ("person", "li")]),
        ("/queries/new", [("sort", "missing"), ("on", "2025-01-01"), ("kind", "x"), ("what", "y"), ("person", "li")]),
        ("/occasions/o/withdraw", [("reason", "重复"), ("version", MANY)]),
        ("/occasions/o/withdraw", [("reason", "重复"), ("version", "²")]),
        ("/occasions/o/amend", [("reason", "重复"), ("version", MANY), ("p", "li")]),
        ("/occasions/o/link", [("same_as", "x")]),
        ("/occasions/o/link", [("same_as", "member/li")]),
        ("/occasions/o/link", [("same_as", "occasion/")]),
        ("/occasions/none/withdraw", [("reason", "重复")]),
        ("/waiting", [("p", "x|sector|li")]),
        ("/waiting", [("p", "member/li|sector|li")]),
        ("/waiting", [("p", "|sector|")]),
        ("/waiting", [("p", "occasion/|studio|li"), ("by", "走\nSet-Cookie: a=b")]),
        ("/waiting", [("p", "occasion/o|studio|li"), ("by", "走访")]),
        ("/record/visited_village", [("on", "2025-03-05"), ("p", "li"), ("reached_people", MANY)]),
        ("/record/visited_village", [("on", "2025-03-05"), ("p", "li"), ("kept_photo", "x y")]),
        ("/grants/new", [("person", ","), ("role", "auditor"), ("since", "2025-01-01")]),
        ("/admin/units/south/appoint", [("appointment.person", "、"), ("appointment.office", "head")]),
        ("/imports/preview", [("sheet", "5aeT5ZCNCuadjuaYjgo="), ("name", "a.csv"), ("what", "roster"), ("term", MANY)]),
        ("/imports/preview", [("sheet", "5aeT5ZCNCuadjuaYjgo="), ("name", "a.csv"), (f"choose.{MANY}", "li")]),
        ("/imports/preview", [("sheet", "5aeT5ZCNCuadjuaYjgo="), ("name", "a.csv"), ("column.1", "x=y=z")]),
        ("/imports/result", [("sheet", "5aeT5ZCNCuadjuaYjgo="), ("name", "a.csv"), ("results", NESTED)]),
        ("/imports/result", [("sheet", "5aeT5ZCNCuadjuaYjgo="), ("name", "a.csv"), ("results", "[]")]),
        ("/imports/result", [("sheet", "5aeT5ZCNCuadjuaYjgo="), ("name", "a.csv"), ("results", f'{{"{MANY}":"x"}}')]),
        (f"/imports/{'0' * 16}/undoing", [("reason", "x"), ("sure", "1")]),
        ("/matters/none/move", [("act", "move-1"), ("stage", "x"), ("move-1.on", "x")]),
        ("/matters/none/extend", [("act", "extend"), ("extend.until", "9999-99-99")]),
        ("/matters/none/begin", [("act", "x" * 5_000), ("begin.loop", "x")]),
        ("/matters/none/answer-suggestion", [("answer-suggestion.number", MANY), ("answer-suggestion.on", "x")]),
        ("/units/south/month/report", [("month", "2025-03"), ("list", "x"), (f"words.{MANY}", "x"), ("words.²", "x")]),
        ("/compared/settle", [("quarter", "2025-Q1"), ("number", MANY)]),
        ("/meetings/new", [("kind", "x")]),
        ("/meetings/new", [("on", MANY), ("p", "x"), ("g", "unit/x"), ("others", "、"), ("half_days", MANY)]),
        ("/meetings/new", [("on", "2025-03-05"), ("title", "x" * 500), ("part_of", "x/y")]),
        ("/meetings/none/amend", [("version", MANY), ("reason", "x")]),
        ("/meetings/none/attendance", [("p", "x"), ("attendance.x", "x"), ("version", "²")]),
        ("/meetings/none/hand", [("person", "x/y" * 100)]),
        ("/meetings/none/code", [("minutes", MANY)]),
        ("/meetings/none/code", [("minutes", "9" * 17)]),
        ("/meetings/none/check-in", [("code", "x" * 500)]),
        ("/meetings/none/decide-leave", [("person", "x"), ("decide-x.level", "x")]),
        ("/meetings/none/move", [("move.on", "x"), ("move.until", MANY)]),
    ],
)  # fmt: skip
def test_an_odd_form_breaks_nothing(
    reading: Reading, office: Caller, path: str, pairs: list[tuple[str, str]]
) -> None:
    sent = office.send("/occasions/o", visit(), method="PUT")
    assert sent.status_code == 201
    reader = reading("secretary", Role.OFFICE, "county")
    told = [*fields_of(reader, "/people"), ("id", "an-id-of-a-form"), *pairs]
    answer = reader.post(path, told, follow=False)
    assert answer.status_code in {200, 303, 400, 403, 404, 409, 412, 422}, answer.text[:500]
    assert "\n" not in answer.headers.get("location", "")


@pytest.mark.parametrize(
    "id", ["a-form\nSet-Cookie: a=b", "a-form&like=occasion/o", "a-form\x7f-of-mine"]
)
def test_the_id_of_a_form_leads_nowhere_else(reading: Reading, id: str) -> None:
    clerk = reading("zhao", Role.CLERK, "south")
    fields = [
        *fields_of(clerk, "/record/visited_village"),
        ("id", id),
        ("on", "2025-03-05"),
        ("p", "li"),
    ]
    answer = clerk.post("/record/visited_village", fields, follow=False)
    if answer.status_code == 303:
        place = answer.headers["location"]
        assert place.isprintable() and place.count("&") == 0 and "Cookie" not in place
    else:
        assert answer.status_code in {400, 422}


def test_what_is_taken_back_was_seen(reading: Reading, office: Caller) -> None:
    position = office.send("/occasions/o", visit(), method="PUT").json()["position"]
    assert office.get("/deeds", after=position).status_code == 200
    reader = reading("secretary", Role.OFFICE, "county")
    told = [*fields_of(reader, "/people"), ("reason", "登错了")]
    for version in ([], [("version", "0")], [("version", "x")], [("version", "7")]):
        answer = reader.post("/occasions/o/withdraw", [*told, *version], follow=False)
        assert answer.status_code in {409, 412}, answer.headers
    answer = reader.post("/occasions/o/withdraw", [*told, ("version", "1")], follow=False)
    assert answer.status_code == 303


def test_a_record_holds_no_more_text_by_a_form_than_by_the_api(
    reading: Reading, office: Caller
) -> None:
    clerk = reading("zhao", Role.CLERK, "south")
    fields = fields_of(clerk, "/record/visited_village", "id")
    long = [
        ("on", "2025-03-05"),
        ("p", "li"),
        ("title", "很长"),
        ("result", "a" * (LARGEST_BODY + 1)),
    ]
    answer = clerk.post("/record/visited_village", [*fields, *long], follow=False)
    assert answer.status_code == 413
    assert "很长" not in clerk.read("/deeds")


def test_what_was_kept_is_read_whatever_it_is(reading: Reading, sqlite_service: Service) -> None:
    clerk = reading("zhao", Role.CLERK, "south", fresh=True)
    told = [("name", clerk.name), ("password", PASSWORD)]
    for kept in (
        NESTED,
        '{"to":1,"pairs":[]}',
        '{"to":"//evil.example","pairs":[]}',
        '{"to":"/x","pairs":[1]}',
    ):
        answer = sqlite_service.client.post(
            "/sign-in",
            data=dict([*told, ("kept", kept), ("next", "/ledgers/桃源/")]),
            follow_redirects=False,
        )
        sqlite_service.client.cookies.clear()
        assert answer.status_code == 303, answer.text[:300]
        assert answer.headers["location"] == quote("/ledgers/桃源/")


class InLoop(Gate):
    """A gate that is asked where it may be: by the one event loop."""

    @contextmanager
    def passed(self, whose: str = "") -> Iterator[None]:
        """Inside, if the loop asks."""
        asyncio.get_running_loop()
        with super().passed(whose):
            yield


def test_imports_take_their_turn_and_no_thread_counts_them(
    reading: Reading, sqlite_service: Service
) -> None:
    clerk = reading("zhao", Role.CLERK, "south")
    state = sqlite_service.client.app.state  # type: ignore[attr-defined]  # of the application
    usual = state.gate
    told = [
        *fields_of(clerk, "/imports"),
        ("sheet", "5aeT5ZCNCuadjuaYjgo="),
        ("name", "a.csv"),
        ("results", "{}"),
    ]
    try:
        for path in ("/imports/preview", "/imports/commit", "/imports/result"):
            state.gate = InLoop(2)
            assert clerk.post(path, told).status_code in {200, 422}, path
            state.gate = Gate(0)
            answer = clerk.post(path, told)
            assert answer.status_code == 503, path
            assert "<h1>" in answer.text
    finally:
        state.gate = usual


def test_a_long_form_is_read_beside_the_event_loop(monkeypatch: pytest.MonkeyPatch) -> None:
    loops: list[bool] = []

    def read(*told: Any, **more: Any) -> list[tuple[str, str]]:
        try:
            asyncio.get_running_loop()
            loops.append(True)
        except RuntimeError:
            loops.append(False)
        return parse_qsl(*told, **more)

    monkeypatch.setattr(visiting, "parse_qsl", read)
    told = [(b"content-type", b"application/x-www-form-urlencoded")]
    request = Request({"type": "http", "headers": told})
    for long in (10, LARGEST_BODY + 1):
        sent = asyncio.run(visiting.form_of(request, b"a=" + b"%41" * long))
        assert sent.one("a") == "A" * long
    assert loops == [True, False]
