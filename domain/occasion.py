"""Something held: a meeting, survey, visit, study, reception; with participants on three axes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from typing import Any, Generic, TypeVar, cast

from domain import deed as deeds
from domain import numbers
from domain.deed import Deed, DeedCommand, DeedEvent, Known, Likeness
from domain.entry import Entry
from domain.evidence import Evidence
from domain.fact import Attendance, Capacity, Fact, Held, Mode, Part, RecordClass, Spoke, SubjectId
from domain.joint import form_of
from domain.kinds import KINDS, Details, Shape, Subject, kind_of
from domain.member import Standing
from domain.people import Actor, PersonId, Reason, Refused, UnitId, Warned
from domain.values import value
from domain.words import GuestName, Label, Level

D = TypeVar("D", bound=Details)

MOST_NAMED = 150
"""An entry names at most this many participants; longer lists take several entries."""


@value(frozen=True, slots=True, kw_only=True)
class Participant:
    """One person at one occasion: capacity, role there, and attendance state are three axes, not one list.

    `half_days` is how many he attended: where nothing is said all of them, or none if he was not there. `leave` is the kind of
    leave, `granted_by` who gave it, `in_name_of` the sector or party in whose name he was there.
    """

    person: PersonId
    capacity: Capacity = Capacity.ATTENDS
    part: Part = Part.TAKES_PART
    attendance: Attendance = Attendance.PRESENT
    leave: str = ""
    granted_by: str = ""
    spoke: Spoke = Spoke.NO
    half_days: int | None = None
    in_name_of: UnitId | None = None

    def attended(self, half_days: int) -> int:
        """How many half days of so many he attended."""
        if self.half_days is not None:
            return self.half_days
        return half_days if self.attendance.took_part else 0


@value(frozen=True, slots=True, kw_only=True)
class Occasion(Generic[D]):
    """What is said of an occasion. `expected` are those whom it expected, so that rates have denominators.

    `guests` are people who were there and stand on no roster, as they were named: 姓名(单位). They are shown and never scored.
    `half_days` is its length, `reached_people` the people it reached in 人次, `work` the id of the topic that it is a session
    of, `pairing` the id of the pairing that a visit serves.
    """

    details: D
    title: str
    on: date
    organiser: UnitId
    until: date | None = None
    half_days: int = 1
    place: str = ""
    village: UnitId | None = None
    co_organisers: tuple[UnitId, ...] = ()
    level: Level = Level.COUNTY
    mode: Mode = Mode.GROUP
    held: Held = Held.ON_SITE
    micro: bool = False
    mandatory: bool = False
    key: bool = False
    activity: str = ""
    plan_item: str = ""
    work: str = ""
    work_title: str = ""
    pairing: str = ""
    reached_people: int = 0
    result: str = ""
    evidence: tuple[Evidence, ...] = ()
    participants: tuple[Participant, ...] = ()
    expected: tuple[PersonId, ...] = ()
    guests: GuestName[tuple[str, ...]] = ()

    @property
    def hosts(self) -> tuple[UnitId, ...]:
        """The units that held it: each of them is credited with it."""
        return (self.organiser, *self.co_organisers)

    @property
    def subjects(self) -> frozenset[SubjectId]:
        """Whose deed it is: those who took part, or where nobody is named the units that held it."""
        if not self.participants:
            return frozenset(SubjectId(f"unit/{u}") for u in self.hosts)
        return frozenset(SubjectId(f"member/{p.person}") for p in self.participants)


LABELS: dict[str, Label] = {
    "title": Label("名称", "title"),
    "on": Label("日期", "day"),
    "until": Label("结束日期", "last day"),
    "half_days": Label("半天数", "half days"),
    "place": Label("地点", "place"),
    "village": Label("村(社区)", "village or community"),
    "organiser": Label("组织单位", "organiser"),
    "co_organisers": Label("协办单位", "co-organisers"),
    "level": Label("层级", "level"),
    "mode": Label("形式", "mode"),
    "held": Label("举行方式", "held"),
    "micro": Label("微活动", "micro activity"),
    "mandatory": Label("必须参加", "mandatory"),
    "key": Label("重点", "key"),
    "activity": Label("所属活动", "named activity"),
    "plan_item": Label("计划项目", "plan item"),
    "work": Label("课题编号", "work"),
    "work_title": Label("课题名称", "title of the work"),
    "pairing": Label("所属结对", "pairing"),
    "reached_people": Label("服务人次", "people reached"),
    "result": Label("成果", "result"),
    "evidence": Label("佐证", "evidence"),
    "participants": Label("参加人员", "participants"),
    "expected": Label("应到人员", "expected"),
    "guests": Label("嘉宾", "guests"),
}

# Commands


@value(frozen=True, slots=True, kw_only=True)
class RecordOccasion:
    """Record that something was held. `differs` says that the recorder has looked at a likely duplicate."""

    occasion: str
    body: Occasion[Any]
    differs: bool = False


@value(frozen=True, slots=True, kw_only=True)
class AmendOccasion:
    """Say anew, and in whole, what is said of an occasion, with a reason."""

    occasion: str
    body: Occasion[Any]
    reason: str


OccasionCommand = RecordOccasion | AmendOccasion | DeedCommand

# Events


@value(frozen=True, slots=True, kw_only=True)
class OccasionHappened(Generic[D]):
    """Something was held; stored under the name of its kind. `record` is the class of the record."""

    occasion: str
    body: Occasion[D]
    record: RecordClass


@value(frozen=True, slots=True, kw_only=True)
class OccasionAmended(Generic[D]):
    """What is said of an occasion was replaced, in whole; stored as `KIND.amended`.

    `record` is its class where a corrected organiser has changed it, `removed` are those whose lines were taken out.
    """

    occasion: str
    body: Occasion[D]
    reason: str
    record: RecordClass | None = None
    removed: tuple[PersonId, ...] = ()


@value(frozen=True, slots=True, kw_only=True)
class ParticipantsListed:
    """More participants and expected members of a long list.

    `kind` and `on` are those of the occasion, so that these people's lines can be seen to repeat others; `rewritten` are those
    whose lines an amendment has added or changed.
    """

    occasion: str
    participants: tuple[Participant, ...] = ()
    expected: tuple[PersonId, ...] = ()
    kind: str = ""
    on: date | None = None
    rewritten: tuple[PersonId, ...] = ()


OccasionEvent = OccasionHappened[Any] | OccasionAmended[Any] | ParticipantsListed | DeedEvent


def stream_of(occasion: str) -> str:
    """The stream of an occasion."""
    return f"occasion/{occasion}"


def likenesses(body: Occasion[Any]) -> list[Likeness]:
    """What makes two records alike: one kind, one day, one person; in order of participants."""
    kind, on = type(body.details).__name__, body.on
    return [(kind, on, p.person) for p in body.participants]


def listed_likenesses(event: ParticipantsListed) -> list[Likeness]:
    """The same of the rest of a long list, where the entry says what it is the rest of."""
    kind = KINDS.get(event.kind)
    if kind is None or event.on is None:
        return []
    return [(kind.__name__, event.on, p.person) for p in event.participants]


def warnings(command: RecordOccasion, known: Known) -> list[Warned]:
    """Recorded facts that this one may repeat: worth a look, not a refusal."""
    found: dict[str, Warned] = {}
    stream = stream_of(command.occasion)
    for i, likeness in enumerate(likenesses(command.body)):
        if not known.recorded_as(likeness):
            continue
        deed = deeds.alike(known, likeness, likenesses, but=stream)
        if deed is not None and deed not in found:
            found[deed] = Warned(
                reason=Reason.LIKELY_DUPLICATE, field=f"/body/participants/{i}/person", deed=deed
            )
    return list(found.values())


def people_of(body: Occasion[Any]) -> tuple[PersonId, ...]:
    """Those whose lines the two sides answer for."""
    return tuple(p.person for p in body.participants)


def decide(
    deed: Deed[Occasion[Any]] | None, command: OccasionCommand, actor: Actor, known: Known
) -> list[OccasionEvent]:
    """What follows from a command on an occasion."""
    match command:
        case RecordOccasion(occasion=occasion, body=body):
            if deed is not None:
                raise Refused(Reason.ALREADY_RECORDED, "/occasion", occasion)
            check(body, actor, known)
            if known.strict and not command.differs:
                for warned in warnings(command, known):
                    raise Refused(warned.reason, warned.field, warned.deed)
            record = deeds.class_of(actor, body.organiser, known.roster)
            happened = OccasionHappened(occasion=occasion, body=_cut(body), record=record)
            return [happened, *_rest(occasion, body)] if _is_long(body) else [happened]
        case AmendOccasion(occasion=occasion, body=body, reason=reason):
            if deed is None:
                raise Refused(Reason.NO_SUCH_DEED, "/occasion", occasion)
            deeds.may_change(deed, actor, deed.body.organiser, known.roster)
            if not reason.strip():
                raise Refused(Reason.REASON_MISSING, "/reason")
            check(body, actor, known)
            if body == deed.body:
                return []
            return [
                OccasionAmended(
                    occasion=occasion,
                    body=_cut(body),
                    reason=reason,
                    record=deeds.new_class(
                        deed, actor, deed.body.organiser, body.organiser, known.roster
                    ),
                    removed=_removed(deed.body, body),
                ),
                *_rest(occasion, body, deed.body),
            ]
        case _:
            body = _NOTHING if deed is None else deed.body
            return list(
                deeds.decide(
                    deed,
                    command,
                    actor,
                    known,
                    people=people_of(body),
                    organiser=body.organiser,
                    on=body.on,
                )
            )


_NOTHING: Occasion[Any] = Occasion(details=None, title="", on=date.min, organiser=UnitId(""))


def _cut(body: Occasion[D]) -> Occasion[D]:
    """The body with as many names as one entry may hold."""
    if not _is_long(body):
        return body
    return replace(
        body, participants=body.participants[:MOST_NAMED], expected=body.expected[:MOST_NAMED]
    )


def _is_long(body: Occasion[Any]) -> bool:
    return len(body.participants) > MOST_NAMED or len(body.expected) > MOST_NAMED


def _rest(
    occasion: str, body: Occasion[Any], before: Occasion[Any] | None = None
) -> Iterator[ParticipantsListed]:
    """The names that the first entry does not hold; `before` is what is amended."""
    longest = max(len(body.participants), len(body.expected))
    for start in range(MOST_NAMED, longest, MOST_NAMED):
        more = body.participants[start : start + MOST_NAMED]
        anew = () if before is None else deeds.written_anew(_lines(before), _lines_of(more))
        yield ParticipantsListed(
            occasion=occasion,
            participants=more,
            expected=body.expected[start : start + MOST_NAMED],
            kind=kind_of(type(body.details)),
            on=body.on,
            rewritten=anew,
        )


def _removed(before: Occasion[Any], now: Occasion[Any]) -> tuple[PersonId, ...]:
    """Those whose lines an amendment takes out."""
    named = {p.person for p in now.participants}
    return tuple(p.person for p in before.participants if p.person not in named)


def _lines(body: Occasion[Any]) -> dict[PersonId, Participant]:
    return _lines_of(body.participants)


def _lines_of(participants: tuple[Participant, ...]) -> dict[PersonId, Participant]:
    return {p.person: p for p in participants}


def flaws(body: Occasion[Any], today: date) -> list[Refused]:
    """What is wrong with the days and numbers of an occasion, whoever was there."""
    found = []
    if body.on > today:
        found.append(Refused(Reason.IN_FUTURE, "/body/on", body.on.isoformat()))
    if body.until is not None and body.until < body.on:
        found.append(Refused(Reason.WRONG_ORDER, "/body/until", body.until.isoformat()))
    for name, least in (("half_days", 1), ("reached_people", 0)):
        if getattr(body, name) < least:
            wanted = Label(f"不小于 {least} 的数", f"{least} or more")
            found.append(Refused(Reason.MALFORMED, f"/body/{name}", wanted=wanted))
    return [
        *found,
        *numbers.flaws(body, "/body"),
        *numbers.flaws(body.details, "/body/details"),
    ]


def check(body: Occasion[Any], actor: Actor, known: Known) -> None:
    """Refuse what cannot be said of an occasion, or not by this actor."""
    kind = KINDS[kind_of(type(body.details))]
    if kind.about.shape is not Shape.OCCASION:
        raise Refused(Reason.WRONG_TAG, "/body/details/kind", kind_of(kind))
    deeds.check_title(body.title)
    if wrong := flaws(body, known.today):
        raise replace(wrong[0], others=tuple(wrong[1:]))
    deeds.check_unit(body.organiser, body.on, known, "/body/organiser")
    for i, unit in enumerate(body.co_organisers):
        deeds.check_unit(unit, body.on, known, f"/body/co_organisers/{i}")
        if unit in (body.organiser, *body.co_organisers[:i]):
            raise Refused(Reason.SAME_TWICE, f"/body/co_organisers/{i}", unit)
    if body.village is not None:
        deeds.check_unit(body.village, body.on, known, "/body/village")
    if body.pairing and not known.paired(body.pairing):
        raise Refused(Reason.NO_SUCH_PAIRING, "/body/pairing", body.pairing)
    deeds.may_record(actor, body.organiser, body.co_organisers, known.roster)
    on, people = body.on, known.roster.people
    seen: set[PersonId] = set()
    for i, p in enumerate(body.participants):
        if p.person in seen:
            raise Refused(Reason.SAME_TWICE, f"/body/participants/{i}/person", p.person)
        seen.add(p.person)
        if p.half_days is not None and not 0 <= p.half_days <= body.half_days:
            field = f"/body/participants/{i}/half_days"
            raise Refused(Reason.MALFORMED, field, str(p.half_days))
        if p.in_name_of is not None:
            field = f"/body/participants/{i}/in_name_of"
            deeds.check_unit(p.in_name_of, on, known, field)
        found = people.get(p.person)
        if found is None or p.capacity is not Capacity.ATTENDS or not found.member_on(on):
            field = f"/body/participants/{i}"
            check_person(p.person, p.capacity, on, known, f"{field}/person", f"{field}/capacity")
    seen = set()
    for i, person in enumerate(body.expected):
        if person in seen:
            raise Refused(Reason.SAME_TWICE, f"/body/expected/{i}", person)
        seen.add(person)
        check_person(person, Capacity.ATTENDS, body.on, known, f"/body/expected/{i}")
    for i, guest in enumerate(body.guests):
        if not guest.strip():
            raise Refused(Reason.MISSING, f"/body/guests/{i}")
        if guest in body.guests[:i]:
            raise Refused(Reason.SAME_TWICE, f"/body/guests/{i}", guest)
    if Subject.MEMBER not in kind.about.subjects and body.participants:
        raise Refused(Reason.SUBJECT_NOT_OF_KIND, "/body/participants", kind.about.zh)
    declares_for = actor.declares_for
    if declares_for is not None and people_of(body) != (declares_for,):
        raise Refused(Reason.NOT_YOURS_TO_RECORD, "/body/participants")
    if declares_for is not None and not set(body.expected) <= {declares_for}:
        raise Refused(Reason.NOT_YOURS_TO_RECORD, "/body/expected")


def check_person(
    person: PersonId, capacity: Capacity, on: date, known: Known, field: str, as_what: str = ""
) -> None:
    """Refuse who is on no roster at `field`, and a capacity that is not his at `as_what`."""
    found = known.roster.people.get(person)
    if found is None:
        raise Refused(Reason.NO_SUCH_PERSON, field, person)
    member = found.member_on(on)
    if capacity is Capacity.ATTENDS:
        if member:
            return
        about = f"{found.profile.name} {on.isoformat()}"
        raise Refused(Reason.NOT_A_MEMBER_THEN, field, about)
    # Who is only a guest is never scored, and who is a member here is not thanked as one of elsewhere.
    as_guest = capacity is Capacity.HIGHER_MEMBER
    if as_guest if member else not as_guest and found.profile.standing is Standing.GUEST:
        raise Refused(Reason.MALFORMED, as_what, found.profile.name)


def evolve(
    deed: Deed[Occasion[Any]] | None, entry: Entry[OccasionEvent]
) -> Deed[Occasion[Any]] | None:
    """An occasion after one more entry."""
    event = entry.event
    if isinstance(event, OccasionHappened):
        return deeds.begun(entry, event.body, event.record, people_of(event.body))
    if deed is None:
        return None
    match event:
        case OccasionAmended(body=body, record=record, removed=removed):
            rewritten = _rewritten(deed.body, body, removed)
            return deeds.amended(deed, body, record, rewritten, people_of(deed.body), entry)
        case ParticipantsListed(participants=more, expected=expected, rewritten=anew):
            body = replace(
                deed.body,
                participants=deed.body.participants + more,
                expected=deed.body.expected + expected,
            )
            return deeds.listed(deed, body, tuple(p.person for p in more), anew, entry)
        case _:
            return deeds.evolve(deed, cast("Entry[DeedEvent]", entry))


def _rewritten(
    before: Occasion[Any], now: Occasion[Any], removed: tuple[PersonId, ...]
) -> deeds.Rewritten:
    """What an amendment has changed, so far as its entry names the lines."""
    lines = _lines(now)
    besides = replace(now, participants=before.participants, expected=before.expected)
    return deeds.Rewritten(
        people=tuple(lines),
        lines=deeds.written_anew(_lines(before), lines),
        removed=removed,
        elsewhere=besides != before,
        anew=(now.details, now.on, now.until, now.half_days)
        != (before.details, before.on, before.until, before.half_days),
    )


def facts_of(deed: Deed[Occasion[Any]]) -> list[Fact[Any]]:
    """One fact per participant, per expected member of whom nothing is said, and per unit where units are subjects."""
    if deed.gone:
        return []
    body = _reckoned(deed.body)
    kind = kind_of(type(body.details))
    stream, on, told = deed.stream, body.on, deed.recorded
    evidence, form = len(body.evidence), form_of(body)
    expected = frozenset(body.expected)
    facts: list[Fact[Any]] = []
    for p in body.participants:
        stamps = deed.stamps.get(p.person, deeds.NO_STAMPS)
        guest = p.capacity is Capacity.HIGHER_MEMBER
        facts.append(
            Fact(
                deed=stream,
                subject=SubjectId(f"member/{p.person}"),
                kind=kind,
                on=on,
                details=body.details,
                until=body.until,
                title=body.title,
                position=deed.position,
                recorded_on=deed.recorded_on(p.person),
                said_on=deed.last_said_on(p.person),
                recorded_by=told.by,
                recorder=told.unit,
                record=RecordClass.GUEST if guest else deed.record,
                organiser=body.organiser,
                capacity=p.capacity,
                part=p.part,
                attendance=p.attendance,
                leave=p.leave,
                spoke=p.spoke,
                in_name_of=p.in_name_of,
                half_days=min(p.attended(body.half_days), body.half_days),
                of_half_days=body.half_days,
                level=body.level,
                mandatory=body.mandatory,
                key=body.key,
                micro=body.micro,
                mode=form,
                held=body.held,
                activity=body.activity,
                reached_people=body.reached_people,
                expected=p.person in expected,
                work=body.work,
                pairing=body.pairing,
                village=body.village,
                evidence=evidence,
                sector=stamps.sector,
                studio=stamps.studio,
                county=stamps.county,
                same_as=deed.same_as,
                item=deed.items.get(p.person, ""),
                item_reason=deed.item_reasons.get(p.person, ""),
            )
        )
    named = {p.person for p in body.participants}
    unsaid = [person for person in body.expected if person not in named]
    hosted = Subject.UNIT in body.details.about.subjects
    if not unsaid and not hosted:
        return facts
    of_unit = _of_unit(deed, body, kind, evidence, form)
    facts += [
        replace(
            of_unit,
            subject=SubjectId(f"member/{person}"),
            part=Part.TAKES_PART,
            attendance=Attendance.NOT_RECORDED,
            half_days=0,
            expected=True,
        )
        for person in unsaid
    ]
    if hosted:
        others = [replace(of_unit, subject=SubjectId(f"unit/{u}")) for u in body.co_organisers]
        facts += [of_unit, *others]
    return facts


_MOST = numbers.RECKONED.largest


def _reckoned(body: Occasion[Any]) -> Occasion[Any]:
    """An occasion with no larger numbers than are reckoned with."""
    if body.half_days <= _MOST and body.reached_people <= _MOST:
        return body
    return replace(
        body,
        half_days=min(body.half_days, _MOST),
        reached_people=min(body.reached_people, _MOST),
    )


def _of_unit(
    deed: Deed[Occasion[Any]], body: Occasion[Any], kind: str, evidence: int, form: Mode
) -> Fact[Any]:
    """What the unit that organised it is credited with."""
    vouched = deed.of_units(p.person for p in body.participants)
    return Fact(
        deed=deed.stream,
        subject=SubjectId(f"unit/{body.organiser}"),
        kind=kind,
        on=body.on,
        details=body.details,
        until=body.until,
        title=body.title,
        position=deed.position,
        recorded_on=deed.recorded.day,
        recorded_by=deed.recorded.by,
        recorder=deed.recorded.unit,
        record=deed.record,
        organiser=body.organiser,
        part=Part.HOSTS,
        half_days=body.half_days,
        of_half_days=body.half_days,
        level=body.level,
        mandatory=body.mandatory,
        key=body.key,
        micro=body.micro,
        mode=form,
        held=body.held,
        activity=body.activity,
        reached_people=body.reached_people,
        work=body.work,
        village=body.village,
        evidence=evidence,
        sector=vouched.sector,
        studio=vouched.studio,
        county=vouched.county,
        same_as=deed.same_as,
    )
