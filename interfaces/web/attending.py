"""Who comes to a meeting: the code that is shown, checking in by it or by the clerk's hand, and the attendance entered in one go."""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any
from urllib.parse import quote

import segno
from fastapi import APIRouter, Response
from markupsafe import Markup
from starlette.concurrency import run_in_threadpool

from application.clock import now
from domain.access import Action
from domain.deed import Deed
from domain.fact import Attendance, Capacity, Part, Spoke
from domain.meeting import (
    LONGEST_CODE_MINUTES,
    NOT_HELD,
    CheckIn,
    CloseMeeting,
    IssueCode,
    Meeting,
    MeetingStep,
    ReopenMeeting,
    digest_of,
    known_of,
    line_of,
    recorded_of,
    standing,
    waits_for_leave,
)
from domain.occasion import Participant
from domain.people import PersonId, Reason, Refused
from domain.words import Choice, Label
from interfaces import bodies
from interfaces.api.asking import Look
from interfaces.api.door import checked_id, needs
from interfaces.ids import minted_id
from interfaces.refusals import status_of
from interfaces.web import choosing, fields, turning
from interfaces.web.choosing import PersonRow
from interfaces.web.fields import Input, Trouble, Widget
from interfaces.web.meetings import (
    Typed,
    as_member,
    found,
    is_taken_back,
    meeting_page,
    must_organise,
)
from interfaces.web.refusing import PageRoute
from interfaces.web.rendering import render, see
from interfaces.web.visiting import Sending, Sent, Visiting, Visitor, is_on_https, whole
from projections import deeds
from projections.meetings import MeetingPage

LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
"""What a code is made of: nothing that is read for another, such as I and 1, O and 0."""
LENGTH = 10
MINUTES = (5, 10, 20, LONGEST_CODE_MINUTES)
USUAL_MINUTES = 10
MOST_MINUTES = 1_000
"""More than may be asked for: it is refused, and not worked out."""
_CODE = Label("签到码", "code")
_OTHERS = Label("列席等其他人员", "others who were there")
_SAID: Mapping[str, type[Choice]] = {
    "attendance": Attendance,
    "spoke": Spoke,
    "capacity": Capacity,
    "part": Part,
}
"""What is said of each."""
_OF_LEAVE = ("leave", "granted_by")
_TYPED = ("half_days", *_OF_LEAVE)
"""What may be typed of each besides."""
_WITH_LEAVE = frozenset({Attendance.LEAVE.value, Attendance.LEAVE_REFUSED.value})
_OF_CLOSING = (
    Input(name="half_days", label=Label("半天数", "half days"), widget=Widget.NUMBER),
    Input(name="result", label=Label("成果", "result"), widget=Widget.LONG),
    Input(name="guests", label=Label("名册外的嘉宾", "guests on no roster"), widget=Widget.LINES),
)
"""What is said of the meeting as a whole."""
_OVERTAKEN = frozenset({Reason.CHANGED_MEANWHILE, Reason.MEETING_CLOSED})
"""Why a list is shown again beside what another has said meanwhile."""
_EMPTIED: Mapping[str, Any] = {"result": "", "guests": []}
"""What is said by emptying an input that held something."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """Somebody on the list, with what is said of him; `note` is what is known already: that he checked in, or has leave, or is exempt. Where his leave is `undecided`, it has to be said how it was. `stands` is what another has said of him meanwhile, where that is something else."""

    person: PersonRow
    is_expected: bool
    said: Mapping[str, str]
    note: Label | None = None
    undecided: bool = False
    stands: tuple[Choice, ...] = ()
    opened: bool = False
    wrong: tuple[Any, ...] = ()

    @property
    def is_open(self) -> bool:
        """Whether all is asked of him: where something is said of it already, where it is wanted, or where he has leave."""
        usual = (Capacity.ATTENDS.value, Part.TAKES_PART.value)
        return bool(
            self.opened
            or self.undecided
            or self.wrong
            or self.said["attendance"] in _WITH_LEAVE
            or (self.said["capacity"], self.said["part"]) != usual
            or any(self.said[name] for name in _TYPED)
        )


def router() -> APIRouter:
    """The pages."""
    made = APIRouter(route_class=PageRoute, include_in_schema=False, prefix="/ledgers/{ledger}")

    @made.get("/meetings/{id}/code", operation_id="page_code", openapi_extra=needs(Action.MEET))
    def code_page(visitor: Visiting, id: str) -> Response:
        """Where a new code is asked for; it is shown once, on the page that follows."""
        return _code_page(visitor, id)

    @made.post("/meetings/{id}/code", operation_id="send_code", openapi_extra=needs(Action.MEET))
    async def send_code(sending: Sending, id: str) -> Response:
        """A new code in place of the one before, as a picture and in letters. It is nowhere kept: whoever asks once more gets another."""
        visitor, sent = sending
        minutes = min(whole(sent.one("minutes")) or USUAL_MINUTES, MOST_MINUTES)
        code = "".join(secrets.choice(LETTERS) for _ in range(LENGTH))
        until = now() + timedelta(minutes=minutes)
        command = IssueCode(meeting=id, digest=digest_of(id, code), until=until)
        try:
            # The id of the form does not count: a page that is loaded again cannot show a code that is not kept.
            await visitor.submit(command, minted_id())
        except Refused as refused:
            return await run_in_threadpool(_code_page, visitor, id, refused=refused)
        return await run_in_threadpool(
            _code_page, visitor, id, code=code, until=until, minutes=minutes
        )

    @made.get(
        "/meetings/{id}/check-in",
        operation_id="page_check_in",
        openapi_extra=needs(Action.TAKE_PART),
    )
    def check_in_page(visitor: Visiting, id: str, code: str = "", done: str = "") -> Response:
        """Where somebody checks in himself, by the code that he scanned or types."""
        return _check_in_page(visitor, id, code=code[:40], done=bool(done))

    @made.post(
        "/meetings/{id}/check-in",
        operation_id="send_check_in",
        openapi_extra=needs(Action.TAKE_PART),
    )
    async def send_check_in(sending: Sending, id: str) -> Response:
        """He is there."""
        visitor, sent = sending
        code = sent.one("code")[:40]
        command = CheckIn(meeting=id, person=visitor.actor.person, code=code)
        try:
            if not code:
                raise Refused(Reason.MISSING, "/code")
            await visitor.submit(command, sent.command_id)
        except Refused as refused:
            return await run_in_threadpool(_check_in_page, visitor, id, code=code, refused=refused)
        return see(visitor.address(f"/meetings/{id}/check-in?done=1"))

    @made.post(
        "/meetings/{id}/hand", operation_id="send_hand", openapi_extra=needs(Action.TAKE_PART)
    )
    async def send_hand(sending: Sending, id: str) -> Response:
        """Somebody is there: whoever organises it enters it, one tap a person."""
        visitor, sent = sending
        try:
            person = await run_in_threadpool(_by_hand, visitor, sent, id)
            # The form holds a button for each: what it does depends on whom it is pressed for.
            its = f"{sent.command_id}.{person}"
            await visitor.submit(CheckIn(meeting=id, person=person), its)
        except Refused as refused:
            told = turning.troubles(refused, "hand", {"person": Label("人员", "person")})
            typed = Typed("hand", sent, told)
            return await run_in_threadpool(
                meeting_page, visitor, id, typed=typed, status=status_of(refused)
            )
        return see(visitor.address(f"/meetings/{id}?did=hand#people"))

    @made.get(
        "/meetings/{id}/attendance",
        operation_id="page_attendance",
        openapi_extra=needs(Action.MEET),
    )
    def attendance(visitor: Visiting, id: str) -> Response:
        """All whom it expects, to say of each how it was."""
        return _attendance_page(visitor, id)

    @made.post(
        "/meetings/{id}/attendance",
        operation_id="send_attendance",
        openapi_extra=needs(Action.MEET),
    )
    async def send_attendance(sending: Sending, id: str) -> Response:
        """Close it with its attendance, in one act."""
        visitor, sent = sending
        seen = whole(sent.one("version")) or 0
        if sent.one("more"):
            # More is asked of one of them: nothing is recorded yet.
            return await run_in_threadpool(_attendance_page, visitor, id, sent)
        try:
            command = await run_in_threadpool(_closing, visitor, sent, id)
            if sent.has("reason"):
                seen = await _reopened(visitor, sent, id, seen)
            await visitor.submit(command, sent.command_id, seen=seen)
        except Refused as refused:
            return await run_in_threadpool(_attendance_page, visitor, id, sent, refused)
        return see(visitor.address(f"/meetings/{id}?did=close"))

    return made


# By a code


def _code_page(
    visitor: Visitor,
    id: str,
    *,
    code: str = "",
    until: Any = None,
    minutes: int = USUAL_MINUTES,
    refused: Refused | None = None,
) -> Response:
    with visitor.asking.look() as look:
        page = found(look, id)
        must_organise(visitor, look, page.state.body)
    picture = ""
    if code:
        made = segno.make(_address(visitor, id, code), error="m")
        # Drawn here, of an address made here.
        svg = made.svg_inline(scale=8, border=4, dark="#000", light="#fff")
        picture = Markup(svg)  # noqa: S704
    return render(
        visitor,
        "meeting_code.html",
        status=200 if refused is None else status_of(refused),
        m=page,
        code=code,
        until=until,
        minutes=minutes,
        offered=MINUTES,
        picture=picture,
        is_open=page.state.step is MeetingStep.OPEN,
        wrong=() if refused is None else fields.troubles(refused, ()),
    )


def _address(visitor: Visitor, id: str, code: str) -> str:
    """Where a telephone goes that scans the code."""
    request = visitor.request
    scheme = "https" if is_on_https(request) else request.url.scheme
    host = request.headers.get("host", "")
    path = visitor.address(f"/meetings/{quote(id)}/check-in")
    return f"{scheme}://{host}{path}?code={code}"


def _check_in_page(
    visitor: Visitor,
    id: str,
    *,
    code: str = "",
    done: bool = False,
    refused: Refused | None = None,
) -> Response:
    with visitor.asking.look() as look:
        page = found(look, id)
    spent = refused is not None and refused.reason is Reason.CODE_SPENT
    return render(
        visitor,
        "meeting_check_in.html",
        status=200 if refused is None else status_of(refused),
        m=page,
        code=code,
        checked_in=page.state.checked_in.get(visitor.actor.person),
        is_open=page.state.step is MeetingStep.OPEN,
        is_expected=visitor.actor.person in page.state.listed,
        done=done,
        himself=as_member(visitor),
        wrong=() if refused is None or spent else fields.troubles(refused, ()),
    )


# By hand


def _by_hand(visitor: Visitor, sent: Sent, id: str) -> PersonId:
    if sent.one("person"):
        return PersonId(checked_id(sent.one("person"), "/person"))
    if not sent.one("others"):
        raise Refused(Reason.MISSING, "/person")
    with visitor.asking.look() as look:
        page = found(look, id)
        told = (look.connection, look.ledger, sent.one("others"), page.line.on, "/person")
        return choosing.one_called(*told).person


# In one go


def _rows(
    look: Look, page: MeetingPage, record: Deed[Any] | None, typed: Sequence[str] = ()
) -> list[Row]:
    """Whom it expects, who checked in, whom its record names already and of whom something was `typed`, with what is to be said of each."""
    state = page.state
    recorded = recorded_of(record)
    known, listed = (*state.listed, *state.checked_in, *(recorded or ())), set(state.listed)
    everybody = list(dict.fromkeys((*known, *map(PersonId, typed))))
    made = []
    for person in choosing.some(look.connection, look.ledger, everybody, page.line.on):
        is_expected = person.person in listed
        said, note = _usual(state, person, recorded, is_expected=is_expected)
        undecided = not said["attendance"]
        made.append(
            Row(
                person=person,
                is_expected=is_expected,
                said=said,
                note=note,
                undecided=undecided,
            )
        )
    return made


def _usual(
    state: Meeting[Any],
    person: PersonRow,
    recorded: Mapping[PersonId, Participant] | None,
    *,
    is_expected: bool,
) -> tuple[dict[str, str], Label | None]:
    """What stands in a row to begin with: what is known of him, or that nothing was required of who is exempt, or that he was there.

    Where a record says nothing of him, nothing; no attendance where he asked for leave that is not decided.
    """
    who = person.person
    known = known_of(state, recorded, who)
    leave = state.leaves.get(who)
    note = None
    if who in state.checked_in:
        note = Label("已签到", "checked in")
    elif leave is not None:
        waits = leave.granted is None
        zh, en = ("请假待批", "leave asked for") if waits else ("请假", "leave")
        note = Label(f"{zh}:{leave.leave}", f"{en}: {leave.leave}")
    elif person.exempt:
        note = Label("免于履职", "exempt from duties")
    usual = (
        Attendance.NOT_REQUIRED
        if person.exempt and is_expected
        else Attendance.PRESENT
        if recorded is None
        else Attendance.NOT_RECORDED
    )
    line = known or line_of(state, who, usual)
    if known is None and not is_expected:
        line = replace(line, capacity=choosing.sits_in_as(person))
    said = {name: getattr(line, name).value for name in _SAID}
    said |= {name: getattr(line, name) for name in _OF_LEAVE}
    said["half_days"] = "" if line.half_days is None else str(line.half_days)
    if known is None and leave is not None:
        said |= {"leave": leave.leave, "granted_by": leave.by}
        if is_expected and not person.exempt and waits_for_leave(state, who):
            said["attendance"] = ""
    return said, note


def _closing(visitor: Visitor, sent: Sent, id: str) -> CloseMeeting:
    """The command that the list says."""
    with visitor.asking.look() as look:
        page = found(look, id)
        people = _people_said(visitor, look, page, sent)
        record = deeds.record_of(look.connection, look.ledger, page.state)
    recorded = recorded_of(record)
    usual = fields.filled(_OF_CLOSING, standing(page.state, record))
    said: dict[str, Any] = {}
    for before, each in zip(usual, fields.sent_in(usual, sent), strict=True):
        value = fields.told(each)
        if value is not None:
            said[each.name] = value
        elif before.values and each.name in _EMPTIED:
            said[each.name] = _EMPTIED[each.name]
    said["participants"] = [
        _participant(PersonId(person), told, recorded, page.state)
        for person, told in people.items()
    ]
    text = json.dumps(said, ensure_ascii=False)
    command: Any = bodies.command_of(CloseMeeting, text, {"meeting": id}, frozenset({"meeting"}))
    return command  # type: ignore[no-any-return]


def _told_of(sent: Sent) -> list[str]:
    """Those of whom the list says something, in its order: all but those of whom it is left open how it was."""
    every = dict.fromkeys(sent.all("p"))
    open_yet = {p for p in every if sent.has(f"attendance.{p}") and not sent.one(f"attendance.{p}")}
    return [person for person in every if person not in open_yet]


async def _reopened(visitor: Visitor, sent: Sent, id: str, seen: int) -> int:
    """Open a meeting again that another has closed, so that what he typed can be sent nevertheless; the version that it has then, if it is as he saw it."""

    def version() -> tuple[int, MeetingStep]:
        with visitor.asking.look() as look:
            page = found(look, id)
        return page.line.version, page.state.step

    now, step = await run_in_threadpool(version)
    if now != seen or step is not MeetingStep.CLOSED:
        return seen
    again = ReopenMeeting(meeting=id, reason=sent.one("reason"))
    return (await visitor.submit(again, f"{sent.command_id}.again")).version


def _people_said(
    visitor: Visitor, look: Look, page: MeetingPage, sent: Sent
) -> dict[str, dict[str, str]]:
    """What the list says of each, and of those who were typed besides."""
    made: dict[str, dict[str, str]] = {}
    for person in _told_of(sent):
        said = {name: sent.one(f"{name}.{person}") for name in (*_SAID, *_TYPED)}
        made[person] = {name: value for name, value in said.items() if value}
    if sent.one("others"):
        told = (look.connection, look.ledger, sent.one("others"), page.line.on, "/others")
        for row in choosing.called(*told, first=visitor.actor.unit):
            if row.person not in made:
                made[row.person] = {"capacity": choosing.sits_in_as(row).value}
    return made


def _participant(
    person: PersonId,
    said: Mapping[str, str],
    recorded: Mapping[PersonId, Participant] | None,
    state: Meeting[Any],
) -> dict[str, Any]:
    """A line of the record: what the list does not ask stays as it was; of leave nothing is said where he had none."""
    before = known_of(state, recorded, person) or state.guests.get(person)
    asked = state.leaves.get(person)
    made: dict[str, Any] = {"person": person, **said}
    if made.get("attendance") not in _WITH_LEAVE:
        made |= dict.fromkeys(_OF_LEAVE, "")
    elif asked is not None:
        made = {"leave": asked.leave, "granted_by": asked.by} | made
    half_days = made.get("half_days")
    if half_days is not None:
        # What is no number is refused as it was typed.
        number = whole(half_days)
        made["half_days"] = half_days if number is None else number
    if before is not None:
        made["in_name_of"] = before.in_name_of
    return made


def _attendance_page(
    visitor: Visitor, id: str, sent: Sent | None = None, refused: Refused | None = None
) -> Response:
    """The list; where it was refused as it was sent, with what is wrong beside each row."""
    with visitor.asking.look() as look:
        page = found(look, id)
        must_organise(visitor, look, page.state.body)
        record = deeds.record_of(look.connection, look.ledger, page.state)
        rows = _rows(look, page, record, [] if sent is None else sent.all("p"))
    taken_back = is_taken_back(page.state, record)
    body = standing(page.state, record)
    inputs = fields.filled(_OF_CLOSING, body)
    wrong: tuple[Trouble, ...] = ()
    version = page.line.version
    command_id = ""
    overtaken = refused is not None and refused.reason in _OVERTAKEN
    otherwise: list[tuple[Label, tuple[str, ...]]] = []
    if sent is not None:
        stood, rows = rows, [replace(row, said=_said_of(row, sent)) for row in rows]
        rows = [replace(row, opened=row.person.person == sent.one("more")) for row in rows]
        before, inputs = inputs, fields.sent_in(inputs, sent)
        if overtaken:
            both = zip(stood, rows, strict=True)
            rows = sorted((_beside(*each) for each in both), key=lambda row: not row.stands)
            otherwise = [
                (was.label, was.values)
                for was, now in zip(before, inputs, strict=True)
                if was.values != now.values
            ]
        command_id = sent.command_id
    if sent is not None and refused is not None:
        again = overtaken or refused.reason is Reason.COMMAND_ID_REUSED
        command_id = minted_id() if again else command_id
        rows, wrong = _wrong(rows, sent, refused)
        inputs = fields.with_troubles(inputs, wrong)
    return render(
        visitor,
        "meeting_attendance.html",
        status=200 if refused is None else status_of(refused),
        m=page,
        rows=rows,
        inputs=inputs,
        others="" if sent is None else sent.one("others"),
        wrong=wrong,
        namesakes=_namesakes(refused),
        version=version,
        command_id=command_id,
        half_days=body.half_days,
        attendances=[each for each in Attendance if each is not Attendance.NOT_RECORDED],
        unsaid=Attendance.NOT_RECORDED,
        spokes=list(Spoke),
        capacities=list(Capacity),
        parts=list(Part),
        taken_back=taken_back,
        may_close=page.state.step in NOT_HELD and not taken_back,
        may_reopen=page.state.step is MeetingStep.CLOSED and sent is not None and not taken_back,
        overtaken=overtaken,
        more="" if sent is None else sent.one("more"),
        otherwise=otherwise,
        reason="" if sent is None else sent.one("reason"),
        ahead=page.line.on > visitor.desk.today(),
    )


def _beside(stood: Row, typed: Row) -> Row:
    """A row as it was typed, with what stands by now where that is something else."""
    if not stood.said["attendance"] or stood.said == typed.said:
        return typed
    stands = (
        of.of(stood.said[name])
        for name, of in _SAID.items()
        if name == "attendance" or stood.said[name] != typed.said[name]
    )
    return replace(typed, stands=tuple(stands))


def _said_of(row: Row, sent: Sent) -> dict[str, str]:
    who = row.person.person
    return {name: sent.one(f"{name}.{who}", usual) for name, usual in row.said.items()}


def _namesakes(refused: Refused | None) -> tuple[Refused, ...]:
    """Those whom a name may mean that several have."""
    if refused is None or refused.reason is not Reason.AMBIGUOUS_NAME:
        return ()
    return refused.others


def _wrong(
    rows: Sequence[Row], sent: Sent, refused: Refused
) -> tuple[list[Row], tuple[Trouble, ...]]:
    """What is wrong, beside the row of whom it is about, or at the input."""
    said = _told_of(sent)
    unsaid = Attendance.NOT_RECORDED.value
    # The record has no line of those of whom nothing is recorded: what is wrong with its body counts without them.
    lines = [person for person in said if sent.one(f"attendance.{person}") != unsaid]
    by_person: dict[str, list[Any]] = {}
    troubles: list[Trouble] = []
    every = (
        (refused, *refused.others) if refused.reason is not Reason.AMBIGUOUS_NAME else (refused,)
    )
    for each in every:
        (trouble,) = fields.troubles(
            each if each is refused and len(every) == 1 else replace(each, others=()), ()
        )
        parts = [part for part in each.field.split("/") if part and part != "body"]
        nth = whole(parts[1]) if parts[:1] == ["participants"] and len(parts) > 1 else None
        counted = lines if each.field.startswith("/body/") else said
        who = counted[nth] if nth is not None and nth < len(counted) else ""
        if each.reason is Reason.LEAVE_UNDECIDED:
            who = each.about
        if who:
            by_person.setdefault(who, []).append(trouble.said)
            trouble = replace(trouble, label=_name(rows, who), anchor=f"row-{who}")
        elif parts[:1] == ["others"]:
            trouble = replace(trouble, field="others", label=_OTHERS, anchor="others")
        elif parts == ["reason"]:
            trouble = replace(trouble, field="reason", label=turning.REASON, anchor="reason")
        elif parts and parts[0] in {i.name for i in _OF_CLOSING}:
            label = next(i.label for i in _OF_CLOSING if i.name == parts[0])
            trouble = replace(trouble, field=parts[0], label=label, anchor=f"f-{parts[0]}")
        troubles.append(trouble)
    marked = [replace(row, wrong=tuple(by_person.get(row.person.person, ()))) for row in rows]
    return marked, tuple(troubles)


def _name(rows: Sequence[Row], person: str) -> Label:
    name = next((row.person.name for row in rows if row.person.person == person), person)
    return Label(name, name)
