"""An entry of the ledger as the rest of the product sees it: an event in its envelope, at its place."""

from __future__ import annotations

from datetime import date, datetime
from typing import Generic, TypeVar

from domain.people import Actor, PersonId, Role, UnitId, Via
from domain.values import value
from domain.words import Open

E_co = TypeVar("E_co", covariant=True)


@value(frozen=True, slots=True, kw_only=True)
class Envelope:
    """What is true of every entry: when it was recorded, by whom, for whom, through which door, and why.

    `at` is the UTC instant, `day` the local day of the ledger's zone, `on` the day it happened (none for what has no day),
    `cause` names the batch or request that it came with, `command` the command id.
    """

    at: datetime
    day: date
    by: PersonId
    role: Role
    unit: UnitId | None = None
    acting_for: PersonId | None = None
    via: Via = Via.API
    cause: Open[str] = ""
    command: Open[str] = ""
    on: date | None = None

    @property
    def declares_for(self) -> PersonId | None:
        """Whose own declaration it was, as for the actor."""
        if self.acting_for is not None:
            return self.acting_for
        return self.by if self.role is Role.MEMBER else None


@value(frozen=True, slots=True, kw_only=True)
class Entry(Generic[E_co]):
    """One entry: `position` in the ledger from 1 without gaps, `version` in its stream from 1."""

    position: int
    stream: str
    version: int
    event: E_co
    envelope: Envelope


def sealed_in(
    actor: Actor, *, at: datetime, day: date, on: date | None, command: str, cause: str
) -> Envelope:
    """The envelope of what this actor does now."""
    return Envelope(
        at=at,
        day=day,
        by=actor.person,
        role=actor.role,
        unit=actor.unit,
        acting_for=actor.acting_for,
        via=actor.via,
        cause=cause,
        command=command,
        on=on,
    )
