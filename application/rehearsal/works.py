"""The year's works: topics that units carry through stages, cases, the plan, documents owed, inspections, and what members are asked for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from application.rehearsal import words
from application.rehearsal.diary import after, workday
from application.rehearsal.occasions import MONTHS, in_month
from application.rehearsal.setting import Seat, Township
from application.rehearsal.told import Teller, Told
from domain.fact import Authorship, Part, Reached, TopicSource
from domain.kinds import Stage
from domain.kinds.advice import (
    AnsweredInquiry,
    AnsweredLetter,
    Answerer,
    RaisedTopic,
    Satisfaction,
)
from domain.kinds.deliberation import AdvisedProject, Consulted, JoinedOversight, Researched, Tier
from domain.kinds.deliberation import Consultation as Form
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
    Task,
)
from domain.matter import AmendMatter, Author
from domain.occasion import Occasion
from domain.people import UnitId
from domain.suggested import Answer
from domain.suggestion import AnswerSuggestion, CarryOutSuggestion, MakeSuggestion
from domain.words import Level

Steps = Sequence[tuple[int, Stage, Level | None]]

PLAN: tuple[tuple[PlannedWork, Tier, PlannedFor, str], ...] = (
    (PlannedWork.CONSULTATION, Tier.PLENARY, PlannedFor.FIRST_QUARTER, "全会分组讨论意见建议"),
    (PlannedWork.CONSULTATION, Tier.CHAIRPERSONS_COUNCIL, PlannedFor.MARCH, "主席会议专题协商(一)"),
    (PlannedWork.CONSULTATION, Tier.CHAIRPERSONS_COUNCIL, PlannedFor.FIRST_QUARTER, "主席会议专题协商(二)"),
    (PlannedWork.CONSULTATION, Tier.STANDING_COMMITTEE, PlannedFor.MAY, "专题议政性常委会会议(一)"),
    (PlannedWork.CONSULTATION, Tier.CHAIRPERSONS_COUNCIL, PlannedFor.MAY, "主席会议专题协商(三)"),
    (PlannedWork.CONSULTATION, Tier.CHAIRPERSONS_COUNCIL, PlannedFor.SECOND_QUARTER, "主席会议专题协商(四)"),
    (PlannedWork.CONSULTATION, Tier.STANDING_COMMITTEE, PlannedFor.JULY, "专题议政性常委会会议(二)"),
    (PlannedWork.CONSULTATION, Tier.CHAIRPERSONS_COUNCIL, PlannedFor.THIRD_QUARTER, "主席会议专题协商(五)"),
    (PlannedWork.CONSULTATION, Tier.OPEN, PlannedFor.JUNE, "界别协商活动月"),
    (PlannedWork.CONSULTATION, Tier.CHAIRPERSONS_COUNCIL, PlannedFor.OCTOBER, "主席会议专题协商(六)"),
    (PlannedWork.SURVEY, Tier.NONE, PlannedFor.SECOND_QUARTER, "重点课题调研"),
    (PlannedWork.INSPECTION, Tier.NONE, PlannedFor.JULY, "重点项目视察"),
    (PlannedWork.OVERSIGHT, Tier.NONE, PlannedFor.THIRD_QUARTER, "专项民主监督"),
    (PlannedWork.MEETING, Tier.NONE, PlannedFor.FIRST_QUARTER, "议题选定和年度计划"),
    (PlannedWork.STUDY, Tier.NONE, PlannedFor.APRIL, "委员学习培训"),
    (PlannedWork.SECTOR_ACTIVITY, Tier.NONE, PlannedFor.JUNE, "界别群众走访服务"),
    (PlannedWork.PRESS_CONFERENCE, Tier.NONE, PlannedFor.THIRD_QUARTER, "界别工作新闻发布会"),
    (PlannedWork.AWARDS, Tier.NONE, PlannedFor.FOURTH_QUARTER, "年终评比表彰"),
)  # fmt: skip
"""The year's plan: what, of which tier, for when."""
TIERS = tuple(tier for item, tier, _, _ in PLAN if item is PlannedWork.CONSULTATION)[:9]
"""The tiers of the year's topics of consultation in order; all later ones are of the last."""
ADVISED: Mapping[int, int] = {6: 17, 0: 15, 3: 6, 8: 4}
"""Of which consultations, by their places, how many suggestions came."""
FOLLOWED_UP = (0, 3)
"""Places of consultations that were fed back and whose effect is followed up yet."""
NOT_HELD = (9, 11)
"""Places in the plan of what was not held."""
FED_BACK = {
    Tier.PLENARY: (FedBackTo.ALL_MEMBERS, FedBackIn.WRITING),
    Tier.STANDING_COMMITTEE: (FedBackTo.STANDING_COMMITTEE, FedBackIn.MEETING),
    Tier.CHAIRPERSONS_COUNCIL: (FedBackTo.JOINT_MEETING, FedBackIn.MEETING),
    Tier.OPEN: (FedBackTo.CPPCC, FedBackIn.WRITING),
}
TASKS = (
    ("落实乡镇便民服务点延时服务", "年内9个乡镇全部开通"),
    ("建立县、镇两级行政执法统筹指挥机制", "出台文件并运行"),
    ("完善农村饮水巡查台账", "每季巡查一次"),
    ("新增公共停车泊位", "新增300个"),
    ("推进老旧小区加装电梯", "完成40部"),
    ("制定养老服务补贴办法", "印发办法"),
    ("优化通学公交线路", "新开4条"),
    ("规范校外托管机构", "登记率100%"),
    ("推行项目审批帮办", "每个项目有专人"),
    ("整理界别工作经验", "编印一册"),
)
"""What the responsibility list holds, and what is to be reached."""
TASK_ENDS: tuple[Stage | None, ...] = (
    *(Stage.DONE, Stage.DONE, Stage.DONE, None),
    *(Stage.DONE, Stage.DROPPED, None),
)
TASK_NOTES = {
    Stage.DONE: "已完成,成效已核实",
    Stage.DROPPED: "上级已统一部署,并入上级方案",
}


