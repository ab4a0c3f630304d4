"""Kinds of consultation, survey, inspection and oversight, with the reports and recommendations they end in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, ClassVar

from domain.kinds.about import About, Stage, matter, not_negative, occasion
from domain.words import Choice, Label, Level, Personal


class Consultation(Choice):
    """Which form of consultation it is."""

    THEMATIC = "thematic", "专题协商", "special (thematic) consultation"
    COUNTERPART = "counterpart", "对口协商", "consultation with relevant departments"
    SECTOR_SPECIFIC = "sector_specific", "界别协商", "sector-specific consultation"
    PROPOSAL_HANDLING = (
        "proposal_handling",
        "提案办理协商",
        "consultation on the handling of proposals",
    )
    GRASSROOTS = "grassroots", "基层协商", "deliberation at the grassroots"


class Tier(Choice):
    """Which tier of the yearly consultation scheme it belongs to; tiers are quotas too, the last one is open."""

    PLENARY = "1", "全会分组讨论意见建议", "1: group discussions of the plenary session"
    STANDING_COMMITTEE = (
        "2",
        "专题议政性常委会会议",
        "2: thematic Standing Committee meetings",
    )
    CHAIRPERSONS_COUNCIL = (
        "6",
        "主席会议专题协商",
        "6: consultations of the Chairperson's Council",
    )
    OPEN = "X", "X次协商活动", "X: further consultations"
    NONE = "none", "不列入层次", "of no tier"

    @property
    def quota(self) -> int | None:
        """How many a year its own name asks for, where no document says otherwise; none where it leaves that open."""
        return int(self.value) if self.value.isdecimal() else None


class Oversight(Choice):
    """Which form of democratic oversight it is."""

    SPECIAL = "special", "专项监督", "special oversight"
    BY_SURVEY = "by_survey", "监督性调研", "oversight by survey"
    BY_INSPECTION = "by_inspection", "监督性视察", "oversight by inspection"
    DEMOCRATIC_APPRAISAL = "democratic_appraisal", "民主评议"
    BY_INVITATION = (
        "by_invitation",
        "受邀监督(特约监督员)",
        "by invitation, as appointed overseer",
    )
    PROJECT_TRACKING = "project_tracking", "重大项目跟踪", "tracking of a major project"


class Report(Choice):
    """What a report is about."""

    SURVEY = "survey", "调研报告", "survey report"
    INSPECTION = "inspection", "视察报告", "inspection report"
    OVERSIGHT = "oversight", "监督报告", "oversight report"


@dataclass(frozen=True, slots=True, kw_only=True)
class Consulted:
    """Took part in a session of consultation."""

    about: ClassVar[About] = occasion("参加协商", "took part in a consultation")

    form: Annotated[Consultation, Label("协商形式", "form of consultation")]
    tier: Annotated[Tier, Label("协商层次", "tier")] = Tier.NONE
    chaired_by_member: Annotated[bool, Label("委员主持", "chaired by a member")] = False
    prior_survey: Annotated[bool, Label("协商前调研", "surveyed beforehand")] = False
    parties: Annotated[Personal[tuple[str, ...]], Label("协商各方", "parties")] = ()
    consensuses: Annotated[int, Label("达成共识数", "consensuses reached")] = 0
    suggestions: Annotated[int, Label("意见建议数", "suggestions made")] = 0
    online_participants: Annotated[int, Label("线上参与人数", "participants online")] = 0
    online_comments: Annotated[int, Label("线上留言数", "comments online")] = 0

    def __post_init__(self) -> None:
        not_negative(self, "consensuses", "suggestions", "online_participants", "online_comments")


@dataclass(frozen=True, slots=True, kw_only=True)
class Researched:
    """Took part in a survey; several trips of one work are one survey."""

    about: ClassVar[About] = occasion(
        "参加调研", "took part in a survey", measure="项", by_work=True
    )

    linked: Annotated[bool, Label("上下联动", "joint with another level")] = False
    levels: Annotated[tuple[Level, ...], Label("参与层级", "levels taking part")] = ()
    places_visited: Annotated[tuple[str, ...], Label("调研点", "places visited")] = ()
    questionnaires: Annotated[int, Label("问卷数", "questionnaires")] = 0
    suggestions: Annotated[int, Label("意见建议数", "suggestions made")] = 0

    def __post_init__(self) -> None:
        not_negative(self, "questionnaires", "suggestions")


@dataclass(frozen=True, slots=True, kw_only=True)
class Inspected:
    """Took part in an inspection tour."""

    about: ClassVar[About] = occasion("参加视察", "took part in an inspection")

    linked: Annotated[bool, Label("上下联动", "joint with another level")] = False
    places_visited: Annotated[tuple[str, ...], Label("视察点", "places inspected")] = ()
    problems_found: Annotated[int, Label("发现问题数", "problems found")] = 0
    suggestions: Annotated[int, Label("意见建议数", "suggestions made")] = 0
    report_title: Annotated[str, Label("视察报告", "report of the inspection")] = ""

    def __post_init__(self) -> None:
        not_negative(self, "problems_found", "suggestions")


@dataclass(frozen=True, slots=True, kw_only=True)
class JoinedOversight:
    """Took part in democratic oversight; several visits of one work are one oversight."""

    about: ClassVar[About] = occasion(
        "参加民主监督", "took part in democratic oversight", measure="项", by_work=True
    )

    form: Annotated[Oversight, Label("监督形式", "form of oversight")]
    overseen: Annotated[str, Label("监督对象(单位、项目)", "unit or project overseen")] = ""
    problems_found: Annotated[int, Label("发现问题数", "problems found")] = 0
    suggestions: Annotated[int, Label("意见建议数", "suggestions made")] = 0

    def __post_init__(self) -> None:
        not_negative(self, "problems_found", "suggestions")


@dataclass(frozen=True, slots=True, kw_only=True)
class AdvisedProject:
    """Was asked for advice on a project, with others, and gave an opinion."""

    about: ClassVar[About] = occasion("参加咨询论证", "advised on a project")

    project: Annotated[str, Label("论证项目", "project")]
    opinion: Annotated[str, Label("论证意见", "opinion given")] = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class WroteReport:
    """Wrote the report of a survey, an inspection or an oversight."""

    about: ClassVar[About] = matter(
        "撰写调研(视察、监督)报告",
        "wrote a report of a survey, inspection or oversight",
        Stage.FORWARDED,
        Stage.TAKEN_UP,
        Stage.NOT_TAKEN_UP,
        Stage.ADOPTED,
        Stage.PARTLY_ADOPTED,
        Stage.NOT_ADOPTED,
        Stage.INSTRUCTED,
        Stage.SUPERVISED,
        Stage.IMPLEMENTED,
        Stage.PUT_TO_USE,
        measure="篇",
        suggests=True,
    )

    report: Annotated[Report, Label("报告类型", "kind of report")] = Report.SURVEY
    suggestions: Annotated[int, Label("意见建议数", "suggestions made")] = 0
    characters: Annotated[int, Label("字数", "characters")] = 0

    def __post_init__(self) -> None:
        not_negative(self, "suggestions", "characters")


@dataclass(frozen=True, slots=True, kw_only=True)
class IssuedRecommendation:
    """Issued a formal recommendation: a unit is the author, members are contributors."""

    about: ClassVar[About] = matter(
        "提出建议案",
        "issued a formal recommendation",
        Stage.FORWARDED,
        Stage.INSTRUCTED,
        Stage.ADOPTED,
        Stage.PARTLY_ADOPTED,
        Stage.NOT_ADOPTED,
        Stage.ASSIGNED,
        Stage.HANDLED,
        Stage.SUPERVISED,
        Stage.REPLIED,
        Stage.IMPLEMENTED,
        Stage.FED_BACK,
        Stage.PUT_TO_USE,
        Stage.CLOSED,
        by_units=True,
        suggests=True,
    )

    addressed_to: Annotated[str, Label("报送对象", "addressed to")] = ""
    suggestions: Annotated[int, Label("建议条数", "suggestions made")] = 0

    def __post_init__(self) -> None:
        not_negative(self, "suggestions")
