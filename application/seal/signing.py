"""Who signs: a key that remembers what it signed last, and signs nothing that does not go on from there."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from secrets import token_bytes
from typing import Protocol, TypeAlias

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from filelock import FileLock

from application.durable import kept_secret, secret_in, write_durably
from application.seal.folder import read_rotations, read_text
from application.seal.verify import (
    EMPTY,
    LOG,
    Bad,
    Checkpoint,
    Key,
    Note,
    Rotation,
    Signature,
    checkpoint_text,
    consistency_holds,
    decoded,
    encoded,
    parse_checkpoint,
    rotation_text,
)

PRIVATE = "PRIVATE+KEY+"
NOTHING = "nothing signed yet\n"
"""What a memory says before the first signature; an empty one was lost."""
PATIENCE = 30.0
"""Seconds that a signer waits for another process that signs with the same key."""


class WouldFork(Bad):
    """What was to be signed contradicts what was signed before, or that was lost: nothing is signed."""


Proof: TypeAlias = Callable[[int], Sequence[bytes]]
"""Gives the consistency proof from a size to the size that is to be signed."""


class Signer(Protocol):
    """A key of a ledger, wherever it lies: in a file, in a token, in an appliance.

    Whatever signs keeps its own memory of the last checkpoint, out of reach of who keeps the ledger.
    """

    def key(self, origin: str) -> Key:
        """The verifier key under which it signs for this ledger."""

    def last(self, origin: str) -> Checkpoint | None:
        """What it signed last."""

    def sign(self, origin: str, size: int, root: bytes, proof_from: Proof) -> Checkpoint:
        """A checkpoint; raises `WouldFork` unless it goes on from the last one."""

    def rotate(
        self, origin: str, size: int, root: bytes, proof_from: Proof
    ) -> tuple[Rotation, Checkpoint]:
        """Sign with a new key from this size on: the rotation, and a checkpoint by both keys; raises as `sign`."""

    def settle(self) -> list[Rotation]:
        """Carry a rotation through that was broken off; all rotations from the first key on, in order of size."""


class Secret:
    """An Ed25519 key that signs notes."""

    def __init__(self, name: str, algorithm: int, seed: bytes) -> None:
        self._private = Ed25519PrivateKey.from_private_bytes(seed)
        self._seed = seed
        public = self._private.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
        self.key = Key(name, algorithm, public)

    def sign(self, message: bytes, before: bytes = b"") -> Signature:
        """A signature line; `before` is put in front of the signature."""
        return Signature(self.key.name, self.key.id, before + self._private.sign(message))

    def text(self) -> bytes:
        """How it is kept in a file: the form of C2SP's note signers."""
        raw = encoded(bytes([self.key.algorithm]) + self._seed)
        return f"{PRIVATE}{self.key.name}+{self.key.id.hex()}+{raw}\n".encode()

    def __repr__(self) -> str:
        return f"Secret({self.key})"


def new_secret(name: str, algorithm: int) -> Secret:
    """A new key of this name."""
    return Secret(name, algorithm, token_bytes(32))


def parse_secret(raw: bytes) -> Secret:
    """The key that a file holds; raises `Bad`."""
    head, _, rest = raw.decode("utf-8", "replace").strip().partition(PRIVATE)
    name, _, rest = rest.partition("+")
    said, _, body = rest.partition("+")
    found = decoded(body, "key")
    if head or not name or len(found) != 33:
        raise Bad("私钥文件格式不对", "not the file of a private key")
    secret = Secret(name, found[0], found[1:])
    if secret.key.id.hex() != said:
        raise Bad("私钥编号与内容不符", "the id of a private key is not that of its key")
    return secret


