"""Sentences in Chinese and English, written from lines by templates when they are shown; nothing here is ever stored."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from fractions import Fraction

from domain.attainable import figures_of
from domain.checklist import Planned, Unmoved
from domain.grading import Because, GradeReason, TriggerResult
from domain.kinds import KINDS
from domain.kinds.about import Subject
from domain.period import Span
from domain.rubric import (
    Acts,
    AttendanceOf,
    Clause,
    FromMembers,
    PointsOf,
    Rate,
    Rubric,
    Short,
    Whose,
    points_text,
)
from domain.scorecard import (
    Account,
    Adjustment,
    Cut,
    Doing,
    GateResult,
    Line,
    Points,
    Reach,
    WhyNot,
)
from domain.selection import Selects, Why


@dataclass(frozen=True, slots=True)
class Said:
    """One sentence in two languages."""

    zh: str
    en: str


def line(of: Line, rubric: Rubric, name: str = "") -> Said:
    """What a line says: which act, under which clause, its worth, what was done to it, what is left.

    `name` is that of the member whose score a unit's line is taken from, where whoever asks may know it, or of the unit on record of which a member's line is.
    """
    named = names_of(rubric)
    if not of.clause:
        return _without_clause(of, rubric)
    clause = named[of.clause]
    if not of.kind and isinstance(_clause(rubric, of.clause).measure, Short):
        zh = f"按“{clause.zh}”少{of.nth}次(件),计{_signed(of.worth)}分"
        en = f"“{clause.en}”: {of.nth} missing, {_signed(of.worth)}"
        return _sentence(zh, en, of, rubric)
    if not of.kind:
        of_whom = f"所属委员{name}" if name else "一名所属委员"
        zh = f"取{of_whom}的得分,按“{clause.zh}”计{_signed(of.worth)}分"
        en = f"from the score of {name or 'one of its members'}: “{clause.en}” is worth {_signed(of.worth)}"
        return _sentence(zh, en, of, rubric)
    kind = KINDS[of.kind].about
    nth = f"第{of.nth}{kind.measure}" if of.nth > 1 else ""
    whose = Said("", "")
    if _is_of_unit(of, rubric):
        whose = Said(
            f"作为{name or '所属单位的'}成员,该单位", f"as a member of {name or 'a unit'}, which "
        )
    zh = f"{_day_zh(of.on)}{whose.zh}{kind.zh},按“{clause.zh}”{nth and f'({nth})'}计{_signed(of.worth)}分"
    en = (
        f"{_day_en(of.on)}, {whose.en}{kind.en}: “{clause.en}”"
        f"{f' (no. {of.nth})' if of.nth > 1 else ''} is worth {_signed(of.worth)}"
    )
    return _sentence(zh, en, of, rubric)


def _without_clause(of: Line, rubric: Rubric) -> Said:
    """What a block starts with; what rounding and scaling do to a block, or to the total."""
    block = next((Said(b.zh, b.en) for b in rubric.blocks if b.code == of.block), None)
    first = of.adjustments[0].cut if of.adjustments else None
    if first in {Cut.ROUNDED, Cut.PART_YEAR}:
        done, *rest = (adjustment(each, rubric) for each in of.adjustments)
        zh, en = (f"“{block.zh}”合计", f"“{block.en}”") if block else ("总分", "the total")
        zh, en = f"{zh}{done.zh}", f"{en}: {done.en}"
        if not rest:
            return Said(f"{zh}。", f"{en}.")
        return _sentence(zh, en, replace(of, adjustments=of.adjustments[1:]), rubric)
    name = block or Said(of.block, of.block)
    zh, en = f"{name.zh}起始分:{_signed(of.worth)}分", f"{name.en} starts at {of.worth}"
    return _sentence(zh, en, of, rubric) if of.adjustments else Said(zh, en)


def _sentence(zh: str, en: str, of: Line, rubric: Rubric) -> Said:
    """A line with what was done to it, and what is left; where the full mark took all of it, that nothing more is given."""
    if [each.cut for each in of.adjustments] == [Cut.FULL_MARK] and of.points == "0":
        return Said(
            f"{zh},满分已得,不再加。",
            f"{en}; the full mark has been earned, nothing more is given.",
        )
    for adjusted in of.adjustments:
        said = adjustment(adjusted, rubric)
        zh, en = f"{zh},{said.zh}", f"{en}; {said.en}"
    if of.adjustments:
        zh, en = f"{zh},实计{_signed(of.points)}分", f"{en}; {_signed(of.points)} in all"
    return Said(f"{zh}。", f"{en}.")


def adjustment(of: Adjustment, rubric: Rubric) -> Said:
    """What was done to a line, by which rule."""
    by: Said | None = None
    if of.cut is Cut.GATE:
        by = next((Said(g.zh, g.en) for g in rubric.gates if g.code == of.by), None)
    elif of.cut is Cut.TOO_LATE:
        by = names_of(rubric).get(of.by)
    elif of.cut in {Cut.BLOCK_CAP, Cut.BLOCK_FLOOR, Cut.WEIGHT}:
        by = next((Said(b.zh, b.en) for b in rubric.blocks if b.code == of.by), None)
    elif of.cut in {Cut.BEST_OF, Cut.SHARED_CAP, Cut.SHARED_FLOOR}:
        by = next((Said(g.zh, g.en) for g in rubric.groups if g.code == of.by), None)
    elif of.cut is Cut.PART_YEAR and "/" in of.by:
        months, whole = of.by.split("/")
        by = Said(f"{whole}个月中在任{months}个月", f"{months} of {whole} months")
    zh = of.cut.zh if by is None else f"{of.cut.zh}({by.zh})"
    en = of.cut.en if by is None else f"{of.cut.en} ({by.en})"
    if of.cut is Cut.TOO_LATE:
        return Said(zh, en)
    return Said(f"{zh}{_signed(of.amount)}分", f"{en} {_signed(of.amount)}")


def _is_of_unit(of: Line | WhyNot, rubric: Rubric) -> bool:
    """Whether it is on record of a unit that a member is, or was, in."""
    return rubric.subject is Subject.MEMBER and of.subject.startswith("unit/")


def why_not(of: WhyNot, rubric: Rubric, name: str = "") -> Said:
    """Why a fact has no line; `name` is that of the unit, where it is of one of a member's units."""
    kind, whose = KINDS[of.kind].about, Said("", "")
    if _is_of_unit(of, rubric):
        whose = Said(name or "所属单位", f"{name or 'a unit'} ")
    clause = names_of(rubric).get(of.clause)
    if clause and of.why in _UNLIKE and _only_takes(_clause(rubric, of.clause)):
        return Said(
            f"{_day_zh(of.on)}{whose.zh}{kind.zh}:不属于“{clause.zh}”扣分的情形,不加分也不扣分。",
            f"{_day_en(of.on)}, {whose.en}{kind.en}: not what “{clause.en}” takes points for; nothing is given or taken.",
        )
    return Said(
        f"{_day_zh(of.on)}{whose.zh}{kind.zh}未计分:{of.why.zh}{f'(“{clause.zh}”)' if clause else ''}。",
        f"{_day_en(of.on)}, {whose.en}{kind.en}: no points, {of.why.en}"
        f"{f' (“{clause.en}”)' if clause else ''}.",
    )


