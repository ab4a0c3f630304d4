"""When the last plenary session began: who says so, and whose word is taken where several do."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from domain.words import Choice, Label

ONE_SESSION = timedelta(days=30)
"""Days within which all that is said is of one session: it is opened, meets and is closed within them."""


class Teller(Choice):
    """What says when a session began, in the order in which its word is taken."""

    CALENDAR = "calendar", "日历文件(sessions)", "a calendar document (sessions)"
    MEETING = "meeting", "会议安排", "a meeting that was planned"
    RECORD = "record", "出席全会的记录", "a record of who attended it"
    RUBRIC = "rubric", "考核办法(sessions)", "a rubric (sessions)"


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """A day of a plenary session, what says so, and what that is called."""

    by: Teller
    on: date
    title: Label


@dataclass(frozen=True, slots=True, kw_only=True)
class Began:
    """The first day of a session, and all that say something of it, whose word was taken first."""

    on: date
    told: tuple[Told, ...]

    @property
    def why(self) -> Label:
        """Whose word was taken, and what others say who say otherwise."""
        taken, *others = self.told
        zh = f"全会首日{taken.on.isoformat()},据{taken.by.zh}“{taken.title.zh}”"
        en = f"its first day {taken.on}, by {taken.by.en}, {taken.title.en}"
        for each in others:
            if each.on != taken.on:
                zh += f";{each.by.zh}为{each.on.isoformat()}"
                en += f"; {each.by.en} has {each.on}"
        return Label(zh, en)


def began(told: Iterable[Told], today: date) -> Began | None:
    """The last session that began by that day: of each that tells of it the earliest day, and of these the first in their order; none where nobody tells of any."""
    past = [each for each in told if each.on <= today]
    if not past:
        return None
    newest = max(each.on for each in past)
    first: dict[Teller, Told] = {}
    for each in sorted(past, key=lambda one: (one.on, one.title.zh)):
        if newest - each.on <= ONE_SESSION:
            first.setdefault(each.by, each)
    in_order = tuple(first[by] for by in Teller if by in first)
    return Began(on=in_order[0].on, told=in_order)
