"""Joint activities (联合): of several units or of several levels. One record, counted once; credited to each unit that held it and to each level."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from domain.fact import Mode
from domain.kinds.works import FourLinks
from domain.people import UnitId
from domain.words import Level


@dataclass(slots=True, kw_only=True)
class Together:
    """What all the records of one activity say of it: whether any of them is joint by itself, and the units and levels that they credit, be each named on one alone."""

    said_joint: bool = False
    hosts: set[UnitId] = field(default_factory=set)
    levels: set[Level] = field(default_factory=set)

    @property
    def joint(self) -> bool:
        """Whether it is joint: what several units or levels are credited with is, be it on two records and whatever they say."""
        return self.said_joint or len(self.hosts) > 1 or len(self.levels) > 1


def levels_of(body: Any) -> tuple[Level, ...]:
    """The levels to which a record is credited, from low to high: its own, and those that it says took part."""
    said = {body.level, *getattr(body.details, "levels", ())}
    return tuple(sorted(said, key=lambda level: level.height))


def four_links_of(body: Any) -> tuple[FourLinks, ...]:
    """The marks (四联) of a work that two levels share; of a session none, its work has them."""
    return tuple(getattr(body.details, "four_links", ()))


def is_joint(body: Any) -> bool:
    """Whether several units held it, or several levels took part, or it is said to be joint."""
    return bool(
        getattr(body, "co_organisers", ())
        or getattr(body, "mode", None) is Mode.JOINT
        or getattr(body.details, "linked", False)
        or four_links_of(body)
        or len(levels_of(body)) > 1
    )


def form_of(body: Any) -> Mode:
    """In which form an activity was: what several units or levels are credited with is joint, whatever it says."""
    said: Mode = body.mode
    return Mode.JOINT if is_joint(body) else said
