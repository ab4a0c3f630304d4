"""Reporting in: steps, members on two days, ties, villages with nobody; guests stand apart from members."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from sqlalchemy import Connection

from domain.fact import Capacity
from domain.member import (
    Admit,
    Bond,
    Dismiss,
    Exit,
    Invitation,
    Invite,
    Join,
    Membership,
    Place,
    Placement,
    Profile,
    ReportIn,
    Standing,
    Tie,
)
from domain.occasion import Participant
from domain.people import PersonId, UnitId
from domain.unit import OpenUnit, UnitKind, UnitProfile
from domain.words import Level
from projections import guests, reporting_in
from projections.documents import Shelf
from projections.guests import Part
from projections.store import Store
from tests.projections.county import (
    BEGAN,
    LI,
    NORTH,
    OFFICE,
    SOUTH,
    SUN,
    TODAY,
    WANG,
    ZHAO,
    ZHOU,
    County,
    read_document,
    visit,
)
from tests.projections.test_studios import statements

TOWN, HAN, LU, ROOM = (UnitId(name) for name in ("town", "han", "lu", "han-room"))
GUEST, SECOND = PersonId("guest"), PersonId("second")
OF_CITY = Participant(person=GUEST, capacity=Capacity.HIGHER_MEMBER)
MARCH, JUNE = date(2025, 3, 1), date(2025, 6, 1)


@pytest.fixture
def county() -> County:
    """A township with two villages, one of which has a room; two studios in no township."""
    county = County(day=date(2025, 6, 25)).found()
    placed: tuple[tuple[UnitId, UnitKind, str, dict[str, Any]], ...] = (
        (TOWN, UnitKind.TOWNSHIP, "东关镇", {}),
        (HAN, UnitKind.VILLAGE, "韩村", {"parent": TOWN}),
        (LU, UnitKind.VILLAGE, "卢村", {"township": TOWN}),
        (ROOM, UnitKind.DELIBERATION_HALL, "韩村议事室", {"parent": HAN, "township": TOWN}),
    )
    for unit, kind, name, more in placed:
        profile = UnitProfile(kind=kind, name=name, **more)
        county.say(OFFICE, OpenUnit(unit=unit, profile=profile, since=BEGAN))
    return county


def step(county: County, who: PersonId, taken: ReportIn, on: date, **more: Any) -> None:
    placement = Placement(township=TOWN, step=taken, on=on, **more)
    county.say(OFFICE, Place(person=who, placement=placement))


def looked(county: County, store: Store, ask: Callable[[Connection], Any]) -> Any:
    county.reader(store).catch_up()
    with store.reading() as connection:
        return ask(connection)


def shelf() -> Shelf:
    return Shelf(read_document)


def told(county: County, store: Store, *, day: date = TODAY, **more: Any) -> Any:
    asked = {"day": day, "before": date(2025, 1, 1), **more}
    return looked(
        county,
        store,
        lambda c: reporting_in.reported_in(c, county.log.ledger, shelf(), **asked),
    )


def of_villages(county: County, store: Store, **more: Any) -> Any:
    asked = {"day": TODAY, **more}
    return looked(
        county, store, lambda c: reporting_in.villages(c, county.log.ledger, shelf(), **asked)
    )


def test_members_are_counted_at_their_newest_step_and_at_all_that_they_took(
    county: County, store: Store
) -> None:
    for who, taken, on in (
        (SUN, ReportIn.NOTIFIED, MARCH),
        (WANG, ReportIn.NOTIFIED, MARCH),
        (WANG, ReportIn.CHOSE, MARCH),
        (WANG, ReportIn.REPORTED, JUNE),
        (LI, ReportIn.ASSIGNED, MARCH),
        (LI, ReportIn.REPORTED, MARCH),
        (LI, ReportIn.WITHDRAWN, JUNE),
    ):
        step(county, who, taken, on)
    found = told(county, store)
    (town,) = [each for each in found.page.rows if each.unit == TOWN]
    assert {(each.step, each.newest, each.taken) for each in town.steps} == {
        (ReportIn.NOTIFIED, 1, 2),
        (ReportIn.CHOSE, 0, 1),
        (ReportIn.ASSIGNED, 0, 1),
        (ReportIn.REPORTED, 1, 2),
        (ReportIn.ACTIVE, 0, 0),
        (ReportIn.WITHDRAWN, 1, 1),
    }
    assert found.steps == town.steps
    assert (town.before, town.now, town.change) == (0, 1, 1)
    earlier = told(county, store, day=date(2025, 3, 2)).steps
    assert {each.step: each.newest for each in earlier if each.newest} == {
        ReportIn.NOTIFIED: 1,
        ReportIn.CHOSE: 1,
        ReportIn.REPORTED: 1,
    }


def test_a_township_has_its_own_members_and_those_of_its_studio_on_two_days(
    county: County, store: Store
) -> None:
    studio = UnitId("east")
    profile = UnitProfile(kind=UnitKind.STUDIO, name="东关工作室", township=TOWN)
    county.say(OFFICE, OpenUnit(unit=studio, profile=profile, since=BEGAN))
    for who, bond, unit in (
        (WANG, Bond.STUDIO, studio),
        (WANG, Bond.TOWNSHIP, TOWN),
        (SUN, Bond.TOWNSHIP, TOWN),
    ):
        county.say(
            OFFICE,
            Join(person=who, membership=Membership(bond=bond, unit=unit, since=MARCH)),
        )
    found = told(county, store)
    assert [(each.unit, each.before, each.now, each.change) for each in found.page.rows] == [
        (TOWN, 0, 2, 2),
        (NORTH, 2, 2, 0),
        (SOUTH, 3, 2, -1),
    ]
    # Who was in no studio is in a township since March; each member counts once.
    assert (found.before, found.now, found.nowhere) == (5, 6, 0)
    assert told(county, store, day=date(2025, 2, 28)).nowhere == 1


def test_ties_are_those_of_the_newest_step_and_else_of_the_bond(
    county: County, store: Store
) -> None:
    step(county, WANG, ReportIn.REPORTED, MARCH, basis=Tie.RESIDENCE)
    step(county, WANG, ReportIn.ACTIVE, JUNE, basis=Tie.WORKPLACE)
    county.say(
        OFFICE,
        Join(
            person=SUN,
            membership=Membership(bond=Bond.TOWNSHIP, unit=TOWN, since=MARCH, basis=Tie.ASSISTANCE),
        ),
    )
    # Wang is still bound to his studio too, of which no tie is said, as are the four others.
    assert [(each.basis, each.members) for each in told(county, store).bases] == [
        (Tie.WORKPLACE, 1),
        (Tie.ASSISTANCE, 1),
        (None, 5),
    ]


def test_villages_name_their_members_and_those_without_any_are_found(
    county: County, store: Store
) -> None:
    step(county, WANG, ReportIn.REPORTED, MARCH, room=HAN, basis=Tie.CONTACT)
    step(county, ZHAO, ReportIn.REPORTED, MARCH, room=LU)
    step(county, ZHAO, ReportIn.WITHDRAWN, JUNE)
    county.say(
        OFFICE,
        Join(person=SUN, membership=Membership(bond=Bond.ROOM, unit=ROOM, since=JUNE)),
    )
    page = of_villages(county, store)
    assert [
        (each.name, each.township_name, [(m.person, m.basis, m.since) for m in each.members])
        for each in page.rows
    ] == [
        ("卢村", "东关镇", []),
        ("韩村", "东关镇", [(SUN, None, JUNE), (WANG, Tie.CONTACT, MARCH)]),
    ]
    assert [each.village for each in of_villages(county, store, without=True).rows] == [LU]
    assert of_villages(county, store, township=SOUTH).rows == ()
    assert [e.number for e in of_villages(county, store, day=date(2025, 5, 1)).rows] == [1, 1]
    found = told(county, store)
    (town,) = [each for each in found.page.rows if each.unit == TOWN]
    assert (town.villages, town.covered, found.villages, found.covered) == (2, 1, 2, 1)


def test_villages_and_townships_come_a_page_at_a_time_and_of_the_past(
    county: County, store: Store
) -> None:
    first = of_villages(county, store, limit=1)
    second = of_villages(county, store, limit=1, after=first.after)
    assert [each.village for each in (*first.rows, *second.rows)] == [LU, HAN]
    assert second.after is None
    step(county, WANG, ReportIn.REPORTED, MARCH)
    head = county.log.head()
    step(county, LI, ReportIn.REPORTED, MARCH)

    def in_town(position: int | None) -> int:
        rows = told(county, store, position=position, limit=1).page.rows
        assert [each.unit for each in rows] == [TOWN]
        return int(rows[0].now)

    assert (in_town(None), in_town(head)) == (2, 1)


def test_steps_are_of_members_alone(county: County, store: Store) -> None:
    step(county, GUEST, ReportIn.REPORTED, MARCH)
    step(county, ZHOU, ReportIn.REPORTED, date(2024, 12, 1))
    county.say(OFFICE, Dismiss(person=ZHOU, on=date(2025, 5, 31), how=Exit.RESIGNED))
    found = told(county, store)
    (town,) = [each for each in found.page.rows if each.unit == TOWN]
    assert (town.before, town.now) == (1, 0)
    assert {each.newest for each in town.steps} == {0}


def invited(county: County, who: PersonId, taken: Invitation, on: date) -> None:
    county.say(OFFICE, Invite(person=who, step=taken, on=on, to=SOUTH))


def of_guests(county: County, store: Store, **more: Any) -> Any:
    asked = {"first": date(2025, 1, 1), "last": TODAY, **more}
    return looked(county, store, lambda c: guests.guests(c, county.log.ledger, **asked))


def test_guests_stand_with_the_newest_step_and_what_they_took_part_in(
    county: County, store: Store
) -> None:
    profile = Profile(
        name="州委员",
        standing=Standing.GUEST,
        home_level=Level.CITY,
        higher_committees=("州政协",),
    )
    county.say(OFFICE, Admit(person=SECOND, profile=profile))
    invited(county, GUEST, Invitation.INVITED, MARCH)
    invited(county, GUEST, Invitation.ACCEPTED, date(2025, 3, 5))
    county.visited(OFFICE, "v1", visit(OF_CITY, LI))
    county.visited(OFFICE, "v2", visit(OF_CITY, on=date(2024, 5, 1)))
    found = of_guests(county, store)
    assert [(e.person, e.level, e.committees, e.step, e.on, e.to) for e in found.page.rows] == [
        (SECOND, Level.CITY, ("州政协",), None, None, None),
        (GUEST, None, (), Invitation.ACCEPTED, date(2025, 3, 5), SOUTH),
    ]
    assert found.page.rows[1].to_name == f"{UnitKind.STUDIO.zh}{SOUTH}"
    figures = (found.total, found.invited, found.accepted, found.declined, found.took_part)
    assert figures == (2, 1, 1, 0, 1)
    parts = looked(
        county,
        store,
        lambda c: guests.parts_of(
            c, county.log.ledger, [GUEST, SECOND], first=date(2024, 1, 1), last=TODAY
        ),
    )
    assert parts == {GUEST: Part(number=2, last=date(2025, 6, 20))}
    assert of_guests(county, store, last=date(2025, 3, 2)).accepted == 0
    only = of_guests(county, store, step=Invitation.ACCEPTED)
    assert ([each.person for each in only.page.rows], only.total) == ([GUEST], 2)
    first = of_guests(county, store, limit=1)
    rest = of_guests(county, store, limit=1, after=first.page.after)
    assert ([each.person for each in rest.page.rows], rest.page.after) == ([GUEST], None)


def test_however_many_there_are_the_questions_are_as_many(county: County, store: Store) -> None:
    def asked() -> tuple[int, int]:
        county.reader(store).catch_up()
        with store.reading() as c:
            ledger = county.log.ledger
            days: dict[str, Any] = {"day": TODAY, "before": BEGAN}
            return (
                statements(c, lambda: reporting_in.reported_in(c, ledger, shelf(), **days)),
                statements(c, lambda: guests.guests(c, ledger, first=BEGAN, last=TODAY)),
            )

    invited(county, GUEST, Invitation.INVITED, MARCH)
    few = asked()
    for number in range(8):
        person = PersonId(f"more-{number}")
        profile = Profile(name=f"客{number}", standing=Standing.GUEST)
        county.say(OFFICE, Admit(person=person, profile=profile))
        invited(county, person, Invitation.INVITED, MARCH)
        unit = UnitId(f"town-{number}")
        said = UnitProfile(kind=UnitKind.TOWNSHIP, name=f"镇{number}")
        county.say(OFFICE, OpenUnit(unit=unit, profile=said, since=BEGAN))
    assert asked() == few
