"""The year's works: items of the plan by quarter, topics by source, tasks by owner, quotas by tier; and what belongs to each of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
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
    Select,
    Table,
    and_,
    case,
    exists,
    func,
    or_,
    select,
    tuple_,
)

from domain.course import Standing
from domain.deadline import why
from domain.deed import Deed
from domain.document import Sort
from domain.fact import Reached, TopicSource, reached_last
from domain.kinds import Stage, kind_of
from domain.kinds.advice import RaisedTopic, ReportedOpinion
from domain.kinds.deliberation import Consultation as ConsultationForm
from domain.kinds.deliberation import Consulted, IssuedRecommendation, Tier, WroteReport
from domain.kinds.works import (
    FIVE_STEPS,
    Case,
    Consultation,
    Oversight,
    PlanItem,
    PlannedFor,
    PlannedWork,
    PrintedVolume,
    SpecialTask,
    Survey,
    Task,
)
from domain.loop import Loop, Quota
from domain.matter import Matter
from domain.meeting import Meeting, MeetingStep
from domain.occasion import Occasion
from domain.people import PersonId, UnitId
from domain.period import Period
from domain.words import Choice, Label, Open, is_code
from projections import bodies, courses, documents, roster, suggestions
from projections.columns import FOREVER, METADATA, Day, Row, Word, last_day, ledger_column
from projections.courses import Timeliness, due_rows, timeliness
from projections.deeds import deed_rows, stands_for_itself
from projections.documents import Shelf, governing
from projections.paging import Key, Page, checked_limit, page_of
from projections.suggestions import suggestion_rows

PLAN_ITEM, TOPIC, TASK = kind_of(PlanItem), kind_of(RaisedTopic), kind_of(Task)
CONSULTATION = kind_of(Consultation)
_HELD: Mapping[type[Any], Stage | None] = {
    PlanItem: Stage.DONE,
    RaisedTopic: None,
    Task: Stage.DONE,
    Consultation: Stage.DISCUSSED,
    Survey: Stage.SURVEYED,
    Oversight: Stage.SURVEYED,
}
"""The kinds that stand on the year's boards, with the stage at which each of them was held or done."""
_SHOWN = 5
"""Records that a list shows of those that belong to one line of it."""
MOST_OWNERS = 200
"""Owners and persons in charge of whom tasks are counted."""

work_rows = Table(
    "works",
    METADATA,
    ledger_column(),
    Column("matter", Word, primary_key=True),
    Column("same_as", Word, nullable=False),
    Column("kind", Word, nullable=False),
    Column("year", Integer, nullable=False),
    Column("on", Day, nullable=False),
    Column("quarter", Integer, nullable=False),
    Column("until", Day, nullable=False),
    Column("item", Word, nullable=False),
    Column("tier", Word, nullable=False),
    Column("form", Word, nullable=False),
    Column("source", Word, nullable=False),
    Column("owner", Word, nullable=False),
    Column("person", Word, nullable=False),
    Column("state", Word, nullable=False),
    Column("due", Day, nullable=False),
    Column("held_on", Day),
    Column("title", Word, nullable=False),
    Index("works_by_day", "ledger", "kind", "year", "on", "matter"),
    Index("works_by_plan", "ledger", "kind", "year", "until", "matter"),
    Index("works_held", "ledger", "kind", "held_on"),
    Index("works_of_owner", "ledger", "kind", "owner"),
)
"""Every item of a plan, topic, task, consultation, survey and oversight that stands.

`same_as` is the record of the same deed that it is linked to, `year` that of the plan, or of its day. `until` is the last day of the time that it is
planned for, `quarter` which that is in, 0 where none is said. `owner` is the stream of its first author, `state` the stage that it reached last, by its
day, `due` the day that a task says it is due by, the end of time where it says none.
"""

part_rows = Table(
    "parts",
    METADATA,
    ledger_column(),
    Column("stream", Word, primary_key=True),
    Column("how", Word, primary_key=True),
    Column("of", Word, nullable=False),
    Column("same_as", Word, nullable=False),
    Column("kind", Word, nullable=False),
    Column("on", Day, nullable=False),
    Column("title", Word, nullable=False),
    Column("problems", BigInteger, nullable=False),
    Column("suggestions", BigInteger, nullable=False),
    Column("held", Boolean, nullable=False),
    Index("parts_of", "ledger", "of", "how", "on", "stream"),
)
"""What names something that it belongs to: sessions and reports of a work, what was held for an item of the plan, what came of a topic.

`held` says that something has been: an occasion, or a work that came to be consulted on or surveyed.
"""


class Belongs(Choice):
    """How a record names another that it belongs to."""

    WORK = "work", "所属课题", "of a work"
    PLAN_ITEM = "plan_item", "所属计划项目", "of an item of the plan"
    SOURCE = "source", "来源", "came from it"


# Rows


