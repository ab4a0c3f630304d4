"""What tells of people on reads: who spoke, whom somebody visited, why something was found, how to reach a member.

The table (`domain.access`) says to whom each sort is open, by how he stands to it. A name of a citizen (P2) is seen by whoever acts
for a unit or the committee, who recorded it and who took part; who spoke and who quarrelled (P3) by the county office, who recorded
it, and the clerks and heads of the unit that it was recorded for. Everybody else sees that something is there, and not what. The
words of a matter that is not public, and whatever was said of it since, are open as a citizen's name is; which texts of it are for
everybody is marked in the domain (`domain.inside`). What stands in the roster is of a member's own history: others tell that he came
and went. Who asked for leave from a meeting, and which leave he had, is told to who organises it and in the member's own file. The command line runs on the office's own computer and seals nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Protocol, TypeVar

from sqlalchemy import Connection

from domain import handling, inside, personal
from domain.access import Action, Asker, Relation
from domain.checklist import Filled, Progress
from domain.entry import Entry
from domain.fact import Fact
from domain.figures import Axis, FigureValue
from domain.inspection import InspectionEvent, ProblemNotified
from domain.kinds.fields import fields_of
from domain.matter import Matter
from domain.meeting import CodeIssued, LeaveAsked, LeaveDecided
from domain.member import Profile
from domain.occasion import Occasion, Participant
from domain.once import MadeOnce
from domain.people import PersonId, Reason, Refused, Role, UnitId
from domain.posting import MonthPosted, PostingEvent
from domain.words import Protection
from projections import deeds, meetings, roster
from projections.courses import CoursePage
from projections.deeds import DeedPage, DeedSummary
from projections.differences import LEAVES, Difference
from projections.history import Happening
from projections.links import Led, Link
from projections.pairings import PairingLine
from projections.roster import PersonPage
from projections.sentences import sentence
from projections.stories import Story

V = TypeVar("V")

MASK = "〔保密〕"
"""What stands where something is sealed."""
OPEN_BY: Mapping[Protection, Action] = {
    Protection.P2: Action.SEE_PRIVATE,
    Protection.P3: Action.SEE_SENSITIVE,
}
"""By which action what has to be kept so well in a record is open."""
KEPT = frozenset(OPEN_BY)
_RECORDS = ("occasion/", "matter/", "pairing/", "finding/")
_QUERY = "dispute/"
_MEETING = "meeting/"
_INVITATION = "invitation/"
_POSTING = "posting/"
_NOTHING: frozenset[Protection] = frozenset()
_private = MadeOnce(personal.private_fields)


@dataclass(frozen=True, slots=True)
class Sight:
    """What of a record is open to the one who asks: `hidden` is what is not, `others` whether somebody else said it."""

    hidden: frozenset[Protection]
    others: bool

    def of(self, value: V) -> V:
        """The value with what is hidden sealed; what is empty stays so."""
        return personal.changed(value, "", _masked, only=self.hidden) if self.hidden else value

    def inside(self, value: V, body: object) -> V:
        """What was said of a record with this body, without the words that are for who may see inside it."""
        return _without_words(value) if self.outside and _is_closed(body) else value

    @property
    def outside(self) -> bool:
        """Whether the one who asks neither acts for a unit or the committee nor has part in it: what is internal is not for him."""
        return Protection.P2 in self.hidden

    def noted(self, value: Any) -> Action | None:
        """By which action he is shown something in it that somebody else said, the gravest; none where he is not."""
        for protection in sorted(KEPT - self.hidden, reverse=True) if self.others else ():
            if any(True for _ in personal.texts(value, "", {protection})):
                return OPEN_BY[protection]
        return None


def sight(asker: Asker, by: PersonId, unit: UnitId | None, subjects: Collection[str]) -> Sight:
    """How one who asks sees a record that this person made, for this unit if for one; `subjects` took part in it, or it is about them."""
    actor = asker.actor
    himself = f"member/{actor.person}" in subjects
    if actor.person == by:
        relation = Relation.OWN
    else:
        its = unit is not None and actor.unit == unit
        relation = Relation.UNIT if its else Relation.OTHER
    hidden = {each for each, action in OPEN_BY.items() if not asker.may(action, relation)}
    if himself and asker.may(Action.SEE_PRIVATE, Relation.SELF):
        hidden.discard(Protection.P2)
    return Sight(frozenset(hidden), others=not himself and actor.person != by)


def _masked(*_: str) -> str:
    return MASK


def person_for(page: PersonPage, *, contact: bool, file: bool) -> PersonPage:
    """A person as a reader may see him: how to reach him, and why he is exempt, are not for everybody."""
    person = page.person
    if not contact and person.profile.phone:
        person = replace(person, profile=replace(person.profile, phone=MASK))
    if not file:
        exempt = tuple(replace(each, reason=each.reason and MASK) for each in person.exemptions)
        person = replace(person, exemptions=exempt)
    return replace(page, person=person)


def deed_for(
    asker: Asker, connection: Connection, ledger: str, page: DeedPage
) -> tuple[DeedPage, Action | None]:
    """A record as this reader may see it, and by which action he is shown something that others said."""
    told = page.summary
    seen = sight(asker, told.recorded_by, told.recorder, {line.subject for line in page.lines})
    state: Any = page.state
    leaves = [(told, state.body)] if tells_leave(state.body) else []
    whose = Leaves(asker, connection, ledger, leaves).of(told.stream)
    shown = replace(
        page,
        summary=seen.inside(told, state.body),
        state=seen.inside(replace(state, body=whose.shown(seen.of(state.body))), state.body),
        lines=tuple(
            replace(line, fact=seen.inside(whose.line(_of_fact(seen, line.fact)), state.body))
            for line in page.lines
        ),
        same=summaries_for(asker, page.same),
        came_of=summaries_for(asker, page.came_of),
    )
    return shown, seen.noted(state.body)


@dataclass(frozen=True, slots=True)
class WhoseLeave:
    """Whose leave from an occasion is told: everybody's, or that of some alone."""

    all: bool
    people: frozenset[str] = frozenset()

    def told(self, person: str) -> bool:
        """Whether his is."""
        return self.all or person in self.people

    def shown(self, value: V) -> V:
        """What is said of an occasion, or of a long list of who was there, without which leave the others had and who granted it; that they had leave stays."""
        participants: tuple[Participant, ...] = getattr(value, "participants", ())
        if self.all or not tells_leave(value):
            return value
        told = tuple(p if self.told(p.person) else _without_leave(p) for p in participants)
        return replace(value, participants=told)  # type: ignore[type-var]  # it has participants

    def line(self, fact: Fact[Any]) -> Fact[Any]:
        """The same of somebody's line."""
        if not fact.leave or self.told(fact.subject.removeprefix("member/")):
            return fact
        return replace(fact, leave=MASK)


