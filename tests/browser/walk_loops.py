"""What is due, and a matter on its way: chips and filters, a form that asks what a stage needs, who raised it told in one tap."""

from __future__ import annotations

import re
from typing import Any

import pytest

from domain.course import Standing
from projections import courses
from projections.courses import CoursePage
from tests.browser.conftest import LEDGER, County, Visit, violations


def course(county: County, page: Any) -> CoursePage:
    """The way of the matter that a page shows."""
    matter = page.url.partition("/matters/")[2].partition("?")[0].partition("#")[0]
    with county.desk.store.reading() as connection:
        found = courses.course(
            connection, LEDGER, county.desk.shelf, matter, today=county.desk.today()
        )
    assert found is not None
    return found


@pytest.mark.parametrize("scripts", [True, False])
def test_the_board_leads_to_a_matter_and_who_raised_it_is_told_in_one_tap(
    county: County, visit: Visit, scripts: bool
) -> None:
    page = visit("office", phone=True, java_script_enabled=scripts)
    page.goto(county.url("/dues?loop=messages"))
    page.click("a.btn:has-text('已办未告知')")
    before = _number(page, "已办未告知")
    assert before > 0
    page.locator("details.why summary").first.click()
    assert "规则:" in page.locator("details.why").first.inner_text()
    page.locator("a.grow.title").first.click()
    page.click("button:has-text('已回复本人')")
    page.wait_for_selector("[role=status]")
    assert "answered" in course(county, page).course.done
    page.goto(county.url("/dues?loop=messages&which=not_told"))
    assert _number(page, "已办未告知") == before - 1


def _number(page: Any, chip: str) -> int:
    text = page.locator(f"p.switch a:has-text('{chip}')").inner_text()
    found = re.search(r"(\d+)", text)
    assert found is not None
    return int(found[1])


def test_a_stage_asks_what_it_needs_and_says_at_its_field_what_is_missing(
    county: County, visit: Visit
) -> None:
    page = visit("office", expects=("422",))
    page.goto(county.url("/dues?loop=messages&stage=verified"))
    if not page.locator("a.grow.title").count():
        page.goto(county.url("/dues?loop=messages&stage=cannot"))
    page.locator("a.grow.title").first.click()
    page.click("#course summary:has-text('交办')")
    form = page.locator("#course form:has(input[value='assigned'])")
    form.locator("input[name$='.holder']").fill("县水利局")
    form.locator("button").click()
    page.wait_for_selector("#course .is-wrong select[name$='.way']")
    form = page.locator("#course form:has(input[value='assigned'])")
    assert form.locator("input[name$='.holder']").input_value() == "县水利局"
    form.locator("select[name$='.way']").select_option("by_document")
    form.locator("button").click()
    page.wait_for_selector("[role=status]")
    found = course(county, page)
    assert found.course.at == "assigned"
    assert found.course.holder is not None
    assert found.course.holder.name == "县水利局"
    assert "县水利局" in page.locator("#course").inner_text()
    page.click("#course summary:has-text('退回交办')")
    back = page.locator("#course form[action*='give-back']")
    back.locator("input[name$='.reason']").fill("职责不符")
    back.locator("button").click()
    page.wait_for_selector("[role=status]:has-text('已退回')")
    found = course(county, page)
    assert (found.course.at, found.course.standing) == ("verified", Standing.OPEN)
    assert "职责不符" in page.locator("#course").inner_text()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_neither_the_board_nor_a_matter_is_wider_than_a_phone_and_axe_finds_nothing(
    county: County, visit: Visit, scheme: str
) -> None:
    page = visit("clerk", phone=True, color_scheme=scheme, bypass_csp=True)
    assert "待办台账" in page.content()
    for path in ("/", "/dues", "/dues?which=overdue", f"/dues?unit={county.units['studio']}"):
        page.goto(county.url(path))
        assert page.evaluate("document.documentElement.scrollWidth") <= 390, path
    page.goto(county.url("/dues"))
    page.locator("a.grow.title").first.click()
    assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
