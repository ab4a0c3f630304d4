"""An independent checker of bundles, receipts, checkpoints and witness requests.

Written from the specification ("What is sealed, and how anybody checks it") alone, with nothing
but the standard library. Section numbers in the docstrings are those of the specification. The
`verify_…` functions never raise on bad input: they refuse, and say why.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import io
import json
import os
import re
import stat
import struct
import unicodedata
import zipfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

MAX_NOTE = 65_536  # bytes of a note (section 3)
MAX_SIGNATURES = 32  # signature lines of a note (section 3)
MAX_RECORD = 65_535  # bytes of a leaf record (section 1)
MAX_PROOF = 64  # hashes of a proof: more than any tree of less than 2^64 leaves needs
MAX_TEXT = 1 << 18  # bytes of a receipt, request or policy
MAX_FILE = 1 << 25  # bytes of any one file of a bundle
MAX_TOTAL = 1 << 33  # bytes that all the files of a bundle unpack to
MAX_FILES = 200_000  # files of a bundle
MAX_ENTRIES = 5_000_000  # entries of a bundle
MAX_READ = 1 << 26  # bytes read at once from a zip archive, its directory included
TILE = 256  # hashes of a tile
U64 = 1 << 64

LOG, WITNESS = 1, 4  # algorithm bytes of keys
MAGIC = b"lvzhi-leaf/1\n"
ROTATION = "lvzhi-rotation/1"
RECEIPT = "c2sp.org/tlog-proof@v1"
ALWAYS = ("checkpoint", "policy", "verify.py", "README.txt", "manifest.json")

DECIMAL = "(?:0|[1-9][0-9]{0,19})"
ORIGIN = re.compile(r"lvzhi\.invalid/[a-z][a-z0-9_]{0,39}/([0-9a-f]{32})")
SIGNATURE = re.compile(r"\u2014 ([^\s+]+) ([A-Za-z0-9+/]+={0,2})")
VKEY = re.compile(r"([^\s+]+)\+([0-9a-f]{8})\+([A-Za-z0-9+/]+={0,2})")
NUMBERED = re.compile(f"(checkpoints|rotations)/({DECIMAL})")


@dataclass(frozen=True)
class Verdict:
    """What a check found. `size`, `root` and `code` are of a checkpoint whose signature held."""

    holds: bool
    size: int
    root: str
    code: str
    why: str
    position: int | None = None
    range: tuple[int, int] | None = None


class Refusal(Exception):
    """Why something does not hold and, where known, at which position or in which range."""

    def __init__(
        self, why: str, position: int | None = None, within: tuple[int, int] | None = None
    ) -> None:
        """Keep the reason and the place."""
        super().__init__(why)
        self.why, self.position, self.within = why, position, within


def sha256(data: bytes) -> bytes:
    """H of the specification."""
    return hashlib.sha256(data).digest()


def unbase64(text: str) -> bytes:
    """Decode RFC 4648 section 4 Base64, with padding; refuse any other spelling of the bytes."""
    try:
        data = base64.b64decode(text.encode("ascii"), validate=True)
    except (ValueError, binascii.Error):
        raise Refusal("bad Base64") from None
    if base64.b64encode(data).decode() != text:
        raise Refusal("Base64 that is not canonical")
    return data


def number(text: str) -> int:
    """Read a decimal number without sign, space or leading zeros, below 2^64."""
    if not re.fullmatch(DECIMAL, text) or int(text) >= U64:
        raise Refusal("bad decimal number")
    return int(text)


def unhash(text: str) -> bytes:
    """Read a hash: Base64 of exactly 32 bytes."""
    data = unbase64(text)
    if len(data) != 32:
        raise Refusal("a hash that has not 32 bytes")
    return data


def utf8(data: bytes) -> str:
    """Read bytes as UTF-8, strictly."""
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        raise Refusal("text that is not UTF-8") from None


def bounded(text: str, limit: int) -> str:
    """Give back the text if it can be encoded as UTF-8 in so many bytes; refuse it otherwise."""
    try:
        if len(text) <= limit and len(text.encode("utf-8")) <= limit:
            return text
    except UnicodeEncodeError:
        raise Refusal("text that is not Unicode") from None
    raise Refusal("text that is too long")


# --- Ed25519 (RFC 8032), verification only ------------------------------------------------------

P = 2**255 - 19
ORDER = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P
ROOT_OF_MINUS_ONE = pow(2, (P - 1) // 4, P)
Point = tuple[int, int, int, int]  # extended homogeneous coordinates X, Y, Z, T
ZERO: Point = (0, 1, 1, 0)


def _add(a: Point, b: Point) -> Point:
    """Add two points (RFC 8032 section 5.1.4); the formula is complete, so it doubles too."""
    e = (a[1] - a[0]) * (b[1] - b[0]) % P
    f = (a[1] + a[0]) * (b[1] + b[0]) % P
    g = 2 * a[3] * b[3] * D % P
    h = 2 * a[2] * b[2] % P
    i, j, k, m = f - e, h - g, h + g, f + e
    return i * j % P, k * m % P, j * k % P, i * m % P


def _decode(data: bytes) -> Point | None:
    """Decode a point (RFC 8032 section 5.1.3); None unless it is one, encoded canonically."""
    if len(data) != 32:
        return None
    y = int.from_bytes(data, "little")
    sign, y = y >> 255, y & ((1 << 255) - 1)
    if y >= P:
        return None
    u, v = (y * y - 1) % P, (D * y * y + 1) % P
    x = u * pow(v, 3, P) * pow(u * pow(v, 7, P), (P - 5) // 8, P) % P
    if (v * x * x - u) % P:
        x = x * ROOT_OF_MINUS_ONE % P
    if (v * x * x - u) % P or (x == 0 and sign):
        return None
    if x & 1 != sign:
        x = P - x
    return x, y, 1, x * y % P


def _encode(point: Point) -> bytes:
    """Encode a point (RFC 8032 section 5.1.2)."""
    inverse = pow(point[2], P - 2, P)
    x, y = point[0] * inverse % P, point[1] * inverse % P
    return (y | (x & 1) << 255).to_bytes(32, "little")


_BASE = _decode((4 * pow(5, P - 2, P) % P).to_bytes(32, "little"))


def ed25519_holds(key: bytes, message: bytes, signature: bytes) -> bool:
    """Verify strictly: S below the order, points canonical, and [S]B = R + [k]A, no cofactor."""
    point = _decode(key)
    if point is None or _BASE is None or len(signature) != 64:
        return False
    s = int.from_bytes(signature[32:], "little")
    if s >= ORDER:
        return False
    digest = hashlib.sha512(signature[:32] + key + message).digest()
    k = int.from_bytes(digest, "little") % ORDER
    minus = (P - point[0], point[1], 1, P - point[3])
    table = (ZERO, _BASE, minus, _add(_BASE, minus))
    total = ZERO
    for bit in range(252, -1, -1):
        total = _add(total, total)
        choice = (s >> bit & 1) | (k >> bit & 1) << 1
        if choice:
            total = _add(total, table[choice])
    return _encode(total) == signature[:32]


# --- The tree (section 2) -----------------------------------------------------------------------


def leaf_hash(record: bytes) -> bytes:
    """Hash of a leaf: H(0x00 || record)."""
    return sha256(b"\x00" + record)


def node_hash(left: bytes, right: bytes) -> bytes:
    """Hash of a node: H(0x01 || left || right)."""
    return sha256(b"\x01" + left + right)


@dataclass
class Frontier:
    """The roots of the full subtrees of a growing tree, the largest first."""

    size: int = 0
    peaks: list[bytes] = field(default_factory=list)

    def push(self, leaf: bytes) -> None:
        """Append a leaf hash; join full subtrees of the same size."""
        self.size += 1
        self.peaks.append(leaf)
        rest = self.size
        while rest % 2 == 0:
            right = self.peaks.pop()
            self.peaks[-1] = node_hash(self.peaks[-1], right)
            rest //= 2

    def root(self) -> bytes:
        """Root of what was pushed so far; that of no leaves is H of nothing."""
        if not self.peaks:
            return sha256(b"")
        result = self.peaks[-1]
        for peak in reversed(self.peaks[:-1]):
            result = node_hash(peak, result)
        return result


def root(leaf_hashes: Iterable[bytes]) -> bytes:
    """Root of a tree of these leaf hashes (RFC 6962 section 2.1)."""
    frontier = Frontier()
    for each in leaf_hashes:
        frontier.push(each)
    return frontier.root()


def inclusion_holds(
    leaf: bytes, index: int, size: int, proof: Sequence[bytes], expected: bytes
) -> bool:
    """Whether the proof leads from the leaf hash to the root, with no hash too many or too few."""
    if not 0 <= index < size or any(len(each) != 32 for each in (leaf, expected, *proof)):
        return False
    here, last, result = index, size - 1, leaf
    for each in proof:
        if last == 0:
            return False
        if here % 2 or here == last:
            result = node_hash(each, result)
            while here % 2 == 0 and here:
                here, last = here // 2, last // 2
        else:
            result = node_hash(result, each)
        here, last = here // 2, last // 2
    return last == 0 and result == expected


def consistency_holds(
    old_size: int, new_size: int, old_root: bytes, new_root: bytes, proof: Sequence[bytes]
) -> bool:
    """Whether the tree of old_size is the beginning of that of new_size (RFC 6962 2.1.2).

    Of two trees of the same size the proof is empty and the roots are equal; from size 0 the
    proof is empty and the later root may be any.
    """
    if not 0 <= old_size <= new_size or any(len(i) != 32 for i in (old_root, new_root, *proof)):
        return False
    if old_size == new_size:
        return not proof and old_root == new_root
    if old_size == 0:
        return not proof
    here, last = old_size - 1, new_size - 1
    while here % 2:
        here, last = here // 2, last // 2
    hashes = list(proof) if here else [old_root, *proof]
    if not hashes:
        return False
    old = new = hashes[0]
    for each in hashes[1:]:
        if last == 0:
            return False
        if here % 2 or here == last:
            old, new = node_hash(each, old), node_hash(each, new)
            while here % 2 == 0 and here:
                here, last = here // 2, last // 2
        else:
            new = node_hash(new, each)
        here, last = here // 2, last // 2
    return last == 0 and old == old_root and new == new_root


# --- Leaf records (section 1) -------------------------------------------------------------------


@dataclass(frozen=True)
class Leaf:
    """The fields of a leaf record."""

    origin: str
    position: int
    stream: str
    version: int
    name: str
    body: bytes


def leaf_record(
    origin: str, position: int, stream: str, version: int, name: str, body: bytes
) -> bytes:
    """Put a leaf record together as in section 1; ValueError where a field does not fit."""
    texts = [text.encode("utf-8") for text in (origin, stream, name)]
    try:
        record = b"".join((
            MAGIC,
            struct.pack(">H", len(texts[0])), texts[0],
            struct.pack(">QH", position, len(texts[1])), texts[1],
            struct.pack(">IH", version, len(texts[2])), texts[2],
            struct.pack(">I", len(body)), body,
        ))  # fmt: skip
    except struct.error as error:
        raise ValueError(str(error)) from None
    if len(record) > MAX_RECORD or position < 1 or version < 1:
        raise ValueError("not a leaf record")
    return record


def parse_leaf(record: bytes) -> Leaf:
    """Take a leaf record apart; it must be exactly what section 1 says, and nothing after it.

    Position and version are from 1, texts are UTF-8, the origin has the form of section 1, and
    the record at position 1 has the body that the origin's digits come from.
    """
    if len(record) > MAX_RECORD or not record.startswith(MAGIC):
        raise Refusal("not a leaf record")
    place = len(MAGIC)

    def take(length: int) -> bytes:
        """Give the next so many bytes."""
        nonlocal place
        if length > len(record) - place:
            raise Refusal("a leaf record that is cut short")
        place += length
        return record[place - length : place]

    def uint(length: int) -> int:
        """Give the next unsigned number of so many bytes."""
        return int.from_bytes(take(length), "big")

    origin = utf8(take(uint(2)))
    position = uint(8)
    stream = utf8(take(uint(2)))
    version = uint(4)
    name = utf8(take(uint(2)))
    body = take(uint(4))
    form = ORIGIN.fullmatch(origin)
    if place != len(record):
        raise Refusal("a leaf record with something after it")
    if position < 1 or version < 1:
        raise Refusal("a leaf record whose position or version is 0")
    if form is None:
        raise Refusal("a leaf record whose origin has not the form of one")
    if position == 1 and sha256(body).hex()[:32] != form[1]:
        raise Refusal("the origin does not follow from the first body")
    return Leaf(origin, position, stream, version, name, body)


# --- Keys, notes, checkpoints (section 3) -------------------------------------------------------


@dataclass(frozen=True)
class Key:
    """A verifier key."""

    name: str
    ident: bytes
    algorithm: int
    public: bytes

    def holds(self, text: str, signature: bytes) -> bool:
        """Whether the bytes after the key id are a signature of the note's text by this key."""
        message = text.encode("utf-8")
        if self.algorithm == WITNESS:
            if len(signature) != 72:
                return False
            time = int.from_bytes(signature[:8], "big")
            message = b"cosignature/v1\ntime %d\n" % time + message
            signature = signature[8:]
        return ed25519_holds(self.public, message, signature)


