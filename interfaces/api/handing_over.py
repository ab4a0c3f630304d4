"""The handover pack of a unit as both doors show it: nobody sees more in it than on the pages of its parts."""

from __future__ import annotations

from dataclasses import replace

from domain.access import Action, Relation
from domain.people import UnitId
from interfaces.api.asking import Asking, Look
from projections import handovers
from projections.handovers import Handover


def pack_of(asking: Asking, look: Look, unit: UnitId, year: int) -> Handover | None:
    """The pack, open to the unit itself and to who sees all units; none where there is no such unit.

    What waits, and what the unit promised, is left out for who may see neither elsewhere.
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
    people = {line.person for line in found.returned}
    still = asking.may_see_people(look, people, Action.SEE_FILE)
    own = asking.actor.unit == unit or asking.asker.may(Action.SEE_COMPARED, Relation.UNIT)
    waits = asking.may_see_unit(look, unit, Action.SEE_WAITING)
    return replace(
        found,
        returned=tuple(line for line in found.returned if line.person in still),
        waiting=found.waiting if waits else (),
        waiting_lines=found.waiting_lines if waits else 0,
        promises=found.promises if own else (),
    )
