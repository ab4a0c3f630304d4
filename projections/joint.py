"""Joint activities: how many were held by one, by a group, by several units; what each unit held alone and with others; what each level took part in."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, Connection, and_, case, or_, select, tuple_

from domain.deed import Deed
from domain.fact import Held, Mode
from domain.joint import Together, four_links_of, is_joint, levels_of
from domain.kinds.works import FourLinks
from domain.occasion import Occasion
from domain.people import UnitId
from domain.words import Choice, Level
from projections import bodies, deeds, roster
from projections.columns import NOTHING
from projections.deeds import DeedSummary, deed_rows
from projections.paging import Key, Page, checked_limit, page_of

C = TypeVar("C", bound=Choice)


@dataclass(frozen=True, slots=True, kw_only=True)
class HostLine:
    """What a unit held: alone, and with others. With others it is credited to each of them."""

    unit: UnitId
    name: str
    alone: int
    joint: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """What units held within some days. `total` counts each activity once, however many units or levels are credited with it.

    The lines of `units`, and the figures of `by_level`, each count what is credited to one: they are never added up.
    """

    total: int
    micro: int
    by_mode: Mapping[Mode, int]
    by_held: Mapping[Held, int]
    by_level: Mapping[Level, int]
    units: tuple[HostLine, ...]


@dataclass(slots=True, kw_only=True)
class _Activity(Together):
    """One activity: by whom and at which levels it was held, on whichever of its records each is named."""

    mode: Mode
    held: Held
    micro: bool

    @property
    def form(self) -> Mode:
        """In which form it was."""
        return Mode.JOINT if self.joint else self.mode


def figures(connection: Connection, ledger: str, *, first: date, last: date) -> Figures:
    """The figures, by one query and one for names; two records of these days that are linked as the same deed are one activity, of the hosts and levels of both.

    Its day is that of the record that stands for both.
    """
    rows, standing = deed_rows.c, deed_rows.alias().c
    asked = (
        select(
            *(rows.stream, rows.hosts, rows.mode, rows.held),
            *(rows.micro, rows.levels, rows.joint),
            standing.stream.label("stands"),
        )
        .where(
            *(rows.ledger == ledger, deeds.HELD, rows.on >= first, rows.on <= last),
            rows.gone == "",
            *(standing.ledger == ledger, standing.on >= first, standing.on <= last),
            standing.stream
            == case((rows.same_as == "", rows.stream), else_=deeds.standing(ledger, rows.same_as)),
        )
        # The record that stands for others comes first: it says how and where it was.
        .order_by(rows.stream != standing.stream, rows.stream)
    )
    found: dict[str, _Activity] = {}
    for row in connection.execute(asked):
        activity = found.setdefault(
            row.stands,
            _Activity(mode=Mode.of(row.mode), held=Held.of(row.held), micro=row.micro),
        )
        activity.said_joint |= row.joint
        activity.levels.update(map(Level.of, row.levels.split(",")))
        activity.hosts.update(map(UnitId, row.hosts.split(",")))
    names = roster.names(
        connection, ledger, units={unit for each in found.values() for unit in each.hosts}
    )
    return _counted(found.values(), names)


def _counted(found: Iterable[_Activity], names: Mapping[str, str]) -> Figures:
    activities = list(found)
    alone: dict[UnitId, int] = {}
    joint: dict[UnitId, int] = {}
    for each in activities:
        counts = joint if each.form is Mode.JOINT else alone
        for unit in each.hosts:
            counts[unit] = counts.get(unit, 0) + 1
    lines = [
        HostLine(
            unit=unit,
            name=names.get(f"unit/{unit}", unit),
            alone=alone.get(unit, 0),
            joint=joint.get(unit, 0),
        )
        for unit in alone.keys() | joint.keys()
    ]

    def by(choices: Iterable[C], what: Callable[[_Activity], Iterable[C]]) -> dict[C, int]:
        counts = dict.fromkeys(choices, 0)
        for each in activities:
            for choice in what(each):
                counts[choice] += 1
        return counts

    return Figures(
        total=len(activities),
        micro=sum(each.micro for each in activities),
        by_mode=by(Mode, lambda each: (each.form,)),
        by_held=by(Held, lambda each: (each.held,)),
        by_level=by(Level, lambda each: each.levels),
        units=tuple(sorted(lines, key=lambda line: (line.name, line.unit))),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class JointLine:
    """What several units or levels are credited with, on whichever of its records each is named. `record` is the one that stands for it, of a work `four_links` are the marks that it has."""

    record: DeedSummary
    mode: Mode | None
    hosts: tuple[str, ...]
    levels: tuple[Level, ...]
    four_links: tuple[FourLinks, ...]


def joint(
    connection: Connection,
    ledger: str,
    *,
    first: date,
    last: date,
    after: Key | None = None,
    limit: int = 50,
) -> Page[JointLine]:
    """The joint activities and the works that levels share, the newest first; of two records of these days of the same deed the one that stands for both."""
    checked_limit(limit)
    rows = deed_rows.c
    asked = (
        select(*deeds.SUMMARY, rows.body)
        .where(
            *(rows.ledger == ledger, rows.gone == "", rows.on >= first, rows.on <= last),
            deeds.stands_for_itself(ledger, rows.stream, rows.same_as),
            *([] if after is None else [tuple_(rows.on, rows.position) < tuple_(*after)]),
        )
        .order_by(rows.on.desc(), rows.position.desc())
        .limit(limit + 1)
    )
    # Asked apart, each finds its own by an index of few records.
    both = [
        row
        for which in (deeds.JOINT, _joint_together(ledger, first, last))
        for row in connection.execute(asked.where(which))
    ]

    def place(row: Any) -> tuple[int, int]:
        return row.on.toordinal(), row.position

    page = page_of(sorted(both, key=place, reverse=True)[: limit + 1], limit, place)
    behind = _behind(connection, ledger, page.rows, first, last)
    read = [(row, [bodies.deed(row.kind, row.body), *behind[row.stream]]) for row in page.rows]
    units = {unit for _, states in read for state in states for unit in _hosts(state)}
    names = roster.names(connection, ledger, units=units)
    lines = [_line(row, states, names) for row, states in read]
    return Page(rows=tuple(lines), after=page.after)


def _named() -> ColumnElement[str]:
    """What the records of one deed name: the one that is named, or was."""
    rows = deed_rows.c
    return case((rows.same_as == "", rows.stream), else_=rows.same_as)


def _joint_together(ledger: str, first: date, last: date) -> ColumnElement[bool]:
    """What is not joint by its own record, and is by another record of these days that it stands for: of another unit or level, or said to be joint."""
    rows, other = deed_rows.c, deed_rows.alias().c
    linked = and_(
        *(other.ledger == ledger, other.same_as != NOTHING, other.gone == ""),
        *(other.on >= first, other.on <= last),
    )
    says_more = or_(
        *(other.joint, other.levels != rows.levels),
        and_(other.hosts != rows.hosts, rows.hosts != ""),
    )
    adds = select(other.stream).where(
        *(linked, other.same_as == _named(), other.stream != rows.stream),
        *(or_(other.hosts != "", rows.hosts == ""), says_more),
    )
    stands = select(deeds.standing(ledger, other.same_as).label("stream")).where(linked)
    standing = stands.distinct().subquery()
    return and_(
        rows.joint.is_(False),
        rows.stream == standing.c.stream,
        adds.correlate(deed_rows).exists(),
    )


def _behind(
    connection: Connection, ledger: str, some: Sequence[Any], first: date, last: date
) -> dict[str, list[Any]]:
    """The other records of these days of each of these deeds, by the one that stands for it."""
    found: dict[str, list[Any]] = {row.stream: [] for row in some}
    stands = {row.same_as or row.stream: row.stream for row in some}
    rows = deed_rows.c
    asked = (
        select(rows.stream, rows.same_as, rows.kind, rows.body)
        .where(
            *(rows.ledger == ledger, rows.same_as.in_(stands), rows.same_as != NOTHING),
            *(rows.gone == "", rows.on >= first, rows.on <= last),
        )
        .order_by(rows.same_as, rows.on, rows.stream)
    )
    for row in connection.execute(asked):
        if row.stream != (standing := stands[row.same_as]):
            found[standing].append(bodies.deed(row.kind, row.body))
    return found


def _line(row: Any, states: Sequence[Any], names: Mapping[str, str]) -> JointLine:
    """A line of what several records tell, the one that stands for it first."""
    body = states[0].body
    mode = None
    if isinstance(body, Occasion):
        mode = body.mode if is_joint(body) else Mode.JOINT
    hosts = dict.fromkeys(unit for state in states for unit in _hosts(state))
    levels = {level for state in states for level in levels_of(state.body)}
    return JointLine(
        record=deeds.summary(row),
        mode=mode,
        hosts=tuple(names.get(f"unit/{unit}", unit) for unit in hosts),
        levels=tuple(sorted(levels, key=lambda level: level.height)),
        four_links=four_links_of(body),
    )


def _hosts(state: Deed[Any]) -> tuple[UnitId, ...]:
    body = state.body
    if isinstance(body, Occasion):
        return body.hosts
    return tuple(author.unit for author in body.authors if author.unit is not None)
