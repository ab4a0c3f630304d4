"""People of the roster: members with dated memberships, roles, exemptions and exit; guests and staff beside them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from types import MappingProxyType

from domain import correction
from domain.access import Action, must
from domain.entry import Entry
from domain.people import OF_THE_SYSTEM, Actor, PersonId, Reason, Refused, UnitId
from domain.unit import Side, Unit, UnitKind, on_roster
from domain.words import Choice, Contact, Level, OnRoster, WhyChanged, WhyExempt


class Standing(Choice):
    """What a person is to this committee."""

    MEMBER = "member", "委员"
    GUEST = "guest", "上级委员(特邀)", "guest from a higher committee"
    STAFF = "staff", "工作人员"
    OTHER = "other", "其他人员"


class Bond(Choice):
    """What binds a member to a unit. Sector and studio are the two sides of dual management."""

    SECTOR = "sector", "界别"
    STUDIO = "studio", "镇街委员工作室", "township studio"
    COMMITTEE = "committee", "专委会", "special committee"
    GROUP = "group", "编组", "composite or township group"
    TOWNSHIP = "township", "下沉镇街", "township reported to"
    ROOM = "room", "村(社区)议事室", "village deliberation room"
    BRANCH = "branch", "履职临时党支部", "temporary Party branch"
    STUDY_GROUP = "study_group", "学习组"
    ORGANISATION = "organisation", "党派团体"
    HOME = "home", "委员之家", "members' home"


BOUND_TO: Mapping[Bond, frozenset[UnitKind]] = MappingProxyType(
    {
        Bond.SECTOR: frozenset({UnitKind.SECTOR, UnitKind.SECTOR_GROUP}),
        Bond.STUDIO: frozenset(
            {
                UnitKind.STUDIO,
                UnitKind.LIAISON_COMMITTEE,
                UnitKind.LIAISON_ROOM,
                UnitKind.TOWNSHIP_GROUP,
                UnitKind.TOWNSHIP,
                UnitKind.MEMBERS_HOME,
            }
        ),
        Bond.COMMITTEE: frozenset({UnitKind.SPECIAL_COMMITTEE, UnitKind.OFFICE}),
        Bond.GROUP: frozenset(
            {UnitKind.COMPOSITE_GROUP, UnitKind.TOWNSHIP_GROUP, UnitKind.SECTOR_GROUP}
        ),
        Bond.TOWNSHIP: frozenset({UnitKind.TOWNSHIP}),
        Bond.ROOM: frozenset({UnitKind.DELIBERATION_HALL, UnitKind.LIAISON_ROOM, UnitKind.VILLAGE}),
        Bond.BRANCH: frozenset({UnitKind.BRANCH}),
        Bond.STUDY_GROUP: frozenset({UnitKind.STUDY_GROUP}),
        Bond.ORGANISATION: frozenset({UnitKind.ORGANISATION}),
        Bond.HOME: frozenset({UnitKind.MEMBERS_HOME}),
    }
)
"""The kinds of unit that each bond is to. Which of a township's units is its side of dual management is the committee's choice."""


class Tie(Choice):
    """The four ties that can place a member in a township."""

    RESIDENCE = "residence", "居住地"
    WORKPLACE = "workplace", "工作地"
    CONTACT = "contact", "联系地"
    ASSISTANCE = "assistance", "帮扶地"


class MemberRole(Choice):
    """A role in the committee, held for a time."""

    STANDING_MEMBER = "standing_member", "常务委员", "member of the Standing Committee"
    CHAIRPERSON = "chairperson", "主席"
    VICE_CHAIRPERSON = "vice_chairperson", "副主席"
    SECRETARY_GENERAL = "secretary_general", "秘书长"


class MemberClass(Choice):
    """From which walk of life, as the county's reports divide them."""

    OFFICE = "office", "机关委员", "from an office"
    ENTERPRISE = "enterprise", "企业委员", "from an enterprise"
    VILLAGE = "village", "农村委员", "from a village"
    OTHER = "other", "其他"


class Exit(Choice):
    """How a membership ended."""

    TERM_ENDED = "term_ended", "届满"
    RESIGNED = "resigned", "辞去"
    PERSUADED_TO_RESIGN = "persuaded_to_resign", "劝退"
    ADJUSTED = "adjusted", "调整"
    REVOKED = "revoked", "撤销委员资格", "membership revoked"
    DIED = "died", "去世"


