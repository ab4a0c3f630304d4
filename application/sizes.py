"""How large something is that was sent, and how large it may be, in words."""

from __future__ import annotations

from domain.people import Reason, Refused

_KIB, _MIB = 1024, 1024 * 1024
_LONGEST = 1024**5


def too_large(size: int | None, most: int, field: str = "") -> Refused:
    """The refusal of what has `size` bytes, or of what is longer than anybody counted, where it may have `most`."""
    may = f"最多 at most {_told(most, most)}"
    about = may if size is None else f"{_told(size, most)}({may})"
    return Refused(Reason.TOO_LARGE, field, about)


def _told(size: int, most: int) -> str:
    """A size in the measure in which the most is a round number, upwards to a tenth of it."""
    measure, unit = (_MIB, "MB") if most >= _MIB else (_KIB, "KB")
    # A header may name a length of any number of digits.
    whole, tenth = divmod(-(-min(size, _LONGEST) * 10 // measure), 10)
    return f"{whole}.{tenth} {unit}" if tenth else f"{whole} {unit}"
