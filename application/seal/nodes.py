"""The hashes of a Merkle tree in files, one a level, which only grow: any root, proof or tile is read from them without hashing anew.

Level k holds the roots of all complete subtrees of 2^k leaves, 32 bytes each, in order. What lies behind the size that a caller
names is never read, so that a crash while growing leaves nothing to mend.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from hashlib import sha256
from pathlib import Path

from application.seal.verify import HASH, WIDTH, Bad, node_hash, root_of


class Nodes:
    """The hashes of one tree in a folder. Any number may read while one process grows it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def read(self, level: int, first: int, count: int = 1) -> bytes:
        """So many hashes of a level, in one string; shorter where they are not there."""
        # Opened each time: a folder that was made anew is seen at once, and thousands of ledgers hold no files.
        try:
            with self._path(level).open("rb", buffering=0) as file:
                file.seek(first * HASH)
                return file.read(count * HASH)
        except FileNotFoundError:
            return b""

    def node(self, level: int, index: int) -> bytes:
        """The root of the complete subtree at this place; raises `Torn` where it is not there."""
        found = self.read(level, index)
        if len(found) != HASH:
            raise Torn(level, index)
        return found

    def grow(self, size: int, leaves: Sequence[bytes]) -> None:
        """Add the hashes of leaves to the first `size`, forgetting what lies behind those; on the disk when it returns."""
        new, level = list(leaves), 0
        while new:
            first = size >> level
            self._write(level, first, new)
            if first & 1:
                new.insert(0, self.node(level, first - 1))
            new = [sha256(b"\1" + new[n] + new[n + 1]).digest() for n in range(0, len(new) - 1, 2)]
            level += 1

    def _write(self, level: int, first: int, hashes: Sequence[bytes]) -> None:
        path = self._path(level)
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | getattr(os, "O_BINARY", 0), 0o644)
        with os.fdopen(descriptor, "r+b") as file:
            file.truncate(first * HASH)
            if file.seek(0, os.SEEK_END) != first * HASH:
                raise Torn(level, first)
            file.write(b"".join(hashes))
            file.flush()
            os.fsync(file.fileno())

    def root(self, size: int) -> bytes:
        """The root of the first so many leaves."""
        return self._root(0, size)

    def _root(self, first: int, end: int) -> bytes:
        subtrees = []
        while first < end:
            level = (end - first).bit_length() - 1
            subtrees.append(self.node(level, first >> level))
            first += 1 << level
        return root_of(subtrees)

    def inclusion(self, index: int, size: int) -> list[bytes]:
        """The proof that the leaf at this index is in the tree of this size, from its sibling up."""
        proof, first, end = [], 0, size
        while end - first > 1:
            middle = first + _split(end - first)
            if index < middle:
                proof.append(self._root(middle, end))
                end = middle
            else:
                proof.append(self._root(first, middle))
                first = middle
        return proof[::-1]

    def consistency(self, old: int, size: int) -> list[bytes]:
        """The proof that the tree of this size begins with the one of size `old`; empty from nothing."""
        if old == 0:
            return []
        proof, first, end, whole = [], 0, size, True
        while old != end:
            middle = first + _split(end - first)
            if old <= middle:
                proof.append(self._root(middle, end))
                end = middle
            else:
                proof.append(self._root(first, middle))
                first, whole = middle, False
        if not whole:
            proof.append(self._root(first, end))
        return proof[::-1]

    def tile(self, level: int, number: int, width: int) -> bytes:
        """A tile of C2SP tlog-tiles, full or partial; raises `Torn` where it is not there."""
        found = self.read(8 * level, number * WIDTH, width)
        if len(found) != width * HASH:
            raise Torn(8 * level, number * WIDTH + len(found) // HASH)
        return found

    def _path(self, level: int) -> Path:
        return self.folder / f"level{level:02}"


class Torn(Bad):
    """A hash of the tree is not there: its file was cut short."""

    def __init__(self, level: int, index: int) -> None:
        first = (index << level) + 1
        zh, en = (
            f"第 {level} 层哈希从第 {index} 个起缺失",
            f"hashes of level {level} end at {index}",
        )
        super().__init__(
            zh, en, first if level == 0 else None, (first - 1, first - 1 + (1 << level))
        )


def _split(count: int) -> int:
    """The largest power of two below a count."""
    return 1 << (count - 1).bit_length() - 1


def parents_of(hashes: bytes) -> bytes:
    """The hashes one level above these, which begin at an even place."""
    pairs = range(0, len(hashes) - 2 * HASH + 1, 2 * HASH)
    return b"".join(
        [node_hash(hashes[n : n + HASH], hashes[n + HASH : n + 2 * HASH]) for n in pairs]
    )
