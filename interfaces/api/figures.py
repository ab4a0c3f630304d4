"""Pages of figures: which there are, one drawn up for a period, and what one of its figures is made of."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Annotated, TypeAlias

from fastapi import APIRouter, Query

from domain.access import Action, Asker
from domain.figure_text import called, meaning, named, sentence
from domain.figures import Also, FigureLine, FigurePart, FigureValue, Number
from domain.kinds import KINDS
from domain.people import UnitId
from domain.period import Period
from domain.rubric import Remark, Silence
from domain.words import Label
from interfaces import sealed
from interfaces.api.asking import Asked, Asking, Cursor, Limit, Look
from interfaces.api.door import needs
from interfaces.api.views import Listing
from interfaces.api.writes import LEDGER
from interfaces.moments import period_said
from projections import figures, figures_beside
from projections.documents import Shelf
from projections.figures import DrawnUp, PageLine
from projections.paging import Page

PeriodSaid: TypeAlias = Annotated[
    str | None,
    Query(
        max_length=22,
        description="时段:2025、2025-H1、2025-Q2、2025-06、2022-01-10..2025-12-31(起止日期),默认本年 / year, half, quarter, month or days from one to another, this year by default",
    ),
]
PartSaid: TypeAlias = Annotated[
    str | None,
    Query(max_length=200, description="分项的 key / `key` of a part"),
]


@dataclass(frozen=True, slots=True, kw_only=True)
class DaysView:
    """Days, both included, and how they are called; `code` is how a period is asked for."""

    code: str
    first: date
    last: date
    name: Label


@dataclass(frozen=True, slots=True, kw_only=True)
class FigureView:
    """A figure: what it is called, what it counts, over which days (of the roster on which day), what it comes to.

    `part_of` names the figure that it is contained in and never added to, `whole` is what that one comes to, `rate` how many of a
    hundred of it this is. `before` is what it is `compared` with. `parts` stand in the order of their words; where they `overlaps`
    they are not to be added. `waiting` records more would be in it, and wait for confirmation. `sentence` can be copied.
    """

    figure: str
    name: Label
    measure: str
    counts: Label
    number: Number
    days: DaysView
    on: date | None
    split_by: Label | None
    parts: tuple[FigurePart, ...]
    overlaps: bool
    waiting: int
    part_of: str
    whole: Number | None
    rate: int | None
    compared: Label | None
    before: Number | None
    before_days: DaysView | None
    before_on: date | None
    quota: int | None
    reading: Remark | None
    sentence: Label


@dataclass(frozen=True, slots=True, kw_only=True)
class BesideNumber:
    """A number of what a page tells beside its figures."""

    name: Label
    number: int


@dataclass(frozen=True, slots=True, kw_only=True)
class BesideView:
    """What a page tells beside its figures: progress with a list (`list` is its code), suggestions, or what is due. `sentence` can be copied.

    `on` is the past day as of which it is told, none where it is told as known now; `known` says so in words.
    """

    also: Also
    list: str
    name: Label
    numbers: tuple[BesideNumber, ...]
    sentence: Label
    on: date | None
    known: Label


@dataclass(frozen=True, slots=True, kw_only=True)
class FigurePageView:
    """A page of figures for a period: what the county calls it, its figures, and what its text leaves open with the reading assumed.

    `beside` is what it tells beside its figures, each line with the moment as of which it is known.
    """

    page: str
    version: str
    name: Label
    about: Remark | None
    source: str
    days: DaysView
    figures: tuple[FigureView, ...]
    beside: tuple[BesideView, ...]
    silences: tuple[Silence, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class FigureLineView:
    """What a figure is made of: a record, with its day, kind and title; or a unit, or a member, by its name."""

    key: str
    on: date | None
    kind: str
    title: str
    organiser: UnitId | None


def days_view(period: Period) -> DaysView:
    """A period as answers tell it."""
    return DaysView(
        code=period.code,
        first=period.first,
        last=period.last,
        name=called(period),
    )


def figure_view(asker: Asker, value: FigureValue) -> FigureView:
    """A figure as it is shown to the one who asks."""
    told = sealed.figure_for(asker, value)
    figure = told.figure
    return FigureView(
        figure=figure.code,
        name=Label(figure.zh, figure.en),
        measure=figure.measured(),
        counts=meaning(figure),
        number=told.number,
        days=days_view(told.period),
        on=told.day,
        split_by=named(figure, figure.by) if figure.by else None,
        parts=told.parts,
        overlaps=told.overlaps,
        waiting=told.waiting,
        part_of=figure.part_of,
        whole=told.whole,
        rate=told.rate,
        compared=None
        if told.before is None or figure.compare is None
        else Label(figure.compare.zh, figure.compare.en),
        before=told.before,
        before_days=None if told.before_period is None else days_view(told.before_period),
        before_on=told.before_day,
        quota=told.quota,
        reading=figure.reading,
        sentence=sentence(told),
    )


def page_view(
    asker: Asker, drawn: DrawnUp, besides: Sequence[figures_beside.Beside]
) -> FigurePageView:
    """A page as it is shown to the one who asks, with what it tells beside its figures."""
    page = drawn.page
    return FigurePageView(
        page=page.code,
        version=page.version,
        name=Label(page.zh, page.en),
        about=page.about,
        source=page.source,
        days=days_view(drawn.period),
        figures=tuple(figure_view(asker, each) for each in drawn.values),
        beside=tuple(
            BesideView(
                also=each.also,
                list=each.list,
                name=each.name,
                numbers=tuple(BesideNumber(name=name, number=n) for name, n in each.numbers),
                sentence=each.sentence,
                on=each.on,
                known=each.known,
            )
            for each in besides
        ),
        silences=page.silences,
    )


def told_beside(
    look: Look, shelf: Shelf, drawn: DrawnUp, today: date
) -> tuple[figures_beside.Beside, ...]:
    """What a page tells beside its figures, as of the moment that is looked at."""
    return figures_beside.beside(
        *(look.connection, look.ledger, shelf, drawn.page),
        period=drawn.period,
        today=today,
        position=look.position,
    )


def line_view(line: FigureLine) -> FigureLineView:
    """A line as answers tell it."""
    return FigureLineView(
        key=line.key,
        on=line.on,
        kind=line.kind if line.kind in KINDS else "",
        title=line.title,
        organiser=line.organiser,
    )


def router() -> APIRouter:
    """The routes."""
    made = APIRouter(prefix=LEDGER)

    def period_of(asked: Asking, said: str | None) -> Period:
        return asked.year(None) if said is None else period_said(said, "period")

    @made.get(
        "/figures",
        operation_id="list_figures",
        openapi_extra=needs(Action.SEE_RECORD),
        summary="数据页",
        tags=["figures"],
    )
    def list_figures(asked: Asked) -> list[PageLine]:
        """The pages of figures in force, by code (there are few)."""
        with asked.look() as look:
            return figures.pages(
                look.connection,
                look.ledger,
                asked.desk.shelf,
                day=asked.today,
                position=look.position,
            )

    @made.get(
        "/figures/{code}",
        operation_id="get_figures",
        openapi_extra=needs(Action.SEE_RECORD),
        summary="一个数据页",
        tags=["figures"],
    )
    def get_figures(asked: Asked, code: str, period: PeriodSaid = None) -> FigurePageView:
        """A page of figures for a year, half, quarter or month, as known now or then: every figure states its days and can be copied as a sentence."""
        days = period_of(asked, period)
        with asked.look() as look:
            drawn = figures.drawn_up(
                look.connection,
                look.ledger,
                asked.desk.shelf,
                code,
                period=days,
                today=asked.today,
                position=look.position,
            )
            besides = told_beside(look, asked.desk.shelf, drawn, asked.today)
        return page_view(asked.asker, drawn, besides)

    @made.get(
        "/figures/{code}/{figure}",
        operation_id="list_figure_lines",
        openapi_extra=needs(Action.SEE_RECORD),
        summary="一项数据由哪些记录构成",
        tags=["figures"],
    )
    def list_figure_lines(
        asked: Asked,
        code: str,
        figure: str,
        period: PeriodSaid = None,
        part: PartSaid = None,
        cursor: Cursor = None,
        limit: Limit = 50,
    ) -> Listing[FigureLineView]:
        """The records that a figure, or a part of it, is made of, newest first; of the roster the units or members, by name."""
        days = period_of(asked, period)
        sealed.must_see_part(asked.asker, part)
        with asked.look() as look:
            found = figures.made_of(
                look.connection,
                look.ledger,
                asked.desk.shelf,
                code,
                figure,
                period=days,
                today=asked.today,
                part=part,
                position=look.position,
                after=asked.after(cursor),
                limit=limit,
            )
        rows = tuple(map(line_view, found.lines.rows))
        return asked.listing(Page(rows=rows, after=found.lines.after))

    return made
