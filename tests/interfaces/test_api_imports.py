"""Imports over HTTP: a preview, then the writing, with the answer of the command line."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import fields
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest

from application.sheets import LARGEST_FILE
from domain.people import Role
from interfaces import imports
from interfaces.api.imports import MOST_AT_ONCE, MOST_OF_ONE
from interfaces.imports import SAID_IN_WORDS, ImportView
from tests.application.sheet_makers import Value, csv_text, xlsx
from tests.interfaces.conftest import Answer, Caller, Service

SIGN_IN: list[Sequence[Value]] = [
    ["2025年3月5日走访桃源村签到表"],
    ["姓名", "界别", "签到", "备注"],
    ["陈静", "医药卫生界", "√", None],
    ["陈静静", None, "√", None],
    ["赵敏", "经济界", "请假", None],
]
BESIDE = {"name": "签到表.xlsx", "kind": "走访村", "organiser": "城南工作室"}


def send(who: Caller, what: str, content: bytes, **said: Any) -> Answer:
    """Send a file to be imported."""
    answer: Answer = who.client.post(
        who.url(f"/imports/{what}"),
        params=said,
        content=content,
        headers={"Authorization": f"Bearer {who.token}"},
    )
    return answer


def test_a_list_of_records_is_a_preview_unless_told_otherwise(
    office: Caller, sqlite_service: Service
) -> None:
    desk = sqlite_service.installation.desk(office.ledger)
    before = desk.head()
    answer = send(office, "records", xlsx(SIGN_IN), **BESIDE)
    told = answer.json()
    assert answer.status_code == 200, told
    assert (told["committed"], told["position"], desk.head()) == (False, 0, before)
    assert told["rows"] == {"3": "ready", "4": "left_out", "5": "ready"}
    (unknown,) = [each for each in told["findings"] if each["severity"] == "error"]
    assert (unknown["row"], unknown["column"], unknown["reason"]) == (4, "姓名", "no_such_person")
    assert unknown["detail"].startswith("第4行 姓名 陈静静")
    assert unknown["detail_en"].startswith("row 4 姓名 陈静静")
    assert unknown["people"] == [{"id": "chen", "described": "陈静 医药卫生界"}]
    assert told["sheet"]["header_row"] == 2
    assert told["late"]["rows"] == [3, 5]


def test_a_file_is_written_with_what_was_chosen_and_a_second_time_nothing(
    office: Caller,
) -> None:
    chosen = {"choose": "4=li", "leave": "5=病假", "commit": "true", "place": "桃源村"}
    answer = send(office, "records", xlsx(SIGN_IN), **BESIDE, **chosen)
    told = answer.json()
    assert (told["committed"], told["written"], told["findings"]) == (True, 1, [])
    assert answer.headers["lvzhi-position"] == str(told["position"])
    (line,) = office.get("/deeds", after=told["position"], kind="visited_village").json()["rows"]
    assert (line["title"], line["on"]) == ("2025年3月5日走访桃源村", "2025-03-05")
    again = send(office, "records", xlsx(SIGN_IN), **BESIDE, **chosen).json()
    assert (again["written"], set(again["rows"].values())) == (0, {"already"})


def test_a_file_is_taken_on_postgresql_too(postgres_service: Service) -> None:
    office = postgres_service.ledger()
    chosen = {"skip": "4", "leave": "5=病假", "commit": "true"}
    told = send(office, "records", xlsx(SIGN_IN), **BESIDE, **chosen).json()
    assert (told["written"], told["late"]["days"]) == (1, 30)
    again = send(office, "records", xlsx(SIGN_IN), **BESIDE, **chosen).json()
    assert again["rows"] == {"3": "already", "4": "skipped", "5": "already"}


def test_a_policy_that_is_published_says_what_is_late(office: Caller) -> None:
    text = (Path(str(files("packs"))) / "rehearsal" / "policy.yaml").read_text("utf-8")
    body = {
        "version": "1",
        "text": text.replace("late_days: 30", "late_days: 45"),
        "since": "2024-01-01",
    }
    assert office.send("/documents/policy/rehearsal/versions", body).status_code == 200
    told = send(office, "records", xlsx(SIGN_IN), **BESIDE).json()
    assert told["late"]["days"] == 45


def test_several_choices_are_several_parameters(office: Caller) -> None:
    told = send(
        office, "records", xlsx(SIGN_IN), **BESIDE, skip=["4", "5"], guest=["3=专家"]
    ).json()
    assert told["rows"] == {"3": "ready", "4": "skipped", "5": "skipped"}


def test_what_takes_one_value_is_not_given_twice(office: Caller) -> None:
    told = send(office, "records", xlsx(SIGN_IN), **BESIDE, commit=["false", "true"])
    assert (told.status_code, told.json()["reason"]) == (400, "given_twice")


def test_with_all_or_nothing_an_error_stops_the_whole(office: Caller) -> None:
    told = send(
        office, "records", xlsx(SIGN_IN), **BESIDE, commit="true", all_or_nothing="true"
    ).json()
    assert (told["committed"], told["stopped"], told["written"]) == (False, True, 0)


def test_a_roster_is_imported_by_the_office_alone(
    office: Caller, caller: Callable[..., Caller]
) -> None:
    sheet = csv_text([["姓名", "界别"], ["孙立", "经济界"]]).encode()
    said = {"name": "名册.csv", "term": 10, "since": "2021-12-01", "commit": "true"}
    # Not even a preview: it would tell whether a guessed telephone is right.
    refused = send(caller("zhao", Role.HEAD, "south"), "roster", sheet, **said)
    assert (refused.status_code, refused.json()["reason"]) == (403, "not_allowed")
    told = send(office, "roster", sheet, **said).json()
    assert (told["written"], told["counts"]["people"]) == (1, 1)
    found = office.get("/people", after=told["position"], text="孙立").json()["rows"]
    assert [each["name"] for each in found] == ["孙立"]


def test_a_clerk_imports_for_his_own_unit(office: Caller, caller: Callable[..., Caller]) -> None:
    clerk = caller("clerk", Role.CLERK, "south")
    said = {"name": "a.xlsx", "kind": "走访村", "skip": "4"}
    assert send(clerk, "records", xlsx(SIGN_IN), **said).json()["rows"]["3"] == "ready"
    told = send(clerk, "records", xlsx(SIGN_IN), **said, organiser="经济界").json()
    assert {each["reason"] for each in told["findings"]} >= {"not_yours_to_record"}


@pytest.mark.parametrize("role", [Role.AUDITOR, Role.CONSUMER])
def test_who_may_not_write_may_not_preview(caller: Callable[..., Caller], role: Role) -> None:
    answer = send(caller("looker", role), "records", xlsx(SIGN_IN), **BESIDE)
    assert (answer.status_code, answer.json()["reason"]) == (403, "not_allowed")


@pytest.mark.parametrize(
    ("said", "status", "reason", "parameter"),
    [
        ({"colour": "red"}, 400, "unknown_parameter", "colour"),
        ({"kind": "跳舞"}, 422, "unknown_kind", "kind"),
        ({"on": "昨天"}, 422, "malformed", "on"),
        ({"choose": "4"}, 422, "malformed", "choose"),
        ({"choose": "4=谁也不是"}, 404, "no_such_person", "choose"),
        ({"organiser": "无此单位"}, 404, "no_such_unit", "organiser"),
        ({"place": "\u202e"}, 422, "bad_characters", "place"),
        ({"skip": "\u202e"}, 422, "bad_characters", "skip"),
        ({"tab": "无"}, 422, "no_such_sheet", "tab"),
        ({"repeats": "drop"}, 422, "malformed", "repeats"),
        ({"commit": "perhaps"}, 422, "malformed", "commit"),
        ({"title": "长" * 301}, 422, "malformed", "title"),
    ],
    ids=lambda each: "".join(each) if isinstance(each, dict) else "",
)
def test_what_is_said_wrongly_is_refused_by_the_name_of_its_parameter(
    untouched: Caller, said: dict[str, str], status: int, reason: str, parameter: str
) -> None:
    answer = send(untouched, "records", xlsx(SIGN_IN), **{**BESIDE, **said})
    assert answer.headers["content-type"] == "application/problem+json"
    told = answer.json()
    assert (answer.status_code, told["reason"]) == (status, reason)
    assert told["errors"][0]["parameter"] == parameter


@pytest.mark.parametrize(
    ("name", "content", "status", "reason"),
    [
        ("a.xlsx", b"no workbook", 422, "not_a_workbook"),
        ("a.csv", b"", 422, "no_header"),
        ("a.csv", b"x" * (LARGEST_FILE + 1), 413, "too_large"),
        ("", b"x", 422, "malformed"),
    ],
    ids=["no workbook", "empty", "too large", "no name"],
)
def test_a_file_that_cannot_be_read_is_refused(
    untouched: Caller, name: str, content: bytes, status: int, reason: str
) -> None:
    answer = send(untouched, "records", content, name=name)
    assert (answer.status_code, answer.json()["reason"]) == (status, reason)


def test_a_choice_about_a_row_that_is_not_there_is_refused(untouched: Caller) -> None:
    answer = send(untouched, "records", xlsx(SIGN_IN), **BESIDE, skip="99")
    assert (answer.status_code, answer.json()["reason"]) == (422, "no_such_row")
    assert answer.json()["detail"].startswith("99 (3–5):")


def test_without_a_token_nothing_is_read(untouched: Caller) -> None:
    answer = untouched.client.post(untouched.url("/imports/records"), content=b"x")
    assert answer.status_code == 401


def test_more_files_at_a_time_than_are_taken_are_asked_to_come_again(
    sqlite_service: Service, untouched: Caller
) -> None:
    gate = sqlite_service.client.app.state.gate  # type: ignore[attr-defined]  # ours is a FastAPI
    assert not gate.inside
    with ExitStack() as others:
        for _ in range(MOST_AT_ONCE):
            others.enter_context(gate.passed())
        answer = send(untouched, "records", xlsx(SIGN_IN), **BESIDE)
    assert (answer.status_code, answer.json()["reason"]) == (503, "busy")
    assert send(untouched, "records", xlsx(SIGN_IN), **BESIDE).status_code == 200
    assert not gate.inside


def test_of_one_person_so_many_files_are_on_their_way_and_others_are_not_held_up(
    sqlite_service: Service, untouched: Caller
) -> None:
    coming = sqlite_service.client.app.state.coming  # type: ignore[attr-defined]  # as above
    with ExitStack() as his:
        for _ in range(MOST_OF_ONE):
            his.enter_context(coming.passed(f"{untouched.ledger} secretary"))
        answer = send(untouched, "records", xlsx(SIGN_IN), **BESIDE)
        other = sqlite_service.caller(untouched.ledger, "bian", Role.OFFICE, "county")
        assert send(other, "records", xlsx(SIGN_IN), **BESIDE).status_code == 200
    assert (answer.status_code, answer.json()["reason"]) == (503, "busy")
    assert not coming.inside


def test_the_description_declares_what_may_be_said(sqlite_service: Service) -> None:
    described = sqlite_service.client.get("/api/v1/openapi.json").json()
    for what in ("records", "roster"):
        operation = described["paths"][f"/api/v1/ledgers/{{ledger}}/imports/{what}"]["post"]
        named = {each["name"] for each in operation["parameters"]}
        assert {"ledger", "name", "tab", "commit", "all_or_nothing"} <= named
        if what == "records":
            assert set(SAID_IN_WORDS) <= named
        answer = operation["responses"]["200"]["content"]["application/json"]["schema"]
        assert answer == {"$ref": "#/components/schemas/ImportView"}
    shown = described["components"]["schemas"]["ImportView"]["properties"]
    assert set(shown) == {each.name for each in fields(ImportView)}


def test_every_word_beside_a_sheet_is_one_that_is_read() -> None:
    assert {*SAID_IN_WORDS, "before"} == {each.name for each in fields(imports.Said)}
