"""Units' months as whoever asks may see them: the unit and the office see each report, others what was posted of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from domain.access import Action
from domain.checklist import Checklist
from domain.people import UnitId
from domain.period import Period
from domain.posting import MonthPosting, PostingStep, as_posted
from domain.unit import Unit
from interfaces.api.asking import Asking, Look
from projections import postings
from projections.paging import Key
from projections.postings import MonthLeft, PostingPage, Wall, WallLine


def wall_of(
    asked: Asking,
    look: Look,
    chosen: Checklist,
    month: Period,
    *,
    after: Key | None,
    limit: int,
) -> Wall:
    """The wall of a month; how far a report is that is not posted is told of one's own units alone, to the office of all."""
    found = postings.wall(
        look.connection,
        look.ledger,
        asked.desk.shelf,
        chosen,
        month,
        today=asked.desk.today(),
        after=after,
        limit=limit,
    )
    own = asked.units_open(look, Action.REPORT_MONTH)
    rows = (each if own is None or each.unit in own else _posted(each) for each in found.page.rows)
    return replace(found, page=replace(found.page, rows=tuple(rows)))


def _posted(line: WallLine) -> WallLine:
    if line.report is None:
        return replace(line, step=None, reported_on=None)
    return replace(line, step=PostingStep.POSTED)


def page_of(asked: Asking, look: Look, unit: Unit, chosen: Checklist, month: Period) -> PostingPage:
    """A unit's month with its reports, of which others see those that were posted."""
    return postings.posting(
        look.connection,
        look.ledger,
        asked.desk.shelf,
        unit,
        chosen,
        month,
        today=asked.desk.today(),
        posted_alone=not is_inside(asked, look, unit.unit),
    )


def state_of(asked: Asking, look: Look, state: MonthPosting) -> MonthPosting | None:
    """A unit's month in words; none for others where nothing of it was posted."""
    return state if is_inside(asked, look, state.unit) else as_posted(state)


def left_of(
    asked: Asking, look: Look, unit: UnitId, left: Sequence[MonthLeft]
) -> tuple[MonthLeft, ...]:
    """Months that a unit has yet to post; others know of those of which nothing is posted, and not how far they are."""
    if is_inside(asked, look, unit):
        return tuple(left)
    return tuple(replace(each, step=None, sent_back="") for each in left if not each.posted)


def is_inside(asked: Asking, look: Look, unit: UnitId) -> bool:
    """Whether each report of a unit is open to whoever asks, posted or not."""
    return asked.may_see_unit(look, unit, Action.REPORT_MONTH)
