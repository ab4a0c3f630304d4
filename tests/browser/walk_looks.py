"""How pages look to everybody: nothing that axe finds, no sideways scroll, keys alone, dark, large, printed."""

from __future__ import annotations

from typing import Any

import pytest

from tests.browser.conftest import DESK, PHONE, County, Visit, violations

PAGES: dict[str, tuple[str, str]] = {
    "sign in": ("", "/sign-in"),
    "preferences": ("", "/preferences"),
    "home of a clerk": ("clerk", "/"),
    "what to record": ("clerk", "/record"),
    "form of a visit": ("clerk", "/record/visited_village"),
    "form of a proposal": ("clerk", "/record/proposed"),
    "records": ("clerk", "/deeds"),
    "what waits": ("head", "/waiting"),
    "home of a member": ("member", "/"),
    "a member's file": ("member", "/people/{member}?year=2025"),
    "handbook": ("member", "/people/{member}/handbook?year=2025"),
    "a query": ("member", "/queries/new?sort=missing"),
    "home of the office": ("office", "/"),
    "roster": ("office", "/people"),
    "what is due": ("office", "/dues"),
    "what is due, to print": ("office", "/dues/print?which=overdue"),
    "matters moved on together": ("office", "/dues/together?loop=messages&stage=verified"),
    "the plan of a year": ("office", "/plan?year=2025"),
    "topics": ("office", "/topics?year=2025"),
    "topics to screen": ("office", "/topics/screening?year=2025"),
    "tasks": ("office", "/tasks?which=all"),
    "a funnel": ("office", "/flows?loop=messages"),
    "matters behind a figure": ("office", "/flows/matters?kind=carried_up&stage=verified"),
    "a board of wishes": ("member", "/boards?kind=granted_wish"),
    "adoption of suggestions": ("office", "/adoption"),
    "suggestions one by one": ("head", "/suggestions"),
    "inspections": ("office", "/inspections"),
    "problems that wait": ("office", "/inspections/problems"),
    "a unit to see to": ("office", "/admin/units/{studio}"),
    "an appointment to put right": ("office", "/admin/units/{studio}/appointments/1"),
    "the bulletin of inspections": ("office", "/inspections/bulletin?since=2025-10-01"),
    "instructions": ("office", "/instructions?year=2025"),
    "instructions from which nothing followed": ("office", "/instructions?which=nothing"),
    "the month's ledgers": ("clerk", "/opinion-ledgers?year=2025"),
    "a month of the ledgers": ("office", "/opinion-ledgers?year=2025&month=6"),
    "reports": ("office", "/reports"),
    "keeping touch": ("office", "/pairings"),
    "whom it is lacking of": ("office", "/lacking?kind=studied"),
    "joint activities": ("office", "/joint"),
    "what led to what": ("office", "/stories"),
    "a member's story": ("member", "/people/{member}/story?year=2025"),
    "a unit's story": ("clerk", "/units/{studio}/story?year=2025"),
    "pages of figures": ("office", "/figures"),
    "the register": ("member", "/register"),
    "standards": ("office", "/standards"),
    "documents owed": ("office", "/documents-owed"),
    "coverage": ("office", "/coverage"),
    "the wall": ("member", "/wall?month=2025-06"),
    "a quarter": ("office", "/compared?quarter=2025-Q2"),
    "a unit's month": ("clerk", "/units/{studio}/month?month=2025-06"),
    "a handover": ("clerk", "/units/{studio}/handover"),
    "experts": ("office", "/experts"),
    "trainings": ("office", "/training"),
    "a work log": ("clerk", "/work-log?unit={studio}&month=2025-06"),
    "budgets": ("office", "/support?year=2025"),
    "a unit's budget": ("clerk", "/units/{studio}/support?year=2025"),
    "meetings": ("clerk", "/meetings?when=year&year=2025"),
    "a meeting to plan": ("clerk", "/meetings/new"),
    "scores": ("office", "/scores"),
    "progress": ("office", "/progress"),
    "differences": ("office", "/differences?since=2025-06-30&year=2025"),
    "a rubric": ("office", "/documents/rubric/rehearsal"),
    "history": ("office", "/people/{member}/history"),
    "history of everything": ("auditor", "/history"),
    "grades": ("appraisal", "/scores/rehearsal/grades?year=2025"),
    "units": ("office", "/units"),
    "a unit": ("office", "/units/{studio}"),
    "heat map": ("office", "/heat"),
    "a draft": ("appraisal", "/documents/rubric/rehearsal/draft"),
    "queries": ("office", "/queries?which=all"),
    "imports": ("clerk", "/imports"),
    "administration": ("office", "/admin"),
    "people to see to": ("office", "/admin/people"),
    "somebody to see to": ("office", "/admin/people/{member}"),
    "accounts": ("office", "/admin/accounts"),
    "grants": ("office", "/grants"),
    "a grant to give": ("office", "/grants/new"),
    "documents": ("office", "/admin/documents"),
    "a document to publish": ("office", "/admin/documents/new"),
    "seal": ("auditor", "/admin/seal"),
    "health": ("office", "/admin/health"),
    "readings": ("auditor", "/admin/readings"),
    "own account": ("clerk", "//account"),
    "new password": ("", "/new-password"),
}


