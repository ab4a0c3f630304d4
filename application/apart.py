"""Reading a workbook in a process of its own, which has so much memory and so many seconds and no more.

The parser is native code that keeps a copy of a text for every cell that shows it: 166 KB of a workbook, within every
limit that can be looked up beforehand, took 3.9 GB and 22 seconds. A process costs some 20 ms for each workbook that is read, and
whatever happens in it happens to nobody else.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import msgspec

from application import apart_child
from application.packed import MOST_COLUMNS, MOST_ROWS
from domain.people import Reason, Refused

MOST_MEMORY = 768 * 1024 * 1024
"""Bytes of addresses that a reading may have; the largest sheet that is taken needs half of it."""
MOST_TEXT = 32 * 1024 * 1024
"""Characters that the cells of a workbook may show together."""
MOST_SECONDS = 20
"""Seconds of a processor that a reading may take."""
PATIENCE = 60.0
"""Seconds after which it is ended though it took less of a processor, on a machine that has much to do."""


@dataclass(frozen=True, slots=True)
class ReadSheet:
    """A sheet as the parser read it: its rows from row 1 on, and merged blocks as top, left, bottom, right from 0."""

    tab: str
    rows: list[list[object]]
    merged: list[tuple[int, int, int, int]]


class _Day(msgspec.Struct, array_like=True):
    """A cell that is a day."""

    day: date


class _Told(msgspec.Struct):
    """What the process tells: sheets that are there, in order; those that were read."""

    tabs: list[str]
    sheets: list[
        tuple[
            str, list[list[_Day | str | int | float | bool | None]], list[tuple[int, int, int, int]]
        ]
    ]


_told = msgspec.json.Decoder(_Told).decode


def read_apart(name: str, content: bytes, tab: str = "") -> Sequence[ReadSheet]:
    """The sheets of a workbook, the visible first, with the wanted one alone if one is named; raises `Refused`."""
    limits = apart_child.Limits(
        tab=tab,
        rows=MOST_ROWS,
        columns=MOST_COLUMNS,
        text=MOST_TEXT,
        memory=MOST_MEMORY,
        seconds=MOST_SECONDS,
    )
    try:
        done = subprocess.run(  # noqa: S603 -- our own file; what was sent goes in as bytes to be read
            [sys.executable, "-I", str(Path(apart_child.__file__)), limits.written()],
            input=content,
            capture_output=True,
            timeout=PATIENCE,
            check=False,
            # No secret of the service is there to be read.
            env={key: os.environ[key] for key in ("PATH", "SYSTEMROOT") if key in os.environ},
        )
    except subprocess.TimeoutExpired as late:
        raise Refused(Reason.TOO_LARGE, about=name) from late
    if done.returncode == apart_child.TOO_MANY:
        raise Refused(Reason.TOO_MANY, about=f"{name}: {done.stdout.decode()}")
    if done.returncode == apart_child.NO_WORKBOOK:
        raise Refused(Reason.NOT_A_WORKBOOK, about=name)
    if done.returncode:
        # It was ended for what it took, or has ended itself without memory.
        raise Refused(Reason.TOO_LARGE, about=name)
    told = _told(done.stdout)
    if not told.sheets:
        there = f"「{tab}」({'、'.join(told.tabs[:20])})"
        raise Refused(Reason.NO_SUCH_SHEET, "tab", there)
    return [
        ReadSheet(read, [list(map(_plain, cells)) for cells in rows], merged)
        for read, rows, merged in told.sheets
    ]


def _plain(cell: object) -> object:
    return cell.day if isinstance(cell, _Day) else cell
