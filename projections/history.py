"""What happened to a member, a unit, a record or a document: entries, what they changed, and a sentence on each."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import BigInteger, Column, Connection, Table, select

from domain import (
    deed,
    dispute,
    erasure,
    grant,
    handling,
    invitation,
    matter,
    meeting,
    member,
    occasion,
    pairing,
    posting,
    streams,
    support,
    unit,
)
from domain.entry import Entry
from domain.explain import Said
from domain.loop import Holder
from domain.people import PersonId, UnitId
from domain.streams import State
from projections import meetings, roster
from projections.columns import METADATA, Row, Word, ledger_column
from projections.deeds import titles
from projections.differences import Difference, differences, named_by
from projections.disputes import numbers
from projections.paging import Key, Page, checked_limit, page_of
from projections.sentences import named_in, sentence

touched = Table(
    "history",
    METADATA,
    ledger_column(),
    Column("subject", Word, primary_key=True),
    Column("position", BigInteger, primary_key=True, autoincrement=False),
    sqlite_with_rowid=False,
)
"""Which entries touch which stream."""


def touched_rows(ledger: str, entry: Entry[Any], subjects: set[str]) -> list[Row]:
    """The rows of the streams that an entry touches: its own, the subjects of the facts that it changes, and those it names."""
    position = entry.position
    return [
        (ledger, subject, position)
        for subject in sorted({entry.stream, *subjects, *named(entry.event)})
    ]


def named(event: Any) -> Iterator[str]:
    """The streams that an event names beside its own and those of its facts."""
    match event:
        case deed.Superseded(by=other) | deed.LinkedSame(same_as=other):
            yield other
        case deed.LinkedLedTo(source=other) | deed.UnlinkedLedTo(source=other):
            yield other
        case deed.Returned(people=people) | deed.Confirmed(people=people):
            yield from (f"member/{each}" for each in people)
        case pairing.Paired(body=body):
            if body.with_unit is not None:
                yield f"unit/{body.with_unit}"
            if body.with_person is not None:
                yield f"member/{body.with_person}"
        case member.Admitted(memberships=memberships):
            yield from (f"unit/{each.unit}" for each in memberships)
        case member.Joined(membership=membership):
            yield f"unit/{membership.unit}"
        case member.Left(unit=one):
            yield f"unit/{one}"
        case member.IntervalsCorrected(wrong=wrong, right=right):
            for each in (*wrong.memberships, *right.memberships):
                yield f"unit/{each.unit}"
            for step in (*wrong.placements, *right.placements):
                yield f"unit/{step.township}"
        case member.Placed(placement=placement):
            yield f"unit/{placement.township}"
        case (
            erasure.ErasureRequested()
            | erasure.ErasureApproved()
            | erasure.ErasureCancelled()
            | erasure.ErasureCarriedOut()
        ):
            yield event.subject
        case dispute.DisputeRaised(claim=claim):
            yield claim.subject
            yield from claim.named
        case dispute.DisputeDecided(deeds=deeds) | dispute.ReviewDecided(deeds=deeds):
            yield event.subject
            yield from deeds
        case dispute.DisputeWithdrawn() | dispute.ReviewAsked():
            yield event.subject
        case grant.AccessGranted() | grant.AccessRevoked() | grant.EmergencyAccessTaken():
            yield f"member/{event.person}"
        case (
            meeting.LeaveAsked(person=person)
            | meeting.LeaveDecided(person=person)
            | meeting.PersonCheckedIn(person=person)
        ):
            yield f"member/{person}"
        case meeting.MeetingPlanned(body=body) | meeting.MeetingAmended(body=body):
            yield f"unit/{body.organiser}"
        case (
            posting.MonthReported()
            | posting.MonthSentBack()
            | posting.MonthChecked()
            | posting.MonthPosted()
            | invitation.PromiseSettled()
            | support.BudgetLineSet()
            | support.ExpenseRecorded()
            | support.ExpenseTakenBack()
            | support.VenueBooked()
            | support.BookingCancelled()
        ):
            yield f"unit/{event.unit}"
        case invitation.UnitsInvited(invited=invited):
            yield from (f"unit/{each.unit}" for each in invited)
        case invitation.StatementRecorded(statement=statement):
            yield f"unit/{statement.unit}"
            if statement.speaker is not None:
                yield f"member/{statement.speaker}"
        case handling.CourseMoved(move=move):
            yield from _holders((move.holder, *move.co_holders))
        case handling.CourseHandedOver(holder=holder, co_holders=co_holders):
            yield from _holders((holder, *co_holders))
        case unit.Appointed(appointment=appointment):
            yield f"member/{appointment.person}"
        case unit.Relieved(person=person):
            yield f"member/{person}"
        case unit.AppointmentsCorrected(wrong=wrong_ones, right=right_ones):
            yield from (f"member/{each.person}" for each in (*wrong_ones, *right_ones))
        case _:
            return


def _holders(holders: Iterable[Holder | None]) -> Iterator[str]:
    """The units that have a matter in hand since."""
    for each in holders:
        if each is not None and each.unit is not None:
            yield f"unit/{each.unit}"


__all__ = [
    "Difference",
    "EntriesAt",
    "Happening",
    "as_of_version",
    "history",
    "state_at",
    "told_of",
    "touched",
    "touched_rows",
]

EntriesAt = Callable[[Sequence[int]], list[Entry[Any]]]
"""Reads the entries at some positions from the log, in order of position."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Happening:
    """An entry as a history shows it: what it said, what it changed, and a sentence in two languages with these names."""

    entry: Entry[Any]
    said: Said
    differences: tuple[Difference, ...]
    names: Mapping[str, str]


