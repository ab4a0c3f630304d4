"""What stands and is done at the front lines: studios of sectors, village rooms, the liaison committees of the townships with their year's grid, the topics of the sectors' month.

It draws on chance of its own, so that the rest of the year stays as it is. Not all have all: what a county lacks is what its lists are for.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from application.rehearsal import words
from application.rehearsal.diary import after, workday
from application.rehearsal.matters import issue_of
from application.rehearsal.setting import (
    APPROVED,
    APPROVED_ON,
    TERM,
    Seat,
    Township,
    appointment,
)
from application.rehearsal.told import Teller, Told
from domain.fact import Authorship, Part, Reached, Spoke, TopicSource
from domain.finding import Finding, SetFinding
from domain.kinds import Stage
from domain.kinds.advice import CarriedUp, Proposed, ReportedOpinion, Way
from domain.kinds.county import DidOther, DidOtherMatter
from domain.kinds.deliberation import Consultation as Form
from domain.kinds.deliberation import Consulted, Inspected, Researched
from domain.kinds.findings import MetStandard
from domain.kinds.help import DeliveredLivelihoodDeed
from domain.kinds.units import Document, SubmittedDocument
from domain.kinds.works import Consultation, PrintedVolume
from domain.matter import Author, ReportOutcome
from domain.member import Bond, Join, Membership
from domain.people import Actor, PersonId, Role, UnitId, Via
from domain.streams import Command
from domain.unit import (
    Appoint,
    Life,
    Office,
    OpenUnit,
    Platform,
    StudioKind,
    UnitKind,
    UnitProfile,
)
from domain.words import Level

Steps = Sequence[tuple[int, Stage, Level | None]]

STUDIOS_OPENED, ROOMS_OPENED, APPOINTED = date(2025, 11, 18), date(2025, 3, 10), date(2025, 1, 6)
STUDIOS, GROUPS, ROOMS = 5, 3, 3
"""Sectors with a studio of their own, those after them with a liaison group, and villages of a township with a room; every other township has one room fewer."""
CONTRIBUTORS = 3
"""Members whom the committee for historical materials invites to write."""
NOT_HELD = 5
"""The place of the topic of the sectors' month that was not held."""
USED_ONE_IN, USED_AFTER = 5, 21
"""Of so many proposals that are closed one is put to use, so many days after."""


@dataclass(frozen=True, slots=True)
class Kept:
    """What a liaison committee did of its year's grid: the months with feedback, those of them that said there was nothing, the quarters with an activity, the half-years with a consultation, whether it collected proposals, how many of its people did a deed."""

    months: frozenset[int]
    nothing: frozenset[int] = frozenset()
    quarters: frozenset[int] = frozenset()
    halves: frozenset[int] = frozenset()
    collected: bool = False
    deeds: int = 0


def _all_but(last: int, *missing: int) -> frozenset[int]:
    return frozenset(range(1, last + 1)) - set(missing)


KEPT = (
    Kept(_all_but(12, 8), frozenset({2}), _all_but(4), _all_but(2), True, 3),
    Kept(_all_but(12, 3, 9), frozenset({1, 2}), _all_but(4, 3), _all_but(2), True, 2),
    Kept(_all_but(8, 5), frozenset({2}), _all_but(3), frozenset({1}), False, 1),
    Kept(_all_but(4), frozenset({2}), frozenset({2})),
    Kept(frozenset({3, 6}), frozenset({6})),
)
"""What the first liaison committees did; the others only sent in their plans."""
ISSUES = 4
"""Issues of the journal in the year."""
HALVES = ("上半年", "下半年")


