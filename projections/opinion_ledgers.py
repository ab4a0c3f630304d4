"""The month's ledger of opinions of each township: received, edited, forwarded where, taken up at which levels, instructed, handled, fed back; and months without a word."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Connection, FromClause, and_, case, func, select

from domain.kinds import kind_of
from domain.kinds.about import Stage
from domain.kinds.advice import ReportedOpinion
from domain.kinds.county import DidOtherMatter
from domain.kinds.units import SubmittedDocument
from domain.opinion_ledger import Month, empty_month, last_of, month_of
from domain.people import UnitId
from domain.unit import Side, Unit, UnitKind
from domain.words import Level
from projections import bodies, roster
from projections.deeds import deed_rows
from projections.facts import fact_versions
from projections.flows import Among, flow_rows, joined_stages, stage_rows, township_of
from projections.roster import known

KIND = kind_of(ReportedOpinion)
_KEEPING = frozenset(
    {
        UnitKind.LIAISON_COMMITTEE,
        UnitKind.LIAISON_ROOM,
        UnitKind.STUDIO,
        UnitKind.TOWNSHIP_GROUP,
    }
)
"""Kinds of units that keep a ledger of their own where the roster has no townships."""
_ZERO = (kind_of(SubmittedDocument), kind_of(DidOtherMatter))
MOST_WHERE = 12
"""Places to which opinions of a month were sent that are named."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MonthLine:
    """A month of a township: how many opinions were received in it, by the direct channel, and what has become of them by now.

    `where` are those to whom they were sent, as the records say, `levels` those at which they were taken up, each with how many. Of more places than a
    line can hold those with the most are named, `elsewhere` is how many were sent to all others.
    """

    unit: UnitId
    unit_name: str
    month: date
    state: Month
    received: int
    direct: int
    edited: int
    forwarded: int
    where: tuple[tuple[str, int], ...]
    elsewhere: int
    taken_up: int
    levels: tuple[tuple[Level, int], ...]
    instructed: int
    handled: int
    fed_back: int


_COUNTED = {
    Stage.EDITED: "edited",
    Stage.FORWARDED: "forwarded",
    Stage.TAKEN_UP: "taken_up",
    Stage.INSTRUCTED: "instructed",
    Stage.HANDLED: "handled",
    Stage.FED_BACK: "fed_back",
}
FIGURES = ("received", "direct", *_COUNTED.values())
"""The figures of a month, in the order of its stages."""


def keepers(units: Mapping[UnitId, Unit]) -> list[Unit]:
    """Who keeps a ledger, by name: the townships, and liaison committees that are in none; where the roster has no townships, their rooms, studios and groups."""
    townships = [u for u in units.values() if u.profile.kind is UnitKind.TOWNSHIP]
    alone = {UnitKind.LIAISON_COMMITTEE} if townships else _KEEPING
    found = [
        unit
        for unit in units.values()
        if unit.profile.kind in alone
        and unit.side is Side.STUDIO
        and not township_of(units, unit.unit)
    ]
    order = list(UnitKind)
    return sorted([*townships, *found], key=lambda u: (order.index(u.profile.kind), u.profile.name))


def kept_by(units: Mapping[UnitId, Unit], unit: UnitId) -> UnitId:
    """In whose ledger what came in through a unit stands."""
    return UnitId(township_of(units, unit) or unit)


def ledger_of_year(
    connection: Connection,
    ledger: str,
    year: int,
    *,
    today: date,
    units: Mapping[UnitId, Unit] | None = None,
    unit: UnitId | None = None,
    month: int | None = None,
    inside: bool = True,
) -> list[MonthLine]:
    """Every month of a year of every township, or of one of them, or one month; months that have not begun are left out.

    A month has the opinions of its days; how far they have come is as things stand now. Where opinions were sent that are not public is named for who may see `inside` them alone.
    """
    if units is None:
        units = roster.all_units(connection, ledger)
    keeping = [each for each in keepers(units) if unit in {None, each.unit}]
    months = [date(year, each, 1) for each in range(1, 13) if month in {None, each}]
    months = [each for each in months if each <= today]
    if not keeping or not months:
        return []
    of_whom = {each.unit for each in keeping}
    whose = {each: keeper for each in units if (keeper := kept_by(units, each)) in of_whom}
    among = Among(kind=KIND, since=months[0], until=last_of(months[-1]))
    numbers, levels, where = _figures(connection, ledger, year, among, whose, inside=inside)
    zeros = _zeros(connection, ledger, months, whose)
    lines: list[MonthLine] = []
    for each in keeping:
        for first in months:
            key = (each.unit, first.month)
            own, places = numbers.get(key, Counter()), where.get(key, Counter())
            known = [place for place in places if place]
            named = sorted(known, key=lambda place: (-places[place], place))[:MOST_WHERE]
            lines.append(
                MonthLine(
                    unit=each.unit,
                    unit_name=each.profile.name,
                    month=first,
                    state=month_of(
                        first,
                        received=own["received"],
                        zero=(each.unit, first) in zeros,
                        since=each.since,
                        until=each.until,
                        today=today,
                    ),
                    **{name: own[name] for name in FIGURES},
                    where=tuple((place, places[place]) for place in sorted(named)),
                    elsewhere=places.total() - sum(places[place] for place in named),
                    levels=tuple(
                        (level, number)
                        for level in Level
                        if (number := levels.get(key, Counter())[level])
                    ),
                )
            )
    return lines


