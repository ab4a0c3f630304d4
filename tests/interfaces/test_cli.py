"""The command line, by what it prints and by its exit codes."""

from __future__ import annotations

import io
import json
import socket
import sys
from collections.abc import Callable
from contextlib import closing
from importlib.resources import files
from pathlib import Path

import pytest

from application.handle import Request
from domain.kinds import KINDS
from domain.kinds.fields import fields_of
from domain.member import Admit, Profile, Standing
from domain.people import PersonId, Refused, Role
from interfaces import bodies, settings
from interfaces.cli import main
from interfaces.refusals import Exit
from interfaces.wiring import OWNER, Desk, Installation
from tests.application.sheet_makers import xlsx
from tests.interfaces.conftest import COUNTY

PACK = Path(str(files("packs"))) / "rehearsal"

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Runs one command on a data folder of its own; answers with exit code, output and errors."""
    for name in ("LVZHI_DATABASE_URL", "LVZHI_LEDGER", "LVZHI_TOKEN_KEY", "LVZHI_STRICT"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("LVZHI_DATA", str(tmp_path))

    def made(*arguments: str) -> tuple[int, str, str]:
        code = main(list(arguments))
        told = capsys.readouterr()
        return code, told.out, told.err

    return made


@pytest.fixture
def county(run: Run, tmp_path: Path) -> Run:
    """The same with a ledger and its county in it."""
    assert run("ledger", "create", "haiyan", "--name", "海晏县政协")[0] == 0
    installation = Installation(settings.read({}, data=str(tmp_path)))
    requests = []
    for i, told in enumerate(COUNTY):
        raw = json.dumps(told).encode()
        command, key, _ = bodies.tagged_command_of(raw, f"county-{i}", lambda each: each)
        requests.append(Request(command=command, actor=OWNER, command_id=key))
    verdicts = installation.only().write(requests)
    assert not [each for each in verdicts if isinstance(each, Refused)]
    installation.close()
    return run


VISIT = (
    "record", "visited_village", "--title", "走访桃源村", "--on", "2025-03-05", "--organiser", "城南工作室",
    "--participants", "陈静:part=leads", "--problems-raised", "2", "--village", "桃源村",
)  # fmt: skip


def test_a_ledger_is_made_once_and_listed(run: Run) -> None:
    assert run("ledger", "create", "haiyan", "--name", "海晏县政协")[0] == 0
    assert run("ledger", "create", "haiyan", "--name", "海晏县政协", "--if-missing")[0] == 0
    code, _, errors = run("ledger", "create", "haiyan", "--name", "海晏县政协")
    assert code == Exit.CONFLICT
    assert "不能重复登记" in errors.splitlines()[0]
    assert "already recorded" in errors.splitlines()[1]
    assert run("ledger", "create", "Hai Yan", "--name", "x")[0] == Exit.INVALID
    nowhere = run("ledger", "create", "other", "--name", "x", "--zone", "Nowhere/At_all")
    assert nowhere[0] == Exit.INVALID
    _, output, _ = run("ledger", "list", "--json")
    assert [each["code"] for each in json.loads(output)] == ["haiyan"]


def test_without_a_ledger_nothing_is_found(run: Run) -> None:
    assert run("scores")[0] == Exit.NOT_FOUND
    assert run("--ledger", "other", "scores")[0] == Exit.NOT_FOUND


def test_a_deed_is_recorded_by_names_and_shown_in_histories(county: Run) -> None:
    code, output, _ = county(*VISIT)
    assert code == 0, output
    stream = output.split()[1].split(",")[0]
    code, output, _ = county("history", "陈静", "--json")
    newest = json.loads(output)[0]
    assert (newest["stream"], newest["via"]) == (stream, "cli")
    assert newest["event"]["body"]["details"]["problems_raised"] == 2
    assert newest["event"]["body"]["village"] == "village"
    code, output, _ = county("history", stream)
    assert code == 0
    assert "2025" in output or "走访" in output


def test_a_clerk_types_in_what_a_member_declares(county: Run) -> None:
    as_clerk = ("--by", "赵敏", "--role", "clerk", "--unit", "城南工作室")
    code, output, _ = county(*VISIT, *as_clerk, "--acting-for", "陈静")
    assert code == 0, output
    _, output, _ = county("history", "陈静", "--json")
    assert json.loads(output)[0]["event"]["record"] == "self"
    code, _, errors = county(*VISIT, *as_clerk, "--acting-for", "赵敏")
    assert code == Exit.NOT_ALLOWED
    assert "谁组织谁记录" in errors


def test_a_history_tells_which_record_and_who_recorded_it(county: Run) -> None:
    clerk = ("--by", "赵敏", "--role", "clerk", "--unit", "south")
    assert county(*VISIT, "--participants", "李明", *clerk)[0] == Exit.INVALID
    assert county(*VISIT, "--participants", "li", *clerk, "--id", "visit-of-march")[0] == 0
    head = ("--by", "chen", "--role", "head", "--unit", "医药卫生界")
    done = county("confirm", "occasion/visit-of", "--side", "sector", "--person", "li", *head)
    assert done[0] == 0, done[2]
    _, output, _ = county("history", "occasion/visit-of")
    confirmed, by, recorded, recorder = output.splitlines()
    assert confirmed.endswith("医药卫生界确认“走访桃源村”:李明。")
    assert by.strip().split("  ") == [
        "陈静 · 负责人(召集人) · 医药卫生界 · 命令行",
        "occasion/visit-of",
    ]
    assert "走访桃源村" in recorded
    assert "赵敏 · 记录员 · 城南工作室 · 命令行" in recorder
    assert county("history", "城南工作室")[0] == 0
    assert county("history", "nobody")[0] == Exit.NOT_FOUND


def test_the_beginning_of_an_id_names_a_record_where_it_is_the_only_one(county: Run) -> None:
    for key in ("visit-one", "visit-two", "visit-three", "visit-t"):
        assert county(*VISIT, "--title", key, "--id", key, "--differs")[0] == 0
    head = ("--by", "li", "--role", "head", "--unit", "医药卫生界", "--side", "sector")
    code, _, errors = county("confirm", "occasion/visit", *head)
    assert code == Exit.USAGE
    assert {key for key in ("visit-one", "visit-two") if f"occasion/{key}" in errors} == {
        "visit-one",
        "visit-two",
    }
    assert county("confirm", "occasion/visit-t", *head)[0] == Exit.NOT_ALLOWED
    shown = county("history", "城南工作室")[1].split()
    assert [each for each in shown if each.startswith("occasion/")] == [
        "occasion/visit-t",
        "occasion/visit-th",
        "occasion/visit-tw",
        "occasion/visit-on",
    ]


def test_a_name_that_several_bear_is_refused_with_the_candidates(county: Run) -> None:
    code, _, errors = county(*VISIT[:-6], "--participants", "李明")
    assert code == Exit.INVALID
    assert "同名" in errors
    assert "other-li" in errors
    assert "医药卫生界" in errors
    assert county("score", "李明")[0] == Exit.INVALID
    assert county("score", "li")[0] == 0
    assert county("score", "谁也不是")[0] == Exit.NOT_FOUND


def test_a_deed_of_no_kind_or_of_wrong_form_is_refused(county: Run) -> None:
    assert county("record", "flew")[0] == Exit.INVALID
    assert county(*VISIT[:2])[0] == Exit.USAGE
    code, _, errors = county(*VISIT, "--level", "moon")
    assert code == Exit.INVALID
    assert "/level" in errors
    code, _, errors = county(*VISIT, "--on", "2099-01-01")
    assert "日期不能晚于今天" in errors
    code, _, errors = county(*VISIT, "--place", "\u202e")
    assert "--place" in errors


def test_a_retry_with_the_same_command_id_records_nothing(county: Run) -> None:
    first = county(*VISIT, "--command-id", "one")
    again = county(*VISIT, "--command-id", "one")
    assert (first[0], first[:2]) == (0, again[:2])
    assert county(*VISIT, "--command-id", "two")[1] != first[1]


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_has_its_options(run: Run, kind: str) -> None:
    code, output, _ = run("record", kind, "--help")
    assert code == 0
    for field in fields_of(KINDS[kind]):
        assert field.name.replace("_", "-") in output


def test_help_tells_how_lines_are_written_and_what_may_be_chosen(run: Run) -> None:
    def told(kind: str) -> str:
        return " ".join(run("record", kind, "--help")[1].split())

    visited, proposed = told("visited_village"), told("proposed")
    assert "李明:part=leads" in visited
    assert "leads=带队" in visited
    assert "mode" in visited and "individual=个人" in visited
    assert "unit/单位" in proposed and "role: first=" in proposed
    assert "联系委员" in told("paired_with")
    assert "认定机构" in told("was_marked")


@pytest.mark.parametrize("words", ["online", "线上"])
def test_a_choice_may_be_said_as_it_is_stored_or_in_chinese(county: Run, words: str) -> None:
    more = ("--held", words, "--participants", "li:part=带队,attendance=迟到")
    assert county(*VISIT, *more, "--id", "visit")[0] == 0
    (happened,) = json.loads(county("history", "occasion/visit", "--json")[1])
    body = happened["event"]["body"]
    assert body["held"] == "online"
    assert [(p["part"], p["attendance"]) for p in body["participants"]] == [
        ("leads", "present"),
        ("leads", "late"),
    ]


def test_global_options_may_stand_anywhere(county: Run, tmp_path: Path) -> None:
    assert county(*VISIT, "--ledger", "haiyan", "--data", str(tmp_path))[0] == 0
    assert county(*VISIT, "--ledger", "other")[0] == Exit.NOT_FOUND
    assert county("scores", "--ledger", "other")[0] == Exit.NOT_FOUND


def test_somebody_else_may_act(county: Run) -> None:
    recorded = county(*VISIT, "--id", "visit", "--by", "赵敏", "--role", "clerk", "--unit", "south")
    assert recorded[0] == 0, recorded[2]
    head = ("--by", "chen", "--role", "head", "--unit", "医药卫生界")
    assert county("confirm", "occasion/visit", "--side", "sector", *head)[0] == Exit.NOT_ALLOWED
    assert county("confirm", "occasion/none", "--side", "sector", *head)[0] == Exit.NOT_FOUND
    auditor = ("--by", "chen", "--role", "auditor")
    assert county(*VISIT, *auditor)[0] == Exit.NOT_ALLOWED


def test_a_record_is_returned_upheld_amended_and_withdrawn(county: Run) -> None:
    clerk = ("--by", "zhao", "--role", "clerk", "--unit", "south")
    head = ("--by", "chen", "--role", "head", "--unit", "医药卫生界")
    line = ("occasion/visit", "--side", "sector", "--person", "li")
    assert county(*VISIT, "--participants", "li", "--id", "visit", *clerk)[0] == 0
    assert county("return", *line, *head)[0] == Exit.USAGE
    returned = county("return", *line, "--reason", "日期不对", "--suggestion", "3月6日", *head)
    assert returned[0] == 0, returned[2]
    upheld = county("uphold", *line, "--reason", "已核实")
    assert upheld[0] == 0, upheld[2]
    amended = county(
        "amend", "occasion/vis", "--title", "再访桃源村", "--problems-raised", "3", "--reason", "补", *clerk
    )  # fmt: skip
    assert amended[0] == 0, amended[2]
    _, output, _ = county("history", "occasion/visit", "--json")
    newest, *_, first = json.loads(output)
    assert {each["field"] for each in newest["differences"]} == {
        "/body/title",
        "/body/details/problems_raised",
    }
    assert newest["event"]["body"]["participants"] == first["event"]["body"]["participants"]
    assert county("withdraw", "occasion/visit", "--reason", "误登", *clerk)[0] == 0
    code, _, errors = county("amend", "occasion/visit", "--title", "x", "--reason", "补", *clerk)
    assert (code, "已撤回" in errors) == (Exit.CONFLICT, True)
    assert county("amend", "occasion/none", "--reason", "补")[0] == Exit.NOT_FOUND
    assert county("amend", "occasion/visit")[0] == Exit.USAGE


def test_a_matter_is_amended_with_what_it_has_kept(county: Run) -> None:
    recorded = county(
        "record", "proposed", "--title", "改善乡村医疗", "--on", "2025-03-05", "--organiser", "county",
        "--authors", "li:role=first,share=0.6", "--figure", "1.50", "--id", "q",
    )  # fmt: skip
    assert recorded[0] == 0, recorded[2]
    assert county("amend", "matter/q", "--number", "12", "--reason", "补编号")[0] == 0
    newest = json.loads(county("history", "matter/q", "--json")[1])[0]
    assert [each["field"] for each in newest["differences"]] == ["/body/number"]
    assert newest["event"]["body"]["authors"][0]["share"] == "0.6"


def test_reads_of_an_empty_year(county: Run) -> None:
    assert county("score", "li", "--year", "2024")[0] == 0
    assert json.loads(county("checklist", "li", "--json")[1]) == []
    assert county("scores")[0] == Exit.NOT_FOUND
    assert county("history", "li", "--as-of", "yesterday")[0] == Exit.INVALID
    assert county("history", "occasion/none")[0] == Exit.NOT_FOUND


def test_a_units_list_names_what_is_not_done(county: Run) -> None:
    assert county("rubric", "publish", str(PACK.parent / "shangluo/five-covers.yaml"))[0] == 0

    code, output, _ = county("checklist", "--unit", "county", "--year", "2025")
    (grid,) = json.loads(county("checklist", "--unit", "county", "--year", "2025", "--json")[1])

    assert code == 0
    assert f"《委员工作室“五全”》{grid['done']}/{grid['of']}" in output
    assert output.count(":未完成") + output.count(":未到期") == grid["of"] - grid["done"]
    assert county("checklist")[0] == Exit.USAGE
    assert county("checklist", "li", "--unit", "county")[0] == Exit.USAGE
    assert county("checklist", "--unit", "nowhere")[0] == Exit.NOT_FOUND


def test_the_read_model_is_rebuilt(county: Run, tmp_path: Path) -> None:
    code, output, _ = county("rebuild")
    assert code == 0
    assert "12" in output
    assert (tmp_path / "read" / "haiyan.sqlite").exists()


def test_a_token_opens_the_ledger_it_was_minted_for(county: Run, tmp_path: Path) -> None:
    code, output, _ = county("token", "--person", "li", "--role", "member", "--days", "1")
    assert code == 0
    grant = Installation(settings.read({}, data=str(tmp_path))).tokens.grant(output.strip())
    assert (grant.actor.person, grant.actor.role, grant.ledger) == ("li", Role.MEMBER, "haiyan")


def test_a_token_is_minted_for_somebody_of_the_roster_alone(county: Run, tmp_path: Path) -> None:
    nobody = ("token", "--person", "谁也不是", "--role", "member")
    assert county(*nobody)[0] == Exit.NOT_FOUND
    nowhere = ("token", "--person", "赵敏", "--role", "clerk", "--unit", "城北工作室")
    code, _, errors = county(*nowhere)
    assert (code, "--unit 城北工作室" in errors) == (Exit.NOT_FOUND, True)
    _, output, _ = county(*nowhere[:-1], "城南工作室")
    tokens = Installation(settings.read({}, data=str(tmp_path))).tokens
    actor = tokens.grant(output.strip()).actor
    assert (actor.person, actor.role, actor.unit) == ("zhao", Role.CLERK, "south")
    assert county("token", "--person", "office", "--role", "office")[0] == 0
    assert county("token", "--person", "office", "--role", "member")[0] == Exit.NOT_FOUND


def test_a_members_own_token_is_for_a_day_and_a_ledger(county: Run) -> None:
    """Nobody grants that role, and so nobody could take it back."""
    asked = ("token", "--person", "li", "--role", "member")
    assert county(*asked)[0] == 0
    code, _, errors = county(*asked, "--days", "2")
    assert (code, "lvzhi account add" in errors) == (Exit.INVALID, True)
    assert county(*asked, "--all-ledgers")[0] == Exit.INVALID


def test_a_token_for_all_ledgers_is_for_somebody_who_is_the_same_in_all(
    county: Run, tmp_path: Path
) -> None:
    asked = ("token", "--person", "li", "--role", "auditor", "--all-ledgers")
    assert county(*asked)[0] == 0
    with closing(Installation(settings.read({}, data=str(tmp_path)))) as installation:
        desk = installation.create("pinghu", "平湖县政协")
        code, _, errors = county(*asked)
        assert (code, "li" in errors) == (Exit.NOT_FOUND, True)
        other = Admit(
            person=PersonId("li"), profile=Profile(name="另一人", standing=Standing.OTHER)
        )
        desk.one(Request(command=other, actor=OWNER, command_id="other"))
    code, _, errors = county(*asked)
    assert (code, "另一人" in errors) == (Exit.INVALID, True)
    assert county("grants", "--ledger", "pinghu")[1] == ""


def test_members_and_units_are_listed_with_their_ids(county: Run) -> None:
    _, output, _ = county("members", "--text", "李明")
    assert [line.split("\t") for line in output.splitlines()] == [
        ["", "李明", "委员", "医药卫生界", "城南工作室", "li"],
        ["", "李明", "其他人员", "", "", "other-li"],
    ]
    listed = json.loads(county("members", "--unit", "医药卫生界", "--json")[1])
    assert [each["person"] for each in listed] == ["li", "chen"]
    _, output, _ = county("units", "--text", "界")
    assert [line.split("\t")[::4] for line in output.splitlines()] == [
        ["医药卫生界", "medicine"],
        ["经济界", "economy"],
    ]
    assert len(json.loads(county("units", "--json")[1])) == 5
    assert county("members", "--unit", "无此单位")[0] == Exit.NOT_FOUND


def test_kinds_are_told(run: Run) -> None:
    code, output, _ = run("kinds")
    assert code == 0
    assert "visited_village\t走访村(社区)\t活动" in output
    code, output, _ = run("kinds", "granted_wish")
    assert "--wisher" in output
    assert run("kinds", "flew")[0] == Exit.INVALID
    assert len(json.loads(run("kinds", "--json")[1])) > 30


def test_a_document_is_checked(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "wrong.yaml"
    file.write_text("rubric: points\nblocks: 3\n", "utf-8")
    code, output, _ = run("rubric", "check", str(file))
    assert code == Exit.INVALID
    assert "line" in output
    code, output, _ = run("rubric", "check", str(file), "--json")
    assert (code, json.loads(output)["holds"]) == (Exit.INVALID, False)
    code, output, _ = run("rubric", "check", str(PACK / "rubric.yaml"))
    assert (code, output.splitlines()[-1].endswith("0 come out otherwise")) == (0, True)
    assert run("rubric", "check", str(tmp_path / "none.yaml"))[0] == Exit.UNAVAILABLE


def test_a_rubric_is_published_and_scores(county: Run) -> None:
    assert county("rubric", "publish", str(PACK / "rubric.yaml"))[0] == 0
    code, _, errors = county("rubric", "publish", str(PACK / "policy.yaml"))
    assert (code, "--code" in errors) == (Exit.INVALID, True)
    told = ("--code", "rehearsal", "--version", "1", "--since", "2024-01-01")
    assert county("rubric", "publish", str(PACK / "policy.yaml"), *told)[0] == 0
    meeting = (
        "record",
        "attended",
        "--title",
        "全会",
        "--on",
        "2025-01-10",
        "--organiser",
        "county",
    )
    kind = ("--meeting", "plenary_session")
    assert (
        county(*meeting, *kind, "--participants", "li", "--participants", "chen:attendance=leave")[
            0
        ]
        == 0
    )
    code, output, _ = county("score", "li", "--year", "2025")
    assert code == 0
    assert "“全会”:1月10日参加会议,按“出席全会”" in output
    (card,) = json.loads(county("score", "li", "--year", "2025", "--json")[1])
    assert card["rubric"] == "rehearsal"
    lines = json.loads(county("scores", "--year", "2025", "--json")[1])
    assert {line["member"]: line["total"] for line in lines}["member/li"] == card["total"]
    before = json.loads(county("score", "li", "--year", "2025", "--as-of", "14", "--json")[1])
    assert before[0]["total"] != card["total"]
    then = json.loads(county("scores", "--year", "2025", "--as-of", "14", "--json")[1])
    assert {line["member"]: line["total"] for line in then}["member/li"] == before[0]["total"]
    assert county("scores", "--year", "2025", "--as-of", "3")[0] == Exit.NOT_FOUND


def test_an_import_is_a_preview_unless_told_otherwise(county: Run, tmp_path: Path) -> None:
    sheet = tmp_path / "名册.csv"
    sheet.write_text("姓名,性别,界别\n孙立,男,经济界\n", "utf-8")
    roster = ("import", "roster", str(sheet), "--term", "10", "--since", "2021-12-01")
    code, output, _ = county(*roster)
    assert "--commit" in output
    assert county("score", "孙立")[0] == Exit.NOT_FOUND
    code, output, _ = county(*roster, "--commit", "--json")
    assert code == 0, output
    assert json.loads(output)["committed"] is True
    assert county("score", "孙立")[0] == 0
    again = county(*roster, "--commit")[1]
    assert "可登记" not in again
    assert "位置" not in again


@pytest.fixture
def sign_in(tmp_path: Path) -> str:
    """A sign-in sheet under a title with the day: a namesake, leave without its kind, an unknown name."""
    sheet = tmp_path / "签到表.csv"
    lines = ["2025年3月5日走访桃源村签到表", "姓名,界别,签到,备注"]
    lines += ["陈静,医药卫生界,√,", "李明,,√,", "赵敏,经济界,请假,", "陈静静,,√,"]
    sheet.write_text("\n".join(lines), "utf-8")
    return str(sheet)


SAID = ("--kind", "走访村", "--organiser", "城南工作室", "--place", "桃源村")


def test_a_sign_in_sheet_lacks_what_can_be_said_beside_it(county: Run, sign_in: str) -> None:
    code, output, _ = county("import", "records", sign_in)
    assert code == Exit.INVALID
    assert output.splitlines()[0] == ("错误  第3–6行 类型 表中没有此列,导入时也未注明:必填,请补充")
    assert "--kind" in output
    code, output, _ = county("import", "records", sign_in, *SAID)
    assert "类型" not in output
    assert "--choose 6=chen  陈静 医药卫生界" in output
    assert "--leave 5=病假" in output


def test_a_preview_is_settled_row_by_row_and_written(
    county: Run, sign_in: str, tmp_path: Path
) -> None:
    chosen = ("--choose", "4=li", "--leave", "5=病假", "--skip", "6")
    result = tmp_path / "结果.xlsx"
    code, output, _ = county(
        "import", "records", sign_in, *SAID, *chosen, "--commit", "--json", "--result", str(result)
    )
    assert code == 0, output
    told = json.loads(output)
    assert (told["committed"], told["written"], told["findings"]) == (True, 1, [])
    assert told["rows"] == {"3": "written", "4": "written", "5": "written", "6": "skipped"}
    assert result.read_bytes().startswith(b"PK")
    (newest, *_) = json.loads(county("history", "li", "--json")[1])
    body = newest["event"]["body"]
    assert (body["on"], body["title"], body["place"]) == (
        "2025-03-05",
        "2025年3月5日走访桃源村",
        "桃源村",
    )
    assert [(p["person"], p["leave"]) for p in body["participants"]] == [
        ("chen", ""),
        ("li", ""),
        ("zhao", "病假"),
    ]


def test_a_guest_is_chosen_with_or_without_a_capacity(county: Run, sign_in: str) -> None:
    choose = (*SAID, "--choose", "4=other-li", "--skip", "6", "--json")
    left_out = json.loads(county("import", "records", sign_in, *choose, "--guest", "4")[1])
    assert left_out["rows"]["4"] == "ready"
    assert county("import", "records", sign_in, *choose, "--guest", "4=专家")[0] == 0
    code, _, errors = county("import", "records", sign_in, *choose, "--guest", "4=贵宾")
    assert (code, "--guest" in errors) == (Exit.INVALID, True)


def test_all_or_nothing_writes_nothing_where_a_row_has_an_error(county: Run, sign_in: str) -> None:
    told = ("import", "records", sign_in, *SAID, "--commit", "--all-or-nothing")
    code, output, _ = county(*told)
    assert code == Exit.INVALID
    assert "一条也未写入" in output
    stopped = json.loads(county(*told, "--json")[1])
    assert (stopped["committed"], stopped["stopped"], stopped["position"]) == (False, True, 0)


def test_repeats_are_linked_or_left_out_as_chosen(county: Run, sign_in: str) -> None:
    assert county(*VISIT)[0] == 0
    told = ("import", "records", sign_in, *SAID, "--skip", "4", "--skip", "5", "--skip", "6")
    linked = json.loads(county(*told, "--repeats", "link", "--json")[1])
    assert linked["counts"]["commands"] == 2
    left_out = json.loads(county(*told, "--repeats", "3=skip", "--json")[1])
    assert left_out["rows"]["3"] == "already"


@pytest.mark.parametrize(
    ("wrong", "named"),
    [
        (("--kind", "跳舞"), "--kind"),
        (("--on", "昨天"), "--on"),
        (("--organiser", "无此单位"), "--organiser"),
        (("--choose", "4"), "--choose"),
        (("--choose", "4=谁也不是"), "--choose"),
        (("--choose", "四=li"), "--choose"),
        (("--skip", "x"), "--skip"),
        (("--repeats", "drop"), "--repeats"),
        (("--detail", "x"), "--detail"),
        (("--skip", "99"), "99 (3–6):本表没有这一行"),
        (("--tab", "无"), ""),
    ],
    ids=lambda each: " ".join(each) if isinstance(each, tuple) else "",
)
def test_a_wrong_choice_is_refused_by_the_name_of_its_option(
    county: Run, sign_in: str, wrong: tuple[str, ...], named: str
) -> None:
    code, _, errors = county("import", "records", sign_in, *SAID, *wrong)
    assert code != 0
    assert named in errors
    assert "Traceback" not in errors


@pytest.mark.parametrize("bad", ["none/result.xlsx", "."])
def test_a_result_that_cannot_be_written_is_said_before_anything_is_stored(
    county: Run, sign_in: str, tmp_path: Path, bad: str
) -> None:
    told = ("import", "records", sign_in, *SAID, "--commit")
    assert county(*told, "--result", str(tmp_path / bad))[0] == Exit.UNAVAILABLE
    assert "写入 1 条命令" in county(*told)[1]


def test_what_was_written_is_said_where_an_import_breaks_off(
    county: Run, sign_in: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(_: Desk, __: object) -> list[object]:
        raise OSError("disk")

    monkeypatch.setattr(Desk, "write", broken)
    code, _, errors = county("import", "records", sign_in, *SAID, "--commit")
    assert code == Exit.UNAVAILABLE
    assert errors.startswith("已写入 0 / 1 条命令后中断")


def test_late_rows_are_said_to_wait_for_a_confirmation(county: Run, sign_in: str) -> None:
    """That of the economic sector, which has no head, lies with the committee."""
    _, output, _ = county("import", "records", sign_in, *SAID)
    assert "3 行登记时距履职已超过 30 天" in output
    late = json.loads(county("import", "records", sign_in, *SAID, "--json")[1])["late"]
    assert (late["rows"], late["days"], set(late["units"])) == (
        [3, 4, 5],
        30,
        {"医药卫生界", "海晏县政协", "城南工作室"},
    )


def test_a_sheet_that_is_not_there_is_named_with_those_there_are(
    county: Run, tmp_path: Path
) -> None:
    sheet = tmp_path / "a.xlsx"
    sheet.write_bytes(xlsx([["姓名", "界别"], ["孙立", "经济界"]], tab="名册"))
    code, _, errors = county("import", "roster", str(sheet), "--tab", "无")
    assert code == Exit.INVALID
    assert "「无」(名册):没有这个工作表" in errors


def test_the_help_offers_what_can_be_read(run: Run) -> None:
    output = run("import", "records", "--help")[1]
    assert "xls," not in output
    assert "xlsx, csv" in output


def test_a_sheet_imported_twice_says_in_words_who_did(county: Run, tmp_path: Path) -> None:
    sheet = tmp_path / "三月.csv"
    sheet.write_text(
        "日期,类型,名称,组织单位,姓名\n2025-03-05,走访村(社区),走访桃源村,城南工作室,陈静\n",
        "utf-8",
    )
    records = ("import", "records", str(sheet), "--commit")
    code, output, errors = county(*records)
    assert code == 0, output + errors
    again = county(*records)[1]
    assert Role.OFFICE.zh in again
    assert "由 office" not in again


def test_a_port_that_is_taken_is_said_in_both_languages(county: Run) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        code, _, errors = county("serve", "--port", str(port))
    assert code == Exit.CONFLICT
    zh, en = errors.splitlines()
    assert zh.startswith(f"--port 127.0.0.1:{port}:端口已被占用")
    assert "in use already" in en


def test_a_damaged_ledger_is_named_beside_the_others(county: Run, tmp_path: Path) -> None:
    (tmp_path / "ledgers" / "broken.sqlite").write_bytes(b"no ledger" * 1_000)
    code, output, errors = county("ledger", "list")
    assert code == Exit.UNAVAILABLE
    assert output == "haiyan\t海晏县政协\tAsia/Shanghai\n"
    assert "broken.sqlite:台账文件已损坏" in errors


def test_a_database_that_is_not_postgresql_is_a_wrong_call(run: Run) -> None:
    code, _, errors = run("--database", "mysql://me:secret@host/db", "ledger", "list")
    assert code == Exit.USAGE
    assert "postgresql://" in errors
    assert "secret" not in errors


def test_a_wrong_call_says_how_to_call(run: Run) -> None:
    assert run("fly")[0] == Exit.USAGE
    assert run("--help")[0] == 0
    code, output, _ = run("record", "visited_village", "--help")
    assert code == 0
    assert "--problems-raised" in output
    assert "反映问题数" in output


@pytest.mark.parametrize(
    "wrong",
    [
        ("score", "li", "--year", "99999"),
        ("scores", "--year", "0"),
        ("checklist", "li", "--year", "-5"),
        ("history", "li", "--limit", "0"),
        ("history", "li", "--limit", "201"),
        ("serve", "--port", "65536"),
        ("demo", "--port", "-1"),
        ("token", "--person", "li", "--role", "member", "--days", "nan"),
        ("token", "--person", "li", "--role", "member", "--days", "0"),
        ("token", "--person", "li", "--role", "member", "--days", "1e9"),
    ],
    ids=" ".join,
)
def test_a_number_out_of_range_is_a_wrong_call_that_names_the_option(
    county: Run, wrong: tuple[str, ...]
) -> None:
    code, _, errors = county(*wrong)
    assert code == Exit.USAGE
    assert wrong[-2] in errors
    assert "Traceback" not in errors


def test_a_ledger_has_a_name(run: Run) -> None:
    code, _, errors = run("ledger", "create", "haiyan", "--name", " ")
    assert code == Exit.INVALID
    assert "name" in errors
    assert json.loads(run("ledger", "list", "--json")[1]) == []


def test_a_check_asks_what_the_document_leaves_open(run: Run) -> None:
    code, output, _ = run("rubric", "check", str(PACK / "rubric.yaml"))
    assert code == 0
    assert "〔小数取舍〕7.5分等小数是否取整? 我们的读法:不取整" in output
    assert "? 等次与分数线 / grades and their limits" in output
    assert "没有列分值的类型 / kinds that nobody prices: 学习笔记" in output
    assert "参加会议:会议类型·预备会议、会议类型·应邀参加的部门会议" in output
    code, output, _ = run("rubric", "check", str(PACK / "rubric.yaml"), "--json")
    asked = json.loads(output)["questions"]
    assert [silence["topic"] for silence in asked["silences"]].count("rounding") == 1
    assert len(asked["unknown"]) == 5
    (meetings,) = [gap for gap in asked["gaps"] if gap["kind"] == "attended"]
    assert meetings["choices"] == [
        ["meeting", "preparatory_meeting"],
        ["meeting", "department_meeting"],
    ]

    haiyan = PACK.parent / "haiyan"
    assert "我们的读法:提交即算" in run("rubric", "check", str(haiyan / "ten-ones.yaml"))[1]
    blank = run("rubric", "check", str(haiyan / "ten-plus-one.yaml"))[1]
    assert "to be filled by the county: 1、2、3" in blank


def test_a_rubric_takes_its_last_day_from_its_text_and_its_unit_from_the_options(
    county: Run, tmp_path: Path
) -> None:
    file = tmp_path / "rubric.yaml"
    text = (PACK / "rubric.yaml").read_text("utf-8")
    file.write_text(text.replace("since: 2015-01-01", "since: 2015-01-01\nuntil: 2030-12-31"))
    other = county("rubric", "publish", str(file), "--until", "2029-12-31")
    assert other[0] == Exit.INVALID
    assert "/until" in other[2]
    assert county("rubric", "publish", str(file), "--trial-in", "城南工作室")[0] == 0
    newest = json.loads(county("history", "rubric/rehearsal", "--json")[1])[0]["event"]
    assert (newest["until"], newest["trial_in"]) == ("2030-12-31", "south")


def test_the_rule_of_a_day_is_shown(county: Run, tmp_path: Path) -> None:
    text = (PACK / "rule.yaml").read_text("utf-8")
    newer = text.replace("version: 1", "version: 2").replace("〔2014〕9号", "〔2024〕3号")
    file = tmp_path / "rule.yaml"
    file.write_text(newer.replace("since: 2015-01-01", "since: 2025-01-01\ntrial: true"), "utf-8")
    assert "是否已发布" in county("rubric", "check", str(file))[1]
    assert county("rubric", "publish", str(PACK / "rule.yaml"))[0] == 0
    assert county("rubric", "publish", str(file))[0] == 0

    code, output, _ = county("rules", "--on", "2024-12-31", "--governs", "rubric/rehearsal")
    assert (code, output.splitlines()) == (
        0,
        [
            "演练协发〔2014〕9号《演练县政协委员履职量化考核办法》 / appraisal measures of the rehearsal county",
            (
                "    演练县政协常委会会议 2014-12-25 通过,2015-01-01 起施行,至 2024-12-31 止,被替代 演练协发〔2024〕3号"
                " / adopted by 演练县政协常委会会议 on 2014-12-25, in force from 2015-01-01 to 2024-12-31,"
                " replaced by 演练协发〔2024〕3号"
            ),
            "    替代 演练协发〔2010〕4号 / replaces 演练协发〔2010〕4号",
            "    管 考核办法 rehearsal(尚未发布) / governs rubric/rehearsal (not published yet)",
        ],
    )
    now = county("rules")[1]
    assert "(试行) / appraisal measures of the rehearsal county, on trial" in now
    assert "2025-01-01 起施行 / adopted by" in now
    assert "替代 演练协发〔2014〕9号《演练县政协委员履职量化考核办法》" in now
    told = json.loads(county("rules", "--every", "--json")[1])
    assert [each["in_force"] for each in told] == [True, False]
    assert "没有施行的规则文件" in county("rules", "--on", "2014-12-31")[1]
    assert "没有施行的规则文件" in county("rules", "--as-of", "1")[1]


def test_a_rule_is_tried_out_in_a_unit_or_never_governed(county: Run, tmp_path: Path) -> None:
    text = (PACK / "rule.yaml").read_text("utf-8")
    file = tmp_path / "rule.yaml"
    assert county("rubric", "publish", str(PACK / "rule.yaml"))[0] == 0
    file.write_text(text.replace("version: 1", "version: 1a\naddress: 档案室"), "utf-8")
    assert county("rubric", "publish", str(file))[0] == 0
    shown = county("rules", "--every")[1]
    assert "未曾施行,被替代 演练协发〔2014〕9号 / " in shown
    assert "never in force, replaced by 演练协发〔2014〕9号" in shown
    assert "    档案室\n" in shown
    tried = text.replace("version: 1", "version: 2").replace("rule: appraisal-measure", "rule: b")
    file.write_text(tried, "utf-8")
    assert county("rubric", "publish", str(file), "--trial-in", "城南工作室")[0] == 0
    shown = county("rules", "--unit", "城南工作室")[1]
    assert "只在 城南工作室 试行 / on trial in 城南工作室 only" in shown
    assert "只在" not in county("rules")[1]


def test_a_question_about_rules_that_cannot_be_meant_is_refused(county: Run) -> None:
    code, _, errors = county("rules", "--governs", "loop/x")
    assert code == Exit.INVALID
    assert "--governs loop/x" in errors and "rubric/CODE" in errors
    assert county("rules", "--governs", "rubric/none")[0] == Exit.NOT_FOUND
    assert county("rules", "--on", "someday")[0] == Exit.INVALID
    assert county("rules", "--unit", "nowhere")[0] == Exit.NOT_FOUND


def test_a_rubric_that_nobody_published_is_not_found(county: Run) -> None:
    code, _, errors = county("score", "li", "--rubric", "nosuch")
    assert code == Exit.NOT_FOUND
    assert "nosuch" in errors
    assert county("score", "li", "--rubric", "nosuch", "--json")[0] == Exit.NOT_FOUND
    assert county("scores", "--rubric", "nosuch")[0] == Exit.NOT_FOUND
    assert county("checklist", "li", "--code", "nosuch")[0] == Exit.NOT_FOUND
    assert county("score", "li", "--as-of", "2199-01-01")[0] == Exit.INVALID


def test_of_several_ledgers_one_is_to_be_named(county: Run) -> None:
    assert county("ledger", "create", "other", "--name", "另一县政协")[0] == 0
    code, _, errors = county("score", "li")
    assert code == Exit.USAGE
    assert errors.splitlines() == [
        "--ledger haiyan other:有多个可选,请指明其中一个",
        "  --ledger haiyan other: has several to choose from; name one",
    ]
    assert county("score", "li", "--ledger", "haiyan")[0] == 0


def test_help_names_what_an_option_takes_as_the_option_is_named(run: Run) -> None:
    _, output, _ = run("record", "visited_village", "--help")
    assert "--title TITLE" in output
    assert "BODY_" not in output


def test_chinese_reaches_a_terminal_that_knows_none(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    raw = io.BytesIO()
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(raw, encoding="ascii"))
    assert main(["kinds"]) == 0
    sys.stdout.flush()
    assert b"visited_village\t??" in raw.getvalue()


# Rubrics

DRAFT = """\
rubric: rehearsal
version: 2
zh: 办法草案
en: draft
since: 2025-01-01
blocks:
  - block: base
    zh: 基础分
    en: base
    clauses:
      - clause: meetings
        zh: 会议
        en: meetings
        counts: 参加会议
        each: 30