def parse_vkey(text: str, algorithm: int) -> Key:
    """Read NAME+ID+BASE64 of a key of that algorithm; the id must follow from the rest."""
    form = VKEY.fullmatch(bounded(text, MAX_NOTE))
    if form is None or controls(text):
        raise Refusal("not a verifier key")
    data = unbase64(form[3])
    if len(data) != 33 or data[0] != algorithm:
        raise Refusal("a verifier key of another kind")
    ident = sha256(form[1].encode("utf-8") + b"\n" + data)[:4]
    if ident.hex() != form[2]:
        raise Refusal("a verifier key whose id does not follow from it")
    return Key(form[1], ident, algorithm, data[1:])


def controls(text: str) -> bool:
    """Whether the text holds control characters (Unicode category Cc) other than newlines."""
    return any(unicodedata.category(each) == "Cc" for each in text.replace("\n", ""))


@dataclass(frozen=True)
class Note:
    """A text, and the (name, key id, signature) of each of its signature lines."""

    text: str
    lines: tuple[tuple[str, bytes, bytes], ...]

    def signers(self, known: Iterable[Key]) -> set[Key]:
        """Give the known keys that signed; refuse where a line of a known key does not verify."""
        keys, found = list(known), set()
        for name, ident, signature in self.lines:
            named = [key for key in keys if (key.name, key.ident) == (name, ident)]
            good = [key for key in named if key.holds(self.text, signature)]
            if named and not good:
                raise Refusal(f"a signature of {name} does not verify")
            found.update(good)
        return found


