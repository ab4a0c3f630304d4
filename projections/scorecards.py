"""Scorecards: each member under each rubric in force, explained line by line; derived, never ranked."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from fractions import Fraction
from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    Connection,
    LargeBinary,
    Select,
    Table,
    select,
    tuple_,
)

from domain.attestation import Policy
from domain.document import Document, Sort
from domain.fact import Fact, SubjectId
from domain.kinds import Subject
from domain.member import Person
from domain.people import PersonId, UnitId
from domain.period import Period, Span
from domain.rubric import OfficeHeld, Rubric
from domain.scorecard import ZERO, Cut, Points, Scorecard, points_of
from domain.scoring import score
from domain.selection import Why
from projections import bodies, documents, facts, roster
from projections.around import Around, around, units_in, with_facts
from projections.as_of import position_now
from projections.columns import METADATA, Day, Row, Word, ledger_column
from projections.documents import Paper, Policies, Shelf, governing
from projections.paging import Key, Page, checked_limit, page_of

scorecard_rows = Table(
    "scorecards",
    METADATA,
    ledger_column(),
    Column("subject", Word, primary_key=True),
    Column("first", Day, primary_key=True),
    Column("rubric", Word, primary_key=True),
    Column("begins", Day, primary_key=True),
    Column("ends", Day, nullable=False),
    Column("span", Word, primary_key=True),
    Column("version", Word, nullable=False),
    Column("total", Word, nullable=False),
    Column("position", BigInteger, nullable=False),
    Column("valid_until", Day, nullable=False),
    Column("body", LargeBinary, nullable=False),
)
"""The scorecards of calendar years and of their halves, quarters and months: from the first day of each year, and of each part (`begins`).

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
) -> list[tuple[Rubric, Period]]:
    """The rubrics about members that a year of his is drawn up under, each with the periods that it asks about in it, by code and day."""
    asked: list[tuple[Rubric, Period]] = []
    for document in found:
        if document.sort is not Sort.RUBRIC:
            continue
        for published in document.versions:
            rubric = shelf.rubric(published)
            if rubric.subject is not Subject.MEMBER:
                continue
            asked += [
                (rubric, part)
                for part in periods_of(rubric, person, period)
                if member_in(person, part)
                # What is on trial in a unit that he was in is for him.
                and governing(document, part, units_in(person, part)) is published
            ]
    return sorted(asked, key=lambda each: (each[0].code, each[1].first))


def periods_of(rubric: Rubric, person: Person | None, period: Period) -> list[Period]:
    """The periods that a rubric asks about in a calendar year: its parts, or the longer one that ends it."""
    match rubric.period:
        case Span.YEAR:
            return [period]
        case Span.HALF | Span.QUARTER | Span.MONTH as span:
            return list(period.parts(span))
        case Span.TWO_YEARS as span:
            return [Period.around(span, period.last, begins=rubric.since.year)]
        case Span.SESSION_YEAR:
            return [p for p in session_years(rubric.sessions) if p.first.year == period.first.year]
        case Span.TERM:
            return [
                Period(span=Span.TERM, first=t.since, last=t.until or _five_years(t.since))
                for t in (() if person is None else person.terms)
                if t.since <= period.last and (t.until is None or period.first <= t.until)
            ][-1:]


def session_years(sessions: Sequence[date]) -> list[Period]:
    """The years from one plenary session to the day before the next; the last is taken to be as long as a year."""
    ends = [*sessions[1:], *(_later(day, 1) for day in sessions[-1:])]
    return [
        Period(span=Span.SESSION_YEAR, first=first, last=end - timedelta(days=1))
        for first, end in zip(sessions, ends, strict=True)
    ]


def _five_years(since: date) -> date:
    """The last day of a term of which nothing says when it ends."""
    return _later(since, 5) - timedelta(days=1)


