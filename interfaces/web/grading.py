"""Grades of all who are appraised together, with what bears on each: by name, with places only where the rubric lets them be shown."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Any

from fastapi import APIRouter, Response

from domain import explain
from domain.access import Action
from domain.document import Sort
from domain.explain import Said
from domain.period import Period
from domain.rubric import Rubric
from interfaces.api.door import needs
from interfaces.web.asked import Narrowing, next_page
from interfaces.web.refusing import PageRoute
from interfaces.web.rendering import render
from interfaces.web.visiting import Visiting, Visitor
from projections import grades
from projections.grades import GradeLine
from projections.paging import Key, page_of

MOST_SHOWN = 50
UNGRADED = "none"
"""What an address calls those who have no grade."""


@dataclass(frozen=True, slots=True)
class ShownGrade:
    """A grade as a page shows it, with the sentences on it."""

    line: GradeLine
    grade: Said | None
    reasons: tuple[Said, ...]
    gates: tuple[Said, ...]
    fired: tuple[Said, ...]
    near: tuple[Said, ...]
    waits_for: Said | None
    address: str


@dataclass(frozen=True, slots=True)
class GradeCount:
    """How many have a grade."""

    code: str
    said: Said
    number: int


def router() -> APIRouter:
    """The page of grades."""
    made = APIRouter(route_class=PageRoute, include_in_schema=False, prefix="/ledgers/{ledger}")

    @made.get(
        "/scores/{rubric}/grades",
        operation_id="page_grades",
        openapi_extra=needs(Action.SEE_TOTALS),
    )
    def list_grades(
        visitor: Visiting, rubric: str, year: str = "", grade: str = "", cursor: str = ""
    ) -> Response:
        """The grades of all under a rubric, by name, with the reasons."""
        narrowing = Narrowing(visitor, year=year)
        visitor, when = narrowing.visitor, narrowing.year()
        with visitor.asking.look() as look:
            look.must_be_published(Sort.RUBRIC, rubric, "rubric")
            found = grades.grades(
                look.connection,
                look.ledger,
                visitor.desk.shelf,
                rubric=rubric,
                period=Period.year(when),
                today=visitor.asking.today,
                position=look.position,
            )
        rules = list({id(line.rubric): line.rubric for line in found}.values())
        known = {each.code for rule in rules if rule.grading for each in rule.grading.grades}
        wanted = narrowing.filters.one_of(grade, {*known, UNGRADED}, "grade")
        after = visitor.asking.after(cursor or None)
        rest = [
            line
            for line in found
            if wanted in (None, line.graded.grade or UNGRADED)
            and (after is None or _key(line) > after)
        ]
        page = page_of(rest[: MOST_SHOWN + 1], MOST_SHOWN, _key)
        return render(
            visitor,
            "grades.html",
            status=narrowing.status,
            narrowing=narrowing,
            code=rubric,
            rules=rules,
            rows=tuple(_shown(visitor, line, when) for line in page.rows),
            counts=_counts(found, rules),
            rankings=tuple(
                {id(r.grading.ranking): r.grading.ranking for r in rules if r.grading}.values()
            ),
            places=any(line.graded.place is not None for line in found),
            grade=grade,
            year=when,
            as_of=visitor.asking.as_of or "",
            next=next_page(visitor, page.after),
        )

    return made


def _key(line: GradeLine) -> Key:
    return (line.name, line.scorecard.member, line.scorecard.period.first.toordinal())


def _shown(visitor: Visitor, line: GradeLine, year: int) -> ShownGrade:
    graded, rubric = line.graded, line.rubric
    root, _, key = line.scorecard.member.partition("/")
    where = f"/people/{key}" if root == "member" else f"/units/{key}"
    as_of = f"&as_of={visitor.asking.as_of}" if visitor.asking.as_of else ""
    return ShownGrade(
        line=line,
        grade=_grade(rubric, graded.grade),
        reasons=tuple(explain.grade_reason(each, rubric) for each in graded.reasons),
        gates=tuple(explain.gate(g, rubric) for g in line.scorecard.gates if not g.met),
        fired=tuple(explain.trigger(t, rubric) for t in graded.triggers if t.fired),
        near=tuple(explain.trigger(t, rubric) for t in graded.triggers if t.near),
        waits_for=_body(rubric, graded.waits_for),
        address=visitor.address(f"{where}?year={year}{as_of}"),
    )


def _grade(rubric: Rubric, code: str) -> Said | None:
    grades_of = () if rubric.grading is None else rubric.grading.grades
    return next((Said(g.zh, g.en) for g in grades_of if g.code == code), None)


def _body(rubric: Rubric, code: str) -> Said | None:
    body = None if rubric.grading is None else rubric.grading.decided_by
    return None if body is None or body.code != code else Said(body.zh, body.en)


def _counts(found: list[GradeLine], rules: list[Rubric]) -> tuple[GradeCount, ...]:
    """How many have each grade, in the order of the rubric."""
    said: dict[str, Said] = {}
    for rule in rules:
        for each in () if rule.grading is None else rule.grading.grades:
            said.setdefault(each.code, Said(each.zh, each.en))
    if not said:
        return ()
    numbers: Counter[Any] = Counter(line.graded.grade for line in found)
    shown = [GradeCount(code, words, numbers[code]) for code, words in said.items()]
    if numbers[""]:
        shown.append(GradeCount(UNGRADED, Said("未定等次", "without a grade"), numbers[""]))
    return tuple(shown)
