"""Which of the things that a rubric leaves open bear on one account: what to tell whoever reads it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from fractions import Fraction
from typing import Any

from domain.fact import Attendance, Fact
from domain.grading import Because, Graded
from domain.rubric import Rubric, Silence, Topic
from domain.scorecard import Scorecard
from domain.silences import silences


def all_questions(rubric: Rubric) -> tuple[Silence, ...]:
    """All that a rubric leaves open: what its author says so of, and what it does not mention."""
    return (*rubric.silences, *silences(rubric))


def met(
    questions: Iterable[Silence], card: Scorecard, graded: Graded, facts: Sequence[Fact[Any]]
) -> list[Silence]:
    """Those that bear on a card: a clause that they name has or nearly has a line on it, and what they ask about occurs."""
    touched = {line.clause for line in card.lines} | {w.clause for w in card.why_not}
    return [
        silence
        for silence in questions
        if (not silence.clauses or touched.intersection(silence.clauses))
        and _occurs(silence.topic, card, graded, facts)
    ]


_ON_LEAVE = frozenset({Attendance.LEAVE, Attendance.LEAVE_REFUSED})


def _occurs(topic: Topic, card: Scorecard, graded: Graded, facts: Sequence[Fact[Any]]) -> bool:
    """Whether what a question is about occurs in an account; true of what no account shows."""
    match topic:
        case Topic.ROUNDING:
            return any(Fraction(line.points).denominator > 1 for line in card.lines)
        case Topic.MID_YEAR:
            return card.months < len(card.period.months)
        case Topic.LATE_OUTCOME:
            return any(
                not card.period.holds(r.on) for f in facts if card.period.has(f) for r in f.reached
            )
        case Topic.LEAVE:
            return any(f.attendance in _ON_LEAVE for f in facts if card.period.has(f))
        case Topic.TIES:
            return graded.tied or any(r.because is Because.TIE for r in graded.reasons)
        case Topic.FLOOR:
            return any(Fraction(b.points) < 0 for b in card.blocks)
        case _:
            return True
