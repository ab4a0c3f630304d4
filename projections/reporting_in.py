"""Reporting in (下沉报到): which step members have taken in each township, how many are there on two days, by which tie, and which villages have nobody."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection

from domain.member import Bond, Membership, Person, Placement, ReportIn, Tie
from domain.people import PersonId, UnitId
from domain.unit import Side, Unit, UnitKind
from projections import as_of, roster
from projections.documents import Shelf
from projections.paging import Key, Page, checked_limit, page_of

MOST_NAMED = 30
"""Members of a village that are named; how many there are is told however many they are."""
_THERE = frozenset({Bond.STUDIO, Bond.TOWNSHIP, Bond.ROOM})
"""The bonds by which a member belongs to a township."""
_IN = frozenset({ReportIn.REPORTED, ReportIn.ACTIVE})
"""The steps by which he has reported in."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StepCount:
    """Members of whom this is the newest step of reporting in, and those who have taken it at any time."""

    step: ReportIn
    newest: int
    taken: int


@dataclass(frozen=True, slots=True, kw_only=True)
class BasisCount:
    """Members who are there by this tie; none where nobody has said by which."""

    basis: Tie | None
    members: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaceLine:
    """A township: steps of reporting in, members on the two days and the difference, villages and those of them that have a member.

    A unit that is in no township, such as a studio by itself, has a line of its own.
    """

    unit: UnitId
    name: str
    steps: tuple[StepCount, ...]
    before: int
    now: int
    change: int
    villages: int
    covered: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportedIn:
    """A page of townships with the figures of all of them. `now` counts each member once; `nowhere` are the members who are in no township.

    Steps are counted where they were taken: who moved has some in two townships.
    """

    page: Page[PlaceLine]
    steps: tuple[StepCount, ...]
    bases: tuple[BasisCount, ...]
    before: int
    now: int
    nowhere: int
    villages: int
    covered: int


@dataclass(frozen=True, slots=True, kw_only=True)
class VillageMember:
    """A member of a village's room: by which tie, and since when."""

    person: PersonId
    name: str
    basis: Tie | None
    since: date


@dataclass(frozen=True, slots=True, kw_only=True)
class VillageLine:
    """A village, its township, how many members it has, and who they are as far as a line has room."""

    village: UnitId
    name: str
    township: UnitId | None
    township_name: str
    number: int
    members: tuple[VillageMember, ...]


def reported_in(
    connection: Connection,
    ledger: str,
    shelf: Shelf,
    *,
    day: date,
    before: date,
    position: int | None = None,
    after: Key | None = None,
    limit: int = 50,
) -> ReportedIn:
    """The townships by name, with members of a day beside those of a day before.

    A member is in a township who is bound to it, to its studio or to a room in it, or has reported in and not withdrawn; to two of them, in both.
    """
    checked_limit(limit)
    whole = _Whole.of(connection, ledger, shelf, position)
    places = whole.places(day)
    rest = [each for each in places if after is None or each > tuple(after)]
    page = page_of(rest[: limit + 1], limit, lambda each: each)
    then, there = whole.there(before), whole.there(day)
    newest, taken = whole.steps(day)
    villages = whole.villages(day)
    theirs = whole.of_villages(day)
    covered = {each for each in villages if theirs[each]}
    in_place: dict[UnitId, list[UnitId]] = {}
    for village, unit in villages.items():
        in_place.setdefault(whole.place(unit), []).append(village)
    everybody = whole.members(day)
    once = {person for some in there.values() for person in some}
    bases = Counter(
        basis
        for person, some in _by_person(there).items()
        for basis in {whole.basis(person, place, day) for place in some}
    )

    def line(name: str, unit: UnitId) -> PlaceLine:
        own = in_place.get(unit, [])
        was, now = len(then.get(unit, ())), len(there.get(unit, ()))
        return PlaceLine(
            unit=unit,
            name=name,
            steps=_counts(newest.get(unit, Counter()), taken.get(unit, Counter())),
            before=was,
            now=now,
            change=now - was,
            villages=len(own),
            covered=sum(village in covered for village in own),
        )

    return ReportedIn(
        page=Page(rows=tuple(line(name, unit) for name, unit in page.rows), after=page.after),
        steps=_counts(sum(newest.values(), Counter()), sum(taken.values(), Counter())),
        bases=tuple(
            BasisCount(basis=tie, members=bases[tie]) for tie in (*Tie, None) if bases[tie]
        ),
        before=len({person for some in then.values() for person in some}),
        now=len(once),
        nowhere=len(everybody - once),
        villages=len(villages),
        covered=len(covered),
    )


