"""Every promise of the files of evidence, in a folder and in a database."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Thread

import psycopg
import pytest
from psycopg import sql

from application.evidence import LARGEST, EvidenceFiles, Files, FolderFiles, TableFiles, Total
from application.pictures import MediaType
from application.postgres_log import LogPool, create_ledger
from application.vault import Broken, ErasedList, KeyFile, KeyMissing, MasterKeys
from domain.people import Reason, Refused
from tests.pictures import PDF, SECRET, exif, jpeg, png, segment

NOON = datetime(2026, 11, 26, 12, tzinfo=UTC)
PICTURE = jpeg(segment(0xFE, b"remark"))
KEPT = hashlib.sha256(jpeg()).hexdigest()


@pytest.fixture
def folder_files(tmp_path: Path, fresh_code: str) -> FolderFiles:
    return FolderFiles(tmp_path / "files", fresh_code)


@pytest.fixture
def table_files(postgres_url: str, postgres_pool: LogPool, fresh_code: str) -> TableFiles:
    create_ledger(postgres_url, fresh_code)
    return TableFiles(postgres_pool, fresh_code)


@pytest.fixture(params=["folder", "table"])
def files(request: pytest.FixtureRequest) -> Files:
    """Where no file lies yet, of each kind."""
    found: Files = request.getfixturevalue(f"{request.param}_files")
    return found


@pytest.fixture
def vault(tmp_path: Path, fresh_code: str) -> KeyFile:
    return vault_in(tmp_path, fresh_code)


def vault_in(folder: Path, code: str) -> KeyFile:
    keys = folder / "keys"
    master, erased = MasterKeys(folder / "master.key", keys), ErasedList(folder / "erased.txt")
    return KeyFile(keys / f"{code}.sqlite", code, master, erased)


@pytest.fixture
def hours() -> Iterator[datetime]:
    """An hour later each time."""
    return (NOON + timedelta(hours=n) for n in range(100))


@pytest.fixture
def evidence(files: Files, vault: KeyFile, hours: Iterator[datetime]) -> EvidenceFiles:
    return EvidenceFiles(files, vault, clock=hours.__next__)


def test_what_is_kept_is_found_by_the_hash_of_what_was_left_of_it(evidence: EvidenceFiles) -> None:
    kept = evidence.put(PICTURE)

    assert (kept.sha256, kept.size, kept.media_type) == (KEPT, len(jpeg()), MediaType.JPEG)
    assert evidence.get(KEPT) == (kept, jpeg())
    assert evidence.holds(KEPT)
    for other in ("0" * 64, KEPT.upper(), "", "../../secret", f"{KEPT}\n"):
        assert evidence.get(other) is None
        assert not evidence.holds(other)


def test_which_of_some_are_there_is_told_at_once(evidence: EvidenceFiles) -> None:
    paper = evidence.put(PDF).sha256
    evidence.put(PICTURE)

    assert evidence.held([KEPT, "0" * 64, "../../secret", "", paper]) == {KEPT, paper}
    evidence.forget(paper)
    assert evidence.held([KEPT, paper]) == {KEPT}
    assert evidence.held([]) == frozenset()


def test_the_same_again_is_one_file_as_of_now(evidence: EvidenceFiles) -> None:
    first, second = evidence.put(PICTURE), evidence.put(jpeg())

    assert first == second
    assert evidence.total() == Total(1, len(jpeg()))
    assert evidence.put_before(NOON + timedelta(hours=1)) == []
    assert evidence.put_before(NOON + timedelta(hours=2)) == [KEPT]


def test_how_many_there_are_and_their_bytes(evidence: EvidenceFiles) -> None:
    assert evidence.total() == Total(0, 0)
    assert evidence.put_before(NOON) == []

    for each in (jpeg(), png(), PDF):
        evidence.put(each)

    assert evidence.total() == Total(3, len(jpeg()) + len(png()) + len(PDF))


def test_what_is_forgotten_is_gone(evidence: EvidenceFiles) -> None:
    evidence.put(jpeg())
    evidence.put(PDF)

    assert evidence.forget(KEPT)
    assert not evidence.forget(KEPT)
    assert not evidence.forget("../x")
    assert evidence.get(KEPT) is None
    assert evidence.total().count == 1


def test_what_was_put_again_meanwhile_is_not_taken_away(evidence: EvidenceFiles) -> None:
    evidence.put(jpeg())
    (old,) = evidence.put_before(NOON + timedelta(hours=1))
    evidence.put(jpeg())

    assert not evidence.forget(old, NOON + timedelta(hours=1))
    assert evidence.forget(old, NOON + timedelta(hours=2))
    assert not evidence.forget(old, NOON + timedelta(hours=2))


def test_what_is_no_file_of_evidence_or_too_large_leaves_nothing(evidence: EvidenceFiles) -> None:
    for sent, reason in (
        (b"<html>", Reason.NOT_A_PICTURE),
        (PDF + bytes(LARGEST), Reason.TOO_LARGE),
    ):
        with pytest.raises(Refused) as refused:
            evidence.put(sent)
        assert refused.value.reason is reason

    assert evidence.total() == Total(0, 0)


def test_nothing_of_a_file_can_be_read_where_it_lies(evidence: EvidenceFiles, files: Files) -> None:
    evidence.put(jpeg(segment(0xE1, b"Exif\0\0" + exif(6) + SECRET)))
    (sha256,) = evidence.put_before(NOON + timedelta(hours=1))
    lies = files.get(sha256)

    assert lies is not None
    assert b"JFIF" not in lies and SECRET not in lies


def test_a_file_that_was_changed_or_exchanged_does_not_open(
    evidence: EvidenceFiles, files: Files
) -> None:
    kept, other = evidence.put(jpeg()), evidence.put(PDF)
    sealed = files.get(kept.sha256)
    assert sealed is not None

    for changed in (sealed[:-1] + bytes((sealed[-1] ^ 1,)), b"x" + sealed, sealed[:9], b""):
        files.put(kept.sha256, changed, NOON)
        with pytest.raises(Broken):
            evidence.get(kept.sha256)
    files.put(other.sha256, sealed, NOON)
    with pytest.raises(Broken):
        evidence.get(other.sha256)


def test_a_key_that_is_lost_is_not_replaced_by_another(
    evidence: EvidenceFiles, files: Files, tmp_path: Path, fresh_code: str
) -> None:
    kept = evidence.put(jpeg())
    (tmp_path / "elsewhere").mkdir()
    without = EvidenceFiles(files, vault_in(tmp_path / "elsewhere", fresh_code))

    with pytest.raises(KeyMissing):
        without.get(kept.sha256)
    with pytest.raises(KeyMissing):
        without.put(PDF)
    assert without.total().count == 1


def test_a_key_that_somebody_makes_while_it_is_looked_for_is_not_missing(
    files: Files, vault: KeyFile, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another puts the first file just after it was seen that there is no key."""
    total = files.total

    def late() -> Total:
        monkeypatch.setattr(files, "total", total)
        EvidenceFiles(files, vault).put(PDF)
        return total()

    monkeypatch.setattr(files, "total", late)
    kept = EvidenceFiles(files, vault).put(jpeg())
    assert EvidenceFiles(files, vault).get(kept.sha256) is not None
    assert total().count == 2


