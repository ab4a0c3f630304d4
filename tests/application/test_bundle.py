"""Bundles: what an outsider is handed, and what he finds when anything in it is not what it was."""

from __future__ import annotations

import ast
import json
import random
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from application.log import NewRow
from application.memory_log import MemoryLog
from application.seal import verify
from application.seal.bundle import write_bundle
from application.seal.receipts import receipt_of, request_for
from application.seal.sealing import Mismatch, Sealer, origin_in
from application.seal.verify import (
    Bad,
    Checkpoint,
    Key,
    check_bundle,
    check_receipt,
    kept_in,
    parse_receipt,
    short_code,
    tile_paths,
)
from application.seal.witness import Witness
from tests.application.sealing_county import BEGAN, fill, sealer_of

MUTATED = 1_000
"""Changed files of bundles, beside ten thousand changed proofs."""
SIZES = (1, 2, 255, 256, 257, 600)


@pytest.fixture
def sealer(memory_log: MemoryLog, tmp_path: Path) -> Sealer:
    """Who seals an empty ledger."""
    return sealer_of(memory_log, tmp_path)


def first_key(sealer: Sealer) -> Key:
    """The key that a ledger began with."""
    rotations = sealer.seals.rotations()
    return rotations[0].old if rotations else sealer.signer.key(origin_in(sealer.log) or "")


def bundled(sealer: Sealer, file: Path) -> Checkpoint:
    """A bundle of all that is there."""
    checkpoint = sealer.seal()
    assert checkpoint is not None
    write_bundle(sealer.log, sealer.seals, checkpoint, file)
    return checkpoint


def rich(sealer: Sealer, tmp_path: Path) -> Path:
    """The bundle of a ledger with earlier checkpoints, a rotation and a cosignature, unpacked."""
    witness = Witness(tmp_path / "witness")
    witness.make("archive.example")
    fill(sealer.log, 250)
    first = sealer.seal()
    assert first is not None
    witness.trust(first_key(sealer))
    line = witness.cosign(request_for(sealer.seals, first, 0), lambda: BEGAN)
    sealer.seals.cosign(first, [line])
    fill(sealer.log, 40)
    sealer.rotate()
    fill(sealer.log, 310)
    bundled(sealer, tmp_path / "b.zip")
    with zipfile.ZipFile(tmp_path / "b.zip") as archive:
        archive.extractall(tmp_path / "b")
    return tmp_path / "b"


def test_bundles_of_every_size_hold(sealer: Sealer, tmp_path: Path) -> None:
    done = 0
    for size in SIZES:
        fill(sealer.log, size - done)
        done = size
        file = tmp_path / f"{size}.zip"
        checkpoint = bundled(sealer, file)
        found, _ = check_bundle(file, first_key(sealer))
        assert found == checkpoint and found.size == size
        with zipfile.ZipFile(file) as archive:
            tiles = [name for name in archive.namelist() if name.startswith("tile/")]
        assert tiles == [path for path, *_ in tile_paths(size)]


def test_tiles_are_named_and_sized_as_they_are_published() -> None:
    """The example of C2SP tlog-tiles: 70,000 entries."""
    found = [(path, width) for path, level, _, width in tile_paths(70_000) if level >= 0]
    assert len(found) == 273 + 1 + 1 + 1 + 1
    assert ("tile/0/x001/272", 256) not in found
    assert [each for each in found if ".p/" in each[0]] == [
        ("tile/0/273.p/112", 112),
        ("tile/1/001.p/17", 17),
        ("tile/2/000.p/1", 1),
    ]
    assert verify.grouped(1_234_067) == "x001/x234/067"


def test_two_bundles_of_one_checkpoint_are_the_same_bytes(sealer: Sealer, tmp_path: Path) -> None:
    fill(sealer.log, 300)
    bundled(sealer, tmp_path / "a.zip")
    bundled(sealer, tmp_path / "b.zip")
    assert (tmp_path / "a.zip").read_bytes() == (tmp_path / "b.zip").read_bytes()


def test_a_bundle_with_all_that_there_may_be_holds(sealer: Sealer, tmp_path: Path) -> None:
    folder = rich(sealer, tmp_path)
    for place in (folder, tmp_path / "b.zip"):
        found, trust = check_bundle(place, first_key(sealer))
        assert found.size == 600 and len(trust.terms) == 2
    assert {each.name for each in (folder / "checkpoints").iterdir()} == {"250", "290"}
    assert {each.name for each in (folder / "rotations").iterdir()} == {"290"}
    with pytest.raises(Bad):
        check_bundle(folder, sealer.signer.key(origin_in(sealer.log) or ""))


