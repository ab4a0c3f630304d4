"""Recording a deed, and correcting one: the form is the catalogue's, what is known is filled in."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any
from urllib.parse import quote

from fastapi import APIRouter, Response
from msgspec import structs
from sqlalchemy import Connection
from starlette.concurrency import run_in_threadpool

from domain import finding, matter, occasion, pairing, streams
from domain.access import Action
from domain.deed import Deed
from domain.disputed import DisputeSort
from domain.fact import Attendance, Authorship, Capacity, Part, Spoke, SubjectId
from domain.kinds import FAMILIES, KINDS, Details, Shape, Subject, kind_of
from domain.on_paper import Neutral
from domain.people import PersonId, Reason, Refused, Role, UnitId
from domain.streams import Command
from domain.unit import Side
from domain.words import Label, Level
from interfaces import bodies
from interfaces.api.asking import Look
from interfaces.api.door import json_response, needs, receipt_of
from interfaces.api.problems import Problem, problem_of, problem_response
from interfaces.ids import id_for, minted_id
from interfaces.sealed import deed_for
from interfaces.web import choosing, fields
from interfaces.web.belonging import filled_in
from interfaces.web.choosing import PersonRow, Units
from interfaces.web.fields import Form, Input, Trouble, Widget
from interfaces.web.meanwhile import Differs, Meanwhile, compared, troubles_of
from interfaces.web.photos import LARGEST_FORM, Photo, must_fit, photos_in, with_photos_kept
from interfaces.web.refusing import PageRoute
from interfaces.web.rendering import render, see
from interfaces.web.returns import SentBack, sent_back
from interfaces.web.visiting import (
    LOST_FILE,
    Sending,
    Sent,
    Visiting,
    Visitor,
    is_script,
    takes,
    whole,
)
from interfaces.web.words import Said
from projections import deeds, documents, history, roster

MOST_OFTEN = 6
LAST_PEOPLE = 10
"""Records of a unit that tell who was with it of late, and stands first on its list."""
LOOKED_BACK = 100
"""Records of a unit that tell which kinds it records most often, and where it was last."""
COLLECTION: Mapping[Shape, str] = {
    Shape.OCCASION: "occasions",
    Shape.MATTER: "matters",
    Shape.PAIRING: "pairings",
    Shape.FINDING: "findings",
}
FIRST: Mapping[Shape, tuple[str, ...]] = {
    Shape.OCCASION: ("on", "village", "place"),
    Shape.MATTER: ("on", "title", "text"),
    Shape.PAIRING: ("since", "person", "with_unit"),
    Shape.FINDING: ("on", "person", "body", "reason", "figure"),
}
"""What a form asks first."""
SECOND: Mapping[Shape, tuple[str, ...]] = {
    Shape.OCCASION: ("title", "reached_people", "result"),
    Shape.MATTER: ("number", "key"),
    Shape.PAIRING: ("title",),
    Shape.FINDING: ("document", "unit"),
}
"""What it asks after the people; the rest may stay folded."""
LATER: Mapping[str, frozenset[str]] = {
    "proposed": frozenset({"reply_class", "supervising_leader"}),
    "reported_opinion": frozenset({"edited_version"}),
    "carried_up": frozenset({"way", "obstacle", "answered_by"}),
    "suggested_cppcc_work": frozenset({"answer"}),
    "delivered_speech": frozenset({"handled_as_proposal"}),
}
"""What comes to be known only when a matter has been handled: folded when it is first recorded."""
ANSWERS = "answers_return"
"""Says of a correction that it answers what was returned: whoever returned a line is told that it is corrected."""
MESSAGE = "message"
"""What stands before the names of inputs of a message that was carried from a visit."""
CARRIED = "carried_up"
"""The kind of such a message."""
MESSAGE_INPUTS = (
    "text",
    "details.spoken_by",
    "details.contact",
    "details.reply_wish",
    "details.topic",
)
CARRIED_BY = Input(
    name=f"{MESSAGE}.carried_by", label=Label("由谁带", "who carries it"), widget=Widget.ONE
)
"""Who carries the message, where that is not whoever led."""
WITH_MESSAGES = frozenset(
    {
        "visited_village",
        "visited_household",
        "visited_constituents",
        "visited_enterprise",
        "received_public",
    }
)
"""Kinds of occasions from which messages are carried."""
FROM_THEM = (CARRIED, "reported_opinion", "carried_down")
"""Kinds of matters that come of such an occasion: what was asked for, reported as an opinion, or answered there with the policy."""
GUESTS, AS_GUEST = "guests", "as_guest"
"""The input of guests, and what says that a name on the form is one of a guest."""
LOOK = "look"
"""Says that a form is not sent to be kept: another record is looked for by its title, and the form shown again with what was found."""
LOOKED = ".text"
"""What stands after the name of an input in that of the text by which a record is looked for."""
FOUND = ".found"
"""The same of the text by which those were found that the form offers."""
SOURCE = "answers"
"""The input of the record that a matter came from."""
MOST_LOOKED = 100
"""Characters of a text by which a record is looked for."""
_NOT_SENT = Sent()
ATTENDANCE_MATTERS = frozenset({"attended", "studied", "consulted"})
"""Kinds that expect people, so that it is said who was there and who was not."""


@dataclass(frozen=True, slots=True)
class Family:
    """Some kinds that belong together."""

    zh: str
    en: str
    kinds: tuple[type[Details], ...]


_FAMILY_WORDS: Mapping[str, tuple[str, str]] = {
    "meetings": ("会议和学习", "Meetings and learning"),
    "deliberation": ("协商、调研、视察、监督", "Consultation, survey, inspection, oversight"),
    "works": ("课题、议事、年度计划", "Topics, cases, the yearly plan"),
    "people": ("联系服务群众", "Going to the people"),
    "advice": ("建言和民意", "Advice and voices"),
    "help": ("办实事", "Help given"),
    "culture": ("文史、宣传和荣誉", "Culture, publicity, honour"),
    "units": ("单位材料和督查", "Documents and inspections of units"),
    "county": ("县自定", "The county's own"),
    "findings": ("认定", "Findings"),
}


def families(visitor: Visitor) -> list[Family]:
    """The kinds that somebody may record as what he acts now; a member records what he did, and no work of a unit."""
    found = []
    finds = visitor.may_ever(Action.FIND)
    records = visitor.may_ever(Action.RECORD)
    himself = visitor.actor.role is Role.MEMBER
    for module in FAMILIES:
        name = module.__name__.rpartition(".")[2]
        kinds = tuple(
            kind
            for kind in KINDS.values()
            if kind.__module__ == module.__name__
            and (finds if kind.about.shape is Shape.FINDING else records)
            and not (himself and Subject.MEMBER not in kind.about.subjects)
        )
        if kinds:
            zh, en = _FAMILY_WORDS.get(name, (name, name))
            found.append(Family(zh, en, kinds))
    return found


def most_often(visitor: Visitor, connection: Connection) -> list[type[Details]]:
    """The kinds that the visitor's unit, or he himself, recorded most often of late, the most frequent first."""
    recent = _recent(visitor, connection)
    times = Counter(each.kind for each in recent)
    usual = (
        "visited_village",
        "carried_up",
        "volunteered",
        "reported_opinion",
        "attended",
        "researched",
    )
    ordered = [*(kind for kind, _ in times.most_common()), *usual]
    finds = visitor.may_ever(Action.FIND)
    found = [
        KINDS[kind]
        for kind in dict.fromkeys(ordered)
        if kind in KINDS and (KINDS[kind].about.shape is not Shape.FINDING or finds)
    ]
    return found[:MOST_OFTEN]