def villages(
    connection: Connection,
    ledger: str,
    shelf: Shelf,
    *,
    day: date,
    township: UnitId | None = None,
    without: bool = False,
    position: int | None = None,
    after: Key | None = None,
    limit: int = 50,
) -> Page[VillageLine]:
    """The villages of a day by township and name, with their members; of a township, or only those `without` any.

    A member is in a village who is bound to its room, or reported in naming it or its room and has not withdrawn.
    """
    checked_limit(limit)
    whole = _Whole.of(connection, ledger, shelf, position)
    theirs = whole.of_villages(day)

    def key(village: UnitId) -> tuple[str, str, str]:
        unit = whole.units[village]
        return (whole.township_name(unit), unit.profile.name, village)

    fit = sorted(
        key(village)
        for village, unit in whole.villages(day).items()
        if township in {None, whole.place(unit)} and not (without and theirs[village])
    )
    rest = [each for each in fit if after is None or each > tuple(after)]
    page = page_of(rest[: limit + 1], limit, lambda each: each)
    return Page(
        rows=tuple(
            VillageLine(
                village=UnitId(village),
                name=name,
                township=roster.township_of(whole.units[UnitId(village)], whole.units),
                township_name=township_name,
                number=len(theirs[UnitId(village)]),
                members=tuple(theirs[UnitId(village)][:MOST_NAMED]),
            )
            for township_name, name, village in page.rows
        ),
        after=page.after,
    )


def with_members(
    connection: Connection, ledger: str, shelf: Shelf, *, day: date
) -> frozenset[UnitId]:
    """The townships that have a member on a day, and the units in no township that do."""
    return frozenset(_Whole.of(connection, ledger, shelf, None).there(day))


def _counts(newest: Counter[ReportIn], taken: Counter[ReportIn]) -> tuple[StepCount, ...]:
    return tuple(StepCount(step=step, newest=newest[step], taken=taken[step]) for step in ReportIn)


def _by_person(there: Mapping[UnitId, Iterable[PersonId]]) -> dict[PersonId, list[UnitId]]:
    found: dict[PersonId, list[UnitId]] = {}
    for place, people in there.items():
        for person in people:
            found.setdefault(person, []).append(place)
    return found


