"""What occasions and matters share: a record with lines, the two sides' stamps, links, withdrawal."""

from __future__ import annotations

from collections.abc import Callable, Collection, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import field, replace
from datetime import date, datetime
from typing import Any, Generic, Protocol, TypeAlias, TypeVar

from domain.attestation import DEFAULT, Policy
from domain.calendar import WorkingDays
from domain.checklist import Checklist
from domain.course import Course
from domain.deadline import MeetingDay
from domain.disputed import Dispute
from domain.entry import Entry, Envelope
from domain.fact import Mark, Reached, RecordClass, Stamp, SubjectId
from domain.granted import Grant
from domain.loop import Loop
from domain.people import Actor, PersonId, Reason, Refused, Role, UnitId, no_longer_than
from domain.problem import Problem, Typed
from domain.roster import Roster
from domain.suggested import Suggestion
from domain.supported import Support
from domain.unit import Side
from domain.values import value
from domain.words import Open


class Recorded(Protocol):
    """What a record says, be it of an occasion or of a matter: when it was, through whom it came, and whose deed it is."""

    @property
    def on(self) -> date:
        """The day on which it was."""

    @property
    def organiser(self) -> UnitId:
        """The unit that held it, or that it came in through."""

    @property
    def subjects(self) -> frozenset[SubjectId]:
        """Whose deed it is."""


B = TypeVar("B", bound=Recorded)
T = TypeVar("T")
Likeness: TypeAlias = tuple[Hashable, ...]
"""What makes two records look like one, or what a record is called by another: equal values."""


@value(frozen=True, slots=True, kw_only=True)
class Known:
    """All that a decision may look at besides its own stream; gathered from the ledger, never from a read table.

    `today` is the local day. `recorded_as` finds the streams that hold a likeness, newest first. `deed` is any other deed. `linked_to` tells whether
    another record is linked to that one, `paired` whether there is a pairing of that id. `granted` are all that somebody was ever granted.
    `disputes` are all queries on records, `policy` is the rule of dual management in force today.

    `now` is the UTC instant, none where none is told. `has_meeting` tells whether there is a meeting of that id, `meeting_days` are all that stand, in order of their days.
    `loop` is a version of a loop, without a version the one in force today; `loop_for` the one that takes a matter of these details on a day.
    `loop_in` is the loop that a text holds. `checklist` is the list of a code in force on a day. `working_days` are those of the calendars that are published.
    `supports` are the budgets and bookings of all units of a year.
    """

    today: date
    roster: Roster
    recorded_as: Callable[[Likeness], Sequence[str]] = lambda _: ()
    deed: Callable[[str], Deed[Any] | None] = lambda _: None
    linked_to: Callable[[str], bool] = lambda _: False
    paired: Callable[[str], bool] = lambda _: True
    granted: Callable[[PersonId], Sequence[Grant]] = lambda _: ()
    disputes: Callable[[], Collection[Dispute]] = lambda: ()
    policy: Callable[[], Policy] = lambda: DEFAULT
    now: datetime | None = None
    has_meeting: Callable[[str], bool] = lambda _: False
    meeting_days: Callable[[], Sequence[MeetingDay]] = lambda: ()
    loop: Callable[[str, str], Loop | None] = lambda _code, _version: None
    loop_for: Callable[[Any, date], Loop | None] = lambda _details, _day: None
    loop_in: Callable[[str], Loop | None] = lambda _text: None
    supports: Callable[[int], Collection[Support]] = lambda _year: ()
    checklist: Callable[[str, date], Checklist | None] = lambda _code, _day: None
    working_days: Callable[[], WorkingDays] = WorkingDays
    strict: bool = False


@value(frozen=True, slots=True)
class Stamps:
    """What the two sides, and the county office where it decides for a side, have said of one line."""

    sector: Stamp | None = None
    studio: Stamp | None = None
    county: Stamp | None = None

    def of(self, side: Side) -> Stamp | None:
        """The stamp of that side."""
        match side:
            case Side.SECTOR:
                return self.sector
            case Side.STUDIO:
                return self.studio
            case Side.COUNTY:
                return self.county

    def each(self) -> Iterator[Stamp]:
        """The stamps that there are."""
        return (s for s in (self.sector, self.studio, self.county) if s is not None)

    @property
    def confirmed(self) -> bool:
        """Whether a side or the county has confirmed the line."""
        return any(
            stamp is not None and stamp.mark is Mark.CONFIRMED
            for stamp in (self.sector, self.studio, self.county)
        )

    def with_(self, side: Side, stamp: Stamp | None) -> Stamps:
        """The same with that side's stamp replaced."""
        match side:
            case Side.SECTOR:
                return replace(self, sector=stamp)
            case Side.STUDIO:
                return replace(self, studio=stamp)
            case Side.COUNTY:
                return replace(self, county=stamp)


