"""The history of everything: who did what, when, to whom, what was there before, and what came with it. Its address can be kept."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import TypeVar
from urllib.parse import urlencode

from fastapi import APIRouter, Response

from domain.access import Action
from domain.people import PersonId, Refused, UnitId
from interfaces.api.asking import Look
from interfaces.api.door import needs
from interfaces.sealed import happenings_for
from interfaces.web import fields
from interfaces.web.asked import Filters, next_page, person_called
from interfaces.web.deed import collection_of
from interfaces.web.fields import Trouble
from interfaces.web.refusing import PageRoute
from interfaces.web.rendering import render
from interfaces.web.visiting import Visiting, Visitor
from projections import as_of, browse, roster
from projections.browse import Sought
from projections.entry_kinds import EntryKind
from projections.history import Happening
from projections.paging import Key

T = TypeVar("T")

MOST_SHOWN = 30
RECORDS = ("occasion", "matter", "pairing", "finding")
"""Streams whose entries have a page of a record to go to."""
_OPEN_BY = {EntryKind.ACCESS: Action.SEE_GRANTS, EntryKind.ERASURE: Action.SEE_ERASURES}
"""Kinds of entries that not everybody sees who sees all else."""


def router() -> APIRouter:
    """The page of the history of everything."""
    made = APIRouter(route_class=PageRoute, include_in_schema=False, prefix="/ledgers/{ledger}")

    @made.get("/history", operation_id="page_history", openapi_extra=needs(Action.SEE_TOTALS))
    def show(
        visitor: Visiting,
        person: str = "",
        unit: str = "",
        kind: str = "",
        by: str = "",
        first: str = "",
        last: str = "",
        cause: str = "",
        cursor: str = "",
    ) -> Response:
        """Entries of all kinds, newest first, narrowed down by what the form asks."""
        asked = {"person": person, "unit": unit, "kind": kind, "by": by}
        asked |= {"first": first, "last": last, "cause": cause[:200]}
        return _page(visitor, asked, cursor)

    return made


def _page(visitor: Visitor, asked: dict[str, str], cursor: str) -> Response:
    asking, wrong = visitor.asking, dict[str, tuple[Trouble, ...]]()

    def read(name: str, how: Callable[[str], T]) -> T | None:
        """What a field asks; what is wrong with it stands beside it."""
        if not asked[name].strip():
            return None
        try:
            return how(asked[name].strip())
        except Refused as refused:
            wrong[name] = fields.troubles(refused, ())
            return None

    filters = Filters(visitor)
    with asking.look() as look:
        units = roster.all_units(look.connection, look.ledger, look.position)
        hidden = [k for k, action in _OPEN_BY.items() if not asking.asker.always(action)]
        first = read("first", lambda said: filters.day(said, "first"))
        last = read("last", lambda said: filters.day(said, "last"))
        sought = Sought(
            person=read("person", lambda said: person_called(look, said)),
            unit=read("unit", lambda said: filters.unit(said, units)),
            kind=read("kind", lambda said: filters.choice(said, EntryKind, "kind")),
            by=read("by", lambda said: person_called(look, said)),
            cause=asked["cause"],
            since=None if first is None else _before(look, first),
            until=None if last is None else as_of.position_on(look.connection, look.ledger, last),
            without=hidden,
        )
        contact = False
        if sought.person is not None:
            asking.must_see_person(look, sought.person)
            contact = asking.may_see_person(look, sought.person, Action.SEE_CONTACT)
        if sought.unit is not None:
            asking.must_see_unit(look, sought.unit, Action.SEE_UNIT_FILE)
        rows: tuple[Happening, ...] = ()
        after: Key | None = None
        counts: dict[str, int] = {}
        if not wrong:
            page = browse.browse(
                look.connection,
                look.ledger,
                sought,
                visitor.desk.entries_at,
                position=look.position,
                after=asking.after(cursor or None),
                limit=MOST_SHOWN,
            )
            rows, noted = happenings_for(
                visitor.asker,
                look.connection,
                look.ledger,
                page.rows,
                of="" if sought.person is None else f"member/{sought.person}",
                today=visitor.desk.today(),
                contact=contact,
            )
            look.shown.update(dict.fromkeys(noted.items()))
            after = page.after
            causes = {row.entry.envelope.cause for row in rows}
            counts = browse.together(look.connection, look.ledger, causes)
        people = {row.entry.envelope.by for row in rows}
        acting = {row.entry.envelope.unit for row in rows if row.entry.envelope.unit}
        chosen = {each for each in (sought.person, sought.by) if each is not None}
        names = roster.names(look.connection, look.ledger, people=people | chosen, units=acting)
    shown = asked | {
        "person": _named(names, sought.person) or asked["person"],
        "by": _named(names, sought.by) or asked["by"],
        "unit": units[sought.unit].profile.name if sought.unit in units else asked["unit"],
    }
    return render(
        visitor,
        "browse.html",
        status=422 if wrong else 200,
        rows=rows,
        counts=counts,
        names=names,
        asked=shown,
        wrong=wrong,
        kinds=[kind for kind in EntryKind if kind not in hidden],
        units=sorted(unit.profile.name for unit in units.values()),
        where=collection_of,
        records=RECORDS,
        batch=lambda cause: visitor.address(f"/history?{urlencode({'cause': cause})}"),
        as_of=asking.as_of or "",
        next=next_page(visitor, after),
    )


def _before(look: Look, day: date) -> int:
    """The position after which a day begins."""
    if day == date.min:
        return 0
    return as_of.position_on(look.connection, look.ledger, day - timedelta(days=1))


def _named(names: dict[str, str], person: PersonId | UnitId | None) -> str:
    return "" if person is None else names.get(f"member/{person}", "")
