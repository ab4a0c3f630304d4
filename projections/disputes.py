"""Members' queries on the records: what each says, how far it has come, what is due first; as known now or at a position."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Connection,
    Index,
    LargeBinary,
    Select,
    Table,
    case,
    func,
    or_,
    select,
    tuple_,
)

from domain.disputed import Dispute, DisputeOutcome, DisputeSort, DisputeStep
from domain.people import PersonId, Role, UnitId
from domain.period import Period
from domain.scorecard import Points
from projections import bodies, roster
from projections.as_of import day_at
from projections.columns import METADATA, OPEN, Day, Row, Versioned, Word, ledger_column
from projections.documents import Shelf
from projections.facts import facts_of_deeds
from projections.paging import Key, Page, checked_limit, page_of
from projections.roster import known
from projections.scorecards import cards

dispute_versions = Table(
    "disputes",
    METADATA,
    ledger_column(),
    Column("dispute", Word, primary_key=True),
    Column("from_position", BigInteger, primary_key=True, autoincrement=False),
    Column("to_position", BigInteger, nullable=False),
    Column("subject", Word, nullable=False),
    Column("deed", Word, nullable=False),
    Column("same_as", Word, nullable=False),
    Column("open", Boolean, nullable=False),
    Column("due", Day, nullable=False),
    Column("raised_at", BigInteger, nullable=False),
    Column("version", BigInteger, nullable=False),
    Column("body", LargeBinary, nullable=False),
    Index("disputes_due", "ledger", "open", "due", "raised_at"),
    Index("disputes_of_subject", "ledger", "subject", "raised_at"),
    Index("disputes_of_deed", "ledger", "deed"),
    Index("disputes_of_other", "ledger", "same_as"),
)
"""Every version of every query; `deed` and `same_as` are the records that it is about, `raised_at` the position of its first entry."""

AT_ONCE = 500
"""Records that are asked for by one query."""
DISPUTES = Versioned(dispute_versions, key=2)


def dispute_row(ledger: str, position: int, version: int, dispute: Dispute) -> Row:
    """A standing version of a query."""
    claim = dispute.claim
    return (
        *(ledger, dispute.dispute, position, OPEN, dispute.subject, claim.deed, claim.same_as),
        *(dispute.is_open, dispute.due.toordinal(), dispute.raised_at, version),
        bodies.encode(dispute),
    )


# Queries


@dataclass(frozen=True, slots=True, kw_only=True)
class DisputeLine:
    """A query as a list shows it: nothing of what the member said in words. `version` is its ETag.

    `raised_at` and `decided_at` are positions; of a review decided it tells the outcome, the day and the decider's role of the review.
    """

    dispute: str
    number: str
    sort: DisputeSort
    member: PersonId
    name: str
    deed: str
    same_as: str
    step: DisputeStep
    raised_on: date
    due: date
    overdue: bool
    decided_on: date | None
    outcome: DisputeOutcome | None
    decider: Role | None
    raised_at: int
    decided_at: int | None
    version: int


@dataclass(frozen=True, slots=True, kw_only=True)
class DisputePage:
    """One query whole."""

    line: DisputeLine
    state: Dispute


def open_disputes(
    connection: Connection,
    ledger: str,
    *,
    today: date,
    position: int | None = None,
    after: Key | None = None,
    limit: int = 50,
) -> Page[DisputeLine]:
    """Those that somebody has to answer, what is due first first."""
    return disputes(
        connection,
        ledger,
        today=today,
        only_open=True,
        position=position,
        after=after,
        limit=limit,
    )


def of_member(
    connection: Connection,
    ledger: str,
    person: PersonId,
    *,
    today: date,
    position: int | None = None,
    after: Key | None = None,
    limit: int = 50,
) -> Page[DisputeLine]:
    """A member's queries, the newest first."""
    return disputes(
        connection,
        ledger,
        today=today,
        person=person,
        position=position,
        after=after,
        limit=limit,
    )


def of_deed(
    connection: Connection,
    ledger: str,
    deed: str,
    *,
    today: date,
    position: int | None = None,
    after: Key | None = None,
    limit: int = 50,
) -> Page[DisputeLine]:
    """The queries about a record, the newest first."""
    return disputes(
        connection,
        ledger,
        today=today,
        deed=deed,
        position=position,
        after=after,
        limit=limit,
    )


