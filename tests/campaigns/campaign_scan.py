"""A scan of every described operation as every role finds nothing closed that is open, and nothing that breaks."""

from __future__ import annotations

from pathlib import Path

import pytest

from domain.people import Role
from tests.scan import scanned


@pytest.mark.parametrize("role", Role)
def test_nothing_is_open_that_the_table_closes(role: Role, tmp_path: Path) -> None:
    found = scanned(tmp_path, role, examples=2)
    assert found.faults == []
    assert sum(found.answers.values()) > 150
    assert not any(status >= 500 for status in found.answers)
