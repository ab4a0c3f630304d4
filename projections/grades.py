"""Grades of all who are appraised together, members or units: worked out from facts when they are asked for, as of any position."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Connection, select

from domain.document import Sort
from domain.fact import Fact, SubjectId
from domain.grading import Earlier, Graded, grade, opinions_in
from domain.kinds import Subject, kind_of
from domain.kinds.findings import WasGraded
from domain.member import Person
from domain.people import PersonId
from domain.period import Period
from domain.rubric import Rubric
from domain.scorecard import Scorecard
from projections import bodies, documents, roster
from projections.around import around
from projections.deeds import deed_rows
from projections.documents import Shelf
from projections.facts import fact_versions
from projections.paging import Key, Page, checked_limit, page_of
from projections.scorecards import (
    Scored,
    governing_rubrics,
    scored,
    scored_people,
    stored_cards,
    without_lines,
)
from projections.unit_cards import ScoredUnit, scored_units

UNITS_AT_A_TIME = 50
"""Units whose cards, and those of their members, are worked out together."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GradeLine:
    """One who is appraised, with his card (but for its lines, reasons and accounts), his grade, and the rubric that says so."""

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


def grade_lines(
    connection: Connection,
    ledger: str,
    shelf: Shelf,
    *,
    rubric: str,
    period: Period,
    today: date,
    position: int | None = None,
    after: Key | None = None,
    limit: int = 50,
) -> Page[GradeLine]:
    """A page of the same. Every page works out the grades of all, since places are counted among all."""
    checked_limit(limit)
    found = grades(
        connection,
        ledger,
        shelf,
        rubric=rubric,
        period=period,
        today=today,
        position=position,
    )
    rest = [line for line in found if after is None or _key(line) > after]
    return page_of(rest[: limit + 1], limit, _key)


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
    if position is None:
        return _standing(connection, ledger, shelf, rubric, period, today)
    found = scored(
        connection,
        ledger,
        shelf,
        period=period,
        today=today,
        rubric=rubric,
        position=position,
        brief=True,
    )
    return [each for some in found for each in some]


def _standing(
    connection: Connection, ledger: str, shelf: Shelf, rubric: str, period: Period, today: date
) -> list[Scored]:
    """The same as it stands now, from the cards that are kept, with the facts that say what bodies think; whose card is not kept, or overtaken by time, is scored."""
    papers = documents.states(connection, ledger, shelf)
    people = roster.persons(connection, ledger)
    governing: dict[PersonId, list[tuple[Rubric, Period]]] = {
        who: [
            (of, part)
            for of, part in governing_rubrics(papers, shelf, person, period)
            if of.code == rubric
        ]
        for who, person in people.items()
    }
    rubrics = {id(of): of for asked in governing.values() for of, _ in asked}
    offices = around(connection, ledger, rubrics.values()).offices
    by_clause = any(of.grading is not None and of.grading.tie_breaks for of in rubrics.values())
    kept = stored_cards(connection, ledger, rubric, period, today, lines=by_clause)
    opinions = _facts_of_bodies(connection, ledger, period) if kept else {}
    found: list[Scored] = []
    lacking: list[Person] = []
    for who, asked in governing.items():
        subject = SubjectId(f"member/{who}")
        if any((subject, part) not in kept for _, part in asked):
            lacking.append(people[who])
            continue
        found += [
            Scored(
                person=people[who],
                rubric=of,
                scorecard=kept[subject, part],
                facts=opinions.get(subject, ()),
                offices=offices.get(who, ()),
            )
            for of, part in asked
        ]
    return found + scored_people(
        connection, ledger, shelf, lacking, period=period, today=today, rubric=rubric, brief=True
    )


def _facts_of_bodies(
    connection: Connection, ledger: str, period: Period
) -> dict[SubjectId, list[Fact[Any]]]:
    """What bodies said in a year of members' grades."""
    rows = deed_rows.c
    asked = select(rows.stream).where(
        rows.ledger == ledger,
        rows.kind == kind_of(WasGraded),
        rows.on >= period.first,
        rows.on <= period.last,
    )
    facts = fact_versions.c
    found: dict[SubjectId, list[Fact[Any]]] = {}
    for subject, kind, body in connection.execute(
        select(facts.subject, facts.kind, facts.body).where(
            facts.ledger == ledger, facts.deed.in_(asked), roster.known(fact_versions, None)
        )
    ):
        found.setdefault(subject, []).append(bodies.fact(kind, body))
    return found


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
                scorecard=without_lines(each.scorecard),
                graded=graded,
                rubric=rubric,
            )
            for each, graded in zip(some, found, strict=True)
        ]
    return sorted(lines, key=_key)


def _key(line: GradeLine) -> Key:
    return (line.name, line.scorecard.member, line.scorecard.period.first.toordinal())


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
    units = list(roster.all_units(connection, ledger, position).values())
    together: dict[tuple[str, Period], list[ScoredUnit]] = {}
    for start in range(0, len(units), UNITS_AT_A_TIME):
        for each in scored_units(
            connection,
            ledger,
            shelf,
            units[start : start + UNITS_AT_A_TIME],
            period=period,
            today=today,
            rubric=rubric,
            position=position,
        ):
            together.setdefault((each.rubric.version, each.scorecard.period), []).append(each)
    lines: list[GradeLine] = []
    for (_, part), some in together.items():
        found = grade(
            [each.scorecard for each in some],
            some[0].rubric,
            {each.scorecard.member: each.unit for each in some},
            opinions={each.scorecard.member: opinions_in(each.facts, part) for each in some},
        )
        lines += [
            GradeLine(
                name=each.unit.profile.name,
                scorecard=without_lines(each.scorecard),
                graded=graded,
                rubric=each.rubric,
            )
            for each, graded in zip(some, found, strict=True)
        ]
    return sorted(lines, key=_key)
