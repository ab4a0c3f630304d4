"""How a matter stands, ended and came in, whether it goes round a loop or its stages are reported alone: what figures of many matters are made of."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from domain.course import Course, Standing
from domain.deed import Deed
from domain.fact import Reached, reached_last
from domain.kinds import KINDS, Details, kind_of
from domain.kinds.about import Stage
from domain.kinds.advice import Obstacle
from domain.kinds.fields import FieldAbout, fields_of
from domain.values import value
from domain.words import Choice

NO_EFFECT: Mapping[Stage, frozenset[Stage]] = {
    Stage.NOT_FILED: frozenset({Stage.FILED}),
    Stage.MERGED: frozenset(),
    Stage.CONVERTED_TO_OPINION: frozenset(),
    Stage.NOT_TAKEN_UP: frozenset({Stage.TAKEN_UP}),
    Stage.NOT_ADOPTED: frozenset({Stage.ADOPTED, Stage.PARTLY_ADOPTED}),
    Stage.DECLINED: frozenset({Stage.ADOPTED}),
    Stage.NOT_AGREED: frozenset({Stage.AGREED}),
    Stage.NOT_SETTLED: frozenset({Stage.SETTLED}),
    Stage.DROPPED: frozenset(),
}
"""Stages that say that nothing came of a matter itself, each unless one of the others was reached as well."""

_DONE: Mapping[str, frozenset[Stage]] = {
    "reported_opinion": frozenset({Stage.FED_BACK}),
    "delivered_speech": frozenset({Stage.FED_BACK}),
    "suggested_cppcc_work": frozenset({Stage.REPLIED, Stage.ANSWERED, Stage.IMPLEMENTED}),
    "carried_down": frozenset({Stage.CARRIED}),
    "answered_letter": frozenset({Stage.ANSWERED}),
    "answered_inquiry": frozenset({Stage.ANSWERED}),
    "raised_topic": frozenset({Stage.ADOPTED}),
    "wrote_report": frozenset({Stage.TAKEN_UP, Stage.ADOPTED, Stage.PARTLY_ADOPTED}),
    "issued_recommendation": frozenset({Stage.ADOPTED, Stage.PARTLY_ADOPTED}),
    "promoted_investment": frozenset({Stage.STARTED}),
    "consultation": frozenset({Stage.TRACKED}),
    "survey": frozenset({Stage.PUT_TO_USE, Stage.TRACKED}),
    "oversight": frozenset({Stage.TRACKED}),
    "delivered_livelihood_deed": frozenset({Stage.DONE, Stage.CONFIRMED_DONE}),
    "granted_wish": frozenset({Stage.FULFILLED}),
    "served_order": frozenset({Stage.SERVED, Stage.EVALUATED}),
    "solved_difficulty": frozenset({Stage.SOLVED}),
    "mediated_dispute": frozenset({Stage.SETTLED}),
    "contributed_history": frozenset({Stage.PRINTED, Stage.ARCHIVED}),
    "plan_item": frozenset({Stage.DONE}),
    "printed_volume": frozenset({Stage.PRINTED, Stage.ARCHIVED}),
    "special_task": frozenset({Stage.DONE}),
    "task": frozenset({Stage.DONE, Stage.PUT_TO_USE}),
    "was_inspected": frozenset({Stage.MENDED, Stage.PASSED}),
}
"""By which of its stages a matter of a kind is done where it goes round no loop; of every kind it is so once it is closed."""

TAKEN: Mapping[str, Stage] = {
    "granted_wish": Stage.CLAIMED,
    "served_order": Stage.TAKEN,
    "solved_difficulty": Stage.COORDINATED,
    "mediated_dispute": Stage.ACCEPTED,
    "delivered_livelihood_deed": Stage.PLANNED,
    "answered_letter": Stage.ASSIGNED,
    "carried_up": Stage.ASSIGNED,
    "case": Stage.ACCEPTED,
}
"""What people ask for, and the stage at which somebody has taken it in hand."""

_CHANNEL: Mapping[str, str] = {
    "carried_up": "way",
    "reported_opinion": "direct_channel",
    "proposed": "form",
    "delivered_speech": "delivery",
    "answered_letter": "assigned_to",
    "answered_inquiry": "expertise",
    "served_order": "service",
    "granted_wish": "wisher",
    "solved_difficulty": "whose",
    "mediated_dispute": "dispute",
    "consultation": "tier",
    "oversight": "form",
    "case": "concern",
    "printed_volume": "publication",
    "plan_item": "item",
    "was_inspected": "check",
}


LONGEST_CHANNEL = 60
"""Characters of a text by which matters are told apart, at the most."""


def ends_of(kind: str) -> frozenset[Stage]:
    """The stages by which a matter of a kind is done where it goes round no loop."""
    return _DONE.get(kind, frozenset()) | {Stage.CLOSED}


def channel_of(kind: str) -> FieldAbout | None:
    """The field by which matters of a kind are told apart, as messages are by the way of handling; none for other kinds, and where there is no such kind."""
    name = _CHANNEL.get(kind)
    if name is None:
        return None
    return next(each for each in fields_of(KINDS[kind]) if each.name == name)


def channel(details: Details) -> str:
    """What that field says of a matter: the code of a choice, `yes` or `no`, the beginning of a text; nothing where it says nothing."""
    name = _CHANNEL.get(kind_of(type(details)))
    said = None if name is None else getattr(details, name)
    if isinstance(said, bool):
        return "yes" if said else "no"
    if said is None:
        return ""
    return str(said.value) if isinstance(said, Choice) else str(said).strip()[:LONGEST_CHANNEL]


@value(frozen=True, slots=True, kw_only=True)
class Stand:
    """How a matter stands: since which day it is closed and by which stage, without effect or not, or why it rests."""

    standing: Standing
    on: date | None = None
    by: Stage | None = None
    in_vain: bool = False
    obstacle: Obstacle | None = None


def stand(deed: Deed[Any]) -> Stand:
    """How a matter stands: as its loop says, or by its stages where it goes round none."""
    course, reached, details = deed.course, deed.reached, deed.body.details
    obstacle = getattr(details, "obstacle", None)
    vain = _in_vain(reached)
    if course is None:
        return _by_stages(kind_of(type(details)), reached, vain, obstacle)
    if course.standing is Standing.OPEN:
        return Stand(standing=Standing.OPEN)
    if course.standing is Standing.RESTING:
        here = _reached_here(course, reached)
        return Stand(standing=Standing.RESTING, by=here, obstacle=obstacle)
    return Stand(
        standing=Standing.CLOSED,
        on=course.closed_on,
        by=vain or _reached_here(course, reached),
        in_vain=vain is not None,
    )


def _reached_here(course: Course, reached: Iterable[Reached]) -> Stage | None:
    """What the stage at which a matter stands says of it."""
    last = max((s.position for s in course.turns if s.stage == course.at), default=0)
    return next((r.stage for r in reached if r.position == last), None)


def _by_stages(
    kind: str, reached: tuple[Reached, ...], vain: Stage | None, obstacle: Obstacle | None
) -> Stand:
    if not reached:
        return Stand(standing=Standing.OPEN)
    ends = ends_of(kind)
    ended = [r for r in reached if r.stage in ends or r.stage is vain]
    if ended:
        first = min(ended, key=lambda r: (r.on, r.position))
        return Stand(
            standing=Standing.CLOSED, on=first.on, by=vain or first.stage, in_vain=vain is not None
        )
    newest = reached_last(reached)
    if newest is not None and newest.stage is Stage.CANNOT_FOR_NOW:
        return Stand(standing=Standing.RESTING, by=Stage.CANNOT_FOR_NOW, obstacle=obstacle)
    return Stand(standing=Standing.OPEN)


def _in_vain(reached: Iterable[Reached]) -> Stage | None:
    """The stage that says that nothing came of it, if there is one that still holds."""
    stages = {r.stage for r in reached}
    return next((s for s, others in NO_EFFECT.items() if s in stages and not others & stages), None)


@value(frozen=True, slots=True)
class Spread:
    """How long something took, in days: the middle one, the one that nine of ten do not exceed, the longest."""

    number: int
    median: int
    p90: int
    longest: int


def spread(days: Mapping[int, int]) -> Spread | None:
    """That of so many matters by days; of an even number the middle one is the lower of the two. Nothing where there is none."""
    number = sum(days.values())
    if not number:
        return None

    def at(part: int) -> int:
        """The least number of days that so many per cent do not exceed."""
        so_far = 0
        for day in sorted(days):
            so_far += days[day]
            if so_far * 100 >= number * part:
                return day
        return max(days)

    return Spread(number, at(50), at(90), max(days))
