"""Grants: who may act in which role, from when to when; what does not go together; emergencies."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.grant import (
    LONGEST_EMERGENCY,
    OF_A_UNIT,
    WRITERS,
    AccessGranted,
    AccessRevoked,
    EmergencyAccessTaken,
    GrantAccess,
    RevokeAccess,
    TakeEmergencyAccess,
)
from domain.granted import Grant, lets, only_taken
from domain.people import Actor, PersonId, Reason, Refused, Role, UnitId, Via
from domain.speaking import ACTING_FOR
from tests.county import CLERK, LI, OFFICE, SOUTH, TODAY, ZHAO, Told, himself
from tests.refusal import refusal

NOON = datetime(2025, 6, 30, 12, tzinfo=UTC)
CLERKING = GrantAccess(
    grant="g", person=LI, role=Role.CLERK, unit=SOUTH, since=TODAY, reason="新任干事"
)
AUDITING = GrantAccess(grant="a", person=LI, role=Role.AUDITOR, since=TODAY, reason="年度审计")
STANDBY = GrantAccess(
    grant="s", person=LI, role=Role.OFFICE, since=TODAY, standby=True, reason="值班"
)
TAKING = TakeEmergencyAccess(grant="t", under="s", hours=4, reason="服务器故障,须紧急更正")
AS_CLERK = Actor(person=LI, role=Role.CLERK, unit=SOUTH)


def grants(told: Told) -> list[Grant]:
    return [each for each in told.states.values() if isinstance(each, Grant)]


def is_let(told: Told, actor: Actor, day: date = TODAY) -> bool:
    return lets(grants(told), actor, NOON + (day - TODAY), day)


def test_somebody_is_let_in_from_a_day_to_a_day_and_no_longer() -> None:
    told = Told()
    assert not is_let(told, AS_CLERK)

    until = TODAY + timedelta(days=10)
    (event,) = told.say(OFFICE, replace(CLERKING, until=until))

    assert event == AccessGranted(
        grant="g",
        person=LI,
        role=Role.CLERK,
        unit=SOUTH,
        since=TODAY,
        until=until,
        standby=False,
        reason="新任干事",
    )
    assert is_let(told, AS_CLERK) and is_let(told, AS_CLERK, until)
    assert not is_let(told, AS_CLERK, TODAY - timedelta(days=1))
    assert not is_let(told, AS_CLERK, until + timedelta(days=1))
    for other in (
        replace(AS_CLERK, role=Role.HEAD),
        replace(AS_CLERK, unit=UnitId("north")),
        replace(AS_CLERK, unit=None),
        replace(AS_CLERK, person=ZHAO),
    ):
        assert not is_let(told, other)


def test_what_is_taken_back_ends_at_once() -> None:
    told = Told()
    told.say(OFFICE, CLERKING)

    assert told.say(OFFICE, RevokeAccess(grant="g", reason="调离")) == [
        AccessRevoked(grant="g", person=LI, reason="调离")
    ]

    assert not is_let(told, AS_CLERK)
    assert told.say(OFFICE, RevokeAccess(grant="g", reason="调离")) == []
    assert refusal(told, OFFICE, RevokeAccess(grant="x", reason="x"))[0] is Reason.NO_SUCH_GRANT
    assert refusal(told, OFFICE, RevokeAccess(grant="g", reason=" "))[0] is Reason.REASON_MISSING


def test_for_himself_anybody_may_act() -> None:
    assert is_let(Told(), himself(ZHAO))
    assert not is_let(Told(), replace(himself(ZHAO), unit=SOUTH))


@pytest.mark.parametrize(
    ("changed", "reason", "field"),
    [
        ({"person": OFFICE.person}, Reason.NEEDS_ANOTHER, "/person"),
        ({"person": PersonId(" ")}, Reason.MISSING, "/person"),
        ({"person": PersonId("李 明")}, Reason.MALFORMED, "/person"),
        ({"person": PersonId("nobody")}, Reason.NO_SUCH_PERSON, "/person"),
        ({"role": Role.OFFICE}, Reason.UNIT_NOT_OF_KIND, "/unit"),
        ({"role": Role.AUDITOR}, Reason.UNIT_NOT_OF_KIND, "/unit"),
        ({"role": Role.MEMBER}, Reason.ROLE_NOT_GRANTED, "/role"),
        ({"unit": None}, Reason.MISSING, "/unit"),
        ({"unit": UnitId("nowhere")}, Reason.NO_SUCH_UNIT, "/unit"),
        ({"until": TODAY - timedelta(days=1)}, Reason.WRONG_ORDER, "/until"),
        ({"reason": ""}, Reason.REASON_MISSING, "/reason"),
    ],
)
def test_what_cannot_be_granted(changed: dict[str, Any], reason: Reason, field: str) -> None:
    assert refusal(Told(), OFFICE, replace(CLERKING, **changed)) == (reason, field)


def test_who_works_at_the_machine_lets_in_somebody_who_is_not_on_the_roster_yet() -> None:
    first = replace(CLERKING, person=PersonId("nobody"), role=Role.OFFICE, unit=UnitId("county"))

    assert len(Told().say(replace(OFFICE, via=Via.CLI), first)) == 1
    assert refusal(Told(), OFFICE, first)[0] is Reason.NO_SUCH_PERSON


def test_others_grant_nothing_and_nobody_for_another() -> None:
    assert refusal(Told(), CLERK, CLERKING)[0] is Reason.NOT_ALLOWED
    assert refusal(Told(), replace(OFFICE, acting_for=ZHAO), CLERKING)[0] is Reason.NOT_ALLOWED
    told = Told()
    told.say(OFFICE, CLERKING)
    assert refusal(told, OFFICE, CLERKING)[0] is Reason.ALREADY_RECORDED


def test_nobody_takes_a_role_in_an_emergency_in_the_name_of_another() -> None:
    told = Told()
    told.say(OFFICE, replace(STANDBY, person=ZHAO))
    zhao = Actor(person=ZHAO, role=Role.OFFICE)
    assert refusal(told, replace(zhao, acting_for=LI), TAKING) == (Reason.NOT_ALLOWED, ACTING_FOR)
    assert len(told.say(zhao, TAKING)) == 1


def test_who_audits_does_nothing_else_on_those_days() -> None:
    told = Told()
    told.say(OFFICE, replace(CLERKING, until=TODAY + timedelta(days=5)))

    assert refusal(told, OFFICE, AUDITING) == (Reason.ROLES_APART, "/role")
    assert refusal(told, OFFICE, replace(AUDITING, standby=True))[0] is Reason.ROLES_APART
    told.say(OFFICE, replace(AUDITING, since=TODAY + timedelta(days=6)))
    later = replace(CLERKING, grant="g2", since=TODAY + timedelta(days=7))
    assert refusal(told, OFFICE, later)[0] is Reason.ROLES_APART
    told.say(OFFICE, RevokeAccess(grant="a", reason="审计结束"))
    assert len(told.say(OFFICE, later)) == 1


_DAYS = st.integers(0, 6).map(lambda n: TODAY + timedelta(days=n))
_ASKED = st.lists(
    st.builds(
        lambda *asked: asked,
        st.sampled_from([r for r in Role if r is not Role.MEMBER]),
        _DAYS,
        _DAYS | st.none(),
        st.booleans(),
        st.booleans(),
        st.booleans(),
    ),
    max_size=8,
)


@given(asked=_ASKED)
def test_nobody_is_ever_auditor_and_writer_on_one_day(
    asked: list[tuple[Role, date, date | None, bool, bool, bool]],
) -> None:
    """Whatever is granted for whichever days, taken in an emergency on each of them, and taken back."""
    told = Told()
    for n, (role, since, until, revoked, standby, taken) in enumerate(asked):
        unit = SOUTH if role in OF_A_UNIT else None
        command = replace(CLERKING, grant=f"g{n}", role=role, unit=unit, since=since, until=until)
        if until is not None and until < since:
            continue
        with suppress(Refused):
            told.say(OFFICE, replace(command, standby=standby))
        for days in range(7) if taken else ():
            told.today = TODAY + timedelta(days=days)
            with suppress(Refused):
                take = replace(TAKING, grant=f"t{n}-{days}", under=f"g{n}", hours=24)
                told.say(himself(LI), take)
        told.today = TODAY
        if revoked and f"grant/g{n}" in told.states:
            told.say(OFFICE, RevokeAccess(grant=f"g{n}", reason="收回"))
        _roles_are_apart(told)


def _roles_are_apart(told: Told) -> None:
    all_of_them = grants(told)
    for n in range(10):
        day = TODAY + timedelta(days=n)
        for hour in (0, 11, 23):
            at = NOON - timedelta(hours=12) + timedelta(days=n, hours=hour)
            held = {each.role for each in all_of_them if each.within(all_of_them, at, day)}
            assert not (Role.AUDITOR in held and held & WRITERS)


def test_a_role_is_taken_in_an_emergency_for_some_hours() -> None:
    told = Told()
    told.say(OFFICE, STANDBY)
    as_office = Actor(person=LI, role=Role.OFFICE)
    assert not is_let(told, as_office)

    assert told.say(himself(LI), TAKING) == [
        EmergencyAccessTaken(
            grant="t",
            under="s",
            person=LI,
            role=Role.OFFICE,
            unit=None,
            hours=4,
            reason=TAKING.reason,
        )
    ]

    (taken,) = [each for each in grants(told) if each.under]
    assert taken.ends_at is not None
    begun = taken.given_at
    assert lets(grants(told), as_office, begun + timedelta(hours=3, minutes=59), TODAY)
    assert not lets(grants(told), as_office, begun + timedelta(hours=4), TODAY)
    told.say(OFFICE, RevokeAccess(grant="t", reason="已处置"))
    assert not lets(grants(told), as_office, begun, TODAY)


def test_what_was_taken_ends_with_the_standby_that_it_was_taken_under() -> None:
    told = Told()
    told.say(OFFICE, replace(STANDBY, until=TODAY))
    told.say(himself(LI), TAKING)
    as_office = Actor(person=LI, role=Role.OFFICE)
    (taken,) = [each for each in grants(told) if each.under]
    soon = taken.given_at + timedelta(hours=1)
    assert lets(grants(told), as_office, soon, TODAY)
    assert not lets(grants(told), as_office, soon, TODAY + timedelta(days=1))

    told.say(OFFICE, RevokeAccess(grant="s", reason="不再值班"))

    assert not lets(grants(told), as_office, soon, TODAY)


def test_it_is_known_who_acts_by_what_he_took_in_an_emergency_alone() -> None:
    told = Told()
    deputy = Actor(person=LI, role=Role.OFFICE)
    told.say(OFFICE, STANDBY)
    assert not only_taken(grants(told), deputy, NOON, TODAY)
    told.say(himself(LI), TAKING)
    taken = next(each for each in grants(told) if each.under)
    assert only_taken(grants(told), deputy, taken.given_at, TODAY)
    assert not only_taken(grants(told), deputy, taken.given_at + timedelta(hours=5), TODAY)
    told.say(OFFICE, replace(STANDBY, grant="o", standby=False))
    assert not only_taken(grants(told), deputy, taken.given_at, TODAY)


def test_in_an_emergency_nobody_lets_in_another_and_anybody_may_be_stopped() -> None:
    told = Told()
    told.say(OFFICE, STANDBY)
    told.say(OFFICE, CLERKING)
    told.say(himself(LI), TAKING)
    as_office = Actor(person=LI, role=Role.OFFICE)
    other = replace(CLERKING, grant="g3", person=ZHAO)

    assert refusal(told, as_office, other)[0] is Reason.NOT_ALLOWED
    assert len(told.say(as_office, RevokeAccess(grant="g", reason="账号被盗用"))) == 1
    told.say(OFFICE, replace(STANDBY, grant="s2", standby=False))
    assert len(told.say(as_office, other)) == 1


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"hours": 0}, Reason.MALFORMED),
        ({"hours": LONGEST_EMERGENCY + 1}, Reason.MALFORMED),
        ({"reason": "急  "}, Reason.REASON_MISSING),
        ({"under": "x"}, Reason.NO_SUCH_GRANT),
        ({"under": "g"}, Reason.NO_SUCH_GRANT),
    ],
)
def test_what_is_no_emergency(changed: dict[str, Any], reason: Reason) -> None:
    told = Told()
    told.say(OFFICE, STANDBY)
    told.say(OFFICE, CLERKING)

    assert refusal(told, himself(LI), replace(TAKING, **changed))[0] is reason
    assert refusal(told, himself(ZHAO), TAKING)[0] is Reason.NO_SUCH_GRANT


def test_a_standby_grant_that_is_over_or_taken_back_gives_nothing() -> None:
    told = Told()
    told.say(OFFICE, replace(STANDBY, until=TODAY))
    told.today += timedelta(days=1)
    assert refusal(told, himself(LI), TAKING)[0] is Reason.NO_SUCH_GRANT
    told.today = TODAY
    told.say(OFFICE, RevokeAccess(grant="s", reason="不再值班"))
    assert refusal(told, himself(LI), TAKING)[0] is Reason.NO_SUCH_GRANT
