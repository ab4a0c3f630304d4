"""The roster as of now, whole: every person, unit and pairing that a decision may look at."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from domain.member import Bond, Person
from domain.people import PersonId, UnitId
from domain.unit import Side, Unit

BOND_OF_SIDE = {Side.SECTOR: Bond.SECTOR, Side.STUDIO: Bond.STUDIO}


@dataclass(frozen=True, slots=True, kw_only=True)
class Roster:
    """Who and what there is. Every question is asked of a day."""

    people: Mapping[PersonId, Person] = field(default_factory=dict)
    units: Mapping[UnitId, Unit] = field(default_factory=dict)

    def member_on(self, person: PersonId, day: date) -> bool:
        """Whether that person is a member of the committee on that day."""
        found = self.people.get(person)
        return found is not None and found.member_on(day)

    def home(self, person: PersonId, side: Side, day: date) -> UnitId | None:
        """The unit that answers for him on that side, as of the day of the deed: deeds stay with it after a transfer."""
        found = self.people.get(person)
        return None if found is None else found.bound_to(BOND_OF_SIDE[side], day)

    def answering(self, unit: UnitId | None, today: date) -> tuple[UnitId, tuple[PersonId, ...]]:
        """Who answers for a unit today, and in the name of which unit: the queue never orphans.

        A unit without an active head falls to the special committee that links it, then to its parent,
        then to the member affairs committee or liaison centre.
        """
        for candidate in self.stand_ins(unit):
            heads = self.units[candidate].answering_on(today)
            if heads:
                return candidate, heads
        return (unit or UnitId("")), ()

    def stand_ins(self, unit: UnitId | None) -> list[UnitId]:
        """The unit itself and those that stand in for it, nearest first."""
        chain: list[UnitId] = []
        found = None if unit is None else self.units.get(unit)
        if unit is not None and found is not None:
            chain = [unit]
            for other in (found.profile.linked_by, found.profile.parent):
                if other is not None and other in self.units and other not in chain:
                    chain.append(other)
        last = [u.unit for u in self.units.values() if u.profile.member_affairs]
        return chain + [u for u in sorted(last) if u not in chain]

    def answered_by(self, unit: UnitId, today: date) -> frozenset[UnitId]:
        """The units whose queue lies with this one today: its own, and those whose head is missing."""
        return frozenset(u for u in self.units if self.answering(u, today)[0] == unit)
