"""A member's query on pages: what is left out is said beside its field, and what is complete has a number."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest

from domain.people import Role
from tests.interfaces.conftest import Caller, Service, visit
from tests.web.committee import LEDGER, Pages, committee

MISSING = {"sort": "missing", "on": "2025-04-02", "what": "参加界别调研"}


@pytest.fixture(scope="module")
def county(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """The county, served."""
    with committee(tmp_path_factory.mktemp("data")) as service:
        yield service


@pytest.fixture
def member(county: Service) -> Pages:
    """The member's browser."""
    return Pages(county.client, "member")


@pytest.fixture
def clerk(county: Service) -> Caller:
    """Who records for the studio."""
    return county.caller(LEDGER, "wang", Role.CLERK, "south")


@pytest.fixture
def office(county: Service) -> Caller:
    """The office, which answers and corrects."""
    return county.caller(LEDGER, "secretary", Role.OFFICE, "county")


@pytest.fixture
def li(county: Service) -> Caller:
    """The member."""
    return county.caller(LEDGER, "li", Role.MEMBER)


def done(caller: Caller, path: str, body: Any, status: int = 200, **more: str) -> Any:
    """Send it, and wait until it can be read; what was answered."""
    answer = caller.send(path, body, **more)
    assert answer.status_code == status, answer.text
    told = answer.json()
    assert caller.get("/disputes", after=told["position"]).status_code == 200
    return told


def recorded(caller: Caller, **more: Any) -> str:
    """A record of a visit; its stream."""
    made = done(caller, "/occasions", visit(**more), 201)
    return f"occasion/{made['id']}"


def amended(caller: Caller, deed: str, **more: Any) -> None:
    """The record says something else from now on."""
    body = {"body": visit(**more), "reason": "核对后更正"}
    done(caller, f"/occasions/{deed[9:]}/amendments", body, if_match="*")


def queried(caller: Caller, deed: str, **more: Any) -> str:
    """A query on a record; the path of its page."""
    claim = {"person": "li", "sort": "wrong", "deed": deed, "field": "日期", "should_be": "14日"}
    return f"/queries/{done(caller, '/disputes', {**claim, **more}, 201)['id']}"