NO_STAMPS = Stamps()
"""Nothing has been said."""
WHOLE = PersonId("")
"""Whose stamps a record has that names no member: those of the record as a whole."""

# Commands on any deed: `deed` is its stream, `occasion/ID` or `matter/ID`.


@value(frozen=True, slots=True, kw_only=True)
class Withdraw:
    """Take a record back, with a reason. The record stays in the ledger."""

    deed: str
    reason: str


@value(frozen=True, slots=True, kw_only=True)
class Supersede:
    """Say that another record replaces this one for good."""

    deed: str
    by: str
    reason: str


@value(frozen=True, slots=True, kw_only=True)
class LinkSame:
    """Say that this record and another are of one deed: one credit, through the other; both named. Reversible."""

    deed: str
    same_as: str
    reason: str = ""


@value(frozen=True, slots=True, kw_only=True)
class UnlinkSame:
    """Undo a link."""

    deed: str
    reason: str


@value(frozen=True, slots=True, kw_only=True)
class LinkLedTo:
    """Say that another deed led to this one (促成), on which day; said anew, it replaces the day and the note. It moves no points."""

    deed: str
    source: str
    on: date
    note: str = ""


@value(frozen=True, slots=True, kw_only=True)
class UnlinkLedTo:
    """Take back that another deed led to this one, with a reason."""

    deed: str
    source: str
    reason: str


@value(frozen=True, slots=True, kw_only=True)
class Confirm:
    """Answer for lines of one deed in one act; without `people`, for all that are yours and may be confirmed."""

    deed: str
    side: Side
    people: tuple[PersonId, ...] = ()


@value(frozen=True, slots=True, kw_only=True)
class Return:
    """Return lines for checking (退回核实), with a reason and perhaps what it should say."""

    deed: str
    side: Side
    people: tuple[PersonId, ...]
    reason: str
    suggestion: str = ""


@value(frozen=True, slots=True, kw_only=True)
class Uphold:
    """Answer a return: it was checked and stands, with a reason."""

    deed: str
    side: Side
    people: tuple[PersonId, ...]
    reason: str


@value(frozen=True, slots=True, kw_only=True)
class AssignItem:
    """Let a member's line fill another item of a checklist that it fits, with a reason."""

    deed: str
    person: PersonId
    item: str
    reason: str


DeedCommand = (
    Withdraw
    | Supersede
    | LinkSame
    | UnlinkSame
    | LinkLedTo
    | UnlinkLedTo
    | Confirm
    | Return
    | Uphold
    | AssignItem
)

# Events


@value(frozen=True, slots=True, kw_only=True)
class Withdrawn:
    """A record was taken back."""

    deed: Open[str]
    reason: str


@value(frozen=True, slots=True, kw_only=True)
class Superseded:
    """Another record replaced this one."""

    deed: Open[str]
    by: Open[str]
    reason: str


@value(frozen=True, slots=True, kw_only=True)
class LinkedSame:
    """A record was said to be of the same deed as another."""

    deed: Open[str]
    same_as: Open[str]
    reason: str


@value(frozen=True, slots=True, kw_only=True)
class UnlinkedSame:
    """That link was undone."""

    deed: Open[str]
    reason: str


@value(frozen=True, slots=True, kw_only=True)
class LinkedLedTo:
    """Another deed was said to have led to this one."""

    deed: Open[str]
    source: Open[str]
    on: date
    note: str


@value(frozen=True, slots=True, kw_only=True)
class UnlinkedLedTo:
    """That it had led to this one was taken back."""

    deed: Open[str]
    source: Open[str]
    reason: str


@value(frozen=True, slots=True, kw_only=True)
class Confirmed:
    """One side answered for these people's lines; `unit` is in whose name, after standing in for a missing head.

    Without people the county decided on a record that names no member.
    """

    deed: Open[str]
    side: Side
    unit: UnitId
    people: tuple[PersonId, ...]


@value(frozen=True, slots=True, kw_only=True)
class Returned:
    """One side returned these people's lines for checking."""

    deed: Open[str]
    side: Side
    unit: UnitId
    people: tuple[PersonId, ...]
    reason: str
    suggestion: str


@value(frozen=True, slots=True, kw_only=True)
class Upheld:
    """The recording side checked the lines that `side` had returned, and they stand."""

    deed: Open[str]
    side: Side
    people: tuple[PersonId, ...]
    reason: str


@value(frozen=True, slots=True, kw_only=True)
class ItemAssigned:
    """A member's line was moved to another item of a checklist."""

    deed: Open[str]
    person: PersonId
    item: Open[str]
    reason: str


DeedEvent = (
    Withdrawn
    | Superseded
    | LinkedSame
    | UnlinkedSame
    | LinkedLedTo
    | UnlinkedLedTo
    | Confirmed
    | Returned
    | Upheld
    | ItemAssigned
)

# State

MOST_CAUSES = 50
"""Deeds that are named as having led to one, at the most."""


