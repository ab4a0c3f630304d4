"""The list of what was done and recorded, newest first, and one record with its lines and both sides' stamps."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ColumnElement,
    Connection,
    FromClause,
    Index,
    Integer,
    LargeBinary,
    Select,
    Table,
    and_,
    case,
    exists,
    func,
    literal,
    literal_column,
    or_,
    select,
    tuple_,
    union_all,
)

from domain.attestation import Attested, Policy, attested, days_late
from domain.deed import LONGEST_TITLE, Deed
from domain.fact import Fact, Mark, RecordClass, SubjectId
from domain.finding import Found
from domain.joint import is_joint, levels_of
from domain.kinds import Shape, Subject, kind_of
from domain.kinds.meetings import Studied
from domain.kinds.people import VisitedHousehold, VisitedVillage
from domain.kinds.units import HandledServiceMatter
from domain.matter import Matter
from domain.meeting import Meeting
from domain.occasion import Occasion
from domain.pairing import Bound
from domain.people import PersonId, UnitId
from domain.roster import Roster
from domain.streams import State, facts_of
from domain.unit import Side
from domain.words import Choice, Open, is_code
from projections import bodies, roster
from projections.columns import (
    METADATA,
    NOTHING,
    Day,
    Instant,
    Row,
    Versioned,
    Word,
    ledger_column,
    micros,
)
from projections.documents import Policies
from projections.facts import DUE, fact_versions
from projections.paging import Key, Page, checked_limit, page_of

AT_ONCE = 500
"""Records that are asked for by one query."""
MOST_CAME = 50
"""Matters that the page of a record shows of those that came from it."""

deed_rows = Table(
    "deeds",
    METADATA,
    ledger_column(),
    Column("stream", Word, primary_key=True),
    Column("kind", Word, nullable=False),
    Column("on", Day, nullable=False),
    Column("until", Day, nullable=False),
    Column("late_by", Integer, nullable=False),
    Column("title", Word, nullable=False),
    Column("organiser", Word, nullable=False),
    Column("record", Word, nullable=False),
    Column("recorded_by", Word, nullable=False),
    Column("recorder", Word, nullable=False),
    Column("recorded_at", Instant, nullable=False),
    Column("recorded_on", Day, nullable=False),
    Column("position", BigInteger, nullable=False),
    Column("last_position", BigInteger, nullable=False),
    Column("version", BigInteger, nullable=False),
    Column("gone", Word, nullable=False),
    Column("same_as", Word, nullable=False),
    Column("key", Boolean, nullable=False),
    Column("closed", Boolean, nullable=False),
    Column("lines", Integer, nullable=False),
    Column("returned", Integer, nullable=False),
    Column("in_question", Boolean, nullable=False),
    Column("answers", Word, nullable=False),
    Column("hosts", Word, nullable=False),
    Column("mode", Word, nullable=False),
    Column("held", Word, nullable=False),
    Column("micro", Boolean, nullable=False),
    Column("levels", Word, nullable=False),
    Column("joint", Boolean, nullable=False),
    Column("sort", Word, nullable=False),
    Column("visited", Word, nullable=False),
    Column("station", Word, nullable=False),
    Column("searched", Word, nullable=False),
    Column("body", LargeBinary, nullable=False),
    Index("deeds_of_kind", "ledger", "kind", "on", "position"),
    Index("deeds_of_organiser", "ledger", "organiser", "on", "position"),
    Index("deeds_of_organiser_and_kind", "ledger", "organiser", "kind", "on"),
    Index("deeds_of_recorder", "ledger", "recorder", "on", "position"),
)
"""One row for each record, as it stands: occasion, matter, pairing, finding.

