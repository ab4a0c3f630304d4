"""Telling of deeds: who records what when, and what of it is remembered for those who answer later."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from operator import itemgetter
from random import Random
from typing import Any
from uuid import UUID, uuid5

from application.rehearsal import words
from application.rehearsal.diary import Diary, after
from application.rehearsal.rounds import Chart, Round, Said
from application.rehearsal.setting import County, Seat, Township
from domain.fact import Attendance, Authorship, Capacity, Part, Reached, Spoke
from domain.handling import COUNTYS_STAGES, MoveMatter
from domain.kinds import Details, Stage
from domain.loop import LoopStage, Mover, Need, most_fitting
from domain.matter import Author, Matter, RecordMatter, ReportOutcome
from domain.meeting import CallMeeting, CloseMeeting, MoveMeeting, PlanMeeting
from domain.occasion import Occasion, Participant, RecordOccasion
from domain.people import Actor, PersonId, Role, UnitId, Via
from domain.streams import Command
from domain.unit import Side, UnitKind
from domain.words import Level

MOVED = {date(2025, 9, 22): date(2025, 9, 8)}
"""Meetings that were planned for another day first."""


@dataclass(slots=True)
class Told:
    """A deed that was recorded: by whom, on which day, and which side still has to answer for it.

    `answers` are the sides that may. `gone` is the day on which it was taken back; `settled` keeps one imperfection a deed, `named` says that a matter came from it: it stands.
    `round` is how far a matter has come in its loop; one that is `left` nobody moves on.
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
    left: bool = False
    round: Round | None = None


@dataclass(slots=True)
class Teller:
    """Writes deeds into the diary and remembers them."""

    rng: Random
    diary: Diary
    county: County
    told: list[Told] = field(default_factory=list)
    loops: Sequence[Chart] = ()
    merged: set[str] = field(default_factory=set)
    """Streams of matters that were merged into another."""

    # Who

    def pick(self, seats: Iterable[Seat], n: int, day: date) -> list[Seat]:
        """So many of them that are free on that day, the zealous more often."""
        rng = self.rng
        drawn = [(rng.random() ** (1 / seat.zeal), seat) for seat in seats if seat.free(day)]
        drawn.sort(key=itemgetter(0), reverse=True)
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
        told = self._remember(
            f"matter/{found}",
            found,
            body,
            actor,
            recorded,
            tuple(a.person for a in authors if a.person is not None),
        )
        begun = {each.loop.code: each for each in self.loops if each.loop.since <= day}
        loop = most_fitting((each.loop for each in begun.values()), details)
        if loop is not None:
            told.round = Round.begun(begun[loop.code], day, recorded)
        return told

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
            self.reach(told, outcome, recorded, actor)

    def reach(self, told: Told, outcome: Reached, recorded: date, actor: Actor) -> None:
        """Say that a matter has come so far: by moves in its loop, with the stages that lie between; nothing where it is there already; else by a report."""
        rounds = told.round
        stage = None if rounds is None else rounds.reaching(outcome.stage)
        if rounds is None or stage is None:
            self.diary.put(recorded, ReportOutcome(matter=told.id, outcome=outcome), actor)
            return
        if stage is rounds.loop.first:
            return
        way = rounds.way_to(stage)
        since, span = rounds.done[rounds.at], (outcome.on - rounds.done[rounds.at]).days
        for nth, between in enumerate(way[:-1], start=1):
            # Ids of its own: what happens besides has the same ids whether a loop asks for it or not.
            own = str(uuid5(UUID(told.id), between.code))
            on = since + timedelta(days=span * nth // len(way))
            reached = Reached(stage=outcome.stage, on=on)
            self.move(told, between, reached, recorded, actor, command_id=own)
        if way:
            self.move(told, stage, outcome, recorded, actor)

    def move(
        self,
        told: Told,
        stage: LoopStage,
        outcome: Reached,
        recorded: date,
        actor: Actor,
        command_id: str = "",
    ) -> None:
        """Move a matter to a stage of its loop, with all that is needed there, by that actor where he may, else by the office or its author."""
        into = self._other(told, recorded) if Need.INTO in stage.needs else None
        body: Any = told.body
        said = Said(body, int(told.id[:8], 16), "" if into is None else into.stream)
        command = MoveMatter(matter=told.id, move=said.move(stage, outcome))
        self.diary.put(recorded, command, self._mover(told, stage, actor), command_id=command_id)
        if told.round is not None:
            told.round.reached(stage, outcome.on, recorded)

    def _mover(self, told: Told, stage: LoopStage, actor: Actor) -> Actor:
        """Who moves it there."""
        countys = stage.reaches in COUNTYS_STAGES
        if actor.role is Role.OFFICE:
            may = Mover.OFFICE in stage.movers
        elif actor.unit in self.county.committees:
            may = UnitKind.SPECIAL_COMMITTEE in stage.movers
        else:
            may = not countys and actor.unit == told.body.organiser
            may = may and Mover.ORGANISER in stage.movers
        if may:
            return actor
        if Mover.OFFICE in stage.movers or not told.people:
            return self.county.officers[0]
        return Actor(person=told.people[0], role=Role.MEMBER, via=Via.PHONE)

    def _other(self, told: Told, recorded: date) -> Told | None:
        """What a matter is merged into: one of its kind that was told before it, on its topic where there is one."""
        about = next((topic for topic in words.TOPICS if topic in told.body.title), "")
        kind = type(told.body.details)
        before = [
            each
            for each in self.told
            if isinstance(each.body.details, kind)
            and each is not told
            and each.recorded <= recorded
            and each.stream not in self.merged
        ]
        same = [each for each in before if about and about in each.body.title]
        found = next(reversed(same or before), None)
        if found is not None:
            self.merged.add(told.stream)
        return found

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