_UNLIKE = frozenset({Why.CONDITIONS, Why.STATE, Why.PARTLY, Why.STAGE, Why.NOT_LISTED, Why.DAY})
"""Reasons for which a fact is simply not what a deduction is for."""


def _clause(rubric: Rubric, code: str) -> Clause:
    """The clause of that code."""
    return next(c for _, c in rubric.clauses if c.code == code)


def _only_takes(clause: Clause) -> bool:
    """Whether a clause gives nothing to anybody; one that asks for acts is no such."""
    return not isinstance(clause.measure, Short) and all(p <= 0 for p in figures_of(clause))


def reach(of: Reach, rubric: Rubric) -> Said:
    """What a clause could still bring."""
    clause = _clause(rubric, of.clause)
    by_unit = clause.whose is Whose.UNIT
    if of.next_act:
        zh = f"“{clause.zh}”{'所属单位' if by_unit else ''}再有一次可得{told(of.next_act)}分"
        en = f"“{clause.en}”: one more act{' of his unit' if by_unit else ''} brings {told(of.next_act)}"
    elif isinstance(clause.measure, Rate):
        zh, en = f"“{clause.zh}”按出勤率计分", f"“{clause.en}” goes by the rate of attendance"
    else:
        zh, en = f"“{clause.zh}”按数额计分", f"“{clause.en}” goes by a number"
    if not of.left:
        return Said(f"{zh},不封顶。", f"{en}, without a cap.")
    if of.next_act:
        return Said(f"{zh},还可得{told(of.left)}分。", f"{en}, {told(of.left)} in all.")
    return Said(f"{zh},最多还可得{told(of.left)}分。", f"{en}, at most {told(of.left)} more.")


def unmoved(of: Unmoved) -> Said:
    """Why a line is not in the item of a list that somebody put it in, and the reason that he gave."""
    kind = KINDS[of.kind].about
    return Said(
        f"{_day_zh(of.on)}{kind.zh}指定归入“{of.item}”未起作用:{of.why.zh}(指定理由:{of.reason})。",
        f"{_day_en(of.on)}, {kind.en}: put in “{of.item}” without effect, {of.why.en}"
        f" (the reason given: {of.reason}).",
    )


