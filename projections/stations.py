"""What stations, posts and points did in a period: how many records name one, of which kinds, with how many members, and what their numbers add up to."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection, select

from domain.deed import Deed
from domain.fact import Capacity
from domain.figures import REACHED_PEOPLE
from domain.kinds import KINDS
from domain.kinds.fields import fields_of
from domain.matter import Matter
from domain.occasion import Occasion
from domain.people import PersonId, UnitId
from domain.period import Period
from domain.selection import is_number
from domain.words import Label
from projections import bodies
from projections.deeds import deed_rows, stands_for_itself

SERVED = Label("服务人次", "people reached")


@dataclass(frozen=True, slots=True, kw_only=True)
class OfKind:
    """Records of a kind that name a station: how many, of how many members, and the sums of their numbers that are not nothing, in the order of the kind's fields."""

    kind: str
    records: int
    members: int
    sums: tuple[tuple[str, Label, int | Decimal], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class StationTotals:
    """What a station did in a period, kind by kind; `members` counts everybody once, whatever he did there."""

    records: int
    members: int
    kinds: tuple[OfKind, ...]


def totals(
    connection: Connection, ledger: str, station: UnitId, *, period: Period
) -> StationTotals:
    """All that stands of a period and names this station; of two records of one deed the one that stands for both, those that wait for confirmation among them."""
    rows = deed_rows.c
    asked = select(rows.kind, rows.body).where(
        rows.ledger == ledger,
        rows.station == station,
        rows.on >= period.first,
        rows.on <= period.last,
        stands_for_itself(ledger, rows.stream, rows.same_as),
    )
    by_kind: dict[str, list[Occasion[Any] | Matter[Any]]] = {}
    for kind, body in connection.execute(asked):
        state = bodies.deed(kind, body)
        if not isinstance(state, Deed):
            raise TypeError(kind)
        by_kind.setdefault(kind, []).append(state.body)
    return StationTotals(
        records=sum(map(len, by_kind.values())),
        members=len(_members(body for found in by_kind.values() for body in found)),
        kinds=tuple(
            OfKind(
                kind=kind,
                records=len(by_kind[kind]),
                members=len(_members(by_kind[kind])),
                sums=tuple(_sums(kind, by_kind[kind])),
            )
            for kind in KINDS
            if kind in by_kind
        ),
    )


def _members(found: Iterable[Occasion[Any] | Matter[Any]]) -> set[PersonId]:
    """Those who took part as members, and the authors."""
    people: set[PersonId] = set()
    for body in found:
        if isinstance(body, Occasion):
            people |= {
                each.person
                for each in body.participants
                if each.attendance.took_part and each.capacity is Capacity.ATTENDS
            }
        else:
            people |= {each.person for each in body.authors if each.person is not None}
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
