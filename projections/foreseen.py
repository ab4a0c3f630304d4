"""What records that are not written yet would do to scores: a bounded look ahead, for whoever is about to write many."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date
from fractions import Fraction
from typing import Any

from sqlalchemy import Connection

from domain.fact import Fact, SubjectId
from domain.people import PersonId, UnitId
from domain.period import Period
from domain.scorecard import Points, points_of
from projections import documents, facts, roster
from projections.around import around, with_facts
from projections.concerned import counting
from projections.documents import Shelf
from projections.scorecards import card_of, governing_rubrics, member_in

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


def members_concerned(
    connection: Connection, ledger: str, shelf: Shelf, found: Sequence[Fact[Any]]
) -> dict[SubjectId, list[Fact[Any]]]:
    """By member the facts that may move his total: his own, and where a rubric counts them those of units that he was in on their day."""
    by_member: dict[SubjectId, list[Fact[Any]]] = {}
    of_units: dict[UnitId, list[Fact[Any]]] = {}
    papers = documents.states(connection, ledger, shelf)
    counted = {
        year: frozenset[str]().union(
            *(r.counted_of_units for paper in papers for r in counting(shelf, paper, year))
        )
        for year in {fact.on.year for fact in found}
    }
    for fact in found:
        root, _, name = fact.subject.partition("/")
        if root == "member":
            by_member.setdefault(fact.subject, []).append(fact)
        elif fact.kind in counted[fact.on.year]:
            of_units.setdefault(UnitId(name), []).append(fact)
    days = [fact.on for of in of_units.values() for fact in of]
    if not days:
        return by_member
    bound = roster.bonds_in(connection, ledger, of_units, min(days), max(days), None)
    for unit, bonds in bound.items():
        for bond in bonds:
            then = [fact for fact in of_units[unit] if bond.since <= fact.on <= bond.until]
            if then:
                by_member.setdefault(bond.subject, []).extend(then)
    return by_member


def foreseen(
    connection: Connection,
    ledger: str,
    shelf: Shelf,
    more: Sequence[Fact[Any]],
    *,
    today: date,
    whose: Collection[SubjectId] | None = None,
    most: int = MOST,
) -> Foreseen:
    """Whose totals these facts would move, of everybody concerned or of these. Facts of a record that stands already take the place of what it yields now."""
    by_member = members_concerned(connection, ledger, shelf, more)
    if whose is not None:
        by_member = {subject: of for subject, of in by_member.items() if subject in whose}
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
    first = min((part.first for found in governing.values() for _, part in found), default=today)
    last = max((part.last for found in governing.values() for _, part in found), default=today)
    standing = facts.facts_of_many(connection, ledger, subjects, first=first, last=last)
    known = with_facts(
        connection,
        ledger,
        around(connection, ledger, rubrics),
        rubrics,
        people.values(),
        first=first,
        last=last,
    )
    told = {fact.deed for fact in more}
    units = {s: [f for f in of if f.deed not in told] for s, of in known.facts.items()}
    for fact in more:
        if not fact.subject.startswith("member/"):
            units.setdefault(fact.subject, []).append(fact)
    foretold = replace(known, facts=units)
    moved: list[Movement] = []
    for (subject, year), found in governing.items():
        person = people[PersonId(subject[7:])]
        own, new = standing[subject], by_member[subject]
        deeds = {fact.deed for fact in new}
        then = [fact for fact in own if fact.deed not in deeds]
        then += [fact for fact in new if fact.subject == subject]
        for rubric, part in found:
            if not member_in(person, part):
                continue
            policy = policies.over(part, today)
            before, after = (
                Fraction(card_of(each, rubric, person, part, today, policy, by, brief=True).total)
                for each, by in ((own, known), (then, foretold))
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
