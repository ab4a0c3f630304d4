"""Who is invited to speak on a quarter and why, what each said and promised, whether it was done; only where the county compares units."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from domain.invitation import (
    LONGEST,
    MOST,
    End,
    Invited,
    InviteUnits,
    Kept,
    Pledge,
    Quarter,
    RecordStatement,
    SettlePromise,
)
from domain.people import PersonId, Reason, UnitId
from tests.commands import MONTHS
from tests.county import (
    CLERK,
    ECONOMY,
    NORTH,
    OFFICE,
    SOUTH,
    STUDIO_HEAD,
    TODAY,
    ZHAO,
    Told,
)
from tests.refusal import refusal

WINTER = date(2025, 1, 1)
DECIDED, SPOKE = date(2025, 4, 10), date(2025, 4, 20)
BEST = Invited(unit=SOUTH, end=End.FIRST, reason="各项按月完成")
WORST = Invited(unit=NORTH, end=End.LAST, reason="两个月没有走访")


@pytest.fixture
def told() -> Told:
    return Told(lists=[MONTHS])


def invite(*invited: Invited, **said: Any) -> InviteUnits:
    whole = {"quarter": WINTER, "checklist": "months", "on": DECIDED, **said}
    return InviteUnits(**{"invited": invited, **whole})


def spoke(unit: UnitId = NORTH, *promises: Pledge, **said: Any) -> RecordStatement:
    whole: dict[str, Any] = {"on": SPOKE, "text": "下季度补上", "speaker": ZHAO, **said}
    return RecordStatement(
        quarter=WINTER, checklist="months", unit=unit, promises=promises, **whole
    )


def settle(kept: Kept = Kept.DONE, number: int = 1, **said: Any) -> SettlePromise:
    return SettlePromise(
        **{
            "quarter": WINTER,
            "checklist": "months",
            "unit": NORTH,
            "number": number,
            "kept": kept,
            "on": TODAY,
            **said,
        }
    )


def state(told: Told) -> Quarter:
    found: Quarter = told.states["invitation/2025-01.months"]
    return found


VISITS = Pledge(text="每月走访两次", due=date(2025, 6, 30))


def test_units_are_invited_speak_promise_and_keep_it(told: Told) -> None:
    told.say(OFFICE, invite(BEST, WORST))
    told.say(OFFICE, spoke(NORTH, VISITS))
    told.say(OFFICE, settle(outcome="查过登记"))
    guest = state(told).guest(NORTH)
    assert guest is not None
    assert guest.said is not None
    assert (guest.end, guest.said.text) == (End.LAST, "下季度补上")
    (promise,) = guest.promises
    assert (promise.number, promise.text, promise.kept, promise.outcome) == (
        1,
        "每月走访两次",
        Kept.DONE,
        "查过登记",
    )
    assert state(told).decided_at == 1


def test_a_list_is_replaced_but_for_who_has_spoken(told: Told) -> None:
    told.say(OFFICE, invite(WORST))
    told.say(OFFICE, spoke(NORTH, VISITS))
    assert refusal(told, OFFICE, invite(BEST)) == (Reason.NOT_AT_THIS_STEP, "/invited")
    told.say(OFFICE, invite(BEST, replace(WORST, reason="一季度走访少")))
    assert [g.unit for g in state(told).guests] == [SOUTH, NORTH]
    kept = state(told).guest(NORTH)
    assert kept is not None
    assert (kept.reason, len(kept.promises)) == ("一季度走访少", 1)


def test_a_statement_said_again_replaces_the_words_and_adds_promises(told: Told) -> None:
    told.say(OFFICE, invite(WORST))
    told.say(OFFICE, spoke(NORTH, VISITS))
    told.say(OFFICE, spoke(NORTH, VISITS, Pledge(text="设接待日", due=TODAY), text="更正"))
    guest = state(told).guest(NORTH)
    assert guest is not None
    assert guest.said is not None
    assert (guest.said.text, [p.number for p in guest.promises]) == ("更正", [1, 2])


def test_the_same_said_again_is_nothing_new(told: Told) -> None:
    for command in (invite(WORST), spoke(NORTH, VISITS), settle()):
        assert len(told.say(OFFICE, command)) == 1
        assert told.say(OFFICE, command) == []


def test_a_county_that_compares_no_units_invites_none(told: Told) -> None:
    assert MONTHS.posting is not None
    told.lists = [replace(MONTHS, posting=replace(MONTHS.posting, invites=0))]
    assert refusal(told, OFFICE, invite(BEST)) == (Reason.UNITS_NOT_COMPARED, "/checklist")
    told.lists = [replace(MONTHS, posting=None)]
    assert refusal(told, OFFICE, invite(BEST)) == (Reason.UNITS_NOT_COMPARED, "/checklist")
    told.lists = []
    assert refusal(told, OFFICE, invite(BEST)) == (Reason.NO_SUCH_CHECKLIST, "/checklist")


@pytest.mark.parametrize("actor", [CLERK, STUDIO_HEAD])
def test_the_office_alone_decides_and_records(told: Told, actor: Any) -> None:
    assert refusal(told, actor, invite(BEST)) == (Reason.NOT_ALLOWED, "")


@pytest.mark.parametrize(
    ("said", "reason", "field"),
    [
        ({"quarter": date(2025, 2, 1)}, Reason.MALFORMED, "/quarter"),
        ({"quarter": date(2025, 4, 1)}, Reason.TOO_EARLY, "/on"),
        ({"on": date(2025, 3, 31)}, Reason.TOO_EARLY, "/on"),
        ({"on": date(2025, 7, 1)}, Reason.IN_FUTURE, "/on"),
        ({"invited": ()}, Reason.MISSING, "/invited"),
        ({"invited": (replace(BEST, reason=" "),)}, Reason.REASON_MISSING, "/invited/0/reason"),
        (
            {"invited": (replace(BEST, reason="x" * (LONGEST + 1)),)},
            Reason.TOO_LARGE,
            "/invited/0/reason",
        ),
        ({"invited": (BEST, replace(BEST, end=End.LAST))}, Reason.SAME_TWICE, "/invited/1/unit"),
        ({"invited": (BEST, replace(WORST, end=End.FIRST))}, Reason.NO_MORE_PLACES, "/invited"),
        (
            {"invited": (replace(BEST, unit=ECONOMY),)},
            Reason.UNIT_NOT_OF_KIND,
            "/invited/0/unit",
        ),
        (
            {"invited": (replace(BEST, unit=UnitId("closed")),)},
            Reason.UNIT_CLOSED,
            "/invited/0/unit",
        ),
        (
            {"invited": (replace(BEST, unit=UnitId("none")),)},
            Reason.NO_SUCH_UNIT,
            "/invited/0/unit",
        ),
    ],
)
def test_whom_nobody_may_invite(
    told: Told, said: dict[str, Any], reason: Reason, field: str
) -> None:
    assert refusal(told, OFFICE, invite(BEST, **said)) == (reason, field)


@pytest.mark.parametrize(
    ("command", "reason", "field"),
    [
        (spoke(SOUTH), Reason.NOT_INVITED, "/unit"),
        (spoke(text=" "), Reason.MISSING, "/text"),
        (spoke(text="x" * (LONGEST + 1)), Reason.TOO_LARGE, "/text"),
        (spoke(on=date(2025, 4, 9)), Reason.TOO_EARLY, "/on"),
        (spoke(speaker=PersonId("none")), Reason.NO_SUCH_PERSON, "/speaker"),
        (spoke(NORTH, replace(VISITS, text="")), Reason.MISSING, "/promises/0/text"),
        (
            spoke(NORTH, replace(VISITS, due=date(2025, 4, 1))),
            Reason.WRONG_ORDER,
            "/promises/0/due",
        ),
        (
            spoke(NORTH, *(replace(VISITS, text=str(n)) for n in range(MOST + 1))),
            Reason.TOO_MANY,
            "/promises",
        ),
        (settle(number=1), Reason.NO_SUCH_PROMISE, "/number"),
        (settle(unit=SOUTH), Reason.NOT_INVITED, "/unit"),
    ],
)
def test_what_may_not_be_recorded(told: Told, command: Any, reason: Reason, field: str) -> None:
    told.say(OFFICE, invite(WORST))
    assert refusal(told, OFFICE, command) == (reason, field)


def test_a_promise_that_was_not_kept_says_why(told: Told) -> None:
    told.say(OFFICE, invite(WORST))
    told.say(OFFICE, spoke(NORTH, VISITS))
    assert refusal(told, OFFICE, settle(Kept.NOT_DONE)) == (Reason.REASON_MISSING, "/outcome")
    assert refusal(told, OFFICE, settle(on=date(2025, 4, 1))) == (Reason.TOO_EARLY, "/on")
    told.say(OFFICE, settle(Kept.NOT_DONE, outcome="防汛"))
    told.say(OFFICE, settle(Kept.DONE))
    guest = state(told).guest(NORTH)
    assert guest is not None
    assert guest.promises[0].kept is Kept.DONE
