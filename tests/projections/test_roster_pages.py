"""The roster that pages are asked of is the roster that decisions look at, on both databases."""

from __future__ import annotations

from datetime import date, timedelta
from random import Random

import pytest
from sqlalchemy import literal, select

from domain import streams
from domain.fact import RecordClass
from domain.member import (
    Admit,
    Bond,
    CorrectIntervals,
    Dismiss,
    Exit,
    Intervals,
    Join,
    Membership,
    Profile,
    Term,
)
from domain.people import PersonId, UnitId
from domain.unit import (
    DescribeUnit,
    Life,
    MoveUnitOn,
    OpenUnit,
    Side,
    StudioKind,
    UnitKind,
    UnitProfile,
)
from projections import history, roster, waiting
from projections.columns import Day
from projections.paging import Key
from projections.store import Store
from tests.projections.county import (
    AFFAIRS,
    BEGAN,
    CLERK,
    COUNTY,
    ECONOMY,
    LI,
    LINKING,
    MEDICINE,
    NORTH,
    OFFICE,
    SOUTH,
    TODAY,
    WANG,
    County,
    visit,
)

BONDS = (
    (Bond.SECTOR, ECONOMY),
    (Bond.SECTOR, MEDICINE),
    (Bond.STUDIO, SOUTH),
    (Bond.STUDIO, NORTH),
)


def test_a_home_on_a_page_is_the_home_that_decisions_know(store: Store, county: County) -> None:
    chance = Random(7)
    for n in range(20):
        bonds = [
            Membership(
                bond=bond,
                unit=unit,
                since=(first := BEGAN + timedelta(days=chance.randrange(5))),
                until=chance.choice((None, first + timedelta(days=chance.randrange(5)))),
                primary=chance.random() < 0.8,
            )
            for bond, unit in chance.choices(BONDS, k=6)
        ]
        county.say(
            OFFICE,
            Admit(
                person=PersonId(f"p{n}"),
                profile=Profile(name=f"委员{n}"),
                term=Term(number=10, since=BEGAN),
                memberships=tuple(bonds),
            ),
        )
    county.reader(store).catch_up()

    with store.reading() as connection:
        known = roster.roster(connection, "small")
        for person in known.people:
            for side in (Side.SECTOR, Side.STUDIO):
                for days in range(-1, 10):
                    day = BEGAN + timedelta(days=days)
                    home = roster.home(
                        literal(f"member/{person}"), "small", literal(day, Day()), side
                    )
                    assert connection.scalar(select(home)) == known.home(person, side, day)


def test_a_unit_has_no_members_who_died_or_left_the_committee(store: Store, county: County) -> None:
    county.say(OFFICE, Dismiss(person=LI, on=date(2025, 6, 1), how=Exit.DIED))
    county.reader(store).catch_up()

    def members(unit: UnitId, day: date) -> int:
        with store.reading() as connection:
            page = roster.unit(connection, "small", unit, day=day)
        assert page is not None
        return page.members

    assert [members(ECONOMY, date(2025, 6, day)) for day in (1, 2)] == [3, 2]
    assert [members(SOUTH, date(2025, 6, day)) for day in (1, 2)] == [3, 2]
    assert members(ECONOMY, BEGAN - timedelta(days=1)) == 0


def test_the_queue_of_a_closed_unit_lies_with_the_committee_in_the_end(
    store: Store, county: County
) -> None:
    county.visited(CLERK, "v", visit(LI, WANG))
    affairs = UnitProfile(kind=UnitKind.OFFICE, name="办公室")
    county.say(
        OFFICE,
        DescribeUnit(unit=AFFAIRS, profile=affairs, reason="机构改革"),
        MoveUnitOn(unit=ECONOMY, life=Life.CLOSED, on=date(2025, 6, 24)),
        MoveUnitOn(unit=LINKING, life=Life.CLOSED, on=date(2025, 6, 24)),
    )
    county.reader(store).catch_up()

    def lines(unit: UnitId) -> int:
        with store.reading() as connection:
            return waiting.waiting_count(connection, "small", unit, today=date(2025, 6, 25)).lines

    assert {unit: lines(unit) for unit in (ECONOMY, LINKING, AFFAIRS, COUNTY)} == {
        ECONOMY: 0,
        LINKING: 0,
        AFFAIRS: 0,
        COUNTY: 2,
    }


