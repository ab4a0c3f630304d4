"""How many came to meetings (到会): one by one, and of a year by kind of meeting and by who organised it. Members are counted, never compared."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    ColumnElement,
    Connection,
    Index,
    Integer,
    LargeBinary,
    Table,
    select,
    tuple_,
)

from domain.deed import Deed
from domain.fact import RecordClass
from domain.kinds.meetings import Meeting as MeetingKind
from domain.meeting import Meeting
from domain.member import Exemption
from domain.occasion import Occasion
from domain.people import PersonId, UnitId
from domain.turnout import Turnout, away, turnout, turnout_of
from projections import bodies, deeds, roster
from projections.columns import METADATA, Day, Row, Word, ledger_column
from projections.deeds import differs, stands_for_itself
from projections.paging import Key, Page, checked_limit, page_of

turnout_rows = Table(
    "turnouts",
    METADATA,
    ledger_column(),
    Column("stream", Word, primary_key=True),
    Column("same_as", Word, nullable=False),
    Column("kind", Word, nullable=False),
    Column("on", Day, nullable=False),
    Column("position", BigInteger, nullable=False),
    Column("title", Word, nullable=False),
    Column("organiser", Word, nullable=False),
    *(
        Column(name, Integer, nullable=False)
        for name in ("expected", "excused", "present", "unrecorded", "invited", "others")
    ),
    Column("away", LargeBinary, nullable=False),
    Index("turnouts_by_day", "ledger", "on", "position"),
)
"""How many came to every meeting that stands and says who was expected or who stayed away; nobody being exempt.

