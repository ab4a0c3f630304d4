"""The rehearsal county under its rubric: what was known then is what a replay says, and a draft names movers and rules."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import date, timedelta
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection

from application import codec, packs, rehearsal
from application.memory_log import MemoryLog
from domain.checklist import CellState
from domain.document import Sort
from domain.entry import Entry
from domain.fact import Mode
from domain.figures import Also
from domain.kinds.help import Resource
from domain.period import Period, Span
from domain.rubric import Rubric
from domain.unit import Office, UnitKind
from projections import (
    as_of,
    campaigns,
    checklists,
    courses,
    documents,
    figures,
    joint,
    postings,
    roster,
    stations,
)
from projections.campaigns import Campaign, Which
from projections.checklists import ProgressLine
from projections.comparisons import WhatIf, rules_over, trials, what_if
from projections.composition import composition
from projections.coverage import coverage
from projections.documents import Shelf
from projections.figures_beside import beside
from projections.grades import GradeLine, grades
from projections.reader import Reader
from projections.responsibility import tree
from projections.scorecards import card_lines
from projections.store import SqliteStore, Store
from projections.suggestions import tally_of

CODE = "rehearsal"
YEAR = 2025


@dataclass(frozen=True)
class Rehearsed:
    """The county's log, its whole read model, and a folder for others."""

    log: MemoryLog
    store: SqliteStore
    folder: Path

    def day(self, position: int) -> date:
        """The local day on which an entry was recorded."""
        (entry,) = codec.decode_all(self.log.at([position]))
        return entry.envelope.day


def read(log: MemoryLog, store: Store, today: date, up_to: int) -> None:
    """Bring a read model to a position."""

    def since(position: int, limit: int) -> list[Entry[Any]]:
        return codec.decode_all(log.since(position, min(limit, up_to - position)))

    reader = Reader(store, CODE, since, today=lambda: today, read_document=packs.published)
    reader.rebuild()


@pytest.fixture(scope="module")
def county(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rehearsed]:
    folder = tmp_path_factory.mktemp("rehearsal")
    log = MemoryLog(CODE)
    rehearsal.build(log, documents=rehearsal.documents())
    with closing(SqliteStore(folder / "whole", CODE)) as store:
        read(log, store, date(YEAR, 12, 31), log.head())
        yield Rehearsed(log, store, folder)


def totals(store: Store, today: date, position: int | None) -> list[tuple[str, str, str]]:
    """Everybody's total for the year, page by page."""
    found: list[tuple[str, str, str]] = []
    after = None
    with store.reading() as connection:
        while True:
            page = card_lines(
                connection,
                CODE,
                Shelf(packs.published),
                period=Period.year(YEAR),
                today=today,
                rubric=CODE,
                position=position,
                after=after,
                limit=100,
            )
            found += [(line.member, line.version, line.total) for line in page.rows]
            after = page.after
            if after is None:
                return found


def graded(store: Store, today: date, position: int | None) -> list[GradeLine]:
    """Everybody's card and grade, worked out from the facts."""
    with store.reading() as connection:
        shelf, year = Shelf(packs.published), Period.year(YEAR)
        return grades(
            connection, CODE, shelf, rubric=CODE, period=year, today=today, position=position
        )


@pytest.mark.parametrize("part", [Fraction(1, 2), Fraction(4, 5)])
def test_totals_as_of_a_position_are_those_of_a_replay_up_to_it(
    county: Rehearsed, part: Fraction
) -> None:
    position = int(county.log.head() * part)
    today = county.day(position)
    with closing(SqliteStore(county.folder / f"then-{position}", CODE)) as then:
        read(county.log, then, today, position)
        replayed = totals(then, today, None)
        was = graded(county.store, today, position)
        is_ = graded(then, today, None)

    assert len(replayed) > 200
    assert len({total for _, _, total in replayed}) > 20
    assert totals(county.store, today, position) == replayed
    assert was == is_


RUBRIC = next(each.text for each in rehearsal.documents() if each.sort is Sort.RUBRIC)


