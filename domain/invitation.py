"""The units that come first and last in a quarter are invited to speak (首尾受邀): who and why, what each said, what it promised and whether that was done."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from domain.access import Action, must
from domain.checklist import Checklist
from domain.deed import Known
from domain.entry import Entry
from domain.people import Actor, PersonId, Reason, Refused, UnitId, no_longer_than
from domain.period import Period, Span
from domain.unit import on_roster
from domain.values import value
from domain.words import Choice

LONGEST = 2_000
"""Characters of a statement, of a promise, of a reason at the most."""
MOST = 20
"""Promises of one unit in a quarter at the most."""


class End(Choice):
    """Why a unit speaks: those that come first exchange experience, those that come last say what they will do."""

    FIRST = "first", "经验交流", "exchange of experience"
    LAST = "last", "表态发言", "statement of what will be done"


class Kept(Choice):
    """What became of a promise."""

    DONE = "done", "已兑现", "kept"
    NOT_DONE = "not_done", "未兑现", "not kept"


@value(frozen=True, slots=True, kw_only=True)
class Invited:
    """A unit that is invited, and why."""

    unit: UnitId
    end: End
    reason: str


@value(frozen=True, slots=True, kw_only=True)
class Pledge:
    """What a unit says that it will do, and by when."""

    text: str
    due: date


@value(frozen=True, slots=True, kw_only=True)
class Promise:
    """A pledge with its number, and what became of it; a day is none until it has been so."""

    number: int
    text: str
    due: date
    kept: Kept | None = None
    settled_on: date | None = None
    outcome: str = ""


@value(frozen=True, slots=True, kw_only=True)
class Statement:
    """What an invited unit said."""

    unit: UnitId
    on: date
    speaker: PersonId | None
    text: str


# Commands


@value(frozen=True, slots=True, kw_only=True)
class InviteUnits:
    """Decide which units are invited for a quarter, each with a reason; said again it replaces the list, but for who has spoken."""

    quarter: date
    checklist: str
    on: date
    invited: tuple[Invited, ...]


@value(frozen=True, slots=True, kw_only=True)
class RecordStatement:
    """Record what an invited unit said, and what it promised; said again it replaces the words, and adds promises."""

    quarter: date
    checklist: str
    unit: UnitId
    on: date
    text: str
    speaker: PersonId | None = None
    promises: tuple[Pledge, ...] = ()


@value(frozen=True, slots=True, kw_only=True)
class SettlePromise:
    """Say whether what was promised was done."""

    quarter: date
    checklist: str
    unit: UnitId
    number: int
    kept: Kept
    on: date
    outcome: str = ""


InvitationCommand = InviteUnits | RecordStatement | SettlePromise

# Events


@value(frozen=True, slots=True, kw_only=True)
class UnitsInvited:
    """It was decided which units are invited for a quarter."""

    quarter: date
    checklist: str
    on: date
    invited: tuple[Invited, ...]


@value(frozen=True, slots=True, kw_only=True)
class StatementRecorded:
    """An invited unit spoke; `promises` are those that it added."""

    quarter: date
    checklist: str
    statement: Statement
    promises: tuple[Promise, ...]


@value(frozen=True, slots=True, kw_only=True)
class PromiseSettled:
    """It was said whether what a unit promised was done."""

    quarter: date
    checklist: str
    unit: UnitId
    number: int
    kept: Kept
    on: date
    outcome: str


InvitationEvent = UnitsInvited | StatementRecorded | PromiseSettled

# State


@value(frozen=True, slots=True, kw_only=True)
class Guest:
    """An invited unit with what it said and promised; `said` is none until it has spoken."""

    unit: UnitId
    end: End
    reason: str
    said: Statement | None = None
    promises: tuple[Promise, ...] = ()


@value(frozen=True, slots=True, kw_only=True)
class Quarter:
    """Who is invited for a quarter on a list. `decided_at` is the position at which it was last decided who is."""

    quarter: date
    checklist: str
    on: date
    decided_at: int
    guests: tuple[Guest, ...]

    def guest(self, unit: UnitId) -> Guest | None:
        """That unit, where it is invited."""
        return next((guest for guest in self.guests if guest.unit == unit), None)

    @property
    def name(self) -> str:
        """Its key."""
        return key_of(self.quarter, self.checklist)


def key_of(quarter: date, checklist: str) -> str:
    """The key of a quarter's invitations on a list."""
    return f"{quarter:%Y-%m}.{checklist}"


