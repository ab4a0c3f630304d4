"""The queries: each is one question to one projection, as of now, of a position, of an instant or of a day."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any, TypeAlias, TypeVar, get_origin

from fastapi import APIRouter, Depends, Query, Request, Response
from fastapi.concurrency import run_in_threadpool
from fastapi.dependencies.utils import get_flat_params
from fastapi.params import Query as QueryParameter
from fastapi.routing import APIRoute
from pydantic import AfterValidator
from sqlalchemy import Connection
from starlette.datastructures import URL

from application.readings import ReadingNoted
from domain.access import Action, Asker, Relation
from domain.document import NOT_PUBLISHED, Sort
from domain.fact import Fact, SubjectId
from domain.kinds import KINDS
from domain.member import Standing
from domain.people import Actor, PersonId, Reason, Refused, Role, UnitId
from domain.period import Period
from domain.unit import Side, UnitKind
from interfaces import bodies, sealed
from interfaces.api import views
from interfaces.api.door import Door, checked_id, must_be_let, needs, no_parameters
from interfaces.api.views import (
    CardView,
    DeedView,
    EffectsView,
    GradeView,
    GridView,
    HappeningView,
    KindView,
    LedgerView,
    Listing,
    MovedView,
    ProgressView,
)
from interfaces.api.writes import LEDGER
from interfaces.asked import (
    governed_said,
    must_be_in_order,
    must_be_published,
    must_be_subject,
    must_be_units,
)
from interfaces.moments import day_of, position_of, positions_between
from interfaces.wiring import Desk
from projections import (
    as_of as moments,
)
from projections import (
    checklists,
    comparisons,
    counts,
    deeds,
    disputes,
    documents,
    dual,
    facts,
    grades,
    history,
    roster,
    rules,
    scorecards,
    unit_cards,
    waiting,
)
from projections.paging import MOST, Key, Page, cursor_of, key_of

SHORT_WAIT = 0.2
"""Seconds after which a read that waits for the position in `after` asks whether there is one."""
LONGEST_WAIT = 5.0
"""Seconds that a read waits for the position in `after`."""
MOST_BEHIND = 10_000
"""Entries that a read model may be behind while the service calls itself ready."""

T = TypeVar("T")
V = TypeVar("V")


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
        found = _found(page, Reason.NO_SUCH_DISPUTE, id)
        state = found.state
        relation = sealed.to_query(
            self.asker, *told, state.person, state.typed_by, today=self.desk.today()
        )
        self.asker.must(Action.SEE_DISPUTE, relation, "id")
        look.shows(Action.SEE_DISPUTE, state.subject)
        return found

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
        if not self.asker.always(action):
            relation = Relation.UNIT if self._acts_in(look, UnitId(id)) else Relation.OTHER
            self.asker.must(action, relation, "id")

    def _acts_in(self, look: Look, unit: UnitId) -> bool:
        actor = self.actor
        if actor.unit == unit or actor.role is not Role.HEAD:
            return actor.unit == unit
        page = roster.unit(look.connection, look.ledger, unit, day=self.desk.today())
        return page is not None and actor.person in page.heads

    def listing(self, page: Page[T]) -> Listing[T]:
        """A page, with a `Link` to the next."""
        if page.after is None:
            return Listing(rows=page.rows)
        cursor = self._door.tokens.sealed(cursor_of(page.after), self._page)
        url = self.request.url.include_query_params(cursor=cursor).remove_query_params("after")
        self.response.headers["Link"] = f'<{_path(url)}>; rel="next"'
        return Listing(rows=page.rows, next=cursor)

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


def _found(found: T | None, reason: Reason, key: str) -> T:
    if found is None:
        raise Refused(reason, "id", key)
    return found


def person_there(asked: Asking, look: Look, id: str) -> None:
    """Refuse somebody who is not on the roster: an empty answer is for one who is."""
    page = roster.person(
        look.connection, look.ledger, PersonId(id), day=asked.today, position=look.position
    )
    _found(page, Reason.NO_SUCH_PERSON, id)


def _dates(asking: Asking, first: date | None, last: date | None) -> tuple[date, date]:
    """The days asked for; this year where nothing is said."""
    year = Period.year((last or first or asking.today).year)
    found = first or year.first, last or year.last
    must_be_in_order(*found, "last")
    return found


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


def router(door: Door) -> APIRouter:
    """The routes of all queries."""
    made = APIRouter()

    _add_general(made, door)

    # Roster

    @made.get(
        f"{LEDGER}/summary",
        operation_id="get_summary",
        openapi_extra=needs(Action.SEE_ROSTER),
        summary="概况",
        tags=["ledgers"],
    )
    def get_summary(asked: AskedNow) -> counts.Counts:
        """How much the ledger holds, and what its roster lacks."""
        with asked.look() as look:
            return counts.counts(look.connection, look.ledger, today=asked.today)

    @made.get(
        f"{LEDGER}/people",
        operation_id="list_people",
        openapi_extra=needs(Action.SEE_ROSTER),
        summary="名册",
        tags=["people"],
    )
    def list_people(
        asked: Asked,
        day: Day = None,
        standing: Standing | None = None,
        sector: UnitId | None = None,
        studio: UnitId | None = None,
        unit: UnitId | None = None,
        without: Side | None = None,
        members_only: bool = False,
        text: Text = "",
        cursor: Cursor = None,
        limit: Limit = 50,
    ) -> Listing[roster.RosterLine]:
        """The roster as it was on a day, by name."""
        with asked.look() as look:
            look.must_be_units(sector=sector, studio=studio, unit=unit)
            page = roster.people(
                look.connection,
                look.ledger,
                day=day or asked.today,
                position=look.position,
                standing=standing,
                sector=sector,
                studio=studio,
                unit=unit,
                without=without,
                members_only=members_only,
                text=text,
                after=asked.after(cursor),
                limit=limit,
            )
        return asked.listing(page)

    @made.get(
        f"{LEDGER}/people/{{id}}",
        operation_id="get_person",
        openapi_extra=needs(Action.SEE_ROSTER),
        summary="人员",
        tags=["people"],
    )
    def get_person(asked: Asked, id: str, day: Day = None) -> roster.PersonPage:
        """One person with terms, bonds, roles and exemptions."""
        with asked.look() as look:
            page = roster.person(
                look.connection,
                look.ledger,
                PersonId(id),
                day=day or asked.today,
                position=look.position,
            )
            found = _found(page, Reason.NO_SUCH_PERSON, id)
            contact = asked.may_see_person(look, id, Action.SEE_CONTACT)
            file = asked.may_see_person(look, id, Action.SEE_FILE)
            if contact and found.person.profile.phone:
                look.shows(Action.SEE_CONTACT, f"member/{id}")
            if file and found.person.exemptions:
                look.shows(Action.SEE_FILE, f"member/{id}")
        asked.tag(found.version)
        return sealed.person_for(found, contact=contact, file=file)

    @made.get(
        f"{LEDGER}/units",
        operation_id="list_units",
        openapi_extra=needs(Action.SEE_ROSTER),
        summary="单位",
        tags=["units"],
    )
    def list_units(
        asked: Asked,
        day: Day = None,
        kind: UnitKind | None = None,
        side: Side | None = None,
        parent: UnitId | None = None,
        text: Text = "",
        open_only: bool = False,
        cursor: Cursor = None,
        limit: Limit = 50,
    ) -> Listing[roster.UnitLine]:
        """Units as they were on a day, by name."""
        with asked.look() as look:
            look.must_be_units(parent=parent)
            page = roster.units(
                look.connection,
                look.ledger,
                day=day or asked.today,
                position=look.position,
                kind=kind,
                side=side,
                parent=parent,
                text=text,
                open_only=open_only,
                after=asked.after(cursor),
                limit=limit,
            )
        return asked.listing(page)

    @made.get(
        f"{LEDGER}/units/{{id}}",
        operation_id="get_unit",
        openapi_extra=needs(Action.SEE_ROSTER),
        summary="单位详情",
        tags=["units"],
    )
    def get_unit(asked: Asked, id: str, day: Day = None) -> roster.UnitPage:
        """One unit, with who answers for it on the day."""
        with asked.look() as look:
            page = roster.unit(
                look.connection,
                look.ledger,
                UnitId(id),
                day=day or asked.today,
                position=look.position,
            )
        found = _found(page, Reason.NO_SUCH_UNIT, id)
        asked.tag(found.version)
        return found

    # Deeds and facts

    @made.get(
        f"{LEDGER}/deeds",
        operation_id="list_deeds",
        openapi_extra=needs(Action.SEE_RECORD),
        summary="履职记录",
        tags=["deeds"],
    )
    def list_deeds(
        asked: AskedNow,
        kind: str | None = None,
        subject: SubjectId | None = None,
        organiser: UnitId | None = None,
        sector: UnitId | None = None,
        studio: UnitId | None = None,
        first: date | None = None,
        last: date | None = None,
        state: deeds.DeedState | None = None,
        recorder: UnitId | None = None,
        recorded_by: PersonId | None = None,
        text: Text = "",
        cursor: Cursor = None,
        limit: Limit = 50,
    ) -> Listing[deeds.DeedSummary]:
        """Records of every shape, newest day first."""
        if kind is not None and kind not in KINDS:
            raise Refused(Reason.UNKNOWN_KIND, "kind", kind[:80])
        must_be_in_order(first, last, "last")
        with asked.look() as look:
            look.must_be_units(organiser=organiser, sector=sector, studio=studio, recorder=recorder)
            must_be_subject(look.connection, look.ledger, subject, "subject")
            page = deeds.deeds(
                look.connection,
                look.ledger,
                today=asked.today,
                kind=kind,
                subject=subject,
                organiser=organiser,
                sector=sector,
                studio=studio,
                first=first,
                last=last,
                state=state,
                recorder=recorder,
                recorded_by=recorded_by,
                text=text,
                after=asked.after(cursor),
                limit=limit,
            )
        return asked.listing(page)

    def deed_of(asked: Asking, stream: str, reason: Reason) -> DeedView:
        with asked.look() as look:
            today = asked.today
            day = deeds.day_of(look.connection, look.ledger, stream) or today
            policy = documents.policy(look.connection, look.ledger, asked.desk.shelf, day)
            page = deeds.deed(look.connection, look.ledger, stream, today=today, policy=policy)
            found = _found(page, reason, stream.partition("/")[2])
            shown, action = sealed.deed_for(asked.asker, found)
            if action is not None:
                look.shows(action, stream)
        asked.tag(found.summary.version)
        return views.deed_view(shown)

    @made.get(
        f"{LEDGER}/occasions/{{id}}",
        operation_id="get_occasion",
        openapi_extra=needs(Action.SEE_RECORD),
        summary="活动",
        tags=["occasions"],
    )
    def get_occasion(asked: AskedNow, id: str) -> DeedView:
        """One occasion with its lines and both sides' stamps."""
        return deed_of(asked, f"occasion/{id}", Reason.NO_SUCH_DEED)

    @made.get(
        f"{LEDGER}/matters/{{id}}",
        operation_id="get_matter",
        openapi_extra=needs(Action.SEE_RECORD),
        summary="事项",
        tags=["matters"],
    )
    def get_matter(asked: AskedNow, id: str) -> DeedView:
        """One matter with its authors and the stages that it has reached."""
        return deed_of(asked, f"matter/{id}", Reason.NO_SUCH_DEED)

    @made.get(
        f"{LEDGER}/pairings/{{id}}",
        operation_id="get_pairing",
        openapi_extra=needs(Action.SEE_RECORD),
        summary="结对",
        tags=["pairings"],
    )
    def get_pairing(asked: AskedNow, id: str) -> DeedView:
        """One pairing."""
        return deed_of(asked, f"pairing/{id}", Reason.NO_SUCH_PAIRING)

    @made.get(
        f"{LEDGER}/findings/{{id}}",
        operation_id="get_finding",
        openapi_extra=needs(Action.SEE_RECORD),
        summary="认定",
        tags=["findings"],
    )
    def get_finding(asked: AskedNow, id: str) -> DeedView:
        """One finding."""
        return deed_of(asked, f"finding/{id}", Reason.NO_SUCH_FINDING)

    def facts_of(
        asked: Asking, subject: SubjectId, first: date | None, last: date | None
    ) -> list[Fact[Any]]:
        must_be_in_order(first, last, "last")
        with asked.look() as look:
            root, _, key = subject.partition("/")
            if root == "member":
                asked.must_see_person(look, key)
            else:
                asked.must_see_unit(look, key, Action.SEE_UNIT_FILE)
            must_be_subject(look.connection, look.ledger, subject, "id")
            found = facts.facts_of(
                look.connection,
                look.ledger,
                subject,
                first=first,
                last=last,
                position=look.position,
            )
            shown, noted = sealed.facts_for(asked.asker, found)
            look.shown.update(dict.fromkeys(noted.items()))
        return shown

    @made.get(
        f"{LEDGER}/people/{{id}}/facts",
        operation_id="list_facts_of_person",
        openapi_extra=needs(Action.SEE_FILE),
        summary="委员履职事实",
        tags=["people"],
    )
    def list_facts_of_person(
        asked: Asked, id: str, first: date | None = None, last: date | None = None
    ) -> list[Fact[Any]]:
        """What scoring sees of a member, by day."""
        return facts_of(asked, SubjectId(f"member/{id}"), first, last)

    @made.get(
        f"{LEDGER}/units/{{id}}/facts",
        operation_id="list_facts_of_unit",
        openapi_extra=needs(Action.SEE_UNIT_FILE),
        summary="单位履职事实",
        tags=["units"],
    )
    def list_facts_of_unit(
        asked: Asked, id: str, first: date | None = None, last: date | None = None
    ) -> list[Fact[Any]]:
        """What scoring sees of a unit, by day."""
        return facts_of(asked, SubjectId(f"unit/{id}"), first, last)

    # Dual management

    @made.get(
        f"{LEDGER}/units/{{id}}/waiting",
        operation_id="list_waiting",
        openapi_extra=needs(Action.SEE_WAITING),
        summary="待确认",
        tags=["units"],
    )
    def list_waiting(
        asked: AskedNow,
        id: str,
        person: PersonId | None = None,
        cursor: Cursor = None,
        limit: Limit = 50,
    ) -> Listing[waiting.WaitingDeed]:
        """What a unit answers for today, oldest first; `person` leaves out the lines of the one who looks."""
        with asked.look() as look:
            asked.must_see_unit(look, id, Action.SEE_WAITING)
            look.must_be_units(id=UnitId(id))
            page = waiting.waiting(
                look.connection,
                look.ledger,
                UnitId(id),
                today=asked.today,
                person=person,
                after=asked.after(cursor),
                limit=limit,
            )
        return asked.listing(page)

    @made.get(
        f"{LEDGER}/units/{{id}}/waiting/count",
        operation_id="count_waiting",
        openapi_extra=needs(Action.SEE_WAITING),
        summary="待确认数",
        tags=["units"],
    )
    def count_waiting(asked: AskedNow, id: str) -> waiting.WaitingCount:
        """How much waits for a unit."""
        with asked.look() as look:
            asked.must_see_unit(look, id, Action.SEE_WAITING)
            look.must_be_units(id=UnitId(id))
            return waiting.waiting_count(
                look.connection, look.ledger, UnitId(id), today=asked.today
            )

    @made.get(
        f"{LEDGER}/people/{{id}}/dual-management",
        operation_id="get_dual_record_of_person",
        openapi_extra=needs(Action.SEE_FILE),
        summary="委员双重管理档案",
        tags=["people"],
    )
    def get_dual_record_of_person(
        asked: Asked, id: str, first: date | None = None, last: date | None = None
    ) -> dual.MemberRecord:
        """Both links of a member, what each side has recorded and said, and where they differ."""
        begin, end = _dates(asked, first, last)
        with asked.look() as look:
            asked.must_see_person(look, id)
            today = asked.today
            day = min(today, end)
            policy = documents.policy(
                look.connection, look.ledger, asked.desk.shelf, day, position=look.position
            )
            record = dual.member(
                look.connection,
                look.ledger,
                PersonId(id),
                first=begin,
                last=end,
                today=today,
                policy=policy,
                position=look.position,
            )
        return _found(record, Reason.NO_SUCH_PERSON, id)

    @made.get(
        f"{LEDGER}/units/{{id}}/dual-management",
        operation_id="get_dual_record_of_unit",
        openapi_extra=needs(Action.SEE_UNIT_FILE),
        summary="单位双重管理情况",
        tags=["units"],
    )
    def get_dual_record_of_unit(
        asked: Asked, id: str, first: date | None = None, last: date | None = None
    ) -> dual.UnitRecord:
        """How a unit records and answers."""
        begin, end = _dates(asked, first, last)
        with asked.look() as look:
            asked.must_see_unit(look, id, Action.SEE_UNIT_FILE)
            today = asked.today
            day = min(today, end)
            policy = documents.policy(
                look.connection, look.ledger, asked.desk.shelf, day, position=look.position
            )
            record = dual.unit(
                look.connection,
                look.ledger,
                UnitId(id),
                first=begin,
                last=end,
                today=today,
                policy=policy,
                position=look.position,
            )
        return _found(record, Reason.NO_SUCH_UNIT, id)

    # Scores and checklists

    @made.get(
        f"{LEDGER}/people/{{id}}/scorecards",
        operation_id="list_scorecards_of_person",
        openapi_extra=needs(Action.SEE_FILE),
        summary="委员得分及说明",
        tags=["people"],
    )
    def list_scorecards_of_person(
        asked: Asked, id: str, year: Year = None, rubric: str | None = None
    ) -> list[CardView]:
        """A member's scorecards for a year, every line with the sentence that explains it."""
        with asked.look() as look:
            asked.must_see_person(look, id)
            found = scorecards.cards(
                look.connection,
                look.ledger,
                asked.desk.shelf,
                PersonId(id),
                period=asked.year(year),
                today=asked.today,
                rubric=rubric,
                position=look.position,
            )
            if not found:
                person_there(asked, look, id)
                if rubric is not None:
                    look.must_be_published(Sort.RUBRIC, rubric, "rubric")
        return [views.card_view(card) for card in found]

    @made.get(
        f"{LEDGER}/units/{{id}}/scorecards",
        operation_id="list_scorecards_of_unit",
        openapi_extra=needs(Action.SEE_UNIT_FILE),
        summary="单位得分及说明",
        tags=["units"],
    )
    def list_scorecards_of_unit(
        asked: Asked, id: str, year: Year = None, rubric: str | None = None
    ) -> list[CardView]:
        """A unit's scorecards for a year, every line with the sentence that explains it."""
        with asked.look() as look:
            asked.must_see_unit(look, id, Action.SEE_UNIT_FILE)
            look.must_be_units(id=UnitId(id))
            found = unit_cards.cards_of_unit(
                look.connection,
                look.ledger,
                asked.desk.shelf,
                UnitId(id),
                period=asked.year(year),
                today=asked.today,
                rubric=rubric,
                position=look.position,
            )
            if rubric is not None and not found:
                look.must_be_published(Sort.RUBRIC, rubric, "rubric")
            names = unit_cards.names_in(look.connection, look.ledger, found)
        return [views.card_view(card, names) for card in found]

    @made.get(
        f"{LEDGER}/scorecards/{{rubric}}",
        operation_id="list_scorecards",
        openapi_extra=needs(Action.SEE_TOTALS),
        summary="得分一览",
        tags=["scorecards"],
    )
    def list_scorecards(
        asked: Asked,
        rubric: str,
        year: Year = None,
        cursor: Cursor = None,
        limit: Limit = 50,
    ) -> Listing[scorecards.CardLine]:
        """All members' totals under one rubric, by name, never by points."""
        with asked.look() as look:
            look.must_be_published(Sort.RUBRIC, rubric, "rubric")
            page = scorecards.card_lines(
                look.connection,
                look.ledger,
                asked.desk.shelf,
                period=asked.year(year),
                today=asked.today,
                rubric=rubric,
                position=look.position,
                after=asked.after(cursor),
                limit=limit,
            )
        return asked.listing(page)

    @made.get(
        f"{LEDGER}/scorecards/{{rubric}}/grades",
        operation_id="list_grades",
        openapi_extra=needs(Action.SEE_TOTALS),
        summary="等次及理由",
        tags=["scorecards"],
    )
    def list_grades(
        asked: Asked,
        rubric: str,
        year: Year = None,
        cursor: Cursor = None,
        limit: Limit = 50,
    ) -> Listing[GradeView]:
        """The grades of all members, or units, under one rubric, by name, with what bears on each."""
        with asked.look() as look:
            look.must_be_published(Sort.RUBRIC, rubric, "rubric")
            page = grades.grade_lines(
                look.connection,
                look.ledger,
                asked.desk.shelf,
                rubric=rubric,
                period=asked.year(year),
                today=asked.today,
                position=look.position,
                after=asked.after(cursor),
                limit=limit,
            )
        shown = tuple(views.grade_view(line) for line in page.rows)
        return asked.listing(Page(rows=shown, after=page.after))

    @made.get(
        f"{LEDGER}/scorecards/{{rubric}}/differences",
        operation_id="list_differences",
        openapi_extra=needs(Action.SEE_TOTALS),
        summary="得分变化及原因",
        tags=["scorecards"],
    )
    def list_differences(
        asked: AskedNow,
        rubric: str,
        since: Moment,
        until: Moment | None = None,
        year: Year = None,
        cursor: Cursor = None,
        limit: Limit = 50,
    ) -> Listing[MovedView]:
        """Which members' cards of a year moved between two moments, by name, and because of which records.

        Both are reckoned as of the day of the later. A page looks at `limit` members: it may hold fewer rows, or none, and yet have a `next`.
        """
        with asked.look() as look:
            first, last, today = positions_between(
                look.connection, asked.desk, since, until, ("since", "until")
            )
            must_be_published(
                look.connection, look.ledger, Sort.RUBRIC, rubric, "rubric", position=last
            )
            page = comparisons.moved_between(
                look.connection,
                look.ledger,
                asked.desk.shelf,
                rubric=rubric,
                period=Period.year(year or today.year),
                today=today,
                first=first,
                last=last,
                after=asked.after(cursor),
                limit=limit,
            )
        shown = tuple(views.moved_view(each) for each in page.rows)
        return asked.listing(Page(rows=shown, after=page.after))

    @made.get(
        f"{LEDGER}/people/{{id}}/checklists",
        operation_id="list_checklists_of_person",
        openapi_extra=needs(Action.SEE_FILE),
        summary="委员清单进度",
        tags=["people"],
    )
    def list_checklists_of_person(
        asked: Asked, id: str, year: Year = None, code: str | None = None
    ) -> list[ProgressView]:
        """How far a member has come with each list of a year."""
        with asked.look() as look:
            asked.must_see_person(look, id)
            found = checklists.of_member(
                look.connection,
                look.ledger,
                asked.desk.shelf,
                PersonId(id),
                period=asked.year(year),
                today=asked.today,
                code=code,
                position=look.position,
            )
            if not found:
                person_there(asked, look, id)
                if code is not None:
                    look.must_be_published(Sort.CHECKLIST, code, "code")
        return [views.progress_view(each) for each in found]

    @made.get(
        f"{LEDGER}/units/{{id}}/checklists",
        operation_id="list_checklists_of_unit",
        openapi_extra=needs(Action.SEE_UNIT_FILE),
        summary="单位清单进度",
        tags=["units"],
    )
    def list_checklists_of_unit(
        asked: Asked, id: str, year: Year = None, code: str | None = None
    ) -> list[GridView]:
        """How far a unit has come with each list of a year."""
        with asked.look() as look:
            asked.must_see_unit(look, id, Action.SEE_UNIT_FILE)
            look.must_be_units(id=UnitId(id))
            if code is not None:
                look.must_be_published(Sort.CHECKLIST, code, "code")
            found = checklists.of_unit(
                look.connection,
                look.ledger,
                asked.desk.shelf,
                UnitId(id),
                period=asked.year(year),
                today=asked.today,
                code=code,
                position=look.position,
            )
        return [views.grid_view(each) for each in found]

    @made.get(
        f"{LEDGER}/checklists/{{code}}",
        operation_id="list_progress",
        openapi_extra=needs(Action.SEE_TOTALS),
        summary="清单进度一览",
        tags=["checklists"],
    )
    def list_progress(
        asked: Asked,
        code: str,
        year: Year = None,
        cursor: Cursor = None,
        limit: Limit = 50,
    ) -> Listing[checklists.ProgressLine]:
        """All members' progress with one list, by name."""
        with asked.look() as look:
            look.must_be_published(Sort.CHECKLIST, code, "code")
            page = checklists.progress_lines(
                look.connection,
                look.ledger,
                asked.desk.shelf,
                period=asked.year(year),
                today=asked.today,
                code=code,
                position=look.position,
                after=asked.after(cursor),
                limit=limit,
            )
        return asked.listing(page)

    # Documents

    @made.get(
        f"{LEDGER}/documents",
        operation_id="list_documents",
        openapi_extra=needs(Action.SEE_DOCUMENT),
        summary="文件",
        tags=["documents"],
    )
    def list_documents(
        asked: Asked, day: Day = None, sort: Sort | None = None
    ) -> list[documents.DocumentLine]:
        """Rubrics, checklists, policies and rule documents, each with the version in force on a day."""
        with asked.look() as look:
            return documents.documents(
                look.connection,
                look.ledger,
                day=day or asked.today,
                sort=sort,
                position=look.position,
            )

    @made.get(
        f"{LEDGER}/documents/{{sort}}/{{code}}",
        operation_id="get_document",
        openapi_extra=needs(Action.SEE_DOCUMENT),
        summary="文件各版本",
        tags=["documents"],
    )
    def get_document(
        asked: Asked, sort: Sort, code: str, day: Day = None
    ) -> documents.DocumentLine:
        """One document with all its versions."""
        with asked.look() as look:
            line = documents.document(
                look.connection,
                look.ledger,
                sort,
                code,
                day=day or asked.today,
                position=look.position,
            )
        found = _found(line, NOT_PUBLISHED[sort], code)
        asked.tag(found.version)
        return found

    @made.get(
        f"{LEDGER}/documents/rubric/{{code}}/effects",
        operation_id="get_effects_of_rubric",
        openapi_extra=needs(Action.SEE_TOTALS),
        summary="考核办法发布的影响",
        tags=["documents"],
    )
    def get_effects_of_rubric(
        asked: AskedNow,
        code: str,
        version: Version = None,
        year: Year = None,
        cursor: Cursor = None,
        limit: Limit = 50,
    ) -> EffectsView:
        """Whom the publication of a version affected: how many members' totals moved in each year that had begun, and whose in one year, by name."""
        with asked.look() as look:
            look.must_be_published(Sort.RUBRIC, code, "code")
            found = comparisons.effects_of(
                look.connection,
                look.ledger,
                asked.desk.shelf,
                code,
                version,
                today=asked.today,
                year=year,
                after=asked.after(cursor),
                limit=limit,
            )
        shown = tuple(views.moved_view(each) for each in found.movers.rows)
        return EffectsView(
            rubric=found.rubric,
            version=found.version,
            position=found.position,
            years=found.years,
            year=found.year,
            movers=asked.listing(Page(rows=shown, after=found.movers.after)),
        )

    @made.get(
        f"{LEDGER}/rules",
        operation_id="list_rules",
        openapi_extra=needs(Action.SEE_DOCUMENT),
        summary="规则文件",
        tags=["documents"],
    )
    def list_rules(
        asked: Asked,
        on: Day = None,
        governs: Governs = None,
        unit: UnitId | None = None,
        every: bool = False,
    ) -> list[rules.RuleLine]:
        """The register of rule documents: those in force on a day, or the one that governs a rubric, list or policy on it.

        `unit` asks how things stand in a unit, where rules may be on trial; `every` lists also what is over or yet to begin.
        """
        document = governed_said(governs, "governs")
        with asked.look() as look:
            look.must_be_units(unit=unit)
            found = rules.rules_on(
                look.connection,
                look.ledger,
                asked.desk.shelf,
                on or asked.today,
                unit=unit,
                governs=document,
                every=every,
                position=look.position,
            )
            if document is not None and not found:
                look.must_be_published(document.sort, document.code, "governs")
        return found

    # Histories

    for root, path, reason in (
        ("member", "people/{id}", Reason.NO_SUCH_PERSON),
        ("unit", "units/{id}", Reason.NO_SUCH_UNIT),
        ("occasion", "occasions/{id}", Reason.NO_SUCH_DEED),
        ("matter", "matters/{id}", Reason.NO_SUCH_DEED),
        ("pairing", "pairings/{id}", Reason.NO_SUCH_PAIRING),
        ("finding", "findings/{id}", Reason.NO_SUCH_FINDING),
        ("dispute", "disputes/{id}", Reason.NO_SUCH_DISPUTE),
        ("rubric", "documents/rubric/{id}", Reason.NO_SUCH_RUBRIC),
        ("checklist", "documents/checklist/{id}", Reason.NO_SUCH_CHECKLIST),
        ("policy", "documents/policy/{id}", Reason.NO_SUCH_POLICY),
        ("rule", "documents/rule/{id}", Reason.NO_SUCH_RULE),
    ):
        _add_history(made, root, path, reason)
    return made