def parse_note(text: str) -> Note:
    """Part a note into text and signature lines; refuse what section 3 does not allow."""
    if controls(bounded(text, MAX_NOTE)):
        raise Refusal("a note with control characters")
    head, parted, tail = text.rpartition("\n\n")
    if not parted or not tail.endswith("\n"):
        raise Refusal("not a note")
    lines = tail[:-1].split("\n")
    if len(lines) > MAX_SIGNATURES:
        raise Refusal("a note with too many signatures")
    parsed = []
    for line in lines:
        form = SIGNATURE.fullmatch(line)
        data = unbase64(form[2]) if form else b""
        if form is None or len(data) < 5:
            raise Refusal("a note with a bad signature line")
        parsed.append((form[1], data[:4], data[4:]))
    return Note(head + "\n", tuple(parsed))


@dataclass(frozen=True)
class Checkpoint:
    """A checkpoint, the note that it is, and its short code."""

    note: Note
    origin: str
    size: int
    root: bytes

    @property
    def code(self) -> str:
        """The short code (section 3)."""
        letters = base64.b32encode(sha256(self.note.text.encode("utf-8"))).decode()[:24]
        return "-".join([str(self.size), *(letters[i : i + 4] for i in range(0, 24, 4))])


def parse_checkpoint(text: str) -> Checkpoint:
    """Read a note whose text is exactly origin, size and root; no signature is checked here."""
    note = parse_note(text)
    lines = note.text[:-1].split("\n")
    if len(lines) != 3 or not lines[0]:
        raise Refusal("not a checkpoint")
    checkpoint = Checkpoint(note, lines[0], number(lines[1]), unhash(lines[2]))
    if checkpoint.size == 0 and checkpoint.root != sha256(b""):
        raise Refusal("a checkpoint of size 0 whose root is not that of no leaves")
    return checkpoint


