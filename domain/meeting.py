"""Meetings before, while and after they are held: planned, called, moved, opened for check-in, closed with attendance, reopened, cancelled.

What a meeting was, and who was there, is the occasion of the same id: closing records it, closing again amends it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import field, replace
from datetime import date, datetime, timedelta
from hashlib import sha256
from typing import Any, Generic, TypeVar

from domain import deed as deeds
from domain import occasion, personal
from domain.deadline import MeetingDay
from domain.deed import Known
from domain.entry import Entry
from domain.evidence import Evidence
from domain.fact import Attendance, Capacity
from domain.kinds import Details
from domain.kinds.meetings import Meeting as MeetingKind
from domain.occasion import MOST_NAMED, Occasion, OccasionEvent, Participant
from domain.people import Actor, PersonId, Reason, Refused, Role
from domain.values import value
from domain.words import Choice, GuestName, Label, Level

D = TypeVar("D", bound=Details)

LONGEST_CODE_MINUTES = 30
"""Minutes for which a check-in code may be good."""


class MeetingStep(Choice):
    """How far a meeting has come."""

    PLANNED = "planned", "已列入计划", "planned"
    CALLED = "called", "已通知", "called"
    OPEN = "open", "签到中", "open for check-in"
    CLOSED = "closed", "已登记出席", "closed: attendance is recorded"
    CANCELLED = "cancelled", "已取消", "cancelled"


@value(frozen=True, slots=True, kw_only=True)
class Moved:
    """A meeting was moved from one day to another; `position` is the entry."""

    was: date
    on: date
    reason: str
    position: int
    recorded_on: date


@value(frozen=True, slots=True, kw_only=True)
class LeaveAsking:
    """Leave that somebody asked for; `granted` is none until it is decided, `by` who decided and `level` at which level."""

    leave: str
    asked_on: date
    granted: bool | None = None
    by: str = ""
    level: Level | None = None


@value(frozen=True, slots=True, kw_only=True)
class CheckedIn:
    """Somebody checked in: when (UTC), by a code or by the clerk's hand."""

    at: datetime
    by_code: bool


@value(frozen=True, slots=True, kw_only=True)
class CheckInCode:
    """A code by which people check in: its digest, and until when (UTC) it is good."""

    digest: str
    until: datetime


@value(frozen=True, slots=True, kw_only=True)
class Meeting(Generic[D]):
    """A meeting as it stands. `body` is the plan; what was held lies on the occasion of the same id.

    `part_of` is the id of the session that it is a sitting of, `number` what it is counted as (第12次). `planned_for` is the day of the first plan.
    """

    meeting: str
    body: Occasion[D]
    step: MeetingStep
    planned_for: date
    planned_at: int
    number: str = ""
    part_of: str = ""
    notice: str = ""
    expected: tuple[PersonId, ...] = ()
    moves: tuple[Moved, ...] = ()
    leaves: Mapping[PersonId, LeaveAsking] = field(default_factory=dict)
    checked_in: Mapping[PersonId, CheckedIn] = field(default_factory=dict)
    code: CheckInCode | None = None
    closed_before: bool = False
    reason: str = ""

    @property
    def kind(self) -> MeetingKind | None:
        """What kind of meeting it is; none where it is another kind of occasion."""
        found = getattr(self.body.details, "meeting", None)
        return found if isinstance(found, MeetingKind) else None

    @property
    def day(self) -> MeetingDay | None:
        """As deadlines look at it; nothing once it is cancelled."""
        if self.kind is None or self.step is MeetingStep.CANCELLED:
            return None
        return MeetingDay(
            meeting=self.meeting, kind=self.kind, title=self.body.title, on=self.body.on
        )

    def day_at(self, position: int) -> date | None:
        """The day for which it stood at a position, nothing before it was planned."""
        if position < self.planned_at:
            return None
        day = self.planned_for
        for move in self.moves:
            if move.position <= position:
                day = move.on
        return day


# Commands


@value(frozen=True, slots=True, kw_only=True)
class PlanMeeting:
    """Plan a meeting, or anything else that is held: what it will be, and whom it expects."""

    meeting: str
    body: Occasion[Any]
    number: str = ""
    part_of: str = ""


