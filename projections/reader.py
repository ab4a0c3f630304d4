"""The one reader: entries in, rows out, in batches with the position; the same fold live, catching up and rebuilding."""

from __future__ import annotations

import asyncio
import logging
import sqlite3
import threading
import time
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext, suppress
from dataclasses import dataclass, field, replace
from datetime import date
from functools import partial
from types import MappingProxyType
from typing import Any, Protocol

import psycopg
import sqlalchemy.exc
from sqlalchemy import Connection, Table, bindparam, delete, insert, select, update
from sqlalchemy import Row as SqlRow

from domain.document import Document, Sort
from domain.entry import Entry
from domain.fact import Fact, SubjectId
from domain.member import Person
from domain.people import PersonId, UnitId
from domain.streams import Root, State, root_of
from domain.unit import Unit
from domain.words import Choice
from projections import (
    as_of,
    batches,
    bodies,
    checklists,
    courses,
    deeds,
    disputes,
    documents,
    evidence,
    facts,
    history,
    invitations,
    meetings,
    postings,
    roster,
    scorecards,
    support,
)
from projections.around import Around, among
from projections.as_of import positions
from projections.checklists import progress_rows
from projections.columns import Row
from projections.concerned import OfUnits, concerned, counting
from projections.courses import due_rows, kept_terms
from projections.documents import (
    DOCUMENTS,
    PAPERS,
    Paper,
    Policies,
    ReadDocument,
    Shelf,
    policies_of,
)
from projections.facts import WindowsByDay, fact_versions
from projections.fold import Changes, Stale, Versions, fold
from projections.kept import Kept
from projections.rows import Rows
from projections.scorecards import scorecard_rows
from projections.store import Store, Writing

_log = logging.getLogger("lvzhi")

Since = Callable[[int, int], list[Entry[Any]]]
"""Reads at most so many entries after a position, in order."""

POLL = 0.02
"""Seconds between looks at the stored position while waiting: another process may be the one that reads."""
AT_ONCE = 20
"""Entries up to which a batch is stored in as few round trips as may be."""
MANY = 2_000
"""Entries after which the database is told to look how many rows there are of what, once all there is has been read."""
TOGETHER = 50
"""Members whose facts are loaded together."""

_PASSING = (
    OSError,
    sqlite3.OperationalError,
    psycopg.OperationalError,
    psycopg.InterfaceError,
    sqlalchemy.exc.OperationalError,
    sqlalchemy.exc.InterfaceError,
    sqlalchemy.exc.TimeoutError,
)
"""Troubles of a database or a disk, which are not an entry's fault."""


_MOVE = (
    update(positions)
    .where(
        positions.c.ledger == bindparam("of"),
        positions.c.position == bindparam("before"),
        positions.c.rebuilt == bindparam("times"),
    )
    .values(position=bindparam("position"))
)


class OnPoison(Choice):
    """What to do with an entry that cannot be read: stop loudly, or set it aside in the table `quarantine` and go on."""

    STOP = "stop", "停止"
    QUARANTINE = "quarantine", "隔离"


@dataclass(unsafe_hash=True)
class Poisoned(Exception):
    """An entry that cannot be folded; the read model stays just before it."""

    ledger: str
    position: int
    stream: str
    error: str


class _Overtaken(Exception):
    """Another reader has moved the position."""


