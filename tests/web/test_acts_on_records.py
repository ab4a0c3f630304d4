"""What is done to a record on its page and on the queue: what is wrong is said beside it and nothing typed is lost."""

from __future__ import annotations

import re
from datetime import timedelta
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


def test_after_an_act_it_is_said_what_was_done_and_the_way_goes_back_to_the_queue(
    reading: Reading, clerk: Caller
) -> None:
    page = recorded(clerk)
    head = reading("chen", Role.HEAD, "medicine")
    (way,) = set(re.findall(r'href="([^"]+back=waiting)"', head.read("/waiting")))
    from_queue = way.removeprefix(head.url(""))
    assert head.hidden(head.read(from_queue), "back") == "waiting"
    told = ("side", "sector"), ("p", "li"), ("reason", "日期不对")
    back = head.send(f"{page}/return", *told, ("back", "waiting"), page=from_queue)
    assert str(back.url).endswith("/waiting?did=return")
    assert "已退回核实" in shown(back.text)
    upheld = reading("zhao", Role.HEAD, "south").send(
        f"{page}/uphold", ("side", "sector"), ("p", "li"), ("reason", "签到表"), page=page
    )
    said = shown(upheld.text)
    assert "已核实,维持原记录" in said
    assert ">再登记一条" not in upheld.text and "已登记到台账" not in said
    assert re.search(r'href="[^"]+/waiting">回到待确认', upheld.text)


def test_who_has_to_do_with_two_records_links_them_after_seeing_what_tells_them_apart(
    reading: Reading, office: Caller
) -> None:
    first = recorded(office, title="工作室的走访", half_days=2)
    second = recorded(
        office,
        title="界别的调研",
        organiser="economy",
        on="2025-03-09",
        details={"kind": "attended", "meeting": "thematic_standing_committee"},
        participants=[{"person": "li", "part": "leads"}],
    )
    far = recorded(office, title="早些时候的走访", on="2025-01-05")
    others = recorded(office, title="别人的走访", participants=[{"person": "zhao"}])
    head = reading("chen", Role.HEAD, "medicine")
    assert f'{first}/same"' in head.read(first)
    text = head.read(f"{first}/same")
    said = shown(text)
    assert "界别的调研" in said
    assert "日期: 本条 2025-03-05 / 那条 2025-03-09" in said
    assert "李明: 本条 参加、2个半天 / 那条 带队、1个半天" in said
    assert "早些时候的走访" not in said and "别人的走访" not in said
    assert far and others
    linked = head.send(
        f"{first}/link", ("same_as", f"occasion/{second[11:]}"), page=f"{first}/same"
    )
    assert "已关联为同一履职" in linked.text
    for page in (first, second):
        shows = head.read(page)
        assert f'action="{head.url(first)}/unlink' in shows
        assert "同一履职的其他记录" in shows
    assert "/unlink" not in reading("zhao", Role.MEMBER).read(first)
    refused = head.send(f"{first}/unlink", ("reason", ""), page=second)
    assert '<a href="#why-unlink">理由</a>' in refused.text
    undone = head.send(
        f"{first}/unlink", ("reason", "是两次"), ("back", f"occasion/{second[11:]}"), page=second
    )
    assert str(undone.url).endswith(f"{second}?did=unlink&through=other")
    notice = undone.text.partition('role="status"')[2].partition("</div>")[0]
    assert "已取消关联" in notice and "台账位置" not in notice and "回到待确认" not in notice


def test_what_a_member_declared_is_linked_to_the_organisers_record(
    reading: Reading, office: Caller, sqlite_service: Service
) -> None:
    organisers = recorded(office, title="工作室的走访")
    member = sqlite_service.caller(office.ledger, "li", Role.MEMBER)
    own = recorded(member, title="本人的走访", on="2025-03-06", participants=[{"person": "li"}])
    head = reading("chen", Role.HEAD, "medicine")
    text = head.read(f"{organisers}/same")
    assert f'action="{head.url(own)}/link' in text
    assert head.hidden(text, "same_as") == f"occasion/{organisers[11:]}"


