"""Batches over HTTP and on the command line: listed, looked at, and taken back but for what somebody has touched since."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import pytest

from domain.people import Role
from interfaces import cli
from tests.application.sheet_makers import Value, xlsx
from tests.interfaces.conftest import Answer, Caller, Service, visit
from tests.interfaces.test_api_imports import send

VISITS: list[Sequence[Value]] = [
    ["日期", "名称", "姓名", "组织单位"],
    ["2025-03-05", "走访东村", "陈静", "城南工作室"],
    ["2025-03-06", "走访西村", "陈静", "城南工作室"],
    ["2025-03-07", "走访南村", "赵敏", "城南工作室"],
]
SAID = {"name": "三月.xlsx", "kind": "走访村", "commit": "true"}


def imported(who: Caller, rows: Sequence[Sequence[Value]] = VISITS, **more: Any) -> str:
    """The batch of a file that was just imported."""
    told = send(who, "records", xlsx(rows), **{**SAID, **more}).json()
    assert told["written"] > 0, told
    listed = who.get("/imports", after=told["position"]).json()["rows"]
    name: str = listed[0]["batch"]
    return name


def undo(who: Caller, batch: str, reason: str = "月份弄错了", *, commit: bool = False) -> Answer:
    """Ask for an undo."""
    path = f"/imports/{batch}/undoing" + ("?commit=true" if commit else "")
    return who.send(path, {"reason": reason})


def titles(told: dict[str, Any], bucket: str) -> list[str]:
    """The titles of a bucket."""
    return [each["title"] for each in told[bucket]]


def stream_of(who: Caller, title: str) -> str:
    """The address of a record by its title."""
    (row,) = [each for each in who.get("/deeds").json()["rows"] if each["title"] == title]
    stream: str = row["stream"]
    return "/occasions/" + stream.partition("/")[2]


def test_a_batch_is_listed_with_what_it_wrote(office: Caller) -> None:
    batch = imported(office)
    (line,) = office.get("/imports").json()["rows"]
    assert (line["batch"], line["records"], line["state"]) == (batch, 3, "stands")
    assert (line["by"], line["title"], line["undone_at"]) == ("secretary", "走访东村", None)
    page = office.get(f"/imports/{batch}").json()
    assert [each["act"] for each in page["entries"]] == ["recorded"] * 3
    assert sorted(page["titles"].values()) == ["走访东村", "走访南村", "走访西村"]


def test_an_undo_reverses_what_nobody_touched_and_keeps_what_somebody_did(
    office: Caller, caller: Callable[..., Caller], sqlite_service: Service
) -> None:
    batch = imported(office)
    head = caller("chen", Role.HEAD, "medicine")
    returned = head.send(
        stream_of(office, "走访南村") + "/returns",
        {"side": "sector", "people": ["zhao"], "reason": "没有参加"},
    )
    assert returned.status_code in {403, 422}
    zhao = caller("zhao", Role.HEAD, "south")
    confirmed = zhao.send(
        stream_of(office, "走访西村") + "/confirmations", {"side": "studio", "people": ["chen"]}
    )
    assert confirmed.status_code == 200, confirmed.text
    desk = sqlite_service.installation.desk(office.ledger)
    before = desk.head()
    told = undo(office, batch).json()
    assert (told["committed"], desk.head()) == (False, before)
    assert titles(told, "reversed") == ["走访东村", "走访南村"]
    (kept,) = told["kept"]
    assert (kept["title"], kept["touched"][0]["how"], kept["touched"][0]["name"]) == (
        "走访西村",
        "confirmed",
        "赵敏",
    )
    done = undo(office, batch, commit=True)
    assert (done.json()["written"], desk.head()) == (2, before + 2)
    position = int(done.headers["lvzhi-position"])
    (line,) = office.get("/imports", after=position).json()["rows"]
    assert (line["state"], line["reversed"], line["undone_by"]) == ("partly_undone", 2, "secretary")
    again = undo(office, batch, commit=True).json()
    assert (again["written"], desk.head()) == (0, before + 2)
    assert titles(again, "gone") == ["走访东村", "走访南村"]
    history = office.get("/people/zhao/history").json()["rows"]
    withdrawn = next(each for each in history if each["name"].endswith("withdrawn"))
    assert withdrawn["event"]["reason"] == "撤销导入:月份弄错了"
    assert withdrawn["cause"] == f"undo:{batch}"


def test_a_record_that_a_member_queries_is_kept(
    office: Caller, caller: Callable[..., Caller]
) -> None:
    batch = imported(office)
    deed = stream_of(office, "走访西村").removeprefix("/occasions/")
    chen = caller("chen", Role.MEMBER)
    claim = {"person": "chen", "sort": "wrong", "deed": f"occasion/{deed}"}
    answer = chen.send("/disputes", {**claim, "field": "日期", "should_be": "3月9日"})
    assert answer.status_code == 201, answer.text
    told = undo(office, batch).json()
    assert titles(told, "reversed") == ["走访东村", "走访南村"]
    (kept,) = told["kept"]
    assert (kept["touched"][0]["how"], kept["touched"][0]["name"]) == ("queried", "陈静")
    chen.send(f"/disputes/{answer.json()['id']}/withdrawal", {"reason": "看错了"})
    assert titles(undo(office, batch).json(), "kept") == []


def test_what_was_undone_may_be_imported_again_and_undone_again(office: Caller) -> None:
    batch = imported(office)
    undo(office, batch, commit=True)
    told = send(office, "records", xlsx(VISITS), **SAID).json()
    assert told["written"] == 3
    office.get("/imports", after=told["position"])
    done = undo(office, batch, "又弄错了", commit=True).json()
    assert (done["written"], len(done["reversed"]), len(done["gone"])) == (3, 3, 3)


def test_people_whom_a_batch_added_are_taken_out_again(office: Caller) -> None:
    body = visit(title="走访东村", participants=[{"person": "chen"}])
    stood = office.send("/occasions", body)
    assert stood.status_code == 201, stood.text
    rows = [VISITS[0], VISITS[1], ["2025-03-05", "走访东村", "赵敏", "城南工作室"]]
    batch = imported(office, rows)
    told = undo(office, batch, commit=True).json()
    ((line,), position) = told["reversed"], told["position"]
    assert line["people"] == ["赵敏"]
    page = office.get(stream_of(office, "走访东村"), after=position).json()
    assert "member/zhao" not in {each["subject"] for each in page["lines"]}


def test_of_a_long_list_the_people_whom_nobody_touched_are_taken_out(
    office: Caller, caller: Callable[..., Caller]
) -> None:
    day, title = "2025-03-05", "走访东村"
    rows = [VISITS[0], *([day, title, who, "城南工作室"] for who in ("陈静", "赵敏"))]
    batch = imported(office, rows)
    head = caller("zhao", Role.HEAD, "south")
    one = stream_of(office, title)
    body = {"side": "studio", "people": ["chen"], "reason": "没有参加"}
    assert head.send(f"{one}/returns", body).status_code == 200
    told = undo(office, batch, commit=True).json()
    assert [each["people"] for each in told["reversed"]] == [["赵敏"]]
    assert [(each["people"], each["touched"][0]["how"]) for each in told["kept"]] == [
        (["陈静"], "returned")
    ]
    (line,) = office.get("/imports", after=told["position"]).json()["rows"]
    assert line["state"] == "partly_undone"
    page = office.get(one).json()
    assert {"member/chen"} == {
        each["subject"] for each in page["lines"] if each["subject"].startswith("member/")
    }


def test_a_record_that_somebody_corrected_is_kept_whole(office: Caller) -> None:
    batch = imported(office, VISITS[:2])
    one = stream_of(office, "走访东村")
    body = visit(title="走访东新村", participants=[{"person": "chen"}])
    amended = office.send(one + "/amendments", {"body": body, "reason": "村名有误"}, if_match='"1"')
    assert amended.status_code == 200, amended.text
    (kept,) = undo(office, batch).json()["kept"]
    assert (kept["title"], kept["touched"][0]["how"]) == ("走访东新村", "amended")


def test_a_record_that_was_only_linked_is_left_alone(office: Caller) -> None:
    body = visit(title="下村走访", participants=[{"person": "chen"}], organiser="medicine")
    assert office.send("/occasions", body).status_code == 201
    batch = imported(office, VISITS[:2], repeats="link")
    told = undo(office, batch, commit=True).json()
    assert (titles(told, "reversed"), titles(told, "linked")) == (["走访东村"], ["下村走访"])
    page = office.get(stream_of(office, "下村走访"), after=told["position"]).json()
    assert page["summary"]["gone"] == ""


def test_a_record_that_somebody_linked_to_is_kept(office: Caller) -> None:
    batch = imported(office, VISITS[:2])
    body = visit(title="下村走访", participants=[{"person": "chen"}], organiser="medicine")
    other = office.send("/occasions?differs=true", body).headers["location"]
    one = stream_of(office, "走访东村")
    linked = office.send(
        "/occasions/" + other.rpartition("/")[2] + "/links",
        {"same_as": "occasion/" + one.rpartition("/")[2], "reason": "同一次"},
    )
    assert linked.status_code == 200, linked.text
    (kept,) = undo(office, batch).json()["kept"]
    assert kept["touched"][0]["how"] == "linked"


def test_a_roster_is_not_undone(office: Caller) -> None:
    rows = [["姓名", "界别"], ["孙立", "经济界"]]
    said = {"name": "名册.xlsx", "term": 10, "since": "2021-12-01", "commit": "true"}
    told = send(office, "roster", xlsx(rows), **said).json()
    (line,) = office.get("/imports", after=told["position"]).json()["rows"]
    assert line["roster"] == 1
    refused = undo(office, line["batch"])
    assert (refused.status_code, refused.json()["reason"]) == (409, "roster_stays")


def test_a_batch_is_seen_by_its_unit_and_by_who_looks_after_all(
    office: Caller, caller: Callable[..., Caller]
) -> None:
    clerk = caller("clerk", Role.CLERK, "south")
    batch = imported(clerk, organiser="城南工作室")
    others = {
        (Role.CLERK, "south", "zhao"): 200,
        (Role.CLERK, "medicine", "chen"): 403,
        (Role.AUDITOR, None, "auditor"): 200,
    }
    for (role, unit, person), status in others.items():
        who = caller(person, role, unit)
        assert who.get(f"/imports/{batch}").status_code == status, role
        assert len(who.get("/imports").json()["rows"]) == (1 if status == 200 else 0)
    assert undo(caller("chen", Role.CLERK, "medicine"), batch, commit=True).status_code == 403
    assert undo(caller("auditor", Role.AUDITOR), batch, commit=True).status_code == 403
    assert undo(caller("zhao", Role.CLERK, "south"), batch, commit=True).json()["written"] == 3


@pytest.mark.parametrize(
    ("batch", "body", "status", "reason"),
    [
        ("0123456789abcdef", {"reason": "x"}, 404, "no_such_batch"),
        ("nothing", {"reason": "x"}, 404, "no_such_batch"),
        ("0123456789abcdef", {}, 422, "missing"),
        ("0123456789abcdef", {"reason": "x", "more": 1}, 422, "unknown_field"),
    ],
)
def test_what_is_asked_wrongly_is_refused(
    untouched: Caller, batch: str, body: dict[str, Any], status: int, reason: str
) -> None:
    answer = untouched.send(f"/imports/{batch}/undoing", body)
    assert (answer.status_code, answer.json()["reason"]) == (status, reason)


def test_no_reason_no_undo(office: Caller) -> None:
    batch = imported(office, VISITS[:2])
    assert undo(office, batch, " ").json()["reason"] == "reason_missing"


def test_nobody_makes_a_batch_by_giving_a_cause(office: Caller) -> None:
    body = [{"command": "record_occasion", "occasion": "o-1", "body": visit()}]
    answer = office.send("/commands", body, key="import:0123456789abcdef")
    assert "receipt" in answer.json()["verdicts"][0], answer.text
    assert office.get("/imports").json()["rows"] == []


def test_batches_are_kept_and_undone_on_postgresql_too(postgres_service: Service) -> None:
    office = postgres_service.ledger()
    batch = imported(office)
    told = undo(office, batch, commit=True).json()
    assert len(told["reversed"]) == 3
    (line,) = office.get("/imports", after=told["position"]).json()["rows"]
    assert (line["state"], line["reversed"]) == ("undone", 3)
    desk = postgres_service.installation.desk(office.ledger)
    desk.reader.rebuild()
    assert office.get("/imports").json()["rows"] == [line]


def test_the_command_line_lists_and_undoes(
    office: Caller, sqlite_service: Service, capsys: pytest.CaptureFixture[str]
) -> None:
    batch = imported(office)
    data = str(sqlite_service.installation.settings.data)
    told = ["--data", data, "--ledger", office.ledger]
    assert cli.main(["import", "list", *told]) == 0
    assert batch in capsys.readouterr().out
    assert cli.main(["import", "undo", batch, "--reason", "弄错了", *told]) == 0
    assert "仅预览" in capsys.readouterr().out
    assert cli.main(["import", "undo", batch, "--reason", "弄错了", "--commit", *told]) == 0
    assert "撤销 3" in capsys.readouterr().out
