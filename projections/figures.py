"""Pages of figures drawn up: what each figure comes to over its days, as known at any position, and what it is made of."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, select, union_all

from domain import session
from domain.document import Sort
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
    compared,
    count,
    count_roster,
    day_before,
    pool,
    reads_hosts_alone,
)
from domain.kinds import KINDS, Shape, kind_of
from domain.kinds.meetings import Attended, Meeting
from domain.people import Reason, Refused
from domain.period import Period, Span
from domain.session import Teller, Told
from domain.words import Choice, Label
from projections import bodies, documents, meetings, roster
from projections.as_of import position_now
from projections.documents import Policies, Shelf, governing, policies_of
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

    page: FigurePage
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


class Since(Choice):
    """From when a page can be drawn up until today, beside the parts of a year."""

    TERM = "term", "本届以来", "since the term began"
    SESSION = "session", "本次全会以来", "since the last plenary session"


@dataclass(frozen=True, slots=True, kw_only=True)
class Begun:
    """The days since something began, until today; `why` says from what it is known when that was."""

    since: Since
    period: Period
    why: Label


def begun(
    connection: Connection, ledger: str, shelf: Shelf, *, today: date, position: int | None = None
) -> tuple[Begun, ...]:
    """The days since the members' term began, and since the last plenary session; what is not on record is left out."""
    at = position_now(connection, ledger) if position is None else position
    return shelf.answer(
        ("begun", ledger, at, today),
        lambda: tuple(_begun(connection, ledger, shelf, today, position)),
    )


def _begun(
    connection: Connection, ledger: str, shelf: Shelf, today: date, position: int | None
) -> Iterator[Begun]:
    terms = [
        term
        for person in roster.persons(connection, ledger, position=position).values()
        for term in person.terms
        if term.since <= today
    ]
    if terms:
        newest = max(term.number for term in terms)
        first = min(term.since for term in terms if term.number == newest)
        yield Begun(
            since=Since.TERM,
            period=Period(span=Span.TERM, first=first, last=today),
            why=Label(
                f"据名册:第{newest}届委员任期最早自{first.isoformat()}起",
                f"by the roster: the first of the members of term {newest} began on {first}",
            ),
        )
    told = [*_told_by_documents(connection, ledger, shelf, position)]
    told += [
        Told(by=Teller.MEETING, on=day.on, title=Label(day.title, day.title))
        for day in meetings.days(connection, ledger, position=position)
        if day.kind is Meeting.PLENARY_SESSION
    ]
    # A session is held each year: records are looked through where nothing else tells of the last.
    lately = _before(today, _BETWEEN_SESSIONS)
    if not any(lately <= each.on <= today for each in told):
        told += _told_by_records(connection, ledger, today, position)
    found = session.began(told, today)
    if found is not None:
        yield Begun(
            since=Since.SESSION,
            period=Period(span=Span.SESSION_YEAR, first=found.on, last=today),
            why=found.why,
        )


def _before(day: date, days: timedelta) -> date:
    """So many days before a day, or the first that there is: before anything was on record, today is that."""
    return date.fromordinal(max(1, day.toordinal() - days.days))


_BETWEEN_SESSIONS = timedelta(days=300)
"""Days that lie between two plenary sessions at the least."""
_LOOKED_BACK = timedelta(days=800)
"""Days of which records are looked through for the last of them."""


def _told_by_documents(
    connection: Connection, ledger: str, shelf: Shelf, position: int | None
) -> Iterator[Told]:
    """The sessions that calendars name, each year as its newest version has it, and those of rubrics by session years."""
    papers = documents.states(
        connection, ledger, shelf, position=position, sorts=(Sort.CALENDAR, Sort.RUBRIC)
    )
    for paper in papers:
        if paper.sort is Sort.CALENDAR:
            by_year = {each.year: each for each in map(shelf.calendar, paper.versions)}
            for calendar in by_year.values():
                for each in calendar.sessions:
                    title = Label(each.zh, each.en)
                    yield Told(by=Teller.CALENDAR, on=each.first, title=title)
        elif (newest := paper.newest) is not None:
            rubric = shelf.rubric(newest)
            for on in rubric.sessions:
                yield Told(by=Teller.RUBRIC, on=on, title=Label(rubric.zh, rubric.en))


