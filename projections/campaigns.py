"""Special tasks and named campaigns: who was called to what, who took part and for how long, what was given, and what all of it adds up to."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
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
    Select,
    Table,
    and_,
    case,
    func,
    literal,
    or_,
    select,
    true,
    tuple_,
    union_all,
)

from domain.deed import LONGEST_TITLE, Deed
from domain.fact import Capacity, Fact, SubjectId
from domain.kinds import Stage, kind_of
from domain.kinds.help import ContributedResources, Resource
from domain.kinds.people import Deployment, JoinedSpecialTask, Service, Volunteered
from domain.kinds.works import SpecialTask
from domain.matter import Matter
from domain.numbers import ENTERED
from domain.occasion import Occasion
from domain.people import PersonId, UnitId
from domain.words import Choice, Open, is_code
from projections import bodies, deeds, roster
from projections.columns import FOREVER, METADATA, Day, Row, Word, ledger_column
from projections.deeds import deed_rows, differs, stands_for_itself
from projections.facts import is_done
from projections.paging import Key, Page, checked_limit, page_of
from projections.roster import person_versions

JOINED, GIVEN, SERVED = map(kind_of, (JoinedSpecialTask, ContributedResources, Volunteered))
CALL = kind_of(SpecialTask)
MOST_CALLS = 20
"""Calls of a task that are told, the newest."""
MOST_RESOURCES = 50
"""Sorts and units of what was given that are told."""
MOST_DUTIES = 5
"""What somebody did that a line of a team tells at the most."""
_MICRO = 10**6
"""Parts of one in which amounts are added up: no record has finer ones."""


class Campaign(Choice):
    """What brings records together under a name."""

    TASK = "task", "专项任务", "special task"
    ACTIVITY = "activity", "主题活动", "named campaign"


class _How(Choice):
    """How a record stands to a name."""

    CALLED = "called", "召集", "calls to the task"
    JOINED = "joined", "参加", "took part in the task"
    GAVE = "gave", "提供资源", "gave something for it"
    ACTIVITY = "activity", "所属活动", "is part of the campaign"


_OF = {
    Campaign.TASK: (_How.JOINED.value, _How.GAVE.value),
    Campaign.ACTIVITY: (_How.ACTIVITY.value,),
}

named_rows = Table(
    "named",
    METADATA,
    ledger_column(),
    Column("stream", Word, primary_key=True),
    Column("how", Word, primary_key=True),
    Column("name", Word, nullable=False),
    Column("work", Word, nullable=False),
    Column("deed", Word, nullable=False),
    Column("same_as", Word, nullable=False),
    Column("kind", Word, nullable=False),
    Column("sort", Word, nullable=False),
    Column("said", Word, nullable=False),
    Column("on", Day, nullable=False),
    Column("until", Day, nullable=False),
    Column("reached", BigInteger, nullable=False),
    Column("whole", BigInteger, nullable=False),
    Column("micro", Integer, nullable=False),
    Index("named_on", "ledger", "how", "on", "stream"),
    Index("named_so", "ledger", "how", "name", "on"),
)
"""Every record that stands and calls to a special task, joined one, gave something, or names a campaign.

