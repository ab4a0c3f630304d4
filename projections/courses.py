"""Matters on their way round loops: what is open and by when, what is overdue, who has it; and how each came there."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, NamedTuple, TypedDict, Unpack

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ColumnElement,
    Connection,
    Index,
    LargeBinary,
    Select,
    Table,
    and_,
    case,
    func,
    select,
    tuple_,
)

from domain.calendar import Calendar, WorkingDays
from domain.course import Clock, Course, Move, Standing, clock, clocks, not_told, once_more, reached
from domain.deadline import AtMeeting, MeetingDay, why
from domain.deed import Deed
from domain.document import Document, Sort
from domain.kinds import kind_of
from domain.kinds.meetings import Meeting as MeetingKind
from domain.loop import Holder, Loop, LoopStage, Mover
from domain.people import PersonId, UnitId
from domain.words import Choice, Label, Open
from projections import bodies, deeds, documents, meetings, roster
from projections.columns import FOREVER, METADATA, OPEN, Day, Row, Versioned, Word, ledger_column
from projections.documents import Shelf
from projections.facts import fact_versions
from projections.meetings import DayVersion
from projections.paging import MOST, Key, Page, checked_limit, page_of
from projections.roster import known

DUE_SOON = 14
"""Days ahead in which something is due soon."""

course_versions = Table(
    "courses",
    METADATA,
    ledger_column(),
    Column("matter", Word, primary_key=True),
    Column("from_position", BigInteger, primary_key=True, autoincrement=False),
    Column("to_position", BigInteger, nullable=False),
    Column("kind", Word, nullable=False),
    Column("loop", Word, nullable=False),
    Column("stage", Word, nullable=False),
    Column("standing", Word, nullable=False),
    Column("organiser", Word, nullable=False),
    Column("holder", Word, nullable=False),
    Column("title", Word, nullable=False),
    Column("body", LargeBinary, nullable=False),
    Index("courses_known", "ledger", "to_position", "matter"),
    Index("courses_standing", "ledger", "standing", "to_position", "from_position"),
)
"""Every turn of every matter on its way round a loop; `holder` is who has it, as `held_by` says."""

COURSES = Versioned(course_versions, key=2)

due_rows = Table(
    "dues",
    METADATA,
    ledger_column(),
    Column("matter", Word, primary_key=True),
    Column("due", Day, nullable=False),
    Column("due_stage", Word, nullable=False),
    Column("version", Word, nullable=False),
    Column("kind", Word, nullable=False),
    Column("loop", Word, nullable=False),
    Column("stage", Word, nullable=False),
    Column("standing", Word, nullable=False),
    Column("organiser", Word, nullable=False),
    Column("holder", Word, nullable=False),
    Column("not_told", Boolean, nullable=False),
    Column("meeting", Word, nullable=False),
    Index("dues_by_day", "ledger", "due", "matter"),
    Index("dues_of_organiser", "ledger", "organiser", "due"),
    Index("dues_of_holder", "ledger", "holder", "due", "matter"),
    Index("dues_of_meeting", "ledger", "meeting", "due", "matter"),
    Index("dues_of_version", "ledger", "loop", "version", "matter"),
)
"""The first thing that is due of each matter that is not closed, with what lists ask for; what is never due lies at the end of time.