def short_code(checkpoint_text: str) -> str:
    """Short code of a checkpoint, its signatures unchecked; empty if it is not a checkpoint."""
    try:
        return parse_checkpoint(checkpoint_text).code
    except (Refusal, AttributeError, TypeError):  # the latter two: it is not even a text
        return ""


# --- Rotations (section 4) ----------------------------------------------------------------------


@dataclass(frozen=True)
class Rotation:
    """From `old` to `new` at `size`."""

    origin: str
    size: int
    old: Key
    new: Key


def parse_rotation(text: str) -> Rotation:
    """Read a rotation: five lines, two different keys of one origin, a signature of each."""
    note = parse_note(text)
    lines = note.text[:-1].split("\n")
    if len(lines) != 5 or lines[0] != ROTATION:
        raise Refusal("not a rotation")
    old, new = parse_vkey(lines[3], LOG), parse_vkey(lines[4], LOG)
    if not old.name == new.name == lines[1] or old.public == new.public:
        raise Refusal("a rotation between keys that do not go together")
    if note.signers((old, new)) != {old, new}:
        raise Refusal("a rotation that is not signed by both keys")
    return Rotation(lines[1], number(lines[2]), old, new)


@dataclass(frozen=True)
class Chain:
    """The keys that rotations lead to from a trusted one: each with its first and last size."""

    spans: tuple[tuple[Key, int, int], ...]
    reached: frozenset[Rotation]

    def accept(self, text: str, witnesses: Iterable[Key] = ()) -> Checkpoint:
        """Read a checkpoint of this log that a key signed which was in force at its size."""
        checkpoint = parse_checkpoint(text)
        if checkpoint.origin != self.spans[0][0].name:
            raise Refusal("a checkpoint of another origin")
        keys = [key for key, _, _ in self.spans]
        signers = checkpoint.note.signers([*keys, *witnesses])
        if not any(
            key in signers and first <= checkpoint.size <= last for key, first, last in self.spans
        ):
            raise Refusal("a checkpoint that no key signed which is in force at its size")
        return checkpoint