def _later(day: date, years: int) -> date:
    """The same day so many years later; 1 March where that year has no such day."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return date(day.year + years, 3, 1)


def bears_on(found: Sequence[Fact[Any]], rubric: Rubric, period: Period) -> Sequence[Fact[Any]]:
    """The facts that a card is drawn up from: those of the period, with earlier ones where outcomes count when they come."""
    return found if rubric.looks_back else [f for f in found if period.has(f)]


IN_A_YEAR = frozenset({Span.YEAR, Span.HALF, Span.QUARTER, Span.MONTH})
"""The periods whose cards are kept in rows; longer ones are worked out when asked for."""


def card_of(
    own: Sequence[Fact[Any]],
    rubric: Rubric,
    person: Person,
    period: Period,
    today: date,
    policy: Policy,
    known: Around,
    *,
    brief: bool = False,
) -> Scorecard:
    """A member's card from facts that may reach beyond its period, with what bears on it beside these."""
    of_units = known.of_units(person, rubric, period)
    return score(
        bears_on([*own, *of_units] if of_units else own, rubric, period),
        rubric,
        person,
        period,
        today,
        policy,
        offices=known.offices.get(person.person, ()),
        kinds=known.kinds,
        brief=brief,
    )


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
    lasts: Mapping[Paper, int],
    known: Around,
) -> list[Row]:
    """The rows of a member's year; `position` is the last entry that bears on them, but for those of documents in `lasts`."""
    of_year = Period.year(year)
    rows: list[Row] = []
    for rubric, period in governing_rubrics(papers, shelf, person, of_year):
        if period.span not in IN_A_YEAR:
            continue
        policy = policies.over(period, today)
        card = card_of(found, rubric, person, period, today, policy, known)
        rule_changes = policies.change_in(period, today)
        until = valid_until(card.changes_on, next_change(person, today), rule_changes)
        last = lasts.get((Sort.RUBRIC, rubric.code), position)
        rows.append(
            (
                *(ledger, card.member, of_year.first.toordinal(), rubric.code),
                *(period.first.toordinal(), period.last.toordinal(), period.span.value),
                rubric.version,
                *(card.total, last, until.toordinal(), bodies.encode(card)),
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
    """A member's scorecards for a calendar year under every rubric in force in it, or one, in each period that it asks about; as of a position or now."""
    page = roster.person(connection, ledger, person, day=today, position=position)
    if page is None:
        return []
    papers = documents.states(connection, ledger, shelf, position=position)
    asked = [
        (of, part)
        for of, part in governing_rubrics(papers, shelf, page.person, period)
        if rubric is None or of.code == rubric
    ]
    if not asked:
        return []
    subject = SubjectId(f"member/{person}")
    stored: dict[tuple[str, Period], tuple[Scorecard, int]] = {}
    if position is None:
        stored = _stored(connection, ledger, subject, period, today)
        if all((of.code, part) in stored for of, part in asked):
            return [
                Card(scorecard=card, rubric=of, position=at)
                for of, part in asked
                for card, at in (stored[of.code, part],)
            ]
    first, last = min(part.first for _, part in asked), max(part.last for _, part in asked)
    found = facts.facts_of(connection, ledger, subject, first=first, last=last, position=position)
    rubrics = [of for of, _ in asked]
    known = with_facts(
        connection,
        ledger,
        around(connection, ledger, rubrics, position),
        rubrics,
        [page.person],
        first=first,
        last=last,
        position=position,
    )
    policies = documents.policies_of(papers, shelf)
    at = position_now(connection, ledger) if position is None else position
    return [
        Card(
            scorecard=card_of(
                found, of, page.person, part, today, policies.over(part, today), known
            ),
            rubric=of,
            position=at,
        )
        for of, part in asked
    ]


def names_in(connection: Connection, ledger: str, cards: Iterable[Card]) -> dict[str, str]:
    """The present names of those of whom cards have points, or not, beside the one they are about: of the members from whose scores units have theirs, of members' units."""
    people: set[PersonId] = set()
    units: set[UnitId] = set()
    for card in cards:
        found = card.scorecard
        said = [(each.subject, each.kind) for each in found.lines]
        said += [(each.subject, each.kind) for each in found.why_not]
        for subject, kind in said:
            root, _, name = subject.partition("/")
            if root == "unit" and subject != found.member:
                units.add(UnitId(name))
            elif root == "member" and subject != found.member and not kind:
                people.add(PersonId(name))
    return roster.names(connection, ledger, people=people, units=units)


def _stored(
    connection: Connection, ledger: str, subject: SubjectId, period: Period, today: date
) -> dict[tuple[str, Period], tuple[Scorecard, int]]:
    rows = scorecard_rows.c
    found = connection.execute(
        select(rows.rubric, rows.position, rows.body).where(
            rows.ledger == ledger,
            rows.subject == subject,
            rows.first == period.first,
            rows.valid_until >= today,
        )
    )
    read = [(row.rubric, bodies.scorecard(row.body), row.position) for row in found]
    return {(code, card.period): (card, position) for code, card, position in read}


@dataclass(frozen=True, slots=True)
class Earned:
    """What a record gives a member under a rubric; `why` says why it has no line, none where it has; `cut` what left its lines without points."""

    rubric: Rubric
    points: Points
    why: Why | None = None
    cut: Cut | None = None


def earned(
    connection: Connection,
    ledger: str,
    shelf: Shelf,
    asked: Iterable[tuple[SubjectId, str, int]],
    today: date,
    *,
    by_units: bool = False,
) -> dict[tuple[SubjectId, str], tuple[Earned, ...]]:
    """What records (`member/...`, stream, the year of its day) give members, under each rubric of which a card of that year is kept and still stands: by their own part in them, or `by_units` that they are in.

    A record of which a card says nothing has nothing here.
    """
    years: dict[tuple[SubjectId, date], list[str]] = {}
    for subject, deed, year in asked:
        years.setdefault((subject, Period.year(year).first), []).append(deed)
    if not years:
        return {}
    rows = scorecard_rows.c
    found = connection.execute(
        select(rows.subject, rows.first, rows.rubric, rows.version, rows.body)
        .where(
            rows.ledger == ledger,
            tuple_(rows.subject, rows.first).in_(list(years)),
            rows.valid_until >= today,
        )
        .order_by(rows.rubric)
    ).all()
    codes = {row.rubric for row in found}
    papers = documents.some(connection, ledger, Sort.RUBRIC, sorted(codes))
    versions = {(paper.code, each.version): each for paper in papers for each in paper.versions}
    told: dict[tuple[SubjectId, str], dict[str, Earned]] = {}
    for row in found:
        deeds, card = years[row.subject, row.first], bodies.earned(row.body)
        rubric = shelf.rubric(versions[row.rubric, row.version])
        for left_out in card.why_not:
            if left_out.deed in deeds and (left_out.subject != row.subject) is by_units:
                by_rubric = told.setdefault((row.subject, left_out.deed), {})
                by_rubric.setdefault(row.rubric, Earned(rubric, ZERO, left_out.why))
        for line in card.lines:
            if line.deed in deeds and (line.subject != row.subject) is by_units:
                by_rubric = told.setdefault((row.subject, line.deed), {})
                so_far = by_rubric.get(row.rubric, Earned(rubric, ZERO))
                sum_of_both = points_of(Fraction(so_far.points) + Fraction(line.points))
                last = line.adjustments[-1].cut if line.adjustments else so_far.cut
                cut = last if sum_of_both == ZERO else None
                by_rubric[row.rubric] = Earned(rubric, sum_of_both, cut=cut)
    return {each: tuple(by_rubric.values()) for each, by_rubric in told.items()}


def without_lines(card: Scorecard) -> Scorecard:
    """A card without its lines, reasons and accounts: what it came to."""
    return replace(card, lines=(), why_not=(), reachable=(), accounts=())


def stored_cards(
    connection: Connection,
    ledger: str,
    rubric: str,
    period: Period,
    today: date,
    *,
    lines: bool = True,
) -> dict[tuple[SubjectId, Period], Scorecard]:
    """All members' cards of a calendar year under one rubric that are kept and still stand; without their lines and reasons where those are not asked for."""
    card_of = bodies.scorecard if lines else bodies.total
    rows = scorecard_rows.c
    found = connection.execute(
        select(rows.subject, rows.body).where(
            rows.ledger == ledger,
            rows.rubric == rubric,
            rows.first == period.first,
            rows.valid_until >= today,
        )
    )
    cards = ((subject, card_of(body)) for subject, body in found)
    return {(SubjectId(subject), card.period): card for subject, card in cards}


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
    """All members' totals under one rubric, by name, never by points, for a calendar year, or for the part of it that today lies in (the last of a year that is over); as of a position or now.

    Totals of periods longer than a year are worked out when asked for.
    """
    checked_limit(limit)
    if position is not None or _is_longer(connection, ledger, shelf, rubric):
        then = _lines_then(connection, ledger, shelf, period, today, rubric, position, after, limit)
        return page_of(then, limit, _key)
    day = _day_of(period, today)
    people = roster.person_versions.c
    asked = (
        _stored_lines(ledger, rubric, period, day)
        .order_by(people.name, people.person)
        .limit(limit + 1)
    )
    if after is not None:
        asked = asked.where(tuple_(people.name, people.person) > tuple_(*after))
    lines = [
        _of_row(connection, ledger, shelf, row, rubric, today)
        for row in connection.execute(asked).all()
    ]
    return page_of(lines, limit, _key)


def card_lines_of(
    connection: Connection,
    ledger: str,
    shelf: Shelf,
    who: Sequence[PersonId],
    *,
    period: Period,
    today: date,
    rubric: str,
    position: int | None = None,
) -> dict[SubjectId, CardLine]:
    """The totals of some members under one rubric for a calendar year, or for the part of it that today lies in; who has none is left out."""
    day = _day_of(period, today)
    if position is not None or _is_longer(connection, ledger, shelf, rubric):
        at = position_now(connection, ledger) if position is None else position
        people = roster.persons(connection, ledger, who, position=position)
        found = scored_people(
            connection,
            ledger,
            shelf,
            list(people.values()),
            period=period,
            today=today,
            rubric=rubric,
            position=position,
            brief=True,
        )
        return {
            each.scorecard.member: _line_of(each, rubric, at)
            for each in found
            if each.scorecard.period.holds(day) or each.scorecard.period.last < day
        }
    rows = scorecard_rows.c
    asked = _stored_lines(ledger, rubric, period, day).where(
        rows.subject.in_([f"member/{each}" for each in who])
    )
    lines = [
        _of_row(connection, ledger, shelf, row, rubric, today) for row in connection.execute(asked)
    ]
    return {line.member: line for line in lines}


def _stored_lines(ledger: str, rubric: str, period: Period, day: date) -> Select[Any]:
    """The rows of the cards of a year that a list shows on a day, with the names of those they are about."""
    rows, people = scorecard_rows.c, roster.person_versions.c
    return (
        select(
            *(rows.subject, people.person, people.name, people.number),
            *(rows.begins, rows.ends, rows.span),
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
            rows.begins <= day,
            rows.ends >= day,
        )
    )


def _of_row(
    connection: Connection, ledger: str, shelf: Shelf, row: Any, rubric: str, today: date
) -> CardLine:
    """The line of a row, worked out afresh where time has overtaken it."""
    line = CardLine(
        member=row.subject,
        name=row.name,
        number=row.number,
        rubric=rubric,
        version=row.version,
        period=Period(span=Span.of(row.span), first=row.begins, last=row.ends),
        total=Points(row.total),
        position=row.position,
    )
    return _afresh(connection, ledger, shelf, line, today) if row.valid_until < today else line


def _line_of(each: Scored, rubric: str, position: int) -> CardLine:
    return CardLine(
        member=each.scorecard.member,
        name=each.person.profile.name,
        number=each.person.profile.number,
        rubric=rubric,
        version=each.rubric.version,
        period=each.scorecard.period,
        total=each.scorecard.total,
        position=position,
    )


def totals(
    connection: Connection, ledger: str, *, period: Period, today: date, rubric: str
) -> list[Points]:
    """All totals under one rubric for a calendar year as they were last worked out, in no order and of nobody; none for a rubric of longer periods."""
    day, rows = _day_of(period, today), scorecard_rows.c
    asked = select(rows.total).where(
        rows.ledger == ledger,
        rows.rubric == rubric,
        rows.first == period.first,
        rows.begins <= day,
        rows.ends >= day,
        rows.subject.startswith("member/"),
    )
    return [Points(total) for total in connection.execute(asked).scalars()]


def _day_of(period: Period, today: date) -> date:
    """The day whose part of a period a list shows: today, or the last day of a period that is over."""
    return max(period.first, min(today, period.last))


def _is_longer(connection: Connection, ledger: str, shelf: Shelf, rubric: str) -> bool:
    """Whether some version of a rubric is about periods longer than a year."""
    return any(
        shelf.rubric(version).period not in IN_A_YEAR
        for document in documents.some(connection, ledger, Sort.RUBRIC, [rubric])
        for version in document.versions
    )


def _key(line: CardLine) -> Key:
    return (line.name, line.member.removeprefix("member/"))


def _lines_then(
    connection: Connection,
    ledger: str,
    shelf: Shelf,
    period: Period,
    today: date,
    rubric: str,
    position: int | None,
    after: Key | None,
    limit: int,
) -> list[CardLine]:
    """The lines of a page and one more, scored anew from what was known at a position, or is now."""
    at = position_now(connection, ledger) if position is None else position
    day = _day_of(period, today)
    lines: list[CardLine] = []
    for some in scored(
        connection,
        ledger,
        shelf,
        period=period,
        today=today,
        rubric=rubric,
        position=position,
        after=after,
        at_a_time=limit + 1,
        brief=True,
    ):
        lines += [
            _line_of(each, rubric, at)
            for each in some
            if each.scorecard.period.holds(day) or each.scorecard.period.last < day
        ]
        if len(lines) > limit:
            break
    return lines


@dataclass(frozen=True, slots=True, kw_only=True)
class Scored:
    """A card worked out for this question, with whom it is about and the rubric and facts of his own that it goes by, what was known around it, and the offices that he holds."""

    person: Person
    rubric: Rubric
    scorecard: Scorecard
    facts: Sequence[Fact[Any]]
    known: Around = field(default_factory=Around)
    offices: tuple[OfficeHeld, ...] = ()


def scored(
    connection: Connection,
    ledger: str,
    shelf: Shelf,
    *,
    period: Period,
    today: date,
    rubric: str,
    position: int | None = None,
    after: Key | None = None,
    at_a_time: int = 50,
    draft: Rubric | None = None,
    brief: bool = False,
) -> Iterator[list[Scored]]:
    """All members' cards under one rubric, worked out from their facts as known at a position or now, by name, some at a time.

    A `brief` one says no more than what totals, grades and differences go by. A `draft` is taken instead of whatever is in force; then everyone is scored by it who was a member in the period.
    """
    for people in roster.by_name(
        connection, ledger, position=position, after=after, size=at_a_time
    ):
        yield scored_people(
            connection,
            ledger,
            shelf,
            people,
            period=period,
            today=today,
            rubric=rubric,
            position=position,
            draft=draft,
            brief=brief,
        )


def scored_people(
    connection: Connection,
    ledger: str,
    shelf: Shelf,
    people: Sequence[Person],
    *,
    period: Period,
    today: date,
    rubric: str,
    position: int | None = None,
    draft: Rubric | None = None,
    brief: bool = False,
    read: facts.FactsRead | None = None,
) -> list[Scored]:
    """The same of these members; facts that were `read` for another position are not decoded again."""
    papers = documents.states(connection, ledger, shelf, position=position)
    asked: list[tuple[SubjectId, Person, Rubric, Period]] = []
    for person in people:
        subject = SubjectId(f"member/{person.person}")
        if draft is None:
            governing_him = governing_rubrics(papers, shelf, person, period)
            asked += [
                (subject, person, of, part) for of, part in governing_him if of.code == rubric
            ]
        else:
            parts = periods_of(draft, person, period)
            asked += [(subject, person, draft, p) for p in parts if member_in(person, p)]
    if not asked:
        return []
    rubrics = [of for _, _, of, _ in asked]
    first, last = min(part.first for *_, part in asked), max(part.last for *_, part in asked)
    known = with_facts(
        connection,
        ledger,
        around(connection, ledger, rubrics, position),
        rubrics,
        [person for _, person, *_ in asked],
        first=first,
        last=last,
        position=position,
        read=read,
    )
    found = facts.facts_of_many(
        connection,
        ledger,
        sorted({subject for subject, *_ in asked}),
        first=first,
        last=last,
        position=position,
        read=read,
    )
    policies = documents.policies_of(papers, shelf)
    return [
        Scored(
            person=person,
            rubric=of,
            scorecard=card_of(
                found[subject],
                of,
                person,
                part,
                today,
                policies.over(part, today),
                known,
                brief=brief,
            ),
            facts=found[subject],
            known=known,
            offices=known.offices.get(person.person, ()),
        )
        for subject, person, of, part in asked
    ]


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