def _told_by_records(
    connection: Connection, ledger: str, today: date, position: int | None
) -> Iterator[Told]:
    """The plenary sessions of which attendance is on record, as known by the units that held them."""
    rows = fact_versions.c
    asked = select(rows.kind, rows.body).where(
        rows.ledger == ledger,
        known(fact_versions, position),
        rows.kind == kind_of(Attended),
        *(rows.on >= _before(today, _LOOKED_BACK), rows.on <= today),
        # Said so that the index of kinds is taken: that of subjects knows no days.
        rows.subject.startswith("unit/"),
    )
    for kind, body in connection.execute(asked):
        fact = bodies.fact(kind, body)
        if fact.details.meeting is Meeting.PLENARY_SESSION:
            yield Told(by=Teller.RECORD, on=fact.on, title=Label(fact.title, fact.title))


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
    drawing = _drawing(connection, ledger, shelf, code, period, today, position)
    page = drawing.page
    at = position_now(connection, ledger) if position is None else position
    asked = ("figures", ledger, at, page.code, page.version, period, today)
    values = shelf.answer(
        asked, lambda: tuple(told for told, _ in drawing.values(page.figures).values())
    )
    return DrawnUp(page=page, period=period, values=values)


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
    drawing = _drawing(connection, ledger, shelf, code, period, today, position)
    meant = drawing.page.figure(figure)
    if meant is None:
        raise Refused(Reason.NO_SUCH_FIGURE, "figure", figure[:80])
    found = drawing.values([meant], part, opened=True).get(figure)
    if found is None:
        raise Refused(Reason.NO_SUCH_FIGURE, "period", period.zh)
    told, counted = found
    lines = counted.lines
    if after is not None:
        lines = tuple(line for line in lines if _after(meant, line, after))
    return MadeOf(
        page=drawing.page,
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


@dataclass(frozen=True, slots=True)
class _Drawing:
    """A page that is being drawn up: what governs it, over which days, as known when."""

    connection: Connection
    ledger: str
    page: FigurePage
    policies: Policies
    period: Period
    today: date
    position: int | None

    def values(
        self, figures: Sequence[Figure], part: str | None = None, *, opened: bool = False
    ) -> dict[str, tuple[FigureValue, Counted]]:
        """What some figures of the page come to, or a part of each, by code, in the order that they are asked for; with what they are made of where they are `opened`."""
        # What they are parts of is needed beside them.
        wanted = list(figures)
        containing = [self.page.figure(figure.part_of) for figure in figures]
        wanted += [f for f in containing if f is not None and f not in wanted]
        around = _around(self.connection, self.ledger, wanted, self.position)
        pools = self._pools(wanted)
        day = min(self.today, self.period.last)

        def counted(figure: Figure, only: str | None = None) -> Counted | None:
            if figure.roster is not None:
                return count_roster(figure, around, day, only)
            days = figure.over(self.period)
            if days is None:
                return None
            return count(figure, pools[days], around, only, opened=opened)

        found: dict[str, tuple[FigureValue, Counted]] = {}
        come = {figure.code: counted(figure) for figure in wanted}
        for figure in figures:
            own, of = come[figure.code], self.page.figure(figure.part_of)
            if own is None:
                continue
            whole = None if of is None else come[of.code]
            told = FigureValue(
                figure=figure,
                period=figure.over(self.period) or self.period,
                day=None if figure.roster is None else day,
                number=own.number,
                parts=own.parts,
                overlaps=own.overlaps,
                waiting=own.waiting,
                whole=None if whole is None else whole.number,
                whole_of=None if whole is None else of,
            )
            told = self._compared(told, pools, around, day)
            found[figure.code] = (told, own if part is None else counted(figure, part) or own)
        return found

    def _pools(self, figures: Sequence[Figure]) -> dict[Period, Pool]:
        """What counts in each of the periods that these figures look at."""
        needs: dict[Period, list[Figure]] = {}
        for figure in figures:
            if figure.roster is None:
                for days in (figure.over(self.period), before(figure, self.period, self.today)):
                    if days is not None:
                        needs.setdefault(days, []).append(figure)
        facts = _facts(self.connection, self.ledger, needs, self.position)
        return {
            days: pool(facts, days, self.today, self.policies.over(days, self.today))
            for days in needs
        }

    def _compared(
        self, told: FigureValue, pools: Mapping[Period, Pool], around: Around, day: date
    ) -> FigureValue:
        """The figure with what it is compared with, if with anything."""
        figure = told.figure
        if figure.roster is not None:
            then = day_before(figure, self.period, day)
            if then is None:
                return told
            was = count_roster(figure, around, then)
            return replace(compared(told, was), before_day=then)
        earlier = before(figure, self.period, self.today)
        if earlier is None:
            return told
        was = count(figure, pools[earlier], around, opened=False)
        return replace(compared(told, was), before_period=earlier)


def _drawing(
    connection: Connection,
    ledger: str,
    shelf: Shelf,
    code: str,
    period: Period,
    today: date,
    position: int | None,
) -> _Drawing:
    """A page by the version that governs a period, and the rules of dual management beside it."""
    papers = documents.states(
        connection, ledger, shelf, position=position, sorts=(Sort.FIGURES, Sort.POLICY)
    )
    found = next((p for p in papers if p.sort is Sort.FIGURES and p.code == code), None)
    if found is None or not found.versions:
        raise Refused(Reason.NO_SUCH_FIGURES, "code", code[:80])
    # Of a year before it was published it is drawn up all the same: figures rule nothing.
    page = shelf.figures(governing(found, period) or found.versions[-1])
    policies = policies_of(papers, shelf)
    return _Drawing(connection, ledger, page, policies, period, today, position)


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
    # Said so that the index of kinds is taken: that of subjects knows no days.
    of_units = rows.subject.startswith("unit/")
    return [
        (whole - lasting, within),
        (lasting, (rows.on <= last, rows.until >= first)),
        (hosts - whole, (*within, of_units)),
        (guests - whole, (*within, rows.record == RecordClass.GUEST.value)),
    ]
