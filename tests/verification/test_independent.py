"""A checker that was written from docs/verification.md alone agrees with the service's own on every golden ledger, whole or harmed."""

from __future__ import annotations

import random
import shutil
import zipfile
from pathlib import Path

import pytest

from application.seal.verify import (
    Bad,
    Trust,
    check_bundle,
    check_receipt,
    parse_checkpoint,
    parse_key,
    parse_receipt,
    parse_rotation,
    short_code,
)
from tests.golden.sealed import FOLDER, MADE
from tests.verification import independent

HARMED = 200
"""Changes made to the files of each golden ledger."""


@pytest.fixture(params=MADE)
def golden(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """A golden ledger, its bundle unpacked beside it."""
    folder = tmp_path / "golden"
    shutil.copytree(FOLDER / str(request.param), folder)
    with zipfile.ZipFile(folder / "bundle.zip") as archive:
        archive.extractall(folder / "bundle")
    return folder


def _read(folder: Path, name: str) -> str:
    return (folder / name).read_text("utf-8")


def test_both_find_that_a_golden_ledger_holds(golden: Path) -> None:
    key, kept, policy = (_read(golden, name) for name in ("key", "checkpoint", "policy"))
    for place in (golden / "bundle.zip", golden / "bundle"):
        said = independent.verify_bundle(place, key.strip(), [kept])
        ours, trust = check_bundle(place, parse_key(key.strip()), [parse_checkpoint(kept)])
        assert said.holds, said.why
        code = short_code(ours.note.text)
        assert (said.size, said.root, said.code) == (ours.size, ours.root.hex(), code)
    rotations = [
        path.read_text("utf-8") for path in sorted((golden / "bundle").glob("rotations/*"))
    ]
    said = independent.verify_receipt(_read(golden, "receipt.tlog-proof"), key.strip(), rotations)
    assert said.holds, said.why
    assert (
        check_receipt(parse_receipt(_read(golden, "receipt.tlog-proof")), trust).size == said.size
    )
    assert len(trust.terms) == len(rotations) + 1
    if "log " in policy:
        assert independent.verify_bundle(golden / "bundle", key.strip(), [kept], policy).holds


def _harmed(chance: random.Random, raw: bytes) -> bytes:
    how, place = chance.randrange(4), chance.randrange(max(1, len(raw)))
    if how == 0 and raw:
        return raw[:place] + bytes([raw[place] ^ 1 << chance.randrange(8)]) + raw[place + 1 :]
    if how == 1:
        return raw[:place]
    if how == 2:
        return raw[:place] + chance.randbytes(chance.randint(1, 40)) + raw[place:]
    return raw[:place] + raw[place + chance.randint(1, 40) :]


def test_both_refuse_what_was_harmed(golden: Path) -> None:
    chance, key = random.Random(1), _read(golden, "key").strip()
    files = sorted(each for each in (golden / "bundle").rglob("*") if each.is_file())
    for _ in range(HARMED):
        file = chance.choice(files)
        raw = file.read_bytes()
        changed = _harmed(chance, raw)
        if changed == raw:
            continue
        file.write_bytes(changed)
        said = independent.verify_bundle(golden / "bundle", key)
        with pytest.raises(Bad) as caught:
            check_bundle(golden / "bundle", parse_key(key))
        assert not said.holds, file
        if said.position is not None and caught.value.position is not None:
            assert said.position == caught.value.position, (file, said, str(caught.value))
        file.write_bytes(raw)
    assert independent.verify_bundle(golden / "bundle", key).holds


def test_both_judge_harmed_receipts_alike(golden: Path) -> None:
    chance, key = random.Random(2), _read(golden, "key").strip()
    receipt = (golden / "receipt.tlog-proof").read_bytes()
    rotations = [
        path.read_text("utf-8") for path in sorted((golden / "bundle").glob("rotations/*"))
    ]
    trust = Trust(parse_key(key), [parse_rotation(each) for each in rotations])
    refused = 0
    for _ in range(HARMED):
        changed = _harmed(chance, receipt)
        if changed == receipt:
            continue
        text = changed.decode("utf-8", "replace")
        said = independent.verify_receipt(text, key, rotations)
        try:
            check_receipt(parse_receipt(text), trust)
        except Bad:
            refused += 1
            assert not said.holds
        else:
            # A line of a witness whom nobody named is passed over.
            assert said.holds
    assert refused > HARMED / 2


def test_neither_takes_another_key(golden: Path) -> None:
    for other in MADE:
        key = _read(FOLDER / other, "key").strip()
        if key == _read(golden, "key").strip():
            continue
        assert not independent.verify_bundle(golden / "bundle.zip", key).holds
        with pytest.raises(Bad):
            check_bundle(golden / "bundle.zip", parse_key(key))
