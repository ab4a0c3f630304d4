"""Scorecards: each member under each rubric in force, explained line by line; derived, never ranked."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    Connection,
    LargeBinary,
    Table,
    select,
    tuple_,
)

from domain.document import Document, Sort
from domain.fact import Fact, SubjectId
from domain.member import Person
from domain.people import PersonId, UnitId
from domain.period import Period, Span
from domain.rubric import Rubric
from domain.scoring import Points, Scorecard, score
from projections import bodies, documents, facts, roster
from projections.as_of import position_now
from projections.columns import METADATA, Day, Row, Word, ledger_column
from projections.documents import Policies, Shelf, governing
from projections.paging import Key, Page, checked_limit, page_of

scorecard_rows = Table(
    "scorecards",
    METADATA,
    ledger_column(),
    Column("subject", Word, primary_key=True),
    Column("first", Day, primary_key=True),
    Column("rubric", Word, primary_key=True),
    Column("version", Word, nullable=False),
    Column("total", Word, nullable=False),
    Column("position", BigInteger, nullable=False),
    Column("valid_until", Day, nullable=False),
    Column("body", LargeBinary, nullable=False),
)
"""The scorecards of calendar years, from the first day of each year.

`position` is the last entry that bears on the card, `valid_until` the last day on which it stands without another entry.
"""


# Rows


def years_of(person: Person, today: date) -> range:
    """The calendar years that a member has cards for: those of his terms, up to this one."""
    if not person.terms:
        return range(0)
    first = min(term.since for term in person.terms).year
    lasts = [today if term.until is None else term.until for term in person.terms]
    return range(first, min(max(lasts), today).year + 1)


def member_in(person: Person, period: Period) -> bool:
    """Whether he was a member at any time of a period."""
    return any(
        term.since <= period.last and (term.until is None or period.first <= term.until)
        for term in person.terms
    )


def units_in(person: Person, period: Period) -> list[UnitId]:
    """The units that he was bound to at any time of a period: what is on trial there is for him."""
    return [
        m.unit
        for m in person.memberships
        if m.since <= period.last and (m.until is None or period.first <= m.until)
    ]


def next_change(person: Person, today: date) -> date | None:
    """The first day after today on which something said of him begins or has ended."""
    spans = [
        *((t.since, t.until) for t in person.terms),
        *((r.since, r.until) for r in person.roles),
        *((e.since, e.until) for e in person.exemptions),
        *((m.since, m.until) for m in person.memberships),
    ]
    days = [since for since, _ in spans]
    days += [
        until + timedelta(days=1) for _, until in spans if until is not None and until < date.max
    ]
    return min((d for d in days if d > today), default=None)


def valid_until(*changes: date | None) -> date:
    """The day before the first of these changes; the last day there is where there is none."""
    first = min((d for d in changes if d is not None), default=None)
    return date.max if first is None else first - timedelta(days=1)


def governing_rubrics(
    found: Iterable[Document], shelf: Shelf, person: Person, period: Period
) -> list[Rubric]:
    """The rubrics that a member's period is drawn up under."""
    if not member_in(person, period):
        return []
    units = units_in(person, period)
    return [
        shelf.rubric(published)
        for document in found
        if document.sort is Sort.RUBRIC
        and (published := governing(document, period, units)) is not None
    ]


def derive(
    ledger: str,
    person: Person,
    year: int,
    found: Sequence[Fact[Any]],
    papers: Sequence[Document],
    shelf: Shelf,
    today: date,
    policies: Policies,
    position: int,
) -> list[Row]:
    """The rows of a member's year."""
    period = Period.year(year)
    policy = policies.over(period, today)
    rule_changes = policies.change_in(period, today)
    rows: list[Row] = []
    for rubric in governing_rubrics(papers, shelf, person, period):
        card = score(found, rubric, person, period, today, policy)
        until = valid_until(card.changes_on, next_change(person, today), rule_changes)
        rows.append(
            (
                *(ledger, card.member, period.first.toordinal(), rubric.code, rubric.version),
                *(card.total, position, until.toordinal(), bodies.encode(card)),
            )
        )
    return rows


# Queries


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """A scorecard with the rubric that explains it; `position` is the last entry that bears on it."""

    scorecard: Scorecard
    rubric: Rubric
    position: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CardLine:
    """A scorecard as a list shows it, by name; `position` is the last entry that bears on it."""

    member: SubjectId
    name: str
    number: str
    rubric: str
    version: str
    period: Period
    total: Points
    position: int


