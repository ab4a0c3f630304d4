"""Sealing: the entries of a ledger become leaves of its tree, in batches, after they were stored and before anything rests on them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime

from application.log import Log, StoredRow
from application.seal.folder import Seals
from application.seal.signing import Signer
from application.seal.verify import (
    Bad,
    Checkpoint,
    Rotation,
    leaf_hash,
    leaf_record,
    origin_of,
)

BATCH = 2_000
"""Entries that are read, hashed and forced to the disk in one go."""


class Mismatch(Bad):
    """The ledger is not what was sealed, from this position on at the latest: nothing more is sealed or signed."""


def hash_of(origin: bytes, row: StoredRow) -> bytes:
    """The hash of an entry's leaf; raises `Mismatch` for what no service has stored."""
    try:
        return leaf_hash(leaf_record(origin, *row))
    except (TypeError, ValueError, OverflowError, AttributeError) as error:
        position = row.position
        raise Mismatch(
            f"第 {position} 条不是本系统存的", f"entry {position} is not as it was stored", position
        ) from error


def origin_in(log: Log) -> str | None:
    """The origin of a ledger, none before its first entry."""
    first = log.since(0, 1)
    return origin_of(log.ledger, first[0].body) if first else None


class Sealer:
    """Seals one ledger. Several may try, in several processes: one at a time goes on from where the last one came to."""

    def __init__(
        self,
        log: Log,
        seals: Seals,
        signer: Signer,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self.log = log
        self.seals = seals
        self.signer = signer
        self._clock = clock

    def seal(self, *, patience: float = 30.0) -> Checkpoint | None:
        """Seal what is there, sign it, and return the newest checkpoint; none for a ledger without entries.

        Raises `Mismatch`, `Damaged` or `WouldFork` where the ledger, the seals and what was signed do not fit together:
        somebody has to look, and until then nothing is signed. `TimeoutError` where another sealer is at work for so long.
        """
        with self.seals.alone(patience=patience):
            grown = self._grown()
            if grown is None:
                return None
            origin, size = grown
            rotations = self.seals.rotations()
            self.signer.settle(origin, rotations)
            key = rotations[0].old if rotations else self.signer.key(origin)
            self.seals.keep_first_key(key)
            newest = self.seals.newest()
            root = self.seals.nodes.root(size)
            if newest is None or (newest.size, newest.root) != (size, root):
                newest = self.signer.sign(origin, size, root, self._proof_to(size))
                self.seals.keep(newest, self._clock())
            return newest

    def rotate(self) -> Rotation:
        """Seal what is there and sign with a new key from here on; raises as `seal`, and `LookupError` without entries."""
        with self.seals.alone():
            grown = self._grown()
            if grown is None:
                raise LookupError(self.log.ledger)
            origin, size = grown
            root, rotations = self.seals.nodes.root(size), self.seals.rotations()
            if rotations and rotations[-1].size >= size:
                raise Bad(
                    "上次换钥之后还没有新条目", "nothing was recorded since the last rotation"
                )
            self.signer.settle(origin, rotations)
            return self.signer.rotate(origin, size, root, self._proof_to(size), self._publish)

    def _publish(self, rotation: Rotation, checkpoint: Checkpoint) -> None:
        known = self.seals.checkpoint(checkpoint.size)
        if known is None:
            self.seals.keep(checkpoint, self._clock())
        else:
            self.seals.cosign(known, checkpoint.note.signatures)
        self.seals.rotate(rotation)

    def _proof_to(self, size: int) -> Callable[[int], Sequence[bytes]]:
        return lambda old: self.seals.nodes.consistency(old, size)

    def _grown(self) -> tuple[str, int] | None:
        """Origin and size, with all that was in the ledger a moment ago in the tree."""
        found = self.seals.sound()
        if found is None:
            origin, size = origin_in(self.log), 0
            if origin is None:
                return None
        else:
            origin, size, _ = found
            self._refuse_other(origin, size)
        said, head = origin.encode(), self.log.head()
        while size < head:
            rows = self.log.since(size, min(BATCH, head - size))
            if [row.position for row in rows] != list(
                range(size + 1, size + 1 + len(rows))
            ) or not rows:
                missing = next(
                    (n for n, row in enumerate(rows, size + 1) if row.position != n),
                    size + len(rows) + 1,
                )
                raise Mismatch(f"缺少第 {missing} 条", f"entry {missing} is missing", missing)
            size = self.seals.grow(origin, size, [hash_of(said, row) for row in rows])
        return origin, size

    def _refuse_other(self, origin: str, size: int) -> None:
        """Refuse a ledger that is shorter than what was sealed, or whose first or last sealed entry is another one."""
        ends = self.log.at([1, size])
        if not ends or ends[-1].position != size:
            head = self.log.head()
            first = min(head, size - 1) + 1
            raise Mismatch(
                f"台账只有 {head} 条,而已封存 {size} 条:是旧备份,或被截短",
                f"the ledger has {head} entries, and {size} are sealed: an old backup, or cut short",
                first,
            )
        for row in ends:
            if hash_of(origin.encode(), row) != self.seals.nodes.node(0, row.position - 1):
                raise Mismatch(
                    f"第 {row.position} 条在封存之后被改动",
                    f"entry {row.position} was changed after it was sealed",
                    row.position,
                )