def rows_of(ledger: str, state: object) -> list[Row]:
    """The row of what stands on a board; none of anything else, and once it is withdrawn."""
    if not isinstance(state, Deed) or state.gone or type(state.body.details) not in _HELD:
        return []
    body, details = state.body, state.body.details
    year, quarter, until = body.on.year, 0, FOREVER
    if isinstance(details, PlanItem):
        year = min(details.year, _MOST)
        if details.planned_for is not None and (last := details.last_day) is not None:
            quarter, until = details.planned_for.quarter, last.toordinal()
    first = [r.on for r in state.reached if r.stage is _HELD[type(details)]]
    stages = [r.stage for r in state.reached]
    newest = reached_last(state.reached)
    last_reached = "" if newest is None else newest.stage.value
    if isinstance(details, Task) and Stage.DROPPED in stages:
        # Whatever is said of it afterwards, nobody is asked for it any more.
        last_reached = Stage.DROPPED.value
    source = body.topic_source
    return [
        (
            *(ledger, _id(state.stream), state.same_as),
            *(kind_of(type(details)), year, body.on.toordinal()),
            *(quarter, until, _said(details, "item"), _said(details, "tier")),
            *(_said(details, "form"), "" if source is None else source.value),
            *(body.authors[0].subject, getattr(details, "person_responsible", "")),
            *(last_reached, last_day(getattr(details, "due", None))),
            *(min(first).toordinal() if first else None, body.title),
        )
    ]


def _said(details: Any, name: str) -> str:
    found = getattr(details, name, None)
    return found.value if isinstance(found, Choice) else ""


def _id(stream: str) -> str:
    return stream.partition("/")[2]


def parts_of(ledger: str, state: object) -> list[Row]:
    """A row for each thing that a record or a planned meeting says it belongs to."""
    match state:
        case Deed(gone="", same_as=same_as, body=body, stream=stream):
            pass
        case Meeting(body=body, meeting=meeting, step=step) if step in _AHEAD:
            stream, same_as = f"meeting/{meeting}", ""
        case _:
            return []
    named = [(Belongs.PLAN_ITEM, getattr(body, "plan_item", ""))]
    if not isinstance(body.details, _ARE_WORKS):
        named.append((Belongs.WORK, getattr(body, "work", "")))
    if isinstance(body, Matter):
        named.append((Belongs.SOURCE, body.converted_from or body.answers))
    given = [(how, of) for how, said in named if is_code(of := said.removeprefix("matter/"))]
    if not given:
        return []
    details = body.details
    about = (kind_of(type(details)), body.on.toordinal(), body.title)
    figures = (_figure(details, "problems_found"), _figure(details, "suggestions"))
    held = isinstance(state, Deed) and _has_been(state)
    return [(ledger, stream, how.value, of, same_as, *about, *figures, held) for how, of in given]


def _has_been(state: Deed[Any]) -> bool:
    if isinstance(state.body, Occasion):
        return True
    details = state.body.details
    if not isinstance(details, _ARE_WORKS):
        return False
    done = _DONE.get(type(details), Stage.DISCUSSED)
    return any(r.stage is _HELD.get(type(details), done) for r in state.reached)


_ARE_WORKS = (Consultation, Survey, Oversight, Case, PrintedVolume, SpecialTask)
"""What has sessions or pieces: the work that it names is its own."""
_DONE: Mapping[type[Any], Stage] = {PrintedVolume: Stage.PRINTED, SpecialTask: Stage.DEPLOYED}
"""By which stage something came about that is in no plan by tiers, where that is not a session."""
_AHEAD = frozenset({MeetingStep.PLANNED, MeetingStep.CALLED, MeetingStep.OPEN})


def _figure(details: Any, name: str) -> int:
    found = getattr(details, name, 0)
    return min(found, _MOST) if isinstance(found, int) else 0


_MOST = 10**9
"""What no figure is above that lies in a row: a record may say any number, and no column holds it."""


# What belongs to something


@dataclass(frozen=True, slots=True, kw_only=True)
class PartLine:
    """A record, or a meeting ahead, that belongs to something."""

    stream: Open[str]
    kind: Open[str]
    on: date
    title: Open[str]
    problems: int
    suggestions: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """How many belong to something, the latest of them."""

    number: int = 0
    latest: tuple[PartLine, ...] = ()


_NO_PARTS = Parts()


def _parts(ledger: str, how: Belongs) -> tuple[ColumnElement[bool], ...]:
    """What belongs to others in this way; of several records of one deed the one that stands for it."""
    rows = part_rows.c
    return (
        *(rows.ledger == ledger, rows.how == how.value),
        stands_for_itself(ledger, rows.stream, rows.same_as),
    )


