"""What a matter has one by one under numbers that are not given again: its suggestions, the problems that an inspection found."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from typing import Protocol, TypeVar

from domain.deed import Known
from domain.people import Reason, Refused, no_longer_than


class Numbered(Protocol):
    """One of them: `withdrawn` says why it was taken back, nothing while it stands."""

    @property
    def number(self) -> int:
        """Its number, from 1."""

    @property
    def withdrawn(self) -> str:
        """Why it was taken back."""


N = TypeVar("N", bound=Numbered)


def standing(some: Sequence[N], number: int, absent: Reason) -> N:
    """The one of that number; refused where there is none, or where it was taken back."""
    found = next((each for each in some if each.number == number), None)
    if found is None:
        raise Refused(absent, "/number", str(number))
    if found.withdrawn:
        raise Refused(Reason.WITHDRAWN, "/number", str(number))
    return found


def changed(some: Sequence[N], number: int, change: Callable[[N], N]) -> tuple[N, ...]:
    """All of them, the one of that number changed."""
    return tuple(change(each) if each.number == number else each for each in some)


def check_day(on: date, earliest: date, known: Known, field: str = "/on") -> None:
    """Refuse a day that is still to come, or before what it follows."""
    if on > known.today:
        raise Refused(Reason.IN_FUTURE, field, on.isoformat())
    if on < earliest:
        raise Refused(Reason.TOO_EARLY, field, f"{on.isoformat()} < {earliest.isoformat()}")


def check_text(text: str, longest: int, field: str) -> None:
    """Refuse a text that says nothing, or of more characters than that."""
    if not text.strip():
        raise Refused(Reason.MISSING, field)
    no_longer_than(longest, text, field)
