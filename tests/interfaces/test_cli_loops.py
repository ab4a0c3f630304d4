"""The command line of meetings and loops: what is due and why, a matter's way, meetings, and any command told as JSON."""

from __future__ import annotations

import io
import json
import sys
from datetime import timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from application.clock import now
from interfaces.refusals import Exit
from tests.interfaces.test_api_meetings import LOOP, message, plan
from tests.interfaces.test_cli import Run, county, run

__all__ = ["county", "run"]

TODAY = now().astimezone(ZoneInfo("Asia/Shanghai")).date()


def told(run: Run, command: str, **fields: Any) -> tuple[int, str, str]:
    """What comes of a command told as JSON."""
    return run("tell", command, json.dumps(fields, ensure_ascii=False))


@pytest.fixture
def looped(county: Run, tmp_path: Path) -> Run:
    """A county with a loop, a message in it that was assigned, and a meeting in a week."""
    file = tmp_path / "loop.yaml"
    file.write_text(LOOP, "utf-8")
    assert county("rubric", "publish", str(file))[0] == 0
    move = {"stage": "assigned", "on": TODAY.isoformat(), "holder": {"name": "县水利局"}}
    for command, fields in (
        ("record_matter", {"matter": "m", "body": message("饮水", TODAY)}),
        ("move_matter", {"matter": "m", "move": move}),
        ("plan_meeting", {"meeting": "k", **plan(TODAY + timedelta(days=7))}),
    ):
        code, _, errors = told(county, command, **fields)
        assert code == 0, errors
    return county


def test_what_is_due_is_told_with_stage_holder_day_and_why(looped: Run) -> None:
    code, output, _ = looped("due")
    first, second, *why = output.splitlines()
    day = TODAY + timedelta(days=7)
    assert code == 0
    assert first == f"{day}(即将到期) 办理  群众反映饮水  matter/m"
    assert second.startswith("  委员带话·交办(")
    assert "城南工作室,县水利局" in second
    assert f"  会议:第十五次常委会会议(常委会会议,{day})" in why
    (line,) = json.loads(looped("due", "--json")[1])
    assert (line["matter"], line["due"]) == ("m", day.isoformat())


@pytest.mark.parametrize(
    ("asked", "number"),
    [
        (("--how", "overdue"), 0),
        (("--how", "即将到期"), 1),
        (("--not-told",), 0),
        (("--loop", "messages"), 1),
        (("--loop", "none"), 0),
        (("--of", "城南工作室"), 1),
        (("--of", "海晏县政协"), 0),
        (("--holder", "城南工作室"), 0),
        (("--holder", "县水利局"), 1),
        (("--holder", "-"), 0),
        (("--meeting", "k"), 1),
        (("--meeting", "k", "--loop", "none"), 0),
    ],
)
def test_what_is_due_is_narrowed(looped: Run, asked: tuple[str, ...], number: int) -> None:
    assert len(json.loads(looped("due", *asked, "--json")[1])) == number


def test_what_was_due_is_told_by_the_meeting_of_then(looped: Run) -> None:
    was = json.loads(looped("due", "--json")[1])
    later = (TODAY + timedelta(days=21)).isoformat()
    assert told(looped, "move_meeting", meeting="k", on=later, reason="冲突")[0] == 0
    moved = json.loads(looped("course", "matter/m", "--json")[1])["changes"][-1]["position"]
    assert json.loads(looped("due", "--json")[1]) != was
    assert json.loads(looped("due", "--as-of", str(moved - 1), "--json")[1]) == was
    assert json.loads(looped("due", "--as-of", "2020-01-01", "--json")[1]) == []
    code, _, errors = looped("due", "--as-of", "2199-01-01")
    assert (code, "--as-of" in errors) == (Exit.INVALID, True)


def test_a_department_gets_its_sheet(looped: Run) -> None:
    code, output, _ = looped("due", "--holder", "县水利局", "--csv")
    assert code == 0
    _, line = output.strip().splitlines()
    assert line.startswith("县水利局,")


def test_a_meeting_says_how_many_matters_are_due_at_it(looped: Run) -> None:
    assert "以本次会议为期限的事项 1 件" in looped("meeting", "k")[1]
    code, _, errors = looped("due", "--meeting", "none")
    assert code == Exit.NOT_FOUND
    assert "--meeting" in errors