`same_as` is the record of the same deed that it is linked to: while that stands, this one is not counted.
`away` are those who stayed away, and those of whom nothing is on record: who of them is exempt from duties is asked of the roster.
"""


def rows_of(ledger: str, state: object) -> list[Row]:
    """The row of a meeting; none of what is withdrawn, was declared by a member himself, or says of nobody that he was expected or stayed away."""
    if not isinstance(state, Deed) or state.gone:
        return []
    body = state.body
    if not isinstance(body, Occasion) or state.record is RecordClass.SELF:
        return []
    kind = getattr(body.details, "meeting", None)
    if not isinstance(kind, MeetingKind):
        return []
    count = turnout(body, ())
    if not (body.expected or count.excused or count.expected > count.present):
        return []
    return [
        (
            *(ledger, state.stream, state.same_as),
            *(kind.value, body.on.toordinal(), state.position),
            *(body.title, body.organiser),
            *(count.expected, count.excused, count.present),
            *(count.unrecorded, count.invited, count.others),
            bodies.encode(away(body)),
        )
    ]


def changes_turnout(before: object, after: object) -> bool:
    """Whether entries may have changed what lies in the row: what the sides say of a line does not."""
    if not isinstance(after, Deed) or not isinstance(after.body, Occasion):
        return False
    return differs(before, after, "body", "gone", "record", "same_as")


@dataclass(frozen=True, slots=True, kw_only=True)
class TurnoutLine:
    """How many came to one meeting; `rate` is of a hundred of whom something is on record, to a tenth."""

    stream: str
    kind: MeetingKind
    on: date
    title: str
    organiser: UnitId
    organiser_name: str
    count: Turnout
    rate: Decimal | None


@dataclass(frozen=True, slots=True, kw_only=True)
class TurnoutPart:
    """All meetings of a kind, or of an organiser, added up; `part` is the kind's code or the unit's id."""

    part: str
    meetings: int
    count: Turnout
    rate: Decimal | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Turnouts:
    """Meetings added up: all, by kind in the order of kinds, by organiser in the order of names."""

    total: TurnoutPart
    kinds: tuple[TurnoutPart, ...]
    units: tuple[TurnoutPart, ...]
    names: dict[UnitId, str]


@dataclass(frozen=True, slots=True)
class Asked:
    """Which meetings are meant: their days, their kind, who organised them; of several records of one meeting the one that stands for it."""

    since: date
    until: date
    kind: MeetingKind | None = None
    organiser: UnitId | None = None

    def tests(self, ledger: str) -> Iterator[ColumnElement[bool]]:
        """As a query asks it."""
        rows = turnout_rows.c
        yield rows.ledger == ledger
        yield stands_for_itself(ledger, rows.stream, rows.same_as)
        yield rows.on >= self.since
        yield rows.on <= self.until
        if self.kind is not None:
            yield rows.kind == self.kind.value
        if self.organiser is not None:
            yield rows.organiser == self.organiser


def turnouts(
    connection: Connection, ledger: str, asked: Asked, *, after: Key | None = None, limit: int = 50
) -> Page[TurnoutLine]:
    """Meetings one by one, the newest first."""
    return _listed(connection, ledger, asked, after, limit, None)


def totals(connection: Connection, ledger: str, asked: Asked) -> Turnouts:
    """Meetings of some days added up; a row of each is read, and the roster once."""
    return _added_up(connection, ledger, asked)[0]


def report(
    connection: Connection, ledger: str, asked: Asked, *, after: Key | None = None, limit: int = 50
) -> tuple[Turnouts, Page[TurnoutLine]]:
    """Meetings added up, and some of them one by one; the roster is read once for both, since each of these is among all."""
    added, free = _added_up(connection, ledger, asked)
    return added, _listed(connection, ledger, asked, after, limit, free)


_Free = Mapping[PersonId, tuple[Exemption, ...]]
"""Who of some people has exemptions, and which."""
_FIGURES = tuple(
    turnout_rows.c[name]
    for name in ("on", "expected", "excused", "present", "unrecorded", "invited", "others", "away")
)
"""What is counted of a meeting."""


def _listed(
    connection: Connection,
    ledger: str,
    asked: Asked,
    after: Key | None,
    limit: int,
    free: _Free | None,
) -> Page[TurnoutLine]:
    """Meetings one by one; `free` are all exempt who may be away from them, where that is known already."""
    checked_limit(limit)
    rows = turnout_rows.c
    about = (rows.stream, rows.kind, rows.title, rows.organiser, rows.position)
    query = select(*about, *_FIGURES).where(*asked.tests(ledger))
    if after is not None:
        query = query.where(tuple_(rows.on, rows.position) < tuple_(*after))
    query = query.order_by(rows.on.desc(), rows.position.desc()).limit(limit + 1)
    page = page_of(
        connection.execute(query).all(), limit, lambda row: (row.on.toordinal(), row.position)
    )
    names = roster.names(connection, ledger, units={UnitId(row.organiser) for row in page.rows})
    counts, _ = _counts(connection, ledger, page.rows, free)
    lines = tuple(
        TurnoutLine(
            stream=row.stream,
            kind=MeetingKind.of(row.kind),
            on=row.on,
            title=row.title,
            organiser=UnitId(row.organiser),
            organiser_name=names.get(f"unit/{row.organiser}", row.organiser),
            count=count,
            rate=count.percent,
        )
        for row, count in zip(page.rows, counts, strict=True)
    )
    return Page(rows=lines, after=page.after)


def _added_up(connection: Connection, ledger: str, asked: Asked) -> tuple[Turnouts, _Free]:
    """Meetings added up, and who has exemptions of those who were away from any of them."""
    rows = turnout_rows.c
    query = select(rows.kind, rows.organiser, *_FIGURES).where(*asked.tests(ledger))
    found = connection.execute(query).all()
    counts, free = _counts(connection, ledger, found, None)
    by_kind: dict[str, Turnout] = {}
    by_unit: dict[str, Turnout] = {}
    kinds, units, whole = Counter[str](), Counter[str](), Turnout()
    for row, count in zip(found, counts, strict=True):
        by_kind[row.kind] = by_kind.get(row.kind, Turnout()) + count
        by_unit[row.organiser] = by_unit.get(row.organiser, Turnout()) + count
        kinds[row.kind] += 1
        units[row.organiser] += 1
        whole += count
    told = roster.names(connection, ledger, units=set(map(UnitId, by_unit)))
    names = {UnitId(unit): told.get(f"unit/{unit}", unit) for unit in by_unit}

    def part(name: str, meetings: int, count: Turnout) -> TurnoutPart:
        return TurnoutPart(part=name, meetings=meetings, count=count, rate=count.percent)

    added = Turnouts(
        total=part("", len(found), whole),
        kinds=tuple(
            part(each.value, kinds[each.value], by_kind[each.value])
            for each in MeetingKind
            if each.value in by_kind
        ),
        units=tuple(
            part(unit, units[unit], by_unit[unit])
            for unit in sorted(by_unit, key=lambda unit: names[UnitId(unit)])
        ),
        names=names,
    )
    return added, free


def of_meeting(
    connection: Connection, ledger: str, state: Meeting[Any]
) -> tuple[Deed[Any] | None, Turnout]:
    """The record of a meeting where one stands, and how many came, without those who were exempt on the day of the record, or of the plan where there is none."""
    record = deeds.record_of(connection, ledger, state)
    body = state.body if record is None or record.gone else record.body
    people = {*state.listed, *state.checked_in, *body.expected}
    people |= {each.person for each in body.participants}
    exempt = _exempt_on(body.on, roster.exemptions(connection, ledger, people))
    return record, turnout_of(state, record, exempt)


def _exempt_on(day: date, free: _Free) -> set[PersonId]:
    return {who for who, spans in free.items() if any(each.on(day) for each in spans)}


def _counts(
    connection: Connection, ledger: str, rows: Sequence[Any], free: _Free | None
) -> tuple[list[Turnout], _Free]:
    """What each of these rows counts, without those who were exempt on its day; and who has exemptions, which is read where it is not said."""
    lists = [bodies.away(row.away) for row in rows]
    if free is None:
        who = {person for each in lists for person in (*each.missed, *each.unsaid)}
        free = roster.exemptions(connection, ledger, who)
    counts = []
    for row, gone in zip(rows, lists, strict=True):
        count = Turnout(
            expected=row.expected,
            excused=row.excused,
            present=row.present,
            unrecorded=row.unrecorded,
            invited=row.invited,
            others=row.others,
        )
        counts.append(count.without(gone, _exempt_on(row.on, free)))
    return counts, free
