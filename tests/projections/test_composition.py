"""Who makes up committees: leaders with their approval, members and others each once, vacancies with their day."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from domain.member import Bond, Dismiss, Exit, Join, Membership
from domain.people import PersonId, UnitId
from domain.unit import (
    Appoint,
    Appointment,
    Office,
    OpenUnit,
    Relieve,
    UnitKind,
    UnitProfile,
)
from projections import composition
from projections.composition import OfficeCount, Vacancy
from projections.store import Store
from tests.projections.county import (
    BEGAN,
    CHEN,
    LI,
    LINKING,
    LINKING_HEAD,
    OFFICE,
    SOUTH_HEAD,
    TODAY,
    WANG,
    ZHOU,
    County,
)
from tests.projections.test_reporting_in import looked
from tests.projections.test_studios import statements

TOWN, LIAISON = UnitId("town"), UnitId("liaison")
MAY = date(2025, 5, 31)


@pytest.fixture
def county() -> County:
    """A special committee of two members under a head who is none; a liaison committee whose deputy left in May."""
    county = County(day=date(2025, 6, 25)).found()
    for unit, profile in (
        (TOWN, UnitProfile(kind=UnitKind.TOWNSHIP, name="东关镇")),
        (LIAISON, UnitProfile(kind=UnitKind.LIAISON_COMMITTEE, name="东关联络委", parent=TOWN)),
    ):
        county.say(OFFICE, OpenUnit(unit=unit, profile=profile, since=BEGAN))
    for who in (WANG, CHEN, ZHOU):
        bond = Membership(bond=Bond.COMMITTEE, unit=LINKING, since=BEGAN)
        county.say(OFFICE, Join(person=who, membership=bond))
    county.say(OFFICE, Dismiss(person=ZHOU, on=MAY, how=Exit.RESIGNED))
    approved = {"approved_on": date(2023, 12, 20), "approval_document": "海委〔2023〕88号"}
    appoint(county, LI, Office.HEAD, **approved)
    appoint(county, WANG, Office.DEPUTY)
    appoint(county, SOUTH_HEAD.person, Office.COMMITTEE_MEMBER)
    appoint(county, LI, Office.COMMITTEE_MEMBER)
    appoint(county, CHEN, Office.STAFF)
    relieve = Relieve(unit=LIAISON, person=WANG, office=Office.DEPUTY, until=MAY)
    county.say(OFFICE, relieve)
    return county


def appoint(county: County, who: PersonId, office: Office, **more: Any) -> None:
    held = Appointment(person=who, office=office, since=BEGAN, **more)
    county.say(OFFICE, Appoint(unit=LIAISON, appointment=held))


def drawn(county: County, store: Store, *, day: date = TODAY, **more: Any) -> Any:
    return looked(
        county, store, lambda c: composition.composition(c, county.log.ledger, day=day, **more)
    )


def test_each_belongs_once_and_who_is_no_member_is_told(county: County, store: Store) -> None:
    found = drawn(county, store)
    committee, liaison = found.page.rows
    assert (committee.unit, committee.people, committee.members, committee.others) == (
        LINKING,
        *(3, 2, 1),
    )
    assert (liaison.unit, liaison.people, liaison.members, liaison.others) == (LIAISON, 2, 1, 1)
    assert liaison.township_name == "东关镇"
    assert (found.units, found.people, found.members, found.others) == (2, 5, 3, 2)


def test_leaders_stand_with_the_party_committees_approval(county: County, store: Store) -> None:
    committee, liaison = drawn(county, store).page.rows
    (head,) = liaison.leaders
    assert (head.name, head.member, head.approved_on, head.approval_document) == (
        *("李敏", True),
        *(date(2023, 12, 20), "海委〔2023〕88号"),
    )
    assert [(e.person, e.member, e.approved_on) for e in committee.leaders] == [
        (LINKING_HEAD.person, False, None)
    ]
    assert (committee.unapproved, liaison.unapproved) == (1, 0)
    earlier = drawn(county, store, day=MAY)
    assert [each.office for each in earlier.page.rows[1].leaders] == [Office.HEAD, Office.DEPUTY]
    assert earlier.unapproved == 2


def test_vacancies_say_since_when_and_are_counted_by_office(county: County, store: Store) -> None:
    found = drawn(county, store)
    committee, liaison = found.page.rows
    assert committee.vacancies == (Vacancy(office=Office.DEPUTY, since=None),)
    assert liaison.vacancies == (Vacancy(office=Office.DEPUTY, since=date(2025, 6, 1)),)
    assert found.offices == (
        OfficeCount(office=Office.HEAD, holders=2, members=1, vacant=0),
        OfficeCount(office=Office.DEPUTY, holders=0, members=0, vacant=2),
    )
    at_may = drawn(county, store, day=MAY, vacant=True)
    assert ([each.unit for each in at_may.page.rows], at_may.units) == ([LINKING], 2)


def test_other_kinds_are_drawn_up_when_they_are_named(county: County, store: Store) -> None:
    found = drawn(county, store, kinds=(UnitKind.SECTOR,))
    assert [each.unit for each in found.page.rows] == ["economy", "medicine"]
    # Both have a head, and what a sector has is a convenor.
    assert [each.office for each in found.page.rows[0].vacancies] == [Office.CONVENOR]


def test_the_table_comes_a_page_at_a_time_of_now_or_then(county: County, store: Store) -> None:
    first = drawn(county, store, limit=1)
    second = drawn(county, store, limit=1, after=first.page.after)
    assert [each.unit for each in (*first.page.rows, *second.page.rows)] == [LINKING, LIAISON]
    assert second.page.after is None
    head = county.log.head()
    appoint(county, CHEN, Office.DEPUTY)
    assert drawn(county, store).page.rows[1].vacancies == ()
    assert len(drawn(county, store, position=head).page.rows[1].vacancies) == 1


def test_however_many_units_there_are_the_questions_are_as_many(
    county: County, store: Store
) -> None:
    def asked() -> int:
        county.reader(store).catch_up()
        with store.reading() as c:
            ledger = county.log.ledger
            return statements(c, lambda: composition.composition(c, ledger, day=TODAY))

    few = asked()
    for number in range(6):
        profile = UnitProfile(kind=UnitKind.LIAISON_COMMITTEE, name=f"联络委{number}")
        unit = UnitId(f"more-{number}")
        county.say(OFFICE, OpenUnit(unit=unit, profile=profile, since=BEGAN))
    assert asked() == few