`in_question` says that it stands and some of its lines are returned, `closed` that it is a matter that is not public. `until` is its last day, `late_by` the most days after it on which one of its lines was recorded, 0 for what is never late.
`hosts` are the units that are credited with an activity, `mode` and `held` how it was held, nothing of any other record, `levels` those to which it is credited, `joint` whether several units or levels are.
`sort` is the sort of a training or of a service matter, by which these are counted; nothing of any other record.
`answers` is the record that a matter came from, `visited` the village that a visit which stands went to, `station` the station, post or point that a record which stands names, `searched` the title as far as it is looked in: what an index holds has an end.
"""
Index(
    "deeds_answering",
    deed_rows.c.ledger,
    deed_rows.c.answers,
    sqlite_where=deed_rows.c.answers != NOTHING,
    postgresql_where=deed_rows.c.answers != NOTHING,
)
Index(
    "deeds_same",
    *(deed_rows.c[name] for name in ("ledger", "same_as", "on", "stream")),
    sqlite_where=deed_rows.c.same_as != NOTHING,
    postgresql_where=deed_rows.c.same_as != NOTHING,
)
Index(
    "deeds_linked",
    *(deed_rows.c[name] for name in ("ledger", "on")),
    sqlite_where=deed_rows.c.same_as != NOTHING,
    postgresql_where=deed_rows.c.same_as != NOTHING,
)
Index(
    "deeds_of_station",
    *(deed_rows.c[name] for name in ("ledger", "station", "on")),
    sqlite_where=deed_rows.c.station != NOTHING,
    postgresql_where=deed_rows.c.station != NOTHING,
)
Index(
    "deeds_visited",
    *(deed_rows.c[name] for name in ("ledger", "on", "visited")),
    sqlite_where=deed_rows.c.visited != NOTHING,
    postgresql_where=deed_rows.c.visited != NOTHING,
)
# SQLite looks into a title in the index alone; PostgreSQL would only have to keep it up.
Index(
    "deeds_newest", *(deed_rows.c[name] for name in ("ledger", "on", "position", "searched"))
).ddl_if(dialect="sqlite")
Index("deeds_newest_first", *(deed_rows.c[name] for name in ("ledger", "on", "position"))).ddl_if(
    dialect="postgresql"
)
# With what it is asked by in it, and said as it is asked, it is taken before any other that is in the order of days, whatever a planner guesses.
Index(
    "deeds_in_question",
    deed_rows.c.ledger,
    deed_rows.c.in_question,
    deed_rows.c.on,
    deed_rows.c.position,
    deed_rows.c.recorder,
    sqlite_where=deed_rows.c.in_question == literal_column("1"),
    postgresql_where=deed_rows.c.in_question,
)

HELD = deed_rows.c.hosts != NOTHING
"""Held by units, said as the index of those has it."""
Index(
    "deeds_held",
    *(deed_rows.c[name] for name in ("ledger", "on")),
    sqlite_where=HELD,
    postgresql_where=HELD,
)
JOINT = deed_rows.c.joint.is_(True)
"""Of several units or levels, said as the index of those has it."""
Index(
    "deeds_joint",
    *(deed_rows.c[name] for name in ("ledger", "joint", "on", "position")),
    sqlite_where=JOINT,
    postgresql_where=JOINT,
)

record_versions = Table(
    "records",
    METADATA,
    ledger_column(),
    Column("stream", Word, primary_key=True),
    Column("from_position", BigInteger, primary_key=True, autoincrement=False),
    Column("to_position", BigInteger, nullable=False),
    Column("organiser", Word, nullable=False),
    Column("on", Day, nullable=False),
    Column("until", Day, nullable=False),
    Column("recorded_on", Day, nullable=False),
    Column("late_by", Integer, nullable=False),
    Column("title", Word, nullable=False),
    Column("same_as", Word, nullable=False),
    Column("lines", Integer, nullable=False),
    Column("returned", Integer, nullable=False),
    Index("records_of_organiser", "ledger", "organiser", "on"),
    Index("records_on", "ledger", "on"),
)
"""Every version of what a list says of a record, and who organised it; what was withdrawn has none that stands.

