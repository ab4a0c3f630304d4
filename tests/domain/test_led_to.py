"""What led to what: said by whoever may record either side, taken back with a reason, never in a circle; it moves no points."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from domain import deed as deeds
from domain.deed import Cause, LinkedLedTo, LinkLedTo, UnlinkedLedTo, UnlinkLedTo, Withdraw
from domain.kinds.advice import Proposed
from domain.kinds.deliberation import Consultation, Consulted
from domain.matter import AmendMatter, Author, Matter, RecordMatter
from domain.occasion import Occasion, Participant, RecordOccasion
from domain.people import Actor, PersonId, Reason, UnitId
from domain.streams import day_of
from tests.county import (
    AUDITOR,
    CHEN,
    CLERK,
    COUNTY,
    LI,
    NORTH,
    NORTH_CLERK,
    OFFICE,
    SOUTH,
    TODAY,
    WANG,
    Told,
    himself,
)
from tests.refusal import refusal

TALK, PROPOSAL = "occasion/talk", "matter/proposal"
HELD, SUBMITTED = date(2025, 3, 1), date(2025, 3, 20)


def talk(organiser: UnitId = SOUTH, *with_: UnitId, who: PersonId = LI) -> Occasion[Any]:
    return Occasion(
        details=Consulted(form=Consultation.GRASSROOTS),
        title="停车难协商",
        on=HELD,
        organiser=organiser,
        co_organisers=with_,
        participants=(Participant(person=who),),
    )


def proposal(organiser: UnitId = COUNTY, who: PersonId = LI, **said: Any) -> Matter[Any]:
    return Matter(
        details=Proposed(),
        title="增设停车位的提案",
        on=SUBMITTED,
        organiser=organiser,
        authors=(Author(person=who),),
        **said,
    )


def recorded(held: Occasion[Any] | None = None, *matters: str) -> Told:
    """A talk, and proposals of the office."""
    told = Told()
    told.say(OFFICE, RecordOccasion(occasion="talk", body=held or talk()))
    for matter in matters or ("proposal",):
        body = proposal()
        told.say(OFFICE, RecordMatter(matter=matter, body=body, differs=True))
    return told


def link(deed: str = PROPOSAL, source: str = TALK, on: date = SUBMITTED, note: str = "") -> Any:
    return LinkLedTo(deed=deed, source=source, on=on, note=note)


def unlink(deed: str = PROPOSAL, source: str = TALK, reason: str = "并无关系") -> UnlinkLedTo:
    return UnlinkLedTo(deed=deed, source=source, reason=reason)


def test_what_led_to_a_deed_stands_on_it_with_its_day() -> None:
    told = recorded()

    events = told.say(CLERK, link(note="会上的意见写成提案"))

    said = LinkedLedTo(deed=PROPOSAL, source=TALK, on=SUBMITTED, note="会上的意见写成提案")
    assert events == [said]
    assert day_of(said) == SUBMITTED
    assert told.deed(PROPOSAL).led_by == (
        Cause(source=TALK, on=SUBMITTED, note="会上的意见写成提案", position=len(told.entries)),
    )


def test_said_twice_it_is_one_link_and_said_otherwise_the_newest_word_stands() -> None:
    told = recorded()
    told.say(CLERK, link())

    assert told.say(CLERK, link()) == []
    assert told.say(CLERK, link(on=TODAY)) != []
    assert [(c.source, c.on) for c in told.deed(PROPOSAL).led_by] == [(TALK, TODAY)]


def test_it_is_taken_back_with_a_reason_and_may_be_said_again() -> None:
    told = recorded()
    told.say(CLERK, link())

    assert refusal(told, CLERK, unlink(reason=" ")) == (Reason.REASON_MISSING, "/reason")
    assert told.say(CLERK, unlink()) == [
        UnlinkedLedTo(deed=PROPOSAL, source=TALK, reason="并无关系")
    ]
    assert told.deed(PROPOSAL).led_by == ()
    assert told.say(CLERK, unlink()) == []
    assert told.say(CLERK, link()) != []


def test_it_moves_no_points_and_links_no_credit() -> None:
    told = recorded()
    before = (told.facts(TALK), told.facts(PROPOSAL))

    told.say(CLERK, link())

    assert (told.facts(TALK), told.facts(PROPOSAL)) == before


@pytest.mark.parametrize(
    ("said", "reason", "field"),
    [
        ({"source": "matter/nothing"}, Reason.NO_SUCH_DEED, "/source"),
        ({"source": "pairing/p"}, Reason.NO_SUCH_DEED, "/source"),
        ({"source": PROPOSAL}, Reason.SAME_RECORD, "/source"),
        ({"deed": "matter/nothing"}, Reason.NO_SUCH_DEED, "/deed"),
        ({"on": TODAY + timedelta(days=1)}, Reason.IN_FUTURE, "/on"),
        ({"on": HELD - timedelta(days=1)}, Reason.TOO_EARLY, "/on"),
    ],
)
def test_what_cannot_have_led_to_it(said: Any, reason: Reason, field: str) -> None:
    assert refusal(recorded(), OFFICE, link(**said)) == (reason, field)


def test_what_was_taken_back_led_to_nothing_but_a_link_to_it_may_be_undone() -> None:
    told = recorded()
    told.say(OFFICE, link())
    told.say(OFFICE, Withdraw(deed=TALK, reason="误录"))

    assert refusal(told, OFFICE, link(on=TODAY)) == (Reason.WITHDRAWN, "/source")
    assert told.say(OFFICE, unlink()) != []


def test_nothing_led_to_what_it_came_of() -> None:
    told = recorded(None, "a", "b", "c")
    told.say(OFFICE, link("matter/a"))
    told.say(OFFICE, link("matter/b", "matter/a"))
    answer = proposal(answers="matter/b")
    told.say(OFFICE, AmendMatter(matter="c", body=answer, reason="补登来源"))

    back = link("matter/a", "matter/c")
    assert refusal(told, OFFICE, back) == (Reason.IN_A_CIRCLE, "/source")
    assert refusal(told, OFFICE, link(TALK, "matter/b")) == (Reason.IN_A_CIRCLE, "/source")
    # Two ways to one end are no circle.
    assert told.say(OFFICE, link("matter/c", "matter/a")) != []


@pytest.mark.parametrize(
    ("actor", "held", "may"),
    [
        (OFFICE, talk(NORTH), True),
        (CLERK, talk(SOUTH), True),  # recorded the talk
        (CLERK, talk(NORTH, SOUTH), True),  # held it with others
        (CLERK, talk(NORTH), False),  # neither
        (NORTH_CLERK, talk(SOUTH), False),
        (AUDITOR, talk(), False),
    ],
)
def test_whoever_may_record_either_side_says_what_led_to_what(
    actor: Actor, held: Occasion[Any], may: bool
) -> None:
    told = recorded(held)

    if may:
        assert told.say(actor, link()) != []
        assert told.say(actor, unlink()) != []
    else:
        with_reason = {refusal(told, actor, each)[0] for each in (link(), unlink())}
        assert with_reason <= {Reason.NOT_ALLOWED, Reason.NOT_YOURS_TO_RECORD}


def test_a_member_says_it_of_what_he_declared_himself_alone() -> None:
    told = recorded()
    own = RecordMatter(matter="own", body=proposal(SOUTH), differs=True)
    told.say(himself(LI), own)

    assert told.say(himself(LI), link("matter/own")) != []
    for actor in (himself(LI), himself(WANG), himself(CHEN)):
        assert refusal(told, actor, link()) == (Reason.NOT_ALLOWED, "")


def test_a_deed_is_led_to_by_so_many_at_the_most(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(deeds, "MOST_CAUSES", 2)
    told = recorded(None, "a", "b", "c", "d")
    told.say(OFFICE, link("matter/d", "matter/a"))
    told.say(OFFICE, link("matter/d", "matter/b"))

    more = link("matter/d", "matter/c")
    assert refusal(told, OFFICE, more) == (Reason.TOO_MANY, "/source")
    assert told.say(OFFICE, link("matter/d", "matter/a", on=TODAY)) != []


def test_a_chain_is_looked_through_so_far_and_no_further(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(deeds, "MOST_BEFORE", 2)
    told = recorded(None, "a", "b", "c", "d")
    for later, earlier in (("b", "a"), ("c", "b")):
        told.say(OFFICE, link(f"matter/{later}", f"matter/{earlier}"))

    assert refusal(told, OFFICE, link("matter/d", "matter/c")) == (Reason.TOO_MANY, "/source")
