"""Kinds of what units owe, undergo and see to: documents that they hand in, inspections of themselves, matters of service that they handled."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Annotated, ClassVar

from domain.kinds.about import UNITS_ONLY, About, Stage, matter, not_negative
from domain.words import Choice, Label, Open, Personal


class Document(Choice):
    """What sort of document a unit handed in."""

    YEARLY_PLAN = "yearly_plan", "年度计划"
    ACTIVITY_SCHEME = "activity_scheme", "活动方案", "scheme of an activity"
    SUMMARY = "summary", "总结"
    HALF_YEAR_REPORT = "half_year_report", "半年报告(述职)", "half-year report on duties"
    MONTHLY_POSTING = "monthly_posting", "月度晾晒", "month's open posting"
    OPINION_LEDGER = "opinion_ledger", "民情台账", "ledger of people's concerns"
    INFORMATION = "information", "信息", "report of news"
    OTHER = "other", "其他"


class Check(Choice):
    """Why a unit was looked at."""

    INSPECTION = "inspection", "督查"
    ACCEPTANCE = "acceptance", "验收", "acceptance check"


class Errand(Choice):
    """What sort of service matter was handled."""

    CONTACT = "contact", "联络沟通", "keeping in contact"
    ACTIVITY = "activity", "活动组织保障", "arranging an activity"
    REPORT_IN = "report_in", "委员报到、信息变更", "reporting in, changes of members' particulars"
    DOCUMENTS = "documents", "材料信息", "documents and information"
    RECEPTION = "reception", "来访接待", "receiving visitors"
    ADVICE = "advice", "咨询解答", "answering questions"
    LOGISTICS = "logistics", "后勤保障", "logistics"
    OTHER = "other", "其他"


class Channel(Choice):
    """By which way a service matter came in."""

    IN_PERSON = "in_person", "来访", "in person"
    TELEPHONE = "telephone", "来电", "by telephone"
    ONLINE = "online", "网络(微信)", "online (WeChat)"
    LETTER = "letter", "书面", "in writing"
    ASSIGNED = "assigned", "领导交办", "given by a leader"
    OTHER = "other", "其他"


@dataclass(frozen=True, slots=True, kw_only=True)
class SubmittedDocument:
    """Handed in a document that it owes: the day of the record is the day it came, which may be after the day it was due."""

    about: ClassVar[About] = matter(
        "报送材料",
        "handed in a document",
        measure="份",
        subjects=UNITS_ONLY,
        by_units=True,
    )

    document: Annotated[Document, Label("材料类型", "sort of document")]
    covers: Annotated[Open[str], Label("所属时段", "period that it is of")] = ""
    due: Annotated[date | None, Label("应报日期", "due by")] = None
    zero_report: Annotated[bool, Label("零报告", "reports that there was nothing")] = False


@dataclass(frozen=True, slots=True, kw_only=True)
class WasInspected:
    """Was inspected, or checked for acceptance: what was found is notified and mended, a check is passed."""

    about: ClassVar[About] = matter(
        "接受督查、验收",
        "was inspected or checked for acceptance",
        Stage.NOTIFIED,
        Stage.MENDED,
        Stage.PASSED,
        measure="次",
        subjects=UNITS_ONLY,
        by_units=True,
    )

    check: Annotated[Check, Label("检查类型", "inspection or acceptance")] = Check.INSPECTION
    inspected_by: Annotated[Open[str], Label("督查(验收)单位", "inspected by")] = ""
    standard: Annotated[Open[str], Label("依据标准", "by which standard")] = ""
    findings: Annotated[int, Label("发现问题数", "problems found")] = 0
    findings_mended: Annotated[int, Label("整改问题数", "problems mended")] = 0

    def __post_init__(self) -> None:
        not_negative(self, "findings", "findings_mended")
        if self.findings_mended > self.findings:
            raise ValueError("findings_mended")


@dataclass(frozen=True, slots=True, kw_only=True)
class HandledServiceMatter:
    """Handled a matter of service to members: an entry of the work log of a liaison centre or of any unit; what came of it is its effect."""

    about: ClassVar[About] = matter(
        "办理服务事项",
        "handled a service matter",
        subjects=UNITS_ONLY,
        by_units=True,
    )

    errand: Annotated[Errand, Label("事项类别", "sort of matter")]
    served: Annotated[Personal[str], Label("服务对象", "for whom")] = ""
    channel: Annotated[Channel | None, Label("来办方式", "how it came in")] = None
    handled_by: Annotated[str, Label("经办人", "handled by")] = ""
    minutes: Annotated[int, Label("用时(分钟)", "minutes that it took")] = 0

    def __post_init__(self) -> None:
        not_negative(self, "minutes")
