"""Units of the roster: sectors, studios, committees, townships; their life, and who holds office in them when."""

from __future__ import annotations

from collections.abc import Container, Mapping
from dataclasses import dataclass, replace
from datetime import date

from domain import correction
from domain.access import Action, must
from domain.entry import Entry
from domain.people import Actor, PersonId, Reason, Refused, UnitId
from domain.words import Choice, Label


class Side(Choice):
    """The two sides of dual management, and the county above both."""

    SECTOR = "sector", "界别"
    STUDIO = "studio", "镇街"
    COUNTY = "county", "本级政协"


class UnitKind(Choice):
    """Every kind of unit that the field knows."""

    COMMITTEE = "committee", "本级政协", "the CPPCC committee itself"
    SPECIAL_COMMITTEE = "special_committee", "专门委员会"
    OFFICE = "office", "机关委室", "office of the committee"
    LIAISON_CENTRE = "liaison_centre", "委员联络服务中心", "member liaison centre"
    SECTOR = "sector", "界别"
    SECTOR_GROUP = "sector_group", "界别联络组(界别工作室)", "sector liaison group"
    COMPOSITE_GROUP = "composite_group", "界别活动综合组", "composite sector group"
    ORGANISATION = "organisation", "党派团体", "party or organisation"
    TOWNSHIP = "township", "乡镇(街道)"
    TOWNSHIP_GROUP = "township_group", "镇街委员活动组", "township group"
    LIAISON_COMMITTEE = "liaison_committee", "乡镇(街道)政协联络委", "township liaison committee"
    LIAISON_ROOM = "liaison_room", "委员联络室", "members' liaison room"
    STUDIO = "studio", "委员工作室", "member studio"
    MEMBERS_HOME = "members_home", "委员之家", "members' home"
    SERVICE_STATION = "service_station", "服务站", "service station"
    VOLUNTEER_STATION = "volunteer_station", "志愿服务站", "volunteer station"
    EXEMPLARY_POST = "exemplary_post", "委员示范岗", "exemplary member post"
    SERVICE_POINT = "service_point", "志愿服务点", "volunteer service point"
    DELIBERATION_HALL = "deliberation_hall", "协商议事厅(室)", "deliberation hall or room"
    VILLAGE = "village", "村(社区)", "village or community"
    BRANCH = "branch", "履职临时党支部", "temporary Party branch"
    STUDY_GROUP = "study_group", "学习组", "study group"
    THINK_TANK = "think_tank", "智库", "think tank"
    DEPARTMENT = "department", "部门", "department"
    OTHER = "other", "其他"

    @property
    def side(self) -> Side:
        """The side that a unit of this kind records and answers for; a studio's type may say otherwise."""
        if self in _SECTOR_SIDE:
            return Side.SECTOR
        return Side.COUNTY if self in _COUNTY_SIDE else Side.STUDIO


_SECTOR_SIDE = frozenset(
    {
        UnitKind.SECTOR,
        UnitKind.SECTOR_GROUP,
        UnitKind.COMPOSITE_GROUP,
        UnitKind.ORGANISATION,
        UnitKind.SPECIAL_COMMITTEE,
        UnitKind.STUDY_GROUP,
        UnitKind.BRANCH,
        UnitKind.THINK_TANK,
    }
)
_COUNTY_SIDE = frozenset(
    {
        UnitKind.COMMITTEE,
        UnitKind.OFFICE,
        UnitKind.LIAISON_CENTRE,
        UnitKind.DEPARTMENT,
        UnitKind.OTHER,
    }
)


class StudioKind(Choice):
    """What sort of studio it is."""

    SECTORAL = "sectoral", "界别型"
    REGIONAL = "regional", "区域型"
    INDIVIDUAL = "individual", "个人型"
    OTHER = "other", "其他型"


class Platform(Choice):
    """How a studio came by its members."""

    ASSIGNED = "assigned", "委派式"
    REPORTED = "reported", "报到式"
    CHOSEN = "chosen", "选树式", "chosen as an example"


