"""Records by the beginning of their ids: as short as tells them apart, for those who read and type them."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import Connection, and_, or_, select

from projections.deeds import deed_rows

SHORTEST = 8
"""Characters of an id that are shown at the least."""
MOST = 10
"""Records that an ambiguous beginning is answered with."""
_AFTER = "\x7f"
"""Comes after every character of an id."""


def beginning_with(connection: Connection, ledger: str, said: str) -> list[str]:
    """The streams of records that begin so, in order: the very one where there is such a one, ten at the most."""
    rows = deed_rows.c
    found = connection.execute(
        select(rows.stream)
        .where(rows.ledger == ledger, rows.stream >= said, rows.stream < said + _AFTER)
        .order_by(rows.stream)
        .limit(MOST)
    )
    streams = list(found.scalars())
    return [said] if said in streams else streams


def shortened(connection: Connection, ledger: str, streams: Iterable[str]) -> dict[str, str]:
    """Each of these streams of records by as much of it as no other record begins with."""
    asked = {stream: _cut(stream, SHORTEST) for stream in streams}
    if not asked:
        return {}
    rows = deed_rows.c
    found = connection.execute(
        select(rows.stream)
        .where(
            rows.ledger == ledger,
            or_(
                *(
                    and_(rows.stream >= start, rows.stream < start + _AFTER)
                    for start in sorted(set(asked.values()))
                )
            ),
        )
        .order_by(rows.stream)
    )
    near = list(found.scalars())
    short: dict[str, str] = {}
    for stream, start in asked.items():
        others = [o for o in near if o != stream and o.startswith(start)]
        shared = max((_shared(stream, other) for other in others), default=0)
        short[stream] = stream[: max(len(start), shared + 1)]
    return short


def _cut(stream: str, characters: int) -> str:
    root, _, key = stream.partition("/")
    return f"{root}/{key[:characters]}"


def _shared(one: str, other: str) -> int:
    """Characters that both begin with."""
    pairs = enumerate(zip(one, other, strict=False))
    return next((i for i, (a, b) in pairs if a != b), min(len(one), len(other)))
