"""Meetings: which are planned and were held, one with all that is known of it, and what whoever organises it may do next."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Any

from fastapi import APIRouter, Response
from starlette.concurrency import run_in_threadpool

from domain import deed as deeds_of
from domain import meeting
from domain.access import Action
from domain.calendar import shifted
from domain.deed import Deed
from domain.fact import Attendance
from domain.kinds import KINDS
from domain.kinds.meetings import Meeting as MeetingKind
from domain.meeting import (
    NOT_HELD,
    CheckedIn,
    InvitedPerson,
    LeaveAsking,
    Meeting,
    MeetingStep,
    recorded_of,
    waits_for_leave,
)
from domain.member import Person
from domain.occasion import Occasion, Participant
from domain.people import PersonId, Reason, Refused, Role, UnitId
from domain.roster import Roster
from domain.streams import Command
from domain.unit import Unit
from domain.words import Label, Level
from interfaces import bodies
from interfaces.api.asking import Look
from interfaces.api.door import needs
from interfaces.refusals import status_of
from interfaces.sealed import lines_for
from interfaces.web import fields, turning
from interfaces.web.asked import Narrowing, next_page
from interfaces.web.fields import Trouble, Widget
from interfaces.web.refusing import PageRoute
from interfaces.web.rendering import render, see
from interfaces.web.turning import Turning
from interfaces.web.visiting import Capacity, Sending, Sent, VisitingNow, Visitor
from interfaces.web.words import Said
from projections import courses, deeds, meetings, roster, turnouts
from projections.courses import DueLine
from projections.meetings import MeetingLine, MeetingPage
from projections.paging import Page
from projections.roster import RosterLine

MOST_SHOWN = 50
MOST_UNRECORDED = 20
MOST_DUE = 12
"""Matters due at a meeting that its page shows; a link leads to all."""
AHEAD, UNRECORDED, YEAR = "", "unrecorded", "year"
WHEN: Mapping[str, Label] = {
    AHEAD: Label("即将举行", "ahead"),
    UNRECORDED: Label("待登记出席", "attendance to be recorded"),
    YEAR: Label("全年", "the whole year"),
}
"""Which meetings are listed."""
LEAVES = (
    Label("因公", "on duty elsewhere"),
    Label("因病", "illness"),
    Label("因事", "private reasons"),
)
"""Kinds of leave that are offered; others may be typed."""
_LABELS: Mapping[str, Label] = {
    "on": Label("改到哪一天", "moved to"),
    "until": Label(
        "结束日期(不填则会期天数不变)", "last day (left out, it lasts as many days as before)"
    ),
    "place": Label("新地点(不变可不填)", "new place (empty where it stays)"),
    "reason": turning.REASON,
    "notice": Label("通知文号(可不填)", "number of the notice (may be left out)"),
    "leave": Label("请假事由类别", "kind of leave"),
    "by": Label("批准人", "decided by"),
    "level": Label("批准层级(可不填)", "at which level (may be left out)"),
    "person": Label("人员", "person"),
}
DID: Mapping[str, Label] = {
    "plan": Label("会议已列入计划", "The meeting is planned"),
    "amend": Label("会议计划已更正", "The plan is corrected"),
    "call": Label("已发通知", "It is called"),
    "open": Label("已开始签到", "It is open for check-in"),
    "move": Label(
        "会议已改期,以它为期限的事项随之顺延", "It is moved, and what is due at it moves along"
    ),
    "place": Label("会议地点已更改", "Its place is changed"),
    "same": Label("与现在相同,没有改动", "It is so already; nothing is changed"),
    "cancel": Label("会议已取消", "It is cancelled"),
    "reopen": Label("已重新打开,可更改出席情况", "Its attendance is open again"),
    "leave": Label("请假申请已提交", "Leave is asked for"),
    "decide-leave": Label("请假已办理", "The leave is decided"),
    "hand": Label("已登记签到", "Checked in"),
    "close": Label("出席情况已登记", "The attendance is recorded"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Expected:
    """Somebody whom a meeting expects or invites, or who came; `leave` is none for whoever it is not told, `sector` in whose name he is invited."""

    person: PersonId
    name: str
    where: str
    is_expected: bool
    checked_in: CheckedIn | None
    leave: LeaveAsking | None
    recorded: Participant | None
    exempt: bool = False
    invited: InvitedPerson | None = None
    sector: str = ""

    @property
    def is_listed(self) -> bool:
        """Whether he is expected, or sits in or is a guest as was planned."""
        return self.is_expected or self.invited is not None


@dataclass(frozen=True, slots=True)
class Typed:
    """A form of a page that was refused: `key` is which, `troubles` what is wrong with it."""

    key: str = ""
    sent: Sent = field(default_factory=Sent)
    troubles: tuple[Trouble, ...] = ()


NOTHING_TYPED = Typed()


def router() -> APIRouter:
    """The pages of meetings, and the forms that stand on one."""
    made = APIRouter(route_class=PageRoute, include_in_schema=False, prefix="/ledgers/{ledger}")

    @made.get("/meetings", operation_id="page_meetings", openapi_extra=needs(Action.SEE_RECORD))
    def list_meetings(
        visitor: VisitingNow,
        when: str = "",
        kind: str = "",
        step: str = "",
        organiser: str = "",
        year: str = "",
        cursor: str = "",
    ) -> Response:
        """Meetings by their days: those ahead first of all."""
        said = {"when": when, "kind": kind, "step": step, "organiser": organiser}
        return _list(Narrowing(visitor, **said, year=year), cursor)

    @made.get("/meetings/{id}", operation_id="page_meeting", openapi_extra=needs(Action.SEE_RECORD))
    def one(visitor: VisitingNow, id: str, did: str = "") -> Response:
        """One meeting."""
        return meeting_page(visitor, id, did=did)

    @made.get(
        "/meetings/{id}/sheet", operation_id="page_sheet", openapi_extra=needs(Action.SEE_RECORD)
    )
    def sheet(visitor: VisitingNow, id: str) -> Response:
        """The list on which those who come sign, to be printed."""
        with visitor.asking.look() as look:
            page = found(look, id)
            people = roster.persons(look.connection, look.ledger, page.state.listed)
            record, count = turnouts.of_meeting(look.connection, look.ledger, page.state)
            units = roster.all_units(look.connection, look.ledger)
        day = page.line.on

        def lines(who: Iterable[PersonId]) -> list[tuple[Person, RosterLine]]:
            there = (people[each] for each in who if each in people)
            return [(each, roster.roster_line(each, 0, day)) for each in there]

        expected, guests = lines(page.state.expected), lines(page.state.guests)
        names = {unit: each.profile.name for unit, each in units.items()}
        return render(
            visitor,
            "meeting_sheet.html",
            m=page,
            lines=expected,
            guests=guests,
            units=names,
            turnout=count,
            recorded=record is not None,
        )

    @made.get(
        "/meetings/{id}/reconcile",
        operation_id="page_reconcile",
        openapi_extra=needs(Action.MEET),
    )
    def reconcile(visitor: VisitingNow, id: str) -> Response:
        """Who was expected, who checked in and what was recorded, side by side."""
        with visitor.asking.look() as look:
            page = found(look, id)
            must_organise(visitor, look, page.state.body)
            people = people_of(
                look,
                page,
                deeds.record_of(look.connection, look.ledger, page.state),
                with_leave=True,
            )
        return render(
            visitor,
            "meeting_reconcile.html",
            m=page,
            people=people,
            differs=differs,
            only=[each for each in people if differs(each, page.state.closed_before)],
        )

    @made.post(
        "/meetings/{id}/move", operation_id="send_move_meeting", openapi_extra=needs(Action.MEET)
    )
    async def move(sending: Sending, id: str) -> Response:
        """Move it to another day or place, and its sittings along, where that is asked."""
        visitor, sent = sending
        key = turning.key_of(sent, "move")
        try:
            names = ("on", "until", "place", "reason")
            command: Any = _command(meeting.MoveMeeting, names, key, sent, id, "move")
            before, sittings = await run_in_threadpool(_to_move, visitor, id)
            were = _were(sent)
            days = command.on - were.get(id, before.body.on)
            moving = sittings if sent.one("move.sittings") and days else ()
            # Their days are worked out before anything is moved: one that is not of our time is refused.
            along = [(each, _along(each, were, days, command.reason)) for each in moving]
            done = await visitor.submit(command, sent.command_id)
            stayed: list[Refused] = []
            for each, its in along:
                try:
                    await visitor.submit(its, f"{sent.command_id}.{each.meeting}")
                except Refused as refused:
                    stayed.append(replace(refused, field="", about=each.title))
            if stayed:
                raise replace(stayed[0], others=tuple(stayed[1:]))
        except Refused as refused:
            return await _refused(visitor, sent, id, key, refused)
        did = "move" if days else "place" if done.entries else "same"
        return see(visitor.address(f"/meetings/{id}?did={did}"))

    for path in _COMMANDS:
        _add(made, path)
    return made


# The list


def _list(narrowing: Narrowing, cursor: str) -> Response:
    visitor, asked, said = narrowing.visitor, narrowing.filters, narrowing.said
    today = visitor.desk.today()
    when = asked.one_of(said["when"], WHEN, "when") or AHEAD
    kind = asked.choice(said["kind"], MeetingKind, "kind") if said["kind"] else None
    step = asked.choice(said["step"], MeetingStep, "step") if said["step"] else None
    year = narrowing.year() if when == YEAR else today.year
    since, until = {
        AHEAD: (today, None),
        UNRECORDED: (None, today - timedelta(days=1)),
        YEAR: (date(year, 1, 1), date(year, 12, 31)),
    }[when]
    steps = NOT_HELD if when == UNRECORDED else ()
    with visitor.asking.look() as look:
        told = (look.connection, look.ledger)
        known = roster.all_units(*told)
        organiser = narrowing.read("organiser", lambda each: asked.unit(each, known))
        page: Page[MeetingLine] = Page(rows=())
        if not narrowing.wrong:
            page = meetings.meetings(
                *told,
                since=since,
                until=until,
                kinds=() if kind is None else (kind,),
                steps=steps if step is None else (step,),
                organiser=organiser,
                after=visitor.asking.after(cursor or None),
                limit=MOST_SHOWN,
            )
        waiting = _unrecorded(visitor, look, today) if when == AHEAD and not cursor else ()
    shown = {} if organiser is None else {"organiser": known[organiser].profile.name}
    return render(
        visitor,
        "meetings.html",
        status=narrowing.status,
        narrowing=narrowing,
        page=page,
        waiting=waiting,
        which=WHEN,
        when=when,
        asked=said | shown,
        year=year,
        years=sorted({today.year + 1, *narrowing.years(year)}, reverse=True),
        kinds=list(MeetingKind),
        steps=list(MeetingStep),
        units=known,
        today=today,
        may_plan=visitor.may_ever("meet"),
        every=KINDS,
        next=next_page(visitor, page.after),
    )


def _unrecorded(visitor: Visitor, look: Look, today: date) -> tuple[MeetingLine, ...]:
    """Meetings whose day is over and whose attendance is not recorded, of whoever looks: his unit's, or for the office all."""
    if not visitor.may_ever("meet"):
        return ()
    unit = None if visitor.actor.role is Role.OFFICE else visitor.capacity.unit
    return meetings.meetings(
        look.connection,
        look.ledger,
        until=today - timedelta(days=1),
        steps=NOT_HELD,
        organiser=unit,
        limit=MOST_UNRECORDED,
    ).rows


