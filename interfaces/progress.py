"""A bar on a terminal for what takes a while; nothing where nobody looks."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager


@contextmanager
def told_on_terminal(what: str, *, hidden: bool = False) -> Iterator[Callable[[int, int], None]]:
    """Gives what is to be told how much is done, of how much."""
    if hidden or not sys.stderr.isatty():
        yield lambda _done, _of: None
        return
    from rich.console import Console
    from rich.progress import Progress

    with Progress(console=Console(stderr=True)) as bar:
        task = bar.add_task(what, total=None)
        yield lambda done, of: bar.update(task, completed=done, total=of)