`until` is its last day, `late_by` the most days after it on which one of its lines was recorded, 0 for what is never late.
"""

Index(
    "records_same",
    *(record_versions.c[name] for name in ("ledger", "same_as", "on", "stream")),
    sqlite_where=record_versions.c.same_as != NOTHING,
    postgresql_where=record_versions.c.same_as != NOTHING,
)

RECORDS = Versioned(record_versions, key=2)

RecordColumns = tuple[UnitId, int, int, int, int, str, str, int, int]
"""The columns of a version of a record, after its positions."""

# Rows


def differs(before: object, after: object, *named: str) -> bool:
    """Whether entries may have changed any of these attributes of a record: cheaper to ask than to make its rows twice.

    Texts are compared by what they say. Anything else is as before where it is the same object: what no entry speaks of is kept as it is.
    """
    if not isinstance(before, Deed) or not isinstance(after, Deed):
        return isinstance(after, Deed)
    for name in named:
        was, now = getattr(before, name), getattr(after, name)
        if was is not now and not (isinstance(was, str) and was == now):
            return True
    return False


def record_row(state: State, found: Iterable[Fact[Any]]) -> RecordColumns | None:
    """The columns of a version of a record, after its positions; none where nothing stands."""
    organiser, same_as = UnitId(""), ""
    until: date | None = None
    match state:
        case Deed(body=body, gone=""):
            on, title, organiser, same_as = body.on, body.title, body.organiser, state.same_as
            until = body.until if isinstance(body, Occasion) else None
        case Bound(body=body):
            on, title, organiser = body.since, body.title, body.organiser
        case Found(body=body, gone=""):
            on, title = body.on, body.title
        case _:
            return None
    found = list(found)
    lines = [fact for fact in found if fact.subject.startswith("member/")]
    return (
        organiser,
        on.toordinal(),
        (until or on).toordinal(),
        state.recorded.day.toordinal(),
        max((days_late(fact) for fact in found), default=0),
        title,
        same_as,
        len(lines),
        sum(returned(fact) for fact in lines),
    )


def _came_from(said: str) -> str:
    """The record that a matter says it came from, nothing where that can be none: no index holds a text of any length."""
    root, _, key = said.partition("/")
    return said if root in _SHAPES and is_code(key) else ""


_SHAPES = frozenset(shape.value for shape in Shape)


def deed_row(
    ledger: str, last_position: int, state: Deed[Any] | Bound | Found, found: Iterable[Fact[Any]]
) -> Row:
    """The row of a record, from its state and the facts that it yields."""
    found = list(found)
    lines = [fact for fact in found if fact.subject.startswith("member/")]
    late_by = max((days_late(fact) for fact in found), default=0)
    record, gone, same_as, key = RecordClass.COUNTY, "", "", False
    answers = _came_from(getattr(state.body, "answers", ""))
    until: date | None = None
    match state:
        case Deed(body=body):
            record, gone, same_as, key = state.record, state.gone, state.same_as, body.key
            on, title, organiser = body.on, body.title, body.organiser
            until = body.until if isinstance(body, Occasion) else None
        case Bound(body=body):
            on, title, organiser = body.since, body.title, body.organiser
        case Found(body=body):
            gone = state.gone
            on, title, organiser = body.on, body.title, UnitId("")
    told = state.recorded
    number = sum(returned(fact) for fact in lines)
    return (
        ledger,
        state.stream,
        kind_of(type(state.body.details)),
        on.toordinal(),
        (until or on).toordinal(),
        late_by,
        title,
        organiser,
        record.value,
        told.by,
        told.unit or "",
        micros(told.at),
        told.day.toordinal(),
        state.position,
        last_position,
        state.version,
        gone,
        same_as,
        key,
        isinstance(state.body, Matter) and state.body.closed,
        len(lines),
        number,
        number > 0 and not gone,
        answers,
        *_joint_columns(state),
        _sort_of(state.body.details),
        _visited(state),
        _station(state),
        title[:LONGEST_TITLE],
        bodies.encode(state),
    )


def _sort_of(details: object) -> str:
    match details:
        case Studied(study=choice) | HandledServiceMatter(errand=choice):
            return choice.value
        case _:
            return ""


VISITS = (VisitedVillage, VisitedHousehold)


def _visited(state: Deed[Any] | Bound | Found) -> UnitId | str:
    """The village that a visit went to, nothing of any other record and of one that is gone."""
    if isinstance(state, Deed) and not state.gone and isinstance(state.body.details, VISITS):
        return state.body.village or ""
    return ""


def _station(state: Deed[Any] | Bound | Found) -> UnitId | str:
    """The station, post or point that a record names, nothing of one that is gone."""
    if isinstance(state, Deed) and not state.gone:
        return getattr(state.body.details, "station", None) or ""
    return ""


def _joint_columns(
    state: Deed[Any] | Bound | Found,
) -> tuple[str, str, str, bool, str, bool]:
    """The units that are credited with an activity and how it was held, the levels to which a record is credited, and whether it is joint."""
    if not isinstance(state, Deed):
        return "", "", "", False, "", False
    body = state.body
    levels = ",".join(level.value for level in levels_of(body))
    if not isinstance(body, Occasion):
        return "", "", "", False, levels, is_joint(body)
    credited = body.hosts if Subject.UNIT in body.details.about.subjects else ()
    how = body.mode.value, body.held.value, body.micro
    return ",".join(credited), *how, levels, is_joint(body)


def returned(fact: Fact[Any]) -> bool:
    """Whether one side has returned the line for checking, and nobody has answered that yet."""
    return any(
        stamp is not None and stamp.mark is Mark.RETURNED for stamp in (fact.sector, fact.studio)
    )


# One record for one deed


def standing(
    ledger: str, same_as: ColumnElement[str], position: int | None = None
) -> ColumnElement[str]:
    """The record that stands for a deed of which one record names another by `same_as`: the one named, or once that is withdrawn the first of those that name it; as of a position or now.

    It is nothing where none of them stands. Rows are made of each record by itself, so that this is asked of the records as they are when a page is drawn up.
    """
    table = deed_rows if position is None else record_versions
    root, linked = table.alias(), table.alias()

    def stands(each: FromClause) -> ColumnElement[bool]:
        return each.c.gone == "" if position is None else roster.known(each, position)

    named = select(root.c.stream).where(
        root.c.ledger == ledger, root.c.stream == same_as, stands(root)
    )
    first = (
        select(linked.c.stream)
        .where(
            *(linked.c.ledger == ledger, linked.c.same_as == same_as),
            *(linked.c.same_as != NOTHING, stands(linked)),
        )
        .order_by(linked.c.on, linked.c.stream)
        .limit(1)
    )
    return func.coalesce(
        named.correlate_except(root).scalar_subquery(),
        first.correlate_except(linked).scalar_subquery(),
    )


def stands_for_itself(
    ledger: str,
    stream: ColumnElement[str],
    same_as: ColumnElement[str],
    position: int | None = None,
) -> ColumnElement[bool]:
    """Whether a record that stands is to be counted: no other record of the same deed stands for it; as of a position or now."""
    return or_(same_as == "", stream == standing(ledger, same_as, position))


# Queries


class DeedState(Choice):
    """What a list of records can be narrowed to."""

    WAITING = "waiting", "待确认", "a side is awaited"
    RETURNED = "returned", "核实中", "returned for checking"
    LATE = "late", "逾期登记", "recorded late"
    WITHDRAWN = "withdrawn", "已撤回", "withdrawn"
    LINKED = "linked", "已关联同一履职", "linked to another record"


@dataclass(frozen=True, slots=True, kw_only=True)
class DeedSummary:
    """A record as a list shows it. `version` is its ETag, `lines` the people named, `gone` why it was withdrawn, `closed` says that it is a matter that is not public."""

    stream: Open[str]
    kind: Open[str]
    on: date
    title: Open[str]
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
    same_as: Open[str]
    key: bool
    closed: bool
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
    """One record whole: its state, its lines, the records linked to it as the same deed, and the matters that came from it."""

    summary: DeedSummary
    state: Deed[Any] | Bound | Found
    lines: tuple[DeedLine, ...]
    same: tuple[DeedSummary, ...]
    came_of: tuple[DeedSummary, ...]


def titles(connection: Connection, ledger: str, streams: Iterable[str]) -> dict[str, str]:
    """The present titles of these deeds, by stream."""
    asked = set(streams)
    if not asked:
        return {}
    found = connection.execute(
        select(deed_rows.c.stream, deed_rows.c.title).where(
            deed_rows.c.ledger == ledger, deed_rows.c.stream.in_(asked)
        )
    )
    return {row.stream: row.title for row in found}


def matter_state(
    connection: Connection, ledger: str, matter: str
) -> tuple[Deed[Matter[Any]], int] | None:
    """A matter that stands, and its version; nothing where there is none."""
    rows = deed_rows.c
    found = connection.execute(
        select(rows.kind, rows.body, rows.version).where(
            rows.ledger == ledger, rows.stream == f"matter/{matter}", rows.gone == ""
        )
    ).one_or_none()
    state = None if found is None else bodies.deed(found.kind, found.body)
    return (state, found.version) if found is not None and isinstance(state, Deed) else None


def linked_to(connection: Connection, ledger: str, streams: Sequence[str]) -> list[str]:
    """The records that are linked to any of these as the same deed."""
    rows = deed_rows.c
    found: list[str] = []
    for start in range(0, len(streams), AT_ONCE):
        some = streams[start : start + AT_ONCE]
        found += connection.execute(
            select(rows.stream).where(
                rows.ledger == ledger, rows.same_as.in_(some), rows.same_as != NOTHING
            )
        ).scalars()
    return sorted(found)


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
    policies: Policies | None = None,
    recorder: UnitId | None = None,
    recorders: Collection[UnitId] | None = None,
    recorded_by: PersonId | None = None,
    findings: bool = True,
    sort: str | None = None,
    once: bool = False,
    text: str = "",
    since: int | None = None,
    position: int | None = None,
    after: Key | None = None,
    limit: int = 50,
) -> Page[DeedSummary]:
    """Records, newest day first, as known at a position or now. Withdrawn ones are shown only where `state` asks for them.

    `sort` asks for trainings or service matters of a sort, `once` leaves out what another record of the same deed stands for.
    What is late is so by the rule of its day, the default where no `policies` are given. `sector` and `studio` are those of a line's member on the day of
    the deed; `since` asks for those of which something was said after that
    position. What waited at a past position cannot be asked.
    """
    checked_limit(limit)
    rows = deed_rows.c
    then: Any = rows
    asked = select(*SUMMARY).where(rows.ledger == ledger)
    if position is not None and state is DeedState.WITHDRAWN:
        asked = asked.where(rows.position <= position, ~_stood(ledger, position))
    elif position is not None:
        then = record_versions.c
        asked = (
            select(*_SUMMARY_THEN)
            .join(record_versions, and_(then.ledger == rows.ledger, then.stream == rows.stream))
            .where(then.ledger == ledger, roster.known(record_versions, position))
        )
    for column, wanted in (
        (rows.kind, kind),
        (rows.sort, sort),
        (then.organiser, organiser),
        (rows.recorder, recorder),
        (rows.recorded_by, recorded_by),
    ):
        if wanted is not None:
            asked = asked.where(column == wanted)
    if recorders is not None:
        asked = asked.where(rows.recorder.in_(recorders))
    if once:
        alone = stands_for_itself(ledger, rows.stream, rows.same_as)
        asked = asked.where(alone if then is rows else then.same_as == "")
    if not findings:
        asked = asked.where(~rows.stream.startswith("finding/"))
    if first is not None:
        asked = asked.where(then.on >= first)
    if last is not None:
        asked = asked.where(then.on <= last)
    if text:
        searched = rows.searched if then is rows else then.title
        asked = asked.where(searched.contains(text, autoescape=True))
    if since is not None:
        asked = asked.where(rows.last_position > since)
    if subject is not None:
        asked = asked.where(rows.stream.in_(_deeds_of(ledger, subject, position)))
    for side, unit in ((Side.SECTOR, sector), (Side.STUDIO, studio)):
        if unit is not None:
            asked = asked.where(_has_line_of(ledger, side, unit, position))
    if then is rows and position is None:
        asked = asked.where(rows.gone != "" if state is DeedState.WITHDRAWN else rows.gone == "")
    asked = _in_state(asked, ledger, state, then, today, policies or Policies())
    if after is not None:
        asked = asked.where(tuple_(then.on, rows.position) < tuple_(*after))
    asked = asked.order_by(then.on.desc(), rows.position.desc()).limit(limit + 1)
    found = [summary(row) for row in connection.execute(asked)]
    return page_of(found, limit, lambda line: (line.on.toordinal(), line.position))


MOST_LOOKED_AT = 300
"""Records of other people that are looked through for one of the same deed."""


def days_of_others(
    connection: Connection,
    ledger: str,
    subjects: Sequence[str],
    *,
    first: date,
    last: date,
) -> dict[str, date]:
    """The records of these people on days from one to another, with the day of each."""
    rows = fact_versions.c
    asked = (
        select(rows.deed, rows.on)
        .distinct()
        .where(
            rows.ledger == ledger,
            rows.subject.in_(subjects),
            rows.until >= first,
            rows.on >= first,
            rows.on <= last,
            roster.known(fact_versions, None),
        )
        .order_by(rows.on, rows.deed)
        .limit(MOST_LOOKED_AT)
    )
    return {row.deed: row.on for row in connection.execute(asked)}


def recorded_in(
    connection: Connection, ledger: str, recorder: UnitId, *, first: date, last: date
) -> tuple[int, int]:
    """How many records of days from one to another a unit made, and how many people they name."""
    rows = deed_rows.c
    asked = select(func.count(), func.coalesce(func.sum(rows.lines), 0)).where(
        rows.ledger == ledger,
        rows.recorder == recorder,
        rows.on >= first,
        rows.on <= last,
        rows.gone == "",
    )
    number, people = connection.execute(asked).one()
    return int(number), int(people)


def _deeds_of(ledger: str, subject: SubjectId, position: int | None) -> Select[tuple[str]]:
    rows = fact_versions.c
    return select(rows.deed).where(
        rows.ledger == ledger, rows.subject == subject, roster.known(fact_versions, position)
    )


def _stood(ledger: str, position: int) -> ColumnElement[bool]:
    """Whether a record stood at a position."""
    rows = record_versions.c
    return exists(
        select(rows.stream).where(
            rows.ledger == ledger,
            rows.stream == deed_rows.c.stream,
            roster.known(record_versions, position),
        )
    )


def _has_line_of(
    ledger: str, side: Side, unit: UnitId, position: int | None
) -> ColumnElement[bool]:
    rows = fact_versions.c
    return exists(
        select(rows.nth).where(
            rows.ledger == ledger,
            rows.deed == deed_rows.c.stream,
            roster.known(fact_versions, position),
            roster.home(rows.subject, ledger, rows.on, side, position) == unit,
        )
    )


def _in_state(
    asked: Select[Any],
    ledger: str,
    state: DeedState | None,
    then: Any,
    today: date,
    policies: Policies,
) -> Select[Any]:
    match state:
        case DeedState.RETURNED:
            return asked.where(
                deed_rows.c.in_question if then is deed_rows.c else then.returned > 0
            )
        case DeedState.LINKED:
            return asked.where(then.same_as != NOTHING)
        case DeedState.LATE:
            return asked.where(then.late_by > _days_allowed(then.on, policies))
        case DeedState.WAITING:
            lines = fact_versions.c
            return asked.where(
                deed_rows.c.stream.in_(
                    select(lines.deed).where(
                        lines.ledger == ledger, or_(*(due >= today for due in DUE.values()))
                    )
                )
            )
        case _:
            return asked


def _days_allowed(on: ColumnElement[date], policies: Policies) -> ColumnElement[int]:
    """After how many days a record of that day is late, by the rule of the day."""
    *earlier, last = [literal(rule.late_days) for rule in policies.rules]
    if not earlier:
        return last
    return case(
        *((on < day, allowed) for day, allowed in zip(policies.days, earlier, strict=True)),
        else_=last,
    )


_UNSHOWN = frozenset(
    {"ledger", "answers", "in_question", "searched", "body"}
    | {"hosts", "mode", "held", "micro", "levels", "joint", "sort"}
)
SUMMARY = [column for column in deed_rows.columns if column.name not in _UNSHOWN]
"""The columns of a record as a list shows it."""
_VERSIONED = {column.name for column in record_versions.columns if not column.primary_key}
_SUMMARY_THEN = [
    literal("").label("gone")
    if column.name == "gone"
    else record_versions.c[column.name]
    if column.name in _VERSIONED
    else column
    for column in SUMMARY
]
"""The same as it was known at a position."""


def summary(row: Any) -> DeedSummary:
    """A record as a list shows it."""
    return DeedSummary(
        stream=row.stream,
        kind=row.kind,
        on=row.on,
        title=row.title,
        organiser=row.organiser or None,
        record=RecordClass.of(row.record),
        recorded_by=row.recorded_by,
        recorder=row.recorder or None,
        recorded_at=row.recorded_at,
        recorded_on=row.recorded_on,
        position=row.position,
        last_position=row.last_position,
        version=row.version,
        gone=row.gone,
        same_as=row.same_as,
        key=row.key,
        closed=row.closed,
        lines=row.lines,
        returned=row.returned,
    )


def organised_by(
    ledger: str,
    units: Collection[UnitId],
    kinds: Collection[str],
    until: date,
    position: int | None,
) -> Select[tuple[str]]:
    """The streams of what some units organised of these kinds up to a day, as known at a position or now."""
    if position is None:
        rows = deed_rows.c
        return select(rows.stream).where(
            rows.ledger == ledger,
            rows.organiser.in_(units),
            rows.kind.in_(kinds),
            rows.on <= until,
        )
    then = record_versions.c
    return select(then.stream).where(
        then.ledger == ledger,
        then.organiser.in_(units),
        then.on <= until,
        roster.known(record_versions, position),
    )


def summaries(
    connection: Connection, ledger: str, streams: Sequence[str]
) -> dict[str, DeedSummary]:
    """These records, by stream."""
    asked = select(*SUMMARY).where(deed_rows.c.ledger == ledger, deed_rows.c.stream.in_(streams))
    return {row.stream: summary(row) for row in connection.execute(asked)}


def states(
    connection: Connection, ledger: str, streams: Sequence[str]
) -> dict[str, Deed[Any] | Bound | Found]:
    """The states of these records, by stream."""
    if not streams:
        return {}
    rows = deed_rows.c
    asked = select(rows.stream, rows.kind, rows.body).where(
        rows.ledger == ledger, rows.stream.in_(streams)
    )
    return {stream: bodies.deed(kind, body) for stream, kind, body in connection.execute(asked)}


def record_of(connection: Connection, ledger: str, meeting: Meeting[Any]) -> Deed[Any] | None:
    """The record of who was at a meeting, where there is one that stands."""
    if not meeting.closed_before:
        return None
    stream = f"occasion/{meeting.meeting}"
    found = states(connection, ledger, [stream]).get(stream)
    return found if isinstance(found, Deed) and not found.gone else None


def deed(
    connection: Connection, ledger: str, stream: str, *, today: date, policy: Policy
) -> DeedPage | None:
    """One record as it stands today."""
    rows = deed_rows.c
    found = connection.execute(
        select(*SUMMARY, rows.body).where(rows.ledger == ledger, rows.stream == stream)
    ).one_or_none()
    if found is None:
        return None
    state = bodies.deed(found.kind, found.body)
    facts = facts_of(state)
    who = [PersonId(f.subject[7:]) for f in facts if f.subject.startswith("member/")]
    of_units = [UnitId(f.subject[5:]) for f in facts if f.subject.startswith("unit/")]
    known = Roster(
        people=roster.persons(connection, ledger, who), units=roster.all_units(connection, ledger)
    )
    names = {f"member/{p.person}": p.profile.name for p in known.people.values()}
    names |= {f"unit/{u}": known.units[u].profile.name for u in of_units if u in known.units}
    # The partial index is used only where the query says that it is not of the rows left out of it.
    linked = select(*SUMMARY).where(
        rows.ledger == ledger, rows.same_as == stream, rows.same_as != NOTHING
    )
    stands = select(*SUMMARY).where(rows.ledger == ledger, rows.stream == found.same_as)
    others = union_all(linked, stands) if found.same_as else linked
    came = (
        select(*SUMMARY)
        .where(
            rows.ledger == ledger, rows.answers == stream, rows.answers != NOTHING, rows.gone == ""
        )
        .order_by(rows.position)
        .limit(MOST_CAME)
    )
    return DeedPage(
        summary=summary(found),
        state=state,
        lines=tuple(
            DeedLine(
                subject=fact.subject,
                name=names.get(fact.subject, ""),
                fact=fact,
                attested=attested(fact, policy, today),
                sector=answering(known, fact, Side.SECTOR, today),
                studio=answering(known, fact, Side.STUDIO, today),
            )
            for fact in facts
        ),
        same=tuple(summary(row) for row in connection.execute(others)),
        came_of=tuple(summary(row) for row in connection.execute(came)),
    )


def answering(known: Roster, fact: Fact[Any], side: Side, today: date) -> Answering:
    """Who answers for a line on a side today; nobody answers for himself."""
    person = PersonId(fact.subject.removeprefix("member/"))
    home = known.home(person, side, fact.on)
    unit, people = answers_for(known, home, person, today)
    return Answering(home=home, unit=unit, people=people)


def answers_for(
    known: Roster, home: UnitId | None, person: PersonId, today: date
) -> tuple[UnitId, tuple[PersonId, ...]]:
    """Who answers for somebody's line today: the nearest unit that has a head other than himself."""
    return known.answering(home, today, other_than=person)


def newest_day(connection: Connection, ledger: str, *, until: date) -> date | None:
    """The last day, until this one, on which something was done; none where nothing was."""
    rows = deed_rows.c
    asked = (
        select(rows.on)
        .where(rows.ledger == ledger, rows.gone == "", rows.on <= until)
        .order_by(rows.on.desc(), rows.position.desc())
        .limit(1)
    )
    return connection.execute(asked).scalar_one_or_none()


def oldest_day(connection: Connection, ledger: str) -> date | None:
    """The first day on which something was done; none where nothing was."""
    rows = deed_rows.c
    asked = (
        select(rows.on)
        .where(rows.ledger == ledger, rows.gone == "")
        .order_by(rows.on, rows.position)
        .limit(1)
    )
    return connection.execute(asked).scalar_one_or_none()


def day_of(connection: Connection, ledger: str, stream: str) -> date | None:
    """The day of a record: the rule of that day says what its stamps come to."""
    rows = deed_rows.c
    asked = select(rows.on).where(rows.ledger == ledger, rows.stream == stream)
    return connection.execute(asked).scalar_one_or_none()