# One meeting


def found(look: Look, id: str) -> MeetingPage:
    """A meeting that there has to be."""
    page = meetings.meeting(look.connection, look.ledger, id)
    if page is None:
        raise Refused(Reason.NO_SUCH_MEETING, "id", id[:80])
    return page


def organises(visitor: Visitor, units: Mapping[UnitId, Unit], body: Occasion[Any]) -> bool:
    """Whether a meeting is his to see to: the organisers', those above them, or the office's."""
    actor = visitor.actor
    if not visitor.may_ever("meet"):
        return False
    try:
        deeds_of.may_record(actor, body.organiser, body.co_organisers, Roster(units=units))
    except Refused:
        return False
    return True


def must_organise(visitor: Visitor, look: Look, body: Occasion[Any]) -> None:
    """Refuse whoever has nothing to see to in a meeting."""
    units = roster.all_units(look.connection, look.ledger)
    if not organises(visitor, units, body):
        raise Refused(Reason.NOT_YOURS_TO_RECORD, "id", body.title)


def people_of(
    look: Look, page: MeetingPage, record: Deed[Any] | None, *, with_leave: bool
) -> list[Expected]:
    """Those whom a meeting expects, who checked in, and whom its record names; leave is told to who organises it alone."""
    state = page.state
    recorded = recorded_of(record) or {}
    guests = state.guests
    everybody = dict.fromkeys((*state.listed, *state.checked_in, *recorded))
    persons = roster.persons(look.connection, look.ledger, list(everybody))
    lines = {who: roster.roster_line(each, 0, page.line.on) for who, each in persons.items()}
    units = {u for line in lines.values() for u in (line.sector, line.studio) if u is not None}
    units |= {each.in_name_of for each in state.invited if each.in_name_of is not None}
    names = roster.names(look.connection, look.ledger, units=units)
    return [
        Expected(
            person=person,
            name=persons[person].profile.name if person in persons else person,
            where=_where(lines.get(person), names),
            is_expected=person in state.expected,
            checked_in=state.checked_in.get(person),
            leave=state.leaves.get(person) if with_leave else None,
            recorded=recorded.get(person),
            exempt=person in lines and lines[person].exempt,
            invited=guests.get(person),
            sector=_in_name_of(guests.get(person), names),
        )
        for person in everybody
    ]


