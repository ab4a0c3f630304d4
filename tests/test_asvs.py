"""What is said of the OWASP ASVS 5.0.0 is said of each of its requirements of levels 1 and 2, and leads to what proves it."""

from __future__ import annotations

import ast
import csv
import re
from collections import Counter
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
COLUMNS = ["id", "level", "chapter", "description", "applicable", "evidence"]
CHAPTERS = {
    "V1": 27, "V2": 11, "V3": 19, "V4": 10, "V5": 9, "V6": 35, "V7": 18, "V8": 7, "V9": 7, "V10": 29, "V11": 14,
    "V12": 9, "V13": 13, "V14": 9, "V15": 13, "V16": 16, "V17": 7,
}  # fmt: skip
"""Requirements of levels 1 and 2 in each chapter of the standard."""


def rows() -> list[dict[str, str]]:
    """Every row of the register."""
    with (ROOT / "docs" / "asvs.csv").open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file, strict=True))


ROWS = rows()


@cache
def cases_of(path: str) -> frozenset[str]:
    """The tests of a file."""
    tree = ast.parse((ROOT / path).read_text("utf-8"))
    return frozenset(node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef))


def test_every_requirement_of_both_levels_has_one_row() -> None:
    assert list(ROWS[0]) == COLUMNS
    ids = [row["id"] for row in ROWS]
    assert [each for each, times in Counter(ids).items() if times > 1] == []
    assert all(re.fullmatch(r"V\d+\.\d+\.\d+", each) for each in ids)
    assert Counter(each.partition(".")[0] for each in ids) == CHAPTERS
    assert Counter(row["level"] for row in ROWS) == {"1": 70, "2": 183}
    assert all(row["chapter"].startswith(f"{row['id'].partition('.')[0]} ") for row in ROWS)


@pytest.mark.parametrize("row", ROWS, ids=[row["id"] for row in ROWS])
def test_a_requirement_is_met_by_something_that_there_is_or_says_why_not(
    row: dict[str, str],
) -> None:
    assert row["description"]
    assert row["evidence"].strip()
    if row["applicable"] != "yes":
        assert row["applicable"] in {"no", "later"}
        assert "::" not in row["evidence"]
        return
    for each in row["evidence"].split("; "):
        path, between, test = each.partition("::")
        assert (ROOT / path).is_file(), each
        assert not between or test in cases_of(path), each