def planned(of: Planned) -> Said:
    """Which occasion would next fill a slot that has something left."""
    kind = KINDS[of.kind].about
    return Said(
        f"下一次:{_day_zh(of.on)}{f'“{of.title}”({kind.zh})' if of.title else kind.zh}。",
        f"Next: {_day_en(of.on)}, {f'“{of.title}” ({kind.en})' if of.title else kind.en}.",
    )


def account(of: Account, rubric: Rubric) -> Said:
    """How a clause stands: what there is, what is not on record, what was not asked."""
    clause = _clause(rubric, of.clause)
    unit = rubric.subject is Subject.UNIT
    parts: list[Said] = []
    match of.doing:
        case Doing.NOT_ELIGIBLE:
            parts.append(
                Said(
                    f"不适用于{'本单位' if unit else '本人'}",
                    f"does not apply to {'the unit' if unit else 'the member'}",
                )
            )
        case Doing.EXEMPT:
            parts.append(Said("全期免于履职", "exempt from duties throughout"))
        case Doing.DONE | Doing.NOT_DONE | Doing.NOT_RECORDED:
            parts += _doing(of, clause)
    zh, en = ",".join(p.zh for p in parts), ", ".join(p.en for p in parts)
    return Said(f"“{clause.zh}”:{zh}。", f"“{clause.en}”: {en}.")


def _doing(of: Account, clause: Clause) -> Iterator[Said]:
    if of.expected:
        yield Said(
            f"应到{of.expected}次,实到{of.acts}次", f"attended {of.acts} of {of.expected} expected"
        )
    elif of.acts and isinstance(clause.measure, FromMembers):
        yield Said(f"取自{of.acts}名所属委员", f"taken from {_of(of.acts, 'member')}")
    elif of.acts:
        word = measure_word(clause.counts)
        yield Said(f"已计{of.acts}{word}", f"{_of(of.acts, 'act')} counted")
    elif of.doing is not Doing.NOT_RECORDED:
        by_unit = clause.whose is Whose.UNIT
        yield (
            Said("所属单位尚无记录", "nothing on record of his units")
            if by_unit
            else Said("未做", "not done")
        )
    if of.not_recorded:
        yield Said(
            f"{of.not_recorded}次未登记到会情况",
            f"nothing on record of {_of(of.not_recorded, 'occasion')} expected",
        )
    if of.excused:
        yield Said(f"{of.excused}次免于参加", f"{_of(of.excused, 'occasion')} not asked for")


def gate(of: GateResult, rubric: Rubric) -> Said:
    """Whether a gate is met: what it asks, what there is, what is missing."""
    named = next(g for g in rubric.gates if g.code == of.gate)
    if not of.for_him:
        return Said(
            f"“{named.zh}”:不适用,视为达到。", f"“{named.en}”: does not apply, taken as met."
        )
    asks = named.asks
    every = Said("", "")
    if isinstance(asks, Acts) and asks.every is not None:
        every = span_of(asks.every)
    asked, got, missing = (_figure(points, asks) for points in (of.asked, of.got, of.missing))
    zh = f"要求{every.zh}{'不超过' if of.most else '不少于'}{asked.zh},"
    en = f"asks for at {'most' if of.most else 'least'} {asked.en}"
    if every.zh:
        zh, en = f"{zh}离要求最远的一段", f"{en} {every.en}, the furthest from it"
    zh, en = f"{zh}实有{got.zh}", f"{en}{'' if every.zh else ','} has {got.en}"
    if of.met:
        return Said(f"“{named.zh}”已达到:{zh}。", f"“{named.en}” is met: {en}.")
    return Said(
        f"“{named.zh}”未达到:{zh},{'超出' if of.most else '还差'}{missing.zh}。",
        f"“{named.en}” is not met: {en}, {missing.en} {'over' if of.most else 'missing'}.",
    )


def _figure(points: Points, asks: Acts | PointsOf | AttendanceOf) -> Said:
    """A figure of a gate: acts, points, or a rate."""
    match asks:
        case Acts(counts=counts):
            return Said(f"{points}{measure_word(counts)}", _of(int(points), "act"))
        case PointsOf():
            return Said(
                f"{told(points)}分", f"{told(points)} point{'' if points in {'1', '-1'} else 's'}"
            )
        case AttendanceOf():
            rate = Fraction(points)
            exact = percent(rate)
            if exact.zh.endswith("%"):
                return exact
            about = points_text(Fraction(round(rate * 1000), 10))
            return Said(f"{exact.zh}(约{about}%)", f"{exact.en} (about {about}%)")