def _in_name_of(guest: InvitedPerson | None, names: Mapping[str, str]) -> str:
    if guest is None or guest.in_name_of is None:
        return ""
    return names.get(f"unit/{guest.in_name_of}", guest.in_name_of)


def _where(line: RosterLine | None, names: Mapping[str, str]) -> str:
    if line is None:
        return ""
    return " · ".join(names.get(f"unit/{u}", "") for u in (line.sector, line.studio) if u)


def is_taken_back(state: Meeting[Any], record: Deed[Any] | None) -> bool:
    """Whether it was closed and no `record` of that stands: it can be cancelled, and nothing else."""
    return state.closed_before and record is None and state.step is not MeetingStep.CANCELLED


def differs(each: Expected, is_recorded: bool) -> Label | None:
    """Where the three lists do not agree on somebody."""
    came, told = each.checked_in is not None, each.recorded
    asked = each.is_listed and not each.exempt
    if not each.is_listed and came and told is None and is_recorded:
        return Label("不在应到名单但已签到,未登记", "checked in unexpected, and is not recorded")
    if not is_recorded:
        return None if came or not asked else Label("未签到", "did not check in")
    if told is None:
        return Label("未登记", "nothing is recorded") if asked else None
    if came and not told.attendance.took_part:
        return Label("已签到,但登记为未到会", "checked in, but is recorded as not there")
    if not came and told.attendance.took_part:
        return Label("登记为到会,但没有签到", "is recorded as there, but did not check in")
    return None


