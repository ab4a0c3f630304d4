"""Text at every door: kept in one form, and without the characters that make it read otherwise than it is stored."""

from __future__ import annotations

import argparse
import json
import unicodedata
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from application.documents.source import Unreadable, decoded, parsed
from application.sheets import read_sheet
from domain.characters import FORBIDDEN, composed, is_forbidden
from domain.people import Reason, Refused
from interfaces import bodies, cli
from interfaces.refusals import Exit
from tests.application.sheet_makers import csv_text, xlsx
from tests.interfaces.conftest import Caller, visit
from tests.interfaces.test_api_refusals import problem
from tests.interfaces.test_cli import Run, county, run

__all__ = ["county", "run"]

APART = "Cafe\u0301"
TOGETHER = "Caf\u00e9"
BAD = ["\x00", "\x1b[31m", "\x7f", "\x85", "\u061c", "\u200f", "\u202e", "\u2066", "\u206a", "\ufffe"]  # fmt: skip


@pytest.mark.parametrize("bad", BAD)
def test_no_such_character_is_text(bad: str) -> None:
    assert is_forbidden(f"走访{bad}")


@pytest.mark.parametrize("good", ["走访\t桃源村\r\n", "𠮷", "👩\u200d🌾", "Caf\u00e9 \uff21"])
def test_what_people_write_is_text(good: str) -> None:
    assert not is_forbidden(good)


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_what_is_composed_stays_so_and_gains_no_such_character(text: str) -> None:
    once = composed(text)
    assert composed(once) == once
    assert unicodedata.is_normalized("NFC", once)
    assert is_forbidden(once) == is_forbidden(text)


@given(st.text(max_size=40))
def test_a_body_is_read_as_any_reader_reads_it(text: str) -> None:
    """Whether escaped or not, what comes through means what was sent, composed."""
    for escaped in (True, False):
        raw = json.dumps({"a": [text]}, ensure_ascii=escaped).encode("utf-8", "surrogatepass")
        if FORBIDDEN.search(text):
            with pytest.raises(Refused):
                bodies.text_of(raw)
        else:
            assert json.loads(bodies.text_of(raw)) == {"a": [composed(text)]}


# Addresses and queries


def test_a_query_is_composed_and_named_when_it_is_refused(untouched: Caller) -> None:
    assert untouched.get("/people", text=APART).status_code == 200
    for bad in BAD:
        problem(untouched.get("/people", text=bad), 422, "bad_characters", parameter="text")
        problem(untouched.get("/deeds", kind=bad), 422, "bad_characters", parameter="kind")
    broken = untouched.get("/people?text=%ff")
    problem(broken, 400, "bad_encoding", parameter="text")
    problem(untouched.get("/people?%ff=x"), 400, "bad_encoding")
    problem(untouched.get("/people/%ff"), 400, "bad_encoding")
    problem(untouched.get("/people/%E2%80%AE"), 422, "bad_characters")
    bell = untouched.client.get("/problems/a%07b")
    problem(bell, 422, "bad_characters")


def test_what_is_looked_for_is_found_however_it_was_typed(office: Caller) -> None:
    told = office.send("/occasions", visit(title=f"{APART} 座谈 +1&2=3")).json()
    for typed in (APART, TOGETHER, f"{APART} 座谈 +1&2=3"):
        found = office.get("/deeds", text=typed, after=told["position"]).json()["rows"]
        assert [each["title"] for each in found] == [f"{TOGETHER} 座谈 +1&2=3"]


@pytest.mark.parametrize(
    "text", ["' OR '1'='1", "李'; DROP TABLE x; --", "%", "_", "\\", "[李]", "*"]
)
def test_what_is_looked_for_is_a_text_and_never_a_part_of_the_question(
    untouched: Caller, text: str
) -> None:
    for page in ("/people", "/units", "/deeds"):
        assert untouched.get(page, text=text).json()["rows"] == []
    assert len(untouched.get("/people", text="李").json()["rows"]) == 2


