"""In whose name whoever looks may type in what an author says of a matter: whom a form lets him choose, and whom it sent."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from domain import handling
from domain.course import Course
from domain.deed import Deed
from domain.loop import LoopStage, Mover
from domain.people import PersonId, Refused, UnitId
from domain.speaking import ACTING_FOR, may_speak_for
from domain.unit import Unit
from domain.words import Label
from interfaces.api.asking import Look
from interfaces.api.door import checked_id
from interfaces.web import turning
from interfaces.web.fields import Input
from interfaces.web.turning import Option
from interfaces.web.visiting import Sent, Visitor
from projections import roster

FOR = "for"
"""What a form calls the author in whose name something is typed in."""
LABEL = Label("代作者登记(书面或口头答复)", "in the name of, as he said on paper or in words")
TYPED = Label(
    "作者书面或口头答复的,可代其登记;由谁登记留有记录",
    "what its author said on paper or in words may be typed in for him; who typed it stays on record",
)
EXCUSED = Label(
    "作者均已离任:由政协机关写明情况后办理,不填评价;作者离任前书面评价过的,选其姓名代为登记",
    "its authors are gone: the office says so in the note and leaves out how satisfied they were; what one said on paper before is typed in in his name",
)


@dataclass(frozen=True, slots=True)
class Authors:
    """Of the authors of some matters: the names of those for whom whoever looks may type in, and who is a member today."""

    visitor: Visitor
    units: Mapping[UnitId, Unit]
    today: date
    spoken_for: Mapping[PersonId, str]
    members: Collection[PersonId]

    def gone(self, deed: Deed[Any]) -> bool:
        """Whether none of its authors can say anything of a matter any more."""
        return handling.authors_gone(deed, self.members.__contains__, self.units, self.today)

    def may_move(self, deed: Deed[Any], course: Course, stage: LoopStage) -> bool:
        """Whether a matter is his to move to a stage himself."""
        told = (deed, course, stage, self.visitor.actor, self.units)
        return handling.may_move(*told, gone=self.gone(deed))

    def is_excused(self, deed: Deed[Any], course: Course, stage: LoopStage) -> bool:
        """Whether he reaches a stage for authors who are gone, which is not his to move to himself."""
        told = (deed, course, stage, self.visitor.actor, self.units)
        return not handling.may_move(*told, gone=False) and handling.excuses(
            deed, stage, self.visitor.actor, gone=self.gone(deed)
        )

    def names(self, deed: Deed[Any], course: Course, stage: LoopStage) -> tuple[Option, ...]:
        """The authors in whose name he may move a matter to a stage."""
        return tuple(self._names(deed, course, stage))

    def _names(self, deed: Deed[Any], course: Course, stage: LoopStage) -> Iterator[Option]:
        if Mover.AUTHOR not in stage.movers:
            return
        for person in handling.authors_of(deed):
            actor = replace(self.visitor.actor, acting_for=person)
            told = (deed, course, stage, actor, self.units)
            if person in self.spoken_for and handling.may_move(*told):
                yield Option(person, self.spoken_for[person], self.spoken_for[person])

    def hint(self, deed: Deed[Any], course: Course, stage: LoopStage) -> Label | None:
        """What is said of who may speak there."""
        if self.is_excused(deed, course, stage):
            return EXCUSED
        return TYPED if self.names(deed, course, stage) else None

    def input(self, key: str, deed: Deed[Any], course: Course, stage: LoopStage) -> list[Input]:
        """What asks in whose name it is; nothing where there is nobody. He has to say it where he may not move it himself."""
        names = self.names(deed, course, stage)
        if not names:
            return []
        required = not self.may_move(deed, course, stage)
        return [turning.one(f"{key}.{FOR}", LABEL, names, required=required)]


def authors_of(
    visitor: Visitor, look: Look, deeds: Sequence[Deed[Any]], units: Mapping[UnitId, Unit]
) -> Authors:
    """Those of some matters; `units` are all that there are."""
    told, today = (look.connection, look.ledger), visitor.desk.today()
    actor, people = visitor.actor, {p for deed in deeds for p in handling.authors_of(deed)}
    bound: Collection[PersonId] = ()
    if actor.unit is not None:
        bound = roster.bound_among(*told, people, actor.unit, day=today)
    spoken_for = {p for p in people if may_speak_for(actor, p, is_bound=p in bound)}
    names = roster.names(*told, people=spoken_for)
    return Authors(
        visitor=visitor,
        units=units,
        today=today,
        spoken_for={p: names.get(f"member/{p}", p) for p in spoken_for},
        members=roster.members_among(*told, people, day=today),
    )


def sent_for(sent: Sent, key: str) -> PersonId | None:
    """In whose name a form is sent; nobody's where it says none."""
    said = sent.one(f"{key}.{FOR}")
    return PersonId(checked_id(said, f"/{FOR}")) if said else None


def at_field(refused: Refused) -> Refused:
    """A refusal of the name in which it is given, as of the input that says it."""
    others = tuple(map(at_field, refused.others))
    field = f"/{FOR}" if refused.field == ACTING_FOR else refused.field
    return replace(refused, field=field, others=others)
