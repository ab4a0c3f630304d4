"""What is written to the log: constant sentences, a few named values that cannot hold anything personal, and where an error arose.

An error's own words are left out: they quote names, rows and requests. What is not on the list here is not written, whoever logs it.
"""

from __future__ import annotations

import logging
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from traceback import walk_tb
from types import TracebackType
from typing import IO

ALLOWED = ("ledger", "route", "position", "reason", "count")
"""Values that a line may name: codes of ledgers, routes as they are declared, positions, reasons of our closed list, counts."""
LONGEST_VALUE = 200
MOST_FRAMES = 12
"""Places of an error that are told, the innermost."""
_SPEAKS_OF_ITSELF = "uvicorn"
"""The server's own lines below a warning tell its address and its process, of which we know the wording."""


class Told(logging.Formatter):
    """A line: instant, level, who says it, the sentence, the values that are allowed, and what error arose where."""

    def format(self, record: logging.LogRecord) -> str:
        """The line of a record."""
        at = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
        words = " ".join(_sentence(record).split())
        parts = [at, record.levelname, record.name, words, *_values(record)]
        if record.exc_info and record.exc_info[1] is not None:
            parts += _errors(record.exc_info[1])
        return " ".join(parts)


def _sentence(record: logging.LogRecord) -> str:
    """The sentence without what was filled in, but for the server's own plain news."""
    is_plain = record.levelno < logging.WARNING and not record.exc_info
    if is_plain and record.name.partition(".")[0] == _SPEAKS_OF_ITSELF:
        return record.getMessage()
    return str(record.msg)


def _values(record: logging.LogRecord) -> Iterator[str]:
    for name in ALLOWED:
        value = record.__dict__.get(name)
        if value is not None:
            text = str(value)[:LONGEST_VALUE]
            yield f"{name}={text if text.isprintable() and ' ' not in text else ascii(text)}"


def _errors(error: BaseException) -> Iterator[str]:
    """The classes of an error and of what caused it, each with the places that it passed through."""
    seen: set[int] = set()
    cause: BaseException | None = error
    while cause is not None and id(cause) not in seen:
        seen.add(id(cause))
        kind = type(cause)
        yield f"error={kind.__module__}.{kind.__qualname__}"
        yield f"at={'<'.join(_places(cause.__traceback__)) or '-'}"
        cause = cause.__cause__ or (None if cause.__suppress_context__ else cause.__context__)


def _places(trace: TracebackType | None) -> list[str]:
    found = [
        f"{'/'.join(Path(frame.f_code.co_filename).parts[-3:])}:{line}"
        for frame, line in walk_tb(trace)
    ]
    return found[: -MOST_FRAMES - 1 : -1]


def install(to: IO[str] | None = None) -> logging.Handler:
    """Have everything that this process logs written so, to standard error; the handler, for who wants to take it away again."""
    handler = logging.StreamHandler(sys.stderr if to is None else to)
    handler.setFormatter(Told())
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.INFO)
    # The server brings handlers of its own, which would write the whole of an error.
    for name in ("uvicorn", "uvicorn.error", "uvicorn.access"):
        logger = logging.getLogger(name)
        logger.handlers.clear()
        logger.propagate = True
    return handler
