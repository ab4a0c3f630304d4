"""Checking a ledger against its seals and what is held outside: everything is worked out anew from the entries as they are stored."""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

import msgspec

from application import codec
from application.log import Log, StoredRow
from application.seal.folder import Damaged, Seals, read_text
from application.seal.nodes import parents_of
from application.seal.sealing import Mismatch, hash_of, origin_in
from application.seal.signing import FileSigner
from application.seal.verify import (
    HASH,
    PROOF,
    Bad,
    Checkpoint,
    Frontier,
    Key,
    Policy,
    Trust,
    check_bundle,
    check_receipt,
    checkpoint_text,
    kept_in,
    leaf_hash,
    leaves_of_bundle,
    parse_key,
    parse_receipt,
    satisfy,
    short_code,
)

AT_A_TIME = 2_000
MOST_FINDINGS = 100
"""Findings that are told one by one; the others are counted."""
AT_A_TIME_OF_HASHES = 16_384


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """Something that does not hold: which check, the position it concerns or the range `(held, did not]`, and why."""

    check: str
    position: int | None
    within: tuple[int, int] | None = None
    zh: str
    en: str

    @property
    def first(self) -> int:
        """The first position that may be concerned, 0 where none is known."""
        if self.position is not None:
            return self.position
        return 0 if self.within is None else self.within[0] + 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """What somebody outside kept: a checkpoint, and hashes of leaves from a position on, as far as it has them."""

    label: str
    checkpoint: Checkpoint
    first: int = 1
    leaves: bytes = b""

    def leaf(self, position: int) -> bytes | None:
        """The hash of the leaf at this position, where it is known."""
        place = (position - self.first) * HASH
        return self.leaves[place : place + HASH] if 0 <= place < len(self.leaves) else None


@dataclass(slots=True, kw_only=True)
class Report:
    """What a check came to. It holds only where nothing was found.

    `entries` is how many the ledger has, `sealed` how many of them are under its tree, `unsealed` how many nobody can yet vouch for;
    `compared` are the sizes whose roots were compared, with where they come from.
    """

    ledger: str
    origin: str = ""
    entries: int = 0
    sealed: int = 0
    root: str = ""
    code: str = ""
    cosigners: list[str] = field(default_factory=list)
    compared: dict[int, list[str]] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)
    further: int = 0

    @property
    def holds(self) -> bool:
        """Whether nothing was found."""
        return not self.findings

    @property
    def unsealed(self) -> int:
        """Entries that are not under the tree yet."""
        return max(0, self.entries - self.sealed)

    @property
    def first(self) -> Finding | None:
        """The finding of the smallest position; where only ranges are known, the narrowest of the first."""
        exact = [each for each in self.findings if each.position is not None]
        if exact:
            return min(exact, key=lambda each: each.first)
        return min(self.findings, key=_narrowness, default=None)

    def add(
        self,
        check: str,
        zh: str,
        en: str,
        position: int | None = None,
        within: tuple[int, int] | None = None,
    ) -> None:
        """Note a finding."""
        if len(self.findings) >= MOST_FINDINGS:
            self.further += 1
        else:
            self.findings.append(
                Finding(check=check, position=position, within=within, zh=zh, en=en)
            )


def _narrowness(finding: Finding) -> tuple[bool, int, int]:
    within = finding.within
    return (within is None, *((0, 0) if within is None else within))


def read_kept(file: Path, trust: Trust) -> Kept:
    """What a file holds that somebody kept: a checkpoint, a receipt, a request to a witness, or a bundle; raises `Bad`."""
    if file.is_dir() or file.read_bytes()[:2] == b"PK":
        checkpoint, _ = check_bundle(file, trust.terms[0].key)
        return Kept(label=file.name, checkpoint=checkpoint, leaves=leaves_of_bundle(file))
    raw = read_text(file) or ""
    if raw.startswith(PROOF):
        receipt = parse_receipt(raw)
        found = check_receipt(receipt, trust)
        first, leaf = receipt.leaf.position, leaf_hash(receipt.record)
        return Kept(label=file.name, checkpoint=found, first=first, leaves=leaf)
    return Kept(label=file.name, checkpoint=trust.believe(kept_in(raw)))