def meeting_page(
    visitor: Visitor,
    id: str,
    *,
    did: str = "",
    typed: Typed = NOTHING_TYPED,
    status: int = 200,
) -> Response:
    """The page of a meeting; `typed` is a form of it that was refused."""
    today = visitor.desk.today()
    with visitor.asking.look() as look:
        page = found(look, id)
        state = page.state
        units = roster.all_units(look.connection, look.ledger)
        may = organises(visitor, units, state.body)
        record, count = turnouts.of_meeting(look.connection, look.ledger, state)
        people = people_of(look, page, record, with_leave=may)
        part_of = meetings.meeting(look.connection, look.ledger, state.part_of or "-")
        told = (look.connection, look.ledger)
        due = courses.counts(*told, today=today, meeting=id).open
        due_lines: tuple[DueLine, ...] = ()
        if due:
            due_lines = courses.open_matters(
                *told,
                visitor.desk.shelf,
                today=today,
                meeting=id,
                by_holder=True,
                limit=MOST_DUE,
            ).rows
            due_lines = lines_for(visitor.asker, *told, due_lines)
        sittings = (
            meetings.meetings(look.connection, look.ledger, part_of=id, limit=MOST_SHOWN).rows
            if not state.part_of
            else ()
        )
    himself = visitor.actor.person
    own = Expected(
        person=himself,
        name=visitor.name,
        where="",
        is_expected=himself in state.expected,
        checked_in=state.checked_in.get(himself),
        leave=state.leaves.get(himself),
        recorded=None,
        invited=state.guests.get(himself),
    )
    going = [each for each in sittings if each.step in NOT_HELD]
    taken_back = is_taken_back(state, record)
    waits = state.step in NOT_HELD and not taken_back
    forms: tuple[Turning, ...] = ()
    if may:
        days = {id: state.body.on} | {each.meeting: each.on for each in going}
        if typed.key == "move":
            # What was refused may have moved some of them already.
            days |= {its: day for its, day in _were(typed.sent).items() if its in days}
        forms = (_cancelling(),) if taken_back else tuple(_forms(state, people, today, due, days))
    asking = _leave_form(visitor, state, own)
    both = turning.as_sent((*forms, *asking), typed.key, typed.sent, typed.troubles)
    counted = Counter(each.recorded.attendance for each in people if each.recorded is not None)
    return render(
        visitor,
        "meeting.html",
        status=status,
        m=page,
        kind=KINDS[page.line.kind],
        told=_told(page),
        people=people,
        turnout=count,
        own=own,
        may=may,
        forms=both[: len(forms)],
        asking=both[len(forms) :],
        deciding=_deciding(state) if may and waits else (),
        typed=typed,
        did=DID.get(did),
        part_of=part_of,
        sittings=sittings,
        due=due,
        due_lines=due_lines,
        every=KINDS,
        names={unit: each.profile.name for unit, each in units.items()},
        attendances=[(each, counted[each]) for each in Attendance if counted[each]],
        waits=waits,
        taken_back=taken_back,
        himself=as_member(visitor),
        levels=list(Level),
        today=today,
    )


