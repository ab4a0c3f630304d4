"""What stations, posts and points did in a period: what names one or was held by it, of which kinds, by how many members, which services, what the numbers add up to, and what came of it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection, and_, func, select, union_all

from domain.course import Standing
from domain.deed import Deed
from domain.fact import Capacity
from domain.figures import REACHED_PEOPLE
from domain.kinds import KINDS, Stage, kind_of
from domain.kinds.fields import fields_of
from domain.kinds.help import ServedOrder
from domain.kinds.people import Service, Volunteered
from domain.matter import Matter
from domain.occasion import Occasion
from domain.people import PersonId, UnitId
from domain.period import Period
from domain.selection import is_number
from domain.unit import UnitKind
from domain.words import Label
from projections import bodies, roster
from projections.columns import NOTHING
from projections.deeds import deed_rows, stands_for_itself
from projections.flows import flow_rows, number_where

SERVED = Label("服务人次", "people reached")

_OF_UNITS = tuple(sorted(kind for kind, of in KINDS.items() if of.about.by_units))
"""What a unit owes, plans or keeps is no service, though it is the one that held it."""
STATIONS = frozenset(
    {
        UnitKind.SERVICE_STATION,
        UnitKind.VOLUNTEER_STATION,
        UnitKind.EXEMPLARY_POST,
        UnitKind.SERVICE_POINT,
    }
)
"""Units that records of service name as where it was given."""
AT_ONCE = 500
"""Records of which is asked at once what came of them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OfKind:
    """Records of a kind that name a station or were held by it: how many, of how many members, how often these took part (人次), and the sums of their numbers that are not nothing, in the order of the kind's fields."""

    kind: str
    records: int
    members: int
    times: int
    sums: tuple[tuple[str, Label, int | Decimal], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class OfService:
    """Services of a kind: how many (次), orders that were served among them, and how many people they reached (人次)."""

    service: Service
    times: int
    reached: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CameOf:
    """Matters of a kind that came of what was done there, such as messages and difficulties: how many, and how many of them are closed."""

    kind: str
    matters: int
    closed: int


@dataclass(frozen=True, slots=True, kw_only=True)
class StationTotals:
    """What a station did in a period, kind by kind; `members` counts everybody once, whatever he did there, `trainings` the services at which somebody was trained.

    What came of it is told beside what its records say of it, and never added to that.
    """

    records: int
    members: int
    times: int
    trainings: int
    kinds: tuple[OfKind, ...]
    services: tuple[OfService, ...]
    came_of: tuple[CameOf, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class StationProfile:
    """A station, post or point: whose it is, and what it did in a period."""

    unit: UnitId
    name: str
    kind: UnitKind
    owners: tuple[str, ...]
    period: Period
    totals: StationTotals


def profile(
    connection: Connection, ledger: str, station: UnitId, *, period: Period, today: date
) -> StationProfile | None:
    """A station with its totals, and whoever answers for it today, or did on the last day of a period that is over; none where there is no such unit, or it is none of these."""
    unit = roster.some_units(connection, ledger, (station,)).get(station)
    if unit is None or unit.profile.kind not in STATIONS:
        return None
    owners = unit.answering_on(min(today, period.last))
    names = roster.names(connection, ledger, people=owners)
    return StationProfile(
        unit=station,
        name=unit.profile.name,
        kind=unit.profile.kind,
        owners=tuple(names.get(f"member/{each}", "") for each in owners),
        period=period,
        totals=totals(connection, ledger, station, period=period),
    )


def totals(
    connection: Connection, ledger: str, station: UnitId, *, period: Period
) -> StationTotals:
    """All that stands of a period and names this station, or was held by it; of two records of one deed the one that stands for both, those that wait for confirmation among them."""
    rows = deed_rows.c
    within = and_(
        *(rows.ledger == ledger, rows.on >= period.first, rows.on <= period.last),
        *(rows.gone == "", stands_for_itself(ledger, rows.stream, rows.same_as)),
    )
    # Each by an index of its own: asked for as either, all records of the year would be read.
    columns = (rows.stream, rows.kind, rows.body)
    names_it = select(*columns).where(within, rows.station == station, rows.station != NOTHING)
    held = select(*columns).where(
        *(within, rows.organiser == station, rows.station != station),
        *(rows.kind.not_in(_OF_UNITS), ~rows.stream.startswith("finding/")),
    )
    by_kind: dict[str, list[Deed[Any]]] = {}
    streams: list[str] = []
    for stream, kind, body in connection.execute(union_all(names_it, held)):
        state = bodies.deed(kind, body)
        if isinstance(state, Deed):
            by_kind.setdefault(kind, []).append(state)
            streams.append(stream)
    bodies_of = {kind: [state.body for state in found] for kind, found in by_kind.items()}
    everybody = [body for found in bodies_of.values() for body in found]
    served = bodies_of.get(_VOLUNTEERED, [])
    return StationTotals(
        records=len(everybody),
        members=len(set(_there(everybody))),
        times=len(_there(everybody)),
        trainings=sum(body.details.trained > 0 for body in served),
        kinds=tuple(
            OfKind(
                kind=kind,
                records=len(bodies_of[kind]),
                members=len(set(_there(bodies_of[kind]))),
                times=len(_there(bodies_of[kind])),
                sums=tuple(_sums(kind, bodies_of[kind])),
            )
            for kind in KINDS
            if kind in bodies_of
        ),
        services=_services(served, by_kind.get(_ORDERED, [])),
        came_of=_came_of(connection, ledger, streams),
    )


_VOLUNTEERED, _ORDERED = map(kind_of, (Volunteered, ServedOrder))


def _services(
    served: Iterable[Occasion[Any]], ordered: Iterable[Deed[Matter[Any]]]
) -> tuple[OfService, ...]:
    """Services by kind, in the order of the kinds; an order counts once it was served, and says of no more people than nobody."""
    times: dict[Service, int] = {}
    reached: dict[Service, int] = {}
    for body in served:
        service = body.details.service
        times[service] = times.get(service, 0) + 1
        reached[service] = reached.get(service, 0) + body.reached_people
    for state in ordered:
        wanted = state.body.details.service or Service.OTHER
        if any(each.stage in _DONE for each in state.reached):
            times[wanted] = times.get(wanted, 0) + 1
    return tuple(
        OfService(service=each, times=times[each], reached=reached.get(each, 0))
        for each in Service
        if each in times
    )


_DONE = frozenset({Stage.SERVED, Stage.EVALUATED})


def _came_of(connection: Connection, ledger: str, streams: Sequence[str]) -> tuple[CameOf, ...]:
    """Matters that say they came from one of these records, each deed once."""
    rows, flow = deed_rows.c, flow_rows.c
    matter = func.substr(rows.stream, len("matter/") + 1)
    its = and_(flow.ledger == rows.ledger, flow.matter == matter)
    # Grouped by the column itself, all records would be read in the order of an index of kinds.
    kind = rows.kind.concat("")
    found: dict[str, tuple[int, int]] = {}
    for start in range(0, len(streams), AT_ONCE):
        asked = (
            select(
                kind,
                func.count(),
                number_where(func.coalesce(flow.standing, "") == Standing.CLOSED.value),
            )
            .select_from(deed_rows.outerjoin(flow_rows, its))
            .where(
                *(rows.ledger == ledger, rows.answers.in_(streams[start : start + AT_ONCE])),
                *(rows.answers != NOTHING, rows.gone == ""),
                stands_for_itself(ledger, rows.stream, rows.same_as),
            )
            .group_by(kind)
        )
        for each, number, closed in connection.execute(asked):
            before = found.get(each, (0, 0))
            found[each] = (before[0] + int(number), before[1] + int(closed))
    return tuple(
        CameOf(kind=kind, matters=found[kind][0], closed=found[kind][1])
        for kind in KINDS
        if kind in found
    )


def _there(found: Iterable[Occasion[Any] | Matter[Any]]) -> list[PersonId]:
    """Those who took part as members, and the authors, once for each record."""
    people: list[PersonId] = []
    for body in found:
        if isinstance(body, Occasion):
            people += {
                each.person
                for each in body.participants
                if each.attendance.took_part and each.capacity is Capacity.ATTENDS
            }
        else:
            people += {each.person for each in body.authors if each.person is not None}
    return people


def _sums(
    kind: str, found: Iterable[Occasion[Any] | Matter[Any]]
) -> list[tuple[str, Label, int | Decimal]]:
    told = list(found)
    sums: list[tuple[str, Label, int | Decimal]] = [
        (REACHED_PEOPLE, SERVED, sum(getattr(body, REACHED_PEOPLE, 0) for body in told))
    ]
    sums += [
        (each.name, each.label, sum(getattr(body.details, each.name) or 0 for body in told))
        for each in fields_of(KINDS[kind])
        if is_number(each)
    ]
    return [each for each in sums if each[2]]
