"""Letting somebody in from the machine itself, where there is nobody yet who could grant it."""

from __future__ import annotations

from datetime import timedelta
from math import ceil
from uuid import uuid4

from application.clock import now
from application.handle import Request
from domain.grant import GrantAccess
from domain.people import Actor, PersonId, Role, UnitId, Via
from interfaces.wiring import Desk

OPERATOR = Actor(person=PersonId("operator"), role=Role.OFFICE, via=Via.CLI)
"""Who works at the machine that the ledger lies on."""


def let_in(
    desk: Desk, person: PersonId, role: Role, unit: UnitId | None, *, days: float, reason: str
) -> bool:
    """Grant a role for so many days where nothing lets him act in it yet; whether it had to."""
    desk.grants.look_again()
    today = desk.today()
    if desk.grants.lets(Actor(person=person, role=role, unit=unit), now(), today):
        return False
    command = GrantAccess(
        grant=uuid4().hex[:12],
        person=person,
        role=role,
        unit=unit,
        since=today,
        until=today + timedelta(days=ceil(days)),
        reason=reason,
    )
    desk.one(Request(command=command, actor=OPERATOR, command_id=uuid4().hex))
    return True
