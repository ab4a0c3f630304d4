"""What a rubric leaves open and does not ask about: the questions, with the readings that scoring assumes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from itertools import combinations

from domain.attainable import figures_of, leaves_steps
from domain.fact import Attendance
from domain.kinds import KINDS, kind_of
from domain.kinds.about import Subject
from domain.kinds.culture import WasCommended
from domain.kinds.help import ContributedResources
from domain.rubric import (
    Apart,
    Asked,
    AttendanceOf,
    Axis,
    Clause,
    Each,
    Rate,
    Rubric,
    Silence,
    Steps,
    Table,
    Topic,
    Whose,
    Within,
)
from domain.rubric_checks import Kinds, groups_of, has_authors
from domain.selection import (
    Selects,
)
from domain.unpriced import as_priced, looked_at


def silences(rubric: Rubric, kinds: Kinds = KINDS) -> tuple[Silence, ...]:
    """What a document leaves open and answers neither by a field nor by a silence of its own, each with what scoring and grading then do.

    A silence that the author wrote answers its topic for the clauses that it names, and everywhere if it names none.
    """
    asked = (
        *_about_figures(rubric),
        *_about_places(rubric),
        *_about_counting(rubric, kinds),
        *_about_limits(rubric),
        *_about_outcomes(rubric),
        *_about_attendance(rubric),
        *_about_members(rubric, kinds),
    )
    return tuple(
        left
        for one in asked
        if one.topic not in rubric.settled and (left := _left_open(rubric, one)) is not None
    )


def _left_open(rubric: Rubric, silence: Silence) -> Silence | None:
    """What the author's own silences leave of one."""
    own = [s for s in rubric.silences if s.topic is silence.topic]
    if any(not s.clauses for s in own):
        return None
    if not silence.clauses:
        return silence
    answered = {code for s in own for code in s.clauses}
    rest = tuple(code for code in silence.clauses if code not in answered)
    return replace(silence, clauses=rest) if rest else None


def _about_figures(rubric: Rubric) -> Iterator[Silence]:
    if rubric.rounding is not None:
        return
    one = Fraction(1)
    parts = tuple(
        clause.code
        for block, clause in rubric.clauses
        if leaves_steps(rubric, clause, one) or block.weight.denominator != 1
    )
    scales = rubric.part_year is not None and rubric.part_year.total is Asked.MONTHS
    others = [p for b in rubric.blocks for p in (b.cap, b.floor, *(s.points for s in b.starts))]
    others += [p for g in rubric.groups for p in (g.cap, g.floor)]
    others += [rubric.cap, rubric.floor]
    if parts or scales or any(p is not None and p % 1 for p in others):
        yield Silence(
            topic=Topic.ROUNDING,
            zh="得分会出现小数,如何取舍?",
            en="points can come to fractions: are they rounded?",
            reading_zh="不取舍,按精确值累计",
            reading_en="they are not; everything is added up exactly",
            clauses=parts,
        )


def _about_places(rubric: Rubric) -> Iterator[Silence]:
    grading = rubric.grading
    if grading is None:
        return
    places = [p for g in grading.grades for p in (g.places, g.last) if p is not None]
    if places and grading.ties is None:
        yield Silence(
            topic=Topic.TIES,
            zh="名额线(末位线)上同分的如何处理?",
            en="what becomes of equal totals at the cut of the places, or of the last?",
            reading_zh="同分的都入选,名额随之增加;末位同分的都算末位",
            reading_en="all of them are in, and the places grow; of the last, all are among them",
        )
    if any(p.share is not None and p.way is None for p in places):
        yield Silence(
            topic=Topic.QUOTA,
            zh="按比例算出的名额不是整数,如何取整?",
            en="how is a share of places rounded that comes to a fraction?",
            reading_zh="舍去小数,只取整数部分",
            reading_en="it is rounded down",
        )