def test_those_who_put_the_same_at_once_all_have_it(files: Files, vault: KeyFile) -> None:
    failed: list[BaseException] = []

    def put() -> None:
        try:
            for _ in range(5):
                EvidenceFiles(files, vault).put(jpeg())
        except BaseException as error:
            failed.append(error)

    threads = [Thread(target=put) for _ in range(4)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()

    assert failed == []
    assert files.total().count == 1
    assert EvidenceFiles(files, vault).get(KEPT) is not None


# The folder


def test_a_file_lies_under_its_hash_for_its_owner_alone(
    folder_files: FolderFiles, vault: KeyFile
) -> None:
    EvidenceFiles(folder_files, vault).put(jpeg())
    file = folder_files.folder / KEPT[:2] / KEPT

    assert [each for each in folder_files.folder.rglob("*") if each.is_file()] == [file]
    assert file.stat().st_mode & 0o777 == 0o600
    assert file.parent.stat().st_mode & 0o777 == 0o700


def test_what_was_left_half_written_counts_for_nothing_and_goes(
    folder_files: FolderFiles, vault: KeyFile
) -> None:
    evidence = EvidenceFiles(folder_files, vault, clock=lambda: NOON)
    evidence.put(jpeg())
    folder = folder_files.folder / KEPT[:2]
    draft, other = folder / f"{KEPT}.0123abcd", folder / "notes.txt"
    for each in (draft, other):
        each.write_bytes(b"half")
        os.utime(each, (NOON.timestamp(), NOON.timestamp()))

    assert evidence.total() == Total(1, len(jpeg()))
    assert evidence.put_before(NOON) == []
    assert draft.exists()
    assert evidence.put_before(NOON + timedelta(seconds=1)) == [KEPT]
    assert (draft.exists(), other.exists()) == (False, True)


def test_where_the_disk_takes_nothing_it_is_said_and_nothing_is_there(
    folder_files: FolderFiles, vault: KeyFile, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("application.evidence.write_durably", full)
    evidence = EvidenceFiles(folder_files, vault)
    with pytest.raises(Refused) as refused:
        evidence.put(jpeg())
    assert refused.value.reason is Reason.UNAVAILABLE
    assert evidence.total().count == 0


# The table


def test_a_database_whose_owner_has_made_no_table_says_who_makes_it(
    postgres_url: str, table_files: TableFiles, fresh_code: str, vault: KeyFile
) -> None:
    with psycopg.connect(postgres_url) as owner:
        table = sql.Identifier(f"lvzhi_{fresh_code}", "files")
        owner.execute(sql.SQL("DROP TABLE {}").format(table))
    evidence = EvidenceFiles(table_files, vault)
    asks: list[Callable[[], object]] = [
        lambda: table_files.put(KEPT, b"x", NOON),
        lambda: evidence.put(jpeg()),
        lambda: evidence.get(KEPT),
        lambda: evidence.forget(KEPT),
        evidence.total,
        lambda: evidence.put_before(NOON),
    ]
    for ask in asks:
        with pytest.raises(Refused) as refused:
            ask()
        assert refused.value.reason is Reason.NOT_PREPARED
