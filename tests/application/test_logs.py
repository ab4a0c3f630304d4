"""Every promise of a log, on each of the three; what each store adds; and the library's own contract."""

from __future__ import annotations

import gc
import select
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from pathlib import Path
from urllib.parse import urlsplit
from uuid import uuid4

import psycopg
import pytest
from eventsourcing.persistence import ConnectionPoolClosedError
from eventsourcing.tests import persistence as library
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from psycopg import sql

from application import postgres_log as in_postgres
from application import sqlite_log as in_sqlite
from application.log import (
    LARGEST_BODY,
    AlreadySpent,
    Log,
    NewRow,
    Overtaken,
    Spent,
    StoredRow,
    StreamTaken,
    TooLarge,
    Unsafe,
)
from application.memory_log import MemoryLog
from application.postgres_log import LogPool, PostgresLog
from application.sqlite_log import SqliteLog


def ways(log: Log) -> dict[str, Callable[..., None]]:
    """The ways to append, called alike."""
    return {
        "append": log.append,
        "append_alone": lambda head, rows, spent: log.append_alone(lambda: (head, rows, spent)),
        "send": lambda head, rows, spent: log.send(head, rows, spent).take(),
        "send prepared": lambda head, rows, spent: log.send(head, rows, spent).take(),
    }