def stream_of(quarter: date, checklist: str) -> str:
    """The stream of a quarter's invitations on a list."""
    return f"invitation/{key_of(quarter, checklist)}"


def decide(
    state: Quarter | None, command: InvitationCommand, actor: Actor, known: Known
) -> list[InvitationEvent]:
    """What follows from a command about a quarter's invitations; the office decides and records."""
    must(actor.role, Action.INVITE_UNITS)
    if command.quarter.day != 1 or command.quarter.month % 3 != 1:
        raise Refused(Reason.MALFORMED, "/quarter", command.quarter.isoformat())
    quarter = Period.around(Span.QUARTER, command.quarter)
    if command.on > known.today:
        raise Refused(Reason.IN_FUTURE, "/on", command.on.isoformat())
    if isinstance(command, InviteUnits):
        return _invite(state, command, quarter, known)
    guest = None if state is None else state.guest(command.unit)
    if state is None or guest is None:
        raise Refused(Reason.NOT_INVITED, "/unit", command.unit[:80])
    if isinstance(command, RecordStatement):
        return _say(state, guest, command, known)
    return _settle(guest, command)


def is_over(quarter: Period, day: date) -> bool:
    """Whether it can be decided on that day who is invited: units are compared by a whole quarter."""
    return quarter.last < day


def _invite(
    state: Quarter | None, command: InviteUnits, quarter: Period, known: Known
) -> list[InvitationEvent]:
    if not is_over(quarter, command.on):
        raise Refused(Reason.TOO_EARLY, "/on", f"{command.on} <= {quarter.last}")
    listed = known.checklist(command.checklist, quarter.last)
    if listed is None:
        raise Refused(Reason.NO_SUCH_CHECKLIST, "/checklist", command.checklist[:80])
    if listed.posting is None or not listed.posting.invites:
        raise Refused(Reason.UNITS_NOT_COMPARED, "/checklist", listed.zh)
    _check_invited(command, listed, listed.posting.invites, quarter, known)
    if state is not None:
        for guest in state.guests:
            stays = any(i.unit == guest.unit and i.end is guest.end for i in command.invited)
            if guest.said is not None and not stays:
                raise Refused(Reason.NOT_AT_THIS_STEP, "/invited", _named(guest.unit, known))
        same = tuple(Invited(unit=g.unit, end=g.end, reason=g.reason) for g in state.guests)
        if (state.on, same) == (command.on, command.invited):
            return []
    return [
        UnitsInvited(
            quarter=command.quarter,
            checklist=command.checklist,
            on=command.on,
            invited=command.invited,
        )
    ]


def _check_invited(
    command: InviteUnits, listed: Checklist, most: int, quarter: Period, known: Known
) -> None:
    """Units of the list, each once and with a reason, no more of either end than the county's list says."""
    if not command.invited:
        raise Refused(Reason.MISSING, "/invited")
    for i, each in enumerate(command.invited):
        unit = on_roster(known.roster.units, each.unit, f"/invited/{i}/unit")
        if not listed.asks(unit):
            raise Refused(Reason.UNIT_NOT_OF_KIND, f"/invited/{i}/unit", unit.profile.name)
        if not unit.open_within(quarter.first, quarter.last):
            raise Refused(Reason.UNIT_CLOSED, f"/invited/{i}/unit", unit.profile.name)
        if any(other.unit == each.unit for other in command.invited[:i]):
            raise Refused(Reason.SAME_TWICE, f"/invited/{i}/unit", unit.profile.name)
        if not each.reason.strip():
            raise Refused(Reason.REASON_MISSING, f"/invited/{i}/reason", unit.profile.name)
        no_longer_than(LONGEST, each.reason, f"/invited/{i}/reason")
    for end in End:
        number = sum(each.end is end for each in command.invited)
        if number > most:
            raise Refused(Reason.NO_MORE_PLACES, "/invited", f"{end.zh} {number} > {most}")


