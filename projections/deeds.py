"""The list of what was done and recorded, newest first, and one record with its lines and both sides' stamps."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection

from domain.attestation import Attested, Policy
from domain.deed import Deed
from domain.fact import Fact, RecordClass, SubjectId
from domain.finding import Found
from domain.pairing import Bound
from domain.people import PersonId, UnitId
from domain.words import Choice
from projections.paging import Key, Page


class DeedState(Choice):
    """What a list of records can be narrowed to."""

    WAITING = "waiting", "待确认", "a side is awaited"
    RETURNED = "returned", "核实中", "returned for checking"
    LATE = "late", "逾期登记", "recorded late"
    WITHDRAWN = "withdrawn", "已撤回", "withdrawn"
    LINKED = "linked", "已关联同一履职", "linked to another record"


@dataclass(frozen=True, slots=True, kw_only=True)
class DeedSummary:
    """A record as a list shows it. `version` is its ETag, `lines` the people named, `gone` why it was withdrawn."""

    stream: str
    kind: str
    on: date
    title: str
    organiser: UnitId | None
    record: RecordClass
    recorded_by: PersonId
    recorder: UnitId | None
    recorded_at: datetime
    recorded_on: date
    position: int
    last_position: int
    version: int
    gone: str
    same_as: str
    key: bool
    lines: int
    returned: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Answering:
    """The unit whose side it is on the day of the deed, and who answers for it today, in the name of which unit."""

    home: UnitId | None
    unit: UnitId
    people: tuple[PersonId, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class DeedLine:
    """One subject's line: what is said of it, what its stamps come to today, and who answers where a side is awaited."""

    subject: SubjectId
    name: str
    fact: Fact[Any]
    attested: Attested
    sector: Answering
    studio: Answering


@dataclass(frozen=True, slots=True, kw_only=True)
class DeedPage:
    """One record whole: its state, its lines, and the records linked to it as the same deed."""

    summary: DeedSummary
    state: Deed[Any] | Bound | Found
    lines: tuple[DeedLine, ...]
    same: tuple[DeedSummary, ...]


def deeds(
    connection: Connection,
    ledger: str,
    *,
    today: date,
    kind: str | None = None,
    subject: SubjectId | None = None,
    organiser: UnitId | None = None,
    sector: UnitId | None = None,
    studio: UnitId | None = None,
    first: date | None = None,
    last: date | None = None,
    state: DeedState | None = None,
    recorder: UnitId | None = None,
    recorded_by: PersonId | None = None,
    text: str = "",
    after: Key | None = None,
    limit: int = 50,
) -> Page[DeedSummary]:
    """Records, newest day first. Withdrawn ones are shown only where `state` asks for them."""
    raise NotImplementedError


def deed(
    connection: Connection, ledger: str, stream: str, *, today: date, policy: Policy
) -> DeedPage | None:
    """One record as it stands today."""
    raise NotImplementedError
