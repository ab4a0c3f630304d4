"""Suggestions of consultations, oversights, surveys and recommendations: how many were made, adopted, declined, carried out; which wait for an answer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    ColumnElement,
    Connection,
    Index,
    Integer,
    Table,
    and_,
    case,
    func,
    literal,
    or_,
    select,
    tuple_,
)

from domain.deed import Deed
from domain.kinds import KINDS, kind_of
from domain.kinds.deliberation import Tier
from domain.people import UnitId
from domain.suggested import Answer, Suggestion, Tally
from domain.words import Choice, Label, Open
from projections import roster
from projections.columns import METADATA, Day, Row, Versioned, Word, ledger_column
from projections.deeds import stands_for_itself
from projections.paging import Key, Page, checked_limit, page_of
from projections.roster import known

suggestion_rows = Table(
    "suggestions",
    METADATA,
    ledger_column(),
    Column("matter", Word, primary_key=True),
    Column("number", BigInteger, primary_key=True, autoincrement=False),
    Column("same_as", Word, nullable=False),
    Column("kind", Word, nullable=False),
    Column("tier", Word, nullable=False),
    Column("organiser", Word, nullable=False),
    Column("title", Word, nullable=False),
    Column("year", Integer, nullable=False),
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
"""Every suggestion that stands, as it stands; `same_as` is the record of the same deed that its matter is linked to, `tier` is that of its consultation, nothing for other kinds."""


suggestion_versions = Table(
    "suggestion_versions",
    METADATA,
    ledger_column(),
    Column("matter", Word, primary_key=True),
    Column("number", BigInteger, primary_key=True, autoincrement=False),
    Column("from_position", BigInteger, primary_key=True, autoincrement=False),
    Column("to_position", BigInteger, nullable=False),
    Column("same_as", Word, nullable=False),
    Column("made_on", Day, nullable=False),
    Column("answer", Word, nullable=False),
    Column("carried_out_on", Day),
    Index("suggestion_versions_by_day", "ledger", "made_on", "to_position"),
)
"""Every version of what is counted of a suggestion; what was withdrawn has none that stands."""

SUGGESTIONS = Versioned(suggestion_versions, key=3)


def versions_of(state: object) -> dict[int, Row]:
    """What lies in the versions of a matter's suggestions after their positions, by number; nothing once they are withdrawn."""
    if not isinstance(state, Deed) or state.gone or not state.suggestions:
        return {}
    return {
        each.number: (
            *(state.same_as, each.on.toordinal()),
            "" if each.answer is None else each.answer.value,
            None if each.carried_out_on is None else each.carried_out_on.toordinal(),
        )
        for each in state.suggestions
        if not each.withdrawn
    }


def rows_of(ledger: str, matter: str, state: object) -> list[Row]:
    """The rows of a matter's suggestions; none once it is withdrawn."""
    if not isinstance(state, Deed) or state.gone or not state.suggestions:
        return []
    body = state.body
    tier = getattr(body.details, "tier", None)
    about = (
        kind_of(type(body.details)),
        "" if tier is None else tier.value,
        body.organiser,
        body.title,
    )
    return [
        (ledger, matter, each.number, state.same_as, *about, *_columns(each))
        for each in state.suggestions
        if not each.withdrawn
    ]


