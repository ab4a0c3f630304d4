"""Planning a meeting, and correcting its plan: the form of the catalogue without what is known only afterwards, and whom it expects."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from fastapi import APIRouter, Response
from sqlalchemy import Connection
from starlette.concurrency import run_in_threadpool

from domain.access import Action
from domain.fact import Capacity
from domain.kinds import KINDS, Details, Shape, kind_of
from domain.kinds.meetings import Meeting as MeetingKind
from domain.meeting import AmendMeeting, InvitedPerson, PlanMeeting
from domain.member import Bond, MemberRole
from domain.people import PersonId, Reason, Refused, UnitId
from domain.unit import Unit, UnitKind
from domain.words import Label, Level
from interfaces import bodies
from interfaces.api.asking import Look
from interfaces.api.door import needs
from interfaces.ids import id_for, minted_id
from interfaces.refusals import status_of
from interfaces.web import choosing, fields
from interfaces.web.choosing import PersonRow, Units
from interfaces.web.fields import Input, Trouble
from interfaces.web.meetings import found, must_organise
from interfaces.web.recording import (
    families,
    has_level_of_organiser,
    is_of_township,
    title_of,
    with_named,
)
from interfaces.web.refusing import PageRoute
from interfaces.web.rendering import render, see
from interfaces.web.visiting import Sending, Sent, Visiting, Visitor, whole
from projections import meetings, roster
from projections.meetings import MeetingLine, MeetingPage
from projections.paging import MOST, Key
from projections.roster import RosterLine

USUAL = "attended"
AFTERWARDS = frozenset({"result", "reached_people", "guests", "evidence"})
"""What is said of a meeting when it has been held."""
FIRST = ("on", "title", "place")
MOVED_BY_ITSELF = frozenset({"on", "until"})
"""What a correction of the plan does not change: a meeting is moved by itself."""
_LEADERS = frozenset(
    {MemberRole.CHAIRPERSON, MemberRole.VICE_CHAIRPERSON, MemberRole.SECRETARY_GENERAL}
)
_STANDING = _LEADERS | {MemberRole.STANDING_MEMBER}
_OF_UNITS = (UnitKind.SECTOR, UnitKind.STUDIO, UnitKind.SPECIAL_COMMITTEE)
_EXPECTED = Label("应到人员", "whom it expects")


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Some members who are expected together; of `exempt` of them no duties are asked."""

    value: str
    label: Label
    people: tuple[PersonId, ...]
    exempt: int = 0
    chosen: bool = False


@dataclass(frozen=True, slots=True)
class Guest:
    """Somebody who sits in or is a guest as the plan has it by now, and in whose name."""

    row: PersonRow
    capacity: Capacity
    unit: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Sitting:
    """Who is to sit in besides, as it is typed: names, as what, and whether each in the name of his sector."""

    names: str = ""
    capacity: str = ""
    for_sector: bool = False


