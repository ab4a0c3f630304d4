"""A meeting from its plan to its record: planned by groups, a code to scan, one tap on a phone, by hand, attendance in one go, a sheet to sign."""

from __future__ import annotations

import re
from typing import Any
from uuid import uuid4

import pytest

from domain.fact import Attendance
from projections import deeds, roster
from tests.browser.conftest import LEDGER, County, Visit, violations


def planned(county: County, page: Any, title: str) -> str:
    """Plan a meeting of today that expects the studio's own members; its address."""
    page.goto(county.url("/meetings/new"))
    page.fill("#f-on", county.desk.today().isoformat())
    page.fill("#f-title", title)
    page.fill("#f-place", "二楼会议室")
    page.select_option("#f-details-meeting", "township_group_meeting")
    own = f"input[name=g][value='unit/{county.units['studio']}']"
    page.check(own)
    page.click(".send button.btn-primary")
    page.wait_for_selector("[role=status]:has-text('会议已列入计划')")
    address: str = page.url.partition("?")[0]
    return address


@pytest.mark.parametrize("scripts", [True, False])
def test_a_meeting_is_planned_checked_in_to_and_closed(
    county: County, visit: Visit, scripts: bool
) -> None:
    title = f"室组例会 {uuid4().hex[:8]}"
    clerk = visit("clerk", phone=True, java_script_enabled=scripts)
    address = planned(county, clerk, title)
    clerk.click("button:has-text('开始签到')")
    clerk.wait_for_selector("[role=status]:has-text('已开始签到')")
    clerk.click("a:has-text('签到码')")
    clerk.click("button:has-text('启用签到码')")
    clerk.wait_for_selector(".qr svg")
    code = clerk.locator("#code").inner_text()
    assert re.fullmatch(r"[A-Z2-9]{10}", code)
    member = visit("member", phone=True, java_script_enabled=scripts)
    assert title in member.content()
    member.goto(f"{address}/check-in?code={code}")
    member.click("main button:has-text('签到')")
    member.wait_for_selector("[role=status]:has-text('您已签到')")
    clerk.goto(address)
    own = clerk.locator(f"#people li:has(label:has-text('{_name(county)}'))")
    assert "已签到" in own.first.inner_text()
    clerk.locator("#people li button").first.click()
    clerk.wait_for_selector("[role=status]:has-text('已登记签到')")
    clerk.click("a:has-text('一次录入出席')")
    rows = clerk.locator("#rows > li")
    last = rows.nth(rows.count() - 1)
    last.locator("select[name^='attendance.']").select_option("leave")
    clerk.click(".send button.btn-primary")
    clerk.wait_for_selector("[role=status]:has-text('出席情况已登记')")
    clerk.click("a:has-text('查看记录和计分')")
    clerk.wait_for_selector(f"h1:has-text('{title}')")
    stream = "occasion/" + address.rpartition("/")[2]
    with county.desk.store.reading() as connection:
        found: Any = deeds.states(connection, LEDGER, [stream])[stream]
    told = {each.person: each.attendance for each in found.body.participants}
    assert told[county.people["member"]] is Attendance.PRESENT
    assert Attendance.LEAVE in told.values()


def _name(county: County) -> str:
    person = county.people["member"]
    with county.desk.store.reading() as connection:
        return roster.names(connection, LEDGER, people=[person])[f"member/{person}"]


def test_a_code_that_is_wrong_is_said_at_its_field_and_leave_is_asked_for_on_a_phone(
    county: County, visit: Visit
) -> None:
    clerk = visit("clerk")
    address = planned(county, clerk, f"学习会 {uuid4().hex[:8]}")
    member = visit("member", phone=True, expects=("403",))
    member.goto(f"{address}#own")
    member.click("summary:has-text('请假')")
    member.fill("#f-leave-leave", "因公出差")
    member.click("#own button.btn-primary")
    member.wait_for_selector("#own:has-text('因公出差')")
    clerk.goto(address)
    clerk.fill("input[name$='.by']", "王主任")
    clerk.click("button:has-text('不准')")
    clerk.wait_for_selector("[role=status]:has-text('请假已办理')")
    member.goto(address)
    assert "未准假" in member.locator("#own").inner_text()
    clerk.click("button:has-text('开始签到')")
    clerk.wait_for_selector("[role=status]:has-text('已开始签到')")
    member.goto(f"{address}/check-in")
    member.fill("#f-code", "AAAAAAAAAA")
    member.click("main button:has-text('签到')")
    member.wait_for_selector("#f-code-wrong")
    assert "签到码不对" in member.content()


def test_a_sheet_to_sign_fits_a_page(county: County, visit: Visit) -> None:
    page = visit("clerk")
    address = planned(county, page, f"例会 {uuid4().hex[:8]}")
    page.goto(f"{address}/sheet")
    page.emulate_media(media="print")
    # A4 less its margins, at 96 dots to the inch.
    page.set_viewport_size({"width": 673, "height": 986})
    assert page.evaluate("document.documentElement.scrollWidth") <= 673
    assert page.locator("nav.tabs").is_hidden()
    assert page.locator("tbody tr").count() > 6
    assert page.pdf(format="A4").startswith(b"%PDF")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_no_page_of_meetings_is_wider_than_a_phone_and_axe_finds_nothing(
    county: County, visit: Visit, scheme: str
) -> None:
    page = visit("clerk", phone=True, color_scheme=scheme, bypass_csp=True)
    address = planned(county, page, f"例会 {uuid4().hex[:8]}")
    page.click("button:has-text('开始签到')")
    page.wait_for_selector("[role=status]:has-text('已开始签到')")
    for path in ("", "/attendance", "/sheet", "/reconcile", "/amend", "/check-in", "/code"):
        page.goto(address + path)
        assert page.evaluate("document.documentElement.scrollWidth") <= 390, path
        assert violations(page) == [], path
    page.goto(f"{address}/code")
    page.click("button:has-text('启用签到码')")
    page.wait_for_selector(".qr svg")
    assert violations(page) == []
    for path in ("/meetings", "/meetings?when=year&year=2025", "/meetings?when=unrecorded"):
        page.goto(county.url(path))
        assert page.evaluate("document.documentElement.scrollWidth") <= 390, path
