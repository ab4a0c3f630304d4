"""A matter of service that a unit handled: said by a unit for itself, of no member, in minutes that are none below zero."""

from __future__ import annotations

from typing import Any

import pytest

from domain.kinds.units import Errand, HandledServiceMatter
from domain.matter import Author, Matter, RecordMatter
from domain.people import Reason
from domain.streams import facts_of
from tests.county import CLERK, LI, NORTH, SOUTH, TODAY, Told
from tests.refusal import refusal


def handled(*authors: Author, **said: Any) -> RecordMatter:
    body: dict[str, Any] = {
        "details": HandledServiceMatter(errand=Errand.RECEPTION, served="王委员", minutes=20),
        "title": "接待到访委员",
        "on": TODAY,
        "organiser": SOUTH,
        "authors": authors or (Author(unit=SOUTH),),
        "effect": "当日办结",
        **said,
    }
    return RecordMatter(matter="log-1", body=Matter(**body))


def test_a_unit_writes_down_what_it_handled_and_it_is_the_units_alone() -> None:
    told = Told()
    (event,) = told.say(CLERK, handled())
    assert event.body.details.errand is Errand.RECEPTION  # type: ignore[union-attr]
    assert [(fact.subject, fact.kind) for fact in facts_of(told.states["matter/log-1"])] == [
        ("unit/south", "handled_service_matter")
    ]


def test_no_member_is_its_author_and_no_other_unit_writes_it_down() -> None:
    told = Told()
    assert refusal(told, CLERK, handled(Author(person=LI))) == (
        Reason.SUBJECT_NOT_OF_KIND,
        "/body/authors/0",
    )
    other = handled(Author(unit=NORTH), organiser=NORTH)
    assert refusal(told, CLERK, other)[0] is Reason.NOT_YOURS_TO_RECORD


def test_minutes_are_not_below_zero() -> None:
    with pytest.raises(ValueError, match="minutes"):
        HandledServiceMatter(errand=Errand.OTHER, minutes=-1)
