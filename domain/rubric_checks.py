"""What keeps a rubric from being used, and what it leaves unpriced."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from domain.fact import Attendance
from domain.kinds import Details
from domain.kinds.about import Shape, Stage
from domain.kinds.fields import fields_of
from domain.period import Span
from domain.rubric import ROWS, Axis, Clause, Each, Full, Once, Rubric, Table
from domain.selection import Problem, Selects, Where, check_selects, check_where, problem, words_of


def problems(rubric: Rubric, kinds: Mapping[str, type[Details]]) -> list[Problem]:
    """All that keeps a rubric from being used with this catalogue, in the order of the document."""
    found: list[Problem] = []
    if rubric.until is not None and rubric.until < rubric.since:
        found.append(problem("/until", "早于生效日期", "is before the day it comes into force"))
    named = [b.code for b in rubric.blocks] + [s.code for b in rubric.blocks for s in b.shared]
    _unique(found, "/blocks", named + [c.code for _, c in rubric.clauses])
    _bounds(found, "", rubric.cap, rubric.floor)
    seen: set[str] = set()
    for i, block in enumerate(rubric.blocks):
        at = f"/blocks/{i}"
        _bounds(found, at, block.cap, block.floor)
        for j, clause in enumerate(block.clauses):
            _check_clause(found, f"{at}/clauses/{j}", clause, kinds, seen)
            seen.add(clause.code)
        own = {c.code for c in block.clauses}
        for j, shared in enumerate(block.shared):
            for k, code in enumerate(shared.clauses):
                if code not in own:
                    found.append(
                        problem(
                            f"{at}/shared/{j}/clauses/{k}",
                            f"本部分没有条目 {code}",
                            f"this block has no clause {code}",
                        )
                    )
    codes = {c.code for _, c in rubric.clauses}
    for i, silence in enumerate(rubric.silences):
        for k, code in enumerate(silence.clauses):
            if code not in codes:
                found.append(
                    problem(
                        f"/silences/{i}/clauses/{k}",
                        f"没有条目 {code}",
                        f"there is no clause {code}",
                    )
                )
    return found


def not_built(rubric: Rubric) -> list[Problem]:
    """What a rubric says that nothing carries out yet; it is not published, rather than read as something else."""
    if rubric.period is Span.YEAR:
        return []
    return [
        problem(
            "/period",
            f"目前只能按{Span.YEAR.zh}计分,尚不能按{rubric.period.zh}计分",
            f"scores are drawn up by {Span.YEAR.en} only; {rubric.period.en} is not possible yet",
        )
    ]


@dataclass(frozen=True, slots=True, kw_only=True)
class Gap:
    """What of one kind no clause looks at: all of it, or these attendance states, stages and choices of a detail."""

    kind: str
    whole: bool = False
    states: tuple[Attendance, ...] = ()
    stages: tuple[Stage, ...] = ()
    choices: tuple[tuple[str, str], ...] = ()


_SAYS_NOTHING = frozenset({Attendance.NOT_REQUIRED, Attendance.NOT_RECORDED})


def gaps(rubric: Rubric, kinds: Mapping[str, type[Details]]) -> list[Gap]:
    """What of the catalogue nobody has priced, kind by kind: a question to the author, never a mistake."""
    by_kind: dict[str, list[Selects]] = {}
    for _, clause in rubric.clauses:
        for selects in (*clause.counts, *clause.spoiled_by):
            for kind in selects.kinds:
                by_kind.setdefault(kind, []).append(selects)
    found = [
        _gap(kind, details, by_kind[kind]) if kind in by_kind else Gap(kind=kind, whole=True)
        for kind, details in kinds.items()
    ]
    return [gap for gap in found if gap != Gap(kind=gap.kind)]


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


def _check_clause(
    found: list[Problem],
    at: str,
    clause: Clause,
    kinds: Mapping[str, type[Details]],
    before: set[str],
) -> None:
    if not clause.counts:
        found.append(problem(f"{at}/counts", "没有写明计什么", "does not say what counts"))
    for i, selects in enumerate(clause.counts):
        found.extend(check_selects(selects, kinds, f"{at}/counts/{i}"))
    for i, selects in enumerate(clause.spoiled_by):
        found.extend(check_selects(selects, kinds, f"{at}/spoiled_by/{i}"))
    for i, code in enumerate(clause.beyond):
        if code not in before:
            found.append(
                problem(
                    f"{at}/beyond/{i}",
                    f"前面没有条目 {code}",
                    f"no clause before this one is called {code}",
                )
            )
    if isinstance(clause.measure, Each | Once) and isinstance(clause.measure.price, Table):
        _check_table(found, at, clause, clause.measure.price, kinds)
    match clause.measure:
        case Each(from_nth=nth) if nth < 1:
            found.append(problem(f"{at}/from_nth", "应从 1 起", "starts at 1"))
        case Full(acts=acts) if acts < 1:
            found.append(problem(f"{at}/full/acts", "至少 1 次", "is at least 1"))
        case _:
            pass
    if clause.cap is not None and clause.cap < 0:
        found.append(problem(f"{at}/cap", "不能是负数", "cannot be negative"))
    if clause.times is not None and clause.times < 1:
        found.append(problem(f"{at}/times", "至少 1 次", "is at least 1"))
    for b, share in clause.shares:
        if not 0 <= share <= 1:
            found.append(
                problem(f"{at}/shares/{b.value}", "应在 0 与 1 之间", "lies between 0 and 1")
            )


def _check_table(
    found: list[Problem],
    at: str,
    clause: Clause,
    table: Table,
    kinds: Mapping[str, type[Details]],
) -> None:
    at = f"{at}/{'each' if isinstance(clause.measure, Each) else 'once'}/prices"
    if table.by is Axis.DETAIL:
        values = frozenset(row for row, _ in table.prices)
        for kind in (k for s in clause.counts for k in s.kinds if k in kinds):
            check_where(found, at, Where(name=table.detail, values=values), kind, kinds[kind])
        return
    if table.by is Axis.OUTCOME and not any(s.passed_any or s.passed_all for s in clause.counts):
        found.append(
            problem(
                at,
                "按采用层级计分,须写明达到的环节",
                "goes by an outcome, but no stage is asked for",
            )
        )
    words = [str(c.value) for c in ROWS[table.by]]
    for row, _ in table.prices:
        if row not in words:
            found.append(
                problem(
                    f"{at}/{row}",
                    f"“{table.by.zh}”没有 {row}(可选:{'、'.join(words)})",
                    f"{table.by.en} cannot be {row} (one of: {', '.join(words)})",
                )
            )


def _bounds(found: list[Problem], at: str, cap: Fraction | None, floor: Fraction | None) -> None:
    if cap is not None and floor is not None and cap < floor:
        found.append(problem(f"{at}/floor", "高于封顶", "is above the cap"))


def _unique(found: list[Problem], at: str, codes: list[str]) -> None:
    for code in sorted({c for c in codes if codes.count(c) > 1}):
        found.append(problem(at, f"代号 {code} 重复", f"the code {code} is used twice"))
