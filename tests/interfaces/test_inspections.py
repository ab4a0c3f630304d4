"""Inspections over HTTP and on the command line: problems notified, mended, checked off; who is shown whose; the bulletin."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest

from domain.people import Role
from interfaces.refusals import Exit
from projections import inspections
from tests.interfaces.conftest import Answer, Caller, Service
from tests.interfaces.test_api_refusals import problem
from tests.interfaces.test_cli import Run, county, run
from tests.interfaces.test_cli_loops import TODAY, told
from tests.pictures import png

__all__ = ["county", "run"]

PNG = png()
HELD, BY = "2025-05-12", "2025-05-30"
INSPECTION: dict[str, Any] = {
    "details": {"kind": "was_inspected", "inspected_by": "县政协办公室"},
    "title": "督查规范化建设",
    "on": HELD,
    "organiser": "county",
    "authors": [{"unit": "south", "role": "first"}],
}
PROBLEMS = [{"text": "台账不全", "mend_by": BY}, {"text": "没有标牌", "mend_by": BY}]
MAY = {"since": "2025-05-01", "until": "2025-05-31"}


RUBRIC = files("packs").joinpath("rehearsal/studio-rubric.yaml").read_text("utf-8")


def done(answer: Answer, status: int = 200) -> Any:
    assert answer.status_code == status, answer.text
    return answer.json()


@pytest.fixture
def office(sqlite_service: Service) -> Caller:
    """South has two problems, one of which it says is mended; of medicine nothing was found."""
    office = sqlite_service.ledger()
    done(office.send("/matters/m", INSPECTION, method="PUT"), 201)
    other = INSPECTION | {"title": "督查界别", "authors": [{"unit": "medicine", "role": "first"}]}
    done(office.send("/matters/n", other, method="PUT"), 201)
    done(office.send("/matters/m/problems", {"on": HELD, "problems": PROBLEMS}))
    head = sqlite_service.caller(office.ledger, "zhao", Role.HEAD, "south")
    said = {"number": 1, "mending": "mended", "on": BY, "account": "补齐三个月台账"}
    done(head.send("/matters/m/problem-reports", said))
    return office


def lines(answer: Answer) -> list[tuple[str, int, int, int]]:
    return [(e["matter"], e["found"], e["mended"], e["overdue"]) for e in done(answer)["rows"]]


def test_problems_are_notified_mended_and_checked_off(office: Caller) -> None:
    assert lines(office.get("/inspections", **MAY)) == [("m", 2, 0, 1), ("n", 0, 0, 0)]
    done(office.send("/matters/m/problem-checks", {"number": 1, "on": "2025-06-03"}))
    assert lines(office.get("/inspections", which="open")) == [("m", 2, 1, 1)]
    assert lines(office.get("/inspections", which="clean", by="办公室")) == [("n", 0, 0, 0)]
    assert lines(office.get("/inspections", unit="medicine")) == [("n", 0, 0, 0)]
    assert lines(office.get("/inspections", until="2025-05-01")) == []
    first = done(office.get("/inspections", limit=1))
    assert lines(office.get("/inspections", limit=1, cursor=first["next"])) == [("n", 0, 0, 0)]

    found = done(office.get("/inspections/problems", overdue=True))["rows"]
    assert [(e["number"], e["text"], e["state"]) for e in found] == [(2, "没有标牌", "notified")]
    totals = done(office.get("/inspections/totals", **MAY))
    assert totals == {
        "inspections": 2,
        "units": 2,
        "found": 2,
        "mended": 1,
        "reported": 0,
        "overdue": 1,
        "clean": 1,
        "passed": 0,
    }


def borne(office: Caller, number: int = 2) -> list[tuple[str, str]]:
    """The evidence that the list of problems names of one of them."""
    rows = done(office.get("/inspections/problems"))["rows"]
    (line,) = [each for each in rows if each["number"] == number]
    return [(each["name"], each["sha256"]) for each in line["evidence"]]


def test_files_bear_out_what_was_mended_and_are_open_to_whom_the_problem_is(
    sqlite_service: Service, office: Caller
) -> None:
    head = sqlite_service.caller(office.ledger, "zhao", Role.HEAD, "south")
    sha256 = done(head.send("/files", PNG, key=""), 201)["sha256"]
    said = {"number": 2, "mending": "mended", "on": BY, "account": "已挂牌"}
    named = said | {"evidence": [{"name": "标牌.png", "sha256": sha256}]}
    mended = done(head.send("/matters/m/problem-reports", named))
    at = {"after": mended["position"]}
    assert borne(office) == [("标牌.png", sha256)]
    assert borne(office, 1) == []
    late = done(office.get("/inspections/bulletin", **MAY, **at))["overdue"]
    assert late == []

    history = office.get("/matters/m/history", **at).text
    assert "受检单位报已整改(2025-05-30),佐证1份" in history

    file = f"/matters/m/problems/2/evidence/{sha256}"
    for reader in (head, office, sqlite_service.caller(office.ledger, "auditor", Role.AUDITOR)):
        answer = reader.get(file, **at)
        assert answer.status_code == 200, answer.text
        assert answer.headers["Content-Type"] == "image/png"
    other = sqlite_service.caller(office.ledger, "chen", Role.HEAD, "medicine")
    problem(other.get(file), 404, "no_such_file")
    for outside in (Role.MEMBER, Role.CONSUMER):
        reader = sqlite_service.caller(office.ledger, "li", outside)
        problem(reader.get(file), 403, "not_allowed")
    problem(office.get(f"/matters/m/problems/1/evidence/{sha256}"), 404, "no_such_file")
    problem(office.get(f"/matters/m/problems/2/evidence/{'0' * 64}"), 404, "no_such_file")
    problem(office.get(f"/matters/m/evidence/{sha256}"), 404, "no_such_file")
    problem(office.get(f"/matters/none/problems/2/evidence/{sha256}"), 404, "no_such_file")
    readings = sqlite_service.installation.desk(office.ledger).readings
    noted = readings.of("matter/m", datetime.now(UTC).date(), 10)
    assert [(each.envelope.by, each.noted.through) for each in noted] == [
        ("auditor", "get_evidence_of_problem"),
        ("secretary", "get_evidence_of_problem"),
    ], "his own unit's is not noted"

    wrong = said | {"evidence": [{"name": "标牌.png", "sha256": "xyz"}]}
    problem(
        head.send("/matters/m/problem-reports", wrong),
        422,
        "malformed",
        pointer="/evidence/0/sha256",
    )
    reopened = done(
        office.send("/matters/m/problem-reopenings", {"number": 2, "reason": "未挂正门"})
    )
    problem(office.get(file, after=reopened["position"]), 404, "no_such_file")


def numbers(answer: Answer) -> list[int]:
    return [each["number"] for each in done(answer)["rows"]]


def test_what_waits_of_problems_is_listed_by_its_day(
    sqlite_service: Service, office: Caller
) -> None:
    more = [{"text": "没有场所"}, {"text": "没有计划", "mend_by": "2025-05-20"}]
    told = done(office.send("/matters/m/problems", {"on": HELD, "problems": more}))
    at = {"after": told["position"]}
    assert numbers(office.get("/dues/problems", **at)) == [4, 2, 3]
    assert numbers(office.get("/dues/problems", dated=True)) == [4, 2]
    assert numbers(office.get("/dues/problems", how="overdue")) == [4, 2]
    assert numbers(office.get("/dues/problems", how="no_day")) == [3]
    assert numbers(office.get("/dues/problems", unit="medicine")) == []
    assert numbers(office.get("/dues/problems", held="county")) == [4, 2, 3]
    assert numbers(office.get("/dues/problems", held="south")) == []
    assert numbers(office.get("/inspections/to-check")) == [1]
    assert numbers(office.get("/inspections/to-check", held="south")) == []
    page: dict[str, Any] = {"limit": 1}
    found: list[int] = []
    while True:
        told = done(office.get("/dues/problems", **page))
        found += [each["number"] for each in told["rows"]]
        if told.get("next") is None:
            break
        page["cursor"] = told["next"]
    assert found == [4, 2, 3]

    head = sqlite_service.caller(office.ledger, "chen", Role.HEAD, "medicine")
    member = sqlite_service.caller(office.ledger, "li", Role.MEMBER)
    for path in ("/dues/problems", "/inspections/to-check"):
        assert numbers(head.get(path)) == []
        problem(member.get(path), 403, "not_allowed")
        problem(office.get(path, unit="none"), 404, "no_such_unit")
        problem(office.get(path, held="none"), 404, "no_such_unit")


def test_a_retry_lists_nothing_twice(office: Caller) -> None:
    again = {"on": HELD, "problems": PROBLEMS}
    done(office.send("/matters/m/problems", again))
    assert lines(office.get("/inspections", unit="south")) == [("m", 2, 0, 1)]


def test_what_is_refused_says_what_to_do(sqlite_service: Service, office: Caller) -> None:
    problem(
        office.send("/matters/m/problem-checks", {"number": 9, "on": BY}), 422, "no_such_problem"
    )
    other = sqlite_service.caller(office.ledger, "chen", Role.HEAD, "medicine")
    said = {"number": 2, "mending": "mended", "on": BY, "account": "已改"}
    problem(other.send("/matters/m/problem-reports", said), 403, "not_yours_to_mend")
    head = sqlite_service.caller(office.ledger, "zhao", Role.HEAD, "south")
    problem(
        head.send("/matters/m/problem-checks", {"number": 1, "on": BY}), 403, "not_yours_to_inspect"
    )
    stage = {"stage": "mended", "on": BY}
    problem(office.send("/matters/m/outcomes", stage), 409, "problems_listed")
    problem(office.get("/inspections", unit="none"), 404, "no_such_unit")


@pytest.mark.parametrize("path", ["", "/totals", "/problems", "/bulletin"])
def test_days_are_in_order_and_of_our_time(office: Caller, path: str) -> None:
    for since, until, said in (
        ("2025-06-30", "2025-01-01", "wrong_order"),
        ("0001-01-01", "2025-01-01", "malformed"),
        ("2025-01-01", "9999-12-31", "malformed"),
    ):
        problem(office.get(f"/inspections{path}", since=since, until=until), 422, said)


def test_a_unit_is_shown_its_own_and_a_member_none(sqlite_service: Service, office: Caller) -> None:
    head = sqlite_service.caller(office.ledger, "chen", Role.HEAD, "medicine")
    assert lines(head.get("/inspections")) == [("n", 0, 0, 0)]
    assert done(head.get("/inspections/problems"))["rows"] == []
    assert done(head.get("/inspections/totals"))["inspections"] == 1
    assert [u["unit"] for u in done(head.get("/inspections/bulletin", **MAY))["units"]] == [
        "medicine"
    ]
    member = sqlite_service.caller(office.ledger, "li", Role.MEMBER, None)
    for path in ("", "/totals", "/problems", "/bulletin"):
        problem(member.get(f"/inspections{path}", **MAY), 403, "not_allowed")


@pytest.fixture
def both(office: Caller) -> int:
    """South and medicine were inspected together, and what was found of each has gone its way and was taken back; the position to read it at."""
    authors = [{"unit": "south", "role": "first"}, {"unit": "medicine", "role": "joint"}]
    done(office.send("/matters/b", INSPECTION | {"authors": authors}, method="PUT"), 201)
    of_each = [
        {"text": f"{unit}台账", "unit": unit, "mend_by": BY} for unit in ("south", "medicine")
    ]
    position: int = done(office.send("/matters/b/problems", {"on": HELD, "problems": of_each}))[
        "position"
    ]
    for number, unit in ((1, "south"), (2, "medicine")):
        for path, said in (
            ("reports", {"mending": "mended", "on": BY, "account": f"{unit}补齐"}),
            ("checks", {"on": "2025-06-03"}),
            ("reopenings", {"reason": f"{unit}退回"}),
            ("extensions", {"mend_by": "2025-07-01", "reason": f"{unit}延期"}),
            ("withdrawals", {"reason": f"{unit}登错"}),
        ):
            sent = office.send(f"/matters/b/problem-{path}", {"number": number, **said})
            position = done(sent)["position"]
    return position


TOLD = {
    unit: {f"{unit}{word}" for word in ("台账", "补齐", "退回", "延期", "登错")}
    for unit in ("south", "medicine")
}
"""What was said of the problems of each unit."""


@pytest.mark.parametrize(
    ("person", "role", "unit", "open_to_him"),
    [
        ("secretary", Role.OFFICE, "county", {"south", "medicine"}),
        ("someone", Role.AUDITOR, None, {"south", "medicine"}),
        ("zhao", Role.HEAD, "south", {"south"}),
        ("clerk", Role.CLERK, "medicine", {"medicine"}),
        ("bian", Role.CLERK, "economy", set()),
        ("li", Role.MEMBER, None, set()),
    ],
)
def test_the_history_tells_what_was_found_to_whom_the_inspections_of_that_unit_are_open(
    sqlite_service: Service,
    office: Caller,
    both: int,
    person: str,
    role: Role,
    unit: str | None,
    open_to_him: set[str],
) -> None:
    caller = sqlite_service.caller(office.ledger, person, role, unit)

    def told_of(path: str) -> dict[str, set[str]]:
        told = caller.get(path, after=both, limit=100)
        names = [each["name"] for each in done(told)["rows"] if each["stream"] == "matter/b"]
        assert "was_inspected" in names
        assert any(each.startswith("problem.") for each in names) is bool(open_to_him)
        return {each: {said for said in TOLD[each] if said in told.text} for each in TOLD}

    assert told_of("/matters/b/history") == {
        each: TOLD[each] if each in open_to_him else set() for each in TOLD
    }
    for of in open_to_him:
        found = told_of(f"/units/{of}/history")
        assert {each for each, said in found.items() if said} == open_to_him


def test_who_held_an_inspection_is_told_of_all_that_it_found(
    sqlite_service: Service, office: Caller
) -> None:
    held = INSPECTION | {"organiser": "economy"}
    done(office.send("/matters/e", held, method="PUT"), 201)
    sent = office.send("/matters/e/problems", {"on": HELD, "problems": PROBLEMS})
    after = done(sent)["position"]
    clerk = sqlite_service.caller(office.ledger, "bian", Role.CLERK, "economy")
    assert "problem.notified" in clerk.get("/matters/e/history", after=after).text
    assert "problem.notified" not in clerk.get("/matters/m/history").text


def test_the_bulletin_of_some_days(office: Caller) -> None:
    found = done(office.get("/inspections/bulletin", **MAY))
    assert found["sentence"]["zh"] == (
        "2025年5月1日至2025年5月31日,督查、验收2个单位2次,发现问题2个,已整改0个,"
        "待销号1个,逾期未整改1个,未发现问题1次。"
    )
    assert [each["text"] for each in found["overdue"]] == ["没有标牌"]
    problem(office.get("/inspections/bulletin", since="2025-05-01"), 422, "missing")


def test_a_rubric_of_units_prices_what_was_found_and_what_was_mended(office: Caller) -> None:
    version = {"version": "1", "text": RUBRIC, "since": "2025-01-01"}
    done(office.send("/documents/rubric/studio-rehearsal/versions", version))

    def inspected() -> dict[str, str]:
        (card,) = done(office.get("/units/south/scorecards", year=2025))
        lines = [each["of"] for each in card["lines"]]
        return {each["clause"]: each["points"] for each in lines if each["deed"]}

    assert inspected() == {"found": "-4"}
    done(office.send("/matters/m/problem-checks", {"number": 1, "on": "2025-06-03"}))
    assert inspected() == {"found": "-4", "mended_problems": "2"}


@pytest.fixture
def looked_at(county: Run) -> Run:
    """A county whose south studio was inspected ten days ago; one of two problems is overdue."""
    held = (TODAY - timedelta(days=10)).isoformat()
    late = (TODAY - timedelta(days=1)).isoformat()
    body = INSPECTION | {"on": held}
    problems = [{"text": "台账不全", "mend_by": late}, {"text": "没有标牌"}]
    for command, said in (
        ("record_matter", {"matter": "m", "body": body}),
        ("notify_problems", {"matter": "m", "on": held, "problems": problems}),
    ):
        code, _, errors = told(county, command, **said)
        assert code == 0, errors
    return county


def test_the_machine_lists_inspections_problems_and_the_bulletin(looked_at: Run) -> None:
    held, late = TODAY - timedelta(days=10), TODAY - timedelta(days=1)
    code, output, _ = looked_at("studios", "inspections")
    line = f"城南工作室\t{held}\t督查\t县政协办公室\t督查规范化建设\t2\t0\t1\t"
    assert (code, output.splitlines()) == (0, [line])
    asked = ("studios", "inspections", "--problems", "--overdue")
    code, output, _ = looked_at(*asked)
    overdue = f"城南工作室\t督查规范化建设\t1\t台账不全\t{held}\t{late}\t待整改(逾期)\t\t0"
    assert (code, output.splitlines()) == (0, [overdue])
    code, output, _ = looked_at(*asked, "--json")
    assert [each["text"] for each in json.loads(output)] == ["台账不全"]
    code, output, _ = looked_at("studios", "inspections", "--which", "未发现问题", "--json")
    assert (code, json.loads(output)) == (0, [])

    days = ("--since", held.isoformat(), "--until", TODAY.isoformat())
    code, output, _ = looked_at("studios", "bulletin", *days)
    said = output.splitlines()
    assert code == 0
    assert said[0].endswith("督查、验收1个单位1次,发现问题2个,已整改0个,逾期未整改1个。")
    assert said[1:] == ["城南工作室\t1\t2\t0\t1", f"逾期\t{overdue}"]
    code, output, _ = looked_at("studios", "bulletin", *days, "--of", "城南工作室", "--json")
    assert json.loads(output)["totals"]["found"] == 2


@pytest.mark.parametrize("asked", [("inspections",), ("inspections", "--problems"), ("bulletin",)])
def test_days_on_the_machine_are_in_order_and_of_our_time(
    looked_at: Run, asked: tuple[str, ...]
) -> None:
    for since, until in (("2025-06-30", "2025-01-01"), ("2025-01-01", "9999-12-31")):
        code, _, errors = looked_at("studios", *asked, "--since", since, "--until", until)
        assert code != 0 and "--until" in errors


def test_the_bulletin_on_the_machine_tells_what_was_passed_and_who_was_commended(
    looked_at: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    on = (TODAY - timedelta(days=3)).isoformat()
    checked = INSPECTION | {"title": "验收", "on": on}
    checked["details"] = INSPECTION["details"] | {"check": "acceptance"}
    honour = {
        "details": {"kind": "was_commended", "commended_by": "县政协", "honour": "先进工作室"},
        "title": "表彰",
        "on": on,
        "organiser": "county",
        "authors": [{"unit": "south", "role": "first"}],
    }
    criticised = {
        "details": {
            "kind": "was_sanctioned",
            "sanction": "circulated_criticism",
            "by": "县政协办公室",
        },
        "on": on,
        "body": "县政协办公室",
        "reason": "逾期不改",
        "unit": "south",
    }
    for command, said in (
        ("record_matter", {"matter": "p", "body": checked}),
        ("report_outcome", {"matter": "p", "outcome": {"stage": "passed", "on": on}}),
        ("record_matter", {"matter": "h", "body": honour}),
        ("record_matter", {"matter": "i", "body": honour}),
        ("set_finding", {"finding": "f", "body": criticised}),
    ):
        code, _, errors = told(looked_at, command, **said)
        assert code == 0, errors
    asked = ("studios", "bulletin", "--since", "2025-01-01", "--until", TODAY.isoformat())
    code, output, _ = looked_at(*asked)
    assert code == 0
    assert output.splitlines()[-4:] == [
        f"验收通过\t城南工作室\t验收\t{on}\t县政协办公室",
        *[f"表彰\t城南工作室\t先进工作室\t{on}\t县政协"] * 2,
        f"通报处理\t城南工作室\t通报批评\t{on}\t县政协办公室",
    ]
    monkeypatch.setattr(inspections, "MOST", 1)
    assert looked_at(*asked)[1].splitlines()[-1] == "以下部分还有未列出的:表彰"


def test_a_problem_is_said_to_be_mended_on_the_machine_with_files(
    looked_at: Run, tmp_path: Path
) -> None:
    picture = tmp_path / "台账.png"
    picture.write_bytes(PNG)
    mend = ("studios", "mend", "matter/m", "1", "--account", "补齐三个月")
    code, output, errors = looked_at(*mend, "--file", str(picture))
    assert (code, errors) == (0, "")
    assert "已登记 matter/m" in output
    code, output, _ = looked_at(*mend, "--file", str(picture))
    assert (code, "nothing changed" in output) == (0, True)
    code, output, _ = looked_at("studios", "inspections", "--problems", "--json")
    (evidence,) = json.loads(output)[0]["evidence"]
    assert evidence["name"] == "台账.png"
    _, output, _ = looked_at("files", "list", "--of", "matter/m")
    assert output.split() == [evidence["sha256"], "matter/m"]

    nothing = tmp_path / "nothing.txt"
    nothing.write_text("不是图片", "utf-8")
    code, _, errors = looked_at(*mend, "--file", str(nothing))
    assert code == Exit.INVALID
    assert "--file" in errors and "nothing.txt" in errors
    code, _, errors = looked_at("studios", "mend", "matter/m", "9", "--account", "补齐")
    assert code == Exit.INVALID and "9" in errors
    code, _, _ = looked_at(*mend, "--file", str(tmp_path / "none.png"))
    assert code == Exit.UNAVAILABLE


def test_what_is_due_on_the_machine_lists_problems_with_a_day(looked_at: Run) -> None:
    late = TODAY - timedelta(days=1)
    code, output, _ = looked_at("due")
    line = f"{late}  督查问题(待整改,逾期 / overdue)城南工作室:台账不全  matter/m 1"
    assert (code, output.splitlines()) == (0, [line])
    assert looked_at("due", "--how", "overdue", "--problems")[1].splitlines() == [line]
    for other in (("--how", "soon"), ("--not-told",), ("--of", "城南工作室"), ("--csv",)):
        assert "台账不全" not in looked_at("due", *other)[1]
    assert "台账不全" in looked_at("due", "--holder", "城南工作室")[1]
    found = json.loads(looked_at("due", "--problems", "--json")[1])
    assert [(each["number"], each["overdue"]) for each in found] == [(1, True)]
    assert json.loads(looked_at("due", "--json")[1]) == []
