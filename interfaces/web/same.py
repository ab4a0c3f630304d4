"""Two records of one deed: which may be meant, what tells them apart, through which of the two they are linked, and who may link them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from fastapi import APIRouter, Response
from sqlalchemy import Connection

from domain.access import Action
from domain.deed import Deed
from domain.fact import RecordClass
from domain.kinds import KINDS, Shape
from domain.occasion import Occasion
from domain.people import Reason, Refused, Role
from domain.words import Label
from interfaces.api.asking import Look
from interfaces.api.door import needs
from interfaces.sealed import deed_for
from interfaces.web.meanwhile import Differs
from interfaces.web.recording import COLLECTION
from interfaces.web.refusing import PageRoute
from interfaces.web.rendering import render
from interfaces.web.visiting import Visiting, Visitor
from interfaces.web.words import Said
from projections import deeds, documents
from projections.deeds import DeedPage, DeedSummary

NEAR = timedelta(days=15)
"""How far apart the days of two records may lie that are offered as one deed."""
MOST_OFFERED = 30
MOST_PEOPLE = 200
"""People of a record by whom others are looked for."""
MOST_COMPARED = 5
"""People of two records who are compared by name."""
_NOT = Label("–", "–")


@dataclass(frozen=True, slots=True)
class Other:
    """A record beside another: `through` is the one of the two that bears or would bear the link to `to`, `shared` how many are in both."""

    told: DeedSummary
    differs: tuple[Differs, ...]
    shared: int
    through: str
    to: str
    may: bool


def router() -> APIRouter:
    """The pages on which another record of the same deed is chosen."""
    made = APIRouter(route_class=PageRoute, include_in_schema=False, prefix="/ledgers/{ledger}")
    for shape in (Shape.OCCASION, Shape.MATTER):
        _add(made, shape, COLLECTION[shape])
    return made


def _add(made: APIRouter, shape: Shape, collection: str) -> None:
    def choose(visitor: Visiting, id: str) -> Response:
        """Records of the same people about the same days, any of which may be of the same deed."""
        stream = f"{shape.value}/{id}"
        with visitor.asking.look() as look:
            page = _page(visitor, look, stream)
            found = () if page.summary.gone else _near(visitor, look.connection, page)
        if not may_ever_link(visitor):
            raise Refused(Reason.NOT_ALLOWED, about=stream)
        return render(
            visitor,
            "same.html",
            d=page,
            here_is=f"/{collection}/{id}",
            kinds=KINDS,
            offered=[each for each in found if each.may],
            days=NEAR.days,
        )

    made.add_api_route(
        f"/{collection}/{{id}}/same",
        choose,
        operation_id=f"page_same_as_{shape.value}",
        openapi_extra=needs(Action.RECORD),
    )


def _page(visitor: Visitor, look: Look, stream: str) -> DeedPage:
    today = visitor.asking.today
    day = deeds.day_of(look.connection, look.ledger, stream) or today
    policy = documents.policy(look.connection, look.ledger, visitor.desk.shelf, day)
    found = deeds.deed(look.connection, look.ledger, stream, today=today, policy=policy)
    if found is None:
        raise Refused(Reason.NO_SUCH_DEED, "id", stream.partition("/")[2])
    shown, action = deed_for(visitor.asker, look.connection, look.ledger, found)
    if action is not None:
        look.shows(action, stream)
    return shown


def _near(visitor: Visitor, connection: Connection, page: DeedPage) -> tuple[Other, ...]:
    on = page.summary.on
    subjects = sorted(_subjects(page.state))[:MOST_PEOPLE]
    days = deeds.days_of_others(
        connection, visitor.ledger, subjects, first=on - NEAR, last=on + NEAR
    )
    days.pop(page.summary.stream, None)
    streams = sorted(
        (s for s in days if s.startswith(("occasion/", "matter/"))),
        key=lambda stream: (abs((days[stream] - on).days), stream),
    )[:MOST_OFFERED]
    found = deeds.summaries(connection, visitor.ledger, streams)
    states = deeds.states(connection, visitor.ledger, streams)
    return tuple(
        beside(visitor, page, found[stream], states[stream])
        for stream in streams
        if stream in found and not found[stream].same_as and not found[stream].gone
    )


def may_ever_link(visitor: Visitor) -> bool:
    """Whether he links records at all."""
    return visitor.actor.role in {Role.OFFICE, Role.CLERK, Role.HEAD}


def beside(visitor: Visitor, page: DeedPage, other: DeedSummary, state: Any) -> Other:
    """Another record beside that of a page, with what tells the two apart."""
    told = page.summary
    shared = _subjects(page.state) & _subjects(state)
    if told.same_as == other.stream:
        through, to = told.stream, other.stream
    elif other.same_as == told.stream:
        through, to = other.stream, told.stream
    elif (other.record is RecordClass.SELF and told.record is not RecordClass.SELF) or any(
        each.same_as == told.stream for each in page.same
    ):
        # What a member declares is settled by the organiser's record, and what others are linked to stays that.
        through, to = other.stream, told.stream
    else:
        through, to = told.stream, other.stream
    return Other(
        told=other,
        differs=tuple(_differing(page, other, state, shared)),
        shared=len(shared),
        through=through,
        to=to,
        may=_may_link(visitor, page, other, shared),
    )


def _may_link(visitor: Visitor, page: DeedPage, other: DeedSummary, shared: Iterable[str]) -> bool:
    """Whether it is worth offering to link the two or to undo it; the decision looks once more."""
    actor = visitor.actor
    if not may_ever_link(visitor):
        return False
    if actor.role is Role.OFFICE:
        return True
    of_records = {
        unit for told in (page.summary, other) for unit in (told.recorder, told.organiser)
    }
    if actor.unit is None or actor.unit in of_records:
        return actor.unit is not None
    in_both = frozenset(shared)
    return any(
        actor.unit in (line.sector.home, line.studio.home)
        for line in page.lines
        if line.subject in in_both
    )


def _subjects(state: Any) -> frozenset[str]:
    return frozenset(state.body.subjects) if isinstance(state, Deed) else frozenset()


def _differing(
    page: DeedPage, other: DeedSummary, state: Any, shared: frozenset[str]
) -> Iterable[Differs]:
    told = page.summary
    if told.kind != other.kind:
        kinds = [KINDS[each.kind].about for each in (other, told)]
        yield Differs(Label("类型", "kind"), (kinds[0],), (kinds[1],))
    if told.on != other.on:
        yield Differs(Label("日期", "day"), _day(other.on), _day(told.on))
    if not isinstance(page.state, Deed) or not isinstance(state, Deed):
        return
    here, there = _said(page.state.body), _said(state.body)
    lines = [line for line in page.lines if line.subject in shared]
    found = [line for line in lines if here.get(line.subject) != there.get(line.subject)]
    for line in found[:MOST_COMPARED]:
        name = Label(line.name, line.name)
        yield Differs(name, there.get(line.subject, (_NOT,)), here.get(line.subject, (_NOT,)))
    if len(found) > MOST_COMPARED:
        more = len(found) - MOST_COMPARED
        yield Differs(Label(f"另有 {more} 人", f"{more} more"), (_NOT,), (_NOT,))


def _day(day: date) -> tuple[str, ...]:
    return (day.isoformat(),)


def _said(body: Any) -> Mapping[str, tuple[str | Said, ...]]:
    """In which part, and for how many half days, each was there."""
    if isinstance(body, Occasion):
        return {
            f"member/{p.person}": (p.part, _half_days(p.attended(body.half_days)))
            for p in body.participants
        }
    return {each.subject: (each.role,) for each in body.authors}


def _half_days(number: int) -> Label:
    return Label(f"{number}个半天", f"{number} half days")
