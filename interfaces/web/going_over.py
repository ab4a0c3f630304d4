"""Open matters that still go by an older version of their loop: which can go over to a newer one, and all that are ticked moved over in one form, each by an act of its own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

from fastapi import APIRouter, Response
from starlette.concurrency import run_in_threadpool

from domain import handling
from domain.access import Action
from domain.kinds import KINDS
from domain.people import Reason, Refused, Role
from interfaces.api.door import checked_id, needs
from interfaces.ids import minted_id
from interfaces.refusals import status_of
from interfaces.web import turning
from interfaces.web.asked import next_page
from interfaces.web.fields import Input, Trouble, sent_in, with_troubles
from interfaces.web.refusing import PageRoute
from interfaces.web.rendering import render, see
from interfaces.web.visiting import Sending, Sent, VisitingNow, Visitor, whole
from projections import going_over
from projections.going_over import GoingOver
from projections.paging import Page

MOST_SHOWN = 100
"""Matters on one form, and at most so many are moved over by one."""
REASON = "over.reason"


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A matter on the form: whether it is to go over, and why it was refused as the form was sent."""

    each: GoingOver
    chosen: bool
    wrong: Refused | None = None


def router() -> APIRouter:
    """The overview, the form and what it sends."""
    made = APIRouter(route_class=PageRoute, include_in_schema=False, prefix="/ledgers/{ledger}")

    @made.get(
        "/dues/versions", operation_id="page_older_versions", openapi_extra=needs(Action.HANDLE)
    )
    def older(
        visitor: VisitingNow, loop: str = "", to: str = "", cursor: str = "", did: str = ""
    ) -> Response:
        """Of each loop how many open matters go by an older version; of one loop which they are, to be moved over."""
        _must_be_office(visitor)
        return _form(visitor, loop, to, cursor, done=whole(did) or 0)

    @made.post(
        "/dues/versions", operation_id="send_older_versions", openapi_extra=needs(Action.HANDLE)
    )
    async def send(sending: Sending) -> Response:
        """Move over each that is ticked; where some are refused they stay, each with what is wrong."""
        visitor, sent = sending
        _must_be_office(visitor)
        loop, to, reason = sent.one("loop"), sent.one("to"), sent.one(REASON)
        refused: dict[str, Refused] = {}
        done = 0
        for matter in list(dict.fromkeys(sent.all("p")))[:MOST_SHOWN] if reason else ():
            try:
                command = handling.MigrateCourse(
                    matter=checked_id(matter, "/p"), version=to, reason=reason
                )
                # Each is an act of its own, and sent again the same.
                await visitor.submit(command, f"{sent.command_id}.{matter}")
                done += 1
            except Refused as each:
                refused[matter] = each
        if refused or not done:
            return await run_in_threadpool(
                _form, visitor, loop, to, "", sent=sent, refused=refused, done=done
            )
        told = urlencode({"loop": loop, "to": to, "did": done})
        return see(visitor.address(f"/dues/versions?{told}"))

    return made


def _must_be_office(visitor: Visitor) -> None:
    if visitor.actor.role is not Role.OFFICE:
        raise Refused(Reason.NOT_ALLOWED, about=Action.HANDLE.zh)


def _form(
    visitor: Visitor,
    loop: str,
    to: str,
    cursor: str,
    *,
    sent: Sent | None = None,
    refused: Mapping[str, Refused] | None = None,
    done: int = 0,
) -> Response:
    asking, wrong = visitor.asking, refused or {}
    today = visitor.desk.today()
    with asking.look() as look:
        told = (look.connection, look.ledger)
        behind = going_over.behind(*told, visitor.desk.shelf, today=today)
        versions, rows = None, []
        page: Page[GoingOver] = Page(rows=())
        if loop:
            versions = going_over.versions_of(
                *told, visitor.desk.shelf, loop, to or None, today=today
            )
            page = going_over.going_over(
                *told,
                versions,
                visitor.actor,
                today=today,
                after=asking.after(cursor or None),
                limit=MOST_SHOWN,
            )
            rows = _rows(page, sent, wrong)
    first = next(iter(wrong.values()), None)
    nothing = sent is not None and not wrong
    return render(
        visitor,
        "versions.html",
        status=status_of(first) if first is not None else 422 if nothing else 200,
        behind=behind,
        new=None if versions is None else versions.new,
        rows=rows,
        every=KINDS,
        reason=_reason(sent),
        unsaid=nothing and not (sent is not None and sent.one(REASON)),
        nothing=nothing,
        done=done,
        failed=len(wrong),
        next=next_page(visitor, page.after),
        command_id=minted_id(),
    )


def _rows(page: Page[GoingOver], sent: Sent | None, wrong: Mapping[str, Refused]) -> list[Row]:
    ticked = None if sent is None else sent.all("p")
    rows = []
    for each in page.rows:
        key = each.line.matter
        chosen = each.refused is None and (ticked is None or key in ticked)
        rows.append(Row(each=each, chosen=chosen, wrong=wrong.get(key)))
    return rows


def _reason(sent: Sent | None) -> Input:
    """Why they go over: said once of all."""
    asked = (turning.text(REASON, turning.REASON),)
    if sent is None:
        return asked[0]
    found: tuple[Trouble, ...] = ()
    if not sent.one(REASON):
        missing = Refused(Reason.REASON_MISSING, "/reason")
        found = turning.troubles(missing, "over", {"reason": turning.REASON})
    (made,) = with_troubles(sent_in(asked, sent), found)
    return made
