"""Scores side by side: a draft run over past years, what moved between two positions of the ledger, what a publication did. Nothing here writes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from fractions import Fraction
from statistics import median

from sqlalchemy import Connection, select

from domain.comparison import Account, Cause, Shift, causes, shifts
from domain.document import Document, Published, Sort
from domain.fact import SubjectId
from domain.grading import Graded, GradeReason, Opinion, grade, opinions_in
from domain.member import Person
from domain.people import Reason, Refused
from domain.period import Period, Span
from domain.rubric import OfficeHeld, Rubric
from domain.scorecard import Points, Scorecard, points_of
from projections import bodies, documents, facts, roster
from projections.around import Around, around, with_facts
from projections.documents import Shelf
from projections.paging import Key, Page, checked_limit, page_of
from projections.purged import purged_of
from projections.scorecards import (
    Scored,
    card_of,
    governing_rubrics,
    member_in,
    periods_of,
    scorecard_rows,
    scored_people,
)

# A draft over past years


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """One member's period under a draft, beside what was in force for it (nothing where nothing was).

    The cards hold only what grades go by. `records` is how many facts of his began in the period; `shifts` say by clause what moved, the
    largest first.
    """

    person: Person
    before: Scorecard | None
    rule: str
    after: Scorecard
    records: int
    shifts: tuple[Shift, ...]
    opinions: tuple[Opinion, ...]
    offices: tuple[OfficeHeld, ...]


def trials(
    connection: Connection,
    ledger: str,
    shelf: Shelf,
    draft: Rubric,
    *,
    years: Sequence[int],
    today: date,
    against: str,
    after: Key | None = None,
    until: Key | None = None,
    at_a_time: int = 50,
) -> Iterator[list[Trial]]:
    """Every member's periods of these years under a draft, beside those under the rubric `against` that was in force, by name, some members at a time.

    `after` and `until` bound the members by name and id, so that several processes can share the work.
    """
    papers = documents.states(connection, ledger, shelf)
    policies = documents.policies_of(papers, shelf)
    rules = rules_over(connection, ledger, shelf, against)
    rubrics = [draft, *rules]
    units = around(connection, ledger, rubrics)
    for people in roster.by_name(connection, ledger, position=None, after=after, size=at_a_time):
        inside = [p for p in people if until is None or (p.profile.name, str(p.person)) <= until]
        # Two years can lie in one longer period.
        asked = {
            (person.person, part): person
            for person in inside
            for year in years
            for part in periods_of(draft, person, Period.year(year))
            if member_in(person, part)
        }
        if asked:
            subjects = sorted({SubjectId(f"member/{who}") for who, _ in asked})
            first, last = min(p.first for _, p in asked), max(p.last for _, p in asked)
            found = facts.facts_of_many(connection, ledger, subjects, first=first, last=last)
            known = with_facts(connection, ledger, units, rubrics, inside, first=first, last=last)
            stored = _stored(connection, ledger, subjects, years, against, today)
            made: list[Trial] = []
            for (_, part), person in asked.items():
                subject = SubjectId(f"member/{person.person}")
                own = found[subject]
                policy = policies.over(part, today)
                card = card_of(own, draft, person, part, today, policy, known, brief=True)
                rule = next(
                    (
                        rubric
                        for rubric, period in governing_rubrics(
                            papers, shelf, person, Period.year(part.last.year)
                        )
                        if rubric.code == against and period == part
                    ),
                    None,
                )
                before = stored.get((subject, part))
                if before is None and rule is not None:
                    before = card_of(own, rule, person, part, today, policy, known, brief=True)
                made.append(
                    Trial(
                        person=person,
                        before=None if before is None else _slim(before, rule),
                        rule="" if rule is None else rule.version,
                        after=_slim(card, draft),
                        records=sum(part.holds(fact.on) for fact in own),
                        shifts=tuple(shifts(before, card)),
                        opinions=tuple(opinions_in(own, part)),
                        offices=known.offices.get(person.person, ()),
                    )
                )
            yield made
        if len(inside) < len(people):
            return


def _stored(
    connection: Connection,
    ledger: str,
    subjects: Sequence[SubjectId],
    years: Sequence[int],
    rubric: str,
    today: date,
) -> dict[tuple[SubjectId, Period], Scorecard]:
    """The cards of these members that stand today, by period."""
    rows = scorecard_rows.c
    asked = select(rows.subject, rows.body).where(
        rows.ledger == ledger,
        rows.subject.in_(subjects),
        rows.first.in_([date(year, 1, 1) for year in years]),
        rows.rubric == rubric,
        rows.valid_until >= today,
    )
    found: dict[tuple[SubjectId, Period], Scorecard] = {}
    for subject, body in connection.execute(asked):
        card = bodies.scorecard(body)
        found[SubjectId(subject), card.period] = card
    return found


def _slim(card: Scorecard, rubric: Rubric | None) -> Scorecard:
    """A card with what grades go by alone."""
    by_line = rubric is not None and rubric.grading is not None and rubric.grading.tie_breaks
    return replace(card, lines=card.lines if by_line else (), why_not=(), reachable=(), accounts=())


@dataclass(frozen=True, slots=True, kw_only=True)
class Mover:
    """Someone whose total or grade a draft changes, and the clauses responsible, the largest change first.

    A grade changes where both rules grade him: because his total lies in another band than before (`moved_band`), or for `reasons` of the
    draft that he did not have before (or no longer has).
    """

    member: SubjectId
    name: str
    period: Period
    before: Points
    after: Points
    change: Points
    grade_before: str
    grade_after: str
    grade_changes: bool
    moved_band: bool
    reasons: tuple[GradeReason, ...]
    shifts: tuple[Shift, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """How many members have a grade, or are moved by a clause."""

    code: str
    members: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Spread:
    """How the totals and grades of a period are spread, before and after; `records` is how many facts began in it at all.

    What is said of before, and how many moved, leaves aside those `without_before`; where nobody had a card there is no mean.
    """

    period: Period
    members: int
    records: int
    without_before: int
    moved: int
    grades_changed: int
    mean_before: Points
    mean_after: Points
    median_before: Points
    median_after: Points
    grades_before: tuple[Tally, ...]
    grades_after: tuple[Tally, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class WhatIf:
    """What a draft would have done: who moves (the largest change first), how totals and grades are spread, and which clauses move most members.

    `without_before` is in how many of the members' periods there was nothing to compare with: no version of the other rubric was in force, or
    it asks about periods of another length. Nothing is no total of nought: they stand in the spreads as the draft has them, and are no movers.
    """

    rubric: str
    version: str
    against: str
    without_before: int
    movers: tuple[Mover, ...]
    spreads: tuple[Spread, ...]
    clauses: tuple[Tally, ...]


def what_if(found: Iterable[Trial], draft: Rubric, rules: Sequence[Rubric], against: str) -> WhatIf:
    """The trials of all members together; `rules` are the rubrics that were in force."""
    by_period: dict[Period, list[Trial]] = {}
    for trial in found:
        by_period.setdefault(trial.after.period, []).append(trial)
    movers: list[Mover] = []
    spreads: list[Spread] = []
    for period in sorted(by_period, key=lambda p: (p.first, p.last)):
        inside = by_period[period]
        after = _grades([(t, t.after) for t in inside], draft)
        before: dict[SubjectId, Graded] = {}
        for rule in rules:
            before |= _grades(
                [(t, t.before) for t in inside if t.before is not None and t.rule == rule.version],
                rule,
            )
        compared = [
            _mover(t, t.before, before.get(t.after.member), after.get(t.after.member))
            for t in inside
            if t.before is not None
        ]
        movers += [m for m in compared if m.change != "0" or m.grade_changes]
        spreads.append(_spread(period, inside, compared, after))
    movers.sort(key=lambda m: (-abs(Fraction(m.change)), m.period.first, m.name, m.member))
    responsible: dict[str, int] = {}
    for mover in movers:
        for shift in mover.shifts:
            name = shift.clause or shift.block
            responsible[name] = responsible.get(name, 0) + 1
    return WhatIf(
        rubric=draft.code,
        version=draft.version,
        against=against,
        without_before=sum(spread.without_before for spread in spreads),
        movers=tuple(movers),
        spreads=tuple(spreads),
        clauses=tuple(
            Tally(code=code, members=members)
            for code, members in sorted(responsible.items(), key=lambda each: (-each[1], each[0]))
        ),
    )


def _grades(found: Sequence[tuple[Trial, Scorecard]], rubric: Rubric) -> dict[SubjectId, Graded]:
    """The grades of one period; what follows over years is left aside."""
    if rubric.grading is None:
        return {}
    graded = grade(
        [card for _, card in found],
        replace(rubric, triggers=()),
        {card.member: trial.person for trial, card in found},
        opinions={card.member: trial.opinions for trial, card in found},
        offices={card.member: trial.offices for trial, card in found},
    )
    return {each.member: each for each in graded}


def _mover(
    trial: Trial, before: Scorecard, graded_before: Graded | None, graded_after: Graded | None
) -> Mover:
    old, new = Fraction(before.total), Fraction(trial.after.total)
    was = "" if graded_before is None else graded_before.grade
    now = "" if graded_after is None else graded_after.grade
    return Mover(
        member=trial.after.member,
        name=trial.person.profile.name,
        period=trial.after.period,
        before=points_of(old),
        after=points_of(new),
        change=points_of(new - old),
        grade_before=was,
        grade_after=now,
        grade_changes=graded_before is not None and graded_after is not None and was != now,
        moved_band=graded_before is not None
        and graded_after is not None
        and graded_before.by_score != graded_after.by_score,
        reasons=tuple(_other_reasons(graded_before, graded_after)),
        shifts=trial.shifts,
    )


def _other_reasons(before: Graded | None, after: Graded | None) -> list[GradeReason]:
    """What bears on one of two grades and not on the other."""
    was = () if before is None else before.reasons
    now = () if after is None else after.reasons
    return [*(r for r in now if r not in was), *(r for r in was if r not in now)]


def _spread(
    period: Period,
    found: Sequence[Trial],
    compared: Sequence[Mover],
    graded: Mapping[SubjectId, Graded],
) -> Spread:
    old = [Fraction(m.before) for m in compared]
    new = [Fraction(t.after.total) for t in found]
    return Spread(
        period=period,
        members=len(found),
        records=sum(t.records for t in found),
        without_before=len(found) - len(compared),
        moved=sum(m.change != "0" for m in compared),
        grades_changed=sum(m.grade_changes for m in compared),
        mean_before=_mean(old),
        mean_after=_mean(new),
        median_before=_median(old),
        median_after=_median(new),
        grades_before=_counted(m.grade_before for m in compared),
        grades_after=_counted(
            graded[t.after.member].grade if t.after.member in graded else "" for t in found
        ),
    )


def _mean(totals: Sequence[Fraction]) -> Points:
    return points_of(sum(totals, Fraction(0)) / len(totals)) if totals else Points("")


def _median(totals: Sequence[Fraction]) -> Points:
    return points_of(Fraction(median(totals))) if totals else Points("")


def _counted(grades: Iterable[str]) -> tuple[Tally, ...]:
    found: dict[str, int] = {}
    for each in grades:
        found[each] = found.get(each, 0) + 1
    return tuple(Tally(code=code, members=members) for code, members in sorted(found.items()))


# Between two positions


@dataclass(frozen=True, slots=True, kw_only=True)
class Moved:
    """A member whose card of a period is another at the later of two positions, and why; totals are empty where there was no card."""

    member: SubjectId
    name: str
    period: Period
    before: Points
    after: Points
    version_before: str
    version_after: str
    causes: tuple[Cause, ...]


Of = tuple[SubjectId, Period]
"""Whose card of which period."""


def moved_between(
    connection: Connection,
    ledger: str,
    shelf: Shelf,
    *,
    rubric: str,
    period: Period,
    today: date,
    first: int,
    last: int | None = None,
    after: Key | None = None,
    limit: int = 50,
) -> Page[Moved]:
    """Whose cards of a calendar year moved between two positions (the later one is now where none is named), by name, with the causes.

    Both are worked out from what was known then, as of one day: what time alone has changed since is no difference. A page looks at `limit`
    members and lists those of them who moved; it may be empty and yet have another after it.
    """
    checked_limit(limit)
    looked_at = next(roster.by_name(connection, ledger, position=None, after=after, size=limit))
    read: facts.FactsRead = {}
    was, now = (
        {
            (each.scorecard.member, each.scorecard.period): each
            for each in scored_people(
                connection,
                ledger,
                shelf,
                people,
                period=period,
                today=today,
                rubric=rubric,
                position=position,
                brief=True,
                read=read,
            )
        }
        for position, people in (
            (first, _then(connection, ledger, looked_at, first)),
            (last, looked_at if last is None else _then(connection, ledger, looked_at, last)),
        )
    )
    both = [*was.values(), *now.values()]
    was = _with_units(connection, ledger, was, both, first, read)
    now = _with_units(connection, ledger, now, both, last, read)
    moved = [
        found
        for key in dict.fromkeys((*was, *now))
        if (found := _moved(was.get(key), now.get(key))) is not None
    ]
    moved.sort(key=lambda m: (m.name, m.member, m.period.first))
    key: Key | None = None
    if len(looked_at) == limit:
        key = (looked_at[-1].profile.name, str(looked_at[-1].person))
    return Page(rows=tuple(moved), after=key)


def _with_units(
    connection: Connection,
    ledger: str,
    found: Mapping[Of, Scored],
    both: Sequence[Scored],
    position: int | None,
    read: facts.FactsRead,
) -> dict[Of, Scored]:
    """These cards with what was on record at their position of all units of the members of `both`, of the kinds that any of their rules counts: of those who left or came, too."""
    if not found:
        return {}
    periods = [each.scorecard.period for each in both]
    on_units = with_facts(
        connection,
        ledger,
        Around(),
        {each.rubric for each in both},
        [each.person for each in both],
        first=min(period.first for period in periods),
        last=max(period.last for period in periods),
        position=position,
        read=read,
    ).facts
    return {
        of: replace(each, known=replace(each.known, facts=on_units)) for of, each in found.items()
    }


def _moved(old: Scored | None, new: Scored | None) -> Moved | None:
    """What moved between two cards of one member and period; nothing where they say the same."""
    there = new or old
    people = [each.person for each in (old, new) if each is not None]
    units = dict.fromkeys(m.unit for person in people for m in person.memberships)
    was, now = (
        None
        if of is None
        else Account(
            card=of.scorecard,
            person=of.person,
            facts=(*of.facts, *(f for u in units for f in of.known.facts.get(f"unit/{u}", ()))),
            kinds=of.known.kinds if of.rubric.names_kinds else {},
        )
        for of in (old, new)
    )
    found = causes(was, now)
    if there is None or (not found and old is not None and new is not None):
        return None
    return Moved(
        member=there.scorecard.member,
        name=there.person.profile.name,
        period=there.scorecard.period,
        before=Points("") if old is None else old.scorecard.total,
        after=Points("") if new is None else new.scorecard.total,
        version_before="" if old is None else old.rubric.version,
        version_after="" if new is None else new.rubric.version,
        causes=tuple(found),
    )


def _then(
    connection: Connection, ledger: str, people: Sequence[Person], position: int
) -> list[Person]:
    """These people as known at a position."""
    known = roster.persons(connection, ledger, [p.person for p in people], position=position)
    return [known[p.person] for p in people if p.person in known]


# A publication

LARGEST = 10
"""Changes of a year that are told beside its counts."""
_REACHES_BACK = {Span.SESSION_YEAR: 1, Span.TWO_YEARS: 1, Span.TERM: 5}
"""Years before its first that a version can govern, since a longer period is governed by what is in force at its end."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """A total that a publication changed."""

    member: SubjectId
    name: str
    period: Period
    before: Points
    after: Points
    change: Points


@dataclass(frozen=True, slots=True, kw_only=True)
class Effect:
    """What a publication did to a calendar year: how many members' totals moved, how many rose and fell, what the changes add up to, and the largest.

    Who has cards of several parts of the year may both rise and fall. `begun` members have a card that they had not before, `ended` had one
    that is no more: neither is a change of a total.
    """

    year: int
    moved: int
    up: int
    down: int
    change: Points
    begun: int
    ended: int
    largest: tuple[Change, ...]

    @property
    def is_none(self) -> bool:
        """Whether it leaves everybody's cards of the year as they were."""
        return not (self.moved or self.begun or self.ended)