@value(frozen=True, slots=True, kw_only=True)
class AmendMeeting:
    """Say anew, and in whole, what a meeting will be, with a reason; it is moved by itself."""

    meeting: str
    body: Occasion[Any]
    reason: str
    number: str = ""
    part_of: str = ""


@value(frozen=True, slots=True, kw_only=True)
class MoveMeeting:
    """Move a meeting to another day, with a reason; what is due at it moves along."""

    meeting: str
    on: date
    reason: str
    until: date | None = None
    place: str | None = None


@value(frozen=True, slots=True, kw_only=True)
class CallMeeting:
    """Call a meeting: tell those whom it expects. `expected` are all of them; where it is empty, those of the plan. `notice` is the number of the paper."""

    meeting: str
    expected: tuple[PersonId, ...] = ()
    notice: str = ""


@value(frozen=True, slots=True, kw_only=True)
class AskLeave:
    """Ask for leave from a meeting; `leave` is what kind of leave it is."""

    meeting: str
    person: PersonId
    leave: str


@value(frozen=True, slots=True, kw_only=True)
class DecideLeave:
    """Grant or refuse leave; `by` is who decided, `level` the level at which it is decided."""

    meeting: str
    person: PersonId
    granted: bool
    by: str
    level: Level | None = None


@value(frozen=True, slots=True, kw_only=True)
class OpenMeeting:
    """Open a meeting for check-in."""

    meeting: str


@value(frozen=True, slots=True, kw_only=True)
class IssueCode:
    """Let people check in by a code for some minutes; `digest` is that of the code, which itself is nowhere stored. It takes the place of the one before."""

    meeting: str
    digest: str
    until: datetime


@value(frozen=True, slots=True, kw_only=True)
class CheckIn:
    """Check somebody in: himself by the code that is shown, or whoever organises by hand."""

    meeting: str
    person: PersonId
    code: str = ""


@value(frozen=True, slots=True, kw_only=True)
class CloseMeeting:
    """Close a meeting with its attendance, in one act (一次录入).

    `participants` are those of whom something is said. Of others whom it expected, those who checked in were present and those who have leave are
    absent with leave; for the rest `others` says how it was, where it is given.
    """

    meeting: str
    participants: tuple[Participant, ...] = ()
    others: Attendance | None = None
    guests: GuestName[tuple[str, ...]] = ()
    half_days: int | None = None
    reached_people: int | None = None
    result: str | None = None
    evidence: tuple[Evidence, ...] | None = None
    differs: bool = False


@value(frozen=True, slots=True, kw_only=True)
class ReopenMeeting:
    """Open the attendance of a closed meeting again, with a reason."""

    meeting: str
    reason: str


@value(frozen=True, slots=True, kw_only=True)
class CancelMeeting:
    """Cancel a meeting that has not been held, or whose record was taken back, with a reason."""

    meeting: str
    reason: str


MeetingCommand = (
    PlanMeeting
    | AmendMeeting
    | MoveMeeting
    | CallMeeting
    | AskLeave
    | DecideLeave
    | OpenMeeting
    | IssueCode
    | CheckIn
    | CloseMeeting
    | ReopenMeeting
    | CancelMeeting
)

# Events


@value(frozen=True, slots=True, kw_only=True)
class MeetingPlanned(Generic[D]):
    """A meeting was planned; stored as `KIND.planned`. Whom it expects is listed apart."""

    meeting: str
    body: Occasion[D]
    number: str
    part_of: str


@value(frozen=True, slots=True, kw_only=True)
class MeetingAmended(Generic[D]):
    """What a meeting will be was said anew; stored as `KIND.plan_amended`."""

    meeting: str
    body: Occasion[D]
    number: str
    part_of: str
    reason: str


@value(frozen=True, slots=True, kw_only=True)
class PeopleExpected:
    """Whom a meeting expects; with `anew` those listed before are expected no longer."""

    meeting: str
    people: tuple[PersonId, ...]
    anew: bool


@value(frozen=True, slots=True, kw_only=True)
class MeetingMoved:
    """A meeting was moved to another day."""

    meeting: str
    was: date
    on: date
    until: date | None
    place: str | None
    reason: str


@value(frozen=True, slots=True, kw_only=True)
class MeetingCalled:
    """A meeting was called."""

    meeting: str
    notice: str


@value(frozen=True, slots=True, kw_only=True)
class LeaveAsked:
    """Somebody asked for leave."""

    meeting: str
    person: PersonId
    leave: str