def _about_counting(rubric: Rubric, kinds: Kinds) -> Iterator[Silence]:
    nth = tuple(
        c.code
        for _, c in rubric.clauses
        if (
            isinstance(c.measure, Steps) or (isinstance(c.measure, Each) and c.measure.from_nth > 1)
        )
        and _open_to_joint(c, kinds)
    )
    if nth:
        yield Silence(
            topic=Topic.SECOND,
            zh="数“第几件”时,联名的算不算一件?",
            en="do joint works count when it is said which act is the second?",
            reading_zh="只要能在本条目得分,联名的也算一件",
            reading_en="yes, wherever they earn something under the clause",
            clauses=nth,
        )
    adds = _adding(rubric)
    if adds:
        yield Silence(
            topic=Topic.ADDS_OR_REPLACES,
            zh="同一件事达到几个层级,各层级的得分是相加还是取高?",
            en="where one work reaches several levels, do their points add or does the highest count?",
            reading_zh="各计各的,相加",
            reading_en="each earns its own, and they add",
            clauses=adds,
        )


def _open_to_joint(clause: Clause, kinds: Kinds) -> bool:
    """Whether works with several authors can count, whatever the byline."""
    return any(
        not s.bylines
        and s.first_names is None
        and has_authors(kinds, (k for k in s.kinds if k not in _OF_EACH))
        for s in clause.counts
    )


_OF_EACH = frozenset({kind_of(ContributedResources), kind_of(WasCommended)})
"""Kinds that several names may stand on, but that nobody calls a joint work."""


def _adding(rubric: Rubric) -> tuple[str, ...]:
    """Clauses that pay one work at several levels, none of which says that the highest replaces the others."""
    clauses = [c for _, c in rubric.clauses]
    found: set[str] = set()
    own = [s for s in rubric.silences if s.topic is Topic.ADDS_OR_REPLACES]
    answered = {code for s in own for code in s.clauses}
    for one, other in combinations(clauses, 2):
        if answered & {one.code, other.code}:
            continue
        if any(
            set(a.kinds) & set(b.kinds) and at_other_levels(a, b)
            for a in one.counts
            for b in other.counts
        ) and not settled(rubric, one, other):
            found |= {one.code, other.code}
    commended = kind_of(WasCommended)
    for clause in clauses:
        measure = clause.measure
        if (
            isinstance(measure, Each)
            and isinstance(measure.price, Table)
            and measure.price.by in {Axis.DETAIL, Axis.LEVEL}
            and any(commended in s.kinds for s in clause.counts)
            and clause.distinct is None
            and clause.times != 1
            and not any(g.best is not None for g in groups_of(rubric, clause.code))
        ):
            found.add(clause.code)
    return tuple(c.code for c in clauses if c.code in found)


def at_other_levels(one: Selects, other: Selects) -> bool:
    """Whether two selections ask for the same stage at different levels."""
    asked = [{p.stage: p.levels for p in (*s.passed_any, *s.passed_all)} for s in (one, other)]
    return any(
        stage in asked[1] and asked[1][stage] != levels for stage, levels in asked[0].items()
    )


def settled(rubric: Rubric, one: Clause, other: Clause) -> bool:
    """Whether the document says how two clauses bear on each other."""
    return (
        one.code in other.beyond
        or other.code in one.beyond
        or any(
            g.best is not None and g in groups_of(rubric, other.code)
            for g in groups_of(rubric, one.code)
        )
    )


def _about_limits(rubric: Rubric) -> Iterator[Silence]:
    both = tuple(
        c.code
        for _, c in rubric.clauses
        if c.cap is not None
        and any(not isinstance(share, Fraction) or 0 < share < 1 for _, share in c.shares)
    )
    if both and rubric.order is None:
        yield Silence(
            topic=Topic.ORDER_OF_LIMITS,
            zh="先按署名分摊,还是先封顶?",
            en="is the share of a byline taken before the cap or after it?",
            reading_zh="先分摊后封顶",
            reading_en="shares first, then the cap",
            clauses=both,
        )
    taking = tuple(
        clause.code
        for block, clause in rubric.clauses
        if block.floor is None
        and rubric.floor is None
        and takes(clause)
        and not any(
            g.floor is not None and g.within is Within.PERIOD
            for g in groups_of(rubric, clause.code)
        )
    )
    if taking:
        yield Silence(
            topic=Topic.FLOOR,
            zh="扣分扣到什么为止?",
            en="how far down do deductions go?",
            reading_zh="没有下限,该部分可以为负,并从其他部分的得分中扣",
            reading_en="there is no floor: the block may fall below zero, and takes from the others",
            clauses=taking,
        )


def takes(clause: Clause) -> bool:
    """Whether something is taken by it."""
    return any(p < 0 for p in figures_of(clause))


