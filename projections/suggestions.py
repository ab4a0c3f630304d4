"""Suggestions of consultations, oversights, surveys and recommendations: how many were made, adopted, declined, carried out; which wait for an answer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    Connection,
    Index,
    Table,
    and_,
    case,
    func,
    select,
    tuple_,
)

from domain.deed import Deed
from domain.kinds import kind_of
from domain.people import UnitId
from domain.suggested import Answer, Suggestion, Tally
from projections import roster
from projections.columns import METADATA, Day, Row, Word, ledger_column
from projections.paging import Key, Page, checked_limit, page_of

suggestion_rows = Table(
    "suggestions",
    METADATA,
    ledger_column(),
    Column("matter", Word, primary_key=True),
    Column("number", BigInteger, primary_key=True, autoincrement=False),
    Column("kind", Word, nullable=False),
    Column("organiser", Word, nullable=False),
    Column("title", Word, nullable=False),
    Column("text", Word, nullable=False),
    Column("made_on", Day, nullable=False),
    Column("answer", Word, nullable=False),
    Column("reason", Word, nullable=False),
    Column("answered_by", Word, nullable=False),
    Column("answered_on", Day),
    Column("carried_out_on", Day),
    Column("outcome", Word, nullable=False),
    Index("suggestions_by_day", "ledger", "made_on", "matter", "number"),
)
"""Every suggestion that stands, as it stands."""


def rows_of(ledger: str, matter: str, state: object) -> list[Row]:
    """The rows of a matter's suggestions; none once it is withdrawn."""
    if not isinstance(state, Deed) or state.gone or not state.suggestions:
        return []
    body = state.body
    about = (kind_of(type(body.details)), body.organiser, body.title)
    return [
        (ledger, matter, each.number, *about, *_columns(each))
        for each in state.suggestions
        if not each.withdrawn
    ]


def _columns(each: Suggestion) -> Row:
    answered, done = each.answered_on, each.carried_out_on
    return (
        *(each.text, each.on.toordinal()),
        *("" if each.answer is None else each.answer.value, each.reason, each.answered_by),
        None if answered is None else answered.toordinal(),
        None if done is None else done.toordinal(),
        each.outcome,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class SuggestionLine:
    """A suggestion as a list shows it; the answer is none as long as there is none."""

    matter: str
    number: int
    kind: str
    title: str
    organiser: UnitId
    organiser_name: str
    text: str
    made_on: date
    answer: Answer | None
    reason: str
    answered_by: str
    answered_on: date | None
    carried_out_on: date | None
    outcome: str


def suggestions(
    connection: Connection,
    ledger: str,
    *,
    since: date | None = None,
    until: date | None = None,
    unit: UnitId | None = None,
    kind: str | None = None,
    matter: str | None = None,
    answer: Answer | None = None,
    unanswered: bool = False,
    after: Key | None = None,
    limit: int = 50,
) -> Page[SuggestionLine]:
    """Those that fit, in order of the day on which they were made."""
    checked_limit(limit)
    rows = suggestion_rows.c
    asked = select(suggestion_rows).where(*_within(ledger, since, until, unit, kind))
    if matter is not None:
        asked = asked.where(rows.matter == matter)
    if answer is not None:
        asked = asked.where(rows.answer == answer.value)
    if unanswered:
        asked = asked.where(rows.answer == "")
    if after is not None:
        asked = asked.where(tuple_(rows.made_on, rows.matter, rows.number) > tuple_(*after))
    asked = asked.order_by(rows.made_on, rows.matter, rows.number).limit(limit + 1)
    found = connection.execute(asked).all()
    names = roster.names(connection, ledger, units={UnitId(row.organiser) for row in found})
    lines = [
        SuggestionLine(
            matter=row.matter,
            number=row.number,
            kind=row.kind,
            title=row.title,
            organiser=UnitId(row.organiser),
            organiser_name=names.get(f"unit/{row.organiser}", row.organiser),
            text=row.text,
            made_on=row.made_on,
            answer=Answer.of(row.answer) if row.answer else None,
            reason=row.reason,
            answered_by=row.answered_by,
            answered_on=row.answered_on,
            carried_out_on=row.carried_out_on,
            outcome=row.outcome,
        )
        for row in found
    ]
    return page_of(lines, limit, lambda s: (s.made_on.toordinal(), s.matter, s.number))


def _within(
    ledger: str, since: date | None, until: date | None, unit: UnitId | None, kind: str | None
) -> list[Any]:
    rows = suggestion_rows.c
    found: list[Any] = [rows.ledger == ledger]
    if since is not None:
        found.append(rows.made_on >= since)
    if until is not None:
        found.append(rows.made_on <= until)
    if unit is not None:
        found.append(rows.organiser == unit)
    if kind is not None:
        found.append(rows.kind == kind)
    return found


@dataclass(frozen=True, slots=True, kw_only=True)
class Adoption:
    """What became of the suggestions of one matter."""

    matter: str
    title: str
    kind: str
    organiser: UnitId
    tally: Tally


def adoption(
    connection: Connection,
    ledger: str,
    *,
    since: date | None = None,
    until: date | None = None,
    unit: UnitId | None = None,
    kind: str | None = None,
    limit: int = 200,
) -> tuple[Tally, Sequence[Adoption]]:
    """All together and matter by matter, of those made within these days; the latest matters first, at most so many."""
    rows = suggestion_rows.c
    within = _within(ledger, since, until, unit, kind)
    total = connection.execute(select(*_FIGURES).where(*within)).one()
    asked = (
        select(rows.matter, rows.title, rows.kind, rows.organiser, *_FIGURES)
        .where(*within)
        .group_by(rows.matter, rows.title, rows.kind, rows.organiser)
        .order_by(func.max(rows.made_on).desc(), rows.matter)
        .limit(limit)
    )
    lines = [
        Adoption(
            matter=row[0],
            title=row[1],
            kind=row[2],
            organiser=UnitId(row[3]),
            tally=_tally(row[4:]),
        )
        for row in connection.execute(asked)
    ]
    return _tally(total), lines


def _number(when: Any) -> Any:
    return func.coalesce(func.sum(case((when, 1), else_=0)), 0)


_FIGURES = (
    func.count(),
    *(_number(suggestion_rows.c.answer == each.value) for each in Answer),
    _number(
        and_(
            suggestion_rows.c.carried_out_on.is_not(None),
            suggestion_rows.c.answer != Answer.DECLINED.value,
        )
    ),
)


def _tally(row: Sequence[Any]) -> Tally:
    made, adopted, partly, declined, carried_out = (int(each) for each in row)
    return Tally(
        made=made, adopted=adopted, partly=partly, declined=declined, carried_out=carried_out
    )
