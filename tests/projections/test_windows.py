"""Which side is still to say something, until when, and what counts meanwhile."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.attestation import (
    DEFAULT,
    Attested,
    Counts,
    Policy,
    SideState,
    attested,
    is_awaited,
    side_state,
    window_ends,
)
from domain.deed import Confirm, Return, Uphold
from domain.fact import Attendance, Capacity, Fact, Mark, RecordClass, Stamp, SubjectId
from domain.kinds.people import VisitedVillage
from domain.occasion import Participant, RecordOccasion
from domain.people import Actor, PersonId
from domain.unit import Side
from projections.facts import Windows
from tests.county import (
    CHEN,
    CLERK,
    CONVENOR,
    LI,
    OFFICE,
    SOUTH,
    STUDIO_HEAD,
    TODAY,
    Told,
    himself,
    visit,
)

VISIT = "occasion/v"
BOTH = Policy(by_kind={"visited_village": Counts.WHEN_BOTH})


def recorded(*people: PersonId | Participant, actor: Actor = CLERK, **said: Any) -> Told:
    told = Told()
    told.say(actor, RecordOccasion(occasion="v", body=visit(*people, **said)))
    return told


def line(told: Told, who: PersonId = LI) -> Fact[Any]:
    return told.facts(VISIT)[f"member/{who}"]


def shown(told: Told, policy: Policy = DEFAULT, days: int = 0) -> Attested:
    return attested(line(told), policy, TODAY + timedelta(days=days))


# Both sides


def test_where_both_sides_are_asked_silence_never_matures() -> None:
    told = recorded(LI)

    late = shown(told, BOTH, days=400)

    assert (late.counts, late.sector, late.changes_on) == (False, SideState.AWAITED, None)
    told.say(CONVENOR, Confirm(deed=VISIT, side=Side.SECTOR))
    assert shown(told, BOTH).counts


def test_a_return_that_was_answered_is_no_word_of_that_side() -> None:
    told = recorded(LI)
    told.say(CONVENOR, Return(deed=VISIT, side=Side.SECTOR, people=(LI,), reason="未到"))
    told.say(STUDIO_HEAD, Uphold(deed=VISIT, side=Side.SECTOR, people=(LI,), reason="签到表为证"))

    assert not shown(told, BOTH).counts
    assert is_awaited(line(told), Side.SECTOR, BOTH)
    told.say(CONVENOR, Confirm(deed=VISIT, side=Side.SECTOR))
    assert shown(told, BOTH).counts


def test_the_county_may_decide_where_both_sides_are_asked_and_then_nobody_is() -> None:
    told = recorded(LI)

    told.say(OFFICE, Confirm(deed=VISIT, side=Side.COUNTY))

    said = shown(told, BOTH)
    assert (said.counts, said.sector, said.studio) == (
        True,
        SideState.NOT_ASKED,
        SideState.RECORDED,
    )
    assert Windows(BOTH).dues(line(told)) == (None, None)


# Declarations


def test_once_one_side_has_vouched_the_other_has_its_days() -> None:
    told = recorded(LI, actor=himself(LI))
    assert shown(told, days=400).sector is SideState.AWAITED
    told.today = TODAY + timedelta(days=100)
    told.say(STUDIO_HEAD, Confirm(deed=VISIT, side=Side.STUDIO))

    said = shown(told, days=115)
    assert (said.counts, said.sector) == (True, SideState.AWAITED)
    assert said.changes_on == TODAY + timedelta(days=116)
    assert shown(told, days=116).sector is SideState.NOT_OBJECTED


def test_the_other_side_may_still_return_what_one_has_vouched_for() -> None:
    told = recorded(LI, actor=himself(LI))
    told.say(STUDIO_HEAD, Confirm(deed=VISIT, side=Side.STUDIO))

    told.say(CONVENOR, Return(deed=VISIT, side=Side.SECTOR, people=(LI,), reason="未到"))

    said = shown(told, days=400)
    assert (said.counts, said.in_question, said.sector) == (True, True, SideState.RETURNED)


# Who was not there as a member


@pytest.mark.parametrize(
    ("capacity", "asked"),
    [(each, each in {Capacity.ATTENDS, Capacity.SITS_IN}) for each in Capacity],
)
def test_the_sides_are_asked_only_about_who_was_there_as_a_member(
    capacity: Capacity, *, asked: bool
) -> None:
    fact = line_of(capacity=capacity)

    assert (side_state(fact, Side.SECTOR, DEFAULT, TODAY) is SideState.AWAITED) is asked
    assert (Windows(DEFAULT).dues(fact) != (None, None)) is asked


# What a table of due days says is what the rule says

STAMPS = st.none() | st.builds(
    Stamp,
    mark=st.sampled_from(Mark),
    by=st.just(CHEN),
    unit=st.just(SOUTH),
    on=st.dates(date(2025, 6, 1), date(2025, 8, 1)),
    position=st.just(2),
)
DAYS = st.dates(date(2025, 5, 1), date(2025, 7, 1))
LINES = st.builds(
    Fact,
    deed=st.just(VISIT),
    subject=st.just(SubjectId("member/li")),
    kind=st.sampled_from(["visited_village", "volunteered"]),
    on=DAYS,
    until=st.none() | DAYS,
    details=st.just(VisitedVillage()),
    recorded_on=DAYS,
    said_on=st.none() | DAYS,
    recorded_by=st.just(PersonId("clerk")),
    record=st.sampled_from(RecordClass),
    capacity=st.sampled_from(Capacity),
    attendance=st.just(Attendance.PRESENT),
    sector=STAMPS,
    studio=STAMPS,
    county=STAMPS,
)
POLICIES = st.builds(
    Policy,
    late=st.sampled_from(Counts),
    window_days=st.integers(0, 20),
    late_days=st.integers(0, 20),
    closing=st.none() | st.dates(date(2025, 6, 20), date(2025, 8, 1)),
    by_kind=st.dictionaries(st.just("visited_village"), st.sampled_from(Counts)),
)


def line_of(**said: Any) -> Fact[Any]:
    return Fact(
        deed=VISIT,
        subject=SubjectId("member/li"),
        kind="visited_village",
        on=TODAY,
        details=VisitedVillage(),
        recorded_on=TODAY,
        recorded_by=PersonId("clerk"),
        record=RecordClass.TOWNSHIP,
        **said,
    )


@given(POLICIES, st.lists(LINES, max_size=8))
def test_the_due_days_of_a_line_do_not_depend_on_which_lines_came_before(
    policy: Policy, lines: list[Fact[Any]]
) -> None:
    together = Windows(policy)

    assert [together.dues(each) for each in lines] == [Windows(policy).dues(each) for each in lines]


@given(POLICIES, LINES, st.dates(date(2025, 6, 1), date(2025, 9, 1)))
def test_a_silent_side_is_due_exactly_while_it_is_awaited(
    policy: Policy, fact: Fact[Any], day: date
) -> None:
    dues = Windows(policy).dues(fact)

    for side, due in zip((Side.SECTOR, Side.STUDIO), dues, strict=True):
        if (fact.sector if side is Side.SECTOR else fact.studio) is None:
            awaited = side_state(fact, side, policy, day) is SideState.AWAITED
            assert (due is not None and due >= day.toordinal()) is awaited
        assert (due is not None) is is_awaited(fact, side, policy)


@given(POLICIES, LINES, st.dates(date(2025, 6, 1), date(2025, 9, 1)))
def test_time_alone_changes_a_line_on_no_other_day_than_the_one_that_is_named(
    policy: Policy, fact: Fact[Any], day: date
) -> None:
    today, tomorrow = (attested(fact, policy, day + timedelta(days=n)) for n in (0, 1))

    if today.changes_on is None:
        assert (tomorrow.sector, tomorrow.studio) == (today.sector, today.studio)
        assert tomorrow.counts is today.counts
    else:
        ends = window_ends(fact, policy)
        assert ends is not None
        assert today.changes_on == ends + timedelta(days=1) > day
