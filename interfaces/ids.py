"""Ids that doors mint: those of commands sort by the time of their making, those of records follow from the command's."""

from __future__ import annotations

import secrets
import time
from uuid import NAMESPACE_URL, UUID, uuid5


def minted_id() -> str:
    """A fresh id: 48 bits of milliseconds, the rest chance (RFC 9562)."""
    milliseconds = time.time_ns() // 1_000_000
    value = (milliseconds & (1 << 48) - 1) << 80 | secrets.randbits(80)
    value = value & ~(0xF << 76) | 7 << 76
    value = value & ~(3 << 62) | 2 << 62
    return str(UUID(int=value))


def id_for(ledger: str, command_id: str) -> str:
    """The id of what a command begins: it follows from the command's, so that a retry names the same record."""
    return str(uuid5(NAMESPACE_URL, f"lvzhi:{ledger}:{command_id}"))
