"""The fold: entries become rows. Pure; live reading, catching up, rebuilding and tests all run it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from domain import matter, occasion, streams
from domain.deed import Deed
from domain.disputed import Dispute
from domain.document import Document, DocumentEvent, Published, Sort
from domain.entry import Entry
from domain.fact import Fact
from domain.finding import Found
from domain.invitation import Quarter
from domain.meeting import Meeting
from domain.member import Person
from domain.pairing import Bound
from domain.people import UnitId
from domain.posting import MonthPosting
from domain.streams import LedgerOpened, State
from domain.supported import Support
from domain.unit import Unit
from projections import (
    as_of,
    batches,
    courses,
    deeds,
    disputes,
    documents,
    evidence,
    facts,
    history,
    meetings,
    roster,
    suggestions,
)
from projections.columns import OPEN, Row, Versioned
from projections.courses import COURSES
from projections.deeds import RECORDS, RecordColumns
from projections.disputes import DISPUTES
from projections.documents import DOCUMENTS, Paper
from projections.facts import FACTS, FactKey, WindowsByDay
from projections.meetings import MEETING_DAYS
from projections.replaced import Drawn, Replaced, Standing, replaced_of
from projections.roster import BONDS, PEOPLE, UNITS
from projections.suggestions import SUGGESTIONS

Load = Callable[[Collection[str]], Mapping[str, State]]
"""Gives the states of some streams as they lie in rows; a stream that is not there is left out."""

_TOLD_ONLY = (streams.Root.ERASURE.prefix, streams.Root.GRANT.prefix)

VERSIONED = (
    *(PEOPLE, UNITS, BONDS, DOCUMENTS, RECORDS, FACTS, DISPUTES, MEETING_DAYS, COURSES),
    SUGGESTIONS,
)


@dataclass(slots=True)
class Versions:
    """What becomes of a table of versions: standing rows that end, new rows that stand, and rows that have come and gone."""

    of: Versioned
    ended: list[Row] = field(default_factory=list)
    standing: dict[Row, Row] = field(default_factory=dict)
    past: list[Row] = field(default_factory=list)

    def end(self, key: Row, position: int) -> None:
        """The version with this key stands no longer."""
        row = self.standing.pop(key, None)
        if row is None:
            self.ended.append((position, *key))
        else:
            self.past.append(self.of.ended(row, position))


@dataclass(slots=True)
class Stale:
    """What has to be derived again, and the last entry that bears on it: members' years, all years of a member, everybody.

    `units` are years of units of which records of a kind say something else, `kinds` units that became ones of another kind: where a rubric counts that, cards of their members follow.
    `papers` are rubrics and checklists of which versions were published or ended: theirs is derived again of everybody, by each
    of these entries from a calendar year on. `courses` are matters of which something else may be due, with `clocks` all that are not closed;
    `rules` says that a calendar or a loop changed, and not meetings alone.
    """

    years: dict[tuple[str, int], int] = field(default_factory=dict)
    members: dict[str, int] = field(default_factory=dict)
    units: dict[tuple[str, int, str], int] = field(default_factory=dict)
    kinds: dict[UnitId, int] = field(default_factory=dict)
    papers: dict[Paper, tuple[tuple[int, int], ...]] = field(default_factory=dict)
    everyone: int = 0
    courses: set[str] = field(default_factory=set)
    clocks: bool = False
    rules: bool = False

    def __bool__(self) -> bool:
        return bool(self.years or self.members or self.papers or self.everyone)

    def add(self, later: Stale) -> None:
        """What later entries make stale as well."""
        self.years |= later.years
        self.members |= later.members
        self.units |= later.units
        self.kinds |= later.kinds
        for paper, changes in later.papers.items():
            self.papers[paper] = (*self.papers.get(paper, ()), *changes)
        self.everyone = max(self.everyone, later.everyone)
        self.courses |= later.courses
        self.clocks = self.clocks or later.clocks
        self.rules = self.rules or later.rules

    def papers_in(self, year: int) -> dict[Paper, int]:
        """The rubrics and checklists that say something new of a calendar year, each with the last entry that did."""
        found: dict[Paper, int] = {}
        for paper, changes in self.papers.items():
            if last := max((position for position, first in changes if first <= year), default=0):
                found[paper] = last
        return found

    @property
    def papers_from(self) -> dict[Paper, int]:
        """Each of those with the first calendar year of which it says something new."""
        return {paper: min(first for _, first in found) for paper, found in self.papers.items()}


@dataclass(slots=True)
class Changes:
    """All that some entries do to the tables of a ledger."""

    last: int
    opened: list[Row] = field(default_factory=list)
    entries: list[Row] = field(default_factory=list)
    touched: list[Row] = field(default_factory=list)
    named_files: list[Row] = field(default_factory=list)
    batches: list[Row] = field(default_factory=list)
    people: Versions = field(default_factory=lambda: Versions(PEOPLE))
    units: Versions = field(default_factory=lambda: Versions(UNITS))
    bonds: Versions = field(default_factory=lambda: Versions(BONDS))
    documents: Versions = field(default_factory=lambda: Versions(DOCUMENTS))
    records: Versions = field(default_factory=lambda: Versions(RECORDS))
    facts: Versions = field(default_factory=lambda: Versions(FACTS))
    disputes: Versions = field(default_factory=lambda: Versions(DISPUTES))
    meeting_days: Versions = field(default_factory=lambda: Versions(MEETING_DAYS))
    courses: Versions = field(default_factory=lambda: Versions(COURSES))
    suggestions: Versions = field(default_factory=lambda: Versions(SUGGESTIONS))
    replaced: dict[Replaced, dict[str, Drawn]] = field(default_factory=dict)
    deeds: dict[str, Row] = field(default_factory=dict)
    deeds_before: set[str] = field(default_factory=set)
    stale: Stale = field(default_factory=Stale)

    @property
    def versions(self) -> tuple[Versions, ...]:
        """The tables of versions."""
        return (
            *(self.people, self.units, self.bonds, self.documents),
            *(self.records, self.facts, self.disputes),
            *(self.meeting_days, self.courses, self.suggestions),
        )


@dataclass(slots=True)
class _Held:
    """A stream on its way: its state, the facts that it yields, what was organised, and whether a row was there before."""

    state: State | None
    facts: dict[FactKey, Fact[Any]]
    record: RecordColumns | None
    before: bool
    first: Standing | None = None
    """How it stood before the first of its entries here; none until one has come."""


def fold(
    ledger: str, entries: Sequence[Entry[Any]], load: Load, windows: WindowsByDay, today: date
) -> Changes:
    """What these entries, in order and at least one, do to the tables. `windows` say until when sides are awaited."""
    changes = Changes(last=entries[-1].position)
    held = _loaded(entries, load)
    lasts = {entry.stream: entry.position for entry in entries}
    for entry in entries:
        stream, position = entry.stream, entry.position
        if stream.startswith(_TOLD_ONLY):
            # Nothing is drawn up of these: they are told in the histories of what they are about.
            changes.entries.append(as_of.entry_row(ledger, entry))
            changes.touched += history.touched_rows(ledger, entry, set())
            continue
        changes.batches += batches.batch_rows(ledger, entry)
        before = held.pop(stream, None) or _Held(None, {}, None, before=False)
        after = streams.evolve(before.state, entry)
        changes.entries.append(as_of.entry_row(ledger, entry))
        touched: set[str] = set()
        yields: dict[FactKey, Fact[Any]] = {}
        record: RecordColumns | None = None
        match after:
            case Deed() | Bound() | Found():
                yields = facts.keyed(streams.facts_of(after))
                touched = _fold_facts(changes, ledger, entry, before.facts, yields, windows, today)
                record = deeds.record_row(after, yields.values())
                if record != before.record:
                    _fold_record(changes, ledger, entry, before.record, record)
                _fold_course(changes, ledger, entry, before.state, after)
                _fold_suggestions(changes, ledger, entry, before.state, after)
                changes.named_files += evidence.named_rows(ledger, entry, before.state, after)
                if lasts[stream] == position:
                    changes.deeds[stream] = deeds.deed_row(ledger, position, after, yields.values())
                    if before.before:
                        changes.deeds_before.add(stream)
            case Person():
                _fold_person(changes, ledger, entry, before.state, after)
            case Unit():
                key = (ledger, after.unit)
                if before.state is not None:
                    changes.units.end(key, position)
                changes.units.standing[key] = roster.unit_row(
                    ledger, position, entry.version, after
                )
                if (
                    isinstance(before.state, Unit)
                    and before.state.profile.kind != after.profile.kind
                ):
                    changes.stale.kinds[after.unit] = position
                # A rubric may ask for offices that are held in units.
                was = before.state.appointments if isinstance(before.state, Unit) else ()
                for appointment in {*was} ^ {*after.appointments}:
                    changes.stale.members[f"member/{appointment.person}"] = position
            case Document():
                _fold_document(changes, ledger, entry, before.state, after)
            case Dispute():
                if before.state is not None:
                    changes.disputes.end((ledger, after.dispute), position)
                changes.disputes.standing[ledger, after.dispute] = disputes.dispute_row(
                    ledger, position, entry.version, after
                )
            case Meeting():
                _fold_meeting(changes, ledger, entry, before.state, after)
            case MonthPosting() | Quarter() | Support():
                # All that there is of these lies in tables that are replaced.
                pass
            case LedgerOpened():
                changes.opened.append(roster.opened_row(ledger, position, after))
            case _:
                # The first entry of this stream was set aside: nothing is known of it.
                continue
        first = before.first or Standing(
            ledger, stream, entry.version - 1, before.state, before.facts.values()
        )
        if lasts[stream] == position:
            # Rows that are replaced are drawn once, of what the stream has come to.
            last = Standing(ledger, stream, entry.version, after, yields.values())
            _fold_replaced(changes, first, last)
        else:
            # What will not be needed again is let go: memory that is held is memory to be searched for garbage.
            held[stream] = _Held(after, yields, record, before.before, first)
        changes.touched += history.touched_rows(ledger, entry, touched)
    return changes


def _loaded(entries: Iterable[Entry[Any]], load: Load) -> dict[str, _Held]:
    """The streams that these entries go on with. Those that begin here have no rows yet."""
    begun = {entry.stream for entry in entries if entry.version == 1}
    asked = {entry.stream for entry in entries} - begun
    if not asked:
        return {}
    return {stream: _held(state) for stream, state in load(asked).items()}


def _held(state: State) -> _Held:
    """A stream as it lies in rows."""
    found = facts.keyed(streams.facts_of(state))
    return _Held(state, found, deeds.record_row(state, found.values()), before=True)


def _fold_facts(
    changes: Changes,
    ledger: str,
    entry: Entry[Any],
    before: dict[FactKey, Fact[Any]],
    after: dict[FactKey, Fact[Any]],
    windows: WindowsByDay,
    today: date,
) -> set[str]:
    """Versions of the facts that an entry changed; returns their subjects."""
    versions, position, stream = changes.facts, entry.position, entry.stream
    subjects: set[str] = set()
    for key, old in before.items():
        if (new := after.get(key)) is None or new != old:
            versions.end((ledger, stream, *key), position)
            subjects.add(old.subject)
            _bears_on(changes.stale, old, position, today)
    for key, new in after.items():
        if before and before.get(key) == new:
            continue
        versions.standing[ledger, stream, *key] = facts.fact_row(
            ledger, position, key[1], new, windows
        )
        subjects.add(new.subject)
        _bears_on(changes.stale, new, position, today)
    if isinstance(entry.event, occasion.OccasionAmended | matter.MatterAmended):
        subjects.update(fact.subject for fact in after.values())
    return subjects


def _fold_record(
    changes: Changes,
    ledger: str,
    entry: Entry[Any],
    was: RecordColumns | None,
    now: RecordColumns | None,
) -> None:
    """A version of what was organised, which an entry changed."""
    key = (ledger, entry.stream)
    if was is not None:
        changes.records.end(key, entry.position)
    if now is not None:
        changes.records.standing[key] = (*key, entry.position, OPEN, *now)


def _fold_course(
    changes: Changes, ledger: str, entry: Entry[Any], before: State | None, after: State
) -> None:
    """A version of how far a matter has come in its loop, where an entry changed it."""
    matter = entry.stream.partition("/")[2]
    if not courses.changes_course(before, after):
        return
    was, now = courses.course_columns(before), courses.course_columns(after)
    if was == now:
        return
    if was is not None:
        changes.courses.end((ledger, matter), entry.position)
    if now is not None:
        changes.courses.standing[ledger, matter] = (ledger, matter, entry.position, OPEN, *now)
    changes.stale.courses.add(matter)


def _fold_suggestions(
    changes: Changes, ledger: str, entry: Entry[Any], before: State | None, after: State
) -> None:
    """Versions of the suggestions of a matter that an entry changed."""
    if not deeds.differs(before, after, "suggestions", "gone", "same_as"):
        return
    was, now = suggestions.versions_of(before), suggestions.versions_of(after)
    matter = entry.stream.partition("/")[2]
    for number in was.keys() | now.keys():
        if was.get(number) == now.get(number):
            continue
        key = (ledger, matter, number)
        if number in was:
            changes.suggestions.end(key, entry.position)
        if number in now:
            changes.suggestions.standing[key] = (*key, entry.position, OPEN, *now[number])


def _fold_replaced(changes: Changes, before: Standing, after: Standing) -> None:
    """The rows of tables that are replaced, where the entries of a stream changed what they say."""
    for each in replaced_of(after.state):
        drawn = each.drawn_anew(before, after)
        if drawn is not None:
            changes.replaced.setdefault(each, {})[each.key_of(after)] = drawn


def _fold_meeting(
    changes: Changes,
    ledger: str,
    entry: Entry[Any],
    before: State | None,
    after: Meeting[Any],
) -> None:
    """The day for which a meeting stands, where an entry changed it."""
    was = meetings.day_columns(before if isinstance(before, Meeting) else None)
    now = meetings.day_columns(after)
    if was == now:
        return
    key = (ledger, after.meeting)
    if was is not None:
        changes.meeting_days.end(key, entry.position)
    if now is not None:
        changes.meeting_days.standing[key] = (*key, entry.position, OPEN, *now)
    changes.stale.clocks = True


def _bears_on(stale: Stale, fact: Fact[Any], position: int, today: date) -> None:
    """Note of which years something else is said by a fact of a member, or of a unit."""
    if fact.subject.startswith("member/"):
        for year in _years(fact, today):
            stale.years[fact.subject, year] = position
    else:
        for year in _years(fact, today):
            stale.units[fact.subject, year, fact.kind] = position


def _years(fact: Fact[Any], today: date) -> Iterable[int]:
    """The years whose cards a fact bears on."""
    until = facts.counted_until(fact)
    if until == fact.on.toordinal():
        return (fact.on.year,)
    last = min(date.fromordinal(until).year, today.year)
    return range(fact.on.year, max(last, fact.on.year) + 1)


def _fold_person(
    changes: Changes, ledger: str, entry: Entry[Any], before: State | None, after: Person
) -> None:
    position = entry.position
    key = (ledger, after.person)
    was = before if isinstance(before, Person) else None
    if was is not None:
        changes.people.end(key, position)
    changes.people.standing[key] = roster.person_row(ledger, position, entry.version, after)
    old, new = roster.bonds_of(was), roster.bonds_of(after)
    for nth in old.keys() | new.keys():
        if old.get(nth) == new.get(nth):
            continue
        bond = (ledger, entry.stream, nth)
        if nth in old:
            changes.bonds.end(bond, position)
        if nth in new:
            changes.bonds.standing[bond] = (*bond, position, OPEN, *new[nth])
    changes.stale.members[entry.stream] = position


def _fold_document(
    changes: Changes, ledger: str, entry: Entry[Any], before: State | None, after: Document
) -> None:
    key = (ledger, after.sort.value, after.code)
    if before is not None:
        changes.documents.end(key, entry.position)
    changes.documents.standing[key] = documents.document_row(
        ledger, entry.position, entry.version, after
    )
    match after.sort:
        case Sort.POLICY:
            changes.stale.everyone = entry.position
        case Sort.RUBRIC | Sort.CHECKLIST:
            begins = _changes_from(entry.event, before, after)
            paper, change = (after.sort, after.code), (entry.position, begins.year)
            changes.stale.papers[paper] = (*changes.stale.papers.get(paper, ()), change)
        case Sort.CALENDAR | Sort.LOOP:
            changes.stale.clocks = changes.stale.rules = True
        case Sort.RULE | Sort.TERMS | Sort.FIGURES:
            pass


def _changes_from(event: DocumentEvent, before: State | None, after: Document) -> date:
    """The first day of which a document says something else than before: a period that is over by then is drawn up as it was.

    A later word on a repeal moves the last day, from whichever of the two is earlier.
    """
    was = before.repealed if isinstance(before, Document) else ()
    moved = {*was} ^ {*after.repealed}
    return min(event.since if isinstance(event, Published) else event.until, *moved, date.max)
