"""The roster as the office keeps it: people and units are entered, described, bound, appointed and let go by forms."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from types import MappingProxyType
from typing import Any

from fastapi import APIRouter, Response
from sqlalchemy import Connection
from starlette.concurrency import run_in_threadpool

from domain import member, unit
from domain.access import Action
from domain.member import Bond, Membership, Standing, Term
from domain.people import PersonId, Reason, Refused, UnitId
from domain.terms import Terms
from domain.unit import UnitKind
from domain.words import Label
from interfaces.api.asking import Look
from interfaces.api.door import checked_id, needs
from interfaces.ids import id_for
from interfaces.refusals import status_of
from interfaces.sealed import person_for
from interfaces.web import acts, choosing, fields
from interfaces.web.acts import BETWEEN, Act, Option, ShownAct, filled_from, offering
from interfaces.web.asked import Filters, next_page
from interfaces.web.choosing import Units
from interfaces.web.fields import Input, Widget
from interfaces.web.refusing import PageRoute
from interfaces.web.rendering import render, see
from interfaces.web.visiting import Sending, Sent, Visiting, Visitor, whole
from projections import roster

MOST_SHOWN = 50

HIS_NAME = {"profile.name": Label("姓名", "name")}
ADMIT = Act(
    path="new",
    command=member.Admit,
    zh="登记人员",
    en="Enter a person",
    told="person",
    called=HIS_NAME,
    hint=Label(
        "委员须填第几届、起始日期;界别和镇街工作室可以以后再编入。特邀委员和工作人员不填届次。",
        "A member needs a term and its first day; sector and studio may follow later. Guests and staff have no term.",
    ),
)
OF_PERSON: tuple[Act, ...] = (
    Act(
        path="describe", command=member.Describe, zh="更正信息", en="Correct what is said", told="person",
        called=HIS_NAME
    ),
    Act(path="join", command=member.Join, zh="编入单位", en="Bind to a unit", told="person"),
    Act(
        path="leave",
        command=member.Leave,
        zh="离开单位",
        en="End a bond",
        told="person",
        split={"held": ("bond", "unit")},
    ),
    Act(
        path="give-role",
        command=member.GiveRole,
        zh="任职",
        en="Give a role",
        told="person",
    ),
    Act(path="end-role", command=member.EndRole, zh="免职", en="End a role", told="person"),
    Act(
        path="exempt",
        command=member.Exempt,
        zh="免于履职要求",
        en="Exempt",
        told="person",
        hint=Label(
            "病假、产假等。理由只有本人、机关和考核组能看到。",
            "Illness, maternity and the like. The reason is seen by himself, the office and the appraisal committee alone.",
        ),
    ),
    Act(
        path="end-exemption",
        command=member.EndExemption,
        zh="恢复履职要求",
        en="End an exemption",
        told="person",
    ),
    Act(path="place", command=member.Place, zh="下沉报到", en="Report in", told="person"),
    Act(path="invite", command=member.Invite, zh="邀请", en="Invite", told="person"),
    Act(path="dismiss", command=member.Dismiss, zh="委员退出", en="End the membership", told="person"),
    Act(
        path="readmit",
        command=member.Readmit,
        zh="续任(新一届)",
        en="Another term",
        told="person",
        left_out=frozenset({"term.exit"}),
    ),
)  # fmt: skip
OPEN = Act(path="new", command=unit.OpenUnit, zh="设立单位", en="Enter a unit", told="unit")
OF_UNIT: tuple[Act, ...] = (
    Act(
        path="describe", command=unit.DescribeUnit, zh="更正信息", en="Correct what is said", told="unit"
    ),
    Act(path="move-on", command=unit.MoveUnitOn, zh="挂牌、示范、撤销", en="Another stage", told="unit"),
    Act(path="appoint", command=unit.Appoint, zh="任用", en="Appoint", told="unit"),
    Act(
        path="relieve",
        command=unit.Relieve,
        zh="免去职务",
        en="Relieve",
        told="unit",
        split={"held": ("person", "office")},
    ),
)  # fmt: skip
CORRECT = Act(
    path="correct-appointment",
    command=unit.Appoint,
    zh="更正任用",
    en="Correct an appointment",
    told="unit",
    hint=Label(
        "登错的,或任用后才知道的(如党委批准的日期和文号),在这里改,须写明理由;原来登记的留在台账里。已经离任的用“免去职务”。",
        "What was entered wrongly or came to be known later, such as the approval by the Party committee, is put right here with a reason; what was entered stays in the ledger. Who has left is relieved instead.",
    ),
)
"""Puts an appointment right; its inputs are those of appointing."""
_TAKEN_BACK, _WHY = "taken_back", "reason"
_BESIDE_APPOINTMENT = (
    Input(
        name=_TAKEN_BACK,
        label=Label("这条任用系误登,撤销", "It was entered in error: take it back"),
        widget=Widget.TICK,
    ),
    Input(name=_WHY, label=acts.label_of(_WHY), widget=Widget.TEXT, required=True),
)
_PEOPLE: Mapping[str, Act] = MappingProxyType({each.path: each for each in OF_PERSON})
_UNITS: Mapping[str, Act] = MappingProxyType({each.path: each for each in OF_UNIT})
_KEEPS = needs(Action.KEEP_ROSTER)


def router() -> APIRouter:
    """The pages on which the office keeps the roster."""
    made = APIRouter(
        route_class=PageRoute, include_in_schema=False, prefix="/ledgers/{ledger}/admin"
    )
    _add_people(made)
    _add_units(made)
    return made


# People


def _add_people(made: APIRouter) -> None:
    @made.get("/people", operation_id="page_keep_people", openapi_extra=_KEEPS)
    def people(visitor: Visiting, text: str = "", cursor: str = "") -> Response:
        """Everybody of the roster, to be kept."""
        with visitor.asking.look() as look:
            page = roster.people(
                look.connection,
                look.ledger,
                day=visitor.asking.today,
                text=Filters(visitor).text(text),
                after=visitor.asking.after(cursor or None),
                limit=MOST_SHOWN,
            )
            rows = choosing.rows_of(look.connection, look.ledger, page.rows)
        following = next_page(visitor, page.after)
        return render(visitor, "keep_people.html", rows=rows, text=text, next=following)

    @made.get("/people/new", operation_id="page_admit", openapi_extra=_KEEPS)
    def new_person(visitor: Visiting) -> Response:
        """The form on which somebody is entered."""
        return _new_person(visitor, ShownAct(act=ADMIT, inputs=_admitting(visitor)))

    @made.post("/people/new", operation_id="send_admit", openapi_extra=_KEEPS)
    async def admit(sending: Sending) -> Response:
        """Enter somebody."""
        visitor, sent = sending
        person = PersonId(id_for(visitor.ledger, sent.command_id))
        try:
            command = await run_in_threadpool(_admitted, visitor, sent, person)
            await visitor.submit(command, sent.command_id)
        except Refused as refused:
            inputs = _admitting(visitor)
            again = acts.refused_act(ADMIT, inputs, sent, _to_admitting(refused))
            return await run_in_threadpool(_new_person, visitor, again, status_of(refused))
        return see(visitor.address(f"/admin/people/{person}?done=new"))

    @made.get("/people/{id}", operation_id="page_keep_person", openapi_extra=_KEEPS)
    def person(visitor: Visiting, id: str, done: str = "") -> Response:
        """What the roster says of somebody, and what can be changed."""
        with visitor.asking.look() as look:
            page = _person(visitor, look, id)
            units = choosing.units(look.connection, look.ledger)
        state, day = page.person, visitor.asking.today
        offered = [each for each in OF_PERSON if _fits(each, state, day)]
        return render(
            visitor,
            "keep_person.html",
            person=state,
            units=units,
            acts=offered,
            done=_PEOPLE.get(done) or (ADMIT if done == "new" else None),
            today=day,
        )

    @made.get("/people/{id}/{act}", operation_id="page_act_on_person", openapi_extra=_KEEPS)
    def act_on_person(visitor: Visiting, id: str, act: str) -> Response:
        """The form of one act on somebody."""
        return _act_on_person(visitor, id, _named(_PEOPLE, act))

    @made.post("/people/{id}/{act}", operation_id="send_act_on_person", openapi_extra=_KEEPS)
    async def send_act_on_person(sending: Sending, id: str, act: str) -> Response:
        """Carry out one act on somebody."""
        visitor, sent = sending
        which = _named(_PEOPLE, act)
        person = PersonId(checked_id(id, "id"))
        try:
            command = await run_in_threadpool(_read_of_person, visitor, sent, which, person)
            await visitor.submit(command, sent.command_id, seen=_seen(which, sent))
        except Refused as refused:
            return await run_in_threadpool(_act_on_person, visitor, id, which, sent, refused)
        return see(visitor.address(f"/admin/people/{person}?done={which.path}"))


def _named(known: Mapping[str, Act], path: str) -> Act:
    if path not in known:
        raise Refused(Reason.NO_SUCH_PAGE, about=path[:40])
    return known[path]


def _seen(act: Act, sent: Sent) -> int | None:
    """The version that he saw who sends a form that replaces something; without one nothing fits."""
    version = sent.one("version")
    if not act.versioned:
        return None
    return int(version) if version.isdecimal() and len(version) < 12 else 0


def _person(visitor: Visitor, look: Look, id: str) -> roster.PersonPage:
    """Somebody of the roster, with all that is said of him; what is shown is noted."""
    told = PersonId(id)
    page = roster.person(look.connection, look.ledger, told, day=visitor.asking.today)
    if page is None:
        raise Refused(Reason.NO_SUCH_PERSON, "id", id[:40])
    asking = visitor.asking
    contact = asking.may_see_person(look, id, Action.SEE_CONTACT)
    file = asking.may_see_person(look, id, Action.SEE_FILE)
    if contact and page.person.profile.phone:
        look.shows(Action.SEE_CONTACT, f"member/{id}")
    if file and page.person.exemptions:
        look.shows(Action.SEE_FILE, f"member/{id}")
    return person_for(page, contact=contact, file=file)


def _fits(act: Act, person: member.Person, day: date) -> bool:
    """Whether there is anything to do by this act."""
    match act.path:
        case "leave":
            return any(m.on(day) for m in person.memberships)
        case "end-role":
            return any(held.on(day) for held in person.roles)
        case "end-exemption":
            return any(each.on(day) for each in person.exemptions)
        case "invite":
            return person.profile.standing is Standing.GUEST
        case "dismiss":
            return person.member_on(day)
        case "readmit":
            return not person.member_on(day)
        case _:
            return True


def _inputs_of_person(
    act: Act, person: member.Person, units: Units, day: date, terms: Terms
) -> tuple[Input, ...]:
    inputs = acts.inputs_of(act)
    match act.path:
        case "describe":
            return filled_from(inputs, person.profile, "profile.")
        case "leave":
            held = [
                Option(
                    f"{m.bond.value}{BETWEEN}{m.unit}",
                    f"{terms.said(m.bond.zh)}:{units.name(m.unit)}",
                    f"{m.bond.en}: {units.name(m.unit)}",
                )
                for m in person.memberships
                if m.on(day)
            ]
            return _on(offering(inputs, "held", held), "until", day)
        case "end-role":
            roles = [held.role for held in person.roles if held.on(day)]
            return _on(offering(inputs, "role", roles), "until", day)
        case "place":
            townships = [
                Option(u.unit, u.profile.name, u.profile.name)
                for u in units.open_on(day)
                if u.profile.kind is UnitKind.TOWNSHIP
            ]
            return _on(offering(inputs, "placement.township", townships), "placement.on", day)
        case _:
            for name in ("membership.since", "held.since", "exemption.since", "until", "on"):
                inputs = _on(inputs, name, day)
            return inputs


def _on(inputs: Sequence[Input], name: str, day: date) -> tuple[Input, ...]:
    """The inputs with today in one of them."""
    return tuple(
        each.with_values(day.isoformat()) if each.name == name else each for each in inputs
    )


def _read_of_person(visitor: Visitor, sent: Sent, act: Act, person: PersonId) -> Any:
    with visitor.asking.look() as look:
        units = choosing.units(look.connection, look.ledger)
        page = roster.person(look.connection, look.ledger, person, day=visitor.asking.today)
        if page is None:
            raise Refused(Reason.NO_SUCH_PERSON, "id", person[:40])
        inputs = _inputs_of_person(
            act, page.person, units, visitor.asking.today, visitor.words.terms
        )
        told = (look.connection, look.ledger, visitor.asking.today, units)
        return acts.read(act, inputs, sent, *told, {"person": person})


def _act_on_person(
    visitor: Visitor,
    id: str,
    act: Act,
    sent: Sent | None = None,
    refused: Refused | None = None,
) -> Response:
    with visitor.asking.look() as look:
        page = _person(visitor, look, id)
        units = choosing.units(look.connection, look.ledger)
        before = _opened_with(sent, refused)
        was = None
        if before is not None:
            was = roster.person_as_of_version(look.connection, look.ledger, PersonId(id), before)
    told = (units, visitor.asking.today, visitor.words.terms)
    inputs = _inputs_of_person(act, page.person, *told)
    opened = None if was is None else _inputs_of_person(act, was, *told)
    shown = ShownAct(act=act, inputs=inputs, version=page.version if act.versioned else 0)
    if sent is not None and refused is not None:
        shown = acts.refused_act(
            act, inputs, sent, refused, version=shown.version, opened=opened, units=units
        )
    return _form(
        visitor,
        shown,
        units,
        name=page.person.profile.name,
        at=f"/admin/people/{id}",
        within=("/admin/people", visitor.words("人员", "People")),
        status=200 if refused is None else status_of(refused),
    )


def _opened_with(sent: Sent | None, refused: Refused | None) -> int | None:
    """The version that a form was opened with that somebody else overtook."""
    if sent is None or refused is None or refused.reason is not Reason.CHANGED_MEANWHILE:
        return None
    return whole(sent.one("version"))


def _form(
    visitor: Visitor,
    shown: ShownAct,
    units: Units,
    *,
    name: str,
    at: str,
    within: tuple[str, str],
    status: int,
    to: str = "",
) -> Response:
    here = visitor.words(shown.act.zh, shown.act.en)
    back = [(at, name)] if name else []
    return render(
        visitor,
        "act.html",
        status=status,
        shown=shown,
        units=units,
        name=name,
        action=visitor.address(to or f"{at}/{shown.act.path}"),
        crumbs=[("/admin", visitor.words("管理", "Administration")), within, *back, ("", here)],
    )


# Entering somebody: a term and two bonds stand beside his profile.

_BONDS: Mapping[str, Bond] = MappingProxyType({"sector": Bond.SECTOR, "studio": Bond.STUDIO})


def _admitting(visitor: Visitor) -> tuple[Input, ...]:
    day = visitor.asking.today
    profile = tuple(each for each in acts.inputs_of(ADMIT) if each.name.startswith("profile."))
    term = (
        Input(name="term.number", label=acts.label_of("term.number"), widget=Widget.NUMBER),
        Input(
            name="term.since",
            label=acts.label_of("since"),
            widget=Widget.DAY,
            values=(day.isoformat(),),
        ),
        Input(name="term.added", label=acts.label_of("term.added"), widget=Widget.TICK),
    )
    bonds = tuple(
        Input(name=name, label=acts.label_of(name), widget=Widget.UNIT) for name in _BONDS
    )
    return (*profile, *term, *bonds)


def _admitted(visitor: Visitor, sent: Sent, person: PersonId) -> member.Admit:
    inputs = _admitting(visitor)
    by_name = {each.name: each for each in fields.sent_in(inputs, sent)}
    profile = tuple(each for each in inputs if each.name.startswith("profile."))
    with visitor.asking.look() as look:
        units = choosing.units(look.connection, look.ledger)
        told = (look.connection, look.ledger, visitor.asking.today, units)
        command = acts.read(ADMIT, profile, sent, *told, {"person": person})
        if not isinstance(command, member.Admit):
            raise TypeError(command)
        is_member = command.profile.standing is Standing.MEMBER
        if not is_member:
            return command
        number, since = by_name["term.number"].value, by_name["term.since"].value
        if not number:
            raise Refused(Reason.MISSING, "/term/number")
        if not number.isdecimal() or len(number) > 2:
            raise Refused(Reason.MALFORMED, "/term/number", number[:20])
        begins = Filters(visitor).day(since, "/term/since")
        if begins is None:
            raise Refused(Reason.MISSING, "/term/since")
        added = bool(by_name["term.added"].values)
        bonds = tuple(
            Membership(bond=bond, unit=units.called(by_name[name].value, f"/{name}"), since=begins)
            for name, bond in _BONDS.items()
            if by_name[name].value
        )
    return member.Admit(
        person=person,
        profile=command.profile,
        term=Term(number=int(number), since=begins, added=added),
        memberships=bonds,
    )


def _to_admitting(refused: Refused) -> Refused:
    """The refusal, pointing to the inputs of this form: bonds have an input each here."""
    if not refused.field.startswith("/memberships"):
        return refused
    return Refused(refused.reason, "/sector", refused.about, refused.others, refused.wanted)


def _new_person(visitor: Visitor, shown: ShownAct, status: int = 200) -> Response:
    with visitor.asking.look() as look:
        units = choosing.units(look.connection, look.ledger)
    within = ("/admin/people", visitor.words("人员", "People"))
    return _form(visitor, shown, units, name="", at="/admin/people", within=within, status=status)


# Units


def _add_units(made: APIRouter) -> None:
    @made.get("/units", operation_id="page_keep_units", openapi_extra=_KEEPS)
    def list_units(visitor: Visiting, text: str = "", kind: str = "", cursor: str = "") -> Response:
        """The units of the roster, to be kept."""
        asked = Filters(visitor)
        with visitor.asking.look() as look:
            page = roster.units(
                look.connection,
                look.ledger,
                day=visitor.asking.today,
                kind=asked.choice(kind, UnitKind, "kind") if kind else None,
                text=asked.text(text),
                after=visitor.asking.after(cursor or None),
                limit=MOST_SHOWN,
            )
        return render(
            visitor,
            "keep_units.html",
            rows=page.rows,
            asked={"text": text, "kind": kind},
            kinds=list(UnitKind),
            next=next_page(visitor, page.after),
        )

    @made.get("/units/new", operation_id="page_open_unit", openapi_extra=_KEEPS)
    def new_unit(visitor: Visiting) -> Response:
        """The form on which a unit is entered."""
        return _act_on_unit(visitor, "", OPEN)

    @made.post("/units/new", operation_id="send_open_unit", openapi_extra=_KEEPS)
    async def open_unit(sending: Sending) -> Response:
        """Enter a unit."""
        visitor, sent = sending
        made_id = UnitId(id_for(visitor.ledger, sent.command_id))
        return await _carry_out(visitor, sent, OPEN, made_id, "")

    @made.get("/units/{id}", operation_id="page_keep_unit", openapi_extra=_KEEPS)
    def one_unit(visitor: Visiting, id: str, done: str = "") -> Response:
        """What the roster says of a unit, and what can be changed."""
        with visitor.asking.look() as look:
            page = _unit(visitor, look, id)
            units = choosing.units(look.connection, look.ledger)
            people = {each.person for each in page.unit.appointments}
            names = roster.names(look.connection, look.ledger, people=people)
        return render(
            visitor,
            "keep_unit.html",
            page=page,
            unit=page.unit,
            units=units,
            names=names,
            acts=[each for each in OF_UNIT if each.path != "relieve" or page.unit.appointments],
            done={**_UNITS, CORRECT.path: CORRECT, "new": OPEN}.get(done),
            today=visitor.asking.today,
        )

    @made.get("/units/{id}/{act}", operation_id="page_act_on_unit", openapi_extra=_KEEPS)
    def act_on_unit(visitor: Visiting, id: str, act: str) -> Response:
        """The form of one act on a unit."""
        return _act_on_unit(visitor, id, _named(_UNITS, act))

    @made.post("/units/{id}/{act}", operation_id="send_act_on_unit", openapi_extra=_KEEPS)
    async def send_act_on_unit(sending: Sending, id: str, act: str) -> Response:
        """Carry out one act on a unit."""
        visitor, sent = sending
        found = UnitId(checked_id(id, "id"))
        return await _carry_out(visitor, sent, _named(_UNITS, act), found, id)

    @made.get(
        "/units/{id}/appointments/{number}",
        operation_id="page_correct_appointment",
        openapi_extra=_KEEPS,
    )
    def correct_appointment(visitor: Visiting, id: str, number: str) -> Response:
        """The form of an appointment as it stands, the first of the unit being 1, to put it right."""
        return _correct_appointment(visitor, id, number)

    @made.post(
        "/units/{id}/appointments/{number}",
        operation_id="send_correct_appointment",
        openapi_extra=_KEEPS,
    )
    async def send_correct_appointment(sending: Sending, id: str, number: str) -> Response:
        """Put it right; who saw it otherwise than it stands now is refused."""
        visitor, sent = sending
        try:
            command = await run_in_threadpool(_corrected, visitor, sent, id, number)
            await visitor.submit(command, sent.command_id)
        except Refused as refused:
            asked = (visitor, id, number, sent, _to_correcting(refused))
            return await run_in_threadpool(_correct_appointment, *asked)
        return see(visitor.address(f"/admin/units/{checked_id(id, 'id')}?done={CORRECT.path}"))


def _appointment(
    visitor: Visitor, look: Look, id: str, number: str, version: int | None = None
) -> tuple[roster.UnitPage, unit.Appointment]:
    """The appointment of that number in a unit, as it stood at a version of it that was seen."""
    page = _unit(visitor, look, id)
    seen = page.unit
    if version is not None:
        told = (look.connection, look.ledger, UnitId(id), version)
        seen = roster.unit_as_of_version(*told) or seen
    place = whole(number) or 0
    if not 0 < place <= len(seen.appointments):
        raise Refused(Reason.NO_SUCH_INTERVAL, "number", number[:40])
    return page, seen.appointments[place - 1]


def _inputs_of_appointment(
    visitor: Visitor, look: Look, told: unit.Appointment
) -> tuple[Input, ...]:
    inputs = filled_from(acts.inputs_of(CORRECT), told, "appointment.")
    named = choosing.typed(look.connection, look.ledger, told.person, visitor.asking.today)
    whom = (each.with_values(named) if each.widget is Widget.PERSON else each for each in inputs)
    return (*whom, *_BESIDE_APPOINTMENT)


def _corrected(visitor: Visitor, sent: Sent, id: str, number: str) -> unit.CorrectAppointments:
    which = UnitId(checked_id(id, "id"))
    with visitor.asking.look() as look:
        _, wrong = _appointment(visitor, look, id, number, whole(sent.one("version")))
        *inputs, taken_back, why = _inputs_of_appointment(visitor, look, wrong)
        right: tuple[unit.Appointment, ...] = ()
        if not sent.one(taken_back.name):
            told = (look.connection, look.ledger, visitor.asking.today)
            units = choosing.units(look.connection, look.ledger)
            new: Any = acts.read(
                CORRECT, inputs, _same_person(inputs, sent, wrong), *told, units, {"unit": which}
            )
            right = (new.appointment,)
    return unit.CorrectAppointments(
        unit=which, wrong=(wrong,), right=right, reason=sent.one(why.name)
    )


def _same_person(inputs: Sequence[Input], sent: Sent, told: unit.Appointment) -> Sent:
    """The form with the person by his id where he is called as he was: whoever else is called so is not meant."""
    (whom,) = (each for each in inputs if each.widget is Widget.PERSON)
    if sent.one(whom.name) != whom.value:
        return sent
    others = (pair for pair in sent.pairs if pair[0] != whom.name)
    return replace(sent, pairs=(*others, (whom.name, told.person)))


def _to_correcting(refused: Refused) -> Refused:
    """A refusal of a correction, pointing to the inputs of its form; that it no longer stands so is said of the whole."""
    field = refused.field.replace("/right/0", "/appointment", 1)
    field = "" if field.startswith("/wrong") else field
    return replace(refused, field=field, others=tuple(map(_to_correcting, refused.others)))


def _correct_appointment(
    visitor: Visitor,
    id: str,
    number: str,
    sent: Sent | None = None,
    refused: Refused | None = None,
) -> Response:
    with visitor.asking.look() as look:
        page, told = _appointment(visitor, look, id, number)
        units = choosing.units(look.connection, look.ledger)
        inputs = _inputs_of_appointment(visitor, look, told)
    shown = ShownAct(act=CORRECT, inputs=inputs, version=page.version)
    if sent is not None and refused is not None:
        shown = acts.refused_act(CORRECT, inputs, sent, refused, version=page.version)
    return _form(
        visitor,
        shown,
        units,
        name=page.unit.profile.name,
        at=f"/admin/units/{id}",
        within=("/admin/units", visitor.words("单位", "Units")),
        status=200 if refused is None else status_of(refused),
        to=f"/admin/units/{id}/appointments/{number}",
    )


async def _carry_out(visitor: Visitor, sent: Sent, act: Act, which: UnitId, id: str) -> Response:
    try:
        command = await run_in_threadpool(_read_of_unit, visitor, sent, act, which, id)
        await visitor.submit(command, sent.command_id, seen=_seen(act, sent))
    except Refused as refused:
        return await run_in_threadpool(_act_on_unit, visitor, id, act, sent, refused)
    return see(visitor.address(f"/admin/units/{which}?done={act.path}"))


def _unit(visitor: Visitor, look: Look, id: str) -> roster.UnitPage:
    page = roster.unit(look.connection, look.ledger, UnitId(id), day=visitor.asking.today)
    if page is None:
        raise Refused(Reason.NO_SUCH_UNIT, "id", id[:40])
    return page


def _inputs_of_unit(
    act: Act,
    page: roster.UnitPage | None,
    connection: Connection,
    ledger: str,
    day: date,
    terms: Terms,
) -> tuple[Input, ...]:
    inputs = acts.inputs_of(act)
    if page is None:
        return _on(inputs, "since", day)
    match act.path:
        case "describe":
            return filled_from(inputs, page.unit.profile, "profile.")
        case "relieve":
            held = [each for each in page.unit.appointments if each.on(day)]
            names = roster.names(connection, ledger, people={each.person for each in held})
            options = [
                Option(
                    f"{a.person}{BETWEEN}{a.office.value}",
                    f"{names.get(f'member/{a.person}', '')} · {terms.said(a.office.zh)}",
                    f"{names.get(f'member/{a.person}', '')} · {a.office.en}",
                )
                for a in held
            ]
            return _on(offering(inputs, "held", options), "until", day)
        case _:
            for name in ("appointment.since", "on"):
                inputs = _on(inputs, name, day)
            return inputs


def _read_of_unit(visitor: Visitor, sent: Sent, act: Act, which: UnitId, id: str) -> Any:
    day = visitor.asking.today
    with visitor.asking.look() as look:
        page = _unit(visitor, look, id) if id else None
        units = choosing.units(look.connection, look.ledger)
        inputs = _inputs_of_unit(act, page, look.connection, look.ledger, day, visitor.words.terms)
        return acts.read(
            act, inputs, sent, look.connection, look.ledger, day, units, {"unit": which}
        )


def _act_on_unit(
    visitor: Visitor,
    id: str,
    act: Act,
    sent: Sent | None = None,
    refused: Refused | None = None,
) -> Response:
    with visitor.asking.look() as look:
        page = _unit(visitor, look, id) if id else None
        units = choosing.units(look.connection, look.ledger)
        told = (look.connection, look.ledger, visitor.asking.today, visitor.words.terms)
        inputs = _inputs_of_unit(act, page, *told)
        before = _opened_with(sent, refused)
        was = None
        if before is not None:
            was = roster.unit_as_of_version(look.connection, look.ledger, UnitId(id), before)
        opened = None
        if page is not None and was is not None:
            opened = _inputs_of_unit(act, replace(page, unit=was), *told)
    version = page.version if page is not None and act.versioned else 0
    shown = ShownAct(act=act, inputs=inputs, version=version)
    if sent is not None and refused is not None:
        shown = acts.refused_act(
            act, inputs, sent, refused, version=version, opened=opened, units=units
        )
    return _form(
        visitor,
        shown,
        units,
        name="" if page is None else page.unit.profile.name,
        at=f"/admin/units/{id}" if id else "/admin/units",
        within=("/admin/units", visitor.words("单位", "Units")),
        status=200 if refused is None else status_of(refused),
    )