def _columns(each: Suggestion) -> Row:
    answered, done = each.answered_on, each.carried_out_on
    return (
        *(each.on.year, each.text, each.on.toordinal()),
        *("" if each.answer is None else each.answer.value, each.reason, each.answered_by),
        None if answered is None else answered.toordinal(),
        None if done is None else done.toordinal(),
        each.outcome,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class SuggestionLine:
    """A suggestion as a list shows it; the answer is none as long as there is none."""

    matter: Open[str]
    number: int
    kind: Open[str]
    title: Open[str]
    organiser: UnitId
    organiser_name: Open[str]
    text: str
    made_on: date
    answer: Answer | None
    reason: str
    answered_by: Open[str]
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
    tier: Tier | None = None,
    answer: Answer | None = None,
    unanswered: bool = False,
    carried_out: bool | None = None,
    after: Key | None = None,
    limit: int = 50,
) -> Page[SuggestionLine]:
    """Those that fit, in order of the day on which they were made."""
    checked_limit(limit)
    rows = suggestion_rows.c
    asked = select(suggestion_rows).where(*_within(ledger, since, until, unit, kind, tier, matter))
    if answer is not None:
        asked = asked.where(rows.answer == answer.value)
    if unanswered:
        asked = asked.where(rows.answer == "")
    if carried_out is not None:
        asked = asked.where(_CARRIED_OUT if carried_out else ~_CARRIED_OUT)
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


def counted(ledger: str) -> list[ColumnElement[bool]]:
    """All that are counted: of several records of one deed those of the one that stands for it."""
    rows = suggestion_rows.c
    return [
        rows.ledger == ledger,
        stands_for_itself(ledger, "matter/" + rows.matter, rows.same_as),
    ]


def _within(
    ledger: str,
    since: date | None,
    until: date | None,
    unit: UnitId | None,
    kind: str | None,
    tier: Tier | None = None,
    matter: str | None = None,
) -> list[ColumnElement[bool]]:
    """Those that fit. Of a matter that is named all are told, whichever record stands for it."""
    rows = suggestion_rows.c
    found = counted(ledger)
    if matter is not None:
        found = [rows.ledger == ledger, rows.matter == matter]
    if since is not None:
        found.append(rows.made_on >= since)
    if until is not None:
        found.append(rows.made_on <= until)
    if unit is not None:
        found.append(rows.organiser == unit)
    if kind is not None:
        found.append(rows.kind == kind)
    if tier is not None:
        found.append(rows.tier == tier.value)
    return found


@dataclass(frozen=True, slots=True, kw_only=True)
class Adoption:
    """What became of the suggestions of one matter; `made_on` is the day of the latest."""

    matter: str
    title: str
    kind: str
    organiser: UnitId
    organiser_name: str
    made_on: date
    tally: Tally


def tally_of(
    connection: Connection, ledger: str, *, since: date, until: date, position: int | None = None
) -> Tally:
    """What became of all that were made within these days, as known at a position or now."""
    if position is None:
        asked = select(*_FIGURES).where(*_within(ledger, since, until, None, None))
        return _tally(connection.execute(asked).one())
    rows = suggestion_versions.c
    then = select(*_figures(suggestion_versions)).where(
        *(rows.ledger == ledger, rows.made_on >= since, rows.made_on <= until),
        known(suggestion_versions, position),
        stands_for_itself(ledger, "matter/" + rows.matter, rows.same_as, position),
    )
    return _tally(connection.execute(then).one())


def adoption(
    connection: Connection,
    ledger: str,
    *,
    since: date | None = None,
    until: date | None = None,
    unit: UnitId | None = None,
    kind: str | None = None,
    tier: Tier | None = None,
    after: Key | None = None,
    limit: int = 200,
) -> tuple[Tally, Page[Adoption]]:
    """All together and matter by matter, of those made within these days; the latest matters first."""
    checked_limit(limit)
    rows = suggestion_rows.c
    within = _within(ledger, since, until, unit, kind, tier)
    total = connection.execute(select(*_FIGURES).where(*within)).one()
    latest = func.max(rows.made_on)
    columns = (rows.matter, rows.title, rows.kind, rows.organiser)
    asked = select(*columns, latest, *_FIGURES).where(*within).group_by(*columns)
    if after is not None:
        day, matter = literal(after[0]), after[1]
        asked = asked.having(or_(latest < day, and_(latest == day, rows.matter > matter)))
    asked = asked.order_by(latest.desc(), rows.matter).limit(limit + 1)
    found = connection.execute(asked).all()
    names = roster.names(connection, ledger, units={UnitId(row[3]) for row in found})
    lines = [
        Adoption(
            matter=row[0],
            title=row[1],
            kind=row[2],
            organiser=UnitId(row[3]),
            organiser_name=names.get(f"unit/{row[3]}", str(row[3])),
            made_on=row[4],
            tally=_tally(row[5:]),
        )
        for row in found
    ]
    return _tally(total), page_of(lines, limit, lambda a: (a.made_on.toordinal(), a.matter))


