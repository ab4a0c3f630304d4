"""Pages of figures: which there are, one drawn up for a period, and what one of its figures is made of."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Annotated, TypeAlias

from fastapi import APIRouter, Query

from domain.access import Action, Asker
from domain.figure_text import called, meaning, named, sentence
from domain.figures import Also, FigureLine, FigurePart, FigureValue, Number
from domain.kinds import KINDS
from domain.people import Reason, Refused, UnitId
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
from projections.figures import Begun, DrawnUp, PageLine, Since
from projections.paging import Page

PeriodSaid: TypeAlias = Annotated[
    str | None,
    Query(
        max_length=22,
        description="时段:2025、2025-H1、2025-Q2、2025-06、2022-01-10..2025-12-31(起止日期)、term(本届以来)、session(本次全会以来),默认本年 / year, half, quarter, month, days from one to another, since the term or the last plenary session began; this year by default",
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
class BegunView:
    """Days since something began until today, which `period` takes as `since` or as `days.code`; `why` says from what it is known when that was."""

    since: Since
    days: DaysView
    why: Label


@dataclass(frozen=True, slots=True, kw_only=True)
class FigurePageView:
    """A page of figures for a period: what the county calls it, its figures, and what its text leaves open with the reading assumed.

    `beside` is what it tells beside its figures, each line with the moment as of which it is known, `begun` from when else it can be
    drawn up until today.
    """

    page: str
    version: str
    name: Label
    about: Remark | None
    source: str
    days: DaysView
    figures: tuple[FigureView, ...]
    beside: tuple[BesideView, ...]
    begun: tuple[BegunView, ...]
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
    asker: Asker,
    drawn: DrawnUp,
    besides: Sequence[figures_beside.Beside],
    begun: Sequence[Begun],
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
        begun=tuple(
            BegunView(since=each.since, days=days_view(each.period), why=each.why) for each in begun
        ),
        silences=page.silences,
    )


_ON_RECORD = {
    Since.TERM: Label("名册中已有任期的", "one that members have a term of"),
    Since.SESSION: Label(
        "全会首日有据可查的(日历文件 sessions、会议安排、出席记录或考核办法 sessions);也可写起止日期",
        "one whose first day is known (sessions of a calendar, a meeting planned, a record, sessions of a rubric); or days from one to another",
    ),
}
"""What has to be on record of that since which somebody asks."""


def period_asked(said: str, field: str, begun: Callable[[], Sequence[Begun]]) -> Period:
    """A period, or the days since the term or the last plenary session began, by their words."""
    since = next((each for each in Since if said in (each.value, each.zh)), None)
    if since is None:
        return period_said(said, field)
    for each in begun():
        if each.since is since:
            return each.period
    raise Refused(Reason.MALFORMED, field, said, wanted=_ON_RECORD[since])


def begun_by(look: Look, shelf: Shelf, today: date) -> tuple[Begun, ...]:
    """From when a page can be drawn up until today, as known at the moment that is looked at."""
    told = (look.connection, look.ledger, shelf)
    return figures.begun(*told, today=today, position=look.position)


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

    def period_of(asked: Asking, look: Look, said: str | None) -> Period:
        if said is None:
            return asked.year(None)
        return period_asked(said, "period", lambda: begun_by(look, asked.desk.shelf, asked.today))

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
        with asked.look() as look:
            days = period_of(asked, look, period)
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
            begun = begun_by(look, asked.desk.shelf, asked.today)
        return page_view(asked.asker, drawn, besides, begun)

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
        sealed.must_see_part(asked.asker, part)
        with asked.look() as look:
            days = period_of(asked, look, period)
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
