"""Instructions (批示) as facts, never their text: whose rank, of which level, when and under which number; and what followed from each, or nothing yet."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ColumnElement,
    Connection,
    Index,
    Table,
    and_,
    exists,
    func,
    select,
    tuple_,
)

from domain.course import Turn
from domain.deed import Deed
from domain.fact import Followed, Reached
from domain.kinds import Stage, kind_of
from domain.matter import Matter
from domain.people import UnitId
from domain.words import Label, Level
from projections import courses, deeds, roster
from projections.columns import METADATA, Day, Row, Word, ledger_column
from projections.documents import Shelf
from projections.links import Relation, Way, link_rows
from projections.paging import Key, Page, checked_limit, page_of

MOST_LED = 5
"""Records that one instruction is shown to have led to; there may be more."""
_BY_LINK = (Relation.LED_TO.value, Relation.ANSWERS.value, Relation.CONVERTED.value)
"""Links by which something followed: what it led to, what names it as its source (a task, say), other forms of it."""

instruction_rows = Table(
    "instructions",
    METADATA,
    ledger_column(),
    Column("position", BigInteger, primary_key=True, autoincrement=False),
    Column("matter", Word, nullable=False),
    Column("kind", Word, nullable=False),
    Column("organiser", Word, nullable=False),
    Column("same_as", Word, nullable=False),
    Column("on", Day, nullable=False),
    Column("level", Word, nullable=False),
    Column("rank", Word, nullable=False),
    Column("document", Word, nullable=False),
    Column("followed", Word, nullable=False),
    Column("loop", Word, nullable=False),
    Column("version", Word, nullable=False),
    Column("stage", Word, nullable=False),
    Column("stage_on", Day),
    Column("acted", Boolean, nullable=False),
    Index("instructions_by_day", "ledger", "on", "position"),
    Index("instructions_in_vain", "ledger", "acted", "on", "position"),
    Index("instructions_of_matter", "ledger", "matter"),
)
"""Every instruction that stands, by the entry that told it; `followed` is what was said to have followed.