@dataclass(frozen=True, slots=True, kw_only=True)
class Effects:
    """What the publication of a version did to the years that have begun, and some of those whose totals of one year moved, by name, with the causes."""

    rubric: str
    version: str
    position: int
    years: tuple[Effect, ...]
    year: int
    movers: Page[Moved]


def effects_of(
    connection: Connection,
    ledger: str,
    shelf: Shelf,
    code: str,
    version: str | None = None,
    *,
    today: date,
    year: int | None = None,
    after: Key | None = None,
    limit: int = 50,
) -> Effects:
    """What the publication of a version of a rubric (the newest where none is named) did to members' cards; refused where there is no such version.

    Each card is worked out by what was in force at the entry before and by what was in force from then on, from what was known then, as of
    today; for every calendar year with members from the version's first to this one, and earlier ones whose longer periods it governs. `year` is
    the one whose movers are listed, this one by default.
    """
    checked_limit(limit)
    found = documents.publication(connection, ledger, shelf, Sort.RUBRIC, code, version)
    if found is None:
        raise Refused(Reason.NO_SUCH_RUBRIC, "version", version or code)
    published, position = found
    asked = year or today.year
    years = _years(connection, ledger, shelf, published, position, today)

    def work_out() -> Effects:
        told = (connection, ledger, shelf, published, position, years, today, asked)
        return _effects(*told, after=after, limit=limit)

    # What a publication did is worked out from what was known then: one day's answer stays the same, until somebody is erased.
    gone = purged_of(connection, ledger)
    question = (ledger, code, published.version, position, years, today, asked, gone, after, limit)
    return shelf.answer(question, work_out)