class FileSigner:
    """A ledger's key in a folder, made on first use; beside it what it signed last, and how it came from the first key."""

    def __init__(self, folder: Path, code: str) -> None:
        self.file = folder / f"{code}.key"
        self.memory = folder / f"{code}.last"
        self.next = folder / f"{code}.next"
        self._rotated = folder / f"{code}.rotations"

    def key(self, origin: str) -> Key:
        """The verifier key under which it signs for this ledger."""
        return self._secret(origin).key

    def known_key(self) -> Key | None:
        """The verifier key, none where no key was made yet."""
        try:
            return parse_secret(kept_secret(self.file)).key
        except FileNotFoundError:
            return None

    def rotations(self) -> list[Rotation]:
        """How the key came from the first one, in order of size; raises `Damaged`."""
        return read_rotations(self._rotated)

    def last(self, origin: str) -> Checkpoint | None:
        """What it signed last, none where it has signed nothing; raises `WouldFork` where that was lost."""
        said = read_text(self.memory)
        if not said:
            if not self.file.exists():
                return None
            raise WouldFork(
                f"{self.memory} 不见了:请从备份恢复,或用 lvzhi seal remember 交回您保存的检查点",
                f"{self.memory} is gone: restore it, or give back a checkpoint by `lvzhi seal remember`",
            )
        if said == NOTHING:
            return None
        try:
            last = parse_checkpoint(said)
        except Bad as bad:
            raise WouldFork(f"{self.memory} 已损坏", f"{self.memory} is damaged") from bad
        if last.origin != origin:
            raise WouldFork(
                f"这把钥匙签的是另一台账({last.origin})",
                f"this key has signed for another ledger ({last.origin})",
            )
        return last

    def sign(self, origin: str, size: int, root: bytes, proof_from: Proof) -> Checkpoint:
        """A checkpoint that goes on from the last one, remembered before it is told."""
        secret = self._secret(origin)
        with self._alone():
            goes_on(self.last(origin), size, root, proof_from)
            signed = _signed(origin, size, root, secret)
            self._remember(signed)
        return signed

    def rotate(
        self, origin: str, size: int, root: bytes, proof_from: Proof
    ) -> tuple[Rotation, Checkpoint]:
        """Sign with a new key from this size on; the old key is destroyed. The rotation, and the checkpoint that both signed."""
        old, new = self._secret(origin), new_secret(origin, LOG)
        with self._alone():
            goes_on(self.last(origin), size, root, proof_from)
            text = rotation_text(origin, size, old.key, new.key)
            signed = tuple(each.sign(text.encode()) for each in (old, new))
            rotation = Rotation(origin, size, old.key, new.key, Note(text, signed))
            checkpoint = _signed(origin, size, root, old, new)
            self._remember(checkpoint)
            self.next.unlink(missing_ok=True)
            write_durably(self.next, new.text(), mode=0o600)
            # From here on it has happened, and is carried through after a crash.
            self._rotated.mkdir(exist_ok=True)
            write_durably(self._rotated / f"{size:012}", str(rotation.note).encode())
            self.next.replace(self.file)
        return rotation, checkpoint

    def settle(self) -> list[Rotation]:
        """Carry a rotation through that was broken off, or forget it where it had not happened; all that have."""
        rotations = self.rotations()
        if self.next.exists():
            with self._alone():
                rotations = self.rotations()
                if self.next.exists():
                    new = parse_secret(kept_secret(self.next)).key
                    if rotations and rotations[-1].new == new:
                        self.next.replace(self.file)
                    else:
                        self.next.unlink()
        return rotations

    def take_back(self, checkpoint: Checkpoint) -> None:
        """Sign from now on only what goes on from this checkpoint; refuses to go behind one that it remembers."""
        with self._alone():
            try:
                last = self.last(checkpoint.origin)
            except WouldFork:
                last = None
            ahead = last is not None and (
                last.size > checkpoint.size
                or (last.size == checkpoint.size and last.root != checkpoint.root)
            )
            if last is not None and ahead:
                raise WouldFork(
                    f"已记得更新的检查点({last.size} 条),不能退回",
                    f"a newer checkpoint is remembered (of {last.size}); it does not go back",
                )
            self._remember(checkpoint)

    def _remember(self, checkpoint: Checkpoint) -> None:
        write_durably(self.memory, str(checkpoint).encode())

    def _secret(self, origin: str) -> Secret:
        if not self.file.exists() and not self.memory.exists():
            # The memory before the key: a key without one has lost it.
            self.memory.parent.mkdir(parents=True, exist_ok=True)
            write_durably(self.memory, NOTHING.encode())
        secret = parse_secret(secret_in(self.file, lambda: new_secret(origin, LOG).text()))
        if secret.key.name != origin:
            raise WouldFork(
                f"{self.file} 是另一台账的钥匙({secret.key.name})",
                f"{self.file} is the key of another ledger ({secret.key.name})",
            )
        return secret

    def _alone(self) -> FileLock:
        return FileLock(self.file.with_suffix(".lock"), timeout=PATIENCE, poll_interval=0.05)


def _signed(origin: str, size: int, root: bytes, *secrets: Secret) -> Checkpoint:
    text = checkpoint_text(origin, size, root)
    signatures = tuple(each.sign(text.encode()) for each in secrets)
    return Checkpoint(origin, size, root, Note(text, signatures))


def goes_on(last: Checkpoint | None, size: int, root: bytes, proof_from: Proof) -> None:
    """Raise `WouldFork` unless a tree of this size and root begins with the one of the last checkpoint."""
    old, old_root = (0, EMPTY) if last is None else (last.size, last.root)
    if size < old:
        raise WouldFork(
            f"台账只有 {size} 条,而已签到 {old} 条:是旧备份,或被截短",
            f"the ledger has {size} entries, and {old} were signed: an old backup, or cut short",
        )
    if not consistency_holds(old, size, old_root, root, proof_from(old)):
        raise WouldFork(
            f"前 {old} 条与已签的检查点不符,不再签名",
            f"the first {old} entries do not fit the checkpoint that was signed; nothing more is signed",
        )
