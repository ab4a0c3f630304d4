"""Files that mean harm, and damaged ones, sent to the import: each is previewed or refused in clear words, in bounded time and memory."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from application import apart, apart_child, packed, sheets
from application.apart import read_apart
from application.sheets import read_sheet
from domain.people import Reason, Refused
from tests import hostile
from tests.hostile import Harm, campaign, sender
from tests.interfaces.conftest import Caller

HARMFUL = hostile.harmful()
SHORT = 10
"""Damaged workbooks in the suite; tests/campaigns sends 300, `python -m tests.hostile` ten thousand."""


@pytest.mark.parametrize("harm", HARMFUL.values(), ids=list(HARMFUL))
def test_what_means_harm_is_refused_in_clear_words(untouched: Caller, harm: Harm) -> None:
    name, content, reasons = harm
    status, reason = sender(untouched.client, untouched.ledger, untouched.token)(name, content)
    assert reason in reasons
    assert status == 200 if not reason else 400 <= status < 500


def test_no_damaged_workbook_is_answered_otherwise_than_by_a_preview_or_a_refusal(
    untouched: Caller,
) -> None:
    send = sender(untouched.client, untouched.ledger, untouched.token)
    assert campaign(send, SHORT, 20260101).failed == []


def test_the_limits_are_those_that_are_written_down() -> None:
    assert (sheets.LARGEST_FILE, packed.LARGEST_UNPACKED) == (10 << 20, 200 << 20)
    assert (packed.MOST_PARTS, packed.STEEPEST) == (2_000, 100)
    assert (packed.MOST_ROWS, packed.MOST_COLUMNS) == (50_000, 200)


def test_a_refusal_names_the_part_that_no_list_needs() -> None:
    with pytest.raises(Refused) as caught:
        read_sheet("a.xlsm", HARMFUL["a macro"][1])
    assert caught.value.reason is Reason.UNSAFE_WORKBOOK
    assert caught.value.about == "a.xlsm(宏 macros: xl/vbaProject.bin)"


# The process apart


def test_a_reading_is_ended_when_it_takes_too_long(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(apart, "PATIENCE", 0.001)
    with pytest.raises(Refused) as caught:
        read_apart("a.xlsx", hostile.workbook())
    assert caught.value.reason is Reason.TOO_LARGE


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such limits")
@pytest.mark.parametrize("name", ["MOST_MEMORY", "MOST_SECONDS"])
def test_a_reading_has_so_much_memory_and_time_and_no_more(
    monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setattr(apart, name, 40 << 20 if name == "MOST_MEMORY" else 0)
    with pytest.raises(Refused) as caught:
        read_apart("a.xlsx", hostile.workbook(40_000))
    assert caught.value.reason is Reason.TOO_LARGE


@pytest.mark.parametrize(
    ("name", "most", "reason"),
    [
        ("MOST_TEXT", 10, Reason.TOO_LARGE),
        ("MOST_ROWS", 5, Reason.TOO_MANY),
        ("MOST_COLUMNS", 3, Reason.TOO_MANY),
    ],
)
def test_a_reading_goes_no_further_than_it_is_told(
    monkeypatch: pytest.MonkeyPatch, name: str, most: int, reason: Reason
) -> None:
    monkeypatch.setattr(apart, name, most)
    with pytest.raises(Refused) as caught:
        read_apart("a.xlsx", hostile.workbook())
    assert caught.value.reason is reason


def test_a_reading_knows_no_secret_of_the_service(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    child = tmp_path / "child.py"
    child.write_text("import os, sys\nsys.stdout.write(str(dict(os.environ)))\nsys.exit(4)\n")
    monkeypatch.setenv("LVZHI_TOKEN_KEY", "a canary of thirty-two characters")
    monkeypatch.setattr(apart_child, "__file__", str(child))
    with pytest.raises(Refused) as caught:
        read_apart("a.xlsx", b"")
    assert "canary" not in caught.value.about
    assert os.environ["LVZHI_TOKEN_KEY"]
