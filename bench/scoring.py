"""Scoring: a member's year, a draft run over past years, and a county under a new version of its rubric."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import replace
from datetime import UTC, date, datetime
from itertools import islice, zip_longest
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import Any

from sqlalchemy import select

from application import packs, rehearsal
from application.handle import Request, Writer
from application.log import Log
from application.sqlite_log import SqliteLog, create_ledger
from application.vault import UNSEALED, Vault
from bench.places import Place
from bench.reading import reader_of
from bench.rounds import Case, Extent, Figure, figure, in_turns, undisturbed
from domain.document import Publish, Sort
from domain.fact import Fact, SubjectId
from domain.people import Actor, PersonId, Refused
from domain.period import Period
from domain.scorecard import Scorecard
from domain.scoring import score
from interfaces import whatif
from interfaces.settings import read
from interfaces.wiring import inspect
from projections import bodies, facts, roster
from projections.facts import fact_versions
from projections.reader import Reader
from projections.roster import person_versions
from projections.scorecards import scorecard_rows
from projections.store import SqliteStore, Store

YEARS = (2021, 2022, 2023, 2024, 2025)
"""The years of the rehearsal county."""
TODAY = date(2025, 12, 31)
FACTS = 80
"""Facts of the member's year that is scored."""
LEDGER = "rehearsal"


def run(extent: Extent, places: Sequence[Place]) -> Iterator[Figure]:
    """Milliseconds of a card, seconds of a draft and of a new version; each against touching the facts and nothing else."""
    with TemporaryDirectory(prefix="lvzhi-bench-") as folder:
        create_ledger(Path(folder), LEDGER)
        with (
            closing(SqliteLog(Path(folder), LEDGER)) as log,
            closing(SqliteStore(Path(folder), LEDGER)) as store,
        ):
            text, office = filled(log, extent.days)
            reader = reader_of(log, store, today=lambda: TODAY)
            reader.rebuild()
            yield from _cards(extent, store, text)
            yield from _versions(extent, log, store, reader, text, office)
            yield _draft(extent, Path(folder), store, text)


def filled(log: Log, days: int | None, vault: Vault = UNSEALED) -> tuple[str, Actor]:
    """Write the rehearsal county, or its first days, into a log; the text of its rubric and who published it."""
    instant = datetime(2021, 1, 1, tzinfo=UTC)
    published: list[tuple[str, Actor]] = []
    writer = Writer(log, clock=lambda: instant, inspect=inspect, vault=vault)
    for at, asked in islice(rehearsal.county(documents=rehearsal.documents()), days):
        instant = at.astimezone(UTC)
        published += [
            (request.command.text, request.actor)
            for request in asked
            if isinstance(request.command, Publish) and request.command.sort is Sort.RUBRIC
        ]
        for verdict in writer.write(asked):
            if isinstance(verdict, Refused):
                raise verdict
    return published[0]


# A member's year


def _cards(extent: Extent, store: Store, text: str) -> Iterator[Figure]:
    rubric, found = packs.load_rubric(text), _facts(store)
    if not found:
        return
    year = Period.year(max(fact.on.year for fact in found))
    inside = [fact for fact in found if year.has(fact)] or found
    some = _as_of_one(inside)
    with store.reading() as connection:
        who = PersonId(some[0].subject.removeprefix("member/"))
        person = roster.persons(connection, LEDGER, [who])[who]
    count = max(1, int(extent.seconds / 0.001))

    def scored() -> float:
        with undisturbed():
            began = perf_counter()
            for _ in range(count):
                score(some, rubric, person, year, TODAY)
            return (perf_counter() - began) / count * 1_000

    def touched() -> float:
        with undisturbed():
            began = perf_counter()
            for _ in range(count):
                _touch(some)
            return (perf_counter() - began) / count * 1_000

    measured = in_turns({"scored": scored, "touched": touched}, extent.rounds)
    card = score(some, rubric, person, year, TODAY)
    name = f"score {len(some)} facts, {len(card.lines)} lines"
    yield figure(name, "ms", measured["scored"], measured["touched"])


def _as_of_one(found: Sequence[Fact[Any]]) -> list[Fact[Any]]:
    """Facts of many members as if they were of one, of all kinds in turn, no two of one deed."""
    by_kind: dict[str, dict[str, Fact[Any]]] = {}
    for fact in found:
        by_kind.setdefault(fact.kind, {}).setdefault(fact.deed, fact)
    rows = [own.values() for own in by_kind.values()]
    in_turn = (fact for some in zip_longest(*rows) for fact in some if fact is not None)
    return [replace(fact, subject=found[0].subject) for fact in islice(in_turn, FACTS)]


def _facts(store: Store) -> list[Fact[Any]]:
    """All facts of members that stand."""
    with store.reading() as connection:
        keys = roster.keys_by_name(connection, LEDGER)
        subjects = sorted(SubjectId(f"member/{person}") for _, person in keys)
        found = facts.facts_of_many(
            connection, LEDGER, subjects, first=date(YEARS[0], 1, 1), last=TODAY
        )
    return [fact for own in found.values() for fact in own]


