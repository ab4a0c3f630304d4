"""The command line of studios, by what it prints."""

from __future__ import annotations

import json
from importlib.resources import files
from pathlib import Path

import pytest

from tests.interfaces.conftest import DAY, SINCE, visit
from tests.interfaces.test_cli import Run, county, run
from tests.interfaces.test_cli_loops import TODAY, told
from tests.interfaces.test_studios import MONTHS

__all__ = ["county", "run"]

MONTH = f"{TODAY:%Y-%m}"


@pytest.fixture
def listed(county: Run, tmp_path: Path) -> Run:
    """A county with a monthly list, five haves, documents and coverage, and one studio's month that was posted."""
    texts = {"months": MONTHS}
    for shipped in ("shangluo/five-haves", "shangluo/five-covers", "rehearsal/studio-documents"):
        text = files("packs").joinpath(f"{shipped}.yaml").read_text("utf-8")
        texts[shipped.replace("/", "-")] = text
    for name, text in texts.items():
        file = tmp_path / f"{name}.yaml"
        file.write_text(text, "utf-8")
        code, _, errors = county("rubric", "publish", str(file))
        assert code == 0, errors
    said = {"unit": "south", "month": f"{MONTH}-01"}
    for command, more in (
        ("report_month", {"checklist": "months", "items": [{"number": 1, "words": "走访"}]}),
        ("check_month", {}),
        ("post_month", {}),
    ):
        code, _, errors = told(county, command, **said, **more)
        assert code == 0, errors
    return county


@pytest.mark.parametrize(
    ("asked", "line"),
    [
        (("register",), "城南工作室\t委员工作室\t\t\t\t赵敏\t3\t设立\t2021-12-01\t\t"),
        (("standards",), "城南工作室\t欠缺\t欠缺\t欠缺\t欠缺\t欠缺\t0/5\t"),
        (("wall", MONTH), "城南工作室\t0/1\t0/1\t按时\t已晾晒"),
        (("month", "城南工作室", MONTH), "  1. 走访 0/1"),
        (("coverage",), "走访过的村(社区):0/1"),
    ],
)
def test_each_report_prints_a_line_for_each_unit(
    listed: Run, asked: tuple[str, ...], line: str
) -> None:
    code, output, errors = listed("studios", *asked)
    assert (code, errors) == (0, "")
    assert line in output.splitlines()


@pytest.mark.parametrize(
    "asked",
    [
        ("register",),
        ("standards",),
        ("documents",),
        ("coverage",),
        ("wall", MONTH),
        ("month", "城南工作室", MONTH),
        ("quarter", MONTH),
        ("handover", "城南工作室"),
    ],
)
def test_each_report_is_printed_as_json_too(listed: Run, asked: tuple[str, ...]) -> None:
    code, output, errors = listed("studios", *asked, "--json")
    assert (code, errors) == (0, "")
    assert "城南工作室" in json.dumps(json.loads(output), ensure_ascii=False)


def test_what_is_missing_is_listed_and_with_all_the_rest(listed: Run) -> None:
    year = str(TODAY.year - 1)
    missing = listed("studios", "documents", "--year", year)[1].splitlines()
    assert f"城南工作室\t年度计划(2月10日前)\t{year}年度\t{year}-02-10\t\t未完成" in missing
    assert len(listed("studios", "documents", "--all", "--year", year)[1].splitlines()) == 8


def test_a_quarter_tells_who_is_invited_and_what_was_promised(listed: Run) -> None:
    first = f"{TODAY.year - 1}-01-01"
    said = {"quarter": first, "checklist": "months", "on": f"{TODAY.year - 1}-04-02"}
    invited = [{"unit": "south", "end": "last", "reason": "走访少"}]
    promises = [{"text": "每月走访", "due": f"{TODAY.year - 1}-05-01"}]
    assert told(listed, "invite_units", **said, invited=invited)[0] == 0
    speaking = {**said, "unit": "south", "text": "表态", "promises": promises}
    assert told(listed, "record_statement", **speaking)[0] == 0
    lines = listed("studios", "quarter", first[:7])[1].splitlines()
    assert lines == [
        "城南工作室\t1\t0/3\t0",
        "表态发言:城南工作室,走访少",
        f"  承诺1:每月走访(期限 {TODAY.year - 1}-05-01,已到期未登记)",
    ]
    pack = listed("studios", "handover", "城南工作室", "--csv")[1]
    assert f"未兑现的承诺,每月走访,{TODAY.year - 1}年第1季度" in pack


@pytest.mark.parametrize(
    "asked",
    [
        ("wall", "2025"),
        ("wall", "2019-01"),
        ("standards", "--list", "months"),
        ("handover", "没有"),
        ("register", "--kind", "没有"),
    ],
)
def test_what_there_is_not_is_refused(listed: Run, asked: tuple[str, ...]) -> None:
    code, output, errors = listed("studios", *asked)
    assert code != 0
    assert output == ""
    assert errors


def test_a_register_is_narrowed_to_a_platform_and_counts_them(listed: Run) -> None:
    assert "城南工作室" in (whole := listed("studios", "register")[1])
    assert whole.endswith("组建方式:未注明 1\n")
    assert "城南工作室" not in listed("studios", "register", "--platform", "报到式")[1]
    assert listed("studios", "register", "--platform", "x")[0] != 0


def test_a_register_is_handed_out_as_a_table(listed: Run) -> None:
    head, line = listed("studios", "register", "--csv")[1].splitlines()
    assert head.endswith("线上页面")
    assert line.startswith("城南工作室,委员工作室,")


def test_a_post_is_printed_with_its_owner_its_services_and_sums(county: Run) -> None:
    profile = {"kind": "exemplary_post", "name": "名医示范岗"}
    details = {"kind": "volunteered", "service": "free_clinic", "station": "post", "appeals": 2}
    body = visit(details=details, reached_people=30)
    held = {"person": "li", "office": "head", "since": SINCE}
    for command, said in (
        ("open_unit", {"unit": "post", "profile": profile, "since": SINCE}),
        ("appoint", {"unit": "post", "appointment": held}),
        ("record_occasion", {"occasion": "clinic", "body": body}),
    ):
        code, _, errors = told(county, command, **said)
        assert code == 0, errors
    asked = ("studios", "station", "名医示范岗", "--year", DAY[:4])
    code, output, errors = county(*asked)
    assert (code, errors) == (0, "")
    assert "名医示范岗(示范岗)负责人:李明" in output.replace("委员示范岗", "示范岗")
    assert "医疗义诊\t1\t30\n" in output
    assert "参加公益志愿活动\t1\t2\t2\t服务人次 30,反映诉求数 2\n" in output
    found = json.loads(county(*asked, "--json")[1])
    assert (found["owners"], found["totals"]["times"]) == (["李明"], 2)
    assert county("studios", "station", "没有的岗")[0] != 0