class Office(Choice):
    """An office that a person holds in a unit; holders need not be members."""

    HEAD = "head", "负责人(主任)", "head"
    DEPUTY = "deputy", "副主任", "deputy head"
    CONVENOR = "convenor", "召集人"
    LIAISON_OFFICER = "liaison_officer", "联络员"
    GROUP_LEADER = "group_leader", "组长(政协领导)", "leader as group head"
    COMMITTEE_MEMBER = "committee_member", "联络委委员", "member of the liaison committee"
    STAFF = "staff", "工作人员"
    CORRESPONDENT = "correspondent", "社情民意信息员", "opinion correspondent"
    MAILBOX_CORRESPONDENT = "mailbox_correspondent", "情报员", "mailbox correspondent"
    EXPERT = "expert", "智库专家"
    CONTRIBUTOR = "contributor", "特邀撰稿人", "invited contributor"

    @property
    def answers(self) -> bool:
        """Whether the holder answers for his unit's side of dual management."""
        return self in {Office.HEAD, Office.DEPUTY, Office.CONVENOR, Office.GROUP_LEADER}


MOST_FIELDS, LONGEST_FIELD = 10, 60
"""Fields of expertise of one appointment, and characters of the name of a field, at the most."""
LONGEST_DOCUMENT = 100
"""Characters of the number or title of the document that approved an appointment, at the most."""
NO_FIELD = "-"
"""Asks for those of whom no field is said: no field has that name."""
_A_FIELD = Label(
    "专业领域的名称;没有的,留空即可", "the name of a field; leave it empty where there is none"
)


class Life(Choice):
    """Where a unit stands in its life."""

    PLANNED = "planned", "筹建"
    OPEN = "open", "设立", "set up"
    LISTED = "listed", "挂牌"
    EXEMPLARY = "exemplary", "示范"
    CLOSED = "closed", "撤销"


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitProfile:
    """What a unit is. `linked_by` is the special committee that links a sector and stands in for it.

    `township` places a studio, room or village; `member_affairs` marks a unit that stands in for every other. `online` tells where
    it is found on the net, an address or the name of a mini-program.
    """

    kind: UnitKind
    name: str
    short: str = ""
    parent: UnitId | None = None
    township: UnitId | None = None
    linked_by: UnitId | None = None
    member_affairs: bool = False
    studio_kind: StudioKind | None = None
    platform: Platform | None = None
    place: str = ""
    online: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Appointment:
    """Who holds which office from when, until when (last day included), under which certificate, for which fields of expertise.

    `approved_on` is the day on which the Party committee approved it, `approval_document` the number or title of the document.
    """

    person: PersonId
    office: Office
    since: date
    until: date | None = None
    certificate: str = ""
    expertise: tuple[str, ...] = ()
    approved_on: date | None = None
    approval_document: str = ""

    def on(self, day: date) -> bool:
        """Whether the office is held on that day."""
        return self.since <= day and (self.until is None or day <= self.until)


# Commands


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenUnit:
    """Enter a unit on the roster."""

    unit: UnitId
    profile: UnitProfile
    since: date
    life: Life = Life.OPEN


@dataclass(frozen=True, slots=True, kw_only=True)
class DescribeUnit:
    """Replace what is said of a unit, with a reason."""

    unit: UnitId
    profile: UnitProfile
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MoveUnitOn:
    """Bring a unit to another stage of its life: listed, exemplary, closed."""

    unit: UnitId
    life: Life
    on: date
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Appoint:
    """Give somebody an office in a unit."""

    unit: UnitId
    appointment: Appointment


@dataclass(frozen=True, slots=True, kw_only=True)
class Relieve:
    """End somebody's office; `until` is its last day."""

    unit: UnitId
    person: PersonId
    office: Office
    until: date
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CorrectAppointments:
    """Say that appointments were entered wrongly: those that are wrong as they stand, and what stands instead, if anything."""

    unit: UnitId
    wrong: tuple[Appointment, ...]
    right: tuple[Appointment, ...] = ()
    reason: str


UnitCommand = OpenUnit | DescribeUnit | MoveUnitOn | Appoint | Relieve | CorrectAppointments

# Events


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitOpened:
    """A unit was entered on the roster."""

    unit: UnitId
    profile: UnitProfile
    since: date
    life: Life


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitDescribed:
    """What is said of a unit was replaced."""

    unit: UnitId
    profile: UnitProfile
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitMovedOn:
    """A unit came to another stage of its life."""

    unit: UnitId
    life: Life
    on: date
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Appointed:
    """Somebody took an office in a unit."""

    unit: UnitId
    appointment: Appointment


