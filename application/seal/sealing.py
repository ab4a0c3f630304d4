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


def record_of(origin: bytes, row: StoredRow) -> bytes:
    """The leaf record of an entry; raises `Mismatch` for what no service has stored."""
    try:
        return leaf_record(origin, *row)
    except (TypeError, ValueError, OverflowError, AttributeError) as error:
        raise altered(row.position) from error


def hash_of(origin: bytes, row: StoredRow) -> bytes:
    """The hash of an entry's leaf; raises `Mismatch` for what no service has stored."""
    return leaf_hash(record_of(origin, row))


def altered(position: int) -> Mismatch:
    """An entry is another one than was sealed."""
    return Mismatch(
        f"第 {position} 条与封存的不符", f"entry {position} is not what was sealed", position
    )


def in_order(rows: Sequence[StoredRow], first: int, count: int) -> Sequence[StoredRow]:
    """The rows, if they are those of so many positions from `first` on; raises `Mismatch` that names the first that is missing."""
    missing = next((n for n, row in enumerate(rows, first) if row.position != n), first + len(rows))
    if missing < first + count:
        raise Mismatch(f"缺少第 {missing} 条", f"entry {missing} is missing", missing)
    return rows


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
            rotations = self.seals.rotations()
            if rotations and rotations[-1].size >= size:
                raise Bad(
                    "上次换钥之后还没有新条目", "nothing was recorded since the last rotation"
                )
            root = self.seals.nodes.root(size)
            rotation, checkpoint = self.signer.rotate(origin, size, root, self._proof_to(size))
            self.seals.rotate(rotation)
            self.seals.cosign(checkpoint, checkpoint.note.signatures)
            return rotation

    def settle(self) -> None:
        """Carry through what was broken off, so that the seals and the key fit together; signs nothing."""
        with self.seals.alone():
            self._settle()

    def _settle(self) -> None:
        rotations = self.signer.settle()
        published = {each.size for each in self.seals.rotations()}
        for each in rotations:
            if each.size not in published:
                self.seals.rotate(each)

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
        self._settle()
        rotations = self.seals.rotations()
        self.seals.keep_first_key(rotations[0].old if rotations else self.signer.key(origin))
        said, head = origin.encode(), self.log.head()
        if size:
            self._refuse_other(origin, size, head)
        while size < head:
            count = min(BATCH, head - size)
            rows = in_order(self.log.since(size, count), size + 1, count)
            size = self.seals.grow(origin, size, [hash_of(said, row) for row in rows])
        return origin, size

    def _refuse_other(self, origin: str, size: int, head: int) -> None:
        """Refuse a ledger that is shorter than what was sealed, or in which an entry is another one.

        Looked at are the first and the last sealed entry, and all that are sealed and not signed yet: nothing else vouches for those.
        """
        if head < size:
            raise Mismatch(
                f"台账只有 {head} 条,而已封存 {size} 条:是旧备份,或被截短",
                f"the ledger has {head} entries, and {size} are sealed: an old backup, or cut short",
                head + 1,
            )
        last = self.signer.last(origin)
        signed = 0 if last is None else min(last.size, size)
        spans = [(1, 1), (size, 1)]
        spans += [(n + 1, min(BATCH, size - n)) for n in range(signed, size, BATCH)]
        for first, count in spans:
            rows = in_order(self.log.since(first - 1, count), first, count)
            for row in rows:
                if hash_of(origin.encode(), row) != self.seals.nodes.node(0, row.position - 1):
                    raise altered(row.position)