def follow(start: Key, rotations: Iterable[Rotation]) -> Chain:
    """Follow rotations from a key, in order of size, each from the key trusted at that point.

    All is refused where two of them start at the same key, are of another origin, or lead back
    to a key that was left. The last key counts up to any size.
    """
    given = sorted(set(rotations), key=lambda rotation: rotation.size)
    if len({rotation.old for rotation in given}) < len(given):
        raise Refusal("two rotations start at the same key")
    if any(rotation.origin != start.name for rotation in given):
        raise Refusal("a rotation of another origin")
    spans: list[tuple[Key, int, int]] = []
    reached = set()
    key, first = start, 0
    for rotation in given:
        if rotation.old != key or (spans and rotation.size <= first):
            continue
        spans.append((key, first, rotation.size))
        key, first = rotation.new, rotation.size
        reached.add(rotation)
        if key in (left for left, _, _ in spans):
            raise Refusal("a rotation leads back to a key that was left")
    spans.append((key, first, U64))
    return Chain(tuple(spans), frozenset(reached))


# --- Policies (section 7) -----------------------------------------------------------------------


@dataclass
class Policy:
    """Which logs and witnesses a checkpoint needs."""

    logs: list[Key] = field(default_factory=list)
    witnesses: dict[str, Key] = field(default_factory=dict)
    groups: dict[str, tuple[int, list[str]]] = field(default_factory=dict)
    quorum: str | None = None

    def _has(self, name: str, signers: set[Key]) -> bool:
        """Whether a witness cosigned, or enough members of a group did."""
        if name in self.witnesses:
            return self.witnesses[name] in signers
        needed, members = self.groups[name]
        return sum(self._has(member, signers) for member in members) >= needed

    def demand(self, text: str, rotations: Sequence[Rotation]) -> None:
        """Refuse a checkpoint unless a log of the policy signed it and its quorum cosigned."""
        logs = [key for key in self.logs if key.name == parse_checkpoint(text).origin]
        for log in logs:
            try:
                checkpoint = follow(log, rotations).accept(text, self.witnesses.values())
            except Refusal:
                continue
            signers = checkpoint.note.signers(self.witnesses.values())
            if self.quorum is None or self._has(self.quorum, signers):
                return
            raise Refusal("the quorum of the policy is not reached")
        raise Refusal("no log of the policy signed")


def parse_policy(text: str) -> Policy:
    """Read a policy; refuse any line that section 7 does not name, and whatever it forbids.

    Blank lines are passed over, and so are those whose first character that is not blank is `#`.
    """
    policy, quorums = Policy(), 0
    public: set[bytes] = set()
    grouped: set[str] = set()
    if controls(bounded(text, MAX_TEXT).replace("\t", "")):
        raise Refusal("a policy with control characters")
    for line in text.split("\n"):
        fields = [part for part in re.split("[ \t]+", line) if part]
        if not fields or fields[0].startswith("#"):
            continue
        defined = {*policy.witnesses, *policy.groups}
        word, rest = fields[0], fields[1:]
        if word in ("witness", "group") and rest and (rest[0] in defined or rest[0] == "none"):
            raise Refusal("a name of the policy that is defined twice or reserved")
        if (word, len(rest)) in (("log", 1), ("witness", 2)):
            key = parse_vkey(rest[-1], LOG if word == "log" else WITNESS)
            if key.public in public:
                raise Refusal("a key that stands twice in the policy")
            public.add(key.public)
            if word == "log":
                policy.logs.append(key)
            else:
                policy.witnesses[rest[0]] = key
        elif word == "group" and len(rest) >= 3:
            members = rest[2:]
            if not defined.issuperset(members):
                raise Refusal("a member of a group that is not defined")
            if len(set(members)) < len(members) or grouped.intersection(members):
                raise Refusal("a name that is twice the member of a group")
            grouped.update(members)
            words = {"any": 1, "all": len(members)}
            needed = words[rest[1]] if rest[1] in words else number(rest[1])
            if not 1 <= needed <= len(members):
                raise Refusal("a group that needs more than it has, or nobody")
            policy.groups[rest[0]] = (needed, members)
        elif word == "quorum" and len(rest) == 1 and (rest[0] in defined or rest[0] == "none"):
            quorums += 1
            policy.quorum = None if rest[0] == "none" else rest[0]
        else:
            raise Refusal("a bad line in the policy")
    if quorums != 1 or not policy.logs:
        raise Refusal("a policy has at least one log, and exactly one quorum")
    return policy


# --- Checks of single texts (sections 3 to 6) ---------------------------------------------------


@dataclass
class Found:
    """The checkpoint that a check has found well signed so far."""

    checkpoint: Checkpoint | None = None


