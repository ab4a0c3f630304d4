"""What in a rubric may turn out badly, from its text and from the scorecards of a past period."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import combinations, pairwise

from domain.attainable import (
    add,
    best_start,
    dearest,
    figures_of,
    least,
    most_of,
    most_of_all,
    together,
)
from domain.fact import Attendance
from domain.kinds.about import Shape, Subject
from domain.rubric import (
    EVERYONE,
    Acts,
    AttendanceOf,
    Block,
    Clause,
    Each,
    FromMembers,
    Full,
    Gate,
    Mean,
    Once,
    Per,
    PointsOf,
    Rate,
    Rubric,
    Short,
    Steps,
    Summed,
    Who,
    Whose,
    Within,
    points_text,
)
from domain.rubric_checks import Kinds, groups_of
from domain.scorecard import Cut, Doing, Scorecard
from domain.selection import (
    Selects,
    Where,
)
from domain.silences import at_other_levels, settled, takes
from domain.unpriced import gaps
from domain.words import Choice

DOMINANT = Fraction(1, 2)
"""The part of all points above which one clause or block dominates."""
CLIFF = Fraction(1, 3)
"""The part of all points above which one act makes too much of a difference."""
NEARLY_ALL = Fraction(95, 100)
"""The part of members from which on something is said of everybody."""


class Worry(Choice):
    """What may turn out badly with a rubric."""

    UNREACHABLE_GRADE = "unreachable_grade", "等次够不着", "a grade that nobody can reach"
    CONTRADICTION = "contradiction", "前提要求互相矛盾", "gates that contradict one another"
    DOMINATES = "dominates", "一项独大", "one part dominates"
    CLIFF = "cliff", "一次定输赢", "one act decides too much"
    REPEATABLE = "repeatable", "可以无限重复", "can be repeated without end"
    PAID_TWICE = "paid_twice", "一事两计", "one act is paid twice"
    NOT_PRICED = "not_priced", "没有分值", "without a price"
    CAP_OUT_OF_REACH = "cap_out_of_reach", "封顶够不着", "a cap that cannot be reached"
    UNEARNABLE = "unearnable", "无人能得", "nobody can earn it"
    NOBODY_EARNED = "nobody_earned", "无人得分", "nobody earned it"
    EVERYBODY_EARNED = "everybody_earned", "人人得分", "everybody earned it"
    MOST_OF_POINTS = "most_of_points", "占得分大半", "makes most of the points"
    EMPTY_BAND = "empty_band", "等次无人", "a grade that nobody has"
    CAP_BINDS = "cap_binds", "人人封顶", "a cap that binds nearly everyone"


@dataclass(frozen=True, slots=True, kw_only=True)
class Concern:
    """Something of a rubric that an author may want to think about: where, what sort, why, and the clauses concerned."""

    path: str
    sort: Worry
    zh: str
    en: str
    clauses: tuple[str, ...] = ()


@dataclass(slots=True)
class _Look:
    """A rubric under observation, fit for use: what can be had of its parts, and what was found."""

    rubric: Rubric
    kinds: Kinds
    most: Mapping[str, Fraction | None]
    places: Mapping[str, tuple[str, Block, Clause]]
    found: list[Concern]

    def say(self, at: str, sort: Worry, zh: str, en: str, *clauses: str) -> None:
        """Note a concern."""
        self.found.append(Concern(path=at, sort=sort, zh=zh, en=en, clauses=clauses))

    def brings(self, code: str) -> Fraction | None:
        """What a clause can bring within the limits of its block, groups and the total."""
        _, block, clause = self.places[code]
        bound = least(most_of(self.rubric, clause), block.cap)
        for group in groups_of(self.rubric, code):
            if group.within is Within.PERIOD and group.floor is None:
                bound = least(bound, group.cap)
        bound = None if bound is None else bound * block.weight
        return least(bound, self.rubric.cap)

    @property
    def all(self) -> Fraction | None:
        """All that can be had; where that has no end, what the best grade takes."""
        total = self.most[""]
        return self.top if total is None else total

    @property
    def top(self) -> Fraction | None:
        """What the best grade takes."""
        grading = self.rubric.grading
        return None if grading is None or not grading.grades else grading.grades[0].at_least


def health(
    rubric: Rubric,
    kinds: Kinds,
    *,
    dominant: Fraction = DOMINANT,
    cliff: Fraction = CLIFF,
) -> list[Concern]:
    """What in a rubric without problems may turn out badly, from the document alone."""
    look = _Look(
        rubric=rubric,
        kinds=kinds,
        most=most_of_all(rubric),
        places={
            clause.code: (f"/blocks/{i}/clauses/{j}", block, clause)
            for i, block in enumerate(rubric.blocks)
            for j, clause in enumerate(block.clauses)
        },
        found=[],
    )
    _see_grades(look)
    _see_heads(look, dominant)
    _see_cliffs(look, cliff)
    _see_loops(look)
    _see_gaps(look)
    _see_caps(look)
    _see_unearnable(look)
    return look.found


def _see_grades(look: _Look) -> None:
    rubric = look.rubric
    if rubric.grading is None:
        return
    total = look.most[""]
    for i, grade in enumerate(rubric.grading.grades):
        at = f"/grading/grades/{i}"
        if grade.at_least is not None and total is not None and grade.at_least > total:
            look.say(
                f"{at}/at_least",
                Worry.UNREACHABLE_GRADE,
                f"“{grade.zh}”要 {points_text(grade.at_least)} 分,全部得满只有 {points_text(total)} 分",
                f"{grade.en} takes {points_text(grade.at_least)}, and all that can be had is {points_text(total)}",
            )
        gates = [g for g in rubric.gates if g.code in grade.gates or grade.code in g.grades]
        for one, other in combinations(gates, 2):
            if _contradict(one, other):
                look.say(
                    f"{at}/gates",
                    Worry.CONTRADICTION,
                    f"“{grade.zh}”的要求“{one.zh}”与“{other.zh}”不能同时达到",
                    f"of the gates of {grade.en}, “{one.en}” and “{other.en}” cannot both be met",
                )
        for gate in gates:
            asks = gate.asks
            if (
                isinstance(asks, PointsOf)
                and not asks.of
                and asks.at_most is not None
                and grade.at_least is not None
                and asks.at_most < grade.at_least
            ):
                look.say(
                    f"{at}/gates",
                    Worry.CONTRADICTION,
                    f"“{grade.zh}”要 {points_text(grade.at_least)} 分,“{gate.zh}”却要求总分不超过 {points_text(asks.at_most)} 分",
                    f"{grade.en} takes {points_text(grade.at_least)}, and “{gate.en}” a total of at most {points_text(asks.at_most)}",
                )


def _contradict(one: Gate, other: Gate) -> bool:
    """Whether two gates ask the same number to be high and low, of people that both are for."""
    if one.who != other.who and EVERYONE not in (one.who, other.who):
        return False
    a, b = one.asks, other.asks
    if isinstance(a, AttendanceOf) or isinstance(b, AttendanceOf):
        return False
    if isinstance(a, Acts):
        same = isinstance(b, Acts) and (
            replace(a, at_least=None, at_most=None) == replace(b, at_least=None, at_most=None)
        )
    else:
        same = isinstance(b, PointsOf) and a.of == b.of
    return same and any(
        high.at_least is not None and low.at_most is not None and high.at_least > low.at_most
        for high, low in ((a, b), (b, a))
    )


def _see_heads(look: _Look, dominant: Fraction) -> None:
    rubric, total, top = look.rubric, look.most[""], look.top

    def dominates(points: Fraction | None) -> bool:
        if points is None:
            return total is not None or top is not None
        return (total is not None and points > total * dominant) or (
            top is not None and points >= top > 0
        )

    for i, block in enumerate(rubric.blocks):
        alone = [c for c in block.clauses if dominates(look.brings(c.code))]
        if len(look.places) > 1:
            for clause in alone:
                _say_head(look, look.places[clause.code][0], clause, look.brings(clause.code))
        if not alone and len(rubric.blocks) > 1 and dominates(look.most[block.code]):
            _say_head(look, f"/blocks/{i}", block, look.most[block.code])


def _say_head(look: _Look, at: str, of: Clause | Block, points: Fraction | None) -> None:
    zh, en = ("没有上限", "without end") if points is None else _figure(points)
    total, top = look.most[""], look.top
    if total is not None:
        against = f"总共可得 {points_text(total)} 分", f"{points_text(total)} can be had in all"
    else:
        least = Fraction(0) if top is None else top
        against = (
            f"最高等次只要 {points_text(least)} 分",
            f"the best grade takes {points_text(least)}",
        )
    codes = [of.code] if isinstance(of, Clause) else [c.code for c in of.clauses]
    look.say(
        at,
        Worry.DOMINATES,
        f"“{of.zh}”一项就可得{zh},{against[0]}",
        f"“{of.en}” alone can bring points {en}; {against[1]}"
        if points is None
        else f"“{of.en}” alone can bring {en}; {against[1]}",
        *codes,
    )


def _figure(points: Fraction) -> tuple[str, str]:
    return f" {points_text(points)} 分", points_text(points)


def _see_cliffs(look: _Look, cliff: Fraction) -> None:
    every = look.all
    if not every or every < 0:
        return
    for code, (at, block, clause) in look.places.items():
        act = _one_act(clause)
        worth = None if act is None else least(act * block.weight, look.brings(code))
        if worth is not None and worth > every * cliff:
            at_once = isinstance(clause.measure, Full) and not clause.measure.partial
            look.say(
                at,
                Worry.CLIFF,
                f"“{clause.zh}”{'差一次就一分不得,一次' if at_once else '一次'}相差 {points_text(worth)} 分",
                f"“{clause.en}”: one act makes a difference of {points_text(worth)}",
                code,
            )
        _see_bands(look, at, clause, worth)
        decided = [g for g in look.rubric.gates if g.code in clause.gates]
        if clause.spoiled_by or any(isinstance(g.asks, Acts) for g in decided):
            _say_cliff(look, at, clause, look.brings(code), every * cliff)
    for i, block in enumerate(look.rubric.blocks):
        decided = [g for g in look.rubric.gates if g.code in block.gates]
        if any(isinstance(g.asks, Acts) for g in decided):
            _say_cliff(look, f"/blocks/{i}", block, look.most[block.code], every * cliff)


def _say_cliff(
    look: _Look, at: str, of: Clause | Block, points: Fraction | None, limit: Fraction
) -> None:
    """One act more or less brings a whole clause or block to nothing."""
    if points is not None and points <= limit:
        return
    zh, en = ("没有上限的分", "points without end") if points is None else _figure(points)
    codes = [of.code] if isinstance(of, Clause) else [c.code for c in of.clauses]
    look.say(
        at,
        Worry.CLIFF,
        f"差一次,“{of.zh}”整项不得分,相差{zh}",
        f"one act less, or one too many, and “{of.en}” brings nothing: a difference of {en}",
        *codes,
    )


def _see_bands(look: _Look, at: str, clause: Clause, worth: Fraction | None) -> None:
    """One act that leaps over a whole band."""
    grading = look.rubric.grading
    if grading is None or worth is None:
        return
    bands = [g for g in grading.grades if g.at_least is not None]
    for above, grade in pairwise(bands):
        width = (above.at_least or Fraction(0)) - (grade.at_least or Fraction(0))
        if worth >= width > 0:
            look.say(
                at,
                Worry.CLIFF,
                f"“{clause.zh}”一次 {points_text(worth)} 分,能越过整个“{grade.zh}”({points_text(width)} 分)",
                f"“{clause.en}”: one act of {points_text(worth)} leaps over the whole of {grade.en} ({points_text(width)})",
                clause.code,
            )
            return


def _one_act(clause: Clause) -> Fraction | None:
    """What one act can move; None where a rate or a number without limit says so."""
    match clause.measure:
        case Each(price=price) | Once(price=price) | Mean(price=price) | Summed(price=price):
            return dearest(price)
        case Steps(steps=steps):
            return max(p for _, p in steps)
        case Full(points=points, acts=acts, partial=partial):
            return points / acts if partial else points
        case Short(points=points):
            return points
        case Rate() | FromMembers():
            return None


_AT_WILL = frozenset({Shape.OCCASION, Shape.MATTER})


def _see_loops(look: _Look) -> None:
    for code, (at, _, clause) in look.places.items():
        best = dearest(clause.measure.price) if isinstance(clause.measure, Each) else None
        pays = isinstance(clause.measure, Each) and (best is None or best > 0) and _pays(clause)
        endless = isinstance(clause.measure, Steps) and clause.measure.steps[-1][1] > 0
        if (
            (pays or endless)
            and look.brings(code) is None
            and clause.distinct is None
            and any(_at_will(look.kinds, s) for s in clause.counts)
        ):
            look.say(
                at,
                Worry.REPEATABLE,
                f"“{clause.zh}”每次计分,没有封顶,多做(多报)即多得",
                f"“{clause.en}” pays every act without a cap, so that repeating brings ever more",
                code,
            )
    clauses = [(c, at, b.code) for at, b, c in look.places.values()]
    for (one, _, _), (other, at, _) in combinations(clauses, 2):
        kind = next(
            (
                k
                for a in one.counts
                for b in other.counts
                if a.stages == b.stages and not at_other_levels(a, b) and _overlap(a, b)
                for k in a.kinds
                if k in b.kinds and k in look.kinds
            ),
            None,
        )
        if (
            kind is not None
            and _pays(one)
            and _pays(other)
            and _for_the_same(one.who, other.who)
            and one.whose is other.whose
            and (not one.of_kinds or not other.of_kinds or one.of_kinds & other.of_kinds)
            and not settled(look.rubric, one, other)
            and not _share_a_group(look.rubric, one, other)
        ):
            look.say(
                at,
                Worry.PAID_TWICE,
                f"同一次{look.kinds[kind].about.zh}在“{one.zh}”与“{other.zh}”都计分",
                f"one and the same act ({look.kinds[kind].about.en}) is paid by “{one.en}” and by “{other.en}”",
                one.code,
                other.code,
            )


def _at_will(kinds: Kinds, selects: Selects) -> bool:
    """Whether anybody can do it again and again: it asks for nothing that others decide."""
    return (
        not selects.stages
        and not selects.mandatory
        and any(k in kinds and kinds[k].about.shape in _AT_WILL for k in selects.kinds)
    )


def _pays(clause: Clause) -> bool:
    return any(p > 0 for p in figures_of(clause))


def _share_a_group(rubric: Rubric, one: Clause, other: Clause) -> bool:
    return any(g in groups_of(rubric, other.code) for g in groups_of(rubric, one.code))


def _for_the_same(one: Who, other: Who) -> bool:
    """Whether somebody can be meant by both, as far as roles, classes and ticks tell."""
    if one.holds and not one.offices and one.holds <= other.lacks:
        return False
    if other.holds and not other.offices and other.holds <= one.lacks:
        return False
    for name in ("classes", "kinds"):
        if not _meet(getattr(one, name), getattr(other, name)):
            return False
    return all(
        None in (getattr(one, name), getattr(other, name))
        or getattr(one, name) is getattr(other, name)
        for name in ("party", "public", "higher", "added")
    )


def _meet(one: frozenset[object], other: frozenset[object]) -> bool:
    """Whether two lists of what is asked have something in common; an empty one asks nothing."""
    return not one or not other or bool(one & other)


def _overlap(one: Selects, other: Selects) -> bool:
    """Whether one fact can be meant by both, as far as their words tell."""
    for name in (
        "capacities",
        "states",
        "leaves",
        "parts",
        "spoke",
        "levels",
        "bylines",
        "records",
    ):
        if not _meet(getattr(one, name), getattr(other, name)):
            return False
    for name in ("key", "mandatory", "whole"):
        asked = {getattr(one, name), getattr(other, name)}
        if asked == {True, False}:
            return False
    for a, b in ((one, other), (other, one)):
        low, high = a.attended_from, b.attended_below
        if low is not None and high is not None and low >= high:
            return False
        if any(not p.levels and not p.ranks and p.stage in b.stages for p in a.passed_none):
            return False
    theirs = {w.name: w for w in other.where}
    return all(w.name not in theirs or _both(w, theirs[w.name]) for w in one.where)


def _both(one: Where, other: Where) -> bool:
    """Whether one detail can say what both ask."""
    for a, b in ((one, other), (other, one)):
        if a.at_least is not None and b.at_most is not None and a.at_least > b.at_most:
            return False
        if a.values and not a.values - b.unless:
            return False
    either = not (one.values and other.values) or bool(one.values & other.values)
    return one.is_range or other.is_range or either


def _see_gaps(look: _Look) -> None:
    found = gaps(look.rubric, look.kinds)
    whole = [look.kinds[g.kind].about for g in found if g.whole]
    if whole:
        look.say(
            "/blocks",
            Worry.NOT_PRICED,
            f"办法没有提到:{'、'.join(a.zh for a in whole)}",
            f"the rubric does not speak of: {'; '.join(a.en for a in whole)}",
        )
    by_states: dict[tuple[Attendance, ...], list[str]] = {}
    for gap in found:
        if gap.states:
            by_states.setdefault(gap.states, []).append(gap.kind)
    for states, named in by_states.items():
        abouts = [look.kinds[kind].about for kind in named]
        clauses = [
            code
            for code, (_, _, clause) in look.places.items()
            if any(kind in s.kinds for s in clause.counts for kind in named)
        ]
        look.say(
            "/blocks",
            Worry.NOT_PRICED,
            f"{'、'.join(a.zh for a in states)}没有规定({'、'.join(a.zh for a in abouts)})",
            f"nothing is said about {', '.join(a.en for a in states)} ({'; '.join(a.en for a in abouts)})",
            *clauses,
        )


def _see_caps(look: _Look) -> None:
    bounds = {code: most_of(look.rubric, c) for code, (_, _, c) in look.places.items()}
    for i, block in enumerate(look.rubric.blocks):
        inside = [c.code for c in block.clauses]
        points = add(best_start(block), together(look.rubric, bounds, inside))
        if block.cap is not None and points is not None and points < block.cap:
            look.say(
                f"/blocks/{i}/cap",
                Worry.CAP_OUT_OF_REACH,
                f"“{block.zh}”封顶 {points_text(block.cap)} 分,各条目得满只有 {points_text(points)} 分",
                f"the cap of “{block.en}” is {points_text(block.cap)}, and all of its clauses come to {points_text(points)}",
                *inside,
            )


def _see_unearnable(look: _Look) -> None:
    for code, (at, _, clause) in look.places.items():
        if isinstance(clause.measure, FromMembers) or (takes(clause) and not _pays(clause)):
            continue
        why = _why_unearnable(look, clause)
        if why is not None:
            look.say(
                at,
                Worry.UNEARNABLE,
                f"“{clause.zh}”无人能得分:{why[0]}",
                f"nobody can earn “{clause.en}”: {why[1]}",
                code,
            )


def _why_unearnable(look: _Look, clause: Clause) -> tuple[str, str] | None:
    if look.brings(clause.code) == 0:
        return "分值或封顶为 0", "its prices or caps are 0"
    own = look.rubric.subject is Subject.UNIT and clause.whose is Whose.OWN
    unit = own or clause.whose is Whose.UNIT
    subject = Subject.UNIT if unit else Subject.MEMBER
    if not any(
        k in look.kinds and subject in look.kinds[k].about.subjects
        for s in clause.counts
        for k in s.kinds
    ):
        return (
            f"所计的都不能是{subject.zh}的履职",
            f"nothing of what counts can be done by a {subject.en}",
        )
    if clause.counts and all(_is_void(s) for s in clause.counts):
        return "既要求达到又要求未达到同一环节", "it asks for a stage and against it"
    if clause.counts and all(s in clause.spoiled_by for s in clause.counts):
        return "所计的正是使它作废的", "what counts is what spoils it"
    for code in clause.beyond:
        if _takes_all(look.places[code][2], clause):
            first = look.places[code][2]
            return f"全部已由“{first.zh}”计了", f"“{first.en}” has taken all of it before"
    return None


def _is_void(selects: Selects) -> bool:
    barred = {p.stage for p in selects.passed_none if not p.levels and not p.ranks}
    return any(p.stage in barred for p in selects.passed_all) or (
        bool(selects.passed_any) and all(p.stage in barred for p in selects.passed_any)
    )


def _takes_all(first: Clause, clause: Clause) -> bool:
    """Whether everything that counts for a clause has a line in one before it."""
    measure = first.measure
    match measure:
        case Full(points=points):
            every = points > 0
        case Each(price=Fraction() as price, per=Per.ACT, from_nth=1):
            every = price > 0
        case _:
            every = False
    return (
        every
        and first.who in (EVERYONE, clause.who)
        and first.whose is clause.whose
        and (not first.of_kinds or first.of_kinds >= clause.of_kinds > frozenset())
        and not first.shares
        and first.distinct is None
        and first.timing is clause.timing
        and (first.linked or not clause.linked)
        and first.every is None
        and all(s in first.counts for s in clause.counts)
    )


# What came of it


def health_of(
    rubric: Rubric,
    cards: Sequence[Scorecard],
    *,
    dominant: Fraction = DOMINANT,
    nearly_all: Fraction = NEARLY_ALL,
) -> list[Concern]:
    """What the scorecards of a past period under a rubric say about it; of no cards, and of a period without records, nothing."""
    found: list[Concern] = []
    if not any(has_records(card) for card in cards):
        return found
    earned = [_earned(card) for card in cards]
    everything = sum((p for points in earned for p in points.values() if p > 0), Fraction(0))
    several = sum(1 for _ in rubric.clauses) > 1
    for i, block in enumerate(rubric.blocks):
        for j, clause in enumerate(block.clauses):
            found += _of_clause(
                f"/blocks/{i}/clauses/{j}", clause, cards, earned, nearly_all=nearly_all
            )
            own = sum(
                (max(p.get(clause.code, Fraction(0)), Fraction(0)) for p in earned), Fraction(0)
            )
            if several and own > everything * dominant:
                percent = round(own / everything * 100)
                found.append(
                    Concern(
                        path=f"/blocks/{i}/clauses/{j}",
                        sort=Worry.MOST_OF_POINTS,
                        zh=f"全部得分的 {percent}% 来自“{clause.zh}”",
                        en=f"{percent}% of all points come from “{clause.en}”",
                        clauses=(clause.code,),
                    )
                )
    return [*found, *_empty_bands(rubric, cards)]


def has_records(card: Scorecard) -> bool:
    """Whether anything that a card was drawn up from began in its period."""
    return any(card.period.holds(each.on) for each in card.why_not) or any(
        line.clause and card.period.holds(line.on) for line in card.lines
    )


def _earned(card: Scorecard) -> dict[str, Fraction]:
    """What each clause brought (or took) on a card."""
    found: dict[str, Fraction] = {}
    for line in card.lines:
        if line.clause:
            found[line.clause] = found.get(line.clause, Fraction(0)) + Fraction(line.points)
    return found


_NOT_HIS = frozenset({Doing.NOT_ELIGIBLE, Doing.EXEMPT})
_CAPS = frozenset({Cut.CAP, Cut.TIMES})


def _of_clause(
    at: str,
    clause: Clause,
    cards: Sequence[Scorecard],
    earned: Sequence[Mapping[str, Fraction]],
    *,
    nearly_all: Fraction,
) -> Iterator[Concern]:
    code = clause.code
    theirs = [
        points.get(code, Fraction(0))
        for card, points in zip(cards, earned, strict=True)
        if not any(a.clause == code and a.doing in _NOT_HIS for a in card.accounts)
    ]
    have = sum(points > 0 for points in theirs)
    if theirs and _pays(clause) and not have:
        yield Concern(
            path=at,
            sort=Worry.NOBODY_EARNED,
            zh=f"“{clause.zh}”适用于 {len(theirs)} 个对象,无人得分",
            en=f"“{clause.en}” was for {len(theirs)}, and nobody earned it",
            clauses=(code,),
        )
    elif have and have >= len(theirs) * nearly_all:
        yield Concern(
            path=at,
            sort=Worry.EVERYBODY_EARNED,
            zh=f"“{clause.zh}”{len(theirs)} 个对象中有 {have} 个得分,分不出高低",
            en=f"“{clause.en}” was earned by {have} of {len(theirs)} and tells nobody apart",
            clauses=(code,),
        )
    lined = [[x for x in card.lines if x.clause == code] for card in cards]
    lined = [lines for lines in lined if lines]
    bound = sum(
        any(a.cut in _CAPS and a.by == code for x in lines for a in x.adjustments)
        for lines in lined
    )
    if bound and bound >= len(lined) * nearly_all:
        yield Concern(
            path=at,
            sort=Worry.CAP_BINDS,
            zh=f"“{clause.zh}”有计分的 {len(lined)} 个对象中有 {bound} 个已封顶",
            en=f"the cap of “{clause.en}” binds {bound} of the {len(lined)} who have it",
            clauses=(code,),
        )


def _empty_bands(rubric: Rubric, cards: Sequence[Scorecard]) -> Iterator[Concern]:
    """Bands in which no total lies; gates, places and bodies are left out of account."""
    grades = () if rubric.grading is None else rubric.grading.grades
    bands = [(i, g) for i, g in enumerate(grades) if g.at_least is not None or i == len(grades) - 1]
    reached = {
        next(
            (i for i, g in bands if g.at_least is None or Fraction(card.total) >= g.at_least),
            len(grades),
        )
        for card in cards
    }
    for i, grade in bands:
        if i not in reached:
            yield Concern(
                path=f"/grading/grades/{i}",
                sort=Worry.EMPTY_BAND,
                zh=f"没有人的总分落在“{grade.zh}”",
                en=f"nobody's total lies in the band of {grade.en}",
            )