def _recent(
    visitor: Visitor, connection: Connection, kind: str | None = None, limit: int = LOOKED_BACK
) -> tuple[deeds.DeedSummary, ...]:
    unit = visitor.capacity.unit
    return deeds.deeds(
        connection,
        visitor.ledger,
        today=visitor.asking.today,
        kind=kind,
        recorder=unit,
        recorded_by=None if unit is not None else visitor.actor.person,
        limit=limit,
    ).rows


def last_one(visitor: Visitor, connection: Connection) -> deeds.DeedSummary | None:
    """What was recorded last and can be repeated."""
    recent = (each for each in _recent(visitor, connection, limit=10) if each.kind in KINDS)
    return next((e for e in recent if KINDS[e.kind].about.shape is Shape.OCCASION), None)


class _Record:
    """Another record to choose: its title, with its day and kind."""

    def __init__(self, told: deeds.DeedSummary) -> None:
        about, on = KINDS[told.kind].about, told.on.isoformat()
        self.value = told.stream
        self.zh = f"{told.title}({on} {about.zh})"
        self.en = f"{told.title} ({on}, {about.en})"


@dataclass(frozen=True, slots=True)
class Recording:
    """All that a page of a form shows: its inputs, whom there is to choose, what is wrong."""

    kind: str
    details: type[Details]
    form: Form
    people: tuple[PersonRow, ...]
    units: Units
    villages: tuple[Any, ...]
    message: Form | None
    others: str = ""
    strangers: tuple[str, ...] = ()
    source: deeds.DeedSummary | None = None
    namesakes: tuple[Refused, ...] = ()
    reason: str = ""
    amends: str = ""
    version: int = 0
    late: Meanwhile | None = None
    returned: tuple[SentBack, ...] = ()
    answers: bool = False
    was_sent: str = ""
    replaces: str = ""
    photos: tuple[Photo, ...] = ()
    query: str = ""
    carried_by: str = ""
    author_units: str = ""
    lost: tuple[str, ...] = ()
    looking: bool = False

    @property
    def shape(self) -> Shape:
        """The shape of what is recorded."""
        return self.details.about.shape

    def part(self, names: Sequence[str]) -> list[Input]:
        """Some inputs of the form, in this order."""
        return [self.form[name] for name in names if name in self.form.by_name]

    @property
    def first(self) -> list[Input]:
        """What is asked first."""
        return self.part(FIRST[self.shape])

    @property
    def own(self) -> list[Input]:
        """What this kind asks and others do not: what is required first."""
        found = [
            each
            for each in self.form.inputs
            if each.name.startswith("details.") and not self._is_later(each)
        ]
        return sorted(found, key=lambda each: not each.required)

    @property
    def second(self) -> list[Input]:
        """What is asked after the people."""
        return self.part(SECOND[self.shape])

    @property
    def stays_on_paper(self) -> bool:
        """Whether it says that the matter is registered by its number alone: then no words are asked for."""
        said = (each.value for each in self.form.inputs if each.name == "sensitivity")
        return matter.Sensitivity.PAPER_ONLY.value in said

    @property
    def rest(self) -> list[Input]:
        """What may stay folded."""
        said = {*FIRST[self.shape], *SECOND[self.shape], GUESTS}
        if self.source is not None:
            said.add(SOURCE)
        return [
            each
            for each in self.form.inputs
            if self._is_later(each)
            or (each.name not in said and not each.name.startswith("details."))
        ]

    def _is_later(self, asked: Input) -> bool:
        return asked.name.removeprefix("details.") in LATER.get(self.kind, ())

    @property
    def guests(self) -> Input | None:
        """Where those are named who were there and stand on no roster."""
        return self.form.by_name.get(GUESTS)

    @property
    def asks_attendance(self) -> bool:
        """Whether it is said of each who was there."""
        return self.kind in ATTENDANCE_MATTERS


def router() -> APIRouter:
    """The pages of recording."""
    made = APIRouter(route_class=PageRoute, include_in_schema=False, prefix="/ledgers/{ledger}")

    @made.get("/record", operation_id="page_record", openapi_extra=needs(Action.RECORD))
    def record(visitor: Visiting, query: str = "") -> Response:
        """What can be recorded, the most frequent first; `query` is what it answers, which the form goes back to."""
        with visitor.asking.look() as look:
            often = most_often(visitor, look.connection)
            last = last_one(visitor, look.connection)
        return render(
            visitor,
            "record.html",
            often=often,
            families=families(visitor),
            kind_of=kind_of,
            last=last,
            query=query,
        )

    @made.get(
        "/record/people", operation_id="page_people_to_choose", openapi_extra=needs(Action.RECORD)
    )
    def people_to_choose(visitor: Visiting, others: str = "", kind: str = "") -> Response:
        """Rows of people whose name holds this, for a list on a form."""
        with visitor.asking.look() as look:
            words = bodies.check_text(others, "others").split()
            text = words[-1][:40] if words else ""
            rows = choosing.looked_for(look.connection, look.ledger, text, visitor.asking.today)
        details = KINDS.get(kind, KINDS["attended"])
        return render(
            visitor,
            "people_to_choose.html",
            rows=rows,
            text=text,
            by_role=details.about.shape is Shape.MATTER,
            asks_attendance=kind in ATTENDANCE_MATTERS,
            **_CHOICES,
        )

    @made.get("/record/{kind}", operation_id="page_record_kind", openapi_extra=needs(Action.RECORD))
    def record_kind(
        visitor: Visiting,
        kind: str,
        repeat: str = "",
        query: str = "",
        source: str = "",
        of: str = "",
        suggestion: str = "",
    ) -> Response:
        """The form of one kind, with what is known filled in, of a query what the member says; a message may come from an occasion, and what belongs to a work is `of` it, a task by one `suggestion` of it."""
        with visitor.asking.look() as look:
            made = _fresh(visitor, look, _known(kind), repeat, source, of, whole(suggestion) or 0)
            if query:
                made = _in_answer(visitor, look, made, query)
        return _page(visitor, made)

    @made.post("/record/{kind}", operation_id="send_record", openapi_extra=needs(Action.RECORD))
    @takes(LARGEST_FORM)
    async def send_record(sending: Sending, kind: str) -> Response:
        """Record it; what is wrong is said beside it, and nothing that was typed is lost."""
        visitor, sent = sending
        return await _record(visitor, sent, _known(kind))

    for shape, collection in COLLECTION.items():
        if shape in (Shape.OCCASION, Shape.MATTER):
            _add_amending(made, shape, collection)
    return made


