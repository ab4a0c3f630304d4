"""What was entered wrongly, and what should stand instead: a new fact with a reason; the wrong entry stays in the ledger."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

from domain.people import Reason, Refused

T = TypeVar("T")


def check_wrong(held: Sequence[T], wrong: Sequence[T], right: Sequence[T], field: str) -> None:
    """What is wrong is named exactly as it stands; what is right stands instead of something, never beside it."""
    for place, each in enumerate(wrong):
        if each not in held:
            raise Refused(Reason.NO_SUCH_INTERVAL, f"/wrong{field}/{place}")
    if right and not wrong:
        raise Refused(Reason.MISSING, f"/wrong{field}")


def stands_already(held: Sequence[T], wrong: Sequence[T], right: Sequence[T]) -> bool:
    """Whether what is right stands and what is wrong does not."""
    return all(each in held for each in right) and all(
        each in right for each in wrong if each in held
    )


def corrected(held: tuple[T, ...], wrong: Sequence[T], right: Sequence[T]) -> tuple[T, ...]:
    """What stands after a correction: what is right is where the first of what is wrong was."""
    kept = [each for each in held if each not in wrong]
    place = next((n for n, each in enumerate(held) if each in wrong), len(kept))
    return (*kept[:place], *right, *kept[place:])
