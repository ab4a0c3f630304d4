"""What `apart` runs in a process of its own: reads a workbook from standard input and tells what is in it.

It imports nothing of ours, so that it starts soon and runs without knowing where the rest lies.
"""

from __future__ import annotations

import json
import sys
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import date, datetime, time, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

NO_WORKBOOK, TOO_MANY, TOO_LARGE = 3, 4, 5
"""How it ends where it cannot tell."""
DAY = 1
"""The mark of a day among the values that are told."""
DAMAGE = (ValueError, OverflowError, OSError, KeyError, TypeError)


@dataclass(frozen=True)
class Limits:
    """The sheet that is wanted, and how far to go: rows, columns, characters, bytes of memory, seconds of a processor."""

    tab: str
    rows: int
    columns: int
    text: int
    memory: int
    seconds: int

    def written(self) -> str:
        """The same as an argument."""
        return json.dumps(asdict(self))


class _Ended(Exception):
    def __init__(self, code: int, said: str = "") -> None:
        self.code, self.said = code, said


def main(written: str) -> int:
    """Read what comes in, tell it, and answer with how it went."""
    limits = Limits(**json.loads(written))
    content = sys.stdin.buffer.read()
    _bind(limits)
    try:
        told = _read(content, limits)
    except _Ended as ended:
        # A parser that gets no memory may say that the workbook is broken.
        if ended.code == NO_WORKBOOK and _is_cramped(limits):
            return TOO_LARGE
        sys.stdout.write(ended.said)
        return ended.code
    except MemoryError:
        return TOO_LARGE
    sys.stdout.buffer.write(told)
    return 0


def _bind(limits: Limits) -> None:
    """From here on the process has no more than this. Windows has no such limits: there the caller's patience is all."""
    if sys.platform == "win32":
        return
    import resource

    for what, most in (
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_CPU, limits.seconds),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_AS, limits.memory),
    ):
        _, hard = resource.getrlimit(what)
        least = most if hard == resource.RLIM_INFINITY else min(most, hard)
        # macOS knows the limit of addresses, and does not take it.
        with suppress(OSError, ValueError):
            resource.setrlimit(what, (least, least))


def _is_cramped(limits: Limits) -> bool:
    """Whether the process has had more than half of what it may have, where the system tells."""
    try:
        with Path("/proc/self/status").open(encoding="ascii") as told:
            peak = next((line.split()[1] for line in told if line.startswith("VmPeak")), "0")
    except (OSError, UnicodeDecodeError):
        return False
    return int(peak) * 1024 * 2 > limits.memory


def _read(content: bytes, limits: Limits) -> bytes:
    import msgspec
    from python_calamine import CalamineError, CalamineWorkbook, SheetVisibleEnum

    try:
        with CalamineWorkbook.from_filelike(BytesIO(content)) as book:
            order = sorted(
                book.sheets_metadata, key=lambda s: s.visible != SheetVisibleEnum.Visible
            )
            tabs = [each.name for each in order]
            left = limits.text
            sheets = []
            for tab in tabs:
                if limits.tab in {"", tab}:
                    sheet = book.get_sheet_by_name(tab)
                    if sheet.total_width > limits.columns or sheet.total_height > limits.rows:
                        raise _Ended(TOO_MANY, f"{sheet.total_height} x {sheet.total_width}")
                    rows = []
                    for raw in sheet.to_python(skip_empty_area=False):
                        rows.append([_plain(each) for each in raw])
                        left -= sum(len(each) for each in raw if isinstance(each, str))
                        if left < 0:
                            raise _Ended(TOO_LARGE)
                    merged = [(*start, *end) for start, end in sheet.merged_cell_ranges or ()]
                    sheets.append((tab, rows, merged))
            return msgspec.msgpack.encode({"tabs": tabs, "sheets": sheets}, enc_hook=_day)
    except (CalamineError, *DAMAGE) as broken:
        raise _Ended(NO_WORKBOOK) from broken
    except BaseException as broken:
        if type(broken).__name__ != "PanicException":
            raise
        raise _Ended(NO_WORKBOOK) from broken


class _Day:
    """A day, told apart from a text that looks like one."""

    __slots__ = ("written",)

    def __init__(self, day: date) -> None:
        self.written = day.isoformat().encode()


def _plain(raw: Any) -> Any:
    """A cell as text, number, tick or day."""
    match raw:
        case datetime():
            return _Day(raw.date())
        case date():
            return _Day(raw)
        case time():
            return raw.strftime("%H:%M")
        case timedelta():
            return str(raw)
        case _:
            return raw


def _day(value: Any) -> Any:
    import msgspec

    return msgspec.msgpack.Ext(DAY, value.written)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
