"""How matters flow: how many came in, how far they came, how they ended and how long it took; by unit, township and channel, each figure with its matters."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from sqlalchemy import (
    Boolean,
    Column,
    ColumnElement,
    Connection,
    Index,
    Integer,
    Table,
    and_,
    case,
    exists,
    func,
    select,
    tuple_,
)

from domain import flow
from domain.course import Standing
from domain.deed import Deed
from domain.document import Sort
from domain.fact import RecordClass
from domain.flow import Spread, spread
from domain.kinds import KINDS, kind_of
from domain.kinds.about import Shape, Stage
from domain.kinds.advice import Obstacle
from domain.loop import Loop
from domain.matter import Matter
from domain.people import UnitId
from domain.unit import Unit, UnitKind
from domain.words import Choice, Label, Level
from projections import deeds, documents, roster
from projections.columns import METADATA, Day, Row, Word, ledger_column
from projections.courses import held_by, kept_terms
from projections.documents import Shelf
from projections.paging import Key, Page, checked_limit, page_of

flow_rows = Table(
    "flows",
    METADATA,
    ledger_column(),
    Column("matter", Word, primary_key=True),
    Column("same_as", Word, nullable=False),
    Column("kind", Word, nullable=False),
    Column("loop", Word, nullable=False),
    Column("on", Day, nullable=False),
    Column("organiser", Word, nullable=False),
    Column("holder", Word, nullable=False),
    Column("channel", Word, nullable=False),
    Column("record", Word, nullable=False),
    Column("sent_to", Word, nullable=False),
    Column("standing", Word, nullable=False),
    Column("in_vain", Boolean, nullable=False),
    Column("ended_by", Word, nullable=False),
    Column("obstacle", Word, nullable=False),
    Column("ended_on", Day),
    Column("days", Integer),
    Index("flows_of_kind", "ledger", "kind", "on", "matter"),
    Index("flows_of_loop", "ledger", "loop", "on", "matter"),
)
"""Every matter that goes through stages, as it stands: how it came in, who has it in hand, how it ended.

`same_as` is the record of the same deed that it is linked to: while that stands, this one is not counted. `holder` is `unit/ID` or the name of a department; `days` are those from its day to the one on which it was closed.
"""

stage_rows = Table(
    "flow_stages",
    METADATA,
    ledger_column(),
    Column("matter", Word, primary_key=True),
    Column("of_loop", Boolean, primary_key=True),
    Column("stage", Word, primary_key=True),
    Column("on", Day, nullable=False),
    Column("days", Integer, nullable=False),
    Column("levels", Word, nullable=False),
)
"""The stages that a matter has reached and that stand: those of its loop by their codes, and those of its kind, with the levels at which it reached them.