def plain(text: str) -> str:
    """What a page says, without its tags."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", text))


def columns(page: str) -> dict[str, str]:
    """What stands in each column of the record that is queried."""
    found = page.partition('class="grid3"')[2].partition("</section>")[0]
    parts = re.split(r"<h2>([^<]+)</h2>", found)[1:]
    return {name: plain(said) for name, said in zip(parts[::2], parts[1::2], strict=True)}


def test_who_organised_what_is_missing_must_be_said_and_is_asked_for(member: Pages) -> None:
    form = member.see("/queries/new", sort="missing").text
    assert re.search(r'<input [^>]*id="organised_by"[^>]* required', form)
    answer = member.send("/queries/new", **MISSING)
    assert answer.status_code == 422
    assert '<a href="#organised_by">组织者</a>' in answer.text
    beside = answer.text.partition('id="organised_by"')[2].partition("</div>")[0]
    assert "必填" in beside


def test_a_complete_query_has_a_number_and_a_day(member: Pages) -> None:
    told = {
        **MISSING,
        "organised_by": "医药卫生界",
        "id": "01a2b3c4-0000-7000-8000-000000000001",
    }
    answer = member.send("/queries/new", **told)
    assert answer.status_code == 303, answer.text
    page = member.client.get(answer.headers["Location"]).text
    assert "已提交,编号" in page and "答复期限" in page
    assert f"/ledgers/{LEDGER}/queries" in page


def test_what_was_recorded_when_it_was_asked_stays_beside_what_is_recorded_now(
    county: Service, clerk: Caller, office: Caller, li: Caller
) -> None:
    deed = recorded(clerk, title="访西河村", on="2025-05-15")
    path = queried(li, deed)
    before = columns(Pages(county.client, "office").see(path).text)
    assert "2025-05-15" in before["提出时的记录"]
    assert "没有更正" in before["现在"]
    amended(office, deed, title="访西河村", on="2025-05-14")
    after = columns(Pages(county.client, "office").see(path).text)
    assert "2025-05-15" in after["提出时的记录"]
    assert "2025-05-14" in after["现在"]
    assert "14日" in after["委员认为应当是"]


@pytest.mark.parametrize(
    ("field", "then", "now"),
    [
        ("角色", "参加", "带队"),
        ("人员", "李明、陈静", "李明"),
        ("地点", "老祠堂", "文化礼堂"),
        ("内容", "走访困难户", "送医"),
        ("半天数记少了", "1", "2"),
    ],
)
def test_the_field_that_is_named_is_shown_as_it_was_and_as_it_is(
    county: Service, clerk: Caller, office: Caller, li: Caller, field: str, then: str, now: str
) -> None:
    deed = recorded(clerk, title=f"访东河村:{field}", on="2025-05-16", place="老祠堂")
    path = queried(li, deed, field=field, should_be="见附件")
    assert then in columns(Pages(county.client, "office").see(path).text)["提出时的记录"]
    amended(
        office,
        deed,
        title=f"访东河村:{field}",
        on="2025-05-16",
        place="文化礼堂",
        half_days=2,
        details={"kind": "visited_village", "purpose": "送医"},
        participants=[{"person": "li", "part": "leads"}],
    )
    found = columns(Pages(county.client, "office").see(path).text)
    assert then in found["提出时的记录"]
    assert now in found["现在"]


def test_a_record_that_was_withdrawn_since_says_so(
    county: Service, clerk: Caller, li: Caller
) -> None:
    deed = recorded(clerk, title="访北河村", on="2025-05-17")
    path = queried(li, deed)
    done(clerk, f"/occasions/{deed[9:]}/withdrawals", {"reason": "登错了"}, if_match="*")
    found = columns(Pages(county.client, "member").see(path).text)
    assert "2025-05-17" in found["提出时的记录"]
    assert "已撤回 登错了" in found["现在"]


def ticks(page: str) -> dict[str, bool]:
    """The records that may be named in the answer, in order, and whether each is ticked."""
    found = re.findall(r'<input type="checkbox" name="deed"[^>]* value="([^"]+)"([^>]*)>', page)
    return {deed: "checked" in rest for deed, rest in found}


def test_the_record_that_is_queried_is_offered_first_and_ticked_once_it_is_corrected(
    county: Service, clerk: Caller, office: Caller, li: Caller
) -> None:
    other = recorded(clerk, title="访南河村", on="2025-05-20")
    deed = recorded(clerk, title="访中洲村", on="2025-02-15")
    path = queried(li, deed)
    pages = Pages(county.client, "office")
    assert ticks(pages.see(path).text) == {deed: False}
    added = recorded(clerk, title="补记访中洲村", on="2025-01-10")
    amended(office, deed, title="访中洲村", on="2025-02-14")
    page = pages.see(path).text
    assert ticks(page) == {deed: True, added: False}
    assert other not in page
    answer = pages.send(f"{path}/decide", outcome="accepted", reason="照片为14日", deed=[deed])
    assert answer.status_code == 303, answer.text
    assert "据此更正或补登: 访中洲村" in plain(pages.see(path).text)


@pytest.mark.parametrize(
    ("fields", "anchors"),
    [
        ({"reason": "照片上是十四日"}, ["decide-outcome"]),
        ({"outcome": "partly"}, ["decide-reason"]),
        ({}, ["decide-outcome", "decide-reason"]),
    ],
)
def test_an_answer_that_lacks_something_is_shown_again_as_it_was_typed(
    county: Service, clerk: Caller, li: Caller, fields: dict[str, str], anchors: list[str]
) -> None:
    deed = recorded(clerk, title=f"访溪口村{len(fields)}{anchors}", on="2025-05-21")
    path = queried(li, deed)
    answer = Pages(county.client, "office").send(f"{path}/decide", **fields, deed=[deed])
    assert answer.status_code == 422
    assert re.findall(r'<a href="#([^"]+)">(?:结论|理由)</a>', answer.text) == anchors
    for anchor in anchors:
        beside = answer.text.partition(f'id="{anchor}"')[2].partition("</p>")[0]
        assert 'class="wrong"' in beside
    assert ticks(answer.text) == {deed: True}
    typed = answer.text.partition('name="reason"')[2].partition("</textarea>")[0]
    assert fields.get("reason", "") == typed.partition(">")[2]
    chosen = re.findall(r'id="decide-(\w+)" value="\w+" checked', answer.text)
    assert chosen == ([fields["outcome"]] if "outcome" in fields else [])


@pytest.mark.parametrize("path", ["withdraw", "review"])
def test_a_reason_that_is_missing_is_said_beside_its_field_and_the_form_stays_open(
    county: Service, clerk: Caller, office: Caller, li: Caller, path: str
) -> None:
    deed = recorded(clerk, title=f"访溪头村:{path}", on="2025-05-22")
    query = queried(li, deed)
    if path == "review":
        ruling = {"outcome": "not_accepted", "reason": "签到表为22日"}
        done(office, f"/disputes{query[8:]}/decision", ruling)
    answer = Pages(county.client, "member").send(f"{query}/{path}", reason=" ")
    assert answer.status_code == 422
    assert f'<a href="#{path}-reason">理由</a>' in answer.text
    form = answer.text.partition("<details open>")[2].partition("</details>")[0]
    assert f'id="{path}-reason"' in form
    assert 'class="wrong"' in form


def offered(page: str) -> list[str]:
    """The records that may be chosen as the other of two, in order."""
    select = page.partition('id="same_as"')[2].partition("</select>")[0]
    return re.findall(r'<option value="(occasion[^"]+)"', select)


def test_the_other_of_two_records_is_offered_by_its_nearness_and_can_be_looked_for(
    county: Service, clerk: Caller
) -> None:
    deed = recorded(clerk, title="访古塘村", on="2023-06-10")
    far = recorded(clerk, title="走访古塘农户", on="2023-09-01")
    near = recorded(clerk, title="古塘村走访", on="2023-06-12")
    nearest = recorded(clerk, title="古塘村义诊", on="2023-06-10")
    member = Pages(county.client, "member")
    page = member.see("/queries/new", sort="duplicate", deed=deed).text
    assert offered(page) == [nearest, near]
    told = {"sort": "duplicate", "deed": deed, "note": "同一天上下午", "same_as": near}
    for text in ("农户", "2023-09-01"):
        again = member.send("/queries/new", **told, text=text, look="1")
        assert again.status_code == 200
        assert offered(again.text) == [far, nearest, near]
        assert f'value="{near}" selected' in again.text
        assert "同一天上下午</textarea>" in again.text
    nothing = member.send("/queries/new", **told, text="没有的", look="1").text
    assert "没有找到" in nothing
    answer = member.send("/queries/new", **{**told, "same_as": far})
    assert answer.status_code == 303, answer.text


def test_all_that_is_left_out_of_a_query_is_said_at_once(member: Pages) -> None:
    answer = member.send("/queries/new", sort="missing")
    assert answer.status_code == 422
    assert re.findall(r'<a href="#(\w+)">', answer.text.partition("</ul>")[0]) == [
        "on",
        "what",
        "organised_by",
    ]
    assert answer.text.count('class="wrong"') == 3


def test_a_record_in_question_says_so_where_it_is_shown_to_those_who_may_know(
    county: Service, clerk: Caller, office: Caller, li: Caller
) -> None:
    today = county.installation.desk(LEDGER).today().isoformat()
    deed = recorded(clerk, title="访石门村", on=today)
    path = queried(li, deed)
    number = (
        f"{today[:4]}-"
        + Pages(county.client, "member")
        .see(path)
        .text.partition(f"{today[:4]}-")[2]
        .partition(" ")[0]
        .partition("<")[0]
    )
    stamp = f'href="/ledgers/{LEDGER}{path}">核对中 {number}</a>'
    everywhere = (f"/occasions/{deed[9:]}", "/people/li", "/waiting", "/waiting?by=member")
    for who, pages in (("head", everywhere), ("member", everywhere[:2])):
        for page in pages:
            assert stamp in Pages(county.client, who).see(page).text, (who, page)
    other = county.caller(LEDGER, "chen", Role.MEMBER)
    theirs = queried(other, deed, person="chen")
    assert theirs not in Pages(county.client, "member").see(everywhere[0]).text
    ruling = {"outcome": "accepted", "reason": "按照片更正"}
    done(office, f"/disputes{path[8:]}/decision", ruling)
    for page in everywhere[:2]:
        assert stamp not in Pages(county.client, "member").see(page).text


def test_the_two_records_of_a_query_are_linked_where_it_is_answered(
    county: Service, clerk: Caller, li: Caller
) -> None:
    one = recorded(clerk, title="访下沙村", on="2025-06-20")
    both = [{"person": "li", "part": "leads"}]
    other = recorded(clerk, title="下沙村走访", on="2025-06-21", participants=both)
    asked = {"sort": "duplicate", "field": "", "should_be": "", "same_as": other}
    path = queried(li, one, **asked)
    pages = Pages(county.client, "office")
    said = plain(pages.see(path).text)
    assert "日期: 2025-06-20 / 2025-06-21" in said
    assert "角色: 参加 / 带队" in said
    assert "关联为同一履职(只计一次)" not in Pages(county.client, "member").see(path).text
    pages = Pages(county.client, "office")
    assert pages.send(f"{path}/link", keep="occasion/other").status_code == 422
    answer = pages.send(f"{path}/link", keep=other)
    assert answer.headers["Location"].endswith(path)
    page = pages.see(path).text
    assert "已关联为同一履职" in page
    assert "关联为同一履职(只计一次)" not in page
    assert ticks(page) == {one: True, other: False}
    assert "下沙村走访" in pages.see(f"/occasions/{one[9:]}").text


def test_what_is_missing_is_added_from_the_query_and_named_in_its_answer(
    county: Service, member: Pages
) -> None:
    told = {"what": "乡村义诊", "kind": "visited_village", "on": "2025-07-08"}
    answer = member.send("/queries/new", sort="missing", organised_by="城南工作室", **told)
    path = answer.headers["Location"].partition("?")[0].partition(LEDGER)[2]
    pages = Pages(county.client, "clerk")
    page = pages.see(path).text
    (add,) = re.findall(r'href="([^"]+)">补登这条记录', page)
    assert add.endswith(f"/record/visited_village?query={path[9:]}")
    form = county.client.get(add).text
    for value in ("2025-07-08", "乡村义诊"):
        assert f'value="{value}"' in form
    assert re.search(r'name="p"[^>]* value="li"[^>]* checked', form)
    assert re.search(r'name="organiser"[^>]* value="城南工作室"', form)
    sent = {"on": "2025-07-08", "title": "乡村义诊", "organiser": "south", "p": "li"}
    saved = pages.send(
        "/record/visited_village",
        **sent,
        village="village",
        query=path[9:],
        **{"details.purpose": "义诊"},
    )
    assert saved.status_code == 303, saved.text
    back = saved.headers["Location"]
    assert f"{path}?recorded=occasion/" in back
    deed = back.partition("recorded=")[2].partition("&")[0]
    assert "由负责答复的人答复委员" in county.client.get(back).text
    Pages(county.client, "office")
    page = county.client.get(back).text
    assert "乡村义诊" in page.partition('role="status"')[2].partition("</p>")[0]
    assert ticks(page) == {deed: True}


def test_the_kind_is_chosen_on_the_way_where_the_query_names_none(
    county: Service, member: Pages
) -> None:
    told = {**MISSING, "on": "2025-04-09", "organised_by": "医药卫生界"}
    answer = member.send("/queries/new", **told)
    path = answer.headers["Location"].partition("?")[0].partition(LEDGER)[2]
    page = Pages(county.client, "office").see(path).text
    (add,) = re.findall(r'href="([^"]+)">补登这条记录', page)
    kinds = county.client.get(add).text
    assert f"/record/researched?query={path[9:]}" in kinds


def test_a_record_is_corrected_from_the_query_and_ticked_in_its_answer(
    county: Service, clerk: Caller, li: Caller
) -> None:
    deed = recorded(clerk, title="访横街村", on="2025-07-15")
    path = queried(li, deed)
    assert "更正这条记录" not in Pages(county.client, "member").see(path).text
    pages = Pages(county.client, "office")
    (amend,) = re.findall(r'href="([^"]+)">更正这条记录', pages.see(path).text)
    form = county.client.get(amend).text
    (version,) = re.findall(r'name="version" value="(\d+)"', form)
    assert f'name="query" value="{path[9:]}"' in form
    told: dict[str, Any] = {"on": "2025-07-14", "title": "访横街村", "organiser": "south"}
    told["p"] = ["li", "chen"]
    place = f"/occasions/{deed[9:]}/amend"
    blank = pages.send(place, **told, version=version, query=path[9:], reason="")
    assert blank.status_code == 422
    assert f'name="query" value="{path[9:]}"' in blank.text
    saved = pages.send(place, **told, version=version, query=path[9:], reason="照片为14日")
    assert saved.headers["Location"].partition("&form=")[0].endswith(f"{path}?recorded={deed}")
    page = county.client.get(saved.headers["Location"]).text
    assert ticks(page) == {deed: True}
    assert "请在下面答复,这条已勾选" in page


def test_what_was_done_is_said_in_a_sentence_of_its_own(
    county: Service, clerk: Caller, li: Caller
) -> None:
    deed = recorded(clerk, title="访塔下村", on="2025-07-20")
    path = queried(li, deed)
    pages = Pages(county.client, "office")
    answer = pages.send(f"{path}/decide", outcome="accepted", reason="已核对")
    said = county.client.get(answer.headers["Location"]).text
    assert "已答复,委员在首页会看到" in said
    assert "已提交,编号" not in said
    asked = Pages(county.client, "member").send(
        f"{path}/review", reason="还有一处", **{"for": "li"}
    )
    assert "已申请复核" in county.client.get(asked.headers["Location"]).text


def test_a_history_names_the_query_that_was_answered_and_leads_to_it(
    county: Service, clerk: Caller, office: Caller, li: Caller
) -> None:
    deed = recorded(clerk, title="访岭脚村", on="2025-07-21")
    path = queried(li, deed)
    ruling = {"outcome": "accepted", "reason": "岭脚村属实"}
    done(office, f"/disputes{path[8:]}/decision", ruling)
    for where in ("/people/li/history", "/history"):
        page = Pages(county.client, "office").see(where).text
        line = page.partition("岭脚村属实")
        assert re.search(r"李明的核对申请\d{4}-\d+:采纳,理由:$", line[0])
        assert f'href="/ledgers/{LEDGER}{path}"' in line[2].partition("</li>")[0]