def _told(page: MeetingPage) -> list[tuple[Label, tuple[str | Said, ...]]]:
    """What the plan says of this kind of meeting: nothing that tells of a person."""
    made: list[tuple[Label, tuple[str | Said, ...]]] = []
    for each in fields.filled(fields.inputs_of(page.line.kind), page.state.body):
        choices = {choice.value: choice for choice in each.choices}
        of_kind = each.name.startswith("details.") and each.widget not in _OF_NAMES
        if of_kind and each.values and not (each.private or each.sensitive):
            made.append((each.label, tuple(choices.get(v, v) for v in each.values)))
    return made


_OF_NAMES = frozenset({Widget.UNIT, Widget.UNITS, Widget.PERSON, Widget.TICK})


def as_member(visitor: Visitor) -> Capacity:
    """As what somebody asks for leave and checks in for himself: as a member, where he is one."""
    return next((each for each in visitor.capacities if each.role is Role.MEMBER), visitor.capacity)


def _leave_form(visitor: Visitor, state: Meeting[Any], own: Expected) -> tuple[Turning, ...]:
    """The form by which he asks for leave himself."""
    if not own.is_listed or state.step not in NOT_HELD or not visitor.may_ever("take_part"):
        return ()
    if as_member(visitor).role is not Role.MEMBER or own.checked_in is not None:
        return ()
    if own.leave is not None and own.leave.granted is not None:
        return ()
    asked = turning.text("leave.leave", _LABELS["leave"])
    hidden = (("person", own.person),)
    said = Label("请假", "ask for leave")
    return (Turning(key="leave", path="leave", said=said, inputs=(asked,), hidden=hidden),)


