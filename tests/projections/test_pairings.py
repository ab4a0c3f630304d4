"""Who keeps touch with whom, as the visits that served it say; whom a pairing or a kind of record is lacking of."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from domain.deed import LinkSame, Withdraw
from domain.kinds.people import Counterpart, PairedWith, Relation, VisitedVillage
from domain.occasion import AmendOccasion, Occasion, Participant, RecordOccasion
from domain.pairing import EndPairing, Pair, Pairing
from domain.people import PersonId, UnitId
from projections import pairings, silent
from projections.pairings import PairingLine, RelationCount
from projections.store import Store
from tests.projections.county import (
    CLERK,
    ECONOMY,
    LI,
    OFFICE,
    SOUTH,
    TODAY,
    WANG,
    ZHAO,
    County,
    rows_of,
)

FIRST, LAST = date(2025, 1, 1), date(2025, 12, 31)


def paired(
    name: str, person: PersonId, since: date, *, village: UnitId | None = None, **said: Any
) -> Pair:
    details = PairedWith(
        relation=said.pop("relation", Relation.VILLAGE),
        counterpart=said.pop("counterpart", Counterpart.VILLAGE),
        counterpart_name=said.pop("named", ""),
    )
    body = Pairing(
        details=details, since=since, organiser=SOUTH, person=person, with_unit=village, **said
    )
    return Pair(pairing=name, body=body)


def visit(name: str, on: date, *people: PersonId, **said: Any) -> RecordOccasion:
    body = Occasion(
        details=VisitedVillage(purpose="走访"),
        title="走访",
        on=on,
        organiser=SOUTH,
        participants=tuple(Participant(person=each) for each in people),
        **said,
    )
    return RecordOccasion(occasion=name, body=body)


@pytest.fixture
def county() -> County:
    """Li is paired with a household and with a village of the township; Zhao with a village until April."""
    county = County().found()
    county.say(
        CLERK,
        paired("house", LI, date(2025, 2, 1), relation=Relation.ASSISTANCE, counterpart=Counterpart.HOUSEHOLD, named="王大妈家"),
        paired("village", LI, date(2025, 3, 1), village=SOUTH),
        paired("ended", ZHAO, date(2024, 3, 1), village=SOUTH),
        EndPairing(pairing="ended", until=date(2025, 4, 30)),
        visit("named", date(2025, 3, 10), LI, ZHAO, pairing="house"),
        visit("there", date(2025, 3, 12), LI, village=SOUTH),
        visit("before", date(2025, 2, 12), LI, village=SOUTH),
        visit("again", date(2025, 5, 12), LI, village=SOUTH),
        visit("gone", date(2025, 6, 1), LI, village=SOUTH),
        Withdraw(deed="occasion/gone", reason="重复"),
    )  # fmt: skip
    return county


def listed(county: County, store: Store, **asked: Any) -> list[PairingLine]:
    county.reader(store).catch_up()
    with store.reading() as connection:
        told: dict[str, Any] = {"day": TODAY, "first": FIRST, "last": LAST, **asked}
        return list(pairings.pairings(connection, "small", **told).rows)


def shown(lines: list[PairingLine]) -> list[tuple[str, int, date | None]]:
    return [(each.pairing, each.visits, each.last_visit) for each in lines]


def test_a_visit_serves_the_pairing_that_it_names_or_the_village_that_it_went_to(
    store: Store, county: County
) -> None:
    lines = listed(county, store)
    assert shown(lines) == [
        ("house", 1, date(2025, 3, 10)),
        # The one before it was in force did not serve it, and what was withdrawn never was.
        ("village", 2, date(2025, 5, 12)),
    ]
    house, village = lines
    assert (house.subject_name, house.counterpart_name) == ("李敏", "王大妈家")
    assert village.counterpart_name == village.organiser_name
    assert (village.recorded_by, village.recorder) == (CLERK.person, SOUTH)


def test_a_visit_of_two_records_is_one_of_each_who_is_named_on_either(
    store: Store, county: County
) -> None:
    county.say(
        CLERK,
        paired("zhao", ZHAO, date(2025, 5, 1), village=SOUTH),
        visit("twice", date(2025, 5, 12), LI, ZHAO, village=SOUTH),
    )
    linked = LinkSame(deed="occasion/twice", same_as="occasion/again")
    county.say(OFFICE, linked)
    once = {"house": 1, "village": 2, "zhao": 1}
    assert {line.pairing: line.visits for line in listed(county, store)} == once
    county.say(CLERK, Withdraw(deed="occasion/again", reason="重复"))
    assert {line.pairing: line.visits for line in listed(county, store)} == once


def test_pairings_are_narrowed_and_paged(store: Store, county: County) -> None:
    assert shown(listed(county, store, ended=True)) == [("ended", 0, None)]
    assert [e.pairing for e in listed(county, store, relation=Relation.VILLAGE)] == ["village"]
    assert [e.pairing for e in listed(county, store, subject="member/zhao")] == []
    assert [e.pairing for e in listed(county, store, day=date(2025, 4, 1))] == [
        *("ended", "house", "village")
    ]
    assert listed(county, store, unit=ECONOMY) == []
    may = {"first": date(2025, 5, 1), "last": date(2025, 5, 31)}
    assert shown(listed(county, store, unvisited=True, **may)) == [("house", 0, None)]
    with store.reading() as connection:
        told: dict[str, Any] = {"day": date(2025, 4, 1), "first": FIRST, "last": LAST, "limit": 2}
        page = pairings.pairings(connection, "small", **told)
        rest = pairings.pairings(connection, "small", after=page.after, **told)
    assert [e.pairing for e in (*page.rows, *rest.rows)] == ["ended", "house", "village"]
    assert rest.after is None


def test_what_is_in_force_is_counted_by_its_kind(store: Store, county: County) -> None:
    county.say(CLERK, paired("second", WANG, date(2025, 6, 1), village=SOUTH))
    county.reader(store).catch_up()
    with store.reading() as connection:
        found = pairings.counts(connection, "small", day=TODAY, first=FIRST, last=LAST)
    assert found == [
        RelationCount(relation=Relation.VILLAGE, in_force=2, subjects=2, visited=1),
        RelationCount(relation=Relation.ASSISTANCE, in_force=1, subjects=1, visited=1),
    ]


def test_members_without_a_pairing_are_found_with_the_last_that_they_had(
    store: Store, county: County
) -> None:
    county.reader(store).catch_up()
    with store.reading() as connection:

        def without(**asked: Any) -> dict[str, date | None]:
            page = pairings.unpaired(connection, "small", day=TODAY, **asked)
            return {each.member[7:]: each.last for each in page.rows}

        everybody = without()
        assert LI not in everybody
        assert everybody[ZHAO] == date(2025, 4, 30)
        assert everybody[WANG] is None
        assert LI in without(relation=Relation.BUSINESS)
        assert LI not in without(relation=Relation.VILLAGE, unit=ECONOMY)
        first = pairings.unpaired(connection, "small", day=TODAY, limit=2)
        rest = pairings.unpaired(connection, "small", day=TODAY, limit=2, after=first.after)
        assert len({e.member for e in (*first.rows, *rest.rows)}) == 4


def test_whom_a_kind_of_record_is_lacking_of(store: Store, county: County) -> None:
    county.reader(store).catch_up()
    with store.reading() as connection:

        def without(*kinds: str) -> set[str]:
            page = silent.silent(connection, "small", since=FIRST, until=TODAY, kinds=kinds)
            return {each.member[7:] for each in page.rows}

        assert {LI, ZHAO}.isdisjoint(without("visited_village"))
        assert {LI, ZHAO, WANG} <= without("studied")
        assert {LI, ZHAO}.isdisjoint(without("studied", "visited_village"))


def test_a_visit_that_is_corrected_counts_as_corrected_and_live_rows_are_those_of_a_rebuild(
    store: Store, county: County
) -> None:
    county.reader(store).catch_up()
    body = visit("there", date(2025, 3, 12), LI).body
    county.say(CLERK, AmendOccasion(occasion="there", body=body, reason="写错了村"))
    county.say(OFFICE, EndPairing(pairing="house", until=date(2025, 6, 1)))
    assert shown(listed(county, store)) == [("village", 1, date(2025, 5, 12))]
    live = rows_of(store, "small")
    county.reader(store).rebuild()
    assert rows_of(store, "small") == live
    assert len(live["pairings"]) == 3
    assert len(live["visits"]) == 6, "of members, and of the unit that held it"
