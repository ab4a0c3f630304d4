"""Members of whom nothing has been recorded for some time: of a unit, or of the whole committee."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import Connection, func, select, tuple_

from domain.fact import SubjectId
from domain.people import UnitId
from projections import bodies
from projections.facts import fact_versions
from projections.paging import Key, Page, checked_limit, page_of
from projections.roster import TERM, bonds, bound, known, person_versions

LOOKED_BACK = timedelta(days=730)
"""How far back the last thing that a silent member did is looked for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SilentLine:
    """A member who took part in nothing since a day; `last` is the day of the last thing before it, none where there is none in two years."""

    member: SubjectId
    name: str
    number: str
    last: date | None


@dataclass(frozen=True, slots=True)
class Detail:
    """A choice that a record says of itself: the field of its kind, and the stored value that it has or holds among others."""

    name: str
    value: str

    def said_in(self, details: object) -> bool:
        """Whether these details say so."""
        said = getattr(details, self.name, None)
        return self.value in said if isinstance(said, tuple) else said == self.value


def silent(
    connection: Connection,
    ledger: str,
    *,
    since: date,
    until: date,
    unit: UnitId | None = None,
    kinds: Collection[str] = (),
    detail: Detail | None = None,
    position: int | None = None,
    after: Key | None = None,
    limit: int = 50,
) -> Page[SilentLine]:
    """Members on the last of these days, by name, of whom no record says that they did or took part in anything in them, or in anything of these kinds.

    `detail` asks for what a record of these kinds says: who studied otherwise lacks the rotation training. Absence and leave are no deeds. What is only in force, such as a pairing, is none either.
    """
    checked_limit(limit)
    lines: list[SilentLine] = []
    while len(lines) <= limit:
        some = members_on(connection, ledger, until, unit, position, after, limit + 1)
        subjects = [subject for subject, *_ in some]
        busy = _last_deeds(connection, ledger, subjects, since, until, kinds, detail, position)
        quiet = [each for each in some if each[0] not in busy]
        before = _last_deeds(
            connection,
            ledger,
            [subject for subject, *_ in quiet],
            since - LOOKED_BACK,
            since - timedelta(days=1),
            kinds,
            detail,
            position,
        )
        lines += [
            SilentLine(member=subject, name=name, number=number, last=before.get(subject))
            for subject, name, number in quiet
        ]
        if len(some) <= limit:
            break
        after = (some[-1][1], some[-1][0].removeprefix("member/"))
    return page_of(lines, limit, lambda each: (each.name, each.member.removeprefix("member/")))


def _last_deeds(
    connection: Connection,
    ledger: str,
    subjects: Sequence[SubjectId],
    first: date,
    last: date,
    kinds: Collection[str],
    detail: Detail | None,
    position: int | None,
) -> dict[SubjectId, date]:
    """The last day between two on which each of these did something or took part; who did not is left out."""
    if not subjects:
        return {}
    rows = fact_versions.c
    within = (
        rows.ledger == ledger,
        rows.subject.in_(subjects),
        known(fact_versions, position),
        rows.until >= first,
        rows.on >= first,
        rows.on <= last,
        rows.done,
        *([rows.kind.in_(sorted(kinds))] if kinds else []),
    )
    if detail is None:
        newest = func.max(rows.on, type_=rows.on.type)
        asked = select(rows.subject, newest).where(*within).group_by(rows.subject)
        return {SubjectId(subject): day for subject, day in connection.execute(asked)}
    told = select(rows.subject, rows.on, rows.kind, rows.body).where(*within).order_by(rows.on)
    return {
        SubjectId(subject): day
        for subject, day, kind, body in connection.execute(told)
        if detail.said_in(bodies.fact(kind, body).details)
    }


def term_began(connection: Connection, ledger: str, day: date) -> date | None:
    """The first day of the term that most members of a day are in, the earliest of several; none where there is no member."""
    rows = bonds.c
    began = (
        select(rows.since)
        .where(
            rows.ledger == ledger,
            rows.bond == TERM,
            known(bonds, None),
            rows.since <= day,
            rows.until >= day,
        )
        .group_by(rows.since)
        .order_by(func.count().desc(), rows.since)
        .limit(1)
    )
    return connection.execute(began).scalar()


def members_on(
    connection: Connection,
    ledger: str,
    day: date,
    unit: UnitId | None,
    position: int | None,
    after: Key | None,
    limit: int,
) -> list[tuple[SubjectId, str, str]]:
    """Members on a day by name: of a unit, or all."""
    people = person_versions.c
    subject = "member/" + people.person
    asked = select(people.person, people.name, people.number).where(
        people.ledger == ledger,
        known(person_versions, position),
        bound(subject, ledger, day, position, bond=TERM),
    )
    if unit is not None:
        # Asked first: the few of a unit are then found by their keys.
        held = bonds.c
        theirs = connection.execute(
            select(held.subject)
            .distinct()
            .where(
                held.ledger == ledger,
                held.unit == unit,
                known(bonds, position),
                held.since <= day,
                held.until >= day,
            )
        ).scalars()
        asked = asked.where(people.person.in_([each.removeprefix("member/") for each in theirs]))
    if after is not None:
        asked = asked.where(tuple_(people.name, people.person) > tuple_(*after))
    asked = asked.order_by(people.name, people.person).limit(limit)
    return [
        (SubjectId(f"member/{person}"), name, number)
        for person, name, number in connection.execute(asked)
    ]
