"""In whose name a command is given where somebody types in what a member says: one question, asked of every command alike."""

from __future__ import annotations

from domain.access import Action, ever
from domain.deed import Known
from domain.people import Actor, PersonId, Reason, Refused, Role

ACTING_FOR = "Lvzhi-Acting-For"
"""What says for whom it is: the header of the API, as refusals at every door name it."""
TYPES_IN = frozenset({Role.OFFICE, Role.CLERK, Role.HEAD})
"""Who may type in what somebody else says."""


def may_speak_for(actor: Actor, person: PersonId, *, is_bound: bool) -> bool:
    """Whether what that person says is his to type in; `is_bound` tells whether the person is bound today to the unit that he acts in.

    The office does it for anybody, a clerk or head for those who are bound to his unit and for himself.
    """
    if actor.role not in TYPES_IN:
        return False
    return actor.role is Role.OFFICE or actor.person == person or is_bound


def check(actor: Actor, action: Action, known: Known) -> None:
    """Refuse a command in the name of somebody for whom it is not his to speak; whoever speaks for himself passes.

    What members may not do themselves is done in no member's name.
    """
    person, roster = actor.acting_for, known.roster
    if person is None:
        return
    if actor.role not in TYPES_IN or not ever(Role.MEMBER, action):
        raise Refused(Reason.NOT_ALLOWED, ACTING_FOR, person)
    if person not in roster.people:
        raise Refused(Reason.NO_SUCH_PERSON, ACTING_FOR, person)
    is_bound = actor.unit is not None and roster.bound(person, actor.unit, known.today)
    if not may_speak_for(actor, person, is_bound=is_bound):
        raise Refused(Reason.NOT_YOURS_TO_SPEAK_FOR, ACTING_FOR, person)
