"""What records that are not written yet would do to scores: a bounded look ahead, for whoever is about to write many."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Any

from sqlalchemy import Connection

from domain.fact import Fact, SubjectId
from domain.people import PersonId
from domain.period import Period
from domain.scorecard import Points, points_of
from domain.scoring import score
from projections import documents, facts, roster
from projections.documents import Shelf
from projections.scorecards import bears_on, governing_rubrics, member_in, offices_of

MOST = 60
"""Members who are looked at."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Movement:
    """A total that would move."""

    member: SubjectId
    name: str
    rubric: str
    year: int
    before: Points
    after: Points
    change: Points


@dataclass(frozen=True, slots=True, kw_only=True)
class Foreseen:
    """The totals that would move, the largest change first; `looked_at` of the `members` concerned were looked at."""

    members: int
    looked_at: int
    moved: tuple[Movement, ...]


def foreseen(
    connection: Connection,
    ledger: str,
    shelf: Shelf,
    more: Sequence[Fact[Any]],
    *,
    today: date,
    most: int = MOST,
) -> Foreseen:
    """Whose totals these facts would move. Facts of a record that stands already take the place of what it yields now."""
    by_member: dict[SubjectId, list[Fact[Any]]] = {}
    for fact in more:
        if fact.subject.startswith("member/"):
            by_member.setdefault(fact.subject, []).append(fact)
    subjects = sorted(by_member)[:most]
    people = roster.persons(connection, ledger, [PersonId(each[7:]) for each in subjects])
    years = sorted({fact.on.year for each in subjects for fact in by_member[each]})
    if not years:
        return Foreseen(members=len(by_member), looked_at=0, moved=())
    papers = documents.states(connection, ledger, shelf)
    policies = documents.policies_of(papers, shelf)
    governing = {
        (subject, year): governing_rubrics(papers, shelf, person, Period.year(year))
        for subject in subjects
        if (person := people.get(PersonId(subject[7:]))) is not None
        for year in sorted({fact.on.year for fact in by_member[subject]})
    }
    rubrics = [rubric for found in governing.values() for rubric, _ in found]
    offices = offices_of(connection, ledger, rubrics)
    first = min((part.first for found in governing.values() for _, part in found), default=today)
    last = max((part.last for found in governing.values() for _, part in found), default=today)
    standing = facts.facts_of_many(connection, ledger, subjects, first=first, last=last)
    moved: list[Movement] = []
    for (subject, year), found in governing.items():
        person = people[PersonId(subject[7:])]
        own, new = standing[subject], by_member[subject]
        deeds = {fact.deed for fact in new}
        then = [*(fact for fact in own if fact.deed not in deeds), *new]
        for rubric, part in found:
            if not member_in(person, part):
                continue
            policy = policies.over(part, today)
            held = offices.get(person.person, ())
            before, after = (
                Fraction(
                    score(
                        bears_on(each, rubric, part),
                        rubric,
                        person,
                        part,
                        today,
                        policy,
                        offices=held,
                        brief=True,
                    ).total
                )
                for each in (own, then)
            )
            if before != after:
                moved.append(
                    Movement(
                        member=subject,
                        name=person.profile.name,
                        rubric=rubric.code,
                        year=year,
                        before=points_of(before),
                        after=points_of(after),
                        change=points_of(after - before),
                    )
                )
    moved.sort(key=lambda each: (-abs(Fraction(each.change)), each.name, each.member))
    return Foreseen(members=len(by_member), looked_at=len(subjects), moved=tuple(moved))
