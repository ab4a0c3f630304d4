"""What a publication did to members' cards, and what moved between two positions."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from fractions import Fraction
from typing import Any

import pytest
from sqlalchemy import Connection

from domain.document import Publish, Sort
from domain.people import Reason, Refused
from domain.period import Period
from projections import comparisons
from projections.as_of import purged
from projections.comparisons import Effects, Moved
from projections.documents import Shelf
from projections.paging import cursor_of, key_of
from projections.store import Store
from tests.projections.county import (
    CHEN,
    CLERK,
    ECONOMY,
    LI,
    NORTH,
    NORTH_CLERK,
    OFFICE,
    TODAY,
    WANG,
    ZHAO,
    County,
    publication,
    read_document,
    visit,
)

DRAFT = """\
rubric: rehearsal
version: 2
zh: 办法
en: measure
since: 2025-01-01
blocks:
  - block: base
    zh: 基础分
    en: base
    clauses:
      - {clause: visits, zh: 走访, en: visits, counts: 走访村(社区), each: 9}
"""


def newer(since: str = "2025-01-01", version: str = "2", text: str = DRAFT, **more: Any) -> Publish:
    """Another version of the measure; what else is said stands in its text."""
    said = "".join(f"\n{name}: {value}" for name, value in more.items())
    text = text.replace("version: 2", f"version: {version}")
    text = text.replace("since: 2025-01-01", f"since: {since}{said}")
    first = date.fromisoformat(since)
    return replace(publication(Sort.RUBRIC, version=version, since=first), text=text)


@pytest.fixture
def visited() -> County:
    """The measure, and visits of two years: Chen and Li of both, Zhao of this one."""
    county = County(day=date(2024, 6, 21)).found()
    county.say(OFFICE, publication(Sort.RUBRIC))
    county.visited(CLERK, "then", visit(CHEN, LI, on=date(2024, 6, 20)))
    county.day = date(2025, 6, 25)
    county.visited(CLERK, "now", visit(CHEN, LI))
    county.visited(NORTH_CLERK, "again", visit(ZHAO, on=date(2025, 6, 1), organiser=NORTH))
    return county


def effects(connection: Connection, **said: Any) -> Effects:
    told: dict[str, Any] = {"today": TODAY, "code": "rehearsal", **said}
    return comparisons.effects_of(connection, "small", Shelf(read_document), **told)


def counted(found: Effects) -> list[tuple[int, int, int, int, str, int, int]]:
    return [(e.year, e.moved, e.up, e.down, e.change, e.begun, e.ended) for e in found.years]


def moved(connection: Connection, year: int, first: int, last: int) -> list[Moved]:
    page = comparisons.moved_between(
        connection,
        "small",
        Shelf(read_document),
        rubric="rehearsal",
        period=Period.year(year),
        today=TODAY,
        first=first,
        last=last,
    )
    assert page.after is None
    return list(page.rows)


def test_what_was_answered_before_somebody_was_erased_is_worked_out_anew(
    store: Store, visited: County
) -> None:
    visited.say(OFFICE, newer())
    visited.reader(store).catch_up()
    shelf = Shelf(read_document)

    def asked(connection: Connection) -> Effects:
        told: dict[str, Any] = {"today": TODAY, "code": "rehearsal"}
        return comparisons.effects_of(connection, "small", shelf, **told)

    with store.reading() as connection:
        shelf.forget()
        # Who read before the rows were made anew answers after all was let go of.
        old = asked(connection)
        assert asked(connection) is old
    with store.writing() as writing:
        writing.insert(purged, [("small", f"member/{WANG}")])
    with store.reading() as connection:
        assert asked(connection) is not old


def test_a_version_affects_the_years_that_it_governs(store: Store, visited: County) -> None:
    visited.say(OFFICE, newer())
    at = visited.log.head()
    visited.visited(CLERK, "later", visit(WANG, on=date(2025, 6, 22)))
    visited.reader(store).catch_up()
    with store.reading() as connection:
        found = effects(connection)
        (effect,) = found.years
        assert (found.version, found.position, found.year) == ("2", at, 2025)
        # A visit counts 7.5 under the first version, 9 under the second; what was recorded later is no part of it.
        assert counted(found) == [(2025, 3, 3, 0, "4.5", 0, 0)]
        assert [(c.name, c.before, c.after, c.change) for c in effect.largest] == [
            (name, "7.5", "9", "1.5") for name in ("李敏", "赵刚", "陈静")
        ]
        assert list(found.movers.rows) == moved(connection, 2025, at - 1, at)
        assert effects(connection, year=2024).movers.rows == ()


def test_movers_come_a_page_at_a_time(store: Store, visited: County) -> None:
    visited.say(OFFICE, newer("2024-01-01"))
    at = visited.log.head()
    visited.reader(store).catch_up()
    with store.reading() as connection:
        for year in (2024, 2025):
            seen: list[Moved] = []
            after = None
            while True:
                page = effects(connection, year=year, limit=1, after=after).movers
                assert len(page.rows) == 1
                seen += page.rows
                if page.after is None:
                    break
                after = key_of(cursor_of(page.after))
            assert seen == moved(connection, year, at - 1, at)
        assert counted(effects(connection)) == [
            (2024, 2, 2, 0, "3", 0, 0),
            (2025, 3, 3, 0, "4.5", 0, 0),
        ]


def test_the_first_version_begins_cards_and_changes_none(store: Store, visited: County) -> None:
    visited.reader(store).catch_up()
    with store.reading() as connection:
        found = effects(connection)
        assert counted(found) == [(2024, 0, 0, 0, "0", 6, 0), (2025, 0, 0, 0, "0", 6, 0)]
        assert (found.movers.rows, found.years[0].is_none) == ((), False)


def test_a_version_of_years_to_come_affects_none_that_has_begun(
    store: Store, visited: County
) -> None:
    visited.say(OFFICE, newer("2026-01-01"))
    visited.reader(store).catch_up()
    with store.reading() as connection:
        assert effects(connection).years == ()
        assert counted(effects(connection, version="1"))[0][-2] == 6


def test_parts_of_a_year_begin_where_the_whole_year_ends(store: Store, visited: County) -> None:
    visited.say(OFFICE, newer(period="半年"))
    stricter = DRAFT.replace("each: 9", "each: 5")
    visited.say(OFFICE, newer("2025-06-01", "3", stricter, period="半年"))
    visited.reader(store).catch_up()
    with store.reading() as connection:
        assert counted(effects(connection, version="2")) == [(2025, 0, 0, 0, "0", 6, 6)]
        # Everybody's visits were in the first half, on whose last day it is in force.
        found = effects(connection, version="3")
        assert counted(found) == [(2025, 3, 0, 3, "-12", 0, 0)]
        assert {c.period.last for c in found.years[0].largest} == {date(2025, 6, 30)}


@pytest.mark.parametrize(("span", "since"), [("两年", "2024-07-01"), ("届", "2025-07-01")])
def test_a_longer_period_is_affected_in_every_year_of_it(
    store: Store, visited: County, span: str, since: str
) -> None:
    visited.say(OFFICE, newer("2024-01-01", period=span))
    stricter = DRAFT.replace("each: 9", "each: 5")
    visited.say(OFFICE, newer(since, "3", stricter, period=span))
    visited.reader(store).catch_up()
    with store.reading() as connection:
        found = effects(connection)
        assert [(e.year, e.moved) for e in found.years] == [(2024, 3), (2025, 3)]
        assert Fraction(found.years[0].change) == -4 * 5
        assert len({c.period for e in found.years for c in e.largest}) == 1


def test_a_trial_affects_those_who_belong_to_the_unit_that_tries_it(
    store: Store, visited: County
) -> None:
    visited.say(OFFICE, replace(newer(), trial_in=ECONOMY))
    visited.reader(store).catch_up()
    with store.reading() as connection:
        found = effects(connection)
        assert [m.name for m in found.movers.rows] == ["李敏", "赵刚"]
        assert counted(found) == [(2025, 2, 2, 0, "3", 0, 0)]


def test_a_version_that_was_not_published_is_refused(store: Store, visited: County) -> None:
    visited.reader(store).catch_up()
    with store.reading() as connection:
        for said in ({"version": "9"}, {"code": "none"}):
            with pytest.raises(Refused) as refused:
                effects(connection, **said)
            assert (refused.value.reason, refused.value.field) == (
                Reason.NO_SUCH_RUBRIC,
                "version",
            )