def address(county: County, who: str, path: str) -> str:
    """Where a page is: of the ledger, or of none where nobody is signed in or the path says so."""
    told = path.format(**county.people, **county.units)
    return (
        county.url(told)
        if who and not told.startswith("//")
        else county.base + told.replace("//", "/")
    )


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("phone", [True, False], ids=["phone", "desk"])
@pytest.mark.parametrize("name", PAGES)
def test_axe_finds_nothing(
    county: County, visit: Visit, name: str, phone: bool, scheme: str
) -> None:
    who, path = PAGES[name]
    page = visit(who or None, phone=phone, color_scheme=scheme, bypass_csp=True)
    page.goto(address(county, who, path))
    assert violations(page) == []
    width = (PHONE if phone else DESK)["width"]
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_everything_is_reached_by_keys_alone(county: County, visit: Visit) -> None:
    page = visit("clerk")
    page.goto(county.url("/record/visited_village"))
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Enter")
    for _ in range(60):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.type") == "checkbox":
            break
    page.keyboard.press("Space")
    assert page.evaluate("document.activeElement.checked")
    page.locator(".send button.btn-primary").focus()
    page.keyboard.press("Enter")
    page.wait_for_selector("[data-sent]")


def test_language_type_and_colours_are_kept(county: County, visit: Visit) -> None:
    page = visit("clerk")
    page.goto(county.base + "/preferences")
    page.check("#language-en")
    page.check("#type-large")
    page.check("#theme-dark")
    page.click("main button.btn-primary")
    page.goto(county.url("/record"))
    html: Any = page.locator("html")
    assert html.get_attribute("lang") == "en"
    assert html.get_attribute("data-bs-theme") == "dark"
    assert "What would you like to record?" in page.locator("h1").inner_text()
    assert page.evaluate("getComputedStyle(document.documentElement).fontSize") == "20px"


@pytest.mark.parametrize(
    "name", ["a member's file", "roster", "scores", "handbook", "records", "units", "grades"]
)
def test_printed_pages_fit_a4_and_are_black_on_white_from_the_dark_too(
    county: County, visit: Visit, name: str
) -> None:
    who, path = PAGES[name]
    page = visit(who, color_scheme="dark")
    page.goto(address(county, who, path))
    page.emulate_media(media="print", color_scheme="dark")
    page.set_viewport_size({"width": 673, "height": 986})
    assert page.evaluate("document.documentElement.scrollWidth") <= 673
    assert page.evaluate("getComputedStyle(document.body).color") == "rgb(0, 0, 0)"
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"


def test_what_waits_is_printed_to_be_ticked_on_paper(county: County, visit: Visit) -> None:
    page = visit("head")
    page.goto(county.url("/waiting"))
    lines = page.locator("#lines li").count()
    page.emulate_media(media="print")
    page.set_viewport_size({"width": 673, "height": 986})
    assert lines > 0
    assert page.locator("#lines li:visible").count() == lines
    assert page.locator("#lines :is(button, li a):visible").count() == 0
    assert page.evaluate("document.documentElement.scrollWidth") <= 673
