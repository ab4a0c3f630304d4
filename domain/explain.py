"""Sentences in Chinese and English, written from lines by templates when they are shown; nothing here is ever stored."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from domain.kinds import KINDS
from domain.rubric import (
    EVERYONE,
    ROWS,
    Axis,
    Clause,
    Each,
    Full,
    Once,
    Per,
    Price,
    Rubric,
    Table,
    Who,
    points_text,
)
from domain.scoring import Adjustment, Cut, Line, Reach, WhyNot


@dataclass(frozen=True, slots=True)
class Said:
    """One sentence in two languages."""

    zh: str
    en: str


def line(of: Line, rubric: Rubric) -> Said:
    """What a line says: which act, under which clause, its worth, what was done to it, what is left."""
    named = _names(rubric)
    if not of.clause:
        block = named[of.block]
        return Said(f"{block.zh}起始分:{_signed(of.points)}分", f"{block.en} starts at {of.points}")
    clause = named[of.clause]
    kind = KINDS[of.kind].about
    nth = f"第{of.nth}{kind.measure}" if of.nth > 1 else ""
    zh = f"{_day_zh(of.on)}{kind.zh},按“{clause.zh}”{nth and f'({nth})'}计{_signed(of.worth)}分"
    en = (
        f"{_day_en(of.on)}, {kind.en}: “{clause.en}”"
        f"{f' (no. {of.nth})' if of.nth > 1 else ''} is worth {_signed(of.worth)}"
    )
    for adjusted in of.adjustments:
        said = adjustment(adjusted, rubric)
        zh, en = f"{zh},{said.zh}", f"{en}; {said.en}"
    if of.adjustments:
        zh, en = f"{zh},实计{_signed(of.points)}分", f"{en}; {_signed(of.points)} in all"
    return Said(f"{zh}。", f"{en}.")


def adjustment(of: Adjustment, rubric: Rubric) -> Said:
    """What was done to a line, by which rule."""
    by = _names(rubric).get(of.by)
    limits = of.cut in {Cut.SHARED_CAP, Cut.BLOCK_CAP, Cut.BLOCK_FLOOR}
    zh = f"{of.cut.zh}({by.zh})" if limits and by is not None else of.cut.zh
    en = f"{of.cut.en} ({by.en})" if limits and by is not None else of.cut.en
    return Said(f"{zh}{_signed(of.amount)}分", f"{en} {_signed(of.amount)}")


def why_not(of: WhyNot, rubric: Rubric) -> Said:
    """Why a fact has no line."""
    kind = KINDS[of.kind].about
    clause = _names(rubric).get(of.clause)
    return Said(
        f"{_day_zh(of.on)}{kind.zh}未计分:{of.why.zh}{f'(“{clause.zh}”)' if clause else ''}。",
        f"{_day_en(of.on)}, {kind.en}: no points, {of.why.en}"
        f"{f' (“{clause.en}”)' if clause else ''}.",
    )


def reach(of: Reach, rubric: Rubric) -> Said:
    """What a clause could still bring."""
    clause = _names(rubric)[of.clause]
    if not of.left:
        return Said(
            f"“{clause.zh}”再有一次可得{of.next_act}分,不封顶。",
            f"“{clause.en}”: one more act brings {of.next_act}, without a cap.",
        )
    return Said(
        f"“{clause.zh}”再有一次可得{of.next_act}分,还可得{of.left}分。",
        f"“{clause.en}”: one more act brings {of.next_act}, {of.left} in all.",
    )


def clause(of: Clause) -> Said:
    """What a clause says: who for, what counts, how much, up to where."""
    kinds = [KINDS[k].about for s in of.counts for k in s.kinds if k in KINDS]
    zh = f"{of.zh}:{_who(of.who).zh}{'、'.join(dict.fromkeys(k.zh for k in kinds))},"
    en = f"{of.en}: {_who(of.who).en}{', '.join(dict.fromkeys(k.en for k in kinds))}; "
    much = _measure(of)
    zh, en = zh + much.zh, en + much.en
    if of.shares:
        shares = [(b, _percent(share)) for b, share in of.shares]
        zh += ",署名分摊:" + "、".join(f"{b.zh}{p}" for b, p in shares) + ",其余不计"
        en += "; shares: " + ", ".join(f"{b.en} {p}" for b, p in shares) + ", others nothing"
    if of.times is not None:
        zh, en = f"{zh},最多计{of.times}次", f"{en}; at most {of.times} acts"
    if of.cap is not None:
        cap = points_text(of.cap)
        zh, en = f"{zh},最高{cap}分", f"{en}; at most {cap}"
    return Said(f"{zh}。", f"{en}.")


def _measure(of: Clause) -> Said:
    match of.measure:
        case Full(points=points, acts=acts, partial=partial):
            each, full = points_text(points / acts), points_text(points)
            if partial:
                return Said(
                    f"满{acts}次得满分{full}分,不足的每次{each}分",
                    f"{acts} acts earn the full {full}, fewer {each} each",
                )
            return Said(
                f"满{acts}次得{full}分,不足的不计", f"{acts} acts earn {full}, fewer nothing"
            )
        case Once(price=price):
            said = _price(price)
            return Said(f"一次或多次共计一次:{said.zh}", f"once, however many: {said.en}")
        case Each(price=price, per=per, from_nth=nth):
            said = _price(price)
            zh = f"从第{nth}件起" if nth > 1 else ""
            en = f"from no. {nth} on " if nth > 1 else ""
            unit = Per.ACT.zh if per is Per.ACT else per.zh
            return Said(f"{zh}{unit}{said.zh}", f"{en}{said.en} per {per.en}")


def _price(price: Price) -> Said:
    if not isinstance(price, Table):
        return Said(f"{points_text(price)}分", f"{points_text(price)} points")
    rows = [(_row(price, row), points_text(p)) for row, p in price.prices]
    return Said(
        f"按{price.by.zh}:" + "、".join(f"{row.zh}{p}分" for row, p in rows),
        f"by {price.by.en}: " + ", ".join(f"{row.en} {p}" for row, p in rows),
    )


def _row(table: Table, row: str) -> Said:
    if table.by is Axis.DETAIL:
        return Said(row, row)
    word = next(w for w in ROWS[table.by] if w.value == row)
    return Said(word.zh, word.en)


def _who(who: Who) -> Said:
    if who == EVERYONE:
        return Said("", "")
    holds = sorted(who.holds)
    lacks = sorted(who.lacks)
    zh = "、".join([r.zh for r in holds] + [f"非{r.zh}" for r in lacks])
    en = ", ".join([r.en for r in holds] + [f"not {r.en}" for r in lacks])
    return Said(f"({zh})", f"({en}) ")


def _names(rubric: Rubric) -> dict[str, Said]:
    """What blocks, shared caps and clauses are called, by code; a clause prevails over a block of its code."""
    named = {b.code: Said(b.zh, b.en) for b in rubric.blocks}
    named |= {s.code: Said(s.zh, s.en) for b in rubric.blocks for s in b.shared}
    return named | {c.code: Said(c.zh, c.en) for _, c in rubric.clauses}


def _signed(points: str) -> str:
    """Points with their sign: `+5`, `-1.5`, `0`."""
    return points if points.startswith("-") or points == "0" else f"+{points}"


def _percent(share: Fraction) -> str:
    return f"{points_text(share * 100)}%"


def _day_zh(day: date) -> str:
    return f"{day.month}月{day.day}日"


_MONTHS = "January February March April May June July August September October November December"


def _day_en(day: date) -> str:
    return f"{day.day} {_MONTHS.split()[day.month - 1]}"