def _deciding(state: Meeting[Any]) -> tuple[PersonId, ...]:
    """Those whose leave is to be decided."""
    if state.step not in NOT_HELD:
        return ()
    return tuple(person for person in state.leaves if waits_for_leave(state, person))


def _forms(
    state: Meeting[Any],
    people: Sequence[Expected],
    today: date,
    due: int,
    days: Mapping[str, date],
) -> Iterator[Turning]:
    """What whoever organises it may do next; `days` are its own and those of its sittings that are to be held, by their ids."""
    step, sittings = state.step, len(days) - 1
    if step in {MeetingStep.PLANNED, MeetingStep.CALLED} and state.listed:
        notice = turning.text("call.notice", _LABELS["notice"], required=False)
        said = Label("发会议通知", "call it")
        if step is MeetingStep.CALLED:
            said = Label("重发会议通知", "call it again")
        yield Turning(key="call", path="call", said=said, inputs=(notice,))
    if step in {MeetingStep.PLANNED, MeetingStep.CALLED} and state.body.on <= today:
        said = Label("开始签到", "open it for check-in")
        yield Turning(key="open", path="open", said=said, inputs=(), at_once=True)
    there = tuple(
        turning.Option(each.person, each.name, each.name)
        for each in people
        if each.is_listed and each.checked_in is None
    )
    if step in NOT_HELD and there:
        yield Turning(
            key="ask-leave",
            path="leave",
            said=Label("代登记请假", "enter leave that somebody asks for"),
            inputs=(
                turning.one("ask-leave.person", _LABELS["person"], there),
                turning.text("ask-leave.leave", _LABELS["leave"]),
            ),
        )
    if step in NOT_HELD:
        yield Turning(
            key="move",
            path="move",
            said=Label("会议改期", "move it to another day"),
            hidden=tuple((_WERE, f"{on.isoformat()} {its}") for its, on in days.items()),
            hint=_moves_along(due, taken_back=step is MeetingStep.OPEN),
            inputs=(
                turning.day("move.on", state.body.on, _LABELS["on"]),
                turning.day("move.until", None, _LABELS["until"], required=False),
                turning.text("move.place", _LABELS["place"], required=False),
                turning.text("move.reason", _LABELS["reason"]),
                *((turning.tick("move.sittings", _with_sittings(sittings)),) if sittings else ()),
            ),
        )
    if step in NOT_HELD and not state.closed_before:
        yield _cancelling()
    if step is MeetingStep.CLOSED:
        reason = turning.text("reopen.reason", _LABELS["reason"])
        said = Label("重新打开,更改出席情况", "open its attendance again")
        yield Turning(key="reopen", path="reopen", said=said, inputs=(reason,))


def _cancelling() -> Turning:
    """The form by which it is cancelled."""
    reason = turning.text("cancel.reason", _LABELS["reason"])
    said = Label("取消会议", "cancel it")
    return Turning(key="cancel", path="cancel", said=said, inputs=(reason,))


def _moves_along(due: int, *, taken_back: bool) -> Label:
    """How many due days move with a meeting, before it is moved, and what becomes of those who checked in."""
    if due:
        days = f"due {'day hangs' if due == 1 else 'days hang'}"
        said = Label(
            f"现有 {due} 件事项以这次会议为期限,改期后随之改动。",
            f"{due} {days} on this meeting, and will move with it.",
        )
    else:
        said = Label("现在没有事项以这次会议为期限。", "Nothing is due at this meeting now.")
    if not taken_back:
        return said
    return Label(
        f"{said.zh}改到今后的日期,签到要到当天重新开始,现有签到不再计算(历史中保留)。",
        f"{said.en} On a day ahead check-in begins anew: who checked in by now is not counted, and stays in the history.",
    )