def judge(check: Callable[[Found], None]) -> Verdict:
    """Run a check and make its outcome a verdict; whatever it raises is a refusal."""
    found, refusal = Found(), Refusal("")
    try:
        check(found)
    except Refusal as error:
        refusal = error
    except Exception as error:  # an archive or a disk can fail in many ways
        refusal = Refusal(f"cannot be read: {type(error).__name__}: {error}")
    seen = found.checkpoint
    return Verdict(
        holds=not refusal.why and seen is not None,
        size=seen.size if seen else 0,
        root=seen.root.hex() if seen else "",
        code=seen.code if seen else "",
        why=refusal.why,
        position=refusal.position,
        range=refusal.within,
    )


def parse_proof(text: str, header: int) -> tuple[list[str], list[bytes], str]:
    """Part header lines, hashes and the checkpoint after the first empty line (sections 5, 6)."""
    head, parted, checkpoint = bounded(text, MAX_TEXT).partition("\n\n")
    lines = head.split("\n")
    if not parted or not header <= len(lines) <= header + MAX_PROOF:
        raise Refusal("not a proof with a checkpoint")
    return lines[:header], [unhash(line) for line in lines[header:]], checkpoint


def verify_checkpoint(text: str, vkey: str, rotations: Sequence[str] = ()) -> Verdict:
    """Check that a checkpoint is signed by the key, or one that the rotations lead to from it."""

    def check(found: Found) -> None:
        """Sections 3 and 4."""
        chain = follow(parse_vkey(vkey, LOG), [parse_rotation(each) for each in rotations])
        found.checkpoint = chain.accept(text)

    return judge(check)


def verify_receipt(
    text: str, vkey: str, rotations: Sequence[str] = (), policy: str | None = None
) -> Verdict:
    """Check that a receipt shows its entry to be in the ledger (section 5)."""

    def check(found: Found) -> None:
        """Checkpoint first, then record and proof."""
        turns = [parse_rotation(each) for each in rotations]
        rules = parse_policy(policy) if policy is not None else None
        chain = follow(parse_vkey(vkey, LOG), turns)
        (first, extra, index), proof, note = parse_proof(text, 3)
        if first != RECEIPT or extra[:6] != "extra " or index[:6] != "index ":
            raise Refusal("not a receipt")
        record, place = unbase64(extra[6:]), number(index[6:])
        checkpoint = chain.accept(note, rules.witnesses.values() if rules else ())
        found.checkpoint = checkpoint
        if rules:
            rules.demand(note, turns)
        leaf = parse_leaf(record)
        if leaf.origin != checkpoint.origin or leaf.position != place + 1:
            raise Refusal("the leaf record is of another ledger or position", place + 1)
        hashed = leaf_hash(record)
        if not inclusion_holds(hashed, place, checkpoint.size, proof, checkpoint.root):
            raise Refusal("the proof does not lead to the root", place + 1)

    return judge(check)


def verify_request(text: str, vkey: str, known: tuple[int, bytes] | None) -> Verdict:
    """Check what a witness is sent (section 6) against the size and root that it remembers.

    `known` is None where nothing was seen yet, which is the same as size 0.
    """

    def check(found: Found) -> None:
        """Signature, size, proof."""
        (first,), proof, note = parse_proof(text, 1)
        if first[:4] != "old ":
            raise Refusal("not a request")
        size, remembered = known if known is not None and known[0] else (0, sha256(b""))
        checkpoint = found.checkpoint = follow(parse_vkey(vkey, LOG), ()).accept(note)
        if number(first[4:]) != size:
            raise Refusal("the request starts from another size than the one remembered")
        if checkpoint.size < size:
            raise Refusal("the checkpoint is smaller than the one remembered")
        if not consistency_holds(size, checkpoint.size, remembered, checkpoint.root, proof):
            raise Refusal("the proof does not hold", within=(size, checkpoint.size))

    return judge(check)


# --- Bundles (section 8) ------------------------------------------------------------------------


class BoundedFile(io.FileIO):
    """A file that never reads more than MAX_READ at once, so that no directory fills memory."""

    def read(self, size: int | None = -1, /) -> bytes:
        """Read as a file does, but refuse to read too much."""
        if size is not None and size > MAX_READ:
            raise Refusal("an archive with too large a directory")
        return super().read(MAX_READ if size is None or size < 0 else size) or b""


