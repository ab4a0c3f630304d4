"""What an authorised person or body sets, with a reason: a mark, a veto, a figure, a grade, a standard met."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any, Generic, TypeVar

from domain import numbers
from domain.access import Action, must
from domain.deed import Known
from domain.entry import Entry, Envelope
from domain.evidence import Evidence
from domain.fact import Fact, RecordClass, SubjectId
from domain.kinds import Details, Shape, kind_of
from domain.people import Actor, PersonId, Reason, Refused, UnitId
from domain.words import Label, WhyFound

D = TypeVar("D", bound=Details)


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding(Generic[D]):
    """What was found of a member or a unit; `body` is who decided, `figure` an exact number where there is one."""

    details: D
    on: date
    body: str
    reason: WhyFound[str]
    person: PersonId | None = None
    unit: UnitId | None = None
    figure: Decimal | None = None
    document: str = ""
    evidence: tuple[Evidence, ...] = ()

    @property
    def title(self) -> str:
        """What lists call it: what it is and who decided. Why it was found tells of a person, and lists are for everybody."""
        return f"{self.details.about.zh}({self.body})"

    @property
    def subject(self) -> SubjectId:
        """The stream of the one it is about."""
        return SubjectId(f"unit/{self.unit}" if self.person is None else f"member/{self.person}")


LABELS: dict[str, Label] = {
    "on": Label("日期", "day"),
    "body": Label("认定机构", "who decided"),
    "reason": Label("理由", "reason"),
    "person": Label("委员", "member"),
    "unit": Label("单位", "unit"),
    "figure": Label("数额", "figure"),
    "document": Label("文号", "document number"),
    "evidence": Label("佐证", "evidence"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class SetFinding:
    """Set a finding."""

    finding: str
    body: Finding[Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class RevokeFinding:
    """Take a finding back, with a reason."""

    finding: str
    reason: str


FindingCommand = SetFinding | RevokeFinding


@dataclass(frozen=True, slots=True, kw_only=True)
class FindingSet(Generic[D]):
    """Something was found; stored under the name of its kind."""

    finding: str
    body: Finding[D]


@dataclass(frozen=True, slots=True, kw_only=True)
class FindingRevoked:
    """A finding was taken back."""

    finding: str
    reason: str


FindingEvent = FindingSet[Any] | FindingRevoked


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A finding as decisions need it; `gone` is the reason once revoked."""

    stream: str
    body: Finding[Any]
    recorded: Envelope
    position: int
    version: int
    gone: str = ""


def stream_of(finding: str) -> str:
    """The stream of a finding."""
    return f"finding/{finding}"


def decide(
    state: Found | None, command: FindingCommand, actor: Actor, known: Known
) -> list[FindingEvent]:
    """What follows from a command on a finding; only the county office and the appraisal committee set them."""
    must(actor.role, Action.FIND)
    match command:
        case SetFinding(finding=finding, body=body):
            if state is not None:
                raise Refused(Reason.ALREADY_RECORDED, "/finding", finding)
            if body.details.about.shape is not Shape.FINDING:
                raise Refused(Reason.WRONG_TAG, "/body/details/kind", kind_of(type(body.details)))
            if not body.reason.strip():
                raise Refused(Reason.REASON_MISSING, "/body/reason")
            if not body.body.strip():
                raise Refused(Reason.MISSING, "/body/body")
            if body.on > known.today:
                raise Refused(Reason.IN_FUTURE, "/body/on", body.on.isoformat())
            numbers.check(body, "/body")
            numbers.check(body.details, "/body/details")
            if (body.person is None) == (body.unit is None):
                raise Refused(Reason.MALFORMED, "/body/person")
            if body.person is not None and body.person not in known.roster.people:
                raise Refused(Reason.NO_SUCH_PERSON, "/body/person", body.person)
            if body.unit is not None and body.unit not in known.roster.units:
                raise Refused(Reason.NO_SUCH_UNIT, "/body/unit", body.unit)
            if body.person == actor.person:
                raise Refused(Reason.OWN_LINE, "/body/person", actor.person)
            return [FindingSet(finding=finding, body=body)]
        case RevokeFinding(finding=finding, reason=reason):
            if state is None:
                raise Refused(Reason.NO_SUCH_FINDING, "/finding", finding)
            if not reason.strip():
                raise Refused(Reason.REASON_MISSING, "/reason")
            if state.body.person == actor.person:
                raise Refused(Reason.OWN_LINE, "/finding", actor.person)
            if state.gone:
                return []
            return [FindingRevoked(finding=finding, reason=reason)]


def evolve(state: Found | None, entry: Entry[FindingEvent]) -> Found | None:
    """A finding after one more entry."""
    match entry.event:
        case FindingSet(body=body):
            return Found(
                stream=entry.stream,
                body=body,
                recorded=entry.envelope,
                position=entry.position,
                version=entry.version,
            )
        case FindingRevoked(reason=reason):
            return None if state is None else replace(state, gone=reason, version=entry.version)


def facts_of(state: Found) -> list[Fact[Any]]:
    """One fact, unless it was revoked."""
    body = state.body
    if state.gone:
        return []
    return [
        Fact(
            deed=state.stream,
            subject=body.subject,
            kind=kind_of(type(body.details)),
            on=body.on,
            details=body.details,
            title=body.title,
            position=state.position,
            recorded_on=state.recorded.day,
            recorded_by=state.recorded.by,
            recorder=state.recorded.unit,
            record=RecordClass.COUNTY,
            figure=body.figure,
            evidence=len(body.evidence),
        )
    ]