class Apart(Choice):
    """What suggestions are counted apart by."""

    TIER = "tier", "协商层次", "tier of consultation"
    KIND = "kind", "类别", "kind"
    UNIT = "organiser", "单位", "unit"
    YEAR = "year", "年度", "year"


@dataclass(frozen=True, slots=True, kw_only=True)
class AdoptionPart:
    """What became of the suggestions of a part: `key` is what it is asked by."""

    key: str
    name: Label
    tally: Tally


MOST_PARTS = 300
"""Parts that one table has at the most."""


def adoption_by(
    connection: Connection,
    ledger: str,
    apart: Apart,
    *,
    since: date | None = None,
    until: date | None = None,
    unit: UnitId | None = None,
    kind: str | None = None,
    tier: Tier | None = None,
) -> tuple[AdoptionPart, ...]:
    """The same taken apart: tiers and kinds in the order of the catalogue, units by name, years the newest first. What has no tier is left out of the tiers."""
    column = suggestion_rows.c[apart.value]
    within = _within(ledger, since, until, unit, kind, tier)
    if apart is Apart.TIER:
        within.append(column != "")
    asked = select(column, *_FIGURES).where(*within).group_by(column).order_by(column.desc())
    found = connection.execute(asked.limit(MOST_PARTS)).all()
    names: dict[str, str] = {}
    if apart is Apart.UNIT:
        names = roster.names(connection, ledger, units={UnitId(row[0]) for row in found})
    made = [
        AdoptionPart(
            key=str(row[0]), name=_apart_called(apart, str(row[0]), names), tally=_tally(row[1:])
        )
        for row in found
    ]
    match apart:
        case Apart.TIER:
            order = [each.value for each in Tier]
        case Apart.KIND:
            order = list(KINDS)
        case Apart.UNIT:
            order = sorted(
                (each.key for each in made), key=lambda key: names.get(f"unit/{key}", "")
            )
        case Apart.YEAR:
            order = [each.key for each in made]
    return tuple(sorted(made, key=lambda each: order.index(each.key)))


def _apart_called(apart: Apart, key: str, names: Mapping[str, str]) -> Label:
    match apart:
        case Apart.TIER:
            tier = Tier.of(key)
            return Label(tier.zh, tier.en)
        case Apart.KIND:
            about = KINDS[key].about
            return Label(about.zh, about.en)
        case Apart.UNIT:
            name = names.get(f"unit/{key}", key)
            return Label(name, name)
        case Apart.YEAR:
            return Label(f"{key}年", key)


def _number(when: Any) -> Any:
    return func.coalesce(func.sum(case((when, 1), else_=0)), 0)


def _carried_out(table: Table) -> ColumnElement[bool]:
    rows = table.c
    return and_(rows.carried_out_on.is_not(None), rows.answer != Answer.DECLINED.value)


def _figures(table: Table) -> tuple[ColumnElement[Any], ...]:
    """What a tally counts, of suggestions in a table."""
    return (
        func.count(),
        *(_number(table.c.answer == each.value) for each in Answer),
        _number(_carried_out(table)),
    )


_CARRIED_OUT = _carried_out(suggestion_rows)
_FIGURES = _figures(suggestion_rows)


def _tally(row: Sequence[Any]) -> Tally:
    made, adopted, partly, declined, carried_out = (int(each) for each in row)
    return Tally(
        made=made, adopted=adopted, partly=partly, declined=declined, carried_out=carried_out
    )