def test_the_next_page_of_a_composed_query_is_its_next(office: Caller) -> None:
    for i in range(3):
        told = office.send("/occasions", visit(title=f"{APART}{i}")).json()
    seen = []
    answer = office.get("/deeds", text=APART, limit=1, after=told["position"])
    while True:
        seen += [each["title"] for each in answer.json()["rows"]]
        if "next" not in answer.links:
            break
        answer = office.client.get(answer.links["next"]["url"], headers=office._headers({}))
    assert sorted(seen) == [f"{TOGETHER}{i}" for i in range(3)]


# The command line


@pytest.mark.parametrize("bad", BAD)
def test_an_option_that_is_no_text_is_named(bad: str, run: Run) -> None:
    code, _, errors = run("members", "--text", f"a{bad}")
    assert (code, errors.splitlines()[0]) == (
        Exit.INVALID,
        "--text:含有控制字符或双向文字控制符,请删除",
    )
    code, _, errors = run("members", f"--text=a{bad}")
    assert errors.startswith("--text:")
    code, _, errors = run("score", f"张{bad}")
    assert code == Exit.INVALID
    assert not is_forbidden(errors.replace("\n", ""))


def test_what_is_typed_is_composed_but_for_files() -> None:
    typed = argparse.Namespace(text=APART, choose=[APART], file=APART, limit=1, rest=[APART])
    cli._compose(typed)
    assert (typed.text, typed.choose, typed.file) == (TOGETHER, [TOGETHER], APART)
    assert (typed.limit, typed.rest) == (1, [TOGETHER])


def test_a_record_that_is_typed_is_stored_composed(county: Run) -> None:
    said = ("record", "visited_village", "--title", APART, "--on", "2025-03-05")
    code, output, errors = county(*said, "--organiser", "城南工作室", "--participants", "陈静")
    assert code == 0, errors
    stream = output.split()[1].partition(",")[0]
    _, shown, _ = county("history", stream, "--json")
    assert TOGETHER in shown


# Sheets and documents


@pytest.mark.parametrize("made", ["xlsx", "csv"])
def test_cells_are_composed(made: str) -> None:
    rows: list[list[Any]] = [["姓名", "日期", "名称"], ["张伟", "2026-3-5", APART]]
    content = xlsx(rows) if made == "xlsx" else csv_text(rows).encode()
    assert read_sheet(f"a.{made}", content).rows[0].cells[2] == TOGETHER


@pytest.mark.parametrize(
    ("rows", "place"),
    [
        ([["三月\u202e登记表"], ["姓名", "日期"], ["张伟", "2026-3-5"]], "row 1, column 1"),
        ([["姓名", "日期", "名\u200f称"], ["张伟", "2026-3-5", "走访"]], "row 1, column 3"),
    ],
    ids=["a title", "a heading"],
)
def test_what_names_a_sheet_is_refused_with_its_place(rows: list[list[Any]], place: str) -> None:
    with pytest.raises(Refused) as caught:
        read_sheet("a.csv", csv_text(rows).encode())
    assert caught.value.reason is Reason.BAD_CHARACTERS
    assert place in caught.value.about


def values(text: str) -> Iterator[str]:
    """The names and values of a document."""
    for name, value in parsed(text).values.items():
        yield name
        yield value


def test_documents_are_composed() -> None:
    assert list(values(decoded(f"{APART}: {APART}\n".encode()))) == [TOGETHER] * 2
    assert list(values('a: "Cafe\\u0301"\n')) == ["a", TOGETHER]


@pytest.mark.parametrize("bad", BAD)
def test_a_document_is_refused_on_the_line(bad: str) -> None:
    with pytest.raises(Unreadable) as caught:
        list(values(decoded(f"a: b\nc: d{bad}\n".encode())))
    assert caught.value.flaws[0].line == 2