def _effects(
    connection: Connection,
    ledger: str,
    shelf: Shelf,
    published: Published,
    position: int,
    years: range,
    today: date,
    asked: int,
    *,
    after: Key | None,
    limit: int,
) -> Effects:
    code = published.code
    counts = {each: _Counts() for each in years}
    movers: list[Moved] = []
    for one in _around(connection, ledger, shelf, code, position, years, today):
        change = counts[one.year].count(one)
        is_listed = change and one.year == asked and (after is None or _key(one) > after)
        if is_listed and len(movers) <= limit and (moved := _moved(one.old, one.new)) is not None:
            movers.append(moved)
    effects = (each.effect(of) for of, each in counts.items())
    return Effects(
        rubric=code,
        version=published.version,
        position=position,
        years=tuple(e for e in effects if e.year >= published.since.year or not e.is_none),
        year=asked,
        movers=page_of(movers, limit, lambda m: _key_of(m.name, m.member, m.period)),
    )


def _years(
    connection: Connection,
    ledger: str,
    shelf: Shelf,
    published: Published,
    position: int,
    today: date,
) -> range:
    """The calendar years that a version may govern, up to this one; none in which nobody was a member."""
    begun = roster.first_term(connection, ledger, position)
    if begun is None:
        return range(0)
    versions = rules_over(connection, ledger, shelf, published.code)
    back = max(_REACHES_BACK.get(rubric.period, 0) for rubric in versions)
    first = max(1, max(published.since.year, begun.year) - back)
    return range(first, today.year + 1)


