"""The rehearsal county's roster: units, members with both links, heads, guests, and what changes in the year."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from random import Random

from application.rehearsal import words
from application.rehearsal.diary import OPENED, Diary
from domain.document import Publish
from domain.member import (
    Admit,
    Bond,
    Dismiss,
    EndRole,
    Exempt,
    Exemption,
    Exit,
    GiveRole,
    Invitation,
    Invite,
    Join,
    MemberClass,
    MemberRole,
    Membership,
    Place,
    Placement,
    Profile,
    ReportIn,
    RoleHeld,
    Standing,
    Term,
    Tie,
)
from domain.people import Actor, PersonId, Role, UnitId, Via
from domain.streams import OpenLedger
from domain.unit import (
    Appoint,
    Appointment,
    Life,
    MoveUnitOn,
    Office,
    OpenUnit,
    Platform,
    Relieve,
    StudioKind,
    UnitKind,
    UnitProfile,
)
from domain.words import Level

TERM = Term(number=11, since=date(2022, 1, 10))
MEMBERS = sum(size for _, size, _ in words.SECTORS)
"""213."""
ADDED_ON = date(2025, 7, 22)
NOT_YET = MEMBERS + 3
"""The place of the member, the last of those added in the year, who is in no special committee yet."""
APPROVED_ON, APPROVED = date(2025, 1, 3), "青委干〔2025〕1号(演练)"
"""When the Party committee approved who leads the liaison committees, and by which document."""
APPROVED_THEN_ON, APPROVED_THEN = date(2022, 1, 7), "青委干〔2022〕2号(演练)"
"""The same of the special committees, before the term began."""
TRANSFERRED_ON = date(2025, 7, 1)
NO_CONVENOR = (date(2025, 4, 10), date(2025, 5, 28))
"""First and last day on which one sector has no convenor."""
HEALTH = 14
"""The place of the sector whose clinics townships record as well."""
URBAN = 2
"""The first townships are the urban ones, where members of the composite groups report in."""


@dataclass(slots=True)
class Seat:
    """A member as the generator needs him: from and to, his two sides, and how zealous he is (around 1).

    `before` is the studio and group that he had until a transfer, and the day of it.
    """

    person: PersonId
    name: str
    member_class: MemberClass
    sector: UnitId
    committee: UnitId
    group: UnitId
    studio: UnitId | None
    zeal: float
    since: date = TERM.since
    until: date | None = None
    before: tuple[UnitId, UnitId, date] | None = None
    away: tuple[date, date] | None = None
    standing: bool = False
    pairing: str = ""
    village: UnitId | None = None

    def on(self, day: date) -> bool:
        """Whether he is a member on that day."""
        return self.since <= day and (self.until is None or day <= self.until)

    def free(self, day: date) -> bool:
        """Whether duties are asked of him on that day."""
        return self.on(day) and (self.away is None or not self.away[0] <= day <= self.away[1])

    def studio_on(self, day: date) -> UnitId | None:
        """His studio on that day."""
        if self.before is not None and day < self.before[2]:
            return self.before[0]
        return self.studio

    def group_on(self, day: date) -> UnitId:
        """His group on that day."""
        if self.before is not None and day < self.before[2]:
            return self.before[1]
        return self.group


@dataclass(slots=True)
class Township:
    """A township with all that the CPPCC has there."""

    index: int
    name: str
    unit: UnitId
    studio: UnitId
    group: UnitId
    liaison: UnitId
    station: UnitId
    hall: UnitId
    home: UnitId
    villages: list[UnitId]
    village_names: tuple[str, ...]
    clerk: Actor
    head: Actor


@dataclass(slots=True)
class County:
    """Who and what there is in the rehearsal county; `vacant` is the sector that has no convenor for some weeks."""

    committee: UnitId
    office: UnitId
    affairs: UnitId
    liaison: UnitId
    tank: UnitId
    vacant: UnitId
    seats: list[Seat] = field(default_factory=list)
    townships: list[Township] = field(default_factory=list)
    sectors: list[UnitId] = field(default_factory=list)
    committees: list[UnitId] = field(default_factory=list)
    groups: list[UnitId] = field(default_factory=list)
    homes: list[UnitId] = field(default_factory=list)
    guests: list[PersonId] = field(default_factory=list)
    leaders: list[tuple[str, Seat]] = field(default_factory=list)
    names: dict[UnitId, str] = field(default_factory=dict)
    heads: dict[UnitId, list[tuple[PersonId, date, date | None]]] = field(default_factory=dict)
    linked_by: dict[UnitId, UnitId] = field(default_factory=dict)
    clerks: dict[UnitId, Actor] = field(default_factory=dict)
    posts: list[UnitId] = field(default_factory=list)
    officers: list[Actor] = field(default_factory=list)
    by_person: dict[PersonId, Seat] = field(default_factory=dict)
    experts: list[tuple[PersonId, str]] = field(default_factory=list)

    def members(self, day: date) -> list[Seat]:
        """The members on that day."""
        return [seat for seat in self.seats if seat.on(day)]

    def heads_on(self, unit: UnitId, day: date) -> list[PersonId]:
        """Those who answer for a unit on that day."""
        return [
            person
            for person, since, until in self.heads.get(unit, ())
            if since <= day and (until is None or day <= until)
        ]

    def acting(self, person: PersonId, unit: UnitId, via: Via = Via.WEB) -> Actor:
        """That person as head of that unit."""
        return Actor(person=person, role=Role.HEAD, unit=unit, via=via)


def appointment(
    person: PersonId,
    office: Office,
    since: date,
    approval: str = "",
    approved_on: date | None = None,
    expertise: tuple[str, ...] = (),
) -> Appointment:
    """An office held from that day on, approved on a day by a document where one is named."""
    return Appointment(
        person=person,
        office=office,
        since=since,
        expertise=expertise,
        approved_on=approved_on if approval else None,
        approval_document=approval,
    )


class _Founding:
    """Writes the roster down as requests while it builds the county."""

    def __init__(self, rng: Random, diary: Diary) -> None:
        self.rng = rng
        self.diary = diary
        committee, office, affairs, liaison, tank = (UnitId(diary.new_id()) for _ in range(5))
        self.county = County(
            committee=committee,
            office=office,
            affairs=affairs,
            liaison=liaison,
            tank=tank,
            vacant=tank,
        )
        self.taken: set[str] = set()
        self.shared: set[str] = set()
        self.registrar = Actor(
            person=PersonId(diary.new_id()), role=Role.OFFICE, unit=None, via=Via.WEB
        )

    def name(self) -> str:
        """A name that nobody has yet."""
        while True:
            given = self.rng.choice(words.GIVEN_FIRST) + self.rng.choice(words.GIVEN_LAST)
            found = self.rng.choice(words.SURNAMES[:160]) + given
            if given[0] != given[1] and found not in self.taken:
                self.taken.add(found)
                return found

    def unit(
        self,
        kind: UnitKind,
        name: str,
        *,
        parent: UnitId | None = None,
        township: UnitId | None = None,
        linked_by: UnitId | None = None,
        member_affairs: bool = False,
        studio_kind: StudioKind | None = None,
        platform: Platform | None = None,
        place: str = "",
        life: Life = Life.LISTED,
        found: UnitId | None = None,
    ) -> UnitId:
        """Open a unit that has been there since the term began."""
        unit = found or UnitId(self.diary.new_id())
        self.county.names[unit] = name
        if linked_by is not None:
            self.county.linked_by[unit] = linked_by
        profile = UnitProfile(
            kind=kind,
            name=name,
            parent=parent,
            township=township,
            linked_by=linked_by,
            member_affairs=member_affairs,
            studio_kind=studio_kind,
            platform=platform,
            place=place,
        )
        self.diary.put(
            OPENED,
            OpenUnit(unit=unit, profile=profile, since=TERM.since, life=life),
            self.registrar,
        )
        return unit

    def staff(self, position: str, employer: str) -> PersonId:
        """Admit somebody who works here and is no member."""
        person = PersonId(self.diary.new_id())
        profile = Profile(
            name=self.name(),
            standing=Standing.STAFF,
            in_public_system=True,
            employer=employer,
            position=position,
        )
        self.diary.put(OPENED, Admit(person=person, profile=profile), self.registrar)
        return person

    def appoint(
        self,
        unit: UnitId,
        person: PersonId,
        office: Office,
        since: date = TERM.since,
        on: date = OPENED,
        expertise: tuple[str, ...] = (),
        approval: str = "",
    ) -> None:
        """Give somebody an office; `approval` is the document by which it was approved as the term began."""
        held = appointment(person, office, since, approval, APPROVED_THEN_ON, expertise)
        self.diary.put(
            on,
            Appoint(unit=unit, appointment=held),
            self.registrar,
        )
        if office.answers:
            self.county.heads.setdefault(unit, []).append((person, since, None))

    def open(self, documents: Sequence[Publish]) -> None:
        """The ledger itself, the office and its people, the documents that govern."""
        county, put = self.county, self.diary.put
        put(OPENED, OpenLedger(code="rehearsal", committee=words.COMMITTEE), self.registrar)
        self.unit(UnitKind.COMMITTEE, words.COMMITTEE, found=county.committee)
        top = county.committee
        self.unit(UnitKind.OFFICE, "政协办公室", parent=top, found=county.office)
        self.unit(
            UnitKind.OFFICE,
            "委员工作委员会",
            parent=top,
            member_affairs=True,
            found=county.affairs,
        )
        self.unit(
            UnitKind.LIAISON_CENTRE,
            "委员联络服务中心",
            parent=county.affairs,
            found=county.liaison,
        )
        self.unit(UnitKind.THINK_TANK, "政协智库", parent=top, found=county.tank)
        profile = Profile(
            name=self.name(),
            standing=Standing.STAFF,
            in_public_system=True,
            employer="政协办公室",
            position="办公室主任",
        )
        put(OPENED, Admit(person=self.registrar.person, profile=profile), self.registrar)
        county.officers = [
            Actor(person=self.registrar.person, role=Role.OFFICE, unit=county.office)
        ]
        for position in ("综合科科长", "提案科科长", "信息科科长"):
            person = self.staff(position, "政协办公室")
            county.officers.append(Actor(person=person, role=Role.OFFICE, unit=county.office))
        self.appoint(county.affairs, self.staff("主任", "委员工作委员会"), Office.HEAD)
        centre = self.staff("工作人员", "委员联络服务中心")
        self.appoint(county.liaison, centre, Office.STAFF)
        county.clerks[county.liaison] = Actor(
            person=centre, role=Role.CLERK, unit=county.liaison, via=Via.WEB
        )
        for document in documents:
            named = f"publish-{document.sort.value}-{document.code}-{document.version}"
            put(OPENED, document, self.registrar, command_id=named)

    def units(self) -> None:
        """Special committees, sectors, composite groups; townships with all that is theirs; homes."""
        county = self.county
        for name in words.SPECIAL_COMMITTEES:
            unit = self.unit(UnitKind.SPECIAL_COMMITTEE, name, parent=county.committee)
            county.committees.append(unit)
            clerk = self.staff("工作人员", name)
            self.appoint(unit, clerk, Office.STAFF)
            county.clerks[unit] = Actor(person=clerk, role=Role.CLERK, unit=unit, via=Via.WEB)
        for name, _, linking in words.SECTORS:
            county.sectors.append(
                self.unit(
                    UnitKind.SECTOR,
                    name,
                    parent=county.committee,
                    linked_by=county.committees[linking],
                )
            )
        for index, name in enumerate(words.COMPOSITE_GROUPS):
            group = self.unit(
                UnitKind.COMPOSITE_GROUP,
                name,
                parent=county.committee,
                linked_by=county.committees[index % 5],
            )
            county.groups.append(group)
            county.homes.append(
                self.unit(UnitKind.MEMBERS_HOME, f"{name}委员之家", parent=group, place="县城")
            )
        for index, name in enumerate(words.TOWNSHIPS):
            self.township(index, name)
        county.homes.append(self.unit(UnitKind.MEMBERS_HOME, "驻县市政协委员之家"))
        county.homes.append(self.unit(UnitKind.MEMBERS_HOME, "县委员之家", life=Life.EXEMPLARY))
        for name in ("农技推广委员示范岗", "名医委员示范岗", "法律服务委员示范岗"):
            county.posts.append(self.unit(UnitKind.EXEMPLARY_POST, name, life=Life.EXEMPLARY))
        self.unit(UnitKind.ORGANISATION, "民主党派县工委(演练)")
        self.unit(
            UnitKind.STUDIO,
            "名医委员工作室",
            studio_kind=StudioKind.INDIVIDUAL,
            platform=Platform.CHOSEN,
        )

    def township(self, index: int, name: str) -> None:
        """A township with studio, group, liaison committee, station, hall, home and villages."""
        county = self.county
        unit = self.unit(UnitKind.TOWNSHIP, name)
        studio = self.unit(
            UnitKind.STUDIO,
            f"{name}政协委员工作室",
            township=unit,
            studio_kind=StudioKind.REGIONAL,
            platform=Platform.REPORTED,
            place=name,
            life=Life.EXEMPLARY if index in (0, 2) else Life.LISTED,
        )
        group = self.unit(
            UnitKind.TOWNSHIP_GROUP, f"{name}委员活动组", parent=studio, township=unit
        )
        liaison = self.unit(
            UnitKind.LIAISON_COMMITTEE, f"{name}政协联络委", parent=unit, township=unit
        )
        station = self.unit(
            UnitKind.VOLUNTEER_STATION, f"{name}委员志愿服务站", parent=studio, township=unit
        )
        hall = self.unit(
            UnitKind.DELIBERATION_HALL, f"{name}有事来协商议事厅", parent=studio, township=unit
        )
        home = self.unit(UnitKind.MEMBERS_HOME, f"{name}委员之家", parent=studio, township=unit)
        village_names = words.VILLAGES[index]
        villages = [
            self.unit(UnitKind.VILLAGE, village, parent=unit, township=unit)
            for village in village_names
        ]
        clerk, head = self.staff("工作室干事", name), self.staff("党委副书记", name)
        self.appoint(studio, head, Office.HEAD)
        self.appoint(studio, clerk, Office.STAFF)
        county.groups.append(group)
        county.homes.append(home)
        actor = Actor(person=clerk, role=Role.CLERK, unit=studio, via=Via.PHONE)
        county.clerks[studio] = actor
        county.townships.append(
            Township(
                index=index,
                name=name,
                unit=unit,
                studio=studio,
                group=group,
                liaison=liaison,
                station=station,
                hall=hall,
                home=home,
                villages=villages,
                village_names=village_names,
                clerk=actor,
                head=county.acting(head, studio),
            )
        )

    def members(self) -> None:
        """213 members, each in one sector, one special committee and exactly one of the fifteen groups."""
        county = self.county
        sector_of = [i for i, (_, size, _) in enumerate(words.SECTORS) for _ in range(size)]
        self.rng.shuffle(sector_of)
        branch = {
            c: self.unit(UnitKind.BRANCH, f"{name}履职临时党支部", parent=c)
            for c, name in zip(county.committees, words.SPECIAL_COMMITTEES, strict=True)
        }
        for index, sector in enumerate(sector_of):
            name = self.name()
            if index in (40, 80):
                # Two pairs of namesakes, told apart by sector and unit.
                name = next(
                    s.name
                    for s in county.seats
                    if s.sector != county.sectors[sector]
                    and s.group != county.groups[index % 15]
                    and s.name not in self.shared
                )
                self.shared.add(name)
            self.member(index, name, sector, index % 15, branch, TERM)

    def member(
        self,
        index: int,
        name: str,
        sector: int,
        group: int,
        branch: dict[UnitId, UnitId],
        term: Term,
        on: date = OPENED,
    ) -> Seat:
        """Admit a member with all bonds; members of township groups belong to that township's studio."""
        county, rng = self.county, self.rng
        linking = words.SECTORS[sector][2]
        committee = county.committees[linking if rng.random() < 0.6 else rng.randrange(5)]
        sector_name = words.SECTORS[sector][0]
        walk = {
            "工商联界": MemberClass.ENTERPRISE,
            "经济界": MemberClass.ENTERPRISE,
            "农业界": MemberClass.VILLAGE,
            "中共界": MemberClass.OFFICE,
            "特别邀请人士界": MemberClass.OFFICE,
        }.get(sector_name, MemberClass.OTHER)
        township = county.townships[group - 6 if group >= 6 else index % URBAN]
        alone = group < 6 and index % 25 == 3
        studio = None if alone else township.studio
        since = term.since
        not_yet = index == NOT_YET
        person = PersonId(self.diary.new_id())
        party = sector_name == "中共界" or (
            sector_name not in {"民主党派界", "无党派人士界"} and rng.random() < 0.4
        )
        tie = rng.choices(list(Tie), (4, 3, 2, 1))[0]
        bonds = [
            Membership(bond=Bond.SECTOR, unit=county.sectors[sector], since=since),
            *(() if not_yet else (Membership(bond=Bond.COMMITTEE, unit=committee, since=since),)),
            Membership(bond=Bond.GROUP, unit=county.groups[group], since=since),
            Membership(
                bond=Bond.HOME,
                unit=county.homes[group],
                since=since,
            ),
        ]
        if studio is not None:
            bonds += [
                Membership(bond=Bond.STUDIO, unit=studio, since=since, basis=tie),
                Membership(bond=Bond.TOWNSHIP, unit=township.unit, since=since, basis=tie),
            ]
        if party and not not_yet:
            bonds.append(Membership(bond=Bond.BRANCH, unit=branch[committee], since=since))
        profile = Profile(
            name=name,
            sex=rng.choices(("男", "女"), (7, 3))[0],
            member_class=walk,
            in_public_system=walk is MemberClass.OFFICE or rng.random() < 0.35,
            party=party,
            employer=rng.choice(words.EMPLOYERS[walk.value]),
            position=rng.choice(words.POSITIONS[walk.value]),
            nominator=rng.choice(words.NOMINATORS),
            number=f"{TERM.number}-{index + 1:03}",
        )
        self.diary.put(
            on,
            Admit(person=person, profile=profile, term=term, memberships=tuple(bonds)),
            self.registrar,
        )
        if studio is not None:
            for step in (ReportIn.CHOSE if index % 3 else ReportIn.ASSIGNED, ReportIn.REPORTED):
                self.diary.put(
                    on,
                    Place(
                        person=person,
                        placement=Placement(
                            township=township.unit,
                            step=step,
                            on=max(since, date(2024, 3, 1)),
                            basis=tie,
                            room=rng.choice(township.villages),
                        ),
                    ),
                    self.registrar,
                )
        seat = Seat(
            person=person,
            name=name,
            member_class=walk,
            sector=county.sectors[sector],
            committee=committee,
            group=county.groups[group],
            studio=studio,
            zeal=0.05 if index % 31 == 19 else rng.uniform(0.35, 1.6),
            since=since,
        )
        county.seats.append(seat)
        county.by_person[person] = seat
        return seat

    def offices(self) -> None:
        """Leaders, standing members, convenors (a few sectors have two), heads of special committees and groups."""
        county = self.county
        by_zeal = sorted(county.seats, key=lambda s: -s.zeal)
        roles = (
            [MemberRole.CHAIRPERSON]
            + [MemberRole.VICE_CHAIRPERSON] * 4
            + [MemberRole.SECRETARY_GENERAL]
        )
        leaders = by_zeal[5:11]
        for role, seat in zip(roles, leaders, strict=True):
            self.role(seat, role)
            county.leaders.append((f"{seat.name}{role.zh}", seat))
        for seat in [*leaders, *by_zeal[11:45]]:
            seat.standing = True
            self.role(seat, MemberRole.STANDING_MEMBER)
        for index, unit in enumerate(county.committees):
            own = [s for s in by_zeal if s.committee == unit and s not in leaders]
            self.appoint(unit, own[0].person, Office.HEAD, approval=APPROVED_THEN)
            self.appoint(unit, own[1].person, Office.DEPUTY, approval=APPROVED_THEN)
            chair = county.leaders[1 + index % 4][1]
            self.diary.put(
                OPENED,
                Appoint(
                    unit=unit,
                    appointment=appointment(
                        *(chair.person, Office.GROUP_LEADER, TERM.since),
                        *(APPROVED_THEN, APPROVED_THEN_ON),
                    ),
                ),
                self.registrar,
            )
            county.heads[unit].append((chair.person, TERM.since, None))
        for index, unit in enumerate(county.sectors):
            own = [s for s in by_zeal if s.sector == unit and s not in leaders]
            self.appoint(unit, own[0].person, Office.CONVENOR)
            if index % 5 == 1:
                self.appoint(unit, own[1].person, Office.CONVENOR)
            self.appoint(unit, own[2].person, Office.LIAISON_OFFICER)
        for unit in county.groups[:6]:
            own = [s for s in by_zeal if s.group == unit and s not in leaders]
            self.appoint(unit, own[0].person, Office.CONVENOR)
            self.appoint(unit, own[1].person, Office.CONVENOR)
        for unit in county.posts:
            self.appoint(unit, by_zeal[50 + county.posts.index(unit)].person, Office.HEAD)
        for seat in self.rng.sample(by_zeal[20:120], 12):
            self.appoint(county.office, seat.person, Office.CORRESPONDENT)
        for place, seat in enumerate(self.rng.sample(by_zeal[20:120], 8)):
            fields = (words.FIELDS[place % len(words.FIELDS)],)
            self.appoint(county.tank, seat.person, Office.EXPERT, expertise=fields)
            county.experts.append((seat.person, fields[0]))

    def role(self, seat: Seat, role: MemberRole) -> None:
        """Give a role in the committee since the term began."""
        self.diary.put(
            OPENED,
            GiveRole(person=seat.person, held=RoleHeld(role=role, since=TERM.since)),
            self.registrar,
        )

    def guests(self) -> None:
        """Five members of higher committees who live here are invited; one declines."""
        for index in range(5):
            person = PersonId(self.diary.new_id())
            level = Level.PROVINCE if index == 0 else Level.CITY
            profile = Profile(
                name=self.name(),
                standing=Standing.GUEST,
                higher_committees=(f"{level.zh}政协(演练)",),
                home_level=level,
                employer=self.rng.choice(words.EMPLOYERS["other"]),
            )
            put, day = self.diary.put, date(2025, 2, 20 + index)
            put(day, Admit(person=person, profile=profile), self.registrar)
            to = self.county.townships[index].studio
            for step, on in (
                (Invitation.INVITED, day),
                (Invitation.DECLINED if index == 4 else Invitation.ACCEPTED, date(2025, 3, 5)),
            ):
                put(on, Invite(person=person, step=step, on=on, to=to), self.registrar)
            if index < 4:
                self.county.guests.append(person)

    def changes(self) -> None:
        """What happens to the roster in the year: added, gone, exempt, transferred, a sector without convenor."""
        county, put = self.county, self.diary.put
        holders = {person for held in county.heads.values() for person, _, _ in held}
        plain = [s for s in county.seats if s.person not in holders and not s.standing]
        gone = (
            (plain[3], Exit.RESIGNED, "工作调离本县"),
            (plain[11], Exit.ADJUSTED, "职务变动,调整委员"),
            (plain[25], Exit.PERSUADED_TO_RESIGN, "长期不参加活动,劝退"),
            (plain[40], Exit.DIED, "病逝"),
        )
        for place, (seat, how, why) in enumerate(gone):
            last = date(2025, 6, 30) if place < 3 else date(2025, 9, 12)
            seat.until = last
            put(
                date(2025, 7, 3) if place < 3 else date(2025, 9, 16),
                Dismiss(person=seat.person, on=last, how=how, reason=why),
                self.registrar,
            )
        for place in range(4):
            sector = next(
                i for i, unit in enumerate(county.sectors) if unit == gone[place][0].sector
            )
            group = next(i for i, unit in enumerate(county.groups) if unit == gone[place][0].group)
            term = Term(number=TERM.number, since=ADDED_ON, added=True)
            seat = self.member(
                MEMBERS + place, self.name(), sector, group, self.branches(), term, ADDED_ON
            )
            seat.zeal = 1.1
        away = (plain[7], plain[33])
        for seat, since, until, why in (
            (away[0], date(2025, 3, 10), date(2025, 8, 31), "住院治疗"),
            (away[1], date(2025, 9, 1), date(2025, 12, 31), "援派挂职"),
        ):
            seat.away = (since, until)
            put(
                since,
                Exempt(
                    person=seat.person,
                    exemption=Exemption(since=since, until=until, reason=why),
                ),
                self.registrar,
            )
        self.transfer()
        self.vacancy()
        standing = next(s for s in reversed(county.seats) if s.standing and s.on(ADDED_ON))
        put(
            date(2025, 11, 20),
            EndRole(
                person=standing.person,
                role=MemberRole.STANDING_MEMBER,
                until=date(2025, 11, 20),
            ),
            self.registrar,
        )

    def branches(self) -> dict[UnitId, UnitId]:
        """The branch of each special committee."""
        county = self.county
        by_name = {name: unit for unit, name in county.names.items()}
        return {c: by_name[f"{county.names[c]}履职临时党支部"] for c in county.committees}

    def transfer(self) -> None:
        """One member moves from one township to another in mid-year; his earlier deeds stay where they were."""
        county = self.county
        seat = next(
            s
            for s in sorted(county.seats, key=lambda s: -s.zeal)
            if s.sector == county.sectors[HEALTH]
            and s.group in county.groups[6:]
            and s.until is None
            and not s.standing
        )
        old = next(t for t in county.townships if t.group == seat.group)
        new = county.townships[(old.index + 4) % len(county.townships)]
        seat.before, seat.studio = (old.studio, old.group, TRANSFERRED_ON), new.studio
        seat.group = new.group
        for bond, unit in (
            (Bond.STUDIO, new.studio),
            (Bond.TOWNSHIP, new.unit),
            (Bond.GROUP, new.group),
            (Bond.HOME, new.home),
        ):
            self.diary.put(
                TRANSFERRED_ON,
                Join(
                    person=seat.person,
                    membership=Membership(
                        bond=bond, unit=unit, since=TRANSFERRED_ON, basis=Tie.WORKPLACE
                    ),
                ),
                self.registrar,
            )
        for township, step in ((old, ReportIn.WITHDRAWN), (new, ReportIn.REPORTED)):
            self.diary.put(
                TRANSFERRED_ON,
                Place(
                    person=seat.person,
                    placement=Placement(
                        township=township.unit, step=step, on=TRANSFERRED_ON, basis=Tie.WORKPLACE
                    ),
                ),
                self.registrar,
            )

    def vacancy(self) -> None:
        """A sector's convenor leaves; for some weeks the linking committee stands in."""
        county = self.county
        unit = county.sectors[9]
        ((old, since, _),) = county.heads[unit]
        first, last = NO_CONVENOR
        eve = date.fromordinal(first.toordinal() - 1)
        county.heads[unit] = [(old, since, eve)]
        county.vacant = unit
        self.diary.put(
            first,
            Relieve(unit=unit, person=old, office=Office.CONVENOR, until=eve, reason="工作变动"),
            self.registrar,
        )
        new = next(
            s for s in county.seats if s.sector == unit and s.person != old and s.until is None
        )
        start = date.fromordinal(last.toordinal() + 1)
        self.appoint(unit, new.person, Office.CONVENOR, start, start)
        self.diary.put(
            date(2025, 10, 16),
            MoveUnitOn(
                unit=county.townships[4].studio,
                life=Life.EXEMPLARY,
                on=date(2025, 10, 15),
                reason="评为示范工作室",
            ),
            self.registrar,
        )


def found(rng: Random, diary: Diary, documents: Sequence[Publish]) -> County:
    """Put the roster into the diary, with its changes in the year, and give back who and what there is."""
    founding = _Founding(rng, diary)
    founding.open(documents)
    founding.units()
    founding.members()
    founding.offices()
    founding.guests()
    founding.changes()
    return founding.county
