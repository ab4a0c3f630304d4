"""A matter's way round its loop: where it stands, who has it in hand, what was reached when, and by when the next is due."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import field, replace
from datetime import date

from domain.calendar import WorkingDays
from domain.deadline import SUBMITTED, Due, Extension, MeetingDay, OnNamedDay, Pause, due
from domain.fact import Followed
from domain.kinds.advice import Obstacle, ReplyClass, Satisfaction, Way
from domain.loop import Holder, Loop, LoopStage
from domain.people import PersonId, UnitId
from domain.values import value
from domain.words import Choice, Label, Level, Open


@value(frozen=True, slots=True, kw_only=True)
class Move:
    """What is said where a matter is moved to a stage. `on` is the day on which it was; `rank` the leader's, never what he wrote.

    `into` is the stream (`matter/ID`) of the matter that it is merged into, where the stage says that it is. `followed` is what followed from the
    instruction that the stage is, else from the newest up to that day of which it is not said yet.
    """

    stage: Open[str]
    on: date
    holder: Holder | None = None
    co_holders: tuple[Holder, ...] = ()
    level: Level | None = None
    rank: Open[str] = ""
    by: str = ""
    document: Open[str] = ""
    note: str = ""
    way: Way | None = None
    obstacle: Obstacle | None = None
    reply_class: ReplyClass | None = None
    satisfaction: Satisfaction | None = None
    into: Open[str] = ""
    followed: Followed | None = None


LABELS: dict[str, Label] = {
    "stage": Label("环节", "stage"),
    "on": Label("日期", "day"),
    "holder": Label("承办单位", "who handles it"),
    "co_holders": Label("会办单位", "who else handles it"),
    "level": Label("层级", "level"),
    "rank": Label("领导职务", "the leader's rank"),
    "by": Label("经办人", "who did it"),
    "document": Label("文号", "document number"),
    "note": Label("说明", "note"),
    "way": Label("办理方式", "way of handling"),
    "obstacle": Label("暂无法处理原因", "why it cannot be handled"),
    "reply_class": Label("办理类别", "class of the reply"),
    "satisfaction": Label("满意度", "how satisfied whoever raised it is"),
    "into": Label("并入", "merged into"),
    "followed": Label("批示此后情况", "what followed from the instruction"),
}


class Turn(Choice):
    """What brought a matter to where it stands."""

    BEGUN = "begun", "进入流程", "entered the loop"
    MOVED = "moved", "办理", "moved on"
    GIVEN_BACK = "given_back", "退回", "given back as misassigned"
    REOPENED = "reopened", "重新办理", "reopened"
    MIGRATED = "migrated", "改按另一版流程", "went over to another version of its loop"


@value(frozen=True, slots=True, kw_only=True)
class Step:
    """One turn on the way, with who took it (position and local day of its entry), and in whose name where he typed it in for another.

    Where it went over to another version of its loop, `version` is that one and `was` the one before; it stays at its stage.
    """

    turn: Turn
    stage: Open[str]
    on: date
    position: int
    by: PersonId
    unit: UnitId | None = None
    acting_for: PersonId | None = None
    move: Move | None = None
    reason: str = ""
    version: Open[str] = ""
    was: Open[str] = ""


@value(frozen=True, slots=True, kw_only=True)
class Handover:
    """From whom to whom a matter went, and with whom besides where it was handed over; `on` the day, `position` its entry."""

    holder: Holder | None
    on: date
    position: int
    reason: str = ""
    co_holders: tuple[Holder, ...] = ()


class Standing(Choice):
    """Whether somebody is asked for something."""

    OPEN = "open", "办理中", "open"
    RESTING = "resting", "暂缓", "resting until it is taken up again"
    CLOSED = "closed", "办结", "closed"


@value(frozen=True, slots=True, kw_only=True)
class Course:
    """How far a matter has come. `done` has the day on which each stage was last reached, without those that were undone.

    `holders` are all who had it in hand, the last has it now; `extensions` are by stage; `named_day` is the day by which the matter itself says that
    it is to be done.
    """

    loop: Open[str]
    version: Open[str]
    at: Open[str]
    standing: Standing
    begun_on: date
    steps: tuple[Step, ...]
    done: Mapping[str, date] = field(default_factory=dict)
    holders: tuple[Handover, ...] = ()
    co_holders: tuple[Holder, ...] = ()
    pauses: tuple[Pause, ...] = ()
    extensions: Mapping[str, tuple[Extension, ...]] = field(default_factory=dict)
    closed_on: date | None = None
    named_day: date | None = None

    @property
    def turns(self) -> Iterator[Step]:
        """The steps that brought it to where it stands: all but those that changed the version alone."""
        return (step for step in self.steps if step.turn is not Turn.MIGRATED)

    @property
    def holder(self) -> Holder | None:
        """Who has it in hand."""
        return self.holders[-1].holder if self.holders else None

    @property
    def ever_held(self) -> Iterator[Holder]:
        """Who has or had it in hand, alone or with others; some more than once."""
        for step in self.steps:
            yield from () if step.move is None else step.move.co_holders
        for each in self.holders:
            yield from (*(() if each.holder is None else (each.holder,)), *each.co_holders)

    @property
    def paused(self) -> bool:
        """Whether time stands still."""
        return bool(self.pauses) and self.pauses[-1].until is None


@value(frozen=True, slots=True, kw_only=True)
class Clock:
    """A stage that a matter has to reach, and by when."""

    stage: str
    since: str
    due: Due


def pending(loop: Loop, course: Course) -> Iterator[LoopStage]:
    """The stages with a rule that lie before a matter and whose time runs; where it rests, only that who raised it is told.

    What lies before it once more, since it went back on its way, is to be reached once more.
    """
    if course.standing is Standing.CLOSED:
        return
    here = loop.place(course.at)
    rests = course.standing is Standing.RESTING
    for stage in loop.stages:
        if stage.due is None or (
            reached(loop, course, stage.code) and not once_more(loop, course, stage.code)
        ):
            continue
        if rests and not _is_to_tell(loop, course, stage.code):
            continue
        if not stage.beside and loop.place(stage.code) < here:
            continue
        if _start(loop, course, stage) is not None:
            yield stage


def reached(loop: Loop, course: Course, code: str) -> bool:
    """Whether a matter has been at a stage, and does not have to reach it again because whoever raised it has to be told again."""
    return code in course.done and not _is_to_tell(loop, course, code)


def once_more(loop: Loop, course: Course, code: str) -> bool:
    """Whether a stage that was reached lies before a matter again, which has gone back on its way since."""
    found = loop.stage(code)
    return (
        found is not None
        and not found.beside
        and code in course.done
        and loop.place(code) > loop.place(course.at)
    )


def _is_to_tell(loop: Loop, course: Course, code: str) -> bool:
    """Whether a stage is the one by which somebody is told, and he has not been."""
    return loop.telling is not None and code == loop.telling.by and not_told(loop, course)


def _start(loop: Loop, course: Course, stage: LoopStage) -> tuple[date, str] | None:
    """From when its time runs and from which stage; of what was reached, when it was and not what came later."""
    codes = loop.counted_from(stage)
    if not stage.beside and (again := [c for c in course.done if once_more(loop, course, c)]):
        # Nothing on the way counts from where it has still to come to.
        course = replace(course, done={c: on for c, on in course.done.items() if c not in again})
    if len(codes) == 1 or not reached(loop, course, stage.code):
        return _last_of(loop, course, codes)
    days = _days(course, codes)
    on = course.done[stage.code]
    return max([each for each in days if each[0] <= on] or days, default=None)


def _days(course: Course, codes: Sequence[str]) -> list[tuple[date, str]]:
    days = {SUBMITTED: course.begun_on, **course.done}
    return [(days[code], code) for code in codes if code in days]


def _last_of(loop: Loop, course: Course, codes: Sequence[str]) -> tuple[date, str] | None:
    """Which of these stages was reached last, and when; of several, one in which a matter rested counts no longer than it rests there."""
    found = _days(course, codes)
    if len(codes) > 1:
        resting = {stage.code for stage in loop.stages if stage.rests} - {course.at}
        found = [(day, code) for day, code in found if code not in resting]
    return max(found, default=None)


def clock(
    loop: Loop,
    course: Course,
    stage: LoopStage,
    *,
    days: WorkingDays,
    meetings: Sequence[MeetingDay],
) -> Clock | None:
    """By when a stage has to be reached; nothing where its time does not run."""
    began = _start(loop, course, stage)
    if stage.due is None or began is None:
        return None
    start, since = began
    rule = stage.due
    if isinstance(rule, OnNamedDay):
        rule = replace(rule, day=course.named_day)
    found = due(
        rule,
        start,
        days=days,
        meetings=meetings,
        pauses=course.pauses,
        extensions=course.extensions.get(stage.code, ()),
    )
    return Clock(stage=stage.code, since=since, due=found)


def clocks(
    loop: Loop, course: Course, *, days: WorkingDays, meetings: Sequence[MeetingDay]
) -> tuple[Clock, ...]:
    """All that is due of a matter, the first first; what has no day yet comes last."""
    found = [
        each
        for stage in pending(loop, course)
        if (each := clock(loop, course, stage, days=days, meetings=meetings)) is not None
    ]
    return tuple(sorted(found, key=lambda c: (c.due.day or date.max, loop.place(c.stage))))


def not_told(loop: Loop, course: Course) -> bool:
    """Whether it is handled, or it was found that it is not to be, and who raised it has not been told since."""
    telling = loop.telling
    last = None if telling is None else _last_of(loop, course, telling.after)
    if telling is None or last is None:
        return False
    told = course.done.get(telling.by)
    return told is None or (len(telling.after) > 1 and told < last[0])
