"""Erasing what tells of a person: asked for by one, approved by another, carried out after a waiting time; the ledger keeps that it was done."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta

from domain.access import Action, must
from domain.deed import Known
from domain.entry import Entry
from domain.people import Actor, PersonId, Reason, Refused
from domain.words import Choice, Label

WAITING_DAYS = 7
"""Days between the approval and the first day on which it may be carried out: what is erased never comes back."""
_MEMBER = "member/"
_RECORDS = ("occasion/", "matter/")
_PAIRING = "pairing/"


class Basis(Choice):
    """On what ground something is erased, as Article 47 and Article 49 of the Personal Information Protection Law have it."""

    PURPOSE_DONE = "purpose_done", "处理目的已实现或不再必要", "the purpose is achieved or gone"
    RETENTION_OVER = "retention_over", "保存期限已届满", "the time of keeping is over"
    CONSENT_WITHDRAWN = "consent_withdrawn", "个人撤回同意", "consent was withdrawn"
    UNLAWFUL = "unlawful", "违反法律或约定处理", "it was kept against law or agreement"
    ORDERED = "ordered", "法律、行政法规规定的其他情形", "another case that the law names"
    FAMILY = "family", "近亲属就死者信息提出", "asked by close relatives of one who died"


SUBJECT = Label(
    "人员、活动、事项或结对的编号,如 member/…、matter/…",
    "a person, an occasion, a matter or a pairing, such as member/… or matter/…",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestErasure:
    """Ask that what tells of a person, or of those whom a record names, be erased; `subject` is that stream. The reason names nobody."""

    erasure: str
    subject: str
    basis: Basis
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ApproveErasure:
    """Agree to it, as another than the one who asked; the waiting time begins."""

    erasure: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CancelErasure:
    """Let it be."""

    erasure: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CarryOutErasure:
    """Destroy the key, once the waiting time is over."""

    erasure: str


ErasureCommand = RequestErasure | ApproveErasure | CancelErasure | CarryOutErasure


@dataclass(frozen=True, slots=True, kw_only=True)
class ErasureRequested:
    """It was asked that what tells of a person be erased."""

    erasure: str
    subject: str
    basis: Basis
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ErasureApproved:
    """A second person agreed; from `due` on it may be carried out."""

    erasure: str
    subject: str
    due: date


@dataclass(frozen=True, slots=True, kw_only=True)
class ErasureCancelled:
    """It was let be."""

    erasure: str
    subject: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ErasureCarriedOut:
    """What told of a person is gone: his key is to be destroyed wherever it is found, also in what is restored later."""

    erasure: str
    subject: str


ErasureEvent = ErasureRequested | ErasureApproved | ErasureCancelled | ErasureCarriedOut


class Step(Choice):
    """How far an erasure has come."""

    REQUESTED = "requested", "已申请", "asked for"
    APPROVED = "approved", "已批准", "approved"
    CANCELLED = "cancelled", "已撤销", "let be"
    CARRIED_OUT = "carried_out", "已执行", "carried out"


@dataclass(frozen=True, slots=True, kw_only=True)
class Erasure:
    """An erasure as it stands."""

    erasure: str
    subject: str
    basis: Basis
    reason: str
    step: Step
    requested_by: PersonId
    requested_on: date
    approved_by: PersonId | None = None
    due: date | None = None
    ended_by: PersonId | None = None
    ended_on: date | None = None


def stream_of(erasure: str) -> str:
    """The stream of an erasure."""
    return f"erasure/{erasure}"


def decide(
    state: Erasure | None, command: ErasureCommand, actor: Actor, known: Known
) -> list[ErasureEvent]:
    """What follows from a command on an erasure."""
    must(actor.role, Action.ERASE)
    if isinstance(command, RequestErasure):
        return _requested(state, command, known)
    if state is None:
        raise Refused(Reason.NO_SUCH_ERASURE, "/erasure", command.erasure)
    name, subject = state.erasure, state.subject
    match command:
        case ApproveErasure():
            if state.step is Step.APPROVED and state.approved_by == actor.person:
                return []
            _must_be(state, Step.REQUESTED)
            if actor.person == state.requested_by:
                raise Refused(Reason.NEEDS_ANOTHER, "/erasure", name)
            _check_not_about(actor, subject)
            due = known.today + timedelta(days=WAITING_DAYS)
            return [ErasureApproved(erasure=name, subject=subject, due=due)]
        case CancelErasure(reason=reason):
            if not reason.strip():
                raise Refused(Reason.REASON_MISSING, "/reason")
            if state.step is Step.CANCELLED:
                return []
            _must_be(state, Step.REQUESTED, Step.APPROVED)
            return [ErasureCancelled(erasure=name, subject=subject, reason=reason)]
        case CarryOutErasure():
            if state.step is Step.CARRIED_OUT:
                return []
            _must_be(state, Step.APPROVED)
            _check_not_about(actor, subject)
            if state.due is None or known.today < state.due:
                raise Refused(Reason.STILL_WAITING, "/erasure", str(state.due))
            _check_no_member(subject, known)
            _check_no_query(subject, known)
            return [ErasureCarriedOut(erasure=name, subject=subject)]


def _requested(state: Erasure | None, command: RequestErasure, known: Known) -> list[ErasureEvent]:
    if state is not None:
        raise Refused(Reason.ALREADY_RECORDED, "/erasure", command.erasure)
    if not command.reason.strip():
        raise Refused(Reason.REASON_MISSING, "/reason")
    _check_subject(command.subject, known)
    _check_no_member(command.subject, known)
    _check_no_query(command.subject, known)
    return [
        ErasureRequested(
            erasure=command.erasure,
            subject=command.subject,
            basis=command.basis,
            reason=command.reason,
        )
    ]


def _check_subject(subject: str, known: Known) -> None:
    if subject.startswith(_MEMBER):
        if PersonId(subject.removeprefix(_MEMBER)) not in known.roster.people:
            raise Refused(Reason.NO_SUCH_PERSON, "/subject", subject)
    elif subject.startswith(_RECORDS):
        if known.deed(subject) is None:
            raise Refused(Reason.NO_SUCH_DEED, "/subject", subject)
    elif subject.startswith(_PAIRING):
        if not known.paired(subject.removeprefix(_PAIRING)):
            raise Refused(Reason.NO_SUCH_PAIRING, "/subject", subject)
    else:
        raise Refused(Reason.MALFORMED, "/subject", subject[:80], wanted=SUBJECT)


def _check_no_member(subject: str, known: Known) -> None:
    """Whoever sits on the committee is kept on its roster, as the law asks of it; what is wrong there is corrected."""
    person = PersonId(subject.removeprefix(_MEMBER))
    if subject.startswith(_MEMBER) and known.roster.member_on(person, known.today):
        raise Refused(Reason.STILL_A_MEMBER, "/subject", subject)


def _check_no_query(subject: str, known: Known) -> None:
    """What he asked is answered first: afterwards nothing can be written to him any more."""
    for each in known.disputes():
        if each.subject == subject and each.is_open:
            raise Refused(Reason.OPEN_DISPUTE, "/subject", each.number)


def _check_not_about(actor: Actor, subject: str) -> None:
    if subject == f"{_MEMBER}{actor.person}":
        raise Refused(Reason.NEEDS_ANOTHER, "/erasure", subject)


def _must_be(state: Erasure, *steps: Step) -> None:
    if state.step not in steps:
        raise Refused(Reason.NOT_AT_THIS_STEP, "/erasure", state.step.zh)


def evolve(state: Erasure | None, entry: Entry[ErasureEvent]) -> Erasure | None:
    """An erasure after one more entry."""
    told = entry.envelope
    if isinstance(entry.event, ErasureRequested):
        asked = entry.event
        return Erasure(
            erasure=asked.erasure,
            subject=asked.subject,
            basis=asked.basis,
            reason=asked.reason,
            step=Step.REQUESTED,
            requested_by=told.by,
            requested_on=told.day,
        )
    if state is None:
        return None
    match entry.event:
        case ErasureApproved(due=due):
            return replace(state, step=Step.APPROVED, approved_by=told.by, due=due)
        case ErasureCancelled():
            return replace(state, step=Step.CANCELLED, ended_by=told.by, ended_on=told.day)
        case ErasureCarriedOut():
            return replace(state, step=Step.CARRIED_OUT, ended_by=told.by, ended_on=told.day)
