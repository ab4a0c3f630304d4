"""Pages of special tasks and campaigns: the call, the totals, who took part; what each did to print and as a sheet, to whom it is open."""

from __future__ import annotations

import re
from html import unescape

from domain.people import Role
from tests.interfaces.conftest import DAY, Caller
from tests.interfaces.test_campaigns import RECIPIENT, TASK, task
from tests.web.conftest import Reader, Reading
from tests.web.test_acts_on_records import shown

__all__ = ["task"]

WITHIN = f"first={DAY[:4]}-01-01&last={DAY[:4]}-12-31"


def links(page: str, of: str) -> list[str]:
    """The addresses within the ledger to which a page leads, of those that begin so."""
    found = (unescape(each) for each in re.findall(r'href="/ledgers/[^/]+([^"]*)"', page))
    return [each for each in found if each.startswith(of)]


def test_a_task_leads_from_the_list_to_its_team_and_each_report(
    reading: Reading, task: Caller
) -> None:
    office = reading("secretary", Role.OFFICE, "county")
    page = office.read(f"/campaigns?{WITHIN}")
    (address,) = links(page, "/campaigns/one")
    one = office.read(address)
    text = shown(one)
    assert "召集:县政协,县防汛指挥部" in text.replace("海晏", "")
    assert "要求:日夜值守" in text and "3 条记录 2 人参加 4 人次参加 3.5 天" in text
    assert "陈静 巡堤j1、巡堤j2 2 2" in text
    assert "资金 200.5 元" in text and RECIPIENT not in one
    assert "data-print" in one
    reports = [each for each in links(one, "/campaigns/report?") if "person=chen" in each]
    report = shown(office.read(reports[0]))
    assert "巡堤j1" in report and "巡堤j2" in report and "李明" not in report
    (records,) = links(one, "/campaigns/records")
    listed = office.read(records)
    assert {*links(listed, "/occasions/")} == {"/occasions/j1", "/occasions/j2"}
    assert links(listed, "/matters/") == ["/matters/g1"]


def test_a_campaign_has_its_services_in_times_and_people(reading: Reading, task: Caller) -> None:
    office = reading("secretary", Role.OFFICE, "county")
    page = office.read(f"/campaigns?campaign=activity&{WITHIN}")
    (address,) = links(page, "/campaigns/one")
    assert "医疗义诊 1 次 30 人次" in shown(office.read(address))
    assert "没有登记谁召集" not in office.read(address)


def test_a_member_sees_the_team_and_his_own_report_alone(reading: Reading, task: Caller) -> None:
    def seen(who: Reader, path: str) -> str:
        return shown(who.read(f"/campaigns/{path}?name={TASK}&{WITHIN}"))

    zhao, li = reading("zhao", Role.MEMBER), reading("li", Role.MEMBER)
    assert "只向本人和所属单位开放: 李明、陈静" in seen(zhao, "one")
    assert "巡堤" not in seen(zhao, "one") and "巡堤j1" in seen(li, "one")
    assert "没有您可以看的任务报告" in seen(zhao, "report")
    own = seen(li, "report")
    assert "巡堤j1" in own and "陈静" not in own
    assert "陈静" not in seen(li, "report/sheet")
    refused = zhao.get(f"/campaigns/report?name={TASK}&person=li&{WITHIN}")
    assert refused.status_code == 403


def test_what_is_asked_wrongly_stays_on_the_page(reading: Reading, task: Caller) -> None:
    office = reading("secretary", Role.OFFICE, "county")
    for wrong in ("first=soon", "campaign=x", "first=2025-02-01&last=2025-01-01", "first=1990-01-01&last=2025-01-01"):  # fmt: skip
        answer = office.get(f"/campaigns?{wrong}")
        assert answer.status_code == 422, wrong
        assert "请改正上面标出的条件" in answer.text
    assert office.get("/campaigns/one?name=抗旱").status_code == 404
    assert office.get("/campaigns/one").status_code == 422
    assert "这段时间没有专项任务" in office.read("/campaigns?first=2024-01-01&last=2024-01-31")


def test_who_joined_and_what_was_given_is_recorded_from_the_page_of_the_call(
    reading: Reading, task: Caller
) -> None:
    clerk = reading("clerk", Role.CLERK, "south")
    page = clerk.read("/matters/call")
    for kind in ("joined_special_task", "contributed_resources"):
        (address, *_) = links(page, f"/record/{kind}")
        form = clerk.read(address)
        assert clerk.hidden(form, "work") == "call"
    joining = clerk.read(links(page, "/record/joined_special_task")[0])
    assert clerk.hidden(joining, "details.task") == TASK
    assert f"{TASK}j1" in page
    (totals,) = links(page, "/campaigns/one")
    assert "陈静 巡堤j1、巡堤j2" in shown(clerk.read(totals))
