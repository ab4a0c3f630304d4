"""What of the catalogue a rubric does not look at: a question to its author, never a mistake."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from domain.fact import Attendance
from domain.kinds import Details, kind_of
from domain.kinds.about import Shape, Stage, Subject
from domain.kinds.fields import fields_of
from domain.kinds.findings import WasGraded
from domain.rubric import (
    Acts,
    AttendanceOf,
    Axis,
    Clause,
    Rubric,
    Table,
    Whose,
)
from domain.rubric_checks import Kinds
from domain.selection import (
    Passed,
    Selects,
    Where,
    words_of,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Gap:
    """What of one kind nothing in the rubric looks at: all of it, or these attendance states, stages and choices of a detail."""

    kind: str
    whole: bool = False
    states: tuple[Attendance, ...] = ()
    stages: tuple[Stage, ...] = ()
    choices: tuple[tuple[str, str], ...] = ()


_SAYS_NOTHING = frozenset({Attendance.NOT_REQUIRED, Attendance.NOT_RECORDED})


def gaps(rubric: Rubric, kinds: Kinds) -> list[Gap]:
    """What of the catalogue nobody has priced or asked for, kind by kind: a question to the author, never a mistake."""
    by_kind: dict[str, list[Selects]] = {}
    for selects in looked_at(rubric):
        for kind in selects.kinds:
            by_kind.setdefault(kind, []).append(selects)
    for clause in _of_units(rubric):
        # What members can do themselves has no price by what their units do.
        for selects in (*(as_priced(clause, s) for s in clause.counts), *clause.spoiled_by):
            for kind in selects.kinds:
                if kind in kinds and not _can_be_done_by(kinds[kind], rubric.subject):
                    by_kind.setdefault(kind, []).append(selects)
    found = [
        _gap(kind, details, by_kind[kind]) if kind in by_kind else Gap(kind=kind, whole=True)
        for kind, details in kinds.items()
        if kind in by_kind or _can_be_done_by(details, rubric.subject)
    ]
    return [gap for gap in found if gap != Gap(kind=gap.kind)]


def _can_be_done_by(details: type[Details], subject: Subject) -> bool:
    """Whether deeds of that kind are anything to whom a rubric is about; a unit's can count those of its members too."""
    return subject is Subject.UNIT or subject in details.about.subjects


def looked_at(rubric: Rubric) -> Iterator[Selects]:
    """Every selection of a rubric but those of what members' units do; what a table does not list is not looked at."""
    for _, clause in rubric.clauses:
        if clause.whose is Whose.UNIT:
            continue
        yield from (as_priced(clause, s) for s in clause.counts)
        yield from clause.spoiled_by
    for gate in rubric.gates:
        if isinstance(gate.asks, Acts | AttendanceOf):
            yield from gate.asks.counts
    yield from (r.counts for r in rubric.attendance)
    for trigger in rubric.triggers:
        yield from trigger.counts
    if rubric.grading is not None:
        for veto in rubric.grading.vetoes:
            yield from veto.counts
        if rubric.grading.opinions or rubric.grading.decided_by is not None:
            yield Selects(kinds=(kind_of(WasGraded),))


def _of_units(rubric: Rubric) -> Iterator[Clause]:
    """The clauses that count what members' units do."""
    return (clause for _, clause in rubric.clauses if clause.whose is Whose.UNIT)


def as_priced(clause: Clause, selects: Selects) -> Selects:
    """A selection narrowed to the rows of the table that prices it."""
    price = getattr(clause.measure, "price", None)
    if not isinstance(price, Table):
        return selects
    rows = frozenset(row for row, _ in price.prices)
    match price.by:
        case Axis.STATE:
            kept = {a for a in selects.states or Attendance if a in rows}
            return replace(selects, states=frozenset(kept))
        case Axis.DETAIL:
            return replace(selects, where=(*selects.where, Where(name=price.detail, values=rows)))
        case Axis.STAGE:
            stages = tuple(Passed(stage=s) for s in Stage if s in rows)
            return replace(selects, passed_any=(*selects.passed_any, *stages))
        case Axis.KIND:
            return replace(selects, kinds=tuple(k for k in selects.kinds if k in rows))
        case _:
            return selects


def _gap(kind: str, details: type[Details], selected: list[Selects]) -> Gap:
    about = details.about
    states = {state for s in selected for state in s.states or Attendance}
    stages = {p.stage for s in selected for p in (*s.passed_any, *s.passed_all, *s.passed_none)}
    asked = {w.name for w in selected[0].where}.intersection(
        *({w.name for w in s.where} for s in selected)
    )
    named = {(w.name, value) for s in selected for w in s.where for value in w.values}
    return Gap(
        kind=kind,
        states=tuple(a for a in Attendance if a not in states | _SAYS_NOTHING)
        if about.shape is Shape.OCCASION
        else (),
        stages=tuple(stage for stage in about.stages if stage not in stages),
        choices=tuple(
            (field.name, word)
            for field in fields_of(details)
            if field.name in asked
            for word in words_of(field)
            if (field.name, word) not in named
        ),
    )
