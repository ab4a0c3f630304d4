"""What led to what: the links of each record to others, as they lie both ways, and all that lies before and after a record."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType
from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    Connection,
    Index,
    Integer,
    Table,
    func,
    literal,
    select,
    tuple_,
    union_all,
)

from domain.deed import Deed
from domain.kinds import Shape
from domain.words import Choice, Label, Open, is_code
from projections import deeds
from projections.columns import METADATA, Day, Row, Word, ledger_column
from projections.deeds import DeedSummary
from projections.paging import Key, Page, checked_limit, page_of

DEEPEST = 12
"""Steps before and after a record at the most that are followed."""
WORK = "work/"
"""What stands where the far end of a link is no record but the work that records belong to."""


class Relation(Choice):
    """How one record stands to another, as the later of the two, or whichever names the other, says it."""

    LED_TO = "led_to", "促成", "led to"
    ANSWERS = "answers", "来源", "came from"
    CONVERTED = "converted_from", "转办", "converted from"
    MERGED = "merged_into", "并案", "merged into"
    SAME = "same_as", "同一履职", "the same deed"
    OF_WORK = "work", "同一课题", "of one work"


class Way(Choice):
    """On which side of a record another lies."""

    BEFORE = "before", "在前", "came before it"
    AFTER = "after", "在后", "came after it"
    BESIDE = "beside", "并列", "stands beside it"


_OPPOSITE = MappingProxyType({Way.BEFORE: Way.AFTER, Way.AFTER: Way.BEFORE, Way.BESIDE: Way.BESIDE})
CALLED: Mapping[tuple[Relation, Way], Label] = MappingProxyType(
    {
        (Relation.LED_TO, Way.BEFORE): Label("由何促成", "What led to it"),
        (Relation.LED_TO, Way.AFTER): Label("促成了", "It led to"),
        (Relation.ANSWERS, Way.BEFORE): Label("来源记录", "Came from"),
        (Relation.ANSWERS, Way.AFTER): Label("由此带出的", "What came of it"),
        (Relation.CONVERTED, Way.BEFORE): Label("转自", "Converted from"),
        (Relation.CONVERTED, Way.AFTER): Label("转为", "Converted to"),
        (Relation.MERGED, Way.AFTER): Label("并入", "Merged into"),
        (Relation.MERGED, Way.BEFORE): Label("并入本件的", "Merged into it"),
        (Relation.SAME, Way.BESIDE): Label("同一履职", "The same deed"),
    }
)
"""What the far end of a link is called, seen from the near one."""

link_rows = Table(
    "links",
    METADATA,
    ledger_column(),
    Column("near", Word, primary_key=True),
    Column("way", Word, primary_key=True),
    Column("relation", Word, primary_key=True),
    Column("far", Word, primary_key=True),
    Column("said_by", Word, primary_key=True),
    Column("on", Day),
    Column("note", Word, nullable=False),
    Column("position", BigInteger, nullable=False),
    Index("links_said_by", "ledger", "said_by"),
)
"""Every link that stands, from each of its two ends; `said_by` is the record whose entries say it, `on` its day where it has one of its own.

