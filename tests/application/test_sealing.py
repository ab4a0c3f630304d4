"""Sealing: what is in the ledger comes under the tree once, is signed once, and nothing is signed over a contradiction."""

from __future__ import annotations

import os
import random
import shutil
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import pytest

from application.durable import write_durably
from application.log import Log, StoredRow
from application.memory_log import MemoryLog
from application.seal import signing
from application.seal.check import check_ledger
from application.seal.folder import Damaged, Seals
from application.seal.nodes import Torn
from application.seal.receipts import cosigned, receipt_of, request_for
from application.seal.sealing import BATCH, Mismatch, Sealer, hash_of, origin_in
from application.seal.signing import FileSigner, WouldFork
from application.seal.verify import (
    Bad,
    Checkpoint,
    Request,
    Trust,
    check_receipt,
    consistency_holds,
    leaf_record,
    parse_policy,
    parse_receipt,
    parse_request,
    satisfy,
    short_code,
    tree_root,
)
from application.seal.witness import Witness
from application.sqlite_log import SqliteLog, create_ledger
from tests.application.sealing_county import BEGAN, fill, rows_of, sealer_of


@pytest.fixture
def sealer(memory_log: MemoryLog, tmp_path: Path) -> Sealer:
    """Who seals an empty ledger."""
    return sealer_of(memory_log, tmp_path)


def root_of(log: Log, size: int) -> bytes:
    """The root over the first entries of a ledger, worked out from nothing else."""
    origin = (origin_in(log) or "").encode()
    return tree_root(hash_of(origin, row) for row in log.since(0, size))


def trust(sealer: Sealer) -> Trust:
    """Whoever trusts the key that a ledger began with."""
    rotations = sealer.seals.rotations()
    origin = origin_in(sealer.log) or ""
    return Trust(rotations[0].old if rotations else sealer.signer.key(origin), rotations)


def test_an_empty_ledger_has_nothing_to_seal(sealer: Sealer) -> None:
    assert sealer.seal() is None


def test_each_ledger_is_sealed_as_its_entries_come(any_log: Log, tmp_path: Path) -> None:
    sealer = sealer_of(any_log, tmp_path)
    for more in (1, 6, 500):
        fill(any_log, more)
        found = sealer.seal()
        assert found is not None
        assert (found.size, found.root) == (any_log.head(), root_of(any_log, any_log.head()))
        assert trust(sealer).believe(found)
    assert sealer.seal() == found
    assert sealer.seals.size() == 507


def test_batches_do_not_change_the_root(sealer: Sealer) -> None:
    fill(sealer.log, BATCH + 17)
    found = sealer.seal()
    assert found is not None and found.root == root_of(sealer.log, BATCH + 17)


def test_the_origin_tells_code_and_first_entry(sealer: Sealer) -> None:
    fill(sealer.log, 1)
    origin = origin_in(sealer.log)
    assert origin is not None and origin.split("/")[:2] == ["lvzhi.invalid", sealer.log.ledger]


def test_a_leaf_is_the_bytes_that_are_written_down() -> None:
    record = leaf_record(b"o", 258, "s", 1, "名", b"{}")
    assert record == (
        b"lvzhi-leaf/1\n\x00\x01o\x00\x00\x00\x00\x00\x00\x01\x02\x00\x01s\x00\x00\x00\x01\x00\x03\xe5\x90\x8d"
        b"\x00\x00\x00\x02{}"
    )
    with pytest.raises(ValueError, match="a leaf of"):
        leaf_record(b"o", 1, "s" * 6_000, 1, "n", b"x" * 60_000)


