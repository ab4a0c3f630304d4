"""What `apart` runs in a process of its own: reads a workbook from standard input and tells what is in it.

It imports nothing of ours, so that it runs without knowing where the rest lies, and of the rest as little as can be: most of the time of so short a
process goes by before its first line.
"""

from __future__ import annotations

import json
import sys
from datetime import date, datetime, time, timedelta
from io import BytesIO

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

NO_WORKBOOK, TOO_MANY, TOO_LARGE = 3, 4, 5
"""How it ends where it cannot tell."""
CONTROLS = dict.fromkeys({*range(32)} - {*b"\t\n\r"}, "\x7f")
"""Control characters told as one of them that needs one byte, not six: whatever one it is, no cell may hold it."""
DAMAGE = (ValueError, OverflowError, OSError, KeyError, TypeError)


class Limits:
    """The sheet that is wanted, and how far to go: rows, columns, characters, bytes of memory, seconds of a processor."""

    def __init__(
        self, *, tab: str, rows: int, columns: int, text: int, memory: int, seconds: int
    ) -> None:
        self.tab = tab
        self.rows = rows
        self.columns = columns
        self.text = text
        self.memory = memory
        self.seconds = seconds

    def written(self) -> str:
        """The same as an argument."""
        return json.dumps(vars(self))


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
    sys.stdout.buffer.write(told.encode())
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
        try:  # noqa: SIM105 -- what says it in a line takes longer to import
            resource.setrlimit(what, (least, least))
        except (OSError, ValueError):
            pass


def _is_cramped(limits: Limits) -> bool:
    """Whether the process has had more than half of what it may have, where the system tells."""
    try:
        with open("/proc/self/status", encoding="ascii") as told:  # noqa: PTH123 -- as above
            peak = next((line.split()[1] for line in told if line.startswith("VmPeak")), "0")
    except (OSError, UnicodeDecodeError):
        return False
    return int(peak) * 1024 * 2 > limits.memory


def _read(content: bytes, limits: Limits) -> str:
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
            return json.dumps({"tabs": tabs, "sheets": sheets}, ensure_ascii=False, default=_day)
    except (CalamineError, *DAMAGE) as broken:
        raise _Ended(NO_WORKBOOK) from broken
    except BaseException as broken:
        if type(broken).__name__ != "PanicException":
            raise
        raise _Ended(NO_WORKBOOK) from broken


def _plain(raw: Any) -> Any:
    """A cell as text, number, tick or day."""
    match raw:
        case str() if not raw.isprintable():
            return raw.translate(CONTROLS)
        case datetime():
            return raw.date()
        case float() if raw - raw != 0:
            # Neither is a number that can be told, and no workbook should hold one.
            return str(raw)
        case time():
            return raw.strftime("%H:%M")
        case timedelta():
            return str(raw)
        case _:
            return raw


def _day(value: date) -> list[str]:
    """A day, told apart from a text that looks like one: no cell is a list."""
    return [value.isoformat()]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
