"""Rubrics as documents write them."""

from __future__ import annotations

from fractions import Fraction
from typing import Annotated

from pydantic import (
    BeforeValidator,
)
from pydantic_core import PydanticCustomError

from application.documents.facts import FactDoc, MemberDoc
from application.documents.selections import (
    Counted,
    RemarkDoc,
    SilenceDoc,
    WhoDoc,
    remark_of,
    selects_of,
    silence_of,
    who_of,
)
from application.documents.source import Flaw, Source, refuse
from application.documents.words import (
    AxisWord,
    Codes,
    Day,
    Doc,
    Figure,
    PerWord,
    SpanWord,
    Text,
    WhyWord,
    named,
    several,
    word,
)
from domain.kinds import KINDS
from domain.period import Span
from domain.rubric import (
    ROWS,
    Axis,
    Block,
    Clause,
    Each,
    Full,
    Measure,
    Once,
    Per,
    Price,
    Rubric,
    SharedCap,
    Start,
    Table,
)
from domain.rubric_checks import problems
from domain.selection import Byline


class _PriceDoc(Doc):
    points: Figure | None = None
    by: AxisWord | None = None
    detail: Text | None = None
    prices: dict[str, Figure] = {}


PriceDoc = Annotated[_PriceDoc, named("points")]


class _FullDoc(Doc):
    points: Figure
    acts: int
    partial: bool = True


class _ClauseDoc(Doc):
    clause: Text
    zh: Text
    en: Text
    who: WhoDoc | None = None
    counts: Counted
    spoiled_by: Counted = []
    each: PriceDoc | None = None
    once: PriceDoc | None = None
    full: _FullDoc | None = None
    per: PerWord = Per.ACT
    from_nth: int = 1
    shares: dict[str, Figure] = {}
    cap: Figure | None = None
    times: int | None = None
    beyond: Codes = []
    by_work: bool = False
    linked: bool = False


class _SharedDoc(Doc):
    shared: Text
    zh: Text
    en: Text
    clauses: Codes
    cap: Figure


class _StartDoc(Doc):
    points: Figure
    who: WhoDoc | None = None


StartDoc = Annotated[_StartDoc, named("points")]


class _BlockDoc(Doc):
    block: Text
    zh: Text
    en: Text
    starts: Annotated[list[StartDoc], BeforeValidator(several)] = []
    clauses: list[_ClauseDoc]
    shared: list[_SharedDoc] = []
    cap: Figure | None = None
    floor: Figure | None = None


class _ScoreDoc(Doc):
    total: Figure
    lines: dict[str, Figure] = {}
    blocks: dict[str, Figure] = {}
    why_not: dict[str, WhyWord] = {}


class RubricCaseDoc(Doc):
    case: Text
    en: Text | None = None
    member: MemberDoc = MemberDoc()
    year: int
    today: Day | None = None
    facts: list[FactDoc] = []
    expect: _ScoreDoc


class RubricDoc(Doc):
    rubric: Text
    version: Text
    zh: Text
    en: Text
    since: Day
    until: Day | None = None
    period: SpanWord = Span.YEAR
    source: Text | None = None
    blocks: list[_BlockDoc]
    cap: Figure | None = None
    floor: Figure | None = None
    silences: list[SilenceDoc] = []
    unknown: list[RemarkDoc] = []
    cases: list[RubricCaseDoc] = []


def rubric_of(doc: RubricDoc, source: Source) -> Rubric:
    """A rubric, fit for use with the catalogue; raises `Unreadable`."""
    flaws: list[Flaw] = []
    blocks = [_block(b, ("blocks", i), source, flaws) for i, b in enumerate(doc.blocks)]
    rubric = Rubric(
        code=doc.rubric,
        version=doc.version,
        zh=doc.zh,
        en=doc.en,
        since=doc.since,
        until=doc.until,
        period=doc.period,
        source=doc.source or "",
        blocks=tuple(blocks),
        cap=doc.cap,
        floor=doc.floor,
        silences=tuple(map(silence_of, doc.silences)),
        unknown=tuple(map(remark_of, doc.unknown)),
    )
    refuse(flaws, problems(rubric, KINDS), source)
    return rubric


def _block(doc: _BlockDoc, at: tuple[str | int, ...], source: Source, flaws: list[Flaw]) -> Block:
    return Block(
        code=doc.block,
        zh=doc.zh,
        en=doc.en,
        starts=tuple(Start(points=s.points, who=who_of(s.who)) for s in doc.starts),
        clauses=tuple(
            _clause(c, (*at, "clauses", i), source, flaws) for i, c in enumerate(doc.clauses)
        ),
        shared=tuple(
            SharedCap(code=s.shared, zh=s.zh, en=s.en, clauses=tuple(s.clauses), points=s.cap)
            for s in doc.shared
        ),
        cap=doc.cap,
        floor=doc.floor,
    )


def _clause(
    doc: _ClauseDoc, at: tuple[str | int, ...], source: Source, flaws: list[Flaw]
) -> Clause:
    shares: list[tuple[Byline, Fraction]] = []
    for name, share in doc.shares.items():
        try:
            shares.append((word(Byline)(name), share))
        except PydanticCustomError as error:
            context = error.context or {}
            flaws.append(source.flaw((*at, "shares", name), context["zh"], context["en"]))
    return Clause(
        code=doc.clause,
        zh=doc.zh,
        en=doc.en,
        who=who_of(doc.who),
        counts=tuple(map(selects_of, doc.counts)),
        spoiled_by=tuple(map(selects_of, doc.spoiled_by)),
        measure=_measure(doc, at, source, flaws),
        shares=tuple(shares),
        cap=doc.cap,
        times=doc.times,
        beyond=tuple(doc.beyond),
        by_work=doc.by_work,
        linked=doc.linked,
    )


def _measure(
    doc: _ClauseDoc, at: tuple[str | int, ...], source: Source, flaws: list[Flaw]
) -> Measure:
    given = [name for name in ("each", "once", "full") if getattr(doc, name) is not None]
    if len(given) != 1:
        flaws.append(
            source.flaw(
                at,
                "each(每次)、once(一次)、full(满额)三者写且只写一个",
                "needs exactly one of each, once and full",
            )
        )
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
    if doc.once is not None:
        return Once(price=_price(doc.once, (*at, "once"), source, flaws))
    price = doc.each or _PriceDoc(points=Fraction(0))
    return Each(
        price=_price(price, (*at, "each"), source, flaws), per=doc.per, from_nth=doc.from_nth
    )


def _price(doc: _PriceDoc, at: tuple[str | int, ...], source: Source, flaws: list[Flaw]) -> Price:
    if (doc.points is None) == (doc.by is None):
        flaws.append(
            source.flaw(
                at,
                "写一个分值,或写 by(按什么)与 prices(分值表)",
                "needs a figure, or by and prices",
            )
        )
        return Fraction(0)
    if doc.points is not None:
        return doc.points
    axis = doc.by or Axis.LEVEL
    if not doc.prices or (axis is Axis.DETAIL) != (doc.detail is not None):
        flaws.append(
            source.flaw(
                at,
                "分值表 prices 不能为空;by: detail 时须写明字段 detail",
                "prices cannot be empty; by: detail goes with the field in detail",
            )
        )
    known = {} if axis is Axis.DETAIL else {c.zh: str(c.value) for c in ROWS[axis]}
    return Table(
        by=axis,
        prices=tuple((known.get(row, row), points) for row, points in doc.prices.items()),
        detail=doc.detail or "",
    )
