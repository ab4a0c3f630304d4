"""Whom no pairing reaches, who keeps none, and the three levels of responsibility."""

from __future__ import annotations

from datetime import date
from functools import partial
from typing import Any

import pytest

from domain.kinds.people import Counterpart, PairedWith, Relation
from domain.member import GiveRole, MemberRole, RoleHeld
from domain.pairing import EndPairing, Pair, Pairing
from domain.people import PersonId, UnitId
from domain.unit import Appoint, Appointment, Office, OpenUnit, UnitKind, UnitProfile
from projections import responsibility, unlinked
from projections.store import Store
from projections.unlinked import Sought
from tests.projections.county import (
    AFFAIRS,
    AFFAIRS_HEAD,
    BEGAN,
    COUNTY,
    ECONOMY,
    LI,
    LINKING,
    LINKING_HEAD,
    MEDICINE,
    NORTH,
    OFFICE,
    SOUTH,
    TODAY,
    WANG,
    ZHAO,
    County,
)
from tests.projections.test_reporting_in import looked
from tests.projections.test_studios import statements

GROUP, HEALTH = UnitId("group"), UnitId("health-studio")


@pytest.fixture
def county() -> County:
    """Wang is chairman and keeps touch with the studio in the south and, until May, with Li; the affairs office with nobody."""
    county = County(day=date(2025, 6, 25)).found()
    held = RoleHeld(role=MemberRole.CHAIRPERSON, since=BEGAN)
    standing = RoleHeld(role=MemberRole.STANDING_MEMBER, since=BEGAN)
    county.say(
        OFFICE,
        GiveRole(person=WANG, held=held),
        GiveRole(person=LI, held=standing),
        pair("south", Relation.LEADER_AND_TOWNSHIP, Counterpart.STUDIO, with_unit=SOUTH),
        pair("li", Relation.LEADER_AND_MEMBER, Counterpart.MEMBER, with_person=LI),
        EndPairing(pairing="li", until=date(2025, 5, 31)),
    )
    return county


def pair(name: str, relation: Relation, counterpart: Counterpart, **said: Any) -> Pair:
    details = PairedWith(relation=relation, counterpart=counterpart)
    who = said.pop("person", WANG if "unit" not in said else None)
    body = Pairing(details=details, since=BEGAN, organiser=COUNTY, person=who, **said)
    return Pair(pairing=name, body=body)


def without(county: County, store: Store, sought: Sought, **more: Any) -> Any:
    asked = {"day": TODAY, **more}
    return looked(county, store, lambda c: unlinked.unlinked(c, county.log.ledger, sought, **asked))


def subjects(found: Any) -> list[str]:
    return [each.subject for each in found.page.rows]


def test_studios_and_standing_members_whom_nobody_keeps_touch_with(
    county: County, store: Store
) -> None:
    studios = without(county, store, Sought.STUDIO)
    assert (subjects(studios), studios.lacking, studios.of) == ([f"unit/{NORTH}"], 1, 2)
    standing = without(county, store, Sought.STANDING_MEMBER)
    assert (set(subjects(standing)), standing.lacking, standing.of) == (
        {f"member/{LI}", f"member/{WANG}"},
        *(2, 2),
    )
    in_may = without(county, store, Sought.STANDING_MEMBER, day=date(2025, 5, 1))
    assert subjects(in_may) == [f"member/{WANG}"]
    # A pairing of another sort, such as a visit's with a village, does not reach a studio.
    details = PairedWith(relation=Relation.VILLAGE, counterpart=Counterpart.VILLAGE)
    body = Pairing(details=details, since=BEGAN, organiser=COUNTY, person=ZHAO, with_unit=NORTH)
    county.say(OFFICE, Pair(pairing="other", body=body))
    assert subjects(without(county, store, Sought.STUDIO)) == [f"unit/{NORTH}"]


def test_leaders_and_offices_without_a_pairing(county: County, store: Store) -> None:
    leaders = without(county, store, Sought.LEADER)
    assert (subjects(leaders), leaders.of) == ([], 1)
    offices = without(county, store, Sought.OFFICE)
    assert (set(subjects(offices)), offices.of) == ({f"unit/{LINKING}", f"unit/{AFFAIRS}"}, 2)
    kept = pair(
        "affairs", Relation.LEADER_AND_TOWNSHIP, Counterpart.STUDIO, unit=AFFAIRS, with_unit=NORTH
    )
    county.say(OFFICE, kept)
    assert subjects(without(county, store, Sought.OFFICE)) == [f"unit/{LINKING}"]
    assert subjects(without(county, store, Sought.STUDIO)) == []


