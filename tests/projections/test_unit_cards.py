"""What units come to: from their own facts, from what their members did, and from their members' scores."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from fractions import Fraction

from sqlalchemy import Connection, event

from domain.document import Publish, Sort
from domain.fact import SubjectId
from domain.people import UnitId
from domain.period import Period
from projections import grades, roster, scorecards, unit_cards
from projections.documents import Shelf
from projections.store import Store
from tests.projections.county import (
    BEGAN,
    CHEN,
    CLERK,
    ECONOMY,
    LI,
    MEDICINE,
    OFFICE,
    SECTOR_CLERK,
    SOUTH,
    TODAY,
    WANG,
    ZHAO,
    County,
    publication,
    read_document,
    visit,
)

YEAR = Period.year(2025)
SECTORS = """\
rubric: sectors
version: 1
zh: 界别考核办法
en: measure for sectors
since: 2024-01-01
subject: 单位
of_kinds: 界别
blocks:
  - block: work
    zh: 工作
    en: work
    clauses:
      - {clause: visits, zh: 走访, en: visits, counts: 走访村(社区), whose: 所属委员, each: 1}
      - {clause: scores, zh: 委员得分, en: members' scores, members: {take: 合计, times: 1}}
"""


def published(county: County) -> County:
    """Two rubrics, and visits by members of both sectors."""
    about = Publish(sort=Sort.RUBRIC, code="sectors", version="1", text=SECTORS, since=BEGAN)
    county.say(OFFICE, publication(Sort.RUBRIC), about)
    county.visited(CLERK, "south", visit(WANG, LI, CHEN))
    joint = visit(LI, ZHAO, on=date(2025, 6, 21), organiser=ECONOMY, title="界别走访")
    county.visited(SECTOR_CLERK, "economy", joint)
    return county


def totals(
    connection: Connection, *units: UnitId, position: int | None = None
) -> dict[str, tuple[str, int]]:
    """By unit what it has in all, and how many of its members' scores it has points from."""
    known = roster.some_units(connection, "small", units, position=position)
    found = unit_cards.scored_units(
        connection,
        "small",
        Shelf(read_document),
        list(known.values()),
        period=YEAR,
        today=TODAY,
        position=position,
    )
    return {
        each.scorecard.member: (
            each.scorecard.total,
            sum(line.clause == "scores" for line in each.scorecard.lines),
        )
        for each in found
    }


def test_a_unit_has_points_from_its_members(store: Store, county: County) -> None:
    published(county).reader(store).catch_up()
    shelf = Shelf(read_document)
    with store.reading() as connection:
        (card,) = unit_cards.cards_of_unit(
            connection, "small", shelf, ECONOMY, period=YEAR, today=TODAY
        )
        theirs = [
            Fraction(each.scorecard.total)
            for who in (WANG, LI, ZHAO)
            for each in scorecards.cards(connection, "small", shelf, who, period=YEAR, today=TODAY)
        ]
        names = scorecards.names_in(connection, "small", [card])
        assert (
            unit_cards.cards_of_unit(connection, "small", shelf, SOUTH, period=YEAR, today=TODAY)
            == []
        )
        none = {"rubric": "rehearsal", "period": YEAR, "today": TODAY}
        assert unit_cards.cards_of_unit(connection, "small", shelf, ECONOMY, **none) == []  # type: ignore[arg-type]
    # Two deeds, each counted once however many took part.
    assert Fraction(card.scorecard.total) == 2 + sum(theirs)
    assert card.position == county.log.head()
    assert set(names.values()) == {"王强", "李敏", "赵刚"}


def test_many_units_are_what_each_is_by_itself_and_as_it_was_known(
    store: Store, county: County
) -> None:
    published(county).reader(store).catch_up()
    with store.reading() as connection:
        for position in (None, county.log.head(), county.log.head() - 1):
            together = totals(connection, ECONOMY, MEDICINE, position=position)
            apart = totals(connection, ECONOMY, position=position) | totals(
                connection, MEDICINE, position=position
            )
            assert together == apart
            assert set(together) == {f"unit/{ECONOMY}", f"unit/{MEDICINE}"}
        before = totals(connection, ECONOMY, position=county.log.head() - 1)
        assert before != totals(connection, ECONOMY)


def asked(connection: Connection, ask: Callable[[], object]) -> int:
    """How many statements a question takes."""
    count = 0

    def counted(*_: object) -> None:
        nonlocal count
        count += 1

    event.listen(connection, "before_cursor_execute", counted)
    ask()
    event.remove(connection, "before_cursor_execute", counted)
    return count


def test_many_units_take_as_many_queries_as_one(store: Store, county: County) -> None:
    published(county).reader(store).catch_up()
    with store.reading() as connection:
        # The first statement of a connection is its beginning.
        assert totals(connection, ECONOMY)
        one = asked(connection, lambda: totals(connection, ECONOMY))
        assert asked(connection, lambda: totals(connection, ECONOMY, MEDICINE)) == one


def test_grades_are_shown_by_name_a_page_at_a_time(store: Store, county: County) -> None:
    published(county).reader(store).catch_up()
    shelf = Shelf(read_document)
    for code in ("rehearsal", "sectors"):
        seen: list[SubjectId] = []
        with store.reading() as connection:
            whole = grades.grades(connection, "small", shelf, rubric=code, period=YEAR, today=TODAY)
            after = None
            while True:
                page = grades.grade_lines(
                    connection,
                    "small",
                    shelf,
                    rubric=code,
                    period=YEAR,
                    today=TODAY,
                    after=after,
                    limit=2,
                )
                assert 1 <= len(page.rows) <= 2
                seen += [line.scorecard.member for line in page.rows]
                after = page.after
                if after is None:
                    break
        assert seen == [line.scorecard.member for line in whole]
        names = [line.name for line in whole]
        assert names == sorted(names)
        assert len(names) == {"rehearsal": 6, "sectors": 2}[code]
