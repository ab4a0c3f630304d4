"""A member's years, term by term: what each came to under every rubric and list, newest year first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection, select

from domain.document import Sort
from domain.explain import Said
from domain.fact import SubjectId
from domain.member import Person, Term
from domain.people import PersonId
from domain.period import Period, Span
from domain.scorecard import Points
from projections import checklists, documents, scorecards
from projections.checklists import progress_rows
from projections.documents import Shelf
from projections.scorecards import scorecard_rows, years_of


@dataclass(frozen=True, slots=True, kw_only=True)
class YearTotal:
    """What a year, or a part of it, came to under a rubric."""

    rubric: str
    period: Period
    total: Points


@dataclass(frozen=True, slots=True, kw_only=True)
class YearList:
    """How far somebody came with a list in a year, or a part of it."""

    code: str
    period: Period
    done: int
    of: int


@dataclass(frozen=True, slots=True, kw_only=True)
class YearLine:
    """One year of a member: what it came to."""

    year: int
    totals: tuple[YearTotal, ...]
    lists: tuple[YearList, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class TermLines:
    """A term of a member, and its years that have begun, the newest first."""

    term: Term
    years: tuple[YearLine, ...]


def archive(
    connection: Connection,
    ledger: str,
    shelf: Shelf,
    person: Person,
    *,
    today: date,
    position: int | None = None,
) -> list[TermLines]:
    """The years of a member's terms, the newest first; as known at a position or now.

    Cards that are kept are taken as they stand; what time has overtaken, and what was known once, is worked out.
    """
    subject = SubjectId(f"member/{person.person}")
    totals: Mapping[int, Sequence[YearTotal]] = {}
    lists: Mapping[int, Sequence[YearList]] = {}
    overtaken: set[int] = set()
    if position is None:
        totals, overtaken = _totals(connection, ledger, subject, today)
        lists, more = _lists(connection, ledger, subject, today)
        overtaken |= more
    found: dict[int, YearLine] = {}
    for year in years_of(person, today):
        if position is None and year not in overtaken:
            found[year] = YearLine(
                year=year,
                totals=tuple(totals.get(year, ())),
                lists=tuple(lists.get(year, ())),
            )
        else:
            found[year] = _afresh(connection, ledger, shelf, person.person, year, today, position)
    return [
        TermLines(
            term=term,
            years=tuple(
                line
                for year, line in sorted(found.items(), reverse=True)
                if term.since.year <= year and (term.until is None or year <= term.until.year)
            ),
        )
        for term in sorted(person.terms, key=lambda each: each.since, reverse=True)
    ]


def names_of(connection: Connection, ledger: str, shelf: Shelf) -> dict[str, Said]:
    """What rubrics and lists are called now, by `rubric/CODE` and `checklist/CODE`."""
    found: dict[str, Said] = {}
    for document in documents.states(connection, ledger, shelf):
        if not document.versions:
            continue
        if document.sort is Sort.RUBRIC:
            rubric = shelf.rubric(document.versions[-1])
            found[f"rubric/{document.code}"] = Said(rubric.zh, rubric.en)
        elif document.sort is Sort.CHECKLIST:
            checklist = shelf.checklist(document.versions[-1])
            found[f"checklist/{document.code}"] = Said(checklist.zh, checklist.en)
    return found


def _totals(
    connection: Connection, ledger: str, subject: SubjectId, today: date
) -> tuple[dict[int, list[YearTotal]], set[int]]:
    """The totals that are kept of somebody by year, and the years of which time has overtaken some."""
    rows = scorecard_rows.c
    asked = (
        select(
            *(rows.first, rows.rubric, rows.begins, rows.ends, rows.span),
            *(rows.total, rows.valid_until),
        )
        .where(rows.ledger == ledger, rows.subject == subject)
        .order_by(rows.rubric, rows.begins)
    )
    found: dict[int, list[YearTotal]] = {}
    overtaken: set[int] = set()
    for row in connection.execute(asked):
        period = Period(span=Span.of(row.span), first=row.begins, last=row.ends)
        line = YearTotal(rubric=row.rubric, period=period, total=Points(row.total))
        found.setdefault(row.first.year, []).append(line)
        if row.valid_until < today:
            overtaken.add(row.first.year)
    return found, overtaken


def _lists(
    connection: Connection, ledger: str, subject: SubjectId, today: date
) -> tuple[dict[int, list[YearList]], set[int]]:
    """The same of lists."""
    rows = progress_rows.c
    asked = (
        select(
            *(rows.first, rows.code, rows.begins, rows.ends, rows.span),
            *(rows.done, rows.of, rows.valid_until),
        )
        .where(rows.ledger == ledger, rows.subject == subject)
        .order_by(rows.code, rows.begins)
    )
    found: dict[int, list[YearList]] = {}
    overtaken: set[int] = set()
    for row in connection.execute(asked):
        period = Period(span=Span.of(row.span), first=row.begins, last=row.ends)
        line = YearList(code=row.code, period=period, done=row.done, of=row.of)
        found.setdefault(row.first.year, []).append(line)
        if row.valid_until < today:
            overtaken.add(row.first.year)
    return found, overtaken


def _afresh(
    connection: Connection,
    ledger: str,
    shelf: Shelf,
    person: PersonId,
    year: int,
    today: date,
    position: int | None,
) -> YearLine:
    """A year worked out."""
    told = (connection, ledger, shelf, person)
    period = Period.year(year)
    cards = scorecards.cards(*told, period=period, today=today, position=position)
    lists = checklists.of_member(*told, period=period, today=today, position=position)
    return YearLine(
        year=year,
        totals=tuple(
            YearTotal(
                rubric=card.rubric.code,
                period=card.scorecard.period,
                total=card.scorecard.total,
            )
            for card in cards
        ),
        lists=tuple(
            YearList(
                code=each.checklist.code,
                period=each.progress.period,
                done=each.progress.done,
                of=each.progress.of,
            )
            for each in lists
        ),
    )
