"""Who may act in which role, from when to when, for which unit: granted by one person to another, revoked at once, all of it in the ledger."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta

from domain.access import Action, must
from domain.deed import Known
from domain.entry import Entry
from domain.granted import Grant
from domain.people import Actor, PersonId, Reason, Refused, Role, UnitId, Via
from domain.speaking import ACTING_FOR
from domain.unit import Side
from domain.words import CODE, is_code

LONGEST_EMERGENCY = 24
"""Hours that an emergency access lasts at the longest."""
SHORTEST_REASON = 5
"""Characters that a reason for emergency access has at least."""
OF_A_UNIT = frozenset({Role.CLERK, Role.HEAD})
"""Roles that somebody has in a unit, never by himself."""
WRITERS = frozenset({Role.OFFICE, Role.CLERK, Role.HEAD, Role.APPRAISAL})
"""Roles that nobody holds together with that of an auditor: who checks has not recorded for others.

That of a member is none of them: whoever is let in at all says what he did himself, others confirm it, and his name stands on it.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class GrantAccess:
    """Let somebody act in a role, in a unit where the role is of one, from a day on, until a last day where one is set.

    `standby` gives nothing by itself: it lets him take the role for some hours in an emergency.
    """

    grant: str
    person: PersonId
    role: Role
    unit: UnitId | None = None
    since: date
    until: date | None = None
    standby: bool = False
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RevokeAccess:
    """Take a grant back; it ends at once."""

    grant: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TakeEmergencyAccess:
    """Take the role of a standby grant of one's own, for so many hours, with a reason; everybody who looks at the grants sees it first."""

    grant: str
    under: str
    hours: int
    reason: str


GrantCommand = GrantAccess | RevokeAccess | TakeEmergencyAccess


@dataclass(frozen=True, slots=True, kw_only=True)
class AccessGranted:
    """Somebody was let act in a role."""

    grant: str
    person: PersonId
    role: Role
    unit: UnitId | None
    since: date
    until: date | None
    standby: bool
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AccessRevoked:
    """A grant was taken back."""

    grant: str
    person: PersonId
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class EmergencyAccessTaken:
    """Somebody took a role that he was on standby for; it lasts so many hours from the instant of this entry."""

    grant: str
    under: str
    person: PersonId
    role: Role
    unit: UnitId | None
    hours: int
    reason: str


GrantEvent = AccessGranted | AccessRevoked | EmergencyAccessTaken


def stream_of(grant: str) -> str:
    """The stream of a grant."""
    return f"grant/{grant}"


def decide(
    state: Grant | None, command: GrantCommand, actor: Actor, known: Known
) -> list[GrantEvent]:
    """What follows from a command on a grant."""
    if actor.acting_for is not None:
        raise Refused(Reason.NOT_ALLOWED, ACTING_FOR, actor.acting_for)
    match command:
        case GrantAccess():
            must(actor.role, Action.GRANT)
            _refuse_in_emergency(actor, known)
            return _granted(state, command, actor, known)
        case RevokeAccess(grant=grant, reason=reason):
            must(actor.role, Action.GRANT)
            if state is None:
                raise Refused(Reason.NO_SUCH_GRANT, "/grant", grant)
            if not reason.strip():
                raise Refused(Reason.REASON_MISSING, "/reason")
            if state.revoked_at is not None:
                return []
            return [AccessRevoked(grant=grant, person=state.person, reason=reason)]
        case TakeEmergencyAccess():
            must(actor.role, Action.TAKE_ACCESS)
            return _taken(state, command, actor, known)


def _granted(
    state: Grant | None, command: GrantAccess, actor: Actor, known: Known
) -> list[GrantEvent]:
    if state is not None:
        raise Refused(Reason.ALREADY_RECORDED, "/grant", command.grant)
    if not command.person.strip():
        raise Refused(Reason.MISSING, "/person")
    if command.person == actor.person:
        raise Refused(Reason.NEEDS_ANOTHER, "/person", command.person)
    if command.role is Role.MEMBER:
        # Whoever is signed in acts for himself; it is not granted.
        raise Refused(Reason.ROLE_NOT_GRANTED, "/role", command.role.zh)
    if not command.reason.strip():
        raise Refused(Reason.REASON_MISSING, "/reason")
    if command.until is not None and command.until < command.since:
        raise Refused(Reason.WRONG_ORDER, "/until", command.until.isoformat())
    if command.role in OF_A_UNIT and command.unit is None:
        raise Refused(Reason.MISSING, "/unit")
    _check_unit(command, known)
    _check_person(command.person, actor, known)
    _check_apart(command, known)
    return [
        AccessGranted(
            grant=command.grant,
            person=command.person,
            role=command.role,
            unit=command.unit,
            since=command.since,
            until=command.until,
            standby=command.standby,
            reason=command.reason,
        )
    ]


