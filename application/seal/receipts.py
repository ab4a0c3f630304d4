"""Proofs for somebody: that an entry is in the ledger, that one checkpoint goes on from another."""

from __future__ import annotations

from application.log import Log
from application.seal.folder import Seals
from application.seal.sealing import altered, record_of
from application.seal.verify import (
    Bad,
    Checkpoint,
    Leaf,
    Note,
    Receipt,
    Request,
    best_ed25519,
    leaf_hash,
    parse_policy,
    parse_signature,
)

MOST_TRIED = 1_000
"""Checkpoints, the newest, for which it is tried whether a witness signed them."""


def receipt_of(log: Log, seals: Seals, checkpoint: Checkpoint, position: int) -> Receipt:
    """The receipt of an entry under a checkpoint; `LookupError` where it is not under it, `Mismatch` where it is another one."""
    found = log.at([position]) if 0 < position <= checkpoint.size else []
    if not found:
        raise LookupError(position)
    (row,) = found
    record = record_of(checkpoint.origin.encode(), row)
    if leaf_hash(record) != seals.nodes.node(0, position - 1):
        raise altered(position)
    proof = seals.nodes.inclusion(position - 1, checkpoint.size)
    return Receipt(Leaf(checkpoint.origin, *row), record, tuple(proof), checkpoint)


def request_for(seals: Seals, checkpoint: Checkpoint, old: int) -> Request:
    """What is sent to a witness who last signed at size `old`; `LookupError` where that is larger."""
    if not 0 <= old <= checkpoint.size:
        raise LookupError(old)
    return Request(old, tuple(seals.nodes.consistency(old, checkpoint.size)), checkpoint)


def cosigned(seals: Seals, lines: str, size: int | None = None) -> Checkpoint:
    """The checkpoint of that size, or the newest for which the lines hold, with what witnesses of the policy signed under it.

    Raises `Bad` for anything else, and keeps nothing then; `LookupError` where there is no such checkpoint.
    """
    signatures = [parse_signature(line) for line in lines.splitlines() if line.strip()]
    if not signatures:
        raise Bad("没有签名行", "there is no signature line")
    policy = parse_policy(seals.policy)
    known = {(key.name, key.id): key for key in policy.witnesses.values()}
    for each in signatures:
        if (each.name, each.id) not in known:
            raise Bad(
                f"{each.name} 不是见证规则中的见证人", f"{each.name} is no witness of the policy"
            )
    sizes = seals.sizes()[: -MOST_TRIED - 1 : -1] if size is None else [size]
    first: Bad | None = None
    with seals.alone():
        for one in sizes:
            checkpoint = seals.checkpoint(one)
            if checkpoint is None:
                continue
            try:
                for each in signatures:
                    note = Note(checkpoint.note.text, (each,))
                    note.signed_by(known[each.name, each.id], best_ed25519())
            except Bad as bad:
                first = first or bad
            else:
                return seals.cosign(checkpoint, signatures)
    if first is None:
        raise LookupError(size)
    raise first
