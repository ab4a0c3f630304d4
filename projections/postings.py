"""The wall of a month (晒单): what units reported against their lists, by the facts as they were known then, side by side; who is late or missing."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from sqlalchemy import BigInteger, Column, Connection, Index, LargeBinary, Table, or_, select

from domain.checklist import Checklist, Grid, Posting, grid
from domain.document import Document, Sort
from domain.fact import Fact, SubjectId
from domain.people import PersonId, UnitId
from domain.period import Period, Span
from domain.posting import MonthPosting, MonthReport, PostingStep, as_posted, key_of
from domain.unit import Unit
from domain.words import Choice
from projections import bodies, documents, facts, roster
from projections.as_of import position_now
from projections.columns import METADATA, Day, Row, Word, ledger_column
from projections.deeds import record_versions
from projections.documents import Shelf
from projections.paging import Key, Page, checked_limit, page_of

posting_rows = Table(
    "postings",
    METADATA,
    ledger_column(),
    Column("posting", Word, primary_key=True),
    Column("unit", Word, nullable=False),
    Column("month", Day, nullable=False),
    Column("step", Word, nullable=False),
    Column("version", BigInteger, nullable=False),
    Column("body", LargeBinary, nullable=False),
    Index("postings_of_month", "ledger", "month"),
    Index("postings_of_unit", "ledger", "unit", "month"),
)
"""Units' months as they stand, with all versions of what was reported."""


