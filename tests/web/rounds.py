"""A small county whose messages and proposals go round loops, and that plans its meetings: told by commands."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from importlib.resources import files
from typing import Any
from uuid import uuid4

from application.handle import Request
from domain.course import Move
from domain.document import Publish, Sort
from domain.fact import Authorship
from domain.handling import MoveMatter
from domain.kinds.advice import CarriedUp, Proposed
from domain.kinds.meetings import Attended
from domain.kinds.meetings import Meeting as MeetingKind
from domain.matter import Author, Matter, RecordMatter
from domain.meeting import PlanMeeting
from domain.occasion import Occasion
from domain.people import Actor, PersonId, Role, UnitId
from domain.streams import Command
from interfaces.wiring import Desk

SINCE = date(2020, 1, 1)
MESSAGES = files("packs").joinpath("rehearsal/messages.yaml").read_text("utf-8")
PROPOSALS = """\
loop: proposals
version: 1
zh: 提案办理
en: proposals
since: 2020-01-01
kinds: 提交提案
stages:
  - {stage: submitted_to, zh: 提交, en: submitted to the committee}
  - {stage: filed, zh: 立案, en: put on file, reaches: 立案, movers: office}
  - stage: reported
    zh: 反馈
    en: reported
    reaches: 反馈
    movers: [office, author]
    needs: [说明]
    due: {meeting: 常委会会议, since: submitted, otherwise: {months: 3}}
  - {stage: evaluated, zh: 评价, en: evaluated, movers: author, after: reported, beside: true, due: {days: 30, since: reported}}
  - {stage: closed, zh: 办结, en: closed, reaches: 办结, ends: true}
"""
"""What is due at a meeting: a proposal is reported on at the next meeting of the Standing Committee."""

LI, CHEN, ZHAO, WANG = (PersonId(each) for each in ("li", "chen", "zhao", "wang"))
OFFICE = Actor(person=PersonId("secretary"), role=Role.OFFICE, unit=UnitId("county"))
CLERK = Actor(person=WANG, role=Role.CLERK, unit=UnitId("south"))
TITLE = "十届十二次常委会会议"


def days(number: int) -> timedelta:
    """So many days."""
    return timedelta(days=number)


@dataclass
class Rounds:
    """The ledger in which it all happens."""

    desk: Desk

    @property
    def today(self) -> date:
        """Its day."""
        return self.desk.today()

    def tell(self, command: Command, actor: Actor = OFFICE) -> None:
        """Carry out a command, and wait until it can be read."""
        done = self.desk.one(Request(command=command, actor=actor, command_id=str(uuid4())))
        assert self.desk.reader.wait_for(done.position, 10)

    def publish_loops(self, version: str = "1") -> None:
        """Publish both loops, alike in each version."""
        both = {
            "messages": MESSAGES.replace("2025-07-01", SINCE.isoformat()),
            "proposals": PROPOSALS,
        }
        for code, text in both.items():
            text = text.replace("version: 1", f"version: {version}")
            self.tell(Publish(sort=Sort.LOOP, code=code, version=version, text=text, since=SINCE))

    def message(self, matter: str, ago: int, title: str = "群众盼修路", by: Actor = CLERK) -> None:
        """Have Li carry a message up, through the studio, so many days ago."""
        body = Matter(
            details=CarriedUp(topic="修路"),
            title=title,
            on=self.today - days(ago),
            organiser=UnitId("south"),
            authors=(Author(person=LI, role=Authorship.FIRST),),
        )
        self.tell(RecordMatter(matter=matter, body=body), by)

    def proposal(self, matter: str, ago: int) -> None:
        """Have Li put a proposal forward."""
        body = Matter(
            details=Proposed(),
            title="关于改善乡村医疗的提案",
            on=self.today - days(ago),
            organiser=UnitId("county"),
            authors=(Author(person=LI, role=Authorship.FIRST),),
        )
        self.tell(RecordMatter(matter=matter, body=body))

    def move(self, matter: str, stage: str, ago: int, **said: Any) -> None:
        """Move a matter to a stage."""
        move = Move(stage=stage, on=self.today - days(ago), **said)
        self.tell(MoveMatter(matter=matter, move=move))

    def plan(self, meeting: str, ahead: int, **said: Any) -> None:
        """Plan a meeting of the Standing Committee that expects Li and Chen, in so many days."""
        body: dict[str, Any] = {
            "details": Attended(meeting=MeetingKind.STANDING_COMMITTEE),
            "title": TITLE,
            "on": self.today + days(ahead),
            "organiser": UnitId("county"),
            "place": "三楼会议室",
            "expected": (LI, CHEN),
            **said,
        }
        self.tell(PlanMeeting(meeting=meeting, body=Occasion(**body)))
