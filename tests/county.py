"""A county small enough to hold in the head, and a given-when-then harness for decisions."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from typing import Any

from domain import streams
from domain.attestation import DEFAULT, Policy
from domain.calendar import Calendar, WorkingDays
from domain.checklist import Checklist
from domain.deed import Deed, Known, Likeness
from domain.disputed import Dispute
from domain.entry import Entry, Envelope
from domain.fact import Attendance, Capacity, Fact
from domain.granted import Grant
from domain.kinds import Details
from domain.kinds.people import VisitedVillage
from domain.loop import Loop, most_fitting
from domain.meeting import Meeting, days_of
from domain.member import (
    Bond,
    Membership,
    Person,
    Profile,
    RoleHeld,
    Standing,
    Term,
)
from domain.occasion import Occasion, Participant
from domain.people import Actor, PersonId, Role, UnitId, Via
from domain.roster import Roster
from domain.streams import Command, Event
from domain.supported import Support
from domain.unit import Appointment, Office, Unit, UnitKind, UnitProfile

BEGAN = date(2021, 12, 1)
TODAY = date(2025, 6, 30)

COUNTY, ECONOMY, MEDICINE = UnitId("county"), UnitId("economy"), UnitId("medicine")
SOUTH, NORTH, LINKING, AFFAIRS = (
    UnitId("south"),
    UnitId("north"),
    UnitId("linking"),
    UnitId("affairs"),
)
WANG, LI, ZHAO, CHEN, GUEST, LATER = (
    PersonId("wang"),
    PersonId("li"),
    PersonId("zhao"),
    PersonId("chen"),
    PersonId("guest"),
    PersonId("later"),
)
"""Wang convenes the economy sector, Li and Zhao are its members; Chen is of medicine; Later joined in mid-2025."""

OFFICE = Actor(person=PersonId("secretary"), role=Role.OFFICE, unit=COUNTY, via=Via.WEB)
CLERK = Actor(person=PersonId("clerk"), role=Role.CLERK, unit=SOUTH, via=Via.PHONE)
NORTH_CLERK = Actor(person=PersonId("north-clerk"), role=Role.CLERK, unit=NORTH)
STUDIO_HEAD = Actor(person=PersonId("south-head"), role=Role.HEAD, unit=SOUTH)
CONVENOR = Actor(person=WANG, role=Role.HEAD, unit=ECONOMY)
LINKING_HEAD = Actor(person=PersonId("linking-head"), role=Role.HEAD, unit=LINKING)
APPRAISER = Actor(person=PersonId("appraiser"), role=Role.APPRAISAL)
AUDITOR = Actor(person=PersonId("auditor"), role=Role.AUDITOR)


def himself(person: PersonId) -> Actor:
    """A member acting for himself."""
    return Actor(person=person, role=Role.MEMBER)


def person(
    who: PersonId,
    sector: UnitId,
    studio: UnitId,
    *,
    since: date = BEGAN,
    roles: tuple[RoleHeld, ...] = (),
) -> Person:
    """A member bound to one sector and one studio since he joined."""
    return Person(
        person=who,
        profile=Profile(name=who.title()),
        terms=(Term(number=10, since=since),),
        memberships=(
            Membership(bond=Bond.SECTOR, unit=sector, since=since),
            Membership(bond=Bond.STUDIO, unit=studio, since=since),
        ),
        roles=roles,
    )


def unit(
    who: UnitId,
    kind: UnitKind,
    head: PersonId | None = None,
    *,
    linked_by: UnitId | None = None,
    member_affairs: bool = False,
    until: date | None = None,
) -> Unit:
    """A unit with one head, or none."""
    office = Office.CONVENOR if kind is UnitKind.SECTOR else Office.HEAD
    return Unit(
        unit=who,
        profile=UnitProfile(
            kind=kind, name=who, linked_by=linked_by, member_affairs=member_affairs
        ),
        since=BEGAN,
        until=until,
        appointments=()
        if head is None
        else (Appointment(person=head, office=office, since=BEGAN),),
    )


def roster(*, convenor: PersonId | None = WANG) -> Roster:
    """Two sectors, two studios, a linking committee and member affairs; six people."""
    people = [
        person(WANG, ECONOMY, SOUTH),
        person(LI, ECONOMY, SOUTH),
        person(ZHAO, ECONOMY, NORTH),
        person(CHEN, MEDICINE, SOUTH),
        person(LATER, ECONOMY, SOUTH, since=date(2025, 6, 15)),
        Person(person=GUEST, profile=Profile(name="Guest", standing=Standing.GUEST)),
    ]
    units = [
        unit(COUNTY, UnitKind.COMMITTEE, PersonId("secretary")),
        unit(ECONOMY, UnitKind.SECTOR, convenor, linked_by=LINKING),
        unit(MEDICINE, UnitKind.SECTOR, CHEN, linked_by=LINKING),
        unit(SOUTH, UnitKind.STUDIO, PersonId("south-head")),
        unit(NORTH, UnitKind.STUDIO, PersonId("north-head")),
        unit(LINKING, UnitKind.SPECIAL_COMMITTEE, PersonId("linking-head")),
        unit(AFFAIRS, UnitKind.OFFICE, PersonId("affairs-head"), member_affairs=True),
        unit(UnitId("closed"), UnitKind.STUDIO, until=date(2024, 12, 31)),
    ]
    return Roster(people={p.person: p for p in people}, units={u.unit: u for u in units})


def visit(
    *people: PersonId | Participant,
    on: date = date(2025, 6, 10),
    organiser: UnitId = SOUTH,
    title: str = "走访韩村",
    details: Details | None = None,
    **said: Any,
) -> Occasion[Any]:
    """A village visit by these people."""
    return Occasion(
        details=VisitedVillage() if details is None else details,
        title=title,
        on=on,
        organiser=organiser,
        participants=tuple(
            p if isinstance(p, Participant) else Participant(person=p) for p in people
        ),
        **said,
    )


def as_guest(who: PersonId) -> Participant:
    """A guest from a higher committee."""
    return Participant(person=who, capacity=Capacity.HIGHER_MEMBER)


def absent(who: PersonId) -> Participant:
    """Somebody who was expected and did not come."""
    return Participant(person=who, attendance=Attendance.ABSENT)


@dataclass
class Told:
    """A ledger of decisions in memory: who said what on which day, and what came of it."""

    roster: Roster = field(default_factory=roster)
    today: date = TODAY
    strict: bool = False
    policy: Policy = DEFAULT
    states: dict[str, Any] = field(default_factory=dict)
    versions: dict[str, int] = field(default_factory=dict)
    entries: list[Entry[Any]] = field(default_factory=list)
    alike: dict[Likeness, list[str]] = field(default_factory=dict)
    loops: list[Loop] = field(default_factory=list)
    lists: list[Checklist] = field(default_factory=list)
    calendars: list[Calendar] = field(default_factory=list)
    now: datetime | None = None
    read_loop: Callable[[str], Loop | None] = lambda _: None

    def known(self) -> Known:
        """What decisions may look at."""
        return Known(
            today=self.today,
            roster=self.roster,
            recorded_as=lambda likeness: self.alike.get(likeness, ())[::-1],
            deed=self.states.get,
            granted=lambda person: [
                each
                for each in self.states.values()
                if isinstance(each, Grant) and each.person == person
            ],
            disputes=lambda: [each for each in self.states.values() if isinstance(each, Dispute)],
            policy=lambda: self.policy,
            supports=lambda year: [
                each
                for each in self.states.values()
                if isinstance(each, Support) and each.year == year
            ],
            paired=lambda pairing: f"pairing/{pairing}" in self.states,
            strict=self.strict,
            now=self.now,
            has_meeting=lambda meeting: f"meeting/{meeting}" in self.states,
            meeting_days=lambda: days_of(
                each for each in self.states.values() if isinstance(each, Meeting)
            ),
            loop=self.loop,
            loop_for=lambda details, day: most_fitting(
                (each for each in self.loops if each.since <= day), details
            ),
            loop_in=self.read_loop,
            checklist=lambda code, day: next(
                (each for each in self.lists if each.code == code and each.since <= day), None
            ),
            working_days=lambda: WorkingDays.of(self.calendars),
        )

    def loop(self, code: str, version: str = "") -> Loop | None:
        """A version of a loop, the last one where none is named."""
        found = [each for each in self.loops if each.code == code and version in ("", each.version)]
        return found[-1] if found else None

    def say(self, actor: Actor, command: Command) -> list[Event]:
        """Decide on a command and fold what follows; returns the new events."""
        stream = streams.stream_of(command)
        events = self.decide(actor, command)
        for event in events:
            self.happened(streams.home_of(event, stream), event, actor)
        return events

    def decide(self, actor: Actor, command: Command) -> list[Event]:
        """What would follow from a command; nothing happens by it."""
        state = self.states.get(streams.stream_of(command))
        return streams.decide(state, command, actor, self.known())

    def happened(self, stream: str, event: Event, actor: Actor) -> None:
        """Fold one event as recorded today by that actor."""
        self.versions[stream] = self.versions.get(stream, 0) + 1
        entry: Entry[Any] = Entry(
            position=len(self.entries) + 1,
            stream=stream,
            version=self.versions[stream],
            event=event,
            envelope=Envelope(
                at=datetime(self.today.year, self.today.month, self.today.day, tzinfo=UTC),
                day=self.today,
                by=actor.person,
                role=actor.role,
                unit=actor.unit,
                acting_for=actor.acting_for,
            ),
        )
        self.entries.append(entry)
        state = self.states[stream] = streams.evolve(self.states.get(stream), entry)
        if isinstance(state, Person):
            people = {**self.roster.people, state.person: state}
            self.roster = replace(self.roster, people=people)
        elif isinstance(state, Unit):
            self.roster = replace(self.roster, units={**self.roster.units, state.unit: state})
        for likeness in streams.likenesses(event):
            self.alike.setdefault(likeness, []).append(stream)

    def deed(self, stream: str) -> Deed[Any]:
        """A deed as it stands."""
        found = self.states[stream]
        assert isinstance(found, Deed)
        return found

    def facts(self, stream: str) -> dict[str, Fact[Any]]:
        """The facts of a stream by subject."""
        return {f.subject: f for f in streams.facts_of(self.states[stream])}

    def every_fact(self) -> Sequence[Fact[Any]]:
        """All facts there are."""
        return [f for state in self.states.values() for f in streams.facts_of(state)]


Say = Callable[[Actor, Command], list[Event]]
