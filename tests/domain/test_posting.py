"""A unit's month: it reports itself in words, the office sends back, checks and posts; what was posted stands until a correction is."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from domain.people import Actor, Reason, Role, UnitId
from domain.posting import (
    LONGEST,
    CheckMonth,
    ItemSaid,
    MonthPosting,
    PostingStep,
    PostMonth,
    ReportMonth,
    SendBackMonth,
)
from tests.commands import MONTHS
from tests.county import (
    CLERK,
    CONVENOR,
    ECONOMY,
    NORTH,
    NORTH_CLERK,
    OFFICE,
    SOUTH,
    STUDIO_HEAD,
    Told,
    himself,
)
from tests.refusal import refusal

MAY = date(2025, 5, 1)
STREAM = "posting/2025-05.south"


@pytest.fixture
def told() -> Told:
    return Told(lists=[MONTHS])


def report(words: str = "走访两次", **said: Any) -> ReportMonth:
    whole = {"unit": SOUTH, "month": MAY, "checklist": "months", **said}
    return ReportMonth(**{"items": (ItemSaid(number=1, words=words),), **whole})


CHECK, POST = CheckMonth(unit=SOUTH, month=MAY), PostMonth(unit=SOUTH, month=MAY)
SEND_BACK = SendBackMonth(unit=SOUTH, month=MAY, reason="漏报接待日")


def state(told: Told) -> MonthPosting:
    found: MonthPosting = told.states[STREAM]
    return found


def test_a_month_is_reported_checked_and_posted(told: Told) -> None:
    told.say(CLERK, report())
    assert (state(told).step, state(told).posted) == (PostingStep.REPORTED, None)
    assert state(told).newest.position == len(told.entries)
    told.say(OFFICE, replace(CHECK, remark="属实"))
    told.say(OFFICE, POST)
    posted = state(told).posted
    assert posted is not None
    assert (posted.items, posted.remark, posted.posted_on) == (
        (ItemSaid(number=1, words="走访两次"),),
        "属实",
        told.today,
    )
    assert posted.list_version == "1"


def test_a_report_that_was_sent_back_is_reported_anew(told: Told) -> None:
    told.say(CLERK, report())
    told.say(OFFICE, SEND_BACK)
    assert (state(told).step, state(told).newest.sent_back) == (
        PostingStep.SENT_BACK,
        "漏报接待日",
    )
    assert refusal(told, OFFICE, CHECK) == (Reason.NOT_AT_THIS_STEP, "/month")
    told.say(CLERK, report())
    assert (state(told).step, len(state(told).reports)) == (PostingStep.REPORTED, 2)


def test_a_version_that_is_sent_back_was_not_checked(told: Told) -> None:
    told.say(CLERK, report())
    told.say(OFFICE, replace(CHECK, remark="属实"))
    assert state(told).newest.checked_on == told.today
    told.say(OFFICE, SEND_BACK)
    newest = state(told).newest
    assert (newest.step, newest.checked_on, newest.remark) == (PostingStep.SENT_BACK, None, "")


def test_a_list_sees_what_was_reported_against_it_as_far_as_that_came(told: Told) -> None:
    """A correction of one list asks no reason for what was never posted on another."""
    told.lists = [MONTHS, replace(MONTHS, code="others")]
    for actor, command in (
        *((CLERK, report()), (OFFICE, CHECK), (OFFICE, POST)),
        *((CLERK, report(checklist="others")), (OFFICE, CHECK)),
    ):
        told.say(actor, command)
    steps = [
        None if (each := state(told).against(code)) is None else (each.step, len(each.reports))
        for code in ("months", "others", "none")
    ]
    assert steps == [(PostingStep.POSTED, 1), (PostingStep.CHECKED, 1), None]
    assert refusal(told, CLERK, report("三次")) == (Reason.REASON_MISSING, "/reason")


def test_what_was_posted_stands_until_a_correction_with_a_reason_is_posted(told: Told) -> None:
    for actor, command in ((CLERK, report()), (OFFICE, CHECK), (OFFICE, POST)):
        told.say(actor, command)
    assert refusal(told, CLERK, report("三次")) == (Reason.REASON_MISSING, "/reason")
    told.say(CLERK, report("三次", reason="补登一次"))
    standing = state(told).posted
    assert standing is not None
    assert standing.items[0].words == "走访两次"
    told.say(OFFICE, CHECK)
    told.say(OFFICE, POST)
    standing = state(told).posted
    assert standing is not None
    assert (standing.items[0].words, standing.reason) == ("三次", "补登一次")


def test_the_first_report_tells_whether_it_was_in_time(told: Told) -> None:
    told.today = date(2025, 6, 3)
    told.say(CLERK, report())
    told.today = date(2025, 6, 20)
    told.say(CLERK, report("补充"))
    assert state(told).first_reported_on == date(2025, 6, 3)


def test_the_same_said_again_is_nothing_new(told: Told) -> None:
    told.say(CLERK, report())
    assert told.say(CLERK, report(" 走访两次 ")) == []
    told.say(OFFICE, CHECK)
    assert told.say(OFFICE, CHECK) == []
    told.say(OFFICE, POST)
    assert told.say(OFFICE, POST) == []


@pytest.mark.parametrize("actor", [CLERK, STUDIO_HEAD, OFFICE])
def test_the_unit_itself_reports_or_the_office_for_it(told: Told, actor: Actor) -> None:
    assert len(told.say(actor, report())) == 1


@pytest.mark.parametrize(
    ("actor", "field"), [(NORTH_CLERK, "/unit"), (CONVENOR, "/unit"), (himself(CLERK.person), "")]
)
def test_nobody_else_does(told: Told, actor: Actor, field: str) -> None:
    assert refusal(told, actor, report()) == (Reason.NOT_ALLOWED, field)


def test_who_answers_for_a_unit_reports_for_it_wherever_he_acts(told: Told) -> None:
    head = Actor(person=STUDIO_HEAD.person, role=Role.HEAD, unit=ECONOMY)
    assert len(told.say(head, report())) == 1


@pytest.mark.parametrize("command", [CHECK, POST, SEND_BACK])
def test_the_office_alone_checks_and_posts_what_was_reported(told: Told, command: Any) -> None:
    assert refusal(told, OFFICE, command) == (Reason.NO_SUCH_POSTING, "/month")
    told.say(CLERK, report())
    assert refusal(told, CLERK, command) == (Reason.NOT_ALLOWED, "")


def test_nothing_is_posted_that_was_not_checked(told: Told) -> None:
    told.say(CLERK, report())
    assert refusal(told, OFFICE, POST) == (Reason.NOT_AT_THIS_STEP, "/month")
    assert refusal(told, OFFICE, replace(SEND_BACK, reason=" ")) == (
        Reason.REASON_MISSING,
        "/reason",
    )
    long = replace(SEND_BACK, reason="x" * (LONGEST + 1))
    assert refusal(told, OFFICE, long) == (Reason.TOO_LARGE, "/reason")


@pytest.mark.parametrize(
    ("said", "reason", "field"),
    [
        ({"month": date(2025, 5, 2)}, Reason.MALFORMED, "/month"),
        ({"month": date(2025, 7, 1)}, Reason.IN_FUTURE, "/month"),
        ({"month": date(2019, 5, 1)}, Reason.UNIT_CLOSED, "/month"),
        ({"unit": UnitId("none")}, Reason.NO_SUCH_UNIT, "/unit"),
        ({"unit": UnitId("closed")}, Reason.UNIT_CLOSED, "/month"),
        ({"checklist": "none"}, Reason.NO_SUCH_CHECKLIST, "/checklist"),
        ({"unit": ECONOMY}, Reason.NO_SUCH_CHECKLIST, "/checklist"),
        ({"items": (ItemSaid(number=9, words="x"),)}, Reason.MALFORMED, "/items/0/number"),
        ({"items": (ItemSaid(number=1, words="x"),) * 2}, Reason.SAME_TWICE, "/items/1/number"),
        (
            {"items": (ItemSaid(number=1, words="x" * (LONGEST + 1)),)},
            Reason.TOO_LARGE,
            "/items/0/words",
        ),
        ({"note": "x" * (LONGEST + 1)}, Reason.TOO_LARGE, "/note"),
        ({"reason": "x" * (LONGEST + 1)}, Reason.TOO_LARGE, "/reason"),
    ],
)
def test_what_a_report_may_not_say(
    told: Told, said: dict[str, Any], reason: Reason, field: str
) -> None:
    assert refusal(told, OFFICE, report(**said)) == (reason, field)


def test_a_list_that_is_not_posted_is_reported_on_by_nobody(told: Told) -> None:
    told.lists = [replace(MONTHS, posting=None)]
    assert refusal(told, CLERK, report()) == (Reason.NO_SUCH_CHECKLIST, "/checklist")


def test_each_unit_and_month_is_a_stream_of_its_own(told: Told) -> None:
    told.say(CLERK, report())
    told.say(NORTH_CLERK, report(unit=NORTH))
    told.say(CLERK, report(month=date(2025, 4, 1)))
    assert sorted(told.states) == ["posting/2025-04.south", "posting/2025-05.north", STREAM]
