"""Meetings, what is due of matters on their way round loops, and what became of suggestions. Planning, moving and answering are acts."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any, TypeAlias

from fastapi import APIRouter, Query

from domain.access import Action
from domain.course import Handover, Standing, Step
from domain.deadline import Extension, Pause
from domain.kinds.deliberation import Tier
from domain.kinds.meetings import Meeting as MeetingKind
from domain.loop import Holder
from domain.meeting import CheckedIn, InvitedPerson, LeaveAsking, MeetingStep, Moved
from domain.people import PersonId, Reason, Refused, UnitId
from domain.suggested import Answer, Tally
from domain.turnout import Turnout
from interfaces import flowing, sealed
from interfaces.api.asking import Asked, AskedNow, Asking, Cursor, Limit, Look
from interfaces.api.door import needs
from interfaces.api.views import Listing, Sheet, Tagged
from interfaces.api.writes import LEDGER
from projections import courses, going_over, meetings, roster, suggestions, turnouts
from projections.courses import Counts, DueChange, DueLine, StageLine, Timeliness, Whose
from projections.documents import Shelf
from projections.going_over import Behind, GoingOver
from projections.meetings import MeetingLine
from projections.suggestions import Adoption, AdoptionPart, Apart, SuggestionLine

Since: TypeAlias = Annotated[date | None, Query(description="从哪天起 / from this day on")]
Until: TypeAlias = Annotated[date | None, Query(description="到哪天止 / up to this day")]
OfUnit: TypeAlias = Annotated[
    UnitId | None, Query(max_length=100, description="登记单位 / unit that it came in through")
]
HeldBy: TypeAlias = Annotated[
    str | None,
    Query(max_length=200, description="承办单位,部门写名称 / unit, or a department by its name"),
]
AtMeeting: TypeAlias = Annotated[
    str | None,
    Query(max_length=100, description="期限由哪次会议决定 / meeting of which it has its day"),
]
OfTier: TypeAlias = Annotated[Tier | None, Query(description="协商层次 / tier of the consultation")]
Code: TypeAlias = Annotated[str | None, Query(max_length=100, description="代码 / code")]


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonLine:
    """Somebody whom a meeting expects, who sits in or is a guest (`invited`), or who came: whether he checked in and has leave, whether no duties are asked of him (`exempt`). Leave is shown to who organises, and to himself."""

    person: PersonId
    name: str
    expected: bool
    invited: InvitedPerson | None
    exempt: bool
    checked_in: CheckedIn | None
    leave: LeaveAsking | None


@dataclass(frozen=True, slots=True, kw_only=True)
class MeetingView:
    """A meeting whole: its plan, its moves, who is expected and came. `occasion` is the record of who was there, once it is closed.

    `turnout` counts: those expected without who is `excused`, and who was present; `rate` is of a hundred of whom something is on record, none before it is recorded.
    """

    summary: MeetingLine
    body: Tagged
    notice: str
    moves: tuple[Moved, ...]
    people: tuple[PersonLine, ...]
    code_until: datetime | None
    occasion: str
    reason: str
    turnout: Turnout
    rate: Decimal | None


@dataclass(frozen=True, slots=True, kw_only=True)
class CourseView:
    """One matter's way round its loop: where it stands, its stages, its turns, who had it in hand, pauses, extensions, and how what is due has changed."""

    summary: DueLine
    stages: tuple[StageLine, ...]
    steps: tuple[Step, ...]
    holders: tuple[Handover, ...]
    co_holders: tuple[Holder, ...]
    pauses: tuple[Pause, ...]
    extensions: dict[str, tuple[Extension, ...]]
    changes: tuple[DueChange, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class AdoptionView:
    """What became of suggestions: all together, taken apart where that is asked, and of the latest 200 matters."""

    total: Tally
    parts: tuple[AdoptionPart, ...]
    matters: tuple[Adoption, ...]


def router() -> APIRouter:
    """The routes."""
    made = APIRouter(prefix=LEDGER)

    @made.get(
        "/meetings",
        operation_id="list_meetings",
        openapi_extra=needs(Action.SEE_RECORD),
        summary="会议",
        tags=["meetings"],
    )
    def list_meetings(
        asked: AskedNow,
        since: Since = None,
        until: Until = None,
        kind: Annotated[MeetingKind | None, Query(description="会议类型 / kind")] = None,
        step: Annotated[MeetingStep | None, Query(description="进度 / how far it is")] = None,
        organiser: OfUnit = None,
        part_of: Code = None,
        cursor: Cursor = None,
        limit: Limit = 50,
    ) -> Listing[MeetingLine]:
        """Meetings in order of their days, planned ones too."""
        with asked.look() as look:
            look.must_be_units(organiser=organiser)
            page = meetings.meetings(
                look.connection,
                look.ledger,
                since=since,
                until=until,
                kinds=() if kind is None else (kind,),
                steps=() if step is None else (step,),
                organiser=organiser,
                part_of=part_of,
                after=asked.after(cursor),
                limit=limit,
            )
        return asked.listing(page)

    @made.get(
        "/meetings/{id}",
        operation_id="get_meeting",
        openapi_extra=needs(Action.SEE_RECORD),
        summary="会议详情",
        tags=["meetings"],
    )
    def get_meeting(asked: AskedNow, id: str) -> MeetingView:
        """One meeting: its plan, the days for which it stood, whom it expects, who checked in."""
        with asked.look() as look:
            page = meetings.meeting(look.connection, look.ledger, id)
            if page is None:
                raise Refused(Reason.NO_SUCH_MEETING, "id", id)
            state = page.state
            people, guests = dict.fromkeys((*state.listed, *state.checked_in)), state.guests
            persons = roster.persons(look.connection, look.ledger, list(people))
            record, count = turnouts.of_meeting(look.connection, look.ledger, state)
            sees_leave = sealed.organises(asked.asker, look.connection, look.ledger, state.body)
        asked.tag(page.line.version)
        on = page.line.on
        return MeetingView(
            summary=page.line,
            body=state.body,
            notice=state.notice,
            moves=state.moves,
            people=tuple(
                PersonLine(
                    person=person,
                    name=persons[person].profile.name if person in persons else person,
                    expected=person in state.expected,
                    invited=guests.get(person),
                    exempt=person in persons and persons[person].exempt_on(on),
                    checked_in=state.checked_in.get(person),
                    leave=state.leaves.get(person)
                    if sees_leave or person == asked.actor.person
                    else None,
                )
                for person in people
            ),
            code_until=None if state.code is None else state.code.until,
            occasion=f"occasion/{id}" if state.closed_before else "",
            reason=state.reason,
            turnout=count,
            rate=None if record is None else count.percent,
        )

    @made.get(
        "/dues",
        operation_id="list_dues",
        openapi_extra=needs(Action.SEE_RECORD),
        summary="待办台账",
        tags=["dues"],
    )
    def list_dues(
        asked: Asked,
        how: Annotated[Timeliness | None, Query(description="时限 / how it stands")] = None,
        not_told: Annotated[bool, Query(description="已办未告知 / handled, not told")] = False,
        standing: Annotated[Standing | None, Query(description="办理状态 / standing")] = None,
        loop: Code = None,
        stage: Code = None,
        kind: Code = None,
        unit: OfUnit = None,
        holder: HeldBy = None,
        meeting: AtMeeting = None,
        mine: Annotated[bool, Query(description="本人提出的 / one's own")] = False,
        cursor: Cursor = None,
        limit: Limit = 50,
    ) -> Listing[DueLine]:
        """Matters that are not closed, what is due first first, each with its stage, who has it in hand, and its day explained; as known now or then, by the loops, calendars and meetings of then."""
        with asked.look() as look:
            whose = _whose(look, loop, stage, kind, unit, holder, meeting)
            if mine:
                whose["author"] = asked.actor.person
            page = courses.open_matters(
                look.connection,
                look.ledger,
                asked.desk.shelf,
                today=asked.today,
                position=look.position,
                how=how,
                not_told=not_told,
                standing=standing,
                after=asked.after(cursor),
                limit=limit,
                **whose,
            )
            rows = sealed.lines_for(asked.asker, look.connection, look.ledger, page.rows)
        return asked.listing(replace(page, rows=rows))

    @made.get(
        "/dues/counts",
        operation_id="count_dues",
        openapi_extra=needs(Action.SEE_RECORD),
        summary="待办统计",
        tags=["dues"],
    )
    def count_dues(
        asked: Asked,
        loop: Code = None,
        stage: Code = None,
        kind: Code = None,
        unit: OfUnit = None,
        holder: HeldBy = None,
        meeting: AtMeeting = None,
    ) -> Counts:
        """How many matters are open, resting, overdue, due soon, without a day, and handled without anybody being told; as known now or then."""
        with asked.look() as look:
            whose = _whose(look, loop, stage, kind, unit, holder, meeting)
            return counts_of(look, asked.desk.shelf, asked.today, whose)

    @made.get(
        "/dues/versions",
        operation_id="list_older_versions",
        openapi_extra=needs(Action.SEE_RECORD),
        summary="仍按旧版流程办理的事项数",
        tags=["dues"],
    )
    def list_older_versions(asked: AskedNow) -> tuple[Behind, ...]:
        """Of each loop how many open matters still go by a version before the one in force."""
        with asked.look() as look:
            told = (look.connection, look.ledger, asked.desk.shelf)
            return going_over.behind(*told, today=asked.today)

    @made.get(
        "/dues/versions/{code}",
        operation_id="list_going_over",
        openapi_extra=needs(Action.SEE_RECORD),
        summary="仍按旧版流程办理的事项",
        tags=["dues"],
    )
    def list_going_over(
        asked: AskedNow,
        code: str,
        to: Annotated[
            str | None,
            Query(
                max_length=100,
                description="改按哪一版,默认现行版 / version, by default that in force",
            ),
        ] = None,
        cursor: Cursor = None,
        limit: Limit = 50,
    ) -> Listing[GoingOver]:
        """Open matters of older versions of a loop: which can go over to the newer one by whoever asks, why others cannot, and what would be due then."""
        with asked.look() as look:
            told, today = (look.connection, look.ledger), asked.today
            versions = going_over.versions_of(*told, asked.desk.shelf, code, to, today=today)
            page = going_over.going_over(
                *told, versions, asked.actor, today=today, after=asked.after(cursor), limit=limit
            )
            lines = sealed.lines_for(asked.asker, *told, tuple(each.line for each in page.rows))
        rows = tuple(replace(e, line=line) for e, line in zip(page.rows, lines, strict=True))
        return asked.listing(replace(page, rows=rows))

    @made.get(
        "/dues/sheet",
        operation_id="get_due_sheet",
        openapi_extra=needs(Action.SEE_RECORD),
        summary="待办台账(表格)",
        tags=["dues"],
        response_class=Sheet,
    )
    def get_due_sheet(
        asked: Asked,
        how: Annotated[Timeliness | None, Query(description="时限 / how it stands")] = None,
        not_told: Annotated[bool, Query(description="已办未告知 / handled, not told")] = False,
        standing: Annotated[Standing | None, Query(description="办理状态 / standing")] = None,
        loop: Code = None,
        stage: Code = None,
        kind: Code = None,
        unit: OfUnit = None,
        holder: HeldBy = None,
        meeting: AtMeeting = None,
    ) -> Sheet:
        """The same matters as a CSV file, together for each who has some in hand: to be sent to a department; as known now or then."""
        with asked.look() as look:
            lines = courses.all_open_matters(
                look.connection,
                look.ledger,
                asked.desk.shelf,
                today=asked.today,
                position=look.position,
                how=how,
                not_told=not_told,
                standing=standing,
                **_whose(look, loop, stage, kind, unit, holder, meeting),
            )
            return sheet_of(asked, look, lines)

    @made.get(
        "/matters/{id}/course",
        operation_id="get_course",
        openapi_extra=needs(Action.SEE_RECORD),
        summary="办理进程",
        tags=["dues"],
    )
    def get_course(asked: AskedNow, id: str) -> CourseView:
        """How far a matter has come in its loop, and how what is due of it has changed, with the reasons before and after."""
        with asked.look() as look:
            told = (look.connection, look.ledger)
            found = courses.course(*told, asked.desk.shelf, id, today=asked.today)
            if found is None:
                raise Refused(Reason.NO_SUCH_DEED, "id", id)
            page = sealed.course_for(asked.asker, *told, found)
        asked.tag(page.version)
        course = page.course
        return CourseView(
            summary=page.line,
            stages=page.stages,
            steps=course.steps,
            holders=course.holders,
            co_holders=course.co_holders,
            pauses=course.pauses,
            extensions=dict(course.extensions),
            changes=page.changes,
        )

    @made.get(
        "/suggestions",
        operation_id="list_suggestions",
        openapi_extra=needs(Action.SEE_RECORD),
        summary="意见建议",
        tags=["suggestions"],
    )
    def list_suggestions(
        asked: AskedNow,
        since: Since = None,
        until: Until = None,
        unit: OfUnit = None,
        kind: Code = None,
        matter: Code = None,
        tier: OfTier = None,
        answer: Annotated[Answer | None, Query(description="答复 / answer")] = None,
        unanswered: Annotated[bool, Query(description="未答复 / not answered yet")] = False,
        carried_out: Annotated[
            bool | None, Query(description="已落实与否 / carried out, or not yet")
        ] = None,
        cursor: Cursor = None,
        limit: Limit = 50,
    ) -> Listing[SuggestionLine]:
        """Suggestions one by one, with what was answered to each and whether it was carried out."""
        with asked.look() as look:
            look.must_be_units(unit=unit)
            page = suggestions.suggestions(
                look.connection,
                look.ledger,
                since=since,
                until=until,
                unit=unit,
                kind=kind,
                matter=matter,
                tier=tier,
                answer=answer,
                unanswered=unanswered,
                carried_out=carried_out,
                after=asked.after(cursor),
                limit=limit,
            )
            told = (look.connection, look.ledger)
            rows = sealed.lines_for(asked.asker, *told, page.rows)
        return asked.listing(replace(page, rows=rows))

    @made.get(
        "/suggestions/adoption",
        operation_id="count_suggestions",
        openapi_extra=needs(Action.SEE_RECORD),
        summary="意见建议采纳情况",
        tags=["suggestions"],
    )
    def count_suggestions(
        asked: AskedNow,
        since: Since = None,
        until: Until = None,
        unit: OfUnit = None,
        kind: Code = None,
        tier: OfTier = None,
        by: Annotated[
            Apart | None, Query(description="按什么分 / what they are counted apart by")
        ] = None,
    ) -> AdoptionView:
        """How many suggestions were made, adopted, declined and carried out: together, apart by tier, kind, unit or year, and of the latest 200 matters."""
        with asked.look() as look:
            look.must_be_units(unit=unit)
            told = (look.connection, look.ledger)
            of: dict[str, Any] = {"since": since, "until": until, "unit": unit, "kind": kind}
            total, lines = suggestions.adoption(*told, **of, tier=tier)
            parts = () if by is None else suggestions.adoption_by(*told, by, **of, tier=tier)
        return AdoptionView(total=total, parts=parts, matters=lines.rows)

    return made


def _whose(
    look: Look,
    loop: str | None,
    stage: str | None,
    kind: str | None,
    unit: UnitId | None,
    holder: str | None,
    meeting: str | None,
) -> Whose:
    """Which matters are meant; a unit or a meeting that there is not is refused."""
    look.must_be_units(unit=unit)
    look.must_be_meeting(meeting)
    held = None
    if holder is not None:
        units = roster.all_units(look.connection, look.ledger, look.position)
        held = flowing.held_by(holder, units)
    return {
        "loop": loop,
        "stage": stage,
        "kind": kind,
        "unit": unit,
        "holder": held,
        "meeting": meeting,
    }


def counts_of(look: Look, shelf: Shelf, today: date, whose: Whose) -> Counts:
    """The figures above a board, as of the moment that is looked at."""
    told = (look.connection, look.ledger)
    if look.position is None:
        return courses.counts(*told, today=today, **whose)
    return courses.counts_then(*told, shelf, today=today, position=look.position, **whose)


def sheet_of(asked: Asking, look: Look, found: Iterable[DueLine]) -> Sheet:
    """What is due as a CSV file, as whoever asks may see it."""
    lines = sealed.lines_for(asked.asker, look.connection, look.ledger, tuple(found))
    return asked.sheet(f"dues-{asked.today}", flowing.due_sheet(lines))
