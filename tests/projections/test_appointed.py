"""Correspondents and invited writers by their appointments: what each submitted in a year and what of it was taken up or printed, whoever is a member."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from sqlalchemy import Connection

from domain.deed import LinkSame
from domain.fact import Reached
from domain.kinds import Stage
from domain.kinds.advice import ReportedOpinion
from domain.kinds.culture import ContributedHistory
from domain.matter import Author, Matter, RecordMatter, ReportOutcome
from domain.people import PersonId
from domain.unit import Appoint, Appointment, Office
from domain.words import Level
from projections import appointed
from projections.appointed import Output
from projections.store import Store
from tests.projections.county import BEGAN, COUNTY, LI, OFFICE, SOUTH_HEAD, TODAY, County

OUTSIDER = SOUTH_HEAD.person
"""He heads a studio and is no member."""
YEAR: dict[str, Any] = {"first": date(2025, 1, 1), "last": date(2025, 12, 31)}


@pytest.fixture
def county() -> County:
    """Li is a correspondent; an outsider is one too, and an invited writer since this year."""
    county = County(day=date(2025, 6, 25)).found()
    for person, office in (
        (LI, Office.CORRESPONDENT),
        (OUTSIDER, Office.CORRESPONDENT),
        (OUTSIDER, Office.CONTRIBUTOR),
        (LI, Office.STAFF),
    ):
        held = Appointment(person=person, office=office, since=BEGAN, certificate="聘1")
        county.say(OFFICE, Appoint(unit=COUNTY, appointment=held))
    return county


def wrote(
    county: County,
    name: str,
    details: Any,
    *people: PersonId,
    on: date = date(2025, 3, 1),
    reached: tuple[Stage, ...] = (),
) -> None:
    body: Matter[Any] = Matter(
        details=details,
        title=name,
        on=on,
        organiser=COUNTY,
        authors=tuple(Author(person=each) for each in people),
    )
    county.say(OFFICE, RecordMatter(matter=name, body=body))
    for stage in reached:
        level = None if stage is Stage.PRINTED else Level.CITY
        outcome = Reached(stage=stage, on=date(2025, 5, 1), level=level)
        county.say(OFFICE, ReportOutcome(matter=name, outcome=outcome))


def looked(county: County, store: Store, ask: Callable[..., Any], *more: Any, **said: Any) -> Any:
    def asked(connection: Connection) -> Any:
        return ask(connection, county.log.ledger, *more, **said)

    county.reader(store).catch_up()
    with store.reading() as connection:
        return asked(connection)


def test_they_stand_by_name_a_line_for_each_appointment(county: County, store: Store) -> None:
    page, total = looked(county, store, appointed.writers, day=TODAY)
    told = [(e.name, e.office, e.member, e.certificate) for e in page.rows]
    assert (total, told) == (
        3,
        [
            ("何书记", Office.CONTRIBUTOR, False, "聘1"),
            ("何书记", Office.CORRESPONDENT, False, "聘1"),
            ("李敏", Office.CORRESPONDENT, True, "聘1"),
        ],
    )
    first, _ = looked(county, store, appointed.writers, day=TODAY, limit=2)
    rest, _ = looked(county, store, appointed.writers, day=TODAY, limit=2, after=first.after)
    assert [*first.rows, *rest.rows] == list(page.rows)
    only, number = looked(county, store, appointed.writers, day=TODAY, office=Office.CONTRIBUTOR)
    assert (number, only.rows) == (1, page.rows[:1])
    assert looked(county, store, appointed.writers, day=TODAY, office=Office.STAFF)[1] == 0


def test_who_is_no_member_signs_and_each_work_counts_once(county: County, store: Store) -> None:
    both = (Stage.FORWARDED, Stage.TAKEN_UP, Stage.INSTRUCTED)
    wrote(county, "停车", ReportedOpinion(), OUTSIDER, LI, reached=both)
    wrote(county, "停车再报", ReportedOpinion(), OUTSIDER, on=date(2025, 3, 9))
    county.say(OFFICE, LinkSame(deed="matter/停车再报", same_as="matter/停车"))
    wrote(county, "路灯", ReportedOpinion(), OUTSIDER)
    wrote(county, "往年", ReportedOpinion(), OUTSIDER, on=date(2024, 3, 1), reached=both)
    wrote(county, "老街", ContributedHistory(), OUTSIDER, reached=(Stage.PRINTED,))

    found = looked(county, store, appointed.output_of, [OUTSIDER, LI], **YEAR)
    assert found == {
        OUTSIDER: Output(opinions=2, taken_up=1, instructed=1, articles=1, printed=1),
        LI: Output(opinions=1, taken_up=1, instructed=1),
    }
    noticed, is_cut = looked(county, store, appointed.notice, [OUTSIDER], **YEAR)
    assert not is_cut
    assert {(n.title, n.stage, n.reached_on, n.person) for n in noticed} == {
        ("停车", Stage.TAKEN_UP, date(2025, 5, 1), OUTSIDER),
        ("老街", Stage.PRINTED, date(2025, 5, 1), OUTSIDER),
    }
