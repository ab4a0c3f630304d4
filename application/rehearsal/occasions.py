"""The year's occasions, in its rhythm: plenary, quarterly consultations, June's sector month, studio months, year's end."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from random import Random
from uuid import NAMESPACE_URL, uuid5

from application.rehearsal import words
from application.rehearsal.diary import workday
from application.rehearsal.setting import HEALTH, County, Seat, Township
from application.rehearsal.told import Teller, Told
from domain.fact import Capacity, Held, Mode, Part, Spoke
from domain.kinds.county import DidOther
from domain.kinds.deliberation import (
    Consultation,
    Consulted,
    Inspected,
    JoinedOversight,
    Oversight,
    Researched,
    Tier,
)
from domain.kinds.meetings import (
    Attended,
    JoinedFellowship,
    Lectured,
    Meeting,
    MetLeader,
    Programme,
    SharedReading,
    Studied,
    Study,
    Talk,
    TookStudyTour,
)
from domain.kinds.people import (
    Business,
    Deployment,
    HostedDelegation,
    JoinedSpecialTask,
    Purpose,
    ReceivedPublic,
    Service,
    VisitedConstituents,
    VisitedEnterprise,
    VisitedHousehold,
    VisitedVillage,
    Volunteered,
)
from domain.meeting import PlanMeeting
from domain.occasion import Occasion, Participant
from domain.people import Actor, UnitId, Via
from domain.words import Level

PLENARY = date(2025, 1, 14)
PLANNED, YEAR_PLANNED = date(2024, 12, 30), date(2025, 1, 20)
"""When the plenary session, and then the year's meetings of the Standing Committee, were planned."""
MONTHS = range(1, 13)


def in_month(rng: Random, month: int, working: bool = True) -> date:
    """Some day of that month."""
    day = date(2025, month, rng.randint(1, 28))
    return workday(day) if working else day


