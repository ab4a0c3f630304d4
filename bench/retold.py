"""A ledger of a million entries: the rehearsal county's year told again for other people and for the years before.

Every entry of the year is taken as it is stored, in the clear, with other ids and, for an earlier year, other days. Members, units,
pairings and documents are entered once, as of the first year; all else is told again in each year. So often as `LARGE` says
is four counties' worth of people (852 members) over twenty-three years. The rows go into the log past all checks, a few thousand to a
transaction; the read model is then made by the reader as it always is.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from application.log import Log, NewRow, StoredRow
from application.memory_log import MemoryLog
from application.rehearsal import build, documents
from domain.document import Sort

FOR_ALL = frozenset({"ledger", "invitation", *Sort})
"""What there is one of, whoever else is entered, by the root of its stream."""
ONCE = FOR_ALL | {"member", "unit", "pairing", "posting", "support"}
"""What is entered once and then goes on, or is named by a month and a unit."""
PEOPLES = 4
"""How many times over people and units are entered, in so far as there are years enough."""
LARGE = 92
"""How many tellings have more than a million entries."""
AT_ONCE = 5_000
_ID = re.compile(rb"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
_DAY = re.compile(rb"(?<!\d)(20\d\d)-(\d\d-\d\d)(?!\d)")
_AT = re.compile(rb'"at":"([^"]+)"')


@dataclass(frozen=True, slots=True)
class Telling:
    """One telling of the year: for which people, and how many years earlier."""

    people: int
    years: int


def retell(log: Log, times: int) -> int:
    """Fill an empty log with so many tellings of the county's year; how many entries it has then."""
    original = MemoryLog(log.ledger)
    build(original, documents=documents())
    rows = original.since(0, original.head())
    head, told = 0, _told(rows, times)
    while some := list(islice(told, AT_ONCE)):
        log.append(head, some, ())
        head += len(some)
    return head


def _told(rows: Sequence[StoredRow], times: int) -> Iterator[NewRow]:
    peoples = min(PEOPLES, times)
    years = times // peoples
    lasting = {
        row.stream.partition("/")[2].encode() for row in rows if _root(row) in ("member", "unit")
    }
    order = [
        (_shifted(_AT.search(row.body)[1], years - 1 - year), year, nth)  # type: ignore[index]
        for year in range(years)
        for nth, row in enumerate(rows)
        if year == 0 or _root(row) not in ONCE
    ]
    # No entry was recorded before the one that it follows.
    order.sort()
    for _, year, nth in order:
        row = rows[nth]
        for people in range(1 if _root(row) in FOR_ALL else peoples):
            telling = Telling(people=people, years=years - 1 - year)
            yield _row(row, telling, lasting)


def _row(row: StoredRow, telling: Telling, lasting: set[bytes]) -> NewRow:
    def other(found: re.Match[bytes]) -> bytes:
        whole = found[0]
        years = 0 if whole in lasting else telling.years
        # No two of some hundred thousand differ by so little.
        mark = telling.people << 8 | years
        return whole[:24] + b"%012x" % (int(whole[24:], 16) ^ mark)

    body = _shifted(_ID.sub(other, row.body), telling.years)
    stream = _ID.sub(other, row.stream.encode()).decode()
    return NewRow(stream, row.version, row.name, body)


def _shifted(text: bytes, years: int) -> bytes:
    if not years:
        return text

    def earlier(found: re.Match[bytes]) -> bytes:
        day = b"02-28" if found[2] == b"02-29" else found[2]
        return b"%d-%s" % (int(found[1]) - years, day)

    return _DAY.sub(earlier, text)


def _root(row: StoredRow) -> str:
    return row.stream.partition("/")[0]