@value(frozen=True, slots=True, kw_only=True)
class Cause:
    """A deed that led to another, by the day on which it did; `position` is the entry that said so."""

    source: Open[str]
    on: date
    note: str = ""
    position: int = 0


@value(frozen=True, slots=True, kw_only=True)
class Deed(Generic[B]):
    """A recorded deed: `body` is what was last said of it, `recorded` the envelope of its first entry.

    `stamps` hold what each side has said per person, `gone` the reason once withdrawn or superseded, `reached` the stages of
    a matter, `items` the checklist item that a line was moved to, `item_reasons` why.

    `course` is how far a matter has come in its loop, `suggestions` what it suggests one by one, `problems` what an inspection found one by one, `typed` what was typed of it before, while these stand, `led_by` what led to it. `hands` are all who recorded or amended it, confirmed, returned or upheld lines of it, in that order.

    Of lines that an amendment wrote, `added` has the day on which each came in, `said_by` who last said it, and `said_on`
    the day from which the sides have their time to return it; the others are as they were recorded.
    """

    stream: Open[str]
    body: B
    recorded: Envelope
    position: int
    version: int
    record: RecordClass
    stamps: Mapping[PersonId, Stamps] = field(default_factory=dict)
    gone: str = ""
    superseded_by: Open[str] = ""
    same_as: Open[str] = ""
    reached: tuple[Reached, ...] = ()
    items: Open[Mapping[PersonId, str]] = field(default_factory=dict)
    item_reasons: Mapping[PersonId, str] = field(default_factory=dict)
    added: Mapping[PersonId, date] = field(default_factory=dict)
    said_by: Mapping[PersonId, PersonId] = field(default_factory=dict)
    said_on: Mapping[PersonId, date] = field(default_factory=dict)
    hands: tuple[PersonId, ...] = ()
    course: Course | None = None
    suggestions: tuple[Suggestion, ...] = ()
    problems: tuple[Problem, ...] = ()
    typed: Typed | None = None
    led_by: tuple[Cause, ...] = ()

    def recorded_on(self, person: PersonId | None) -> date:
        """The local day on which his line was first recorded: that of the record, or of the amendment that added him."""
        if person is None:
            return self.recorded.day
        return self.added.get(person, self.recorded.day)

    def last_said_on(self, person: PersonId | None) -> date | None:
        """The local day on which an amendment said anew what the sides answer for, where one has."""
        return self.said_on.get(person) if person is not None and self.said_on else None

    def of_units(self, people: Iterable[PersonId]) -> Stamps:
        """What stands behind a unit's share: the first line that somebody has confirmed, else the first, else the whole."""
        first: Stamps | None = None
        for person in people:
            stamps = self.stamps.get(person, NO_STAMPS)
            if stamps.confirmed:
                return stamps
            first = first or stamps
        return first or self.stamps.get(WHOLE, NO_STAMPS)


def new_class(
    deed: Deed[B], actor: Actor, before: UnitId, now: UnitId, roster: Roster
) -> RecordClass | None:
    """The class of a record whose organiser an amendment corrects, where that changes it; a declaration stays one."""
    if before == now or deed.record is RecordClass.SELF:
        return None
    record = class_of(actor, now, roster)
    return None if record is deed.record else record


def class_of(actor: Actor, organiser: UnitId, roster: Roster) -> RecordClass:
    """The class of a record: by the side that records it, unless the member declares it, himself or through a clerk.

    A clerk or head records for the side of his own unit, also where others hold it with him. The office records for anyone:
    then it is by who organised it.
    """
    if actor.declares_for is not None:
        return RecordClass.SELF
    unit = None
    if actor.role is not Role.OFFICE and actor.unit is not None:
        unit = roster.units.get(actor.unit)
    unit = unit or roster.units.get(organiser)
    return RecordClass.COUNTY if unit is None else _CLASS_OF_SIDE[unit.side]


_CLASS_OF_SIDE = {
    Side.COUNTY: RecordClass.COUNTY,
    Side.SECTOR: RecordClass.SECTOR,
    Side.STUDIO: RecordClass.TOWNSHIP,
}


def recording_side(record: RecordClass, actor_role: Role) -> Side | None:
    """The side that the act of recording stamps: a recorder stamps only the side he acts for."""
    if actor_role not in {Role.CLERK, Role.HEAD}:
        return None
    return {RecordClass.TOWNSHIP: Side.STUDIO, RecordClass.SECTOR: Side.SECTOR}.get(record)