`meeting` is the first meeting of which something due of it has its day, be it the first thing due or a later one; empty where there is none.
"""

kept_terms = Table(
    "kept_terms",
    METADATA,
    ledger_column(),
    Column("matter", Word, primary_key=True),
    Column("stage", Word, primary_key=True),
    Column("due", Day, nullable=False),
    Column("on", Day, nullable=False),
)
"""Of each stage that a matter has reached: by when it was to be there, as the calendars and meetings stand now, and when it was. Stages without a day have no row."""


def held_by(holder: Holder | None) -> str:
    """Who has a matter in hand, as rows have it: `unit/ID`, or the name of a department outside; empty for nobody."""
    if holder is None:
        return ""
    return holder.name if holder.unit is None else f"unit/{holder.unit}"


def course_columns(state: object) -> Row | None:
    """What lies in a row of a matter on its way; nothing for any other state, or once it is withdrawn."""
    if not isinstance(state, Deed) or state.course is None or state.gone:
        return None
    body, course = state.body, state.course
    return (
        *(kind_of(type(body.details)), course.loop, course.at, course.standing.value),
        *(body.organiser, held_by(course.holder)),
        *(body.title, bodies.encode(course)),
    )


def changes_course(before: object, after: object) -> bool:
    """Whether an entry may have changed what lies in that row: cheaper to ask than to write it twice."""
    if not (isinstance(before, Deed) and isinstance(after, Deed)):
        return True
    was, now = (before.course, before.body, before.gone), (after.course, after.body, after.gone)
    return any(one is not other for one, other in zip(was, now, strict=True))


@dataclass(frozen=True, slots=True)
class Timing:
    """What due days go by: loops by code and version, working days, meetings."""

    loops: Mapping[tuple[str, str], Loop]
    days: WorkingDays
    meetings: tuple[MeetingDay, ...]

    def clocks(self, course: Course) -> tuple[Clock, ...]:
        """All that is due of a matter, the first first."""
        loop = self.loops.get((course.loop, course.version))
        return () if loop is None else clocks(loop, course, days=self.days, meetings=self.meetings)

    def kept(self, course: Course) -> Iterator[tuple[str, date, date]]:
        """The stages that a matter has reached and that had a day: by when it was to be there, and when it was."""
        loop = self.loops.get((course.loop, course.version))
        if loop is None:
            return
        for stage in loop.stages:
            if stage.due is None or not reached(loop, course, stage.code):
                continue
            if once_more(loop, course, stage.code):
                continue
            found = clock(loop, course, stage, days=self.days, meetings=self.meetings)
            if found is not None and found.due.day is not None:
                yield stage.code, found.due.day, course.done[stage.code]

    @property
    def by_meetings(self) -> set[str]:
        """The loops of which something is due at a meeting."""
        return {
            loop.code
            for loop in self.loops.values()
            if any(isinstance(stage.due, AtMeeting) for stage in loop.stages)
        }


def timing_of(papers: Iterable[Document], shelf: Shelf, held: tuple[MeetingDay, ...]) -> Timing:
    """What due days go by, of all that is published: also of the loops' former versions, round which matters still go."""
    loops: dict[tuple[str, str], Loop] = {}
    calendars: list[Calendar] = []
    for paper in papers:
        if paper.sort is Sort.LOOP:
            loops |= {(paper.code, v.version): shelf.loop(v) for v in paper.versions}
        elif paper.sort is Sort.CALENDAR and (newest := paper.newest) is not None:
            calendars.append(shelf.calendar(newest))
    return Timing(loops, WorkingDays.of(calendars), held)


def timing(
    connection: Connection, ledger: str, shelf: Shelf, *, position: int | None = None
) -> Timing:
    """What due days go by, as known now or at a position."""
    papers = documents.states(
        connection, ledger, shelf, position=position, sorts=(Sort.LOOP, Sort.CALENDAR)
    )
    return timing_of(papers, shelf, meetings.days(connection, ledger, position=position))


_COLUMNS = [column.name for column in course_versions.columns]


def due_row(row: Row, time: Timing) -> Row | None:
    """The row of what is due of a matter, from that of its course; nothing once it is closed."""
    told = dict(zip(_COLUMNS, row, strict=True))
    if told["standing"] == Standing.CLOSED.value:
        return None
    course = bodies.course(told["body"])
    loop = time.loops.get((course.loop, course.version))
    found = time.clocks(course)
    first = found[0] if found else None
    day = None if first is None else first.due.day
    _, meeting = _at_meeting(found)
    return (
        *(told["ledger"], told["matter"], FOREVER if day is None else day.toordinal()),
        "" if first is None else first.stage,
        course.version,
        *(told[name] for name in ("kind", "loop", "stage", "standing", "organiser", "holder")),
        loop is not None and not_told(loop, course),
        "" if meeting is None else meeting.meeting,
    )


