"""Pages of figures as documents write them."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BeforeValidator, PlainValidator

from application.documents.selections import (
    Counted,
    RemarkDoc,
    SilenceDoc,
    remark_of,
    selects_of,
    silence_of,
)
from application.documents.source import Source, refuse
from application.documents.words import (
    BondWord,
    Day,
    Doc,
    OfficeWord,
    Said,
    Text,
    UnitKindWord,
    several,
    word,
)
from domain import figures
from domain.figures import (
    Also,
    Axis,
    Compare,
    Figure,
    FigurePage,
    OfRoster,
    RosterAxis,
    Sums,
)
from domain.member import Bond
from domain.unit import Life
from domain.words import Choice

LifeWord = Annotated[Life, PlainValidator(word(Life))]
AlsoWord = Annotated[Also, PlainValidator(word(Also))]
CompareWord = Annotated[Compare, PlainValidator(word(Compare))]


def _one_of_ours(*lists: type[Choice]) -> PlainValidator:
    """Reads one of our words by its code or its Chinese; any other is the name of a field, which is looked for later."""
    known = {each.zh: str(each.value) for choices in lists for each in choices}

    def read(value: Any) -> str:
        said = str(value)
        return known.get(said, said)

    return PlainValidator(read)


SumWord = Annotated[str, _one_of_ours(Sums)]
AxisWord = Annotated[str, _one_of_ours(Bond, RosterAxis, Axis)]


def _of_members(value: Any) -> Any:
    """A figure of all members is written in one word."""
    return {} if value in ("members", "委员") else value


class _RosterDoc(Doc):
    units: Annotated[list[UnitKindWord], BeforeValidator(several)] = []
    lives: Annotated[list[LifeWord], BeforeValidator(several)] = []
    offices: Annotated[list[OfficeWord], BeforeValidator(several)] = []
    bound: BondWord | None = None


class _FigureDoc(Doc):
    figure: Text
    zh: Text
    en: Text
    measure: Text = ""
    counts: Counted = []
    roster: Annotated[_RosterDoc, BeforeValidator(_of_members)] | None = None
    sums: SumWord = Sums.RECORDS.value
    distinct: AxisWord = ""
    only: dict[AxisWord, Annotated[list[Said], BeforeValidator(several)]] = {}
    by: AxisWord = ""
    month: int | None = None
    part_of: Text = ""
    compare: CompareWord | None = None
    quota: int | None = None
    reading: RemarkDoc | None = None


class FiguresDoc(Doc):
    figures: Text
    version: Text
    zh: Text
    en: Text
    since: Day
    until: Day | None = None
    about: RemarkDoc | None = None
    source: Text = ""
    page: list[_FigureDoc]
    also: Annotated[list[AlsoWord], BeforeValidator(several)] = []
    silences: list[SilenceDoc] = []


def figures_of(doc: FiguresDoc, source: Source, *, checked: bool = True) -> FigurePage:
    """A page of figures, fit for use with the catalogue unless it is not to be `checked`; raises `Unreadable`."""
    page = FigurePage(
        code=doc.figures,
        version=doc.version,
        zh=doc.zh,
        en=doc.en,
        since=doc.since,
        until=doc.until,
        about=None if doc.about is None else remark_of(doc.about),
        source=doc.source,
        figures=tuple(map(_figure, doc.page)),
        also=tuple(dict.fromkeys(doc.also)),
        silences=tuple(map(silence_of, doc.silences)),
    )
    refuse([], figures.problems(page) if checked else [], source)
    return page


def _figure(doc: _FigureDoc) -> Figure:
    figure = Figure(
        code=doc.figure,
        zh=doc.zh,
        en=doc.en,
        measure=doc.measure,
        counts=tuple(map(selects_of, doc.counts)),
        roster=None
        if doc.roster is None
        else OfRoster(
            units=frozenset(doc.roster.units),
            lives=frozenset(doc.roster.lives),
            offices=frozenset(doc.roster.offices),
            bound=doc.roster.bound,
        ),
        sums=doc.sums,
        distinct=doc.distinct,
        by=doc.by,
        month=doc.month,
        part_of=doc.part_of,
        compare=doc.compare,
        quota=doc.quota,
        reading=None if doc.reading is None else remark_of(doc.reading),
    )
    return figures.narrowed(figure, doc.only)