def may_record(
    actor: Actor,
    organiser: UnitId,
    others: tuple[UnitId, ...],
    roster: Roster,
    field: str = "/body/organiser",
) -> None:
    """Whoever organises, records (谁组织谁记录); the county office may record for anyone, a member declares his own."""
    if not actor.writes or actor.role is Role.APPRAISAL:
        raise Refused(Reason.NOT_ALLOWED)
    if actor.role is Role.OFFICE:
        return
    if actor.role is Role.MEMBER:
        return
    if actor.unit == organiser:
        return
    hosts = {organiser, *others}
    hosts |= {
        unit.profile.parent
        for host in tuple(hosts)
        if (unit := roster.units.get(host)) is not None and unit.profile.parent is not None
    }
    if actor.unit not in hosts:
        raise Refused(Reason.NOT_YOURS_TO_RECORD, field, organiser)


LONGEST_TITLE = 300
"""Characters of a title at the most: it stands in every list."""


def check_title(title: str) -> None:
    """A record has a title that fits into a list."""
    if not title.strip():
        raise Refused(Reason.MISSING, "/body/title")
    no_longer_than(LONGEST_TITLE, title, "/body/title")


def check_unit(unit: UnitId, on: date, known: Known, field: str) -> None:
    """A unit that a record names must have existed on the day."""
    found = known.roster.units.get(unit)
    if found is None:
        raise Refused(Reason.NO_SUCH_UNIT, field, unit)
    if not found.open_on(on):
        raise Refused(Reason.UNIT_CLOSED, field, f"{found.profile.name} {on.isoformat()}")


def alike(
    known: Known, likeness: Likeness, of: Callable[[Any], list[Likeness]], *, but: str = ""
) -> str | None:
    """The newest other record that still stands and says so: what was withdrawn or amended away may be recorded anew."""
    for stream in known.recorded_as(likeness):
        if stream != but:
            other = known.deed(stream)
            if other is None or (not other.gone and likeness in of(other.body)):
                return stream
    return None


def may_change(deed: Deed[B], actor: Actor, organiser: UnitId, roster: Roster) -> None:
    """Who may amend or withdraw: the county office, the organiser, the unit that recorded it, or the member whose declaration it is."""
    if deed.gone:
        raise Refused(
            Reason.SUPERSEDED if deed.superseded_by else Reason.WITHDRAWN, about=deed.stream
        )
    declares_for = actor.declares_for
    if declares_for is not None and (
        deed.record is not RecordClass.SELF or deed.recorded.declares_for != declares_for
    ):
        raise Refused(Reason.NOT_ALLOWED, about=deed.stream)
    recorder = deed.recorded.unit
    may_record(actor, organiser, () if recorder is None else (recorder,), roster, field="")


def decide(
    deed: Deed[B] | None,
    command: DeedCommand,
    actor: Actor,
    known: Known,
    *,
    people: tuple[PersonId, ...],
    organiser: UnitId,
    on: date,
) -> list[DeedEvent]:
    """What follows from a command on a deed; `people` are its lines, `organiser` and `on` those of its body."""
    if deed is None:
        raise Refused(Reason.NO_SUCH_DEED, "/deed", command.deed)
    if deed.gone:
        raise Refused(
            Reason.SUPERSEDED if deed.superseded_by else Reason.WITHDRAWN, "/deed", command.deed
        )
    match command:
        case Confirm(side=side, people=asked):
            return _confirm(deed, side, asked or people, actor, known, people, on, bool(asked))
        case Return(side=side, people=asked, reason=reason, suggestion=suggestion):
            with_reason(reason)
            unit = _answers(side, asked, actor, known, people, on)
            already = [p for p in asked if _mark(deed, p, side) is Mark.RETURNED]
            fresh = tuple(p for p in asked if p not in already)
            if not fresh:
                return []
            return [
                Returned(
                    deed=deed.stream,
                    side=side,
                    unit=unit,
                    people=fresh,
                    reason=reason,
                    suggestion=suggestion,
                )
            ]
        case Uphold(side=side, people=asked, reason=reason):
            with_reason(reason)
            _may_uphold(deed, asked, actor, people, organiser, known.roster)
            for i, p in enumerate(asked):
                if _mark(deed, p, side) is not Mark.RETURNED:
                    raise Refused(Reason.ALREADY_DONE, f"/people/{i}", p)
            return [Upheld(deed=deed.stream, side=side, people=asked, reason=reason)]
        case Withdraw(reason=reason):
            with_reason(reason)
            may_change(deed, actor, organiser, known.roster)
            return [Withdrawn(deed=deed.stream, reason=reason)]
        case Supersede(by=by, reason=reason):
            with_reason(reason)
            may_change(deed, actor, organiser, known.roster)
            must_stand(by, deed.stream, known, "/by")
            return [Superseded(deed=deed.stream, by=by, reason=reason)]
        case LinkSame(same_as=same_as, reason=reason):
            other = must_stand(same_as, deed.stream, known, "/same_as")
            _may_link(actor, deed, other, known.roster)
            if deed.same_as == same_as:
                return []
            if deed.body.subjects.isdisjoint(other.body.subjects):
                raise Refused(Reason.NOBODY_SHARED, "/same_as", same_as)
            if other.record is RecordClass.SELF and deed.record is not RecordClass.SELF:
                raise Refused(Reason.LINK_THE_OTHER, "/same_as", same_as)
            if known.linked_to(deed.stream):
                raise Refused(Reason.LINKED_TO, "/deed", deed.stream)
            if other.same_as:
                raise Refused(Reason.ALREADY_DONE, "/same_as", other.same_as)
            return [LinkedSame(deed=deed.stream, same_as=same_as, reason=reason)]
        case UnlinkSame(reason=reason):
            with_reason(reason)
            _may_link(actor, deed, known.deed(deed.same_as) if deed.same_as else None, known.roster)
            return [UnlinkedSame(deed=deed.stream, reason=reason)] if deed.same_as else []
        case LinkLedTo(source=source):
            return _led_to(
                deed, command, must_stand(source, deed.stream, known, "/source"), actor, known
            )
        case UnlinkLedTo(source=source, reason=reason):
            with_reason(reason)
            _may_trace(actor, deed, known.deed(source), known.roster)
            if all(cause.source != source for cause in deed.led_by):
                return []
            return [UnlinkedLedTo(deed=deed.stream, source=source, reason=reason)]
        case AssignItem(person=person, item=item, reason=reason):
            with_reason(reason)
            may_change(deed, actor, organiser, known.roster)
            if person not in people:
                raise Refused(Reason.NOT_A_PARTICIPANT, "/person", person)
            if deed.items.get(person, "") == item:
                return []
            return [ItemAssigned(deed=deed.stream, person=person, item=item, reason=reason)]


