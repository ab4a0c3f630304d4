"""What is moved on that would lie else: a well-run county follows each of its loops in the days that they give; a few matters lie too long, and some of these still do.

It draws on chance of its own, so that the rest of the year stays as it is.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import date, timedelta

from application.rehearsal.diary import LAST, after
from application.rehearsal.rounds import Round
from application.rehearsal.told import Teller, Told
from domain.calendar import Calendar, WorkingDays
from domain.course import Clock, clocks, not_told
from domain.deadline import MeetingDay
from domain.fact import Reached
from domain.kinds import Stage
from domain.kinds.meetings import Attended
from domain.loop import LoopStage, Mover, Need

SLOW = 0.45
"""The share of matters that lie at one of their stages until after its day."""
OTHERWISE_ONE_IN, BESIDE_ONE_IN, TAKEN_UP_ONE_IN = 5, 4, 4
"""Of so many matters at a fork of a loop one goes another way, of so many of a loop one has all that lies beside the way, and one that rests is taken up again."""
LONGEST_GAP, WITHOUT_A_DAY, BESIDE = 45, 90, 9
"""Days between two stages at the most: where there is time for more, where there is no day by which, and to one that lies beside the way."""


class Pursued:
    """Tells it to the ledger, once all else was told."""

    def __init__(self, teller: Teller, told: Sequence[Told], calendars: Sequence[Calendar]) -> None:
        self.t = teller
        self.rng = teller.rng
        self.told = [each for each in told if each.gone is None]
        self.days = WorkingDays.of(calendars)
        self.meetings = sorted(self._meetings(), key=lambda each: each.on)
        self.visits: Counter[tuple[str, str]] = Counter()
        self.reached: Counter[tuple[str, str]] = Counter()

    def _meetings(self) -> Iterator[MeetingDay]:
        for each in self.told:
            details = each.body.details
            if isinstance(details, Attended):
                yield MeetingDay(
                    meeting=each.id, kind=details.meeting, title=each.body.title, on=each.body.on
                )

    def tell(self) -> None:
        """Each matter of a loop, as far as the year lets it."""
        self.t.told = self.told
        number: Counter[str] = Counter()
        for rounds in (each.round for each in self.told):
            if rounds is not None:
                self.reached.update((rounds.loop.code, stage) for stage in rounds.done)
        for told in self.told:
            if told.round is not None and not told.left:
                number[told.round.loop.code] += 1
                self.pursue(told, told.round, number[told.round.loop.code])

    def pursue(self, told: Told, rounds: Round, nth: int) -> None:
        """Move one on until it is closed, rests, or the year is over."""
        slow = self.rng.random() < SLOW
        while (stage := self.next(told, rounds, nth)) is not None:
            due = self.due(told, rounds)
            day = None if due is None else due.due.day
            on = self.day(rounds, stage, day)
            if slow and due is not None and due.stage == stage.code and day is not None:
                on, slow = max(on, day + timedelta(days=self.rng.randint(3, 60))), False
            if on > LAST:
                return
            recorded = max(rounds.recorded, after(on, self.rng.choice((0, 0, 1, 2))))
            reached = Reached(stage=stage.reaches or Stage.CLOSED, on=on)
            self.t.move(told, stage, reached, recorded, told.actor)
            self.reached[rounds.loop.code, stage.code] += 1

    def due(self, told: Told, rounds: Round) -> Clock | None:
        """What of it has to be done first, and by when."""
        course = rounds.course(told.body.details)
        found = clocks(rounds.loop, course, days=self.days, meetings=self.meetings)
        return found[0] if found else None

    def day(self, rounds: Round, stage: LoopStage, due: date | None) -> date:
        """A day on which it is moved there, in time where there is any."""
        since = max(rounds.done.values())
        longest = BESIDE if stage.beside else LONGEST_GAP
        left = min((due - since).days, longest) if due else WITHOUT_A_DAY
        return since + timedelta(days=max(0, round(left * self.rng.uniform(0.3, 0.9))))

    def next(self, told: Told, rounds: Round, nth: int) -> LoopStage | None:
        """Where it goes next: who raised it is told, what lies beside the way, the way itself."""
        here, loop = rounds.here, rounds.loop
        if here.ends:
            return None
        course = rounds.course(told.body.details)
        if loop.telling is not None and not_told(loop, course):
            by = rounds.stage(loop.telling.by)
            if by.beside or by.code in rounds.then:
                return by
        for stage in loop.stages:
            if stage.beside and self.wanted(told, rounds, stage, nth):
                return stage
        if here.rests and nth % TAKEN_UP_ONE_IN:
            return None
        open_ = [
            stage
            for code in rounds.then
            if (stage := rounds.stage(code)).code not in rounds.done
            and all(each in rounds.done for each in stage.after)
            and (stage.reaches is not Stage.MERGED or Need.INTO in stage.needs)
        ]
        # Nobody counts on a leader's instruction.
        open_.sort(key=lambda each: each.reaches is Stage.INSTRUCTED)
        if len(open_) > 1:
            self.visits[loop.code, here.code] += 1
            visits = self.visits[loop.code, here.code]
            rare = min(open_[1:], key=lambda each: self.reached[loop.code, each.code])
            never = visits > 1 and not self.reached[loop.code, rare.code]
            if never or visits % OTHERWISE_ONE_IN == 0:
                return rare
        return open_[0] if open_ else None

    def wanted(self, told: Told, rounds: Round, stage: LoopStage, nth: int) -> bool:
        """Whether a stage beside the way is reached now: always where it stands for a requirement, else now and then; an author has to be there."""
        if stage.code in rounds.done or not all(each in rounds.done for each in stage.after):
            return False
        telling = rounds.loop.telling
        if telling is not None and stage.code == telling.by:
            return False
        if stage.movers == (Mover.AUTHOR,) and not told.people:
            return False
        never = not self.reached[rounds.loop.code, stage.code]
        return never or stage.asks is not None or nth % BESIDE_ONE_IN == 1
