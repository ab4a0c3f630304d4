"""How far a matter of the county has come in its loop, which stages lie between, and what is said in reaching one."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from application.rehearsal import words
from domain.course import Course, Move, Standing
from domain.fact import Reached
from domain.handling import OF_A_LEVEL, named_day
from domain.kinds import Stage
from domain.kinds.advice import Obstacle, ReplyClass, Satisfaction
from domain.loop import Holder, Loop, LoopStage, Need
from domain.matter import Matter
from domain.words import Level

NOTES = {
    Stage.SURVEYED: "实地走访6个点,发放问卷120份",
    Stage.REPORTED: "形成监督报告,提出意见5条",
    Stage.TRACKED: "回访2次,意见均已落实",
    Stage.DECLINED: "近两年已协商过同类议题",
    Stage.NOT_SETTLED: "已引导通过司法途径解决",
    Stage.NOT_ADOPTED: "与现行政策不一致",
    Stage.DROPPED: "上级已统一部署,并入上级方案",
}
"""What is said where a stage asks for a note."""
RANK = "分管领导"
"""Whose instruction it is where nothing else is said."""


class Chart:
    """A loop as its matters ask of it again and again: its stages by code and by what they reach, and where each leads."""

    def __init__(self, loop: Loop) -> None:
        self.loop = loop
        self.stages = {stage.code: stage for stage in loop.stages}
        self.then = {code: loop.then(code) for code in self.stages}
        self.reaching: dict[Stage, list[LoopStage]] = defaultdict(list)
        for stage in loop.stages:
            if stage.reaches is not None:
                self.reaching[stage.reaches].append(stage)


@dataclass(slots=True)
class Round:
    """A matter in its loop: where it stands since when, what it has reached, and when the last of it was recorded."""

    chart: Chart
    at: str
    done: dict[str, date]
    recorded: date

    @classmethod
    def begun(cls, chart: Chart, on: date, recorded: date) -> Round:
        """A matter that has just entered its loop."""
        first = chart.loop.first.code
        return cls(chart, first, {first: on}, recorded)

    @property
    def loop(self) -> Loop:
        """The loop that it goes round."""
        return self.chart.loop

    @property
    def here(self) -> LoopStage:
        """Where it stands."""
        return self.chart.stages[self.at]

    @property
    def then(self) -> tuple[str, ...]:
        """Where it may go from there."""
        return self.chart.then[self.at]

    def stage(self, code: str) -> LoopStage:
        """The stage of that code."""
        return self.chart.stages[code]

    def course(self, details: Any) -> Course:
        """The same as the rules see it; the matter's own fields may name its day."""
        here = self.here
        open_ = Standing.RESTING if here.rests else Standing.OPEN
        return Course(
            loop=self.loop.code,
            version=self.loop.version,
            at=self.at,
            standing=Standing.CLOSED if here.ends else open_,
            begun_on=self.done[self.loop.first.code],
            steps=(),
            done=self.done,
            named_day=named_day(details),
        )

    def reached(self, stage: LoopStage, on: date, recorded: date) -> None:
        """It has reached a stage."""
        self.done[stage.code] = on
        self.recorded = recorded
        if not stage.beside:
            self.at = stage.code

    def reaching(self, outcome: Stage) -> LoopStage | None:
        """The stage of its loop that stands for that, of several the nearest; none where the loop has none."""
        found = self.chart.reaching.get(outcome, [])
        if len(found) == 1:
            return found[0]
        return min(
            found, key=lambda stage: len(self.way_to(stage) or self.loop.stages), default=None
        )

    def way_to(self, stage: LoopStage) -> tuple[LoopStage, ...]:
        """What has to be reached before that stage, in order, and itself last; empty where no way leads there."""
        if self.here.ends:
            return ()
        if stage.code in self.then and not stage.after:
            return (stage,)
        if stage.beside:
            return (*self._asked_by(stage), stage)
        way: list[LoopStage] = []
        for code in self._between(stage.code):
            each = self.stage(code)
            way += [before for before in self._asked_by(each, way) if before not in way]
            way.append(each)
        return tuple(way)

    def _asked_by(self, stage: LoopStage, so_far: Sequence[LoopStage] = ()) -> list[LoopStage]:
        """The way to the stages that have to be reached before that one."""
        there = {*self.done, *(each.code for each in so_far)}
        missing = [code for code in stage.after if code not in there]
        found: list[LoopStage] = []
        for code in missing:
            way = self.way_to(self.stage(code))
            found += [each for each in way if each not in found]
        return found

    def _between(self, code: str) -> tuple[str, ...]:
        """The shortest way from where it stands; no matter rests on it."""
        ways: list[tuple[str, ...]] = [(each,) for each in self.then]
        seen = set()
        while ways:
            way, *ways = ways
            if way[-1] == code:
                return way
            stage = self.stage(way[-1])
            if stage.code not in seen and not stage.rests:
                seen.add(stage.code)
                ways += [(*way, each) for each in self.chart.then[stage.code]]
        return ()


@dataclass(frozen=True, slots=True)
class Said:
    """What is said of a matter at a stage: its `number` stands for chance, which has said enough of it; `into` is what it is merged into."""

    body: Matter[Any]
    number: int
    into: str = field(default="")

    def move(self, stage: LoopStage, outcome: Reached) -> Move:
        """The move to that stage, with all that it needs."""
        details: Any = self.body.details

        def asked(need: Need, *said: Any) -> Any:
            return next((each for each in said if each), None) if need in stage.needs else None

        department = words.DEPARTMENTS[self.number % len(words.DEPARTMENTS)]
        by_level = Need.LEVEL in stage.needs or stage.reaches in OF_A_LEVEL
        return Move(
            stage=stage.code,
            on=outcome.on,
            holder=Holder(name=department) if Need.HOLDER in stage.needs else None,
            level=outcome.level or (Level.COUNTY if by_level else None),
            rank=outcome.rank or asked(Need.RANK, RANK) or "",
            document=outcome.document or self._document(stage),
            note=outcome.note or self._note(stage),
            way=asked(Need.WAY, getattr(details, "way", None)),
            obstacle=asked(Need.OBSTACLE, getattr(details, "obstacle", None), Obstacle.POLICY),
            reply_class=asked(Need.REPLY_CLASS, list(ReplyClass)[self.number % 3]),
            satisfaction=asked(Need.SATISFACTION, list(Satisfaction)[self.number % 5 // 3]),
            into=self.into,
        )

    def _document(self, stage: LoopStage) -> str:
        return f"青协〔2025〕{1 + self.number % 300}号" if Need.DOCUMENT in stage.needs else ""

    def _note(self, stage: LoopStage) -> str:
        """What is said where a stage asks for it, or stands for a requirement."""
        if Need.NOTE not in stage.needs and stage.asks is None:
            return ""
        said = None if stage.reaches is None else NOTES.get(stage.reaches)
        return said or f"{self.body.title}:{stage.zh}"