class Leaves:
    """To whom it is told which leave people had from some occasions: to who organises one, who recorded it, who sees every member's file, and to each his own.

    `records` are the occasions, each with what is said of it; the units above those that held or recorded one are looked up once, where it matters.
    """

    def __init__(
        self,
        asker: Asker,
        connection: Connection,
        ledger: str,
        records: Collection[tuple[DeedSummary, Any]],
        *,
        file_of: str = "",
    ) -> None:
        self._asker = asker
        self._own = frozenset({str(asker.actor.person), file_of.removeprefix("member/")})
        self._all = asker.always(Action.SEE_FILE)
        self._open: set[str] = set()
        held: dict[str, set[UnitId]] = {}
        for told, body in () if self._all else records:
            if told.recorded_by == asker.actor.person:
                self._open.add(told.stream)
            held.setdefault(told.stream, set()).update(_hosts(told, body))
        self._open |= _organised(asker, connection, ledger, held)

    def of(self, stream: str) -> WhoseLeave:
        """Whose leave from one of them is told."""
        return WhoseLeave(self._all or stream in self._open, self._own)


def tells_leave(value: Any) -> bool:
    """Whether something is said of which leave somebody had."""
    participants: tuple[Participant, ...] = getattr(value, "participants", ())
    return any(map(_had_leave, participants))


def _of_leave(found: Difference) -> bool:
    return found.field.startswith(LEAVES)


def _had_leave(p: Participant) -> bool:
    return bool(p.leave or p.granted_by)


def _without_leave(p: Participant) -> Participant:
    return replace(p, leave=p.leave and MASK, granted_by=p.granted_by and MASK)