@value(frozen=True, slots=True, kw_only=True)
class LeaveDecided:
    """Leave was granted or refused."""

    meeting: str
    person: PersonId
    granted: bool
    by: str
    level: Level | None


@value(frozen=True, slots=True, kw_only=True)
class MeetingOpened:
    """A meeting was opened for check-in."""

    meeting: str


@value(frozen=True, slots=True, kw_only=True)
class CodeIssued:
    """A code for check-in was issued."""

    meeting: str
    digest: str
    until: datetime


@value(frozen=True, slots=True, kw_only=True)
class PersonCheckedIn:
    """Somebody checked in."""

    meeting: str
    person: PersonId
    by_code: bool


@value(frozen=True, slots=True, kw_only=True)
class MeetingClosed:
    """A meeting was closed: who was there is recorded on its occasion."""

    meeting: str


@value(frozen=True, slots=True, kw_only=True)
class MeetingReopened:
    """The attendance of a meeting was opened again."""

    meeting: str
    reason: str


@value(frozen=True, slots=True, kw_only=True)
class MeetingCancelled:
    """A meeting was cancelled."""

    meeting: str
    reason: str


MeetingEvent = (
    MeetingPlanned[Any]
    | MeetingAmended[Any]
    | PeopleExpected
    | MeetingMoved
    | MeetingCalled
    | LeaveAsked
    | LeaveDecided
    | MeetingOpened
    | CodeIssued
    | PersonCheckedIn
    | MeetingClosed
    | MeetingReopened
    | MeetingCancelled
)


def stream_of(meeting: str) -> str:
    """The stream of a meeting."""
    return f"meeting/{meeting}"


def digest_of(meeting: str, code: str) -> str:
    """What is stored of a check-in code: good for one meeting alone."""
    return sha256(f"{meeting}\n{code.strip().upper()}".encode()).hexdigest()