def _add_amending(made: APIRouter, shape: Shape, collection: str) -> None:
    root = shape.value

    def amend(visitor: Visiting, id: str, query: str = "") -> Response:
        """The form of a record as it stands, to correct it; of a query that it answers it goes back there."""
        with visitor.asking.look() as look:
            found = _standing(visitor, look, f"{root}/{id}")
            made = replace(_of_record(visitor, look, found), query=query)
        return _page(visitor, made)

    @takes(LARGEST_FORM)
    async def send_amend(sending: Sending, id: str) -> Response:
        """Say it anew; where somebody else changed it meanwhile, both versions are shown."""
        visitor, sent = sending
        return await _amend(visitor, sent, f"{root}/{id}")

    path = f"/{collection}/{{id}}/amend"
    told = needs(Action.RECORD)
    made.add_api_route(path, amend, operation_id=f"page_amend_{root}", openapi_extra=told)
    made.add_api_route(
        path,
        send_amend,
        methods=["POST"],
        operation_id=f"send_amend_{root}",
        openapi_extra=told,
    )


def _known(kind: str) -> str:
    if kind not in KINDS:
        raise Refused(Reason.NO_SUCH_PAGE, about=kind[:80])
    return kind


_CHOICES: Mapping[str, Any] = {
    "parts": list(Part),
    "attendances": [each for each in Attendance if each is not Attendance.NOT_RECORDED],
    "capacities": list(Capacity),
    "authorships": list(Authorship),
    "spokes": list(Spoke),
}


def _page(visitor: Visitor, made: Recording, status: int = 200) -> Response:
    return render(
        visitor,
        "record_form.html",
        status=status,
        r=made,
        Widget=Widget,
        today=visitor.asking.today,
        on_paper=list(Neutral),
        **_CHOICES,
    )


# What a form starts with


def _fresh(
    visitor: Visitor,
    look: Look,
    kind: str,
    repeat: str,
    source: str,
    of: str = "",
    suggestion: int = 0,
) -> Recording:
    details, connection = KINDS[kind], look.connection
    today = visitor.asking.today
    units = choosing.units(connection, visitor.ledger)
    inputs = {each.name: each for each in fields.inputs_of(kind)}
    people = _offered(visitor, connection, today, details.about.shape)
    unit = visitor.capacity.unit
    _put(inputs, "on", today.isoformat())
    _put(inputs, "since", today.isoformat())
    if unit is not None:
        _put(inputs, "organiser", unit)
    if has_level_of_organiser(kind) and is_of_township(units, unit):
        _put(inputs, "level", Level.TOWNSHIP.value)
    elif visitor.actor.role is Role.MEMBER and has_level_of_organiser(kind):
        # He says who organised it; left out, the level is that of the organiser.
        inputs["level"] = inputs["level"].with_values()
    if details.about.shape is Shape.OCCASION:
        before = _before(visitor, look, kind, repeat)
        if before is not None and before.body.village is not None:
            _put(inputs, "village", before.body.village)
        if before is not None:
            _put(inputs, "place", before.body.place)
        if before is not None and repeat:
            again = fields.filled(inputs.values(), before.body)
            # What tells of people of another day is not said once more, nor shown to whoever repeats it.
            kept = {
                each.name: each
                for each in again
                if each.name not in {"on", "until", "result"} and not each.private
            }
            inputs |= kept
            people = _with_participants(visitor, connection, people, before.body.participants)
    for name, value in filled_in(connection, visitor.ledger, kind, of, suggestion).items():
        _put(inputs, name, value)
    came = _came_from(look.connection, visitor.ledger, kind, source)
    if came is not None:
        people = _carried(visitor, look, came, inputs, people)
    named = _with_records(visitor, connection, kind, inputs.values())
    form = Form(named, (), minted_id())
    return _recording(visitor, kind, form, people, units, _message_form(kind), source=came)


def _with_records(
    visitor: Visitor,
    connection: Connection,
    kind: str,
    inputs: Iterable[Input],
    own: str = "",
    sent: Sent = _NOT_SENT,
) -> tuple[Input, ...]:
    """The inputs, those that name another record with it to choose from, and with what was found by a text in its title."""
    made = tuple(inputs)
    named = [each.value for each in made if each.widget is Widget.RECORD and each.value]
    there = deeds.summaries(connection, visitor.ledger, named) if named else {}

    def offering(each: Input) -> Input:
        text = sent.one(f"{each.name}{LOOKED}")[:MOST_LOOKED]
        found = [there[each.value]] if each.value in there else []
        if text:
            of = kind if each.name == "merged_into" else None
            told = (connection, visitor.ledger, visitor.asking.today, own, text)
            found += choosing.records(*told, kind=of)
        # Only what came of an occasion comes from one.
        only = "" if each.name == SOURCE else f"{Shape.MATTER.value}/"
        choices = {e.stream: _Record(e) for e in found if e.stream.startswith(only)}
        return replace(each, choices=tuple(choices.values()), looked=text)

    return tuple(offering(each) if each.widget is Widget.RECORD else each for each in made)


def has_level_of_organiser(kind: str) -> bool:
    """Whether what is recorded is usually of the level of its organiser: what is held, and messages."""
    return KINDS[kind].about.shape is Shape.OCCASION or kind == CARRIED


def is_of_township(units: Units, unit: UnitId | None) -> bool:
    """Whether a unit is of the side of the townships."""
    found = units.all.get(unit) if unit is not None else None
    return found is not None and found.side is Side.STUDIO


def _came_from(
    connection: Connection, ledger: str, kind: str, source: str
) -> deeds.DeedSummary | None:
    """The occasion from which a message, an opinion or an answer came, where one is named and stands."""
    if kind not in FROM_THEM or not source.startswith(f"{Shape.OCCASION.value}/"):
        return None
    found = deeds.summaries(connection, ledger, [source[:200]]).get(source)
    return None if found is None or found.gone else found


def _carried(
    visitor: Visitor,
    look: Look,
    came: deeds.DeedSummary,
    inputs: dict[str, Input],
    people: Sequence[PersonRow],
) -> list[PersonRow]:
    """The people of a form for a further message, opinion or answer of an occasion: who led it is its author; its day and village are filled in."""
    _put(inputs, SOURCE, came.stream)
    _put(inputs, "on", came.on.isoformat())
    page = _seen(visitor, look, came.stream, noted=False)
    body = None if page is None else page.state.body
    if not isinstance(body, occasion.Occasion):
        return list(people)
    if body.village is not None:
        for name in ("details.from_village", "details.to_village"):
            _put(inputs, name, body.village)
    there = [each.person for each in body.participants]
    lead = _lead(body)
    rows = choosing.some(look.connection, visitor.ledger, there, visitor.asking.today)
    own = [replace(row, chosen=lead is not None and row.person == lead.person) for row in rows]
    if visitor.actor.role is Role.MEMBER:
        return list(people)
    return [*own, *(row for row in people if row.person not in there)]


def _lead(body: occasion.Occasion[Any]) -> occasion.Participant | None:
    """Who led an occasion, or stands first in it."""
    led = (each for each in body.participants if each.part is Part.LEADS)
    return next(led, next(iter(body.participants), None))


