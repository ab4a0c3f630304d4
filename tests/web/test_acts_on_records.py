"""What is done to a record on its page and on the queue: what is wrong is said beside it and nothing typed is lost."""

from __future__ import annotations

import re
from typing import Any

import pytest

from domain.people import Role
from tests.interfaces.conftest import Caller, Service, visit
from tests.web.conftest import Reading


def recorded(caller: Caller, **more: Any) -> str:
    """The page of a record that somebody has just made."""
    answer = caller.send("/occasions", visit(**more))
    assert answer.status_code == 201, answer.text
    caller.get("/deeds", after=answer.json()["position"])
    return f"/occasions/{answer.json()['id']}"


def shown(text: str) -> str:
    """What a page says, without its tags."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", text.partition("<main")[2]))


@pytest.fixture
def clerk(office: Caller, sqlite_service: Service) -> Caller:
    """Who records for the studio."""
    profile = {"name": "王干事", "standing": "other"}
    office.send("/commands", [{"command": "admit", "person": "wang", "profile": profile}])
    return sqlite_service.caller(office.ledger, "wang", Role.CLERK, "south")


def test_a_return_that_is_refused_keeps_what_was_typed_and_says_what_is_wrong_beside_it(
    reading: Reading, clerk: Caller
) -> None:
    page = recorded(clerk)
    head = reading("chen", Role.HEAD, "medicine")
    told = ("side", "sector"), ("reason", "日期不对"), ("suggestion", "3月6日")
    nobody = head.send(f"{page}/return", *told, page=page)
    assert nobody.status_code == 422
    assert '<a href="#people-return">人员</a>: 请至少勾选一人' in nobody.text
    assert 'id="why-return" name="reason" value="日期不对"' in nobody.text
    assert 'id="suggestion" name="suggestion" value="3月6日"' in nobody.text
    fold = nobody.text.partition("有不对的地方")[0].rpartition("<details")[2]
    assert " open" in fold
    assert '<p class="wrong">请至少勾选一人' in nobody.text
    why = ("side", "sector"), ("p", "li"), ("suggestion", "3月6日"), ("reason", "")
    no_reason = head.send(f"{page}/return", *why, page=page)
    assert '<a href="#why-return">哪里不对</a>' in no_reason.text
    assert 'id="r-li" value="li" checked' in no_reason.text
    assert 'value="3月6日"' in no_reason.text


def test_who_ticks_nobody_confirms_nobody(reading: Reading, clerk: Caller) -> None:
    page = recorded(clerk)
    head = reading("chen", Role.HEAD, "medicine")
    answer = head.send(f"{page}/confirm", ("side", "sector"), page=page)
    assert answer.status_code == 422
    assert '<a href="#people-confirm">人员</a>: 请至少勾选一人' in answer.text
    body = clerk.get(f"{page}").json()
    assert all(line["fact"]["sector"] is None for line in body["lines"])


def test_a_withdrawal_without_a_reason_says_so_in_its_fold(reading: Reading, clerk: Caller) -> None:
    page = recorded(clerk)
    head = reading("zhao", Role.HEAD, "south")
    version = head.hidden(head.read(page), "version")
    answer = head.send(f"{page}/withdraw", ("version", version), ("reason", ""), page=page)
    assert '<a href="#why-withdraw">理由</a>' in answer.text
    fold = answer.text.partition("撤回这条记录")[0].rpartition("<details")[2]
    assert " open" in fold


def test_on_the_queue_too_something_has_to_be_ticked(reading: Reading, clerk: Caller) -> None:
    recorded(clerk)
    answer = reading("chen", Role.HEAD, "medicine").send("/waiting")
    assert answer.status_code == 422
    assert "请至少勾选一行" in answer.text


def test_what_was_withdrawn_meanwhile_is_named_beside_what_was_confirmed(
    reading: Reading, clerk: Caller
) -> None:
    stays, goes = recorded(clerk), recorded(clerk, title="走访上河村", on="2025-03-06")
    page = reading("chen", Role.HEAD, "medicine")
    lines = [
        ("p", f"{each[1:].replace('occasions', 'occasion')}|sector|li") for each in (stays, goes)
    ]
    carried = [(name, page.hidden(page.read("/waiting"), name)) for name in ("form", "id")]
    withdrawn = clerk.send(f"{goes}/withdrawals", {"reason": "登错了"}, if_match='"1"')
    assert withdrawn.status_code == 200, withdrawn.text
    clerk.get("/deeds", after=withdrawn.json()["position"])
    answer = page.post("/waiting", [*carried, *lines])
    said = shown(answer.text)
    assert "已确认 1 人次" in said
    assert "以下记录没有确认: 走访上河村" in said
    assert "没有保存" not in said
    assert goes.rpartition("/")[2] not in said


def test_what_it_should_say_is_told_wherever_the_return_is(reading: Reading, clerk: Caller) -> None:
    page = recorded(clerk)
    told = ("side", "sector"), ("p", "li"), ("reason", "日期不对"), ("suggestion", "3月6日")
    reading("chen", Role.HEAD, "medicine").send(f"{page}/return", *told, page=page)
    at_studio = reading("wang", Role.CLERK, "south")
    said = shown(at_studio.read(page))
    assert (
        "核实中: 日期不对 · 应当是: 3月6日" in said or "退回核实: 日期不对 · 应当是: 3月6日" in said
    )
    assert "理由:日期不对,应当是:3月6日" in said
    form = shown(at_studio.read(f"{page}/amend"))
    assert "李明 · 日期不对 · 应当是: 3月6日" in form
    refused = at_studio.send(f"{page}/amend", ("version", "2"), ("reason", ""), ("p", "li"))
    assert "李明 · 日期不对 · 应当是: 3月6日" in shown(refused.text)
