"""Grades: what needs more than one scorecard. Bands, gates, vetoes, places and opinions of bodies; triggers over several years."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from fractions import Fraction
from typing import Any

from domain.fact import Fact, SubjectId
from domain.kinds.findings import WasGraded
from domain.member import Exit, Person
from domain.period import Period, Span
from domain.rubric import (
    Assessed,
    Board,
    Combine,
    Gate,
    Grade,
    Grading,
    OfficeHeld,
    Places,
    Rubric,
    Run,
    Ties,
    Trigger,
    Way,
)
from domain.scorecard import Points, Scorecard
from domain.unit import Unit
from domain.values import value
from domain.words import Choice


@value(frozen=True, slots=True, kw_only=True)
class Earlier:
    """What an earlier period came to: its total and grade, where known, and the acts that triggers counted in it."""

    period: Period
    total: Points = Points("")
    grade: str = ""
    counted: tuple[tuple[str, int], ...] = ()


@value(frozen=True, slots=True, kw_only=True)
class Opinion:
    """The grade that a body gave, by the code that the rubric names it with, in its own words (which meeting, say)."""

    by: str
    grade: str
    on: date
    deed: str = ""
    wording: str = ""


class Because(Choice):
    """Why a grade is what it is, or is not a better one."""

    BAND = "band", "按得分", "by the total"
    GATE = "gate", "未达到该等次的最低要求", "a gate of that grade is not met"
    NOT_ELIGIBLE = "not_eligible", "该等次不适用于本人", "that grade is not open to him"
    PLACES = "places", "名额已满", "the places are taken"
    TIE = "tie", "同分超出名额", "a tie at the cut of the places"
    LAST = "last", "末位", "among the last"
    VETO = "veto", "否决情形", "a veto"
    OPINIONS = "opinions", "按各评定主体意见", "as several bodies together say"
    DECIDED = "decided", "审定机构决定", "as the deciding body says"
    NO_SUCH_GRADE = (
        "no_such_grade",
        "所评等次不在本办法之列,未计入",
        "a grade that the rubric does not have was passed over",
    )
    NOT_ASSESSED = "not_assessed", "不参加考核", "is not assessed"
    TOO_SHORT = "too_short", "在任月数不足,不评定等次", "served too few months for a grade"


@value(frozen=True, slots=True, kw_only=True)
class GradeReason:
    """One thing that bears on a grade: which grade it gives or keeps from him, and the gate, veto, board or body that says so."""

    because: Because
    grade: str = ""
    by: str = ""


@value(frozen=True, slots=True, kw_only=True)
class TriggerResult:
    """How a trigger stands: `fired` with the step that follows; otherwise whether one more would fire it (`near`).

    `got` of `needed` years (or acts) are there; `periods` are the first days of those that count. `provisional` says that it goes by a grade that the deciding body has yet to give.
    """

    trigger: str
    fired: bool
    step: str
    got: int
    needed: int
    near: bool
    periods: tuple[date, ...] = ()
    provisional: bool = False


@value(frozen=True, slots=True, kw_only=True)
class Graded:
    """A member's (or unit's) grade for a period, why it is so, and what follows.

    `by_score` is the grade of the band alone. `grade` is empty where there is none. `waits_for` is the body that has yet to decide, `tied` says that a tie does. `board` is the list that he is on, `place` his place on
    it where the rubric lets places be shown.
    """

    member: SubjectId
    total: Points
    grade: str
    by_score: str
    reasons: tuple[GradeReason, ...]
    opinions: tuple[Opinion, ...]
    waits_for: str
    tied: bool
    board: str
    place: int | None
    triggers: tuple[TriggerResult, ...]


@dataclass(slots=True)
class _Standing:
    """A member on the way to a grade; `at` is the place of the grade in the document, past its end where there is none."""

    card: Scorecard
    whom: Assessed
    total: Fraction
    breaks: tuple[Fraction, ...]
    at: int
    reasons: list[GradeReason] = field(default_factory=list)
    settled: bool = False
    tied: bool = False
    assessed: bool = True
    listed: bool = True
    board: str = ""


def grade(
    cards: Sequence[Scorecard],
    rubric: Rubric,
    people: Mapping[SubjectId, Person | Unit],
    *,
    earlier: Mapping[SubjectId, Sequence[Earlier]] | None = None,
    opinions: Mapping[SubjectId, Sequence[Opinion]] | None = None,
    offices: Mapping[SubjectId, tuple[OfficeHeld, ...]] | None = None,
    term: Period | None = None,
) -> list[Graded]:
    """The grades of all who are appraised together, in the order of their cards.

    Everyone whose card counts for places has to be given. `earlier` are the results of earlier periods, `opinions` what bodies said of this one, `term` the term of the committee where the members' own do not say.
    """
    grading = rubric.grading
    held, said, before = offices or {}, opinions or {}, earlier or {}
    standings = [
        _standing(card, rubric, _assessed(people[card.member], held.get(card.member, ())))
        for card in cards
    ]
    if grading is not None:
        places = _lists(grading, standings)
        for standings_of in places.values():
            _take_places(grading, rubric, standings_of)
            _take_last(grading, standings_of)
        _hear(grading, rubric, standings, said)
    return [
        _graded(
            s,
            rubric,
            tuple(_latest(said.get(s.card.member, ()))),
            before.get(s.card.member, ()),
            standings,
            term,
        )
        for s in standings
    ]


def opinions_in(facts: Iterable[Fact[Any]], period: Period) -> list[Opinion]:
    """The grades that bodies gave in a period, by day."""
    return sorted(
        (
            Opinion(
                by=f.details.by,
                grade=f.details.grade,
                on=f.on,
                deed=f.deed,
                wording=f.details.wording,
            )
            for f in facts
            if isinstance(f.details, WasGraded) and period.holds(f.on)
        ),
        key=lambda o: (o.on, o.deed),
    )


def _assessed(who: Person | Unit, offices: tuple[OfficeHeld, ...]) -> Assessed:
    if isinstance(who, Unit):
        return Assessed(unit=who)
    return Assessed(person=who, offices=offices)


# Bands, gates, vetoes


def _standing(card: Scorecard, rubric: Rubric, whom: Assessed) -> _Standing:
    """A member with the best grade that his own card gives him."""
    grading, total = rubric.grading, Fraction(card.total)
    if grading is None:
        return _Standing(card, whom, total, (), 0, assessed=False)
    blocks = {b.block: Fraction(b.points) for b in card.blocks}
    for line in card.lines:
        if line.clause:
            blocks[line.clause] = blocks.get(line.clause, Fraction(0)) + Fraction(line.points)
    breaks = tuple(blocks.get(code, Fraction(0)) for code in grading.tie_breaks)
    standing = _Standing(card, whom, total, breaks, len(grading.grades))
    day = card.period.last
    if any(who.has(whom, day) for who in grading.not_assessed):
        standing.assessed = False
        standing.reasons.append(GradeReason(because=Because.NOT_ASSESSED))
        return standing
    vetoed = [
        (veto.grade, veto.code)
        for veto in grading.vetoes
        for counted in card.counted
        if counted.code == veto.code and counted.acts >= veto.acts
    ]
    rule = rubric.part_year
    short = rule is not None and card.months < rule.least_months and rule.is_for(whom, card.period)
    if rule is not None and short and not (vetoed and rule.vetoes_first):
        standing.assessed = False
        standing.reasons.append(GradeReason(because=Because.TOO_SHORT))
        return standing
    # Who served too short a time and is vetoed takes nobody's place.
    standing.listed = not short
    for i in () if short else range(len(grading.grades)):
        if _may_have(standing, rubric, grading.grades[i]):
            standing.at = i
            break
    if vetoed:
        codes = [g.code for g in grading.grades]
        worst, by = max(vetoed, key=lambda v: codes.index(v[0]))
        standing.settled = True
        # A veto never lifts: who has a worse grade by his score keeps it.
        if standing.at == len(codes) or standing.at <= codes.index(worst):
            standing.at = codes.index(worst)
            standing.reasons.append(GradeReason(because=Because.VETO, grade=worst, by=by))
    return standing


def _may_have(standing: _Standing, rubric: Rubric, of: Grade) -> bool:
    """Whether the card gives that grade; what keeps him from it besides the total is noted."""
    if of.at_least is not None and standing.total < of.at_least:
        return False
    if not of.who.has(standing.whom, standing.card.period.last):
        standing.reasons.append(GradeReason(because=Because.NOT_ELIGIBLE, grade=of.code))
        return False
    missed = [g.code for g in _gates_of(rubric, of) if g.code in _missed(standing.card)]
    for code in missed:
        standing.reasons.append(GradeReason(because=Because.GATE, grade=of.code, by=code))
    return not missed


def _gates_of(rubric: Rubric, of: Grade) -> list[Gate]:
    return [g for g in rubric.gates if g.code in of.gates or of.code in g.grades]


def _missed(card: Scorecard) -> frozenset[str]:
    return frozenset(g.gate for g in card.gates if not g.met)


# Places


def _lists(grading: Grading, standings: Sequence[_Standing]) -> dict[str, list[_Standing]]:
    """Those who are assessed by the list that they are on; a list kept for each unit is one for each."""
    found: dict[str, list[_Standing]] = {}
    for standing in standings:
        if not (standing.assessed and standing.listed):
            continue
        day = standing.card.period.last
        board = next((b for b in grading.boards if b.who.has(standing.whom, day)), None)
        standing.board = "" if board is None else _name(board, standing.whom, day)
        found.setdefault(standing.board, []).append(standing)
    return found


def _name(board: Board, whom: Assessed, day: date) -> str:
    if board.by is None or whom.person is None:
        return board.code
    unit = next(
        (m.unit for m in whom.person.memberships if m.bond is board.by and m.primary and m.on(day)),
        None,
    )
    return board.code if unit is None else f"{board.code}/{unit}"


def _how_many(places: Places, of: int) -> int:
    """How many places there are among so many."""
    if places.number is not None:
        return places.number
    exact = (places.share or Fraction(0)) * of
    whole, over = divmod(exact.numerator, exact.denominator)
    rest = Fraction(over, exact.denominator)
    match places.way or Way.DOWN:
        case Way.DOWN:
            return whole
        case Way.UP:
            return whole + (over > 0)
        case Way.HALF_UP:
            return whole + (rest >= Fraction(1, 2))
        case Way.HALF_EVEN:
            return whole + (rest > Fraction(1, 2) or (rest == Fraction(1, 2) and whole % 2 == 1))


def _rank(standing: _Standing) -> tuple[Fraction, ...]:
    """What places go by: the total, then what breaks ties; higher is better."""
    return (standing.total, *standing.breaks)


def _take_places(grading: Grading, rubric: Rubric, on_list: Sequence[_Standing]) -> None:
    """Who is over the number of places of a grade goes on to the next that he may have."""
    for i, of in enumerate(grading.grades):
        if of.places is None:
            continue
        pool = [s for s in on_list if s.at == i and not s.settled]
        room = _how_many(of.places, len(on_list))
        if len(pool) <= room:
            continue
        pool.sort(key=_rank, reverse=True)
        edge = _rank(pool[room - 1]) if room else None
        split = room > 0 and _rank(pool[room]) == edge
        ties = grading.ties or Ties.ALL
        for place, standing in enumerate(pool):
            at_edge = split and _rank(standing) == edge
            if at_edge and ties is Ties.ALL:
                continue
            if place < room and not at_edge:
                continue
            because = Because.TIE if at_edge else Because.PLACES
            standing.tied = standing.tied or (at_edge and ties is Ties.BODY)
            standing.reasons.append(GradeReason(because=because, grade=of.code, by=standing.board))
            standing.at = next(
                (
                    j
                    for j in range(i + 1, len(grading.grades))
                    if _may_have(standing, rubric, grading.grades[j])
                ),
                len(grading.grades),
            )


def _take_last(grading: Grading, on_list: Sequence[_Standing]) -> None:
    """The last so many of a list get the grade that is theirs, unless they have a worse one."""
    for i, of in enumerate(grading.grades):
        if of.last is None:
            continue
        room = min(_how_many(of.last, len(on_list)), len(on_list))
        if not room:
            continue
        pool = sorted(on_list, key=_rank)
        edge = _rank(pool[room - 1])
        split = room < len(pool) and _rank(pool[room]) == edge
        ties = grading.ties or Ties.ALL
        for place, standing in enumerate(pool):
            at_edge = split and _rank(standing) == edge
            if (at_edge and ties is not Ties.ALL) or (place >= room and not at_edge):
                standing.tied = standing.tied or (at_edge and ties is Ties.BODY)
                continue
            if standing.at < i and not standing.settled:
                standing.at = i
                standing.reasons.append(
                    GradeReason(because=Because.LAST, grade=of.code, by=standing.board)
                )


# Bodies


def _latest(opinions: Iterable[Opinion]) -> list[Opinion]:
    """Of several opinions of one body the last."""
    found: dict[str, Opinion] = {}
    for opinion in sorted(opinions, key=lambda o: (o.on, o.deed)):
        found[opinion.by] = opinion
    return list(found.values())


def _hear(
    grading: Grading,
    rubric: Rubric,
    standings: Sequence[_Standing],
    said: Mapping[SubjectId, Sequence[Opinion]],
) -> None:
    """What the bodies say, where the rubric lets it decide: a veto stands, and no grade is had without its gates."""
    codes = [g.code for g in grading.grades]
    bodies = {body.code for body in grading.opinions}
    for standing in standings:
        if not standing.assessed:
            continue
        opinions = {o.by: o for o in _latest(said.get(standing.card.member, ()))}
        heard = bodies | ({grading.decided_by.code} if grading.decided_by is not None else set())
        standing.reasons += [
            GradeReason(because=Because.NO_SUCH_GRADE, grade=o.grade, by=by)
            for by, o in opinions.items()
            if by in heard and o.grade not in codes
        ]
        given = [
            codes.index(o.grade) for by, o in opinions.items() if by in bodies and o.grade in codes
        ]
        if given and grading.combine is not Combine.REFERENCE and not standing.settled:
            at = _combined(given, grading.combine)
            missed, day = _missed(standing.card), standing.card.period.last
            while at < len(codes) and (
                not grading.grades[at].who.has(standing.whom, day)
                or any(g.code in missed for g in _gates_of(rubric, grading.grades[at]))
            ):
                at += 1
            standing.at = at
            standing.reasons.append(
                GradeReason(because=Because.OPINIONS, grade=codes[at] if at < len(codes) else "")
            )
        if grading.decided_by is not None:
            decision = opinions.get(grading.decided_by.code)
            if decision is not None and decision.grade in codes:
                standing.at, standing.tied = codes.index(decision.grade), False
                standing.reasons.append(
                    GradeReason(
                        because=Because.DECIDED, grade=decision.grade, by=grading.decided_by.code
                    )
                )


def _combined(given: Sequence[int], how: Combine) -> int:
    """One of several grades by their places in the document, best first."""
    match how:
        case Combine.HIGHEST:
            return min(given)
        case Combine.MAJORITY:
            return max(given, key=lambda at: (given.count(at), at))
        case Combine.LOWEST | Combine.REFERENCE:
            return max(given)


# What comes out


def _graded(
    standing: _Standing,
    rubric: Rubric,
    opinions: tuple[Opinion, ...],
    earlier: Sequence[Earlier],
    standings: Sequence[_Standing],
    term: Period | None,
) -> Graded:
    grading = rubric.grading
    final = by_score = waits_for = ""
    place: int | None = None
    if grading is not None and standing.assessed:
        codes = [g.code for g in grading.grades]
        final = codes[standing.at] if standing.at < len(codes) else ""
        bounds = any(g.at_least is not None for g in grading.grades)
        by_score = next(
            (
                g.code
                for g in grading.grades
                if (bounds and g is grading.grades[-1] and g.at_least is None)
                or (g.at_least is not None and standing.total >= g.at_least)
            ),
            "",
        )
        decided = any(r.because is Because.DECIDED for r in standing.reasons)
        if grading.decided_by is not None and not decided:
            waits_for = grading.decided_by.code
        if grading.ranking is not None:
            on_list = [
                s for s in standings if s.assessed and s.listed and s.board == standing.board
            ]
            if len(on_list) >= grading.ranking.at_least:
                place = 1 + sum(_rank(s) > _rank(standing) for s in on_list)
        known = [r for r in standing.reasons if r.because is not Because.NO_SUCH_GRADE]
        if not known and final:
            standing.reasons.append(GradeReason(because=Because.BAND, grade=final))
    return Graded(
        member=standing.card.member,
        total=standing.card.total,
        grade=final,
        by_score=by_score,
        reasons=tuple(standing.reasons),
        opinions=opinions,
        waits_for=waits_for,
        tied=standing.tied,
        board=standing.board,
        place=place,
        triggers=_triggers(rubric, standing, final, earlier, term, waits=bool(waits_for)),
    )


# Years


def _triggers(
    rubric: Rubric,
    standing: _Standing,
    final: str,
    earlier: Sequence[Earlier],
    said: Period | None,
    *,
    waits: bool,
) -> tuple[TriggerResult, ...]:
    card, day = standing.card, standing.card.period.last
    term = _term(standing.whom, card.period) if said is None else (said.first, said.last)
    now = Earlier(
        period=card.period,
        total=card.total,
        grade=final,
        counted=tuple((c.code, c.acts) for c in card.counted),
    )
    before = sorted(
        (e for e in earlier if e.period.last < card.period.first), key=lambda e: e.period.first
    )
    return tuple(
        replace(found, provisional=found.fired and waits and bool(trigger.grades))
        for trigger in rubric.triggers
        if trigger.who.has(standing.whom, day)
        for found in (_trigger(trigger, [*before, now], term, _missed(card)),)
    )


def _term(whom: Assessed, period: Period) -> tuple[date, date | None]:
    """First and last day of the term that a period ends in; open where nothing says when it began or ends.

    Who left the committee has not ended its term.
    """
    terms = () if whom.person is None else whom.person.terms
    for term in terms:
        if term.since <= period.last and (term.until is None or period.first <= term.until):
            left = term.exit not in {None, Exit.TERM_ENDED}
            return term.since, None if left else term.until
    return date.min, None


def _trigger(
    of: Trigger,
    results: Sequence[Earlier],
    term: tuple[date, date | None],
    missed: frozenset[str],
) -> TriggerResult:
    in_term = [r for r in results if r.period.last >= term[0]]
    if of.within is Span.TERM:
        return _over_a_term(of, in_term, term)
    held = [
        r
        for r in (in_term if of.run is Run.IN_TERM else results)
        if _holds(of, r, missed if r is results[-1] else None)
    ]
    holds_now = bool(held) and held[-1] is results[-1]
    if of.run is Run.IN_TERM:
        got = len(held)
        times = got - of.years + 1
        near = not holds_now or got < of.years
        near = near and got == of.years - 1 and of.years > 1
    else:
        runs = _runs(results, held)
        got = runs[-1] if holds_now else 0
        times = sum(
            run >= of.years
            for r, run in zip(results, runs, strict=True)
            if r.period.last >= term[0]
        )
        near = holds_now and got == of.years - 1
    fired = holds_now and got >= of.years
    if not fired and of.acts is not None and of.years == 1:
        # One more act of the same kind would do.
        one_more = replace(results[-1], counted=_with_one_more(results[-1], of.code))
        near = not holds_now and _holds(of, one_more, missed)
    return TriggerResult(
        trigger=of.code,
        fired=fired,
        step=of.then[min(max(times, 1), len(of.then)) - 1] if fired else "",
        got=got,
        needed=of.years,
        near=near,
        periods=tuple(r.period.first for r in held),
    )


def _with_one_more(result: Earlier, code: str) -> tuple[tuple[str, int], ...]:
    """What was counted in a period, with one act more."""
    counted = dict(result.counted)
    return tuple((counted | {code: counted.get(code, 0) + 1}).items())


def _runs(results: Sequence[Earlier], held: Sequence[Earlier]) -> list[int]:
    """For each period how many in a row, up to it, it has held in; a period of which nothing is known ends a row."""
    runs: list[int] = []
    for i, result in enumerate(results):
        if not any(h is result for h in held):
            runs.append(0)
            continue
        follows = i > 0 and results[i - 1].period.last + timedelta(days=1) == result.period.first
        runs.append(runs[-1] + 1 if follows else 1)
    return runs


def _holds(of: Trigger, result: Earlier, missed: frozenset[str] | None) -> bool:
    """Whether all that a trigger names held in a period; of what is not known of an earlier one nothing is assumed."""
    if of.grades and result.grade not in of.grades:
        return False
    if of.below is not None and not (result.total and Fraction(result.total) < of.below):
        return False
    if of.at_least is not None and not (result.total and Fraction(result.total) >= of.at_least):
        return False
    if of.gates and (missed is None or not missed.intersection(of.gates)):
        return False
    if of.counts:
        acts = dict(result.counted).get(of.code)
        if acts is None:
            return False
        return acts >= of.acts if of.acts is not None else acts < (of.fewer_than or 0)
    return True


def _over_a_term(
    of: Trigger, in_term: Sequence[Earlier], term: tuple[date, date | None]
) -> TriggerResult:
    """Acts of a whole term: so many lead on as soon as they are there, too few when the term is over."""
    by_period = [(r.period.first, dict(r.counted).get(of.code, 0)) for r in in_term]
    got = sum(acts for _, acts in by_period)
    if of.acts is not None:
        # So many acts are one time, so many more the next.
        needed, now = of.acts, by_period[-1][1]
        times = got // needed
        fired = times > (got - now) // needed
        near = not fired and (got + 1) % needed == 0
    else:
        needed = of.fewer_than or 0
        over = term[1] is not None and term[1] <= in_term[-1].period.last
        fired = over and got < needed
        near = not over and got < needed
        times = 1
    return TriggerResult(
        trigger=of.code,
        fired=fired,
        step=of.then[min(max(times, 1), len(of.then)) - 1] if fired else "",
        got=got,
        needed=needed,
        near=near,
        periods=tuple(first for first, acts in by_period if acts),
    )
