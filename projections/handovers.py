"""What a unit has in hand when its head changes (交接清单): open matters, what waits, what was returned, unfinished items, documents, promises, meetings and the leave asked for, with whom it keeps touch, who holds which office."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from sqlalchemy import Connection

from domain.checklist import CellState
from domain.fact import SubjectId
from domain.meeting import MeetingStep, waits_for_leave
from domain.people import PersonId, UnitId
from domain.period import Period
from domain.unit import Appointment, Unit
from projections import (
    checklists,
    courses,
    deeds,
    dual,
    invitations,
    meetings,
    owed,
    pairings,
    postings,
    roster,
    waiting,
)
from projections.courses import DueLine
from projections.documents import Shelf
from projections.invitations import PromiseLine
from projections.meetings import MeetingLine
from projections.owed import OwedLine
from projections.pairings import PairingLine
from projections.postings import MonthLeft
from projections.waiting import WaitingDeed

MOST = 100
"""Lines of one part at the most; `more` says which parts have others."""
AHEAD = (MeetingStep.PLANNED, MeetingStep.CALLED, MeetingStep.OPEN)
UNFINISHED = frozenset({CellState.OPEN, CellState.MISSED})


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldOffice:
    """Who holds which office, since when and until when."""

    name: str
    appointment: Appointment


@dataclass(frozen=True, slots=True, kw_only=True)
class ReturnedLine:
    """A line that the unit returned and that is being checked: of whom, in which record, on which day."""

    deed: str
    title: str
    on: date
    person: PersonId
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class UnfinishedCell:
    """A cell of a list that is not filled: of whom it is asked and his name, where it is asked of somebody else than the unit."""

    checklist: str
    list_zh: str
    list_en: str
    number: int
    zh: str
    en: str
    period: Period
    state: CellState
    subject: SubjectId | None
    whose: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LeaveLine:
    """Leave that was asked for of a meeting that lies ahead and is not decided: of which, by whom, when. What kind of leave is told where it is decided."""

    meeting: str
    title: str
    on: date
    person: PersonId
    name: str
    asked_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Handover:
    """All that somebody who takes over a unit has to know on a day. `answering` is in whose name its queue lies, where nobody heads it."""

    unit: Unit
    day: date
    answering: UnitId
    answering_name: str
    heads: tuple[str, ...]
    offices: tuple[HeldOffice, ...]
    members: int
    in_hand: tuple[DueLine, ...]
    came_in: tuple[DueLine, ...]
    waiting: tuple[WaitingDeed, ...]
    waiting_lines: int
    returned: tuple[ReturnedLine, ...]
    unfinished: tuple[UnfinishedCell, ...]
    documents: tuple[OwedLine, ...]
    months: tuple[MonthLeft, ...]
    promises: tuple[PromiseLine, ...]
    meetings: tuple[MeetingLine, ...]
    leaves: tuple[LeaveLine, ...]
    pairings: tuple[PairingLine, ...]
    more: tuple[str, ...]


def handover(
    connection: Connection, ledger: str, shelf: Shelf, unit: UnitId, *, today: date, year: int
) -> Handover | None:
    """The pack of a unit as things stand, its lists and documents of a calendar year, its months of the last twelve too; none where there is no such unit."""
    page = roster.unit(connection, ledger, unit, day=today)
    if page is None:
        return None
    period = Period.year(year)
    told = (connection, ledger)
    in_hand = courses.open_matters(*told, shelf, today=today, holder=f"unit/{unit}", limit=MOST)
    came_in = courses.open_matters(*told, shelf, today=today, unit=unit, limit=MOST)
    queue = waiting.queue_of(*told, unit, today=today)
    waits = waiting.waiting(*told, unit, today=today, queue=queue, limit=MOST)
    count = waiting.waiting_count(*told, unit, today=today, queue=queue)
    planned = meetings.meetings(*told, since=today, steps=AHEAD, organiser=unit, limit=MOST)
    leaves = _leaves(*told, planned.rows)
    paired = pairings.pairings(
        *told, day=today, first=period.first, last=period.last, unit=unit, limit=MOST
    )
    cells = _unfinished(*told, shelf, unit, period, today)
    returned = _returned(*told, page.unit, period)
    owes = owed.owed(*told, shelf, period=period, today=today, only=(unit,))
    held = sorted(page.unit.appointments, key=lambda a: (a.since, a.person))
    names = roster.names(
        *told,
        people={*page.answering_people, *(a.person for a in held)},
        units={page.answering},
    )
    parts = {
        "in_hand": in_hand.after is not None,
        "came_in": came_in.after is not None,
        "waiting": waits.after is not None,
        "meetings": planned.after is not None,
        "leaves": len(leaves) > MOST,
        "pairings": paired.after is not None,
        "unfinished": len(cells) > MOST,
        "returned": len(returned) > MOST,
    }
    return Handover(
        unit=page.unit,
        day=today,
        answering=page.answering,
        answering_name=names.get(f"unit/{page.answering}", ""),
        heads=tuple(names.get(f"member/{each}", "") for each in page.answering_people),
        offices=tuple(
            HeldOffice(name=names.get(f"member/{each.person}", ""), appointment=each)
            for each in held
        ),
        members=page.members,
        in_hand=in_hand.rows,
        came_in=came_in.rows,
        waiting=waits.rows,
        waiting_lines=count.lines,
        returned=tuple(returned[:MOST]),
        unfinished=tuple(cells[:MOST]),
        documents=tuple(
            line for row in owes.rows for line in row.lines if line.state in UNFINISHED
        ),
        months=postings.months_left(*told, shelf, page.unit, *_months(period, today)),
        promises=tuple(invitations.promises_of(*told, unit, today=today, open_only=True)),
        meetings=planned.rows,
        leaves=tuple(leaves[:MOST]),
        pairings=paired.rows,
        more=tuple(name for name, longer in parts.items() if longer),
    )


def _months(period: Period, today: date) -> tuple[date, date]:
    """First and last day of the months that it tells of where they are not posted: those of a year that have begun; of the present one those of the last twelve too, so that a pack of January tells of December."""
    first = (
        min(period.first, postings.last_twelve(today)[0]) if period.holds(today) else period.first
    )
    return first, min(period.last, today)


def _unfinished(
    connection: Connection, ledger: str, shelf: Shelf, unit: UnitId, period: Period, today: date
) -> list[UnfinishedCell]:
    """The cells of its lists that are open or were missed, documents apart: they are told with their days."""
    found: list[UnfinishedCell] = []
    named: set[SubjectId] = set()
    for each in checklists.of_unit(connection, ledger, shelf, unit, period=period, today=today):
        slots = {slot.number: slot for slot in each.checklist.slots}
        for row in each.grid.rows:
            slot = slots[row.number]
            if slot.asks_documents or slot.looks_around:
                continue
            for cell in row.cells:
                if cell.state not in UNFINISHED or cell.period.first > today:
                    continue
                if cell.whose is not None:
                    named.add(cell.whose)
                found.append(
                    UnfinishedCell(
                        checklist=each.checklist.code,
                        list_zh=each.checklist.zh,
                        list_en=each.checklist.en,
                        number=slot.number,
                        zh=slot.zh,
                        en=slot.en,
                        period=cell.period,
                        state=cell.state,
                        subject=cell.whose,
                        whose="",
                    )
                )
    people = {PersonId(each[7:]) for each in named if each.startswith("member/")}
    names = roster.names(connection, ledger, people=people)
    return [replace(cell, whose=names.get(cell.subject or "", "")) for cell in found]


def _leaves(connection: Connection, ledger: str, planned: Sequence[MeetingLine]) -> list[LeaveLine]:
    """The leave that is not decided of some meetings, in their order."""
    states = meetings.states(connection, ledger, [line.meeting for line in planned])
    asked = [
        (line, person, leave.asked_on)
        for line in planned
        for state in (states[f"meeting/{line.meeting}"],)
        for person, leave in state.leaves.items()
        if waits_for_leave(state, person)
    ]
    names = roster.names(connection, ledger, people={person for _, person, _ in asked})
    return [
        LeaveLine(
            meeting=line.meeting,
            title=line.title,
            on=line.on,
            person=person,
            name=names.get(f"member/{person}", ""),
            asked_on=on,
        )
        for line, person, on in asked
    ]


def _returned(
    connection: Connection, ledger: str, unit: Unit, period: Period
) -> list[ReturnedLine]:
    """The lines that were returned and are being checked, newest first."""
    lines = dual.returned(
        connection, ledger, unit, first=period.first, last=period.last, limit=MOST + 1
    )
    names = roster.names(
        connection, ledger, people={PersonId(line.subject.partition("/")[2]) for line in lines}
    )
    titles = deeds.titles(connection, ledger, {line.deed for line in lines})
    return [
        ReturnedLine(
            deed=line.deed,
            title=titles.get(line.deed, ""),
            on=line.on,
            person=PersonId(line.subject.partition("/")[2]),
            name=names.get(line.subject, ""),
        )
        for line in lines
    ]
