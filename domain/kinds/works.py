"""Works: what a unit takes up as a topic, a case or an item of its plan, and carries through stages; the sessions that members take part in belong to it."""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass
from datetime import date
from typing import Annotated, ClassVar

from domain.kinds.about import UNITS_ONLY, About, Stage, matter, not_negative
from domain.kinds.culture import Publication
from domain.kinds.deliberation import Consultation as ConsultationForm
from domain.kinds.deliberation import Oversight as OversightForm
from domain.kinds.deliberation import Tier
from domain.people import UnitId
from domain.words import Choice, Label, Level, Open, Personal, Sensitive


class FedBackTo(Choice):
    """Whom the feedback on a consultation goes to."""

    ALL_MEMBERS = "all_members", "全体委员"
    STANDING_COMMITTEE = "standing_committee", "常委会", "Standing Committee"
    JOINT_MEETING = "joint_meeting", "政府政协联席会议", "government–CPPCC joint meeting"
    CPPCC = "cppcc", "政协", "the CPPCC committee"
    OTHER = "other", "其他"


class FedBackIn(Choice):
    """How the feedback on a consultation is given."""

    WRITING = "writing", "书面", "in writing"
    MEETING = "meeting", "会上", "at the meeting"


class FourLinks(Choice):
    """The four marks (四联) of a work that two levels share."""

    TOPICS = "topics", "议题联接", "joined topics"
    SURVEYS = "surveys", "调研联合", "joint surveys"
    CONSULTATIONS = "consultations", "协商联动", "linked consultations"
    RESULTS = "results", "成果联用", "shared results"


class Concern(Choice):
    """What a case is about."""

    PROBLEM = "problem", "难题", "problem"
    DISPUTE = "dispute", "矛盾纠纷"
    OLD_PETITION = "old_petition", "信访积案", "long-standing petition"
    OTHER = "other", "其他"


class PlannedWork(Choice):
    """What an item of the yearly plan is."""

    CONSULTATION = "consultation", "协商"
    SURVEY = "survey", "调研"
    INSPECTION = "inspection", "视察"
    OVERSIGHT = "oversight", "监督"
    MEETING = "meeting", "会议"
    STUDY = "study", "学习培训", "study and training"
    SECTOR_ACTIVITY = "sector_activity", "界别活动", "activity of a sector"
    PRESS_CONFERENCE = "press_conference", "新闻发布会"
    AWARDS = "awards", "评比表彰", "review and awards"
    OTHER = "other", "其他"


class PlannedFor(Choice):
    """The quarter or the month that an item of the plan is due in."""

    FIRST_QUARTER = "q1", "第一季度", "first quarter"
    SECOND_QUARTER = "q2", "第二季度", "second quarter"
    THIRD_QUARTER = "q3", "第三季度", "third quarter"
    FOURTH_QUARTER = "q4", "第四季度", "fourth quarter"
    JANUARY = "m01", "1月", "January"
    FEBRUARY = "m02", "2月", "February"
    MARCH = "m03", "3月", "March"
    APRIL = "m04", "4月", "April"
    MAY = "m05", "5月", "May"
    JUNE = "m06", "6月", "June"
    JULY = "m07", "7月", "July"
    AUGUST = "m08", "8月", "August"
    SEPTEMBER = "m09", "9月", "September"
    OCTOBER = "m10", "10月", "October"
    NOVEMBER = "m11", "11月", "November"
    DECEMBER = "m12", "12月", "December"

    @property
    def quarter(self) -> int:
        """The quarter that it is, or is in: 1 to 4."""
        number = int(self.value[1:])
        return number if self.value.startswith("q") else (number + 2) // 3

    def last_day(self, year: int) -> date:
        """The last day of it in a year."""
        month = 3 * self.quarter if self.value.startswith("q") else int(self.value[1:])
        return date(year, month, monthrange(year, month)[1])


