"""All rows of a ledger in memory: what a rebuild folds into before it replaces what is stored."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import Table

from domain.document import Document
from domain.fact import Fact
from domain.member import Person
from domain.people import UnitId
from domain.streams import Root, State, root_of
from domain.unit import Unit
from projections import (
    as_of,
    batches,
    bodies,
    courses,
    deeds,
    evidence,
    history,
    meetings,
    roster,
)
from projections.columns import Row, Versioned
from projections.disputes import DISPUTES
from projections.documents import DOCUMENTS, PAPERS, Policies, Shelf
from projections.facts import FACTS, WindowsByDay
from projections.fold import VERSIONED, Changes, Stale
from projections.replaced import MEETINGS, POSTINGS, QUARTERS, REPLACED, SUPPORTS, Drawn, Replaced

_KIND = [column.name for column in deeds.deed_rows.columns].index("kind")
_FACT_SUBJECT, _FACT_KIND, _FACT_ON, _FACT_UNTIL = (
    [column.name for column in FACTS.table.columns].index(name)
    for name in ("subject", "kind", "on", "until")
)


class Rows:
    """The folded tables of one ledger. Not safe for several threads."""

    def __init__(self, ledger: str) -> None:
        self.ledger = ledger
        self.position = 0
        self._added: dict[Table, list[Row]] = {
            table: []
            for table in (
                *(roster.opened, as_of.entries, history.touched, evidence.named_files),
                batches.batch_entries,
            )
        }
        self._standing: dict[Versioned, dict[Row, Row]] = {of: {} for of in VERSIONED}
        self._past: dict[Versioned, list[Row]] = {of: [] for of in VERSIONED}
        self._deeds: dict[str, Row] = {}
        self._replaced: dict[Replaced, dict[str, Drawn]] = {each: {} for each in REPLACED}
        self._of_subject: dict[str, list[Row]] = {}
        self.stale = Stale()

    def apply(self, changes: Changes) -> None:
        """Take in what some more entries do."""
        self._added[roster.opened] += changes.opened
        self._added[as_of.entries] += changes.entries
        self._added[history.touched] += changes.touched
        self._added[evidence.named_files] += changes.named_files
        self._added[batches.batch_entries] += changes.batches
        for versions in changes.versions:
            standing, past = self._standing[versions.of], self._past[versions.of]
            for position, *key in versions.ended:
                past.append(versions.of.ended(standing.pop(tuple(key)), position))
            past += versions.past
            standing.update(versions.standing)
        self._deeds.update(changes.deeds)
        for each, drawn in changes.replaced.items():
            self._replaced[each].update(drawn)
        self.stale.add(changes.stale)
        self.position = changes.last

    def load(self, streams: Collection[str]) -> dict[str, State]:
        """The states of some streams."""
        found = ((stream, self._state(stream)) for stream in streams)
        return {stream: state for stream, state in found if state is not None}

    def restamp(self, policies: Policies) -> None:
        """Say anew until when sides are awaited, under other rules."""
        windows = WindowsByDay(policies)
        standing = self._standing[FACTS]
        start = FACTS.key + 2
        for key, row in standing.items():
            fact = bodies.fact(row[_FACT_KIND], row[-1])
            anew = windows.dues(fact)
            if anew != row[start : start + 2]:
                standing[key] = (*row[:start], *anew, *row[start + 2 :])

    def tables(self) -> Iterator[tuple[Table, list[Row]]]:
        """Every folded table with its rows."""
        yield from self._added.items()
        for of in VERSIONED:
            yield of.table, [*self._past[of], *self._standing[of].values()]
        yield deeds.deed_rows, list(self._deeds.values())
        for each, held in self._replaced.items():
            for place, table in enumerate(each.tables):
                yield table, [row for drawn in held.values() for row in drawn[place]]

    def bodies_of(self, versioned: Versioned) -> list[bytes]:
        """The bodies of the standing rows of a table, in the order of their keys."""
        standing = self._standing[versioned]
        return [standing[key][-1] for key in sorted(standing)]

    def dues(self, papers: Sequence[Document], shelf: Shelf) -> tuple[list[Row], list[Row]]:
        """What is due of each matter that is not closed, and the days that all had to keep."""
        days = self._standing[meetings.MEETING_DAYS].values()
        held = sorted(map(meetings.day_of, days), key=lambda day: (day.on, day.meeting))
        time = courses.timing_of(papers, shelf, tuple(held))
        standing = self._standing[courses.COURSES].values()
        found = (courses.due_row(row, time) for row in standing)
        kept = [each for row in standing for each in courses.kept_rows(row, time)]
        return [row for row in found if row is not None], kept

    def people(self, who: Sequence[str] | None) -> list[Person]:
        """These people, or all."""
        standing = self._standing[roster.PEOPLE]
        keys = list(standing) if who is None else [(self.ledger, each) for each in who]
        return [bodies.person(standing[key][-1]) for key in keys if key in standing]

    def facts(
        self,
        subjects: Sequence[str],
        first: date,
        last: date,
        kinds: Collection[str] | None = None,
    ) -> Mapping[str, list[Fact[Any]]]:
        """Their facts within days, of some kinds or of all. To be asked once everything is folded."""
        if not self._of_subject:
            for row in self._standing[FACTS].values():
                self._of_subject.setdefault(row[_FACT_SUBJECT], []).append(row)
        low, high = first.toordinal(), last.toordinal()
        return {
            subject: [
                bodies.fact(row[_FACT_KIND], row[-1])
                for row in self._of_subject.get(subject, ())
                if row[_FACT_ON] <= high
                and row[_FACT_UNTIL] >= low
                and (kinds is None or row[_FACT_KIND] in kinds)
            ]
            for subject in subjects
        }

    def units(self) -> list[Unit]:
        """All units."""
        return [bodies.unit(row[-1]) for row in self._standing[roster.UNITS].values()]

    def bonds(
        self, units: Collection[UnitId], first: date, last: date
    ) -> Mapping[UnitId, Sequence[roster.BondIn]]:
        """Whoever was bound to one of these units at any time between two days."""
        found: dict[UnitId, list[roster.BondIn]] = {unit: [] for unit in units}
        standing = self._standing[roster.BONDS]
        for key in sorted(standing):
            unit, bond = roster.bond_in(standing[key])
            if unit in found and bond is not None and bond.since <= last and first <= bond.until:
                found[unit].append(bond)
        return found

    def _state(self, stream: str) -> State | None:
        _, _, name = stream.partition("/")
        match root_of(stream):
            case Root.LEDGER:
                return None
            case Root.MEMBER:
                row = self._standing[roster.PEOPLE].get((self.ledger, name))
                return None if row is None else bodies.person(row[-1])
            case Root.UNIT:
                row = self._standing[roster.UNITS].get((self.ledger, name))
                return None if row is None else bodies.unit(row[-1])
            case root if root in PAPERS:
                key = (self.ledger, root.value, name)
                row = self._standing[DOCUMENTS].get(key)
                return None if row is None else bodies.document(row[-1])
            case Root.MEETING:
                row = self._row_of(MEETINGS, name)
                return None if row is None else bodies.meeting(row[2], row[-1])
            case Root.POSTING:
                row = self._row_of(POSTINGS, name)
                return None if row is None else bodies.posting(row[-1])
            case Root.INVITATION:
                row = self._row_of(QUARTERS, name)
                return None if row is None else bodies.quarter(row[-1])
            case Root.SUPPORT:
                row = self._row_of(SUPPORTS, name)
                return None if row is None else bodies.support(row[-1])
            case Root.DISPUTE:
                row = self._standing[DISPUTES].get((self.ledger, name))
                return None if row is None else bodies.dispute(row[-1])
            case _:
                row = self._deeds.get(stream)
                return None if row is None else bodies.deed(row[_KIND], row[-1])

    def _row_of(self, replaced: Replaced, name: str) -> Row | None:
        """The one row of a stream that has one."""
        drawn = self._replaced[replaced].get(name)
        return None if drawn is None else drawn[0][0]
