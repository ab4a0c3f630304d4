"""What waits for whoever signs in, and the month of his unit at a glance."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from fastapi import APIRouter, Response
from sqlalchemy import Connection

from domain.access import Action
from domain.checklist import CellState, Slot
from domain.disputed import DisputeStep
from domain.kinds import KINDS, kind_of
from domain.meeting import Meeting
from domain.people import Reason, Refused, Role, UnitId
from domain.period import Period, Span
from domain.posting import PostingStep
from interfaces.access.cookies import Cookie, set_cookie
from interfaces.api.asking import Look
from interfaces.api.door import is_https, needs
from interfaces.web.asked import Filters
from interfaces.web.deed import collection_of
from interfaces.web.dues import figures_of
from interfaces.web.lists import named
from interfaces.web.recording import last_one, most_often
from interfaces.web.refusing import PageRoute
from interfaces.web.rendering import render, see
from interfaces.web.visiting import Sending, Visiting, Visitor
from projections import (
    checklists,
    counts,
    courses,
    deeds,
    disputes,
    documents,
    dual,
    inspections,
    meetings,
    postings,
    roster,
    scorecards,
    waiting,
)
from projections.checklists import MemberList, UnitList
from projections.courses import DueLine
from projections.deeds import DeedState, DeedSummary
from projections.disputes import DisputeLine
from projections.inspections import Asked, ProblemLine
from projections.paging import Page
from projections.postings import MonthLeft
from projections.scorecards import Card

NEWEST = 5
NEXT = 2
"""Meetings ahead that a member's home shows; those of today are all shown, up to `MOST_TODAY`."""
MOST_TODAY = 8
OLD = 7
"""Days after which what waits is called old."""
TOLD_FOR = timedelta(days=30)
"""How long a member is told on his home that a query of his was answered."""


@dataclass(frozen=True, slots=True)
class Month:
    """What a unit recorded of a month."""

    period: Period
    deeds: int
    people: int


@dataclass(frozen=True, slots=True)
class Due:
    """What a list asks of a unit in the month, quarter or half-year that today is in: `done` of `need`, until the end of `period`."""

    slot: Slot
    done: int
    need: int
    period: Period
    is_open: bool

    @property
    def left(self) -> int:
        """How many are still to be done."""
        return max(0, self.need - self.done)


@dataclass(frozen=True, slots=True)
class ListNow:
    """A list of a unit: what falls due now, the soonest first, and the whole year."""

    whole: UnitList
    now: tuple[Due, ...]


@dataclass(frozen=True, slots=True)
class OfUnit:
    """What somebody sees who acts for a unit: what waits for it, what was returned to it (the newest, and how many in all), what was corrected as it asked, the months that it has yet to report and those that were sent back, its month and its lists."""

    waiting: waiting.WaitingCount | None
    old: int
    returned: tuple[DeedSummary, ...]
    returned_in_all: int
    corrected: tuple[DeedSummary, ...]
    to_report: tuple[MonthLeft, ...]
    sent_back: tuple[MonthLeft, ...]
    month: Month
    before: Month
    newest: tuple[DeedSummary, ...]
    lists: tuple[ListNow, ...]


@dataclass(frozen=True, slots=True)
class OfMember:
    """What a member sees of himself; `matters` are the first of his own that are not closed."""

    cards: tuple[Card, ...]
    lists: tuple[MemberList, ...]
    queries: tuple[DisputeLine, ...]
    meetings: tuple[Meeting[Any], ...]
    matters: Page[DueLine]


@dataclass(frozen=True, slots=True)
class Problems:
    """Some problems of inspections that wait for whoever looks, the first, how many there are, and what the page of all is asked for."""

    zh: str
    en: str
    rows: tuple[ProblemLine, ...]
    number: int
    asked: str


