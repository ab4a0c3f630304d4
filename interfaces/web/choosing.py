"""People and units to choose from on forms: whom a name means, and what tells people of one name apart."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from sqlalchemy import Connection

from domain.fact import Attendance, Authorship, Capacity, Part, Spoke
from domain.member import Standing
from domain.people import PersonId, Reason, Refused, UnitId
from domain.unit import Unit, UnitKind
from projections import deeds, roster
from projections.deeds import DeedSummary
from projections.paging import MOST
from projections.roster import RosterLine

MOST_FOUND = 20
_BETWEEN = re.compile(r"[\s,,、;;]+")
CAPACITY_OF: Mapping[Standing, Capacity] = {
    Standing.GUEST: Capacity.HIGHER_MEMBER,
    Standing.STAFF: Capacity.STAFF,
    Standing.OTHER: Capacity.INVITED,
    Standing.MEMBER: Capacity.ATTENDS,
}
"""In which capacity somebody is somewhere, where nothing else is said."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonRow:
    """Somebody who can be chosen, and as what he is where he is chosen."""

    person: PersonId
    name: str
    number: str
    where: str
    standing: Standing
    chosen: bool = False
    namesake: bool = False
    capacity: Capacity = Capacity.ATTENDS
    part: Part = Part.TAKES_PART
    attendance: Attendance = Attendance.PRESENT
    spoke: Spoke = Spoke.NO
    role: Authorship = Authorship.JOINT
    wrong: str = ""


def rows_of(
    connection: Connection, ledger: str, lines: Iterable[RosterLine], known: UnitId | None = None
) -> list[PersonRow]:
    """People of the roster as rows to choose from; who shares his name with another is marked.

    A unit that is `known` anyway is said of namesakes alone.
    """
    found = list(lines)
    units = {unit for line in found for unit in (line.sector, line.studio) if unit is not None}
    names = roster.names(connection, ledger, units=units)
    times: dict[str, int] = {}
    for line in found:
        times[line.name] = times.get(line.name, 0) + 1
    return [
        PersonRow(
            person=line.person,
            name=line.name,
            number=line.number,
            where=" · ".join(
                names.get(f"unit/{unit}", "")
                for unit in (line.sector, line.studio)
                if unit and (unit != known or times[line.name] > 1)
            ),
            standing=line.standing,
            namesake=times[line.name] > 1,
            capacity=CAPACITY_OF[line.standing],
        )
        for line in found
    ]


def of_unit(connection: Connection, ledger: str, unit: UnitId, day: date) -> list[PersonRow]:
    """Those who are bound to a unit on a day, by name; members whose term is over are left out."""
    page = roster.people(connection, ledger, day=day, unit=unit, limit=MOST)
    there = [row for row in page.rows if row.member or row.standing is not Standing.MEMBER]
    return rows_of(connection, ledger, there, unit)


def some(
    connection: Connection, ledger: str, who: Sequence[PersonId], day: date
) -> list[PersonRow]:
    """These people, in this order; who is not on the roster is left out."""
    known = roster.persons(connection, ledger, who)
    lines = [roster.roster_line(known[each], 0, day) for each in who if each in known]
    return rows_of(connection, ledger, lines)


def looked_for(connection: Connection, ledger: str, text: str, day: date) -> list[PersonRow]:
    """Those whose name holds this, or whose number it is."""
    if not text:
        return []
    page = roster.people(connection, ledger, day=day, text=text, limit=MOST_FOUND)
    return rows_of(connection, ledger, page.rows)


def names_in(said: str) -> list[str]:
    """The names or numbers that somebody typed one after another, each once."""
    return list(dict.fromkeys(filter(None, _BETWEEN.split(said))))


