"""What is to be answered, what a member queried, what was said of a record: in order, in pages, as known then; and what an answer changed."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from domain.deed import Supersede
from domain.dispute import (
    AskReview,
    DecideDispute,
    DecideReview,
    RaiseDispute,
    WithdrawDispute,
)
from domain.disputed import Claim, DisputeOutcome, DisputeSort, DisputeStep
from domain.document import Sort
from domain.occasion import RecordOccasion
from domain.people import Actor, PersonId, Role
from domain.period import Period
from projections.disputes import (
    DisputeEffect,
    DisputeLine,
    ToAnswer,
    dispute,
    disputes,
    effects_of,
    numbers,
    of_deed,
    of_member,
    open_about,
    open_disputes,
    to_answer,
)
from projections.documents import Shelf
from projections.store import Store
from tests.projections.county import (
    CLERK,
    COUNTY,
    ECONOMY,
    LI,
    OFFICE,
    SOUTH,
    TODAY,
    ZHAO,
    County,
    publication,
    read_document,
    rows_of,
    visit,
)

PANEL = Actor(person=PersonId("panel"), role=Role.APPRAISAL)
DEPUTY = replace(OFFICE, person=PersonId("deputy"))
WRONG = Claim(person=LI, sort=DisputeSort.WRONG, deed="occasion/o", field="日期", should_be="早")
DOUBLED = Claim(person=LI, sort=DisputeSort.DUPLICATE, deed="occasion/p", same_as="occasion/o")
MISSING = Claim(
    person=ZHAO, sort=DisputeSort.MISSING, what="讲座", on=date(2025, 6, 1), organised_by="镇里"
)


def himself(person: PersonId) -> Actor:
    return Actor(person=person, role=Role.MEMBER)


@pytest.fixture
def county(county: County) -> County:
    """Three queries: Li's of two records, then a day later Zhao's of what is missing."""
    county.say(CLERK, RecordOccasion(occasion="o", body=visit(LI)))
    county.say(CLERK, RecordOccasion(occasion="p", body=visit(LI)))
    county.say(himself(LI), RaiseDispute(dispute="a", claim=WRONG))
    county.say(himself(LI), RaiseDispute(dispute="b", claim=DOUBLED))
    county.day += timedelta(days=1)
    county.say(himself(ZHAO), RaiseDispute(dispute="c", claim=MISSING))
    return county


def names(page: Any) -> list[str]:
    return [line.dispute for line in page.rows]


def test_how_many_wait_by_when_and_on_which_records(county: County, store: Store) -> None:
    county.reader(store).catch_up()
    due = date(2025, 6, 25) + timedelta(days=15)
    with store.reading() as connection:
        told = (connection, "small")
        assert to_answer(*told, today=TODAY) == ToAnswer(number=3, overdue=0, due=due)
        late = to_answer(*told, today=due + timedelta(days=1))
        assert late == ToAnswer(number=3, overdue=2, due=due)
        about = open_about(*told, frozenset({"occasion/o", "occasion/p", "matter/m"}))
        found = {stream: [each.dispute for each in states] for stream, states in about.items()}
        assert found == {"occasion/o": ["a", "b"], "occasion/p": ["b"]}
        assert open_about(*told, frozenset()) == {}
        assert numbers(*told, ["dispute/b", "dispute/none"]) == {"dispute/b": "2025-2"}
        position = open_disputes(*told, today=TODAY).rows[1].raised_at
        before = open_about(*told, frozenset({"occasion/o"}), position=position - 1)
        assert [each.dispute for each in before["occasion/o"]] == ["a"]
    for each in ("a", "b", "c"):
        county.say(PANEL, DecideDispute(dispute=each, outcome=DisputeOutcome.PARTLY, reason="核"))
    county.reader(store).catch_up()
    with store.reading() as connection:
        told = (connection, "small")
        assert to_answer(*told, today=TODAY) == ToAnswer(number=0, overdue=0, due=None)
        assert open_about(*told, frozenset({"occasion/o"})) == {}


def test_what_is_due_first_comes_first_and_pages_skip_nothing(county: County, store: Store) -> None:
    county.say(PANEL, DecideDispute(dispute="a", outcome=DisputeOutcome.PARTLY, reason="核对"))
    county.day += timedelta(days=2)
    county.say(himself(LI), AskReview(dispute="a", reason="再核"))
    county.reader(store).catch_up()
    due = date(2025, 6, 25) + timedelta(days=15)

    with store.reading() as connection:
        told = (connection, "small")
        whole = open_disputes(*told, today=TODAY)
        assert names(whole) == ["b", "c", "a"]
        assert [line.due for line in whole.rows] == [
            due,
            due + timedelta(days=1),
            due + timedelta(days=3),
        ]
        found, after = [], None
        while True:
            page = open_disputes(*told, today=TODAY, after=after, limit=1)
            found += names(page)
            after = page.after
            if after is None:
                break
        assert found == ["b", "c", "a"]
        assert names(disputes(*told, today=TODAY)) == ["c", "b", "a"]
        first = disputes(*told, today=TODAY, limit=2)
        assert names(disputes(*told, today=TODAY, limit=2, after=first.after)) == ["a"]
        assert names(disputes(*told, today=due, overdue=True)) == []
        later = disputes(*told, today=due + timedelta(days=1), overdue=True)
        assert [(line.dispute, line.overdue) for line in later.rows] == [("b", True)]


def test_a_line_says_how_far_it_has_come_and_who_decided(county: County, store: Store) -> None:
    (answered,) = county.say(
        PANEL, DecideDispute(dispute="a", outcome=DisputeOutcome.PARTLY, reason="核对")
    )
    county.reader(store).catch_up()

    with store.reading() as connection:
        page = dispute(connection, "small", "a", today=TODAY)
        assert page is not None
        raised = page.state.raised_at
        assert page.line == DisputeLine(
            dispute="a",
            number="2025-1",
            sort=DisputeSort.WRONG,
            member=LI,
            name="李敏",
            deed="occasion/o",
            same_as="",
            step=DisputeStep.DECIDED,
            raised_on=date(2025, 6, 25),
            due=date(2025, 7, 10),
            overdue=False,
            decided_on=date(2025, 6, 26),
            outcome=DisputeOutcome.PARTLY,
            decider=Role.APPRAISAL,
            raised_at=raised,
            decided_at=answered.position,
            version=2,
        )
        assert dispute(connection, "small", "x", today=TODAY) is None
        assert dispute(connection, "small", "a", today=TODAY, position=raised - 1) is None


def test_a_member_and_a_record_have_their_queries_as_known_then(
    county: County, store: Store
) -> None:
    before = county.log.head()
    county.say(himself(LI), WithdrawDispute(dispute="b", reason="误"))
    county.reader(store).catch_up()

    with store.reading() as connection:
        told = (connection, "small")
        assert names(of_member(*told, LI, today=TODAY)) == ["b", "a"]
        assert names(of_deed(*told, "occasion/o", today=TODAY)) == ["b", "a"]
        assert names(of_deed(*told, "occasion/p", today=TODAY)) == ["b"]
        assert names(open_disputes(*told, today=TODAY)) == ["a", "c"]
        assert names(open_disputes(*told, today=TODAY, position=before)) == ["a", "b", "c"]
        assert names(of_member(*told, LI, today=TODAY, position=before - 2)) == ["a"]


@pytest.mark.parametrize(
    ("unit", "day", "found"),
    [(SOUTH, TODAY, ["b", "a"]), (ECONOMY, TODAY, ["c", "b", "a"]), (SOUTH, date(2020, 1, 1), [])],
)
def test_a_unit_has_the_queries_of_those_who_are_bound_to_it(
    county: County, store: Store, unit: Any, day: date, found: list[str]
) -> None:
    county.reader(store).catch_up()
    with store.reading() as connection:
        page = disputes(connection, "small", today=TODAY, bound_to=(unit, day))
    assert names(page) == found


def test_a_rule_says_how_long_an_answer_may_take_and_who_asked_before_waits_no_less(
    county: County, store: Store
) -> None:
    text = publication(Sort.POLICY).text
    county.say(
        OFFICE, publication(Sort.POLICY, text=text.replace("answer_within: 15", "answer_within: 5"))
    )
    county.say(himself(LI), RaiseDispute(dispute="d", claim=replace(MISSING, person=LI)))
    county.reader(store).catch_up()
    with store.reading() as connection:
        page = open_disputes(connection, "small", today=TODAY)
    assert [(line.dispute, line.due) for line in page.rows] == [
        ("d", date(2025, 7, 1)),
        ("a", date(2025, 7, 10)),
        ("b", date(2025, 7, 10)),
        ("c", date(2025, 7, 11)),
    ]


def test_rows_that_are_made_anew_are_the_same(county: County, store: Store) -> None:
    reader = county.reader(store)
    reader.catch_up(at_a_time=1)
    county.say(PANEL, DecideDispute(dispute="a", outcome=DisputeOutcome.PARTLY, reason="核对"))
    reader.catch_up()
    before = rows_of(store, "small")
    assert len(before["disputes"]) == 4
    reader.rebuild()
    assert rows_of(store, "small") == before


# What it changed


def test_an_answer_tells_what_it_changed_of_the_totals(county: County, store: Store) -> None:
    """A record of the county's own that counted once too often: superseded in answer, it counts no more; a draft in between moves nothing."""
    county.say(OFFICE, publication(Sort.RUBRIC))
    county.say(DEPUTY, RecordOccasion(occasion="x", body=visit(LI, organiser=COUNTY)))
    county.say(DEPUTY, RecordOccasion(occasion="y", body=visit(LI, organiser=COUNTY)))
    doubled = replace(DOUBLED, deed="occasion/y", same_as="occasion/x")
    county.say(himself(LI), RaiseDispute(dispute="d", claim=doubled))
    county.reader(store).catch_up()
    shelf = Shelf(read_document)

    def effects() -> list[DisputeEffect]:
        with store.reading() as connection:
            page = dispute(connection, "small", "d", today=TODAY)
            assert page is not None
            return effects_of(connection, "small", shelf, page.state, today=TODAY)

    (before,) = effects()
    assert (before.rubric, before.period, before.after) == ("rehearsal", Period.year(2025), "")
    county.say(OFFICE, Supersede(deed="occasion/y", by="occasion/x", reason="重复"))
    county.say(OFFICE, DecideDispute(dispute="d", outcome=DisputeOutcome.ACCEPTED, reason="重复"))
    county.say(DEPUTY, RecordOccasion(occasion="z", body=visit(LI, organiser=COUNTY)))
    county.reader(store).catch_up()
    (after,) = effects()
    assert (after.before, after.version) == (before.before, "1")
    assert float(after.after) < float(after.before)

    county.say(himself(LI), AskReview(dispute="d", reason="两次"))
    review = DecideReview(dispute="d", outcome=DisputeOutcome.NOT_ACCEPTED, reason="一次")
    county.say(PANEL, review)
    county.reader(store).catch_up()
    (reviewed,) = effects()
    # That of the review stands, and by then there is another record.
    assert float(reviewed.after) > float(after.after)


def test_where_no_rubric_is_in_force_nothing_was_changed(county: County, store: Store) -> None:
    county.reader(store).catch_up()
    with store.reading() as connection:
        page = dispute(connection, "small", "c", today=TODAY)
        assert page is not None
        assert effects_of(connection, "small", Shelf(read_document), page.state, today=TODAY) == []