def test_an_older_bundle_does_not_pass_for_a_newer_one(sealer: Sealer, tmp_path: Path) -> None:
    fill(sealer.log, 20)
    bundled(sealer, tmp_path / "old.zip")
    fill(sealer.log, 5)
    kept = sealer.seal()
    assert kept is not None
    with pytest.raises(Bad) as caught:
        check_bundle(tmp_path / "old.zip", first_key(sealer), [kept])
    assert caught.value.position == 21


def test_nothing_is_bundled_that_is_not_what_was_sealed(sealer: Sealer, tmp_path: Path) -> None:
    fill(sealer.log, 20)
    checkpoint = sealer.seal()
    assert checkpoint is not None
    other = MemoryLog(sealer.log.ledger)
    rows = sealer.log.since(0, 20)
    changed = [row._replace(body=row.body + b" ") if row.position == 9 else row for row in rows]
    other.append(0, [NewRow(*row[1:]) for row in changed], ())
    with pytest.raises(Mismatch) as caught:
        write_bundle(other, sealer.seals, checkpoint, tmp_path / "x.zip")
    assert caught.value.position == 9
    assert not list(tmp_path.glob("x.zip*"))


def _mutate(chance: random.Random, raw: bytes) -> bytes:
    how, place = chance.randrange(6), chance.randrange(max(1, len(raw)))
    if how == 0 and raw:
        return raw[:place] + bytes([raw[place] ^ 1 << chance.randrange(8)]) + raw[place + 1 :]
    if how == 1 and raw:
        return raw[:place] + raw[place + 1 :]
    if how == 2:
        return raw[:place] + chance.randbytes(1) + raw[place:]
    if how == 3:
        return raw[:place]
    if how == 4:
        return raw + raw[place:] + b"\n"
    other = chance.randrange(max(1, len(raw)))
    first, last = sorted((place, other))
    return (
        raw[:first]
        + raw[last : last + 32]
        + raw[first + 32 : last]
        + raw[first : first + 32]
        + raw[last + 32 :]
    )


def test_mutated_bundles_are_refused(sealer: Sealer, tmp_path: Path) -> None:
    """Each file of a bundle in turn, changed in one of six ways, or removed, doubled, renamed."""
    folder, chance, refused = rich(sealer, tmp_path), random.Random(4), 0
    key = first_key(sealer)
    files = sorted(each for each in folder.rglob("*") if each.is_file())
    assert len(files) == 15
    while refused < MUTATED:
        file = files[refused % len(files)]
        raw = file.read_bytes()
        changed = _mutate(chance, raw)
        if changed == raw:
            continue
        file.write_bytes(changed)
        with pytest.raises(Bad):
            check_bundle(folder, key)
        file.write_bytes(raw)
        refused += 1
    for file in files:
        aside = tmp_path / "aside"
        file.rename(aside)
        with pytest.raises(Bad):
            check_bundle(folder, key)
        shutil.copy(aside, file.with_name(file.name + "x"))
        aside.rename(file)
        with pytest.raises(Bad):
            check_bundle(folder, key)
        file.with_name(file.name + "x").unlink()
    assert check_bundle(folder, key)


def test_an_archive_whose_bytes_were_changed_is_refused_or_says_the_same(
    sealer: Sealer, tmp_path: Path
) -> None:
    fill(sealer.log, 30)
    checkpoint = bundled(sealer, tmp_path / "a.zip")
    raw, chance, refused = (tmp_path / "a.zip").read_bytes(), random.Random(5), 0
    for _ in range(300):
        place = chance.randrange(len(raw))
        (tmp_path / "a.zip").write_bytes(
            raw[:place] + bytes([raw[place] ^ 1 << chance.randrange(8)]) + raw[place + 1 :]
        )
        try:
            found, _ = check_bundle(tmp_path / "a.zip", first_key(sealer))
        except Bad:
            refused += 1
        else:
            assert found == checkpoint
    assert refused > 200


def test_an_archive_that_would_fill_the_memory_is_refused(sealer: Sealer, tmp_path: Path) -> None:
    fill(sealer.log, 3)
    bundled(sealer, tmp_path / "a.zip")
    with zipfile.ZipFile(tmp_path / "a.zip") as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    with zipfile.ZipFile(tmp_path / "bomb.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(
                name, b"\0" * (verify.LARGEST_FILE + 2) if name == "policy" else content
            )
    with pytest.raises(Bad, match="too large"):
        check_bundle(tmp_path / "bomb.zip", first_key(sealer))