def test_they_come_by_name_a_page_at_a_time_and_of_some_units(county: County, store: Store) -> None:
    whole = without(county, store, Sought.MEMBER)
    assert (len(whole.page.rows), whole.lacking, whole.of) == (6, 6, 6)
    first = without(county, store, Sought.MEMBER, limit=4)
    rest = without(county, store, Sought.MEMBER, limit=4, after=first.page.after)
    assert [*subjects(first), *subjects(rest)] == subjects(whole)
    assert rest.page.after is None
    own = without(county, store, Sought.MEMBER, only={ECONOMY})
    assert set(subjects(own)) == {f"member/{each}" for each in (WANG, LI, ZHAO)}
    for sought in (Sought.MEMBER, Sought.STUDIO):
        nothing = without(county, store, sought, only=frozenset())
        assert (subjects(nothing), nothing.of) == ([], 0)
    one = without(county, store, Sought.OFFICE, limit=1)
    two = without(county, store, Sought.OFFICE, limit=1, after=one.page.after)
    assert {*subjects(one), *subjects(two)} == {f"unit/{LINKING}", f"unit/{AFFAIRS}"}


def drawn(county: County, store: Store, **more: Any) -> Any:
    asked = {"day": TODAY, **more}
    return looked(county, store, lambda c: responsibility.tree(c, county.log.ledger, **asked))


def opened(county: County, unit: UnitId, kind: UnitKind, **more: Any) -> None:
    profile = UnitProfile(kind=kind, name=str(unit), **more)
    county.say(OFFICE, OpenUnit(unit=unit, profile=profile, since=BEGAN))


def test_a_committee_drives_what_it_links_and_what_stands_under_that(
    county: County, store: Store
) -> None:
    opened(county, GROUP, UnitKind.STUDY_GROUP, parent=LINKING)
    opened(county, HEALTH, UnitKind.STUDIO, parent=MEDICINE)
    opened(county, UnitId("stray"), UnitKind.STUDY_GROUP)
    held = Appointment(person=LI, office=Office.GROUP_LEADER, since=date(2025, 6, 1))
    county.say(OFFICE, Appoint(unit=GROUP, appointment=held))
    found = drawn(county, store)
    (branch,) = found.page.rows
    assert (branch.unit, [e.person for e in branch.responsible]) == (
        LINKING,
        [LINKING_HEAD.person],
    )
    assert {(e.unit, e.under, tuple(p.person for p in e.responsible)) for e in branch.driven} == {
        (GROUP, None, (LI,)),
        (ECONOMY, None, (WANG,)),
        (MEDICINE, None, (PersonId("chen"),)),
        (HEALTH, MEDICINE, ()),
    }
    order = [each.unit for each in branch.driven]
    assert order.index(HEALTH) == order.index(MEDICINE) + 1
    assert (branch.number, branch.unanswered) == (4, 1)
    assert ([each.unit for each in found.loose], found.loose_number) == (["stray"], 1)
    assert found.unanswered == 2
    assert drawn(county, store, day=date(2025, 5, 1)).unanswered == 3


def test_committees_come_a_page_at_a_time(county: County, store: Store) -> None:
    opened(county, UnitId("another"), UnitKind.SPECIAL_COMMITTEE)
    first = drawn(county, store, limit=1)
    rest = drawn(county, store, limit=1, after=first.page.after)
    assert [each.unit for each in (*first.page.rows, *rest.page.rows)] == ["another", LINKING]
    assert rest.page.after is None


def test_however_many_units_there_are_the_questions_are_as_many(
    county: County, store: Store
) -> None:
    def asked() -> list[int]:
        county.reader(store).catch_up()
        with store.reading() as c:
            ledger = county.log.ledger
            return [
                statements(c, lambda: responsibility.tree(c, ledger, day=TODAY)),
                *(
                    statements(c, partial(unlinked.unlinked, c, ledger, each, day=TODAY))
                    for each in (Sought.STUDIO, Sought.MEMBER)
                ),
            ]

    few = asked()
    for number in range(6):
        opened(county, UnitId(f"g{number}"), UnitKind.STUDY_GROUP, linked_by=LINKING)
        opened(county, UnitId(f"s{number}"), UnitKind.STUDIO)
    held = Appointment(person=AFFAIRS_HEAD, office=Office.HEAD, since=BEGAN)
    county.say(OFFICE, Appoint(unit=UnitId("g0"), appointment=held))
    assert asked() == few