@dataclass(frozen=True, slots=True)
class _Around:
    """A member's card of a year before and after a publication; one of them may be lacking."""

    year: int
    person: Person
    period: Period
    old: Scored | None
    new: Scored | None

    @property
    def member(self) -> SubjectId:
        """The member as a subject of facts."""
        return SubjectId(f"member/{self.person.person}")


def _key(one: _Around) -> Key:
    return _key_of(one.person.profile.name, one.member, one.period)


def _key_of(name: str, member: SubjectId, period: Period) -> Key:
    return (name, member.removeprefix("member/"), period.first.toordinal())


class _Counts:
    """Counts what a publication did to a year."""

    def __init__(self) -> None:
        self.changes: list[tuple[Fraction, Change]] = []
        self.begun: set[SubjectId] = set()
        self.ended: set[SubjectId] = set()

    def count(self, one: _Around) -> bool:
        """Take in a member's card; whether its total is another."""
        if one.old is None:
            self.begun.add(one.member)
            return False
        if one.new is None:
            self.ended.add(one.member)
            return False
        before, after = one.old.scorecard.total, one.new.scorecard.total
        exact = Fraction(after) - Fraction(before)
        if exact:
            change = Change(
                member=one.member,
                name=one.person.profile.name,
                period=one.period,
                before=before,
                after=after,
                change=points_of(exact),
            )
            self.changes.append((exact, change))
        return bool(exact)

    def effect(self, year: int) -> Effect:
        """What was counted."""
        largest = sorted(
            self.changes,
            key=lambda c: (-abs(c[0]), c[1].name, c[1].member, c[1].period.first),
        )
        return Effect(
            year=year,
            moved=len({change.member for _, change in self.changes}),
            up=len({change.member for exact, change in self.changes if exact > 0}),
            down=len({change.member for exact, change in self.changes if exact < 0}),
            change=points_of(sum((exact for exact, _ in self.changes), Fraction(0))),
            begun=len(self.begun),
            ended=len(self.ended),
            largest=tuple(change for _, change in largest[:LARGEST]),
        )


