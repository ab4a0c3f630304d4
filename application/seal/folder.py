"""Where the seals of a ledger lie: the hashes of its tree, its checkpoints, rotations of its key, what witnesses signed.

A folder beside the ledger, not tables within it: whoever may write to the database need not be able to write here, a web server
or a courier takes it along as it is, and there is one way to keep it whatever the ledger is kept in.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from filelock import FileLock

from application.durable import write_durably
from application.log import checked_code
from application.seal.nodes import Nodes
from application.seal.verify import (
    Bad,
    Checkpoint,
    Key,
    Note,
    Rotation,
    Signature,
    parse_checkpoint,
    parse_rotation,
)

SEALED = "sealed"
HANDED_OUT = ".handed-out"
QUIET = 0.05
"""Seconds between two looks at a lock that somebody else has."""


class Damaged(Bad):
    """The seals do not hold in themselves."""


class Seals:
    """The seals of one ledger. Many may read; who changes them holds `alone`. What is garbled raises `Damaged`."""

    def __init__(self, folder: Path, code: str) -> None:
        self.folder = folder / checked_code(code)
        self.nodes = Nodes(self.folder / "tree")

    @contextmanager
    def alone(self, *, patience: float = 30.0) -> Iterator[None]:
        """The only one who changes these seals, in whatever process; raises `TimeoutError` after so many seconds."""
        self.nodes.folder.mkdir(parents=True, exist_ok=True)
        with FileLock(self.folder / "lock", timeout=patience, poll_interval=QUIET):
            yield

    def sealed(self) -> tuple[str, int, bytes] | None:
        """Origin, size and root of the tree as it was last grown, none before the first entry; not yet compared with the tree."""
        said = self._read(SEALED)
        if said is None:
            return None
        try:
            origin, size, root = said.splitlines()
            return origin, int(size), bytes.fromhex(root)
        except ValueError as error:
            raise Damaged(
                "封存状态文件已损坏", "the file that tells how far it is sealed is damaged"
            ) from error

    def size(self) -> int:
        """How many entries are sealed."""
        found = self.sealed()
        return 0 if found is None else found[1]

    def sound(self) -> tuple[str, int, bytes] | None:
        """As `sealed`, having found that the tree has this root; raises `Damaged` or `Torn`."""
        found = self.sealed()
        if found is not None and self.nodes.root(found[1]) != found[2]:
            raise Damaged("封存的哈希已被改动", "hashes of the tree were changed")
        return found

    def grow(self, origin: str, size: int, leaves: Sequence[bytes]) -> int:
        """Add the hashes of leaves to the first `size`; the new size, on the disk. For who is alone."""
        self.nodes.grow(size, leaves)
        size += len(leaves)
        self._write(SEALED, f"{origin}\n{size}\n{self.nodes.root(size).hex()}\n")
        return size

    def keep(self, checkpoint: Checkpoint, at: datetime) -> None:
        """Keep a checkpoint, and of an hour's only the last, besides those that others signed or were given. For who is alone."""
        before = self.newest()
        self._write(_checkpoint(checkpoint.size), str(checkpoint))
        if before is None or before.size >= checkpoint.size or len(before.note.signatures) > 1:
            return
        old = self.folder / _checkpoint(before.size)
        if old.with_suffix(HANDED_OUT).exists():
            return
        if _hour(datetime.fromtimestamp(old.stat().st_mtime, UTC)) == _hour(at):
            old.unlink()

    def hand_out(self, checkpoint: Checkpoint) -> None:
        """Keep a checkpoint for good: a witness may sign it days later, and its short code may stand on paper."""
        with self.alone():
            if self.checkpoint(checkpoint.size) is None:
                self._write(_checkpoint(checkpoint.size), str(checkpoint))
            (self.folder / _checkpoint(checkpoint.size)).with_suffix(HANDED_OUT).touch()

    @property
    def first_key(self) -> str:
        """The ledger's first verifier key, for those who may not read the private one; empty before the first sealing."""
        return (self._read("key") or "").strip()

    def keep_first_key(self, key: Key) -> None:
        """Keep the first key where everybody may read it, once. For who is alone."""
        if not self.first_key:
            self._write("key", f"{key}\n")

    def sizes(self) -> list[int]:
        """The sizes of the checkpoints that are kept, in order."""
        return _numbered(self.folder / "checkpoints")

    def checkpoint(self, size: int) -> Checkpoint | None:
        """The checkpoint of this size, with what was signed under it."""
        said = self._read(_checkpoint(size))
        if said is None:
            return None
        try:
            found = parse_checkpoint(said)
        except Bad as bad:
            raise Damaged(f"检查点 {size}:{bad.zh}", f"the checkpoint of {size}: {bad.en}") from bad
        if found.size != size:
            raise Damaged(
                f"检查点 {size} 的文件名与内容不符",
                f"the checkpoint of {size} is not of the size that its name says",
            )
        return found

    def newest(self) -> Checkpoint | None:
        """The checkpoint of the largest size, none before the first."""
        # One that is gone since it was listed gave way to another.
        return next(
            (found for size in reversed(self.sizes()) if (found := self.checkpoint(size))), None
        )

    def checkpoints(self) -> Iterator[Checkpoint]:
        """All that are kept, in order of size."""
        for size in self.sizes():
            found = self.checkpoint(size)
            if found is not None:
                yield found

    def cosign(self, checkpoint: Checkpoint, signatures: Sequence[Signature]) -> Checkpoint:
        """Add signatures to a checkpoint, one of each key; raises `Bad` where it would hold too many. For who is alone."""
        kept = self.checkpoint(checkpoint.size) or checkpoint
        by_key = {(each.name, each.id): each for each in (*kept.note.signatures, *signatures)}
        signed = kept._replace(note=Note(kept.note.text, tuple(by_key.values())))
        self._write(_checkpoint(signed.size), str(parse_checkpoint(str(signed))))
        return signed

    def rotations(self) -> list[Rotation]:
        """The rotations of the key, in order of size."""
        return read_rotations(self.folder / "rotations")

    def rotate(self, rotation: Rotation) -> None:
        """Keep a rotation. For who is alone."""
        self._write(f"rotations/{rotation.size:012}", str(rotation.note))

    @property
    def policy(self) -> str:
        """Which witnesses are asked for; what is not there asks for none."""
        return self._read("policy") or "quorum none\n"

    def set_policy(self, text: str) -> None:
        """Ask for these witnesses from now on."""
        self._write("policy", text)

    def _read(self, name: str) -> str | None:
        return read_text(self.folder / name)

    def _write(self, name: str, text: str) -> None:
        file = self.folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        write_durably(file, text.encode())


def read_text(file: Path) -> str | None:
    """What a file of seals says, none where there is none; raises `Damaged` for what is no text."""
    try:
        return file.read_text("utf-8")
    except FileNotFoundError:
        return None
    except UnicodeDecodeError as error:
        raise Damaged(f"{file.name} 已损坏", f"{file.name} is damaged") from error


def read_rotations(folder: Path) -> list[Rotation]:
    """The rotations that a folder holds, in order of size; raises `Damaged`."""
    found = []
    for size in _numbered(folder):
        said = read_text(folder / f"{size:012}")
        try:
            found.append(parse_rotation(said or ""))
        except Bad as bad:
            raise Damaged(f"换钥声明 {size}:{bad.zh}", f"the rotation at {size}: {bad.en}") from bad
    return found


def _numbered(folder: Path) -> list[int]:
    return sorted(int(each.name) for each in folder.glob("[0-9]*") if each.name.isdecimal())


def _checkpoint(size: int) -> str:
    return f"checkpoints/{size:012}"


def _hour(at: datetime) -> datetime:
    return at.replace(minute=0, second=0, microsecond=0)