def _confirm(
    deed: Deed[B],
    side: Side,
    asked: tuple[PersonId, ...],
    actor: Actor,
    known: Known,
    people: tuple[PersonId, ...],
    on: date,
    named: bool,
) -> list[DeedEvent]:
    """All lines that are his to confirm; when he names lines, each that is not his refuses the whole act.

    Nobody confirms what he has said himself, be it that he recorded the deed or that he wrote the line in an amendment.
    """
    if deed.recorded.by == actor.person:
        raise Refused(Reason.OWN_RECORDING, "/deed", deed.stream)
    if not people and side is Side.COUNTY and actor.role is Role.OFFICE:
        return _decide_on_the_whole(deed, actor)
    mine: list[PersonId] = []
    unit: UnitId | None = None
    why: Refused | None = None
    for i, person in enumerate(asked):
        try:
            answering = _answers_for(side, person, i, actor, known, people, on)
            if deed.said_by.get(person) == actor.person:
                raise Refused(Reason.OWN_RECORDING, f"/people/{i}", person)
        except Refused as refused:
            if named:
                raise
            why = why or refused
            continue
        unit = answering
        if _mark(deed, person, side) not in {Mark.CONFIRMED, Mark.RECORDED}:
            mine.append(person)
    if unit is None:
        raise why or Refused(Reason.NOT_YOURS_TO_CONFIRM, "/people")
    if not mine:
        return []
    return [Confirmed(deed=deed.stream, side=side, unit=unit, people=tuple(mine))]


def _decide_on_the_whole(deed: Deed[B], actor: Actor) -> list[DeedEvent]:
    """What units did together without a member has no line: the county decides on the record itself."""
    if _mark(deed, WHOLE, Side.COUNTY) is Mark.CONFIRMED:
        return []
    unit = actor.unit or UnitId("")
    return [Confirmed(deed=deed.stream, side=Side.COUNTY, unit=unit, people=())]


def _may_uphold(
    deed: Deed[B],
    asked: tuple[PersonId, ...],
    actor: Actor,
    people: tuple[PersonId, ...],
    organiser: UnitId,
    roster: Roster,
) -> None:
    """Who may answer a return: the office, or somebody of the unit that may change the record.

    Nobody does so for his own line, nor for what he recorded or wrote himself: another of the unit, its head, or the office does.
    """
    if not asked:
        raise Refused(Reason.MISSING, "/people")
    if actor.declares_for is not None:
        raise Refused(Reason.OWN_LINE, "/people/0", asked[0])
    may_change(deed, actor, organiser, roster)
    for i, person in enumerate(asked):
        if person not in people:
            raise Refused(Reason.NOT_A_PARTICIPANT, f"/people/{i}", person)
        if person == actor.person:
            raise Refused(Reason.OWN_LINE, f"/people/{i}", person)
        author = deed.said_by.get(person, deed.recorded.by)
        if actor.role is not Role.OFFICE and actor.person in {deed.recorded.by, author}:
            raise Refused(Reason.OWN_RECORDING, f"/people/{i}", person)


def _answers(
    side: Side,
    asked: tuple[PersonId, ...],
    actor: Actor,
    known: Known,
    people: tuple[PersonId, ...],
    on: date,
) -> UnitId:
    if not asked:
        raise Refused(Reason.MISSING, "/people")
    units = [_answers_for(side, p, i, actor, known, people, on) for i, p in enumerate(asked)]
    return units[0]


