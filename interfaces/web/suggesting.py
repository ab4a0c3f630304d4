"""What is done to the suggestions of a matter, from the forms of its page; what is refused is said beside its field."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from fastapi import APIRouter, Response
from starlette.concurrency import run_in_threadpool

from domain import suggestion
from domain.access import Action
from domain.people import Refused
from interfaces import bodies
from interfaces.api.door import needs
from interfaces.refusals import status_of
from interfaces.web import suggested, turning
from interfaces.web.deed import Typed, record_page
from interfaces.web.refusing import PageRoute
from interfaces.web.rendering import see
from interfaces.web.visiting import Sending

COMMANDS: Mapping[str, Any] = {
    suggested.SUGGEST: suggestion.MakeSuggestion,
    suggested.ANSWER: suggestion.AnswerSuggestion,
    suggested.CARRY_OUT: suggestion.CarryOutSuggestion,
    suggested.TAKE_BACK: suggestion.WithdrawSuggestion,
}


def router() -> APIRouter:
    """The forms."""
    made = APIRouter(route_class=PageRoute, include_in_schema=False, prefix="/ledgers/{ledger}")
    for path in COMMANDS:
        _add(made, path)
    return made


def _add(made: APIRouter, path: str) -> None:
    async def send(sending: Sending, id: str) -> Response:
        """One act on a suggestion."""
        visitor, sent = sending
        try:
            text = json.dumps(suggested.said_in(path, sent), ensure_ascii=False)
            command = bodies.command_of(COMMANDS[path], text, {"matter": id}, frozenset({"matter"}))
            await visitor.submit(command, sent.command_id)
        except Refused as refused:
            return await run_in_threadpool(
                record_page,
                visitor,
                f"matter/{id}",
                typed=Typed(path, sent, turning.troubles(refused, path, suggested.LABELS)),
                status=status_of(refused),
            )
        return see(visitor.address(f"/matters/{id}?did={path}") + "#suggestions")

    made.add_api_route(
        f"/matters/{{id}}/{path}",
        send,
        methods=["POST"],
        operation_id=f"send_{path.replace('-', '_')}_of_matter",
        openapi_extra=needs(Action.HANDLE),
    )
