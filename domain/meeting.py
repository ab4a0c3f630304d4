"""Meetings before, while and after they are held: planned, called, moved, opened for check-in, closed with attendance, reopened, cancelled.

What a meeting was, and who was there, is the occasion of the same id: closing records it, closing again amends it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import field, fields, is_dataclass, replace
from datetime import date, datetime, timedelta
from hashlib import sha256
from typing import Any, Generic, TypeVar

from domain import calendar, occasion, personal
from domain import deed as deeds
from domain.deadline import MeetingDay
from domain.deed import Deed, Known
from domain.entry import Entry
from domain.evidence import Evidence, is_hash
from domain.fact import Attendance, Capacity
from domain.kinds import Details
from domain.kinds.meetings import Meeting as MeetingKind
from domain.occasion import MOST_NAMED, Occasion, OccasionEvent, Participant
from domain.people import Actor, PersonId, Reason, Refused, Role, UnitId
from domain.roster import Roster
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


NOT_HELD = (MeetingStep.PLANNED, MeetingStep.CALLED, MeetingStep.OPEN)
"""Steps at which nobody has said yet who was there, or says it again."""


@value(frozen=True, slots=True, kw_only=True)
class Moved:
    """A meeting was moved from one day to another, or to another place (`place`, empty where it stayed) on the same day; `position` is the entry."""

    was: date
    on: date
    reason: str
    position: int
    recorded_on: date
    place: str = ""


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
class InvitedPerson:
    """Somebody who is to sit in, or comes as a guest: in which capacity, and in the name of which sector or party."""

    person: PersonId
    capacity: Capacity = Capacity.SITS_IN
    in_name_of: UnitId | None = None


@value(frozen=True, slots=True, kw_only=True)
class Meeting(Generic[D]):
    """A meeting as it stands. `body` is the plan; what was held lies on the occasion of the same id.

    `part_of` is the id of the session that it is a sitting of, `number` what it is counted as (第12次). `planned_for` is the day of the first plan.
    `expected` are members who have to come (应到), `invited` who sits in or is a guest (列席、特邀).
    Since it was last closed `said_anew` of the plan was said anew (names of fields, those of its kind behind `details.`), and `heard_anew` checked in or had their leave decided.
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
    invited: tuple[InvitedPerson, ...] = ()
    moves: tuple[Moved, ...] = ()
    leaves: Mapping[PersonId, LeaveAsking] = field(default_factory=dict)
    checked_in: Mapping[PersonId, CheckedIn] = field(default_factory=dict)
    code: CheckInCode | None = None
    closed_before: bool = False
    said_anew: tuple[str, ...] = ()
    heard_anew: tuple[PersonId, ...] = ()
    reason: str = ""

    @property
    def kind(self) -> MeetingKind | None:
        """What kind of meeting it is; none where it is another kind of occasion."""
        found = getattr(self.body.details, "meeting", None)
        return found if isinstance(found, MeetingKind) else None

    @property
    def guests(self) -> Mapping[PersonId, InvitedPerson]:
        """Who sits in or is a guest, by person."""
        return {each.person: each for each in self.invited}

    @property
    def listed(self) -> tuple[PersonId, ...]:
        """All whom its list names: who has to come, then who sits in or is a guest."""
        return (*self.expected, *(each.person for each in self.invited))

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
    """Plan a meeting, or anything else that is held: what it will be, whom it expects, and who sits in or is a guest."""

    meeting: str
    body: Occasion[Any]
    number: str = ""
    part_of: str = ""
    invited: tuple[InvitedPerson, ...] = ()


@value(frozen=True, slots=True, kw_only=True)
class AmendMeeting:
    """Say anew, and in whole, what a meeting will be, with a reason; it is moved by itself.

    Where nobody is `expected` its list stays, unless `expects_nobody`; `invited` are all who sit in or are guests, and stay where it is left out.
    """

    meeting: str
    body: Occasion[Any]
    reason: str
    number: str = ""
    part_of: str = ""
    expects_nobody: bool = False
    invited: tuple[InvitedPerson, ...] | None = None


