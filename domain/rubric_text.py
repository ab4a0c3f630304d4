"""The text of a rule document in Chinese and English, from the data and nothing else: what a committee could print and adopt."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import TypeVar

from domain.explain import Said, measure_word, names_of, percent, span_of
from domain.kinds import KINDS
from domain.kinds.about import Shape, Subject
from domain.kinds.fields import fields_of
from domain.period import Span
from domain.rubric import (
    EVERYONE,
    OUTCOMES,
    ROWS,
    TICKS,
    Acts,
    Apart,
    Asked,
    AttendanceOf,
    Axis,
    Block,
    Clause,
    Distinct,
    Each,
    FromMembers,
    Full,
    Gate,
    Grade,
    Grading,
    Group,
    Mean,
    Once,
    PartYear,
    Per,
    Places,
    PointsOf,
    Practice,
    Price,
    Procedure,
    Quantity,
    Rate,
    Rounding,
    Rubric,
    Run,
    Share,
    Short,
    Silence,
    Split,
    Start,
    Step,
    Steps,
    Summed,
    Table,
    Take,
    Tiers,
    Timing,
    Topic,
    Trigger,
    Veto,
    Way,
    Who,
    Whose,
    Within,
    points_text,
)
from domain.selection import ACTS, AS_MEMBER, OF_FACT, TOOK_PART, Byline, Passed, Selects, Where
from domain.words import Choice, Level, day_zh


@dataclass(frozen=True, slots=True)
class Paragraph:
    """One paragraph of the text; `depth` is 0 for the title, 1 for a heading and what stands under the title, 2 for what stands under a heading; `clause` is the code of the clause that it is."""

    depth: int
    said: Said
    clause: str = ""


def text(rubric: Rubric, silences: Sequence[Silence] | None = None) -> tuple[Paragraph, ...]:
    """Everything that a rubric says, in the order in which a printed measure says it.

    `silences` are what it leaves open, where more is known of that than its author says.
    """
    found = [Paragraph(0, Said(rubric.zh, rubric.en))]
    found += [Paragraph(1, said) for said in _head(rubric)]
    for n, (heading, lead, items, codes) in enumerate(_sections(rubric, silences), start=1):
        found.append(
            Paragraph(1, Said(f"{_numeral(n)}、{heading.zh}", f"{n} {_upper(heading.en)}"))
        )
        found += [Paragraph(2, Said(said.zh, _upper(said.en))) for said in lead]
        found += [
            Paragraph(2, Said(f"{i}. {item.zh}", f"{n}.{i} {_upper(item.en)}"), code)
            for i, (item, code) in enumerate(
                zip(items, codes or [""] * len(items), strict=True), start=1
            )
        ]
    return tuple(found)


_Section = tuple[Said, list[Said], list[Said], list[str]]
"""A heading, what stands under it, its numbered items, and the codes of those that are clauses."""


def _sections(rubric: Rubric, silences: Sequence[Silence] | None) -> Iterator[_Section]:
    asked = rubric.silences if silences is None else silences
    yield Said("总则", "general rules"), [], _general(rubric), []
    for block in rubric.blocks:
        items = [clause(each, rubric) for each in block.clauses]
        codes = [each.code for each in block.clauses]
        yield Said(block.zh, block.en), _of_block(block, rubric), items, codes
    grading = rubric.grading
    for heading, items in (
        (Said("合并计算与总分", "what is counted together, and the total"), _together(rubric)),
        (Said("前提条件", "gates"), [_gate(gate, rubric) for gate in rubric.gates]),
        (_GRADES, [] if grading is None else [_grade(g, rubric) for g in grading.grades]),
        (
            Said("不论得分、直接评定的情形", "what sets the grade whatever the score"),
            [] if grading is None else [_veto(v, rubric) for v in grading.vetoes],
        ),
        (
            Said("名单与评定", "lists and who decides"),
            [] if grading is None else _lists(grading, rubric),
        ),
        (Said("处理情形", "what has consequences"), [_trigger(t, rubric) for t in rubric.triggers]),
        (
            Said("处理步骤,由轻到重", "steps, mildest first"),
            [_step(step) for step in rubric.ladder],
        ),
        (Said("考核程序", "procedure"), [_procedure(p) for p in rubric.process]),
        (
            Said(
                "原文没有写明的,暂按下列理解", "what the document leaves open, and how it is read"
            ),
            [_silence(s, rubric) for s in asked],
        ),
        (
            Said(
                "原文自有规定、不再提问的事项",
                "what the document settles, so that it is not asked about",
            ),
            [Said(f"{t.zh}。", f"{t.en}.") for t in Topic if t in rubric.settled],
        ),
        (
            Said("原文中看不到的部分", "what is not known of the document"),
            [_closed(Said(r.zh, r.en)) for r in rubric.unknown],
        ),
    ):
        if items:
            yield heading, [_FIRST_THAT_FITS] if heading is _GRADES else [], items, []


_GRADES = Said("等次", "grades")
_FIRST_THAT_FITS = Said(
    "等次从高到低,取第一个符合的。", "Of the grades, best first, the first that fits is taken."
)


# The document


def _head(rubric: Rubric) -> Iterator[Said]:
    until = rubric.until
    yield Said(
        f"第{rubric.version}版({rubric.code}),自{day_zh(rubric.since)}起施行"
        f"{f',至{day_zh(until)}止' if until else ''}。",
        f"Version {rubric.version} ({rubric.code}), in force from {rubric.since.isoformat()}"
        f"{f' until {until.isoformat()}' if until else ''}.",
    )
    kinds = _list(_words(rubric.of_kinds))
    whom = Said(
        rubric.subject.zh + (f"({kinds.zh})" if kinds.zh else ""),
        ("members" if rubric.subject is Subject.MEMBER else "units")
        + (f" ({kinds.en})" if kinds.en else ""),
    )
    yield Said(
        f"考核{whom.zh},以{rubric.period.zh}为一个周期。",
        f"It appraises {whom.en} for {span_of(rubric.period).en}.",
    )
    if rubric.sessions:
        yield Said(
            f"历次全会开幕日:{'、'.join(day_zh(day) for day in rubric.sessions)}。",
            f"First days of plenary sessions: {', '.join(d.isoformat() for d in rubric.sessions)}.",
        )
    if rubric.source:
        yield _closed(Said(f"来源:{rubric.source}", f"Source: {rubric.source}"))


def _general(rubric: Rubric) -> list[Said]:
    """What holds for all clauses, and how attendance is read."""
    capacities, states = _either(_words(AS_MEMBER)), _either(_words(TOOK_PART))
    found = [
        Said(
            f"除另有写明外,只计以{capacities.zh}身份实际参加({states.zh})的履职。",
            "Unless a rule says otherwise, an act counts where the subject took part in it"
            f" ({states.en}) in one of these capacities: {capacities.en}.",
        ),
        Said(
            "同一条内的履职按日期先后计数,同日的按对本人有利的次序;超出上限的,从日期靠后的减起。",
            "Acts under one rule are counted by day, then in the subject's favour; what is over a limit goes from"
            " the latest acts.",
        ),
    ]
    if any(isinstance(c.measure, Rate) for _, c in rubric.clauses) or any(
        isinstance(g.asks, AttendanceOf) for g in rubric.gates
    ):
        found.append(
            Said(
                "出勤率为实到除以应到;免于参加的和未登记到会情况的,不计入应到。",
                "The rate of attendance is what was attended over what was expected; what was not required, and"
                " what nothing is on record of, is not expected.",
            )
        )
    for reading in rubric.attendance:
        meant = selection(reading.counts)
        found.append(
            Said(
                f"{meant.zh}的,出勤按“{reading.reads.zh}”看待。",
                f"Attendance is read as {reading.reads.en}: {meant.en}.",
            )
        )
    if len(rubric.attendance) > 1:
        found.append(
            Said(
                "对同一次出勤,以上先写明的先适用。",
                "Of these readings the first that fits is taken.",
            )
        )
    return found


def _of_block(block: Block, rubric: Rubric) -> list[Said]:
    """What a block starts with, between which limits it stays, and how much of it counts."""
    found: list[Said] = []
    if block.starts:
        starts = _list([_start(s, only=len(block.starts) == 1) for s in block.starts])
        found.append(Said(f"起始分:{starts.zh}", f"it starts with {starts.en}"))
    found += _limits(block.floor, block.cap, Said("本部分", "this block"))
    if block.weight != 1:
        weight = percent(block.weight)
        found.append(Said(f"按{weight.zh}计入总分", f"{weight.en} of it counts for the total"))
    found += _presupposed(block.gates, rubric, Said("本部分", "the block"))
    return [_sentence(found)] if found else []


def _start(start: Start, *, only: bool) -> Said:
    points = _plain_points(start.points)
    if start.who == EVERYONE:
        return points if only else Said(f"其他{points.zh}", f"{points.en} for all others")
    who = _of_whom(start.who)
    return Said(f"{who.zh}{points.zh}", f"{points.en} for {who.en}")


def _limits(floor: Fraction | None, cap: Fraction | None, of: Said) -> list[Said]:
    """The bounds of a sum."""
    found = []
    if cap is not None:
        high = _plain_points(cap)
        found.append(Said(f"最高{high.zh}", f"at most {high.en}"))
    if floor is not None:
        low = _plain_points(floor)
        found.append(Said(f"不低于{low.zh}", f"at least {low.en}"))
    said = _all_of(found)
    return [Said(f"{of.zh}{said.zh}", f"{of.en} is {said.en}")] if found else []


def _presupposed(gates: Sequence[str], rubric: Rubric, of: Said) -> list[Said]:
    """That something pays only where these gates are met."""
    if not gates:
        return []
    met = _met(gates, rubric)
    return [Said(f"须达到{met.zh},否则{of.zh}不得分", f"{of.en} pays only where {met.en}")]


def _met(gates: Sequence[str], rubric: Rubric) -> Said:
    """That all of several gates are met."""
    named = _all_of(_gates_named(gates, rubric))
    return Said(named.zh, f"{named.en} {'is' if len(gates) == 1 else 'are'} met")


# Clauses


def clause(of: Clause, rubric: Rubric) -> Said:
    """What a clause says: who for, what counts, how much, up to where."""
    parts: list[Said] = []
    if of.who != EVERYONE:
        who = _of_whom(of.who)
        parts.append(Said(f"限{who.zh}", f"only for: {who.en}"))
    parts.append(_counted(of))
    parts += _shared(of)
    if of.distinct is not None:
        parts.append(_distinct(of.distinct, of.counts))
    if of.beyond:
        others = _all_of(_named(of.beyond, rubric))
        parts.append(
            Said(f"已按{others.zh}计分的不再计", f"nothing that {others.en} has paid counts again")
        )
    if of.linked:
        parts.append(
            Said(
                "同一履职的另一记录已计分的,本条仍计",
                "a record counts here also where another record of the same deed has been paid",
            )
        )
    if of.timing is not None:
        parts.append(_timing(of.timing))
    word = measure_word(of.counts)
    if of.times is not None:
        parts.append(
            Said(f"只计得分最高的{of.times}{word}", f"the best {_acts(of.times)} only")
            if of.best
            else Said(f"最多计{of.times}{word}", f"at most {_acts(of.times)}")
        )
    if of.cap is not None:
        parts.append(_cap(of.cap, of))
    parts += _presupposed(of.gates, rubric, Said("本条", "it"))
    if of.spoiled_by:
        spoils = selections(of.spoiled_by)
        parts.append(Said(f"有{spoils.zh}情形的,整条不得分", f"nothing at all after: {spoils.en}"))
    said = _sentence(parts)
    return Said(f"{of.zh}:{said.zh}", f"{of.en}: {said.en}")


def _counted(of: Clause) -> Said:
    """Which acts a clause counts, and how much they earn."""
    much = _measure(of)
    if of.every is not None:
        every = span_of(of.every)
        much = Said(
            f"{every.zh}分别计算,{much.zh}", f"worked out for {every.en} by itself, {much.en}"
        )
    if not of.counts:
        return much
    meant = selections(of.counts)
    whose = _whose(of)
    return Said(f"{whose.zh}{meant.zh}的,{much.zh}", f"{whose.en}{meant.en}; {much.en}")


def _whose(of: Clause) -> Said:
    """Whose acts a clause counts, where they are not those of the one who is appraised."""
    match of.whose:
        case Whose.OWN:
            return Said("", "")
        case Whose.MEMBERS:
            return Said("所属委员", "its members: ")
        case Whose.UNIT:
            kinds = _either(_words(of.of_kinds))
            only = Said(f"({kinds.zh})", f" ({kinds.en})") if of.of_kinds else Said("", "")
            return Said(f"当日所属单位{only.zh}", f"the units that he was in on the day{only.en}: ")


def _cap(cap: Fraction, of: Clause) -> Said:
    points = points_text(cap)
    prices = _prices(of)
    if prices and all(p <= 0 for p in prices):
        return Said(f"最多扣{points}分", f"it takes at most {points}")
    return Said(f"最高计{points}分", f"at most {_points_en(cap)} in all")


def _prices(of: Clause) -> list[Fraction]:
    """The figures of a clause, by which it gives or takes."""
    match of.measure:
        case Steps(steps=steps):
            return [p for _, p in steps]
        case Full() | Rate() | Short():
            return [of.measure.points]
        case FromMembers():
            return [of.measure.times]
        case Each() | Once() | Mean() | Summed():
            match of.measure.price:
                case Table(prices=rows):
                    return [p for _, p in rows]
                case Tiers(tiers=tiers):
                    return [p for _, p in tiers]
                case Quantity(points=points):
                    return [points]
                case points:
                    return [points]


def _measure(of: Clause) -> Said:
    word = measure_word(of.counts)
    match of.measure:
        case Each(price=price, per=per, from_nth=nth):
            said = _price(price, of)
            unit = f"每{word}" if per is Per.ACT else per.zh
            zh, en = f"{unit}{said.zh}", f"{said.en} per {per.en}"
            if not isinstance(price, Fraction):
                en = f"per {per.en}, {said.en}"
            if nth > 1:
                return Said(f"从第{nth}{word}起{zh}", f"from no. {nth} on, {en}")
            return Said(zh, en)
        case Steps(steps=steps):
            return _steps(steps, word)
        case Once(price=price):
            said = _price(price, of)
            if isinstance(price, Fraction):
                return Said(f"一{word}或多{word}共{said.zh}", f"{said.en} once, however many")
            return Said(
                f"一{word}或多{word}只计一次,取最高的,{said.zh}",
                f"once, for the best of however many: {said.en}",
            )
        case Full(points=points, acts=acts, partial=partial):
            each, full = points_text(points / acts), points_text(points)
            if partial:
                return Said(
                    f"满{acts}{word}得满分{full}分,不足的每{word}计{each}分",
                    f"{_acts(acts)} earn the full {full}, fewer {each} each",
                )
            return Said(
                f"满{acts}{word}得{full}分,不足的不得分",
                f"{_acts(acts)} earn {full}, fewer nothing",
            )
        case Rate():
            return _rate(of.measure)
        case Mean(price=price):
            said = _price(price, of)
            return Said(f"取各{word}得分的平均,{said.zh}", f"the mean of all acts: {said.en}")
        case Summed(price=price):
            said = _price(price, of, each=Said("合计", "in all"))
            if price.of == ACTS:
                return Said(f"合计{said.zh}", f"in all, {said.en}")
            return Said(f"各{word}的数额合计起来,{said.zh}", f"for the sum of all acts: {said.en}")
        case Short(points=points, acts=acts):
            taken = _points(points)
            if acts == 1:
                return Said(
                    f"到期没有的{taken.zh}",
                    f"{taken.en} where there is none when the period is over",
                )
            return Said(
                f"应有{acts}{word},到期每少一{word}{taken.zh}",
                f"{_acts(acts)} are asked for, {taken.en} for each that is missing when the period is over",
            )
        case FromMembers():
            return _from_members(of.measure)


def _steps(steps: Sequence[tuple[int, Fraction]], word: str) -> Said:
    found = []
    for i, (first, price) in enumerate(steps):
        said = _points(price)
        last = steps[i + 1][0] - 1 if i + 1 < len(steps) else None
        if last is None:
            found.append(
                Said(f"第{first}{word}起每{word}{said.zh}", f"{said.en} each from no. {first} on")
            )
        elif last == first:
            found.append(Said(f"第{first}{word}{said.zh}", f"{said.en} for no. {first}"))
        else:
            found.append(
                Said(
                    f"第{first}至{last}{word}每{word}{said.zh}",
                    f"{said.en} each for nos. {first} to {last}",
                )
            )
    return _list(found, zh=",")


def _rate(of: Rate) -> Said:
    full = _plain_points(of.points)
    by = _rate_by(of.per)
    if of.weights:
        parts = [(state, percent(weight)) for state, weight in of.weights]
        weighed = _list([Said(f"{s.zh}按{p.zh}计", f"{s.en} as {p.en}") for s, p in parts])
        by = Said(f"{by.zh},{weighed.zh}", f"{by.en}; {weighed.en}")
    if not of.tiers:
        return Said(
            f"{full.zh}乘以出勤率({by.zh})", f"{full.en} times the rate of attendance ({by.en})"
        )
    tiers = sorted(of.tiers, reverse=True)
    rows = _list([_tier(percent(least), p) for least, p in tiers])
    lowest = percent(tiers[-1][0])
    return Said(
        f"满分{full.zh},按出勤率({by.zh})分档:{rows.zh},低于{lowest.zh}不得分",
        f"of {full.en}, by the rate of attendance ({by.en}): {rows.en}, nothing below {lowest.en}",
    )


def _tier(least: Said, price: Fraction) -> Said:
    said = _points(price)
    return Said(f"达到{least.zh}{said.zh}", f"{said.en} from {least.en}")


def _rate_by(per: Per) -> Said:
    return {
        Per.ACT: Said("按次数", "in acts"),
        Per.HALF_DAY: Said("按半天数", "in half days"),
        Per.MISSED_HALF_DAY: Said("按缺席的半天数", "in half days missed"),
    }[per]


def _from_members(of: FromMembers) -> Said:
    whose = Said("所属委员", "its members")
    if of.best is not None:
        whose = Said(f"得分最高的{of.best}名所属委员", f"the best {of.best} of its members")
    what = Said("总分", "the total")
    if of.of:
        what = Said(f"“{of.of}”部分得分", f"the points of the block “{of.of}”")
    if of.rubric:
        what = Said(f"按“{of.rubric}”的{what.zh}", f"{what.en} under “{of.rubric}”")
    times = points_text(of.times)
    match of.take:
        case Take.SHARE:
            mark = Said("", "")
            if of.reach is not None:
                reach = _plain_points(of.reach)
                mark = Said(f"达到{reach.zh}", f" of at least {reach.en}")
            return Said(
                f"{times}分乘以{whose.zh}中{what.zh}{mark.zh}的比例",
                f"{_points_en(of.times)} times the share of those with {what.en}{mark.en} among {whose.en}",
            )
        case Take.MEAN | Take.SUM:
            factor = Said("", "")
            if of.times != 1:
                factor = Said(f",乘以{times}", f", times {times}")
            return Said(
                f"取{whose.zh}{what.zh}的{of.take.zh}{factor.zh}",
                f"the {of.take.en} of {what.en} of {whose.en}{factor.en}",
            )


# Prices


def _price(price: Price, of: Clause, *, each: Said | None = None) -> Said:
    """A price; `each` is what a limit of it is for, an act where nothing is said."""
    match price:
        case Table():
            return _table(price, of)
        case Quantity():
            return _quantity(price, of, each)
        case Tiers(of=name, tiers=tiers):
            label = _label(of.counts, name)
            ordered = sorted(tiers, reverse=True)
            rows = _list([_tier(_same(points_text(least)), p) for least, p in ordered])
            lowest = points_text(ordered[-1][0]) if ordered else "0"
            return Said(
                f"按{label.zh}分档:{rows.zh},低于{lowest}不得分",
                f"by {label.en}: {rows.en}, nothing below {lowest}",
            )
        case _:
            return _points(price)


def _table(of: Table, within: Clause) -> Said:
    by = Said(of.by.zh, of.by.en)
    if of.by is Axis.DETAIL:
        by = _label(within.counts, of.detail)
    rows = []
    for row, points in of.prices:
        word, price = _row(of, row, within), _points(points)
        rows.append(Said(f"{word.zh}{price.zh}", f"{word.en} {price.en}"))
    said = _list(rows)
    zh, en = f"按{by.zh}:{said.zh},未列的不得分", f"by {by.en}: {said.en}, others nothing"
    if of.adds:
        return Said(f"{zh},符合几项的相加", f"{en}, those that it has add up")
    if of.by in OUTCOMES:
        return Said(f"{zh},符合几项的取高", f"{en}, the best that it has counts")
    return Said(zh, en)


def _row(of: Table, row: str, within: Clause) -> Said:
    """A row of a table in words."""
    if of.by in TICKS:
        return _tick(row)
    if of.by is Axis.DETAIL:
        return _value(within.counts, of.detail, row)
    if of.by is Axis.KIND and row in KINDS:
        return Said(KINDS[row].about.zh, KINDS[row].about.en)
    for word in ROWS.get(of.by, ()):
        if word.value == row:
            return Said(word.zh, word.en)
    return _same(row)


def _quantity(of: Quantity, within: Clause, each: Said | None) -> Said:
    label, price, every = _label(within.counts, of.of), _points(of.points), points_text(of.every)
    if of.points == 1 and of.every == 1 and not of.whole:
        zh, en = f"按{label.zh}计分", f"as many points as {label.en}"
    elif of.of == ACTS:
        word = measure_word(within.counts)
        full = "满" if of.whole or of.every != 1 else ""
        zh, en = f"每{full}{every}{word}{price.zh}", f"{price.en} for every {every} acts"
    else:
        full = "满" if of.whole or of.every != 1 else ""
        zh, en = (
            f"{label.zh}每{full}{every}{price.zh}",
            f"{price.en} for every {every} of {label.en}",
        )
    limits = []
    if of.whole:
        limits.append(Said("不满的部分不计", "whole steps only"))
    if of.at_most is not None:
        most = points_text(of.at_most)
        what = each or Said(f"一{measure_word(within.counts)}", "per act")
        limits.append(Said(f"{what.zh}最多{most}分", f"at most {most} {what.en}"))
    if not limits:
        return Said(zh, en)
    limit = _list(limits, zh=",")
    return Said(f"{zh}({limit.zh})", f"{en} ({limit.en})")


# Shares and limits of a clause


def _shared(of: Clause) -> list[Said]:
    """Who gets which part of the price; who signs alone gets the whole unless the clause says otherwise."""
    if not of.shares:
        return []
    shares: list[tuple[Byline, Share]] = list(of.shares)
    if not any(byline is Byline.SOLE for byline, _ in shares):
        shares.insert(0, (Byline.SOLE, Fraction(1)))
    rows = []
    for byline, share in shares:
        part = _share(share)
        rows.append(Said(f"{byline.zh}{part.zh}", f"{byline.en} {part.en}"))
    said = _list(rows)
    rest = len({byline for byline, _ in shares}) < len(Byline)
    return [
        Said(
            f"按署名分配:{said.zh}{',其余不计' if rest else ''}",
            f"by byline: {said.en}{', others nothing' if rest else ''}",
        )
    ]


def _share(share: Share) -> Said:
    match share:
        case Split.EQUAL:
            return Said("按全部署名人均分", "an equal part among all authors")
        case Split.REST:
            return Said("均分第一人以外的部分", "an equal part of what the first leaves")
        case Split.RECORDED:
            return Said(
                "按登记的份额(没有登记的均分)", "the share on record (an equal part where none is)"
            )
        case _:
            if share == 1:
                return Said("得全部", "the whole")
            part = percent(share)
            return Said(f"得{part.zh}", part.en)


def _distinct(of: Distinct, counts: Sequence[Selects]) -> Said:
    said = _distinct_by(of, counts)
    return Said(f"全期{said.zh}", f"{said.en} in the whole period") if of.whole else said


def _distinct_by(of: Distinct, counts: Sequence[Selects]) -> Said:
    match of.by:
        case Apart.DETAIL:
            label = _label(counts, of.detail)
            return Said(
                f"{label.zh}相同的只计最高的一次", f"of each {label.en} only the best counts"
            )
        case Apart.PERSON:
            return Said("每人只计最高的一次", "of each person only the best counts")
        case Apart.DAY | Apart.DEED:
            return Said(f"{of.by.zh}只计最高的一次", f"of each {of.by.en} only the best counts")
        case Apart.WORK | Apart.VILLAGE | Apart.PAIRING | Apart.MONTH:
            return Said(f"同一{of.by.zh}只计最高的一次", f"of each {of.by.en} only the best counts")


def _timing(of: Timing) -> Said:
    return Said(f"计入{of.zh}", f"it belongs to {of.en}")


# Selections


def selections(of: Sequence[Selects]) -> Said:
    """Which facts several selections mean: any of them."""
    return _list([selection(each) for each in of], zh=",或", en=", or ")


def selection(of: Selects) -> Said:
    """Which facts a selection means: the kinds, then every condition."""
    kinds = _either(_kinds_named(of.kinds))
    conditions = _list(list(_conditions(of)), zh=",")
    if not conditions.zh:
        return kinds
    return Said(f"{kinds.zh}({conditions.zh})", f"{kinds.en} ({conditions.en})")


def _kinds_named(kinds: Sequence[str]) -> list[Said]:
    """Kinds in words; most of all occasions, or of all matters, as all but the rest."""
    found: list[Said] = []
    left = list(kinds)
    for shape, called in (
        (Shape.OCCASION, Said("一切活动", "every kind of occasion")),
        (Shape.MATTER, Said("一切事项", "every kind of matter")),
    ):
        there = [k for k, kind in KINDS.items() if kind.about.shape is shape]
        others = [k for k in there if k not in left]
        if len(others) * 2 < len(there):
            left = [k for k in left if k not in there]
            but = _list(_kinds_named(others))
            found.append(
                Said(f"除{but.zh}以外的{called.zh}", f"{called.en} but {but.en}")
                if others
                else called
            )
    return [
        *found,
        *(Said(KINDS[k].about.zh, KINDS[k].about.en) if k in KINDS else _same(k) for k in left),
    ]


def _conditions(of: Selects) -> Iterator[Said]:
    for where in of.where:
        yield _where(of, where)
    for name, chosen, usual in (
        (Said("身份", "capacity"), of.capacities, AS_MEMBER),
        (Said("出勤", "attendance"), of.states, TOOK_PART),
    ):
        if chosen != usual:
            either = _either(_words(chosen)) if chosen else Said("任意", "any")
            yield Said(f"{name.zh}为{either.zh}", f"{name.en}: {either.en}")
    named: list[tuple[Said, list[Said]]] = [
        (Said("请假类别", "kind of leave"), [_same(leave) for leave in sorted(of.leaves)]),
        (Said("角色", "role"), _words(of.parts)),
        (Said("发言", "speaking"), _words(of.spoke)),
        (Said("层级", "level"), _levels(of.levels)),
        (Said("署名", "byline"), _words(of.bylines)),
        (Said("记录", "record"), _words(of.records)),
    ]
    for name, words in named:
        if words:
            either = _either(words)
            yield Said(f"{name.zh}为{either.zh}", f"{name.en}: {either.en}")
    for tick, yes, no in (
        (of.key, Said("重点", "key"), Said("非重点", "not key")),
        (of.mandatory, Said("必须参加", "mandatory"), Said("不要求必须参加", "not mandatory")),
        (of.whole, Said("全程参加", "throughout"), Said("未全程参加", "not throughout")),
    ):
        if tick is not None:
            yield yes if tick else no
    if of.attended_from is not None:
        part = percent(of.attended_from)
        yield Said(
            f"到会不少于应到半天数的{part.zh}", f"at least {part.en} of its half days attended"
        )
    if of.attended_below is not None:
        part = percent(of.attended_below)
        yield Said(
            f"到会不足应到半天数的{part.zh}", f"less than {part.en} of its half days attended"
        )
    if of.first_names is not None:
        yield Said(f"署名在前{of.first_names}名以内", f"among the first {of.first_names} names")
    if of.since or of.until:
        (zh, en), (last_zh, last_en) = map(_of_year, (of.since or 101, of.until or 1231))
        yield Said(f"日期在{zh}至{last_zh}", f"from {en} to {last_en}")
    if of.passed_all:
        stages = _all_of([_passed(p) for p in of.passed_all])
        yield Said(f"已{stages.zh}", f"reached: {stages.en}")
    if of.passed_any:
        stages = _either([_passed(p) for p in of.passed_any])
        yield Said(f"已{stages.zh}", f"reached: {stages.en}")
    if of.passed_none:
        stages = _either([_passed(p) for p in of.passed_none])
        yield Said(f"未{stages.zh}", f"not reached: {stages.en}")
    if of.evidence:
        yield Said(
            f"佐证材料不少于{of.evidence}份",
            f"at least {of.evidence} piece{'' if of.evidence == 1 else 's'} of evidence",
        )
    if of.attested:
        sides = _all_of(_words(of.attested))
        yield Said(f"经{sides.zh}登记或确认", f"recorded or confirmed by {sides.en}")


def _of_year(day: int) -> tuple[str, str]:
    """A day of the year, in Chinese and as documents write it."""
    month, of_month = divmod(day, 100)
    return f"{month}月{of_month}日", f"{month:02}-{of_month:02}"


def _where(of: Selects, where: Where) -> Said:
    label = _label((of,), where.name)
    if where.is_range:
        bounds = _between(
            None if where.at_least is None else _same(points_text(where.at_least)),
            None if where.at_most is None else _same(points_text(where.at_most)),
        )
        return Said(f"{label.zh}{bounds.zh}", f"{label.en}: {bounds.en}")
    found: list[Said] = []
    for values, no in ((where.values, Said("", "")), (where.unless, Said("不", "not "))):
        if values and _is_tick(of, where.name):
            ticks = sorted({"true", "false"} - values if no.zh else values, reverse=True)
            said = _either([_tick(value) for value in ticks])
            found.append(Said(f"{label.zh}:{said.zh}", f"{label.en}: {said.en}"))
        elif values:
            said = _either(
                [_value((of,), where.name, v) for v in _by_choice(of, where.name, values)]
            )
            found.append(Said(f"{label.zh}{no.zh}为{said.zh}", f"{label.en}: {no.en}{said.en}"))
    return _list(found, zh=",")


def _between(least: Said | None, most: Said | None) -> Said:
    """That a figure is bound at one end or both."""
    found = []
    if least is not None:
        found.append(Said(f"不少于{least.zh}", f"at least {least.en}"))
    if most is not None:
        found.append(Said(f"不超过{most.zh}", f"at most {most.en}"))
    return _list(found)


def _passed(of: Passed) -> Said:
    stage = Said(of.stage.zh, of.stage.en)
    at = []
    if of.levels:
        at.append(_either(_levels(of.levels)))
    if of.ranks:
        ranks = _either([_same(rank) for rank in sorted(of.ranks)])
        at.append(Said(f"领导为{ranks.zh}", f"by {ranks.en}"))
    said = _list(at, zh=",")
    return Said(f"{stage.zh}({said.zh})", f"{stage.en} ({said.en})") if at else stage


def _levels(levels: Iterable[Level]) -> list[Said]:
    """Levels in words: `市以上` where they are all from one up."""
    ordered = _in_order(levels)
    if len(ordered) > 1 and ordered == list(Level)[ordered[0].height :]:
        return [Said(f"{ordered[0].zh}以上", f"{ordered[0].en} or above")]
    return [Said(level.zh, level.en) for level in ordered]


def _label(counts: Sequence[Selects], name: str) -> Said:
    """How a number or a detail is called."""
    if name in OF_FACT:
        return _OF_FACT[name]
    for kind in _kinds(counts):
        for about in fields_of(KINDS[kind]):
            if about.name == name:
                return Said(about.label.zh, about.label.en)
    return _same(name)


_OF_FACT = {
    "figure": Said("认定的数额", "the figure that was set"),
    "half_days": Said("到会半天数", "half days attended"),
    "acts": Said("次(件)数", "acts"),
}


def _value(counts: Sequence[Selects], name: str, value: str) -> Said:
    """A value of a detail in words."""
    for kind in _kinds(counts):
        for about in fields_of(KINDS[kind]):
            if about.name == name:
                for word in about.choices:
                    if word.value == value:
                        return Said(word.zh, word.en)
                if about.type is bool:
                    return _tick(value)
    return _same(value)


def _by_choice(of: Selects, name: str, values: Collection[str]) -> list[str]:
    """These values of a detail in the order of its list, where it has one."""
    order = [
        str(word.value)
        for kind in _kinds((of,))
        for about in fields_of(KINDS[kind])
        if about.name == name
        for word in about.choices
    ]
    return sorted(values, key=lambda v: (order.index(v) if v in order else len(order), v))


def _is_tick(of: Selects, name: str) -> bool:
    return any(
        about.name == name and about.type is bool
        for kind in _kinds((of,))
        for about in fields_of(KINDS[kind])
    )


def _kinds(counts: Sequence[Selects]) -> Iterator[str]:
    return (kind for each in counts for kind in each.kinds if kind in KINDS)


def _tick(value: str) -> Said:
    return {"true": Said("是", "yes"), "false": Said("否", "no")}.get(value, _same(value))


# Whom


def _of_whom(of: Who) -> Said:
    """Whom a rule is for."""
    found: list[Said] = []
    held = [*_words(of.holds), *_words(of.offices)]
    if held:
        found.append(_either(held))
    if of.lacks:
        lacks = _either(_words(of.lacks))
        found.append(Said(f"不担任{lacks.zh}", f"not {lacks.en}"))
    for words in (_words(of.classes), _words(of.kinds)):
        if words:
            either = _either(words)
            found.append(Said(f"{'为' if found else ''}{either.zh}", either.en))
    if of.units:
        units = _either([_quoted(_same(unit)) for unit in sorted(of.units)])
        found.append(Said(f"单位为{units.zh}", f"of the unit {units.en}"))
    for said, yes, no in (
        (of.party, Said("是中共党员", "Party members"), Said("不是中共党员", "no Party members")),
        (
            of.public,
            Said("在体制内", "inside the public system"),
            Said("在体制外", "outside the public system"),
        ),
        (
            of.higher,
            Said("同时是上级政协委员", "also of a higher committee"),
            Said("不是上级政协委员", "of no higher committee"),
        ),
        (
            of.added,
            Said("届中增补", "who joined during the term"),
            Said("不是届中增补", "who did not join during the term"),
        ),
    ):
        if said is not None:
            found.append(yes if said else no)
    return _list(found, zh=",且", en=", ") if found else Said("所有人", "everyone")


def _only(of: Who) -> list[Said]:
    """For whom something is, where it is not for everyone."""
    if of == EVERYONE:
        return []
    who = _of_whom(of)
    return [Said(f"限{who.zh}", f"only for: {who.en}")]


# What is counted together


def _together(rubric: Rubric) -> list[Said]:
    found = [_group(group, rubric) for group in rubric.groups]
    total = _limits(rubric.floor, rubric.cap, Said("总分", "the total"))
    if total:
        found.append(_sentence(total))
    if rubric.rounding is not None:
        found.append(_rounding(rubric.rounding))
    if rubric.order is not None:
        found.append(
            _sentence([Said(f"次序:{rubric.order.zh}", f"in this order: {rubric.order.en}")])
        )
    late = rubric.late
    if late is not None:
        parts = [
            Said(
                f"采用、批示等结果{_timing(late.timing).zh}",
                f"of an outcome: {_timing(late.timing).en}",
            )
        ]
        if late.within_days is not None:
            whose = (
                Said("", "")
                if late.timing is Timing.ACT
                else Said("计入履职当期的,", "of what belongs to the period of the act, ")
            )
            then = (
                Said(
                    "再晚的,多得的部分计入结果当期",
                    "adds what it brings more, in the period in which it came",
                )
                if late.carry_over
                else Said("再晚的不计", "counts no more")
            )
            parts.append(
                Said(
                    f"{whose.zh}周期结束后{late.within_days}天以内有的结果仍计,{then.zh}",
                    f"{whose.en}one that comes more than {late.within_days} days after the end of the period {then.en}",
                )
            )
        found.append(_sentence(parts))
    if rubric.part_year is not None:
        found.append(_part_year(rubric.part_year, rubric))
    return found


def _group(of: Group, rubric: Rubric) -> Said:
    members = _all_of(_named(of.of, rubric))
    within = {
        Within.PERIOD: Said("", ""),
        Within.DEED: Said("同一履职的", " of each deed"),
        Within.WORK: Said("同一课题的", " of each work"),
    }[of.within]
    said = Said(f"{within.zh}{members.zh}", f"{members.en}{within.en}")
    parts = []
    if of.best is not None:
        parts.append(Said(f"只计得分最高的{of.best}项", f"only the best {of.best} of them count"))
    parts += _limits(of.floor, of.cap, Said("合计", "their sum"))
    rest = _sentence(parts)
    return Said(f"{of.zh}:{said.zh},{rest.zh}", f"{of.en}: {said.en}; {rest.en}")


def _rounding(of: Rounding) -> Said:
    step = points_text(of.to)
    zh = {
        Way.HALF_UP: f"四舍五入到{step}分",
        Way.HALF_EVEN: f"四舍六入五成双到{step}分",
        Way.DOWN: f"不满{step}分的零头舍去",
        Way.UP: f"不满{step}分的零头进为{step}分",
    }[of.way]
    return Said(f"{of.at.zh}{zh}。", f"{of.at.en} is rounded {of.way.en} to steps of {step}.")


def _part_year(of: PartYear, rubric: Rubric) -> Said:
    acts = of.acts is Asked.MONTHS
    total = of.total is Asked.MONTHS
    whole = Said("总分", "the total")
    if total and of.of:
        named = _all_of(_named(of.of, rubric))
        whole = named if len(of.of) == 1 else Said(f"{named.zh}各自", f"each of {named.en}")
    whom = Said("", "")
    if of.who != EVERYONE:
        who = _of_whom(of.who)
        whom = Said(f"({who.zh})", f" ({who.en})")
    parts = [
        Said(
            f"任职不满一个周期的{whom.zh}:满分、缺额和前提所要求的次数{'按在任月数折算(不满一次的算一次)' if acts else of.acts.zh}",
            f"members for part of a period{whom.en}: the numbers that full marks, lacks and gates ask for are "
            + ("scaled to the months served, rounded up" if acts else "not scaled"),
        ),
        Said(
            f"{whole.zh}{'按在任月数折算成全期,折算后不超出其上限和下限' if total else of.total.zh}",
            f"{whole.en} is {'scaled from the months served to the whole period, within its cap and floor' if total else 'not scaled'}",
        ),
    ]
    if of.least_days > 1:
        parts.append(
            Said(
                f"当月在任不满{of.least_days}天的,该月不算在任",
                f"a month with fewer than {of.least_days} days of membership is not served",
            )
        )
    if of.least_months:
        parts.append(
            Said(
                f"在任不满{of.least_months}个月的不评定等次",
                f"no grade below {of.least_months} months",
            )
        )
        if of.vetoes_first:
            parts.append(
                Said(
                    "但有不论得分直接评定的情形的,照评",
                    "but for one that is set whatever the score",
                )
            )
    counts = of.exempt_serves
    parts.append(
        Said(
            f"免于履职的月份{'算' if counts else '不算'}在任",
            f"months of exemption count as {'' if counts else 'not '}served",
        )
    )
    return _sentence(parts)


# Gates and grades


def _gate(of: Gate, rubric: Rubric) -> Said:
    parts = [*_only(of.who), _asks(of.asks, rubric)]
    if isinstance(of.asks, Acts) and of.asks.distinct is not None:
        parts.append(_distinct(of.asks.distinct, of.asks.counts))
    if of.grades:
        grades = _either(_grades_named(of.grades, rubric))
        parts.append(
            Said(f"不达到的不能评为{grades.zh}", f"without it nobody is graded {grades.en}")
        )
    said = _sentence(parts)
    return Said(f"{of.zh}:{said.zh}", f"{of.en}: {said.en}")


def _asks(asks: Acts | PointsOf | AttendanceOf, rubric: Rubric) -> Said:
    match asks:
        case Acts():
            meant, word = selections(asks.counts), measure_word(asks.counts)
            bounds = _between(
                None
                if asks.at_least is None
                else Said(f"{asks.at_least}{word}", f"{asks.at_least}"),
                None if asks.at_most is None else Said(f"{asks.at_most}{word}", f"{asks.at_most}"),
            )
            every = Said("", "") if asks.every is None else span_of(asks.every)
            return Said(
                f"{meant.zh}的,{every.zh}{bounds.zh}",
                f"{meant.en}: {bounds.en}{every.en and f' in {every.en}'}",
            )
        case PointsOf():
            of = Said("总分", "the total")
            if asks.of:
                (of,) = _named([asks.of], rubric)
            bounds = _between(
                None if asks.at_least is None else _plain_points(asks.at_least),
                None if asks.at_most is None else _plain_points(asks.at_most),
            )
            return Said(f"{of.zh}{bounds.zh}", f"{of.en} {bounds.en}")
        case AttendanceOf():
            meant, by, least = selections(asks.counts), _rate_by(asks.per), percent(asks.at_least)
            return Said(
                f"{meant.zh}的出勤率({by.zh})不低于{least.zh}",
                f"{meant.en}: a rate of attendance ({by.en}) of at least {least.en}",
            )


def _grade(of: Grade, rubric: Rubric) -> Said:
    parts = [_band(of.at_least, of.below)]
    if of.at_least is None and of.below is None:
        parts = [Said("不设分数线", "without a limit of points")]
    parts += _only(of.who)
    if of.gates:
        met = _met(of.gates, rubric)
        parts.append(Said(f"须达到{met.zh}", f"where {met.en}"))
    if of.places is not None:
        places = _places(of.places)
        parts.append(Said(f"不超过{places.zh}", f"for at most {places.en}"))
    if of.last is not None:
        last = _places(of.last)
        parts.append(
            Said(
                f"名单上排在最后的{last.zh}评为本等次",
                f"the last {last.en} on a list get it in any case",
            )
        )
    said = _sentence(parts)
    return Said(f"{of.zh}:{said.zh}", f"{of.en}: {said.en}")


def _places(of: Places) -> Said:
    if of.number is not None:
        return Said(f"{of.number}名", f"{of.number}")
    share = percent(of.share or Fraction(0))
    way = of.way
    return Said(
        f"名单人数的{share.zh}{f'(算得的小数{way.zh})' if way else ''}",
        f"{share.en} of those on a list{f' (a part of one is rounded {way.en})' if way else ''}",
    )


def _veto(of: Veto, rubric: Rubric) -> Said:
    meant = selections(of.counts)
    (grade,) = _grades_named([of.grade], rubric)
    times = Said("", "")
    if of.acts > 1:
        times = Said(f"满{of.acts}{measure_word(of.counts)}", f", {of.acts} times")
    return Said(
        f"{of.zh}:{meant.zh}{times.zh}的,评为{grade.zh}。",
        f"{of.en}: {meant.en}{times.en}; the grade is {grade.en}.",
    )


def _lists(grading: Grading, rubric: Rubric) -> list[Said]:
    """Which lists are kept, what becomes of equal totals, and who has a say."""
    found: list[Said] = []
    for board in grading.boards:
        parts = _only(board.who)
        if board.by is not None:
            parts.append(Said(f"每个{board.by.zh}各列一份", f"one for each {board.by.en}"))
        said = _sentence(parts or [_of_whom(board.who)])
        found.append(Said(f"名单“{board.zh}”:{said.zh}", f"The list “{board.en}”: {said.en}"))
    if grading.not_assessed:
        whom = _either([_of_whom(who) for who in grading.not_assessed])
        found.append(Said(f"不参加评定:{whom.zh}。", f"Not assessed: {whom.en}."))
    if grading.tie_breaks:
        named = _all_of(_named(grading.tie_breaks, rubric))
        found.append(
            Said(
                f"总分相同的,依次比较{named.zh}的得分。",
                f"Of equal totals the higher points in {named.en} come first, in this order.",
            )
        )
    if grading.ties is not None:
        found.append(
            Said(
                f"名额边上的同分:{grading.ties.zh}。",
                f"Of equal totals at the cut of the places {grading.ties.en}.",
            )
        )
    if grading.opinions:
        bodies = _all_of([Said(b.zh, b.en) for b in grading.opinions])
        how = grading.combine
        found.append(
            Said(
                f"{bodies.zh}分别提出等次意见,{how.zh}。",
                f"An opinion on the grade is given by {bodies.en}: {how.en}.",
            )
        )
    if grading.decided_by is not None:
        body = grading.decided_by
        found.append(Said(f"等次由{body.zh}审定。", f"The grade is decided by {body.en}."))
    if grading.ranking is not None:
        ranking = grading.ranking
        found.append(
            Said(
                f"名次:{ranking.zh};名单满{ranking.at_least}人的才显示。",
                f"Places are shown: {ranking.en}; only on lists of at least {ranking.at_least}.",
            )
        )
    return found


# Consequences and procedure


def _trigger(of: Trigger, rubric: Rubric) -> Said:
    what = _all_of(list(_asked(of, rubric)), zh=",且", en=" and ")
    years = _years(of, rubric.period)
    who = _only(of.who)
    steps = {step.code: Said(step.zh, step.en) for step in rubric.ladder}
    then = _then([_quoted(steps.get(code, _same(code))) for code in of.then])
    condition = Said(f"{years.zh}{what.zh}的,{then.zh}", f"{years.en}{what.en}: {then.en}")
    said = _sentence([*who, condition])
    return Said(f"{of.zh}:{said.zh}", f"{of.en}: {said.en}")


def _asked(of: Trigger, rubric: Rubric) -> Iterator[Said]:
    """All that has to hold for a trigger."""
    if of.grades:
        grading = rubric.grading
        order = [] if grading is None else [g.code for g in grading.grades]
        codes = sorted(of.grades, key=lambda c: (order.index(c) if c in order else len(order), c))
        grades = _either(_grades_named(codes, rubric))
        yield Said(f"等次为{grades.zh}", f"the grade is {grades.en}")
    if of.at_least is not None or of.below is not None:
        band = _band(of.at_least, of.below)
        yield Said(f"总分{band.zh}", f"the total is {band.en}")
    if of.gates:
        gates = _either(_gates_named(of.gates, rubric))
        yield Said(f"未达到{gates.zh}", f"{gates.en} is not met")
    if of.counts:
        meant, word = selections(of.counts), measure_word(of.counts)
        bounds = []
        if of.acts is not None:
            bounds.append(Said(f"满{of.acts}{word}", f"at least {of.acts}"))
        if of.fewer_than is not None:
            bounds.append(Said(f"不足{of.fewer_than}{word}", f"fewer than {of.fewer_than}"))
        bound = _list(bounds)
        within = Said("", "")
        if of.within is not None:
            within = Said(f"同一{of.within.zh}内", f", within one {of.within.en}")
        yield Said(f"{within.zh}{meant.zh}{bound.zh}", f"{bound.en} of: {meant.en}{within.en}")


def _years(of: Trigger, period: Span) -> Said:
    if of.years == 1:
        return Said("", "")
    yearly = period in {Span.YEAR, Span.SESSION_YEAR}
    zh = f"{of.years}年" if yearly else f"{of.years}个周期"
    en = f"{of.years} years" if yearly else f"{of.years} periods"
    match of.run:
        case Run.CONSECUTIVE:
            return Said(f"连续{zh}", f"in {en} running, ")
        case Run.IN_TERM:
            return Said(f"届内累计{zh}", f"in {en} of a term, ")


def _then(steps: Sequence[Said]) -> Said:
    """The steps that follow, by how often it has come to that in a term."""
    if len(steps) == 1:
        return Said(f"按{steps[0].zh}处理", steps[0].en)
    found = []
    for nth, step in enumerate(steps, start=1):
        last = nth == len(steps)
        found.append(
            Said(
                f"第{nth}次{'起' if last else ''}{step.zh}",
                f"{'from ' if last else ''}time {nth}{' on' if last else ''} {step.en}",
            )
        )
    said = _list(found)
    return Said(f"按届内{said.zh}处理", f"in a term, {said.en}")


def _step(of: Step) -> Said:
    by = of.by
    return Said(
        f"{of.zh}{f',由{by}执行' if by else ''}。", f"{of.en}{f', taken by {by}' if by else ''}."
    )


_BEFOREHAND = frozenset({Practice.NOTICE, Practice.LEAVE})


def _procedure(of: Procedure) -> Said:
    parts = [Said(_open(of.zh), _open(of.en))]
    if of.by:
        parts.append(Said(f"由{of.by}负责", f"by {of.by}"))
    if of.to:
        parts.append(Said(f"送{'、'.join(of.to)}", f"to {', '.join(of.to)}"))
    if of.days is not None:
        before = of.practice in _BEFOREHAND
        parts.append(
            Said(
                f"提前{of.days}天" if before else f"{of.days}天以内",
                f"{of.days} days before" if before else f"within {of.days} days",
            )
        )
    if of.every is not None:
        every = span_of(of.every)
        parts.append(Said(f"{every.zh}一次", f"once {every.en}"))
    if of.on:
        month, _, day = of.on.partition("-")
        zh = f"{int(month)}月{int(day)}日" if month.isdigit() and day.isdigit() else of.on
        parts.append(Said(f"{zh}以前", f"by {of.on}"))
    said = _sentence(parts)
    return Said(f"{of.practice.zh}:{said.zh}", f"{of.practice.en}: {said.en}")


def _silence(of: Silence, rubric: Rubric) -> Said:
    """The question that is left open, and the reading."""
    reading = Said(_open(of.reading_zh), _open(of.reading_en))
    which = Said("", "")
    if of.clauses:
        named = _all_of(_named(of.clauses, rubric))
        which = Said(f"(涉及{named.zh})", f" (it bears on {named.en})")
    zh, en = (said if said.endswith(("?", "?")) else f"{_open(said)}?" for said in (of.zh, of.en))
    return Said(
        f"{of.topic.zh}:{zh}暂按:{reading.zh}{which.zh}。",
        f"{of.topic.en}: {en} Read as: {reading.en}{which.en}.",
    )


# Words


def _points(points: Fraction) -> Said:
    """What is given or taken: `计5分`, `扣5分`."""
    if points < 0:
        return Said(f"扣{points_text(-points)}分", f"{_points_en(-points)} off")
    return Said(f"计{points_text(points)}分", _points_en(points))


def _plain_points(points: Fraction) -> Said:
    return Said(f"{points_text(points)}分", _points_en(points))


def _points_en(points: Fraction) -> str:
    return f"{points_text(points)} point{'' if abs(points) == 1 else 's'}"


def _acts(number: int) -> str:
    return f"{number} act{'' if number == 1 else 's'}"


def _band(least: Fraction | None, below: Fraction | None) -> Said:
    """Points from one figure up to another."""
    found = []
    if least is not None:
        points = _plain_points(least)
        found.append(Said(f"{points.zh}以上", f"{points.en} or more"))
    if below is not None:
        points = _plain_points(below)
        found.append(Said(f"不满{points.zh}", f"below {points.en}"))
    return _list(found)


C = TypeVar("C", bound=Choice)


def _in_order(choices: Iterable[C]) -> list[C]:
    """Words in the order of their list."""
    found = list(choices)
    return sorted(found, key=list(type(found[0])).index) if found else []


def _words(choices: Iterable[Choice]) -> list[Said]:
    return [Said(choice.zh, choice.en) for choice in _in_order(choices)]


def _named(codes: Iterable[str], rubric: Rubric) -> list[Said]:
    """What clauses, blocks and groups are called, in quotes; a code that names none stands for itself."""
    names = names_of(rubric)
    return [_quoted(names.get(code, _same(code))) for code in codes]


def _gates_named(codes: Iterable[str], rubric: Rubric) -> list[Said]:
    names = {gate.code: Said(gate.zh, gate.en) for gate in rubric.gates}
    return [_quoted(names.get(code, _same(code))) for code in codes]


def _grades_named(codes: Iterable[str], rubric: Rubric) -> list[Said]:
    grades = () if rubric.grading is None else rubric.grading.grades
    names = {grade.code: Said(grade.zh, grade.en) for grade in grades}
    return [_quoted(names.get(code, _same(code))) for code in codes]


def _quoted(said: Said) -> Said:
    return Said(f"“{said.zh}”", f"“{said.en}”")


def _same(word: str) -> Said:
    """A word that is the same in both languages: a figure, or what a committee wrote itself."""
    return Said(word, word)


def _list(parts: Sequence[Said], *, zh: str = "、", en: str = ", ") -> Said:
    return Said(zh.join(p.zh for p in parts), en.join(p.en for p in parts))


def _either(parts: Sequence[Said]) -> Said:
    """One of several."""
    if len(parts) < 2:
        return _list(parts)
    first = _list(parts[:-1])
    return Said(f"{first.zh}或{parts[-1].zh}", f"{first.en} or {parts[-1].en}")


def _all_of(parts: Sequence[Said], *, zh: str = "、", en: str = ", ") -> Said:
    """All of several."""
    if len(parts) < 2:
        return _list(parts)
    first = _list(parts[:-1], zh=zh, en=en)
    return Said(f"{first.zh}{zh}{parts[-1].zh}", f"{first.en} and {parts[-1].en}")


def _sentence(parts: Sequence[Said]) -> Said:
    said = _list(parts, zh=";", en="; ")
    return Said(f"{said.zh}。", f"{said.en}.")


def _upper(words: str) -> str:
    return words[:1].upper() + words[1:]


def _open(words: str) -> str:
    """What somebody wrote, without its full stop."""
    return words.rstrip().rstrip("。.")


def _closed(said: Said) -> Said:
    """What somebody wrote, as a sentence."""
    return Said(f"{_open(said.zh)}。", f"{_open(said.en)}.")


_DIGITS = "〇一二三四五六七八九"


def _numeral(number: int) -> str:
    """A number below a hundred in Chinese: `一`, `十`, `二十一`."""
    tens, ones = divmod(number, 10)
    if not tens:
        return _DIGITS[ones]
    return f"{_DIGITS[tens] if tens > 1 else ''}十{_DIGITS[ones] if ones else ''}"
