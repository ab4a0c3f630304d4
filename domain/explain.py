"""Sentences in Chinese and English, written from lines by templates when they are shown; nothing here is ever stored."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from domain.checklist import Unmoved
from domain.kinds import KINDS
from domain.kinds.fields import fields_of
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
from domain.selection import AS_MEMBER, TOOK_PART, Passed, Selects
from domain.words import Choice


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


def unmoved(of: Unmoved) -> Said:
    """Why a line is not in the item of a list that somebody put it in, and the reason that he gave."""
    kind = KINDS[of.kind].about
    return Said(
        f"{_day_zh(of.on)}{kind.zh}指定归入“{of.item}”未起作用:{of.why.zh}(指定理由:{of.reason})。",
        f"{_day_en(of.on)}, {kind.en}: put in “{of.item}” without effect, {of.why.en}"
        f" (the reason given: {of.reason}).",
    )


def clause(of: Clause, rubric: Rubric) -> Said:
    """What a clause says: who for, what counts, how much, up to where."""
    who = _who(of.who)
    meant = [selection(s) for s in of.counts]
    zh = f"{of.zh}:{who.zh}{';或'.join(m.zh for m in meant)},"
    en = f"{of.en}: {who.en}{'; or '.join(m.en for m in meant)}; "
    much = _measure(of)
    zh, en = zh + much.zh, en + much.en
    if of.beyond:
        named = _names(rubric)
        others_zh = "、".join(f"“{named[c].zh}”" for c in of.beyond)
        others_en = ", ".join(f"“{named[c].en}”" for c in of.beyond)
        zh, en = f"{zh},已按{others_zh}计分的不再计", f"{en}; not what {others_en} has paid"
    if of.spoiled_by:
        spoils = [selection(s) for s in of.spoiled_by]
        zh += f",有下列情形的整项不得分:{';'.join(m.zh for m in spoils)}"
        en += f"; nothing at all after: {'; '.join(m.en for m in spoils)}"
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


def selection(of: Selects) -> Said:
    """Which facts a selection means: the kinds, then every condition."""
    abouts = [KINDS[k].about for k in of.kinds if k in KINDS]
    zh, en = ["、".join(a.zh for a in abouts)], [", ".join(a.en for a in abouts)]
    for where in of.where:
        words = [_detail(of, where.name, value) for value in sorted(where.values)]
        zh.append(f"{words[0][0]}为" + "或".join(w[1].zh for w in words))
        en.append(f"{where.name} " + " or ".join(w[1].en for w in words))
    lists: list[tuple[str, str, Iterable[Choice]]] = [
        ("出勤", "attendance", () if of.states == TOOK_PART else of.states),
        ("身份", "capacity", () if of.capacities == AS_MEMBER else of.capacities),
        ("角色", "role", of.parts),
        ("发言", "speaking", of.spoke),
        ("层级", "level", of.levels),
        ("署名", "byline", of.bylines),
        ("记录", "record", of.records),
    ]
    for name_zh, name_en, choices in lists:
        ordered = sorted(choices)
        if ordered:
            zh.append(f"{name_zh}为" + "或".join(c.zh for c in ordered))
            en.append(f"{name_en} " + " or ".join(c.en for c in ordered))
    for tick, ticked_zh, ticked_en in (
        (of.key, "重点", "key"),
        (of.mandatory, "必须参加", "mandatory"),
        (of.whole, "全程", "attended throughout"),
    ):
        if tick is not None:
            zh.append(ticked_zh if tick else f"非{ticked_zh}")
            en.append(ticked_en if tick else f"not {ticked_en}")
    for passed, join_zh, join_en in (
        (of.passed_all, "已", "has been"),
        (of.passed_any, "已(任一)", "has been (any)"),
        (of.passed_none, "未", "has not been"),
    ):
        if passed:
            zh.append(join_zh + "、".join(_stage(p).zh for p in passed))
            en.append(f"{join_en} " + ", ".join(_stage(p).en for p in passed))
    if of.evidence:
        zh.append(f"佐证材料不少于{of.evidence}份")
        en.append(f"at least {of.evidence} pieces of evidence")
    return Said("·".join(zh), ", ".join(en))


def _detail(of: Selects, name: str, value: str) -> tuple[str, Said]:
    """The label of a detail and one of its values in words."""
    for kind in of.kinds:
        for about in fields_of(KINDS[kind]) if kind in KINDS else ():
            if about.name == name:
                for word in about.choices:
                    if word.value == value:
                        return about.label.zh, Said(word.zh, word.en)
                return about.label.zh, Said(value, value)
    return name, Said(value, value)


def _stage(passed: Passed) -> Said:
    levels = sorted(passed.levels, key=lambda level: level.height)
    if not levels:
        return Said(passed.stage.zh, passed.stage.en)
    return Said(
        f"{passed.stage.zh}({'、'.join(level.zh for level in levels)})",
        f"{passed.stage.en} ({', '.join(level.en for level in levels)})",
    )


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
        points = points_text(price)
        return Said(f"{points}分", f"{points} point{'' if points in {'1', '-1'} else 's'}")
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
