"""Reports in a browser: the hub leads everywhere on a phone, a month goes from a unit to the wall, a quarter is invited and promises are settled, pages are printed."""

from __future__ import annotations

from datetime import timedelta

import pytest

from domain.period import Period, Span
from interfaces.web.reports import REPORTS
from tests.browser.conftest import PHONE, County, Visit


@pytest.mark.parametrize("who", ["office", "clerk", "member"])
def test_every_report_that_is_offered_opens_on_a_phone_and_does_not_scroll_sideways(
    county: County, visit: Visit, who: str
) -> None:
    page = visit(who, phone=True)
    page.goto(county.url("/reports"))
    offered = [each.get_attribute("href") for each in page.locator("main ul.rows a").all()]
    assert len(offered) == len({each.path for each in REPORTS}) if who == "office" else offered
    for path in offered:
        answer = page.goto(county.base + path)
        assert answer.status == 200, path
        assert page.locator("main h1").count() == 1, path
        assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"], path


def test_a_unit_reports_its_month_the_office_sends_it_back_checks_and_posts_it(
    county: County, visit: Visit
) -> None:
    month = Period.around(Span.MONTH, county.desk.today().replace(day=1) - timedelta(days=1))
    here = f"/units/{county.units['studio']}/month?month={month.first:%Y-%m}"
    clerk, office = visit("clerk", phone=True), visit("office", expects=("422",))
    clerk.goto(county.url(here))
    clerk.locator("textarea[name^='words.']").first.fill("本月走访两个村")
    clerk.click("button:has-text('自报')")
    clerk.wait_for_selector("[role=status]")
    office.goto(county.url(here))
    office.click("summary:has-text('退回补正')")
    office.locator("form[action*='/send-back'] button").click()
    office.wait_for_selector("#errors, [role=alert], .wrong")
    assert "退回" in office.locator("main").inner_text()
    office.locator("form[action*='/send-back'] [name='send-back.reason']").fill("请补写接待日")
    office.locator("form[action*='/send-back'] button").click()
    office.wait_for_selector("[role=status]")
    clerk.reload()
    assert "退回补正:请补写接待日" in clerk.locator("main").inner_text()
    clerk.locator("textarea[name^='words.']").nth(1).fill("接待日推迟到下月")
    clerk.click("button:has-text('重新自报')")
    clerk.wait_for_selector("[role=status]")
    office.goto(county.url(here))
    office.locator("form[action*='/check'] button").click()
    office.wait_for_selector("[role=status]")
    office.locator("form[action*='/post'] button").click()
    office.wait_for_selector("[role=status]")
    member = visit("member", phone=True)
    member.goto(county.url(f"/wall?month={month.first:%Y-%m}"))
    assert "接待日推迟到下月" in member.locator("main").inner_text()


def test_a_quarter_is_invited_speaks_promises_and_the_promise_is_settled(
    county: County, visit: Visit
) -> None:
    today = county.desk.today()
    page = visit("office", expects=("422",))
    page.goto(county.url("/compared"))
    assert "委员" not in page.locator("main table thead").inner_text()
    unit = county.units["studio"]
    for other in page.locator("select[name^='end.']").all():
        other.select_option("")
    page.select_option(f"select[name='end.{unit}']", "last")
    page.fill(f"input[name='reason.{unit}']", "")
    page.click("button:has-text('确定受邀名单')")
    page.wait_for_selector("[role=alert]")
    page.fill(f"input[name='reason.{unit}']", "完成率靠后")
    page.click("button:has-text('确定受邀名单')")
    page.wait_for_selector("[role=status]")
    page.locator(f"form:has(input[name='unit'][value='{unit}']) >> nth=0").evaluate(
        "each => each.closest('details').open = true"
    )
    said = page.locator(f"form[action*='/state']:has(input[name='unit'][value='{unit}'])")
    said.locator("[name$='.on']").fill(today.isoformat())
    said.locator("[name$='.text']").fill("下季度补齐走访")
    said.locator("[name$='.pledge1']").fill("每月走访两个村")
    said.locator("button.btn-primary").click()
    page.wait_for_selector("[role=alert]")
    said.locator("[name$='.due1']").fill((today + timedelta(days=30)).isoformat())
    said.locator("button.btn-primary").click()
    page.wait_for_selector("[role=status]:has-text('发言')")
    assert "每月走访两个村" in page.locator("main").inner_text()
    page.click("summary:has-text('登记第1项承诺兑现情况')")
    settled = page.locator(f"form[action*='/settle']:has(input[name='unit'][value='{unit}'])")
    settled.locator("[name$='.kept']").select_option("done")
    settled.locator("[name$='.on']").fill(today.isoformat())
    settled.locator("button.btn-primary").click()
    page.wait_for_selector("[role=status]:has-text('兑现')")


def test_a_figure_opens_what_it_counts_and_stands_in_the_same_sentence(
    county: County, visit: Visit
) -> None:
    page = visit("office")
    page.goto(county.url("/figures"))
    page.locator("main ul.rows a").first.click()
    page.wait_for_selector("main h1")
    figure = page.locator("section.figure-card a.points").first
    number = figure.inner_text()
    said = page.locator("section.figure-card .copy").first.inner_text()
    assert number in said
    figure.click()
    page.wait_for_selector("main .points")
    assert page.locator("main .points").inner_text() == number
    assert page.locator("main p.copy").inner_text() == said


@pytest.mark.parametrize(
    "path",
    [
        "/units/{studio}/handover",
        "/units/{studio}/story?year=2025",
        "/people/{member}/story?year=2025",
        "/wall?month=2025-06",
        "/coverage",
        "/register",
        "/standards",
        "/opinion-ledgers?year=2025&month=6",
        "/inspections/bulletin?since=2025-01-01&until=2025-12-31",
        "/work-log?unit={studio}&month=2025-06",
    ],
)
def test_reports_that_are_handed_on_fit_a4(county: County, visit: Visit, path: str) -> None:
    page = visit("office")
    page.goto(county.url(path.format(**county.people, **county.units)))
    page.emulate_media(media="print")
    page.set_viewport_size({"width": 673, "height": 986})
    assert page.evaluate("document.documentElement.scrollWidth") <= 673
    assert page.locator("nav:visible").count() == 0