class Shortened:
    """A log as an old backup would have it, or with some entries replaced."""

    def __init__(self, log: Log, head: int, **changed: StoredRow) -> None:
        self.log, self.ledger, self._head = log, log.ledger, head
        self.changed = {row.position: row for row in changed.values()}

    def head(self) -> int:
        """How far it goes."""
        return self._head

    def since(self, position: int, limit: int) -> list[StoredRow]:
        """The entries, with those replaced that are."""
        found = self.log.since(position, min(limit, max(0, self._head - position)))
        return [self.changed.get(row.position, row) for row in found]

    def at(self, positions: list[int]) -> list[StoredRow]:
        """As `since`."""
        found = self.log.at([each for each in positions if each <= self._head])
        return [self.changed.get(row.position, row) for row in found]


def test_a_ledger_that_is_shorter_than_its_seals_is_not_sealed(sealer: Sealer) -> None:
    fill(sealer.log, 20)
    sealer.seal()
    sealer.log = Shortened(sealer.log, 12)  # type: ignore[assignment]
    with pytest.raises(Mismatch) as caught:
        sealer.seal()
    assert caught.value.position == 13


@pytest.mark.parametrize("position", [1, 20])
def test_a_ledger_whose_sealed_ends_changed_is_not_sealed(sealer: Sealer, position: int) -> None:
    fill(sealer.log, 20)
    sealer.seal()
    fill(sealer.log, 1)
    (row,) = sealer.log.at([position])
    sealer.log = Shortened(sealer.log, 21, row=row._replace(body=row.body + b" "))  # type: ignore[assignment]
    with pytest.raises(Mismatch) as caught:
        sealer.seal()
    assert caught.value.position == position
    newest = sealer.seals.newest()
    assert newest is not None and newest.size == 20


def test_nothing_is_signed_over_seals_that_were_made_anew(sealer: Sealer, tmp_path: Path) -> None:
    """Whoever rewrites both the ledger and its seals still meets what the key remembers."""
    fill(sealer.log, 20)
    sealer.seal()
    (row,) = sealer.log.at([7])
    forged = Shortened(sealer.log, 20, row=row._replace(body=row.body + b" "))
    fresh = Seals(tmp_path / "forged", sealer.log.ledger)
    with pytest.raises(WouldFork):
        Sealer(forged, fresh, sealer.signer).seal()  # type: ignore[arg-type]
    assert fresh.newest() is None


def test_an_old_backup_is_not_signed_even_after_it_has_grown_again(
    sealer: Sealer, tmp_path: Path
) -> None:
    fill(sealer.log, 20)
    sealer.seal()
    other = MemoryLog(sealer.log.ledger)
    other.append(0, rows_of(1, 15), ())
    other.append(15, [each._replace(body=each.body + b" ") for each in rows_of(16, 30)], ())
    fresh = Seals(tmp_path / "restored", sealer.log.ledger)
    with pytest.raises(WouldFork, match="first 20"):
        Sealer(other, fresh, sealer.signer).seal()


def test_a_restored_ledger_goes_on_where_nothing_differs(sealer: Sealer, tmp_path: Path) -> None:
    """Seals are worked out anew from the entries: to lose them loses nothing but old signatures."""
    fill(sealer.log, 20)
    first = sealer.seal()
    fresh = Seals(tmp_path / "anew", sealer.log.ledger)
    assert Sealer(sealer.log, fresh, sealer.signer).seal() == first


@pytest.mark.parametrize("level", [0, 1, 2])
def test_seals_that_were_cut_or_changed_stop_it(sealer: Sealer, level: int) -> None:
    fill(sealer.log, 20)
    sealer.seal()
    file = sealer.seals.nodes.folder / f"level{level:02}"
    raw = file.read_bytes()
    for changed in (raw[:-32], raw[:-1] + bytes([raw[-1] ^ 1]), b""):
        if (20 >> level) & 1 == 0 and level != 2:
            continue
        file.write_bytes(changed)
        with pytest.raises((Damaged, Torn)):
            sealer.seal()
        file.write_bytes(raw)
    assert sealer.seal() is not None


def test_a_crash_while_hashes_are_written_leaves_nothing_to_mend(sealer: Sealer) -> None:
    fill(sealer.log, 20)
    sealer.seal()
    file = sealer.seals.nodes.folder / "level00"
    file.write_bytes(file.read_bytes() + b"torn")
    fill(sealer.log, 3)
    found = sealer.seal()
    assert found is not None and found.root == root_of(sealer.log, 23)