_HISTORY = {
    "member": Action.SEE_FILE,
    "unit": Action.SEE_UNIT_FILE,
    "dispute": Action.SEE_DISPUTE,
    **dict.fromkeys(("occasion", "matter", "pairing", "finding"), Action.SEE_RECORD),
}
"""What it takes to see the history of what; of a document, to see documents."""


def _add_history(made: APIRouter, root: str, path: str, reason: Reason) -> None:
    def list_history(
        asked: Asked, id: str, cursor: Cursor = None, limit: Limit = 50
    ) -> Listing[HappeningView]:
        """What happened to it, newest first, and what each entry changed."""
        with asked.look() as look:
            if root == "member":
                asked.must_see_person(look, id)
            elif root == "unit":
                asked.must_see_unit(look, id, Action.SEE_UNIT_FILE)
            elif root == "dispute":
                asked.must_see_dispute(look, id)
            page = history.history(
                look.connection,
                look.ledger,
                f"{root}/{id}",
                asked.desk.entries_at,
                position=look.position,
                after=asked.after(cursor),
                limit=limit,
            )
            rows, noted = sealed.happenings_for(
                asked.asker,
                look.connection,
                look.ledger,
                page.rows,
                of=f"{root}/{id}",
                today=asked.desk.today(),
                contact=root == "member" and asked.may_see_person(look, id, Action.SEE_CONTACT),
            )
            look.shown.update(dict.fromkeys(noted.items()))
        if not page.rows and cursor is None:
            raise Refused(reason, "id", id)
        shown = tuple(views.happening_view(row) for row in rows)
        return asked.listing(Page(rows=shown, after=page.after))

    made.add_api_route(
        f"{LEDGER}/{path}/history",
        list_history,
        operation_id=f"list_history_of_{root}",
        openapi_extra=needs(_HISTORY.get(root, Action.SEE_DOCUMENT)),
        summary="历史",
        tags=[path.partition("/")[0]],
    )


