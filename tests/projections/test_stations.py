"""What a station did: each deed once, everybody once, the numbers of its records added up; what is gone, of other years or of other stations left out."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from sqlalchemy import event

from domain.deed import LinkSame, Withdraw
from domain.fact import Attendance, Reached
from domain.kinds import Stage
from domain.kinds.advice import CarriedUp
from domain.kinds.help import DeliveredLivelihoodDeed, ServedOrder, SolvedDifficulty, Whose
from domain.kinds.people import ReceivedPublic, Service, Volunteered
from domain.kinds.units import Document, SubmittedDocument
from domain.matter import Author, Matter, RecordMatter, ReportOutcome
from domain.occasion import AmendOccasion, Occasion, Participant, RecordOccasion
from domain.people import UnitId
from domain.period import Period
from domain.unit import Appoint, Appointment, Office, OpenUnit, UnitKind, UnitProfile
from projections import stations
from projections.stations import CameOf, OfKind, OfService, StationTotals
from projections.store import SqliteStore, Store
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

    assert (found.records, found.members, found.times) == (3, 2, 4)
    assert [(each.kind, each.records, each.members, each.times) for each in found.kinds] == [
        ("volunteered", 2, 2, 3),
        ("delivered_livelihood_deed", 1, 1, 1),
    ]
    assert found.services == (OfService(service=Service.FREE_CLINIC, times=2, reached=20),)
    assert found.trainings == 0
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
    nothing = {"records": 0, "members": 0, "times": 0, "trainings": 0}
    assert told(county, store) == StationTotals(**nothing, kinds=(), services=(), came_of=())
    (kind,) = told(county, store, OTHER).kinds
    assert isinstance(kind, OfKind)
    assert (kind.kind, kind.records) == ("volunteered", 1)


def matter(county: County, name: str, details: Any, organiser: UnitId = SOUTH, **said: Any) -> None:
    author = Author(unit=organiser) if organiser == POST else Author(person=WANG)
    body: Matter[Any] = Matter(
        details=details,
        title=name,
        on=date(2025, 5, 7),
        organiser=organiser,
        authors=(author,),
        **said,
    )
    county.say(OFFICE, RecordMatter(matter=name, body=body))


def test_what_it_held_itself_counts_and_what_it_owes_does_not(store: Store, county: County) -> None:
    reception = Occasion(
        details=ReceivedPublic(matters_received=4, answered_on_spot=3),
        title="接待日",
        on=date(2025, 5, 8),
        organiser=POST,
        participants=(Participant(person=LI),),
        reached_people=6,
    )
    county.say(OFFICE, RecordOccasion(occasion="r", body=reception))
    both = replace(served(POST, Participant(person=LI), trained=5), organiser=POST)
    county.say(OFFICE, RecordOccasion(occasion="b", body=both))
    matter(county, "plan", SubmittedDocument(document=Document.YEARLY_PLAN), POST)
    found = told(county, store)
    assert [(each.kind, each.records) for each in found.kinds] == [
        ("received_public", 1),
        ("volunteered", 1),
    ]
    sums = {name: number for name, _, number in found.kinds[0].sums}
    assert sums == {"reached_people": 6, "matters_received": 4, "answered_on_spot": 3}
    assert (found.members, found.times, found.trainings) == (1, 2, 1)


def test_an_order_is_a_service_once_it_was_served(store: Store, county: County) -> None:
    record(county, "a", served(POST, Participant(person=LI)))
    for name in ("served", "open"):
        matter(county, name, ServedOrder(service=Service.LEGAL_AID, station=POST))
    done = Reached(stage=Stage.SERVED, on=date(2025, 5, 9))
    county.say(OFFICE, ReportOutcome(matter="served", outcome=done))
    assert told(county, store).services == (
        OfService(service=Service.FREE_CLINIC, times=1, reached=10),
        OfService(service=Service.LEGAL_AID, times=1, reached=0),
    )


def test_what_came_of_its_records_is_told_beside_them(store: Store, county: County) -> None:
    record(county, "a", served(POST, Participant(person=LI), appeals=9))
    record(county, "elsewhere", served(OTHER, Participant(person=WANG)))
    came: dict[str, Any] = {"answers": "occasion/a"}
    matter(county, "d1", SolvedDifficulty(whose=Whose.HOUSEHOLD), **came)
    matter(county, "d2", SolvedDifficulty(whose=Whose.HOUSEHOLD), **came)
    matter(county, "again", SolvedDifficulty(whose=Whose.HOUSEHOLD), **came)
    matter(county, "message", CarriedUp(topic="修路"), **came)
    matter(county, "other", CarriedUp(topic="修路"), answers="occasion/elsewhere")
    county.say(OFFICE, LinkSame(deed="matter/again", same_as="matter/d1"))
    solved = Reached(stage=Stage.SOLVED, on=date(2025, 5, 9))
    county.say(OFFICE, ReportOutcome(matter="d1", outcome=solved))
    assert told(county, store).came_of == (
        CameOf(kind="carried_up", matters=1, closed=0),
        CameOf(kind="solved_difficulty", matters=2, closed=1),
    )


def test_a_profile_names_whoever_answers_for_it(store: Store, county: County) -> None:
    held = Appointment(person=WANG, office=Office.HEAD, since=date(2024, 1, 1))
    county.say(OFFICE, Appoint(unit=POST, appointment=held))
    county.reader(store).catch_up()
    with store.reading() as connection:
        asked: dict[str, Any] = {"period": YEAR, "today": TODAY}
        found = stations.profile(connection, "small", POST, **asked)
        assert stations.profile(connection, "small", UnitId("none"), **asked) is None
    assert found is not None
    assert (found.owners, found.kind, found.totals.records) == (
        ("王强",),
        UnitKind.EXEMPLARY_POST,
        0,
    )


def test_each_half_is_found_by_an_index_of_its_own(
    sqlite_store: SqliteStore, county: County
) -> None:
    """The records of others are not read through for those of one station."""
    record(county, "a", served(POST, Participant(person=LI)))
    county.reader(sqlite_store).catch_up()
    asked: list[tuple[str, Any]] = []

    def heard(_: object, __: object, statement: str, values: object, *___: object) -> None:
        asked.append((statement, values))

    with sqlite_store.reading() as connection:
        event.listen(connection, "before_cursor_execute", heard)
        stations.totals(connection, "small", POST, period=YEAR)
        event.remove(connection, "before_cursor_execute", heard)
        plans = [
            " ".join(row.detail for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {said}", values))
            for said, values in asked
        ]  # fmt: skip
    halves, came = (plan for plan in plans if plan)
    assert "deeds_of_station" in halves and "deeds_of_organiser" in halves
    assert "deeds_answering" in came and "flows_of_kind" not in came
    assert not [plan for plan in plans if "deeds_newest" in plan or "SCAN main.deeds" in plan]