@pytest.fixture(params=["append", "append_alone", "send", "send prepared"])
def way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Each way to append; the last one with the statement prepared from the first append on."""
    name: str = request.param
    if name == "send prepared":
        monkeypatch.setattr(in_postgres, "APPENDS_BEFORE_PREPARING", 0)
    return name


def entry(stream: str, version: int = 1, body: bytes = b"{}") -> NewRow:
    return NewRow(stream, version, "visited_village", body)


def entries(count: int) -> list[NewRow]:
    return [entry(f"occasion/{uuid4()}") for _ in range(count)]


def spent(command: str, first: int = 1, last: int = 1) -> Spent:
    return Spent(command, b"digest of " + command.encode(), first, last)


def stored(first: int, rows: Sequence[NewRow]) -> list[StoredRow]:
    return [StoredRow(position, *row) for position, row in enumerate(rows, first)]


class TestAppending:
    def test_an_empty_log_has_nothing(self, any_log: Log) -> None:
        assert any_log.head() == 0
        assert any_log.since(0, 10) == []
        assert any_log.stream("member/1") == []
        assert any_log.streams(["member/1"]) == {"member/1": []}
        assert any_log.streams([]) == {}
        assert any_log.streams_like("", 10) == []
        assert any_log.at([1]) == []
        assert any_log.look_up(["c1"]) == {}
        assert any_log.look_up([]) == {}

    def test_what_was_appended_is_there_at_the_positions_after_the_head(
        self, any_log: Log, way: str
    ) -> None:
        append = ways(any_log)[way]
        first = [entry("member/李", 1, "履职".encode()), entry("unit/1", 1, bytes(range(256)))]
        second = [entry("member/李", 2, b"")]
        append(0, first, [spent("c1", 1, 2)])
        append(2, second, [spent("c2", 3, 3), spent("c3", 3, 3)])
        assert any_log.head() == 3
        assert any_log.since(0, 10) == stored(1, [*first, *second])
        assert any_log.look_up(["c1", "c2", "c3", "c4"]) == {
            "c1": spent("c1", 1, 2),
            "c2": spent("c2", 3, 3),
            "c3": spent("c3", 3, 3),
        }

    @pytest.mark.parametrize("expected", [0, 2, 4, -1])
    def test_another_head_stores_nothing(self, any_log: Log, way: str, expected: int) -> None:
        append = ways(any_log)[way]
        before = entries(3)
        append(0, before, [spent("c1", 1, 3)])
        with pytest.raises(Overtaken) as caught:
            append(expected, entries(2), [spent("c2")])
        assert caught.value == Overtaken(any_log.ledger)
        assert any_log.since(0, 10) == stored(1, before)
        assert any_log.head() == 3
        assert any_log.look_up(["c2"]) == {}

    @pytest.mark.parametrize("again", [["c1"], ["c2", "c1"], ["c2", "c2"]])
    def test_a_command_is_spent_once(self, any_log: Log, way: str, again: list[str]) -> None:
        append = ways(any_log)[way]
        append(0, entries(1), [spent("c1")])
        with pytest.raises(AlreadySpent) as caught:
            append(1, entries(1), [spent(command, 2, 2) for command in again])
        assert caught.value == AlreadySpent(any_log.ledger)
        assert any_log.head() == 1
        assert any_log.look_up(["c1", "c2"]) == {"c1": spent("c1")}
        append(1, entries(1), [spent("c2", 2, 2)])
        assert any_log.head() == 2

    def test_overtaken_comes_before_already_spent(self, any_log: Log) -> None:
        any_log.append(0, entries(1), [spent("c1")])
        with pytest.raises(Overtaken):
            any_log.append(0, entries(1), [spent("c1")])

    def test_commands_without_entries_are_spent_and_leave_the_head(self, any_log: Log) -> None:
        any_log.append(0, entries(1), [])
        any_log.append(1, [], [spent("c1", 0, 0)])
        assert any_log.head() == 1
        assert any_log.look_up(["c1"]) == {"c1": spent("c1", 0, 0)}
        with pytest.raises(AlreadySpent):
            any_log.append(1, [], [spent("c1", 0, 0)])
        with pytest.raises(Overtaken):
            any_log.append(0, [], [spent("c2", 0, 0)])
        assert any_log.look_up(["c2"]) == {}

    def test_an_entry_may_be_large_but_not_too_large(self, any_log: Log) -> None:
        any_log.append(0, [entry("a", body=b"x" * LARGEST_BODY)], [])
        too_large = [entry("b"), entry("c", body=b"x" * (LARGEST_BODY + 1))]
        for append in ways(any_log).values():
            with pytest.raises(TooLarge) as caught:
                append(1, too_large, [spent("c1")])
            assert caught.value == TooLarge(any_log.ledger, "c", LARGEST_BODY + 1)
        assert any_log.head() == 1
        assert any_log.look_up(["c1"]) == {}

    def test_a_version_of_a_stream_is_stored_once(self, any_log: Log) -> None:
        any_log.append(0, [entry("a", 1)], [])
        for rows in ([entry("b", 1), entry("a", 1)], [entry("b", 1), entry("b", 1)]):
            with pytest.raises(StreamTaken):
                any_log.append(1, rows, [spent("c1")])
        assert any_log.head() == 1
        assert any_log.stream("b") == []
        assert any_log.look_up(["c1"]) == {}

    def test_many_entries_at_once(self, any_log: Log) -> None:
        rows = entries(500)
        any_log.append(0, rows, [spent(f"c{n}", n, n) for n in range(1, 501)])
        assert any_log.since(0, 1000) == stored(1, rows)
        assert len(any_log.look_up([f"c{n}" for n in range(1000)])) == 500

    def test_any_process_may_be_preferred_when_there_is_one(self, any_log: Log) -> None:
        assert any_log.try_prefer()
        assert any_log.try_prefer()

    @settings(deadline=None, max_examples=40, suppress_health_check=list(HealthCheck))
    @given(data=st.data())
    def test_any_interleaving_gives_what_a_list_would(
        self, any_log: Log, data: st.DataObject
    ) -> None:
        before = any_log.head()
        model: list[NewRow] = []
        spent_ids: set[str] = set()
        alphabet = [f"{uuid4()}" for _ in range(4)]
        for _ in range(data.draw(st.integers(1, 8), "appends")):
            off_by = data.draw(st.sampled_from([0, 0, 0, -1, 1]), "off by")
            rows = entries(data.draw(st.integers(0, 3), "entries"))
            commands = data.draw(st.lists(st.sampled_from(alphabet), max_size=2), "commands")
            alone = data.draw(st.booleans(), "alone")
            expected = before + len(model) + off_by
            outcome: type[Exception] | None = None
            if off_by:
                outcome = Overtaken
            elif len(set(commands)) < len(commands) or spent_ids & set(commands):
                outcome = AlreadySpent
            else:
                model += rows
                spent_ids |= set(commands)
            append = ways(any_log)["append_alone" if alone else "append"]
            try:
                append(expected, rows, [spent(each) for each in commands])
            except (Overtaken, AlreadySpent) as refusal:
                assert type(refusal) is outcome  # noqa: PT017  # one of three outcomes
            else:
                assert outcome is None
            assert any_log.head() == before + len(model)
        assert any_log.since(before, 100) == stored(before + 1, model)
        assert any_log.look_up(alphabet).keys() == spent_ids


class TestReading:
    def test_since_gives_a_page(self, any_log: Log) -> None:
        rows = entries(5)
        any_log.append(0, rows, [])
        everything = stored(1, rows)
        assert any_log.since(0, 2) == everything[:2]
        assert any_log.since(2, 2) == everything[2:4]
        assert any_log.since(4, 2) == everything[4:]
        assert any_log.since(5, 2) == []
        assert any_log.since(9, 2) == []
        assert any_log.since(0, 0) == []
        assert all(type(row) is StoredRow and type(row.body) is bytes for row in everything)

    def test_streams_in_order_of_version(self, any_log: Log) -> None:
        rows = [entry("a", 1), entry("b", 1), entry("a", 2), entry("c", 1), entry("a", 3)]
        any_log.append(0, rows, [])
        a, b = ([row for row in stored(1, rows) if row.stream == name] for name in "ab")
        assert any_log.stream("a") == a
        assert any_log.streams(["b", "a", "none", "a"]) == {"b": b, "a": a, "none": []}

    def test_streams_and_commands_may_have_any_name(self, any_log: Log) -> None:
        names = ["member/丁", "o'brien", 'a"b', "a,b", "{a}", "NULL", "\\", "😀", ""]
        rows = [entry(name) for name in names]
        any_log.append(0, rows, [spent(name) for name in names])
        each = {row.stream: [row] for row in stored(1, rows)}
        assert any_log.streams(names) == each
        assert {name: any_log.stream(name) for name in names} == each
        assert any_log.look_up(names) == {name: spent(name) for name in names}

    def test_streams_like_a_prefix(self, any_log: Log) -> None:
        names = ["member/1", "occasion/1", "member/2", "memberz", "member", "MEMBER/3", "member/丁"]
        rows = [entry(name) for name in names]
        any_log.append(0, rows, [])
        everything = stored(1, rows)
        assert [row.stream for row in any_log.streams_like("member/", 7)] == [
            *("member/1", "member/2", "member/丁")
        ]
        assert any_log.streams_like("member/", 6) == [everything[0], everything[2]]
        assert any_log.streams_like("member/1", 7) == [everything[0]]
        assert any_log.streams_like("", 7) == everything
        assert any_log.streams_like("%", 7) == any_log.streams_like("member_1", 7) == []
        assert any_log.streams_like("member/", 0) == []
        assert any_log.streams_like("member/", 7, 1) == [everything[2], everything[6]]
        assert any_log.streams_like("member/", 6, 3) == any_log.streams_like("", 2, 7) == []
        assert any_log.streams_like("member/", 7, newest=2) == [everything[2], everything[6]]
        assert any_log.streams_like("member/", 6, 1, newest=9) == [everything[2]]
        assert any_log.streams_like("", 7, newest=0) == []

    @settings(deadline=None, max_examples=30, suppress_health_check=list(HealthCheck))
    @given(
        names=st.sets(st.text("a/z丁\ud7ff\ue000😀", max_size=4)),
        prefix=st.text("a/z丁\ud7ff\ue000😀", max_size=2),
    )
    def test_streams_like_any_prefix(self, any_log: Log, names: set[str], prefix: str) -> None:
        before = any_log.head()
        mine = f"{uuid4()}:"
        any_log.append(before, [entry(mine + name) for name in sorted(names)], [])
        found = any_log.streams_like(mine + prefix, any_log.head())
        assert [row.stream for row in found] == [
            mine + name for name in sorted(names) if name.startswith(prefix)
        ]

    def test_at_positions(self, any_log: Log) -> None:
        rows = entries(5)
        any_log.append(0, rows, [])
        everything = stored(1, rows)
        assert any_log.at([4, 2, 2, 99, 0, -1]) == [everything[1], everything[3]]
        assert any_log.at([]) == []


WRITERS, EVENTS, BATCH = 8, 20_000, 50


class TestConcurrency:
    @pytest.mark.parametrize("kind", ["sqlite", "postgres"])
    def test_a_tailing_reader_misses_nothing_of_eight_writers(
        self, request: pytest.FixtureRequest, kind: str
    ) -> None:
        log: Log = request.getfixturevalue(f"{kind}_log")
        seen: list[StoredRow] = []
        broken, grown = threading.Event(), threading.Event()

        def tail() -> None:
            while len(seen) < EVENTS and not broken.is_set():
                grown.clear()
                found = log.since(len(seen), 2_000)
                seen.extend(found)
                if not found:
                    grown.wait()

        def write(writer: int) -> int:
            lost = 0
            for batch in range(EVENTS // WRITERS // BATCH):
                first = batch * BATCH + 1
                rows = [entry(f"writer/{writer}", first + n) for n in range(BATCH)]
                losses = 0
                while True:
                    head = log.head()
                    append = ways(log)["append" if losses < 2 else "append_alone"]
                    try:
                        append(head, rows, [spent(f"{writer}/{batch}", head + 1, head + BATCH)])
                    except Overtaken:
                        losses += 1
                    else:
                        break
                grown.set()
                lost += losses
            return lost

        with ThreadPoolExecutor(WRITERS + 1) as threads:
            reader = threads.submit(tail)
            try:
                lost = sum(threads.map(write, range(WRITERS)))
            except BaseException:
                broken.set()
                grown.set()
                raise
            reader.result(timeout=60)

        assert lost > 0, "nobody raced"
        assert [row.position for row in seen] == list(range(1, EVENTS + 1))
        assert seen == log.since(0, EVENTS + 1)
        for writer in range(WRITERS):
            mine = [row for row in seen if row.stream == f"writer/{writer}"]
            assert [row.version for row in mine] == list(range(1, EVENTS // WRITERS + 1))
        for command, found in log.look_up(["0/0", "7/49"]).items():
            writer_, batch = command.split("/")
            versions = [row.version for row in log.at(range(found.first, found.last + 1))]
            assert versions == list(range(int(batch) * BATCH + 1, (int(batch) + 1) * BATCH + 1))
            assert {row.stream for row in log.at([found.first, found.last])} == {
                f"writer/{writer_}"
            }

    def test_of_many_who_decided_on_the_same_head_one_wins(self, any_log: Log) -> None:
        start = threading.Barrier(8)

        def race(writer: int) -> bool:
            start.wait()
            try:
                any_log.append(0, [entry(f"writer/{writer}")], [spent(f"c{writer}")])
            except Overtaken:
                return False
            return True

        with ThreadPoolExecutor(8) as threads:
            won = list(threads.map(race, range(8)))
        assert sum(won) == 1
        (row,) = any_log.since(0, 10)
        assert row.stream == f"writer/{won.index(True)}"
        assert list(any_log.look_up([f"c{n}" for n in range(8)])) == [f"c{won.index(True)}"]

    def test_of_many_who_spend_the_same_command_one_wins(self, any_log: Log, way: str) -> None:
        append = ways(any_log)[way]

        def insist(_: int) -> bool:
            while True:
                try:
                    append(any_log.head(), entries(1), [spent("once")])
                except Overtaken:
                    continue
                except AlreadySpent:
                    return False
                return True

        with ThreadPoolExecutor(8) as threads:
            assert sum(threads.map(insist, range(8))) == 1
        assert any_log.head() == 1


class TestCodes:
    @pytest.mark.parametrize("code", ["", "A", "1a", "a-b", "a/b", "../a", "a\n", "县", "a" * 41])
    def test_what_is_not_a_code(self, tmp_path: Path, postgres_url: str, code: str) -> None:
        with pytest.raises(ValueError, match="not a ledger code"):
            MemoryLog(code)
        for way in (in_sqlite.create_ledger, SqliteLog):
            with pytest.raises(ValueError, match="not a ledger code"):
                way(tmp_path, code)
        for other in (in_postgres.create_ledger, PostgresLog):
            with pytest.raises(ValueError, match="not a ledger code"):
                other(postgres_url, code)

    def test_the_longest_code(self, tmp_path: Path, postgres_url: str) -> None:
        code = f"a_{uuid4().hex}_9999"[:40].ljust(40, "0")
        in_sqlite.create_ledger(tmp_path, code)
        assert in_sqlite.ledgers(tmp_path) == [code]
        in_postgres.create_ledger(postgres_url, code)
        assert code in in_postgres.ledgers(postgres_url)


class TestSqlite:
    def test_a_ledger_is_made_once_and_kept(self, tmp_path: Path) -> None:
        assert in_sqlite.ledgers(tmp_path) == []
        for code in ("b", "a"):
            in_sqlite.create_ledger(tmp_path, code)
        with closing(SqliteLog(tmp_path, "a")) as log:
            log.append(0, [entry("x")], [spent("c1")])
        in_sqlite.create_ledger(tmp_path, "a")
        assert in_sqlite.ledgers(tmp_path) == ["a", "b"]
        with closing(SqliteLog(tmp_path, "a")) as log:
            assert log.since(0, 10) == stored(1, [entry("x")])
            assert log.look_up(["c1"]) == {"c1": spent("c1")}

    def test_a_ledger_that_is_not_there_is_not_made_by_opening_it(self, tmp_path: Path) -> None:
        with pytest.raises(LookupError):
            SqliteLog(tmp_path, "a")
        in_sqlite.create_ledger(tmp_path, "a")
        (tmp_path / "ledgers/a.sqlite").rename(tmp_path / "ledgers/b.sqlite")
        with pytest.raises(LookupError):
            SqliteLog(tmp_path, "b")

    def test_a_folder_may_have_any_name(self, tmp_path: Path) -> None:
        folder = tmp_path / "履职 数据?#%20"
        in_sqlite.create_ledger(folder, "a")
        with closing(SqliteLog(folder, "a")) as log:
            log.append(0, entries(1), [])
        assert in_sqlite.ledgers(folder) == ["a"]

    @pytest.mark.parametrize(
        "change",
        [
            "UPDATE events SET state = x'00'",
            "DELETE FROM events",
            "INSERT OR REPLACE INTO events VALUES (1, 'other', 1, 'n', x'00')",
            "INSERT OR REPLACE INTO events VALUES (2, 'member/1', 1, 'n', x'00')",
            "UPDATE commands SET digest = x'00'",
            "DELETE FROM commands",
            "INSERT OR REPLACE INTO commands VALUES ('c1', x'00', 1, 1)",
        ],
    )
    def test_nothing_stored_can_be_changed(self, sqlite_log: SqliteLog, change: str) -> None:
        sqlite_log.append(0, [entry("member/1")], [spent("c1")])
        with (
            closing(sqlite3.connect(sqlite_log.datastore.pool.file)) as anybody,
            pytest.raises(sqlite3.IntegrityError, match="append-only"),
        ):
            anybody.execute(change)
        assert sqlite_log.since(0, 10) == stored(1, [entry("member/1")])
        assert sqlite_log.look_up(["c1"]) == {"c1": spent("c1")}

    @pytest.mark.parametrize(
        ("pragma", "unsafe"),
        [
            ("PRAGMA synchronous = NORMAL", Unsafe("synchronous", "1")),
            ("PRAGMA synchronous = OFF", Unsafe("synchronous", "0")),
            ("PRAGMA journal_mode = MEMORY", Unsafe("journal_mode", "memory")),
            ("PRAGMA journal_mode = OFF", Unsafe("journal_mode", "off")),
        ],
    )
    def test_settings_that_lose_facts_are_refused(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, pragma: str, unsafe: Unsafe
    ) -> None:
        in_sqlite.create_ledger(tmp_path, "a")
        monkeypatch.setattr(in_sqlite, "PRAGMAS", (*in_sqlite.PRAGMAS, pragma))
        with pytest.raises(Unsafe) as caught:
            SqliteLog(tmp_path, "a")
        assert caught.value == unsafe

    def test_every_connection_flushes_every_commit(self, sqlite_log: SqliteLog) -> None:
        assert sqlite_log.datastore.select("PRAGMA synchronous") == [(2,)]
        assert sqlite_log.datastore.select("PRAGMA journal_mode") == [("wal",)]
        with sqlite_log.datastore.get_connection(commit=True) as writer:
            cursor = writer.cursor().sqlite_cursor
            assert tuple(cursor.execute("PRAGMA synchronous").fetchone()) == (2,)

    def test_closing_waits_for_those_who_read(self, sqlite_log: SqliteLog) -> None:
        reads, may_end = threading.Event(), threading.Event()

        def read() -> int:
            with sqlite_log.datastore.get_connection(commit=False) as connection:
                reads.set()
                assert may_end.wait(10)
                (found,) = connection.cursor().sqlite_cursor.execute("SELECT 1").fetchone()
                return int(found)

        with ThreadPoolExecutor(2) as threads:
            reading = threads.submit(read)
            assert reads.wait(10)
            ending = threads.submit(sqlite_log.close)
            while not (sqlite_log.datastore.closed or ending.done()):
                time.sleep(0.001)
            waits = not ending.done()
            may_end.set()
            assert reading.result(timeout=10) == 1
            ending.result(timeout=10)
        assert waits
        with pytest.raises(ConnectionPoolClosedError):
            sqlite_log.head()
        sqlite_log.close()

    def test_a_log_that_is_dropped_closes_without_waiting(self, tmp_path: Path) -> None:
        in_sqlite.create_ledger(tmp_path, "a")
        datastore = SqliteLog(tmp_path, "a").datastore
        writer = datastore.writer._sqlite_conn
        writing = datastore.get_connection(commit=True)
        writing.__enter__()
        # In a circle, so that the collector finds both at once.
        vars(datastore)["writing"] = writing
        del datastore, writing
        gc.collect()
        with pytest.raises(sqlite3.ProgrammingError, match="closed"):
            writer.execute("SELECT 1")

    def test_streams_like_reads_a_range_of_the_index(self, sqlite_log: SqliteLog) -> None:
        plan = sqlite_log.datastore.select(
            f"EXPLAIN QUERY PLAN {in_sqlite.COLUMNS} {in_sqlite.LIKE}", "member/", "member0", 9, 0
        )
        assert (
            "USING INDEX sqlite_autoindex_events_1 (originator_id>? AND originator_id<?)"
            in (plan[0][-1])
        )

    def test_another_process_may_append_too(self, sqlite_log: SqliteLog, tmp_path: Path) -> None:
        sqlite_log.append(0, entries(1), [])
        program = (
            "import sys; from pathlib import Path; from application.log import NewRow;"
            "from application.sqlite_log import SqliteLog;"
            "log = SqliteLog(Path(sys.argv[1]), sys.argv[2]);"
            "log.append(log.head(), [NewRow('other/1', 1, 'n', b'')], []); log.close()"
        )
        arguments = [sys.executable, "-c", program, str(tmp_path), sqlite_log.ledger]
        subprocess.run(arguments, check=True, cwd=Path(__file__).parents[2])
        assert sqlite_log.at([2]) == [StoredRow(2, "other/1", 1, "n", b"")]
        with pytest.raises(Overtaken):
            sqlite_log.append(1, entries(1), [])


@contextmanager
def a_role(url: str) -> Iterator[str]:
    """A role of its own in this server."""
    role = f"service of {uuid4().hex}"
    with psycopg.connect(url, autocommit=True) as owner:
        owner.execute(sql.SQL("CREATE ROLE {}").format(sql.Identifier(role)))
        try:
            yield role
        finally:
            owner.execute(sql.SQL("DROP OWNED BY {0}; DROP ROLE {0}").format(sql.Identifier(role)))


def option(url: str, setting: str, value: str) -> str:
    """The URL with a setting of the session."""
    return f"{url}&options=-c%20{setting}%3D{value.replace(' ', '%5C%20')}"


def end_sessions(url: str, name: str) -> None:
    """End the sessions of an application, as a restart of the server would."""
    with psycopg.connect(url, autocommit=True) as owner:
        owner.execute(
            "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity "
            "WHERE application_name = %s",
            (name,),
        )


def wait_until_blocked(url: str, name: str) -> None:
    """Return when a session of an application waits for a lock: the server tells nobody, so it is asked until it says so."""
    last = time.monotonic() + 30
    with psycopg.connect(url, autocommit=True) as owner:
        while not owner.execute(
            "SELECT 1 FROM pg_stat_activity "
            "WHERE application_name = %s AND wait_event_type = 'Lock'",
            (name,),
        ).fetchone():
            assert time.monotonic() < last, "nobody waits for a lock"


class TestPostgres:
    def test_a_ledger_is_made_once_and_kept(
        self, postgres_url: str, postgres_pool: LogPool, postgres_log: PostgresLog
    ) -> None:
        postgres_log.append(0, [entry("x")], [spent("c1")])
        in_postgres.create_ledger(postgres_url, postgres_log.ledger)
        again = PostgresLog(postgres_pool, postgres_log.ledger)
        assert again.head() == 1
        assert again.since(0, 10) == stored(1, [entry("x")])
        assert postgres_log.ledger in in_postgres.ledgers(postgres_url)
        again.append(1, entries(1), [])
        assert postgres_log.head() == 2

    def test_ledgers_are_made_at_the_same_time(self, postgres_url: str, fresh_code: str) -> None:
        codes = [f"{fresh_code}_{n}" for n in range(4)]
        with ThreadPoolExecutor(8) as threads:
            list(threads.map(lambda c: in_postgres.create_ledger(postgres_url, c), codes * 2))
        assert set(codes) <= set(in_postgres.ledgers(postgres_url))

    def test_a_database_without_ledgers(self, postgres_url: str) -> None:
        name = f"empty_{uuid4().hex}"
        with psycopg.connect(postgres_url, autocommit=True) as owner:
            owner.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
            try:
                empty = urlsplit(postgres_url)._replace(path=f"/{name}").geturl()
                assert in_postgres.ledgers(empty) == []
                with pytest.raises(LookupError):
                    PostgresLog(empty, "a")
            finally:
                owner.execute(sql.SQL("DROP DATABASE {}").format(sql.Identifier(name)))

    def test_a_ledger_that_is_not_there(self, postgres_log: PostgresLog) -> None:
        with pytest.raises(LookupError):
            PostgresLog(postgres_log.pool, f"{postgres_log.ledger}_not")

    def test_a_head_that_was_not_restored_is_found_in_the_log(
        self, postgres_url: str, postgres_log: PostgresLog
    ) -> None:
        postgres_log.append(0, entries(3), [])
        ledger = postgres_log.ledger
        with psycopg.connect(postgres_url, autocommit=True) as owner:
            owner.execute("DELETE FROM lvzhi.heads WHERE ledger = %s", (ledger,))
        with pytest.raises(LookupError):
            PostgresLog(postgres_log.pool, ledger)
        in_postgres.create_ledger(postgres_url, ledger)
        assert PostgresLog(postgres_log.pool, ledger).head() == 3

    @pytest.mark.parametrize("head", [2, 4])
    def test_a_head_of_another_moment_is_refused(
        self, postgres_url: str, postgres_log: PostgresLog, head: int
    ) -> None:
        postgres_log.append(0, entries(3), [])
        ledger = postgres_log.ledger
        with psycopg.connect(postgres_url, autocommit=True) as owner:
            owner.execute("UPDATE lvzhi.heads SET head = %s WHERE ledger = %s", (head, ledger))
        with pytest.raises(Unsafe) as caught:
            PostgresLog(postgres_log.pool, ledger)
        found = f"{head}, and the last entry is 3"
        assert caught.value == Unsafe(f"lvzhi.heads.{ledger}", found)

    @pytest.mark.parametrize("table", ["events", "commands"])
    @pytest.mark.parametrize(
        "change", ["UPDATE {} SET {} = {}", "DELETE FROM {}", "TRUNCATE {}", "TRUNCATE {} CASCADE"]
    )
    def test_nothing_stored_can_be_changed(
        self, postgres_url: str, postgres_log: PostgresLog, table: str, change: str
    ) -> None:
        postgres_log.append(0, [entry("member/1")], [spent("c1")])
        column = "state" if table == "events" else "digest"
        statement = sql.SQL(change).format(
            sql.Identifier(postgres_log.schema, table), sql.Identifier(column), b"other"
        )
        with (
            psycopg.connect(postgres_url) as owner,
            pytest.raises(psycopg.errors.RaiseException, match="append-only"),
        ):
            owner.execute(statement)
        assert postgres_log.since(0, 10) == stored(1, [entry("member/1")])
        assert postgres_log.look_up(["c1"]) == {"c1": spent("c1")}

    def test_the_service_may_append_and_read_and_nothing_else(
        self, postgres_url: str, fresh_code: str
    ) -> None:
        with a_role(postgres_url) as role:
            in_postgres.create_ledger(postgres_url, fresh_code, role)
            in_postgres.create_ledger(postgres_url, fresh_code, role)
            url = option(postgres_url, "role", role)
            with closing(PostgresLog(url, fresh_code)) as log:
                log.append(0, [entry("a")], [spent("c1")])
                ways(log)["append_alone"](1, [entry("b")], [spent("c2", 2, 2)])
                assert log.since(0, 10) == stored(1, [entry("a"), entry("b")])
                assert log.try_prefer()
            for statement in (
                "UPDATE {0}.events SET state = ''",
                "DELETE FROM {0}.events",
                "TRUNCATE {0}.commands",
                "DELETE FROM {0}.commands",
                "DROP TABLE {0}.events",
                "ALTER TABLE {0}.events DISABLE TRIGGER ALL",
                "CREATE TABLE {0}.other ()",
                "DELETE FROM lvzhi.heads",
                "INSERT INTO lvzhi.heads VALUES ('other', 0)",
            ):
                with (
                    psycopg.connect(url) as service,
                    pytest.raises(psycopg.errors.InsufficientPrivilege),
                ):
                    service.execute(
                        sql.SQL(statement).format(sql.Identifier(f"lvzhi_{fresh_code}"))
                    )

    @pytest.mark.parametrize(
        ("settings_", "unsafe"),
        [
            ({"fsync": "off"}, Unsafe("fsync", "off")),
            ({"full_page_writes": "off"}, Unsafe("full_page_writes", "off")),
            ({"synchronous_commit": "off"}, Unsafe("synchronous_commit", "off")),
            *(
                ({"POSTGRES_ENABLE_DB_FUNCTIONS": on}, Unsafe("POSTGRES_ENABLE_DB_FUNCTIONS", on))
                for on in ("y", "TRUE", "1", " on ", "whatever")
            ),
        ],
    )
    def test_settings_that_lose_facts(self, settings_: dict[str, str], unsafe: Unsafe) -> None:
        with pytest.raises(Unsafe) as caught:
            in_postgres.refuse_unsafe(settings_)
        assert caught.value == unsafe

    @pytest.mark.parametrize("level", ["on", "local", "remote_write", "remote_apply"])
    def test_settings_that_lose_nothing(self, level: str) -> None:
        in_postgres.refuse_unsafe(
            {
                "fsync": "on",
                "full_page_writes": "on",
                "synchronous_commit": level,
                "POSTGRES_ENABLE_DB_FUNCTIONS": "n",
            }
        )

    def test_opening_looks_at_the_server(self, postgres_url: str, fresh_code: str) -> None:
        in_postgres.create_ledger(postgres_url, fresh_code)
        with pytest.raises(Unsafe) as caught:
            PostgresLog(option(postgres_url, "synchronous_commit", "off"), fresh_code)
        assert caught.value == Unsafe("synchronous_commit", "off")
        with closing(PostgresLog(option(postgres_url, "synchronous_commit", "local"), fresh_code)):
            pass

    def test_opening_looks_at_the_environment(
        self, monkeypatch: pytest.MonkeyPatch, postgres_log: PostgresLog
    ) -> None:
        monkeypatch.setenv("POSTGRES_ENABLE_DB_FUNCTIONS", "y")
        with pytest.raises(Unsafe):
            PostgresLog(postgres_log.pool, postgres_log.ledger)

    @pytest.mark.parametrize("mode", ["force_generic_plan", "force_custom_plan"])
    def test_streams_like_reads_a_range_of_the_index(
        self, postgres_url: str, postgres_log: PostgresLog, mode: str
    ) -> None:
        postgres_log.append(0, [entry(f"occasion/{n:05}") for n in range(5_000)], [])
        schema = postgres_log.schema
        query = f"{in_postgres.COLUMNS} {schema}.events {in_postgres.LIKE}" % (
            "$1",
            "$2",
            "$3",
            "$4",
        )
        with psycopg.connect(postgres_url, autocommit=True) as owner:
            owner.execute(sql.SQL("ANALYZE {}").format(sql.Identifier(schema, "events")))
            owner.execute(f"SET plan_cache_mode = {mode}".encode())
            owner.execute(f"PREPARE range (text, text, bigint, bigint) AS {query}".encode())
            found = owner.execute(
                "EXPLAIN EXECUTE range ('occasion/0001', 'occasion/0002', 5000, 0)"
            )
            plan = "\n".join(line for (line,) in found)
        assert "Index Cond: ((originator_id >= " in plan
        assert " AND (originator_id < " in plan

    def test_names_are_compared_by_their_bytes(
        self, postgres_url: str, postgres_log: PostgresLog
    ) -> None:
        with psycopg.connect(postgres_url) as owner:
            found = owner.execute(
                "SELECT DISTINCT collation_name FROM information_schema.columns "
                "WHERE table_schema IN (%s, 'lvzhi') AND data_type = 'text'",
                (postgres_log.schema,),
            ).fetchall()
        assert found == [("C",)]

    def test_sessions_that_ended_while_idle_are_not_noticed(
        self, postgres_url: str, fresh_code: str
    ) -> None:
        in_postgres.create_ledger(postgres_url, fresh_code)
        name = f"lvzhi-{fresh_code}"
        with LogPool(f"{postgres_url}&application_name={name}", size=4) as pool:
            log = PostgresLog(pool, fresh_code)
            with ThreadPoolExecutor(4) as threads:
                list(threads.map(lambda _: log.head(), range(16)))
            log.append(0, entries(1), [spent("c1")])
            end_sessions(postgres_url, name)
            log.append(1, entries(1), [spent("c2", 2, 2)])
            end_sessions(postgres_url, name)
            assert log.head() == 2

    def test_a_lost_answer_is_an_error_and_the_next_append_works(
        self, postgres_url: str, fresh_code: str
    ) -> None:
        in_postgres.create_ledger(postgres_url, fresh_code)
        name = f"lvzhi-{fresh_code}"
        with LogPool(f"{postgres_url}&application_name={name}", size=4) as pool:
            log = PostgresLog(pool, fresh_code)
            for append in ways(log).values():
                with (
                    ThreadPoolExecutor(1) as threads,
                    psycopg.connect(postgres_url) as other,
                ):
                    other.execute(
                        "SELECT 1 FROM lvzhi.heads WHERE ledger = %s FOR UPDATE", (fresh_code,)
                    )
                    waiting = threads.submit(append, 0, entries(1), [spent("c1")])
                    wait_until_blocked(postgres_url, name)
                    end_sessions(postgres_url, name)
                    with pytest.raises(psycopg.OperationalError):
                        waiting.result(timeout=10)
                assert log.look_up(["c1"]) == {}
            log.append(0, entries(1), [spent("c1")])
            assert log.head() == 1

    def test_whoever_waits_alone_compares_when_it_is_his_turn(
        self, postgres_url: str, fresh_code: str
    ) -> None:
        in_postgres.create_ledger(postgres_url, fresh_code)
        name = f"lvzhi-{fresh_code}"
        with LogPool(f"{postgres_url}&application_name={name}", size=4) as pool:
            log = PostgresLog(pool, fresh_code)
            with ThreadPoolExecutor(1) as threads, psycopg.connect(postgres_url) as other:
                other.execute("UPDATE lvzhi.heads SET head = head WHERE ledger = %s", (fresh_code,))
                waiting = threads.submit(ways(log)["append_alone"], 0, entries(1), [])
                wait_until_blocked(postgres_url, name)
                other.commit()
                waiting.result(timeout=10)
            assert log.head() == 1

    def test_one_process_is_preferred(
        self, postgres_url: str, postgres_pool: LogPool, postgres_log: PostgresLog
    ) -> None:
        with LogPool(postgres_url) as other_process:
            other = PostgresLog(other_process, postgres_log.ledger)
            assert postgres_log.try_prefer()
            assert postgres_log.try_prefer()
            assert not other.try_prefer()
            other.append(0, entries(1), [])
            postgres_log.close()
            assert other.try_prefer()
            assert not PostgresLog(postgres_pool, postgres_log.ledger).try_prefer()

    def test_a_lost_preference_is_noticed(
        self, postgres_url: str, postgres_log: PostgresLog
    ) -> None:
        with LogPool(postgres_url) as mine, LogPool(postgres_url) as other_process:
            log = PostgresLog(mine, postgres_log.ledger)
            other = PostgresLog(other_process, postgres_log.ledger)
            assert log.try_prefer()
            pid = mine.standing().info.backend_pid
            with psycopg.connect(postgres_url, autocommit=True) as owner:
                owner.execute("SELECT pg_terminate_backend(%s, 5000)", (pid,))
            assert other.try_prefer()
            assert not log.try_prefer()
            other.close()
            assert log.try_prefer()

    def test_what_is_sent_is_answered_later_and_keeps_its_connection_until_then(
        self, monkeypatch: pytest.MonkeyPatch, postgres_url: str, fresh_code: str
    ) -> None:
        monkeypatch.setattr(in_postgres, "APPENDS_BEFORE_PREPARING", 0)
        in_postgres.create_ledger(postgres_url, fresh_code)
        with LogPool(postgres_url, size=2) as pool, psycopg.connect(postgres_url) as other:
            log = PostgresLog(pool, fresh_code)
            other.execute("UPDATE lvzhi.heads SET head = head WHERE ledger = %s", (fresh_code,))
            answer = log.send(0, entries(300), [spent("c1", 1, 300)])
            assert answer.fileno() >= 0
            assert not answer.is_there()
            assert log.head() == 0
            other.rollback()
            answer.take()
            assert log.head() == 300
            for n in range(5):
                log.send(300 + n, entries(1), []).take()

    def test_an_append_sent_on_a_line_that_is_cut_is_an_error_and_the_next_one_works(
        self, monkeypatch: pytest.MonkeyPatch, postgres_url: str, fresh_code: str
    ) -> None:
        monkeypatch.setattr(in_postgres, "APPENDS_BEFORE_PREPARING", 0)
        in_postgres.create_ledger(postgres_url, fresh_code)
        with (
            LogPool(postgres_url, size=1) as pool,
            psycopg.connect(postgres_url) as other,
            psycopg.connect(postgres_url, autocommit=True) as owner,
        ):
            log = PostgresLog(pool, fresh_code)
            ((pid,),) = log._select("SELECT pg_backend_pid()")
            other.execute("UPDATE lvzhi.heads SET head = head WHERE ledger = %s", (fresh_code,))
            answer = log.send(0, entries(1), [])
            owner.execute("SELECT pg_terminate_backend(%s, 5000)", (pid,))
            with pytest.raises(psycopg.OperationalError):
                answer.take()
            other.rollback()
            log.send(0, entries(1), []).take()
            assert log.head() == 1

    def test_a_prepared_append_that_was_deallocated_is_run_all_the_same(
        self, monkeypatch: pytest.MonkeyPatch, postgres_url: str, fresh_code: str
    ) -> None:
        monkeypatch.setattr(in_postgres, "APPENDS_BEFORE_PREPARING", 0)
        in_postgres.create_ledger(postgres_url, fresh_code)
        with LogPool(postgres_url, size=1) as pool:
            log = PostgresLog(pool, fresh_code)
            log.send(0, entries(1), []).take()
            log._select("SELECT 1")
            with pool.connection() as connection:
                connection.execute("DEALLOCATE ALL")
            log.send(1, entries(1), []).take()
            assert log.head() == 2

    def test_an_append_that_is_to_be_sent_again_is_not_there_yet(
        self, monkeypatch: pytest.MonkeyPatch, postgres_url: str, fresh_code: str
    ) -> None:
        monkeypatch.setattr(in_postgres, "APPENDS_BEFORE_PREPARING", 0)
        in_postgres.create_ledger(postgres_url, fresh_code)
        with LogPool(postgres_url, size=1) as pool:
            log = PostgresLog(pool, fresh_code)
            log.send(0, entries(1), []).take()
            with pool.connection() as connection:
                connection.execute("DEALLOCATE ALL")
            answer = log.try_send(1, entries(1), [])
            assert answer is not None
            # Not by select(), which fails where a process has a thousand files open.
            waiting = select.poll()
            waiting.register(answer.fileno(), select.POLLIN)
            assert waiting.poll(10_000)
            assert not answer.is_there()
            answer.take()
            assert log.head() == 2

    def test_what_failed_alone_leaves_nothing_that_is_thought_prepared(
        self, monkeypatch: pytest.MonkeyPatch, postgres_url: str, fresh_code: str
    ) -> None:
        monkeypatch.setattr(in_postgres, "APPENDS_BEFORE_PREPARING", 0)
        in_postgres.create_ledger(postgres_url, fresh_code)
        with LogPool(postgres_url, size=1) as pool:
            log = PostgresLog(pool, fresh_code)
            log.send(0, entries(1), []).take()
            with pytest.raises(Overtaken):
                log.append_alone(lambda: (0, entries(1), []))
            assert log.try_send(1, entries(1), []) is None

    def test_nobody_waits_for_another_writer_for_ever(
        self, monkeypatch: pytest.MonkeyPatch, postgres_url: str, fresh_code: str
    ) -> None:
        monkeypatch.setattr(in_postgres, "LONGEST_WAIT", 0.2)
        in_postgres.create_ledger(postgres_url, fresh_code)
        with LogPool(postgres_url, size=2) as pool, psycopg.connect(postgres_url) as other:
            log = PostgresLog(pool, fresh_code)
            other.execute("UPDATE lvzhi.heads SET head = head WHERE ledger = %s", (fresh_code,))
            for way in ways(log).values():
                with pytest.raises(psycopg.OperationalError):
                    way(0, entries(1), [])
            other.commit()
            log.append(0, entries(1), [])

    def test_those_who_append_alone_leave_connections_to_read_with(
        self, postgres_url: str, fresh_code: str
    ) -> None:
        codes = [f"{fresh_code}_{n}" for n in range(4)]
        for code in codes:
            in_postgres.create_ledger(postgres_url, code)
        with LogPool(postgres_url, size=4) as pool, ThreadPoolExecutor(4) as threads:
            logs = [PostgresLog(pool, code) for code in codes]

            def append(log: PostgresLog) -> None:
                def decide() -> tuple[int, list[NewRow], list[Spent]]:
                    time.sleep(0.2)
                    return log.head(), entries(1), []

                log.append_alone(decide)

            began = time.monotonic()
            list(threads.map(append, logs))
            assert time.monotonic() - began < pool.timeout
            assert [log.head() for log in logs] == [1] * 4

    def test_more_ledgers_than_are_kept_prepared(
        self,
        monkeypatch: pytest.MonkeyPatch,
        postgres_url: str,
        fresh_code: str,
    ) -> None:
        monkeypatch.setattr(in_postgres, "PREPARED_APPENDS", 2)
        codes = [f"{fresh_code}_{n}" for n in range(4)]
        for code in codes:
            in_postgres.create_ledger(postgres_url, code)
        with LogPool(postgres_url, size=1) as pool:
            logs = [PostgresLog(pool, code) for code in codes]
            for head in range(5):
                for log in logs:
                    log.append(head, entries(1), [spent(f"c{head}")])
            assert [log.head() for log in logs] == [5] * 4

    def test_subscribing_is_refused(self, postgres_log: PostgresLog) -> None:
        with pytest.raises(NotImplementedError):
            postgres_log.subscribe()


class TextIds(library.ApplicationRecorderTestCase):
    """The library's contract of a recorder, with streams named by texts."""

    def new_originator_id(self) -> str:
        return str(uuid4())


class TestMemoryRecorder(TextIds):
    def create_recorder(self) -> MemoryLog:
        return MemoryLog()


class TestSqliteRecorder(TextIds):
    @pytest.fixture(autouse=True)
    def _store(self, sqlite_log: SqliteLog) -> None:
        self.log = sqlite_log

    def create_recorder(self) -> SqliteLog:
        return self.log


class TestPostgresRecorder(TextIds):
    @pytest.fixture(autouse=True)
    def _store(self, postgres_log: PostgresLog) -> None:
        self.log = postgres_log

    def create_recorder(self) -> PostgresLog:
        return self.log


del TextIds