class Reader:
    """Keeps one ledger's read model. Safe to call from several threads; several readers are harmless."""

    def __init__(
        self,
        store: Store,
        ledger: str,
        since: Since,
        *,
        today: Callable[[], date],
        read_document: ReadDocument,
        on_poison: OnPoison = OnPoison.STOP,
        at_a_time: int = 5_000,
    ) -> None:
        self.store = store
        self.ledger = ledger
        self.shelf = Shelf(read_document)
        self._since = since
        self._today = today
        self._on_poison = on_poison
        self._at_a_time = at_a_time
        self._turn = threading.Lock()
        self._moved = threading.Condition()
        self._tasks: list[tuple[int, asyncio.AbstractEventLoop, asyncio.Future[None]]] = []
        self._kept = Kept(ledger, self.shelf)
        self._position = self._rebuilt = self._visible = self._unsurveyed = 0
        self._look_again()

    @property
    def position(self) -> int:
        """The last position that this reader knows to be visible."""
        return self._visible

    def step(self, at_a_time: int | None = None) -> int:
        """Read one batch; returns how many entries there were, 0 at the head."""
        with self._turn:
            while True:
                entries = self._read(self._position, at_a_time or self._at_a_time)
                if not entries:
                    return 0
                try:
                    self._advance(entries)
                except _Overtaken:
                    self._look_again()
                    continue
                self._unsurveyed += len(entries)
                return len(entries)

    def catch_up(self, at_a_time: int | None = None) -> int:
        """Read all there is; returns the position reached. Raises `Poisoned` under the policy stop.

        Fewer, larger batches derive each member's year less often, and take some 12 kB of memory an entry.
        """
        while self.step(at_a_time):
            pass
        if self._unsurveyed >= MANY:
            self._survey()
        return self._position

    def rebuild(self) -> int:
        """Fold the whole ledger beside, then make the stored rows equal in one transaction; returns the position reached.

        Rows that are right stay as they are. Appends, queries and readers go on meanwhile. Takes some 12 kB of memory an entry.
        Where somebody else made all rows anew meanwhile, it is done once more: what was erased then must not come back.
        """
        while True:
            with suppress(_Overtaken):
                position = self._rebuild()
                self._survey()
                return position

    def _survey(self) -> None:
        """Have the database look how many rows there are of what. It is advice: what was read stands without it."""
        self._unsurveyed = 0
        try:
            self.store.survey()
        except _PASSING:
            _log.warning("no count of rows now", extra={"ledger": self.ledger}, exc_info=True)

    def _rebuild(self) -> int:
        today = self._today()
        with self.store.reading() as connection:
            held = self._held(connection)
            times = 0 if held is None else int(held.rebuilt)
            papers = documents.states(connection, self.ledger, self.shelf)
            policies = policies_of(papers, self.shelf)
        rows, poisons, windows = Rows(self.ledger), list[Row](), WindowsByDay(policies)
        self._fold_all(rows, poisons, windows, today)
        with self._turn:
            with self.store.writing() as writing:
                rebuilt = self._lock(writing.connection, today)
                if rebuilt != times:
                    raise _Overtaken
                # What was appended while we folded; nobody else moves the position now.
                self._fold_all(rows, poisons, windows, today)
                papers = [self.shelf.state(body) for body in rows.bodies_of(DOCUMENTS)]
                if (anew := policies_of(papers, self.shelf)) != policies:
                    policies = anew
                    rows.restamp(policies)
                with ThreadPoolExecutor(1) as beside:
                    # The database takes the folded rows while the rest is derived from memory.
                    stored = beside.submit(_replace_all, writing, self.ledger, rows.tables())
                    derived = Derived()
                    of_units = concerned(rows.stale, papers, self.shelf, rows, today)
                    self._derive(derived, rows.stale, of_units, papers, policies, today, rows)
                    stored.result()
                dues, kept = rows.dues(papers, self.shelf)
                timed = [(due_rows, dues), (kept_terms, kept)]
                others = [*derived, *timed, (as_of.quarantine, poisons)]
                _replace_all(writing, self.ledger, others)
                writing.connection.execute(
                    update(positions)
                    .where(positions.c.ledger == self.ledger)
                    .values(position=rows.position, derived_on=today, rebuilt=rebuilt + 1)
                )
            self._stand_at(rows.position, rebuilt + 1)
            return rows.position

    def refresh(self) -> int:
        """Derive afresh what time alone has changed by today; returns how many members' years. Once a day will do."""
        today = self._today()
        with self._turn, self.store.writing() as writing:
            connection = writing.connection
            self._lock(connection, today)
            position, before = connection.execute(
                select(positions.c.position, positions.c.derived_on).where(
                    positions.c.ledger == self.ledger
                )
            ).one()
            if before >= today:
                return 0
            papers = documents.states(connection, self.ledger, self.shelf)
            policies = policies_of(papers, self.shelf)
            anew = policies.on(today) != policies.on(before)
            source = Kept(self.ledger, self.shelf).within(connection)
            stale = Stale()
            if anew or before.year != today.year:
                for person in source.people(None):
                    for year in scorecards.years_of(person, today):
                        stale.years[f"member/{person.person}", year] = position
            # What time alone changes keeps the last entry that bears on it.
            kept: dict[tuple[str, int], dict[Paper, int]] = {}
            for sort, rows, code in (
                (Sort.RUBRIC, scorecard_rows.c, scorecard_rows.c.rubric),
                (Sort.CHECKLIST, progress_rows.c, progress_rows.c.code),
            ):
                standing = select(
                    rows.subject, rows.first, code, rows.position, rows.valid_until
                ).where(rows.ledger == self.ledger)
                for subject, first, named, last, until in connection.execute(standing):
                    kept.setdefault((subject, first.year), {})[sort, named] = last
                    if until < today:
                        stale.years.setdefault((subject, first.year), position)
            self._forget(writing, stale)
            derived = Derived()
            count = self._derive(derived, stale, {}, papers, policies, today, source, kept)
            _insert_all(writing, derived)
            connection.execute(
                update(positions).where(positions.c.ledger == self.ledger).values(derived_on=today)
            )
            return count

    def wait_for(self, position: int, timeout: float) -> bool:
        """Wait until that position is visible; whether it is."""
        deadline = time.monotonic() + timeout
        while self._visible < position:
            left = deadline - time.monotonic()
            with self._moved:
                if left > 0 and self._visible < position:
                    self._moved.wait(min(left, POLL))
            if self._visible < position:
                self._show(self._stored_position())
            if left <= 0:
                break
        return self._visible >= position

    async def arrived(self, position: int, timeout: float) -> bool:  # noqa: ASYNC109  # as above
        """As `wait_for`, for tasks: takes no thread while waiting."""
        loop = asyncio.get_running_loop()
        deadline = loop.time() + timeout
        while self._visible < position:
            left = deadline - loop.time()
            if left <= 0:
                return False
            waiter = (position, loop, loop.create_future())
            with self._moved:
                if self._visible >= position:
                    break
                self._tasks.append(waiter)
            try:
                await asyncio.wait_for(waiter[2], min(left, POLL))
            except TimeoutError:
                self._show(await asyncio.to_thread(self._stored_position))
            finally:
                with self._moved:
                    if waiter in self._tasks:
                        self._tasks.remove(waiter)
        return True

    def run_forever(
        self, stop: threading.Event, wake: threading.Event, *, interval: float = 0.5
    ) -> None:
        """Read whenever woken (set `wake` after an append) and look at the head every `interval` seconds; refresh daily.

        To end it at once, set `stop` and then `wake`.
        """
        refreshed: date | None = None
        while not stop.is_set():
            try:
                self.catch_up()
                if refreshed != (today := self._today()):
                    self.refresh()
                    refreshed = today
            except _PASSING:
                _log.exception(
                    "a ledger cannot be read now; trying again", extra={"ledger": self.ledger}
                )
            wake.wait(interval)
            wake.clear()

    # One batch

    def _read(self, position: int, at_a_time: int) -> list[Entry[Any]]:
        """The next entries; fewer of them where one cannot even be read."""
        limit = at_a_time
        while True:
            try:
                entries = self._since(position, limit)
            except _PASSING:
                raise
            except Exception as error:  # whatever it is, it is told
                if limit > 1:
                    limit //= 2
                    continue
                self._set_aside(position + 1, "", type(error).__name__, error)
                position = self._position
                limit = at_a_time
                continue
            for expected, entry in enumerate(entries, start=position + 1):
                if entry.position != expected:
                    raise Poisoned(self.ledger, expected, entry.stream, "position missing")
            return entries

    def _advance(self, entries: Sequence[Entry[Any]]) -> None:
        try:
            self._apply(entries)
        except (_Overtaken, *_PASSING):
            raise
        except Exception as error:  # whatever it is, it is told
            if len(entries) > 1:
                middle = len(entries) // 2
                self._advance(entries[:middle])
                self._advance(entries[middle:])
                return
            (entry,) = entries
            self._set_aside(entry.position, entry.stream, type(entry.event).__name__, error)

    def _apply(self, entries: Sequence[Entry[Any]]) -> None:
        """Fold, write and derive one batch in one transaction."""
        today = self._today()
        try:
            with self.store.writing() as writing:
                self._apply_within(writing, entries, today)
        except BaseException:
            self._kept.clear()
            raise
        self._position = entries[-1].position
        self._show(self._position)

    def _apply_within(self, writing: Writing, entries: Sequence[Entry[Any]], today: date) -> None:
        connection = writing.connection
        self._move(connection, entries[-1].position, today)
        kept = self._kept.within(connection)
        policies = policies_of(kept.papers(), self.shelf)
        load = partial(_states, connection, self.ledger)
        changes = fold(self.ledger, entries, load, WindowsByDay(policies), today)
        self._check(changes)
        if changes.stale.everyone:
            _write(writing, changes.documents)
            kept.clear()
            if (anew := policies_of(kept.papers(), self.shelf)) != policies:
                policies = anew
                # The documents are stored: what they said before is known to the first fold alone.
                papers = changes.stale.papers
                changes = fold(self.ledger, entries, load, WindowsByDay(policies), today)
                changes.stale.papers = papers
                self._restamp(connection, policies)
            changes.documents = Versions(DOCUMENTS)
        with writing.together() if len(entries) <= AT_ONCE else nullcontext():
            self._write(writing, changes)
            self._forget(writing, changes.stale)
        kept.changed(changes)
        of_units = concerned(changes.stale, kept.papers(), self.shelf, kept, today)
        writing.delete(
            scorecard_rows,
            ("ledger", "subject", "first", "rubric"),
            [
                (self.ledger, subject, date(year, 1, 1).toordinal(), code)
                for (subject, year), papers in of_units.items()
                for _, code in papers
            ],
        )
        derived = Derived()
        self._derive(derived, changes.stale, of_units, kept.papers(), policies, today, kept)
        _insert_all(writing, derived)
        self._time(writing, changes.stale, kept.papers())

    def _time(self, writing: Writing, stale: Stale, papers: Sequence[Document]) -> None:
        """Say anew what is due, and what was kept, of matters that moved, or of all that meetings, calendars or loops bear on where those did."""
        if not (stale.courses or stale.clocks):
            return
        connection = writing.connection
        held = meetings.days(connection, self.ledger)
        time = courses.timing_of(papers, self.shelf, held)
        moved = list(courses.standing_rows(connection, self.ledger, stale.courses))
        gone = [(self.ledger, matter) for matter in sorted(stale.courses)]
        standing = moved
        passed = {row[1]: row for row in moved}
        if stale.clocks:
            connection.execute(delete(due_rows).where(due_rows.c.ledger == self.ledger))
            standing = list(courses.standing_rows(connection, self.ledger, None))
            # A meeting moves nothing but what is due at meetings.
            loops = None if stale.rules else time.by_meetings
            passed |= {row[1]: row for row in courses.rows_of_loops(connection, self.ledger, loops)}
        else:
            writing.delete(due_rows, ("ledger", "matter"), gone)
        dues = (courses.due_row(row, time) for row in standing)
        writing.insert(due_rows, [row for row in dues if row is not None])
        again = [(self.ledger, matter) for matter in sorted(passed.keys() | stale.courses)]
        writing.delete(kept_terms, ("ledger", "matter"), again)
        kept = [each for row in passed.values() for each in courses.kept_rows(row, time)]
        writing.insert(kept_terms, kept)

    def _check(self, changes: Changes) -> None:
        """Read the documents that were published, so that a text that cannot be read is found at its own entry."""
        for row in changes.documents.standing.values():
            self.shelf.check(bodies.document(row[-1]))

    def _write(self, writing: Writing, changes: Changes) -> None:
        for versions in changes.versions:
            _write(writing, versions)
        writing.delete(
            deeds.deed_rows,
            ("ledger", "stream"),
            [(self.ledger, stream) for stream in changes.deeds_before],
        )
        writing.insert(deeds.deed_rows, list(changes.deeds.values()))
        for each, drawn in changes.replaced.items():
            keys = [(self.ledger, key) for key in drawn]
            for place, table in enumerate(each.tables):
                writing.delete(table, ("ledger", each.by), keys)
                writing.insert(table, [row for rows in drawn.values() for row in rows[place]])
        writing.insert(roster.opened, changes.opened)
        writing.insert(as_of.entries, changes.entries)
        writing.insert(history.touched, changes.touched)
        writing.insert(evidence.named_files, changes.named_files)
        writing.insert(batches.batch_entries, changes.batches)

    def _set_aside(self, position: int, stream: str, name: str, error: Exception) -> None:
        """An entry that cannot be read: stop, or note it in `quarantine` and go on after it."""
        told = f"{type(error).__name__}: {error}"
        if self._on_poison is OnPoison.STOP:
            raise Poisoned(self.ledger, position, stream, told) from error
        with self.store.writing() as writing:
            self._move(writing.connection, position, self._today())
            writing.insert(as_of.quarantine, [(self.ledger, position, stream, name, told)])
        self._position = position
        self._show(position)

    def _fold_all(self, rows: Rows, poisons: list[Row], windows: WindowsByDay, today: date) -> None:
        """Fold all that there is after these rows."""
        while entries := self._read_after(rows, poisons):
            self._fold_into(rows, poisons, entries, windows, today)

    def _read_after(self, rows: Rows, poisons: list[Row]) -> list[Entry[Any]]:
        limit = self._at_a_time
        while True:
            try:
                return self._since(rows.position, limit)
            except _PASSING:
                raise
            except Exception as error:  # whatever it is, it is told
                if limit > 1:
                    limit //= 2
                    continue
                self._note(rows, poisons, rows.position + 1, "", type(error).__name__, error)
                limit = self._at_a_time

    def _fold_into(
        self,
        rows: Rows,
        poisons: list[Row],
        entries: Sequence[Entry[Any]],
        windows: WindowsByDay,
        today: date,
    ) -> None:
        try:
            changes = fold(self.ledger, entries, rows.load, windows, today)
            self._check(changes)
        except Exception as error:  # whatever it is, it is told
            if len(entries) > 1:
                middle = len(entries) // 2
                self._fold_into(rows, poisons, entries[:middle], windows, today)
                self._fold_into(rows, poisons, entries[middle:], windows, today)
                return
            (entry,) = entries
            name = type(entry.event).__name__
            self._note(rows, poisons, entry.position, entry.stream, name, error)
            return
        rows.apply(changes)

    def _note(
        self,
        rows: Rows,
        poisons: list[Row],
        position: int,
        stream: str,
        name: str,
        error: Exception,
    ) -> None:
        told = f"{type(error).__name__}: {error}"
        if self._on_poison is OnPoison.STOP:
            raise Poisoned(self.ledger, position, stream, told) from error
        poisons.append((self.ledger, position, stream, name, told))
        rows.position = position

    # Positions

    def _stored_position(self) -> int:
        with self.store.reading() as connection:
            return as_of.position_now(connection, self.ledger)

    def _look_again(self) -> None:
        """Go on from where another reader has brought the rows."""
        with self.store.reading() as connection:
            found = self._held(connection)
        self._stand_at(
            0 if found is None else found.position, 0 if found is None else found.rebuilt
        )

    def _held(self, connection: Connection) -> SqlRow[Any] | None:
        return connection.execute(
            select(positions).where(positions.c.ledger == self.ledger)
        ).one_or_none()

    def _move(self, connection: Connection, to: int, today: date) -> None:
        """Move the position by compare-and-set; whoever comes second waits here, and then finds that it has moved."""
        moved = connection.execute(
            _MOVE,
            {
                "of": self.ledger,
                "before": self._position,
                "times": self._rebuilt,
                "position": to,
            },
        )
        if moved.rowcount == 1:
            return
        if self._position or self._held(connection) is not None:
            raise _Overtaken
        self._begin(connection, to, today)

    def _begin(self, connection: Connection, position: int, today: date, rebuilt: int = 0) -> None:
        begun = {
            "ledger": self.ledger,
            "position": position,
            "derived_on": today,
            "rebuilt": rebuilt,
        }
        try:
            with connection.begin_nested():
                connection.execute(insert(positions).values(begun))
        except sqlalchemy.exc.IntegrityError as error:
            raise _Overtaken from error

    def _lock(self, connection: Connection, today: date) -> int:
        """Keep other readers from moving the position until the transaction ends; returns how often it was rebuilt."""
        while True:
            held = connection.execute(
                update(positions)
                .where(positions.c.ledger == self.ledger)
                .values(position=positions.c.position)
            )
            if held.rowcount:
                found = self._held(connection)
                return 0 if found is None else int(found.rebuilt)
            with suppress(_Overtaken):
                self._begin(connection, 0, today)

    def _stand_at(self, position: int, rebuilt: int) -> None:
        """Go on from here: nothing that was kept is known to be so any more."""
        self._kept.clear()
        self._position, self._rebuilt = position, rebuilt
        self._show(position)

    def _show(self, position: int) -> None:
        """Tell those who wait what is visible."""
        with self._moved:
            self._visible = position
            self._moved.notify_all()
            for wanted, loop, future in self._tasks:
                if wanted <= position:
                    # A task may have gone, and its loop with it.
                    with suppress(RuntimeError):
                        loop.call_soon_threadsafe(_settle, future)

    # Derived rows

    def _derive(
        self,
        derived: Derived,
        stale: Stale,
        of_units: OfUnits,
        papers: Sequence[Document],
        policies: Policies,
        today: date,
        source: Source,
        kept: KeptPositions = MappingProxyType({}),
    ) -> int:
        """Derive scorecards and progress of the members' years that are stale, and the cards that follow from what was said of units; returns how many years."""
        if not (stale or of_units) or not any(paper.sort is not Sort.POLICY for paper in papers):
            return 0
        due = self._due(stale, of_units, source, today)
        known = Around()
        if any(self.shelf.asks_of_units(paper) for paper in papers):
            known = among(source.units())
        around = self._around(known, due, papers, source)
        for start in range(0, len(due), TOGETHER):
            some = due[start : start + TOGETHER]
            about = (stale, of_units, papers, policies, today, source, around, kept)
            self._derive_some(derived, some, *about)
        return sum(len(years) for _, years in due)

    def _due(self, stale: Stale, of_units: OfUnits, source: Source, today: date) -> list[Due]:
        """The members concerned, and for each of their years the last entry that bears on all of it."""
        by_member: dict[str, dict[int, int]] = {}
        for (subject, year), position in stale.years.items():
            by_member.setdefault(subject, {})[year] = position
        everybody = stale.everyone or stale.papers
        whose = {subject for subject, _ in of_units}
        asked = None if everybody else [s[7:] for s in {*by_member, *stale.members, *whose}]
        first = min(stale.papers_from.values(), default=today.year + 1)
        found: list[Due] = []
        for person in source.people(asked):
            subject = SubjectId(f"member/{person.person}")
            whole = max(stale.members.get(subject, 0), stale.everyone)
            own = by_member.get(subject, {})
            found.append(
                (
                    person,
                    {
                        year: position
                        for year in scorecards.years_of(person, today)
                        if (position := max(own.get(year, 0), whole))
                        or year >= first
                        or (subject, year) in of_units
                    },
                )
            )
        return found

    def _derive_some(
        self,
        derived: Derived,
        some: Sequence[Due],
        stale: Stale,
        of_units: OfUnits,
        papers: Sequence[Document],
        policies: Policies,
        today: date,
        source: Source,
        around: Mapping[int, Around],
        kept: KeptPositions,
    ) -> None:
        years = {year for _, own in some for year in own}
        found: Mapping[str, list[Fact[Any]]] = {}
        if years:
            first, last = date(min(years), 1, 1), date(max(years), 12, 31)
            asked = [f"member/{person.person}" for person, own in some if own]
            found = source.facts(asked, first, last)
        anew = {year: stale.papers_in(year) for year in years}
        for person, own in some:
            subject = SubjectId(f"member/{person.person}")
            by_year = _by_year(found.get(subject, ()), own)
            for year, position in own.items():
                inside, of = by_year[year], papers
                lasts = {paper: max(position, last) for paper, last in anew[year].items()}
                for paper, said in of_units.get((subject, year), {}).items():
                    lasts[paper] = max(position, said, lasts.get(paper, 0))
                if not position:
                    of = [p for p in papers if (p.sort, p.code) in lasts]
                lasts |= kept.get((subject, year), {})
                about = (person, year, inside, of, self.shelf, today, policies, position, lasts)
                derived.cards += scorecards.derive(self.ledger, *about, around[year])
                derived.lists += checklists.derive(self.ledger, *about)

    def _around(
        self,
        known: Around,
        due: Iterable[Due],
        papers: Iterable[Document],
        source: Source,
    ) -> dict[int, Around]:
        """What bears on the cards of these people and years beside their own facts: of what is on record of their units only the kinds that a rubric counts, looked for once."""
        those = [(person, own) for person, own in due if own]
        years = {year for _, own in those for year in own}
        counted = frozenset[str]().union(
            *(
                rubric.counted_of_units
                for paper in papers
                for rubric in counting(self.shelf, paper, max(years, default=0))
            )
        )
        if not counted:
            return dict.fromkeys(years, known)
        first, last = date(min(years), 1, 1), date(max(years), 12, 31)
        units = {f"unit/{m.unit}" for person, _ in those for m in person.memberships}
        found = source.facts(sorted(units), first, last, counted)
        of_units = {unit: _by_year(of, years) for unit, of in found.items() if of}
        return {
            year: replace(known, facts={unit: of[year] for unit, of in of_units.items()})
            for year in years
        }

    def _forget(self, writing: Writing, stale: Stale) -> None:
        """Take away the derived rows that are about to be made anew."""
        for table in (scorecard_rows, progress_rows):
            if stale.everyone:
                writing.connection.execute(delete(table).where(table.c.ledger == self.ledger))
                continue
            writing.delete(
                table, ("ledger", "subject"), [(self.ledger, subject) for subject in stale.members]
            )
            writing.delete(
                table,
                ("ledger", "subject", "first"),
                [
                    (self.ledger, subject, date(year, 1, 1).toordinal())
                    for subject, year in stale.years
                ],
            )
        for (sort, code), first in stale.papers_from.items():
            table = scorecard_rows if sort is Sort.RUBRIC else progress_rows
            named = table.c.rubric if sort is Sort.RUBRIC else table.c.code
            writing.connection.execute(
                delete(table).where(
                    table.c.ledger == self.ledger,
                    named == code,
                    table.c.first >= date(first, 1, 1),
                )
            )

    def _restamp(self, connection: Connection, policies: Policies) -> None:
        """Say anew until when sides are awaited, under other rules."""
        rows = fact_versions.c
        standing = connection.execute(
            select(
                *(rows.deed, rows.subject, rows.nth, rows.from_position),
                *(rows.sector_due, rows.studio_due, rows.kind, rows.body),
            ).where(rows.ledger == self.ledger, roster.known(fact_versions, None))
        )
        windows = WindowsByDay(policies)
        changed: list[dict[str, object]] = []
        for row in standing:
            fact = bodies.fact(row.kind, row.body)
            dues = windows.dues(fact)
            if dues != tuple(d and d.toordinal() for d in (row.sector_due, row.studio_due)):
                sector, studio = (d and date.fromordinal(d) for d in dues)
                changed.append(
                    {
                        "b_deed": row.deed,
                        "b_subject": row.subject,
                        "b_nth": row.nth,
                        "b_from": row.from_position,
                        "sector_due": sector,
                        "studio_due": studio,
                    }
                )
        if changed:
            connection.execute(
                update(fact_versions).where(
                    rows.ledger == self.ledger,
                    rows.deed == bindparam("b_deed"),
                    rows.subject == bindparam("b_subject"),
                    rows.nth == bindparam("b_nth"),
                    rows.from_position == bindparam("b_from"),
                ),
                changed,
            )


