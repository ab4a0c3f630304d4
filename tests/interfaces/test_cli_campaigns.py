"""The command line of special tasks and campaigns, by what it prints."""

from __future__ import annotations

import csv
import io
import json

import pytest

from tests.interfaces.conftest import DAY
from tests.interfaces.test_campaigns import TASK, joined, matter
from tests.interfaces.test_cli import Run, county, run
from tests.interfaces.test_cli_loops import told

__all__ = ["county", "run"]

YEAR = ("--year", DAY[:4])


@pytest.fixture
def task(county: Run) -> Run:
    """A task that the county called to, and two who joined."""
    for said in (
        matter("call", "special_task", TASK, {"called_by": "县防汛指挥部"}, unit="county"),
        joined("j1", "li", half_days=3, work="call"),
        joined("j2", "li", "chen"),
        matter("g1", "contributed_resources", "捐款", {"resource": "money", "amount": "5"}, person="li", activity=TASK),
    ):  # fmt: skip
        command = said.pop("command")
        code, _, errors = told(county, command, **said)
        assert code == 0, errors
    return county


def test_a_task_is_printed_with_its_call_totals_team_and_reports(task: Run) -> None:
    code, output, errors = task("campaigns", *YEAR)
    assert (code, errors) == (0, "")
    assert output == f"{TASK}\t{DAY}\t{DAY}\t{DAY}\t3\t2\t4\t2.5\t0\n"
    whole = task("campaigns", TASK, *YEAR)[1]
    assert "县防汛指挥部" in whole and "资金 5 元 (1)" in whole
    assert task("campaigns", TASK, *YEAR, "--team")[1] == (
        f"李明\t2\t2\t{DAY}\t{DAY}\t1\t巡堤j1、巡堤j2\n陈静\t1\t0.5\t{DAY}\t{DAY}\t0\t巡堤j2\n"
    )
    own = task("campaigns", TASK, *YEAR, "--member", "陈静", "--json")[1]
    (line,) = json.loads(own)
    assert (line["person"], line["duty"], line["half_days"]) == ("chen", "巡堤j2", 1)
    sheet = task("campaigns", TASK, *YEAR, "--report", "--csv")[1]
    assert len([*csv.reader(io.StringIO(sheet))]) == 5
    assert "occasion/j1" in task("campaigns", TASK, *YEAR, "--records")[1]
    figures = json.loads(task("campaigns", TASK, *YEAR, "--json")[1])
    assert figures["calls"][0]["called_by"] == "县防汛指挥部"


def test_a_campaign_and_what_there_is_not(task: Run) -> None:
    (line,) = json.loads(task("campaigns", *YEAR, "--sort", "主题活动", "--json")[1])
    assert (line["name"], line["records"]) == (TASK, 1)
    assert task("campaigns", "抗旱", *YEAR)[0] != 0
    assert task("campaigns", "--sort", "x")[0] != 0
    assert task("campaigns", "--since", "2025-02-01", "--until", "2025-01-01")[0] != 0
    assert task("campaigns", "--since", "2020-01-01", "--until", "2020-02-01")[1] == ""


@pytest.mark.parametrize(
    ("asked", "field"),
    [
        (("--team",), "NAME"),
        (("--member", "陈静"), "NAME"),
        ((TASK, "--team", "--member", "陈静"), "--member"),
        ((TASK, "--records", "--member", "陈静"), "--member"),
    ],
)
def test_what_would_be_left_out_of_account_is_refused(
    task: Run, asked: tuple[str, ...], field: str
) -> None:
    code, output, errors = task("campaigns", *asked, *YEAR)
    assert (code != 0, output, field in errors) == (True, "", True)


def test_one_list_is_asked_for_at_a_time(task: Run) -> None:
    code, output, errors = task("campaigns", TASK, "--team", "--records")
    assert (code, output) == (2, "")
    assert "--records" in errors
