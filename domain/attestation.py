"""Dual management: what the two sides' stamps mean today. Confirmation is evidence, not a gate, unless the pack says so."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from datetime import date, timedelta
from types import MappingProxyType
from typing import Any, Protocol

from domain.fact import Capacity, Fact, Mark, RecordClass, Stamp
from domain.unit import Side
from domain.values import value
from domain.words import Choice


class Counts(Choice):
    """When a record counts."""

    AT_ONCE = "at_once", "登记即计"
    UNLESS_OBJECTED = "unless_objected", "无异议即计", "unless returned within the window"
    WHEN_CONFIRMED = "when_confirmed", "一方确认后计", "when one other side confirms"
    WHEN_BOTH = "when_both", "双方确认后计", "when both sides stand behind it"
    NEVER = "never", "不计分", "never scored"


class SideState(Choice):
    """How one side of a line is shown."""

    NOT_ASKED = "not_asked", "无需确认", "not asked"
    AWAITED = "awaited", "待确认", "awaited"
    RECORDED = "recorded", "已记录"
    CONFIRMED = "confirmed", "已确认"
    NOT_OBJECTED = "not_objected", "逾期未提异议", "not objected"
    RETURNED = "returned", "核实中", "returned for checking"
    CORRECTED = "corrected", "已更正", "corrected"
    UPHELD = "upheld", "核实维持", "upheld"


_BY_CLASS: Mapping[RecordClass, Counts] = MappingProxyType(
    {
        RecordClass.COUNTY: Counts.AT_ONCE,
        RecordClass.TOWNSHIP: Counts.AT_ONCE,
        RecordClass.SECTOR: Counts.AT_ONCE,
        RecordClass.SELF: Counts.WHEN_CONFIRMED,
        RecordClass.GUEST: Counts.NEVER,
    }
)


@value(frozen=True, slots=True, kw_only=True)
class Policy:
    """A pack's rule of dual management.

    `window_days` is how long a side may return a line before silence is shown as not objected; a record is late
    when made more than `late_days` after the day. Silence never matures after `closing`, the start of the closing weeks.
    `answer_within` is in how many days a member's query on the records is answered.
    """

    by_class: Mapping[RecordClass, Counts] = field(default_factory=lambda: _BY_CLASS)
    by_kind: Mapping[str, Counts] = field(default_factory=dict)
    late: Counts = Counts.WHEN_CONFIRMED
    window_days: int = 15
    late_days: int = 30
    answer_within: int = 15
    closing: date | None = None


DEFAULT = Policy()


class Stamped(Protocol):
    """As much of a fact as says how its sides are shown: who only counts them need not read the rest."""

    @property
    def kind(self) -> str: ...  # noqa: D102  # those of a fact
    @property
    def on(self) -> date: ...  # noqa: D102
    @property
    def until(self) -> date | None: ...  # noqa: D102
    @property
    def recorded_on(self) -> date: ...  # noqa: D102
    @property
    def said_on(self) -> date | None: ...  # noqa: D102
    @property
    def record(self) -> RecordClass: ...  # noqa: D102
    @property
    def capacity(self) -> Capacity: ...  # noqa: D102
    @property
    def sector(self) -> Stamp | None: ...  # noqa: D102
    @property
    def studio(self) -> Stamp | None: ...  # noqa: D102
    @property
    def county(self) -> Stamp | None: ...  # noqa: D102


@value(frozen=True, slots=True, kw_only=True)
class Attested:
    """What a line's stamps come to on a day: whether it counts, how each side is shown, and when time alone changes that."""

    counts: bool
    rule: Counts
    late: bool
    sector: SideState
    studio: SideState
    in_question: bool
    changes_on: date | None


def is_late(fact: Stamped, policy: Policy) -> bool:
    """Whether it was recorded too long after its last day; the county's own originals never are."""
    if fact.record in NEVER_LATE:
        return False
    return (fact.recorded_on - (fact.until or fact.on)).days > policy.late_days


def days_late(fact: Stamped) -> int:
    """How many days after its last day it was recorded; none for what is never late."""
    if fact.record in NEVER_LATE:
        return 0
    return max(0, (fact.recorded_on - (fact.until or fact.on)).days)


def rule_for(fact: Stamped, policy: Policy) -> Counts:
    """The rule that says when this record counts."""
    if fact.record is RecordClass.GUEST:
        return Counts.NEVER
    if is_late(fact, policy):
        return policy.late
    return policy.by_kind.get(fact.kind, policy.by_class.get(fact.record, Counts.AT_ONCE))


def is_asked(fact: Stamped) -> bool:
    """Whether the two sides are asked about a line at all.

    They are not about the county's own originals, nor once the county has decided; nor about guests, experts, staff and
    whoever else was not there as a member.
    """
    if fact.record in NEVER_LATE or fact.capacity not in _AS_MEMBER:
        return False
    return fact.county is None or fact.county.mark is not Mark.CONFIRMED


NEVER_LATE = frozenset({RecordClass.COUNTY, RecordClass.GUEST})
"""Records that nobody is asked about, and that are never late."""
_AS_MEMBER = frozenset({Capacity.ATTENDS, Capacity.SITS_IN})


def vouched_on(fact: Stamped) -> date | None:
    """The day on which one side confirmed the line, if one has."""
    for stamp in (fact.sector, fact.studio):
        if stamp is not None and stamp.mark is Mark.CONFIRMED:
            return stamp.on
    return None