def tried(county: Rehearsed, text: str, years: Sequence[int] = (YEAR,)) -> tuple[WhatIf, Rubric]:
    draft = packs.load_rubric(text)
    with county.store.reading() as connection:
        shelf = Shelf(packs.published)
        rules = rules_over(connection, CODE, shelf, CODE)
        found = [
            trial
            for some in trials(
                connection,
                CODE,
                shelf,
                draft,
                years=years,
                today=date(YEAR, 12, 31),
                against=CODE,
            )
            for trial in some
        ]
    return what_if(found, draft, rules, CODE), draft


def test_a_draft_that_says_the_same_moves_nobody(county: Rehearsed) -> None:
    told, _ = tried(county, RUBRIC, years=(2023, 2024, YEAR))

    assert [spread.period.first.year for spread in told.spreads] == [2023, 2024, YEAR]
    assert told.spreads[-1].members > 200
    assert told.movers == ()


def test_a_draft_names_those_who_move_and_the_rules_responsible(county: Rehearsed) -> None:
    """Activities ask for five and a proposal brings half: each mover is told by which of the two, and by how much."""
    changed = {"activities", "excellent"}
    text = RUBRIC.replace("full: {points: 30, acts: 4}", "full: {points: 30, acts: 5}")
    text = text.replace("each: 8", "each: 4")
    assert text.count("points: 30, acts: 5") == text.count("each: 4") == 1

    told, _ = tried(county, text)

    assert told.movers
    assert {shift.clause for mover in told.movers for shift in mover.shifts} == changed
    assert {tally.code for tally in told.clauses} == changed
    for mover in told.movers:
        assert Fraction(mover.after) - Fraction(mover.before) == Fraction(mover.change)
        assert sum(Fraction(s.change) for s in mover.shifts) == Fraction(mover.change)
    sizes = [abs(Fraction(mover.change)) for mover in told.movers]
    assert sizes == sorted(sizes, reverse=True)
    (spread,) = told.spreads
    assert spread.moved == len(told.movers)
    assert Fraction(spread.mean_after) < Fraction(spread.mean_before)
    # Nothing of it stays.
    assert totals(county.store, date(YEAR, 12, 31), None) == totals(
        county.store, date(YEAR, 12, 31), county.log.head()
    )


def test_what_is_covered_and_what_is_not(county: Rehearsed) -> None:
    """Gaps are there to be seen, and so is what has none."""
    with county.store.reading() as connection:
        shelf, year = Shelf(packs.published), Period.year(YEAR)
        found = coverage(connection, CODE, shelf, period=year, today=date(YEAR, 12, 31))

    assert {(each.has.value, each.kind.value): (each.done, each.of) for each in found.placed} == {
        ("studio", "township"): (9, 9),
        ("studio", "sector"): (5, 17),
        ("deliberation_hall", "village"): (23, 54),
    }
    assert (found.visited, found.villages) == (51, 54)
    covers = {each.code: [(t.done, t.of) for t in each.targets] for each in found.lists}
    assert covers == {
        "five-covers": [(9, 9), (5, 17), (210, 213), (6, 15), (2, 6)],
        "two-covers": [(94, 95), (212, 213)],
    }


def test_who_makes_up_the_committees_and_who_answers_at_three_levels(county: Rehearsed) -> None:
    """Leaders are approved but for one, two liaison committees have no deputy, and one study group nobody heads."""
    day = date(YEAR, 12, 31)
    with county.store.reading() as connection:
        found = composition(connection, CODE, day=day)
        driven = tree(connection, CODE, day=day)

    assert (found.units, found.people, found.members, found.others) == (14, 225, 212, 13)
    assert found.unapproved == 1
    assert {c.office: (c.holders, c.members, c.vacant) for c in found.offices} == {
        Office.HEAD: (14, 5, 0),
        Office.DEPUTY: (12, 8, 2),
        Office.GROUP_LEADER: (5, 5, 0),
    }
    vacant = {
        line.name: [v.since for v in line.vacancies] for line in found.page.rows if line.vacancies
    }
    assert vacant == {"荻浦镇政协联络委": [date(YEAR, 10, 1)], "麦河镇政协联络委": [None]}
    groups = [d for b in driven.page.rows for d in b.driven if d.kind is UnitKind.STUDY_GROUP]
    assert len(groups) == len(driven.page.rows) == 5
    assert [d.name for d in groups if not d.responsible] == ["文化文史和学习委员会学习组"]
    assert (driven.unanswered, driven.loose_number) == (1, 0)