class Files:
    """The files of a zip archive or a folder, each read once, their hashes kept."""

    def __init__(self, path: Path) -> None:
        """List the files; refuse names that stand twice and what is no plain file."""
        self.hashes: dict[str, str] = {}
        self.left = MAX_TOTAL
        self.path, self.archive = path, None if path.is_dir() else self._open(path)
        self.names: set[str] = set()
        for name in self._zipped(self.archive) if self.archive else self._walk(path, ""):
            if name in self.names or len(self.names) >= MAX_FILES:
                raise Refusal("a file that stands twice, or too many files")
            self.names.add(name)

    @staticmethod
    def _open(path: Path) -> zipfile.ZipFile:
        """Open a zip archive."""
        return zipfile.ZipFile(BoundedFile(path))

    @staticmethod
    def _zipped(archive: zipfile.ZipFile) -> Iterator[str]:
        """Names in an archive; entries for folders (empty, ending with a slash) are no files."""
        for info in archive.infolist():
            kind = stat.S_IFMT(info.external_attr >> 16)
            if info.orig_filename.endswith("/") and info.file_size == 0:
                continue
            if info.orig_filename != info.filename or kind not in (0, stat.S_IFREG):
                raise Refusal("an archive with something that is no plain file")
            if info.flag_bits & 1 or info.compress_type not in (0, zipfile.ZIP_DEFLATED):
                raise Refusal("an archive that is encrypted or compressed in an unusual way")
            yield info.filename

    def _walk(self, folder: Path, prefix: str) -> Iterator[str]:
        """Names below a folder; links and what else is no plain file are refused."""
        with os.scandir(folder) as entries:
            for entry in entries:
                if entry.is_dir(follow_symlinks=False) and prefix.count("/") < 8:
                    yield from self._walk(folder / entry.name, f"{prefix}{entry.name}/")
                elif entry.is_file(follow_symlinks=False):
                    yield prefix + entry.name
                else:
                    raise Refusal("a folder with something that is no plain file")

    def read(self, name: str, limit: int = MAX_FILE) -> bytes:
        """Read one file that has at most so many bytes, and keep its hash for the manifest."""
        if name not in self.names:
            raise Refusal(f"{name} is missing")
        limit = min(limit, self.left)
        with self.archive.open(name) if self.archive else (self.path / name).open("rb") as file:
            data = file.read(limit + 1)
        if len(data) > limit:
            raise Refusal(f"{name} is too long")
        self.left -= len(data)
        self.hashes[name] = sha256(data).hex()
        return data

    def close(self) -> None:
        """Close the archive, and the file that it is."""
        if self.archive:
            file = self.archive.fp
            self.archive.close()
            if file:
                file.close()


