"""What is written about the product is so: generated pages are fresh, decisions are listed, links lead somewhere."""

from __future__ import annotations

import ast
import re
from collections import Counter
from pathlib import Path
from typing import get_args

import pytest

from application import codec, evidence
from domain.kinds import FAMILIES, KINDS
from domain.kinds.fields import fields_of
from domain.people import Reason, Refused
from domain.streams import Command, Event
from domain.terms import Term
from domain.words import Choice, Level
from interfaces import catalogue_pages, settings
from interfaces.access import (
    accounts,
    journal,
    machines,
    passwords,
    second_factor,
    sessions,
    throttle,
)
from interfaces.access.opening import seal_keys
from interfaces.api import account, files
from interfaces.wiring import UNNAMED_KEPT
from tests.commands import NOT_TWICE, SAID, county, say

ROOT = Path(__file__).parent.parent
DOCS = ROOT / "docs"
PROSE = sorted([*ROOT.glob("*.md"), *DOCS.rglob("*.md")])


# Generated pages


@pytest.mark.parametrize("name", catalogue_pages.PAGES)
def test_a_generated_page_is_what_the_code_says(name: str) -> None:
    """Run `python -m interfaces.catalogue_pages` after changing kinds or events."""
    written = (DOCS / name).read_text(encoding="utf-8")

    assert written == catalogue_pages.PAGES[name]()


def test_the_words_of_rubrics_are_those_of_the_code() -> None:
    """All kinds, stages and closed lists that a rubric can name stand at the end of its page."""
    written = (DOCS / "rubrics.md").read_text(encoding="utf-8")

    assert written.partition(catalogue_pages.WORDS)[2] == catalogue_pages.rubric_words()


def test_pages_are_written_where_they_are_asked_for(tmp_path: Path) -> None:
    catalogue_pages.write(tmp_path)

    assert {path.name for path in tmp_path.iterdir()} == set(catalogue_pages.PAGES)
    assert (tmp_path / "kinds.md").read_text("utf-8") == catalogue_pages.kinds_page()


@pytest.mark.parametrize("kind", KINDS)
def test_a_kind_is_on_the_page_with_all_that_it_says_of_itself(kind: str) -> None:
    details = KINDS[kind]
    about = details.about
    heading = f"### {about.zh} {about.en} `{kind}`\n"
    _, found, after = catalogue_pages.kinds_page().partition(heading)
    section = re.split(r"^##", after, maxsplit=1, flags=re.MULTILINE)[0]

    assert found
    assert details.__doc__ is not None and details.__doc__ in section
    assert f"{about.shape.zh} {about.shape.value} · 计量 {about.measure} · 主体" in section
    assert all(f"{stage.zh} `{stage.value}`" in section for stage in about.stages)
    for field in fields_of(details):
        (row,) = (x for x in section.splitlines() if x.startswith(f"| `{field.name}` |"))
        cells = [cell.strip() for cell in row.strip("|").split("|")]
        assert cells[1:3] == [field.label.zh, field.label.en]
        assert (cells[4], cells[6]) == ("是" if field.required else "", field.protection)
        assert cells[3] and all(f"`{c.value}` {c.zh}" in cells[5] for c in field.choices)


def test_every_family_has_its_heading() -> None:
    assert set(catalogue_pages.HEADINGS) == {f.__name__.rpartition(".")[2] for f in FAMILIES}


def test_every_stored_name_is_on_the_page_once() -> None:
    rows = re.findall(
        r"^\| `([a-z_.]+)` \| .+ \| `[A-Z][a-z].* \|$",
        catalogue_pages.events_page(),
        re.MULTILINE,
    )

    assert sorted(rows) == sorted(codec.NAMES)


def test_links_within_a_generated_page_lead_to_a_heading() -> None:
    for page in (render() for render in catalogue_pages.PAGES.values()):
        headings = {h.lower() for h in re.findall(r"^### (\w+)$", page, re.MULTILINE)}
        assert set(re.findall(r"\]\(#([\w]+)\)", page)) <= headings


def test_commands_lead_to_the_events_that_the_page_says() -> None:
    told = county()
    for actor, command, _ in SAID + NOT_TWICE:
        for event in say(told, actor, command):
            assert type(command) in catalogue_pages.COMMANDS[type(event)]


def test_the_page_leaves_out_no_event_and_no_command() -> None:
    every = catalogue_pages.COMMANDS

    assert set(every) == {getattr(each, "__origin__", each) for each in get_args(Event)}
    assert {c for commands in every.values() for c in commands} == set(get_args(Command))


# Accounts and keys


