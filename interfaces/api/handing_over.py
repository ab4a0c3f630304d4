"""The handover pack of a unit as both doors show it: who let a member go sees no more of him."""

from __future__ import annotations

from dataclasses import replace

from domain.access import Action
from domain.people import UnitId
from interfaces.api.asking import Asking, Look
from projections import handovers
from projections.handovers import Handover


def pack_of(asking: Asking, look: Look, unit: UnitId, year: int) -> Handover | None:
    """The pack, open to the unit itself and to who sees all units; none where there is no such unit."""
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
    return replace(found, returned=tuple(r for r in found.returned if r.person in still))