class Loops:
    """Tells them to the ledger; the sessions that belong to a work were told before."""

    def __init__(self, teller: Teller, told: Sequence[Told]) -> None:
        self.t = teller
        self.rng = teller.rng
        self.county = teller.county
        self.told = told
        self.planned: list[Told] = []
        self.adopted: list[Told] = []
        self.consulted: list[Told] = []

    def tell(self) -> None:
        """All of them."""
        self.plan()
        self.topics()
        self.consultations()
        self.suggestions()
        self.tasks()
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
    ) -> Told:
        """A work of a unit that the county office keeps, with what became of it."""
        officer = self.county.officers[0]
        author = Author(unit=unit, role=Authorship.FIRST)
        told = self.t.matter(day, details, title, unit, officer, [author], **said)
        self.t.outcomes(told, officer, steps)
        return told

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
        for index, (item, tier, when, title) in enumerate(PLAN):
            unit = self.county.committees[index % 5]
            steps: list[tuple[int, Stage, Level | None]] = [
                (1, Stage.OPINIONS_SOUGHT, None),
                (4, Stage.DEBATED, None),
                (3, Stage.CONSENSUS_REACHED, None),
                (3, Stage.APPROVAL_SOUGHT, None),
                (5, Stage.DECIDED, None),
            ]
            if index not in NOT_HELD:
                gap = (when.last_day(2025) - date(2025, 1, 31)).days
                steps += [(max(1, int(gap * 0.6)), Stage.DONE, None)]
            if index % 3 == 0 and index not in NOT_HELD:
                steps += [(10, Stage.PUBLICISED, None)]
            told = self.of_unit(
                date(2025, 1, 6),
                PlanItem(
                    item=item,
                    year=2025,
                    planned_for=when,
                    person_responsible=f"{self.county.names[unit]}主任",
                    tier=tier,
                ),
                f"2025年度计划:{title}",
                unit,
                steps,
            )
            told.left = index in NOT_HELD
            self.planned.append(told)

    def topics(self) -> None:
        """Topics that members and sectors raised, from all five sources: adopted, declined, merged, still looked at."""
        t, county, rng = self.t, self.county, self.rng
        for index in range(30):
            day = in_month(rng, 1 + index % 3)
            by_sector = index % 5 == 2
            authors = [Author(unit=county.sectors[index % 17], role=Authorship.FIRST)]
            if not by_sector:
                authors = t.authors(t.pick(county.seats, 1, day))
            declined = index % 4 == 1 and index % 7 != 6
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
            open_still = index % 7 == 6
            t.outcomes(told, county.officers[0], steps[:1] if open_still else steps)
            if last is Stage.ADOPTED and not open_still:
                self.adopted.append(told)
            elif last is Stage.MERGED and not open_still:
                first = self.adopted[0]
                its: Any = told.body
                body = replace(its, merged_into=first.stream)
                joined = AmendMatter(matter=told.id, body=body, reason="筛选时合并")
                day = max(after(told.recorded, 30), first.recorded)
                t.diary.put(day, joined, county.officers[0])

    def consultations(self) -> None:
        """Topics of consultation of all tiers through their seven stages; some are still with the departments."""
        items = [t for t in self.planned if t.body.details.item is PlannedWork.CONSULTATION]
        for index, body in enumerate(self.first_sessions(Consulted, 12)):
            tier = TIERS[min(index, len(TIERS) - 1)]
            feedback_to, feedback_in = FED_BACK[tier]
            steps: list[tuple[int, Stage, Level | None]] = [
                (0, Stage.TOPIC_CHOSEN, None),
                (10, Stage.SURVEYED, None),
                (20, Stage.DISCUSSED, None),
                (7, Stage.ASSIGNED, None),
                (40, Stage.IMPLEMENTED, None),
                (20, Stage.FED_BACK, None),
                (30, Stage.TRACKED, None),
            ]
            said: dict[str, Any] = {}
            if index < len(TIERS) - 1:
                said["plan_item"] = items[index].id
            if index < len(self.adopted):
                said["answers"] = self.adopted[index].stream
                said["not_before"] = self.adopted[index].recorded
            told = self.of_unit(
                self.chosen(body),
                Consultation(
                    tier=tier,
                    form=Form.SECTOR_SPECIFIC if tier is Tier.OPEN else body.details.form,
                    scheme=f"“{body.work_title}”协商方案",
                    feedback_to=feedback_to,
                    feedback_in=feedback_in,
                ),
                f"{body.work_title}({body.on.month}月)",
                body.organiser,
                steps[:6] if index in FOLLOWED_UP else steps[:4] if index % 4 == 3 else steps,
                work=body.work,
                key=tier is not Tier.OPEN,
                topic_source=list(TopicSource)[index % 5],
                handlers=(words.DEPARTMENTS[index % len(words.DEPARTMENTS)],),
                **said,
            )
            told.left = index in FOLLOWED_UP
            self.consulted.append(told)

    def suggestions(self) -> None:
        """What consultations suggested: of one 16 of 17 adopted and carried out, of one 15 of 15; of some others nothing is answered yet."""
        officer = self.county.officers[0]
        for index, number in ADVISED.items():
            told = self.consulted[index]
            made = after(told.body.on, 45)
            department = words.DEPARTMENTS[index % len(words.DEPARTMENTS)]
            for nth in range(1, number + 1):
                text = f"{words.DEPARTMENTS[nth % len(words.DEPARTMENTS)]}牵头完善{told.body.title}第{nth}项措施"
                self.t.diary.put(made, MakeSuggestion(matter=told.id, text=text, on=made), officer)
            if index not in {0, 6}:
                continue
            answered, done = after(made, 30), after(made, 75)
            for nth in range(1, number + 1):
                declined = nth == 17
                self.t.diary.put(
                    answered,
                    AnswerSuggestion(
                        matter=told.id,
                        number=nth,
                        answer=Answer.DECLINED if declined else Answer.ADOPTED,
                        on=answered,
                        answered_by=department,
                        reason="超出本级权限" if declined else "",
                    ),
                    officer,
                )
                if not declined:
                    carried = CarryOutSuggestion(matter=told.id, number=nth, on=done)
                    self.t.diary.put(done, carried, officer)

    def tasks(self) -> None:
        """The responsibility list: what consultations and the plan leave to be carried out, tracked, most of it done, some late, one dropped."""
        officer = self.county.officers[0]
        for index, (title, goal) in enumerate(TASKS):
            source = (self.consulted[:8] + self.planned)[index]
            begun = max(after(source.body.on, 60), source.recorded)
            unit = self.county.committees[index % 5]
            due = after(begun, 90 + 10 * (index % 4))
            told = self.t.matter(
                begun,
                Task(
                    person_responsible=f"{self.county.names[unit]}主任",
                    due=None if index % 5 == 4 else due,
                    goal=goal,
                    suggestion=1 + index % 3 if index in {1, 2} else 0,
                ),
                title,
                self.county.office,
                officer,
                [Author(unit=unit, role=Authorship.FIRST)],
                answers=source.stream,
            )
            last = TASK_ENDS[index % len(TASK_ENDS)]
            turns = [(20, Stage.TRACKED, "已与承办部门对接,明确责任人和节点")]
            turns.append((45, Stage.TRACKED, "现场查看一次,进度过半"))
            if last is not None:
                turns.append((75, last, TASK_NOTES[last]))
            recorded = told.recorded
            for days, stage, note in turns:
                on = after(begun, days)
                recorded = max(recorded, after(on, 1))
                self.t.reach(told, Reached(stage=stage, on=on, note=note), recorded, officer)

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
                    expertise=rng.choice(words.FIELDS),
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
