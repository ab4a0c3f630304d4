"""Scoring: facts under a rubric become explained lines that add up, and a reason for every fact without one."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from fractions import Fraction
from operator import attrgetter
from typing import Any

from domain.attestation import DEFAULT, Policy
from domain.drafts import Draft, bind, cut_by, hold, room_under, round_line, rounded_sum
from domain.fact import Fact, SubjectId
from domain.gates import gate_result, tallied_in
from domain.member import Person
from domain.paying import drafts_of
from domain.people import UnitId
from domain.period import Period
from domain.reaching import Limits, Stand, left_in_common, reachable_in
from domain.readied import Amount, Part, Ready, made_ready, times_of
from domain.rubric import (
    NO_KINDS,
    Asked,
    Assessed,
    OfficeHeld,
    PartYear,
    RoundedAt,
    Rubric,
)
from domain.scorecard import (
    Account,
    Adjustment,
    BlockTotal,
    Cut,
    Doing,
    Line,
    Scorecard,
    WhyNot,
)
from domain.selection import (
    RANK,
    WHYS,
    Why,
)
from domain.served import Served, served_by
from domain.sifting import Sifted, sift, sift_of_units
from domain.sight import (
    NOT_PRICED,
    Sight,
    add_outcomes,
    as_read,
    is_about,
    is_open,
    look_at,
    look_at_late,
    share_of,
    spoiled_seats,
)
from domain.unit import Unit, UnitKind


def score(
    facts: Iterable[Fact[Any]],
    rubric: Rubric,
    member: Person | Unit,
    period: Period,
    today: date,
    policy: Policy = DEFAULT,
    *,
    offices: tuple[OfficeHeld, ...] = (),
    kinds: Mapping[UnitId, UnitKind] = NO_KINDS,
    members: Sequence[Scorecard] = (),
    brief: bool = False,
) -> Scorecard:
    """The scorecard of a member, or of a unit from its own facts and those of its members, whose cards may bear on it.

    A `brief` one leaves out why facts have no line, how clauses stand and what could still be had: grades and differences go by none of these.

    Acts are taken by day, then in his favour, so the order of entry never matters. `offices` are those that he holds in units. Where the rubric counts what is on record of a member's units, these facts are
    among the others, and `kinds` says of what kind those units are.
    """
    ready = made_ready(rubric)
    if isinstance(member, Unit):
        whom, subject = Assessed(unit=member), SubjectId(f"unit/{member.unit}")
    else:
        whom = Assessed(person=member, offices=offices, kinds=kinds)
        subject = SubjectId(f"member/{member.person}")
    served, day = served_by(whom, rubric.part_year, period), min(today, period.last)
    bears = _bears(rubric, ready, period)
    of_units: list[Fact[Any]] = []
    if ready.of_units and not isinstance(member, Unit):
        facts = list(facts)
        of_units = [f for f in facts if f.subject != subject]
        facts = [f for f in facts if f.subject == subject]
    sifted = sift(facts, period, today, policy, member=whom.person, bears=bears)
    if of_units and whom.person is not None:
        theirs = sift_of_units(of_units, period, today, policy, member=whom.person, bears=bears)
        sifted = sifted.beside(theirs)
    facts_read, ticked, late, reread = as_read(sifted, rubric, ready, period)
    counted, number = len(sifted.counted), len(facts_read)
    all_counted = facts_read[:counted]
    own = [f for f in all_counted if f.subject == subject] if of_units else all_counted
    sight = Sight([[] for _ in ready.rules], facts_read, [], {}, {}, {}, {})
    look_at(sight, ready, ready.by_kind, whom, subject, range(number), range(counted, number))
    if ready.by_outcome:
        add_outcomes(sight, sifted.carried, period)
        views = range(number, len(sight.facts))
        look_at(sight, ready, ready.by_outcome, whom, subject, views, range(counted, number))
    if ready.by_late:
        first = len(sight.facts) - len(sifted.carried) if ready.by_outcome else None
        look_at_late(sight, ready, sifted.carried, rubric, whom, subject, period, first)
    spoiled = spoiled_seats(all_counted, ready, whom, subject)
    gates, tallied = tallied_in(own, ready, whom, period, today, served)
    drafts, paid = drafts_of(
        sight, ready, spoiled, gates, served, rubric.part_year, period, members, whom, day
    )
    if late:
        _note_late(drafts, late, ready, whom, subject)
    codes = {rule.clause.code: drafts[rule.seat] for rule in ready.rules}
    for together in ready.inner:
        bind(together, codes)
    common = left_in_common(ready.inner, codes, ready)
    earned = [sum([d.net for d in drafted]) for drafted in drafts]
    if rubric.rounding is not None and rubric.rounding.at is RoundedAt.LINE:
        for draft in [d for drafted in drafts for d in drafted]:
            round_line(draft, rubric.rounding, ready)
    everything: list[Draft] = []
    rooms: dict[str, Amount | None] = {}
    factors: dict[str, Fraction] = {}
    scaled = _factor(rubric.part_year, period, served, whom)
    scaled_blocks = () if scaled is None or rubric.part_year is None else rubric.part_year.of
    for part in ready.parts:
        code, weight = part.block.code, part.weight
        of_block = _start(part, whom, period, today)
        for seat in part.seats:
            of_block += drafts[seat]
        for gate in part.block.gates:
            if not gate_result(gate, gates, ready, codes, whom, period, today).met:
                for draft in of_block:
                    cut_by(draft, draft.net, Cut.GATE, gate)
        hold(of_block, part.floor, part.cap, _BLOCK, code)
        rooms[code] = room_under(of_block, part.cap)
        if weight is not None:
            for draft in of_block:
                cut_by(draft, draft.net - times_of(draft.net, weight), Cut.WEIGHT, code)
        if scaled is not None and code in scaled_blocks:
            weight = Fraction(1) if weight is None else weight
            bounds = [None if b is None else times_of(b, weight) for b in (part.floor, part.cap)]
            of_block += _scaled_sum(of_block, scaled, bounds, period, served, code)
            room = room_under(of_block, bounds[1])
            rooms[code] = None if room is None else times_of(room, 1 / (scaled * weight))
            weight *= scaled
        if weight is not None:
            factors[code] = weight
        if rubric.rounding is not None and rubric.rounding.at is RoundedAt.BLOCK:
            of_block += rounded_sum(of_block, rubric.rounding, ready, period, code)
        codes[code] = of_block
        everything += of_block
    for together in ready.outer:
        bind(together, codes)
    of_blocks = left_in_common(ready.outer, codes, ready)
    hold(everything, ready.floor, ready.cap, _TOTAL, "")
    room = room_under(everything, ready.cap)
    if scaled is not None and not scaled_blocks:
        bounds = [ready.floor, ready.cap]
        everything += _scaled_sum(everything, scaled, bounds, period, served, "")
    if rubric.rounding is not None and rubric.rounding.at is RoundedAt.TOTAL:
        everything += rounded_sum(everything, rubric.rounding, ready, period, "")
    codes[""] = everything
    for gate in ready.gates:
        gate_result(gate, gates, ready, codes, whom, period, today)
    text = ready.text
    return Scorecard(
        member=subject,
        rubric=rubric.code,
        version=rubric.version,
        period=period,
        total=text(sum([d.net for d in everything])),
        blocks=tuple(
            [
                BlockTotal(
                    block=part.block.code, points=text(sum([d.net for d in codes[part.block.code]]))
                )
                for part in ready.parts
            ]
        ),
        lines=tuple([_line(draft, subject, ready) for draft in everything]),
        why_not=() if brief else _why_nots(sifted, sight, paid, ticked, late, reread),
        reachable=()
        if brief
        else reachable_in(
            ready,
            [Stand(o, n) for o, n in zip(drafts, earned, strict=True)],
            Limits(rooms, factors, common, of_blocks, room),
            spoiled,
            whom,
            period,
            day,
            served,
        ),
        changes_on=_changes_on(sifted.changes_on, ready, period, today),
        accounts=() if brief else _accounts(ready, drafts, sight, whom, period, day, served),
        gates=tuple([gates[code] for code in ready.gates]),
        counted=tallied,
        months=served.months,
    )


def _bears(rubric: Rubric, ready: Ready, period: Period) -> Callable[[Fact[Any]], bool] | None:
    """Whether something came of an earlier fact in the period that counts there; nothing to ask where no outcome is looked for."""
    if ready.by_outcome:
        return lambda fact: any(period.holds(r.on) for r in fact.reached)
    if ready.by_late:
        return lambda fact: bool(rubric.late_outcomes(fact, period))
    return None


_BLOCK = Cut.BLOCK_FLOOR, Cut.BLOCK_CAP


_TOTAL = Cut.TOTAL_FLOOR, Cut.TOTAL_CAP


def _note_late(
    drafts: Sequence[list[Draft]],
    late: Mapping[int, Fact[Any]],
    ready: Ready,
    whom: Assessed,
    subject: SubjectId,
) -> None:
    """Say on a line of an act that something came of it, too late, for which a clause would have paid, or paid more."""
    lines: dict[int, list[Draft]] = {}
    for draft in [d for own in drafts for d in own if d.place in late]:
        lines.setdefault(draft.place, []).append(draft)
    for place, own in lines.items():
        fact, now = late[place], own[0].fact
        told: dict[int, Amount] = {}
        there: dict[int, Amount] = {}
        for rule, seat, _, _, tests, _ in ready.by_kind.get(fact.kind, ()):
            if now is None or not rule.clause.stages or whom.unit is not None:
                continue
            if ready.of_units and not is_about(rule, fact, whom, subject):
                continue
            if not (rule.for_all or rule.clause.who.has(whom, fact.on)):
                continue
            if rule.shares and not share_of(rule, fact):
                continue
            for found, one in ((told, fact), (there, now)):
                if all(test(one) for _, test in tests):
                    found[seat] = max(rule.worth(one), found.get(seat, 0))
        for seat, worth in told.items():
            if worth > there.get(seat, 0):
                code = ready.rules[seat].clause.code
                paid = next((d for d in own if d.clause == code), own[0])
                paid.cuts.append((Cut.TOO_LATE, 0, code))


def _changes_on(sifted: date | None, ready: Ready, period: Period, today: date) -> date | None:
    """The first day on which time alone changes the card: something waits no longer, or what is missing then is held against somebody."""
    ends = [
        part.last
        for rule in ready.rules
        if rule.short
        for part in ((period,) if rule.clause.every is None else period.parts(rule.clause.every))
        if today < part.last <= period.last
    ]
    return min([*ends, *([] if sifted is None else [sifted])], default=None)


def _factor(
    rule: PartYear | None, period: Period, served: Served, whom: Assessed
) -> Fraction | None:
    """How many times what somebody has is taken for the months that he served; none where nothing is scaled."""
    scales = rule is not None and rule.total is Asked.MONTHS and rule.is_for(whom, period)
    if not scales or not 0 < served.months < served.of:
        return None
    return Fraction(served.of, served.months)


def _scaled_sum(
    drafts: Sequence[Draft],
    factor: Fraction,
    bounds: Sequence[Amount | None],
    period: Period,
    served: Served,
    block: str,
) -> list[Draft]:
    """The line by which a sum is scaled to the months served, within its floor and cap."""
    net = sum([d.net for d in drafts])
    more = times_of(net, factor) - net
    floor, cap = bounds
    if cap is not None:
        more = min(more, max(cap - net, 0))
    if floor is not None and more < 0:
        # Scaling is held at the floor, and lifts nothing to it.
        more = max(more, min(floor - net, 0))
    cuts = [(Cut.PART_YEAR, more, f"{served.months}/{served.of}")]
    return [Draft(None, period.last, block, "", 0, 0, more, cuts)] if more else []


def _start(part: Part, whom: Assessed, period: Period, today: date) -> list[Draft]:
    """What a block starts with, for the roles held on the last day that is known of the period."""
    for who, points in part.starts:
        if who.has(whom, min(today, period.last)):
            return [Draft(None, period.first, part.block.code, "", 0, points, points, [])]
    return []


def _line(draft: Draft, subject: SubjectId, ready: Ready) -> Line:
    fact = draft.fact
    deed = kind = ""
    if fact is None:
        subject = draft.subject or subject
    else:
        deed, subject, kind = fact.deed, fact.subject, fact.kind
    worth = points = ready.texts.get(draft.worth) or ready.text(draft.worth)
    adjustments: tuple[Adjustment, ...] = ()
    if draft.cuts:
        points = ready.text(draft.net)
        adjustments = ready.adjustments(draft.cuts)
    on, block, clause, nth = draft.on, draft.block, draft.clause, draft.nth
    return Line(deed, subject, kind, on, block, clause, nth, worth, adjustments, points)


def _why_not(fact: Fact[Any], why: Why, clause: str = "") -> WhyNot:
    return WhyNot(fact.deed, fact.subject, fact.kind, fact.on, why, clause)


def _why_nots(
    sifted: Sifted,
    sight: Sight,
    paid: set[int],
    ticked: frozenset[int],
    late: Mapping[int, Fact[Any]],
    reread: frozenset[int],
) -> tuple[WhyNot, ...]:
    """One reason for every fact without a line; what was carried over without effect lies in another period."""
    found = [_why_not(fact, why) for fact, why in sifted.left_out]
    nearest = sight.nearest
    own = len(sifted.counted) + len(sifted.behind)
    for view, i in sight.base.items():
        nearest[i] = max(nearest[i], nearest[view])
    unpaid = [i for i in range(own) if i not in paid]
    unpaid += [i for view, i in sight.base.items() if view == i and i not in paid]
    if not (sight.base or ticked or late or reread):
        found += [_why_not(sight.facts[i], WHYS[nearest[i][0]], nearest[i][1]) for i in unpaid]
        unpaid = []
    for i in unpaid:
        rank, clause = nearest[i]
        if i >= own and rank <= NOT_PRICED:
            rank, clause = RANK[Why.OTHER_PERIOD], ""
        elif rank == RANK[Why.STAGE] and i in late:
            rank = RANK[Why.LATE_OUTCOME]
        elif rank == RANK[Why.STATE] and i in reread:
            rank = RANK[Why.READ]
        elif rank <= RANK[Why.CONDITIONS] and i in ticked:
            rank, clause = RANK[Why.SAME_SPEECH], ""
        found.append(_why_not(sight.facts[i], WHYS[rank], clause))
    found.sort(key=_by_day)
    return tuple(found)


_by_day = attrgetter("on", "deed")


def _accounts(
    ready: Ready,
    drafts: Sequence[list[Draft]],
    sight: Sight,
    whom: Assessed,
    period: Period,
    day: date,
    served: Served,
) -> tuple[Account, ...]:
    """How each clause stands, in the order of the document."""
    found: list[Account] = []
    for rule, own in zip(ready.rules, drafts, strict=True):
        seat = rule.seat
        unrecorded = len(sight.unrecorded.get(seat, ()))
        if rule.short:
            own = [d for d in own if d.fact is not None]
        if own:
            doing = Doing.DONE
        elif not (is_open(rule, whom, day) or is_open(rule, whom, period.first)):
            doing = Doing.NOT_ELIGIBLE
        elif not served.months:
            doing = Doing.EXEMPT
        else:
            doing = Doing.NOT_RECORDED if unrecorded else Doing.NOT_DONE
        expected = 0
        if rule.rate:
            placed = {d.place for d in own}
            expected = len(own) + sum(i not in placed for i in sight.missed.get(seat, ()))
        found.append(
            Account(
                clause=rule.clause.code,
                doing=doing,
                acts=sum([d.fact.attendance.took_part for d in own if d.fact])
                if rule.rate and rule.rate.weights
                else len(own),
                expected=expected,
                not_recorded=unrecorded,
                excused=len(sight.excused.get(seat, ())),
            )
        )
    return tuple(found)