def _hosts(told: DeedSummary, body: Any) -> set[UnitId]:
    """The units that held an occasion or recorded it."""
    co_organisers: tuple[UnitId, ...] = getattr(body, "co_organisers", ())
    return {*co_organisers, *(each for each in (told.organiser, told.recorder) if each)}


def _organised(
    asker: Asker, connection: Connection, ledger: str, held: Mapping[str, set[UnitId]]
) -> set[str]:
    """Which of these are of the unit that the one who asks acts in, or of one below it."""
    unit = asker.actor.unit
    if not held or unit is None or not asker.may(Action.MEET, Relation.UNIT):
        return set()
    every = {host for hosts in held.values() for host in hosts}
    known = roster.some_units(connection, ledger, sorted(every)).values()
    below = {each.unit for each in known if each.profile.parent == unit}
    return {stream for stream, hosts in held.items() if hosts & (below | {unit})}


def summaries_for(asker: Asker, rows: Iterable[DeedSummary]) -> tuple[DeedSummary, ...]:
    """Records of a list as this reader may see them: why a matter was withdrawn that is not public is for who acts for a unit or the committee, and for who recorded it."""
    return tuple(
        _without_words(each)
        if each.closed and each.gone and sight(asker, each.recorded_by, each.recorder, ()).outside
        else each
        for each in rows
    )


def facts_for(
    asker: Asker, connection: Connection, ledger: str, found: Collection[Fact[Any]]
) -> tuple[list[Fact[Any]], dict[str, Action]]:
    """Facts as this reader may see them, and by which action he is shown what others said in which records."""
    closed = _closed_to(asker, connection, ledger, {fact.deed for fact in found})
    shown: list[Fact[Any]] = []
    noted: dict[str, Action] = {}
    for fact in found:
        seen = sight(asker, fact.recorded_by, fact.recorder, (fact.subject,))
        told = _of_fact(seen, fact)
        shown.append(_without_words(told) if fact.deed in closed else told)
        action = seen.noted(fact.details)
        if action is not None:
            noted[fact.deed] = action
    return shown, noted


def pairing_for(asker: Asker, line: PairingLine) -> tuple[PairingLine, Action | None]:
    """A line of the register of pairings as this reader may see it, and by which action he is shown whom others named in it."""
    seen = sight(asker, line.recorded_by, line.recorder, (line.subject,))
    details, name = seen.of(line.details), line.counterpart_name
    if name == line.details.counterpart_name:
        name = details.counterpart_name
    return replace(line, details=details, counterpart_name=name), seen.noted(line.details)


def _is_closed(body: object) -> bool:
    return isinstance(body, Matter) and body.closed


def _without_words(told: V) -> V:
    """What was said of a matter, or what a list shows of it, without the words that are for who may see inside."""
    return inside.sealed(told, _masked)


def _of_fact(seen: Sight, fact: Fact[Any]) -> Fact[Any]:
    details = seen.of(fact.details)
    return fact if details is fact.details else replace(fact, details=details)