@dataclass(frozen=True, slots=True)
class _Whole:
    """The roster with the place of each unit: a township, or the unit itself where it is in none."""

    people: Mapping[PersonId, Person]
    units: Mapping[UnitId, Unit]

    @classmethod
    def of(cls, connection: Connection, ledger: str, shelf: Shelf, position: int | None) -> _Whole:
        """As known at a position, or now; what was read of one position is read once."""
        stands = as_of.position_now(connection, ledger) if position is None else position
        return shelf.answer(
            ("reported-in", ledger, stands),
            lambda: cls(
                roster.persons(connection, ledger, position=position),
                roster.all_units(connection, ledger, position),
            ),
        )

    def place(self, unit: Unit) -> UnitId:
        return roster.township_of(unit, self.units) or unit.unit

    def township_name(self, unit: Unit) -> str:
        township = self.units.get(self.place(unit))
        in_none = township is None or township.unit == unit.unit
        return "" if in_none or township is None else township.profile.name

    def _place_of(self, unit: UnitId) -> UnitId:
        return self.place(self.units[unit]) if unit in self.units else unit

    def places(self, day: date) -> list[tuple[str, UnitId]]:
        """The townships of a day, and whatever else members are in, by name."""
        used = {*self.there(day), *self.steps(day)[0]}
        return sorted(
            (unit.profile.name, unit.unit)
            for unit in self.units.values()
            if (unit.profile.kind is UnitKind.TOWNSHIP and unit.open_on(day))
            or (unit.unit in used and unit.side is Side.STUDIO)
        )

    def members(self, day: date) -> set[PersonId]:
        return {each.person for each in self.people.values() if each.member_on(day)}

    def there(self, day: date) -> dict[UnitId, set[PersonId]]:
        """Who is in each place on a day."""
        found: dict[UnitId, set[PersonId]] = {}
        for person in self.people.values():
            if not person.member_on(day):
                continue
            bound = {self._place_of(each.unit) for each in _bonds(person, day)}
            newest = self._newest(person, day)
            reported = {place for place, step in newest.items() if step.step in _IN}
            for place in bound | reported:
                found.setdefault(place, set()).add(person.person)
        return found

    def steps(self, day: date) -> tuple[dict[UnitId, Counter[ReportIn]], ...]:
        """Of members of a day and each place: how many are at each step, and how many have taken it."""
        newest: dict[UnitId, Counter[ReportIn]] = {}
        taken: dict[UnitId, Counter[ReportIn]] = {}
        for person in self.people.values():
            if not person.member_on(day):
                continue
            for place, step in self._newest(person, day).items():
                newest.setdefault(place, Counter())[step.step] += 1
            for place, which in {(place, step.step) for place, step in self._taken(person, day)}:
                taken.setdefault(place, Counter())[which] += 1
        return newest, taken

    def basis(self, who: PersonId, place: UnitId, day: date) -> Tie | None:
        """By which tie somebody is in a place: as his newest step there says, else as his bond does."""
        person = self.people[who]
        steps = [step.basis for at, step in self._taken(person, day) if at == place and step.basis]
        bonds = [
            each.basis
            for each in _bonds(person, day)
            if each.basis and self._place_of(each.unit) == place
        ]
        return next(iter((*reversed(steps), *bonds)), None)

    def villages(self, day: date) -> dict[UnitId, Unit]:
        return {
            unit.unit: unit
            for unit in self.units.values()
            if unit.profile.kind is UnitKind.VILLAGE and unit.open_on(day)
        }

    def of_villages(self, day: date) -> dict[UnitId, list[VillageMember]]:
        """Who is in each village on a day, by name."""
        found: dict[UnitId, dict[PersonId, VillageMember]] = {v: {} for v in self.villages(day)}
        for person in self.people.values():
            if not person.member_on(day):
                continue
            for room, basis, since in self._rooms(person, day):
                unit = self.units.get(room)
                village = room if unit is None or room in found else unit.profile.parent
                if village in found:
                    found[village].setdefault(
                        person.person,
                        VillageMember(
                            person=person.person,
                            name=person.profile.name,
                            basis=basis,
                            since=since,
                        ),
                    )
        return {
            village: sorted(members.values(), key=lambda each: (each.name, each.person))
            for village, members in found.items()
        }

    def _rooms(self, person: Person, day: date) -> Iterator[tuple[UnitId, Tie | None, date]]:
        for bond in _bonds(person, day):
            if bond.bond is Bond.ROOM:
                yield bond.unit, bond.basis, bond.since
        named: dict[UnitId, tuple[UnitId, Tie | None, date]] = {}
        for place, step in self._taken(person, day):
            if step.step is ReportIn.WITHDRAWN:
                named.pop(place, None)
            elif step.room is not None:
                named[place] = (step.room, step.basis, step.on)
        yield from named.values()

    def _taken(self, person: Person, day: date) -> list[tuple[UnitId, Placement]]:
        """The steps that somebody had taken by a day, in order, each with its place."""
        steps = sorted(
            (step for step in person.placements if step.on <= day), key=lambda each: each.on
        )
        return [(self._place_of(step.township), step) for step in steps]

    def _newest(self, person: Person, day: date) -> dict[UnitId, Placement]:
        return dict(self._taken(person, day))


def _bonds(person: Person, day: date) -> Sequence[Membership]:
    return [each for each in person.memberships if each.bond in _THERE and each.on(day)]