def test_a_county_that_is_run_well_is_late_with_few_matters_and_has_some_at_hand_in_each_loop(
    county: Rehearsed,
) -> None:
    """Now as in the past; a few were handled and whoever raised them was not told."""
    loops = {packs.load_loop(d.text).code for d in rehearsal.documents() if d.sort is Sort.LOOP}
    for month, day in ((3, 31), (6, 30), (9, 30), (12, 31)):
        today = date(YEAR, month, day)
        with closing(SqliteStore(county.folder / f"due-{month}", CODE)) as then:
            last = next(
                entry.position
                for entry in reversed(codec.decode_all(county.log.since(0, 1_000_000)))
                if entry.envelope.day <= today
            )
            read(county.log, then, today, last)
            with then.reading() as connection:
                due = courses.counts(connection, CODE, today=today)
                at_hand = {
                    loop: courses.counts(connection, CODE, today=today, loop=loop) for loop in loops
                }
        assert due.open > 100
        assert 0.03 < due.overdue / due.open < 0.15

    assert 0 < due.not_told < 20
    assert {loop for loop, found in at_hand.items() if not found.open + found.resting} == set()


def test_a_liaison_committee_fills_its_grid_but_for_some_cells(county: Rehearsed) -> None:
    """Twelve months, four quarters, two half-years, one collection, and one deed of each of its six people."""
    with county.store.reading() as connection:
        units = roster.all_units(connection, CODE).values()
        committees = {
            unit.profile.name: unit
            for unit in units
            if unit.profile.kind is UnitKind.LIAISON_COMMITTEE
        }
        lists = checklists.of_units(
            connection,
            CODE,
            Shelf(packs.published),
            list(committees.values()),
            period=Period.year(YEAR),
            today=date(YEAR, 12, 31),
            wanted=lambda _: True,
        )
    grids = {
        name: {found.checklist.code: found.grid for found in lists[unit.unit]}
        for name, unit in committees.items()
    }
    full = grids["澄阳街道政协联络委"]["five-ones"]
    assert [(row.done, row.of) for row in full.rows] == [(11, 12), (4, 4), (2, 2), (1, 1), (3, 6)]
    assert [cell.state for cell in full.rows[0].cells].index(CellState.MISSED) == 7
    done = {name: grid["five-ones"].done for name, grid in grids.items()}
    assert len(set(done.values())) > 4
    assert all(grid["liaison-documents"].rows[0].done == 1 for grid in grids.values())


