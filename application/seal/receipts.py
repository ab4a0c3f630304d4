"""Proofs for somebody: that an entry is in the ledger, that one checkpoint goes on from another."""

from __future__ import annotations

from application.log import Log
from application.seal.folder import Seals
from application.seal.verify import (
    Bad,
    Checkpoint,
    Leaf,
    Note,
    Receipt,
    Request,
    best_ed25519,
    leaf_record,
    parse_policy,
    parse_signature,
)

MOST_TRIED = 1_000
"""Checkpoints, the newest, for which it is tried whether a witness signed them."""


def receipt_of(log: Log, seals: Seals, checkpoint: Checkpoint, position: int) -> Receipt:
    """The receipt of an entry under a checkpoint; `LookupError` where it is not under it."""
    found = log.at([position]) if 0 < position <= checkpoint.size else []
    if not found:
        raise LookupError(position)
    (row,) = found
    proof = seals.nodes.inclusion(position - 1, checkpoint.size)
    record = leaf_record(checkpoint.origin.encode(), *row)
    leaf = Leaf(checkpoint.origin, *row)
    return Receipt(leaf, record, tuple(proof), checkpoint)


def request_for(seals: Seals, checkpoint: Checkpoint, old: int) -> Request:
    """What is sent to a witness who last signed at size `old`; `LookupError` where that is larger."""
    if not 0 <= old <= checkpoint.size:
        raise LookupError(old)
    seals.hand_out(checkpoint.size)
    return Request(old, tuple(seals.nodes.consistency(old, checkpoint.size)), checkpoint)


def cosigned(seals: Seals, checkpoint: Checkpoint, lines: str) -> Checkpoint:
    """The checkpoint with what witnesses of the policy signed under it; raises `Bad` for anything else, and keeps nothing then."""
    policy, holds = parse_policy(seals.policy), best_ed25519()
    signatures = [parse_signature(line) for line in lines.splitlines() if line.strip()]
    known = {(key.name, key.id): key for key in policy.witnesses.values()}
    for each in signatures:
        key = known.get((each.name, each.id))
        if key is None:
            raise Bad(
                f"{each.name} 不是见证规则中的见证人", f"{each.name} is no witness of the policy"
            )
        Note(checkpoint.note.text, (each,)).signed_by(key, holds)
    if not signatures:
        raise Bad("没有签名行", "there is no signature line")
    return seals.cosign(checkpoint, signatures)


def cosigned_somewhere(seals: Seals, lines: str) -> Checkpoint:
    """As `cosigned`, under the newest of the checkpoints for which the lines hold: they do not say which one was signed."""
    first: Bad | None = None
    for size in seals.sizes()[: -MOST_TRIED - 1 : -1]:
        checkpoint = seals.checkpoint(size)
        if checkpoint is not None:
            try:
                return cosigned(seals, checkpoint, lines)
            except Bad as bad:
                first = first or bad
    raise first or Bad("还没有检查点", "there is no checkpoint yet")
