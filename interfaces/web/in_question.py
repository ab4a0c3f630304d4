"""Which records on a page are in question: the open queries on them that whoever looks may see."""

from __future__ import annotations

from collections.abc import Iterable

from domain.access import Action, Relation
from domain.disputed import Dispute
from interfaces.api.asking import Look
from interfaces.web.visiting import Visitor
from projections import disputes


def in_question(
    visitor: Visitor, look: Look, streams: Iterable[str]
) -> dict[str, tuple[Dispute, ...]]:
    """The open queries on each of these records; that whoever looks sees them is noted."""
    found = disputes.open_about(
        look.connection, look.ledger, frozenset(streams), position=look.position
    )
    if not found:
        return {}
    asking, person = visitor.asking, visitor.actor.person
    whose = {each.person for states in found.values() for each in states}
    seen = asking.may_see_people(look, whose, Action.SEE_DISPUTE)
    typed = visitor.asker.may(Action.SEE_DISPUTE, Relation.OWN)
    shown = {
        stream: tuple(
            each for each in states if each.person in seen or (typed and person in each.typed_by)
        )
        for stream, states in found.items()
    }
    for states in shown.values():
        for each in states:
            look.shows(Action.SEE_DISPUTE, each.subject)
    return {stream: states for stream, states in shown.items() if states}