def _parts_of_many(
    connection: Connection, ledger: str, how: Belongs, of: Sequence[str]
) -> dict[str, Parts]:
    """What belongs to each of these, in one query."""
    if not of:
        return {}
    rows = part_rows.c
    its: dict[str, Any] = {"partition_by": rows.of}
    nth = func.row_number().over(**its, order_by=(rows.on.desc(), rows.stream))
    numbered = (
        select(part_rows, nth.label("nth"), func.count().over(**its).label("number"))
        .where(*_parts(ledger, how), rows.of.in_(of))
        .subquery()
    )
    asked = select(numbered).where(numbered.c.nth <= _SHOWN).order_by(numbered.c.of, numbered.c.nth)
    found: dict[str, Parts] = {}
    for row in connection.execute(asked):
        before = found.get(row.of, _NO_PARTS)
        found[row.of] = Parts(number=row.number, latest=(*before.latest, _part(row)))
    return found


def _part(row: Any) -> PartLine:
    return PartLine(
        stream=row.stream,
        kind=row.kind,
        on=row.on,
        title=row.title,
        problems=row.problems,
        suggestions=row.suggestions,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkFile:
    """The file of a work: its sessions and reports, the latest first, with what all of them found and suggested together."""

    parts: Page[PartLine]
    number: int
    problems: int
    suggestions: int


def work_file(
    connection: Connection,
    ledger: str,
    matter: str,
    body: Matter[Any],
    *,
    after: Key | None = None,
    limit: int = 50,
) -> WorkFile:
    """All that names this matter as its work, by its id or by the id that it says its work has; or as the item of the plan that it was held for."""
    checked_limit(limit)
    rows = part_rows.c
    plan = isinstance(body.details, PlanItem)
    how = Belongs.PLAN_ITEM if plan else Belongs.WORK
    own = {matter} if plan else {matter, body.work} - {""}
    within = (*_parts(ledger, how), rows.of.in_(sorted(own)))
    number, problems, suggested = connection.execute(
        select(
            func.count(),
            func.coalesce(func.sum(rows.problems), 0),
            func.coalesce(func.sum(rows.suggestions), 0),
        ).where(*within)
    ).one()
    asked = select(part_rows).where(*within)
    if after is not None:
        asked = asked.where(tuple_(rows.on, rows.stream) < tuple_(*after))
    asked = asked.order_by(rows.on.desc(), rows.stream.desc()).limit(limit + 1)
    lines = [_part(row) for row in connection.execute(asked)]
    return WorkFile(
        parts=page_of(lines, limit, lambda line: (line.on.toordinal(), line.stream)),
        number=int(number),
        problems=int(problems),
        suggestions=int(suggested),
    )


# The plan


class Held(Choice):
    """How an item of the plan stands to its time."""

    HELD = "held", "已举行", "held"
    LATE = "late", "已逾期", "late"
    AHEAD = "ahead", "未到时间", "ahead"


@dataclass(frozen=True, slots=True, kw_only=True)
class StepLine:
    """One of the five steps by which an item came into the plan, and when it was taken."""

    stage: Stage
    on: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanLine:
    """An item of the yearly plan: whose it is, for when, its five steps, whether it was held, and what was held for it."""

    matter: str
    title: str
    year: int
    item: PlannedWork
    tier: Tier
    owner: str
    owner_name: str
    person: str
    planned_for: PlannedFor | None
    until: date | None
    steps: tuple[StepLine, ...]
    held: Held
    held_on: date | None
    publicised_on: date | None
    parts: Parts


def _session() -> ColumnElement[bool]:
    """Whether something that has been belongs to an item of the plan: on how many records is the same."""
    rows, items = part_rows.c, work_rows.c
    return exists(
        select(rows.stream).where(
            rows.ledger == items.ledger,
            rows.of == items.matter,
            rows.how == Belongs.PLAN_ITEM.value,
            rows.held,
        )
    )


def _was_held() -> ColumnElement[bool]:
    return or_(work_rows.c.held_on.is_not(None), _session())


def _is_late(today: date) -> ColumnElement[bool]:
    return and_(work_rows.c.until < today, ~_was_held())


def _of_kinds(ledger: str, *kinds: str) -> tuple[ColumnElement[bool], ...]:
    """The works of some kinds; of several records of one deed the one that stands for it."""
    rows = work_rows.c
    return (
        *(rows.ledger == ledger, rows.kind.in_(kinds)),
        stands_for_itself(ledger, "matter/" + rows.matter, rows.same_as),
    )


def _of_year(ledger: str, year: int, *kinds: str) -> tuple[ColumnElement[bool], ...]:
    return (*_of_kinds(ledger, *kinds), work_rows.c.year == year)


def plan(
    connection: Connection,
    ledger: str,
    *,
    year: int,
    today: date,
    held: Held | None = None,
    quarter: int | None = None,
    item: PlannedWork | None = None,
    owner: UnitId | None = None,
    after: Key | None = None,
    limit: int = 50,
) -> Page[PlanLine]:
    """The items of a year's plan in order of the time that they are planned for; those without one last."""
    checked_limit(limit)
    rows = work_rows.c
    asked = _with_states(rows.until, _was_held().label("was_held"))
    asked = asked.where(*_of_year(ledger, year, PLAN_ITEM))
    if held is not None:
        late = _is_late(today)
        asked = asked.where(
            {Held.HELD: _was_held(), Held.LATE: late}.get(held, and_(~_was_held(), ~late))
        )
    if quarter is not None:
        asked = asked.where(rows.quarter == quarter)
    if item is not None:
        asked = asked.where(rows.item == item.value)
    if owner is not None:
        asked = asked.where(rows.owner == f"unit/{owner}")
    if after is not None:
        asked = asked.where(tuple_(rows.until, rows.matter) > tuple_(*after))
    asked = asked.order_by(rows.until, rows.matter).limit(limit + 1)
    found = connection.execute(asked).all()
    page = page_of(found, limit, lambda row: (row.until.toordinal(), row.matter))
    names = _owners(connection, ledger, page.rows)
    parts = _parts_of_many(connection, ledger, Belongs.PLAN_ITEM, [r.matter for r in page.rows])
    lines = tuple(_plan_line(row, names, parts, today) for row in page.rows)
    return Page(rows=lines, after=page.after)


def _with_states(*columns: Any) -> Select[Any]:
    """What lists ask of each work, with its whole state."""
    rows = work_rows.c
    whole = and_(deed_rows.c.ledger == rows.ledger, deed_rows.c.stream == "matter/" + rows.matter)
    return select(
        *(rows.matter, rows.kind, rows.owner, rows.person, rows.held_on, *columns),
        *(deed_rows.c.version, deed_rows.c.body),
    ).join(deed_rows, whole)


def _owners(connection: Connection, ledger: str, rows: Iterable[Any]) -> dict[str, str]:
    owners = {row.owner for row in rows}
    return roster.names(
        connection,
        ledger,
        people={PersonId(_id(each)) for each in owners if each.startswith("member/")},
        units={UnitId(_id(each)) for each in owners if each.startswith("unit/")},
    )


def _state(row: Any) -> Deed[Matter[Any]]:
    state: Any = bodies.deed(row.kind, row.body)
    return state  # type: ignore[no-any-return]


def _first(reached: Sequence[Reached], stage: Stage) -> date | None:
    return min((r.on for r in reached if r.stage is stage), default=None)


def _plan_line(
    row: Any, names: Mapping[str, str], parts: Mapping[str, Parts], today: date
) -> PlanLine:
    state = _state(row)
    details: PlanItem = state.body.details
    until = details.last_day
    held = Held.HELD if row.was_held else Held.AHEAD
    if not row.was_held and until is not None and until < today:
        held = Held.LATE
    return PlanLine(
        matter=row.matter,
        title=state.body.title,
        year=details.year,
        item=details.item,
        tier=details.tier,
        owner=row.owner,
        owner_name=names.get(row.owner, ""),
        person=details.person_responsible,
        planned_for=details.planned_for,
        until=until,
        steps=tuple(StepLine(stage=s, on=_first(state.reached, s)) for s in FIVE_STEPS),
        held=held,
        held_on=row.held_on,
        publicised_on=_first(state.reached, Stage.PUBLICISED),
        parts=parts.get(row.matter, _NO_PARTS),
    )


def _number(when: Any) -> Any:
    return func.coalesce(func.sum(case((when, 1), else_=0)), 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class QuarterLine:
    """How a quarter of the plan stands; quarter 0 holds what has no time yet."""

    quarter: int
    planned: int
    held: int
    late: int


@dataclass(frozen=True, slots=True, kw_only=True)
class QuotaLine:
    """A tier of a year: how many it is to have, how many are planned and were held, how many are left.

    It is what a loop says a year is to have of its matters, `loop` is its code; or a tier of consultation of which none says anything. `planned` counts
    items of the plan, none where these are not told apart so; `topics` records of the year, `held` those that came to be consulted on, of surveys and
    oversight to be surveyed, within the year. `quota` and `left` are none where the tier is open, or where nothing is `stated` of it.
    """

    kind: str
    name: Label
    loop: str
    tier: Tier | None
    quota: int | None
    stated: bool
    planned: int | None
    topics: int
    held: int
    left: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanFigures:
    """A year's plan in figures: quarter by quarter, and tier by tier against its quota; `by_documents` says that loops state the quotas of consultation, and not the names of its tiers alone."""

    quarters: tuple[QuarterLine, ...]
    tiers: tuple[QuotaLine, ...]
    by_documents: bool


TIERS = tuple(tier for tier in Tier if tier is not Tier.NONE)
_IN_PLAN: Mapping[str, PlannedWork] = {
    CONSULTATION: PlannedWork.CONSULTATION,
    kind_of(Survey): PlannedWork.SURVEY,
    kind_of(Oversight): PlannedWork.OVERSIGHT,
}
"""What an item of the plan is called that is of such a kind, in their order on the page."""


def plan_figures(
    connection: Connection, ledger: str, shelf: Shelf, *, year: int, today: date
) -> PlanFigures:
    """The figures above a year's plan."""
    rows = work_rows.c
    by_quarter = (
        select(rows.quarter, func.count(), _number(_was_held()), _number(_is_late(today)))
        .where(*_of_year(ledger, year, PLAN_ITEM))
        .group_by(rows.quarter)
        .order_by(rows.quarter)
    )
    quarters = tuple(
        QuarterLine(quarter=quarter, planned=int(planned), held=int(held), late=int(late))
        for quarter, planned, held, late in connection.execute(by_quarter)
    )
    counted = _counted_in(connection, ledger, year)
    stated = list(_stated(connection, ledger, shelf, year))
    by_documents = any(kind == CONSULTATION for kind, _, _ in stated)
    lines = [counted.line(kind, loop, quota) for kind, loop, quota in stated]
    told = {
        tier
        for kind, _, quota in stated
        if kind == CONSULTATION and [name for name, _ in quota.where] == ["tier"]
        for _, values in quota.where
        for tier in values
    }
    for tier in TIERS:
        if tier.value not in told:
            quota = Quota(
                zh=tier.zh, en=tier.en, a_year=tier.quota, where=(("tier", (tier.value,)),)
            )
            line = counted.line(CONSULTATION, None, quota)
            if not by_documents:
                lines.append(line)
            elif line.planned or line.topics or line.held:
                lines.append(replace(line, quota=None, left=None, stated=False))
    kinds = list(_IN_PLAN)
    # Tiers in their order, others after them as their documents have them.
    order: dict[Tier, int] = {tier: n for n, tier in enumerate(TIERS)}
    lines.sort(
        key=lambda each: (
            kinds.index(each.kind),
            len(order) if each.tier is None else order.get(each.tier, len(order)),
        )
    )
    return PlanFigures(quarters=quarters, tiers=tuple(lines), by_documents=by_documents)


def _stated(
    connection: Connection, ledger: str, shelf: Shelf, year: int
) -> Iterator[tuple[str, Loop, Quota]]:
    """What the loops that govern a year say it is to have, kind by kind; a quota of a loop with fields of its own has these as well."""
    for paper in documents.states(connection, ledger, shelf, sorts=(Sort.LOOP,)):
        published = governing(paper, Period.year(year))
        if published is None:
            continue
        loop = shelf.loop(published)
        for quota in loop.quotas:
            for kind in loop.kinds:
                yield kind, loop, replace(quota, where=_both(loop.where, quota.where))


_Where = tuple[tuple[str, tuple[str, ...]], ...]


def _both(one: _Where, other: _Where) -> _Where:
    """What has to be so by both, each field once."""
    found = dict(one)
    for name, values in other:
        found[name] = tuple(v for v in values if v in found.get(name, values))
    return tuple(found.items())


@dataclass(frozen=True, slots=True)
class _CountedIn:
    """How many of a year there are, by kind, tier and form; of its plan, by item and tier."""

    topics: Mapping[tuple[str, str, str], int]
    held: Mapping[tuple[str, str, str], int]
    planned: Mapping[tuple[str, str], int]

    def line(self, kind: str, loop: Loop | None, quota: Quota) -> QuotaLine:
        """A tier with what there is of it."""
        where = quota.where

        def number(counted: Mapping[tuple[str, str, str], int]) -> int:
            return sum(
                n
                for (of, tier, form), n in counted.items()
                if of == kind and all({"tier": tier, "form": form}[f] in v for f, v in where)
            )

        tiers = [values for name, values in where if name == "tier"]
        planned: int | None = None
        if all(name == "tier" for name, _ in where):
            planned = sum(
                n
                for (item, tier), n in self.planned.items()
                if (all(tier in v for v in tiers) if tiers else item == _IN_PLAN[kind].value)
            )
        held = number(self.held)
        only = tiers[0][0] if len(where) == 1 and tiers and len(tiers[0]) == 1 else None
        return QuotaLine(
            kind=kind,
            name=Label(quota.zh, quota.en),
            loop="" if loop is None else loop.code,
            tier=None if only is None else Tier.of(only),
            quota=quota.a_year,
            stated=True,
            planned=planned,
            topics=number(self.topics),
            held=held,
            left=None if quota.a_year is None else max(0, quota.a_year - held),
        )


def _counted_in(connection: Connection, ledger: str, year: int) -> _CountedIn:
    rows = work_rows.c
    kinds = tuple(_IN_PLAN)
    apart = (rows.kind, rows.tier, rows.form)
    topics = select(*apart, func.count()).where(*_of_year(ledger, year, *kinds)).group_by(*apart)
    held = (
        select(*apart, func.count())
        .where(
            *_of_kinds(ledger, *kinds),
            rows.held_on >= date(year, 1, 1),
            rows.held_on <= date(year, 12, 31),
        )
        .group_by(*apart)
    )
    planned = (
        select(rows.item, rows.tier, func.count())
        .where(*_of_year(ledger, year, PLAN_ITEM))
        .group_by(rows.item, rows.tier)
    )
    return _CountedIn(
        topics={(kind, tier, form): int(n) for kind, tier, form, n in connection.execute(topics)},
        held={(kind, tier, form): int(n) for kind, tier, form, n in connection.execute(held)},
        planned={(item, tier): int(n) for item, tier, n in connection.execute(planned)},
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class MonthFigure:
    """A figure of a month beside that of its year, of which it is a part."""

    zh: str
    en: str
    month: int
    year: int


_COUNTED: Mapping[str, Label] = {
    kind_of(Consulted): Label("协商场次", "sessions of consultation"),
    kind_of(IssuedRecommendation): Label("建议案", "formal recommendations"),
    kind_of(WroteReport): Label(
        "调研、视察、监督报告", "reports of surveys, inspections and oversight"
    ),
    kind_of(ReportedOpinion): Label("社情民意信息", "opinion reports"),
}


def month_figures(
    connection: Connection, ledger: str, *, first: date, last: date
) -> tuple[MonthFigure, ...]:
    """What a month brought beside its whole year: the sectors' month of consultation, or any other."""
    begin, end = date(first.year, 1, 1), date(first.year, 12, 31)

    def two(day: Any, *where: Any) -> Select[Any]:
        within = and_(day >= first, day <= last)
        return select(_number(within), func.count()).where(day >= begin, day <= end, *where)

    works, deeds, made = work_rows.c, deed_rows.c, suggestion_rows.c.made_on
    month, year = connection.execute(
        two(
            works.held_on,
            *_of_kinds(ledger, CONSULTATION),
            works.form == ConsultationForm.SECTOR_SPECIFIC.value,
        )
    ).one()
    found = [
        MonthFigure(
            zh="界别协商议题", en="topics of the sectors consulted on", month=month, year=year
        )
    ]
    by_kind = (
        two(
            deeds.on,
            *(deeds.ledger == ledger, deeds.kind.in_(_COUNTED), deeds.gone == ""),
            stands_for_itself(ledger, deeds.stream, deeds.same_as),
        )
        .add_columns(deeds.kind)
        .group_by(deeds.kind)
    )
    counted = {row[2]: (int(row[0]), int(row[1])) for row in connection.execute(by_kind)}
    for kind, label in _COUNTED.items():
        month, year = counted.get(kind, (0, 0))
        found.append(MonthFigure(zh=label.zh, en=label.en, month=month, year=year))
    month, year = connection.execute(two(made, *suggestions.counted(ledger))).one()
    found.append(MonthFigure(zh="意见建议(条)", en="suggestions", month=month, year=year))
    return tuple(found)


# Topics


class TopicState(Choice):
    """What has become of a topic that was raised."""

    RAISED = "raised", "待筛选", "to be screened"
    SCREENED = "screened", "已筛选,待定", "screened, to be decided"
    ADOPTED = "adopted", "采用"
    DECLINED = "declined", "不采用"
    MERGED = "merged", "合并", "merged into another"


OPEN_TOPICS = (TopicState.RAISED, TopicState.SCREENED)
"""States in which something is still to be said of a topic."""


def _topic_state(stage: str) -> TopicState:
    return TopicState.of(stage) if stage else TopicState.RAISED


@dataclass(frozen=True, slots=True, kw_only=True)
class TopicLine:
    """A topic: who raised it, from which of the five sources, what was decided, and what it became."""

    matter: Open[str]
    title: Open[str]
    on: date
    source: TopicSource | None
    owner: Open[str]
    owner_name: Open[str]
    state: TopicState
    decided_on: date | None
    why: str
    merged_into: Open[str]
    merged_title: Open[str]
    became: Parts
    in_loop: bool


def topics(
    connection: Connection,
    ledger: str,
    *,
    year: int,
    source: TopicSource | None = None,
    state: TopicState | None = None,
    is_open: bool = False,
    after: Key | None = None,
    limit: int = 50,
) -> Page[TopicLine]:
    """The topics raised in a year, the first first; `is_open` asks for those of which something is still to be said."""
    checked_limit(limit)
    rows = work_rows.c
    asked = _with_states(rows.on, rows.state, rows.source)
    asked = asked.where(*_of_year(ledger, year, TOPIC))
    if source is not None:
        asked = asked.where(rows.source == source.value)
    if state is not None:
        asked = asked.where(rows.state == ("" if state is TopicState.RAISED else state.value))
    if is_open:
        asked = asked.where(rows.state.in_(("", TopicState.SCREENED.value)))
    if after is not None:
        asked = asked.where(tuple_(rows.on, rows.matter) > tuple_(*after))
    asked = asked.order_by(rows.on, rows.matter).limit(limit + 1)
    found = connection.execute(asked).all()
    page = page_of(found, limit, lambda row: (row.on.toordinal(), row.matter))
    names = _owners(connection, ledger, page.rows)
    became = _parts_of_many(connection, ledger, Belongs.SOURCE, [r.matter for r in page.rows])
    states = [_state(row) for row in page.rows]
    titles = _titles(connection, ledger, [s.body.merged_into for s in states])
    lines = tuple(
        _topic_line(row, state, names, became, titles)
        for row, state in zip(page.rows, states, strict=True)
    )
    return Page(rows=lines, after=page.after)


def _titles(connection: Connection, ledger: str, streams: Iterable[str]) -> dict[str, str]:
    wanted = sorted({each for each in streams if each})
    if not wanted:
        return {}
    rows = deed_rows.c
    asked = select(rows.stream, rows.title).where(rows.ledger == ledger, rows.stream.in_(wanted))
    return {row.stream: row.title for row in connection.execute(asked)}


def _topic_line(
    row: Any,
    state: Deed[Matter[Any]],
    names: Mapping[str, str],
    became: Mapping[str, Parts],
    titles: Mapping[str, str],
) -> TopicLine:
    body = state.body
    last = reached_last(state.reached)
    return TopicLine(
        matter=row.matter,
        title=body.title,
        on=row.on,
        source=body.topic_source,
        owner=row.owner,
        owner_name=names.get(row.owner, ""),
        state=_topic_state(row.state),
        decided_on=None if last is None else last.on,
        why=body.details.why_declined or ("" if last is None else last.note),
        merged_into=body.merged_into,
        merged_title=titles.get(body.merged_into, ""),
        became=became.get(row.matter, _NO_PARTS),
        in_loop=state.course is not None,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceLine:
    """How many topics came from one source, and how many of them stand how; `source` is none where none is said."""

    source: TopicSource | None
    all: int
    open: int
    adopted: int
    declined: int
    merged: int


def topic_counts(connection: Connection, ledger: str, *, year: int) -> tuple[SourceLine, ...]:
    """The topics of a year, source by source; a source from which none came is there too."""
    rows = work_rows.c
    asked = (
        select(rows.source, rows.state, func.count())
        .where(*_of_year(ledger, year, TOPIC))
        .group_by(rows.source, rows.state)
    )
    counted = {
        (source, _topic_state(stage)): int(n) for source, stage, n in connection.execute(asked)
    }

    def line(source: TopicSource | None) -> SourceLine:
        said = "" if source is None else source.value
        of = {state: counted.get((said, state), 0) for state in TopicState}
        return SourceLine(
            source=source,
            all=sum(of.values()),
            open=sum(of[state] for state in OPEN_TOPICS),
            adopted=of[TopicState.ADOPTED],
            declined=of[TopicState.DECLINED],
            merged=of[TopicState.MERGED],
        )

    found = [line(source) for source in TopicSource]
    unsaid = line(None)
    return (*found, unsaid) if unsaid.all else tuple(found)


# Tasks


class TaskState(Choice):
    """How far a task has come."""

    OPEN = "open", "推进中", "in progress"
    DONE = "done", "已完成", "done"
    DROPPED = "dropped", "不再实施", "dropped"


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskLine:
    """An entry of the responsibility list: whose it is, what it comes from, by when and why, how far it is, and what was noted last.

    `days_left` is none where no day is known, or it is asked for no more.
    """

    matter: Open[str]
    title: Open[str]
    owner: Open[str]
    owner_name: Open[str]
    person: Open[str]
    goal: str
    source: Open[str]
    source_title: Open[str]
    suggestion: int
    state: TaskState
    stage: Label
    due: date | None
    timeliness: Timeliness
    days_left: int | None
    why: tuple[Label, ...]
    ended_on: date | None
    noted_on: date | None
    note: str
    paused: bool


def _open_task() -> ColumnElement[bool]:
    rows = work_rows.c
    return and_(rows.held_on.is_(None), rows.state != Stage.DROPPED.value)


def _in_state(state: TaskState) -> ColumnElement[bool]:
    rows = work_rows.c
    match state:
        case TaskState.OPEN:
            return _open_task()
        case TaskState.DONE:
            return rows.held_on.is_not(None)
        case TaskState.DROPPED:
            return and_(rows.held_on.is_(None), rows.state == Stage.DROPPED.value)


_ITS_DUE = and_(due_rows.c.ledger == work_rows.c.ledger, due_rows.c.matter == work_rows.c.matter)


def _due() -> ColumnElement[date]:
    """By when a task is due: as its loop says, or by its own day where it goes round none."""
    return func.coalesce(due_rows.c.due, work_rows.c.due)


def _overdue(today: date) -> ColumnElement[bool]:
    return and_(_open_task(), _due() < today)


def tasks(
    connection: Connection,
    ledger: str,
    shelf: Shelf,
    *,
    today: date,
    state: TaskState | None = None,
    overdue: bool = False,
    year: int | None = None,
    owner: UnitId | None = None,
    person: str | None = None,
    after: Key | None = None,
    limit: int = 50,
) -> Page[TaskLine]:
    """Tasks, what is due first first; what is done or dropped comes after what is open. `year` is the one in which they were entered."""
    checked_limit(limit)
    rows = work_rows.c
    ended = case((_open_task(), 0), else_=1)
    order = (ended, _due(), rows.matter)
    asked = _with_states(ended.label("ended"), _due().label("day")).outerjoin(due_rows, _ITS_DUE)
    asked = asked.where(*_of_kinds(ledger, TASK))
    if state is not None:
        asked = asked.where(_in_state(state))
    if overdue:
        asked = asked.where(_overdue(today))
    if year is not None:
        asked = asked.where(rows.year == year)
    if owner is not None:
        asked = asked.where(rows.owner == f"unit/{owner}")
    if person is not None:
        asked = asked.where(rows.person == person)
    if after is not None:
        asked = asked.where(tuple_(*order) > tuple_(*after))
    found = connection.execute(asked.order_by(*order).limit(limit + 1)).all()
    page = page_of(found, limit, lambda row: (row.ended, row.day.toordinal(), row.matter))
    names = _owners(connection, ledger, page.rows)
    time = courses.timing(connection, ledger, shelf)
    states = [_state(row) for row in page.rows]
    titles = _titles(connection, ledger, [s.body.answers for s in states])
    lines = tuple(
        _task_line(row, its, names, titles, time, today)
        for row, its in zip(page.rows, states, strict=True)
    )
    return Page(rows=lines, after=page.after)


def _task_line(
    row: Any,
    state: Deed[Matter[Any]],
    names: Mapping[str, str],
    titles: Mapping[str, str],
    time: courses.Timing,
    today: date,
) -> TaskLine:
    body, course = state.body, state.course
    details: Task = body.details
    done_on = _first(state.reached, Stage.DONE)
    dropped_on = _first(state.reached, Stage.DROPPED)
    stands = TaskState.OPEN
    if done_on is not None:
        stands = TaskState.DONE
    elif dropped_on is not None:
        stands = TaskState.DROPPED
    day, said, stage, paused = details.due, tuple[Label, ...](), Label("", ""), False
    loop = None if course is None else time.loops.get((course.loop, course.version))
    if course is not None and loop is not None:
        stage, paused = loop.called(course.at), course.paused
        if course.standing is not Standing.CLOSED:
            clocks = time.clocks(course)
            day = clocks[0].due.day if clocks else None
            said = tuple(why(clocks[0].due, loop.called(clocks[0].since))) if clocks else ()
    asked_for = day if stands is TaskState.OPEN else None
    notes = [(r.on, r.note) for r in state.reached if r.note]
    if course is not None:
        # A turn that is reached again and again has every note here.
        notes = [(s.on, s.move.note) for s in course.steps if s.move and s.move.note] or notes
    noted_on, note = notes[-1] if notes else (None, "")
    return TaskLine(
        matter=row.matter,
        title=body.title,
        owner=row.owner,
        owner_name=names.get(row.owner, ""),
        person=details.person_responsible,
        goal=details.goal,
        source=body.answers,
        source_title=titles.get(body.answers, ""),
        suggestion=details.suggestion,
        state=stands,
        stage=stage,
        due=day,
        timeliness=timeliness(asked_for, today),
        days_left=None if asked_for is None else (asked_for - today).days,
        why=said,
        ended_on=done_on or dropped_on,
        noted_on=noted_on,
        note=note,
        paused=paused,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnerLine:
    """How many tasks an owner has, for one person in charge."""

    owner: str
    owner_name: str
    person: str
    open: int
    overdue: int
    done: int
    dropped: int


def task_counts(
    connection: Connection, ledger: str, *, today: date, year: int | None = None
) -> tuple[OwnerLine, ...]:
    """Tasks by owner and person in charge, in order of their names; at most so many."""
    rows = work_rows.c
    asked = (
        select(
            rows.owner,
            rows.person,
            _number(_open_task()),
            _number(_overdue(today)),
            *(_number(_in_state(each)) for each in (TaskState.DONE, TaskState.DROPPED)),
        )
        .select_from(work_rows.outerjoin(due_rows, _ITS_DUE))
        .where(*_of_kinds(ledger, TASK))
        .group_by(rows.owner, rows.person)
        .order_by(rows.owner, rows.person)
        .limit(MOST_OWNERS)
    )
    if year is not None:
        asked = asked.where(rows.year == year)
    found = connection.execute(asked).all()
    names = _owners(connection, ledger, found)
    lines = [
        OwnerLine(
            owner=row[0],
            owner_name=names.get(row[0], ""),
            person=row[1],
            open=int(row[2]),
            overdue=int(row[3]),
            done=int(row[4]),
            dropped=int(row[5]),
        )
        for row in found
    ]
    return tuple(sorted(lines, key=lambda line: (line.owner_name, line.person)))