def disputes(
    connection: Connection,
    ledger: str,
    *,
    today: date,
    only_open: bool = False,
    overdue: bool = False,
    person: PersonId | None = None,
    deed: str | None = None,
    bound_to: tuple[UnitId, date] | None = None,
    position: int | None = None,
    after: Key | None = None,
    limit: int = 50,
) -> Page[DisputeLine]:
    """Those that fit, the newest first; of open ones, or those overdue by today, what is due first first.

    `bound_to` asks for those of members bound to a unit on a day, as the roster is known now.
    """
    checked_limit(limit)
    rows = dispute_versions.c
    asked = _asked(ledger, position)
    if only_open or overdue:
        asked = asked.where(rows.open)
    if overdue:
        asked = asked.where(rows.due < today)
    if person is not None:
        asked = asked.where(rows.subject == f"member/{person}")
    if deed is not None:
        asked = asked.where(or_(rows.deed == deed, rows.same_as == deed))
    if bound_to is not None:
        unit, day = bound_to
        asked = asked.where(roster.bound(rows.subject, ledger, day, None, unit=unit))
    by_due = only_open or overdue
    if after is not None:
        later = tuple_(rows.due, rows.raised_at) > tuple_(*after)
        asked = asked.where(later if by_due else rows.raised_at < after[1])
    order = (rows.due, rows.raised_at) if by_due else (rows.raised_at.desc(),)
    found = [
        (bodies.dispute(row.body), row.version)
        for row in connection.execute(asked.order_by(*order).limit(limit + 1))
    ]
    names = _names(connection, ledger, (state for state, _ in found))
    lines = [_line(state, version, names, today) for state, version in found]
    return page_of(lines, limit, lambda line: (line.due.toordinal(), line.raised_at))


def dispute(
    connection: Connection, ledger: str, dispute: str, *, today: date, position: int | None = None
) -> DisputePage | None:
    """One query as it stands, or stood."""
    asked = _asked(ledger, position).where(dispute_versions.c.dispute == dispute)
    row = connection.execute(asked).one_or_none()
    if row is None:
        return None
    state = bodies.dispute(row.body)
    names = _names(connection, ledger, [state])
    return DisputePage(line=_line(state, row.version, names, today), state=state)


@dataclass(frozen=True, slots=True, kw_only=True)
class ToAnswer:
    """How many queries wait for an answer, how many of them too long, and the day by which the first is due."""

    number: int
    overdue: int
    due: date | None


def to_answer(connection: Connection, ledger: str, *, today: date) -> ToAnswer:
    """What somebody has to answer."""
    rows = dispute_versions.c
    asked = select(
        func.count(),
        func.coalesce(func.sum(case((rows.due < today, 1), else_=0)), 0),
        func.min(rows.due),
    ).where(rows.ledger == ledger, rows.open, known(dispute_versions, None))
    number, overdue, due = connection.execute(asked).one()
    return ToAnswer(number=number, overdue=int(overdue), due=due)


def open_about(
    connection: Connection, ledger: str, streams: frozenset[str], *, position: int | None = None
) -> dict[str, tuple[Dispute, ...]]:
    """The queries that are open on each of these records, in the order in which they were raised."""
    rows = dispute_versions.c
    names = sorted(streams)
    states: dict[str, Dispute] = {}
    for start in range(0, len(names), AT_ONCE):
        some = names[start : start + AT_ONCE]
        asked = _asked(ledger, position).where(
            rows.open, or_(rows.deed.in_(some), rows.same_as.in_(some))
        )
        found = (bodies.dispute(row.body) for row in connection.execute(asked))
        states |= {each.dispute: each for each in found}
    about: dict[str, tuple[Dispute, ...]] = {}
    for each in sorted(states.values(), key=lambda state: state.raised_at):
        for stream in streams & set(each.claim.named):
            about[stream] = (*about.get(stream, ()), each)
    return about