def test_the_three_lists_are_told_on_one_page_with_what_is_left_adopted_and_overdue(
    county: Rehearsed,
) -> None:
    year, day = Period.year(YEAR), date(YEAR, 12, 31)
    with county.store.reading() as connection:
        shelf = Shelf(packs.published)
        told = (connection, CODE, shelf)
        page = figures.drawn_up(*told, "three-lists", period=year, today=day).page
        found = beside(*told, page, period=year, today=day)
        half = beside(*told, page, period=Period.around(Span.HALF, day), today=day)
        then = beside(*told, page, period=year, today=day + timedelta(days=400))
        head = as_of.position_now(connection, CODE)
        same = beside(*told, page, period=year, today=day, position=head)
        june = date(YEAR, 6, 30)
        position = as_of.position_on(connection, CODE, june)
        past = beside(*told, page, period=year, today=june, position=position)
        ended = beside(*told, page, period=Period.around(Span.HALF, june), today=day)
        then_due = courses.counts_then(*told, today=june, position=position)
        then_lines = _progress(told, year, june, position)
        due = courses.counts(connection, CODE, today=day)
        tally = tally_of(connection, CODE, since=year.first, until=year.last)
        lines = _progress(told, year, day)
        listed = next(
            each
            for each in postings.posted_lists(documents.states(*told), shelf, day)
            if each.code == "studio-months"
        )
        walls = [
            (found.units, found.posted, found.late, found.missing)
            for month in year.parts(Span.MONTH)[:-1]
            for found in (postings.wall(*told, listed, month, today=day),)
        ]

    assert [each.also for each in found] == [*Also]
    numbers = [[number for _, number in each.numbers] for each in found]
    assert (len(lines), found[0].list) == (numbers[0][0], "ten-ones")
    assert numbers[0][1:] == [
        sum(line.done == line.of for line in lines),
        sum(line.done for line in lines),
        sum(line.of - line.done for line in lines),
    ]
    assert 0 < numbers[0][1] < len(lines)
    assert numbers[1] == [
        *(tally.made, tally.adopted, tally.partly),
        *(tally.declined, tally.open, tally.carried_out),
    ]
    assert numbers[2] == [due.open, due.overdue, due.resting, due.not_told]
    assert min(tally.adopted, tally.open, due.overdue, due.not_told) > 0
    assert found[1].sentence.zh == (
        f"2025年度意见建议:提出{tally.made}条,采纳{tally.adopted}条,部分采纳{tally.partly}条,"
        f"不采纳{tally.declined}条,待答复{tally.open}条,已落实{tally.carried_out}条。"
    )
    assert found[2].sentence.zh.startswith(f"截至2025年12月31日,闭环事项:在办{due.open}件")
    assert [each.also for each in half] == [*Also][1:], "a list is of its year"
    assert (found[3].list, [number for _, number in found[3].numbers]) == (
        "studio-months",
        [sum(each) for each in zip(*walls, strict=True)],
    )
    assert min(numbers[3][:2]) > 0
    assert then[0].numbers == found[0].numbers, "what time has overtaken is worked out afresh"
    assert [each.numbers for each in same] == [each.numbers for each in found]
    assert [number for _, number in past[0].numbers] == [
        len(then_lines),
        sum(line.done == line.of for line in then_lines),
        sum(line.done for line in then_lines),
        sum(line.of - line.done for line in then_lines),
    ]
    assert 0 < past[0].numbers[2][1] < found[0].numbers[2][1]
    assert 0 < past[1].numbers[0][1] < tally.made
    assert [number for _, number in past[2].numbers] == [
        *(then_due.open, then_due.overdue, then_due.resting, then_due.not_told)
    ]
    assert (past[2].numbers, past[2].on) == (ended[1].numbers, june), "as at the half's end"
    assert past[0].sentence.zh.startswith("2025年度(按2025年6月30日所知)")


def _progress(
    told: tuple[Connection, str, Shelf], year: Period, day: date, position: int | None = None
) -> list[ProgressLine]:
    """Everybody's progress with the ten-ones, page by page."""
    lines: list[ProgressLine] = []
    after = None
    while True:
        page = checklists.progress_lines(
            *told,
            period=year,
            today=day,
            code="ten-ones",
            position=position,
            after=after,
            limit=100,
        )
        lines += page.rows
        after = page.after
        if after is None:
            return lines


def test_figures_are_counted_since_the_term_began_and_since_the_last_plenary_session(
    county: Rehearsed,
) -> None:
    day = date(YEAR, 12, 31)
    with county.store.reading() as connection:
        model = (connection, CODE, Shelf(packs.published))
        begun = {each.since: each.period for each in figures.begun(*model, today=day)}
        drawn = {
            began: figures.drawn_up(*model, "three-norms", period=period, today=day)
            for began, period in begun.items()
        }
        year = figures.drawn_up(*model, "three-norms", period=Period.year(YEAR), today=day)

    assert {began: (each.first, each.last) for began, each in begun.items()} == {
        figures.Since.TERM: (date(2022, 1, 10), day),
        figures.Since.SESSION: (date(YEAR, 1, 14), day),
    }
    numbers = {
        began: told.number
        for began, page in drawn.items()
        if (told := page.value("proposals")) is not None
    }
    of_year = year.value("proposals")
    assert of_year is not None
    assert numbers[figures.Since.TERM] == of_year.number, "nothing is on record of earlier years"
    assert 0 < numbers[figures.Since.SESSION] < of_year.number, "some were sent in before it"
    opinions = drawn[figures.Since.TERM].value("opinions")
    assert opinions is not None
    assert (opinions.before, opinions.before_period) == (None, None)