def grade_reason(of: GradeReason, rubric: Rubric) -> Said:
    """What bears on a grade: which grade, why, and the gate, veto, list or body that says so."""
    grading = rubric.grading
    grades = () if grading is None else grading.grades
    grade = next((Said(g.zh, g.en) for g in grades if g.code == of.grade), Said(of.grade, of.grade))
    by = _named_by(of, rubric)
    zh, en = (f"({by.zh})", f" ({by.en})") if by is not None else ("", "")
    zh, en = f"{of.because.zh}{zh}", f"{of.because.en}{en}"
    if grade.zh:
        zh, en = f"{grade.zh}:{zh}", f"{grade.en}: {en}"
    return Said(f"{zh}。", f"{en}.")


def _named_by(of: GradeReason, rubric: Rubric) -> Said | None:
    """What the gate, veto, list or body is called that a reason names."""
    grading = rubric.grading
    # A list that is kept for each unit has the unit's id after its code.
    code = of.by.partition("/")[0]
    if not code or grading is None:
        return None
    bodies = [*grading.opinions, *filter(None, (grading.decided_by,))]
    match of.because:
        case Because.GATE:
            words = {g.code: Said(g.zh, g.en) for g in rubric.gates}
        case Because.VETO:
            words = {v.code: Said(v.zh, v.en) for v in grading.vetoes}
        case Because.PLACES | Because.TIE | Because.LAST:
            words = {b.code: Said(b.zh, b.en) for b in grading.boards}
        case _:
            words = {b.code: Said(b.zh, b.en) for b in bodies}
    return words.get(code, Said(of.by, of.by))


def trigger(of: TriggerResult, rubric: Rubric) -> Said:
    """How a trigger stands: what follows where it has fired, and what would fire it where it is near."""
    named = next(t for t in rubric.triggers if t.code == of.trigger)
    zh, en = f"“{named.zh}”:{of.got}/{of.needed}", f"“{named.en}”: {of.got} of {of.needed}"
    if of.fired:
        step = next((s for s in rubric.ladder if s.code == of.step), None)
        then = Said(of.step, of.step) if step is None else Said(step.zh, step.en)
        waits = (",待审定后确定", ", once the grade is decided") if of.provisional else ("", "")
        return Said(f"{zh},{then.zh}{waits[0]}。", f"{en}, {then.en}{waits[1]}.")
    if not of.near:
        return Said(f"{zh}。", f"{en}.")
    if named.within is Span.TERM and named.acts is None:
        return Said(
            f"{zh},届满仍不足即触发。", f"{en}, too few when the term is over would fire it."
        )
    if named.years > 1:
        return Said(f"{zh},再有一个考核期即触发。", f"{en}, one more such period would fire it.")
    return Said(f"{zh},再有一次即触发。", f"{en}, one more would fire it.")


# Words that the text of a rubric and these sentences have in common


def names_of(rubric: Rubric) -> dict[str, Said]:
    """What blocks, groups and clauses are called, by code; a clause prevails over a block of its code."""
    named = {b.code: Said(b.zh, b.en) for b in rubric.blocks}
    named |= {g.code: Said(g.zh, g.en) for g in rubric.groups}
    return named | {c.code: Said(c.zh, c.en) for _, c in rubric.clauses}


def measure_word(counts: Iterable[Selects]) -> str:
    """The Chinese word that acts are counted with: that of their kind, `次` for several that differ."""
    words = {KINDS[k].about.measure for each in counts for k in each.kinds if k in KINDS}
    return words.pop() if len(words) == 1 else "次"


def percent(share: Fraction) -> Said:
    """A part of a whole: `20%` where that is exact, `1/3` where it is not."""
    text = points_text(share * 100)
    said = points_text(share) if "/" in text else f"{text}%"
    return Said(said, said)


def span_of(span: Span) -> Said:
    """Each period of that length: `每季度`, `every quarter`."""
    return Said(f"每{span.zh}", f"every {span.en}")


def _signed(points: str) -> str:
    """Points with their sign: `+5`, `-1.5`, `0`; beside a fraction what it comes to, `+64/43≈1.49`."""
    return told(points) if points.startswith("-") or points == "0" else f"+{told(points)}"


def told(points: str) -> str:
    """Points, and beside a fraction what it comes to."""
    return f"{points}≈{float(Fraction(points)):.2f}" if "/" in points else points


def _of(number: int, what: str) -> str:
    """So many of something in English."""
    return f"{number} {what}{'' if number == 1 else 's'}"


def _day_zh(day: date) -> str:
    return f"{day.month}月{day.day}日"


_MONTHS = "January February March April May June July August September October November December"


def _day_en(day: date) -> str:
    return f"{day.day} {_MONTHS.split()[day.month - 1]}"