grading:
  grades:
    - {grade: 称职, en: competent, at_least: 30}
    - {grade: 不称职, en: not competent}
"""


PLENARY = (
    "record", "attended", "--title", "全会", "--on", "2025-01-10", "--organiser", "county",
    "--meeting", "plenary_session", "--participants", "陈静",
)  # fmt: skip


@pytest.fixture
def draft(tmp_path: Path) -> str:
    """A rubric file that prices meetings alone."""
    file = tmp_path / "draft.yaml"
    file.write_text(DRAFT, encoding="utf-8")
    return str(file)


def test_a_facts_file_is_scored_without_a_ledger(run: Run, draft: str, tmp_path: Path) -> None:
    facts = tmp_path / "facts.json"
    told = {"year": 2025, "members": [{"member": "甲", "facts": [{"kind": "attended", "on": "2025-03-05"}]}, {"member": "乙"}]}  # fmt: skip
    facts.write_text(json.dumps(told, ensure_ascii=False), encoding="utf-8")

    code, output, _ = run("rubric", "score", draft, "--facts", str(facts), "--json")
    one, other = json.loads(output)
    assert code == 0
    assert (one["member"], one["total"], one["grade"]) == ("甲", "30", "称职")
    assert [(line["clause"], line["points"]) for line in one["lines"]] == [("meetings", "30")]
    assert (other["total"], other["grade"], other["lines"]) == ("0", "不称职", [])
    assert run("rubric", "score", draft, "--facts", str(facts))[1].startswith("甲:30 分,称职")

    facts.write_text("year: 2025\nmembers: [{member: 甲, roles: 会长}]\n", encoding="utf-8")
    code, _, errors = run("rubric", "score", draft, "--facts", str(facts))
    assert (code, "第 2 行 /members/0/roles" in errors) == (Exit.INVALID, True)


def test_a_rubric_is_printed_and_examined(run: Run, draft: str) -> None:
    code, output, _ = run("rubric", "text", draft, "--language", "zh")
    assert code == 0
    assert "会议:参加会议的,每次计30分。" in output
    assert "meetings" not in output
    concerns = json.loads(run("rubric", "health", draft, "--json")[1])
    assert {"path", "sort", "zh", "en", "clauses"} == set(concerns[0])


def test_a_broken_rubric_is_told_by_line_wherever_it_is_read(county: Run, tmp_path: Path) -> None:
    file = tmp_path / "broken.yaml"
    file.write_text(DRAFT.replace("each: 30", "each: 30\n        capp: 1"), encoding="utf-8")

    for command in (["check"], ["text"], ["health"], ["publish"], ["score", "--facts", str(file)], ["whatif", "--years", "2025"]):  # fmt: skip
        code, output, errors = county("rubric", command[0], str(file), *command[1:])
        assert (code, "第 16 行 /blocks/0/clauses/0/capp" in output + errors) == (
            Exit.INVALID,
            True,
        )


def test_a_draft_is_run_over_a_past_year(county: Run, draft: str) -> None:
    assert county("rubric", "publish", str(PACK / "rubric.yaml"))[0] == 0
    assert county(*PLENARY)[0] == 0

    found = json.loads(county("rubric", "whatif", draft, "--years", "2025", "--json")[1])
    (spread,) = found["spreads"]
    (mover,) = found["movers"]
    assert (spread["moved"], spread["members"] > 1) == (1, True)
    assert (mover["name"], mover["before"], mover["after"]) == ("陈静", "35", "30")
    assert [(s["clause"], s["change"]) for s in mover["shifts"]] == [
        ("plenary", "-35"),
        ("meetings", "30"),
    ]
    code, output, _ = county("rubric", "whatif", draft, "--years", "2025")
    assert (code, "陈静 2025年度:35 → 30" in output) == (0, True)
    # Nothing of it stays.
    assert json.loads(county("score", "chen", "--year", "2025", "--json")[1])[0]["version"] == "1"
    code, _, errors = county("rubric", "whatif", draft, "--years", "2025", "--against", "other")
    assert (code, "other" in errors) == (Exit.NOT_FOUND, True)


def test_a_draft_asks_who_holds_which_office_and_runs_a_longer_period_once(
    county: Run, tmp_path: Path
) -> None:
    file = tmp_path / "draft.yaml"
    text = DRAFT.replace("since: 2025-01-01", "since: 2025-01-01\nperiod: 两年")
    text = text.replace("at_least: 30}", "at_least: 30, who: 负责人(主任)}")
    file.write_text(
        text.replace("each: 30", "each: 30\n        who: 负责人(主任)"), encoding="utf-8"
    )
    assert county("rubric", "publish", str(PACK / "rubric.yaml"))[0] == 0
    assert county(*PLENARY, "--participants", "li")[0] == 0

    found = json.loads(county("rubric", "whatif", str(file), "--years", "2025,2026", "--json")[1])
    (spread,) = found["spreads"]
    assert (spread["period"]["span"], spread["members"]) == ("two_years", 3)
    # Li was there too, and heads nothing.
    assert {each["code"]: each["members"] for each in spread["grades_after"]} == {
        "不称职": 2,
        "称职": 1,
    }
    # The measure in force asks about single years: two of them together had no card.
    assert (found["movers"], found["clauses"], spread["grades_before"]) == ([], [], [])
    assert (found["without_before"], spread["without_before"], spread["moved"]) == (3, 3, 0)
    assert (spread["mean_before"], spread["mean_after"]) == ("", "10")
    shown = county("rubric", "whatif", str(file), "--years", "2025,2026")[1]
    assert "平均 – → 10" in shown
    assert "3 人没有可比的得分" in shown and "3 had nothing to compare with" in shown


def test_a_year_before_the_measure_has_nothing_to_compare_with(county: Run, draft: str) -> None:
    assert county("rubric", "publish", draft)[0] == 0
    assert county(*PLENARY, "--on", "2024-01-10")[0] == 0
    found = json.loads(county("rubric", "whatif", draft, "--years", "2024,2025", "--json")[1])
    assert [(s["members"], s["without_before"], s["moved"]) for s in found["spreads"]] == [
        (3, 3, 0),
        (3, 0, 0),
    ]
    assert (found["without_before"], found["movers"]) == (3, [])
    assert found["spreads"][0]["mean_after"] == "10"


def test_who_moved_between_two_positions_and_why(county: Run, draft: str) -> None:
    assert county("rubric", "publish", str(PACK / "rubric.yaml"))[0] == 0
    before = json.loads(county("score", "chen", "--year", "2025", "--json")[1])[0]["position"]
    assert county(*PLENARY)[0] == 0
    after = json.loads(county("score", "chen", "--year", "2025", "--json")[1])[0]["position"]
    assert county("rubric", "publish", draft)[0] == 0

    def moved(*when: str) -> list[tuple[str, str, str, list[str]]]:
        output = county("moved", *when, "--year", "2025", "--rubric", "rehearsal", "--json")[1]
        return [
            (m["name"], m["before"], m["after"], [c["because"] for c in m["causes"]])
            for m in json.loads(output)
        ]

    recorded = ("陈静", "0", "35", ["recorded"])
    assert moved("--from", str(before), "--to", str(after)) == [recorded]
    assert moved("--from", str(after)) == [("陈静", "35", "30", ["rule"])]
    assert moved("--from", str(after), "--to", str(after)) == []


def test_a_publication_says_whom_it_affects_and_how_to_see_all(county: Run, draft: str) -> None:
    code, output, _ = county("rubric", "publish", str(PACK / "rubric.yaml"))
    assert (code, "2025年度:3 名委员新有得分 / 2025: 3 members have a card" in output) == (0, True)
    assert county(*PLENARY)[0] == 0
    code, output, _ = county("rubric", "publish", draft)
    assert code == 0
    _, year, mover, hint, *_ = output.splitlines()
    assert year == (
        "2025年度:影响 1 名委员(0 人升、1 人降),合计 -5 分"
        " / 2025: 1 members' totals change (0 up, 1 down), -5 in all"
    )
    assert mover == "    陈静 2025年度:35 → 30"
    moved = hint.partition("lvzhi ")[2].partition(" / ")[0].split()
    assert moved[:1] == ["moved"]
    assert "陈静 2025年度:35 → 30" in county(*moved)[1]

    future = Path(draft).with_name("future.yaml")
    text = DRAFT.replace("version: 2", "version: 3").replace("2025-01-01", "2199-01-01")
    future.write_text(text, encoding="utf-8")
    output = county("rubric", "publish", str(future))[1]
    assert output.endswith("已开始的考核期均不受影响 / no period that has begun is affected\n")


def test_all_members_are_graded_together(county: Run, draft: str) -> None:
    assert county("rubric", "publish", draft)[0] == 0
    assert county(*PLENARY)[0] == 0

    found = json.loads(county("grades", "--year", "2025", "--json")[1])
    grades = {each["name"]: each["grade"]["grade"] for each in found}
    assert grades.pop("陈静") == "称职"
    assert set(grades.values()) == {"不称职"}
    assert "陈静 30 分 称职" in county("grades", "--year", "2025")[1]
    for command in (["grades"], ["moved", "--from", "1"]):
        code, _, errors = county(*command, "--rubric", "other", "--year", "2025")
        assert (code, "other" in errors) == (Exit.NOT_FOUND, True)
    measure = str(PACK / "rubric.yaml")
    concerns = json.loads(county("rubric", "health", measure, "--year", "2025", "--json")[1])
    assert len(concerns) > len(json.loads(county("rubric", "health", measure, "--json")[1]))


def test_units_are_graded_from_what_their_members_did(county: Run, tmp_path: Path) -> None:
    about_units = tmp_path / "units.yaml"
    text = DRAFT.replace("rubric: rehearsal", "rubric: units").replace(
        "since: 2025-01-01", "since: 2025-01-01\nsubject: 单位\nof_kinds: 委员工作室"
    )
    about_units.write_text(
        text.replace("each: 30", "each: 30\n        whose: 所属委员"), encoding="utf-8"
    )
    code, output, _ = county("rubric", "publish", str(about_units))
    # It says nothing of members, who have no card under it.
    assert (code, len(output.splitlines())) == (0, 1)
    assert county(*PLENARY)[0] == 0

    found = json.loads(county("grades", "--year", "2025", "--rubric", "units", "--json")[1])
    totals = {each["name"]: each["grade"]["total"] for each in found}
    assert totals["城南工作室"] == "30"
    assert set(totals.values()) <= {"30", "0"}
    assert all(each["grade"]["member"].startswith("unit/") for each in found)
    # Members have no card under it.
    assert json.loads(county("score", "chen", "--year", "2025", "--json")[1]) == []
    (card,) = json.loads(county("score", "--unit", "城南工作室", "--year", "2025", "--json")[1])
    assert (card["member"], card["total"]) == ("unit/south", "30")
    shown = county("score", "--unit", "south", "--year", "2025")[1]
    assert shown.startswith("城南工作室 2025年度《办法草案》30 分")
    assert "“全会”:1月10日参加会议,按“会议”" in shown
    assert county("score", "--unit", "无此单位")[0] == Exit.NOT_FOUND
    assert county("score", "--unit", "south", "--rubric", "none")[0] == Exit.NOT_FOUND
    assert county("score", "chen", "--unit", "south")[0] == Exit.USAGE
    assert county("score")[0] == Exit.USAGE
