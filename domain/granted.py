"""A grant as it stands, and whether it lets somebody act."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from domain.people import Actor, PersonId, Role, UnitId


@dataclass(frozen=True, slots=True, kw_only=True)
class Grant:
    """A grant as it stands; `ends_at` is set for what was taken in an emergency, `under` names the standby grant that it was taken under."""

    grant: str
    person: PersonId
    role: Role
    unit: UnitId | None
    since: date
    until: date | None
    standby: bool
    reason: str
    given_by: PersonId
    given_at: datetime
    under: str = ""
    ends_at: datetime | None = None
    revoked_by: PersonId | None = None
    revoked_at: datetime | None = None
    revoked_for: str = ""

    def stands(self, at: datetime, day: date) -> bool:
        """Whether it is in force at an instant, which is of that local day; of a standby grant, whether it may be taken."""
        return (
            self.revoked_at is None
            and self.since <= day
            and (self.until is None or day <= self.until)
            and (self.ends_at is None or at < self.ends_at)
        )

    def lets(self, actor: Actor, at: datetime, day: date) -> bool:
        """Whether it lets this actor act as he does."""
        return (
            not self.standby
            and (self.person, self.role, self.unit) == (actor.person, actor.role, actor.unit)
            and self.stands(at, day)
        )

    def within(self, others: Iterable[Grant], at: datetime, day: date) -> bool:
        """Whether it is in force, and so is the standby grant, one of the others, that it was taken under if it was: with that it ends."""
        return self.stands(at, day) and (
            not self.under
            or any(each.grant == self.under and each.stands(at, day) for each in others)
        )

    def overlaps(self, since: date, until: date | None) -> bool:
        """Whether there is a day of both, were it in force to its end."""
        return (until is None or self.since <= until) and (
            self.until is None or since <= self.until
        )


def lets(grants: Iterable[Grant], actor: Actor, at: datetime, day: date) -> bool:
    """Whether somebody may act as he asks to. For himself, as a member and for no unit, anybody may: he sees and says what is his."""
    if actor.role is Role.MEMBER and actor.unit is None:
        return True
    found = tuple(grants)
    return any(each.lets(actor, at, day) and each.within(found, at, day) for each in found)


def only_taken(grants: Iterable[Grant], actor: Actor, at: datetime, day: date) -> bool:
    """Whether somebody acts as he does by what he took in an emergency alone: it ends in some hours, and so must what he does by it."""
    found = tuple(grants)
    letting = [each for each in found if each.lets(actor, at, day) and each.within(found, at, day)]
    return bool(letting) and all(each.under for each in letting)