def test_a_withdrawn_partner_is_marked(reading: Reading, office: Caller) -> None:
    first, second = recorded(office), recorded(office, title="界别的走访", organiser="medicine")
    link = office.send(f"{first}/links", {"same_as": f"occasion/{second[11:]}"})
    assert link.status_code == 200, link.text
    gone = office.send(f"{second}/withdrawals", {"reason": "登错了"}, if_match='"1"')
    assert gone.status_code == 200, gone.text
    office.get("/deeds", after=gone.json()["position"])
    assert "界别的走访 已撤回: 登错了" in shown(reading("secretary", Role.OFFICE).read(first))


def test_the_organisers_own_line_shows_no_sides(reading: Reading, clerk: Caller) -> None:
    text = reading("chen", Role.HEAD, "medicine").read(recorded(clerk))
    lines = text.partition('id="lines"')[2].partition("</ul>")[0].split("<li>")[1:]
    sides = {shown("<main" + line).split()[0].lstrip(">"): "界别" in line for line in lines}
    assert sides == {"李明": True, "陈静": True, "城南工作室": False}


def test_each_line_that_waits_says_whether_it_counts_and_until_when_it_may_be_returned(
    reading: Reading, clerk: Caller, office: Caller, sqlite_service: Service
) -> None:
    desk = sqlite_service.installation.desk(office.ledger)
    today, told = desk.today(), {"participants": [{"person": "li"}]}
    first = recorded(clerk, title="访上河村", on=today.isoformat(), **told)
    second = recorded(clerk, title="访下河村", on=(today - timedelta(days=200)).isoformat(), **told)
    head = reading("chen", Role.HEAD, "medicine")
    text = head.read("/waiting")
    ends = today + timedelta(days=15)
    at_once, late = (
        shown("<main>" + text[text.index(title) :].partition("</section>")[0])
        for title in ("访上河村", "访下河村")
    )
    year = "" if ends.year == today.year else f"{ends.year}年"
    assert f"已计入,可退回至 {year}{ends.month}月{ends.day}日" in at_once
    assert "确认后才计入" in late and "可退回至" not in late
    assert "登记后即计入" not in text
    rule = "对方在 15 日内可退回核实"
    assert rule in shown(head.read(first)) and rule not in shown(head.read(second))
    assert ">查看 · 退回</a>" in text and "由负责人确认" not in text
    of_clerk = reading("zhao", Role.CLERK, "medicine").read("/waiting")
    assert "由负责人确认" in of_clerk and ">查看</a>" in of_clerk and "退回</a>" not in of_clerk
    by_member = shown(reading("chen", Role.HEAD, "medicine").read("/waiting?by=member"))
    assert "已计入,可退回至" in by_member and "确认后才计入" in by_member


def test_a_correction_of_a_returned_record_says_that_it_answers_the_return(
    reading: Reading, clerk: Caller
) -> None:
    page = recorded(clerk)
    told = ("side", "sector"), ("p", "li"), ("reason", "人员不对")
    reading("chen", Role.HEAD, "medicine").send(f"{page}/return", *told, page=page)
    at_studio = reading("wang", Role.CLERK, "south")
    form = f"{page}/amend"
    version = at_studio.hidden(at_studio.read(form), "version")
    body = [("version", version), ("title", "走访桃源村的困难户"), ("on", "2025-03-05"), ("organiser", "south"), ("p", "li"), ("p", "chen"), ("part.chen", "leads"), ("reason", "补全名称")]  # fmt: skip
    asked = at_studio.send(form, *body)
    assert asked.status_code == 422
    assert '<a href="#answers_return">退回核实</a>: 必填' in asked.text
    assert 'value="走访桃源村的困难户"' in asked.text and 'value="补全名称"' in asked.text
    assert clerk.get(page).json()["lines"][0]["fact"]["sector"]["mark"] == "returned"
    head = reading("chen", Role.HEAD, "medicine")
    assert "已按您的意见更正" not in head.read("/") + head.read("/waiting")
    done = at_studio.send(form, *body, ("answers_return", "on"))
    assert "已更正" in done.text
    assert "台账位置" in done.text and "回到待确认" not in done.text
    for seen in (head.read("/"), head.read("/waiting")):
        group = seen.partition("已按您的意见更正,请看")[2].partition("</section>")[0]
        assert "走访桃源村的困难户" in group
    assert "已按您的意见更正" not in at_studio.read("/")
    head.send(f"{page}/confirm", ("side", "sector"), ("p", "li"), page=page)
    assert "已按您的意见更正" not in head.read("/") + head.read("/waiting")
    assert 'id="answers_return"' not in at_studio.read(form)
