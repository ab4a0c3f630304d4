"""Meetings: what is planned, called, held, with every day for which they stood; as known now or at a position."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import BigInteger, Column, Connection, Index, LargeBinary, Table, select, tuple_

from domain.deadline import MeetingDay
from domain.kinds import kind_of
from domain.kinds.meetings import Meeting as MeetingKind
from domain.meeting import Meeting, MeetingStep
from domain.people import PersonId, UnitId
from projections import bodies, roster
from projections.columns import METADATA, Day, Row, Versioned, Word, ledger_column
from projections.paging import Key, Page, checked_limit, page_of
from projections.roster import known

meeting_rows = Table(
    "meetings",
    METADATA,
    ledger_column(),
    Column("meeting", Word, primary_key=True),
    Column("kind", Word, nullable=False),
    Column("meeting_kind", Word, nullable=False),
    Column("on", Day, nullable=False),
    Column("step", Word, nullable=False),
    Column("organiser", Word, nullable=False),
    Column("part_of", Word, nullable=False),
    Column("version", BigInteger, nullable=False),
    Column("body", LargeBinary, nullable=False),
    Index("meetings_by_day", "ledger", "on", "meeting"),
    Index("meetings_of_session", "ledger", "part_of"),
)
"""Every meeting as it stands: whom it expects, who asked for leave, who checked in."""

meeting_day_versions = Table(
    "meeting_days",
    METADATA,
    ledger_column(),
    Column("meeting", Word, primary_key=True),
    Column("from_position", BigInteger, primary_key=True, autoincrement=False),
    Column("to_position", BigInteger, nullable=False),
    Column("kind", Word, nullable=False),
    Column("on", Day, nullable=False),
    Column("title", Word, nullable=False),
    Index("meeting_days_of_kind", "ledger", "kind", "from_position"),
)
"""Every day for which a meeting of a kind stood: what is due at it looks here. A meeting that is cancelled has none."""

MEETING_DAYS = Versioned(meeting_day_versions, key=2)


def meeting_row(ledger: str, version: int, state: Meeting[Any]) -> Row:
    """A meeting as it stands."""
    body = state.body
    return (
        *(ledger, state.meeting, kind_of(type(body.details))),
        *("" if state.kind is None else state.kind.value, body.on.toordinal(), state.step.value),
        *(body.organiser, state.part_of, version, bodies.encode(state)),
    )


def day_columns(state: Meeting[Any] | None) -> Row | None:
    """What deadlines look at of a meeting; nothing where they do not."""
    day = None if state is None else state.day
    return None if day is None else (day.kind.value, day.on.toordinal(), day.title)


def day_of(row: Row) -> MeetingDay:
    """The day that a row of days holds."""
    _, name, _, _, kind, on, title = row
    return MeetingDay(meeting=name, kind=MeetingKind.of(kind), title=title, on=date.fromordinal(on))


@dataclass(frozen=True, slots=True, kw_only=True)
class MeetingLine:
    """A meeting as a list shows it. `version` is its ETag, `expected` how many its list names, exempt or not, `invited` how many sit in or are guests, `was` the day of its first plan where it was moved since."""

    meeting: str
    kind: str
    meeting_kind: MeetingKind | None
    title: str
    number: str
    on: date
    until: date | None
    place: str
    step: MeetingStep
    organiser: UnitId
    organiser_name: str
    part_of: str
    expected: int
    invited: int
    checked_in: int
    was: date | None
    moved: int
    version: int


@dataclass(frozen=True, slots=True, kw_only=True)
class MeetingPage:
    """One meeting whole."""

    line: MeetingLine
    state: Meeting[Any]


def meetings(
    connection: Connection,
    ledger: str,
    *,
    since: date | None = None,
    until: date | None = None,
    kinds: Collection[MeetingKind] = (),
    steps: Collection[MeetingStep] = (),
    organiser: UnitId | None = None,
    part_of: str | None = None,
    after: Key | None = None,
    limit: int = 50,
) -> Page[MeetingLine]:
    """Those that fit, in order of their days."""
    checked_limit(limit)
    rows = meeting_rows.c
    asked = select(rows.kind, rows.version, rows.body).where(rows.ledger == ledger)
    if since is not None:
        asked = asked.where(rows.on >= since)
    if until is not None:
        asked = asked.where(rows.on <= until)
    if kinds:
        asked = asked.where(rows.meeting_kind.in_(sorted(each.value for each in kinds)))
    if steps:
        asked = asked.where(rows.step.in_(sorted(each.value for each in steps)))
    if organiser is not None:
        asked = asked.where(rows.organiser == organiser)
    if part_of is not None:
        asked = asked.where(rows.part_of == part_of)
    if after is not None:
        asked = asked.where(tuple_(rows.on, rows.meeting) > tuple_(*after))
    asked = asked.order_by(rows.on, rows.meeting).limit(limit + 1)
    found = [(bodies.meeting(row.kind, row.body), row.version) for row in connection.execute(asked)]
    names = roster.names(connection, ledger, units={state.body.organiser for state, _ in found})
    lines = [_line(state, version, names) for state, version in found]
    return page_of(lines, limit, lambda line: (line.on.toordinal(), line.meeting))


def meeting(connection: Connection, ledger: str, meeting: str) -> MeetingPage | None:
    """One meeting as it stands."""
    rows = meeting_rows.c
    row = connection.execute(
        select(rows.kind, rows.version, rows.body).where(
            rows.ledger == ledger, rows.meeting == meeting
        )
    ).one_or_none()
    if row is None:
        return None
    state = bodies.meeting(row.kind, row.body)
    names = roster.names(connection, ledger, units={state.body.organiser})
    return MeetingPage(line=_line(state, row.version, names), state=state)


MOST_LOOKED_AT = 200
"""Meetings that are looked through for those that expect somebody."""


def expecting(
    connection: Connection, ledger: str, person: PersonId, *, since: date, limit: int = 3
) -> list[Meeting[Any]]:
    """The next meetings that are not closed and expect or invite somebody, in order of their days."""
    rows = meeting_rows.c
    ahead = (MeetingStep.PLANNED, MeetingStep.CALLED, MeetingStep.OPEN)
    asked = (
        select(rows.kind, rows.body)
        .where(
            rows.ledger == ledger,
            rows.on >= since,
            rows.step.in_(sorted(each.value for each in ahead)),
        )
        .order_by(rows.on, rows.meeting)
        .limit(MOST_LOOKED_AT)
    )
    found: list[Meeting[Any]] = []
    for kind, body in connection.execute(asked):
        state = bodies.meeting(kind, body)
        if person in state.listed:
            found.append(state)
        if len(found) == limit:
            break
    return found


def states(connection: Connection, ledger: str, asked: Collection[str]) -> dict[str, Meeting[Any]]:
    """The states of these meetings, by stream."""
    rows = meeting_rows.c
    found = connection.execute(
        select(rows.meeting, rows.kind, rows.body).where(
            rows.ledger == ledger, rows.meeting.in_(list(asked))
        )
    )
    return {f"meeting/{name}": bodies.meeting(kind, body) for name, kind, body in found}


def titles(connection: Connection, ledger: str, streams: Collection[str]) -> dict[str, str]:
    """What these meetings are called, by stream."""
    if not streams:
        return {}
    names = [each.partition("/")[2] for each in streams]
    found = states(connection, ledger, names)
    return {stream: state.body.title for stream, state in found.items()}


def days(
    connection: Connection, ledger: str, *, position: int | None = None
) -> tuple[MeetingDay, ...]:
    """All meetings that stand, as deadlines look at them, in order of their days."""
    rows = meeting_day_versions.c
    asked = (
        select(rows.meeting, rows.kind, rows.title, rows.on)
        .where(rows.ledger == ledger, known(meeting_day_versions, position))
        .order_by(rows.on, rows.meeting)
    )
    return tuple(
        MeetingDay(meeting=name, kind=MeetingKind.of(kind), title=title, on=on)
        for name, kind, title, on in connection.execute(asked)
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class DayVersion:
    """A day for which a meeting stood, from one position to another."""

    day: MeetingDay
    from_position: int
    to_position: int


def day_versions(
    connection: Connection, ledger: str, kinds: Collection[MeetingKind]
) -> list[DayVersion]:
    """Every day for which meetings of these kinds stood, in order of their positions."""
    rows = meeting_day_versions.c
    asked = (
        select(rows.meeting, rows.kind, rows.title, rows.on, rows.from_position, rows.to_position)
        .where(rows.ledger == ledger, rows.kind.in_(sorted(k.value for k in kinds)))
        .order_by(rows.from_position)
    )
    return [
        DayVersion(
            day=MeetingDay(
                meeting=row.meeting, kind=MeetingKind.of(row.kind), title=row.title, on=row.on
            ),
            from_position=row.from_position,
            to_position=row.to_position,
        )
        for row in connection.execute(asked)
    ]


def _line(state: Meeting[Any], version: int, names: dict[str, str]) -> MeetingLine:
    body = state.body
    return MeetingLine(
        meeting=state.meeting,
        kind=kind_of(type(body.details)),
        meeting_kind=state.kind,
        title=body.title,
        number=state.number,
        on=body.on,
        until=body.until,
        place=body.place,
        step=state.step,
        organiser=body.organiser,
        organiser_name=names.get(f"unit/{body.organiser}", body.organiser),
        part_of=state.part_of,
        expected=len(state.expected),
        invited=len(state.invited),
        checked_in=len(state.checked_in),
        was=state.planned_for if state.planned_for != body.on else None,
        moved=len(state.moves),
        version=version,
    )
