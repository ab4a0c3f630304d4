"""Trainings, and what was filed of the proposals of those who took part and of those who did not, in the year before and in the year after.

Members are told by their number alone: who took part stands on the page of the training.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import (
    CTE,
    ColumnElement,
    Connection,
    Integer,
    Select,
    and_,
    case,
    func,
    literal,
    select,
    tuple_,
    type_coerce,
    union_all,
)

from domain.kinds import Stage, kind_of
from domain.kinds.advice import Proposed
from domain.kinds.meetings import Studied, Study
from projections.columns import NOTHING
from projections.deeds import deed_rows, stands_for_itself
from projections.facts import fact_versions
from projections.flows import flow_rows, has_reached, number_where, stage_rows
from projections.paging import Key, Page, checked_limit, page_of
from projections.roster import TERM, bonds, bound, known

STUDIED, PROPOSED = kind_of(Studied), kind_of(Proposed)
YEAR = 365
"""Days before and after a training of which proposals are counted; its own day is in neither."""
SMALL = 10
"""Proposals below which a rate says little: a few more or less move it much."""
_DECIDED = (Stage.FILED, Stage.NOT_FILED, Stage.MERGED, Stage.CONVERTED_TO_OPINION)


@dataclass(frozen=True, slots=True, kw_only=True)
class Filing:
    """Proposals of a group within a year: how many were submitted, filed, and not decided on yet.

    `percent` is filed of submitted, rounded down, none where nothing was submitted; `small` says that there are too few to go by it.
    """

    submitted: int
    filed: int
    undecided: int
    percent: int | None
    small: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Members of whom a training is looked at: how many, and what became of proposals in the year before and in the year after."""

    members: int
    before: Filing
    after: Filing


@dataclass(frozen=True, slots=True, kw_only=True)
class TrainingLine:
    """A training: how many took part, members or not, and proposals with an author who took part beside those without.

    A proposal has one place, however many its authors; those of units alone have none. `days_after` are the days of the year after that have
    passed by now, at most 365.
    """

    stream: str
    on: date
    title: str
    study: Study
    took_part: int
    trained: Group
    others: Group
    days_after: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ProposalLine:
    """A proposal behind a figure; `filed_on` is none where it was not filed."""

    matter: str
    title: str
    on: date
    filed_on: date | None


def trainings(
    connection: Connection,
    ledger: str,
    *,
    today: date,
    first: date,
    last: date,
    study: Study | None = None,
    after: Key | None = None,
    limit: int = 50,
) -> Page[TrainingLine]:
    """The trainings of a sort on days from one to another, the newest first, by as many queries for many as for one."""
    checked_limit(limit)
    rows = deed_rows.c
    asked = select(rows.stream, rows.on, rows.title, rows.sort, rows.position).where(
        rows.ledger == ledger,
        rows.kind == STUDIED,
        rows.on >= first,
        rows.on <= last,
        rows.gone == "",
        stands_for_itself(ledger, rows.stream, rows.same_as),
        *([] if study is None else [rows.sort == study.value]),
    )
    if after is not None:
        asked = asked.where(tuple_(rows.on, rows.position) < tuple_(*after))
    asked = asked.order_by(rows.on.desc(), rows.position.desc()).limit(limit + 1)
    page = page_of(
        connection.execute(asked).all(), limit, lambda row: (row.on.toordinal(), row.position)
    )
    streams = [row.stream for row in page.rows]
    there = _took_part(connection, ledger, streams)
    everybody = _members(connection, ledger, streams)
    filings = _filings(connection, ledger, streams)
    lines = []
    for row in page.rows:
        people, members = there.get(row.stream, (0, 0))

        def group(number: int, *, trained: bool, stream: str = row.stream) -> Group:
            return Group(
                members=number,
                before=filings.get((stream, trained, True), _NONE),
                after=filings.get((stream, trained, False), _NONE),
            )

        lines.append(
            TrainingLine(
                stream=row.stream,
                on=row.on,
                title=row.title,
                study=Study.of(row.sort),
                took_part=people,
                trained=group(members, trained=True),
                others=group(everybody.get(row.stream, 0) - members, trained=False),
                days_after=min(YEAR, max(0, (today - row.on).days)),
            )
        )
    return Page(rows=tuple(lines), after=page.after)


def filing(submitted: int, filed: int, undecided: int) -> Filing:
    """The figures of a group."""
    return Filing(
        submitted=submitted,
        filed=filed,
        undecided=undecided,
        percent=100 * filed // submitted if submitted else None,
        small=submitted < SMALL,
    )


_NONE = filing(0, 0, 0)


def _there(ledger: str, streams: Sequence[str]) -> CTE:
    """Who took part in each of these trainings, by any of its records that stands: its own, what that is linked to, what is linked to the same."""
    rows, record = deed_rows.c, deed_rows.alias("record").c
    named = case((rows.same_as == "", rows.stream), else_=rows.same_as)
    # Each by an index of its own: asked for as either, all facts would be read.
    by_name, linked = (
        select(rows.stream.label("training"), rows.on, record.stream.label("record")).where(
            *(rows.ledger == ledger, rows.stream.in_(streams)),
            *(record.ledger == ledger, record.gone == "", *of_one),
        )
        for of_one in (
            [record.stream == named],
            [record.same_as != NOTHING, record.same_as == named],
        )
    )
    records, facts = union_all(by_name, linked).subquery("records").c, fact_versions.alias("facts")
    there = facts.c
    return (
        select(records.training, records.on, there.subject)
        .where(
            *(there.ledger == ledger, there.deed == records.record, there.done),
            there.subject.startswith("member/"),
            known(facts, None),
        )
        .distinct()
        .cte("there")
    )


