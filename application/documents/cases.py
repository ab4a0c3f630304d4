"""Worked cases: what a document says that its own examples come to."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any

from application.documents.case_result import CaseResult, differing
from application.documents.checklists import (
    AroundDoc,
    ListCaseDoc,
    ListUnitDoc,
    MemberAroundDoc,
    PlannedDoc,
)
from application.documents.facts import EXAMPLE, SUBJECT, FactDoc, facts_of
from application.documents.source import Source, refuse
from domain import checklist as checklists
from domain.checklist import Checklist, Grid, Planned, Progress
from domain.fact import Fact, SubjectId
from domain.member import Membership, Person, Profile, Term
from domain.people import PersonId, UnitId
from domain.period import Period
from domain.unit import Unit, UnitProfile


def filled(case: ListCaseDoc, place: int, checklist: Checklist, source: Source) -> CaseResult:
    """One worked case under its checklist: a member's progress, or the grid of the unit that the case names."""
    at: tuple[str | int, ...] = ("cases", place)
    flaws = [source.flaw((*at, *path), zh, en) for path, zh, en in _misfits(case, checklist)]
    refuse(flaws, [], source)
    facts = _facts_of_list(case, at, source)
    year = Period.year(case.year)
    if case.unit is None:
        period = year.parts(checklist.period)[case.part - 1]
        today = case.today or period.last
        found: Progress | Grid = checklists.progress(facts, checklist, SUBJECT, period, today)
    else:
        today = case.today or year.last
        people = [_member(name) for name in case.unit.people]
        found = checklists.grid(
            facts,
            checklist,
            _unit(case.unit),
            year,
            today,
            people=people,
            units=[_around(each, case.unit) for each in case.units],
            members=[_bound(each, case.unit) for each in case.members],
        )
    plan = facts_of(_as_facts(case.planned), (*at, "planned"), source)
    following = checklists.next_planned(found, checklist, map(_planned, plan), today)
    named = {str(number): each.deed for number, each in following.items()}
    besides = {str(each.place + 1): each.acts for each in found.besides}
    expected: list[_Expected] = [
        (("done",), case.expect.done, found.done),
        (("left",), case.expect.left, found.of - found.done),
        *_states_expected(case, found),
        *((("besides", n), acts, besides.get(n)) for n, acts in case.expect.besides.items()),
        *((("next", n), deed, named.get(n)) for n, deed in case.expect.next.items()),
    ]
    differs = [
        source.flaw((*at, "expect", *path), *differing(said, got))
        for path, said, got in expected
        if said != got
    ]
    return CaseResult(case=case.case, line=source.lines[at], differs=tuple(differs))


_Expected = tuple[tuple[str | int, ...], object, object]
"""Where in a case something is expected, what the case says, and what it comes to."""


def _misfits(
    case: ListCaseDoc, checklist: Checklist
) -> Iterator[tuple[tuple[str | int, ...], str, str]]:
    """What of a case does not go with its list."""
    parts = len(Period.year(case.year).parts(checklist.period))
    if not 1 <= case.part <= parts:
        yield ("part",), f"应在 1 与 {parts} 之间", f"lies between 1 and {parts}"
    for name, wrong in (("slots", case.unit is not None), ("rows", case.unit is None)):
        if wrong and getattr(case.expect, name):
            yield (
                ("expect", name),
                "写明 unit 的例题写 rows,其他例题写 slots",
                "a case of a unit says rows, any other says slots",
            )
    if case.unit is None:
        for i, fact in enumerate(case.facts):
            if fact.person is not None or fact.of is not None or fact.through:
                yield (
                    ("facts", i),
                    "person、of、through 只用于写明了 unit 的例题",
                    "person, of and through go with a case of a unit",
                )
    elif not checklist.asks(_unit(case.unit)):
        yield ("unit", "kind"), "清单不列给这类单位", "the list asks nothing of units of this kind"


def _states_expected(case: ListCaseDoc, found: Progress | Grid) -> Iterator[_Expected]:
    """What a case says of single slots, or of the rows and cells of a grid."""
    if isinstance(found, Progress):
        states = {str(slot.number): slot.state for slot in found.slots}
        for number, state in case.expect.slots.items():
            yield ("slots", number), state, states.get(number)
        return
    rows = {str(row.number): row for row in found.rows}
    for number, said in case.expect.rows.items():
        row = rows.get(number)
        yield ("rows", number, "done"), said.done, None if row is None else row.done
        yield ("rows", number, "of"), said.of, None if row is None else row.of
        cells = {} if row is None else {str(n): c.state for n, c in enumerate(row.cells, 1)}
        for n, cell in said.cells.items():
            yield ("rows", number, "cells", n), cell, cells.get(n)


def _facts_of_list(case: ListCaseDoc, at: tuple[str | int, ...], source: Source) -> list[Fact[Any]]:
    """The facts of a case, those of a unit's case each with the subject that it names."""
    facts = facts_of(list(case.facts), (*at, "facts"), source)
    if case.unit is None:
        return facts
    docs = [doc for doc in case.facts for _ in range(doc.acts)]
    return [
        replace(
            fact,
            subject=SubjectId(f"unit/{doc.of or EXAMPLE}")
            if doc.person is None
            else _member(doc.person),
            organiser=UnitId(EXAMPLE) if doc.through else fact.organiser,
        )
        for fact, doc in zip(facts, docs, strict=True)
    ]


def _unit(doc: ListUnitDoc) -> Unit:
    return Unit(
        unit=UnitId(EXAMPLE),
        profile=UnitProfile(kind=doc.kind, studio_kind=doc.type, name="示例"),
        since=doc.since,
        until=doc.until,
    )


def _around(doc: AroundDoc, beside: ListUnitDoc) -> Unit:
    """Another unit, which has been there as long as the one whose grid it is."""
    return Unit(
        unit=UnitId(doc.unit),
        profile=UnitProfile(
            kind=doc.kind, name=doc.unit, parent=None if doc.in_ is None else UnitId(doc.in_)
        ),
        since=beside.since,
    )


def _bound(doc: MemberAroundDoc, beside: ListUnitDoc) -> Person:
    return Person(
        person=PersonId(doc.member),
        profile=Profile(name=doc.member, party=doc.party),
        terms=(Term(number=1, since=beside.since),),
        memberships=tuple(
            Membership(bond=bond, unit=UnitId(bond.value), since=beside.since) for bond in doc.bound
        ),
    )


def _member(name: str) -> SubjectId:
    return SubjectId(f"member/{name}")


def _as_facts(planned: Iterable[PlannedDoc]) -> list[FactDoc]:
    """Planned occasions as if they had been held."""
    return [FactDoc.model_construct(**dict(doc)) for doc in planned]


def _planned(fact: Fact[Any]) -> Planned:
    """A planned occasion of a case, from the fact that it would be."""
    return Planned(
        deed=fact.deed,
        kind=fact.kind,
        on=fact.on,
        details=fact.details,
        record=fact.record,
        level=fact.level,
        mandatory=fact.mandatory,
        key=fact.key,
        work=fact.work,
        pairing=fact.pairing,
    )