class InTime(Choice):
    """How a unit's report stands to the day by which it was due."""

    OPEN = "open", "未到期", "not due yet"
    MISSING = "missing", "缺报", "missing"
    LATE = "late", "迟报", "late"
    IN_TIME = "in_time", "按时", "in time"


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemFigure:
    """One item of a month: how much of what it needs there was, by the facts, by which records, and what the unit says of it."""

    number: int
    zh: str
    en: str
    count: int
    need: int
    done: bool
    deeds: tuple[str, ...]
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """A month's items: `done` of `of`, as known at `position`."""

    items: tuple[ItemFigure, ...]
    done: int
    of: int
    position: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PostedReport:
    """What a unit says beside the figures of a month that is posted, and why where it corrects what was posted before."""

    note: str
    reason: str
    reported_on: date
    posted_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class WallLine:
    """A unit on the wall of a month. `figures` and `report` are those that are posted; none where nothing is."""

    unit: UnitId
    name: str
    step: PostingStep | None
    in_time: InTime
    due: date
    reported_on: date | None
    corrected: bool
    report: PostedReport | None
    figures: Figures | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Wall:
    """The units that a list asks in a month, by name; how many of them have posted, are late, are missing, of all."""

    code: str
    zh: str
    en: str
    month: Period
    due: date
    page: Page[WallLine]
    units: int
    posted: int
    late: int
    missing: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PostingPage:
    """A unit's month on a list: all versions of its report against it with their figures, and the figures of now; none is reported where `state` is none.

    `version` is that of the month, `is_newest` tells the unit and the office whether the last report of the month, which acts go to, is against this list.
    """

    unit: Unit
    checklist: Checklist
    month: Period
    due: date
    in_time: InTime
    state: MonthPosting | None
    version: int
    is_newest: bool
    now: Figures
    figures: tuple[Figures, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class MonthLeft:
    """A month whose report against a list is not posted: how far it is, by when it was due, why it was sent back where it was; `posted` says that an earlier version is."""

    checklist: str
    list_zh: str
    list_en: str
    month: Period
    step: PostingStep | None
    due: date
    sent_back: str
    posted: bool


# Rows


def posting_row(ledger: str, version: int, state: MonthPosting) -> Row:
    """A unit's month as it stands."""
    return (
        *(ledger, state.name, state.unit, state.month.toordinal(), state.step.value),
        *(version, bodies.encode(state)),
    )


def states(connection: Connection, ledger: str, asked: Collection[str]) -> dict[str, MonthPosting]:
    """The states of these months, by stream."""
    rows = posting_rows.c
    found = connection.execute(
        select(rows.posting, rows.body).where(rows.ledger == ledger, rows.posting.in_(list(asked)))
    )
    return {f"posting/{name}": bodies.posting(body) for name, body in found}


# Queries


def posted_lists(papers: Iterable[Document], shelf: Shelf, day: date) -> list[Checklist]:
    """The lists in force on a day on which units report each month, by code."""
    found = [
        checklist
        for paper in papers
        if paper.sort is Sort.CHECKLIST
        and (version := paper.in_force(day)) is not None
        and (checklist := shelf.checklist(version)).posting is not None
    ]
    return sorted(found, key=lambda each: each.code)


def due_of(month: Period, posting: Posting | None) -> date:
    """The last day on which a report of a month is in time."""
    return month.last + timedelta(days=0 if posting is None else posting.within_days)


def in_time(state: MonthPosting | None, due: date, today: date) -> InTime:
    """How a report stands to the day by which it was due: by the day on which the unit first reported."""
    if state is None:
        return InTime.MISSING if today > due else InTime.OPEN
    return InTime.LATE if state.first_reported_on > due else InTime.IN_TIME


def asked_units(units: Iterable[Unit], checklist: Checklist, period: Period) -> list[Unit]:
    """The units that a list asks in a period, by name."""
    found = [
        unit
        for unit in units
        if checklist.asks(unit)
        and unit.since <= period.last
        and (unit.until is None or period.first <= unit.until)
    ]
    return sorted(found, key=lambda unit: (unit.profile.name, unit.unit))


def wall(
    connection: Connection,
    ledger: str,
    shelf: Shelf,
    checklist: Checklist,
    month: Period,
    *,
    today: date,
    after: Key | None = None,
    limit: int = 50,
) -> Wall:
    """What stands on the wall of a month, units side by side: as many queries for many of them as for one."""
    checked_limit(limit)
    units = asked_units(roster.all_units(connection, ledger).values(), checklist, month)
    rows = posting_rows.c
    held = {
        UnitId(unit): state
        for unit, body in connection.execute(
            select(rows.unit, rows.body).where(rows.ledger == ledger, rows.month == month.first)
        )
        if (state := bodies.posting(body).against(checklist.code)) is not None
    }
    due = due_of(month, checklist.posting)
    standing = {unit.unit: in_time(held.get(unit.unit), due, today) for unit in units}

    def key(unit: Unit) -> Key:
        return (unit.profile.name, unit.unit)

    rest = [unit for unit in units if after is None or key(unit) > tuple(after)]
    page = page_of(rest[: limit + 1], limit, key)
    asked = [
        (unit, report)
        for unit in page.rows
        if unit.unit in held and (report := held[unit.unit].posted) is not None
    ]
    drawn = reported_figures(connection, ledger, shelf, asked, month)
    figures = {unit.unit: each for (unit, _), each in zip(asked, drawn, strict=True)}
    lines = tuple(
        _line(unit, held.get(unit.unit), figures.get(unit.unit), standing[unit.unit], due)
        for unit in page.rows
    )
    counted = [held[unit.unit] for unit in units if unit.unit in held]
    return Wall(
        code=checklist.code,
        zh=checklist.zh,
        en=checklist.en,
        month=month,
        due=due,
        page=Page(rows=lines, after=page.after),
        units=len(units),
        posted=sum(state.posted is not None for state in counted),
        late=sum(each is InTime.LATE for each in standing.values()),
        missing=sum(each is InTime.MISSING for each in standing.values()),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """The months of a period with one list, one for each unit that it asks in it: how many were to be posted by now, were, were reported late, are missing.

    `checklist` is the last version of the list that tells of some of it.
    """

    checklist: Checklist
    asked: int = 0
    posted: int = 0
    late: int = 0
    missing: int = 0


def tallies(
    connection: Connection,
    ledger: str,
    shelf: Shelf,
    period: Period,
    *,
    today: date,
    position: int | None = None,
) -> list[Tally]:
    """What the walls of a period's whole months come to, by list, as of the end of a day: of those that were over by then, each with the lists that were in force on its last day. Three queries."""
    papers = documents.states(connection, ledger, shelf, position=position, sorts=(Sort.CHECKLIST,))
    rows = posting_rows.c
    held: dict[tuple[UnitId, date], MonthPosting] = {}
    for unit, month, body in connection.execute(
        select(rows.unit, rows.month, rows.body).where(
            *(rows.ledger == ledger, rows.month >= period.first, rows.month <= period.last)
        )
    ):
        state = bodies.posting(body).by(today)
        if state is not None:
            held[UnitId(unit), month] = state
    units = list(roster.all_units(connection, ledger, position).values())
    found: dict[str, Tally] = {}
    for first, last in period.months:
        if first < period.first or last > period.last or last >= today:
            continue
        month = month_of(first)
        for each in posted_lists(papers, shelf, last):
            due = due_of(month, each.posting)
            states = [
                None if state is None else state.against(each.code)
                for unit in asked_units(units, each, month)
                for state in (held.get((unit.unit, first)),)
            ]
            standing = [in_time(state, due, today) for state in states]
            before = found.get(each.code, Tally(checklist=each))
            found[each.code] = Tally(
                checklist=each,
                asked=before.asked + len(states),
                posted=before.posted + sum(s is not None and s.posted is not None for s in states),
                late=before.late + standing.count(InTime.LATE),
                missing=before.missing + standing.count(InTime.MISSING),
            )
    # Of a list that no month is over with it is told that nothing is asked yet.
    for each in posted_lists(papers, shelf, min(today, period.last)):
        found.setdefault(each.code, Tally(checklist=each))
    return [found[code] for code in sorted(found)]


def _line(
    unit: Unit,
    state: MonthPosting | None,
    figures: Figures | None,
    standing: InTime,
    due: date,
) -> WallLine:
    posted = None if state is None else state.posted
    report: PostedReport | None = None
    if posted is not None and posted.posted_on is not None:
        report = PostedReport(
            note=posted.note,
            reason=posted.reason,
            reported_on=posted.reported_on,
            posted_on=posted.posted_on,
        )
    return WallLine(
        unit=unit.unit,
        name=unit.profile.name,
        step=None if state is None else state.step,
        in_time=standing,
        due=due,
        reported_on=None if state is None else state.first_reported_on,
        corrected=report is not None and bool(report.reason),
        report=report,
        figures=figures,
    )


def posting(
    connection: Connection,
    ledger: str,
    shelf: Shelf,
    unit: Unit,
    checklist: Checklist,
    month: Period,
    *,
    today: date,
    posted_alone: bool = False,
) -> PostingPage:
    """A unit's month on a list: each version, or each that was posted, by the facts as known when it was reported, and how the facts stand now."""
    rows = posting_rows.c
    found = connection.execute(
        select(rows.version, rows.body).where(
            rows.ledger == ledger, rows.posting == key_of(unit.unit, month.first)
        )
    ).one_or_none()
    whole = None if found is None else bodies.posting(found.body)
    known = None if whole is None else whole.against(checklist.code)
    state = as_posted(known) if known is not None and posted_alone else known
    reports = () if state is None else state.reports
    here = MonthReport(
        checklist=checklist.code,
        list_version=checklist.version,
        items=reports[-1].items if reports else (),
        note="",
        reason="",
        position=position_now(connection, ledger),
        reported_by=PersonId(""),
        reported_on=today,
    )
    asked = [(unit, each) for each in (*reports, here)]
    *figures, now = reported_figures(connection, ledger, shelf, asked, month)
    due = due_of(month, checklist.posting)
    return PostingPage(
        unit=unit,
        checklist=checklist,
        month=month,
        due=due,
        in_time=in_time(known, due, today),
        state=state,
        version=0 if found is None else found.version,
        is_newest=not posted_alone
        and whole is not None
        and whole.newest.checklist == checklist.code,
        now=now,
        figures=tuple(figures),
    )


def last_twelve(today: date) -> tuple[date, date]:
    """First and last day of the twelve months that are over."""
    return date(today.year - 1, today.month, 1), today.replace(day=1) - timedelta(days=1)


def _months(first: date, last: date) -> Iterator[Period]:
    """The months from the first to the last of some days, in order."""
    month = month_of(first)
    while month.first <= last:
        yield month
        month = month.after


def months_left(
    connection: Connection, ledger: str, shelf: Shelf, unit: Unit, first: date, last: date
) -> tuple[MonthLeft, ...]:
    """The months from one that begins on `first` to that of `last`, by list that asks a unit to report them, and whose report against it is not posted; by as many queries for many months as for one."""
    papers = documents.states(connection, ledger, shelf, sorts=(Sort.CHECKLIST,))
    rows = posting_rows.c
    asked = select(rows.month, rows.body).where(
        rows.ledger == ledger,
        rows.unit == unit.unit,
        rows.month >= first,
        rows.month <= last,
    )
    held = {month: bodies.posting(body) for month, body in connection.execute(asked)}
    found: list[MonthLeft] = []
    for month in _months(first, last):
        told = held.get(month.first)
        for each in posted_lists(papers, shelf, month.last):
            state = None if told is None else told.against(each.code)
            step = None if state is None else state.step
            if step is PostingStep.POSTED or not asked_units([unit], each, month):
                continue
            found.append(
                MonthLeft(
                    checklist=each.code,
                    list_zh=each.zh,
                    list_en=each.en,
                    month=month,
                    step=step,
                    due=due_of(month, each.posting),
                    sent_back="" if state is None else state.newest.sent_back,
                    posted=state is not None and state.posted is not None,
                )
            )
    return tuple(found)


def reported_figures(
    connection: Connection,
    ledger: str,
    shelf: Shelf,
    asked: Sequence[tuple[Unit, MonthReport]],
    month: Period,
) -> list[Figures]:
    """The figures of some reports in their order, each as known at its own position; by the same few queries however many there are."""
    if not asked:
        return []
    papers = documents.states(connection, ledger, shelf)
    lists = {
        (version.code, version.version): shelf.checklist(version)
        for paper in papers
        if paper.sort is Sort.CHECKLIST
        for version in paper.versions
    }
    policies = documents.policies_of(papers, shelf)
    known = [lists[report.checklist, report.list_version] for _, report in asked]
    through = {
        kind
        for checklist in known
        for slot in checklist.monthly
        if slot.through
        for selects in slot.counts
        for kind in selects.kinds
    }
    versions = _versions(connection, ledger, {unit.unit for unit, _ in asked}, month, through)
    found: list[Figures] = []
    for (unit, report), checklist in zip(asked, known, strict=True):
        monthly = replace(checklist, slots=checklist.monthly, besides=())
        drawn = grid(
            _known_at(versions, unit.unit, report.position, through),
            monthly,
            unit,
            month,
            report.reported_on,
            policies.over(month, report.reported_on),
        )
        found.append(_figures(monthly, drawn, report))
    return found


_Version = tuple[int, int, Fact[Any]]
"""A version of a fact: from which position, to which, what it says."""


def _versions(
    connection: Connection,
    ledger: str,
    units: Collection[UnitId],
    month: Period,
    through: Collection[str],
) -> list[_Version]:
    """All that was ever said of what units did in a month, or of what came in through them."""
    rows, held = facts.fact_versions.c, record_versions.c
    whose: Any = rows.subject.in_([f"unit/{unit}" for unit in units])
    if through:
        came = select(held.stream).where(
            held.ledger == ledger, held.organiser.in_(list(units)), held.on <= month.last
        )
        whose = or_(whose, (rows.kind.in_(list(through))) & rows.deed.in_(came))
    asked = (
        select(rows.from_position, rows.to_position, rows.kind, rows.body)
        .where(
            rows.ledger == ledger,
            rows.on <= month.last,
            rows.until >= month.first,
            whose,
        )
        .order_by(rows.on, rows.deed, rows.subject, rows.nth)
    )
    return [
        (since, until, bodies.fact(kind, body))
        for since, until, kind, body in connection.execute(asked)
    ]


def _known_at(
    versions: Iterable[_Version], unit: UnitId, position: int, through: Collection[str]
) -> list[Fact[Any]]:
    """What was known at a position of what a unit did, and of what came in through it."""
    subject = SubjectId(f"unit/{unit}")
    return [
        fact
        for since, until, fact in versions
        if since <= position < until
        and (fact.subject == subject or (fact.organiser == unit and fact.kind in through))
    ]


def _figures(checklist: Checklist, drawn: Grid, report: MonthReport) -> Figures:
    words = {item.number: item.words for item in report.items}
    slots = {slot.number: slot for slot in checklist.slots}
    items: list[ItemFigure] = []
    for row in drawn.rows:
        slot = slots[row.number]
        deeds = row.cells[0].deeds
        items.append(
            ItemFigure(
                number=row.number,
                zh=slot.zh,
                en=slot.en,
                count=len(deeds),
                need=slot.need if slot.is_said else 0,
                done=slot.is_said and len(deeds) >= slot.need,
                deeds=deeds,
                words=words.get(row.number, ""),
            )
        )
    return Figures(
        items=tuple(items),
        done=sum(item.done for item in items),
        of=sum(item.need > 0 for item in items),
        position=report.position,
    )


def month_of(day: date) -> Period:
    """The calendar month of a day."""
    return Period.around(Span.MONTH, day)


def newest_month(connection: Connection, ledger: str) -> date | None:
    """The last month of which anything was reported."""
    rows = posting_rows.c
    found: date | None = connection.execute(
        select(rows.month).where(rows.ledger == ledger).order_by(rows.month.desc()).limit(1)
    ).scalar()
    return found