def trust_of(key: Key | None, seals: Seals, signer: FileSigner) -> Trust:
    """The keys that lead on from the one that is given, or from the ledger's own; raises `Bad`."""
    by_size = {each.size: each for each in seals.rotations()}
    own, pending = None, False
    # Whoever checks need not be able to sign.
    with suppress(PermissionError):
        own, pending = signer.known_key(), signer.next.exists()
        by_size |= {each.size: each for each in signer.rotations()}
    rotations = [by_size[size] for size in sorted(by_size)]
    first = key or (rotations[0].old if rotations else own)
    if first is None and seals.first_key:
        first = parse_key(seals.first_key)
    if first is None:
        raise Bad(
            "没有公钥可用,请用 --key 给出", "there is no key to check with; give one by --key"
        )
    trust = Trust(first, rotations)
    if own not in {None, trust.terms[-1].key} and not pending:
        raise Bad(
            "本机的签名钥匙与换钥声明不符",
            "the key that signs here is not the one that the rotations lead to",
        )
    return trust


def check_ledger(
    log: Log,
    seals: Seals,
    signer: FileSigner,
    *,
    key: Key | None = None,
    kept: Sequence[Path] = (),
    policy: Policy | None = None,
    codes: Sequence[tuple[int, str]] = (),
    names: Container[str] = codec.NAMES,
    progress: Callable[[int, int], None] = lambda _done, _whole: None,
) -> Report:
    """Work out the whole tree from the entries and compare it with all that was sealed, signed and kept.

    `codes` are short codes from paper, each with its size; `names` the stored names that entries may have.
    """
    report = Report(ledger=log.ledger)
    evidence = _evidence(report, seals, signer, key, kept, policy)
    sealed = _sealed(report, seals)
    _walk(report, log, seals, evidence, codes, names, sealed, progress)
    if sealed is not None:
        _check_levels(report, seals, sealed[1])
    return report


def _sealed(report: Report, seals: Seals) -> tuple[str, int, bytes] | None:
    try:
        found = seals.sealed()
    except Damaged as damaged:
        report.add("seals", damaged.zh, damaged.en, damaged.position)
        return None
    if found is not None:
        report.sealed = found[1]
    return found


def _evidence(
    report: Report,
    seals: Seals,
    signer: FileSigner,
    key: Key | None,
    kept: Sequence[Path],
    policy: Policy | None,
) -> list[Kept]:
    """Everything whose root the entries must have, each believed; what is not is a finding."""
    found: list[Kept] = []
    try:
        trust, published = trust_of(key, seals, signer), seals.first_key
    except Bad as bad:
        report.add("key", bad.zh, bad.en, bad.position)
        return found
    if published not in {"", str(trust.terms[0].key)}:
        zh, en = "封存目录中的公钥被换过", "the key in the folder of the seals is another one"
        report.add("key", zh, en)
    newest: Checkpoint | None = None
    for size in seals.sizes():
        try:
            checkpoint = seals.checkpoint(size)
            # One that is gone since it was listed gave way to a newer one.
            if checkpoint is not None:
                newest = trust.believe(checkpoint)
                found.append(Kept(label="seals", checkpoint=newest))
        except Bad as bad:
            report.add("checkpoint", bad.zh, bad.en, within=(0, size))
    try:
        with suppress(PermissionError):
            last = signer.last(trust.terms[0].key.name)
            if last is not None:
                found.append(Kept(label="signer", checkpoint=trust.believe(last)))
    except Bad as bad:
        report.add("signer", bad.zh, bad.en)
    for file in kept:
        try:
            found.append(read_kept(file, trust))
        except Bad as bad:
            report.add("kept", f"{file.name}:{bad.zh}", f"{file.name}: {bad.en}", bad.position)
    if policy is not None:
        _check_policy(report, policy, trust, newest)
    if newest is not None:
        report.code = short_code(newest.note.text)
    return found


def _check_policy(report: Report, policy: Policy, trust: Trust, newest: Checkpoint | None) -> None:
    try:
        if newest is None:
            raise Bad("还没有检查点", "there is no checkpoint yet")
        report.cosigners = satisfy(newest, policy, trust)
    except Bad as bad:
        report.add("policy", bad.zh, bad.en)