_CORRECTIONS = (
    occasion.OccasionAmended,
    matter.MatterAmended,
    member.Described,
    unit.UnitDescribed,
)
"""Events that say something anew in whole: only a comparison tells what they changed."""


def history(
    connection: Connection,
    ledger: str,
    subject: str,
    entries_at: EntriesAt,
    *,
    position: int | None = None,
    after: Key | None = None,
    limit: int = 50,
) -> Page[Happening]:
    """Newest first: the entries that touch a stream (`member/ID`, `unit/ID`, `occasion/ID`, `rubric/CODE` ...)."""
    checked_limit(limit)
    rows = touched.c
    asked = select(rows.position).where(rows.ledger == ledger, rows.subject == subject)
    if position is not None:
        asked = asked.where(rows.position <= position)
    if after is not None:
        asked = asked.where(rows.position < after[0])
    asked = asked.order_by(rows.position.desc()).limit(limit + 1)
    page = page_of(list(connection.execute(asked).scalars()), limit, lambda each: (each,))
    return Page(rows=told_of(connection, ledger, page.rows, entries_at), after=page.after)


def as_of_version(
    connection: Connection, ledger: str, stream: str, version: int, entries_at: EntriesAt
) -> State | None:
    """A record as it stood at a version, folded from its entries; nothing where no version of that number stood."""
    for entry, state in _folded(connection, ledger, stream, entries_at):
        if entry.version == version:
            return state
    return None


def state_at(
    connection: Connection, ledger: str, stream: str, entries_at: EntriesAt, position: int
) -> State | None:
    """What a stream said at a position, folded from its entries until then."""
    told = [state for _, state in _folded(connection, ledger, stream, entries_at, position)]
    return told[-1] if told else None


def _folded(
    connection: Connection,
    ledger: str,
    stream: str,
    entries_at: EntriesAt,
    until: int | None = None,
) -> Iterator[tuple[Entry[Any], State | None]]:
    """The entries of a stream, up to a position where one is named, each with what the stream said then."""
    rows = touched.c
    asked = select(rows.position).where(rows.ledger == ledger, rows.subject == stream)
    if until is not None:
        asked = asked.where(rows.position <= until)
    state: State | None = None
    for entry in entries_at(sorted(connection.execute(asked).scalars())):
        if entry.stream == stream:
            state = streams.evolve(state, entry)
            yield entry, state


def told_of(
    connection: Connection, ledger: str, positions: Sequence[int], entries_at: EntriesAt
) -> tuple[Happening, ...]:
    """The entries at these positions, newest first, with their sentences and what they changed."""
    entries = entries_at(positions)
    corrections = [entry for entry in entries if isinstance(entry.event, _CORRECTIONS)]
    around = _around(connection, ledger, corrections, entries_at)
    names = _names(connection, ledger, entries, around)
    happenings = (
        Happening(
            entry=entry,
            said=sentence(entry.event, names),
            differences=differences(*around[entry.position], names)
            if entry.position in around
            else (),
            names=names,
        )
        for entry in entries
    )
    return tuple(happenings)[::-1]


def _around(
    connection: Connection,
    ledger: str,
    corrections: Sequence[Entry[Any]],
    entries_at: EntriesAt,
) -> dict[int, tuple[State | None, State | None]]:
    """The states of a stream before and after each of these entries, folded from the stream's entries."""
    if not corrections:
        return {}
    rows = touched.c
    found = connection.execute(
        select(rows.position)
        .distinct()
        .where(
            rows.ledger == ledger,
            rows.subject.in_({entry.stream for entry in corrections}),
            rows.position <= max(entry.position for entry in corrections),
        )
    )
    asked = {entry.position: entry.stream for entry in corrections}
    streams_asked = set(asked.values())
    states: dict[str, State | None] = {}
    around: dict[int, tuple[State | None, State | None]] = {}
    for entry in entries_at(sorted(found.scalars())):
        if entry.stream not in streams_asked:
            continue
        before = states.get(entry.stream)
        states[entry.stream] = streams.evolve(before, entry)
        if entry.position in asked:
            around[entry.position] = (before, states[entry.stream])
    return around


def _names(
    connection: Connection,
    ledger: str,
    entries: Iterable[Entry[Any]],
    around: Mapping[int, tuple[State | None, State | None]],
) -> dict[str, str]:
    """The present names of all that the page names."""
    named = {each for entry in entries for each in named_in(entry.event)}
    for states in around.values():
        for state in states:
            named |= set(named_by(state))
    called = roster.names(
        connection,
        ledger,
        people={PersonId(each[7:]) for each in named if each.startswith("member/")},
        units={UnitId(each[5:]) for each in named if each.startswith("unit/")},
    )
    deeds_named = {each for each in named if each.startswith(("occasion/", "matter/"))}
    queries = {entry.stream for entry in entries if entry.stream.startswith("dispute/")}
    return {
        **called,
        **titles(connection, ledger, deeds_named),
        **numbers(connection, ledger, queries),
        **meetings.titles(connection, ledger, {n for n in named if n.startswith("meeting/")}),
    }