What was set back is not among them. The day of a stage of a loop is that on which it was last reached, of a kind the first.
"""

FlowRows = tuple[list[Row], list[Row]]
"""The row of a matter, none once it counts no more, and those of its stages."""


def changes_flow(before: object, after: object) -> bool:
    """Whether entries may have changed what lies in these rows."""
    if not isinstance(after, Deed) or not isinstance(after.body, Matter):
        return False
    said = ("body", "reached", "course", "gone", "record", "same_as")
    return deeds.differs(before, after, *said)


def rows_of(ledger: str, matter: str, state: object) -> FlowRows:
    """The rows of a matter; there are none of kinds without stages, and of what is withdrawn."""
    if not isinstance(state, Deed) or not isinstance(state.body, Matter):
        return [], []
    if state.gone:
        return [], []
    body, course = state.body, state.course
    details = body.details
    if course is None and not details.about.stages:
        return [], []
    stands = flow.stand(state)
    holder = "" if not body.handlers else body.handlers[0]
    if course is not None and course.holder is not None:
        holder = held_by(course.holder)
    ended = stands.on
    row = (
        *(ledger, matter, state.same_as),
        *(kind_of(type(details)), "" if course is None else course.loop),
        *(body.on.toordinal(), body.organiser, holder),
        *(flow.channel(details), state.record.value, "、".join(getattr(details, "sent_to", ()))),
        *(stands.standing.value, stands.in_vain, "" if stands.by is None else stands.by.value),
        "" if stands.obstacle is None else stands.obstacle.value,
        *((None, None) if ended is None else (ended.toordinal(), _days(body.on, ended))),
    )
    return [row], [(ledger, matter, *each) for each in _stages(state)]


def _days(since: date, on: date) -> int:
    return max(0, (on - since).days)


def _stages(state: Deed[Any]) -> Iterator[Row]:
    began = state.body.on
    if state.course is not None:
        for code, on in state.course.done.items():
            yield True, code, on.toordinal(), _days(began, on), ""
    first: dict[Stage, date] = {}
    levels: dict[Stage, set[str]] = {}
    for each in state.reached:
        first[each.stage] = min(each.on, first.get(each.stage, each.on))
        levels.setdefault(each.stage, set())
        if each.level is not None:
            levels[each.stage].add(each.level.value)
    for stage, on in first.items():
        yield (
            *(False, stage.value, on.toordinal(), _days(began, on)),
            " ".join(level.value for level in Level if level.value in levels[stage]),
        )


# Which matters


@dataclass(frozen=True, slots=True, kw_only=True)
class Among:
    """Which matters are looked at: of a kind or of a loop, with their day within days, of units, of a holder, through a channel.

    `organisers` are several where a township is asked for; `holder` is `unit/ID` or a name, as `HOLDER` parts have it.
    """

    kind: str | None = None
    loop: str | None = None
    since: date | None = None
    until: date | None = None
    organisers: Collection[UnitId] | None = None
    holder: str | None = None
    channel: str | None = None
    record: RecordClass | None = None

    def within(self, ledger: str) -> list[ColumnElement[bool]]:
        """The same of rows; of several records of one deed the one that stands for it."""
        rows = flow_rows.c
        found: list[ColumnElement[bool]] = [
            rows.ledger == ledger,
            deeds.stands_for_itself(ledger, "matter/" + rows.matter, rows.same_as),
        ]
        for column, asked in (
            (rows.kind, self.kind),
            (rows.loop, self.loop),
            (rows.holder, self.holder),
            (rows.channel, self.channel),
            (rows.record, None if self.record is None else self.record.value),
        ):
            if asked is not None:
                found.append(column == asked)
        if self.since is not None:
            found.append(rows.on >= self.since)
        if self.until is not None:
            found.append(rows.on <= self.until)
        if self.organisers is not None:
            found.append(rows.organiser.in_(sorted(self.organisers)))
        return found


def has_reached(*stages: Stage) -> ColumnElement[bool]:
    """Whether a matter has reached one of these stages of its kind."""
    rows = stage_rows.c
    return (
        exists(select(rows.stage))
        .where(joined_stages(), ~rows.of_loop, rows.stage.in_([each.value for each in stages]))
        .correlate(flow_rows)
    )


def joined_stages() -> ColumnElement[bool]:
    """What joins matters to their stages."""
    rows, stages = flow_rows.c, stage_rows.c
    return and_(stages.ledger == rows.ledger, stages.matter == rows.matter)


def number_where(when: Any) -> Any:
    """How many rows there are of which this is so."""
    return func.coalesce(func.sum(case((when, 1), else_=0)), 0)


def kinds_in(
    connection: Connection, ledger: str, *, since: date | None = None, until: date | None = None
) -> dict[str, int]:
    """How many matters of each kind there are of days within these, in the order of the catalogue."""
    rows = flow_rows.c
    asked = select(rows.kind, func.count()).where(*Among(since=since, until=until).within(ledger))
    found = {kind: int(number) for kind, number in connection.execute(asked.group_by(rows.kind))}
    return {kind: found[kind] for kind in KINDS if kind in found}


# The funnel


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """How many matters came in, and how they stand: closed, closed in vain (and not counted as closed), resting, open.

    `took` is how long the closed ones took; of the stages that had a day and were reached, `in_time` of `with_day` were so by that day.
    """

    entered: int
    open: int
    resting: int
    closed: int
    in_vain: int
    took: Spread | None
    in_time: int
    with_day: int


@dataclass(frozen=True, slots=True, kw_only=True)
class StageFigures:
    """How many matters have reached a stage, how long after they came in, and how many of those that had a day for it were there by then."""

    stage: str
    name: Label
    reached: int
    took: Spread | None
    in_time: int
    with_day: int


@dataclass(frozen=True, slots=True, kw_only=True)
class End:
    """How many matters ended, or rest, in one way: by which stage, for which reason."""

    standing: Standing
    stage: Stage | None
    obstacle: Obstacle | None
    in_vain: bool
    number: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Funnel:
    """What became of matters that came in within days: all together, stage by stage, and how they ended."""

    figures: Figures
    stages: tuple[StageFigures, ...]
    ends: tuple[End, ...]


def funnel(connection: Connection, ledger: str, shelf: Shelf, among: Among) -> Funnel:
    """What became of these matters. A stage is counted once a matter, where it has come to by now; days are those of the calendar from its own day on."""
    rows, stages = flow_rows.c, stage_rows.c
    within = among.within(ledger)
    by_end = (rows.standing, rows.ended_by, rows.obstacle, rows.in_vain)
    ended = connection.execute(select(*by_end, func.count()).where(*within).group_by(*by_end)).all()
    took = connection.execute(
        select(rows.days, func.count())
        .where(*within, rows.standing == Standing.CLOSED.value, ~rows.in_vain)
        .group_by(rows.days)
    ).all()
    of_loop = among.loop is not None
    reached = connection.execute(
        select(stages.stage, stages.days, func.count())
        .select_from(flow_rows.join(stage_rows, joined_stages()))
        .where(*within, stages.of_loop == of_loop)
        .group_by(stages.stage, stages.days)
    ).all()
    kept = {
        stage: (int(in_time), int(number))
        for stage, in_time, number in connection.execute(
            select(kept_terms.c.stage, number_where(_in_time()), func.count())
            .select_from(flow_rows.join(kept_terms, _kept()))
            .where(*within)
            .group_by(kept_terms.c.stage)
        )
    }
    days: dict[str, dict[int, int]] = {}
    for stage, after, number in reached:
        days.setdefault(stage, {})[int(after)] = int(number)
    named = _stages_of(connection, ledger, shelf, among)
    named |= {stage: Label(stage, stage) for stage in days if stage not in named}
    counted: Counter[str] = Counter()
    for standing, _, _, in_vain, number in ended:
        counted["in_vain" if in_vain else standing] += int(number)
    return Funnel(
        figures=Figures(
            entered=counted.total(),
            open=counted[Standing.OPEN.value],
            resting=counted[Standing.RESTING.value],
            closed=counted[Standing.CLOSED.value],
            in_vain=counted["in_vain"],
            took=spread({int(after): int(number) for after, number in took}),
            in_time=sum(each[0] for each in kept.values()),
            with_day=sum(each[1] for each in kept.values()),
        ),
        stages=tuple(
            StageFigures(
                stage=stage,
                name=name,
                reached=sum(days.get(stage, {}).values()),
                took=spread(days.get(stage, {})),
                # Days to keep are those of loops: a kind's own stages have none.
                in_time=kept.get(stage, (0, 0))[0] if of_loop else 0,
                with_day=kept.get(stage, (0, 0))[1] if of_loop else 0,
            )
            for stage, name in named.items()
            if stage in days or of_loop
        ),
        ends=_ends(ended),
    )


def _kept() -> ColumnElement[bool]:
    rows, kept = flow_rows.c, kept_terms.c
    return and_(kept.ledger == rows.ledger, kept.matter == rows.matter)


def _in_time() -> ColumnElement[bool]:
    return kept_terms.c.on <= kept_terms.c.due


def _ends(found: Iterable[Any]) -> tuple[End, ...]:
    """The ways in which matters ended, those with effect first; what is open has not ended."""
    made = [
        End(
            standing=Standing.of(standing),
            stage=Stage.of(stage) if stage else None,
            obstacle=Obstacle.of(obstacle) if obstacle and standing == "resting" else None,
            in_vain=bool(in_vain),
            number=int(number),
        )
        for standing, stage, obstacle, in_vain, number in found
        if standing != Standing.OPEN.value
    ]
    merged: Counter[End] = Counter()
    for each in made:
        merged[replace(each, number=0)] += each.number
    order = list(Stage)
    ends = [replace(each, number=number) for each, number in merged.items()]
    return tuple(
        sorted(
            ends,
            key=lambda e: (
                e.standing is Standing.RESTING,
                e.in_vain,
                -1 if e.stage is None else order.index(e.stage),
                "" if e.obstacle is None else e.obstacle.value,
            ),
        )
    )


def _stages_of(connection: Connection, ledger: str, shelf: Shelf, among: Among) -> dict[str, Label]:
    """The stages that are counted, in order: those of the newest version of the loop, or those of the kind."""
    if among.loop is not None:
        loop = _newest(connection, ledger, shelf, among.loop)
        return {} if loop is None else {s.code: s.label for s in loop.stages}
    if among.kind is None:
        return {}
    return {s.value: Label(s.zh, s.en) for s in KINDS[among.kind].about.stages}


def _newest(connection: Connection, ledger: str, shelf: Shelf, code: str) -> Loop | None:
    for paper in documents.states(connection, ledger, shelf, sorts=(Sort.LOOP,)):
        if paper.code == code and (newest := paper.newest) is not None:
            return shelf.loop(newest)
    return None


# The same by parts


class By(Choice):
    """What the figures are taken apart by."""

    ORGANISER = "organiser", "登记单位", "unit that it came in through"
    TOWNSHIP = "township", "镇街", "township"
    HOLDER = "holder", "承办单位", "who has it in hand"
    CHANNEL = "channel", "渠道", "channel or way"
    RECORD = "record", "来源", "through whom it was recorded"


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """The figures of a part: `key` is what it is asked by, empty for those of which it is not said."""

    key: str
    name: Label
    figures: Figures


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """The parts in order; `left_out` says that there are more than a table can hold, of which those with the fewest matters are left out."""

    by: By
    rows: tuple[Part, ...]
    left_out: bool


MOST_PARTS = 300
"""Parts that one table has at the most."""


def parts(
    connection: Connection, ledger: str, among: Among, by: By, units: Mapping[UnitId, Unit]
) -> Parts:
    """The figures taken apart; townships are those of the units that matters came in through."""
    rows = flow_rows.c
    column = rows["organiser" if by is By.TOWNSHIP else by.value]
    within = among.within(ledger)
    closed = and_(rows.standing == Standing.CLOSED.value, ~rows.in_vain)
    asked = (
        select(
            column,
            func.count(),
            number_where(rows.standing == Standing.OPEN.value),
            number_where(rows.standing == Standing.RESTING.value),
            number_where(closed),
            number_where(rows.in_vain),
        )
        .where(*within)
        .group_by(column)
        .order_by(func.count().desc(), column)
    )
    # Units of townships, which are as many as the roster has, are added up before any is left out.
    most = None if by is By.TOWNSHIP else MOST_PARTS + 1
    counted = connection.execute(asked.limit(most)).all()
    if most is not None:
        within.append(column.in_([row[0] for row in counted]))
    took = connection.execute(
        select(column, rows.days, func.count()).where(*within, closed).group_by(column, rows.days)
    ).all()
    kept = connection.execute(
        select(column, number_where(_in_time()), func.count())
        .select_from(flow_rows.join(kept_terms, _kept()))
        .where(*within)
        .group_by(column)
    ).all()
    sums: dict[str, Counter[str]] = {}
    spreads: dict[str, Counter[int]] = {}

    def key_of(said: str) -> str:
        return township_of(units, UnitId(said)) if by is By.TOWNSHIP else said

    names = ("entered", "open", "resting", "closed", "in_vain")
    for said, *numbers in counted:
        own = sums.setdefault(key_of(said), Counter())
        own.update({name: int(n) for name, n in zip(names, numbers, strict=True)})
    for said, after, number in took:
        spreads.setdefault(key_of(said), Counter())[int(after)] += int(number)
    for said, in_time, number in kept:
        sums[key_of(said)].update({"in_time": int(in_time), "with_day": int(number)})
    made = [
        Part(
            key=key,
            name=_part_called(by, key, among, units),
            figures=Figures(
                **{name: own[name] for name in (*names, "in_time", "with_day")},
                took=spread(spreads.get(key, {})),
            ),
        )
        for key, own in sums.items()
    ]
    most_first = sorted(made, key=lambda p: (-p.figures.entered, p.key))[:MOST_PARTS]
    return Parts(
        by=by,
        rows=tuple(_in_order(most_first, by, among, units)),
        left_out=len(made) > MOST_PARTS,
    )


def township_of(units: Mapping[UnitId, Unit], unit: UnitId) -> str:
    """The township in which a unit is, itself or a unit above it; nothing for those of the whole county."""
    for _ in range(5):
        found = units.get(unit)
        if found is None:
            return ""
        if found.profile.kind is UnitKind.TOWNSHIP:
            return unit
        if found.profile.township is not None:
            return found.profile.township
        if found.profile.parent is None:
            return ""
        unit = found.profile.parent
    return ""


def units_in(units: Mapping[UnitId, Unit], township: UnitId) -> list[UnitId]:
    """The units of a township, or of none."""
    return [unit for unit in units if township_of(units, unit) == township]


def _part_called(by: By, key: str, among: Among, units: Mapping[UnitId, Unit]) -> Label:
    match by:
        case By.RECORD:
            found = RecordClass.of(key)
            return Label(found.zh, found.en)
        case By.CHANNEL:
            return channel_called(among.kind, key)
        case By.TOWNSHIP if not key:
            return Label("不属镇街", "of no township")
        case _ if not key:
            return Label("未定", "nobody yet")
        case _:
            name = holder_called(key if by is By.HOLDER else f"unit/{key}", units)
            return Label(name, name)


def holder_called(holder: str, units: Mapping[UnitId, Unit]) -> str:
    """The name of who has a matter in hand."""
    unit = UnitId(holder.removeprefix("unit/"))
    if not holder.startswith("unit/"):
        return holder
    return units[unit].profile.name if unit in units else str(unit)


def channel_called(kind: str | None, code: str) -> Label:
    """What a channel is called; of several kinds together it goes by its code."""
    if not code:
        return Label("未填", "not said")
    about = None if kind is None else flow.channel_of(kind)
    if about is None:
        return Label(code, code)
    if about.choices:
        found = next((each for each in about.choices if each.value == code), None)
        return Label(code, code) if found is None else Label(found.zh, found.en)
    if about.type is not bool:
        return Label(code, code)
    if code == "yes":
        return about.label
    return Label(f"非{about.label.zh}", f"not {about.label.en}")


def _in_order(
    made: Sequence[Part], by: By, among: Among, units: Mapping[UnitId, Unit]
) -> list[Part]:
    """Units by their kind and name, departments by name, the others in the order of choices; never by how they did."""
    kinds = list(UnitKind)
    roll = sorted(units.values(), key=lambda u: (kinds.index(u.profile.kind), u.profile.name))
    match by:
        case By.ORGANISER | By.TOWNSHIP:
            order = [str(each.unit) for each in roll]
        case By.HOLDER:
            order = [f"unit/{each.unit}" for each in roll]
        case By.RECORD:
            order = [each.value for each in RecordClass]
        case By.CHANNEL:
            about = None if among.kind is None else flow.channel_of(among.kind)
            choices = () if about is None else about.choices
            order = [each.value for each in choices] or ["yes", "no"]
    places = {key: place for place, key in enumerate(order)}
    return sorted(made, key=lambda p: (not p.key, places.get(p.key, len(places)), p.name.zh, p.key))


# The matters behind a figure


@dataclass(frozen=True, slots=True, kw_only=True)
class Which:
    """Which of the matters a figure counts: those that have reached a stage, stand or ended so, kept a stage's day or not, or were closed from a day on."""

    stage: str = ""
    standing: Standing | None = None
    in_vain: bool | None = None
    ended_by: Stage | None = None
    obstacle: Obstacle | None = None
    in_time: bool | None = None
    ended_since: date | None = None
    not_reached: str = ""


