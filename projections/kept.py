"""What a live reader keeps in memory between batches, so that an event costs no reading of what it was made from."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import Connection

from domain.document import Document
from domain.fact import Fact, SubjectId
from domain.member import Person
from domain.people import PersonId, UnitId
from domain.unit import Unit
from projections import bodies, documents, facts, roster
from projections.documents import Shelf
from projections.facts import FACTS
from projections.fold import Changes

MOST = 50_000
"""Facts that are kept, each of about a kilobyte."""

_COLUMNS = [column.name for column in FACTS.table.columns]
_DEED, _SUBJECT, _NTH, _KIND = (_COLUMNS.index(n) for n in ("deed", "subject", "nth", "kind"))


class Kept:
    """People, their facts, and documents of one ledger as they stand at a position; read from the database where they are not here.

    Whoever keeps it tells it of every change, and clears it when somebody else may have made one.
    """

    def __init__(self, ledger: str, shelf: Shelf) -> None:
        self.ledger = ledger
        self.shelf = shelf
        self._connection: Connection | None = None
        self._papers: list[Document] | None = None
        self._people: dict[PersonId, Person] = {}
        self._facts: dict[str, dict[tuple[str, int], Fact[Any]]] = {}
        self._kinds: dict[str, frozenset[str]] = {}
        self._number = 0

    def clear(self) -> None:
        """Forget all."""
        self._papers = None
        self._people.clear()
        self._facts.clear()
        self._kinds.clear()
        self._number = 0

    def within(self, connection: Connection) -> Kept:
        """The same, reading what is missing in this transaction."""
        self._connection = connection
        if self._number > MOST:
            self.clear()
        return self

    def papers(self) -> list[Document]:
        """All documents."""
        if self._papers is None:
            self._papers = documents.states(self._reading, self.ledger, self.shelf)
        return self._papers

    def people(self, who: Sequence[str] | None) -> list[Person]:
        """These people, or all."""
        if who is None:
            return list(roster.persons(self._reading, self.ledger).values())
        asked = [PersonId(each) for each in who]
        missing = [each for each in asked if each not in self._people]
        if missing:
            self._people |= roster.persons(self._reading, self.ledger, missing)
        return [self._people[each] for each in asked if each in self._people]

    def facts(
        self,
        subjects: Sequence[str],
        first: date,
        last: date,
        kinds: frozenset[str] | None = None,
    ) -> Mapping[str, list[Fact[Any]]]:
        """Their facts within days, of some kinds or of all; those of other kinds may be among them where they were asked for before."""
        self._load(subjects, kinds)
        low = first.toordinal()
        return {
            subject: [
                fact
                for fact in self._facts[subject].values()
                if fact.on <= last and (first <= fact.on or facts.counted_until(fact) >= low)
            ]
            for subject in subjects
        }

    def units(self) -> list[Unit]:
        """All units; they are few, and asked for where a rubric goes by offices in them or by what is on record of them."""
        return list(roster.all_units(self._reading, self.ledger).values())

    def bonds(
        self, units: Collection[UnitId], first: date, last: date
    ) -> Mapping[UnitId, Sequence[roster.BondIn]]:
        """Whoever was bound to one of these units at any time between two days."""
        return roster.bonds_in(self._reading, self.ledger, units, first, last, None)

    def changed(self, changes: Changes) -> None:
        """Take in what has just been stored."""
        if changes.documents.standing:
            self._papers = None
        for _, person in changes.people.standing:
            self._people.pop(person, None)
        for _, _, deed, subject, nth in changes.facts.ended:
            known = self._facts.get(subject)
            if known is not None and known.pop((deed, nth), None) is not None:
                self._number -= 1
        for row in changes.facts.standing.values():
            known = self._facts.get(row[_SUBJECT])
            if known is not None and self._keeps(row[_SUBJECT], row[_KIND]):
                self._number += (row[_DEED], row[_NTH]) not in known
                known[row[_DEED], row[_NTH]] = bodies.fact(row[_KIND], row[-1])

    def _keeps(self, subject: str, kind: str) -> bool:
        """Whether facts of a kind are kept of a subject of which any are: those of all kinds, where nobody asked for some alone."""
        kinds = self._kinds.get(subject)
        return kinds is None or kind in kinds

    def _load(self, subjects: Sequence[str], kinds: frozenset[str] | None) -> None:
        missing = [SubjectId(each) for each in subjects if self._lacks(each, kinds)]
        if not missing:
            return
        found = facts.keyed_facts(self._reading, self.ledger, missing, kinds)
        for subject, of in found.items():
            self._number += len(of) - len(self._facts.get(subject, ()))
            self._facts[subject] = of
            if kinds is None:
                self._kinds.pop(subject, None)
            else:
                self._kinds[subject] = kinds

    def _lacks(self, subject: str, kinds: frozenset[str] | None) -> bool:
        """Whether some of these kinds, or of all, are not kept of a subject."""
        if subject not in self._facts:
            return True
        known = self._kinds.get(subject)
        return known is not None and (kinds is None or not kinds <= known)

    @property
    def _reading(self) -> Connection:
        if self._connection is None:
            raise RuntimeError("not within a transaction")
        return self._connection
