"""The month's ledger of opinions of each township: its figures, and months of which nothing is heard."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from domain.fact import Authorship, Reached
from domain.kinds.about import Stage
from domain.kinds.advice import ReportedOpinion
from domain.kinds.units import Document, SubmittedDocument
from domain.matter import Author, Matter, RecordMatter, ReportOutcome
from domain.opinion_ledger import Month
from domain.people import UnitId
from domain.unit import OpenUnit, UnitKind, UnitProfile
from domain.words import Level
from projections import opinion_ledgers
from projections.opinion_ledgers import MOST_WHERE, MonthLine, sums
from projections.store import Store
from tests.projections.county import BEGAN, COUNTY, LI, OFFICE, SOUTH, County

WEST, STUDIO, ROOM = UnitId("west"), UnitId("west-studio"), UnitId("west-room")
TODAY = date(2025, 6, 25)


def unit(code: UnitId, kind: UnitKind, name: str, since: date = BEGAN, **said: Any) -> OpenUnit:
    return OpenUnit(unit=code, profile=UnitProfile(kind=kind, name=name, **said), since=since)


def opinion(name: str, on: date, organiser: UnitId, **said: Any) -> RecordMatter:
    body: Matter[Any] = Matter(
        details=ReportedOpinion(**said),
        title=f"信息{name}",
        on=on,
        organiser=organiser,
        authors=(Author(person=LI, role=Authorship.FIRST),),
    )
    return RecordMatter(matter=name, body=body)


def zero(name: str, on: date, covers: str) -> RecordMatter:
    body: Matter[Any] = Matter(
        details=SubmittedDocument(
            document=Document.OPINION_LEDGER, covers=covers, zero_report=True
        ),
        title=f"{covers}民情台账",
        on=on,
        organiser=STUDIO,
        authors=(Author(unit=STUDIO, role=Authorship.FIRST),),
    )
    return RecordMatter(matter=name, body=body)


def came_to(name: str, stage: Stage, on: date, level: Level | None = None) -> ReportOutcome:
    return ReportOutcome(matter=name, outcome=Reached(stage=stage, on=on, level=level))


@pytest.fixture
def county() -> County:
    """A township with a studio and a room; three opinions in March, none later; a zero report of April."""
    county = County().found()
    county.day = TODAY
    county.say(
        OFFICE,
        unit(WEST, UnitKind.TOWNSHIP, "河西镇", since=date(2025, 2, 10)),
        unit(STUDIO, UnitKind.STUDIO, "河西工作室", township=WEST),
        unit(ROOM, UnitKind.LIAISON_ROOM, "河西联络室", parent=STUDIO),
        opinion("o1", date(2025, 3, 3), STUDIO, direct_channel=True, sent_to=("县委办",)),
        opinion("o2", date(2025, 3, 31), ROOM, sent_to=("县委办", "县政府办")),
        opinion("o3", date(2025, 3, 9), STUDIO),
        opinion("of-county", date(2025, 3, 9), COUNTY),
        zero("z4", date(2025, 5, 6), "4月"),
        came_to("o1", Stage.EDITED, date(2025, 3, 5)),
        came_to("o1", Stage.FORWARDED, date(2025, 3, 6), Level.COUNTY),
        came_to("o1", Stage.TAKEN_UP, date(2025, 3, 20), Level.COUNTY),
        came_to("o1", Stage.TAKEN_UP, date(2025, 4, 20), Level.CITY),
        came_to("o1", Stage.INSTRUCTED, date(2025, 4, 21), Level.COUNTY),
        came_to("o1", Stage.HANDLED, date(2025, 5, 2)),
        came_to("o1", Stage.FED_BACK, date(2025, 5, 3)),
        came_to("o2", Stage.EDITED, date(2025, 4, 2)),
    )
    return county


def read(county: County, store: Store, **asked: Any) -> list[MonthLine]:
    county.reader(store).catch_up()
    with store.reading() as connection:
        return opinion_ledgers.ledger_of_year(
            connection, "small", asked.pop("year", 2025), today=TODAY, **asked
        )


def test_a_month_tells_what_came_in_and_what_became_of_it(county: County, store: Store) -> None:
    (march,) = read(county, store, unit=WEST, month=3)
    assert march == MonthLine(
        unit=WEST,
        unit_name="河西镇",
        month=date(2025, 3, 1),
        state=Month.KEPT,
        received=3,
        direct=1,
        edited=2,
        forwarded=1,
        where=(("县委办", 1), ("县委办、县政府办", 1)),
        elsewhere=0,
        taken_up=1,
        levels=((Level.COUNTY, 1), (Level.CITY, 1)),
        instructed=1,
        handled=1,
        fed_back=1,
    )


def test_of_many_places_those_with_the_most_are_named_and_the_others_are_one_number(
    county: County, store: Store
) -> None:
    many = [f"单位{nth:02}" for nth in range(30)]
    county.say(
        OFFICE,
        *(
            opinion(f"p{nth}", date(2025, 3, 10), STUDIO, sent_to=(place,))
            for nth, place in enumerate([*many, "单位29", "单位28"])
        ),
        # A township whose name comes last is told like the first.
        unit(UnitId("zz"), UnitKind.TOWNSHIP, "最后镇"),
        opinion("z1", date(2025, 4, 3), UnitId("zz"), sent_to=("镇政府",)),
    )
    (march,) = read(county, store, unit=WEST, month=3)
    assert len(march.where) == MOST_WHERE
    assert march.where[-2:] == (("单位28", 2), ("单位29", 2))
    assert sum(n for _, n in march.where) + march.elsewhere == 34
    (april,) = read(county, store, unit=UnitId("zz"), month=4)
    assert (april.where, april.elsewhere) == ((("镇政府", 1),), 0)


def test_months_without_a_word_are_missing_unless_a_zero_report_says_so(
    county: County, store: Store
) -> None:
    months = read(county, store, unit=WEST)
    assert [(each.month.month, each.state) for each in months] == [
        (1, Month.NONE),
        (2, Month.MISSING),
        (3, Month.KEPT),
        (4, Month.ZERO),
        (5, Month.MISSING),
        (6, Month.RUNNING),
    ]
    together = sums(months)
    assert (together.received, together.zero, together.missing) == (3, 1, 2)
    assert read(county, store, year=2026) == []


def test_a_studio_of_no_township_and_the_county_keep_none(county: County, store: Store) -> None:
    march = read(county, store, month=3)
    assert [(each.unit_name, each.received) for each in march] == [("河西镇", 3)]


def test_where_there_are_no_townships_their_studios_keep_them(store: Store) -> None:
    county = County().found()
    county.day = TODAY
    county.say(OFFICE, opinion("o1", date(2025, 3, 3), SOUTH))
    march = read(county, store, month=3)
    assert [(each.unit_name, each.received) for each in march] == [
        ("委员工作室north", 0),
        ("委员工作室south", 1),
    ]


def test_live_and_rebuilt_ledgers_are_the_same(county: County, store: Store) -> None:
    live = read(county, store)
    county.reader(store).rebuild()
    assert read(county, store) == live