NOBODY_SITS = Sitting()
_SITS = Label("列席人员", "who sits in")
SITS_AS = tuple(each for each in Capacity if each is not Capacity.ATTENDS)
"""As what somebody may be at a meeting who need not come."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Planning:
    """All that the form shows."""

    kind: str
    details: type[Details]
    inputs: tuple[Input, ...]
    units: Units
    groups: tuple[Group, ...]
    people: tuple[PersonRow, ...]
    guests: tuple[Guest, ...]
    sessions: tuple[MeetingLine, ...]
    number: str = ""
    part_of: str = ""
    others: str = ""
    sitting: Sitting = NOBODY_SITS
    reason: str = ""
    command_id: str = ""
    version: int = 0
    amends: MeetingPage | None = None
    wrong: tuple[Trouble, ...] = ()

    def part(self, names: Sequence[str]) -> list[Input]:
        """Some inputs, in this order."""
        named = {each.name: each for each in self.inputs}
        return [named[name] for name in names if name in named]

    @property
    def own(self) -> list[Input]:
        """What this kind asks and others do not: what is required first."""
        of_kind = (each for each in self.inputs if each.name.startswith("details."))
        return sorted(of_kind, key=lambda each: not each.required)

    @property
    def rest(self) -> list[Input]:
        """What may stay folded."""
        return [
            each
            for each in self.inputs
            if each.name not in FIRST and not each.name.startswith("details.")
        ]


def router() -> APIRouter:
    """The forms."""
    made = APIRouter(route_class=PageRoute, include_in_schema=False, prefix="/ledgers/{ledger}")

    @made.get("/meetings/new", operation_id="page_plan", openapi_extra=needs(Action.MEET))
    def plan(visitor: Visiting, kind: str = USUAL) -> Response:
        """The form of a kind of meeting."""
        with visitor.asking.look() as look:
            shown = _fresh(visitor, look, _known(kind))
        return _page(visitor, shown)

    @made.post("/meetings/new", operation_id="send_plan", openapi_extra=needs(Action.MEET))
    async def send_plan(sending: Sending) -> Response:
        """Plan it; what is wrong is said beside it, and nothing that was typed is lost."""
        visitor, sent = sending
        kind = _known(sent.one("kind", USUAL))
        try:
            command = await run_in_threadpool(_planned, visitor, sent, kind)
            done = await visitor.submit(command, sent.command_id)
        except Refused as refused:
            return await run_in_threadpool(_plan_again, visitor, sent, kind, refused)
        return see(visitor.address(f"/meetings/{done.stream.partition('/')[2]}?did=plan"))

    @made.get(
        "/meetings/{id}/amend", operation_id="page_amend_plan", openapi_extra=needs(Action.MEET)
    )
    def amend(visitor: Visiting, id: str) -> Response:
        """The form of a plan as it stands."""
        with visitor.asking.look() as look:
            shown = _standing(visitor, look, id)
        return _page(visitor, shown)

    @made.post(
        "/meetings/{id}/amend", operation_id="send_amend_plan", openapi_extra=needs(Action.MEET)
    )
    async def send_amend(sending: Sending, id: str) -> Response:
        """Say it anew."""
        visitor, sent = sending
        try:
            command = await run_in_threadpool(_amended, visitor, sent, id)
            await visitor.submit(command, sent.command_id, seen=whole(sent.one("version")) or 0)
        except Refused as refused:
            return await run_in_threadpool(_amend_again, visitor, sent, id, refused)
        return see(visitor.address(f"/meetings/{id}?did=amend"))

    return made


def _known(kind: str) -> str:
    if kind not in KINDS or KINDS[kind].about.shape is not Shape.OCCASION:
        raise Refused(Reason.NO_SUCH_PAGE, about=kind[:80])
    return kind


def _page(visitor: Visitor, shown: Planning, status: int = 200) -> Response:
    kinds = [
        (family, [kind for kind in family.kinds if kind.about.shape is Shape.OCCASION])
        for family in families(visitor)
    ]
    return render(
        visitor,
        "meeting_form.html",
        status=status,
        r=shown,
        kinds=[(family, some) for family, some in kinds if some],
        kind_of=kind_of,
        sits_as=SITS_AS,
        today=visitor.desk.today(),
    )


def _asked(kind: str, *, amends: bool) -> list[Input]:
    """What is asked of a plan: nothing that tells of a person, and nothing that is known only afterwards."""
    gone = AFTERWARDS | (MOVED_BY_ITSELF if amends else frozenset())
    return [
        each
        for each in fields.inputs_of(kind)
        if each.name not in gone and not each.private and not each.sensitive
    ]


# What the form starts with


def _fresh(visitor: Visitor, look: Look, kind: str) -> Planning:
    unit = visitor.capacity.unit
    units = choosing.units(look.connection, look.ledger)
    usual = {"organiser": unit, "level": Level.TOWNSHIP.value}
    if not (has_level_of_organiser(kind) and is_of_township(units, unit)):
        del usual["level"]
    inputs = [
        each.with_values(value) if (value := usual.get(each.name)) else each
        for each in _asked(kind, amends=False)
    ]
    return _made(visitor, look, kind, inputs, units, command_id=minted_id())


def _made(
    visitor: Visitor,
    look: Look,
    kind: str,
    inputs: Sequence[Input],
    units: Units,
    **more: Any,
) -> Planning:
    today = visitor.desk.today()
    sessions = meetings.meetings(
        look.connection,
        look.ledger,
        since=date(today.year - 1, 12, 1),
        kinds=(MeetingKind.PLENARY_SESSION,),
        limit=10,
    ).rows
    groups = tuple(_groups(look.connection, look.ledger, today, units, visitor.capacity.unit))
    chosen = more.pop("chosen", frozenset())
    return Planning(
        kind=kind,
        details=KINDS[kind],
        inputs=tuple(inputs),
        units=units,
        groups=tuple(replace(each, chosen=each.value in chosen) for each in groups),
        people=more.pop("people", ()),
        guests=more.pop("guests", ()),
        sessions=sessions,
        **more,
    )


def _members(connection: Connection, ledger: str, day: date) -> Iterator[RosterLine]:
    """All members on a day."""
    after: Key | None = None
    while True:
        page = roster.people(
            connection, ledger, day=day, members_only=True, by_sector=True, after=after, limit=MOST
        )
        yield from page.rows
        after = page.after
        if after is None:
            return


def _groups(
    connection: Connection, ledger: str, day: date, units: Units, own: UnitId | None
) -> Iterator[Group]:
    """Those who may be expected together on a day: all, the Standing Committee, its leaders, each sector, studio and special committee."""
    members = list(_members(connection, ledger, day))
    everybody = tuple(each.person for each in members)
    of_unit: dict[UnitId, list[PersonId]] = {}
    for each in members:
        for unit in filter(None, (each.sector, each.studio, *each.committees)):
            of_unit.setdefault(unit, []).append(each.person)

    free = {each.person for each in members if each.exempt}

    def group(value: str, label: Label, people: tuple[PersonId, ...]) -> Group:
        exempt = sum(person in free for person in people)
        return Group(value=value, label=label, people=people, exempt=exempt)

    def with_role(roles: frozenset[MemberRole]) -> tuple[PersonId, ...]:
        return tuple(each.person for each in members if roles.intersection(each.roles))

    for value, label, people in (
        ("all", Label("全体委员", "all members"), everybody),
        ("standing", Label("常委会组成人员", "the Standing Committee"), with_role(_STANDING)),
        ("leaders", Label("主席会议成员", "the Chairperson’s Council"), with_role(_LEADERS)),
    ):
        if people:
            yield group(value, label, people)
    for held in sorted(units.all.values(), key=lambda e: _in_order(e, own)):
        if held.profile.kind in _OF_UNITS and held.unit in of_unit and held.open_on(day):
            name = held.profile.name
            people = tuple(of_unit[held.unit])
            yield group(f"unit/{held.unit}", Label(name, name), people)


def _in_order(unit: Unit, own: UnitId | None) -> tuple[bool, int, str]:
    """The unit of whoever plans first, then by kind and name."""
    kind = unit.profile.kind
    place = _OF_UNITS.index(kind) if kind in _OF_UNITS else len(_OF_UNITS)
    return unit.unit != own, place, unit.profile.name


def _standing(visitor: Visitor, look: Look, id: str) -> Planning:
    """The form of a plan as it stands."""
    page = found(look, id)
    body = page.state.body
    must_organise(visitor, look, body)
    kind = kind_of(type(body.details))
    rows = choosing.some(look.connection, look.ledger, page.state.expected, page.line.on)
    return _made(
        visitor,
        look,
        kind,
        fields.filled(_asked(kind, amends=True), body),
        choosing.units(look.connection, look.ledger),
        people=tuple(map(choosing.chosen, rows)),
        guests=tuple(_guests(look, page)),
        number=page.state.number,
        part_of=page.state.part_of,
        command_id=minted_id(),
        version=page.line.version,
        amends=page,
    )


def _guests(look: Look, page: MeetingPage) -> Iterator[Guest]:
    """Who sits in or is a guest as a plan has it."""
    guests = page.state.guests
    names = roster.names(
        look.connection,
        look.ledger,
        units={each.in_name_of for each in guests.values() if each.in_name_of is not None},
    )
    for row in choosing.some(look.connection, look.ledger, list(guests), page.line.on):
        guest = guests[row.person]
        unit = names.get(f"unit/{guest.in_name_of}", "")
        yield Guest(choosing.chosen(row), guest.capacity, unit)


# What was sent


def _body(visitor: Visitor, look: Look, sent: Sent, kind: str, before: MeetingPage | None) -> Any:
    """What the form says of the meeting; of a plan that is corrected, what it does not ask stays."""
    connection = look.connection
    units = choosing.units(connection, look.ledger)
    everything = fields.inputs_of(kind)
    if before is not None:
        start: Sequence[Input] = fields.filled(everything, before.state.body)
    else:
        unit = visitor.capacity.unit
        start = [
            each.with_values(unit) if each.name == "organiser" and unit is not None else each
            for each in everything
        ]
    asked = {each.name for each in _asked(kind, amends=before is not None)}
    read = {each.name: each for each in fields.sent_in(start, sent) if each.name in asked}
    wrong: list[Refused] = []
    named = with_named(
        visitor, connection, units, [read.get(each.name, each) for each in start], wrong
    )
    said = fields.body_said(kind, named)
    if (
        not said.get("level")
        and has_level_of_organiser(kind)
        and is_of_township(units, said.get("organiser"))
    ):
        said["level"] = Level.TOWNSHIP.value
    if not said.get("title"):
        said["title"] = title_of(kind, said, units)
    try:
        said["expected"] = _expected(visitor, look, sent, units, _day(said))
    except Refused as refused:
        wrong += [refused]
    try:
        body = bodies.body_of(Shape.OCCASION, json.dumps(said, ensure_ascii=False))
    except Refused as refused:
        wrong += [replace(refused, others=()), *refused.others]
    if wrong:
        first, *others = wrong
        raise first if not others else replace(first, others=tuple(others))
    return body


def _day(said: Any) -> date | None:
    try:
        return date.fromisoformat(said.get("on") or "")
    except ValueError:
        return None


def _expected(
    visitor: Visitor, look: Look, sent: Sent, units: Units, day: date | None
) -> list[PersonId]:
    """Those of the groups that were ticked, those who were ticked, and those who were typed; each once."""
    day = day or visitor.desk.today()
    people: dict[PersonId, None] = {}
    ticked = set(sent.all("g"))
    if ticked:
        for group in _groups(look.connection, look.ledger, day, units, None):
            if group.value in ticked:
                people |= dict.fromkeys(group.people)
    people |= dict.fromkeys(map(PersonId, sent.all("p")))
    if sent.one("others"):
        told = (look.connection, look.ledger, sent.one("others"), day, "/expected")
        rows = choosing.called(*told, first=visitor.actor.unit)
        people |= dict.fromkeys(row.person for row in rows)
    return list(people)


def _invited(
    visitor: Visitor, look: Look, sent: Sent, day: date, before: MeetingPage | None
) -> tuple[InvitedPerson, ...]:
    """Those of before who are still ticked, and those who were typed: in the capacity that was chosen, else in that of his standing; in the name of his sector, where it is asked."""
    guests = {} if before is None else before.state.guests
    kept = [guests[who] for who in map(PersonId, sent.all("i")) if who in guests]
    typed = sent.one("sits")
    if not typed:
        return tuple(kept)
    told = (look.connection, look.ledger, typed, day, "/invited")
    rows = [
        row
        for row in choosing.called(*told, first=visitor.actor.unit)
        if row.person not in {each.person for each in kept}
    ]
    sectors: dict[PersonId, UnitId | None] = {}
    if sent.one("sits_for"):
        people = roster.persons(look.connection, look.ledger, [row.person for row in rows])
        sectors = {who: each.bound_to(Bond.SECTOR, day) for who, each in people.items()}
    chosen = sent.one("sits_as")
    capacity = Capacity.of(chosen) if chosen in {each.value for each in SITS_AS} else None
    more = (
        InvitedPerson(
            person=row.person,
            capacity=capacity or choosing.sits_in_as(row),
            in_name_of=sectors.get(row.person),
        )
        for row in rows
    )
    return (*kept, *more)


def _planned(visitor: Visitor, sent: Sent, kind: str) -> PlanMeeting:
    with visitor.asking.look() as look:
        body = _body(visitor, look, sent, kind, None)
        invited = _invited(visitor, look, sent, body.on, None)
    return PlanMeeting(
        meeting=id_for(visitor.ledger, sent.command_id),
        body=body,
        number=sent.one("number"),
        part_of=sent.one("part_of"),
        invited=invited,
    )


def _amended(visitor: Visitor, sent: Sent, id: str) -> AmendMeeting:
    with visitor.asking.look() as look:
        before = found(look, id)
        must_organise(visitor, look, before.state.body)
        kind = kind_of(type(before.state.body.details))
        body = _body(visitor, look, sent, kind, before)
        invited = _invited(visitor, look, sent, body.on, before)
    return AmendMeeting(
        meeting=id,
        body=body,
        reason=sent.one("reason"),
        number=sent.one("number"),
        part_of=sent.one("part_of"),
        expects_nobody=not body.expected,
        invited=invited,
    )


def _plan_again(visitor: Visitor, sent: Sent, kind: str, refused: Refused) -> Response:
    with visitor.asking.look() as look:
        shown = _resent(visitor, look, sent, _fresh(visitor, look, kind), refused)
    return _page(visitor, shown, status_of(refused))


def _amend_again(visitor: Visitor, sent: Sent, id: str, refused: Refused) -> Response:
    with visitor.asking.look() as look:
        shown = _resent(visitor, look, sent, _standing(visitor, look, id), refused)
        if refused.reason is not Reason.CHANGED_MEANWHILE:
            shown = replace(shown, version=whole(sent.one("version")) or 0)
    return _page(visitor, shown, status_of(refused))


def _resent(
    visitor: Visitor, look: Look, sent: Sent, shown: Planning, refused: Refused
) -> Planning:
    """The form as it was sent, with what is wrong beside each input."""
    inputs = fields.sent_in(shown.inputs, sent)
    wrong = tuple(map(_of_expected, fields.troubles(refused, inputs)))
    again = refused.reason in {Reason.CHANGED_MEANWHILE, Reason.COMMAND_ID_REUSED}
    ids = [PersonId(each) for each in dict.fromkeys(sent.all("p"))]
    rows = choosing.some(look.connection, look.ledger, ids, visitor.desk.today())
    ticked, kept = set(sent.all("g")), set(sent.all("i"))
    return replace(
        shown,
        inputs=fields.with_troubles(inputs, wrong),
        groups=tuple(replace(each, chosen=each.value in ticked) for each in shown.groups),
        people=tuple(
            choosing.merged(
                (replace(each, chosen=False) for each in shown.people), map(choosing.chosen, rows)
            )
        ),
        number=sent.one("number"),
        part_of=sent.one("part_of"),
        others=sent.one("others"),
        guests=tuple(
            replace(each, row=replace(each.row, chosen=each.row.person in kept))
            for each in shown.guests
        ),
        sitting=Sitting(
            names=sent.one("sits"),
            capacity=sent.one("sits_as"),
            for_sector=bool(sent.one("sits_for")),
        ),
        reason=sent.one("reason"),
        command_id=minted_id() if again else sent.command_id,
        wrong=wrong,
    )


def _of_expected(trouble: Trouble) -> Trouble:
    if trouble.field.startswith("invited"):
        return replace(trouble, label=_SITS, anchor="sitting")
    if not trouble.field.startswith("expected"):
        return trouble
    return replace(trouble, label=_EXPECTED, anchor="expected")
