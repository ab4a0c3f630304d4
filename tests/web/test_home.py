"""What waits for whoever signs in, and what waits for his unit: the way from a figure to what it counts."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from domain.people import Role
from interfaces.web.home import NEWEST
from tests.interfaces.conftest import Service, visit
from tests.web.committee import LEDGER, RANKED, RUBRIC, Pages, committee

RUBRICS = (RUBRIC, RANKED)
"""Under which members are scored there."""


@pytest.fixture(scope="module")
def county(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """The county, served."""
    with committee(tmp_path_factory.mktemp("data")) as service:
        yield service


def test_a_unit_sees_its_month_beside_the_month_before(county: Service) -> None:
    page = Pages(county.client, "clerk").see("/").text
    assert re.search(r'<span class="n">\d+</span><span class="what">本月登记', page)
    (before,) = re.findall(
        r'href="([^"]+)"><span class="n">\d+</span><span class="what">上月登记', page
    )
    answer = county.client.get(before.replace("&amp;", "&"))
    assert answer.status_code == 200
    assert f"/ledgers/{LEDGER}/units/south" in page


def test_what_was_returned_is_counted_whole_where_the_newest_are_listed(county: Service) -> None:
    clerk = county.caller(LEDGER, "wang", Role.CLERK, "south")
    head = county.caller(LEDGER, "chen", Role.HEAD, "medicine")
    for day in range(1, NEWEST + 3):
        told = visit(title=f"走访{day}", on=f"2025-07-{day:02}", participants=[{"person": "li"}])
        made = clerk.send("/occasions", told)
        said = {"side": "sector", "people": ["li"], "reason": "人员不对"}
        answer = head.send(f"/occasions/{made.json()['id']}/returns", said)
        assert answer.status_code < 300, answer.text
    page = Pages(county.client, "clerk").see("/").text
    figure = r'href="([^"]+)"><span class="n">(\d+)</span><span class="what">退回核实中'
    ((address, shown),) = re.findall(figure, page)
    listed = county.client.get(address.replace("&amp;", "&")).text
    assert int(shown) == NEWEST + 2 == len(set(re.findall(r">(走访\d)<", listed)))
    assert f"全部 {NEWEST + 2} 条" in page


LIST = """\
checklist: months
version: 1
zh: 工作室清单
en: list of studios
since: 2020-01-01
subject: 单位
of_kinds: 委员工作室
period: 自然年度
slots:
  - {slot: 1, zh: 走访农户四次, en: four visits, every: 月, need: 4, counts: 走访农户(联户)}
  - {slot: 2, zh: 季度视察, en: an inspection, every: 季度, counts: 参加视察}
cases:
  - case: 无
    year: 2024
    today: 2024-01-31
    unit: {kind: 委员工作室, since: 2021-01-01}
    expect: {done: 0, left: 16}