def happenings_for(
    asker: Asker,
    connection: Connection,
    ledger: str,
    rows: Iterable[Happening],
    *,
    of: str,
    today: date,
    contact: bool,
    file: bool = True,
) -> tuple[tuple[Happening, ...], dict[str, Action]]:
    """Entries of the history of a stream as this reader may see them, and by which action he is shown what others said in which records.

    What members query is left out for who may not see it, and so is who asked for leave, what an inspection found of units that are not his, and what became of a unit's month but that it was posted. `contact` says whether he may see how to reach the member whose history it is, `file` whether why he is exempt.
    """
    found = tuple(rows)
    streams = {each.entry.stream for each in found if each.entry.stream.startswith(_RECORDS)}
    known = deeds.summaries(connection, ledger, sorted(streams)) if streams else {}
    not_public = _closed_to(asker, connection, ledger, streams)
    closed = _closed_problems(asker, connection, ledger, found, today=today)
    listed = [
        (known[each.entry.stream], _listed(each))
        for each in found
        if each.entry.stream in known
        and (tells_leave(_listed(each)) or any(_of_leave(d) for d in each.differences))
    ]
    leaves = Leaves(asker, connection, ledger, listed, file_of=of)
    shown: list[Happening] = []
    noted: dict[str, Action] = {}
    for each in found:
        entry = each.entry
        if entry.stream.startswith(_QUERY):
            about = PersonId(entry.event.person)
            if entry.stream != of and not asker.may(
                Action.SEE_DISPUTE,
                to_query(asker, connection, ledger, about, (entry.envelope.by,), today=today),
            ):
                continue
            noted[f"member/{about}"] = Action.SEE_DISPUTE
            shown.append(each)
        elif entry.stream.startswith(_INVITATION):
            # How units compare is for the office and for those who head units.
            shown += (each,) if asker.may(Action.SEE_COMPARED, Relation.UNIT) else ()
        elif entry.stream.startswith(_POSTING):
            shown += (each,) if _is_told_of_month(asker, entry.event) else ()
        elif entry.stream.startswith(_MEETING):
            told_of = _of_meeting(asker, connection, ledger, each, of)
            shown += () if told_of is None else (told_of,)
        elif entry.position in closed:
            continue
        elif entry.stream in streams:
            seen = _sight_of(asker, entry, known)
            action = seen.noted(entry.event)
            if action is not None:
                noted[entry.stream] = max(action, noted.get(entry.stream, action), key=_grave)
            closed_to_him = seen.outside and entry.stream in not_public
            told = _happened_inside(each) if closed_to_him else each
            told = _shown(told, seen.hidden)
            shown.append(_with_leaves(told, leaves.of(entry.stream)))
        elif entry.stream == of:
            told = each if file else _shown(each, KEPT - {Protection.P2})
            shown.append(told if contact else _without_contact(told))
        else:
            shown.append(_shown(each, KEPT if entry.stream.startswith("member/") else _NOTHING))
    return tuple(shown), noted


def _is_told_of_month(asker: Asker, event: PostingEvent) -> bool:
    """That a unit's month was posted is told to everybody; how it came to that to the unit, and to who may have every entry."""
    relation = Relation.UNIT if asker.actor.unit == event.unit else Relation.OTHER
    return (
        isinstance(event, MonthPosted)
        or asker.may(Action.REPORT_MONTH, relation)
        or asker.always(Action.SEE_RECEIPT)
    )


def units_open(
    asker: Asker, connection: Connection, ledger: str, action: Action, *, today: date
) -> frozenset[UnitId] | None:
    """The units of which this is open to the one who asks; none where it is of all."""
    if asker.always(action):
        return None
    actor = asker.actor
    if not asker.may(action, Relation.UNIT):
        return frozenset()
    found = set() if actor.unit is None else {actor.unit}
    if actor.role is Role.HEAD:
        units = roster.all_units(connection, ledger).values()
        found |= {each.unit for each in units if actor.person in each.answering_on(today)}
    return frozenset(found)


def inspections_open(
    asker: Asker, connection: Connection, ledger: str, *, today: date
) -> frozenset[UnitId] | None:
    """The units whose inspections are open to the one who asks: all to the office and the special committees, his own to a head or clerk, as those inspected or as those that held it."""
    only = units_open(asker, connection, ledger, Action.SEE_UNIT_FILE, today=today)
    if only and handling.holds_papers(asker.actor, roster.all_units(connection, ledger)):
        return None
    return only


def is_told_of_problem(
    only: frozenset[UnitId] | None, organiser: UnitId, unit: UnitId | None
) -> bool:
    """Whether what an inspection found of a unit is open to whom inspections of these units are."""
    return only is None or organiser in only or unit in only


def _closed_problems(
    asker: Asker, connection: Connection, ledger: str, found: Iterable[Happening], *, today: date
) -> frozenset[int]:
    """The positions of the entries that tell what inspections found of units that are not open to the one who asks."""
    told = [each.entry for each in found if isinstance(each.entry.event, InspectionEvent)]
    only = inspections_open(asker, connection, ledger, today=today) if told else None
    if only is None:
        return frozenset()
    states: Mapping[str, Any] = (
        deeds.states(connection, ledger, sorted({each.stream for each in told})) if only else {}
    )
    return frozenset(each.position for each in told if not _is_open(only, states, each))