def _in_answer(visitor: Visitor, look: Look, made: Recording, query: str) -> Recording:
    """The form with what a member says is missing: the day, what it was, who organised it, and himself among those who took part."""
    claim = visitor.asking.must_see_dispute(look, query).state.claim
    if claim.sort is not DisputeSort.MISSING:
        return replace(made, query=query)
    inputs = {each.name: each for each in made.form.inputs}
    if claim.on is not None:
        _put(inputs, "on", claim.on.isoformat())
    _put(inputs, "title", claim.what)
    try:
        organiser = claim.organiser or made.units.called(claim.organised_by.strip(), "")
    except Refused:
        # He called it otherwise than the roster does.
        organiser = None
    if organiser is not None:
        _put(inputs, "organiser", organiser)
        if has_level_of_organiser(made.kind) and is_of_township(made.units, organiser):
            _put(inputs, "level", Level.TOWNSHIP.value)
    people = made.people
    if made.shape in (Shape.OCCASION, Shape.MATTER):
        day = visitor.asking.today
        himself = choosing.some(look.connection, visitor.ledger, [claim.person], day)
        people = tuple(choosing.merged(people, map(choosing.chosen, himself)))
    form = Form(tuple(inputs.values()), (), made.form.command_id)
    return replace(made, form=form, people=people, query=query)


def _put(inputs: dict[str, Input], name: str, value: str) -> None:
    if name in inputs and value:
        inputs[name] = inputs[name].with_values(value)


def _before(visitor: Visitor, look: Look, kind: str, repeat: str) -> Any:
    """The record of this kind to repeat, or the last one, as whoever looks may see it; what others said in it is noted."""
    stream = repeat
    if not stream:
        recent = _recent(visitor, look.connection, kind, 1)
        stream = recent[0].stream if recent else ""
    if not stream.startswith(f"{Shape.OCCASION.value}/"):
        return None
    page = _seen(visitor, look, stream, noted=bool(repeat))
    return None if page is None or page.summary.kind != kind else page.state


def _offered(visitor: Visitor, connection: Connection, day: date, shape: Shape) -> list[PersonRow]:
    """Whom a form offers: those of the unit that he acts for, or he himself."""
    if shape not in (Shape.OCCASION, Shape.MATTER):
        return []
    unit, actor = visitor.capacity.unit, visitor.actor
    if actor.role is Role.MEMBER:
        own = choosing.some(connection, visitor.ledger, [actor.person], day)
        role = Authorship.FIRST if shape is Shape.MATTER else Authorship.JOINT
        return [replace(row, chosen=True, role=role) for row in own]
    if unit is None:
        return []
    rows = choosing.of_unit(connection, visitor.ledger, unit, day)
    often = _often_present(visitor, connection)
    return sorted(rows, key=lambda row: -often[row.person])


def _often_present(visitor: Visitor, connection: Connection) -> Counter[PersonId]:
    """How often somebody was named in the last records of the visitor's unit."""
    recent = [each.stream for each in _recent(visitor, connection, limit=LAST_PEOPLE)]
    found: Counter[PersonId] = Counter()
    for state in deeds.states(connection, visitor.ledger, recent).values():
        if isinstance(state, Deed):
            named = getattr(state.body, "participants", ()) or getattr(state.body, "authors", ())
            found.update(each.person for each in named if each.person is not None)
    return found


def _with_participants(
    visitor: Visitor,
    connection: Connection,
    people: Sequence[PersonRow],
    participants: Sequence[Any],
) -> list[PersonRow]:
    known = {row.person for row in people}
    day = visitor.asking.today
    others = [each.person for each in participants if each.person not in known]
    rows = [*people, *choosing.some(connection, visitor.ledger, others, day)]
    said = {each.person: each for each in participants}
    return [
        replace(
            row,
            chosen=True,
            capacity=said[row.person].capacity,
            part=said[row.person].part,
            attendance=said[row.person].attendance,
            spoke=said[row.person].spoke,
        )
        if row.person in said
        else row
        for row in rows
    ]


def _with_authors(
    visitor: Visitor, connection: Connection, people: Sequence[PersonRow], authors: Sequence[Any]
) -> list[PersonRow]:
    said = {each.person: each for each in authors if each.person is not None}
    rows = choosing.some(connection, visitor.ledger, list(said), visitor.asking.today)
    own = [replace(row, chosen=True, role=said[row.person].role) for row in rows]
    return [*own, *(row for row in people if row.person not in said)]


def _message_form(kind: str, inputs: Sequence[Input] | None = None) -> Form | None:
    if kind not in WITH_MESSAGES:
        return None
    made = inputs if inputs is not None else _message_inputs()
    return Form(tuple(made))


def _message_inputs() -> list[Input]:
    found = {each.name: each for each in fields.inputs_of(CARRIED)}
    return [replace(found[name], name=f"{MESSAGE}.{name}") for name in MESSAGE_INPUTS]


def _recording(
    visitor: Visitor,
    kind: str,
    form: Form,
    people: Sequence[PersonRow],
    units: Units,
    message: Form | None,
    **more: Any,
) -> Recording:
    day = visitor.asking.today
    return Recording(
        kind=kind,
        details=KINDS[kind],
        form=form,
        people=tuple(people),
        units=units,
        villages=tuple(units.villages_of(visitor.capacity.unit, day)),
        message=message,
        **more,
    )


# What was sent


@dataclass(frozen=True, slots=True)
class _Read:
    """A form that was sent, as a page shows it again, and what it commands."""

    recording: Recording
    commands: tuple[Command, ...] = ()


def _with_guests(sent: Sent) -> Sent:
    """The form with those among the names that were said to be guests."""
    guests = dict.fromkeys(sent.all(AS_GUEST))
    if not guests:
        return sent
    kept = [pair for pair in sent.pairs if pair[0] not in {AS_GUEST, "others", GUESTS}]
    others = " ".join(name for name in choosing.names_in(sent.one("others")) if name not in guests)
    said = [line for line in sent.one(GUESTS).split("\n") if line.strip()]
    return replace(sent, pairs=(*kept, ("others", others), (GUESTS, "\n".join([*said, *guests]))))


async def _record(visitor: Visitor, sent: Sent, kind: str) -> Response:
    must_fit(sent)
    sent = _with_guests(sent)
    command_id = sent.command_id
    if sent.has(LOST_FILE):
        return await run_in_threadpool(_again, visitor, sent, kind, None)
    try:
        sent = await run_in_threadpool(with_photos_kept, visitor, sent)
    except Refused as error:
        if is_script(visitor.request):
            return _told(visitor, kind, error)
        return await run_in_threadpool(_again, visitor, sent, kind, error)
    if sent.has(LOOK):
        return await run_in_threadpool(_again, visitor, sent, kind, None)
    read = await run_in_threadpool(_read, visitor, sent, kind, command_id)
    refused = read if isinstance(read, Refused) else None
    done = []
    if isinstance(read, _Read):
        try:
            for i, command in enumerate(read.commands):
                its = command_id if not i else f"{command_id}.{i}"
                done.append(await visitor.submit(command, its))
        except Refused as error:
            refused = _of_part(error, len(done))
    if refused is not None:
        if is_script(visitor.request):
            return _told(visitor, kind, refused)
        return await run_in_threadpool(_again, visitor, sent, kind, refused)
    first = done[0]
    shape = KINDS[kind].about.shape
    address = visitor.address(
        f"/{COLLECTION[shape]}/{first.stream.partition('/')[2]}?sent={command_id}"
    )
    if first.warnings:
        address += f"&like={first.warnings[0].deed}"
    address = _answered(visitor, sent, first.stream) or address
    if is_script(visitor.request):
        told = receipt_of(visitor.ledger, first, "body")
        return json_response({"receipt": told, "page": address}, 201)
    return see(address)


