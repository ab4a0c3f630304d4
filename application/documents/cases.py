"""Worked cases: what a document says that its own examples come to."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from application.documents.checklists import ListCaseDoc
from application.documents.facts import EXAMPLE, SUBJECT, facts_of
from application.documents.rubrics import RubricCaseDoc
from application.documents.source import Flaw, Source
from domain import checklist as checklists
from domain.checklist import Checklist
from domain.member import Exemption, Person, Profile, RoleHeld, Term
from domain.period import Period
from domain.rubric import (
    Rubric,
    points_text,
)
from domain.scoring import score
from domain.words import Choice


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseResult:
    """How one worked case came out; it passed if nothing differs."""

    case: str
    line: int
    differs: tuple[Flaw, ...] = ()

    @property
    def passed(self) -> bool:
        """Whether everything came out as the document says."""
        return not self.differs


def scored(case: RubricCaseDoc, place: int, rubric: Rubric, source: Source) -> CaseResult:
    """One worked case under its rubric."""
    at: tuple[str | int, ...] = ("cases", place)
    since = date(case.year - 1, 1, 1)
    person = Person(
        person=EXAMPLE,
        profile=Profile(name="示例"),
        terms=(Term(number=1, since=since),),
        roles=tuple(RoleHeld(role=role, since=since) for role in case.member.roles),
        exemptions=tuple(
            Exemption(since=e.since, until=e.until, reason="示例") for e in case.member.exempt
        ),
    )
    facts = facts_of(case.facts, (*at, "facts"), source)
    period = Period.year(case.year)
    card = score(facts, rubric, person, period, case.today or period.last)
    differs: list[Flaw] = []

    def same(path: tuple[str | int, ...], expected: object, got: object) -> None:
        if expected != got:
            differs.append(
                source.flaw(
                    (*at, "expect", *path),
                    f"写的是 {_shown(expected)},算得 {_shown(got)}",
                    f"says {_shown(expected)}, comes to {_shown(got)}",
                )
            )

    same(("total",), case.expect.total, Fraction(card.total))
    by_clause: dict[str, Fraction] = {}
    for line in card.lines:
        by_clause[line.clause] = by_clause.get(line.clause, Fraction(0)) + Fraction(line.points)
    if case.expect.lines:
        for clause in dict.fromkeys((*case.expect.lines, *filter(None, by_clause))):
            same(("lines", clause), case.expect.lines.get(clause), by_clause.get(clause))
    blocks = {b.block: Fraction(b.points) for b in card.blocks}
    for block, points in case.expect.blocks.items():
        same(("blocks", block), points, blocks.get(block))
    reasons = {w.deed: w.why for w in card.why_not}
    for deed, why in case.expect.why_not.items():
        same(("why_not", deed), why, reasons.get(deed))
    return CaseResult(case=case.case, line=source.lines[at], differs=tuple(differs))


def filled(case: ListCaseDoc, place: int, checklist: Checklist, source: Source) -> CaseResult:
    """One worked case under its checklist."""
    at: tuple[str | int, ...] = ("cases", place)
    facts = facts_of(case.facts, (*at, "facts"), source)
    period = Period.year(case.year)
    found = checklists.progress(facts, checklist, SUBJECT, period, case.today or period.last)
    states = {str(s.number): s.state for s in found.slots}
    expected: list[tuple[tuple[str | int, ...], object, object]] = [
        (("done",), case.expect.done, found.done),
        (("left",), case.expect.left, found.of - found.done),
        *((("slots", n), state, states.get(n)) for n, state in case.expect.slots.items()),
    ]
    differs = [
        source.flaw(
            (*at, "expect", *path),
            f"写的是 {_shown(said)},算得 {_shown(got)}",
            f"says {_shown(said)}, comes to {_shown(got)}",
        )
        for path, said, got in expected
        if said != got
    ]
    return CaseResult(case=case.case, line=source.lines[at], differs=tuple(differs))


def _shown(value: object) -> str:
    match value:
        case None:
            return "无(nothing)"
        case Fraction():
            return points_text(value)
        case Choice():
            return f"{value.value}({value.zh})"
        case _:
            return str(value)