def _say(
    state: Quarter, guest: Guest, command: RecordStatement, known: Known
) -> list[InvitationEvent]:
    if not command.text.strip():
        raise Refused(Reason.MISSING, "/text")
    no_longer_than(LONGEST, command.text, "/text")
    if command.on < state.on:
        raise Refused(Reason.TOO_EARLY, "/on", f"{command.on} < {state.on}")
    if command.speaker is not None and command.speaker not in known.roster.people:
        raise Refused(Reason.NO_SUCH_PERSON, "/speaker", command.speaker)
    for i, pledge in enumerate(command.promises):
        if not pledge.text.strip():
            raise Refused(Reason.MISSING, f"/promises/{i}/text")
        no_longer_than(LONGEST, pledge.text, f"/promises/{i}/text")
        if pledge.due < command.on:
            raise Refused(Reason.WRONG_ORDER, f"/promises/{i}/due", pledge.due.isoformat())
    there = {(promise.text, promise.due) for promise in guest.promises}
    new = [p for p in dict.fromkeys(command.promises) if (p.text, p.due) not in there]
    if len(guest.promises) + len(new) > MOST:
        raise Refused(Reason.TOO_MANY, "/promises", f"> {MOST}")
    statement = Statement(
        unit=command.unit, on=command.on, speaker=command.speaker, text=command.text
    )
    if statement == guest.said and not new:
        return []
    first = len(guest.promises) + 1
    return [
        StatementRecorded(
            quarter=command.quarter,
            checklist=command.checklist,
            statement=statement,
            promises=tuple(
                Promise(number=number, text=pledge.text, due=pledge.due)
                for number, pledge in enumerate(new, start=first)
            ),
        )
    ]


def _settle(guest: Guest, command: SettlePromise) -> list[InvitationEvent]:
    found = next((p for p in guest.promises if p.number == command.number), None)
    if found is None or guest.said is None:
        raise Refused(Reason.NO_SUCH_PROMISE, "/number", str(command.number))
    if command.on < guest.said.on:
        raise Refused(Reason.TOO_EARLY, "/on", f"{command.on} < {guest.said.on}")
    if command.kept is Kept.NOT_DONE and not command.outcome.strip():
        raise Refused(Reason.REASON_MISSING, "/outcome", command.kept.zh)
    no_longer_than(LONGEST, command.outcome, "/outcome")
    said = (command.kept, command.on, command.outcome)
    if said == (found.kept, found.settled_on, found.outcome):
        return []
    return [
        PromiseSettled(
            quarter=command.quarter,
            checklist=command.checklist,
            unit=command.unit,
            number=command.number,
            kept=command.kept,
            on=command.on,
            outcome=command.outcome,
        )
    ]


def _named(unit: UnitId, known: Known) -> str:
    found = known.roster.units.get(unit)
    return unit if found is None else found.profile.name


def evolve(state: Quarter | None, entry: Entry[InvitationEvent]) -> Quarter | None:
    """A quarter's invitations after one more entry."""
    event = entry.event
    if isinstance(event, UnitsInvited):
        before = {} if state is None else {guest.unit: guest for guest in state.guests}
        return Quarter(
            quarter=event.quarter,
            checklist=event.checklist,
            on=event.on,
            decided_at=entry.position,
            guests=tuple(
                replace(before[each.unit], end=each.end, reason=each.reason)
                if each.unit in before
                else Guest(unit=each.unit, end=each.end, reason=each.reason)
                for each in event.invited
            ),
        )
    if state is None:
        return None
    unit = event.statement.unit if isinstance(event, StatementRecorded) else event.unit

    def changed(guest: Guest) -> Guest:
        if guest.unit != unit:
            return guest
        match event:
            case StatementRecorded(statement=statement, promises=promises):
                return replace(guest, said=statement, promises=(*guest.promises, *promises))
            case PromiseSettled(number=number, kept=kept, on=on, outcome=outcome):
                return replace(
                    guest,
                    promises=tuple(
                        replace(p, kept=kept, settled_on=on, outcome=outcome)
                        if p.number == number
                        else p
                        for p in guest.promises
                    ),
                )
            case _:
                return guest

    return replace(state, guests=tuple(map(changed, state.guests)))
