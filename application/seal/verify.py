#!/usr/bin/env python3
"""Checks what a duty ledger hands out: bundles, receipts, checkpoints. One file, for a bare Python 3.9 or later.

    python3 verify.py bundle FILE_OR_FOLDER --key VKEY [--kept CHECKPOINT ...] [--policy FILE] [--json]
    python3 verify.py receipt FILE --key VKEY [--rotation FILE ...] [--policy FILE] [--json]
    python3 verify.py checkpoint FILE --key VKEY [--rotation FILE ...] [--policy FILE] [--json]

Ends with 0 where all holds, 1 where something does not, 2 where nothing could be checked. The key is the ledger's first one,
noted from paper or from its office, never taken from what is being checked. What is checked, to the byte: docs/verification.md.
The service itself uses these functions, so that nothing holds inside that would not hold outside.
"""

from __future__ import annotations

import argparse
import base64
import binascii
import hashlib
import json
import stat
import sys
import zipfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

sha256 = hashlib.sha256

# --- what goes wrong -------------------------------------------------------------------------------------------------


class Bad(Exception):
    """Something does not hold: why in two languages, and the first bad position or the range `(held, did not]` where known."""

    def __init__(
        self,
        zh: str,
        en: str,
        position: int | None = None,
        within: tuple[int, int] | None = None,
    ) -> None:
        super().__init__(zh, en, position, within)
        self.zh = zh
        self.en = en
        self.position = position
        self.within = within

    def __str__(self) -> str:
        return f"{self.zh} / {self.en}"


# --- entries and leaves ----------------------------------------------------------------------------------------------

TAG = b"lvzhi-leaf/1\n"
LARGEST_LEAF = 65_535
WIDTH = 256
"""Hashes in a tile, entries in an entry bundle."""
HASH = 32


class Leaf(NamedTuple):
    """An entry as its leaf names it."""

    origin: str
    position: int
    stream: str
    version: int
    name: str
    body: bytes


def leaf_record(
    origin: bytes, position: int, stream: str, version: int, name: str, body: bytes
) -> bytes:
    """The bytes that a leaf hashes; `ValueError` where they would be too many."""
    said, called = stream.encode(), name.encode()
    record = b"".join(
        (
            TAG,
            len(origin).to_bytes(2, "big"),
            origin,
            position.to_bytes(8, "big"),
            len(said).to_bytes(2, "big"),
            said,
            version.to_bytes(4, "big"),
            len(called).to_bytes(2, "big"),
            called,
            len(body).to_bytes(4, "big"),
            body,
        )
    )
    if len(record) > LARGEST_LEAF:
        raise ValueError(f"a leaf of {len(record)} bytes")
    return record


def parse_leaf(record: bytes) -> Leaf:
    """The entry that a leaf record names; raises `Bad` for anything but the one way to write it."""
    place = len(TAG)

    def take(size: int) -> bytes:
        nonlocal place
        part = record[place : place + size]
        if len(part) < size:
            raise Bad("条目记录过短", "a leaf record is cut short")
        place += size
        return part

    def number(size: int) -> int:
        return int.from_bytes(take(size), "big")

    if not record.startswith(TAG) or len(record) > LARGEST_LEAF:
        raise Bad("不是条目记录", "not a leaf record")
    try:
        leaf = Leaf(
            take(number(2)).decode(),
            number(8),
            take(number(2)).decode(),
            number(4),
            take(number(2)).decode(),
            take(number(4)),
        )
    except UnicodeDecodeError as error:
        raise Bad("条目记录不是 UTF-8", "a leaf record is not UTF-8") from error
    if place != len(record):
        raise Bad("条目记录之后还有内容", "a leaf record is followed by something")
    if leaf.position < 1 or leaf.version < 1:
        raise Bad("条目的位置或版本不对", "position and version of an entry begin at 1")
    return leaf


def origin_of(code: str, first_body: bytes) -> str:
    """The origin of the ledger of this code whose first entry has this body."""
    return f"lvzhi.invalid/{code}/{sha256(first_body).hexdigest()[:32]}"


def _code_in(origin: str) -> str:
    """The code of the ledger that an origin names; empty where it names none."""
    return origin.split("/")[1] if origin.count("/") == 2 else ""


# --- the tree (RFC 6962) ---------------------------------------------------------------------------------------------

EMPTY = sha256(b"").digest()
"""The root of no leaves."""


def leaf_hash(record: bytes) -> bytes:
    """The hash of a leaf."""
    return sha256(b"\0" + record).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """The hash of a node."""
    return sha256(b"\1" + left + right).digest()


class Frontier:
    """A tree that only grows: the roots of its complete subtrees, the largest first."""

    def __init__(self) -> None:
        self.size = 0
        self._roots: list[bytes] = []

    def append(self, leaf: bytes) -> None:
        """Add the hash of a leaf."""
        size, roots = self.size, self._roots
        while size & 1:
            leaf = sha256(b"\1" + roots.pop() + leaf).digest()
            size >>= 1
        roots.append(leaf)
        self.size += 1

    def root(self) -> bytes:
        """The root of what it holds."""
        return root_of(self._roots)


def root_of(subtrees: Sequence[bytes]) -> bytes:
    """The root over complete subtrees, the largest first."""
    if not subtrees:
        return EMPTY
    root = subtrees[-1]
    for left in subtrees[-2::-1]:
        root = node_hash(left, root)
    return root


def tree_root(leaves: Iterable[bytes]) -> bytes:
    """The root over the hashes of leaves."""
    tree = Frontier()
    for leaf in leaves:
        tree.append(leaf)
    return tree.root()