`stage` is the next that the matter reached later: of its loop where `loop` and `version` are said, else of its kind; `acted` says that there is a stage or that something was said. What a matter led to lies with the links. Neither the text of an instruction nor who gave it is here.
"""


def rows_of(ledger: str, matter: str, state: object) -> list[Row]:
    """The rows of a matter; none once it is withdrawn."""
    if not isinstance(state, Deed) or state.gone or not isinstance(state.body, Matter):
        return []
    body = state.body
    made = []
    for each in state.reached:
        if each.stage is not Stage.INSTRUCTED:
            continue
        loop, version, stage, on = _next(state, each)
        followed = "" if each.followed is None else each.followed.value
        made.append(
            (
                *(ledger, each.position, matter, kind_of(type(body.details)), body.organiser),
                *(state.same_as, each.on.toordinal()),
                *("" if each.level is None else each.level.value, each.rank, each.document),
                *(followed, loop, version, stage, None if on is None else on.toordinal()),
                bool(followed or stage),
            )
        )
    return made


_Later = tuple[tuple[date, int], str, str, str]
_NOTHING = ("", "", "", None)


def _next(state: Deed[Any], instruction: Reached) -> tuple[str, str, str, date | None]:
    """The stage that was reached next after an instruction and stands; another instruction is none."""
    after = (instruction.on, instruction.position)
    later = [each for each in _stages(state) if each[0] > after]
    if not later:
        return _NOTHING
    (on, _), loop, version, stage = min(later)
    return loop, version, stage, on


def _stages(state: Deed[Any]) -> Iterator[_Later]:
    told = {each.position for each in state.reached}
    for each in state.reached:
        if each.stage is not Stage.INSTRUCTED:
            yield (each.on, each.position), "", "", each.stage.value
    course = state.course
    if course is None:
        return
    for step in course.steps:
        # Of its loop what has no name among the stages of its kind, and was not undone.
        stands = step.turn is Turn.MOVED and course.done.get(step.stage) == step.on
        if stands and step.position not in told:
            yield (step.on, step.position), course.loop, course.version, step.stage


# Queries


@dataclass(frozen=True, slots=True)
class Asked:
    """Which instructions are looked at: of days, of a kind, of a unit that matters came in through, of a level or rank; those alone of which nothing followed."""

    since: date | None = None
    until: date | None = None
    kind: str | None = None
    unit: UnitId | None = None
    level: Level | None = None
    rank: str | None = None
    nothing: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class LedTo:
    """A record that a matter led to on or after the day of an instruction."""

    stream: str
    title: str
    kind: str
    on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Instruction:
    """One instruction and what followed: what was said, the next later stage with its day, records that came of it (at most 5); `nothing` where none of these is known."""

    matter: str
    title: str
    kind: str
    organiser: UnitId
    organiser_name: str
    on: date
    level: Level | None
    rank: str
    document: str
    followed: Followed | None
    stage: Label | None
    stage_on: date | None
    led_to: tuple[LedTo, ...]
    nothing: bool
    position: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Totals:
    """How many instructions there are, and of how many nothing is known to have followed."""

    all: int = 0
    nothing: int = 0


_far = deeds.deed_rows.alias("came_of_it")


def _came(ledger: str) -> ColumnElement[bool]:
    """That a record came of the matter on or after the day of the instruction."""
    return and_(
        link_rows.c.ledger == ledger,
        link_rows.c.near == "matter/" + instruction_rows.c.matter,
        link_rows.c.way == Way.AFTER.value,
        link_rows.c.relation.in_(_BY_LINK),
        _far.c.ledger == ledger,
        _far.c.stream == link_rows.c.far,
        _far.c.gone == "",
        _far.c.on >= instruction_rows.c.on,
    )


def _nothing(ledger: str) -> ColumnElement[bool]:
    rows = instruction_rows.c
    return and_(rows.acted.is_(False), ~exists().where(_came(ledger)))


def _within(ledger: str, asked: Asked) -> list[ColumnElement[bool]]:
    rows = instruction_rows.c
    found: list[ColumnElement[bool]] = [
        rows.ledger == ledger,
        deeds.stands_for_itself(ledger, "matter/" + rows.matter, rows.same_as),
    ]
    if asked.since is not None:
        found.append(rows.on >= asked.since)
    if asked.until is not None:
        found.append(rows.on <= asked.until)
    for column, said in (
        (rows.kind, asked.kind),
        (rows.organiser, asked.unit),
        (rows.level, None if asked.level is None else asked.level.value),
        (rows.rank, asked.rank),
    ):
        if said is not None:
            found.append(column == said)
    return found


def totals(connection: Connection, ledger: str, asked: Asked) -> Totals:
    """All that fit together, whether something followed or not."""
    within = _within(ledger, asked)
    number = select(func.count()).select_from(instruction_rows).where(*within)
    return Totals(
        all=int(connection.execute(number).scalar_one()),
        nothing=int(connection.execute(number.where(_nothing(ledger))).scalar_one()),
    )


def instructions(
    connection: Connection,
    ledger: str,
    shelf: Shelf,
    asked: Asked,
    *,
    after: Key | None = None,
    limit: int = 50,
) -> Page[Instruction]:
    """Those that fit, the newest first."""
    checked_limit(limit)
    rows = instruction_rows.c
    found = select(instruction_rows).where(*_within(ledger, asked))
    if asked.nothing:
        found = found.where(_nothing(ledger))
    if after is not None:
        found = found.where(tuple_(rows.on, rows.position) < tuple_(*after))
    found = found.order_by(rows.on.desc(), rows.position.desc()).limit(limit + 1)
    told = connection.execute(found).all()
    lines = _lines(connection, ledger, shelf, told)
    return page_of(lines, limit, lambda each: (each.on.toordinal(), each.position))


def instruction(
    connection: Connection, ledger: str, shelf: Shelf, position: int
) -> Instruction | None:
    """The instruction that an entry told, where it stands."""
    rows = instruction_rows.c
    found = select(instruction_rows).where(rows.ledger == ledger, rows.position == position)
    told = _lines(connection, ledger, shelf, connection.execute(found).all())
    return told[0] if told else None


def _lines(connection: Connection, ledger: str, shelf: Shelf, told: Any) -> list[Instruction]:
    names = roster.names(connection, ledger, units={UnitId(row.organiser) for row in told})
    titles = deeds.titles(connection, ledger, [f"matter/{row.matter}" for row in told])
    led = _led(connection, ledger, [row.position for row in told])
    loops = courses.timing(connection, ledger, shelf).loops if any(r.loop for r in told) else {}

    def called(row: Any) -> Label | None:
        if row.loop:
            loop = loops.get((row.loop, row.version))
            return Label(row.stage, row.stage) if loop is None else loop.called(row.stage)
        if not row.stage:
            return None
        stage = Stage.of(row.stage)
        return Label(stage.zh, stage.en)

    return [
        Instruction(
            matter=row.matter,
            title=titles.get(f"matter/{row.matter}", ""),
            kind=row.kind,
            organiser=UnitId(row.organiser),
            organiser_name=names.get(f"unit/{row.organiser}", row.organiser),
            on=row.on,
            level=Level.of(row.level) if row.level else None,
            rank=row.rank,
            document=row.document,
            followed=Followed.of(row.followed) if row.followed else None,
            stage=called(row),
            stage_on=row.stage_on,
            led_to=tuple(led.get(row.position, ())),
            nothing=not row.acted and row.position not in led,
            position=row.position,
        )
        for row in told
    ]


def _led(connection: Connection, ledger: str, positions: list[int]) -> dict[int, list[LedTo]]:
    """What the matters of these instructions led to since, of each the first few."""
    if not positions:
        return {}
    rows = instruction_rows.c
    nth = func.row_number().over(partition_by=rows.position, order_by=(_far.c.on, _far.c.position))
    ranked = (
        select(
            *(rows.position, _far.c.stream, _far.c.title, _far.c.kind, _far.c.on),
            nth.label("nth"),
        )
        .select_from(instruction_rows)
        .join(link_rows, link_rows.c.near == "matter/" + rows.matter)
        .join(_far, _far.c.stream == link_rows.c.far)
        .where(rows.ledger == ledger, rows.position.in_(positions), _came(ledger))
        .subquery()
    )
    asked = select(ranked).where(ranked.c.nth <= MOST_LED).order_by(ranked.c.position, ranked.c.nth)
    found: dict[int, list[LedTo]] = {}
    for row in connection.execute(asked):
        led = LedTo(stream=row.stream, title=row.title, kind=row.kind, on=row.on)
        if led not in found.setdefault(row.position, []):
            found[row.position].append(led)
    return found
