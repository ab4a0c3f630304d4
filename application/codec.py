"""Stored names and bytes of events. The only place that knows how an entry lies on disk.

An entry is one byte string: envelope, event and a random salt, as JSON. Its name is ours, never a path in the code.
A changed shape is a new optional field, or a new name beside the old one. Names are never reused.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from os import urandom
from types import MappingProxyType
from typing import Any, Generic, TypeVar

import msgspec

from application.log import StoredRow
from application.vault import PREFIX, UNSEALED, Place, Vault
from domain import (
    deed,
    dispute,
    document,
    erasure,
    finding,
    grant,
    handling,
    inspection,
    invitation,
    matter,
    meeting,
    member,
    occasion,
    pairing,
    personal,
    posting,
    streams,
    suggestion,
    support,
    unit,
)
from domain.entry import Entry, Envelope
from domain.kinds import KINDS, Shape, Stage, kind_of
from domain.once import MadeOnce

E = TypeVar("E")


@dataclass(frozen=True, slots=True)
class Stored(Generic[E]):
    """What is stored of an entry: envelope, event, and a salt so that a published hash cannot be guessed at."""

    envelope: Envelope
    event: E
    salt: str


@dataclass(unsafe_hash=True)
class UnknownName(Exception):
    """The log holds an event of a name that this version does not know: a reader stops loudly."""

    name: str
    position: int


PLAIN: Mapping[str, type[Any]] = MappingProxyType(
    {
        "ledger.opened": streams.LedgerOpened,
        "member.admitted": member.Admitted,
        "member.described": member.Described,
        "member.joined": member.Joined,
        "member.left": member.Left,
        "member.role_given": member.RoleGiven,
        "member.role_ended": member.RoleEnded,
        "member.exempted": member.Exempted,
        "member.exemption_ended": member.ExemptionEnded,
        "member.corrected": member.IntervalsCorrected,
        "member.placed": member.Placed,
        "guest.invited": member.Invited,
        "member.dismissed": member.Dismissed,
        "member.readmitted": member.Readmitted,
        "unit.opened": unit.UnitOpened,
        "unit.described": unit.UnitDescribed,
        "unit.moved_on": unit.UnitMovedOn,
        "unit.appointed": unit.Appointed,
        "unit.relieved": unit.Relieved,
        "unit.appointments_corrected": unit.AppointmentsCorrected,
        "participants.listed": occasion.ParticipantsListed,
        "record.withdrawn": deed.Withdrawn,
        "record.superseded": deed.Superseded,
        "record.linked": deed.LinkedSame,
        "record.unlinked": deed.UnlinkedSame,
        "record.led_to": deed.LinkedLedTo,
        "record.led_to_undone": deed.UnlinkedLedTo,
        "participation.confirmed": deed.Confirmed,
        "participation.returned": deed.Returned,
        "participation.upheld": deed.Upheld,
        "item.assigned": deed.ItemAssigned,
        "outcome.retracted": matter.OutcomeRetracted,
        "course.begun": handling.CourseBegun,
        "course.moved": handling.CourseMoved,
        "course.given_back": handling.CourseGivenBack,
        "course.handed_over": handling.CourseHandedOver,
        "course.extended": handling.CourseExtended,
        "course.paused": handling.CoursePaused,
        "course.resumed": handling.CourseResumed,
        "course.reopened": handling.CourseReopened,
        "course.migrated": handling.CourseMigrated,
        "suggestion.made": suggestion.SuggestionMade,
        "suggestion.answered": suggestion.SuggestionAnswered,
        "suggestion.carried_out": suggestion.SuggestionCarriedOut,
        "suggestion.withdrawn": suggestion.SuggestionWithdrawn,
        "problem.notified": inspection.ProblemNotified,
        "problem.mending_reported": inspection.MendingReported,
        "problem.checked_off": inspection.ProblemCheckedOff,
        "problem.reopened": inspection.ProblemReopened,
        "problem.put_off": inspection.ProblemPutOff,
        "problem.withdrawn": inspection.ProblemWithdrawn,
        "meeting.people_expected": meeting.PeopleExpected,
        "meeting.people_invited": meeting.PeopleInvited,
        "meeting.moved": meeting.MeetingMoved,
        "meeting.called": meeting.MeetingCalled,
        "meeting.leave_asked": meeting.LeaveAsked,
        "meeting.leave_decided": meeting.LeaveDecided,
        "meeting.opened": meeting.MeetingOpened,
        "meeting.code_issued": meeting.CodeIssued,
        "meeting.checked_in": meeting.PersonCheckedIn,
        "meeting.closed": meeting.MeetingClosed,
        "meeting.reopened": meeting.MeetingReopened,
        "meeting.cancelled": meeting.MeetingCancelled,
        "posting.reported": posting.MonthReported,
        "posting.sent_back": posting.MonthSentBack,
        "posting.checked": posting.MonthChecked,
        "posting.posted": posting.MonthPosted,
        "invitation.decided": invitation.UnitsInvited,
        "invitation.stated": invitation.StatementRecorded,
        "invitation.promise_settled": invitation.PromiseSettled,
        "support.budget_set": support.BudgetLineSet,
        "support.expense_recorded": support.ExpenseRecorded,
        "support.expense_taken_back": support.ExpenseTakenBack,
        "support.venue_booked": support.VenueBooked,
        "support.booking_cancelled": support.BookingCancelled,
        "pairing.ended": pairing.PairingEnded,
        "finding.revoked": finding.FindingRevoked,
        "access.granted": grant.AccessGranted,
        "access.revoked": grant.AccessRevoked,
        "access.taken": grant.EmergencyAccessTaken,
        "dispute.raised": dispute.DisputeRaised,
        "dispute.withdrawn": dispute.DisputeWithdrawn,
        "dispute.decided": dispute.DisputeDecided,
        "dispute.review_asked": dispute.ReviewAsked,
        "dispute.review_decided": dispute.ReviewDecided,
        "erasure.requested": erasure.ErasureRequested,
        "erasure.approved": erasure.ErasureApproved,
        "erasure.cancelled": erasure.ErasureCancelled,
        "erasure.carried_out": erasure.ErasureCarriedOut,
    }
)
"""Events whose class has one stored name."""


def _names() -> dict[str, Any]:
    names: dict[str, Any] = dict(PLAIN)
    for kind, details in KINDS.items():
        match details.about.shape:
            case Shape.OCCASION:
                names[kind] = occasion.OccasionHappened[details]  # type: ignore[valid-type]
                names[f"{kind}.amended"] = occasion.OccasionAmended[details]  # type: ignore[valid-type]
                names[f"{kind}.planned"] = meeting.MeetingPlanned[details]  # type: ignore[valid-type]
                names[f"{kind}.plan_amended"] = meeting.MeetingAmended[details]  # type: ignore[valid-type]
            case Shape.MATTER:
                names[kind] = matter.MatterRecorded[details]  # type: ignore[valid-type]
                names[f"{kind}.amended"] = matter.MatterAmended[details]  # type: ignore[valid-type]
            case Shape.PAIRING:
                names[kind] = pairing.Paired[details]  # type: ignore[valid-type]
            case Shape.FINDING:
                names[kind] = finding.FindingSet[details]  # type: ignore[valid-type]
    for stage in Stage:
        names[f"matter.{stage.value}"] = matter.OutcomeReached
    for sort in document.Sort:
        names[f"{sort.value}.published"] = document.Published
        names[f"{sort.value}.repealed"] = document.Repealed
    return names


NAMES: Mapping[str, Any] = MappingProxyType(_names())
"""Every stored name and what it is decoded into; those of kinds and stages follow from the catalogue."""

_PLAIN_NAME = {cls: name for name, cls in PLAIN.items()}


def name_of(event: Any) -> str:
    """The stored name of an event: what the log reads as."""
    match event:
        case (
            occasion.OccasionHappened()
            | matter.MatterRecorded()
            | pairing.Paired()
            | finding.FindingSet()
        ):
            return kind_of(type(event.body.details))
        case occasion.OccasionAmended() | matter.MatterAmended():
            return f"{kind_of(type(event.body.details))}.amended"
        case meeting.MeetingPlanned():
            return f"{kind_of(type(event.body.details))}.planned"
        case meeting.MeetingAmended():
            return f"{kind_of(type(event.body.details))}.plan_amended"
        case matter.OutcomeReached():
            return f"matter.{event.outcome.stage.value}"
        case document.Published():
            return f"{event.sort.value}.published"
        case document.Repealed():
            return f"{event.sort.value}.repealed"
        case _:
            return _PLAIN_NAME[type(event)]


SALT = 16
"""Random bytes in each entry."""

_encode = msgspec.json.Encoder().encode


def encode(event: Any, envelope: Envelope, told: Told | None = None) -> bytes:
    """The bytes that are stored, and hashed, for an event; `told` is its command, whose body need not be written again."""
    if told is not None and told.body is not None and getattr(event, "body", None) is told.body:
        event = {
            name: told.raw if name == "body" else getattr(event, name)
            for name in type(event).__dataclass_fields__
        }
    return _encode({"envelope": envelope, "event": event, "salt": urandom(SALT).hex()})


def _decoder(name: str) -> msgspec.json.Decoder[Stored[Any]]:
    stored: Any = Stored
    return msgspec.json.Decoder(stored[NAMES[name]])


_decoders = MadeOnce(_decoder)


_SEALED = PREFIX.encode()


def decode(row: StoredRow, vault: Vault = UNSEALED) -> Entry[Any]:
    """A stored entry as the rest of the product sees it, with what the vault opens."""
    if row.name not in NAMES:
        raise UnknownName(row.name, row.position)
    stored = _decoders[row.name].decode(row.body)
    event = stored.event
    if _SEALED in row.body:
        event = vault.opened(event, Place(row.stream, row.version))
    return Entry(
        position=row.position,
        stream=row.stream,
        version=row.version,
        event=event,
        envelope=stored.envelope,
    )


def decode_all(rows: Sequence[StoredRow], vault: Vault = UNSEALED) -> list[Entry[Any]]:
    """Stored entries in order; the keys of all are read together."""
    read_keys(rows, vault)
    return [decode(row, vault) for row in rows]


def read_keys(rows: Iterable[StoredRow], vault: Vault) -> None:
    """Have the keys at hand that open these entries, before they are decoded one by one."""
    vault.fetch(whose for row in rows if _SEALED in row.body for whose in _told_of(row))


def _told_of(row: StoredRow) -> Iterator[str]:
    """Under whose keys the sealed texts of an entry lie: its own stream's, but for a finding and a query, which are about somebody."""
    if row.stream.startswith(("finding/", "dispute/")):
        yield from (whose for whose, _, _ in personal.texts(decode(row).event, row.stream))
    else:
        yield row.stream


class _Told(msgspec.Struct):
    envelope: Envelope


_told = msgspec.json.Decoder(_Told)


def envelope_of(row: StoredRow) -> Envelope:
    """Only the envelope of a stored entry, whatever its name."""
    return _told.decode(row.body).envelope


class Told:
    """What a command asks for, in bytes: so that its id cannot be spent on something else, and its body is written once."""

    __slots__ = ("body", "digest", "raw")

    def __init__(self, command: Any) -> None:
        self.body = getattr(command, "body", None)
        raw = b"" if self.body is None else _encode(self.body)
        self.raw = msgspec.Raw(raw)
        details = getattr(self.body, "details", None)
        said: list[Any] = [
            type(command).__name__,
            "" if details is None else kind_of(type(details)),
        ]
        for name in command.__dataclass_fields__:
            if name != "body":
                said.append(getattr(command, name))
        self.digest = hashlib.sha256(_encode(said) + raw).digest()