class Told(Problem, frozen=True, kw_only=True):
    """A problem with what a page says of it beside its fields, for the device that kept the form."""

    shown: tuple[str, ...] = ()


def _told(visitor: Visitor, kind: str, refused: Refused) -> Response:
    """What is wrong with a form that a script sent; refuses where that is nothing in the form."""
    if _status(refused) not in {404, 409, 413, 422}:
        raise refused
    words = visitor.words
    asked = [*fields.inputs_of(kind), *_under_message(_message_inputs())]
    shown = []
    for each in fields.troubles(refused, asked):
        label = "" if each.label is None else words.said(each.label) + words(":", ": ")
        shown.append(f"{label}{words.said(each.said)} {each.about}".strip())
    problem = structs.asdict(problem_of(refused))
    return problem_response(Told(**problem, shown=tuple(shown)))


def _evidence(sent: Sent, before: Any) -> list[dict[str, Any]]:
    said = [] if before is None else [_plain(each) for each in before.evidence]
    known = {each["sha256"] for each in said}
    more = [each for each in photos_in(sent) if each.sha256 not in known]
    return [*said, *(each.as_evidence for each in more)]


def _of_part(refused: Refused, nth: int) -> Refused:
    """A refusal of the message that belongs to a visit, with the names of its own inputs."""
    if not nth:
        return refused
    return replace(refused, field=f"/{MESSAGE}{refused.field.removeprefix('/body')}")


def _read(visitor: Visitor, sent: Sent, kind: str, command_id: str) -> _Read | Refused:
    """What a form commands, or what is wrong with it."""
    try:
        with visitor.asking.look() as look:
            body, units = _body(visitor, look.connection, sent, kind)
            commands = [_command(visitor.ledger, kind, body, command_id, sent.has("differs"))]
            said = _message_said(sent, kind, body)
            if said is not None:
                said[SOURCE] = streams.stream_of(commands[0])
                told = _of_text(CARRIED, said, MESSAGE)
                key = id_for(visitor.ledger, f"{command_id}.1")
                commands.append(matter.RecordMatter(matter=key, body=told))
    except Refused as refused:
        return refused
    made = Recording(kind, KINDS[kind], Form(()), (), units, (), None)
    return _Read(made, tuple(commands))


def _command(ledger: str, kind: str, body: Any, command_id: str, differs: bool) -> Command:
    key = id_for(ledger, command_id)
    match KINDS[kind].about.shape:
        case Shape.OCCASION:
            return occasion.RecordOccasion(occasion=key, body=body, differs=differs)
        case Shape.MATTER:
            return matter.RecordMatter(matter=key, body=body, differs=differs)
        case Shape.PAIRING:
            return pairing.Pair(pairing=key, body=body)
        case Shape.FINDING:
            return finding.SetFinding(finding=key, body=body)


def _body(
    visitor: Visitor, connection: Connection, sent: Sent, kind: str, before: Any = None
) -> tuple[Any, Units]:
    """The body that a form says; `before` is the record as it stands, for what the form does not ask."""
    shape = KINDS[kind].about.shape
    units = choosing.units(connection, visitor.ledger)
    wrong: list[Refused] = []
    inputs = with_named(
        visitor,
        connection,
        units,
        fields.sent_in(_start(visitor, fields.inputs_of(kind), before), sent),
        wrong,
    )
    wrong += _not_chosen(inputs, sent)
    said = fields.body_said(kind, inputs)
    if before is not None:
        for name, (_, each) in fields.pairs_in(before.details).items():
            said[fields.DETAILS][name] = [[whose, value.value] for whose, value in each]
    if (
        not said.get("level")
        and has_level_of_organiser(kind)
        and is_of_township(units, said.get("organiser"))
    ):
        said["level"] = Level.TOWNSHIP.value
    people: list[PersonRow] = []
    try:
        people = _people_sent(visitor, connection, sent)
    except Refused as refused:
        wrong += _each_of(refused)
    if shape is Shape.OCCASION:
        said["participants"] = _participants(people, before, sent)
        if not said.get("title"):
            said["title"] = title_of(kind, said, units)
        said["evidence"] = _evidence(sent, before)
        if before is not None:
            said["expected"] = list(before.expected)
    elif shape is Shape.MATTER:
        try:
            said["authors"] = _authors(people, before, sent, units)
        except Refused as refused:
            wrong += _each_of(refused)
        said["evidence"] = _evidence(sent, before)
    body = None
    try:
        body = _of_text(kind, said)
    except Refused as refused:
        # Who the authors are is not missing where it is wrong.
        named = any(each.field in _OF_PEOPLE for each in wrong)
        wrong += (e for e in _each_of(refused) if not (named and e.field in _OF_PEOPLE))
    if wrong:
        raise _together([*wrong, *_flaws(said, body, visitor.asking.today)])
    return body, units


def _not_chosen(inputs: Iterable[Input], sent: Sent) -> Iterator[Refused]:
    """Records that were looked for and of which none was chosen, nor that there is none."""
    for each in inputs:
        text = sent.one(f"{each.name}{LOOKED}") if each.widget is Widget.RECORD else ""
        found = sent.one(f"{each.name}{FOUND}")
        if text and not (sent.has(each.name) and text == found):
            yield Refused(Reason.NAME_ONE, f"/{each.name}", text[:40])


_OF_PEOPLE = frozenset({"/participants", "/authors"})


def _each_of(refused: Refused) -> list[Refused]:
    """All that a refusal names, each by itself; those of one name belong to it."""
    if refused.reason is Reason.AMBIGUOUS_NAME:
        return [refused]
    return [replace(refused, others=()), *refused.others]


def _together(wrong: Sequence[Refused]) -> Refused:
    """All that is wrong as one refusal; names that several have stand last, with those whom they may mean."""
    first, *others = sorted(wrong, key=lambda each: each.reason is Reason.AMBIGUOUS_NAME)
    if not others or first.reason is Reason.AMBIGUOUS_NAME:
        return first
    return replace(first, others=tuple(others))


def _flaws(said: Mapping[str, Any], body: Any, today: date) -> list[Refused]:
    """What else is wrong with the days and numbers of what was said, as the decision would refuse it."""
    if isinstance(body, occasion.Occasion):
        return occasion.flaws(body, today)
    name = "on" if "on" in said else "since"
    try:
        late = date.fromisoformat(said.get(name) or "") > today
    except ValueError:
        return []
    return [Refused(Reason.IN_FUTURE, f"/{name}", said[name])] if late else []


def _start(visitor: Visitor, inputs: Sequence[Input], before: Any) -> Sequence[Input]:
    if before is not None:
        return fields.filled(inputs, before)
    unit = visitor.capacity.unit
    return [
        each.with_values(unit) if each.name == "organiser" and unit is not None else each
        for each in inputs
    ]


def _plain(value: Any) -> dict[str, Any]:
    return {"name": value.name, "sha256": value.sha256, "number": value.number}


def _of_text(kind: str, said: dict[str, Any], under: str = "") -> Any:
    try:
        return bodies.body_of(KINDS[kind].about.shape, json.dumps(said, ensure_ascii=False))
    except Refused as refused:
        if not under:
            raise
        others = tuple(replace(each, field=f"/{under}{each.field}") for each in refused.others)
        raise replace(refused, field=f"/{under}{refused.field}", others=others) from refused


