"""How folded states and facts lie in rows: as JSON, read back by a decoder for each kind."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any, Generic, TypeVar

import msgspec

from domain.checklist import Progress
from domain.course import Course
from domain.deed import Deed
from domain.disputed import Dispute
from domain.document import Document
from domain.evidence import Evidence
from domain.fact import Capacity, Fact, RecordClass, Stamp, SubjectId
from domain.finding import Finding, Found
from domain.invitation import Quarter
from domain.kinds import KINDS, Shape
from domain.matter import Matter
from domain.meeting import Meeting
from domain.member import Exemption, Person
from domain.occasion import Occasion
from domain.once import MadeOnce
from domain.pairing import Bound, Pairing
from domain.period import Period
from domain.posting import MonthPosting
from domain.scorecard import BlockTotal, Counted, Cut, GateResult, Points, Scorecard
from domain.selection import Why
from domain.supported import Support
from domain.turnout import Away
from domain.unit import Unit

B = TypeVar("B")

encode = msgspec.json.Encoder().encode
"""The bytes of a state, a fact, a scorecard."""

person = msgspec.json.Decoder(Person).decode
unit = msgspec.json.Decoder(Unit).decode
document = msgspec.json.Decoder(Document).decode
dispute = msgspec.json.Decoder(Dispute).decode
scorecard = msgspec.json.Decoder(Scorecard).decode
progress = msgspec.json.Decoder(Progress).decode
course = msgspec.json.Decoder(Course).decode
evidence = msgspec.json.Decoder(tuple[Evidence, ...]).decode
posting = msgspec.json.Decoder(MonthPosting).decode
quarter = msgspec.json.Decoder(Quarter).decode
support = msgspec.json.Decoder(Support).decode
away = msgspec.json.Decoder(Away).decode


class Freed(msgspec.Struct, gc=False):
    """As much of a person as says when no duties are asked of him."""

    exemptions: tuple[Exemption, ...] = ()


freed = msgspec.json.Decoder(Freed).decode
"""That much of a person: several times as fast as the whole of him."""


def meeting(kind: str, body: bytes) -> Meeting[Any]:
    """The state of a meeting of that kind."""
    return _meetings[kind].decode(body)


def _meeting(kind: str) -> msgspec.json.Decoder[Meeting[Any]]:
    generic: Any = Meeting
    return msgspec.json.Decoder(generic[KINDS[kind]])


def fact(kind: str, body: bytes) -> Fact[Any]:
    """A fact of that kind."""
    return _facts[kind].decode(body)


class Said(msgspec.Struct, gc=False):
    """As much of a fact as says how its sides are shown."""

    kind: str
    on: date
    recorded_on: date
    until: date | None = None
    said_on: date | None = None
    record: RecordClass = RecordClass.COUNTY
    capacity: Capacity = Capacity.ATTENDS
    sector: Stamp | None = None
    studio: Stamp | None = None
    county: Stamp | None = None


said = msgspec.json.Decoder(Said).decode
"""That much of a fact of any kind: several times as fast as the whole of it."""


class EarnedCut(msgspec.Struct, gc=False):
    """As much of an adjustment as says of what sort it is."""

    cut: Cut


class EarnedLine(msgspec.Struct, gc=False):
    """As much of a line of a scorecard as says which record earned how many points, and what was done to them."""

    deed: str
    subject: SubjectId
    points: str
    adjustments: tuple[EarnedCut, ...] = ()


class LeftOut(msgspec.Struct, gc=False):
    """As much of a record without a line as says why it has none."""

    deed: str
    subject: SubjectId
    why: Why


class EarnedByRecord(msgspec.Struct, gc=False):
    """As much of a scorecard as says what each record earned, or why it earned nothing."""

    lines: tuple[EarnedLine, ...] = ()
    why_not: tuple[LeftOut, ...] = ()


earned = msgspec.json.Decoder(EarnedByRecord).decode
"""That much of a scorecard: several times as fast as the whole of it."""


class _Total(msgspec.Struct):
    member: SubjectId
    rubric: str
    version: str
    period: Period
    total: Points
    blocks: tuple[BlockTotal, ...]
    changes_on: date | None
    gates: tuple[GateResult, ...] = ()
    counted: tuple[Counted, ...] = ()
    months: int = 12


_total = msgspec.json.Decoder(_Total).decode


def total(body: bytes) -> Scorecard:
    """A scorecard without its lines, reasons and accounts: what grades go by, where no tie is broken by a clause. Several times as fast as the whole of it."""
    read = _total(body)
    return Scorecard(
        member=read.member,
        rubric=read.rubric,
        version=read.version,
        period=read.period,
        total=read.total,
        blocks=read.blocks,
        lines=(),
        why_not=(),
        reachable=(),
        changes_on=read.changes_on,
        gates=read.gates,
        counted=read.counted,
        months=read.months,
    )


def _fact(kind: str) -> msgspec.json.Decoder[Fact[Any]]:
    generic: Any = Fact
    return msgspec.json.Decoder(generic[KINDS[kind]])


class _With(msgspec.Struct, Generic[B]):
    """Only the body of a state."""

    body: B


def deed(kind: str, body: bytes) -> Deed[Any] | Bound | Found:
    """The state of an occasion, matter, pairing or finding of that kind."""
    state = _states[kind].decode(body)
    if isinstance(state, Bound | Found):
        # The class of these states does not say of which kind they are: their body is read apart.
        return replace(state, body=_bodies[kind].decode(body).body)
    return state


def _state(kind: str) -> msgspec.json.Decoder[Deed[Any] | Bound | Found]:
    generic: Any = Deed
    details: Any = KINDS[kind]
    match details.about.shape:
        case Shape.OCCASION:
            return msgspec.json.Decoder(generic[Occasion[details]])
        case Shape.MATTER:
            return msgspec.json.Decoder(generic[Matter[details]])
        case Shape.PAIRING:
            return msgspec.json.Decoder(Bound)
        case _:
            return msgspec.json.Decoder(Found)


def _body(kind: str) -> msgspec.json.Decoder[_With[Any]]:
    generic: Any = _With
    details: Any = KINDS[kind]
    body: Any = Pairing if details.about.shape is Shape.PAIRING else Finding
    return msgspec.json.Decoder(generic[body[details]])


_facts, _states, _bodies = MadeOnce(_fact), MadeOnce(_state), MadeOnce(_body)
_meetings = MadeOnce(_meeting)
