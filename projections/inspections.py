"""Inspections and acceptance checks of units: what was found of each unit, one by one where it was listed, what is mended, what is overdue; and the bulletin of some days."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
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
    Integer,
    LargeBinary,
    Select,
    Table,
    and_,
    case,
    func,
    literal,
    or_,
    select,
    tuple_,
)

from domain import inspection
from domain.attestation import attested
from domain.deed import Deed
from domain.evidence import Evidence
from domain.fact import Fact
from domain.kinds import kind_of
from domain.kinds.about import Stage
from domain.kinds.culture import WasCommended
from domain.kinds.findings import WasSanctioned
from domain.kinds.units import Check, WasInspected
from domain.matter import Matter
from domain.people import UnitId
from domain.problem import Problem, ProblemState, standing
from domain.words import Choice, Given, Label, Open, day_zh
from projections import bodies, documents, roster
from projections.columns import FOREVER, METADATA, Day, Row, Word, ledger_column
from projections.courses import Timeliness, stands
from projections.deeds import deed_rows, stands_for_itself
from projections.documents import Policies, Shelf
from projections.facts import fact_versions
from projections.paging import MOST, Key, Page, checked_limit, page_of
from projections.roster import known

inspection_rows = Table(
    "inspections",
    METADATA,
    ledger_column(),
    Column("matter", Word, primary_key=True),
    Column("unit", Word, primary_key=True),
    Column("same_as", Word, nullable=False),
    Column("on", Day, nullable=False),
    Column("organiser", Word, nullable=False),
    Column("title", Word, nullable=False),
    Column("check", Word, nullable=False),
    Column("by", Word, nullable=False),
    Column("standard", Word, nullable=False),
    Column("listed", Boolean, nullable=False),
    Column("found", BigInteger, nullable=False),
    Column("mended", BigInteger, nullable=False),
    Column("notified_on", Day),
    Column("mended_on", Day),
    Column("passed_on", Day),
    Index("inspections_by_day", "ledger", "on", "matter", "unit"),
    Index("inspections_of_unit", "ledger", "unit", "on"),
    Index("inspections_passed", "ledger", "passed_on"),
)
"""Every unit in every inspection that stands; `listed` says that its problems are listed one by one, otherwise the numbers are typed.

