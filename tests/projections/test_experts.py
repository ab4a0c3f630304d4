"""Experts by field and what is asked of them: who is no member too, each request once, what waits longest first, a page at a time."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from sqlalchemy import Connection

from domain.deed import LinkSame
from domain.fact import Reached
from domain.kinds import Stage
from domain.kinds.advice import AnsweredInquiry
from domain.kinds.deliberation import AdvisedProject
from domain.matter import Author, Matter, RecordMatter, ReportOutcome
from domain.occasion import Occasion, Participant, RecordOccasion
from domain.people import PersonId, UnitId
from domain.unit import Appoint, Appointment, Office, OpenUnit, UnitKind, UnitProfile
from projections import experts
from projections.experts import Asked, FieldLine
from projections.store import Store
from tests.projections.county import (
    BEGAN,
    COUNTY,
    LI,
    OFFICE,
    SOUTH_HEAD,
    TODAY,
    WANG,
    County,
    rows_of,
)
from tests.projections.test_studios import statements

TANK = UnitId("tank")
OUTSIDER = SOUTH_HEAD.person
"""He heads a studio and is no member."""


@pytest.fixture
def county() -> County:
    """A think tank of three: Li for farming and law, Wang for law until May, and an outsider of whom no field is said."""
    county = County(day=date(2025, 6, 25)).found()
    profile = UnitProfile(kind=UnitKind.THINK_TANK, name="政协智库")
    county.say(OFFICE, OpenUnit(unit=TANK, profile=profile, since=BEGAN))
    appoint(county, LI, "农业", "法律", certificate="聘1")
    appoint(county, WANG, "法律", until=date(2025, 5, 31))
    appoint(county, OUTSIDER)
    return county


def appoint(county: County, person: PersonId, *fields: str, **said: Any) -> None:
    held = Appointment(person=person, office=Office.EXPERT, since=BEGAN, expertise=fields, **said)
    county.say(OFFICE, Appoint(unit=TANK, appointment=held))


def request(
    county: County,
    name: str,
    field: str,
    *people: PersonId,
    on: date = date(2025, 6, 1),
    reached: tuple[Stage, ...] = (),
) -> None:
    body = Matter(
        details=AnsweredInquiry(expertise=field),
        title=f"咨询{name}",
        on=on,
        organiser=COUNTY,
        authors=tuple(Author(person=each) for each in people) or (Author(unit=TANK),),
    )
    county.say(OFFICE, RecordMatter(matter=name, body=body))
    for stage in reached:
        county.say(OFFICE, ReportOutcome(matter=name, outcome=Reached(stage=stage, on=on)))


def looked(county: County, store: Store, ask: Callable[[Connection], Any]) -> Any:
    county.reader(store).catch_up()
    with store.reading() as connection:
        return ask(connection)


def asked_for(county: County, store: Store, day: date = TODAY, **more: Any) -> Any:
    return looked(county, store, lambda c: experts.directory(c, county.log.ledger, day=day, **more))


def test_experts_in_office_stand_by_name_with_fields_and_certificate(
    county: County, store: Store
) -> None:
    found = asked_for(county, store)
    assert [(e.name, e.member, e.expertise, e.certificate) for e in found.page.rows] == [
        ("何书记", False, (), ""),
        ("李敏", True, ("农业", "法律"), "聘1"),
    ]
    earlier = asked_for(county, store, day=date(2025, 5, 31), field="法律")
    assert [(e.name, e.until) for e in earlier.page.rows] == [
        ("李敏", None),
        ("王强", date(2025, 5, 31)),
    ]
    assert [e.name for e in asked_for(county, store, field="").page.rows] == ["何书记"]
    assert asked_for(county, store, field="工程").total == 0


def test_experts_are_read_a_page_at_a_time(county: County, store: Store) -> None:
    first = asked_for(county, store, limit=1)
    assert (first.total, [e.name for e in first.page.rows]) == (2, ["何书记"])
    rest = asked_for(county, store, limit=1, after=first.page.after)
    assert ([e.name for e in rest.page.rows], rest.page.after) == (["李敏"], None)


def test_a_field_counts_its_experts_requests_and_what_was_used(
    county: County, store: Store
) -> None:
    answered = (Stage.ASSIGNED, Stage.ANSWERED)
    request(county, "a", "法律", LI, reached=(*answered, Stage.ADOPTED))
    request(county, "b", "法律", OUTSIDER, reached=(*answered, Stage.PARTLY_ADOPTED))
    request(county, "c", "法律", LI, reached=(*answered, Stage.NOT_ADOPTED))
    request(county, "d", "工程", OUTSIDER)
    request(county, "e", "", LI, on=date(2024, 6, 1))
    found = asked_for(county, store, first=date(2025, 1, 1), last=TODAY)
    assert found.fields == (
        FieldLine(field="农业", experts=1, requests=0, answered=0, adopted=0, partly=0, open=0),
        FieldLine(field="工程", experts=0, requests=1, answered=0, adopted=0, partly=0, open=1),
        FieldLine(field="法律", experts=1, requests=3, answered=3, adopted=1, partly=1, open=0),
        FieldLine(field="", experts=1, requests=0, answered=0, adopted=0, partly=0, open=0),
    )
    assert [f.requests for f in asked_for(county, store).fields] == [0, 1, 3, 1]


def test_what_was_asked_of_one_counts_a_request_once_and_projects_beside(
    county: County, store: Store
) -> None:
    request(county, "a", "法律", LI, OUTSIDER, reached=(Stage.ANSWERED, Stage.ADOPTED))
    request(county, "twice", "法律", LI, on=date(2025, 6, 2))
    county.say(OFFICE, LinkSame(deed="matter/twice", same_as="matter/a"))
    request(county, "last-year", "法律", LI, on=date(2024, 6, 1))
    body = Occasion(
        details=AdvisedProject(project="产业园"),
        title="产业园论证",
        on=date(2025, 6, 3),
        organiser=COUNTY,
        participants=(Participant(person=LI),),
    )
    county.say(OFFICE, RecordOccasion(occasion="p", body=body))

    def ask(connection: Connection) -> Any:
        days = {"first": date(2025, 1, 1), "last": TODAY}
        return experts.asked_of(connection, county.log.ledger, [LI, OUTSIDER, WANG], **days)

    assert looked(county, store, ask) == {
        LI: Asked(requests=1, answered=1, used=1, projects=1),
        OUTSIDER: Asked(requests=1, answered=1, used=1, projects=0),
        WANG: Asked(),
    }


def test_what_waits_stands_with_its_days_the_longest_first(county: County, store: Store) -> None:
    request(county, "new", "法律", LI, on=date(2025, 6, 20), reached=(Stage.ASSIGNED,))
    request(county, "old", "农业", OUTSIDER, LI, on=date(2025, 6, 1))
    request(county, "done", "农业", LI, reached=(Stage.ANSWERED,))

    def ask(**more: Any) -> Any:
        return looked(
            county,
            store,
            lambda c: experts.waiting(c, county.log.ledger, today=TODAY, **more),
        )

    assert [(r.matter, r.days, r.assigned_on, r.experts) for r in ask().rows] == [
        ("old", 29, None, ("李敏", "何书记")),
        ("new", 10, date(2025, 6, 20), ("李敏",)),
    ]
    first = ask(limit=1)
    assert [r.matter for r in ask(limit=1, after=first.after).rows] == ["new"]
    assert [r.matter for r in ask(field="法律").rows] == ["new"]


def test_a_longer_directory_asks_no_more_often(county: County, store: Store) -> None:
    def count() -> int:
        return int(
            looked(
                county,
                store,
                lambda c: statements(c, lambda: experts.directory(c, county.log.ledger, day=TODAY)),
            )
        )

    before = count()
    for person in (WANG, PersonId("chen"), PersonId("sun")):
        appoint(county, person, "教育")
        request(county, f"for-{person}", "教育", person)
    assert count() == before


def test_what_was_read_live_is_what_a_rebuild_makes(county: County, store: Store) -> None:
    reader = county.reader(store, at_a_time=3)
    request(county, "a", "法律", LI, reached=(Stage.ANSWERED,))
    reader.catch_up()
    live = rows_of(store, county.log.ledger)
    reader.rebuild()
    assert rows_of(store, county.log.ledger) == live


def test_of_more_fields_than_are_told_those_of_experts_come_first(
    county: County, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(experts, "MOST_FIELDS", 4)
    for field in ("一", "一一", "一一一", "一一一一", "一一一一一", "龠"):
        request(county, f"for-{field}", field, LI)
    request(county, "a", "法律", LI, reached=(Stage.ANSWERED,))
    request(county, "b", "", LI)

    def told(**more: Any) -> tuple[list[tuple[str, int, int]], bool]:
        found = asked_for(county, store, **more)
        return [(f.field, f.experts, f.requests) for f in found.fields], found.more_fields

    of_experts = [("农业", 1, 0), ("法律", 1, 1)]
    assert told() == ([("一", 0, 1), *of_experts, ("", 1, 1)], True)
    assert told(field="龠") == ([*of_experts, ("龠", 0, 1), ("", 1, 1)], True)
    monkeypatch.setattr(experts, "MOST_FIELDS", 9)
    assert len(told()[0]) == 9 and not told()[1]
    monkeypatch.setattr(experts, "MOST_FIELDS", 2)
    assert told() == (of_experts, True)


def test_a_request_that_no_expert_has_been_given_yet_waits_without_a_name(
    county: County, store: Store
) -> None:
    request(county, "a", "法律")
    page = looked(
        county, store, lambda c: experts.waiting(c, county.log.ledger, today=date(2025, 6, 11))
    )
    assert [(r.matter, r.experts, r.assigned_on, r.days) for r in page.rows] == [
        ("a", (), None, 10)
    ]
