"""A document is read once for all who ask for it, so nobody may change what was read."""

from __future__ import annotations

from copy import deepcopy
from pathlib import Path

import pytest

from application import packs
from application.documents.source import Unreadable, parsed

SHIPPED = sorted((Path(__file__).parents[2] / "packs").rglob("*.yaml"))


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_who_reads_a_document_leaves_it_as_it_was(path: Path) -> None:
    text = path.read_text("utf-8")
    source = parsed(text)
    values, lines = deepcopy(source.values), dict(source.lines)
    sort = packs.sort_of(text)
    packs.load(sort, text)
    packs.check(text)
    packs.questions(text)
    packs.cases(text)
    assert parsed(text) is source
    assert (source.values, source.lines) == (values, lines)


def test_what_was_refused_is_refused_again() -> None:
    for _ in range(2):
        with pytest.raises(Unreadable):
            parsed("loop: A\nloop: B\n")
