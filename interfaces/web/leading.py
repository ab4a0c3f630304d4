"""What led to a record and what it led to, on its page; another record is chosen by its title, and the link is said or undone by whoever may."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date

from fastapi import APIRouter, Response
from starlette.concurrency import run_in_threadpool

from domain import deed as acts
from domain.access import Action
from domain.kinds import KINDS, Shape
from domain.people import Reason, Refused, Role
from domain.words import Label
from interfaces import forms
from interfaces.api.asking import Look
from interfaces.api.door import needs
from interfaces.refusals import status_of
from interfaces.sealed import links_for
from interfaces.web import choosing, fields
from interfaces.web.asked import Filters
from interfaces.web.fields import Trouble
from interfaces.web.recording import COLLECTION
from interfaces.web.refusing import PageRoute
from interfaces.web.rendering import render, see
from interfaces.web.visiting import Sending, Sent, Visiting, Visitor
from projections import deeds, links
from projections.deeds import DeedPage, DeedSummary
from projections.links import Link, Relation, Way

MOST_SHOWN = 50
WAYS: Mapping[str, Label] = {
    Way.BEFORE.value: Label("由何促成(在前的记录)", "What led to it (the earlier record)"),
    Way.AFTER.value: Label("促成了什么(在后的记录)", "What it led to (the later record)"),
}
"""On which side of the record another is looked for."""
_OTHER = (Label("记录", "record"), "others")
_ASKED: Mapping[str, tuple[Label, str]] = {
    "source": _OTHER,
    "deed": _OTHER,
    "on": (Label("促成日期", "day on which it did"), "on"),
    "note": (Label("说明", "note"), "note"),
}


@dataclass(frozen=True, slots=True)
class Tie:
    """A link of a record as its page shows it, and whether it is worth offering to undo it."""

    link: Link
    may: bool


@dataclass(frozen=True, slots=True)
class Ties:
    """The links of a record; `more` says that there are others, `may` that it is worth offering to add one."""

    shown: tuple[Tie, ...] = ()
    more: bool = False
    may: bool = False


NO_TIES = Ties()


def ties_of(visitor: Visitor, look: Look, page: DeedPage) -> Ties:
    """What a record came from and led to; who is of the same deed stands elsewhere on the page."""
    told = page.summary
    if not told.stream.startswith(("occasion/", "matter/")):
        return NO_TIES
    whole = (look.connection, look.ledger)
    found = links.links(*whole, told.stream, limit=MOST_SHOWN)
    rows = links_for(visitor.asker, *whole, found.rows)
    return Ties(
        shown=tuple(
            Tie(each, each.relation is Relation.LED_TO and _may(visitor, (told, each.other)))
            for each in rows
            if each.relation is not Relation.SAME
        ),
        more=found.after is not None,
        may=not told.gone and visitor.may_ever(Action.RECORD),
    )


def said_in(ties: Ties, stream: str) -> frozenset[str]:
    """The fields of a record of which its links tell already: a link is called as the field that says it."""
    return frozenset(tie.link.relation.value for tie in ties.shown if tie.link.said_by == stream)


def _may(visitor: Visitor, both: Iterable[DeedSummary]) -> bool:
    """Whether it is worth offering to undo a link of two records; the decision looks once more."""
    actor = visitor.actor
    if not visitor.may_ever(Action.RECORD):
        return False
    if actor.role is Role.OFFICE:
        return True
    if actor.role is Role.MEMBER:
        return any(each.recorded_by == actor.person for each in both)
    return any(actor.unit in (each.recorder, each.organiser) for each in both)


@dataclass(frozen=True, slots=True)
class Typed:
    """What the form held that was refused, and what is wrong with it."""

    sent: Sent
    troubles: tuple[Trouble, ...] = ()

    def wrong(self, *names: str) -> list[Trouble]:
        """What is wrong with an input of it."""
        return [each for each in self.troubles if each.field in names]


_NOTHING = Typed(Sent())


def router() -> APIRouter:
    """The page on which another record is chosen, and its form."""
    made = APIRouter(route_class=PageRoute, include_in_schema=False, prefix="/ledgers/{ledger}")
    for shape in (Shape.OCCASION, Shape.MATTER):
        _add(made, shape, COLLECTION[shape])
    return made


def _add(made: APIRouter, shape: Shape, collection: str) -> None:
    def choose(visitor: Visiting, id: str, way: str = "", text: str = "") -> Response:
        """Records by their titles, any of which may have led to this one, or come of it."""
        return _page(visitor, f"{shape.value}/{id}", way, text)

    async def say(sending: Sending, id: str) -> Response:
        """Say what led to what; what is wrong is said on the page."""
        visitor, sent = sending
        stream = f"{shape.value}/{id}"
        later = sent.one("way") == Way.AFTER.value
        try:
            other = sent.one("other")
            if not other:
                raise Refused(Reason.MISSING, "/source")
            command = acts.LinkLedTo(
                deed=other if later else stream,
                source=stream if later else other,
                on=said_on(sent.one("on")),
                note=sent.one("note"),
            )
            await visitor.submit(command, sent.command_id)
        except Refused as refused:
            told = _typed(sent, refused)
            asked = (stream, sent.one("way"), sent.one("text"), told, status_of(refused))
            return await run_in_threadpool(_page, visitor, *asked)
        through = "&through=other" if later else ""
        return see(visitor.address(f"/{collection}/{id}?did=led{through}#links"))

    path = f"/{collection}/{{id}}/led"
    made.add_api_route(
        path,
        choose,
        operation_id=f"page_led_{shape.value}",
        openapi_extra=needs(Action.RECORD),
    )
    made.add_api_route(
        path,
        say,
        methods=["POST"],
        operation_id=f"send_led_{shape.value}",
        openapi_extra=needs(Action.RECORD),
    )


def said_on(said: str) -> date:
    """The day that a form said; refused where there is none."""
    if not said:
        raise Refused(Reason.MISSING, "/on")
    try:
        return date.fromisoformat(said)
    except ValueError as error:
        raise Refused(Reason.MALFORMED, "/on", forms.given(said), wanted=forms.DAY) from error


def _typed(sent: Sent, refused: Refused) -> Typed:
    found = []
    for each in fields.troubles(refused, ()):
        label, anchor = _ASKED.get(each.field, (each.label, each.anchor))
        # Which stream it is says nothing to who reads it.
        about = each.about if each.field not in ("source", "deed") else ""
        found.append(replace(each, label=label, anchor=anchor, about=about))
    return Typed(sent, tuple(found))


def _page(
    visitor: Visitor, stream: str, way: str, text: str, typed: Typed = _NOTHING, status: int = 200
) -> Response:
    said = Filters(visitor)
    asked = said.text(text)
    side = Way.of(said.one_of(way, WAYS, "way") or Way.BEFORE.value)
    with visitor.asking.look() as look:
        told = (look.connection, look.ledger)
        own = deeds.summaries(*told, [stream]).get(stream)
        if own is None:
            raise Refused(Reason.NO_SUCH_DEED, "id", stream.partition("/")[2])
        # What led to it lies before it, as a rule; whoever looks for a title finds it on any day.
        last = own.on if side is Way.BEFORE and not asked else None
        offered = choosing.records(*told, visitor.asking.today, stream, asked, last=last)
    return render(
        visitor,
        "led.html",
        status=status,
        d=own,
        here_is=f"/{COLLECTION[Shape.of(stream.partition('/')[0])]}/{stream.partition('/')[2]}",
        kinds=KINDS,
        ways=WAYS,
        way=side.value,
        text=asked,
        offered=offered,
        typed=typed,
        today=visitor.desk.today(),
    )
