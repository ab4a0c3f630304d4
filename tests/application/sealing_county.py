"""Ledgers to seal: many plain entries, quickly, whose bytes repeat from one run to the next."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path

from application.log import Log, NewRow, Spent
from application.seal.folder import Seals
from application.seal.sealing import Sealer
from application.seal.signing import FileSigner

BEGAN = datetime(2025, 1, 1, tzinfo=UTC)


def rows_of(first: int, count: int, *, streams: int = 7) -> list[NewRow]:
    """Entries from a position on, in turns in a few streams."""
    rows = []
    for position in range(first, first + count):
        turn, version = (position - 1) % streams, (position - 1) // streams + 1
        envelope = {
            "at": (BEGAN + timedelta(minutes=position)).isoformat(),
            "day": "2025-01-01",
            "by": "clerk",
            "role": "clerk",
            "command": f"c-{position}",
        }
        salt = sha256(f"salt {position}".encode()).hexdigest()[:32]
        body = {"envelope": envelope, "event": {"reason": f"第 {position} 条"}, "salt": salt}
        said = json.dumps(body, ensure_ascii=False).encode()
        rows.append(NewRow(f"occasion/{turn}", version, "record.withdrawn", said))
    return rows


def fill(log: Log, count: int) -> None:
    """Append so many entries, each with a command of its own."""
    head = log.head()
    spent = [Spent(f"c-{n}", b"digest", n, n) for n in range(head + 1, head + count + 1)]
    log.append(head, rows_of(head + 1, count), spent)


def sealer_of(log: Log, folder: Path) -> Sealer:
    """Who seals this ledger into a folder, with his key beside it."""
    code = log.ledger
    return Sealer(log, Seals(folder / "seals", code), FileSigner(folder / "seal-keys", code))
