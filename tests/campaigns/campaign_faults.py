"""Writers and sealers that are killed at any moment: nothing is lost, nothing stands twice."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.application.test_sealing import two_sealers_killed
from tests.faults import killed


@pytest.mark.parametrize("store", ["sqlite", "postgres"])
def test_a_writer_killed_fifty_times_loses_and_doubles_nothing(
    store: str, tmp_path: Path, postgres_url: str
) -> None:
    killed(store, str(tmp_path) if store == "sqlite" else postgres_url, 50)


def test_two_sealers_are_killed_two_hundred_times(tmp_path: Path) -> None:
    two_sealers_killed(tmp_path, 200)