def decide(
    state: Meeting[Any] | None, command: MeetingCommand, actor: Actor, known: Known
) -> list[MeetingEvent | OccasionEvent]:
    """What follows from a command on a meeting; closing it says so on its occasion, too."""
    if isinstance(command, PlanMeeting):
        if state is not None:
            raise Refused(Reason.ALREADY_RECORDED, "/meeting", command.meeting)
        if known.deed(occasion.stream_of(command.meeting)) is not None:
            raise Refused(Reason.ALREADY_RECORDED, "/meeting", command.meeting)
        _check_plan(command.body, command.part_of, command.meeting, actor, known)
        planned = MeetingPlanned(
            meeting=command.meeting,
            body=replace(command.body, expected=()),
            number=command.number,
            part_of=command.part_of,
        )
        return [planned, *_expected(command.meeting, command.body.expected)]
    if state is None:
        raise Refused(Reason.NO_SUCH_MEETING, "/meeting", command.meeting[:80])
    match command:
        case AskLeave():
            return _ask_leave(state, command, actor, known)
        case CheckIn():
            return _check_in(state, command, actor, known)
        case _:
            _must_organise(state.body, actor, known)
    match command:
        case AmendMeeting(body=body, reason=reason, number=number, part_of=part_of):
            _must_be(state, MeetingStep.PLANNED, MeetingStep.CALLED, MeetingStep.OPEN)
            deeds.with_reason(reason)
            if (body.on, body.until) != (state.body.on, state.body.until):
                raise Refused(Reason.MOVE_IT, "/body/on", body.on.isoformat())
            _check_plan(body, part_of, state.meeting, actor, known)
            expected = body.expected or state.expected
            plan = replace(body, expected=())
            said = (plan, number, part_of, expected)
            if said == (state.body, state.number, state.part_of, state.expected):
                return []
            amended = MeetingAmended(
                meeting=state.meeting, body=plan, number=number, part_of=part_of, reason=reason
            )
            listed = () if expected == state.expected else _expected(state.meeting, expected)
            return [amended, *listed]
        case MoveMeeting(on=on, reason=reason, until=until, place=place):
            _must_be(state, MeetingStep.PLANNED, MeetingStep.CALLED, MeetingStep.OPEN)
            deeds.with_reason(reason)
            if until is not None and until < on:
                raise Refused(Reason.WRONG_ORDER, "/until", until.isoformat())
            if on == state.body.on and until == state.body.until:
                return []
            return [
                MeetingMoved(
                    meeting=state.meeting,
                    was=state.body.on,
                    on=on,
                    until=until,
                    place=place,
                    reason=reason,
                )
            ]
        case CallMeeting(expected=expected, notice=notice):
            _must_be(state, MeetingStep.PLANNED, MeetingStep.CALLED)
            _check_expected(expected, state.body.on, known)
            if not (expected or state.expected):
                raise Refused(Reason.MISSING, "/expected")
            events: list[MeetingEvent] = []
            if expected and expected != state.expected:
                events += _expected(state.meeting, expected)
            if events or state.step is MeetingStep.PLANNED or notice != state.notice:
                events.append(MeetingCalled(meeting=state.meeting, notice=notice))
            return [*events]
        case DecideLeave(person=person, granted=granted, by=by, level=level):
            _must_be(state, MeetingStep.PLANNED, MeetingStep.CALLED, MeetingStep.OPEN)
            if actor.person == person:
                raise Refused(Reason.NEEDS_ANOTHER, "/person", person)
            asked = state.leaves.get(person)
            if asked is None:
                raise Refused(Reason.NO_LEAVE_ASKED, "/person", person)
            if not by.strip():
                raise Refused(Reason.MISSING, "/by")
            if (asked.granted, asked.by, asked.level) == (granted, by, level):
                return []
            return [
                LeaveDecided(
                    meeting=state.meeting, person=person, granted=granted, by=by, level=level
                )
            ]
        case OpenMeeting():
            _must_be(state, MeetingStep.PLANNED, MeetingStep.CALLED, MeetingStep.OPEN)
            if state.step is MeetingStep.OPEN:
                return []
            if state.body.on > known.today:
                raise Refused(Reason.IN_FUTURE, "/meeting", state.body.on.isoformat())
            return [MeetingOpened(meeting=state.meeting)]
        case IssueCode(digest=digest, until=until):
            _must_be(state, MeetingStep.OPEN)
            if len(digest) != 64 or not set(digest) <= set("0123456789abcdef"):
                raise Refused(Reason.MALFORMED, "/digest")
            now = known.now
            if until.tzinfo is None or (
                now is not None and not now < until <= now + timedelta(minutes=LONGEST_CODE_MINUTES)
            ):
                wanted = Label(
                    f"{LONGEST_CODE_MINUTES} 分钟以内", f"within {LONGEST_CODE_MINUTES} minutes"
                )
                raise Refused(Reason.MALFORMED, "/until", until.isoformat(), wanted=wanted)
            return [CodeIssued(meeting=state.meeting, digest=digest, until=until)]
        case CloseMeeting():
            return _close(state, command, actor, known)
        case ReopenMeeting(reason=reason):
            _must_be(state, MeetingStep.CLOSED)
            deeds.with_reason(reason)
            return [MeetingReopened(meeting=state.meeting, reason=reason)]
        case CancelMeeting(reason=reason):
            deeds.with_reason(reason)
            if state.step is MeetingStep.CANCELLED:
                return []
            _must_be(state, MeetingStep.PLANNED, MeetingStep.CALLED, MeetingStep.OPEN)
            recorded = known.deed(occasion.stream_of(state.meeting))
            if state.closed_before and not (recorded is not None and recorded.gone):
                raise Refused(Reason.NOT_AT_THIS_STEP, "/meeting", MeetingStep.CLOSED.zh)
            return [MeetingCancelled(meeting=state.meeting, reason=reason)]


def _must_organise(body: Occasion[Any], actor: Actor, known: Known) -> None:
    """Whoever organises it: its organisers and those above them, or the office."""
    if actor.role not in {Role.OFFICE, Role.CLERK, Role.HEAD} or actor.acting_for is not None:
        raise Refused(Reason.NOT_ALLOWED)
    deeds.may_record(actor, body.organiser, body.co_organisers, known.roster, "/meeting")


def _must_be(state: Meeting[Any], *steps: MeetingStep) -> None:
    if state.step in steps:
        return
    if state.step is MeetingStep.CLOSED:
        raise Refused(Reason.MEETING_CLOSED, "/meeting", state.body.title)
    raise Refused(Reason.NOT_AT_THIS_STEP, "/meeting", state.step.zh)


