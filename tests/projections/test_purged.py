"""What rows were before they were made anew is forgotten before it is noted that they were; while somebody reads, it is done again later."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from threading import Timer

import psycopg
import pytest
from sqlalchemy import Connection, select

from projections import store as module
from projections.as_of import quarantine
from projections.purged import note_purged, purged_of
from projections.store import PostgresStore, Scrubbed, SqliteStore, create_tables

CANARY = "金丝雀甲"


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[SqliteStore]:
    monkeypatch.setattr(module, "PATIENCE", 0.3)
    store = SqliteStore(tmp_path, "county")
    with store.writing() as writing:
        writing.insert(quarantine, [("county", 1, "member/p", "x", CANARY * 50)])
    yield store
    store.close()


def still_there(store: SqliteStore) -> bool:
    files = store.file.parent.glob(f"{store.file.name}*")
    return any(CANARY.encode() in file.read_bytes() for file in files)


def seen(connection: Connection) -> list[str]:
    return list(connection.execute(select(quarantine.c.error)).scalars())


def purged(store: SqliteStore) -> frozenset[str]:
    with store.reading() as connection:
        return purged_of(connection, "county")


def test_what_rows_were_is_forgotten_and_then_noted(store: SqliteStore) -> None:
    assert still_there(store)
    with store.writing() as writing:
        writing.delete(quarantine, ["ledger"], [("county",)])
    assert still_there(store)

    assert note_purged(store, "county", ["member/p"]) is Scrubbed.ALL

    assert not still_there(store)
    assert purged(store) == {"member/p"}
    assert note_purged(store, "county", ["member/p"]) is Scrubbed.ALL


def test_while_somebody_reads_it_is_not_noted_and_done_again_later(store: SqliteStore) -> None:
    with store.reading() as reading:
        assert seen(reading) == [CANARY * 50]
        with store.writing() as writing:
            writing.delete(quarantine, ["ledger"], [("county",)])
        assert note_purged(store, "county", ["member/p"]) is Scrubbed.LATER
        assert seen(reading) == [CANARY * 50]
    assert still_there(store)
    assert purged(store) == frozenset()

    assert note_purged(store, "county", ["member/p"]) is Scrubbed.ALL

    assert not still_there(store)
    assert purged(store) == {"member/p"}


def test_who_is_soon_done_with_reading_is_waited_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "PATIENCE", 20.0)
    store = SqliteStore(tmp_path, "county")
    reading = store._engine.connect()
    seen(reading)
    timer = Timer(0.3, reading.close)
    timer.start()
    try:
        assert note_purged(store, "county", ["member/p"]) is Scrubbed.ALL
    finally:
        timer.join()
        store.close()


def test_no_rebuild_takes_away_what_rows_were_made_without(store: SqliteStore) -> None:
    note_purged(store, "county", ["member/p"])
    with store.writing() as writing:
        writing.clear("county")
    assert purged(store) == {"member/p"}


# PostgreSQL


@pytest.fixture
def shared(postgres_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[PostgresStore]:
    monkeypatch.setattr(module, "PATIENCE", 0.5)
    create_tables(postgres_url)
    store = PostgresStore(postgres_url)
    yield store
    store.close()


def counted(store: PostgresStore, table: str, name: str) -> str:
    """What the planner knows of the rows of a table."""
    with store.reading() as connection:
        asked = f"SELECT coalesce(most_common_vals::text, '') FROM pg_stats WHERE schemaname = 'lvzhi' AND tablename = '{table}' AND attname = '{name}'"  # fmt: skip
        return "".join(connection.exec_driver_sql(asked).scalars())


def put(store: PostgresStore, ledger: str) -> None:
    with store.writing() as writing:
        writing.insert(quarantine, [(ledger, n, "x", "x", CANARY) for n in range(200)])


def take_away(store: PostgresStore, ledger: str) -> None:
    with store.writing() as writing:
        writing.delete(quarantine, ["ledger"], [(ledger,)])


def test_nobody_reads_in_a_database_what_rows_were(
    shared: PostgresStore, postgres_url: str, fresh_code: str
) -> None:
    put(shared, fresh_code)
    with shared.writing() as writing:
        writing.insert(quarantine, [(f"{fresh_code}_2", n, "x", "x", "其他") for n in range(200)])
    with psycopg.connect(postgres_url, autocommit=True) as owner:
        owner.execute("ANALYZE lvzhi.quarantine")
    assert CANARY in counted(shared, "quarantine", "error")
    take_away(shared, fresh_code)

    assert note_purged(shared, fresh_code, ["member/p"]) is Scrubbed.ALL

    assert CANARY not in counted(shared, "quarantine", "error")
    with shared.reading() as connection:
        left = (
            "SELECT n_dead_tup FROM pg_stat_all_tables WHERE relid = 'lvzhi.quarantine'::regclass"
        )
        assert connection.exec_driver_sql(left).scalar_one() == 0


def test_while_a_transaction_still_sees_them_it_is_done_again_later(
    shared: PostgresStore, fresh_code: str
) -> None:
    put(shared, fresh_code)
    with shared.reading() as reading:
        assert CANARY in seen(reading)
        take_away(shared, fresh_code)
        assert note_purged(shared, fresh_code, ["member/p"]) is Scrubbed.LATER
        assert CANARY in seen(reading)
    assert note_purged(shared, fresh_code, ["member/p"]) is Scrubbed.ALL