def called(
    connection: Connection,
    ledger: str,
    said: str,
    day: date,
    field: str,
    *,
    first: UnitId | None = None,
) -> list[PersonRow]:
    """Those whom names, numbers or ids mean that somebody typed one after another; refuses all that nobody has, and a name that several have, those of the unit `first` before others."""
    found: list[PersonRow] = []
    refused: list[Refused] = []
    several: list[Refused] = []
    for name in names_in(said):
        by_id = some(connection, ledger, [PersonId(name)], day)
        alike = by_id or [
            row
            for row in looked_for(connection, ledger, name, day)
            if name in {row.name, row.number}
        ]
        if not alike:
            refused.append(Refused(Reason.NO_SUCH_PERSON, field, name))
        elif len(alike) > 1:
            if first is not None:
                who = [row.person for row in alike]
                theirs = roster.bound_among(connection, ledger, who, first, day=day)
                alike = sorted(alike, key=lambda row: row.person not in theirs)
            others = tuple(
                Refused(Reason.AMBIGUOUS_NAME, row.person, f"{row.name} {row.number} {row.where}")
                for row in alike
            )
            several.append(Refused(Reason.AMBIGUOUS_NAME, field, name, others))
        found.extend(alike)
    refused += several[:1]
    if refused:
        raise refused[0] if len(refused) == 1 else replace(refused[0], others=tuple(refused[1:]))
    return found


def one_called(connection: Connection, ledger: str, said: str, day: date, field: str) -> PersonRow:
    """The one whom a name, a number or an id means; refuses what names nobody, and more than one."""
    found = called(connection, ledger, said, day, field)
    if len(found) != 1:
        raise Refused(Reason.NAME_ONE if found else Reason.NO_SUCH_PERSON, field, said[:40])
    return found[0]


def typed(connection: Connection, ledger: str, person: str, day: date) -> str:
    """What somebody would type to mean this person: his number, or his name; nothing for nobody."""
    found = some(connection, ledger, [PersonId(person)], day)
    return (found[0].number or found[0].name) if found else ""


def records(
    connection: Connection,
    ledger: str,
    today: date,
    stream: str,
    text: str,
    *,
    kind: str | None = None,
    last: date | None = None,
) -> list[DeedSummary]:
    """The newest other occasions and matters with a text in their title, of a kind or any, until a day."""
    found = deeds.deeds(
        connection,
        ledger,
        today=today,
        kind=kind,
        text=text,
        findings=False,
        last=last,
        limit=MOST_FOUND + 1,
    )
    others = [
        each
        for each in found.rows
        if each.stream != stream and each.stream.startswith(("occasion/", "matter/"))
    ]
    return others[:MOST_FOUND]


@dataclass(frozen=True, slots=True)
class Units:
    """The units of a ledger, to choose from and to be called."""

    all: Mapping[UnitId, Unit]

    def name(self, unit: UnitId | None) -> str:
        """What a unit is called; nothing for none."""
        if unit is None:
            return ""
        found = self.all.get(unit)
        return unit if found is None else found.profile.name

    def open_on(self, day: date) -> list[Unit]:
        """Those that were open on a day, by name."""
        found = [unit for unit in self.all.values() if unit.open_on(day)]
        return sorted(found, key=lambda unit: unit.profile.name)

    def villages_of(self, unit: UnitId | None, day: date) -> list[Unit]:
        """The villages of the township that a unit is of; all of them for a unit of none."""
        villages = [u for u in self.open_on(day) if u.profile.kind is UnitKind.VILLAGE]
        home = self.all.get(unit) if unit is not None else None
        if home is None:
            return villages
        township = home.unit if home.profile.kind is UnitKind.TOWNSHIP else home.profile.township
        own = [u for u in villages if u.profile.township == township]
        return own if township is not None and own else villages

    def called(self, said: str, field: str) -> UnitId:
        """The unit of that id, exact name or short name."""
        if UnitId(said) in self.all:
            return UnitId(said)
        found = [u for u in self.all.values() if said in {u.profile.name, u.profile.short}]
        if not found:
            raise Refused(Reason.NO_SUCH_UNIT, field, said)
        if len(found) > 1:
            raise Refused(Reason.AMBIGUOUS_NAME, field, said)
        return found[0].unit


def units(connection: Connection, ledger: str) -> Units:
    """All units of a ledger."""
    return Units(roster.all_units(connection, ledger))


def merged(rows: Iterable[PersonRow], more: Iterable[PersonRow]) -> list[PersonRow]:
    """The rows with some more, each person once, chosen where either is."""
    found = {row.person: row for row in rows}
    for row in more:
        before = found.get(row.person)
        found[row.person] = row if before is None or row.chosen else before
    return list(found.values())


def chosen(row: PersonRow) -> PersonRow:
    """The same, chosen."""
    return replace(row, chosen=True)