def _check_plan(
    body: Occasion[Any], part_of: str, meeting: str, actor: Actor, known: Known
) -> None:
    """As an occasion, on whatever day; who was there is said when it is closed."""
    _must_organise(body, actor, known)
    occasion.check(body, actor, replace(known, today=date.max))
    for name in ("participants", "guests"):
        if getattr(body, name):
            raise Refused(Reason.UNKNOWN_FIELD, f"/body/{name}")
    for _, where, _ in personal.texts(body, ""):
        # What tells of a person is said of what was held, and kept with its record.
        raise Refused(Reason.UNKNOWN_FIELD, f"/body/{where.replace('.', '/')}")
    if part_of and (part_of == meeting or not known.has_meeting(part_of)):
        raise Refused(Reason.NO_SUCH_MEETING, "/part_of", part_of[:80])


def _check_expected(expected: tuple[PersonId, ...], on: date, known: Known) -> None:
    for i, person in enumerate(expected):
        found = known.roster.people.get(person)
        if found is None:
            raise Refused(Reason.NO_SUCH_PERSON, f"/expected/{i}", person)
        if not found.member_on(on):
            raise Refused(
                Reason.NOT_A_MEMBER_THEN, f"/expected/{i}", f"{found.profile.name} {on.isoformat()}"
            )
        if person in expected[:i]:
            raise Refused(Reason.SAME_TWICE, f"/expected/{i}", person)


def _expected(meeting: str, people: tuple[PersonId, ...]) -> Iterator[PeopleExpected]:
    """The list of those whom a meeting expects, so many in an entry."""
    for start in range(0, len(people), MOST_NAMED):
        yield PeopleExpected(
            meeting=meeting, people=people[start : start + MOST_NAMED], anew=not start
        )


def _ask_leave(
    state: Meeting[Any], command: AskLeave, actor: Actor, known: Known
) -> list[MeetingEvent | OccasionEvent]:
    """The member asks himself; who organises writes down what he says."""
    if actor.declares_for != command.person:
        _must_organise(state.body, actor, known)
    _must_be(state, MeetingStep.PLANNED, MeetingStep.CALLED, MeetingStep.OPEN)
    if command.person not in state.expected:
        raise Refused(Reason.NOT_EXPECTED, "/person", command.person)
    if not command.leave.strip():
        raise Refused(Reason.MISSING, "/leave")
    asked = state.leaves.get(command.person)
    if asked is not None and asked.leave == command.leave:
        return []
    return [LeaveAsked(meeting=state.meeting, person=command.person, leave=command.leave)]


def _check_in(
    state: Meeting[Any], command: CheckIn, actor: Actor, known: Known
) -> list[MeetingEvent | OccasionEvent]:
    by_hand = not command.code
    person = command.person
    if by_hand:
        _must_organise(state.body, actor, known)
        if actor.person == person:
            raise Refused(Reason.NEEDS_ANOTHER, "/person", person)
    elif actor.person != person or actor.acting_for is not None:
        # A code stands for being there: nobody uses it for another.
        raise Refused(Reason.NOT_ALLOWED, "/person", person)
    _must_be(state, MeetingStep.OPEN)
    if person not in known.roster.people:
        raise Refused(Reason.NO_SUCH_PERSON, "/person", person)
    if not by_hand:
        _check_code(state, command.code, known)
        if person in state.checked_in:
            raise Refused(Reason.CODE_SPENT, "/code", state.body.title)
    if person in state.checked_in:
        return []
    return [PersonCheckedIn(meeting=state.meeting, person=person, by_code=not by_hand)]


def _check_code(state: Meeting[Any], code: str, known: Known) -> None:
    issued = state.code
    if issued is None or digest_of(state.meeting, code) != issued.digest:
        raise Refused(Reason.CODE_UNKNOWN, "/code")
    if known.now is None or known.now > issued.until:
        raise Refused(Reason.CODE_EXPIRED, "/code")