def _at_meeting(found: Iterable[Clock]) -> tuple[Clock, MeetingDay] | tuple[None, None]:
    """The first thing that has its day of a meeting, and that meeting."""
    for each in found:
        if (meeting := each.due.decided_by) is not None:
            return each, meeting
    return None, None


def kept_rows(row: Row, time: Timing) -> list[Row]:
    """The rows of the days that a matter had to keep, from that of its course."""
    told = dict(zip(_COLUMNS, row, strict=True))
    found = time.kept(bodies.course(told["body"]))
    return [
        (told["ledger"], told["matter"], stage, due.toordinal(), on.toordinal())
        for stage, due, on in found
    ]


def standing_rows(
    connection: Connection, ledger: str, matters: Collection[str] | None
) -> Iterator[Row]:
    """The rows of the courses of these matters, or of all that are not closed, as they are stored."""
    rows = course_versions.c
    asked = select(course_versions).where(rows.ledger == ledger, known(course_versions, None))
    if matters is None:
        asked = asked.where(rows.standing != Standing.CLOSED.value)
        yield from map(tuple, connection.execute(asked))
        return
    names = sorted(matters)
    for start in range(0, len(names), AT_ONCE):
        some = asked.where(rows.matter.in_(names[start : start + AT_ONCE]))
        yield from map(tuple, connection.execute(some))


def rows_of_loops(
    connection: Connection, ledger: str, loops: Collection[str] | None
) -> Iterator[Row]:
    """The rows of the courses of all matters that go or went round these loops, or any, as they are stored."""
    rows = course_versions.c
    asked = select(course_versions).where(rows.ledger == ledger, known(course_versions, None))
    if loops is not None:
        asked = asked.where(rows.loop.in_(sorted(loops)))
    yield from map(tuple, connection.execute(asked))


AT_ONCE = 500
"""Matters that are asked for by one query."""


# Queries


class Timeliness(Choice):
    """How a matter stands to its day."""

    OVERDUE = "overdue", "已逾期"
    SOON = "soon", "即将到期", "due soon"
    LATER = "later", "未到期", "due later"
    NO_DAY = "no_day", "暂无期限", "no day yet"


@dataclass(frozen=True, slots=True, kw_only=True)
class ForMeeting:
    """The first thing of a matter that has to be there by a meeting: which meeting, its day, and the stage."""

    meeting: Open[str]
    title: Open[str]
    on: date
    stage: Open[str]
    stage_name: Label


@dataclass(frozen=True, slots=True, kw_only=True)
class ForAuthor:
    """What the author himself is asked for now, and nobody can do for him; `due` is none where it has no day."""

    stage: Open[str]
    stage_name: Label
    due: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class DueLine:
    """A matter that is not closed, as a list shows it: where it stands, who has it, what is due and why.

    `due` is none where nothing is due, time stands still, or no meeting is planned; `why` explains the day line by line. `not_told` is set where
    it is handled, or it was found that it cannot be, and who raised it has not been told. `for_meeting` may be later than what is due first.
    """

    matter: Open[str]
    kind: Open[str]
    title: Open[str]
    loop: Open[str]
    loop_name: Label
    stage: Open[str]
    stage_name: Label
    standing: Standing
    since: date
    begun_on: date
    organiser: UnitId
    organiser_name: Open[str]
    holder: Holder | None
    holder_name: Open[str]
    due: date | None
    due_stage: Open[str]
    due_stage_name: Label
    timeliness: Timeliness
    days_left: int | None
    why: tuple[Label, ...]
    not_told: bool
    paused: bool
    for_meeting: ForMeeting | None
    for_author: ForAuthor | None


def timeliness(due: date | None, today: date) -> Timeliness:
    """How a day stands to today."""
    if due is None:
        return Timeliness.NO_DAY
    if due < today:
        return Timeliness.OVERDUE
    return Timeliness.SOON if due <= today + timedelta(days=DUE_SOON) else Timeliness.LATER