def with_named(
    visitor: Visitor,
    connection: Connection,
    units: Units,
    inputs: Sequence[Input],
    wrong: list[Refused],
) -> list[Input]:
    """The inputs with units and people by their ids, however they were called; what nothing is called is added to what is wrong."""
    made = []
    for each in inputs:
        try:
            made.append(_by_id(visitor, connection, units, each))
        except Refused as refused:
            wrong += _each_of(refused)
            made.append(each)
    return made


def _by_id(visitor: Visitor, connection: Connection, units: Units, each: Input) -> Input:
    pointer = "/" + each.name.replace(".", "/")
    if each.widget is Widget.UNIT and each.value:
        return each.with_values(units.called(each.value, pointer))
    if each.widget is Widget.UNITS and each.values:
        return each.with_values(*(units.called(name, pointer) for name in each.values))
    if each.widget is Widget.PERSON and each.value:
        day = visitor.asking.today
        rows = choosing.called(connection, visitor.ledger, each.value, day, pointer)
        return each.with_values(*(row.person for row in rows[:1]))
    return each


def _people_sent(visitor: Visitor, connection: Connection, sent: Sent) -> list[PersonRow]:
    """Those whom a form chose, as what."""
    day = visitor.asking.today
    ids = [PersonId(each) for each in dict.fromkeys([*sent.all("p"), *sent.all("namesake")])]
    rows = choosing.some(connection, visitor.ledger, ids, day)
    missing = set(ids) - {row.person for row in rows}
    if missing:
        raise Refused(Reason.NO_SUCH_PERSON, "/participants", min(missing)[:40])
    more: list[PersonRow] = []
    if sent.one("others"):
        names = [n for n in sent.one("others").split() if n not in _settled(rows, sent)]
        told = (connection, visitor.ledger, " ".join(names), day, "/participants")
        more = choosing.called(*told, first=visitor.actor.unit)
    return [_as_sent(row, sent) for row in choosing.merged(rows, more)]


def _settled(rows: Sequence[PersonRow], sent: Sent) -> set[str]:
    """Names of which it was chosen whom they mean."""
    chosen = set(sent.all("namesake"))
    return {row.name for row in rows if row.person in chosen}


def _as_sent(row: PersonRow, sent: Sent) -> PersonRow:
    def told(name: str, choices: Any, usual: Any) -> Any:
        said = sent.one(f"{name}.{row.person}")
        if not said:
            return usual
        try:
            return choices.of(said)
        except KeyError as error:
            raise Refused(Reason.MALFORMED, "/participants", said[:40]) from error

    return replace(
        row,
        chosen=True,
        part=told("part", Part, row.part),
        attendance=told("attendance", Attendance, row.attendance),
        capacity=told("capacity", Capacity, row.capacity),
        spoke=told("spoke", Spoke, row.spoke),
        role=told("role", Authorship, row.role),
    )


ON_THE_FORM = ("capacity", "part", "attendance", "spoke")
"""What a form may ask of each who was there, as it is called there and in a record."""


def _participants(people: Sequence[PersonRow], before: Any, sent: Sent) -> list[dict[str, Any]]:
    """Those who were there as a form says; what it did not ask of somebody stays as it was, but for a leave that he is no longer on, and half days of one who was not there."""
    kept = {} if before is None else {each.person: each for each in before.participants}
    made = []
    for row in people:
        told: dict[str, Any] = {
            "person": row.person,
            "capacity": row.capacity.value,
            "part": row.part.value,
            "attendance": row.attendance.value,
            "spoke": row.spoke.value,
        }
        old = kept.get(row.person)
        if old is not None:
            told["in_name_of"] = old.in_name_of
            asked = {name for name in ON_THE_FORM if sent.one(f"{name}.{row.person}")}
            told |= {name: getattr(old, name).value for name in ON_THE_FORM if name not in asked}
            was, now = old.attendance, Attendance.of(told["attendance"])
            if was is now:
                told |= {"leave": old.leave, "granted_by": old.granted_by}
            if was is now or (was.took_part and now.took_part):
                told["half_days"] = old.half_days
        made.append(told)
    return made


def _authors(
    people: Sequence[PersonRow], before: Any, sent: Sent, units: Units
) -> list[dict[str, Any]]:
    """Authors as a form says: whoever is first, then in the order that they had. A unit that was first stays so where no member is said to be."""
    kept = {} if before is None else {each.subject: each for each in before.authors}
    made: dict[str, dict[str, Any]] = {
        f"member/{row.person}": {"person": row.person, "role": row.role} for row in people
    }
    is_led = any(each["role"] is Authorship.FIRST for each in made.values())
    for unit in _author_units(sent, units):
        old = kept.get(SubjectId(f"unit/{unit}"))
        role = Authorship.JOINT if old is None else old.role
        made[f"unit/{unit}"] = {
            "unit": unit,
            "role": Authorship.JOINT if is_led and role is Authorship.FIRST else role,
        }
    if made and all(each["role"] is not Authorship.FIRST for each in made.values()):
        next(iter(made.values()))["role"] = Authorship.FIRST
    place = {subject: nth for nth, subject in enumerate(kept)}
    ordered = sorted(
        made.items(),
        key=lambda each: (each[1]["role"] is not Authorship.FIRST, place.get(each[0], len(place))),
    )
    return [
        {
            **told,
            "role": told["role"].value,
            "share": str(kept[subject].share)
            if subject in kept and kept[subject].share is not None
            else None,
        }
        for subject, told in ordered
    ]


def _author_units(sent: Sent, units: Units) -> list[UnitId]:
    names = (part.strip() for part in sent.one("author_units").split("\n"))
    return [units.called(name, "/authors") for name in names if name]


def title_of(kind: str, said: Mapping[str, Any], units: Units) -> str:
    """What a record is called of which nobody said it: what it is, and where."""
    village = said.get("village")
    where = units.name(UnitId(village)) if village else str(said.get("place", ""))
    what = KINDS[kind].about.zh
    return f"{what}:{where}" if where else what


def _message_said(sent: Sent, kind: str, body: Any) -> dict[str, Any] | None:
    """The message that was carried from a visit, where one was written down; who was chosen carries it, or else whoever led the visit."""
    inputs = fields.sent_in(_message_inputs(), sent)
    if kind not in WITH_MESSAGES or not any(each.value for each in inputs):
        return None
    lead = _lead(body)
    if lead is None:
        raise Refused(Reason.MISSING, "/participants")
    by = sent.one(CARRIED_BY.name) or lead.person
    if by not in {each.person for each in body.participants}:
        raise Refused(Reason.NOT_A_PARTICIPANT, f"/{CARRIED_BY.name.replace('.', '/')}")
    plain = [replace(each, name=each.name.removeprefix(f"{MESSAGE}.")) for each in inputs]
    said = fields.body_said(CARRIED, plain)
    text = said.get("text") or ""
    if not text:
        raise Refused(Reason.MISSING, f"/{MESSAGE}/text")
    if body.village is not None:
        said["details"]["from_village"] = body.village
    return {
        **said,
        "title": text if len(text) <= 40 else f"{text[:39]}…",
        "on": body.on.isoformat(),
        "organiser": body.organiser,
        "level": body.level.value,
        "authors": [{"person": by, "role": Authorship.FIRST.value}],
    }


