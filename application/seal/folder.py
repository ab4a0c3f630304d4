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
    checkpoint_text,
    parse_checkpoint,
    parse_rotation,
)

SEALED = "sealed"
QUIET = 0.05
"""Seconds between two looks at a lock that somebody else has."""


class Damaged(Bad):
    """The seals do not hold in themselves."""


class Seals:
    """The seals of one ledger. Many may read; who grows them holds `alone`."""

    def __init__(self, folder: Path, code: str) -> None:
        self.folder = folder / checked_code(code)
        self.nodes = Nodes(self.folder / "tree")

    @contextmanager
    def alone(self, *, patience: float = 30.0) -> Iterator[None]:
        """The only one who grows these seals, in whatever process; raises `TimeoutError` after so many seconds."""
        self.nodes.folder.mkdir(parents=True, exist_ok=True)
        with FileLock(self.folder / "lock", timeout=patience, poll_interval=QUIET):
            yield

    def sealed(self) -> tuple[str, int, bytes] | None:
        """Origin, size and root of the tree as it was last grown, none before the first entry; not yet compared with the tree."""
        try:
            said = (self.folder / SEALED).read_text("utf-8")
        except FileNotFoundError:
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
        """Add the hashes of leaves to the first `size`; the new size, on the disk."""
        self.nodes.grow(size, leaves)
        size += len(leaves)
        state = f"{origin}\n{size}\n{self.nodes.root(size).hex()}\n"
        write_durably(self.folder / SEALED, state.encode())
        return size

    def keep(self, checkpoint: Checkpoint, at: datetime) -> None:
        """Keep a checkpoint, and of an hour's only the last, besides those that a witness or a second key has signed."""
        folder = self._made("checkpoints")
        before = self.newest()
        name = f"{checkpoint.size:012}"
        write_durably(folder / name, str(checkpoint).encode())
        if before is None or before.size >= checkpoint.size or len(before.note.signatures) > 1:
            return
        old = folder / f"{before.size:012}"
        if self._handed_out(before.size).exists():
            return
        made = datetime.fromtimestamp(old.stat().st_mtime, UTC)
        if made.replace(minute=0, second=0, microsecond=0) == at.replace(
            minute=0, second=0, microsecond=0
        ):
            old.unlink()

    def hand_out(self, size: int) -> None:
        """Keep the checkpoint of this size for good: a witness may sign it days later."""
        self._made("checkpoints")
        self._handed_out(size).touch()

    def _handed_out(self, size: int) -> Path:
        return self.folder / "checkpoints" / f"{size:012}.handed-out"

    @property
    def first_key(self) -> str:
        """The ledger's first verifier key, for those who may not read the private one; empty before the first sealing."""
        try:
            return (self.folder / "key").read_text("utf-8").strip()
        except FileNotFoundError:
            return ""

    def keep_first_key(self, key: Key) -> None:
        """Keep the first key where everybody may read it, once."""
        if not self.first_key:
            write_durably(self.folder / "key", f"{key}\n".encode())

    def sizes(self) -> list[int]:
        """The sizes of the checkpoints that are kept, in order."""
        return sorted(
            int(each.name)
            for each in (self.folder / "checkpoints").glob("[0-9]*")
            if each.name.isdecimal()
        )

    def checkpoint(self, size: int) -> Checkpoint | None:
        """The checkpoint of this size, with what was signed under it; raises `Bad` for one that is garbled."""
        try:
            said = (self.folder / "checkpoints" / f"{size:012}").read_text("utf-8")
        except FileNotFoundError:
            return None
        return parse_checkpoint(said)

    def newest(self) -> Checkpoint | None:
        """The checkpoint of the largest size, none before the first."""
        sizes = self.sizes()
        return self.checkpoint(sizes[-1]) if sizes else None

    def checkpoints(self) -> Iterator[Checkpoint]:
        """All that are kept, in order of size."""
        for size in self.sizes():
            found = self.checkpoint(size)
            if found is not None:
                yield found

    def cosign(self, checkpoint: Checkpoint, signatures: Sequence[Signature]) -> Checkpoint:
        """Add signatures to a checkpoint; one that it has stays once."""
        known = {(each.name, each.id) for each in signatures}
        kept = [each for each in checkpoint.note.signatures if (each.name, each.id) not in known]
        note = Note(checkpoint.note.text, (*kept, *signatures))
        signed = checkpoint._replace(note=note)
        write_durably(self._made("checkpoints") / f"{signed.size:012}", str(signed).encode())
        return signed

    def rotations(self) -> list[Rotation]:
        """The rotations of the key, in order of size; raises `Bad`."""
        found = [
            parse_rotation(each.read_text("utf-8"))
            for each in (self.folder / "rotations").glob("[0-9]*")
            if each.name.isdecimal()
        ]
        return sorted(found, key=lambda rotation: rotation.size)

    def rotate(self, rotation: Rotation) -> None:
        """Keep a rotation."""
        file = self._made("rotations") / f"{rotation.size:012}"
        write_durably(file, str(rotation.note).encode())

    @property
    def policy(self) -> str:
        """Which witnesses are asked for; what is not there asks for none."""
        try:
            return (self.folder / "policy").read_text("utf-8")
        except FileNotFoundError:
            return "quorum none\n"

    def set_policy(self, text: str) -> None:
        """Ask for these witnesses from now on."""
        self.folder.mkdir(parents=True, exist_ok=True)
        write_durably(self.folder / "policy", text.encode())

    def text(self) -> str:
        """What a checkpoint of the tree as it stands would say."""
        found = self.sealed()
        if found is None:
            raise LookupError(self.folder.name)
        return checkpoint_text(*found)

    def close(self) -> None:
        """Close the files."""
        self.nodes.close()

    def _made(self, name: str) -> Path:
        folder = self.folder / name
        folder.mkdir(parents=True, exist_ok=True)
        return folder
