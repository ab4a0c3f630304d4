"""Pages of figures drawn up: what each figure comes to over its days, as known at any position, and what it is made of."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, select, union_all

from domain.document import Document, Sort
from domain.fact import Capacity, Fact, RecordClass
from domain.figures import (
    Around,
    Axis,
    Counted,
    Figure,
    FigureLine,
    FigurePage,
    FigureValue,
    Pool,
    before,
    count,
    count_roster,
    day_before,
    pool,
    reads_hosts_alone,
)
from domain.kinds import KINDS, Shape
from domain.people import Reason, Refused
from domain.period import Period
from projections import bodies, documents, roster
from projections.as_of import position_now
from projections.documents import Shelf, governing, policies_of
from projections.facts import fact_versions
from projections.paging import Key, Page, checked_limit, page_of
from projections.roster import known


@dataclass(frozen=True, slots=True, kw_only=True)
class PageLine:
    """A page of figures as a list names it."""

    code: str
    version: str
    zh: str
    en: str
    figures: int


@dataclass(frozen=True, slots=True, kw_only=True)
class DrawnUp:
    """A page with what its figures come to; those whose days do not lie in the period are left out."""

    page: FigurePage
    period: Period
    values: tuple[FigureValue, ...]

    def value(self, code: str) -> FigureValue | None:
        """What one of them comes to."""
        return next((told for told in self.values if told.figure.code == code), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class MadeOf:
    """A figure, or the part of it that is asked for, with what it is made of."""

    told: FigureValue
    part: str | None
    number: int
    lines: Page[FigureLine]


def pages(
    connection: Connection, ledger: str, shelf: Shelf, *, day: date, position: int | None = None
) -> list[PageLine]:
    """The pages in force on a day, by code (there are few)."""
    found: list[PageLine] = []
    papers = documents.states(connection, ledger, shelf, position=position, sorts=(Sort.FIGURES,))
    for paper in papers:
        published = paper.in_force(day)
        if published is not None:
            page = shelf.figures(published)
            found.append(
                PageLine(
                    code=page.code,
                    version=page.version,
                    zh=page.zh,
                    en=page.en,
                    figures=len(page.figures),
                )
            )
    return found


def drawn_up(
    connection: Connection,
    ledger: str,
    shelf: Shelf,
    code: str,
    *,
    period: Period,
    today: date,
    position: int | None = None,
) -> DrawnUp:
    """A page for a period, by the version that governs it; refused where nobody has published it.

    It is worked out once for each position of the ledger: the same question has the same answer until something is added.
    """
    papers, page = _page(connection, ledger, shelf, code, period, position)
    at = position_now(connection, ledger) if position is None else position
    asked = ("figures", ledger, at, page.code, page.version, period, today)
    values = shelf.answer(
        asked,
        lambda: _values(
            connection, ledger, shelf, papers, page, page.figures, period, today, position
        ),
    )
    return DrawnUp(page=page, period=period, values=tuple(values[code][0] for code in values))


def made_of(
    connection: Connection,
    ledger: str,
    shelf: Shelf,
    code: str,
    figure: str,
    *,
    period: Period,
    today: date,
    part: str | None = None,
    position: int | None = None,
    after: Key | None = None,
    limit: int = 50,
) -> MadeOf:
    """What a figure is made of, or a part of it: records the newest first, people and units by name."""
    checked_limit(limit)
    papers, page = _page(connection, ledger, shelf, code, period, position)
    meant = page.figure(figure)
    if meant is None:
        raise Refused(Reason.NO_SUCH_FIGURE, "figure", figure[:80])
    at = position_now(connection, ledger) if position is None else position
    asked = ("made of", ledger, at, page.code, page.version, figure, part, period, today)
    values = shelf.answer(
        asked,
        lambda: _values(
            connection, ledger, shelf, papers, page, [meant], period, today, position, part
        ),
    )
    if figure not in values:
        raise Refused(Reason.NO_SUCH_FIGURE, "period", period.zh)
    told, counted = values[figure]
    lines = counted.lines
    if after is not None:
        lines = tuple(line for line in lines if _after(meant, line, after))
    return MadeOf(
        told=told,
        part=part,
        number=len(counted.lines),
        lines=page_of(lines[: limit + 1], limit, lambda line: _key(meant, line)),
    )


def _key(figure: Figure, line: FigureLine) -> Key:
    if figure.roster is not None:
        return (line.title, line.key)
    return (0 if line.on is None else line.on.toordinal(), line.key)


def _after(figure: Figure, line: FigureLine, after: Key) -> bool:
    """Whether a line comes after a key: records go on to older ones, people and units by name."""
    key = _key(figure, line)
    if len(key) != len(after) or type(key[0]) is not type(after[0]):
        raise Refused(Reason.MALFORMED, "cursor")
    return key > after if figure.roster is not None else key < after


def _page(
    connection: Connection,
    ledger: str,
    shelf: Shelf,
    code: str,
    period: Period,
    position: int | None,
) -> tuple[Sequence[Document], FigurePage]:
    """The page that governs a period, and the rules of dual management beside it."""
    papers = documents.states(
        connection, ledger, shelf, position=position, sorts=(Sort.FIGURES, Sort.POLICY)
    )
    found = next((p for p in papers if p.sort is Sort.FIGURES and p.code == code), None)
    if found is None or not found.versions:
        raise Refused(Reason.NO_SUCH_FIGURES, "code", code[:80])
    # Of a year before it was published it is drawn up all the same: figures rule nothing.
    return papers, shelf.figures(governing(found, period) or found.versions[-1])


def _values(
    connection: Connection,
    ledger: str,
    shelf: Shelf,
    papers: Sequence[Document],
    page: FigurePage,
    figures: Sequence[Figure],
    period: Period,
    today: date,
    position: int | None,
    part: str | None = None,
) -> dict[str, tuple[FigureValue, Counted]]:
    """What some figures of a page come to, by code, in the order of the page."""
    wanted = list(figures)
    # What they are parts of is needed beside them.
    wanted += [w for f in figures if (w := page.figure(f.part_of)) and w not in wanted]
    around = _around(connection, ledger, wanted, position)
    policies = policies_of(papers, shelf)
    day = min(today, period.last)
    needs: dict[Period, list[Figure]] = {}
    for figure in wanted:
        if figure.roster is None:
            for days in (figure.over(period), before(figure, period)):
                if days is not None:
                    needs.setdefault(days, []).append(figure)
    facts = _facts(connection, ledger, needs, position)
    pools: dict[Period, Pool] = {
        days: pool(facts, days, today, policies.over(days, today)) for days in needs
    }

    def counted(figure: Figure, only: str | None = None) -> Counted | None:
        if figure.roster is not None:
            return count_roster(figure, around, day, only)
        days = figure.over(period)
        return None if days is None else count(figure, pools[days], around, only)

    whole = {figure.code: counted(figure) for figure in wanted}
    found: dict[str, tuple[FigureValue, Counted]] = {}
    for figure in figures:
        own = whole[figure.code]
        if own is None:
            continue
        of = page.figure(figure.part_of)
        of_whole = None if of is None else whole.get(of.code)
        earlier, day_then = before(figure, period), None
        was: Counted | None = None
        if figure.roster is not None:
            day_then, earlier = day_before(figure, period, day), None
            was = None if day_then is None else count_roster(figure, around, day_then)
        elif earlier is not None:
            was = count(figure, pools[earlier], around)
        told = FigureValue(
            figure=figure,
            period=figure.over(period) or period,
            day=day if figure.roster is not None else None,
            number=own.number,
            parts=own.parts,
            overlaps=own.overlaps,
            waiting=own.waiting,
            before=None if was is None else was.number,
            before_period=earlier,
            before_day=day_then,
            whole=None if of_whole is None else of_whole.number,
            whole_of=of if of_whole is not None else None,
        )
        found[figure.code] = (told, own if part is None else counted(figure, part) or own)
    return found


def _around(
    connection: Connection, ledger: str, figures: Iterable[Figure], position: int | None
) -> Around:
    """The units, and the people where a figure looks at them."""
    asks = any(
        f.splits & _BY_PERSON if f.roster is None else f.roster.of_members or f.roster.offices
        for f in figures
    )
    people = roster.persons(connection, ledger, position=position) if asks else {}
    return Around(
        people={f"member/{key}": person for key, person in people.items()},
        units=roster.all_units(connection, ledger, position),
    )


_BY_PERSON = frozenset({Axis.SECTOR, Axis.STUDIO, Axis.CLASS, Axis.MEMBER})


def _facts(
    connection: Connection,
    ledger: str,
    needs: Mapping[Period, Sequence[Figure]],
    position: int | None,
) -> list[Fact[Any]]:
    """The facts of these days that these figures look at, in one query: of kinds of which units tell all, theirs alone."""
    rows = fact_versions.c
    asked = [
        select(rows.kind, rows.body).where(
            rows.ledger == ledger,
            known(fact_versions, position),
            rows.kind.in_(sorted(kinds)),
            *where,
        )
        for first, last, figures in _stretches(needs)
        for kinds, where in _reads(figures, first, last)
        if kinds
    ]
    if not asked:
        return []
    return [bodies.fact(kind, body) for kind, body in connection.execute(union_all(*asked)).all()]


def _stretches(
    needs: Mapping[Period, Sequence[Figure]],
) -> list[tuple[date, date, list[Figure]]]:
    """Stretches of days without common days, with the figures that look at each."""
    found: list[tuple[date, date, list[Figure]]] = []
    # The longest come first: a month is looked at within its year.
    for days in sorted(needs, key=lambda p: (p.first - p.last, p.first)):
        for first, last, figures in found:
            if first <= days.first and days.last <= last:
                figures += needs[days]
                break
        else:
            found.append((days.first, days.last, list(needs[days])))
    return found


def _reads(
    figures: Iterable[Figure], first: date, last: date
) -> list[tuple[set[str], tuple[ColumnElement[bool], ...]]]:
    """Kinds with what is read of each: all lines, those of units, those of guests, what is in force."""
    rows = fact_versions.c
    whole: set[str] = set()
    hosts: set[str] = set()
    guests: set[str] = set()
    for figure in figures:
        for selects in figure.counts:
            for kind in selects.kinds:
                if reads_hosts_alone(figure, kind):
                    hosts.add(kind)
                elif selects.capacities == {Capacity.HIGHER_MEMBER}:
                    guests.add(kind)
                else:
                    whole.add(kind)
    lasting = {kind for kind in whole if KINDS[kind].about.shape is Shape.PAIRING}
    within = (rows.on >= first, rows.on <= last)
    of_units = and_(rows.subject >= "unit/", rows.subject < "unit0")
    of_guests = and_(rows.record == RecordClass.GUEST.value, ~of_units)
    return [
        (whole - lasting, within),
        (lasting, (rows.on <= last, rows.until >= first)),
        (hosts - whole, (*within, of_units)),
        (guests - whole, (*within, of_guests)),
    ]
