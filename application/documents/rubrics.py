"""Rubrics as documents write them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Annotated, Any

from pydantic import BeforeValidator
from pydantic_core import PydanticCustomError

from application.documents.rubric_cases import RubricCaseDoc
from application.documents.selections import (
    Counted,
    RemarkDoc,
    SilenceDoc,
    WhoDoc,
    remark_of,
    selects_of,
    silence_of,
    stored_word,
    who_of,
)
from application.documents.source import Flaw, Source, refuse
from application.documents.words import (
    ApartWord,
    AskedWord,
    AxisWord,
    BondWord,
    Codes,
    CombineWord,
    Day,
    Doc,
    Figure,
    MonthDay,
    OrderWord,
    PartOf,
    PerWord,
    PracticeWord,
    RoundedAtWord,
    RunWord,
    SpanWord,
    StateWord,
    SubjectWord,
    TakeWord,
    Text,
    TiesWord,
    TimingWord,
    TopicWord,
    UnitKindWord,
    WayWord,
    WhoseWord,
    WithinWord,
    named,
    part,
    several,
    word,
)
from domain.fact import Attendance
from domain.kinds import KINDS, Subject
from domain.period import Span
from domain.rubric import (
    EVERYONE,
    ROWS,
    TICKS,
    Acts,
    Apart,
    Asked,
    AttendanceOf,
    Axis,
    Block,
    Board,
    Body,
    Clause,
    Combine,
    Distinct,
    Each,
    FromMembers,
    Full,
    Gate,
    Grade,
    Grading,
    Group,
    LateOutcome,
    Mean,
    Measure,
    Once,
    PartYear,
    Per,
    Places,
    PointsOf,
    Price,
    Procedure,
    Quantity,
    Ranking,
    Rate,
    Reading,
    RoundedAt,
    Rounding,
    Rubric,
    Run,
    Share,
    Short,
    Split,
    Start,
    Step,
    Steps,
    Summed,
    Table,
    Tiers,
    Timing,
    Trigger,
    Veto,
    Way,
    Whose,
    Within,
)
from domain.rubric_checks import problems
from domain.selection import TOOK_PART, Byline

_At = tuple[str | int, ...]


class _PriceDoc(Doc):
    points: Figure | None = None
    by: AxisWord | None = None
    detail: Text | None = None
    prices: dict[str, Figure] = {}
    adds: bool = False
    of: Text | None = None
    every: Figure | None = None
    whole: bool = False
    at_most: Figure | None = None
    tiers: dict[str, Figure] = {}


PriceDoc = Annotated[_PriceDoc, named("points")]


class _FullDoc(Doc):
    points: Figure
    acts: int
    partial: bool = True


class _ShortDoc(Doc):
    points: Figure
    acts: int = 1


class _RateDoc(Doc):
    points: Figure | None = None
    per: PerWord = Per.ACT
    weights: dict[StateWord, PartOf] = {}
    tiers: dict[str, Figure] = {}


RateDoc = Annotated[_RateDoc, named("points")]


class _FromMembersDoc(Doc):
    take: TakeWord
    times: PartOf = Fraction(1)
    rubric: Text | None = None
    of: Text | None = None
    best: int | None = None
    reach: Figure | None = None


class _DistinctDoc(Doc):
    by: ApartWord
    detail: Text | None = None
    whole: bool = False


def _distinct(value: Any) -> Any:
    """A word, or `detail: FIELD`."""
    if isinstance(value, dict):
        return {"by": Apart.DETAIL.value, **value} if "detail" in value else value
    return {"by": value}


DistinctDoc = Annotated[_DistinctDoc, BeforeValidator(_distinct)]


def _share(value: Any) -> Share:
    """A part of the price, or how it is divided."""
    try:
        return word(Split)(value)
    except PydanticCustomError:
        return part(value)


class _ClauseDoc(Doc):
    clause: Text
    zh: Text
    en: Text
    who: WhoDoc | None = None
    whose: WhoseWord = Whose.OWN
    of_kinds: Annotated[list[UnitKindWord], BeforeValidator(several)] = []
    counts: Counted = []
    spoiled_by: Counted = []
    gates: Codes = []
    each: PriceDoc | None = None
    once: PriceDoc | None = None
    mean: PriceDoc | None = None
    sum: PriceDoc | None = None
    steps: dict[str, Figure] | None = None
    full: _FullDoc | None = None
    rate: RateDoc | None = None
    short: Annotated[_ShortDoc, named("points")] | None = None
    members: _FromMembersDoc | None = None
    per: PerWord = Per.ACT
    from_nth: int = 1
    shares: dict[str, Any] = {}
    cap: Figure | None = None
    times: int | None = None
    best: bool = False
    beyond: Codes = []
    distinct: DistinctDoc | None = None
    by_work: bool = False
    linked: bool = False
    every: SpanWord | None = None
    timing: TimingWord | None = None


class _SharedDoc(Doc):
    shared: Text
    zh: Text
    en: Text
    clauses: Codes
    cap: Figure


class _GroupDoc(Doc):
    group: Text
    zh: Text
    en: Text
    of: Codes
    cap: Figure | None = None
    floor: Figure | None = None
    best: int | None = None
    within: WithinWord = Within.PERIOD


class _StartDoc(Doc):
    points: Figure
    who: WhoDoc | None = None


StartDoc = Annotated[_StartDoc, named("points")]


class _BlockDoc(Doc):
    block: Text
    zh: Text
    en: Text
    starts: Annotated[list[StartDoc], BeforeValidator(several)] = []
    gates: Codes = []
    clauses: list[_ClauseDoc]
    shared: list[_SharedDoc] = []
    cap: Figure | None = None
    floor: Figure | None = None
    weight: PartOf = Fraction(1)


class _ReadingDoc(Doc):
    counts: Counted
    reads: StateWord


class _RoundingDoc(Doc):
    to: Figure
    way: WayWord = Way.HALF_UP
    at: RoundedAtWord = RoundedAt.TOTAL


class _LateDoc(Doc):
    timing: TimingWord = Timing.ACT
    within_days: int | None = None
    carry_over: bool = False


class _PartYearDoc(Doc):
    acts: AskedWord = Asked.WHOLE
    total: AskedWord = Asked.WHOLE
    of: Codes = []
    least_days: int = 1
    least_months: int = 0
    vetoes_first: bool = False
    exempt_serves: bool = False
    who: WhoDoc | None = None


class _GateDoc(Doc):
    gate: Text
    zh: Text
    en: Text
    who: WhoDoc | None = None
    grades: Codes = []
    counts: Counted = []
    distinct: DistinctDoc | None = None
    every: SpanWord | None = None
    points: Text | None = None
    attendance: Counted = []
    per: PerWord = Per.ACT
    at_least: PartOf | None = None
    at_most: PartOf | None = None


class _PlacesDoc(Doc):
    share: PartOf | None = None
    number: int | None = None
    way: WayWord | None = None


def _places(value: Any) -> Any:
    """A number of places, or a share such as `20%`."""
    if isinstance(value, dict):
        return value
    return {"number": value} if isinstance(value, int) else {"share": value}


PlacesDoc = Annotated[_PlacesDoc, BeforeValidator(_places)]


class _GradeDoc(Doc):
    grade: Text
    zh: Text | None = None
    en: Text
    at_least: Figure | None = None
    below: Figure | None = None
    gates: Codes = []
    who: WhoDoc | None = None
    places: PlacesDoc | None = None
    last: PlacesDoc | None = None


class _VetoDoc(Doc):
    veto: Text
    zh: Text
    en: Text
    counts: Counted
    acts: int = 1
    grade: Text


class _BoardDoc(Doc):
    board: Text
    zh: Text
    en: Text
    who: WhoDoc | None = None
    by: BondWord | None = None


class _BodyDoc(Doc):
    body: Text
    zh: Text | None = None
    en: Text


class _RankingDoc(Doc):
    zh: Text
    en: Text
    at_least: int = 10


class _GradingDoc(Doc):
    grades: list[_GradeDoc]
    vetoes: list[_VetoDoc] = []
    boards: list[_BoardDoc] = []
    ties: TiesWord | None = None
    tie_breaks: Codes = []
    not_assessed: Annotated[list[WhoDoc], BeforeValidator(several)] = []
    opinions: list[_BodyDoc] = []
    combine: CombineWord = Combine.REFERENCE
    decided_by: _BodyDoc | None = None
    ranking: _RankingDoc | None = None


class _WhenDoc(Doc):
    grades: Codes = []
    below: Figure | None = None
    at_least: Figure | None = None
    gates: Codes = []
    counts: Counted = []
    acts: int | None = None
    fewer_than: int | None = None
    within: SpanWord | None = None


class _TriggerDoc(Doc):
    trigger: Text
    zh: Text
    en: Text
    who: WhoDoc | None = None
    when: _WhenDoc
    years: int = 1
    run: RunWord = Run.CONSECUTIVE
    then: Codes


class _StepDoc(Doc):
    step: Text
    zh: Text | None = None
    en: Text
    by: Text | None = None


class _ProcedureDoc(Doc):
    practice: PracticeWord
    zh: Text
    en: Text
    by: Text | None = None
    to: Codes = []
    days: int | None = None
    every: SpanWord | None = None
    on: MonthDay | None = None


class RubricDoc(Doc):
    """A rubric with its worked cases."""

    rubric: Text
    version: Text
    zh: Text
    en: Text
    since: Day
    until: Day | None = None
    period: SpanWord = Span.YEAR
    sessions: list[Day] = []
    source: Text | None = None
    subject: SubjectWord = Subject.MEMBER
    of_kinds: Annotated[list[UnitKindWord], BeforeValidator(several)] = []
    attendance: list[_ReadingDoc] = []
    blocks: list[_BlockDoc]
    groups: list[_GroupDoc] = []
    cap: Figure | None = None
    floor: Figure | None = None
    rounding: _RoundingDoc | None = None
    order: OrderWord | None = None
    late: _LateDoc | None = None
    part_year: _PartYearDoc | None = None
    gates: list[_GateDoc] = []
    grading: _GradingDoc | None = None
    triggers: list[_TriggerDoc] = []
    ladder: list[_StepDoc] = []
    process: list[_ProcedureDoc] = []
    silences: list[SilenceDoc] = []
    settled: Annotated[list[TopicWord], BeforeValidator(several)] = []
    unknown: list[RemarkDoc] = []
    cases: list[RubricCaseDoc] = []


def rubric_of(doc: RubricDoc, source: Source, *, checked: bool = True) -> Rubric:
    """A rubric, fit for use with the catalogue unless it is not to be `checked`; raises `Unreadable`."""
    flaws: list[Flaw] = []
    shared = [
        Group(code=s.shared, zh=s.zh, en=s.en, of=tuple(s.clauses), cap=s.cap)
        for b in doc.blocks
        for s in b.shared
    ]
    rubric = Rubric(
        code=doc.rubric,
        version=doc.version,
        zh=doc.zh,
        en=doc.en,
        since=doc.since,
        until=doc.until,
        period=doc.period,
        sessions=tuple(doc.sessions),
        source=doc.source or "",
        subject=doc.subject,
        of_kinds=frozenset(doc.of_kinds),
        blocks=tuple(_block(b, ("blocks", i), source, flaws) for i, b in enumerate(doc.blocks)),
        groups=(*map(_group, doc.groups), *shared),
        gates=tuple(_gate(g, ("gates", i), source, flaws) for i, g in enumerate(doc.gates)),
        cap=doc.cap,
        floor=doc.floor,
        rounding=None
        if doc.rounding is None
        else Rounding(to=doc.rounding.to, way=doc.rounding.way, at=doc.rounding.at),
        order=doc.order,
        late=None
        if doc.late is None
        else LateOutcome(
            timing=doc.late.timing,
            within_days=doc.late.within_days,
            carry_over=doc.late.carry_over,
        ),
        part_year=None if doc.part_year is None else _part_year(doc.part_year),
        attendance=tuple(
            Reading(counts=selects_of(s, frozenset()), reads=r.reads)
            for r in doc.attendance
            for s in r.counts
        ),
        grading=None if doc.grading is None else _grading(doc.grading),
        triggers=tuple(map(_trigger, doc.triggers)),
        ladder=tuple(
            Step(code=s.step, zh=s.zh or s.step, en=s.en, by=s.by or "") for s in doc.ladder
        ),
        process=tuple(
            Procedure(
                practice=p.practice,
                zh=p.zh,
                en=p.en,
                by=p.by or "",
                to=tuple(p.to),
                days=p.days,
                every=p.every,
                on=p.on or "",
            )
            for p in doc.process
        ),
        silences=tuple(map(silence_of, doc.silences)),
        settled=frozenset(doc.settled),
        unknown=tuple(map(remark_of, doc.unknown)),
    )
    if checked:
        flaws += [
            source.flaw(
                ("gates", i, "at_most"),
                "出勤率只看至少(at_least),请删去",
                "a rate of attendance is asked for by at_least alone; remove it",
            )
            for i, g in enumerate(doc.gates)
            if g.attendance and g.at_most is not None
        ]
    refuse(flaws, problems(rubric, KINDS) if checked and not flaws else [], source)
    return rubric


def _block(doc: _BlockDoc, at: _At, source: Source, flaws: list[Flaw]) -> Block:
    return Block(
        code=doc.block,
        zh=doc.zh,
        en=doc.en,
        starts=tuple(Start(points=s.points, who=who_of(s.who)) for s in doc.starts),
        gates=tuple(doc.gates),
        clauses=tuple(
            _clause(c, (*at, "clauses", i), source, flaws) for i, c in enumerate(doc.clauses)
        ),
        cap=doc.cap,
        floor=doc.floor,
        weight=doc.weight,
    )


def _group(doc: _GroupDoc) -> Group:
    return Group(
        code=doc.group,
        zh=doc.zh,
        en=doc.en,
        of=tuple(doc.of),
        cap=doc.cap,
        floor=doc.floor,
        best=doc.best,
        within=doc.within,
    )


def _part_year(doc: _PartYearDoc) -> PartYear:
    return PartYear(
        acts=doc.acts,
        total=doc.total,
        of=tuple(doc.of),
        least_days=doc.least_days,
        least_months=doc.least_months,
        vetoes_first=doc.vetoes_first,
        exempt_serves=doc.exempt_serves,
        who=who_of(doc.who),
    )


def _clause(doc: _ClauseDoc, at: _At, source: Source, flaws: list[Flaw]) -> Clause:
    shares: list[tuple[Byline, Share]] = []
    for name, said in doc.shares.items():
        try:
            shares.append((word(Byline)(name), _share(said)))
        except PydanticCustomError as error:
            context = error.context or {}
            flaws.append(source.flaw((*at, "shares", name), context["zh"], context["en"]))
    measure = _measure(doc, at, source, flaws)
    price = getattr(measure, "price", None)
    states = TOOK_PART
    if isinstance(price, Table) and price.by is Axis.STATE:
        words = {str(a.value) for a in Attendance}
        states = frozenset(Attendance.of(row) for row, _ in price.prices if row in words)
    if isinstance(measure, Rate):
        states |= {state for state, _ in measure.weights}
    distinct = None
    if doc.distinct is not None:
        distinct = _distinct_of(doc.distinct)
    elif doc.by_work:
        distinct = Distinct(by=Apart.WORK)
    elif doc.whose is Whose.MEMBERS:
        distinct = Distinct(by=Apart.DEED)
    return Clause(
        code=doc.clause,
        zh=doc.zh,
        en=doc.en,
        who=who_of(doc.who),
        whose=doc.whose,
        of_kinds=frozenset(doc.of_kinds),
        counts=tuple(selects_of(s, states) for s in doc.counts),
        spoiled_by=tuple(map(selects_of, doc.spoiled_by)),
        gates=tuple(doc.gates),
        measure=measure,
        shares=tuple(shares),
        cap=doc.cap,
        times=doc.times,
        best=doc.best,
        beyond=tuple(doc.beyond),
        distinct=distinct,
        linked=doc.linked,
        every=doc.every,
        timing=doc.timing,
    )


def _distinct_of(doc: _DistinctDoc) -> Distinct:
    return Distinct(by=doc.by, detail=doc.detail or "", whole=doc.whole)


_MEASURES = ("each", "steps", "once", "full", "rate", "mean", "sum", "short", "members")


def _measure(doc: _ClauseDoc, at: _At, source: Source, flaws: list[Flaw]) -> Measure:
    given = [name for name in _MEASURES if getattr(doc, name) is not None]
    kinds = [kind for counted in doc.counts for kind in counted.kinds]
    if len(given) != 1:
        flaws.append(
            source.flaw(
                at,
                "each(每次)、steps(按件数)、once(一次)、full(满额)、rate(出勤率)、mean(平均)、sum(累计数)、short(缺额)、members(取自委员)写且只写一个",
                f"needs exactly one of {', '.join(_MEASURES)}",
            )
        )
        return Each(price=Fraction(0))
    if doc.each is None and (doc.per is not Per.ACT or doc.from_nth != 1):
        flaws.append(
            source.flaw(
                (*at, "per" if doc.per is not Per.ACT else "from_nth"),
                "只能与 each(每次)同用",
                "goes with each only",
            )
        )
    if doc.full is not None:
        if doc.full.acts < 1:
            flaws.append(source.flaw((*at, "full", "acts"), "至少 1 次", "is at least 1"))
            return Once(price=doc.full.points)
        return Full(points=doc.full.points, acts=doc.full.acts, partial=doc.full.partial)
    if doc.steps is not None:
        found = _keyed(doc.steps, (*at, "steps"), source, flaws)
        return Steps(steps=tuple((int(nth), points) for nth, points in found))
    if doc.rate is not None:
        tiers = tuple(_keyed(doc.rate.tiers, (*at, "rate", "tiers"), source, flaws))
        if (doc.rate.points is None) == (not tiers):
            flaws.append(
                source.flaw(
                    (*at, "rate"), "写 points 或 tiers 之一", "needs either points or tiers"
                )
            )
        return Rate(
            points=doc.rate.points or Fraction(0),
            per=doc.rate.per,
            tiers=tiers,
            weights=tuple(doc.rate.weights.items()),
        )
    if doc.short is not None:
        return Short(points=doc.short.points, acts=doc.short.acts)
    if doc.members is not None:
        return FromMembers(
            take=doc.members.take,
            times=doc.members.times,
            rubric=doc.members.rubric or "",
            of=doc.members.of or "",
            best=doc.members.best,
            reach=doc.members.reach,
        )
    if doc.once is not None:
        return Once(price=_price(doc.once, kinds, (*at, "once"), source, flaws))
    if doc.mean is not None:
        return Mean(price=_price(doc.mean, kinds, (*at, "mean"), source, flaws))
    if doc.sum is not None:
        return _summed(_price(doc.sum, kinds, (*at, "sum"), source, flaws), at, source, flaws)
    price = doc.each or _PriceDoc(points=Fraction(0))
    return Each(
        price=_price(price, kinds, (*at, "each"), source, flaws), per=doc.per, from_nth=doc.from_nth
    )


def _summed(price: Price, at: _At, source: Source, flaws: list[Flaw]) -> Measure:
    """The price of a sum, which goes by a number."""
    if isinstance(price, Quantity | Tiers):
        return Summed(price=price)
    flaws.append(
        source.flaw(
            (*at, "sum"),
            "须写 of(累计哪个数),与 points 或 tiers 同写",
            "needs of (which number is summed), with points or tiers",
        )
    )
    return Each(price=Fraction(0))


def _keyed(
    doc: Mapping[str, Fraction], at: _At, source: Source, flaws: list[Flaw]
) -> list[tuple[Fraction, Fraction]]:
    """A mapping of thresholds to points."""
    found: list[tuple[Fraction, Fraction]] = []
    for name, points in doc.items():
        try:
            found.append((part(name), points))
        except PydanticCustomError as error:
            context = error.context or {}
            flaws.append(source.flaw((*at, name), context["zh"], context["en"]))
    return sorted(found)


def _price(
    doc: _PriceDoc, kinds: Sequence[str], at: _At, source: Source, flaws: list[Flaw]
) -> Price:
    """A figure, a table by an axis, or points by a number."""
    tabled, counted = doc.by is not None, doc.of is not None
    plain = doc.points is not None and not counted
    if tabled + counted + plain != 1:
        flaws.append(
            source.flaw(
                at,
                "写一个分值;或写 by(按什么)与 prices(分值表);或写 of(按哪个数)与 points 或 tiers",
                "needs a figure; or by and prices; or of, with points or tiers",
            )
        )
        return Fraction(0)
    stray = _stray(doc, "prices" if tabled else "of" if counted else "points")
    for name in stray:
        flaws.append(
            source.flaw((*at, name), "此处用不上,请删去", "does not go with the rest; remove it")
        )
    if plain:
        return doc.points or Fraction(0)
    if doc.of is not None:
        return _by_number(doc, doc.of, at, source, flaws)
    axis = doc.by or Axis.LEVEL
    if not doc.prices or (axis is Axis.DETAIL) != (doc.detail is not None):
        flaws.append(
            source.flaw(
                at,
                "分值表 prices 不能为空;by: detail 时须写明字段 detail",
                "prices cannot be empty; by: detail goes with the field in detail",
            )
        )
    known = _row_words(axis)
    return Table(
        by=axis,
        prices=tuple(
            (
                stored_word(row, doc.detail, kinds) if doc.detail else known.get(row, row),
                points,
            )
            for row, points in doc.prices.items()
        ),
        detail=doc.detail or "",
        adds=doc.adds,
    )


_OWN_FIELDS = {
    "points": {"points"},
    "prices": {"by", "prices", "detail", "adds"},
    "of": {"of", "points", "every", "whole", "at_most", "tiers"},
}


def _stray(doc: _PriceDoc, form: str) -> list[str]:
    """What is said of a price that its form has no use for."""
    return sorted(doc.model_fields_set - _OWN_FIELDS[form])


def _by_number(
    doc: _PriceDoc, name: str, at: _At, source: Source, flaws: list[Flaw]
) -> Quantity | Tiers:
    if (doc.points is None) == (not doc.tiers) or (
        doc.tiers and (doc.every is not None or doc.whole or doc.at_most is not None)
    ):
        flaws.append(
            source.flaw(
                at,
                "of 之外写 points(每多少计几分)或 tiers(达到多少计几分)之一",
                "of goes with points (for every so many) or with tiers (from so many on), not both",
            )
        )
    if doc.tiers:
        return Tiers(of=name, tiers=tuple(_keyed(doc.tiers, (*at, "tiers"), source, flaws)))
    return Quantity(
        of=name,
        points=doc.points or Fraction(0),
        every=Fraction(1) if doc.every is None else doc.every,
        whole=doc.whole,
        at_most=doc.at_most,
    )


_TICK_WORDS = {
    Axis.WHOLE: {"全程": "true", "未全程": "false"},
    Axis.MANDATORY: {"必须参加": "true", "非必须参加": "false"},
    Axis.KEY: {"重点": "true", "非重点": "false"},
}


def _row_words(axis: Axis) -> Mapping[str, str]:
    """The stored words of rows that are written in Chinese."""
    if axis in ROWS:
        return {c.zh: str(c.value) for c in ROWS[axis]}
    if axis in TICKS:
        return _TICK_WORDS[axis]
    if axis is Axis.KIND:
        return {kind.about.zh: name for name, kind in KINDS.items()}
    return {}


def _gate(doc: _GateDoc, at: _At, source: Source, flaws: list[Flaw]) -> Gate:
    asks: Acts | PointsOf | AttendanceOf
    given = [bool(doc.counts), doc.points is not None, bool(doc.attendance)]
    if sum(given) != 1:
        flaws.append(
            source.flaw(
                at,
                "counts(次数)、points(得分)、attendance(出勤率)写且只写一个",
                "needs exactly one of counts, points and attendance",
            )
        )
    if doc.at_least is None and (doc.at_most is None or doc.attendance):
        flaws.append(source.flaw(at, "须写明 at_least(至少)", "needs at_least"))
    if doc.points is not None:
        of = "" if doc.points in {"total", "总分"} else doc.points
        asks = PointsOf(of=of, at_least=doc.at_least, at_most=doc.at_most)
    elif doc.attendance:
        asks = AttendanceOf(
            counts=tuple(map(selects_of, doc.attendance)),
            at_least=doc.at_least or Fraction(0),
            per=doc.per,
        )
    else:
        for name, bound in (("at_least", doc.at_least), ("at_most", doc.at_most)):
            if bound is not None and bound.denominator != 1:
                flaws.append(source.flaw((*at, name), "应为整数", "has to be a whole number"))
        asks = Acts(
            counts=tuple(map(selects_of, doc.counts)),
            at_least=None if doc.at_least is None else int(doc.at_least),
            at_most=None if doc.at_most is None else int(doc.at_most),
            distinct=None if doc.distinct is None else _distinct_of(doc.distinct),
            every=doc.every,
        )
    return Gate(
        code=doc.gate,
        zh=doc.zh,
        en=doc.en,
        asks=asks,
        who=who_of(doc.who),
        grades=tuple(doc.grades),
    )


def _grading(doc: _GradingDoc) -> Grading:
    return Grading(
        grades=tuple(
            Grade(
                code=g.grade,
                zh=g.zh or g.grade,
                en=g.en,
                at_least=g.at_least,
                below=g.below,
                gates=tuple(g.gates),
                who=who_of(g.who),
                places=_places_of(g.places),
                last=_places_of(g.last),
            )
            for g in doc.grades
        ),
        vetoes=tuple(
            Veto(
                code=v.veto,
                zh=v.zh,
                en=v.en,
                counts=tuple(map(selects_of, v.counts)),
                grade=v.grade,
                acts=v.acts,
            )
            for v in doc.vetoes
        ),
        boards=tuple(
            Board(code=b.board, zh=b.zh, en=b.en, who=who_of(b.who), by=b.by) for b in doc.boards
        ),
        ties=doc.ties,
        tie_breaks=tuple(doc.tie_breaks),
        not_assessed=tuple(map(who_of, doc.not_assessed)),
        opinions=tuple(map(_body, doc.opinions)),
        combine=doc.combine,
        decided_by=None if doc.decided_by is None else _body(doc.decided_by),
        ranking=None
        if doc.ranking is None
        else Ranking(zh=doc.ranking.zh, en=doc.ranking.en, at_least=doc.ranking.at_least),
    )


def _places_of(doc: _PlacesDoc | None) -> Places | None:
    return None if doc is None else Places(share=doc.share, number=doc.number, way=doc.way)


def _body(doc: _BodyDoc) -> Body:
    return Body(code=doc.body, zh=doc.zh or doc.body, en=doc.en)


def _trigger(doc: _TriggerDoc) -> Trigger:
    when = doc.when
    return Trigger(
        code=doc.trigger,
        zh=doc.zh,
        en=doc.en,
        then=tuple(doc.then),
        who=EVERYONE if doc.who is None else who_of(doc.who),
        grades=frozenset(when.grades),
        below=when.below,
        at_least=when.at_least,
        gates=tuple(when.gates),
        counts=tuple(map(selects_of, when.counts)),
        acts=when.acts,
        fewer_than=when.fewer_than,
        within=when.within,
        years=doc.years,
        run=doc.run,
    )