@dataclass(frozen=True, slots=True, kw_only=True)
class Relieved:
    """Somebody's office ended; `until` was its last day."""

    unit: UnitId
    person: PersonId
    office: Office
    until: date
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AppointmentsCorrected:
    """Appointments had been entered wrongly; others, or none, stand instead."""

    unit: UnitId
    wrong: tuple[Appointment, ...]
    right: tuple[Appointment, ...]
    reason: str


UnitEvent = UnitOpened | UnitDescribed | UnitMovedOn | Appointed | Relieved | AppointmentsCorrected

# State


@dataclass(frozen=True, slots=True, kw_only=True)
class Unit:
    """A unit as decisions need it; `until` is its last day."""

    unit: UnitId
    profile: UnitProfile
    since: date
    until: date | None = None
    life: Life = Life.OPEN
    appointments: tuple[Appointment, ...] = ()

    @property
    def side(self) -> Side:
        """The side of dual management that it stands on: a sector's studio on the sector's, any other on the township's."""
        if self.profile.studio_kind is StudioKind.SECTORAL and self.profile.kind is UnitKind.STUDIO:
            return Side.SECTOR
        return self.profile.kind.side

    def open_on(self, day: date) -> bool:
        """Whether it existed on that day."""
        return self.since <= day and (self.until is None or day <= self.until)

    def open_within(self, first: date, last: date) -> bool:
        """Whether it existed on any of these days, both included."""
        return self.since <= last and (self.until is None or first <= self.until)

    def answering_on(self, day: date) -> tuple[PersonId, ...]:
        """Those who answer for it on that day, in order of appointment; nobody answers for a unit that is not open."""
        if not self.open_on(day):
            return ()
        return tuple(a.person for a in self.appointments if a.office.answers and a.on(day))


def on_roster(
    units: Mapping[UnitId, Unit], unit: UnitId, field: str, day: date | None = None
) -> Unit:
    """That unit, or why it cannot be meant: it is not on the roster, or was not open on the day that is spoken of."""
    found = units.get(unit)
    if found is None:
        raise Refused(Reason.NO_SUCH_UNIT, field, unit)
    if day is not None and not found.open_on(day):
        raise Refused(Reason.UNIT_CLOSED, field, f"{found.profile.name} {day.isoformat()}")
    return found


def decide(
    unit: Unit | None,
    command: UnitCommand,
    actor: Actor,
    units: Mapping[UnitId, Unit],
    people: Container[PersonId],
) -> list[UnitEvent]:
    """What follows from a command about a unit; only the county office keeps the roster.

    Who holds an office need not be a member, but is entered on the roster first: a name is typed once.
    """
    must(actor.role, Action.KEEP_ROSTER)
    if isinstance(command, OpenUnit):
        if unit is not None:
            raise Refused(Reason.ALREADY_RECORDED, "/unit", command.unit)
        _check_profile(command.profile, units)
        return [
            UnitOpened(
                unit=command.unit, profile=command.profile, since=command.since, life=command.life
            )
        ]
    if unit is None:
        raise Refused(Reason.NO_SUCH_UNIT, "/unit", command.unit)
    match command:
        case DescribeUnit(profile=profile, reason=reason):
            if not reason.strip():
                raise Refused(Reason.REASON_MISSING, "/reason")
            _check_profile(profile, units)
            if profile == unit.profile:
                return []
            return [UnitDescribed(unit=unit.unit, profile=profile, reason=reason)]
        case MoveUnitOn(life=life, on=on, reason=reason):
            if on < unit.since:
                raise Refused(Reason.WRONG_ORDER, "/on", on.isoformat())
            if life is unit.life:
                return []
            return [UnitMovedOn(unit=unit.unit, life=life, on=on, reason=reason)]
        case Appoint(appointment=new):
            _check_appointment(unit, new, people, "/appointment")
            if new in unit.appointments:
                return []
            return [Appointed(unit=unit.unit, appointment=new)]
        case Relieve(person=person, office=office, until=until, reason=reason):
            held = [
                a
                for a in unit.appointments
                if a.person == person and a.office is office and a.on(until)
            ]
            if not held:
                raise Refused(Reason.NO_SUCH_PERSON, "/person", person)
            if all(a.until == until for a in held):
                return []
            return [
                Relieved(unit=unit.unit, person=person, office=office, until=until, reason=reason)
            ]
        case CorrectAppointments(wrong=wrong, right=right, reason=reason):
            if not reason.strip():
                raise Refused(Reason.REASON_MISSING, "/reason")
            if not wrong:
                raise Refused(Reason.MISSING, "/wrong")
            if right and correction.stands_already(unit.appointments, wrong, right):
                return []
            correction.check_wrong(unit.appointments, wrong, right, "")
            for place, each in enumerate(right):
                _check_appointment(unit, each, people, f"/right/{place}")
            return [AppointmentsCorrected(unit=unit.unit, wrong=wrong, right=right, reason=reason)]