def _took_part(
    connection: Connection, ledger: str, streams: Sequence[str]
) -> dict[str, tuple[int, int]]:
    """How many people took part in each of these, and how many of them were members on the day."""
    there = _there(ledger, streams).c
    member = bound(there.subject, ledger, there.on, None, bond=TERM)
    asked = select(there.training, func.count(), func.sum(case((member, 1), else_=0))).group_by(
        there.training
    )
    return {deed: (int(n), int(members)) for deed, n, members in connection.execute(asked)}


def _members(connection: Connection, ledger: str, streams: Sequence[str]) -> dict[str, int]:
    """How many members the committee had on the day of each of these."""
    rows, held = deed_rows.c, bonds.c
    asked = (
        select(rows.stream, func.count(held.subject.distinct()))
        .select_from(
            deed_rows.join(
                bonds,
                and_(
                    held.ledger == rows.ledger,
                    held.bond == TERM,
                    known(bonds, None),
                    held.since <= rows.on,
                    held.until >= rows.on,
                ),
            )
        )
        .where(rows.ledger == ledger, rows.stream.in_(streams))
        .group_by(rows.stream)
    )
    return {stream: int(number) for stream, number in connection.execute(asked)}


def _proposals(ledger: str, streams: Sequence[str]) -> Select[Any]:
    """Each proposal of the years around each of these trainings, with whether it came before, and whether an author took part."""
    rows, proposals, authors = deed_rows.c, flow_rows.c, fact_versions.alias("authors")
    there = _there(ledger, streams)
    on, day = type_coerce(proposals.on, Integer), type_coerce(rows.on, Integer)
    before: ColumnElement[bool] = proposals.on < rows.on
    return (
        select(
            rows.stream.label("training"),
            proposals.matter.label("matter"),
            proposals.on.label("on"),
            case((before, 1), else_=0).label("before"),
            func.max(case((there.c.subject.is_not(None), 1), else_=0)).label("trained"),
        )
        .select_from(
            deed_rows.join(
                flow_rows,
                and_(
                    proposals.ledger == rows.ledger,
                    proposals.kind == PROPOSED,
                    on >= day - YEAR,
                    on <= day + YEAR,
                    proposals.on != rows.on,
                ),
            )
            .join(
                authors,
                and_(
                    authors.c.ledger == proposals.ledger,
                    authors.c.deed == literal("matter/") + proposals.matter,
                    authors.c.subject.startswith("member/"),
                    known(authors, None),
                ),
            )
            .outerjoin(
                there,
                and_(there.c.training == rows.stream, there.c.subject == authors.c.subject),
            )
        )
        .where(
            *(rows.ledger == ledger, rows.stream.in_(streams)),
            stands_for_itself(ledger, literal("matter/") + proposals.matter, proposals.same_as),
        )
        .group_by(rows.stream, proposals.matter, proposals.on, rows.on)
    )


def _filings(
    connection: Connection, ledger: str, streams: Sequence[str]
) -> dict[tuple[str, bool, bool], Filing]:
    """Of each training: whether an author took part, whether it was before, and what became of those proposals."""
    found = _proposals(ledger, streams).subquery()
    asked = (
        select(
            *(found.c.training, found.c.trained, found.c.before, func.count()),
            number_where(has_reached(Stage.FILED)),
            number_where(~has_reached(*_DECIDED)),
        )
        .select_from(
            found.join(
                flow_rows,
                and_(flow_rows.c.ledger == ledger, flow_rows.c.matter == found.c.matter),
            )
        )
        .group_by(found.c.training, found.c.trained, found.c.before)
    )
    return {
        (stream, bool(trained), bool(before)): filing(int(number), int(filed), int(undecided))
        for stream, trained, before, number, filed, undecided in connection.execute(asked)
    }


def training(connection: Connection, ledger: str, stream: str) -> tuple[date, str] | None:
    """The day and the title of a training that stands; nothing where it is none."""
    rows = deed_rows.c
    asked = select(rows.on, rows.title).where(
        rows.ledger == ledger, rows.stream == stream, rows.kind == STUDIED, rows.gone == ""
    )
    found = connection.execute(asked).one_or_none()
    return None if found is None else (found.on, found.title)


def proposals(
    connection: Connection,
    ledger: str,
    stream: str,
    *,
    trained: bool,
    before: bool,
    filed: bool | None = None,
    after: Key | None = None,
    limit: int = 50,
) -> Page[ProposalLine]:
    """The proposals behind a figure of a training, in order of their days."""
    checked_limit(limit)
    found = _proposals(ledger, [stream]).subquery()
    titles, stages = deed_rows.alias("titles"), stage_rows.c
    at = and_(
        stages.ledger == ledger,
        stages.matter == found.c.matter,
        ~stages.of_loop,
        stages.stage == Stage.FILED.value,
    )
    asked = (
        select(found.c.matter, found.c.on, titles.c.title, stages.on.label("filed_on"))
        .select_from(
            found.outerjoin(stage_rows, at).join(
                titles,
                and_(
                    titles.c.ledger == ledger,
                    titles.c.stream == literal("matter/") + found.c.matter,
                ),
            )
        )
        .where(found.c.trained == int(trained), found.c.before == int(before))
    )
    if filed is not None:
        asked = asked.where(stages.on.is_not(None) if filed else stages.on.is_(None))
    if after is not None:
        asked = asked.where(tuple_(found.c.on, found.c.matter) > tuple_(*after))
    asked = asked.order_by(found.c.on, found.c.matter).limit(limit + 1)
    lines = [
        ProposalLine(matter=row.matter, title=row.title, on=row.on, filed_on=row.filed_on)
        for row in connection.execute(asked)
    ]
    return page_of(lines, limit, lambda line: (line.on.toordinal(), line.matter))
