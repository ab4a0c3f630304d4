"""The record of dual management: of a member, both links and what each side has seen; of a unit, how it records and answers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection

from domain.attestation import Policy
from domain.fact import SubjectId
from domain.people import PersonId, UnitId
from domain.unit import Side


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """A bond to one side, from and to."""

    side: Side
    unit: UnitId
    name: str
    since: date
    until: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """Two records of one deed and what they differ in."""

    deed: str
    same_as: str
    differences: tuple[PairDifference, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PairDifference:
    """A field in which two records of one deed differ: `on`, `part` or `half_days`; the organiser's record settles it."""

    field: str
    here: str
    there: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MemberRecord:
    """A member's dual-management record. `by_state` counts lines by side and state, `by_record` deeds by who recorded.

    `only_township` and `only_sector` are kinds that one side alone has recorded; `missing` says since when a side is lacking.
    """

    person: PersonId
    links: tuple[Link, ...]
    deeds: int
    counting: int
    by_record: tuple[tuple[str, int], ...]
    by_state: tuple[tuple[Side, str, int], ...]
    pairs: tuple[Pair, ...]
    only_township: tuple[str, ...]
    only_sector: tuple[str, ...]
    missing: tuple[tuple[Side, date], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitRecord:
    """A unit's: records made, lines it answered for, days from deed to record, shares, and its members who lack the other side."""

    unit: UnitId
    records: int
    days_to_record_median: int | None
    days_to_record_most: int | None
    late: int
    lines: int
    returned: int
    confirmed: int
    not_objected: int
    awaited: int
    one_side_only: tuple[SubjectId, ...]


def member(
    connection: Connection,
    ledger: str,
    person: PersonId,
    *,
    first: date,
    last: date,
    today: date,
    policy: Policy,
    position: int | None = None,
) -> MemberRecord | None:
    """The record of a member within days; none where there is no such person."""
    raise NotImplementedError


def unit(
    connection: Connection,
    ledger: str,
    unit: UnitId,
    *,
    first: date,
    last: date,
    today: date,
    policy: Policy,
) -> UnitRecord | None:
    """The record of a unit within days; none where there is no such unit."""
    raise NotImplementedError
