"""Joint activities: how many were held by one, by a group, by several units; what each unit held alone and with others; what each level took part in."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, TypeVar

from sqlalchemy import Connection, select, tuple_

from domain.deed import Deed
from domain.fact import Held, Mode
from domain.joint import four_links_of, levels_of
from domain.kinds.works import FourLinks
from domain.occasion import Occasion
from domain.people import UnitId
from domain.words import Choice, Level
from projections import bodies, deeds, roster
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


@dataclass(frozen=True, slots=True, kw_only=True)
class _Activity:
    """One activity: by whom it was held, on whichever of its records each is named."""

    mode: Mode
    held: Held
    micro: bool
    levels: tuple[Level, ...]
    said_joint: bool
    hosts: set[UnitId]

    @property
    def form(self) -> Mode:
        """In which form it was: what several units or levels are credited with is joint, be it on two records and whatever they say."""
        return Mode.JOINT if self.said_joint or len(self.hosts) > 1 else self.mode


def figures(connection: Connection, ledger: str, *, first: date, last: date) -> Figures:
    """The figures, by one query; two records that are linked as the same deed are one activity, of the hosts of both."""
    rows = deed_rows.c
    asked = (
        select(
            *(rows.stream, rows.same_as, rows.hosts, rows.mode, rows.held),
            *(rows.micro, rows.levels, rows.joint),
        )
        .where(
            rows.ledger == ledger,
            deeds.HELD,
            rows.on >= first,
            rows.on <= last,
            rows.gone == "",
        )
        # The record that stands for others comes first: it says how and where it was.
        .order_by(rows.same_as, rows.stream)
    )
    found: dict[str, _Activity] = {}
    for row in connection.execute(asked):
        activity = found.setdefault(
            row.same_as or row.stream,
            _Activity(
                mode=Mode.of(row.mode),
                held=Held.of(row.held),
                micro=row.micro,
                levels=tuple(map(Level.of, row.levels.split(","))),
                said_joint=row.joint,
                hosts=set(),
            ),
        )
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
    """A record of several units or levels: each of them is credited with it. Of a work `four_links` are the marks that it has."""

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
    """The joint activities and the works that levels share, the newest first; of two records of the same deed the one that stands for both."""
    checked_limit(limit)
    rows = deed_rows.c
    asked = select(*deeds.SUMMARY, rows.body).where(
        rows.ledger == ledger,
        deeds.JOINT,
        rows.gone == "",
        rows.same_as == "",
        rows.on >= first,
        rows.on <= last,
    )
    if after is not None:
        asked = asked.where(tuple_(rows.on, rows.position) < tuple_(*after))
    asked = asked.order_by(rows.on.desc(), rows.position.desc()).limit(limit + 1)
    page = page_of(
        connection.execute(asked).all(), limit, lambda row: (row.on.toordinal(), row.position)
    )
    read: list[tuple[Any, Any]] = [(row, bodies.deed(row.kind, row.body)) for row in page.rows]
    units = {unit for _, state in read for unit in _hosts(state)}
    names = roster.names(connection, ledger, units=units)
    lines = [
        JointLine(
            record=deeds.summary(row),
            mode=state.body.mode if isinstance(state.body, Occasion) else None,
            hosts=tuple(names.get(f"unit/{unit}", unit) for unit in _hosts(state)),
            levels=levels_of(state.body),
            four_links=four_links_of(state.body),
        )
        for row, state in read
    ]
    return Page(rows=tuple(lines), after=page.after)


def _hosts(state: Deed[Any]) -> tuple[UnitId, ...]:
    body = state.body
    if isinstance(body, Occasion):
        return body.hosts
    return tuple(author.unit for author in body.authors if author.unit is not None)