def cards(
    connection: Connection,
    ledger: str,
    shelf: Shelf,
    person: PersonId,
    *,
    period: Period,
    today: date,
    rubric: str | None = None,
    position: int | None = None,
) -> list[Card]:
    """A member's scorecards for a period under every rubric in force in it, or one; as of a position or now."""
    page = roster.person(connection, ledger, person, day=today, position=position)
    if page is None:
        return []
    papers = documents.states(connection, ledger, shelf, position=position)
    rubrics = {
        r.code: r
        for r in governing_rubrics(papers, shelf, page.person, period)
        if rubric is None or r.code == rubric
    }
    if not rubrics:
        return []
    subject = SubjectId(f"member/{person}")
    if position is None and period.span is Span.YEAR:
        stored = _stored(connection, ledger, subject, period, today)
        if rubrics.keys() <= stored.keys():
            return [
                Card(scorecard=card, rubric=rubrics[code], position=at)
                for code, (card, at) in sorted(stored.items())
                if code in rubrics
            ]
    policy = documents.policy_of(papers, shelf, min(today, period.last))
    found = facts.facts_of(
        connection, ledger, subject, first=period.first, last=period.last, position=position
    )
    at = position_now(connection, ledger) if position is None else position
    return [
        Card(
            scorecard=score(found, each, page.person, period, today, policy),
            rubric=each,
            position=at,
        )
        for _, each in sorted(rubrics.items())
    ]


def _stored(
    connection: Connection, ledger: str, subject: SubjectId, period: Period, today: date
) -> dict[str, tuple[Scorecard, int]]:
    rows = scorecard_rows.c
    found = connection.execute(
        select(rows.rubric, rows.position, rows.body).where(
            rows.ledger == ledger,
            rows.subject == subject,
            rows.first == period.first,
            rows.valid_until >= today,
        )
    )
    return {row.rubric: (bodies.scorecard(row.body), row.position) for row in found}


def card_lines(
    connection: Connection,
    ledger: str,
    shelf: Shelf,
    *,
    period: Period,
    today: date,
    rubric: str,
    position: int | None = None,
    after: Key | None = None,
    limit: int = 50,
) -> Page[CardLine]:
    """All members' totals under one rubric for a calendar year, by name, never by points; as of a position or now."""
    checked_limit(limit)
    if position is not None:
        then = _lines_then(connection, ledger, shelf, period, today, rubric, position, after, limit)
        return page_of(then, limit, _key)
    rows, people = scorecard_rows.c, roster.person_versions.c
    asked = (
        select(
            *(rows.subject, people.person, people.name, people.number),
            *(rows.version, rows.total, rows.position, rows.valid_until),
        )
        .join(
            scorecard_rows,
            (rows.ledger == people.ledger) & (rows.subject == "member/" + people.person),
        )
        .where(
            people.ledger == ledger,
            roster.known(roster.person_versions, None),
            rows.rubric == rubric,
            rows.first == period.first,
        )
        .order_by(people.name, people.person)
        .limit(limit + 1)
    )
    if after is not None:
        asked = asked.where(tuple_(people.name, people.person) > tuple_(*after))
    lines: list[CardLine] = []
    for row in connection.execute(asked).all():
        line = CardLine(
            member=row.subject,
            name=row.name,
            number=row.number,
            rubric=rubric,
            version=row.version,
            period=period,
            total=Points(row.total),
            position=row.position,
        )
        if row.valid_until < today:
            line = _afresh(connection, ledger, shelf, line, today)
        lines.append(line)
    return page_of(lines, limit, _key)


def _key(line: CardLine) -> Key:
    return (line.name, line.member.removeprefix("member/"))


def _lines_then(
    connection: Connection,
    ledger: str,
    shelf: Shelf,
    period: Period,
    today: date,
    rubric: str,
    position: int,
    after: Key | None,
    limit: int,
) -> list[CardLine]:
    """The lines of a page and one more, scored anew from what was known at a position."""
    papers = documents.states(connection, ledger, shelf, position=position)
    policy = documents.policy_of(papers, shelf, min(today, period.last))
    lines: list[CardLine] = []
    for people in roster.by_name(
        connection, ledger, position=position, after=after, size=limit + 1
    ):
        asked = [
            (SubjectId(f"member/{person.person}"), person, each)
            for person in people
            for each in governing_rubrics(papers, shelf, person, period)
            if each.code == rubric
        ]
        found = facts.facts_of_many(
            connection,
            ledger,
            [subject for subject, _, _ in asked],
            first=period.first,
            last=period.last,
            position=position,
        )
        for subject, person, each in asked:
            card = score(found[subject], each, person, period, today, policy)
            lines.append(
                CardLine(
                    member=subject,
                    name=person.profile.name,
                    number=person.profile.number,
                    rubric=rubric,
                    version=each.version,
                    period=period,
                    total=card.total,
                    position=position,
                )
            )
        if len(lines) > limit:
            break
    return lines


def _afresh(
    connection: Connection, ledger: str, shelf: Shelf, line: CardLine, today: date
) -> CardLine:
    """The line of a card that time has overtaken since it was made."""
    person = PersonId(line.member.removeprefix("member/"))
    for card in cards(
        connection, ledger, shelf, person, period=line.period, today=today, rubric=line.rubric
    ):
        return replace(line, version=card.rubric.version, total=card.scorecard.total)
    return line
