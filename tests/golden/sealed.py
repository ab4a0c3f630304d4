"""Golden ledgers: sealed once, kept for ever. Whatever checks evidence later must find these as they were found then.

`python -m tests.golden.sealed` makes those that are missing, and changes none that is there.
"""

from __future__ import annotations

import shutil
import tempfile
from collections import Counter
from collections.abc import Callable, Mapping
from pathlib import Path

from application.log import NewRow
from application.memory_log import MemoryLog
from application.seal.bundle import write_bundle
from application.seal.receipts import cosigned, receipt_of, request_for
from application.seal.sealing import Sealer, origin_in
from application.seal.verify import Checkpoint
from application.seal.witness import Witness
from tests.application.sealing_county import BEGAN, fill, sealer_of
from tests.golden.samples import kept

FOLDER = Path(__file__).parent / "ledgers"


def _sealed(sealer: Sealer) -> Checkpoint:
    checkpoint = sealer.seal()
    assert checkpoint is not None
    return checkpoint


def one(sealer: Sealer, _: Path) -> None:
    """A ledger of one entry."""
    fill(sealer.log, 1)


def full_tile(sealer: Sealer, _: Path) -> None:
    """A ledger whose last tile is full."""
    fill(sealer.log, 256)


def samples(sealer: Sealer, _: Path) -> None:
    """Every event that was ever stored, one after the other."""
    versions: Counter[str] = Counter()
    rows = []
    for name in sorted(each for each in kept()):
        sample = kept()[name]
        versions[sample.stream] += 1
        said = sample.body.encode()
        rows.append(NewRow(sample.stream, versions[sample.stream], sample.row.name, said))
    sealer.log.append(0, rows, ())


def rotated(sealer: Sealer, folder: Path) -> None:
    """A key that gave way to another twice, two witnesses, and checkpoints in between."""
    lines = []
    for name in ("archive.example", "inspection.example"):
        witness = Witness(folder / name)
        lines.append(f"witness {name.partition('.')[0]} {witness.make(name)}\n")
    sealer.seals.set_policy("".join(lines) + "group both 2 archive inspection\nquorum both\n")
    fill(sealer.log, 100)
    first = _sealed(sealer)
    key = sealer.signer.key(origin_in(sealer.log) or "")
    for name in ("archive.example", "inspection.example"):
        witness = Witness(folder / name)
        witness.trust(key)
        cosigned(
            sealer.seals, str(witness.cosign(request_for(sealer.seals, first, 0), lambda: BEGAN))
        )
        first = sealer.seals.checkpoint(100) or first
    for more in (157, 43):
        fill(sealer.log, more)
        rotation = sealer.rotate()
        fill(sealer.log, 10)
        last = _sealed(sealer)
        for name in ("archive.example", "inspection.example"):
            witness = Witness(folder / name)
            witness.follow(str(rotation.note))
            seen = witness.seen(last.origin)
            request = request_for(sealer.seals, last, 0 if seen is None else seen.size)
            last = cosigned(sealer.seals, str(witness.cosign(request, lambda: BEGAN)))


MADE: Mapping[str, Callable[[Sealer, Path], None]] = {
    "one": one,
    "full-tile": full_tile,
    "samples": samples,
    "rotated": rotated,
}


def main() -> None:
    """Make what is missing."""
    for name, make in MADE.items():
        if (FOLDER / name).exists():
            continue
        with tempfile.TemporaryDirectory() as place:
            folder = Path(place)
            log = MemoryLog(f"golden_{name.replace('-', '_')}")
            sealer = sealer_of(log, folder)
            make(sealer, folder)
            checkpoint = _sealed(sealer)
            rotations = sealer.seals.rotations()
            key = rotations[0].old if rotations else sealer.signer.key(checkpoint.origin)
            made = folder / "made"
            made.mkdir()
            write_bundle(log, sealer.seals, checkpoint, made / "bundle.zip")
            (made / "key").write_text(f"{key}\n", "utf-8")
            (made / "checkpoint").write_text(str(checkpoint), "utf-8")
            (made / "policy").write_text(sealer.seals.policy, "utf-8")
            position = max(1, checkpoint.size // 2)
            receipt = receipt_of(log, sealer.seals, checkpoint, position)
            (made / "receipt.tlog-proof").write_text(str(receipt), "utf-8")
            shutil.copytree(made, FOLDER / name)
        print(name, checkpoint.size)


if __name__ == "__main__":
    main()
