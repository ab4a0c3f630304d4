"""Instructions and what followed from each; where it is known by what it was, that is said here."""

from __future__ import annotations

from fastapi import APIRouter, Response
from starlette.concurrency import run_in_threadpool

from domain.access import Action
from domain.fact import Followed, Reached
from domain.kinds import KINDS, Stage
from domain.matter import ReportOutcome
from domain.people import Reason, Refused
from domain.period import Period
from domain.words import Level
from interfaces.api.door import needs
from interfaces.ids import minted_id
from interfaces.web.asked import Filters, Narrowing, next_page, with_parameters
from interfaces.web.deed import collection_of
from interfaces.web.refusing import PageRoute
from interfaces.web.rendering import render, see
from interfaces.web.visiting import Sending, VisitingNow, Visitor, whole
from projections import instructions, roster
from projections.instructions import Asked, Instruction, Totals
from projections.paging import Page

MOST_SHOWN = 50
NOTHING = "nothing"


def router() -> APIRouter:
    """The page, and what is said on it."""
    made = APIRouter(route_class=PageRoute, include_in_schema=False, prefix="/ledgers/{ledger}")

    @made.get(
        "/instructions", operation_id="page_instructions", openapi_extra=needs(Action.SEE_RECORD)
    )
    def show(
        visitor: VisitingNow,
        year: str = "",
        unit: str = "",
        kind: str = "",
        level: str = "",
        rank: str = "",
        which: str = "",
        did: str = "",
        cursor: str = "",
    ) -> Response:
        """The instructions of a year, the newest first, or those alone of which nothing followed."""
        said = {"year": year, "unit": unit, "kind": kind, "level": level, "rank": rank}
        return _show(Narrowing(visitor, **said, which=which), did, cursor)

    @made.post(
        "/instructions",
        operation_id="say_what_followed",
        openapi_extra=needs(Action.REPORT_OUTCOME),
    )
    async def say_what_followed(sending: Sending) -> Response:
        """Say what followed from one instruction."""
        visitor, sent = sending
        followed = Filters(visitor).choice(sent.one("followed"), Followed, "followed")
        said = await run_in_threadpool(_instruction, visitor, sent.one("position"))
        outcome = Reached(
            stage=Stage.INSTRUCTED,
            on=said.on,
            level=said.level,
            rank=said.rank,
            document=said.document,
            followed=followed,
        )
        await visitor.submit(ReportOutcome(matter=said.matter, outcome=outcome), sent.command_id)
        return see(visitor.address(f"/instructions?did=said&year={said.on.year}"))

    return made


def _instruction(visitor: Visitor, said: str) -> Instruction:
    position = whole(said)
    with visitor.asking.look() as look:
        told = (look.connection, look.ledger, visitor.desk.shelf)
        found = None if position is None else instructions.instruction(*told, position)
    if found is None:
        raise Refused(Reason.NO_SUCH_OUTCOME, "/position", Stage.INSTRUCTED.zh)
    return found


def _show(narrowing: Narrowing, did: str, cursor: str) -> Response:
    visitor, filters, said = narrowing.visitor, narrowing.filters, narrowing.said
    year = narrowing.year()
    days = Period.year(year)
    kind = narrowing.read("kind", lambda each: filters.one_of(each, KINDS, "kind"))
    level = narrowing.read("level", lambda each: filters.choice(each, Level, "level"))
    rank = narrowing.read("rank", filters.text)
    which = narrowing.read("which", lambda each: filters.one_of(each, {NOTHING}, "which"))
    page: Page[Instruction] = Page(rows=())
    total = Totals()
    with visitor.asking.look() as look:
        units = roster.all_units(look.connection, look.ledger)
        unit = narrowing.read("unit", lambda each: filters.unit(each, units))
        if not narrowing.wrong:
            asked = Asked(
                *(days.first, days.last, kind, unit, level, rank), nothing=which is not None
            )
            total = instructions.totals(look.connection, look.ledger, asked)
            page = instructions.instructions(
                look.connection,
                look.ledger,
                visitor.desk.shelf,
                asked,
                after=visitor.asking.after(cursor or None),
                limit=MOST_SHOWN,
            )
    return render(
        visitor,
        "instructions.html",
        status=narrowing.status,
        narrowing=narrowing,
        year=year,
        page=page,
        total=total,
        which=which,
        every=with_parameters(visitor, which="", did=""),
        in_vain=with_parameters(visitor, which=NOTHING, did=""),
        asked=said | ({} if unit is None else {"unit": units[unit].profile.name}),
        kinds=KINDS,
        instructed=[n for n, each in KINDS.items() if Stage.INSTRUCTED in each.about.stages],
        levels=list(Level),
        choices=list(Followed),
        units=units,
        did=did == "said",
        where=collection_of,
        command_id=minted_id(),
        next=next_page(visitor, page.after),
    )