def test_what_the_page_of_accounts_says_of_limits_is_so() -> None:
    page = (DOCS / "howto" / "accounts.md").read_text("utf-8")
    for said, number in (
        (f"{passwords.SHORTEST} to {passwords.LONGEST} characters", 8),
        (f"after {sessions.IDLE / 60:.0f} minutes of silence", 30),
        (f"after {sessions.ABSOLUTE / 3600:.0f} hours at all events", 8),
        (f"{throttle.LONGEST / 60:.0f} minutes at the most", 15),
        (f"an address has {throttle.OF_AN_ADDRESS} free", 20),
        (f"{passwords.WAITING} wait; {account.MOST_AT_ONCE} requests of this kind at a time", 16),
        (f"good for {accounts.TICKET_ENDS / 3600:.0f} hours", 72),
        (f"without secrets, {journal.KEPT / 86_400:.0f} days", 400),
        (f"{machines.LONGEST_DAYS} days at the most", 400),
    ):
        assert said in page, said
        assert str(number) in said
    for words, kept, is_so in (
        ("Four\npasswords are looked at at once", passwords.AT_ONCE, 4),
        ("within five minutes", account.GRAVE, 5),
        ("ten recovery codes", second_factor.CODES, 10),
        ("a token of ten minutes", machines.TOKEN_LASTS, 600),
    ):
        assert words in page and kept == is_so, words


def test_the_pages_of_keys_name_every_key_file() -> None:
    page = (DOCS / "howto" / "accounts.md").read_text("utf-8")
    found = settings.read({"LVZHI_DATA": "/data"})
    files = {
        seal_keys(Path("/data")).relative_to("/data").as_posix(),
        "access/marks.key",
        found.token_key_file.name,
        found.master_key_file.name,
        f"{found.keys.name}/",
        f"{found.seal_keys.name}/",
    }
    assert {each for each in files if f"`{each}`" not in page} == set()


# Files of evidence


def test_what_the_page_of_personal_data_says_of_files_is_so() -> None:
    page = (DOCS / "howto" / "personal-data.md").read_text("utf-8")
    for said in (f"{evidence.LARGEST // 2**20} MiB", f"{files.MOST_A_DAY} a person and day"):
        assert said in page, said
    assert "no record names within a week" in page and UNNAMED_KEPT.days == 7
    assert f"named `{evidence.KEY}`" in page


# Reasons


def test_no_two_reasons_say_the_same() -> None:
    for words in ([r.zh for r in Reason], [r.en for r in Reason], [r.value for r in Reason]):
        assert [word for word, times in Counter(words).items() if times > 1] == []


@pytest.mark.parametrize("reason", list(Reason))
def test_a_reason_is_said_in_both_languages(reason: Reason) -> None:
    assert re.search(r"[\u4e00-\u9fff]", reason.zh)
    assert re.search(r"[a-z]", reason.en) and not re.search(r"[\u4e00-\u9fff]", reason.en)
    assert reason.value == reason.name.lower()
    refused = Refused(reason, "/body/on", "x")
    assert str(refused) == f"/body/on x:{reason.zh} / /body/on x: {reason.en}"
    assert str(Refused(reason)) == f"{reason.zh} / {reason.en}"


# Words


def names_in_code() -> set[str]:
    """What code is called: kinds, modules, classes, functions, fields, and values that are stored."""
    found = set(KINDS)
    for folder in ("domain", "application", "projections", "interfaces"):
        for path in (ROOT / folder).rglob("*.py"):
            found.add(path.stem)
            for node in ast.walk(ast.parse(path.read_text("utf-8"))):
                match node:
                    case ast.Name(id=name) | ast.arg(arg=name) | ast.Constant(value=str(name)):
                        found.add(name)
                    case ast.ClassDef(name=name) | ast.FunctionDef(name=name):
                        found.add(name)
                    case _:
                        pass
    return found


def test_a_name_in_code_is_in_the_code() -> None:
    page = (DOCS / "language.md").read_text("utf-8")
    rows = [
        row.strip("|").split("|") for row in page.splitlines() if re.match(r"\| (?!-|中文)", row)
    ]
    said = {cells[0].strip(): cells[2].strip() for cells in rows if len(cells) == 4}

    named = {name for cell in said.values() for name in re.findall(r"`([^`]+)`", cell)}

    assert len(said) > 100
    assert [zh for zh, cell in said.items() if not re.fullmatch(r"–|`\w+`(, `\w+`)*", cell)] == []
    assert sorted(named - names_in_code()) == []


def test_no_choice_or_reason_says_county_to_a_district_or_a_city() -> None:
    """The level alone is named after a county; `Term` says what a committee may call otherwise."""

    def with_those_below(cls: type[Choice]) -> set[type[Choice]]:
        return {cls}.union(*(with_those_below(each) for each in cls.__subclasses__()))

    choices = [choice for cls in with_those_below(Choice) - {Term} for choice in cls]

    assert [choice for choice in choices if "县" in choice.zh] == [Level.COUNTY]


# Decisions and links


@pytest.mark.parametrize("decision", [p.name for p in sorted((DOCS / "adr").glob("[0-9]*.md"))])
def test_every_decision_is_listed(decision: str) -> None:
    lists = [DOCS / "adr" / "README.md", DOCS / "architecture.md"]
    listing = "".join(path.read_text("utf-8") for path in lists if path.exists())

    assert decision in listing


@pytest.mark.parametrize("page", PROSE, ids=lambda p: str(p.relative_to(ROOT)))
def test_links_to_files_lead_to_files(page: Path) -> None:
    text = re.sub(r"```.*?```", "", page.read_text("utf-8"), flags=re.DOTALL)
    links = re.findall(r"\]\(([^)#\s]+)(?:#[^)]*)?\)", text)
    local = [link for link in links if not re.match(r"[a-z]+:", link)]

    assert [link for link in local if not (page.parent / link).exists()] == []
