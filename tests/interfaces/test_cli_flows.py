"""The command line of how matters flow: funnels and parts, boards, adoption, the month's ledgers on the screen, as JSON and as a sheet."""

from __future__ import annotations

import csv
import io
import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from interfaces.refusals import Exit
from tests.interfaces.test_api_meetings import LOOP, message
from tests.interfaces.test_cli import Run, county, run
from tests.interfaces.test_cli_loops import TODAY, told

__all__ = ["county", "run"]

ON = TODAY - timedelta(days=10)
OPINION: dict[str, Any] = {
    "details": {"kind": "reported_opinion", "sent_to": ["县委办"]},
    "title": "反映停车难的信息",
    "on": ON.isoformat(),
    "organiser": "south",
    "authors": [{"person": "li", "role": "first"}],
}
TOPIC: dict[str, Any] = {
    "details": {"kind": "consultation", "tier": "6"},
    "title": "协商养老服务",
    "on": ON.isoformat(),
    "organiser": "county",
    "authors": [{"unit": "medicine", "role": "first"}],
}


@pytest.fixture
def flowing(county: Run, tmp_path: Path) -> Run:
    """A county with a message that was assigned, an opinion, and a consultation with a suggestion that is adopted."""
    file = tmp_path / "loop.yaml"
    file.write_text(LOOP, "utf-8")
    assert county("rubric", "publish", str(file))[0] == 0
    day = (ON + timedelta(days=4)).isoformat()
    move = {"stage": "assigned", "on": day, "holder": {"name": "县水利局"}}
    made = {"matter": "k", "text": "增设日间照料", "on": day}
    answer = {"matter": "k", "number": 1, "answer": "adopted", "on": day}
    for command, fields in (
        ("record_matter", {"matter": "m", "body": message("饮水", ON)}),
        ("move_matter", {"matter": "m", "move": move}),
        ("record_matter", {"matter": "o", "body": OPINION}),
        ("record_matter", {"matter": "k", "body": TOPIC}),
        ("make_suggestion", made),
        ("answer_suggestion", {**answer, "answered_by": "县民政局"}),
    ):
        code, _, errors = told(county, command, **fields)
        assert code == 0, errors
    return county


def test_a_funnel_is_told_stage_by_stage(flowing: Run) -> None:
    code, output, _ = flowing("funnel", "--loop", "messages")
    assert code == 0
    lines = output.splitlines()
    assert lines[0].startswith("进入 1,办理中 1,暂缓 0,办结 0,未办成 0")
    assert "  交办 1 中位 4 天,九成不超过 4 天,最长 4 天 按期 1/1" in lines
    found = json.loads(flowing("funnel", "--kind", "委员带话·带上来", "--json")[1])
    assert found["figures"]["entered"] == 1


def test_a_funnel_is_taken_apart(flowing: Run) -> None:
    code, output, _ = flowing("funnel", "--loop", "messages", "--by", "承办单位")
    assert code == 0
    assert output == "县水利局\t1\t1\t0\t0\t0\t–\t1/1\n"
    rows = json.loads(flowing("funnel", "--kind", "carried_up", "--by", "holder", "--json")[1])
    assert [each["key"] for each in rows["rows"]] == ["县水利局"]


@pytest.mark.parametrize(
    ("command", "code", "said"),
    [
        (("funnel",), Exit.INVALID, "kind"),
        (("funnel", "--kind", "走访"), Exit.INVALID, "走访"),
        (("funnel", "--loop", "none"), Exit.NOT_FOUND, "没有这个闭环流程"),
        (("funnel", "--kind", "proposed", "--by", "x"), Exit.INVALID, "--by"),
        (("board", "--kind", "proposed"), Exit.INVALID, "proposed"),
        (("adoption", "--by", "x"), Exit.INVALID, "--by"),
        (("opinion-ledger", "--of", "不存在"), Exit.NOT_FOUND, "--of"),
    ],
)
def test_what_cannot_be_meant_is_refused(
    flowing: Run, command: tuple[str, ...], code: Exit, said: str
) -> None:
    found, _, errors = flowing(*command)
    assert (found, said in errors) == (code, True)


def test_the_board_of_messages(flowing: Run) -> None:
    code, output, _ = flowing("board", "--kind", "委员带话·带上来")
    assert (code, output) == (0, "委员带话·带上来\t0\t1\t0\t0\t0\t0\t4\t–\n")
    every = json.loads(flowing("board", "--json")[1])
    assert next(each["taken"] for each in every if each["kind"] == "carried_up") == 1


def test_adoption_is_told_matter_by_matter_or_apart(flowing: Run) -> None:
    code, output, _ = flowing("adoption")
    assert code == 0
    assert output == "协商养老服务\t1\t1\t0\t0\t0\t0\n合计\t1\t1\t0\t0\t0\t0\n"
    assert flowing("adoption", "--by", "协商层次")[1].startswith("主席会议专题协商\t1\t1\t")
    found = json.loads(flowing("adoption", "--by", "year", "--json")[1])
    made = (ON + timedelta(days=4)).year
    assert [each["key"] for each in found["parts"]] == [str(made)]
    assert found["total"]["adopted"] == 1


def test_the_months_ledger_is_told_printed_and_written(flowing: Run, tmp_path: Path) -> None:
    asked = ("opinion-ledger", "--year", str(ON.year), "--month", str(ON.month))
    code, output, _ = flowing(*asked, "--of", "城南工作室")
    assert code == 0
    assert output.startswith(f"城南工作室\t{ON:%Y-%m}\t有登记\t1\t0\t0\t")
    found = json.loads(flowing(*asked, "--json")[1])
    assert (found["year"], found["together"]["received"]) == (ON.year, 1)
    file = tmp_path / "ledger.csv"
    assert flowing(*asked, "--csv", str(file))[0] == 0
    header, line = csv.reader(io.StringIO(file.read_bytes().decode("utf-8-sig")))
    sheet = dict(zip(header, line, strict=True))
    assert (sheet["单位"], sheet["月份"]) == ("城南工作室", f"{ON:%Y-%m}")
    assert (sheet["收集"], sheet["转送去向"]) == ("1", "县委办 1")
