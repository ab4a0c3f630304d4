"""Telling of deeds: who records what when, and what of it is remembered for those who answer later."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from random import Random
from typing import Any
from uuid import UUID, uuid5

from application.rehearsal import words
from application.rehearsal.diary import Diary, after
from application.rehearsal.setting import County, Seat, Township
from domain.course import Move
from domain.fact import Attendance, Authorship, Capacity, Part, Reached, Spoke
from domain.handling import MoveMatter
from domain.kinds import Details, Stage
from domain.loop import Holder, Loop, LoopStage, Need, most_fitting
from domain.matter import Author, Matter, RecordMatter, ReportOutcome
from domain.meeting import CallMeeting, CloseMeeting, MoveMeeting, PlanMeeting
from domain.occasion import Occasion, Participant, RecordOccasion
from domain.people import Actor, PersonId, Role, UnitId, Via
from domain.streams import Command
from domain.unit import Side
from domain.words import Level

MOVED = {date(2025, 9, 22): date(2025, 9, 8)}
"""Meetings that were planned for another day first."""


NOTES = {
    Stage.SURVEYED: "实地走访6个点,发放问卷120份",
    Stage.REPORTED: "形成监督报告,提出意见5条",
    Stage.TRACKED: "回访2次,意见均已落实",
    Stage.DECLINED: "近两年已协商过同类议题",
}
"""What is said where a stage asks for a note."""


@dataclass(slots=True)
class Told:
    """A deed that was recorded: by whom, on which day, and which side still has to answer for it.

    `answers` are the sides that may. `gone` is the day on which it was taken back; `settled` keeps one imperfection a deed, `named` says that a matter came from it: it stands.
    """

    stream: str
    id: str
    body: Occasion[Any] | Matter[Any]
    actor: Actor
    recorded: date
    people: tuple[PersonId, ...]
    answers: tuple[Side, ...]
    gone: date | None = None
    settled: bool = False
    linked: bool = False
    named: bool = False


def _document(told: Told, stage: LoopStage) -> str:
    """The number of the paper that a stage asks for."""
    number = 1 + int(told.id[:6], 16) % 300
    return f"青协〔2025〕{number}号" if Need.DOCUMENT in stage.needs else ""


def _note(told: Told, stage: LoopStage) -> str:
    """What is said where a stage asks for it, or stands for a requirement."""
    if Need.NOTE not in stage.needs and stage.asks is None:
        return ""
    reached = stage.reaches
    said = None if reached is None else NOTES.get(reached)
    return said or f"{told.body.title}:{stage.zh}"


@dataclass(slots=True)
class Teller:
    """Writes deeds into the diary and remembers them."""

    rng: Random
    diary: Diary
    county: County
    told: list[Told] = field(default_factory=list)
    loops: Sequence[Loop] = ()

    # Who

    def pick(self, seats: Iterable[Seat], n: int, day: date) -> list[Seat]:
        """So many of them that are free on that day, the zealous more often."""
        rng = self.rng
        drawn = [(rng.random() ** (1 / seat.zeal), seat) for seat in seats if seat.free(day)]
        drawn.sort(key=lambda each: -each[0])
        return [seat for _, seat in drawn[:n]]

    def of_sector(self, sector: UnitId) -> list[Seat]:
        """Those of a sector, whenever."""
        return [s for s in self.county.seats if s.sector == sector]

    def of_studio(self, township: Township, day: date) -> list[Seat]:
        """Those of a township's studio on that day."""
        return [s for s in self.county.seats if s.studio_on(day) == township.studio]

    def office(self) -> Actor:
        """One of the officers of the county office."""
        return self.rng.choice(self.county.officers)

    def himself(self, seat: Seat) -> Actor:
        """A member for himself."""
        return Actor(
            person=seat.person, role=Role.MEMBER, via=self.rng.choice((Via.WEB, Via.PHONE))
        )

    def convenor(self, unit: UnitId, day: date) -> Actor:
        """Who records for a sector or group on that day: a head, else the clerk of the committee that links it."""
        heads = self.county.heads_on(unit, day)
        if heads:
            return self.county.acting(self.rng.choice(heads), unit, Via.WEB)
        return self.office()

    def recorder(self, actor: Actor, day: date) -> Actor:
        """Who records in his place on that day, should he not be head of the unit any more."""
        if actor.role is not Role.HEAD or actor.unit is None:
            return actor
        held = actor.person in self.county.heads_on(actor.unit, day)
        return actor if held else self.convenor(actor.unit, day)

    def clerk(self, unit: UnitId) -> Actor:
        """The clerk of a unit."""
        return self.county.clerks[unit]

    # Lines

    def line(
        self,
        seat: Seat,
        part: Part = Part.TAKES_PART,
        spoke: Spoke = Spoke.NO,
        capacity: Capacity = Capacity.ATTENDS,
    ) -> Participant:
        """A member who was there."""
        return Participant(person=seat.person, part=part, spoke=spoke, capacity=capacity)

    def lines(
        self, seats: Sequence[Seat], first: Part, speaking: float = 0.15
    ) -> list[Participant]:
        """Members who were there: the first has a role of his own, some speak."""
        return [
            self.line(
                seat,
                first if place == 0 else Part.TAKES_PART,
                Spoke.ORALLY if self.rng.random() < speaking else Spoke.NO,
            )
            for place, seat in enumerate(seats)
        ]

    def roll_call(
        self, seats: Sequence[Seat], day: date, half_days: int = 1, speaking: float = 0.0
    ) -> list[Participant]:
        """How each of those expected came or did not; the exempt are free of it, a few are forgotten."""
        rng = self.rng
        lines: list[Participant] = []
        for seat in seats:
            chance = rng.random()
            if seat.away is not None and not seat.free(day):
                lines.append(
                    Participant(person=seat.person, attendance=Attendance.NOT_REQUIRED, half_days=0)
                )
                continue
            if chance < 0.012:
                continue
            come = 0.35 if seat.zeal < 0.1 else 0.86 + 0.08 * seat.zeal
            if rng.random() < come:
                state = rng.choices(
                    (
                        Attendance.PRESENT,
                        Attendance.REMOTE,
                        Attendance.LATE,
                        Attendance.LEFT_EARLY,
                    ),
                    (94, 2, 2.5, 1.5),
                )[0]
                part_of = half_days > 2 and rng.random() < 0.06
                lines.append(
                    Participant(
                        person=seat.person,
                        attendance=state,
                        spoke=Spoke.ORALLY if rng.random() < speaking else Spoke.NO,
                        half_days=half_days - rng.randint(1, 2) if part_of else None,
                    )
                )
            elif rng.random() < 0.8:
                lines.append(
                    Participant(
                        person=seat.person,
                        attendance=Attendance.LEAVE,
                        leave=rng.choice(words.LEAVE_KINDS),
                        granted_by="秘书长",
                        half_days=0,
                    )
                )
            else:
                state = rng.choice((Attendance.ABSENT, Attendance.ABSENT, Attendance.LEAVE_REFUSED))
                lines.append(Participant(person=seat.person, attendance=state, half_days=0))
        return lines

    # Deeds

    def occasion(
        self,
        day: date,
        details: Details,
        title: str,
        organiser: UnitId,
        actor: Actor,
        participants: Sequence[Participant],
        *,
        lag: int | None = None,
        cause: str = "",
        planned: date | None = None,
        **said: Any,
    ) -> Told:
        """Record something held, a few days after the day, rarely much later; what was planned is closed with who was there."""
        recorded = self._recorded(day, actor, lag)
        actor = self.recorder(actor, recorded)
        found = self.diary.new_id()
        if "evidence" not in said and self.rng.random() < 0.4:
            said["evidence"] = (self.diary.photo("现场照片.png"),)
        body: Occasion[Any] = Occasion(
            details=details,
            title=title,
            on=day,
            organiser=organiser,
            participants=tuple(participants),
            **said,
        )
        if planned is None:
            self.diary.put(recorded, RecordOccasion(occasion=found, body=body), actor, cause)
        else:
            self._plan(found, body, planned, actor)
            closing = CloseMeeting(meeting=found, participants=body.participants)
            self.diary.put(recorded, closing, actor, cause)
        return self._remember(
            f"occasion/{found}",
            found,
            body,
            actor,
            recorded,
            tuple(p.person for p in participants if p.capacity is Capacity.ATTENDS),
        )

    def _plan(self, meeting: str, body: Occasion[Any], planned: date, actor: Actor) -> None:
        """What goes before a meeting: it is planned, perhaps moved, and called a week ahead."""
        moved = MOVED.get(body.on)
        plan = replace(body, participants=(), on=moved or body.on, result="", evidence=())
        said: list[tuple[date, str, Command]] = [
            (planned, "plan", PlanMeeting(meeting=meeting, body=plan))
        ]
        called = max(planned, date.fromordinal(body.on.toordinal() - 7))
        if moved is not None:
            why = MoveMeeting(meeting=meeting, on=body.on, reason="与县委全会日程冲突")
            said.append((max(planned, date.fromordinal(moved.toordinal() - 3)), "move", why))
        number = f"青协办〔2025〕{1 + body.on.toordinal() % 90}号"
        said.append((called, "call", CallMeeting(meeting=meeting, notice=number)))
        for day, name, command in said:
            # Ids of their own: what happens besides has the same ids whether meetings are planned or not.
            own = str(uuid5(UUID(meeting), name))
            self.diary.put(day, command, actor, command_id=own)

    def matter(
        self,
        day: date,
        details: Details,
        title: str,
        organiser: UnitId,
        actor: Actor,
        authors: Sequence[Author],
        *,
        not_before: date = date.min,
        **said: Any,
    ) -> Told:
        """Record a piece of work, not before what it names."""
        recorded = max(self._recorded(day, actor, None), not_before)
        found = self.diary.new_id()
        body: Matter[Any] = Matter(
            details=details,
            title=title,
            on=day,
            organiser=organiser,
            authors=tuple(authors),
            **said,
        )
        self.diary.put(recorded, RecordMatter(matter=found, body=body), actor)
        return self._remember(
            f"matter/{found}",
            found,
            body,
            actor,
            recorded,
            tuple(a.person for a in authors if a.person is not None),
        )

    def authors(self, seats: Sequence[Seat], rest: Authorship = Authorship.JOINT) -> list[Author]:
        """These members in order: the first is first author."""
        return [
            Author(person=seat.person, role=Authorship.FIRST if place == 0 else rest)
            for place, seat in enumerate(seats)
        ]

    def outcomes(
        self, told: Told, actor: Actor, steps: Iterable[tuple[int, Stage, Level | None]]
    ) -> None:
        """What becomes of a matter: each step so many days after the one before; the year's end cuts it off."""
        on = told.body.on
        recorded = told.recorded
        steps = list(steps)
        for gap, stage, level in steps:
            days = gap and max(1, round(gap * self.rng.uniform(0.6, 1.5)))
            nominal = date.fromordinal(on.toordinal() + days)
            if nominal.year > on.year:
                return
            on = nominal
            recorded = max(recorded, after(on, self.rng.choice((0, 1, 1, 2, 3, 6))))
            rank = ""
            if stage is Stage.INSTRUCTED:
                rank = self.rng.choice(("县委主要领导", "县政府主要领导", "分管领导"))
            number = f"青协演〔2025〕{self.rng.randrange(1, 400)}号"
            document = number if stage in {Stage.ASSIGNED, Stage.INSTRUCTED} else ""
            outcome = Reached(stage=stage, on=on, level=level, rank=rank, document=document)
            telling = self._telling(told, outcome)
            if telling is not None and all(each is not telling for _, each, _ in steps):
                # Ids of its own: what happens besides has the same ids whether a loop asks for it or not.
                said = self.turn(told, Reached(stage=telling, on=on))
                own = str(uuid5(UUID(told.id), telling.value))
                if said is not None:
                    self.diary.put(recorded, said, actor, command_id=own)
            command = self.turn(told, outcome)
            if command is not None:
                self.diary.put(recorded, command, actor)

    def _loop(self, told: Told) -> Loop | None:
        begun = (each for each in self.loops if each.since <= told.body.on)
        return most_fitting(begun, told.body.details)

    def _telling(self, told: Told, outcome: Reached) -> Stage | None:
        """What a loop has people told by, where it has to come before this."""
        loop = self._loop(told)
        if loop is None or loop.telling is None:
            return None
        stage = next((s for s in loop.stages if s.reaches is outcome.stage), None)
        if stage is None or loop.telling.by not in stage.after:
            return None
        return next(s.reaches for s in loop.stages if s.code == loop.telling.by)

    def turn(self, told: Told, outcome: Reached) -> MoveMatter | ReportOutcome | None:
        """What says that a matter has come so far: a move in its loop, nothing where it is there by entering it, else a report."""
        details = told.body.details
        loop = self._loop(told)
        stage = None
        if loop is not None:
            stage = next((s for s in loop.stages if s.reaches is outcome.stage), None)
        if loop is None or stage is None:
            return ReportOutcome(matter=told.id, outcome=outcome)
        if stage is loop.first:
            return None
        # Who is asked to handle it is told by its number: chance has said enough of this matter.
        department = words.DEPARTMENTS[int(told.id[:8], 16) % len(words.DEPARTMENTS)]
        return MoveMatter(
            matter=told.id,
            move=Move(
                stage=stage.code,
                on=outcome.on,
                holder=Holder(name=department) if Need.HOLDER in stage.needs else None,
                level=outcome.level,
                rank=outcome.rank,
                document=outcome.document or _document(told, stage),
                note=outcome.note or _note(told, stage),
                way=getattr(details, "way", None) if Need.WAY in stage.needs else None,
                obstacle=getattr(details, "obstacle", None)
                if Need.OBSTACLE in stage.needs
                else None,
            ),
        )

    def _recorded(self, day: date, actor: Actor, lag: int | None) -> date:
        if lag is None:
            if actor.role is Role.OFFICE:
                lag = self.rng.choice((0, 1, 1, 2, 3))
            elif self.rng.random() < 0.028:
                lag = self.rng.randint(32, 75)
            else:
                lag = self.rng.choice((0, 0, 1, 1, 2, 3, 4, 6, 9, 14))
        return after(day, lag)

    def _remember(
        self,
        stream: str,
        id_: str,
        body: Occasion[Any] | Matter[Any],
        actor: Actor,
        recorded: date,
        people: tuple[PersonId, ...],
    ) -> Told:
        answers: tuple[Side, ...] = ()
        if actor.role is Role.MEMBER:
            answers = (Side.STUDIO, Side.SECTOR)
        else:
            side = self.side(body.organiser)
            if side is Side.STUDIO:
                answers = (Side.SECTOR,)
            elif side is Side.SECTOR:
                answers = (Side.STUDIO,)
        told = Told(
            stream=stream,
            id=id_,
            body=body,
            actor=actor,
            recorded=recorded,
            people=people,
            answers=answers,
        )
        self.told.append(told)
        return told

    def side(self, organiser: UnitId) -> Side:
        """The side on which the unit that held it stands."""
        county = self.county
        if organiser in county.sectors or organiser in county.committees:
            return Side.SECTOR
        if organiser in county.groups[:6] or organiser == county.tank:
            return Side.SECTOR
        counties = {county.committee, county.office, county.liaison, county.affairs}
        return Side.COUNTY if organiser in counties else Side.STUDIO
