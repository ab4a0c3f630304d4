"""The roster as of now, whole: every person, unit and pairing that a decision may look at."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from domain.member import Bond, Person
from domain.people import PersonId, UnitId
from domain.unit import Side, Unit, UnitKind

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

    def bound(self, person: PersonId, unit: UnitId, day: date) -> bool:
        """Whether he has any bond to a unit on that day."""
        found = self.people.get(person)
        return found is not None and any(m.unit == unit and m.on(day) for m in found.memberships)

    def exempt_on(self, person: PersonId, day: date) -> bool:
        """Whether no duties are asked of somebody on that day."""
        found = self.people.get(person)
        return found is not None and found.exempt_on(day)

    def answering(
        self,
        unit: UnitId | None,
        today: date,
        *,
        other_than: PersonId | None = None,
        at_last: Sequence[UnitId] | None = None,
    ) -> tuple[UnitId, tuple[PersonId, ...]]:
        """Who answers for a unit today, and in the name of which unit; nobody for his own lines: `other_than` is whose they are.

        The queue never orphans: where nobody answers it lies with the last of those who stand in, for the office to decide. Who
        asks of many units says who stands in `at_last`, so that it is looked for once.
        """
        last = unit or UnitId("")
        for candidate in self.stand_ins(unit, at_last):
            found = self.units[candidate]
            heads = tuple(head for head in found.answering_on(today) if head != other_than)
            if heads:
                return candidate, heads
            if found.open_on(today):
                last = candidate
        return last, ()

    def stand_ins(
        self, unit: UnitId | None, at_last: Sequence[UnitId] | None = None
    ) -> Iterator[UnitId]:
        """The unit itself and those that stand in for it, nearest first.

        They are the special committee that links it, its parent, the member affairs committee, the liaison centre
        and at the end the committee itself. Most queues lie with the unit: the others are looked for when asked for.
        """
        chain: list[UnitId] = []
        found = None if unit is None else self.units.get(unit)
        if found is not None:
            for near in (found.unit, found.profile.linked_by, found.profile.parent):
                if near is not None and near in self.units and near not in chain:
                    chain.append(near)
                    yield near
        rest = self.at_last() if at_last is None else at_last
        yield from (each for each in rest if each not in chain)

    def at_last(self) -> tuple[UnitId, ...]:
        """The units that stand in for every other, nearest first."""
        found = sorted(
            (order, each.unit)
            for each in self.units.values()
            if (order := _stands_in_at_last(each)) is not None
        )
        return tuple(unit for _, unit in found)

    def answered_by(self, unit: UnitId, today: date) -> frozenset[UnitId]:
        """The units whose queue lies with this one today: its own, and those whose head is missing."""
        last = self.at_last()
        return frozenset(u for u in self.units if self.answering(u, today, at_last=last)[0] == unit)


def _stands_in_at_last(unit: Unit) -> int | None:
    """The place of a unit among those that stand in for every other, if it is one."""
    if unit.profile.member_affairs:
        return 0
    match unit.profile.kind:
        case UnitKind.LIAISON_CENTRE:
            return 1
        case UnitKind.COMMITTEE:
            return 2
        case _:
            return None
