"""Where things meet: ledgers that are opened once, readers that go on after a fault, and those that stop loudly."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from application import sqlite_log
from application.book import Book
from application.handle import Request
from domain.member import Admit, Profile, Standing
from domain.people import PersonId, Reason, Refused
from interfaces import settings
from interfaces.wiring import OWNER, Desk, Installation


@pytest.fixture
def installation(tmp_path: Path) -> Iterator[Installation]:
    """An installation on an empty folder."""
    made = Installation(settings.read({}, data=str(tmp_path)))
    yield made
    made.close()


def test_a_ledger_whose_making_was_broken_off_is_taken_up_again(installation: Installation) -> None:
    sqlite_log.create_ledger(installation.settings.data, "haiyan")
    with pytest.raises(Refused) as refused:
        installation.desk("haiyan")
    assert refused.value.reason is Reason.NO_SUCH_LEDGER
    assert installation.create("haiyan", "海晏县政协").head() == 1
    with pytest.raises(Refused) as refused:
        installation.create("haiyan", "海晏县政协")
    assert refused.value.reason is Reason.ALREADY_RECORDED


def test_many_threads_open_one_desk(installation: Installation) -> None:
    installation.create("haiyan", "海晏县政协")
    found: list[Desk] = []
    threads = [
        threading.Thread(target=lambda: found.append(installation.desk("haiyan"))) for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 8
    assert len({id(desk) for desk in found}) == 1


def test_a_preview_reads_only_what_came_since_the_last(
    installation: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = installation.create("haiyan", "海晏县政协")
    with desk.knowing() as known:
        assert known.roster.people == {}
    desk.one(_admitted("wang"))
    with monkeypatch.context() as patch:
        patch.setattr(Book, "open", None)
        with desk.knowing() as known:
            assert set(known.roster.people) == {"wang"}
    # Two at a time have a book each.
    with desk.knowing() as one, desk.knowing() as other:
        assert one.roster is not other.roster
        assert one.roster == other.roster == desk.known().roster


def test_what_a_preview_read_is_let_go_after_a_while(
    installation: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = installation.create("haiyan", "海晏县政协")
    with desk.knowing():
        pass
    desk.follow()
    assert len(desk._spare) == 1
    monkeypatch.setattr("interfaces.wiring.SPARE_KEPT", -1.0)
    desk.follow()
    assert desk._spare == []


def _admitted(person: str) -> Request:
    admit = Admit(person=PersonId(person), profile=Profile(name=person, standing=Standing.STAFF))
    return Request(command=admit, actor=OWNER, command_id=f"admit-{person}")


def test_a_reader_goes_on_after_a_fault_of_storage(
    installation: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("interfaces.wiring.READ_AGAIN_AFTER", 0)
    desk = installation.create("haiyan", "海晏县政协")
    faults = iter([sqlite3.OperationalError("disk I/O error")])
    read = desk.reader.run_forever

    def faulty(stop: threading.Event, wake: threading.Event) -> None:
        for fault in faults:
            raise fault
        read(stop, wake)

    monkeypatch.setattr(desk.reader, "run_forever", faulty)
    desk.keep_reading()
    assert desk.reader.wait_for(1, timeout=10)
    assert desk.is_reading


def test_a_reader_that_cannot_go_on_stops(
    installation: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = installation.create("haiyan", "海晏县政协")
    stopped = threading.Event()

    def poisoned(*_: object) -> None:
        stopped.set()
        raise RuntimeError("an entry that cannot be folded")

    monkeypatch.setattr(desk.reader, "run_forever", poisoned)
    desk.keep_reading()
    assert stopped.wait(10)
    installation.close()
    assert not desk.is_reading


def test_the_only_ledger_is_meant_where_none_is_named(installation: Installation) -> None:
    first = installation.create("one", "一县政协")
    assert installation.only() is first
    installation.create("two", "二县政协")
    with pytest.raises(Refused) as refused:
        installation.only()
    assert (refused.value.reason, refused.value.about) == (Reason.NAME_ONE, "one two")


@pytest.mark.parametrize(
    ("folder", "reason"),
    [("ledgers", Reason.DAMAGED), ("read", Reason.READ_MODEL_DAMAGED)],
)
def test_a_damaged_file_is_named_and_keeps_none_from_being_served(
    tmp_path: Path, folder: str, reason: Reason
) -> None:
    first = Installation(settings.read({}, data=str(tmp_path)))
    for code in ("broken", "whole"):
        first.create(code, "演练县政协").reader.catch_up()
    first.close()
    file = tmp_path / folder / "broken.sqlite"
    for beside in file.parent.glob("broken.sqlite-*"):
        beside.unlink()
    file.write_bytes(b"no ledger" * 1_000)

    again = Installation(settings.read({}, data=str(tmp_path)))
    refused, desk = again.each()
    again.keep_reading()

    assert refused == Refused(reason, about=str(file))
    assert isinstance(desk, Desk)
    assert [each.code for each in again.open_desks()] == ["whole"]
    again.close()


@pytest.mark.parametrize("url", ["mysql://user:secret@host/db", "host=localhost"])
def test_only_postgresql_is_another_database(url: str) -> None:
    with pytest.raises(Refused) as refused:
        settings.read({"LVZHI_DATABASE_URL": url})
    assert refused.value.reason is Reason.NOT_POSTGRESQL
    assert "secret" not in str(refused.value)


def test_a_ledger_whose_making_was_broken_off_keeps_none_from_being_served(
    installation: Installation, tmp_path: Path
) -> None:
    installation.create("whole", "演练县政协")
    sqlite_log.create_ledger(tmp_path, "half")

    installation.keep_reading()

    assert [desk.code for desk in installation.open_desks() if desk.is_reading] == ["whole"]
