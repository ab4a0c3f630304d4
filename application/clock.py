"""What time it is for all that is recorded and for every page: that of the world, or the end of a rehearsed year.

The made-up county's year is over. At the time of the world every deadline in it has passed and every figure of this month is nought,
so the demo has its ledger live on the last evening of that year: from the instant that it is told, time goes on as fast as
ever, until the evening's end, where it stands; what is recorded goes on in order. A service of a real ledger cannot be put into another
time: no setting and no variable leads here, `interfaces/demo.py` alone calls `rehearsing`, and each page says when it is on.

Who somebody is goes by the world's time in a rehearsal too (`interfaces/access`): a telephone's codes, how soon one may
try again and when a session ends have nothing to do with the year that is rehearsed. So does when a ledger was sealed,
which is told by the times of files.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from time import monotonic

Clock = Callable[[], datetime]


@dataclass(frozen=True, slots=True)
class _Rehearsed:
    """A time that began when the world's `monotonic` said `since`, and stands still from `ends` on."""

    begins: datetime
    ends: datetime
    since: float

    def now(self) -> datetime:
        return min(self.begins + timedelta(seconds=monotonic() - self.since), self.ends)


_rehearsed: _Rehearsed | None = None


def now() -> datetime:
    """The instant, in UTC."""
    return datetime.now(UTC) if _rehearsed is None else _rehearsed.now()


def rehearsed() -> datetime | None:
    """The instant at which a rehearsed time stands still; nothing where the time is that of the world."""
    return None if _rehearsed is None else _rehearsed.ends


@contextmanager
def rehearsing(begins: datetime, ends: datetime) -> Iterator[None]:
    """For as long as this lasts it is `begins` for the whole process, and later as time goes on, but never after `ends`."""
    global _rehearsed  # noqa: PLW0603  # the one time that this process has
    if _rehearsed is not None:
        raise RuntimeError("another time is rehearsed already")
    if ends < begins:
        raise ValueError(ends)
    _rehearsed = _Rehearsed(begins.astimezone(UTC), ends.astimezone(UTC), monotonic())
    try:
        yield
    finally:
        _rehearsed = None