def _check_unit(command: GrantAccess, known: Known) -> None:
    """A role that reaches over the whole ledger is held in no unit that answers for a part of it: it would look smaller than it is."""
    if command.unit is None:
        return
    unit = known.roster.units.get(command.unit)
    if unit is None:
        raise Refused(Reason.NO_SUCH_UNIT, "/unit", command.unit)
    if command.role not in OF_A_UNIT and unit.side is not Side.COUNTY:
        raise Refused(Reason.UNIT_NOT_OF_KIND, "/unit", f"{command.unit} ({command.role.zh})")


def _check_person(person: PersonId, actor: Actor, known: Known) -> None:
    """Whoever is let in stands on the roster; who works at the machine lets in the first, who will put him there."""
    if not is_code(person):
        raise Refused(Reason.MALFORMED, "/person", person[:80], wanted=CODE)
    if actor.via is not Via.CLI and person not in known.roster.people:
        raise Refused(Reason.NO_SUCH_PERSON, "/person", person)


def _refuse_in_emergency(actor: Actor, known: Known) -> None:
    """Whoever took his role in an emergency gives none to others: it would outlast the hours that he has it."""
    mine = [
        each
        for each in known.granted(actor.person)
        if (each.role, each.unit) == (actor.role, actor.unit)
        and not each.standby
        and each.revoked_at is None
        and each.overlaps(known.today, known.today)
    ]
    if mine and all(each.under for each in mine):
        raise Refused(Reason.NOT_ALLOWED, about=f"应急授权 emergency {mine[0].grant}")


def _check_apart(command: GrantAccess, known: Known) -> None:
    """Nobody checks what he recorded himself: an auditor has no other role on any of his days, on standby or not.

    What was taken in an emergency lies within the days of its standby grant, and ends with it.
    """
    others = WRITERS if command.role is Role.AUDITOR else {Role.AUDITOR}
    if command.role not in WRITERS | {Role.AUDITOR}:
        return
    for held in known.granted(command.person):
        if (
            held.role in others
            and held.revoked_at is None
            and not held.under
            and held.overlaps(command.since, command.until)
        ):
            raise Refused(Reason.ROLES_APART, "/role", f"{held.role.zh} {held.grant}")


def _taken(
    state: Grant | None, command: TakeEmergencyAccess, actor: Actor, known: Known
) -> list[GrantEvent]:
    if state is not None:
        raise Refused(Reason.ALREADY_RECORDED, "/grant", command.grant)
    if not 1 <= command.hours <= LONGEST_EMERGENCY:
        raise Refused(Reason.MALFORMED, "/hours", str(command.hours))
    if len(command.reason.strip()) < SHORTEST_REASON:
        raise Refused(Reason.REASON_MISSING, "/reason")
    under = next((g for g in known.granted(actor.person) if g.grant == command.under), None)
    if under is None or not under.standby or not under.stands(under.given_at, known.today):
        raise Refused(Reason.NO_SUCH_GRANT, "/under", command.under)
    return [
        EmergencyAccessTaken(
            grant=command.grant,
            under=command.under,
            person=actor.person,
            role=under.role,
            unit=under.unit,
            hours=command.hours,
            reason=command.reason,
        )
    ]


def evolve(state: Grant | None, entry: Entry[GrantEvent]) -> Grant | None:
    """A grant after one more entry."""
    told = entry.envelope
    match entry.event:
        case AccessGranted() as event:
            return Grant(
                grant=event.grant,
                person=event.person,
                role=event.role,
                unit=event.unit,
                since=event.since,
                until=event.until,
                standby=event.standby,
                reason=event.reason,
                given_by=told.by,
                given_at=told.at,
            )
        case EmergencyAccessTaken() as event:
            return Grant(
                grant=event.grant,
                person=event.person,
                role=event.role,
                unit=event.unit,
                since=told.day,
                until=None,
                standby=False,
                reason=event.reason,
                given_by=told.by,
                given_at=told.at,
                under=event.under,
                ends_at=told.at + timedelta(hours=min(max(0, event.hours), LONGEST_EMERGENCY)),
            )
        case AccessRevoked(reason=reason):
            if state is None or state.revoked_at is not None:
                return state
            return replace(state, revoked_by=told.by, revoked_at=told.at, revoked_for=reason)
