"""Facts in versions: what each deed says of each subject, as known at any position."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Collection, Iterable, Sequence
from datetime import date
from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ColumnElement,
    Connection,
    Index,
    Integer,
    LargeBinary,
    Table,
    and_,
    literal_column,
    select,
)

from domain.attestation import (
    Policy,
    is_asked,
    is_awaited,
    side_said,
    vouched_on,
    window_ends,
)
from domain.fact import Attendance, Fact, SubjectId
from domain.kinds import Shape, kind_of
from domain.kinds.findings import MetStandard
from domain.kinds.units import SubmittedDocument, WasInspected
from domain.unit import Side
from projections import bodies
from projections.columns import (
    FOREVER,
    METADATA,
    OPEN,
    Day,
    Row,
    Versioned,
    Word,
    last_day,
    ledger_column,
)
from projections.documents import Policies
from projections.roster import known

fact_versions = Table(
    "facts",
    METADATA,
    ledger_column(),
    Column("deed", Word, primary_key=True),
    Column("subject", Word, primary_key=True),
    Column("nth", Integer, primary_key=True, autoincrement=False),
    Column("from_position", BigInteger, primary_key=True, autoincrement=False),
    Column("to_position", BigInteger, nullable=False),
    Column("sector_due", Day),
    Column("studio_due", Day),
    Column("sector_said", Word),
    Column("studio_said", Word),
    Column("kind", Word, nullable=False),
    Column("on", Day, nullable=False),
    Column("until", Day, nullable=False),
    Column("done", Boolean, nullable=False),
    Column("record", Word, nullable=False),
    Column("body", LargeBinary, nullable=False),
    Index("facts_of_subject", "ledger", "subject", "until"),
    Index("facts_of_kind", "ledger", "kind", "on", "subject"),
)
"""Every version of every fact.

`until` is its day, the last day of a pairing, or the day of the last outcome of a matter. `sector_due` and `studio_due` are the last days on which that side of a
standing version is awaited, none where it is not. `sector_said` and `studio_said` are how that side is shown, as awaited where it is asked and silent, however long;
none where nothing is said of the subject that a side may answer for. `nth` tells apart facts of one subject in one deed. `done` says that the subject did or took part in something on its day, `record` who
recorded the deed.
"""
Index(
    "facts_sector_due",
    fact_versions.c.ledger,
    fact_versions.c.subject,
    fact_versions.c.sector_due,
    sqlite_where=fact_versions.c.sector_due.is_not(None),
    postgresql_where=fact_versions.c.sector_due.is_not(None),
)
Index(
    "facts_studio_due",
    fact_versions.c.ledger,
    fact_versions.c.subject,
    fact_versions.c.studio_due,
    sqlite_where=fact_versions.c.studio_due.is_not(None),
    postgresql_where=fact_versions.c.studio_due.is_not(None),
)

# Those of everybody that still wait, whoever they are of. The first tells of the other side too: those of which both are awaited are counted in it.
Index(
    "facts_sector_waits",
    fact_versions.c.ledger,
    fact_versions.c.sector_due,
    fact_versions.c.studio_due,
    sqlite_where=fact_versions.c.sector_due.is_not(None),
    postgresql_where=fact_versions.c.sector_due.is_not(None),
)
Index(
    "facts_studio_waits",
    fact_versions.c.ledger,
    fact_versions.c.studio_due,
    sqlite_where=fact_versions.c.studio_due.is_not(None),
    postgresql_where=fact_versions.c.studio_due.is_not(None),
)

_FOUND_OF_UNITS = tuple(
    sorted(kind_of(each) for each in (MetStandard, SubmittedDocument, WasInspected))
)
_OF_THESE: ColumnElement[bool] = literal_column(
    f"kind IN ({', '.join(map(repr, _FOUND_OF_UNITS))})"
)
"""Of the few kinds that units are looked through for over all years, said as the index of those has it."""
Index(
    "facts_found_of_units",
    *(fact_versions.c[name] for name in ("ledger", "subject", "kind", "on")),
    sqlite_where=_OF_THESE,
    postgresql_where=_OF_THESE,
)

FACTS = Versioned(fact_versions, key=4, cleared=2)
DUE = {Side.SECTOR: fact_versions.c.sector_due, Side.STUDIO: fact_versions.c.studio_due}
SAID = {Side.SECTOR: fact_versions.c.sector_said, Side.STUDIO: fact_versions.c.studio_said}

FactKey = tuple[SubjectId, int]
FactsRead = dict[tuple[str, str, int, int], Fact[Any]]
"""Versions of facts that were read, by their key."""


# Rows


def keyed(found: Iterable[Fact[Any]]) -> dict[FactKey, Fact[Any]]:
    """Facts of one deed by subject, and by place where a subject has several."""
    by_key: dict[FactKey, Fact[Any]] = {}
    for fact in found:
        nth = 0
        while (fact.subject, nth) in by_key:
            nth += 1
        by_key[fact.subject, nth] = fact
    return by_key


def fact_row(ledger: str, position: int, nth: int, fact: Fact[Any], windows: WindowsByDay) -> Row:
    """A standing version of a fact."""
    return (
        ledger,
        fact.deed,
        fact.subject,
        nth,
        position,
        OPEN,
        *windows.dues(fact),
        *_said(fact),
        fact.kind,
        fact.on.toordinal(),
        counted_until(fact),
        is_done(fact),
        fact.record.value,
        bodies.encode(fact),
    )


def _said(fact: Fact[Any]) -> tuple[str | None, str | None]:
    """How the two sides are shown, but for time."""
    if fact.attendance is Attendance.NOT_RECORDED:
        return None, None
    return side_said(fact, Side.SECTOR).value, side_said(fact, Side.STUDIO).value


def is_done(fact: Fact[Any]) -> bool:
    """Whether the subject did or took part in something on the fact's day: absence and leave are no deeds, and neither is what is only in force, or was found of him."""
    is_deed = fact.details.about.shape in {Shape.OCCASION, Shape.MATTER}
    return is_deed and fact.attendance.took_part


