"""The command line of what the office keeps, by what it prints."""

from __future__ import annotations

import csv
import io
import json
from typing import Any

import pytest

from tests.interfaces.conftest import DAY, SINCE
from tests.interfaces.test_cli import Run, county, run
from tests.interfaces.test_cli_loops import told
from tests.interfaces.test_office import AFTER, booked, budget, handled, proposed, spent, trained

__all__ = ["county", "run"]


@pytest.fixture
def tank(county: Run) -> Run:
    """A think tank of one expert, with a request that waits."""
    held = {"person": "li", "office": "expert", "since": SINCE, "expertise": ["法律"]}
    body = {
        "details": {"kind": "answered_inquiry", "expertise": "法律"},
        "title": "征地咨询",
        "on": DAY,
        "organiser": "county",
        "authors": [{"person": "li", "role": "first"}],
    }
    profile = {"kind": "think_tank", "name": "政协智库"}
    for command, said in (
        ("open_unit", {"unit": "tank", "profile": profile, "since": SINCE}),
        ("appoint", {"unit": "tank", "appointment": held}),
        ("record_matter", {"matter": "q", "body": body}),
    ):
        code, _, errors = told(county, command, **said)
        assert code == 0, errors
    return county


def test_experts_and_requests_that_wait_are_printed(tank: Run) -> None:
    code, output, errors = tank("experts")
    assert (code, errors) == (0, "")
    assert output == f"李明\t法律\t政协智库\t{SINCE}\t\t\t1\t0\t0\t0\n"
    assert tank("experts", "--field", "农业")[1] == ""
    assert tank("experts", "--waiting")[1].startswith(f"征地咨询\t法律\t李明\t{DAY}\t\t")
    (line,) = json.loads(tank("experts", "--year", DAY[:4], "--json")[1])
    assert (line["expert"]["expertise"], line["asked"]["requests"]) == (["法律"], 1)


def test_correspondents_are_printed_with_what_they_submitted(tank: Run) -> None:
    held = {"person": "li", "office": "contributor", "since": SINCE, "certificate": "聘2"}
    code, _, errors = told(tank, "appoint", unit="tank", appointment=held)
    assert code == 0, errors
    line = f"李明\t特邀撰稿人\t政协智库\t{SINCE}\t\t聘2\t0\t0\t0\t0\t0\n"
    assert tank("correspondents", "--year", DAY[:4]) == (0, line, "")
    assert tank("correspondents", "--office", "社情民意信息员")[1] == ""
    (view,) = json.loads(tank("correspondents", "--json")[1])
    assert (view["writer"]["member"], view["output"]["articles"]) == (True, 0)


def test_experts_leave_the_house_as_a_sheet(tank: Run) -> None:
    rows = list(csv.reader(io.StringIO(tank("experts", "--csv")[1].lstrip("\ufeff"))))
    assert [row[0] for row in rows] == ["姓名", "李明"]


def test_a_work_log_is_printed_by_month_and_summed(county: Run) -> None:
    command = handled("w1")
    del command["command"]
    code, _, errors = told(county, "record_matter", **command)
    assert code == 0, errors
    asked = ("work-log", "城南工作室", DAY[:7])
    assert county(*asked)[1] == f"{DAY}\t解答w1\t咨询解答\t王大妈\t\t\t20\t=当日办结\n"
    assert county(*asked, "--sums")[1].startswith("咨询解答\t")
    assert json.loads(county(*asked, "--json")[1])[0]["details"]["minutes"] == 20
    rows = list(csv.reader(io.StringIO(county(*asked, "--csv")[1].lstrip("\ufeff"))))
    assert rows[1][-1] == "'=当日办结"
    assert county("work-log", "城南工作室", "2025-13")[0] != 0


def test_trainings_are_printed_with_rates(county: Run) -> None:
    for each in (trained("t1", "li"), proposed("p1", AFTER, "li")):
        code, _, errors = told(county, each.pop("command"), **each)
        assert code == 0, errors
    asked = ("training", "--year", DAY[:4], "--study", "提案写作培训")
    line = county(*asked)[1]
    assert line.startswith(
        f"{DAY}\t提案写作培训t1\t提案写作培训\t1\t1\t2\t0\t0\t–(件数少)\t1\t0\t0%(件数少)"
    )
    assert json.loads(county(*asked, "--json")[1])[0]["trained"]["after"]["percent"] == 0
    header, _ = csv.reader(io.StringIO(county(*asked, "--csv")[1].lstrip("\ufeff")))
    assert header[6:9] == ["参训前一年提交", "参训前一年立案", "参训前一年立案率"]
    assert county("training", "--study", "x")[0] != 0


def test_budgets_and_bookings_are_printed_exactly(county: Run) -> None:
    back: dict[str, Any] = {"command": "take_back_expense", "unit": "south", "year": int(DAY[:4])}
    for each in (
        budget("south", "80.1"),
        spent("south", "80.20"),
        spent("south", "1"),
        {**back, "number": 2, "reason": "误登"},
        booked("south"),
    ):
        code, _, errors = told(county, each.pop("command"), **each)
        assert code == 0, errors
    year = ("--year", DAY[:4])
    assert county("support", *year)[1] == "城南工作室\t80.10\t80.20\t-0.10\t1\n"
    assert county("support", "城南工作室", *year)[1] == "活动经费\t80.10\t80.20\t-0.10\n"
    listed = county("support", "城南工作室", "--expenses", *year)[1].splitlines()
    assert listed[0] == f"2\t{DAY}\t活动经费\t1.00\t打印材料\t误登"
    assert county("support", "城南工作室", "--bookings", *year)[1].startswith(f"1\t{DAY}\t上午")
    _, row = csv.reader(io.StringIO(county("support", *year, "--csv")[1].lstrip("\ufeff")))
    assert row == ["城南工作室", "80.10", "80.20", "-0.10", "1"]
    (line,) = json.loads(county("support", *year, "--json")[1])
    assert line["sums"]["left"] == "-0.10"
    assert county("support", "经济界", *year)[0] != 0


def test_instructions_are_printed_with_what_followed(county: Run) -> None:
    given = {"stage": "instructed", "on": DAY, "level": "county", "rank": "县长", "document": "1号"}
    command = proposed("p1", DAY, "li")
    del command["command"]
    for name, said in (
        ("record_matter", command),
        ("report_outcome", {"matter": "p1", "outcome": given}),
    ):
        code, _, errors = told(county, name, **said)
        assert code == 0, errors
    line = f"{DAY}\t县\t县长\t1号\t提案p1\t提交提案\t"
    assert county("instructions")[1].startswith(line)
    assert "尚无下文" in county("instructions", "--nothing")[1]
    then = {"matter": "p1", "outcome": given | {"followed": "document"}}
    assert told(county, "report_outcome", **then)[0] == 0
    assert county("instructions", "--nothing")[1] == ""
    asked = ("--level", "县", "--rank", "县长", "--kind", "提交提案", "--year", DAY[:4])
    (found,) = json.loads(county("instructions", *asked, "--json")[1])
    assert found["followed"] == "document"
    header, row = csv.reader(io.StringIO(county("instructions", "--csv")[1].lstrip("\ufeff")))
    assert (header[7], row[7]) == ("登记情况", "印发文件")