def _again(visitor: Visitor, sent: Sent, kind: str, refused: Refused | None) -> Response:
    """The form once more, as it was sent, with what is wrong beside it, or where nothing is, for the files that did not come along."""
    with visitor.asking.look() as look:
        made = _resent(visitor, look.connection, sent, kind, refused)
    return _page(visitor, made, 200 if refused is None else _status(refused))


def _status(refused: Refused) -> int:
    from interfaces.refusals import status_of

    return status_of(refused)


def _resent(
    visitor: Visitor,
    connection: Connection,
    sent: Sent,
    kind: str,
    refused: Refused | None,
    **more: Any,
) -> Recording:
    shape = KINDS[kind].about.shape
    units = choosing.units(connection, visitor.ledger)
    inputs = fields.sent_in(_start(visitor, fields.inputs_of(kind), None), sent)
    message = fields.sent_in(_message_inputs(), sent)
    asked = [*inputs, *_under_message(message)]
    found = () if refused is None else fields.troubles(refused, asked)
    inputs = fields.with_troubles(inputs, found)
    message = fields.with_troubles(message, _of_message(found))
    day = visitor.asking.today
    ids = [PersonId(each) for each in dict.fromkeys([*sent.all("p"), *sent.all("namesake")])]
    chosen = []
    for row in choosing.some(connection, visitor.ledger, ids, day):
        try:
            chosen.append(_as_sent(row, sent))
        except Refused:
            chosen.append(choosing.chosen(row))
    people = choosing.merged(_offered(visitor, connection, day, shape), chosen)
    command_id = sent.command_id
    was_sent = replaces = ""
    reason = None if refused is None else refused.reason
    if reason is Reason.COMMAND_ID_REUSED:
        # He went back and typed something else: that is another record, if he says so.
        was_sent, replaces = id_for(visitor.ledger, command_id), command_id
        command_id = minted_id()
    late = more.get("late")
    if late is not None:
        found, command_id = troubles_of(late), minted_id()
    own = str(more.get("amends", ""))
    form = Form(_with_records(visitor, connection, kind, inputs, own, sent), found, command_id)
    return _recording(
        visitor,
        kind,
        form,
        people,
        units,
        None if "amends" in more else _message_form(kind, message),
        others=sent.one("others"),
        strangers=() if refused is None else _strangers(sent, shape, refused),
        source=_came_from(connection, visitor.ledger, kind, sent.one(SOURCE)),
        namesakes=() if refused is None else _namesakes(refused),
        reason=sent.one("reason"),
        answers=bool(sent.one(ANSWERS)),
        was_sent=was_sent,
        replaces=replaces,
        photos=photos_in(sent),
        query=sent.one("query"),
        carried_by=sent.one(CARRIED_BY.name),
        author_units=sent.one("author_units"),
        lost=tuple(sent.all(LOST_FILE)),
        looking=sent.has(LOOK),
        **more,
    )


def _strangers(sent: Sent, shape: Shape, refused: Refused) -> tuple[str, ...]:
    """Names that no roster has, where they may be of guests."""
    if shape is not Shape.OCCASION:
        return ()
    named = choosing.names_in(sent.one("others"))
    unknown = (e.about for e in (refused, *refused.others) if e.reason is Reason.NO_SUCH_PERSON)
    return tuple(name for name in dict.fromkeys(unknown) if name in named)


def _namesakes(refused: Refused) -> tuple[Refused, ...]:
    """Those whom a name may mean that several have."""
    several = (e for e in (refused, *refused.others) if e.reason is Reason.AMBIGUOUS_NAME)
    return next((each.others for each in several if each.others), ())


def _under_message(inputs: Sequence[Input]) -> list[Input]:
    return [*(replace(each, name=MESSAGE) for each in inputs[:1]), CARRIED_BY]


def _of_message(found: Sequence[Trouble]) -> list[Trouble]:
    first = f"{MESSAGE}.{MESSAGE_INPUTS[0]}"
    return [replace(each, field=first) for each in found if each.field == MESSAGE]


# Correcting


def _seen(
    visitor: Visitor, look: Look, stream: str, *, noted: bool = True
) -> deeds.DeedPage | None:
    """A record as it stands, and as whoever looks may see it; it is noted where what others said in it is shown."""
    today = visitor.asking.today
    day = deeds.day_of(look.connection, look.ledger, stream) or today
    policy = documents.policy(look.connection, look.ledger, visitor.desk.shelf, day)
    page = deeds.deed(look.connection, look.ledger, stream, today=today, policy=policy)
    if page is None:
        return None
    shown, action = deed_for(visitor.asker, look.connection, look.ledger, page)
    if action is not None and noted:
        look.shows(action, stream)
    return shown


def _standing(visitor: Visitor, look: Look, stream: str) -> deeds.DeedPage:
    """The same of a record that there has to be."""
    page = _seen(visitor, look, stream)
    if page is None:
        raise Refused(Reason.NO_SUCH_DEED, "id", stream.partition("/")[2])
    return page


def _of_record(visitor: Visitor, look: Look, page: deeds.DeedPage) -> Recording:
    body: Any = page.state.body
    connection = look.connection
    kind = page.summary.kind
    shape = KINDS[kind].about.shape
    units = choosing.units(connection, visitor.ledger)
    inputs = fields.filled(fields.inputs_of(kind), body)
    offered = _offered(visitor, connection, visitor.asking.today, shape)
    people = (
        _with_participants(visitor, connection, offered, body.participants)
        if shape is Shape.OCCASION
        else _with_authors(visitor, connection, offered, body.authors)
    )
    stream = page.summary.stream
    form = Form(_with_records(visitor, connection, kind, inputs, stream), (), minted_id())
    return _recording(
        visitor,
        kind,
        form,
        people,
        units,
        None,
        source=_came_from(connection, visitor.ledger, kind, getattr(body, SOURCE, "")),
        amends=stream,
        version=page.summary.version,
        returned=sent_back(visitor, look, page),
        author_units="\n".join(
            units.name(each.unit) for each in getattr(body, "authors", ()) if each.unit is not None
        ),
    )


async def _amend(visitor: Visitor, sent: Sent, stream: str) -> Response:
    must_fit(sent)
    sent = _with_guests(sent)
    if sent.has(LOST_FILE):
        return await run_in_threadpool(_amend_again, visitor, sent, stream, None)
    try:
        sent = await run_in_threadpool(with_photos_kept, visitor, sent)
    except Refused as refused:
        return await run_in_threadpool(_amend_again, visitor, sent, stream, refused)
    if sent.has(LOOK):
        return await run_in_threadpool(_amend_again, visitor, sent, stream, None)
    read = await run_in_threadpool(_read_amended, visitor, sent, stream)
    if not isinstance(read, Refused):
        try:
            await visitor.submit(read, sent.command_id, seen=whole(sent.one("version")) or 0)
        except Refused as error:
            read = error
    if isinstance(read, Refused):
        return await run_in_threadpool(_amend_again, visitor, sent, stream, read)
    root, _, key = stream.partition("/")
    told = visitor.address(f"/{root}s/{key}?did=amend&form={sent.command_id}")
    return see(_answered(visitor, sent, stream) or told)