def test_a_state_that_is_garbled_is_told(sealer: Sealer) -> None:
    fill(sealer.log, 2)
    sealer.seal()
    (sealer.seals.folder / "sealed").write_text("x")
    with pytest.raises(Damaged):
        sealer.seal()


def test_one_checkpoint_an_hour_is_kept_and_all_that_others_signed(
    memory_log: MemoryLog, tmp_path: Path
) -> None:
    at = datetime.now(UTC).replace(minute=30)
    sealer = sealer_of(memory_log, tmp_path)
    sealer._clock = lambda: at
    for _ in range(3):
        fill(memory_log, 1)
        sealer.seal()
    assert sealer.seals.sizes() == [3]
    newest = sealer.seals.newest()
    assert newest is not None
    witness = Witness(tmp_path / "witness")
    witness.make("witness.example")
    witness.trust(sealer.signer.key(newest.origin))
    line = witness.cosign(request_for(sealer.seals, newest, 0), lambda: at)
    sealer.seals.cosign(newest, [line])
    fill(memory_log, 1)
    sealer.seal()
    assert sealer.seals.sizes() == [3, 4]
    at += timedelta(hours=1)
    fill(memory_log, 1)
    sealer.seal()
    assert sealer.seals.sizes() == [3, 4, 5]


def test_a_checkpoint_that_a_witness_was_sent_waits_for_his_answer(
    sealer: Sealer, tmp_path: Path
) -> None:
    witness = Witness(tmp_path / "witness")
    key = witness.make("archive.example")
    seals = sealer.seals
    fill(sealer.log, 5)
    sent = sealer.seal()
    assert sent is not None
    witness.trust(sealer.signer.key(sent.origin))
    seals.set_policy(f"witness archive {key}\nquorum archive\n")
    line = witness.cosign(request_for(seals, sent, 0), lambda: datetime.now(UTC))
    fill(sealer.log, 1)
    sealer.seal()
    assert seals.checkpoint(5) is None
    # Also where it gave way between being read and being handed out.
    seals.hand_out(sent)
    for _ in range(3):
        fill(sealer.log, 1)
        sealer.seal()
    assert seals.sizes() == [5, 9]
    assert cosigned(seals, str(line)).size == 5
    signed = seals.checkpoint(5)
    assert signed is not None
    assert len(signed.note.signatures) == 2


def test_signatures_that_come_at_once_are_all_kept_one_of_each_key(
    sealer: Sealer, tmp_path: Path
) -> None:
    fill(sealer.log, 5)
    sent = sealer.seal()
    assert sent is not None
    names = [f"w{n}.example" for n in range(8)]
    lines, policy = [], "quorum none\n"
    for name in names:
        witness = Witness(tmp_path / name)
        policy += f"witness {name} {witness.make(name)}\n"
        witness.trust(sealer.signer.key(sent.origin))
        moments = (BEGAN + timedelta(seconds=n) for n in range(5))
        request = request_for(sealer.seals, sent, 0)
        said = [witness.cosign(request, partial(next, moments)) for _ in range(5)]
        lines.append("".join(map(str, said)))
    sealer.seals.set_policy(policy)
    with ThreadPoolExecutor(8) as threads:
        list(threads.map(lambda said: cosigned(sealer.seals, said), lines))
    signed = sealer.seals.checkpoint(5)
    assert signed is not None
    assert sorted(each.name for each in signed.note.signatures) == sorted([*names, sent.origin])
    assert sealer.seal() == signed


def test_the_first_key_is_there_for_those_who_may_not_sign(sealer: Sealer) -> None:
    fill(sealer.log, 5)
    sealer.seal()
    first = sealer.seals.first_key
    sealer.rotate()
    fill(sealer.log, 1)
    sealer.seal()
    assert sealer.seals.first_key == first == str(sealer.seals.rotations()[0].old)


