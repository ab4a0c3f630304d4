"""Pages of how the committee is organised: reporting in, villages, guests; each figure leads on."""

from __future__ import annotations

import re
from html import unescape

from domain.people import Role
from tests.interfaces.conftest import Caller
from tests.interfaces.test_organisation import AFTER, BEFORE, liaison, linked, placed
from tests.web.conftest import Reading
from tests.web.test_acts_on_records import shown

__all__ = ["liaison", "linked", "placed"]

DAYS = f"before={BEFORE}&day={AFTER}"


def test_townships_lead_to_their_villages(reading: Reading, placed: Caller) -> None:
    member = reading("zhao", Role.MEMBER)
    page = member.read(f"/report-in?{DAYS}")
    text = shown(page)
    assert "居住地 1" in text and "+1" in text and "已报到 1" in text
    (address,) = re.findall(r'href="([^"]*/report-in\?[^"]*township=town[^"]*)"', page)
    villages = shown(member.read(unescape(address).partition(placed.ledger)[2]))
    assert "韩村 东关镇 1 李明 居住地" in villages and "没有委员" in villages
    lacking = shown(member.read(f"/report-in?which=without&{DAYS}&township=town"))
    assert "卢村" in lacking and "韩村" not in lacking


def test_guests_lead_to_what_they_took_part_in(reading: Reading, placed: Caller) -> None:
    office = reading("secretary", Role.OFFICE, "county")
    page = office.read(f"/report-in?which=guests&{DAYS}")
    assert "省政协" in page and "已接受" in page
    (address,) = re.findall(r'href="([^"]*/deeds\?[^"]*person=guest[^"]*)"', page)
    assert "走访桃源村" in office.read(unescape(address).partition(placed.ledger)[2])
    member = shown(reading("zhao", Role.MEMBER).read(f"/report-in?which=guests&{DAYS}"))
    assert "郑省委" in member and "不向您开放" in member


def test_what_cannot_be_meant_is_marked(reading: Reading, placed: Caller) -> None:
    office = reading("secretary", Role.OFFICE, "county")
    for asked in ("day=soon", "before=2025-02-01&day=2025-01-01", "township=nowhere", "step=x"):
        assert office.get(f"/report-in?{asked}").status_code == 422
    assert office.get("/report-in?which=x").status_code == 422


def test_the_composition_of_committees_is_one_table(reading: Reading, liaison: Caller) -> None:
    office = reading("secretary", Role.OFFICE, "county")
    office.send(
        "/admin/units/liaison/appoint",
        ("appointment.person", "chen"),
        ("appointment.office", "deputy"),
        ("appointment.since", "2022-01-01"),
        ("appointment.approved_on", "2021-12-20"),
        ("appointment.approval_document", "海委〔2021〕12号"),
    )
    page = shown(office.read("/composition"))
    assert "海委〔2021〕12号" in page and "海委〔2021〕9号" in page and "非委员" in page
    assert "海委〔2021〕12号" in office.read("/units/liaison")
    assert "没有符合条件的单位" in office.read("/composition?vacant=1")
    earlier = shown(office.read("/composition?vacant=1&day=2021-12-31"))
    assert "东关联络委" in earlier and "空缺 1" in earlier
    for asked in ("kind=village", "day=soon", "vacant=x"):
        assert office.get(f"/composition?{asked}").status_code == 422


def test_whom_no_pairing_reaches_has_a_page(reading: Reading, linked: Caller) -> None:
    office = reading("secretary", Role.OFFICE, "county")
    page = shown(office.read("/unlinked?of=studio"))
    assert "1/2" in page and "城北工作室" in page and "城南工作室" not in page
    assert "/unlinked" in office.read("/pairings")
    assert "都有了" in shown(reading("clerk", Role.CLERK, "south").read("/unlinked?of=studio"))
    assert office.get("/unlinked?of=x").status_code == 422
    assert reading("li", Role.MEMBER).get("/unlinked").status_code == 403


def test_three_levels_of_responsibility_have_a_page(reading: Reading, linked: Caller) -> None:
    page = shown(reading("li", Role.MEMBER).read("/responsibility"))
    assert "第一学习组 学习组 李明" in page and "第二学习组 学习组 没有责任人" in page
    assert "没有牵头专委会的学习组、界别 2" in page
    assert reading("li", Role.MEMBER).get("/responsibility?day=soon").status_code == 422
