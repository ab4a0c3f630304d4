"""Damaged workbooks sent to the import: each is previewed or refused, nothing else."""

from __future__ import annotations

import pytest

from tests.hostile import campaign, sender
from tests.interfaces.conftest import Caller, sqlite_service, untouched

__all__ = ["sqlite_service", "untouched"]
EACH = 100
"""Workbooks of each seed; `python -m tests.hostile` sends ten thousand."""


@pytest.mark.parametrize("seed", [20260101, 20260102, 20260103])
def test_no_damaged_workbook_is_answered_otherwise_than_by_a_preview_or_a_refusal(
    untouched: Caller, seed: int
) -> None:
    send = sender(untouched.client, untouched.ledger, untouched.token)
    outcome = campaign(send, EACH, seed)
    assert outcome.failed == []
    # What is mutated gets everywhere: to the archive, to the parser, and through.
    assert {"taken", "not_a_workbook"} <= set(outcome.answers)
