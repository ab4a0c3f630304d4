"""What a side has sent back for checking and nobody has answered yet: by which side, for whom, why, and what it should say."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from domain.deed import Returned
from domain.fact import Mark
from domain.people import PersonId
from domain.unit import Side
from interfaces.api.asking import Look
from interfaces.sealed import happenings_for
from interfaces.web.visiting import Visitor
from projections import history
from projections.deeds import DeedPage


@dataclass(frozen=True, slots=True)
class SentBack:
    """Lines that one side returned in one act; `position` is where that stands in the ledger."""

    position: int
    side: Side
    people: tuple[PersonId, ...]
    names: tuple[str, ...]
    reason: str
    suggestion: str


def sent_back(visitor: Visitor, look: Look, page: DeedPage) -> tuple[SentBack, ...]:
    """The returns of a record that nobody has answered, in order, as whoever looks may see them."""
    found: dict[tuple[int, Side], list[tuple[PersonId, str, str]]] = {}
    for line in page.lines:
        for side, stamp in ((Side.SECTOR, line.fact.sector), (Side.STUDIO, line.fact.studio)):
            if stamp is not None and stamp.mark is Mark.RETURNED and _is_member(line.subject):
                told = (PersonId(line.subject[7:]), line.name, stamp.reason)
                found.setdefault((stamp.position, side), []).append(told)
    suggested = _suggested(visitor, look, page, sorted({position for position, _ in found}))
    return tuple(
        SentBack(
            position,
            side,
            tuple(person for person, _, _ in lines),
            tuple(name for _, name, _ in lines),
            lines[0][2],
            suggested.get(position, ""),
        )
        for (position, side), lines in sorted(found.items())
    )


def _is_member(subject: str) -> bool:
    return subject.startswith("member/")


def _suggested(
    visitor: Visitor, look: Look, page: DeedPage, positions: Sequence[int]
) -> dict[int, str]:
    """What returned lines should say, by where that was said."""
    if not positions:
        return {}
    told = (look.connection, look.ledger)
    rows = history.told_of(*told, positions, visitor.desk.entries_at)
    shown, noted = happenings_for(
        visitor.asker,
        *told,
        rows,
        of=page.summary.stream,
        contact=False,
        today=visitor.desk.today(),
    )
    look.shown.update(dict.fromkeys(noted.items()))
    events = {each.entry.position: each.entry.event for each in shown}
    return {at: e.suggestion for at, e in events.items() if isinstance(e, Returned)}
