"""Pairings: who keeps touch with whom, from when, until when."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from domain.deed import LONGEST_TITLE
from domain.fact import Fact, RecordClass, SubjectId
from domain.kinds.people import Counterpart, PairedWith, Relation, VisitedVillage
from domain.pairing import EndPairing, Pair, Paired, Pairing, PairingEnded
from domain.people import Actor, PersonId, Reason, UnitId
from domain.streams import day_of
from tests.county import (
    AUDITOR,
    CLERK,
    GUEST,
    LATER,
    LI,
    NORTH,
    NORTH_CLERK,
    OFFICE,
    SOUTH,
    TODAY,
    Told,
    himself,
)
from tests.refusal import refusal

STREAM = "pairing/p"
DETAILS = PairedWith(
    relation=Relation.ASSISTANCE, counterpart=Counterpart.HOUSEHOLD, counterpart_name="王家"
)
NAMELESS = replace(DETAILS, counterpart_name=" ")
SINCE = date(2025, 1, 1)


def pairing(**said: Any) -> Pairing[Any]:
    """Li keeps touch with a household."""
    given: dict[str, Any] = {
        "details": DETAILS,
        "since": SINCE,
        "organiser": SOUTH,
        "person": LI,
    }
    return Pairing(**(given | said))


def pair(**said: Any) -> Pair:
    return Pair(pairing="p", body=pairing(**said))


def paired(**said: Any) -> Told:
    told = Told()
    told.say(CLERK, pair(**said))
    return told


def end(until: date, reason: str = "脱贫") -> EndPairing:
    return EndPairing(pairing="p", until=until, reason=reason)


def test_a_pairing_is_one_fact_that_lasts_until_its_last_day() -> None:
    told = Told()

    events = told.say(CLERK, pair(title="帮扶王家"))

    assert events == [Paired(pairing="p", body=pairing(title="帮扶王家"))]
    assert day_of(events[0]) == SINCE
    fact: Fact[Any] = Fact(
        deed=STREAM,
        subject=SubjectId("member/li"),
        kind="paired_with",
        on=SINCE,
        details=DETAILS,
        title="帮扶王家",
        position=1,
        recorded_on=TODAY,
        recorded_by=CLERK.person,
        recorder=SOUTH,
        record=RecordClass.COUNTY,
        organiser=SOUTH,
    )
    assert told.facts(STREAM) == {"member/li": fact}

    assert told.say(CLERK, end(date(2025, 5, 31))) == [
        PairingEnded(pairing="p", until=date(2025, 5, 31), reason="脱贫")
    ]

    assert told.facts(STREAM) == {"member/li": replace(fact, until=date(2025, 5, 31))}


def test_a_pairing_may_begin_and_end_today() -> None:
    told = paired(since=TODAY)
    told.say(CLERK, end(TODAY))

    fact = told.facts(STREAM)["member/li"]
    assert (fact.on, fact.until) == (TODAY, TODAY)


def test_a_unit_keeps_touch_too() -> None:
    told = paired(person=None, unit=SOUTH, with_unit=NORTH, with_person=LI)

    assert list(told.facts(STREAM)) == ["unit/south"]


@pytest.mark.parametrize("said", [{"with_unit": NORTH}, {"with_person": LI}])
def test_whoever_is_on_the_roster_needs_no_name_in_the_details(said: dict[str, Any]) -> None:
    assert STREAM in paired(details=NAMELESS, **said).states


def test_ending_twice_changes_nothing_and_another_day_corrects_it() -> None:
    told = paired()
    told.say(CLERK, end(date(2025, 5, 31)))

    assert told.say(CLERK, end(date(2025, 5, 31), "再次")) == []
    assert len(told.say(CLERK, end(SINCE))) == 1
    assert told.facts(STREAM)["member/li"].until == SINCE


@pytest.mark.parametrize(
    ("said", "reason", "field"),
    [
        ({"details": VisitedVillage()}, Reason.WRONG_TAG, "/body/details/kind"),
        ({"title": "字" * (LONGEST_TITLE + 1)}, Reason.TOO_LARGE, "/body/title"),
        ({"since": TODAY + timedelta(days=1)}, Reason.IN_FUTURE, "/body/since"),
        ({"person": None}, Reason.MALFORMED, "/body/person"),
        ({"unit": SOUTH}, Reason.MALFORMED, "/body/person"),
        ({"organiser": UnitId("nowhere")}, Reason.NO_SUCH_UNIT, "/body/organiser"),
        ({"organiser": UnitId("closed")}, Reason.UNIT_CLOSED, "/body/organiser"),
        ({"person": PersonId("nobody")}, Reason.NO_SUCH_PERSON, "/body/person"),
        ({"person": LATER}, Reason.NOT_A_MEMBER_THEN, "/body/person"),
        ({"person": GUEST}, Reason.NOT_A_MEMBER_THEN, "/body/person"),
        ({"person": None, "unit": UnitId("x")}, Reason.NO_SUCH_UNIT, "/body/unit"),
        ({"details": NAMELESS}, Reason.MISSING, "/body/with_unit"),
        ({"with_unit": UnitId("nowhere")}, Reason.NO_SUCH_UNIT, "/body/with_unit"),
        ({"with_unit": UnitId("closed")}, Reason.UNIT_CLOSED, "/body/with_unit"),
        ({"with_person": PersonId("nobody")}, Reason.NO_SUCH_PERSON, "/body/with_person"),
    ],
)
def test_a_pairing_that_does_not_hold_is_refused_where_it_is_wrong(
    said: dict[str, Any], reason: Reason, field: str
) -> None:
    assert refusal(Told(), OFFICE, pair(**said)) == (reason, field)


@pytest.mark.parametrize(
    ("actor", "reason", "field"),
    [
        (NORTH_CLERK, Reason.NOT_YOURS_TO_RECORD, "/body/organiser"),
        (himself(LI), Reason.NOT_YOURS_TO_RECORD, "/body/organiser"),
        (AUDITOR, Reason.NOT_ALLOWED, ""),
    ],
)
def test_a_pairing_is_recorded_by_its_organiser_and_never_by_the_member(
    actor: Actor, reason: Reason, field: str
) -> None:
    assert refusal(Told(), actor, pair()) == (reason, field)


def test_what_cannot_be_ended_is_refused() -> None:
    told = paired()

    assert refusal(told, CLERK, pair()) == (Reason.ALREADY_RECORDED, "/pairing")
    assert refusal(Told(), CLERK, end(TODAY)) == (Reason.NO_SUCH_PAIRING, "/pairing")
    assert refusal(told, CLERK, end(SINCE - timedelta(days=1))) == (Reason.WRONG_ORDER, "/until")
    assert refusal(told, NORTH_CLERK, end(TODAY)) == (Reason.NOT_YOURS_TO_RECORD, "")
    assert refusal(told, himself(LI), end(TODAY)) == (Reason.NOT_YOURS_TO_RECORD, "")
