"""Instructions and what followed from each: what was said, the next later stage, what came of the matter; never whose name or text."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from sqlalchemy import Connection

from domain.course import Move
from domain.deed import LinkSame, Withdraw
from domain.fact import Followed, Reached
from domain.handling import GiveBack, MoveMatter
from domain.kinds import Stage
from domain.kinds.advice import Proposed, ReportedOpinion
from domain.kinds.works import Task
from domain.loop import Holder
from domain.matter import Author, RecordMatter, ReportOutcome, RetractOutcome
from domain.words import Level
from projections import instructions
from projections.documents import Shelf
from projections.instructions import Asked, Totals, instruction_rows
from projections.store import Store
from tests.projections.county import COUNTY, LINKING, OFFICE, SOUTH, County, read_document, rows_of
from tests.projections.test_courses import published
from tests.projections.test_links import counted, led, matter

GIVEN, LATER = date(2025, 4, 10), date(2025, 5, 20)
YEAR = Asked(date(2025, 1, 1), date(2025, 12, 31))


def instructed(name: str, on: date = GIVEN, **said: Any) -> ReportOutcome:
    said = {"level": Level.COUNTY, "rank": "县委书记", "document": "批〔2025〕1号"} | said
    return ReportOutcome(matter=name, outcome=Reached(stage=Stage.INSTRUCTED, on=on, **said))


def came_to(name: str, stage: Stage, on: date, **said: Any) -> ReportOutcome:
    return ReportOutcome(matter=name, outcome=Reached(stage=stage, on=on, **said))


def task(name: str, on: date, answers: str) -> RecordMatter:
    return matter(name, Task(due=LATER), on, Author(unit=LINKING), answers=answers)


@pytest.fixture
def county() -> County:
    """Of four proposals: `a` was supervised later, `b` before, of `c` it is said what followed, `d` led to a task."""
    told = County().found()
    day = date(2025, 4, 1)
    told.say(OFFICE, *(matter(name, Proposed(), day) for name in "abcd"))
    told.say(
        OFFICE,
        task("task", date(2025, 4, 12), "matter/d"),
        instructed("a", by="某某", note="此处不应展示"),
        instructed("a", date(2025, 4, 12), rank="县长"),
        came_to("a", Stage.SUPERVISED, date(2025, 4, 20)),
        came_to("b", Stage.FILED, date(2025, 4, 9)),
        instructed("b", rank="县长"),
        instructed("c"),
        instructed("c", followed=Followed.TASK_FORCE),
        instructed("d"),
    )
    return told


def looked(county: County, store: Store, ask: Callable[[Connection, Shelf], Any]) -> Any:
    county.reader(store).catch_up()
    with store.reading() as connection:
        return ask(connection, Shelf(read_document))


def board(county: County, store: Store, asked: Asked = YEAR) -> list[tuple[Any, ...]]:
    page = looked(county, store, lambda c, s: instructions.instructions(c, "small", s, asked))
    return [
        (
            *(each.matter, each.rank, each.followed, each.stage and each.stage.zh, each.stage_on),
            *(each.nothing, [led.stream for led in each.led_to]),
        )
        for each in page.rows
    ]


A1: tuple[Any, ...] = ("a", "县委书记", None, "督办", date(2025, 4, 20), False, [])
A2: tuple[Any, ...] = ("a", "县长", None, "督办", date(2025, 4, 20), False, [])
B: tuple[Any, ...] = ("b", "县长", None, None, None, True, [])
C: tuple[Any, ...] = ("c", "县委书记", Followed.TASK_FORCE, None, None, False, [])
D: tuple[Any, ...] = ("d", "县委书记", None, None, None, False, ["matter/task"])


def test_each_instruction_is_shown_with_what_followed(county: County, store: Store) -> None:
    assert board(county, store) == [A2, D, C, B, A1]
    for asked, lines in (
        (replace(YEAR, nothing=True), [B]),
        (replace(YEAR, rank="县长"), [A2, B]),
        (replace(YEAR, since=date(2025, 4, 11)), [A2]),
        (replace(YEAR, until=date(2025, 4, 9)), []),
        (replace(YEAR, kind="carried_up"), []),
        (replace(YEAR, unit=COUNTY), [A2, D, C, B, A1]),
        (replace(YEAR, unit=SOUTH), []),
        (replace(YEAR, level=Level.CITY), []),
    ):
        assert board(county, store, asked) == lines
    total = looked(county, store, lambda c, _: instructions.totals(c, "small", YEAR))
    assert total == Totals(all=5, nothing=1)


def test_neither_text_nor_name_lies_in_the_rows(county: County, store: Store) -> None:
    county.reader(store).catch_up()
    told = str(rows_of(store, "small")[instruction_rows.name])
    assert "批〔2025〕1号" in told
    assert "某某" not in told and "不应展示" not in told


def test_what_came_of_a_matter_before_its_instruction_did_not_follow(
    county: County, store: Store
) -> None:
    county.say(
        OFFICE,
        task("early", date(2025, 4, 2), "matter/b"),
        task("gone", date(2025, 4, 15), "matter/b"),
        Withdraw(deed="matter/gone", reason="误登"),
    )
    assert B in board(county, store)
    county.say(
        OFFICE,
        matter("late", Proposed(), date(2025, 4, 16)),
        led("matter/late", "matter/b", date(2025, 4, 16)),
    )
    assert board(county, store, replace(YEAR, nothing=True)) == []


def test_what_is_taken_back_withdrawn_or_the_same_deed_is_not_counted(
    county: County, store: Store
) -> None:
    county.say(
        OFFICE,
        RetractOutcome(matter="a", stage=Stage.SUPERVISED, reason="误"),
        RetractOutcome(matter="d", stage=Stage.INSTRUCTED, level=Level.COUNTY, reason="误"),
        Withdraw(deed="matter/b", reason="误登"),
        LinkSame(deed="matter/c", same_as="matter/a"),
    )
    found = board(county, store)
    assert [(line[0], line[5]) for line in found] == [("a", True), ("a", True)]


def test_a_stage_of_a_loop_follows_unless_it_is_undone(county: County, store: Store) -> None:
    loop = published("haiyan/opinions.yaml")
    told, _, rest = loop.text.partition("  - {stage: instructed")
    beside, _, rest = rest.replace("reaches: 办理, ", "").partition("\n")
    # What is given back to its forwarding keeps the instruction that stands before that.
    before, at, more = told.partition("  - {stage: forwarded")
    stage = "  - {stage: instructed" + beside.replace("after: forwarded", "after: edited")
    text = f"{before}{stage}\n{at}{more}{rest}"
    text += "giving_back: {within: {working_days: 5}, out_of: handled, to: forwarded}\n"
    county.say(OFFICE, replace(loop, text=text))
    county.say(OFFICE, matter("o", ReportedOpinion(), date(2025, 4, 1)))

    def move(stage: str, on: date, **said: Any) -> MoveMatter:
        return MoveMatter(matter="o", move=Move(stage=stage, on=on, **said))

    county.say(
        OFFICE,
        move("edited", date(2025, 4, 2)),
        move("forwarded", date(2025, 4, 3), level=Level.COUNTY),
        move("instructed", GIVEN, level=Level.COUNTY, rank="县委书记", document="批〔2025〕1号"),
    )
    only = replace(YEAR, kind="reported_opinion")
    assert [line[5] for line in board(county, store, only)] == [True]
    # It goes round a loop: a stage is not reported, what followed is.
    county.say(OFFICE, instructed("o", followed=Followed.MEETING))
    assert [line[2] for line in board(county, store, only)] == [Followed.MEETING]
    handled = move("handled", LATER, holder=Holder(name="县住建局"))
    county.say(OFFICE, handled)
    assert [line[3:5] for line in board(county, store, only)] == [("办理落实", LATER)]
    county.say(OFFICE, GiveBack(matter="o", on=LATER, reason="误派"))
    assert [line[3:5] for line in board(county, store, only)] == [(None, None)]


def test_a_page_goes_on_where_it_ended_and_one_is_found_by_its_entry(
    county: County, store: Store
) -> None:
    def ask(connection: Connection, shelf: Shelf) -> list[str]:
        found, after = [], None
        while True:
            page = instructions.instructions(connection, "small", shelf, YEAR, after=after, limit=2)
            found += [each.matter for each in page.rows]
            if (after := page.after) is None:
                last = page.rows[-1]
                told = (connection, "small", shelf)
                assert instructions.instruction(*told, last.position) == last
                assert instructions.instruction(*told, 1) is None
                return found

    assert looked(county, store, ask) == ["a", "d", "c", "b", "a"]


def test_a_page_asks_as_much_of_many_as_of_few(county: County, store: Store) -> None:
    def ask(connection: Connection) -> object:
        return instructions.instructions(connection, "small", Shelf(read_document), YEAR)

    def asked() -> int:
        county.reader(store).catch_up()
        with store.reading() as connection:
            return counted(connection, ask)

    before = asked()
    for n in range(20):
        name = f"more{n}"
        county.say(
            OFFICE,
            matter(name, Proposed(), date(2025, 4, 1)),
            instructed(name),
            task(f"task{n}", date(2025, 4, 12), f"matter/{name}"),
        )
    assert asked() == before
    assert len(board(county, store)) == 25


def test_the_rows_are_the_same_live_in_one_go_and_made_anew(county: County, store: Store) -> None:
    reader = county.reader(store, at_a_time=1)
    reader.catch_up(1)
    live = rows_of(store, "small")["instructions"]
    reader.rebuild()
    assert rows_of(store, "small")["instructions"] == live
    assert len(live) == 5
    with store.writing() as writing:
        writing.clear("small")
    county.reader(store).catch_up()
    assert rows_of(store, "small")["instructions"] == live