class ReportIn(Choice):
    """The steps of reporting in to a township."""

    NOTIFIED = "notified", "已通知"
    CHOSE = "chose", "自愿选择", "own choice"
    ASSIGNED = "assigned", "组织安排", "assigned"
    REPORTED = "reported", "已报到", "reported in"
    ACTIVE = "active", "开展履职"
    WITHDRAWN = "withdrawn", "已退出"


class Invitation(Choice):
    """The steps of a guest from a higher committee."""

    INVITED = "invited", "已邀请"
    ACCEPTED = "accepted", "已接受"
    DECLINED = "declined", "已谢绝"


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """What is said of a person; `in_public_system` is 体制内, `party` is true for Party members."""

    name: OnRoster[str]
    sex: OnRoster[str] = ""
    standing: Standing = Standing.MEMBER
    member_class: MemberClass = MemberClass.OTHER
    in_public_system: bool = False
    party: bool = False
    employer: OnRoster[str] = ""
    position: OnRoster[str] = ""
    nominator: str = ""
    phone: Contact[str] = ""
    higher_committees: tuple[str, ...] = ()
    home_level: Level | None = None
    number: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Membership:
    """A dated bond to a unit; `basis` is the tie that placed him; at most one bond of a kind is primary at a time."""

    bond: Bond
    unit: UnitId
    since: date
    until: date | None = None
    basis: Tie | None = None
    primary: bool = True

    def on(self, day: date) -> bool:
        """Whether it is in force on that day (last day included)."""
        return self.since <= day and (self.until is None or day <= self.until)


@dataclass(frozen=True, slots=True, kw_only=True)
class Term:
    """A term of the committee that he belongs to, from and to (last day included)."""

    number: int
    since: date
    until: date | None = None
    added: bool = False
    exit: Exit | None = None

    def on(self, day: date) -> bool:
        """Whether it covers that day."""
        return self.since <= day and (self.until is None or day <= self.until)


@dataclass(frozen=True, slots=True, kw_only=True)
class RoleHeld:
    """A role in the committee, from and to."""

    role: MemberRole
    since: date
    until: date | None = None

    def on(self, day: date) -> bool:
        """Whether it is held on that day."""
        return self.since <= day and (self.until is None or day <= self.until)


@dataclass(frozen=True, slots=True, kw_only=True)
class Exemption:
    """A time for which duties are not asked of him, and why."""

    since: date
    until: date | None
    reason: WhyExempt[str]

    def on(self, day: date) -> bool:
        """Whether it covers that day."""
        return self.since <= day and (self.until is None or day <= self.until)


@dataclass(frozen=True, slots=True, kw_only=True)
class Placement:
    """One step of reporting in to a township."""

    township: UnitId
    step: ReportIn
    on: date
    basis: Tie | None = None
    room: UnitId | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class InvitationStep:
    """One step of inviting a guest: to which unit, or to the committee where none is named."""

    step: Invitation
    on: date
    to: UnitId | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Intervals:
    """What is said of a person from a day on: terms, bonds, roles, exemptions, and steps of reporting in."""

    terms: tuple[Term, ...] = ()
    memberships: tuple[Membership, ...] = ()
    roles: tuple[RoleHeld, ...] = ()
    exemptions: tuple[Exemption, ...] = ()
    placements: tuple[Placement, ...] = ()


# Commands


