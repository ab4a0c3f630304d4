"""What every query does first and last: who asks what of which ledger, as of when; what he is shown of others is noted."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from typing import Annotated, TypeAlias, TypeVar, get_origin

from fastapi import Depends, Query, Request, Response
from fastapi.concurrency import run_in_threadpool
from fastapi.dependencies.utils import get_flat_params
from fastapi.params import Query as QueryParameter
from fastapi.routing import APIRoute
from pydantic import AfterValidator
from sqlalchemy import Connection
from starlette.datastructures import URL

from application.readings import ReadingNoted
from domain.access import Action, Asker, Relation
from domain.document import Sort
from domain.people import Actor, PersonId, Reason, Refused, Role, UnitId
from domain.period import Period
from interfaces import bodies, sealed
from interfaces.api.door import Door, checked_id, must_be_let, no_parameters
from interfaces.api.views import Listing, Sheet
from interfaces.asked import (
    must_be_meeting,
    must_be_published,
    must_be_units,
)
from interfaces.moments import day_of, position_of
from interfaces.wiring import Desk
from projections import (
    as_of as moments,
)
from projections import (
    disputes,
    roster,
)
from projections.paging import MOST, Key, Page, cursor_of, key_of

SHORT_WAIT = 0.2
"""Seconds after which a read that waits for the position in `after` asks whether there is one."""
LONGEST_WAIT = 5.0
"""Seconds that a read waits for the position in `after`."""
MOST_IN_SHEET = 2_000
"""Lines of one sheet at the most."""
T = TypeVar("T")


def _said(text: str) -> str:
    return bodies.check_text(text, "text")


Text: TypeAlias = Annotated[str, Query(max_length=100), AfterValidator(_said)]
Limit: TypeAlias = Annotated[int, Query(ge=1, le=MOST)]
Cursor: TypeAlias = Annotated[
    str | None, Query(max_length=500, description="上页的 next / `next` of the page before")
]
Year: TypeAlias = Annotated[
    int | None,
    Query(ge=1949, le=2200, description="年度,默认本年 / calendar year, this one by default"),
]
Version: TypeAlias = Annotated[
    str | None,
    Query(max_length=100, description="哪一版,默认最新发布的 / which, the newest by default"),
]
Day: TypeAlias = Annotated[
    date | None,
    Query(description="哪一天的情况,默认今天 / as it was on this day, today by default"),
]
Governs: TypeAlias = Annotated[
    str | None,
    Query(
        max_length=200,
        description="管哪份文件,如 rubric/代码 / what it governs, such as rubric/CODE",
    ),
]
After: TypeAlias = Annotated[
    int | None, Query(ge=0, description="等到读到此位置再答 / wait until this position can be read")
]
AsOf: TypeAlias = Annotated[
    str | None,
    Query(
        max_length=40,
        description="当时所知:位置、时刻(带时区)或日期 / as known at a position, an instant with a zone, or a day",
    ),
]

Moment: TypeAlias = Annotated[
    str,
    Query(
        max_length=40,
        description="位置、时刻(带时区)或日期 / a position, an instant with a zone, or a day",
    ),
]


@dataclass(frozen=True, slots=True)
class Look:
    """A connection that sees one position; `position` is the past one that was asked for, none for now.

    `shown` gathers whom what is shown tells of, and by which action it is.
    """

    connection: Connection
    ledger: str
    position: int | None
    shown: dict[tuple[str, Action], None]

    def shows(self, action: Action, subject: str) -> None:
        """What tells of this is shown by this action; it is noted when the look is over, before anybody sees it."""
        self.shown[subject, action] = None

    def must_be_units(self, **named: UnitId | None) -> None:
        """Refuse parameters that name no unit."""
        must_be_units(self.connection, self.ledger, named)

    def must_be_meeting(self, meeting: str | None) -> None:
        """Refuse the id of a meeting that there is not."""
        must_be_meeting(self.connection, self.ledger, meeting, "meeting")

    def must_be_published(self, sort: Sort, code: str, field: str) -> None:
        """Refuse the code of a document that nobody has published, as known at the position."""
        must_be_published(self.connection, self.ledger, sort, code, field, position=self.position)


@dataclass(frozen=True, slots=True)
class Asking:
    """Who asks which ledger for what, and the answer's headers."""

    desk: Desk
    asker: Asker
    as_of: str | None
    request: Request
    response: Response

    @property
    def actor(self) -> Actor:
        """Who asks, and as what."""
        return self.asker.actor

    @property
    def today(self) -> date:
        """The ledger's local day, or the day as of which is asked."""
        if self.as_of is None:
            return self.desk.today()
        with self.desk.store.reading() as connection:
            return day_of(connection, self.desk, self.as_of, "as_of")

    def year(self, year: int | None) -> Period:
        """The calendar year that is asked for."""
        return Period.year(year or self.today.year)

    @contextmanager
    def look(self) -> Iterator[Look]:
        """Look at the read model; the answer tells the position that it shows. What is shown of others is noted at the end, when nothing is held any more."""
        shown: dict[tuple[str, Action], None] = {}
        with self.desk.store.reading() as connection:
            now = moments.position_now(connection, self.desk.code)
            position = (
                None
                if self.as_of is None
                else position_of(connection, self.desk, self.as_of, "as_of")
            )
            self.response.headers["Lvzhi-Position"] = str(now if position is None else position)
            yield Look(connection, self.desk.code, position, shown)
        self.note(shown)

    def must_see_person(self, look: Look, id: str) -> None:
        """Refuse somebody's file to who is neither he, nor acts in a unit to which he is bound, nor sees all files; note that he sees it."""
        if not self.may_see_person(look, id, Action.SEE_FILE):
            raise Refused(Reason.NOT_ALLOWED, "id", Action.SEE_FILE.zh)
        look.shows(Action.SEE_FILE, f"member/{id}")

    def must_see_dispute(self, look: Look, id: str) -> disputes.DisputePage:
        """A query; refuses it to who is neither the member, nor typed it in, nor acts in a unit to which he is bound, nor sees all; notes that he sees it."""
        told = (look.connection, look.ledger)
        page = disputes.dispute(*told, id, today=self.today, position=look.position)
        if page is None:
            raise Refused(Reason.NO_SUCH_DISPUTE, "id", id)
        state = page.state
        relation = sealed.to_query(
            self.asker, *told, state.person, state.typed_by, today=self.desk.today()
        )
        self.asker.must(Action.SEE_DISPUTE, relation, "id")
        look.shows(Action.SEE_DISPUTE, state.subject)
        return page

    def note(self, shown: Iterable[tuple[str, Action]]) -> None:
        """Note by which action he is shown what tells of each of these, before he is; of what tells of himself nothing is noted."""
        own = f"member/{self.actor.person}"
        through = str(self.request.scope["route"].operation_id)
        noted = [
            ReadingNoted(subject=each, action=action, through=through)
            for each, action in shown
            if each != own
        ]
        if noted:
            try:
                self.desk.readings.note(self.actor, noted)
            except TimeoutError as error:
                raise Refused(Reason.BUSY) from error

    def may_see_person(self, look: Look, id: str, action: Action) -> bool:
        """Whether this of somebody is open to the one who asks."""
        asker = self.asker
        return asker.always(action) or asker.may(action, self._to_person(look, id))

    def may_see_people(self, look: Look, ids: Collection[str], action: Action) -> set[str]:
        """Those of them of whom this is open to the one who asks, by one question for all."""
        asker, actor = self.asker, self.actor
        if asker.always(action):
            return set(ids)
        theirs: set[PersonId] = set()
        if actor.unit is not None:
            told = (look.connection, look.ledger, [PersonId(each) for each in ids], actor.unit)
            theirs = roster.bound_among(*told, day=self.desk.today())

        def relation(id: str) -> Relation:
            if actor.person == id:
                return Relation.SELF
            return Relation.UNIT if id in theirs else Relation.OTHER

        return {each for each in ids if asker.may(action, relation(each))}

    def files_shown(self, look: Look, people: Collection[PersonId]) -> list[PersonId]:
        """Those of them whose files are open to the one who asks; that they are shown is noted."""
        seen = self.may_see_people(look, people, Action.SEE_FILE)
        for person in seen:
            look.shows(Action.SEE_FILE, f"member/{person}")
        return sorted(PersonId(each) for each in seen)

    def _to_person(self, look: Look, id: str) -> Relation:
        """How the one who asks stands to somebody today, whatever day he asks about: who let a member go sees no more of him."""
        actor, person = self.actor, PersonId(id)
        if actor.person == person:
            return Relation.SELF
        if actor.unit is None:
            return Relation.OTHER
        told = (look.connection, look.ledger, person, actor.unit)
        return Relation.UNIT if roster.is_bound(*told, day=self.desk.today()) else Relation.OTHER

    def must_see_unit(self, look: Look, id: str, action: Action) -> None:
        """Refuse what is of a unit to who neither acts in it, nor is its head today, nor sees all units."""
        if not self.may_see_unit(look, id, action):
            raise Refused(Reason.NOT_ALLOWED, "id", action.zh)

    def may_see_unit(self, look: Look, id: str, action: Action) -> bool:
        """Whether this of a unit is open to the one who asks."""
        if self.asker.always(action):
            return True
        relation = Relation.UNIT if self._acts_in(look, UnitId(id)) else Relation.OTHER
        return self.asker.may(action, relation)

    def units_open(self, look: Look, action: Action) -> frozenset[UnitId] | None:
        """The units of which this is open to the one who asks; none where it is of all."""
        told = (look.connection, look.ledger, action)
        return sealed.units_open(self.asker, *told, today=self.desk.today())

    def inspections_open(self, look: Look) -> frozenset[UnitId] | None:
        """The units whose inspections are open to the one who asks; none where they are of all."""
        told = (look.connection, look.ledger)
        return sealed.inspections_open(self.asker, *told, today=self.desk.today())

    def _acts_in(self, look: Look, unit: UnitId) -> bool:
        actor = self.actor
        if actor.unit == unit or actor.role is not Role.HEAD:
            return actor.unit == unit
        found = roster.some_units(look.connection, look.ledger, (unit,)).get(unit)
        return found is not None and actor.person in found.answering_on(self.desk.today())

    def listing(self, page: Page[T]) -> Listing[T]:
        """A page, with a `Link` to the next."""
        if page.after is None:
            return Listing(rows=page.rows)
        cursor = self._door.tokens.sealed(cursor_of(page.after), self._page)
        url = self.request.url.include_query_params(cursor=cursor).remove_query_params("after")
        self.response.headers["Link"] = f'<{_path(url)}>; rel="next"'
        return Listing(rows=page.rows, next=cursor)

    def sheet(self, name: str, table: bytes) -> Sheet:
        """A table as a CSV file of that name, with the position that it shows."""
        headers = {
            "Content-Disposition": f'attachment; filename="{name}.csv"',
            "Cache-Control": "no-store",
            "Lvzhi-Position": self.response.headers["Lvzhi-Position"],
        }
        return Sheet(table, headers=headers)

    def after(self, cursor: str | None) -> Key | None:
        """The key to go on from; refuses a cursor that another page gave, or nobody."""
        if cursor is None:
            return None
        try:
            return key_of(self._door.tokens.unsealed(cursor, self._page))
        except ValueError as error:
            raise Refused(Reason.MALFORMED, "cursor") from error

    @property
    def _door(self) -> Door:
        door: Door = self.request.app.state.door
        return door

    @property
    def _page(self) -> str:
        """What a cursor belongs to."""
        return str(self.request.scope["route"].operation_id)

    def tag(self, version: int) -> None:
        """Tell the version of what is shown, for `If-Match`; the past has none."""
        if self.as_of is None:
            self.response.headers["ETag"] = f'"{version}"'