def _check_appointment(
    unit: Unit, new: Appointment, people: Container[PersonId], field: str
) -> None:
    """An office is held by somebody of the roster, in a unit that was open when it began."""
    if new.until is not None and new.until < new.since:
        raise Refused(Reason.WRONG_ORDER, f"{field}/until", new.until.isoformat())
    if not unit.open_on(new.since):
        raise Refused(Reason.UNIT_CLOSED, f"{field}/since", new.since.isoformat())
    if new.person not in people:
        raise Refused(Reason.NO_SUCH_PERSON, f"{field}/person", new.person)
    if len(new.approval_document) > LONGEST_DOCUMENT:
        raise Refused(
            Reason.TOO_LARGE,
            f"{field}/approval_document",
            f"{len(new.approval_document)} > {LONGEST_DOCUMENT}",
        )
    if new.approval_document.strip() and new.approved_on is None:
        raise Refused(Reason.MISSING, f"{field}/approved_on")
    if len(new.expertise) > MOST_FIELDS:
        raise Refused(
            Reason.TOO_MANY, f"{field}/expertise", f"{len(new.expertise)} > {MOST_FIELDS}"
        )
    for i, each in enumerate(new.expertise):
        if not each.strip():
            raise Refused(Reason.MISSING, f"{field}/expertise/{i}")
        if each.strip() == NO_FIELD:
            raise Refused(Reason.MALFORMED, f"{field}/expertise/{i}", each, wanted=_A_FIELD)
        if len(each) > LONGEST_FIELD:
            raise Refused(
                Reason.TOO_LARGE, f"{field}/expertise/{i}", f"{len(each)} > {LONGEST_FIELD}"
            )
        if each in new.expertise[:i]:
            raise Refused(Reason.SAME_TWICE, f"{field}/expertise/{i}", each)


def _check_profile(profile: UnitProfile, units: Mapping[UnitId, Unit]) -> None:
    """A unit has a name, and the units that it is placed under are on the roster."""
    if not profile.name.strip():
        raise Refused(Reason.MISSING, "/profile/name")
    for place, other in (
        ("parent", profile.parent),
        ("township", profile.township),
        ("linked_by", profile.linked_by),
    ):
        if other is not None:
            on_roster(units, other, f"/profile/{place}")


def evolve(unit: Unit | None, entry: Entry[UnitEvent]) -> Unit | None:
    """A unit after one more entry."""
    event = entry.event
    if isinstance(event, UnitOpened):
        return Unit(unit=event.unit, profile=event.profile, since=event.since, life=event.life)
    if unit is None:
        return None
    match event:
        case UnitDescribed(profile=profile):
            return replace(unit, profile=profile)
        case UnitMovedOn(life=life, on=on):
            return replace(unit, life=life, until=on if life is Life.CLOSED else None)
        case Appointed(appointment=new):
            return replace(unit, appointments=(*unit.appointments, new))
        case Relieved(person=person, office=office, until=until):
            return replace(
                unit,
                appointments=tuple(
                    replace(a, until=until)
                    if a.person == person and a.office is office and a.on(until)
                    else a
                    for a in unit.appointments
                ),
            )
        case AppointmentsCorrected(wrong=wrong, right=right):
            return replace(unit, appointments=correction.corrected(unit.appointments, wrong, right))