KeptPositions = Mapping[tuple[str, int], Mapping[Paper, int]]
"""By member and year the positions that rows keep though they are made anew."""

Due = tuple[Person, dict[int, int]]
"""A member, and for each of his years that is to be derived the last entry that bears on all of it; 0 where only some documents say something new of it."""


@dataclass(slots=True)
class Derived:
    """Derived rows that are yet to be stored."""

    cards: list[Row] = field(default_factory=list)
    lists: list[Row] = field(default_factory=list)

    def __iter__(self) -> Iterator[tuple[Table, list[Row]]]:
        yield scorecard_rows, self.cards
        yield progress_rows, self.lists


class Source(Protocol):
    """Where derived rows are made from."""

    def people(self, who: Sequence[str] | None) -> list[Person]:
        """These people, or all."""

    def facts(
        self,
        subjects: Sequence[str],
        first: date,
        last: date,
        kinds: frozenset[str] | None = None,
    ) -> Mapping[str, list[Fact[Any]]]:
        """Their facts within days, all or at least those of some kinds."""

    def units(self) -> list[Unit]:
        """All units."""

    def bonds(
        self, units: Collection[UnitId], first: date, last: date
    ) -> Mapping[UnitId, Sequence[roster.BondIn]]:
        """Whoever was bound to one of these units at any time between two days."""


