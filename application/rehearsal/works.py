"""The year's works: topics that units carry through stages, cases, the plan, documents owed, inspections, and what members are asked for."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from application.rehearsal import words
from application.rehearsal.diary import workday
from application.rehearsal.occasions import MONTHS, in_month
from application.rehearsal.setting import Seat, Township
from application.rehearsal.told import Teller, Told
from domain.fact import Authorship, Part
from domain.kinds import Stage
from domain.kinds.advice import (
    AnsweredInquiry,
    AnsweredLetter,
    Answerer,
    RaisedTopic,
    Satisfaction,
)
from domain.kinds.deliberation import AdvisedProject, Consulted, JoinedOversight, Researched, Tier
from domain.kinds.help import ServedOrder
from domain.kinds.people import Service
from domain.kinds.units import Check, Document, SubmittedDocument, WasInspected
from domain.kinds.works import (
    Case,
    Concern,
    Consultation,
    FedBackIn,
    FedBackTo,
    FourLinks,
    Oversight,
    PlanItem,
    PlannedFor,
    PlannedWork,
    Survey,
)
from domain.matter import Author, TopicSource
from domain.occasion import Occasion
from domain.people import UnitId
from domain.words import Level

Steps = Sequence[tuple[int, Stage, Level | None]]


class Loops:
    """Tells them to the ledger; the sessions that belong to a work were told before."""

    def __init__(self, teller: Teller, told: Sequence[Told]) -> None:
        self.t = teller
        self.rng = teller.rng
        self.county = teller.county
        self.told = told

    def tell(self) -> None:
        """All of them."""
        self.plan()
        self.topics()
        self.consultations()
        self.surveys()
        self.oversights()
        self.cases()
        self.documents()
        self.inspections()
        self.letters()
        self.inquiries()
        self.orders()
        self.advice()

    # Works

    def of_unit(
        self, day: date, details: Any, title: str, unit: UnitId, steps: Steps, **said: Any
    ) -> None:
        """A work of a unit that the county office keeps, with what became of it."""
        officer = self.county.officers[0]
        author = Author(unit=unit, role=Authorship.FIRST)
        told = self.t.matter(day, details, title, unit, officer, [author], **said)
        self.t.outcomes(told, officer, steps)

    def first_sessions(self, kind: type[Any], most: int) -> list[Occasion[Any]]:
        """The first session of each of so many works of a kind, in order of day."""
        found: dict[str, Occasion[Any]] = {}
        bodies = (each.body for each in self.told if isinstance(each.body, Occasion))
        for body in sorted(bodies, key=lambda each: each.on):
            if isinstance(body.details, kind) and body.work:
                found.setdefault(body.work, body)
        return list(found.values())[:most]

    def chosen(self, body: Occasion[Any]) -> date:
        """The day on which a topic was chosen: some weeks before its first session."""
        return max(date(2025, 1, 6), body.on - timedelta(days=self.rng.randint(20, 40)))

    def plan(self) -> None:
        """The year's plan: sought, discussed, agreed, submitted, decided; most of it held by now."""
        items = [w for w in PlannedWork if w is not PlannedWork.OTHER] * 2
        whens = list(PlannedFor)
        for index, item in enumerate(items):
            unit = self.county.committees[index % 5]
            steps: list[tuple[int, Stage, Level | None]] = [
                (1, Stage.OPINIONS_SOUGHT, None),
                (4, Stage.DEBATED, None),
                (3, Stage.CONSENSUS_REACHED, None),
                (3, Stage.APPROVAL_SOUGHT, None),
                (5, Stage.DECIDED, None),
                (1, Stage.PLANNED, None),
            ]
            if index % 5:
                steps += [(60 + 10 * index, Stage.DONE, None), (10, Stage.PUBLICISED, None)]
            self.of_unit(
                date(2025, 1, 6),
                PlanItem(
                    item=item,
                    year=2025,
                    planned_for=whens[index % len(whens)],
                    person_responsible=f"{self.county.names[unit]}主任",
                ),
                f"2025年度计划:{item.zh}({index + 1})",
                unit,
                steps,
            )

    def topics(self) -> None:
        """Topics that members and sectors raised, from all five sources: adopted, declined, merged, still looked at."""
        t, county, rng = self.t, self.county, self.rng
        for index in range(30):
            day = in_month(rng, 1 + index % 3)
            by_sector = index % 5 == 2
            authors = [Author(unit=county.sectors[index % 17], role=Authorship.FIRST)]
            if not by_sector:
                authors = t.authors(t.pick(county.seats, 1, day))
            declined = index % 4 == 1
            told = t.matter(
                day,
                RaisedTopic(why_declined="近两年已协商过同类议题" if declined else ""),
                f"建议将{words.TOPICS[index % len(words.TOPICS)]}列为议题({index + 1})",
                county.office,
                county.officers[0],
                authors,
                topic_source=list(TopicSource)[index % 5],
            )
            last = (Stage.ADOPTED, Stage.DECLINED, Stage.MERGED)[index % 4 % 3]
            steps = [(15, Stage.SCREENED, None), (10, last, None)]
            t.outcomes(told, county.officers[0], steps[:1] if index % 7 == 6 else steps)

    def consultations(self) -> None:
        """Topics of consultation through their seven stages; some are still with the departments."""
        for index, body in enumerate(self.first_sessions(Consulted, 12)):
            key = index % 3 == 0
            steps: list[tuple[int, Stage, Level | None]] = [
                (0, Stage.TOPIC_CHOSEN, None),
                (10, Stage.SURVEYED, None),
                (20, Stage.DISCUSSED, None),
                (7, Stage.ASSIGNED, None),
                (40, Stage.IMPLEMENTED, None),
                (20, Stage.FED_BACK, None),
                (30, Stage.TRACKED, None),
            ]
            self.of_unit(
                self.chosen(body),
                Consultation(
                    tier=Tier.CHAIRPERSONS_COUNCIL if key else Tier.OPEN,
                    form=body.details.form,
                    scheme=f"“{body.work_title}”协商方案",
                    feedback_to=FedBackTo.JOINT_MEETING if key else FedBackTo.CPPCC,
                    feedback_in=FedBackIn.MEETING if key else FedBackIn.WRITING,
                ),
                f"{body.work_title}({body.on.month}月)",
                body.organiser,
                steps[:4] if index % 4 == 3 else steps,
                work=body.work,
                key=key,
                topic_source=list(TopicSource)[index % 5],
                handlers=(words.DEPARTMENTS[index % len(words.DEPARTMENTS)],),
            )

    def surveys(self) -> None:
        """Topics of survey; the reports of some were instructed, and listed for supervised handling."""
        for index, body in enumerate(self.first_sessions(Researched, 12)):
            linked = body.details.linked
            steps: list[tuple[int, Stage, Level | None]] = [
                (0, Stage.TOPIC_CHOSEN, None),
                (30, Stage.SURVEYED, None),
                (30, Stage.REPORTED, None),
            ]
            if index % 3 == 0:
                steps += [
                    (15, Stage.INSTRUCTED, Level.COUNTY),
                    (10, Stage.SUPERVISED, None),
                    (30, Stage.PUT_TO_USE, None),
                ]
            self.of_unit(
                self.chosen(body),
                Survey(
                    scheme=f"“{body.work_title}”调研方案",
                    team_leader="分管副主席",
                    report_title=f"关于{body.work_title}的调研报告",
                    four_links=tuple(FourLinks) if linked else (),
                    levels=body.details.levels,
                    task_force=index % 6 == 0,
                ),
                f"{body.work_title}({index + 1})",
                body.organiser,
                steps,
                work=body.work,
                topic_source=list(TopicSource)[index % 5],
            )

    def oversights(self) -> None:
        """Topics of oversight through their five stages."""
        for index, body in enumerate(self.first_sessions(JoinedOversight, 10)):
            steps: list[tuple[int, Stage, Level | None]] = [
                (0, Stage.TOPIC_CHOSEN, None),
                (40, Stage.SURVEYED, None),
                (20, Stage.REPORTED, None),
                (20, Stage.DEALT_WITH, None),
                (40, Stage.TRACKED, None),
            ]
            self.of_unit(
                self.chosen(body),
                Oversight(
                    form=body.details.form,
                    overseen=body.details.overseen,
                    scheme=f"“{body.work_title}”监督方案",
                    report_title=f"关于{body.work_title}的监督报告",
                ),
                f"{body.work_title}({index + 1})",
                body.organiser,
                steps[: 3 + index % 3],
                work=body.work,
            )

    def cases(self) -> None:
        """What the halls of the townships took up: agreed on or not, carried out, closed."""
        t, rng = self.t, self.rng
        for index in range(27):
            township = self.county.townships[index % 9]
            day = in_month(rng, MONTHS[index % 10], working=False)
            concern = list(Concern)[index % 3]
            about = rng.choice(words.DISPUTES if concern is not Concern.PROBLEM else words.MESSAGES)
            told = t.matter(
                day,
                Case(
                    concern=concern,
                    raised_by=f"村民{rng.choice('甲乙丙丁')}",
                    hall=township.hall,
                    convenor=f"{township.name}委员联络室主任",
                    chaired_by_member=index % 2 == 0,
                    parties=("村民代表", "村民委员会"),
                ),
                f"{rng.choice(township.village_names)}{about}协商({index + 1})",
                township.studio,
                township.clerk,
                [Author(unit=township.studio, role=Authorship.FIRST)],
                level=Level.VILLAGE,
            )
            steps: list[tuple[int, Stage, Level | None]] = [
                (0, Stage.RAISED, None),
                (3, Stage.ACCEPTED, None),
                (10, Stage.DISCUSSED, None),
            ]
            if index % 6 == 5:
                steps.append((1, Stage.NOT_AGREED, None))
            else:
                steps += [
                    (1, Stage.AGREED, None),
                    (20, Stage.IMPLEMENTED, None),
                    (5, Stage.CLOSED, None),
                ]
            t.outcomes(told, township.clerk, steps)

    # What units owe and undergo

    def documents(self) -> None:
        """Plans, half-year reports and ledgers of the studios: most in time, some late, some that say there was nothing."""
        rng = self.rng
        for place, township in enumerate(self.county.townships):
            owed = [(Document.YEARLY_PLAN, "2025年度", date(2025, 2, 10))]
            owed.append((Document.HALF_YEAR_REPORT, "上半年", date(2025, 7, 10)))
            owed += [
                (Document.OPINION_LEDGER, f"{month}月", date(2025, month + 1, 8))
                for month in (3, 6, 9)
            ]
            for nth, (document, covers, due) in enumerate(owed):
                late = (place + nth) % 7 == 6
                came = due + timedelta(days=rng.randint(2, 6) if late else -rng.randint(0, 5))
                self.t.matter(
                    workday(came),
                    SubmittedDocument(
                        document=document,
                        covers=covers,
                        due=due,
                        zero_report=document is Document.OPINION_LEDGER and (place + nth) % 9 == 4,
                    ),
                    f"{township.name}{covers}{document.zh}",
                    township.studio,
                    township.clerk,
                    [Author(unit=township.studio, role=Authorship.FIRST)],
                )

    def inspections(self) -> None:
        """The office looks at each studio once: what it found was notified and mended; three were checked for acceptance."""
        for place, township in enumerate(self.county.townships):
            acceptance = place % 3 == 0
            found = place % 4
            steps: list[tuple[int, Stage, Level | None]] = []
            if found:
                steps = [(5, Stage.NOTIFIED, None), (20, Stage.MENDED, None)]
            if acceptance:
                steps.append((5, Stage.PASSED, None))
            self.of_unit(
                date(2025, 9, 8 + place % 5),
                WasInspected(
                    check=Check.ACCEPTANCE if acceptance else Check.INSPECTION,
                    inspected_by="县政协办公室",
                    standard="五个有" if acceptance else "",
                    findings=found,
                    findings_mended=found,
                ),
                f"{township.name}委员工作室{'验收' if acceptance else '督查'}",
                township.studio,
                steps,
            )

    # What members are asked for

    def letters(self) -> None:
        """Letters to the members' mailbox: given to a member or an expert, and answered."""
        t, county, rng = self.t, self.county, self.rng
        for index in range(16):
            day = in_month(rng, MONTHS[index % 11])
            told = t.matter(
                day,
                AnsweredLetter(
                    sender=f"来信人{rng.choice('甲乙丙丁')}",
                    assigned_to=Answerer.EXPERT if index % 4 == 3 else Answerer.MEMBER,
                    answer="已按现行政策书面解答",
                ),
                f"委员信箱来信:{rng.choice(words.POLICIES)}({index + 1})",
                county.liaison,
                county.officers[0],
                t.authors(t.pick(county.seats, 1, day)),
            )
            steps = [
                (0, Stage.RECEIVED, None),
                (2, Stage.ASSIGNED, None),
                (6, Stage.ANSWERED, None),
            ]
            t.outcomes(told, county.officers[0], steps)

    def inquiries(self) -> None:
        """Inquiries to the think tank; some of the answers were adopted."""
        t, county, rng = self.t, self.county, self.rng
        for index in range(10):
            day = in_month(rng, MONTHS[index])
            told = t.matter(
                day,
                AnsweredInquiry(
                    asked_by=words.DEPARTMENTS[index % len(words.DEPARTMENTS)],
                    expertise=rng.choice(("农业", "医疗", "法律", "工程", "教育")),
                ),
                f"{words.TOPICS[-1 - index]}咨询",
                county.office,
                county.officers[0],
                t.authors(t.pick(county.seats, 1, day)),
            )
            used = (Stage.ADOPTED, Stage.PARTLY_ADOPTED, Stage.NOT_ADOPTED)[index % 3]
            t.outcomes(
                told,
                county.officers[0],
                [(1, Stage.ASSIGNED, None), (10, Stage.ANSWERED, None), (20, used, None)],
            )

    def orders(self) -> None:
        """What people ordered: taken, served, evaluated; the latest ones are still open."""
        t, rng = self.t, self.rng
        for index in range(36):
            township = self.county.townships[index % 9]
            day = in_month(rng, MONTHS[2 + index % 9], working=False)
            told = t.matter(
                day,
                ServedOrder(
                    service=list(Service)[index % len(Service)],
                    wanted=rng.choice(words.SERVICES_TO_PEOPLE),
                    station=township.station,
                    satisfaction=Satisfaction.SATISFIED if index % 3 else None,
                ),
                f"{rng.choice(township.village_names)}点单({index + 1})",
                township.studio,
                township.clerk,
                t.authors(self.of_studio(township, day)),
                level=Level.VILLAGE,
            )
            steps: list[tuple[int, Stage, Level | None]] = [
                (0, Stage.ORDERED, None),
                (2, Stage.TAKEN, None),
                (6, Stage.SERVED, None),
                (3, Stage.EVALUATED, None),
            ]
            t.outcomes(told, township.clerk, steps if index % 3 else steps[: 2 + index % 2])

    def of_studio(self, township: Township, day: date) -> list[Seat]:
        """One of the studio's members."""
        return self.t.pick(self.t.of_studio(township, day), 1, day)

    def advice(self) -> None:
        """Members advise on large projects."""
        t, county, rng = self.t, self.county, self.rng
        for index, project in enumerate(words.PROJECTS):
            day = in_month(rng, 3 + index)
            t.occasion(
                day,
                AdvisedProject(project=project, opinion="原则同意,建议补充论证"),
                f"{project}咨询论证",
                county.office,
                county.officers[0],
                t.lines(t.pick(county.seats, 6, day), Part.TAKES_PART, 0.6),
            )