def states(connection: Connection, ledger: str, asked: Iterable[str]) -> dict[str, Dispute]:
    """The states of these queries, by stream."""
    rows = dispute_versions.c
    found = connection.execute(
        select(rows.dispute, rows.body).where(
            rows.ledger == ledger, rows.dispute.in_(list(asked)), known(dispute_versions, None)
        )
    )
    return {f"dispute/{name}": bodies.dispute(body) for name, body in found}


def numbers(connection: Connection, ledger: str, streams: Iterable[str]) -> dict[str, str]:
    """The numbers of these queries, by stream."""
    keys = {each.removeprefix("dispute/") for each in streams}
    found = states(connection, ledger, keys) if keys else {}
    return {stream: state.number for stream, state in found.items()}


def _asked(ledger: str, position: int | None) -> Select[Any]:
    rows = dispute_versions.c
    return select(rows.version, rows.body).where(
        rows.ledger == ledger, known(dispute_versions, position)
    )


def _names(connection: Connection, ledger: str, found: Iterable[Dispute]) -> dict[str, str]:
    return roster.names(connection, ledger, people={state.person for state in found})


def _line(state: Dispute, version: int, names: dict[str, str], today: date) -> DisputeLine:
    claim, stands = state.claim, state.stands
    return DisputeLine(
        dispute=state.dispute,
        number=state.number,
        sort=claim.sort,
        member=claim.person,
        name=names.get(claim.subject, claim.person),
        deed=claim.deed,
        same_as=claim.same_as,
        step=state.step,
        raised_on=state.raised_on,
        due=state.due,
        overdue=state.is_open and state.due < today,
        decided_on=None if stands is None else stands.on,
        outcome=None if stands is None else stands.outcome,
        decider=None if stands is None else stands.role,
        raised_at=state.raised_at,
        decided_at=None if stands is None else stands.position,
        version=version,
    )


# What came of it


@dataclass(frozen=True, slots=True, kw_only=True)
class DisputeEffect:
    """The member's total under a rubric just before the query was raised and where it was decided; empty where there was none, or nothing is decided yet."""

    rubric: str
    version: str
    period: Period
    before: Points
    after: Points


_NO_CARD = ("", Points(""))


def effects_of(
    connection: Connection, ledger: str, shelf: Shelf, state: Dispute, *, today: date
) -> list[DisputeEffect]:
    """What the member's totals of the years in question were before and after, by rubric; both reckoned as of the day of the decision, or of today."""
    before, stands = state.raised_at - 1, state.stands
    after = None if stands is None else stands.position
    day = today if after is None else day_at(connection, ledger, after)
    found: list[DisputeEffect] = []
    for year in sorted(_years(connection, ledger, state, before, after)):
        was = _totals(connection, ledger, shelf, state.person, year, day, before)
        now = {} if after is None else _totals(connection, ledger, shelf, state.person, year, day, after)  # fmt: skip
        found += [
            DisputeEffect(
                rubric=code,
                version=(now.get((code, period)) or was[code, period])[0],
                period=period,
                before=was.get((code, period), _NO_CARD)[1],
                after=now.get((code, period), _NO_CARD)[1],
            )
            for code, period in dict.fromkeys([*was, *now])
        ]
    return found


def _years(
    connection: Connection, ledger: str, state: Dispute, before: int, after: int | None
) -> set[int]:
    """The calendar years of the records in question, as they were and as they are; of what is missing, that of its day."""
    stands = state.stands
    deeds = [*state.claim.named, *(() if stands is None else stands.deeds)]
    years = set() if state.claim.on is None else {state.claim.on.year}
    for position in {before, after} - {None}:
        facts = facts_of_deeds(connection, ledger, deeds, state.subject, position=position)
        years |= {fact.on.year for fact in facts.values()}
    return years


def _totals(
    connection: Connection,
    ledger: str,
    shelf: Shelf,
    person: PersonId,
    year: int,
    day: date,
    position: int,
) -> dict[tuple[str, Period], tuple[str, Points]]:
    """The version and the total of each of his cards of a year, by rubric and period."""
    found = cards(
        connection,
        ledger,
        shelf,
        person,
        period=Period.year(year),
        today=day,
        position=position,
    )
    return {
        (each.rubric.code, each.scorecard.period): (each.rubric.version, each.scorecard.total)
        for each in found
    }