def _is_open(only: frozenset[UnitId], states: Mapping[str, Any], entry: Entry[Any]) -> bool:
    """Whether an entry about a problem is open to whom inspections of these units are; what names a number alone is of the unit that the problem is of."""
    state, event = states.get(entry.stream), entry.event
    if state is None:
        return False
    numbered = {each.number: each.unit for each in state.problems}
    unit = event.unit if isinstance(event, ProblemNotified) else numbered.get(event.number)
    return is_told_of_problem(only, state.body.organiser, unit)


def _closed_to(
    asker: Asker, connection: Connection, ledger: str, streams: Iterable[str]
) -> frozenset[str]:
    """Which of these matters are not public as they stand now, and the one who asks is outside of them; not asked for where it makes no difference."""
    matters = sorted({each for each in streams if each.startswith("matter/")})
    if not matters or sees_inside(asker):
        return frozenset()
    found = deeds.summaries(connection, ledger, matters)
    known = {stream: told for stream, told in found.items() if told.closed}
    states: Mapping[str, Any] = deeds.states(connection, ledger, sorted(known))
    return frozenset(
        stream
        for stream, told in known.items()
        if sight(
            asker, told.recorded_by, told.recorder, set(_subjects(states[stream].body))
        ).outside
    )


def inside_for(
    asker: Asker,
    connection: Connection,
    ledger: str,
    rows: Collection[V],
    of: Callable[[V], str],
) -> tuple[V, ...]:
    """Lines of a list, each `of` a record, as this reader may see them: without the words said of a matter that is not public, for who is outside of it."""
    closed = _closed_to(asker, connection, ledger, {of(each) for each in rows})
    return tuple(_without_words(each) if of(each) in closed else each for each in rows)


def sees_inside(asker: Asker) -> bool:
    """Whether the words of every matter that is not public are for him."""
    return asker.may(Action.SEE_PRIVATE, Relation.OTHER)


class OfMatter(Protocol):
    """A line about a matter, which it names by its id."""

    @property
    def matter(self) -> str:
        """The id."""


M = TypeVar("M", bound=OfMatter)


def lines_for(
    asker: Asker, connection: Connection, ledger: str, rows: Collection[M]
) -> tuple[M, ...]:
    """Lines of a list of matters, of what is suggested, found or due of them, as this reader may see them."""
    return inside_for(asker, connection, ledger, rows, lambda each: f"matter/{each.matter}")


def course_for(asker: Asker, connection: Connection, ledger: str, page: CoursePage) -> CoursePage:
    """A matter's way round its loop as this reader may see it."""
    (shown,) = inside_for(
        asker, connection, ledger, (page,), lambda each: f"matter/{each.line.matter}"
    )
    return shown


def links_for(
    asker: Asker, connection: Connection, ledger: str, rows: Collection[Link]
) -> tuple[Link, ...]:
    """Links as this reader may see them: a note is of the record that says it."""
    shown = inside_for(asker, connection, ledger, rows, lambda each: each.said_by)
    return tuple(
        replace(each, other=other)
        for each, other in zip(
            shown, summaries_for(asker, (each.other for each in rows)), strict=True
        )
    )


def led_for(
    asker: Asker, connection: Connection, ledger: str, rows: Collection[Led]
) -> tuple[Led, ...]:
    """What led to what, as this reader may see it: the later record says so, and why."""
    return inside_for(asker, connection, ledger, rows, lambda each: each.later)


def progress_for(asker: Asker, connection: Connection, ledger: str, found: Progress) -> Progress:
    """A list of somebody as this reader may see it: why a line was put in an item is of the matter whose line it is."""
    every = [*(each for slot in found.slots for each in slot.filled), *found.spare]
    told = {stream for each in every for stream in each.deeds}
    closed = _closed_to(asker, connection, ledger, told | {each.deed for each in found.unmoved})
    if not closed:
        return found

    def shown(filled: Iterable[Filled]) -> tuple[Filled, ...]:
        return tuple(_without_words(e) if closed.intersection(e.deeds) else e for e in filled)

    return replace(
        found,
        slots=tuple(replace(slot, filled=shown(slot.filled)) for slot in found.slots),
        spare=shown(found.spare),
        unmoved=tuple(_without_words(e) if e.deed in closed else e for e in found.unmoved),
    )