def _answers_for(
    side: Side,
    person: PersonId,
    index: int,
    actor: Actor,
    known: Known,
    people: tuple[PersonId, ...],
    on: date,
) -> UnitId:
    """The unit in whose name he answers for that line, or why he may not.

    Nobody answers for himself: his line goes to another head of the same unit, else to those who stand in for it.
    """
    field = f"/people/{index}"
    if person not in people:
        raise Refused(Reason.NOT_A_PARTICIPANT, field, person)
    if person == actor.person:
        raise Refused(Reason.OWN_LINE, field, person)
    if side is Side.COUNTY:
        if actor.role is not Role.OFFICE:
            raise Refused(Reason.NOT_A_HEAD, field, person)
        return actor.unit or UnitId("")
    if actor.role is not Role.HEAD:
        raise Refused(Reason.NOT_A_HEAD, field, person)
    home = known.roster.home(person, side, on)
    for candidate in known.roster.stand_ins(home):
        heads = known.roster.units[candidate].answering_on(known.today)
        if actor.person in heads:
            return candidate
        if any(h != person for h in heads):
            break
    raise Refused(Reason.NOT_YOURS_TO_CONFIRM, field, person)


def _may_link(actor: Actor, deed: Deed[B], other: Deed[Any] | None, roster: Roster) -> None:
    """Linking needs the county office, or a unit that has to do with the two.

    That is one which recorded or organised one of them, or to which somebody who is in both belonged on the day.
    """
    if actor.role is Role.OFFICE:
        return
    if actor.role in {Role.CLERK, Role.HEAD} and actor.unit is not None:
        both: tuple[Deed[Any], ...] = (deed,) if other is None else (deed, other)
        for each in both:
            if actor.unit in (each.recorded.unit, each.body.organiser):
                return
        shared = deed.body.subjects if other is None else deed.body.subjects & other.body.subjects
        for subject in shared:
            person = PersonId(subject.removeprefix("member/"))
            for side in (Side.SECTOR, Side.STUDIO):
                if roster.home(person, side, deed.body.on) == actor.unit:
                    return
    raise Refused(Reason.NOT_ALLOWED, about=deed.stream)


def _led_to(
    deed: Deed[B], command: LinkLedTo, source: Deed[Any], actor: Actor, known: Known
) -> list[DeedEvent]:
    """That another deed led to this one: not before it was, not later than today, and not where it came of this one."""
    _may_trace(actor, deed, source, known.roster)
    on, note = command.on, command.note
    if on > known.today:
        raise Refused(Reason.IN_FUTURE, "/on", on.isoformat())
    if on < source.body.on:
        raise Refused(Reason.TOO_EARLY, "/on", f"{on.isoformat()} < {source.body.on.isoformat()}")
    if any((c.source, c.on, c.note) == (source.stream, on, note) for c in deed.led_by):
        return []
    must_not_lead_back(source.stream, deed.stream, known, "/source")
    if len(deed.led_by) >= MOST_CAUSES and all(c.source != source.stream for c in deed.led_by):
        raise Refused(Reason.TOO_MANY, "/source", f"> {MOST_CAUSES}")
    return [LinkedLedTo(deed=deed.stream, source=source.stream, on=on, note=note)]


def _may_trace(actor: Actor, deed: Deed[B], other: Deed[Any] | None, roster: Roster) -> None:
    """Who may say what led to what: whoever may change one of the two, or holds one of them with others."""
    why: Refused | None = None
    for each in (deed, other):
        if each is None or each.gone:
            continue
        hosts: tuple[UnitId, ...] = getattr(each.body, "co_organisers", ())
        try:
            if actor.unit is None or actor.unit not in hosts:
                may_change(each, actor, each.body.organiser, roster)
        except Refused as refused:
            why = why or refused
        else:
            return
    raise why or Refused(Reason.NOT_ALLOWED, about=deed.stream)


def must_stand(stream: str, own: str, known: Known, field: str) -> Deed[Any]:
    """Another record that one names; refused where it is itself, is not there, or was taken back."""
    if stream == own:
        raise Refused(Reason.SAME_RECORD, field, stream)
    other = known.deed(stream)
    if other is None:
        raise Refused(Reason.NO_SUCH_DEED, field, stream[:80])
    if other.gone:
        raise Refused(Reason.SUPERSEDED if other.superseded_by else Reason.WITHDRAWN, field, stream)
    return other


MOST_BEFORE = 500
"""Deeds before one that are looked through for a circle; a chain with more of them takes no further link."""


def came_from(deed: Deed[Any]) -> tuple[str, ...]:
    """The deeds that one came from: what it answers, what it is another form of, and what led to it."""
    said = (getattr(deed.body, "answers", ""), getattr(deed.body, "converted_from", ""))
    return (*filter(None, said), *(cause.source for cause in deed.led_by))