def tile_name(level: str, index: int, width: int) -> str:
    """Name of a tile (C2SP tlog-tiles): `x001/x234/067`, and `.p/W` where it is partial."""
    digits = f"{index:03d}"
    digits = digits.zfill(-(-len(digits) // 3) * 3)
    groups = [digits[i : i + 3] for i in range(0, len(digits), 3)]
    path = "/".join([*("x" + group for group in groups[:-1]), groups[-1]])
    return f"tile/{level}/{path}" + (f".p/{width}" if width < TILE else "")


def tiles(level: str, hashes: int) -> Iterator[tuple[int, int, str]]:
    """Index of the first hash, width and name of each tile of a level of so many hashes."""
    for first in range(0, hashes, TILE):
        width = min(TILE, hashes - first)
        yield first, width, tile_name(level, first // TILE, width)


def check_names(names: set[str], size: int) -> tuple[list[int], list[int]]:
    """Check that no file is missing or over; give the sizes of checkpoints and rotations."""
    needed = set(ALWAYS)
    for first, _, name in tiles("entries", size):
        if name not in names:
            raise Refusal(f"{name} is missing", first + 1)
        needed.add(name)
    level, count = 0, size
    while count:
        needed.update(name for _, _, name in tiles(str(level), count))
        level, count = level + 1, count // TILE
    if not needed <= names:
        raise Refusal(f"{min(needed - names)} is missing")
    sizes: dict[str, list[int]] = {"checkpoints": [], "rotations": []}
    for name in sorted(names - needed):
        form = NUMBERED.fullmatch(name)
        if form is None:
            raise Refusal(f"{name!r} is no file of a bundle of this size")
        sizes[form[1]].append(number(form[2]))
    return sorted(sizes["checkpoints"]), sorted(sizes["rotations"])


def records(data: bytes, width: int, first: int) -> Iterator[bytes]:
    """Part a file of entries into exactly so many records, each led by its u16 length."""
    place = 0
    for index in range(width):
        length = int.from_bytes(data[place : place + 2], "big")
        if len(data) - place < 2 + length:
            raise Refusal("a leaf record is cut short", first + index + 1)
        yield data[place + 2 : place + 2 + length]
        place += 2 + length
    if place != len(data):
        raise Refusal("a file of entries has something after its last record")


def check_tree(files: Files, origin: str, size: int, roots: dict[int, set[bytes]]) -> None:
    """Check every entry, every tile, and the root at each size for which one is known.

    Positions are gone through in order, so that the first thing found wrong is the first wrong.
    """
    tree, held = Frontier(), 0
    versions: dict[bytes, int] = {}
    above: list[bytes] = []

    def compare() -> None:
        """Compare the root of what was gone through with those known of its size."""
        nonlocal held
        if tree.size in roots:
            if roots[tree.size] != {tree.root()}:
                raise Refusal("the root is another than was signed", within=(held, tree.size))
            held = tree.size

    compare()
    for first, width, name in tiles("entries", size):
        entries = files.read(name, TILE * (MAX_RECORD + 2))
        hashes = files.read(tile_name("0", first // TILE, width), TILE * 32)
        for record in records(entries, width, first):
            position = tree.size + 1
            try:
                leaf = parse_leaf(record)
            except Refusal as refusal:
                raise Refusal(refusal.why, position) from None
            stream = sha256(leaf.stream.encode("utf-8"))
            version = versions.get(stream, 0) + 1
            if (leaf.origin, leaf.position, leaf.version) != (origin, position, version):
                raise Refusal("origin, position or version do not follow", position)
            versions[stream] = version
            place = (position - 1 - first) * 32
            hashed = leaf_hash(record)
            if hashes[place : place + 32] != hashed:
                raise Refusal("the leaf hash is another than in the tile", position)
            tree.push(hashed)
            compare()
        if len(hashes) != width * 32:
            raise Refusal(f"{tile_name('0', first // TILE, width)} is too long")
        if width == TILE:
            above.append(root(hashes[i : i + 32] for i in range(0, TILE * 32, 32)))
    level = 1
    while above:
        for first, width, name in tiles(str(level), len(above)):
            if files.read(name, TILE * 32) != b"".join(above[first : first + width]):
                raise Refusal(f"{name} does not follow from the level below")
        full = range(0, len(above) // TILE * TILE, TILE)
        above, level = [root(above[first : first + TILE]) for first in full], level + 1


def manifest(checkpoint: Checkpoint, hashes: dict[str, str]) -> bytes:
    """What manifest.json must be, byte for byte, for these files (section 8)."""
    ordered = sorted(hashes.items(), key=lambda item: item[0].encode("utf-8"))
    content = {
        "format": "lvzhi-bundle/1",
        "origin": checkpoint.origin,
        "size": checkpoint.size,
        "root": checkpoint.root.hex(),
        "code": checkpoint.code,
        "files": dict(ordered),
    }
    return json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode("utf-8")


def check_bundle(
    files: Files, trusted: Key, kept: Sequence[str], policy: str | None, found: Found
) -> None:
    """Rules 1 to 6 of section 8, signatures first, then the tree, then the manifest."""
    rules = parse_policy(policy) if policy is not None else None
    witnesses = list(rules.witnesses.values()) if rules else []
    newest = utf8(files.read("checkpoint", MAX_NOTE))
    claimed = parse_checkpoint(newest)
    size = claimed.size
    if size > MAX_ENTRIES:
        raise Refusal("more entries than this program checks")
    earlier, turned = check_names(files.names, size)
    rotations = []
    for at in turned:
        rotations.append(parse_rotation(utf8(files.read(f"rotations/{at}", MAX_NOTE))))
        if rotations[-1].size != at or at > size:
            raise Refusal(f"rotations/{at} is of another size, or above that of the bundle")
    chain = follow(trusted, rotations)
    if len(chain.reached) != len(rotations):
        raise Refusal("a rotation that is not reached from the key")
    checkpoint = found.checkpoint = chain.accept(newest, witnesses)
    if rules:
        rules.demand(newest, rotations)
    if not ORIGIN.fullmatch(checkpoint.origin):
        raise Refusal("the origin has not the form of one")
    roots = {size: {checkpoint.root}}
    for at in earlier:
        older = chain.accept(utf8(files.read(f"checkpoints/{at}", MAX_NOTE)), witnesses)
        if older.size != at or at > size:
            raise Refusal(f"checkpoints/{at} is of another size, or above that of the bundle")
        roots.setdefault(at, set()).add(older.root)
    for text in kept:
        own = chain.accept(text, witnesses)
        if own.size > size:
            raise Refusal("the bundle is older than a checkpoint that was kept")
        roots.setdefault(own.size, set()).add(own.root)
    check_tree(files, checkpoint.origin, size, roots)
    listed = files.read("manifest.json")
    del files.hashes["manifest.json"]
    for name in ALWAYS:
        if name not in files.hashes and name != "manifest.json":
            files.read(name)
    if listed != manifest(checkpoint, files.hashes):
        raise Refusal("the manifest is not what the other files make it")


def verify_bundle(
    path: Path | str, vkey: str, kept: Sequence[str] = (), policy: str | None = None
) -> Verdict:
    """Check a bundle, a zip archive or a folder, as in section 8.

    `kept` are checkpoints that the checker kept himself; the policy in a bundle is not believed.
    """

    def check(found: Found) -> None:
        """Open the bundle, check it, close it."""
        trusted = parse_vkey(vkey, LOG)
        files = Files(Path(path))
        try:
            check_bundle(files, trusted, kept, policy, found)
        finally:
            files.close()

    return judge(check)
