"""Which facts count at all: no guests, nothing that waits, one record for one deed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from domain.attestation import DEFAULT, NEVER_LATE, Counts, Policy, counting, rule_for
from domain.fact import Fact, RecordClass, Spoke
from domain.kinds import Shape, kind_of
from domain.kinds.advice import DeliveredSpeech
from domain.member import Membership, Person, Term
from domain.period import Period
from domain.selection import Why
from domain.values import value


@value(frozen=True, slots=True, kw_only=True)
class Sifted:
    """Facts that count today, those that stand behind another record of the same deed, and those that do not count, with the reason.

    `carried` are earlier facts that something came of in the period. `upgraded` are occasions at which the member gave a speech whose text stands as a matter of its own.
    """

    counted: tuple[Fact[Any], ...]
    behind: tuple[Fact[Any], ...]
    left_out: tuple[tuple[Fact[Any], Why], ...]
    changes_on: date | None
    upgraded: frozenset[str] = frozenset()
    carried: tuple[Fact[Any], ...] = ()

    def beside(self, others: Sifted) -> Sifted:
        """These, and after them others that were sifted by themselves."""
        days = [day for day in (self.changes_on, others.changes_on) if day is not None]
        return Sifted(
            counted=self.counted + others.counted,
            behind=self.behind + others.behind,
            left_out=self.left_out + others.left_out,
            changes_on=min(days, default=None),
            upgraded=self.upgraded,
            carried=self.carried + others.carried,
        )


def sift(
    facts: Iterable[Fact[Any]],
    period: Period,
    today: date,
    policy: Policy = DEFAULT,
    *,
    member: Person | None = None,
    bears: Callable[[Fact[Any]], bool] | None = None,
) -> Sifted:
    """Which facts of a period count today: no guests, nothing that waits, one record for one deed.

    Of a member who was one for part of the period, only what lies in his membership. `bears` says of earlier facts whether something came of them that bears on the period; none do where it is not given.
    """
    counted: list[Fact[Any]] = []
    carried: list[Fact[Any]] = []
    partly = member is not None and _serves_in_part(member, period)
    left_out: list[tuple[Fact[Any], Why]] = []
    changes: list[date] = []
    same: dict[str, str] = {}
    upgraded: list[Fact[Any]] = []
    first, last, at_once = period.first, period.last, _at_once(policy)
    originals, days = at_once & NEVER_LATE, policy.late_days
    for fact in facts:
        if fact.same_as:
            same[fact.deed] = fact.same_as
        on = fact.on
        within = first <= on <= last or period.has(fact)
        record = fact.record
        if (
            within
            and not partly
            and record in at_once
            and (record in originals or (fact.recorded_on - on).days <= days)
        ):
            # Most records are such, and need no second look.
            counted.append(fact)
            if fact.kind == _SPEECH:
                upgraded.append(fact)
        elif fact.record is RecordClass.GUEST:
            left_out.append((fact, Why.GUEST))
        elif not within and (bears is None or on >= first or not bears(fact)):
            left_out.append((fact, Why.OTHER_PERIOD))
        elif partly and member is not None and not _in_membership(fact, member):
            left_out.append((fact, Why.NOT_MEMBER))
        else:
            rule = rule_for(fact, policy)
            counts = rule is Counts.AT_ONCE
            if rule is Counts.NEVER:
                left_out.append((fact, Why.NEVER))
                continue
            if not counts:
                counts, day = counting(fact, rule, policy, today)
                if day is not None:
                    changes.append(day)
            if not counts:
                left_out.append((fact, Why.NOT_YET))
            elif within:
                counted.append(fact)
                if fact.kind == _SPEECH:
                    upgraded.append(fact)
            else:
                carried.append(fact)
    behind = _behind([*counted, *carried], same) if same else ()
    if behind:
        hidden = {id(f) for f in behind}
        counted = [f for f in counted if id(f) not in hidden]
        left_out += [(f, Why.SAME_DEED) for f in carried if id(f) in hidden]
        behind = tuple(f for f in behind if period.has(f))
        carried = [f for f in carried if id(f) not in hidden]
        upgraded = [f for f in upgraded if id(f) not in hidden]
    return Sifted(
        counted=tuple(counted),
        behind=behind,
        left_out=tuple(left_out),
        changes_on=min(changes, default=None),
        carried=tuple(carried),
        upgraded=frozenset(
            [
                deed
                for f in upgraded
                if f.details.spoken_at
                for deed in (f.details.spoken_at, f"occasion/{f.details.spoken_at}")
            ]
        ),
    )


def sift_of_units(
    facts: Iterable[Fact[Any]],
    period: Period,
    today: date,
    policy: Policy,
    *,
    member: Person,
    bears: Callable[[Fact[Any]], bool] | None,
) -> Sifted:
    """The same of what is on record of a member's units: what happened while he was not in the unit is left out, and stands for nothing else."""
    there: list[Fact[Any]] = []
    away: list[tuple[Fact[Any], Why]] = []
    for fact in sorted(facts, key=lambda f: (f.on, f.deed, f.subject)):
        if was_in_its_unit(fact, member):
            there.append(fact)
        else:
            away.append((fact, Why.NOT_IN_UNIT if period.has(fact) else Why.OTHER_PERIOD))
    found = sift(there, period, today, policy, member=member, bears=bears)
    return replace(found, left_out=found.left_out + tuple(away))