def must_not_lead_back(source: str, own: str, known: Known, field: str) -> None:
    """Refuse a link from a deed that itself came from this one, by however many steps: what was before is not after."""
    seen, ahead = {source}, [source]
    while ahead:
        deed = known.deed(ahead.pop())
        for before in () if deed is None else came_from(deed):
            if before == own:
                raise Refused(Reason.IN_A_CIRCLE, field, source)
            if before not in seen:
                seen.add(before)
                ahead.append(before)
        if len(seen) > MOST_BEFORE:
            raise Refused(Reason.TOO_MANY, field, f"> {MOST_BEFORE}")


def _mark(deed: Deed[B], person: PersonId, side: Side) -> Mark | None:
    stamp = deed.stamps.get(person, NO_STAMPS).of(side)
    return None if stamp is None else stamp.mark


def with_reason(reason: str) -> None:
    """Refuse an act without a reason where one is asked for."""
    if not reason.strip():
        raise Refused(Reason.REASON_MISSING, "/reason")


def evolve(deed: Deed[B], entry: Entry[DeedEvent]) -> Deed[B]:
    """A deed after one more entry of the kinds that all deeds share."""
    event = entry.event
    match event:
        case Confirmed(side=side, unit=unit, people=people):
            return stamped(deed, entry, side, people or (WHOLE,), Mark.CONFIRMED, unit, "")
        case Returned(side=side, unit=unit, people=people, reason=reason):
            return stamped(deed, entry, side, people, Mark.RETURNED, unit, reason)
        case Upheld(side=side, people=people, reason=reason):
            return stamped(deed, entry, side, people, Mark.UPHELD, entry.envelope.unit, reason)
        case Withdrawn(reason=reason):
            return replace(deed, gone=reason, version=entry.version)
        case Superseded(by=by, reason=reason):
            return replace(deed, gone=reason, superseded_by=by, version=entry.version)
        case LinkedSame(same_as=same_as):
            return replace(deed, same_as=same_as, version=entry.version)
        case UnlinkedSame():
            return replace(deed, same_as="", version=entry.version)
        case LinkedLedTo(source=source, on=on, note=note):
            cause = Cause(source=source, on=on, note=note, position=entry.position)
            others = tuple(each for each in deed.led_by if each.source != source)
            return replace(deed, led_by=(*others, cause), version=entry.version)
        case UnlinkedLedTo(source=source):
            others = tuple(each for each in deed.led_by if each.source != source)
            return replace(deed, led_by=others, version=entry.version)
        case ItemAssigned(person=person, item=item, reason=reason):
            return replace(
                deed,
                items={**deed.items, person: item},
                item_reasons={**deed.item_reasons, person: reason},
                version=entry.version,
            )


def stamped(
    deed: Deed[B],
    entry: Entry[Any],
    side: Side,
    people: Iterable[PersonId],
    mark: Mark,
    unit: UnitId | None,
    reason: str,
) -> Deed[B]:
    """A deed after one side has said the same of these people's lines."""
    stamp = Stamp(
        mark=mark,
        by=entry.envelope.by,
        unit=unit,
        on=entry.envelope.day,
        position=entry.position,
        reason=reason,
    )
    stamps = dict(deed.stamps)
    for person in people:
        stamps[person] = stamps.get(person, NO_STAMPS).with_(side, stamp)
    return replace(deed, stamps=stamps, version=entry.version, hands=_hands(deed, entry))


def _hands(deed: Deed[B], entry: Entry[Any]) -> tuple[PersonId, ...]:
    """Who had a hand in it, with who made this entry."""
    by = entry.envelope.by
    return deed.hands if by in deed.hands else (*deed.hands, by)


def first_stamps(
    people: tuple[PersonId, ...], side: Side | None, entry: Entry[object]
) -> dict[PersonId, Stamps]:
    """The stamps that recording itself puts on the lines."""
    if side is None:
        return {}
    stamp = Stamp(
        mark=Mark.RECORDED,
        by=entry.envelope.by,
        unit=entry.envelope.unit,
        on=entry.envelope.day,
        position=entry.position,
    )
    match side:
        case Side.SECTOR:
            stamps = Stamps(sector=stamp)
        case Side.STUDIO:
            stamps = Stamps(studio=stamp)
        case Side.COUNTY:
            stamps = Stamps(county=stamp)
    return dict.fromkeys(people, stamps)


def begun(
    entry: Entry[object], body: B, record: RecordClass, people: tuple[PersonId, ...]
) -> Deed[B]:
    """A deed as its first entry makes it; recording stamps the lines of these people."""
    return Deed(
        stream=entry.stream,
        body=body,
        recorded=entry.envelope,
        position=entry.position,
        version=entry.version,
        record=record,
        stamps=first_stamps(people, recording_side(record, entry.envelope.role), entry),
        hands=(entry.envelope.by,),
    )


