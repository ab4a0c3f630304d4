"""The county's year as requests in order of time, and its building into a log."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from random import Random

from application import packs
from application.evidence import EvidenceFiles
from application.handle import Inspect, Request, Writer, nothing_to_inspect
from application.log import Log
from application.rehearsal import photos
from application.rehearsal.answers import Answers
from application.rehearsal.campaigns import Campaigns
from application.rehearsal.chains import Chains
from application.rehearsal.composed import Composed
from application.rehearsal.diary import OPENED, ZONE, Diary
from application.rehearsal.fronts import Fronts
from application.rehearsal.inspected import Inspected
from application.rehearsal.latest import Latest
from application.rehearsal.matters import Works, pair
from application.rehearsal.months import Months
from application.rehearsal.occasions import Year
from application.rehearsal.office import Desk
from application.rehearsal.pursued import Pursued
from application.rehearsal.rounds import Chart
from application.rehearsal.setting import County, found
from application.rehearsal.suggested import Suggested
from application.rehearsal.told import Teller
from application.rehearsal.works import Loops
from application.rehearsal.year_end import YearEnd
from application.vault import UNSEALED, Vault
from domain.document import Publish, Sort
from domain.people import Refused

SEED = 2025
AT_ONCE = 8
"""Pictures that are kept at a time: each waits for the disk."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Built:
    """What was written: requests carried out and entries appended. A second building appends nothing."""

    requests: int
    entries: int


def county(
    seed: int = SEED, *, documents: Sequence[Publish] = ()
) -> Iterator[tuple[datetime, list[Request]]]:
    """The whole year, day by day: the instant of recording and what is recorded then. The same seed gives the same."""
    yield from _diary(seed, documents)[1].in_order()


def roster(seed: int = SEED) -> County:
    """Who and what there is in that county."""
    return _diary(seed, ())[0]


def _diary(seed: int, documents: Sequence[Publish]) -> tuple[County, Diary]:
    rng = Random(seed)
    diary = Diary(rng)
    where = found(rng, diary, documents)
    loops = [Chart(packs.load_loop(each.text)) for each in documents if each.sort is Sort.LOOP]
    lists = [packs.load_checklist(each.text) for each in documents if each.sort is Sort.CHECKLIST]
    teller = Teller(rng, diary, where, loops=loops)
    parts = [teller]

    def part(own: int | str) -> Teller:
        """Who tells a part of the year that draws on chance of its own, so that the rest stays as it is."""
        rng = Random(own)
        parts.append(Teller(rng, Diary(rng, diary.pages, diary.photos), where, loops=loops))
        return parts[-1]

    pair(teller)
    year = Year(teller)
    year.tell()
    Works(teller, year).tell()
    Answers(teller, year).tell()
    YearEnd(part(seed + 1)).tell()
    works = part(seed + 2)
    Loops(works, teller.told).tell()
    Chains(part(f"{seed} chains"), works.told).tell()
    Suggested(part(f"{seed} suggested"), [*teller.told, *works.told]).tell()
    Months(part(f"{seed} months"), lists).tell()
    Desk(part(f"{seed} office")).tell()
    Inspected(part(f"{seed} inspected"), lists).tell()
    Fronts(part(f"{seed} fronts"), teller.told).tell()
    Composed(part(f"{seed} composed")).tell()
    Latest(part(f"{seed} latest")).tell()
    told = [each for one in parts for each in one.told]
    calendars = [packs.load_calendar(d.text) for d in documents if d.sort is Sort.CALENDAR]
    Pursued(part(f"{seed} pursued"), told, calendars).tell()
    Campaigns(part(f"{seed} campaigns")).tell()
    return where, diary


def build(
    log: Log,
    *,
    seed: int = SEED,
    documents: Sequence[Publish] = (),
    inspect: Inspect = nothing_to_inspect,
    vault: Vault = UNSEALED,
    files: EvidenceFiles | None = None,
) -> Built:
    """Write the county into that log, each day recorded at its own time; goes on where it was broken off.

    `files` is where the pictures lie that its records name, which are then kept first, as by whoever records. Raises `Refused` for the first request that is refused: none should be.
    """
    instant = datetime.combine(OPENED, datetime.min.time(), ZONE)
    writer = Writer(
        log, clock=lambda: instant.astimezone(UTC), zone=ZONE.key, inspect=inspect, vault=vault
    )
    requests = entries = 0
    diary = _diary(seed, documents)[1]
    if files is not None:
        with ThreadPoolExecutor(AT_ONCE) as pool:
            list(pool.map(files.put, map(photos.photo, sorted(diary.photos))))
    for at, asked in diary.in_order():
        instant = at
        for verdict in writer.write(asked):
            if isinstance(verdict, Refused):
                raise verdict
            entries += 0 if verdict.again else verdict.entries
        requests += len(asked)
    return Built(requests=requests, entries=entries)
