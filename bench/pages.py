"""How long the server takes for each page: the rehearsal county, or a million entries of it, looked at by each role; no browser, no network."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, replace
from datetime import date
from html import unescape
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter

import httpx2
from sqlalchemy import func, select

from application import postgres_log, rehearsal, sqlite_log
from application.handle import Request
from application.log import Log
from application.rehearsal.diary import LAST
from application.rehearsal.sheets import sheets
from application.vault import Vault
from bench.places import Place
from bench.retold import retell
from bench.rounds import Case, Extent, Figure, alone, figure, in_turns, undisturbed
from bench.scoring import filled
from domain.document import Sort
from domain.member import Bond
from domain.people import PersonId, Role, UnitId
from domain.unit import UnitKind
from interfaces import demo
from interfaces.app import create_app
from interfaces.granting import let_in
from interfaces.settings import read
from interfaces.wiring import OWNER, Desk, Installation, inspect
from projections import as_of
from projections.facts import fact_versions
from projections.store import create_tables

LEDGER = demo.LEDGER
PASSWORD = "a password of benchmarks, of no use to anybody else"  # noqa: S105
TARGET, TARGET_LARGE, TARGET_EARLIER = 50, 100, 1_000
"""Milliseconds in which a page should be made: of the county, of a million entries, and as of an earlier day."""
HALF_WAY = "2025-06-30"
READ_AT_ONCE = 20_000


@dataclass(frozen=True, slots=True)
class Page:
    """A page, who looks at it, and its address in the ledger; `sheet` says that a sheet is sent there."""

    name: str
    who: str
    path: str
    sheet: bool = False

    @property
    def is_earlier(self) -> bool:
        """Whether it is asked as of an earlier day."""
        return "as_of=" in self.path


_CHANGED = f"since={HALF_WAY}&until=2025-12-31&year=2025"
PAGES = (
    Page("home", "member", "/"),
    Page("home", "clerk", "/"),
    Page("home", "head", "/"),
    Page("home", "office", "/"),
    Page("home", "appraisal", "/"),
    Page("home", "auditor", "/"),
    Page("what to record", "clerk", "/record"),
    Page("record a visit", "clerk", "/record/visited_village"),
    Page("record a proposal", "clerk", "/record/proposed"),
    Page("records", "clerk", "/deeds"),
    Page("records", "office", "/deeds"),
    Page("records by text", "office", "/deeds?text=走访"),
    Page("records by a text that none has", "office", "/deeds?text=没有这样的字"),
    Page("waiting", "clerk", "/waiting"),
    Page("waiting", "head", "/waiting"),
    Page("member file", "member", "/people/{member}?year=2025"),
    Page("handbook", "member", "/people/{member}/handbook?year=2025"),
    Page("member history", "member", "/people/{member}/history"),
    Page("queries", "member", "/queries"),
    Page("queries", "office", "/queries"),
    Page("roster", "office", "/people"),
    Page("scores", "office", "/scores?year=2025"),
    Page("grades", "appraisal", "/scores/rehearsal/grades?year=2025"),
    Page("progress", "office", "/progress?year=2025"),
    Page("heat", "office", "/heat?year=2025"),
    Page("units", "office", "/units"),
    Page("the largest studio", "clerk", "/units/{studio}?year=2025"),
    Page("the largest sector", "office", "/units/{sector}?year=2025"),
    Page("differences", "office", f"/differences?{_CHANGED}"),
    Page("what is due", "office", "/dues"),
    Page("meetings", "office", "/meetings"),
    Page("plan", "office", "/plan?year=2025"),
    Page("topics", "office", "/topics?year=2025"),
    Page("tasks", "office", "/tasks?which=all"),
    Page("how matters flow", "office", "/flows?kind=carried_up"),
    Page("flow by township", "office", "/flows?kind=proposed&by=township"),
    Page("board of wishes", "office", "/boards?kind=granted_wish"),
    Page("adoption", "office", "/adoption"),
    Page("opinion ledgers", "office", "/opinion-ledgers?year=2025"),
    Page("pairings", "office", "/pairings"),
    Page("whom it is lacking of", "office", "/lacking?kind=studied"),
    Page("joint activities", "office", "/joint"),
    Page("what led to what", "office", "/stories"),
    Page("story of the largest studio", "clerk", "/units/{studio}/story?year=2025"),
    Page("pages of figures", "office", "/figures"),
    Page("the wall", "member", "/wall?month=2025-06"),
    Page("month of the largest studio", "clerk", "/units/{studio}/month?month=2025-06"),
    Page("quarter", "office", "/compared?quarter=2025-Q2"),
    Page("register", "office", "/register"),
    Page("standards", "office", "/standards"),
    Page("documents owed", "office", "/documents-owed"),
    Page("coverage", "office", "/coverage"),
    Page("handover of the largest studio", "clerk", "/units/{studio}/handover"),
    Page("imports", "clerk", "/imports"),
    Page("import preview", "clerk", "/imports/preview", sheet=True),
    Page("import preview", "office", "/imports/preview", sheet=True),
    Page("history", "auditor", "/history"),
    Page("history of a unit", "auditor", "/history?unit={studio}"),
    Page("documents", "office", "/admin/documents"),
    Page("rubric", "office", "/documents/rubric/rehearsal"),
    Page(
        "effects of a rubric",
        "appraisal",
        "/documents/rubric/rehearsal/effects?version=2&year=2025",
    ),
    Page("grants", "office", "/grants"),
    Page("admin", "office", "/admin"),
    Page("keep the roster", "office", "/admin/people"),
    Page("keep a member", "office", "/admin/people/{member}"),
    Page("scores, earlier", "office", f"/scores?year=2025&as_of={HALF_WAY}"),
    Page("roster, earlier", "office", f"/people?as_of={HALF_WAY}"),
    Page("member file, earlier", "member", f"/people/{{member}}?year=2025&as_of={HALF_WAY}"),
    Page("unit, earlier", "clerk", f"/units/{{studio}}?year=2025&as_of={HALF_WAY}"),
)


@dataclass(frozen=True, slots=True)
class People:
    """Who looks, in which role and for which unit; and whom and what they look at."""

    signed_in: Mapping[str, tuple[PersonId, Role, UnitId | None]]
    known: Mapping[str, str]


def run(extent: Extent, places: Sequence[Place]) -> Iterator[Figure]:
    """Milliseconds of each page, the median of the rounds; against the answer of the same application that reads nothing."""
    for place in places:
        with _opened(extent, place) as installation:
            yield from _pages(extent, place.name, installation)


@contextmanager
def _opened(extent: Extent, place: Place) -> Iterator[Installation]:
    """An installation whose ledger is filled and read."""
    with ExitStack() as stack:
        where = stack.enter_context(place.apart()).where()
        folder = Path(stack.enter_context(TemporaryDirectory(prefix="lvzhi-bench-")))
        database = where["database"]
        settings = read({"LVZHI_SEAL_EVERY": "off"}, data=str(folder), database=database)
        installation = stack.enter_context(closing(Installation(settings)))
        if database is None:
            sqlite_log.create_ledger(folder, LEDGER)
        else:
            postgres_log.create_ledger(database, LEDGER)
            create_tables(database)
        with installation.borrowed_log(LEDGER) as log:
            _enter(extent, log, installation.vault(LEDGER))
        desk = installation.desk(LEDGER)
        publish_again(desk)
        desk.reader.catch_up(at_a_time=READ_AT_ONCE)
        yield installation


def publish_again(desk: Desk) -> None:
    """A second version of the rubric, in force for the last of the county's years, so that a publication has effects to tell of."""
    rubric = next(each for each in rehearsal.documents() if each.sort is Sort.RUBRIC)
    text = re.sub(r"(?m)^version: .*$", "version: 2", rubric.text, count=1)
    text = re.sub(r"(?m)^since: .*$", f"since: {LAST.year}-01-01", text, count=1)
    again = replace(rubric, version="2", text=text, since=date(LAST.year, 1, 1))
    desk.one(Request(command=again, actor=OWNER, command_id="bench-rubric-2"))