class Year:
    """Tells the year's occasions to the ledger."""

    def __init__(self, teller: Teller) -> None:
        self.t = teller
        self.rng = teller.rng
        self.county: County = teller.county
        self.surveys: list[Told] = []
        self.oversights: list[Told] = []
        self.inspections: list[Told] = []
        self.clinics: list[tuple[Told, Told]] = []
        self.sittings: dict[date, Told] = {}

    def tell(self) -> None:
        """All of them."""
        self.plenary()
        self.councils()
        self.committee_meetings()
        self.sector_meetings()
        self.group_meetings()
        self.other_meetings()
        self.study()
        self.readings()
        self.talks()
        self.consultations()
        self.consultation_month()
        self.deliberations()
        self.works()
        self.studio_months()
        self.sector_visits()
        self.volunteer_days()
        self.enterprises()
        self.tasks_and_guests()
        self.declared()
        self.next_year()

    def topic(self) -> str:
        """A topic of the county's life."""
        return self.rng.choice(words.TOPICS)

    # Meetings

    def meeting(
        self,
        day: date,
        meeting: Meeting,
        title: str,
        organiser: UnitId,
        actor: Actor,
        expected: Sequence[Seat],
        *,
        half_days: int = 1,
        speaking: float = 0.05,
        sitting_in: Sequence[Seat] = (),
        mandatory: bool = False,
        key: bool = False,
        agenda: str = "",
        co_organisers: tuple[UnitId, ...] = (),
        lag: int | None = None,
        planned: date | None = None,
    ) -> Told:
        """A meeting with those whom it expected, and others who sit in."""
        lines = self.t.roll_call(expected, day, half_days, speaking)
        lines += [
            self.t.line(seat, spoke=Spoke.ORALLY, capacity=Capacity.SITS_IN) for seat in sitting_in
        ]
        return self.t.occasion(
            day,
            Attended(meeting=meeting, agenda=agenda),
            title,
            organiser,
            actor,
            lines,
            half_days=half_days,
            mandatory=mandatory,
            key=key,
            co_organisers=co_organisers,
            expected=tuple(seat.person for seat in expected),
            lag=lag,
            evidence=(),
            planned=planned,
        )

    def plenary(self) -> None:
        """The plenary session with its meetings, group discussions by the fifteen groups."""
        county, office = self.county, self.county.officers[0]
        sheet = Actor(person=office.person, role=office.role, unit=office.unit, via=Via.IMPORT)
        everyone = county.members(PLENARY)
        for day, meeting, title, half_days in (
            (date(2025, 1, 13), Meeting.PREPARATORY_MEETING, "预备会议", 1),
            (PLENARY, Meeting.PLENARY_SESSION, "全体会议", 6),
            (date(2025, 1, 15), Meeting.SPEECH_MEETING, "大会发言会", 1),
        ):
            sitting = self.meeting(
                day,
                meeting,
                f"{words.SESSION}{title}",
                county.committee,
                sheet,
                everyone,
                half_days=half_days,
                mandatory=True,
                lag=4,
                speaking=0.0,
                planned=PLANNED,
            )
            self.sittings[day] = sitting
        for group in county.groups:
            self.meeting(
                date(2025, 1, 16),
                Meeting.GROUP_DISCUSSION,
                f"{words.SESSION}小组讨论({county.names[group]})",
                county.committee,
                sheet,
                [s for s in everyone if s.group_on(PLENARY) == group],
                half_days=2,
                speaking=0.3,
                mandatory=True,
                key=True,
                co_organisers=(group,),
                lag=4,
                planned=PLANNED,
            )

    def councils(self) -> None:
        """Standing Committee meetings (two of them thematic), Chairperson's Councils (six of them consultations)."""
        t, county = self.t, self.county
        leaders = [seat for _, seat in county.leaders]
        for number, month in enumerate((2, 4, 7, 9, 11), start=14):
            day = workday(date(2025, month, 22))
            standing = [s for s in county.members(day) if s.standing]
            others = [s for s in county.seats if not s.standing]
            thematic = month in (4, 9)
            kind = Meeting.THEMATIC_STANDING_COMMITTEE if thematic else Meeting.STANDING_COMMITTEE
            self.sittings[day] = self.meeting(
                day,
                kind,
                f"县政协十一届常委会第{number}次会议" + ("(专题议政)" if thematic else ""),
                county.committee,
                t.office(),
                standing,
                half_days=2,
                speaking=0.2 if thematic else 0.06,
                sitting_in=t.pick(others, 10 if thematic else 5, day),
                mandatory=True,
                key=thematic,
                agenda=self.topic(),
                planned=YEAR_PLANNED,
            )
        for month in MONTHS:
            day = workday(date(2025, month, 8))
            self.meeting(
                day,
                Meeting.CHAIRPERSONS_COUNCIL,
                f"县政协十一届第{30 + month}次主席会议",
                county.committee,
                t.office(),
                leaders,
                sitting_in=t.pick([s for s in county.seats if s not in leaders], 3, day),
                planned=max(PLANNED, date.fromordinal(day.toordinal() - 20)),
            )
            if month % 2 == 0:
                topic = self.topic()
                day = workday(date(2025, month, 17))
                guests = t.pick(county.seats, 16, day)
                self.consulted(
                    day,
                    f"“{topic}”主席会议专题协商",
                    county.committee,
                    t.office(),
                    guests,
                    Consultation.THEMATIC,
                    Tier.CHAIRPERSONS_COUNCIL,
                    key=True,
                    speaking=0.5,
                )

    def committee_meetings(self) -> None:
        """Each special committee meets once a quarter; its clerk records."""
        t, county = self.t, self.county
        for committee in county.committees:
            for month in (2, 5, 8, 11):
                day = in_month(self.rng, month)
                own = [s for s in county.members(day) if s.committee == committee]
                self.meeting(
                    day,
                    Meeting.SPECIAL_COMMITTEE,
                    f"{county.names[committee]}全体会议",
                    committee,
                    t.clerk(committee),
                    t.pick(own, 21, day),
                    lag=2,
                )

    def sector_meetings(self) -> None:
        """Each sector meets three times; convenors meet once a quarter."""
        t, county = self.t, self.county
        for sector in county.sectors:
            for month in (3, 6, 11):
                day = in_month(self.rng, month)
                own = [s for s in t.of_sector(sector) if s.on(day)]
                self.meeting(
                    day,
                    Meeting.SECTOR,
                    f"{county.names[sector]}委员会议",
                    sector,
                    t.convenor(sector, day),
                    own,
                    speaking=0.25,
                )
        for month in (1, 4, 7, 10):
            day = in_month(self.rng, month)
            convenors = [
                county.by_person[p]
                for sector in county.sectors
                for p in county.heads_on(sector, day)
            ]
            self.meeting(
                day,
                Meeting.CONVENORS,
                "界别召集人会议",
                county.affairs,
                t.office(),
                convenors,
                speaking=0.3,
            )

    def group_meetings(self) -> None:
        """Township groups meet every second month, composite groups once in autumn."""
        t, county = self.t, self.county
        for township in county.townships:
            for month in (2, 4, 6, 8, 10, 12):
                day = in_month(self.rng, month)
                own = [s for s in county.members(day) if s.group_on(day) == township.group]
                self.meeting(
                    day,
                    Meeting.TOWNSHIP_GROUP,
                    f"{township.name}委员活动组例会",
                    township.studio,
                    township.clerk,
                    t.pick(own, 11, day),
                    speaking=0.15,
                    co_organisers=(township.group,),
                )
        for group in county.groups[:6]:
            for month in (9,):
                day = in_month(self.rng, month)
                own = [s for s in county.members(day) if s.group_on(day) == group]
                self.meeting(
                    day,
                    Meeting.TOWNSHIP_GROUP,
                    f"{county.names[group]}活动会议",
                    group,
                    t.convenor(group, day),
                    own,
                )

    def other_meetings(self) -> None:
        """Joint meeting, briefings, forums, seminars, departments' meetings."""
        t, county = self.t, self.county
        for day, meeting, title, n in (
            (date(2025, 1, 24), Meeting.JOINT_MEETING, "县政府政协联席会议", 18),
            (date(2025, 3, 20), Meeting.BRIEFING, "经济运行情况通报会", 45),
            (date(2025, 8, 14), Meeting.BRIEFING, "上半年工作情况通报会", 45),
            (date(2025, 4, 25), Meeting.FORUM, "民营企业委员座谈会", 20),
            (date(2025, 7, 17), Meeting.FORUM, "新增补委员座谈会", 12),
            (date(2025, 9, 9), Meeting.FORUM, "教育界委员座谈会", 16),
            (date(2025, 6, 12), Meeting.SEMINAR, "基层协商工作研讨会", 18),
            (date(2025, 10, 23), Meeting.SEMINAR, "人民政协理论研讨会", 18),
            (date(2025, 5, 15), Meeting.DEPARTMENT, "政务服务评议会", 4),
            (date(2025, 8, 26), Meeting.DEPARTMENT, "法院公开听证会", 4),
            (date(2025, 10, 28), Meeting.DEPARTMENT, "物价听证会", 3),
            (date(2025, 12, 18), Meeting.OTHER, "年度工作总结会", 50),
        ):
            asked = t.pick(county.seats, n, day)
            self.meeting(day, meeting, title, county.office, t.office(), asked, speaking=0.1)

    def next_year(self) -> None:
        """The meetings of the new year's first months, which lie ahead when this one ends: what is due at them has its day."""
        county, office = self.county, self.county.officers[0]
        day = date(2025, 12, 15)
        leaders = tuple(seat.person for _, seat in county.leaders)
        standing = tuple(s.person for s in county.members(day) if s.standing)
        for on, meeting, title, expected in (
            (date(2026, 1, 7), Meeting.CHAIRPERSONS_COUNCIL, "县政协十一届第43次主席会议", leaders),
            (date(2026, 1, 13), Meeting.PREPARATORY_MEETING, "十一届五次会议预备会议", ()),
            (date(2026, 1, 14), Meeting.PLENARY_SESSION, "十一届五次会议全体会议", ()),
            (date(2026, 1, 23), Meeting.JOINT_MEETING, "县政府政协联席会议", leaders),
            (
                date(2026, 2, 26),
                Meeting.STANDING_COMMITTEE,
                "县政协十一届常委会第19次会议",
                standing,
            ),
        ):
            own = uuid5(NAMESPACE_URL, f"lvzhi:rehearsal:{on}")
            body = Occasion(
                details=Attended(meeting=meeting),
                title=title,
                on=on,
                organiser=county.committee,
                mandatory=True,
                expected=expected,
            )
            plan = PlanMeeting(meeting=str(own), body=body)
            self.t.diary.put(day, plan, office, command_id=str(uuid5(own, "plan")))

    # Learning

    def studied(
        self,
        day: date,
        study: Study,
        title: str,
        organiser: UnitId,
        actor: Actor,
        seats: Sequence[Seat],
        half_days: int = 1,
        mandatory: bool = False,
    ) -> None:
        """A study session; the first half of them expected everyone by name."""
        expected = tuple(s.person for s in seats) if mandatory else ()
        lines = (
            self.t.roll_call(seats, day, half_days)
            if mandatory
            else self.t.lines(seats, Part.TAKES_PART, 0.0)
        )
        self.t.occasion(
            day,
            Studied(study=study, theme=self.topic(), lecturer="特邀讲师"),
            title,
            organiser,
            actor,
            lines,
            half_days=half_days,
            mandatory=mandatory,
            expected=expected,
            evidence=(),
        )

    def study(self) -> None:
        """All-member study, rotation, sector topics, proposal writing, correspondents, study groups."""
        t, county = self.t, self.county
        for day in (date(2025, 3, 27), date(2025, 9, 25)):
            self.studied(
                day,
                Study.ALL_MEMBERS,
                "全体委员集中学习",
                county.committee,
                t.office(),
                county.members(day),
                2,
                mandatory=True,
            )
        for day in (date(2025, 5, 20), date(2025, 10, 14)):
            self.studied(
                day,
                Study.TERM_ROTATION,
                "届内委员专题轮训班",
                county.affairs,
                t.office(),
                t.pick(county.seats, 70, day),
                6,
            )
        for sector in county.sectors:
            day = in_month(self.rng, self.rng.choice((4, 5, 8, 10)))
            self.studied(
                day,
                Study.SECTOR_TOPIC,
                f"{county.names[sector]}专题培训",
                sector,
                t.convenor(sector, day),
                t.pick(t.of_sector(sector), 8, day),
            )
        for day in (date(2025, 1, 6), date(2025, 11, 25)):
            self.studied(
                day,
                Study.PROPOSAL_WRITING,
                "提案写作培训",
                county.committees[0],
                t.clerk(county.committees[0]),
                t.pick(county.seats, 45, day),
            )
        self.studied(
            date(2025, 4, 10),
            Study.CORRESPONDENTS,
            "社情民意信息员培训",
            county.office,
            t.office(),
            t.pick(county.seats, 30, date(2025, 4, 10)),
        )
        for committee in county.committees:
            for month in (3, 7, 10):
                day = in_month(self.rng, month)
                own = [s for s in county.seats if s.committee == committee]
                self.studied(
                    day,
                    Study.STUDY_GROUP,
                    f"{county.names[committee]}学习组学习",
                    committee,
                    t.clerk(committee),
                    t.pick(own, 15, day),
                )

    def readings(self) -> None:
        """Sectors read together; the lecture hall meets monthly; members lecture."""
        t, county = self.t, self.county
        for sector in county.sectors:
            for month in (4, 9):
                day = in_month(self.rng, month)
                seats = t.pick(t.of_sector(sector), 8, day)
                lines = [
                    t.line(s, Part.SHARES if place < 3 else Part.TAKES_PART)
                    for place, s in enumerate(seats)
                ]
                self.reading(day, Programme.READING_CPPCC, sector, t.convenor(sector, day), lines)
        for month in MONTHS:
            if month not in (1, 2):
                day = in_month(self.rng, month)
                seats = t.pick(county.seats, 16, day)
                lines = [
                    t.line(s, Part.SHARES if place < 5 else Part.TAKES_PART)
                    for place, s in enumerate(seats)
                ]
                self.reading(day, Programme.LECTURE_HALL, county.affairs, t.office(), lines)
        for _ in range(55):
            day = in_month(self.rng, self.rng.choice(MONTHS))
            (seat,) = t.pick(county.seats, 1, day)
            township = self.rng.choice(county.townships)
            t.occasion(
                day,
                Lectured(topic=self.rng.choice(words.POLICIES), audience="村(居)民"),
                f"{township.name}宣讲",
                township.studio,
                township.clerk,
                [t.line(seat, Part.SHARES)],
                village=self.rng.choice(township.villages),
                level=Level.TOWNSHIP,
                mode=Mode.INDIVIDUAL,
                reached_people=self.rng.randint(20, 120),
            )

    def reading(
        self,
        day: date,
        programme: Programme,
        organiser: UnitId,
        actor: Actor,
        lines: Sequence[Participant],
    ) -> None:
        """A reading; some share, others listen."""
        book = self.rng.choice(words.BOOKS)
        self.t.occasion(
            day,
            SharedReading(book_or_theme=book, programme=programme),
            f"读书分享:{book}",
            organiser,
            actor,
            lines,
        )

    def talks(self) -> None:
        """Leaders talk with members; fellowship; tours."""
        t, county = self.t, self.county
        for index in range(36):
            day = in_month(self.rng, 1 + index % 12)
            called, leader = self.rng.choice(county.leaders)
            talk = self.rng.choice(list(Talk))
            n = self.rng.randint(4, 7) if talk is Talk.GROUP else 1
            seats = [s for s in t.pick(county.seats, n + 1, day) if s is not leader][:n]
            t.occasion(
                day,
                MetLeader(leader=called, talk=talk, matters_raised=self.topic()),
                f"{called}约访委员",
                county.office,
                t.office(),
                t.lines(seats, Part.TAKES_PART, 0.0),
                evidence=(),
            )
        for index, day in enumerate(
            (date(2025, 1, 21), date(2025, 5, 29), date(2025, 9, 27), date(2025, 12, 24))
        ):
            t.occasion(
                day,
                JoinedFellowship(
                    with_whom=("党外人士", "台胞台属", "新的社会阶层", "侨界人士")[index]
                ),
                "团结联谊活动",
                county.committees[3],
                t.clerk(county.committees[3]),
                t.lines(t.pick(county.seats, 18, day), Part.TAKES_PART),
            )
        for committee in county.committees:
            day = in_month(self.rng, self.rng.choice((4, 5, 9, 10)))
            own = [s for s in county.seats if s.committee == committee]
            theme = self.topic()
            t.occasion(
                day,
                TookStudyTour(theme=theme, report_title=f"关于{theme}的考察报告"),
                f"赴外地考察{theme}",
                committee,
                t.clerk(committee),
                t.lines(t.pick(own, 12, day), Part.LEADS),
                half_days=6,
                place="邻市",
            )

    # Consultation

    def consulted(
        self,
        day: date,
        title: str,
        organiser: UnitId,
        actor: Actor,
        seats: Sequence[Seat],
        form: Consultation,
        tier: Tier,
        *,
        key: bool = False,
        speaking: float = 0.3,
        level: Level = Level.COUNTY,
        village: UnitId | None = None,
        held: Held = Held.ON_SITE,
        micro: bool = False,
        work: tuple[str, str] = ("", ""),
        activity: str = "",
    ) -> Told:
        """A session of consultation."""
        rng = self.rng
        online = held is not Held.ON_SITE
        return self.t.occasion(
            day,
            Consulted(
                form=form,
                tier=tier,
                chaired_by_member=form is Consultation.GRASSROOTS,
                prior_survey=rng.random() < 0.6,
                consensuses=rng.randint(0, 4),
                suggestions=rng.randint(1, 6),
                online_participants=rng.randint(20, 300) if online else 0,
                online_comments=rng.randint(3, 60) if online else 0,
            ),
            title,
            organiser,
            actor,
            self.t.lines(seats, Part.PRESIDES, speaking),
            key=key,
            level=level,
            village=village,
            held=held,
            micro=micro,
            work=work[0],
            work_title=work[1],
            activity=activity,
        )

    def consultations(self) -> None:
        """Quarterly thematic and counterpart consultations, and those on the handling of proposals."""
        t, county = self.t, self.county
        for index, committee in enumerate(county.committees * 3):
            month = (3, 5, 7, 9, 11)[index % 5]
            day = in_month(self.rng, month)
            form = (
                Consultation.THEMATIC,
                Consultation.COUNTERPART,
                Consultation.PROPOSAL_HANDLING,
            )[index % 3]
            topic = self.topic()
            self.consulted(
                day,
                f"“{topic}”{form.zh}",
                committee,
                t.clerk(committee),
                t.pick(county.seats, 14, day),
                form,
                Tier.OPEN,
                work=(self.t.diary.new_id(), topic),
            )

    def consultation_month(self) -> None:
        """June: every sector holds a consultation, some two."""
        t, county = self.t, self.county
        for place, sector in enumerate(county.sectors):
            for _ in range(2 if place % 4 == 0 else 1):
                day = in_month(self.rng, 6)
                topic = self.topic()
                self.consulted(
                    day,
                    f"{county.names[sector]}协商:{topic}",
                    sector,
                    t.convenor(sector, day),
                    t.pick(t.of_sector(sector), 11, day),
                    Consultation.SECTOR_SPECIFIC,
                    Tier.OPEN,
                    speaking=0.45,
                    activity="界别协商活动月",
                )

    def deliberations(self) -> None:
        """Village deliberations on site and online, several in each township, each presided over by a member."""
        for township in self.county.townships:
            for month in (3, 5, 8, 11):
                day = in_month(self.rng, month, working=False)
                place = self.rng.randrange(6)
                self.consulted(
                    day,
                    f"{township.village_names[place]}有事来协商:{self.topic()}",
                    township.studio,
                    self.rng.choice((township.clerk, township.head)),
                    self.t.pick(self.t.of_studio(township, day), 6, day),
                    Consultation.GRASSROOTS,
                    Tier.NONE,
                    level=Level.VILLAGE,
                    village=township.villages[place],
                    held=self.rng.choice((Held.ON_SITE, Held.BOTH)),
                    micro=True,
                    activity="有事来协商",
                )

    def works(self) -> None:
        """Surveys and oversights are works of several sessions; inspections are not."""
        t, county, rng = self.t, self.county, self.rng
        for index in range(24):
            sector_led = index % 4 == 3
            committee = county.committees[index % 5]
            unit = county.sectors[index % 17] if sector_led else committee
            topic = words.TOPICS[index % len(words.TOPICS)]
            work = t.diary.new_id()
            start = rng.randint(2, 8)
            pool = t.of_sector(unit) if sector_led else county.seats
            team = t.pick(pool, 9, date(2025, start, 1))
            last: Told | None = None
            for step in range(3):
                day = in_month(rng, start + step)
                actor = t.convenor(unit, day) if sector_led else t.clerk(committee)
                seats = [s for s in team if s.free(day) and rng.random() < 0.85]
                if seats:
                    last = t.occasion(
                        day,
                        Researched(
                            linked=index % 6 == 0,
                            levels=(Level.CITY, Level.COUNTY) if index % 6 == 0 else (),
                            places_visited=(rng.choice(words.TOWNSHIPS),),
                            questionnaires=rng.choice((0, 0, 120, 300)),
                            suggestions=rng.randint(0, 5),
                        ),
                        f"“{topic}”调研({step + 1})",
                        unit,
                        actor,
                        t.lines(seats, Part.LEADS),
                        work=work,
                        work_title=topic,
                        half_days=2,
                    )
            if last is not None:
                self.surveys.append(last)
        for index in range(10):
            committee = county.committees[index % 5]
            overseen = rng.choice(words.OVERSEEN)
            work = t.diary.new_id()
            start = rng.randint(3, 9)
            team = t.pick(county.seats, 10, date(2025, start, 1))
            for step in range(2):
                day = in_month(rng, start + 2 * step)
                seats = [s for s in team if s.free(day)]
                told = t.occasion(
                    day,
                    JoinedOversight(
                        form=list(Oversight)[index % 6],
                        overseen=overseen,
                        problems_found=rng.randint(0, 6),
                        suggestions=rng.randint(1, 5),
                    ),
                    f"“{overseen}”民主监督({step + 1})",
                    committee,
                    t.clerk(committee),
                    t.lines(seats, Part.LEADS),
                    work=work,
                    work_title=overseen,
                )
            self.oversights.append(told)
        for month in (3, 5, 6, 9, 10, 11):
            day = in_month(rng, month)
            project = rng.choice(words.PROJECTS)
            self.inspections.append(
                t.occasion(
                    day,
                    Inspected(
                        places_visited=(project,),
                        suggestions=rng.randint(1, 5),
                        report_title=f"关于视察{project}情况的报告",
                    ),
                    f"视察{project}",
                    county.committee,
                    t.office(),
                    t.lines(t.pick(county.seats, 16, day), Part.LEADS),
                )
            )

    # Going to the people

    def studio_months(self) -> None:
        """Every month a studio visits, receives, volunteers; every quarter it inspects. Guests come along at times."""
        t, county, rng = self.t, self.county, self.rng
        for township in county.townships:
            for month in MONTHS:
                for _ in range(1 if month in (1, 2) else 2):
                    self.visit(township, in_month(rng, month, working=False))
                day = workday(date(2025, month, 15))
                seats = t.pick(t.of_studio(township, day), 3, day)
                matters = rng.randint(1, 6)
                t.occasion(
                    day,
                    ReceivedPublic(
                        matters_received=matters, answered_on_spot=rng.randint(0, matters)
                    ),
                    f"{township.name}委员接待日",
                    township.studio,
                    township.clerk,
                    t.lines(seats, Part.TAKES_PART, 0.0),
                    level=Level.TOWNSHIP,
                    reached_people=matters + rng.randint(0, 4),
                )
                if month % 2 == 0:
                    self.household(township, in_month(rng, month, working=False))
                if month % 3 == 2:
                    day = in_month(rng, month)
                    t.occasion(
                        day,
                        Inspected(
                            places_visited=(rng.choice(township.village_names),),
                            problems_found=rng.randint(0, 3),
                            suggestions=rng.randint(0, 3),
                        ),
                        f"{township.name}季度视察",
                        township.studio,
                        township.clerk,
                        t.lines(t.pick(t.of_studio(township, day), 6, day), Part.LEADS),
                        level=Level.TOWNSHIP,
                        micro=True,
                    )

    def visit(self, township: Township, day: date) -> None:
        """A village visit; where the one who leads is paired with the village it serves that pairing."""
        t, rng = self.t, self.rng
        seats = t.pick(t.of_studio(township, day), rng.randint(3, 5), day)
        leader = seats[0]
        own = leader.village if leader.village in township.villages else None
        place = rng.randrange(6) if own is None else township.villages.index(own)
        lines = t.lines(seats, Part.LEADS, 0.0)
        guests = self.county.guests
        if township.index < len(guests) and day > date(2025, 3, 10) and rng.random() < 0.4:
            lines.append(
                Participant(person=guests[township.index], capacity=Capacity.HIGHER_MEMBER)
            )
        t.occasion(
            day,
            VisitedVillage(
                purpose=rng.choice(("民情走访", "三进三助", "走访联系户")),
                problems_raised=rng.randint(0, 3),
            ),
            f"走访{township.village_names[place]}",
            township.studio,
            township.clerk,
            lines,
            village=township.villages[place],
            level=Level.VILLAGE,
            pairing="" if own is None else leader.pairing,
            reached_people=rng.randint(5, 40),
        )

    def household(self, township: Township, day: date) -> None:
        """Households visited."""
        t, rng = self.t, self.rng
        households = rng.randint(2, 8)
        t.occasion(
            day,
            VisitedHousehold(
                households=households,
                group_heads=rng.randint(0, 2),
                household_heads=households,
                problems_raised=rng.randint(0, 2),
            ),
            f"走访{rng.choice(township.village_names)}农户",
            township.studio,
            township.clerk,
            t.lines(t.pick(t.of_studio(township, day), 3, day), Part.LEADS, 0.0),
            level=Level.VILLAGE,
            reached_people=households * 2,
        )

    def sector_visits(self) -> None:
        """Sectors visit and serve their people five times a year."""
        t, county, rng = self.t, self.county, self.rng
        for sector in county.sectors:
            for month in (3, 5, 7, 9, 11):
                day = in_month(rng, month)
                t.occasion(
                    day,
                    VisitedConstituents(
                        sector=sector,
                        appeals_heard=rng.randint(0, 5),
                        service_given=rng.choice(words.SERVICES_TO_PEOPLE),
                    ),
                    f"走访服务{county.names[sector]}群众",
                    sector,
                    t.convenor(sector, day),
                    t.lines(t.pick(t.of_sector(sector), 4, day), Part.LEADS, 0.0),
                    reached_people=rng.randint(10, 60),
                    activity=words.CAMPAIGN,
                )

    def volunteer_days(self) -> None:
        """Volunteer days of studios and sectors; some clinics are recorded by both sides."""
        t, county, rng = self.t, self.county, self.rng
        for township in county.townships:
            for month in (3, 4, 5, 7, 9, 10, 12):
                day = in_month(rng, month, working=False)
                self.volunteered(
                    day,
                    rng.choice(list(Service)),
                    f"{township.name}委员志愿服务日",
                    township.studio,
                    township.clerk,
                    t.pick(t.of_studio(township, day), 4, day),
                    township.station,
                )
        for sector in county.sectors:
            for month in (4, 8, 12):
                day = in_month(rng, month, working=False)
                self.volunteered(
                    day,
                    rng.choice(list(Service)),
                    f"{county.names[sector]}公益活动",
                    sector,
                    t.convenor(sector, day),
                    t.pick(t.of_sector(sector), 4, day),
                )
        medical = county.sectors[HEALTH]
        for index in range(24):
            township = county.townships[index % 9]
            day = date(2025, 3 + index % 9, rng.randint(2, 27))
            seats = t.pick(t.of_sector(medical), 3, day)
            more = [s for s in t.pick(t.of_studio(township, day), 2, day) if s not in seats]
            ours = self.volunteered(
                day,
                Service.FREE_CLINIC,
                f"{township.name}健康义诊",
                township.studio,
                township.clerk,
                [*seats, *more],
                township.station,
            )
            theirs = self.volunteered(
                day,
                Service.FREE_CLINIC,
                f"医药卫生界送医下乡({township.name})",
                medical,
                t.convenor(medical, day),
                seats,
            )
            self.clinics.append((ours, theirs))

    def volunteered(
        self,
        day: date,
        service: Service,
        title: str,
        organiser: UnitId,
        actor: Actor,
        seats: Sequence[Seat],
        station: UnitId | None = None,
    ) -> Told:
        """Voluntary service."""
        households = self.rng.choice((0, 0, 5, 12))
        return self.t.occasion(
            day,
            Volunteered(
                service=service,
                station=station,
                households=households,
                trained=households * 3,
                employed=households // 4,
                consultations=4 * len(seats) if station else 0,
                problems_solved=households // 5 if station else 0,
                appeals=households // 3 if station else 0,
            ),
            title,
            organiser,
            actor,
            self.t.lines(seats, Part.TAKES_PART, 0.0),
            level=Level.TOWNSHIP if station else Level.COUNTY,
            reached_people=self.rng.randint(15, 150),
        )

    def enterprises(self) -> None:
        """Members from offices visit firms and projects, mostly by twos and threes."""
        t, county, rng = self.t, self.county, self.rng
        for index in range(80):
            day = in_month(rng, 1 + index % 12)
            township = county.townships[index % 9]
            project = index % 4 == 0
            visited = rng.choice(words.PROJECTS if project else words.EMPLOYERS["enterprise"])
            by_county = index % 3 == 0
            t.occasion(
                day,
                VisitedEnterprise(
                    visited=visited,
                    business=Business.PROJECT if project else Business.ENTERPRISE,
                    problems_raised=rng.randint(0, 3),
                    service_given=rng.choice(("政策解读", "协调用工", "对接融资")),
                ),
                f"走访{visited}",
                county.committees[1] if by_county else township.studio,
                t.clerk(county.committees[1]) if by_county else township.clerk,
                t.lines(t.pick(county.seats, rng.randint(2, 4), day), Part.LEADS, 0.0),
                mode=Mode.JOINT if by_county else Mode.GROUP,
                activity="" if by_county else words.CAMPAIGN,
            )

    def tasks_and_guests(self) -> None:
        """Special tasks, delegations received, what the county counts besides."""
        t, county, rng = self.t, self.county, self.rng
        for task, months in zip(words.TASKS, ((3, 4), (7, 8), (10, 10)), strict=True):
            for township in county.townships[2:]:
                day = in_month(rng, rng.choice(months), working=False)
                t.occasion(
                    day,
                    JoinedSpecialTask(
                        task=task,
                        deployment=rng.choice(list(Deployment)),
                        duty=rng.choice(("值守", "巡查", "物资保障")),
                    ),
                    f"{task}({township.name})",
                    township.studio,
                    township.clerk,
                    t.lines(t.pick(t.of_studio(township, day), 4, day), Part.TAKES_PART, 0.0),
                    half_days=rng.randint(1, 4),
                    level=Level.TOWNSHIP,
                )
        for index in range(30):
            day = in_month(rng, 2 + index % 11)
            township = county.townships[index % 9]
            by_county = index % 2 == 0
            delegation = rng.choice(words.DELEGATIONS)
            t.occasion(
                day,
                HostedDelegation(
                    delegation=delegation,
                    delegation_level=Level.CITY if "市" in delegation else Level.COUNTY,
                    purpose=rng.choice(list(Purpose)),
                    visitors=rng.randint(8, 40),
                ),
                f"接待{delegation}",
                county.office if by_county else township.studio,
                t.office() if by_county else township.clerk,
                t.lines(t.pick(t.of_studio(township, day), 2, day), Part.HELPS, 0.0),
                evidence=(),
            )
        for index in range(16):
            day = in_month(rng, 1 + index % 12)
            township = county.townships[index % 9]
            t.occasion(
                day,
                DidOther(
                    code="river_patrol",
                    called="委员巡河",
                    values=(("河段", f"澄河第{index + 1}段"),),
                ),
                "委员巡河",
                township.studio,
                township.clerk,
                t.lines(t.pick(t.of_studio(township, day), 4, day), Part.TAKES_PART, 0.0),
                level=Level.TOWNSHIP,
            )

    def declared(self) -> None:
        """What members declare themselves: nobody else saw it, one side has to vouch."""
        t, county, rng = self.t, self.county, self.rng
        for index in range(90):
            day = in_month(rng, 1 + index % 12, working=False)
            (seat,) = t.pick([s for s in county.seats if s.studio is not None], 1, day)
            organiser = seat.studio_on(day) or seat.sector
            t.occasion(
                day,
                Volunteered(service=rng.choice(list(Service))),
                rng.choice(("个人志愿服务", "探访孤寡老人", "义务咨询")),
                organiser,
                t.himself(seat),
                [t.line(seat)],
                mode=Mode.INDIVIDUAL,
                reached_people=rng.randint(1, 20),
            )