def was_in_its_unit(fact: Fact[Any], member: Person) -> bool:
    """Whether he was in the unit that a fact is of when it happened."""
    return any(f"unit/{m.unit}" == fact.subject and _lasts(fact, m) for m in member.memberships)


def _at_once(policy: Policy) -> frozenset[RecordClass]:
    """The classes of record that count at once, whatever their kind, unless they come late; guests' never do."""
    if policy.by_kind:
        return frozenset()
    return frozenset(
        c
        for c in RecordClass
        if c is not RecordClass.GUEST and policy.by_class.get(c, Counts.AT_ONCE) is Counts.AT_ONCE
    )


def _serves_in_part(member: Person, period: Period) -> bool:
    """Whether there are days of the period on which he was no member; of those with no term nothing is known."""
    if not member.terms:
        return False
    for term in member.terms:
        if term.since <= period.first and (term.until is None or period.last <= term.until):
            return False
    return True


def _in_membership(fact: Fact[Any], member: Person) -> bool:
    """Whether he was a member when it happened, or at any time of a pairing."""
    return any(_lasts(fact, term) for term in member.terms)


def _lasts(fact: Fact[Any], span: Term | Membership) -> bool:
    """Whether it lasted when something happened, or at any time of a pairing."""
    if fact.details.about.shape is Shape.PAIRING:
        return (span.until is None or fact.on <= span.until) and (
            fact.until is None or span.since <= fact.until
        )
    return span.on(fact.on)


_SPEECH = kind_of(DeliveredSpeech)


def is_upgraded(fact: Fact[Any], upgraded: frozenset[str]) -> bool:
    """One speech never becomes two: where its text is registered, having spoken there is told by that alone."""
    return fact.spoke is not Spoke.NO and (fact.deed in upgraded or fact.same_as in upgraded)


def _behind(counted: Sequence[Fact[Any]], same: Mapping[str, str]) -> tuple[Fact[Any], ...]:
    """All but one record of each deed: the one that the others point to stands, or else the nearest to it that counts."""
    groups: dict[str, list[tuple[int, date, str, Fact[Any]]]] = {}
    for fact in counted:
        root, steps = root_of(fact.deed, same)
        groups.setdefault(root, []).append((steps, fact.on, fact.deed, fact))
    found: list[Fact[Any]] = []
    for group in groups.values():
        standing = min(g[:3] for g in group)[2]
        found.extend(g[3] for g in group if g[2] != standing)
    return tuple(found)


def root_of(deed: str, same: Mapping[str, str]) -> tuple[str, int]:
    """The record that those of one deed point to in the end, and how far a record is from it; of a ring the first by name."""
    chain = [deed]
    while chain[-1] in same and same[chain[-1]] not in chain:
        chain.append(same[chain[-1]])
    ring = same.get(chain[-1])
    root = chain[-1] if ring is None else min(chain[chain.index(ring) :])
    return root, 0 if deed == root else len(chain)