class TestBarePython:
    """The file that lies in a bundle, run by an interpreter that has nothing but its own library."""

    @pytest.fixture
    def place(self, sealer: Sealer, tmp_path: Path) -> Path:
        """A bundle, a receipt and a kept checkpoint."""
        folder = rich(sealer, tmp_path)
        checkpoint = sealer.seals.checkpoint(600)
        assert checkpoint is not None
        receipt = receipt_of(sealer.log, sealer.seals, checkpoint, 300)
        (tmp_path / "r.tlog-proof").write_text(str(receipt), "utf-8")
        (tmp_path / "kept").write_text(str(sealer.seals.checkpoint(250)), "utf-8")
        self.key = str(first_key(sealer))
        self.code = short_code(checkpoint.note.text)
        return folder

    def run(self, place: Path, *arguments: object) -> tuple[int, dict[str, object]]:
        """Run it as the bundle's reader says, without any package."""
        said = [sys.executable, "-I", "-S", str(place / "verify.py"), *map(str, arguments)]
        done = subprocess.run(
            [*said, "--key", self.key, "--json"], capture_output=True, text=True, check=False
        )
        assert done.stdout, done.stderr
        return done.returncode, json.loads(done.stdout)

    def test_checks_a_bundle(self, place: Path, tmp_path: Path) -> None:
        code, verdict = self.run(
            place, "bundle", tmp_path / "b.zip", "--kept", tmp_path / "kept", "--code", self.code
        )
        assert (code, verdict["holds"], verdict["size"], verdict["code"]) == (
            0,
            True,
            600,
            self.code,
        )
        code, verdict = self.run(place, "bundle", place, "--kept", tmp_path / "r.tlog-proof")
        assert (code, verdict["holds"]) == (0, True)

    def test_names_what_is_wrong(self, place: Path) -> None:
        file = place / "tile" / "entries" / "001"
        raw = file.read_bytes()
        at = raw.index("第 300 条".encode())
        file.write_bytes(raw[:at] + "第 301 条".encode() + raw[at + len("第 301 条".encode()) :])
        code, verdict = self.run(place, "bundle", place)
        assert (code, verdict["holds"], verdict["position"]) == (1, False, 300)

    def test_checks_receipts_and_checkpoints(self, place: Path, tmp_path: Path) -> None:
        rotation = place / "rotations" / "290"
        code, verdict = self.run(
            place, "receipt", tmp_path / "r.tlog-proof", "--rotation", rotation
        )
        assert (code, verdict["position"], verdict["stream"]) == (0, 300, "occasion/5")
        code, verdict = self.run(place, "checkpoint", tmp_path / "kept")
        assert (code, verdict["size"]) == (0, 250)
        code, verdict = self.run(place, "receipt", tmp_path / "r.tlog-proof")
        assert (code, verdict["holds"]) == (1, False)

    def test_goes_by_a_policy(self, place: Path, tmp_path: Path) -> None:
        witness = Witness(tmp_path / "witness").make("archive.example")
        (tmp_path / "policy").write_text(f"witness archive {witness}\nquorum archive\n", "utf-8")
        code, verdict = self.run(
            place, "checkpoint", tmp_path / "kept", "--policy", tmp_path / "policy"
        )
        assert (code, verdict["cosigners"]) == (0, ["archive"])
        code, verdict = self.run(place, "bundle", place, "--policy", tmp_path / "policy")
        assert (code, verdict["holds"]) == (1, False)

    def test_speaks_both_languages(self, place: Path) -> None:
        said = [
            sys.executable,
            "-I",
            "-S",
            str(place / "verify.py"),
            "bundle",
            str(place),
            "--key",
            self.key,
        ]
        done = subprocess.run(said, capture_output=True, text=True, check=False)
        assert "成立 / HOLDS" in done.stdout and self.code in done.stdout


def test_the_checker_is_one_file_for_python_3_9() -> None:
    source = Path(verify.__file__).read_text("utf-8")
    tree = ast.parse(source, feature_version=(3, 9))
    taken = {
        name.name if isinstance(node, ast.Import) else (node.module or "")
        for node in ast.walk(tree)
        if isinstance(node, ast.Import | ast.ImportFrom)
        for name in node.names
    }
    roots = {each.partition(".")[0] for each in taken} - {"cryptography"}
    assert roots <= sys.stdlib_module_names


def test_what_was_kept_may_be_any_of_three(sealer: Sealer) -> None:
    fill(sealer.log, 9)
    checkpoint = sealer.seal()
    assert checkpoint is not None
    receipt = receipt_of(sealer.log, sealer.seals, checkpoint, 4)
    for said in (checkpoint, receipt, request_for(sealer.seals, checkpoint, 3)):
        assert kept_in(str(said)) == checkpoint
    assert check_receipt(parse_receipt(str(receipt)), verify.Trust(first_key(sealer)))