_Key = tuple[UnitId, int]


def _figures(
    connection: Connection,
    ledger: str,
    year: int,
    among: Among,
    whose: Mapping[UnitId, UnitId],
    *,
    inside: bool,
) -> tuple[
    dict[_Key, Counter[str]],
    dict[_Key, Counter[Level]],
    dict[_Key, Counter[str]],
]:
    """What each month of each ledger counts, at which levels, and where it was sent."""
    rows, stages = flow_rows.c, stage_rows.c
    within = among.within(ledger)
    month = _month(year)
    numbers: dict[_Key, Counter[str]] = {}
    levels: dict[_Key, Counter[Level]] = {}
    where: dict[_Key, Counter[str]] = {}

    def key_of(row: Any) -> _Key | None:
        keeper = whose.get(UnitId(row[0]))
        return None if keeper is None else (keeper, int(row[1]))

    received = select(rows.organiser, month, rows.channel, func.count()).where(*within)
    for row in connection.execute(received.group_by(rows.organiser, month, rows.channel)):
        if (key := key_of(row)) is not None:
            own = numbers.setdefault(key, Counter())
            own["received"] += int(row[3])
            own["direct"] += int(row[3]) if row[2] == "yes" else 0
    reached = (
        select(rows.organiser, month, stages.stage, stages.levels, func.count())
        .select_from(flow_rows.join(stage_rows, joined_stages()))
        .where(*within, ~stages.of_loop, stages.stage.in_([each.value for each in _COUNTED]))
        .group_by(rows.organiser, month, stages.stage, stages.levels)
    )
    for row in connection.execute(reached):
        if (key := key_of(row)) is None:
            continue
        stage = Stage.of(row[2])
        numbers.setdefault(key, Counter())[_COUNTED[stage]] += int(row[4])
        if stage is Stage.TAKEN_UP:
            for level in row[3].split():
                levels.setdefault(key, Counter())[Level.of(level)] += int(row[4])
    place: ColumnElement[str] = rows.sent_to
    told_in: FromClause = flow_rows
    if not inside:
        # Of what is not for whoever asks it is told that it was sent, and not where.
        record = deed_rows.c
        of_it = and_(record.ledger == rows.ledger, record.stream == "matter/" + rows.matter)
        place = case((record.closed, ""), else_=rows.sent_to)
        told_in = flow_rows.join(deed_rows, of_it)
    sent = (
        select(rows.organiser, month, place, func.count())
        .select_from(told_in)
        .where(*within, rows.sent_to != "")
        .group_by(rows.organiser, month, place)
    )
    for row in connection.execute(sent):
        if (key := key_of(row)) is not None:
            where.setdefault(key, Counter())[row[2]] += int(row[3])
    return numbers, levels, where


def _month(year: int) -> Any:
    """The month of a day of that year: days are numbers here, so that it is said by the first of each."""
    on = flow_rows.c.on
    return case(*((on < date(year, m + 1, 1), m) for m in range(1, 12)), else_=12)


def _zeros(
    connection: Connection,
    ledger: str,
    months: Sequence[date],
    whose: Mapping[UnitId, UnitId],
) -> Collection[tuple[UnitId, date]]:
    """The months of which somebody reported that there was nothing, by whose they are."""
    rows = fact_versions.c
    asked = select(rows.subject, rows.kind, rows.body).where(
        rows.ledger == ledger,
        rows.subject.in_(sorted(f"unit/{unit}" for unit in whose)),
        rows.kind.in_(_ZERO),
        rows.until >= months[0],
        rows.on >= months[0],
        # What is late comes late: until the year after is over it is looked for.
        rows.on <= date(months[-1].year + 1, 12, 31),
        known(fact_versions, None),
    )
    found: set[tuple[UnitId, date]] = set()
    for subject, kind, body in connection.execute(asked):
        fact = bodies.fact(kind, body)
        month = empty_month(fact.details, fact.on)
        if month is not None:
            found.add((whose[UnitId(subject.removeprefix("unit/"))], month))
    return found


@dataclass(frozen=True, slots=True, kw_only=True)
class Sums:
    """The figures of several months together, and how many of these have no word."""

    received: int
    direct: int
    edited: int
    forwarded: int
    taken_up: int
    instructed: int
    handled: int
    fed_back: int
    zero: int
    missing: int


def sums(lines: Sequence[MonthLine]) -> Sums:
    """These months together."""
    return Sums(
        **{name: sum(getattr(each, name) for each in lines) for name in FIGURES},
        zero=sum(each.state is Month.ZERO for each in lines),
        missing=sum(each.state is Month.MISSING for each in lines),
    )
