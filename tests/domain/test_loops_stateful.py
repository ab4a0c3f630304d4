"""Meetings, matters and the calendar as they come, against a small model of the rules: nothing gets stuck, nothing is lost, each day is the one that counting comes to."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Callable
from copy import copy, deepcopy
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from functools import cache
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from domain import streams
from domain.calendar import Calendar, Holiday, WorkingDays
from domain.course import Move, Turn, clocks, not_told
from domain.deadline import AtMeeting, Count, Extension, MeetingDay, OnDay, Pause, Rule, Within, due
from domain.fact import Attendance
from domain.handling import (
    BeginCourse,
    ExtendDeadline,
    GiveBack,
    HandOver,
    MigrateCourse,
    MoveMatter,
    PauseCourse,
    ReopenMatter,
    ResumeCourse,
)
from domain.kinds import Stage, kind_of
from domain.kinds.advice import (
    CarriedUp,
    Obstacle,
    Proposed,
    ReplyClass,
    ReportedOpinion,
    Satisfaction,
    Way,
)
from domain.kinds.meetings import Attended
from domain.kinds.meetings import Meeting as MeetingKind
from domain.loop import GivingBack, Holder, Loop, LoopStage, Mover, Need, Telling, problems
from domain.matter import Author, Matter, RecordMatter
from domain.meeting import (
    CallMeeting,
    CancelMeeting,
    CloseMeeting,
    MoveMeeting,
    OpenMeeting,
    PlanMeeting,
    ReopenMeeting,
)
from domain.occasion import Occasion
from domain.people import Actor, PersonId, Refused, Role, UnitId
from domain.streams import Command
from domain.unit import UnitKind
from domain.words import Level
from tests.county import (
    AUDITOR,
    CLERK,
    COUNTY,
    ECONOMY,
    LI,
    LINKING,
    LINKING_HEAD,
    NORTH,
    NORTH_CLERK,
    OFFICE,
    SOUTH,
    TODAY,
    ZHAO,
    Told,
    himself,
)

# The rules of the model: plain tables. A stage says where a matter may go from it, who may move it here, what that needs, by when it has to be
# reached (how it is counted, how many, from which stage), what has to be reached before it.

STANDING = MeetingKind.STANDING_COMMITTEE
THEMATIC = MeetingKind.THEMATIC_STANDING_COMMITTEE
COUNCIL = MeetingKind.CHAIRPERSONS_COUNCIL

Table = dict[str, dict[str, Any]]

MESSAGE: Table = {
    "received": {"to": ["verified"], "is": Stage.RECEIVED, "by": ["office", "host"]},
    "verified": {
        "to": ["assigned"],
        "is": Stage.VERIFIED,
        "by": ["office", "host"],
        "needs": ["by"],
        "due": ("days", 5, "submitted"),
    },
    "assigned": {
        "to": ["handled", "cannot"],
        "is": Stage.ASSIGNED,
        "by": ["office"],
        "needs": ["way", "holder"],
    },
    "handled": {
        "to": ["closed"],
        "is": Stage.HANDLED,
        "by": ["office", "holder", "special"],
        "due": ("work", 20, "assigned"),
    },
    "cannot": {
        "to": ["assigned"],
        "is": Stage.CANNOT_FOR_NOW,
        "by": ["office", "holder"],
        "needs": ["obstacle"],
        "rests": True,
    },
    "answered": {
        "to": [],
        "is": Stage.ANSWERED,
        "by": ["office", "host", "author"],
        "due": ("days", 5, ("handled", "cannot")),
        "after": ["received"],
        "beside": True,
    },
    "closed": {
        "to": [],
        "is": Stage.CLOSED,
        "by": ["office", "host"],
        "after": ["handled", "answered"],
        "ends": True,
    },
}
CHECKED: Table = {}
for _code, _said in MESSAGE.items():
    if _code == "handled":
        CHECKED["checked"] = {"to": ["handled"], "by": ["holder"], "due": ("work", 5, "assigned")}
    CHECKED[_code] = dict(_said)
CHECKED["assigned"]["to"] = ["checked", "cannot"]
CHECKED["verified"]["due"] = ("work", 3, "submitted")
CHECKED["handled"]["due"] = ("months", 1, "checked")
CHECKED["closed"]["after"] = ["checked", "handled", "answered"]

PROPOSAL: Table = {
    "raised": {"to": ["filed", "not_filed"], "by": ["office", "host"]},
    "filed": {
        "to": ["assigned"],
        "is": Stage.FILED,
        "by": ["office", "special"],
        "due": ("meeting", (COUNCIL,), 0, ("months", 1), "submitted"),
    },
    "not_filed": {
        "to": [],
        "is": Stage.NOT_FILED,
        "by": ["office"],
        "needs": ["note"],
        "ends": True,
    },
    "assigned": {"to": ["replied"], "is": Stage.ASSIGNED, "by": ["office"], "needs": ["holder"]},
    "replied": {
        "to": ["closed", "assigned"],
        "is": Stage.REPLIED,
        "by": ["office", "holder"],
        "needs": ["reply_class"],
        "due": ("day", 9, 30, 0, "assigned"),
    },
    "evaluated": {
        "to": [],
        "is": Stage.EVALUATED,
        "by": ["author"],
        "needs": ["satisfaction"],
        "due": ("days", 15, "replied"),
        "after": ["replied"],
        "beside": True,
    },
    "closed": {
        "to": [],
        "is": Stage.CLOSED,
        "by": ["office"],
        "after": ["evaluated"],
        "due": ("work", 10, "evaluated"),
        "ends": True,
    },
}
OPINION: Table = {
    "sent": {"to": ["edited"], "by": ["office", "host"]},
    "edited": {
        "to": ["taken_up", "kept"],
        "is": Stage.EDITED,
        "by": ["office"],
        "due": ("months", 1, "sent"),
    },
    "kept": {"to": ["edited"], "by": ["office"], "needs": ["note"], "rests": True},
    "taken_up": {
        "to": ["supplied"],
        "is": Stage.TAKEN_UP,
        "by": ["office", "special"],
        "needs": ["level"],
    },
    "instructed": {
        "to": [],
        "is": Stage.INSTRUCTED,
        "by": ["office", "special"],
        "needs": ["level", "rank"],
        "due": ("days", 30, "taken_up"),
        "after": ["taken_up"],
        "beside": True,
    },
    "supplied": {
        "to": ["replied"],
        "by": ["author"],
        "due": ("meeting", (STANDING, THEMATIC), 0, None, "edited"),
    },
    "replied": {
        "to": ["done"],
        "is": Stage.REPLIED,
        "by": ["office", "host", "holder"],
        "needs": ["document", "rank"],
        "due": ("meeting", (STANDING,), 1, ("day", 1, 31, 1), "supplied"),
    },
    "done": {
        "to": [],
        "is": Stage.CLOSED,
        "by": ["office"],
        "due": ("day", 12, 31, 1, "replied"),
        "ends": True,
    },
}
SHORTER: Table = {code: dict(said) for code, said in OPINION.items() if code != "done"}
SHORTER["replied"] |= {"to": [], "ends": True}

VERSIONS: dict[tuple[str, str], Table] = {
    ("message", "1"): MESSAGE,
    ("message", "2"): CHECKED,
    ("proposal", "1"): PROPOSAL,
    ("opinion", "1"): OPINION,
    ("opinion", "2"): SHORTER,
}
SINCE = {"1": date(2025, 1, 1), "2": date(2025, 8, 15)}
GIVING_BACK = {
    "message": ("work", 3, "assigned", "verified"),
    "proposal": ("days", 10, "assigned", "filed"),
}
TELLING = {
    "message": (("handled", "cannot"), "answered"),
    "proposal": (("replied",), "evaluated"),
}
KIND: dict[str, Any] = {
    "message": CarriedUp(),
    "proposal": Proposed(),
    "opinion": ReportedOpinion(),
}
LET_IN_BY_HAND = ["opinion"]

OFF = [(date(2025, 10, 1), date(2025, 10, 8)), (date(2026, 1, 1), date(2026, 1, 3))]
WORKED = [date(2025, 9, 28), date(2025, 10, 11), date(2026, 1, 4)]

# The same as the product reads it

_MOVER: dict[str, Mover | UnitKind] = {
    "office": Mover.OFFICE,
    "host": Mover.ORGANISER,
    "holder": Mover.HOLDER,
    "author": Mover.AUTHOR,
    "special": UnitKind.SPECIAL_COMMITTEE,
}
_NEED = {need.value: need for need in Need}
_COUNT = {"days": Count.DAYS, "work": Count.WORKING_DAYS, "months": Count.MONTHS}


def _rule(said: tuple[Any, ...], since: tuple[str, ...]) -> Rule:
    if said[0] == "day":
        return OnDay(month=said[1], day=said[2], years=said[3], since=since)
    if said[0] == "meeting":
        other: Any = None if said[3] is None else _rule(said[3], ())
        return AtMeeting(kinds=tuple(said[1]), years=said[2], otherwise=other, since=since)
    return Within(number=said[1], count=_COUNT[said[0]], since=since)


@cache
def loop_of(code: str, version: str) -> Loop:
    """A loop as it is published: it leaves unsaid what follows from the order of its stages."""
    table = VERSIONS[code, version]
    way = [c for c, said in table.items() if not said.get("beside")]
    stages = []
    for at, (stage, said) in enumerate(table.items()):
        before = [c for c in list(table)[:at] if c in way]
        after = [c for c in list(table)[at + 1 :] if c in way]
        due = said.get("due")
        since = () if due is None or due[-1] == (before or ["submitted"])[-1] else due[-1]
        since = (since,) if isinstance(since, str) else since
        stages.append(
            LoopStage(
                code=stage,
                zh=stage,
                en=stage,
                reaches=said.get("is"),
                movers=tuple(_MOVER[m] for m in said["by"]),
                needs=tuple(_NEED[n] for n in said.get("needs", ())),
                due=None if due is None else _rule(due, since),
                then=() if said["to"] == after[:1] else tuple(said["to"]),
                after=tuple(said.get("after", ())),
                beside=said.get("beside", False),
                ends=said.get("ends", False),
                rests=said.get("rests", False),
            )
        )
    back, telling = GIVING_BACK.get(code), TELLING.get(code)
    return Loop(
        code=code,
        version=version,
        zh=code,
        en=code,
        since=SINCE[version],
        kinds=(kind_of(type(KIND[code])),),
        stages=tuple(stages),
        at_once=code not in LET_IN_BY_HAND,
        giving_back=None
        if back is None
        else GivingBack(
            within=Within(number=back[1], count=_COUNT[back[0]]), out_of=back[2], to=back[3]
        ),
        telling=None if telling is None else Telling(after=telling[0], by=telling[1]),
    )


LOOPS = [loop_of(*each) for each in VERSIONS]
CALENDARS = [
    Calendar(
        code=f"cn-{year}",
        version="1",
        zh="",
        en="",
        since=date(year - 1, 11, 1),
        year=year,
        holidays=tuple(
            Holiday(zh="假", en="off", first=a, last=b) for a, b in OFF if a.year == year
        ),
        workdays=tuple(day for day in WORKED if day.year == year),
    )
    for year in (2025, 2026)
]


# The model


def is_worked(day: date) -> bool:
    """Whether that day is worked."""
    if any(a <= day <= b for a, b in OFF):
        return False
    return day in WORKED or day.weekday() not in {5, 6}


def counted(how: str, number: int, start: date) -> date:
    """The day that counting day by day comes to."""
    if how == "months":
        month = start.month + number
        year, month = start.year + (month - 1) // 12, (month - 1) % 12 + 1
        return date(year, month, min(start.day, monthrange(year, month)[1]))
    day = start
    while number:
        day += timedelta(days=1)
        if how == "days" or is_worked(day):
            number -= 1
    return day


@dataclass
class Held:
    """What the model knows of a meeting."""

    kind: MeetingKind
    on: date
    step: str = "planned"
    notice: str = ""
    was_closed: bool = False
    moves: int = 0
    others: Attendance | None = None


def target(
    due: tuple[Any, ...], start: date, after: date, meetings: dict[str, Held]
) -> tuple[str, Any]:
    """What is waited for after a day: so many days to count off, or a day, which may not be before a year that the start tells."""
    if due[0] in {"days", "work"}:
        return due[0], due[1]
    if due[0] == "months":
        return "days", (counted("months", due[1], after) - after).days
    if due[0] == "day":
        years = range(start.year + due[3], after.year + 2)
        return "on", min(d for y in years if (d := date(y, due[1], due[2])) > after)
    for day in sorted(
        m.on for m in meetings.values() if m.kind in due[1] and m.step != "cancelled"
    ):
        if day > after and day.year >= start.year + due[2]:
            return "on", day
    return ("on", None) if due[3] is None else target(due[3], start, after, meetings)


def due_day(
    due: tuple[Any, ...],
    start: date,
    pauses: list[list[date | None]],
    until: date | None,
    meetings: dict[str, Held],
) -> date | None:
    """Go from day to day until it is due; days on which time stands still are passed over."""
    how, left = target(due, start, start, meetings)
    day, found = start, None
    ahead = [pause for pause in pauses if pause[1] is None or pause[1] > start]
    while found is None:
        while ahead and ahead[0][0] <= day:  # type: ignore[operator]  # its first day is known
            _, end = ahead.pop(0)
            if end is None:
                return None
            if end > day:
                day = end
                if how == "on":
                    how, left = target(due, start, day, meetings)
        reached = left is not None and (day >= left if how == "on" else left == 0)
        if how == "work" and reached and not is_worked(day):
            # The pause began when all days had been counted off, and ended on a day that is none.
            reached = False
        if reached and day > start:
            found = day
        elif left is None and not ahead:
            break
        else:
            day += timedelta(days=1)
            if how == "days" or (how == "work" and is_worked(day)):
                left = max(0, left - 1)
    return max(filter(None, (found, until)), default=None)


@dataclass
class Going:
    """What the model knows of a matter on its way."""

    loop: str
    version: str
    by: str
    begun: date
    at: str
    done: dict[str, date]
    standing: str = "open"
    turns: int = 1
    holders: list[tuple[Holder | None, date]] = field(default_factory=list)
    co: tuple[Holder, ...] = ()
    had: set[Holder] = field(default_factory=set)
    pauses: list[list[date | None]] = field(default_factory=list)
    granted: dict[str, list[tuple[date, str]]] = field(default_factory=dict)
    reached: list[tuple[str, Stage, date]] = field(default_factory=list)
    closed_on: date | None = None
    said_last: Move | None = None
    ever_granted: int = 0

    @property
    def table(self) -> Table:
        return VERSIONS[self.loop, self.version]

    @property
    def here(self) -> dict[str, Any]:
        return self.table[self.at]

    @property
    def holder(self) -> Holder | None:
        return self.holders[-1][0] if self.holders else None

    @property
    def paused(self) -> bool:
        return bool(self.pauses) and self.pauses[-1][1] is None

    def place(self, stage: str) -> int:
        codes = list(self.table)
        return codes.index(stage) if stage in codes else len(codes)

    def reaches(self, stage: str, on: date) -> None:
        if self.table[stage].get("is"):
            self.reached.append((stage, self.table[stage]["is"], on))

    def stands(self) -> str:
        return (
            "closed" if self.here.get("ends") else "resting" if self.here.get("rests") else "open"
        )

    def goes_back_to(self, stage: str, on: date) -> None:
        """What lies after a stage is undone: it was not reached, and nothing of it is extended."""
        undone = [c for c in self.done if self.place(c) > self.place(stage)]
        for code in undone:
            del self.done[code]
            self.granted.pop(code, None)
        self.reached = [r for r in self.reached if r[0] not in undone]
        self.at, self.done[stage] = stage, on
        self.standing, self.closed_on = self.stands(), None
        self.turns += 1
        self.said_last = None

    def waits_for(self) -> dict[str, date]:
        """The stages that have to be reached, and the day from which each is counted."""
        if self.standing == "closed":
            return {}
        found = {}
        again = self.before_it_again()
        for stage, said in self.table.items():
            if "due" not in said or (self.has_reached(stage) and stage not in again):
                continue
            if self.standing == "resting" and not (self.to_tell() and stage == "answered"):
                continue
            if not said.get("beside") and self.place(stage) < self.place(self.at):
                continue
            since = said["due"][-1]
            if since == "submitted":
                found[stage] = self.begun
            elif isinstance(since, str):
                if since in self.done and (said.get("beside") or since not in again):
                    found[stage] = self.done[since]
            elif day := self.last_of(since):
                found[stage] = day
        return found

    def before_it_again(self) -> list[str]:
        """Stages where it has been, and which it has still to come to since it was sent back."""
        way = [c for c, said in self.table.items() if not said.get("beside")]
        return [c for c in way[way.index(self.at) + 1 :] if c in self.done]

    def last_of(self, stages: tuple[str, ...]) -> date | None:
        """When the last of these was reached; of several, where it rested counts while it rests there."""
        left = [
            s for s in stages if len(stages) > 1 and self.table[s].get("rests") and self.at != s
        ]
        return max((self.done[s] for s in stages if s in self.done and s not in left), default=None)

    def to_tell(self) -> bool:
        """Whether whoever raised it has not been told of what came of it last."""
        if self.loop not in TELLING:
            return False
        after, by = TELLING[self.loop]
        last = self.last_of(after)
        return last is not None and (
            by not in self.done or (len(after) > 1 and self.done[by] < last)
        )

    def has_reached(self, stage: str) -> bool:
        return stage in self.done and not (self.to_tell() and stage == TELLING[self.loop][1])

    def open_ways(self) -> list[str]:
        """The stages to which it may be moved now, whoever does it."""
        found = [] if self.standing == "closed" or self.paused else list(self.here["to"])
        if self.standing != "closed":
            found += [c for c, said in self.table.items() if said.get("beside")]
        return [
            c for c in found if all(self.has_reached(a) for a in self.table[c].get("after", ()))
        ]

    def may_be_set_back_to(self) -> list[str]:
        return [
            c
            for c in self.done
            if c != self.at
            and c in self.table
            and not self.table[c].get("beside")
            and not self.table[c].get("ends")
        ]

    def way_to_an_end(self) -> list[tuple[str, str]] | None:
        """The fewest turns to an end: moves, else also setting back; nothing where it is stuck."""
        first = replace(self, done=dict(self.done), pauses=[])
        waiting: list[tuple[Going, list[tuple[str, str]]]] = [(first, [])]
        seen = set()
        while waiting:
            each, path = waiting.pop(0)
            if each.standing == "closed":
                return path
            key = (each.at, frozenset(each.done), each.to_tell())
            if key in seen:
                continue
            seen.add(key)
            for stage in each.open_ways():
                new = replace(each, done={**each.done, stage: date.max})
                if not each.table[stage].get("beside"):
                    new.at = stage
                    new.standing = new.stands()
                elif each.has_reached(stage):
                    continue
                waiting.append((new, [*path, ("move", stage)]))
            for stage in each.may_be_set_back_to():
                new = replace(each, done=dict(each.done), granted={}, reached=[])
                new.goes_back_to(stage, date.max)
                waiting.append((new, [*path, ("reopen", stage)]))
        return None


SECTOR_CLERK = Actor(person=PersonId("liaison"), role=Role.CLERK, unit=ECONOMY)
ACTORS: dict[str, Actor] = {
    "office": OFFICE,
    "clerk": CLERK,
    "north": NORTH_CLERK,
    "sector": SECTOR_CLERK,
    "special": LINKING_HEAD,
    "author": himself(LI),
    "other": himself(ZHAO),
    "typed": replace(CLERK, acting_for=LI),
    "typed for another": replace(OFFICE, acting_for=ZHAO),
    "author in the office": Actor(person=LI, role=Role.OFFICE, unit=COUNTY),
    "auditor": AUDITOR,
}
UNIT = {
    "office": COUNTY,
    "clerk": SOUTH,
    "north": NORTH,
    "sector": ECONOMY,
    "special": LINKING,
}
"""Those who act for their units alone."""

WATER, ROADS = Holder(name="县水利局"), Holder(name="县交通局")
NORTHERN, OWN, COMMITTEE = Holder(unit=NORTH), Holder(unit=SOUTH), Holder(unit=LINKING)
NOT_THERE = [Holder(unit=UnitId("closed")), Holder(unit=UnitId("nowhere")), Holder()]
HOLDERS = [WATER, ROADS, NORTHERN, OWN, COMMITTEE]
SAID: dict[str, Any] = {
    "by": "王主席",
    "way": Way.BY_TELEPHONE,
    "obstacle": Obstacle.POLICY,
    "note": "已商有关部门",
    "reply_class": ReplyClass.B,
    "satisfaction": Satisfaction.SATISFIED,
    "level": Level.COUNTY,
    "document": "办发〔2025〕7号",
    "rank": "副县长",
}


def stands_as(who: str, going: Going) -> set[str]:
    """As what somebody may move a matter."""
    wrote = {"member": {"author", "typed"}, "sector": {"sector"}}[going.by]
    found = {"author"} if who in wrote else set()
    if who == "typed" and OWN in going.had:
        # Nobody says for an author what he thinks of what his own unit handled.
        found = set()
    if who == "author in the office" and going.by == "sector":
        who = "office"
    if who not in UNIT:
        return found
    unit, holder = UNIT[who], going.holder
    if who in {"office", "special"}:
        found.add(who)
    if unit == SOUTH:
        found.add("host")
    if holder is not None and (holder.unit == unit or (not holder.unit and who == "office")):
        found.add("holder")
    return found


def in_charge(who: str, going: Going) -> bool:
    return bool(stands_as(who, going) & {"office", "host", "holder"})


MATTER = st.sampled_from(["a", "b", "c", "d"])
WHO = st.sampled_from([*["office"] * 6, *["clerk"] * 3, "author", "typed", "sector", *ACTORS])
BACK = st.sampled_from([*[0] * 6, 1, 2, 3, 7, 20, -1])
"""How many days before today it is said to have been; -1 is tomorrow."""
DAYS = st.sampled_from([0, 0, 0, 1, 1, 2, 3, 5, 8, 13, 40])
AHEAD = st.sampled_from([-7, -1, 0, 0, 3, 10, 25, 60, 120, 250])
"""In how many days a meeting is held."""
WHY = st.sampled_from([*["须如此"] * 7, " "])


def may_be_given_back(going: Going) -> bool:
    return going.loop in GIVING_BACK and going.at == GIVING_BACK[going.loop][2]


class Loops(RuleBasedStateMachine):
    """Each rule says something to the product, and what must come of it by the model."""

    def __init__(self) -> None:
        super().__init__()
        self.told = Told(loops=list(LOOPS), calendars=list(CALENDARS))
        self.model: dict[str, Going] = {}
        self.meetings: dict[str, Held] = {}
        self.recorded: dict[str, tuple[str, str, date]] = {}

    @initialize(
        data=st.data(),
        first=st.sampled_from(["message", "message", "proposal", "opinion"]),
        by=st.sampled_from(["member", "sector"]),
        kind=st.sampled_from([STANDING, THEMATIC, COUNCIL]),
        ahead=AHEAD,
        steps=st.integers(0, 5),
    )
    def a_county(
        self, data: st.DataObject, first: str, by: str, kind: MeetingKind, ahead: int, steps: int
    ) -> None:
        """Two matters, the first on its way already, and a meeting."""
        self.records("a", first, by, 0)
        self.records("b", "opinion", "member" if by == "sector" else "sector", 2)
        self.lets_in("b", "opinion", "office")
        if first == "opinion":
            self.lets_in("a", "opinion", "office")
        for step in range(steps):
            self.told.today += timedelta(days=step)
            if ways := self.model["a"].open_ways():
                self.one_step("a", data.draw(st.sampled_from(ways)))
        self.plans("k", kind, ahead, "office")

    @property
    def today(self) -> date:
        return self.told.today

    def says(self, who: str | Actor, command: Command, *, may: bool, nothing: bool = False) -> bool:
        """Say it; whether it was carried out, which must be what the model says. What is refused changes nothing."""
        actor = ACTORS[who] if isinstance(who, str) else who
        before, length = copy(self.told.states), len(self.told.entries)
        refused: Refused | None = None
        try:
            events = self.told.say(actor, command)
        except Refused as why:
            refused = why
        assert may is (refused is None), (actor, command, refused)
        if refused is not None:
            assert (self.told.states, len(self.told.entries)) == (before, length)
            return False
        assert bool(events) is not nothing, command
        return not nothing

    def day(self, back: int) -> date:
        return self.today - timedelta(days=back)

    # Time and meetings

    def plan(self, data: st.DataObject) -> None:
        kind = data.draw(st.sampled_from([STANDING, THEMATIC, COUNCIL]))
        meeting = data.draw(st.sampled_from(["k", "l", "m", "n"]))
        who = data.draw(st.sampled_from(["office", "office", "office", "clerk"]))
        self.plans(meeting, kind, data.draw(AHEAD), who)

    def plans(self, meeting: str, kind: MeetingKind, ahead: int, who: str) -> None:
        on = self.today + timedelta(days=ahead)
        body: Occasion[Any] = Occasion(
            details=Attended(meeting=kind),
            title=f"会议{meeting}",
            on=on,
            organiser=COUNTY,
            expected=(LI, ZHAO),
        )
        may = meeting not in self.meetings and who == "office"
        if self.says(who, PlanMeeting(meeting=meeting, body=body), may=may):
            self.meetings[meeting] = Held(kind, on)

    def held(self, meeting: str, *steps: str) -> Held | None:
        held = self.meetings.get(meeting)
        return held if held is not None and held.step in steps else None

    def see_to_a_meeting(self, data: st.DataObject) -> None:
        meeting = data.draw(st.sampled_from(["k", "k", "k", "l", "m"]))
        held = self.meetings.get(meeting)
        ahead = ["move", "cancel", "call", "open", "close", "close"]
        sensible = {"closed": ["reopen"] * 5, "open": ["close", "cancel", "move"] * 2}
        what = ahead + ["reopen"] + (sensible.get(held.step, ahead) if held is not None else [])
        match data.draw(st.sampled_from(what)):
            case "move":
                self.move_meeting(meeting, data.draw(AHEAD), data.draw(WHY))
            case "cancel":
                self.cancel(meeting, data.draw(WHY))
            case "call":
                self.call(meeting, data.draw(st.sampled_from(["", "办〔2025〕3号"])))
            case "open":
                self.open_(meeting)
            case "close":
                self.close(
                    meeting, data.draw(st.sampled_from([Attendance.PRESENT, Attendance.ABSENT]))
                )
            case _:
                self.reopen_meeting(meeting, data.draw(WHY))

    def move_meeting(self, meeting: str, ahead: int, why: str) -> None:
        held, on = self.held(meeting, "planned", "called", "open"), self.today + timedelta(ahead)
        command = MoveMeeting(meeting=meeting, on=on, reason=why)
        same = held is not None and held.on == on
        was_held = held is not None and held.was_closed and on > self.today
        may = held is not None and bool(why.strip()) and (same or not was_held)
        if self.says("office", command, may=may, nothing=same) and held is not None:
            held.on, held.moves = on, held.moves + 1
            if held.step == "open" and on > self.today:
                # What was opened and lies ahead is planned again.
                held.step = "planned"

    def cancel(self, meeting: str, why: str) -> None:
        held = self.held(meeting, "planned", "called", "open", "cancelled")
        gone = held is not None and held.step == "cancelled"
        may = held is not None and not held.was_closed and bool(why.strip())
        command = CancelMeeting(meeting=meeting, reason=why)
        if self.says("office", command, may=may, nothing=gone) and held is not None:
            held.step = "cancelled"

    def call(self, meeting: str, notice: str) -> None:
        held = self.held(meeting, "planned", "called")
        same = held is not None and (held.step, held.notice) == ("called", notice)
        command = CallMeeting(meeting=meeting, notice=notice)
        if self.says("office", command, may=held is not None, nothing=same) and held is not None:
            held.step, held.notice = "called", notice

    def open_(self, meeting: str) -> None:
        held = self.held(meeting, "planned", "called", "open")
        same = held is not None and held.step == "open"
        may = held is not None and (same or held.on <= self.today)
        if self.says("office", OpenMeeting(meeting=meeting), may=may, nothing=same):
            self.meetings[meeting].step = "open"

    def close(self, meeting: str, others: Attendance) -> None:
        held = self.held(meeting, "planned", "called", "open")
        may = held is not None and held.on <= self.today
        command = CloseMeeting(meeting=meeting, others=others)
        if self.says("office", command, may=may) and held is not None:
            # Closed again, what was recorded stays.
            held.others = held.others if held.was_closed else others
            held.step, held.was_closed = "closed", True

    def reopen_meeting(self, meeting: str, why: str) -> None:
        held = self.held(meeting, "closed")
        may = held is not None and bool(why.strip())
        command = ReopenMeeting(meeting=meeting, reason=why)
        if self.says("office", command, may=may) and held is not None:
            held.step = "open"

    # Matters

    def record(self, data: st.DataObject) -> None:
        loop = data.draw(st.sampled_from(["message", "message", "proposal", "opinion"]))
        by = data.draw(st.sampled_from(["member", "sector"]))
        self.records(data.draw(MATTER), loop, by, data.draw(BACK))

    def records(self, matter: str, loop: str, by: str, back: int) -> None:
        on = self.day(back)
        by = "member" if loop == "message" else by
        author = Author(person=LI) if by == "member" else Author(unit=ECONOMY)
        body: Matter[Any] = Matter(
            details=KIND[loop], title=f"事项{matter}", on=on, organiser=SOUTH, authors=(author,)
        )
        may = matter not in self.recorded and back >= 0
        if self.says("clerk", RecordMatter(matter=matter, body=body), may=may):
            self.recorded[matter] = (loop, by, on)
            if loop not in LET_IN_BY_HAND:
                self.begins(matter, max(v for c, v in VERSIONS if c == loop and SINCE[v] <= on))

    def begins(self, matter: str, version: str) -> None:
        loop, by, on = self.recorded[matter]
        first = next(iter(VERSIONS[loop, version]))
        self.model[matter] = Going(loop, version, by, on, first, {first: on})
        self.model[matter].reaches(first, on)

    def let_in(self, data: st.DataObject) -> None:
        loop = data.draw(st.sampled_from(["opinion", "opinion", "message"]))
        self.lets_in(data.draw(MATTER), loop, data.draw(WHO))

    def lets_in(self, matter: str, loop: str, who: str) -> None:
        kind, by, on = self.recorded.get(matter, ("", "member", TODAY))
        going = self.model.get(matter)
        there = going is not None and going.loop == loop
        apart = Going(loop, "1", by, on, "", {}) if going is None else going
        may = in_charge(who, apart) and kind == loop and matter in self.recorded
        may = may and (going is None or there)
        if self.says(who, BeginCourse(matter=matter, loop=loop), may=may, nothing=there):
            newest = max(v for c, v in VERSIONS if c == loop)
            self.begins(matter, newest)

    @rule(data=st.data(), days=DAYS)
    def something_is_said(self, data: st.DataObject, days: int) -> None:
        """Mostly what makes sense as things are."""
        self.told.today += timedelta(days=days)
        going = self.model.values()
        turns = [
            *([self.move] * 3),
            *([self.take_a_step] * 4),
            *(self.hand_over, self.pause, self.migrate, self.migrate),
            *([self.extend] * 2 * any(g.waits_for() and not g.paused for g in going)),
            *([self.resume] * 3 * any(g.paused for g in going)),
            *([self.give_back] * 6 * any(map(may_be_given_back, going))),
            *([self.reopen] * 2 * any(g.may_be_set_back_to() for g in going)),
            *([self.say_the_last_move_again] * any(g.said_last is not None for g in going)),
            *([self.see_to_a_meeting] * 3),
            *(self.plan, self.record),
            *([self.let_in] * (len(self.model) < len(self.recorded))),
        ]
        data.draw(st.sampled_from(turns))(data)

    def one(self, data: st.DataObject, wanted: Callable[[Going], bool]) -> str:
        """A matter, mostly one of which that holds."""
        fit = [matter for matter, going in self.model.items() if wanted(going)]
        return data.draw(st.sampled_from(fit * 4 + ["a", "b", "c"]))

    def somebody(self, data: st.DataObject, able: Callable[[str], bool]) -> str:
        """Who speaks, mostly one of whom that holds."""
        return data.draw(st.sampled_from([who for who in ACTORS if able(who)] * 3 + [*ACTORS]))

    def some_day(self, data: st.DataObject, earliest: date | None) -> date:
        """A day, mostly one that it may have been."""
        first = min(self.today, earliest or self.today)
        soon = st.integers(-1, 4).map(lambda n: first + timedelta(days=n))
        within = st.dates(first, self.today + timedelta(days=1))
        return data.draw(st.one_of(st.just(self.today), soon, soon, within))

    def move(self, data: st.DataObject) -> None:
        matter = self.one(data, lambda g: g.standing != "closed")
        going = self.model.get(matter)
        if going is None:
            self.says(
                "office", MoveMatter(matter=matter, move=Move(stage="x", on=TODAY)), may=False
            )
            return
        beside = [c for c, said in going.table.items() if said.get("beside")]
        ways = data.draw(st.sampled_from([going.open_ways(), [*going.here["to"], *beside], []]))
        stage = data.draw(st.sampled_from(ways or [*going.table, "nowhere"]))
        table = going.table.get(stage, {"by": []})
        who = self.somebody(data, lambda w: bool(stands_as(w, going) & set(table["by"])))
        needs = table.get("needs", [])
        said = {need: SAID[need] for need in needs if need != "holder"}
        if "holder" in needs or data.draw(st.integers(0, 5)) == 5:
            said["holder"] = data.draw(st.sampled_from(HOLDERS * 4 + NOT_THERE))
            said["co_holders"] = data.draw(st.sampled_from([(), (), (ROADS,), (OWN, ROADS)]))
        if needs and data.draw(st.integers(0, 9)) == 9:
            said.pop(data.draw(st.sampled_from(needs)), None)
        earliest = going.begun if table.get("beside") else going.done[going.at]
        self.moves(matter, who, Move(stage=stage, on=self.some_day(data, earliest), **said))

    def say_the_last_move_again(self, data: st.DataObject) -> None:
        who = data.draw(WHO)
        going = self.model.get(matter := self.one(data, lambda g: g.said_last is not None))
        if going is not None and going.said_last is not None:
            self.moves(matter, who, going.said_last)

    def moves(self, matter: str, who: str, move: Move) -> None:
        going = self.model[matter]
        said = going.table.get(move.stage)
        same = said is not None and move == going.said_last and who != "auditor"
        may = said is not None and move.stage in going.open_ways()
        if said is not None and may:
            may = bool(stands_as(who, going) & set(said["by"]))
            earliest = going.begun if said.get("beside") else going.done[going.at]
            may = may and earliest <= move.on <= self.today
            may = may and all(getattr(move, need) for need in said.get("needs", ()))
            named = [h for h in (move.holder, *move.co_holders) if h is not None]
            may = may and all(h in HOLDERS for h in named) and len(set(named)) == len(named)
        if not self.says(who, MoveMatter(matter=matter, move=move), may=same or may, nothing=same):
            return
        assert said is not None
        going.done[move.stage] = move.on
        going.turns += 1
        going.said_last = move
        going.reaches(move.stage, move.on)
        going.had |= {*named}
        if move.holder is not None:
            if move.holder != going.holder:
                going.holders.append((move.holder, move.on))
            going.co = move.co_holders
        if not said.get("beside"):
            going.at = move.stage
            going.standing = going.stands()
            going.closed_on = move.on if going.standing == "closed" else None

    def give_back(self, data: st.DataObject) -> None:
        why = data.draw(WHY)
        matter = self.one(data, may_be_given_back)
        going = self.model.get(matter)
        who = self.somebody(data, lambda w: going is None or in_charge(w, going))
        on = self.some_day(data, going.done[going.at] if going is not None else None)
        command = GiveBack(matter=matter, on=on, reason=why)
        rule_ = GIVING_BACK.get(going.loop) if going is not None else None
        may = going is not None and rule_ is not None and going.at == rule_[2]
        if going is not None and rule_ is not None and may:
            since = going.done[going.at]
            may = since <= on <= min(self.today, counted(rule_[0], rule_[1], since))
            may = may and in_charge(who, going) and bool(why.strip())
        if self.says(who, command, may=may) and going is not None and rule_ is not None:
            going.goes_back_to(rule_[3], on)
            going.holders.append((None, on))
            going.co = ()

    def hand_over(self, data: st.DataObject) -> None:
        why, holder = data.draw(WHY), data.draw(st.sampled_from(HOLDERS * 4 + NOT_THERE))
        matter = self.one(data, lambda g: g.standing != "closed")
        going = self.model.get(matter)
        who = self.somebody(data, lambda w: going is None or in_charge(w, going))
        on = self.some_day(data, going.holders[-1][1] if going and going.holders else None)
        may = going is not None and going.standing != "closed" and holder in HOLDERS
        if going is not None:
            as_ = stands_as(who, going)
            may = may and ("office" in as_ or (who in UNIT and bool(as_ & set(going.here["by"]))))
            last = going.holders[-1][1] if going.holders else going.begun
            may = may and bool(why.strip()) and last <= on <= self.today
        same = going is not None and (going.holder, going.co) == (holder, ())
        command = HandOver(matter=matter, on=on, holder=holder, reason=why)
        if self.says(who, command, may=may, nothing=same) and going is not None:
            going.holders.append((holder, on))
            going.had.add(holder)
            going.co = ()

    def extend(self, data: st.DataObject) -> None:
        why = data.draw(WHY)
        matter = self.one(data, lambda g: bool(g.waits_for()) and not g.paused)
        going = self.model.get(matter)
        who = self.somebody(data, lambda w: going is None or in_charge(w, going))
        waits = going.waits_for() if going is not None else {}
        stages = [*waits] * 5 + [*(going.table if going is not None else ["verified"])]
        stage = data.draw(st.sampled_from(stages))
        day = self.due_of(going, stage) if going is not None and stage in waits else None
        ahead = data.draw(st.sampled_from([-5, 0, 1, 1, 10, 20, 60, 400]))
        until = (day or self.today) + timedelta(days=ahead)
        may = going is not None and stage in waits and in_charge(who, going) and bool(why.strip())
        same = False
        if going is not None and may:
            same = (until, why) in going.granted.get(stage, [])[-1:]
            may = same or (not going.paused and until > (day or self.today))
        command = ExtendDeadline(
            matter=matter, stage=stage, until=until, reason=why, consented_by="分管副主席"
        )
        if self.says(who, command, may=may, nothing=same) and going is not None:
            going.granted.setdefault(stage, []).append((until, why))
            going.ever_granted += 1

    def pause(self, data: st.DataObject) -> None:
        why = data.draw(WHY)
        matter = self.one(data, lambda g: g.standing != "closed" and not g.paused)
        going = self.model.get(matter)
        who = self.somebody(data, lambda w: going is None or in_charge(w, going))
        pauses = going.pauses if going is not None else []
        begun = going.begun if going is not None else None
        on = self.some_day(data, pauses[-1][1] if pauses else begun)
        may = going is not None and going.standing != "closed" and not going.paused
        if going is not None and may:
            earliest = going.pauses[-1][1] if going.pauses else going.begun
            may = in_charge(who, going) and bool(why.strip())
            may = may and earliest is not None and earliest <= on <= self.today
        command = PauseCourse(matter=matter, on=on, reason=why, consented_by="主席会议")
        if self.says(who, command, may=may) and going is not None:
            going.pauses.append([on, None])

    def resume(self, data: st.DataObject) -> None:
        matter = self.one(data, lambda g: g.paused)
        going = self.model.get(matter)
        who = self.somebody(data, lambda w: going is None or in_charge(w, going))
        pauses = going.pauses if going is not None else []
        self.resumes(matter, who, self.some_day(data, pauses[-1][0] if pauses else None))

    def resumes(self, matter: str, who: str, on: date) -> None:
        going = self.model.get(matter)
        may = going is not None and going.paused and in_charge(who, going)
        if going is not None and may:
            since = going.pauses[-1][0]
            may = since is not None and since <= on <= self.today
        if self.says(who, ResumeCourse(matter=matter, on=on), may=may) and going is not None:
            going.pauses[-1][1] = on

    def reopen(self, data: st.DataObject) -> None:
        why = data.draw(WHY)
        matter = self.one(data, lambda g: bool(g.may_be_set_back_to()))
        going = self.model.get(matter)
        who = self.somebody(data, lambda w: going is None or in_charge(w, going))
        on = self.some_day(data, going.done[going.at] if going is not None else None)
        able = going.may_be_set_back_to() if going is not None else []
        stage = data.draw(
            st.sampled_from(able * 4 + [*(going.table if going is not None else ["received"])])
        )
        may = going is not None and stage in able and in_charge(who, going) and bool(why.strip())
        may = may and going is not None and going.done[going.at] <= on <= self.today
        command = ReopenMatter(matter=matter, stage=stage, on=on, reason=why)
        if self.says(who, command, may=may) and going is not None:
            going.goes_back_to(stage, on)

    def migrate(self, data: st.DataObject) -> None:
        why, version = data.draw(WHY), data.draw(st.sampled_from(["1", "2", "2", "3"]))
        matter = self.one(data, lambda g: g.version != version and (g.loop, version) in VERSIONS)
        going = self.model.get(matter)
        who = self.somebody(data, lambda w: going is None or "office" in stands_as(w, going))
        may = going is not None and "office" in stands_as(who, going) and bool(why.strip())
        new = VERSIONS.get((going.loop, version)) if going is not None else None
        may = may and going is not None and new is not None and going.at in new
        same = going is not None and going.version == version
        command = MigrateCourse(matter=matter, version=version, reason=why)
        if self.says(who, command, may=may, nothing=same) and going is not None:
            going.version = version
            going.turns += 1
            was, going.standing = going.standing, going.stands()
            if going.standing != "closed":
                going.closed_on = None
            elif was != "closed":
                going.closed_on = self.today

    def take_a_step(self, data: st.DataObject) -> None:
        """So that more of them come far."""
        matter = self.one(data, lambda g: g.standing != "closed" and not g.paused)
        going = self.model.get(matter)
        if going is not None and (ways := going.open_ways()):
            self.one_step(matter, data.draw(st.sampled_from(ways)))

    def one_step(self, matter: str, to: str = "") -> None:
        """One turn, to that stage or on the shortest way to an end, with all that it needs, by somebody who may."""
        going = self.model[matter]
        if going.paused and not to:
            self.resumes(matter, "office", self.today)
            return
        way = [("move", to)] if to else going.way_to_an_end()
        assert way, "stuck"
        turn, stage = way[0]
        if turn == "reopen":
            self.says(
                "office",
                ReopenMatter(matter=matter, stage=stage, on=self.today, reason="补办"),
                may=True,
            )
            going.goes_back_to(stage, self.today)
            return
        able = [w for w in ACTORS if stands_as(w, going) & set(going.table[stage]["by"])]
        assert able, "nobody may move it"
        said = {need: SAID.get(need, WATER) for need in going.table[stage].get("needs", ())}
        move = Move(stage=stage, on=self.today, **said)
        turns = going.turns + (move != going.said_last)
        self.moves(matter, able[0], move)
        assert going.turns == turns

    # What always holds

    def due_of(self, going: Going, stage: str) -> date | None:
        granted = going.granted.get(stage, [])
        return due_day(
            going.table[stage]["due"],
            going.waits_for()[stage],
            going.pauses,
            granted[-1][0] if granted else None,
            self.meetings,
        )

    @invariant()
    def each_matter_is_where_the_model_says(self) -> None:
        for matter, going in self.model.items():
            deed = self.told.deed(f"matter/{matter}")
            course = deed.course
            assert course is not None
            assert (course.loop, course.version, course.at) == (going.loop, going.version, going.at)
            assert (course.standing.value, course.done) == (going.standing, going.done)
            assert course.closed_on == going.closed_on
            assert (course.standing.value == "closed") is (course.closed_on is not None)
            assert not_told(loop_of(going.loop, going.version), course) is going.to_tell()

    @invariant()
    def nothing_of_the_way_is_lost(self) -> None:
        for matter, going in self.model.items():
            course = self.told.deed(f"matter/{matter}").course
            assert course is not None
            assert len(course.steps) == going.turns
            assert course.steps[0].turn is Turn.BEGUN
            assert [(h.holder, h.on) for h in course.holders] == going.holders
            assert course.co_holders == going.co
            assert [[p.since, p.until] for p in course.pauses] == going.pauses
            assert {
                code: [(e.until, e.reason) for e in granted]
                for code, granted in course.extensions.items()
            } == going.granted
            named = [e.event for e in self.told.entries if e.stream == f"matter/{matter}"]
            assert sum(type(e).__name__ == "CourseExtended" for e in named) == going.ever_granted
        for meeting, held in self.meetings.items():
            assert len(self.told.states[f"meeting/{meeting}"].moves) == held.moves

    @invariant()
    def what_is_due_is_what_counting_comes_to(self) -> None:
        known = self.told.known()
        for matter, going in self.model.items():
            course = self.told.deed(f"matter/{matter}").course
            assert course is not None
            found = clocks(
                loop_of(going.loop, going.version),
                course,
                days=known.working_days(),
                meetings=known.meeting_days(),
            )
            expected = {stage: self.due_of(going, stage) for stage in going.waits_for()}
            assert {each.stage: each.due.day for each in found} == expected
            days = [each.due.day or date.max for each in found]
            assert days == sorted(days)

    @invariant()
    def what_was_reached_and_not_undone_is_a_fact(self) -> None:
        for matter, (_, by, _) in self.recorded.items():
            subject = "member/li" if by == "member" else f"unit/{ECONOMY}"
            facts = self.told.facts(f"matter/{matter}")
            going = self.model.get(matter)
            expected = [] if going is None else [(stage, on) for _, stage, on in going.reached]
            assert [(r.stage, r.on) for r in facts[subject].reached] == expected

    @invariant()
    def a_meeting_is_attended_once_it_was_closed(self) -> None:
        for meeting, held in self.meetings.items():
            state = self.told.states[f"meeting/{meeting}"]
            assert (state.step.value, state.body.on) == (held.step, held.on)
            assert (f"occasion/{meeting}" in self.told.states) is held.was_closed
            if held.was_closed:
                fact = self.told.facts(f"occasion/{meeting}")["member/li"]
                assert fact.attendance is held.others
                assert fact.on == held.on or held.step == "open"

    @invariant()
    def the_entries_alone_say_the_same(self) -> None:
        states: dict[str, Any] = {}
        for entry in self.told.entries:
            states[entry.stream] = streams.evolve(states.get(entry.stream), entry)
        assert states == self.told.states

    @invariant()
    def no_matter_is_stuck(self) -> None:
        """From every matter that is not closed one turn on a way to an end is carried out, in a county that is thrown away."""
        for matter, going in self.model.items():
            if going.standing != "closed":
                self.aside(matter).one_step(matter)

    def aside(self, matter: str) -> Loops:
        """The same county again, in which nothing that happens to this matter bears on it here."""
        other = copy(self)
        other.told = replace(
            self.told,
            states=dict(self.told.states),
            versions=dict(self.told.versions),
            entries=list(self.told.entries),
            alike={key: list(found) for key, found in self.told.alike.items()},
        )
        other.model = {matter: deepcopy(self.model[matter])}
        return other

    def teardown(self) -> None:
        """All that is not closed comes to its end, turn by turn."""
        for matter, going in self.model.items():
            for _ in range(40):
                if going.standing == "closed":
                    break
                self.one_step(matter)
            assert going.standing == "closed"


def test_the_loops_of_the_model_could_be_published() -> None:
    assert [[*problems(loop)] for loop in LOOPS] == [[]] * len(LOOPS)


RULES = sorted(
    {said["due"] for table in VERSIONS.values() for said in table.values() if "due" in said},
    key=str,
)
"""All ways in which the loops say by when."""


@st.composite
def pauses_from(draw: st.DrawFn, start: date, around: date) -> list[list[date | None]]:
    """Pauses after one another, some of which begin just when it is due."""
    found: list[list[date | None]] = []
    earliest = start - timedelta(days=3)
    for _ in range(draw(st.integers(0, 3))):
        ahead = (around - earliest).days
        days = st.one_of(
            st.integers(0, 40), st.integers(ahead - 1, ahead + 1).map(lambda n: max(0, n))
        )
        since = earliest + timedelta(days=draw(days))
        earliest = since + timedelta(days=draw(st.integers(0, 30)))
        found.append([since, earliest])
    if found and draw(st.integers(0, 5)) == 5:
        found[-1][1] = None
    return found


@given(data=st.data(), said=st.sampled_from(RULES))
def test_a_day_that_is_due_is_the_one_that_going_from_day_to_day_comes_to(
    data: st.DataObject, said: tuple[Any, ...]
) -> None:
    starts = [date(2025, 9, 30), date(2025, 12, 31), date(2026, 1, 31), date(2025, 10, 31)]
    near = st.dates(date(2025, 9, 1), date(2026, 2, 1))
    start = data.draw(st.one_of(st.sampled_from(starts), near))
    meetings = {
        str(i): Held(data.draw(st.sampled_from([STANDING, COUNCIL])), start + timedelta(days=ahead))
        for i, ahead in enumerate(data.draw(st.lists(st.integers(-5, 150), max_size=4)))
    }
    around = due_day(said, start, [], None, meetings) or start
    pauses = data.draw(pauses_from(start, around))
    until = data.draw(
        st.sampled_from([None, around + timedelta(days=9), around - timedelta(days=9)])
    )
    days = sorted(
        (MeetingDay(meeting=i, kind=m.kind, title=i, on=m.on) for i, m in meetings.items()),
        key=lambda day: (day.on, day.meeting),
    )

    found = due(
        _rule(said, ()),
        start,
        days=WorkingDays.of(CALENDARS),
        meetings=days,
        pauses=[Pause(since=a, until=b, reason="", consented_by="") for a, b in pauses if a],
        extensions=[]
        if until is None
        else [Extension(until=until, reason="", consented_by="", on=start)],
    )

    assert found.day == due_day(said, start, pauses, until, meetings)


TestLoops = Loops.TestCase
TestLoops.settings = settings(max_examples=2 * settings().max_examples, stateful_step_count=30)
