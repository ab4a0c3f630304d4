"""Batches of imports over HTTP: the list, what one holds, and taking it back; a preview unless `commit` is asked for."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Annotated, TypeAlias

from fastapi import APIRouter, Depends, Request, Response
from pydantic import Field, TypeAdapter, ValidationError

from application import undoing
from domain.access import Action, Asker
from domain.people import Reason, Refused
from interfaces import batches, bodies
from interfaces.api.asking import LONGEST_WAIT, AskedNow, Cursor, Limit, known_parameters
from interfaces.api.door import Door, needs
from interfaces.api.imports import Commit
from interfaces.api.views import Listing
from interfaces.api.writes import LEDGER
from interfaces.batches import BatchPage, UndoView
from interfaces.wiring import Desk
from projections import batches as listed
from projections.batches import Batch

OPERATION = "undo_import"


@dataclass(frozen=True, slots=True, kw_only=True)
class WhyUndone:
    """Why a batch is taken back."""

    reason: Annotated[str, Field(min_length=1, max_length=1_000)]


@cache
def why_adapter() -> TypeAdapter[WhyUndone]:
    """Reads why."""
    return TypeAdapter(WhyUndone)


@dataclass(frozen=True, slots=True)
class Sent:
    """An undo that was asked for, by whom, of which ledger."""

    desk: Desk
    asker: Asker
    why: WhyUndone


async def sent(request: Request) -> Sent:
    """Let in an undo, once all that is written can be read."""
    door: Door = request.app.state.door
    desk, asker = await door.enter(request)
    await known_parameters(request)
    text = bodies.text_of(await door.body(request, desk, asker))
    try:
        why = why_adapter().validate_json(text, strict=True, extra="forbid")
    except ValidationError as error:
        raise bodies.refused_by(error) from error
    return Sent(desk, asker, why)


SentUndo: TypeAlias = Annotated[Sent, Depends(sent)]


def router() -> APIRouter:
    """The routes of batches."""
    made = APIRouter(prefix=f"{LEDGER}/imports", tags=["imports"])

    @made.get(
        "",
        operation_id="list_imports",
        openapi_extra=needs(Action.SEE_IMPORTS),
        summary="导入批次",
    )
    def list_imports(asked: AskedNow, cursor: Cursor = None, limit: Limit = 50) -> Listing[Batch]:
        """Batches, the newest first: all, or those that whoever asks or his unit brought."""
        actor = asked.actor
        with asked.look() as look:
            page = listed.batches(
                look.connection,
                look.ledger,
                by=actor.person,
                unit=actor.unit,
                everybodys=asked.asker.always(Action.SEE_IMPORTS),
                after=asked.after(cursor),
                limit=limit,
            )
        return asked.listing(page)

    @made.get(
        "/{batch}",
        operation_id="get_import",
        openapi_extra=needs(Action.SEE_IMPORTS),
        summary="导入批次的内容",
    )
    def get_import(asked: AskedNow, batch: str) -> BatchPage:
        """What a batch wrote, and what of it was taken back."""
        with asked.look() as look:
            found = batches.found(look.connection, look.ledger, asked.asker, batch)
            return batches.page_of(look.connection, look.ledger, found)

    @made.post(
        "/{batch}/undoing",
        operation_id=OPERATION,
        openapi_extra=needs(Action.IMPORT_RECORDS),
        summary="撤销一批导入",
    )
    def undo_import(
        response: Response, sent: SentUndo, batch: str, commit: Commit = False
    ) -> UndoView:
        """Take a batch back: what nobody has touched since is reversed, the rest is kept and told. A repeat changes nothing more."""
        view = undone(sent.desk, sent.asker, batch, sent.why.reason, commit=commit)
        if view.position:
            response.headers["Lvzhi-Position"] = str(view.position)
        return view

    return made


def undone(desk: Desk, asker: Asker, name: str, reason: str, *, commit: bool) -> UndoView:
    """An undo, looked at or carried out."""
    if not desk.reader.wait_for(desk.head(), LONGEST_WAIT):
        raise Refused(Reason.BUSY)
    with desk.store.reading() as connection:
        batches.found(connection, desk.code, asker, name)
    undo = batches.planned(desk, asker.actor, name, reason)
    if commit:
        undo = undoing.commit_undo(undo, desk.write)
    return batches.view_of(undo, batches.names_in(desk, undo), committed=commit)