class Fronts:
    """Tells it to the ledger."""

    def __init__(self, teller: Teller, told: Sequence[Told]) -> None:
        self.t = teller
        self.told = told
        self.rng = teller.rng
        self.county = teller.county
        self.officer = teller.county.officers[0]

    def tell(self) -> None:
        """All of it."""
        self.sector_studios()
        for township in self.county.townships:
            self.rooms(township)
            self.liaison(township)
        self.found()
        self.contributors()
        self.journal()
        self.month()
        self.put_to_use()

    def put(self, day: date, command: Command) -> None:
        """The office enters it on that day."""
        self.t.diary.put(day, command, self.officer)

    def new_unit(self, day: date, profile: UnitProfile) -> UnitId:
        """Open a unit on that day, with its plate."""
        unit = UnitId(self.t.diary.new_id())
        self.county.names[unit] = profile.name
        self.put(day, OpenUnit(unit=unit, profile=profile, since=day, life=Life.LISTED))
        return unit

    def appoint(
        self, unit: UnitId, person: PersonId, office: Office, day: date, approval: str = ""
    ) -> None:
        """Give somebody an office from that day on, approved by that document."""
        held = appointment(person, office, day, approval, APPROVED_ON)
        self.put(day, Appoint(unit=unit, appointment=held))

    # What stands

    def sector_studios(self) -> None:
        """Some sectors have a studio of their own since November, others a liaison group, kept by their convenor."""
        for place, sector in enumerate(self.county.sectors[: STUDIOS + GROUPS]):
            is_studio = place < STUDIOS
            profile = UnitProfile(
                kind=UnitKind.STUDIO if is_studio else UnitKind.SECTOR_GROUP,
                name=f"{self.county.names[sector]}{'委员工作室' if is_studio else '联络组'}",
                parent=sector,
                studio_kind=StudioKind.SECTORAL if is_studio else None,
                platform=Platform.CHOSEN if is_studio else None,
                place="县城",
            )
            unit = self.new_unit(STUDIOS_OPENED, profile)
            head = self.county.heads_on(sector, STUDIOS_OPENED)[0]
            self.appoint(unit, head, Office.HEAD, STUDIOS_OPENED)

    def rooms(self, township: Township) -> None:
        """Some villages have a room to deliberate in, each with two members."""
        seats = [s for s in self.t.of_studio(township, ROOMS_OPENED) if s.free(ROOMS_OPENED)]
        number = ROOMS - township.index % 2
        chosen = sorted(self.rng.sample(range(len(township.villages)), number))
        members = self.rng.sample(seats, min(len(seats), 2 * number))
        for nth, place in enumerate(chosen):
            profile = UnitProfile(
                kind=UnitKind.DELIBERATION_HALL,
                name=f"{township.village_names[place]}协商议事室",
                parent=township.villages[place],
                township=township.unit,
            )
            room = self.new_unit(ROOMS_OPENED, profile)
            for seat in members[2 * nth : 2 * nth + 2]:
                bound = Membership(bond=Bond.ROOM, unit=room, since=ROOMS_OPENED)
                self.put(ROOMS_OPENED, Join(person=seat.person, membership=bound))

    def found(self) -> None:
        """What the committee found of its five covers: most studios of townships are online, two special committees are examples."""
        panel = Actor(person=self.officer.person, role=Role.APPRAISAL, unit=self.county.affairs)
        on = date(2025, 10, 30)
        covered = [(township.studio, "上线") for township in self.county.townships[:6]]
        covered += [(committee, "示范") for committee in self.county.committees[:2]]
        for unit, item in covered:
            body: Finding[MetStandard] = Finding(
                details=MetStandard(standard="五全", item=item),
                on=on,
                body="县政协办公室",
                reason="实地查看",
                unit=unit,
            )
            command = SetFinding(finding=self.t.diary.new_id(), body=body)
            self.t.diary.put(on, command, panel)

    def contributors(self) -> None:
        """Members who are invited to write for the journal."""
        seats = [s for s in self.county.members(APPOINTED) if s.until is None]
        for seat in self.rng.sample(seats, CONTRIBUTORS):
            self.appoint(self.county.committees[4], seat.person, Office.CONTRIBUTOR, APPOINTED)

    def journal(self) -> None:
        """The issues of the journal that its articles are in; the last one is not printed yet."""
        committee = self.county.committees[4]
        for number in range(1, ISSUES + 1):
            told = self.t.matter(
                date(2025, 3 * number - 2, self.rng.randint(5, 20)),
                PrintedVolume(issue=f"第{number}期", print_run=1000, characters=60_000),
                f"《青澄文史》(演练)第{number}期",
                committee,
                self.officer,
                [Author(unit=committee, role=Authorship.FIRST)],
                work=issue_of(number),
            )
            steps: list[tuple[int, Stage, Level | None]] = [(0, Stage.PLANNED, None)]
            if number < ISSUES:
                steps += [(40, Stage.COPY_EDITED, None), (30, Stage.PRINTED, None)]
            self.t.outcomes(told, self.officer, steps)

    def put_to_use(self) -> None:
        """Some proposals that were closed went into a plan or a project afterwards."""
        proposals = {
            told.id
            for told in self.told
            if told.gone is None and isinstance(told.body.details, Proposed)
        }
        closed = sorted(
            (day, command.matter)
            for day, asked in self.t.diary.pages.items()
            for command in (each.command for each in asked)
            if isinstance(command, ReportOutcome)
            and command.outcome.stage is Stage.CLOSED
            and command.matter in proposals
        )
        for day, matter in closed[::USED_ONE_IN]:
            on = after(day, USED_AFTER)
            used = Reached(stage=Stage.PUT_TO_USE, on=on, note="写入部门年度工作计划")
            self.put(on, ReportOutcome(matter=matter, outcome=used))

    # Liaison committees of townships

    def liaison(self, township: Township) -> None:
        """A liaison committee has people, sends in what it owes, and fills what it fills of its year's grid."""
        committee = township.liaison
        clerk = Actor(person=township.clerk.person, role=Role.CLERK, unit=committee, via=Via.WEB)
        seats = [s for s in self.t.of_studio(township, APPOINTED) if s.until is None]
        own = self.rng.sample([s for s in seats if s.since == TERM.since], 3)
        staff = (township.head.person, Office.HEAD), (clerk.person, Office.STAFF)
        for person, office in (*staff, *((s.person, Office.COMMITTEE_MEMBER) for s in own)):
            approval = APPROVED if office is Office.HEAD else ""
            self.appoint(committee, person, office, APPOINTED, approval)
        kept = KEPT[township.index] if township.index < len(KEPT) else Kept(frozenset())
        for month in sorted(kept.months):
            self.feedback(township, clerk, own, month, month in kept.nothing)
        for quarter in sorted(kept.quarters):
            self.activity(township, clerk, quarter)
        for half in sorted(kept.halves):
            self.deliberation(township, clerk, half)
        if kept.collected:
            self.collection(township, clerk)
        for seat in own[: kept.deeds]:
            self.deed(township, clerk, seat)
        self.documents(township, clerk, kept)

    def feedback(
        self, township: Township, clerk: Actor, own: Sequence[Seat], month: int, nothing: bool
    ) -> None:
        """A month's feedback: that there was nothing, an opinion report that was fed back, or a carried message that was answered."""
        t, rng, committee = self.t, self.rng, township.liaison
        if nothing:
            t.matter(
                date(2025, month, 26),
                DidOtherMatter(code="monthly_feedback", called="零报告"),
                f"{township.name}{month}月民情信息反馈(零报告)",
                committee,
                clerk,
                [Author(unit=committee, role=Authorship.FIRST)],
            )
            return
        day = date(2025, month, rng.randint(2, 6))
        authors = t.authors([rng.choice(own)])
        steps: Steps
        if month % 2:
            told = t.matter(
                day,
                ReportedOpinion(),
                f"{township.name}反映{rng.choice(words.TOPICS)}问题的信息({month}月)",
                committee,
                clerk,
                authors,
            )
            steps = (
                (1, Stage.LEDGERED, None),
                (2, Stage.EDITED, None),
                (2, Stage.FORWARDED, Level.COUNTY),
                (6, Stage.FED_BACK, None),
            )
            t.outcomes(told, self.county.officers[2], steps)
            return
        topic = rng.choice(words.MESSAGES)
        told = t.matter(
            day,
            CarriedUp(
                topic=topic,
                spoken_by=f"群众{rng.choice('甲乙丙丁')}",
                from_village=rng.choice(township.villages),
                verified_by=township.name,
                way=Way.BY_TELEPHONE,
            ),
            f"{township.name}群众反映{topic}({month}月)",
            committee,
            clerk,
            authors,
            level=Level.VILLAGE,
        )
        steps = (
            (0, Stage.RECEIVED, None),
            (1, Stage.VERIFIED, None),
            (2, Stage.ASSIGNED, None),
            (6, Stage.HANDLED, None),
            (2, Stage.ANSWERED, None),
            (1, Stage.CLOSED, None),
        )
        t.outcomes(told, clerk, steps)

    def activity(self, township: Township, clerk: Actor, quarter: int) -> None:
        """A quarter's survey or inspection of its own."""
        topic = self.rng.choice(words.TOPICS)
        places = (self.rng.choice(township.village_names),)
        details: Any = Inspected(places_visited=places, suggestions=self.rng.randint(1, 3))
        if quarter % 2:
            details = Researched(places_visited=places, suggestions=self.rng.randint(1, 3))
        day = workday(date(2025, 3 * quarter - 1, self.rng.randint(3, 24)))
        word = "调研" if quarter % 2 else "视察"
        self.held(township, clerk, day, details, f"{township.name}“{topic}”{word}", Part.LEADS)

    def deliberation(self, township: Township, clerk: Actor, half: int) -> None:
        """A half-year's consultation at the grassroots."""
        day = workday(date(2025, 6 * half - 2, self.rng.randint(3, 24)))
        details = Consulted(
            form=Form.GRASSROOTS, chaired_by_member=True, consensuses=2, suggestions=3
        )
        title = f"{township.name}{HALVES[half - 1]}协商:{self.rng.choice(words.TOPICS)}"
        self.held(township, clerk, day, details, title, Part.PRESIDES)

    def collection(self, township: Township, clerk: Actor) -> None:
        """The year's collection of key proposals."""
        details = DidOther(code="proposal_collection", called="重点提案征集")
        day = workday(date(2025, 11, self.rng.randint(3, 21)))
        self.held(township, clerk, day, details, f"{township.name}重点提案征集", Part.LEADS)

    def held(
        self, township: Township, clerk: Actor, day: date, details: Any, title: str, part: Part
    ) -> None:
        """Something that a liaison committee held with members of its township."""
        seats = self.t.pick(self.t.of_studio(township, day), 4, day)
        lines = [
            self.t.line(seat, part if place == 0 else Part.TAKES_PART, Spoke.NO)
            for place, seat in enumerate(seats)
        ]
        self.t.occasion(
            day, details, title, township.liaison, clerk, lines, level=Level.TOWNSHIP, evidence=()
        )

    def deed(self, township: Township, clerk: Actor, seat: Seat) -> None:
        """A livelihood deed of one of its people, planned in spring and done."""
        told = self.t.matter(
            date(2025, 4, self.rng.randint(7, 25)),
            DeliveredLivelihoodDeed(
                beneficiaries=self.rng.randint(20, 200), cost=Decimal(self.rng.randint(2, 20) * 500)
            ),
            f"为{self.rng.choice(township.village_names)}办实事(一人一件)",
            township.liaison,
            clerk,
            self.t.authors([seat]),
            level=Level.VILLAGE,
        )
        self.t.outcomes(told, clerk, [(60, Stage.DONE, None), (7, Stage.CONFIRMED_DONE, None)])

    def documents(self, township: Township, clerk: Actor, kept: Kept) -> None:
        """Plans of all, half-year reports and news of those that do the rest; some late."""
        place = township.index
        owed = [(Document.YEARLY_PLAN, "2025年度", date(2025, 1, 31))]
        if kept.halves:
            owed.append((Document.HALF_YEAR_REPORT, HALVES[0], date(2025, 7, 15)))
        owed += [
            (Document.INFORMATION, f"{month // 3}季度", date(2025, month, 28))
            for month in (3, 6, 9)
            if month // 3 in kept.quarters
        ]
        for nth, (document, covers, due) in enumerate(owed):
            late = (place + nth) % 5 == 4
            came = date.fromordinal(due.toordinal() + (14 if late else -self.rng.randint(1, 6)))
            self.t.matter(
                workday(came),
                SubmittedDocument(document=document, covers=covers, due=due),
                f"{township.name}政协联络委{covers}{document.zh}",
                township.liaison,
                clerk,
                [Author(unit=township.liaison, role=Authorship.FIRST)],
            )

    # The sectors' month

    def month(self) -> None:
        """Topics that sectors planned for June: held, sent in, followed up; the last ones wait for feedback, or were not held at all."""
        county = self.county
        for place, sector in enumerate(county.sectors[::3]):
            topic = self.rng.choice(words.TOPICS)
            told = self.t.matter(
                date(2025, 5, self.rng.randint(6, 9)),
                Consultation(form=Form.SECTOR_SPECIFIC, scheme=f"“{topic}”界别协商方案"),
                f"{county.names[sector]}界别协商活动月:{topic}",
                sector,
                self.officer,
                [Author(unit=sector, role=Authorship.FIRST)],
                topic_source=list(TopicSource)[place % 5],
            )
            steps: list[tuple[int, Stage, Level | None]] = [
                (0, Stage.TOPIC_CHOSEN, None),
                (30, Stage.DISCUSSED, None),
                (12, Stage.FORWARDED, Level.COUNTY),
                (20, Stage.SUPERVISED, None),
                (50, Stage.FED_BACK, None),
            ]
            self.t.outcomes(told, self.officer, steps[: (5, 5, 4, 5, 3, 1)[place % 6]])
            told.left = place == NOT_HELD
