"""What is to be written when: requests by the simulated day on which they are recorded."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from random import Random
from uuid import UUID
from zoneinfo import ZoneInfo

from application.handle import Request
from application.rehearsal import photos
from domain.evidence import Evidence
from domain.people import Actor
from domain.streams import Command

ZONE = ZoneInfo("Asia/Shanghai")
OPENED = date(2024, 12, 26)
LAST = date(2025, 12, 31)

_HOLIDAYS = (
    (date(2025, 1, 1), date(2025, 1, 1)),
    (date(2025, 1, 28), date(2025, 2, 4)),
    (date(2025, 5, 1), date(2025, 5, 5)),
    (date(2025, 10, 1), date(2025, 10, 8)),
)
_A_DAY = timedelta(days=1)


def workday(day: date) -> date:
    """That day, or the next on which offices are open; the last of the year at the latest."""
    while day.weekday() > 4 or any(first <= day <= last for first, last in _HOLIDAYS):
        day += _A_DAY
    return min(day, LAST)


def after(day: date, days: int) -> date:
    """So many days later, within the year."""
    return min(day + timedelta(days=days), LAST)


@dataclass(slots=True)
class Diary:
    """Requests by day, in the order in which they were put; ids come from the same source of chance as all else."""

    rng: Random
    pages: dict[date, list[Request]] = field(default_factory=lambda: defaultdict(list))
    photos: set[int] = field(default_factory=set)
    """Numbers of the pictures that its records name."""

    def new_id(self) -> str:
        """A fresh id that looks like any other UUID."""
        return str(UUID(int=self.rng.getrandbits(128), version=4))

    def photo(self, name: str) -> Evidence:
        """A picture that nothing else names."""
        number = self.rng.getrandbits(256)
        self.photos.add(number)
        return Evidence(name=name, sha256=photos.hash_of(number))

    def put(
        self, day: date, command: Command, actor: Actor, cause: str = "", command_id: str = ""
    ) -> None:
        """Have this carried out on that day; what brings its own id leaves the ids of all else as they are."""
        self.pages[day].append(
            Request(
                command=command, actor=actor, command_id=command_id or self.new_id(), cause=cause
            )
        )

    def in_order(self) -> Iterator[tuple[datetime, list[Request]]]:
        """Day by day: the instant at which that day's requests are recorded, and the requests."""
        for day in sorted(self.pages):
            at = datetime.combine(day, time(17, 30), ZONE)
            yield at + timedelta(seconds=self.rng.randrange(4 * 3600)), self.pages[day]