def _answered(visitor: Visitor, sent: Sent, stream: str) -> str:
    """The page of the query that a record was made or corrected for; empty where it was for none. `form` tells the device which draft has arrived."""
    query = sent.one("query")
    address = f"/queries/{quote(query, safe='')}?recorded={stream}&form={sent.command_id}"
    return visitor.address(address) if query else ""


def _read_amended(visitor: Visitor, sent: Sent, stream: str) -> Command | Refused:
    try:
        with visitor.asking.look() as look:
            page = _standing(visitor, look, stream)
            body, _ = _body(visitor, look.connection, sent, page.summary.kind, page.state.body)
            newest = whole(sent.one("version")) == page.summary.version
            if newest and not sent.one(ANSWERS) and sent_back(visitor, look, page):
                raise Refused(Reason.MISSING, f"/{ANSWERS}")
    except Refused as refused:
        return refused
    root, _, key = stream.partition("/")
    reason = sent.one("reason")
    if root == "occasion":
        return occasion.AmendOccasion(occasion=key, body=body, reason=reason)
    return matter.AmendMatter(matter=key, body=body, reason=reason)


def _amend_again(visitor: Visitor, sent: Sent, stream: str, refused: Refused | None) -> Response:
    with visitor.asking.look() as look:
        page = _standing(visitor, look, stream)
        more: dict[str, Any] = {"amends": stream, "returned": sent_back(visitor, look, page)}
        if refused is not None and refused.reason is Reason.CHANGED_MEANWHILE:
            # Both versions are shown; sending again says that he has seen the other.
            more["version"] = page.summary.version
            sent, late = _overtaken(visitor, look, page, sent)
            more["late"] = late
        else:
            more["version"] = whole(sent.one("version")) or 0
        made = _resent(visitor, look.connection, sent, page.summary.kind, refused, **more)
    return _page(visitor, made, 200 if refused is None else _status(refused))


def _overtaken(
    visitor: Visitor, look: Look, page: deeds.DeedPage, sent: Sent
) -> tuple[Sent, Meanwhile]:
    """A form that somebody overtook, with what the other alone has changed put into it, and what both have."""
    stream, version = page.summary.stream, whole(sent.one("version"))
    units = choosing.units(look.connection, visitor.ledger)
    opened: Any = None
    if version is not None:
        told = (look.connection, look.ledger, stream, version, visitor.desk.entries_at)
        opened = history.as_of_version(*told)
    body: Any = page.state.body
    was: Any = None
    if opened is not None:
        before, _ = deed_for(
            visitor.asker, look.connection, look.ledger, replace(page, state=opened)
        )
        was = before.state.body
    inputs = fields.inputs_of(page.summary.kind)
    stands = fields.filled(inputs, body)
    filled = None if was is None else fields.filled(inputs, was)
    found = compared(filled, stands, fields.sent_in(stands, sent), units)
    sent = fields.sent_anew(sent, found.inputs)
    said = _people_said(body), None if was is None else _people_said(was)
    sent, both, taken = _people_overtaken(visitor, look.connection, sent, *said)
    of_units = _units_overtaken(sent, units, body, was)
    for each in of_units.inputs:
        pairs = (pair for pair in sent.pairs if pair[0] != each.name)
        sent = replace(sent, pairs=(*pairs, (each.name, "\n".join(each.values))))
    return sent, replace(
        found,
        both=(*found.both, *both, *of_units.both),
        taken=(*found.taken, *taken, *of_units.taken),
    )


def _units_overtaken(sent: Sent, units: Units, body: Any, was: Any) -> Meanwhile:
    """The same of the units among the authors of a matter."""
    if not hasattr(body, "authors"):
        return Meanwhile(())

    def among(record: Any) -> tuple[Input, ...]:
        said = [each.unit for each in record.authors if each.unit is not None]
        return (_OF_UNITS.with_values(*map(units.name, said)),)

    stands = among(body)
    opened = None if was is None else among(was)
    return compared(opened, stands, fields.sent_in(stands, sent), units)


_OF_UNITS = Input(
    name="author_units",
    label=Label("作者中的单位", "units among the authors"),
    widget=Widget.UNITS,
)


_SAID_OF_EACH: Mapping[str, Any] = {
    "part": Part,
    "attendance": Attendance,
    "capacity": Capacity,
    "role": Authorship,
}
"""What a form says of each person, and of what it is one."""
PEOPLE = Label("人员", "people")
_NOT_NAMED = Label("不在名单", "not on the list")


def _people_said(body: Any) -> dict[str, dict[str, str]]:
    """What a record says of each person that a form asks."""
    named = getattr(body, "participants", ()) or getattr(body, "authors", ())
    return {
        each.person: {
            name: getattr(each, name).value for name in _SAID_OF_EACH if hasattr(each, name)
        }
        for each in named
        if each.person is not None
    }


def _people_overtaken(
    visitor: Visitor,
    connection: Connection,
    sent: Sent,
    stands: Mapping[str, dict[str, str]],
    opened: Mapping[str, dict[str, str]] | None,
) -> tuple[Sent, list[Differs], list[Label]]:
    """The same of the people: who only the other has put in, taken out or changed is so here too."""
    yours: dict[str, dict[str, str]] = {}
    for person in dict.fromkeys(sent.all("p")):
        usual = (opened or stands).get(person) or stands.get(person) or {}
        said = {name: sent.one(f"{name}.{person}") or usual.get(name, "") for name in _SAID_OF_EACH}
        yours[person] = {name: value for name, value in said.items() if value}
    kept: dict[str, dict[str, str]] = {}
    differs: list[str] = []
    taken = False
    for person in dict.fromkeys([*yours, *stands]):
        his, theirs = yours.get(person), stands.get(person)
        stays = his
        if his != theirs:
            if opened is not None and his == opened.get(person):
                stays, taken = theirs, True
            elif opened is None or theirs != opened.get(person):
                differs.append(person)
        if stays is not None:
            kept[person] = stays
    names = roster.names(connection, visitor.ledger, people=[PersonId(p) for p in differs])
    both = [
        Differs(
            Label(names.get(f"member/{person}", person), names.get(f"member/{person}", person)),
            _said_of(stands.get(person), yours.get(person)),
            _said_of(yours.get(person), stands.get(person)),
        )
        for person in differs
    ]
    asked = {"p", *(f"{name}.{p}" for p in (*yours, *stands) for name in _SAID_OF_EACH)}
    pairs = [pair for pair in sent.pairs if pair[0] not in asked]
    for person, said in kept.items():
        pairs.append(("p", person))
        pairs += ((f"{name}.{person}", value) for name, value in said.items())
    section = [PEOPLE] if taken else []
    return replace(sent, pairs=tuple(pairs)), both, section


def _said_of(
    said: Mapping[str, str] | None, other: Mapping[str, str] | None
) -> tuple[str | Said, ...]:
    """What is said of somebody and not by the other; all of it where the other does not name him."""
    if said is None:
        return (_NOT_NAMED,)
    beside = other or {}
    return tuple(
        _SAID_OF_EACH[name].of(value) for name, value in said.items() if beside.get(name) != value
    )
