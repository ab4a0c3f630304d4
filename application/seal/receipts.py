"""Proofs for somebody: that an entry is in the ledger, that one checkpoint goes on from another."""

from __future__ import annotations

from application.log import Log
from application.seal.folder import Seals
from application.seal.verify import Checkpoint, Leaf, Receipt, Request, leaf_record


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
    return Request(old, tuple(seals.nodes.consistency(old, checkpoint.size)), checkpoint)
