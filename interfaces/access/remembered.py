"""What was found a moment ago, so that each request does not ask the store; what is revoked in this process is forgotten at once."""

from __future__ import annotations

from collections.abc import Callable
from threading import Lock
from typing import Generic, TypeVar

from interfaces.access.secret import Clock

STALE = 2.0
"""Seconds for which another process may have revoked what is still believed here."""
MOST = 10_000

T = TypeVar("T")


class Remembered(Generic[T]):
    """By digests, never by what they are digests of. What was not found is not remembered."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._lock = Lock()
        self._found: dict[str, tuple[float, T]] = {}
        self._cleared = 0

    def get(self, key: str, look: Callable[[], T | None]) -> T | None:
        """What was found under this key a moment ago, else what is found now."""
        with self._lock:
            cleared = self._cleared
            until, found = self._found.get(key, (0.0, None))
        if found is not None and self._clock() < until:
            return found
        until, found = self._clock() + STALE, look()
        with self._lock:
            # What was looked up before something was revoked may be what was revoked.
            if found is not None and cleared == self._cleared:
                if len(self._found) >= MOST:
                    self._found.clear()
                self._found[key] = until, found
        return found

    def clear(self) -> None:
        """Forget all of it, and what is being looked up."""
        with self._lock:
            self._found.clear()
            self._cleared += 1