class Whose(TypedDict, total=False):
    """Which matters are meant; what is none or left out asks nothing.

    `unit` is the one that a matter came in through, `holder` who has it in hand as `held_by` says, `meeting` the first of which something due of it has its day, `author` one of its authors.
    """

    loop: str | None
    stage: str | None
    kind: str | None
    unit: UnitId | None
    holder: str | None
    meeting: str | None
    author: PersonId | None


def open_matters(
    connection: Connection,
    ledger: str,
    shelf: Shelf,
    *,
    today: date,
    position: int | None = None,
    how: Timeliness | None = None,
    not_told: bool = False,
    standing: Standing | None = None,
    by_holder: bool = False,
    after: Key | None = None,
    limit: int = 50,
    **whose: Unpack[Whose],
) -> Page[DueLine]:
    """The matters that are not closed, what is due first first; with `by_holder` together for each who has some in hand; as of a position or now."""
    checked_limit(limit)
    rows = due_rows.c
    if position is not None:
        then = _then(connection, ledger, shelf, position, today, whose, how, not_told, standing)
        places = {each.matter: each.place(by_holder) for each in then}
        later = sorted(place for place in places.values() if after is None or place > after)
        found = _courses_of(
            connection, ledger, [str(place[-1]) for place in later[: limit + 1]], position
        )
        page = page_of(found, limit, lambda row: places[row.matter])
    else:
        asked = select(rows.matter, rows.due, rows.holder, *OF_COURSE).select_from(
            due_rows.join(course_versions, its_course())
        )
        asked = asked.where(*_asked(ledger, today, how, not_told, standing, whose))
        order = (rows.holder, rows.due, rows.matter) if by_holder else (rows.due, rows.matter)
        if after is not None:
            asked = asked.where(tuple_(*order) > tuple_(*after))
        asked = asked.order_by(*order).limit(limit + 1)

        def key(row: Any) -> Key:
            place = (row.due.toordinal(), row.matter)
            return (row.holder, *place) if by_holder else place

        page = page_of(connection.execute(asked).all(), limit, key)
    time = timing(connection, ledger, shelf, position=position)
    told = lines(connection, ledger, time, page.rows, today)
    return Page(rows=tuple(told), after=page.after)


def all_open_matters(
    connection: Connection,
    ledger: str,
    shelf: Shelf,
    *,
    today: date,
    position: int | None = None,
    how: Timeliness | None = None,
    not_told: bool = False,
    standing: Standing | None = None,
    **whose: Unpack[Whose],
) -> Iterator[DueLine]:
    """The same without pages, together for each who has some in hand: for a sheet that leaves the house."""
    after: Key | None = None
    while True:
        page = open_matters(
            *(connection, ledger, shelf),
            today=today,
            position=position,
            how=how,
            not_told=not_told,
            standing=standing,
            by_holder=True,
            after=after,
            limit=MOST,
            **whose,
        )
        yield from page.rows
        after = page.after
        if after is None:
            return


def holders(connection: Connection, ledger: str, *, limit: int = MOST) -> tuple[str, ...]:
    """Who has something in hand that is not closed, as `held_by` says, in order; no more than so many."""
    rows = due_rows.c
    asked = select(rows.holder).where(rows.ledger == ledger, rows.holder != "").distinct()
    return tuple(connection.scalars(asked.order_by(rows.holder).limit(limit)))


def its_course() -> Any:
    """What joins the row of what is due of a matter with that of its course as it stands."""
    return and_(
        course_versions.c.ledger == due_rows.c.ledger,
        course_versions.c.matter == due_rows.c.matter,
        known(course_versions, None),
    )


OF_COURSE = tuple(course_versions.c[name] for name in ("kind", "title", "organiser", "body"))


def _asked(
    ledger: str,
    today: date,
    how: Timeliness | None,
    not_told: bool,
    standing: Standing | None,
    whose: Whose,
) -> list[Any]:
    rows = due_rows.c
    found: list[Any] = [rows.ledger == ledger]
    if how is not None:
        found.append(stands(rows.due, how, today))
    if not_told:
        found.append(rows.not_told)
    found += [rows[column] == value for column, value in _columns_asked(standing, whose)]
    if (author := whose.get("author")) is not None:
        found.append(rows.matter.in_(_written_by(ledger, author, None)))
    return found


