"""What is due, as the API tells it, and how soon a moved meeting shows on the board: a thousand open matters of which half go by a meeting."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial
from importlib.resources import files
from statistics import median, quantiles
from tempfile import TemporaryDirectory
from time import perf_counter
from uuid import uuid4

import httpx2

from application import packs
from application.handle import Request
from bench.county import CALLER, COUNTY, MEMBERS, OFFICE, STUDIOS, carry_out, roster
from bench.lag import PATIENCE
from bench.places import Place
from bench.rounds import Case, Extent, Figure, alone, figure, in_turns, undisturbed
from domain.course import Move
from domain.document import Publish
from domain.handling import MoveMatter
from domain.kinds.advice import CarriedUp
from domain.kinds.deliberation import Tier
from domain.kinds.meetings import Attended
from domain.kinds.meetings import Meeting as MeetingKind
from domain.kinds.works import Consultation
from domain.loop import Holder
from domain.matter import Author, Matter, RecordMatter
from domain.meeting import MoveMeeting, PlanMeeting
from domain.occasion import Occasion
from domain.people import Role
from domain.streams import Command
from interfaces.app import create_app
from interfaces.settings import read
from interfaces.wiring import Desk, Installation

PACKS = (
    "calendars/cn-2025.yaml",
    "messages/carried-up.yaml",
    "haiyan/consultation-standing.yaml",
)
MEETINGS = 24
"""Meetings of a kind that are planned, one a month, so that a due day has some to choose from."""
AT_A_TIME = 50
BEFORE = 30
"""Days ago on which everything was recorded."""


def run(extent: Extent, places: Sequence[Place]) -> Iterator[Figure]:
    """Milliseconds of a page of the board and of what stands around it, against an answer that reads nothing; and of a moved meeting."""
    for place in places:
        with place.apart() as empty, TemporaryDirectory(prefix="lvzhi-bench-") as folder:
            empty.prepare_reading()
            data = empty.where()["folder"] if empty.where()["database"] is None else folder
            settings = read(
                {"LVZHI_SEAL_EVERY": "off"}, data=data, database=empty.where()["database"]
            )
            with closing(Installation(settings)) as installation:
                desk = installation.create(f"due{uuid4().hex[:8]}", "Bench County")
                _enter(desk, extent.matters)
                yield from _asked(extent, empty, installation, desk)
                yield from _moved(extent, empty, desk)


def _enter(desk: Desk, number: int) -> None:
    """The roster, the loops, the meetings, and that many open matters."""
    today = desk.today()
    _, *others = roster(desk.code)
    carry_out(desk.writer, [*others, *map(_published, PACKS)])
    carry_out(desk.writer, list(_plans(today)))
    for start in range(0, number, AT_A_TIME):
        some = range(start, min(start + AT_A_TIME, number))
        carry_out(desk.writer, [each for n in some for each in _matter(n, today)])
    desk.grants.look_again()
    desk.reader.catch_up()


def _published(file: str) -> Publish:
    text = files("packs").joinpath(file).read_text("utf-8")
    sort = packs.sort_of(text)
    code = text.split(f"{sort.value}: ")[1].split("\n")[0]
    return Publish(sort=sort, code=code, version="1", text=text, since=date(2023, 1, 1))


def _plans(today: date) -> Iterator[Command]:
    for n in range(MEETINGS):
        body: Occasion[Attended] = Occasion(
            details=Attended(meeting=MeetingKind.STANDING_COMMITTEE),
            title=f"第{n + 1}次常委会会议",
            on=today + timedelta(days=10 + 30 * n),
            organiser=COUNTY,
        )
        yield PlanMeeting(meeting=f"meeting-{n}", body=body)


def _matter(n: int, today: date) -> Iterator[Command]:
    """A message that has to be verified, or a consultation that is fed back at the next meeting."""
    key, on = f"matter-{n}", today - timedelta(days=BEFORE - n % BEFORE)
    author = Author(person=MEMBERS[n % len(MEMBERS)])
    if n % 2:
        said = CarriedUp(topic="饮水")
        message: Matter[CarriedUp] = Matter(
            details=said,
            title=f"群众反映第{n}件",
            on=on,
            organiser=STUDIOS[n % len(STUDIOS)],
            authors=(author,),
        )
        yield RecordMatter(matter=key, body=message)
        return
    topic: Matter[Consultation] = Matter(
        details=Consultation(tier=Tier.STANDING_COMMITTEE),
        title=f"协商第{n}题",
        on=on,
        organiser=COUNTY,
        authors=(Author(unit=COUNTY),),
    )
    yield RecordMatter(matter=key, body=topic)
    holder = Holder(unit=STUDIOS[n % len(STUDIOS)])
    for stage in ("survey", "consult"):
        yield MoveMatter(matter=key, move=Move(stage=stage, on=on))
    yield MoveMatter(matter=key, move=Move(stage="assign", on=on, holder=holder))


# What is read


@dataclass(frozen=True, slots=True)
class Client:
    """Asks the application itself: no browser and no network."""

    runner: asyncio.Runner
    client: httpx2.AsyncClient
    ledger: str

    def get(self, path: str) -> tuple[float, httpx2.Response]:
        """Milliseconds of an answer, and the answer."""
        began = perf_counter()
        answer = self.runner.run(self.client.get(path))
        taken = 1e3 * (perf_counter() - began)
        if answer.status_code != httpx2.codes.OK:
            raise RuntimeError(f"{path}: {answer.status_code} {answer.text[:200]}")
        return taken, answer

    def path(self, rest: str) -> str:
        """Where something of the ledger is."""
        return f"/api/v1/ledgers/{self.ledger}{rest}"


def _asked(
    extent: Extent, place: Place, installation: Installation, desk: Desk
) -> Iterator[Figure]:
    app = create_app(installation)
    token = installation.tokens.mint(CALLER, Role.OFFICE, COUNTY, desk.code, days=1)
    times = max(3, int(20 * extent.seconds))
    with asyncio.Runner() as runner:
        client = Client(
            runner,
            httpx2.AsyncClient(
                transport=httpx2.ASGITransport(app=app),
                base_url="http://bench",
                headers={"Authorization": f"Bearer {token}"},
            ),
            desk.code,
        )
        board = client.path("/dues?limit=50")
        paths = {
            "a page of the board": board,
            "next page": _next(client, board),
            "of one unit": client.path(f"/dues?limit=50&holder={STUDIOS[0]}"),
            "at one meeting": client.path("/dues?limit=50&meeting=meeting-0"),
            "counts": client.path("/dues/counts"),
            "one matter's way": client.path("/matters/matter-0/course"),
            "meetings": client.path("/meetings?limit=50"),
        }
        single: dict[str, list[float]] = {name: [] for name in paths}

        def case(name: str, path: str) -> float:
            taken = [client.get(path)[0] for _ in range(times)]
            single[name] += taken
            return median(taken)

        cases: dict[str, Case] = {name: partial(case, name, path) for name, path in paths.items()}
        bare = "answers"
        cases[bare] = lambda: median(client.get("/livez")[0] for _ in range(times))
        with undisturbed():
            measured = in_turns(cases, extent.rounds)
        runner.run(client.client.aclose())
    told = f"due {place.name}"
    for name in paths:
        yield figure(f"{told} {name}", "ms", measured[name], measured[bare])
    yield alone(f"{told} a page of the board, p95", "ms", [_p95(single["a page of the board"])])


def _next(client: Client, path: str) -> str:
    """The page after this one; this one again where it is the last."""
    _, answer = client.get(path)
    cursor = answer.json().get("next")
    return path if cursor is None else f"{path}&cursor={cursor}"


def _p95(values: Sequence[float]) -> float:
    return quantiles(values, n=20, method="inclusive")[18]


# What is moved


def _moved(extent: Extent, place: Place, desk: Desk) -> Iterator[Figure]:
    """Milliseconds from telling that a meeting is on another day until the board shows it."""
    desk.keep_reading()
    times = max(2, int(5 * extent.seconds))
    first = desk.today() + timedelta(days=10)
    moves = 0

    async def move() -> float:
        nonlocal moves
        moves += 1
        on = first + timedelta(days=moves % 2)
        command = MoveMeeting(meeting="meeting-0", on=on, reason="与县委全会冲突")
        began = perf_counter()
        done = await desk.submit(Request(command=command, actor=OFFICE, command_id=f"move-{moves}"))
        if not await desk.reader.arrived(done.position, PATIENCE):
            raise TimeoutError(f"{done.position} cannot be read")
        return 1e3 * (perf_counter() - began)

    with place.round_trips() as round_trip, asyncio.Runner() as runner:
        cases: dict[str, Case] = {
            "move": lambda: median(runner.run(move()) for _ in range(times)),
            "bare": lambda: 1e3 * median(round_trip() for _ in range(times)),
        }
        measured = in_turns(cases, extent.rounds)
    yield figure(
        f"due {place.name} a moved meeting shows", "ms", measured["move"], measured["bare"]
    )
