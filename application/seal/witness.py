"""A witness: somebody at another body who signs a checkpoint only if it goes on from the one that he signed before.

Works by files, for networks that do not meet: a request comes on a stick or a sheet, a signature line goes back. What he
remembers lies in a folder of his own; whoever runs a committee's service has no business there.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from hashlib import sha256
from pathlib import Path

from filelock import FileLock

from application.durable import kept_secret, secret_in, write_durably
from application.seal.signing import Secret, goes_on, new_secret, parse_secret
from application.seal.verify import (
    WITNESS,
    Bad,
    Checkpoint,
    Key,
    Request,
    Signature,
    Trust,
    parse_checkpoint,
    parse_key,
    parse_rotation,
)


class Witness:
    """A witness's key and memory, in a folder of his."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.file = folder / "witness.key"

    def make(self, name: str) -> Key:
        """Make the key, once; the verifier key to hand out."""
        if not name or "+" in name or any(letter.isspace() for letter in name):
            raise Bad(
                "见证人名称不能为空、不能含空格或加号", "a name has no spaces and no plus sign"
            )
        return parse_secret(secret_in(self.file, lambda: new_secret(name, WITNESS).text())).key

    def _secret(self) -> Secret:
        try:
            return parse_secret(kept_secret(self.file))
        except FileNotFoundError:
            raise Bad("此目录没有见证钥匙", "there is no key of a witness in this folder") from None

    def trust(self, key: Key) -> None:
        """Witness the ledger of this key from now on; another key for the same ledger is refused."""
        folder = self._folder(key.name)
        folder.mkdir(parents=True, exist_ok=True)
        file = folder / "key"
        if file.exists() and file.read_text("utf-8").strip() != str(key):
            raise Bad("此台账已有另一把公钥", "another key is trusted for this ledger already")
        write_durably(file, f"{key}\n".encode())

    def follow(self, raw: str) -> None:
        """Follow a rotation of a ledger's key; raises `Bad` where it does not follow from the key that is trusted."""
        rotation = parse_rotation(raw)
        folder = self._folder(rotation.origin)
        kept = [each for each in self._rotations(rotation.origin) if each != raw]
        Trust(self._key(rotation.origin), [parse_rotation(each) for each in [*kept, raw]])
        (folder / "rotations").mkdir(exist_ok=True)
        write_durably(folder / "rotations" / str(rotation.size), raw.encode())

    def seen(self, origin: str) -> Checkpoint | None:
        """What was signed last for this ledger."""
        try:
            return parse_checkpoint((self._folder(origin) / "seen").read_text("utf-8"))
        except FileNotFoundError:
            return None

    def cosign(self, request: Request, clock: Callable[[], datetime]) -> Signature:
        """The signature line for a request, remembered before it is told; raises `Bad` or `WouldFork`."""
        secret, origin = self._secret(), request.checkpoint.origin
        rotations = [parse_rotation(each) for each in self._rotations(origin)]
        trust = Trust(self._key(origin), rotations)
        with FileLock(self._folder(origin) / "lock", timeout=30):
            seen = self.seen(origin)
            known = 0 if seen is None else seen.size
            checkpoint = trust.believe(request.checkpoint)
            if checkpoint.size > known != request.old:
                raise Bad(
                    f"上次见证到 {known} 条,请求却从 {request.old} 条算起,请重新生成请求",
                    f"the last one was of {known}, and this request goes on from {request.old}; make it anew",
                )
            proof = request.proof if request.old == known else ()
            goes_on(seen, checkpoint.size, checkpoint.root, lambda _: proof)
            write_durably(self._folder(origin) / "seen", str(checkpoint).encode())
        at = int(clock().timestamp())
        said = f"cosignature/v1\ntime {at}\n{checkpoint.note.text}"
        return secret.sign(said.encode(), at.to_bytes(8, "big"))

    def _key(self, origin: str) -> Key:
        try:
            return parse_key((self._folder(origin) / "key").read_text("utf-8").strip())
        except FileNotFoundError:
            raise Bad(
                f"未登记的台账 {origin}", f"the ledger {origin} is not witnessed here"
            ) from None

    def _rotations(self, origin: str) -> list[str]:
        found = sorted((self._folder(origin) / "rotations").glob("[0-9]*"))
        return [each.read_text("utf-8") for each in found]

    def _folder(self, origin: str) -> Path:
        return self.folder / "ledgers" / sha256(origin.encode()).hexdigest()[:32]