def _columns_asked(standing: Standing | None, whose: Whose) -> list[tuple[str, str]]:
    """The columns of what is due that have to say a word, with the word."""
    asked = (
        ("standing", None if standing is None else standing.value),
        ("loop", whose.get("loop")),
        ("stage", whose.get("stage")),
        ("kind", whose.get("kind")),
        ("organiser", whose.get("unit")),
        ("holder", whose.get("holder")),
        ("meeting", whose.get("meeting")),
    )
    return [(column, value) for column, value in asked if value is not None]


def _written_by(ledger: str, author: PersonId, position: int | None) -> Select[Any]:
    """The matters that are somebody's own."""
    rows, root = fact_versions.c, "matter/"
    return select(func.substr(rows.deed, len(root) + 1)).where(
        rows.ledger == ledger,
        rows.subject == f"member/{author}",
        rows.deed.startswith(root),
        known(fact_versions, position),
    )


def stands(due: ColumnElement[Any], how: Timeliness, today: date) -> ColumnElement[bool]:
    """What `timeliness` says, of a column of days in which the last day that there is stands for none."""
    soon = today + timedelta(days=DUE_SOON)
    match how:
        case Timeliness.OVERDUE:
            return due < today
        case Timeliness.SOON:
            return and_(due >= today, due <= soon)
        case Timeliness.LATER:
            return and_(due > soon, due < date.max)
        case Timeliness.NO_DAY:
            return due == date.max


def lines(
    connection: Connection, ledger: str, time: Timing, found: Sequence[Any], today: date
) -> list[DueLine]:
    """Matters as a list shows them, from rows with `matter` and what `OF_COURSE` has."""
    courses = [bodies.course(row.body) for row in found]
    units = {UnitId(row.organiser) for row in found}
    units |= {c.holder.unit for c in courses if c.holder is not None and c.holder.unit is not None}
    names = roster.names(connection, ledger, units=units)
    return [
        _line(row, course, time, names, today) for row, course in zip(found, courses, strict=True)
    ]


def _line(row: Any, course: Course, time: Timing, names: Mapping[str, str], today: date) -> DueLine:
    loop = time.loops.get((course.loop, course.version))
    found = time.clocks(course)
    first = found[0] if found else None
    day = None if first is None else first.due.day
    holder = course.holder
    at, meeting = _at_meeting(found)
    return DueLine(
        matter=row.matter,
        kind=row.kind,
        title=row.title,
        loop=course.loop,
        loop_name=_loop_name(loop, course),
        stage=course.at,
        stage_name=_called(loop, course.at),
        standing=course.standing,
        since=course.done.get(course.at, course.begun_on),
        begun_on=course.begun_on,
        organiser=UnitId(row.organiser),
        organiser_name=names.get(f"unit/{row.organiser}", row.organiser),
        holder=holder,
        holder_name=_holder_name(holder, names),
        due=day,
        due_stage="" if first is None else first.stage,
        due_stage_name=Label("", "") if first is None else _called(loop, first.stage),
        timeliness=timeliness(day, today),
        days_left=None if day is None else (day - today).days,
        why=() if first is None else tuple(why(first.due, _called(loop, first.since))),
        not_told=loop is not None and not_told(loop, course),
        paused=course.paused,
        for_meeting=None
        if at is None or meeting is None
        else ForMeeting(
            meeting=meeting.meeting,
            title=meeting.title,
            on=meeting.on,
            stage=at.stage,
            stage_name=_called(loop, at.stage),
        ),
        for_author=_for_author(loop, course, found),
    )


def _for_author(loop: Loop | None, course: Course, found: Sequence[Clock]) -> ForAuthor | None:
    """The stage to which its author alone may move it now."""
    if loop is None or course.standing is not Standing.OPEN:
        return None
    days = {each.stage: each.due.day for each in found}
    for stage in loop.stages:
        if stage.movers != (Mover.AUTHOR,) or stage.code in course.done:
            continue
        if may_come(loop, course, stage):
            return ForAuthor(stage=stage.code, stage_name=stage.label, due=days.get(stage.code))
    return None