`position` is the entry that said it, that of the record itself where the record names the other.
"""
Index(
    "links_led_to",
    link_rows.c.ledger,
    link_rows.c.way,
    link_rows.c.relation,
    link_rows.c.on,
    link_rows.c.position,
)


# Rows


def rows_of(ledger: str, state: object) -> list[Row]:
    """The rows of what a record says of others; none once it is withdrawn."""
    if not isinstance(state, Deed) or state.gone:
        return []
    return [row for said in _said(state) for row in _both_ways(ledger, state.stream, *said)]


_Said = tuple[Way, Relation, str, date | None, str, int]


def _said(state: Deed[Any]) -> Iterator[_Said]:
    body, since = state.body, state.position
    for way, relation in (
        (Way.BEFORE, Relation.ANSWERS),
        (Way.BEFORE, Relation.CONVERTED),
        (Way.AFTER, Relation.MERGED),
    ):
        far = getattr(body, relation.value, "")
        if _is_record(far):
            yield way, relation, far, None, "", since
    if is_code(body.work):
        yield Way.BESIDE, Relation.OF_WORK, f"{WORK}{body.work}", None, "", since
    if state.same_as:
        yield Way.BESIDE, Relation.SAME, state.same_as, None, "", since
    for cause in state.led_by:
        yield Way.BEFORE, Relation.LED_TO, cause.source, cause.on, cause.note, cause.position


_ROOTS = frozenset({Shape.OCCASION.value, Shape.MATTER.value})


def _is_record(said: str) -> bool:
    """Whether a text names a record: what was written before that was asked may be any text."""
    root, _, key = said.partition("/")
    return root in _ROOTS and is_code(key)


def _both_ways(
    ledger: str,
    own: str,
    way: Way,
    relation: Relation,
    far: str,
    on: date | None,
    note: str,
    position: int,
) -> Iterator[Row]:
    rest = (own, None if on is None else on.toordinal(), note, position)
    yield (ledger, own, way.value, relation.value, far, *rest)
    yield (ledger, far, _OPPOSITE[way].value, relation.value, own, *rest)


# Queries


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """A link of a record: to which other, how that is called from here, and when and by which entry it was said.

    `on` is its own day, none where the record names the other without one. `said_by` is the record whose it is: there it is undone.
    """

    way: Way
    relation: Relation
    called: Label
    other: DeedSummary
    on: date | None
    note: str
    said_by: Open[str]
    position: int


def links(
    connection: Connection,
    ledger: str,
    stream: str,
    *,
    after: Key | None = None,
    limit: int = 50,
) -> Page[Link]:
    """The links of a record both ways: by what they are, the earliest other record first. Records that were withdrawn are told too."""
    checked_limit(limit)
    rows, far = link_rows.c, deeds.deed_rows.c
    asked = (
        select(*_OF_LINK, *deeds.SUMMARY)
        .join(deeds.deed_rows, (far.ledger == rows.ledger) & (far.stream == rows.far))
        .where(rows.ledger == ledger, rows.near == stream)
    )
    key = (rows.relation, rows.way, far.on, far.position)
    if after is not None:
        asked = asked.where(tuple_(*key) > tuple_(*after))
    asked = asked.order_by(*key).limit(limit + 1)
    found = [_link(row) for row in connection.execute(asked)]
    return page_of(
        found,
        limit,
        lambda e: (e.relation.value, e.way.value, e.other.on.toordinal(), e.other.position),
    )


_OF_LINK = (
    link_rows.c.way,
    link_rows.c.relation,
    link_rows.c.on.label("said_on"),
    link_rows.c.note,
    link_rows.c.said_by,
    link_rows.c.position.label("said_at"),
)


def _link(row: Any) -> Link:
    way, relation = Way.of(row.way), Relation.of(row.relation)
    return Link(
        way=way,
        relation=relation,
        called=CALLED[relation, way],
        other=deeds.summary(row),
        on=row.said_on,
        note=row.note,
        said_by=row.said_by,
        position=row.said_at,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrow:
    """One record led to another, or is otherwise before it, or beside it; `on` and `note` where that was said with them."""

    earlier: Open[str]
    later: Open[str]
    relation: Relation
    on: date | None
    note: str


def around(
    connection: Connection, ledger: str, streams: Sequence[str], *, most: int
) -> tuple[list[str], bool]:
    """All that came before these records and all that came after, the nearest first, at most so many; and whether there is more.

    What is only beside something on the way is there; what came of it otherwise is not.
    """
    if not streams:
        return [], False
    reached = union_all(
        _onwards(ledger, streams, Way.BEFORE), _onwards(ledger, streams, Way.AFTER)
    ).subquery()
    depth = func.min(reached.c.depth)
    asked = (
        select(reached.c.near)
        .where(~reached.c.near.startswith(WORK))
        .group_by(reached.c.near)
        .order_by(depth, reached.c.near)
        .limit(most + 1)
    )
    found = list(connection.execute(asked).scalars())
    return found[:most], len(found) > most


def _onwards(ledger: str, streams: Sequence[str], way: Way) -> Any:
    """From these records on, one way, step by step."""
    rows = link_rows.c
    begin = select(
        deeds.deed_rows.c.stream.label("near"), literal(0, Integer).label("depth")
    ).where(deeds.deed_rows.c.ledger == ledger, deeds.deed_rows.c.stream.in_(streams))
    walked = begin.cte(f"walked_{way.value}", recursive=True)
    step = (
        select(rows.far, walked.c.depth + 1)
        .join(walked, rows.near == walked.c.near)
        .where(
            rows.ledger == ledger,
            rows.way.in_((way.value, Way.BESIDE.value)),
            walked.c.depth < DEEPEST,
        )
    )
    walked = walked.union(step)
    return select(walked.c.near, walked.c.depth)


def arrows(
    connection: Connection, ledger: str, streams: Sequence[str], *, most: int
) -> list[Arrow]:
    """The links among these records, the earlier end first; of one work each is linked to the work alone."""
    rows = link_rows.c
    asked = (
        select(rows.near, rows.far, rows.way, rows.relation, rows.on, rows.note)
        .where(
            rows.ledger == ledger,
            rows.near.in_(streams),
            rows.way != Way.BEFORE.value,
            rows.near == rows.said_by,
        )
        .union_all(
            select(rows.near, rows.far, rows.way, rows.relation, rows.on, rows.note).where(
                rows.ledger == ledger,
                rows.near.in_(streams),
                rows.way == Way.AFTER.value,
                rows.near != rows.said_by,
                rows.far.in_(streams),
            )
        )
        .limit(most)
    )
    return [
        Arrow(
            earlier=row.near,
            later=row.far,
            relation=Relation.of(row.relation),
            on=row.on,
            note=row.note,
        )
        for row in connection.execute(asked)
    ]


@dataclass(frozen=True, slots=True, kw_only=True)
class Led:
    """That one record led to another, as a list of all such shows it."""

    on: date
    earlier: Open[str]
    earlier_title: Open[str]
    earlier_kind: Open[str]
    later: Open[str]
    later_title: Open[str]
    later_kind: Open[str]
    note: str
    position: int


def led(
    connection: Connection,
    ledger: str,
    *,
    since: date | None = None,
    until: date | None = None,
    after: Key | None = None,
    limit: int = 50,
) -> Page[Led]:
    """All that was said to have led to something, the newest first; what was withdrawn since is left out."""
    checked_limit(limit)
    rows = link_rows.c
    earlier, later = deeds.deed_rows.alias("earlier"), deeds.deed_rows.alias("later")
    asked = (
        select(
            *(rows.on, rows.note, rows.position, rows.near, rows.far),
            *(earlier.c.title.label("earlier_title"), earlier.c.kind.label("earlier_kind")),
            *(later.c.title.label("later_title"), later.c.kind.label("later_kind")),
        )
        .join(earlier, (earlier.c.ledger == rows.ledger) & (earlier.c.stream == rows.near))
        .join(later, (later.c.ledger == rows.ledger) & (later.c.stream == rows.far))
        .where(
            rows.ledger == ledger,
            rows.way == Way.AFTER.value,
            rows.relation == Relation.LED_TO.value,
            earlier.c.gone == "",
        )
    )
    if since is not None:
        asked = asked.where(rows.on >= since)
    if until is not None:
        asked = asked.where(rows.on <= until)
    if after is not None:
        asked = asked.where(tuple_(rows.on, rows.position) < tuple_(*after))
    asked = asked.order_by(rows.on.desc(), rows.position.desc()).limit(limit + 1)
    found = [
        Led(
            on=row.on,
            earlier=row.near,
            earlier_title=row.earlier_title,
            earlier_kind=row.earlier_kind,
            later=row.far,
            later_title=row.later_title,
            later_kind=row.later_kind,
            note=row.note,
            position=row.position,
        )
        for row in connection.execute(asked)
    ]
    return page_of(found, limit, lambda e: (e.on.toordinal(), e.position))