@value(frozen=True, slots=True, kw_only=True)
class MoveMeeting:
    """Move a meeting to another day or place, with a reason; what is due at it moves along, its sittings do not.

    Without `until` it lasts as many days as before. Moved to a day that lies ahead, an opened meeting is planned again: who checked in before is not counted.
    A day that is not ahead puts right what was written down wrongly: it stays open, and who checked in was there. What is recorded as held is not moved ahead; where its record was taken back the meeting is cancelled and planned anew.
    """

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

    `participants` are those of whom something is said; of whom it is said that nothing is recorded (`not_recorded`) there is no line. Of others whom it
    expected, and of who sits in or is a guest, those who checked in were present, those who have leave are absent with leave, and of whom no duties are asked on that day nothing was required; of who
    asked for leave that is not decided it has to be said; for the rest `others` says how it was, where it is given.
    What is not said is as the plan has it. Of a meeting that is closed again everything that is not said stays as its record says it by then, but for what was heard after
    it was closed: what the plan said anew, who checked in, whose leave was decided.
    """

    meeting: str
    participants: tuple[Participant, ...] = ()
    others: Attendance | None = None
    guests: GuestName[tuple[str, ...] | None] = None
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
class PeopleInvited:
    """Who is to sit in at a meeting, or comes as a guest; with `anew` those listed before are invited no longer."""

    meeting: str
    people: tuple[InvitedPerson, ...]
    anew: bool


@value(frozen=True, slots=True, kw_only=True)
class MeetingMoved:
    """A meeting was moved to another day, or on its day to another place; `place` is none where it stays. One that was opened is planned again where its day lies ahead."""

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
    | PeopleInvited
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
        for name, day in (("on", command.body.on), ("until", command.body.until)):
            if day is not None:
                calendar.check_day(day, f"/body/{name}")
        _check_invited(command.invited, command.body.expected, command.body.on, known)
        planned = MeetingPlanned(
            meeting=command.meeting,
            body=replace(command.body, expected=()),
            number=command.number,
            part_of=command.part_of,
        )
        return [
            planned,
            *_expected(command.meeting, command.body.expected),
            *_invited(command.meeting, command.invited),
        ]
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
            guests = state.invited if command.invited is None else command.invited
            _must_be(state, known, *NOT_HELD)
            deeds.with_reason(reason)
            if (body.on, body.until) != (state.body.on, state.body.until):
                raise Refused(Reason.MOVE_IT, "/body/on", body.on.isoformat())
            _check_plan(body, part_of, state.meeting, actor, known)
            expected = body.expected or (() if command.expects_nobody else state.expected)
            if command.expects_nobody and body.expected:
                raise Refused(Reason.MALFORMED, "/expects_nobody")
            _check_invited(guests, expected, body.on, known)
            plan = replace(body, expected=())
            said = (plan, number, part_of, expected, guests)
            before = (state.body, state.number, state.part_of, state.expected, state.invited)
            if said == before:
                return []
            amended = MeetingAmended(
                meeting=state.meeting, body=plan, number=number, part_of=part_of, reason=reason
            )
            listed: list[MeetingEvent] = []
            if expected != state.expected:
                listed += _expected(state.meeting, expected, emptied=not expected)
            if guests != state.invited:
                listed += _invited(state.meeting, guests, emptied=not guests)
            return [amended, *listed]
        case MoveMeeting(on=on, reason=reason, until=until, place=place):
            _must_be(state, known, *NOT_HELD)
            deeds.with_reason(reason)
            calendar.check_day(on, "/on")
            if until is not None and until < on:
                raise Refused(Reason.WRONG_ORDER, "/until", until.isoformat())
            was = state.body
            if until is None and was.until is not None:
                until = calendar.shifted(on, was.until - was.on, "/on")
            elif until is not None:
                calendar.check_day(until, "/until")
            place = None if place == was.place else place
            if (on, until) == (was.on, was.until) and place is None:
                return []
            if on > known.today and _was_held(state, known):
                raise Refused(Reason.IN_FUTURE, "/on", on.isoformat())
            return [
                MeetingMoved(
                    meeting=state.meeting,
                    was=was.on,
                    on=on,
                    until=until,
                    place=place,
                    reason=reason,
                )
            ]
        case CallMeeting(expected=expected, notice=notice):
            _must_be(state, known, MeetingStep.PLANNED, MeetingStep.CALLED)
            _check_expected(expected, state.body.on, known)
            if not (expected or state.listed):
                raise Refused(Reason.MISSING, "/expected")
            _check_invited(state.invited, expected, state.body.on, known)
            events: list[MeetingEvent] = []
            if expected and expected != state.expected:
                events += _expected(state.meeting, expected)
            if events or state.step is MeetingStep.PLANNED or notice != state.notice:
                events.append(MeetingCalled(meeting=state.meeting, notice=notice))
            return [*events]
        case DecideLeave(person=person, granted=granted, by=by, level=level):
            _must_be(state, known, *NOT_HELD)
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
            _must_be(state, known, *NOT_HELD)
            if state.step is MeetingStep.OPEN:
                return []
            if state.body.on > known.today:
                raise Refused(Reason.IN_FUTURE, "/meeting", state.body.on.isoformat())
            return [MeetingOpened(meeting=state.meeting)]
        case IssueCode(digest=digest, until=until):
            _must_be(state, known, MeetingStep.OPEN)
            if not is_hash(digest):
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
            _must_be(state, known, MeetingStep.CLOSED)
            deeds.with_reason(reason)
            return [MeetingReopened(meeting=state.meeting, reason=reason)]
        case CancelMeeting(reason=reason):
            deeds.with_reason(reason)
            if state.step is MeetingStep.CANCELLED:
                return []
            if _record_gone(state, known) is None:
                _must_be(state, known, *NOT_HELD)
                if state.closed_before:
                    raise Refused(Reason.NOT_AT_THIS_STEP, "/meeting", MeetingStep.CLOSED.zh)
            return [MeetingCancelled(meeting=state.meeting, reason=reason)]


def _must_organise(body: Occasion[Any], actor: Actor, known: Known) -> None:
    """Whoever organises it: its organisers and those above them, or the office."""
    if actor.role not in {Role.OFFICE, Role.CLERK, Role.HEAD} or actor.acting_for is not None:
        raise Refused(Reason.NOT_ALLOWED)
    deeds.may_record(actor, body.organiser, body.co_organisers, known.roster, "/meeting")


def _was_held(state: Meeting[Any], known: Known) -> bool:
    """Whether there is a record of it that stands."""
    return state.closed_before and _record_gone(state, known) is None


def _record_gone(state: Meeting[Any], known: Known) -> Reason | None:
    """What became of the record of a meeting that was closed: taken back, or replaced by another; none where it stands, or there is none."""
    record = known.deed(occasion.stream_of(state.meeting)) if state.closed_before else None
    if record is None or not record.gone:
        return None
    return Reason.SUPERSEDED if record.superseded_by else Reason.MEETING_TAKEN_BACK


def _must_be(state: Meeting[Any], known: Known, *steps: MeetingStep) -> None:
    """Refuse a meeting that is at another step, or whose record is gone: it could never be closed again."""
    if state.step is MeetingStep.CANCELLED:
        raise Refused(Reason.NOT_AT_THIS_STEP, "/meeting", state.step.zh)
    if (gone := _record_gone(state, known)) is not None:
        raise Refused(gone, "/meeting", state.body.title)
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


def _check_invited(
    invited: tuple[InvitedPerson, ...], expected: tuple[PersonId, ...], on: date, known: Known
) -> None:
    """Refuse who cannot sit in or be a guest: he is expected, is named twice, or is that in no such capacity."""
    seen = set(expected)
    for i, each in enumerate(invited):
        field = f"/invited/{i}"
        if each.person in seen:
            raise Refused(Reason.SAME_TWICE, f"{field}/person", each.person)
        seen.add(each.person)
        if each.capacity is Capacity.ATTENDS:
            wanted = Label(
                "列席、特邀等,应到的写在应到人员中",
                "sits_in or another; who has to come is expected",
            )
            raise Refused(Reason.MALFORMED, f"{field}/capacity", each.person, wanted=wanted)
        told = (each.person, each.capacity, on, known)
        occasion.check_person(*told, f"{field}/person", f"{field}/capacity")
        if each.in_name_of is not None:
            deeds.check_unit(each.in_name_of, on, known, f"{field}/in_name_of")


def _expected(
    meeting: str, people: tuple[PersonId, ...], *, emptied: bool = False
) -> Iterator[PeopleExpected]:
    """The list of those whom a meeting expects, so many in an entry; nothing for nobody, unless it is `emptied`."""
    for start in range(0, len(people) or emptied, MOST_NAMED):
        some = people[start : start + MOST_NAMED]
        yield PeopleExpected(meeting=meeting, people=some, anew=not start)


def _invited(
    meeting: str, people: tuple[InvitedPerson, ...], *, emptied: bool = False
) -> Iterator[PeopleInvited]:
    """The same of who sits in or is a guest."""
    for start in range(0, len(people) or emptied, MOST_NAMED):
        some = people[start : start + MOST_NAMED]
        yield PeopleInvited(meeting=meeting, people=some, anew=not start)


def _ask_leave(
    state: Meeting[Any], command: AskLeave, actor: Actor, known: Known
) -> list[MeetingEvent | OccasionEvent]:
    """The member asks himself; who organises writes down what he says."""
    if actor.declares_for != command.person:
        _must_organise(state.body, actor, known)
    _must_be(state, known, *NOT_HELD)
    if command.person not in state.listed:
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
    _must_be(state, known, MeetingStep.OPEN)
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


def standing(state: Meeting[D], deed: Deed[Occasion[D]] | None) -> Occasion[D]:
    """What is said of a meeting by now: its plan; where there is a record what that says, but for what the plan said anew since it was closed."""
    plan = replace(state.body, expected=state.expected)
    if deed is None or deed.gone:
        return plan
    record = deed.body
    anew = {name: getattr(plan, name) for name in state.said_anew if name in _OF_OCCASION}
    details = plan.details
    if type(details) is type(record.details):
        of_kind = (name.partition(".")[2] for name in state.said_anew if "." in name)
        details = replace(record.details, **{name: getattr(details, name) for name in of_kind})
    return replace(record, **anew, details=details)


def recorded_of(deed: Deed[Occasion[Any]] | None) -> dict[PersonId, Participant] | None:
    """What the record of a meeting says of each; none where there is no record."""
    if deed is None or deed.gone:
        return None
    return {each.person: each for each in deed.body.participants}


def known_of(
    state: Meeting[Any], recorded: Mapping[PersonId, Participant] | None, person: PersonId
) -> Participant | None:
    """What is known of somebody by now: as is recorded, where there is a record, and as he checked in or has leave; what was heard after it was closed counts, and as what he was listed anew."""
    before = None if recorded is None else recorded.get(person)
    before = before and _relisted(state, before)
    if recorded is not None and person not in state.heard_anew:
        return before
    heard = _heard_of(state, person)
    if before is None or heard is None:
        return heard or before
    return replace(
        before,
        attendance=heard.attendance,
        leave=heard.leave,
        granted_by=heard.granted_by,
        half_days=None,
    )


def _relisted(state: Meeting[Any], line: Participant) -> Participant:
    """A line of the record as the list has the person where it was said anew: who sits in now does so in that capacity and name, who is expected now attends."""
    guest = state.guests.get(line.person)
    if guest is not None and "invited" in state.said_anew:
        return replace(line, capacity=guest.capacity, in_name_of=guest.in_name_of)
    attends = line.capacity is Capacity.ATTENDS
    if line.person in state.expected and "expected" in state.said_anew and not attends:
        return replace(line, capacity=Capacity.ATTENDS, in_name_of=None)
    return line


def _heard_of(state: Meeting[Any], person: PersonId) -> Participant | None:
    """Somebody as he checked in or has leave."""
    if person in state.checked_in:
        return line_of(state, person, Attendance.PRESENT)
    leave = state.leaves.get(person)
    if leave is None or leave.granted is None or person not in state.listed:
        return None
    line = line_of(state, person, Attendance.LEAVE if leave.granted else Attendance.LEAVE_REFUSED)
    return replace(line, leave=leave.leave, granted_by=leave.by)


def line_of(state: Meeting[Any], person: PersonId, attendance: Attendance) -> Participant:
    """Somebody with how it was, in the capacity in which he is expected or invited; who is neither sits in, where anybody is expected."""
    guest = state.guests.get(person)
    if guest is not None:
        return Participant(
            person=person,
            capacity=guest.capacity,
            in_name_of=guest.in_name_of,
            attendance=attendance,
        )
    expected = not state.expected or person in state.expected
    capacity = Capacity.ATTENDS if expected else Capacity.SITS_IN
    return Participant(person=person, capacity=capacity, attendance=attendance)


def _close(
    state: Meeting[Any], command: CloseMeeting, actor: Actor, known: Known
) -> list[MeetingEvent | OccasionEvent]:
    _must_be(state, known, *NOT_HELD)
    deed = known.deed(occasion.stream_of(state.meeting))
    told = (p for p in command.participants if p.attendance is not Attendance.NOT_RECORDED)
    body = standing(state, deed)
    lines = (*told, *_unsaid(state, command, recorded_of(deed), known.roster, body.on))
    body = replace(body, participants=lines)
    for name in ("guests", "half_days", "reached_people", "result", "evidence"):
        if (said := getattr(command, name)) is not None:
            body = replace(body, **{name: said})
    said_on_occasion = (
        occasion.RecordOccasion(occasion=state.meeting, body=body, differs=command.differs)
        if deed is None
        else occasion.AmendOccasion(occasion=state.meeting, body=body, reason=state.reason)
    )
    events = occasion.decide(deed, said_on_occasion, actor, known)
    return [*events, MeetingClosed(meeting=state.meeting)]


def _unsaid(
    state: Meeting[Any],
    command: CloseMeeting,
    recorded: Mapping[PersonId, Participant] | None,
    roster: Roster,
    day: date,
) -> Iterator[Participant]:
    """Those of whom nothing is said in closing: as is known of them, as not required where they are exempt, or as all others. Leave that is not decided is refused."""
    said = {p.person for p in command.participants}
    listed, list_anew = set(state.listed), {"expected", "invited"} & set(state.said_anew)
    undecided = []
    for person in dict.fromkeys((*(recorded or ()), *state.checked_in, *state.listed)):
        if person in said:
            continue
        known = known_of(state, recorded, person)
        if known is not None:
            # Who is on the list no longer has not missed it.
            if person in listed or known.attendance.took_part or not list_anew:
                yield known
        elif person not in listed:
            continue
        elif roster.exempt_on(person, day):
            yield line_of(state, person, Attendance.NOT_REQUIRED)
        elif waits_for_leave(state, person):
            undecided.append(Refused(Reason.LEAVE_UNDECIDED, "/participants", person))
        elif command.others is not None:
            yield line_of(state, person, command.others)
    if undecided:
        raise replace(undecided[0], others=tuple(undecided[1:]))


def waits_for_leave(state: Meeting[Any], person: PersonId) -> bool:
    """Whether somebody asked for leave that is not decided, and did not come."""
    leave = state.leaves.get(person)
    return leave is not None and leave.granted is None and person not in state.checked_in


_OF_OCCASION = frozenset(each.name for each in fields(Occasion)) - {"details"}


def _changed(was: Any, now: Any, prefix: str = "") -> Iterator[str]:
    """The names of the fields that a plan has changed; those of its kind behind `details.`, unless it is of another kind."""
    for each in fields(was):
        one, other = getattr(was, each.name), getattr(now, each.name)
        if one == other:
            continue
        if is_dataclass(one) and type(one) is type(other) and each.name == "details":
            yield from _changed(one, other, "details.")
        else:
            yield prefix + each.name


def _said_anew(state: Meeting[D], *names: str) -> Meeting[D]:
    """The meeting with what of its plan was said anew after it had been closed."""
    if not state.closed_before:
        return state
    return replace(state, said_anew=tuple(sorted({*state.said_anew, *names})))


def _heard_anew(state: Meeting[D], person: PersonId) -> Meeting[D]:
    if not state.closed_before or person in state.heard_anew:
        return state
    return replace(state, heard_anew=(*state.heard_anew, person))


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
            amended = replace(state, body=body, number=number, part_of=part_of)
            return _said_anew(amended, *_changed(state.body, body))
        case PeopleExpected(people=people, anew=anew):
            listed = people if anew else (*state.expected, *people)
            return _said_anew(replace(state, expected=listed), "expected")
        case PeopleInvited(people=guests, anew=anew):
            invited = guests if anew else (*state.invited, *guests)
            return _said_anew(replace(state, invited=invited), "invited")
        case MeetingMoved(was=was, on=on, until=until, place=place, reason=reason):
            body = replace(
                state.body,
                on=on,
                until=until,
                place=state.body.place if place is None else place,
            )
            move = Moved(
                was=was,
                on=on,
                reason=reason,
                position=entry.position,
                recorded_on=told.day,
                place=place or "",
            )
            moved = replace(state, body=body, moves=(*state.moves, move))
            moved = _said_anew(moved, *_changed(state.body, body))
            # A day that lies ahead is another day; one that is over was written down wrongly.
            return _taken_back(moved) if on > told.day else moved
        case MeetingCalled(notice=notice):
            return replace(state, step=MeetingStep.CALLED, notice=notice)
        case LeaveAsked(person=person, leave=leave):
            asked = LeaveAsking(leave=leave, asked_on=told.day)
            return replace(state, leaves={**state.leaves, person: asked})
        case LeaveDecided(person=person, granted=granted, by=by, level=level):
            before = state.leaves.get(person) or LeaveAsking(leave="", asked_on=told.day)
            decided = replace(before, granted=granted, by=by, level=level)
            return _heard_anew(replace(state, leaves={**state.leaves, person: decided}), person)
        case MeetingOpened():
            return replace(state, step=MeetingStep.OPEN)
        case CodeIssued(digest=digest, until=until):
            return replace(state, code=CheckInCode(digest=digest, until=until))
        case PersonCheckedIn(person=person, by_code=by_code):
            checked = CheckedIn(at=told.at, by_code=by_code)
            there = replace(state, checked_in={**state.checked_in, person: checked})
            return _heard_anew(there, person)
        case MeetingClosed():
            return replace(
                state,
                step=MeetingStep.CLOSED,
                code=None,
                closed_before=True,
                said_anew=(),
                heard_anew=(),
                reason="",
            )
        case MeetingReopened(reason=reason):
            return replace(state, step=MeetingStep.OPEN, reason=reason)
        case MeetingCancelled(reason=reason):
            return replace(state, step=MeetingStep.CANCELLED, code=None, reason=reason)


def _taken_back(state: Meeting[D]) -> Meeting[D]:
    """A meeting that was opened and whose day lies ahead now: planned, with nobody there and no code."""
    if state.step is not MeetingStep.OPEN:
        return state
    heard = tuple(person for person in state.heard_anew if person not in state.checked_in)
    return replace(state, step=MeetingStep.PLANNED, code=None, checked_in={}, heard_anew=heard)


def days_of(meetings: Iterable[Meeting[Any]]) -> tuple[MeetingDay, ...]:
    """The meetings as deadlines look at them, in order of their days."""
    found = (each.day for each in meetings)
    return tuple(sorted((d for d in found if d is not None), key=lambda d: (d.on, d.meeting)))