ALL = Which()
"""All of them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FlowLine:
    """A matter behind a figure: how it came in, who has it, how it stands and since when. `stage_on` is the day of the stage that was asked for."""

    matter: str
    kind: str
    title: str
    on: date
    organiser: UnitId
    organiser_name: str
    holder_name: str
    channel: Label
    record: RecordClass
    standing: Standing
    in_vain: bool
    ended_by: Stage | None
    obstacle: Obstacle | None
    ended_on: date | None
    days: int | None
    stage_on: date | None
    stage_days: int | None


def matters(
    connection: Connection,
    ledger: str,
    among: Among,
    which: Which = ALL,
    *,
    units: Mapping[UnitId, Unit] | None = None,
    after: Key | None = None,
    limit: int = 50,
) -> Page[FlowLine]:
    """The matters behind a figure, in order of their days."""
    checked_limit(limit)
    rows, stages = flow_rows.c, stage_rows.c
    of_loop = among.loop is not None
    asked = select(flow_rows)
    if which.stage:
        asked = select(flow_rows, stages.on.label("stage_on"), stages.days.label("stage_days"))
        at = and_(joined_stages(), stages.of_loop == of_loop, stages.stage == which.stage)
        asked = asked.select_from(flow_rows.join(stage_rows, at))
    asked = asked.where(*among.within(ledger), *_asked(which, of_loop))
    if after is not None:
        asked = asked.where(tuple_(rows.on, rows.matter) > tuple_(*after))
    asked = asked.order_by(rows.on, rows.matter).limit(limit + 1)
    found = page_of(
        connection.execute(asked).all(), limit, lambda row: (row.on.toordinal(), row.matter)
    )
    if units is None:
        units = roster.all_units(connection, ledger)
    streams = [f"matter/{row.matter}" for row in found.rows]
    titles = deeds.titles(connection, ledger, streams)
    lines = tuple(_line(row, titles, units) for row in found.rows)
    return Page(rows=lines, after=found.after)


def _asked(which: Which, of_loop: bool) -> Iterator[ColumnElement[bool]]:
    rows, kept = flow_rows.c, kept_terms.c
    if which.standing is not None:
        yield rows.standing == which.standing.value
    if which.in_vain is not None:
        yield rows.in_vain if which.in_vain else ~rows.in_vain
    if which.ended_by is not None:
        yield rows.ended_by == which.ended_by.value
    if which.obstacle is not None:
        yield rows.obstacle == which.obstacle.value
    if which.ended_since is not None:
        yield rows.ended_on >= which.ended_since
    if which.not_reached:
        stages = stage_rows.c
        yield ~(
            select(stages.stage)
            .where(joined_stages(), stages.of_loop == of_loop, stages.stage == which.not_reached)
            .correlate(flow_rows)
            .exists()
        )
    if which.in_time is not None:
        there = select(kept.stage).where(_kept(), _in_time() if which.in_time else ~_in_time())
        if which.stage:
            there = there.where(kept.stage == which.stage)
        yield there.correlate(flow_rows).exists()


def _line(row: Any, titles: Mapping[str, str], units: Mapping[UnitId, Unit]) -> FlowLine:
    organiser = UnitId(row.organiser)
    stage_on = getattr(row, "stage_on", None)
    return FlowLine(
        matter=row.matter,
        kind=row.kind,
        title=titles.get(f"matter/{row.matter}", ""),
        on=row.on,
        organiser=organiser,
        organiser_name=holder_called(f"unit/{organiser}", units),
        holder_name=holder_called(row.holder, units),
        channel=channel_called(row.kind, row.channel),
        record=RecordClass.of(row.record),
        standing=Standing.of(row.standing),
        in_vain=row.in_vain,
        ended_by=Stage.of(row.ended_by) if row.ended_by else None,
        obstacle=Obstacle.of(row.obstacle) if row.obstacle else None,
        ended_on=row.ended_on,
        days=row.days,
        stage_on=stage_on,
        stage_days=None if stage_on is None else row.stage_days,
    )


# What people ask for


LATELY = 30
"""Days back in which something was done of late."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What people ask for, of one kind: how many wait for somebody to take them, are taken, rest, were done at all and of late, and how long each took."""

    kind: str
    taken_at: Stage
    waiting: int
    taken: int
    resting: int
    done: int
    done_lately: int
    in_vain: int
    to_take: Spread | None
    to_do: Spread | None