def may_come(loop: Loop, course: Course, stage: LoopStage) -> bool:
    """Whether a matter may reach a stage now; one beside the way no second time."""
    if course.standing is Standing.CLOSED or not all(code in course.done for code in stage.after):
        return False
    if stage.beside:
        return stage.code not in course.done
    return not course.paused and stage.code in loop.then(course.at)


def _loop_name(loop: Loop | None, course: Course) -> Label:
    return Label(course.loop, course.loop) if loop is None else Label(loop.zh, loop.en)


def _called(loop: Loop | None, code: str) -> Label:
    return Label(code, code) if loop is None else loop.called(code)


def _holder_name(holder: Holder | None, names: Mapping[str, str]) -> str:
    if holder is None:
        return ""
    return holder.name or names.get(f"unit/{holder.unit}", str(holder.unit))


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """How many matters stand how, of what somebody asks about."""

    open: int
    resting: int
    overdue: int
    soon: int
    no_day: int
    not_told: int


def counts(connection: Connection, ledger: str, *, today: date, **whose: Unpack[Whose]) -> Counts:
    """The figures above a board."""
    rows = due_rows.c

    def number(when: Any) -> Any:
        return func.coalesce(func.sum(case((when, 1), else_=0)), 0)

    asked: Select[Any] = select(
        number(rows.standing == Standing.OPEN.value),
        number(rows.standing == Standing.RESTING.value),
        number(stands(due_rows.c.due, Timeliness.OVERDUE, today)),
        number(stands(due_rows.c.due, Timeliness.SOON, today)),
        number(
            and_(
                stands(due_rows.c.due, Timeliness.NO_DAY, today),
                rows.standing == Standing.OPEN.value,
            )
        ),
        number(rows.not_told),
    ).where(*_asked(ledger, today, None, False, None, whose))
    figures = [int(each) for each in connection.execute(asked).one()]
    return Counts(
        open=figures[0],
        resting=figures[1],
        overdue=figures[2],
        soon=figures[3],
        no_day=figures[4],
        not_told=figures[5],
    )


# What was due, as known at a position


class _Due(NamedTuple):
    """A row of what is due, as that table has it; `due` is the number of its day."""

    ledger: str
    matter: str
    due: int
    due_stage: str
    version: str
    kind: str
    loop: str
    stage: str
    standing: str
    organiser: str
    holder: str
    not_told: bool
    meeting: str

    def stands(self, today: date) -> Timeliness:
        """How it stands to its day."""
        return timeliness(None if self.due == FOREVER else date.fromordinal(self.due), today)

    def place(self, by_holder: bool) -> Key:
        """Where it stands on a list."""
        place = (self.due, self.matter)
        return (self.holder, *place) if by_holder else place


def _all_then(connection: Connection, ledger: str, shelf: Shelf, position: int) -> tuple[_Due, ...]:
    """All that was not closed at a position, by the loops, calendars and meetings of then; worked out once for each position."""

    def work_out() -> tuple[_Due, ...]:
        time = timing(connection, ledger, shelf, position=position)
        rows = course_versions.c
        asked = select(course_versions).where(
            rows.ledger == ledger,
            # Said one by one, so that closed ones, which are the most, are not looked at.
            rows.standing.in_([each.value for each in Standing if each is not Standing.CLOSED]),
            known(course_versions, position),
        )
        found = (due_row(tuple(row), time) for row in connection.execute(asked))
        return tuple(_Due(*row) for row in found if row is not None)

    return shelf.answer(("dues", ledger, position), work_out)