def all_lines(read: Callable[[Key | None, int], Page[T]], field: str) -> list[T]:
    """All lines of a sheet, read page by page; `Refused`, naming the field that chose them, where there are too many for one."""
    lines: list[T] = []
    after: Key | None = None
    while True:
        page = read(after, MOST)
        lines += page.rows
        if len(lines) > MOST_IN_SHEET:
            raise Refused(Reason.TOO_MANY, field, f"> {MOST_IN_SHEET}")
        if page.after is None:
            return lines
        after = page.after


def _path(url: URL) -> str:
    return f"{url.path}?{url.query}" if url.query else url.path


_KNOWN: dict[str, tuple[frozenset[str], frozenset[str]]] = {}


def _known_parameters(route: APIRoute) -> tuple[frozenset[str], frozenset[str]]:
    """The names of a route's query parameters, its own and those of what it depends on; and which of them are lists."""
    operation = route.operation_id or route.path
    if operation not in _KNOWN:
        known = {
            each.alias: get_origin(each.field_info.annotation) in (list, tuple)
            for each in get_flat_params(route.dependant)
            if isinstance(each.field_info, QueryParameter)
        }
        lists = frozenset(name for name, is_list in known.items() if is_list)
        _KNOWN[operation] = frozenset(known), lists
    return _KNOWN[operation]


