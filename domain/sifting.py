"""Which facts count at all: no guests, nothing that waits, one record for one deed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from domain.attestation import DEFAULT, Counts, Policy, counting, rule_for
from domain.fact import Fact, RecordClass, Spoke
from domain.kinds import kind_of
from domain.kinds.advice import DeliveredSpeech
from domain.period import Period
from domain.selection import Why
from domain.values import value


@value(frozen=True, slots=True, kw_only=True)
class Sifted:
    """Facts that count today, those that stand behind another record of the same deed, and those that do not count, with the reason.

    `upgraded` are occasions at which the member gave a speech whose text stands as a matter of its own.
    """

    counted: tuple[Fact[Any], ...]
    behind: tuple[Fact[Any], ...]
    left_out: tuple[tuple[Fact[Any], Why], ...]
    changes_on: date | None
    upgraded: frozenset[str] = frozenset()


def sift(
    facts: Iterable[Fact[Any]], period: Period, today: date, policy: Policy = DEFAULT
) -> Sifted:
    """Which facts of a period count today: no guests, nothing that waits, one record for one deed."""
    counted: list[Fact[Any]] = []
    left_out: list[tuple[Fact[Any], Why]] = []
    changes: list[date] = []
    same: dict[str, str] = {}
    for fact in facts:
        if fact.same_as:
            same[fact.deed] = fact.same_as
        if fact.record is RecordClass.GUEST:
            left_out.append((fact, Why.GUEST))
        elif not period.has(fact):
            left_out.append((fact, Why.OTHER_PERIOD))
        else:
            rule = rule_for(fact, policy)
            if rule is Counts.AT_ONCE:
                counted.append(fact)
            elif rule is Counts.NEVER:
                left_out.append((fact, Why.NEVER))
            else:
                counts, day = counting(fact, rule, policy, today)
                if counts:
                    counted.append(fact)
                else:
                    left_out.append((fact, Why.NOT_YET))
                if day is not None:
                    changes.append(day)
    behind = _behind(counted, same) if same else ()
    if behind:
        hidden = {id(f) for f in behind}
        counted = [f for f in counted if id(f) not in hidden]
    return Sifted(
        counted=tuple(counted),
        behind=behind,
        left_out=tuple(left_out),
        changes_on=min(changes, default=None),
        upgraded=frozenset(
            [
                f"occasion/{f.details.spoken_at}"
                for f in counted
                if f.kind == _SPEECH and f.details.spoken_at
            ]
        ),
    )


_SPEECH = kind_of(DeliveredSpeech)


def is_upgraded(fact: Fact[Any], upgraded: frozenset[str]) -> bool:
    """One speech never becomes two: where its text is registered, having spoken there is told by that alone."""
    return fact.spoke is not Spoke.NO and (fact.deed in upgraded or fact.same_as in upgraded)


def _behind(counted: Sequence[Fact[Any]], same: Mapping[str, str]) -> tuple[Fact[Any], ...]:
    """All but one record of each deed: the one that the others point to stands, or else the nearest to it that counts."""
    groups: dict[str, list[tuple[int, date, str, Fact[Any]]]] = {}
    for fact in counted:
        chain = [fact.deed]
        while chain[-1] in same and same[chain[-1]] not in chain:
            chain.append(same[chain[-1]])
        ring = same.get(chain[-1])
        root = chain[-1] if ring is None else min(chain[chain.index(ring) :])
        steps = 0 if fact.deed == root else len(chain)
        groups.setdefault(root, []).append((steps, fact.on, fact.deed, fact))
    found: list[Fact[Any]] = []
    for group in groups.values():
        standing = min(g[:3] for g in group)[2]
        found.extend(g[3] for g in group if g[2] != standing)
    return tuple(found)
