"""What is done one by one to the suggestions or the problems of a matter, from the forms of its page; what is refused is said beside its field."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from fastapi import APIRouter, Response
from starlette.concurrency import run_in_threadpool

from domain import inspection, suggestion
from domain.access import Action
from domain.people import Reason, Refused
from interfaces import bodies
from interfaces.api.door import needs
from interfaces.bodies import LARGEST_BODY
from interfaces.refusals import status_of
from interfaces.web import inspected, suggested
from interfaces.web.deed import Typed, record_page
from interfaces.web.fields import Trouble
from interfaces.web.photos import LARGEST_FORM, must_fit, with_photos_kept
from interfaces.web.refusing import PageRoute
from interfaces.web.rendering import see
from interfaces.web.visiting import LOST_FILE, Sending, Sent, takes


@dataclass(frozen=True, slots=True)
class Part:
    """A part of the page of a matter whose forms are sent: where it is on the page, what its forms do, what they say and what is wrong with it."""

    anchor: str
    commands: Mapping[str, Any]
    said_in: Callable[[str, Sent], dict[str, Any]]
    troubles: Callable[[Refused, str], tuple[Trouble, ...]]


PARTS = (
    Part(
        "suggestions",
        {
            suggested.SUGGEST: suggestion.MakeSuggestion,
            suggested.ANSWER: suggestion.AnswerSuggestion,
            suggested.CARRY_OUT: suggestion.CarryOutSuggestion,
            suggested.TAKE_BACK: suggestion.WithdrawSuggestion,
        },
        suggested.said_in,
        suggested.troubles,
    ),
    Part(
        "problems",
        {
            inspected.NOTIFY: inspection.NotifyProblems,
            inspected.REPORT: inspection.ReportMending,
            inspected.CHECK_OFF: inspection.CheckOffProblem,
            inspected.REOPEN: inspection.ReopenProblem,
            inspected.PUT_OFF: inspection.PutOffProblem,
            inspected.TAKE_BACK: inspection.WithdrawProblem,
        },
        inspected.said_in,
        inspected.troubles,
    ),
)


WITH_FILES = frozenset({inspected.REPORT})
"""The forms with which pictures and papers may be sent."""


def router() -> APIRouter:
    """The forms."""
    made = APIRouter(route_class=PageRoute, include_in_schema=False, prefix="/ledgers/{ledger}")
    for part in PARTS:
        for path in part.commands:
            _add(made, part, path)
    return made


def _add(made: APIRouter, part: Part, path: str) -> None:
    @takes(LARGEST_FORM if path in WITH_FILES else LARGEST_BODY)
    async def send(sending: Sending, id: str) -> Response:
        """One act on one of them; files that come with it are kept before all else."""
        visitor, sent = sending
        try:
            must_fit(sent)
            if sent.has(LOST_FILE):
                raise Refused(Reason.MISSING, "/evidence", "、".join(sent.all(LOST_FILE)))
            sent = await run_in_threadpool(with_photos_kept, visitor, sent)
            text = json.dumps(part.said_in(path, sent), ensure_ascii=False)
            matter = {"matter": id}
            command = bodies.command_of(part.commands[path], text, matter, frozenset(matter))
            await visitor.submit(command, sent.command_id)
        except Refused as refused:
            return await run_in_threadpool(
                record_page,
                visitor,
                f"matter/{id}",
                typed=Typed(path, sent, part.troubles(refused, path)),
                status=status_of(refused),
            )
        return see(visitor.address(f"/matters/{id}?did={path}") + f"#{part.anchor}")

    made.add_api_route(
        f"/matters/{{id}}/{path}",
        send,
        methods=["POST"],
        operation_id=f"send_{path.replace('-', '_')}_of_matter",
        openapi_extra=needs(Action.HANDLE),
    )