@pytest.mark.parametrize("limit", [1, 50])
def test_units_of_a_side_are_found_by_the_type_of_a_studio_too(
    store: Store, county: County, limit: int
) -> None:
    sectoral = UnitProfile(
        kind=UnitKind.STUDIO, name="名医工作室", studio_kind=StudioKind.SECTORAL, linked_by=LINKING
    )
    county.say(OFFICE, OpenUnit(unit=UnitId("doctors"), profile=sectoral, since=BEGAN))
    county.reader(store).catch_up()

    def of(side: Side) -> set[UnitId]:
        found: set[UnitId] = set()
        after: Key | None = None
        with store.reading() as connection:
            while True:
                page = roster.units(
                    connection, "small", day=TODAY, side=side, after=after, limit=limit
                )
                found |= {line.unit for line in page.rows}
                if page.after is None:
                    return found
                after = page.after

    assert of(Side.SECTOR) == {ECONOMY, MEDICINE, LINKING, UnitId("doctors")}
    assert of(Side.STUDIO) == {SOUTH, NORTH}
    assert of(Side.COUNTY) == {COUNTY, AFFAIRS}


def test_what_a_sector_s_studio_organises_is_a_record_of_the_sector_side(county: County) -> None:
    sectoral = UnitProfile(
        kind=UnitKind.STUDIO, name="名医工作室", studio_kind=StudioKind.SECTORAL, linked_by=LINKING
    )
    county.say(OFFICE, OpenUnit(unit=UnitId("doctors"), profile=sectoral, since=BEGAN))
    stream = county.visited(OFFICE, "clinic", visit(LI, organiser=UnitId("doctors")))

    facts = streams.facts_of(county.writer.opened().state(stream))

    assert {fact.record for fact in facts} == {RecordClass.SECTOR}


def test_after_a_correction_pages_and_history_say_what_is_so(store: Store, county: County) -> None:
    moved = Membership(bond=Bond.SECTOR, unit=MEDICINE, since=date(2025, 3, 1))
    stayed = Membership(bond=Bond.SECTOR, unit=ECONOMY, since=BEGAN)
    ended = Membership(bond=Bond.SECTOR, unit=ECONOMY, since=BEGAN, until=date(2025, 2, 28))
    county.say(OFFICE, Join(person=LI, membership=moved))
    county.say(
        OFFICE,
        CorrectIntervals(
            person=LI,
            wrong=Intervals(memberships=(ended, moved)),
            right=Intervals(memberships=(stayed,)),
            reason="误登同名委员",
        ),
    )
    county.reader(store).catch_up()

    with store.reading() as connection:
        home = roster.home(literal(f"member/{LI}"), "small", literal(TODAY, Day()), Side.SECTOR)
        assert connection.scalar(select(home)) == ECONOMY
        told = history.history(connection, "small", f"unit/{MEDICINE}", county.at, limit=1).rows[0]
    assert told.said.zh == (
        "更正李敏的名册登记,理由:误登同名委员。"
        "原登记:界别economy界别(2024-01-01至2025-02-28)、界别medicine界别(2025-03-01起);"
        "更正为:界别economy界别(2024-01-01起)。"
    )
    assert told.said.en == (
        "What was entered of 李敏 was corrected: 误登同名委员. "
        "Entered: 界别economy sector (2024-01-01 to 2025-02-28), 界别medicine sector (from 2025-03-01); "
        "corrected: 界别economy sector (from 2024-01-01)."
    )
