"""Codes by which people check in at a meeting: made here, told once, and kept nowhere but as a digest."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, Depends, Request, Response
from pydantic import Field, TypeAdapter, ValidationError

from application.clock import now
from application.handle import Request as Asked
from domain.access import Action
from domain.meeting import LONGEST_CODE_MINUTES, IssueCode, digest_of
from domain.people import Actor
from interfaces import bodies
from interfaces.api.door import Door, acting, checked_id, command_id_of, needs, no_parameters
from interfaces.api.writes import LEDGER
from interfaces.wiring import Desk

OPERATION = "mint_code"
LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
"""What a code is made of: nothing that is read for another, such as I and 1, O and 0."""
LENGTH = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class NewCode:
    """A code that is asked for: the minutes for which it is to be good."""

    minutes: Annotated[int, Field(ge=1, le=LONGEST_CODE_MINUTES)] = 10


@cache
def code_adapter() -> TypeAdapter[NewCode]:
    """Reads what is asked for."""
    return TypeAdapter(NewCode)


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeView:
    """A code as it is told, once: until when it is good, and where a member who is signed in checks in by it."""

    code: str
    path: str
    until: datetime
    version: int
    position: int


@dataclass(frozen=True, slots=True)
class Asking:
    """Who asks for a code of which ledger, by which command id, for how long."""

    desk: Desk
    actor: Actor
    command_id: str
    minutes: int


async def asking(request: Request) -> Asking:
    """Let in who asks for a code; nothing that he says is looked at before."""
    door: Door = request.app.state.door
    desk, asker = await door.enter(request)
    no_parameters(request)
    command_id = command_id_of(request)
    text = bodies.text_of(await door.body(request, desk, asker))
    try:
        wanted = code_adapter().validate_json(text, strict=True, extra="forbid")
    except ValidationError as error:
        raise bodies.refused_by(error) from error
    return Asking(desk, acting(request, asker.actor), command_id, wanted.minutes)


def new_code() -> str:
    """A code that nobody guesses."""
    return "".join(secrets.choice(LETTERS) for _ in range(LENGTH))


def path_of(ledger: str, meeting: str, code: str) -> str:
    """Where the code is used on a telephone."""
    return f"/ledgers/{ledger}/meetings/{quote(meeting)}/check-in?code={code}"


def router() -> APIRouter:
    """The route."""
    made = APIRouter(prefix=LEDGER, tags=["meetings"])

    @made.post(
        "/meetings/{id}/new-codes",
        operation_id=OPERATION,
        openapi_extra=needs(Action.MEET),
        summary="生成签到码",
        status_code=201,
    )
    async def mint_code(
        response: Response, id: str, asked: Annotated[Asking, Depends(asking)]
    ) -> CodeView:
        """A new code in place of the one before. It is told once: whoever lost it asks for another, by another command id."""
        meeting, code = checked_id(id, "id"), new_code()
        until = now() + timedelta(minutes=asked.minutes)
        command = IssueCode(meeting=meeting, digest=digest_of(meeting, code), until=until)
        done = await asked.desk.submit(
            Asked(
                command=command,
                actor=asked.actor,
                command_id=asked.command_id,
                strict=asked.desk.strict,
            )
        )
        response.headers["Lvzhi-Position"] = str(done.position)
        response.headers["ETag"] = f'"{done.version}"'
        response.headers["Cache-Control"] = "no-store"
        return CodeView(
            code=code,
            path=path_of(asked.desk.code, meeting, code),
            until=until,
            version=done.version,
            position=done.position,
        )

    return made