def stories_for(
    asker: Asker, connection: Connection, ledger: str, found: Collection[Story]
) -> tuple[Story, ...]:
    """Stories as this reader may see them: of a matter that is not public what it is called and how far it has come, and no words."""
    told = {each.stream for story in found for each in story.deeds}
    closed = _closed_to(asker, connection, ledger, told)
    return tuple(_story(story, closed) for story in found) if closed else tuple(found)


def _story(story: Story, closed: Collection[str]) -> Story:
    def shown(told: V, of: Iterable[str]) -> V:
        return _without_words(told) if any(each in closed for each in of) else told

    return replace(
        story,
        deeds=tuple(shown(each, (each.stream,)) for each in story.deeds),
        steps=tuple(shown(each, (each.deed,)) for each in story.steps),
        # Whichever of the two says it.
        arrows=tuple(shown(each, (each.earlier, each.later)) for each in story.arrows),
    )


def _happened_inside(happening: Happening) -> Happening:
    """A happening of a matter that is not public without the words that it brought or changed."""
    entry = happening.entry
    event = _without_words(entry.event)
    if event is entry.event:
        return happening
    body = getattr(event, "body", None)
    return replace(
        happening,
        entry=replace(entry, event=event),
        said=sentence(event, happening.names),
        differences=tuple(
            each if _is_for_all(body, each.field) else _sealed_difference(each)
            for each in happening.differences
        ),
    )


def with_his_leave(happenings: Iterable[Happening], person: PersonId) -> tuple[Happening, ...]:
    """Happenings for a file that is given to somebody: of leave his own alone, whoever has it made."""
    whose = WhoseLeave(all=False, people=frozenset({str(person)}))
    return tuple(_with_leaves(each, whose) for each in happenings)


def _listed(happening: Happening) -> Any:
    """Where an entry names those who were there: what it says of an occasion, or itself where it lists more of them."""
    event = happening.entry.event
    return getattr(event, "body", event)


def _with_leaves(happening: Happening, whose: WhoseLeave) -> Happening:
    """A happening of an occasion with the leave that is told to whoever looks."""
    entry, event = happening.entry, happening.entry.event
    body = getattr(event, "body", None)
    if body is None:
        event = whose.shown(event)
    elif (shown := whose.shown(body)) is not body:
        event = replace(event, body=shown)
    hidden = [
        each.field
        for each in happening.differences
        if _of_leave(each) and not whose.told(each.field.removeprefix(LEAVES))
    ]
    if event is entry.event and not hidden:
        return happening
    return replace(
        happening,
        entry=replace(entry, event=event),
        differences=tuple(
            _sealed_difference(each) if each.field in hidden else each
            for each in happening.differences
        ),
    )


def _is_for_all(body: Any, path: str) -> bool:
    """Whether the field of a matter that this path leads to is for everybody; one that is of no field of its kind is not."""
    _, _, name, *more = path.split("/")
    if name == "details":
        cls, name = type(body.details), more[0]
        return name in {each.name for each in fields_of(cls)} - inside.closed_fields(cls)
    return name not in inside.closed_fields(Matter)


def organises(asker: Asker, connection: Connection, ledger: str, body: Occasion[Any]) -> bool:
    """Whether the one who asks is let organise meetings, and this one: for a unit that holds it, or one above; the office keeps all."""
    actor = asker.actor
    if not asker.may(Action.MEET, Relation.UNIT):
        return False
    hosts = {body.organiser, *body.co_organisers}
    if actor.role is Role.OFFICE or actor.unit in hosts:
        return True
    above = roster.some_units(connection, ledger, sorted(hosts)).values()
    return actor.unit is not None and actor.unit in {each.profile.parent for each in above}


def _of_meeting(
    asker: Asker, connection: Connection, ledger: str, happening: Happening, of: str
) -> Happening | None:
    """An entry of a meeting as this reader may see it: no code's digest, and leave only in the member's file and for who organises."""
    entry = happening.entry
    match entry.event:
        case CodeIssued() as issued:
            return replace(happening, entry=replace(entry, event=replace(issued, digest=MASK)))
        case LeaveAsked(person=person) | LeaveDecided(person=person):
            in_his_file = of == f"member/{person}" or asker.always(Action.SEE_FILE)
            if in_his_file or asker.actor.person == person:
                return happening
            held = meetings.states(connection, ledger, [entry.stream.removeprefix(_MEETING)])
            state = held.get(entry.stream)
            may = state is not None and organises(asker, connection, ledger, state.body)
            return happening if may else None
        case _:
            return happening


