"""Of which month a zero report speaks, and how a township's month stands."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from domain.kinds.county import DidOtherMatter
from domain.kinds.units import Document, SubmittedDocument
from domain.opinion_ledger import Month, empty_month, month_of


def ledger(covers: str, due: date | None = None, zero: bool = True) -> SubmittedDocument:
    return SubmittedDocument(
        document=Document.OPINION_LEDGER, covers=covers, due=due, zero_report=zero
    )


@pytest.mark.parametrize(
    ("details", "on", "month"),
    [
        (ledger("3月", date(2025, 4, 8)), date(2025, 4, 7), date(2025, 3, 1)),
        (ledger("12月", date(2026, 1, 8)), date(2026, 1, 7), date(2025, 12, 1)),
        (ledger("2024年11月"), date(2025, 4, 7), date(2024, 11, 1)),
        (ledger("2025-10"), date(2025, 11, 3), date(2025, 10, 1)),
        (ledger("", date(2025, 4, 8)), date(2025, 4, 20), date(2025, 3, 1)),
        (ledger(""), date(2025, 1, 20), date(2024, 12, 1)),
        (ledger("上半年"), date(2025, 7, 2), date(2025, 6, 1)),
        (ledger("2024年 3 月份"), date(2025, 7, 2), date(2024, 3, 1)),
        (ledger("202403"), date(2025, 7, 2), date(2024, 3, 1)),
        (ledger("5"), date(2025, 7, 2), date(2025, 5, 1)),
        # What is no month, or several of them, says nothing of which it is.
        (ledger("2025"), date(2025, 7, 2), date(2025, 6, 1)),
        (ledger("2025年"), date(2025, 7, 2), date(2025, 6, 1)),
        (ledger("13月"), date(2025, 7, 2), date(2025, 6, 1)),
        (ledger("202413"), date(2025, 7, 2), date(2025, 6, 1)),
        (ledger("1-3月"), date(2025, 7, 2), date(2025, 6, 1)),
        (ledger("2025年1 至 3月"), date(2025, 7, 2), date(2025, 6, 1)),
        (ledger("1月至3月"), date(2025, 7, 2), date(2025, 6, 1)),
        # A day may be any, also one before which there is none.
        (ledger("", date(1, 1, 8)), date(2025, 7, 2), None),
        (ledger("12月", date(1, 1, 8)), date(2025, 7, 2), None),
        (ledger("", date(1, 2, 8)), date(2025, 7, 2), date(1, 1, 1)),
        (ledger("3月", zero=False), date(2025, 4, 7), None),
        (
            SubmittedDocument(document=Document.SUMMARY, zero_report=True),
            date(2025, 4, 7),
            None,
        ),
        (
            DidOtherMatter(code="monthly_feedback", called="零报告"),
            date(2025, 5, 31),
            date(2025, 5, 1),
        ),
        (DidOtherMatter(code="other", called="其他"), date(2025, 5, 31), None),
    ],
)
def test_of_which_month_a_zero_report_is(details: Any, on: date, month: date | None) -> None:
    assert empty_month(details, on) == month


@pytest.mark.parametrize(
    ("said", "state"),
    [
        ({"received": 2}, Month.KEPT),
        ({"received": 1, "zero": True}, Month.KEPT),
        ({"zero": True}, Month.ZERO),
        ({}, Month.MISSING),
        ({"today": date(2025, 3, 31)}, Month.RUNNING),
        ({"today": date(2025, 4, 1)}, Month.MISSING),
        ({"since": date(2025, 4, 1)}, Month.NONE),
        ({"until": date(2025, 2, 28)}, Month.NONE),
    ],
)
def test_how_a_month_stands(said: dict[str, Any], state: Month) -> None:
    usual: dict[str, Any] = {
        "received": 0,
        "zero": False,
        "since": date(2024, 1, 1),
        "until": None,
        "today": date(2025, 6, 1),
    }
    assert month_of(date(2025, 3, 1), **(usual | said)) is state