def window_ends(fact: Stamped, policy: Policy) -> date | None:
    """The last day on which a side that has said nothing may return the line; none where silence never matures.

    That is where both sides have to stand behind it, where it waits for one side and none has vouched yet, and where the
    window would end inside the closing weeks. Once one side has vouched the other has its days from then on.
    """
    return _window_under(rule_for(fact, policy), fact, policy)


def _window_under(rule: Counts, fact: Stamped, policy: Policy) -> date | None:
    match rule:
        case Counts.AT_ONCE | Counts.UNLESS_OBJECTED:
            since: date | None = fact.recorded_on
        case Counts.WHEN_CONFIRMED:
            since = vouched_on(fact)
        case _:
            since = None
    if since is None:
        return None
    if fact.said_on is not None and fact.said_on > since:
        since = fact.said_on
    ends = since + timedelta(days=policy.window_days)
    if policy.closing is not None and ends >= policy.closing:
        return None
    return ends


def is_awaited(fact: Fact[Any], side: Side, policy: Policy) -> bool:
    """Whether that side is still to say something.

    It has said nothing, or its return was answered and what it returned does not count until it, or anybody, confirms.
    """
    if not is_asked(fact):
        return False
    stamp = _stamp(fact, side)
    if stamp is None:
        return True
    if stamp.mark not in _ANSWERED:
        return False
    match rule_for(fact, policy):
        case Counts.WHEN_CONFIRMED:
            return vouched_on(fact) is None
        case Counts.WHEN_BOTH:
            return True
        case _:
            return False


_ANSWERED = frozenset({Mark.CORRECTED, Mark.UPHELD})


def side_state(fact: Stamped, side: Side, policy: Policy, today: date) -> SideState:
    """How that side of the line is shown on that day; silence is computed, never stored."""
    said = side_said(fact, side)
    return said if said is not SideState.AWAITED else unheard(window_ends(fact, policy), today)


def side_said(fact: Stamped, side: Side) -> SideState:
    """How that side of the line is shown, whatever the day and the policy: as awaited where it is asked and has said nothing."""
    unsaid = SideState.AWAITED if is_asked(fact) else SideState.NOT_ASKED
    return _said(_stamp(fact, side), unsaid)


def unheard(ends: date | None, today: date) -> SideState:
    """How a side is shown that is asked and has said nothing, where its time ends on that day, or never."""
    return SideState.AWAITED if ends is None or today <= ends else SideState.NOT_OBJECTED


def _said(stamp: Stamp | None, unsaid: SideState) -> SideState:
    return unsaid if stamp is None else _STATE_OF[stamp.mark]


_STATE_OF = {mark: SideState[mark.name] for mark in Mark}


def _sides(
    fact: Fact[Any], rule: Counts, policy: Policy, today: date
) -> tuple[SideState, SideState, date | None]:
    """How the sector's and the studio's side are shown under that rule, and the day from which time alone changes it."""
    ends = _window_under(rule, fact, policy)
    unsaid = unheard(ends, today) if is_asked(fact) else SideState.NOT_ASKED
    sector, studio = _said(fact.sector, unsaid), _said(fact.studio, unsaid)
    if ends is None or SideState.AWAITED not in (sector, studio):
        return sector, studio, None
    return sector, studio, ends + timedelta(days=1)


def counting(
    fact: Fact[Any], rule: Counts, policy: Policy, today: date
) -> tuple[bool, date | None]:
    """Whether a line counts on that day under its rule, and if not, the day on which it will if nobody says anything."""
    sector, studio, changes_on = _sides(fact, rule, policy, today)
    if _counts(fact, rule, sector, studio):
        return True, None
    if changes_on is None or rule is not Counts.UNLESS_OBJECTED:
        return False, None
    sector, studio, _ = _sides(fact, rule, policy, changes_on)
    return False, changes_on if _counts(fact, rule, sector, studio) else None


def attested(fact: Fact[Any], policy: Policy, today: date) -> Attested:
    """What the stamps of a line come to on that day."""
    rule = rule_for(fact, policy)
    sector, studio, changes_on = _sides(fact, rule, policy, today)
    return Attested(
        counts=_counts(fact, rule, sector, studio),
        rule=rule,
        late=is_late(fact, policy),
        sector=sector,
        studio=studio,
        in_question=SideState.RETURNED in (sector, studio)
        or (fact.county is not None and fact.county.mark is Mark.RETURNED),
        changes_on=changes_on,
    )


_STANDS = frozenset(
    {SideState.RECORDED, SideState.CONFIRMED, SideState.CORRECTED, SideState.UPHELD}
)
_VOUCHED = frozenset({SideState.CONFIRMED})
_BEHIND_IT = frozenset({SideState.RECORDED, SideState.CONFIRMED})


def _counts(fact: Fact[Any], rule: Counts, sector: SideState, studio: SideState) -> bool:
    decided = fact.county is not None and fact.county.mark is Mark.CONFIRMED
    match rule:
        case Counts.AT_ONCE:
            return True
        case Counts.NEVER:
            return False
        case Counts.UNLESS_OBJECTED:
            settled = _STANDS | {SideState.NOT_OBJECTED, SideState.NOT_ASKED}
            return decided or {sector, studio} <= settled
        case Counts.WHEN_CONFIRMED:
            return decided or bool({sector, studio} & _VOUCHED)
        case Counts.WHEN_BOTH:
            return decided or {sector, studio} <= _BEHIND_IT


def _stamp(fact: Stamped, side: Side) -> Stamp | None:
    return fact.sector if side is Side.SECTOR else fact.studio