def _about_outcomes(rubric: Rubric) -> Iterator[Silence]:
    staged = tuple(c.code for _, c in rubric.clauses if c.stages and c.timing is None)
    if staged and rubric.late is None:
        yield Silence(
            topic=Topic.LATE_OUTCOME,
            zh="下一周期才有的结果(立案、采用、批示等)计入哪一周期?",
            en="which period does an outcome belong to that comes in the next one?",
            reading_zh="计入履职当期,当期得分随之补记,没有期限",
            reading_en="that of the act, whose points rise with it, however late it comes",
            clauses=staged,
        )


_LEAVES = (Attendance.LEAVE, Attendance.LEAVE_REFUSED)


def _about_attendance(rubric: Rubric) -> Iterator[Silence]:
    said: dict[str, set[Attendance]] = {}
    for selects in looked_at(rubric):
        for kind in selects.kinds:
            said.setdefault(kind, set()).update(selects.states or Attendance)
    read = {
        (kind, state)
        for r in rubric.attendance
        for kind in r.counts.kinds
        for state in r.counts.states or Attendance
    }
    codes: list[str] = []
    unsaid: set[Attendance] = set()
    rates: list[str] = []
    unread: set[Attendance] = set()
    for _, clause in rubric.clauses:
        priced = [*(as_priced(clause, s) for s in clause.counts), *clause.spoiled_by]
        asked = [(s, k) for s in priced for k in s.kinds]
        if isinstance(clause.measure, Rate):
            missed = {
                a for s, k in asked for a in _LEAVES if a not in s.states and (k, a) not in read
            }
            unread |= missed
            rates += [clause.code] if missed else []
            continue
        open_ones = {
            a
            for s, k in asked
            if Attendance.ABSENT in s.states
            for a in _LEAVES
            if a not in said.get(k, set())
        }
        unsaid |= open_ones
        codes += [clause.code] if open_ones else []
    for gate in rubric.gates:
        if isinstance(gate.asks, AttendanceOf):
            unread |= {
                a
                for s in gate.asks.counts
                for k in s.kinds
                for a in _LEAVES
                if a not in s.states and (k, a) not in read
            }
    if codes:
        zh, en = _named(unsaid)
        yield Silence(
            topic=Topic.LEAVE,
            zh=f"{zh}算不算缺席?",
            en=f"is it an absence where the state is {en}?",
            reading_zh="不算缺席,不扣分也不影响得分",
            reading_en="no: it takes and spoils nothing",
            clauses=tuple(codes),
        )
    if unread:
        zh, en = _named(unread)
        yield Silence(
            topic=Topic.LEAVE,
            zh=f"算出勤率时,{zh}如何看待?",
            en=f"how does a rate of attendance see the state {en}?",
            reading_zh="计入应到,不计实到",
            reading_en="as expected and not attended",
            clauses=tuple(rates),
        )


def _named(states: set[Attendance]) -> tuple[str, str]:
    kept = [a for a in Attendance if a in states]
    return "、".join(a.zh for a in kept), " or ".join(a.en for a in kept)


def _about_members(rubric: Rubric, kinds: Kinds) -> Iterator[Silence]:
    if rubric.part_year is None and rubric.subject is Subject.MEMBER:
        yield Silence(
            topic=Topic.MID_YEAR,
            zh="年中增补、离任或免于履职一段时间的,如何计分?",
            en="how are members scored who join, leave or are exempt in mid-year?",
            reading_zh="什么都不折算;任职以外的履职不计",
            reading_en="nothing is scaled; what lies outside the membership does not count",
        )
    whole = tuple(
        c.code
        for _, c in rubric.clauses
        if _open_to_joint(c, kinds)
        and not c.shares
        and not _is_by(c, Axis.BYLINE)
        and c.whose is not Whose.UNIT
        and not (
            c.whose is Whose.MEMBERS
            and c.distinct is not None
            and c.distinct.by in {Apart.WORK, Apart.DEED}
        )
    )
    if whole:
        yield Silence(
            topic=Topic.JOINT,
            zh="几人联名或合作的,各得多少?",
            en="what does each author of a joint work get?",
            reading_zh="每位署名人各得全额",
            reading_en="each of them gets the whole",
            clauses=whole,
        )


def _is_by(clause: Clause, axis: Axis) -> bool:
    price = getattr(clause.measure, "price", None)
    return isinstance(price, Table) and price.by is axis