def _add_general(made: APIRouter, door: Door) -> None:
    """What belongs to no ledger: the catalogue, the reasons, the ledgers, and whether the service is well."""
    only_known = [Depends(known_parameters)]

    @made.get(
        "/api/v1/ledgers",
        operation_id="list_ledgers",
        openapi_extra=needs(Action.SEE_ROSTER),
        summary="台账",
        tags=["ledgers"],
        dependencies=only_known,
    )
    def list_ledgers(request: Request) -> list[LedgerView]:
        """The ledgers in which whoever asks is somebody."""
        found = [
            desk for code in door.ledgers_of(request) for desk in door.installation.opened(code)
        ]
        return [
            LedgerView(
                code=desk.code,
                committee=desk.opened.committee,
                zone=desk.opened.zone,
                href=LEDGER.replace("{ledger}", desk.code),
            )
            for desk in found
        ]

    @made.get(
        "/api/v1/kinds",
        operation_id="list_kinds",
        openapi_extra=needs(Action.LOOK_UP),
        summary="履职类型目录",
        tags=["kinds"],
        dependencies=only_known,
    )
    def list_kinds() -> list[KindView]:
        """The catalogue of kinds: fields, labels, choices and JSON schema. Open to all: it tells of nobody."""
        return [views.kind_view(kind) for kind in KINDS]

    @made.get(
        "/api/v1/kinds/{kind}",
        operation_id="get_kind",
        openapi_extra=needs(Action.LOOK_UP),
        summary="履职类型",
        tags=["kinds"],
        dependencies=only_known,
    )
    def get_kind(kind: str) -> KindView:
        """One kind."""
        if kind not in KINDS:
            raise Refused(Reason.NO_SUCH_PAGE, about=kind[:80])
        return views.kind_view(kind)

    @made.get(
        "/problems",
        operation_id="list_problems",
        openapi_extra=needs(Action.LOOK_UP),
        summary="拒绝理由",
        tags=["problems"],
        dependencies=only_known,
    )
    def list_problems() -> list[views.ReasonView]:
        """The closed list of reasons for which something is refused."""
        return [views.reason_view(reason) for reason in Reason]

    @made.get(
        "/problems/{reason}",
        operation_id="get_problem",
        openapi_extra=needs(Action.LOOK_UP),
        summary="拒绝理由说明",
        tags=["problems"],
        dependencies=only_known,
    )
    def get_problem(reason: str) -> views.ReasonView:
        """One reason: where the `type` of a problem leads."""
        try:
            return views.reason_view(Reason.of(reason))
        except KeyError as error:
            raise Refused(Reason.NO_SUCH_PAGE, about=reason[:80]) from error

    @made.get(
        "/livez",
        operation_id="is_alive",
        openapi_extra=needs(Action.LOOK_UP),
        summary="存活",
        tags=["health"],
        dependencies=only_known,
    )
    async def is_alive() -> views.Health:
        """Whether the process answers."""
        return views.Health(status="ok")

    @made.get(
        "/readyz",
        operation_id="is_ready",
        openapi_extra=needs(Action.LOOK_UP),
        summary="就绪",
        tags=["health"],
        dependencies=only_known,
    )
    def is_ready() -> views.Health:
        """Whether ledgers can be reached and what can be read is not far behind what was written."""
        door.installation.ledgers()
        if not door.installation.serves_all:
            raise Refused(Reason.UNAVAILABLE)
        for desk in door.installation.open_desks():
            behind = desk.head() - desk.reader.position
            if behind > MOST_BEHIND or not desk.is_reading:
                raise Refused(Reason.UNAVAILABLE)
        return views.Health(status="ok")