@value(frozen=True, slots=True, kw_only=True)
class Rewritten:
    """What an amendment did to the lines of a record.

    `lines` are those that are new or say something else, `removed` those that were taken out, `people` all that the entry
    names. `elsewhere` says that the record says something else besides, `anew` that this is its kind or its days.
    """

    people: tuple[PersonId, ...]
    lines: tuple[PersonId, ...]
    removed: tuple[PersonId, ...]
    elsewhere: bool
    anew: bool


def written_anew(
    before: Mapping[PersonId, object], now: Mapping[PersonId, object]
) -> tuple[PersonId, ...]:
    """Whose lines are new or say something else."""
    return tuple(person for person, line in now.items() if before.get(person) != line)


def amended(
    deed: Deed[B],
    body: B,
    record: RecordClass | None,
    rewritten: Rewritten,
    before: Iterable[PersonId],
    entry: Entry[object],
) -> Deed[B]:
    """A deed of which something else is said now: a line that is new is as late as the amendment.

    Who was taken out leaves nothing behind, should he be put in again. Of those who had lines (`before`) others may come
    back in a later entry of a long list: they are kept.
    """
    day, by = entry.envelope.day, entry.envelope.by
    people, gone, had = rewritten.people, frozenset(rewritten.removed), frozenset(before)
    named = frozenset(people)
    kept = {p: deed.recorded_on(p) for p in had if p not in named}
    fresh = {p: day for p in people if p not in had}
    said_on = {p: day for p in rewritten.lines if p in had}
    if rewritten.anew:
        said_on = dict.fromkeys(had, day)
    deed = replace(
        deed,
        body=body,
        record=record or deed.record,
        version=entry.version,
        added=_less(gone, {**kept, **deed.added, **fresh}),
        said_by=_less(gone, {**deed.said_by, **dict.fromkeys(rewritten.lines, by)}),
        said_on=_less(gone, {**deed.said_on, **said_on}),
        items=_less(gone, deed.items),
        stamps=_less(gone, deed.stamps),
        hands=_hands(deed, entry),
    )
    answered = (*deed.stamps, *people) if rewritten.elsewhere else rewritten.lines
    return replace(deed, stamps=_after_amendment(deed, people, answered, entry))


def listed(
    deed: Deed[B],
    body: B,
    people: tuple[PersonId, ...],
    rewritten: tuple[PersonId, ...],
    entry: Entry[object],
) -> Deed[B]:
    """A deed with the rest of a long list: these people's lines, of which an amendment has written some anew."""
    day = entry.envelope.day
    deed = replace(deed, body=body, version=entry.version)
    if day != deed.recorded.day:
        deed = replace(deed, added={**dict.fromkeys(people, day), **deed.added})
    if rewritten:
        deed = replace(
            deed,
            said_by={**deed.said_by, **dict.fromkeys(rewritten, entry.envelope.by)},
            said_on={**deed.said_on, **dict.fromkeys(rewritten, day)},
        )
    return replace(deed, stamps=_after_amendment(deed, people, rewritten, entry))


def _less(gone: frozenset[PersonId], of: Mapping[PersonId, T]) -> Mapping[PersonId, T]:
    """The same without those who are gone."""
    if not gone.intersection(of):
        return of
    return {person: said for person, said in of.items() if person not in gone}


def _after_amendment(
    deed: Deed[B],
    people: tuple[PersonId, ...],
    answered: Iterable[PersonId],
    entry: Entry[object],
) -> dict[PersonId, Stamps]:
    """The stamps once a record has been amended: where it says something else a return is answered by a correction.

    New lines get the recorder's stamp. What a member amends of his own declaration has to be vouched for anew.
    """
    side = recording_side(deed.record, entry.envelope.role)
    stamps = {**first_stamps(people, side, entry), **deed.stamps}
    for person in dict.fromkeys(answered):
        if (old := stamps.get(person)) is not None:
            stamps[person] = _corrected(old, entry)
    if entry.envelope.declares_for is not None:
        vouched_anew = {person: _unconfirmed(old) for person, old in stamps.items()}
        stamps = {person: new for person, new in vouched_anew.items() if new != NO_STAMPS}
    return stamps


def _corrected(stamps: Stamps, entry: Entry[object]) -> Stamps:
    """The same where a return is answered: who amended the line has corrected it."""
    for side in Side:
        old = stamps.of(side)
        if old is not None and old.mark is Mark.RETURNED:
            new = replace(
                old,
                mark=Mark.CORRECTED,
                by=entry.envelope.by,
                unit=entry.envelope.unit,
                on=entry.envelope.day,
                position=entry.position,
            )
            stamps = stamps.with_(side, new)
    return stamps


def _unconfirmed(stamps: Stamps) -> Stamps:
    """The same without what was confirmed."""
    for side in Side:
        old = stamps.of(side)
        if old is not None and old.mark is Mark.CONFIRMED:
            stamps = stamps.with_(side, None)
    return stamps