def to_query(
    asker: Asker,
    connection: Connection,
    ledger: str,
    person: PersonId,
    typed_by: Collection[PersonId],
    *,
    today: date,
) -> Relation:
    """How one who asks stands to what a member queries, which these typed in: by who is bound to his unit today."""
    actor = asker.actor
    if actor.person == person:
        return Relation.SELF
    if actor.person in typed_by:
        return Relation.OWN
    if actor.unit is None:
        return Relation.OTHER
    bound = roster.is_bound(connection, ledger, person, actor.unit, day=today)
    return Relation.UNIT if bound else Relation.OTHER


def _grave(action: Action) -> bool:
    return action is Action.SEE_SENSITIVE


def _sight_of(asker: Asker, entry: Entry[Any], known: Mapping[str, DeedSummary]) -> Sight:
    """How somebody sees an entry of a record: he who made it all of it, he who began the record what others added too."""
    told, subjects = entry.envelope, set(_subjects(getattr(entry.event, "body", None)))
    seen = sight(asker, told.by, told.unit, subjects)
    deed = known.get(entry.stream)
    if deed is None:
        return seen
    begun = sight(asker, deed.recorded_by, deed.recorder, subjects)
    return Sight(seen.hidden & begun.hidden, others=seen.others)


def _subjects(body: Any) -> Iterator[str]:
    """Who took part in what a record tells, or whom it is about."""
    yield from (f"member/{each.person}" for each in getattr(body, "participants", ()))
    yield from (each.subject for each in getattr(body, "authors", ()))
    subject = getattr(body, "subject", None)
    if subject is not None:
        yield subject


def _shown(happening: Happening, hidden: frozenset[Protection]) -> Happening:
    """A happening with what is hidden sealed: in the entry, in its sentence, in what it changed."""
    entry = happening.entry
    event = personal.changed(entry.event, entry.stream, _masked, only=hidden)
    body = getattr(entry.event, "body", None)
    details = getattr(body, "details", None)
    paths = {"/profile/phone"} if Protection.P2 in hidden else set()
    if body is not None:
        marks = _private[type(body)].items()
        paths |= {f"/body/{name}" for name, mark in marks if mark.protection in hidden}
    if details is not None:
        paths |= {
            f"/body/details/{each.name}"
            for each in fields_of(type(details))
            if each.protection in hidden
        }
    if event is entry.event and not (paths and happening.differences):
        return happening
    return replace(
        happening,
        entry=replace(entry, event=event),
        said=sentence(event, happening.names),
        differences=tuple(
            _sealed_difference(each) if each.field in paths else each
            for each in happening.differences
        ),
    )


def _without_contact(happening: Happening) -> Happening:
    event = happening.entry.event
    masked, profile = event, getattr(event, "profile", None)
    if isinstance(profile, Profile) and profile.phone:
        masked = replace(event, profile=replace(profile, phone=MASK))
    return replace(
        happening,
        entry=replace(happening.entry, event=masked),
        differences=tuple(
            _sealed_difference(each) if each.field == "/profile/phone" else each
            for each in happening.differences
        ),
    )


def _sealed_difference(found: Difference) -> Difference:
    old, new = (MASK if said else said for said in (found.old, found.new))
    return replace(found, old=old, new=new, old_en=old, new_en=new)


def figure_for(asker: Asker, told: FigureValue) -> FigureValue:
    """A figure as it is shown: what each member has of it is open to who sees everybody's totals."""
    if told.figure.by != Axis.MEMBER or asker.always(Action.SEE_TOTALS):
        return told
    return replace(told, parts=(), overlaps=False)


def must_see_part(asker: Asker, part: str | None) -> None:
    """Refuse what one member has of a figure to who does not see everybody's totals; his own is open to him."""
    if part is None or not part.startswith("member/"):
        return
    if part != f"member/{asker.actor.person}" and not asker.always(Action.SEE_TOTALS):
        raise Refused(Reason.NOT_ALLOWED, "part", Action.SEE_TOTALS.zh)