@dataclass(frozen=True, slots=True, kw_only=True)
class Consultation:
    """A topic of consultation, from its choice to its follow-up; its sessions are records of their own, and so are the suggestions."""

    about: ClassVar[About] = matter(
        "协商议题",
        "topic of consultation",
        Stage.TOPIC_CHOSEN,
        Stage.SURVEYED,
        Stage.DISCUSSED,
        Stage.FORWARDED,
        Stage.INSTRUCTED,
        Stage.ASSIGNED,
        Stage.IN_HAND,
        Stage.SUPERVISED,
        Stage.IMPLEMENTED,
        Stage.FED_BACK,
        Stage.TRACKED,
        Stage.PUT_TO_USE,
        Stage.CLOSED,
        measure="项",
        subjects=UNITS_ONLY,
        suggests=True,
        by_units=True,
    )

    tier: Annotated[Tier, Label("协商层次", "tier")] = Tier.NONE
    form: Annotated[ConsultationForm | None, Label("协商形式", "form of consultation")] = None
    scheme: Annotated[str, Label("协商方案(一案一策)", "scheme of this topic")] = ""
    feedback_to: Annotated[FedBackTo | None, Label("反馈对象", "to whom feedback goes")] = None
    feedback_in: Annotated[FedBackIn | None, Label("反馈方式", "how feedback is given")] = None
    four_links: Annotated[tuple[FourLinks, ...], Label("四联", "four links of two levels")] = ()
    levels: Annotated[tuple[Level, ...], Label("参与层级", "levels taking part")] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Survey:
    """A topic of survey, from its choice to the use of its results; its trips are records of their own."""

    about: ClassVar[About] = matter(
        "调研课题",
        "topic of survey",
        Stage.TOPIC_CHOSEN,
        Stage.SURVEYED,
        Stage.REPORTED,
        Stage.FORWARDED,
        Stage.TAKEN_UP,
        Stage.NOT_TAKEN_UP,
        Stage.INSTRUCTED,
        Stage.ASSIGNED,
        Stage.IN_HAND,
        Stage.SUPERVISED,
        Stage.IMPLEMENTED,
        Stage.FED_BACK,
        Stage.TRACKED,
        Stage.PUT_TO_USE,
        Stage.CLOSED,
        measure="项",
        subjects=UNITS_ONLY,
        suggests=True,
        by_units=True,
    )

    scheme: Annotated[str, Label("调研方案", "scheme of the survey")] = ""
    team_leader: Annotated[str, Label("调研组组长", "leader of the team")] = ""
    report_title: Annotated[str, Label("调研报告", "report of the survey")] = ""
    four_links: Annotated[tuple[FourLinks, ...], Label("四联", "four links of two levels")] = ()
    levels: Annotated[tuple[Level, ...], Label("参与层级", "levels taking part")] = ()
    task_force: Annotated[bool, Label("成立专班", "has a special task force")] = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Oversight:
    """A topic of democratic oversight, from its choice to what came of it; its visits are records of their own."""

    about: ClassVar[About] = matter(
        "监督议题",
        "topic of democratic oversight",
        Stage.TOPIC_CHOSEN,
        Stage.SURVEYED,
        Stage.DISCUSSED,
        Stage.REPORTED,
        Stage.FORWARDED,
        Stage.INSTRUCTED,
        Stage.ASSIGNED,
        Stage.DEALT_WITH,
        Stage.SUPERVISED,
        Stage.FED_BACK,
        Stage.TRACKED,
        Stage.CLOSED,
        measure="项",
        subjects=UNITS_ONLY,
        suggests=True,
        by_units=True,
    )

    form: Annotated[OversightForm | None, Label("监督形式", "form of oversight")] = None
    overseen: Annotated[str, Label("监督对象(单位、项目)", "unit or project overseen")] = ""
    scheme: Annotated[str, Label("监督方案", "scheme of the oversight")] = ""
    report_title: Annotated[str, Label("监督报告", "report of the oversight")] = ""
    four_links: Annotated[tuple[FourLinks, ...], Label("四联", "four links of two levels")] = ()
    levels: Annotated[tuple[Level, ...], Label("参与层级", "levels taking part")] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A case that was brought to a deliberation hall or room, and what its parties agreed on."""

    about: ClassVar[About] = matter(
        "协商议事事项",
        "case for deliberation",
        Stage.RAISED,
        Stage.ACCEPTED,
        Stage.SURVEYED,
        Stage.DISCUSSED,
        Stage.AGREED,
        Stage.NOT_AGREED,
        Stage.TRACKED,
        Stage.IMPLEMENTED,
        Stage.ANSWERED,
        Stage.CLOSED,
        subjects=UNITS_ONLY,
        by_units=True,
    )

    concern: Annotated[Concern | None, Label("事项类别", "what it is about")] = None
    raised_by: Annotated[Personal[str], Label("提出人", "raised by")] = ""
    hall: Annotated[UnitId | None, Label("协商议事厅(室)", "deliberation hall or room")] = None
    convenor: Annotated[str, Label("召集人", "convenor")] = ""
    chaired_by_member: Annotated[bool, Label("委员主持", "chaired by a member")] = False
    parties: Annotated[Personal[tuple[str, ...]], Label("协商各方", "parties")] = ()
    agreement: Annotated[Sensitive[str], Label("协商结果", "what was agreed")] = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PrintedVolume:
    """A volume or an issue of historical materials: its title is its name, the articles in it name it as their work, its day is that of printing."""

    about: ClassVar[About] = matter(
        "文史书刊",
        "volume or issue of historical materials",
        Stage.PLANNED,
        Stage.SOLICITED,
        Stage.COPY_EDITED,
        Stage.PRINTED,
        Stage.ARCHIVED,
        Stage.CLOSED,
        subjects=UNITS_ONLY,
        by_units=True,
    )

    publication: Annotated[Publication, Label("刊物类型", "kind of publication")] = (
        Publication.ISSUE
    )
    issue: Annotated[Open[str], Label("期号(卷次)", "issue or volume number")] = ""
    print_run: Annotated[int, Label("印数(册)", "copies printed")] = 0
    characters: Annotated[int, Label("字数", "characters")] = 0

    def __post_init__(self) -> None:
        not_negative(self, "print_run", "characters")


@dataclass(frozen=True, slots=True, kw_only=True)
class SpecialTask:
    """A call to a special task: its title is the name of the task, its day that of the call; whoever joined names it as the work, or its name as the task."""

    about: ClassVar[About] = matter(
        "部署专项任务",
        "call to a special task",
        Stage.DEPLOYED,
        Stage.DONE,
        Stage.DROPPED,
        measure="项",
        subjects=UNITS_ONLY,
        by_units=True,
    )

    called_by: Annotated[str, Label("召集(指挥)机构", "called by")] = ""
    asked_for: Annotated[str, Label("任务要求", "what is asked for")] = ""


FIVE_STEPS = (
    Stage.OPINIONS_SOUGHT,
    Stage.DEBATED,
    Stage.CONSENSUS_REACHED,
    Stage.APPROVAL_SOUGHT,
    Stage.DECIDED,
)
"""The five steps by which an item comes into the yearly plan."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanItem:
    """An item of the yearly plan: its owner is the unit that is its author, the five steps are how it came into the plan."""

    about: ClassVar[About] = matter(
        "年度计划项目",
        "item of the yearly plan",
        *FIVE_STEPS,
        Stage.PLANNED,
        Stage.DONE,
        Stage.PUBLICISED,
        Stage.CLOSED,
        measure="项",
        subjects=UNITS_ONLY,
        by_units=True,
    )

    item: Annotated[PlannedWork, Label("项目类别", "kind of item")]
    year: Annotated[int, Label("计划年度", "year of the plan")]
    planned_for: Annotated[PlannedFor | None, Label("计划时间", "quarter or month")] = None
    person_responsible: Annotated[Open[str], Label("责任人", "person responsible")] = ""
    tier: Annotated[Tier, Label("协商层次", "tier")] = Tier.NONE

    def __post_init__(self) -> None:
        not_negative(self, "year")

    @property
    def last_day(self) -> date | None:
        """The last day of the time that it is planned for; none where none is said, or the year is none."""
        if self.planned_for is None or not 1 <= self.year <= 9999:
            return None
        return self.planned_for.last_day(self.year)


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """An entry of the responsibility list: its owner is the unit that is its author; what it comes from is named as where it came from."""

    about: ClassVar[About] = matter(
        "责任事项",
        "task of the responsibility list",
        Stage.ASSIGNED,
        Stage.IN_HAND,
        Stage.SUPERVISED,
        Stage.TRACKED,
        Stage.DONE,
        Stage.DROPPED,
        Stage.PUT_TO_USE,
        measure="项",
        subjects=UNITS_ONLY,
        by_units=True,
    )

    person_responsible: Annotated[Open[str], Label("责任人", "person responsible")] = ""
    due: Annotated[date | None, Label("完成时限", "due by")] = None
    goal: Annotated[str, Label("目标要求", "what is to be reached")] = ""
    suggestion: Annotated[int, Label("意见建议序号", "number of the suggestion")] = 0

    def __post_init__(self) -> None:
        not_negative(self, "suggestion")
