"""The register of studios, homes and stations: what there is of each type, where, who heads it, how many belong, whether it was accepted."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Connection

from domain.fact import Fact, SubjectId
from domain.kinds import kind_of
from domain.kinds.about import Stage
from domain.kinds.units import Check, WasInspected
from domain.people import PersonId, UnitId
from domain.unit import Life, Platform, StudioKind, Unit, UnitKind
from projections import facts, roster
from projections.paging import Key, Page, checked_limit, page_of

INSPECTED = kind_of(WasInspected)


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisterLine:
    """A unit as the register shows it on a day: `accepted_on` is the day of the last acceptance check that it passed."""

    unit: UnitId
    name: str
    kind: UnitKind
    studio_kind: StudioKind | None
    platform: Platform | None
    life: Life
    township: UnitId | None
    township_name: str
    sector: UnitId | None
    sector_name: str
    place: str
    online: str
    heads: tuple[str, ...]
    members: int
    since: date
    until: date | None
    accepted_on: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class TypeCount:
    """How many there are of a type, and at which stages of their lives; of no type where nobody has said which it is."""

    studio_kind: StudioKind | None
    number: int
    listed: int
    exemplary: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PlatformCount:
    """How many came by their members in a way; none where nobody has said how."""

    platform: Platform | None
    number: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Register:
    """A page of the register with the figures of all that was asked for: the numbers of the types add up to the total, and so do those of the platforms."""

    page: Page[RegisterLine]
    types: tuple[TypeCount, ...]
    platforms: tuple[PlatformCount, ...]
    total: int


def register(
    connection: Connection,
    ledger: str,
    *,
    day: date,
    kind: UnitKind = UnitKind.STUDIO,
    studio_kind: StudioKind | None = None,
    platform: Platform | None = None,
    life: Life | None = None,
    township: UnitId | None = None,
    sector: UnitId | None = None,
    position: int | None = None,
    after: Key | None = None,
    limit: int = 50,
) -> Register:
    """The units of a kind that were there on a day, by name: of a type, a platform, at a stage, in a township or of a sector."""
    checked_limit(limit)
    units = roster.all_units(connection, ledger, position)
    fit = [
        unit
        for unit in units.values()
        if unit.profile.kind is kind
        and (life is unit.life if life is Life.CLOSED else unit.open_on(day))
        and life in {None, unit.life}
        and studio_kind in {None, unit.profile.studio_kind}
        and platform in {None, unit.profile.platform}
        and (township is None or township in {unit.profile.township, unit.profile.parent})
        and (sector is None or sector == unit.profile.parent)
    ]
    fit.sort(key=lambda unit: (unit.profile.name, unit.unit))
    rest = [u for u in fit if after is None or (u.profile.name, u.unit) > tuple(after)]
    page = page_of(rest[: limit + 1], limit, lambda unit: (unit.profile.name, unit.unit))
    return Register(
        page=Page(rows=_lines(connection, ledger, page, units, day, position), after=page.after),
        types=_types(fit),
        platforms=_platforms(fit),
        total=len(fit),
    )


def _types(fit: Sequence[Unit]) -> tuple[TypeCount, ...]:
    numbers = Counter(unit.profile.studio_kind for unit in fit)
    stages = Counter((unit.profile.studio_kind, unit.life) for unit in fit)
    return tuple(
        TypeCount(
            studio_kind=each,
            number=numbers[each],
            listed=stages[each, Life.LISTED],
            exemplary=stages[each, Life.EXEMPLARY],
        )
        for each in (*StudioKind, None)
        if numbers[each]
    )


def _platforms(fit: Sequence[Unit]) -> tuple[PlatformCount, ...]:
    numbers = Counter(unit.profile.platform for unit in fit)
    return tuple(
        PlatformCount(platform=each, number=numbers[each])
        for each in (*Platform, None)
        if numbers[each]
    )


def _lines(
    connection: Connection,
    ledger: str,
    page: Page[Unit],
    units: dict[UnitId, Unit],
    day: date,
    position: int | None,
) -> tuple[RegisterLine, ...]:
    which = [unit.unit for unit in page.rows]
    members = roster.headcounts(connection, ledger, which, day, position)
    heads = {unit.unit: unit.answering_on(day) for unit in page.rows}
    names = roster.names(
        connection, ledger, people={PersonId(p) for held in heads.values() for p in held}
    )
    accepted = accepted_on(connection, ledger, which, until=day, position=position)

    def called(unit: UnitId | None) -> str:
        return units[unit].profile.name if unit in units else ""

    def line(unit: Unit) -> RegisterLine:
        said = unit.profile
        parent = units.get(said.parent) if said.parent is not None else None
        township = roster.township_of(unit, units)
        of_sector = parent is not None and parent.profile.kind is UnitKind.SECTOR
        sector = said.parent if of_sector else None
        return RegisterLine(
            unit=unit.unit,
            name=said.name,
            kind=said.kind,
            studio_kind=said.studio_kind,
            platform=said.platform,
            life=unit.life,
            township=township,
            township_name=called(township),
            sector=sector,
            sector_name=called(sector),
            place=said.place,
            online=said.online,
            heads=tuple(names.get(f"member/{each}", "") for each in heads[unit.unit]),
            members=members[unit.unit],
            since=unit.since,
            until=unit.until,
            accepted_on=accepted.get(unit.unit),
        )

    return tuple(map(line, page.rows))


def accepted_on(
    connection: Connection,
    ledger: str,
    units: Sequence[UnitId],
    *,
    until: date,
    position: int | None = None,
) -> dict[UnitId, date]:
    """The day of the last acceptance check that each of these units passed until a day; who passed none is left out."""
    subjects = [SubjectId(f"unit/{unit}") for unit in units]
    checks = facts.facts_of_kinds(connection, ledger, subjects, [INSPECTED], position=position)
    found = {UnitId(subject[5:]): passed_on(own, until=until) for subject, own in checks.items()}
    return {unit: day for unit, day in found.items() if day is not None}


def passed_on(checks: Sequence[Fact[Any]], standard: str = "", *, until: date) -> date | None:
    """The last day until another on which one of these acceptance checks, by that standard where one is named, was passed."""
    days = [
        reached.on
        for fact in checks
        if fact.details.check is Check.ACCEPTANCE and standard in {"", fact.details.standard}
        for reached in fact.reached
        if reached.stage is Stage.PASSED and reached.on <= until
    ]
    return max(days, default=None)
