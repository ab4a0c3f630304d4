"""What a matter is merged into, chosen by its title; and its authors, named with their shares as authors of the other."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal, InvalidOperation
from typing import Any

from fastapi import APIRouter, Response
from starlette.concurrency import run_in_threadpool

from domain import handling, on_paper
from domain.access import Action
from domain.course import Move
from domain.deed import Deed
from domain.fact import SubjectId
from domain.handling import MoveMatter
from domain.kinds import KINDS, Stage, kind_of
from domain.loop import LoopStage
from domain.matter import AmendMatter, Author, Matter
from domain.on_paper import Neutral
from domain.people import Actor, PersonId, Reason, Refused, UnitId
from domain.unit import Unit
from domain.words import Label
from interfaces import forms
from interfaces.api.asking import Look
from interfaces.api.door import checked_id, needs
from interfaces.refusals import status_of
from interfaces.web import choosing, fields
from interfaces.web.asked import Filters
from interfaces.web.leading import Typed, said_on
from interfaces.web.refusing import PageRoute
from interfaces.web.rendering import render, see
from interfaces.web.visiting import Sending, Sent, Visiting, Visitor, whole
from projections import courses, deeds, roster

ROOT = "matter/"
_ASKED: Mapping[str, tuple[Label, str]] = {
    "into": (Label("并入哪一件", "merged into which"), "others"),
    "on": (Label("日期", "day"), "on"),
    "note": (Label("说明", "note"), "note"),
    "share": (Label("份额", "share"), "shares"),
    "person": (Label("作者", "authors"), "shares"),
    "unit": (Label("作者", "authors"), "shares"),
}


@dataclass(frozen=True, slots=True)
class Signer:
    """An author of the matter that another was merged into, or one of the merged who may become one; `share` as it stands."""

    subject: SubjectId
    name: str
    signs: bool
    share: str


_NOTHING = Typed(Sent())


def merging_stage(
    deed: Deed[Any], loops: courses.Timing, actor: Actor, units: Mapping[UnitId, Unit]
) -> LoopStage | None:
    """The stage at which a matter is merged into another, where it may go there now and he may move it."""
    course = deed.course
    loop = None if course is None else loops.loops.get((course.loop, course.version))
    if course is None or loop is None or course.paused:
        return None
    for stage in loop.stages:
        if stage.reaches is Stage.MERGED and stage.code in loop.then(course.at):
            return stage if handling.may_move(deed, course, stage, actor, units) else None
    return None


def router() -> APIRouter:
    """The page on which the other matter is chosen, and its two forms."""
    made = APIRouter(route_class=PageRoute, include_in_schema=False, prefix="/ledgers/{ledger}")

    @made.get(
        "/matters/{id}/merge", operation_id="page_merge", openapi_extra=needs(Action.SEE_RECORD)
    )
    def page_merge(visitor: Visiting, id: str, text: str = "") -> Response:
        """Matters of its kind by their titles, any of which it may be merged into; once it is, whose authors sign the other."""
        return _page(visitor, id, text)

    @made.post("/matters/{id}/merge", operation_id="send_merge", openapi_extra=needs(Action.HANDLE))
    async def send_merge(sending: Sending, id: str) -> Response:
        """Move it to the stage at which it is merged into the one that was chosen."""
        return await _carried_out(sending, id, _moved, "merged")

    @made.post(
        "/matters/{id}/merged-authors",
        operation_id="send_merged_authors",
        openapi_extra=needs(Action.RECORD),
    )
    async def send_merged_authors(sending: Sending, id: str) -> Response:
        """Name its authors, with shares, as authors of what it was merged into."""
        return await _carried_out(sending, id, _signed, "signed")

    return made


async def _carried_out(sending: Sending, id: str, command_of: Any, did: str) -> Response:
    visitor, sent = sending
    try:
        command, seen = await run_in_threadpool(command_of, visitor, sent, id)
        await visitor.submit(command, sent.command_id, seen=seen)
    except Refused as refused:
        told = _typed(sent, refused)
        asked = (id, sent.one("text"), told, status_of(refused))
        return await run_in_threadpool(_page, visitor, *asked)
    return see(visitor.address(f"/matters/{id}/merge?did={did}"))


def _moved(visitor: Visitor, sent: Sent, id: str) -> tuple[MoveMatter, int | None]:
    other = sent.one("other")
    if not other:
        raise Refused(Reason.MISSING, "/move/into")
    on = said_on(sent.one("on"))
    with visitor.asking.look() as look:
        stage = _stage_of(visitor, look, _state(look, id)[0])
    if stage is None:
        raise Refused(Reason.NOT_AT_THIS_STEP, "/matter", Stage.MERGED.zh)
    move = Move(stage=stage.code, on=on, into=other, note=sent.one("note"))
    return MoveMatter(matter=id, move=move), None


def _stage_of(visitor: Visitor, look: Look, state: Deed[Any]) -> LoopStage | None:
    told = (look.connection, look.ledger)
    units = roster.all_units(*told)
    return merging_stage(state, courses.timing(*told, visitor.desk.shelf), visitor.actor, units)


def _state(look: Look, id: str) -> tuple[Deed[Matter[Any]], int]:
    found = deeds.matter_state(look.connection, look.ledger, checked_id(id, "id"))
    if found is None:
        raise Refused(Reason.NO_SUCH_DEED, "id", id)
    return found


def _signed(visitor: Visitor, sent: Sent, id: str) -> tuple[AmendMatter, int | None]:
    with visitor.asking.look() as look:
        own, _ = _state(look, id)
        into = own.body.merged_into.removeprefix(ROOT)
        other, _ = _state(look, into)
    asked = set(sent.all("signs"))
    there = {author.subject for author in other.body.authors}
    authors = [replace(a, share=_share(sent, a)) for a in other.body.authors]
    authors += [
        Author(person=a.person, unit=a.unit, share=_share(sent, a))
        for a in own.body.authors
        if a.subject in asked - there
    ]
    body = replace(other.body, authors=tuple(authors))
    reason = on_paper.said_of(body, f"并案署名:{own.body.title}", Neutral.MERGED)
    return AmendMatter(matter=into, body=body, reason=reason), whole(sent.one("version"))


def _share(sent: Sent, author: Author) -> Decimal | None:
    said = sent.one(f"share.{author.subject}")
    if not said:
        return None
    try:
        return Decimal(said)
    except InvalidOperation as error:
        raise Refused(Reason.MALFORMED, "/share", forms.given(said)) from error


def _typed(sent: Sent, refused: Refused) -> Typed:
    found = []
    for each in (refused, *refused.others):
        (trouble,) = fields.troubles(replace(each, others=()), ())
        name = each.field.rpartition("/")[2]
        if name in _ASKED:
            label, anchor = _ASKED[name]
            # Which stream it is says nothing to who reads it.
            about = "" if anchor == "others" else trouble.about
            trouble = replace(trouble, field=name, label=label, anchor=anchor, about=about)
        found.append(trouble)
    return Typed(sent, tuple(found))


def _page(
    visitor: Visitor, id: str, text: str, typed: Typed = _NOTHING, status: int = 200
) -> Response:
    asked = Filters(visitor).text(text)
    with visitor.asking.look() as look:
        told = (look.connection, look.ledger)
        state, _ = _state(look, id)
        own = deeds.summaries(*told, [state.stream])[state.stream]
        stage = _stage_of(visitor, look, state)
        offered = (
            choosing.records(
                *told,
                visitor.asking.today,
                state.stream,
                asked,
                kind=kind_of(type(state.body.details)),
            )
            if stage is not None
            else []
        )
        into = deeds.summaries(*told, [state.body.merged_into]).get(state.body.merged_into)
        signers: list[Signer] = []
        version = 0
        if into is not None and not into.gone:
            other, version = _state(look, into.stream.removeprefix(ROOT))
            signers = _signers(look, state, other)
    return render(
        visitor,
        "merge.html",
        status=status,
        d=own,
        here_is=f"/matters/{id}",
        kinds=KINDS,
        stage=stage,
        text=asked,
        offered=offered,
        into=into,
        signers=signers,
        version=version,
        typed=typed,
        today=visitor.desk.today(),
    )


def _signers(look: Look, own: Deed[Matter[Any]], other: Deed[Matter[Any]]) -> list[Signer]:
    there = {author.subject for author in other.body.authors}
    more = [a for a in own.body.authors if a.subject not in there]
    everyone = [*other.body.authors, *more]
    names = roster.names(
        look.connection,
        look.ledger,
        people={PersonId(a.person) for a in everyone if a.person is not None},
        units={UnitId(a.unit) for a in everyone if a.unit is not None},
    )
    return [
        Signer(
            subject=a.subject,
            name=names.get(a.subject, a.subject),
            signs=a.subject in there,
            share="" if a.share is None else str(a.share),
        )
        for a in everyone
    ]
