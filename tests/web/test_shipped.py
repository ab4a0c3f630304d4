"""What pages are made of: both languages everywhere, the words of the field, nothing that the policy or an old kernel refuses."""

from __future__ import annotations

import gzip
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from jinja2 import Environment, nodes

from interfaces.web import assets

ROOT = Path(__file__).parents[2]
TEMPLATES = sorted((ROOT / "interfaces/web/templates").glob("*.html"))
OWN = [
    ROOT / "interfaces/web/static" / name
    for name in ("lvzhi.css", "lvzhi.js", "outbox.js", "look.js")
]
CSS = [ROOT / "interfaces/web/static" / name for name in assets.SHIPPED if name.endswith(".css")]
SCRIPTS = [ROOT / "interfaces/web/static" / name for name in assets.SHIPPED if name.endswith(".js")]
FIRST_LOAD = 100_000
"""Bytes, compressed, that a page for recording may take the first time."""
# What Chromium learned after 90.
NEW_CSS = (
    *(
        ":has(",
        "color-mix(",
        "oklch(",
        "oklab(",
        "lab(",
        "lch(",
        "light-dark(",
        "@layer",
        "@container",
    ),
    *("@scope", "@starting-style", "@property", "accent-color", "dvh", "svh", "lvh", "subgrid"),
    *(
        "text-wrap:",
        "aspect-ratio: auto",
        "overflow: clip",
        "hwb(",
        "color(",
        "individual-transform",
    ),
)
NEW_JS = (
    *(
        ".at(",
        "Object.hasOwn",
        ".findLast",
        "structuredClone",
        ".toSorted",
        ".toReversed",
        ".with(",
    ),
    *(
        "Array.fromAsync",
        "Object.groupBy",
        "Promise.withResolvers",
        "import(",
        "static {",
        "#private",
    ),
    *(
        "navigator.locks",
        "crypto.randomUUID",
        "crypto.subtle",
        "serviceWorker",
        "replaceChildren.call",
    ),
)


def is_chinese(value: object) -> bool:
    """Whether it is a text with Chinese words in it; signs between words are of no language."""
    return isinstance(value, str) and re.search(r"[\u4e00-\u9fff]", value) is not None


def said_once(node: nodes.Node) -> Iterator[str]:
    """Chinese texts of a template beside which no English stands: in a call, a list or a tuple the next text is the English of the one before."""
    if isinstance(node, nodes.TemplateData):
        # What a form sends is not shown.
        shown = re.sub(r'value="[^"]*"', "", node.data)
        if is_chinese(shown):
            yield shown.strip()[:80]
    if isinstance(node, nodes.Compare):
        # What something is compared with is not shown.
        return
    in_order = isinstance(node, nodes.Call | nodes.Tuple | nodes.List)
    beside = list(node.iter_child_nodes())
    for i, child in enumerate(beside):
        is_group = isinstance(child, nodes.Call | nodes.Tuple | nodes.List)
        if in_order and not is_group and speaks_chinese(child):
            after = beside[i + 1] if i + 1 < len(beside) else None
            if after is None or speaks_chinese(after):
                yield str(child)[:80]
        elif isinstance(child, nodes.Const) and is_chinese(child.value):
            yield child.value[:80]
        else:
            yield from said_once(child)


def speaks_chinese(node: nodes.Node) -> bool:
    """Whether a text of a template, or one of the parts that it is put together of, is Chinese; a call within it speaks for itself."""
    if isinstance(node, nodes.Const):
        return is_chinese(node.value)
    return any(
        speaks_chinese(each) for each in node.iter_child_nodes() if not isinstance(each, nodes.Call)
    )