async def known_parameters(request: Request) -> None:
    """Refuse query parameters that the route does not know."""
    no_parameters(request, *_known_parameters(request.scope["route"]))


async def asking(
    request: Request, response: Response, after: After = None, as_of: AsOf = None
) -> Asking:
    """Let in a read that can look back, and wait until it can see what it asks for."""
    return await _let_in(request, response, after, as_of)


async def asking_now(request: Request, response: Response, after: After = None) -> Asking:
    """Let in a read of how things stand now."""
    return await _let_in(request, response, after, None)


async def _let_in(
    request: Request, response: Response, after: int | None, as_of: str | None
) -> Asking:
    door: Door = request.app.state.door
    desk, asker = await door.enter(request)
    no_parameters(request, *_known_parameters(request.scope["route"]))
    for name, value in request.path_params.items():
        checked_id(value, name)
    if after is not None and not await desk.reader.arrived(after, SHORT_WAIT):
        head = await run_in_threadpool(desk.head)
        if after > head:
            raise Refused(Reason.NOT_YET, "after", f"{after} > {head}")
        if not await desk.reader.arrived(after, LONGEST_WAIT):
            raise Refused(Reason.BUSY, "after", str(after))
        must_be_let(desk, asker)
    response.headers["Cache-Control"] = "no-store"
    return Asking(desk, asker, as_of, request, response)


Asked: TypeAlias = Annotated[Asking, Depends(asking)]
AskedNow: TypeAlias = Annotated[Asking, Depends(asking_now)]
