"""The one reader: entries in, rows out, in batches with the position; the same fold live, catching up and rebuilding."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from domain.entry import Entry
from domain.words import Choice
from projections.documents import ReadDocument
from projections.store import Store

Since = Callable[[int, int], list[Entry[Any]]]
"""Reads at most so many entries after a position, in order."""


class OnPoison(Choice):
    """What to do with an entry that cannot be read: stop loudly, or set it aside in the table `quarantine` and go on."""

    STOP = "stop", "停止"
    QUARANTINE = "quarantine", "隔离"


@dataclass(unsafe_hash=True)
class Poisoned(Exception):
    """An entry that cannot be folded; the read model stays just before it."""

    ledger: str
    position: int
    stream: str
    error: str


class Reader:
    """Keeps one ledger's read model. Safe to call from several threads; several readers are harmless."""

    def __init__(
        self,
        store: Store,
        ledger: str,
        since: Since,
        *,
        today: Callable[[], date],
        read_document: ReadDocument,
        on_poison: OnPoison = OnPoison.STOP,
        at_a_time: int = 5_000,
    ) -> None:
        raise NotImplementedError

    @property
    def position(self) -> int:
        """The last position that this reader knows to be visible."""
        raise NotImplementedError

    def step(self) -> int:
        """Read one batch; returns how many entries there were, 0 at the head."""
        raise NotImplementedError

    def catch_up(self) -> int:
        """Read all there is; returns the position reached. Raises `Poisoned` under the policy stop."""
        raise NotImplementedError

    def rebuild(self) -> int:
        """Fold the whole ledger beside, then replace its rows in one transaction; returns the position reached."""
        raise NotImplementedError

    def refresh(self) -> int:
        """Derive afresh what time alone has changed by today; returns how many rows. Once a day will do."""
        raise NotImplementedError

    def wait_for(self, position: int, timeout: float) -> bool:
        """Wait until that position is visible; whether it is."""
        raise NotImplementedError

    async def arrived(self, position: int, timeout: float) -> bool:
        """As `wait_for`, for tasks: takes no thread while waiting."""
        raise NotImplementedError

    def run_forever(
        self, stop: threading.Event, wake: threading.Event, *, interval: float = 0.5
    ) -> None:
        """Read whenever woken (set `wake` after an append) and look at the head every `interval` seconds; refresh daily."""
        raise NotImplementedError