`work` is the id of the call that it names. `deed` is the record that it is linked to as the same deed, or itself. `sort` is the state of a task,
the sort of what was given or the kind of service, `said` what somebody did there or the unit of what was given, `whole` and `micro` how much of it.
`until` is the last day of a call, the end of time while it is not over; the day of anything else. `reached` are the people reached (人次).
"""

team_rows = Table(
    "teams",
    METADATA,
    ledger_column(),
    Column("stream", Word, primary_key=True),
    Column("subject", Word, primary_key=True),
    Column("deed", Word, nullable=False),
    Column("half_days", Integer, nullable=False),
    Index("teams_of_deed", "ledger", "deed"),
)
"""Who took part as a member, or is an author, on each of these records and on each that is linked to another: for how many half days, 0 of no occasion."""


# Rows


def rows_of(ledger: str, state: object, found: Iterable[Fact[Any]]) -> tuple[list[Row], list[Row]]:
    """The rows of a record in both tables; none once it is withdrawn, and of what names nothing."""
    if not isinstance(state, Deed) or state.gone:
        return [], []
    body = state.body
    deed = state.same_as or state.stream
    work = body.work if is_code(body.work) else ""
    until = body.on.toordinal()
    if isinstance(body.details, SpecialTask):
        ended = [r.on for r in state.reached if r.stage in (Stage.DONE, Stage.DROPPED)]
        until = max(ended).toordinal() if ended else FOREVER
    of = (deed, state.same_as, kind_of(type(body.details)), *_figures(body))
    figures = (*of[:5], body.on.toordinal(), until, *of[5:])
    named = [
        (ledger, state.stream, how.value, name, work, *figures)
        for how, name in _names(body)
        if name or work
    ]
    lines: list[Row] = []
    if named or state.same_as:
        lines = [
            (ledger, state.stream, fact.subject, deed, _half_days(body, fact))
            for fact in {each.subject: each for each in found}.values()
            if fact.subject.startswith("member/")
            and fact.capacity is Capacity.ATTENDS
            and is_done(fact)
        ]
    return named, lines


def changes_names(before: object, after: object) -> bool:
    """Whether entries may have changed what lies in these rows: what the sides say of a line does not."""
    return differs(before, after, "body", "reached", "gone", "same_as")


def called_so(text: str) -> str:
    """A name as it is compared: no longer than an index holds, without what white space more than another it has."""
    return " ".join(text.split())[:LONGEST_TITLE]


def _names(body: Occasion[Any] | Matter[Any]) -> list[tuple[_How, str]]:
    activity = called_so(body.activity)
    named = [(_How.ACTIVITY, activity)] if activity else []
    match body.details:
        case SpecialTask():
            named.append((_How.CALLED, called_so(body.title)))
        case JoinedSpecialTask(task=task):
            named.append((_How.JOINED, called_so(task)))
        case ContributedResources():
            named.append((_How.GAVE, activity))
        case _:
            pass
    return named


def _figures(body: Occasion[Any] | Matter[Any]) -> tuple[str, str, int, int, int]:
    """What a record says of its sort and in words, the people that it reached, and an amount in wholes and parts."""
    reached = min(getattr(body, "reached_people", 0), ENTERED.largest)
    match body.details:
        case JoinedSpecialTask(deployment=deployment, duty=duty):
            return deployment.value, duty, reached, 0, 0
        case Volunteered(service=service):
            return service.value, "", reached, 0, 0
        case ContributedResources(resource=resource, amount=amount, amount_unit=unit):
            whole, micro = 0, 0
            if amount is not None and ENTERED.hold(amount):
                whole, micro = divmod(int(amount * _MICRO), _MICRO)
            return resource.value, called_so(unit), reached, whole, micro
        case _:
            return "", "", reached, 0, 0


def _half_days(body: Occasion[Any] | Matter[Any], fact: Fact[Any]) -> int:
    return fact.half_days if isinstance(body, Occasion) else 0


# What belongs to a name


@dataclass(frozen=True, slots=True, kw_only=True)
class Which:
    """Which records are meant: of special tasks or of campaigns, on days from one to another, of one name or of all."""

    campaign: Campaign
    first: date
    last: date
    name: str | None = None


def _belonging(ledger: str, which: Which) -> Select[Any]:
    """The records that belong to a name, each deed once; whoever names a call that stands belongs to the task that it calls to, whatever he calls it."""
    rows, call = named_rows.c, named_rows.alias("call").c
    name: ColumnElement[str] = rows.name
    source: Any = named_rows
    of_task: ColumnElement[bool] = true()
    if which.campaign is Campaign.TASK:
        name = func.coalesce(call.name, rows.name)
        its = and_(
            *(call.ledger == rows.ledger, call.how == _How.CALLED.value, rows.work != ""),
            call.stream == literal("matter/") + rows.work,
        )
        source = named_rows.outerjoin(call.stream.table, its)
        other = named_rows.alias("other").c
        # What was given in a campaign names that: it belongs to a task that somebody called to or joined.
        there = (
            select(other.stream)
            .where(
                *(other.ledger == rows.ledger, other.name == rows.name),
                other.how.in_((_How.CALLED.value, _How.JOINED.value)),
            )
            .exists()
        )
        of_task = or_(rows.how != _How.GAVE.value, call.stream.is_not(None), there)
    asked = (
        select(*(each for each in rows if each.name != "name"), name.label("name"))
        .select_from(source)
        .where(
            *(rows.ledger == ledger, rows.how.in_(_OF[which.campaign])),
            *(rows.on >= which.first, rows.on <= which.last, name != ""),
            *(stands_for_itself(ledger, rows.stream, rows.same_as), of_task),
        )
    )
    return asked if which.name is None else asked.where(name == called_so(which.name))


def _where_called(ledger: str, which: Which) -> list[ColumnElement[bool]]:
    """Calls that were not over before these days, and made before their end."""
    rows = named_rows.c
    return [
        *(rows.ledger == ledger, rows.how == _How.CALLED.value, rows.name != ""),
        *(rows.on <= which.last, rows.until >= which.first),
        stands_for_itself(ledger, rows.stream, rows.same_as),
    ]


# Queries


@dataclass(frozen=True, slots=True, kw_only=True)
class CampaignLine:
    """A task or a campaign: records, how many took part and how often (人次), half days of all of them together, people reached; and the days of the first and the last record.

    The days are none of a task that was only called to.
    """

    name: str
    records: int
    people: int
    times: int
    half_days: int
    reached: int
    first: date | None
    last: date | None
    called_on: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class KindLine:
    """Records of a kind among those of a name, how many took part in them and how often, and the people reached."""

    kind: str
    records: int
    people: int
    times: int
    reached: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceLine:
    """Voluntary services of a kind (次) and the people that they reached (人次)."""

    service: Service
    times: int
    reached: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ResourceLine:
    """What was given, of a sort and in a unit: on how many records, and how much together."""

    resource: Resource
    unit: str
    records: int
    amount: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class CallLine:
    """A call to a task: who called on which day, asked for what, and when people were at their posts and it was done, or dropped."""

    matter: Open[str]
    title: Open[str]
    on: date
    units: Open[tuple[str, ...]]
    called_by: str
    asked_for: str
    deployed_on: date | None
    done_on: date | None
    dropped_on: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class CampaignFigures:
    """What a task or a campaign came to within some days; `deployments` counts the records of a task by the state that they tell."""

    line: CampaignLine
    calls: tuple[CallLine, ...]
    kinds: tuple[KindLine, ...]
    deployments: tuple[tuple[Deployment, int], ...]
    services: tuple[ServiceLine, ...]
    resources: tuple[ResourceLine, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class TeamLine:
    """Somebody who took part: on how many records, for how many half days, from when to when; `gave` are the records of what he gave.

    `duties` is what his records say that was done, the latest first, at most five of them.
    """

    person: PersonId
    name: str
    records: int
    half_days: int
    gave: int
    first: date
    last: date
    duties: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class SeenBy:
    """Somebody who sees himself and whoever is bound to a unit on a day; himself alone without one."""

    person: PersonId
    unit: UnitId | None
    day: date


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportLine:
    """What somebody did: on which record, in which words, for how many half days; or what he gave, `amount` of `unit`, none where it is not said."""

    person: PersonId
    name: str
    stream: str
    kind: str
    on: date
    title: str
    deployment: Deployment | None
    duty: str
    half_days: int
    resource: Resource | None
    amount: Decimal | None
    unit: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordLine:
    """A record of a task or campaign, with how many took part and the people reached."""

    stream: str
    kind: str
    on: date
    title: str
    people: int
    reached: int


def campaigns(
    connection: Connection,
    ledger: str,
    which: Which,
    *,
    after: Key | None = None,
    limit: int = 50,
) -> Page[CampaignLine]:
    """Tasks or campaigns of which something is on record on these days, or that somebody was called to, the newest first, by as many queries for many as for one."""
    checked_limit(limit)
    belonging = _belonging(ledger, which).subquery()
    rows = named_rows.c
    days = select(belonging.c.name, belonging.c.on.label("day"))
    if which.campaign is Campaign.TASK:
        called = select(rows.name, rows.on.label("day")).where(*_where_called(ledger, which))
        if which.name is not None:
            called = called.where(rows.name == called_so(which.name))
        found: Any = union_all(days, called).subquery()
    else:
        found = days.subquery()
    newest = func.max(found.c.day, type_=rows.on.type)
    asked = select(found.c.name, newest.label("newest")).group_by(found.c.name)
    if after is not None:
        asked = asked.having(tuple_(newest, found.c.name) < tuple_(*after))
    asked = asked.order_by(newest.desc(), found.c.name.desc()).limit(limit + 1)
    page = page_of(
        connection.execute(asked).all(), limit, lambda row: (row.newest.toordinal(), row.name)
    )
    lines = _lines(connection, ledger, which, [row.name for row in page.rows])
    return Page(rows=tuple(lines), after=page.after)


def _lines(
    connection: Connection, ledger: str, which: Which, names: Sequence[str]
) -> list[CampaignLine]:
    """The figures of each of these names, by three queries."""
    if not names:
        return []
    belonging = _belonging(ledger, which).subquery()
    rows = belonging.c
    counted = {
        row.name: row
        for row in connection.execute(
            select(
                rows.name,
                func.count().label("records"),
                func.sum(rows.reached).label("reached"),
                func.min(rows.on, type_=rows.on.type).label("first"),
                func.max(rows.on, type_=rows.on.type).label("last"),
            )
            .where(rows.name.in_(names))
            .group_by(rows.name)
        )
    }
    team = _team(ledger, which).subquery().c
    there = {
        name: (int(people), int(times), int(half_days))
        for name, people, times, half_days in connection.execute(
            select(
                team.name,
                func.count(team.subject.distinct()),
                func.count(),
                func.sum(team.half_days),
            )
            .where(team.name.in_(names))
            .group_by(team.name)
        )
    }
    called: dict[str, date] = {}
    if which.campaign is Campaign.TASK:
        all_named = named_rows.c
        on = func.max(all_named.on, type_=all_named.on.type)
        asked = select(all_named.name, on.label("on")).where(
            *_where_called(ledger, which), all_named.name.in_(names)
        )
        found = connection.execute(asked.group_by(all_named.name))
        called = {row.name: row.on for row in found}
    lines = []
    for name in names:
        row = counted.get(name)
        people, times, half_days = there.get(name, (0, 0, 0))
        lines.append(
            CampaignLine(
                name=name,
                records=0 if row is None else int(row.records),
                people=people,
                times=times,
                half_days=half_days,
                reached=0 if row is None else int(row.reached),
                first=None if row is None else row.first,
                last=None if row is None else row.last,
                called_on=called.get(name),
            )
        )
    return lines


def _team(ledger: str, which: Which, *said: str) -> Select[Any]:
    """Who took part in which deed of a name, by any of its records; where several say for how long, the longest counts. `said` are further columns of the record that stands for it."""
    belonging, team = _belonging(ledger, which).subquery(), team_rows.c
    rows = belonging.c
    of = (rows.stream, team.subject, rows.name, rows.kind, rows.on, *(rows[each] for each in said))
    return (
        select(*of, func.max(team.half_days).label("half_days"))
        .select_from(belonging.join(team_rows, and_(team.ledger == ledger, team.deed == rows.deed)))
        .group_by(*of)
    )


def line(connection: Connection, ledger: str, which: Which) -> CampaignLine | None:
    """The totals of one name; none where nothing on these days bears it, and nobody was called to it."""
    (found,) = _lines(connection, ledger, which, [called_so(which.name or "")])
    return found if found.records or found.called_on is not None else None


def figures(connection: Connection, ledger: str, which: Which) -> CampaignFigures | None:
    """What one name came to, by kinds and sorts; none where `line` is none."""
    totals = line(connection, ledger, which)
    if totals is None:
        return None
    belonging, team = _belonging(ledger, which).subquery(), _team(ledger, which).subquery().c
    rows = belonging.c
    by_sort = connection.execute(
        select(rows.kind, rows.sort, func.count(), func.sum(rows.reached)).group_by(
            rows.kind, rows.sort
        )
    ).all()
    there = {
        kind: (int(people), int(times))
        for kind, people, times in connection.execute(
            select(team.kind, func.count(team.subject.distinct()), func.count()).group_by(team.kind)
        )
    }
    kinds: dict[str, tuple[int, int]] = {}
    for kind, _, number, reached in by_sort:
        before = kinds.get(kind, (0, 0))
        kinds[kind] = (before[0] + int(number), before[1] + int(reached))
    sorts = {(kind, sort): (int(n), int(reached)) for kind, sort, n, reached in by_sort}
    return CampaignFigures(
        line=totals,
        calls=calls(connection, ledger, which),
        kinds=tuple(
            KindLine(
                kind=kind,
                records=number,
                people=there.get(kind, (0, 0))[0],
                times=there.get(kind, (0, 0))[1],
                reached=reached,
            )
            for kind, (number, reached) in sorted(kinds.items(), key=lambda e: (-e[1][0], e[0]))
        ),
        deployments=tuple(
            (each, sorts[JOINED, each.value][0])
            for each in Deployment
            if (JOINED, each.value) in sorts
        ),
        services=tuple(
            ServiceLine(
                service=each,
                times=sorts[SERVED, each.value][0],
                reached=sorts[SERVED, each.value][1],
            )
            for each in Service
            if (SERVED, each.value) in sorts
        ),
        resources=_given(connection, ledger, which),
    )


def _given(connection: Connection, ledger: str, which: Which) -> tuple[ResourceLine, ...]:
    rows = _belonging(ledger, which).subquery().c
    asked = (
        select(rows.sort, rows.said, func.count(), func.sum(rows.whole), func.sum(rows.micro))
        .where(rows.kind == GIVEN)
        .group_by(rows.sort, rows.said)
        .order_by(rows.sort, rows.said)
        .limit(MOST_RESOURCES)
    )
    return tuple(
        ResourceLine(
            resource=Resource.of(sort), unit=unit, records=int(n), amount=_amount(whole, micro)
        )
        for sort, unit, n, whole, micro in connection.execute(asked)
    )


def _amount(whole: Any, micro: Any) -> Decimal:
    """So many wholes and millionths, without noughts at the end."""
    amount = Decimal(int(whole)) + Decimal(int(micro)).scaleb(-6)
    return amount.quantize(Decimal(1)) if amount == int(amount) else amount.normalize()


def calls(connection: Connection, ledger: str, which: Which) -> tuple[CallLine, ...]:
    """The calls to a task, the newest first, at most twenty of them; none of a campaign."""
    if which.campaign is not Campaign.TASK:
        return ()
    rows = named_rows.c
    its = and_(deed_rows.c.ledger == rows.ledger, deed_rows.c.stream == rows.stream)
    asked = (
        select(rows.stream, deed_rows.c.kind, deed_rows.c.body)
        .select_from(named_rows.join(deed_rows, its))
        .where(*_where_called(ledger, which), rows.name == called_so(which.name or ""))
        .order_by(rows.on.desc(), rows.stream)
        .limit(MOST_CALLS)
    )
    states: list[tuple[str, Any]] = [
        (row.stream, bodies.deed(row.kind, row.body)) for row in connection.execute(asked)
    ]
    units = {a.unit for _, state in states for a in state.body.authors if a.unit is not None}
    names = roster.names(connection, ledger, units=units)
    return tuple(_call(stream, state, names) for stream, state in states)


def _call(stream: str, state: Deed[Any], names: dict[str, str]) -> CallLine:
    body: Matter[SpecialTask] = state.body
    reached = {r.stage: r.on for r in sorted(state.reached, key=lambda r: r.on, reverse=True)}
    units = (a.unit for a in body.authors if a.unit is not None)
    return CallLine(
        matter=stream.removeprefix("matter/"),
        title=body.title,
        on=body.on,
        units=tuple(names.get(f"unit/{unit}", unit) for unit in units),
        called_by=body.details.called_by,
        asked_for=body.details.asked_for,
        deployed_on=reached.get(Stage.DEPLOYED),
        done_on=reached.get(Stage.DONE),
        dropped_on=reached.get(Stage.DROPPED),
    )


def team(
    connection: Connection,
    ledger: str,
    which: Which,
    *,
    after: Key | None = None,
    limit: int = 50,
) -> Page[TeamLine]:
    """Who took part in what bears one name, in order of their names."""
    checked_limit(limit)
    lines = _team(ledger, which).subquery()
    rows, person = lines.c, person_versions.c
    gave = case((rows.kind == GIVEN, 1), else_=0)
    asked = (
        select(
            *(person.person, person.name, func.count().label("all")),
            *(func.sum(gave).label("gave"), func.sum(rows.half_days).label("half_days")),
            func.min(rows.on, type_=rows.on.type).label("first"),
            func.max(rows.on, type_=rows.on.type).label("last"),
        )
        .select_from(lines.join(person_versions, _is(rows.subject, ledger)))
        .group_by(person.person, person.name)
    )
    if after is not None:
        asked = asked.where(tuple_(person.name, person.person) > tuple_(*after))
    asked = asked.order_by(person.name, person.person).limit(limit + 1)
    found = [
        TeamLine(
            person=row.person,
            name=row.name,
            records=int(row.all) - int(row.gave),
            half_days=int(row.half_days),
            gave=int(row.gave),
            first=row.first,
            last=row.last,
        )
        for row in connection.execute(asked)
    ]
    page = page_of(found, limit, lambda line: (line.name, line.person))
    done = _duties(connection, ledger, which, [line.person for line in page.rows])
    return Page(
        rows=tuple(replace(line, duties=done.get(line.person, ())) for line in page.rows),
        after=page.after,
    )


def _duties(
    connection: Connection, ledger: str, which: Which, people: Sequence[PersonId]
) -> dict[PersonId, tuple[str, ...]]:
    """What the records of each of these say that was done, each thing once."""
    rows = _team(ledger, which, "said").subquery().c
    newest = func.max(rows.on)
    each = (
        select(
            *(rows.subject, rows.said),
            func.row_number()
            .over(partition_by=rows.subject, order_by=(newest.desc(), rows.said))
            .label("nth"),
        )
        .where(
            *(rows.kind == JOINED, rows.said != ""),
            rows.subject.in_([f"member/{person}" for person in people]),
        )
        .group_by(rows.subject, rows.said)
        .subquery()
    )
    asked = select(each).where(each.c.nth <= MOST_DUTIES).order_by(each.c.subject, each.c.nth)
    found: dict[PersonId, tuple[str, ...]] = {}
    for row in connection.execute(asked):
        person = PersonId(row.subject.removeprefix("member/"))
        found[person] = (*found.get(person, ()), row.said)
    return found


def _is(subject: ColumnElement[str], ledger: str) -> ColumnElement[bool]:
    """Whether somebody on the roster is this subject, who is compared whole: by a part of it no index is made."""
    person = person_versions.c
    return and_(
        *(person.ledger == ledger, roster.known(person_versions, None)),
        subject == "member/" + person.person,
    )


def reports(
    connection: Connection,
    ledger: str,
    which: Which,
    *,
    person: PersonId | None = None,
    seen_by: SeenBy | None = None,
    after: Key | None = None,
    limit: int = 50,
) -> Page[ReportLine]:
    """What everybody did, or one of them, in what bears one name: in order of their names, and then of days; of `seen_by` himself and those of his unit alone."""
    checked_limit(limit)
    lines = _team(ledger, which, "sort", "said", "whole", "micro").subquery()
    rows, who = lines.c, person_versions.c
    asked = select(
        *(who.person, who.name, rows.stream, rows.kind, rows.on, rows.half_days),
        *(rows.sort, rows.said, rows.whole, rows.micro),
    ).select_from(lines.join(person_versions, _is(rows.subject, ledger)))
    if person is not None:
        asked = asked.where(rows.subject == SubjectId(f"member/{person}"))
    if seen_by is not None:
        its = rows.subject == SubjectId(f"member/{seen_by.person}")
        if seen_by.unit is not None:
            bound = roster.bound(rows.subject, ledger, seen_by.day, None, unit=seen_by.unit)
            its = or_(its, bound)
        asked = asked.where(its)
    order = (who.name, who.person, rows.on, rows.stream)
    if after is not None:
        asked = asked.where(tuple_(*order) > tuple_(*after))
    asked = asked.order_by(*order).limit(limit + 1)
    page = page_of(
        *(connection.execute(asked).all(), limit),
        lambda row: (row.name, row.person, row.on.toordinal(), row.stream),
    )
    titles = deeds.titles(connection, ledger, {row.stream for row in page.rows})
    return Page(rows=tuple(_report(row, titles[row.stream]) for row in page.rows), after=page.after)


def _report(row: Any, title: str) -> ReportLine:
    joined, gave = row.kind == JOINED, row.kind == GIVEN
    amount = _amount(row.whole, row.micro) if gave else Decimal(0)
    return ReportLine(
        person=row.person,
        name=row.name,
        stream=row.stream,
        kind=row.kind,
        on=row.on,
        title=title,
        deployment=Deployment.of(row.sort) if joined else None,
        duty=row.said if joined else "",
        half_days=int(row.half_days),
        resource=Resource.of(row.sort) if gave else None,
        amount=amount or None,
        unit=row.said if gave else "",
    )


def records(
    connection: Connection,
    ledger: str,
    which: Which,
    *,
    after: Key | None = None,
    limit: int = 50,
) -> Page[RecordLine]:
    """The records of one name, the newest first; of two of one deed the one that stands for both."""
    checked_limit(limit)
    belonging = _belonging(ledger, which).subquery()
    rows = belonging.c
    deed = and_(deed_rows.c.ledger == ledger, deed_rows.c.stream == rows.stream)
    asked = select(rows.stream, rows.kind, rows.on, rows.reached, deed_rows.c.title).select_from(
        belonging.join(deed_rows, deed)
    )
    if after is not None:
        asked = asked.where(tuple_(rows.on, rows.stream) < tuple_(*after))
    asked = asked.order_by(rows.on.desc(), rows.stream.desc()).limit(limit + 1)
    page = page_of(
        connection.execute(asked).all(), limit, lambda row: (row.on.toordinal(), row.stream)
    )
    lines = _team(ledger, which).subquery().c
    counted = (
        select(lines.stream, func.count())
        .where(lines.stream.in_([row.stream for row in page.rows]))
        .group_by(lines.stream)
    )
    people = {stream: int(n) for stream, n in connection.execute(counted)}
    return Page(
        rows=tuple(
            RecordLine(
                stream=row.stream,
                kind=row.kind,
                on=row.on,
                title=row.title,
                people=people.get(row.stream, 0),
                reached=int(row.reached),
            )
            for row in page.rows
        ),
        after=page.after,
    )