def test_every_page_of_figures_of_the_packs_tells_something(county: Rehearsed) -> None:
    with county.store.reading() as connection:
        shelf, year, day = Shelf(packs.published), Period.year(YEAR), date(YEAR, 12, 31)
        codes = [each.code for each in figures.pages(connection, CODE, shelf, day=day)]
        drawn = [
            figures.drawn_up(connection, CODE, shelf, code, period=year, today=day)
            for code in codes
        ]
    assert len(codes) == 8
    empty = {
        page.page.code: {told.figure.code for told in page.values if not told.number}
        for page in drawn
    }
    assert {code: said for code, said in empty.items() if said} == {
        "history": {"volumes", "special-issues"},
    }, "nothing of the kind happened in the rehearsal county"


def test_its_special_tasks_have_a_call_a_team_and_what_was_given(county: Rehearsed) -> None:
    days: dict[str, Any] = {"first": date(YEAR, 1, 1), "last": date(YEAR, 12, 31)}
    every = Which(campaign=Campaign.TASK, **days)
    with county.store.reading() as connection:
        told = (connection, CODE)
        tasks = campaigns.campaigns(*told, every).rows
        flood = campaigns.figures(*told, replace(every, name="防汛值守"))
        reports = campaigns.reports(*told, replace(every, name="防汛值守")).rows
        walks = campaigns.campaigns(*told, Which(campaign=Campaign.ACTIVITY, **days)).rows
    assert [each.name for each in tasks] == ["秋粮抢收", "防汛值守", "春季森林防火"]
    assert all(each.called_on and each.people and each.half_days for each in tasks)
    assert flood is not None
    (call,) = flood.calls
    assert call.called_by == "县防汛抗旱指挥部" and call.deployed_on and call.done_on
    assert [each.resource for each in flood.resources] == [Resource.GOODS, Resource.MONEY]
    assert "转移独居老人" in {each.duty for each in reports}, "recorded from the page of the call"
    assert max(walks, key=lambda each: each.records).name == "三走进一联系"


def test_its_posts_have_services_and_what_came_of_them(county: Rehearsed) -> None:
    year, day = Period.year(YEAR), date(YEAR, 12, 31)
    with county.store.reading() as connection:
        posts = [
            unit.unit
            for unit in roster.all_units(connection, CODE).values()
            if unit.profile.kind is UnitKind.EXEMPLARY_POST
        ]
        found = [stations.profile(connection, CODE, post, period=year, today=day) for post in posts]
    assert found and all(each and each.owners and each.totals.services for each in found)
    came = [kind for each in found if each for kind in each.totals.came_of]
    assert {each.kind for each in came} == {"solved_difficulty"}
    assert sum(e.matters for e in came) > sum(e.closed for e in came) > 0


def test_what_was_held_by_one_a_group_or_several_is_the_same_on_both_pages(
    county: Rehearsed,
) -> None:
    year, day = Period.year(YEAR), date(YEAR, 12, 31)
    with county.store.reading() as connection:
        drawn = figures.drawn_up(
            connection, CODE, Shelf(packs.published), "studios", period=year, today=day
        )
        held = joint.figures(connection, CODE, first=year.first, last=year.last)
    told = drawn.value("by-mode")
    assert told is not None
    by_mode = {part.key: part.number for part in told.parts}
    waiting = {mode: n - by_mode[mode.value] for mode, n in held.by_mode.items()}
    assert min(waiting.values()) >= 0
    assert sum(waiting.values()) == told.waiting == held.total - told.number
    assert by_mode[Mode.JOINT.value] > 100