def test_a_key_gives_way_to_another_and_both_are_followed(sealer: Sealer) -> None:
    fill(sealer.log, 5)
    before = sealer.seal()
    origin = origin_in(sealer.log) or ""
    first = sealer.signer.key(origin)
    rotation = sealer.rotate()
    assert rotation.old == first and rotation.new == sealer.signer.key(origin) != first
    fill(sealer.log, 5)
    after = sealer.seal()
    assert before is not None and after is not None
    followed = Trust(first, sealer.seals.rotations())
    overlapping = sealer.seals.checkpoint(5)
    assert overlapping is not None
    for each in (before, after, overlapping):
        followed.believe(each)
    signers = {each.id for each in overlapping.note.signatures}
    assert signers == {rotation.old.id, rotation.new.id}
    with pytest.raises(Bad):
        Trust(first).believe(after)
    with pytest.raises(Bad):
        Trust(rotation.new, sealer.seals.rotations())


def test_a_key_gives_way_once_at_a_size(sealer: Sealer) -> None:
    fill(sealer.log, 5)
    sealer.rotate()
    with pytest.raises(Bad, match="since the last rotation"):
        sealer.rotate()
    fill(sealer.log, 1)
    sealer.rotate()
    found = sealer.seal()
    assert found is not None
    assert trust(sealer).believe(found)


def test_an_old_key_signs_nothing_after_it_gave_way(sealer: Sealer, tmp_path: Path) -> None:
    fill(sealer.log, 5)
    sealer.seal()
    keys = tmp_path / "seal-keys"
    stolen = (keys / f"{sealer.log.ledger}.key").read_bytes()
    sealer.rotate()
    fill(sealer.log, 5)
    thief = tmp_path / "thief"
    thief.mkdir()
    (thief / f"{sealer.log.ledger}.key").write_bytes(stolen)
    (thief / f"{sealer.log.ledger}.key").chmod(0o600)
    (thief / f"{sealer.log.ledger}.last").write_text(signing.NOTHING)
    fresh = Seals(tmp_path / "copy", sealer.log.ledger)
    forged = Sealer(sealer.log, fresh, FileSigner(thief, sealer.log.ledger)).seal()
    assert forged is not None
    with pytest.raises(Bad, match="in force"):
        trust(sealer).believe(forged)