def asked_for(connection: Connection, ledger: str, among: Among, *, today: date) -> Asked:
    """The board of a kind of which `domain.flow.TAKEN` says when it is taken in hand."""
    kind = among.kind or ""
    at = flow.TAKEN[kind]
    rows, stages = flow_rows.c, stage_rows.c
    within = among.within(ledger)
    closed = and_(rows.standing == Standing.CLOSED.value, ~rows.in_vain)
    is_open = rows.standing == Standing.OPEN.value
    taken_on = and_(joined_stages(), ~stages.of_loop, stages.stage == at.value)
    joined = flow_rows.outerjoin(stage_rows, taken_on)
    numbers = connection.execute(
        select(
            number_where(and_(is_open, stages.on.is_(None))),
            number_where(and_(is_open, stages.on.is_not(None))),
            number_where(rows.standing == Standing.RESTING.value),
            number_where(closed),
            number_where(and_(closed, rows.ended_on >= lately(today))),
            number_where(rows.in_vain),
        )
        .select_from(joined)
        .where(*within)
    ).one()
    took = connection.execute(
        select(stages.days, func.count())
        .select_from(flow_rows.join(stage_rows, taken_on))
        .where(*within)
        .group_by(stages.days)
    ).all()
    done = connection.execute(
        select(rows.days, func.count()).where(*within, closed).group_by(rows.days)
    ).all()
    waiting, taken, resting, finished, of_late, vain = (int(each) for each in numbers)
    return Asked(
        kind=kind,
        taken_at=at,
        waiting=waiting,
        taken=taken,
        resting=resting,
        done=finished,
        done_lately=of_late,
        in_vain=vain,
        to_take=spread({int(days): int(number) for days, number in took}),
        to_do=spread({int(days): int(number) for days, number in done}),
    )


def lately(today: date) -> date:
    """The first day of late."""
    return today - timedelta(days=LATELY)


def matter_kinds() -> list[str]:
    """The kinds of matters that go through stages."""
    return [
        name
        for name, kind in KINDS.items()
        if kind.about.shape is Shape.MATTER and kind.about.stages
    ]
