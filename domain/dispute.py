"""Queries on records (核对申请): a member says that a record about him is wrong, doubled or missing; somebody else decides, with a reason; he may ask once for a review."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from domain.access import Action, Relation, may, must
from domain.deed import Deed, Known, check_unit
from domain.disputed import Claim, Dispute, DisputeOutcome, DisputeSort, DisputeStep, Ruling
from domain.entry import Entry
from domain.fact import Mark, SubjectId
from domain.kinds import KINDS
from domain.people import Actor, PersonId, Reason, Refused, no_longer_than
from domain.speaking import ACTING_FOR
from domain.words import Queried

LONGEST_TEXT = 2_000
"""Characters of one text of a query at the most."""
_ANSWERED = frozenset({Mark.CONFIRMED, Mark.RETURNED, Mark.UPHELD})


@dataclass(frozen=True, slots=True, kw_only=True)
class RaiseDispute:
    """Ask that the records about a member be checked: he himself, or a clerk or the office who types it in for him."""

    dispute: str
    claim: Claim


@dataclass(frozen=True, slots=True, kw_only=True)
class WithdrawDispute:
    """Take a query back before it is answered, with a reason."""

    dispute: str
    reason: Queried[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class DecideDispute:
    """Answer a query, with a reason; `deeds` are the streams of records that were corrected or added in answer."""

    dispute: str
    outcome: DisputeOutcome
    reason: Queried[str]
    deeds: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class AskReview:
    """Ask that somebody else look at the decision; once, with a reason."""

    dispute: str
    reason: Queried[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class DecideReview:
    """Decide on a query once more, as another than who decided first; it ends there."""

    dispute: str
    outcome: DisputeOutcome
    reason: Queried[str]
    deeds: tuple[str, ...] = ()


DisputeCommand = RaiseDispute | WithdrawDispute | DecideDispute | AskReview | DecideReview


@dataclass(frozen=True, slots=True, kw_only=True)
class DisputeRaised:
    """A member asked that a record about him be checked. `year` and `nth` are its number, `due` is the day by which it is to be answered.

    `apart` are those who had a hand in the records that it is about: none of them decides.
    """

    dispute: str
    claim: Claim
    year: int
    nth: int
    due: date
    apart: tuple[PersonId, ...]

    @property
    def person(self) -> PersonId:
        """The member."""
        return self.claim.person

    @property
    def subject(self) -> SubjectId:
        """The stream of the member."""
        return self.claim.subject


@dataclass(frozen=True, slots=True, kw_only=True)
class DisputeWithdrawn:
    """A query was taken back."""

    dispute: str
    person: PersonId
    reason: Queried[str]

    @property
    def subject(self) -> SubjectId:
        """The stream of the member."""
        return SubjectId(f"member/{self.person}")


@dataclass(frozen=True, slots=True, kw_only=True)
class DisputeDecided:
    """A query was answered; `deeds` were corrected or added in answer."""

    dispute: str
    person: PersonId
    outcome: DisputeOutcome
    reason: Queried[str]
    deeds: tuple[str, ...]

    @property
    def subject(self) -> SubjectId:
        """The stream of the member."""
        return SubjectId(f"member/{self.person}")


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewAsked:
    """The member asked that somebody else look at the decision, by that day."""

    dispute: str
    person: PersonId
    reason: Queried[str]
    due: date

    @property
    def subject(self) -> SubjectId:
        """The stream of the member."""
        return SubjectId(f"member/{self.person}")


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewDecided:
    """The review was decided by somebody else; the query ends there."""

    dispute: str
    person: PersonId
    outcome: DisputeOutcome
    reason: Queried[str]
    deeds: tuple[str, ...]

    @property
    def subject(self) -> SubjectId:
        """The stream of the member."""
        return SubjectId(f"member/{self.person}")


DisputeEvent = DisputeRaised | DisputeWithdrawn | DisputeDecided | ReviewAsked | ReviewDecided


def stream_of(dispute: str) -> str:
    """The stream of a query."""
    return f"dispute/{dispute}"


def decide(
    state: Dispute | None, command: DisputeCommand, actor: Actor, known: Known
) -> list[DisputeEvent]:
    """What follows from a command on a query."""
    must(actor.role, _ACTION_OF[type(command)])
    if isinstance(command, RaiseDispute):
        return _raised(state, command, actor, known)
    if state is None:
        raise Refused(Reason.NO_SUCH_DISPUTE, "/dispute", command.dispute)
    _check_reason(command.reason)
    match command:
        case WithdrawDispute(reason=reason):
            _must_be_his(actor, state.person, known)
            if state.step is DisputeStep.WITHDRAWN and state.withdrawn_for == reason:
                return []
            _must_be(state, DisputeStep.OPEN, DisputeStep.REVIEW_ASKED)
            return [DisputeWithdrawn(dispute=state.dispute, person=state.person, reason=reason)]
        case DecideDispute():
            return _decided(state, command, actor, known)
        case AskReview(reason=reason):
            _must_be_his(actor, state.person, known)
            if state.step is DisputeStep.REVIEW_ASKED and state.review_for == reason:
                return []
            _must_be(state, DisputeStep.DECIDED)
            return [
                ReviewAsked(
                    dispute=state.dispute, person=state.person, reason=reason, due=_due(known)
                )
            ]
        case DecideReview():
            return _reviewed(state, command, actor, known)


_ACTION_OF = {
    RaiseDispute: Action.DISPUTE,
    WithdrawDispute: Action.DISPUTE,
    AskReview: Action.DISPUTE,
    DecideDispute: Action.DECIDE_DISPUTE,
    DecideReview: Action.DECIDE_DISPUTE,
}


# Raising


def _raised(
    state: Dispute | None, command: RaiseDispute, actor: Actor, known: Known
) -> list[DisputeEvent]:
    if state is not None:
        raise Refused(Reason.ALREADY_RECORDED, "/dispute", command.dispute)
    claim = command.claim
    if claim.person not in known.roster.people:
        raise Refused(Reason.NO_SUCH_PERSON, "/claim/person", claim.person)
    _must_be_his(actor, claim.person, known)
    _check_texts(claim)
    if claim.sort is DisputeSort.MISSING:
        _check_missing(claim, known)
        about: list[Deed[Any]] = []
    else:
        about = _check_recorded(claim, known)
    for other in known.disputes():
        if other.is_open and claim.repeats(other.claim):
            field = "/claim/deed" if claim.deed else "/claim/sort"
            raise Refused(Reason.ALREADY_DONE, field, other.dispute)
    year = known.today.year
    return [
        DisputeRaised(
            dispute=command.dispute,
            claim=claim,
            year=year,
            nth=1 + sum(other.year == year for other in known.disputes()),
            due=_due(known),
            apart=tuple(dict.fromkeys(hand for deed in about for hand in deed.hands)),
        )
    ]


def _must_be_his(actor: Actor, person: PersonId, known: Known) -> None:
    """The member speaks for himself; a clerk types in what one of his unit says, the office what anybody says."""
    if actor.declares_for != person:
        field = ACTING_FOR if actor.acting_for is not None else ""
        raise Refused(Reason.NOT_ALLOWED, field, person)
    if not may(actor.role, Action.DISPUTE, _relation(actor, person, known)):
        raise Refused(Reason.NOT_ALLOWED, about=person)


def _relation(actor: Actor, person: PersonId, known: Known) -> Relation:
    if actor.person == person:
        return Relation.SELF
    bound = actor.unit is not None and known.roster.bound(person, actor.unit, known.today)
    return Relation.UNIT if bound else Relation.OTHER


_OF_RECORD = ("deed", "field", "should_be", "same_as")
_OF_MISSING = ("kind", "what", "on", "organiser", "organised_by")
_NOT_OF = {
    DisputeSort.WRONG: ("same_as", *_OF_MISSING),
    DisputeSort.DUPLICATE: ("field", "should_be", *_OF_MISSING),
    DisputeSort.MISSING: _OF_RECORD,
}
"""Fields that a query of each sort has nothing to say in."""
_TEXTS = ("field", "should_be", "what", "organised_by", "note")


def _check_texts(claim: Claim) -> None:
    for name in _NOT_OF[claim.sort]:
        if getattr(claim, name):
            raise Refused(Reason.UNKNOWN_FIELD, f"/claim/{name}", claim.sort.zh)
    for name in _TEXTS:
        no_longer_than(LONGEST_TEXT, getattr(claim, name), f"/claim/{name}")


def _check_recorded(claim: Claim, known: Known) -> list[Deed[Any]]:
    """The records that it is about: each stands and has a line of his."""
    wanted = ("deed", "field", "should_be") if claim.sort is DisputeSort.WRONG else _BOTH
    for name in wanted:
        if not getattr(claim, name).strip():
            raise Refused(Reason.MISSING, f"/claim/{name}")
    if claim.deed == claim.same_as:
        raise Refused(Reason.SAME_RECORD, "/claim/same_as", claim.same_as)
    found = [
        _record(getattr(claim, name), claim.person, known, f"/claim/{name}")
        for name in _BOTH
        if getattr(claim, name)
    ]
    if any(deed.same_as and deed.same_as in claim.named for deed in found):
        raise Refused(Reason.ALREADY_DONE, "/claim/same_as", claim.same_as)
    return found


_BOTH = ("deed", "same_as")


def _record(stream: str, person: PersonId, known: Known, field: str) -> Deed[Any]:
    deed = known.deed(stream)
    if deed is None:
        raise Refused(Reason.NO_SUCH_DEED, field, stream[:80])
    if deed.gone:
        raise Refused(Reason.SUPERSEDED if deed.superseded_by else Reason.WITHDRAWN, field, stream)
    expected = getattr(deed.body, "expected", ())
    if SubjectId(f"member/{person}") not in deed.body.subjects and person not in expected:
        raise Refused(Reason.NOT_A_PARTICIPANT, field, stream)
    return deed


def _check_missing(claim: Claim, known: Known) -> None:
    if not (claim.kind or claim.what.strip()):
        raise Refused(Reason.MISSING, "/claim/what")
    if claim.kind and claim.kind not in KINDS:
        raise Refused(Reason.UNKNOWN_KIND, "/claim/kind", claim.kind[:80])
    if claim.on is None:
        raise Refused(Reason.MISSING, "/claim/on")
    if claim.on > known.today:
        raise Refused(Reason.IN_FUTURE, "/claim/on", claim.on.isoformat())
    if not known.roster.member_on(claim.person, claim.on):
        raise Refused(Reason.NOT_A_MEMBER_THEN, "/claim/on", claim.on.isoformat())
    if claim.organiser is not None:
        check_unit(claim.organiser, claim.on, known, "/claim/organiser")
    elif not claim.organised_by.strip():
        raise Refused(Reason.MISSING, "/claim/organiser")


def _due(known: Known) -> date:
    """The day by which it is to be answered, as the rule of dual management has it."""
    return known.today + timedelta(days=known.policy().answer_within)


# Deciding


def _decided(
    state: Dispute, command: DecideDispute, actor: Actor, known: Known
) -> list[DisputeEvent]:
    _must_be_apart(state, actor, known)
    if state.step is DisputeStep.DECIDED and _said_already(state.ruling, command, actor):
        return []
    _must_be(state, DisputeStep.OPEN)
    _check_deeds(command.deeds, known)
    return [
        DisputeDecided(
            dispute=state.dispute,
            person=state.person,
            outcome=command.outcome,
            reason=command.reason,
            deeds=command.deeds,
        )
    ]


def _reviewed(
    state: Dispute, command: DecideReview, actor: Actor, known: Known
) -> list[DisputeEvent]:
    _must_be_apart(state, actor, known)
    if state.ruling is not None and state.ruling.by == actor.person:
        raise Refused(Reason.NEEDS_ANOTHER, about=state.dispute)
    if state.step is DisputeStep.REVIEW_DECIDED and _said_already(state.review, command, actor):
        return []
    _must_be(state, DisputeStep.REVIEW_ASKED)
    _check_deeds(command.deeds, known)
    return [
        ReviewDecided(
            dispute=state.dispute,
            person=state.person,
            outcome=command.outcome,
            reason=command.reason,
            deeds=command.deeds,
        )
    ]


def _said_already(
    ruling: Ruling | None, command: DecideDispute | DecideReview, actor: Actor
) -> bool:
    said = (actor.person, command.outcome, command.reason, command.deeds)
    return ruling is not None and said == (ruling.by, ruling.outcome, ruling.reason, ruling.deeds)


def _must_be_apart(state: Dispute, actor: Actor, known: Known) -> None:
    """Who decides is not the member, typed nothing in for him, and had no hand in the record: neither when it was asked, nor by answering for it since.

    To correct a record in answer is no such hand: whoever sets it right may say so.
    """
    hands = {state.person, *state.typed_by, *state.apart}
    for stream in state.claim.named:
        deed = known.deed(stream)
        for stamps in () if deed is None else deed.stamps.values():
            hands |= {s.by for s in stamps.each() if s.mark in _ANSWERED}
    if actor.person in hands:
        raise Refused(Reason.NEEDS_ANOTHER, about=state.dispute)


def _check_deeds(deeds: tuple[str, ...], known: Known) -> None:
    for i, stream in enumerate(deeds):
        if known.deed(stream) is None:
            raise Refused(Reason.NO_SUCH_DEED, f"/deeds/{i}", stream[:80])
        if stream in deeds[:i]:
            raise Refused(Reason.GIVEN_TWICE, f"/deeds/{i}", stream)


def _check_reason(reason: str) -> None:
    if not reason.strip():
        raise Refused(Reason.REASON_MISSING, "/reason")
    no_longer_than(LONGEST_TEXT, reason, "/reason")


def _must_be(state: Dispute, *steps: DisputeStep) -> None:
    if state.step not in steps:
        raise Refused(Reason.NOT_AT_THIS_STEP, "/dispute", state.step.zh)


def evolve(state: Dispute | None, entry: Entry[DisputeEvent]) -> Dispute | None:
    """A query after one more entry."""
    told = entry.envelope
    if isinstance(entry.event, DisputeRaised):
        raised = entry.event
        return Dispute(
            dispute=raised.dispute,
            claim=raised.claim,
            year=raised.year,
            nth=raised.nth,
            due=raised.due,
            apart=raised.apart,
            typed_by=(told.by,),
            raised_by=told.by,
            raised_on=told.day,
            raised_at=entry.position,
        )
    if state is None:
        return None
    match entry.event:
        case DisputeWithdrawn(reason=reason):
            return replace(
                state,
                step=DisputeStep.WITHDRAWN,
                withdrawn_for=reason,
                withdrawn_on=told.day,
            )
        case DisputeDecided() as event:
            return replace(state, step=DisputeStep.DECIDED, ruling=_ruling(event, entry))
        case ReviewAsked(reason=reason, due=due):
            return replace(
                state,
                step=DisputeStep.REVIEW_ASKED,
                review_for=reason,
                review_on=told.day,
                due=due,
                typed_by=tuple(dict.fromkeys((*state.typed_by, told.by))),
            )
        case ReviewDecided() as event:
            return replace(state, step=DisputeStep.REVIEW_DECIDED, review=_ruling(event, entry))


def _ruling(event: DisputeDecided | ReviewDecided, entry: Entry[DisputeEvent]) -> Ruling:
    told = entry.envelope
    return Ruling(
        outcome=event.outcome,
        reason=event.reason,
        deeds=event.deeds,
        by=told.by,
        role=told.role,
        on=told.day,
        position=entry.position,
    )