`same_as` is the record of the same deed that it is linked to: while that stands, this one is not counted.
"""

problem_rows = Table(
    "inspection_problems",
    METADATA,
    ledger_column(),
    Column("matter", Word, primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("unit", Word, nullable=False),
    Column("text", Word, nullable=False),
    Column("called_zh", Word, nullable=False),
    Column("called_en", Word, nullable=False),
    Column("notified_on", Day, nullable=False),
    Column("mend_by", Day),
    Column("due", Day),
    Column("state", Word, nullable=False),
    Column("account", Word, nullable=False),
    Column("evidence", LargeBinary, nullable=False),
    Column("reported_on", Day),
    Column("checked_off_on", Day),
    Column("late", Boolean, nullable=False),
    Index("inspection_problems_of_unit", "ledger", "unit", "notified_on"),
    Index("inspection_problems_due", "ledger", "due", "matter", "number"),
    Index("inspection_problems_to_check", "ledger", "state", "reported_on", "matter", "number"),
    Index("inspection_problems_by_day", "ledger", "notified_on", "matter", "number"),
)
"""Every problem that stands, as it stands; `due` is the day by which it is to be mended as long as it waits for its unit, the last day that there is where none was set."""

InspectionRows = tuple[list[Row], list[Row]]
"""The rows of an inspection: of its units, and of its problems."""


def rows_of(ledger: str, matter: str, state: object) -> InspectionRows:
    """The rows of a matter; none of other kinds, and none once it is withdrawn."""
    if not isinstance(state, Deed) or state.gone or not isinstance(state.body, Matter):
        return [], []
    body = state.body
    if not isinstance(body.details, WasInspected):
        return [], []
    stand = standing(state.problems)
    listed = bool(stand)
    of_units = []
    for unit in inspection.units_of(state):
        said, found = inspection.of_unit(state, unit)
        reached = {each.stage: each.on.toordinal() for each in found}
        of_units.append(
            (
                *(ledger, matter, unit, state.same_as),
                *(body.on.toordinal(), body.organiser, body.title),
                *(said.check.value, said.inspected_by, said.standard, listed),
                *(said.findings, said.findings_mended),
                *map(reached.get, (Stage.NOTIFIED, Stage.MENDED, Stage.PASSED)),
            )
        )
    problems = [(ledger, matter, each.number, *_columns(each)) for each in stand]
    return of_units, problems


def _columns(each: Problem) -> Row:
    called = each.called or Label("", "")
    days = (each.mend_by, each.reported_on, each.checked_off_on)
    by, reported, off = (None if day is None else day.toordinal() for day in days)
    due = (FOREVER if by is None else by) if each.waits else None
    return (
        *(each.unit, each.text, called.zh, called.en, each.notified_on.toordinal(), by, due),
        *(each.state.value, each.account, bodies.encode(each.evidence), reported, off, each.late),
    )


class Which(Choice):
    """Which inspections a list is narrowed to, by what became of what they found."""

    OPEN = "open", "未全部整改", "not all is mended"
    OVERDUE = "overdue", "有逾期问题", "something is overdue"
    MENDED = "mended", "已全部整改", "all is mended"
    CLEAN = "clean", "未发现问题", "nothing was found"
    PASSED = "passed", "验收通过", "passed the acceptance check"


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """Which inspections are meant: of these days, of one unit, `held` by one, by whoever's name holds a text, of one sort.

    `only` are the units whose inspections are open to whoever asks, as those inspected or as those that held it; none where all are.
    `today` says what is overdue.
    """

    today: date
    since: date | None = None
    until: date | None = None
    unit: UnitId | None = None
    by: str = ""
    check: Check | None = None
    held: UnitId | None = None
    only: Collection[UnitId] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class InspectionLine:
    """A unit in an inspection: problems found, mended (checked off where they are listed), and overdue; a day is none until it has been so."""

    matter: str
    unit: UnitId
    unit_name: str
    on: date
    title: str
    check: Check
    by: str
    standard: str
    listed: bool
    found: int
    mended: int
    overdue: int
    notified_on: date | None
    mended_on: date | None
    passed_on: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ProblemLine:
    """A problem as a list shows it, with its unit and its inspection; `called` is the item of the standard that it is about, where one is named; `evidence` bears out what was mended."""

    matter: Open[str]
    number: int
    unit: UnitId
    unit_name: Open[str]
    title: Open[str]
    by: Open[str]
    text: str
    called: Label | None
    notified_on: date
    mend_by: date | None
    state: ProblemState
    overdue: bool
    late: bool
    account: str
    evidence: tuple[Evidence, ...]
    reported_on: date | None
    checked_off_on: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Totals:
    """How many inspections and units, and of what they found how much is mended, waits to be checked, is overdue; `clean` inspections found nothing.

    `inspections` counts a unit in an inspection once, as the board lists them. Numbers that were typed for several units together count once.
    """

    inspections: int = 0
    units: int = 0
    found: int = 0
    mended: int = 0
    reported: int = 0
    overdue: int = 0
    clean: int = 0
    passed: int = 0


def _overdue(today: date) -> ColumnElement[bool]:
    return problem_rows.c.due < today


_OF_LINE = and_(
    problem_rows.c.ledger == inspection_rows.c.ledger,
    problem_rows.c.matter == inspection_rows.c.matter,
    problem_rows.c.unit == inspection_rows.c.unit,
)
"""Of which unit in which inspection a problem is."""


def _within(ledger: str, asked: Asked) -> list[ColumnElement[bool]]:
    rows = inspection_rows.c
    found: list[ColumnElement[bool]] = [rows.ledger == ledger]
    if asked.since is not None:
        found.append(rows.on >= asked.since)
    if asked.until is not None:
        found.append(rows.on <= asked.until)
    return found + _of(ledger, asked)


def _of(ledger: str, asked: Asked) -> list[ColumnElement[bool]]:
    """The same of any day; of several records of one deed the one that stands for it."""
    rows = inspection_rows.c
    found: list[ColumnElement[bool]] = [
        stands_for_itself(ledger, "matter/" + rows.matter, rows.same_as)
    ]
    if asked.unit is not None:
        found.append(rows.unit == asked.unit)
    if asked.by:
        found.append(rows.by.contains(asked.by, autoescape=True))
    if asked.check is not None:
        found.append(rows.check == asked.check.value)
    if asked.held is not None:
        found.append(rows.organiser == asked.held)
    if asked.only is not None:
        found.append(or_(rows.unit.in_(asked.only), rows.organiser.in_(asked.only)))
    return found


def _that(which: Which, today: date) -> ColumnElement[bool]:
    rows = inspection_rows.c
    match which:
        case Which.OPEN:
            return rows.found > rows.mended
        case Which.OVERDUE:
            return select(literal(1)).where(_OF_LINE, _overdue(today)).exists()
        case Which.MENDED:
            return and_(rows.found > 0, rows.found == rows.mended)
        case Which.CLEAN:
            return rows.found == 0
        case Which.PASSED:
            return rows.passed_on.is_not(None)


def inspections(
    connection: Connection,
    ledger: str,
    asked: Asked,
    *,
    which: Which | None = None,
    after: Key | None = None,
    limit: int = 50,
) -> Page[InspectionLine]:
    """Those that fit, unit by unit, the latest first."""
    checked_limit(limit)
    rows = inspection_rows.c
    found = select(inspection_rows).where(*_within(ledger, asked))
    if which is not None:
        found = found.where(_that(which, asked.today))
    if after is not None:
        day, matter, unit = after
        found = found.where(
            or_(
                rows.on < literal(day),
                and_(
                    rows.on == literal(day), tuple_(rows.matter, rows.unit) > tuple_(matter, unit)
                ),
            )
        )
    found = found.order_by(rows.on.desc(), rows.matter, rows.unit).limit(limit + 1)
    return page_of(
        _lines(connection, ledger, connection.execute(found).all(), asked.today),
        limit,
        lambda each: (each.on.toordinal(), each.matter, each.unit),
    )


def _lines(
    connection: Connection, ledger: str, found: Sequence[Any], today: date
) -> list[InspectionLine]:
    names = roster.names(connection, ledger, units={UnitId(row.unit) for row in found})
    late = problem_rows.c
    counted = (
        select(late.matter, late.unit, func.count())
        .where(
            late.ledger == ledger,
            late.matter.in_({row.matter for row in found if row.listed}),
            _overdue(today),
        )
        .group_by(late.matter, late.unit)
    )
    overdue = {(row[0], row[1]): int(row[2]) for row in connection.execute(counted).all()}
    return [
        InspectionLine(
            matter=row.matter,
            unit=UnitId(row.unit),
            unit_name=names.get(f"unit/{row.unit}", row.unit),
            on=row.on,
            title=row.title,
            check=Check.of(row.check),
            by=row.by,
            standard=row.standard,
            listed=row.listed,
            found=row.found,
            mended=row.mended,
            overdue=overdue.get((row.matter, row.unit), 0),
            notified_on=row.notified_on,
            mended_on=row.mended_on,
            passed_on=row.passed_on,
        )
        for row in found
    ]


def problems(
    connection: Connection,
    ledger: str,
    asked: Asked,
    *,
    state: ProblemState | None = None,
    overdue: bool = False,
    after: Key | None = None,
    limit: int = 50,
) -> Page[ProblemLine]:
    """Problems one by one of the inspections that fit, in order of the day on which they were notified."""
    rows = problem_rows.c
    narrowed: list[ColumnElement[bool]] = []
    if state is not None:
        narrowed.append(rows.state == state.value)
    if overdue:
        narrowed.append(_overdue(asked.today))
    return _in_order(connection, ledger, asked, rows.notified_on, narrowed, after, limit)


def to_mend(
    connection: Connection,
    ledger: str,
    asked: Asked,
    *,
    how: Timeliness | None = None,
    dated: bool = False,
    after: Key | None = None,
    limit: int = 50,
) -> Page[ProblemLine]:
    """Problems that wait for their units, what is due first first; `dated` alone those for which a day was set."""
    due = problem_rows.c.due
    narrowed = [due.is_not(None) if how is None else stands(due, how, asked.today)]
    if dated:
        narrowed.append(due < date.max)
    return _in_order(connection, ledger, asked, due, narrowed, after, limit)


def to_check(
    connection: Connection,
    ledger: str,
    asked: Asked,
    *,
    after: Key | None = None,
    limit: int = 50,
) -> Page[ProblemLine]:
    """Problems that are said to be mended and wait to be checked off, what was said first first."""
    rows = problem_rows.c
    narrowed = [rows.state == ProblemState.REPORTED.value]
    return _in_order(connection, ledger, asked, rows.reported_on, narrowed, after, limit)


def _in_order(
    connection: Connection,
    ledger: str,
    asked: Asked,
    by: ColumnElement[Any],
    narrowed: Sequence[ColumnElement[bool]],
    after: Key | None,
    limit: int,
) -> Page[ProblemLine]:
    """Problems of the inspections that fit in order of one of their days."""
    checked_limit(limit)
    rows, of = problem_rows.c, inspection_rows.c
    found = (
        select(problem_rows, of.title, of.by, by.label("day"))
        .join(inspection_rows, _OF_LINE)
        .where(rows.ledger == ledger, *_within(ledger, asked), *narrowed)
    )
    order = (by, rows.matter, rows.number)
    if after is not None:
        found = found.where(tuple_(*order) > tuple_(*after))
    told = connection.execute(found.order_by(*order).limit(limit + 1)).all()
    page = page_of(told, limit, lambda row: (row.day.toordinal(), row.matter, row.number))
    names = roster.names(connection, ledger, units={UnitId(row.unit) for row in page.rows})
    lines = tuple(_problem(row, names, asked.today) for row in page.rows)
    return Page(rows=lines, after=page.after)


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """How many problems wait for their units, how many of them are overdue, and how many wait to be checked off."""

    to_mend: int = 0
    overdue: int = 0
    to_check: int = 0


def waiting(connection: Connection, ledger: str, asked: Asked) -> Waiting:
    """What waits of the inspections that fit."""
    rows = problem_rows.c
    found = (
        select(
            _number(rows.due.is_not(None)),
            _number(_overdue(asked.today)),
            _number(rows.state == ProblemState.REPORTED.value),
        )
        .select_from(problem_rows)
        .join(inspection_rows, _OF_LINE)
        .where(
            rows.ledger == ledger,
            # By what the index has, which those that were checked off long ago are not read for.
            rows.state.in_([each.value for each in ProblemState if each.waits]),
            *_within(ledger, asked),
        )
    )
    mend, overdue, check = connection.execute(found).one()
    return Waiting(to_mend=int(mend), overdue=int(overdue), to_check=int(check))


def _problem(row: Any, names: Mapping[str, str], today: date) -> ProblemLine:
    return ProblemLine(
        matter=row.matter,
        number=row.number,
        unit=UnitId(row.unit),
        unit_name=names.get(f"unit/{row.unit}", row.unit),
        title=row.title,
        by=row.by,
        text=row.text,
        called=Label(row.called_zh, row.called_en) if row.called_zh else None,
        notified_on=row.notified_on,
        mend_by=row.mend_by,
        state=ProblemState.of(row.state),
        overdue=row.due is not None and row.due < today,
        late=row.late,
        account=row.account,
        evidence=bodies.evidence(row.evidence),
        reported_on=row.reported_on,
        checked_off_on=row.checked_off_on,
    )


def _number(when: Any) -> Any:
    return func.coalesce(func.sum(case((when, 1), else_=0)), 0)


def totals(connection: Connection, ledger: str, asked: Asked) -> Totals:
    """All that fit together."""
    of_units = inspection_rows.c
    nth = func.row_number().over(partition_by=of_units.matter, order_by=of_units.unit)
    fit = select(inspection_rows, nth.label("nth")).where(*_within(ledger, asked)).subquery()
    rows = fit.c
    once = or_(rows.listed, rows.nth == 1)
    number, units, found, mended, clean, passed = connection.execute(
        select(
            func.count(),
            func.count(rows.unit.distinct()),
            func.coalesce(func.sum(case((once, rows.found), else_=0)), 0),
            func.coalesce(func.sum(case((once, rows.mended), else_=0)), 0),
            _number(rows.found == 0),
            _number(rows.passed_on.is_not(None)),
        ).select_from(fit)
    ).one()
    reported, overdue = connection.execute(
        select(
            _number(problem_rows.c.state == ProblemState.REPORTED.value),
            _number(_overdue(asked.today)),
        )
        .select_from(problem_rows)
        .join(inspection_rows, _OF_LINE)
        .where(*_within(ledger, asked))
    ).one()
    return Totals(
        inspections=number,
        units=units,
        found=int(found),
        mended=int(mended),
        reported=int(reported),
        overdue=int(overdue),
        clean=int(clean),
        passed=int(passed),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitLine:
    """What a bulletin says of one unit: how often it was inspected, what was found, mended and is overdue."""

    unit: UnitId
    name: str
    inspections: int
    found: int
    mended: int
    overdue: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Honour:
    """A unit that was commended or sanctioned: `said` is the award or the sanction, `by` whose it is, `deed` the record."""

    unit: UnitId
    name: Open[str]
    on: date
    said: Label
    by: str
    deed: Open[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Bulletin:
    """A bulletin (督查通报) of some days, as things stand now.

    `units` are those inspected, those with most that is overdue, then open, first; `overdue` the problems whose day is over, `passed` the
    acceptance checks that were passed in these days, whenever held. Each list holds the first 200; `more` names those that go on. `sentence` says the figures, to be copied.
    """

    since: date
    until: date
    totals: Totals
    units: tuple[UnitLine, ...]
    overdue: tuple[ProblemLine, ...]
    passed: tuple[InspectionLine, ...]
    commended: tuple[Honour, ...]
    sanctioned: tuple[Honour, ...]
    more: frozenset[str]
    sentence: Label

    @property
    def clean(self) -> tuple[UnitLine, ...]:
        """The units of which nothing was found."""
        return tuple(each for each in self.units if not each.found)


def bulletin(connection: Connection, ledger: str, shelf: Shelf, asked: Asked) -> Bulletin:
    """The bulletin of the inspections that fit; ValueError where a day is open."""
    if asked.since is None or asked.until is None:
        raise ValueError("a bulletin has a first and a last day")
    units = _units(connection, ledger, asked)
    late = problems(connection, ledger, asked, overdue=True, limit=MOST)
    passed = _passed(connection, ledger, asked)
    policies = documents.policies(connection, ledger, shelf)
    commended = _honours(connection, ledger, policies, asked, kind_of(WasCommended))
    sanctioned = _honours(connection, ledger, policies, asked, kind_of(WasSanctioned))
    lists: Mapping[str, Sequence[object]] = {
        "units": units,
        "passed": passed,
        "commended": commended,
        "sanctioned": sanctioned,
    }
    more = {name for name, rows in lists.items() if len(rows) > MOST}
    total = totals(connection, ledger, asked)
    return Bulletin(
        since=asked.since,
        until=asked.until,
        totals=total,
        sentence=_sentence(asked.since, asked.until, total, _passed_in(connection, ledger, asked)),
        units=tuple(units[:MOST]),
        overdue=late.rows,
        passed=tuple(passed[:MOST]),
        commended=tuple(commended[:MOST]),
        sanctioned=tuple(sanctioned[:MOST]),
        more=frozenset(more | ({"overdue"} if late.after is not None else set())),
    )


def _sentence(since: date, until: date, total: Totals, passed: int) -> Label:
    """The figures of a bulletin as one sentence."""
    zh = [
        f"督查、验收{total.units}个单位{total.inspections}次",
        f"发现问题{total.found}个,已整改{total.mended}个",
    ]
    en = [
        f"{total.inspections} inspections of {total.units} units",
        f"{total.found} problems found, {total.mended} mended",
    ]
    for number, of_zh, of_en in (
        (total.reported, "待销号{}个", "{} to be checked"),
        (total.overdue, "逾期未整改{}个", "{} overdue"),
        (total.clean, "未发现问题{}次", "nothing found in {} inspections"),
        (passed, "验收通过{}次", "{} acceptance checks passed"),
    ):
        if number:
            zh.append(of_zh.format(number))
            en.append(of_en.format(number))
    days = f"{day_zh(since)}至{day_zh(until)}"
    return Label(f"{days},{','.join(zh)}。", f"{since} to {until}: {', '.join(en)}.")


def _units(connection: Connection, ledger: str, asked: Asked) -> list[UnitLine]:
    """The first units of the bulletin, one more than it shows."""
    rows, late = inspection_rows.c, problem_rows.c
    within = _within(ledger, asked)
    counted = (
        select(late.unit.label("unit"), func.count().label("number"))
        .join(inspection_rows, _OF_LINE)
        .where(*within, _overdue(asked.today))
        .group_by(late.unit)
        .subquery()
    )
    overdue = func.coalesce(func.max(counted.c.number), 0)
    found, mended = func.sum(rows.found), func.sum(rows.mended)
    of_units = (
        select(rows.unit, func.count(), found, mended, overdue)
        .outerjoin(counted, counted.c.unit == rows.unit)
        .where(*within)
        .group_by(rows.unit)
        .order_by(overdue.desc(), (found - mended).desc(), rows.unit)
        .limit(MOST + 1)
    )
    told = connection.execute(of_units).all()
    names = roster.names(connection, ledger, units={UnitId(row[0]) for row in told})
    return [
        UnitLine(
            unit=UnitId(row[0]),
            name=names.get(f"unit/{row[0]}", str(row[0])),
            inspections=int(row[1]),
            found=int(row[2]),
            mended=int(row[3]),
            overdue=int(row[4]),
        )
        for row in told
    ]


def _when_passed(ledger: str, asked: Asked) -> list[ColumnElement[bool]]:
    """The acceptance checks that were passed in these days, whenever held."""
    rows = inspection_rows.c
    return [
        rows.ledger == ledger,
        rows.passed_on >= asked.since,
        rows.passed_on <= asked.until,
        *_of(ledger, asked),
    ]


def _passed_in(connection: Connection, ledger: str, asked: Asked) -> int:
    """How many they are, listed or not."""
    counted = select(func.count()).select_from(inspection_rows)
    return int(connection.execute(counted.where(*_when_passed(ledger, asked))).scalar_one())


def _passed(connection: Connection, ledger: str, asked: Asked) -> list[InspectionLine]:
    rows = inspection_rows.c
    found = (
        select(inspection_rows)
        .where(*_when_passed(ledger, asked))
        .order_by(rows.passed_on, rows.matter, rows.unit)
        .limit(MOST + 1)
    )
    return _lines(connection, ledger, connection.execute(found).all(), asked.today)


def _honours(
    connection: Connection, ledger: str, policies: Policies, asked: Asked, kind: str
) -> list[Honour]:
    """The units that were commended or sanctioned in these days, as far as it counts; of the first of them, one more than a bulletin shows."""
    rows = fact_versions.c
    deeds = deed_rows.c
    recorded = and_(deeds.ledger == rows.ledger, deeds.stream == rows.deed)
    found = select(rows.on, rows.subject, rows.deed, rows.nth, rows.body)
    found = found.select_from(fact_versions.join(deed_rows, recorded))
    found = found.where(
        stands_for_itself(ledger, deeds.stream, deeds.same_as),
        rows.ledger == ledger,
        rows.kind == kind,
        rows.on >= asked.since,
        rows.on <= asked.until,
        rows.subject.startswith("unit/"),
        known(fact_versions, None),
    )
    if asked.unit is not None:
        found = found.where(rows.subject == f"unit/{asked.unit}")
    if asked.only is not None:
        found = found.where(rows.subject.in_([f"unit/{each}" for each in asked.only]))
    facts: list[Fact[Any]] = []
    for read in _in_parts(connection, found):
        told: list[Fact[Any]] = [bodies.fact(kind, body) for body in read]
        facts += [f for f in told if attested(f, policies.on(f.on), asked.today).counts]
        if len(facts) > MOST:
            break
    facts = facts[: MOST + 1]
    units = {UnitId(fact.subject.removeprefix("unit/")) for fact in facts}
    names = roster.names(connection, ledger, units=units)
    return [
        Honour(
            unit=UnitId(fact.subject.removeprefix("unit/")),
            name=names.get(fact.subject, fact.subject),
            on=fact.on,
            **_honour(fact),
            deed=fact.deed,
        )
        for fact in facts
    ]


def _in_parts(connection: Connection, found: Select[Any]) -> Iterator[list[bytes]]:
    """The bodies of the facts that fit, the earliest first, so many at a time: which of them count is known only once they are read."""
    rows = fact_versions.c
    order = (rows.on, rows.subject, rows.deed, rows.nth)
    found = found.order_by(*order).limit(MOST + 1)
    told = connection.execute(found).all()
    while told:
        yield [row.body for row in told]
        if len(told) <= MOST:
            return
        last = (told[-1].on.toordinal(), *told[-1][1:4])
        told = connection.execute(found.where(tuple_(*order) > tuple_(*last))).all()


def _honour(fact: Fact[Any]) -> dict[str, Any]:
    """What a unit was commended or sanctioned with, and by whom."""
    details = fact.details
    if isinstance(details, WasSanctioned):
        return {"said": Label(details.sanction.zh, details.sanction.en), "by": details.by}
    honour = details.honour or fact.title
    return {"said": Given(honour, honour), "by": details.commended_by}