def _with_sittings(number: int) -> Label:
    """Asks whether sittings are moved along."""
    return Label(
        f"分次会议({number} 次)随之顺延相同天数;不勾选则不动",
        f"move its sittings ({number}) by as many days, too; else they stay",
    )


# What a form sent

_COMMANDS: Mapping[str, tuple[Any, Action, Sequence[str]]] = {
    "call": (meeting.CallMeeting, Action.MEET, ("notice",)),
    "open": (meeting.OpenMeeting, Action.MEET, ()),
    "cancel": (meeting.CancelMeeting, Action.MEET, ("reason",)),
    "reopen": (meeting.ReopenMeeting, Action.MEET, ("reason",)),
    "leave": (meeting.AskLeave, Action.TAKE_PART, ("person", "leave")),
    "decide-leave": (meeting.DecideLeave, Action.MEET, ("person", "by", "level")),
}
"""The commands of the forms on a page: what each is open by, and what it says."""


async def _refused(visitor: Visitor, sent: Sent, id: str, key: str, refused: Refused) -> Response:
    """The page with the form that was refused, and what is wrong with it."""
    typed = Typed(key, sent, turning.troubles(refused, key, _LABELS))
    status = status_of(refused)
    return await run_in_threadpool(meeting_page, visitor, id, typed=typed, status=status)


def _to_move(visitor: Visitor, id: str) -> tuple[Meeting[Any], tuple[MeetingLine, ...]]:
    """A meeting, and those of its sittings that are not held yet."""
    with visitor.asking.look() as look:
        state = found(look, id).state
        rows = meetings.meetings(
            look.connection, look.ledger, part_of=id, steps=NOT_HELD, limit=MOST_SHOWN
        ).rows
    return state, rows


_WERE = "move.were"
"""The hidden inputs that say for which days the meeting and its sittings stood as they were shown: a form sent again moves them by as many days."""


def _were(sent: Sent) -> dict[str, date]:
    """The days that a form says, by meeting; what is no day is left out."""
    found = {}
    for said in sent.all(_WERE):
        day, _, its = said.partition(" ")
        with suppress(ValueError):
            found[its] = date.fromisoformat(day)
    return found


def _along(
    sitting: MeetingLine, were: Mapping[str, date], days: timedelta, reason: str
) -> meeting.MoveMeeting:
    """What moves a sitting by as many days from where it was shown."""
    on = shifted(were.get(sitting.meeting, sitting.on), days, "/on")
    return meeting.MoveMeeting(meeting=sitting.meeting, on=on, reason=reason)


def _add(made: APIRouter, path: str) -> None:
    command, action, names = _COMMANDS[path]

    async def act(sending: Sending, id: str) -> Response:
        """One act on a meeting."""
        visitor, sent = sending
        key = turning.key_of(sent, path)
        try:
            made_of = _command(command, names, key, sent, id, path)
            await visitor.submit(made_of, sent.command_id)
        except Refused as refused:
            return await _refused(visitor, sent, id, key, refused)
        return see(visitor.address(f"/meetings/{id}?did={path}"))

    made.add_api_route(
        f"/meetings/{{id}}/{path}",
        act,
        methods=["POST"],
        operation_id=f"send_{path.replace('-', '_')}_meeting",
        openapi_extra=needs(action),
    )


def _command(
    command: Any, names: Sequence[str], key: str, sent: Sent, id: str, path: str
) -> Command:
    said: dict[str, Any] = {}
    for name in names:
        value = sent.one(f"{key}.{name}") or sent.one(name)
        if value or name in {"reason", "leave", "by"}:
            said[name] = value
    if path == "decide-leave":
        said["granted"] = sent.one("granted") == "yes"
    text = json.dumps(said, ensure_ascii=False)
    return bodies.command_of(command, text, {"meeting": id}, frozenset({"meeting"}))
