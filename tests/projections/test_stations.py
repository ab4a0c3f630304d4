"""What a station did: each deed once, everybody once, the numbers of its records added up; what is gone, of other years or of other stations left out."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from domain.deed import LinkSame, Withdraw
from domain.fact import Attendance
from domain.kinds.help import DeliveredLivelihoodDeed
from domain.kinds.people import Service, Volunteered
from domain.matter import Author, Matter, RecordMatter
from domain.occasion import AmendOccasion, Occasion, Participant, RecordOccasion
from domain.people import UnitId
from domain.period import Period
from domain.unit import OpenUnit, UnitKind, UnitProfile
from projections import stations
from projections.stations import OfKind, StationTotals
from projections.store import Store
from tests.projections.county import CLERK, LI, OFFICE, SOUTH, SUN, TODAY, WANG, County

POST, OTHER = UnitId("post"), UnitId("other-post")
YEAR = Period.year(2025)


def served(
    station: UnitId | None, *people: Participant, on: date = date(2025, 5, 6), **numbers: Any
) -> Occasion[Any]:
    return Occasion(
        details=Volunteered(service=Service.FREE_CLINIC, station=station, **numbers),
        title="义诊",
        on=on,
        organiser=SOUTH,
        participants=people,
        reached_people=10,
    )


@pytest.fixture
def county() -> County:
    """A county with two posts."""
    county = County(day=date(2025, 1, 2)).found()
    for post in (POST, OTHER):
        profile = UnitProfile(kind=UnitKind.EXEMPLARY_POST, name=f"{post}示范岗")
        county.say(OFFICE, OpenUnit(unit=post, profile=profile, since=date(2024, 1, 1)))
    county.day = TODAY
    return county


def record(county: County, name: str, body: Occasion[Any]) -> None:
    county.say(CLERK, RecordOccasion(occasion=name, body=body))


def told(county: County, store: Store, post: UnitId = POST) -> StationTotals:
    county.reader(store).catch_up()
    with store.reading() as connection:
        return stations.totals(connection, "small", post, period=YEAR)


def test_each_number_of_its_records_is_added_up_and_everybody_counted_once(
    store: Store, county: County
) -> None:
    li, wang = Participant(person=LI), Participant(person=WANG)
    away = Participant(person=SUN, attendance=Attendance.ABSENT)
    record(county, "a", served(POST, li, wang, consultations=12, appeals=2))
    record(county, "b", served(POST, li, away, consultations=3, problems_solved=1))
    record(county, "elsewhere", served(OTHER, wang, consultations=50))
    record(county, "nowhere", served(None, wang, consultations=50))
    record(county, "before", served(POST, wang, on=date(2024, 5, 6), consultations=50))
    body: Matter[Any] = Matter(
        details=DeliveredLivelihoodDeed(station=POST, beneficiaries=8),
        title="修凳子",
        on=date(2025, 5, 7),
        organiser=SOUTH,
        authors=(Author(person=WANG),),
    )
    county.say(CLERK, RecordMatter(matter="deed", body=body))

    found = told(county, store)

    assert (found.records, found.members) == (3, 2)
    assert [(each.kind, each.records, each.members) for each in found.kinds] == [
        ("volunteered", 2, 2),
        ("delivered_livelihood_deed", 1, 1),
    ]
    sums = [{name: number for name, _, number in each.sums} for each in found.kinds]
    assert sums == [
        {"reached_people": 20, "consultations": 15, "problems_solved": 1, "appeals": 2},
        {"beneficiaries": 8},
    ]


def test_of_two_records_of_one_deed_one_counts_and_what_is_gone_does_not(
    store: Store, county: County
) -> None:
    li = Participant(person=LI)
    for name in ("a", "again", "wrong"):
        record(county, name, served(POST, li, trained=5))
    county.say(OFFICE, LinkSame(deed="occasion/again", same_as="occasion/a"))
    county.say(CLERK, Withdraw(deed="occasion/wrong", reason="登记有误"))
    (kind,) = told(county, store).kinds
    assert (kind.records, {name: number for name, _, number in kind.sums}) == (
        1,
        {"reached_people": 10, "trained": 5},
    )


def test_a_record_that_is_amended_to_another_station_goes_there(
    store: Store, county: County
) -> None:
    record(county, "a", served(POST, Participant(person=LI), trained=5))
    assert told(county, store).records == 1
    moved = served(OTHER, Participant(person=LI), trained=5)
    county.say(CLERK, AmendOccasion(occasion="a", body=moved, reason="更正站点"))
    assert told(county, store) == StationTotals(records=0, members=0, kinds=())
    (kind,) = told(county, store, OTHER).kinds
    assert isinstance(kind, OfKind)
    assert (kind.kind, kind.records) == ("volunteered", 1)
