"""What is done to a matter on its way round its loop, from the forms of its page; what is refused is said beside its field."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from fastapi import APIRouter, Response
from starlette.concurrency import run_in_threadpool

from domain import handling, matter
from domain.access import Action
from domain.course import LABELS
from domain.people import Refused
from domain.streams import Command
from domain.words import Label
from interfaces import bodies
from interfaces.api.door import needs
from interfaces.refusals import status_of
from interfaces.web import choosing, course, in_name_of, turning
from interfaces.web.choosing import Units
from interfaces.web.deed import Typed, record_page
from interfaces.web.refusing import PageRoute
from interfaces.web.rendering import see
from interfaces.web.visiting import Sending, Sent, Visitor

COMMANDS: Mapping[str, Any] = {
    course.MOVE: handling.MoveMatter,
    course.GIVE_BACK: handling.GiveBack,
    course.HAND_OVER: handling.HandOver,
    course.EXTEND: handling.ExtendDeadline,
    course.PAUSE: handling.PauseCourse,
    course.RESUME: handling.ResumeCourse,
    course.REOPEN: handling.ReopenMatter,
    course.BEGIN: handling.BeginCourse,
    course.MIGRATE: handling.MigrateCourse,
    course.RETRACT: matter.RetractOutcome,
}
_ACTIONS: Mapping[str, Action] = {course.RETRACT: Action.REPORT_OUTCOME}
"""What a form does, where it is not handling."""
_LABELS: Mapping[str, Label] = {
    **LABELS,
    "reason": turning.REASON,
    "until": Label("延至", "until"),
    "consented_by": Label("同意人", "with whose consent"),
    "loop": Label("流程", "loop"),
    "version": Label("流程版本", "version"),
    in_name_of.FOR: in_name_of.LABEL,
}


def router() -> APIRouter:
    """The forms."""
    made = APIRouter(route_class=PageRoute, include_in_schema=False, prefix="/ledgers/{ledger}")
    for path in COMMANDS:
        _add(made, path)
    return made


def _add(made: APIRouter, path: str) -> None:
    async def turn(sending: Sending, id: str) -> Response:
        """One turn of a matter."""
        visitor, sent = sending
        try:
            command = await run_in_threadpool(_command, visitor, sent, path, id)
            key = turning.key_of(sent, path)
            acting_for = in_name_of.sent_for(sent, key) if path == course.MOVE else None
            await visitor.submit(command, sent.command_id, acting_for=acting_for)
        except Refused as refused:
            return await run_in_threadpool(
                record_page,
                visitor,
                f"matter/{id}",
                typed=_typed(sent, path, refused),
                status=status_of(refused),
            )
        return see(visitor.address(f"/matters/{id}?did={path}") + "#course")

    made.add_api_route(
        f"/matters/{{id}}/{path}",
        turn,
        methods=["POST"],
        operation_id=f"send_{path.replace('-', '_')}_of_matter",
        openapi_extra=needs(_ACTIONS.get(path, Action.HANDLE)),
    )


def _command(visitor: Visitor, sent: Sent, path: str, id: str) -> Command:
    with visitor.desk.store.reading() as connection:
        units: Units = choosing.units(connection, visitor.ledger)
    said = course.said_in(path, turning.key_of(sent, path), sent, units)
    text = json.dumps(said, ensure_ascii=False)
    return bodies.command_of(COMMANDS[path], text, {"matter": id}, frozenset({"matter"}))


def _typed(sent: Sent, path: str, refused: Refused) -> Typed:
    """The form that was refused, with what is wrong beside the input that it is about."""
    key = turning.key_of(sent, path)
    labels = {k: v for k, v in _LABELS.items() if k != "stage" or path != course.MOVE}
    found = turning.troubles(in_name_of.at_field(refused), key, labels, within=course.MOVE)
    return Typed(key, sent, found)
