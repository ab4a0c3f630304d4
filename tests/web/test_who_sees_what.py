"""Every page, looked at by everybody: what tells of a person stands only where the table lets it stand, and is noted when it does."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import product
from typing import Any

import pytest
from fastapi.routing import APIRoute

from application.readings import ReadingNoted
from domain.access import Action
from domain.handling import BeginCourse
from domain.meeting import OpenMeeting
from domain.people import Actor, Role, UnitId
from interfaces.api.door import action_of
from interfaces.sealed import MASK
from interfaces.web.router import router
from tests.interfaces.conftest import DAY, SINCE, Caller, Service, visit
from tests.web.conftest import Reader, Reading
from tests.web.rounds import LI, Rounds

PHONE, WHY_EXEMPT = "13911112222", "待产休养在家"
CITIZEN, WHY_FOUND = "王大妈家", "两次迟到挨批"
SPOKEN_BY, REACHED_AT = "张老汉亲口", "0577-8888123"
QUERIED, ASKED_BACK = "其实是金丝雀村", "签到表有笔误"
WHY_CHANGED = "家属来电说明"
ABSTRACT = "路基塌了三处"
CAMPAIGN = "进村入户"

SECRETS = {
    PHONE: Action.SEE_CONTACT,
    WHY_EXEMPT: Action.SEE_FILE,
    WHY_CHANGED: Action.SEE_FILE,
    CITIZEN: Action.SEE_PRIVATE,
    WHY_FOUND: Action.SEE_PRIVATE,
    SPOKEN_BY: Action.SEE_SENSITIVE,
    REACHED_AT: Action.SEE_SENSITIVE,
    QUERIED: Action.SEE_DISPUTE,
    ASKED_BACK: Action.SEE_DISPUTE,
}
"""What is planted, and by which action it is open."""

OF_HIM = frozenset({PHONE, WHY_EXEMPT, WHY_CHANGED, QUERIED, ASKED_BACK})
IN_RECORDS = frozenset({CITIZEN, WHY_FOUND})
SAID = frozenset({SPOKEN_BY, REACHED_AT})

WHO: dict[str, tuple[str, Role, str | None, frozenset[str]]] = {
    "office": ("secretary", Role.OFFICE, "county", OF_HIM | IN_RECORDS | SAID),
    "clerk of the studio that recorded it": (
        "clerk",
        Role.CLERK,
        "south",
        OF_HIM | IN_RECORDS | SAID,
    ),
    "head of that studio": ("zhao", Role.HEAD, "south", OF_HIM | IN_RECORDS | SAID),
    "head of his sector": ("chen", Role.HEAD, "medicine", OF_HIM | IN_RECORDS),
    "clerk of another sector": ("bian", Role.CLERK, "economy", IN_RECORDS),
    "clerk of the sector that he left": ("gone", Role.CLERK, "culture", IN_RECORDS),
    "appraisal": ("panel", Role.APPRAISAL, None, (OF_HIM - {PHONE}) | IN_RECORDS),
    "auditor": ("someone", Role.AUDITOR, None, (OF_HIM - {PHONE}) | IN_RECORDS),
    "himself": ("li", Role.MEMBER, None, OF_HIM | IN_RECORDS),
    "another member": ("zhao", Role.MEMBER, None, frozenset()),
}
"""Who looks, and what of it is open to him."""

KEYS: dict[str, tuple[str, ...]] = {
    "id": ("li", "medicine", "culture", "south", "v1", "m1", "f1", "d1", "mt1"),
    "kind": ("visited_household", "carried_up"),
    "sort": ("rubric",),
    "code": ("none",),
    "rubric": ("none",),
    "batch": ("0" * 16,),
    "act": ("describe", "exempt", "end-exemption", "join"),
    "sha256": ("0" * 64,),
    "tag": ("none",),
    "name": ("none",),
    "figure": ("none",),
    "number": ("1",),
}
"""What stands for the parts of addresses."""
OF: dict[str, tuple[str, ...]] = {
    "/people/{id}": ("li",),
    "/admin/people/{id}": ("li",),
    "/units/{id}": ("medicine", "culture", "south"),
    "/admin/units/{id}": ("medicine", "culture", "south"),
    "/occasions/{id}": ("v1",),
    "/matters/{id}": ("m1",),
    "/findings/{id}": ("f1",),
    "/queries/{id}": ("d1",),
    "/meetings/{id}": ("mt1",),
}
"""Whose pages are asked for what there is of it alone; the office, which is told of anything that is not there, asks for the others too."""
BESIDE = {
    "/record": ("query=d1",),
    "/record/{kind}": (
        "repeat=occasion/v1",
        "repeat=matter/m1",
        "repeat=finding/f1",
        "query=d1",
    ),
    "/occasions/{id}/amend": ("query=d1",),
    "/queries/{id}": ("recorded=occasion/v1", "recorded=finding/f1"),
    "/occasions/{id}": ("like=matter/m1", "as_of=2025-06-01"),
    "/matters/{id}": ("like=occasion/v1", "as_of=2025-06-01"),
    "/findings/{id}": ("as_of=2025-06-01",),
    "/people/{id}": ("year=2025", "as_of=2025-06-01"),
    "/people/{id}/history": ("as_of=2025-06-01",),
    "/people/{id}/handbook": ("year=2025",),
    "/people/{id}/story": ("year=2025",),
    "/units/{id}/story": ("year=2025",),
    "/occasions/{id}/led": ("way=after", "text=走访"),
    "/matters/{id}/led": ("way=after",),
    "/units/{id}": ("year=2025", "year=2025&as_of=2025-06-01"),
    "/units/{id}/history": ("as_of=2025-06-01",),
    "/queries": ("which=all",),
    "/queries/new": (
        "deed=occasion/v1&person=li",
        "deed=matter/m1",
        "deed=finding/f1&sort=duplicate",
        "person=li&sort=missing",
    ),
    "/history": ("person=li", "unit=medicine", "by=li", "kind=dispute"),
    "/deeds": ("kind=visited_household",),
    "/admin/readings": ("person=li",),
    "/people": ("members=0",),
    "/dues": ("which=soon&kind=carried_up", "unit=south"),
    "/dues/sheet": ("kind=carried_up",),
    "/dues/print": ("which=soon&kind=carried_up", "unit=south"),
    "/meetings": ("when=year", "when=unrecorded"),
    "/pairings": ("which=ended", "which=unvisited", "relation=village"),
    "/lacking": ("kind=met_leader&unit=south", "relation=village&unit=medicine"),
    "/meetings/new": ("kind=visited_household", "kind=met_leader"),
    "/meetings/{id}/check-in": ("code=ABCDEFGHJK",),
    "/plan": ("year=2025&which=late",),
    "/topics": ("year=2025&state=raised",),
    "/tasks": ("which=all",),
    "/record/people": ("others=李",),
    **dict.fromkeys(
        (
            *("/campaigns", "/campaigns/one", "/campaigns/records"),
            *("/campaigns/report", "/campaigns/report/sheet"),
        ),
        (f"campaign=activity&name={CAMPAIGN}&first={DAY}&last={DAY}",),
    ),
}
"""Parameters with which a page is asked once more."""


def sent(caller: Caller, path: str, body: Any, status: int = 200, **more: Any) -> int:
    """Send it; the position at which it can be read."""
    answer = caller.send(path, body, **more)
    assert answer.status_code == status, answer.text
    position: int = answer.json()["position"]
    return position


@pytest.fixture
def county(office: Caller, sqlite_service: Service) -> Caller:
    """A ledger that holds one of each of what is not for everybody, about Li, who was in another sector until the end of 2025."""

    def caller(person: str, role: Role, unit: str | None = None) -> Caller:
        return sqlite_service.caller(office.ledger, person, role, unit)

    staff = {
        "clerk": "吴干事",
        "bian": "卞干事",
        "gone": "古干事",
        "panel": "潘干事",
        "someone": "沈审计",
        "secretary": "周秘书",
    }
    bond = {"bond": "sector", "unit": "culture", "since": SINCE, "primary": False}
    commands = [
        {"command": "open_unit", "unit": "culture", "profile": {"kind": "sector", "name": "文化界"}, "since": SINCE},
        {"command": "join", "person": "li", "membership": bond},
        {"command": "leave", "person": "li", "bond": "sector", "unit": "culture", "until": "2025-12-31"},
        {"command": "describe", "person": "li", "profile": {"name": "李明", "phone": PHONE, "number": "003"}, "reason": WHY_CHANGED, "if_match": 3},
        *({"command": "admit", "person": each, "profile": {"name": name, "standing": "other"}} for each, name in staff.items()),
    ]  # fmt: skip
    verdicts = office.send("/commands", commands).json()["verdicts"]
    assert [each for each in verdicts if "problem" in each] == []
    exempt = {"since": "2025-03-01", "until": "2025-04-01", "reason": WHY_EXEMPT}
    sent(office, "/people/li/exemptions", exempt, if_match="*")
    right = {**exempt, "until": "2025-05-01"}
    asked = {"wrong": {"exemptions": [exempt]}, "right": {"exemptions": [right]}}
    sent(office, "/people/li/corrections", {**asked, "reason": WHY_CHANGED}, if_match="*")
    clerk = caller("clerk", Role.CLERK, "south")
    household = visit(details={"kind": "visited_household", "names": [CITIZEN]}, participants=[{"person": "li"}], activity=CAMPAIGN)  # fmt: skip
    sent(clerk, "/occasions/v1", household, 201, method="PUT")
    carried = {
        "details": {"kind": "carried_up", "spoken_by": SPOKEN_BY, "contact": REACHED_AT, "topic": "修路"},
        "title": "群众盼修路",
        "on": DAY,
        "organiser": "south",
        "authors": [{"person": "li", "role": "first"}],
        "text": ABSTRACT,
    }  # fmt: skip
    sent(clerk, "/matters/m1", carried, 201, method="PUT")
    internal = {"body": {**carried, "sensitivity": "internal"}, "reason": "转为内部"}
    sent(clerk, "/matters/m1/amendments", internal, if_match="*")
    found = {
        "details": {"kind": "was_marked", "code": "public", "wording": WHY_FOUND},
        "on": DAY,
        "body": "主席会议",
        "reason": WHY_FOUND,
        "person": "li",
        "figure": "3",
    }
    sent(office, "/findings/f1", found, 201, method="PUT")
    told = Rounds(sqlite_service.installation.desk(office.ledger))
    told.plan("mt1", 0, organiser=UnitId("south"), expected=(LI,))
    told.tell(OpenMeeting(meeting="mt1"))
    told.publish_loops()
    told.tell(BeginCourse(matter="m1", loop="messages"))
    claim = {"person": "li", "sort": "wrong", "deed": "occasion/v1", "field": "地点", "should_be": QUERIED, "note": ASKED_BACK}  # fmt: skip
    li = caller("li", Role.MEMBER)
    position = sent(li, "/disputes/d1", claim, 201, method="PUT")
    office.get("/summary", after=position)
    return office


def pages(made: Any) -> Iterator[APIRoute]:
    """The routes of a router."""
    return (route for route in made.routes if isinstance(route, APIRoute))


LEDGER = "/ledgers/{ledger}"


def filled(path: str, all_ids: bool = True) -> Iterator[str]:
    """A path with all that may stand for its parts."""
    names = [part[1:-1] for part in path.split("/") if part.startswith("{")]
    there = next((of for root, of in OF.items() if path.startswith(root)), KEYS["id"])
    keys = KEYS if all_ids else {**KEYS, "id": there}
    for chosen in product(*(keys[name] for name in names)):
        told = path
        for name, value in zip(names, chosen, strict=True):
            told = told.replace("{" + name + "}", value)
        yield told


def addresses(all_ids: bool = False) -> Iterator[str]:
    """Every page of a ledger, by what there is in this one; of `all_ids` with the names of other things too."""
    for route in pages(router()):
        if not route.path.startswith(LEDGER) or "GET" not in (route.methods or ()):
            continue
        path = route.path.removeprefix(LEDGER)
        for told in filled(path, all_ids):
            yield told
            yield from (f"{told}?{more}" for more in BESIDE.get(path, ()))


@dataclass
class Notes:
    """What was noted while a page was made."""

    seen: set[Action]


@pytest.fixture
def noted(
    county: Caller, sqlite_service: Service, monkeypatch: pytest.MonkeyPatch
) -> Callable[[], set[Action]]:
    """What has been noted since it was asked last."""
    readings = sqlite_service.installation.desk(county.ledger).readings
    found: set[Action] = set()
    note = readings.note

    def noting(actor: Actor, each: Any) -> None:
        found.update(one.action for one in each if isinstance(one, ReadingNoted))
        note(actor, each)

    monkeypatch.setattr(type(readings), "note", lambda _, actor, each: noting(actor, each))

    def asked() -> set[Action]:
        told = set(found)
        found.clear()
        return told

    return asked


@pytest.mark.parametrize("who", WHO)
def test_what_tells_of_a_person_stands_only_where_it_is_open_and_is_noted(
    reading: Reading,
    noted: Callable[[], set[Action]],
    who: str,
) -> None:
    person, role, unit, open_to_him = WHO[who]
    reader: Reader = reading(person, role, unit)
    told = f"{role.value}.{unit}" if unit else role.value
    met: set[str] = set()
    wrong: list[str] = []
    abstract: list[str] = []
    there = frozenset(addresses())
    for path in dict.fromkeys(addresses(all_ids=who == "office")):
        noted()
        answer = reader.get(f"{path}{'&' if '?' in path else '?'}as={told}")
        assert answer.status_code < 500, (path, answer.text[:300])
        # What the others do not ask for is not there.
        assert path in there or answer.status_code == 404, (path, answer.status_code)
        shown = {secret for secret in SECRETS if secret in answer.text}
        met |= shown
        abstract += [path] if ABSTRACT in answer.text else []
        wrong += [f"{path}: {each}" for each in shown - open_to_him]
        if person == "li":
            continue
        actions = noted()
        for each in shown:
            own = SECRETS[each] in {Action.SEE_SENSITIVE, Action.SEE_PRIVATE} and (
                (person == "clerk" and each != WHY_FOUND) or (person == "secretary" and each == WHY_FOUND)
            )  # fmt: skip
            if each == PHONE and Action.SEE_FILE in actions:
                # What the history of his file says of it is of the file.
                continue
            graver = SECRETS[each] is Action.SEE_PRIVATE and Action.SEE_SENSITIVE in actions
            if not own and SECRETS[each] not in actions and not graver:
                wrong.append(f"{path}: {each} is not noted, {sorted(a.value for a in actions)}")
    assert not wrong, "\n".join(wrong)
    assert met == open_to_him
    # The abstract of what is internal stands for those inside and its author.
    assert bool(abstract) is (who != "another member"), abstract


def test_what_tells_of_people_is_left_out_of_a_form_that_repeats_a_record(
    reading: Reading, county: Caller
) -> None:
    for person in ("zhao", "li"):
        reader = reading(person, Role.MEMBER)
        form = reader.read("/record/visited_household?repeat=occasion/v1")
        assert CITIZEN not in form
        assert "走访桃源村" in form
        assert MASK not in form
        other = reader.read("/record/visited_village?repeat=occasion/v1")
        assert "走访桃源村" not in other


def test_nothing_of_a_ledger_is_open_to_whoever_is_not_signed_in(
    county: Caller, sqlite_service: Service
) -> None:
    client = sqlite_service.client
    client.cookies.clear()
    every = list(addresses())
    assert len(every) > 60
    for path in every:
        answer = client.get(f"/ledgers/{county.ledger}{path}", follow_redirects=False)
        assert answer.status_code == 303, path
        assert answer.headers["location"].startswith("/sign-in?next=")


def test_the_day_of_this_test_is_after_he_had_left() -> None:
    assert datetime.now(UTC).date().isoformat() > "2025-12-31"


OPEN_TO_ALL = frozenset({"/sign-in", "/preferences", "/new-password"})
"""Forms of somebody who is not signed in, or whoever he is: they have no token, and change nothing that is his."""


def test_every_page_says_what_it_takes() -> None:
    routes = list(pages(router()))
    assert len(routes) > 100
    for route in routes:
        assert action_of(route), route.path


def test_no_form_is_taken_without_its_token_or_from_another_site(
    reading: Reading, county: Caller, sqlite_service: Service
) -> None:
    office = reading("secretary", Role.OFFICE, "county")
    token = office.hidden(office.read("/"), "form")
    client, before = sqlite_service.client, county.get("/summary").json()
    paths = {
        next(filled(route.path.replace(LEDGER, f"/ledgers/{county.ledger}")))
        for route in pages(router())
        if "POST" in (route.methods or ())
    }
    assert len(paths) > 40
    for path in sorted(paths):
        for fields, headers in (
            ({}, {}),
            ({"form": token[:-1] + "x"}, {}),
            ({"form": token}, {"origin": "https://evil.example"}),
            ({"form": token}, {"origin": "null"}),
            ({"form": token}, {"sec-fetch-site": "same-site"}),
        ):
            if path in OPEN_TO_ALL and not headers:
                continue
            for name, value in office.cookies.items():
                client.cookies.set(name, value)
            answer = client.post(path, data=fields, headers=headers, follow_redirects=False)
            client.cookies.clear()
            assert answer.status_code == 403, (path, fields, headers, answer.status_code)
            assert "set-cookie" not in answer.headers
    assert county.get("/summary").json() == before
    assert office.get("/").status_code == 200
