"""Whom no pairing reaches: townships, studios, liaison committees and members whom no leader or office keeps touch with, and leaders and offices without a pairing."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, exists, func, or_, select, tuple_

from domain.kinds.people import Relation
from domain.member import MemberRole
from domain.people import UnitId
from domain.unit import UnitKind
from domain.words import Choice
from projections import bodies
from projections.paging import Key, Page, checked_limit, page_of
from projections.pairings import pairing_rows
from projections.roster import TERM, bound, known, person_versions, unit_versions


class Sought(Choice):
    """Whom a pairing is looked for."""

    TOWNSHIP = "township", "乡镇(街道)", "townships"
    LIAISON_COMMITTEE = "liaison_committee", "乡镇(街道)政协联络委", "township liaison committees"
    STUDIO = "studio", "委员工作室", "studios"
    STANDING_MEMBER = "standing_member", "常务委员", "members of the Standing Committee"
    MEMBER = "member", "委员", "members"
    LEADER = "leader", "领导班子成员", "leaders"
    OFFICE = "office", "专委会、机关委室", "special committees and offices"
    VILLAGE = "village", "村(社区)", "villages"


@dataclass(frozen=True, slots=True)
class Wanted:
    """A unit or a member of some sort, the relations that are looked for, and at which end of them he stands.

    Units are of these kinds; members hold one of these bonds: a role, or the term alone.
    """

    relations: frozenset[Relation]
    reached: bool = True
    kinds: frozenset[UnitKind] = frozenset()
    bonds: frozenset[str] = frozenset()


_WITH_UNITS = frozenset({Relation.LEADER_AND_TOWNSHIP})
_WITH_MEMBERS = frozenset({Relation.LEADER_AND_MEMBER})
_LEADERS = frozenset(
    role.value
    for role in (
        MemberRole.CHAIRPERSON,
        MemberRole.VICE_CHAIRPERSON,
        MemberRole.SECRETARY_GENERAL,
    )
)
WANTED: Mapping[Sought, Wanted] = MappingProxyType(
    {
        Sought.TOWNSHIP: Wanted(_WITH_UNITS, kinds=frozenset({UnitKind.TOWNSHIP})),
        Sought.LIAISON_COMMITTEE: Wanted(
            _WITH_UNITS, kinds=frozenset({UnitKind.LIAISON_COMMITTEE})
        ),
        Sought.STUDIO: Wanted(_WITH_UNITS, kinds=frozenset({UnitKind.STUDIO})),
        Sought.STANDING_MEMBER: Wanted(
            _WITH_MEMBERS, bonds=frozenset({MemberRole.STANDING_MEMBER.value})
        ),
        Sought.MEMBER: Wanted(_WITH_MEMBERS, bonds=frozenset({TERM})),
        Sought.LEADER: Wanted(_WITH_UNITS | _WITH_MEMBERS, reached=False, bonds=_LEADERS),
        Sought.OFFICE: Wanted(
            _WITH_UNITS,
            reached=False,
            kinds=frozenset({UnitKind.OFFICE, UnitKind.SPECIAL_COMMITTEE}),
        ),
        Sought.VILLAGE: Wanted(frozenset({Relation.VILLAGE}), kinds=frozenset({UnitKind.VILLAGE})),
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class UnlinkedLine:
    """A unit or a member whom no pairing of that sort reaches, or who keeps none."""

    subject: str
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Unlinked:
    """A page of them by name; `lacking` of the `of` that there are lack it."""

    page: Page[UnlinkedLine]
    lacking: int
    of: int


def unlinked(
    connection: Connection,
    ledger: str,
    sought: Sought,
    *,
    day: date,
    only: Collection[UnitId] | None = None,
    after: Key | None = None,
    limit: int = 50,
) -> Unlinked:
    """Who of a sort has no pairing in force on a day, all or those of these units: the units themselves, or members bound to them."""
    checked_limit(limit)
    wanted = WANTED[sought]
    if wanted.kinds:
        return _units(connection, ledger, wanted, day, only, after, limit)
    return _members(connection, ledger, wanted, day, only, after, limit)


def _units(
    connection: Connection,
    ledger: str,
    wanted: Wanted,
    day: date,
    only: Collection[UnitId] | None,
    after: Key | None,
    limit: int,
) -> Unlinked:
    rows, pairs = unit_versions.c, pairing_rows.c
    end = pairs.with_unit == rows.unit if wanted.reached else pairs.subject == "unit/" + rows.unit
    asked = select(rows.body, _paired(ledger, wanted, end, day)).where(
        rows.ledger == ledger,
        known(unit_versions, None),
        rows.kind.in_([kind.value for kind in wanted.kinds]),
    )
    there = [
        (unit, paired)
        for body, paired in connection.execute(asked)
        if (unit := bodies.unit(body)).open_on(day) and (only is None or unit.unit in only)
    ]
    fit = sorted((unit.profile.name, unit.unit) for unit, paired in there if not paired)
    rest = [each for each in fit if after is None or each > tuple(after)]
    page = page_of(rest[: limit + 1], limit, lambda each: each)
    lines = (UnlinkedLine(subject=f"unit/{unit}", name=name) for name, unit in page.rows)
    return Unlinked(page=Page(rows=tuple(lines), after=page.after), lacking=len(fit), of=len(there))


def _members(
    connection: Connection,
    ledger: str,
    wanted: Wanted,
    day: date,
    only: Collection[UnitId] | None,
    after: Key | None,
    limit: int,
) -> Unlinked:
    rows, pairs = person_versions.c, pairing_rows.c
    subject = "member/" + rows.person
    end = pairs.with_person == rows.person if wanted.reached else pairs.subject == subject
    there = [
        rows.ledger == ledger,
        known(person_versions, None),
        bound(subject, ledger, day, None, bond=TERM),
        or_(*(bound(subject, ledger, day, None, bond=bond) for bond in sorted(wanted.bonds))),
    ]
    if only is not None:
        theirs = [bound(subject, ledger, day, None, unit=unit) for unit in sorted(only)]
        there.append(or_(False, *theirs))
    lacks = ~_paired(ledger, wanted, end, day)
    number, of = connection.execute(
        select(func.count().filter(lacks), func.count()).where(*there)
    ).one()
    asked = select(rows.name, rows.person).where(*there, lacks)
    if after is not None:
        asked = asked.where(tuple_(rows.name, rows.person) > tuple_(*after))
    found = connection.execute(asked.order_by(rows.name, rows.person).limit(limit + 1)).all()
    page = page_of([tuple(row) for row in found], limit, lambda row: row)
    lines = (UnlinkedLine(subject=f"member/{who}", name=name) for name, who in page.rows)
    return Unlinked(page=Page(rows=tuple(lines), after=page.after), lacking=int(number), of=int(of))


def _paired(ledger: str, wanted: Wanted, end: ColumnElement[bool], day: date) -> Any:
    """Whether a pairing of such a relation is in force on a day, at an end of which he stands."""
    rows = pairing_rows.c
    return exists().where(
        and_(
            rows.ledger == ledger,
            end,
            rows.relation.in_(sorted(each.value for each in wanted.relations)),
            rows.since <= day,
            rows.until >= day,
        )
    )
