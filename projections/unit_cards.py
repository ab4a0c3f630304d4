"""Scorecards of units: worked out from their own facts and those of their members when they are asked for, never stored."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Connection

from domain.document import Document, Sort
from domain.fact import Fact, SubjectId
from domain.kinds import Subject
from domain.people import PersonId, UnitId
from domain.period import Period
from domain.rubric import FromMembers, Rubric, Whose
from domain.scorecard import Scorecard
from domain.scoring import score
from domain.unit import Unit
from projections import documents, facts, roster
from projections.as_of import position_now
from projections.documents import Shelf, governing
from projections.scorecards import Card, bears_on, periods_of, scored_people


@dataclass(frozen=True, slots=True, kw_only=True)
class ScoredUnit:
    """A unit's card worked out for this question, with the rubric and the unit's own facts."""

    unit: Unit
    rubric: Rubric
    scorecard: Scorecard
    facts: Sequence[Fact[Any]]


def cards_of_unit(
    connection: Connection,
    ledger: str,
    shelf: Shelf,
    unit: UnitId,
    *,
    period: Period,
    today: date,
    rubric: str | None = None,
    position: int | None = None,
) -> list[Card]:
    """A unit's scorecards for a calendar year under every rubric about units in force in it, or one, in each period that it asks about; as of a position or now."""
    known = roster.some_units(connection, ledger, [unit], position=position)
    found = scored_units(
        connection,
        ledger,
        shelf,
        list(known.values()),
        period=period,
        today=today,
        rubric=rubric,
        position=position,
    )
    at = position_now(connection, ledger) if position is None else position
    return [Card(scorecard=each.scorecard, rubric=each.rubric, position=at) for each in found]


@dataclass(frozen=True, slots=True)
class _Asked:
    """A card that is asked for: of which unit, by which rubric, for which days, and who was bound to the unit in them."""

    unit: Unit
    rubric: Rubric
    period: Period
    members: tuple[SubjectId, ...]

    @property
    def subject(self) -> SubjectId:
        """The unit as a subject of facts."""
        return SubjectId(f"unit/{self.unit.unit}")

    @property
    def looked_at(self) -> tuple[SubjectId, ...]:
        """The members whose own facts the rubric counts for the unit."""
        counts = any(c.whose is Whose.MEMBERS for _, c in self.rubric.clauses)
        return self.members if counts else ()


def scored_units(
    connection: Connection,
    ledger: str,
    shelf: Shelf,
    units: Sequence[Unit],
    *,
    period: Period,
    today: date,
    rubric: str | None = None,
    position: int | None = None,
) -> list[ScoredUnit]:
    """The cards of these units for a calendar year under every rubric about units, or one: as many queries for many units as for one."""
    papers = documents.states(connection, ledger, shelf, position=position)
    about = [
        (unit, of, part)
        for unit in units
        for of, part in _about_units(papers, shelf, unit, period)
        if rubric is None or of.code == rubric
    ]
    if not about:
        return []
    first, last = min(part.first for *_, part in about), max(part.last for *_, part in about)
    bound = roster.bonds_in(
        connection, ledger, [unit.unit for unit in units], first, last, position
    )
    asked = [_Asked(unit, of, part, _members(bound[unit.unit], part)) for unit, of, part in about]
    found = facts.facts_of_many(
        connection,
        ledger,
        sorted({who for each in asked for who in (each.subject, *each.looked_at)}),
        first=first,
        last=last,
        position=position,
    )
    cards = _cards_of_members(connection, ledger, shelf, papers, asked, today, position)
    policies = documents.policies_of(papers, shelf)
    return [
        ScoredUnit(
            unit=each.unit,
            rubric=each.rubric,
            scorecard=score(
                bears_on(
                    [fact for who in (each.subject, *each.looked_at) for fact in found[who]],
                    each.rubric,
                    each.period,
                ),
                each.rubric,
                each.unit,
                each.period,
                today,
                policies.over(each.period, today),
                members=_cards_for(each, cards),
            ),
            facts=found[each.subject],
        )
        for each in asked
    ]


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


def _members(bound: Iterable[roster.BondIn], period: Period) -> tuple[SubjectId, ...]:
    """Those who were bound to a unit at any time of a period."""
    return tuple(dict.fromkeys(bond.subject for bond in bound if bond.touches(period)))


Cards = Mapping[tuple[SubjectId, Period], Sequence[Scorecard]]
"""Members' cards by member and period."""


def _cards_of_members(
    connection: Connection,
    ledger: str,
    shelf: Shelf,
    papers: Iterable[Document],
    asked: Iterable[_Asked],
    today: date,
    position: int | None,
) -> Cards:
    """The cards that units take points from: of all their members, under the rubrics that are named, or under every one."""
    taking = [each for each in asked if each.rubric.takes_from_members]
    who = {PersonId(m.removeprefix("member/")) for each in taking for m in each.members}
    found: dict[tuple[SubjectId, Period], list[Scorecard]] = {}
    if not who:
        return found
    named = {
        c.measure.rubric
        for each in taking
        for _, c in each.rubric.clauses
        if isinstance(c.measure, FromMembers)
    }
    people = roster.persons(connection, ledger, sorted(who), position=position)
    for year in sorted({each.period.last.year for each in taking}):
        for document in papers:
            if document.sort is not Sort.RUBRIC or not {"", document.code} & named:
                continue
            for each in scored_people(
                connection,
                ledger,
                shelf,
                list(people.values()),
                period=Period.year(year),
                today=today,
                rubric=document.code,
                position=position,
            ):
                card = each.scorecard
                found.setdefault((card.member, card.period), []).append(card)
    return found


def _cards_for(asked: _Asked, cards: Cards) -> list[Scorecard]:
    """The cards of a unit's members for its period, under other rubrics than its own."""
    if not asked.rubric.takes_from_members:
        return []
    return [
        card
        for who in asked.members
        for card in cards.get((who, asked.period), ())
        if card.rubric != asked.rubric.code
    ]
