"""Stories: what a record came from and led to, on one timeline; the same of a member and a unit, year by year; and all that led to something."""

from __future__ import annotations

from dataclasses import replace

from fastapi import APIRouter, Response

from domain.access import Action
from domain.fact import SubjectId
from domain.kinds import KINDS, Shape
from domain.people import PersonId, Reason, Refused, UnitId
from domain.period import Period
from interfaces.api.door import needs
from interfaces.asked import must_be_subject
from interfaces.sealed import led_for, stories_for
from interfaces.web.asked import Narrowing, next_page
from interfaces.web.deed import collection_of
from interfaces.web.recording import COLLECTION
from interfaces.web.refusing import PageRoute
from interfaces.web.rendering import render
from interfaces.web.visiting import VisitingNow, Visitor
from projections import deeds, links, roster, stories
from projections.links import Led
from projections.paging import Page
from projections.stories import Story

AT_ONCE = 10
MOST_SHOWN = 30


def router() -> APIRouter:
    """The pages."""
    made = APIRouter(route_class=PageRoute, include_in_schema=False, prefix="/ledgers/{ledger}")
    for shape in (Shape.OCCASION, Shape.MATTER):
        _add(made, shape, COLLECTION[shape])

    @made.get("/stories", operation_id="page_stories", openapi_extra=needs(Action.SEE_RECORD))
    def page_stories(
        visitor: VisitingNow, since: str = "", until: str = "", cursor: str = ""
    ) -> Response:
        """What led to what, the newest first."""
        narrowing = Narrowing(visitor, since=since, until=until)
        first, last = narrowing.day("since"), narrowing.day("until")
        narrowing.in_order(first, last, "until")
        page: Page[Led] = Page(rows=())
        with visitor.asking.look() as look:
            if not narrowing.wrong:
                page = links.led(
                    look.connection,
                    look.ledger,
                    since=first,
                    until=last,
                    after=visitor.asking.after(cursor or None),
                    limit=MOST_SHOWN,
                )
                rows = led_for(visitor.asker, look.connection, look.ledger, page.rows)
                page = replace(page, rows=rows)
        return render(
            visitor,
            "stories.html",
            status=narrowing.status,
            narrowing=narrowing,
            page=page,
            kinds=KINDS,
            where=collection_of,
            next=next_page(visitor, page.after),
        )

    @made.get(
        "/people/{id}/story",
        operation_id="page_story_of_person",
        openapi_extra=needs(Action.SEE_FILE),
    )
    def story_of_person(
        visitor: VisitingNow, id: str, year: str = "", cursor: str = ""
    ) -> Response:
        """What the matters of a member came from and led to, of a year."""
        return _of_subject(visitor, SubjectId(f"member/{id}"), year, cursor)

    @made.get(
        "/units/{id}/story",
        operation_id="page_story_of_unit",
        openapi_extra=needs(Action.SEE_UNIT_FILE),
    )
    def story_of_unit(visitor: VisitingNow, id: str, year: str = "", cursor: str = "") -> Response:
        """The same of what a unit held, wrote or took in."""
        return _of_subject(visitor, SubjectId(f"unit/{id}"), year, cursor)

    return made


def _add(made: APIRouter, shape: Shape, collection: str) -> None:
    def story(visitor: VisitingNow, id: str) -> Response:
        """All that came before a record and all that came after it."""
        stream = f"{shape.value}/{id}"
        with visitor.asking.look() as look:
            told = (look.connection, look.ledger)
            found = stories.story(*told, visitor.desk.shelf, stream)
            own = deeds.summaries(*told, [stream]).get(stream)
            if found is None or own is None:
                raise Refused(Reason.NO_SUCH_DEED, "id", id)
            (shown,) = stories_for(visitor.asker, *told, [found])
        return render(
            visitor,
            "story.html",
            d=own,
            here_is=f"/{collection}/{id}",
            story=shown,
            kinds=KINDS,
            where=collection_of,
        )

    made.add_api_route(
        f"/{collection}/{{id}}/story",
        story,
        operation_id=f"page_story_of_{shape.value}",
        openapi_extra=needs(Action.SEE_RECORD),
    )


def _of_subject(visitor: Visitor, subject: SubjectId, said: str, cursor: str) -> Response:
    narrowing = Narrowing(visitor, year=said)
    year = narrowing.year()
    root, _, key = subject.partition("/")
    page: Page[Story] = Page(rows=())
    with visitor.asking.look() as look:
        if root == "member":
            visitor.asking.must_see_person(look, key)
        else:
            visitor.asking.must_see_unit(look, key, Action.SEE_UNIT_FILE)
        must_be_subject(look.connection, look.ledger, subject, "id")
        if not narrowing.wrong:
            period = Period.year(year)
            page = stories.stories(
                look.connection,
                look.ledger,
                visitor.desk.shelf,
                subject,
                first=period.first,
                last=period.last,
                after=visitor.asking.after(cursor or None),
                limit=AT_ONCE,
            )
            told = (look.connection, look.ledger)
            page = replace(page, rows=stories_for(visitor.asker, *told, page.rows))
        people = [PersonId(key)] if root == "member" else []
        units = [UnitId(key)] if root == "unit" else []
        names = roster.names(look.connection, look.ledger, people=people, units=units)
    return render(
        visitor,
        "story_of.html",
        status=narrowing.status,
        narrowing=narrowing,
        name=names.get(subject, key),
        its=f"/people/{key}" if root == "member" else f"/units/{key}",
        of_person=root == "member",
        year=year,
        page=page,
        kinds=KINDS,
        where=collection_of,
        next=next_page(visitor, page.after),
    )
