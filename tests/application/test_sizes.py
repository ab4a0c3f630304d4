"""Sizes are told in the measure in which the most is a round number."""

from __future__ import annotations

import pytest

from application.sizes import too_large

MIB = 1024 * 1024


@pytest.mark.parametrize(
    ("size", "most", "told"),
    [
        (12_000_015, 5 * MIB, "11.5 MB(最多 at most 5 MB)"),
        (5 * MIB + 1, 5 * MIB, "5.1 MB(最多 at most 5 MB)"),
        (300 * 1024, 256 * 1024, "300 KB(最多 at most 256 KB)"),
        (None, 20 * MIB, "最多 at most 20 MB"),
        (10**4000, MIB, "1073741824 MB(最多 at most 1 MB)"),
    ],
)
def test_how_large_it_is_and_how_large_it_may_be(size: int | None, most: int, told: str) -> None:
    assert too_large(size, most).about == told
