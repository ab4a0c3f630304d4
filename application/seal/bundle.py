"""Writes bundles: a ledger's entries with all that shows that they are whole, for somebody who trusts nobody."""

from __future__ import annotations

import zipfile
from collections.abc import Callable, Iterator
from hashlib import sha256
from pathlib import Path

from application.log import Log
from application.seal import verify
from application.seal.folder import Seals
from application.seal.sealing import altered, in_order, record_of
from application.seal.verify import (
    WIDTH,
    Checkpoint,
    leaf_hash,
    manifest_of,
    tile_paths,
)

MADE = (1980, 1, 1, 0, 0, 0)
"""The day that the files of an archive carry, so that two bundles of one checkpoint are the same bytes."""
README = """履职台账证据包 / evidence of a duty ledger

本包含有台账截至检查点的全部条目,以及证明其完整、未被改动的哈希和签名。
核验只需 Python 3.9 以上,不需联网,也不需信任提供本包的人:

    python3 verify.py bundle 本包文件 --key 公钥 --kept 您自己保存的检查点

公钥请取自纸质公告或政协机关,不要取自本包;verify.py 也请取自您信得过的来源。
成立时程序以 0 结束;不成立时指出第一条有问题的记录。格式说明见产品文档 docs/verification.md。

This bundle holds every entry of the ledger up to its checkpoint, with the hashes and signatures that show that they are whole.
To check it takes Python 3.9 or later, no network, and no trust in whoever handed it over:

    python3 verify.py bundle THIS_FILE --key VKEY --kept A_CHECKPOINT_THAT_YOU_KEPT

Take the key from paper or from the office of the committee, and verify.py from a source that you trust, not from here. The program
ends with 0 where all holds, and names the first bad entry where it does not. The format is described in docs/verification.md.
"""


def write_bundle(
    log: Log,
    seals: Seals,
    checkpoint: Checkpoint,
    file: Path,
    progress: Callable[[int, int], None] = lambda _done, _whole: None,
) -> None:
    """Write the bundle of a checkpoint, whole or not at all; raises `Mismatch` where an entry is not what was sealed."""
    draft = file.with_name(f"{file.name}.part")
    try:
        hashes: dict[str, str] = {}
        with zipfile.ZipFile(draft, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, content in _contents(log, seals, checkpoint, progress):
                hashes[name] = sha256(content).hexdigest()
                archive.writestr(_named(name), content)
            archive.writestr(_named("manifest.json"), manifest_of(checkpoint, hashes))
        draft.replace(file)
    finally:
        draft.unlink(missing_ok=True)


def _named(name: str) -> zipfile.ZipInfo:
    named = zipfile.ZipInfo(name, MADE)
    named.compress_type = zipfile.ZIP_DEFLATED
    named.external_attr = 0o644 << 16
    return named


def _contents(
    log: Log, seals: Seals, checkpoint: Checkpoint, progress: Callable[[int, int], None]
) -> Iterator[tuple[str, bytes]]:
    """The files of a bundle but for its manifest; one of entries is in memory at a time."""
    size, origin = checkpoint.size, checkpoint.origin.encode()
    yield "checkpoint", str(checkpoint).encode()
    yield "README.txt", README.encode()
    yield "policy", seals.policy.encode()
    yield "verify.py", Path(verify.__file__).read_bytes()
    for earlier in seals.checkpoints():
        if earlier.size < size:
            yield f"checkpoints/{earlier.size}", str(earlier).encode()
    for rotation in seals.rotations():
        if rotation.size <= size:
            yield f"rotations/{rotation.size}", str(rotation.note).encode()
    for path, level, number, width in tile_paths(size):
        if level >= 0:
            yield path, seals.nodes.tile(level, number, width)
            continue
        first, hashes = number * WIDTH, seals.nodes.tile(0, number, width)
        records = []
        for row in in_order(log.since(first, width), first + 1, width):
            record = record_of(origin, row)
            place = (row.position - 1 - first) * verify.HASH
            if leaf_hash(record) != hashes[place : place + verify.HASH]:
                raise altered(row.position)
            records.append(len(record).to_bytes(2, "big") + record)
        yield path, b"".join(records)
        progress(first + width, size)