def _walk(
    report: Report,
    log: Log,
    seals: Seals,
    evidence: Sequence[Kept],
    codes: Sequence[tuple[int, str]],
    names: Container[str],
    sealed: tuple[str, int, bytes] | None,
    progress: Callable[[int, int], None],
) -> None:
    """Read every entry once, in order."""
    head = log.head()
    found = origin_in(log) or ""
    # What is believed outside, then what was sealed, then what the first entry makes of it.
    claimed = {each.checkpoint.origin for each in evidence} or {
        found if sealed is None else sealed[0]
    }
    report.origin = origin = claimed.pop()
    if found != origin:
        report.add(
            "origin", "首条与封存的不同", "the first entry is not the one that was sealed", 1
        )
    if sealed is not None and sealed[0] != origin:
        report.add("seals", "封存状态属于另一台账", "the seals are of another ledger")
    size = 0 if sealed is None else sealed[1]
    walk = _Walk(report, seals, evidence, codes, names, origin.encode(), size)
    while True:
        while rows := log.since(walk.position, AT_A_TIME):
            walk.take(rows, log)
            progress(min(walk.position, head), max(head, 1))
        # Where the head is further, somebody has recorded meanwhile, or has set it ahead.
        head = log.head()
        if head <= walk.position or not log.since(walk.position, 1):
            break
    walk.end(head)


class _Walk:
    """How far the entries were read, and the tree over them."""

    def __init__(
        self,
        report: Report,
        seals: Seals,
        evidence: Sequence[Kept],
        codes: Sequence[tuple[int, str]],
        names: Container[str],
        origin: bytes,
        sealed: int,
    ) -> None:
        self.report = report
        self.seals = seals
        self.names = names
        self.origin = origin
        self.sealed = sealed
        self.position = 0
        self.tree = Frontier()
        self.whole = True
        self.held = 0
        self.versions: dict[str, int] = {}
        self.latest: datetime | None = None
        self.with_leaves = [each for each in evidence if each.leaves]
        self.roots: dict[int, list[Kept]] = {}
        for each in evidence:
            self.roots.setdefault(each.checkpoint.size, []).append(each)
        self.codes: dict[int, list[str]] = {}
        for size, code in codes:
            self.codes.setdefault(size, []).append(code)
        self.compare()

    def take(self, rows: Sequence[StoredRow], log: Log) -> None:
        """Read some entries that follow."""
        said = self.seals.nodes.read(
            0, rows[0].position - 1, rows[-1].position - rows[0].position + 1
        )
        base = rows[0].position
        commands: list[tuple[int, str]] = []
        for row in rows:
            if row.position != self.position + 1:
                self.lack(self.position + 1, row.position - 1)
            self.position = row.position
            try:
                hashed = hash_of(self.origin, row)
            except Mismatch:
                self.wrong("不是本系统存的", "is not as it was stored", row.position)
                self.whole = False
                continue
            place = (row.position - base) * HASH
            if row.position <= self.sealed and said[place : place + HASH] != hashed:
                self.wrong("与封存的哈希不符", "is not what was sealed", row.position)
            for each in self.with_leaves:
                if each.leaf(row.position) not in (None, hashed):
                    self.wrong(
                        f"与 {each.label} 不符", f"is not the one of {each.label}", row.position
                    )
            self.look_into(row, commands)
            if self.whole:
                self.tree.append(hashed)
                self.compare()
        self.check_commands(commands, log)

    def lack(self, first: int, last: int) -> None:
        """Entries are missing."""
        which = f"{first}" if first == last else f"{first}–{last}"
        self.report.add("missing", f"缺少第 {which} 条", f"entries are missing: {which}", first)
        self.whole = False

    def wrong(self, zh: str, en: str, position: int) -> None:
        """An entry is another one."""
        self.report.add("altered", f"第 {position} 条{zh}", f"entry {position} {en}", position)

    def look_into(self, row: StoredRow, commands: list[tuple[int, str]]) -> None:
        """Check what an entry says of itself."""
        position = row.position
        if row.version != self.versions.get(row.stream, 0) + 1:
            self.wrong(
                "在其记录中的版本不对", "has not the version that follows in its stream", position
            )
        self.versions[row.stream] = row.version
        try:
            envelope = codec.envelope_of(row)
        except (msgspec.DecodeError, UnicodeDecodeError):
            self.wrong("无法读出", "cannot be read", position)
            return
        if row.name not in self.names:
            self.wrong(
                f"的名称不认识({row.name[:40]})", f"has an unknown name ({row.name[:40]})", position
            )
        if self.latest is not None and envelope.at < self.latest:
            self.wrong("的登记时刻早于前一条", "was recorded before the one before it", position)
        self.latest = envelope.at
        if envelope.command:
            commands.append((position, envelope.command))

    def check_commands(self, commands: Iterable[tuple[int, str]], log: Log) -> None:
        """Check that the command ids of these entries are spent on them."""
        asked = list(commands)
        spent = log.look_up(sorted({command for _, command in asked}))
        for position, command in asked:
            found = spent.get(command)
            if found is None or not found.first <= position <= found.last:
                self.report.add(
                    "command",
                    f"第 {position} 条的命令编号没有登记在它名下",
                    f"the command id of entry {position} is not spent on it",
                    position,
                )

    def compare(self) -> None:
        """Compare the tree as far as it is with what is known of this size."""
        size = self.tree.size
        known, codes = self.roots.pop(size, ()), self.codes.pop(size, ())
        if not known and not codes:
            return
        root = self.tree.root()
        own = short_code(checkpoint_text(self.origin.decode(), size, root))
        judged = [(each.label, each.checkpoint.root == root) for each in known]
        judged += [(code, code == own) for code in codes]
        fits = sorted({label for label, holds in judged if holds})
        if fits:
            self.report.compared[size] = fits
        for label, holds in judged:
            if not holds:
                self.report.add(
                    "root",
                    f"前 {size} 条与检查点({label})不符",
                    f"the first {size} entries do not fit the checkpoint ({label})",
                    size if self.held + 1 == size else None,
                    (self.held, size),
                )
        if all(holds for _, holds in judged):
            self.held = size

    def end(self, head: int) -> None:
        """Every entry was read."""
        report, last = self.report, self.position
        report.entries = last
        if self.whole and self.tree.size:
            report.root = self.tree.root().hex()
        if head != last:
            zh, en = f"登记的末位是 {head},实有 {last}", f"the head says {head}, there are {last}"
            report.add("head", zh, en, min(head, last) + 1)
        claimed = max(self.sealed, *self.roots, *self.codes, 0)
        if claimed > last:
            zh = f"曾有 {claimed} 条,现只有 {last} 条"
            report.add("missing", zh, f"there were {claimed} entries, there are {last}", last + 1)