"""


def test_the_month_of_a_unit_tells_what_of_its_list_is_left_and_when_it_falls_due(
    county: Service,
) -> None:
    office = county.caller(LEDGER, "secretary", Role.OFFICE, "county")
    told = {"version": "1", "text": LIST, "since": "2020-01-01"}
    answer = office.send("/documents/checklist/months/versions", told)
    assert answer.status_code == 200, answer.text
    today = county.installation.desk(LEDGER).today()
    clerk = county.caller(LEDGER, "wang", Role.CLERK, "south")
    for title in ("走访东头", "走访西头"):
        details = {"kind": "visited_household"}
        body = visit(details=details, title=title, on=today.isoformat())
        assert clerk.send("/occasions", body).status_code == 201
    page = Pages(county.client, "clerk").see("/").text
    now = page.partition("工作室清单")[2].partition("全年逐项")[0]
    items = [re.sub(r"\s*<[^>]+>\s*", " ", each) for each in now.split("<li>")[1:]]
    visits = next(each for each in items if "走访农户四次" in each)
    last = (today.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)
    assert "2/4" in visits
    assert f"还差 2,截止 {last.month}月{last.day}日,还有 {(last - today).days} 天" in visits
    assert "0/1" in next(each for each in items if "季度视察" in each)


def test_the_queue_leads_to_how_members_perform(county: Service) -> None:
    pages = Pages(county.client, "head")
    page = pages.see("/waiting").text
    (address,) = re.findall(r'href="([^"]+)#analysis"', page)
    assert 'id="analysis"' in county.client.get(address.replace("&amp;", "&")).text
    assert "天前" not in page


def test_the_queue_tells_what_a_line_gives_and_what_bears_it_out(county: Service) -> None:
    clerk = county.caller(LEDGER, "wang", Role.CLERK, "south")
    today = county.installation.desk(LEDGER).today()
    paper = [{"name": "签到表", "number": "签〔2026〕1号"}]
    told = {"participants": [{"person": "li"}], "evidence": paper}
    for title, on in (("访下河村", today), ("访上河村", today - timedelta(days=200))):
        made = clerk.send("/occasions", visit(**told, title=title, on=on.isoformat()))
        assert made.status_code == 201, made.text
    page = Pages(county.client, "head").see("/waiting").text
    at_once, late = (
        re.sub(r"\s*<[^>]+>\s*", " ", page[page.index(title) :].partition("</section>")[0])
        for title in ("访下河村", "访上河村")
    )
    assert "佐证 1 件" in at_once
    assert "计 10 分" in at_once
    assert "确认后才计入" in late
    by_member = Pages(county.client, "head").see("/waiting", by="member").text
    assert "佐证 1 件" in re.sub(r"\s*<[^>]+>\s*", " ", by_member)
    assert "计 10 分" in by_member


def test_a_record_tells_what_it_gives_to_whoever_may_know(county: Service) -> None:
    clerk = county.caller(LEDGER, "wang", Role.CLERK, "south")
    today = county.installation.desk(LEDGER).today().isoformat()
    made = clerk.send("/occasions", visit(title="访中河村", on=today))
    address = f"/occasions/{made.json()['id']}"
    for_the_studio = Pages(county.client, "clerk").see(address).text
    for_li = Pages(county.client, "member").see(address).text
    assert for_the_studio.count("计 10 分") == 2 * len(RUBRICS)
    assert for_li.count("计 10 分") == len(RUBRICS)
    assert for_li.count("履职考核办法") == len(RUBRICS)


def test_a_record_that_a_cap_leaves_without_points_says_so(tmp_path: Path) -> None:
    text = RUBRIC.replace("rubric: duties", "rubric: capped").replace(
        "each: 10}", "each: 10, cap: 10}"
    )
    with committee(tmp_path) as service:
        office = service.caller(LEDGER, "secretary", Role.OFFICE, "county")
        told = {"version": "1", "text": text, "since": "2020-01-01"}
        made = office.send("/documents/rubric/capped/versions", told)
        assert made.status_code == 200, made.text
        today = service.installation.desk(LEDGER).today().isoformat()
        clerk = service.caller(LEDGER, "wang", Role.CLERK, "south")
        told_of = {"participants": [{"person": "li"}], "on": today}
        streams = []
        for title in ("访下河村", "访上河村"):
            made = clerk.send("/occasions", visit(**told_of, title=title))
            assert made.status_code == 201, made.text
            streams.append(made.json()["id"])
        member = Pages(service.client, "member")
        pages = [member.see(f"/occasions/{stream}").text for stream in streams]
    assert sorted("不再加分:单项封顶" in page for page in pages) == [False, True]
    assert "计 0 分" not in "".join(pages)


def test_who_answers_queries_sees_how_many_wait_and_the_member_what_came_of_his(
    county: Service,
) -> None:
    clerk = county.caller(LEDGER, "wang", Role.CLERK, "south")
    li = county.caller(LEDGER, "li", Role.MEMBER)
    panel = county.caller(LEDGER, "panel", Role.APPRAISAL)
    today = county.installation.desk(LEDGER).today()
    assert "核对申请待答复" not in Pages(county.client, "office").see("/").text
    asked = []
    for title in ("访竹溪村", "访梅溪村"):
        made = clerk.send("/occasions", visit(title=title))
        claim = {"person": "li", "sort": "wrong", "deed": f"occasion/{made.json()['id']}"}
        raised = li.send("/disputes", {**claim, "field": "日期", "should_be": "4日"})
        assert raised.status_code == 201, raised.text
        assert li.get("/disputes", after=raised.json()["position"]).status_code == 200
        asked.append(raised.json()["id"])
    page = Pages(county.client, "office").see("/").text
    figure = page.partition(f'href="/ledgers/{LEDGER}/queries"><span class="n">')[2][:300]
    due = today + timedelta(days=15)
    near = f"{due.month}月{due.day}日" if due.year == today.year else str(due.year)
    assert figure.startswith("2</span>")
    assert "最近期限" in figure
    assert near in figure
    assert "核对申请待答复" not in Pages(county.client, "clerk").see("/").text
    ruling = {"outcome": "partly", "reason": "日期更正,角色不变"}
    answer = panel.send(f"/disputes/{asked[0]}/decision", ruling)
    assert answer.status_code == 200, answer.text
    assert li.get("/disputes", after=answer.json()["position"]).status_code == 200
    own = re.sub(r"\s*<[^>]+>\s*", " ", Pages(county.client, "member").see("/").text)
    year = today.year
    assert f"您的申请 {year}-1 已答复:部分采纳" in own
    assert f"您的申请 {year}-2 待办理" in own