def _then(
    connection: Connection,
    ledger: str,
    shelf: Shelf,
    position: int,
    today: date,
    whose: Whose,
    how: Timeliness | None = None,
    not_told: bool = False,
    standing: Standing | None = None,
) -> list[_Due]:
    """What was due at a position, narrowed as `_asked` narrows the rows of now."""
    asked = _columns_asked(standing, whose)
    own: Collection[str] | None = None
    if (author := whose.get("author")) is not None:
        own = set(connection.scalars(_written_by(ledger, author, position)))
    return [
        row
        for row in _all_then(connection, ledger, shelf, position)
        if (how is None or row.stands(today) is how)
        and (row.not_told or not not_told)
        and all(getattr(row, column) == value for column, value in asked)
        and (own is None or row.matter in own)
    ]


def _courses_of(
    connection: Connection, ledger: str, matters: Sequence[str], position: int
) -> list[Any]:
    """How far these matters had come at a position, in their order."""
    rows = course_versions.c
    asked = select(rows.matter, *OF_COURSE).where(
        rows.ledger == ledger, rows.matter.in_(matters), known(course_versions, position)
    )
    found = {row.matter: row for row in connection.execute(asked)}
    return [found[matter] for matter in matters]


def counts_then(
    connection: Connection,
    ledger: str,
    shelf: Shelf,
    *,
    today: date,
    position: int,
    **whose: Unpack[Whose],
) -> Counts:
    """The figures above a board, as known at a position about that day."""
    found = _then(connection, ledger, shelf, position, today, whose)
    stands = Counter(row.stands(today) for row in found)
    resting = sum(row.standing == Standing.RESTING.value for row in found)
    no_day = [row for row in found if row.stands(today) is Timeliness.NO_DAY]
    return Counts(
        open=len(found) - resting,
        resting=resting,
        overdue=stands[Timeliness.OVERDUE],
        soon=stands[Timeliness.SOON],
        no_day=sum(row.standing == Standing.OPEN.value for row in no_day),
        not_told=sum(row.not_told for row in found),
    )


def holders_then(
    connection: Connection, ledger: str, shelf: Shelf, *, position: int, limit: int = MOST
) -> tuple[str, ...]:
    """Who had something in hand at a position that was not closed, as `holders` tells it of now."""
    found = {row.holder for row in _all_then(connection, ledger, shelf, position)}
    return tuple(sorted(found - {""})[:limit])


# One matter


@dataclass(frozen=True, slots=True, kw_only=True)
class StageLine:
    """A stage of a loop as one matter stands to it: reached on which day, due when and why, and whether it may be next.

    `asks` is the requirement that it stands for, `said` what was said in reaching it, which is the evidence.
    """

    code: Open[str]
    name: Label
    beside: bool
    here: bool
    done_on: date | None
    may_be_next: bool
    due: date | None
    why: tuple[Label, ...]
    asks: Label | None
    said: Move | None