def _check_levels(report: Report, seals: Seals, size: int) -> None:
    """Check that every hash of the tree's upper levels is the one of the two below it."""
    level = 0
    while (count := size >> level) > 1:
        for first in range(0, count - count % 2, AT_A_TIME_OF_HASHES):
            width = min(AT_A_TIME_OF_HASHES, count - count % 2 - first)
            below = seals.nodes.read(level, first, width)
            above = seals.nodes.read(level + 1, first // 2, width // 2)
            found = parents_of(below)
            if len(below) < width * HASH or found != above:
                same = next(
                    (
                        n
                        for n in range(0, width // 2 * HASH, HASH)
                        if found[n : n + HASH] != above[n : n + HASH]
                    ),
                    0,
                )
                start = (first // 2 + same // HASH) << level + 1
                within = (start, start + (1 << level + 1))
                report.add(
                    "tree",
                    f"第 {level + 1} 层哈希不对",
                    f"a hash of level {level + 1} is wrong",
                    None,
                    within,
                )
                return
        level += 1
    try:
        seals.sound()
    except Bad as bad:
        report.add("tree", bad.zh, bad.en, bad.position, bad.within)


def json_of(report: Report) -> Mapping[str, object]:
    """A report as JSON: what holds, what was compared, what was found."""
    first = report.first
    return {
        "ledger": report.ledger,
        "holds": report.holds,
        "origin": report.origin,
        "entries": report.entries,
        "sealed": report.sealed,
        "unsealed": report.unsealed,
        "root": report.root,
        "code": report.code,
        "cosigners": report.cosigners,
        "compared": [{"size": n, "with": said} for n, said in sorted(report.compared.items())],
        "first_bad": None if first is None else {"position": first.position, "range": first.within},
        "findings": [
            {
                "check": each.check,
                "position": each.position,
                "range": each.within,
                "zh": each.zh,
                "en": each.en,
            }
            for each in report.findings
        ],
        "further_findings": report.further,
    }
