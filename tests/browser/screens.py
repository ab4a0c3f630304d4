"""Pictures of the main pages: `uv run --group browser python -m tests.browser.screens FOLDER [--all]`.

Without `--all` those of docs/screens.md; with it every page at both widths, in light, dark and as it is printed.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path
from typing import Any

from tests.browser.county import CHROMIUM, DESK, FLAGS, PHONE, County, served, sign_in

MAIN: tuple[tuple[str, str, str, bool], ...] = (
    ("sign-in", "", "/sign-in", True),
    ("home-clerk", "clerk", "/", True),
    ("record", "clerk", "/record/visited_village", True),
    ("waiting", "head", "/waiting", True),
    ("member", "member", "/people/{member}", True),
    ("query", "member", "/queries/new?sort=missing", True),
    ("roster", "office", "/people", False),
    ("scores", "appraisal", "/scores", False),
    ("progress", "appraisal", "/progress", False),
    ("rubric", "office", "/documents/rubric/rehearsal", False),
    ("units", "office", "/units", False),
    ("heat", "office", "/heat", False),
    ("history", "auditor", "/history", False),
    ("imports", "clerk", "/imports", False),
    ("dues", "office", "/dues", True),
    ("reports", "office", "/reports", True),
    ("wall", "member", "/wall?month=2025-06", False),
    ("bulletin", "office", "/inspections/bulletin?since=2025-01-01&until=2025-12-31", False),
    ("story", "clerk", "/units/{studio}/story?year=2025", True),
    ("admin", "office", "/admin", False),
)
"""Name, who looks, which page, and whether it is shown as on a phone."""


def main(folder: Path, *, every: bool) -> None:
    """Take the pictures."""
    from playwright.sync_api import sync_playwright

    folder.mkdir(parents=True, exist_ok=True)
    with (
        tempfile.TemporaryDirectory() as place,
        served(Path(place), as_demo=True) as county,
        sync_playwright() as started,
    ):
        browser = started.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        for name, who, path, on_phone in MAIN:
            looks = (
                [
                    (phone, scheme)
                    for phone in (True, False)
                    for scheme in ("light", "dark", "print")
                ]
                if every
                else [(on_phone, "light")]
            )
            for phone, scheme in looks:
                size = PHONE if phone else DESK
                told = f"{name}-{size['width']}-{scheme}" if every else name
                _take(county, browser, folder / f"{told}.jpg", who, path, phone, scheme, every)
        browser.close()


def _take(
    county: County,
    browser: Any,
    file: Path,
    who: str,
    path: str,
    phone: bool,
    scheme: str,
    whole: bool,
) -> None:
    context = browser.new_context(
        viewport=PHONE if phone else DESK,
        color_scheme="dark" if scheme == "dark" else "light",
        locale="zh-CN",
    )
    page = context.new_page()
    path = path.format(**county.people, **county.units)
    if who:
        sign_in(county, page, who)
        page.goto(county.url(path))
    else:
        page.goto(county.base + path)
    if scheme == "print":
        page.emulate_media(media="print")
        page.set_viewport_size({"width": 673, "height": 986})
    page.wait_for_load_state("networkidle")
    page.screenshot(path=str(file), type="jpeg", quality=72, full_page=whole)
    context.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]), every="--all" in sys.argv[2:])