def _enter(extent: Extent, log: Log, vault: Vault) -> None:
    if extent.retold > 1:
        retell(log, extent.retold)
    elif extent.days is not None:
        filled(log, extent.days, vault)
    else:
        rehearsal.build(log, documents=rehearsal.documents(), inspect=inspect, vault=vault)


def _pages(extent: Extent, place: str, installation: Installation) -> Iterator[Figure]:
    people = _people(installation.desk(LEDGER))
    app = create_app(installation)
    with asyncio.Runner() as runner, TemporaryDirectory() as folder:
        _, sheet, _ = sheets(Path(folder))
        visits = {
            name: Visit(runner, app, people, name, sheet.read_bytes()) for name in people.signed_in
        }
        for name, (person, role, unit) in people.signed_in.items():
            _let_sign_in(installation, name, person, role, unit)
            visits[name].sign_in()
        asked = {f"{page.name}, {page.who}": page for page in PAGES}
        cases: dict[str, Case] = {name: visits[page.who].case(page) for name, page in asked.items()}
        bare = "answers"
        with undisturbed():
            measured = in_turns({bare: visits["office"].bare, **cases}, max(3, 3 * extent.rounds))
        for visit in visits.values():
            visit.close()
    told = f"pages {place}" if extent.retold == 1 else f"pages {place} large"
    above = 0
    for name, page in asked.items():
        made = figure(f"{told} {name}", "ms", measured[name], measured[bare])
        above += made.value > target(page, large=extent.retold > 1)
        yield made
    yield alone(f"{told}, above their target", "pages", [above])