def router() -> APIRouter:
    """The home of a ledger."""
    made = APIRouter(route_class=PageRoute, include_in_schema=False, prefix="/ledgers/{ledger}")

    @made.get("/", operation_id="page_home", openapi_extra=needs(Action.SEE_ROSTER))
    def home(visitor: Visiting) -> Response:
        """What waits for whoever looks."""
        role, unit = visitor.actor.role, visitor.capacity.unit
        records = visitor.may_ever(Action.RECORD)
        with visitor.asking.look() as look:
            often = most_often(visitor, look.connection) if records else []
            last = last_one(visitor, look.connection) if records else None
            of_unit = _of_unit(visitor, look, unit) if unit is not None else None
            of_member = _of_member(visitor, look) if role is Role.MEMBER else None
            of_all = (
                counts.attention(look.connection, look.ledger, today=visitor.asking.today)
                if visitor.may_ever(Action.SEE_TOTALS)
                else None
            )
            to_answer = (
                disputes.to_answer(look.connection, look.ledger, today=visitor.asking.today)
                if visitor.may_ever(Action.DECIDE_DISPUTE)
                else None
            )
            papers = documents.documents(look.connection, look.ledger, day=visitor.asking.today)
            dues = figures_of(visitor, look)
            problems = tuple(_problems(visitor, look, unit))
        return render(
            visitor,
            "home.html",
            often=often,
            last=last,
            of_unit=of_unit,
            of_member=of_member,
            of_all=of_all,
            to_answer=to_answer,
            newest=NEWEST,
            papers=papers,
            dues=dues,
            problems=problems,
            names={
                each.sort.value + each.code: named(visitor, each.document, each.in_force)
                for each in papers
                if each.document.versions
            },
            kind_of=kind_of,
            kinds=KINDS,
            every=KINDS,
            where=collection_of,
            today=visitor.asking.today,
        )

    @made.post("/capacity", operation_id="send_capacity", openapi_extra=needs(Action.OWN_ACCOUNT))
    async def send_capacity(sending: Sending) -> Response:
        """Act in another capacity from now on, in this browser."""
        visitor, sent = sending
        said = sent.one("capacity")
        if said not in {each.told for each in visitor.capacities}:
            raise Refused(Reason.NOT_GRANTED, about=said[:40])
        made = see(visitor.address("/"))
        kept = set_cookie(Cookie.CAPACITY, said, https=is_https(visitor.request))
        made.headers.append("Set-Cookie", kept)
        return made

    return made


def _of_unit(visitor: Visitor, look: Look, unit: UnitId) -> OfUnit:
    today, connection, ledger = visitor.asking.today, look.connection, look.ledger
    month = Period.around(Span.MONTH, today)
    before = month.before
    returned = deeds.deeds(
        connection, ledger, today=today, recorder=unit, state=DeedState.RETURNED, limit=NEWEST
    ).rows
    count, old = None, 0
    if visitor.may_ever(Action.SEE_WAITING):
        queue = waiting.queue_of(connection, ledger, unit, today=today)
        told = (connection, ledger, unit)
        count = waiting.waiting_count(*told, today=today, queue=queue)
        until = today - timedelta(days=OLD + 1)
        old = waiting.waiting_count(*told, today=today, queue=queue, until=until).deeds
    left = _months_left(visitor, look, unit)
    return OfUnit(
        waiting=count,
        old=old,
        returned=returned,
        returned_in_all=counts.returned_to(connection, ledger, unit) if returned else 0,
        corrected=_corrected(visitor, look, unit),
        to_report=tuple(each for each in left if each.step is None),
        sent_back=tuple(each for each in left if each.step is PostingStep.SENT_BACK),
        month=_month(connection, ledger, unit, month),
        before=_month(connection, ledger, unit, before),
        newest=deeds.deeds(connection, ledger, today=today, recorder=unit, limit=NEWEST).rows,
        lists=_lists(visitor, look, unit),
    )


def _problems(visitor: Visitor, look: Look, unit: UnitId | None) -> Iterator[Problems]:
    """What inspections found of the unit and is to be mended; what is said to be mended and waits for the unit that held the inspection, or the office."""
    role, told = visitor.actor.role, (look.connection, look.ledger)
    if role not in {Role.OFFICE, Role.CLERK, Role.HEAD}:
        return
    everything = Asked(today=visitor.desk.today(), only=visitor.asking.inspections_open(look))
    if unit is not None:
        own = replace(everything, unit=unit)
        page = inspections.to_mend(*told, own, limit=NEWEST)
        if page.rows:
            number = inspections.waiting(*told, own).to_mend
            said = ("督查发现问题:待整改", "Problems found by inspections, to be mended")
            yield Problems(*said, page.rows, number, f"unit={unit}")
    held = everything if role is Role.OFFICE else replace(everything, held=unit)
    page = inspections.to_check(*told, held, limit=NEWEST)
    if page.rows:
        number = inspections.waiting(*told, held).to_check
        asked = "which=to_check" if held.held is None else f"which=to_check&held={unit}"
        said = ("整改情况:待销号", "Said to be mended, to be checked off")
        yield Problems(*said, page.rows, number, asked)


