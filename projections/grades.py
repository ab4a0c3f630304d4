"""Grades of all who are appraised together, members or units: worked out from facts when they are asked for, as of any position."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Connection

from domain.document import Document, Sort
from domain.fact import Fact, SubjectId
from domain.grading import Earlier, Graded, grade, opinions_in
from domain.kinds import Subject
from domain.member import Person
from domain.people import PersonId
from domain.period import Period, Span
from domain.rubric import Rubric, Whose
from domain.scoring import Scorecard, score
from domain.unit import Unit
from projections import documents, facts, roster
from projections.documents import Shelf, governing
from projections.scorecards import (
    Scored,
    bears_on,
    periods_of,
    scored,
    scored_people,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class GradeLine:
    """One who is appraised, with his card, his grade, and the rubric that says so."""

    name: str
    scorecard: Scorecard
    graded: Graded
    rubric: Rubric


def grades(
    connection: Connection,
    ledger: str,
    shelf: Shelf,
    *,
    rubric: str,
    period: Period,
    today: date,
    position: int | None = None,
) -> list[GradeLine]:
    """The grades of all members, or of all units, under a rubric for a calendar year, by name: places and ties are counted among all of them.

    Where triggers look at earlier years, those of the term are graded by the rules that were in force for them.
    """
    if _is_about_units(connection, ledger, shelf, rubric):
        return _unit_grades(connection, ledger, shelf, rubric, period, today, position)
    everyone = _everyone(connection, ledger, shelf, rubric, period, today, position)
    earlier: dict[SubjectId, list[Earlier]] = {}
    if any(each.rubric.triggers for each in everyone):
        for year in range(_first_year(everyone), period.first.year):
            past = Period.year(year)
            before = _everyone(connection, ledger, shelf, rubric, past, today, position)
            for line in _graded(before, {}):
                earlier.setdefault(line.scorecard.member, []).append(_result(line))
    return _graded(everyone, earlier)


def _is_about_units(connection: Connection, ledger: str, shelf: Shelf, code: str) -> bool:
    """Whether a rubric appraises units, in any of its versions."""
    return any(
        shelf.rubric(version).subject is Subject.UNIT
        for document in documents.some(connection, ledger, Sort.RUBRIC, [code])
        for version in document.versions
    )


def _everyone(
    connection: Connection,
    ledger: str,
    shelf: Shelf,
    rubric: str,
    period: Period,
    today: date,
    position: int | None,
) -> list[Scored]:
    found = scored(
        connection, ledger, shelf, period=period, today=today, rubric=rubric, position=position
    )
    return [each for some in found for each in some]


def _first_year(everyone: Sequence[Scored]) -> int:
    """The year in which the earliest of the terms began that the members are in."""
    begun = [
        max(t.since for t in each.person.terms if t.since <= each.scorecard.period.last)
        for each in everyone
        if each.person.terms
    ]
    return min(begun).year


def _graded(
    everyone: Sequence[Scored], earlier: Mapping[SubjectId, Sequence[Earlier]]
) -> list[GradeLine]:
    """Grades by rubric and period; who is on trial elsewhere is graded among those on trial."""
    together: dict[tuple[str, str, Period], list[Scored]] = {}
    for each in everyone:
        key = (each.rubric.code, each.rubric.version, each.scorecard.period)
        together.setdefault(key, []).append(each)
    lines: list[GradeLine] = []
    for some in together.values():
        rubric = some[0].rubric
        found = grade(
            [each.scorecard for each in some],
            rubric,
            {each.scorecard.member: each.person for each in some},
            earlier=earlier,
            opinions={
                each.scorecard.member: opinions_in(each.facts, each.scorecard.period)
                for each in some
            },
            offices={each.scorecard.member: each.offices for each in some},
        )
        lines += [
            GradeLine(
                name=each.person.profile.name,
                scorecard=each.scorecard,
                graded=graded,
                rubric=rubric,
            )
            for each, graded in zip(some, found, strict=True)
        ]
    return sorted(lines, key=lambda g: (g.name, g.scorecard.member, g.scorecard.period.first))


def _result(line: GradeLine) -> Earlier:
    card = line.scorecard
    return Earlier(
        period=card.period,
        total=card.total,
        grade=line.graded.grade,
        counted=tuple((c.code, c.acts) for c in card.counted),
    )


# Units


def _unit_grades(
    connection: Connection,
    ledger: str,
    shelf: Shelf,
    rubric: str,
    period: Period,
    today: date,
    position: int | None,
) -> list[GradeLine]:
    """The grades of all units under a rubric about units for a calendar year, by name."""
    papers = documents.states(connection, ledger, shelf, position=position)
    together: dict[tuple[str, Period], list[tuple[Unit, Rubric, Scorecard, list[Fact[Any]]]]] = {}
    for unit in roster.all_units(connection, ledger, position).values():
        for of, part in _about_units(papers, shelf, unit, period):
            if of.code == rubric:
                card, own = _unit_card(
                    connection, ledger, shelf, unit, of, part, papers, today, position
                )
                together.setdefault((of.version, part), []).append((unit, of, card, own))
    lines: list[GradeLine] = []
    for (_, part), some in together.items():
        found = grade(
            [card for _, _, card, _ in some],
            some[0][1],
            {card.member: unit for unit, _, card, _ in some},
            opinions={card.member: opinions_in(own, part) for _, _, card, own in some},
        )
        lines += [
            GradeLine(name=unit.profile.name, scorecard=card, graded=graded, rubric=of)
            for (unit, of, card, _), graded in zip(some, found, strict=True)
        ]
    return sorted(lines, key=lambda g: (g.name, g.scorecard.member, g.scorecard.period.first))


def _about_units(
    papers: Sequence[Document], shelf: Shelf, unit: Unit, period: Period
) -> list[tuple[Rubric, Period]]:
    """The rubrics that a unit is appraised by in a year, with the periods that they ask about."""
    found: list[tuple[Rubric, Period]] = []
    for document in papers:
        if document.sort is not Sort.RUBRIC:
            continue
        for published in document.versions:
            rubric = shelf.rubric(published)
            if rubric.subject is not Subject.UNIT or not rubric.assesses(unit):
                continue
            found += [
                (rubric, part)
                for part in periods_of(rubric, None, period)
                if governing(document, part, [unit.unit]) is published
                and unit.since <= part.last
                and (unit.until is None or part.first <= unit.until)
            ]
    return sorted(found, key=lambda each: (each[0].code, each[1].first))


def _unit_card(
    connection: Connection,
    ledger: str,
    shelf: Shelf,
    unit: Unit,
    rubric: Rubric,
    period: Period,
    papers: Sequence[Document],
    today: date,
    position: int | None,
) -> tuple[Scorecard, list[Fact[Any]]]:
    """A unit's card, and its own facts."""
    subject = SubjectId(f"unit/{unit.unit}")
    own = facts.facts_of(
        connection, ledger, subject, first=period.first, last=period.last, position=position
    )
    theirs: list[Fact[Any]] = []
    cards: list[Scorecard] = []
    people = _bound_to(connection, ledger, unit, period, position)
    if people and any(c.whose is Whose.MEMBERS for _, c in rubric.clauses):
        by_member = facts.facts_of_many(
            connection,
            ledger,
            [SubjectId(f"member/{person.person}") for person in people],
            first=period.first,
            last=period.last,
            position=position,
        )
        theirs = [fact for found in by_member.values() for fact in found]
    if people and rubric.takes_from_members:
        year = Period.year(period.last.year) if period.span is not Span.YEAR else period
        for document in papers:
            if document.sort is Sort.RUBRIC and document.code != rubric.code:
                cards += [
                    each.scorecard
                    for each in scored_people(
                        connection,
                        ledger,
                        shelf,
                        people,
                        period=year,
                        today=today,
                        rubric=document.code,
                        position=position,
                    )
                    if each.scorecard.period == period
                ]
    card = score(
        bears_on([*own, *theirs], rubric, period),
        rubric,
        unit,
        period,
        today,
        documents.policy_of(papers, shelf, min(today, period.last)),
        members=cards,
    )
    return card, own


def _bound_to(
    connection: Connection, ledger: str, unit: Unit, period: Period, position: int | None
) -> list[Person]:
    """The members who were bound to a unit at any time of a period."""
    bound = roster.bound_in(connection, ledger, unit.unit, period, position)
    who = [PersonId(subject.removeprefix("member/")) for subject in bound]
    return list(roster.persons(connection, ledger, who, position=position).values())
