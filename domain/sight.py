"""Looking at facts: which clause prices which of them, and how near the others came."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from fractions import Fraction
from typing import Any

from domain.fact import Attendance, Capacity, Fact, Spoke, SubjectId
from domain.numbers import reckoned
from domain.people import UnitId
from domain.period import Period
from domain.readied import Amount, Ready, Rule, Seen, times_of
from domain.rubric import (
    Assessed,
    Rubric,
    Split,
    Whose,
)
from domain.selection import (
    RANK,
    Byline,
    Test,
    Why,
    amount,
    byline,
)
from domain.sifting import Sifted, is_upgraded

# day, favour, what it would earn elsewhere, all that it could earn, deed; then the fact's place and its worth
Candidate = tuple[date, Amount, Amount, tuple[tuple[int, Amount], ...], str, int, Amount]


@dataclass(slots=True)
class Sight:
    """What looking at the facts found.

    For each clause its candidates; for each fact the clause that came nearest and why it did not. `base` has for each view of a fact by its outcome the place of that fact, its own for one of an earlier period.
    By the seat of a clause: the occasions that he missed with their half days, those of which nothing is on record, those that were not asked of him.
    """

    candidates: list[list[Candidate]]
    facts: list[Fact[Any]]
    nearest: list[tuple[int, str]]
    base: dict[int, int]
    missed: dict[int, dict[int, int]]
    unrecorded: dict[int, set[int]]
    excused: dict[int, set[int]]


def as_read(
    sifted: Sifted, rubric: Rubric, ready: Ready, period: Period
) -> tuple[list[Fact[Any]], frozenset[int], dict[int, Fact[Any]], frozenset[int]]:
    """The facts as the rubric reads them; the places of those whose speech is told by its text, of those with outcomes that came too late with all of these, and of those read as another state."""
    facts = [*sifted.counted, *sifted.behind]
    upgraded = sifted.upgraded
    ticked: list[int] = []
    if upgraded:
        ticked = [
            i for i, f in enumerate(facts) if f.spoke is not Spoke.NO and is_upgraded(f, upgraded)
        ]
    for i in ticked:
        facts[i] = replace(facts[i], spoke=Spoke.NO)
    reread: list[int] = []
    if ready.readings:
        read = [_read(fact, ready.readings.get(fact.kind, ())) for fact in facts]
        reread = [
            i
            for i, (one, as_read) in enumerate(zip(facts, read, strict=True))
            if one is not as_read
        ]
        facts = read
    late: dict[int, Fact[Any]] = {}
    if rubric.late is not None and rubric.late.within_days is not None:
        ends = period.last + timedelta(days=rubric.late.within_days)
        for i, fact in enumerate(facts):
            if any(r.on > ends for r in fact.reached):
                late[i] = fact
                facts[i] = replace(fact, reached=tuple(r for r in fact.reached if r.on <= ends))
    return facts, frozenset(ticked), late, frozenset(reread)


def _read(fact: Fact[Any], readings: Sequence[tuple[Attendance, tuple[Test, ...]]]) -> Fact[Any]:
    """A fact with its attendance as the first reading that fits it says."""
    for reads, tests in readings:
        if all(test(fact) for _, test in tests):
            return fact if fact.attendance is reads else replace(fact, attendance=reads)
    return fact


def add_outcomes(sight: Sight, carried: Sequence[Fact[Any]], period: Period) -> None:
    """Facts as what came of them in the period shows them, on the day of the last of it; those of the period also where nothing has come yet."""
    own = len(sight.facts)
    for i, fact in enumerate([*sight.facts, *carried]):
        here = tuple(r for r in fact.reached if period.holds(r.on))
        sight.base[len(sight.facts)] = i if i < own else len(sight.facts)
        sight.facts.append(
            replace(fact, reached=here, on=max([r.on for r in here], default=fact.on))
        )


NOT_PRICED, _SAME_DEED = RANK[Why.NOT_PRICED], RANK[Why.SAME_DEED]


ATTENDANCE = (RANK[Why.STATE], RANK[Why.PARTLY])


def look_at(
    sight: Sight,
    ready: Ready,
    by_kind: Mapping[str, tuple[Seen, ...]],
    whom: Assessed,
    subject: SubjectId,
    places: range,
    hidden: range,
) -> None:
    """Find for each clause the facts that it prices; for each fact the clause that came nearest so far, and why it did not."""
    by_rule, nearest = sight.candidates, sight.nearest
    nothing: tuple[Seen, ...] = ()
    apart, caps_first, base = whom.unit is not None or ready.of_units, ready.caps_first, sight.base
    facts, some_hidden = sight.facts, len(hidden) > 0
    for i in places:
        fact = facts[i]
        behind = some_hidden and base.get(i, i) in hidden
        looking = by_kind.get(fact.kind, nothing)
        if not looking:
            nearest.append((_SAME_DEED if behind else NOT_PRICED, ""))
            continue
        rank, near = _SAME_DEED if behind else NOT_PRICED, ""
        plain_one = fact.capacity is _ATTENDS and fact.attendance is _PRESENT
        found: list[tuple[int, Amount, Amount]] | None = None
        for rule, seat, code, flat, tests, plain_tests in looking:
            if behind and not rule.clause.linked:
                continue
            if apart and (fact.subject == subject) is not (rule.clause.whose is Whose.OWN):
                continue
            for failed, test in plain_tests if plain_one else tests:
                if not test(fact):
                    if failed in ATTENDANCE:
                        _missed(sight, i, fact, rule, whom)
                    if failed > rank:
                        rank, near = failed, code
                    break
            else:
                if flat:
                    net: Amount = flat
                    worth: Amount = flat
                else:
                    priced = _priced(rule, fact, whom, caps_first=caps_first)
                    if isinstance(priced, int):
                        if priced > rank:
                            rank, near = priced, code
                        continue
                    net, worth = priced
                if found is None:
                    found = [(seat, net, worth)]
                elif found[-1][0] != seat:
                    found.append((seat, net, worth))
        nearest.append((_SAME_DEED, "") if behind else (rank, near))
        if found is not None:
            if len(found) == 1:
                ((seat, net, worth),) = found
                by_rule[seat].append((fact.on, -net, 0, (), fact.deed, i, worth))
                continue
            total = sum([net for _, net, _ in found])
            signature = tuple([(seat, net) for seat, net, _ in found])
            for seat, net, worth in found:
                by_rule[seat].append((fact.on, -net, total - net, signature, fact.deed, i, worth))


def look_at_late(
    sight: Sight,
    ready: Ready,
    carried: Sequence[Fact[Any]],
    rubric: Rubric,
    whom: Assessed,
    subject: SubjectId,
    period: Period,
    first: int | None,
) -> None:
    """Find what earlier acts bring by outcomes of the period that came too late for the period of the act, beyond what they brought before; on the day of the last of them.

    `first` is the place of the view that the first of them already has by all its outcomes, where they have any.
    """
    apart = whom.unit is not None or ready.of_units
    for nth, fact in enumerate(carried):
        here = rubric.late_outcomes(fact, period)
        if not here:
            continue
        place = len(sight.facts)
        known = tuple(r for r in fact.reached if r.on <= period.last)
        now = replace(fact, reached=known, on=max(r.on for r in here))
        before = replace(now, reached=tuple(r for r in known if r not in here))
        sight.base[place] = place if first is None else first + nth
        sight.facts.append(now)
        sight.nearest.append((NOT_PRICED, ""))
        found: list[tuple[int, Amount, Amount]] = []
        for rule, selections in ready.by_late.get(fact.kind, ()):
            if apart and (fact.subject == subject) is not (rule.clause.whose is Whose.OWN):
                continue
            net, worth = _brings(rule, selections, now, whom, caps_first=ready.caps_first)
            had = _brings(rule, selections, before, whom, caps_first=ready.caps_first)
            net, worth = net - had[0], worth - had[1]
            if worth:
                found.append((rule.seat, net, worth))
        total = sum([net for _, net, _ in found])
        signature = tuple([(seat, net) for seat, net, _ in found]) if len(found) > 1 else ()
        for seat, net, worth in found:
            sight.candidates[seat].append(
                (now.on, -net, total - net, signature, fact.deed, place, worth)
            )


def _brings(
    rule: Rule,
    selections: Iterable[Iterable[Test]],
    fact: Fact[Any],
    whom: Assessed,
    *,
    caps_first: bool,
) -> tuple[Amount, Amount]:
    """What a fact earns by a clause after its share, and before; nothing where none of the selections means it."""
    if not any(all(test(fact) for _, test in tests) for tests in selections):
        return 0, 0
    priced = _priced(rule, fact, whom, caps_first=caps_first)
    return (0, 0) if isinstance(priced, int) else priced


_ATTENDS, _PRESENT = Capacity.ATTENDS, Attendance.PRESENT


def _missed(sight: Sight, i: int, fact: Fact[Any], rule: Rule, whom: Assessed) -> None:
    """Note an occasion that a clause would have counted had he been there."""
    if not (rule.for_all or rule.clause.who.has(whom, fact.on)):
        return
    if fact.attendance is Attendance.NOT_RECORDED:
        sight.unrecorded.setdefault(rule.seat, set()).add(i)
    elif fact.attendance is Attendance.NOT_REQUIRED or whom.exempt_on(fact.on):
        sight.excused.setdefault(rule.seat, set()).add(i)
    else:
        sight.missed.setdefault(rule.seat, {})[i] = fact.of_half_days


_UNIT_KIND, _NOT_ELIGIBLE, _CO_AUTHOR, _EXEMPT = (
    RANK[Why.UNIT_KIND],
    RANK[Why.NOT_ELIGIBLE],
    RANK[Why.CO_AUTHOR],
    RANK[Why.EXEMPT],
)


def _priced(
    rule: Rule, fact: Fact[Any], whom: Assessed, *, caps_first: bool
) -> tuple[Amount, Amount] | int:
    """What a fact earns after its share, and its worth before; or the rank of the reason why it earns nothing."""
    if rule.clause.of_kinds and whom.kinds.get(_unit_of(fact)) not in rule.clause.of_kinds:
        return _UNIT_KIND
    if not (rule.for_all or rule.clause.who.has(whom, fact.on)):
        return _NOT_ELIGIBLE
    if rule.short:
        # What is there earns nothing, and is not missing.
        return 0, 0
    if rule.rate and not fact.attendance.took_part and whom.exempt_on(fact.on):
        return _EXEMPT
    net = worth = rule.worth(fact)
    if worth == 0:
        # A mark that earns nothing is a mark: it counts in the mean.
        marked = rule.mean_of and amount(fact, rule.mean_of) is not None
        return (worth, worth) if marked else rule.no_worth
    if rule.shares:
        share = share_of(rule, fact)
        if share == 0:
            return _CO_AUTHOR
        if not caps_first:
            net = times_of(worth, share)
    if net < 0 and whom.exempt_on(fact.on):
        return _EXEMPT
    return net, worth


def _unit_of(fact: Fact[Any]) -> UnitId:
    """The unit that a fact is of."""
    return UnitId(fact.subject.partition("/")[2])


def is_about(rule: Rule, fact: Fact[Any], whom: Assessed, subject: SubjectId) -> bool:
    """Whether a fact is of those whom a clause counts: of the member himself, or of one of his units of such a kind."""
    if rule.clause.whose is not Whose.UNIT:
        return fact.subject == subject
    kinds = rule.clause.of_kinds
    return fact.subject != subject and (not kinds or whom.kinds.get(_unit_of(fact)) in kinds)


def is_open(rule: Rule, whom: Assessed, day: date) -> bool:
    """Whether a clause is for somebody on a day: he is one of those it is for and, where it counts what his units did, in such a unit."""
    clause = rule.clause
    return (rule.for_all or clause.who.has(whom, day)) and (
        clause.whose is not Whose.UNIT or whom.belongs(clause.of_kinds, day)
    )


_ALL = Fraction(1)


def share_of(rule: Rule, fact: Fact[Any]) -> Fraction:
    """The part of a price that a fact's byline gets; who signs alone shares with nobody unless the clause says so."""
    hand = byline(fact)
    share = rule.shares.get(hand)
    authors = max(fact.authors, 1)
    match share:
        case None:
            return _ALL if hand is Byline.SOLE else Fraction(0)
        case Split.EQUAL:
            return Fraction(1, authors)
        case Split.RECORDED:
            said = reckoned(fact.share)
            return Fraction(1, authors) if said is None else said
        case Split.REST:
            # One writer, one first author: what has a fixed part, or is paid by another clause, is not divided again.
            named = [rule.shares[b] for b in (Byline.FIRST, Byline.WRITER) if b in rule.shares]
            fixed = [each for each in named if isinstance(each, Fraction)]
            others = authors - len(fixed) - (Byline.FIRST not in rule.shares)
            return (1 - sum(fixed, Fraction(0))) / max(others, 1)
        case _:
            return share


def spoiled_seats(
    counted: Iterable[Fact[Any]], ready: Ready, whom: Assessed, subject: SubjectId
) -> set[int]:
    """The seats of the clauses that something which counts brings to nothing; where it counts what a member's units did, something of these.

    Nothing does on a day on which the clause is not for him, or while he is exempt from duties.
    """
    spoiled: set[int] = set()
    if not ready.spoilers:
        return spoiled
    for fact in counted:
        for rule, tests in ready.spoilers.get(fact.kind, ()):
            if ready.of_units and not is_about(rule, fact, whom, subject):
                continue
            for _, test in tests:
                if not test(fact):
                    break
            else:
                if rule.clause.who.has(whom, fact.on) and not whom.exempt_on(fact.on):
                    spoiled.add(rule.seat)
    return spoiled