def inclusion_holds(
    index: int, size: int, leaf: bytes, proof: Sequence[bytes], root: bytes
) -> bool:
    """Whether the proof leads from the hash of the leaf at this index to the root of a tree of this size."""
    if not 0 <= index < size or any(len(each) != HASH for each in (leaf, root, *proof)):
        return False
    here, last, found = index, size - 1, leaf
    for sibling in proof:
        if last == 0:
            return False
        if here & 1 or here == last:
            found = node_hash(sibling, found)
            while here and not here & 1:
                here >>= 1
                last >>= 1
        else:
            found = node_hash(found, sibling)
        here >>= 1
        last >>= 1
    return last == 0 and found == root


def consistency_holds(
    old: int, new: int, old_root: bytes, new_root: bytes, proof: Sequence[bytes]
) -> bool:
    """Whether the proof shows that a tree of size `new` begins with the one of size `old`."""
    if old == new:
        return not proof and old_root == new_root and (old > 0 or old_root == EMPTY)
    if not 0 <= old < new or any(len(each) != HASH for each in (old_root, new_root, *proof)):
        return False
    if old == 0:
        return not proof and old_root == EMPTY
    path = list(proof) if old & (old - 1) else [old_root, *proof]
    if not path:
        return False
    here, last = old - 1, new - 1
    while here & 1:
        here >>= 1
        last >>= 1
    first, second = path[0], path[0]
    for sibling in path[1:]:
        if last == 0:
            return False
        if here & 1 or here == last:
            first, second = node_hash(sibling, first), node_hash(sibling, second)
            while here and not here & 1:
                here >>= 1
                last >>= 1
        else:
            second = node_hash(second, sibling)
        here >>= 1
        last >>= 1
    return last == 0 and first == old_root and second == new_root


# --- Ed25519 (RFC 8032), verification only ---------------------------------------------------------------------------