@dataclass(frozen=True, slots=True, kw_only=True)
class Admit:
    """Enter a person on the roster: a member with his term and bonds, a guest, or staff."""

    person: PersonId
    profile: Profile
    term: Term | None = None
    memberships: tuple[Membership, ...] = ()
    roles: tuple[RoleHeld, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Describe:
    """Replace what is said of a person, with a reason."""

    person: PersonId
    profile: Profile
    reason: WhyChanged[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Join:
    """Bind a member to a unit; a primary bond of the same kind ends the day before."""

    person: PersonId
    membership: Membership


@dataclass(frozen=True, slots=True, kw_only=True)
class Leave:
    """End a bond; `until` is its last day."""

    person: PersonId
    bond: Bond
    unit: UnitId
    until: date
    reason: WhyChanged[str] = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class GiveRole:
    """Give a member a role in the committee."""

    person: PersonId
    held: RoleHeld


@dataclass(frozen=True, slots=True, kw_only=True)
class EndRole:
    """End a role in the committee; `until` is its last day."""

    person: PersonId
    role: MemberRole
    until: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Exempt:
    """Free a member of duties for a time."""

    person: PersonId
    exemption: Exemption


@dataclass(frozen=True, slots=True, kw_only=True)
class EndExemption:
    """Ask duties of a member again; `until` is the last day of what freed him of them."""

    person: PersonId
    until: date
    reason: WhyExempt[str] = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CorrectIntervals:
    """Say that something was entered wrongly: what is wrong as it stands, and what stands instead, if anything.

    Nothing else follows from it: where a wrong bond ended another one, both are named.
    """

    person: PersonId
    wrong: Intervals
    right: Intervals = Intervals()
    reason: WhyChanged[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Take a step of reporting in to a township."""

    person: PersonId
    placement: Placement


@dataclass(frozen=True, slots=True, kw_only=True)
class Invite:
    """Take a step of inviting a guest from a higher committee."""

    person: PersonId
    step: Invitation
    on: date
    to: UnitId | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Dismiss:
    """End a membership of the committee; `on` is its last day."""

    person: PersonId
    on: date
    how: Exit
    reason: WhyChanged[str] = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Readmit:
    """Begin another term of the committee."""

    person: PersonId
    term: Term


MemberCommand = (
    Admit
    | Describe
    | Join
    | Leave
    | GiveRole
    | EndRole
    | Exempt
    | EndExemption
    | CorrectIntervals
    | Place
    | Invite
    | Dismiss
    | Readmit
)

# Events


@dataclass(frozen=True, slots=True, kw_only=True)
class Admitted:
    """A person was entered on the roster."""

    person: PersonId
    profile: Profile
    term: Term | None
    memberships: tuple[Membership, ...]
    roles: tuple[RoleHeld, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Described:
    """What is said of a person was replaced."""

    person: PersonId
    profile: Profile
    reason: WhyChanged[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Joined:
    """A member was bound to a unit."""

    person: PersonId
    membership: Membership


@dataclass(frozen=True, slots=True, kw_only=True)
class Left:
    """A bond ended; `until` was its last day."""

    person: PersonId
    bond: Bond
    unit: UnitId
    until: date
    reason: WhyChanged[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class RoleGiven:
    """A member took a role in the committee."""

    person: PersonId
    held: RoleHeld


@dataclass(frozen=True, slots=True, kw_only=True)
class RoleEnded:
    """A role in the committee ended."""

    person: PersonId
    role: MemberRole
    until: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Exempted:
    """A member was freed of duties for a time."""

    person: PersonId
    exemption: Exemption


@dataclass(frozen=True, slots=True, kw_only=True)
class ExemptionEnded:
    """Duties are asked of a member again; `until` was the last day of what freed him of them."""

    person: PersonId
    until: date
    reason: WhyExempt[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class IntervalsCorrected:
    """Something had been entered wrongly of a person; something else, or nothing, stands instead."""

    person: PersonId
    wrong: Intervals
    right: Intervals
    reason: WhyChanged[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Placed:
    """A step of reporting in to a township was taken."""

    person: PersonId
    placement: Placement


@dataclass(frozen=True, slots=True, kw_only=True)
class Invited:
    """A guest from a higher committee was invited, or answered."""

    person: PersonId
    step: Invitation
    on: date
    to: UnitId | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Dismissed:
    """A membership of the committee ended."""

    person: PersonId
    on: date
    how: Exit
    reason: WhyChanged[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Readmitted:
    """Another term of the committee began."""

    person: PersonId
    term: Term


MemberEvent = (
    Admitted
    | Described
    | Joined
    | Left
    | RoleGiven
    | RoleEnded
    | Exempted
    | ExemptionEnded
    | IntervalsCorrected
    | Placed
    | Invited
    | Dismissed
    | Readmitted
)

# State


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """A person of the roster as decisions need him."""

    person: PersonId
    profile: Profile
    terms: tuple[Term, ...] = ()
    memberships: tuple[Membership, ...] = ()
    roles: tuple[RoleHeld, ...] = ()
    exemptions: tuple[Exemption, ...] = ()
    placements: tuple[Placement, ...] = ()
    invitations: tuple[InvitationStep, ...] = ()

    @property
    def invitation(self) -> Invitation | None:
        """The step that was taken last of inviting him."""
        return self.invitations[-1].step if self.invitations else None

    def member_on(self, day: date) -> bool:
        """Whether he is a member of the committee on that day."""
        for term in self.terms:
            if term.since <= day and (term.until is None or day <= term.until):
                return True
        return False

    def bound_to(self, bond: Bond, day: date) -> UnitId | None:
        """The unit that he is primarily bound to on that day: by the bond that began last."""
        found: Membership | None = None
        for m in self.memberships:
            begun_last = found is None or m.since >= found.since
            if m.bond is bond and m.primary and begun_last and m.on(day):
                found = m
        return None if found is None else found.unit

    def holds(self, role: MemberRole, day: date) -> bool:
        """Whether he holds that role on that day."""
        return any(r.role is role and r.on(day) for r in self.roles)

    def exempt_on(self, day: date) -> bool:
        """Whether duties are not asked of him on that day."""
        return any(e.on(day) for e in self.exemptions)


def decide(
    person: Person | None, command: MemberCommand, actor: Actor, units: Mapping[UnitId, Unit]
) -> list[MemberEvent]:
    """What follows from a command about a person; only the county office keeps the roster.

    The units that it names are on the roster, open on the first day and of a kind that fits.
    """
    must(actor.role, Action.KEEP_ROSTER)
    if isinstance(command, Admit):
        return _admit(person, command, units)
    if person is None:
        raise Refused(Reason.NO_SUCH_PERSON, "/person", command.person)
    match command:
        case Describe(profile=profile, reason=reason):
            if not reason.strip():
                raise Refused(Reason.REASON_MISSING, "/reason")
            if not profile.name.strip():
                raise Refused(Reason.MISSING, "/profile/name")
            if profile == person.profile:
                return []
            return [Described(person=person.person, profile=profile, reason=reason)]
        case Join(membership=new):
            _check_bond(new, units, "/membership")
            if new in person.memberships:
                return []
            return [Joined(person=person.person, membership=new)]
        case Leave(bond=bond, unit=unit, until=until, reason=reason):
            held = [
                m for m in person.memberships if m.bond is bond and m.unit == unit and m.on(until)
            ]
            if not held:
                raise Refused(Reason.NO_SUCH_UNIT, "/unit", unit)
            if all(m.until == until for m in held):
                return []
            return [Left(person=person.person, bond=bond, unit=unit, until=until, reason=reason)]
        case GiveRole(held=role_held):
            _in_order(role_held.since, role_held.until, "/held")
            if role_held in person.roles:
                return []
            return [RoleGiven(person=person.person, held=role_held)]
        case EndRole(role=role, until=until):
            ended = [r for r in person.roles if r.role is role and r.on(until)]
            if not ended:
                raise Refused(Reason.NOT_A_PARTICIPANT, "/role", role.zh)
            if all(r.until == until for r in ended):
                return []
            return [RoleEnded(person=person.person, role=role, until=until)]
        case Exempt(exemption=exemption):
            _check_exemption(exemption, "/exemption")
            if exemption in person.exemptions:
                return []
            return [Exempted(person=person.person, exemption=exemption)]
        case EndExemption(until=until, reason=reason):
            free = [e for e in person.exemptions if e.on(until)]
            if not free:
                raise Refused(Reason.NO_SUCH_INTERVAL, "/until", until.isoformat())
            if all(e.until == until for e in free):
                return []
            return [ExemptionEnded(person=person.person, until=until, reason=reason)]
        case CorrectIntervals():
            return _correct(person, command, units)
        case Place(placement=placement):
            _check_placement(placement, units, "/placement")
            if placement in person.placements:
                return []
            return [Placed(person=person.person, placement=placement)]
        case Invite(step=step, on=on, to=to):
            if person.profile.standing is not Standing.GUEST:
                raise Refused(Reason.SUBJECT_NOT_OF_KIND, "/person", person.profile.name)
            if to is not None:
                on_roster(units, to, "/to", on)
            return [Invited(person=person.person, step=step, on=on, to=to)]
        case Dismiss(on=on, how=how, reason=reason):
            covering = [t for t in person.terms if t.on(on)]
            if not covering:
                raise Refused(Reason.NOT_A_MEMBER_THEN, "/on", on.isoformat())
            if all((t.until, t.exit) == (on, how) for t in covering):
                return []
            return [Dismissed(person=person.person, on=on, how=how, reason=reason)]
        case Readmit(term=term):
            _in_order(term.since, term.until, "/term")
            if person.member_on(term.since):
                raise Refused(Reason.ALREADY_DONE, "/term/since", term.since.isoformat())
            return [Readmitted(person=person.person, term=term)]


def _admit(
    person: Person | None, command: Admit, units: Mapping[UnitId, Unit]
) -> list[MemberEvent]:
    if person is not None:
        raise Refused(Reason.ALREADY_RECORDED, "/person", command.person)
    if command.person in OF_THE_SYSTEM:
        raise Refused(Reason.RESERVED, "/person", command.person)
    if not command.profile.name.strip():
        raise Refused(Reason.MISSING, "/profile/name")
    if command.profile.standing is Standing.MEMBER and command.term is None:
        raise Refused(Reason.MISSING, "/term")
    if command.term is not None:
        _in_order(command.term.since, command.term.until, "/term")
    for i, m in enumerate(command.memberships):
        _check_bond(m, units, f"/memberships/{i}")
    for i, held in enumerate(command.roles):
        _in_order(held.since, held.until, f"/roles/{i}")
    return [
        Admitted(
            person=command.person,
            profile=command.profile,
            term=command.term,
            memberships=command.memberships,
            roles=command.roles,
        )
    ]


def _correct(
    person: Person, command: CorrectIntervals, units: Mapping[UnitId, Unit]
) -> list[MemberEvent]:
    wrong, right = command.wrong, command.right
    if not command.reason.strip():
        raise Refused(Reason.REASON_MISSING, "/reason")
    if wrong == Intervals():
        raise Refused(Reason.MISSING, "/wrong")
    sorts = list(_side_by_side(person, wrong, right))
    if right != Intervals() and all(
        correction.stands_already(has, of_these, instead) for _, has, of_these, instead in sorts
    ):
        return []
    for field, has, of_these, instead in sorts:
        correction.check_wrong(has, of_these, instead, f"/{field}")
    for i, term in enumerate(right.terms):
        _in_order(term.since, term.until, f"/right/terms/{i}")
    for i, bond in enumerate(right.memberships):
        _check_bond(bond, units, f"/right/memberships/{i}")
    for i, held in enumerate(right.roles):
        _in_order(held.since, held.until, f"/right/roles/{i}")
    for i, exemption in enumerate(right.exemptions):
        _check_exemption(exemption, f"/right/exemptions/{i}")
    for i, placement in enumerate(right.placements):
        _check_placement(placement, units, f"/right/placements/{i}")
    if person.profile.standing is Standing.MEMBER and not correction.corrected(
        person.terms, wrong.terms, right.terms
    ):
        raise Refused(Reason.MISSING, "/right/terms")
    return [
        IntervalsCorrected(person=person.person, wrong=wrong, right=right, reason=command.reason)
    ]


def _side_by_side(
    person: Person, wrong: Intervals, right: Intervals
) -> Iterator[tuple[str, Sequence[object], Sequence[object], Sequence[object]]]:
    """What a person has, what of it is wrong and what is right, sort by sort."""
    yield "terms", person.terms, wrong.terms, right.terms
    yield "memberships", person.memberships, wrong.memberships, right.memberships
    yield "roles", person.roles, wrong.roles, right.roles
    yield "exemptions", person.exemptions, wrong.exemptions, right.exemptions
    yield "placements", person.placements, wrong.placements, right.placements


def _check_exemption(exemption: Exemption, field: str) -> None:
    """A time without duties ends after it begins, and has a reason."""
    _in_order(exemption.since, exemption.until, field)
    if not exemption.reason.strip():
        raise Refused(Reason.REASON_MISSING, f"{field}/reason")


def _check_bond(bond: Membership, units: Mapping[UnitId, Unit], field: str) -> None:
    """A bond ends after it begins, and is to a unit that was open when it began and of a kind that fits.

    A sector's studio stands on the sector's side: it can be no member's primary studio.
    """
    _in_order(bond.since, bond.until, field)
    unit = on_roster(units, bond.unit, f"{field}/unit", bond.since)
    on_other_side = bond.bond is Bond.STUDIO and bond.primary and unit.side is not Side.STUDIO
    if on_other_side or unit.profile.kind not in BOUND_TO[bond.bond]:
        raise Refused(Reason.UNIT_NOT_OF_KIND, f"{field}/unit", unit.profile.name)


def _check_placement(placement: Placement, units: Mapping[UnitId, Unit], field: str) -> None:
    """Who reports in does so to a township, or what is its side of dual management, and there perhaps to a room."""
    for place, bond, unit in (
        ("township", Bond.STUDIO, placement.township),
        ("room", Bond.ROOM, placement.room),
    ):
        if unit is None:
            continue
        found = on_roster(units, unit, f"{field}/{place}", placement.on)
        if found.profile.kind not in BOUND_TO[bond]:
            raise Refused(Reason.UNIT_NOT_OF_KIND, f"{field}/{place}", found.profile.name)


def _in_order(since: date, until: date | None, field: str) -> None:
    if until is not None and until < since:
        raise Refused(Reason.WRONG_ORDER, f"{field}/until", until.isoformat())


def evolve(person: Person | None, entry: Entry[MemberEvent]) -> Person | None:
    """A person after one more entry."""
    event = entry.event
    if isinstance(event, Admitted):
        return Person(
            person=event.person,
            profile=event.profile,
            terms=() if event.term is None else (event.term,),
            memberships=event.memberships,
            roles=event.roles,
        )
    if person is None:
        return None
    match event:
        case Described(profile=profile):
            return replace(person, profile=profile)
        case Joined(membership=new):
            kept = tuple(_ended_by(new, m) for m in person.memberships)
            return replace(person, memberships=(*kept, new))
        case Left(bond=bond, unit=unit, until=until):
            return replace(
                person,
                memberships=tuple(
                    replace(m, until=until)
                    if m.bond is bond and m.unit == unit and m.on(until)
                    else m
                    for m in person.memberships
                ),
            )
        case RoleGiven(held=held):
            return replace(person, roles=(*person.roles, held))
        case RoleEnded(role=role, until=until):
            return replace(
                person,
                roles=tuple(
                    replace(r, until=until) if r.role is role and r.on(until) else r
                    for r in person.roles
                ),
            )
        case Exempted(exemption=exemption):
            return replace(person, exemptions=(*person.exemptions, exemption))
        case ExemptionEnded(until=until):
            return replace(
                person,
                exemptions=tuple(
                    replace(e, until=until) if e.on(until) else e for e in person.exemptions
                ),
            )
        case IntervalsCorrected(wrong=wrong, right=right):
            put_right = correction.corrected
            return replace(
                person,
                terms=put_right(person.terms, wrong.terms, right.terms),
                memberships=put_right(person.memberships, wrong.memberships, right.memberships),
                roles=put_right(person.roles, wrong.roles, right.roles),
                exemptions=put_right(person.exemptions, wrong.exemptions, right.exemptions),
                placements=put_right(person.placements, wrong.placements, right.placements),
            )
        case Placed(placement=placement):
            return replace(person, placements=(*person.placements, placement))
        case Invited(step=step, on=on, to=to):
            taken = InvitationStep(step=step, on=on, to=to)
            return replace(person, invitations=(*person.invitations, taken))
        case Dismissed(on=on, how=how):
            return replace(
                person,
                terms=tuple(
                    replace(t, until=on, exit=how) if t.on(on) else t for t in person.terms
                ),
            )
        case Readmitted(term=term):
            return replace(person, terms=(*person.terms, term))


def _ended_by(new: Membership, old: Membership) -> Membership:
    """An older primary bond of the same kind ends the day before the new one begins."""
    if old.bond is not new.bond or not (old.primary and new.primary) or not old.on(new.since):
        return old
    last_day = date.fromordinal(max(new.since.toordinal() - 1, 1))
    return replace(old, until=last_day)
