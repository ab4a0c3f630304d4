"""Things that are made when first asked for."""

from __future__ import annotations

from collections.abc import Callable
from threading import RLock
from typing import TypeVar

K = TypeVar("K")
V = TypeVar("V")

_MAKING = RLock()


class MadeOnce(dict[K, V]):
    """What has been made so far for each key; a key that is missing is made, one at a time in the whole process.

    Made for decoders: msgspec keeps what it learns of a class on that class while it is still learning, and a thread that
    meets the class before the end reads through a null pointer.
    """

    def __init__(self, make: Callable[[K], V]) -> None:
        super().__init__()
        self._make = make

    def __missing__(self, key: K) -> V:
        """Make it, unless another thread has done so meanwhile."""
        with _MAKING:
            if key not in self:
                self[key] = self._make(key)
            return self[key]