def counted_until(fact: Fact[Any]) -> int:
    """The last day to which it can be counted: its day; of a pairing the last day that it is in force, of a matter the day of its last outcome."""
    if fact.details.about.shape is Shape.PAIRING:
        return last_day(fact.until)
    if fact.reached:
        return max(fact.on, *[r.on for r in fact.reached]).toordinal()
    return fact.on.toordinal()


class Windows:
    """Until when the sides of lines are awaited under one policy; the lines of one record share their window."""

    def __init__(self, policy: Policy) -> None:
        self.policy = policy
        self._ends: dict[tuple[object, ...], int] = {}

    def dues(self, fact: Fact[Any]) -> tuple[int | None, int | None]:
        """The last days on which the sector and the studio are awaited on the line.

        None where a side is not awaited, the last day there is where time does not end it.
        """
        if not is_asked(fact) or fact.attendance is Attendance.NOT_RECORDED:
            return None, None
        if not fact.subject.startswith("member/"):
            return None, None
        ends = self._last_day(fact)
        return (
            ends if is_awaited(fact, Side.SECTOR, self.policy) else None,
            ends if is_awaited(fact, Side.STUDIO, self.policy) else None,
        )

    def _last_day(self, fact: Fact[Any]) -> int:
        """When the window closes; the key is all that this goes by."""
        key = (
            fact.record,
            fact.kind,
            fact.on,
            fact.until,
            fact.recorded_on,
            fact.said_on,
            vouched_on(fact),
        )
        last = self._ends.get(key)
        if last is None:
            if len(self._ends) > 10_000:
                self._ends.clear()
            ends = window_ends(fact, self.policy)
            last = self._ends[key] = FOREVER if ends is None else ends.toordinal()
        return last


class WindowsByDay:
    """The same under rules that follow one another: each line goes by the rule of its day."""

    def __init__(self, policies: Policies) -> None:
        self.policies = policies
        self._windows = [Windows(rule) for rule in policies.rules]

    def dues(self, fact: Fact[Any]) -> tuple[int | None, int | None]:
        """The last days on which the sector and the studio are awaited on the line."""
        return self._windows[bisect_right(self.policies.days, fact.on)].dues(fact)


# Queries


def facts_of(
    connection: Connection,
    ledger: str,
    subject: SubjectId,
    *,
    first: date | None = None,
    last: date | None = None,
    position: int | None = None,
) -> list[Fact[Any]]:
    """The facts of a member or unit by day, within days (a pairing counts while in force, a matter until its last outcome), as known at a position or now."""
    return facts_of_many(connection, ledger, (subject,), first=first, last=last, position=position)[
        subject
    ]


