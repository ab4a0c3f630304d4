"""What can be had at most of the parts of a rubric, by anybody."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from fractions import Fraction

from domain.kinds import KINDS, Details
from domain.kinds.fields import fields_of
from domain.period import Period, Span
from domain.rubric import (
    EVERYONE,
    OUTCOMES,
    Asked,
    Block,
    Clause,
    Each,
    FromMembers,
    Full,
    Group,
    Mean,
    Once,
    Per,
    Price,
    Quantity,
    Rate,
    RoundedAt,
    Rubric,
    Short,
    Split,
    Steps,
    Summed,
    Table,
    Take,
    Tiers,
    Way,
    Within,
)
from domain.selection import (
    OF_FACT,
    Byline,
    Selects,
)


def most_of_all(rubric: Rubric) -> dict[str, Fraction | None]:
    """The most that each clause, group and block, and the total (by the empty code), can come to over a full period; None where nothing bounds it.

    Never less than what scoring can give, but for scaling to months served.
    """
    bounds: dict[str, Fraction | None] = {}
    weights: dict[str, Fraction] = {}
    for block, clause in rubric.clauses:
        bounds[clause.code] = most_of(rubric, clause)
        weights[clause.code] = block.weight
    for block in rubric.blocks:
        inside = [c.code for c in block.clauses]
        points = _within(block, add(best_start(block), together(rubric, bounds, inside)))
        if rubric.rounding is not None and rubric.rounding.at is RoundedAt.BLOCK:
            points = _rounded_up(points, rubric.rounding.to)
        bounds[block.code] = None if points is None else points * block.weight
    for group in rubric.groups:
        _add_group(rubric, bounds, group)
    total = together(rubric, bounds, [b.code for b in rubric.blocks])
    rounds = rubric.rounding is not None and rubric.rounding.at is RoundedAt.BLOCK
    if not rounds and all(b.weight == 1 for b in rubric.blocks):
        starts = [max(best_start(b), Fraction(0)) for b in rubric.blocks]
        flat = together(rubric, bounds, [c.code for _, c in rubric.clauses])
        total = least(total, add(flat, *starts))
    if rubric.floor is not None and total is not None:
        total = max(total, rubric.floor)
    total = least(total, rubric.cap)
    if rubric.rounding is not None and rubric.rounding.at is RoundedAt.TOTAL:
        total = _rounded_up(total, rubric.rounding.to)
    bounds[""] = total
    # A gate may look at a clause before its block is weighted, or after.
    for code, weight in weights.items():
        bound = bounds[code]
        if weight > 1 and bound is not None:
            bounds[code] = bound * weight
    return bounds


def _add_group(rubric: Rubric, bounds: dict[str, Fraction | None], group: Group) -> Fraction | None:
    """The most that a group comes to; those that lie in it come first."""
    groups = {g.code: g for g in rubric.groups}
    if group.code in bounds:
        return bounds[group.code]
    entries = [
        _add_group(rubric, bounds, groups[one]) if one in groups else bounds[one]
        for one in group.of
    ]
    found: Fraction | None
    if group.within is Within.PERIOD:
        kept = sorted((e for e in entries if e is not None), reverse=True)
        best = len(entries) if group.best is None else group.best
        found = None if None in entries else sum(kept[:best], Fraction(0))
        found = least(found, group.cap)
        if found is not None and group.floor is not None:
            found = max(found, group.floor)
    else:
        found = add(*entries)
    heaviest = max((b.weight for b in rubric.blocks), default=Fraction(1))
    bounds[group.code] = None if found is None else found * max(heaviest, Fraction(1))
    return bounds[group.code]


def together(
    rubric: Rubric, bounds: Mapping[str, Fraction | None], codes: Sequence[str]
) -> Fraction | None:
    """The most that several clauses, or several blocks, come to together, under the caps of the groups that lie among them."""
    left, found = set(codes), Fraction(0)
    groups = [g for g in rubric.groups if g.within is Within.PERIOD and g.cap is not None]
    bound: Fraction | None
    for group in sorted(groups, key=lambda g: -len(g.of)):
        if not set(group.of) <= left:
            continue
        bound = least(add(*(bounds[one] for one in group.of)), group.cap)
        if bound is not None:
            left -= set(group.of)
            found += max(bound, group.floor or bound)
    rest = add(*(bounds[code] for code in left))
    return None if rest is None else found + rest


def _within(block: Block, points: Fraction | None) -> Fraction | None:
    found = least(points, block.cap)
    if found is not None and block.floor is not None:
        found = max(found, block.floor)
    return found


def best_start(block: Block) -> Fraction:
    """The most that a block starts with for anybody."""
    starts = [s.points for s in block.starts]
    if not any(s.who == EVERYONE for s in block.starts):
        starts.append(Fraction(0))
    return max(starts)


def most_of(rubric: Rubric, clause: Clause) -> Fraction | None:
    """The most that a clause can bring by itself."""
    found = _most_of_part(rubric, clause)
    if isinstance(clause.measure, FromMembers):
        return least(found, clause.cap)
    found = least(found, clause.cap)
    if clause.every is not None and found:
        whole, part = months_of(rubric.period), months_of(clause.every)
        found = None if whole is None or part is None else found * (-(-whole // part))
    rounding = rubric.rounding
    rounds = rounding is not None and rounding.at is RoundedAt.LINE
    if rounding is not None and rounds and rounding.way is not Way.DOWN and found:
        # Each line may be rounded up, however many there are.
        return None if leaves_steps(rubric, clause, rounding.to) else found
    return found


def _most_of_part(rubric: Rubric, clause: Clause) -> Fraction | None:
    measure, nothing = clause.measure, Fraction(0)
    match measure:
        case FromMembers(take=take, times=times):
            if times <= 0 and take is Take.SHARE:
                return nothing
            return times if take is Take.SHARE else None
        case Short():
            return nothing
        case Rate(points=points, tiers=tiers):
            return max(nothing, *(p for _, p in tiers)) if tiers else max(nothing, points)
        case Full(points=points, acts=acts):
            scales = rubric.part_year is not None and rubric.part_year.acts is Asked.MONTHS
            if clause.times is not None and clause.times < acts and not scales:
                points = points * clause.times / acts
            return max(nothing, points) * _largest_share(clause)
        case Steps(steps=steps):
            return _most_of_steps(steps, clause)
        case Once(price=price) | Mean(price=price) | Summed(price=price):
            best = dearest(price)
            return None if best is None else max(nothing, best) * _largest_share(clause)
        case Each(price=price, per=per):
            best = dearest(price)
            if best is not None and best <= 0:
                return nothing
            if best is None or per is not Per.ACT or clause.times is None:
                return None
            return best * clause.times * _largest_share(clause)


def _most_of_steps(steps: Sequence[tuple[int, Fraction]], clause: Clause) -> Fraction | None:
    """What acts by their number can bring: without end where the last price is positive."""
    bounds: list[Fraction] = []
    if steps[-1][1] <= 0:
        ends = [nth for nth, _ in steps[1:]]
        between = zip(steps, ends, strict=False)
        bounds.append(
            sum((max(p, Fraction(0)) * (end - nth) for (nth, p), end in between), Fraction(0))
        )
    if clause.times is not None:
        bounds.append(max(Fraction(0), *(p for _, p in steps)) * clause.times)
    return min(bounds) * _largest_share(clause) if bounds else None


def dearest(price: Price) -> Fraction | None:
    """The best price of one act; None where a number without limit says so."""
    match price:
        case Fraction():
            return price
        case Table(by=by, prices=rows, adds=adds):
            if adds and by in OUTCOMES:
                return sum((p for _, p in rows if p > 0), Fraction(0))
            return max(p for _, p in rows)
        case Tiers(tiers=tiers):
            return max(p for _, p in tiers)
        case Quantity(of=of, points=points, at_most=most):
            if points <= 0 and of != "figure":
                return Fraction(0)
            return most


def _largest_share(clause: Clause) -> Fraction:
    """The largest part of a price that anybody gets."""
    shares = dict(clause.shares)
    fixed = [s for s in shares.values() if isinstance(s, Fraction)]
    if Byline.SOLE in shares and len(fixed) == len(shares):
        return max(fixed)
    return Fraction(1)


def add(*bounds: Fraction | None) -> Fraction | None:
    """A sum of bounds; none where one of them is open."""
    found = Fraction(0)
    for bound in bounds:
        if bound is None:
            return None
        found += bound
    return found


def least(one: Fraction | None, other: Fraction | None) -> Fraction | None:
    """The smaller of two bounds; an open one is the other."""
    return other if one is None else one if other is None else min(one, other)


def _rounded_up(points: Fraction | None, to: Fraction) -> Fraction | None:
    return None if points is None else -(-points // to) * to


def figures_of(clause: Clause) -> list[Fraction]:
    """All prices of a clause that stand in the document."""
    match clause.measure:
        case Full(points=points) | Short(points=points):
            return [points]
        case Steps(steps=steps):
            return [p for _, p in steps]
        case Rate(points=points, tiers=tiers):
            return [p for _, p in tiers] or [points]
        case FromMembers(times=times):
            return [times]
        case Each(price=price) | Once(price=price) | Mean(price=price) | Summed(price=price):
            match price:
                case Table(prices=rows):
                    return [p for _, p in rows]
                case Tiers(tiers=tiers):
                    return [p for _, p in tiers]
                case Quantity(points=points):
                    return [points]
                case _:
                    return [price]


def leaves_steps(rubric: Rubric, clause: Clause, to: Fraction) -> bool:
    """Whether one of its lines can come to something else than whole steps of that size."""
    figures = [*figures_of(clause), *([] if clause.cap is None else [clause.cap])]
    for _, share in clause.shares:
        if isinstance(share, Split):
            return True
        figures += [f * share for f in figures_of(clause)]
    measure = clause.measure
    match measure:
        case Mean() | Rate() | Summed() | FromMembers():
            return True
        case Full(points=points, acts=acts):
            if rubric.part_year is not None and rubric.part_year.acts is Asked.MONTHS:
                return True
            figures.append(points / acts)
        case Each(price=Quantity() as price) | Once(price=Quantity() as price):
            if price.at_most is not None:
                figures.append(price.at_most)
            if not price.whole:
                if price.of not in {"half_days", "acts"} and not _are_whole(clause, price.of):
                    return True
                figures.append(price.points / price.every)
        case _:
            pass
    return any(f % to for f in figures)


def _are_whole(clause: Clause, name: str) -> bool:
    """Whether a detail is a whole number in all kinds that count."""
    if name in OF_FACT:
        return False
    found = [
        f.type for k in known(KINDS, clause.counts) for f in fields_of(KINDS[k]) if f.name == name
    ]
    return bool(found) and all(t is int for t in found)


def months_of(span: Span) -> int | None:
    """How many calendar months a span has; none where no calendar bounds it."""
    try:
        return len(Period.around(span, date(2000, 1, 1), 2000).months)
    except ValueError:
        return None


def known(kinds: Mapping[str, type[Details]], counts: Iterable[Selects]) -> list[str]:
    """The kinds of the catalogue that are counted, each once."""
    return [k for k in dict.fromkeys(k for s in counts for k in s.kinds) if k in kinds]