def _states(connection: Connection, ledger: str, asked: Collection[str]) -> dict[str, State]:
    """The states of these streams as they lie in rows."""
    by_root: dict[Root, list[str]] = {}
    for stream in asked:
        by_root.setdefault(root_of(stream), []).append(stream)
    found: dict[str, State] = {}
    of_deeds: list[str] = []
    for root, streams in by_root.items():
        keys = [stream.partition("/")[2] for stream in streams]
        match root:
            case Root.LEDGER:
                continue
            case Root.MEMBER:
                who = [PersonId(key) for key in keys]
                people = roster.persons(connection, ledger, who)
                found |= {f"member/{person}": state for person, state in people.items()}
            case Root.UNIT:
                units = roster.some_units(connection, ledger, [UnitId(key) for key in keys])
                found |= {f"unit/{unit}": state for unit, state in units.items()}
            case _ if root in PAPERS:
                for paper in documents.some(connection, ledger, Sort.of(root.value), keys):
                    found[f"{paper.sort.value}/{paper.code}"] = paper
            case Root.MEETING:
                found |= meetings.states(connection, ledger, keys)
            case Root.POSTING:
                found |= postings.states(connection, ledger, keys)
            case Root.INVITATION:
                found |= invitations.states(connection, ledger, keys)
            case Root.SUPPORT:
                found |= support.states(connection, ledger, keys)
            case Root.DISPUTE:
                found |= disputes.states(connection, ledger, keys)
            case _:
                of_deeds += streams
    return found | deeds.states(connection, ledger, of_deeds)


def _by_year(found: Sequence[Fact[Any]], years: Iterable[int]) -> dict[int, list[Fact[Any]]]:
    """A member's facts by the years that they bear on: a pairing on all in which it is in force, a matter on all up to its last outcome."""
    by_year: dict[int, list[Fact[Any]]] = {year: [] for year in years}
    for fact in found:
        first = fact.on.year
        last = date.fromordinal(facts.counted_until(fact)).year
        if first == last:
            if first in by_year:
                by_year[first].append(fact)
            continue
        for year, own in by_year.items():
            if first <= year <= last:
                own.append(fact)
    return by_year


def _insert_all(writing: Writing, tables: Iterable[tuple[Table, list[Row]]]) -> None:
    for table, found in tables:
        writing.insert(table, found)


def _replace_all(writing: Writing, ledger: str, tables: Iterable[tuple[Table, list[Row]]]) -> None:
    for table, found in tables:
        writing.replace(table, ledger, found)


def _write(writing: Writing, versions: Versions) -> None:
    writing.end(versions.of, versions.ended)
    writing.insert(versions.of.table, [*versions.past, *versions.standing.values()])


def _settle(future: asyncio.Future[None]) -> None:
    if not future.done():
        future.set_result(None)