def _corrected(visitor: Visitor, look: Look, unit: UnitId) -> tuple[DeedSummary, ...]:
    """Records of this year that were corrected after the unit returned them, for whoever answers for it."""
    if visitor.actor.role is not Role.HEAD or not visitor.may_ever(Action.CONFIRM):
        return ()
    told = look.connection, look.ledger
    known = roster.some_units(*told, (unit,)).get(unit)
    if known is None:
        return ()
    period = Period.year(Filters(visitor).year(""))
    streams = dual.corrected(*told, known, first=period.first, last=period.last)
    about = deeds.summaries(*told, streams)
    return tuple(about[each] for each in streams if each in about)


def _months_left(visitor: Visitor, look: Look, unit: UnitId) -> tuple[MonthLeft, ...]:
    """The months of the last twelve that are over and not posted, the newest first, for whoever reports them."""
    if not visitor.may_ever(Action.REPORT_MONTH):
        return ()
    told, today = (look.connection, look.ledger), visitor.desk.today()
    known = roster.some_units(*told, (unit,)).get(unit)
    if known is None:
        return ()
    return postings.months_left(*told, visitor.desk.shelf, known, *postings.last_twelve(today))[
        ::-1
    ]


def _month(connection: Connection, ledger: str, unit: UnitId, period: Period) -> Month:
    told = deeds.recorded_in(connection, ledger, unit, first=period.first, last=period.last)
    return Month(period, *told)


def _lists(visitor: Visitor, look: Look, unit: UnitId) -> tuple[ListNow, ...]:
    if not visitor.may_ever(Action.SEE_UNIT_FILE):
        return ()
    today = visitor.asking.today
    found: Sequence[UnitList] = checklists.of_unit(
        look.connection,
        look.ledger,
        visitor.desk.shelf,
        unit,
        period=Period.year(today.year),
        today=today,
    )
    return tuple(ListNow(each, due_now(each, today)) for each in found)


def due_now(told: UnitList, today: date) -> tuple[Due, ...]:
    """What a list asks of a unit in the stretches of time that today is in."""
    found = []
    slots = {slot.number: slot for slot in told.checklist.slots}
    for row in told.grid.rows:
        slot = slots[row.number]
        cells = [c for c in row.cells if c.period.first <= today <= c.period.last]
        cells = [c for c in cells if c.state not in (CellState.BLANK, CellState.NOT_APPLICABLE)]
        if not cells:
            continue
        is_done = [c.state in (CellState.DONE, CellState.DONE_LATE) for c in cells]
        if cells[0].whose is None and len(cells) == 1:
            need, done = slot.need, slot.need if is_done[0] else len(cells[0].deeds)
        else:
            need, done = len(cells), sum(is_done)
        is_open = any(c.state is CellState.OPEN for c in cells)
        found.append(Due(slot, done, need, cells[0].period, is_open))
    return tuple(sorted(found, key=lambda each: (each.period.last, not each.left)))


def _of_member(visitor: Visitor, look: Look) -> OfMember:
    today, person = visitor.asking.today, visitor.actor.person
    period = Period.year(Filters(visitor).year(""))
    shelf = visitor.desk.shelf
    told = (look.connection, look.ledger, shelf, person)
    now = visitor.desk.today()
    ahead = meetings.expecting(look.connection, look.ledger, person, since=now, limit=MOST_TODAY)
    queries = disputes.of_member(look.connection, look.ledger, person, today=today, limit=NEWEST)
    own = courses.open_matters(*told[:3], today=now, author=person, limit=NEWEST)
    return OfMember(
        cards=tuple(scorecards.cards(*told, period=period, today=today)),
        lists=tuple(checklists.of_member(*told, period=period, today=today)),
        queries=tuple(
            each
            for each in queries.rows
            if each.step in _WAITS or (each.decided_on and each.decided_on >= today - TOLD_FOR)
        ),
        matters=own,
        meetings=tuple(each for n, each in enumerate(ahead) if n < NEXT or each.body.on <= now),
    )


_WAITS = frozenset({DisputeStep.OPEN, DisputeStep.REVIEW_ASKED})
