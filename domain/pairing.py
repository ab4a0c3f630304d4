"""Who keeps touch with whom: a dated pairing that yields a fact while it is in force."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Generic, TypeVar

from domain import deed as deeds
from domain.deed import Known
from domain.entry import Entry, Envelope
from domain.fact import Fact, RecordClass, SubjectId
from domain.kinds import Details, Shape, kind_of
from domain.people import Actor, PersonId, Reason, Refused, Role, UnitId
from domain.roster import Roster
from domain.words import Label

D = TypeVar("D", bound=Details)


@dataclass(frozen=True, slots=True, kw_only=True)
class Pairing(Generic[D]):
    """A member or a unit keeps touch with a unit, or with somebody who is named in the details."""

    details: D
    since: date
    organiser: UnitId
    person: PersonId | None = None
    unit: UnitId | None = None
    with_unit: UnitId | None = None
    with_person: PersonId | None = None
    title: str = ""

    @property
    def subject(self) -> SubjectId:
        """The stream of the one who keeps touch."""
        return SubjectId(f"unit/{self.unit}" if self.person is None else f"member/{self.person}")


LABELS: dict[str, Label] = {
    "since": Label("起始日期", "first day"),
    "organiser": Label("登记单位", "unit that it is recorded for"),
    "person": Label("联系委员", "member who keeps touch"),
    "unit": Label("联系单位", "unit that keeps touch"),
    "with_unit": Label("联系对象(单位)", "unit that touch is kept with"),
    "with_person": Label("联系对象(人员)", "person that touch is kept with"),
    "title": Label("名称", "title"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """Pair two."""

    pairing: str
    body: Pairing[Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class EndPairing:
    """End a pairing; `until` is its last day."""

    pairing: str
    until: date
    reason: str = ""


PairingCommand = Pair | EndPairing


@dataclass(frozen=True, slots=True, kw_only=True)
class Paired(Generic[D]):
    """Two were paired; stored under the name of its kind, `paired_with`."""

    pairing: str
    body: Pairing[D]


@dataclass(frozen=True, slots=True, kw_only=True)
class PairingEnded:
    """A pairing ended; `until` was its last day."""

    pairing: str
    until: date
    reason: str


PairingEvent = Paired[Any] | PairingEnded


@dataclass(frozen=True, slots=True, kw_only=True)
class Bound:
    """A pairing as decisions need it."""

    stream: str
    body: Pairing[Any]
    recorded: Envelope
    position: int
    version: int
    until: date | None = None


def stream_of(pairing: str) -> str:
    """The stream of a pairing."""
    return f"pairing/{pairing}"


def decide(
    state: Bound | None, command: PairingCommand, actor: Actor, known: Known
) -> list[PairingEvent]:
    """What follows from a command on a pairing."""
    match command:
        case Pair(pairing=pairing, body=body):
            if state is not None:
                raise Refused(Reason.ALREADY_RECORDED, "/pairing", pairing)
            if body.details.about.shape is not Shape.PAIRING:
                raise Refused(Reason.WRONG_TAG, "/body/details/kind", kind_of(type(body.details)))
            if body.since > known.today:
                raise Refused(Reason.IN_FUTURE, "/body/since", body.since.isoformat())
            if (body.person is None) == (body.unit is None):
                raise Refused(Reason.MALFORMED, "/body/person")
            if body.title:
                deeds.check_title(body.title)
            deeds.check_unit(body.organiser, body.since, known, "/body/organiser")
            _may_pair(actor, body.organiser, known.roster, "/body/organiser")
            if body.unit is not None:
                deeds.check_unit(body.unit, body.since, known, "/body/unit")
            for who, place in ((body.person, "person"), (body.with_person, "with_person")):
                if who is not None and who not in known.roster.people:
                    raise Refused(Reason.NO_SUCH_PERSON, f"/body/{place}", who)
            if body.person is not None and not known.roster.member_on(body.person, body.since):
                raise Refused(Reason.NOT_A_MEMBER_THEN, "/body/person", body.person)
            if body.with_unit is not None:
                deeds.check_unit(body.with_unit, body.since, known, "/body/with_unit")
            if not (body.with_unit or body.with_person or _named(body.details)):
                raise Refused(Reason.MISSING, "/body/with_unit")
            return [Paired(pairing=pairing, body=body)]
        case EndPairing(pairing=pairing, until=until, reason=reason):
            if state is None:
                raise Refused(Reason.NO_SUCH_PAIRING, "/pairing", pairing)
            _may_pair(actor, state.body.organiser, known.roster, "")
            if until < state.body.since:
                raise Refused(Reason.WRONG_ORDER, "/until", until.isoformat())
            if state.until == until:
                return []
            return [PairingEnded(pairing=pairing, until=until, reason=reason)]


def _named(details: Any) -> bool:
    """Whether the details name somebody or something that is not on the roster."""
    return bool(getattr(details, "counterpart_name", "").strip())


def _may_pair(actor: Actor, organiser: UnitId, roster: Roster, field: str) -> None:
    """A pairing counts as long as it is in force and nobody confirms it: members do not declare their own."""
    if actor.role is Role.MEMBER:
        raise Refused(Reason.NOT_YOURS_TO_RECORD, field, organiser)
    deeds.may_record(actor, organiser, (), roster, field)


def evolve(state: Bound | None, entry: Entry[PairingEvent]) -> Bound | None:
    """A pairing after one more entry."""
    match entry.event:
        case Paired(body=body):
            return Bound(
                stream=entry.stream,
                body=body,
                recorded=entry.envelope,
                position=entry.position,
                version=entry.version,
            )
        case PairingEnded(until=until):
            return None if state is None else replace(state, until=until, version=entry.version)


def facts_of(state: Bound) -> list[Fact[Any]]:
    """One fact: it lasts from `on` until its last day, or is in force."""
    body = state.body
    return [
        Fact(
            deed=state.stream,
            subject=body.subject,
            kind=kind_of(type(body.details)),
            on=body.since,
            until=state.until,
            details=body.details,
            title=body.title,
            position=state.position,
            recorded_on=state.recorded.day,
            recorded_by=state.recorded.by,
            recorder=state.recorded.unit,
            record=RecordClass.COUNTY,
            organiser=body.organiser,
            with_unit=body.with_unit,
        )
    ]
