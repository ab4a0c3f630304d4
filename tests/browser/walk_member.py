"""A member looks at what he did, what it earned and why not, and asks that something be checked."""

from __future__ import annotations

from fractions import Fraction
from uuid import uuid4

import pytest

from domain.period import Period
from projections import checklists, disputes, scorecards
from tests.browser.conftest import LEDGER, County, Visit

YEAR = 2025


@pytest.mark.parametrize("scripts", [True, False])
def test_every_point_is_explained_and_adds_up_and_what_is_left_is_said(
    county: County, visit: Visit, scripts: bool
) -> None:
    person = county.people["member"]
    with county.desk.store.reading() as connection:
        told = (connection, LEDGER, county.desk.shelf, person)
        period, today = Period.year(YEAR), county.desk.today()
        (card,) = scorecards.cards(*told, period=period, today=today)
        (ones,) = checklists.of_member(*told, period=period, today=today)
    page = visit("member", phone=True, java_script_enabled=scripts)
    page.goto(county.url(f"/people/{person}?year={YEAR}"))
    assert page.locator(".points").inner_text() == card.scorecard.total
    points = page.locator("[id^=points-] .rows b").all_text_contents()
    assert sum(Fraction(each) for each in points) == Fraction(card.scorecard.total)
    assert page.locator(".cells > li").count() == 10
    assert page.locator(".cells > li.done").count() == ones.progress.done
    why_not = page.locator("details:has-text('没有计分的记录') .rows > li")
    assert why_not.count() == len(card.scorecard.why_not)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


def test_a_missing_deed_is_queried_answered_with_a_reason_and_reviewed(
    county: County, visit: Visit
) -> None:
    page = visit("member", phone=True)
    page.goto(county.url(f"/people/{county.people['member']}"))
    page.click("a:has-text('提出核对申请(漏)')")
    what = f"参加三月调研 {uuid4().hex[:8]}"
    page.fill("#on", f"{YEAR}-03-12")
    page.fill("#what", what)
    page.fill("#organised_by", "经济委")
    page.click(".send button.btn-primary")
    page.wait_for_selector(".notice.good")
    number = page.locator(".notice.good b").inner_text()
    assert "答复期限" in page.content()
    address = page.url.partition("?")[0]
    office = visit("office")
    office.goto(county.url("/queries"))
    office.click(f"a:has-text('{number} ·')")
    assert what in office.content()
    office.check("input[value='not_accepted']")
    office.fill("#decide-reason", "签到表上没有")
    office.click("form[action*='decide'] button.btn-primary")
    office.wait_for_selector("[role=status]")
    page.goto(address)
    assert "签到表上没有" in page.content()
    page.click("summary:has-text('可申请复核一次')")
    page.fill("#review-reason", "有照片为证")
    page.click("form[action*='review'] button")
    page.wait_for_selector("[role=status]")
    other = visit("appraisal")
    other.goto(address)
    other.check("input[value='accepted']")
    other.fill("#decide-review-reason", "照片属实")
    other.click("form[action*='decide-review'] button.btn-primary")
    other.wait_for_selector("[role=status]")
    with county.desk.store.reading() as connection:
        found = disputes.dispute(
            connection, LEDGER, address.rpartition("/")[2], today=county.desk.today()
        )
    assert found is not None
    assert found.state.review is not None
    assert found.state.review.reason == "照片属实"


def test_a_record_that_is_wrong_shows_both_versions_side_by_side(
    county: County, visit: Visit
) -> None:
    page = visit("member", phone=True)
    page.goto(county.url(f"/people/{county.people['member']}?year={YEAR}"))
    page.locator("[id^=points-] .rows a.title").nth(1).click()
    page.click("a:has-text('这条有疑问')")
    page.click("button:has-text('日期')")
    page.fill("#should_be", "应为3月6日")
    page.click(".send button.btn-primary")
    page.wait_for_selector(".notice.good")
    thirds = page.locator(".grid3 > div").all_inner_texts()
    assert "提出时的记录" in thirds[0]
    assert "应为3月6日" in thirds[1]
    assert "现在" in thirds[2]


def test_the_handbook_fits_a_page_and_has_the_ids_of_the_archive(
    county: County, visit: Visit
) -> None:
    page = visit("member")
    page.goto(county.url(f"/people/{county.people['member']}/handbook?year={YEAR}"))
    page.emulate_media(media="print")
    # A4 less its margins, at 96 dots to the inch.
    page.set_viewport_size({"width": 673, "height": 986})
    assert page.evaluate("document.documentElement.scrollWidth") <= 673
    assert page.locator("nav.tabs").is_hidden()
    ids = page.locator("tbody td:first-child").all_inner_texts()
    assert len(ids) == len(set(ids)) > 10
    assert page.pdf(format="A4").startswith(b"%PDF")


def test_another_members_file_is_not_his_to_see(county: County, visit: Visit) -> None:
    page = visit("member", expects=("403",))
    page.goto(county.url(f"/people/{county.people['head']}"))
    assert "履职档案只向本人" in page.content()
    assert page.locator(".points").count() == 0
    answer = page.goto(county.url(f"/people/{county.people['head']}/history"))
    assert answer.status == 403
    assert "当前身份无权" in page.content()