_P = 2**255 - 19
_ORDER = 2**252 + 27742317777372353535851937790883648493
_D = -121665 * pow(121666, _P - 2, _P) % _P
_ROOT = pow(2, (_P - 1) // 4, _P)
_Point = tuple[int, int, int, int]  # (X, Y, Z, T) with x = X/Z, y = Y/Z, xy = T/Z


def _plus(p: _Point, q: _Point) -> _Point:
    a = (p[1] - p[0]) * (q[1] - q[0]) % _P
    b = (p[1] + p[0]) * (q[1] + q[0]) % _P
    c = 2 * p[3] * q[3] * _D % _P
    d = 2 * p[2] * q[2] % _P
    e, f, g, h = b - a, d - c, d + c, b + a
    return (e * f % _P, g * h % _P, f * g % _P, e * h % _P)


def _times(factor: int, point: _Point) -> _Point:
    total: _Point = (0, 1, 1, 0)
    while factor:
        if factor & 1:
            total = _plus(total, point)
        point = _plus(point, point)
        factor >>= 1
    return total


def _unpacked(packed: bytes) -> _Point | None:
    """The point, or none where the bytes are not the one way to write a point of the curve."""
    y = int.from_bytes(packed, "little")
    sign, y = y >> 255, y & (2**255 - 1)
    if y >= _P:
        return None
    square = (y * y - 1) * pow(_D * y * y + 1, _P - 2, _P) % _P
    x = pow(square, (_P + 3) // 8, _P)
    if (x * x - square) % _P:
        x = x * _ROOT % _P
    if (x * x - square) % _P or (x == 0 and sign):
        return None
    if x & 1 != sign:
        x = _P - x
    return (x, y, 1, x * y % _P)


def _packed(point: _Point) -> bytes:
    inverse = pow(point[2], _P - 2, _P)
    x, y = point[0] * inverse % _P, point[1] * inverse % _P
    return int(y | (x & 1) << 255).to_bytes(32, "little")


_GENERATOR = _unpacked((4 * pow(5, _P - 2, _P) % _P).to_bytes(32, "little"))


@lru_cache(maxsize=64)
def _usable(public: bytes) -> _Point | None:
    """The point of a key, if it is written canonically and not one of the few under which anything verifies."""
    point = _unpacked(public) if len(public) == 32 else None
    if point is None or _packed(_times(8, point)) == (1).to_bytes(32, "little"):
        return None
    return point


def ed25519_holds(public: bytes, message: bytes, signature: bytes) -> bool:
    """Whether the signature is the key's for this message; slow and plain."""
    key = _usable(public)
    if key is None or len(signature) != 64 or _GENERATOR is None:
        return False
    scalar = int.from_bytes(signature[32:], "little")
    if scalar >= _ORDER:
        return False
    digest = hashlib.sha512(signature[:32] + public + message).digest()
    challenge = int.from_bytes(digest, "little") % _ORDER
    minus = (-key[0] % _P, key[1], key[2], -key[3] % _P)
    found = _plus(_times(scalar, _GENERATOR), _times(challenge, minus))
    return _packed(found) == signature[:32]


# --- keys, notes, checkpoints (C2SP) ---------------------------------------------------------------------------------

LOG, WITNESS = 0x01, 0x04
LARGEST_NOTE = 65_536
MOST_SIGNATURES = 32
DASH = "— "


def decoded(text: str, what: str) -> bytes:
    """The bytes that canonical Base64 stands for; raises `Bad` that says of what."""
    try:
        raw = base64.b64decode(text.encode("ascii"), validate=True)
    except (binascii.Error, UnicodeEncodeError, ValueError) as error:
        raise Bad(f"{what}不是 Base64", f"{what}: not Base64") from error
    if encoded(raw) != text:
        raise Bad(f"{what}不是规范的 Base64", f"{what}: not canonical Base64")
    return raw


def encoded(raw: bytes) -> str:
    """Base64 as it stands in notes and keys."""
    return base64.b64encode(raw).decode("ascii")


def _number(text: str, what: str) -> int:
    if (
        not (text.isascii() and text.isdigit())
        or (text[0] == "0" and text != "0")
        or len(text) > 19
    ):
        raise Bad(f"{what}不是数字", f"{what}: not a number")
    return int(text)


class Key(NamedTuple):
    """A verifier key."""

    name: str
    algorithm: int
    public: bytes

    @property
    def id(self) -> bytes:
        """The four bytes that stand before a signature."""
        said = self.name.encode() + b"\n" + bytes([self.algorithm]) + self.public
        return sha256(said).digest()[:4]

    def __str__(self) -> str:
        return f"{self.name}+{self.id.hex()}+{encoded(bytes([self.algorithm]) + self.public)}"


def parse_key(text: str) -> Key:
    """The key that a vkey names; raises `Bad`."""
    name, _, rest = text.partition("+")
    said, found, raw = rest.partition("+")
    if not name or not found or any(letter.isspace() for letter in text):
        raise Bad("公钥格式不对", "not a vkey")
    body = decoded(raw, "vkey")
    if len(body) != 33 or body[0] not in (LOG, WITNESS):
        raise Bad("公钥算法不认识", "a vkey of an unknown algorithm")
    key = Key(name, body[0], body[1:])
    if key.id.hex() != said:
        raise Bad("公钥编号与内容不符", "the id of a vkey is not that of its key")
    return key


Holds = Callable[[bytes, bytes, bytes], bool]
"""Says whether an Ed25519 signature holds: public key, message, signature."""


def best_ed25519() -> Holds:
    """The check by the `cryptography` library where there is one, otherwise the plain one; both are equally strict."""
    try:
        from cryptography.exceptions import InvalidSignature
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
    except ImportError:
        return ed25519_holds

    def holds(public: bytes, message: bytes, signature: bytes) -> bool:
        if _usable(public) is None or len(signature) != 64:
            return False
        try:
            Ed25519PublicKey.from_public_bytes(public).verify(signature, message)
        except (InvalidSignature, ValueError):
            return False
        return True

    return holds


class Signature(NamedTuple):
    """A line under a note."""

    name: str
    id: bytes
    raw: bytes

    def __str__(self) -> str:
        return f"{DASH}{self.name} {encoded(self.id + self.raw)}\n"


class Note(NamedTuple):
    """A text and what is signed under it."""

    text: str
    signatures: tuple[Signature, ...]

    def __str__(self) -> str:
        return self.text + "\n" + "".join(map(str, self.signatures))

    def signed_by(self, key: Key, holds: Holds) -> bool:
        """Whether the key has signed; raises `Bad` where a line that names the key does not hold."""
        mine = [each for each in self.signatures if (each.name, each.id) == (key.name, key.id)]
        for each in mine:
            message, raw = self.text.encode(), each.raw
            if key.algorithm == WITNESS:
                if len(raw) != 72 or raw[0] & 0x80:
                    raise Bad("见证签名长度不对", "a cosignature of the wrong length")
                at = int.from_bytes(raw[:8], "big")
                message, raw = f"cosignature/v1\ntime {at}\n".encode() + message, raw[8:]
            if not holds(key.public, message, raw):
                raise Bad(f"{key.name} 的签名不成立", f"the signature of {key.name} does not hold")
        return bool(mine)


def parse_signature(line: str) -> Signature:
    """The signature that a line holds; raises `Bad`."""
    name, found, raw = line[len(DASH) :].partition(" ")
    if not line.startswith(DASH) or not found or not name or "+" in name:
        raise Bad("签名行格式不对", "not a signature line")
    body = decoded(raw, "signature")
    if len(body) < 5:
        raise Bad("签名过短", "a signature is too short")
    return Signature(name, body[:4], body[4:])


def _is_control(letter: str) -> bool:
    return (letter < " " and letter != "\n") or "\x7f" <= letter <= "\x9f"


def parse_note(raw: str) -> Note:
    """The note that a text holds; raises `Bad`."""
    text, found, lines = raw.rpartition("\n\n")
    if not found or not text or not lines.endswith("\n") or len(raw.encode()) > LARGEST_NOTE:
        raise Bad("不是签名文本", "not a signed note")
    if any(_is_control(letter) for letter in raw):
        raise Bad("签名文本含控制字符", "a signed note holds control characters")
    signatures = tuple(parse_signature(line) for line in lines[:-1].split("\n"))
    if len(signatures) > MOST_SIGNATURES:
        raise Bad("签名过多", "a note has too many signatures")
    return Note(text + "\n", signatures)


class Checkpoint(NamedTuple):
    """A signed root."""

    origin: str
    size: int
    root: bytes
    note: Note

    def __str__(self) -> str:
        return str(self.note)


def checkpoint_text(origin: str, size: int, root: bytes) -> str:
    """What a checkpoint says, without signatures."""
    return f"{origin}\n{size}\n{encoded(root)}\n"


def parse_checkpoint(raw: str) -> Checkpoint:
    """The checkpoint that a text holds, not yet believed; raises `Bad`."""
    note = parse_note(raw)
    lines = note.text[:-1].split("\n")
    if len(lines) != 3 or not lines[0] or any(letter.isspace() for letter in lines[0]):
        raise Bad("检查点应为三行", "a checkpoint has three lines")
    root = decoded(lines[2], "root")
    if len(root) != HASH:
        raise Bad("检查点的根值长度不对", "the root of a checkpoint has the wrong length")
    return Checkpoint(lines[0], _number(lines[1], "size"), root, note)


def size_in_code(code: str) -> int:
    """The size that a short code names; raises `Bad` for what is no short code."""
    size, _, rest = code.partition("-")
    groups = rest.split("-")
    letters = set("".join(groups)) <= set("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567")
    if len(groups) != 6 or any(len(group) != 4 for group in groups) or not letters or not size:
        raise Bad("不是短码", "not a short code")
    return _number(size, "code")


def short_code(text: str) -> str:
    """The short code, for paper, of a checkpoint's text."""
    size = text.split("\n")[1]
    letters = base64.b32encode(sha256(text.encode()).digest())[:24].decode("ascii")
    return "-".join([size, *(letters[n : n + 4] for n in range(0, 24, 4))])


# --- a new key -------------------------------------------------------------------------------------------------------

ROTATION = "lvzhi-rotation/1"


class Rotation(NamedTuple):
    """From this size on another key signs."""

    origin: str
    size: int
    old: Key
    new: Key
    note: Note


def rotation_text(origin: str, size: int, old: Key, new: Key) -> str:
    """What a rotation says, without signatures."""
    return f"{ROTATION}\n{origin}\n{size}\n{old}\n{new}\n"


def parse_rotation(raw: str) -> Rotation:
    """The rotation that a text holds, not yet believed; raises `Bad`."""
    note = parse_note(raw)
    lines = note.text[:-1].split("\n")
    if len(lines) != 5 or lines[0] != ROTATION:
        raise Bad("不是换钥声明", "not a rotation")
    old, new = parse_key(lines[3]), parse_key(lines[4])
    if old.algorithm != LOG or new.algorithm != LOG or old == new:
        raise Bad("换钥声明的公钥不对", "the keys of a rotation are not those of a log")
    return Rotation(lines[1], _number(lines[2], "size"), old, new, note)


class Term(NamedTuple):
    """A key of the log, and the sizes that it may sign."""

    key: Key
    first: int
    last: int | None


class Trust:
    """The keys that lead on from the one that the checker trusts."""

    def __init__(
        self,
        key: Key,
        rotations: Sequence[Rotation] = (),
        holds: Holds | None = None,
    ) -> None:
        if key.algorithm != LOG:
            raise Bad("这不是台账的公钥", "this is not the key of a log")
        self.holds = holds or best_ed25519()
        self.terms = [Term(key, 0, None)]
        for each in sorted(rotations, key=lambda rotation: rotation.size):
            now = self.terms[-1]
            earlier = each.size <= now.first and len(self.terms) > 1
            if each.old != now.key or earlier or each.origin != key.name:
                raise Bad(
                    f"换钥声明({each.size})接不上所信任的公钥",
                    f"the rotation at {each.size} does not follow from the trusted key",
                )
            for signer in (each.old, each.new):
                if not each.note.signed_by(signer, self.holds):
                    raise Bad(
                        f"换钥声明({each.size})没有两把钥匙的签名",
                        f"the rotation at {each.size} is not signed by both keys",
                    )
            if any(term.key == each.new for term in self.terms):
                raise Bad("换钥声明回到旧钥", "a rotation leads back to an old key")
            self.terms[-1] = now._replace(last=each.size)
            self.terms.append(Term(each.new, each.size, None))

    def believe(self, checkpoint: Checkpoint) -> Checkpoint:
        """The checkpoint, if a key that was in force at its size has signed it; raises `Bad`."""
        if checkpoint.origin != self.terms[0].key.name:
            raise Bad("检查点不是这个台账的", "the checkpoint is of another ledger")
        if checkpoint.size == 0 and checkpoint.root != EMPTY:
            raise Bad("空台账的根值不对", "the root of no entries is another one")
        signed = False
        for term in self.terms:
            if checkpoint.note.signed_by(term.key, self.holds):
                within = term.first <= checkpoint.size
                signed |= within and (term.last is None or checkpoint.size <= term.last)
        if not signed:
            raise Bad(
                f"检查点({checkpoint.size})没有当时有效的钥匙的签名",
                f"the checkpoint of {checkpoint.size} is not signed by a key in force then",
            )
        return checkpoint


# --- policy ----------------------------------------------------------------------------------------------------------


class Policy(NamedTuple):
    """Which logs are believed, and which witnesses must have cosigned."""

    logs: tuple[Key, ...]
    witnesses: Mapping[str, Key]
    groups: Mapping[str, tuple[int, tuple[str, ...]]]
    quorum: str

    def cosigners(self, checkpoint: Checkpoint, holds: Holds) -> list[str]:
        """The names of the witnesses that have cosigned; raises `Bad` where a cosignature does not hold."""
        return [
            name for name, key in self.witnesses.items() if checkpoint.note.signed_by(key, holds)
        ]

    def satisfied(self, cosigners: Iterable[str]) -> bool:
        """Whether these witnesses are enough."""
        if self.quorum == "none":
            return True
        met = set(cosigners)
        for name, (least, members) in self.groups.items():
            if sum(member in met for member in members) >= least:
                met.add(name)
        return self.quorum in met


def parse_policy(raw: str) -> Policy:
    """The policy that a text holds; raises `Bad` with the line that is wrong."""
    logs: list[Key] = []
    witnesses: dict[str, Key] = {}
    groups: dict[str, tuple[int, tuple[str, ...]]] = {}
    quorum = ""
    grouped: set[str] = set()

    def fresh(name: str) -> str:
        if name in witnesses or name in groups or name == "none":
            raise ValueError(name)
        return name

    for number, line in enumerate(raw.split("\n"), 1):
        words = line.replace("\t", " ").split(" ")
        words = [word for word in words if word]
        if not words or words[0].startswith("#"):
            continue
        try:
            if words[0] == "log" and len(words) == 2:
                key = parse_key(words[1])
                if key.algorithm != LOG or key.public in [each.public for each in logs]:
                    raise ValueError(line)
                logs.append(key)
            elif words[0] == "witness" and len(words) == 3:
                key = parse_key(words[2])
                if key.algorithm != WITNESS or key.public in [
                    each.public for each in witnesses.values()
                ]:
                    raise ValueError(line)
                witnesses[fresh(words[1])] = key
            elif words[0] == "group" and len(words) >= 4:
                members = tuple(words[3:])
                if len(set(members)) < len(members) or grouped & set(members):
                    raise ValueError(line)
                if any(each not in witnesses and each not in groups for each in members):
                    raise ValueError(line)
                least = {"all": len(members), "any": 1}.get(words[2])
                least = _number(words[2], "group") if least is None else least
                if not 1 <= least <= len(members):
                    raise ValueError(line)
                groups[fresh(words[1])] = (least, members)
                grouped |= set(members)
            elif words[0] == "quorum" and len(words) == 2 and not quorum:
                if words[1] != "none" and words[1] not in witnesses and words[1] not in groups:
                    raise ValueError(line)
                quorum = words[1]
            else:
                raise ValueError(line)
        except (Bad, ValueError) as error:
            raise Bad(
                f"见证规则第 {number} 行不对", f"line {number} of the policy is wrong"
            ) from error
    if not quorum:
        raise Bad("见证规则缺少 quorum", "the policy has no quorum line")
    return Policy(tuple(logs), witnesses, groups, quorum)


def satisfy(checkpoint: Checkpoint, policy: Policy, trust: Trust) -> list[str]:
    """The witnesses that have cosigned a checkpoint that is believed; raises `Bad` where the policy wants more."""
    if policy.logs and trust.terms[0].key not in policy.logs:
        raise Bad("见证规则不含此台账的公钥", "the policy does not name the key of this log")
    cosigners = policy.cosigners(checkpoint, trust.holds)
    if not policy.satisfied(cosigners):
        raise Bad("见证人的共同签名不够", "too few witnesses have cosigned")
    return cosigners


# --- receipts and proofs ---------------------------------------------------------------------------------------------

PROOF = "c2sp.org/tlog-proof@v1"
LONGEST_PROOF = 63


class Receipt(NamedTuple):
    """One entry, and the proof that it is in the ledger."""

    leaf: Leaf
    record: bytes
    proof: tuple[bytes, ...]
    checkpoint: Checkpoint

    def __str__(self) -> str:
        lines = [PROOF, f"extra {encoded(self.record)}", f"index {self.leaf.position - 1}"]
        lines += [encoded(each) for each in self.proof]
        return "\n".join(lines) + f"\n\n{self.checkpoint}"


def _proof(lines: Sequence[str]) -> tuple[bytes, ...]:
    proof = tuple(decoded(line, "proof") for line in lines)
    if len(proof) > LONGEST_PROOF or any(len(each) != HASH for each in proof):
        raise Bad("证明的哈希不对", "the hashes of a proof are not of the right form")
    return proof


def parse_receipt(raw: str) -> Receipt:
    """The receipt that a text holds, not yet believed; raises `Bad`."""
    head, found, rest = raw.partition("\n\n")
    lines = head.split("\n")
    if not found or len(lines) < 3 or lines[0] != PROOF:
        raise Bad("不是回执", "not a receipt")
    if not lines[1].startswith("extra ") or not lines[2].startswith("index "):
        raise Bad("回执缺少条目或序号", "a receipt lacks its entry or its index")
    record = decoded(lines[1][6:], "extra")
    leaf = parse_leaf(record)
    if leaf.position != _number(lines[2][6:], "index") + 1:
        raise Bad("回执的序号与条目不符", "the index of a receipt is not that of its entry")
    return Receipt(leaf, record, _proof(lines[3:]), parse_checkpoint(rest))


def check_receipt(receipt: Receipt, trust: Trust) -> Checkpoint:
    """The checkpoint that the receipt leads to, believed; raises `Bad`."""
    checkpoint = trust.believe(receipt.checkpoint)
    position = receipt.leaf.position
    if receipt.leaf.origin != checkpoint.origin:
        raise Bad("条目不是这个台账的", "the entry is of another ledger", position)
    if position == 1 and checkpoint.origin != origin_of(
        _code_in(checkpoint.origin), receipt.leaf.body
    ):
        raise Bad("首条不是这个台账的", "the first entry is of another ledger", position)
    index, hashed = position - 1, leaf_hash(receipt.record)
    if not inclusion_holds(index, checkpoint.size, hashed, receipt.proof, checkpoint.root):
        raise Bad("条目不在检查点之中", "the entry is not under the checkpoint", position)
    return checkpoint


class Request(NamedTuple):
    """What a witness is sent: a checkpoint, and the proof from the size that he last saw."""

    old: int
    proof: tuple[bytes, ...]
    checkpoint: Checkpoint

    def __str__(self) -> str:
        lines = [f"old {self.old}", *(encoded(each) for each in self.proof)]
        return "\n".join(lines) + f"\n\n{self.checkpoint}"


def parse_request(raw: str) -> Request:
    """The request that a text holds, not yet believed; raises `Bad`."""
    head, found, rest = raw.partition("\n\n")
    lines = head.split("\n")
    if not found or not lines[0].startswith("old "):
        raise Bad("不是见证请求", "not a request to a witness")
    return Request(_number(lines[0][4:], "old"), _proof(lines[1:]), parse_checkpoint(rest))


# --- bundles ---------------------------------------------------------------------------------------------------------

FORMAT = "lvzhi-bundle/1"
FIXED = ("README.txt", "checkpoint", "policy", "verify.py")
"""Files that every bundle has, besides the manifest."""
LARGEST_FILE = WIDTH * (LARGEST_LEAF + 2)


def grouped(index: int) -> str:
    """The number of a tile in a path: 1234067 is x001/x234/067."""
    path = f"{index % 1000:03}"
    while index >= 1000:
        index //= 1000
        path = f"x{index % 1000:03}/{path}"
    return path


def tile_paths(size: int) -> Iterator[tuple[str, int, int, int]]:
    """Path, level, number and width of the tiles of a tree of this size; level -1 are the entries."""
    for level in range(-1, 8):
        count = size >> 8 * max(level, 0)
        if count == 0:
            return
        kind = "entries" if level < 0 else str(level)
        for number in range(-(-count // WIDTH)):
            width = min(WIDTH, count - number * WIDTH)
            partial = "" if width == WIDTH else f".p/{width}"
            yield f"tile/{kind}/{grouped(number)}{partial}", level, number, width


def manifest_of(checkpoint: Checkpoint, files: Mapping[str, str]) -> bytes:
    """The manifest of a bundle with these files, by name and hash."""
    said = {
        "format": FORMAT,
        "origin": checkpoint.origin,
        "size": checkpoint.size,
        "root": checkpoint.root.hex(),
        "code": short_code(checkpoint.note.text),
        "files": {name: files[name] for name in sorted(files, key=str.encode)},
    }
    return json.dumps(said, ensure_ascii=False, separators=(",", ":")).encode()


def entries_in(bundle: bytes) -> Iterator[bytes]:
    """The leaf records of one file of entries; raises `Bad`."""
    place = 0
    while place < len(bundle):
        size = int.from_bytes(bundle[place : place + 2], "big")
        record = bundle[place + 2 : place + 2 + size]
        if len(record) < size or place + 2 > len(bundle):
            raise Bad("条目文件被截断", "a file of entries is cut short")
        yield record
        place += 2 + size


class Files:
    """The files of a bundle, from a zip archive or a folder; each is bounded."""

    def __init__(self, place: Path) -> None:
        self._folder = place if place.is_dir() else None
        self._zip = None
        if self._folder is not None:
            found = [each for each in place.rglob("*") if not each.is_dir()]
            if any(each.is_symlink() for each in found):
                raise Bad("证据包含有链接", "the bundle holds links")
            self.names = [each.relative_to(place).as_posix() for each in found]
            return
        try:
            self._zip = zipfile.ZipFile(place)
        except (zipfile.BadZipFile, ValueError, NotImplementedError, EOFError) as error:
            raise Bad("不是证据包", "not a bundle") from error
        parts = [each for each in self._zip.infolist() if not each.is_dir()]
        if any(stat.S_ISLNK(each.external_attr >> 16) for each in parts):
            self._zip.close()
            raise Bad("证据包含有链接", "the bundle holds links")
        self.names = [each.filename for each in parts]

    def read(self, name: str) -> bytes:
        """The content of a file; raises `Bad` where there is none, or too much of it."""
        try:
            if self._folder is not None:
                with (self._folder / name).open("rb") as opened:
                    raw = opened.read(LARGEST_FILE + 1)
            elif self._zip is not None:
                with self._zip.open(name) as opened:
                    raw = opened.read(LARGEST_FILE + 1)
        except Exception as error:  # whatever is wrong with an archive, zlib's errors included
            raise Bad(f"读不出 {name}", f"{name} cannot be read") from error
        if len(raw) > LARGEST_FILE:
            raise Bad(f"{name} 过大", f"{name} is too large")
        return raw

    def text(self, name: str) -> str:
        """The content of a file as text; raises `Bad`."""
        try:
            return self.read(name).decode()
        except UnicodeDecodeError as error:
            raise Bad(f"{name} 不是 UTF-8", f"{name} is not UTF-8") from error

    def close(self) -> None:
        """Close the archive."""
        if self._zip is not None:
            self._zip.close()


def leaves_of_bundle(place: Path) -> bytes:
    """The hashes of all leaves of a bundle that holds, in order; raises `Bad`."""
    files = Files(place)
    try:
        size = parse_checkpoint(files.text("checkpoint")).size
        return b"".join(files.read(path) for path, level, _, _ in tile_paths(size) if level == 0)
    finally:
        files.close()


def check_bundle(
    place: Path, key: Key, kept: Sequence[Checkpoint] = (), codes: Sequence[str] = ()
) -> tuple[Checkpoint, Trust]:
    """The checkpoint that a bundle leads to, believed, and the keys that it leads to; raises `Bad`.

    `kept` are checkpoints that the checker kept, `codes` short codes that he has on paper.
    """
    files = Files(place)
    try:
        return _check_bundle(files, key, kept, codes)
    finally:
        files.close()


def _check_bundle(
    files: Files, key: Key, kept: Sequence[Checkpoint], codes: Sequence[str]
) -> tuple[Checkpoint, Trust]:
    names = set(files.names)
    if len(names) < len(files.names):
        raise Bad("证据包中有同名文件", "two files of the bundle have one name")
    checkpoint = parse_checkpoint(files.text("checkpoint"))
    earlier = [each for each in names if each.startswith("checkpoints/")]
    rotations = [each for each in names if each.startswith("rotations/")]
    tiles = {
        path: (level, number, width) for path, level, number, width in _bounded(checkpoint, names)
    }
    wanted = {*FIXED, "manifest.json", *earlier, *rotations, *tiles}
    if names != wanted:
        odd = min(names ^ wanted)
        zh, en = ("缺少", "is missing") if odd in wanted else ("多出", "is not of the bundle")
        raise Bad(f"{zh}文件 {odd}", f"the file {odd} {en}", _first_of(odd, tiles))
    trust = Trust(key, [_named(parse_rotation(files.text(each)), each) for each in rotations])
    if len(trust.terms) > 1 and trust.terms[-1].first > checkpoint.size:
        raise Bad("换钥声明晚于检查点", "a rotation is of a larger size than the checkpoint")
    trust.believe(checkpoint)
    said = [checkpoint]
    said += [_named(parse_checkpoint(files.text(each)), each) for each in earlier]
    witnessed: dict[int, list[str]] = {}
    for one in (*said, *kept):
        witnessed.setdefault(one.size, []).append(trust.believe(one).note.text)
    for code in codes:
        witnessed.setdefault(size_in_code(code), []).append(code)
    if max(witnessed) > checkpoint.size:
        raise Bad(
            f"证据包到 {checkpoint.size} 条为止,比您保存的检查点({max(witnessed)})还旧",
            f"the bundle ends at {checkpoint.size}, before the checkpoint of {max(witnessed)} that was kept",
            checkpoint.size + 1,
        )
    _check_entries(files, checkpoint, witnessed)
    _check_tiles(files, tiles)
    hashes = {name: sha256(files.read(name)).hexdigest() for name in names - {"manifest.json"}}
    if files.read("manifest.json") != manifest_of(checkpoint, hashes):
        raise Bad("清单与文件不符", "the manifest does not fit the files")
    return checkpoint, trust


def _bounded(checkpoint: Checkpoint, names: set[str]) -> Iterator[tuple[str, int, int, int]]:
    """The tiles of the tree, unless it claims to be far larger than the files that are there."""
    if checkpoint.size > len(names) * WIDTH:
        raise Bad("条目文件不全", "files of entries are missing", len(names) * WIDTH + 1)
    return tile_paths(checkpoint.size)


def _first_of(name: str, tiles: Mapping[str, tuple[int, int, int]]) -> int | None:
    if name not in tiles:
        return None
    level, number, _ = tiles[name]
    below: int = WIDTH ** (max(level, 0) + 1)
    return number * below + 1


_Sized = TypeVar("_Sized", Checkpoint, Rotation)


def _named(found: _Sized, name: str) -> _Sized:
    """What was found in a file, if the file is named by its size."""
    if name.rpartition("/")[2] != str(found.size):
        raise Bad(f"{name} 的文件名与内容不符", f"{name} is not of the size that its name says")
    return found


def _check_entries(
    files: Files, checkpoint: Checkpoint, witnessed: Mapping[int, Sequence[str]]
) -> None:
    """Check each entry, and the tree at each size at which it is known: by the text of a checkpoint, or its short code."""
    origin, size = checkpoint.origin, checkpoint.size
    tree, held = Frontier(), 0
    versions: dict[str, int] = {}

    def compare() -> None:
        nonlocal held
        for each in witnessed.get(tree.size, ()):
            text = checkpoint_text(origin, tree.size, tree.root())
            if each not in (text, short_code(text)):
                raise Bad(
                    f"第 {held + 1} 至 {tree.size} 条与检查点({tree.size})不符",
                    f"entries {held + 1} to {tree.size} do not fit the checkpoint of {tree.size}",
                    held + 1 if held + 1 == tree.size else None,
                    (held, tree.size),
                )
            held = tree.size

    compare()
    for number in range(-(-size // WIDTH)):
        width = min(WIDTH, size - number * WIDTH)
        path = grouped(number) + ("" if width == WIDTH else f".p/{width}")
        tile = files.read(f"tile/0/{path}")
        count = 0
        for count, record in enumerate(entries_in(files.read(f"tile/entries/{path}")), 1):
            position = number * WIDTH + count
            _check_leaf(record, origin, position, versions)
            hashed = leaf_hash(record)
            if tile[(count - 1) * HASH : count * HASH] != hashed:
                raise Bad("条目与哈希不符", "an entry does not fit its hash", position)
            tree.append(hashed)
            compare()
        if count != width or len(tile) != width * HASH:
            least = number * WIDTH + min(count, len(tile) // HASH) + 1
            raise Bad("条目或哈希的数目不对", "a file has not as many entries as it should", least)


def _check_leaf(record: bytes, origin: str, position: int, versions: dict[str, int]) -> None:
    try:
        leaf = parse_leaf(record)
    except Bad as bad:
        raise Bad(bad.zh, bad.en, position) from bad
    if leaf.position != position:
        raise Bad("条目的位置不对", "an entry is not at its position", position)
    code = _code_in(origin)
    if leaf.origin != origin or (position == 1 and origin != origin_of(code, leaf.body)):
        raise Bad("条目不是这个台账的", "an entry is of another ledger", position)
    if leaf.version != versions.get(leaf.stream, 0) + 1:
        raise Bad("条目在其记录中的版本不对", "the version of an entry does not follow", position)
    versions[leaf.stream] = leaf.version


def _check_tiles(files: Files, tiles: Mapping[str, tuple[int, int, int]]) -> None:
    at = {(level, number): path for path, (level, number, _) in tiles.items()}
    for path, (level, number, width) in tiles.items():
        if level < 1:
            continue
        tile = files.read(path)
        if len(tile) != width * HASH:
            raise Bad("哈希的数目不对", "a tile has not as many hashes as it should")
        for place in range(width):
            below = files.read(at[level - 1, number * WIDTH + place])
            root = tree_root(below[n : n + HASH] for n in range(0, len(below), HASH))
            if tile[place * HASH : (place + 1) * HASH] != root:
                first = (number * WIDTH + place) * WIDTH**level
                raise Bad(
                    "上层哈希不对",
                    f"a hash of {path} is wrong",
                    None,
                    (first, first + WIDTH**level),
                )


# --- the command -----------------------------------------------------------------------------------------------------


def main(arguments: Sequence[str] | None = None) -> int:
    """Check what the command line names."""
    parser = argparse.ArgumentParser(
        prog="verify.py", description="核验履职台账的证据 / check what a duty ledger hands out"
    )
    parser.add_argument("what", choices=["bundle", "receipt", "checkpoint"])
    parser.add_argument("file", type=Path)
    parser.add_argument(
        "--key", required=True, metavar="VKEY", help="台账最初的公钥 / the ledger's first key"
    )
    parser.add_argument(
        "--kept",
        action="append",
        default=[],
        type=Path,
        metavar="FILE",
        help="您自己保存的检查点或回执 / a checkpoint or receipt that you kept",
    )
    parser.add_argument(
        "--rotation",
        action="append",
        default=[],
        type=Path,
        metavar="FILE",
        help="换钥声明 / a rotation",
    )
    parser.add_argument(
        "--policy", type=Path, metavar="FILE", help="见证规则 / the policy that you go by"
    )
    parser.add_argument("--code", help="纸上的短码 / the short code on paper")
    parser.add_argument("--json", action="store_true")
    asked = parser.parse_args(arguments)
    try:
        verdict = _verdict(asked)
    except Bad as bad:
        verdict = {
            "holds": False,
            "position": bad.position,
            "range": bad.within,
            "zh": bad.zh,
            "en": bad.en,
        }
    except (OSError, UnicodeDecodeError) as error:
        print(f"读不出文件 / cannot be read: {error}", file=sys.stderr)  # noqa: T201
        return 2
    if asked.json:
        print(json.dumps(verdict, ensure_ascii=False))  # noqa: T201
    else:
        for line in _told(verdict):
            print(line)  # noqa: T201
    return 0 if verdict["holds"] else 1


def _verdict(asked: argparse.Namespace) -> dict[str, Any]:
    key = parse_key(asked.key.strip())
    codes = [] if asked.code is None else [asked.code.strip().upper()]
    if asked.what == "bundle":
        kept = [kept_in(each.read_text("utf-8")) for each in asked.kept]
        checkpoint, trust = check_bundle(asked.file, key, kept, codes)
    else:
        rotations = [parse_rotation(each.read_text("utf-8")) for each in asked.rotation]
        trust, raw = Trust(key, rotations), asked.file.read_text("utf-8")
        if asked.what == "receipt":
            checkpoint = check_receipt(parse_receipt(raw), trust)
        else:
            checkpoint = trust.believe(parse_checkpoint(raw))
    cosigners: list[str] = []
    if asked.policy is not None:
        cosigners = satisfy(checkpoint, parse_policy(asked.policy.read_text("utf-8")), trust)
    code = short_code(checkpoint.note.text)
    if asked.what != "bundle" and codes not in ([], [code]):
        raise Bad("短码与检查点不符", "the short code is not that of the checkpoint")
    verdict: dict[str, Any] = {
        "holds": True,
        "origin": checkpoint.origin,
        "size": checkpoint.size,
        "root": checkpoint.root.hex(),
        "code": code,
        "cosigners": cosigners,
    }
    if asked.what == "receipt":
        leaf = parse_receipt(raw).leaf
        body = leaf.body.decode("utf-8", "replace")
        verdict |= {
            "position": leaf.position,
            "stream": leaf.stream,
            "name": leaf.name,
            "body": body,
        }
    return verdict


def kept_in(raw: str) -> Checkpoint:
    """The checkpoint in a text that somebody kept: itself, a receipt, or a request; raises `Bad`."""
    if raw.startswith(PROOF):
        return parse_receipt(raw).checkpoint
    return parse_request(raw).checkpoint if raw.startswith("old ") else parse_checkpoint(raw)


def _told(verdict: Mapping[str, Any]) -> Iterator[str]:
    if not verdict["holds"]:
        where = ""
        if verdict["position"] is not None:
            where = f"[第 {verdict['position']} 条 / entry {verdict['position']}] "
        yield f"不成立 / DOES NOT HOLD: {where}{verdict['zh']} / {verdict['en']}"
        return
    yield f"成立 / HOLDS: {verdict['origin']}"
    yield f"  条数 / entries: {verdict['size']}"
    yield f"  根 / root:      {verdict['root']}"
    yield f"  短码 / code:    {verdict['code']}"
    for name in verdict["cosigners"]:
        yield f"  见证 / witness: {name}"
    if "stream" in verdict:
        yield f"  第 {verdict['position']} 条 / entry {verdict['position']}: {verdict['stream']} {verdict['name']}"
        yield f"  {verdict['body']}"


if __name__ == "__main__":
    sys.exit(main())