def _close(
    state: Meeting[Any], command: CloseMeeting, actor: Actor, known: Known
) -> list[MeetingEvent | OccasionEvent]:
    _must_be(state, MeetingStep.PLANNED, MeetingStep.CALLED, MeetingStep.OPEN)
    body = replace(
        state.body,
        participants=(*command.participants, *_unsaid(state, command)),
        expected=state.expected,
        guests=command.guests,
    )
    for name in ("half_days", "reached_people", "result", "evidence"):
        if (said := getattr(command, name)) is not None:
            body = replace(body, **{name: said})
    deed = known.deed(occasion.stream_of(state.meeting))
    said_on_occasion = (
        occasion.RecordOccasion(occasion=state.meeting, body=body, differs=command.differs)
        if deed is None
        else occasion.AmendOccasion(occasion=state.meeting, body=body, reason=state.reason)
    )
    events = occasion.decide(deed, said_on_occasion, actor, known)
    return [*events, MeetingClosed(meeting=state.meeting)]


def _unsaid(state: Meeting[Any], command: CloseMeeting) -> Iterator[Participant]:
    """Those of whom nothing is said in closing: as they checked in, as they have leave, as all others."""
    said = {p.person for p in command.participants}
    for person in state.checked_in:
        if person not in said:
            expected = not state.expected or person in state.expected
            capacity = Capacity.ATTENDS if expected else Capacity.SITS_IN
            yield Participant(person=person, capacity=capacity)
    for person in state.expected:
        if person in said or person in state.checked_in:
            continue
        leave = state.leaves.get(person)
        if leave is not None and leave.granted is not None:
            attendance = Attendance.LEAVE if leave.granted else Attendance.LEAVE_REFUSED
            yield Participant(
                person=person, attendance=attendance, leave=leave.leave, granted_by=leave.by
            )
        elif command.others is not None:
            yield Participant(person=person, attendance=command.others)


def evolve(state: Meeting[Any] | None, entry: Entry[MeetingEvent]) -> Meeting[Any] | None:
    """A meeting after one more entry."""
    event, told = entry.event, entry.envelope
    if isinstance(event, MeetingPlanned):
        return Meeting(
            meeting=event.meeting,
            body=event.body,
            step=MeetingStep.PLANNED,
            planned_for=event.body.on,
            planned_at=entry.position,
            number=event.number,
            part_of=event.part_of,
        )
    if state is None:
        return None
    match event:
        case MeetingAmended(body=body, number=number, part_of=part_of):
            return replace(state, body=body, number=number, part_of=part_of)
        case PeopleExpected(people=people, anew=anew):
            return replace(state, expected=people if anew else (*state.expected, *people))
        case MeetingMoved(was=was, on=on, until=until, place=place, reason=reason):
            body = replace(
                state.body,
                on=on,
                until=until,
                place=state.body.place if place is None else place,
            )
            move = Moved(
                was=was, on=on, reason=reason, position=entry.position, recorded_on=told.day
            )
            return replace(state, body=body, moves=(*state.moves, move))
        case MeetingCalled(notice=notice):
            return replace(state, step=MeetingStep.CALLED, notice=notice)
        case LeaveAsked(person=person, leave=leave):
            asked = LeaveAsking(leave=leave, asked_on=told.day)
            return replace(state, leaves={**state.leaves, person: asked})
        case LeaveDecided(person=person, granted=granted, by=by, level=level):
            before = state.leaves.get(person) or LeaveAsking(leave="", asked_on=told.day)
            decided = replace(before, granted=granted, by=by, level=level)
            return replace(state, leaves={**state.leaves, person: decided})
        case MeetingOpened():
            return replace(state, step=MeetingStep.OPEN)
        case CodeIssued(digest=digest, until=until):
            return replace(state, code=CheckInCode(digest=digest, until=until))
        case PersonCheckedIn(person=person, by_code=by_code):
            checked = CheckedIn(at=told.at, by_code=by_code)
            return replace(state, checked_in={**state.checked_in, person: checked})
        case MeetingClosed():
            return replace(state, step=MeetingStep.CLOSED, code=None, closed_before=True, reason="")
        case MeetingReopened(reason=reason):
            return replace(state, step=MeetingStep.OPEN, reason=reason)
        case MeetingCancelled(reason=reason):
            return replace(state, step=MeetingStep.CANCELLED, code=None, reason=reason)


def days_of(meetings: Iterable[Meeting[Any]]) -> tuple[MeetingDay, ...]:
    """The meetings as deadlines look at them, in order of their days."""
    found = (each.day for each in meetings)
    return tuple(sorted((d for d in found if d is not None), key=lambda d: (d.on, d.meeting)))