def test_what_only_a_script_makes_work_is_hidden_where_there_is_none() -> None:
    text = "\n".join(path.read_text(encoding="utf-8") for path in TEMPLATES)
    tags = re.findall(r"<button[^>]*data-(?:tick|reason)=[^>]*>", text)
    assert tags and all("scripted" in tag for tag in tags)
    hidden = re.findall(r'scripted">[^<]*<span data-counts', text)
    assert hidden and len(hidden) == text.count("data-counts")
    look, theme = (path.read_text(encoding="utf-8") for path in (OWN[3], OWN[0]))
    assert 'classList.add("js")' in look
    assert "html:not(.js) .scripted { display: none !important; }" in theme


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: path.name)
def test_everything_is_said_in_both_languages_and_in_the_words_of_the_field(template: Path) -> None:
    text = template.read_text("utf-8")
    assert list(said_once(Environment(autoescape=True).parse(text))) == []
    for word in ("争议", "反对", "县"):
        assert word not in text


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: path.name)
def test_a_template_holds_nothing_that_the_policy_would_refuse(template: Path) -> None:
    text = template.read_text("utf-8")
    assert not re.search(
        r"<style|style=|\son[a-z]+=|javascript:|hx-on|<script(?![^>]*\bsrc=)", text
    )
    assert not re.search(r"(?:src|href|action)=\"(?:https?:)?//", text)
    assert "|safe" not in text


@pytest.mark.parametrize("file", CSS, ids=lambda path: path.name)
def test_style_sheets_ask_nothing_that_chromium_90_does_not_know(file: Path) -> None:
    text = re.sub(r"/\*.*?\*/", "", file.read_text("utf-8"), flags=re.DOTALL)
    assert [each for each in NEW_CSS if each in text] == []
    # No rule stands within a rule, but in what asks for a medium or an animation.
    depth = 0
    for part in re.findall(r"[^{}]*[{}]", text):
        if part.endswith("{"):
            if not part.strip().startswith("@"):
                depth += 1
            assert depth <= 1, part
        elif depth:
            depth -= 1


@pytest.mark.parametrize("file", SCRIPTS, ids=lambda path: path.name)
def test_scripts_ask_nothing_that_chromium_90_or_a_plain_network_does_not_have(file: Path) -> None:
    text = file.read_text("utf-8")
    assert [each for each in NEW_JS if each in text] == []


@pytest.mark.parametrize("file", OWN, ids=lambda path: path.name)
def test_what_is_ours_evaluates_nothing_and_asks_nobody_elsewhere(file: Path) -> None:
    text = file.read_text("utf-8")
    assert not re.search(
        r"\beval\(|new Function|innerHTML|outerHTML|document\.write|https?://", text
    )


def test_what_others_made_is_what_the_lock_says() -> None:
    check = subprocess.run([sys.executable, ".ci/vendor", "--check"], cwd=ROOT, check=False)
    assert check.returncode == 0


def test_the_first_load_of_a_page_for_recording_is_small() -> None:
    shipped = assets.shipped()
    carried = sum(len(each.compressed) for each in shipped.values())
    template = gzip.compress(
        b"".join(
            t.read_bytes()
            for t in TEMPLATES
            if t.name in {"base.html", "record_form.html", "inputs.html"}
        )
    )
    assert carried + len(template) < FIRST_LOAD


def test_an_asset_is_kept_for_ever_at_an_address_of_its_content_and_nothing_else_is_served(
    sqlite_service: object,
) -> None:
    client = sqlite_service.client  # type: ignore[attr-defined]
    for name, asset in assets.shipped().items():
        answer = client.get(assets.address_of(name), headers={"accept-encoding": "gzip"})
        assert answer.content == asset.content
        assert "immutable" in answer.headers["cache-control"]
    for path in (
        "/static/0000000000000000/lvzhi.css",
        "/static/x/../../words.py",
        "/static/x/vendor/lock.json",
    ):
        assert client.get(path).status_code == 404


def test_boxes_that_are_not_ticked_stand_out_from_the_page() -> None:
    rules = re.findall(r"\.form-check-input[^{]*\{[^}]*\}", OWN[0].read_text("utf-8"))
    assert any("border-color: var(--lv-soft)" in rule for rule in rules)
    assert any("background-color: var(--lv-panel)" in rule for rule in rules)


def test_numbers_on_dark_shades_are_printed_in_black() -> None:
    css = (ROOT / "interfaces/web/static/lvzhi.css").read_text("utf-8")
    screen, _, paper = css.partition("@media print")
    white = re.findall(r"\.heat \.(h\d) \{[^}]*color: #fff", screen)
    assert white == ["h3", "h4"]
    rule = re.search(r"([^{};]*\.heat td\.h4[^{};]*)\{ background: none; color: #000; \}", paper)
    assert rule is not None
    assert all(f".heat td.{shade}" in rule[1] for shade in white)