def _touch(found: Sequence[Fact[Any]]) -> int:
    """Look at each fact and nothing else."""
    seen = 0
    for fact in found:
        if fact.kind and fact.on.year:
            seen += 1
    return seen


# A new version


def _versions(
    extent: Extent, log: Log, store: Store, reader: Reader, text: str, office: Actor
) -> Iterator[Figure]:
    """Seconds from a version that is published until all cards that it governs are anew."""
    found = _facts(store)
    versions = iter(range(2, 1_000))
    writer = Writer(log, clock=lambda: datetime(2025, 12, 31, 12, tzinfo=UTC), inspect=inspect)

    def rescored(since: date) -> Case:
        def run() -> float:
            number = next(versions)
            asked = Publish(
                sort=Sort.RUBRIC, code="rehearsal", version=str(number), text=text, since=since
            )
            (verdict,) = writer.write(
                [Request(command=asked, actor=office, command_id=f"publish-{number}")]
            )
            if isinstance(verdict, Refused):
                raise verdict
            with undisturbed():
                began = perf_counter()
                reader.catch_up()
                return perf_counter() - began

        return run

    def touched() -> float:
        with undisturbed():
            began = perf_counter()
            _touch(found)
            return perf_counter() - began

    cases = {
        "all": rescored(date(YEARS[0], 1, 1)),
        "last": rescored(date(YEARS[-1], 1, 1)),
        "touched": touched,
    }
    measured = in_turns(cases, 1 + extent.rounds // 3)
    with store.reading() as connection:
        rows = scorecard_rows.c
        cards = connection.execute(select(rows.first)).scalars().all()
    last = sum(first.year == YEARS[-1] for first in cards)
    yield figure(f"score: rescore a year, {last} cards", "s", measured["last"], measured["touched"])
    yield figure(
        f"score: rescore all years, {len(cards)} cards", "s", measured["all"], measured["touched"]
    )


# A draft over past years


def _draft(extent: Extent, folder: Path, store: Store, text: str) -> Figure:
    """Seconds of a draft over all years of so many members, by all processors; the county's people stand in the roster several times."""
    people = _multiplied(store, extent.times)
    settings = read({}, data=str(folder), ledger=LEDGER)
    draft = text.replace("version: ", "version: draft-", 1)
    found = _facts(store)
    counted: list[int] = []

    def tried() -> float:
        began = perf_counter()
        told = whatif.run(settings, LEDGER, draft, years=YEARS, today=TODAY)
        counted.append(sum(spread.members for spread in told.spreads))
        return perf_counter() - began

    def touched() -> float:
        began = perf_counter()
        _touch(found)
        return perf_counter() - began

    measured = in_turns({"tried": tried, "touched": touched}, 1 + extent.rounds // 3)
    name = f"score: what-if {counted[-1]} member-years of {people} people"
    return figure(name, "s", measured["tried"], measured["touched"])


def _multiplied(store: Store, times: int) -> int:
    """Enter everybody so many times over in the read model: with other ids and the same facts and cards; how many there are then."""
    with store.reading() as connection:
        people = connection.execute(
            select(person_versions).where(roster.known(person_versions, None))
        ).all()
        lines = connection.execute(
            select(fact_versions).where(
                roster.known(fact_versions, None), fact_versions.c.subject.like("member/%")
            )
        ).all()
        cards = connection.execute(select(scorecard_rows)).all()
    columns = {
        table.name: [column.name for column in table.columns]
        for table in (person_versions, fact_versions, scorecard_rows)
    }
    for n in range(1, times):
        with store.writing() as writing:
            rows = []
            for row in people:
                who = f"{row.person}-{n}"
                anew = replace(bodies.person(row.body), person=PersonId(who))
                rows.append(_with(row, columns["people"], person=who, body=bodies.encode(anew)))
            writing.insert(person_versions, rows)
            rows = []
            for row in lines:
                subject = SubjectId(f"{row.subject}-{n}")
                body = replace(bodies.fact(row.kind, row.body), subject=subject)
                rows.append(_with(row, columns["facts"], subject=subject, body=bodies.encode(body)))
            writing.insert(fact_versions, rows)
            rows = []
            for row in cards:
                subject = SubjectId(f"{row.subject}-{n}")
                card: Scorecard = replace(bodies.scorecard(row.body), member=subject)
                rows.append(
                    _with(row, columns["scorecards"], subject=subject, body=bodies.encode(card))
                )
            writing.insert(scorecard_rows, rows)
    return len(people) * times


def _with(row: Any, columns: Sequence[str], **anew: object) -> tuple[object, ...]:
    """A row as it is stored, with some columns replaced."""
    return tuple(
        (value.toordinal() if isinstance(value, date) else value)
        if name not in anew
        else anew[name]
        for name, value in zip(columns, row, strict=True)
    )