def target(page: Page, *, large: bool) -> int:
    """Milliseconds in which a page should be made."""
    if page.is_earlier:
        return TARGET_EARLIER
    return TARGET_LARGE if large else TARGET


def _people(desk: Desk) -> People:
    """The member, the studio and the sector with most records, and somebody in each role."""
    with desk.store.reading() as connection:
        found = as_of.roster(connection, LEDGER)
        rows = fact_versions.c
        number = func.count().label("number")
        counted = connection.execute(
            select(rows.subject, number)
            .where(rows.ledger == LEDGER)
            .group_by(rows.subject)
            .order_by(number.desc(), rows.subject)
        ).all()
    busy = {PersonId(row.subject.removeprefix("member/")): row.number for row in counted}
    members = {
        each.person: (each.bound_to(Bond.SECTOR, LAST), each.bound_to(Bond.STUDIO, LAST))
        for each in found.people.values()
    }
    whole = [person for person, bonds in members.items() if None not in bonds]
    member = max(whole, key=lambda person: busy.get(person, 0))
    size: dict[UnitId, int] = {}
    for each in (unit for bonds in members.values() for unit in bonds if unit is not None):
        size[each] = size.get(each, 0) + 1

    def largest(kind: UnitKind) -> UnitId:
        return max(
            (each for each in size if found.units[each].profile.kind is kind),
            key=lambda unit: size[unit],
        )

    studio, sector = largest(UnitKind.STUDIO), largest(UnitKind.SECTOR)
    staff = demo.staff_of(found, "办公室主任")
    others = [each for each in whole if each != member]
    return People(
        signed_in={
            "member": (member, Role.MEMBER, None),
            "clerk": (others[0], Role.CLERK, studio),
            "head": (others[1], Role.HEAD, sector),
            "office": (staff, Role.OFFICE, None),
            "appraisal": (demo.staff_of(found, "信息科科长"), Role.APPRAISAL, None),
            "auditor": (demo.staff_of(found, "综合科科长"), Role.AUDITOR, None),
        },
        known={"member": member, "studio": studio, "sector": sector},
    )


def _let_sign_in(
    installation: Installation, name: str, person: PersonId, role: Role, unit: UnitId | None
) -> None:
    desk, accounts = installation.desk(LEDGER), installation.access.accounts
    if role is not Role.MEMBER:
        let_in(desk, person, role, unit, days=30, reason="bench")
    account = accounts.make(f"bench-{name}")
    accounts.link(account.id, LEDGER, person)
    accounts.set_password(account.id, PASSWORD)
    desk.reader.catch_up()


class Visit:
    """Somebody in his browser, which asks the application itself."""

    def __init__(
        self, runner: asyncio.Runner, app: object, people: People, who: str, sheet: bytes
    ) -> None:
        self._runner = runner
        self._who = who
        self._people = people
        self._sheet = sheet
        _, role, unit = people.signed_in[who]
        self._as = role.value if unit is None else f"{role.value}.{unit}"
        self._client = httpx2.AsyncClient(
            transport=httpx2.ASGITransport(app=app),  # type: ignore[arg-type]  # an application
            base_url="http://bench",
        )

    def sign_in(self) -> None:
        """Begin a session."""
        sent = {"name": f"bench-{self._who}", "password": PASSWORD}
        answer = self._runner.run(self._client.post("/sign-in", data=sent))
        if not answer.is_redirect:
            raise RuntimeError(f"{self._who} is not let in: {answer.status_code}")

    def bare(self) -> float:
        """Milliseconds of an answer that reads nothing."""
        return self._timed("GET", "/livez")

    def case(self, page: Page) -> Case:
        """Milliseconds of a page."""
        path = page.path.format(**self._people.known)
        joined = "&" if "?" in path else "?"
        address = f"/ledgers/{LEDGER}{path}{joined}as={self._as}"
        if not page.sheet:
            return lambda: self._timed("GET", address)
        form = self._form()
        files = {"file": ("六月.xlsx", self._sheet)}
        return lambda: self._timed("POST", address, data={"form": form}, files=files)

    def _form(self) -> str:
        page = self._runner.run(self._client.get(f"/ledgers/{LEDGER}/imports?as={self._as}"))
        found = re.search(r'name="form" value="([^"]+)"', page.text)
        if found is None:
            raise RuntimeError("the page of imports has no form")
        return unescape(found[1])

    def _timed(self, method: str, address: str, **sent: object) -> float:
        began = perf_counter()
        answer = self._runner.run(
            self._client.request(method, address, **sent)  # type: ignore[arg-type]  # a form
        )
        taken = perf_counter() - began
        if answer.status_code != httpx2.codes.OK:
            raise RuntimeError(f"{self._who} {address}: {answer.status_code}")
        return 1_000 * taken

    def close(self) -> None:
        """Give back what it holds."""
        self._runner.run(self._client.aclose())