def test_a_moved_meeting_moves_what_is_due_and_the_way_says_so(looped: Run) -> None:
    later = (TODAY + timedelta(days=21)).isoformat()
    assert told(looped, "move_meeting", meeting="k", on=later, reason="冲突")[0] == 0
    assert json.loads(looped("due", "--json")[1])[0]["due"] == later
    code, output, _ = looped("course", "matter/m")
    before = TODAY + timedelta(days=7)
    assert code == 0
    assert f"办理 {before} → {later},因会议“第十五次常委会会议”" in output
    assert "  → 交办(assigned)" in output
    page = json.loads(looped("course", "matter/m", "--json")[1])
    assert page["changes"][-1]["meeting"] == "k"
    assert looped("course", "matter/none")[0] == Exit.CONFLICT


def test_meetings_are_listed_and_one_is_shown(looped: Run) -> None:
    earlier = TODAY - timedelta(days=3)
    assert told(looped, "plan_meeting", meeting="past", **plan(earlier))[0] == 0
    listed = [each["meeting"] for each in json.loads(looped("meetings", "--json")[1])]
    assert listed == ["k"]
    everything = json.loads(looped("meetings", "--all", "--json")[1])
    assert [each["meeting"] for each in everything] == ["past", "k"]
    assert "第十五次常委会会议" in looped("meetings", "--kind", "常委会会议")[1]
    assert json.loads(looped("meetings", "--step", "已通知", "--json")[1]) == []
    assert looped("meetings", "--step", "never")[0] == Exit.INVALID
    code, output, _ = looped("meeting", "k")
    assert code == 0
    assert "应到 2(另免于参加 0),列席等 0,签到 0,请假 0" in output
    assert looped("meeting", "none")[0] == Exit.NOT_FOUND


def test_how_many_came_is_printed_for_each_meeting_of_a_year(looped: Run) -> None:
    assert told(looped, "plan_meeting", meeting="now", **plan(TODAY))[0] == 0
    closing = {"meeting": "now", "others": "absent", "participants": [{"person": "li"}]}
    version = json.loads(looped("meetings", "--all", "--json")[1])[0]["version"]
    code, _, errors = told(looped, "close_meeting", **closing, if_match=version)
    assert code == 0, errors
    assert "实到 1,到会率 50.0%,未登记 0" in looped("meeting", "now")[1]
    year = ("turnouts", "--year", str(TODAY.year))
    line = (
        f"{TODAY}\t第十五次常委会会议\t常委会会议\t海晏县政协\t2\t1\t50.0\t0\t0\t0\t0\toccasion/now"
    )
    assert looped(*year)[1].startswith(line)
    assert json.loads(looped(*year, "--kind", "座谈会", "--json")[1]) == []
    assert looped(*year, "--kind", "x")[0] != 0


def test_a_meeting_is_gone_through_and_closed(looped: Run) -> None:
    assert told(looped, "plan_meeting", meeting="now", **plan(TODAY))[0] == 0
    for command, fields in (
        ("call_meeting", {"notice": "3号"}),
        ("open_meeting", {}),
        ("check_in", {"person": "li"}),
    ):
        code, _, errors = told(looped, command, meeting="now", **fields)
        assert code == 0, (command, errors)
    closing = {"meeting": "now", "others": "absent"}
    code, _, errors = told(looped, "close_meeting", **closing)
    assert (code, errors.startswith("/if_match")) == (Exit.USAGE, True)
    lines = json.loads(looped("meetings", "--json")[1])
    version = next(each["version"] for each in lines if each["meeting"] == "now")
    assert told(looped, "close_meeting", **closing, if_match=version)[0] == 0
    assert "记录 occasion/now" in looped("meeting", "now")[1]
    code, _, errors = told(looped, "call_meeting", meeting="now")
    assert code == Exit.CONFLICT
    assert "登记" in errors


