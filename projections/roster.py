"""People and units: who belongs where on a day, who heads what, and who has no side to answer for him."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection

from domain.member import MemberRole, Person, Standing
from domain.people import PersonId, UnitId
from domain.unit import Side, Unit, UnitKind
from projections.paging import Key, Page


@dataclass(frozen=True, slots=True, kw_only=True)
class RosterLine:
    """A person as the roster shows him on a day; `version` is the ETag of his stream."""

    person: PersonId
    name: str
    number: str
    standing: Standing
    member: bool
    exempt: bool
    sector: UnitId | None
    studio: UnitId | None
    committees: tuple[UnitId, ...]
    roles: tuple[MemberRole, ...]
    version: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonPage:
    """Everything said of a person; `position` is where it was last changed, `version` the ETag of his stream."""

    person: Person
    line: RosterLine
    version: int
    position: int


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitLine:
    """A unit as a list shows it."""

    unit: UnitId
    name: str
    kind: UnitKind
    side: Side
    open: bool
    version: int


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitPage:
    """Everything said of a unit; `heads` answer for it on the day, else `answering` does, in whose name its queue lies."""

    unit: Unit
    line: UnitLine
    heads: tuple[PersonId, ...]
    answering: UnitId
    answering_people: tuple[PersonId, ...]
    members: int
    version: int
    position: int


def people(
    connection: Connection,
    ledger: str,
    *,
    day: date,
    position: int | None = None,
    standing: Standing | None = None,
    sector: UnitId | None = None,
    studio: UnitId | None = None,
    unit: UnitId | None = None,
    without: Side | None = None,
    members_only: bool = False,
    text: str = "",
    after: Key | None = None,
    limit: int = 50,
) -> Page[RosterLine]:
    """The roster on a day, by name: of a sector, a studio or any unit; `without` finds members who lack that side."""
    raise NotImplementedError


def person(
    connection: Connection, ledger: str, person: PersonId, *, day: date, position: int | None = None
) -> PersonPage | None:
    """One person."""
    raise NotImplementedError


def units(
    connection: Connection,
    ledger: str,
    *,
    day: date,
    position: int | None = None,
    kind: UnitKind | None = None,
    side: Side | None = None,
    parent: UnitId | None = None,
    text: str = "",
    open_only: bool = False,
    after: Key | None = None,
    limit: int = 50,
) -> Page[UnitLine]:
    """Units by name."""
    raise NotImplementedError


def unit(
    connection: Connection, ledger: str, unit: UnitId, *, day: date, position: int | None = None
) -> UnitPage | None:
    """One unit, with who answers for it on the day."""
    raise NotImplementedError


def names(
    connection: Connection,
    ledger: str,
    *,
    people: tuple[PersonId, ...] = (),
    units: tuple[UnitId, ...] = (),
) -> dict[str, str]:
    """The present names of these people and units, by `member/ID` and `unit/ID`."""
    raise NotImplementedError
