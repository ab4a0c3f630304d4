"""Drafts over HTTP: what one would have done to past years. Nothing is written, so that no command id is needed."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from dataclasses import dataclass
from functools import cache
from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response
from pydantic import Field, TypeAdapter, ValidationError

from application.documents.source import Unreadable
from domain.access import Action
from interfaces import bodies, whatif
from interfaces.api import views
from interfaces.api.asking import known_parameters
from interfaces.api.door import Door, Gate, needs
from interfaces.api.views import WhatIfView
from interfaces.api.writes import LEDGER
from interfaces.wiring import Desk

MOST_AT_ONCE = 1
"""Drafts that one process of the service tries at a time: each may take all that it is given."""
MOST_MOVERS = 1_000
"""Movers that one answer may list."""
OPERATION = "try_draft"


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A rubric that is to be tried: its text, over which years, against which rubric (that of its own code by default), and how many movers to list."""

    text: str
    years: Annotated[
        tuple[Annotated[int, Field(ge=1949, le=2200)], ...],
        Field(min_length=1, max_length=whatif.MOST_YEARS),
    ]
    against: Annotated[str | None, Field(max_length=100)] = None
    limit: Annotated[int, Field(ge=1, le=MOST_MOVERS)] = 200


@cache
def draft_adapter() -> TypeAdapter[Draft]:
    """Reads a draft."""
    return TypeAdapter(Draft)


@dataclass(frozen=True, slots=True)
class Tried:
    """A draft that was sent, for which ledger of which installation."""

    door: Door
    desk: Desk
    draft: Draft


async def tried(request: Request) -> AsyncIterator[Tried]:
    """Let in a draft: it is read before it takes its turn, so that nobody waits for who sends it."""
    door: Door = request.app.state.door
    gate: Gate = request.app.state.trying
    desk, asker = await door.enter(request)
    await known_parameters(request)
    text = bodies.text_of(await door.body(request, desk, asker))
    try:
        draft = draft_adapter().validate_json(text, strict=True, extra="forbid")
    except ValidationError as error:
        raise bodies.refused_by(error) from error
    with gate.passed():
        yield Tried(door, desk, draft)


def router() -> APIRouter:
    """The route of drafts."""
    made = APIRouter(prefix=LEDGER, tags=["scorecards"])

    @made.post(
        "/whatif",
        operation_id=OPERATION,
        openapi_extra=needs(Action.TRY_DRAFT),
        summary="用办法草案重算往年",
    )
    def try_draft(
        response: Response, tried: Annotated[Tried, Depends(tried, scope="function")]
    ) -> WhatIfView:
        """What a draft would have done in past years: how totals and grades are spread, which clauses are responsible, and who moves, the largest change first."""
        draft = tried.draft
        response.headers["Cache-Control"] = "no-store"
        try:
            found = whatif.run(
                tried.door.installation.settings,
                tried.desk.code,
                draft.text,
                years=sorted(set(draft.years)),
                today=tried.desk.today(),
                against=draft.against,
                # One processor is left to whoever else asks.
                processes=max(1, (os.cpu_count() or 1) - 1),
                aside=True,
            )
        except Unreadable as error:
            raise error.refusal() from error
        return views.what_if_view(found, draft.limit)

    return made