def facts_of_many(
    connection: Connection,
    ledger: str,
    subjects: Sequence[SubjectId],
    *,
    first: date | None = None,
    last: date | None = None,
    position: int | None = None,
    kinds: Collection[str] | None = None,
    read: FactsRead | None = None,
) -> dict[SubjectId, list[Fact[Any]]]:
    """The same of several subjects, in one query, of some kinds or of all; a subject without facts is an empty list.

    What was `read` already, for another position, is not decoded again.
    """
    rows = fact_versions.c
    if read is None:
        read = {}
    asked = select(
        rows.subject, rows.deed, rows.nth, rows.from_position, rows.kind, rows.body
    ).where(rows.ledger == ledger, rows.subject.in_(subjects), known(fact_versions, position))
    if first is not None:
        asked = asked.where(rows.until >= first)
    if last is not None:
        asked = asked.where(rows.on <= last)
    if kinds is not None:
        asked = asked.where(of_kinds(kinds))
    found: dict[SubjectId, list[Fact[Any]]] = {subject: [] for subject in subjects}
    asked = asked.order_by(rows.subject, rows.on, rows.deed, rows.nth)
    # All at once: row by row costs as much as decoding.
    for subject, deed, nth, since, kind, body in connection.execute(asked).all():
        version = (deed, subject, nth, since)
        fact = read.get(version)
        if fact is None:
            fact = read[version] = bodies.fact(kind, body)
        found[subject].append(fact)
    return found


def of_kinds(kinds: Collection[str]) -> ColumnElement[bool]:
    """That a fact is of one of these kinds, in a query of facts alone; where units are looked through for all of them, those have an index."""
    said = fact_versions.c.kind.in_(sorted(kinds))
    return and_(_OF_THESE, said) if set(kinds) <= set(_FOUND_OF_UNITS) else said


def facts_of_kinds(
    connection: Connection,
    ledger: str,
    subjects: Sequence[SubjectId],
    kinds: Sequence[str],
    *,
    position: int | None = None,
) -> dict[SubjectId, list[Fact[Any]]]:
    """The facts of these kinds of several subjects by day, of all days, in one query."""
    rows = fact_versions.c
    asked = select(rows.subject, rows.kind, rows.body).where(
        rows.ledger == ledger,
        rows.subject.in_(subjects),
        of_kinds(kinds),
        known(fact_versions, position),
    )
    found: dict[SubjectId, list[Fact[Any]]] = {subject: [] for subject in subjects}
    asked = asked.order_by(rows.subject, rows.on, rows.deed, rows.nth)
    for subject, kind, body in connection.execute(asked).all():
        found[subject].append(bodies.fact(kind, body))
    return found


def keyed_facts(
    connection: Connection,
    ledger: str,
    subjects: Sequence[SubjectId],
    kinds: Collection[str] | None = None,
) -> dict[str, dict[tuple[str, int], Fact[Any]]]:
    """All that is said of these subjects now, of some kinds or of all, by deed and place."""
    rows = fact_versions.c
    asked = select(rows.subject, rows.deed, rows.nth, rows.kind, rows.body).where(
        rows.ledger == ledger, rows.subject.in_(subjects), known(fact_versions, None)
    )
    if kinds is not None:
        asked = asked.where(of_kinds(kinds))
    found: dict[str, dict[tuple[str, int], Fact[Any]]] = {subject: {} for subject in subjects}
    for subject, deed, nth, kind, body in connection.execute(asked).all():
        found[subject][deed, nth] = bodies.fact(kind, body)
    return found


def facts_of_deeds(
    connection: Connection,
    ledger: str,
    deeds: Collection[str],
    *subjects: SubjectId,
    kind: str | None = None,
    position: int | None = None,
) -> dict[str, Fact[Any]]:
    """What these deeds say of one subject, or of one of several, by deed; of one kind or of any."""
    if not deeds:
        return {}
    rows = fact_versions.c
    asked = select(rows.deed, rows.kind, rows.body).where(
        rows.ledger == ledger,
        rows.deed.in_(sorted(deeds)),
        rows.subject.in_(subjects),
        known(fact_versions, position),
    )
    if kind is not None:
        asked = asked.where(rows.kind == kind)
    return {deed: bodies.fact(kind, body) for deed, kind, body in connection.execute(asked)}