def _around(
    connection: Connection,
    ledger: str,
    shelf: Shelf,
    code: str,
    position: int,
    years: Sequence[int],
    today: date,
    at_a_time: int = 50,
) -> Iterator[_Around]:
    """All members' cards of these years that go by another version than before a publication, before and after it, by name."""
    papers = documents.states(connection, ledger, shelf, position=position)
    policies = documents.policies_of(papers, shelf)
    after = [d for d in papers if d.sort is Sort.RUBRIC and d.code == code]
    before = [
        d
        for d in documents.states(connection, ledger, shelf, position=position - 1)
        if d.sort is Sort.RUBRIC and d.code == code
    ]
    rubrics = [shelf.rubric(version) for d in after for version in d.versions]
    units = around(connection, ledger, rubrics, position)
    for people in roster.by_name(connection, ledger, position=position, after=None, size=at_a_time):
        asked = [
            (person, year, part, was.get(part), now.get(part))
            for person in people
            for year in years
            for was, now in (
                (
                    _governing(before, shelf, person, year),
                    _governing(after, shelf, person, year),
                ),
            )
            for part in sorted({*was, *now}, key=lambda p: (p.first, p.last))
            if was.get(part) is not now.get(part)
        ]
        if not asked:
            continue
        first = min(part.first for _, _, part, _, _ in asked)
        last = max(part.last for _, _, part, _, _ in asked)
        found = facts.facts_of_many(
            connection,
            ledger,
            sorted({SubjectId(f"member/{person.person}") for person, *_ in asked}),
            first=first,
            last=last,
            position=position,
        )
        known = with_facts(
            connection,
            ledger,
            units,
            rubrics,
            people,
            first=first,
            last=last,
            position=position,
        )
        for person, year, part, was, now in asked:
            own = found[SubjectId(f"member/{person.person}")]
            policy = policies.over(part, today)
            old, new = (
                None
                if rubric is None
                else Scored(
                    person=person,
                    rubric=rubric,
                    scorecard=card_of(own, rubric, person, part, today, policy, known),
                    facts=own,
                    known=known,
                    offices=known.offices.get(person.person, ()),
                )
                for rubric in (was, now)
            )
            yield _Around(year, person, part, old, new)


def _governing(
    papers: Sequence[Document], shelf: Shelf, person: Person, year: int
) -> dict[Period, Rubric]:
    """By which rubric each period of a member's year goes."""
    found = governing_rubrics(papers, shelf, person, Period.year(year))
    return {part: rubric for rubric, part in found}


def rules_over(connection: Connection, ledger: str, shelf: Shelf, code: str) -> list[Rubric]:
    """All versions of a rubric; refused where there is none."""
    found = documents.some(connection, ledger, Sort.RUBRIC, [code])
    if not found:
        raise Refused(Reason.NO_SUCH_RUBRIC, "/against", code)
    return [shelf.rubric(version) for document in found for version in document.versions]
