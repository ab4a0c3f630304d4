"""What led to what: the links of a record, all that led to something, and the stories of matters, members and units. Saying and undoing it are acts."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Annotated, TypeAlias

from fastapi import APIRouter, Query

from domain.access import Action
from domain.fact import SubjectId
from domain.people import Reason, Refused
from domain.period import Period
from interfaces import sealed
from interfaces.api.asking import AskedNow, Asking, Cursor, Limit
from interfaces.api.door import needs
from interfaces.api.loops import Since, Until
from interfaces.api.views import Listing
from interfaces.api.writes import LEDGER
from interfaces.asked import must_be_in_order, must_be_subject
from projections import deeds, links, stories
from projections.links import Led, Link
from projections.stories import Story

MOST_AT_ONCE = 20
Few: TypeAlias = Annotated[int, Query(ge=1, le=MOST_AT_ONCE)]


def router() -> APIRouter:
    """The routes."""
    made = APIRouter(prefix=LEDGER)
    for root, collection, zh in (("occasion", "occasions", "活动"), ("matter", "matters", "事项")):
        _add_record(made, root, collection, zh)

    @made.get(
        "/links",
        operation_id="list_led_to",
        openapi_extra=needs(Action.SEE_RECORD),
        summary="促成关系",
        tags=["stories"],
    )
    def list_led_to(
        asked: AskedNow,
        since: Since = None,
        until: Until = None,
        cursor: Cursor = None,
        limit: Limit = 50,
    ) -> Listing[Led]:
        """What led to what, the newest first."""
        must_be_in_order(since, until, "until")
        with asked.look() as look:
            page = links.led(
                look.connection,
                look.ledger,
                since=since,
                until=until,
                after=asked.after(cursor),
                limit=limit,
            )
            rows = sealed.led_for(asked.asker, look.connection, look.ledger, page.rows)
        return asked.listing(replace(page, rows=rows))

    @made.get(
        "/people/{id}/story",
        operation_id="list_stories_of_person",
        openapi_extra=needs(Action.SEE_FILE),
        summary="委员履职故事",
        tags=["stories"],
    )
    def list_stories_of_person(
        asked: AskedNow,
        id: str,
        first: date | None = None,
        last: date | None = None,
        cursor: Cursor = None,
        limit: Few = 10,
    ) -> Listing[Story]:
        """What the matters of a member came from and what became of them, the newest first; of this year where no days are said."""
        return of_subject(asked, SubjectId(f"member/{id}"), first, last, cursor, limit)

    @made.get(
        "/units/{id}/story",
        operation_id="list_stories_of_unit",
        openapi_extra=needs(Action.SEE_UNIT_FILE),
        summary="单位履职故事",
        tags=["stories"],
    )
    def list_stories_of_unit(
        asked: AskedNow,
        id: str,
        first: date | None = None,
        last: date | None = None,
        cursor: Cursor = None,
        limit: Few = 10,
    ) -> Listing[Story]:
        """The same of what a unit held, wrote, or took in."""
        return of_subject(asked, SubjectId(f"unit/{id}"), first, last, cursor, limit)

    return made


def of_subject(
    asked: Asking,
    subject: SubjectId,
    first: date | None,
    last: date | None,
    cursor: str | None,
    limit: int,
) -> Listing[Story]:
    """A page of the stories of a member or a unit, for who may see his file, or the unit's."""
    root, _, key = subject.partition("/")
    year = Period.year((last or first or asked.today).year)
    begin, end = first or year.first, last or year.last
    must_be_in_order(begin, end, "last")
    with asked.look() as look:
        if root == "member":
            asked.must_see_person(look, key)
        else:
            asked.must_see_unit(look, key, Action.SEE_UNIT_FILE)
        must_be_subject(look.connection, look.ledger, subject, "id")
        page = stories.stories(
            look.connection,
            look.ledger,
            asked.desk.shelf,
            subject,
            first=begin,
            last=end,
            after=asked.after(cursor),
            limit=limit,
        )
        told = (look.connection, look.ledger)
        rows = sealed.stories_for(asked.asker, *told, page.rows)
    return asked.listing(replace(page, rows=rows))


def _add_record(made: APIRouter, root: str, collection: str, zh: str) -> None:
    def list_links(
        asked: AskedNow, id: str, cursor: Cursor = None, limit: Limit = 50
    ) -> Listing[Link]:
        """The links of a record both ways: what led to it, what it led to, what it answers and what answers it, other forms of it."""
        stream = f"{root}/{id}"
        with asked.look() as look:
            told = (look.connection, look.ledger)
            if deeds.day_of(*told, stream) is None:
                raise Refused(Reason.NO_SUCH_DEED, "id", id)
            page = links.links(*told, stream, after=asked.after(cursor), limit=limit)
            rows = sealed.links_for(asked.asker, *told, page.rows)
        return asked.listing(replace(page, rows=rows))

    def get_story(asked: AskedNow, id: str) -> Story:
        """All that came before a record and all that came after it, in order of days, with the stages that each reached."""
        with asked.look() as look:
            told = (look.connection, look.ledger)
            found = stories.story(*told, asked.desk.shelf, f"{root}/{id}")
            if found is None:
                raise Refused(Reason.NO_SUCH_DEED, "id", id)
            (shown,) = sealed.stories_for(asked.asker, *told, [found])
        return shown

    for path, route, what in (
        ("links", list_links, f"{zh}的来龙去脉"),
        ("story", get_story, f"{zh}履职故事"),
    ):
        made.add_api_route(
            f"/{collection}/{{id}}/{path}",
            route,
            operation_id=f"get_{path}_of_{root}",
            openapi_extra=needs(Action.SEE_RECORD),
            summary=what,
            tags=["stories"],
        )
