"""How many came of those whom a meeting expects: by the rule by which attendance is scored."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from decimal import ROUND_DOWN, Decimal
from typing import Any

from domain.deed import Deed
from domain.fact import Attendance, Capacity
from domain.meeting import Meeting, line_of
from domain.occasion import Occasion, Participant
from domain.people import PersonId
from domain.values import value

_TENTH = Decimal("0.1")
_NOT_MISSED = {Attendance.NOT_REQUIRED, Attendance.NOT_RECORDED}
"""How somebody stayed away who was not asked to come, or of whom nothing is on record."""


@value(frozen=True, slots=True, kw_only=True)
class Turnout:
    """Who was asked for (`expected`), of whom duties or presence were not asked and who did not come (`excused`), who came (`present`), and of whom nothing is on record.

    Who is excused and comes is expected and present. `expected` is without the excused, with those of whom nothing is on record; these are not in the rate.
    Who sits in or is a guest (列席、特邀) is in none of these: `invited` are all of them that were asked or came, `others` came.
    """

    expected: int = 0
    excused: int = 0
    present: int = 0
    unrecorded: int = 0
    invited: int = 0
    others: int = 0

    @property
    def percent(self) -> Decimal | None:
        """Of a hundred of whom something is on record so many came, to a tenth, rounded down; none where there is nobody."""
        of = self.expected - self.unrecorded
        if not of:
            return None
        return (Decimal(100 * self.present) / of).quantize(_TENTH, ROUND_DOWN)

    def __add__(self, other: Turnout) -> Turnout:
        """Both together."""
        return Turnout(
            expected=self.expected + other.expected,
            excused=self.excused + other.excused,
            present=self.present + other.present,
            unrecorded=self.unrecorded + other.unrecorded,
            invited=self.invited + other.invited,
            others=self.others + other.others,
        )

    def without(self, gone: Away, exempt: Collection[PersonId]) -> Turnout:
        """The same where of those who are away these are exempt from duties."""
        missed = sum(person in exempt for person in gone.missed)
        unsaid = sum(person in exempt for person in gone.unsaid)
        return replace(
            self,
            expected=self.expected - missed - unsaid,
            excused=self.excused + missed + unsaid,
            unrecorded=self.unrecorded - unsaid,
        )


@value(frozen=True, slots=True, kw_only=True)
class Away:
    """Who of those expected is counted as not having come unless he is exempt: who stayed away (`missed`), and of whom nothing is on record (`unsaid`)."""

    missed: tuple[PersonId, ...] = ()
    unsaid: tuple[PersonId, ...] = ()


def away(body: Occasion[Any]) -> Away:
    """Who is away, as a record says it."""
    return _away({each.person: each for each in body.participants}, body.expected)


def turnout(
    body: Occasion[Any], exempt: Collection[PersonId], invited: Iterable[PersonId] = ()
) -> Turnout:
    """How many came, as a record says it; `exempt` are those of whom no duties were asked on its day, `invited` who was to sit in."""
    return _counted(body.participants, body.expected, exempt, invited)


def turnout_of(
    state: Meeting[Any], record: Deed[Occasion[Any]] | None, exempt: Collection[PersonId]
) -> Turnout:
    """How many came to a meeting as its record says; before there is one how many are expected, and how many of them checked in by now."""
    guests = state.guests
    if record is not None and not record.gone:
        return turnout(record.body, exempt, guests)
    there = (line_of(state, each, Attendance.PRESENT) for each in state.checked_in)
    return _counted(there, state.expected, exempt, guests)


def _counted(
    participants: Iterable[Participant],
    listed: Collection[PersonId],
    exempt: Collection[PersonId],
    invited: Iterable[PersonId],
) -> Turnout:
    lines = {each.person: each for each in participants}
    guests = [each for each in lines.values() if each.capacity is not Capacity.ATTENDS]
    own = [each for each in lines.values() if each.capacity is Capacity.ATTENDS]
    gone = _away(lines, listed)
    present = sum(each.attendance.took_part for each in own)
    of_nobody_exempt = Turnout(
        expected=present + len(gone.missed) + len(gone.unsaid),
        excused=sum(each.attendance is Attendance.NOT_REQUIRED for each in own),
        present=present,
        unrecorded=len(gone.unsaid),
        invited=len({*(each.person for each in guests), *(set(invited) - set(lines))}),
        others=sum(each.attendance.took_part for each in guests),
    )
    return of_nobody_exempt.without(gone, exempt)


def _away(lines: Mapping[PersonId, Participant], listed: Iterable[PersonId]) -> Away:
    stayed = {
        person: each.attendance
        for person, each in lines.items()
        if each.capacity is Capacity.ATTENDS and not each.attendance.took_part
    }
    silent = (person for person in listed if person not in lines)
    return Away(
        missed=tuple(person for person, how in stayed.items() if how not in _NOT_MISSED),
        unsaid=(
            *(person for person, how in stayed.items() if how is Attendance.NOT_RECORDED),
            *silent,
        ),
    )