@dataclass(frozen=True, slots=True, kw_only=True)
class DueChange:
    """What was due first, and when, before and after an entry; `meeting` is the one that was planned, moved or cancelled, none where the matter itself moved."""

    position: int
    meeting: Open[str]
    meeting_title: Open[str]
    stage: Label
    before: date | None
    after: date | None
    why_before: tuple[Label, ...]
    why_after: tuple[Label, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class CoursePage:
    """One matter's way: where it stands, its stages, its turns, and how what is due has changed. `version` is the ETag of the matter."""

    line: DueLine
    course: Course
    stages: tuple[StageLine, ...]
    changes: tuple[DueChange, ...]
    version: int


def course(
    connection: Connection, ledger: str, shelf: Shelf, matter: str, *, today: date
) -> CoursePage | None:
    """The way of one matter, as it stands."""
    rows = course_versions.c
    # Its version moves by every entry of the matter, its way by those alone that change it.
    versions = deeds.deed_rows.c
    asked = (
        select(rows.matter, versions.version, *OF_COURSE)
        .join(
            deeds.deed_rows,
            and_(versions.ledger == rows.ledger, versions.stream == f"matter/{matter}"),
        )
        .where(rows.ledger == ledger, rows.matter == matter, known(course_versions, None))
    )
    row = connection.execute(asked).one_or_none()
    if row is None:
        return None
    time = timing(connection, ledger, shelf)
    (line,) = lines(connection, ledger, time, [row], today)
    state = bodies.course(row.body)
    loop = time.loops.get((state.loop, state.version))
    return CoursePage(
        line=line,
        course=state,
        stages=() if loop is None else tuple(_stages(loop, state, time)),
        changes=tuple(_changes(connection, ledger, matter, time)),
        version=row.version,
    )


def _stages(loop: Loop, state: Course, time: Timing) -> Iterator[StageLine]:
    by_stage = {each.stage: each for each in time.clocks(state)}
    next_ones = () if state.standing is Standing.CLOSED else loop.then(state.at)
    moves = {step.stage: step.move for step in state.turns if step.stage in state.done}
    for stage in loop.stages:
        clock = by_stage.get(stage.code)
        ready = all(reached(loop, state, code) for code in stage.after)
        may = stage.code in next_ones or (stage.beside and state.standing is not Standing.CLOSED)
        yield StageLine(
            code=stage.code,
            name=stage.label,
            beside=stage.beside,
            here=stage.code == state.at,
            done_on=state.done.get(stage.code),
            may_be_next=may and ready,
            due=None if clock is None else clock.due.day,
            why=() if clock is None else tuple(why(clock.due, loop.called(clock.since))),
            asks=stage.asks,
            said=moves.get(stage.code),
        )


def _changes(connection: Connection, ledger: str, matter: str, time: Timing) -> Iterator[DueChange]:
    """How the first thing due changed, turn by turn and meeting by meeting, by the calendars that are published now."""
    rows = course_versions.c
    asked = (
        select(rows.from_position, rows.body)
        .where(rows.ledger == ledger, rows.matter == matter)
        .order_by(rows.from_position)
    )
    turns = [(position, bodies.course(body)) for position, body in connection.execute(asked)]
    kinds = {
        kind
        for _, state in turns
        if (loop := time.loops.get((state.loop, state.version))) is not None
        for kind in _meeting_kinds(loop)
    }
    held = meetings.day_versions(connection, ledger, kinds) if kinds else []
    begun = turns[0][0]
    at: dict[int, DayVersion | None] = {position: None for position, _ in turns}
    for each in held:
        for position in (each.from_position, each.to_position):
            if begun < position < OPEN:
                at[position] = at.get(position) or each
    before: tuple[Course, Clock] | None = None
    first = True
    for position in sorted(at):
        state = max((t for t in turns if t[0] <= position), key=lambda t: t[0])[1]
        standing = tuple(
            sorted(
                (d.day for d in held if d.from_position <= position < d.to_position),
                key=lambda d: (d.on, d.meeting),
            )
        )
        found = Timing(time.loops, time.days, standing).clocks(state)
        now = (state, found[0]) if found else None
        if not first and _said(before) != _said(now):
            yield _change(position, at[position], before, now, time)
        first, before = False, now


def _said(found: tuple[Course, Clock] | None) -> object:
    return None if found is None else (found[1].stage, found[1].due.day)


def _meeting_kinds(loop: Loop) -> Iterator[MeetingKind]:
    for stage in loop.stages:
        if isinstance(stage.due, AtMeeting):
            yield from stage.due.kinds


def _change(
    position: int,
    by: DayVersion | None,
    before: tuple[Course, Clock] | None,
    now: tuple[Course, Clock] | None,
    time: Timing,
) -> DueChange:
    def said(found: tuple[Course, Clock] | None) -> tuple[date | None, tuple[Label, ...]]:
        if found is None:
            return None, ()
        state, clock = found
        loop = time.loops.get((state.loop, state.version))
        return clock.due.day, tuple(why(clock.due, _called(loop, clock.since)))

    (was, why_before), (day, why_after) = said(before), said(now)
    state, clock = now or before or (None, None)
    stage = Label("", "")
    if state is not None and clock is not None:
        stage = _called(time.loops.get((state.loop, state.version)), clock.stage)
    return DueChange(
        position=position,
        meeting="" if by is None else by.day.meeting,
        meeting_title="" if by is None else by.day.title,
        stage=stage,
        before=was,
        after=day,
        why_before=why_before,
        why_after=why_after,
    )
