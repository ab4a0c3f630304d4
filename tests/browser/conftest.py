"""Walks through the pages in a real browser, over a rehearsal county that this process serves.

They are a command of their own: `uv run --group browser pytest -o python_files='walk_*.py' tests/browser`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from tests.browser.county import (
    CHROMIUM,
    DESK,
    FLAGS,
    LEDGER,
    PATIENCE,
    PHONE,
    County,
    served,
    sign_in,
)

__all__ = ["DESK", "LEDGER", "PATIENCE", "PHONE", "County", "Visit", "sign_in", "violations"]


@pytest.fixture(scope="session")
def county(tmp_path_factory: pytest.TempPathFactory) -> Iterator[County]:
    """The county, served on a port of loopback."""
    with served(tmp_path_factory.mktemp("county")) as found:
        yield found


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    """A browser."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as started:
        found = started.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield found
        found.close()


Visit = Callable[..., Any]
OFFLINE, UNSENT = "ERR_INTERNET_DISCONNECTED", ("htmx:afterRequest", "htmx:sendError")


@pytest.fixture
def visit(county: County, browser: Any) -> Iterator[Visit]:
    """Somebody at a browser of his own: `visit("clerk", phone=True)` is his page, signed in. What a page complains of fails the walk."""
    contexts: list[Any] = []
    complaints: list[str] = []

    def made(
        who: str | None = None,
        *,
        phone: bool = False,
        expects: tuple[str, ...] = (),
        **more: Any,
    ) -> Any:
        context = browser.new_context(
            viewport=PHONE if phone else DESK, locale="zh-CN", has_touch=phone, **more
        )
        context.set_default_timeout(PATIENCE)
        contexts.append(context)
        page = context.new_page()

        # Who has no signal is told so by the browser, and once more by what asked in vain for the names that are typed.
        told = (*expects, *UNSENT) if OFFLINE in expects else expects

        def heard(message: Any) -> None:
            if message.type == "error" and not any(each in message.text for each in told):
                complaints.append(message.text)

        page.on("console", heard)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        if who is not None:
            sign_in(county, page, who)
        return page

    yield made
    for context in contexts:
        context.close()
    assert complaints == []


AXE = Path(__file__).parent / "vendor/axe.min.js"


def violations(page: Any) -> list[tuple[str, str]]:
    """What axe finds on a page with all that is folded open: which rule, and the first that breaks it."""
    for details in page.query_selector_all("main details"):
        details.evaluate("each => each.open = true")
    page.add_script_tag(path=str(AXE))
    found = page.evaluate("async () => (await axe.run()).violations")
    return [(each["id"], each["nodes"][0]["html"][:200]) for each in found]


@pytest.fixture
def today(county: County) -> date:
    """The ledger's local day."""
    return county.desk.today()