def test_a_command_is_told_from_standard_input_and_refused_where_it_is_none(
    looped: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    pause = {"matter": "m", "on": TODAY.isoformat(), "reason": "待批", "consented_by": "主席"}
    monkeypatch.setattr(sys, "stdin", io.StringIO(json.dumps(pause)))
    assert looped("tell", "pause_course", "-")[0] == 0
    assert json.loads(looped("due", "--how", "no_day", "--json")[1])[0]["paused"] is True
    twice = '{"matter": "m", "matter": "n"}'
    assert "matter" in looped("tell", "resume_course", twice)[2]
    for said in ("[]", "{", '{"matter": 1}'):
        assert looped("tell", "resume_course", said)[0] == Exit.INVALID, said
    assert looped("tell", "no_such_command", "{}")[0] == Exit.INVALID
    skipped = {"stage": "closed", "on": TODAY.isoformat()}
    code, _, errors = told(looped, "move_matter", matter="m", move=skipped)
    assert code == Exit.CONFLICT
    assert "已暂停计时" in errors


def test_a_command_is_told_in_a_members_name_by_who_may(looped: Run) -> None:
    answered = {"matter": "m", "move": {"stage": "answered", "on": TODAY.isoformat()}}
    said = ("tell", "move_matter", json.dumps(answered), "--acting-for", "li")
    convenor = ("--by", "陈静", "--role", "head", "--unit")
    code, _, errors = looped(*said, *convenor, "经济界")
    assert code == Exit.NOT_ALLOWED
    assert "Lvzhi-Acting-For li:不是本单位的委员" in errors
    assert looped(*said, *convenor, "医药卫生界")[0] == 0
    _, output, _ = looped("history", "matter/m", "--json")
    assert ("chen", "li") in {(e["by"], e["acting_for"]) for e in json.loads(output)}


def test_all_open_matters_of_an_older_version_go_over_by_one_command(
    looped: Run, tmp_path: Path
) -> None:
    """Given a loop whose new version has no stage for one of three, when they are to go over, then it is listed why, the others go, and the exit code says so."""
    later = {"stage": "assigned", "on": TODAY.isoformat(), "holder": {"name": "县水利局"}}
    for key in ("n", "o"):
        assert told(looped, "record_matter", matter=key, body=message(key, TODAY))[0] == 0
    assert told(looped, "move_matter", matter="n", move=later)[0] == 0
    text = LOOP.replace("version: 1", "version: 2").replace("received", "taken_in")
    file = tmp_path / "second.yaml"
    file.write_text(text, "utf-8")
    assert looped("rubric", "publish", str(file))[0] == 0

    code, output, _ = looped("migrate", "messages", "--dry-run", "--json")

    dry = {each["matter"]: (each["over"], each["was"], each["to"]) for each in json.loads(output)}
    assert code == Exit.CONFLICT
    assert dry == {"m": (True, "1", "2"), "n": (True, "1", "2"), "o": (False, "1", "2")}
    assert looped("migrate", "messages", "--dry-run")[1].splitlines()[-1].startswith("可改按新版 2")
    code, _, errors = looped("migrate", "messages")
    assert (code, "--reason" in errors) == (Exit.INVALID, True)
    clerk = ("--by", "赵敏", "--role", "clerk", "--unit", "城南工作室")
    code, output, _ = looped("migrate", "messages", "--reason", "新办法", *clerk)
    assert code == Exit.CONFLICT
    assert "已改按新版 0 件,共 3 件" in output
    author = ("--by", "li", "--role", "office", "--unit", "海晏县政协")
    for who, why in ((clerk, "改按新版由政协机关办理"), (author, "本人提出的事项")):
        for how in (("--dry-run",), ("--reason", "新办法")):
            code, output, _ = looped("migrate", "messages", *how, *who)
            assert (code, output.count("→ 2\n  ")) == (Exit.CONFLICT, 3)
            assert why in output
            assert "改按新版 0 件,共 3 件" in output

    code, output, _ = looped("migrate", "messages", "--reason", "新办法施行")
    assert code == Exit.CONFLICT
    assert "✓ 群众反映饮水  matter/m  1 → 2" in output
    assert "✗ 群众反映o  matter/o  1 → 2\n  2版没有“收到”这一环节" in output
    assert "已改按新版 2 件,共 3 件" in output
    (step,) = (
        each
        for each in json.loads(looped("course", "matter/m", "--json")[1])["course"]["steps"]
        if each["turn"] == "migrated"
    )
    assert (step["was"], step["version"], step["reason"]) == ("1", "2", "新办法施行")
    assert told(looped, "move_matter", matter="o", move=later)[0] == 0
    code, output, _ = looped("migrate", "messages", "--reason", "新办法施行")
    assert (code, "已改按新版 1 件,共 1 件" in output) == (0, True)
    assert looped("migrate", "none", "--reason", "新办法施行")[0] == Exit.NOT_FOUND
