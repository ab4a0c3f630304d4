"""Every way out of a ledger whose matters are internal, asked by somebody outside of them: none of their words is told."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import fields, is_dataclass, replace
from datetime import date
from itertools import product
from typing import Any, cast

import pytest
from fastapi import FastAPI
from fastapi.routing import APIRoute

from application import codec
from application.clock import now
from application.log import NewRow
from domain import inside
from domain.deed import LinkedLedTo
from domain.entry import sealed_in
from domain.fact import Attendance, Authorship
from domain.handling import BeginCourse, ExtendDeadline, HandOver, PauseCourse
from domain.kinds import KINDS, Shape
from domain.kinds.advice import Way
from domain.loop import Holder
from domain.matter import Author, Matter, MatterAmended, MatterRecorded, RecordMatter, Sensitivity
from domain.meeting import AskLeave, CloseMeeting, DecideLeave, OpenMeeting
from domain.people import Role, UnitId
from domain.streams import Root
from domain.words import Level
from interfaces.sealed import MASK
from interfaces.web.router import router
from tests import events
from tests.interfaces.conftest import Caller, Service
from tests.web import test_who_sees_what as pages
from tests.web.conftest import Reading
from tests.web.rounds import CHEN, LI, OFFICE, Rounds, days

WORD = "内部字样"
"""What stands in every text that is for who may see inside."""
KINDS_OF_MATTERS = [name for name, kind in KINDS.items() if kind.about.shape is Shape.MATTER]
UNITS, PEOPLE = ("south", "medicine", "county"), ("li", "zhao")


def planted(event: Any, today: date) -> Any:
    """An event with that word in each of its texts that is closed, of this day."""
    return inside.sealed(_of(event, today), lambda _: WORD)


def _of(value: Any, today: date) -> Any:
    """The same on one day, where none of its ids names anything."""
    if isinstance(value, date):
        return today
    if isinstance(value, tuple):
        return tuple(_of(each, today) for each in value)
    if is_dataclass(value) and not isinstance(value, type):
        return replace(value, **{f.name: _of(getattr(value, f.name), today) for f in fields(value)})
    return value


@pytest.fixture
def county(office: Caller, sqlite_service: Service) -> Mapping[str, str]:
    """A ledger with an internal matter of every kind, to which all happened that can happen to one: the matters by what they are."""
    desk = sqlite_service.installation.desk(office.ledger)
    rounds = Rounds(desk)
    today = rounds.today
    rounds.publish_loops()
    made: dict[str, str] = {}
    written: dict[str, int] = {}

    def write(stream: str, event: Any) -> None:
        written[stream] = written.get(stream, 0) + 1
        told = sealed_in(OFFICE, at=now(), day=today, on=today, command="", cause="")
        row = NewRow(stream, written[stream], codec.name_of(event), codec.encode(event, told))
        desk.log.append(desk.head(), [row], [])

    for kind in KINDS_OF_MATTERS:
        event = cast("MatterRecorded[Any]", events.sample_of(kind))
        body: Matter[Any] = replace(
            planted(event, today).body,
            title=f"{kind}的题目",
            organiser=UnitId("south"),
            authors=(
                Author(person=LI, role=Authorship.FIRST),
                Author(unit=UnitId("south"), role=Authorship.JOINT),
            ),
            sensitivity=Sensitivity.INTERNAL,
            level=Level.COUNTY,
            answers="",
            converted_from="",
            merged_into="",
            work="",
            plan_item="",
        )
        key = kind.replace("_", "-")
        write(f"matter/{key}", MatterRecorded(matter=key, body=body, record=event.record))
        again = replace(body, text=f"{WORD}又", effect=f"{WORD}再")
        write(f"matter/{key}", MatterAmended(matter=key, body=again, reason=WORD))
        made[kind] = key
    ends = ("record.withdrawn", "record.superseded", "record.linked")
    for name in OF_ANY:
        its = "wrote_report" if name in ends else "reported_opinion"
        write(f"matter/{made[its]}", planted(events.sample_of(name), today))
    for kind, names in MORE.items():
        for name in names:
            write(f"matter/{made[kind]}", planted(events.sample_of(name), today))
    write(f"matter/{made['task']}", _led(made["raised_topic"], today))
    assert desk.reader.wait_for(desk.head(), 20)
    moving(rounds)
    return {**made, "moving": "moving"}


OF_ANY = [
    name
    for name in codec.NAMES
    if events.classes_of(name)[0] in events.ROOTS[Root.MATTER]
    and events.classes_of(name)[1] is None
]
"""The stored names of what can happen to a matter of any kind."""
MORE: Mapping[str, tuple[str, ...]] = {
    "raised_topic": ("matter.declined",),
    "task": ("matter.tracked",),
    "survey": ("suggestion.made", "suggestion.answered", "matter.instructed"),
    "was_inspected": ("problem.notified", "matter.notified"),
    "consultation": ("suggestion.made", "participation.returned"),
}
"""What besides happened to matters of which boards and lists tell more."""


def _led(source: str, today: date) -> LinkedLedTo:
    return LinkedLedTo(deed="matter/task", source=f"matter/{source}", on=today, note=WORD)


def moving(rounds: Rounds) -> None:
    """An internal message on its way round its loop, moved, extended, handed over and halted with reasons, and left behind by a second version: no sample fits a loop."""
    body = planted(events.sample_of("carried_up").body, rounds.today)
    told = replace(
        body,
        title="群众盼修桥",
        on=rounds.today - days(9),
        organiser=UnitId("south"),
        details=replace(body.details, from_village=None),
        authors=(Author(person=LI, role=Authorship.FIRST),),
        sensitivity=Sensitivity.INTERNAL,
        **dict.fromkeys(("answers", "converted_from", "merged_into"), ""),
    )
    rounds.tell(RecordMatter(matter="moving", body=told, differs=True))
    rounds.tell(BeginCourse(matter="moving", loop="messages"))
    rounds.move("moving", "verified", 8, note=WORD, by=WORD)
    whom = Holder(unit=UnitId("medicine"))
    rounds.move("moving", "assigned", 7, note=WORD, by=WORD, way=Way.FIRST, holder=whom)
    later = rounds.today + days(90)
    said = {"reason": WORD, "consented_by": WORD}
    rounds.tell(ExtendDeadline(matter="moving", stage="handled", until=later, **said))
    given = Holder(name="县水利局")
    rounds.tell(HandOver(matter="moving", on=rounds.today, holder=given, reason=WORD))
    rounds.tell(PauseCourse(matter="moving", on=rounds.today, **said))
    rounds.publish_loops("2")


PARTS: Mapping[str, tuple[str, ...]] = {
    **{name: found for name, found in pages.KEYS.items() if name != "id"},
    "sort": ("rubric",),
    "code": ("none", "messages"),
    "reason": ("missing",),
    "position": ("1",),
    "level": ("0",),
    "path:path": ("x",),
    "handle": ("x",),
}
"""What stands for the parts of addresses other than ids."""
ASKED: Mapping[str, tuple[str, ...]] = {
    "/deeds": ("state=withdrawn", "text=题目"),
    "/tasks": ("year=2026", "which=all"),
    "/dues": ("which=", "unit=south"),
    "/dues/sheet": ("which=",),
    "/dues/print": ("which=",),
    "/history": ("unit=south", "person=li"),
    "/flows/matters": ("kind=carried_up",),
    "/units/{id}/work-log": ("month={month}",),
    "/units/{id}/work-log/sheet": ("month={month}",),
    "/record/{kind}": tuple(f"repeat=matter/{kind.replace('_', '-')}" for kind in KINDS_OF_MATTERS),
}
"""Parameters with which an address is asked once more."""
OF_ID: Mapping[str, tuple[str, ...]] = {"people": PEOPLE, "units": UNITS}


def addresses(routes: list[APIRoute], root: str, matters: list[str], month: str) -> Iterator[str]:
    """Every address that can be asked, with whatever of this ledger may stand in it."""
    for route in routes:
        if not route.path.startswith(root) or "GET" not in (route.methods or ()):
            continue
        path = route.path.removeprefix(root)
        names = [part[1:-1] for part in path.split("/") if part.startswith("{")]
        first = path.strip("/").split("/")[0]
        ids = OF_ID.get(first, tuple(matters) if first == "matters" else ("x",))
        for chosen in product(*(ids if name == "id" else PARTS[name] for name in names)):
            told = path
            for name, value in zip(names, chosen, strict=True):
                told = told.replace("{" + name + "}", value)
            yield told
            yield from (f"{told}?{more.format(month=month)}" for more in ASKED.get(path, ()))


def api_routes(app: Any) -> list[APIRoute]:
    """The routes of the API."""
    assert isinstance(app, FastAPI)
    return [each for each in app.routes if isinstance(each, APIRoute)]


@pytest.fixture
def ways_out(county: Mapping[str, str], sqlite_service: Service) -> tuple[list[str], list[str]]:
    """The addresses of the pages and those of the API."""
    matters = list(county.values())
    month = f"{now():%Y-%m}"
    of_pages = list(pages.pages(router()))
    app = sqlite_service.client.app
    return (
        list(addresses(of_pages, "/ledgers/{ledger}", matters, month)),
        list(addresses(api_routes(app), "/api/v1/ledgers/{ledger}", matters, f"{month}-01")),
    )


def telling(asked: Iterator[tuple[str, Any]]) -> list[str]:
    """The addresses whose answers hold that word."""
    found = []
    for path, answer in asked:
        assert answer.status_code < 500, (path, answer.text[:300])
        if WORD in answer.text:
            found.append(path)
    return found


def test_no_page_and_no_read_tells_an_outsider_a_word_of_what_is_internal(
    reading: Reading, office: Caller, sqlite_service: Service, ways_out: tuple[list[str], list[str]]
) -> None:
    of_pages, of_api = ways_out
    member = reading("chen", Role.MEMBER)
    assert telling((path, member.get(_as(path, "member"))) for path in of_pages) == []
    for person, role in (("chen", Role.MEMBER), ("program", Role.CONSUMER)):
        asks = sqlite_service.caller(office.ledger, person, role)
        assert telling((path, asks.get(path)) for path in of_api) == []


def test_those_inside_are_told_them_on_the_same_ways(
    reading: Reading, office: Caller, ways_out: tuple[list[str], list[str]]
) -> None:
    of_pages, of_api = ways_out
    secretary = reading("secretary", Role.OFFICE, "county")
    shown = telling((path, secretary.get(_as(path, "office.county"))) for path in of_pages)
    read = telling((path, office.get(path)) for path in of_api)
    # Every sort of way out is among them: what tells no words to anybody would show nothing of a mask.
    assert [path for path in TOLD if path not in shown] == []
    months = [path.format(month=f"{now():%Y-%m}") for path in READ]
    assert [path for path in months if path not in read] == []


TOLD = (
    "/matters/reported-opinion",
    "/matters/moving",
    "/matters/moving/story",
    "/dues",
    "/topics",
    "/tasks",
    "/stories",
    "/suggestions",
    "/history",
    "/inspections/bulletin",
    "/units/south/story",
)
READ = (
    "/matters/reported-opinion",
    "/matters/reported-opinion/history",
    "/matters/moving/course",
    "/matters/moving/history",
    "/matters/task/links",
    "/people/li/facts",
    "/people/li/history",
    "/units/south/facts",
    "/units/south/history",
    "/units/south/handover",
    "/units/south/work-log?month={month}-01",
    "/units/south/work-log/sheet?month={month}-01",
    "/dues",
    "/dues/versions/messages",
    "/deeds?state=withdrawn",
    "/topics",
    "/tasks",
    "/links",
    "/suggestions",
    "/opinion-ledgers",
)


def _as(path: str, told: str) -> str:
    return f"{path}{'&' if '?' in path else '?'}as={told}"


LEAVE, GRANTED = "因病住院字样", "批准人字样"


@pytest.fixture
def meeting(office: Caller, sqlite_service: Service) -> list[str]:
    """The addresses of a meeting of the south studio that was closed, from which Li had leave, and of all that tells of it."""
    rounds = Rounds(sqlite_service.installation.desk(office.ledger))
    south = UnitId("south")
    rounds.plan("held", 0, organiser=south, expected=(LI, CHEN))
    rounds.tell(AskLeave(meeting="held", person=LI, leave=LEAVE))
    rounds.tell(DecideLeave(meeting="held", person=LI, granted=True, by=GRANTED))
    rounds.tell(OpenMeeting(meeting="held"))
    rounds.tell(CloseMeeting(meeting="held", others=Attendance.PRESENT))
    body = office.get("/occasions/held").json()["body"]
    for each in body["participants"]:
        if each["person"] == LI:
            each["leave"] = f"{LEAVE}又"
    told = office.send("/occasions/held/amendments", {"body": body, "reason": "更正"}, if_match="*")
    assert told.status_code == 200, told.text
    return ["held"]


def told_of_leave(ask: Callable[[str], Any], paths: Iterable[str]) -> list[str]:
    """Where it is told which leave he had, or who granted it."""
    found = []
    for path in paths:
        answer = ask(path)
        assert answer.status_code < 500, (path, answer.text[:300])
        found += [path] if LEAVE in answer.text or GRANTED in answer.text else []
    return found


def of_meetings(routes: list[APIRoute], root: str) -> list[str]:
    """The addresses at which something of the meeting, of its record and of those who were there can be asked."""
    ids = {"occasions": ("held",), "meetings": ("held",), "people": ("li", "chen"), "units": UNITS}
    found = []
    for route in routes:
        path = route.path.removeprefix(root)
        first = path.strip("/").split("/")[0]
        if not route.path.startswith(root) or "GET" not in (route.methods or ()):
            continue
        names = [part[1:-1] for part in path.split("/") if part.startswith("{")]
        for chosen in product(*(ids.get(first, ("x",)) if n == "id" else PARTS[n] for n in names)):
            told = path
            for name, value in zip(names, chosen, strict=True):
                told = told.replace("{" + name + "}", value)
            found.append(told)
    return [*found, "/record/attended?repeat=occasion/held", "/occasions/held?as_of=2030-01-01"]


@pytest.mark.parametrize(
    ("person", "role", "unit", "pages_open", "reads_open"),
    [
        ("chen", Role.MEMBER, None, False, False),
        ("bian", Role.CLERK, "economy", False, False),
        ("li", Role.MEMBER, None, True, True),
        ("clerk", Role.CLERK, "south", True, True),
        ("secretary", Role.OFFICE, "county", True, True),
    ],
)
def test_which_leave_somebody_had_is_told_to_himself_to_who_organises_and_to_the_office(
    reading: Reading,
    office: Caller,
    sqlite_service: Service,
    meeting: list[str],
    person: str,
    role: Role,
    unit: str | None,
    pages_open: bool,
    reads_open: bool,
) -> None:
    reader = reading(person, role, unit)
    asks = sqlite_service.caller(office.ledger, person, role, unit)
    told = f"{role.value}.{unit}" if unit else role.value
    of_pages = of_meetings(list(pages.pages(router())), "/ledgers/{ledger}")
    of_api = of_meetings(api_routes(sqlite_service.client.app), "/api/v1/ledgers/{ledger}")
    on_pages = told_of_leave(lambda path: reader.get(_as(path, told)), of_pages)
    in_reads = told_of_leave(asks.get, [path for path in of_api if "?" not in path])
    assert bool(on_pages) is pages_open, on_pages
    assert bool(in_reads) is reads_open, in_reads
    if reads_open:
        assert "/occasions/held" in in_reads
        assert "/occasions/held/history" in in_reads
    there = asks.get("/occasions/held").json()["body"]["participants"]
    assert {each["person"]: each["attendance"] for each in there} == {
        "li": "leave",
        "chen": "present",
    }


def test_others_see_that_he_had_leave_and_the_mask_is_not_stored(
    office: Caller, sqlite_service: Service, meeting: list[str]
) -> None:
    chen = sqlite_service.caller(office.ledger, "chen", Role.MEMBER)
    body = chen.get("/occasions/held").json()["body"]
    (his,) = [each for each in body["participants"] if each["person"] == "li"]
    assert (his["attendance"], his["leave"], his["granted_by"]) == ("leave", MASK, MASK)
    amended = {"body": body, "reason": "更正"}
    answer = office.send("/occasions/held/amendments", amended, if_match="*")
    assert (answer.status_code, answer.json()["reason"]) == (403, "sealed")
    assert answer.json()["errors"][0]["pointer"].endswith("/leave")
    rows = chen.get("/occasions/held/history").json()["rows"]
    (leave,) = [d for row in rows for d in row["differences"] if d["field"] == "/body/leaves/li"]
    assert (leave["old"], leave["new"]) == (MASK, MASK)


def test_a_file_that_is_given_to_somebody_tells_of_his_own_leave_alone(
    office: Caller, meeting: list[str]
) -> None:
    assert LEAVE in office.get("/people/li/export").text
    others = office.get("/people/chen/export").text
    assert "held" in others
    assert LEAVE not in others
    assert GRANTED not in others
