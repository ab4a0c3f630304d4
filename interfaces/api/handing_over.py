"""The handover pack of a unit as both doors show it: nobody sees more in it than on the pages of its parts."""

from __future__ import annotations

from dataclasses import replace

from domain.access import Action, Relation
from domain.people import PersonId, UnitId
from interfaces.api import posted, touching
from interfaces.api.asking import Asking, Look
from interfaces.sealed import lines_for
from projections import handovers
from projections.handovers import Handover


def pack_of(asking: Asking, look: Look, unit: UnitId, year: int) -> Handover | None:
    """The pack, open to the unit itself and to who sees all units; none where there is no such unit.

    What is told of members is of those whose file is open to who asks, and noted. What waits, what the unit promised, and how far a
    month is that is not posted is left out for who may see none of these elsewhere.
    """
    asking.must_see_unit(look, unit, Action.SEE_UNIT_FILE)
    found = handovers.handover(
        look.connection,
        look.ledger,
        asking.desk.shelf,
        unit,
        today=asking.desk.today(),
        year=year,
    )
    if found is None:
        return None
    asked = (cell.subject or "" for cell in found.unfinished)
    people = {
        *(line.person for line in found.returned),
        *(line.person for line in found.leaves),
        *(PersonId(each.removeprefix("member/")) for each in asked if each.startswith("member/")),
    }
    open_to = asking.may_see_people(look, people, Action.SEE_FILE)
    for each in sorted(open_to):
        look.shows(Action.SEE_FILE, f"member/{each}")
    closed = {f"member/{each}" for each in people - open_to}
    told = (asking.asker, look.connection, look.ledger)
    waits = asking.may_see_unit(look, unit, Action.SEE_WAITING)
    return replace(
        found,
        in_hand=lines_for(*told, found.in_hand),
        came_in=lines_for(*told, found.came_in),
        returned=tuple(each for each in found.returned if each.person in open_to),
        unfinished=tuple(each for each in found.unfinished if each.subject not in closed),
        waiting=found.waiting if waits else (),
        waiting_lines=found.waiting_lines if waits else 0,
        months=posted.left_of(asking, look, unit, found.months),
        leaves=tuple(each for each in found.leaves if each.person in open_to),
        pairings=tuple(touching.shown(asking.asker, look, each) for each in found.pairings),
        promises=found.promises if tells_promises(asking) else (),
    )


def tells_promises(asking: Asking) -> bool:
    """Whether what units promised in a quarter is open to who asks, as the page of the quarter is."""
    return asking.asker.may(Action.SEE_COMPARED, Relation.UNIT)