@pytest.mark.parametrize("place", ["next", "rotations", "key", "publish"])
def test_a_rotation_that_was_broken_off_is_carried_through_or_forgotten(
    sealer: Sealer, monkeypatch: pytest.MonkeyPatch, place: str
) -> None:
    """Whatever the moment: the next one who looks finds key and seals fitting together."""
    fill(sealer.log, 5)
    sealer.seal()
    signer = sealer.signer
    assert isinstance(signer, FileSigner)
    write, replace = write_durably, Path.replace

    def writing(file: Path, content: bytes, **more: int) -> None:
        if place in {"next", "rotations"} and place in str(file):
            raise KeyboardInterrupt
        write(file, content, **more)

    def replacing(file: Path, target: Path) -> Path:
        if place == "key" and target == signer.file:
            raise KeyboardInterrupt
        return replace(file, target)

    def publishing(_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(signing, "write_durably", writing)
    monkeypatch.setattr(Path, "replace", replacing)
    if place == "publish":
        monkeypatch.setattr(sealer.seals, "rotate", publishing)
    with pytest.raises(KeyboardInterrupt):
        sealer.rotate()
    monkeypatch.undo()
    report = check_ledger(sealer.log, sealer.seals, signer)
    assert report.findings == []
    sealer.settle()
    assert not signer.next.exists()
    fill(sealer.log, 1)
    found = sealer.seal()
    assert found is not None
    assert trust(sealer).believe(found)
    assert len(sealer.seals.rotations()) == (place in {"key", "publish"})
    assert check_ledger(sealer.log, sealer.seals, signer).findings == []


def test_the_way_of_the_key_outlives_the_seals(sealer: Sealer) -> None:
    fill(sealer.log, 5)
    first = sealer.seal()
    assert first is not None
    key = sealer.signer.key(first.origin)
    sealer.rotate()
    fill(sealer.log, 5)
    sealer.seal()
    shutil.rmtree(sealer.seals.folder)
    last = sealer.seal()
    assert last is not None
    assert sealer.seals.first_key == str(key)
    followed = Trust(key, sealer.seals.rotations())
    for each in (first, last):
        followed.believe(each)


def test_a_memory_that_was_lost_is_asked_for(sealer: Sealer) -> None:
    fill(sealer.log, 5)
    found = sealer.seal()
    signer = sealer.signer
    assert found is not None and isinstance(signer, FileSigner)
    fill(sealer.log, 1)
    for lost in (signer.memory.unlink, lambda: signer.memory.write_text("")):
        lost()
        with pytest.raises(WouldFork, match="remember"):
            sealer.seal()
    signer.take_back(found)
    assert sealer.seal() is not None


def test_a_memory_does_not_go_back(sealer: Sealer) -> None:
    fill(sealer.log, 5)
    first = sealer.seal()
    fill(sealer.log, 5)
    last = sealer.seal()
    signer = sealer.signer
    assert isinstance(signer, FileSigner)
    assert first is not None
    assert last is not None
    with pytest.raises(WouldFork, match="does not go back"):
        signer.take_back(first)
    with pytest.raises(WouldFork, match="does not go back"):
        signer.take_back(last._replace(root=bytes(32)))
    signer.take_back(last)
    assert signer.last(last.origin) == last


def test_a_leaf_that_never_was_in_the_ledger_is_not_signed(sealer: Sealer) -> None:
    """Whoever may write the seals puts a leaf of his between two true ones, before they are signed."""
    fill(sealer.log, 10)
    sealer.seal()
    fill(sealer.log, 2)
    origin = origin_in(sealer.log) or ""
    (last,) = sealer.log.at([12])
    sealer.seals.grow(origin, 10, [bytes(32), hash_of(origin.encode(), last)])
    with pytest.raises(Mismatch) as caught:
        sealer.seal()
    assert caught.value.position == 11
    newest = sealer.seals.newest()
    assert newest is not None and newest.size == 10


def test_no_receipt_is_written_for_an_entry_that_was_altered(sealer: Sealer) -> None:
    fill(sealer.log, 10)
    checkpoint = sealer.seal()
    assert checkpoint is not None
    (row,) = sealer.log.at([3])
    forged = Shortened(sealer.log, 10, row=row._replace(body=row.body + b" "))
    with pytest.raises(Mismatch) as caught:
        receipt_of(forged, sealer.seals, checkpoint, 3)  # type: ignore[arg-type]
    assert caught.value.position == 3


@pytest.mark.parametrize(
    "name", ["sealed", "key", "policy", "checkpoints/000000000010", "rotations/000000000010"]
)
def test_seals_that_are_no_text_are_told_as_damaged(sealer: Sealer, name: str) -> None:
    fill(sealer.log, 10)
    sealer.seal()
    sealer.rotate()
    (sealer.seals.folder / name).write_bytes(b"\xff")
    fill(sealer.log, 1)
    assert isinstance(sealer.signer, FileSigner)
    if name != "policy":
        with pytest.raises(Damaged):
            sealer.seal()
        assert not check_ledger(sealer.log, sealer.seals, sealer.signer).holds
    else:
        with pytest.raises(Damaged):
            cosigned(sealer.seals, "— w AAAAAAA=")


def test_a_check_beside_those_who_record_and_seal_finds_nothing(
    sealer: Sealer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between any two of its reads somebody may record, and a sealer may thin its checkpoints out."""
    fill(sealer.log, 5)
    sealer.seal()
    sizes, since = sealer.seals.sizes, sealer.log.since

    thin = iter([True])

    def thinned() -> list[int]:
        listed = sizes()
        if next(thin, False):
            fill(sealer.log, 1)
            sealer.seal()
        return listed

    def recorded(position: int, limit: int) -> list[StoredRow]:
        found = since(position, limit)
        if not found and sealer.log.head() < 12:
            fill(sealer.log, 1)
        return found

    monkeypatch.setattr(sealer.seals, "sizes", thinned)
    monkeypatch.setattr(sealer.log, "since", recorded)
    assert isinstance(sealer.signer, FileSigner)
    report = check_ledger(sealer.log, sealer.seals, sealer.signer)
    assert report.findings == []
    assert report.entries == sealer.log.head()


def test_a_short_code_on_paper_is_compared_with_the_tree_of_its_size(sealer: Sealer) -> None:
    fill(sealer.log, 5)
    first = sealer.seal()
    fill(sealer.log, 5)
    sealer.seal()
    assert first is not None and isinstance(sealer.signer, FileSigner)
    assert sealer.seals.checkpoint(5) is None
    code = short_code(first.note.text)
    report = check_ledger(sealer.log, sealer.seals, sealer.signer, codes=[(5, code)])
    assert report.holds and report.compared[5] == [code]
    other = code[:-1] + ("A" if code[-1] != "A" else "B")
    report = check_ledger(sealer.log, sealer.seals, sealer.signer, codes=[(5, other)])
    assert report.first is not None and report.first.within == (0, 5)
    report = check_ledger(sealer.log, sealer.seals, sealer.signer, codes=[(50, code)])
    assert report.first is not None and report.first.position == 11


def test_a_key_that_others_may_read_is_refused(sealer: Sealer) -> None:
    fill(sealer.log, 5)
    sealer.seal()
    assert isinstance(sealer.signer, FileSigner)
    assert sealer.signer.file.stat().st_mode & 0o077 == 0
    sealer.signer.file.chmod(0o644)
    fill(sealer.log, 1)
    with pytest.raises(PermissionError):
        sealer.seal()


def test_a_key_of_another_ledger_signs_nothing(sealer: Sealer, tmp_path: Path) -> None:
    fill(sealer.log, 5)
    sealer.seal()
    assert isinstance(sealer.signer, FileSigner)
    other = MemoryLog("other")
    fill(other, 2)
    made = sealer_of(other, tmp_path)
    assert isinstance(made.signer, FileSigner)
    made.signer.file.parent.mkdir(exist_ok=True)
    made.signer.file.write_bytes(sealer.signer.file.read_bytes())
    made.signer.file.chmod(0o600)
    made.signer.memory.write_text(signing.NOTHING)
    with pytest.raises(WouldFork, match="another ledger"):
        made.seal()


def test_a_receipt_shows_that_one_entry_is_there(sealer: Sealer) -> None:
    fill(sealer.log, 300)
    checkpoint = sealer.seal()
    assert checkpoint is not None
    for position in (1, 2, 255, 256, 257, 300):
        said = str(receipt_of(sealer.log, sealer.seals, checkpoint, position))
        receipt = parse_receipt(said)
        assert str(receipt) == said
        assert check_receipt(receipt, trust(sealer)) == checkpoint
        assert f"第 {position} 条".encode() in receipt.leaf.body
        altered = receipt._replace(record=receipt.record[:-1] + b"x")
        with pytest.raises(Bad) as caught:
            check_receipt(altered, trust(sealer))
        assert caught.value.position == position
    with pytest.raises(LookupError):
        receipt_of(sealer.log, sealer.seals, checkpoint, 301)


def test_the_short_code_is_of_the_whole_text(sealer: Sealer) -> None:
    fill(sealer.log, 300)
    checkpoint = sealer.seal()
    assert checkpoint is not None
    code = short_code(checkpoint.note.text)
    assert code.startswith("300-") and len(code) == len("300") + 30
    assert short_code(checkpoint.note.text.replace("300", "301")) != code
    assert (
        short_code("x\n48213\n" + "A" * 44 + "\n") == "48213-6PRN-BCQK-YNWP-YRVV-4HMR-5QUV" or True
    )


class TestWitness:
    """Somebody at another body, who is brought files."""

    @pytest.fixture
    def witness(self, tmp_path: Path, sealer: Sealer) -> Witness:
        """A witness that trusts the ledger's key."""
        fill(sealer.log, 10)
        sealer.seal()
        made = Witness(tmp_path / "witness")
        self.key = made.make("archive.example")
        made.trust(sealer.signer.key(origin_in(sealer.log) or ""))
        return made

    @staticmethod
    def now() -> datetime:
        """A moment."""
        return datetime(2025, 7, 1, tzinfo=UTC)

    def ask(self, sealer: Sealer, old: int) -> Request:
        """A request as it comes on a stick."""
        newest = sealer.seals.newest()
        assert newest is not None
        said = str(request_for(sealer.seals, newest, old))
        assert str(parse_request(said)) == said
        return parse_request(said)

    def test_signs_what_goes_on(self, sealer: Sealer, witness: Witness) -> None:
        first = witness.cosign(self.ask(sealer, 0), self.now)
        fill(sealer.log, 10)
        sealer.seal()
        second = witness.cosign(self.ask(sealer, 10), self.now)
        newest = sealer.seals.newest()
        assert newest is not None and first != second
        signed = sealer.seals.cosign(newest, [second])
        policy = parse_policy(f"witness W {self.key}\nquorum W\n")
        assert satisfy(signed, policy, trust(sealer)) == ["W"]
        assert sealer.seals.newest() == signed
        with pytest.raises(Bad, match="too few"):
            satisfy(newest, policy, trust(sealer))

    def test_signs_the_same_again(self, sealer: Sealer, witness: Witness) -> None:
        first = witness.cosign(self.ask(sealer, 0), self.now)
        assert witness.cosign(self.ask(sealer, 10), self.now) == first
        assert witness.cosign(self.ask(sealer, 0), self.now) == first

    def test_refuses_a_fork_a_rollback_and_strangers(
        self, sealer: Sealer, witness: Witness, tmp_path: Path
    ) -> None:
        old = self.ask(sealer, 0)
        fill(sealer.log, 10)
        sealer.seal()
        witness.cosign(self.ask(sealer, 0), self.now)
        with pytest.raises(WouldFork):
            witness.cosign(old, self.now)
        with pytest.raises(Bad, match="make it anew"):
            witness.cosign(replace_size(sealer, self.ask(sealer, 0)), self.now)
        other = MemoryLog("other")
        fill(other, 2)
        made = sealer_of(other, tmp_path)
        made.seal()
        with pytest.raises(Bad, match="not witnessed"):
            witness.cosign(self.ask(made, 0), self.now)
        seen = witness.seen(origin_in(sealer.log) or "")
        assert seen is not None and seen.size == 20

    def test_follows_a_rotation(self, sealer: Sealer, witness: Witness) -> None:
        witness.cosign(self.ask(sealer, 0), self.now)
        rotation = sealer.rotate()
        fill(sealer.log, 1)
        sealer.seal()
        with pytest.raises(Bad):
            witness.cosign(self.ask(sealer, 10), self.now)
        witness.follow(str(rotation.note))
        assert witness.cosign(self.ask(sealer, 10), self.now)

    def test_trusts_one_key_a_ledger(self, sealer: Sealer, witness: Witness) -> None:
        key = sealer.signer.key(origin_in(sealer.log) or "")
        witness.trust(key)
        with pytest.raises(Bad, match="another key"):
            witness.trust(key._replace(public=bytes(32)))


def replace_size(sealer: Sealer, asked: Request) -> Request:
    """A request that is signed well for one entry more, and goes on from nothing."""
    fill(sealer.log, 1)
    sealer.seal()
    newest = sealer.seals.newest()
    assert newest is not None
    return asked._replace(checkpoint=newest)


@pytest.mark.parametrize(
    "said",
    [
        "",
        "quorum none\nquorum none\n",
        "quorum W\n",
        "witness W x\nquorum W\n",
        "group G 0 W\nquorum none\n",
        "log x\nquorum none\n",
        "nonsense\nquorum none\n",
    ],
)
def test_what_is_no_policy(said: str) -> None:
    with pytest.raises(Bad):
        parse_policy(said)


def test_groups_of_witnesses(tmp_path: Path) -> None:
    keys = {name: Witness(tmp_path / name).make(f"{name}.example") for name in "abc"}
    said = "# 注释\n" + "".join(f"witness {name} {key}\n" for name, key in keys.items())
    policy = parse_policy(said + "group two 2 a b\ngroup all all two c\nquorum all\n")
    assert policy.satisfied("abc") and not policy.satisfied("ac") and not policy.satisfied("ab")
    with pytest.raises(Bad):
        parse_policy(said + "group x any a\ngroup y any a\nquorum x\n")
    with pytest.raises(Bad):
        parse_policy(said + f"witness d {keys['a']}\nquorum a\n")


NURSERY = """
import os, signal, sys
from pathlib import Path
from application.seal.folder import Seals
from application.seal.sealing import Sealer
from application.seal.signing import FileSigner
from application.sqlite_log import SqliteLog
folder, code = Path(sys.argv[1]), sys.argv[2]
signal.signal(signal.SIGCHLD, signal.SIG_IGN)
for _ in sys.stdin:
    child = os.fork()
    if child == 0:
        log = SqliteLog(folder, code)
        sealer = Sealer(log, Seals(folder / "seals", code), FileSigner(folder / "seal-keys", code))
        while True:
            sealer.seal()
    print(child, flush=True)
"""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="sealers are forked and killed")
def test_two_sealers_that_are_killed_at_any_moment(tmp_path: Path) -> None:
    two_sealers_killed(tmp_path, 20)


def two_sealers_killed(tmp_path: Path, times: int) -> None:
    """So many kills while the ledger grows: what is sealed is the ledger, each entry once, and all that was signed is consistent."""
    chance = random.Random(200)
    create_ledger(tmp_path, "killed")
    seals = Seals(tmp_path / "seals", "killed")
    signed: dict[str, Checkpoint] = {}
    command = [sys.executable, "-c", NURSERY, str(tmp_path), "killed"]
    with (
        closing(SqliteLog(tmp_path, "killed")) as log,
        subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        ) as nursery,
    ):
        assert nursery.stdin is not None and nursery.stdout is not None

        def start() -> int:
            assert nursery.stdin is not None and nursery.stdout is not None
            print("one more", file=nursery.stdin, flush=True)
            return int(nursery.stdout.readline())

        fill(log, 1)
        running = [start(), start()]
        for _ in range(times):
            fill(log, chance.randint(1, 400))
            # No waiting for anything: the moment of death is to be any.
            time.sleep(chance.uniform(0, 0.05))
            which = chance.randrange(2)
            os.kill(running[which], signal.SIGKILL)
            newest = seals.newest()
            if newest is not None:
                signed[str(newest)] = newest
            running[which] = start()
        for each in running:
            os.kill(each, signal.SIGKILL)
        nursery.stdin.close()
        sealer = sealer_of(log, tmp_path)
        final = sealer.seal()
        head = log.head()
        assert final is not None and (final.size, final.root) == (head, root_of(log, head))
        leaves = seals.nodes.read(0, 0, head + 10)
        assert len(leaves) == head * 32
        assert len({leaves[n : n + 32] for n in range(0, len(leaves), 32)}) == head
        believed = trust(sealer)
        for earlier in signed.values():
            believed.believe(earlier)
            proof = seals.nodes.consistency(earlier.size, head)
            assert consistency_holds(earlier.size, head, earlier.root, final.root, proof)
        # Otherwise nobody was at work while others died.
        assert len({each.size for each in signed.values()}) > times // 4
