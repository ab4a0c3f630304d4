"""Ids that doors mint: UUIDv7, which sort by the time of their making."""

from __future__ import annotations

import secrets
import time
from uuid import UUID


def minted_id() -> str:
    """A fresh id: 48 bits of milliseconds, the rest chance (RFC 9562)."""
    milliseconds = time.time_ns() // 1_000_000
    value = (milliseconds & (1 << 48) - 1) << 80 | secrets.randbits(80)
    value = value & ~(0xF << 76) | 7 << 76
    value = value & ~(3 << 62) | 2 << 62
    return str(UUID(int=value))
